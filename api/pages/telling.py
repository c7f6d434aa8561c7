"""Telling a case that something happened: who told it, when it was and for whom, before anything starts."""

from collections.abc import Mapping

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, drafts
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.errors import InvalidDataError
from engine.store.drafts import Draft
from engine.words import Message, Noted

STOPS = (
    "Dit gebeurt er als je het meldt:\n\n"
    "- Het gewone traject stopt. De taken die daarin openstaan, vervallen.\n"
    "- Bij de taken komen de stappen die nu nodig zijn.\n"
    "- Loopt er een stap voor de veiligheid? Die gaat door."
)
GOES_ON = "Dit gebeurt er als je het meldt:\n\n- Wat nu loopt, gaat gewoon door.\n- Bij de taken komen er stappen bij."
ANEW = (
    "Dit gebeurt er als je begint:\n\n"
    "- Je krijgt meteen de taak om op te schrijven wat ieder nu zegt.\n"
    "- Zit je niet zelf bij het gezin? Geef de taak dan aan wie dat wel doet.\n"
    "- Tot er een antwoord staat, verandert er niets. Wat nu loopt, gaat door."
)
NOT_NOW = "Dit kun je bij dit dossier nu niet melden."
NOT_ANEW = (
    "Opnieuw toestemming vragen kan alleen terwijl het traject loopt en het gezin al eerder ja zei. Stopt het traject, "
    "dan vraagt de stap die loopt zelf wat nog nodig is. Intrekken kan altijd."
)

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/bericht/{name}")
def ask(page: Page, case_id: int, name: str) -> HTMLResponse | RedirectResponse:
    """Say what will happen, and ask who told it, when it was and for whom. Where it was told just now, and can't be
    told twice, the step that it led to is shown.
    """
    case = cases.case(page.ctx, case_id)
    option = _option(case, name)
    if option is None and (running := _running(case, name)):
        return page.redirect(f"/taken/{running}", "Iemand is hier al mee bezig.")
    if option is None:
        return page.redirect(f"/casus/{case_id}", NOT_ANEW if name == Message.ASKED_ANEW else NOT_NOW)
    draft = drafts.take_up(page)
    given = answers.decode(cases.questions(page.ctx, case_id, option), page.form) if draft else {}
    return _page(page, case, option, given, draft=draft)


@routes.post("/casus/{case_id}/bericht/{name}")
def tell(page: Page, case_id: int, name: str) -> HTMLResponse | RedirectResponse:
    """Tell the case; where an answer lacks nothing starts, and the page asks for it."""
    case = cases.case(page.ctx, case_id)
    option = _option(case, name)
    given = answers.decode(cases.questions(page.ctx, case_id, option), page.form) if option else {}
    try:
        go_on = cases.message(page.ctx, case_id, name, given)
    except InvalidDataError as error:
        page.rollback()
        if option is None:
            raise
        drafts.refused(page)
        return _page(page, case, option, given, error.fields)
    drafts.done(page)
    if name == Message.ASKED_ANEW and go_on:
        return page.redirect(f"/taken/{go_on}")
    return page.redirect(f"/casus/{case_id}", "Dit is gemeld. De stappen die nu nodig zijn, staan hieronder.")


def _option(case: cases.CaseView, name: str) -> cases.MessageOption | None:
    return next((option for option in case.messages if option.name == name), None)


def _running(case: cases.CaseView, name: str) -> int | None:
    """The open task that who told this got by it."""
    elements = {(place.process.id, id): e for place in case.processes for id, e in place.process.elements.items()}
    for row, _ in case.tasks:
        step = elements.get((row.process, row.element))
        if step and step.given_to == f"{name}{Noted.RECORDER}":
            return row.id
    return None


def _page(
    page: Page,
    case: cases.CaseView,
    option: cases.MessageOption,
    given: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    draft: Draft | None = None,
) -> HTMLResponse:
    return page.render(
        "tell.html",
        422 if errors else 200,
        path=f"/casus/{case.id}",
        **answers.asked(cases.questions(page.ctx, case.id, option), given, {}, errors),
        case=case,
        draft=draft,
        title=option.title,
        explanation=f"{option.explanation}\n\n{_follows(option)}",
        action=f"/casus/{case.id}/bericht/{option.name}",
        urgent=option.name == Message.ACUTE_DANGER,
        calm=option.name == Message.ASKED_ANEW,
    )


def _follows(option: cases.MessageOption) -> str:
    if option.name == Message.ASKED_ANEW:
        return ANEW
    return STOPS if option.element.interrupting else GOES_ON

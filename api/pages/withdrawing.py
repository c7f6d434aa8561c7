"""Taking back what the family agreed to: which of it, and what lapses by that, before it happens."""

from collections.abc import Mapping

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import drafts, story
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.errors import ConflictError, NotAllowedError
from engine.store.drafts import Draft

routes = Routes(include_in_schema=False)

NOTHING = "Hiervoor staat geen ja in het dossier dat nu geldt."
MORE = "Wat andere organisaties hierdoor niet meer lezen, vervalt ook. Met wie het gezin dat afsprak, zie jij niet."
STOPS = "Hierna is er geen ja meer waarmee het Knooppunt verder mag. **Het traject stopt.**"


@routes.get("/casus/{case_id}/intrekken")
def ask(page: Page, case_id: int) -> HTMLResponse:
    """Choose what is taken back; what lapses by it stands there before the button."""
    draft = drafts.take_up(page)
    return _page(page, case_id, _wish(page), draft=draft)


@routes.post("/casus/{case_id}/intrekken/vooraf")
def ask_again(page: Page, case_id: int) -> HTMLResponse:
    """The same for what was chosen. Nothing is recorded, and what a family said of whom stands in no address."""
    return _page(page, case_id, _wish(page))


def _wish(page: Page) -> cases.Wish:
    asked = dict(page.form)
    return cases.Wish(asked.get("wie", ""), asked.get("organisatie", ""), asked.get("soort", ""))


def _page(page: Page, case_id: int, wish: cases.Wish, status: int = 200, draft: Draft | None = None) -> HTMLResponse:
    case = cases.case(page.ctx, case_id)
    if not case.may_withdraw:
        raise NotAllowedError("Dit mag je in dit dossier niet vastleggen.")
    lapse = cases.lapses(page.ctx, case_id, wish)
    return page.render(
        "withdraw.html",
        status,
        path=f"/casus/{case_id}",
        case=case,
        wish=wish,
        people=_people(case),
        organisations=_organisations(page, case),
        kinds=_kinds(case),
        lines=story.closing(case, lapse),
        stops=STOPS if lapse.stops else "",
        nothing="" if lapse.stands else NOTHING,
        more=MORE if lapse.more else "",
        draft=draft,
    )


@routes.post("/casus/{case_id}/intrekken")
def withdraw(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Record it: from the next answer on nobody reads it any more."""
    if not cases.case(page.ctx, case_id).may_withdraw:
        raise NotAllowedError("Dit mag je in dit dossier niet vastleggen.")
    wish = _wish(page)
    try:
        cases.withdraw(page.ctx, case_id, wish)
    except ConflictError:
        page.rollback()
        return _page(page, case_id, wish, 409)
    drafts.done(page)
    return page.redirect(f"/casus/{case_id}", "Dit is vastgelegd en geldt vanaf nu.")


def _people(case: cases.CaseView) -> Mapping[str, str]:
    said = dict.fromkeys(said.consent.person for said in case.consents if said.consent.yes)
    return {person: story.relative_name(case, person) for person in said}


def _organisations(page: Page, case: cases.CaseView) -> Mapping[str, str]:
    """Those of whom this person may know that somebody said yes to them; of the own organisation everybody does."""
    said = dict.fromkeys(said.consent.organisation for said in case.consents if said.consent.yes)
    if not said and page.ctx.sight.organisation:
        said = {page.ctx.sight.organisation: None}
    return {organisation: story.organisations(case.settings, [organisation]) for organisation in said}


def _kinds(case: cases.CaseView) -> Mapping[str, str]:
    said = {kind for said in case.consents for kind in said.consent.yes}
    return {id: kind.name for id, kind in case.settings.data_kinds.items() if id in said}

"""One case: everything about it, what may be told to it, correcting an answer, closing early."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, course, drafts, paper, story, talk, trail
from api.pages.page import Page
from api.pages.tasks import Htmx
from api.request import Routes
from engine import cases
from engine.cases import absence, planning
from engine.definitions.registers import REGISTERS
from engine.errors import InvalidDataError, NotAllowedError, NotFoundError
from engine.store.absences import Colleague
from engine.store.drafts import Draft
from engine.words import Message, Part, Register

WHY_CLOSED = "Schrijf op waarom je dit dossier eerder afsluit."
WHY_REOPENED = "Schrijf op waarom je dit dossier heropent."
REOPENING = (
    "Er begint een nieuwe ronde in dit dossier. Dit gebeurt er:\n\n"
    "- Niemand leest weer mee. Het gezin krijgt alle vragen over toestemming opnieuw.\n"
    "- Wat er eerder stond, wordt pas weer leesbaar voor wie het gezin dan ja zegt.\n"
    "- Oude afspraken blijven afgesloten. Ieders eigen woorden blijven van die persoon.\n"
    "- Je krijgt meteen een taak: vastleggen wat het gezin wil, en wie de toestemming vraagt.\n\n"
    "Kwam er alleen nog een brief? Voeg die dan toe. Daar hoeft het dossier niet voor open."
)
CHANGED = "Deze antwoorden zijn intussen al door iemand gecorrigeerd. Open ze opnieuw in het dossier."
WHY_CORRECTED = "Schrijf op waarom je dit corrigeert."
CLOSING = (
    "Het traject stopt meteen. Dit gebeurt er:\n\n"
    "- Alle open taken vervallen.\n"
    "- Er gaan geen herinneringen meer uit.\n"
    "- Partners lezen het dossier niet meer. Wat zij zelf schreven, vinden zij onder Wat ik schreef.\n"
    "- Het Knooppuntteam ziet nog de naam, de dagen en hoe het afliep.\n\n"
    "Kan het gezin nog een laatste gesprek of een warme overdracht gebruiken? Rond dan liever de gewone stappen af."
)
ASK_ON = "Door je antwoorden zijn er vragen bijgekomen. Kijk ze na en sla dan op."
PLAN = "plan"
BESIDE = (Register.FAMILY, Register.CONSENT, Register.SAFETY)
"""The registers that stand beside the others on the page: what one must know before reading on."""

TITLES: Mapping[str, str] = {
    **{id: register.title for id, register in REGISTERS.items() if id not in BESIDE},
    Part.GOALS: "Wat het gezin wil", Part.INVOLVED: "Wie is betrokken",
    **{id: REGISTERS[id].title for id in BESIDE},
    Part.COURSE: "Verloop", Part.ANSWERS: "Antwoorden", Part.HISTORY: "Wat er gebeurde",
}  # fmt: skip

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}")
def show(page: Page, case_id: int) -> HTMLResponse:
    """The case, as much of it as this person may see."""
    case = cases.case(page.ctx, case_id)
    workers = {task.assignee for task, _ in case.tasks} | {person.id for person, _ in case.participants}
    reached = cases.colleagues(page.ctx, workers)
    response = page.render(
        "case.html",
        back=trail.back(page),
        told={id: absence.told(colleague) for id, colleague in reached.items()},
        plans=(case.root, case.municipality) in page.ctx.sight.overseen,
        being_planned=planning.planned(page.ctx, case_id) if Register.MEETING in case.parts else None,
        sheets=paper.sheets(page, case_id) if Register.CONSENT in case.parts else (),
        drawings=course.drawings(case),
        messages=story.messages(case),
        undoable=story.undoable(case),
        danger=any(option.name == Message.ACUTE_DANGER for option in case.messages),
        anew=next((option for option in case.messages if option.name == Message.ASKED_ANEW), None),
        **_told(page, case, reached),
    )
    return trail.at_case(page, response, case_id)


@routes.get("/casus/{case_id}/afdruk")
def printed(page: Page, case_id: int, alleen: str = "") -> HTMLResponse:
    """The case as a document to print, or of it the plan alone."""
    case = cases.case(page.ctx, case_id)
    reached = cases.colleagues(page.ctx, {person.id for person, _ in case.participants})
    return page.render("case_print.html", plan=alleen == PLAN, **_told(page, case, reached))


def _told(page: Page, case: cases.CaseView, reached: Mapping[str, Colleague]) -> dict[str, Any]:
    """What the page of a case and its print both tell."""
    registers = {
        Register.FAMILY: (story.family(case), "Wie er bij het gezin hoort, staat nog nergens."),
        Register.CONSENT: (
            story.consents(case),
            "Er is geen toestemming die nu geldt. Deel niets over dit gezin.",
        ),
        Register.SAFETY: (story.safety(case), "Er is nog niets vastgelegd."),
        Register.MEETING: (story.meetings(case), "Er is nog geen overleg gepland."),
        Register.DISCLOSURE: (story.disclosures(case), "Er is nog niets gedeeld."),
        Register.EVALUATION: (story.evaluations(case), "Er is nog niet geëvalueerd."),
    }
    return {
        "case": case,
        "seen": story.parts(case),
        "titles": TITLES,
        "waiting": story.waiting(case),
        "agreements": story.agreements(case, page.ctx.now),
        "next_meeting": story.next_meeting(case, page.ctx.now),
        "callees": story.callees(case, reached),
        "registers": registers,
        "differing": story.differing(case),
        "strip": course.strip(case),
        "states": course.TOLD,
        "answers": story.given(case),
        "history": story.history(case),
        "handed": story.handed(case),
    }


@routes.post("/casus/{case_id}/ongedaan")
def undo(page: Page, case_id: int) -> RedirectResponse:
    """Undo what this person did last."""
    cases.undo(page.ctx, case_id)
    return page.redirect(
        f"/casus/{case_id}", "Dit is ongedaan gemaakt. Het dossier staat weer zoals het daarvoor stond."
    )


# --- closing early, and reopening ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """What is done with a whole dossier, for a reason: at which address of it, what that does. `calm` is
    what harms nobody.
    """

    address: str
    title: str
    explanation: str
    button: str
    calm: bool = False


CLOSE = Turn("/sluiten", "Dossier eerder afsluiten", CLOSING, "Ja, sluit het dossier")
REOPEN = Turn("/heropenen", "Dossier heropenen", REOPENING, "Ja, heropen het dossier", calm=True)


@routes.get("/casus/{case_id}/sluiten")
def ask_why(page: Page, case_id: int) -> HTMLResponse:
    """Say what closing does and ask for the reason."""
    case = cases.case(page.ctx, case_id)
    if not case.may_close:
        raise NotAllowedError("Je kunt dit dossier niet eerder afsluiten.")
    return _turn_page(page, case, CLOSE)


@routes.post("/casus/{case_id}/sluiten")
def close(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Close the case."""
    reason = dict(page.form).get("reden", "").strip()
    if not reason:
        return _turn_page(page, cases.case(page.ctx, case_id), CLOSE, WHY_CLOSED)
    cases.close(page.ctx, case_id, reason)
    return page.redirect(f"/casus/{case_id}", "Het dossier is afgesloten.")


@routes.get("/casus/{case_id}/heropenen")
def ask_why_again(page: Page, case_id: int) -> HTMLResponse:
    """Say what reopening does and ask for the reason."""
    case = cases.case(page.ctx, case_id)
    if case.reopening is None:
        raise NotAllowedError("Je kunt dit dossier niet heropenen.")
    return _turn_page(page, case, REOPEN)


@routes.post("/casus/{case_id}/heropenen")
def reopen(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Begin a new round, and go on with the task that it opens."""
    reason = dict(page.form).get("reden", "").strip()
    if not reason:
        return _turn_page(page, cases.case(page.ctx, case_id), REOPEN, WHY_REOPENED)
    done = cases.reopen(page.ctx, case_id, reason)
    return page.redirect(f"/taken/{done.next}" if done.next else f"/casus/{case_id}", "Het dossier is heropend.")


def _turn_page(page: Page, case: cases.CaseView, turn: Turn, problem: str = "") -> HTMLResponse:
    return page.render(
        "confirm.html",
        422 if problem else 200,
        path=f"/casus/{case.id}",
        case=case,
        title=turn.title,
        explanation=turn.explanation,
        action=f"/casus/{case.id}{turn.address}",
        button=turn.button,
        calm=turn.calm,
        ask_reason=True,
        reason="",
        problems=(("reden", problem),) if problem else (),
    )


# --- correcting an answer --------------------------------------------------------------------------------------


@routes.get("/casus/{case_id}/corrigeren/{process}/{element}")
def show_answers(page: Page, case_id: int, process: str, element: str, item: str = "") -> HTMLResponse:
    """The answers of a step, ready to be changed."""
    case = cases.case(page.ctx, case_id)
    step = _step(case, process, element, item)
    draft = drafts.take_up(page)
    changed = answers.decode(step.form, page.form) if draft else {}
    asked = _asked(page, case, step, {**step.values, **changed})
    return _correct_page(page, case, step, asked, reason=dict(page.form).get(answers.REASON, ""), draft=draft)


@routes.post("/casus/{case_id}/corrigeren/{process}/{element}/formulier")
def renew_answers(
    page: Page, case_id: int, process: str, element: str, item: str = "", htmx: Htmx = ""
) -> HTMLResponse:
    """The same form for the answers so far. Saves nothing."""
    case = cases.case(page.ctx, case_id)
    step = _step(case, process, element, item)
    changed = answers.decode(step.form, page.form)
    go = answers.change_rows(changed, page.form)
    asked = _asked(page, case, step, {**step.values, **changed}, go=go)
    if htmx:
        return page.render("renewed.html", renew=story.correction(case, step, "/formulier"), **asked)
    return _correct_page(page, case, step, asked)


@routes.post("/casus/{case_id}/corrigeren/{process}/{element}")
def correct(page: Page, case_id: int, process: str, element: str, item: str = "") -> HTMLResponse | RedirectResponse:
    """Change the answers and keep the reason."""
    case = cases.case(page.ctx, case_id)
    step = _step(case, process, element, item)
    changed = answers.without_empty_rows(step.form, answers.decode(step.form, page.form))
    seen = {**step.values, **changed}  # what was not on the page keeps its answer
    reason = dict(page.form).get(answers.REASON, "").strip()
    if dict(page.form).get(answers.BASIS, now := answers.basis(step.values)) != now:
        typed = answers.said(step.form, changed, step.context)
        drafts.done(page)  # it stands on this page, to be done anew by what stands there now
        return page.render("conflict.html", 409, message=CHANGED, own=False, typed=typed, case_id=case_id, path="/werk")
    if answers.not_yet_shown(step.form, changed, step.context, page.form):
        asked = _asked(page, case, step, seen, notice=ASK_ON)
        drafts.refused(page)
        return _correct_page(page, case, step, asked, reason=reason)
    if not reason:
        asked = _asked(page, case, step, seen)
        drafts.refused(page)
        return _correct_page(page, case, step, asked, wrong=WHY_CORRECTED)
    try:
        cases.correct(page.ctx, case_id, process, element, changed, reason, item)
    except InvalidDataError as error:
        page.rollback()
        drafts.refused(page)
        asked = _asked(page, case, step, seen, error.fields)
        return _correct_page(page, case, step, asked, status=422, reason=reason)
    drafts.done(page)
    return page.redirect(f"/casus/{case_id}#antwoorden", f"“{step.element.name}” is gecorrigeerd.")


def _step(case: cases.CaseView, process: str, element: str, item: str) -> cases.AnswerSet:
    step = story.find(case, process, element, item)
    if step is None or not step.correctable:
        raise NotFoundError("Deze antwoorden zijn er niet, of je mag ze niet zien.")
    return step


def _asked(
    page: Page,
    case: cases.CaseView,
    step: cases.AnswerSet,
    values: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    **more: str,
) -> dict[str, Any]:
    talked = talk.begin(step.element, step.form, step.context, case.settings, case.municipality, page.form)
    return talk.asked(talked, step.form, values, step.context, errors, **more)


def _correct_page(
    page: Page,
    case: cases.CaseView,
    step: cases.AnswerSet,
    asked: Mapping[str, Any],
    *,
    status: int = 200,
    reason: str = "",
    wrong: str = "",
    draft: Draft | None = None,
) -> HTMLResponse:
    problems = asked["problems"] if not wrong else (("reden", wrong),)
    return page.render(
        "correct.html",
        422 if wrong else status,
        path=story.correction(case, step),
        **{**asked, "problems": problems},
        case=case,
        element=step.element,
        action=story.correction(case, step),
        renew=story.correction(case, step, "/formulier"),
        basis=dict(page.form).get(answers.BASIS) or answers.basis(step.values),
        reason=reason,
        reason_error=wrong,
        draft=draft,
    )

"""Following a case beside its steps: who was in touch, and what may wait, a task until another day or all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import story
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.errors import InvalidDataError, NotAllowedError
from engine.words import Verb

NAMES = ("hoe", "uitkomst", "dag", "afspraak", "opmerking")

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/contact")
def ask(page: Page, case_id: int, afspraak: str = "") -> HTMLResponse:
    """Ask how one was in touch; `afspraak` is the agreement that it was about."""
    return _page(page, case_id, {"dag": page.ctx.today.isoformat(), "afspraak": afspraak})


@routes.post("/casus/{case_id}/contact")
def note(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Write down that one was in touch."""
    form = dict(page.form)
    given = {name: form.get(name, "") for name in NAMES}
    try:
        cases.contacted(
            page.ctx, case_id, given["hoe"], given["uitkomst"], _day(given["dag"]), item=given["afspraak"],
            remark=given["opmerking"],
        )  # fmt: skip
    except InvalidDataError as error:
        page.rollback()
        return _page(page, case_id, given, error.fields)
    return page.redirect(f"/casus/{case_id}", "Je contact staat in het dossier.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(page: Page, case_id: int, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None) -> HTMLResponse:
    errors = wrong or {}
    return page.render(
        "contact.html",
        422 if errors else 200,
        case=cases.followed(page.ctx, case_id),
        ways=story.CONTACTS,
        results=story.REACHED,
        problems=tuple(errors.items()),
        wrong={name: errors.get(name, "") for name in NAMES},
        typed={name: typed.get(name, "") for name in NAMES},
        path=f"/casus/{case_id}/contact",
    )


# --- letting it wait -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Later:
    """What is to wait: how the page is called, what it explains, and of which day it asks (`day` names the field)."""

    title: str
    explanation: str
    button: str
    day: str = ""
    asks: str = ""


PAUSE = Later(
    "Traject op pauze zetten",
    "Kan het gezin even niet, of wil het dat? Zolang de pauze duurt, staat alles stil:\n\n"
    "- De termijnen en de klok schuiven op met precies zo lang als de pauze duurt.\n"
    "- Niemand krijgt een mail over dit gezin.\n"
    "- Taken blijven staan. Wie wil, kan ze afronden, en iedereen kan melden dat er iets gebeurde.\n\n"
    "Niet alles wacht: een kind wordt gewoon twee jaar, een afspraak over veiligheid houdt haar dag, en hoelang het "
    "dossier blijft, verandert niet.",
    "Zet op pauze",
    "tot",
    "Op welke dag gaat het weer verder?",
)
RESUME = Later(
    "Traject weer verder laten gaan",
    "De pauze stopt nu. Alles schuift op met precies zo lang als zij duurde, en de mails gaan weer uit.",
    "Ga weer verder",
)
POSTPONE = Later(
    "Taak uitstellen",
    "De taak krijgt een andere dag. De tekening wacht niet mee: een seintje dat daarin getekend staat, komt op zijn "
    "eigen dag. Moet het hele traject wachten? Zet het dan op pauze.",
    "Stel uit",
    "dag",
    "Op welke dag moet het af zijn?",
)


@routes.get("/casus/{case_id}/pauze")
def ask_pause(page: Page, case_id: int) -> HTMLResponse:
    """Say what a pause does, or that it is over, and ask why."""
    return _pause(page, case_id)


@routes.post("/casus/{case_id}/pauze")
def pause(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Let the case stand still, or go on."""
    form = dict(page.form)
    goes_on = form.get("doe") == "verder"
    try:
        if goes_on:
            cases.resume(page.ctx, case_id, form.get("reden", ""))
        else:
            cases.pause(page.ctx, case_id, _day(form.get("tot", "")), form.get("reden", ""))
    except InvalidDataError as error:
        page.rollback()
        return _pause(page, case_id, error.fields)
    said = "Het traject gaat weer verder." if goes_on else "Het traject staat op pauze."
    return page.redirect(f"/casus/{case_id}", said)


def _pause(page: Page, case_id: int, wrong: Mapping[str, str] | None = None) -> HTMLResponse:
    standing = cases.pausing(page.ctx, case_id)
    later, does = (RESUME, "verder") if standing.since else (PAUSE, "pauze")
    return _later(page, later, standing.title, f"/casus/{case_id}", f"/casus/{case_id}/pauze", wrong, does)


@routes.get("/taken/{task_id}/uitstellen")
def ask_day(page: Page, task_id: int) -> HTMLResponse:
    """Ask on which day a task is to be due, and why."""
    return _postpone(page, task_id)


@routes.post("/taken/{task_id}/uitstellen")
def postpone(page: Page, task_id: int) -> HTMLResponse | RedirectResponse:
    """Let a task be due on another day."""
    form = dict(page.form)
    try:
        case_id = cases.postpone(page.ctx, task_id, _day(form.get("dag", "")), form.get("reden", ""))
    except InvalidDataError as error:
        page.rollback()
        return _postpone(page, task_id, error.fields)
    return page.redirect(f"/casus/{case_id}", "De taak heeft een andere dag. De reden staat in het dossier.")


def _postpone(page: Page, task_id: int, wrong: Mapping[str, str] | None = None) -> HTMLResponse:
    task = cases.task(page.ctx, task_id)
    if not task.may & {Verb.COMPLETE, Verb.REASSIGN}:
        raise NotAllowedError("Deze taak kun je niet uitstellen.")
    own = f"/taken/{task_id}"
    return _later(page, POSTPONE, f"{task.element.name}: {task.case_title}", own, f"{own}/uitstellen", wrong)


def _later(
    page: Page,
    later: Later,
    about: str,
    back: str,
    action: str,
    wrong: Mapping[str, str] | None = None,
    does: str = "",
) -> HTMLResponse:
    form, errors = dict(page.form), wrong or {}
    names = ("reden", later.day or "reden")
    return page.render(
        "later.html",
        422 if errors else 200,
        later=later,
        about=about,
        back=back,
        action=action,
        does=does,
        problems=tuple(errors.items()),
        wrong={name: errors.get(name, "") for name in names},
        typed={name: form.get(name, "") for name in names},
    )

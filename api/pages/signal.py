"""A new signal: the form of the first step starts a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, story
from api.pages.tasks import Htmx
from api.request import SignedIn
from engine import cases
from engine.errors import InvalidDataError, NotAllowedError

PROCESS = "casus"
ASK_ON = "Door je antwoorden zijn er vragen bijgekomen. Kijk ze na en sla dan op."
WHERE = "Kies in welke gemeente het gezin woont."

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class _Begin:
    """The form of the first step, where this person may begin, and where they chose to ("" as long as they didn't)."""

    first: cases.StartForm
    places: Mapping[str, str]
    chosen: str

    def asked(
        self, values: Mapping[str, object], errors: Mapping[str, str] | None = None, *, go: str = "", notice: str = ""
    ) -> dict[str, Any]:
        return answers.asked(self.first.form, values, self.first.context, errors, go=go, notice=notice)


@router.get("/signaal")
def show(page: SignedIn) -> HTMLResponse:
    """An empty form."""
    begin = _begin(page)
    return _signal_page(page, begin, begin.asked({}))


@router.post("/signaal/formulier")
def renew(page: SignedIn, htmx: Htmx = "") -> HTMLResponse:
    """The same form for the answers so far. Saves nothing."""
    begin = _begin(page)
    given = answers.decode(begin.first.form, page.form)
    asked = begin.asked(given, go=answers.change_rows(given, page.form))
    if htmx:
        return page.render("renewed.html", renew="/signaal/formulier", **asked)
    return _signal_page(page, begin, asked)


@router.post("/signaal", response_model=None)
def start(page: SignedIn) -> HTMLResponse | RedirectResponse:
    """Start a case with these answers."""
    begin = _begin(page)
    form = begin.first.form
    given = answers.without_empty_rows(form, answers.decode(form, page.form))
    if not begin.chosen:
        return _signal_page(page, begin, begin.asked(given), status=422)
    if answers.not_yet_shown(form, given, begin.first.context, page.form):
        return _signal_page(page, begin, begin.asked(given, notice=ASK_ON))
    try:
        started = cases.start(page.ctx, PROCESS, begin.chosen, given)
    except InvalidDataError as error:
        page.rollback()
        return _signal_page(page, begin, begin.asked(given, error.fields), status=422)
    return page.redirect(f"/casus/{started.case_id}", "Je signaal is opgeslagen. Bespreek het nu met het gezin.")


def _begin(page: SignedIn) -> _Begin:
    """Take the form of the municipality that was chosen, else of the first in which this person may begin."""
    held = page.ctx.sight.held
    found: dict[str, cases.StartForm] = {}
    for place in story.municipalities(page):
        first = cases.start_form(page.ctx, PROCESS, place)
        if any((role, place) in held for role in first.element.roles):
            found[place] = first
    if not found:
        raise NotAllowedError("Met jouw rol kun je geen signaal invoeren. Vraag een aanmelder om dit te doen.")
    chosen = dict(page.form).get(answers.MUNICIPALITY, "")
    if len(found) == 1:
        chosen = next(iter(found))
    places = {place: name for place, name in story.municipalities(page).items() if place in found}
    return _Begin(found.get(chosen) or next(iter(found.values())), places, chosen if chosen in found else "")


def _signal_page(page: SignedIn, begin: _Begin, asked: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    wrong = WHERE if status == 422 and not begin.chosen else ""
    problems = asked["problems"] if not wrong else (("gemeente", wrong),)
    return page.render(
        "signal.html",
        status,
        **{**asked, "problems": problems},
        path="/signaal",
        begin=begin.first,
        municipalities=begin.places,
        municipality=begin.chosen,
        municipality_error=wrong,
        guide_link=story.handbook_link(PROCESS, begin.first.process, begin.first.element),
    )

"""Where a case begins: the form of the first step, for a new signal or for setting up a Knooppunt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, drafts, story
from api.pages.page import Page
from api.pages.tasks import Htmx
from api.request import Routes
from engine import cases
from engine.cases import signups
from engine.errors import InvalidDataError, NotAllowedError
from engine.store.drafts import Draft
from engine.words import RoleId

ASK_ON = "Door je antwoorden zijn er vragen bijgekomen. Kijk ze na en sla dan op."


@dataclass(frozen=True)
class Way:
    """One way to begin: which process, at which address, and how the page says it."""

    process: str
    address: str
    title: str
    lead: str
    where: str
    which: str
    button: str
    saved: str
    refused: str
    aside: str = ""


WAYS = {
    "signaal": Way(
        process="casus",
        address="/signaal",
        title="Nieuw signaal",
        lead="Maak je je zorgen over een zwangere of een jong gezin? Schrijf op wat je ziet. Daarna bespreek je het "
        "met het gezin; pas met hun toestemming denken anderen mee.",
        where="In welke gemeente woont het gezin?",
        which="Kies in welke gemeente het gezin woont.",
        button="Signaal opslaan",
        saved="Je signaal is opgeslagen. Je kunt meteen door met de volgende stap.",
        refused="Met jouw rol kun je geen signaal invoeren. Vraag iemand die gezinnen aanmeldt om dit te doen.",
        aside="/signaal/overleggen",
    ),
    "opzetten": Way(
        process="opzetten",
        address="/opzetten",
        title="Een Knooppunt opzetten",
        lead="Wil je in jouw gemeente een Knooppunt beginnen? Leg hier de eerste stap vast. Daarna staan de volgende "
        "stappen bij de taken van wie ze doet.",
        where="In welke gemeente begin je?",
        which="Kies in welke gemeente je begint.",
        button="Beginnen",
        saved="Het begin is gemaakt. Hieronder staat wat er nu aan de beurt is.",
        refused="Met jouw rol kun je hier niet mee beginnen. Vraag een initiatiefnemer om de eerste stap te zetten.",
    ),
}  # fmt: skip

routes = Routes(include_in_schema=False)


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


@routes.get("/signaal")
@routes.get("/opzetten")
def show(page: Page) -> HTMLResponse:
    """An empty form, or one with what this person filled in before and didn't send."""
    way = _way(page)
    draft = drafts.take_up(page)
    begin = _begin(page, way)
    given = answers.decode(begin.first.form, page.form) if draft else _signed_up(page)
    return _begin_page(page, way, begin, begin.asked(given), draft=draft)


@routes.get("/signaal/overleggen")
def consult(page: Page) -> HTMLResponse:
    """Whom to ask for advice without naming anybody. It asks nothing, and so keeps nothing."""
    places = story.municipalities(page)
    people = {name: cases.working_as(page.ctx, RoleId.COORDINATOR, place) for place, name in places.items()}
    return page.render("consult.html", coordinators=people, organisations=page.settings.organisations)


@routes.post("/signaal/formulier")
@routes.post("/opzetten/formulier")
def renew(page: Page, htmx: Htmx = "") -> HTMLResponse:
    """The same form for the answers so far. Saves nothing."""
    way = _way(page)
    begin = _begin(page, way)
    given = answers.decode(begin.first.form, page.form)
    asked = begin.asked(given, go=answers.change_rows(given, page.form))
    if htmx:
        return page.render("renewed.html", renew=f"{way.address}/formulier", **asked)
    return _begin_page(page, way, begin, asked)


@routes.post("/signaal")
@routes.post("/opzetten")
def start(page: Page) -> HTMLResponse | RedirectResponse:
    """Start a case with these answers."""
    way = _way(page)
    begin = _begin(page, way)
    form = begin.first.form
    given = answers.without_empty_rows(form, answers.decode(form, page.form))
    if not begin.chosen:
        drafts.refused(page)
        return _begin_page(page, way, begin, begin.asked(given), status=422)
    if answers.not_yet_shown(form, given, begin.first.context, page.form):
        drafts.refused(page)
        return _begin_page(page, way, begin, begin.asked(given, notice=ASK_ON))
    try:
        started = cases.start(page.ctx, way.process, begin.chosen, given)
    except InvalidDataError as error:
        page.rollback()
        drafts.refused(page)
        return _begin_page(page, way, begin, begin.asked(given, error.fields), status=422)
    if signup := _signup(page):
        signups.became(page.ctx, signup, started.case_id)
    drafts.done(page)
    return page.redirect(f"/casus/{started.case_id}", way.saved, started.next)


def _signup(page: Page) -> int:
    """The sign-up of which a signal is made; 0 where it is made of none."""
    number = dict(page.form).get(answers.SIGNUP, "") or page.request.query_params.get("van", "")
    return int(number) if number.isdecimal() and len(number) < 10 else 0


def _signed_up(page: Page) -> Mapping[str, object]:
    """What a sign-up told already."""
    signup = _signup(page)
    return signups.as_signal(signups.read(page.ctx, signup)) if signup else {}


def _way(page: Page) -> Way:
    return WAYS[page.request.url.path.split("/")[1]]


def _begin(page: Page, way: Way) -> _Begin:
    """Take the form of the municipality that was chosen, else of the first in which this person may begin."""
    held = page.ctx.sight.held
    forms: dict[str, cases.StartForm] = {}
    for place in story.municipalities(page):
        first = cases.start_form(page.ctx, way.process, place)
        if any((role, place) in held for role in first.element.roles):
            forms[place] = first
    if not forms:
        raise NotAllowedError(way.refused)
    chosen = dict(page.form).get(answers.MUNICIPALITY, "")
    if not chosen and (signup := _signup(page)):
        chosen = signups.read(page.ctx, signup).municipality
    if len(forms) == 1:
        chosen = next(iter(forms))
    places = {place: name for place, name in story.municipalities(page).items() if place in forms}
    return _Begin(forms.get(chosen) or next(iter(forms.values())), places, chosen if chosen in forms else "")


def _begin_page(
    page: Page,
    way: Way,
    begin: _Begin,
    asked: Mapping[str, Any],
    status: int = 200,
    *,
    draft: Draft | None = None,
) -> HTMLResponse:
    wrong = way.which if status == 422 and not begin.chosen else ""
    problems = asked["problems"] if not wrong else (("gemeente", wrong),)
    return page.render(
        "begin.html",
        status,
        **{**asked, "problems": problems},
        path=way.address,
        way=way,
        draft=draft,
        begin=begin.first,
        municipalities=begin.places,
        municipality=begin.chosen,
        municipality_error=wrong,
        signup=_signup(page),
        guide_link=story.handbook_link(way.process, begin.first.process, begin.first.element),
    )

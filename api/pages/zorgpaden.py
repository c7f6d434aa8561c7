"""The zorgpaden: who can help with what in a municipality, how and how soon. Public: nobody signs in, nothing is kept
of who looks, and what somebody answers to oneself stays in the browser, for the page holds all of it.
"""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine import deadlines
from engine.cases import sociale_kaart
from engine.cases.sociale_kaart import Place
from engine.definitions import EVERY_PAGE
from engine.definitions.sociale_kaart import Intervention, Listing, Subject, kinds
from engine.errors import NotFoundError

LIST = "/zorgpaden"
FIGURES = "/zorgpaden/cijfers"
AT_ONCE = 3
"""So many helpers stand at a question; the zorgpad has them all."""

routes = Routes(anybody=True, include_in_schema=False)
staff = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Help:
    """An organisation as a zorgpad shows it."""

    listing: Listing
    kind: str


@dataclass(frozen=True)
class Programme:
    """An intervention as a zorgpad shows it, and who does it here."""

    intervention: Intervention
    by: tuple[str, ...]


@routes.get(LIST)
def choose(page: Page) -> HTMLResponse:
    """Choose a municipality."""
    return _municipalities(page)


@routes.get(FIGURES)
def figures(page: Page) -> HTMLResponse:
    """How often zorgpaden were opened in the last twelve months."""
    if (wait := page.too_often()) is not None:
        return wait
    today = page.now.astimezone(deadlines.ZONE).date()
    since = today.replace(year=today.year - 1, day=1)
    regions = []
    for settings in sociale_kaart.places(page.tx, page.house.library):
        kaart = sociale_kaart.kaart_of(page.tx, settings)
        counted = sociale_kaart.counted(page.tx, settings.region, since.isoformat()[:7])
        names = {topic.id: topic.name for topic in kaart.topics}
        rows = [(settings.municipalities.get(each.municipality, each.municipality), each.topics) for each in counted]
        regions.append((settings.name, sorted(rows, key=lambda row: row[0]), names))
    return page.render(
        "zorgpad_figures.html", here="zorgpaden", regions=regions, since=since, least=sociale_kaart.HIDDEN_BELOW
    )


@routes.get("/zorgpaden/{municipality}")
def topics(page: Page, municipality: str) -> HTMLResponse:
    """Choose a topic, or go by questions that one answers for oneself."""
    if (wait := page.too_often()) is not None:
        return wait
    try:
        place = sociale_kaart.place(page.tx, page.house.library, municipality)
    except NotFoundError as error:
        return _municipalities(page, error.message, 404)
    asked = [
        (topic, helping[:AT_ONCE], len(helping))
        for topic in place.kaart.topics
        if topic.question and (helping := _helping(place, topic))
    ]
    return page.render("zorgpad_place.html", here="zorgpaden", settings=place.settings, place=place, asked=asked)


@routes.get("/zorgpaden/{municipality}/{topic}")
def pathway(page: Page, municipality: str, topic: str) -> HTMLResponse:
    """Who can help with one topic, how and how soon."""
    if (wait := page.too_often()) is not None:
        return wait
    try:
        place = sociale_kaart.place(page.tx, page.house.library, municipality)
        subject = place.subject(topic)
    except NotFoundError as error:
        return _municipalities(page, error.message, 404)
    helping = _helping(place, subject)
    response = page.render(
        "zorgpad.html",
        here="zorgpaden",
        settings=place.settings,
        place=place,
        topic=subject,
        first=[each for each in helping if each.listing.is_first],
        after=[each for each in helping if not each.listing.is_first],
        programmes=[_programme(each, place) for each in place.kaart.fitting(topic)],
        others=[each for each in place.kaart.topics if each.id != topic],
        feedback=_feedback(place, subject),
    )
    with page.house.database.again(page.tx):  # in its own short transaction: reading waits for nobody who writes
        sociale_kaart.opened(page.tx, place, topic, page.now)
    return response


@staff.post("/zorgpaden/{municipality}/{topic}/niets")
def found_nothing(page: Page, municipality: str, topic: str) -> RedirectResponse:
    """Somebody who works here found nothing that fits: counted by topic, for no family."""
    place = sociale_kaart.place(page.tx, page.house.library, municipality)
    sociale_kaart.missed(page.ctx, place, topic)
    return page.redirect(
        f"{LIST}/{municipality}/{topic}", "Doorgegeven: hierbij was niets te vinden. Geteld zonder naam."
    )


def _feedback(place: Place, topic: Subject) -> str:
    """Where to say that a zorgpad isn't right, "" where the region arranged nothing."""
    upkeep = place.settings.upkeep.get(sociale_kaart.PAGE) or place.settings.upkeep.get(EVERY_PAGE)
    address = upkeep.feedback if upkeep is not None else ""
    about = quote(f"Zorgpad {topic.name} in {place.name}")
    return f"{address}?subject={about}" if address.startswith("mailto:") else address


def _municipalities(page: Page, message: str = "", status: int = 200) -> HTMLResponse:
    regions = sociale_kaart.places(page.tx, page.house.library)
    return page.render("zorgpaden.html", status, here="zorgpaden", regions=regions, message=message)


def _helping(place: Place, topic: Subject) -> list[Help]:
    names = kinds(place.settings)
    return [Help(each, names.get(each.kind, each.kind)) for each in place.kaart.helping(place.municipality, topic.id)]


def _programme(intervention: Intervention, place: Place) -> Programme:
    by = (o.name for o in place.kaart.organisations if intervention.id in o.interventions)
    here = (o.name for o in place.kaart.organisations if o.works_in(place.municipality))
    return Programme(
        intervention,
        tuple(name for name in by if name in set(here)),
    )

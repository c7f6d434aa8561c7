"""The zorgpaden: who can help with what in a municipality, how and how soon. Public: nobody signs in, nothing is kept
of who looks, and what somebody answers to oneself stays in the browser, for the page holds all of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from api.limits import SPAN, Limit
from api.pages.page import Page
from api.request import Routes
from engine import deadlines
from engine.cases import sociale_kaart
from engine.cases.sociale_kaart import Place
from engine.definitions.sociale_kaart import Intervention, Listing, Span, Subject, kinds
from engine.errors import NotFoundError
from engine.words import Audience, Certainty

LIST = "/zorgpaden"
FIGURES = "/zorgpaden/cijfers"
AT_ONCE = 3
"""So many helpers stand at a question; the zorgpad has them all."""

TOO_OFTEN = "Vanaf jouw internetadres zijn heel veel pagina's geopend. Wacht een minuut en probeer het opnieuw."
BIRTH, YEAR = 42, 12
"""The last week of a pregnancy; the months in a year."""

AUDIENCES = {Audience.PREGNANT: "zwangeren", Audience.PARENT: "ouders", Audience.CHILD: "kinderen"}

routes = Routes(anybody=True, include_in_schema=False)


@dataclass(frozen=True)
class Help:
    """An organisation as a zorgpad shows it."""

    listing: Listing
    kind: str
    soon: str
    audience: str


@dataclass(frozen=True)
class Programme:
    """An intervention as a zorgpad shows it: when it fits, and who does it here."""

    intervention: Intervention
    window: str
    by: tuple[str, ...]
    is_fact: bool


@routes.get(LIST)
def choose(page: Page) -> HTMLResponse:
    """Choose a municipality."""
    return _municipalities(page)


@routes.get(FIGURES)
def figures(page: Page) -> HTMLResponse:
    """How often zorgpaden were opened in the last twelve months."""
    if (wait := _too_often(page)) is not None:
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
    if (wait := _too_often(page)) is not None:
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
    if (wait := _too_often(page)) is not None:
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
    )
    with page.house.database.again(page.tx):  # in its own short transaction: reading waits for nobody who writes
        sociale_kaart.opened(page.tx, place, topic, page.now)
    return response


def _too_often(page: Page) -> HTMLResponse | None:
    """What who asks too often is told instead."""
    readers: Limit = page.request.app.state.readers
    if readers.allows(page.request.client.host if page.request.client is not None else ""):
        return None
    response = page.render("zorgpaden.html", 429, here="zorgpaden", regions=(), message=TOO_OFTEN)
    response.headers["Retry-After"] = str(int(SPAN))
    return response


def _municipalities(page: Page, message: str = "", status: int = 200) -> HTMLResponse:
    regions = sociale_kaart.places(page.tx, page.house.library)
    return page.render("zorgpaden.html", status, here="zorgpaden", regions=regions, message=message)


def _helping(place: Place, topic: Subject) -> list[Help]:
    names = kinds(place.settings)
    return [
        Help(each, names.get(each.kind, each.kind), soon(each.waiting), _for_whom(each.audience))
        for each in place.kaart.helping(place.municipality, topic.id)
    ]


def _programme(intervention: Intervention, place: Place) -> Programme:
    by = (o.name for o in place.kaart.organisations if intervention.id in o.interventions)
    here = (o.name for o in place.kaart.organisations if o.works_in(place.municipality))
    return Programme(
        intervention,
        window(intervention.weeks, intervention.months),
        tuple(name for name in by if name in set(here)),
        intervention.certainty == Certainty.FACT,
    )


def soon(weeks: int | None) -> str:
    """How soon somebody is helped."""
    if weeks is None:
        return "Vraag hoelang het duurt."
    if weeks == 0:
        return "Meteen"
    return "Binnen ongeveer een week" if weeks == 1 else f"Binnen ongeveer {weeks} weken"


def window(weeks: Span | None, months: Span | None) -> str:
    """In which part of a pregnancy and of a child's life something fits, "" where nobody said."""
    parts = []
    if weeks is not None and weeks.first == 0:
        parts.append("tijdens de zwangerschap" if weeks.last >= BIRTH else f"tot en met {weeks.last} weken zwanger")
    elif weeks is not None:
        parts.append(f"vanaf {weeks.first} weken zwanger")
    if months is not None and months.last == 0:
        parts.append("in de eerste weken na de bevalling")
    elif months is not None:
        begins = f"van {_age(months.first)} " if months.first else ""
        parts.append(f"{begins}tot je kind {_age(months.last)} is")
    return " en ".join(parts)


def _age(months: int) -> str:
    if months % YEAR == 0:
        return f"{months // YEAR} jaar"
    return f"{months // YEAR},5 jaar" if months % YEAR == YEAR // 2 and months > YEAR else f"{months} maanden"


def _for_whom(audience: Sequence[str]) -> str:
    return _listed(name for word, name in AUDIENCES.items() if word in audience)


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} en {last}" if others else last

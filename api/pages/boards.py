"""Agreements and meetings over all families: what, who, by when, how it stands, and the next step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, story, wording
from api.pages.page import Page
from api.pages.planning import municipality
from api.request import Routes
from engine import cases, store
from engine.cases import planning
from engine.cases.boards import AgreementLine, Boards, MeetingLine, lists_of
from engine.definitions.sociale_kaart import Contact
from engine.store.absences import Colleague
from engine.words import AgreementStatus, BoardList, MeetingStatus, Reached
from engine.words import Contact as Contacted

LISTS: Mapping[str, str] = {
    BoardList.LATE: "Te laat",
    BoardList.WEEK: "Deze week",
    BoardList.WAITING: "Wachtlijst",
    BoardList.ALL: "Alles wat openstaat",
    BoardList.DONE: "Gedaan",
}
NOTHING: Mapping[str, tuple[str, str]] = {
    BoardList.LATE: ("Niets is te laat", "Mooi. Elke afspraak ligt nog binnen de afgesproken dag."),
    BoardList.WEEK: (
        "Deze week hoeft er niets klaar te zijn",
        "Kijk bij alles wat openstaat wat er komt.",
    ),
    BoardList.WAITING: ("Niemand staat op een wachtlijst", "Meldt een uitvoerder een wachtlijst, dan staat dat hier."),
    BoardList.ALL: ("Er staan geen afspraken open", "Afspraken komen hier zodra een plan met het gezin er ligt."),
    BoardList.DONE: ("Er is nog niets gedaan", "Wat klaar is, vind je hier terug."),
}
BY_DAY, BY_ORGANISATION, BY_PERSON, BY_FAMILY = "dag", "organisatie", "persoon", "gezin"
GROUPS: Mapping[str, str] = {
    BY_DAY: "op dag",
    BY_ORGANISATION: "per organisatie",
    BY_PERSON: "per persoon",
    BY_FAMILY: "per gezin",
}
PER_PAGE = 30
TICKED = "afspraak"
LAST = 100
"""So many pages are turned at most: who looks for something further narrows the list down."""

routes = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Asked:
    """What the address asks for. Nonsense in it is read as no choice."""

    welke: str = ""
    groep: str = ""
    organisatie: str = ""
    blad: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Asked":
        """What an address asks for."""
        return cls(**{field.name: asked[field.name] for field in fields(cls) if field.name in asked})

    @property
    def list(self) -> str:
        """One of the lists that exist, or ""."""
        return self.welke if self.welke in LISTS else ""

    @property
    def group(self) -> str:
        """One of the ways to group."""
        return self.groep if self.groep in GROUPS else BY_DAY

    @property
    def number(self) -> int:
        """Which page of the list, from 1."""
        return min(int(self.blad), LAST) if self.blad.isdecimal() and 0 < len(self.blad) < 4 and int(self.blad) else 1

    def address(self, **changes: object) -> str:
        """The address of this page with other choices."""
        asked: Mapping[str, object] = {name.name: getattr(self, name.name) for name in fields(self)}
        kept = {name: value for name, value in {**asked, **changes}.items() if value}
        return f"/afspraken?{urlencode(kept)}" if kept else "/afspraken"


@dataclass(frozen=True)
class Row:
    """An agreement as the board shows it: who does it and how that one is reached, how it stands."""

    line: AgreementLine
    who: str
    person: str
    contacts: tuple[Contact, ...]
    colleague: Colleague | None
    state: str
    mood: str
    late: bool
    contact: str


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


@routes.get("/afspraken")
def agreements(page: Page) -> HTMLResponse:
    """The board of agreements, those that are late first."""
    asked = Asked.read(page.request.query_params)
    boards, wanted = Boards(page.ctx), lists_of(page.ctx.today, asked.organisatie)
    counts = boards.counted({name: wanted[name] for name in LISTS if name != BoardList.DONE})
    shown = asked.list or (BoardList.LATE if counts[BoardList.LATE] else BoardList.ALL)
    some = boards.agreements(wanted[shown], PER_PAGE, (asked.number - 1) * PER_PAGE)
    rows = rows_of(page, some.rows)
    address: Callable[..., str] = asked.address
    return page.render(
        "agreements.html",
        lists=LISTS,
        shown=shown,
        nothing=NOTHING[shown],
        counts={name: counted(number) for name, number in counts.items()},
        late=counts[BoardList.LATE],
        asked=asked,
        groups=_grouped(rows, asked.group),
        ways=GROUPS,
        organisations=_choices(boards, asked),
        more=some.more and asked.number < LAST,
        reminds=shown != BoardList.DONE and any(row.line.follows for row in rows),
        address=address,
        path=address(),
        here="afspraken",
    )


@routes.post("/afspraken/herinner")
def remind(page: Page) -> RedirectResponse:
    """Remind who has to do the agreements that were ticked."""
    back = answers.way_back(page.form, "/afspraken")
    ticked = {value for name, value in page.form if name == TICKED and value.isdecimal() and len(value) < 10}
    if not ticked:
        return page.redirect(back, "Vink eerst aan bij welke afspraken je iemand wilt herinneren.")
    sent = Boards(page.ctx).remind(sorted(map(int, ticked))[:PER_PAGE])
    said = {0: "Er gaat geen mail uit.", 1: "1 persoon krijgt een mail."}.get(
        sent.people, f"{sent.people} mensen krijgen een mail."
    )
    if sent.silent:
        said += f" Bel zelf: {', '.join(sent.silent)}. Daar kan niemand vandaag nog een mail krijgen."
    return page.redirect(back, said)


def rows_of(page: Page, lines: Iterable[AgreementLine]) -> tuple[Row, ...]:
    """Agreements as a page shows them."""
    lines = tuple(lines)
    contacts = store.sociale_kaart.to_call(page.tx, {line.organisation.id for line in lines})
    known = cases.colleagues(page.ctx, {step.assignee for line in lines for step in line.steps if step.assignee})
    return tuple(_row(page, line, contacts, known) for line in lines)


def _row(
    page: Page,
    line: AgreementLine,
    contacts: Mapping[str, tuple[Contact, ...]],
    known: Mapping[str, Colleague],
) -> Row:
    agreed = line.agreed
    late = agreed.overdue(page.ctx.today)
    state, mood = story.AGREEMENT_STATES.get(agreed.status, (agreed.status, "plain"))
    if late:
        state, mood = ("Te laat, op wachtlijst" if agreed.status == AgreementStatus.WAITING else "Te laat"), "late"
    doing = known.get(line.doer.assignee) if line.doer else None
    numbers = contacts.get(line.organisation.id, ())
    person = doing.name if doing else agreed.person
    return Row(line, line.organisation.name, person, numbers, doing, state, mood, late, _in_touch(line))


def _in_touch(line: AgreementLine) -> str:
    """When somebody was last in touch about it, how, and what came of it."""
    last = line.contact
    if last is None:
        return ""
    how, came_of_it = story.CONTACTS[Contacted(last.way)].lower(), story.REACHED[Reached(last.reached)]
    return f"{wording.day(last.day)}: {how}, {came_of_it}"


def counted(number: int) -> str:
    """How many there are; of many it is enough that they are many."""
    return str(number) if number < store.board.MOST else f"{store.board.MOST - 1}+"


def _grouped(rows: Sequence[Row], group: str) -> tuple[Group, ...]:
    if group == BY_DAY:
        return (Group("", tuple(rows)),) if rows else ()
    names: Mapping[str, Callable[[Row], str]] = {
        BY_ORGANISATION: lambda row: row.who,
        BY_PERSON: lambda row: f"{row.person or 'Nog geen naam'}, {row.who}",
        BY_FAMILY: lambda row: row.line.agreed.case_title,
    }
    called = names[group]
    ordered = sorted(rows, key=lambda row: (called(row).lower(), row.line.agreed.case_id if group == BY_FAMILY else 0))
    return tuple(Group(title, tuple(own)) for title, own in groupby(ordered, key=called))


def _choices(boards: Boards, asked: Asked) -> Mapping[str, str]:
    """The organisations to choose from, by name: those of the sociale kaart where this person works."""
    places = {appointment.municipality for appointment in boards.ctx.actor.appointments}
    here = (each for each in boards.organisations.values() if any(each.works_in(place) for place in places))
    names = {each.id: each.name for each in sorted(here, key=lambda each: each.name.lower())}
    return names if not asked.organisatie or asked.organisatie in names else {**names, asked.organisatie: "?"}


# --- meetings --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sitting:
    """The meetings of one day at one place: families in one sitting."""

    day: object
    place: str
    meetings: tuple[MeetingLine, ...]


@routes.get("/overleggen")
def meetings(page: Page) -> HTMLResponse:
    """The meetings that are to come, and those that were held last."""
    boards = Boards(page.ctx)
    planned = boards.meetings(MeetingStatus.PLANNED, PER_PAGE)
    held = boards.meetings(MeetingStatus.HELD, PER_PAGE)
    asking = boards.asking(PER_PAGE)
    return page.render(
        "meetings.html",
        sittings=sittings(planned.rows),
        more=planned.more,
        mine=[(each, municipality(page, each)) for each in planning.asked_of_me(page.ctx)],
        asking=[(row, boards.plans(row)) for row in asking.rows],
        asking_more=asking.more,
        held=held.rows,
        earlier=held.more,
        kinds=story.MEETINGS,
        parents=story.PARENTS,
        here="overleggen",
    )


def sittings(lines: Iterable[MeetingLine]) -> tuple[Sitting, ...]:
    """Meetings of one day at one place together, by the hour."""
    ordered = sorted(lines, key=lambda line: (str(line.met.date), line.met.place.lower(), line.met.time))
    same = groupby(ordered, key=lambda line: (line.met.date, line.met.place))
    return tuple(Sitting(day, place, tuple(some)) for (day, place), some in same)

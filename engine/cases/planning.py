"""Planning a meeting: proposing moments, asking who can come when, and telling which moment suits best.

Who keeps the overview of a case that goes on plans. Asked is only who works for an organisation that the family lets
share or sit at the table; the parents are there unless they want otherwise (RUL-04). What one is asked says nothing of
a family: days, a place and how long.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine import access, store
from engine.access import CaseFacts
from engine.cases import announcing, links
from engine.cases.context import Context
from engine.cases.reading import knows_plan
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.store.case_files import CaseRow
from engine.store.links import Link
from engine.store.planning import Guest, Planning, Proposed
from engine.words import Fits, Ground, Happening, PlanningState, Register

FEWEST, MOST = 1, 6
LONGEST = 480
"""Minutes that a meeting may take."""

PROPOSED, MOVED = "voorgesteld", "verzet"
"""What the history tells of planning, besides that a meeting is off."""

NO_MEETING = "Dit overleg is er niet, of het gaat niet over jou."


@dataclass(frozen=True)
class Named:
    """Who may be asked of one organisation: its people who work here, none where one has to phone."""

    organisation: str
    name: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Moment:
    """One moment of a meeting with what everybody said: who can, who can if needed, who can't, and who didn't say."""

    id: int
    at: datetime
    yes: tuple[str, ...]
    if_needed: tuple[str, ...]
    no: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """What planning a meeting shows: whom one may ask, the meeting that is being planned, what all said of its
    moments, and which one suits best. `guests` are those who are asked, each with what they are called.
    """

    case_id: int
    title: str
    may_ask: tuple[Named, ...]
    asks_anew: bool
    meeting: Planning | None = None
    moments: tuple[Moment, ...] = ()
    best: int | None = None
    guests: tuple[tuple[Guest, str], ...] = ()


def plannable(ctx: Context, case_id: int, *, locked: bool = False) -> tuple[CaseRow, CaseFacts]:
    """A case of which the actor plans the meetings. Raises NotFoundError, or NotAllowedError where that is another's to
    do.
    """
    find = store.case_files.lock if locked else store.case_files.read
    case = find(ctx.tx, case_id, ctx.sight)
    facts = ctx.facts(case)
    if not may_plan(ctx, facts):
        raise NotAllowedError("Een overleg plannen kan alleen wie het overzicht heeft, als het gezin ja zei.")
    ctx.looks.shows(case.id, case.municipality, access.case_ground(ctx.sight, facts), {Register.MEETING})
    return case, facts


def may_plan(ctx: Context, facts: CaseFacts) -> bool:
    """Whether the actor plans the meetings of a case."""
    free = facts.guarded and facts.agreed and facts.running
    return free and access.oversees(ctx.sight, facts) and knows_plan(ctx.sight, facts)


def board(ctx: Context, case_id: int) -> Board:
    """What who plans sees."""
    case, _ = plannable(ctx, case_id)
    settings = ctx.library.settings(ctx.tx, ctx.library.model(ctx.tx, case.version_id))
    names = {id: organisation.name for id, organisation in settings.organisations.items()}
    named = announcing.spoken_with(ctx.tx, case_id)
    people = store.people.everyone(ctx.tx, case.municipality)
    may_ask = tuple(
        Named(id, names[id], tuple((p.id, p.name) for p in people if p.organisation == id and p.id != ctx.actor.id))
        for id in sorted(named & names.keys(), key=names.__getitem__)
    )
    title = store.case_files.title(ctx.tx, case_id, ctx.sight)
    shown = Board(case_id, title, may_ask, asks_anew=True)
    meeting = planned(ctx, case_id)
    if meeting is None:
        return shown
    known = {person.id: person.name for person in people}
    called = tuple((each, _called(each, known, names)) for each in meeting.guests)
    moments = tuple(_moment(id, at, called) for id, at in meeting.slots.items())
    return replace(shown, meeting=meeting, moments=moments, best=_best(moments), guests=called)


def planned(ctx: Context, case_id: int) -> Planning | None:
    """The meeting of a case that is being planned or still has to be."""
    return next((each for each in store.planning.of_case(ctx.tx, case_id) if not each.over(ctx.now)), None)


def latest(ctx: Context, case_id: int) -> Planning | None:
    """The last meeting of a case for which a moment was chosen, also when it has been."""
    every = store.planning.of_case(ctx.tx, case_id)
    return next((each for each in every if each.state == PlanningState.CHOSEN), None)


def _called(guest: Guest, people: Mapping[str, str], organisations: Mapping[str, str]) -> str:
    if guest.parents:
        return "De ouders"
    organisation = organisations.get(guest.organisation, guest.organisation)
    return f"{people[guest.person]}, {organisation}" if guest.person in people else organisation


def _moment(id: int, at: datetime, guests: Iterable[tuple[Guest, str]]) -> Moment:
    said: dict[str | None, list[str]] = {Fits.YES: [], Fits.IF_NEEDED: [], Fits.NO: [], None: []}
    for guest, name in guests:
        said[guest.answers.get(id)].append(name)
    return Moment(id, at, *(tuple(said[fits]) for fits in (Fits.YES, Fits.IF_NEEDED, Fits.NO, None)))


def _best(moments: Iterable[Moment]) -> int | None:
    """The moment at which the fewest can't, of those the one at which the most can; the first where that is the same.
    None as long as nobody said when.
    """
    said = [each for each in moments if each.yes or each.if_needed]
    return min(said, key=lambda each: (len(each.no), -len(each.yes), each.at)).id if said else None


def propose(ctx: Context, case_id: int, proposed: Proposed) -> Planning:
    """Ask who can come when. Raises InvalidDataError where that can't be asked so, ConflictError where a meeting is
    being planned already.
    """
    plannable(ctx, case_id, locked=True)
    if planned(ctx, case_id) is not None:
        raise ConflictError("Er wordt al een overleg gepland. Zeg dat eerst af.", case_id=case_id)
    _well_proposed(ctx, case_id, proposed)
    made = store.planning.add(ctx.tx, case_id, proposed, ctx.actor.id, ctx.now)
    happened(ctx, case_id, PROPOSED)
    meeting = existing(ctx, made)
    for guest in meeting.guests if proposed.parents_can else ():
        if guest.parents:
            store.planning.answer(ctx.tx, meeting, guest.id, dict.fromkeys(meeting.slots, Fits.YES))
    announcing.ask(ctx, meeting)
    return meeting


def _well_proposed(ctx: Context, case_id: int, proposed: Proposed) -> None:
    wrong: dict[str, str] = {}
    if not FEWEST <= len(proposed.slots) <= MOST:
        wrong["dag_1"] = f"Stel {FEWEST} tot {MOST} momenten voor, elk met een dag en een tijd."
    elif any(at <= ctx.now for at in proposed.slots):
        wrong["dag_1"] = "Een van deze momenten is al voorbij. Kies momenten die nog komen."
    if not 1 <= proposed.minutes <= LONGEST:
        wrong["minuten"] = f"Vul in hoeveel minuten het duurt: 1 tot {LONGEST}."
    if proposed.video and not proposed.video.startswith("https://"):
        wrong["video"] = "Een link voor beeldbellen begint met https://."
    named = announcing.spoken_with(ctx.tx, case_id)
    chosen = [organisation for organisation, _ in proposed.guests if organisation]
    if not chosen:
        wrong["wie"] = "Kies wie je vraagt."
    elif not named.issuperset(chosen):
        wrong["wie"] = "Hier zei het gezin nog geen ja tegen. Vraag het eerst de ouders."
    if wrong:
        raise InvalidDataError("Zo kun je het nog niet vragen.", wrong)


def existing(ctx: Context, meeting_id: int) -> Planning:
    """A meeting by its number, whosever it is. Raises NotFoundError."""
    meeting = store.planning.one(ctx.tx, meeting_id)
    if meeting is None:
        raise NotFoundError(NO_MEETING)
    return meeting


def mine(ctx: Context, meeting_id: int) -> tuple[Planning, Guest]:
    """A meeting for which the actor is asked, as long as the family lets the own organisation be. Raises
    NotFoundError.
    """
    meeting = existing(ctx, meeting_id)
    guest = next((each for each in meeting.guests if each.person == ctx.sight.person), None)
    if guest is None or not _still_asked(ctx, meeting, guest):
        raise NotFoundError(NO_MEETING)
    ctx.looks.shows(meeting.case_id, meeting.municipality, Ground.CONSENT, {Register.MEETING})
    return meeting, guest


def asked_of_me(ctx: Context) -> tuple[Planning, ...]:
    """The meetings for which the actor is asked when one can and didn't say so yet."""
    open_ones = []
    for meeting in store.planning.asked_of(ctx.tx, ctx.sight.person):
        own = next(each for each in meeting.guests if each.person == ctx.sight.person)
        if not own.answers and _still_asked(ctx, meeting, own):
            ctx.looks.shows(meeting.case_id, meeting.municipality, Ground.CONSENT, {Register.MEETING})
            open_ones.append(meeting)
    return tuple(open_ones)


def _still_asked(ctx: Context, meeting: Planning, guest: Guest) -> bool:
    works_there = ctx.sight.organisation == guest.organisation
    return meeting.running and works_there and guest.organisation in announcing.spoken_with(ctx.tx, meeting.case_id)


def linked(ctx: Context, link: Link) -> tuple[Planning, Guest]:
    """The meeting and the guest of a link, as long as that person is asked for it and no moment is chosen. Raises
    NotFoundError.
    """
    meeting = store.planning.of_guest(ctx.tx, int(link.subject))
    if meeting is None or meeting.state != PlanningState.ASKING:
        raise NotFoundError(links.PAST)
    try:
        return mine(ctx, meeting.id)
    except NotFoundError as error:
        raise NotFoundError(links.PAST) from error


def answer_linked(ctx: Context, link: Link, said: Mapping[int, Fits]) -> None:
    """Say by a link at which moments one can come; the link is over by that."""
    meeting, guest = linked(ctx, link)
    links.use(ctx.tx, link, ctx.now)
    _answer(ctx, meeting, guest, said)


def answer(ctx: Context, meeting_id: int, said: Mapping[int, Fits]) -> None:
    """Say at which moments one can come."""
    meeting, guest = mine(ctx, meeting_id)
    _answer(ctx, meeting, guest, said)


def answer_for(ctx: Context, case_id: int, guest_id: int, said: Mapping[int, Fits]) -> None:
    """Write down what the parents said, or who phoned."""
    plannable(ctx, case_id, locked=True)
    meeting = planned(ctx, case_id)
    guest = next((each for each in meeting.guests if each.id == guest_id), None) if meeting else None
    if meeting is None or guest is None:
        raise NotFoundError(NO_MEETING)
    _answer(ctx, meeting, guest, said)


def _answer(ctx: Context, meeting: Planning, guest: Guest, said: Mapping[int, Fits]) -> None:
    if meeting.state != PlanningState.ASKING:
        raise ConflictError("Voor dit overleg is al een moment gekozen, of het gaat niet door.")
    if not meeting.slots.keys() >= said.keys():
        raise InvalidDataError("Dit moment hoort niet bij dit overleg.")
    store.planning.answer(ctx.tx, meeting, guest.id, said)


def cancel(ctx: Context, case_id: int) -> None:
    """Call off the meeting that is being planned."""
    plannable(ctx, case_id, locked=True)
    meeting = planned(ctx, case_id)
    if meeting is None:
        raise ConflictError("Er staat geen overleg meer dat je kunt afzeggen.", case_id=case_id)
    announcing.off(ctx, meeting)
    happened(ctx, case_id, PlanningState.CANCELLED)


def happened(ctx: Context, case_id: int, what: str) -> None:
    """Write down what was done to plan a meeting."""
    ctx.happened(case_id, {"kind": Happening.PLANNED, "detail": {"wat": what}})

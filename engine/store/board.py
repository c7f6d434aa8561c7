"""What stands on boards over all families at once: agreements and meetings, as far as one person may know them.

They are looked through in the order of their day, in each place by an index, and only so far as a page shows: however
many families there are, looked at are the first. No case is read.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Need, Sight
from engine.consent import HANDED, REMEMBERED
from engine.store.case_files import known_to, overseen, shown_title
from engine.store.database import Transaction, known_text
from engine.store.tables import (
    agreement,
    agreement_need,
    case_file,
    event,
    guest,
    meeting,
    opening,
    participant,
    planning,
    slot,
    slot_answer,
)
from engine.words import AgreementStatus, CaseStatus, KnownData, MeetingStatus, PlanningState, RoleId

MOST = 100
"""So many are counted at most."""

KNOWN = 1_000
"""Of so many cases at most, that somebody leads or that an organisation knows, the rows are looked up."""

NEWS = 2_000
"""So many of the newest events are looked through at most."""

FAR = date(9999, 12, 31)

WAITING = (AgreementStatus.OPEN, AgreementStatus.WAITING)
"""How an agreement stands that is still to be kept."""


@dataclass(frozen=True)
class Agreed:
    """One agreement on the board, of a family as this person knows it."""

    id: int
    case_id: int
    case_title: str
    municipality: str
    item: str
    what: str
    organisation: str
    person: str
    by_date: date | None
    goal: str
    status: str
    remark: str
    bridging: str
    guarded: bool

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.status in WAITING and self.by_date is not None and self.by_date < today


@dataclass(frozen=True)
class Met:
    """One meeting on the board, planned or held."""

    id: int
    case_id: int
    case_title: str
    municipality: str
    kind: str
    status: str
    date: date | None
    time: str
    place: str
    parents_present: str
    guarded: bool


@dataclass(frozen=True)
class Asking:
    """A meeting for which is asked who can when: the first of its moments, and of how many guests who answered."""

    case_id: int
    case_title: str
    municipality: str
    guarded: bool
    first: datetime
    guests: int
    answered: int


@dataclass(frozen=True)
class Led:
    """A running case that somebody leads as casusregisseur."""

    case_id: int
    case_title: str
    municipality: str
    guarded: bool


@dataclass(frozen=True)
class News:
    """Something that happened to a family since a moment: which step or message, and by whom. `names` is what of it
    an outsider to a circle must not learn (`engine.cases.circles`).
    """

    id: int
    at: datetime
    case_id: int
    case_title: str
    municipality: str
    version_id: str
    kind: str
    process: str
    element: str
    item: str
    actor: str
    message: str
    guarded: bool


@dataclass(frozen=True)
class Wanted:
    """Which agreements somebody asks for: how they stand, from and until which day (inclusive), of whom."""

    statuses: tuple[str, ...] = WAITING
    since: date | None = None
    until: date | None = None
    organisation: str = ""
    newest_first: bool = False
    ids: tuple[int, ...] | None = None


def need(tx: Transaction, case_id: int, needs: Mapping[str, Collection[Need]]) -> None:
    """Keep what one must be able to read to know each of these agreements of a case, by its item."""
    mine = agreement_need.c.case_id == case_id
    same = sa.and_(agreement.c.case_id == case_id, agreement.c.item == agreement_need.c.item)
    stands = sa.exists(sa.select(1).where(same).correlate(agreement_need)).label("stands")
    asked = ("purpose", "kind", "person", "actor")  # whose agreement it is stands with it
    kept: dict[str, set[tuple[str, ...]]] = {item: set() for item in needs}
    gone = set()  # those of agreements that were undone
    for row in tx.execute(sa.select(agreement_need, stands).where(mine)):
        kept.setdefault(row.item, set()).add(tuple(getattr(row, name) for name in asked))
        if not row.stands:
            gone.add(row.item)
    wanted = {item: {tuple(getattr(each, name) for name in asked) for each in some} for item, some in needs.items()}
    changed = [item for item in wanted if wanted[item] != kept[item] and item not in gone]
    if stale := gone | {item for item in changed if kept[item]}:
        tx.execute(sa.delete(agreement_need).where(mine, agreement_need.c.item.in_(sorted(stale))))
    values = [(item, each) for item in changed for each in sorted(wanted[item])]
    rows = [{"case_id": case_id, "item": item, **dict(zip(asked, each, strict=True))} for item, each in values]
    if rows:
        tx.execute(sa.insert(agreement_need), rows)


# --- who may know ----------------------------------------------------------------------------------------------


def _works_on(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether the registers of a case are this person's to read, row by row: `access.parts` says the same."""
    own = sa.select(1).where(
        participant.c.case_id == case_file.c.id,
        participant.c.person_id == seen.person,
        participant.c.role == RoleId.CASUSREGISSEUR,
    )
    team, leads = overseen(seen), sa.exists(own.correlate_except(participant))
    partner = case_file.c.municipality.in_(sorted(seen.partner_in))
    known = sa.and_(case_file.c.status == CaseStatus.RUNNING, _known(seen), sa.or_(team, leads, partner))
    return sa.or_(sa.and_(sa.not_(case_file.c.guarded), team), sa.and_(case_file.c.guarded, known))


def _known(seen: Sight) -> sa.ColumnElement[bool]:
    return known_to(seen.organisation, case_file.c.id) if seen.organisation else sa.false()


def _opened(seen: Sight, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    mine = sa.select(1).where(
        opening.c.case_id == case_file.c.id, opening.c.organisation == seen.organisation, *conditions
    )
    return sa.exists(mine.correlate_except(opening))


def _knows_agreement(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether an agreement is known: the own organisation's, and others' of which all is open."""
    needed = agreement_need
    same = (opening.c[name] == needed.c[name] for name in ("purpose", "kind", "person"))
    open_to_them = _opened(seen, *same)
    lacking = sa.select(1).where(
        needed.c.case_id == agreement.c.case_id,
        needed.c.item == agreement.c.item,
        needed.c.actor != seen.person,
        sa.not_(open_to_them),
    )
    own = sa.and_(agreement.c.organisation == seen.organisation, sa.literal(bool(seen.organisation)))
    return sa.or_(sa.not_(case_file.c.guarded), own, sa.not_(sa.exists(lacking.correlate_except(needed))))


def _knows_plan(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether something of the plan is open: who helps and when they meet is data too."""
    apart = opening.c.purpose.in_((REMEMBERED, HANDED))  # the team's alone
    plan = _opened(seen, opening.c.kind == KnownData.PLAN, sa.not_(apart))
    return sa.or_(sa.not_(case_file.c.guarded), plan)


def _drives(tx: Transaction, seen: Sight, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """By what a board is looked through: the places that somebody oversees, and the cases that one leads or that the
    own organisation knows. What may be seen meets one of them at least.
    """
    places = {place for _, place in seen.overseen}
    drives: list[sa.ColumnElement[bool]] = [table.c.municipality == place for place in sorted(places)]
    leads = sa.select(participant.c.case_id).where(
        participant.c.person_id == seen.person, participant.c.role == RoleId.CASUSREGISSEUR
    )
    drives += _near(tx, table, leads, ())
    partner_in = sorted(seen.partner_in - places)
    if partner_in:
        known = sa.select(opening.c.case_id).where(opening.c.organisation == seen.organisation)
        drives += _near(tx, table, known, [table.c.municipality == place for place in partner_in])
    return drives


def _near(
    tx: Transaction, table: sa.Table, cases: sa.Select[tuple[int]], many: Iterable[sa.ColumnElement[bool]]
) -> list[sa.ColumnElement[bool]]:
    """By what to look through the rows of these cases: by `many` where they are many."""
    ids = tx.execute(cases.distinct().limit(KNOWN + 1)).scalars().all()
    if len(ids) > KNOWN:
        return list(many) or [table.c.case_id.in_(cases)]
    return [table.c.case_id.in_(sorted(ids))] if ids else []


@dataclass(frozen=True)
class Board:
    """The rows of one register that one person may know: by what they are looked through, and what holds of each."""

    table: sa.Table
    day: sa.Column[Any]
    drives: list[sa.ColumnElement[bool]]
    known: sa.ColumnElement[bool]

    def first(
        self,
        statuses: Iterable[str],
        conditions: Iterable[sa.ColumnElement[bool]],
        number: int,
        newest_first: bool = False,
        offset: int = 0,
    ) -> sa.Select[Any]:
        """The ids of the first rows that meet all of these, in the order of their day; what has no day comes last."""
        order = (self.day.desc(), self.table.c.id.desc()) if newest_first else (self.day, self.table.c.id)
        joined = self.table.join(case_file, case_file.c.id == self.table.c.case_id)
        parts = []
        for drive in self.drives:
            for status in statuses:
                some = (
                    sa.select(self.table.c.id, self.day.label("day"))
                    .select_from(joined)
                    .where(drive, self.table.c.status == status, self.day.is_not(None), self.known, *conditions)
                    .order_by(*order)
                    .limit(number + offset)
                )
                parts.append(some.subquery())
        if not parts:
            return sa.select(self.table.c.id).where(sa.false())
        met = sa.union(*(sa.select(part.c.id, part.c.day) for part in parts)).subquery()
        way = (met.c.day.desc(), met.c.id.desc()) if newest_first else (met.c.day, met.c.id)
        return sa.select(met.c.id).order_by(*way).limit(number).offset(offset)


def of_agreements(tx: Transaction, seen: Sight) -> Board:
    """The board of agreements of one person."""
    drives = _drives(tx, seen, agreement)
    return Board(agreement, agreement.c.by_date, drives, sa.and_(_works_on(seen), _knows_agreement(seen)))


def of_meetings(tx: Transaction, seen: Sight) -> Board:
    """The board of meetings of one person."""
    return Board(meeting, meeting.c.date, _drives(tx, seen, meeting), sa.and_(_works_on(seen), _knows_plan(seen)))


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(agreement.c.by_date >= wanted.since)
    if wanted.until is not None:
        conditions.append(agreement.c.by_date <= wanted.until)
    if wanted.organisation:
        conditions.append(agreement.c.organisation == known_text(wanted.organisation))
    if wanted.ids is not None:
        conditions.append(agreement.c.id.in_(wanted.ids))
    return conditions


def agreements(
    tx: Transaction, seen: Sight, board: Board, wanted: Wanted, number: int, offset: int = 0
) -> tuple[Agreed, ...]:
    """Some of the agreements that somebody asks for, in the order of their day."""
    ids = tx.execute(board.first(wanted.statuses, _conditions(wanted), number, wanted.newest_first, offset))
    on_page = list(ids.scalars())
    query = (
        sa.select(agreement, shown_title(seen), case_file.c.guarded)
        .select_from(agreement.join(case_file, case_file.c.id == agreement.c.case_id))
        .where(agreement.c.id.in_(on_page))
    )
    rows = {row.id: row for row in tx.execute(query)} if on_page else {}
    names = ("id", "case_id", "case_title", "municipality", "item", "what", "organisation", "person", "by_date", "goal")
    more = ("status", "remark", "bridging", "guarded")
    return tuple(Agreed(*(getattr(rows[id], name) for name in (*names, *more))) for id in on_page)


def counted(tx: Transaction, board: Board, several: Mapping[str, Wanted]) -> dict[str, int]:
    """How many agreements each of these asks for holds; no more than `MOST` are looked for."""
    firsts = {name: board.first(wanted.statuses, _conditions(wanted), MOST) for name, wanted in several.items()}
    columns = [sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery() for some in firsts.values()]
    return dict(zip(firsts, tx.execute(sa.select(*columns)).one(), strict=True))


def meetings(
    tx: Transaction,
    seen: Sight,
    board: Board,
    status: str,
    number: int,
    since: date | None = None,
    until: date | None = None,
) -> tuple[Met, ...]:
    """The first meetings that are planned, or the last that were held, between these days (inclusive)."""
    conditions = [meeting.c.date >= since] if since else []
    conditions += [meeting.c.date <= until] if until else []
    held = status == MeetingStatus.HELD
    on_page = list(tx.execute(board.first((status,), conditions, number, held)).scalars())
    query = (
        sa.select(meeting, shown_title(seen), case_file.c.guarded)
        .select_from(meeting.join(case_file, case_file.c.id == meeting.c.case_id))
        .where(meeting.c.id.in_(on_page))
    )
    rows = {row.id: row for row in tx.execute(query)} if on_page else {}
    names = ("id", "case_id", "case_title", "municipality", "kind", "status", "date", "time", "place")
    more = ("parents_present", "guarded")
    return tuple(Met(*(getattr(rows[id], name) for name in (*names, *more))) for id in on_page)


def asking(tx: Transaction, seen: Sight, number: int) -> tuple[Asking, ...]:
    """The meetings for which is asked who can when, that with the first moment first."""
    own = planning.c.id
    guests = sa.select(sa.func.count()).select_from(guest).where(guest.c.planning_id == own).scalar_subquery()
    answers = slot_answer.join(guest, guest.c.id == slot_answer.c.guest_id)
    said = sa.select(sa.func.count(sa.distinct(slot_answer.c.guest_id))).select_from(answers)
    first = sa.select(sa.func.min(slot.c.at)).where(slot.c.planning_id == own).scalar_subquery()
    query = (
        sa.select(
            case_file.c.id, shown_title(seen), case_file.c.municipality, case_file.c.guarded, first.label("first"),
            guests, said.where(guest.c.planning_id == own).scalar_subquery(),
        )
        .select_from(planning.join(case_file, case_file.c.id == planning.c.case_id))
        .where(
            planning.c.state == PlanningState.ASKING,
            case_file.c.status == CaseStatus.RUNNING,
            _works_on(seen),
            _knows_plan(seen),
        )
        .order_by(sa.text("first"), own)
        .limit(number)
    )  # fmt: skip
    return tuple(Asking(*row) for row in tx.execute(query))


def led(tx: Transaction, seen: Sight, number: int) -> tuple[Led, ...]:
    """The newest running cases that somebody leads and the own organisation knows."""
    leads = sa.select(participant.c.case_id).where(
        participant.c.person_id == seen.person, participant.c.role == RoleId.CASUSREGISSEUR
    )
    query = (
        sa.select(case_file.c.id, shown_title(seen), case_file.c.municipality, case_file.c.guarded)
        .where(
            case_file.c.id.in_(leads),
            case_file.c.status == CaseStatus.RUNNING,
            sa.or_(sa.not_(case_file.c.guarded), _known(seen)),
        )
        .order_by(case_file.c.began_at.desc(), case_file.c.id.desc())
        .limit(number)
    )
    return tuple(Led(*row) for row in tx.execute(query))


def news(tx: Transaction, seen: Sight, since: datetime, kinds: Collection[str], number: int) -> tuple[News, ...]:
    """The newest of these kinds of what others did since a moment, for families whose history this person reads: of the
    running cases those that one oversees, and those that one leads and the own organisation knows.
    """
    fresh = sa.and_(event.c.at > since, event.c.kind.in_(sorted(kinds)))
    of_here = sa.select(event.c.id).where(fresh).order_by(event.c.at.desc(), event.c.id.desc()).limit(NEWS)
    leads = sa.select(participant.c.case_id).where(
        participant.c.person_id == seen.person, participant.c.role == RoleId.CASUSREGISSEUR
    )
    of_led = (
        sa.select(event.c.id)
        .where(fresh, event.c.case_id.in_(leads))
        .order_by(event.c.at.desc(), event.c.id.desc())
        .limit(NEWS)
    )
    parts = [of_here, of_led] if seen.overseen else [of_led]
    ids = sa.union(*(sa.select(part.subquery().c.id) for part in parts)).subquery()
    led = sa.and_(case_file.c.id.in_(leads), _known(seen))
    query = (
        sa.select(
            *(event.c[name] for name in ("id", "at", "case_id", "kind", "process", "element", "item", "detail")),
            sa.func.coalesce(event.c.actor, "").label("actor"),
            shown_title(seen),
            *(case_file.c[name] for name in ("municipality", "version_id", "guarded")),
        )
        .select_from(event.join(case_file, case_file.c.id == event.c.case_id))
        .where(
            event.c.id.in_(sa.select(ids.c.id)),
            case_file.c.guarded,
            case_file.c.status == CaseStatus.RUNNING,
            event.c.at >= case_file.c.began_at,
            sa.or_(event.c.actor.is_(None), event.c.actor != seen.person),
            sa.or_(overseen(seen), led),
        )
        .order_by(event.c.at.desc(), event.c.id.desc())
        .limit(number)
    )
    names = ("id", "at", "case_id", "case_title", "municipality", "version_id", "kind", "process", "element", "item")
    return tuple(
        News(**{name: getattr(row, name) for name in (*names, "actor", "guarded")}, message=row.detail.get("naam", ""))
        for row in tx.execute(query)
    )

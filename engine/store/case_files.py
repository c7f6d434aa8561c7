"""Cases: their row, who takes part, and what happened."""

import itertools
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine.access import CIRCLES, CaseFacts, Sight
from engine.consent import HANDED, REMEMBERED, Opening
from engine.errors import NotFoundError
from engine.store.database import Transaction, folded, known_number
from engine.store.memory import asked_once, forget
from engine.store.searching import begins, forget_subjects, words_of
from engine.store.tables import (
    OPEN,
    answer,
    case_file,
    erasure,
    event,
    handed,
    note,
    opening,
    participant,
    registers,
    task,
    word,
)
from engine.words import CaseStatus, Ground, KnownData, Purpose, Register, RoleId

SIGHTS = 256
"""Of so many people at once what is asked of one case is kept as it is built: it differs by what one may see."""

UNKNOWN = "Dit dossier bestaat niet, of je mag het niet zien."
"""How a case is refused that isn't there or isn't this person's to know: in the same words, which tell neither."""


@dataclass(frozen=True)
class CaseRow:
    """One case with its state and document, as it was locked or read. `round_at` is when its newest round began, where
    somebody reopened it; `paused_at` since when it stands still, and `paused_until` until when at most. `guarded` says
    that what the family says decides who may know, `agreed` that it lets the case go on now; `named` is whom of the
    family the title names, and `named_by` who wrote that. `found_by` is the title with those two as it was read, and so
    is found by.
    """

    id: int
    version_id: str
    process: str
    municipality: str
    title: str
    status: str
    started_at: datetime
    round_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    guarded: bool
    agreed: bool
    named: str
    named_by: str
    document: Mapping[str, Any]
    state: str
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    found_by: tuple[str, str, str] = ("", "", "")

    def clock(self, now: datetime) -> datetime:
        """What time it is for the case: where it stands still, when that began."""
        return self.paused_at or now

    @property
    def name(self) -> tuple[str, str, str]:
        """The title, whom of the family it names, and who wrote that."""
        return self.title, self.named, self.named_by

    @property
    def reopened(self) -> bool:
        """Whether it ended before, and began a new round."""
        return self.round_at is not None

    @property
    def begun_at(self) -> datetime:
        """When its newest round began."""
        return self.round_at or self.started_at


@dataclass(frozen=True)
class EventRow:
    """Something that happened in a case. `passed` is where it went by that: process, element, how, and the row that it
    was about, in their order.
    """

    id: int
    at: datetime
    actor: str
    kind: str
    process: str
    element: str
    item: str
    detail: Mapping[str, Any]
    passed: tuple[tuple[str, str, str, str], ...] = ()


def known_to(organisation: str, case_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether something of a case is open to an organisation, as part of a query. Asked of each case apart: a list of
    all those of an organisation has as many rows as it may know things.
    """
    mine = sa.and_(opening.c.case_id == case_id, opening.c.organisation == organisation)
    apart = opening.c.purpose.in_((REMEMBERED, HANDED))  # the team's alone
    return sa.exists(sa.select(1).where(mine, sa.not_(apart)).correlate_except(opening))


def visible(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether a case exists for this person, as part of a query: where `access.parts` isn't empty."""
    return sa.or_(*(way for _, way in ways(seen)))


def ways(seen: Sight) -> tuple[tuple[Ground, sa.ColumnElement[bool]], ...]:
    """The ways in which a case exists for this person, each with why: `access.case_ground` asks the same."""

    def takes_part(*as_: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return case_file.c.id.in_(sa.select(participant.c.case_id).where(participant.c.person_id == seen.person, *as_))

    part = takes_part(participant.c.role != RoleId.CORE_PARTNER, sa.not_(of_circle()))
    unguarded = sa.and_(sa.not_(case_file.c.guarded), part)
    own_tasks = sa.and_(task.c.assignee == seen.person, OPEN, task.c.circle == "")
    has_task = case_file.c.id.in_(sa.select(task.c.case_id).where(own_tasks))
    runs = case_file.c.status == CaseStatus.RUNNING
    consent = []
    if seen.organisation:
        known = known_to(seen.organisation, case_file.c.id)
        partner = case_file.c.municipality.in_(seen.partner_in)
        lead = takes_part(participant.c.role == RoleId.CASUSREGISSEUR)
        consent.append((Ground.CONSENT, sa.and_(runs, case_file.c.guarded, sa.or_(partner, lead), known)))
    own = sa.and_(runs, takes_part(participant.c.role == RoleId.AANMELDER))
    going = sa.exists(
        sa.select(1)
        .where(
            task.c.case_id == participant.c.case_id,
            task.c.circle == participant.c.role,
            OPEN,
        )
        .correlate(participant)
    )
    named = of_circle(RoleId.CIRCLE)
    circled = sa.or_(takes_part(of_circle(RoleId.SAFETY)), sa.and_(runs, takes_part(named)), takes_part(named, going))
    having = sa.and_(runs, has_task)
    apart = ((Ground.HAVING, having), (Ground.OWN, own), (Ground.CIRCLE, circled), (Ground.ROLE, unguarded))
    return (*consent, (Ground.OVERVIEW, overseen(seen)), *apart)


def of_circle(*kinds: RoleId) -> sa.ColumnElement[bool]:
    """Whether somebody takes part in a circle of these kinds, of any where none is named, as part of a query:
    `CaseFacts.circles` asks the same.
    """
    ways = ((participant.c.role == kind, participant.c.role.startswith(f"{kind}:")) for kind in kinds or CIRCLES)
    return sa.or_(*(way for either in ways for way in either))


def overseen(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether this person keeps the overview of a case, as part of a query."""
    ways = (
        sa.and_(case_file.c.process == process, case_file.c.municipality == place)
        for process, place in sorted(seen.overseen)
    )
    return sa.or_(sa.false(), *ways)


_UNUSED = sa.func.max(
    sa.func.coalesce(sa.select(sa.func.max(case_file.c.id)).scalar_subquery(), 0),
    sa.func.coalesce(sa.select(sa.func.max(erasure.c.case_id)).scalar_subquery(), 0),
) + sa.literal_column("1")


def add(tx: Transaction, version_id: str, process: str, municipality: str, now: datetime, guarded: bool = True) -> int:
    """Add an empty case and give its id."""
    values = {
        "version_id": version_id,
        "process": process,
        "municipality": municipality,
        "title": "",
        "search": "",
        "status": CaseStatus.RUNNING,
        "guarded": guarded,
        "agreed": False,
        "started_at": now,
        "began_at": now,
        "document": "{}",
        "state": "",
    }
    if tx.dialect.name == "sqlite":  # it would give the number of a case that was erased to another family
        values["id"] = _UNUSED
    return int(tx.execute(sa.insert(case_file).values(values).returning(case_file.c.id)).scalar_one())


@asked_once(case_file)
def lock(tx: Transaction, id: int, seen: Sight | None) -> CaseRow:
    """Lock a case for this transaction and read it. Raises NotFoundError, also where the person may not know it."""
    row = tx.execute(_one(seen, locked=True), {"case": known_number(id)}).first()
    forget(tx, case_file)  # who had the lock before may have changed what was read meanwhile
    return _row(row)


def read(tx: Transaction, id: int, seen: Sight | None) -> CaseRow:
    """Read a case without locking it. Raises NotFoundError, also where the person may not know it."""
    return _row(tx.execute(_one(seen, locked=False), {"case": known_number(id)}).first())


# built once, as the others that each completed task asks
_OF_TASK = sa.select(case_file).where(
    case_file.c.id == sa.select(task.c.case_id).where(task.c.id == sa.bindparam("task")).scalar_subquery()
)
_OF_TASK_LOCKED = _OF_TASK.with_for_update(of=case_file)


@asked_once(case_file)
def of_task(tx: Transaction, task_id: int, *, locked: bool) -> CaseRow:
    """The case of a task, whoever may know of it, or locked. Raises NotFoundError where there is no such task."""
    row = tx.execute(_OF_TASK_LOCKED if locked else _OF_TASK, {"task": known_number(task_id)}).first()
    if row is None:
        raise NotFoundError(NO_TASK)
    if locked:
        forget(tx, case_file)
    return _row(row)


@lru_cache(SIGHTS)
def _one(seen: Sight | None, *, locked: bool) -> sa.Select[Any]:
    query = sa.select(case_file).where(case_file.c.id == sa.bindparam("case"))
    query = query if seen is None else query.where(visible(seen))
    return query.with_for_update(of=case_file) if locked else query


def _row(row: Any) -> CaseRow:
    if row is None:
        raise NotFoundError(UNKNOWN)
    values = row._asdict()
    for name in ("search", "began_at"):
        values.pop(name)
    found_by = (row.title, row.named, row.named_by)
    return CaseRow(**{**values, "document": json.loads(values["document"]), "found_by": found_by})


def ended(tx: Transaction) -> tuple[CaseRow, ...]:
    """Every case that doesn't run, oldest first."""
    query = sa.select(case_file).where(case_file.c.status != CaseStatus.RUNNING).order_by(case_file.c.id)
    return tuple(_row(row) for row in tx.execute(query))


_SAVE = sa.update(case_file).where(case_file.c.id == sa.bindparam("case"))
_MOVED = (
    "state",
    "title",
    "agreed",
    "named",
    "named_by",
    "status",
    "round_at",
    "ended_at",
    "end_reason",
    "paused_at",
    "paused_until",
)


def save(tx: Transaction, case: CaseRow) -> None:
    """Write what a move led to: the case as it is now."""
    values = {name: getattr(case, name) for name in _MOVED} | {"began_at": case.begun_at, "search": folded(case.title)}
    document = json.dumps(case.document, ensure_ascii=False, separators=(",", ":"))
    tx.execute(_SAVE, {"case": case.id, **values, "document": document})


def title(tx: Transaction, id: int, seen: Sight) -> str:
    """The title of one case as this person sees it."""
    return str(tx.execute(_title(seen), {"case": id}).scalar_one())


@lru_cache(SIGHTS)
def _title(seen: Sight) -> sa.Select[Any]:
    return sa.select(shown_title(seen)).where(case_file.c.id == sa.bindparam("case"))


def shown_title(seen: Sight) -> sa.ColumnElement[str]:
    """The title of a case as this person sees it."""
    number = sa.literal(NAMELESS) + sa.cast(case_file.c.id, sa.Text)
    return sa.case((_knows_name(seen), case_file.c.title), else_=number).label("case_title")


def name_begins(seen: Sight, beginning: str) -> sa.ColumnElement[bool]:
    """Whether a word of the title begins so, as this person sees it: a search must not confirm a name."""
    name = sa.select(1).where(
        word.c.case_id == case_file.c.id, word.c.task_id.is_(None), begins(word.c.word, beginning), _opens_word(seen)
    )
    named = sa.exists(name.correlate_except(word))
    numbered = of_number(case_file.c.id, beginning)
    return named if numbered is None else sa.or_(named, sa.and_(numbered, sa.not_(_knows_name(seen))))


def of_number(id: sa.ColumnElement[int], beginning: str) -> sa.ColumnElement[bool] | None:
    """Whether a word begins so of what a case is called whose name one may not know; None where none ever does."""
    if _NUMBERED.startswith(beginning):
        return sa.true()
    if not beginning.isdecimal() or beginning.startswith("0") or len(beginning) > _DIGITS:
        return None
    first, longer = int(beginning), range(_DIGITS + 1 - len(beginning))
    return sa.or_(*(sa.and_(id >= first * 10**more, id < (first + 1) * 10**more) for more in longer))


def knows_name(tx: Transaction, id: int, seen: Sight) -> bool:
    """Whether somebody knows of a case and whose it is."""
    return tx.execute(_knows(seen), {"case": id}).first() is not None


@lru_cache(SIGHTS)
def _knows(seen: Sight) -> sa.Select[Any]:
    return sa.select(case_file.c.id).where(case_file.c.id == sa.bindparam("case"), visible(seen), _knows_name(seen))


NO_TASK = "Deze taak bestaat niet, of je mag haar niet zien."

NAMELESS = "Signaal "
"""What a case is called, before its number, to who may not know whose it is."""

(_NUMBERED,) = words_of(NAMELESS)
_DIGITS = 9  # of the number of a case, at most


def _knows_name(seen: Sight) -> sa.ColumnElement[bool]:
    """The one statement that shows or hides a family's name, on every page and in every list: to who wrote it, and to
    the organisations to which it is open how this person of the family is reached. `_opens_word` is the same of a word.
    """
    open_to_them = _opened_to(seen, sa.literal(KnownData.CONTACT), case_file.c.named)
    return sa.or_(sa.not_(case_file.c.guarded), case_file.c.named_by == seen.person, open_to_them)


def _opens_word(seen: Sight) -> sa.ColumnElement[bool]:
    """What `_knows_name` says, of one word of a name that is searched for."""
    open_to_them = _opened_to(seen, word.c.kind, word.c.person)
    return sa.or_(word.c.kind == "", word.c.writer == seen.person, open_to_them)


def _opened_to(seen: Sight, kind: sa.ColumnElement[str], relative: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    opened = sa.select(1).where(
        opening.c.case_id == case_file.c.id,
        opening.c.organisation == seen.organisation,
        sa.or_(
            opening.c.purpose == Purpose.SHARING,
            # the team keeps it or had it handed over, not all who work there
            sa.and_(opening.c.purpose.in_((REMEMBERED, HANDED)), overseen(seen)),
        ),
        opening.c.kind == kind,
        opening.c.person == relative,
    )
    return sa.exists(opened.correlate_except(opening))


@dataclass(frozen=True)
class Standing:
    """What access to a case rests on, whoever asks: who takes part as what, what is open to organisations, and for each
    open task who has it and in which circle it is, "" for nobody and none.
    """

    people: tuple[tuple[str, str], ...]
    cells: frozenset[Opening]
    tasks: tuple[tuple[str, str], ...]


_STANDING = sa.union_all(
    sa.select(
        sa.literal_column("'people'").label("what"),
        participant.c.person_id.label("one"),
        participant.c.role.label("two"),
        sa.literal_column("''").label("three"),
        sa.literal_column("''").label("four"),
        participant.c.since.label("since"),
    ).where(participant.c.case_id == sa.bindparam("case")),
    sa.select(
        sa.literal_column("'cells'"),
        *(opening.c[name] for name in Opening._fields),
        sa.cast(sa.null(), participant.c.since.type),
    ).where(opening.c.case_id == sa.bindparam("case")),
    sa.select(
        sa.literal_column("'tasks'"),
        sa.func.coalesce(task.c.assignee, ""),
        task.c.circle,
        sa.literal_column("''"),
        sa.literal_column("''"),
        sa.cast(sa.null(), participant.c.since.type),
    ).where(task.c.case_id == sa.bindparam("case"), OPEN),
)


@asked_once(participant, opening, task)
def standing(tx: Transaction, id: int) -> Standing:
    """What access to a case rests on, whoever asks."""
    rows: dict[str, list[Any]] = {"people": [], "cells": [], "tasks": []}
    for row in tx.execute(_STANDING, {"case": id}):
        rows[row.what].append(row)
    people = sorted(rows["people"], key=lambda row: row.since)
    return Standing(
        tuple((row.one, row.two) for row in people),
        frozenset(Opening(row.one, row.two, row.three, row.four) for row in rows["cells"]),
        tuple((row.one, row.two) for row in rows["tasks"]),
    )


def facts(tx: Transaction, case: CaseRow, seen: Sight) -> CaseFacts:
    """What access to one case rests on, for one person."""
    stands = standing(tx, case.id)
    roles = frozenset(role for person, role in stands.people if person == seen.person)
    apart = {REMEMBERED} if (case.process, case.municipality) in seen.overseen else {REMEMBERED, HANDED}
    own = (cell for cell in stands.cells if cell.organisation == seen.organisation and cell.purpose not in apart)
    circles = {role for role in roles if role.partition(":")[0] == RoleId.CIRCLE}
    goes_on = any(circle in circles for _, circle in stands.tasks)  # a case that runs for nobody else
    return CaseFacts(
        case.process,
        case.municipality,
        roles,
        frozenset(own) if seen.organisation else frozenset(),
        (seen.person, "") in stands.tasks,
        case.guarded,
        case.agreed,
        case.status == CaseStatus.RUNNING,
        case.status == CaseStatus.RUNNING or goes_on,
    )


_JOIN = sa.insert(participant)


def join(tx: Transaction, id: int, person_id: str, role: str, now: datetime) -> None:
    """Let a person take part in a case, once."""
    if (person_id, role) not in participants(tx, id):
        tx.execute(_JOIN, {"case_id": id, "person_id": person_id, "role": role, "since": now})


def leave(tx: Transaction, id: int, role: str, person_id: str = "") -> None:
    """Let this person, or nobody at all, take part as this role any more."""
    mine = sa.and_(participant.c.case_id == id, participant.c.role == role)
    who = participant.c.person_id == person_id if person_id else sa.true()
    tx.execute(sa.delete(participant).where(mine, who))


def leave_all(tx: Transaction, id: int) -> None:
    """Let nobody take part any more but in circles: what is going on there ends by itself."""
    tx.execute(sa.delete(participant).where(participant.c.case_id == id, sa.not_(of_circle())))


def participants(tx: Transaction, id: int) -> tuple[tuple[str, str], ...]:
    """Who takes part: (person id, role)."""
    return standing(tx, id).people


_HAPPENED = sa.insert(event)


def happened(tx: Transaction, id: int, at: datetime, events: Iterable[Mapping[str, Any]], actor: str | None) -> None:
    """Add to a case's history. Each event has kind, and where they apply process, element, item, detail, passed."""
    rows = [
        {
            "case_id": id,
            "at": at,
            "actor": actor,
            "process": "",
            "element": "",
            "item": "",
            **values,
            "detail": _with_passed(values.get("detail", {}), values.get("passed", ())),
        }
        for values in ({**each} for each in events)
    ]
    for row in rows:
        row.pop("passed", None)
    if rows:
        tx.execute(_HAPPENED, rows)


PASSED = "langs"
"""Where the detail of an event says what it passed: what went the same way in one process for one row together. Most of
what is kept of a case is this.
"""

PASSED_BEFORE = "stappen"
"""Where events of before say so, each element apart."""


def _with_passed(detail: Mapping[str, Any], passed: Iterable[tuple[str, str, str, str]]) -> dict[str, Any]:
    same_way = itertools.groupby(passed, key=lambda step: (step[0], step[2], step[3]))
    ways = [[*way, [element for _, element, _, _ in steps]] for way, steps in same_way]
    return {**detail, **({PASSED: ways} if ways else {})}


def _event(row: Any) -> EventRow:
    detail = dict(row.detail)
    before = [(place, element, what, *item, "")[:4] for place, element, what, *item in detail.pop(PASSED_BEFORE, ())]
    passed = [
        (place, element, what, item) for place, what, item, elements in detail.pop(PASSED, ()) for element in elements
    ]
    who = row.actor or ""
    return EventRow(row.id, row.at, who, row.kind, row.process, row.element, row.item, detail, (*before, *passed))


_HISTORY = sa.select(event).where(event.c.case_id == sa.bindparam("case")).order_by(event.c.id)


@asked_once(event)
def history(tx: Transaction, id: int) -> tuple[EventRow, ...]:
    """All that happened in a case, oldest first."""
    rows = tx.execute(_HISTORY, {"case": id})
    return tuple(_event(row) for row in rows)


def alike(tx: Transaction, case: CaseRow, seen: Sight) -> tuple[tuple[int, str, bool], ...]:
    """The other running cases of the same place whose family is called the same, each with its title as this person
    sees it and whether both may go on. Told are those of which this person knows the name as well, or of neither: a
    number beside a name would tell whose signal it is.
    """
    if not case.named_by:
        return ()
    # of the words of a name the longest has the fewest bearers
    telling = max(words_of(case.title), key=len, default="")
    family = {"process": case.process, "place": case.municipality, "name": folded(case.title), "word": telling}
    rows = tx.execute(_alike(seen), {"case": case.id, **family}).all()
    knows = next(row.knows for row in rows if row.id == case.id)
    return tuple((r.id, r.case_title, case.agreed and r.agreed) for r in rows if r.id != case.id and r.knows == knows)


@lru_cache(SIGHTS)
def _alike(seen: Sight) -> sa.Select[Any]:
    """A case itself, and all that its family may be found in."""
    bears_it = sa.select(word.c.case_id).where(word.c.word == sa.bindparam("word"), word.c.task_id.is_(None))
    others = sa.and_(
        case_file.c.id.in_(bears_it),
        case_file.c.process == sa.bindparam("process"),
        case_file.c.municipality == sa.bindparam("place"),
        case_file.c.status == CaseStatus.RUNNING,
        case_file.c.search == sa.bindparam("name"),
        case_file.c.named_by != "",
        overseen(seen),
    )
    knows = sa.case((_knows_name(seen), 1), else_=0).label("knows")
    query = sa.select(case_file.c.id, shown_title(seen), case_file.c.agreed, knows)
    return query.where(sa.or_(case_file.c.id == sa.bindparam("case"), others)).order_by(case_file.c.id)


def empty(tx: Transaction, id: int, answers: Collection[int], events: Collection[int]) -> None:
    """Erase what was told in a case, but for these answers and events, and what its safety files recorded."""
    tx.execute(sa.delete(answer).where(answer.c.case_id == id, answer.c.id.not_in(answers)))
    tx.execute(sa.delete(event).where(event.c.case_id == id, event.c.id.not_in(events)))
    for name, table in registers.items():
        if name != Register.SAFETY:
            tx.execute(sa.delete(table).where(table.c.case_id == id))
    for table in (opening, note, handed):
        tx.execute(sa.delete(table).where(table.c.case_id == id))
    known = sa.and_(task.c.case_id == id, task.c.circle == "")
    forget_subjects(tx, word.c.task_id.in_(sa.select(task.c.id).where(known)))
    tx.execute(sa.update(task).where(known).values(subject=""))

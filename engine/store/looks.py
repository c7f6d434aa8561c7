"""The look-log: who looked at which family, when, in which role, on what ground and at which part.

It hangs on no case and no person, holds nothing of what a family told, and so stays when a file is erased. A row is
written in the transaction of what it tells of, or in a short one of its own before the answer leaves. The worker puts
it in a chain soon after: each link is a hash of the row and of the link before it, so that who changes, deletes or
moves a row breaks all that comes after. No look waits for that.
"""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.store.database import Transaction, known_number, known_text
from engine.store.tables import case_file, look, look_anchor, look_case, task
from engine.words import Ground
from engine.words import Look as Trail


@dataclass(frozen=True)
class Shown:
    """A case of which an answer shows something: on what ground, and which parts. `case_id` is 0 where somebody asked
    for a case that there isn't.
    """

    case_id: int
    municipality: str
    ground: str
    parts: str


@dataclass(frozen=True)
class Look:
    """One answer that showed something of a family, or refused to: who asked what at which address (its pattern, so
    without numbers), in which role, and every case that the answer is about.
    """

    at: datetime
    person_id: str
    role: str
    organisation: str
    verb: str
    address: str
    shown: Sequence[Shown]


# built once, since nearly each request asks them
_ADD = sa.insert(look).returning(look.c.id)
_ADD_CASES = sa.insert(look_case)


def add(tx: Transaction, seen: Look) -> None:
    """Write a look down."""
    row = {
        "at": seen.at,
        "person_id": seen.person_id,
        "role": seen.role,
        "organisation": seen.organisation,
        "verb": seen.verb,
        "address": seen.address,
        "case_count": len({shown.case_id for shown in seen.shown} - {0}),
    }
    id = tx.execute(_ADD, row).scalar_one()
    names = ("case_id", "municipality", "ground", "parts")
    rows = [{"look_id": id, **{name: getattr(shown, name) for name in names}} for shown in seen.shown]
    if rows:
        tx.execute(_ADD_CASES, rows)


@dataclass(frozen=True)
class Asked:
    """The case that somebody asked for, with the circle of the task that was meant, if any."""

    case_id: int
    municipality: str
    guarded: bool
    circle: str


def asked_for(tx: Transaction, case_id: int, task_id: int) -> Asked | None:
    """The case of this number, or of the task of this number; None where there is none."""
    columns = (case_file.c.id, case_file.c.municipality, case_file.c.guarded)
    if task_id:
        query = sa.select(*columns, task.c.circle).join(task).where(task.c.id == known_number(task_id))
    else:
        query = sa.select(*columns, sa.literal("")).where(case_file.c.id == known_number(case_id))
    row = tx.execute(query).first()
    return Asked(*row) if row is not None else None


@dataclass(frozen=True)
class Wanted:
    """Which looks to list: those in these municipalities, from and until a moment, of a person, about a case, by a
    verb; "" and 0 ask for all. Listed are those before the look with this id, the newest first.
    """

    municipalities: frozenset[str]
    since: datetime | None = None
    until: datetime | None = None
    person: str = ""
    case_id: int = 0
    verb: str = ""
    before: int = 0


@dataclass(frozen=True)
class Listed:
    """A look as who watches over a municipality may know it."""

    id: int
    look: Look


def listing(tx: Transaction, wanted: Wanted, limit: int) -> tuple[Listed, ...]:
    """Looks, as far as they are about these municipalities. Of a look in a circle nobody is told which case it was, nor
    is it found by one: that would tell what only those who are in the circle know.
    """
    here = look_case.c.municipality.in_(sorted(wanted.municipalities))
    about = sa.select(look_case.c.look_id).where(here)
    if wanted.case_id:
        about = about.where(look_case.c.case_id == known_number(wanted.case_id), look_case.c.ground != Ground.CIRCLE)
    conditions = [
        look.c.at >= wanted.since if wanted.since else None,
        look.c.at < wanted.until if wanted.until else None,
        look.c.person_id == known_text(wanted.person) if wanted.person else None,
        look.c.verb == known_text(wanted.verb) if wanted.verb else None,
        look.c.id < known_number(wanted.before) if wanted.before else None,
    ]
    query = sa.select(look).where(look.c.id.in_(about), *(each for each in conditions if each is not None))
    rows = tx.execute(query.order_by(look.c.id.desc()).limit(limit)).all()
    named: dict[int, list[Shown]] = {}
    for row in tx.execute(sa.select(look_case).where(here, look_case.c.look_id.in_([row.id for row in rows]))):
        named.setdefault(row.look_id, []).append(Shown(row.case_id, row.municipality, row.ground, row.parts))
    return tuple(
        Listed(
            row.id,
            Look(row.at, row.person_id, row.role, row.organisation, row.verb, row.address, _told(named[row.id])),
        )
        for row in rows
    )


def _told(shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """What is told of the cases of a look: a circle without its case, and not at all beside another look at it."""
    open_ = [each for each in shown if each.ground != Ground.CIRCLE]
    known = {each.case_id for each in open_}
    apart = {replace(each, case_id=0) for each in shown if each.ground == Ground.CIRCLE and each.case_id not in known}
    return (*sorted(open_, key=lambda each: each.case_id), *sorted(apart, key=lambda each: each.parts))


@dataclass(frozen=True)
class Glance:
    """A look at one case, as its family may be told of it: who, when, why and at which parts."""

    at: datetime
    person_id: str
    role: str
    organisation: str
    ground: str
    parts: str


def glances(tx: Transaction, case_id: int) -> tuple[Glance, ...]:
    """Who looked at a case, the first look first: neither in a circle, of which a family isn't told here, nor without
    getting to see anything of it.
    """
    columns = (look.c.at, look.c.person_id, look.c.role, look.c.organisation, look_case.c.ground, look_case.c.parts)
    shown = look_case.c.ground.not_in((Ground.CIRCLE, ""))
    query = sa.select(*columns).join(look_case).where(look_case.c.case_id == case_id, shown)
    return tuple(Glance(*row) for row in tx.execute(query.order_by(look.c.at, look.c.id)))


# --- the chain -------------------------------------------------------------------------------------------------

CHAINING = 20_260_102
"""The number by which workers know that one of them chains; it means nothing else."""

BEFORE_ALL = "0" * 64
"""What the first link holds of the link before it."""

AT_A_TIME = 500


def unchained(tx: Transaction) -> bool:
    """Whether a look waits for its place in the chain."""
    return tx.execute(sa.select(look.c.id).where(look.c.number.is_(None)).limit(1)).first() is not None


def waiting_since(tx: Transaction) -> datetime | None:
    """When the look was that waits longest for its place in the chain."""
    since: datetime | None = tx.execute(sa.select(sa.func.min(look.c.at)).where(look.c.number.is_(None))).scalar()
    return since


def newest(tx: Transaction) -> datetime | None:
    """The latest moment at which somebody looked, by the clock of that time."""
    at: datetime | None = tx.execute(sa.select(sa.func.max(look.c.at))).scalar()
    return at


@dataclass(frozen=True)
class Linked:
    """A look that is in the chain now: who looked, and when."""

    person_id: str
    at: datetime


def link(tx: Transaction) -> tuple[Linked, ...]:
    """Put looks in the chain that are not in it yet, one worker at a time; gives which."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAINING)))
    number, previous = _end(tx)
    waiting = sa.select(look.c.id).where(look.c.number.is_(None)).order_by(look.c.id).limit(AT_A_TIME)
    links, linked = [], []
    for seen, named in _rows(tx, look.c.id.in_(waiting.scalar_subquery()), look.c.id):
        number += 1
        chain = _hash(number, previous, seen, named)
        links.append({"of": seen.id, "number": number, "previous": previous, "chain": chain})
        linked.append(Linked(seen.person_id, seen.at))
        previous = chain
    if links:
        columns = ("number", "previous", "chain")
        change = sa.update(look).where(look.c.id == sa.bindparam("of"))
        tx.execute(change.values({name: sa.bindparam(name) for name in columns}), links)
    return tuple(linked)


def _end(tx: Transaction) -> tuple[int, str]:
    """The number and hash of the last link, whether or not its look went since."""
    for table in (look, look_anchor):
        last = sa.select(table.c.number, table.c.chain).where(table.c.number.is_not(None))
        row = tx.execute(last.order_by(table.c.number.desc()).limit(1)).first()
        if row is not None:
            return int(row.number), str(row.chain)
    return 0, BEFORE_ALL


@dataclass(frozen=True)
class Anchor:
    """From where the chain goes on: the number and hash of the last look that went, how many went with it, of which
    days they were, and when that was.
    """

    number: int
    chain: str
    removed: int
    first_at: datetime
    last_at: datetime
    at: datetime

    @property
    def mark(self) -> str:
        """What the chain itself says of it."""
        return f"{self.number} {self.chain} {self.removed}"


def anchor(tx: Transaction) -> Anchor | None:
    """From where the chain goes on; None where nothing went yet."""
    columns = [look_anchor.c[name] for name in Anchor.__dataclass_fields__]
    row = tx.execute(sa.select(*columns).order_by(look_anchor.c.number.desc()).limit(1)).first()
    return Anchor(*row) if row else None


def trim(tx: Transaction, limits: Mapping[str, datetime], now: datetime) -> int:
    """Take out the looks that every municipality that they are about may let go, by the moment before which it may;
    one that isn't among `limits` lets none go. The chain goes on from the last of them, so that a look stays where one
    before it does; gives how many went. That they went stands in the chain too: an anchor that somebody else makes is
    seen by that.
    """
    if not limits:
        return 0
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAINING)))
    by_limit: dict[datetime, list[str]] = {}
    for place, limit in limits.items():
        by_limit.setdefault(limit, []).append(place)
    mine = look_case.c.look_id == look.c.id
    stays: list[sa.ColumnElement[bool]] = [look_case.c.municipality.not_in(sorted(limits))]
    stays += [
        sa.and_(look_case.c.municipality.in_(sorted(places)), look.c.at >= limit) for limit, places in by_limit.items()
    ]
    kept = sa.or_(look.c.at >= min(limits.values()), sa.exists(sa.select(1).where(mine, sa.or_(*stays))))
    first = tx.execute(sa.select(sa.func.min(look.c.number)).where(kept, look.c.number.is_not(None))).scalar()
    goes = sa.and_(look.c.number.is_not(None), look.c.number < first if first is not None else sa.true())
    span = sa.select(sa.func.count(), sa.func.min(look.c.at), sa.func.max(look.c.at), sa.func.max(look.c.number))
    removed, begin, end, number = tx.execute(span.where(goes)).one()
    if not removed:
        return 0
    chain = tx.execute(sa.select(look.c.chain).where(look.c.number == number)).scalar_one()
    made = Anchor(number, chain, removed, begin, end, now)
    tx.execute(sa.delete(look_case).where(look_case.c.look_id.in_(sa.select(look.c.id).where(goes))))
    tx.execute(sa.delete(look).where(goes))
    tx.execute(sa.insert(look_anchor).values(**{name: getattr(made, name) for name in Anchor.__dataclass_fields__}))
    add(tx, Look(now, "", "", "", Trail.TRIMMED, made.mark, ()))
    return int(removed)


@dataclass(frozen=True)
class Verified:
    """What came of reading the chain: how many links hold, the last of them, how many looks wait for their place, and
    at which number and row it is broken, if anywhere; `known` says whether a link that was asked for is in it. It is
    read from where it goes on `since` old looks went. Row 0 is broken where the chain doesn't know of that.
    """

    links: int
    head: str
    waiting: int
    broken: tuple[int, int] | None
    known: bool
    since: Anchor | None = None


def verify(tx: Transaction, known: str = "", last: int = 0) -> Verified:
    """Read the whole chain, or only so many of its last links, and tell where it is broken first: where a row was
    changed, deleted, moved or added by another way. That the last links were taken away is seen by a link that somebody
    noted elsewhere: `known`.
    """
    waiting = tx.execute(sa.select(sa.func.count()).select_from(look).where(look.c.number.is_(None))).scalar_one()
    since = anchor(tx)
    number, previous = (since.number, since.chain) if since else (0, BEFORE_ALL)
    links, met = 0, not known or (since is not None and previous == known)
    if since is not None and not _knows(tx, since):
        return Verified(0, previous, waiting, (number, 0), met, since)
    read = look.c.number.is_not(None)
    before = sa.select(look.c.number, look.c.chain).where(look.c.number == _end(tx)[0] - last)
    if last and (begin := tx.execute(before).first()) is not None:
        number, previous = begin
        read = look.c.number > number
    for seen, named in _rows(tx, read, look.c.number):
        whole = seen.number == number + links + 1 and seen.previous == previous
        if not whole or seen.chain != _hash(seen.number, previous, seen, named):
            return Verified(links, previous, waiting, (number + links + 1, seen.id), met, since)
        links, previous = links + 1, seen.chain
        met = met or previous == known
    return Verified(links, previous, waiting, None, met, since)


def _knows(tx: Transaction, since: Anchor) -> bool:
    """Whether the chain itself says that it goes on from there."""
    says = sa.select(look.c.id).where(look.c.verb == Trail.TRIMMED, look.c.address == since.mark)
    return tx.execute(says.limit(1)).first() is not None


def _rows(tx: Transaction, where: sa.ColumnElement[bool], order: sa.Column[int]) -> Iterator[tuple[Any, list[Any]]]:
    """Looks in this order, each with the cases that it names."""
    cases = (look_case.c[name] for name in ("case_id", "municipality", "ground", "parts"))
    query = sa.select(look, *cases).outerjoin(look_case).where(where).order_by(order)
    with tx.execute(query.execution_options(yield_per=1000)) as result:
        for _, group in itertools.groupby(result, lambda row: row.id):
            named = list(group)
            yield named[0], sorted(tuple(row[-4:]) for row in named if row[-4] is not None)


def _hash(number: int, previous: str, seen: Any, named: list[Any]) -> str:
    """The hash of a look at its place: of its columns and cases as JSON, after the link before it."""
    at = seen.at.astimezone(UTC).isoformat()
    who = (seen.person_id, seen.role, seen.organisation, seen.verb, seen.address, seen.case_count)
    canonical = json.dumps([number, at, *who, named], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()

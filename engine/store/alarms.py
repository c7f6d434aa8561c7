"""What stood out in who looked: of which person, on which day and how, and never at which family."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.store.database import Transaction, known_number
from engine.store.tables import alarm, look, look_case
from engine.words import Ground, Seen


@dataclass(frozen=True)
class Stands:
    """Something that stands out: of this kind, of this person, in looks at families of this municipality on this day,
    so many.
    """

    kind: str
    person_id: str
    municipality: str
    day: date
    number: int


@dataclass(frozen=True)
class Alarm:
    """What stood out, and who of those who watch read it, when, with what to say of it."""

    id: int
    stands: Stands
    seen_by: str
    seen_at: datetime | None
    note: str


def raise_(tx: Transaction, several: Iterable[Stands]) -> None:
    """Let it be known; what stood out before that day already is counted anew, and read anew where it is twice as
    much.
    """
    for stands in several:
        mine = sa.and_(
            alarm.c.kind == stands.kind,
            alarm.c.person_id == stands.person_id,
            alarm.c.municipality == stands.municipality,
            alarm.c.day == stands.day,
        )
        before = tx.execute(sa.select(alarm.c.id, alarm.c.number, alarm.c.seen_number).where(mine)).first()
        if before is None:
            values = {name: getattr(stands, name) for name in Stands.__dataclass_fields__}
            tx.execute(sa.insert(alarm).values(**values))
        elif stands.number > before.number:
            again = {"seen_at": None} if stands.number >= 2 * before.seen_number else {}
            tx.execute(sa.update(alarm).where(alarm.c.id == before.id).values(number=stands.number, **again))


def listing(tx: Transaction, municipalities: Collection[str], limit: int) -> tuple[Alarm, ...]:
    """What stood out in these municipalities: what nobody read first, then the newest."""
    query = sa.select(alarm).where(alarm.c.municipality.in_(sorted(municipalities)))
    rows = tx.execute(query.order_by(alarm.c.seen_at.is_not(None), alarm.c.day.desc(), alarm.c.id.desc()).limit(limit))
    return tuple(
        Alarm(
            row.id,
            Stands(row.kind, row.person_id, row.municipality, row.day, row.number),
            row.seen_by or "",
            row.seen_at,
            row.note,
        )
        for row in rows
    )


def read(tx: Transaction, id: int, municipalities: Collection[str], by: str, note: str, now: datetime) -> bool:
    """Somebody read it; False where there is no such alarm there."""
    mine = sa.and_(alarm.c.id == known_number(id), alarm.c.municipality.in_(sorted(municipalities)))
    values = {"seen_by": by, "seen_at": now, "note": note, "seen_number": alarm.c.number}
    return tx.execute(sa.update(alarm).where(mine).values(values)).rowcount > 0


@dataclass(frozen=True)
class LookedAt:
    """One look of a person at one case on a day."""

    at: datetime
    case_id: int
    municipality: str


def looks_of(tx: Transaction, person: str, since: datetime, until: datetime) -> tuple[LookedAt, ...]:
    """At which cases somebody looked in a time, or wanted to. Lists don't count, since they name whatever there is; nor
    does what is done in a circle, of which nothing is told.
    """
    columns = (look.c.at, look_case.c.case_id, look_case.c.municipality)
    opened = sa.and_(look_case.c.parts != Seen.LISTED, look_case.c.ground != Ground.CIRCLE, look_case.c.case_id != 0)
    query = sa.select(*columns).join(look_case).where(look.c.person_id == person, opened)
    return tuple(LookedAt(*row) for row in tx.execute(query.where(look.c.at >= since, look.c.at < until)))

"""Who is away from when until when, who stands in, and how colleagues are reached."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import absence, person


@dataclass(frozen=True)
class Absence:
    """That somebody is away, the first and the last day included; `deputy` stands in, where that isn't ""."""

    id: int
    person: str
    name: str
    first: date
    last: date
    deputy: str = ""
    deputy_name: str = ""


@dataclass(frozen=True)
class Colleague:
    """How somebody who works here is reached: on which days, and whether that person is `away` on a day."""

    id: str
    name: str
    phone: str = ""
    mail: str = ""
    working_days: tuple[str, ...] = ()
    away: Absence | None = None


_deputy = person.alias("deputy")
_ABSENCE = (
    absence.c.id.label("absence_id"),
    absence.c.person_id,
    person.c.name.label("absent_name"),
    absence.c.first,
    absence.c.last,
    sa.func.coalesce(absence.c.deputy_id, "").label("deputy_id"),
    sa.func.coalesce(_deputy.c.name, "").label("deputy_name"),
)


def _absence(row: Any) -> Absence:
    return Absence(row.absence_id, row.person_id, row.absent_name, row.first, row.last, row.deputy_id, row.deputy_name)


def _on(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(absence.c.first <= day, absence.c.last >= day)


def _read(tx: Transaction, where: sa.ColumnElement[bool]) -> tuple[Absence, ...]:
    joined = absence.join(person, person.c.id == absence.c.person_id)
    joined = joined.outerjoin(_deputy, _deputy.c.id == absence.c.deputy_id)
    query = sa.select(*_ABSENCE).select_from(joined).where(where).order_by(absence.c.first, absence.c.id)
    return tuple(map(_absence, tx.execute(query)))


def add(tx: Transaction, person_id: str, first: date, last: date, deputy: str) -> None:
    """Keep that somebody is away."""
    values = {"person_id": person_id, "first": first, "last": last, "deputy_id": deputy or None}
    tx.execute(sa.insert(absence).values(values))


def of(tx: Transaction, person_id: str, day: date) -> tuple[Absence, ...]:
    """When somebody is away from a day on, the first one first."""
    return _read(tx, sa.and_(absence.c.person_id == person_id, absence.c.last >= day))


def with_deputy(tx: Transaction, person_id: str, day: date) -> tuple[Absence, ...]:
    """The absences from a day on for which somebody is to stand in."""
    return _read(tx, sa.and_(absence.c.deputy_id == person_id, absence.c.last >= day))


def stood_in_for(tx: Transaction, person_id: str, day: date) -> tuple[Absence, ...]:
    """The absences on a day in which somebody stands in: of people of the same organisation who still work here."""
    fits = sa.and_(person.c.ended_at.is_(None), person.c.organisation != "")
    same = person.c.organisation == _deputy.c.organisation
    return _read(tx, sa.and_(absence.c.deputy_id == person_id, _on(day), fits, same))


def colleagues(tx: Transaction, ids: Collection[str], day: date) -> dict[str, Colleague]:
    """How these people are reached, and whether they are away on a day, by id."""
    if not ids:
        return {}
    joined = person.outerjoin(absence, sa.and_(absence.c.person_id == person.c.id, _on(day)))
    joined = joined.outerjoin(_deputy, _deputy.c.id == absence.c.deputy_id)
    own = person.c.id, person.c.name, person.c.phone, person.c.mail, person.c.working_days
    query = sa.select(*own, *_ABSENCE).select_from(joined).where(person.c.id.in_(sorted(ids)))
    by_id: dict[str, Colleague] = {}
    for row in tx.execute(query.order_by(absence.c.last)):
        days = tuple(name for name in row.working_days.split(",") if name)
        away = _absence(row) if row.absence_id is not None else None
        by_id[row.id] = Colleague(row.id, row.name, row.phone, row.mail, days, away)
    return by_id


def shorten(tx: Transaction, id: int, last: date) -> None:
    """Let an absence end on an earlier day; one that would end before it began is no absence."""
    tx.execute(sa.update(absence).where(absence.c.id == id).values(last=last))
    tx.execute(sa.delete(absence).where(absence.c.id == id, absence.c.first > absence.c.last))


def gone(tx: Transaction, person_id: str, day: date) -> None:
    """Let somebody who works here no more be away no longer from a day on, and stand in for nobody."""
    tx.execute(sa.delete(absence).where(absence.c.person_id == person_id, absence.c.last >= day))
    deputising = sa.and_(absence.c.deputy_id == person_id, absence.c.last >= day)
    tx.execute(sa.update(absence).where(deputising).values(deputy_id=None))


def tidy(tx: Transaction, person_id: str, day: date) -> None:
    """Take away what was over before a day: the history of who works here tells of it."""
    tx.execute(sa.delete(absence).where(absence.c.person_id == person_id, absence.c.last < day))

"""People who sign in, and their roles."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.access import Appointment, Person
from engine.errors import NotFoundError
from engine.store.database import Transaction, known_text
from engine.store.memory import asked_once
from engine.store.tables import appointment, clock, person


def save(tx: Transaction, people: Iterable[Person]) -> None:
    """Add people, or change them; their roles become exactly those given."""
    for each in people:
        values = {"name": each.name, "organisation": each.organisation, "function": each.function}
        if tx.execute(sa.update(person).where(person.c.id == each.id).values(values)).rowcount == 0:
            tx.execute(sa.insert(person).values(id=each.id, **values))
        tx.execute(sa.delete(appointment).where(appointment.c.person_id == each.id))
        rows = [{"person_id": each.id, "role": a.role, "municipality": a.municipality} for a in each.appointments]
        if rows:
            tx.execute(sa.insert(appointment), rows)


# built once: people are asked for by nearly each page
_WITH_ROLES = (
    sa.select(person, appointment.c.role, appointment.c.municipality)
    .outerjoin(appointment, appointment.c.person_id == person.c.id)
    .order_by(person.c.name, person.c.id)
)
_EVERYONE = _WITH_ROLES.where(person.c.ended_at.is_(None))
_HERE = sa.select(appointment.c.person_id).where(appointment.c.municipality == sa.bindparam("place"))
_LOCAL = _EVERYONE.where(person.c.id.in_(_HERE))
_KNOWN = _WITH_ROLES.where(person.c.id.in_(sa.bindparam("ids", expanding=True)))


@asked_once(person, appointment)
def everyone(tx: Transaction, municipality: str = "") -> tuple[Person, ...]:
    """All people who work here, by name, or those with a role in one municipality."""
    return _people(tx, _LOCAL if municipality else _EVERYONE, {"place": municipality} if municipality else {})


def _people(tx: Transaction, query: sa.Select[Any], asked: Mapping[str, Any]) -> tuple[Person, ...]:
    """People by a query that gives a row for each role."""
    roles: dict[str, list[Appointment]] = {}
    people: dict[str, Any] = {}
    for row in tx.execute(query, asked):
        people[row.id] = row
        roles.setdefault(row.id, []).extend([Appointment(row.role, row.municipality)] if row.role is not None else [])
    return tuple(Person(r.id, r.name, r.organisation, r.function, tuple(roles[r.id])) for r in people.values())


def known(tx: Transaction, ids: Collection[str]) -> tuple[Person, ...]:
    """Those of these people who are known, by name, each with all roles."""
    return _people(tx, _KNOWN, {"ids": list(ids)})


@asked_once(person, appointment)
def one(tx: Transaction, id: str) -> Person:
    """One person with roles. Raises NotFoundError."""
    people = _people(tx, _KNOWN, {"ids": [known_text(id)]})
    if not people:
        raise NotFoundError("Deze persoon is niet bekend.")
    return people[0]


_NAMES = sa.select(person.c.id, person.c.name).where(person.c.id.in_(sa.bindparam("ids", expanding=True)))


def names(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    """The names of these people, by id."""
    return {row.id: row.name for row in tx.execute(_NAMES, {"ids": sorted(set(ids))})}


def ahead(tx: Transaction) -> int:
    """By how many seconds the clock of a demo runs ahead."""
    return int(tx.execute(sa.select(clock.c.ahead_seconds)).scalar() or 0)


def move_clock(tx: Transaction, seconds: int) -> None:
    """Let the clock of a demo run this much further ahead."""
    if tx.execute(sa.update(clock).values(ahead_seconds=clock.c.ahead_seconds + seconds)).rowcount == 0:
        tx.execute(sa.insert(clock).values(id=1, ahead_seconds=seconds))

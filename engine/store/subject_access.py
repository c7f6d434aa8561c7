"""What people of a family ask to see of what is kept about them (inzage, AVG 15), a row for each time that they ask."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.store.database import Transaction, known_number
from engine.store.tables import access_request, case_file


@dataclass(frozen=True)
class AccessRequest:
    """What was asked: by whom, of whom of the family (`relation`), on which day, and how it was checked who that is.
    `person` is the one of the family that it is about, "" until the functionaris chose; `passed` are the pieces that
    were read first and may go along. It is open until `ended_at`, with its `outcome` then.
    """

    id: int
    case_id: int
    municipality: str
    relation: str
    asker: str
    asked_on: date
    identity: str
    recorded_by: str
    recorded_at: datetime
    person: str
    passed: tuple[str, ...]
    ended_at: datetime | None
    outcome: str


def add(
    tx: Transaction, case_id: int, relation: str, asker: str, asked_on: date, identity: str, by: str, now: datetime
) -> None:
    """Record that somebody asks it."""
    values = {"relation": relation, "asker": asker, "asked_on": asked_on, "identity": identity}
    row = {"case_id": case_id, **values, "recorded_by": by, "recorded_at": now, "passed": []}
    tx.execute(sa.insert(access_request).values(row))


def of_case(tx: Transaction, case_id: int) -> tuple[AccessRequest, ...]:
    """What was asked in one case, the first first."""
    return _read(tx, access_request.c.case_id == case_id)


def in_places(tx: Transaction, municipalities: Collection[str]) -> tuple[AccessRequest, ...]:
    """What was asked in these municipalities, as long as the case is there."""
    return _read(tx, case_file.c.municipality.in_(sorted(municipalities)))


def one(tx: Transaction, id: int) -> AccessRequest | None:
    """One request; None where there is none."""
    return next(iter(_read(tx, access_request.c.id == known_number(id))), None)


def _read(tx: Transaction, which: sa.ColumnElement[bool]) -> tuple[AccessRequest, ...]:
    names = [name for name in AccessRequest.__dataclass_fields__ if name != "municipality"]
    columns = (*(access_request.c[name] for name in names), case_file.c.municipality)
    rows = tx.execute(sa.select(*columns).join(case_file).where(which).order_by(access_request.c.id))
    return tuple(AccessRequest(**{**row._asdict(), "passed": tuple(row.passed)}) for row in rows)


def choose(tx: Transaction, id: int, person: str) -> None:
    """It is about this one of the family; what was read for another counts no more."""
    tx.execute(sa.update(access_request).where(access_request.c.id == id).values(person=person, passed=[]))


def pass_(tx: Transaction, id: int, pieces: Collection[str]) -> None:
    """These pieces, and no others, were read and may go along."""
    tx.execute(sa.update(access_request).where(access_request.c.id == id).values(passed=sorted(pieces)))


def end(tx: Transaction, id: int, by: str, outcome: str, now: datetime) -> None:
    """It was given, or not."""
    values = {"ended_at": now, "ended_by": by, "outcome": outcome}
    tx.execute(sa.update(access_request).where(access_request.c.id == id).values(values))

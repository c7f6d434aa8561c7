"""The look-log: who looked at which family, when, in which role, on what ground and at which part.

It hangs on no case and no person, holds nothing of what a family told, and so stays when a file is erased. A row is
written in the transaction of what it tells of, or in a short one of its own before the answer leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.database import Transaction, known_number
from engine.store.tables import case_file, look, look_case, task


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
    id = tx.execute(sa.insert(look).values(row).returning(look.c.id)).scalar_one()
    names = ("case_id", "municipality", "ground", "parts")
    rows = [{"look_id": id, **{name: getattr(shown, name) for name in names}} for shown in seen.shown]
    tx.execute(sa.insert(look_case), rows)


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

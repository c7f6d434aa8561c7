"""What somebody typed and didn't send yet: read by its writer only, at the address of its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction
from engine.store.tables import draft

KEPT = timedelta(days=30)
"""So long after the last word somebody may come back to a draft."""

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Draft:
    """What stands in a form that was not sent: names and values in their order, and when it was written."""

    form: tuple[tuple[str, str], ...]
    at: datetime


@dataclass(frozen=True)
class About:
    """What a draft hangs on, and goes with: the task that it would complete, the case that it tells of, or neither."""

    case_id: int | None = None
    task_id: int | None = None


def keep(tx: Transaction, person_id: str, address: str, form: Form, about: About, now: datetime) -> None:
    """Keep a draft in the stead of what this person wrote there before."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    written = {"form": [list(pair) for pair in form], "at": now, "case_id": about.case_id, "task_id": about.task_id}
    new = insert(draft).values(person_id=person_id, address=address, **written)
    tx.execute(new.on_conflict_do_update(index_elements=["person_id", "address"], set_=written))


def of(tx: Transaction, person_id: str, address: str) -> Draft | None:
    """What this person wrote at an address; None where nothing is kept."""
    row = tx.execute(sa.select(draft).where(*_there(person_id, address))).first()
    return Draft(tuple((str(name), str(value)) for name, value in row.form), row.at) if row is not None else None


def drop(tx: Transaction, person_id: str, address: str) -> None:
    """Forget what this person wrote at an address."""
    tx.execute(sa.delete(draft).where(*_there(person_id, address)))


def forget(tx: Transaction, case_id: int) -> None:
    """Forget what was typed to tell a case; what hangs on a task goes with that task."""
    tx.execute(sa.delete(draft).where(draft.c.case_id == case_id, draft.c.task_id.is_(None)))


def over(tx: Transaction, now: datetime) -> bool:
    """Whether something was kept long enough."""
    return tx.execute(sa.select(draft.c.id).where(draft.c.at <= now - KEPT).limit(1)).first() is not None


def clear(tx: Transaction, now: datetime) -> None:
    """Drop what was kept long enough."""
    tx.execute(sa.delete(draft).where(draft.c.at <= now - KEPT))


def _there(person_id: str, address: str) -> tuple[sa.ColumnElement[bool], ...]:
    return draft.c.person_id == person_id, draft.c.address == address

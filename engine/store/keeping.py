"""What keeps a case longer than its term, and what ends it sooner: a legal hold, and a family that asks it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import erasure_request, hold


@dataclass(frozen=True)
class Hold:
    """Nothing of a case is erased until this moment: who decided it, when and why."""

    by: str
    at: datetime
    reason: str
    until: datetime


@dataclass(frozen=True)
class Request:
    """The family asked to be erased: who recorded it, who confirmed it ("" as long as nobody did), and when it happens
    then.
    """

    by: str
    at: datetime
    confirmed_by: str
    due_at: datetime | None


def hold_of(tx: Transaction, case_id: int) -> Hold | None:
    """What keeps a case, whether or not its moment has passed."""
    query = sa.select(hold.c.by, hold.c.at, hold.c.reason, hold.c.until).where(hold.c.case_id == case_id)
    row = tx.execute(query).first()
    return Hold(*row) if row else None


def put_hold(tx: Transaction, case_id: int, held: Hold) -> None:
    """Keep a case until then; what kept it before counts no more."""
    lift(tx, case_id)
    values = {"by": held.by, "at": held.at, "reason": held.reason, "until": held.until}
    tx.execute(sa.insert(hold).values(case_id=case_id, **values))


def lift(tx: Transaction, case_id: int) -> None:
    """Let nothing keep a case any longer than its term."""
    tx.execute(sa.delete(hold).where(hold.c.case_id == case_id))


def request_of(tx: Transaction, case_id: int) -> Request | None:
    """Whether a family asked to be erased."""
    asked = erasure_request.c
    query = sa.select(asked.by, asked.at, asked.confirmed_by, asked.due_at).where(asked.case_id == case_id)
    row = tx.execute(query).first()
    return Request(row.by, row.at, row.confirmed_by or "", row.due_at) if row else None


def ask(tx: Transaction, case_id: int, by: str, now: datetime) -> None:
    """Record that a family asks it."""
    tx.execute(sa.insert(erasure_request).values(case_id=case_id, by=by, at=now))


def confirm(tx: Transaction, case_id: int, by: str, due_at: datetime) -> None:
    """Somebody else confirms it: it happens at this moment."""
    mine = erasure_request.c.case_id == case_id
    tx.execute(sa.update(erasure_request).where(mine).values(confirmed_by=by, due_at=due_at))


def stop(tx: Transaction, case_id: int) -> None:
    """It doesn't happen."""
    tx.execute(sa.delete(erasure_request).where(erasure_request.c.case_id == case_id))

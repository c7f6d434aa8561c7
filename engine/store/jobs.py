"""Work for later: due timers and what must leave the house, each row once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import case_file, job

MAXIMUM_ATTEMPTS = 8


@dataclass(frozen=True)
class Job:
    """One piece of work. It holds ids, never what a family told."""

    id: int
    kind: str
    case_id: int
    due_at: datetime
    attempts: int


def plan(tx: Transaction, kind: str, case_id: int, due_at: datetime | None) -> None:
    """Let one job of this kind be due for a case at this moment; None takes it away."""
    key = f"{kind}:{case_id}"
    if due_at is None:
        tx.execute(sa.delete(job).where(job.c.unique_key == key))
    elif tx.execute(sa.update(job).where(job.c.unique_key == key).values(due_at=due_at, attempts=0)).rowcount == 0:
        tx.execute(sa.insert(job).values(kind=kind, unique_key=key, case_id=case_id, due_at=due_at))


def take(tx: Transaction, now: datetime) -> Job | None:
    """Lock the job that is longest due, with its case. Other workers skip it until this transaction ends.

    A case that somebody works in is skipped too: who waits for it while holding its job, and who holds the case and
    plans its job anew, would wait for each other.
    """
    query = (
        sa.select(job)
        .join(case_file, case_file.c.id == job.c.case_id)
        .where(job.c.due_at <= now, job.c.attempts < MAXIMUM_ATTEMPTS)
        .order_by(job.c.due_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=(job, case_file))
    )
    row = tx.execute(query).first()
    return Job(row.id, row.kind, row.case_id, row.due_at, row.attempts) if row is not None else None


def done(tx: Transaction, id: int, due_at: datetime) -> None:
    """The job is done, unless it was planned anew in the meantime."""
    tx.execute(sa.delete(job).where(job.c.id == id, job.c.due_at == due_at))


def failed(tx: Transaction, id: int, error: str, now: datetime) -> None:
    """Try again later, ever more slowly. `error` names the kind of error only."""
    attempts = int(tx.execute(sa.select(job.c.attempts).where(job.c.id == id)).scalar() or 0) + 1
    wait = timedelta(seconds=min(3600, 5 * 2**attempts))
    tx.execute(sa.update(job).where(job.c.id == id).values(attempts=attempts, last_error=error, due_at=now + wait))


def next_due(tx: Transaction) -> datetime | None:
    """When the next job is due."""
    found: datetime | None = tx.execute(
        sa.select(sa.func.min(job.c.due_at)).where(job.c.attempts < MAXIMUM_ATTEMPTS)
    ).scalar()
    return found

"""Work for later: due timers and what must leave the house, each row once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import deadlines
from engine.access import Sight
from engine.store.case_files import overseen, shown_title
from engine.store.database import Transaction
from engine.store.tables import case_file, job

STUCK = 8
"""After so many attempts people must know of it; the job is tried once a day from then on."""
LONGEST_WAIT = timedelta(days=1)
LEASE = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """One piece of work. It holds ids, never what a family told."""

    id: int
    kind: str
    case_id: int


NIGHT = 3
"""At this hour of the Dutch night the house does what nobody should have to wait for."""


def key(kind: str, case_id: int) -> str:
    """What names the one job of this kind for a case."""
    return f"{kind}:{case_id}"


def plan_for_night(tx: Transaction, kind: str, now: datetime) -> None:
    """Let one job of the house be due in the coming night, unless it is planned already."""
    night = now.astimezone(deadlines.ZONE).replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    due = night if night > now else night + timedelta(days=1)
    if tx.execute(sa.select(job.c.id).where(job.c.unique_key == kind)).first() is None:
        tx.execute(sa.insert(job).values(kind=kind, unique_key=kind, due_at=due))


def lease(tx: Transaction, kind: str, now: datetime) -> datetime | None:
    """Take the job of the house that is due, for an hour: who fails at it tries again then. Gives until when."""
    until = now + LEASE
    mine = sa.and_(job.c.unique_key == kind, job.c.due_at <= now)
    taken = tx.execute(sa.update(job).where(mine).values(due_at=until, attempts=job.c.attempts + 1)).rowcount
    return until if taken else None


def give_back(tx: Transaction, kind: str, until: datetime) -> None:
    """The job that was taken until this moment is done."""
    tx.execute(sa.delete(job).where(job.c.unique_key == kind, job.c.due_at == until))


# built once, since each completed task asks them
_UNPLAN = sa.delete(job).where(job.c.unique_key == sa.bindparam("name"))
_REPLAN = sa.update(job).where(job.c.unique_key == sa.bindparam("name"))
_PLAN = sa.insert(job)


def plan(tx: Transaction, kind: str, case_id: int, due_at: datetime | None) -> None:
    """Let one job of this kind be due for a case at this moment; None takes it away."""
    name = key(kind, case_id)
    if due_at is None:
        tx.execute(_UNPLAN, {"name": name})
    elif tx.execute(_REPLAN, {"name": name, "due_at": due_at, "attempts": 0}).rowcount == 0:
        tx.execute(_PLAN, {"kind": kind, "unique_key": name, "case_id": case_id, "due_at": due_at})


def take(tx: Transaction, now: datetime) -> Job | None:
    """Lock the job that is longest due, with its case. Other workers skip it until this transaction ends.

    A case that somebody works in is skipped too: who waits for it while holding its job, and who holds the case and
    plans its job anew, would wait for each other.
    """
    query = (
        sa.select(job)
        .join(case_file, case_file.c.id == job.c.case_id)
        .where(job.c.due_at <= now)
        .order_by(job.c.due_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=(job, case_file))
    )
    row = tx.execute(query).first()
    return Job(row.id, row.kind, row.case_id) if row is not None else None


def done(tx: Transaction, id: int) -> None:
    """The job is done. What it leads to may plan it anew, so this is said first."""
    tx.execute(sa.delete(job).where(job.c.id == id))


def failed(tx: Transaction, id: int, error: str, now: datetime) -> int:
    """Try again later, ever more slowly but never less than once a day; gives how often it was tried.

    `error` names the kind of error only.
    """
    attempts = int(tx.execute(sa.select(job.c.attempts).where(job.c.id == id)).scalar() or 0) + 1
    wait = timedelta(seconds=5 * 2**attempts) if attempts < STUCK else LONGEST_WAIT
    tx.execute(sa.update(job).where(job.c.id == id).values(attempts=attempts, last_error=error, due_at=now + wait))
    return attempts


def next_due(tx: Transaction) -> datetime | None:
    """When the next job is due."""
    due: datetime | None = tx.execute(sa.select(sa.func.min(job.c.due_at))).scalar()
    return due


def stuck(tx: Transaction) -> int:
    """How many jobs keep failing."""
    return int(tx.execute(sa.select(sa.func.count()).where(job.c.attempts >= STUCK)).scalar_one())


def late(tx: Transaction, before: datetime) -> int:
    """How many jobs were due before a moment, and nobody took them."""
    return int(tx.execute(sa.select(sa.func.count()).where(job.c.due_at < before)).scalar_one())


def stuck_cases(tx: Transaction, seen: Sight) -> tuple[tuple[int, str, str], ...]:
    """The cases that this person oversees of which a job keeps failing, with their title as this person sees it and
    where they are.
    """
    query = (
        sa.select(case_file.c.id, shown_title(seen), case_file.c.municipality)
        .join(job, job.c.case_id == case_file.c.id)
        .where(job.c.attempts >= STUCK, overseen(seen))
        .order_by(case_file.c.id)
    )
    return tuple((row.id, row.case_title, row.municipality) for row in tx.execute(query))


def try_again(tx: Transaction, case_ids: Iterable[int], now: datetime) -> None:
    """Let the jobs of these cases that keep failing be due now; what fails once more is stuck again at once."""
    chosen = sa.and_(job.c.attempts >= STUCK, job.c.case_id.in_(list(case_ids)))
    tx.execute(sa.update(job).where(chosen).values(attempts=STUCK - 1, due_at=now))

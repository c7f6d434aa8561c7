"""What keeps a case longer than its term, and what ends it sooner: a legal hold, and a family that asks it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine import deadlines
from engine.store.database import Transaction
from engine.store.tables import case_file, erasure, erasure_request, hold, job
from engine.words import CaseStatus, Job


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


# --- what a municipality accounts for, without any family ------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """So many dossiers of a municipality are erased on a day."""

    municipality: str
    day: date
    number: int


@dataclass(frozen=True)
class Erased:
    """So many dossiers of a municipality were erased in a month, on this basis; that any of them was erased in two
    parts isn't told, since that would tell of a safety file.
    """

    municipality: str
    month: date
    basis: str
    number: int


@dataclass(frozen=True)
class Held:
    """A dossier that is kept longer: since when, by whom and until when."""

    case_id: int
    municipality: str
    by: str
    at: datetime
    until: datetime


def planned(tx: Transaction, municipalities: Collection[str], until: datetime) -> tuple[Planned, ...]:
    """How many dossiers will be erased by then, by day. A signal that was taken away, or of which a part went before,
    isn't among them.
    """
    query = (
        sa.select(case_file.c.municipality, job.c.due_at)
        .join(case_file, case_file.c.id == job.c.case_id)
        .where(job.c.kind == Job.FORGET, job.c.due_at <= until, case_file.c.status != CaseStatus.REMOVED)
        .where(case_file.c.municipality.in_(sorted(municipalities)))
    )
    days = Counter((row.municipality, _day(row.due_at)) for row in tx.execute(query))
    return tuple(Planned(place, day, number) for (place, day), number in sorted(days.items(), key=lambda item: item[0]))


def erased(tx: Transaction, municipalities: Collection[str]) -> tuple[Erased, ...]:
    """What was erased, the last month first."""
    columns = (erasure.c.municipality, erasure.c.at, erasure.c.basis, erasure.c.case_id)
    query = sa.select(*columns).where(erasure.c.municipality.in_(sorted(municipalities))).order_by(erasure.c.id)
    last = {row.case_id: (_day(row.at).replace(day=1), row.municipality, row.basis) for row in tx.execute(query)}
    months = sorted(Counter(last.values()).items(), reverse=True)
    return tuple(Erased(place, month, basis, number) for (month, place, basis), number in months)


def held(tx: Transaction, municipalities: Collection[str], now: datetime) -> tuple[Held, ...]:
    """What is kept longer now, the nearest end first."""
    columns = (hold.c.case_id, case_file.c.municipality, hold.c.by, hold.c.at, hold.c.until)
    here = case_file.c.municipality.in_(sorted(municipalities))
    query = sa.select(*columns).join(case_file).where(here, hold.c.until > now).order_by(hold.c.until)
    return tuple(Held(*row) for row in tx.execute(query))


def _day(moment: datetime) -> date:
    return moment.astimezone(deadlines.ZONE).date()

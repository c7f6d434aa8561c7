"""What stood in a case before its newest act, so that who did it can undo it: one row for each case.

Kept is what an act changes in place: the state and document of the case, its open tasks, its clock and the registers
that the act may change. Of what an act only adds to (tasks, answers, history) the newest number is enough. What follows
from all that (what is open to whom, what tasks show, the title) is computed anew when it is put back.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.store import jobs, tasks
from engine.store.case_files import CaseRow
from engine.store.database import Transaction
from engine.store.memory import asked_once
from engine.store.tables import Moment, answer, event, job, participant, registers, task, undo
from engine.words import Job

MOMENTS = ("round_at", "ended_at", "paused_at", "paused_until")
CASE = ("state", "document", "status", "end_reason", *MOMENTS)
"""What an act changes of a case itself."""

TASK = ("id", "assignee", "deadline", "drawn_deadline")
ADDED_TO = {"task": task, "answer": answer, "event": event}
PEOPLE = "participant"
TABLES: Mapping[str, sa.Table] = {**registers, PEOPLE: participant}
"""What an act may change in place, by the name of the register, or `PEOPLE` for who takes part."""

EVERYTHING: Collection[str] = frozenset(TABLES)


# built once, since each completed task asks it
_MARKS = sa.select(
    *(sa.select(sa.func.max(table.c.id)).scalar_subquery().label(name) for name, table in ADDED_TO.items()),
    sa.select(job.c.due_at).where(job.c.unique_key == sa.bindparam("clock")).scalar_subquery().label("due_at"),
)
_FIRST = sa.insert(undo)
_AGAIN = (
    sa.update(undo)
    .where(undo.c.case_id == sa.bindparam("case"))
    .values({name: sa.bindparam(f"new_{name}") for name in ("person", "until", "event", "rows")})
)


@dataclass(frozen=True)
class Undo:
    """Who may undo what happened in a case since this event, and until when."""

    person: str
    until: datetime
    event: int


_ROWS = {table.name: sa.select(table).where(table.c.case_id == sa.bindparam("case")) for table in TABLES.values()}


def keep(
    tx: Transaction,
    case: CaseRow,
    waiting: Iterable[tasks.TaskRow],
    undone_by: tuple[str, datetime],
    touched: Collection[str],
) -> bool:
    """Keep a case as it stands, before an act that may be undone by this person until this moment. `touched` names what
    of `TABLES` the act may change. What was kept before goes. Gives whether a clock runs for the case.
    """
    person, until = undone_by
    marks = tx.execute(_MARKS, {"clock": jobs.key(Job.CLOCK, case.id)}).one()._asdict()
    rows = {
        "case": {name: getattr(case, name) for name in CASE},
        "tasks": [{name: getattr(row, name) for name in TASK} for row in waiting],
        "due_at": marks.pop("due_at"),
        "newest": {name: number or 0 for name, number in marks.items()},
        "tables": {name: _rows(tx, TABLES[name], case.id) for name in sorted(touched)},
    }
    text = json.dumps(rows, default=_said, ensure_ascii=False, separators=(",", ":"))
    kept = {"person": person, "until": until, "event": marks["event"] or 0, "rows": text}
    again = {f"new_{name}": value for name, value in kept.items()}
    if tx.execute(_AGAIN, {"case": case.id, **again}).rowcount == 0:
        tx.execute(_FIRST, {"case_id": case.id, **kept})
    return rows["due_at"] is not None


def _rows(tx: Transaction, table: sa.Table, case_id: int) -> list[dict[str, Any]]:
    return [row._asdict() for row in tx.execute(_ROWS[table.name], {"case": case_id})]


def _said(value: object) -> str:
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    raise TypeError(f"not kept: {type(value).__name__}")


@asked_once(undo)
def of_case(tx: Transaction, case_id: int) -> Undo | None:
    """Who may undo the newest act in a case, as far as that was kept."""
    row = tx.execute(sa.select(undo.c.person, undo.c.until, undo.c.event).where(undo.c.case_id == case_id)).first()
    return Undo(*row) if row else None


def forget(tx: Transaction, case_id: int, unless: str = "") -> None:
    """The newest act can't be undone any more, unless it is of this person."""
    tx.execute(sa.delete(undo).where(undo.c.case_id == case_id, undo.c.person != unless))


def over(tx: Transaction, now: datetime) -> bool:
    """Whether something is kept that nobody may undo any more."""
    return tx.execute(sa.select(undo.c.case_id).where(undo.c.until <= now).limit(1)).first() is not None


def clear(tx: Transaction, now: datetime) -> None:
    """Forget what nobody may undo any more."""
    tx.execute(sa.delete(undo).where(undo.c.until <= now))


def put_back(tx: Transaction, case: CaseRow) -> CaseRow:
    """Put back what was kept of a locked case, and take away what was added since; gives the case as it was then. It
    is not saved yet: what follows from it is for who knows the diagrams.
    """
    kept = json.loads(tx.execute(sa.select(undo.c.rows).where(undo.c.case_id == case.id)).scalar_one())
    for name, table in ADDED_TO.items():
        tx.execute(sa.delete(table).where(table.c.case_id == case.id, table.c.id > kept["newest"][name]))
    for row in kept["tasks"]:
        drawn = _moment(row.get("drawn_deadline"))
        tasks.reopen(tx, row["id"], row["assignee"] or None, _moment(row["deadline"]), drawn)
    for name, rows in kept["tables"].items():
        table = TABLES[name]
        tx.execute(sa.delete(table).where(table.c.case_id == case.id))
        if rows:
            tx.execute(sa.insert(table), [_read(table, row) for row in rows])
    jobs.plan(tx, Job.CLOCK, case.id, _moment(kept["due_at"]))
    forget(tx, case.id)
    before = kept["case"]
    case = replace(case, **{**before, **{name: _moment(before.get(name)) for name in MOMENTS}})
    jobs.plan(tx, Job.RESUME, case.id, case.paused_until)
    return case


def _read(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as its columns want it, from JSON."""
    read = dict(row)
    for column in table.columns:
        text = row[column.name]
        if isinstance(column.type, Moment):
            read[column.name] = _moment(text)
        elif isinstance(column.type, sa.Date) and text:
            read[column.name] = date.fromisoformat(text)
    return read


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

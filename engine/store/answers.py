"""What each step answered, by whom and about whom; and what one must be able to read to do an open task."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Need, Sight
from engine.store.case_files import known_to
from engine.store.database import Transaction
from engine.store.memory import asked_once
from engine.store.tables import answer, case_file, opening, task, task_need


@dataclass(frozen=True)
class Answered:
    """What one step answered: `values` by question, `about` by the name of an answer (`forms.About`), for which
    purpose the step asked it. `corrector` is who changed it last, or "".
    """

    id: int
    process: str
    element: str
    item: str
    at: datetime
    actor: str
    corrector: str
    purpose: str
    values: Mapping[str, Any]
    about: Mapping[str, Sequence[str]]


# built once, as the others that each completed task asks
_ADD = sa.insert(answer).returning(answer.c.id)
_READ = (
    sa.select(*(answer.c[name] for name in Answered.__dataclass_fields__))
    .where(answer.c.case_id == sa.bindparam("case"))
    .order_by(answer.c.id)
)


def add(tx: Transaction, case_id: int, answered: Answered) -> Answered:
    """Keep what a step answered; gives it with its id."""
    values = {name: getattr(answered, name) for name in Answered.__dataclass_fields__ if name != "id"}
    who = {"actor": answered.actor or None, "corrector": answered.corrector or None}
    row = {**values, **who, "about": _together(answered.about), "case_id": case_id}
    id = tx.execute(_ADD, row).scalar_one()
    return replace(answered, id=int(id))


def _together(about: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, ...], list[str]]]:
    """About whom answers are, as it is kept: whom, and the names of what is about them."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name, people in about.items():
        names.setdefault(tuple(people), []).append(name)
    return list(names.items())


def _apart(
    kept: Mapping[str, Sequence[str]] | Sequence[tuple[Sequence[str], Sequence[str]]],
) -> Mapping[str, Sequence[str]]:
    """The same as it is read; in answers of before each name has its own."""
    if isinstance(kept, Mapping):
        return kept
    return {name: people for people, names in kept for name in names}


def correct(tx: Transaction, id: int, values: Mapping[str, Any], about: Mapping[str, Any], corrector: str) -> None:
    """Let a step have answered this instead; what was there before stands in the history of the case."""
    changed = {"values": values, "about": _together(about), "corrector": corrector or None}
    tx.execute(sa.update(answer).where(answer.c.id == id).values(changed))


@asked_once(answer)
def of_case(tx: Transaction, case_id: int) -> tuple[Answered, ...]:
    """All that was answered in one case, oldest first."""
    return tuple(_answered(row) for row in tx.execute(_READ, {"case": case_id}))


def _answered(row: Any) -> Answered:
    values = {name: getattr(row, name) for name in Answered.__dataclass_fields__}
    who = {"actor": row.actor or "", "corrector": row.corrector or ""}
    return Answered(**{**values, **who, "values": row._mapping["values"], "about": _apart(row.about)})


@dataclass(frozen=True)
class Written:
    """An answer of somebody's own, with the case that it was given in and the version of its diagrams."""

    case_id: int
    version_id: str
    municipality: str
    title: str
    answered: Answered


def written_by(tx: Transaction, person: str, limit: int, before: int | None = None) -> tuple[Written, ...]:
    """What somebody answered in all cases, the last first, or what came before the answer of that id. The title of a
    case is told where this person wrote it.
    """
    columns = [answer.c[name] for name in Answered.__dataclass_fields__]
    case = (case_file.c.id, case_file.c.version_id, case_file.c.municipality, case_file.c.title, case_file.c.named_by)
    earlier = sa.true() if before is None else answer.c.id < before
    rows = tx.execute(
        sa.select(*columns, *(column.label(f"case_{column.name}") for column in case))
        .join(case_file, case_file.c.id == answer.c.case_id)
        .where(answer.c.actor == person, earlier)
        .order_by(answer.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Written(
            row.case_id,
            row.case_version_id,
            row.case_municipality,
            row.case_title if row.case_named_by == person else "",
            _answered(row),
        )
        for row in rows
    )


_NEEDS_NOTHING = sa.delete(task_need).where(task_need.c.task_id == sa.bindparam("task"))
_NEED = sa.insert(task_need)


def need(tx: Transaction, task_id: int, needs: Collection[Need]) -> None:
    """From now on this, and nothing else, must be readable to who does an open task."""
    tx.execute(_NEEDS_NOTHING, {"task": task_id})
    if needs:
        tx.execute(_NEED, [{"task_id": task_id, **wanted._asdict()} for wanted in sorted(needs)])


def readable(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether somebody may read all that a task shows, as part of a query over tasks: `not access.lacks` asks the same
    of one task.
    """
    open_to_them = sa.exists(
        sa.select(1)
        .where(
            opening.c.case_id == task.c.case_id,
            opening.c.organisation == seen.organisation,
            opening.c.purpose == task_need.c.purpose,
            opening.c.kind == task_need.c.kind,
            opening.c.person == task_need.c.person,
        )
        .correlate_except(opening)
    )
    agreed = sa.and_(
        task_need.c.organisation == seen.organisation,
        task_need.c.organisation != "",
        known_to(seen.organisation, task.c.case_id),
    )
    own = sa.or_(task_need.c.actor == seen.person, agreed)
    lacking = sa.select(1).where(task_need.c.task_id == task.c.id, sa.not_(own), sa.not_(open_to_them))
    return sa.not_(sa.exists(lacking))

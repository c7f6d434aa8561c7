"""Whom to mail what waits: read from the open tasks, so that an open task costs nothing until it is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction
from engine.store.tables import OPEN, appointment, case_file, person, reminder, task, task_role
from engine.words import RoleId


@dataclass(frozen=True)
class Reminded:
    """When somebody was last mailed, and whether that is to be only about what is late."""

    only_late: bool = False
    sent_at: datetime | None = None


def of_person(tx: Transaction, person_id: str) -> Reminded:
    """How somebody is mailed."""
    row = tx.execute(sa.select(reminder).where(reminder.c.person_id == person_id)).first()
    return Reminded(row.only_late, row.sent_at) if row else Reminded()


def sent(tx: Transaction, person_id: str, now: datetime) -> None:
    """Somebody was mailed what waits."""
    _keep(tx, person_id, sent_at=now)


def choose(tx: Transaction, person_id: str, only_late: bool) -> None:
    """Mail somebody only what is late, or all that waits."""
    _keep(tx, person_id, only_late=only_late)


def _keep(tx: Transaction, person_id: str, **values: Any) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = insert(reminder).values(person_id=person_id, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))


def concerned(tx: Transaction, day: datetime, soon: datetime, late: datetime) -> frozenset[str]:
    """Those whom an open task may concern and who were not mailed since `day` began: who has it or may take it, where
    it is new since the last mail or due before `soon`; who oversees, and colleagues, where it was due before `late`.
    What each of them may know of it is not looked at here.
    """
    since = sa.func.coalesce(task.c.given_at, task.c.opened_at)
    tells = sa.or_(task.c.due_at < soon, reminder.c.sent_at.is_(None), since > reminder.c.sent_at)
    free = sa.and_(task.c.assignee.is_(None), task.c.circle == "")
    theirs = sa.or_(task.c.organisation == "", person.c.organisation == task.c.organisation)
    same = sa.and_(task.c.organisation != "", person.c.organisation == task.c.organisation)
    overdue = sa.and_(task.c.due_at < late, task.c.circle == "")
    concerns = sa.or_(
        _some(task, task.c.assignee == person.c.id, tells),
        _some(_HELD.join(task_role, task_role.c.task_id == task.c.id), _IN_ROLE, free, theirs, tells),
        _some(_HELD, appointment.c.role == RoleId.PROCESREGISSEUR, overdue),
        _some(_HELD, appointment.c.role == RoleId.CORE_PARTNER, overdue, same),
    )
    reached = sa.and_(person.c.ended_at.is_(None), person.c.mail != "")
    waits = sa.or_(reminder.c.sent_at.is_(None), reminder.c.sent_at < day)
    people = person.outerjoin(reminder, reminder.c.person_id == person.c.id)
    return frozenset(tx.execute(sa.select(person.c.id).select_from(people).where(reached, waits, concerns)).scalars())


_HELD = task.join(appointment, appointment.c.municipality == task.c.municipality)
_IN_ROLE = appointment.c.role == task_role.c.role


def _some(of: sa.FromClause, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether there is an open task of which this holds, for a person: the first one is enough."""
    mine = () if of is task else (appointment.c.person_id == person.c.id,)
    going = sa.exists().where(case_file.c.id == task.c.case_id, case_file.c.paused_at.is_(None))
    on = sa.or_(task.c.circle != "", going)  # a pause holds up no circle: who paused knows of none
    return sa.exists(sa.select(1).select_from(of).where(OPEN, on, *mine, *where).correlate(person, reminder))


def fresh(tx: Transaction, ids: Collection[int], since: datetime | None) -> frozenset[int]:
    """Which of these tasks opened, or came to who has them, after a moment; all of them where that is None."""
    if since is None:
        return frozenset(ids)
    newer = sa.func.coalesce(task.c.given_at, task.c.opened_at) > since
    return frozenset(tx.execute(sa.select(task.c.id).where(task.c.id.in_(sorted(ids)), newer)).scalars())


def standing_still(tx: Transaction, case_ids: Collection[int]) -> frozenset[int]:
    """Which of these cases stand still, so that nobody is reminded of them but for what is done in a circle."""
    paused = sa.and_(case_file.c.id.in_(sorted(case_ids)), case_file.c.paused_at.is_not(None))
    return frozenset(tx.execute(sa.select(case_file.c.id).where(paused)).scalars())


def of_colleagues(tx: Transaction, person_id: str, organisation: str, places: Collection[str], late: datetime) -> int:
    """How many tasks of an organisation in these municipalities, which somebody else there has, were due before a
    moment.
    """
    here = sa.and_(task.c.organisation == organisation, task.c.municipality.in_(sorted(places)))
    theirs = sa.and_(here, task.c.assignee != person_id, task.c.circle == "")
    going = sa.exists().where(case_file.c.id == task.c.case_id, case_file.c.paused_at.is_(None))
    query = sa.select(sa.func.count()).select_from(task).where(OPEN, going, theirs, task.c.due_at < late)
    return int(tx.execute(query).scalar_one()) if organisation else 0

"""Who works here, as a beheerder keeps it: how to reach them, what was changed about them, who is put forward."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Appointment, Person
from engine.errors import NotFoundError
from engine.store.database import Transaction, known_number, known_text
from engine.store.tables import (
    OPEN,
    appointment,
    case_file,
    empty_circle,
    participant,
    person,
    person_event,
    proposal,
    task,
)
from engine.words import CaseStatus, RoleId, StaffChange


@dataclass(frozen=True)
class Employee:
    """Somebody who works here, with what is kept beside the roles. `ended_at` is since when that is over."""

    person: Person
    mail: str = ""
    phone: str = ""
    working_days: tuple[str, ...] = ()
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Changed:
    """One change of somebody: when, by whom ("" for the command line), in which municipality, of what, and why."""

    at: datetime
    by: str
    kind: str
    municipality: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """That somebody gets to oversee, or to act where nobody is left, of which somebody else has yet to approve."""

    id: int
    at: datetime
    by: str
    by_name: str
    person: str
    person_name: str
    appointment: Appointment
    reason: str

    @property
    def circle_of(self) -> str | None:
        """The organisation in whose circles this person is to act where nobody is left; None for a role."""
        kind, _, organisation = self.appointment.role.partition(":")
        return organisation if kind == RoleId.CIRCLE else None


def keep(tx: Transaction, employee: Employee) -> None:
    """Write what is kept beside name and roles of somebody who is known."""
    values = {
        "mail": employee.mail,
        "phone": employee.phone,
        "working_days": ",".join(employee.working_days),
        "ended_at": employee.ended_at,
    }
    tx.execute(sa.update(person).where(person.c.id == employee.person.id).values(values))


def one(tx: Transaction, id: str) -> Employee:
    """Somebody who works or worked here. Raises NotFoundError."""
    employees = _read(tx, person.c.id == known_text(id))
    if not employees:
        raise NotFoundError("Deze persoon is niet bekend.")
    return employees[0]


def of(tx: Transaction, places: Collection[str]) -> tuple[Employee, ...]:
    """Those who work in one of these municipalities, worked there or are put forward for it, by name."""
    works = sa.select(appointment.c.person_id).where(appointment.c.municipality.in_(places))
    worked = sa.select(person_event.c.person_id).where(person_event.c.municipality.in_(places))
    return _read(tx, sa.or_(person.c.id.in_(works), person.c.id.in_(worked)))


def _read(tx: Transaction, where: sa.ColumnElement[bool]) -> tuple[Employee, ...]:
    query = sa.select(person, appointment.c.role, appointment.c.municipality).outerjoin(appointment).where(where)
    rows: dict[str, Any] = {}
    held: dict[str, list[Appointment]] = {}
    for row in tx.execute(query.order_by(person.c.name, person.c.id, appointment.c.municipality, appointment.c.role)):
        rows[row.id] = row
        held.setdefault(row.id, []).extend([Appointment(row.role, row.municipality)] if row.role is not None else [])
    return tuple(
        Employee(
            Person(r.id, r.name, r.organisation, r.function, tuple(held[id])),
            r.mail,
            r.phone,
            tuple(day for day in r.working_days.split(",") if day),
            r.ended_at,
        )
        for id, r in rows.items()
    )


def ids(tx: Transaction) -> frozenset[str]:
    """The ids of all people here, whatever their region: a new one must differ from each."""
    return frozenset(tx.execute(sa.select(person.c.id)).scalars())


def holders(tx: Transaction, role: str, municipality: str, *, lock: bool = False) -> frozenset[str]:
    """Who has a role in a municipality; with `lock`, so that two of them don't leave it at the same time."""
    here = sa.and_(appointment.c.role == role, appointment.c.municipality == municipality)
    query = sa.select(appointment.c.person_id).where(here)
    return frozenset(tx.execute(query.with_for_update() if lock else query).scalars())


def happened(
    tx: Transaction,
    at: datetime,
    by: str,
    person_id: str,
    changes: Iterable[tuple[StaffChange, str, Mapping[str, Any]]],
) -> None:
    """Add to the history of somebody: kind, municipality and detail of each change; `by` is "" for the command line."""
    rows = [
        {"at": at, "actor": by or None, "person_id": person_id, "kind": kind, "municipality": place, "detail": detail}
        for kind, place, detail in changes
    ]
    if rows:
        tx.execute(sa.insert(person_event), rows)


def history(tx: Transaction, person_id: str, places: Collection[str]) -> tuple[Changed, ...]:
    """What was changed about somebody in one of these municipalities, or in none in particular; the newest first."""
    actor = person.alias()
    query = (
        sa.select(person_event, sa.func.coalesce(actor.c.name, "").label("by"))
        .outerjoin(actor, actor.c.id == person_event.c.actor)
        .where(person_event.c.person_id == person_id, person_event.c.municipality.in_(["", *places]))
        .order_by(person_event.c.id.desc())
    )
    return tuple(Changed(r.at, r.by, r.kind, r.municipality, r.detail) for r in tx.execute(query))


def propose(tx: Transaction, at: datetime, by: str, person_id: str, fresh: Appointment, reason: str) -> None:
    """Put somebody forward, once for each role in each municipality."""
    same = sa.and_(
        proposal.c.person_id == person_id,
        proposal.c.role == fresh.role,
        proposal.c.municipality == fresh.municipality,
    )
    tx.execute(sa.delete(proposal).where(same))
    values = {"at": at, "proposer": by, "person_id": person_id, "reason": reason}
    tx.execute(sa.insert(proposal).values(**values, role=fresh.role, municipality=fresh.municipality))


def proposals(tx: Transaction, places: Collection[str], person_id: str = "") -> tuple[Proposal, ...]:
    """What waits for approval in these municipalities, about everybody or one person; the oldest first."""
    about = proposal.c.person_id == person_id if person_id else sa.true()
    return _proposals(tx, sa.and_(proposal.c.municipality.in_(places), about))


def proposed(tx: Transaction, id: int) -> Proposal:
    """One proposal. Raises NotFoundError."""
    waiting = _proposals(tx, proposal.c.id == known_number(id))
    if not waiting:
        raise NotFoundError("Dit voorstel is er niet meer. Misschien besliste iemand anders er al over.")
    return waiting[0]


def _proposals(tx: Transaction, where: sa.ColumnElement[bool]) -> tuple[Proposal, ...]:
    proposer, proposed = person.alias(), person.alias()
    query = (
        sa.select(proposal, proposer.c.name.label("by_name"), proposed.c.name.label("person_name"))
        .join(proposer, proposer.c.id == proposal.c.proposer)
        .join(proposed, proposed.c.id == proposal.c.person_id)
        .where(where)
        .order_by(proposal.c.id)
    )
    return tuple(
        Proposal(
            r.id, r.at, r.proposer, r.by_name, r.person_id, r.person_name, Appointment(r.role, r.municipality), r.reason
        )
        for r in tx.execute(query)
    )


def decided(tx: Transaction, id: int) -> bool:
    """Take a proposal away; False where somebody else did so meanwhile."""
    return tx.execute(sa.delete(proposal).where(proposal.c.id == id)).rowcount == 1


def withdraw(tx: Transaction, person_id: str, places: Collection[str]) -> None:
    """Take away what was proposed about somebody in these municipalities."""
    tx.execute(sa.delete(proposal).where(proposal.c.person_id == person_id, proposal.c.municipality.in_(places)))


def emptied(tx: Transaction, case_id: int, circle: str, organisation: str, at: datetime) -> None:
    """Keep that somebody of this organisation was the last who could act in a circle, where nobody else can."""
    empty = sa.and_(empty_circle.c.case_id == case_id, empty_circle.c.circle == circle)
    tx.execute(sa.delete(empty_circle).where(empty))
    still = sa.select(participant.c.role).where(participant.c.case_id == case_id, participant.c.role == circle)
    if tx.execute(still.limit(1)).first() is None:
        values = {"case_id": case_id, "circle": circle, "organisation": organisation, "at": at}
        tx.execute(sa.insert(empty_circle).values(values))


def filled(tx: Transaction, case_id: int, circle: str) -> None:
    """Keep that somebody acts in a circle again."""
    mine = sa.and_(empty_circle.c.case_id == case_id, empty_circle.c.circle == circle)
    tx.execute(sa.delete(empty_circle).where(mine))


def empty_circles(tx: Transaction, places: Collection[str]) -> tuple[tuple[str, str, int, str], ...]:
    """The circles in these municipalities in which a step waits and nobody is left who may act: municipality,
    organisation, case and circle.
    """
    same = sa.and_(participant.c.case_id == empty_circle.c.case_id, participant.c.role == empty_circle.c.circle)
    waits = sa.and_(
        task.c.case_id == empty_circle.c.case_id,
        task.c.circle == empty_circle.c.circle,
        OPEN,
    )
    query = (
        sa.select(case_file.c.municipality, empty_circle.c.organisation, case_file.c.id, empty_circle.c.circle)
        .join(case_file, case_file.c.id == empty_circle.c.case_id)
        .where(case_file.c.municipality.in_(places), sa.exists().where(waits), sa.not_(sa.exists().where(same)))
        .order_by(case_file.c.municipality, empty_circle.c.organisation, case_file.c.id)
    )
    return tuple((r.municipality, r.organisation, r.id, r.circle) for r in tx.execute(query))


def appointed(tx: Transaction, places: Collection[str]) -> tuple[tuple[str, Changed], ...]:
    """Who was appointed where nobody was left, with the name of each; the newest first."""
    actor, chosen = person.alias(), person.alias()
    query = (
        sa.select(person_event, sa.func.coalesce(actor.c.name, "").label("by"), chosen.c.name.label("chosen"))
        .outerjoin(actor, actor.c.id == person_event.c.actor)
        .join(chosen, chosen.c.id == person_event.c.person_id)
        .where(person_event.c.kind == StaffChange.STANDS_IN, person_event.c.municipality.in_(places))
        .order_by(person_event.c.id.desc())
    )
    return tuple((r.chosen, Changed(r.at, r.by, r.kind, r.municipality, r.detail)) for r in tx.execute(query))


def cases_of(tx: Transaction, person_id: str, places: Collection[str]) -> tuple[int, ...]:
    """The cases in these municipalities in which somebody has an open task, takes part in what runs or acts in a
    circle, in the order in which they are locked.
    """
    has = sa.select(task.c.case_id).where(task.c.assignee == person_id, OPEN)
    takes_part = sa.select(participant.c.case_id).where(participant.c.person_id == person_id)
    goes_on = sa.or_(case_file.c.status == CaseStatus.RUNNING, case_file.c.state != "")
    here = case_file.c.municipality.in_(places)
    work = sa.or_(case_file.c.id.in_(has), sa.and_(case_file.c.id.in_(takes_part), goes_on))
    return tuple(tx.execute(sa.select(case_file.c.id).where(here, work).order_by(case_file.c.id)).scalars())


def open_tasks(tx: Transaction, person_id: str, places: Collection[str]) -> int:
    """How many open tasks somebody has in these municipalities, without those of which nobody else may know."""
    mine = sa.and_(task.c.assignee == person_id, OPEN, task.c.circle == "")
    query = sa.select(sa.func.count()).select_from(task).where(mine, task.c.municipality.in_(places))
    return int(tx.execute(query).scalar_one())

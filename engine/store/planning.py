"""Meetings while they are planned: the moments that are proposed, who is asked, and what each answers.

What was held stands in the register; here stands no word about a family beyond that one meets.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.store.database import Transaction, known_number, known_text
from engine.store.tables import case_file, guest, planning, slot, slot_answer
from engine.words import CaseStatus, Fits, PlanningState


@dataclass(frozen=True)
class Guest:
    """Somebody who is asked. Without a `person` it is an organisation that is phoned, without an `organisation` the
    parents. `answers` tells by the id of a moment whether it fits; `invited` with which sequence an invitation went.
    """

    id: int
    organisation: str
    person: str
    invited: int | None = None
    answers: Mapping[int, str] = field(default_factory=dict)

    @property
    def parents(self) -> bool:
        """Whether these are the parents."""
        return not self.organisation


@dataclass(frozen=True)
class Planning:
    """A meeting of one case. `slots` are its moments by id; `uid` names it in every calendar, and each change that
    leaves the house has a higher `sequence`. Of a place `at_home` no calendar tells the address.
    """

    id: int
    case_id: int
    municipality: str
    state: str
    uid: str
    sequence: int
    chosen: int | None
    minutes: int
    place: str
    at_home: bool
    video: str
    interpreter: bool
    made_by: str
    slots: Mapping[int, datetime]
    guests: tuple[Guest, ...]
    running: bool = True

    @property
    def begins(self) -> datetime | None:
        """When it begins, once a moment is chosen."""
        return self.slots[self.chosen] if self.chosen is not None else None

    @property
    def last(self) -> datetime:
        """The last of its moments."""
        return max(self.slots.values())

    @property
    def answered(self) -> int:
        """How many of who are asked said when they can."""
        return sum(bool(each.answers) for each in self.guests)

    def over(self, now: datetime) -> bool:
        """Whether it is called off, or has been."""
        begins = self.begins
        past = begins is not None and begins + timedelta(minutes=self.minutes) < now
        return self.state == PlanningState.CANCELLED or past


@dataclass(frozen=True)
class Proposed:
    """What is proposed: moments, whom to ask (organisation and person, either may be ""), how long and where;
    `parents_can` says that the parents already told that each suits them."""

    slots: tuple[datetime, ...]
    guests: tuple[tuple[str, str], ...]
    minutes: int = 60
    place: str = ""
    at_home: bool = False
    video: str = ""
    interpreter: bool = False
    parents_can: bool = False


def add(tx: Transaction, case_id: int, proposed: Proposed, by: str, now: datetime) -> int:
    """Begin to plan a meeting; gives its id."""
    values = {
        "case_id": case_id, "state": PlanningState.ASKING, "uid": secrets.token_hex(16), "sequence": 0,
        "minutes": proposed.minutes, "place": proposed.place, "at_home": proposed.at_home, "video": proposed.video,
        "interpreter": proposed.interpreter, "made_by": by, "made_at": now,
    }  # fmt: skip
    made = int(tx.execute(sa.insert(planning).values(values).returning(planning.c.id)).scalar_one())
    for at in sorted(set(proposed.slots)):
        tx.execute(sa.insert(slot).values(case_id=case_id, planning_id=made, at=at))
    for organisation, person in dict.fromkeys(proposed.guests):
        row = {"case_id": case_id, "planning_id": made, "organisation": organisation, "person_id": person or None}
        tx.execute(sa.insert(guest).values(row))
    return made


def add_slot(tx: Transaction, meeting: Planning, at: datetime) -> int:
    """Another moment for a meeting; gives its id."""
    row = {"case_id": meeting.case_id, "planning_id": meeting.id, "at": at}
    return int(tx.execute(sa.insert(slot).values(row).returning(slot.c.id)).scalar_one())


def one(tx: Transaction, id: int) -> Planning | None:
    """A meeting by its number; None where there is none."""
    return next(iter(_read(tx, planning.c.id == known_number(id))), None)


def of_case(tx: Transaction, case_id: int) -> tuple[Planning, ...]:
    """The meetings of a case that were ever planned, the last first."""
    return _read(tx, planning.c.case_id == case_id)


def of_guest(tx: Transaction, guest_id: int) -> Planning | None:
    """The meeting for which a guest is asked; None where there is none."""
    asked = sa.select(guest.c.planning_id).where(guest.c.id == known_number(guest_id)).scalar_subquery()
    return next(iter(_read(tx, planning.c.id == asked)), None)


def asked_of(tx: Transaction, person: str) -> tuple[Planning, ...]:
    """The meetings for which somebody is asked when one can, the last first."""
    asked = sa.select(guest.c.planning_id).where(guest.c.person_id == known_text(person))
    return _read(tx, sa.and_(planning.c.state == PlanningState.ASKING, planning.c.id.in_(asked)))


def _read(tx: Transaction, which: sa.ColumnElement[bool]) -> tuple[Planning, ...]:
    query = (
        sa.select(planning, case_file.c.municipality, case_file.c.status)
        .join(case_file, case_file.c.id == planning.c.case_id)
        .where(which)
        .order_by(planning.c.id.desc())
    )
    rows = tx.execute(query).all()
    if not rows:
        return ()
    ids = [row.id for row in rows]
    slots: dict[int, dict[int, datetime]] = {id: {} for id in ids}
    for row in tx.execute(sa.select(slot).where(slot.c.planning_id.in_(ids)).order_by(slot.c.at, slot.c.id)):
        slots[row.planning_id][row.id] = row.at
    answers: dict[int, dict[int, str]] = {}
    said = sa.select(slot_answer).join(slot, slot.c.id == slot_answer.c.slot_id).where(slot.c.planning_id.in_(ids))
    for row in tx.execute(said):
        answers.setdefault(row.guest_id, {})[row.slot_id] = row.answer
    guests: dict[int, list[Guest]] = {id: [] for id in ids}
    for row in tx.execute(sa.select(guest).where(guest.c.planning_id.in_(ids)).order_by(guest.c.id)):
        each = Guest(row.id, row.organisation, row.person_id or "", row.invited, answers.get(row.id, {}))
        guests[row.planning_id].append(each)
    return tuple(
        Planning(
            row.id, row.case_id, row.municipality, row.state, row.uid, row.sequence, row.slot_id, row.minutes,
            row.place, row.at_home, row.video, row.interpreter, row.made_by, slots[row.id], tuple(guests[row.id]),
            row.status == CaseStatus.RUNNING,
        )
        for row in rows
    )  # fmt: skip


def answer(tx: Transaction, meeting: Planning, guest_id: int, said: Mapping[int, Fits]) -> None:
    """Write what somebody answers, in the stead of what that was before."""
    tx.execute(sa.delete(slot_answer).where(slot_answer.c.guest_id == guest_id))
    rows = [
        {"case_id": meeting.case_id, "slot_id": id, "guest_id": guest_id, "answer": fits} for id, fits in said.items()
    ]
    if rows:
        tx.execute(sa.insert(slot_answer), rows)


def choose(tx: Transaction, meeting: Planning, slot_id: int) -> None:
    """Let a meeting be at this moment. Where invitations had gone this is a change of them."""
    values = {"slot_id": slot_id, "state": PlanningState.CHOSEN, "sequence": meeting.sequence + 1}
    tx.execute(sa.update(planning).where(planning.c.id == meeting.id).values(values))


def cancel(tx: Transaction, meeting: Planning) -> None:
    """Call a meeting off."""
    values = {"state": PlanningState.CANCELLED, "sequence": meeting.sequence + 1}
    tx.execute(sa.update(planning).where(planning.c.id == meeting.id).values(values))


def changed(tx: Transaction, meeting: Planning) -> None:
    """Count a change of a meeting that left the house."""
    tx.execute(sa.update(planning).where(planning.c.id == meeting.id).values(sequence=meeting.sequence + 1))


def invited(tx: Transaction, guest_ids: Iterable[int], sequence: int | None) -> None:
    """Keep with which sequence an invitation went to these; None takes it back."""
    tx.execute(sa.update(guest).where(guest.c.id.in_(list(guest_ids))).values(invited=sequence))

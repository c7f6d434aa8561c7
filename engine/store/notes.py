"""What somebody adds to a case beside its steps, such as a letter that came late: the own words of who wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import answer, case_file, event, note
from engine.words import Happening


@dataclass(frozen=True)
class Note:
    """A note with the case that it is about; the title only where its writer wrote that too, else ""."""

    case_id: int
    case_title: str
    municipality: str
    at: datetime
    text: str


def add(tx: Transaction, case_id: int, writer: str, text: str, now: datetime) -> None:
    """Keep a note."""
    tx.execute(sa.insert(note).values(case_id=case_id, writer=writer, text=text, at=now))


def written_by(tx: Transaction, writer: str) -> Sequence[Note]:
    """What somebody noted in all cases, the last first."""
    rows = tx.execute(
        sa.select(note, case_file.c.title, case_file.c.named_by, case_file.c.municipality)
        .join(case_file, case_file.c.id == note.c.case_id)
        .where(note.c.writer == writer)
        .order_by(note.c.id.desc())
    )
    return tuple(
        Note(row.case_id, row.title if row.named_by == writer else "", row.municipality, row.at, row.text)
        for row in rows
    )


@dataclass(frozen=True)
class Noted:
    """A note of one case, and who wrote it."""

    at: datetime
    writer: str
    text: str


def of_case(tx: Transaction, case_id: int) -> Sequence[Noted]:
    """What was noted in one case, the first first."""
    columns = (note.c.at, note.c.writer, note.c.text)
    rows = tx.execute(sa.select(*columns).where(note.c.case_id == case_id).order_by(note.c.id))
    return tuple(Noted(*row) for row in rows)


@dataclass(frozen=True)
class Reason:
    """Why somebody did something with a case or a step: a kind of `Happening`, and of a step where it stands."""

    case_id: int
    case_title: str
    municipality: str
    at: datetime
    kind: str
    text: str


GIVEN = (
    *(Happening.CLOSED, Happening.REOPENED, Happening.SKIPPED, Happening.CORRECTED, Happening.CONTACTED),
    *(Happening.REASSIGNED, Happening.POSTPONED, Happening.PAUSED, Happening.RESUMED),
)
"""What somebody does with a reason or remark in own words."""


def reasons_of(tx: Transaction, person: str) -> Sequence[Reason]:
    """The reasons that somebody gave in all cases, the last first."""
    rows = tx.execute(
        sa.select(event, case_file.c.title, case_file.c.named_by, case_file.c.municipality)
        .join(case_file, case_file.c.id == event.c.case_id)
        .where(event.c.actor == person, event.c.kind.in_(GIVEN))
        .order_by(event.c.id.desc())
    )
    return tuple(
        Reason(
            row.case_id,
            row.title if row.named_by == person else "",
            row.municipality,
            row.at,
            row.kind,
            row.detail["reden"],
        )
        for row in rows
        if "reden" in row.detail
    )


def wrote(tx: Transaction, case_id: int, person: str) -> bool:
    """Whether somebody answered a step of a case, or gave a reason there in own words: that is writing as well."""
    answered = sa.select(answer.c.id).where(answer.c.case_id == case_id, answer.c.actor == person)
    if tx.execute(answered.limit(1)).first() is not None:
        return True
    given = sa.select(event.c.detail).where(
        event.c.case_id == case_id, event.c.actor == person, event.c.kind.in_(GIVEN)
    )
    return any("reden" in detail for detail in tx.execute(given).scalars())

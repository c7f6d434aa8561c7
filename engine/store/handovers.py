"""Cases that were handed over to the Knooppunt of another municipality in this database, and what went along."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.consent import HANDED
from engine.store.database import Transaction
from engine.store.tables import case_file, consent, handed, handover
from engine.words import Purpose


@dataclass(frozen=True)
class Handed:
    """An answer as it stood where it came from: what it says, and about whom."""

    said_at: datetime
    question: str
    answer: Any
    kind: str
    about: Sequence[str]


@dataclass(frozen=True)
class Handover:
    """Two cases of one family: that which was handed over (`origin`, None once it is erased) and that which began by
    it, each with its municipality.
    """

    case_id: int
    origin: int | None
    came_from: str
    went_to: str
    at: datetime


def add(tx: Transaction, case_id: int, origin: int, municipality: str, now: datetime, rows: Iterable[Handed]) -> None:
    """Say that a case began by handing over that of `origin`, from this municipality, and what went along."""
    tx.execute(sa.insert(handover).values(case_id=case_id, origin=origin, municipality=municipality, at=now))
    names = Handed.__dataclass_fields__
    values = [{"case_id": case_id, **{name: getattr(row, name) for name in names}} for row in rows]
    if values:
        tx.execute(sa.insert(handed), values)


def carry_consents(tx: Transaction, case_id: int, origin: int, people: Collection[str], team: Collection[str]) -> None:
    """Let count in a case what these people said in that of `origin` to a team for the purpose of handing over: with
    who recorded it there, when and how.
    """
    said = sa.select(consent).where(
        consent.c.case_id == origin,
        consent.c.replaced_at.is_(None),
        consent.c.purpose == Purpose.TRANSFER,
        consent.c.person.in_(people),
        consent.c.organisation.in_(team),
    )
    rows = [dict(row._mapping) for row in tx.execute(said.order_by(consent.c.rank, consent.c.id))]
    for rank, row in enumerate(rows, start=1):
        row.pop("id")
        row |= {"case_id": case_id, "source": HANDED, "rank": rank}
    if rows:
        tx.execute(sa.insert(consent), rows)


def of_case(tx: Transaction, case_id: int) -> Sequence[Handover]:
    """The handovers in which a case has a part, on either side."""
    query = (
        sa.select(
            handover.c.case_id, handover.c.origin, handover.c.municipality, case_file.c.municipality, handover.c.at
        )
        .join(case_file, case_file.c.id == handover.c.case_id)
        .where(sa.or_(handover.c.case_id == case_id, handover.c.origin == case_id))
    )
    return tuple(Handover(*row) for row in tx.execute(query.order_by(handover.c.case_id)))


def rows(tx: Transaction, case_id: int) -> Sequence[Handed]:
    """What went along with a case."""
    query = sa.select(*(handed.c[name] for name in Handed.__dataclass_fields__)).where(handed.c.case_id == case_id)
    return tuple(Handed(*row) for row in tx.execute(query.order_by(handed.c.id)))

"""Who asked for help with a family without an account: what was told until that is settled, and how far it is.

Of the code by which somebody sees how far it is, and of the form that was sent, only hashes are kept.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction, known_number
from engine.store.tables import signup
from engine.words import SignupBy, SignupOutcome, SignupState

TOLD_FOR = timedelta(days=60)
"""So long after it is settled does a code still tell so; then nothing is left of the sign-up."""


@dataclass(frozen=True)
class Signup:
    """A sign-up. `answers` are by the key of the question, and empty once it is settled."""

    id: int
    municipality: str
    by: SignupBy
    language: str
    at: datetime
    answers: Mapping[str, str]
    taken_by: str
    taken_at: datetime | None
    settled_at: datetime | None

    @property
    def state(self) -> SignupState:
        """How far it is."""
        if self.settled_at is not None:
            return SignupState.SETTLED
        return SignupState.TAKEN if self.taken_by else SignupState.RECEIVED


def add(tx: Transaction, new: Signup, sending: str, code: str) -> None:
    """Keep a sign-up that was sent with this form, unless that form was sent before; `new.id` doesn't count."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = {
        "sending": _hash(sending),
        "code": _hash(code),
        "municipality": new.municipality,
        "by": new.by,
        "language": new.language,
        "at": new.at,
        "answers": dict(new.answers),
    }
    tx.execute(insert(signup).values(row).on_conflict_do_nothing())


def one(tx: Transaction, id: int, *, lock: bool = False) -> Signup | None:
    """The sign-up with this number; None where there is none."""
    query = sa.select(signup).where(signup.c.id == known_number(id))
    row = tx.execute(query.with_for_update() if lock else query).first()
    return _signup(row) if row is not None else None


def of_code(tx: Transaction, code: str) -> Signup | None:
    """The sign-up that this code is of; None where there is none any more."""
    row = tx.execute(sa.select(signup).where(signup.c.code == _hash(code))).first()
    return _signup(row) if row is not None else None


def waiting(tx: Transaction, municipalities: Collection[str]) -> tuple[Signup, ...]:
    """Those that are not settled in these municipalities, the oldest first."""
    query = sa.select(signup).where(*_open(municipalities)).order_by(signup.c.at, signup.c.id)
    return tuple(_signup(row) for row in tx.execute(query))


def count(tx: Transaction, municipalities: Collection[str]) -> int:
    """How many there are that are not settled."""
    return int(tx.execute(sa.select(sa.func.count()).where(*_open(municipalities))).scalar_one())


def take(tx: Transaction, id: int, person_id: str, now: datetime) -> None:
    """Give a sign-up to somebody."""
    tx.execute(sa.update(signup).where(signup.c.id == id).values(taken_by=person_id, taken_at=now))


def settle(tx: Transaction, id: int, outcome: SignupOutcome, case_id: int | None, now: datetime) -> None:
    """Say what came of a sign-up, and forget what it told."""
    settled = {"answers": {}, "language": "", "settled_at": now, "outcome": outcome, "case_id": case_id}
    tx.execute(sa.update(signup).where(signup.c.id == id).values(settled))


def over(tx: Transaction, now: datetime) -> bool:
    """Whether something was kept long enough."""
    return tx.execute(sa.select(signup.c.id).where(_old(now)).limit(1)).first() is not None


def clear(tx: Transaction, now: datetime) -> None:
    """Drop what was kept long enough: with it ends the code."""
    tx.execute(sa.delete(signup).where(_old(now)))


def _old(now: datetime) -> sa.ColumnElement[bool]:
    return signup.c.settled_at <= now - TOLD_FOR


def _open(municipalities: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return signup.c.municipality.in_(municipalities), signup.c.settled_at.is_(None)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _signup(row: Any) -> Signup:
    return Signup(
        row.id,
        row.municipality,
        SignupBy(row.by),
        row.language,
        row.at,
        row.answers,
        row.taken_by or "",
        row.taken_at,
        row.settled_at,
    )

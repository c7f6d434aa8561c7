"""Mail that has yet to leave the house: the outbox. A row is written with what causes it, and goes when it is sent.

It holds which text goes to whom, and nothing of a family. To which address is looked up when it leaves.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.access import Person
from engine.store import staff
from engine.store.database import Transaction, known_text
from engine.store.tables import letter
from engine.words import Letter

LEASE = timedelta(minutes=10)
"""So long a worker has a letter for itself: where it stops halfway, another sends it then."""

STUCK = 8
"""After so many attempts people must know of it; it is tried on from then too."""

LONGEST_WAIT = timedelta(hours=1)
REFUSED_WAIT = timedelta(hours=12)


@dataclass(frozen=True)
class Outgoing:
    """A letter that one worker has taken `until`. `mark` names it to whoever receives it, the same at each attempt."""

    id: int
    letter: Letter
    to: Person
    mail: str
    fields: Mapping[str, str]
    mark: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Waiting:
    """How it goes with a letter that has not left: how often it was tried, and which kind of error kept it."""

    letter: str
    at: datetime
    attempts: int
    last_error: str

    @property
    def stuck(self) -> bool:
        """Whether people must know of it."""
        return self.attempts >= STUCK


def put(tx: Transaction, key: str, person_id: str, kind: Letter, fields: Mapping[str, str], now: datetime) -> None:
    """Let a letter leave, once for each key; `fields` are for the places of its text."""
    if tx.execute(sa.select(letter.c.id).where(letter.c.unique_key == key)).first() is None:
        insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        values = {"person_id": person_id, "template": kind, "fields": dict(fields), "mark": secrets.token_hex(16)}
        row = insert(letter).values(unique_key=key, at=now, due_at=now, **values)
        tx.execute(row.on_conflict_do_nothing())  # another worker may put the same at the same moment


def take(tx: Transaction, now: datetime) -> Outgoing | None:
    """Take the letter that is longest due, for a while: whoever fails at it, or never comes back, has tried it."""
    query = (
        sa.select(letter).where(letter.c.due_at <= now).order_by(letter.c.due_at, letter.c.id).limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    row = tx.execute(query).first()
    if row is None:
        return None
    until = now + LEASE
    tx.execute(sa.update(letter).where(letter.c.id == row.id).values(due_at=until, attempts=row.attempts + 1))
    to = staff.one(tx, row.person_id)
    return Outgoing(row.id, Letter(row.template), to.person, to.mail, row.fields, row.mark, row.at, until)


def gone(tx: Transaction, id: int) -> None:
    """The letter has left, or is not needed any more."""
    tx.execute(sa.delete(letter).where(letter.c.id == id))


def failed(tx: Transaction, taken: Outgoing, error: str, now: datetime, *, refused: bool = False) -> int:
    """Try again later, ever more slowly; gives how often it was tried. Where it was `refused` for good that is told at
    once. `error` names the kind of error only.
    """
    mine = sa.and_(letter.c.id == taken.id, letter.c.due_at == taken.until)
    attempts = int(tx.execute(sa.select(letter.c.attempts).where(mine)).scalar() or 0)
    attempts = max(attempts, STUCK) if refused else attempts
    longer = min(timedelta(minutes=2 ** min(attempts, STUCK)), LONGEST_WAIT)
    wait = REFUSED_WAIT if refused else longer
    tx.execute(sa.update(letter).where(mine).values(attempts=attempts, last_error=error, due_at=now + wait))
    return attempts


def next_due(tx: Transaction) -> datetime | None:
    """When the next letter is due."""
    due: datetime | None = tx.execute(sa.select(sa.func.min(letter.c.due_at))).scalar()
    return due


def waiting(tx: Transaction, person_id: str = "") -> tuple[Waiting, ...]:
    """The letters that have not left, to everybody or to one person; the oldest first."""
    whose = letter.c.person_id == known_text(person_id) if person_id else sa.true()
    query = sa.select(letter).where(whose).order_by(letter.c.id)
    return tuple(Waiting(row.template, row.at, row.attempts, row.last_error) for row in tx.execute(query))


def stuck(tx: Transaction) -> int:
    """How many letters keep failing."""
    return int(tx.execute(sa.select(sa.func.count()).where(letter.c.attempts >= STUCK)).scalar_one())


def late(tx: Transaction, before: datetime) -> int:
    """How many letters were due before a moment, and no worker took them."""
    return int(tx.execute(sa.select(sa.func.count()).where(letter.c.due_at < before)).scalar_one())


def withdraw(tx: Transaction, person_id: str, kind: Letter | None = None) -> None:
    """Let no letter of this kind, or none at all, leave for somebody any more."""
    alike = letter.c.template == kind if kind else sa.true()
    tx.execute(sa.delete(letter).where(letter.c.person_id == person_id, alike))

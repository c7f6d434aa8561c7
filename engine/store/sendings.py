"""What was sent with a key, so that sending twice makes one. Of a key and of what came with it only hashes are kept."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction
from engine.store.tables import Moment, sending

KEPT = timedelta(days=1)
"""So long is what was sent twice known as one."""


@dataclass(frozen=True)
class Sending:
    """Something that somebody sends to an address with a key; `content` is all that it brings."""

    person_id: str
    address: str
    key: str
    content: bytes

    @property
    def id(self) -> str:
        """Names it in the table, and tells nobody who sent it."""
        return hashlib.sha256("\n".join((self.person_id, self.address, self.key)).encode()).hexdigest()

    @property
    def mark(self) -> str:
        """By what it is known that the same was sent again; without the key it tells nothing."""
        return hmac.new(self.key.encode(), self.content, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Made:
    """What came of a sending: how it was answered, and where that leads or what it says."""

    status: int
    answer: str
    same: bool


def begin(tx: Transaction, sent: Sending, now: datetime) -> Made | None:
    """Take the key for this transaction; what came of it where it was taken before. One who comes at the same moment
    waits until the first is done.
    """
    server = tx.dialect.name == "postgresql"
    insert, newest = (postgresql.insert, sa.func.greatest) if server else (sqlite.insert, sa.func.max)
    # Where the clock was put back, what is sent now is as new as what was sent before: once the clock is right again
    # it would seem to be of long ago, and be forgotten at once.
    moment = sa.literal(now, Moment)
    latest = sa.select(sa.func.coalesce(sa.func.max(sending.c.at), moment)).scalar_subquery()
    row = {"id": sent.id, "mark": sent.mark, "at": newest(moment, latest)}
    take = insert(sending).values(row).on_conflict_do_nothing().returning(sending.c.id)
    if tx.execute(take).first() is not None:
        return None
    taken = tx.execute(sa.select(sending).where(sending.c.id == sent.id)).one()
    return Made(taken.status, taken.answer, hmac.compare_digest(taken.mark, sent.mark))


def keep(tx: Transaction, sent: Sending, status: int, answer: str) -> None:
    """Say what came of it; `answer` holds ids and addresses, never what a family told."""
    tx.execute(sa.update(sending).where(sending.c.id == sent.id).values(status=status, answer=answer))


def free(tx: Transaction, sent: Sending) -> None:
    """Give the key back, since nothing came of it."""
    tx.execute(sa.delete(sending).where(sending.c.id == sent.id))


def over(tx: Transaction, now: datetime) -> bool:
    """Whether something was kept long enough."""
    return tx.execute(sa.select(sending.c.id).where(sending.c.at <= now - KEPT).limit(1)).first() is not None


def clear(tx: Transaction, now: datetime) -> None:
    """Drop what was kept long enough."""
    tx.execute(sa.delete(sending).where(sending.c.at <= now - KEPT))

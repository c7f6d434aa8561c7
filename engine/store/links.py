"""Links by which somebody answers without signing in, each once. Of what stands in a link only a hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import answer_link
from engine.words import LinkKind


@dataclass(frozen=True)
class Link:
    """What a link is for: `subject` is what it is about, in a case, by the number that its kind knows it by. It was
    made for `person`, "" for somebody without an account.
    """

    hash: str
    kind: LinkKind
    subject: str
    case_id: int
    person: str
    expires_at: datetime


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def add(
    tx: Transaction, kind: LinkKind, subject: str, case_id: int, person: str, now: datetime, expires: datetime
) -> str:
    """Make a link that works until `expires`; gives what stands in it, which nobody can tell again."""
    token = secrets.token_urlsafe(24)
    values = {"kind": kind, "subject": subject, "person_id": person or None, "case_id": case_id}
    tx.execute(sa.insert(answer_link).values(hash=_hash(token), made_at=now, expires_at=expires, **values))
    return token


def one(tx: Transaction, token: str, now: datetime) -> Link | None:
    """The link of which this is the token, where it works; nothing changes by looking."""
    works = sa.and_(answer_link.c.hash == _hash(token), answer_link.c.used_at.is_(None), answer_link.c.expires_at > now)
    row = tx.execute(sa.select(answer_link).where(works)).first()
    if row is None:
        return None
    return Link(row.hash, LinkKind(row.kind), row.subject, row.case_id, row.person_id or "", row.expires_at)


def use(tx: Transaction, used: Link, now: datetime) -> bool:
    """Let this link work no more, since it is answered by; False where another was first."""
    works = sa.and_(answer_link.c.hash == used.hash, answer_link.c.used_at.is_(None))
    return tx.execute(sa.update(answer_link).where(works).values(used_at=now)).rowcount == 1


def over(tx: Transaction, now: datetime) -> bool:
    """Whether there are links that can't be used any more."""
    return tx.execute(sa.select(answer_link.c.hash).where(answer_link.c.expires_at <= now).limit(1)).first() is not None


def clear(tx: Transaction, now: datetime) -> None:
    """Forget the links that can't be used any more."""
    tx.execute(sa.delete(answer_link).where(answer_link.c.expires_at <= now))

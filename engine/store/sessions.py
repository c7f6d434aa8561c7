"""Who is signed in, since when, and how they came in. Of a session's token only a hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.access import Appointment, Person
from engine.store.database import Transaction, known_text
from engine.store.tables import appointment, person, session

REMEMBERED = timedelta(days=7)
"""So long after a session ran out it is known whose it was: what a page of it still sends is kept for that person."""

SEEN_AGAIN = timedelta(minutes=1)
"""That somebody is still there is written no more often than this: reading stays reading."""


@dataclass(frozen=True)
class Session:
    """One session: `way` is the provider by which somebody came in, `hat` as what they act, "" where none is chosen."""

    id: str
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime
    way: str
    hat: str

    def is_to_be_seen(self, now: datetime) -> bool:
        """Whether it is time to write down that somebody is still there."""
        return now - self.seen_at >= SEEN_AGAIN


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(tx: Transaction, person_id: str, now: datetime, expires_at: datetime, way: str = "") -> str:
    """Start a session and give its token. Who reads the table can't sign in with what stands there."""
    token = secrets.token_urlsafe(32)
    values = {"person_id": person_id, "begun_at": now, "seen_at": now, "expires_at": expires_at, "way": way}
    tx.execute(sa.insert(session).values(id=_hash(token), **values))
    return token


# built once, since each request asks it
_RUNNING = (
    sa.select(
        person,
        appointment.c.role,
        appointment.c.municipality,
        *(each.label(f"session_{each.name}") for each in session.c),
    )
    .select_from(session.join(person).outerjoin(appointment, appointment.c.person_id == person.c.id))
    .where(session.c.id == sa.bindparam("id"), session.c.expires_at > sa.bindparam("now"), person.c.ended_at.is_(None))
)
_ACTIVE = _RUNNING.where(session.c.seen_at > sa.bindparam("since"))


def one(tx: Transaction, token: str, now: datetime, idle: timedelta | None = None) -> tuple[Session, Person] | None:
    """A session that still runs, with whose it is and their roles, in one query; where `idle` says so only one in which
    somebody did something less than so long ago.
    """
    asked = {"id": _hash(token), "now": now}
    rows = tx.execute(*((_RUNNING, asked) if idle is None else (_ACTIVE, {**asked, "since": now - idle}))).all()
    if not rows:
        return None
    first = rows[0]
    roles = tuple(Appointment(r.role, r.municipality) for r in rows if r.role is not None)
    who = Person(first.id, first.name, first.organisation, first.function, roles)
    times = (first.session_begun_at, first.session_seen_at, first.session_expires_at)
    return Session(first.session_id, *times, first.session_way, first.session_hat), who


def owner(tx: Transaction, token: str) -> str | None:
    """The id of whose session this is or was, as long as that is known."""
    return tx.execute(sa.select(session.c.person_id).where(session.c.id == _hash(token))).scalar()


def of_person(tx: Transaction, person_id: str, now: datetime) -> tuple[Session, ...]:
    """The sessions of somebody that did not run out, the newest first."""
    query = (
        sa.select(session)
        .where(session.c.person_id == person_id, session.c.expires_at > now)
        .order_by(session.c.seen_at.desc(), session.c.id)
    )
    return tuple(
        Session(row.id, row.begun_at, row.seen_at, row.expires_at, row.way, row.hat) for row in tx.execute(query)
    )


def put_on(tx: Transaction, token: str, hat: str) -> None:
    """Let the person of a session act as this from now on."""
    tx.execute(sa.update(session).where(session.c.id == _hash(token)).values(hat=hat))


def seen(tx: Transaction, token: str, now: datetime) -> None:
    """Write down that somebody is still there."""
    tx.execute(sa.update(session).where(session.c.id == _hash(token), session.c.seen_at < now).values(seen_at=now))


def prolong(tx: Transaction, token: str, now: datetime, expires_at: datetime) -> None:
    """Let a session that is seen now run until a later moment."""
    tx.execute(sa.update(session).where(session.c.id == _hash(token)).values(seen_at=now, expires_at=expires_at))


def sweep(tx: Transaction, now: datetime) -> None:
    """Take away the sessions that ran out, once nobody may still send what they typed in one."""
    tx.execute(sa.delete(session).where(session.c.expires_at <= now - REMEMBERED))


def close(tx: Transaction, token: str) -> None:
    """End the session of a token."""
    tx.execute(sa.delete(session).where(session.c.id == _hash(token)))


def close_of(tx: Transaction, person_id: str, id: str = "") -> int:
    """End one session of somebody, or all of them where `id` names none; gives how many ended."""
    mine = session.c.person_id == person_id
    chosen = sa.and_(mine, session.c.id == known_text(id)) if id else mine
    return tx.execute(sa.delete(session).where(chosen)).rowcount

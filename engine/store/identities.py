"""By what people are known at the door: who they are at a provider, and the invitation that let them in first."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.store.database import Transaction, known_text
from engine.store.tables import identity, invitation, person


@dataclass(frozen=True)
class Invitation:
    """That somebody may come in for the first time, once, until a moment. `mark` is what its link is made of."""

    id: int
    person_id: str
    name: str
    mark: str
    expires_at: datetime


def known(tx: Transaction, issuer: str, subject: str) -> str:
    """The person whom a provider knows by this subject, "" where that is nobody who works here now. Nothing else says
    who it is.
    """
    mine = sa.and_(identity.c.issuer == issuer, identity.c.subject == known_text(subject))
    query = sa.select(identity.c.person_id).join(person).where(mine, person.c.ended_at.is_(None))
    return str(tx.execute(query).scalar() or "")


def invite(tx: Transaction, person_id: str, mail: str, now: datetime, expires_at: datetime) -> Invitation:
    """Let who signs in first with this mail address, or by the link, be this person; an earlier invitation ends."""
    withdraw(tx, person_id)
    mark, name = secrets.token_hex(16), sa.select(person.c.name).where(person.c.id == person_id)
    values = {"mail": _alike(mail), "mark": mark, "created_at": now, "expires_at": expires_at}
    made = tx.execute(sa.insert(invitation).values(person_id=person_id, **values).returning(invitation.c.id))
    return Invitation(made.scalar_one(), person_id, str(tx.execute(name).scalar()), mark, expires_at)


def withdraw(tx: Transaction, person_id: str) -> None:
    """Let the invitation of somebody that was not used yet count no more."""
    tx.execute(sa.delete(invitation).where(invitation.c.person_id == person_id, invitation.c.used_at.is_(None)))


def forget(tx: Transaction, person_id: str) -> bool:
    """Let no provider's subject be this person any more; whether one was."""
    return tx.execute(sa.delete(identity).where(identity.c.person_id == person_id)).rowcount > 0


def invited(tx: Transaction, now: datetime, *, mark: str = "", person_id: str = "") -> Invitation | None:
    """The invitation of this mark, or of this person, that counts still."""
    mine = invitation.c.mark == known_text(mark) if mark else invitation.c.person_id == known_text(person_id)
    counts = sa.and_(mine, invitation.c.used_at.is_(None), invitation.c.expires_at > now, person.c.ended_at.is_(None))
    row = tx.execute(sa.select(invitation, person.c.name).join(person).where(counts)).first()
    return Invitation(row.id, row.person_id, row.name, row.mark, row.expires_at) if row is not None else None


def accept(tx: Transaction, id: int, now: datetime) -> bool:
    """Use an invitation; False where somebody was first."""
    mine = sa.and_(invitation.c.id == id, invitation.c.used_at.is_(None))
    return tx.execute(sa.update(invitation).where(mine).values(used_at=now)).rowcount == 1


def bind(tx: Transaction, issuer: str, subject: str, mail: str, now: datetime) -> str:
    """Let a provider's subject be from now on who was invited by this mail address, once; "" where nobody was, or more
    than one.
    """
    waiting = sa.and_(invitation.c.used_at.is_(None), invitation.c.expires_at > now)
    mine = sa.and_(invitation.c.mail == _alike(mail), waiting)
    query = sa.select(invitation.c.person_id).join(person).where(mine, person.c.ended_at.is_(None))
    people = tx.execute(query).scalars().all()
    if len(people) != 1:
        return ""
    if tx.execute(sa.update(invitation).where(mine).values(used_at=now)).rowcount != 1:
        return ""  # another came first
    tx.execute(sa.insert(identity).values(issuer=issuer, subject=known_text(subject), person_id=people[0]))
    return str(people[0])


def _alike(mail: str) -> str:
    return known_text(mail).strip().lower()

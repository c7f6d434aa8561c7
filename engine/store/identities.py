"""By what people are known at the door: who they are at a provider, and the invitation that let them in first."""

from datetime import datetime

import sqlalchemy as sa

from engine.store.database import Transaction, known_text
from engine.store.tables import identity, invitation, person


def known(tx: Transaction, issuer: str, subject: str) -> str:
    """The person whom a provider knows by this subject, "" where that is nobody who works here now. Nothing else says
    who it is.
    """
    mine = sa.and_(identity.c.issuer == issuer, identity.c.subject == known_text(subject))
    query = sa.select(identity.c.person_id).join(person).where(mine, person.c.ended_at.is_(None))
    return str(tx.execute(query).scalar() or "")


def invite(tx: Transaction, person_id: str, mail: str, now: datetime, expires_at: datetime) -> int:
    """Let who signs in first with this mail address be this person; an earlier invitation of theirs ends. Gives the
    number of the new one.
    """
    tx.execute(sa.delete(invitation).where(invitation.c.person_id == person_id, invitation.c.used_at.is_(None)))
    values = {"mail": _alike(mail), "created_at": now, "expires_at": expires_at}
    made = tx.execute(sa.insert(invitation).values(person_id=person_id, **values).returning(invitation.c.id))
    return int(made.scalar_one())


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

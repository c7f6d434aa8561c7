"""Letting somebody in who signs in for the first time, and telling people what happened to their ways in.

The link of an invitation is its mark with a seal, made with a secret that stands in no table: who reads the database
can't come in by it, and a mail that is sent once more leads to the same page.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import datetime, timedelta

from engine import store
from engine.deadlines import in_words
from engine.errors import InvalidDataError
from engine.store.identities import Invitation
from engine.words import Letter, StaffChange

TERM = timedelta(days=14)
MARK = 32
"""How many letters of a token are the mark; the rest is the seal."""


def token(secret: str, mark: str) -> str:
    """What stands in the link of an invitation."""
    seal = hmac.new(secret.encode(), f"uitnodiging:{mark}".encode(), hashlib.sha256).digest()
    return mark + urlsafe_b64encode(seal).decode().rstrip("=")


def page_of(secret: str, invitation: Invitation) -> str:
    """The page where somebody accepts an invitation; where no secret seals links that is the door, for who has a
    provider.
    """
    return f"/uitnodiging/{token(secret, invitation.mark)}" if secret else "/aanmelden"


def opened(tx: store.Transaction, secret: str, given: str, now: datetime) -> Invitation | None:
    """The invitation to which this token belongs, where it counts still; nothing changes by looking."""
    mark = given[:MARK]
    known = bool(secret) and len(mark) == MARK and hmac.compare_digest(token(secret, mark).encode(), given.encode())
    return store.identities.invited(tx, now, mark=mark) if known else None


def invite(tx: store.Transaction, id: str, actor: str, now: datetime, *, mails: bool) -> Invitation:
    """Invite somebody who works here by the mail address that is known of this person; an earlier invitation ends.
    Where the house `mails`, a letter brings it. `actor` is "" for the command line.

    Raises InvalidDataError where no address is known or this person stopped.
    """
    employee = store.staff.one(tx, id)
    if employee.ended_at is not None:
        raise InvalidDataError(f"{employee.person.name} werkt hier niet meer.")
    if not employee.mail:
        raise InvalidDataError(f"Van {employee.person.name} is geen mailadres bekend. Vul dat eerst in.")
    withdraw(tx, id)
    invitation = store.identities.invite(tx, id, employee.mail, now, now + TERM)
    if mails:
        fields = {"tot": in_words(invitation.expires_at)}
        store.letters.put(tx, f"{Letter.INVITATION}:{invitation.id}", id, Letter.INVITATION, fields, now)
    store.staff.happened(tx, now, actor, id, [(StaffChange.INVITED, "", {})])
    return invitation


def withdraw(tx: store.Transaction, id: str) -> None:
    """Let the invitation of somebody count no more, and its mail not leave any more."""
    store.identities.withdraw(tx, id)
    store.letters.withdraw(tx, id, Letter.INVITATION)


def reach_at(tx: store.Transaction, id: str, mail: str, actor: str, now: datetime) -> None:
    """Let this be the mail address of somebody from now on. An invitation to another one counts no more."""
    employee = store.staff.one(tx, id)
    if mail != employee.mail:
        withdraw(tx, id)
        store.staff.keep(tx, replace(employee, mail=mail))
        changed = {"wat": {"mail": [employee.mail, mail]}}
        store.staff.happened(tx, now, actor, id, [(StaffChange.CHANGED, "", changed)])


def tell(tx: store.Transaction, id: str, letter: Letter, now: datetime) -> None:
    """Tell somebody by mail what happened to their ways in."""
    if store.staff.one(tx, id).mail:
        store.letters.put(tx, f"{letter}:{id}:{now.isoformat()}", id, letter, {"dag": in_words(now)}, now)


def let_in_anew(tx: store.Transaction, id: str) -> bool:
    """Let somebody come in by an invitation from now on only: sessions, keys, codes and what a provider knows this
    person by end. Whether there was a way in.
    """
    withdraw(tx, id)
    store.sessions.close_of(tx, id)
    keys, known = store.keys.forget(tx, id), store.identities.forget(tx, id)
    return keys or known


def end(tx: store.Transaction, id: str) -> None:
    """Take away each way in of somebody who stopped: keys, codes, an invitation, and mail that has yet to leave."""
    store.keys.forget(tx, id)
    store.identities.withdraw(tx, id)
    store.letters.withdraw(tx, id)

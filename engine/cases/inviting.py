"""Letting somebody in who signs in for the first time: an invitation, and the mail that brings it."""

from dataclasses import replace
from datetime import datetime, timedelta

from engine import store
from engine.deadlines import in_words
from engine.errors import InvalidDataError
from engine.words import Letter, StaffChange

TERM = timedelta(days=14)


def invite(tx: store.Transaction, id: str, actor: str, now: datetime, *, mails: bool) -> None:
    """Invite somebody who works here by the mail address that is known of this person; an earlier invitation ends.
    Where the house `mails`, a letter says so. `actor` is "" for the command line.

    Raises InvalidDataError where no address is known or this person stopped.
    """
    employee = store.staff.one(tx, id)
    if employee.ended_at is not None:
        raise InvalidDataError(f"{employee.person.name} werkt hier niet meer.")
    if not employee.mail:
        raise InvalidDataError(f"Van {employee.person.name} is geen mailadres bekend. Vul dat eerst in.")
    expires = now + TERM
    number = store.identities.invite(tx, id, employee.mail, now, expires)
    store.letters.withdraw(tx, id, Letter.INVITATION)
    if mails:
        store.letters.put(tx, f"{Letter.INVITATION}:{number}", id, Letter.INVITATION, {"tot": in_words(expires)}, now)
    store.staff.happened(tx, now, actor, id, [(StaffChange.INVITED, "", {})])


def reach_at(tx: store.Transaction, id: str, mail: str, actor: str, now: datetime) -> None:
    """Let this be the mail address of somebody from now on."""
    employee = store.staff.one(tx, id)
    if mail != employee.mail:
        store.staff.keep(tx, replace(employee, mail=mail))
        changed = {"wat": {"mail": [employee.mail, mail]}}
        store.staff.happened(tx, now, actor, id, [(StaffChange.CHANGED, "", changed)])

"""`knooppunt uitnodigen` and `knooppunt begin`: letting somebody in who signs in for the first time."""

import argparse
import secrets
from contextlib import closing
from datetime import UTC, datetime

from api.command.migrate import configured, opened
from api.configuration import Configuration
from engine import store
from engine.access import Appointment, Person
from engine.cases import inviting, staff
from engine.errors import ConflictError, InvalidDataError
from engine.words import RoleId

NO_WAY_IN = (
    "Wie je nu uitnodigt, kan niet binnenkomen. Stel eerst een geheim voor links in (web.secret_file), of de inlog van "
    "een organisatie ([[provider]])."
)


def run(chosen: argparse.Namespace) -> int:
    """Invite a person who is known, or with `begin` the first beheerder; where there is one, that does nothing."""
    configuration = configured(chosen)
    if chosen.mail and not staff.MAIL.fullmatch(chosen.mail):
        raise InvalidDataError(f"'{chosen.mail}' is geen mailadres. Schrijf het zoals naam@organisatie.nl.")
    if not configuration.web.secret and not configuration.provider:
        raise ConflictError(NO_WAY_IN)
    with closing(opened(configuration)) as database, database.writing() as tx:
        if chosen.begins:
            admins = [p for p in store.people.everyone(tx) for a in p.appointments if a.role == RoleId.BEHEERDER]
            if admins:
                print(f"Er is al een beheerder ({admins[0].id}). Er is niets veranderd.")
                return 0
            own = (Appointment(RoleId.BEHEERDER, chosen.municipality),)
            person = Person(f"beheerder_{secrets.token_hex(4)}", chosen.name, "", "", own)
            store.people.save(tx, [person])
        else:
            person = store.people.one(tx, chosen.person)
        print(_invited(tx, configuration, person, chosen.mail))
    return 0


def _invited(tx: store.Transaction, configuration: Configuration, person: Person, mail: str) -> str:
    """Invite somebody; gives what to tell of it."""
    now = datetime.now(UTC)
    if mail:
        inviting.reach_at(tx, person.id, mail, "", now)
    mails = configuration.mail.server is not None
    invitation = inviting.invite(tx, person.id, "", now, mails=mails)
    known = store.staff.one(tx, person.id).mail
    sentence = f"{person.name} ({person.id}) is {inviting.TERM.days} dagen uitgenodigd, met {known}."
    if mails:
        return f"{sentence} De mail gaat weg zodra de worker draait."
    link = configuration.web.address.rstrip("/") + inviting.page_of(configuration.web.secret, invitation)
    return f"{sentence} Geef deze link door, aan niemand anders: {link}"

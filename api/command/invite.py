"""`knooppunt uitnodigen` and `knooppunt begin`: letting somebody in who signs in for the first time."""

import argparse
import secrets
from contextlib import closing
from datetime import UTC, datetime, timedelta

from api.command.migrate import configured, opened
from engine import store
from engine.access import Appointment, Person
from engine.errors import InvalidDataError
from engine.words import RoleId

TERM = timedelta(days=14)


def run(chosen: argparse.Namespace) -> int:
    """Invite a person who is known, or with `begin` the first beheerder; where there is one, that does nothing."""
    configuration, now = configured(chosen), datetime.now(UTC)
    if "@" not in chosen.mail:
        raise InvalidDataError(f"'{chosen.mail}' is geen e-mailadres.")
    with closing(opened(configuration)) as database, database.writing() as tx:
        if chosen.begins:
            admins = [p for p in store.people.everyone(tx) for a in p.appointments if a.role == RoleId.BEHEERDER]
            if admins:
                print(f"Er is al een beheerder ({admins[0].id}). Er is niets veranderd.")
                return 0
            person = Person(
                f"beheerder_{secrets.token_hex(4)}", chosen.name, "", "",
                (Appointment(RoleId.BEHEERDER, chosen.municipality),),
            )  # fmt: skip
            store.people.save(tx, [person])
        else:
            person = store.people.one(tx, chosen.person)
        store.identities.invite(tx, person.id, chosen.mail, now, now + TERM)
    print(
        f"{person.name} ({person.id}) kan zich {TERM.days} dagen lang voor het eerst aanmelden met {chosen.mail}, op "
        f"{configuration.web.address.rstrip('/')}/aanmelden."
    )
    return 0

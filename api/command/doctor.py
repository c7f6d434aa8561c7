"""`knooppunt doctor`: what is wrong with an installation, and what to do about it."""

import argparse
from contextlib import closing
from datetime import UTC, datetime

from api.command import keeping
from api.command.migrate import configured, opened
from api.configuration import MailSettings
from api.health import LATE
from engine import store
from engine.cases import Library
from engine.mail import Sender, UndeliveredError
from engine.words import RoleId

UNPUBLISHED = "Er is nog geen regio gepubliceerd. Niemand kan een signaal invoeren. Voer uit: knooppunt publish REGIO."
NOBODY = "Er is geen beheerder. Niemand kan mensen toelaten. Maak er een."
STUCK = "{0} keer lukt iets niet wat Knooppunt later moet doen. Wie het overzicht houdt, ziet welke dossiers het zijn."
LATE_ = "{0} dingen hadden al gedaan moeten zijn. Er draait geen worker. Start die: knooppunt worker."
NO_WAY_IN = (
    "Niemand kan zich aanmelden: er is geen inlog van een organisatie ([[provider]]) en geen geheim voor uitnodigingen "
    "met een link (web.secret_file)."
)
MAIL = "De mailserver {0} doet het niet ({1}). Er gaat nu geen mail weg. Kijk de instellingen onder [mail] na."
MAIL_STUCK = "{0} mails komen niet aan ({1}). Geeft een mailserver een adres terug, kijk dat adres dan na."
DAMAGED = "Het bestand van de database is beschadigd ({0}). Zet de nieuwste kopie terug: knooppunt restore BESTAND."


def run(chosen: argparse.Namespace) -> int:
    """Tell what is wrong, one sentence a line; 1 where anything is. What keeps the database from being opened at all
    is told as everywhere.
    """
    configuration = configured(chosen)
    with closing(opened(configuration)) as database:
        closed = () if configuration.provider or configuration.web.secret else (NO_WAY_IN,)
        wrong = (
            *_wrong(database), *closed, *_wrong_with_mail(configuration.mail), *keeping.sentences(database)
        )  # fmt: skip
    for sentence in wrong:
        print(f"- {sentence}")
    if not wrong:
        print("Alles is in orde.")
    return 1 if wrong else 0


def _wrong(database: store.Database) -> tuple[str, ...]:
    with database.reading() as tx:
        damaged = store.damage(tx)
        before = datetime.now(UTC) - LATE
        stuck, late = store.jobs.stuck(tx), store.jobs.late(tx, before) + store.letters.late(tx, before)
        letters = [letter for letter in store.letters.waiting(tx) if letter.stuck]
        kinds = ", ".join(sorted({letter.last_error for letter in letters}))
        admin = any(a.role == RoleId.BEHEERDER for p in store.people.everyone(tx) for a in p.appointments)
        ways = (
            (damaged, DAMAGED.format(damaged)),
            (not Library().current(tx), UNPUBLISHED),
            (not admin, NOBODY),
            (stuck, STUCK.format(stuck)),
            (late, LATE_.format(late)),
            (letters, MAIL_STUCK.format(len(letters), kinds)),
        )
    return tuple(sentence for is_so, sentence in ways if is_so)


def _wrong_with_mail(settings: MailSettings) -> tuple[str, ...]:
    """Whether the mail server, where there is one, lets us in; nothing is sent."""
    if settings.server is None:
        return ()
    try:
        Sender(settings.server, "https://localhost", str).knock()
    except UndeliveredError as error:
        return (MAIL.format(f"{settings.host}:{settings.port}", error.kind),)
    return ()

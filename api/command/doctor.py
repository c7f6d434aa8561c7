"""`knooppunt doctor`: what is wrong with an installation, and what to do about it."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from api.command import keeping
from api.command.migrate import configured, opened
from api.configuration import MailSettings
from api.health import LATE
from engine import deadlines, store
from engine.cases import Library
from engine.mail import Sender, UndeliveredError
from engine.words import RoleId

UNPUBLISHED = "Er is nog geen regio gepubliceerd. Niemand kan een signaal invoeren. Voer uit: knooppunt publish REGIO."
NOBODY = "Er is geen beheerder. Niemand kan mensen toelaten. Maak er een."
STUCK = "{0} keer lukt iets niet wat Knooppunt later moet doen. Wie het overzicht houdt, ziet welke dossiers het zijn."
LATE_ = (
    "Sinds {0} blijft er werk liggen (klussen: {1}, mails: {2}). Er draait geen worker. Start die: knooppunt worker."
)
NO_WAY_IN = (
    "Niemand kan zich aanmelden: er is geen inlog van een organisatie ([[provider]]) en geen geheim voor uitnodigingen "
    "met een link (web.secret_file)."
)
MAIL = "De mailserver {0} doet het niet ({1}). Er gaat nu geen mail weg. Kijk de instellingen onder [mail] na."
MAIL_STUCK = "{0} mails komen niet aan ({1}). Geeft een mailserver een adres terug, kijk dat adres dan na."
NO_ROOM = (
    "De schijf van de database raakt vol: er is nog {0} MB vrij, en {1} MB is nodig om te wissen wat weg moet. Maak "
    "ruimte, anders kan straks niemand iets opslaan."
)
CLOCK = (
    "Er staat al iets in het inkijklog van {0}, en hier is het {1}. De klok van deze machine loopt achter, of liep "
    "voor. Zet haar gelijk (timedatectl): termijnen en herinneringen gaan af op die klok."
)
TWO_CLOCKS = (
    "De klok van deze machine en die van de database schelen {0} seconden. Zet beide gelijk (timedatectl): termijnen "
    "en herinneringen gaan af op de klok van deze machine."
)
BROKEN = (
    "Het inkijklog klopt niet bij schakel {0}: daar is iets veranderd, verwijderd of toegevoegd. Voer uit: knooppunt "
    "audit verify. Meld het bij de functionaris gegevensbescherming."
)
LINKS = 1000
"""So many links of the look-log are read; `audit verify` reads all."""

LEAST_ROOM = 200_000_000
"""With fewer bytes than that a disk is full soon, however small the database is."""

OFF = timedelta(minutes=1)
"""A clock that is off by more than that is wrong."""

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
    now = datetime.now(UTC)
    with database.reading() as tx:
        damaged = store.damage(tx)
        if damaged:
            return (DAMAGED.format(damaged),)  # what else it says is not to be trusted
        stuck = store.jobs.stuck(tx)
        letters = [letter for letter in store.letters.waiting(tx) if letter.stuck]
        kinds = ", ".join(sorted({letter.last_error for letter in letters}))
        admin = any(a.role == RoleId.BEHEERDER for p in store.people.everyone(tx) for a in p.appointments)
        broken = store.looks.verify(tx, last=LINKS).broken
        ways = (
            (not Library().current(tx), UNPUBLISHED),
            (not admin, NOBODY),
            (stuck, STUCK.format(stuck)),
            (letters, MAIL_STUCK.format(len(letters), kinds)),
            (broken, BROKEN.format(broken[0] if broken else "")),
        )
        said = (sentence for is_so, sentence in ways if is_so)
        return (*said, *_overdue(tx, now), *_wrong_with_clocks(tx, now), *_wrong_with_room(database))


def _overdue(tx: store.Transaction, now: datetime) -> Iterator[str]:
    """What no worker took for long, be it that a look waits for its place in the chain."""
    waits = (store.jobs.next_due(tx), store.letters.next_due(tx), store.looks.waiting_since(tx))
    since = min((moment for moment in waits if moment is not None), default=now)
    if since < now - LATE:
        jobs, letters = store.jobs.late(tx, now - LATE), store.letters.late(tx, now - LATE)
        yield LATE_.format(_moment(since), jobs, letters)


def _wrong_with_clocks(tx: store.Transaction, now: datetime) -> Iterator[str]:
    newest = store.looks.newest(tx)
    if newest is not None and newest > now + OFF:
        yield CLOCK.format(_moment(newest), _moment(now))
    theirs = store.clock(tx)
    if theirs is not None and abs(theirs - now) > OFF:
        yield TWO_CLOCKS.format(round(abs(theirs - now).total_seconds()))


def _wrong_with_room(database: store.Database) -> Iterator[str]:
    room = database.room()
    if room is not None:
        free, needed = room[0], max(room[1], LEAST_ROOM)
        if free < needed:
            yield NO_ROOM.format(free // 1_000_000, needed // 1_000_000)


def _moment(at: datetime) -> str:
    return at.astimezone(deadlines.ZONE).strftime("%d-%m-%Y %H:%M")


def _wrong_with_mail(settings: MailSettings) -> tuple[str, ...]:
    """Whether the mail server, where there is one, lets us in; nothing is sent."""
    if settings.server is None:
        return ()
    try:
        Sender(settings.server, "https://localhost", str).knock()
    except UndeliveredError as error:
        return (MAIL.format(f"{settings.host}:{settings.port}", error.kind),)
    return ()

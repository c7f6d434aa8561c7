"""`knooppunt migrate`: the database in its newest shape; every other verb only looks whether it has that."""

import argparse
from dataclasses import replace

from api import configuration
from api.configuration import Configuration
from engine import store
from engine.errors import ConflictError
from engine.store.database import Shape

BEHIND = (
    "Deze database heeft nog niet de vorm die deze versie van Knooppunt verwacht. Maak eerst een reservekopie en "
    "voer dan uit: knooppunt migrate."
)
AHEAD = (
    "Deze database is al gebruikt door een nieuwere versie van Knooppunt. Terug kan niet: dan raken gegevens kwijt. "
    "Installeer die nieuwere versie weer, of zet de reservekopie terug van voor de overstap."
)


def run(chosen: argparse.Namespace) -> int:
    """Bring the database up to date and do nothing more."""
    migrated(configured(chosen)).close()
    return 0


def configured(chosen: argparse.Namespace) -> Configuration:
    """The configuration that `--config` names; `--database` goes before what it says. Raises InvalidDataError."""
    read = configuration.load(chosen.config)
    return replace(read, database=replace(read.database, url=chosen.database)) if chosen.database else read


def migrated(configuration: Configuration) -> store.Database:
    """The database, brought up to date first. Raises ConflictError where a newer version of the code has used it."""
    database = _database(configuration)
    if database.shape() is Shape.NEWER:
        database.close()
        raise ConflictError(AHEAD)
    database.migrate()
    return database


def opened(configuration: Configuration) -> store.Database:
    """The database as it is. Raises ConflictError where it has not the shape that this version expects: who starts a
    newer version decides when tables change, not whichever process comes first.
    """
    database = _database(configuration)
    shape = database.shape()
    if shape is not Shape.NEWEST:
        database.close()
        raise ConflictError(AHEAD if shape is Shape.NEWER else BEHIND)
    return database


def _database(configuration: Configuration) -> store.Database:
    return store.Database(configuration.database.url, configuration.database.password)

"""`knooppunt migrate`: the database in its newest shape."""

import argparse
from dataclasses import replace

from api import configuration
from api.configuration import Configuration, DatabaseSettings
from engine import store


def run(chosen: argparse.Namespace) -> int:
    """Bring the database up to date and do nothing more."""
    migrated(configured(chosen).database.url).close()
    return 0


def configured(chosen: argparse.Namespace) -> Configuration:
    """The configuration that `--config` names; `--database` goes before what it says. Raises InvalidDataError."""
    read = configuration.load(chosen.config)
    return replace(read, database=DatabaseSettings(chosen.database)) if chosen.database else read


def migrated(url: str) -> store.Database:
    """The database at this address, brought up to date first."""
    database = store.Database(url)
    database.migrate()
    return database

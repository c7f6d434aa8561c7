"""`knooppunt migrate`: the database in its newest shape."""

import argparse

from engine import store


def run(chosen: argparse.Namespace) -> int:
    """Bring the database up to date and do nothing more."""
    migrated(chosen.database).close()
    return 0


def migrated(url: str) -> store.Database:
    """The database at this address, brought up to date first."""
    database = store.Database(url)
    database.migrate()
    return database

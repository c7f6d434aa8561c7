"""What the oracle's tests share: a case in the application, beside the same case by the rules."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random

import pytest

from api.app import create_app
from api.request import House
from engine import store
from engine.cases import Library, sociale_kaart
from engine.definitions.sociale_kaart import Sheet, SocialeKaart, Subject, made
from engine.store import Database
from tests.conftest import BEGIN, SqliteDatabases
from tests.engine import playing
from tests.oracle import generate, process
from tests.oracle.generate import World

Make = Callable[[int], World]


HELPS = {"id": "heuvelkind", "name": "Heuvelkind", "kind": "jgz", "domain": "medisch", "topics": "geld"}
KAART = SocialeKaart(
    topics=(Subject("geld", "Geld"),),
    organisations=(made(Sheet.ORGANISATIONS, {**HELPS, "audience": "ouder", "does": "Helpt."}),),
)
"""One topic, and one organisation of the process that helps with it."""


def published(url: str) -> None:
    """The process of the oracle published, and its people."""
    database = Database(url)
    playing.publish(database, BEGIN, process.definition(), staff=generate.people())
    with database.writing() as tx:
        sociale_kaart.begin(tx, process.definition().settings, KAART, BEGIN)
        for absent, deputy in generate.ABSENT.items():
            store.absences.add(tx, absent, date(2000, 1, 1), date(2100, 1, 1), deputy)
    database.close()


@pytest.fixture
def world_on(library: Library) -> Iterator[Callable[[str, int], World]]:
    """Makes a world in the database at a URL, from a seed."""
    with ExitStack() as stack:

        def world(url: str, seed: int) -> World:
            database = Database(url)
            stack.callback(database.close)
            app = create_app(House(database, library, demo=True))
            made = World(app, database, Random(seed))  # noqa: S311 - the same again for the same seed
            stack.callback(made.close)
            return made

        yield world


@pytest.fixture
def make(world_on: Callable[[str, int], World], sqlite_databases: SqliteDatabases, tmp_path: Path) -> Make:
    """Makes worlds in SQLite, any number in one test."""
    numbers = itertools.count()
    return lambda seed: world_on(sqlite_databases.copy(published, tmp_path / f"{next(numbers)}.sqlite"), seed)

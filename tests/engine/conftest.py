"""What the tests of the engine share: a database in which the processes are published, and a case in it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from engine.cases import Library
from engine.store import Database
from tests.engine import playing
from tests.engine.playing import Play

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def library() -> Library:
    """Models are built once: they never change, and every test asks for the same ones."""
    return Library()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens databases and closes them after the test."""
    with ExitStack() as stack:

        def open_(url: str) -> Database:
            database = Database(url)
            stack.callback(database.close)
            return database

        yield open_


@pytest.fixture
def database(database_url: str, opened: Callable[[str], Database]) -> Database:
    """Both processes of Zuid-Limburg published, and its people, on SQLite and on PostgreSQL."""
    found = opened(database_url)
    playing.publish(found, NOW, playing.definition("casus"), playing.definition("opzetten"))
    return found


@pytest.fixture
def play(database: Database, library: Library) -> Play:
    """A clock at nine o'clock on a Monday, and no case yet."""
    return Play(database, library, NOW)


@pytest.fixture
def small(database_url: str, opened: Callable[[str], Database], library: Library) -> Play:
    """The process of two steps published, and no case yet."""
    found = opened(database_url)
    playing.publish(found, NOW, playing.small())
    return Play(found, library, NOW)

"""What the tests of the engine share: a database in which the processes are published, and a case in it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from engine.cases import Library
from engine.checks import patience
from engine.store import Database
from tests.conftest import BEGIN, CopyOf
from tests.engine import playing
from tests.engine.playing import Play

NOW = BEGIN


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long somebody waits on a busy machine is no test of ours; the processor time that may be spent is."""
    monkeypatch.setattr(patience, "PATIENCE", 100)


@pytest.fixture
def opened() -> Iterator[Callable[[str], Database]]:
    """Opens databases and closes them after the test."""
    with ExitStack() as stack:

        def open_(url: str) -> Database:
            database = Database(url)
            stack.callback(database.close)
            return database

        yield open_


def both(url: str) -> None:
    """Both processes of Zuid-Limburg published, and its people."""
    database = Database(url)
    playing.publish(database, NOW, playing.definition("casus"), playing.definition("opzetten"))
    database.close()


def two_steps(url: str) -> None:
    """The process of two steps published."""
    database = Database(url)
    playing.publish(database, NOW, playing.small())
    database.close()


@pytest.fixture
def database(copy_of: CopyOf, opened: Callable[[str], Database]) -> Database:
    """Both processes of Zuid-Limburg published, and its people, on SQLite and on PostgreSQL."""
    return opened(copy_of(both))


@pytest.fixture
def play(database: Database, library: Library) -> Play:
    """A clock at nine o'clock on a Monday, and no case yet."""
    return Play(database, library, NOW)


@pytest.fixture
def small(copy_of: CopyOf, opened: Callable[[str], Database], library: Library) -> Play:
    """The process of two steps published, and no case yet."""
    return Play(opened(copy_of(two_steps)), library, NOW)

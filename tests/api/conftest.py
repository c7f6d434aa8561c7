"""What the tests of the web share: the application on a database with a published process, and its visitors."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.request import House
from engine import store
from engine.cases import Library
from engine.store import Database
from tests.conftest import CopyOf
from tests.engine import playing
from tests.engine.playing import Play

Visit = Callable[[str], TestClient]


def published(url: str) -> None:
    """The process of Zuid-Limburg published, and its people."""
    database = Database(url)
    playing.publish(database, datetime.now(UTC), playing.definition())
    database.close()


@pytest.fixture
def database(copy_of: CopyOf) -> Iterator[Database]:
    database = Database(copy_of(published))
    yield database
    database.close()


@pytest.fixture
def play(database: Database, library: Library) -> Play:
    return Play(database, library, datetime.now(UTC))


@pytest.fixture
def app(database: Database, library: Library) -> FastAPI:
    return create_app(House(database, library, demo=True))


@pytest.fixture
def visit(app: FastAPI, database: Database) -> Visit:
    """A client that is signed in as somebody, or as nobody for ""."""

    def signed_in(person: str) -> TestClient:
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        if person:
            with database.writing() as tx:
                token = store.sessions.begin(tx, person, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1))
            client.cookies.set("knooppunt", token)
        return client

    return signed_in

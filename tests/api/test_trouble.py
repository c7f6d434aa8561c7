"""A database that can't do what it is asked: nothing is done, nothing typed is lost, and everybody hears why."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape

import psycopg.errors
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx2 import Response

from api import command
from api.app import create_app
from api.request import House
from engine import store
from engine.cases import Library
from engine.store import Database, Trouble, trouble
from engine.store.tables import case_file
from tests.api.conftest import Visit, published
from tests.api.test_once import count, send, signal
from tests.conftest import CopyOf
from tests.engine.playing import REPORTER

pytestmark = pytest.mark.any_database
NOWHERE = "postgresql+psycopg://knooppunt@127.0.0.1:1/knooppunt"


@contextmanager
def no_room(database: Database) -> Iterator[None]:
    """Let no page be added to the file of a database, in which none is free."""
    database.scrub(())

    def narrow(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    sa.event.listen(database.engine, "checkout", narrow)
    yield
    sa.event.remove(database.engine, "checkout", narrow)
    database.engine.dispose()  # what was narrowed stays so


def test_on_a_full_disk_a_form_comes_back_and_makes_one_family_once_there_is_room(
    visit: Visit, database: Database
) -> None:
    client = visit(REPORTER)
    with no_room(database):
        answer = next(answer for answer in (_sent(client) for _ in range(20)) if answer.status_code != 303)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert "de schijf is vol" in answer.text
        assert "Er is nog niets opgeslagen. Wat je invulde, staat nog in deze pagina" in answer.text
        assert client.get("/readyz").status_code == 200, "what is there can still be read"
    before = count(database, case_file)
    kept = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    again = [(unescape(name), unescape(value)) for name, value in kept]
    assert {send(client, "/signaal", again) for _ in range(2)} == {(303, f"/casus/{before + 1}")}
    assert count(database, case_file) == before + 1


def _sent(client: TestClient) -> Response:
    sent = signal(client, signaal="Ze slaapt slecht. " * 100)
    return client.post("/signaal", data={name: [v for key, v in sent if key == name] for name, _ in sent})


@pytest.fixture
def nowhere(library: Library) -> TestClient:
    return TestClient(create_app(House(Database(NOWHERE), library, demo=True)))


def test_where_the_database_is_away_every_page_says_so_and_leads_back_to_itself(nowhere: TestClient) -> None:
    for path in ("/werk", "/aanmelden", "/nergens"):
        page = nowhere.get(path)
        assert (page.status_code, "retry-after" in page.headers) == (503, True), path
        assert "Knooppunt kan nu niet bij de gegevens" in page.text
        assert f'href="{path}"' in page.text
    sent = nowhere.post("/signaal", data={"gezin_naam": "Appelgaard"})
    assert (sent.status_code, 'value="Appelgaard"' in sent.text) == (503, True)
    assert "Stuur het straks gerust opnieuw: dubbel wordt het niet." in sent.text


def test_where_the_database_is_away_other_systems_hear_of_it(nowhere: TestClient) -> None:
    problem = nowhere.get("/v1/cases")
    assert (problem.status_code, problem.json()["title"]) == (503, "Knooppunt is er even niet")
    stands, ready = nowhere.get("/healthz"), nowhere.get("/readyz")
    assert (stands.status_code, stands.json()) == (200, {"status": "degraded", "database": "away"})
    assert (ready.status_code, ready.json()["database"]) == (503, "away")


@pytest.mark.parametrize("verb", ["serve", "worker", "migrate", "doctor"])
def test_a_command_says_that_the_database_is_away(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([verb, "--database", NOWHERE]) == 1
    assert capsys.readouterr().err.startswith("Knooppunt kan niet bij de database. Draait die")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (psycopg.errors.AdminShutdown, Trouble.AWAY),
        (psycopg.errors.CannotConnectNow, Trouble.AWAY),
        (psycopg.OperationalError, Trouble.AWAY),
        (psycopg.errors.DiskFull, Trouble.FULL),
        (psycopg.errors.ReadOnlySqlTransaction, Trouble.FULL),
        (psycopg.errors.TooManyConnections, Trouble.BUSY),
        (psycopg.errors.DeadlockDetected, Trouble.BUSY),
        (psycopg.errors.UniqueViolation, None),
        (psycopg.errors.UndefinedTable, None),
        (psycopg.ProgrammingError, None),
    ],
)
def test_what_a_server_says_of_itself_is_told_apart_from_what_we_asked_wrong(
    fault: type[psycopg.Error], kind: Trouble | None
) -> None:
    assert trouble(sa.exc.DBAPIError("select 1", None, fault())) is kind


def test_what_we_ask_wrong_of_a_file_is_no_trouble_of_the_file(database: Database) -> None:
    with database.reading() as tx, pytest.raises(sa.exc.OperationalError) as wrong:
        tx.execute(sa.text("select 1 from nergens"))
    assert trouble(wrong.value) is None


def test_who_is_cut_off_halfway_is_told_and_served_the_next_time(
    postgresql_copy: CopyOf, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgresql_copy(published))
    client = TestClient(create_app(House(database, library, demo=True)), follow_redirects=False)
    with database.writing() as tx:
        now = datetime.now(UTC)
        client.cookies.set("knooppunt", store.sessions.begin(tx, REPORTER, now, now + timedelta(hours=1)))

    def cut_off(tx: store.Transaction, _seen: store.looks.Look) -> None:
        tx.execute(sa.text("select pg_terminate_backend(pg_backend_pid())"))

    sent = signal(client)
    with monkeypatch.context() as patch:
        patch.setattr(store.looks, "add", cut_off)
        assert send(client, "/signaal", sent)[0] == 503
    assert {send(client, "/signaal", sent)[0] for _ in range(2)} == {303}
    assert count(database, case_file) == 1
    database.close()

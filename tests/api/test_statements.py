"""What an answer costs a database: how many statements, whoever else works there and however much is told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.request import House
from benchmarks.house import began, shown
from engine import store
from engine.access import Appointment, Person
from engine.cases import Library
from engine.errors import ConflictError
from engine.store import Database
from engine.store.memory import forget
from engine.store.tables import case_file
from engine.words import TaskStatus
from tests.engine.playing import OVERSEER, Play, example

pytestmark = [pytest.mark.any_database, pytest.mark.sqlite_first]

STEP = "ouders_voorbereiden"
ANSWERS = {"ouders_komen": "ja", "ouders_nemen_mee": "Haar zus"}
COLLEAGUES = [
    Person(f"collega_{n}", f"Collega {n}", "jgz_heuvelkind", "", (Appointment("kernpartner", "kerkrade"),))
    for n in range(30)
]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", executed)
    try:
        yield statements
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", executed)


def at_work(database: Database, library: Library, person: str) -> TestClient:
    """Somebody signed in outside a demo, whose clock costs a statement."""
    client = TestClient(create_app(House(database, library)), base_url="https://testserver", follow_redirects=False)
    with database.writing() as tx:
        token = store.sessions.begin(tx, person, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1))
    client.cookies.set("__Host-knooppunt", token)
    return client


@pytest.fixture
def client(play: Play, library: Library) -> TestClient:
    """Who does the next step of a case, with thirty colleagues more."""
    play.play(example("alles_loopt_goed"), until=STEP)
    with play.database.writing() as tx:
        store.people.save(tx, COLLEAGUES)
    client = at_work(play.database, library, OVERSEER)
    client.get(f"/casus/{play.case_id}")  # reads the diagrams, once
    return client


def test_a_task_is_completed_by_the_page_in_few_statements(client: TestClient, play: Play) -> None:
    address = f"/taken/{play.row(STEP).id}"
    first = client.get(address).text
    token = {"csrf_token": _hidden(first, "csrf_token"), "_sleutel": _hidden(first, "_sleutel")}
    asked = {**ANSWERS, **token, "_versie": str(play.row(STEP).revision)}
    page = client.post(f"{address}/formulier", data=asked).text
    sent = {**asked, "_getoond": shown(page), "_begon": began(page)}
    with counted(play.database) as statements:
        assert client.post(address, data=sent).status_code == 303
    assert len(statements) <= 16, "\n".join(statements)
    with pytest.raises(ConflictError):
        play.row(STEP)


def test_a_task_is_completed_by_the_api_in_few_statements(client: TestClient, play: Play) -> None:
    row = play.row(STEP)
    with counted(play.database) as statements:
        answer = client.post(f"/v1/tasks/{row.id}/complete", json={"answers": ANSWERS, "version": row.revision})
    assert answer.is_success, answer.text
    assert len(statements) <= 16, "\n".join(statements)


def test_a_case_is_shown_in_few_statements(client: TestClient, play: Play) -> None:
    with counted(play.database) as statements:
        assert client.get(f"/casus/{play.case_id}").status_code == 200
    assert len(statements) <= 23, "\n".join(statements)


def test_however_many_may_get_a_task_it_is_shown_in_few_statements(client: TestClient, play: Play) -> None:
    with counted(play.database) as statements:
        page = client.get(f"/taken/{play.row(STEP).id}").text
    assert "Vera Voorbeeld" in page
    assert len(statements) <= 15, "\n".join(statements)


@pytest.mark.parametrize(("page", "number"), [("/vandaag", 31), ("/afspraken", 18), ("/overleggen", 14)])
def test_what_stands_over_all_families_is_shown_in_few_statements(
    client: TestClient, play: Play, page: str, number: int
) -> None:
    client.get(page)
    with counted(play.database) as statements:
        assert client.get(page).status_code == 200
    assert len(statements) <= number, "\n".join(statements)


def test_what_a_transaction_read_is_read_anew_once_it_writes_there(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until=STEP)
    with play.database.writing() as tx, counted(play.database) as statements:
        standing = store.case_files.standing(tx, play.case_id)
        assert store.case_files.standing(tx, play.case_id) is standing
        assert len(statements) == 1
        store.case_files.join(tx, play.case_id, OVERSEER, "proef", datetime.now(UTC))
        assert (OVERSEER, "proef") in store.case_files.participants(tx, play.case_id)
        erased = tx.begin_nested()
        tx.execute(sa.delete(case_file).where(case_file.c.id == play.case_id))
        assert not store.case_files.participants(tx, play.case_id), "these rows went with the case"
        erased.rollback()
        assert (OVERSEER, "proef") in store.case_files.participants(tx, play.case_id)


def test_the_open_tasks_that_are_left_are_known_once_one_is_ended(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until=STEP)
    with play.database.writing() as tx:
        rows = store.tasks.open_tasks(tx, play.case_id)
        (ended,) = (row for row in rows if row.element == STEP)
        left = [row for row in rows if row.id != ended.id]
        store.tasks.end(tx, [ended], TaskStatus.COMPLETED, OVERSEER)
        with counted(play.database) as statements:
            assert list(store.tasks.open_tasks(tx, play.case_id)) == left
        assert not statements
        forget(tx)
        assert list(store.tasks.open_tasks(tx, play.case_id)) == left, "as the database has it"


def test_what_was_read_before_a_case_was_locked_is_read_anew(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until=STEP)
    with play.database.writing() as tx, counted(play.database) as statements:
        before = store.tasks.open_tasks(tx, play.case_id)
        store.case_files.lock(tx, play.case_id, None)
        assert store.tasks.open_tasks(tx, play.case_id) is not before
        assert len(statements) == 3
        store.case_files.lock(tx, play.case_id, None)
        assert len(statements) == 3, "a case is locked once"


def _hidden(page: str, name: str) -> str:
    return next(iter(re.findall(rf'name="{name}" value="([^"]*)"', page)), "")

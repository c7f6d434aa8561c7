"""Who runs a house asks how it does, and hears nothing of a family."""

import json
import logging
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.command import logs, main
from api.configuration import Configuration, DatabaseSettings, MetricsSettings
from api.request import House
from engine.cases import Library
from engine.store import Database
from engine.store.database import Shape
from tests.api.conftest import Visit
from tests.conftest import SqliteDatabases, migrate
from tests.engine.playing import OVERSEER, Play, example

TOKEN = "een-ander-woord"  # noqa: S105 - invented


@pytest.fixture
def figures(database: Database, library: Library) -> TestClient:
    configuration = Configuration(metrics=MetricsSettings(TOKEN))
    return TestClient(create_app(House(database, library, demo=True, configuration=configuration)))


def test_a_house_with_a_process_may_be_sent_work(visit: Visit) -> None:
    response = visit("").get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "newest", "published": True})


@pytest.mark.any_database
def test_without_a_process_there_is_nothing_to_work_by(
    sqlite_databases: SqliteDatabases, tmp_path: Path, library: Library
) -> None:
    database = Database(sqlite_databases.copy(migrate, tmp_path / "empty.sqlite"))
    response = TestClient(create_app(House(database, library))).get("/readyz")
    assert (response.status_code, response.json()["published"]) == (503, False)
    database.close()


@pytest.mark.parametrize(("revision", "shape"), [("0001", Shape.OLDER), ("9999", Shape.NEWER)])
def test_tables_of_another_version_are_seen_before_anybody_works(
    visit: Visit, database: Database, revision: str, shape: Shape
) -> None:
    with database.writing() as tx:
        tx.execute(sa.text("update alembic_version set version_num = :revision"), {"revision": revision})
    response = visit("").get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, shape)


@pytest.mark.any_database
@pytest.mark.parametrize("verb", [["serve"], ["worker"], ["publish", "zuid-limburg"]])
def test_no_verb_but_migrate_changes_tables(
    verb: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    assert main([*verb, "--database", url]) == 1
    assert "knooppunt migrate" in capsys.readouterr().err
    database = Database(url)
    assert database.shape() is Shape.EMPTY
    database.close()


@pytest.mark.any_database
def test_going_back_to_an_older_version_is_refused_in_words(
    sqlite_databases: SqliteDatabases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(sqlite_databases.copy(migrate, tmp_path / "newer.sqlite"))
    with database.writing() as tx:
        tx.execute(sa.text("update alembic_version set version_num = '9999'"))
    for verb in ("migrate", "serve"):
        assert main([verb, "--database", database.url]) == 1
        assert "nieuwere versie" in capsys.readouterr().err
    database.close()


def test_figures_are_for_who_knows_the_token(figures: TestClient, visit: Visit) -> None:
    assert figures.get("/metrics").status_code == 404
    assert figures.get("/metrics", headers={"authorization": "Bearer iets anders"}).status_code == 404
    assert figures.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert visit(OVERSEER).get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_answers_are_counted_by_pattern_and_never_by_family(figures: TestClient, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    figures.get(f"/casus/{play.case_id}?zoek=Appelgaard", follow_redirects=False)
    figures.get("/Appelgaard")
    text = figures.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    assert 'route="/casus/{case_id}"' in text
    assert "knooppunt_jobs_late" in text
    assert "Appelgaard" not in text
    assert f"/{play.case_id}" not in text


def test_a_log_line_is_json_and_holds_no_text_of_an_error() -> None:
    try:
        raise RuntimeError("Familie Geheim")
    except RuntimeError as error:
        record = logging.LogRecord("knooppunt", logging.ERROR, "", 1, "job %s failed", (3,), None)
        record.exc_info = (type(error), error, error.__traceback__)
    line = json.loads(logs.Lines().format(record))
    assert (line["level"], line["said"], line["fault"]) == ("error", "job 3 failed", "RuntimeError")
    assert "Geheim" not in json.dumps(line)


@pytest.mark.any_database
def test_the_password_of_a_database_stands_in_a_file_of_its_own() -> None:
    word = "vier-losse-woorden"
    settings = DatabaseSettings("postgresql+psycopg://knooppunt@nergens/knooppunt", word)
    assert word not in repr(settings)
    database = Database(settings.url, settings.password)
    assert database.engine.url.password == word
    assert word not in database.url

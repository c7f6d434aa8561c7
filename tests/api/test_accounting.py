"""What a functionaris accounts for, from what runs here: it holds nothing of a family."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from fastapi.testclient import TestClient

from engine import cases, store, worker
from engine.access import Appointment, Person
from engine.cases import Library
from engine.store import Database
from engine.store.looks import Look as Row
from engine.store.looks import Shown
from engine.words import Ground, Look, RoleId, Seen
from tests.api.conftest import Visit
from tests.engine.playing import HOME, OVERSEER, Play, definition, example


@pytest.fixture
def watcher(visit: Visit, database: Database) -> TestClient:
    with database.writing() as tx:
        store.people.save(tx, [Person("fatima", "Fatima", appointments=(Appointment(RoleId.FUNCTIONARIS, HOME),))])
    return visit("fatima")


@pytest.mark.any_database
def test_what_is_processed_is_what_the_forms_ask_and_the_settings_say(visit: Visit, watcher: TestClient) -> None:
    page, drawn = watcher.get("/toezicht/verwerkingen").text, definition()
    for kind in drawn.settings.data_kinds.values():
        assert f"<strong>{kind.name}</strong>" in page
    for need in (need for purposes in drawn.settings.needs.values() for need in purposes.values()):
        assert need.article in page
    for word in ("5 jaar (een voorbeeld)", "Signaal", "De moeder", "demo"):
        assert word in page
    rows = list(csv.reader(io.StringIO(watcher.get("/toezicht/verwerkingen/csv").text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0] == ["regio", "onderdeel", "wat", "kenmerk", "waarde"]
    health = [row for row in rows if row[2] == drawn.settings.data_kinds["gezondheid"].name]
    assert {"Over wie", "Gevraagd bij"} <= {row[3] for row in health}
    for address in ("/toezicht/verwerkingen", "/toezicht/verwerkingen/csv", "/toezicht/bewaren"):
        assert visit(OVERSEER).get(address).status_code == 403


def test_what_will_be_and_was_erased_are_numbers_and_what_is_held_says_by_whom(
    watcher: TestClient, database: Database
) -> None:
    play = Play(database, Library(examples=True), datetime.now(UTC))
    play.play(example("alles_loopt_goed"))
    page = watcher.get("/toezicht/bewaren").text
    assert page.count("Niets") >= 2
    assert "Nog geen dossiers." in page
    with play.as_(OVERSEER) as ctx:
        cases.hold(ctx, play.case_id, "Een klacht van de familie.", date(2090, 1, 1))
    page = watcher.get("/toezicht/bewaren").text
    assert f">{play.case_id}</td>" in page
    assert "1 januari 2090" in page
    assert "klacht" not in page
    with play.as_(OVERSEER) as ctx:
        cases.lift(ctx, play.case_id)
        due = cases.stay(ctx, play.case_id).planned
    assert due is not None
    with play.database.writing() as tx:
        soon = store.keeping.planned(tx, [HOME], due)
        assert [(each.municipality, each.number) for each in soon] == [(HOME, 1)]
        assert store.keeping.planned(tx, ["elders"], due) == ()
        cases.forget(tx, play.library, play.case_id, due + timedelta(days=1))
    page = watcher.get("/toezicht/bewaren").text
    assert f"{due.year}-" in page
    assert "de bewaartermijn was voorbij" in page


def _at(moment: datetime, tx: store.Transaction) -> datetime:
    return moment


@pytest.mark.any_database
def test_at_night_old_looks_go_and_it_is_told_since_when(watcher: TestClient, database: Database) -> None:
    library, now = Library(examples=True), datetime(2032, 3, 2, 9, tzinfo=UTC)
    for at in (now - timedelta(days=5 * 366 + 2), now - timedelta(days=5 * 365 - 2)):
        with database.writing() as tx:
            shown = [Shown(901, HOME, Ground.OVERVIEW, Seen.FILE)]
            store.looks.add(tx, Row(at, OVERSEER, RoleId.PROCESREGISSEUR, "", Look.READ, "GET /werk", shown))
    for moment in (now, now + timedelta(days=1)):
        while worker._once(database, library, partial(_at, moment)):
            pass
    with database.reading() as tx:
        whole = store.looks.verify(tx)
    assert whole.since is not None
    assert (whole.since.number, whole.broken) == (1, None)
    page = watcher.get("/toezicht/bewaren").text
    assert "gewist: 1." in page
    assert "901" not in page

"""Each look at a family is written down before its answer leaves: no row, no answer."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from engine import store
from engine.access import Appointment, Person
from engine.store import Database
from engine.store.looks import Look as Row
from engine.store.looks import Shown
from engine.words import Ground, Look, Register, RoleId, Seen
from tests.api.conftest import Visit
from tests.engine.playing import HOME, OVERSEER, Play, example

BEGIN = "alles_loopt_goed"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def case_id(play: Play) -> int:
    play.play(example(BEGIN), until="ontvangst_bevestigen")
    return play.case_id


def looks(database: Database) -> list[sa.Row[tuple[object, ...]]]:
    with database.reading() as tx:
        return list(tx.execute(sa.text("select * from look join look_case on look_id = id order by id")))


def test_a_look_says_who_when_in_which_role_on_what_ground_and_at_which_part(
    visit: Visit, database: Database, case_id: int
) -> None:
    page = visit(OVERSEER).get(f"/casus/{case_id}")
    (row,) = looks(database)
    assert page.status_code == 200
    assert (row.person_id, row.role, row.verb, row.address) == (
        OVERSEER,
        "procesregisseur",
        Look.READ,
        "GET /casus/{case_id}",
    )
    assert (row.case_id, row.ground, row.case_count) == (case_id, "overzicht", 1)
    assert "verloop" in row.parts.split(",")
    assert row.municipality
    assert row.at


def test_without_its_row_nothing_is_shown_and_nothing_is_done(
    visit: Visit, database: Database, case_id: int, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = play.row("ontvangst_bevestigen").id

    def broken(tx: store.Transaction, seen: Row) -> None:
        raise sa.exc.OperationalError("disk full", None, Exception())

    monkeypatch.setattr(store.looks, "add", broken)
    overseer = visit(OVERSEER)
    for address in (f"/casus/{case_id}", "/werk?lijst=alle", f"/v1/cases/{case_id}", "/casus", f"/casus/{case_id + 9}"):
        answer = overseer.get(address)
        assert answer.status_code == 500, address
        assert f"/casus/{case_id}" not in answer.text
    before = play.row("ontvangst_bevestigen").assignee
    assert overseer.post(f"/v1/tasks/{task}/claim").status_code == 500
    assert play.row("ontvangst_bevestigen").assignee == before


def test_a_list_is_one_row_that_names_its_cases(visit: Visit, database: Database, play: Play) -> None:
    for _ in range(2):
        play.start(example(BEGIN).actions[0].answers)
    visit(OVERSEER).get("/casus")
    rows = looks(database)
    assert len({row.id for row in rows}) == 1
    assert [row.case_id for row in rows] == [play.case_id - 1, play.case_id]
    assert {row.parts for row in rows} == {Seen.LISTED}


def test_what_is_done_and_what_is_refused_stand_there_too(visit: Visit, database: Database, case_id: int) -> None:
    overseer = visit(OVERSEER)
    overseer.post(f"/v1/cases/{case_id}/messages", json={"name": "contact_kwijt_of_zoiets"})
    overseer.get(f"/casus/{case_id}/heropenen")
    overseer.get("/casus/987654")
    overseer.get("/casus/7x")  # no number of anything: nobody asked for a case
    said = list(dict.fromkeys((row.verb, row.case_id, row.ground) for row in looks(database)))
    assert len({row.id for row in looks(database)}) == 3
    assert said == [(Look.READ, case_id, "overzicht"), (Look.REFUSED, case_id, ""), (Look.REFUSED, 0, "")]


@pytest.fixture
def watcher(visit: Visit, database: Database) -> TestClient:
    """A functionaris of the municipality of the case."""
    appointed = (Appointment(RoleId.FUNCTIONARIS, HOME),)
    with database.writing() as tx:
        store.people.save(tx, [Person("fatima", "Fatima", appointments=appointed)])
    return visit("fatima")


def add(database: Database, *shown: Shown, verb: str = Look.READ, at: datetime = AT) -> None:
    with database.writing() as tx:
        store.looks.add(tx, Row(at, OVERSEER, RoleId.PROCESREGISSEUR, "", verb, "GET /werk", shown))


@pytest.mark.any_database
def test_a_functionaris_reads_who_looked_and_never_the_file(
    visit: Visit, watcher: TestClient, database: Database, case_id: int
) -> None:
    name = re.search("<h1[^>]*>([^<]+)", visit(OVERSEER).get(f"/casus/{case_id}").text)
    assert name is not None
    page = watcher.get("/toezicht").text
    assert f"<strong>{case_id}</strong>" in page
    assert "houdt het overzicht" in page
    assert name[1].strip() not in page
    assert watcher.get(f"/casus/{case_id}").status_code == 404
    assert "Geweigerd" in watcher.get(f"/toezicht?wat={Look.REFUSED}&nummer={case_id}").text
    assert visit(OVERSEER).get("/toezicht").status_code == 403
    assert visit(OVERSEER).get("/toezicht/csv").status_code == 403


@pytest.mark.any_database
def test_a_functionaris_sees_own_places_and_no_case_of_a_circle(watcher: TestClient, database: Database) -> None:
    circle = Shown(471, HOME, Ground.CIRCLE, Register.SAFETY)
    add(database, circle)
    add(database, Shown(472, HOME, Ground.CONSENT, Seen.FILE), replace(circle, case_id=472))
    add(database, Shown(473, "elders", Ground.CONSENT, Seen.FILE))
    page, file = watcher.get("/toezicht").text, watcher.get("/toezicht/csv").text
    for text in (page, file):
        assert re.findall(r"[>;](47\d)[<;]", text) == ["472"]
        assert len(re.findall("besloten kring; ?Veiligheid", text)) == 1
    assert "Niemand keek" in watcher.get("/toezicht?nummer=471").text
    assert "besloten kring;" not in watcher.get("/toezicht?nummer=472").text


def test_the_log_is_read_in_pages_by_period_and_as_a_file(watcher: TestClient, database: Database) -> None:
    for number in range(1, 54):
        add(database, Shown(100_000 + number, HOME, Ground.CONSENT, Seen.LISTED), at=AT + timedelta(days=number))
    first = watcher.get("/toezicht").text
    assert ">100053<" in first
    assert ">100003<" not in first
    older = re.search(r"/toezicht\?(voor=\d+)", first)
    assert older is not None
    assert ">100003<" in watcher.get(f"/toezicht?{older[1]}").text
    assert "<strong>100002</strong>" in watcher.get("/toezicht?van=2026-03-03&tot=2026-03-03").text
    assert ">100003<" not in watcher.get("/toezicht?van=2026-03-03&tot=2026-03-03").text
    assert watcher.get("/toezicht/csv?wat=x&voor=y&van=z&nummer=-1").status_code == 200
    assert len(watcher.get("/toezicht/csv").text.splitlines()) == 54

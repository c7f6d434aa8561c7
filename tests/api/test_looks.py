"""Each look at a family is written down before its answer leaves: no row, no answer."""

import pytest
import sqlalchemy as sa

from engine import store
from engine.store import Database
from engine.store.looks import Look as Row
from engine.words import Look, Seen
from tests.api.conftest import Visit
from tests.engine.playing import OVERSEER, Play, example

BEGIN = "alles_loopt_goed"


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

"""What is kept about one person of a family, given to that person: by two people, piece by piece, and of no circle."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from engine import cases, store
from engine.access import Appointment, Person
from engine.store import Database
from engine.store.personal import PLACES, Whose
from engine.words import Message, RoleId
from tests.api.conftest import Visit
from tests.engine.playing import HOME, OVERSEER, PARTNER, REPORTER, Play, example

WATCHER = "fien_fictief"
ASKED = {"over": "moeder", "wie": "Mevrouw zelf", "identiteit": "Ik ken haar."}
Send = Callable[[TestClient, str, dict[str, Any]], Any]


@pytest.fixture
def watcher(visit: Visit, database: Database) -> TestClient:
    with database.writing() as tx:
        store.people.save(tx, [Person(WATCHER, "Fien", "", "", (Appointment(RoleId.FUNCTIONARIS, HOME),))])
    return visit(WATCHER)


def send(client: TestClient, address: str, form: dict[str, Any]) -> Any:
    token = re.search('name="csrf_token" value="([^"]+)"', client.get("/mijn").text)
    assert token is not None
    return client.post(address, data={**form, "csrf_token": token[1]})


def recorded(visit: Visit, play: Play) -> None:
    day = datetime.now(UTC).date().isoformat()
    answer = send(visit(OVERSEER), f"/casus/{play.case_id}/inzage", {**ASKED, "dag": day})
    assert answer.status_code == 303, answer.text


def chosen(watcher: TestClient, database: Database, relation: str = "moeder") -> str:
    """The request, about this one of the family, as an address."""
    query = "select r.id, f.relation, f.item from access_request r join relative f on f.case_id = r.case_id"
    row = next(row for row in rows(database, query) if row.relation == relation)
    send(watcher, f"/toezicht/inzage/{row.id}", {"doe": "kiezen", "persoon": row.item})
    return f"/toezicht/inzage/{row.id}"


def rows(database: Database, query: str) -> list[Any]:
    with database.reading() as tx:
        return list(tx.execute(sa.text(query)))


def marks(page: str) -> list[str]:
    return re.findall('name="mee" value="([^"]+)"', page)


@pytest.mark.any_database
def test_nobody_reads_it_who_recorded_it_and_words_stay_out_until_they_were_read(
    visit: Visit, watcher: TestClient, database: Database, play: Play
) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(REPORTER) as ctx:
        cases.add_note(ctx, play.case_id, "Een brief die iemand anders noemt.")
    recorded(visit, play)
    assert "Ik ken haar" not in visit(OVERSEER).get(f"/casus/{play.case_id}/inzage").text
    address = chosen(watcher, database)
    page = watcher.get(address).text
    sheet = watcher.get(f"{address}/blad").text
    assert "Een brief die iemand anders noemt." in page
    assert "Een brief die iemand anders noemt." not in sheet
    assert "mag weten" in sheet
    assert "aandachtsfunctionaris" in sheet
    before = json.loads(watcher.get(f"{address}/json").text)
    every = marks(page)
    assert before["weggelaten"] == len(set(every)) > 2
    send(watcher, address, {"doe": "nagelezen", "mee": every})
    after = json.loads(watcher.get(f"{address}/json").text)
    assert after["weggelaten"] == 0
    assert "Een brief die iemand anders noemt." in json.dumps(after, ensure_ascii=False)
    assert len(after["opgeschreven"]) >= len(before["opgeschreven"])
    for route in ("", "/blad", "/json"):
        assert visit(OVERSEER).get(f"{address}{route}").status_code == 404
        assert visit(PARTNER).get(f"{address}{route}").status_code == 404
    assert visit(OVERSEER).get("/toezicht/inzage").status_code == 403


def test_each_answer_about_somebody_is_in_it_or_waits_to_be_read(
    visit: Visit, watcher: TestClient, database: Database, play: Play
) -> None:
    play.play(example("alles_loopt_goed"))
    recorded(visit, play)
    address = chosen(watcher, database)
    send(watcher, address, {"doe": "nagelezen", "mee": marks(watcher.get(address).text)})
    given = json.loads(watcher.get(f"{address}/json").text)
    steps = {title for title, _, _ in given["opgeschreven"]}
    with database.reading() as tx:
        case = store.case_files.read(tx, play.case_id, None)
        (mother,) = (each.id for each in store.registers.family(tx, play.case_id) if each.relation == "moeder")
        definition = play.library.model(tx, case.version_id).definition
        answers = store.answers.of_case(tx, play.case_id)
    about = [a for a in answers if any(mother in people for people in a.about.values())]
    assert len(about) > 5
    assert {definition.element(a.process, a.element).title for a in about} <= steps


def test_a_circle_leaves_no_trace(visit: Visit, watcher: TestClient, database: Database, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    recorded(visit, play)
    address = chosen(watcher, database)
    before, open_ = _sheet(watcher, address), set(play.open())
    play.tell(Message.ACUTE_DANGER, REPORTER)
    assert set(play.open()) - open_
    assert _sheet(watcher, address) == before


def _sheet(watcher: TestClient, address: str) -> tuple[list[str], dict[str, Any]]:
    """What is given, but for who looked: the functionaris looks each time."""
    parts = watcher.get(f"{address}/blad").text.partition("<article")[2].partition("</article>")[0].split("<h2")
    known = json.loads(watcher.get(f"{address}/json").text)
    known.pop("wieKeek")
    return [part for part in parts if ">Wie keek<" not in part], known


@pytest.mark.any_database
def test_what_is_about_another_needs_that_other_and_nobody_else_reads_the_child(
    visit: Visit, watcher: TestClient, database: Database, play: Play
) -> None:
    play.play(example("partner_zegt_nee"), until="aanmelding_beoordelen")
    recorded(visit, play)
    address = chosen(watcher, database, "andere_ouder")
    father = watcher.get(f"{address}/json").text
    mother = watcher.get(chosen(watcher, database, "moeder") + "/json").text
    assert json.loads(father)["jaEnNee"] != json.loads(mother)["jaEnNee"]
    said = {text for _, text in json.loads(mother)["jaEnNee"]}
    assert not said & {text for _, text in json.loads(father)["jaEnNee"] if "mag niets weten" not in text}


@pytest.mark.any_database
def test_it_works_after_closing_is_logged_told_and_ends_with_its_outcome(
    visit: Visit, watcher: TestClient, database: Database, play: Play
) -> None:
    play.play(example("alles_loopt_goed"))
    recorded(visit, play)
    address = chosen(watcher, database)
    assert watcher.get(f"{address}/blad").status_code == 200
    query = "select person_id, parts from look join look_case on look_id = look.id where ground = 'inzage'"
    looked = rows(database, query)
    assert {row.person_id for row in looked} == {WATCHER}
    assert any("antwoorden" in row.parts for row in looked)
    assert "Maakte klaar wat jij wilde inzien." in watcher.get(f"{address}/blad").text
    send(watcher, address, {"doe": "sluiten", "uitkomst": "verstrekt"})
    assert watcher.get(address).status_code == 409
    assert "Gegeven" in visit(OVERSEER).get(f"/casus/{play.case_id}/inzage").text
    kinds = [row.kind for row in rows(database, "select kind from event order by id")]
    assert kinds[-2:] == ["inzage_gevraagd", "inzage_klaar"]
    with database.writing() as tx:
        assert store.personal.erase(tx, play.case_id)["access_request"] == 1
    assert rows(database, "select * from access_request") == []


@pytest.mark.any_database
def test_what_lacks_is_asked_again_and_what_is_too_old_is_asked_anew(
    visit: Visit, watcher: TestClient, database: Database, play: Play
) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    page = send(visit(OVERSEER), f"/casus/{play.case_id}/inzage", {"over": "opa", "dag": "2999-01-01"})
    assert page.status_code == 422
    for text in ("Kies over wie het gaat", "wie het vraagt", "vandaag of eerder", "echt die persoon"):
        assert text in page.text
    assert visit(PARTNER).get(f"/casus/{play.case_id}/inzage").status_code == 403
    recorded(visit, play)
    address = chosen(watcher, database)
    with database.writing() as tx:
        tx.execute(sa.text("update access_request set recorded_at = :at"), {"at": "2020-01-01 00:00:00+00:00"})
    assert watcher.get(address).status_code == 409
    assert "De tijd is voorbij" in watcher.get("/toezicht/inzage").text


def test_each_place_says_whose_its_rows_are() -> None:
    for place in PLACES:
        names = set(place.table.c.keys())
        if place.whose is Whose.MARKED:
            assert "about" in names, place.table.name
        if place.whose is Whose.PERSON:
            assert names & {"person", "item"}, place.table.name


@pytest.mark.any_database
def test_who_watches_elsewhere_and_asks_for_it_leaves_a_look(visit: Visit, database: Database, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    recorded(visit, play)
    with database.writing() as tx:
        store.people.save(tx, [Person("fred", "Fred", "", "", (Appointment(RoleId.FUNCTIONARIS, "heerlen"),))])
    assert visit("fred").get("/toezicht/inzage/1").status_code == 404
    assert visit("fred").get("/toezicht/inzage/9").status_code == 404
    query = "select l.verb, c.case_id from look l join look_case c on c.look_id = l.id where l.person_id = 'fred'"
    assert {tuple(row) for row in rows(database, query)} == {("geweigerd", play.case_id), ("geweigerd", 0)}

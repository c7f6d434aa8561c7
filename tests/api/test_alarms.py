"""What stands out in who looked is told to who watches, and says nothing of which family."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from engine import store, worker
from engine.access import Appointment, Person
from engine.cases import Library, Rules
from engine.store import Database
from engine.store.looks import Look as Row
from engine.store.looks import Shown
from engine.words import Ground, Look, Register, RoleId, Seen
from tests.api.conftest import Visit
from tests.engine.playing import ELSEWHERE, HOME, OVERSEER

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 2, tzinfo=UTC)
RULES = Rules(families=2)


@pytest.fixture
def watcher(visit: Visit, database: Database) -> TestClient:
    with database.writing() as tx:
        store.people.save(tx, [Person("fatima", "Fatima", appointments=(Appointment(RoleId.FUNCTIONARIS, HOME),))])
    return visit("fatima")


def looked(database: Database, at: datetime, *shown: Shown, person: str = OVERSEER, verb: str = Look.READ) -> None:
    with database.writing() as tx:
        store.looks.add(tx, Row(at, person, RoleId.PROCESREGISSEUR, "", verb, "GET /casus/{case_id}", shown))


def told(database: Database, library: Library, watcher: TestClient) -> list[str]:
    """What stands out, after the worker met the looks."""
    worker._once(database, library, lambda _: NOON, RULES)
    page = watcher.get("/toezicht").text.partition('id="opgevallen"')[2].partition("</section>")[0]
    return [re.sub("<[^>]+>", "", line).partition(" Bekijk")[0] for line in re.findall("<p><strong>.*?</p>", page)]


@pytest.mark.any_database
def test_many_families_odd_hours_and_other_places_stand_out(
    database: Database, library: Library, watcher: TestClient
) -> None:
    for number in (901, 902, 902):
        looked(database, NOON, Shown(number, HOME, Ground.OVERVIEW, Seen.FILE))
    looked(database, NOON, *(Shown(number, HOME, Ground.OVERVIEW, Seen.LISTED) for number in range(903, 933)))
    looked(database, NIGHT, Shown(903, HOME, Ground.CIRCLE, Register.SAFETY))
    assert told(database, library, watcher) == []
    looked(database, NOON, Shown(903, HOME, Ground.OVERVIEW, Seen.FILE))
    looked(database, NIGHT - timedelta(days=1), Shown(904, HOME, Ground.OVERVIEW, Seen.FILE))
    looked(database, NOON, Shown(905, HOME, "", ""), person=ELSEWHERE, verb=Look.REFUSED)
    looked(database, NOON, Shown(905, "elders", Ground.OVERVIEW, Seen.FILE))
    lines = told(database, library, watcher)
    assert len(lines) == 3
    for word in ("3 gezinnen geopend", "1 keer gekeken buiten de gewone uren", "zonder rol in deze gemeente"):
        assert [line for line in lines if word in line], word
    assert not re.search("90[1-5]", " ".join(lines))


@pytest.mark.any_database
def test_who_watches_says_what_came_of_it_and_is_told_again_when_it_doubles(
    visit: Visit, database: Database, library: Library, watcher: TestClient
) -> None:
    looked(database, NIGHT, Shown(901, HOME, Ground.OVERVIEW, Seen.FILE))
    assert told(database, library, watcher)
    page = watcher.get("/toezicht").text
    address = re.search(r'action="(/toezicht/opgevallen/\d+)"', page)
    token = re.search('name="csrf_token" value="([^"]+)"', page)
    assert address
    assert token
    form = {"notitie": "Nachtdienst.", "csrf_token": token[1]}
    assert watcher.post(address[1], data=form).status_code == 303
    assert "Nachtdienst." in watcher.get("/toezicht").text
    assert address[1] not in watcher.get("/toezicht").text
    looked(database, NIGHT, Shown(902, HOME, Ground.OVERVIEW, Seen.FILE))
    told(database, library, watcher)
    assert address[1] in watcher.get("/toezicht").text
    other = visit(OVERSEER)
    token = re.search('name="csrf_token" value="([^"]+)"', other.get("/mijn").text)
    assert token
    assert other.post(address[1], data={"csrf_token": token[1]}).status_code == 404

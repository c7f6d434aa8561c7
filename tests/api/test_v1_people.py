"""By the API too: a beheerder arranges who works here, and a functionaris gives somebody of a family what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from api.v1 import people
from engine import store
from engine.access import Appointment, Person
from engine.store import Database
from engine.words import RoleId
from tests.api.conftest import Visit
from tests.engine.playing import HOME, LEAD, OVERSEER, REPORTER, Play, example

ADMIN, OVERSIGHT = "berend_blauwdruk", "flora_fictie"
pytestmark = pytest.mark.any_database

NEW = {
    "name": "Ans Achterdoek",
    "organisation": "jgz_heuvelkind",
    "mail": "ans@jgz.example",
    "appointments": [{"role": "kernpartner", "municipality": HOME}, {"role": "coordinator", "municipality": HOME}],
    "reason": "Nieuw.",
}


def test_somebody_comes_is_approved_by_a_second_person_is_away_and_stops(visit: Visit) -> None:
    admin, watcher = visit(ADMIN), visit(OVERSIGHT)
    wrong = admin.post("/v1/people", json={**NEW, "mail": "ans", "reason": " "})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"mail", "reason"})
    made = admin.post("/v1/people", json=NEW)
    assert (made.status_code, made.json()["id"]) == (201, "ans_achterdoek")
    assert [each["role"] for each in made.json()["appointments"]] == ["kernpartner"], "a coordinator is put forward"
    assert "ans_achterdoek" in [each["id"] for each in admin.get("/v1/people").json()]
    (proposal,) = watcher.get("/v1/proposals").json()
    assert (proposal["person"], proposal["mayDecide"]) == ("ans_achterdoek", True)
    decision = f"/v1/proposals/{proposal['id']}/decision"
    assert admin.post(decision, json={"approves": True}).status_code == 403
    assert watcher.post(decision, json={"approves": True}).json() == {"person": "ans_achterdoek", "inAnew": False}
    detail = admin.get("/v1/people/ans_achterdoek").json()
    assert {each["role"] for each in detail["appointments"]} == {"kernpartner", "coordinator"}
    assert detail["changes"][0]["kind"] == "rol_erbij"
    wrong = admin.post("/v1/people/ans_achterdoek/absences", json={"first": "2099-01-03", "last": "2099-01-01"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"last"})
    first = datetime.now(UTC).date() + timedelta(days=3)
    days = {"first": first.isoformat(), "last": first.isoformat()}
    assert admin.post("/v1/people/ans_achterdoek/absences", json=days).status_code == 204
    (away,) = admin.get("/v1/people/ans_achterdoek/absences").json()
    assert (away["first"], away["deputy"]) == (days["first"], "")
    assert visit("ans_achterdoek").get("/v1/people/ans_achterdoek/absences").json() == [away]
    assert admin.post(f"/v1/people/ans_achterdoek/absences/{away['id']}/end").status_code == 204
    assert admin.get("/v1/people/ans_achterdoek/absences").json() == []
    ending = {"heir": REPORTER, "keeper": "jet_jansproef", "reason": "Verhuisd."}
    assert admin.post("/v1/people/ans_achterdoek/end", json=ending).json() == {"handed": 0, "waiting": 0}
    assert "ans_achterdoek" in [each["id"] for each in admin.get("/v1/people?ended=true").json()]


def test_a_list_of_people_names_its_next_page(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = visit(ADMIN)
    everybody = admin.get("/v1/people").json()
    monkeypatch.setattr(people, "PAGE_SIZE", 4)
    address, listed = "/v1/people", []
    while address:
        answer = admin.get(address)
        listed += answer.json()
        address = answer.headers.get("link", "").partition("<")[2].partition(">")[0]
    assert listed == everybody
    assert len(everybody) > 4


def test_a_functionaris_gives_what_is_kept_piece_by_piece(visit: Visit, play: Play, database: Database) -> None:
    with database.writing() as tx:
        store.people.save(tx, [Person("fien", "Fien", appointments=(Appointment(RoleId.FUNCTIONARIS, HOME),))])
    watcher, overseer = visit("fien"), visit(OVERSEER)
    play.play(example("alles_loopt_goed"), until="kennismaken")
    asked = {"about": "moeder", "asker": "Mevrouw zelf", "askedOn": "2099-01-01", "identity": "Ik ken haar."}
    address = f"/v1/cases/{play.case_id}/access-requests"
    wrong = overseer.post(address, json=asked)
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"askedOn"})
    assert overseer.post(address, json={**asked, "askedOn": "2026-01-01"}).status_code == 204
    (request,) = watcher.get("/v1/access-requests").json()
    assert (request["caseId"], request["asker"], request["person"]) == (play.case_id, "Mevrouw zelf", "")
    place = f"/v1/access-requests/{request['id']}"
    dossier = watcher.get(place).json()
    assert (dossier["written"], dossier["said"]) == ([], []), "nobody chose whom it is about"
    mother = next(each["id"] for each in dossier["family"] if each["relation"] == "moeder")
    assert watcher.post(f"{place}/person", json={"person": "niemand"}).status_code == 422
    assert watcher.post(f"{place}/person", json={"person": mother}).status_code == 204
    dossier = watcher.get(place).json()
    pieces = [piece for step in dossier["written"] for piece in step["pieces"]]
    assert dossier["unread"] == len({each["mark"] for each in (*pieces, *dossier["words"])}) > 0
    assert dossier["said"]
    assert dossier["looked"]
    assert not [piece for step in watcher.get(f"{place}/copy").json()["written"] for piece in step["pieces"]]
    marks = [each["mark"] for each in (*pieces, *dossier["words"])]
    assert watcher.post(f"{place}/passed", json={"marks": marks}).status_code == 204
    assert watcher.get(f"{place}/copy").json()["unread"] == 0
    for person in (OVERSEER, REPORTER, ADMIN):
        assert visit(person).get(place).status_code == 404
    assert watcher.post(f"{place}/outcome", json={"outcome": "weg"}).status_code == 422
    assert watcher.post(f"{place}/outcome", json={"outcome": "verstrekt"}).status_code == 204
    assert watcher.get(place).status_code == 409


def test_who_keeps_the_overview_gives_a_task_and_closes_a_case(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    overseer = visit(OVERSEER)
    tasks = overseer.get("/v1/tasks", params={"list": "alle"}).json()["tasks"]
    task = next(each["id"] for each in tasks if each["element"] == "kennismaken")
    assert overseer.post(f"/v1/tasks/{task}/assignee", json={"person": "niemand"}).status_code == 403
    assert overseer.post(f"/v1/tasks/{task}/assignee", json={"person": LEAD}).status_code == 204
    assert overseer.get(f"/v1/tasks/{task}").json()["assignee"] == LEAD
    wrong = overseer.post(f"/v1/cases/{play.case_id}/closure", json={"reason": " "})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"reason"})
    assert overseer.post(f"/v1/cases/{play.case_id}/closure", json={"reason": "Verhuisd."}).status_code == 204
    assert overseer.post(f"/v1/cases/{play.case_id}/closure", json={"reason": "Verhuisd."}).status_code == 409

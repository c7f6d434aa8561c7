"""The JSON API: the same use cases, in camelCase, with errors as problem+json."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.request import House
from api.v1 import endpoints
from engine import deadlines
from engine.cases import Library
from engine.definitions.registers import AgreementRow
from engine.store import Database
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, REPORTER, STRANGER, Play, example
from tests.oracle.survey import addresses

SIGNAL = example("alles_loopt_goed").actions[0].answers


@pytest.mark.any_database
def test_the_description_of_the_api_stands_at_its_address(visit: Visit) -> None:
    response = visit("").get("/v1/openapi.json")
    assert response.status_code == 200
    paths = response.json()["paths"]
    assert {"/cases", "/cases/{case_id}", "/tasks/{task_id}/complete", "/definitions"} <= set(paths)
    assert response.json()["servers"][0]["url"] == "/v1"
    names = {n for s in response.json()["components"]["schemas"].values() for n in s.get("properties", {})}
    assert not [name for name in names if "_" in name]
    assert response.headers["API-Version"] == "1.0.0"


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys(item)}
    return {key for item in value for key in keys(item)} if isinstance(value, list) else set()


def test_a_case_from_start_to_its_next_step(visit: Visit) -> None:
    reporter, coordinator = visit(REPORTER), visit(COORDINATOR)
    begun = reporter.post("/v1/cases", json={"municipality": "kerkrade", "answers": SIGNAL})
    assert begun.status_code == 201
    assert set(begun.json()) == {"caseId", "opened", "ended"}
    case = begun.json()["caseId"]
    (line,) = coordinator.get("/v1/tasks", params={"list": "rol"}).json()["tasks"]
    assert (line["caseId"], line["element"], line["caseTitle"]) == (case, "ontvangst_bevestigen", f"Signaal {case}")
    task = f"/v1/tasks/{line['id']}"
    assert coordinator.post(f"{task}/claim").status_code == 204
    assert coordinator.post(f"{task}/release").status_code == 204
    detail = coordinator.get(task).json()
    assert {"afronden", "pakken"} <= set(detail["may"])
    assert "ontvangst_bevestigd" in detail["form"]["properties"]
    done = coordinator.post(
        f"{task}/complete", json={"answers": {"ontvangst_bevestigd": True}, "version": detail["version"]}
    )
    assert (done.status_code, done.json()["ended"]) == (200, False)
    again = coordinator.post(f"{task}/complete", json={"answers": {"ontvangst_bevestigd": True}})
    assert again.status_code == 409
    assert "al afgerond" in again.json()["detail"]
    body = reporter.get(f"/v1/cases/{case}").json()
    assert (body["title"], body["status"], body["process"]) == ("Schijnbaar", "lopend", "casus")
    assert [row["id"] for row in reporter.get("/v1/cases").json()] == [case]
    for answer in (body, detail, line):
        own = keys({name: value for name, value in answer.items() if name not in ("form", "values")})
        assert not [name for name in own if "_" in name]


def test_tasks_are_searched_by_words_that_stand_in_no_address(visit: Visit, play: Play) -> None:
    play.start({**SIGNAL, "gezin_naam": "Zoë"})
    client = visit(REPORTER)
    response = client.post("/v1/tasks/search", json={"list": "alle", "search": "ZOE"})
    assert (response.status_code, [row["caseTitle"] for row in response.json()["tasks"]]) == (200, ["Zoë"])
    assert client.post("/v1/tasks/search", json={"list": "alle", "search": "Piet"}).json()["total"] == 0
    assert client.post("/v1/tasks/search", json={"after": "0"}).status_code == 400
    assert client.post("/v1/tasks/search", json={"list": "alle", "search": "x" * 101}).status_code == 400
    for odd in ({"search": "\x00"}, {"search": "\ufdfa" * 100}, {"phase": "\ud800"}, {"municipality": "\ud800"}):
        body = json.dumps({"list": "alle", **odd})
        sent = client.post("/v1/tasks/search", content=body, headers={"content-type": "application/json"})
        assert (sent.status_code, sent.json()["total"]) == (200, 0)
    described = client.get("/v1/openapi.json").json()["paths"]
    assert "post" in described["/tasks/search"]
    asked = {p["name"] for way in described.values() for m in way.values() for p in m.get("parameters", ())}
    assert asked == {
        "Idempotency-Key",
        "list",
        "phase",
        "municipality",
        "after",
        "status",
        "task_id",
        "case_id",
        "region",
        "process",
        "ended",
        "person_id",
        "absence_id",
        "proposal_id",
        "access_id",
    }


@pytest.mark.any_database
def test_each_address_of_the_pages_has_its_operation_or_a_reason_why_not(
    app: FastAPI, database: Database, library: Library
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    listed = {tuple(each.split(" ")) for each in re.findall(r"`((?:GET|POST) /[^`]*)`", text)}
    apart = ("/v1/", "/static", "/healthz", "/readyz", "/metrics")
    both = addresses(app) | addresses(create_app(House(database, library)))
    served = {(method, path) for method, path in both if not path.startswith(apart)}
    assert listed == served, "say in docs/api.md which operation does the same, or why none does"
    operations = {o["operationId"] for way in app.openapi()["paths"].values() for o in way.values()}
    assert set(re.findall(r"`([a-z]+[A-Z][A-Za-z]+)`", text)) == operations - {"listDefinitions", "readDefinition"}


def test_a_message_is_told_and_refused(visit: Visit, play: Play) -> None:
    play.play(example("toestemming_ingetrokken"), until="kennismaken")
    address = f"/v1/cases/{play.case_id}/messages"
    wrong = visit(REPORTER).post(address, json={"name": "gezin_verhuist", "day": "2199-01-01"})
    assert (wrong.status_code, "day" in wrong.json().get("fields", {})) == (422, True)
    assert visit(REPORTER).post(address, json={"name": "toestemming_ingetrokken"}).status_code == 204
    again = visit(REPORTER).post(address, json={"name": "toestemming_ingetrokken"})
    assert (again.status_code, again.json()["detail"]) == (409, "Dit dossier wacht nu niet op dit bericht.")


@pytest.mark.any_database
def test_definitions_are_listed_and_found(visit: Visit) -> None:
    (definition,) = visit(LEAD).get("/v1/definitions").json()
    assert (definition["id"], definition["region"]) == ("casus", "zuid-limburg")
    assert "overleg" in definition["processes"]
    assert visit(LEAD).get("/v1/definitions/zuid-limburg/casus").json() == definition
    assert visit(LEAD).get("/v1/definitions/nergens/casus").status_code == 404


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("person", "method", "path", "body", "status"),
    [
        ("", "GET", "/v1/tasks", None, 401),
        ("", "POST", "/v1/cases", {"municipality": "kerkrade"}, 401),
        (COORDINATOR, "POST", "/v1/cases", {"municipality": "vaals", "answers": SIGNAL}, 403),
        (STRANGER, "GET", "/v1/cases/{case}", None, 404),
        (OVERSEER, "GET", "/v1/cases/987654", None, 404),
        (OVERSEER, "GET", "/v1/tasks/987654", None, 404),
        (OVERSEER, "GET", "/v1/nergens", None, 404),
        (OVERSEER, "DELETE", "/v1/cases", None, 405),
        (OVERSEER, "POST", "/v1/cases/{case}/messages", {"name": "onbekend"}, 409),
        (OVERSEER, "GET", "/v1/cases/abc", None, 400),
        (OVERSEER, "GET", "/v1/cases?after=0", None, 400),
        (OVERSEER, "GET", "/v1/cases?after=999999999999999999999-1", None, 400),
        (REPORTER, "POST", "/v1/cases", {"municipality": "kerkrade", "answers": {"zwanger": "soms"}}, 422),
        (REPORTER, "POST", "/v1/cases", {"answers": []}, 400),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(
    visit: Visit, play: Play, person: str, method: str, path: str, body: object, status: int
) -> None:
    play.start(SIGNAL)
    response = visit(person).request(method, path.format(case=play.case_id), json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == status
    assert "Traceback" not in response.text
    assert re.match(r"[A-Z0-9]\w* \w+", problem["detail"]), "a sentence"


def test_a_number_that_no_database_can_hold_is_no_case(visit: Visit) -> None:
    response = visit(OVERSEER).get("/v1/cases/99999999999999999999")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == 404


@pytest.mark.any_database
def test_wrong_answers_are_told_per_field(visit: Visit) -> None:
    wrong = {"municipality": "kerkrade", "answers": {"zwanger": "soms", "kleur": "rood"}}
    fields = visit(REPORTER).post("/v1/cases", json=wrong).json()["fields"]
    assert {"zwanger", "kleur", "gezin_naam"} <= set(fields)


@pytest.mark.any_database
@pytest.mark.parametrize("body", ["{", "[" * 50_000, '{"municipality": NaN}', "\x00", '"\\ud800"'])
def test_a_body_that_is_no_json_gets_a_problem_and_no_trace(visit: Visit, body: str) -> None:
    response = visit(REPORTER).post("/v1/cases", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.any_database
def test_a_task_that_is_not_mine_tells_nothing_of_the_family(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    response = visit(OVERSEER).get(f"/v1/tasks/{play.row('signaal_bespreken').id}")
    assert response.json()["values"] == {}
    assert "Schijnbaar" not in response.text


def test_the_safety_file_stays_out_of_the_answers_to_others(visit: Visit, play: Play) -> None:
    play.play(example("onveiligheid_naast_het_traject"), until="acute_onveiligheid")
    play.tell("acute_onveiligheid", REPORTER)
    play.do("signalen_in_kaart", {
        "meldcode_stap_1": "1", "meldcode_signalen": "Blauwe plekken.", "meldcode_direct_gevaar": "nee",
    })  # fmt: skip
    secret = [row.id for row in play.rows() if row.safety]
    assert secret
    for person in (OVERSEER, COORDINATOR, LEAD):
        client = visit(person)
        case = client.get(f"/v1/cases/{play.case_id}")
        assert not set(case.json()["tasks"]) & set(secret)
        listed = client.get("/v1/tasks", params={"list": "alle"})
        assert not {line["id"] for line in listed.json()["tasks"]} & set(secret)
        page = client.get(f"/casus/{play.case_id}")
        for response in (case, listed, page):
            assert "Blauwe plekken" not in response.text
        assert all(client.get(f"/v1/tasks/{number}").status_code == 404 for number in secret)
        assert all(client.get(f"/taken/{number}").status_code == 404 for number in secret)
    assert "Blauwe plekken" in visit(REPORTER).get(f"/casus/{play.case_id}").text


def test_who_tells_of_danger_too_gets_a_safety_file_of_the_own_and_sees_it_alone(visit: Visit, play: Play) -> None:
    play.play(example("onveiligheid_naast_het_traject"), until="acute_onveiligheid")
    play.tell("acute_onveiligheid", REPORTER)
    play.do("signalen_in_kaart", {
        "meldcode_stap_1": "1", "meldcode_signalen": "Blauwe plekken.", "meldcode_direct_gevaar": "nee",
    })  # fmt: skip
    play.tell("acute_onveiligheid", LEAD)
    files = {row.assignee: row for row in play.rows() if row.safety}
    assert {person: row.element for person, row in files.items()} == {
        REPORTER: "collega_raadplegen",
        LEAD: "signalen_in_kaart",
    }
    numbers = {row.id for row in files.values()}
    for person, other in ((REPORTER, LEAD), (LEAD, REPORTER)):
        client, own, theirs = visit(person), files[person].id, files[other].id
        case, page = client.get(f"/v1/cases/{play.case_id}"), client.get(f"/casus/{play.case_id}")
        assert set(case.json()["tasks"]) & numbers == {own}
        assert {client.get(f"/v1/tasks/{own}").status_code, client.get(f"/taken/{own}").status_code} == {200}
        assert {client.get(f"/v1/tasks/{theirs}").status_code, client.get(f"/taken/{theirs}").status_code} == {404}
        assert ("Blauwe plekken" in page.text) is (person == REPORTER)
        assert "Veiligheid:" not in page.text, "a role is told by its name"
    assert "Blauwe plekken" not in visit(LEAD).get(f"/taken/{files[LEAD].id}").text
    assert "Blauwe plekken" not in visit(LEAD).get(f"/v1/cases/{play.case_id}").text


@pytest.mark.any_database
def test_an_agreement_is_late_by_the_dutch_calendar(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="verslag_delen")
    view = play.view(OVERSEER)
    day = view.rows(AgreementRow)[0].by_date
    assert day is not None
    ends = datetime.combine(day + timedelta(days=1), time(0), deadlines.ZONE)  # an hour or two before that of UTC
    for minutes, late in ((-30, False), (30, True)):
        now = ends.astimezone(UTC) + timedelta(minutes=minutes)
        assert endpoints._case_out(now, view).agreements[0].overdue is late

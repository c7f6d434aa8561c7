"""What keeps strangers, other sites and mistakes out."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import command, pages
from api.app import MAXIMUM_BODY, create_app
from api.limits import Limit
from api.request import House
from engine import cases, store
from engine.cases import Library
from engine.errors import ProcessError
from engine.store import Database
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, REPORTER, Play, example
from tests.oracle.survey import MOUNTED, addresses

SIGNAL = example("alles_loopt_goed").actions[0].answers


def token(client: TestClient) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/werk").text)
    assert match
    return match[1]


# --- other sites -----------------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elders.example"},
        {"origin": "null"},
        {"origin": "http://testserver.elders.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
    ],
)
def test_what_another_site_sends_is_refused_by_the_api(visit: Visit, play: Play, headers: dict[str, str]) -> None:
    play.start(SIGNAL)
    task = play.row("ontvangst_bevestigen").id
    response = visit(COORDINATOR).post(f"/v1/tasks/{task}/claim", headers=headers, content="{}")
    assert response.status_code == 403
    assert play.row("ontvangst_bevestigen").assignee == ""


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("headers", "sent", "status"),
    [
        ({"origin": "https://elders.example"}, "right", 403),
        ({"sec-fetch-site": "cross-site"}, "right", 403),
        ({}, "", 403),
        ({}, "0" * 32, 403),
        ({}, "é", 403),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, "right", 303),
    ],
)
def test_what_another_site_sends_is_refused_by_the_pages(
    visit: Visit, play: Play, headers: dict[str, str], sent: str, status: int
) -> None:
    play.start(SIGNAL)
    client = visit(COORDINATOR)
    body = {"csrf_token": token(client) if sent == "right" else sent}
    task = play.row("ontvangst_bevestigen").id
    response = client.post(f"/taken/{task}/claim", data=body, headers=headers)
    assert response.status_code == status
    assert play.row("ontvangst_bevestigen").assignee == ("" if status == 403 else COORDINATOR)


@pytest.mark.any_database
def test_the_token_of_one_session_is_none_for_another(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    body = {"csrf_token": token(visit(LEAD))}
    task = play.row("ontvangst_bevestigen").id
    assert visit(COORDINATOR).post(f"/taken/{task}/claim", data=body).status_code == 403


# --- sessions --------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_without_a_session_every_page_leads_to_the_door(visit: Visit) -> None:
    for path in ("/werk", "/signaal", "/taken/1", "/casus/1"):
        response = visit("").get(path)
        assert (response.status_code, response.headers["location"]) == (303, "/aanmelden")


def test_a_session_that_ran_out_is_none(app: FastAPI, database: Database) -> None:
    client = TestClient(app, follow_redirects=False)
    with database.writing() as tx:
        now = datetime.now(UTC)
        client.cookies.set("knooppunt", store.sessions.begin(tx, LEAD, now, now - timedelta(seconds=1)))
    assert client.get("/werk").status_code == 303
    assert client.get("/v1/tasks").status_code == 401


def test_signing_in_and_out_of_the_demo(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    response = client.post("/aanmelden", data={"persoon": LEAD})
    cookie = response.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert client.get("/werk").status_code == 200
    kept = client.cookies["knooppunt"]
    assert client.post("/afmelden", data={"csrf_token": token(client)}).status_code == 303
    client.cookies.set("knooppunt", kept)
    assert client.get("/werk").status_code == 303, "the session is gone, not only its cookie"


def test_signing_in_as_somebody_else_ends_the_session_that_there_was(app: FastAPI) -> None:
    client = TestClient(app, follow_redirects=False)
    client.post("/aanmelden", data={"persoon": LEAD})
    first = client.cookies["knooppunt"]
    client.post("/aanmelden", data={"persoon": COORDINATOR, "csrf_token": token(client)})
    second = client.cookies["knooppunt"]
    assert first != second
    client.cookies.clear()
    client.cookies.set("knooppunt", first)
    assert client.get("/werk").status_code == 303


@pytest.mark.any_database
def test_who_does_nothing_for_too_long_is_signed_out_and_who_reads_is_not(
    earnest: TestClient, database: Database
) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=29)
    with database.writing() as tx:
        busy, asleep = (store.sessions.begin(tx, LEAD, begun, begun + timedelta(hours=12)) for _ in range(2))
    earnest.cookies.set("__Host-knooppunt", busy)
    page = earnest.get("/werk").text
    assert "Doe je niets, dan word je om" in page
    with database.writing() as tx:
        (seen, unseen) = store.sessions.of_person(tx, LEAD, datetime.now(UTC))
        assert (seen.seen_at > begun + timedelta(minutes=28), unseen.seen_at) == (True, begun)
        store.sessions.prolong(tx, asleep, begun - timedelta(minutes=2), begun + timedelta(hours=12))
    assert earnest.get("/werk").status_code == 200
    earnest.cookies.clear()
    earnest.cookies.set("__Host-knooppunt", asleep)
    assert earnest.get("/werk").status_code == 303


@pytest.mark.any_database
def test_somebody_ends_their_own_sessions_and_nobody_elses(app: FastAPI, database: Database) -> None:
    here, there, hers = (TestClient(app, follow_redirects=False) for _ in range(3))
    for client, person in ((here, LEAD), (there, LEAD), (hers, COORDINATOR)):
        client.post("/aanmelden", data={"persoon": person})
    with database.reading() as tx:
        (others,) = store.sessions.of_person(tx, COORDINATOR, datetime.now(UTC))
    page = here.get("/mijn").text
    mine = re.findall(r'name="sessie" value="(\w{64})"', page)
    assert len(mine) == 2
    assert page.count("Dit is waar je nu bent.") == 1
    here.post("/mijn/sessies", data={"sessie": others.id, "csrf_token": token(here)})
    assert hers.get("/werk").status_code == 200
    assert here.post("/mijn/sessies", data={"sessie": "overal", "csrf_token": token(here)}).status_code == 303
    assert [client.get("/werk").status_code for client in (here, there, hers)] == [303, 303, 200]


@pytest.mark.parametrize("person", ["", "niemand", "\x00", "' or 1=1 --"])
def test_who_is_not_known_is_not_signed_in(app: FastAPI, person: str) -> None:
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    response = client.post("/aanmelden", data={"persoon": person})
    assert response.status_code == 404
    assert "set-cookie" not in response.headers


@pytest.fixture
def earnest(database: Database, library: Library) -> TestClient:
    """A house that is no demo, as a browser reaches it: over https."""
    app = create_app(House(database, library))
    return TestClient(app, "https://testserver", follow_redirects=False, raise_server_exceptions=False)


@pytest.mark.any_database
def test_outside_the_demo_nobody_picks_a_person_or_moves_the_clock(earnest: TestClient, database: Database) -> None:
    assert earnest.get("/aanmelden").status_code == 200
    refused = earnest.post("/aanmelden", data={"persoon": LEAD})
    assert (refused.status_code, "set-cookie" in refused.headers) == (405, False)
    with database.writing() as tx:
        session = store.sessions.begin(tx, LEAD, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1))
    earnest.cookies.set("knooppunt", session)
    assert earnest.get("/werk").status_code == 303, "the cookie of a demo opens nothing here"
    earnest.cookies.clear()
    earnest.cookies.set("__Host-knooppunt", session)
    assert earnest.get("/werk").status_code == 200
    moved = earnest.post("/demo/klok", data={"csrf_token": token(earnest), "duur": "P1M"})
    assert moved.status_code == 404
    with database.reading() as tx:
        assert store.people.ahead(tx) == 0
    left = earnest.post("/afmelden", data={"csrf_token": token(earnest)}).headers["set-cookie"].lower()
    assert {"secure", "httponly", "path=/"} <= {part.strip() for part in left.split(";")}, "else a browser keeps it"


@pytest.mark.any_database
@pytest.mark.parametrize(("path", "before"), [("/", 303), ("/aanmelden", 200)])
def test_who_knocks_very_often_is_asked_to_wait_and_who_is_in_is_not(
    earnest: TestClient, database: Database, path: str, before: int
) -> None:
    cast(FastAPI, earnest.app).state.readers = Limit(2)
    assert [earnest.get(path).status_code for _ in range(3)] == [before, before, 429]
    wait = earnest.get(path)
    assert (wait.status_code, wait.headers["retry-after"]) == (429, "60")
    assert "Wacht een minuut" in wait.text
    with database.writing() as tx:
        session = store.sessions.begin(tx, LEAD, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1))
    earnest.cookies.set("__Host-knooppunt", session)
    assert earnest.get("/").headers["location"] == "/vandaag", "an office has one address for all"


# --- headers and mistakes --------------------------------------------------------------------------------------


def safe(headers: object) -> None:
    assert hasattr(headers, "get")
    policy = headers.get("content-security-policy", "")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers.get("x-content-type-options") == "nosniff"
    assert headers.get("referrer-policy") == "same-origin"
    assert headers.get("cross-origin-opener-policy") == "same-origin"
    assert headers.get("cross-origin-resource-policy") == "same-origin"
    assert headers.get("cross-origin-embedder-policy") == "require-corp"
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(headers.get("permissions-policy", "").split(", "))


@pytest.mark.any_database
@pytest.mark.parametrize(
    "path",
    ["/werk", "/aanmelden", "/healthz", "/nergens", "/casus/abc", "/v1/tasks", "/v1/openapi.json", "/v1/nergens"],
)
def test_every_answer_carries_the_headers(visit: Visit, path: str) -> None:
    for person in ("", OVERSEER):
        response = visit(person).get(path)
        safe(response.headers)
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.any_database
def test_every_route_there_is_answers_with_the_headers(visit: Visit, app: FastAPI) -> None:
    client = visit(OVERSEER)
    routes = sorted(way for way in addresses(app) if way[0] != MOUNTED and way[1] != "/afmelden")
    assert len(routes) > 40
    for method, path in routes:
        safe(client.request(method, re.sub(r"\{[^}]*\}", "1", path), content=b"").headers)


@pytest.mark.any_database
def test_only_a_house_that_is_no_demo_tells_browsers_to_come_by_https_ever_after(
    earnest: TestClient, visit: Visit
) -> None:
    assert "max-age=31536000" in earnest.get("/healthz").headers["strict-transport-security"]
    assert "strict-transport-security" not in visit("").get("/healthz").headers


@pytest.mark.any_database
@pytest.mark.parametrize("path", ["/werk", "/v1/tasks"])
def test_a_failure_of_ours_tells_no_trace_and_logs_no_text(
    visit: Visit, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("mieheG"[::-1])  # turned round: a log may show our own code

    monkeypatch.setattr(cases, "worklist", broken)
    client = visit(OVERSEER)
    with caplog.at_level(logging.DEBUG):
        response = client.get(path)
    assert response.status_code == 500
    safe(response.headers)
    assert "Geheim" not in response.text
    assert "Traceback" not in response.text
    assert "Dat had niet mogen gebeuren" in response.text
    assert "RuntimeError" in caplog.text
    assert "Geheim" not in caplog.text


def test_a_page_that_fails_keeps_nothing(visit: Visit, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play.start(SIGNAL)
    before = len(play.history())
    client = visit(COORDINATOR)
    body = {"csrf_token": token(client)}

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("api.pages.page.Page.redirect", broken)
    assert client.post(f"/taken/{play.row('ontvangst_bevestigen').id}/claim", data=body).status_code == 500
    assert play.row("ontvangst_bevestigen").assignee == ""
    assert len(play.history()) == before


@pytest.mark.any_database
@pytest.mark.parametrize("path", ["/v1/cases", "/signaal", "/aanmelden"])
def test_too_much_is_refused_before_it_is_read(visit: Visit, path: str) -> None:
    kind = "application/json" if path.startswith("/v1") else "application/x-www-form-urlencoded"
    response = visit(REPORTER).post(path, content="x" * (MAXIMUM_BODY + 1), headers={"content-type": kind})
    assert response.status_code == 413
    safe(response.headers)


def test_a_form_to_an_address_that_names_nothing_meets_no_such_page(visit: Visit) -> None:
    client = visit(REPORTER)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/signaal").text)
    assert token
    for path in ("/taken/abc", "/taken/abc/claim", "/casus/abc/sluiten"):
        assert client.post(path, data={"csrf_token": token[1]}).status_code == 404
        assert client.post(path, data={"csrf_token": "geraden"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/casus/abc", "/casus/0", "/casus/99999999999999999999", "/taken/1e9", "/taken/-1", "/nergens/%00"]
)
def test_a_wrong_address_gets_a_page_in_dutch(visit: Visit, path: str) -> None:
    response = visit(OVERSEER).get(path)
    assert response.status_code == 404
    assert "text/html" in response.headers["content-type"]
    assert 'lang="nl"' in response.text
    assert "Deze pagina is er niet" in response.text
    assert "Traceback" not in response.text


def test_no_log_line_of_the_server_holds_an_address(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    arguments: dict[str, object] = {}
    monkeypatch.setattr(uvicorn, "run", lambda _app, **settings: arguments.update(settings))
    assert command.main(["serve", "--database", sqlite_url]) == 0
    assert (arguments["access_log"], arguments["log_level"]) == (False, "warning")


@pytest.mark.parametrize(
    "query", ["zoek=%00", "fase=%00", "gemeente=%00", "na=99999999999999999999-1", "lijst=x", "zoek=%ff"]
)
def test_nonsense_in_an_address_still_opens_a_worklist(visit: Visit, query: str) -> None:
    assert visit(OVERSEER).get(f"/werk?{query}").status_code == 200


@pytest.mark.any_database
def test_a_file_that_is_sent_along_is_refused(visit: Visit) -> None:
    response = visit("").post("/aanmelden", files={"persoon": ("x.txt", b"x")})
    assert response.status_code == 400


@pytest.mark.any_database
def test_what_a_family_is_called_is_no_html(visit: Visit, play: Play) -> None:
    play.start({**SIGNAL, "gezin_naam": "<script>alert(1)</script>"})
    client = visit(REPORTER)
    for path in ("/werk", f"/casus/{play.case_id}", f"/taken/{play.row('signaal_bespreken').id}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("odd", ['"signaal": "\\ud800"', '"\\ud800": 1', '"onderwerpen": ["\\ud800"]'])
def test_half_a_character_breaks_nothing(visit: Visit, odd: str) -> None:
    given = json.dumps(SIGNAL)[:-1] + ", " + odd + "}"
    body = '{"municipality": "kerkrade", "answers": ' + given + "}"
    response = visit(REPORTER).post("/v1/cases", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (201, 422)


@pytest.mark.any_database
def test_a_diagram_that_fails_is_told_to_who_keeps_the_house_without_what_it_was_about(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ProcessError("Schijnbaar is geen getal")

    monkeypatch.setattr(cases, "case", fail)
    assert visit(OVERSEER).get("/casus/1").status_code == 500
    assert "ProcessError" in caplog.text
    assert "case_id=1" in caplog.text
    assert "Schijnbaar" not in caplog.text
    caplog.clear()
    assert visit(OVERSEER).get("/casus/1/bericht/zwangerschap_verloren").status_code == 500
    assert "case_id=1" in caplog.text
    assert "verloren" not in caplog.text


def test_no_template_lets_a_text_through_unescaped() -> None:
    templates = sorted((Path(pages.__file__).parent / "templates").glob("*.html"))
    assert templates
    assert [path.name for path in templates if re.search(r"\|\s*safe\b|autoescape", path.read_text())] == []

"""Many requests at once: all are answered as quickly as one after another; past the queue nothing typed is lost."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import sqlalchemy.exc
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from api import command
from api.app import create_app
from api.configuration import QUEUE
from api.request import THREADS, Desk, House
from benchmarks import crowd
from benchmarks.house import fields, serving
from engine import store, worker
from engine.cases import Library
from engine.store import Database
from engine.store import database as store_database
from engine.store.database import CONNECTIONS, Door
from tests.api.conftest import Visit
from tests.engine.playing import REPORTER, Play, example

MANY = 200
ROUNDS = 5  # the best of so many is compared: whatever else the machine does blurs a round, and never helps it
SIGNAL = example("alles_loopt_goed").actions[0].answers


@pytest.fixture
def port(database: Database) -> Iterator[int]:
    """A demo in a process of its own, as people reach it."""
    with serving(database.engine.url.render_as_string(hide_password=False), "demo") as number:
        yield number


def csrf(client: TestClient) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/signaal").text)
    assert token
    return token[1]


@pytest.mark.sqlite_first  # forms, which write too, are held to both below
@pytest.mark.parametrize(("kind", "status"), [("page", 200), ("anonymous", 303)])
def test_two_hundred_at_once_are_all_answered(port: int, database: Database, kind: str, status: int) -> None:
    request = crowd.kinds(database, REPORTER, SIGNAL)[kind]
    crowd.one_by_one(port, [request])
    assert crowd.at_once(port, [request] * MANY).statuses == Counter({status: MANY})


def test_two_hundred_forms_at_once_are_all_kept(port: int, database: Database) -> None:
    request = crowd.kinds(database, REPORTER, SIGNAL)["form"]
    assert crowd.at_once(port, [request] * MANY).statuses == Counter({303: MANY})
    with database.reading() as tx:
        assert tx.execute(text("SELECT count(*) FROM case_file")).scalar_one() == MANY


@pytest.mark.long  # it compares times, for which a machine must have nothing else to do
@pytest.mark.parametrize(("kind", "status"), [("page", 200), ("form", 303), ("anonymous", 303)])
def test_two_hundred_at_once_are_answered_as_quickly_as_one_after_another(
    port: int, database: Database, kind: str, status: int
) -> None:
    request = crowd.kinds(database, REPORTER, SIGNAL)[kind]
    crowd.one_by_one(port, [request])
    ratios = []
    for _ in range(ROUNDS):
        alone = crowd.one_by_one(port, [request] * MANY)
        together = crowd.at_once(port, [request] * MANY)
        assert (alone.statuses, together.statuses) == (Counter({status: MANY}), Counter({status: MANY}))
        ratios.append(together.seconds / alone.seconds)
        if ratios[-1] <= 1.5:
            return
    pytest.fail(f"at once took {min(ratios):.2f} times as long")


# --- the worker ------------------------------------------------------------------------------------------------


def test_the_worker_works_while_every_thread_is_taken(app: FastAPI, play: Play, database: Database) -> None:
    assert THREADS < CONNECTIONS
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with database.writing() as tx:
        store.jobs.plan(tx, "klok", play.case_id, play.now)
    desk: Desk = app.state.desk
    taken, done = threading.Barrier(THREADS + 1), threading.Event()

    def read(tx: store.Transaction) -> None:
        play.library.current(tx)
        taken.wait(30)
        assert done.wait(30)

    with ThreadPoolExecutor(THREADS) as visitors:
        for _ in range(THREADS):
            visitors.submit(desk._connected, False, read)  # type: ignore[arg-type]
        taken.wait(30)
        try:
            with database.writing() as tx:
                assert worker.step(tx, play.library, play.now)
        finally:
            done.set()


def test_writers_come_in_in_the_order_in_which_they_came() -> None:
    door, order = Door(), list[int]()
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with door.turn():
            inside.set()
            assert leave.wait(30)

    def later(number: int) -> None:
        with door.turn():
            order.append(number)

    with ThreadPoolExecutor(9) as writers:
        writers.submit(first)
        assert inside.wait(30)
        for number in range(8):
            writers.submit(later, number)
            for _ in range(10**8):  # until it stands at the door
                if len(door._waiting) > number:
                    break
        leave.set()
    assert order == list(range(8))


# --- past the queue --------------------------------------------------------------------------------------------


@pytest.fixture
def full(database: Database, library: Library) -> TestClient:
    """A house with a queue in which nobody fits."""
    return TestClient(create_app(House(database, library, demo=True), queue=0), follow_redirects=False)


def test_past_the_queue_a_form_comes_back_with_all_that_was_typed(full: TestClient, visit: Visit) -> None:
    client = visit(REPORTER)
    typed = [
        *fields({**SIGNAL, "gezin_naam": 'Zoë & "co" <x>'}),
        ("_gemeente", "kerkrade"),
        ("csrf_token", csrf(client)),
    ]
    sent = {name: [value for key, value in typed if key == name] for name, _ in typed}
    turned_away = full.post("/signaal", data=sent)
    assert turned_away.status_code == 503
    assert int(turned_away.headers["retry-after"]) > 0
    assert "default-src 'none'" in turned_away.headers["content-security-policy"]
    assert "Probeer het opnieuw" in turned_away.text
    assert '<form class="kp-actions" method="post" action="/signaal">' in turned_away.text
    kept = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', turned_away.text)
    again = [(unescape(name), unescape(value)) for name, value in kept]
    assert sorted(again) == sorted((name, value.replace("\r\n", "\n")) for name, value in typed)
    done = client.post("/signaal", data={name: [v for key, v in again if key == name] for name, _ in again})
    assert done.status_code == 303, "sending it again is enough"


def test_past_the_queue_a_page_leads_back_to_itself(full: TestClient) -> None:
    turned_away = full.get("/werk?lijst=rol&fase=overleg")
    assert (turned_away.status_code, "retry-after" in turned_away.headers) == (503, True)
    assert 'href="/werk?lijst=rol&amp;fase=overleg"' in turned_away.text
    assert full.get("/nergens").status_code == 503
    assert full.get("/casus/abc").status_code == 503


def test_past_the_queue_nobody_is_led_to_another_site(full: TestClient) -> None:
    turned_away = full.request("GET", "http://testserver//elders.example/x")
    assert turned_away.status_code == 503
    assert 'href="/elders.example/x"' in turned_away.text


def test_a_full_house_still_tells_that_it_stands(full: TestClient) -> None:
    health = full.get("/healthz")
    assert (health.status_code, health.json()["status"]) == (200, "ok")


def test_who_waits_too_long_to_write_is_told_and_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_database, "PATIENCE", 0.01)
    door = Door()
    with ThreadPoolExecutor(1) as other, door.turn():
        waits = other.submit(lambda: door.turn().__enter__())
        with pytest.raises(sqlalchemy.exc.TimeoutError):
            waits.result(timeout=30)
    with door.turn():
        assert not door._waiting


def test_past_the_queue_the_api_tells_a_problem(full: TestClient) -> None:
    turned_away = full.post("/v1/cases", json={"municipality": "kerkrade"})
    assert (turned_away.status_code, turned_away.json()["status"]) == (503, 503)
    assert turned_away.headers["content-type"] == "application/problem+json"
    assert int(turned_away.headers["retry-after"]) > 0


@pytest.mark.parametrize("headers", [{"origin": "https://elders.example"}, {"sec-fetch-site": "cross-site"}])
def test_what_another_site_sent_is_not_kept_for_sending_it_again(full: TestClient, headers: dict[str, str]) -> None:
    turned_away = full.post("/aanmelden", data={"persoon": REPORTER}, headers=headers)
    assert turned_away.status_code == 503
    assert REPORTER not in turned_away.text


@pytest.mark.parametrize("queue", ["199", "0", "-1", "veel"])
def test_a_house_with_room_for_fewer_than_two_hundred_is_refused(
    queue: str, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["serve", "--database", sqlite_url, "--queue", queue])
    assert refused.value.code == 2
    assert "200 of hoger" in capsys.readouterr().err


def test_the_queue_of_a_house_is_a_setting(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    queues: list[int] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **_: queues.append(app.state.desk.queue))
    assert command.main(["serve", "--database", sqlite_url]) == 0
    assert command.main(["serve", "--database", sqlite_url, "--queue", "1000"]) == 0
    monkeypatch.setenv("KNOOPPUNT_QUEUE", "250")
    assert command.main(["serve", "--database", sqlite_url]) == 0
    assert queues == [QUEUE, 1000, 250]


def test_only_past_the_queue_is_anybody_turned_away(database: Database, library: Library) -> None:
    assert QUEUE >= MANY
    app = create_app(House(database, library, demo=True), queue=1)
    desk: Desk = app.state.desk
    inside, leave = threading.Event(), threading.Event()
    serve = desk._connected

    def slow(*given: object) -> object:
        inside.set()
        assert leave.wait(30)
        return serve(*given)  # type: ignore[arg-type]

    desk._connected = slow  # type: ignore[assignment, method-assign]
    with ThreadPoolExecutor(1) as visitors:
        early = visitors.submit(TestClient(app).get, "/aanmelden")
        assert inside.wait(30)
        assert TestClient(app).get("/aanmelden").status_code == 503
        leave.set()
        assert early.result(30).status_code == 200
    assert TestClient(app).get("/aanmelden").status_code == 200, "who left makes room"

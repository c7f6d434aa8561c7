"""Sending twice makes one: a double click, a system that tries again, two at the same moment."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

import api
from api.pages.answers import SHOWN
from benchmarks.house import fields
from engine import store, worker
from engine.cases import Library
from engine.store import Database
from engine.store.tables import case_file, event, sending
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, REPORTER, Play, example

pytestmark = pytest.mark.sqlite_first

SIGNAL = example("alles_loopt_goed").actions[0].answers
BODY = {"municipality": "kerkrade", "answers": SIGNAL}


def page(client: TestClient, address: str = "/signaal") -> list[tuple[str, str]]:
    """What the form of a page sends of itself."""
    form = client.get(address).text.partition('id="formulier"')[2]
    return re.findall(r'<input type="hidden" name="(csrf_token|_sleutel)" value="([^"]+)"', form)


def signal(client: TestClient, **changed: str) -> list[tuple[str, str]]:
    return [*fields({**SIGNAL, **changed}), ("_gemeente", "kerkrade"), *page(client)]


def send(client: TestClient, address: str, sent: list[tuple[str, str]]) -> tuple[int, str]:
    response = client.post(address, data=_grouped(sent))
    return response.status_code, response.headers.get("location", "")


def _grouped(sent: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in sent:
        grouped.setdefault(name, []).append(value)
    return grouped


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.any_database
def test_a_double_click_makes_one_family_and_leads_to_it_twice(visit: Visit, database: Database) -> None:
    client = visit(REPORTER)
    sent = signal(client)
    first = send(client, "/signaal", sent)
    assert first == (303, "/casus/1")
    assert send(client, "/signaal", sent) == first
    assert count(database, case_file) == 1
    assert send(client, "/signaal", signal(client)) == (303, "/casus/2"), "a new page is a new signal"


def test_two_at_the_same_moment_make_one(visit: Visit, database: Database) -> None:
    clients = [visit(REPORTER) for _ in range(4)]
    for client in clients[1:]:
        client.cookies = clients[0].cookies
    sent = signal(clients[0])
    together = threading.Barrier(len(clients))

    def post(client: TestClient) -> tuple[int, str]:
        together.wait()
        return send(client, "/signaal", sent)

    with ThreadPoolExecutor(len(clients)) as pool:
        assert set(pool.map(post, clients)) == {(303, "/casus/1")}
    assert count(database, case_file) == 1


def test_who_comes_while_the_first_is_busy_waits_and_gets_what_it_made(database: Database) -> None:
    now, sent = datetime.now(UTC), store.sendings.Sending("ans", "/signaal", "sleutel", b"wat ze schreef")
    begun, second = threading.Event(), []

    def again() -> None:
        begun.set()
        with database.writing() as tx:
            second.append(store.sendings.begin(tx, sent, now))

    with database.writing() as tx:
        assert store.sendings.begin(tx, sent, now) is None
        thread = threading.Thread(target=again)
        thread.start()
        begun.wait()
        store.sendings.keep(tx, sent, 303, "/casus/41")
    thread.join()
    assert second == [store.sendings.Made(303, "/casus/41", same=True)]


@pytest.mark.any_database
def test_another_system_that_tries_again_is_answered_as_the_first_time(visit: Visit, database: Database) -> None:
    client, key = visit(REPORTER), {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    first, again = (client.post("/v1/cases", json=BODY, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert count(database, case_file) == 1
    other = {**BODY, "answers": {**SIGNAL, "gezin_naam": "Zoë"}}
    refused = client.post("/v1/cases", json=other, headers=key)
    assert (refused.status_code, "al gebruikt" in refused.json()["detail"]) == (422, True)
    assert client.post("/v1/cases", json=BODY, headers={"Idempotency-Key": "x" * 300}).status_code == 422
    assert client.post("/v1/cases", json=BODY).json()["caseId"] != first.json()["caseId"], "without a key it is new"


@pytest.mark.any_database
def test_a_key_is_of_who_sends_it(visit: Visit, database: Database) -> None:
    client, sent = visit(REPORTER), signal(visit(REPORTER))
    assert send(client, "/signaal", [*sent, *page(client)]) == (303, "/casus/1")
    other = visit(COORDINATOR)
    mine = [(name, value) for name, value in sent if name != "csrf_token"]
    token = [pair for pair in page(other, "/werk") if pair[0] == "csrf_token"]
    status, place = send(other, "/signaal", [*mine, *token])
    assert (status, place) == (403, ""), "who may not signal learns of nothing that was made"


@pytest.mark.any_database
def test_what_was_refused_may_be_sent_again_and_what_was_changed_later_is_told(
    visit: Visit, database: Database
) -> None:
    client = visit(REPORTER)
    sent = signal(client)
    assert send(client, "/signaal", [*sent, (SHOWN, "signaal_datum")]) == (200, ""), "a question nobody saw yet"
    wrong = [pair for pair in sent if pair[0] != "signaal_datum"]
    assert send(client, "/signaal", wrong) == (422, "")
    assert send(client, "/signaal", sent) == (303, "/casus/1")
    later = client.post("/signaal", data=_grouped([*sent, ("eigen_kracht", "Haar zus")]))
    assert later.status_code == 409
    assert "is niet opgeslagen" in later.text
    assert 'href="/casus/1"' in later.text
    assert count(database, case_file) == 1


@pytest.mark.any_database
def test_what_is_told_twice_happened_once(visit: Visit, play: Play, database: Database) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    key, before = {"Idempotency-Key": "a1"}, count(database, event)
    address, body = f"/v1/cases/{play.case_id}/messages", {"name": "acute_onveiligheid"}
    client = visit(REPORTER)
    assert client.post(address, json=body, headers=key).status_code == 204
    after = count(database, event)
    assert client.post(address, json=body, headers=key).status_code == 204
    assert before < after == count(database, event)


@pytest.mark.any_database
def test_a_key_is_known_for_a_day_and_holds_nothing_that_was_told(
    visit: Visit, database: Database, library: Library
) -> None:
    client = visit(REPORTER)
    send(client, "/signaal", signal(client, gezin_naam="Zoë"))
    with database.reading() as tx:
        (row,) = tx.execute(sa.select(sending)).all()
    assert re.fullmatch(r"[0-9a-f]{64}", row.id)
    assert re.fullmatch(r"[0-9a-f]{64}", row.mark)
    assert (row.status, row.answer) == (303, "/casus/1")

    def forgotten(at: timedelta) -> bool:
        stop, moments = threading.Event(), iter([True])

        def now(_: store.Transaction) -> datetime:
            if next(moments, None) is None:
                stop.set()
            return datetime.now(UTC) + at

        worker.run(database, library, now, stop)
        return count(database, sending) == 0

    assert not forgotten(timedelta(hours=23))
    assert forgotten(timedelta(hours=25))


def test_a_key_outlives_a_clock_that_was_put_back_and_is_right_again(database: Database) -> None:
    right = datetime.now(UTC)
    first, second = (store.sendings.Sending(REPORTER, "/signaal", key, b"") for key in ("een", "twee"))
    for sent, moment in ((first, right), (second, right - timedelta(days=365))):
        with database.writing() as tx:
            assert store.sendings.begin(tx, sent, moment) is None
    with database.writing() as tx:
        store.sendings.clear(tx, right + timedelta(hours=23))
        assert store.sendings.begin(tx, second, right) is not None


WITHOUT_KEY = {
    "/taken/{{ task.id }}": "a task is completed once",
    "/taken/{{ step.task_id }}/formulier": "only shows the form for these answers",
    "/taken/{{ task.id }}/overslaan": "a task is skipped once",
    "/taken/{{ task.id }}/claim": "it is mine already",
    "/taken/{{ row.task_id }}/claim": "it is mine already",
    "/taken/{{ task.id }}/release": "it is nobody's already",
    "/taken/{{ task.id }}/reassign": "it is theirs already",
    "/casus/{{ case.id }}/ongedaan": "what was undone can't be undone again",
    "/casus/{{ case.id }}/intrekken/vooraf": "only shows",
    "/casus": "only searches",
    "/werk": "only searches",
    "/werk/klok": "tried again, or tried again",
    "/concept/weg": "it is gone already",
    "kaart_listing.html": "what stands there is written anew, or is checked today",
    "/mijn/sessies": "it has ended already",
    "/werken-als": "one acts so already",
    "/afmelden": "one is out already",
    "/aanmelden": "each time is a session",
    "/demo/klok": "of the demo",
    "/taken/{{ one.task.id }}/claim": "it is mine already",
    "/aanmelden/sleutel": "each time is a session",
    "/aanmelden/code": "a code counts once",
    "/uitnodiging/{{ token }}": "an invitation counts once",
    "/beheer/mensen/{{ employee.person.id | urlencode }}/uitnodiging": "a new link takes the place of the one before",
    "/mijn/codes": "new codes take the place of those before, and what is shown last counts",
    "/mijn/sleutels": "what a key answers counts once",
    "/beheer/organisaties/{{ row.region | urlencode }}/{{ row.id | urlencode }}/stand": "it stands so already",
    "absence.html": "one can't be away twice on a day",
    "{{ again }}": "what was sent is sent on as it was, with its key",
    "answer.html": "a link counts once",
    "signup_form.html": "the form says which sending it is: the second finds the first",
    "/hulp-vragen/status": "only shows",
    "/aanmeldingen/{{ row.id }}/pakken": "it is mine already",
    "/aanmeldingen/{{ row.id }}/afronden": "it is settled once",
    "/invoeren": "each row has its mark: what came in already is told",
    "kaart_row.html": "what stands there is written anew, or has ended already",
    "/lijsten/{{ kept.id }}": "it is called so already",
    "/lijsten/{{ kept.id }}/weg": "it is gone already",
    "/mijn/mail": "it stands so already",
    "moments.html": "an answer takes the place of the one before",
    "{{ address }}/antwoord": "an answer takes the place of the one before",
    "{{ address }}/kiezen": "a task is completed once",
    "/casus/{{ report.case_id }}/verslag/{{ report.receiver.id | urlencode }}": "it is recorded once a day",
    "/werk/doorgeven/kiezen": "only shows",
    "correct.html": "knows the answers that it began with: the second is told that they changed",
}
"""Forms that make nothing twice without a key, by their address or their file, with why."""


@pytest.mark.any_database
def test_every_form_that_makes_something_carries_a_key() -> None:
    forms = [
        (file.name, re.search(r'action="([^"]*)"', form), form)
        for file in sorted(Path(api.__file__).parent.rglob("templates/*.html"))
        for form in re.findall(r'(?s)<form[^>]*method="post"[^>]*>.*?</form>', file.read_text("utf-8"))
    ]
    assert len(forms) > 20
    bare = {address[1] if address else name: name for name, address, form in forms if "once(key" not in form}
    assert {way: name for way, name in bare.items() if not WITHOUT_KEY.keys() & {way, name}} == {}

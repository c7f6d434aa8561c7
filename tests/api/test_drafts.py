"""What somebody typed and didn't send is there when they come back, and there for nobody else."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks.house import fields
from engine import store, worker
from engine.store import Database
from engine.store.drafts import KEPT, About
from engine.store.tables import draft, session
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, REPORTER, STRANGER, Play, example

pytestmark = pytest.mark.sqlite_first

SIGNAL = example("alles_loopt_goed").actions[0].answers
TYPED = "Ze vertelde dat haar zus meehelpt"
TOLD = {"besproken_met_gezin": "ja", "gezin_reactie": TYPED}
SHOWN = (
    "besproken_met_gezin bespreking_datum gezin_reactie hulpvraag_helder tolk_nodig voorkeurstaal niet_besproken_reden"
)
BANNER = "Je was hier gebleven"


def token(client: TestClient, address: str) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert match
    return match[1]


def form(client: TestClient, address: str, **typed: str) -> dict[str, str]:
    return {"csrf_token": token(client, address), "_adres": address, **typed}


def kept(database: Database) -> list[tuple[str, str]]:
    with database.reading() as tx:
        return sorted((row.person_id, row.address) for row in tx.execute(sa.select(draft)))


@pytest.fixture
def task(play: Play) -> str:
    """The address of a task that waits for the reporter."""
    play.start(SIGNAL)
    return f"/taken/{play.row('signaal_bespreken').id}"


def test_what_is_typed_stands_there_again_for_its_writer_only(visit: Visit, task: str, database: Database) -> None:
    client = visit(REPORTER)
    assert (
        client.post("/concept", data=form(client, task, besproken_met_gezin="ja", gezin_reactie=TYPED)).status_code
        == 200
    )
    again = visit(REPORTER).get(task).text
    assert BANNER in again
    assert TYPED in again
    for other in (OVERSEER, COORDINATOR, LEAD):
        for address in (task, "/casus/1", "/werk", "/v1/tasks/" + task.rpartition("/")[2], "/v1/cases/1"):
            assert TYPED not in visit(other).get(address).text
    assert (
        client.post(
            "/concept", data=form(client, task, besproken_met_gezin="ja", gezin_reactie="Nee, toch niet")
        ).status_code
        == 200
    )
    assert TYPED not in client.get(task).text
    assert kept(database) == [(REPORTER, task)], "one for each form"


def test_one_can_begin_anew(visit: Visit, task: str, database: Database) -> None:
    client = visit(REPORTER)
    client.post("/concept", data=form(client, task, besproken_met_gezin="ja", gezin_reactie=TYPED))
    gone = client.post("/concept/weg", data=form(client, task))
    assert (gone.status_code, gone.headers["location"]) == (303, task)
    shown = client.get(task).text
    assert BANNER not in shown
    assert TYPED not in shown
    assert client.post("/concept/weg", data=form(client, task) | {"_adres": "//elders.example"}).status_code == 404


def test_a_signal_that_was_not_sent_waits_and_is_gone_when_it_is(visit: Visit, database: Database) -> None:
    client = visit(REPORTER)
    client.post("/concept", data=form(client, "/signaal", gezin_naam="Schijnbaar", _gemeente="kerkrade"))
    assert 'value="Schijnbaar"' in client.get("/signaal").text
    sent = dict(fields(SIGNAL))
    begun = client.post("/signaal", data={**sent, "_gemeente": "kerkrade", "csrf_token": token(client, "/signaal")})
    assert begun.status_code == 303
    assert kept(database) == []
    assert BANNER not in client.get("/signaal").text


def test_a_submit_that_was_refused_is_kept_until_it_succeeds(visit: Visit, task: str, database: Database) -> None:
    client = visit(REPORTER)
    sent = {"csrf_token": token(client, task), **TOLD, "_getoond": SHOWN}
    assert client.post(task, data=sent | {"besproken_met_gezin": ""}).status_code == 422
    assert kept(database) == [(REPORTER, task)]
    assert BANNER in visit(REPORTER).get(task).text
    assert client.post(task, data=sent).status_code == 303
    assert kept(database) == []


def test_a_task_that_is_done_or_lapsed_takes_all_drafts_of_it_along(
    visit: Visit, play: Play, task: str, database: Database
) -> None:
    for person in (REPORTER, STRANGER):
        with database.writing() as tx:
            store.drafts.keep(tx, person, task, [("a", "b")], About(1, int(task.rpartition("/")[2])), play.now)
    with database.writing() as tx:
        store.drafts.keep(tx, REPORTER, "/casus/1/bericht/verhuisd", [("a", "b")], About(1), play.now)
    play.do("signaal_bespreken", example("alles_loopt_goed").actions[2].answers)
    assert kept(database) == [(REPORTER, "/casus/1/bericht/verhuisd")]
    with database.writing() as tx:
        store.personal.erase(tx, 1)
    assert kept(database) == [], "with the case goes all that was typed about it"


def test_who_may_not_do_a_task_keeps_nothing_there_and_learns_nothing(visit: Visit, task: str) -> None:
    client = visit(STRANGER)
    missing, hidden = (
        client.post("/concept", data=form(client, "/werk") | {"_adres": at}) for at in ("/taken/99", task)
    )
    assert (missing.status_code, hidden.status_code) == (404, 404)
    assert re.sub("<time.*?</time>|[0-9a-f]{32}", "", missing.text) == re.sub(
        "<time.*?</time>|[0-9a-f]{32}", "", hidden.text
    )


def test_a_draft_is_kept_for_a_month(database: Database, play: Play) -> None:
    stop = threading.Event()

    def a_month_later(_: store.Transaction) -> datetime:
        stop.set()
        return play.now + KEPT

    with database.writing() as tx:
        store.drafts.keep(tx, REPORTER, "/signaal", [("a", "b")], About(), play.now)
        assert not store.drafts.over(tx, play.now + KEPT - timedelta(minutes=1))
        assert store.drafts.over(tx, play.now + KEPT)
    worker.run(database, play.library, a_month_later, stop)
    with database.reading() as tx:
        assert store.drafts.of(tx, REPORTER, "/signaal") is None


# --- the session is over -----------------------------------------------------------------------------------------


def end_sessions(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(sa.update(session).values(expires_at=datetime.now(UTC) - timedelta(minutes=1)))


def test_what_is_sent_after_the_session_is_kept_and_one_comes_back_to_it(
    visit: Visit, task: str, database: Database
) -> None:
    client = visit(REPORTER)
    sent = {"csrf_token": token(client, task), "_getoond": SHOWN, **TOLD}
    end_sessions(database)
    refused = client.post(task, data=sent)
    assert (refused.status_code, refused.headers["location"]) == (303, "/aanmelden")
    door = client.get("/aanmelden").text
    assert "Wat je typte, is bewaard" in door
    assert TYPED not in door
    back = client.post("/aanmelden", data={"persoon": REPORTER})
    assert back.headers["location"] == task
    assert TYPED in client.get(task).text


def test_another_who_signs_in_on_that_browser_sees_nothing_of_it(visit: Visit, task: str, database: Database) -> None:
    client = visit(REPORTER)
    sent = {"csrf_token": token(client, task), "_getoond": SHOWN, **TOLD}
    end_sessions(database)
    client.post(task, data=sent)
    assert client.post("/aanmelden", data={"persoon": OVERSEER}).headers["location"] == "/vandaag"
    assert TYPED not in client.get(task).text
    assert BANNER not in client.get(task).text
    assert kept(database) == [(REPORTER, task)]


def test_what_is_saved_while_typing_after_the_session_is_kept_too_and_says_so(
    visit: Visit, task: str, database: Database
) -> None:
    client = visit(REPORTER)
    typed = form(client, task, besproken_met_gezin="ja", gezin_reactie=TYPED)
    end_sessions(database)
    answer = client.post("/concept", data=typed)
    assert (answer.status_code, answer.headers["X-Bewaard"]) == (401, "ja")
    assert kept(database) == [(REPORTER, task)]


@pytest.mark.parametrize("changed", [{"csrf_token": "0" * 32}, {"csrf_token": ""}])
def test_nobody_else_writes_for_whom_a_session_was(
    visit: Visit, task: str, database: Database, changed: dict[str, str]
) -> None:
    client = visit(REPORTER)
    typed = form(client, task, besproken_met_gezin="ja", gezin_reactie=TYPED) | changed
    end_sessions(database)
    assert client.post("/concept", data=typed).headers["X-Bewaard"] == "nee"
    assert client.post(task, data=typed).status_code == 303
    elsewhere = {"origin": "https://elders.example"}
    assert client.post(task, data=typed, headers=elsewhere).status_code == 403
    assert kept(database) == []


def test_what_nobody_may_do_any_more_when_the_session_was_over_is_not_kept(
    visit: Visit, play: Play, task: str, database: Database
) -> None:
    client = visit(REPORTER)
    sent = {"csrf_token": token(client, task), **TOLD}
    end_sessions(database)
    play.do("signaal_bespreken", example("alles_loopt_goed").actions[2].answers)
    client.post(task, data=sent)
    assert kept(database) == []
    assert "is bewaard" not in client.get("/aanmelden").text


def test_whose_a_session_was_is_known_for_a_week(app: FastAPI, database: Database) -> None:
    now = datetime.now(UTC)
    with database.writing() as tx:
        old = store.sessions.begin(tx, LEAD, now, now)
        store.sessions.sweep(tx, now + timedelta(days=6))
        assert store.sessions.owner(tx, old) == LEAD
        assert store.sessions.one(tx, old, now) is None
        store.sessions.sweep(tx, now + timedelta(days=8))
        assert store.sessions.owner(tx, old) is None


@pytest.mark.any_database
def test_a_correction_is_kept_while_one_types_and_when_the_session_was_over(
    visit: Visit, play: Play, database: Database
) -> None:
    play.play(example("alles_loopt_goed"), until="verslag_delen")
    client, address = visit(OVERSEER), f"/casus/{play.case_id}/corrigeren/overleg/plan_vastleggen"
    assert client.post("/concept", data=form(client, address, _reden="Wat ze eerst zei")).status_code == 200
    assert "Wat ze eerst zei" in client.get(address).text
    sent = {"csrf_token": token(client, address), "_reden": TYPED}
    end_sessions(database)
    assert client.post(address, data=sent).headers["location"] == "/aanmelden"
    client.post(f"{address}?item=a1", data=sent | {"_reden": "Over een andere rij"})
    assert kept(database) == [(OVERSEER, address), (OVERSEER, f"{address}?item=a1")]
    assert client.post("/aanmelden", data={"persoon": OVERSEER}).headers["location"] == f"{address}?item=a1"
    shown = client.get(address).text
    assert BANNER in shown
    assert TYPED in shown
    assert TYPED not in visit(COORDINATOR).get(address).text
    with database.writing() as tx:
        store.drafts.forget(tx, play.case_id)
    assert kept(database) == []


@pytest.mark.any_database
def test_a_correction_that_is_refused_is_kept_until_it_succeeds(visit: Visit, play: Play, database: Database) -> None:
    play.play(example("alles_loopt_goed"), until="verslag_delen")
    client, address = visit(OVERSEER), f"/casus/{play.case_id}/corrigeren/overleg/plan_vastleggen"
    (done,) = (event for event in play.history() if event.kind == "afgerond" and event.element == "plan_vastleggen")
    given = {name: value for name, value in play.document().items() if name in done.detail["velden"]}
    sent = {**dict(fields({**given, "eigen_kracht": TYPED})), "csrf_token": token(client, address)}
    assert client.post(address, data=sent).status_code == 422
    assert kept(database) == [(OVERSEER, address)]
    assert TYPED in client.get(address).text
    assert client.post(address, data=sent | {"_reden": "Typfout"}).status_code == 303
    assert kept(database) == []


@pytest.mark.any_database
def test_a_late_letter_and_what_is_taken_back_wait_for_who_was_away_too_long(
    visit: Visit, play: Play, database: Database
) -> None:
    play.play(example("alles_loopt_goed"), until="verslag_delen")
    client = visit(REPORTER)
    letter, back = f"/wat-ik-schreef/{play.case_id}/later", f"/casus/{play.case_id}/intrekken"
    chosen = re.findall(r'<option value="([^"]+)">', client.get(back).text)[0]
    for address, typed, shown in (
        (letter, {"tekst": TYPED}, TYPED),
        (back, {"wie": "", "organisatie": chosen, "soort": ""}, f'value="{chosen}" selected'),
        (f"{back}/vooraf", {"wie": "", "organisatie": "", "soort": ""}, BANNER),
    ):
        page = address.removesuffix("/vooraf")
        sent = {"csrf_token": token(client, page), **typed}
        end_sessions(database)
        client.post(address, data=sent)
        assert client.post("/aanmelden", data={"persoon": REPORTER}).headers["location"] == page
        assert shown in client.get(page).text
    assert client.post(letter, data={"csrf_token": token(client, letter), "tekst": TYPED}).status_code == 303
    assert kept(database) == [(REPORTER, back)]

"""What lists can, by their pages: the way back, filters and order."""

import csv
import io
import re
from html import unescape

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.pages import sheet
from engine import store
from engine.store.tables import look, look_case, saved_list
from engine.words import Look
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, HOME, OVERSEER, REPORTER, STRANGER, Play, example

SIGNAL = example("alles_loopt_goed").actions[0].answers
CONFIRM = "ontvangst_bevestigen"


def back(page: str) -> str:
    """Where the link back leads."""
    return unescape(re.search(r'kp-back" href="([^"]*)"', page)[1])  # type: ignore[index]


def send(client: TestClient, path: str, page: str, **fields: str) -> str:
    """Send the form on a page; where one goes on."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return client.post(path, data={**hidden, **fields}).headers["location"]


@pytest.mark.any_database
def test_who_did_a_task_is_back_in_the_list_as_it_was(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    client, task = visit(COORDINATOR), play.row(CONFIRM).id
    list_ = "/werk?lijst=rol&gemeente=kerkrade&volgorde=stap"
    assert f'href="/taken/{task}"' in client.get(list_).text
    assert back(client.get(f"/taken/{task}").text) == list_
    page = client.get(f"/casus/{play.case_id}").text
    assert back(page) == list_
    client.get(list_)
    assert send(client, f"/taken/{task}/claim", client.get(f"/taken/{task}").text) == f"/taken/{task}"
    done = send(client, f"/taken/{task}", client.get(f"/taken/{task}").text, ontvangst_bevestigd="ja")
    assert done == list_
    assert "is afgerond" in client.get(done).text


def test_who_came_from_a_case_goes_on_there(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    client, task = visit(COORDINATOR), play.row(CONFIRM).id
    for before in ((), ("/werk?lijst=rol", f"/casus/{play.case_id}")):
        for address in before:
            client.get(address)
        client.post(f"/taken/{task}/claim", data={"csrf_token": token(client)})
        page = client.get(f"/taken/{task}").text
        assert back(page) == (before[0] if before else "/werk")
    assert send(client, f"/taken/{task}", page, ontvangst_bevestigd="ja") == f"/casus/{play.case_id}"


def token(client: TestClient) -> str:
    """What forms of this session send along."""
    return re.search(r'name="csrf_token" value="([^"]*)"', client.get("/wat-ik-schreef").text)[1]  # type: ignore[index]


def test_nonsense_that_a_browser_kept_leads_to_the_tasks(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    client, task = visit(COORDINATOR), play.row(CONFIRM).id
    for kept in (
        "https://elders.example/",
        "//elders.example",
        "/werk%0d%0aSet-Cookie: x",
        "/afmelden",
        "%ff",
        "/werkx",
    ):
        client.cookies.set("knooppunt_plek", kept)
        assert back(client.get(f"/taken/{task}").text) == "/werk", kept


def test_only_who_keeps_the_overview_filters_by_who_has_a_task(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    page = visit(OVERSEER).get("/werk?lijst=alle&wie=-&volgorde=gezin").text
    assert 'name="wie"' in page
    assert re.search(r'<option value="gezin" selected>', page)
    assert 'name="wie"' not in visit(REPORTER).get("/werk?lijst=alle").text
    assert visit(OVERSEER).get("/werk?lijst=alle&volgorde=onzin&wie=%00&organisatie=%00").status_code == 200


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    """What stands in a sheet."""
    response = client.get(address)
    assert response.headers["content-type"].startswith("text/csv")
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff")), delimiter=";"))


@pytest.mark.any_database
def test_a_list_is_taken_along_as_it_stands_and_the_log_tells_so(
    visit: Visit, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    formula = play.start({**SIGNAL, "gezin_naam": '=HYPERLINK("x")'})
    other = play.start({**SIGNAL, "gezin_naam": "Zomer"})
    reporter = visit(REPORTER)
    assert 'href="/werk.csv?lijst=alle&amp;volgorde=gezin"' in reporter.get("/werk?lijst=alle&volgorde=gezin").text
    tasks = rows(reporter, "/werk.csv?lijst=alle&volgorde=gezin&na=0-1")
    assert [row["Dossier"] for row in tasks] == ['\'=HYPERLINK("x")', "Zomer"]
    files = rows(reporter, "/casus.csv?kolommen=gemeente")
    assert [(row["Dossier"], row["Gemeente"]) for row in files] == [
        ("Zomer", "Kerkrade"), ("'=HYPERLINK(\"x\")", "Kerkrade"),
    ]  # fmt: skip
    assert {row["Dossier"] for row in rows(visit(OVERSEER), "/casus.csv")} == {f"Signaal {formula}", f"Signaal {other}"}
    with play.database.reading() as tx:
        looks = tx.execute(
            sa.select(look.c.verb, look_case.c.case_id).join(look_case, look_case.c.look_id == look.c.id)
        )
        assert {(Look.EXPORTED, formula), (Look.EXPORTED, other)} <= {tuple(row) for row in looks}
    monkeypatch.setattr(sheet, "MOST", 1)
    assert rows(reporter, "/casus.csv")[-1]["Dossier"] == sheet.CUT


@pytest.mark.any_database
def test_a_list_is_kept_under_a_name_without_what_was_searched_for(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    client = visit(OVERSEER)
    page = client.get("/werk?lijst=alle&wie=-&volgorde=stap").text
    kept = {"pagina": "/werk", "lijst": "alle", "wie": "-", "volgorde": "stap", "zoek": "Zonnebloem", "na": "1-1"}
    own = send(client, "/lijsten", page, **kept, naam="  Nog  niemand ")
    assert own == "/werk?lijst=alle&wie=-&volgorde=stap"
    assert 'href="/werk?lijst=alle&amp;wie=-&amp;volgorde=stap">Nog niemand</a>' in client.get("/werk").text
    with play.database.reading() as tx:
        assert "onnebloem" not in str(tx.execute(sa.select(saved_list)).all())
    assert "Nog niemand" not in visit(COORDINATOR).get("/lijsten").text
    client.post("/lijsten/1", data={"csrf_token": token(client), "naam": "Vrij"})
    assert "Vrij" in client.get("/lijsten").text
    other = visit(COORDINATOR)
    for address in ("/lijsten/1", "/lijsten/1/weg", "/lijsten/99/weg"):
        refused = other.post(address, data={"csrf_token": token(other), "naam": "Weg"})
        assert refused.status_code == 404
    client.post("/lijsten/1/weg", data={"csrf_token": token(client)})
    assert "Vrij" not in client.get("/lijsten").text


def test_who_keeps_the_overview_keeps_a_list_for_all_with_a_role_there(visit: Visit) -> None:
    overseer, reporter = visit(OVERSEER), visit(REPORTER)
    shared = {"pagina": "/casus", "stand": "lopend", "naam": "Onze gezinnen", "voor": f"coordinator/{HOME}"}
    overseer.post("/lijsten", data={**shared, "csrf_token": token(overseer)})
    assert "Onze gezinnen" in visit(COORDINATOR).get("/casus").text
    assert "Onze gezinnen" not in reporter.get("/casus").text
    for place in (HOME, "heerlen"):
        asked = {**shared, "voor": f"coordinator/{place}", "csrf_token": token(reporter)}
        assert reporter.post("/lijsten", data=asked).status_code == 403
    assert overseer.post("/lijsten", data={"csrf_token": token(overseer), "naam": " "}).status_code == 422


def test_one_sees_the_columns_that_one_chose_from_then_on(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    client = visit(REPORTER)
    assert 'data-label="Fase"' in client.get("/casus").text
    data = {"csrf_token": token(client), "stand": "lopend", "kolom": ["gemeente", "begonnen"]}
    assert client.post("/casus", data=data).headers["location"] == "/casus?stand=lopend"
    page = client.get("/casus").text
    assert 'data-label="Fase"' not in page
    assert 'data-label="Begonnen"' in page
    first = ["gemeente", "fase", "stap", "wacht", "regie"]
    client.post("/casus", data={"csrf_token": token(client), "stand": "lopend", "kolom": first})
    assert 'data-label="Fase"' in client.get("/casus").text


def test_several_tasks_go_to_somebody_at_once_each_where_that_may_be(visit: Visit, play: Play) -> None:
    tasks = []
    for name in ("Zomer", "Winter"):
        play.start({**SIGNAL, "gezin_naam": name})
        tasks.append(play.row(CONFIRM).id)
    unlike = next(row.id for row in play.rows() if row.element != CONFIRM)
    client = visit(OVERSEER)
    client.get("/werk?lijst=alle")
    ticked = {"csrf_token": token(client), "taak": [str(id) for id in (*tasks, unlike)]}
    page = client.post("/werk/doorgeven/kiezen", data=ticked).text
    assert "Coby Concept (2 van 3)" in page
    assert client.post("/werk/doorgeven", data={**ticked, "aan": COORDINATOR, "reden": " "}).status_code == 422
    assert client.post("/werk/doorgeven", data={**ticked, "reden": "Mila is ziek"}).status_code == 422
    done = client.post("/werk/doorgeven", data={**ticked, "aan": COORDINATOR, "reden": "Mila is ziek"})
    assert (done.status_code, "Niet alles is doorgegeven" in done.text) == (200, True)
    assert "de rol past niet" in done.text
    with play.database.reading() as tx:
        rows = [store.tasks.one(tx, id) for id in (*tasks, unlike)]
    assert [row.assignee for row in rows] == [COORDINATOR, COORDINATOR, REPORTER]
    assert (
        "Gegeven aan Coby Concept: Ontvangst bevestigen. Reden: Mila is ziek"
        in client.get(f"/casus/{rows[0].case_id}").text
    )
    assert "Mila is ziek" in client.get("/wat-ik-schreef").text
    all_done = client.post("/werk/doorgeven", data={**ticked, "taak": tasks, "aan": COORDINATOR, "reden": "Terug"})
    assert (all_done.status_code, all_done.headers["location"]) == (303, "/werk?lijst=alle")


def test_who_may_not_know_a_task_hands_nothing_over(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    task = play.row(CONFIRM).id
    stranger, reporter = visit(STRANGER), visit(REPORTER)
    for ids in ([], [task], [10**8], ["x"]):
        form = {"csrf_token": token(stranger), "taak": ids, "aan": STRANGER, "reden": "omdat"}
        assert stranger.post("/werk/doorgeven", data=form).status_code == (404 if ids and ids != ["x"] else 422)
        assert stranger.post("/werk/doorgeven/kiezen", data=form).status_code == (404 if ids and ids != ["x"] else 422)
    own = {"csrf_token": token(reporter), "taak": [play.rows()[-1].id], "aan": REPORTER, "reden": "omdat"}
    assert reporter.post("/werk/doorgeven", data=own).status_code in (200, 404)
    assert 'name="taak"' not in reporter.get("/werk?lijst=alle").text
    with play.database.reading() as tx:
        assert store.tasks.one(tx, task).assignee == ""


def test_only_who_keeps_the_overview_ticks_tasks_to_hand_over(visit: Visit, play: Play) -> None:
    play.start(SIGNAL)
    page = visit(OVERSEER).get("/werk?lijst=alle").text
    assert f'form="doorgeven" name="taak" value="{play.row(CONFIRM).id}"' in page
    assert 'id="doorgeven"' in page

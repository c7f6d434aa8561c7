"""What lists can, by their pages: the way back, filters and order."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, OVERSEER, REPORTER, Play, example

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

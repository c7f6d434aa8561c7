"""Reopening by page and by the API: a reason is asked, the task follows, and the dossier tells its rounds."""

import re

import pytest
from fastapi.testclient import TestClient

from engine import cases
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, Play, example

REASON = "Er komt een tweede kind."


def send(client: TestClient, play: Play, reason: str) -> tuple[int, str]:
    """What comes of the form with this reason, and what the page says or where it leads."""
    address = f"/casus/{play.case_id}/heropenen"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    sent = client.post(address, data={"csrf_token": token[1] if token else "", "reden": reason})
    return sent.status_code, sent.headers.get("location", sent.text)


def closed(play: Play) -> Play:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het gezin redt het zelf.")
    return play


def test_a_closed_dossier_says_how_it_reopens_and_goes_on_with_a_task(visit: Visit, play: Play) -> None:
    team = visit(COORDINATOR)
    address = f"/casus/{closed(play).case_id}/heropenen"
    assert address in team.get(f"/casus/{play.case_id}").text
    status, text = send(team, play, " ")
    assert (status, "Schrijf op waarom je dit dossier heropent." in text) == (422, True)
    status, place = send(team, play, REASON)
    assert (status, place) == (303, f"/taken/{play.row('heropening_vastleggen').id}")
    assert "Weet het gezin dat het dossier weer open is" in team.get(place).text
    page = team.get(f"/casus/{play.case_id}").text
    assert address not in page
    assert f"Heropend. Reden: {REASON}" in page
    assert "eerder afgesloten" in page


@pytest.mark.any_database
def test_nobody_but_the_team_is_offered_it_and_none_of_a_dossier_that_runs(visit: Visit, play: Play) -> None:
    address = f"/casus/{closed(play).case_id}/heropenen"
    assert visit(LEAD).get(address).status_code == 404
    assert send(visit(OVERSEER), play, REASON)[0] == 303
    assert visit(OVERSEER).get(address).status_code == 403
    assert visit(LEAD).get(f"/casus/{play.case_id}").status_code == 404


@pytest.mark.any_database
def test_the_api_begins_a_new_round(visit: Visit, play: Play) -> None:
    rounds = f"/v1/cases/{closed(play).case_id}/rounds"
    assert visit(LEAD).post(rounds, json={"reason": REASON}).status_code == 404
    assert visit(OVERSEER).post(rounds, json={"reason": ""}).status_code == 422
    begun = visit(OVERSEER).post(rounds, json={"reason": REASON})
    assert begun.status_code == 201
    assert begun.json()["opened"] == [play.row("heropening_vastleggen").id]
    again = visit(OVERSEER).post(rounds, json={"reason": REASON})
    assert again.status_code == 409

"""Skipping a step by page and by the API: offered where the drawing says so, with a reason."""

import re

import pytest

from tests.api.conftest import Visit
from tests.engine.playing import LEAD, Play, example

REASON = "Ik kom er al een jaar."


def test_the_page_of_a_step_that_may_be_skipped_asks_why_and_goes_on(visit: Visit, play: Play) -> None:
    task = f"/taken/{play.play(example('alles_loopt_goed'), until='kennismaken').row('kennismaken').id}"
    client = visit(LEAD)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(task).text)
    data = {"csrf_token": token[1] if token else ""}
    refused = client.post(f"{task}/overslaan", data={**data, "reden": " "})
    assert (refused.status_code, "Schrijf op waarom je deze stap overslaat." in refused.text) == (422, True)
    sent = client.post(f"{task}/overslaan", data={**data, "reden": REASON})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/casus/{play.case_id}")
    assert f"Overgeslagen: Kennismaken. Reden: {REASON}" in client.get(sent.headers["location"]).text
    assert play.open() == ["gezinsdoelen_opstellen"]


@pytest.mark.any_database
def test_the_api_skips_only_what_the_drawing_says(visit: Visit, play: Play) -> None:
    task = play.play(example("alles_loopt_goed"), until="kennismaken").row("kennismaken").id
    client = visit(LEAD)
    skipped = client.post(f"/v1/tasks/{task}/skip", json={"reason": REASON})
    assert (skipped.status_code, skipped.json()["ended"]) == (200, False)
    after = play.row("gezinsdoelen_opstellen").id
    assert "Deze stap overslaan" not in client.get(f"/taken/{after}").text
    assert client.post(f"/v1/tasks/{after}/skip", json={"reason": REASON}).status_code == 403

"""A day that can't be: told at its question on page and API, on correcting too, and nothing typed is lost."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from engine import deadlines
from tests.api.conftest import Visit
from tests.api.test_stale_task import made_today, page_fields
from tests.engine.playing import OVERSEER, REPORTER, Play, example

SIGNAL = example("alles_loopt_goed").actions[0].answers
TO_COME = (datetime.now(UTC).astimezone(deadlines.ZONE).date() + timedelta(days=400)).isoformat()
SENTENCE = "Deze dag moet nog komen, of is langer dan drie jaar geleden. Kies de dag waarop het je opviel."

pytestmark = pytest.mark.any_database


def test_a_signal_of_a_day_to_come_is_refused_at_its_question_and_the_story_stays(visit: Visit) -> None:
    client = visit(REPORTER)
    fields = page_fields(client.get("/signaal").text)
    typed = {
        **fields,
        "_gemeente": "kerkrade",
        "signaal_datum": TO_COME,
        "signaal": "Ze huilde en had het koud.",
        "gezin_naam": "Zoë",
    }
    refused = client.post("/signaal", data=typed)
    assert refused.status_code == 422
    text = unescape(refused.text)
    assert SENTENCE in text
    assert 'href="#veld-signaal-datum"' in text
    kept = page_fields(refused.text)
    assert (kept["signaal_datum"], kept["signaal"]) == (TO_COME, "Ze huilde en had het koud.")
    assert client.get("/v1/cases").json() == []


def test_the_api_names_the_question_and_the_same_sentence(visit: Visit) -> None:
    client = visit(REPORTER)
    body = {"municipality": "kerkrade", "answers": {**SIGNAL, "signaal_datum": TO_COME}}
    refused = client.post("/v1/cases", json=body)
    assert refused.status_code == 422
    assert SENTENCE in refused.text
    assert "signaal_datum" in refused.text
    assert client.get("/v1/cases").json() == []


def test_a_correction_to_a_day_that_cannot_be_is_refused_and_one_that_leaves_the_day_is_not(
    visit: Visit, play: Play
) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    play.now += timedelta(days=30)
    row = play.row("plan_vastleggen")
    agreed = (play.now.date() + timedelta(days=7)).isoformat()
    plan = made_today(play)
    dated = [{**agreement, "voor_wanneer": agreed} for agreement in plan["afspraken"]]
    play.do("plan_vastleggen", {**plan, "afspraken": dated})
    play.now += timedelta(days=30)
    client = visit(row.assignee or OVERSEER)
    address = f"/casus/{play.case_id}/corrigeren/overleg/plan_vastleggen"
    fields = {**page_fields(client.get(address).text), "_reden": "Anders gezegd"}
    passed = client.post(address, data={**fields, "afspraken.0.voor_wanneer": "2020-01-01"})
    assert passed.status_code == 422
    assert "Deze dag is al voorbij." in unescape(passed.text)
    assert page_fields(passed.text)["afspraken.0.voor_wanneer"] == "2020-01-01"
    ticked = {"voorliggend_bekeken": "true", "plan_akkoord_ouders": "ja"}
    done = client.post(address, data={**fields, **ticked, "afspraken.0.wat": "Vaker bellen"})
    assert done.status_code == 303, done.text

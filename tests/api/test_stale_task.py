"""A task whose form shows what somebody else changed meanwhile: nobody's work is lost without a word."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.cases import Library
from engine.store import Database
from tests.api.conftest import Visit, published
from tests.conftest import CopyOf
from tests.engine.playing import REPORTER, Play, example, moved

pytestmark = pytest.mark.sqlite_first


def page_fields(html: str) -> dict[str, str]:
    """What a browser sends back of a form in which nobody changes anything."""
    block = re.search(r'(?s)<form class="kp-panel kp-form".*?</form>', html)
    assert block, html
    form = block[0]
    fields = {name: unescape(value) for name, value in re.findall(r'<input [^>]*name="([^"]+)" value="([^"]*)"', form)}
    for name, value in re.findall(r'(?s)<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form):
        fields[name] = unescape(value)
    for name, options in re.findall(r'(?s)<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = unescape(chosen[1]) if chosen else ""
    for kind in ("checkbox", "radio"):
        for name in set(re.findall(rf'type="{kind}" [^>]*name="([^"]+)"', form)):
            fields.pop(name, None)
    for name, value in re.findall(r'type="radio" [^>]*name="([^"]+)" value="([^"]*)" checked', form):
        fields[name] = unescape(value)
    return fields


def waiting_for_its_plan(url: str) -> None:
    """A case that just came to the making of its plan."""
    published(url)
    database = Database(url)
    Play(database, Library(), datetime.now(UTC)).play(example("alles_loopt_goed"), until="plan_vastleggen")
    database.close()


@pytest.fixture
def database(copy_of: CopyOf) -> Iterator[Database]:
    database = Database(copy_of(waiting_for_its_plan))
    yield database
    database.close()


@pytest.fixture
def at_the_plan(play: Play) -> Play:
    play.case_id = 1
    play.now = play.history()[-1].at
    return play


def opened(visit: Visit, play: Play) -> tuple[TestClient, str, dict[str, str]]:
    row = play.row("plan_vastleggen")
    client, address = visit(play.who(row)), f"/taken/{row.id}"
    return client, address, page_fields(client.get(address).text)


def corrected(play: Play, **changed: object) -> None:
    step = next(e for e in play.history() if e.element == "signaal_vastleggen" and e.kind == "afgerond")
    known = {k: v for k, v in play.document().items() if k in step.detail["velden"] and v is not None}
    play.correct(step.process, step.element, {**known, **changed}, "Vergeten", REPORTER)


def test_what_was_changed_meanwhile_is_shown_beside_what_was_typed(visit: Visit, at_the_plan: Play) -> None:
    play = at_the_plan
    client, address, fields = opened(visit, play)
    corrected(play, eigen_kracht="Haar zus helpt")
    sent = {**fields, "eigen_kracht": "Haar moeder helpt"}
    response = client.post(address, data=sent)
    assert response.status_code == 409
    text = unescape(response.text)
    assert "Iemand veranderde dit intussen. Nu staat er: Haar zus helpt" in text
    assert ">\nHaar moeder helpt</textarea>" in text
    assert play.document()["eigen_kracht"] == "Haar zus helpt"
    again = page_fields(response.text)
    assert json.loads(again["_begon"])["eigen_kracht"] == "Haar zus helpt"
    answers = {**again, **_plan(play)}
    done = client.post(address, data=answers)
    assert done.status_code == 303, done.text
    assert play.document()["eigen_kracht"] == "Haar moeder helpt"


def test_what_was_left_as_it_was_keeps_what_another_wrote(visit: Visit, at_the_plan: Play) -> None:
    play = at_the_plan
    client, address, fields = opened(visit, play)
    corrected(play, eigen_kracht="Haar zus helpt")
    done = client.post(address, data={**fields, **_plan(play)})
    assert done.status_code == 303, done.text
    assert play.document()["eigen_kracht"] == "Haar zus helpt"


def test_a_form_that_is_drawn_again_remembers_what_it_began_with(visit: Visit, at_the_plan: Play) -> None:
    play = at_the_plan
    client, address, fields = opened(visit, play)
    corrected(play, eigen_kracht="Haar zus helpt")
    sent = {**fields, "eigen_kracht": "Haar moeder helpt", "_rij_erbij": "afspraken"}
    drawn = client.post(f"{address}/formulier", data=sent)
    assert drawn.status_code == 200
    fields = page_fields(drawn.text)
    assert client.post(address, data=fields).status_code == 409
    assert play.document()["eigen_kracht"] == "Haar zus helpt"


DEEP = f'{{"eigen_kracht": {"[" * 900}{"]" * 900}}}'


@pytest.mark.parametrize("odd", ["", "x", "[]", "{}", "[[" * 50_000, DEEP, '{"eigen_kracht": {"a": [1]}}', '"\\ud800"'])
def test_nonsense_in_what_the_page_began_with_breaks_nothing(visit: Visit, at_the_plan: Play, odd: str) -> None:
    client, address, fields = opened(visit, at_the_plan)
    assert client.post(f"{address}/formulier", data={**fields, "_begon": odd}).status_code == 200
    assert client.post(address, data={**fields, "_begon": odd}).status_code in (200, 303, 409, 422)


def test_the_api_tells_which_answers_clash_and_keeps_the_newer_where_none_do(visit: Visit, at_the_plan: Play) -> None:
    play = at_the_plan
    row = play.row("plan_vastleggen")
    client, address = visit(play.who(row)), f"/v1/tasks/{row.id}"
    read = client.get(address).json()
    corrected(play, eigen_kracht="Haar zus helpt")
    body = {"version": read["version"], "seen": read["values"]}
    refused = client.post(f"{address}/complete", json={**body, "answers": {"eigen_kracht": "Haar moeder"}})
    assert refused.status_code == 409
    assert list(refused.json()["fields"]) == ["eigen_kracht"]
    plan = made_today(play)
    answers = {**read["values"], **plan, "eigen_kracht": read["values"]["eigen_kracht"]}
    assert client.post(f"{address}/complete", json={**body, "answers": answers}).status_code == 200
    assert play.document()["eigen_kracht"] == "Haar zus helpt"


def made_today(play: Play) -> dict[str, Any]:
    """The plan of the example, made on the day that the application lives in."""
    later = moved(example("alles_loopt_goed"), play.now)
    plan = next(a for a in later.actions if a.name == "plan_vastleggen").answers
    return {**plan, "plan_datum": datetime.now(UTC).date().isoformat()}


def _plan(play: Play) -> dict[str, str]:
    """The plan of the example, as fields of the page."""
    plan = made_today(play)
    fields: dict[str, str] = {}
    for key, value in plan.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                fields |= {f"{key}.{number}.{name}": str(cell) for name, cell in row.items()}
        elif key != "eigen_kracht":
            fields[key] = str(value)
    return fields

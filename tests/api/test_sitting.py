"""In the meeting: one screen that completes the step of the meeting and that of the plan."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine.deadlines import ZONE
from engine.definitions.registers import AgreementRow, MeetingRow
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, PARTNER, STRANGER, Play, example

pytestmark = pytest.mark.any_database

PARTNERS = "schuldhulp_rondkomstig"


@pytest.fixture
def sitting(play: Play) -> Play:
    """A case of which the meeting is held now."""
    return play.play(example("alles_loopt_goed"), until="overleg_houden")


def given(client: TestClient, play: Play, **changed: Any) -> dict[str, Any]:
    """What one fills in, beside what stands there already."""
    page = client.get(f"/casus/{play.case_id}/overleg").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    day = datetime.now(ZONE).date()
    return {
        "csrf_token": token[1],
        "overleg_datum": day.isoformat(),
        "ouders_aanwezig": "ja",
        "hulpvraag": "Hulp bij de post",
        "casusregisseur": LEAD,
        "afspraken.0.doel": play.view(OVERSEER).goals[0],
        "afspraken.0.wat": "Samen de post openen",
        "afspraken.0.wie": PARTNERS,
        "afspraken.0.voor_wanneer": (day + timedelta(days=20)).isoformat(),
        "afspraken.0.status": "open",
        "plan_datum": day.isoformat(),
        "voorliggend_bekeken": "ja",
        "plan_akkoord_ouders": "ja",
    } | changed


def test_the_goals_stand_beside_the_agreements_and_one_button_completes_both_steps(visit: Visit, sitting: Play) -> None:
    client, address = visit(OVERSEER), f"/casus/{sitting.case_id}/overleg"
    page = client.get(address).text
    goals = sitting.view(OVERSEER).goals
    assert goals
    assert all(page.count(goal) >= 2 for goal in goals), "beside the form, and in a row of their own"
    answer = client.post(address, data=given(client, sitting))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/casus/{sitting.case_id}/verslag")
    view = sitting.view(OVERSEER)
    assert [row.status for row in view.rows(MeetingRow)][-1] == "gehouden"
    assert [row.what for row in view.rows(AgreementRow)] == ["Samen de post openen"]
    assert not {"overleg_houden", "plan_vastleggen"} & {task.element for task, _ in view.tasks}


def test_a_goal_without_an_agreement_makes_none_and_what_is_wrong_comes_back_with_what_was_typed(
    visit: Visit, sitting: Play
) -> None:
    client, address = visit(OVERSEER), f"/casus/{sitting.case_id}/overleg"
    wrong = client.post(address, data=given(client, sitting, **{"afspraken.0.wie": ""}))
    assert wrong.status_code == 422
    assert "Samen de post openen" in wrong.text
    assert "overleg_houden" in {task.element for task, _ in sitting.view(OVERSEER).tasks}, "neither step is done"
    empty = {"afspraken.1.doel": "Nog een doel", "afspraken.1.status": "open"}
    assert client.post(address, data=given(client, sitting, **empty)).status_code == 303
    assert len(sitting.view(OVERSEER).rows(AgreementRow)) == 1


def test_where_the_parents_were_absent_the_plan_waits_until_they_are_told(visit: Visit, sitting: Play) -> None:
    client, address = visit(OVERSEER), f"/casus/{sitting.case_id}/overleg"
    absent = {"ouders_aanwezig": "nee", "ouders_reden_afwezig": "De oppas was ziek."}
    refused = client.post(address, data=given(client, sitting, **absent))
    assert refused.status_code == 422
    assert "Praat hen eerst bij" in refused.text
    assert client.post(address, data=given(client, sitting, **absent, **{"afspraken.0.wat": ""})).status_code == 303
    assert "ouders_bijpraten" in {task.element for task, _ in sitting.view(OVERSEER).tasks}
    assert client.get(address).status_code == 404


def test_only_who_may_do_the_steps_opens_the_screen(visit: Visit, sitting: Play) -> None:
    address = f"/casus/{sitting.case_id}/overleg"
    assert [visit(other).get(address).status_code for other in (PARTNER, STRANGER)] == [404, 404]

"""Planning a meeting by the pages: moments, who can when, the best of them, and what choosing one completes."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from engine import store
from engine.cases import planning
from engine.deadlines import ZONE
from engine.definitions.registers import DisclosureRow, MeetingRow
from engine.words import Register
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, PARTNER, REPORTER, STRANGER, Play, example

pytestmark = pytest.mark.any_database

LEADS, PARTNERS = "jgz_heuvelkind", "schuldhulp_rondkomstig"


def send(client: TestClient, address: str, back: str = "", **form: Any) -> int:
    page = client.get(back or address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return client.post(address, data={"csrf_token": token[1] if token else "", **form}).status_code


def propose(client: TestClient, address: str) -> None:
    days = [(datetime.now(ZONE) + timedelta(days=n)).date().isoformat() for n in (5, 6, 7)]
    moments = {f"dag_{n}": day for n, day in enumerate(days, 1)} | {f"tijd_{n}": "10:00" for n in (1, 2, 3)}
    who = [f"{LEADS}/{LEAD}", f"{PARTNERS}/{PARTNER}"]
    more: dict[str, Any] = {"minuten": "60", "plaats": "Buurthuis", "ouders": "ja", "wie": who}
    assert send(client, f"{address}/plannen", **moments | more) == 303


@pytest.fixture
def meeting(visit: Visit, play: Play) -> tuple[TestClient, str]:
    """A case of which a meeting may be planned, with moments proposed; who plans it, and where."""
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    client, address = visit(OVERSEER), f"/casus/{play.case_id}/overleg"
    propose(client, address)
    return client, address


def test_the_best_moment_stands_out_and_choosing_it_completes_the_step(
    meeting: tuple[TestClient, str], visit: Visit, play: Play
) -> None:
    client, address = meeting
    with play.database.reading() as tx:
        (planned,) = store.planning.of_case(tx, play.case_id)
    first, second, third = planned.slots
    own = f"/momenten/{planned.id}"
    said = {f"moment_{first}": "nee", f"moment_{second}": "ja", f"moment_{third}": "als_het_moet"}
    assert send(visit(LEAD), own, **said) == 303
    assert send(visit(PARTNER), own, **{**said, f"moment_{third}": "nee"}) == 303
    parents = next(guest for guest in planned.guests if guest.parents)
    phoned = {"wie": str(parents.id), f"moment_{second}": "ja", f"moment_{third}": "ja"}
    assert send(client, f"{address}/antwoord", f"{address}/plannen", **phoned) == 303
    with play.as_(OVERSEER) as ctx:
        board = planning.board(ctx, play.case_id)
    assert board.best == second
    assert [len(moment.no) for moment in board.moments] == [2, 0, 1]
    page = client.get(f"{address}/plannen").text
    best = page.split(f'id="moment-{second}"')[1].split("</article>")[0]
    assert "Past het best" in best
    assert page.count("Past het best") == 1
    assert "Nog geen antwoord (1)" in page.split(f'id="moment-{first}"')[1].split("</article>")[0]

    assert send(client, f"{address}/kiezen", f"{address}/plannen", moment=str(second)) == 303
    (row,) = play.view(OVERSEER).rows(MeetingRow)
    at = planned.slots[second].astimezone(ZONE)
    assert (row.date, row.time, row.place) == (at.date(), "10:00", "Buurthuis")
    steps = {task.element for task, _ in play.view(OVERSEER).tasks}
    assert "genodigden_toestemming_nagaan" in steps
    assert "overleg_plannen" not in steps
    answers = next(a.values for a in play.view(OVERSEER).answers if a.element.id == "overleg_plannen")
    assert answers["overleg_genodigden"] == [LEADS, PARTNERS]
    assert answers["overleg_dag_gekozen"] is True, "the parents chose this moment"
    assert "overleg_tolk_geregeld" not in answers or not answers["overleg_tolk_geregeld"]


def test_what_is_still_being_planned_stands_where_meetings_stand(
    meeting: tuple[TestClient, str], visit: Visit, play: Play
) -> None:
    client, address = meeting
    with play.database.reading() as tx:
        (planned,) = store.planning.of_case(tx, play.case_id)
    own, said = f"/momenten/{planned.id}", "Wie kan wanneer: {} van 3 {}"
    assert f'href="{own}"' in visit(LEAD).get("/overleggen").text
    assert f'href="{own}"' not in visit(STRANGER).get("/overleggen").text
    assert send(visit(LEAD), own, **{f"moment_{slot}": "ja" for slot in planned.slots}) == 303
    assert f'href="{own}"' not in visit(LEAD).get("/overleggen").text, "who answered is asked nothing more"
    for page in ("/overleggen", "/vandaag", f"/casus/{play.case_id}"):
        assert said.format(1, "antwoordde") in client.get(page).text
        assert said.format(1, "antwoordde") not in visit(STRANGER).get(page).text
    assert f'href="{address}/plannen"' in client.get("/overleggen").text


def test_only_whom_consent_names_is_asked_and_only_who_is_asked_answers(
    meeting: tuple[TestClient, str], visit: Visit, play: Play
) -> None:
    client, address = meeting
    with play.database.reading() as tx:
        (planned,) = store.planning.of_case(tx, play.case_id)
    assert "Gijs" not in client.get(f"{address}/plannen").text
    for other in (STRANGER, REPORTER, OVERSEER):
        assert visit(other).get(f"/momenten/{planned.id}").status_code == 404
    for other in (LEAD, PARTNER, STRANGER):
        assert visit(other).get(f"{address}/plannen").status_code in (403, 404)
    assert send(client, f"{address}/afzeggen", f"{address}/plannen") == 303
    form = client.get(f"{address}/plannen").text
    assert "Gijs" not in form
    assert "Vraag het de ouders" in form
    day = (datetime.now(ZONE) + timedelta(days=5)).date().isoformat()
    nobody = {"dag_1": day, "tijd_1": "10:00", "minuten": "60", "wie": f"onbekend/{STRANGER}"}
    assert send(client, f"{address}/plannen", **nobody) == 422
    past = {**nobody, "dag_1": "2020-01-01", "wie": f"{LEADS}/{LEAD}"}
    assert send(client, f"{address}/plannen", **past) == 422
    assert send(client, f"{address}/plannen", **{**past, "dag_1": ""}) == 422
    with play.database.reading() as tx:
        assert [each.state for each in store.planning.of_case(tx, play.case_id)] == ["afgezegd"]


def test_who_is_asked_reads_nothing_of_the_family_and_each_look_is_kept(
    meeting: tuple[TestClient, str], visit: Visit, play: Play
) -> None:
    with play.database.reading() as tx:
        (planned,) = store.planning.of_case(tx, play.case_id)
    page = visit(LEAD).get(f"/momenten/{planned.id}").text
    assert "Buurthuis" in page
    assert play.view(OVERSEER).title not in page
    with play.database.reading() as tx:
        last = store.looks.glances(tx, play.case_id)[-1]
    assert (last.person_id, last.parts) == (LEAD, Register.MEETING)


def test_a_meeting_is_moved_and_called_off(meeting: tuple[TestClient, str], play: Play) -> None:
    client, address = meeting
    page = f"{address}/plannen"
    with play.database.reading() as tx:
        (planned,) = store.planning.of_case(tx, play.case_id)
    assert send(client, f"{address}/kiezen", page, moment=str(next(iter(planned.slots)))) == 303
    later = (datetime.now(ZONE) + timedelta(days=12)).date().isoformat()
    assert send(client, f"{address}/kiezen", page, dag_1=later, tijd_1="14:30") == 303
    with play.database.reading() as tx:
        (moved,) = store.planning.of_case(tx, play.case_id)
    assert moved.begins == datetime.fromisoformat(f"{later}T14:30").replace(tzinfo=ZONE)
    assert (moved.uid, moved.sequence) == (planned.uid, 2)
    (row,) = play.view(OVERSEER).rows(MeetingRow)
    assert (str(row.date), row.time) == (later, "14:30"), "what the step answered moves along"
    assert send(client, f"{address}/kiezen", page, dag_1="2020-01-01", tijd_1="14:30") == 422
    assert send(client, f"{address}/afzeggen", page) == 303
    assert "Plan een overleg" in client.get(page).text
    assert "Overleg verzet" in client.get(f"/casus/{play.case_id}").text
    assert send(client, f"{address}/afzeggen", page) == 409


def test_inviting_completes_its_step_for_who_may_sit_at_the_table(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    client, address = visit(OVERSEER), f"/casus/{play.case_id}/overleg"
    propose(client, address)
    page = f"{address}/plannen"
    assert send(client, f"{address}/uitnodigen", page) == 409, "no moment is chosen yet"
    with play.database.reading() as tx:
        (planned,) = store.planning.of_case(tx, play.case_id)
    assert send(client, f"{address}/kiezen", page, moment=str(next(iter(planned.slots)))) == 303
    assert send(client, f"{address}/uitnodigen", page) == 303
    assert "uitnodigen" not in {task.element for task, _ in play.view(OVERSEER).tasks}
    shared = play.view(OVERSEER).rows(DisclosureRow)[-1]
    assert (LEADS in shared.recipients, shared.ground) == (True, "toestemming")

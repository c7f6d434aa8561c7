"""A family that is handed over to another Knooppunt, on the pages of those who hand over and take over."""

import pytest

from engine import cases
from tests.api.conftest import Visit
from tests.engine.playing import ELSEWHERE, LEAD, OVERSEER, Play, example

pytestmark = pytest.mark.any_database


def test_who_hands_over_reads_what_begins_and_the_team_there_what_came_along(visit: Visit, play: Play) -> None:
    play.play(example("verhuizing"), until="overdracht_doen")
    task = visit(LEAD).get(f"/taken/{play.row('overdracht_doen').id}").text
    assert "dan begint er een dossier bij het Knooppunt in Vaals" in task
    assert "hoe we jullie bereiken, hoe je je voelt, geld en wonen, en jullie doelen en plan" in task
    play.do("overdracht_doen", next(a for a in example("verhuizing").actions if a.name == "overdracht_doen").answers)
    assert "Overgedragen aan het Knooppunt in Vaals" in visit(OVERSEER).get(f"/casus/{play.case_id}").text
    with play.as_(ELSEWHERE, writes=False) as ctx:
        (line,) = cases.listing(ctx).rows
    there = visit(ELSEWHERE)
    page = there.get(f"/casus/{line.id}").text
    for sentence in ("Overgedragen door het Knooppunt in Kerkrade", "Wat is overgedragen", "Haar zus kookt op maandag"):
        assert sentence in page
    assert "durft haar post niet" not in page
    assert f"/casus/{play.case_id}" not in page
    (task_id,) = [line.task_id for line in play.worklist(ELSEWHERE, "rol").lines]
    assert "Dit gezin is overgedragen door een ander Knooppunt" in there.get(f"/taken/{task_id}").text

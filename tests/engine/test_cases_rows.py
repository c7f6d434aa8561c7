"""A run for each row in the life of a case: its tasks, their terms, and what becomes of them when the list changes."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from engine import deadlines, definitions
from engine.cases import Library
from engine.errors import InvalidDataError
from engine.store import Database
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.drawing import choice, diagram, end, handler, message, node, on, properties, start, way
from tests.engine.playing import HOME, OVERSEER, REPORTER, Play

pytestmark = pytest.mark.sqlite_first

ROW = [
    {"type": "textfield", "id": "r_wat", "key": "wat", "label": "Wat"},
    {"type": "datetime", "id": "r_wanneer", "subtype": "date", "key": "wanneer", "label": "Wanneer"},
]
LIST = {"type": "dynamiclist", "id": "lijst", "path": "afspraken", "label": "Afspraken", "components": ROW}
STATUS = {"type": "textfield", "id": "s", "key": "stand", "label": "Stand"}
DONE = {"type": "checkbox", "id": "k", "key": "genoeg", "label": "Genoeg"}


def form(id: str, *components: dict[str, Any]) -> bytes:
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": components}).encode()


@pytest.fixture
def play(database_url: str, opened: Callable[[str], Database], library: Library) -> Play:
    """A step that makes agreements, one that may change them, and beside it a step for each, due when it is due."""
    binds = handler(
        "afspraak_volgen",
        on("nieuw", message("nieuwe_afspraak"), interrupting=False),
        node(
            "userTask",
            "volgen",
            properties(termijn="na"),
            camunda_formRef="volgen",
            camunda_candidateGroups="aanmelder",
        ),
        end("gevolgd"),
        way("nieuw", "volgen", "gevolgd"),
        rows="afspraken",
    )
    parts = (
        start(),
        node("userTask", "melden", camunda_formRef="melden", camunda_candidateGroups="aanmelder"),
        choice("weer"),
        node("userTask", "bijstellen", camunda_formRef="bijstellen", camunda_candidateGroups="procesregisseur"),
        choice("klaar_mee", default="weer"),
        end(),
        way("begin", "melden", "weer", "bijstellen", "klaar_mee", "weer"),
        way("klaar_mee", "klaar", when="=genoeg = true"),
        binds,
    )
    roles = {role: {"naam": role} for role in ("aanmelder", "procesregisseur")}
    settings = {
        "gemeenten": {HOME: "Kerkrade"},
        "rollen": {**roles, "procesregisseur": {"naam": "Regie", "overziet": ["proef"]}},
        "termijnen": {"na": {"duur": "P2D", "vanaf": "wanneer"}},
    }
    files = {
        "proef.bpmn": diagram("proef", *parts),
        "melden.form": form("melden", LIST),
        "bijstellen.form": form("bijstellen", LIST, DONE),
        "volgen.form": form("volgen", STATUS),
        "regio.yaml": json.dumps(settings).encode(),
    }
    database = opened(database_url)
    playing.publish(database, NOW, definitions.assemble("proef", "proefregio", files))
    begun = Play(database, library, NOW)
    begun.start({"afspraken": [agreed("bellen", 10), agreed("bezoeken", 20)]}, process="proef")
    return begun


def agreed(what: str, day: int) -> dict[str, str]:
    return {"wat": what, "wanneer": f"2026-03-{day}"}


def due(day: int) -> object:
    return deadlines.end_of_day(date(2026, 3, day))


def followed(play: Play) -> dict[str, object]:
    """When each agreement that is followed must be done, by what it is about."""
    return {row.subject: row.deadline for row in play.rows() if row.element == "volgen"}


def test_each_row_has_a_task_that_is_due_by_its_own_date(play: Play) -> None:
    assert followed(play) == {"bellen": due(12), "bezoeken": due(22)}


def test_a_correction_that_adds_a_row_opens_its_task_and_one_that_moves_a_date_moves_a_term(play: Play) -> None:
    first, second = play.document()["afspraken"]
    rows = [{**first, "wanneer": "2026-03-15"}, second, agreed("schrijven", 25)]
    play.correct("proef", "melden", {"afspraken": rows}, "Gebeld", REPORTER)
    assert followed(play) == {"bellen": due(17), "bezoeken": due(22), "schrijven": due(27)}


def test_what_is_answered_lands_in_the_row_and_the_list_may_change_meanwhile(play: Play) -> None:
    play.do("volgen", {"stand": "gebeld"}, by=REPORTER, subject="bellen")
    first, second = play.document()["afspraken"]
    assert (first["stand"], second.get("stand")) == ("gebeld", None)
    kept = {"id": first["id"], **agreed("bellen", 10)}
    play.do("bijstellen", {"afspraken": [kept, agreed("schrijven", 25)]}, by=OVERSEER)
    assert followed(play) == {"schrijven": due(27)}
    passed = [step for event in play.history() for step in event.passed]
    assert ("proef", "volgen", "afgebroken", second["id"]) in passed


def test_a_row_of_which_the_task_is_open_is_not_corrected_away(play: Play) -> None:
    first, _ = play.document()["afspraken"]
    with pytest.raises(InvalidDataError, match="Er loopt nog een taak"):
        play.correct("proef", "melden", {"afspraken": [first]}, "Vergissing", REPORTER)


def test_the_case_is_done_when_the_last_row_is(play: Play) -> None:
    play.do("bijstellen", {"genoeg": True}, by=OVERSEER)
    play.do("volgen", {"stand": "gebeld"}, by=REPORTER, subject="bellen")
    assert play.open() == ["volgen"]
    play.do("volgen", {"stand": "geweest"}, by=REPORTER, subject="bezoeken")
    assert play.open() == []
    assert play.view(OVERSEER).status == "klaar"

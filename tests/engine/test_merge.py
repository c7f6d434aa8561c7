"""Two people in different open tasks of one case: neither writes over what the other wrote without a word."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine import cases, definitions, forms
from engine.errors import ConflictError
from engine.forms import merge
from engine.store import Database
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.drawing import diagram, end, fork, node, start, way
from tests.engine.playing import HOME, REPORTER, Play, example

TEXT = {"type": "textfield", "label": "Vraag"}
HOW = {**TEXT, "id": "hoe", "key": "hoe", "conditional": {"hide": '=wat != "Bellen"'}}
PLAN = {
    "type": "dynamiclist", "id": "plan", "path": "plan", "label": "Plan",
    "components": [{**TEXT, "id": "wat", "key": "wat"}, {**TEXT, "id": "wie", "key": "wie"}, HOW],
}  # fmt: skip
NAME = {**TEXT, "id": "naam", "key": "naam"}
NOTE = {**TEXT, "id": "notitie", "key": "notitie"}
MORE = {**TEXT, "id": "meer", "key": "meer", "conditional": {"hide": '=naam != "Anna"'}}


def form(id: str, *components: Mapping[str, Any]) -> bytes:
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": components}).encode()


def asked(id: str, name: str) -> str:
    return node("userTask", id, camunda_formRef=name, camunda_candidateGroups="aanmelder")


@pytest.fixture
def two(database_url: str, opened: Callable[[str], Database], library: cases.Library) -> Play:
    """A case with two open tasks that ask the same: a plan and a name."""
    parts = (
        start(), asked("vragen", "alles"), fork("uit"), asked("links", "alles"), asked("rechts", "alles"),
        fork("samen"), asked("na", "alles"), end(),
        way("begin", "vragen", "uit", "links", "samen", "na", "klaar"), way("uit", "rechts", "samen"),
    )  # fmt: skip
    settings = {
        "naam": "Proefregio",
        "gemeenten": {HOME: "Kerkrade"},
        "rollen": {"aanmelder": {"naam": "Aanmelder", "overziet": ["proef"]}},
    }
    files = {
        "proef.bpmn": diagram("proef", *parts),
        "formulieren/alles.form": form("alles", NAME, MORE, NOTE, PLAN),
        "regio.yaml": json.dumps(settings).encode(),
    }
    database = opened(database_url)
    playing.publish(database, NOW, definitions.assemble("proef", "proefregio", files))
    play = Play(database, library, NOW)
    play.start({"naam": "Anna", "plan": [{"wat": "Bellen"}, {"wat": "Fietsen"}]}, process="proef")
    return play


def shown(play: Play, element: str) -> dict[str, Any]:
    """What the form of a task shows now."""
    return dict(play.task(REPORTER, element).values)


def complete(play: Play, element: str, seen: Mapping[str, Any] | None, **answers: Any) -> None:
    row = play.row(element)
    with play.as_(REPORTER) as ctx:
        cases.complete(ctx, row.id, answers, row.revision, seen)


def plan(play: Play) -> list[tuple[str, str | None]]:
    return [(row["wat"], row.get("wie")) for row in play.document()["plan"]]


def test_who_comes_later_does_not_overwrite_what_the_other_wrote(two: Play) -> None:
    seen = shown(two, "rechts")
    complete(two, "links", shown(two, "links"), naam="Annelies")
    with pytest.raises(ConflictError) as refused:
        complete(two, "rechts", seen, naam="Anneke")
    assert set(refused.value.fields) == {"naam"}
    assert two.document()["naam"] == "Annelies"
    assert two.open() == ["rechts"]
    complete(two, "rechts", shown(two, "rechts"), naam="Anneke")
    assert two.document()["naam"] == "Anneke"


def test_a_question_that_was_left_as_it_was_keeps_the_newer_answer(two: Play) -> None:
    seen = shown(two, "rechts")
    complete(two, "links", shown(two, "links"), naam="Annelies")
    complete(two, "rechts", seen, naam="Anna", notitie="Mijn eigen")
    assert (two.document()["naam"], two.document()["notitie"]) == ("Annelies", "Mijn eigen")


def test_what_somebody_wrote_is_not_dropped_because_another_made_its_question_go_away(two: Play) -> None:
    seen = shown(two, "rechts")
    complete(two, "links", shown(two, "links"), naam="Annelies", notitie="Van links")
    with pytest.raises(ConflictError) as refused:
        complete(two, "rechts", seen, naam="Anna", meer="Een lang verhaal", notitie=None)
    assert set(refused.value.fields) == {"naam"}
    complete(two, "rechts", shown(two, "rechts"), naam="Anna", meer="Een lang verhaal")
    assert (two.document()["meer"], two.document()["notitie"]) == ("Een lang verhaal", "Van links")


def test_nor_is_it_in_a_row(two: Play) -> None:
    seen = shown(two, "rechts")
    first, second = seen["plan"]
    complete(two, "links", seen, plan=[{**first, "wat": "Schrijven"}, second])
    with pytest.raises(ConflictError) as refused:
        complete(two, "rechts", seen, plan=[{**first, "hoe": "Elke week"}, second])
    assert set(refused.value.fields) == {"plan.0.wat"}


def test_a_question_that_went_away_and_that_nobody_answered_is_no_clash(two: Play) -> None:
    seen = shown(two, "rechts")
    complete(two, "links", shown(two, "links"), naam="Annelies")
    complete(two, "rechts", seen, naam="Anna", meer=None, notitie="Mijn eigen")
    assert (two.document()["naam"], two.document()["notitie"]) == ("Annelies", "Mijn eigen")


def test_two_people_who_each_add_an_agreement_both_keep_it(two: Play) -> None:
    seen = shown(two, "rechts")
    complete(two, "links", seen, plan=[*seen["plan"], {"wat": "Wandelen"}])
    complete(two, "rechts", seen, plan=[*seen["plan"], {"wat": "Zwemmen"}])
    assert [what for what, _ in plan(two)] == ["Bellen", "Fietsen", "Wandelen", "Zwemmen"]


def test_rows_are_met_by_their_id_and_question_by_question(two: Play) -> None:
    seen = shown(two, "rechts")
    first, second = seen["plan"]
    complete(two, "links", seen, plan=[{**first, "wie": "Oma"}, second])
    complete(two, "rechts", seen, plan=[{**first, "wat": "Vaker bellen"}])  # and takes the second away
    assert plan(two) == [("Vaker bellen", "Oma")]


def test_one_row_that_two_people_changed_is_told_with_its_place(two: Play) -> None:
    seen = shown(two, "rechts")
    first, second = seen["plan"]
    complete(two, "links", seen, plan=[first, {**second, "wat": "Lopen"}])
    with pytest.raises(ConflictError) as refused:
        complete(two, "rechts", seen, plan=[first, {**second, "wat": "Rennen"}])
    assert set(refused.value.fields) == {"plan.1.wat"}
    assert plan(two) == [("Bellen", None), ("Lopen", None)]


def test_a_row_that_one_changed_and_another_took_away_is_in_question_both_ways(two: Play) -> None:
    seen = shown(two, "rechts")
    first, second = seen["plan"]
    complete(two, "links", seen, plan=[{**first, "wie": "Oma"}])
    merged = merge(two.task(REPORTER, "rechts").form, {"plan": [second]}, seen, shown(two, "rechts"), {})
    assert merged.clashes == {"plan": {**first, "wie": "Oma"}}, "taken away here, changed there: it comes back"
    changed = merge(
        two.task(REPORTER, "rechts").form, {"plan": [first, {**second, "wat": "Lopen"}]}, seen, shown(two, "rechts"), {}
    )
    assert changed.clashes == {"plan": None}
    assert [row["wat"] for row in changed.answers["plan"]] == ["Bellen", "Lopen"]
    assert "id" not in changed.answers["plan"][1], "gone there, so it stays as a row of its own"


def test_who_does_not_tell_what_was_shown_overwrites_as_before(two: Play) -> None:
    complete(two, "links", None, naam="Annelies")
    complete(two, "rechts", None, naam="Anneke")
    assert two.document()["naam"] == "Anneke"


@pytest.mark.parametrize("odd", [[], "x", [1], [{"id": {}}], [{"id": "vreemd", "wat": 5}], {"a": 1}, 3])
def test_nonsense_in_what_was_shown_or_answered_never_breaks_it(two: Play, odd: object) -> None:
    seen = shown(two, "rechts")
    complete(two, "links", seen, plan=[])
    merged = merge(two.task(REPORTER, "rechts").form, {"plan": odd, "naam": odd}, {"plan": odd, "naam": odd}, seen, {})
    assert set(merged.answers) == {"plan", "naam"}


def test_what_is_nested_without_end_is_no_answer_that_was_shown(two: Play) -> None:
    odd: list[object] = []
    for _ in range(2_000):
        odd = [odd]
    merged = merge(two.task(REPORTER, "rechts").form, {"naam": "Anneke"}, {"naam": odd}, {"naam": "Anna"}, {})
    assert merged.clashes == {"naam": "Anna"}


def test_what_follows_from_the_answers_is_nobodys_to_overwrite() -> None:
    follows = {"type": "expression", "expression": '=if wat = "Bellen" then "ja" else "nee"'}
    rows = {**PLAN, "components": [*PLAN["components"], {**follows, "id": "dan", "key": "dan"}]}
    asked = forms.read(form("proef", NAME, {**follows, "id": "besluit", "key": "besluit"}, rows), "proef.form")
    shown = {"naam": "Anna", "besluit": "nee", "plan": [{"id": "1", "wat": "Fietsen", "dan": "nee"}]}
    now = {"naam": "Anna", "besluit": "ja", "plan": [{"id": "1", "wat": "Fietsen", "dan": "ja"}]}
    given = {"naam": "Bea", "besluit": "anders", "plan": []}
    merged = merge(asked, given, shown, now, now)
    assert (merged.answers["naam"], merged.answers["plan"], merged.clashes) == ("Bea", [], {})


def test_a_follow_up_of_one_agreement_and_of_another_never_meet(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    rows = [row for row in play.rows() if row.element == "afspraak_opvolgen"]
    assert len(rows) > 1
    seen = {}
    for row in rows:
        with play.as_(play.who(row), writes=False) as ctx:
            seen[row.id] = dict(cases.task(ctx, row.id).values)
    for row in rows:
        with play.as_(play.who(row)) as ctx:
            cases.complete(ctx, row.id, {"status": "gedaan"}, row.revision, seen[row.id])
    by_id = {row["id"]: row.get("status") for row in play.document()["afspraken"]}
    assert [by_id[row.item] for row in rows] == ["gedaan"] * len(rows)


def test_what_a_correction_wrote_meanwhile_is_no_less_guarded(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    row = play.row("plan_vastleggen")
    person = play.who(row)
    with play.as_(person, writes=False) as ctx:
        view = cases.task(ctx, row.id)
    signal = {"eigen_kracht": "Haar zus helpt"}
    step = next(e for e in play.history() if e.element == "signaal_vastleggen" and e.kind == "afgerond")
    known = {k: v for k, v in play.document().items() if k in step.detail["velden"] and v is not None}
    play.correct(step.process, step.element, {**known, **signal}, "Vergeten", REPORTER)
    with play.as_(person) as ctx, pytest.raises(ConflictError):
        cases.complete(ctx, row.id, {"eigen_kracht": "Haar moeder"}, row.revision, view.values)
    assert play.document()["eigen_kracht"] == "Haar zus helpt"

"""Example cases: how they are written down, played, and told apart from how it really went."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import definitions, process, scenarios
from engine.process import Model
from engine.scenarios import Played, ScenarioError
from tests.engine.drawing import (
    MONDAY,
    SETTINGS,
    boundary,
    catch,
    diagram,
    each,
    end,
    handler,
    message,
    node,
    on,
    start,
    task,
    timer,
    way,
)

FORM = b"""{"schemaVersion": 16, "type": "default", "id": "stap", "components": [
  {"id": "a", "type": "textfield", "key": "naam", "label": "Naam", "validate": {"required": true}},
  {"id": "b", "type": "dynamiclist", "path": "rijen", "label": "Rijen", "components": [
    {"id": "c", "type": "textfield", "key": "wat", "label": "Wat"}]}]}"""
ROW = b"""{"schemaVersion": 16, "type": "default", "id": "rij", "components": [
  {"id": "d", "type": "textfield", "key": "stand", "label": "Stand"}]}"""


@pytest.fixture
def drawn() -> Model:
    """A step, a step for each row, and a fortnight that a message may cut short."""
    parts = (
        start(),
        node("userTask", "stap", camunda_formRef="stap"),
        node("userTask", "volgen", each("=rijen", "rij"), camunda_formRef="rij"),
        catch("wacht", timer("Duration", "P14D")),
        task("na"),
        end(),
        boundary("stop", "stap", message("stoppen")),
        end("gestopt"),
        way("begin", "stap", "volgen", "wacht", "na", "klaar"),
        way("stop", "gestopt"),
    )
    files = {"proef.bpmn": diagram("proef", *parts), "stap.form": FORM, "rij.form": ROW, "regio.yaml": SETTINGS}
    return process.compile_model(definitions.assemble("proef", "", files))


def scenario(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"naam": "Proef", "begin": "2026-03-02T09:00", "gemeente": "kerkrade", "stappen": list(steps), **more}


FIRST: dict[str, Any] = {"taak": "stap", "antwoorden": {"naam": "Proef", "rijen": [{"wat": "a"}, {"wat": "b"}]}}
ROWS: list[dict[str, Any]] = [
    {"taak": "volgen", "item": {"wat": "b"}, "antwoorden": {"stand": "klaar b"}},
    {"taak": "volgen", "item": {"wat": "a"}, "antwoorden": {"stand": "klaar a"}},
]
WHOLE: list[dict[str, Any]] = [FIRST, *ROWS, {"wacht": "P15D"}, {"taak": "na"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def play(folder: Path, model: Model, written: object) -> Played:
    (folder / "proef.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    return scenarios.play(model, scenarios.read(folder / "proef.yaml"))


def test_an_example_is_played_to_its_end(folder: Path, drawn: Model) -> None:
    played = play(folder, drawn, scenario(*WHOLE, verwacht={"klaar": True, "taken": []}))
    assert played.outcome.ended
    assert [row["stand"] for row in played.outcome.document["rijen"]] == ["klaar a", "klaar b"]
    assert played.flows == {
        ("proef", f"{a}_{b}")
        for a, b in [("begin", "stap"), ("stap", "volgen"), ("volgen", "wacht"), ("wacht", "na"), ("na", "klaar")]
    }
    assert ("proef", "wacht") in played.elements


def test_an_example_may_send_a_message(folder: Path, drawn: Model) -> None:
    played = play(folder, drawn, scenario({"bericht": "stoppen"}, verwacht={"klaar": True}))
    assert played.outcome.document["stoppen_door"] == "voorbeeld"
    assert ("proef", "gestopt") in played.elements


def test_an_example_may_correct_what_was_said_and_rows_keep_their_id(folder: Path, drawn: Model) -> None:
    correction = {"corrigeer": "stap", "antwoorden": {"naam": "Anders"}}
    played = play(folder, drawn, scenario(FIRST, correction, verwacht={"klaar": False, "taken": ["volgen", "volgen"]}))
    assert played.outcome.document["naam"] == "Anders"


@pytest.fixture
def followed() -> Model:
    """A step that makes rows, and beside what comes after it a step for each row."""
    binds = handler(
        "per_rij",
        on("nieuw", message("nieuwe_rij"), interrupting=False),
        node("userTask", "volgen", camunda_formRef="rij"),
        end("gevolgd"),
        way("nieuw", "volgen", "gevolgd"),
        rows="rijen",
    )
    first = node("userTask", "stap", camunda_formRef="stap")
    parts = (start(), first, task("na"), end(), way("begin", "stap", "na", "klaar"), binds)
    files = {"proef.bpmn": diagram("proef", *parts), "stap.form": FORM, "rij.form": ROW, "regio.yaml": SETTINGS}
    return process.compile_model(definitions.assemble("proef", "", files))


def test_steps_that_run_for_each_row_are_told_apart_by_their_row(folder: Path, followed: Model) -> None:
    more = {"corrigeer": "stap", "antwoorden": {"rijen": [{"wat": "a"}, {"wat": "b"}, {"wat": "c"}]}}
    again = {"corrigeer": "volgen", "item": {"wat": "b"}, "antwoorden": {"stand": "toch niet"}}
    less = {"corrigeer": "stap", "antwoorden": {"rijen": [{"wat": "a"}, {"wat": "b"}]}}
    steps = (FIRST, ROWS[0], more, again, less, {"taak": "na"}, ROWS[1])
    played = play(folder, followed, scenario(*steps, verwacht={"klaar": True}))
    assert [row["stand"] for row in played.outcome.document["rijen"]] == ["klaar a", "toch niet"]
    waiting = play(folder, followed, scenario(FIRST, ROWS[0], more, verwacht={"taken": ["na", "volgen", "volgen"]}))
    assert not waiting.outcome.ended


@pytest.mark.parametrize("item", [{"wat": "z"}, {"stand": None}])
def test_a_correction_is_of_one_row(folder: Path, followed: Model, item: dict[str, Any]) -> None:
    correction = {"corrigeer": "volgen", "item": item, "antwoorden": {"stand": "x"}}
    with pytest.raises(ScenarioError, match=r"stap 2.*er staan . regels"):
        play(folder, followed, scenario(FIRST, correction))


@pytest.mark.parametrize(
    ("steps", "expected", "message"),
    [
        ([{"taak": "na"}], {}, "stap 1.*'na' staat 0 keer open; open staat: stap"),
        ([FIRST, {"taak": "volgen"}], {}, "stap 2.*'volgen' staat 2 keer open"),
        ([{"taak": "stap"}], {}, "stap 1.*naam"),
        ([{"taak": "stap", "antwoorden": {"naam": "x", "onbekend": 1}}], {}, "stap 1.*onbekend"),
        ([{"bericht": "wat_dan_ook"}], {}, "stap 1.*wacht nu niet"),
        ([{"wacht": "een week"}], {}, "stap 1"),
        ([FIRST], {"klaar": True}, "is nog niet klaar de casus"),
        ([{"bericht": "stoppen"}], {"klaar": False}, "is al klaar de casus"),
        ([FIRST], {"taken": ["stap"]}, "staat open volgen, volgen, verwacht was stap"),
    ],
)
def test_an_example_that_goes_otherwise_says_where(
    folder: Path, drawn: Model, steps: list[dict[str, Any]], expected: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        play(folder, drawn, scenario(*steps, verwacht=expected))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "naam: x",
        "- a\n- b",
        "a: [",
        "naam: x\nbegin: morgen\nstappen: []",
        "naam: x\nbegin: 2026-03-02T09:00\nstappen: [{doe: iets}]",
        "naam: x\nbegin: 2026-03-02T09:00\nstappen: [taak]",
        "naam: x\nbegin: 2026-03-02T09:00\nstappen: 3",
        "naam: x\nbegin: 2026-03-02T09:00\nstappen: []\nverwach: {klaar: true}",
        "naam: x\nbegin: 2026-03-02T09:00\nstappen: []\nverwacht: {klar: true}",
        "naam: x\nbegin: 2026-03-02T09:00\nstappen: [{taak: a, antworden: {}}]",
    ],
)
def test_a_file_that_is_no_example_is_told_by_its_name(folder: Path, text: str) -> None:
    (folder / "stuk.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"'stuk\.yaml' is niet te lezen"):
        scenarios.read(folder / "stuk.yaml")


def test_an_example_begins_on_the_dutch_clock_and_without_expectations_expects_nothing(folder: Path) -> None:
    (folder / "proef.yaml").write_text(yaml.safe_dump(scenario()), encoding="utf-8")
    read = scenarios.read(folder / "proef.yaml")
    assert (read.begins, read.municipality, read.ends, read.open_at_end) == (MONDAY, "kerkrade", None, None)


def test_examples_of_a_region_stand_in_for_general_ones_of_the_same_name(folder: Path) -> None:
    for path, name in [
        ("proef/voorbeelden/een.yaml", "algemeen een"),
        ("proef/voorbeelden/twee.yaml", "algemeen twee"),
        ("regios/hier/proef/voorbeelden/twee.yaml", "hier twee"),
        ("regios/hier/proef/voorbeelden/drie.yaml", "hier drie"),
    ]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(yaml.safe_dump(scenario() | {"naam": name}), encoding="utf-8")
    assert [example.name for example in scenarios.examples(folder, "proef")] == ["algemeen een", "algemeen twee"]
    names = {example.id: example.name for example in scenarios.examples(folder, "proef", "hier")}
    assert names == {"een": "algemeen een", "twee": "hier twee", "drie": "hier drie"}
    assert scenarios.examples(folder, "anders", "hier") == ()


PEOPLE: dict[str, Any] = {
    "gezin": [{"id": "1", "naam": "Ans", "relatie": "moeder"}, {"id": "2", "naam": "Ben", "relatie": "andere_ouder"}],
    "kinderen": [{"id": "3", "naam": "Kim", "relatie": "kind"}, {"id": "4", "naam": "Bo", "relatie": "kind"}],
}


def test_an_example_names_somebody_of_the_family_by_name_or_by_relation() -> None:
    answers = {"wie": "@Ans", "allen": ["@andere_ouder", "@Kim"], "rijen": [{"persoon": "@Bo", "antwoord": "ja"}]}
    assert scenarios.keep_rows(answers, PEOPLE) == {
        "wie": "1",
        "allen": ["2", "3"],
        "rijen": [{"persoon": "4", "antwoord": "ja"}],
    }


@pytest.mark.parametrize("name", ["voogd", "kind"])
def test_an_example_names_one_person_that_is_there(name: str) -> None:
    with pytest.raises(ScenarioError, match=f"mensen '{name}'"):
        scenarios.keep_rows({"wie": f"@{name}"}, PEOPLE)


def test_rows_that_begin_alike_are_told_apart_by_what_follows_and_none_is_taken_twice() -> None:
    before = {"rijen": [{"id": "a", "wie": "x", "over": "p"}, {"id": "b", "wie": "x", "over": "q"}]}
    rows = [{"wie": "x", "over": "r"}, {"wie": "x", "over": "q", "stand": 1}, {"wie": "x", "over": "p"}]
    assert [row.get("id") for row in scenarios.keep_rows({"rijen": rows}, before)["rijen"]] == [None, "b", "a"]
    assert scenarios.keep_rows({"rijen": [{"wie": "y"}, {"wie": "x", "over": "z"}]}, before)["rijen"] == [
        {"wie": "y"},
        {"wie": "x", "over": "z", "id": "a"},
    ]

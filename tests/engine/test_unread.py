"""What a region wrote and nobody reads is not published, and a file that can't be read says on which line and why."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import checks, definitions, forms
from engine.checks import Finding, Severity, sketch
from engine.errors import DefinitionError

KEPT = "begin > bellen > klaar"
PEOPLE = "personen:\n- {id: vera, naam: Vera, rollen: {dorp: [begeleider]}}\n"
PLACES = "gemeenten: {dorp: Dorp}\n"


def told(root: Path, files: Mapping[str, str]) -> list[Finding]:
    """What is told of the files of a small region, laid over those of a sketch."""
    for name, text in {**sketch.files(KEPT), **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return list(checks.survey(root).findings)


def form(**more: object) -> str:
    question = {"id": "a", "type": "textfield", "key": "a", "label": "A", **more}
    return json.dumps({"type": "default", "id": "vragen", "components": [question]})


BPMN = sketch.files(KEPT)["proef/proef.bpmn"]
SETTINGS = sketch.files({"regio.yaml": PLACES})["regio.yaml"]
UNREAD: dict[str, tuple[dict[str, str], str]] = {
    "a copy of a diagram beside it": ({"proef/proef_kopie.bpmn": BPMN}, "proef/proef_kopie.bpmn"),
    "a diagram in a folder of its own": ({"proef/oud/proef.bpmn": BPMN}, "proef/oud/proef.bpmn"),
    "a diagram beside the processes": ({"proef.bpmn": BPMN}, "proef.bpmn"),
    "a diagram under a name in capitals": ({"proef/Bellen.BPMN": BPMN}, "proef/Bellen.BPMN"),
    "a form that no step asks for": ({"proef/formulieren/vragn.form": form()}, "proef/formulieren/vragn.form"),
    "a form in two folders": ({"proef/vragen.form": form()}, "proef/vragen.form"),
    "a table that no step asks for": (
        {"proef/advies.dmn": sketch.files({"advies.dmn": 'aantal number => advies\n- => "ja"'})["proef/advies.dmn"]},
        "proef/advies.dmn",
    ),
    "settings under another name": ({"regio.yml": SETTINGS}, "regio.yml"),
    "settings in the folder of a process": ({"proef/regio.yaml": SETTINGS}, "proef/regio.yaml"),
    "spelregels under another name": ({"proef/spelregels.yml": "spelregels: []"}, "proef/spelregels.yml"),
    "an example beside the folder of examples": ({"proef/goed.yaml": "naam: Goed"}, "proef/goed.yaml"),
    "a diagram of a region beside its processes": (
        {"regios/dorp/regio.yaml": "naam: Dorp", "regios/dorp/proef.bpmn": BPMN},
        "regios/dorp/proef.bpmn",
    ),
    "a folder of a region with a slip in its name": (
        {"regios/dorp/regio.yaml": "naam: Dorp", "regios/dorp/proeff/proef.bpmn": BPMN},
        "regios/dorp/proeff/proef.bpmn",
    ),
    "a file beside the folders of regions": ({"regios/proef.bpmn": BPMN}, "regios/proef.bpmn"),
    "a word at the top of regio.yaml": ({"regio.yaml": SETTINGS.replace("termijnen", "termijen")}, "regio.yaml"),
    "a word of an organisation": (
        {"regio.yaml": SETTINGS + "organisaties: {b: {naam: B, dommein: sociaal}}"}, "regio.yaml"
    ),
    "a word of a kind of data": ({"regio.yaml": SETTINGS + "gegevenssoorten: {b: {name: B}}"}, "regio.yaml"),
    "a term that no step uses": (
        {"regio.yaml": SETTINGS.replace("termijnen: {", "termijnen: {korrt: P1D, ")}, "regio.yaml"
    ),
    "a word of a term": ({"regio.yaml": SETTINGS.replace("bron: aanname", "brom: aanname")}, "regio.yaml"),
    "an excuse for what is called nothing": (
        {"regio.yaml": SETTINGS.replace("bron: aanname", "bron: aanname, anders: dur, reden: Zo is het")}, "regio.yaml"
    ),
    "an excuse without a reason": (
        {"regio.yaml": SETTINGS.replace("bron: aanname", "bron: aanname, anders: duur")}, "regio.yaml"
    ),
    "a colour that is none": ({"regio.yaml": SETTINGS + "kleuren: {accent: groen}"}, "regio.yaml"),
    "a text of a region that is shown nowhere": (
        {"regios/dorp/regio.yaml": "teksten: {welkom: Dag}"}, "regios/dorp/regio.yaml"
    ),
    "a name that stands twice": ({"regio.yaml": SETTINGS + "naam: Nog een\n"}, "regio.yaml"),
    "a word of a person of the demo": (
        {"regio.yaml": SETTINGS, "demo.yaml": PEOPLE.replace("naam: Vera", "naam: Vera, funktie: arts")}, "demo.yaml"
    ),
    "a word at the top of demo.yaml": ({"regio.yaml": SETTINGS, "demo.yaml": f"{PEOPLE}gezinnen: []"}, "demo.yaml"),
    "a word at the top of a form": (
        {"proef/formulieren/vragen.form": form().replace('"type": "default"', '"type": "default", "titel": "T"', 1)},
        "proef/formulieren/vragen.form",
    ),
    "a property of a question": (
        {"proef/formulieren/vragen.form": form(properties={"gegeven": "contact"})}, "proef/formulieren/vragen.form"
    ),
    "a label that stands twice": (
        {"proef/formulieren/vragen.form": form().replace('"label": "A"', '"label": "A", "label": "B"')},
        "proef/formulieren/vragen.form",
    ),
    "a property of a step": (
        sketch.files("begin > bellen > klaar\nbellen: $termein=kort"), "proef/proef.bpmn"
    ),
    "a property of a gateway": (
        {"proef/proef.bpmn": sketch.bpmn(
            'begin > wil_het? > bellen > klaar\nwil_het >ja [=wil = "ja"]> klaar_ook\nwil_het: $termijn=kort', "proef"
        )},
        "proef/proef.bpmn",
    ),
    "a property that stands twice": (
        {"proef/proef.bpmn": BPMN.replace(
            '<camunda:property name="termijn" value="kort" />',
            '<camunda:property name="termijn" value="lang" /><camunda:property name="termijn" value="kort" />',
        )},
        "proef/proef.bpmn",
    ),
    "a date that is filled in for Camunda": (
        sketch.files("begin > bellen > klaar\nbellen: camunda:dueDate=2026-03-02"), "proef/proef.bpmn"
    ),
    "a property of the process": (
        {"proef/proef.bpmn": BPMN.replace(
            "<startEvent",
            '<extensionElements><camunda:properties><camunda:property name="phase" value="x" />'
            "</camunda:properties></extensionElements><startEvent",
            1,
        )},
        "proef/proef.bpmn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREAD)
def test_what_nobody_reads_stops_publishing(name: str, tmp_path: Path) -> None:
    files, place = UNREAD[name]
    findings = told(tmp_path, files)
    assert place in {finding.file for finding in findings if finding.severity is Severity.ERROR}, findings


def test_a_small_region_as_it_should_be_has_no_findings(tmp_path: Path) -> None:
    texts = {"README.md": "# Over deze map", ".camunda/element-templates/taak.json": "{}", "proef/notitie.txt": "ja"}
    people = {"regio.yaml": SETTINGS, "demo.yaml": PEOPLE}
    region = {"regios/dorp/regio.yaml": "naam: Dorp\nkleuren: {}\n", "regios/dorp/demo.yaml": PEOPLE}
    assert told(tmp_path, {**texts, **people, **region}) == []


def test_a_file_that_is_misplaced_is_told_where_it_belongs(tmp_path: Path) -> None:
    (finding,) = told(tmp_path, {"proef/spelregel.yaml": "spelregels: []", "proef/spelregels.yaml": "spelregels: []"})
    assert "spelregels.yaml" in finding.advice


# --- where a file breaks off -----------------------------------------------------------------------------------

YAML = {
    "naam: Proef\n\trollen: {}\n": ("regel 2", "een tab"),
    "naam: 'Proef\nrollen: {}\n": ("regel 1", "aanhalingsteken"),
    "naam: Proef\nlijsten: [a, b\nrollen: {}\n": ("regel 2", "]"),
    "naam: Let op: dit\n": ("regel 1", "dubbele punt"),
    "naam: Proef\nrollen\ntermijnen: {}\n": ("regel 2", "dubbele punt"),
    "rollen:\n  a: A\n b: B\n": ("regel 3", "b: B"),
    "naam: @proef\n": ("regel 1", "@proef"),
    "naam: Proef\nnaam: Nog een\n": ("regel 1", "regel 2"),
    "naam: 2026-02-31\n": ("regel 1", "2026-02-31"),
    "naam: \x01\n": ("regel 1", "teken"),
}


@pytest.mark.parametrize("text", YAML)
@pytest.mark.parametrize("folder", ["", "regios/dorp/"])
def test_a_fault_in_yaml_names_the_file_the_line_and_the_sign(text: str, folder: str, tmp_path: Path) -> None:
    general = {"regios/dorp/regio.yaml": "naam: Dorp"}
    (finding,) = (f for f in told(tmp_path, {**general, f"{folder}regio.yaml": text}) if f.rule.id == "yaml")
    assert finding.file == f"{folder}regio.yaml"
    assert all(part in finding.message for part in YAML[text])
    assert finding.advice


@pytest.mark.parametrize("file", ["proef/spelregels.yaml", "demo.yaml", "regios/dorp/demo.yaml"])
def test_a_tab_in_any_file_of_settings_is_told_with_its_line(file: str, tmp_path: Path) -> None:
    findings = told(tmp_path, {"regios/dorp/regio.yaml": "naam: Dorp", file: "a:\n\t- b\n"})
    assert ("yaml", file) in {(f.rule.id, f.file) for f in findings if "Op regel 2 staat een tab" in f.message}


JSON = {
    '{"type": "default",\n "id": "vragen",}': (2, "komma te veel"),
    '{"type": "default"\n "id": "vragen"}': (2, "komma"),
    '{"type": "def\tault"}': (1, "tab"),
    '{"type": "default}': (1, "aanhalingsteken"),
    '{type: "default"}': (1, "zonder aanhalingstekens"),
    '{"type" "default"}': (1, "dubbele punt"),
    '{"type": default}': (1, "zonder aanhalingstekens"),
    '{"type": "default"}\n}': (2, "laatste haakje"),
}


@pytest.mark.parametrize("text", JSON)
def test_a_form_that_is_no_json_says_where_and_what_to_do(text: str) -> None:
    line, sign = JSON[text]
    with pytest.raises(DefinitionError) as refused:
        forms.read(text.encode(), "vragen.form")
    (problem,) = refused.value.problems
    wrong, _, advice = problem.message.partition("”. ")
    assert f"Op regel {line} " in wrong
    assert sign in wrong
    assert advice


def test_a_version_from_before_is_still_read() -> None:
    """What stops publishing now may have been published before, and its cases go on."""
    drawn = sketch.files(KEPT)
    files = {name.removeprefix("proef/"): text.encode() for name, text in drawn.items()}
    unread = form(properties={"gegeven": "contact"}).encode()
    assert definitions.assemble("proef", "", {**files, "formulieren/vragen.form": unread}).forms

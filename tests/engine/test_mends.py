"""A finding carries what puts it right where there is no doubt: applied, it is gone, and nothing else is wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from api.command import main
from engine import checks
from engine.checks import Change, Finding, Mend, sketch

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
KEPT = "begin > bellen > klaar"
CHOICE = "begin > bellen > wil_het?\nwil_het >ja [{0}]> helpen > klaar\nwil_het >nee*> klaar_zonder"
YES = '=wil = "ja"'
PLACES = "gemeenten: {dorp: Dorp}\n"
SETTINGS = sketch.files({"regio.yaml": PLACES})["regio.yaml"]
DRAWN = "proef/proef.bpmn"


def form(**more: object) -> str:
    question = {"id": "a", "type": "textfield", "key": "a", "label": "A", **more}
    return json.dumps({"type": "default", "id": "vragen", "components": [question]})


CERTAIN: dict[str, tuple[dict[str, str], str, Mend]] = {
    "a property with a slip in its name": (
        {DRAWN: sketch.bpmn(f"{KEPT}\nbellen: $duurr=kort", "proef")},
        "eigenschap",
        Mend("bellen", Change.RENAME, "duurr", "duur", DRAWN),
    ),
    "a value with a slip in it": (
        {DRAWN: sketch.bpmn(f"{KEPT}\nbellen: $namens=ouder", "proef")},
        "eigenschap",
        Mend("bellen", Change.SET, "namens", "ouders", DRAWN),
    ),
    "a term with a slip in its name": (
        {DRAWN: sketch.bpmn(f"{KEPT}\nbellen: $termijn=korrt", "proef")},
        "termijn",
        Mend("bellen", Change.SET, "termijn", "kort", DRAWN),
    ),
    "a form with a slip in its name": (
        {DRAWN: sketch.bpmn(f"{KEPT}\nbellen: camunda:formRef=vragn", "proef")},
        "formulier",
        Mend("bellen", Change.SET, "camunda:formRef", "vragen", DRAWN),
    ),
    "a date for Camunda": (
        {DRAWN: sketch.bpmn(f"{KEPT}\nbellen: camunda:dueDate=2026-03-02", "proef")},
        "veld_ongelezen",
        Mend("bellen", Change.REMOVE, "camunda:dueDate", "", DRAWN),
    ),
    "a process that is not executable": (
        {DRAWN: sketch.bpmn(f"proef: isExecutable=false\n{KEPT}", "proef")},
        "uitvoerbaar",
        Mend("proef", Change.SET, "isExecutable", "true", DRAWN),
    ),
    "a condition without its sign": (
        {DRAWN: sketch.bpmn(CHOICE.format('wil = "ja"'), "proef")},
        "feel",
        Mend("wil_het_helpen", Change.SET, "conditionExpression", YES, DRAWN),
    ),
    "a default that begins elsewhere": (
        {DRAWN: sketch.bpmn(CHOICE.format(YES), "proef").replace('="wil_het_klaar_zonder">', '="begin_bellen">', 1)},
        "standaardpijl_elders",
        Mend("wil_het", Change.SET, "default", "wil_het_klaar_zonder", DRAWN),
    ),
    "a condition that was left empty on the default": (
        {DRAWN: sketch.bpmn(CHOICE.format(YES), "proef")},
        "leeg_gelaten",
        Mend("wil_het_klaar_zonder", Change.REMOVE, "conditionExpression", "", DRAWN),
    ),
    "a condition on the default": (
        {DRAWN: sketch.bpmn(CHOICE.format(YES), "proef")},
        "veld_ongelezen",
        Mend("wil_het_klaar_zonder", Change.REMOVE, "conditionExpression", "", DRAWN),
    ),
    "a word at the top of regio.yaml": (
        {"regio.yaml": SETTINGS.replace("termijnen", "termijen")},
        "regio_ongelezen",
        Mend("", Change.RENAME, "termijen", "termijnen", "regio.yaml"),
    ),
    "a word of an organisation": (
        {"regio.yaml": SETTINGS.replace("{naam: Buurthuis}", "{nam: Buurthuis}")},
        "regio_ongelezen",
        Mend("organisaties.buurthuis", Change.RENAME, "nam", "naam", "regio.yaml"),
    ),
    "a word of a term": (
        {"regio.yaml": SETTINGS.replace("bron: aanname", "broon: aanname")},
        "termijn_ongebruikt",
        Mend("termijnen.kort", Change.RENAME, "broon", "bron", "regio.yaml"),
    ),
    "a property of a question": (
        {"proef/formulieren/vragen.form": form(properties={"gegeven": "contact"})},
        "formulier_ongelezen",
        Mend("a", Change.RENAME, "gegeven", "gegevens", "proef/formulieren/vragen.form"),
    ),
}  # fmt: skip
CONDITIONS = {
    "a condition that was left empty on the default": "",
    "a condition on the default": '=wil = "nee"',
}


def by_id(drawn: Any, id: str) -> Any:
    return next(node for node in drawn.iter() if node.get("id") == id)


def written(root: Path, name: str) -> None:
    for file, text in {**sketch.files(KEPT), **CERTAIN[name][0]}.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, "utf-8")
    if name in CONDITIONS:
        drawn = etree.fromstring((root / DRAWN).read_bytes())
        flow = by_id(drawn, "wil_het_klaar_zonder")
        condition = etree.SubElement(flow, f"{BPMN}conditionExpression")
        condition.set("{http://www.w3.org/2001/XMLSchema-instance}type", "bpmn:tFormalExpression")
        condition.text = CONDITIONS[name]
        (root / DRAWN).write_bytes(etree.tostring(drawn))


# --- putting it right ------------------------------------------------------------------------------------------


def put_right(root: Path, mend: Mend) -> None:
    file = root / mend.file
    if file.suffix == ".bpmn":
        drawn = etree.fromstring(file.read_bytes())
        _in_drawing(by_id(drawn, mend.element), mend)
        file.write_bytes(etree.tostring(drawn))
    elif file.suffix == ".form":
        asked = json.loads(file.read_text("utf-8"))
        parts = [part["properties"] for part in asked["components"] if part["id"] == mend.element]
        _in_names(parts[0] if parts else asked, mend)
        file.write_text(json.dumps(asked), "utf-8")
    else:
        settings = yaml.safe_load(file.read_text("utf-8"))
        held = settings
        for name in filter(None, mend.element.split(".")):
            held = held[name]
        _in_names(held, mend)
        file.write_text(yaml.safe_dump(settings), "utf-8")


def _in_names(held: dict[str, Any], mend: Mend) -> None:
    assert mend.change is Change.RENAME
    held[mend.value] = held.pop(mend.part)


def _in_drawing(node: Any, mend: Mend) -> None:
    inside = node.find(f"{BPMN}{mend.part}")
    properties = [p for p in node.iter(f"{CAMUNDA}property") if p.get("name") == mend.part]
    attribute = mend.part.replace("camunda:", CAMUNDA)
    if properties:
        properties[0].set("name" if mend.change is Change.RENAME else "value", mend.value)
    elif inside is not None and mend.change is Change.REMOVE:
        node.remove(inside)
    elif inside is not None:
        inside.text = mend.value
    elif mend.change is Change.REMOVE:
        del node.attrib[attribute]
    else:
        node.set(attribute, mend.value)


def mendable(root: Path) -> Iterator[Finding]:
    return (finding for finding in checks.survey(root).findings if finding.mend is not None)


@pytest.mark.parametrize("name", CERTAIN)
def test_a_mend_puts_right_what_was_found(name: str, tmp_path: Path) -> None:
    written(tmp_path, name)
    _, rule, mend = CERTAIN[name]
    assert (rule, mend) in {(finding.rule.id, finding.mend) for finding in mendable(tmp_path)}
    put_right(tmp_path, mend)
    assert checks.survey(tmp_path).findings == ()


@pytest.mark.parametrize("text", ["wil is ja", "ja", "wil"])
def test_a_condition_that_may_mean_anything_is_not_mended(text: str, tmp_path: Path) -> None:
    (tmp_path / "proef.bpmn").write_text(sketch.bpmn(CHOICE.format(text), "proef"), "utf-8")
    assert list(mendable(tmp_path / "proef.bpmn")) == []


def test_a_name_that_is_like_two_is_not_mended(tmp_path: Path) -> None:
    for file, text in {**sketch.files(f"{KEPT}\nbellen: $termijn=kor"), "regio.yaml": SETTINGS}.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text.replace("kort: {", "korf: {duur: P1D}, kort: {"), "utf-8")
    findings = {finding.rule.id: finding for finding in checks.survey(tmp_path).findings}
    assert "Bedoelde je" in findings["termijn"].advice
    assert findings["termijn"].mend is None


def test_the_json_shows_the_mend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "proef.bpmn").write_text(sketch.bpmn(f"proef: isExecutable=false\n{KEPT}", "proef"), "utf-8")
    assert main(["check", str(tmp_path / "proef.bpmn"), "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    mend = {"element": "proef", "change": "zet", "part": "isExecutable", "value": "true", "file": "proef.bpmn"}
    assert problem["mend"] == mend

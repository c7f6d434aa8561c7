"""Camunda Modeler shows our properties as Dutch fields, and keeps every shipped diagram whole on save."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from engine.definitions.registers import REGISTERS, STATED

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "workflows"
DIAGRAMS = sorted(WORKFLOWS.rglob("*.bpmn"))
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
TEMPLATES: dict[str, dict[str, Any]] = {
    template["id"]: template
    for file in sorted((WORKFLOWS / ".camunda/element-templates").glob("*.json"))
    for template in [json.loads(file.read_text("utf-8"))]
}
VALIDATE = """
import { validateAll } from '@bpmn-io/element-templates-validator';
import { readFileSync } from 'node:fs';
const { results } = validateAll(JSON.parse(readFileSync(0, 'utf8')));
console.log(JSON.stringify(results.map(({ errors }) => (errors ?? []).map(error => error.message))));
"""
# What the Modeler does when somebody opens a file and saves it.
SAVE = """
import { BpmnModdle } from 'bpmn-moddle';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const camunda = createRequire(process.cwd() + '/x')('camunda-bpmn-moddle/resources/camunda.json');
const moddle = new BpmnModdle({ camunda });
const saved = {};
for (const file of JSON.parse(readFileSync(0, 'utf8'))) {
  const first = await moddle.fromXML(readFileSync(file, 'utf8'));
  const { xml } = await moddle.toXML(first.rootElement, { format: true });
  saved[file] = { warnings: first.warnings.map(warning => warning.message), xml };
}
console.log(JSON.stringify(saved));
"""


# What BPMN takes for granted: the Modeler leaves it out when it saves.
DEFAULTS = {("isSequential", "false")}


def run_node(node_path: str, program: str, given: object) -> object:
    """What `program` prints, as JSON, when it gets `given` on its standard input."""
    if not (ROOT / "node_modules").is_dir():
        pytest.skip("node_modules is absent: run `make setup`")
    done = subprocess.run(
        [node_path, "--input-type=module", "-e", program],
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def fields(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a template, by the property that they fill."""
    return {field["binding"]["name"]: field for field in template["properties"]}


def choices(template: str, name: str) -> list[str]:
    """The values that somebody can choose in a field."""
    return [choice["value"] for choice in fields(TEMPLATES[template])[name]["choices"]]


def facts(node: etree._Element) -> Iterator[tuple[str, ...]]:
    """Everything that an XML tree says below `node`, whatever its layout and order of attributes."""
    for child in node.iterchildren(etree.Element):
        said = sorted(str(pair) for pair in child.items() if pair not in DEFAULTS)
        yield (str(node.tag), node.get("id", ""), str(child.tag), (child.text or "").strip(), *said)
        yield from facts(child)


def test_the_validator_of_the_modeler_accepts_every_template(node_path: str) -> None:
    assert run_node(node_path, VALIDATE, list(TEMPLATES.values())) == [[] for _ in TEMPLATES]


def test_the_termijn_field_offers_exactly_the_deadlines_of_the_settings() -> None:
    settings = yaml.safe_load((WORKFLOWS / "regio.yaml").read_text("utf-8"))
    assert choices("knooppunt.taak", "termijn") == list(settings["termijnen"])


def test_a_step_is_offered_every_register_and_what_it_must_say_for_it() -> None:
    assert set(choices("knooppunt.taak", "register")) == {"", *REGISTERS}
    assert {name: set(choices("knooppunt.taak", name)) for name in STATED} == {
        name: {"", *words} for name, words in STATED.items()
    }


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: str(file.relative_to(WORKFLOWS)))
def test_every_property_in_a_diagram_has_a_field(file: Path) -> None:
    strange = []
    for element in etree.parse(file).iter():
        name = element.get(f"{CAMUNDA}modelerTemplate")
        if name is None:
            continue
        drawn = fields(TEMPLATES[name])
        for given in element.iterfind(f"./{{*}}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"):
            field = drawn.get(given.get("name", ""))
            allowed = [choice["value"] for choice in (field or {}).get("choices", [])]
            if field is None or (allowed and given.get("value") not in allowed):
                strange.append((element.get("id"), given.get("name"), given.get("value")))
    assert strange == []


@pytest.mark.parametrize("kind", ["userTask", "callActivity"])
def test_every_step_carries_its_template(kind: str) -> None:
    bare = [
        (file.name, element.get("id"))
        for file in DIAGRAMS
        for element in etree.parse(file).iterfind(f".//{{*}}{kind}")
        if element.get(f"{CAMUNDA}modelerTemplate") not in TEMPLATES
    ]
    assert bare == []


def test_a_diagram_is_whole_after_opening_and_saving(node_path: str) -> None:
    saved = run_node(node_path, SAVE, [str(file) for file in DIAGRAMS])
    assert isinstance(saved, dict)
    for file in DIAGRAMS:
        outcome = saved[str(file)]
        assert outcome["warnings"] == [], file
        before, after = etree.parse(file).getroot(), etree.fromstring(outcome["xml"].encode())
        assert set(facts(before)) - set(facts(after)) == set(), file

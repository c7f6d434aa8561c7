"""Plays cases through the use cases, for tests: each step by somebody who may do it, each in its own transaction."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine import cases, definitions, scenarios, store
from engine.access import Appointment, Person
from engine.cases import Library
from engine.definitions import Definition
from engine.rehearsal import Rehearsal
from engine.scenarios import Action, ActionKind, Scenario

WORKFLOWS = Path(__file__).parents[2] / "workflows"
REGION = "zuid-limburg"
HOME = "kerkrade"

REPORTER = "mila_modelman"  # a midwife: aanmelder and kernpartner, her organisation is named by no consent below
COORDINATOR = "coby_concept"
OVERSEER = "vera_voorbeeld"  # procesregisseur
LEAD = "jet_jansproef"  # aanmelder, casusregisseur and kernpartner of jgz_heuvelkind, which consents name
PARTNER = "ravi_rollenspel"  # kernpartner of schuldhulp_rondkomstig, which consents name
STRANGER = "gijs_gedachtespel"  # kernpartner of an organisation that no consent names
ELSEWHERE = "pim_proefstuk"  # procesregisseur of another municipality


@cache
def definition(process: str = "casus", region: str = REGION) -> Definition:
    """The files as they are shipped, read once."""
    return definitions.load(WORKFLOWS, process, region)


@cache
def people(region: str = REGION) -> tuple[Person, ...]:
    """The invented people of the region."""
    raw = yaml.safe_load((WORKFLOWS / "regios" / region / "demo.yaml").read_bytes())
    return tuple(
        Person(
            entry["id"],
            entry["naam"],
            entry.get("organisatie", ""),
            entry.get("functie", ""),
            tuple(Appointment(role, place) for place, names in entry["rollen"].items() for role in names),
        )
        for entry in raw["personen"]
    )


@cache
def example(name: str, process: str = "casus") -> Scenario:
    """One of the examples that stand beside the diagrams, or that the region has instead."""
    folders = (WORKFLOWS / "regios" / REGION / process, WORKFLOWS / process)
    files = [folder / f"voorbeelden/{name}.yaml" for folder in folders]
    return scenarios.read(next(file for file in files if file.is_file()))


def moved(scenario: Scenario, begins: datetime) -> Scenario:
    """An example with its days as far on as it begins later."""
    shift = begins.date() - scenario.begins.date()
    actions = [
        replace(a, answers=scenarios.moved(a.answers, shift), item=scenarios.moved(a.item, shift))
        for a in scenario.actions
    ]
    return replace(scenario, begins=begins, actions=tuple(actions))


SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="https://knooppunt.example/bpmn">
  <bpmn:process id="klein" name="Klein" isExecutable="true">
    <bpmn:startEvent id="begin" name="Begin"><bpmn:outgoing>naar_vragen</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="vragen" name="Vragen" camunda:formRef="vragen" camunda:candidateGroups="aanmelder">
      <bpmn:incoming>naar_vragen</bpmn:incoming><bpmn:outgoing>naar_nakijken</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="nakijken" name="Nakijken" camunda:formRef="nakijken" camunda:candidateGroups="procesregisseur">
      <bpmn:extensionElements><camunda:properties>
        <camunda:property name="termijn" value="na_de_dag" />
      </camunda:properties></bpmn:extensionElements>
      <bpmn:incoming>naar_nakijken</bpmn:incoming><bpmn:outgoing>naar_tellen</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="te_lang" name="Te lang" attachedToRef="nakijken" cancelActivity="false">
      <bpmn:outgoing>naar_tellen_intussen</bpmn:outgoing>
      <bpmn:timerEventDefinition id="te_lang_klok">
        <bpmn:timeDuration>P7D</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:businessRuleTask id="tellen_intussen" name="Tellen" camunda:decisionRef="tellen"
        camunda:resultVariable="geteld" camunda:mapDecisionResult="singleResult">
      <bpmn:incoming>naar_tellen_intussen</bpmn:incoming><bpmn:outgoing>naar_geteld</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:endEvent id="geteld_intussen" name="Geteld"><bpmn:incoming>naar_geteld</bpmn:incoming></bpmn:endEvent>
    <bpmn:businessRuleTask id="tellen_na" name="Tellen" camunda:decisionRef="tellen"
        camunda:resultVariable="geteld" camunda:mapDecisionResult="singleResult">
      <bpmn:incoming>naar_tellen</bpmn:incoming><bpmn:outgoing>naar_klaar</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:endEvent id="klaar" name="Klaar"><bpmn:incoming>naar_klaar</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="naar_vragen" sourceRef="begin" targetRef="vragen" />
    <bpmn:sequenceFlow id="naar_nakijken" sourceRef="vragen" targetRef="nakijken" />
    <bpmn:sequenceFlow id="naar_tellen" sourceRef="nakijken" targetRef="tellen_na" />
    <bpmn:sequenceFlow id="naar_klaar" sourceRef="tellen_na" targetRef="klaar" />
    <bpmn:sequenceFlow id="naar_tellen_intussen" sourceRef="te_lang" targetRef="tellen_intussen" />
    <bpmn:sequenceFlow id="naar_geteld" sourceRef="tellen_intussen" targetRef="geteld_intussen" />
  </bpmn:process>
</bpmn:definitions>
"""
COUNT = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tellen_bestand" name="Tellen"
    namespace="https://knooppunt.example/dmn">
  <decision id="tellen" name="Tellen">
    <decisionTable id="tellen_tabel" hitPolicy="UNIQUE">
      <input id="hoeveel"><inputExpression id="hoeveel_tekst"><text>hoeveel</text></inputExpression></input>
      <output id="geteld" name="geteld" typeRef="string" />
      <rule id="een"><inputEntry id="een_in"><text>"1","2"</text></inputEntry>
        <outputEntry id="een_uit"><text>"een"</text></outputEntry></rule>
      <rule id="twee"><inputEntry id="twee_in"><text>"2"</text></inputEntry>
        <outputEntry id="twee_uit"><text>"twee"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def _form(id: str, *components: Mapping[str, Any]) -> bytes:
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": components}).encode()


@cache
def small() -> Definition:
    """A process of two steps. Its table has two answers for `hoeveel = 2`, so there every move through it fails."""
    day = {"type": "datetime", "subtype": "date", "id": "dag", "key": "dag", "dateLabel": "Dag", "label": "Dag"}
    many = {"type": "textfield", "id": "hoeveel", "key": "hoeveel", "label": "Hoeveel", "validate": {"required": True}}
    settings = {
        "naam": "Proefregio",
        "gemeenten": {HOME: "Kerkrade"},
        "rollen": {
            "aanmelder": {"naam": "Aanmelder"},
            "procesregisseur": {"naam": "Procesregisseur", "overziet": ["klein"]},
        },
        "termijnen": {"na_de_dag": {"duur": "P2D", "vanaf": "dag"}},
    }
    files = {
        "klein.bpmn": SMALL.encode(),
        "tellen.dmn": COUNT.encode(),
        "formulieren/vragen.form": _form("vragen", day, many),
        "formulieren/nakijken.form": _form("nakijken", {**many, "validate": {}}),
        "regio.yaml": json.dumps(settings).encode(),
    }
    return definitions.assemble("klein", "proefregio", files)


def publish(database: store.Database, now: datetime, *drawn: Definition, staff: Sequence[Person] = ()) -> None:
    """Put people and definitions in an empty database, without checking again what other tests check."""
    with database.writing() as tx:
        store.people.save(tx, staff or people())
        for definition in drawn:
            region = definition.settings.region
            store.versions.publish(
                tx, definition.version, definition.id, region, definition.files, definition.overridden, now
            )


class Play(Rehearsal):
    """One case in one database, and the clock; each use case in a transaction of its own."""

    def __init__(self, database: store.Database, library: Library, now: datetime) -> None:
        super().__init__(library, now, "casus", HOME)
        self.database = database
        self.began = now
        self.between: Callable[[], None] | None = None

    def transaction(self, writes: bool) -> AbstractContextManager[store.Transaction]:
        """A transaction of its own."""
        return self.database.writing() if writes else self.database.reading()

    def people(self, tx: store.Transaction) -> Sequence[Person]:
        """Everybody at home; who keeps the overview of the cases steps in last."""
        return sorted(store.people.everyone(tx, HOME), key=lambda person: person.id == OVERSEER)

    def view(self, person: str) -> cases.CaseView:
        """The case as this person sees it."""
        with self.as_(person, writes=False) as ctx:
            return cases.case(ctx, self.case_id)

    def worklist(self, person: str, kind: str = "alle", **chosen: Any) -> store.tasks.Listing:
        """A list of this person."""
        with self.as_(person, writes=False) as ctx:
            return cases.worklist(ctx, cases.Filter(kind, limit=1000, **chosen))

    def task(self, person: str, element: str, item: str = "") -> cases.TaskView:
        """An open task as this person sees it."""
        row = self.row(element, item)
        with self.as_(person, writes=False) as ctx:
            return cases.task(ctx, row.id)

    def open(self) -> list[str]:
        """The elements that are open."""
        return sorted(row.element for row in self.rows())

    def start(self, answers: Mapping[str, Any], by: str = REPORTER, process: str = "casus") -> int:
        """Start the case."""
        with self.as_(by) as ctx:
            self.case_id = cases.start(ctx, process, HOME, answers).case_id
        return self.case_id

    def tell(self, name: str, by: str = "") -> None:
        """Send a message."""
        if not by:
            self.on_message(Action(ActionKind.MESSAGE, name))
            return
        with self.as_(by) as ctx:
            cases.message(ctx, self.case_id, name, self.told(ctx, name))

    def correct(self, process: str, element: str, answers: Mapping[str, Any], reason: str, by: str = OVERSEER) -> None:
        """Correct what a step answered; what is not said again stays."""
        with self.as_(by) as ctx:
            cases.correct(ctx, self.case_id, process, element, answers, reason)

    def play(self, scenario: Scenario, until: str = "") -> "Play":
        """Play an example up to, not including, the step `until`; without it to its end. Its days move with it.

        What was played before, from a SQLite database that held the same, is copied.
        """
        file = self.database.engine.url.database or ""
        if self.between is not None or not self.database.engine.url.drivername.startswith("sqlite"):
            self._play(scenario, until)
            return self
        held = hashlib.sha256(_held(file)).hexdigest()
        key = (held, repr(scenario), until, type(self), self.process, self.began, self.now, self.case_id)
        if key in _PLAYED:
            content, self.now, self.case_id = _PLAYED[key]
            _hold(file, content)
        else:
            self._play(scenario, until)
            _PLAYED[key] = _held(file), self.now, self.case_id
        return self

    def _play(self, scenario: Scenario, until: str) -> None:
        for action in moved(scenario, self.began).actions:
            if until and action.name == until:
                return
            self.act(action)
            if self.between is not None:
                self.between()
        assert not until, f"{scenario.id} has no step {until}"


_PLAYED: dict[tuple[object, ...], tuple[bytes, datetime, int]] = {}


def _held(file: str) -> bytes:
    """What a SQLite database holds."""
    with closing(sqlite3.connect(file)) as database, closing(sqlite3.connect(":memory:")) as copy:
        database.backup(copy)
        content = copy.serialize()
    return content[:18] + b"\x01\x01" + content[20:]  # in memory none has a log of its own beside it


def _hold(file: str, content: bytes) -> None:
    """Let a SQLite database hold this."""
    with closing(sqlite3.connect(file)) as database, closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(content)
        copy.backup(database)

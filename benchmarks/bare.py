"""The measure: the same process on SpiffWorkflow alone, by its own parser and its own plain serializer.

SpiffWorkflow can't read the files as they stand. What is changed, and no more than this:

- a multi-instance's `camunda:collection` is a FEEL filter; SpiffWorkflow takes the name of a list, so only that name
  is left (in the example all items of the list are chosen anyway);
- a business rule task calls our decision tables, as our own engine does: SpiffWorkflow's own want Python in the cells;
- conditions and timers go to our FEEL evaluator, through a script engine that stands in for the Python one;
- a timer whose date is not known yet, which SpiffWorkflow has no word for, is set far ahead;
- an escalation is read at a start event too: SpiffWorkflow takes it for no event, and starts that path at once;
- an event sub-process with the id of a called process gets another one: to SpiffWorkflow both are process ids.

Event sub-processes stay, and wait as they do in ours.
"""

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from lxml import etree
from SpiffWorkflow.bpmn.parser.event_parsers import ESCALATION_EVENT_XPATH
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.defaults import StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.camunda.parser.CamundaParser import CamundaParser
from SpiffWorkflow.camunda.parser.event_parsers import CamundaStartEventParser
from SpiffWorkflow.camunda.parser.task_spec import CamundaTaskParser
from SpiffWorkflow.camunda.serializer.config import CAMUNDA_CONFIG
from SpiffWorkflow.util.task import TaskState

from benchmarks.house import PLACE
from engine import decisions, feel
from engine.process import Model

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
FAR_AHEAD = "9999-12-31"
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")  # those of our store


class Rule(BpmnTaskSpec):
    """A business rule task that asks the script engine for the outcome of its decision table."""

    def __init__(self, wf_spec: Any, name: str, decision: str = "", result: str = "", **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision
        self.result = result

    def _run_hook(self, my_task: Any) -> bool:
        super()._run_hook(my_task)
        my_task.workflow.script_engine.decide(my_task, self.decision, self.result)
        return True


class RuleConverter(BpmnTaskSpecConverter):
    """Keeps a `Rule` in the words of the plain serializer."""

    def to_dict(self, spec: Any) -> Any:
        """A rule as plain data."""
        return {**super().to_dict(spec), "decision": spec.decision, "result": spec.result}


class RuleParser(CamundaTaskParser):
    """Reads a business rule task."""

    def create_task(self) -> Rule:
        """The spec of the task."""
        decision, result = (self.node.get(f"{CAMUNDA}{name}") for name in ("decisionRef", "resultVariable"))
        return Rule(self.spec, self.bpmn_id, decision, result, **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(node: Any) -> str:
        """The table that a task names."""
        return str(node.get(f"{CAMUNDA}decisionRef"))


class StartParser(CamundaStartEventParser):
    """Reads a start event, that of an escalation too."""

    def get_event_definition(self, xpaths: list[str]) -> Any:
        """What the event waits for."""
        return super().get_event_definition([*xpaths, ESCALATION_EVENT_XPATH])


class Parser(CamundaParser):
    """SpiffWorkflow's parser of Camunda's dialect, but for business rule tasks and escalations."""

    OVERRIDE_PARSER_CLASSES: ClassVar = {
        **CamundaParser.OVERRIDE_PARSER_CLASSES,
        full_tag("businessRuleTask"): (RuleParser, Rule),
        full_tag("startEvent"): (StartParser, StartEvent),
    }


class Feel(PythonScriptEngine):
    """Evaluates conditions, timers and decision tables with our evaluator over a task's data."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        self.region = model.region({"gemeente": PLACE})

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> Any:
        """The value of an expression, in the form that SpiffWorkflow wants."""
        read = feel.read(expression)
        if isinstance(read, str):
            return read
        value = read.evaluate(self._context(task))
        timed = isinstance(getattr(task.task_spec, "event_definition", None), TimerEventDefinition)
        return _moment(value) if timed else value

    def decide(self, task: Any, decision: str, result: str) -> None:
        """Write the outcome of a decision table into the task's data."""
        task.data[result] = feel.to_json(decisions.decide(self.model.tables[decision], self._context(task)))

    def _context(self, task: Any) -> dict[str, Any]:
        return {**task.data, "regio": self.region, feel.NOW: datetime.now().astimezone()}


def _moment(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None else FAR_AHEAD


def parse(model: Model) -> tuple[Any, dict[str, Any]]:
    """The specs of a definition as SpiffWorkflow's own parser makes them: that of the root, and all others."""
    parser = Parser()
    for name, content in model.definition.files.items():
        if name.endswith(".bpmn"):
            parser.add_bpmn_xml(_readable(content), filename=name)
    root = model.definition.id
    return parser.get_spec(root), parser.get_subprocess_specs(root)


def _readable(content: bytes) -> Any:
    tree = etree.fromstring(content)
    for loop in tree.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        loop.set(f"{CAMUNDA}collection", loop.get(f"{CAMUNDA}collection", "").lstrip("=").partition("[")[0])
    for box in tree.iter(f"{BPMN}subProcess"):
        if box.get("triggeredByEvent"):
            box.set("id", f"{box.get('id')}_vak")
    return tree


class SpecLeftOut(BpmnWorkflowConverter):
    """Leaves the specs out of the state and takes them from where they were parsed: the leaner, harder measure."""

    specs: ClassVar[tuple[Any, dict[str, Any]]]

    def to_dict(self, workflow: Any) -> Any:
        """A workflow as plain data, without its specs."""
        return {
            **WorkflowConverter.to_dict(self, workflow),
            "subprocesses": self.mapping_to_dict(workflow.subprocesses),
            "bpmn_events": self.registry.convert(workflow.bpmn_events),
        }

    def from_dict(self, dct: Any) -> Any:
        """The workflow of plain data."""
        workflow = self.target_class(*self.specs, deserializing=True)
        workflow.tasks = self.mapping_from_dict(dct["tasks"], UUID, workflow=workflow)
        workflow.task_tree = workflow.tasks.get(UUID(dct["root"]))
        self.set_default_attributes(workflow, dct)
        self.subprocesses_from_dict(dct["subprocesses"], workflow)
        workflow.bpmn_events = self.registry.restore(dct.pop("bpmn_events", []))
        return workflow


class Bare:
    """SpiffWorkflow alone: parsed specs, a serializer, and an SQLite database with one row for each case.

    `lean` leaves the specs out of the state.
    """

    def __init__(self, model: Model, path: Path, lean: bool) -> None:
        self.engine = Feel(model)
        self.specs = parse(model)
        config = {**CAMUNDA_CONFIG, Rule: RuleConverter}
        if lean:
            _connect_loops(self.specs)
            config[BpmnWorkflow] = type("SpecLeftOutHere", (SpecLeftOut,), {"specs": self.specs})
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))
        self.database = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.database.execute(f"PRAGMA {pragma}")
        self.database.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def start(self, element: str, answers: Mapping[str, Any]) -> int:
        """Start a case, complete its first task, commit. Gives its id."""
        self.database.execute("BEGIN IMMEDIATE")
        workflow = BpmnWorkflow(*self.specs, script_engine=self.engine)
        _settle(workflow)
        _complete(workflow, element, "", answers)
        state = self.serializer.serialize_json(workflow)
        id = self.database.execute("INSERT INTO bare (state) VALUES (?)", (state,)).lastrowid
        self.database.execute("COMMIT")
        return int(id or 0)

    def complete(self, id: int, element: str, item: str, answers: Mapping[str, Any]) -> None:
        """One round trip: restore, complete the task, go on as far as it goes, dump, commit."""
        self.database.execute("BEGIN IMMEDIATE")
        workflow = self._restored(id)
        _complete(workflow, element, item, answers)
        state = self.serializer.serialize_json(workflow)
        self.database.execute("UPDATE bare SET state = ? WHERE id = ?", (state, id))
        self.database.execute("COMMIT")

    def waiting(self, id: int) -> list[str]:
        """The steps that wait for a person, to hold against ours."""
        return sorted(task.task_spec.name for task in _open(self._restored(id)))

    def size(self, id: int) -> int:
        """Bytes of a case's state."""
        row = self.database.execute("SELECT length(CAST(state AS BLOB)) FROM bare WHERE id = ?", (id,)).fetchone()
        return int(row[0])

    def _restored(self, id: int) -> Any:
        (state,) = self.database.execute("SELECT state FROM bare WHERE id = ?", (id,)).fetchone()
        workflow = self.serializer.deserialize_json(state)
        workflow.script_engine = self.engine
        return workflow


def _connect_loops(specs: tuple[Any, dict[str, Any]]) -> None:
    """What the plain serializer does at each restore: let the instances of a loop tell it that they are done."""
    for spec in (specs[0], *specs[1].values()):
        for loop in spec.task_specs.values():
            if isinstance(loop, LoopTask):
                spec.task_specs[loop.task_spec].completed_event.connect(loop.merge_child)


def _complete(workflow: Any, element: str, item: str, answers: Mapping[str, Any]) -> None:
    task = next(t for t in _open(workflow) if t.task_spec.name == element and _fits(t, item))
    (task.data["afspraak"] if item else task.data).update(answers)
    task.run()
    _settle(workflow)


def _settle(workflow: Any) -> None:
    workflow.do_engine_steps()
    workflow.refresh_waiting_tasks()
    workflow.do_engine_steps()


def _open(workflow: Any) -> list[Any]:
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def _fits(task: Any, item: str) -> bool:
    return not item or task.data.get("afspraak", {}).get("wat") == item

"""Holds this project's engine against the BPMN conformance models that stand beside the repository.

What ADAPTER.md there allows an adapter to satisfy or leave out, and is left out here:

- the name of the file is the id of the process, and the file holds one process (a file has several pools here);
- a task has a form, a role and a deadline (the models have none);
- a case begins because somebody starts it, and nothing is sent from one case to another: Knooppunt has no such
  host, so the adapter is one. It starts processes by hand or by a message or signal, and carries messages (to one
  waiting instance, else to a process that it starts) and signals (to all instances).

Held more strictly than Knooppunt does: what an element says of its own arrows (`incoming`, `outgoing`) must be what
the arrows say, and the text of a clock must be marked as a formal expression. Knooppunt's gate lets both be, since
neither changes what is run.

Nothing is rewritten: expressions are FEEL, and the file goes to the engine as it is. Between any two actions each
instance is only its stored state, which is a string.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine import checks, deadlines, definitions, process
from engine.checks import standard
from engine.checks.rule import rules
from engine.checks.standard.drawing import Drawing, local, owner_of
from engine.definitions import Definition, Event, Process, Settings
from engine.definitions.kinds import EventKind, Kind
from engine.definitions.markup import NAMES, kind_of, parse, text_of
from engine.errors import ConflictError, DefinitionError, Problem, ProcessError
from engine.process import Model, Outcome

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=deadlines.ZONE)
HELD = timedelta(seconds=0.25)

Person = Callable[[list[dict[str, Any]], float], dict[str, Any] | None]


class Adapter:
    """What the harness knows of this engine."""

    name = "Knooppunt"

    def check(self, path: str) -> list[str]:
        """Each finding of the first gate, reading and dialect, as `rule element: sentence`."""
        return [f"{' '.join(codes(problem))} {problem.element}: {problem.message}" for problem in findings(Path(path))]

    def run(
        self,
        path: str,
        process_id: str,
        data: dict[str, Any],
        person: Person,
        start_first: tuple[str, ...] = (),
        horizon_s: float = 150.0,
    ) -> dict[str, Any]:
        """Run one instance, and what it starts, until nothing can happen any more."""
        host = Host(definitions.read_processes(Path(path).read_bytes(), Path(path).name)[0])
        try:
            for id in start_first:
                host.start(id, data)
            host.start(process_id, data)
            _work(host, person, horizon_s)
        except ProcessError as error:
            return {"status": "failed", "error": {"kind": "runtime", "message": error.message}, "open": []}
        return host.told()


def findings(path: Path) -> tuple[Problem, ...]:
    """What keeps a file from being run."""
    try:
        content = path.read_bytes()
        processes, problems = definitions.read_processes(content, path.name)
    except DefinitionError as error:
        return error.problems
    known = {diagram.id for diagram in processes}
    missing = [
        Problem(path.name, e.id, "verwijzing", f"Het diagram '{e.called}' is er niet.")
        for diagram in processes
        for e in diagram.elements.values()
        if e.kind == "callActivity" and e.called not in known
    ]
    findings = [*standard.breaches(content, path.name)]
    findings += [finding for process in processes for finding in checks.dialect(process, hosted=True)]
    return (*(finding.problem for finding in findings), *_strict(content, path.name), *problems, *missing)


def codes(problem: Problem) -> tuple[str, ...]:
    """The rule that a file breaks, and the numbers under which the suite lists it."""
    known = {rule.id: rule.standard for rule in rules()}
    return (problem.rule, *known.get(problem.rule, ()))


def _strict(content: bytes, file: str) -> Iterator[Problem]:
    """What the standard asks and Knooppunt lets be; the rules go by their numbers."""
    drawing = Drawing(parse(content, file))
    for node in drawing.nodes:
        for tag, flows, kind, rule in (
            ("incoming", drawing.incoming(node), Kind.END_EVENT, "EXT107"),
            ("outgoing", drawing.outgoing(node), Kind.START_EVENT, "EXT101"),
        ):
            said = {local(text_of(reference)) for reference in node.iterfind(f"bpmn:{tag}", NAMES)}
            if said != {flow.get("id") for flow in flows}:
                yield Problem(file, node.get("id"), "EXT023", "De pijlen die hier staan, zijn er niet.")
                if not said and kind_of(node) == kind:
                    yield Problem(file, node.get("id"), rule, "Hier staat geen pijl.")
    for node in drawing.all("timeDate", "timeCycle", "timeDuration", "loopCardinality"):
        text, marked = text_of(node), any(value.endswith("tFormalExpression") for value in node.attrib.values())
        if text and not marked and not text.startswith("="):
            yield Problem(file, owner_of(node).get("id"), "EXT012", "Dit staat er niet als uitdrukking.")


def _work(host: "Host", person: Person, horizon: float) -> None:
    """Let the person act, and time pass where the person does not."""
    while True:
        items = host.items()
        passed = (host.now - BEGIN).total_seconds()
        action = person(items, passed) if items else None
        if action is not None:
            host.act(action)
            continue
        due = host.due()
        if getattr(person, "runaway", False) or passed >= horizon or (due is None and not items):
            return
        held = host.now + HELD
        until = min(held, due) if items and due else due or held
        host.wait(min(until, BEGIN + timedelta(seconds=horizon)))


@dataclass
class Instance:
    """One running process: nothing but what would stand in a database."""

    model: Model
    state: str
    document: str
    outcome: Outcome
    first: str = ""  # as it stood when it was started by hand

    @property
    def known(self) -> Mapping[str, Any]:
        """The document, read back."""
        document: Mapping[str, Any] = json.loads(self.document)
        return document


class Host:
    """Runs the processes of one file beside each other, and carries what one sends to the others."""

    def __init__(self, processes: tuple[Process, ...]) -> None:
        self.processes = {diagram.id: diagram for diagram in processes}
        self.instances: list[Instance] = []
        self.now = BEGIN
        self.letters: list[tuple[Instance, str]] = []
        self.faults: list[str] = []
        self.heard: dict[tuple[str, str], set[tuple[str, str]]] = {}

    def _model(self, id: str) -> Model:
        return process.compile_model(
            Definition(id, "", Settings("", ""), self.processes, forms={}, files={}, overridden=frozenset())
        )

    def start(self, id: str, data: Mapping[str, Any], at: str = "") -> None:
        """Start an instance: by hand, or at the start whose event came."""
        model = self._model(id)
        outcome = process.start(model, data, self.now, at)
        instance = Instance(model, "", "", outcome, "" if at else outcome.state)
        self.instances.append(instance)
        self._keep(instance, outcome)

    def _keep(self, instance: Instance, outcome: Outcome) -> None:
        """Store what a move led to, and carry what it sent."""
        instance.state, instance.document = outcome.state, json.dumps(outcome.document)
        instance.outcome = replace(outcome, state="", document={})
        self.faults += [outcome.fault] if outcome.fault else []
        for kind, name in outcome.sent:
            if kind == "signal":
                self._call_out(instance, name)
            else:
                self.letters.append((instance, name))
        self._deliver()

    def _call_out(self, sender: Instance, name: str) -> None:
        """A signal reaches all other instances, and starts what begins with it."""
        begun: set[str] = set()
        for other in list(self.instances):
            if other is not sender and not other.outcome.ended:
                before = other.state
                self._keep(other, process.signal(other.model, other.state, other.known, name, self.now))
                if before == other.first and other.state != before and other.model.definition.root.triggers:
                    begun.add(other.model.definition.id)  # it waited for this to begin
        for begins in self._begins("signal", name):
            if begins[0] not in begun:
                self.start(*begins)

    def _deliver(self) -> None:
        """A message reaches one instance that waits for it, others before its sender, or starts a process."""
        for letter in list(self.letters):
            sender, name = letter
            if letter not in self.letters:
                continue  # carried while another was
            waiting = sorted(
                (instance for instance in self.instances if not instance.outcome.ended),
                key=lambda instance: instance is sender,
            )
            taken = next((taken for instance in waiting if (taken := self._handed(instance, name)) is not None), None)
            if taken is not None:
                self.letters.remove(letter)
                self._keep(*taken)
            elif self._begins_by(name):
                self.letters.remove(letter)
                for begins in self._begins("message", name):
                    self.start(*begins)
                    break

    def _handed(self, instance: Instance, name: str) -> tuple[Instance, Outcome] | None:
        try:
            return instance, process.message(instance.model, instance.state, instance.known, name, self.now, crowd=True)
        except ConflictError:
            return None

    def _begins_by(self, name: str) -> bool:
        """Whether a process begins by this message, now or together with what comes later."""
        starts = (diagram.elements[id].event for diagram in self.processes.values() for id in diagram.triggers)
        return any(Event(EventKind.MESSAGE, name) in (event.parts or (event,)) for event in starts if event)

    def _begins(self, kind: str, name: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        """The processes that an event starts, each with the start that waits for it."""
        for diagram in self.processes.values():
            for id in sorted(diagram.triggers):
                event = diagram.elements[id].event
                parts = {(p.kind, p.name) for p in (event.parts or (event,))} if event else set()
                if (kind, name) not in parts:
                    continue
                heard = self.heard.setdefault((diagram.id, id), set())
                heard.add((kind, name))
                if event and event.kind == "parallelMultiple" and heard != parts:
                    continue
                heard.clear()
                yield diagram.id, {}, id

    def items(self) -> list[dict[str, Any]]:
        """All open work of all instances."""
        return [
            {"item": f"{number} {task.key}", "element": task.element, "data": dict(instance.known)}
            for number, instance in enumerate(self.instances)
            for task in instance.outcome.open
        ]

    def act(self, action: Mapping[str, Any]) -> None:
        """A person completes an item, or says by an error that it can't be done."""
        number, key = action["item"].split()
        instance = self.instances[int(number)]
        if error := action.get("throw_error"):
            outcome = process.fail(instance.model, instance.state, instance.known, key, error, self.now)
        else:
            answers = action.get("set") or {}
            outcome = process.complete(instance.model, instance.state, instance.known, key, answers, self.now)
        self._keep(instance, outcome)

    def due(self) -> datetime | None:
        """When the next clock goes off."""
        return min((i.outcome.due for i in self.instances if i.outcome.due is not None), default=None)

    def wait(self, until: datetime) -> None:
        """Time passes."""
        self.now = max(self.now, until)
        for instance in list(self.instances):
            if instance.outcome.due is not None and instance.outcome.due <= self.now:
                self._keep(instance, process.tick(instance.model, instance.state, instance.known, self.now))

    def told(self) -> dict[str, Any]:
        """How it ended."""
        left = [task.element for instance in self.instances for task in instance.outcome.open]
        ended = all(instance.outcome.ended for instance in self.instances)
        error = {"kind": "error_event", "message": ", ".join(self.faults)} if self.faults else None
        return {"status": "completed" if ended else "waiting", "error": error, "open": left}

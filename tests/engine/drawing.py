"""Small diagrams written in Python, and a case that goes through one: for tests of the engine."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

from engine import checks, deadlines, definitions, process
from engine.process import Model, OpenTask, Outcome

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=deadlines.ZONE)
NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
FORMAL = 'xsi:type="bpmn:tFormalExpression"'
SETTINGS = b"naam: Proefregio\ntermijnen: {kort: 5 werkdagen, lang: P3M}\n"


# --- parts of a diagram ----------------------------------------------------------------------------------------


def node(kind: str, id: str, inside: str = "", **attributes: str) -> str:
    """One element; `camunda_x` becomes the attribute `camunda:x`."""
    text = "".join(f" {name.replace('_', ':')}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:{kind} id="{id}" name="{id}"{text}>{inside}</bpmn:{kind}>'


def properties(**values: str) -> str:
    rows = "".join(f"<camunda:property name={quoteattr(k)} value={quoteattr(v)} />" for k, v in values.items())
    return f"<bpmn:extensionElements><camunda:properties>{rows}</camunda:properties></bpmn:extensionElements>"


def start(id: str = "begin") -> str:
    return node("startEvent", id)


def end(id: str = "klaar", inside: str = "") -> str:
    return node("endEvent", id, inside)


def task(id: str, inside: str = "") -> str:
    return node("userTask", id, inside)


def choice(id: str, default: str = "") -> str:
    """An exclusive gateway; `default` is where the flow leads that is taken when nothing else fits."""
    return node("exclusiveGateway", id, **({"default": f"{id}_{default}"} if default else {}))


def fork(id: str) -> str:
    return node("parallelGateway", id)


def some(id: str, default: str = "") -> str:
    """An inclusive gateway; `default` is where the flow leads that is taken when no other is true."""
    return node("inclusiveGateway", id, **({"default": f"{id}_{default}"} if default else {}))


def call(id: str, of: str, inside: str = "") -> str:
    return node("callActivity", id, inside, calledElement=of)


def sub(id: str, *parts: str) -> str:
    return node("subProcess", id, "".join(parts))


def handler(id: str, *parts: str, rows: str = "") -> str:
    """An event sub-process; `rows` is the key of a list of which each row starts a run of it."""
    more = properties(voor_elke=rows) if rows else ""
    return node("subProcess", id, more + "".join(parts), triggeredByEvent="true")


def on(id: str, what: str, interrupting: bool = True, again: str = "", tellers: str = "") -> str:
    """The start of an event sub-process; with `tellers`, roles, people begin it."""
    given = {name: value for name, value in (("vaker", again), ("rollen", tellers)) if value}
    more = properties(**given) if given else ""
    return node("startEvent", id, more + what, isInterrupting=str(interrupting).lower())


def boundary(id: str, at: str, what: str, interrupting: bool = True) -> str:
    return node("boundaryEvent", id, what, attachedToRef=at, cancelActivity=str(interrupting).lower())


def catch(id: str, what: str) -> str:
    return node("intermediateCatchEvent", id, what)


def throw(id: str, what: str) -> str:
    return node("intermediateThrowEvent", id, what)


def message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{name}" />'


def escalation(name: str) -> str:
    return f'<bpmn:escalationEventDefinition escalationRef="{name}" />'


def error(name: str) -> str:
    return f'<bpmn:errorEventDefinition errorRef="{name}" />'


def terminate() -> str:
    return "<bpmn:terminateEventDefinition />"


def signal(name: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="{name}" />'


def conditional(when: str) -> str:
    return (
        f"<bpmn:conditionalEventDefinition><bpmn:condition {FORMAL}>{when.replace('<', '&lt;')}</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>"
    )


def link(name: str) -> str:
    return f'<bpmn:linkEventDefinition name="{name}" />'


def cancel() -> str:
    return "<bpmn:cancelEventDefinition />"


def timer(kind: str, text: str) -> str:
    """A clock; `kind` is Date, Duration or Cycle."""
    inside = f"<bpmn:time{kind} {FORMAL}>{text.replace('&', '&amp;').replace('<', '&lt;')}</bpmn:time{kind}>"
    return f"<bpmn:timerEventDefinition>{inside}</bpmn:timerEventDefinition>"


def each(collection: str, variable: str, sequential: bool = False, until: str = "") -> str:
    """Marks an activity as multi-instance."""
    condition = enough(until) if until else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f'camunda:collection={quoteattr(collection)} camunda:elementVariable="{variable}">{condition}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def times(count: str, sequential: bool = False, until: str = "") -> str:
    """Marks an activity as to be done a number of times."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopCardinality {FORMAL}>{count}</bpmn:loopCardinality>{enough(until) if until else ''}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def enough(when: str) -> str:
    """Ends what is done for many before each of them is done, as soon as `when` is true after one."""
    return f"<bpmn:completionCondition {FORMAL}>{when}</bpmn:completionCondition>"


def again(when: str = "", most: str = "", first: bool = False) -> str:
    """Marks an activity as a loop: for as long as `when` is true, at most so many times."""
    condition = f"<bpmn:loopCondition {FORMAL}>{when.replace('<', '&lt;')}</bpmn:loopCondition>" if when else ""
    limit = f' loopMaximum="{most}"' if most else ""
    return (
        f'<bpmn:standardLoopCharacteristics testBefore="{str(first).lower()}"{limit}>{condition}'
        "</bpmn:standardLoopCharacteristics>"
    )


def way(*ids: str, when: str = "") -> str:
    """Sequence flows through these elements, in this order; `when` is the condition on each."""
    condition = f"<bpmn:conditionExpression {FORMAL}>{when}</bpmn:conditionExpression>" if when else ""
    return "".join(
        f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}">{condition}</bpmn:sequenceFlow>'
        for a, b in pairwise(ids)
    )


def diagram(id: str, *parts: str) -> bytes:
    """A `.bpmn` file with the process `id`; messages, signals, errors and escalations are declared as named."""
    body = "".join(parts)
    coded = ("error", "escalation")
    named = "".join(
        f'<bpmn:{kind} id="{name}" name="{name}"{f" {kind}Code={quoteattr(name)}" if kind in coded else ""} />'
        for kind in ("message", "signal", "error", "escalation")
        for name in sorted(set(re.findall(rf'{kind}Ref="(\w+)"', body)))
    )
    return (
        f'<bpmn:definitions {NAMESPACES} targetNamespace="https://knooppunt.example/bpmn">{named}'
        f'<bpmn:process id="{id}" name="{id}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    ).encode()


# --- a case ----------------------------------------------------------------------------------------------------


def model(
    *parts: str,
    called: Mapping[str, str] | None = None,
    files: Mapping[str, bytes] | None = None,
    hosted: bool = False,
) -> Model:
    """The process `proef` of these parts, which the first gate must let through; `hosted`: beside other processes."""
    drawn = {"proef.bpmn": diagram("proef", *parts), "regio.yaml": SETTINGS, **(files or {})}
    drawn |= {f"{id}.bpmn": diagram(id, body) for id, body in (called or {}).items()}
    definition = definitions.assemble("proef", "", drawn)
    assert [p for each in definition.processes.values() for p in checks.dialect(each, hosted)] == []
    return process.compile_model(definition)


class Case:
    """A case of a model, told what happens; remembers what it passed."""

    def __init__(self, of: Model, now: datetime = MONDAY, **document: Any) -> None:
        self.model, self.now = of, now
        self.flows: list[str] = []
        self.notes: list[tuple[str, str, str]] = []
        self.outcome = self._took(process.start(of, document, now))

    def _took(self, outcome: Outcome) -> Outcome:
        self.outcome = outcome
        self.flows += [flow for _, flow in outcome.flows]
        self.notes += [(note.element, note.what, note.item) for note in outcome.notes]
        return outcome

    @property
    def open(self) -> list[str]:
        """The steps that wait for a person, by id, in alphabetical order; with `@item` inside a loop."""
        return sorted(f"{t.element}@{t.item}" if t.item else t.element for t in self.outcome.open)

    @property
    def document(self) -> Mapping[str, Any]:
        return self.outcome.document

    @property
    def ended(self) -> bool:
        return self.outcome.ended

    def ends_of(self, element: str) -> list[str]:
        """What became of an element, in order: klaar or afgebroken."""
        return [what for id, what, _ in self.notes if id == element and what != "begonnen"]

    def find(self, element: str, item: str = "") -> OpenTask:
        tasks = [t for t in self.outcome.open if t.element == element and (not item or t.item == item)]
        assert tasks, f"{element} is not open, but {self.open} is"
        return tasks[0]

    def do(self, element: str, item: str = "", **answers: Any) -> "Case":
        """A person completes a step."""
        return self.press(self.find(element, item), **answers)

    def press(self, chosen: OpenTask, **answers: Any) -> "Case":
        before = self.outcome
        self._took(process.complete(self.model, before.state, before.document, chosen.key, answers, self.now))
        return self

    def send(self, name: str) -> "Case":
        before = self.outcome
        self._took(process.message(self.model, before.state, before.document, name, self.now))
        return self

    def correct(self, item: str = "", **answers: Any) -> "Case":
        before = self.outcome
        self._took(process.correct(self.model, before.state, before.document, item, answers, self.now))
        return self

    def wait(self, term: str) -> "Case":
        """Time passes, and then the clock looks."""
        return self.at(deadlines.after(self.now, term))

    def at(self, moment: datetime) -> "Case":
        self.now = moment
        before = self.outcome
        self._took(process.tick(self.model, before.state, before.document, moment))
        return self

    def awaits(self) -> list[str]:
        """The messages that this case would take now."""
        elements = process.awaited(self.model, self.outcome.state, self.document, self.now)
        return sorted(e.event.name for e in elements if e.event)

"""A case goes the way of the reference process: what always comes first there does so here, and choices turn the same.

The spelregels prove what protects a family on every path. What is noted here is simpler and holds for every step: which
steps always come before it in its part of the diagram, which always come after it, and by which answers a choice leads
to it. A step that a region adds, moves within these bounds or calls otherwise is free.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import proof
from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Element, Process
from engine.definitions.kinds import ACTIVITIES, Kind

MOST_CASES = 4096
"""So many ways in which a choice may be answered are compared; a larger one has to be written as in the reference."""

_SAME = "Wat heet als in het voorbeeldproces, gaat daar ook zoals daar, of er staat waarom niet."
ORDER = Rule(
    "volgorde_anders",
    Topic.WAYS,
    f"{_SAME} Wat daar altijd eerst gebeurt of altijd volgt, doet dat hier ook.",
    "Wie een stap doet, rekent erop dat gebeurd is wat ervoor hoort. Wordt dat overgeslagen, dan mist een gezin iets.",
    "Teken de weg terug zoals in het voorbeeldproces, of zet bij deze stap 'anders: volgorde' en bij 'reden' waarom.",
    wrong="",
    right="",
)
CHOICE = Rule(
    "keuze_anders",
    Topic.WAYS,
    f"{_SAME} Een keuze leidt bij hetzelfde antwoord naar dezelfde stap.",
    "Een keuze die anders uitvalt, stuurt een gezin een weg op die niemand voor hen koos.",
    "Zet de voorwaarden en de pijlen terug zoals in het voorbeeldproces, of zet bij de ruit 'anders: keuze' en bij "
    "'reden' waarom.",
    wrong="",
    right="",
)

_STEPS = ACTIVITIES | {Kind.INTERMEDIATE_CATCH_EVENT}


def course(
    ways: "Ways", element: Element, promise: Mapping[str, Any], certain: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Where the way to, from or through an element differs from what is noted of it; `certain` are the values of the
    answers that are surely given.
    """
    process = ways.process
    for other in () if element.says_why("volgorde") else promise.get("eerst", ()):
        first = process.elements.get(other)
        if first is not None and first.parent == element.parent and ways.comes(element.id, other):
            message = f"'{element.title}' kan gebeuren zonder dat '{first.title}' eerst gebeurt."
            yield ORDER.at(process, element, f"{message} In het voorbeeldproces gaat dat altijd vooraf.")
    for other in () if element.says_why("volgorde") else promise.get("daarna", ()):
        later = process.elements.get(other)
        if later is not None and later.parent == element.parent and ways.ends(element.id, other):
            message = f"Na '{element.title}' hoeft '{later.title}' niet meer te gebeuren."
            yield ORDER.at(process, element, f"{message} In het voorbeeldproces volgt dat altijd.")
    leads = promise.get("leidt", {})
    if not leads or element.says_why("keuze"):
        return
    if element.kind != Kind.EXCLUSIVE_GATEWAY:
        message = f"'{element.title}' is geen keuze meer. In het voorbeeldproces is het er een."
        yield CHOICE.at(process, element, message)
        return
    for target, noted in leads.items():
        drawn = process.elements.get(target)
        if drawn is None or drawn.parent != element.parent:
            continue
        here = ways.asked(element, target)
        if here != noted and not proof.alike(_either(here), _either(noted), MOST_CASES, certain):
            message = f"De keuze '{element.title}' leidt bij andere antwoorden naar '{drawn.title}'."
            yield CHOICE.at(process, element, f"{message} Dat is anders dan in het voorbeeldproces.")


def course_promise(ways: "Ways", element: Element) -> dict[str, Any]:
    """What is to be noted of the way to, from and through an element of a reference process."""
    process, promise = ways.process, dict[str, Any]()
    if element.kind in _STEPS or element.kind == Kind.END_EVENT:
        steps = [e.id for e in process.elements.values() if e.kind in _STEPS and e.parent == element.parent]
        steps = [id for id in steps if id != element.id and not process.elements[id].by_event]
        if ways.comes(element.id):
            before = [id for id in steps if not ways.comes(element.id, id)]
            after = [id for id in steps if not ways.ends(element.id, id)]
            promise |= {name: ids for name, ids in (("eerst", before), ("daarna", after)) if ids}
    if element.kind == Kind.EXCLUSIVE_GATEWAY and len(element.outgoing) > 1:
        nexts = {target for flow in element.outgoing for target in ways.nexts(process.flows[flow].target)}
        promise["leidt"] = {target: ways.asked(element, target) for target in sorted(nexts)}
    return promise


class Ways:
    """The arrows of one part of a diagram. What an event on the edge of a step leads to begins where the step does."""

    def __init__(self, process: Process, parent: str) -> None:
        self.process = process
        inside = [e for e in process.elements.values() if e.parent == parent]
        self.starts = [e.id for e in inside if e.kind == Kind.START_EVENT]
        self.after = {e.id: [process.flows[id].target for id in e.outgoing] for e in inside}
        self.before: dict[str, list[str]] = {}
        for id, targets in self.after.items():
            for target in targets:
                self.before.setdefault(target, []).append(id)
        self.begun = {id: [*targets] for id, targets in self.after.items()}
        for event in inside:
            for source in self.before.get(event.attached_to, ()):
                self.begun[source].append(event.id)
        self.coming: dict[str, set[str]] = {}
        self.ending: dict[str, set[str]] = {}

    def comes(self, target: str, without: str = "") -> bool:
        """Whether a case can come to an element without another being done."""
        if without not in self.coming:
            self.coming[without] = _reached(self.begun, self.starts, without)
        return target in self.coming[without]

    def ends(self, source: str, without: str) -> bool:
        """Whether a case can come from an element to an end without another being begun."""
        if without not in self.ending:
            ends = [id for id, targets in self.after.items() if not targets and id != without]
            self.ending[without] = _reached(self.before, ends, without) - {without}
        return source in self.ending[without]

    def nexts(self, start: str) -> set[str]:
        """The steps, choices and ends that a case comes to first."""
        elements, waiting, seen, nexts = self.process.elements, [start], set(), set()
        while waiting:
            element = elements[waiting.pop()]
            if element.id in seen:
                continue
            seen.add(element.id)
            choice = element.kind == Kind.EXCLUSIVE_GATEWAY and len(element.outgoing) > 1
            if choice or element.kind in _STEPS or element.kind == Kind.END_EVENT:
                nexts.add(element.id)
            else:
                waiting += self.after[element.id]
        return nexts

    def asked(self, choice: Element, target: str) -> list[list[str]]:
        """By which arrows a choice comes to an element, without another round: of each the condition, or of the default
        one those of the others behind a `not`. An arrow without a condition is always taken: it stands as "=true".
        """
        flows = [self.process.flows[id] for id in choice.outgoing]
        conditions = [flow.condition or "=true" for flow in flows if flow.id != choice.default]
        given = []
        for flow in flows:
            if target in _reached(self.after, [flow.target], choice.id):
                given.append(["not", *conditions] if flow.id == choice.default else [flow.condition or "=true"])
        return given


def _reached(arrows: Mapping[str, Iterable[str]], starts: Iterable[str], without: str) -> set[str]:
    """Where one can come; what is left out is come to and not passed."""
    came: set[str] = set()
    waiting = [*starts]
    while waiting:
        id = waiting.pop()
        if id not in came:
            came.add(id)
            waiting += arrows.get(id, ()) if id != without else ()
    return came


def _either(ways: list[list[str]]) -> str:
    """One condition for several arrows."""
    alternatives = []
    for first, *rest in ways:
        conditions = [f"({text.removeprefix('=').strip()})" for text in ([first] if first != "not" else rest)]
        alternatives.append(f"not({' or '.join(conditions)})" if first == "not" else conditions[0])
    return f"={' or '.join(alternatives)}" if alternatives else "=false"

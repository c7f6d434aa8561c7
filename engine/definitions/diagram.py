"""One `.bpmn` file → a Process, and what in that file may not be used. The file is read, never run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from engine.definitions.kinds import (
    EVENT_KINDS,
    EVENTS,
    FLOW_NODES,
    LINKS,
    NAMED,
    NOTES,
    SUB_PROCESSES,
    EventKind,
    Kind,
    LinkKind,
    LoopKind,
    NoteKind,
    TimerKind,
)
from engine.definitions.markup import (
    CAMUNDA,
    NAMES,
    event_definitions,
    kind_of,
    parse,
    refuse,
    shared_definitions,
    text_of,
    title_of,
)
from engine.definitions.model import Bounds, Element, Event, Flow, Lane, Link, Loop, Note, Process
from engine.errors import Problem
from engine.likeness import meant

MAXIMUM_TOKENS = 100
_MOVES = (LinkKind.DATA_INPUT_ASSOCIATION, LinkKind.DATA_OUTPUT_ASSOCIATION)
MAXIMUM_DIGITS = 9

# Attributes and elements by which a file could bring code of its own, with what to write instead.
CODE_ELEMENTS = {
    "executionListener": "Hier hangt een listener aan, een programma dat niemand ziet. Maak er een eigen stap van.",
    "taskListener": "Hier hangt een listener aan, een programma dat niemand ziet. Maak er een eigen stap van.",
    "script": "Hier staat een script. Gebruik een voorwaarde of een beslistabel in FEEL.",
    "preScript": "Hier staat een script. Gebruik een voorwaarde of een beslistabel in FEEL.",
    "postScript": "Hier staat een script. Gebruik een voorwaarde of een beslistabel in FEEL.",
    "connector": "Hier staat een koppeling met een ander systeem. Haal haar weg: een taak doet een mens.",
    "inputOutput": "Hier staan regels voor invoer en uitvoer. Haal ze weg: elke stap ziet de antwoorden al.",
    "in": "Hier staan regels voor invoer. Haal ze weg: een aangeroepen diagram ziet de antwoorden van de casus al.",
    "out": "Hier staan regels voor uitvoer. Haal ze weg: een aangeroepen diagram schrijft al in de casus.",
    "taskDefinition": "Dit is een stap voor Camunda 8. Maak er een gebruikerstaak met een formulier van.",
}
ENGINES = ("camunda.org/schema", "activiti.org/bpmn", "flowable.org/bpmn", "spiffworkflow.org")
"""In whose words these are meant so; a drawing program may call its own things by the same names."""
CODE_ATTRIBUTES = {
    "class": "Hier wordt een programma aangeroepen. Maak er een gebruikerstaak van.",
    "delegateExpression": "Hier wordt een programma aangeroepen. Maak er een gebruikerstaak van.",
    "expression": "Hier rekent een programma iets uit. Gebruik een beslistabel of een voorwaarde in FEEL.",
}


def read_process(content: bytes, file: str) -> tuple[Process, tuple[Problem, ...]]:
    """Read one `.bpmn` file; `file` is its path below the process folder, as findings name it.

    Returns the process and what in the file may not be used (code, foreign expressions, unknown elements).
    Raises DefinitionError where the file holds no diagram that can be read at all.
    """
    root = parse(content, file)
    node = _only_process(root, file)
    process, problems = _read(root, node, file)
    stem = re.split(r"\.bpmn", file.rsplit("/", 1)[-1], flags=re.IGNORECASE)[0]
    if process.id != stem:
        problems.append(
            Problem(
                file,
                process.id,
                "naam",
                f"Het bestand heet '{stem}', maar het proces erin heeft de id '{process.id}'. "
                "Geef beide dezelfde naam.",
            )
        )
    if node.get("isExecutable", "").lower() != "true":
        problems.append(
            Problem(
                file,
                process.id,
                "uitvoerbaar",
                "Het proces staat niet op 'uitvoerbaar'. Zet in de modeler 'Executable' aan.",
            )
        )
    return process, tuple(problems)


def read_processes(content: bytes, file: str) -> tuple[tuple[Process, ...], tuple[Problem, ...]]:
    """Read all processes of a file whose pools work together, for a host that runs them side by side.

    A global user task becomes a process of one step. Knooppunt's own cases run one process per file.
    """
    root = parse(content, file)
    read = [_read(root, node, file) for node in root.iterfind("bpmn:process", NAMES)]
    single = [_one_step(node, file) for node in root if kind_of(node) in ("globalUserTask", "globalManualTask")]
    return (*(process for process, _ in read), *single), tuple(p for _, problems in read for p in problems)


def _one_step(node: Any, file: str) -> Process:
    """A global task as a process: calling it is doing that one task."""
    id = node.get("id", "")
    step = Element(id, Kind.USER_TASK, node.get("name", ""), process=id, documentation=_documentation(node))
    return Process(id, file, step.name, elements={id: step})


def _read(root: Any, node: Any, file: str) -> tuple[Process, list[Problem]]:
    """One process of a file, with what may not be used in it."""
    reader = _Reader(root, file, node.get("id", ""))
    reader.read_scope(node, "")
    if not node.get("id"):
        reader.problem(node, "id", "Dit proces heeft geen id. Geef het er een.")
    if node.find("bpmn:correlationSubscription", NAMES) is not None:
        message = "Welk bericht bij welke casus hoort, wordt niet uit gegevens gehaald. Haal dat weg."
        reader.problem(node, "gegevens", message)
    pool = next(
        (p for p in root.iterfind(".//bpmn:participant", NAMES) if p.get("processRef") == node.get("id")),
        None,
    )
    process = Process(
        id=node.get("id", ""),
        file=file,
        name=node.get("name") or (pool.get("name", "") if pool is not None else ""),
        documentation=_documentation(node),
        properties=_properties(node),
        elements=_connected(reader.elements, reader.flows),
        flows=reader.flows,
        lanes=tuple(reader.lanes(node)),
        notes=tuple(reader.notes),
        links=tuple(reader.links),
        pool=pool.get("name", "") if pool is not None else "",
        pool_bounds=reader.bounds.get(pool.get("id", "")) if pool is not None else None,
    )
    return process, list(reader.problems)


def _connected(elements: Mapping[str, Element], flows: Mapping[str, Flow]) -> Mapping[str, Element]:
    """The elements with their flows, taken from the flows: what elements say of it themselves may be stale."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        incoming.setdefault(flow.target, []).append(flow.id)
        outgoing.setdefault(flow.source, []).append(flow.id)
    return {
        id: replace(e, incoming=tuple(incoming.get(id, ())), outgoing=tuple(outgoing.get(id, ())))
        for id, e in elements.items()
    }


def _only_process(root: Any, file: str) -> Any:
    processes = root.findall("bpmn:process", NAMES)
    if not processes:
        raise refuse(file, "", "geen_proces", _without_process(root))
    if len(processes) > 1:
        filled = [p for p in processes if any(kind_of(child) in FLOW_NODES for child in p)]
        if len(filled) != 1:
            raise refuse(file, "", "meer_processen", _several(root, processes))
        return filled[0]
    return processes[0]


def _without_process(root: Any) -> str:
    """What to say of a file that is BPMN and has nothing to run."""
    kinds = {kind_of(node) for node in root}
    if "choreography" in kinds:
        return "Dit is een choreografie: wie met wie praat, zonder stappen. Teken een proces met stappen."
    if "collaboration" in kinds:
        return "Er staan alleen pools in dit diagram, zonder stappen. Teken de stappen in een pool."
    return "Er staat geen proces in dit diagram. Teken een begin, stappen en een einde."


def _several(root: Any, processes: Sequence[Any]) -> str:
    """What to say of a file with several processes: what they are called on the drawing."""
    pools = {p.get("processRef", ""): p.get("name") for p in root.iterfind(".//bpmn:participant", NAMES)}
    names = [" ".join((pools.get(p.get("id", "")) or p.get("name") or p.get("id", "?")).split()) for p in processes]
    shown = ", ".join(f"'{name}'" for name in names[:4])
    more = f" en nog {len(names) - 4}" if len(names) > 4 else ""
    return f"Er staan {len(names)} processen in dit bestand: {shown}{more}. Maak van elk proces een eigen bestand."


def _documentation(node: Any) -> str:
    return "\n\n".join((d.text or "").strip() for d in node.findall("bpmn:documentation", NAMES)).strip()


def _properties(node: Any) -> Mapping[str, str]:
    properties = node.iterfind("bpmn:extensionElements/camunda:properties/camunda:property", NAMES)
    named = ((p.get("name"), p.get("value", "").strip()) for p in properties)
    return {name: value for name, value in named if name and value}  # the Modeler leaves a field empty, not away


def _camunda(node: Any, name: str) -> str:
    value: str = node.get(f"{{{CAMUNDA}}}{name}", "")
    return value.strip()


class _Reader:
    """Collects the parts of one process while walking its XML once."""

    def __init__(self, root: Any, file: str, process: str) -> None:
        self.root, self.file, self.process = root, file, process
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}
        self.notes: list[Note] = []
        self.links: list[Link] = []
        self.problems: list[Problem] = []
        self.named = {
            n.get("id"): n.get("name") or n.get("id")
            for kind in ("message", "signal")
            for n in root.iterfind(f"bpmn:{kind}", NAMES)
        }
        self.coded = {
            n.get("id"): n.get(attribute) or n.get("name") or n.get("id")
            for kind, attribute in (("error", "errorCode"), ("escalation", "escalationCode"))
            for n in root.iterfind(f"bpmn:{kind}", NAMES)
        }
        self.shared = shared_definitions(root)
        self.bounds: dict[str, Bounds] = {}
        self.labels: dict[str, Bounds] = {}
        self.collapsed: set[str] = set()
        self.upright: set[str] = set()
        self.points: dict[str, tuple[tuple[float, float], ...]] = {}
        self._read_drawing()
        self.lane_of = {
            text_of(ref): lane.get("id", "")
            for lane in root.iterfind(".//bpmn:lane", NAMES)
            for ref in lane.iterfind("bpmn:flowNodeRef", NAMES)
        }
        for flow in root.iterfind("bpmn:collaboration/bpmn:messageFlow", NAMES):
            self._read_link(flow, LinkKind.MESSAGE_FLOW)
        for note in root.iterfind("bpmn:collaboration/bpmn:textAnnotation", NAMES):
            self._read_note(note, NoteKind.TEXT_ANNOTATION)

    def problem(self, node: Any, rule: str, message: str) -> None:
        inside = node.getparent()  # the condition of a sub-process has no id of its own
        id = node.get("id") or (inside.get("id", "") if kind_of(inside) in SUB_PROCESSES else "")
        self.problems.append(Problem(self.file, id, rule, message))

    # the drawing

    def _read_drawing(self) -> None:
        for shape in self.root.iterfind(".//bpmndi:BPMNShape", NAMES):
            id = shape.get("bpmnElement", "")
            if (box := self._box(shape.find("dc:Bounds", NAMES))) is not None:
                self.bounds[id] = box
            if (box := self._box(shape.find("bpmndi:BPMNLabel/dc:Bounds", NAMES))) is not None:
                self.labels[id] = box
            if shape.get("isExpanded") == "false":
                self.collapsed.add(id)
            if shape.get("isHorizontal") == "false":
                self.upright.add(id)
        for plane in self.root.iterfind(".//bpmndi:BPMNPlane", NAMES):
            self.collapsed.add(plane.get("bpmnElement", ""))  # what stands in it is drawn on a sheet of its own
        for edge in self.root.iterfind(".//bpmndi:BPMNEdge", NAMES):
            id = edge.get("bpmnElement", "")
            self.points[id] = tuple(
                (_number(p.get("x")), _number(p.get("y"))) for p in edge.iterfind("di:waypoint", NAMES)
            )
            if (box := self._box(edge.find("bpmndi:BPMNLabel/dc:Bounds", NAMES))) is not None:
                self.labels[id] = box

    @staticmethod
    def _box(node: Any | None) -> Bounds | None:
        if node is None:
            return None
        return Bounds(*(_number(node.get(name)) for name in ("x", "y", "width", "height")))

    # the meaning

    def read_scope(self, scope: Any, parent: str) -> None:
        """Read all parts that stand directly in a process or sub-process, then those of its sub-processes."""
        for node in scope:
            kind = kind_of(node)
            self._look_for_code(node, kind)
            if kind in FLOW_NODES:
                self._read_element(node, Kind(kind), parent)
                if kind in SUB_PROCESSES:
                    self.read_scope(node, node.get("id", ""))
            elif kind == "sequenceFlow":
                self._read_flow(node)
            elif kind in NOTES:
                self._read_note(node, NoteKind(kind))
            elif kind in LINKS:
                self._read_link(node, LinkKind(kind))

    def _read_element(self, node: Any, kind: Kind, parent: str) -> None:
        id = node.get("id", "")
        if not id:
            self.problem(node, "id", f"Een onderdeel '{node.get('name') or kind}' heeft geen id.")
            return
        if id in self.elements or id in self.flows:
            self.problem(node, "id", f"De id '{id}' komt meer dan een keer voor. Elke id mag maar een keer.")
            return
        self._read_data(node, kind)
        self.elements[id] = Element(
            id=id,
            kind=kind,
            name=" ".join((node.get("name") or "").split()),
            process=self.process,
            parent=parent,
            lane=self.lane_of.get(id, ""),
            documentation=_documentation(node),
            properties=_properties(node),
            roles=tuple(r.strip() for r in _camunda(node, "candidateGroups").split(",") if r.strip()),
            form=_camunda(node, "formRef"),
            decision=_camunda(node, "decisionRef"),
            result=_camunda(node, "resultVariable"),
            called=node.get("calledElement", ""),
            event=self._event(node) if kind in EVENTS else self._letter(node, kind),
            attached_to=node.get("attachedToRef", ""),
            interrupting=(
                node.get("cancelActivity", "true")
                if kind == Kind.BOUNDARY_EVENT
                else node.get("isInterrupting", "true")
            )
            != "false",
            by_event=kind in SUB_PROCESSES and node.get("triggeredByEvent") == "true",
            loop=self._loop(node),
            default=node.get("default", ""),
            needs=self._whole(node, "startQuantity"),
            gives=self._whole(node, "completionQuantity"),
            instantiates=node.get("instantiate") == "true",
            together=node.get("eventGatewayType") == "Parallel",
            compensates=node.get("isForCompensation") == "true",
            activation=text_of(node.find("bpmn:activationCondition", NAMES)),
            expanded=id not in self.collapsed,
            horizontal=id not in self.upright,
            bounds=self.bounds.get(id),
            label=self.labels.get(id),
        )

    def _read_data(self, node: Any, kind: Kind) -> None:
        """Data of a case are one document, so moving them along is drawn for the reader. Changing them is not."""
        moves = [move for side in _MOVES for move in node.iterfind(f"bpmn:{side}", NAMES)]
        if any(kind_of(part) in ("assignment", "transformation") for move in moves for part in move):
            self.problem(node, "gegevens", f"'{title_of(node)}' verandert gegevens onderweg. Vraag ze in een stap.")
        elif moves and kind == Kind.CALL_ACTIVITY:
            self.problem(node, "gegevens", f"'{title_of(node)}': {CODE_ELEMENTS['in']}")
        for tag in ("loopDataInputRef", "loopDataOutputRef"):
            if node.find(f"bpmn:multiInstanceLoopCharacteristics/bpmn:{tag}", NAMES) is not None:
                sentence = "hier staat een lijst als gegevens. Vul de lijst in bij 'Collection', met een = ervoor."
                self.problem(node, "meervoud", f"'{title_of(node)}': {sentence}")

    def _read_flow(self, node: Any) -> None:
        id = node.get("id", "")
        if not id:
            id = f"pijl-{len(self.flows) + 1}-van-{node.get('sourceRef', '')}-naar-{node.get('targetRef', '')}"
            self.problem(node.getparent(), "id", "Een pijl heeft geen id. Sla het diagram opnieuw op in de modeler.")
        if id in self.flows or id in self.elements:
            self.problem(node, "id", f"De id '{id}' komt meer dan een keer voor. Elke id mag maar een keer.")
            return
        condition = node.find("bpmn:conditionExpression", NAMES)
        if condition is not None and condition.get("language", "").lower() not in ("", "feel"):
            message = "De voorwaarde op deze pijl is niet in FEEL geschreven. Schrijf haar in FEEL, met een = ervoor."
            self.problem(node, "taal", message)
        self.flows[id] = Flow(
            id=id,
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            name=" ".join((node.get("name") or "").split()),
            condition=text_of(condition),
            waypoints=self.points.get(id, ()),
            label=self.labels.get(id),
        )

    def _read_note(self, node: Any, kind: NoteKind) -> None:
        text = text_of(node.find("bpmn:text", NAMES)) if kind == NoteKind.TEXT_ANNOTATION else node.get("name", "")
        self.notes.append(Note(node.get("id", ""), kind, text, self.bounds.get(node.get("id", ""))))

    def _read_link(self, node: Any, kind: LinkKind) -> None:
        source = node.get("sourceRef") or text_of(node.find("bpmn:sourceRef", NAMES))
        target = node.get("targetRef") or text_of(node.find("bpmn:targetRef", NAMES))
        self.links.append(Link(node.get("id", ""), kind, source, target, self.points.get(node.get("id", ""), ())))

    def _event(self, node: Any) -> Event | None:
        """What makes an event happen; None where that is nothing that BPMN knows."""
        definitions = event_definitions(node, self.shared)
        triggers = (self._trigger(node, definition) for definition in definitions)
        events = tuple(event for event in triggers if event is not None)
        if len(events) > 1:
            together = node.get("parallelMultiple") == "true"
            return Event(EventKind.PARALLEL_MULTIPLE if together else EventKind.MULTIPLE, parts=events)
        if events:
            return events[0]
        return None if definitions else Event(EventKind.NONE)

    def _letter(self, node: Any, kind: Kind) -> Event | None:
        """What a send or receive task sends or waits for."""
        if kind not in (Kind.SEND_TASK, Kind.RECEIVE_TASK):
            return None
        name = self.named.get(node.get("messageRef"), "")
        return Event(EventKind.MESSAGE, name) if name else Event(EventKind.NONE)

    def _trigger(self, node: Any, definition: Any) -> Event | None:
        """One thing that makes an event happen. What BPMN doesn't know is refused here, and None to who asks on."""
        name = kind_of(definition).removesuffix("EventDefinition")
        if name not in EVENT_KINDS:
            self.problem(
                node, "gebeurtenis", f"'{title_of(node)}': BPMN kent geen gebeurtenis '{name[:60]}'. Kies een andere."
            )
            return None
        kind = EventKind(name)
        if kind == EventKind.TIMER:
            return self._timer(node, definition)
        if kind == EventKind.CONDITIONAL:
            return Event(kind, expression=text_of(definition.find("bpmn:condition", NAMES)))
        if kind == EventKind.LINK:
            landing = self._landing(definition)
            return Event(kind, landing.get("id") or landing.get("name", ""))
        reference = definition.get(f"{kind}Ref", "")
        names = self.named if kind in NAMED else self.coded
        if reference and kind != EventKind.COMPENSATE and reference not in names:
            advice = meant(reference, names, "Kies iets dat er wel is.")
            message = f"'{title_of(node)}' verwijst naar '{reference}', maar dat bestaat niet. {advice}"
            self.problem(node, "verwijzing", message)
        return Event(kind, names.get(reference, ""))

    def _landing(self, definition: Any) -> Any:
        """Where a link leads: to what it names, what names it, or what has its name in a catching event."""
        target = self.shared.get(text_of(definition.find("bpmn:target", NAMES)))
        if target is not None:
            return target
        places = [self.landings.get(key) for key in (("id", definition.get("id")), ("name", definition.get("name")))]
        known = [place for place in places if place is not None]
        return min(known)[1] if known else definition

    @cached_property
    def landings(self) -> Mapping[tuple[str, str | None], tuple[int, Any]]:
        """The first place to land, with its number, by its name and by what it says is jumped from."""
        landings: dict[tuple[str, str | None], tuple[int, Any]] = {}
        catching = self.root.iterfind(".//bpmn:intermediateCatchEvent/bpmn:linkEventDefinition", NAMES)
        for number, place in enumerate(catching):
            landings.setdefault(("name", place.get("name", "")), (number, place))
            for source in place.iterfind("bpmn:source", NAMES):
                landings.setdefault(("id", text_of(source)), (number, place))
        return landings

    def _whole(self, node: Any, name: str) -> int:
        text = node.get(name, "1")
        if not re.fullmatch(rf"[0-9]{{1,{MAXIMUM_DIGITS}}}", text) or not 1 <= int(text) <= MAXIMUM_TOKENS:
            most = f"1 tot en met {MAXIMUM_TOKENS}"
            message = f"'{title_of(node)}': bij {name} staat '{text[:60]}'. Dat moet {most} zijn."
            self.problem(node, "aantal", message)
            return 1
        return int(text)

    def _timer(self, node: Any, definition: Any) -> Event:
        for timer in TimerKind:
            written = definition.find(f"bpmn:time{timer.capitalize()}", NAMES)
            if written is not None:
                return Event(EventKind.TIMER, timer=timer, expression=text_of(written))
        self.problem(
            node,
            "klok",
            f"'{title_of(node)}' is een klok zonder tijd. Vul een duur (P14D), een datum of een herhaling in.",
        )
        return Event(EventKind.TIMER)

    def _loop(self, node: Any) -> Loop | None:
        several = node.find("bpmn:multiInstanceLoopCharacteristics", NAMES)
        if several is not None:
            return Loop(
                kind=LoopKind.SEQUENTIAL if several.get("isSequential") == "true" else LoopKind.PARALLEL,
                collection=_camunda(several, "collection"),
                variable=_camunda(several, "elementVariable"),
                cardinality=text_of(several.find("bpmn:loopCardinality", NAMES)),
                condition=text_of(several.find("bpmn:completionCondition", NAMES)),
                behaviour=several.get("behavior", "All"),
                thrown=self._thrown(node, several),
            )
        again = node.find("bpmn:standardLoopCharacteristics", NAMES)
        if again is not None:
            return Loop(
                LoopKind.STANDARD,
                cardinality=again.get("loopMaximum", ""),
                condition=text_of(again.find("bpmn:loopCondition", NAMES)),
                test_first=again.get("testBefore") == "true",
            )
        return None

    def _thrown(self, node: Any, several: Any) -> Event | None:
        """What a multi-instance activity throws as its instances are done."""
        reference = several.get(f"{several.get('behavior', 'All').lower()}BehaviorEventRef", "")
        definition = self.shared.get(reference)
        return self._trigger(node, definition) if definition is not None else None

    def lanes(self, process: Any) -> Iterator[Lane]:
        """The lanes of the process, nested ones flattened to the innermost."""
        for lane in process.iterfind("bpmn:laneSet//bpmn:lane", NAMES):
            if lane.find("bpmn:childLaneSet", NAMES) is None:
                id = lane.get("id", "")
                refs = tuple(text_of(ref) for ref in lane.iterfind("bpmn:flowNodeRef", NAMES))
                yield Lane(id, lane.get("name", ""), refs, self.bounds.get(id))

    # what may not stand in a file

    def _look_for_code(self, node: Any, kind: str) -> None:
        for child in node.iter():
            tag = child.tag if isinstance(child.tag, str) else ""
            if kind in SUB_PROCESSES and _owner(child, node) is not node:
                continue  # what stands inside a sub-process is looked at with its own element
            name = tag.rsplit("}", 1)[-1]
            runs = any(engine in tag for engine in ENGINES) or (name == "script" and kind_of(child) == "script")
            if runs and name in CODE_ELEMENTS:
                self.problem(node, "code", f"'{title_of(node)}': {CODE_ELEMENTS[name]}")
            for attribute, value in child.attrib.items():
                self._look_at_attribute(node, str(attribute), str(value))
            self._look_for_juel(node, child.text or "", name)

    def _look_at_attribute(self, node: Any, attribute: str, value: str) -> None:
        if attribute.startswith(f"{{{CAMUNDA}}}"):
            name = attribute.rsplit("}", 1)[-1]
            if name in CODE_ATTRIBUTES:
                self.problem(node, "code", f"'{title_of(node)}': {CODE_ATTRIBUTES[name]}")
            self._look_for_juel(node, value, name)
        elif attribute in ("value", "calledElement"):
            self._look_for_juel(node, value, attribute)

    def _look_for_juel(self, node: Any, text: str, name: str) -> None:
        if name not in ("documentation", "text") and ("${" in text or "#{" in text):
            self.problem(
                node,
                "taal",
                f"'{title_of(node)}': hier staat een uitdrukking tussen ${{ }}. "
                'Schrijf haar in FEEL, met een = ervoor, zoals =toestemming_gegeven = "ja".',
            )


def _owner(child: Any, top: Any) -> Any:
    """The innermost flow node that `child` stands in, up to `top`."""
    node = child
    while node is not top and kind_of(node) not in FLOW_NODES and kind_of(node) != "sequenceFlow":
        node = node.getparent()
    return node


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0

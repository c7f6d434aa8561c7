"""One `.bpmn` file → a Process, and what in that file may not be used. The file is read, never run."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from lxml import etree

from engine.definitions.model import Bounds, Element, Event, Flow, Lane, Link, Loop, Note, Process
from engine.errors import DefinitionError, Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NAMES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "camunda": CAMUNDA}

MAXIMUM_BYTES = 20_000_000
MAXIMUM_DEPTH = 200

TASKS = frozenset(
    [
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    ]
)
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"])
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
FLOW_NODES = TASKS | SUB_PROCESSES | GATEWAYS | EVENTS
NOTES = frozenset(["textAnnotation", "group", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput"])
LINKS = frozenset(["association", "dataInputAssociation", "dataOutputAssociation", "messageFlow"])

# Attributes and elements by which a file could bring code of its own, with what to write instead.
CODE_ELEMENTS = {
    "executionListener": "Haal de listener weg: wat er moet gebeuren is een eigen stap in het diagram.",
    "taskListener": "Haal de listener weg: wat er moet gebeuren is een eigen stap in het diagram.",
    "script": "Schrijf geen script: gebruik een voorwaarde of een beslistabel in FEEL.",
    "preScript": "Haal het script weg: gebruik een voorwaarde of een beslistabel in FEEL.",
    "postScript": "Haal het script weg: gebruik een voorwaarde of een beslistabel in FEEL.",
    "connector": "Haal de connector weg: een koppeling met een ander systeem hoort niet in het diagram.",
    "inputOutput": "Haal de invoer- en uitvoerregels weg: elke stap ziet de antwoorden van de casus al.",
    "in": "Haal de invoerregels weg: een aangeroepen diagram ziet de antwoorden van de casus al.",
    "out": "Haal de uitvoerregels weg: een aangeroepen diagram schrijft al in de casus.",
    "taskDefinition": "Dit is een stap voor Camunda 8. Maak er een gebruikerstaak met een formulier van.",
}
CODE_ATTRIBUTES = {
    "class": "Verwijs niet naar een programma: maak er een gebruikerstaak van.",
    "delegateExpression": "Verwijs niet naar een programma: maak er een gebruikerstaak van.",
    "expression": "Gebruik een beslistabel of een voorwaarde in FEEL.",
}


def read_process(content: bytes, file: str) -> tuple[Process, tuple[Problem, ...]]:
    """Read one `.bpmn` file; `file` is its path below the process folder, as findings name it.

    Returns the process and what in the file may not be used (code, foreign expressions, unknown elements).
    Raises DefinitionError where the file holds no diagram that can be read at all.
    """
    root = _parse(content, file)
    node = _only_process(root, file)
    reader = _Reader(root, file, node.get("id", ""))
    reader.read_scope(node, "")
    problems = list(reader.problems)
    stem = file.rsplit("/", 1)[-1].removesuffix(".bpmn")
    if node.get("id") != stem:
        problems.append(
            Problem(
                file,
                node.get("id", ""),
                "naam",
                f"Het bestand heet '{stem}', maar het proces erin heeft de id '{node.get('id', '')}'. "
                "Geef beide dezelfde naam.",
            )
        )
    if node.get("isExecutable", "").lower() != "true":
        problems.append(
            Problem(
                file,
                node.get("id", ""),
                "uitvoerbaar",
                "Het proces staat niet op 'uitvoerbaar'. Zet in de modeler 'Executable' aan.",
            )
        )
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
    return process, tuple(problems)


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


def refuse(file: str, element: str, rule: str, message: str) -> DefinitionError:
    """One finding as an error."""
    return DefinitionError([Problem(file, element, rule, message)])


def _parse(content: bytes, file: str) -> Any:
    """The root of the XML, read without entities, DTD or network; DefinitionError on anything else."""
    if not content.strip():
        raise refuse(file, "", "leeg", "Het bestand is leeg.")
    if len(content) > MAXIMUM_BYTES:
        raise refuse(file, "", "te groot", "Het bestand is groter dan 20 MB. Een diagram is zelden groter dan 1 MB.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" (bij regel {line})" if line else ""
        raise refuse(
            file,
            "",
            "xml",
            f"Dit bestand is geen leesbare XML{where}. Open het in de modeler en sla het opnieuw op.",
        ) from error
    if cast("Any", root.getroottree().docinfo).doctype:
        raise refuse(file, "", "xml", "Het bestand heeft een DOCTYPE. Dat is niet toegestaan: haal die regel weg.")
    if root.tag != f"{{{BPMN}}}definitions":
        raise refuse(file, "", "geen bpmn", "Dit is geen BPMN-diagram. Sla het diagram op als BPMN 2.0-bestand.")
    if any(sum(1 for _ in node.iterancestors()) > MAXIMUM_DEPTH for node in root.iter() if len(node) == 0):
        raise refuse(file, "", "te diep", "Het diagram is te diep genest om te lezen.")
    return root


def _only_process(root: Any, file: str) -> Any:
    found = root.findall("bpmn:process", NAMES)
    if not found:
        raise refuse(file, "", "geen proces", "Er staat geen proces in dit diagram.")
    if len(found) > 1:
        filled = [p for p in found if any(_kind(child) in FLOW_NODES for child in p)]
        if len(filled) != 1:
            names = ", ".join(p.get("name") or p.get("id", "?") for p in found[:4])
            raise refuse(
                file,
                "",
                "meer processen",
                f"Er staan {len(found)} processen in dit bestand ({names}). Maak van elk proces een eigen bestand.",
            )
        return filled[0]
    return found[0]


def _kind(node: Any) -> str:
    """The BPMN name of an XML node, or "" where it stands in another namespace."""
    tag = node.tag
    return tag[len(BPMN) + 2 :] if isinstance(tag, str) and tag.startswith(f"{{{BPMN}}}") else ""


def _documentation(node: Any) -> str:
    return "\n\n".join((d.text or "").strip() for d in node.findall("bpmn:documentation", NAMES)).strip()


def _properties(node: Any) -> Mapping[str, str]:
    found = node.iterfind("bpmn:extensionElements/camunda:properties/camunda:property", NAMES)
    return {p.get("name", ""): p.get("value", "") for p in found if p.get("name")}


def _text(node: Any | None) -> str:
    return (node.text or "").strip() if node is not None else ""


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
        self.bounds: dict[str, Bounds] = {}
        self.labels: dict[str, Bounds] = {}
        self.collapsed: set[str] = set()
        self.upright: set[str] = set()
        self.points: dict[str, tuple[tuple[float, float], ...]] = {}
        self._read_drawing()
        self.lane_of = {
            _text(ref): lane.get("id", "")
            for lane in root.iterfind(".//bpmn:lane", NAMES)
            for ref in lane.iterfind("bpmn:flowNodeRef", NAMES)
        }
        for flow in root.iterfind("bpmn:collaboration/bpmn:messageFlow", NAMES):
            self._read_link(flow, "messageFlow")
        for note in root.iterfind("bpmn:collaboration/bpmn:textAnnotation", NAMES):
            self._read_note(note, "textAnnotation")

    def problem(self, node: Any, rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, node.get("id", ""), rule, message))

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
            kind = _kind(node)
            self._look_for_code(node, kind)
            if kind in FLOW_NODES:
                self._read_element(node, kind, parent)
                if kind in SUB_PROCESSES:
                    self.read_scope(node, node.get("id", ""))
            elif kind == "sequenceFlow":
                self._read_flow(node)
            elif kind in NOTES:
                self._read_note(node, kind)
            elif kind in LINKS:
                self._read_link(node, kind)

    def _read_element(self, node: Any, kind: str, parent: str) -> None:
        id = node.get("id", "")
        if not id:
            self.problem(node, "id", f"Een onderdeel '{node.get('name') or kind}' heeft geen id.")
            return
        if id in self.elements or id in self.flows:
            self.problem(node, "id", f"De id '{id}' komt meer dan een keer voor. Elke id mag maar een keer.")
            return
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
            event=self._event(node) if kind in EVENTS or kind == "receiveTask" else None,
            attached_to=node.get("attachedToRef", ""),
            interrupting=(
                node.get("cancelActivity", "true") if kind == "boundaryEvent" else node.get("isInterrupting", "true")
            )
            != "false",
            by_event=node.get("triggeredByEvent") == "true",
            loop=self._loop(node),
            default=node.get("default", ""),
            expanded=id not in self.collapsed,
            horizontal=id not in self.upright,
            bounds=self.bounds.get(id),
            label=self.labels.get(id),
        )

    def _read_flow(self, node: Any) -> None:
        id = node.get("id", "")
        if not id or id in self.flows or id in self.elements:
            self.problem(node, "id", f"De pijl '{id or '(zonder id)'}' heeft geen eigen id.")
            return
        condition = node.find("bpmn:conditionExpression", NAMES)
        if condition is not None and condition.get("language", "").lower() not in ("", "feel"):
            self.problem(node, "taal", "De voorwaarde op deze pijl is niet in FEEL geschreven.")
        self.flows[id] = Flow(
            id=id,
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            name=" ".join((node.get("name") or "").split()),
            condition=_text(condition),
            waypoints=self.points.get(id, ()),
            label=self.labels.get(id),
        )

    def _read_note(self, node: Any, kind: str) -> None:
        text = _text(node.find("bpmn:text", NAMES)) if kind == "textAnnotation" else node.get("name", "")
        self.notes.append(Note(node.get("id", ""), kind, text, self.bounds.get(node.get("id", ""))))

    def _read_link(self, node: Any, kind: str) -> None:
        source = node.get("sourceRef") or _text(node.find("bpmn:sourceRef", NAMES))
        target = node.get("targetRef") or _text(node.find("bpmn:targetRef", NAMES))
        self.links.append(Link(node.get("id", ""), kind, source, target, self.points.get(node.get("id", ""), ())))

    def _event(self, node: Any) -> Event:
        found = [child for child in node if _kind(child).endswith("EventDefinition")]
        if node.find("bpmn:eventDefinitionRef", NAMES) is not None:
            self.problem(
                node,
                "gebeurtenis",
                "Een gedeelde gebeurtenis (eventDefinitionRef) wordt niet gelezen. "
                "Kies in de modeler de soort gebeurtenis bij het rondje zelf.",
            )
        if len(found) > 1:
            self.problem(node, "gebeurtenis", "Dit rondje heeft meer dan een soort gebeurtenis. Kies er een.")
        if not found:
            name = self.named.get(node.get("messageRef"), "") if _kind(node) == "receiveTask" else ""
            return Event("message", name) if name else Event("none")
        definition = found[0]
        kind = _kind(definition).removesuffix("EventDefinition")
        if kind == "timer":
            return self._timer(node, definition)
        if kind == "conditional":
            return Event(kind, expression=_text(definition.find("bpmn:condition", NAMES)))
        if kind == "link":
            return Event(kind, definition.get("name", ""))
        reference = definition.get(f"{kind}Ref", "")
        names = self.named if kind in ("message", "signal") else self.coded
        if reference and reference not in names:
            self.problem(node, "verwijzing", f"Dit rondje verwijst naar '{reference}', maar dat bestaat niet.")
        return Event(kind, names.get(reference, ""))

    def _timer(self, node: Any, definition: Any) -> Event:
        for timer in ("date", "duration", "cycle"):
            found = definition.find(f"bpmn:time{timer.capitalize()}", NAMES)
            if found is not None:
                return Event("timer", timer=timer, expression=_text(found))
        self.problem(node, "klok", "Deze klok heeft geen tijd. Vul een duur (P14D), datum of herhaling in.")
        return Event("timer")

    def _loop(self, node: Any) -> Loop | None:
        several = node.find("bpmn:multiInstanceLoopCharacteristics", NAMES)
        if several is not None:
            return Loop(
                kind="sequential" if several.get("isSequential") == "true" else "parallel",
                collection=_camunda(several, "collection"),
                variable=_camunda(several, "elementVariable"),
                cardinality=_text(several.find("bpmn:loopCardinality", NAMES)),
                condition=_text(several.find("bpmn:completionCondition", NAMES)),
            )
        again = node.find("bpmn:standardLoopCharacteristics", NAMES)
        if again is not None:
            return Loop(
                "standard",
                cardinality=again.get("loopMaximum", ""),
                condition=_text(again.find("bpmn:loopCondition", NAMES)),
            )
        return None

    def lanes(self, process: Any) -> Iterator[Lane]:
        """The lanes of the process, nested ones flattened to the innermost."""
        for lane in process.iterfind("bpmn:laneSet//bpmn:lane", NAMES):
            if lane.find("bpmn:childLaneSet", NAMES) is None:
                id = lane.get("id", "")
                refs = tuple(_text(ref) for ref in lane.iterfind("bpmn:flowNodeRef", NAMES))
                yield Lane(id, lane.get("name", ""), refs, self.bounds.get(id))

    # what may not stand in a file

    def _look_for_code(self, node: Any, kind: str) -> None:
        for child in node.iter():
            tag = child.tag if isinstance(child.tag, str) else ""
            if kind in SUB_PROCESSES and _owner(child, node) is not node:
                continue  # what stands inside a sub-process is looked at with its own element
            name = tag.rsplit("}", 1)[-1]
            foreign = not tag.startswith(f"{{{BPMN}}}")
            if (foreign or name == "script") and name in CODE_ELEMENTS:
                self.problem(node, "code", f"'{_title(node)}': {CODE_ELEMENTS[name]}")
            for attribute, value in child.attrib.items():
                self._look_at_attribute(node, str(attribute), str(value))
            self._look_for_juel(node, child.text or "", name)

    def _look_at_attribute(self, node: Any, attribute: str, value: str) -> None:
        if attribute.startswith(f"{{{CAMUNDA}}}"):
            name = attribute.rsplit("}", 1)[-1]
            if name in CODE_ATTRIBUTES:
                self.problem(node, "code", f"'{_title(node)}': {CODE_ATTRIBUTES[name]}")
            self._look_for_juel(node, value, name)

    def _look_for_juel(self, node: Any, text: str, name: str) -> None:
        if name not in ("documentation", "text") and ("${" in text or "#{" in text):
            self.problem(
                node,
                "taal",
                f"'{_title(node)}': hier staat een uitdrukking tussen ${{ }}. "
                'Schrijf haar in FEEL, met een = ervoor, zoals =toestemming_gegeven = "ja".',
            )


def _owner(child: Any, top: Any) -> Any:
    """The innermost flow node that `child` stands in, up to `top`."""
    node = child
    while node is not top and _kind(node) not in FLOW_NODES and _kind(node) != "sequenceFlow":
        node = node.getparent()
    return node


def _title(node: Any) -> str:
    return node.get("name") or node.get("id") or _kind(node)


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0

"""The rules of the BPMN standard that a file may break, whatever this project runs of it.

Each rule has the id under which BPMNspector (University of Bamberg) lists it, EXT001 to EXT152; REF is a reference
that leads nowhere or to the wrong kind of thing. A breach of two rules that say the same names both: EXT110/EXT147.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from engine import feel
from engine.definitions import standard_data
from engine.definitions.kinds import ACTIVITIES, EVENTS, FLOW_NODES, GATEWAYS, SUB_PROCESSES
from engine.definitions.markup import (
    CAMUNDA,
    NAMES,
    event_definitions,
    kind_of,
    parse,
    shared_definitions,
    text_of,
    title_of,
)
from engine.errors import Problem

Breach = tuple[Any, str, str]

ARTIFACTS = frozenset({"textAnnotation", "group", "association"})
SCOPES = SUB_PROCESSES | {"process"}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def breaches(content: bytes, file: str) -> tuple[Problem, ...]:
    """Each place where a file breaks a rule of the standard. Raises DefinitionError where it can't be read."""
    drawing = Drawing(parse(content, file))
    found: dict[Problem, None] = {}
    for check in _CHECKS:
        for node, rule, told in check(drawing):
            message = f"'{title_of(node)}': {told}"
            found[Problem(file, node.get("id", "") or node.getparent().get("id", ""), rule, message)] = None
    return tuple(found)


class Drawing:
    """A file as the checks ask about it: what has which id, what flows where, what belongs to which pool."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.ids = {node.get("id"): node for node in root.iter() if node.get("id") and kind_of(node)}
        self.shared = shared_definitions(root)
        self.flows = list(root.iterfind(".//bpmn:process//bpmn:sequenceFlow", NAMES))
        self.letters = list(root.iterfind(".//bpmn:messageFlow", NAMES))

    def all(self, *kinds: str) -> Iterator[Any]:
        """Every node of these kinds."""
        wanted = frozenset(kinds)
        return (node for node in self.root.iter() if kind_of(node) in wanted)

    @cached_property
    def nodes(self) -> list[Any]:
        """Every flow node."""
        return [node for node in self.root.iter() if kind_of(node) in FLOW_NODES]

    @cached_property
    def held(self) -> frozenset[str]:
        """The ids of what something hangs on the edge of."""
        return frozenset(_local(event.get("attachedToRef", "")) for event in self.all("boundaryEvent"))

    @cached_property
    def _pools(self) -> dict[str, Any]:
        """The participant of each process that has one."""
        pools = list(self.all("participant"))
        return {_local(pool.get("processRef", "")): pool for pool in reversed(pools)}

    @cached_property
    def associations(self) -> dict[str, list[str]]:
        """Where the dotted lines from each id go."""
        found: dict[str, list[str]] = {}
        for line in self.all("association"):
            found.setdefault(line.get("sourceRef", ""), []).append(_local(line.get("targetRef", "")))
        return found

    def to(self, reference: str | None) -> Any:
        """What a reference leads to; None where there is none."""
        return self.ids.get(_local(reference or ""))

    def kind(self, id: str | None) -> str:
        """The kind of what an id stands for, "" where it stands for nothing."""
        node = self.to(id)
        return kind_of(node) if node is not None else ""

    @cached_property
    def _ends(self) -> dict[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = {}
        for flow in self.flows:
            found.setdefault(("in", flow.get("targetRef", "")), []).append(flow)
            found.setdefault(("out", flow.get("sourceRef", "")), []).append(flow)
        return found

    def incoming(self, node: Any) -> list[Any]:
        """The sequence flows that lead to a node."""
        return self._ends.get(("in", node.get("id", "")), [])

    def outgoing(self, node: Any) -> list[Any]:
        """The sequence flows that leave a node."""
        return self._ends.get(("out", node.get("id", "")), [])

    def events(self, node: Any) -> list[str]:
        """What makes an event happen: message, timer …"""
        return [kind_of(d).removesuffix("EventDefinition") for d in event_definitions(node, self.shared)]

    def pool(self, id: str) -> Any:
        """The participant that a node stands in or is, or the process where no participant names it."""
        node = self.ids.get(_local(id))
        while node is not None and kind_of(node) not in ("process", "participant"):
            node = node.getparent()
        if node is None or kind_of(node) == "participant":
            return node
        return self._pools.get(node.get("id"), node)


def _local(reference: str) -> str:
    """A reference without the prefix of its namespace."""
    return reference.rsplit(":", 1)[-1].strip()


def _scope(node: Any) -> Any:
    """The process or sub-process that a node stands in."""
    return node.getparent()


def _is_run(node: Any) -> bool:
    """Whether what a node stands in is marked as executable."""
    while kind_of(node) not in ("process", "definitions"):
        node = node.getparent()
    return bool(node.get("isExecutable") == "true")


def _is_handler(node: Any) -> bool:
    return bool(node.get("triggeredByEvent") == "true" and kind_of(node) in SUB_PROCESSES)


def _undoes(node: Any) -> bool:
    return bool(node.get("isForCompensation") == "true")


# --- references ------------------------------------------------------------------------------------------------

_EVENT = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message",
        "timer",
        "error",
        "escalation",
        "signal",
        "terminate",
        "conditional",
        "link",
        "compensate",
        "cancel",
    )
)
_ENDS = FLOW_NODES | {"participant", "conversation", "subConversation", "callConversation", "choreographyTask"}
_REFERENCES: dict[tuple[str, str], frozenset[str]] = {
    ("sequenceFlow", "sourceRef"): FLOW_NODES | ARTIFACTS | {"choreographyTask", "subChoreography"},
    ("sequenceFlow", "targetRef"): FLOW_NODES | ARTIFACTS | {"choreographyTask", "subChoreography"},
    ("messageFlow", "sourceRef"): _ENDS | ARTIFACTS,
    ("messageFlow", "targetRef"): _ENDS | ARTIFACTS,
    ("boundaryEvent", "attachedToRef"): ACTIVITIES,
    ("compensateEventDefinition", "activityRef"): ACTIVITIES,
    ("", "default"): frozenset({"sequenceFlow"}),
    ("", "messageRef"): frozenset({"message"}),
    ("", "operationRef"): frozenset({"operation"}),
    ("", "signalRef"): frozenset({"signal"}),
    ("", "errorRef"): frozenset({"error"}),
    ("", "escalationRef"): frozenset({"escalation"}),
    ("", "itemRef"): frozenset({"itemDefinition"}),
    ("", "itemSubjectRef"): frozenset({"itemDefinition"}),
    ("", "processRef"): frozenset({"process"}),
    ("", "interfaceRef"): frozenset({"interface"}),
    ("", "supportedInterfaceRef"): frozenset({"interface"}),
    ("", "inMessageRef"): frozenset({"message"}),
    ("", "outMessageRef"): frozenset({"message"}),
    ("", "participantRef"): frozenset({"participant"}),
    ("", "dataObjectRef"): frozenset({"dataObject"}),
    ("", "dataStoreRef"): frozenset({"dataStore"}),
    ("", "categoryValueRef"): frozenset({"categoryValue"}),
    ("", "eventDefinitionRef"): _EVENT,
    ("", "oneBehaviorEventRef"): _EVENT,
    ("", "noneBehaviorEventRef"): _EVENT,
    ("", "incoming"): frozenset({"sequenceFlow"}),
    ("", "outgoing"): frozenset({"sequenceFlow"}),
    ("", "flowNodeRef"): FLOW_NODES,
    ("", "dataInputRefs"): frozenset({"dataInput"}),
    ("", "dataOutputRefs"): frozenset({"dataOutput"}),
    ("", "definitionalCollaborationRef"): frozenset({"collaboration", "choreography", "globalConversation"}),
    ("", "resourceRef"): frozenset({"resource"}),
    ("", "parameterRef"): frozenset({"resourceParameter"}),
    ("", "messageFlowRef"): frozenset({"messageFlow"}),
    ("", "innerParticipantRef"): frozenset({"participant"}),
    ("", "outerParticipantRef"): frozenset({"participant"}),
    ("", "initiatingParticipantRef"): frozenset({"participant"}),
    ("", "inputSetRefs"): frozenset({"inputSet"}),
    ("", "outputSetRefs"): frozenset({"outputSet"}),
    ("", "correlationKeyRef"): frozenset({"correlationKey"}),
    ("", "correlationPropertyRef"): frozenset({"correlationProperty"}),
    ("linkEventDefinition", "source"): frozenset({"linkEventDefinition"}),
    ("linkEventDefinition", "target"): frozenset({"linkEventDefinition"}),
}


def _references(drawing: Drawing) -> Iterator[Breach]:
    """What refers to something else refers to what exists, and to the right kind of thing."""
    for node in drawing.root.iter():
        kind = kind_of(node)
        if not kind:
            continue
        named = [(name, value) for name, value in node.attrib.items() if ":" not in value or name.endswith("Ref")]
        told = [(kind_of(child), text_of(child)) for child in node]
        for name, value in (*named, *told):
            wanted = _REFERENCES.get((kind, str(name))) or _REFERENCES.get(("", str(name)))
            if wanted and value and drawing.kind(str(value)) not in wanted:
                yield node, "REF", f"hier wordt verwezen naar '{value}', maar dat is er niet of is iets anders."


def _listed(drawing: Drawing) -> Iterator[Breach]:
    """What an element says of its own arrows is what the arrows say."""
    for node in drawing.nodes:
        for tag, flows in (("incoming", drawing.incoming(node)), ("outgoing", drawing.outgoing(node))):
            said = {_local(text_of(ref)) for ref in node.iterfind(f"bpmn:{tag}", NAMES)}
            if said != {flow.get("id") for flow in flows}:
                told = "de pijlen die dit onderdeel noemt, zijn niet de pijlen die eraan vastzitten. Teken ze opnieuw."
                yield node, "EXT023", told
                if not said and (tag, kind_of(node)) == ("outgoing", "startEvent"):
                    yield node, "EXT101", "dit begin noemt geen pijl die eruit gaat."
                if not said and (tag, kind_of(node)) == ("incoming", "endEvent"):
                    yield node, "EXT107", "dit einde noemt geen pijl die erin gaat."


# --- sequence flows --------------------------------------------------------------------------------------------


def _flows(drawing: Drawing) -> Iterator[Breach]:
    """Where arrows may start and end."""
    for flow in drawing.flows:
        source, target = (drawing.ids.get(_local(flow.get(end, ""))) for end in ("sourceRef", "targetRef"))
        if source is None or target is None:
            continue
        if kind_of(target) in ARTIFACTS:
            yield flow, "EXT006/EXT022", "een pijl kan niet naar een notitie of groep gaan."
        if kind_of(source) in ARTIFACTS:
            yield flow, "EXT007/EXT021", "een pijl kan niet uit een notitie of groep komen."
        if _is_handler(source):
            yield flow, "EXT021/EXT057", "uit een onderbreking kan geen pijl gaan: zij staat los."
        if _is_handler(target):
            yield flow, "EXT022/EXT057", "naar een onderbreking kan geen pijl gaan: zij staat los."
        if _scope(source) is not _scope(target) or _scope(flow) is not _scope(source):
            yield flow, "EXT152", "deze pijl gaat door de rand van een deelproces of een ander proces."
        if flow.get("isImmediate") == "false" and _is_run(flow):
            yield flow, "EXT024", "bij een pijl kan 'isImmediate' niet uit staan."


def _conditions(drawing: Drawing) -> Iterator[Breach]:
    """Conditions and default arrows."""
    for node in drawing.nodes:
        out = drawing.outgoing(node)
        conditional = [flow for flow in out if flow.find("bpmn:conditionExpression", NAMES) is not None]
        if kind_of(node) in ACTIVITIES and len(out) == 1 and conditional:
            yield out[0], "EXT025", "de enige pijl uit een stap kan geen voorwaarde hebben. Gebruik een keuze (ruit)."
        if kind_of(node) == "eventBasedGateway" and conditional:
            yield conditional[0], "EXT137", "na een wachtende keuze heeft een pijl geen voorwaarde."
        chosen = _local(node.get("default", ""))
        if chosen and chosen not in {flow.get("id") for flow in out}:
            yield node, "EXT026", "de standaardpijl vertrekt hier niet."


def _ways(drawing: Drawing) -> Iterator[Breach]:
    """With a start, everything is led to; with an end, everything leads on."""
    for scope in drawing.all(*SCOPES):
        if kind_of(scope) == "adHocSubProcess":
            continue
        inside = [node for node in scope if kind_of(node) in FLOW_NODES]
        kinds = {kind_of(node) for node in inside}
        for node in inside:
            kind = kind_of(node)
            if kind == "boundaryEvent" or _is_handler(node) or _undoes(node):
                continue
            link = "link" in drawing.events(node)
            lone_catch = link and kind == "intermediateCatchEvent"
            if "startEvent" in kinds and kind != "startEvent" and not lone_catch and not drawing.incoming(node):
                yield node, _way_in(kind, node), "hier gaat geen pijl naartoe. Verbind dit of haal het weg."
            lone_throw = link and kind == "intermediateThrowEvent"
            if "endEvent" in kinds and kind != "endEvent" and not lone_throw and not drawing.outgoing(node):
                yield node, _way_out(kind), "hier gaat geen pijl uit. Verbind dit of haal het weg."


def _way_in(kind: str, node: Any) -> str:
    special = {"endEvent": "/EXT107", "intermediateCatchEvent": "/EXT115", "intermediateThrowEvent": "/EXT115"}
    return "EXT150" + special.get(kind, "")


def _way_out(kind: str) -> str:
    special = {"startEvent": "/EXT101", "intermediateCatchEvent": "/EXT116", "intermediateThrowEvent": "/EXT116"}
    return "EXT151" + special.get(kind, "")


# --- starts and ends -------------------------------------------------------------------------------------------


def _begins(drawing: Drawing) -> Iterator[Breach]:
    """A process that ends begins, and the other way round."""
    for scope in drawing.all(*SCOPES):
        if kind_of(scope) == "adHocSubProcess":
            continue
        inside = [node for node in scope if kind_of(node) in FLOW_NODES]
        kinds = {kind_of(node) for node in inside}
        begins = "startEvent" in kinds or any(node.get("instantiate") == "true" for node in inside)
        if "endEvent" in kinds and not begins:
            yield scope, "EXT097", "er is een einde, maar geen begin."
        if "startEvent" in kinds and "endEvent" not in kinds:
            yield scope, "EXT105", "er is een begin, maar geen einde."
    for call in drawing.all("callActivity"):
        called = drawing.ids.get(_local(call.get("calledElement", "")))
        starts = called.findall("bpmn:startEvent", NAMES) if called is not None and kind_of(called) == "process" else []
        if starts and all(drawing.events(start) for start in starts):
            yield call, "EXT099", "het diagram dat hier wordt aangeroepen, heeft geen gewoon begin."


def _starts(drawing: Drawing) -> Iterator[Breach]:
    """What may start what."""
    for start in drawing.all("startEvent"):
        scope, kinds = _scope(start), drawing.events(start)
        if drawing.incoming(start):
            yield start, "EXT096", "naar een begin kan geen pijl gaan."
        if kind_of(scope) == "process" and set(kinds) - {"message", "timer", "conditional", "signal"}:
            rule = "EXT098/EXT121" if "compensate" in kinds else "EXT098"
            yield start, rule, "een proces kan alleen beginnen met een bericht, klok, voorwaarde of signaal."
        if kind_of(scope) in SUB_PROCESSES and not _is_handler(scope) and kinds:
            yield start, "EXT100", "een deelproces begint altijd gewoon, zonder bericht of klok."
        if kind_of(scope) == "adHocSubProcess":
            yield start, "EXT062", "een deelproces zonder vaste volgorde heeft geen begin."
    for scope in drawing.all(*SUB_PROCESSES):
        if _is_handler(scope):
            yield from _handler(drawing, scope)


def _handler(drawing: Drawing, scope: Any) -> Iterator[Breach]:
    starts = scope.findall("bpmn:startEvent", NAMES)
    if len(starts) != 1:
        yield scope, "EXT058", f"een onderbreking heeft precies een begin. Hier zijn het er {len(starts)}."
    for start in starts:
        kinds = drawing.events(start)
        beside = start.get("isInterrupting") == "false"
        if not kinds or set(kinds) & {"link", "cancel", "terminate"}:
            yield start, "EXT059", "hier staat niet waardoor de onderbreking begint. Kies een bericht of een klok."
        elif beside and set(kinds) & {"error", "compensate"}:
            yield start, "EXT059", "een fout of herstel onderbreekt altijd."


def _ends(drawing: Drawing) -> Iterator[Breach]:
    """What an end may do."""
    allowed = {"message", "escalation", "error", "cancel", "compensate", "signal", "terminate"}
    for end in drawing.all("endEvent"):
        kinds = drawing.events(end)
        if drawing.outgoing(end):
            yield end, "EXT104", "uit een einde kan geen pijl gaan."
        if not drawing.incoming(end):
            yield end, "EXT107", "naar dit einde gaat geen pijl."
        if set(kinds) - allowed:
            yield end, "EXT146", "dit soort einde bestaat niet."
        if "cancel" in kinds and kind_of(_scope(end)) != "transaction":
            yield end, "EXT106", "annuleren kan alleen in een transactie."
        if kind_of(_scope(end)) == "adHocSubProcess":
            yield end, "EXT062", "een deelproces zonder vaste volgorde heeft geen einde."


# --- events ----------------------------------------------------------------------------------------------------


def _boundaries(drawing: Drawing) -> Iterator[Breach]:
    """What may hang on the edge of an activity."""
    never = {"link", "terminate"}
    for event in drawing.all("boundaryEvent"):
        kinds = set(drawing.events(event))
        beside = event.get("cancelActivity") == "false"
        if not kinds or kinds & (never | ({"error", "cancel", "compensate"} if beside else set())):
            told = "op de rand van een stap kan dit niet. Kies een bericht, een klok, een fout of een escalatie."
            yield event, "EXT110/EXT147", told
        if "cancel" in kinds and drawing.kind(event.get("attachedToRef")) != "transaction":
            yield event, "EXT111/EXT120", "annuleren kan alleen op de rand van een transactie."
        if drawing.incoming(event):
            yield event, "EXT112", "naar een gebeurtenis op de rand kan geen pijl gaan."
        if "compensate" in kinds:
            yield from _undoing(drawing, event)
        elif not drawing.outgoing(event):
            yield event, "EXT113", "uit deze gebeurtenis op de rand gaat geen pijl."


def _undoing(drawing: Drawing, event: Any) -> Iterator[Breach]:
    if drawing.outgoing(event):
        yield event, "EXT114", "uit een herstelteken op de rand gaat geen pijl."
    ends = drawing.associations.get(event.get("id", ""), [])
    if not ends:
        yield event, "EXT143", "bij dit herstelteken hoort een stippellijn naar de stap die herstelt."
    for id in ends:
        node = drawing.ids.get(id)
        if node is None or kind_of(node) not in ACTIVITIES or not _undoes(node):
            yield event, "EXT144", "de stippellijn gaat niet naar een stap die herstelt."


def _intermediates(drawing: Drawing) -> Iterator[Breach]:
    """What may be waited for and thrown on the way."""
    waits = {"message", "timer", "conditional", "link", "signal"}
    throws = {"message", "escalation", "compensate", "link", "signal"}
    for event in drawing.all("intermediateCatchEvent", "intermediateThrowEvent"):
        kinds = set(drawing.events(event))
        catching = kind_of(event) == "intermediateCatchEvent"
        if catching and kinds - waits:
            yield event, "EXT122/EXT148" if "compensate" in kinds else "EXT148", "hierop kan niet worden gewacht."
        if not catching and kinds - throws:
            yield event, "EXT149", "dit kan onderweg niet worden verstuurd."
        into, out = drawing.incoming(event), drawing.outgoing(event)
        if "link" in kinds and (into if catching else out):
            yield event, "EXT117", "een sprong heeft alleen een pijl erin (vertrek) of alleen een eruit (aankomst)."
        if not into and not (catching and "link" in kinds):
            yield event, "EXT115", "hier gaat geen pijl naartoe."
        if not out and not (not catching and "link" in kinds):
            yield event, "EXT116", "hier gaat geen pijl uit."


def _jumps(drawing: Drawing) -> Iterator[Breach]:
    """Each jump has a place to land, in the same process."""
    found: dict[str, list[tuple[str, Any, Any]]] = {"intermediateThrowEvent": [], "intermediateCatchEvent": []}
    for event in drawing.all(*found):
        for definition in event_definitions(event, drawing.shared):
            if kind_of(definition) == "linkEventDefinition":
                found[kind_of(event)].append((definition.get("name", ""), event, definition))
    throws, catches = found.values()
    landings = _landings(catches)
    reached: set[Any] = set()
    for name, event, definition in throws:
        meant = _meant(drawing, name, definition, landings)
        reached.update(meant)
        if len(meant) != 1:
            yield event, "EXT118/EXT125", "deze sprong komt nergens uit, of op meer dan een plek."
        elif _scope(meant[0]) is not _scope(event):
            yield event, "EXT126", "een sprong blijft in hetzelfde proces of deelproces."
    for _, event, _ in catches:
        if event not in reached:
            yield event, "EXT124", "naar deze plek wordt nergens gesprongen."


def _landings(catches: Iterable[tuple[str, Any, Any]]) -> dict[tuple[str, Any], list[Any]]:
    """The landings by their name, by themselves and by what they say they are jumped to from."""
    landings: dict[tuple[str, Any], list[Any]] = {}
    for name, event, definition in catches:
        sources = {text_of(source) for source in definition.iterfind("bpmn:source", NAMES)}
        for key in (("name", name), ("target", definition), *(("source", source) for source in sources)):
            landings.setdefault(key, []).append(event)
    return landings


def _meant(drawing: Drawing, name: str, thrown: Any, landings: Mapping[tuple[str, Any], list[Any]]) -> list[Any]:
    """Where a jump leads: to the target that it names, what names it, or what has its name."""
    target = drawing.ids.get(_local(text_of(thrown.find("bpmn:target", NAMES))))
    if target is not None:
        return landings.get(("target", target), [])
    sources = landings.get(("source", thrown.get("id"))) if thrown.get("id") else None
    return sources or (landings.get(("name", name), []) if name else [])


def _triggers(drawing: Drawing) -> Iterator[Breach]:
    """What an event needs to be told."""
    for definition in drawing.all("messageEventDefinition"):
        if not definition.get("messageRef"):
            yield _told_at(definition), "EXT127", "hier staat niet welk bericht het is."
    for thrower in drawing.all("intermediateThrowEvent", "endEvent"):
        for definition in event_definitions(thrower, drawing.shared):
            coded = drawing.ids.get(_local(definition.get("escalationRef", "")))
            if coded is not None and not coded.get("escalationCode"):
                yield thrower, "EXT011", "deze escalatie heeft geen code."
            wrong = drawing.to(definition.get("errorRef"))
            if wrong is not None and not wrong.get("errorCode"):
                yield thrower, "EXT010", "deze fout heeft geen code."
    for event in (n for n in drawing.nodes if kind_of(n) in EVENTS):
        for ref in event.iterfind("bpmn:eventDefinitionRef", NAMES):
            owner = drawing.shared.get(_local(text_of(ref)))
            if owner is not None and kind_of(owner.getparent()) in ("intermediateThrowEvent", "endEvent"):
                yield event, "EXT095", "deze gebeurtenis hoort bij een rondje dat haar verstuurt."


def _told_at(node: Any) -> Any:
    """The element to name for a finding on something inside it."""
    return node if kind_of(node.getparent()) == "definitions" else node.getparent()


# --- expressions -----------------------------------------------------------------------------------------------

_EXPRESSIONS = (
    "conditionExpression",
    "condition",
    "activationCondition",
    "completionCondition",
    "loopCardinality",
    "loopCondition",
    "timeDate",
    "timeCycle",
    "timeDuration",
    "messagePath",
    "dataPath",
    "transformation",
    "from",
    "to",
)
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")


def _expressions(drawing: Drawing) -> Iterator[Breach]:
    """Expressions are written for a machine, and not empty."""
    for node in drawing.all(*_EXPRESSIONS):
        owner = _told_at(node) if kind_of(_told_at(node)) in FLOW_NODES | {"sequenceFlow"} else _owner(node)
        text, formal = text_of(node), node.get(XSI_TYPE, "").endswith("tFormalExpression")
        if not text:
            yield owner, "EXT013/EXT123" if kind_of(node) == "condition" else "EXT013", "hier is niets ingevuld."
        elif not formal and not text.startswith("=") and kind_of(node) not in ("messagePath", "dataPath"):
            rule = "EXT012/EXT123" if kind_of(node) == "condition" else "EXT012"
            yield owner, rule, f"'{text[:60]}' is niet als FEEL geschreven. Zet er een = voor."
        if not _URI.fullmatch(node.get("language", "")):
            yield owner, "EXT014", f"'{node.get('language')}' is geen taal van uitdrukkingen."
    for node in drawing.all("transaction"):
        if not _URI.fullmatch(node.get("method", "")):
            yield node, "EXT060", f"'{node.get('method')}' is geen bestaande manier van annuleren."
    for node in drawing.all("scriptTask"):
        if node.find("bpmn:script", NAMES) is not None and not node.get("scriptFormat"):
            yield node, "EXT053", "er staat niet in welke taal het script is."


def _owner(node: Any) -> Any:
    """The innermost thing with an id that a node stands in."""
    while not node.get("id") or kind_of(node).endswith("EventDefinition"):
        node = node.getparent()
    return node


_ALONE = {"timeDate": "EXT129", "timeCycle": "EXT130", "timeDuration": "EXT131"}


def _timers(drawing: Drawing) -> Iterator[Breach]:
    """A clock says one thing, in a form that can be counted."""
    readers = {
        "timeDate": ("EXT132", _is_moment),
        "timeCycle": ("EXT133", _is_cycle),
        "timeDuration": ("EXT134", _is_term),
    }
    for definition in drawing.all("timerEventDefinition"):
        told = [child for child in definition if kind_of(child) in readers]
        if len(told) > 1:
            rules = "/".join(sorted(_ALONE[kind_of(child)] for child in told))
            yield _told_at(definition), rules, "deze klok heeft meer dan een tijd. Kies er een."
    for node in drawing.all(*readers):
        rule, fits = readers[kind_of(node)]
        text = text_of(node)
        if text and not text.startswith("=") and not fits(text):
            yield _owner(node), rule, f"'{text[:60]}' is geen tijd die telt, zoals P14D of 2026-03-02T09:00:00."


def _is_moment(text: str) -> bool:
    return feel.parse_datetime(text) is not None or feel.parse_date(text) is not None


def _is_term(text: str) -> bool:
    return feel.parse_duration(text) is not None or re.fullmatch(r"\d+ werkdag(en)?", text) is not None


def _is_cycle(text: str) -> bool:
    times, _, rest = text.partition("/")
    parts = rest.split("/")
    return re.fullmatch(r"R\d*", times) is not None and all(_is_term(p) or _is_moment(p) for p in parts)


# --- activities ------------------------------------------------------------------------------------------------


def _activities(drawing: Drawing) -> Iterator[Breach]:
    """Markers and numbers on a step."""
    for node in (n for n in drawing.nodes if kind_of(n) in ACTIVITIES):
        again = node.find("bpmn:standardLoopCharacteristics", NAMES)
        several = node.find("bpmn:multiInstanceLoopCharacteristics", NAMES)
        for name, rule in (("startQuantity", "EXT037"), ("completionQuantity", "EXT038")):
            if not _at_least(node.get(name, "1"), 1):
                yield node, rule, f"bij '{name}' hoort 1 of meer te staan."
        if _undoes(node) and (drawing.incoming(node) or drawing.outgoing(node)):
            yield node, "EXT145", "aan een stap die een andere terugdraait, zit geen pijl."
        if again is not None and several is not None:
            yield node, "EXT054/EXT055", "deze stap heeft twee lustekens. Kies er een."
        if again is not None and not _at_least(again.get("loopMaximum", "1"), 1):
            yield node, "lus", "het hoogste aantal rondes is 1 of meer."
        if several is not None:
            yield from _several(drawing, node, several)
        if any("horeography" in kind_of(child) for child in node):
            yield node, "EXT056", "een choreografie hoort niet in een deelproces."


def _loose(drawing: Drawing) -> Iterator[Breach]:
    """What stands in a sub-process without order."""
    for node in drawing.all("adHocSubProcess"):
        if any(_is_apart(child) for child in node):
            yield node, "EXT062", "een gesprek of choreografie hoort niet in een deelproces."
        if not any(kind_of(child) in ACTIVITIES for child in node):
            yield node, "EXT061", "in een deelproces zonder vaste volgorde hoort een stap te staan."


def _several(drawing: Drawing, node: Any, loop: Any) -> Iterator[Breach]:
    over = text_of(loop.find("bpmn:loopDataInputRef", NAMES))
    times = text_of(loop.find("bpmn:loopCardinality", NAMES))
    if not over and loop.find("bpmn:loopCardinality", NAMES) is None and not loop.get(f"{{{CAMUNDA}}}collection"):
        yield node, "EXT067", "hier staat niet hoe vaak of over welke lijst deze stap gaat."
    if over and drawing.kind(over) not in ("dataInput", "dataObjectReference", "dataObject", "property"):
        yield node, "EXT068", f"de lijst '{over}' is er niet."
    if re.fullmatch(r"-[0-9]+", times):
        yield node, "meervoud", "een stap kan niet minder dan nul keer gebeuren."


def _is_apart(node: Any) -> bool:
    return "horeography" in kind_of(node) or "onversation" in kind_of(node)


def _at_least(text: str, least: int) -> bool:
    return re.fullmatch(r"-?[0-9]{1,9}", text) is not None and int(text) >= least


def _messages(drawing: Drawing) -> Iterator[Breach]:
    """Tasks that call, send or receive."""
    for task in drawing.all("serviceTask"):
        if task.get("operationRef") and len(task.findall("bpmn:ioSpecification/bpmn:inputSet", NAMES)) != 1:
            yield task, "EXT042", "bij een aanroep hoort precies een verzameling van invoer."
        if task.get("operationRef") and len(task.findall("bpmn:ioSpecification/bpmn:outputSet", NAMES)) > 1:
            yield task, "EXT043", "bij een aanroep hoort hoogstens een verzameling van uitvoer."
    limits = {"sendTask": (("inputSet", "EXT046"), ("dataInput", "EXT047"))}
    limits["receiveTask"] = (("outputSet", "EXT050"), ("dataOutput", "EXT051"))
    for task in drawing.all(*limits):
        for tag, rule in limits[kind_of(task)]:
            if task.get("messageRef") and len(task.findall(f"bpmn:ioSpecification/bpmn:{tag}", NAMES)) > 1:
                yield task, rule, "bij een bericht hoort er hoogstens een."
        if task.get("instantiate") == "true" and drawing.incoming(task):
            yield task, "EXT049", "een stap die een proces begint, heeft geen pijl ernaartoe."


# --- gateways --------------------------------------------------------------------------------------------------


def _gateways(drawing: Drawing) -> Iterator[Breach]:
    """How many arrows a gateway has."""
    for node in (n for n in drawing.nodes if kind_of(n) in GATEWAYS):
        into, out = len(drawing.incoming(node)), len(drawing.outgoing(node))
        direction = node.get("gatewayDirection")
        if direction == "Converging" and out > 1:
            yield node, "EXT017", "een ruit die samenvoegt, heeft hoogstens een pijl eruit."
        if direction == "Diverging" and into > 1:
            yield node, "EXT018", "een ruit die splitst, heeft hoogstens een pijl erin."
        if direction == "Mixed" and (into < 2 or out < 2):
            yield node, "EXT019", "een ruit die samenvoegt en splitst, heeft meer pijlen erin en meer eruit."
        if kind_of(node) == "eventBasedGateway":
            yield from _event_gateway(drawing, node, into)
        elif into < 2 and out < 2:
            yield node, "EXT135", "een ruit heeft meer pijlen erin of meer pijlen eruit. Haal haar weg."


def _event_gateway(drawing: Drawing, node: Any, into: int) -> Iterator[Breach]:
    targets = [drawing.ids.get(_local(flow.get("targetRef", ""))) for flow in drawing.outgoing(node)]
    if len(targets) < 2:
        yield node, "EXT136", "na een wachtende keuze komen er twee of meer dingen om op te wachten."
    if node.get("instantiate") == "true" and into:
        yield node, "EXT142", "een wachtende keuze die een proces begint, heeft geen pijl ernaartoe."
    kinds = set()
    for target in (t for t in targets if t is not None):
        waits = set(drawing.events(target)) & {"message", "signal", "timer", "conditional"}
        fits = kind_of(target) == "intermediateCatchEvent" and waits == set(drawing.events(target)) and waits
        if not fits and kind_of(target) != "receiveTask":
            yield target, "EXT138", "hierop kan een wachtende keuze niet wachten."
        kinds |= waits if fits else {kind_of(target)}
        if kind_of(target) == "receiveTask" and target.get("id") in drawing.held:
            yield target, "EXT140", "een ontvangtaak na een wachtende keuze heeft niets op de rand."
        if len(drawing.incoming(target)) > 1:
            yield target, "EXT141", "na een wachtende keuze komt er geen andere pijl bij."
    if {"message", "receiveTask"} <= kinds:
        yield node, "EXT139", "gebruik na een wachtende keuze berichten of ontvangtaken, niet allebei."


# --- pools -----------------------------------------------------------------------------------------------------


def _letters(drawing: Drawing) -> Iterator[Breach]:
    """Message flows go from one pool to another, between things that send and receive."""
    for flow in drawing.letters:
        ends = [_local(flow.get(end, "")) for end in ("sourceRef", "targetRef")]
        source, target = (drawing.ids.get(id) for id in ends)
        if source is None or target is None:
            continue
        for node, rule in ((target, "EXT008"), (source, "EXT009")):
            if kind_of(node) in ARTIFACTS:
                yield flow, rule, "een berichtpijl kan niet aan een notitie of groep vastzitten."
        if drawing.pool(ends[0]) is drawing.pool(ends[1]) is not None:
            yield flow, "EXT031", "een berichtpijl gaat van de ene pool naar de andere, niet binnen een pool."
        yield from _sends(drawing, flow, source)
        yield from _receives(drawing, flow, target)


def _sends(drawing: Drawing, flow: Any, source: Any) -> Iterator[Breach]:
    if kind_of(source) == "startEvent":
        yield flow, "EXT102", "een begin verstuurt geen bericht."
    if kind_of(source) == "endEvent" and "message" not in drawing.events(source):
        yield source, "EXT109", "dit einde verstuurt volgens de berichtpijl een bericht, maar is geen bericht-einde."
    if kind_of(source) == "intermediateCatchEvent":
        yield flow, "EXT119", "een gebeurtenis die wacht, verstuurt geen bericht."


def _receives(drawing: Drawing, flow: Any, target: Any) -> Iterator[Breach]:
    if kind_of(target) == "startEvent" and "message" not in drawing.events(target):
        yield target, "EXT103", "dit begin krijgt volgens de berichtpijl een bericht, maar is geen bericht-begin."
    if kind_of(target) == "endEvent":
        yield flow, "EXT108", "een einde ontvangt geen bericht."
    if kind_of(target) == "intermediateThrowEvent":
        yield flow, "EXT119", "een gebeurtenis die verstuurt, ontvangt geen bericht."


def _pools(drawing: Drawing) -> Iterator[Breach]:
    """Participants and what kind of process they run."""
    for many in drawing.all("participantMultiplicity"):
        least, most = many.get("minimum", "0"), many.get("maximum", "1")
        if not _at_least(least, 0):
            yield _owner(many), "EXT029", "het kleinste aantal deelnemers is 0 of meer."
        elif not _at_least(most, 1) or int(most) < int(least):
            yield (
                _owner(many),
                "EXT030",
                "het grootste aantal deelnemers is 1 of meer en minstens het kleinste.",
            )
    for process in drawing.all("process"):
        if process.get("processType") == "Public" and process.get("isExecutable") == "true":
            yield process, "EXT035", "een openbaar proces kan niet uitvoerbaar zijn."
        if any("horeography" in kind_of(child) for child in process):
            yield process, "EXT036", "een choreografie hoort niet in een proces."
    for talk in drawing.all("globalConversation"):
        inside = {"conversation", "messageFlow", "participantAssociation", "group", "textAnnotation", "association"}
        if inside & {kind_of(child) for child in talk}:
            yield talk, "EXT032", "een algemeen gesprek bevat alleen deelnemers."


# --- what else a file holds ------------------------------------------------------------------------------------


def _twice(drawing: Drawing) -> Iterator[Breach]:
    """An id stands for one thing."""
    seen: set[str] = set()
    for node in drawing.root.iter():
        id = node.get("id") if kind_of(node) else None
        if id and id in seen:
            yield node, "id", f"de id '{id}' komt meer dan een keer voor. Elke id mag maar een keer."
        seen.add(id or "")


def _placed(drawing: Drawing) -> Iterator[Breach]:
    """What is drawn stands in a process or sub-process."""
    for node in drawing.nodes:
        if kind_of(_scope(node)) not in SCOPES | {"choreography", "subChoreography"}:
            yield node, "plek", "dit staat in iets waar het niet in hoort. Zet het in een proces of deelproces."


def _resources(drawing: Drawing) -> Iterator[Breach]:
    """Who does a step is named, or found by an expression, not both."""
    for role in drawing.all("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        named = role.find("bpmn:resourceRef", NAMES) is not None
        if named and role.find("bpmn:resourceAssignmentExpression", NAMES) is not None:
            yield role.getparent(), "EXT039/EXT040", "wie dit doet, is genoemd of wordt gezocht, niet allebei."
        if not named and role.find("bpmn:resourceParameterBinding", NAMES) is not None:
            yield role.getparent(), "EXT041", "waarden bij wie dit doet, horen bij iemand die is genoemd."


def _choreographies(drawing: Drawing) -> Iterator[Breach]:
    """Only a collaboration refers to a choreography, and is open or closed as that is."""
    for node in drawing.all("collaboration", "choreography", "globalChoreographyTask", "globalConversation"):
        for reference in node.iterfind("bpmn:choreographyRef", NAMES):
            if kind_of(node) != "collaboration":
                yield node, "EXT027", "dit kan niet naar een choreografie verwijzen."
            other = drawing.to(text_of(reference))
            if other is not None and other.get("isClosed", "false") != node.get("isClosed", "false"):
                yield node, "EXT033", "dit en de choreografie zijn allebei open of allebei gesloten."


_CHECKS = (
    _references,
    _listed,
    _flows,
    _conditions,
    _ways,
    _begins,
    _starts,
    _ends,
    _boundaries,
    _intermediates,
    _jumps,
    _triggers,
    _expressions,
    _timers,
    _activities,
    _loose,
    _messages,
    _gateways,
    _letters,
    _pools,
    _twice,
    _placed,
    _resources,
    _choreographies,
    *standard_data.CHECKS,
)

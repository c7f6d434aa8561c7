"""What refers to something refers to what is there; each thing stands once, in its place; who does it is said once."""

from collections.abc import Iterator

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import ARTIFACTS, SCOPES, Breach, Drawing, owner_of, scope_of
from engine.definitions.kinds import ACTIVITIES, FLOW_NODES, EventKind, Kind, LinkKind, NoteKind
from engine.definitions.markup import NAMES, kind_of, text_of
from engine.likeness import meant

_WHY = "Wat nergens heen wijst, doet niets. Een ander programma kan er anders over struikelen."

LEADS_NOWHERE = Rule(
    "verwijst_nergens",
    Topic.STANDARD,
    "Wat naar iets verwijst, verwijst naar iets dat er is.",
    why=_WHY,
    advice="Kies iets dat er wel is, of haal de verwijzing weg.",
    message="{name} verwijst naar '{other}', maar dat is er niet of is iets anders.",
    wrong='begin > x > klaar\nx: intermediateCatchEvent <messageEventDefinition messageRef="begin" />',
    right="begin > x > klaar\nx: intermediateCatchEvent message=m",
    silenced_by=frozenset({"pijl"}),
    unprovable=True,
    standard=("REF",),
)

_EVENTS = frozenset(f"{kind}EventDefinition" for kind in EventKind)
_INTERACTORS = FLOW_NODES | {"participant", "conversation", "subConversation", "callConversation", "choreographyTask"}
_FLOW_ENDS = FLOW_NODES | ARTIFACTS | {"choreographyTask", "subChoreography"}
_MEANT: dict[tuple[str, str], frozenset[str]] = {
    ("sequenceFlow", "sourceRef"): _FLOW_ENDS,
    ("sequenceFlow", "targetRef"): _FLOW_ENDS,
    (LinkKind.MESSAGE_FLOW, "sourceRef"): _INTERACTORS | ARTIFACTS,
    (LinkKind.MESSAGE_FLOW, "targetRef"): _INTERACTORS | ARTIFACTS,
    (Kind.BOUNDARY_EVENT, "attachedToRef"): ACTIVITIES,
    ("compensateEventDefinition", "activityRef"): ACTIVITIES,
    ("linkEventDefinition", "source"): frozenset({"linkEventDefinition"}),
    ("linkEventDefinition", "target"): frozenset({"linkEventDefinition"}),
}
"""What kinds of thing a reference of a kind of node may lead to."""
_MEANT_BY_ALL: dict[str, frozenset[str]] = {
    "flowNodeRef": FLOW_NODES,
    "eventDefinitionRef": _EVENTS,
    "oneBehaviorEventRef": _EVENTS,
    "noneBehaviorEventRef": _EVENTS,
    "definitionalCollaborationRef": frozenset({"collaboration", "choreography", "globalConversation"}),
}
"""The same for a reference that all kinds of node write in one way."""
_MEANT_ONE: dict[str, str] = {
    "default": "sequenceFlow",
    "incoming": "sequenceFlow",
    "outgoing": "sequenceFlow",
    "messageRef": "message",
    "inMessageRef": "message",
    "outMessageRef": "message",
    "messageFlowRef": LinkKind.MESSAGE_FLOW,
    "operationRef": "operation",
    "interfaceRef": "interface",
    "supportedInterfaceRef": "interface",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
    "itemRef": "itemDefinition",
    "itemSubjectRef": "itemDefinition",
    "processRef": "process",
    "participantRef": "participant",
    "innerParticipantRef": "participant",
    "outerParticipantRef": "participant",
    "initiatingParticipantRef": "participant",
    "dataObjectRef": "dataObject",
    "dataStoreRef": "dataStore",
    "dataInputRefs": NoteKind.DATA_INPUT,
    "dataOutputRefs": NoteKind.DATA_OUTPUT,
    "inputSetRefs": "inputSet",
    "outputSetRefs": "outputSet",
    "categoryValueRef": "categoryValue",
    "resourceRef": "resource",
    "parameterRef": "resourceParameter",
    "correlationKeyRef": "correlationKey",
    "correlationPropertyRef": "correlationProperty",
}
"""The same for a reference that leads to one kind of thing."""


def references(drawing: Drawing) -> Iterator[Breach]:
    """What refers to something else refers to what exists, and to the right kind of thing."""
    for node in drawing.root.iter():
        kind = kind_of(node)
        if not kind:
            continue
        said = [(str(name), str(value)) for name, value in node.attrib.items()]
        said = [(name, value) for name, value in said if ":" not in value or name.endswith("Ref")]
        for name, value in (*said, *((kind_of(child), text_of(child)) for child in node)):
            wanted = _MEANT.get((kind, name)) or _MEANT_BY_ALL.get(name) or {_MEANT_ONE.get(name, "")} - {""}
            if wanted and value and drawing.kind(value) not in wanted:
                fitting = [id for id in drawing.ids if drawing.kind(id) in wanted]
                advice = meant(value, fitting, LEADS_NOWHERE.advice)
                yield Breach(LEADS_NOWHERE, owner_of(node), {"other": value}, advice=advice)


# --- what stands where, and how often --------------------------------------------------------------------------

SAME_ID = Rule(
    "id_dubbel",
    Topic.STANDARD,
    "Elke id komt één keer voor.",
    why="Aan de id herkent de computer een onderdeel. Bij twee dezelfde is niet te zeggen welk van de twee.",
    advice="Geef een van de twee een andere id.",
    message="De id '{other}' komt meer dan één keer voor.",
    wrong='begin > a > klaar\n<dataObject id="a" />',
    right='begin > a > klaar\n<dataObject id="b" />',
)
MISPLACED = Rule(
    "verkeerde_plek",
    Topic.DIALECT,
    "Wat er gebeurt, staat in een proces of deelproces.",
    why="Wat in een stap zelf staat, ziet niemand op de tekening, en niemand doet het.",
    advice="Zet het in een proces of deelproces.",
    message="{name} staat in iets waar het niet in hoort.",
    wrong='begin > a > klaar\na: userTask <userTask id="b" />',
    right="begin > a > b > klaar",
)


def once(drawing: Drawing) -> Iterator[Breach]:
    """An id stands for one thing."""
    seen: set[str] = set()
    for node in drawing.root.iter():
        id = node.get("id") if kind_of(node) else None
        if id and id in seen:
            yield Breach(SAME_ID, node, {"other": id})
        seen.add(id or "")


def placed(drawing: Drawing) -> Iterator[Breach]:
    """What is drawn stands in a process or sub-process."""
    for node in drawing.nodes:
        if kind_of(scope_of(node)) not in SCOPES | {"choreography", "subChoreography"}:
            yield Breach(MISPLACED, node)


# --- who does a step -------------------------------------------------------------------------------------------

_WHO_WHY = "Zo weet niemand wie de stap te doen krijgt."
_SOMEBODY = '<resource id="iemand" name="iemand"><resourceParameter id="p" /></resource>'
_NAMED = "<resourceRef>iemand</resourceRef>"
_SOUGHT = "<resourceAssignmentExpression />"
_BOUND = '<resourceParameterBinding parameterRef="p" />'


def _done_by(inside: str) -> str:
    return f'begin > x > klaar\nx: userTask <potentialOwner id="wie">{inside}</potentialOwner>\n{_SOMEBODY}'


NAMED_AND_SOUGHT = Rule(
    "wie_genoemd_en_gezocht",
    Topic.DIALECT,
    "Wie een stap doet, is genoemd of wordt gezocht, niet allebei.",
    why=_WHO_WHY,
    advice="Kies één van de twee.",
    message="Bij {name} staat op twee manieren wie dit doet: met een naam, en met iets dat iemand zoekt.",
    wrong=_done_by(_NAMED + _SOUGHT),
    right=_done_by(_NAMED),
    unprovable=True,
    standard=("EXT039", "EXT040"),
)
VALUES_OF_NOBODY = Rule(
    "wie_zonder_naam",
    Topic.DIALECT,
    "Waarden bij wie een stap doet, horen bij iemand die is genoemd.",
    why=_WHO_WHY,
    advice="Noem wie dit doet, of haal de waarden weg.",
    message="Bij {name} staan waarden voor wie dit doet, maar er is niemand genoemd.",
    wrong=_done_by(_SOUGHT + _BOUND),
    right=_done_by(_NAMED + _BOUND),
    unprovable=True,
    standard=("EXT041",),
)


def resources(drawing: Drawing) -> Iterator[Breach]:
    """Who does a step is named, or found by an expression, not both."""
    for role in drawing.all("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        named = role.find("bpmn:resourceRef", NAMES) is not None
        if named and role.find("bpmn:resourceAssignmentExpression", NAMES) is not None:
            yield Breach(NAMED_AND_SOUGHT, role.getparent())
        if not named and role.find("bpmn:resourceParameterBinding", NAMES) is not None:
            yield Breach(VALUES_OF_NOBODY, role.getparent())


CHECKS = (references, once, placed, resources)

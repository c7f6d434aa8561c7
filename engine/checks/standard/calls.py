"""What a diagram that is called asks and gives: the same as the step that calls it, and as what it offers to others."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.data import DATA_WHY, EACH, INPUT, ITEMS, OUTPUT, group
from engine.checks.standard.drawing import Breach, Drawing
from engine.checks.standard.operations import DESK, messages_of
from engine.checks.standard.transfers import item_of, same
from engine.definitions.kinds import Kind, NoteKind
from engine.definitions.markup import NAMES, kind_of

_BINDING = '<ioBinding operationRef="vraag" inputDataRef="d" outputDataRef="u" />'
_MINE = (INPUT + OUTPUT).replace('id="', 'id="mijn_') + group("Input", "mijn_d") + group("Output", "mijn_u")


def _served(binding: str = _BINDING, output: str = OUTPUT, step: str = Kind.USER_TASK) -> str:
    """A drawing beside a process that others may call, with a step that may be such a call."""
    data = f"<ioSpecification>{INPUT}{output}{EACH}</ioSpecification>"
    served = f"<supportedInterfaceRef>loket</supportedInterfaceRef>{data}{binding}"
    steps = '<startEvent id="s" /><endEvent id="e" /><sequenceFlow id="f" sourceRef="s" targetRef="e" />'
    return f'begin > x > klaar\nx: {step}\n<process id="ander">{served}{steps}</process>\n{DESK}{ITEMS}'


CALLS_OTHERWISE = Rule(
    "aanroep_met_andere_gegevens",
    Topic.DIALECT,
    "Een stap die een diagram aanroept, geeft en krijgt wat dat diagram vraagt en geeft.",
    why=DATA_WHY,
    advice="Geef de stap dezelfde gegevens als het diagram dat hij aanroept.",
    message="{name} geeft of krijgt andere gegevens dan het diagram dat hij aanroept.",
    wrong=_served(step="callActivity calledElement=ander"),
    right=_served(step=f"callActivity calledElement=ander <ioSpecification>{_MINE}</ioSpecification>"),
    unprovable=True,
    standard=("EXT063",),
)
NOT_BOUND = Rule(
    "loket_zonder_gegevens",
    Topic.DIALECT,
    "Bij een proces dat anderen aanroepen, staat welke gegevens bij de aanroep horen.",
    why=DATA_WHY,
    advice="Schrijf op welke gegevens bij de aanroep horen, of haal de aanroep weg.",
    message="Bij {name} staat niet welke gegevens bij de aanroep horen.",
    wrong=_served(binding=""),
    right=_served(),
    unprovable=True,
    standard=("EXT064",),
)
BOUND_OTHERWISE = Rule(
    "loket_met_andere_gegevens",
    Topic.DIALECT,
    "De gegevens van een proces zijn van de soort die de aanroep vraagt en geeft.",
    why=DATA_WHY,
    advice="Kies gegevens van de soort die de aanroep vraagt en geeft.",
    message="De gegevens van {name} zijn van een andere soort dan de aanroep vraagt of geeft.",
    wrong=_served(output=OUTPUT.replace("tekst", "getal")),
    right=_served(),
    unprovable=True,
    standard=("EXT065",),
)


def calls(drawing: Drawing) -> Iterator[Breach]:
    """What is called gets and gives what the step that calls it says."""
    for call in drawing.all(Kind.CALL_ACTIVITY):
        called = drawing.to(call.get("calledElement"))
        if called is not None and not _fits(drawing, call, called):
            yield Breach(CALLS_OTHERWISE, call)
    for node in (node for node in drawing.root if kind_of(node) == "process" or kind_of(node).startswith("global")):
        bindings = node.findall("bpmn:ioBinding", NAMES)
        if node.find("bpmn:supportedInterfaceRef", NAMES) is not None and not bindings:
            yield Breach(NOT_BOUND, node)
        if not all(_is_bound(drawing, binding) for binding in bindings):
            yield Breach(BOUND_OTHERWISE, node)


def _fits(drawing: Drawing, call: Any, called: Any) -> bool:
    for side in (NoteKind.DATA_INPUT, NoteKind.DATA_OUTPUT):
        mine, theirs = (node.findall(f"bpmn:ioSpecification/bpmn:{side}", NAMES) for node in (call, called))
        pairs = zip(mine, theirs, strict=False)
        if len(mine) != len(theirs) or not all(same(item_of(drawing, a), item_of(drawing, b)) for a, b in pairs):
            return False
    return True


def _is_bound(drawing: Drawing, binding: Any) -> bool:
    """Whether what a binding joins is of one kind, in and out."""
    operation = drawing.to(binding.get("operationRef"))
    messages = zip(("inputDataRef", "outputDataRef"), messages_of(drawing, operation), strict=True)
    for reference, message in messages:
        held = drawing.to(binding.get(reference))
        item = drawing.to(message.get("itemRef")) if message is not None else None
        if operation is None or held is None or not same(item_of(drawing, held), item):
            return False
    return True


CHECKS = (calls,)

"""Where arrows start and end, and which have a condition."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Change, Mend, Rule, Topic
from engine.checks.standard.drawing import (
    ARTIFACTS,
    Breach,
    Drawing,
    is_handler,
    is_run,
    local,
    scope_of,
)
from engine.definitions.kinds import ACTIVITIES
from engine.definitions.markup import NAMES, kind_of

_ARROWS = "Een casus volgt de pijlen. Van een pijl die dit niet kan, is niet te zeggen wat hij betekent."
_NOTE = 'begin > a > klaar\n<textAnnotation id="n"><text>let op</text></textAnnotation>'
_HANDLER = """
    begin > a > klaar
    h: subProcess triggeredByEvent=true
    [h]
    s: startEvent message=m
    s > einde
    []
"""

TO_NOTE = Rule(
    "pijl_naar_notitie",
    Topic.DIALECT,
    "Een pijl gaat niet naar een notitie of groep.",
    why=_ARROWS,
    advice="Gebruik een stippellijn.",
    message="{name} gaat naar een notitie of groep.",
    wrong=_NOTE + '\n<sequenceFlow id="f" sourceRef="a" targetRef="n" />',
    right=_NOTE + '\n<association id="f" sourceRef="a" targetRef="n" />',
    unprovable=True,
    standard=("EXT006", "EXT022"),
)
FROM_NOTE = Rule(
    "pijl_uit_notitie",
    Topic.DIALECT,
    "Een pijl komt niet uit een notitie of groep.",
    why=_ARROWS,
    advice="Gebruik een stippellijn.",
    message="{name} komt uit een notitie of groep.",
    wrong=_NOTE + '\n<sequenceFlow id="f" sourceRef="n" targetRef="a" />',
    right=_NOTE + '\n<association id="f" sourceRef="n" targetRef="a" />',
    unprovable=True,
    standard=("EXT007", "EXT021"),
)
FROM_HANDLER = Rule(
    "pijl_uit_onderbreking",
    Topic.DIALECT,
    "Uit een onderbreking komt geen pijl: zij staat los.",
    why=_ARROWS,
    advice="Haal de pijl weg.",
    message="{name} komt uit een onderbreking, en die staat los.",
    wrong=_HANDLER + "h > a",
    right=_HANDLER,
    unprovable=True,
    standard=("EXT021", "EXT057"),
)
TO_HANDLER = Rule(
    "pijl_naar_onderbreking",
    Topic.DIALECT,
    "Naar een onderbreking gaat geen pijl: zij staat los.",
    why=_ARROWS,
    advice="Haal de pijl weg.",
    message="{name} gaat naar een onderbreking, en die staat los.",
    wrong=_HANDLER + "a > h",
    right=_HANDLER,
    unprovable=True,
    standard=("EXT022", "EXT057"),
)
ACROSS = Rule(
    "pijl_door_rand",
    Topic.DIALECT,
    "Een pijl blijft binnen zijn proces of deelproces.",
    why=_ARROWS,
    advice="Laat de pijl naar het deelproces zelf gaan, of teken beide stappen erin.",
    message="{name} gaat door de rand van een deelproces of van een ander proces.",
    wrong="begin > x > klaar\nx: subProcess\n[x]\nbegin2 > a > einde\na > klaar",
    right="begin > x > klaar\nx: subProcess\n[x]\nbegin2 > a > einde",
    unprovable=True,
    standard=("EXT152",),
)
DELAYED = Rule(
    "pijl_later",
    Topic.STANDARD,
    "Een pijl wordt meteen gevolgd.",
    why="Niemand kan zeggen wanneer het dan wel verder gaat.",
    advice="Teken de pijl opnieuw: dit staat alleen in het bestand, niet op de tekening.",
    message="Bij {name} staat dat hij niet meteen hoeft te worden gevolgd.",
    wrong='begin > a > klaar\n<sequenceFlow id="f" sourceRef="a" targetRef="klaar" isImmediate="false" />',
    right="begin > a > klaar",
    unprovable=True,
    standard=("EXT024",),
)


def flows(drawing: Drawing) -> Iterator[Breach]:
    """Where arrows may start and end."""
    for flow in drawing.flows:
        source, target = drawing.to(flow.get("sourceRef")), drawing.to(flow.get("targetRef"))
        if source is None or target is None:
            continue
        if kind_of(target) in ARTIFACTS:
            yield Breach(TO_NOTE, flow)
        if kind_of(source) in ARTIFACTS:
            yield Breach(FROM_NOTE, flow)
        if is_handler(source):
            yield Breach(FROM_HANDLER, flow)
        if is_handler(target):
            yield Breach(TO_HANDLER, flow)
        if scope_of(source) is not scope_of(target) or scope_of(flow) is not scope_of(source):
            yield Breach(ACROSS, flow)
        if flow.get("isImmediate") == "false" and is_run(flow):
            yield Breach(DELAYED, flow)


# --- conditions ------------------------------------------------------------------------------------------------

ONLY_WAY_CONDITIONAL = Rule(
    "enige_pijl_met_voorwaarde",
    Topic.DIALECT,
    "De enige pijl uit een stap heeft geen voorwaarde.",
    why="Is de voorwaarde niet waar, dan is er geen andere weg, en staat de casus stil.",
    advice="Zet er een keuze (ruit) achter, en teken ook waar het anders heen gaat.",
    message="{name} is de enige pijl uit een stap, en heeft een voorwaarde.",
    wrong='begin > a >[=wil = "ja"]> klaar',
    right='begin > a > k?\nk >[=wil = "ja"]> b > klaar\nk >*> klaar2',
    unprovable=True,
    standard=("EXT025",),
)
DEFAULT_ELSEWHERE = Rule(
    "standaardpijl_elders",
    Topic.DIALECT,
    "De standaardpijl van een stap of keuze begint daar.",
    why="Is geen voorwaarde waar, dan is er zo geen weg om te gaan.",
    advice="Kies een standaardpijl die hier begint.",
    message="De standaardpijl van {name} begint daar niet.",
    wrong='begin > k\nk: exclusiveGateway default=a_klaar\nk >[=wil = "ja"]> a > klaar\nk > b > klaar2',
    right='begin > k\nk: exclusiveGateway default=k_b\nk >[=wil = "ja"]> a > klaar\nk > b > klaar2',
    unprovable=True,
    standard=("EXT026",),
)


def conditions(drawing: Drawing) -> Iterator[Breach]:
    """Conditions and default arrows."""
    for node in drawing.nodes:
        outgoing = drawing.outgoing(node)
        if kind_of(node) in ACTIVITIES and len(outgoing) == 1 and is_conditional(outgoing[0]):
            yield Breach(ONLY_WAY_CONDITIONAL, outgoing[0])
        default = local(node.get("default", ""))
        if default and default not in {flow.get("id") for flow in outgoing}:
            plain = [flow.get("id") for flow in outgoing if not is_conditional(flow)]
            mend = Mend(node.get("id"), Change.SET, "default", plain[0]) if len(plain) == 1 < len(outgoing) else None
            yield Breach(DEFAULT_ELSEWHERE, node, mend=mend)


def is_conditional(flow: Any) -> bool:
    """Whether an arrow has a condition."""
    return flow.find("bpmn:conditionExpression", NAMES) is not None


CHECKS = (flows, conditions)

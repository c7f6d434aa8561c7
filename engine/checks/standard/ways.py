"""Each thing is on a way: with a start all is led to, with an end all leads on."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import SCOPES, Breach, Drawing, is_handler, undoes
from engine.definitions.kinds import FLOW_NODES, EventKind, Kind
from engine.definitions.markup import kind_of

_IN = "Een casus komt alleen langs de pijlen ergens. Hier komt hij nooit."
_OUT = "Een casus gaat alleen langs de pijlen verder. Hier blijft hij staan."
_CONNECT = "Verbind dit met een pijl, of haal het weg."
_ON_THE_WAY = "begin > a > klaar\nt: intermediateThrowEvent\n"

NO_WAY_IN = Rule(
    "geen_pijl_erin",
    Topic.DIALECT,
    "Naar elke stap en ruit gaat een pijl.",
    why=_IN,
    advice=_CONNECT,
    message="Naar {name} gaat geen pijl.",
    wrong="begin > a > klaar\nb > klaar",
    right="begin > a > b > klaar",
    unprovable=True,
    standard=("EXT150",),
)
NO_WAY_TO_END = Rule(
    "geen_pijl_naar_einde",
    Topic.DIALECT,
    "Naar elk einde gaat een pijl.",
    why=_IN,
    advice=_CONNECT,
    message="Naar het einde {name} gaat geen pijl.",
    wrong="begin > a > klaar\neinde: endEvent",
    right="begin > a > klaar",
    unprovable=True,
    standard=("EXT107", "EXT150"),
)
NO_WAY_TO_EVENT = Rule(
    "geen_pijl_naar_rondje",
    Topic.DIALECT,
    "Naar elk rondje onderweg gaat een pijl.",
    why=_IN,
    advice=_CONNECT,
    message="Naar het rondje {name} gaat geen pijl.",
    wrong=_ON_THE_WAY + "t > klaar",
    right="begin > t > klaar\nt: intermediateThrowEvent",
    unprovable=True,
    standard=("EXT115", "EXT150"),
)
NO_WAY_OUT = Rule(
    "geen_pijl_eruit",
    Topic.DIALECT,
    "Uit elke stap en ruit gaat een pijl.",
    why=_OUT,
    advice=_CONNECT,
    message="Uit {name} gaat geen pijl.",
    wrong="begin > k? > a > klaar\nk > b",
    right="begin > k? > a > klaar\nk > b > klaar",
    silenced_by=frozenset({"geen_pijl_erin"}),
    unprovable=True,
    standard=("EXT151",),
)
NO_WAY_FROM_START = Rule(
    "geen_pijl_uit_begin",
    Topic.DIALECT,
    "Uit elk begin gaat een pijl.",
    why=_OUT,
    advice=_CONNECT,
    message="Uit het begin {name} gaat geen pijl.",
    wrong="begin > a > klaar\nlos: startEvent",
    right="begin > a > klaar",
    unprovable=True,
    standard=("EXT101", "EXT151"),
)
NO_WAY_FROM_EVENT = Rule(
    "geen_pijl_uit_rondje",
    Topic.DIALECT,
    "Uit elk rondje onderweg gaat een pijl.",
    why=_OUT,
    advice=_CONNECT,
    message="Uit het rondje {name} gaat geen pijl.",
    wrong=_ON_THE_WAY + "a > t",
    right="begin > t > klaar\nt: intermediateThrowEvent",
    silenced_by=frozenset({"geen_pijl_naar_rondje"}),
    unprovable=True,
    standard=("EXT116", "EXT151"),
)

_INTERMEDIATE = (Kind.INTERMEDIATE_CATCH_EVENT, Kind.INTERMEDIATE_THROW_EVENT)
_IN_OF: dict[str, Rule] = {Kind.END_EVENT: NO_WAY_TO_END, **dict.fromkeys(_INTERMEDIATE, NO_WAY_TO_EVENT)}
_OUT_OF: dict[str, Rule] = {Kind.START_EVENT: NO_WAY_FROM_START, **dict.fromkeys(_INTERMEDIATE, NO_WAY_FROM_EVENT)}


def no_way_in(kind: str) -> Rule:
    """The rule that a node of a kind breaks to which nothing leads."""
    return _IN_OF.get(kind, NO_WAY_IN)


def ways(drawing: Drawing) -> Iterator[Breach]:
    """What is neither led to nor led on; an end and an event on the way by themselves, whatever stands beside them."""
    for scope in drawing.all(*SCOPES):
        inside = [node for node in scope if kind_of(node) in FLOW_NODES]
        kinds = {kind_of(node) for node in inside} if kind_of(scope) != Kind.AD_HOC_SUB_PROCESS else set()
        for node in inside:
            if kind_of(node) == Kind.BOUNDARY_EVENT or is_handler(node) or undoes(node):
                continue
            if _needs_way_in(drawing, node, kinds) and not drawing.incoming(node):
                yield Breach(no_way_in(kind_of(node)), node)
            if _needs_way_out(drawing, node, kinds) and not drawing.outgoing(node):
                yield Breach(_OUT_OF.get(kind_of(node), NO_WAY_OUT), node)


def _needs_way_in(drawing: Drawing, node: Any, beside: set[str]) -> bool:
    kind = kind_of(node)
    if kind == Kind.INTERMEDIATE_CATCH_EVENT and EventKind.LINK in drawing.events(node):
        return False
    return kind in _IN_OF or (Kind.START_EVENT in beside and kind != Kind.START_EVENT)


def _needs_way_out(drawing: Drawing, node: Any, beside: set[str]) -> bool:
    kind = kind_of(node)
    if kind == Kind.INTERMEDIATE_THROW_EVENT and EventKind.LINK in drawing.events(node):
        return False
    return kind in _INTERMEDIATE or (Kind.END_EVENT in beside and kind != Kind.END_EVENT)


CHECKS = (ways,)

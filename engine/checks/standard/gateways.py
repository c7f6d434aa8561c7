"""How many arrows a gateway has, and what an event-based one waits for."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing
from engine.checks.standard.flows import is_conditional
from engine.definitions.kinds import GATEWAYS, HAPPENS, EventKind, Kind
from engine.definitions.markup import kind_of

_DIRECTION = "Wie de tekening leest, moet zien of wegen hier uit elkaar gaan of weer samenkomen."
_SPLIT = "begin > f > a > klaar\nf > b > klaar2\nf: parallelGateway gatewayDirection="
_JOIN = "begin > f+ > a > j > klaar\nf > b > j\nj: parallelGateway gatewayDirection="

JOIN_SPLITS = Rule(
    "samenvoegen_met_meer_uitgangen",
    Topic.DIALECT,
    "Een ruit die samenvoegt, heeft hoogstens één pijl eruit.",
    why=_DIRECTION,
    advice="Gebruik twee ruiten.",
    message="De ruit {name} voegt samen, maar er gaan meer pijlen uit.",
    wrong=_SPLIT + "Converging",
    right=_SPLIT + "Diverging",
    unprovable=True,
    standard=("EXT017",),
)
SPLIT_JOINS = Rule(
    "splitsen_met_meer_ingangen",
    Topic.DIALECT,
    "Een ruit die splitst, heeft hoogstens één pijl erin.",
    why=_DIRECTION,
    advice="Gebruik twee ruiten.",
    message="De ruit {name} splitst, maar er gaan meer pijlen naartoe.",
    wrong=_JOIN + "Diverging",
    right=_JOIN + "Converging",
    unprovable=True,
    standard=("EXT018",),
)
MIXED_WITH_FEW = Rule(
    "samenvoegen_en_splitsen",
    Topic.STANDARD,
    "Een ruit die samenvoegt en splitst, heeft meer pijlen erin en meer pijlen eruit.",
    why=_DIRECTION,
    advice="Teken de pijlen die ontbreken, of teken de ruit opnieuw.",
    message="De ruit {name} voegt samen en splitst, maar heeft daar te weinig pijlen voor.",
    wrong=_JOIN + "Mixed",
    right=_JOIN + "Unspecified",
    unprovable=True,
    standard=("EXT019",),
)
NEITHER = Rule(
    "ruit_zonder_keuze",
    Topic.DIALECT,
    "Een ruit heeft meer pijlen erin of meer pijlen eruit.",
    why=_DIRECTION,
    advice="Haal de ruit weg, of teken de pijlen die ontbreken.",
    message="De ruit {name} heeft niet meer dan één pijl erin en één pijl eruit.",
    wrong="begin > x+ > klaar",
    right="begin > x+ > a > klaar\nx > b > klaar2",
    unprovable=True,
    standard=("EXT135",),
)


def gateways(drawing: Drawing) -> Iterator[Breach]:
    """How many arrows a gateway has."""
    for node in (node for node in drawing.nodes if kind_of(node) in GATEWAYS):
        into, out = len(drawing.incoming(node)), len(drawing.outgoing(node))
        direction = node.get("gatewayDirection")
        if direction == "Converging" and out > 1:
            yield Breach(JOIN_SPLITS, node)
        if direction == "Diverging" and into > 1:
            yield Breach(SPLIT_JOINS, node)
        if direction == "Mixed" and (into < 2 or out < 2):
            yield Breach(MIXED_WITH_FEW, node)
        if kind_of(node) != Kind.EVENT_BASED_GATEWAY and into < 2 and out < 2:
            yield Breach(NEITHER, node)


# --- waiting for what comes first ------------------------------------------------------------------------------

_FIRST = "Bij een wachtende keuze gaat het verder met wat het eerst gebeurt. Dat moet zo te zien zijn."
_MESSAGE, _CLOCK = "intermediateCatchEvent message=m", "intermediateCatchEvent duration=P1D"
_RECEIVE = "receiveTask messageRef=m2"


def _raced(second: str, first: str = _CLOCK, gateway: str = "", into: str = "begin > g\n") -> str:
    """An event-based gateway before `x` and `y`."""
    kinds = f"g: eventBasedGateway {gateway}\nx: {first}\ny: {second}\n"
    return f'{into}{kinds}g > x > klaar\ng > y > klaar\n<message id="m2" />\n'


LONE_EVENT = Rule(
    "wachtende_keuze_met_een_weg",
    Topic.DIALECT,
    "Na een wachtende keuze komen twee of meer dingen om op te wachten.",
    why=_FIRST,
    advice="Teken waar nog meer op wordt gewacht.",
    message="Na de wachtende keuze {name} komt er geen of maar één ding om op te wachten.",
    wrong=f"begin > g > x > klaar\ng: eventBasedGateway\nx: {_MESSAGE}",
    right=_raced(_MESSAGE),
    unprovable=True,
    standard=("EXT136",),
)
CONDITION_AFTER = Rule(
    "wachtende_keuze_met_voorwaarde",
    Topic.DIALECT,
    "Na een wachtende keuze heeft een pijl geen voorwaarde.",
    why=_FIRST,
    advice="Haal de voorwaarde weg.",
    message="{name} komt uit een wachtende keuze en heeft een voorwaarde.",
    wrong=_raced(_MESSAGE).replace("g > y >", "g >[=ja]> y >"),
    right=_raced(_MESSAGE),
    unprovable=True,
    standard=("EXT137",),
)
CANNOT_AWAIT = Rule(
    "wachtende_keuze_naar_stap",
    Topic.DIALECT,
    "Na een wachtende keuze komt een bericht, klok, voorwaarde of signaal.",
    why=_FIRST,
    advice="Zet er een bericht of een klok voor.",
    message="Op {name} kan een wachtende keuze niet wachten.",
    wrong=_raced(Kind.USER_TASK),
    right=_raced(_MESSAGE),
    unprovable=True,
    standard=("EXT138",),
)
MESSAGE_AND_RECEIVE = Rule(
    "wachtende_keuze_met_bericht_en_taak",
    Topic.DIALECT,
    "Na een wachtende keuze staan berichten of ontvangtaken, niet allebei.",
    why=_FIRST,
    advice="Maak er overal een bericht van.",
    message="Na de wachtende keuze {name} staan een bericht en een ontvangtaak.",
    wrong=_raced(_RECEIVE, _MESSAGE),
    right=_raced(_RECEIVE),
    unprovable=True,
    standard=("EXT139",),
)
EDGED_RECEIVE = Rule(
    "wachtende_keuze_met_rand",
    Topic.DIALECT,
    "Een ontvangtaak na een wachtende keuze heeft niets op de rand.",
    why=_FIRST,
    advice="Haal weg wat op de rand hangt.",
    message="Op de rand van {name} hangt iets, maar deze ontvangtaak komt na een wachtende keuze.",
    wrong=_raced(_RECEIVE) + "s > einde\ns: boundaryEvent attachedToRef=y signal=z",
    right=_raced(_RECEIVE),
    unprovable=True,
    standard=("EXT140",),
)
OTHER_WAY_IN = Rule(
    "wachtende_keuze_met_andere_pijl",
    Topic.DIALECT,
    "Wat na een wachtende keuze komt, heeft alleen die pijl erin.",
    why=_FIRST,
    advice="Laat de andere pijl ergens anders aankomen.",
    message="Naar {name} gaat nog een pijl, en niet alleen die van de wachtende keuze.",
    wrong=_raced(_MESSAGE) + "begin > a > y",
    right=_raced(_MESSAGE),
    unprovable=True,
    standard=("EXT141",),
)
INTO_BEGIN = Rule(
    "wachtende_keuze_als_begin",
    Topic.DIALECT,
    "Naar een wachtende keuze die een proces begint, gaat geen pijl.",
    why=_FIRST,
    advice="Haal de pijl weg.",
    message="Naar de wachtende keuze {name} gaat een pijl, maar zij begint het proces.",
    wrong=_raced(_MESSAGE, gateway="instantiate=true"),
    right=_raced(_MESSAGE, gateway="instantiate=true", into=""),
    unprovable=True,
    standard=("EXT142",),
)


def event_gateways(drawing: Drawing) -> Iterator[Breach]:
    """What comes after a gateway that waits for what happens first."""
    for node in drawing.all(Kind.EVENT_BASED_GATEWAY):
        flows = drawing.outgoing(node)
        if len(flows) < 2:
            yield Breach(LONE_EVENT, node)
        if node.get("instantiate") == "true" and drawing.incoming(node):
            yield Breach(INTO_BEGIN, node)
        conditional = next(filter(is_conditional, flows), None)
        if conditional is not None:
            yield Breach(CONDITION_AFTER, conditional)
        targets = [drawing.to(flow.get("targetRef")) for flow in flows]
        yield from _after(drawing, node, [target for target in targets if target is not None])


def _after(drawing: Drawing, gateway: Any, targets: list[Any]) -> Iterator[Breach]:
    awaited: set[str] = set()
    for target in targets:
        kinds = set(drawing.events(target))
        if kind_of(target) == Kind.RECEIVE_TASK:
            awaited.add(Kind.RECEIVE_TASK)
            if target.get("id") in drawing.held:
                yield Breach(EDGED_RECEIVE, target)
        elif kind_of(target) == Kind.INTERMEDIATE_CATCH_EVENT and kinds and kinds <= HAPPENS:
            awaited |= kinds
        else:
            yield Breach(CANNOT_AWAIT, target)
        if len(drawing.incoming(target)) > 1:
            yield Breach(OTHER_WAY_IN, target)
    if {EventKind.MESSAGE, Kind.RECEIVE_TASK} <= awaited:
        yield Breach(MESSAGE_AND_RECEIVE, gateway)


CHECKS = (gateways, event_gateways)

"""Which events may stand where: on the edge of a step, and on the way."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing, undoes
from engine.definitions.kinds import ACTIVITIES, HAPPENS, EventKind, Kind
from engine.definitions.markup import kind_of

_HAPPENS = "Wat hier niet kan gebeuren, gebeurt nooit, en de casus merkt het niet."


def _edged(event: str, kind: str = Kind.USER_TASK) -> str:
    """A drawing with something on the edge of a step."""
    return f"begin > a > klaar\na: {kind}\ns > einde\ns: boundaryEvent attachedToRef=a {event}\n"


_MESSAGE = "message=m"
_CANCEL = "does=cancel"

NOT_ON_EDGE = Rule(
    "rand_van_andere_soort",
    Topic.DIALECT,
    "Op de rand van een stap staat een bericht, een klok, een fout of iets anders dat daar kan gebeuren.",
    why=_HAPPENS,
    advice="Kies een bericht, een klok, een fout of een escalatie. Een fout onderbreekt altijd.",
    message="Het rondje {name} op de rand is van een soort die daar niet kan.",
    wrong=_edged("does=terminate"),
    right=_edged(_MESSAGE),
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT110", "EXT147"),
)
CANCEL_ON_EDGE = Rule(
    "rand_annuleert_geen_transactie",
    Topic.DIALECT,
    "Annuleren op de rand hoort bij een transactie.",
    why=_HAPPENS,
    advice="Kies een andere gebeurtenis.",
    message="Het rondje {name} wacht op annuleren, maar hangt niet aan een transactie.",
    wrong=_edged(_CANCEL),
    right=_edged(_CANCEL, Kind.TRANSACTION),
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT111", "EXT120"),
)
TO_EDGE = Rule(
    "pijl_naar_rand",
    Topic.DIALECT,
    "Naar een rondje op de rand gaat geen pijl.",
    why="Het rondje begint vanzelf als er iets gebeurt bij de stap waar het aan hangt.",
    advice="Laat de pijl naar de stap zelf gaan.",
    message="Naar het rondje {name} op de rand gaat een pijl.",
    wrong=_edged(_MESSAGE) + "a > s",
    right=_edged(_MESSAGE),
    unprovable=True,
    standard=("EXT112",),
)
EDGE_LEADS_NOWHERE = Rule(
    "rand_zonder_pijl",
    Topic.DIALECT,
    "Uit een rondje op de rand gaat een pijl.",
    why="Anders gebeurt er iets, en weet niemand wat er dan moet.",
    advice="Teken met een pijl wat er dan gebeurt.",
    message="Uit het rondje {name} op de rand gaat geen pijl.",
    wrong=_edged(_MESSAGE).replace("s > einde", ""),
    right=_edged(_MESSAGE),
    unprovable=True,
    standard=("EXT113",),
)


def boundaries(drawing: Drawing) -> Iterator[Breach]:
    """What may hang on the edge of an activity."""
    never = {EventKind.LINK, EventKind.TERMINATE}
    interrupts = {EventKind.ERROR, EventKind.CANCEL, EventKind.COMPENSATE}
    for event in drawing.all(Kind.BOUNDARY_EVENT):
        kinds = set(drawing.events(event))
        if drawing.is_plain(event) or kinds & (
            never | (interrupts if event.get("cancelActivity") == "false" else set())
        ):
            yield Breach(NOT_ON_EDGE, event)
        if EventKind.CANCEL in kinds and drawing.kind(event.get("attachedToRef")) != Kind.TRANSACTION:
            yield Breach(CANCEL_ON_EDGE, event)
        if drawing.incoming(event):
            yield Breach(TO_EDGE, event)
        if EventKind.COMPENSATE in kinds:
            yield from _undoing(drawing, event)
        elif not drawing.outgoing(event):
            yield Breach(EDGE_LEADS_NOWHERE, event)


# --- what undoes a step ----------------------------------------------------------------------------------------

_UNDO = "Zo is niet te zien welke stap terugdraait wat hier is gedaan."


def _undone(line: str) -> str:
    """A drawing with a step that another step undoes, and this line between them."""
    steps = "begin > a > klaar\nr: boundaryEvent attachedToRef=a does=compensate\n"
    return f"{steps}u: userTask isForCompensation=true\n{line}"


_LINE = '<association id="lijn" sourceRef="r" targetRef="u" />'

UNDO_BY_ARROW = Rule(
    "herstel_met_pijl",
    Topic.DIALECT,
    "Uit een herstelteken op de rand gaat een stippellijn, geen pijl.",
    why=_UNDO,
    advice="Gebruik een stippellijn naar de stap die herstelt.",
    message="Uit het herstelteken {name} op de rand gaat een pijl.",
    wrong=_undone(_LINE + "\nr > einde"),
    right=_undone(_LINE),
    unprovable=True,
    standard=("EXT114",),
)
UNDO_WITHOUT_LINE = Rule(
    "herstel_zonder_lijn",
    Topic.DIALECT,
    "Uit een herstelteken gaat een stippellijn naar de stap die herstelt.",
    why=_UNDO,
    advice="Teken die stippellijn.",
    message="Uit het herstelteken {name} gaat geen stippellijn naar de stap die herstelt.",
    wrong=_undone(""),
    right=_undone(_LINE),
    unprovable=True,
    standard=("EXT143",),
)
UNDO_ELSEWHERE = Rule(
    "herstel_naar_andere_stap",
    Topic.DIALECT,
    "De stippellijn van een herstelteken gaat naar een stap die herstelt.",
    why=_UNDO,
    advice="Laat de stippellijn naar een stap gaan die herstelt.",
    message="De stippellijn van {name} gaat niet naar een stap die herstelt.",
    wrong=_undone('<association id="lijn" sourceRef="r" targetRef="a" />'),
    right=_undone(_LINE),
    unprovable=True,
    standard=("EXT144",),
)
UNDOING_ON_WAY = Rule(
    "herstelstap_met_pijl",
    Topic.DIALECT,
    "Aan een stap die een andere terugdraait, zit geen pijl.",
    why=_UNDO,
    advice="Haal de pijl weg, en gebruik alleen de stippellijn.",
    message="Aan {name} zit een pijl, maar deze stap draait een andere terug.",
    wrong=_undone(_LINE + "\nu > einde"),
    right=_undone(_LINE),
    unprovable=True,
    standard=("EXT145",),
)


def _undoing(drawing: Drawing, event: Any) -> Iterator[Breach]:
    if drawing.outgoing(event):
        yield Breach(UNDO_BY_ARROW, event)
    targets = drawing.associations.get(event.get("id", ""), [])
    if not targets:
        yield Breach(UNDO_WITHOUT_LINE, event)
    for target in map(drawing.to, targets):
        if target is None or kind_of(target) not in ACTIVITIES or not undoes(target):
            yield Breach(UNDO_ELSEWHERE, event)


def undoing(drawing: Drawing) -> Iterator[Breach]:
    """A step that undoes another stands apart from the ways."""
    for node in drawing.nodes:
        if undoes(node) and kind_of(node) in ACTIVITIES and (drawing.incoming(node) or drawing.outgoing(node)):
            yield Breach(UNDOING_ON_WAY, node)


# --- on the way ------------------------------------------------------------------------------------------------

_ERROR, _SIGNAL = "x: {} error=f", "x: {} signal=z"
_WAY = "begin > x > klaar\n"

CANNOT_WAIT = Rule(
    "wachten_op_andere_soort",
    Topic.DIALECT,
    "Onderweg wacht een casus op een bericht, klok, voorwaarde of signaal.",
    why=_HAPPENS,
    advice="Kies een bericht of een klok.",
    message="Het rondje {name} wacht op iets waarop onderweg niet kan worden gewacht.",
    wrong=_WAY + _ERROR.format(Kind.INTERMEDIATE_CATCH_EVENT),
    right=_WAY + _SIGNAL.format(Kind.INTERMEDIATE_CATCH_EVENT),
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT148",),
)
CANNOT_WAIT_FOR_UNDOING = Rule(
    "wachten_op_herstel",
    Topic.DIALECT,
    "Onderweg wacht een casus niet op herstel.",
    why=_HAPPENS,
    advice="Hang het herstelteken op de rand van de stap die wordt teruggedraaid.",
    message="Het rondje {name} wacht onderweg op herstel.",
    wrong=_WAY + "x: intermediateCatchEvent does=compensate",
    right=_WAY + _SIGNAL.format(Kind.INTERMEDIATE_CATCH_EVENT),
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT122", "EXT148"),
)
CANNOT_THROW = Rule(
    "versturen_van_andere_soort",
    Topic.DIALECT,
    "Onderweg verstuurt een casus een bericht, signaal of escalatie.",
    why=_HAPPENS,
    advice="Kies een gewoon rondje.",
    message="Het rondje {name} verstuurt iets dat onderweg niet kan worden verstuurd.",
    wrong=_WAY + _ERROR.format(Kind.INTERMEDIATE_THROW_EVENT),
    right=_WAY + _SIGNAL.format(Kind.INTERMEDIATE_THROW_EVENT),
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT149",),
)
_WAITS = HAPPENS | {EventKind.LINK}
_SENDS = frozenset({EventKind.MESSAGE, EventKind.ESCALATION, EventKind.COMPENSATE, EventKind.LINK, EventKind.SIGNAL})


def on_the_way(drawing: Drawing) -> Iterator[Breach]:
    """What may be waited for and thrown on the way."""
    for event in drawing.all(Kind.INTERMEDIATE_CATCH_EVENT):
        kinds = set(drawing.events(event))
        if kinds - _WAITS:
            yield Breach(CANNOT_WAIT_FOR_UNDOING if EventKind.COMPENSATE in kinds else CANNOT_WAIT, event)
    for event in drawing.all(Kind.INTERMEDIATE_THROW_EVENT):
        if set(drawing.events(event)) - _SENDS:
            yield Breach(CANNOT_THROW, event)


CHECKS = (boundaries, undoing, on_the_way)

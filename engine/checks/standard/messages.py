"""Message flows from pool to pool, and the pools themselves."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import ARTIFACTS, Breach, Drawing
from engine.definitions.kinds import EventKind, Kind, LinkKind
from engine.definitions.markup import kind_of

_LETTER = "Een berichtpijl laat zien wie wie iets stuurt. Zo is dat niet te zien."
_NOTE = '\n<textAnnotation id="n"><text>let op</text></textAnnotation>'
_TURN = "Draai de berichtpijl om, of haal haar weg."


def _letter(source: str, target: str, steps: str = "begin > a > klaar") -> str:
    """A drawing with a message flow between our pool and another."""
    pools = '<participant id="wij" processRef="proef" /><participant id="zij" />'
    flow = f'<messageFlow id="brief" sourceRef="{source}" targetRef="{target}" />'
    return f'{steps}\n<collaboration id="samen">{pools}{flow}</collaboration>'


def _event(id: str, kind: Kind, steps: str = "begin > a > klaar") -> str:
    return f"{steps}\n{id}: {kind} message=m"


_WAITS = _event("x", Kind.INTERMEDIATE_CATCH_EVENT, "begin > x > klaar")
_SENDS = _event("x", Kind.INTERMEDIATE_THROW_EVENT, "begin > x > klaar")

TO_NOTE = Rule(
    "berichtpijl_naar_notitie",
    Topic.DIALECT,
    "Een berichtpijl gaat niet naar een notitie of groep.",
    why=_LETTER,
    advice="Haal de berichtpijl weg, of gebruik een stippellijn.",
    message="{name} gaat naar een notitie of groep.",
    wrong=_letter("zij", "n") + _NOTE,
    right=_letter("zij", "a") + _NOTE,
    unprovable=True,
    standard=("EXT008",),
)
FROM_NOTE = Rule(
    "berichtpijl_uit_notitie",
    Topic.DIALECT,
    "Een berichtpijl komt niet uit een notitie of groep.",
    why=_LETTER,
    advice="Haal de berichtpijl weg, of gebruik een stippellijn.",
    message="{name} komt uit een notitie of groep.",
    wrong=_letter("n", "zij") + _NOTE,
    right=_letter("a", "zij") + _NOTE,
    unprovable=True,
    standard=("EXT009",),
)
WITHIN_POOL = Rule(
    "berichtpijl_binnen_pool",
    Topic.DIALECT,
    "Een berichtpijl gaat van de ene pool naar de andere.",
    why=_LETTER,
    advice="Gebruik een gewone pijl.",
    message="{name} blijft binnen één pool.",
    wrong=_letter("a", "wij"),
    right=_letter("a", "zij"),
    unprovable=True,
    standard=("EXT031",),
)
START_SENDS = Rule(
    "begin_verstuurt",
    Topic.DIALECT,
    "Een begin verstuurt geen bericht.",
    why=_LETTER,
    advice="Laat de berichtpijl bij een stap vertrekken.",
    message="{name} vertrekt bij een begin.",
    wrong=_letter("begin", "zij"),
    right=_letter("a", "zij"),
    unprovable=True,
    standard=("EXT102",),
)
START_RECEIVES = Rule(
    "begin_ontvangt",
    Topic.DIALECT,
    "Een begin dat een bericht krijgt, is een bericht-begin.",
    why=_LETTER,
    advice="Maak er een bericht-begin van, of haal de berichtpijl weg.",
    message="Het begin {name} krijgt volgens de berichtpijl een bericht, maar is geen bericht-begin.",
    wrong=_letter("zij", "begin"),
    right=_letter("zij", "begin", _event("begin", Kind.START_EVENT)),
    unprovable=True,
    standard=("EXT103",),
)
END_RECEIVES = Rule(
    "einde_ontvangt",
    Topic.DIALECT,
    "Een einde ontvangt geen bericht.",
    why=_LETTER,
    advice=_TURN,
    message="{name} gaat naar een einde.",
    wrong=_letter("zij", "klaar"),
    right=_letter("zij", "a"),
    unprovable=True,
    standard=("EXT108",),
)
END_SENDS = Rule(
    "einde_verstuurt",
    Topic.DIALECT,
    "Een einde dat een bericht verstuurt, is een bericht-einde.",
    why=_LETTER,
    advice="Maak er een bericht-einde van, of haal de berichtpijl weg.",
    message="Het einde {name} verstuurt volgens de berichtpijl een bericht, maar is geen bericht-einde.",
    wrong=_letter("klaar", "zij"),
    right=_letter("klaar", "zij", _event("klaar", Kind.END_EVENT)),
    unprovable=True,
    standard=("EXT109",),
)
WRONG_WAY = Rule(
    "berichtpijl_verkeerd_om",
    Topic.DIALECT,
    "Een rondje dat wacht, verstuurt geen bericht; een rondje dat verstuurt, ontvangt er geen.",
    why=_LETTER,
    advice=_TURN,
    message="{name} gaat de verkeerde kant op: het rondje eraan doet het omgekeerde.",
    wrong=_letter("zij", "x", _SENDS),
    right=_letter("zij", "x", _WAITS),
    unprovable=True,
    standard=("EXT119",),
)


def letters(drawing: Drawing) -> Iterator[Breach]:
    """Message flows go from one pool to another, between things that send and receive."""
    for flow in drawing.all(LinkKind.MESSAGE_FLOW):
        source, target = drawing.to(flow.get("sourceRef")), drawing.to(flow.get("targetRef"))
        if source is None or target is None:
            continue
        if drawing.pool(flow.get("sourceRef")) is drawing.pool(flow.get("targetRef")) is not None:
            yield Breach(WITHIN_POOL, flow)
        yield from _sent(drawing, flow, source)
        yield from _received(drawing, flow, target)


def _sent(drawing: Drawing, flow: Any, source: Any) -> Iterator[Breach]:
    if kind_of(source) in ARTIFACTS:
        yield Breach(FROM_NOTE, flow)
    if kind_of(source) == Kind.START_EVENT:
        yield Breach(START_SENDS, flow)
    if kind_of(source) == Kind.END_EVENT and EventKind.MESSAGE not in drawing.events(source):
        yield Breach(END_SENDS, source)
    if kind_of(source) == Kind.INTERMEDIATE_CATCH_EVENT:
        yield Breach(WRONG_WAY, flow)


def _received(drawing: Drawing, flow: Any, target: Any) -> Iterator[Breach]:
    if kind_of(target) in ARTIFACTS:
        yield Breach(TO_NOTE, flow)
    if kind_of(target) == Kind.START_EVENT and EventKind.MESSAGE not in drawing.events(target):
        yield Breach(START_RECEIVES, target)
    if kind_of(target) == Kind.END_EVENT:
        yield Breach(END_RECEIVES, flow)
    if kind_of(target) == Kind.INTERMEDIATE_THROW_EVENT:
        yield Breach(WRONG_WAY, flow)


CHECKS = (letters,)

"""What an event says of itself: which message, which code, and where a jump lands."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing, holder_of, local, scope_of
from engine.definitions.kinds import EVENTS, THROWS, EventKind, Kind
from engine.definitions.markup import NAMES, event_definitions, kind_of, text_of

# --- jumps -----------------------------------------------------------------------------------------------------

_JUMP = "Bij een sprong gaat de casus op een andere plek verder. Die plek moet er zijn, en er mag er maar één zijn."
_LANDING = "hier > klaar\nhier: intermediateCatchEvent link=l\n"
_JUMPS = "begin > weg\nweg: intermediateThrowEvent link=l\n"
_LOST = _JUMPS.replace("link=l", "link=nergens")

BOTH_ENDS = Rule(
    "sprong_met_twee_kanten",
    Topic.DIALECT,
    "Een sprong heeft alleen pijlen erin (vertrek) of alleen pijlen eruit (aankomst).",
    why=_JUMP,
    advice="Haal de andere pijl weg.",
    message="De sprong {name} heeft een pijl aan de verkeerde kant.",
    wrong=_JUMPS + _LANDING + "weg > klaar",
    right=_JUMPS + _LANDING,
    unprovable=True,
    standard=("EXT117",),
)
LOST = Rule(
    "sprong_nergens",
    Topic.DIALECT,
    "Elke sprong komt op precies één plek uit.",
    why=_JUMP,
    advice="Teken de pijl helemaal.",
    message="De sprong {name} komt nergens uit, of op meer dan één plek.",
    wrong=_LOST + _LANDING,
    right=_JUMPS + _LANDING,
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT118", "EXT125"),
)
LEAVES_SCOPE = Rule(
    "sprong_door_rand",
    Topic.DIALECT,
    "Een sprong blijft in hetzelfde proces of deelproces.",
    why=_JUMP,
    advice="Teken de pijl helemaal.",
    message="De sprong {name} gaat naar een ander proces of deelproces.",
    wrong="begin > f+ > weg\nf > x > einde\nx: subProcess\nweg: intermediateThrowEvent link=l\n[x]\nbegin2 > einde2\n"
    + _LANDING,
    right=_JUMPS + _LANDING,
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT126",),
)
NEVER_REACHED = Rule(
    "sprong_zonder_vertrek",
    Topic.DIALECT,
    "Naar elke plek waar een sprong aankomt, springt iets.",
    why=_JUMP,
    advice="Haal deze plek weg, of teken een pijl ernaartoe.",
    message="Naar {name} wordt nergens gesprongen.",
    wrong=_LOST + _LANDING,
    right=_JUMPS + _LANDING,
    unprovable=True,
    standard=("EXT124",),
)

Landings = Mapping[tuple[str, Any], list[Any]]
"""The events where a jump lands, by how a jump may mean them: their name, their definition, or their source's id."""


def jumps(drawing: Drawing) -> Iterator[Breach]:
    """Each jump has a place to land, in the same process."""
    landings = _landings(_links(drawing, Kind.INTERMEDIATE_CATCH_EVENT))
    reached: set[Any] = set()
    for event, definition in _links(drawing, Kind.INTERMEDIATE_THROW_EVENT):
        if drawing.outgoing(event):
            yield Breach(BOTH_ENDS, event)
        targets = _targets(drawing, definition, landings)
        reached.update(targets)
        if len(targets) != 1:
            yield Breach(LOST, event)
        elif scope_of(targets[0]) is not scope_of(event):
            yield Breach(LEAVES_SCOPE, event)
    for event, _ in _links(drawing, Kind.INTERMEDIATE_CATCH_EVENT):
        if drawing.incoming(event):
            yield Breach(BOTH_ENDS, event)
        if event not in reached:
            yield Breach(NEVER_REACHED, event)


def _links(drawing: Drawing, kind: Kind) -> Iterator[tuple[Any, Any]]:
    """Each event of a kind that is one side of a jump, with the definition that says so."""
    for event in drawing.all(kind):
        for definition in event_definitions(event, drawing.shared):
            if kind_of(definition) == "linkEventDefinition":
                yield event, definition


def _landings(catches: Iterable[tuple[Any, Any]]) -> Landings:
    landings: dict[tuple[str, Any], list[Any]] = {}
    for event, definition in catches:
        sources = {text_of(source) for source in definition.iterfind("bpmn:source", NAMES)}
        name = definition.get("name", "")
        for key in (("name", name), ("target", definition), *(("source", source) for source in sources)):
            landings.setdefault(key, []).append(event)
    return landings


def _targets(drawing: Drawing, thrown: Any, landings: Landings) -> list[Any]:
    """Where a jump leads: to the target that it names, what names it, or what has its name."""
    target = drawing.to(text_of(thrown.find("bpmn:target", NAMES)))
    if target is not None:
        return landings.get(("target", target), [])
    sources = landings.get(("source", thrown.get("id"))) if thrown.get("id") else None
    name = thrown.get("name", "")
    return sources or (landings.get(("name", name), []) if name else [])


# --- messages and codes ----------------------------------------------------------------------------------------

_TOLD = "Wat op een bericht of fout wacht, herkent die aan de naam of de code."


def _throws(kind: str) -> str:
    """A drawing that ends with an error or escalation, without its code in braces."""
    thrown = f'einde: endEvent <{kind}EventDefinition {kind}Ref="f" />'
    return f'begin > x > klaar\nx: subProcess\n[x]\ns > einde\ns: startEvent\n{thrown}\n[]\n<{kind} id="f"'


NO_MESSAGE = Rule(
    "bericht_onbekend",
    Topic.DIALECT,
    "Bij een rondje voor een bericht staat welk bericht het is.",
    why=_TOLD,
    advice="Kies bij het rondje een bericht.",
    message="Bij {name} staat niet welk bericht het is.",
    wrong="begin > x > klaar\nx: intermediateCatchEvent <messageEventDefinition />",
    right="begin > x > klaar\nx: intermediateCatchEvent message=m",
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT127",),
)
ERROR_WITHOUT_CODE = Rule(
    "fout_zonder_code",
    Topic.DIALECT,
    "Een fout die een casus meldt, heeft een code.",
    why=_TOLD,
    advice="Vul bij de fout een code in.",
    message="{name} meldt een fout zonder code.",
    wrong=_throws(EventKind.ERROR) + " />",
    right=_throws(EventKind.ERROR) + ' errorCode="F1" />',
    unprovable=True,
    standard=("EXT010",),
)
ESCALATION_WITHOUT_CODE = Rule(
    "escalatie_zonder_code",
    Topic.DIALECT,
    "Een escalatie die een casus meldt, heeft een code.",
    why=_TOLD,
    advice="Vul bij de escalatie een code in.",
    message="{name} meldt een escalatie zonder code.",
    wrong=_throws(EventKind.ESCALATION) + " />",
    right=_throws(EventKind.ESCALATION) + ' escalationCode="F1" />',
    unprovable=True,
    standard=("EXT011",),
)
BORROWED = Rule(
    "gebeurtenis_van_ander_rondje",
    Topic.DIALECT,
    "Wat een rondje verstuurt, is alleen van dat rondje.",
    why="Zo is niet te zien of de casus hier iets verstuurt of ergens op wacht.",
    advice="Geef dit rondje een eigen bericht of signaal.",
    message="{name} gebruikt iets dat van een ander rondje is, dat het verstuurt.",
    wrong="""
        begin > x > y > klaar
        x: intermediateThrowEvent <signalEventDefinition id="roep" signalRef="z" />
        y: intermediateCatchEvent <eventDefinitionRef>roep</eventDefinitionRef>
        <signal id="z" />
    """,
    right="""
        begin > x > y > klaar
        x: intermediateThrowEvent signal=z
        y: intermediateCatchEvent signal=z
    """,
    unprovable=True,
    standard=("EXT095",),
)


def triggers(drawing: Drawing) -> Iterator[Breach]:
    """What an event needs to be told."""
    for definition in drawing.all("messageEventDefinition"):
        if not definition.get("messageRef"):
            yield Breach(NO_MESSAGE, holder_of(definition))
    for event in drawing.all(*THROWS):
        for definition in event_definitions(event, drawing.shared):
            escalation = drawing.to(definition.get("escalationRef"))
            error = drawing.to(definition.get("errorRef"))
            if escalation is not None and not escalation.get("escalationCode"):
                yield Breach(ESCALATION_WITHOUT_CODE, event)
            if error is not None and not error.get("errorCode"):
                yield Breach(ERROR_WITHOUT_CODE, event)
    for event in drawing.all(*EVENTS):
        for reference in event.iterfind("bpmn:eventDefinitionRef", NAMES):
            definition = drawing.shared.get(local(text_of(reference)))
            if definition is not None and kind_of(definition.getparent()) in THROWS:
                yield Breach(BORROWED, event)


CHECKS = (jumps, triggers)

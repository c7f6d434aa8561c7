"""What the engine runs and the prover does not know yet: it may be tried, and not be published."""

from collections.abc import Iterator

from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Element, Event, Process
from engine.definitions.kinds import EMBEDDED, EVENT_KINDS, EVENTS, GATEWAYS, WORK, EventKind, Kind, TimerKind

UNPROVED = Rule(
    "onbewezen",
    Topic.DIALECT,
    "Van elk teken in het diagram is te bewijzen waar het toe leidt.",
    "De spelregels beschermen een gezin op elke weg. Dat moet vooraf vaststaan, niet pas als het misgaat.",
    "Teken het met keuzes, splitsingen en gewone pijlen.",
    wrong="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent cycle=R3/P7D",
    right="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent duration=P7D",
    unprovable=True,
)

_KNOWN = WORK | EMBEDDED | EVENTS | {Kind.RECEIVE_TASK, Kind.CALL_ACTIVITY} | (GATEWAYS - {Kind.COMPLEX_GATEWAY})
_KNOWN_EVENTS = EVENT_KINDS - {
    EventKind.SIGNAL,
    EventKind.COMPENSATE,
    EventKind.MULTIPLE,
    EventKind.PARALLEL_MULTIPLE,
}
_NAMES = {
    Kind.COMPLEX_GATEWAY: "een complexe keuze",
    Kind.SEND_TASK: "een verzendtaak",
    EventKind.SIGNAL: "een signaal",
    EventKind.MULTIPLE: "meer dan een gebeurtenis",
    EventKind.PARALLEL_MULTIPLE: "meer dan een gebeurtenis",
}


def unproved(process: Process) -> tuple[Finding, ...]:
    """Every element of which the prover can't say what it leads to."""
    return tuple(
        UNPROVED.breach(
            process.file,
            element.id,
            f"'{element.title}' heeft {what}. Of de spelregels dan nog gelden, kan niet worden nagegaan.",
            name=element.name,
        )
        for element in process.elements.values()
        for what in _unknown(process, element)
    )


def _unknown(process: Process, element: Element) -> Iterator[str]:
    event = element.event or Event(EventKind.NONE)
    strange = [element.kind] * (element.kind not in _KNOWN) + [event.kind] * (event.kind not in _KNOWN_EVENTS)
    yield from (_NAMES.get(kind, "een teken dat het bewijs niet kent") for kind in strange)
    if event.timer == TimerKind.CYCLE and element.kind == Kind.INTERMEDIATE_CATCH_EVENT:
        yield "een klok die meer keer afgaat"
    inside = [e for e in process.elements.values() if e.parent == element.parent and e.kind == Kind.START_EVENT]
    if element.for_each and not inside:
        yield "een gang voor elke regel, in een deel zonder begin"
    if element.needs > 1 or element.gives > 1:
        yield "meer dan een teken nodig of na afloop"
    if element.kind == Kind.PARALLEL_GATEWAY and any(process.flows[id].condition for id in element.outgoing):
        yield "een pijl met een voorwaarde, en neemt toch alle pijlen"

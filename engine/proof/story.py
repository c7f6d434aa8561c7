"""A path through the token game, told in Dutch: one sentence per step, and where to look on the drawings."""

from collections.abc import Iterable, Iterator, Mapping

from engine.definitions import Definition, Element
from engine.definitions.kinds import PERSONAL, EventKind, Kind
from engine.proof.net import Net
from engine.proof.plan import Place
from engine.proof.selecting import unsure
from engine.proof.steps import (
    BEGUN,
    CLOCK,
    COUNTED,
    DONE,
    ELSEWHERE,
    ENDED,
    GONE,
    HEARD,
    MESSAGE,
    MISSED,
    SIGNAL,
    SKIPPED,
    TAKEN,
    Occurrence,
    Step,
)

_SILENT = frozenset({BEGUN, HEARD, ENDED})


_PLAIN = {
    GONE: "Er gaat een regel weg: '{}' stopt daarvoor.",
    CLOCK: "De klok gaat af: '{}'.",
    SKIPPED: "'{}' wordt overgeslagen.",
}


def tell(net: Net, steps: Iterable[Step]) -> tuple[str, ...]:
    """The sentences of a path, in order; steps that only hold others, and arrows without a choice, say nothing."""
    return tuple(sentence for step in steps for occurrence in step for sentence in _sentence(net, occurrence))


def _sentence(net: Net, occurrence: Occurrence) -> Iterator[str]:
    what, process, id = occurrence
    if what in _SILENT:
        return
    if what == COUNTED:
        step, _, number = id.rpartition(":")
        counted = net.definition.element(process, step)
        if number in _TIMES:
            yield f"'{counted.title}' gebeurt {_TIMES[number]}."
        return
    if what == TAKEN:
        yield from _answer(net.definition, process, id)
        return
    element = net.definition.element(process, id)
    if what == DONE:
        yield from _done(net, element)
    elif what in (MESSAGE, ELSEWHERE):
        rows = net.definition.processes[process].rows_at(element)
        yield f"Er komt een regel bij: '{element.title}'." if rows else f"Er komt een bericht: '{element.title}'."
    elif what in _PLAIN:
        yield _PLAIN[what].format(element.title)
    elif what == SIGNAL:
        yield from _event(element)


def _event(element: Element) -> Iterator[str]:
    if element.event_kind == EventKind.CONDITIONAL:
        yield f"De voorwaarde klopt nu: '{element.title}'."
    elif element.event_kind == EventKind.LINK:
        yield f"De casus springt naar '{element.title}'."
    else:
        yield f"Er volgt een melding: '{element.title}'."


_TIMES = {
    "0": "geen enkele keer: de lijst is leeg",
    "1": "één keer",
    "2": "twee keer",
    "geen": "geen enkele keer",
    "nog": "nog een keer",
}


def _done(net: Net, element: Element) -> Iterator[str]:
    if element.kind in PERSONAL:
        who = _who(net.definition, element)
        yield f"{who} rondt '{element.title}' af." if who else f"'{element.title}' wordt afgerond."
    elif element.kind == Kind.BUSINESS_RULE_TASK:
        yield f"De beslistabel bij '{element.title}' geeft een uitkomst."
    elif element.kind in (Kind.CALL_ACTIVITY, Kind.TRANSACTION) or (
        element.kind == Kind.SUB_PROCESS and not element.by_event
    ):
        yield f"'{element.title}' is klaar."
    elif element.kind == Kind.END_EVENT and not element.parent and element.process == net.definition.id:
        yield f"De casus is klaar: '{element.title}'."


def _answer(definition: Definition, process: str, id: str) -> Iterator[str]:
    drawn = definition.processes[process]
    flow = drawn.flows[id]
    source = drawn.elements[flow.source]
    if source.kind == Kind.EXCLUSIVE_GATEWAY and len(source.outgoing) > 1:
        yield f"Op de vraag '{source.title}' is het antwoord '{flow.name or flow.id}'."
    elif flow.condition or flow.id == source.default:
        yield f"Bij '{source.title}' gaat de casus langs '{flow.name or flow.id}'."


def _who(definition: Definition, element: Element) -> str:
    """The first role that may do a step, with its article; families themselves where it is on their behalf."""
    roles = _named(definition, element.roles)
    return f"D{roles[0][1:]}" if roles else ""


def _named(definition: Definition, roles: Iterable[str]) -> list[str]:
    """The roles that the region has, each with its article."""
    names = [definition.settings.roles[role].name for role in roles if role in definition.settings.roles]
    return [f"de {name[:1].lower()}{name[1:]}" for name in names]


def broken(net: Net, reason: str, occurrence: Occurrence) -> str:
    """The sentence that says what is wrong at the end of a path."""
    what, process, id = occurrence
    if what == ENDED:
        return f"Nu is de casus klaar, en dat mag zo niet. {reason}"
    if what == TAKEN:
        flow = net.definition.processes[process].flows[id]
        return f"Nu gaat de casus verder over de pijl '{flow.name or flow.id}', en dat mag hier niet. {reason}"
    if what == HEARD:
        return f"Nu is het antwoord '{id}', en dat mag hier niet. {reason}"
    element = net.definition.element(process, id)
    title = element.title
    if what == MISSED and unsure(net, element):
        who = " of ".join(_named(net.definition, element.tellers)) or "wie niet bestaat"
        return f"Nu mag alleen {who} '{title}' melden, en die is er misschien niet. {reason}"
    if what == MISSED:
        return f"Nu kan '{title}' niet gebeuren, en dat moet hier wel kunnen. {reason}"
    return f"Nu is '{title}' gebeurd, en dat mag hier niet. {reason}"


def marks(net: Net, steps: Iterable[Step], last: Occurrence | None = None) -> Mapping[str, frozenset[str]]:
    """Per process the elements and flows that a path passes."""
    marked: dict[str, set[str]] = {}
    for what, process, id in [o for step in steps for o in step] + ([last] if last else []):
        if what == COUNTED:
            marked.setdefault(process, set()).add(id.rpartition(":")[0])
        elif what not in (HEARD, ENDED):
            marked.setdefault(process, set()).add(id)
    return {process: frozenset(ids) for process, ids in marked.items()}


def place_of(net: Net, place: Place) -> str:
    """A step by its name and the diagram that it stands in."""
    process, id = place
    return f"'{net.definition.element(process, id).title}' in '{net.definition.processes[process].name or process}'"


def listed(net: Net, places: Iterable[Place]) -> str:
    """Several steps, each by its name and its diagram."""
    return " en ".join(place_of(net, place) for place in places)

"""A path through the token game, told in Dutch: one sentence per step, and where to look on the drawings."""

from collections.abc import Iterable, Iterator, Mapping

from engine.definitions import Definition, Element
from engine.definitions.kinds import PERSONAL, Kind
from engine.proof.net import Net
from engine.proof.plan import Place
from engine.proof.steps import (
    BEGUN,
    CLOCK,
    COUNTED,
    DONE,
    ENDED,
    HEARD,
    MESSAGE,
    MISSED,
    SIGNAL,
    TAKEN,
    Occurrence,
    Step,
)

_SILENT = frozenset({BEGUN, HEARD, ENDED})


def tell(net: Net, steps: Iterable[Step]) -> tuple[str, ...]:
    """The sentences of a path, in order; steps that only hold others, and arrows without a choice, say nothing."""
    return tuple(sentence for step in steps for occurrence in step for sentence in _sentence(net, occurrence))


def _sentence(net: Net, occurrence: Occurrence) -> Iterator[str]:
    what, process, id = occurrence
    if what in _SILENT:
        return
    if what == COUNTED:
        element, _, number = id.rpartition(":")
        of = net.definition.element(process, element)
        if number in _TIMES:
            yield f"'{_name(of)}' gebeurt {_TIMES[number]}."
        return
    if what == TAKEN:
        yield from _answer(net.definition, process, id)
        return
    element_ = net.definition.element(process, id)
    if what == DONE:
        yield from _done(net, element_)
    elif what == MESSAGE:
        yield f"Er komt een bericht: '{_name(element_)}'."
    elif what == CLOCK:
        yield f"De klok gaat af: '{_name(element_)}'."
    elif what == SIGNAL:
        yield from _event(element_)


def _event(element: Element) -> Iterator[str]:
    kind = element.event.kind if element.event is not None else ""
    if kind == "conditional":
        yield f"De voorwaarde klopt nu: '{_name(element)}'."
    elif kind == "link":
        yield f"De casus springt naar '{_name(element)}'."
    else:
        yield f"Er volgt een melding: '{_name(element)}'."


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
        yield f"{who} rondt '{_name(element)}' af." if who else f"'{_name(element)}' wordt afgerond."
    elif element.kind == Kind.BUSINESS_RULE_TASK:
        yield f"De beslistabel bij '{_name(element)}' geeft een uitkomst."
    elif element.kind in (Kind.CALL_ACTIVITY, Kind.TRANSACTION) or (
        element.kind == Kind.SUB_PROCESS and not element.by_event
    ):
        yield f"'{_name(element)}' is klaar."
    elif element.kind == Kind.END_EVENT and not element.parent and element.process == net.definition.id:
        yield f"De casus is klaar: '{_name(element)}'."


def _answer(definition: Definition, process: str, id: str) -> Iterator[str]:
    of = definition.processes[process]
    flow = of.flows[id]
    source = of.elements[flow.source]
    if source.kind == Kind.EXCLUSIVE_GATEWAY and len(source.outgoing) > 1:
        yield f"Op de vraag '{_name(source)}' is het antwoord '{flow.name or flow.id}'."
    elif flow.condition or flow.id == source.default:
        yield f"Bij '{_name(source)}' gaat de casus langs '{flow.name or flow.id}'."


def _who(definition: Definition, element: Element) -> str:
    """The first role that may do a step, with its article; families themselves where it is on their behalf."""
    roles = [definition.settings.roles[r].name for r in element.roles if r in definition.settings.roles]
    return f"De {roles[0][:1].lower()}{roles[0][1:]}" if roles else ""


def _name(element: Element) -> str:
    return element.name or element.id


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
    name = _name(net.definition.element(process, id))
    if what == MISSED:
        return f"Nu kan '{name}' niet gebeuren, en dat moet hier wel kunnen. {reason}"
    return f"Nu is '{name}' gebeurd, en dat mag hier niet. {reason}"


def marks(net: Net, steps: Iterable[Step], last: Occurrence | None = None) -> Mapping[str, frozenset[str]]:
    """Per process the elements and flows that a path passes."""
    found: dict[str, set[str]] = {}
    for what, process, id in [o for step in steps for o in step] + ([last] if last else []):
        if what == COUNTED:
            found.setdefault(process, set()).add(id.rpartition(":")[0])
        elif what not in (HEARD, ENDED):
            found.setdefault(process, set()).add(id)
    return {process: frozenset(ids) for process, ids in found.items()}


def place_of(net: Net, place: Place) -> str:
    """A step by its name and the diagram that it stands in."""
    process, id = place
    return f"'{_name(net.definition.element(process, id))}' in '{net.definition.processes[process].name or process}'"


def listed(net: Net, places: Iterable[Place]) -> str:
    """Several steps, each by its name and its diagram."""
    return " en ".join(place_of(net, place) for place in places)

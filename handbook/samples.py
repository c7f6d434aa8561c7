"""Small drawings of what may be drawn, for the chapter that explains it: laid out on a grid, drawn like any diagram."""

from collections.abc import Mapping
from dataclasses import replace

from engine.definitions import Bounds, Element, Event, Flow, Loop, Process
from engine.definitions.kinds import EVENTS, GATEWAYS, EventKind, Kind, LoopKind
from handbook.diagram import svg

ACROSS, DOWN = 150, 120
_TIMER, _MESSAGE = Event(EventKind.TIMER), Event(EventKind.MESSAGE)


def _at(column: float, row: float, kind: Kind, name: str = "", event: Event | None = None) -> Element:
    """An element in a place of the grid; its id is that place."""
    width, height = (36, 36) if kind in EVENTS else (50, 50) if kind in GATEWAYS else (100, 80)
    box = Bounds(column * ACROSS - width / 2, row * DOWN - height / 2, width, height)
    given = event or (Event(EventKind.NONE) if kind in EVENTS else None)
    above = Bounds(box.x - 20, box.y - 32, 90, 28) if kind == Kind.EXCLUSIVE_GATEWAY else None
    return Element(f"{column:g}_{row:g}", kind, name, event=given, bounds=box, label=above)


def _on_border(host: Element, name: str, event: Event) -> Element:
    """An event on the lower border of a step, which lets that step go on."""
    edge = host.bounds or Bounds(0, 0, 0, 0)
    box = Bounds(edge.x + edge.width / 2 - 18, edge.y + edge.height - 18, 36, 36)
    label = Bounds(box.x + 40, box.y + 20, 90, 14)
    id = f"op_{host.id}"
    drawn = Element(id, Kind.BOUNDARY_EVENT, name, event=event, bounds=box, label=label, attached_to=host.id)
    return replace(drawn, interrupting=False)


def _sample(name: str, arrows: str, *elements: Element) -> Process:
    """A drawing of these elements; `arrows` are written as `0_0>1_0 1_0>2_0:Ja`."""
    placed = {element.id: element for element in elements}
    flows = {}
    for arrow in arrows.split():
        ends, _, label = arrow.partition(":")
        source, target = ends.split(">")
        flows[ends] = Flow(ends, source, target, label, "", _way(placed[source], placed[target]))
    return Process("voorbeeld", "", name, elements=placed, flows=flows)


def _way(source: Element, target: Element) -> tuple[tuple[float, float], ...]:
    """Straight where both stand in one row; else down or up first from a choice, and last to a join."""
    start, end = source.bounds or Bounds(0, 0, 0, 0), target.bounds or Bounds(0, 0, 0, 0)
    x, y = start.x + start.width / 2, start.y + start.height / 2
    to_x, to_y = end.x + end.width / 2, end.y + end.height / 2
    if abs(y - to_y) < 1:
        return (start.x + start.width, y), (end.x, to_y)
    if target.kind in GATEWAYS:
        side = end.y if y < to_y else end.y + end.height
        return (start.x + start.width, y), (to_x, y), (to_x, side)
    side = start.y + start.height if to_y > y else start.y
    return (x, side), (x, to_y), (end.x, to_y)


def _samples() -> Mapping[str, Process]:
    begin, end = _at(0, 0, Kind.START_EVENT, "Begin"), _at(2, 0, Kind.END_EVENT, "Klaar")
    step = _at(1, 0, Kind.USER_TASK, "Gezin bellen")
    ask = _at(2, 0, Kind.EXCLUSIVE_GATEWAY, "Wil het gezin praten?")
    later = _at(3, 1, Kind.USER_TASK, "Later omkijken")
    call, join, done = (
        _at(2, 0, Kind.USER_TASK, "Gezin bellen"),
        _at(3, 0, Kind.PARALLEL_GATEWAY),
        _at(4, 0, Kind.END_EVENT, "Klaar"),
    )
    line = "0_0>1_0 1_0>2_0"
    return {
        "stap": _sample("Een stap", line, begin, step, end),
        "keuze": _sample(
            "Een keuze",
            f"{line} 2_0>3_0:Ja 2_0>3_1:Nee",
            *(begin, step, ask, _at(3, 0, Kind.USER_TASK, "Afspraak maken"), later),
        ),
        "tegelijk": _sample(
            "Twee stappen tegelijk",
            f"{line} 1_0>2_1 2_0>3_0 2_1>3_0 3_0>4_0",
            *(begin, _at(1, 0, Kind.PARALLEL_GATEWAY), call, _at(2, 1, Kind.USER_TASK, "Partners bellen"), join, done),
        ),
        "vastlopen": _sample(
            "Fout: een plusteken wacht op een pijl waar niemand komt",
            "0_0>1_0 1_0>2_0:Ja 1_0>2_1:Nee 2_0>3_0 2_1>3_0 3_0>4_0",
            *(begin, _at(1, 0, Kind.EXCLUSIVE_GATEWAY, "Wil het gezin praten?"), call),
            *(_at(2, 1, Kind.USER_TASK, "Later omkijken"), join, done),
        ),
        "wachten": _sample(
            "Wachten op wat het eerst komt",
            f"{line} 1_0>2_1 2_0>3_0 2_1>3_1",
            *(
                begin,
                _at(1, 0, Kind.EVENT_BASED_GATEWAY),
                _at(2, 0, Kind.INTERMEDIATE_CATCH_EVENT, "Gezin belt", _MESSAGE),
            ),
            *(_at(3, 0, Kind.END_EVENT, "Klaar"), _at(2, 1, Kind.INTERMEDIATE_CATCH_EVENT, "Na twee weken", _TIMER)),
            _at(3, 1, Kind.USER_TASK, "Zelf bellen"),
        ),
        "rand": _sample(
            "Een klok op de rand van een stap",
            f"{line} op_1_0>2_1",
            *(begin, step, end, _on_border(step, "Na een week", _TIMER), _at(2, 1, Kind.USER_TASK, "Herinneren")),
        ),
        "lijst": _sample(
            "Een ander diagram, voor elke regel van een lijst",
            line,
            *(begin, replace(_at(1, 0, Kind.CALL_ACTIVITY, "Afspraken volgen"), loop=Loop(LoopKind.PARALLEL)), end),
        ),
        "regels": _sample("Iets gebeurt voor elke regel van een lijst", line, *_for_each_row()),
        "tabel": _sample(
            "Een beslistabel geeft advies",
            f"{line} 2_0>3_0",
            *(
                begin,
                _at(1, 0, Kind.BUSINESS_RULE_TASK, "Past het?"),
                _at(2, 0, Kind.USER_TASK, "Advies wegen en beslissen"),
            ),
            _at(3, 0, Kind.END_EVENT, "Klaar"),
        ),
        "onderbreking": _sample("Een onderbreking staat los", line, *_interruption()),
    }


def _interruption() -> tuple[Element, ...]:
    begin, end = _at(0, 0, Kind.START_EVENT, "Ingetrokken", _MESSAGE), _at(2, 0, Kind.END_EVENT, "Gestopt")
    return _framed("Ja ingetrokken", begin, _at(1, 0, Kind.USER_TASK, "Delen stoppen"), end)


def _for_each_row() -> tuple[Element, ...]:
    begin = replace(_at(0, 0, Kind.START_EVENT, "Nieuwe afspraak", _MESSAGE), interrupting=False)
    inside = (begin, _at(1, 0, Kind.USER_TASK, "Nagaan of het lukt"), _at(2, 0, Kind.END_EVENT, "Gevolgd"))
    frame, *rest = _framed("Afspraak volgen", *inside)
    return (replace(frame, properties={"voor_elke": "afspraken"}), *rest)


def _framed(name: str, *inside: Element) -> tuple[Element, ...]:
    frame = Element("kader", Kind.SUB_PROCESS, name, by_event=True, bounds=Bounds(-60, -90, 430, 170))
    return (frame, *(replace(element, parent=frame.id) for element in inside))


def drawings() -> Mapping[str, str]:
    """Every sample as SVG, by its name."""
    marked = {"vastlopen": {"3_0"}}
    return {name: svg(process, title=process.name, marked=marked.get(name, ())) for name, process in _samples().items()}

"""The drawing itself: every step and arrow on it, nothing on top of something else, each step in its own lane."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.definitions import Bounds, Element, Flow, Process
from engine.definitions.kinds import SUB_PROCESSES, Kind

SLACK = 3.0
"""How far shapes may reach over an edge before it counts: editors round differently."""
NEAR = 20.0
"""How far the end of an arrow may lie from its shape."""
MAXIMUM_LINES = 400
"""Above this many arrows nobody sees one more crossing; the search for them would take long."""
MAXIMUM_OVERLAPS = 50
MAXIMUM_COMPARED = 200_000

_WHY = (
    "De tekening staat in de handreiking en bij elke casus. Wat er niet op staat, of op de verkeerde plek, leest "
    "niemand goed."
)

MISSING = Rule(
    "tekening",
    Topic.DRAWING,
    "Elke stap staat op de tekening.",
    _WHY,
    "Zet de stap in de modeler op zijn plek, of haal hem weg.",
    wrong="begin > bellen > klaar\nbellen: at=-",
    right="begin > bellen > klaar",
)
ARROW = Rule(
    "pijl_tekening",
    Topic.DRAWING,
    "Elke pijl staat op de tekening, van de stap waar hij vandaan komt naar de stap waar hij heen gaat.",
    _WHY,
    "Teken de pijl opnieuw in de modeler.",
    wrong="begin > bellen ~> klaar",
    right="begin > bellen > klaar",
)
OVERLAP = Rule(
    "overlap",
    Topic.DRAWING,
    "Geen stap ligt op een andere.",
    _WHY,
    "Schuif de stappen in de modeler uit elkaar.",
    wrong="begin > bellen > bezoeken > klaar\nbezoeken: at=-120,20",
    right="begin > bellen > bezoeken > klaar",
)
LANE = Rule(
    "baan",
    Topic.DRAWING,
    "Elke stap staat getekend in de baan van wie hem doet.",
    _WHY,
    "Sleep hem in de modeler naar de goede plek.",
    wrong='<laneSet id="banen"><lane id="ouders" name="Ouders"><flowNodeRef>begin</flowNodeRef></lane>'
    '<lane id="team" name="Team"><flowNodeRef>bellen</flowNodeRef><flowNodeRef>klaar</flowNodeRef></lane></laneSet>\n'
    "begin > bellen > klaar\nbellen: at=0,-110",
    right='<laneSet id="banen"><lane id="ouders" name="Ouders"><flowNodeRef>begin</flowNodeRef></lane>'
    '<lane id="team" name="Team"><flowNodeRef>bellen</flowNodeRef><flowNodeRef>klaar</flowNodeRef></lane></laneSet>\n'
    "begin > bellen > klaar",
    severity=Severity.WARNING,
)
OUTSIDE = Rule(
    "buiten",
    Topic.DRAWING,
    "Elke stap staat binnen de rand van het deel waar hij bij hoort.",
    _WHY,
    "Sleep hem in de modeler naar de goede plek.",
    wrong="begin > helpen > klaar\nhelpen: subProcess\n[helpen]\nbegin_hulp > bellen > klaar_hulp\nbellen: at=0,90",
    right="begin > helpen > klaar\nhelpen: subProcess\n[helpen]\nbegin_hulp > bellen > klaar_hulp",
    severity=Severity.WARNING,
)
CROSSING = Rule(
    "kruising",
    Topic.DRAWING,
    "Een pijl loopt om de stappen heen waar hij niets mee te maken heeft.",
    _WHY,
    "Leid de pijl om de stap heen.",
    wrong='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het ->nee*> klaar',
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar',
    severity=Severity.TIP,
)


def layout(process: Process) -> tuple[Finding, ...]:
    """What is missing on the drawing or stands in the wrong place."""
    if not process.elements:
        return ()
    if not any(e.bounds for e in process.elements.values()):
        return (
            MISSING.breach(
                process.file,
                process.id,
                f"'{process.name or process.id}' heeft geen tekening: de stappen staan wel in het bestand, "
                "maar nergens is gezegd waar zij staan.",
                name=process.name,
                advice="Open het bestand in de modeler, zet de stappen op hun plek en sla het op.",
            ),
        )
    return (*_missing(process), *_overlaps(process), *_places(process), *_crossings(process))


def _missing(process: Process) -> Iterator[Finding]:
    hidden = _hidden(process)
    for element in process.elements.values():
        if element.bounds is None and element.parent not in hidden:
            yield MISSING.breach(
                process.file, element.id, f"'{element.title}' staat niet op de tekening.", name=element.name
            )
    for flow in process.flows.values():
        source, target = process.elements.get(flow.source), process.elements.get(flow.target)
        if source is None or target is None or source.parent in hidden:
            continue
        if len(flow.waypoints) < 2:
            yield ARROW.breach(
                process.file,
                flow.id,
                f"De pijl van '{source.title}' naar '{target.title}' staat niet op de tekening.",
                name=flow.name,
            )
        elif source.bounds and target.bounds and not _touches(flow, source.bounds, target.bounds):
            yield ARROW.breach(
                process.file,
                flow.id,
                f"De pijl van '{source.title}' naar '{target.title}' is ergens anders getekend dan hij loopt.",
                name=flow.name,
                advice="Trek het begin en het eind van de pijl in de modeler naar de goede stap.",
                severity=Severity.WARNING,
            )


def _hidden(process: Process) -> frozenset[str]:
    """Sub-processes that are drawn closed, with all that stands in them: nobody expects a drawing of it."""
    hidden: set[str] = set()
    for element in process.elements.values():  # a parent stands before its children
        if element.kind in SUB_PROCESSES and (not element.expanded or element.parent in hidden):
            hidden.add(element.id)
    return frozenset(hidden)


def _touches(flow: Flow, source: Bounds, target: Bounds) -> bool:
    return _near(flow.waypoints[0], source) and _near(flow.waypoints[-1], target)


def _near(point: tuple[float, float], box: Bounds) -> bool:
    x, y = point
    return box.x - NEAR <= x <= box.x + box.width + NEAR and box.y - NEAR <= y <= box.y + box.height + NEAR


def _overlaps(process: Process) -> Iterator[Finding]:
    """Shapes of one scope that lie over each other; those on a border belong there."""
    scopes: dict[str, list[tuple[Bounds, Element]]] = {}
    for element in process.elements.values():
        if element.bounds and element.kind != Kind.BOUNDARY_EVENT:
            scopes.setdefault(element.parent, []).append((element.bounds, element))
    count = 0
    for shapes in scopes.values():
        for first, other, share in _overlapping(shapes):
            count += 1
            if count > MAXIMUM_OVERLAPS:
                return
            covered = share > 0.5
            yield OVERLAP.breach(
                process.file,
                other.id,
                f"'{other.title}' ligt {'op' if covered else 'gedeeltelijk op'} '{first.title}'.",
                name=other.name,
                severity=Severity.ERROR if covered else Severity.WARNING,
                places=((process.file, first.id), (process.file, other.id)),
            )


def _overlapping(shapes: list[tuple[Bounds, Element]]) -> Iterator[tuple[Element, Element, float]]:
    """Pairs that overlap, with the part of the smaller one that is covered; from left to right."""
    standing: list[tuple[Bounds, Element]] = []
    compared = 0
    for box, element in sorted(shapes, key=lambda shape: (shape[0].x, shape[0].y)):
        standing = [(b, e) for b, e in standing if b.x + b.width > box.x + SLACK]
        compared += len(standing)
        if compared > MAXIMUM_COMPARED:
            return
        for before, earlier in standing:
            share = _shared(before, box)
            if share > 0:
                yield earlier, element, share
        standing.append((box, element))


def _shared(one: Bounds, other: Bounds) -> float:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= SLACK or height <= SLACK:
        return 0
    return width * height / max(min(one.width * one.height, other.width * other.height), 1)


def _places(process: Process) -> Iterator[Finding]:
    """Every step in its pool, its lane and its sub-process, and on the border that it hangs on."""
    lanes = {lane.id: lane for lane in process.lanes if lane.bounds}
    for element in process.elements.values():
        box = element.bounds
        if box is None:
            continue
        parent, host = process.elements.get(element.parent), process.elements.get(element.attached_to)
        if parent is not None:
            if parent.expanded and parent.bounds and not _inside(box, parent.bounds):
                yield _misplaced(process, element, f"buiten het deelproces '{parent.title}' waar hij bij hoort")
            continue
        lane = lanes.get(element.lane)
        on_edge = element.kind == Kind.BOUNDARY_EVENT  # it stands where its step stands
        middle = (box.x + box.width / 2, box.y + box.height / 2)
        if not on_edge and lane is not None and lane.bounds and not _holds(lane.bounds, middle):
            drawn = next((other.name for other in lanes.values() if other.bounds and _holds(other.bounds, middle)), "")
            where = f"in de baan '{drawn}'" if drawn else "buiten alle banen"
            yield _misplaced(process, element, f"{where}, maar hoort bij de baan '{lane.name}'", LANE)
        elif lanes and not element.lane and not element.by_event and not on_edge:
            yield _misplaced(process, element, "in geen enkele baan", LANE)
        elif process.pool_bounds and not _holds(process.pool_bounds, middle):
            yield _misplaced(process, element, "buiten de rand van het proces")
        if host is not None and host.bounds and not _near(middle, host.bounds):
            yield _misplaced(process, element, f"niet op de rand van '{host.title}'")


def _misplaced(process: Process, element: Element, where: str, rule: Rule = OUTSIDE) -> Finding:
    return rule.at(process, element, f"'{element.title}' staat {where}.")


def _inside(box: Bounds, frame: Bounds) -> bool:
    return (
        box.x >= frame.x - SLACK
        and box.y >= frame.y - SLACK
        and box.x + box.width <= frame.x + frame.width + SLACK
        and box.y + box.height <= frame.y + frame.height + SLACK
    )


def _holds(box: Bounds, point: tuple[float, float]) -> bool:
    return box.x <= point[0] <= box.x + box.width and box.y <= point[1] <= box.y + box.height


def _crossings(process: Process) -> Iterator[Finding]:
    """Arrows that run through a step that they have nothing to do with."""
    if len(process.flows) > MAXIMUM_LINES:
        return
    solid = [e for e in process.elements.values() if e.bounds and e.kind != Kind.BOUNDARY_EVENT]
    for flow in process.flows.values():
        source = process.elements.get(flow.source)
        if source is None:
            continue
        for element in solid:
            crosses = element.id not in (flow.source, flow.target) and element.parent == source.parent
            if crosses and element.bounds and _runs_through(flow.waypoints, element.bounds):
                yield CROSSING.breach(
                    process.file,
                    flow.id,
                    f"Een pijl van '{source.title}' loopt door '{element.title}' heen.",
                    name=flow.name,
                    places=((process.file, flow.id), (process.file, element.id)),
                )


def _runs_through(points: Sequence[tuple[float, float]], box: Bounds) -> bool:
    core = Bounds(box.x + SLACK, box.y + SLACK, box.width - 2 * SLACK, box.height - 2 * SLACK)
    return any(_cuts(start, end, core) for start, end in pairwise(points))


def _cuts(begin: tuple[float, float], finish: tuple[float, float], box: Bounds) -> bool:
    """Whether a line goes through a box: the part of it that lies between each pair of sides must not be empty."""
    enter, leave = 0.0, 1.0
    for start, end, low, high in (
        (begin[0], finish[0], box.x, box.x + box.width),
        (begin[1], finish[1], box.y, box.y + box.height),
    ):
        step = end - start
        if abs(step) < 1e-9:
            if not low < start < high:
                return False
            continue
        first, last = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave

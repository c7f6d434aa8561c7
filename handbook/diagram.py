"""A process with its drawing → one SVG, alone or inside a page; reads no file and asks for no font.

Colours are presentation attributes with CSS custom properties (`--diagram-ink` …) and defaults, so a page may
set its own and a strict content security policy has nothing to refuse. State is never told by colour alone: a
step that is done carries a check mark, the current one a ring, a marked one a pin; each says so in its text.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from heapq import heapify, heappop, heappush
from html import escape
from itertools import pairwise
from math import ceil, floor, hypot

from engine.definitions import Bounds, Element, Flow, Lane, Link, Note, Process
from engine.definitions.kinds import EVENTS, GATEWAYS, SUB_PROCESSES, Kind, LinkKind, LoopKind, NoteKind
from handbook import icons

INK = icons.INK
SHAPE = icons.PAPER
PAPER = "var(--diagram-paper,#ffffff)"
LINE = "var(--diagram-line,#4b5a68)"
BAND = "var(--diagram-lane,#f1f4f7)"
FRAME = "var(--diagram-frame,#7b8794)"
DONE = "var(--diagram-done,#dcf2e4)"
DONE_INK = "var(--diagram-done-ink,#0f6b3a)"
CURRENT = "var(--diagram-current-ink,#9a3412)"
MARKED = "var(--diagram-marked,#dbeafe)"
MARKED_INK = "var(--diagram-marked-ink,#0b4f9e)"
FONT = "Arial, Helvetica, sans-serif"
TEXT = 12
LEADING = 1.2
MARGIN = 16
Sides = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of the plane."""
_ACROSS, _DOWN = (230, 330), (80, 200)
"""How far a part of a drawing reaches from its middle, at least and at most, in CSS pixels."""
_ROOMY, _TIGHT, _TALL = 1100, 300, 360
"""The room that a view has on a desk and on a phone, and how tall it is at most, in CSS pixels."""

KINDS = {
    Kind.USER_TASK: "stap",
    Kind.CALL_ACTIVITY: "deel van het proces",
    Kind.SUB_PROCESS: "deel van het proces",
    Kind.TRANSACTION: "deel van het proces",
    Kind.AD_HOC_SUB_PROCESS: "deel van het proces",
    Kind.BUSINESS_RULE_TASK: "beslistabel",
    Kind.START_EVENT: "begin",
    Kind.END_EVENT: "einde",
    Kind.BOUNDARY_EVENT: "kan tussendoor gebeuren",
    Kind.INTERMEDIATE_CATCH_EVENT: "wachten",
    Kind.INTERMEDIATE_THROW_EVENT: "gebeurtenis",
    Kind.EXCLUSIVE_GATEWAY: "keuze",
    Kind.EVENT_BASED_GATEWAY: "wat het eerst gebeurt",
    Kind.INCLUSIVE_GATEWAY: "één of meer wegen",
    Kind.PARALLEL_GATEWAY: "alle wegen tegelijk",
}
KEPT = 128
"""Of so many processes what is drawn whatever is going on is kept: a case page shows three of the same thirty."""

PARTICIPANT = "participant"  # another pool on the same drawing
BACKGROUND = frozenset({NoteKind.GROUP, PARTICIPANT})
_NARROW, _WIDE = frozenset("iíïjltfrI.,:;'|!()[]- "), frozenset("mwMWO@%GQ")
_UNSIZED = Bounds(0, 0, 0, 0)


def svg(
    process: Process,
    *,
    done: Collection[str] = (),
    current: Collection[str] = (),
    links: Callable[[Element], str | None] | None = None,
    marked: Collection[str] = (),
    around: str = "",
    title: str = "",
) -> str:
    """Draw a process; `links` gives the address behind a step or None; `marked` may name steps and flows. `around` is
    the step whose surroundings are shown where the whole would be too small to read: it and what it hangs on.
    """
    return _Drawing(process, frozenset(done), frozenset(current), frozenset(marked), links, around).draw(title)


def view(process: Process, *, done: Collection[str] = (), current: Collection[str], title: str = "") -> str:
    """Draw a process at its own size, so that its words stay as large as they are in whatever room the page gives:
    where there is room as much as fits, where there is little the first step that is going on, in the middle.
    """
    return _Drawing(process, frozenset(done), frozenset(current), frozenset(), None, "").view(title)


def reading_order(process: Process, parent: str = "") -> tuple[Element, ...]:
    """The elements in the order in which a case meets them, from left to right where that leaves a choice.

    A sub-process is followed by what stands in it; what waits for an event comes last.
    """
    return _ordered(process, parent) if parent else _laid(_Known(process)).order


def _ordered(process: Process, parent: str = "") -> tuple[Element, ...]:
    inside = {e.id: e for e in process.elements.values() if e.parent == parent}
    ordered: list[Element] = []
    for element in _flow_order(process, inside):
        ordered += [element, *_ordered(process, element.id)]
    return tuple(ordered)


def _flow_order(process: Process, inside: Mapping[str, Element]) -> list[Element]:
    after = _successors(process, inside)
    waiting = dict.fromkeys(inside, 0)
    for targets in after.values():
        for target in targets:
            waiting[target] += 1
    rank = {id_: _place(element, number) for number, (id_, element) in enumerate(inside.items())}
    ready = [(rank[id_], id_) for id_, count in waiting.items() if not count]
    heapify(ready)
    ordered = []
    while ready:
        _, id_ = heappop(ready)
        ordered.append(inside[id_])
        for target in after[id_]:
            waiting[target] -= 1
            if not waiting[target]:
                heappush(ready, (rank[target], target))
    return ordered


def _place(element: Element, number: int) -> tuple[bool, float, float, int]:
    bounds = element.bounds or _UNSIZED
    return (element.by_event, bounds.x + bounds.width / 2, bounds.y, number)


def _successors(process: Process, inside: Mapping[str, Element]) -> dict[str, list[str]]:
    """Who follows whom, without the flows that go back: those would leave no first step in a loop."""
    after: dict[str, list[str]] = {id_: [] for id_ in inside}
    for flow in process.flows.values():
        if flow.source in inside and flow.target in inside:
            after[flow.source].append(flow.target)
    for element in inside.values():
        if element.attached_to in inside:
            after[element.attached_to].append(element.id)
    entered = {target for targets in after.values() for target in targets}
    state: dict[str, str] = {}
    for start in [*(i for i in inside if i not in entered), *inside]:
        _drop_returns(start, after, state)
    return after


def _drop_returns(start: str, after: dict[str, list[str]], state: dict[str, str]) -> None:
    if start in state:
        return
    state[start] = "open"
    path = [(start, iter(list(after[start])))]
    while path:
        source, targets = path[-1]
        target = next(targets, None)
        if target is None:
            state[source] = "closed"
            path.pop()
        elif state.get(target) == "open":
            after[source].remove(target)
        elif target not in state:
            state[target] = "open"
            path.append((target, iter(list(after[target]))))


class _Drawing:
    """One run of `svg`: the process, what is special about its steps, and the parts drawn so far."""

    def __init__(
        self,
        process: Process,
        done: frozenset[str],
        current: frozenset[str],
        marked: frozenset[str],
        links: Callable[[Element], str | None] | None,
        around: str,
    ) -> None:
        self.process, self.around, self.laid = process, around, _laid(_Known(process))
        self.done, self.current, self.marked = done, current, marked
        self.hrefs = {e.id: href for e in process.elements.values() if links and (href := links(e))}

    def draw(self, title: str) -> str:
        """The whole or a part, made as large or small as the page shows it."""
        whole = self.laid.extent
        return self._frame(title or self.process.name or self.process.id, self._body(whole[1], whole[3]))

    def view(self, title: str) -> str:
        """A part at its own size. How far it is moved aside grows with the width of the page, which the drawing
        doesn't know: a share of it, and what that leaves.
        """
        left, top, right, bottom = self.laid.extent
        going = (e.bounds for e in self.laid.order if e.id in self.current and e.bounds)
        step = next(going, Bounds(left, top, _TIGHT, _TALL))
        x, y = step.x + step.width / 2, step.y + step.height / 2
        top = max(top, min(y - _TALL / 2, bottom - _TALL))
        bottom = min(bottom, top + _TALL)
        roomy, tight = max(min(_ROOMY / 2 - x, -left), min(_ROOMY - right, -left)), _TIGHT / 2 - x
        share = (roomy - tight) / (_ROOMY - _TIGHT)
        size = f'role="img" width="100%" height="{bottom - top:g}"'
        return (
            f"{self._opened(title or self.process.name, size)}"
            f'<rect width="100%" height="100%" fill="{PAPER}" stroke="none"/>'
            f'<svg x="{100 * share:.4g}%" overflow="visible">'
            f'<g transform="translate({tight - share * _TIGHT:.4g} {-top:g})">{self._body(top, bottom)}</g></svg></svg>'
        )

    def _body(self, top: float, bottom: float) -> str:
        """What stands between two heights: containers below, then lines, then shapes, then what sits on top of them."""
        elements = [e for e in self.process.elements.values() if e.bounds and _reaches(e.bounds, top, bottom)]
        frames = sorted((e for e in elements if _is_frame(e)), key=lambda e: -_area(e))
        shapes = [e for e in elements if not _is_frame(e) and e.kind != Kind.BOUNDARY_EVENT]
        borders = [e for e in elements if e.kind == Kind.BOUNDARY_EVENT]
        body = [
            self.laid.below,
            *(self._element(e) for e in frames),
            *(self.laid.flow(f, f.id in self.marked) for f in self.process.flows.values() if f.waypoints),
            self.laid.between,
            *(self._element(e) for e in (*shapes, *borders)),
            self.laid.labels,
            *(self._state(e, e.bounds) for e in elements if e.bounds),
        ]
        return "".join(body)

    def _opened(self, title: str, size: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram" {size} aria-label="{escape(title)}"'
            f' font-family="{FONT}" font-size="{TEXT}" fill="none" stroke="{INK}" stroke-width="1.5"'
            f' stroke-linejoin="round" stroke-linecap="round"><title>{escape(title)}</title>'
            f"<desc>{escape(self._description())}</desc>"
        )

    def _frame(self, title: str, body: str) -> str:
        left, top, right, bottom = _part(self.process, self.around, self.laid.extent)
        width, height = right - left, bottom - top
        role = "group" if self.hrefs else "img"
        size = f'role="{role}" viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        return (
            f"{self._opened(title, size)}"
            f'<rect {_box(Bounds(left, top, width, height))} fill="{PAPER}" stroke="none"/>'
            f"{body}</svg>"
        )

    def _description(self) -> str:
        steps = [self._spoken(e) for e in self.laid.order if e.name and e.kind not in GATEWAYS]
        return "In volgorde: " + "; ".join(steps) + "." if steps else "Een leeg diagram."

    def _spoken(self, element: Element) -> str:
        states = ["voor elke regel van een lijst"] if _for_each(element) else []
        states += [
            word
            for word, ids in (("gedaan", self.done), ("nu bezig", self.current), ("aangewezen", self.marked))
            if element.id in ids
        ]
        name = element.name or KINDS.get(element.kind, "onderdeel")
        return f"{name} ({', '.join(states)})" if states else name

    def _element(self, element: Element) -> str:
        drawn = self.laid.shape(element, *self._paint(element))
        kind = KINDS.get(element.kind, "onderdeel")
        spoken = f"{self._spoken(element)}, {kind}" if element.name else self._spoken(element)
        href = self.hrefs.get(element.id)
        attributes = f'data-element="{escape(element.id)}"'
        if href:
            return f'<a href="{escape(href)}" aria-label="{escape(spoken)}" {attributes}>{drawn}</a>'
        return f"<g {attributes}><title>{escape(spoken)}</title>{drawn}</g>"

    def _paint(self, element: Element) -> tuple[str, str]:
        if element.id in self.marked:
            return MARKED, MARKED_INK
        if element.id in self.done:
            return DONE, DONE_INK
        return ("none" if _is_frame(element) else SHAPE), INK

    def _state(self, element: Element, box: Bounds) -> str:
        drawn = ""
        if element.id in self.current:
            drawn += _outline(element, box, 5, f'stroke="{CURRENT}" stroke-width="4"')
        if element.id in self.done:
            drawn += _at(box.x + box.width - 2, box.y + 2, icons.CHECK)
        if element.id in self.marked:
            drawn += _at(box.x + min(12, box.width / 2), box.y + 6, icons.PIN)
        return f'<g pointer-events="none">{drawn}</g>' if drawn else ""


class _Laid:
    """What is drawn of a process whatever is special about its steps: drawn once, as long as it is asked for."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.order = _ordered(process)
        self.below = "".join([*self._pool(), *(_note(n) for n in process.notes if n.kind in BACKGROUND)])
        links = (_link(link) for link in process.links if link.waypoints)
        self.between = "".join([*links, *(_note(n) for n in process.notes if n.kind not in BACKGROUND)])
        self.labels = "".join(self._labels())
        self._drawn: dict[tuple[str, ...], str] = {}

    def shape(self, element: Element, fill: str, ink: str) -> str:
        """An element in these colours."""
        return self._once(
            ("shape", element.id, fill, ink), lambda: _shape(element, element.bounds or _UNSIZED, fill, ink)
        )

    def flow(self, flow: Flow, marked: bool) -> str:
        """A line between two elements."""
        return self._once(("flow", flow.id, str(marked)), lambda: self._line(flow, marked))

    def _once(self, what: tuple[str, ...], draw: Callable[[], str]) -> str:
        if what not in self._drawn:
            self._drawn[what] = draw()
        return self._drawn[what]

    @cached_property
    def extent(self) -> Sides:
        """How far all of it reaches."""
        boxes = [b for e in self.process.elements.values() for b in (e.bounds, e.label and _label_box(e.name, e.label))]
        boxes += [lane.bounds for lane in self.process.lanes]
        boxes += [note.bounds for note in self.process.notes] + [self.process.pool_bounds]
        boxes += [_label_box(f.name, f.label) for f in self.process.flows.values() if f.label]
        lines = [f.waypoints for f in self.process.flows.values()] + [k.waypoints for k in self.process.links]
        boxes += [Bounds(x, y, 0, 0) for points in lines for x, y in points]
        placed = [b for b in boxes if b] or [Bounds(0, 0, 100, 80)]
        return (
            floor(min(b.x for b in placed)) - MARGIN,
            floor(min(b.y for b in placed)) - MARGIN,
            ceil(max(b.x + b.width for b in placed)) + MARGIN,
            ceil(max(b.y + b.height for b in placed)) + MARGIN,
        )

    def _pool(self) -> Iterator[str]:
        pool, lanes = self.process.pool_bounds, [lane for lane in self.process.lanes if lane.bounds]
        across = _lies_across(pool, lanes)
        if pool:
            yield _band(pool, self.process.pool or self.process.name, across, bold=True)
        for lane in lanes:
            if lane.bounds:
                yield _band(lane.bounds, lane.name, across)

    def _line(self, flow: Flow, marked: bool) -> str:
        colour, width = (MARKED_INK, 3) if marked else (LINE, 1.5)
        source = self.process.elements.get(flow.source)
        start = ""
        if source and source.default == flow.id:
            start = _slash(flow.waypoints, colour)
        elif flow.condition and source and source.kind not in GATEWAYS:
            start = _diamond_start(flow.waypoints, colour)
        return (
            f'<g data-flow="{escape(flow.id)}"><path d="{_path(flow.waypoints)}" stroke="{colour}"'
            f' stroke-width="{width}"/>{start}{_arrow(flow.waypoints, colour, filled=True)}</g>'
        )

    def _labels(self) -> Iterator[str]:
        for element in self.process.elements.values():
            if element.bounds and element.name and element.kind in EVENTS | GATEWAYS:
                yield _label(element.name, element.label or _below(element.bounds))
        for flow in self.process.flows.values():
            if flow.name and flow.waypoints:
                yield _label(flow.name, flow.label or _midway(flow.waypoints))


class _Known:
    """A process, known by being the same one and not by all that stands in it."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.process is other.process

    def __hash__(self) -> int:
        return id(self.process)


@lru_cache(KEPT)
def _laid(known: _Known) -> _Laid:
    return _Laid(known.process)


def _part(process: Process, around: str, whole: Sides) -> Sides:
    """The part of a drawing that holds a step and what it hangs on by a line, with the step in its middle; at least
    and at most so large that it can be read on a page without making it smaller.
    """
    element = process.elements.get(around)
    if element is None or element.bounds is None:
        return whole
    flows = [f for f in process.flows.values() if around in (f.source, f.target)]
    edges = [e.id for e in process.elements.values() if e.attached_to == around]
    near = {end for f in flows for end in (f.source, f.target)} | set(edges)
    boxes = [e.bounds for id_ in near if (e := process.elements.get(id_)) and e.bounds]
    middle = element.bounds.x + element.bounds.width / 2, element.bounds.y + element.bounds.height / 2
    across = max((abs(x - middle[0]) for b in boxes for x in (b.x, b.x + b.width)), default=0)
    down = max((abs(y - middle[1]) for b in boxes for y in (b.y, b.y + b.height)), default=0)
    across, down = (min(max(reach + 40, least), most) for reach, least, most in ((across, *_ACROSS), (down, *_DOWN)))
    return (
        max(whole[0], middle[0] - across),
        max(whole[1], middle[1] - down),
        min(whole[2], middle[0] + across),
        min(whole[3], middle[1] + down),
    )


def _for_each(element: Element) -> bool:
    return element.by_event and bool(element.for_each)


def _reaches(box: Bounds, top: float, bottom: float) -> bool:
    return box.y < bottom and box.y + box.height > top


def _is_frame(element: Element) -> bool:
    return element.kind in SUB_PROCESSES and element.expanded


def _area(element: Element) -> float:
    return element.bounds.width * element.bounds.height if element.bounds else 0


def _lies_across(pool: Bounds | None, lanes: list[Lane]) -> bool:
    """Whether names stand at the left; a drawing doesn't always say, but lanes side by side give it away."""
    if pool and lanes and lanes[0].bounds:
        return lanes[0].bounds.x > pool.x or lanes[0].bounds.y == pool.y
    return not pool or pool.width >= pool.height


def _band(box: Bounds, name: str, across: bool, bold: bool = False) -> str:
    head = Bounds(box.x, box.y, 30, box.height) if across else Bounds(box.x, box.y, box.width, 30)
    weight = ' font-weight="bold"' if bold else ""
    x, y = head.x + head.width / 2, head.y + head.height / 2
    turn = f' transform="rotate(-90 {x:g} {y:g})"' if across else ""
    room = (head.height if across else head.width) - 10
    lines, size = _wrap(name, room, 28)
    return (
        f'<g><rect {_box(box)} fill="{PAPER}" stroke="{FRAME}"/>'
        f'<rect {_box(head)} fill="{BAND}" stroke="{FRAME}"/>'
        f"<g{turn}{weight}>{_text(lines, x, _first_line(y, len(lines), size), size)}</g></g>"
    )


def _shape(element: Element, box: Bounds, fill: str, ink: str) -> str:
    if element.kind in EVENTS:
        return _event(element, box, fill, ink)
    if element.kind in GATEWAYS:
        sign = icons.GATEWAYS.get(element.kind, "")
        return _outline(element, box, 0, f'fill="{fill}" stroke="{ink}"') + _centred(box, sign)
    return _activity(element, box, fill, ink)


def _outline(element: Element, box: Bounds, grow: float, paint: str) -> str:
    x, y = box.x - grow, box.y - grow
    width, height = box.width + 2 * grow, box.height + 2 * grow
    if element.kind in EVENTS:
        return f'<circle cx="{x + width / 2:g}" cy="{y + height / 2:g}" r="{width / 2:g}" {paint}/>'
    if element.kind in GATEWAYS:
        right, bottom, across, down = x + width, y + height, x + width / 2, y + height / 2
        points = ((across, y), (right, down), (across, bottom), (x, down))
        return f'<path d="{_path(points)}z" {paint}/>'
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{9 + grow / 2:g}" {paint}/>'


def _event(element: Element, box: Bounds, fill: str, ink: str) -> str:
    start, end = element.kind == Kind.START_EVENT, element.kind == Kind.END_EVENT
    dash = "" if element.interrupting else ' stroke-dasharray="5 3.5" stroke-linecap="butt"'
    width = 3.5 if end else 1.5
    drawn = _outline(element, box, 0, f'fill="{fill}" stroke="{ink}" stroke-width="{width}"{dash}')
    if not start and not end:
        drawn += _outline(element, box, -3.5, f'stroke="{ink}"{dash}')
    sign = icons.EVENTS.get(element.event_kind, "")
    thrown = end or element.kind == Kind.INTERMEDIATE_THROW_EVENT
    return drawn + _centred(box, _inked(sign, thrown), box.width / 42)


def _inked(sign: str, thrown: bool) -> str:
    inner = f'stroke="{SHAPE}"' if thrown else ""
    body = sign.replace('class="inner"', inner)
    return f'<g fill="{INK}">{body}</g>' if thrown and sign else body


def _activity(element: Element, box: Bounds, fill: str, ink: str) -> str:
    called = element.kind == Kind.CALL_ACTIVITY
    dash = ' stroke-dasharray="1.5 5"' if element.by_event else ""
    width = 4 if called else 2 if element.by_event else 1.5
    drawn = _outline(element, box, 0, f'fill="{fill}" stroke="{ink}" stroke-width="{width}"{dash}')
    if element.kind == Kind.TRANSACTION:
        drawn += _outline(element, box, -4, f'stroke="{ink}"')
    sign = icons.TASKS.get(element.kind, "")
    if sign:
        drawn += _at(box.x + 6, box.y + 6, sign)
    marks = _marks(element)
    start = box.x + box.width / 2 - 10 * (len(marks) - 1)
    for number, mark in enumerate(marks):
        drawn += _at(start + 20 * number, box.y + box.height - 11, icons.MARKS[mark])
    if _is_frame(element):
        return drawn + _frame_name(element, box)
    return drawn + _inside(element.name, box, 18 if sign else 6, 20 if marks else 6)


def _marks(element: Element) -> list[str]:
    marks: list[str] = [element.loop.kind] if element.loop and element.loop.kind in icons.MARKS else []
    if _for_each(element):
        marks.append(LoopKind.PARALLEL)
    if element.kind == Kind.CALL_ACTIVITY or (element.kind in SUB_PROCESSES and not element.expanded):
        marks.append("collapsed")
    if element.kind == Kind.AD_HOC_SUB_PROCESS:
        marks.append("adhoc")
    return marks


def _frame_name(element: Element, box: Bounds) -> str:
    lines, size = _wrap(element.name, box.width - 20, 34)
    return f'<g font-weight="bold">{_text(lines, box.x + box.width / 2, box.y + 8 + size, size)}</g>'


def _inside(name: str, box: Bounds, top: float, bottom: float) -> str:
    """Centre a name in a shape; only where it needs the room does it come down, away from the sign."""
    lines, size = _wrap(name, box.width - 10, box.height - top - bottom)
    height = len(lines) * size * LEADING
    middle = box.y + box.height / 2
    if height > box.height - 2 * max(top, bottom):
        middle = box.y + top + (box.height - top - bottom) / 2
    return _text(lines, box.x + box.width / 2, _first_line(middle, len(lines), size), size)


def _first_line(middle: float, count: int, size: float) -> float:
    return middle - count * size * LEADING / 2 + size * 0.95


def _text(lines: Sequence[str], x: float, y: float, size: float, anchor: str = "middle", halo: bool = False) -> str:
    if not lines:
        return ""
    # the spaces between lines keep words apart for who hears them
    spans = " ".join(
        f'<tspan x="{x:g}" y="{y + number * size * LEADING:.4g}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    around = f'stroke="{PAPER}" stroke-width="4" paint-order="stroke"' if halo else 'stroke="none"'
    return f'<text font-size="{size:g}" text-anchor="{anchor}" fill="{INK}" {around}>{spans}</text>'


def _wrap(text: str, width: float, height: float) -> tuple[Sequence[str], float]:
    """Break a text into lines that fit, in the largest of a few sizes; a word too long is cut."""
    for size in (TEXT, 11, 10, 9):
        lines = _lines(text, width, size)
        whole = all(_measure(word, size) <= width for word in text.split())
        if whole and len(lines) * size * LEADING <= height:
            return lines, size
    return _lines(text, width, 9), 9


@lru_cache(4096)
def _lines(text: str, width: float, size: float) -> tuple[str, ...]:
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for piece in (part for word in paragraph.split() for part in _pieces(word, width, size)):
            joined = f"{line} {piece}".strip()
            if line and _measure(joined, size) > width:
                lines.append(line)
                joined = piece
            line = joined
        if line:
            lines.append(line)
    return tuple(lines)


def _pieces(word: str, width: float, size: float) -> Iterator[str]:
    while _measure(word, size) > width and len(word) > 4:
        cut = len(word) - 2
        while cut > 3 and _measure(word[:cut] + "-", size) > width:
            cut -= 1
        yield word[:cut] + "-"
        word = word[cut:]
    yield word


def _measure(text: str, size: float) -> float:
    """How wide a text is, by eye of a common sans-serif: no font is opened to know it."""
    return size * sum(
        0.31 if letter in _NARROW else 0.82 if letter in _WIDE else 0.68 if letter.isupper() else 0.55
        for letter in text
    )


def _label_box(name: str, label: Bounds) -> Bounds:
    """The room a label takes: editors save its size by their own font, so only middle and top are kept."""
    width = max(label.width, 90.0)
    lines = _lines(name, width, 11)
    return Bounds(label.x + label.width / 2 - width / 2, label.y, width, len(lines) * 11 * LEADING + 2)


def _label(name: str, label: Bounds) -> str:
    box = _label_box(name, label)
    return _text(_lines(name, box.width, 11), box.x + box.width / 2, box.y + 11, 11, halo=True)


def _below(box: Bounds) -> Bounds:
    return Bounds(box.x + box.width / 2, box.y + box.height + 5, 0, 0)


def _midway(points: tuple[tuple[float, float], ...]) -> Bounds:
    (ax, ay), (bx, by) = max(pairwise(points), key=lambda pair: _distance(*pair))
    return Bounds((ax + bx) / 2, (ay + by) / 2 - 16, 0, 0)


def _note(note: Note) -> str:
    box = note.bounds
    if not box:
        return ""
    if note.kind == NoteKind.GROUP:
        name = _text([note.text] if note.text else [], box.x + box.width / 2, box.y + 16, TEXT)
        return f'<rect {_box(box)} rx="10" stroke="{FRAME}" stroke-dasharray="10 4 2 4"/>{name}'
    if note.kind == PARTICIPANT:
        return _band(box, note.text, box.width >= box.height, bold=True)
    if note.kind == NoteKind.TEXT_ANNOTATION:
        lines, size = _wrap(note.text, box.width - 10, max(box.height, 30))
        corner = f"M{box.x + 10:g} {box.y:g}H{box.x:g}V{box.y + box.height:g}H{box.x + 10:g}"
        return f'<path d="{corner}"/>' + _text(lines, box.x + 7, box.y + size + 3, size, "start")
    drawn = _store(box) if note.kind == NoteKind.DATA_STORE else _page(box)
    return drawn + (_label(note.text, _below(box)) if note.text else "")


def _page(box: Bounds) -> str:
    fold = box.width / 3
    right, bottom = box.x + box.width, box.y + box.height
    return (
        f'<path fill="{SHAPE}" d="M{box.x:g} {box.y:g}H{right - fold:g}L{right:g} {box.y + fold:g}V{bottom:g}'
        f'H{box.x:g}zM{right - fold:g} {box.y:g}V{box.y + fold:g}H{right:g}"/>'
    )


def _store(box: Bounds) -> str:
    right, bottom, lid = box.x + box.width, box.y + box.height, box.height / 7
    curve = f"a{box.width / 2:g} {lid:g} 0 0 0 {box.width:g} 0"
    return (
        f'<path fill="{SHAPE}" d="M{box.x:g} {box.y + lid:g}V{bottom - lid:g}{curve}V{box.y + lid:g}'
        f'a{box.width / 2:g} {lid:g} 0 0 0 {-box.width:g} 0{curve}M{right:g} {box.y + 2 * lid:g}"/>'
    )


def _link(link: Link) -> str:
    points = link.waypoints
    if link.kind == LinkKind.MESSAGE_FLOW:
        (x, y) = points[0]
        start = f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{PAPER}" stroke="{LINE}"/>'
        line = f'<path d="{_path(points)}" stroke="{LINE}" stroke-dasharray="9 6"/>'
        return line + start + _arrow(points, LINE, filled=False)
    arrow = "" if link.kind == LinkKind.ASSOCIATION else _open_arrow(points)
    return f'<path d="{_path(points)}" stroke="{LINE}" stroke-dasharray="1 5"/>{arrow}'


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in points)


def _distance(start: tuple[float, float], end: tuple[float, float]) -> float:
    return hypot(start[0] - end[0], start[1] - end[1])


def _heading(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    length = _distance(start, end) or 1
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _wings(points: tuple[tuple[float, float], ...], length: float, half: float) -> str:
    distinct = [p for p in points if _distance(p, points[-1]) > 1] or [points[0]]
    (x, y), (dx, dy) = points[-1], _heading(distinct[-1], points[-1])
    back_x, back_y = x - dx * length, y - dy * length
    left, right = (back_x - dy * half, back_y + dx * half), (back_x + dy * half, back_y - dx * half)
    return _path((left, (x, y), right))


def _arrow(points: tuple[tuple[float, float], ...], colour: str, *, filled: bool) -> str:
    inside = colour if filled else PAPER
    return f'<path d="{_wings(points, 10, 4)}z" fill="{inside}" stroke="{colour}" stroke-width="1.2"/>'


def _open_arrow(points: tuple[tuple[float, float], ...]) -> str:
    return f'<path d="{_wings(points, 8, 5)}" stroke="{LINE}"/>'


def _slash(points: tuple[tuple[float, float], ...], colour: str) -> str:
    """The mark of the default way: a short stroke across its beginning."""
    (x, y), (dx, dy) = points[0], _heading(points[0], points[1])
    x, y = x + dx * 10, y + dy * 10
    a, b = dx - dy, dy + dx
    return f'<path d="{_path(((x - a * 4, y - b * 4), (x + a * 4, y + b * 4)))}" stroke="{colour}"/>'


def _diamond_start(points: tuple[tuple[float, float], ...], colour: str) -> str:
    (x, y), (dx, dy) = points[0], _heading(points[0], points[1])
    corners = (
        (x, y),
        (x + dx * 8 - dy * 5, y + dy * 8 + dx * 5),
        (x + dx * 16, y + dy * 16),
        (x + dx * 8 + dy * 5, y + dy * 8 - dx * 5),
    )
    return f'<path d="{_path(corners)}z" fill="{PAPER}" stroke="{colour}"/>'


def _box(box: Bounds) -> str:
    return f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'


def _at(x: float, y: float, sign: str) -> str:
    return f'<g transform="translate({x:g} {y:g})" stroke-width="1.2">{sign}</g>'


def _centred(box: Bounds, sign: str, scale: float = 1) -> str:
    if not sign:
        return ""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return f'<g transform="translate({x:g} {y:g}) scale({scale:.3g})" stroke-width="1.4">{sign}</g>'

"""A few lines of text → the files of a tiny region: how an example of a rule is written down, checked and shown.

Around what an example says stands a region in which nothing is the matter, with the process `proef`. A sketch of a
diagram has lines of four kinds:

    begin > bellen > wil_het?                    a way: begin… starts, klaar… and einde… end, ? chooses, + splits or
                                                 joins, another id is the task of a person; `~>` is not drawn,
                                                 and `->` straight through all that is in its way
    wil_het >ja [=wil = "ja"]> klaar             a label and a condition; `nee*` is taken where no other is
    bellen: manualTask name="Bel" $termijn=      a kind, attributes, properties and BPMN inside; SHORT has the words
                                                 for events; `at=20,0` shifts it on the drawing, `at=-` leaves it off
    [deel]                                       what follows stands in the sub-process `deel`, until []
    <message id="m" />                           BPMN as it is; what has no place in a process stands beside it

In a text `|` begins a new line. A form is a list of its parts in YAML; a table a row of its columns and a row for each
rule: `leeftijd number => advies` and `< 18 => "jong"`. What is said of regio.yaml comes on top of what stands there.
What begins as XML or JSON is left as it is.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from itertools import count, pairwise

import yaml

from engine import definitions
from engine.checks.rule import Example
from engine.definitions import Bounds, Element, Process, sociale_kaart
from engine.definitions.kinds import CODED, EMBEDDED, EVENTS, GATEWAYS, NAMED, EventKind, Kind, TimerKind
from engine.definitions.letters import FOLDER
from engine.errors import DefinitionError

PROCESS = "proef"
HEADINGS = ("Resultaat", "Waarom", "Nodig", "Doen", "Klaar als", "Valkuilen", "Privacy", "Bron")
SHORT: Mapping[str, str] = {
    EventKind.MESSAGE: '<messageEventDefinition messageRef="{0}" />',
    EventKind.SIGNAL: '<signalEventDefinition signalRef="{0}" />',
    EventKind.ERROR: '<errorEventDefinition errorRef="{0}" />',
    EventKind.ESCALATION: '<escalationEventDefinition escalationRef="{0}" />',
    EventKind.LINK: '<linkEventDefinition name="{0}" />',
    "when": "<conditionalEventDefinition><condition {1}>{0}</condition></conditionalEventDefinition>",
    TimerKind.DATE: "<timerEventDefinition><timeDate {1}>{0}</timeDate></timerEventDefinition>",
    TimerKind.DURATION: "<timerEventDefinition><timeDuration {1}>{0}</timeDuration></timerEventDefinition>",
    TimerKind.CYCLE: "<timerEventDefinition><timeCycle {1}>{0}</timeCycle></timerEventDefinition>",
    "does": "<{0}EventDefinition />",
    "each": '<multiInstanceLoopCharacteristics camunda:collection="{0}" camunda:elementVariable="regel" />',
    "times": "<multiInstanceLoopCharacteristics><loopCardinality {1}>{0}</loopCardinality>"
    "</multiInstanceLoopCharacteristics>",
    "while": "<standardLoopCharacteristics><loopCondition {1}>{0}</loopCondition></standardLoopCharacteristics>",
}
"""Word → the BPMN that it stands for."""

REGION = f"""naam: Proefregio
rollen: {{begeleider: {{naam: Begeleider, overziet: [{PROCESS}]}}}}
termijnen: {{kort: {{duur: P14D, bron: aanname}}}}
organisaties: {{buurthuis: {{naam: Buurthuis}}}}
"""
FORM = """
- {type: radio, key: wil, label: Wil het gezin, values: [{value: ja, label: Ja}, {value: nee, label: Nee}],
   validate: {required: true}}
- {type: datetime, subtype: date, key: dag, label: Op welke dag, validate: {required: true}}
- {type: number, key: aantal, label: Aantal kinderen, validate: {required: true}}
- {type: dynamiclist, path: kinderen, label: Kinderen,
   components: [{type: textfield, key: voornaam, label: Voornaam}]}
"""
_NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="https://knooppunt.example/bpmn"'
)
_DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_FORMAL = 'xsi:type="bpmn:tFormalExpression"'
_REFERRED = NAMED | CODED
"""Events that refer to what stands beside the process, by its name."""
_BESIDE = _REFERRED | frozenset(
    {"process", "collaboration", "choreography", "globalConversation", "globalUserTask", "globalManualTask"}
    | {"itemDefinition", "interface", "resource", "category"}
    | {"dataStore", "correlationProperty", "partnerEntity", "partnerRole", "endPoint", "import"}
)
_ARROW = re.compile(r"\s([~-]?)>(?:(?=\S)([^>\[\]]*)(?:\[(.*?)\])?>)?\s")
_ATTRIBUTE = re.compile(r"""\s*([$\w:.]+)=(?:"([^"]*)"|'([^']*)'|([^\s<]*))""")
_OWNED = re.compile(r"<(\w+)")


def files(example: Example) -> dict[str, str]:
    """The files of an example and of the region around it, by their path below the workflows folder."""
    given = {f"{PROCESS}.bpmn": example} if isinstance(example, str) else dict(example)
    if "regio.yaml" in given:
        own = set(re.findall(r"^(\w+):", given["regio.yaml"], re.MULTILINE))
        general = [line for line in REGION.splitlines(keepends=True) if line.partition(":")[0] not in own]
        given["regio.yaml"] = "".join(general) + given["regio.yaml"]
    around = {"regio.yaml": REGION, f"{PROCESS}.bpmn": "begin > bellen > klaar", "formulieren/vragen.form": FORM}
    written = {name: _written(name, text) for name, text in {**around, **given}.items()}
    top = ("regio.yaml", "demo.yaml", "regios/", f"{FOLDER}/", f"{sociale_kaart.FOLDER}/")
    return {name if name.startswith(top) else f"{PROCESS}/{name}": text for name, text in written.items()}


@cache
def _written(name: str, text: str) -> str:
    """A file of an example as it is on a disk; what hundreds of examples share is written down once."""
    stem, _, suffix = name.rsplit("/", 1)[-1].partition(".")
    if not text or text.lstrip().startswith(("<?", "<definitions", "<bpmn:", "<html", "{")):
        return text
    if suffix == "bpmn":
        return bpmn(text, stem)
    if suffix == "form" and text.lstrip().startswith("-"):
        return _form(stem, text)
    return _table(stem, text) if suffix == "dmn" and "=>" in text else text


def as_text(example: Example, ways: bool = True) -> str:
    """What an example holds, as somebody reads it: ways with arrows, unless a drawing shows them, and what is filled in
    at a step.
    """
    given = {f"{PROCESS}.bpmn": example} if isinstance(example, str) else example
    parts: list[str] = []
    for name, text in given.items():
        sketched = name.endswith(".bpmn") and not text.startswith("<")
        lines = (
            [line for line in map(_line, _lines(text)) if line and (ways or "→" not in line)] if sketched else [text]
        )
        if not sketched and not ways and name == f"{PROCESS}.bpmn" and text.startswith("<definitions"):
            continue
        parts += [*([name] if lines and (len(given) > 1 or not sketched) else ()), *(line.strip() for line in lines)]
    return "\n".join(parts)


def _line(line: str) -> str:
    """One line of a sketch without its signs; `Wil het? –ja→ Klaar`."""
    declared = re.match(r"(\w+): *(.*)", line)
    if line.startswith("<"):
        return line
    if line.startswith("["):
        scope = line.strip("[]")
        return f"In {_title(scope)}:" if scope else "Daarbuiten:"
    if declared:
        filled = re.sub(r"""camunda:|\$| ?\bat=\S+| ?\bname="\"""", "", declared[2])
        return f"{_title(declared[1])}: {filled}" if filled else ""
    tokens = _ARROW.split(line)
    sentence = _title(tokens[0])
    for _, label, condition, target in zip(*(tokens[start::4] for start in range(1, 5)), strict=True):
        said = " ".join(filter(None, ((label or "").strip(" *"), condition and f"als {condition}")))
        sentence += f" {f'–{said}→' if said else '→'} {_title(target)}"
    return sentence


# --- a diagram -------------------------------------------------------------------------------------------------


@dataclass
class _Part:
    """An element that is written down: its kind, attributes, what stands in it, and the sub-process that holds it."""

    kind: str
    scope: str
    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    inside: str = ""
    shift: str = ""


@dataclass
class _Sketch:
    """What the lines of a sketch say; arrows as source, target, label, condition, and how they are drawn; `named`
    are the messages, signals, errors and escalations of its events.
    """

    parts: dict[str, _Part] = field(default_factory=dict)
    arrows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)
    own: _Part = field(default_factory=lambda: _Part("process", "", "Een proef"))


def bpmn(text: str, id: str = PROCESS) -> str:
    """The `.bpmn` file of a sketch, with its drawing where it can be read."""
    sketch = _read(text, id)
    signs = {f"{source}_{target}": sign for source, target, _, _, sign in sketch.arrows if sign}
    unseen = {name for name, part in sketch.parts.items() if part.shift == "-"}
    plain = _file(sketch, id, "")
    try:
        read, _ = definitions.read_processes(plain.encode(), f"{id}.bpmn")
    except DefinitionError:
        return plain
    process = next((process for process in read if process.id == sketch.own.attributes.get("id", id)), None)
    if process is None:
        return plain
    shifts = {name: part.shift for name, part in sketch.parts.items() if "," in part.shift}
    return _file(sketch, id, "".join(_drawing(process, signs, unseen, shifts)))


def _read(text: str, id: str) -> _Sketch:
    sketch = _Sketch()
    scope = ""
    for line in _lines(text):
        declared = re.match(r"(\w+): *(.*)", line)
        if line.startswith("<"):
            sketch.raw.append(line)
        elif line.startswith("["):
            scope = line.strip("[]")
            if scope:
                sketch.parts.setdefault(scope, _Part(Kind.SUB_PROCESS, "", _title(scope)))
        elif declared and declared[1] == id:
            sketch.named |= _declare(sketch.own, declared[2])
        elif declared:
            sketch.named |= _declare(_part(sketch, declared[1], scope), declared[2])
        else:
            _way(sketch, line, scope)
    return sketch


def _lines(text: str) -> Iterator[str]:
    """The lines that say something; BPMN that goes on over several is one."""
    lines = iter(line.strip() for line in text.splitlines() if line.strip())
    for line in lines:
        opened = _OWNED.match(line)
        while opened and not (line.endswith("/>") and line.count("<") == 1) and f"</{opened[1]}>" not in line:
            line = f"{line} {next(lines)}"
        yield line


def _part(sketch: _Sketch, token: str, scope: str) -> _Part:
    signs = {"?": Kind.EXCLUSIVE_GATEWAY, "+": Kind.PARALLEL_GATEWAY}
    id = token.rstrip("?+")
    starts, ends = id.startswith("begin"), id.startswith(("klaar", "einde"))
    plain = Kind.START_EVENT if starts else Kind.END_EVENT if ends else Kind.USER_TASK
    part = sketch.parts.setdefault(id, _Part(plain, scope, _title(id)))
    if token[-1] in signs:
        part.kind = signs[token[-1]]
        part.name = f"{_title(id)}?" if token[-1] == "?" else ""
    return part


def _declare(part: _Part, text: str) -> set[tuple[str, str]]:
    """Read the declaration of a part; returns what its events name."""
    named: set[tuple[str, str]] = set()
    kind = re.match(r"(\w+)(?=\s|<|$)", text)
    if kind:
        part.kind, text = kind[1], text[kind.end() :]
    while attribute := _ATTRIBUTE.match(text):
        name, value = attribute[1], attribute[2] or attribute[3] or attribute[4] or ""
        text = text[attribute.end() :]
        if name.startswith("$"):
            part.properties[name[1:]] = value
        elif name in SHORT:
            part.inside += SHORT[name].format(escape(value), _FORMAL)
            named |= {(name, value)} if name in _REFERRED else set()
        elif name == "name":
            part.name = value
        elif name == "at":
            part.shift = value
        else:
            part.attributes[name] = value
    part.inside += text.strip()
    return named


def _way(sketch: _Sketch, line: str, scope: str) -> None:
    tokens = _ARROW.split(line)
    for token in tokens[::4]:
        _part(sketch, token, scope)
    for place in range(0, len(tokens) - 1, 4):
        source, sign, label, condition, target = tokens[place : place + 5]
        source, target, label = source.rstrip("?+"), target.rstrip("?+"), (label or "").strip()
        if label.endswith("*"):
            sketch.parts[source].attributes["default"] = f"{source}_{target}"
        sketch.arrows.append((source, target, label.rstrip("*"), condition or "", sign))


def _title(id: str) -> str:
    return id.rstrip("+").replace("_", " ").capitalize()


def _file(sketch: _Sketch, id: str, drawing: str) -> str:
    beside = [line for line in sketch.raw if _stands_apart(line)]
    body = _extended(sketch.own) + "".join(line for line in sketch.raw if line not in beside) + _scope(sketch, "")
    attributes = {"id": id, "name": sketch.own.name, "isExecutable": "true", **sketch.own.attributes}
    everything = f"{''.join(beside)}<process{_attributes(attributes)}>{body}</process>"
    plane = f'<bpmndi:BPMNPlane bpmnElement="{attributes["id"]}">{drawing}</bpmndi:BPMNPlane>'
    shown = f"<bpmndi:BPMNDiagram>{plane}</bpmndi:BPMNDiagram>" if drawing else ""
    named = "".join(_named(sketch.named))
    return f"<definitions {_NAMESPACES}>{named}{everything}{shown}</definitions>"


def _stands_apart(line: str) -> bool:
    kind = _OWNED.match(line)
    return kind is not None and (kind[1] in _BESIDE or kind[1].endswith("EventDefinition"))


def _named(named: Iterable[tuple[str, str]]) -> Iterator[str]:
    for kind, name in sorted(named):
        code = f' {kind}Code="{name}"' if kind in CODED else ""
        yield f'<{kind} id="{name}" name="{name}"{code} />'


def _scope(sketch: _Sketch, scope: str) -> str:
    parts = {id: part for id, part in sketch.parts.items() if part.scope == scope}
    written = [_element(sketch, id, part) for id, part in parts.items()]
    for source, target, label, condition, _ in sketch.arrows:
        if source in parts:
            inside = f"<conditionExpression {_FORMAL}>{escape(condition)}</conditionExpression>" if condition else ""
            ends = {"id": f"{source}_{target}", "name": label, "sourceRef": source, "targetRef": target}
            written.append(f"<sequenceFlow{_attributes(ends)}>{inside}</sequenceFlow>")
    return "".join(written)


def _element(sketch: _Sketch, id: str, part: _Part) -> str:
    general: dict[str, str] = {}
    if part.kind == Kind.USER_TASK:
        general = {"camunda:formRef": "vragen", "camunda:candidateGroups": "begeleider"}
        part.properties = {"termijn": "kort", "fase": PROCESS, **part.properties}
    attributes = {"id": id, "name": part.name, **general, **part.attributes}
    inside = _scope(sketch, id) if part.kind in EMBEDDED else ""
    return f"<{part.kind}{_attributes(attributes)}>{_extended(part)}{inside}{part.inside}</{part.kind}>"


def _extended(part: _Part) -> str:
    """The text of an element, as every reader wants it, and its properties."""
    text = part.attributes.get("text")
    if text is None and part.kind == Kind.USER_TASK:
        text = "\n".join(f"## {heading}\nDit staat er." for heading in HEADINGS)
    elif text is None and part.kind in ("process", Kind.CALL_ACTIVITY, Kind.BUSINESS_RULE_TASK):
        text = "Dit staat er."
    written = f"<documentation>{escape(text.replace('|', chr(10)))}</documentation>" if text else ""
    rows = "".join(
        f'<camunda:property name="{name}" value="{escape(value)}" />'
        for name, value in part.properties.items()
        if value
    )
    if rows:
        written += f"<extensionElements><camunda:properties>{rows}</camunda:properties></extensionElements>"
    return written


def _attributes(given: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value and name != "text")


# --- its drawing -----------------------------------------------------------------------------------------------

GAP, LINE, BORDER = 50.0, 50.0, 30.0
"""How far columns and rows stand apart, and the room inside the edge of a sub-process."""

Places = dict[str, Bounds]
Points = tuple[tuple[float, float], ...]


def _drawing(
    process: Process, signs: Mapping[str, str], unseen: Iterable[str], shifts: Mapping[str, str]
) -> Iterator[str]:
    """The shapes of a process but for those that are unseen, and its arrows as their signs say."""
    places: Places = {}
    _lay_out(process, "", 0.0, 0.0, places)
    for id, shift in shifts.items():
        across, down = map(float, shift.split(","))
        places[id] = _moved(places[id], across, down)
    yield from _bands(process, places)
    for id, box in places.items():
        if id not in unseen:
            expanded = ' isExpanded="true"' if process.elements[id].kind in EMBEDDED else ""
            label = _label(process.elements[id], box)
            yield f'<bpmndi:BPMNShape bpmnElement="{id}"{expanded}>{_box(box)}{label}</bpmndi:BPMNShape>'
    for flow in process.flows.values():
        if signs.get(flow.id) != "~" and flow.source in places and flow.target in places:
            source = process.elements[flow.source]
            beside = [e for e in process.elements.values() if e.parent == source.parent and not e.attached_to]
            solid = [places[e.id] for e in beside if e.id in places and signs.get(flow.id) != "-"]
            points = _route(source, process.elements[flow.target], places[flow.source], places[flow.target], solid)
            waypoints = "".join(f'<di:waypoint x="{x:g}" y="{y:g}" />' for x, y in points)
            yield f'<bpmndi:BPMNEdge bpmnElement="{flow.id}">{waypoints}</bpmndi:BPMNEdge>'


def _label(element: Element, box: Bounds) -> str:
    """Where a name is written that an arrow would run through: above a choice, and beside an event on an edge."""
    if element.attached_to:
        return f"<bpmndi:BPMNLabel>{_box(Bounds(box.x + 42, box.y + 24, 50, 14))}</bpmndi:BPMNLabel>"
    if element.kind == Kind.EXCLUSIVE_GATEWAY:
        return f"<bpmndi:BPMNLabel>{_box(Bounds(box.x + 14, box.y - 20, 90, 14))}</bpmndi:BPMNLabel>"
    return ""


def _box(box: Bounds) -> str:
    return f'<dc:Bounds x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" />'


def _moved(box: Bounds, across: float, down: float) -> Bounds:
    return Bounds(box.x + across, box.y + down, box.width, box.height)


def _bands(process: Process, places: Places) -> Iterator[str]:
    """A pool around everything, and a lane around each row; lanes are drawn in the order in which they are named."""
    if not places or not process.lanes:
        return
    left, right = min(b.x for b in places.values()) - 60, max(b.x + b.width for b in places.values()) + 30
    top = min(b.y for b in places.values()) - LINE / 2
    for lane in process.lanes:
        own = [places[e.id] for e in process.elements.values() if e.lane == lane.id and e.id in places]
        bottom = max((b.y + b.height for b in own), default=top + 80) + LINE / 2
        box = Bounds(left, top, right - left, bottom - top)
        yield f'<bpmndi:BPMNShape bpmnElement="{lane.id}" isHorizontal="true">{_box(box)}</bpmndi:BPMNShape>'
        top = bottom


def _lay_out(process: Process, scope: str, left: float, top: float, places: Places) -> tuple[float, float]:
    """Give each element of a scope a place, from this corner on; returns how wide and high all is."""
    inside = [e for e in process.elements.values() if e.parent == scope and not e.attached_to]
    sizes = {e.id: _size(process, e) for e in inside}
    cells = _cells(process, inside)
    widths = [max(sizes[id][0] for id, (c, _) in cells.items() if c == column) for column in _upto(cells, 0)]
    heights = [max(sizes[id][1] for id, (_, r) in cells.items() if r == row) for row in _upto(cells, 1)]
    for id, (column, row) in cells.items():
        width, height = sizes[id]
        x = left + sum(widths[:column]) + GAP * column + (widths[column] - width) / 2
        y = top + sum(heights[:row]) + LINE * row + (heights[row] - height) / 2
        places[id] = Bounds(x, y, width, height)
        if process.elements[id].kind in EMBEDDED:
            _lay_out(process, id, x + BORDER, y + BORDER, places)
        edges = [e for e in process.elements.values() if e.attached_to == id]
        for number, edge in enumerate(edges, 1):
            places[edge.id] = Bounds(x + width - 45 * number, y + height - 18, 36, 36)
    return sum(widths) + GAP * (len(widths) - 1), sum(heights) + LINE * (len(heights) - 1)


def _upto(cells: Mapping[str, tuple[int, int]], axis: int) -> list[int]:
    return sorted({cell[axis] for cell in cells.values()})


def _size(process: Process, element: Element) -> tuple[float, float]:
    if element.kind in EVENTS:
        return 36, 36
    if element.kind in GATEWAYS:
        return 50, 50
    if element.kind in EMBEDDED and any(e.parent == element.id for e in process.elements.values()):
        width, height = _lay_out(process, element.id, 0, 0, {})
        return max(100, width + 2 * BORDER), max(80, height + 2 * BORDER)
    return 100, 80


def _cells(process: Process, inside: list[Element]) -> dict[str, tuple[int, int]]:
    """A column and a row for each element: as the arrows go, each way on a row of its own; without empty ones."""
    lanes = {lane.id: number * 100 for number, lane in enumerate(process.lanes)}
    cells: dict[str, tuple[int, int]] = {}
    ids = {element.id: element for element in inside}

    def put(id: str, column: int, row: int) -> None:
        start = max(row, lanes.get(ids[id].lane, 0))
        cells[id] = next((column, r) for r in count(start) if (column, r) not in cells.values())

    for flow in process.flows.values():
        host = process.elements.get(flow.source)
        source = host.attached_to or flow.source if host is not None else ""
        if source in ids and source not in cells:
            put(source, 0, 0)
        if source in ids and flow.target in ids and flow.target not in cells:
            column, row = cells[source]
            put(flow.target, column + 1, row + (source != flow.source))
    for element in inside:
        if element.id not in cells:
            put(element.id, 0, 0)
    columns, rows = (_upto(cells, axis) for axis in (0, 1))
    return {id: (columns.index(column), rows.index(row)) for id, (column, row) in cells.items()}


def _route(source: Element, target: Element, start: Bounds, end: Bounds, solid: list[Bounds]) -> Points:
    """The first way of an arrow that runs through nothing else; straight, with a bend, or around below."""
    x, y = start.x + start.width / 2, start.y + start.height / 2
    to_x, to_y = end.x + end.width / 2, end.y + end.height / 2
    under = max((box.y + box.height for box in solid), default=y) + BORDER
    down = start.y + start.height if to_y >= y else start.y
    between = end.x - GAP / 2
    side = end.y if y < to_y else end.y + end.height
    ways: list[Points] = [
        ((start.x + start.width, y), (end.x, to_y)),
        ((x, down), (x, to_y), (end.x, to_y)),
        ((start.x + start.width, y), (to_x, y), (to_x, side)),
        ((start.x + start.width, y), (between, y), (between, to_y), (end.x, to_y)),
        ((x, start.y + start.height), (x, under), (to_x, under), (to_x, end.y + end.height)),
    ]
    if source.attached_to:
        ways = ways[1:2] + ways[4:]
    elif target.kind not in GATEWAYS:
        ways.pop(2)
    straight = [way for way in ways if all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(way))]
    clear = (way for way in straight if not any(_crosses(way, box) for box in solid if box not in (start, end)))
    onward = (way for way in clear if way[-1][0] > way[0][0] or len(way) == 4)
    return next(onward, ways[-1])


def _crosses(way: Points, box: Bounds) -> bool:
    for (x, y), (to_x, to_y) in pairwise(way):
        beside = max(x, to_x) <= box.x or min(x, to_x) >= box.x + box.width
        above = max(y, to_y) <= box.y or min(y, to_y) >= box.y + box.height
        if not (beside or above):
            return True
    return False


# --- forms and tables ------------------------------------------------------------------------------------------


def _form(id: str, text: str) -> str:
    parts = yaml.safe_load(text)
    return json.dumps({"type": "default", "id": id, "components": _components(parts)}, ensure_ascii=False)


def _components(parts: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """The parts of a form; one without an id goes by its key."""
    made = []
    for number, part in enumerate(parts, 1):
        inside = part.get("components")
        own = {"components": _components(inside)} if isinstance(inside, list) else {}
        made.append({"id": str(part.get("key") or part.get("path") or f"deel_{number}"), **part, **own})
    return made


def _table(id: str, text: str) -> str:
    head, *rows = [[_cells_of(side) for side in line.split("=>")] for line in text.strip().splitlines()]
    policy, _, first = head[0][0].rpartition(": ")
    inputs = [first, *head[0][1:]]
    columns = "".join(
        f'<input id="in{n}" label="{name}"><inputExpression id="vraag{n}" typeRef="{kind or "string"}">'
        f"<text>{name}</text></inputExpression></input>"
        for n, (name, _, kind) in enumerate(column.partition(" ") for column in inputs)
    )
    columns += "".join(f'<output id="uit{n}" name="{name}" />' for n, name in enumerate(head[1]))
    lines = "".join(f'<rule id="regel{n}">{"".join(_entries(row))}</rule>' for n, row in enumerate(rows, 1))
    chosen = f' hitPolicy="{policy}"' if policy else ""
    table = f"<decisionTable{chosen}>{columns}{lines}</decisionTable>"
    return f'<definitions xmlns="{_DMN}"><decision id="{id}" name="{_title(id)}">{table}</decision></definitions>'


def _cells_of(side: str) -> list[str]:
    return [cell.strip() for cell in side.split("|")]


def _entries(row: list[list[str]]) -> Iterator[str]:
    for tag, cells in zip(("inputEntry", "outputEntry"), row, strict=True):
        yield from (f"<{tag}><text>{escape(cell)}</text></{tag}>" for cell in cells)

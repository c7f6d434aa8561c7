"""A definition laid out for the token game: scopes with their nodes and handlers, and who calls whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from engine import access
from engine.definitions import Definition, Element, Event, Flow, Process
from engine.definitions.kinds import CODED, EMBEDDED, THROWS, WORK, EventKind, Kind, TimerKind
from engine.words import Answer

# What a node does with a token.
REST = "rest"  # a person does it, or the clock or a message moves it on
PASS = "pass"  # noqa: S105 - nothing happens here
CHOICE = "choice"
FORK = "fork"  # one or more of its flows: each of which the condition is true
JOIN = "join"
MERGE = "merge"  # waits for all tokens that can still come
RULE = "rule"
WAIT = "wait"  # an event-based gateway: the first event wins
STOP = "stop"  # a terminate end
THROW = "throw"
INSIDE = "inside"  # a sub-process or a called process

BEHIND = "~verder"
"""Ends the id of what chooses behind a node; no id in a drawing can."""

NONE = Event(EventKind.NONE)
STEPS = WORK | EMBEDDED | {Kind.CALL_ACTIVITY, Kind.RECEIVE_TASK}
THROWN = CODED | {EventKind.CANCEL}
"""Events that go from the scope that throws them to those around it."""

FREE = frozenset({EventKind.MESSAGE, EventKind.TIMER, EventKind.CONDITIONAL})
"""Events that can come at any moment while something waits for them."""


@dataclass(frozen=True, eq=False)
class Edge:
    """A boundary event: what it waits for, whether it ends its activity, whether it listens on afterwards."""

    element: Element
    flows: tuple[Flow, ...]

    @property
    def event(self) -> Event:
        """What it waits for."""
        return self.element.event or NONE

    @property
    def again(self) -> bool:
        """Whether it can go off more than once while its activity runs."""
        return listens_on(self.element)


@dataclass(frozen=True, eq=False)
class Handler:
    """An event sub-process: its start event, the sub-process itself, and the scope with its steps."""

    start: Element
    element: Element
    scope: int

    @property
    def event(self) -> Event:
        """What starts it."""
        return self.start.event or NONE

    @cached_property
    def rows(self) -> str:
        """The list of which each row starts it, "" where its event does."""
        return self.element.for_each

    @property
    def place(self) -> tuple[str, str]:
        """Process id and element id."""
        return self.element.process, self.element.id


@dataclass(frozen=True, eq=False)
class Node:
    """A flow node. `inside` is the scope that opens when a token comes in, or -1.

    What takes several tokens and chooses among several flows is two nodes, and so is a step that chooses. The second,
    which chooses, is not `drawn`.
    """

    index: int
    scope: int
    element: Element
    kind: str
    flows: tuple[Flow, ...] = ()
    edges: tuple[Edge, ...] = ()
    inside: int = -1
    drawn: bool = True

    @cached_property
    def place(self) -> tuple[str, str]:
        """Process id and element id."""
        return self.element.process, self.element.id

    @property
    def origin(self) -> tuple[str, str]:
        """The same, of the element of the drawing that it stands for."""
        return self.element.process, self.element.id.removesuffix(BEHIND)


@dataclass(eq=False)
class Scope:
    """A process or sub-process: where its flow begins, what stands in it, what can interrupt it."""

    index: int
    process: Process
    parent: str
    nodes: dict[str, Node] = field(default_factory=dict)
    starts: list[Node] = field(default_factory=list)
    again: list[Node] = field(default_factory=list)
    """Where a case begins that ended before: not where another scope opens this one."""
    handlers: list[Handler] = field(default_factory=list)


@dataclass(eq=False)
class Net:
    """All scopes of a definition and all nodes by number. Scope `root` is where a case begins."""

    definition: Definition
    scopes: list[Scope] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    root: int = 0
    callers: dict[int, list[int]] = field(default_factory=dict)
    """Scope → scopes that open it, as an activity or as a handler."""
    loops_around: dict[int, frozenset[str]] = field(default_factory=dict)
    """What `plan.loops_around` found, for each scope for which it was asked."""

    def below(self, scope: int) -> frozenset[int]:
        """A scope with all that it can open."""
        below: set[int] = set()
        waiting = [scope]
        while waiting:
            current = waiting.pop()
            if current in below:
                continue
            below.add(current)
            waiting += [n.inside for n in self.scopes[current].nodes.values() if n.inside >= 0]
            waiting += [h.scope for h in self.scopes[current].handlers]
        return frozenset(below)

    @cached_property
    def tellers(self) -> frozenset[str]:
        """The roles in which there is somebody in every case, whatever its family says."""
        return access.always(self.definition.id, self.definition.settings.roles)

    @property
    def endless(self) -> Node | None:
        """A call that leads back to the diagram that it stands in, so that the net has no bottom."""
        return next((n for n in self.nodes if n.inside >= 0 and n.scope in self.below(n.inside)), None)

    def elements(self, scope: int) -> Iterator[Element]:
        """What stands in one scope, boundary and start events of its handlers too."""
        laid = self.scopes[scope]
        for node in laid.nodes.values():
            if node.drawn:
                yield node.element
            yield from (edge.element for edge in node.edges)
        yield from (handler.start for handler in laid.handlers)

    def joined(self, node: Node) -> int:
        """How many flows a parallel join waits for."""
        return len(node.element.incoming)

    @cached_property
    def fields(self) -> Mapping[str, frozenset[str]]:
        """Form → the fields of the document that a step with this form writes."""
        return {id: frozenset(form.keys()) for id, form in self.definition.forms.items()}

    @cached_property
    def lists(self) -> Mapping[int, frozenset[str]]:
        """Node → the lists that it writes of which rows have runs. What is done for an item or row writes to that."""
        keys = frozenset(handler.rows for scope in self.scopes for handler in scope.handlers if handler.rows)
        of_case: set[int] = set()
        waiting = [self.root] if keys else []
        while waiting:
            current = waiting.pop()
            if current not in of_case:
                of_case.add(current)
                nodes = self.scopes[current].nodes.values()
                waiting += [node.inside for node in nodes if node.inside >= 0 and not _for_items(node.element)]
                waiting += [handler.scope for handler in self.scopes[current].handlers if not handler.rows]
        writers = (node for node in self.nodes if node.scope in of_case and not _for_items(node.element))
        written = {node.index: keys & self.fields.get(node.element.form, frozenset()) for node in writers}
        return {index: names for index, names in written.items() if names}

    @cached_property
    def written(self) -> frozenset[str]:
        """The lists with runs for their rows that some step writes, and that a correction may add to."""
        return frozenset().union(*self.lists.values())

    @cached_property
    def told(self) -> Mapping[str, str]:
        """Message → the list with runs for its rows in which each telling of that message is a row of its own."""
        names = {handler.event.name for scope in self.scopes for handler in scope.handlers if handler.rows}
        return {name: rows for name in sorted(names) if (rows := self.definition.told_in_rows(name))}

    @cached_property
    def conditional(self) -> bool:
        """Whether something waits for a condition to become true."""
        events = (e.event for scope in self.scopes for e in self.elements(scope.index))
        return any(event is not None and event.kind == EventKind.CONDITIONAL for event in events)

    @cached_property
    def throwing(self) -> bool:
        """Whether something is thrown to the scopes around it."""
        return any(node.kind == THROW for node in self.nodes)

    @cached_property
    def merging(self) -> Mapping[int, Mapping[int, "Near"]]:
        """Scope → its inclusive joins, each with where a token can come from."""
        merging: dict[int, dict[int, Near]] = {}
        for node in self.nodes:
            if node.kind == MERGE:
                merging.setdefault(node.scope, {})[node.index] = _near(self.scopes[node.scope], node)
        return merging


Spot = tuple[int, int]
"""Where a token stands: a node, and -1 or the event on its edge by which it would leave."""

Near = Mapping[Spot, frozenset[int]]
"""Spot → by which flows of a join a token that stands there can come in, not having passed the join."""


def _near(scope: Scope, join: Node) -> Near:
    before: dict[Spot, list[Spot]] = {}
    ends: dict[str, Spot] = {}
    for node in scope.nodes.values():
        for number, flows in ((-1, node.flows), *((k, edge.flows) for k, edge in enumerate(node.edges))):
            for flow in flows:
                ends[flow.id] = (node.index, number)
                target = scope.nodes[flow.target]
                for k in range(-1, len(target.edges)):  # coming to a step is coming to what is on its edge
                    before.setdefault((target.index, k), []).append((node.index, number))
    near: dict[Spot, set[int]] = {}
    for number, id in enumerate(join.element.incoming):
        waiting = [ends[id]]
        while waiting:
            spot = waiting.pop()
            if number not in near.setdefault(spot, set()):
                near[spot].add(number)
                waiting += before.get(spot, []) if spot[0] != join.index else []
    return {spot: frozenset(numbers) for spot, numbers in near.items()}


def _for_items(element: Element) -> bool:
    """Whether an activity is done for each item of a list."""
    return element.loop is not None and bool(element.loop.collection)


def listens_on(event: Element) -> bool:
    """Whether a non-interrupting event can come again: a clock only where it repeats, the rest unless told not to."""
    if event.interrupting or event.properties.get("vaker") == Answer.NO or event.event is None:
        return False
    return event.event.kind != EventKind.TIMER or event.event.timer == TimerKind.CYCLE


def lay_out(definition: Definition) -> Net:
    """The net of a definition."""
    net = Net(definition)
    scopes: dict[tuple[str, str], int] = {}
    for process in definition.processes.values():
        for parent in (
            "",
            *(e.id for e in process.elements.values() if e.kind in EMBEDDED),
        ):
            scopes[process.id, parent] = len(net.scopes)
            net.scopes.append(Scope(len(net.scopes), process, parent))
    for scope in net.scopes:
        _fill(net, scope, scopes)
    for scope in net.scopes:
        for inside in [n.inside for n in scope.nodes.values()] + [h.scope for h in scope.handlers]:
            net.callers.setdefault(inside, []).append(scope.index)
    net.root = scopes[definition.id, ""]
    return net


def _fill(net: Net, scope: Scope, scopes: Mapping[tuple[str, str], int]) -> None:
    elements = scope.process.elements
    inside = [e for e in elements.values() if e.parent == scope.parent]
    for element in inside:
        if element.by_event:
            start = next((e for e in elements.values() if e.parent == element.id and e.kind == Kind.START_EVENT), None)
            if start is None:
                continue  # nothing can start it; reading says so
            scope.handlers.append(Handler(start, element, scopes[scope.process.id, element.id]))
        elif element.kind != Kind.BOUNDARY_EVENT:
            edges = tuple(Edge(e, _flows(scope.process, e)) for e in inside if e.attached_to == element.id)
            _lay(net, scope, element, edges, _opened(scope.process, element, scopes))
    scope.starts = [n for n in scope.nodes.values() if n.element.kind == Kind.START_EVENT]
    scope.again = [n for n in scope.starts if n.element == scope.process.reopening]
    scope.starts = [n for n in scope.starts if n not in scope.again]
    scope.starts = scope.starts or [n for n in scope.nodes.values() if not n.element.incoming and not _lands(n.element)]


def _lay(net: Net, scope: Scope, element: Element, edges: tuple[Edge, ...], opened: int) -> None:
    """Lay out one element, and behind it what chooses among its flows."""
    kind, flows = _kind(element), _flows(scope.process, element)
    chooses = kind == MERGE or (element.kind in STEPS and any(flow.condition for flow in flows))
    rest: tuple[Flow, ...] = ()
    if chooses and len(flows) > 1:
        rest, flows = flows, (Flow("", element.id, f"{element.id}{BEHIND}"),)
    nodes = [Node(len(net.nodes), scope.index, element, kind, flows, edges, opened)]
    if rest:
        ways = Element(f"{element.id}{BEHIND}", Kind.INCLUSIVE_GATEWAY, element.name, element.process, element.parent)
        ways = replace(ways, incoming=(ways.id,), outgoing=element.outgoing, default=element.default)
        nodes.append(Node(len(net.nodes) + 1, scope.index, ways, FORK, rest, drawn=False))
    net.nodes += nodes
    scope.nodes.update({node.element.id: node for node in nodes})


def _flows(process: Process, element: Element) -> tuple[Flow, ...]:
    """The flows out of an element. A jump is one too, without an id: nothing is drawn there."""
    jumps = (
        element.kind == Kind.INTERMEDIATE_THROW_EVENT
        and element.event is not None
        and element.event.kind == EventKind.LINK
    )
    landings = [e for e in process.elements.values() if _lands(e) and e.event == element.event] if jumps else []
    return (*(process.flows[id] for id in element.outgoing), *(Flow("", element.id, e.id) for e in landings))


def _lands(element: Element) -> bool:
    return (
        element.kind == Kind.INTERMEDIATE_CATCH_EVENT
        and element.event is not None
        and element.event.kind == EventKind.LINK
    )


def _opened(process: Process, element: Element, scopes: Mapping[tuple[str, str], int]) -> int:
    if element.kind == Kind.CALL_ACTIVITY:
        return scopes[element.called, ""]
    return scopes[process.id, element.id] if element.kind in EMBEDDED else -1


def _kind(element: Element) -> str:
    if element.kind == Kind.EXCLUSIVE_GATEWAY:
        return CHOICE if len(element.outgoing) > 1 else PASS
    if element.kind == Kind.INCLUSIVE_GATEWAY:
        return MERGE if len(element.incoming) > 1 else FORK if len(element.outgoing) > 1 else PASS
    if element.kind == Kind.PARALLEL_GATEWAY:
        return JOIN if len(element.incoming) > 1 else PASS
    if _lands(element):
        return PASS
    if element.kind in THROWS and element.event is not None:
        return {EventKind.TERMINATE: STOP, **dict.fromkeys(THROWN, THROW)}.get(element.event.kind, PASS)
    return _KINDS.get(element.kind, PASS)


_KINDS: Mapping[str, str] = {
    Kind.USER_TASK: REST,
    Kind.MANUAL_TASK: REST,
    Kind.BUSINESS_RULE_TASK: RULE,
    Kind.INTERMEDIATE_CATCH_EVENT: REST,
    Kind.RECEIVE_TASK: REST,
    Kind.EVENT_BASED_GATEWAY: WAIT,
    Kind.CALL_ACTIVITY: INSIDE,
    Kind.SUB_PROCESS: INSIDE,
    Kind.TRANSACTION: INSIDE,
}

"""What of a net the token game must look at for one question: everything else is passed at once.

Three ways to look away, none of which hides an order of events that the question could see:
- an activity (or event sub-process) inside which nothing is watched, and out of which nothing is thrown, is one step;
  an event sub-process of that kind that lets the flow be is left out altogether, unless it catches what is thrown;
- a step that waits for somebody but is not watched is passed at once, where the way on from it surely comes to
  another place to wait before anything that is watched: so an interrupting event can still come in between;
- answers that only one gateway asks for are not remembered.
What is left out may still change answers: those are then never remembered. So a plan can make a rule look broken
that holds, never the other way around.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from engine.definitions import Element
from engine.definitions.kinds import Kind, LoopKind
from engine.proof import knowledge
from engine.proof.knowledge import Atom, Formula, Known
from engine.proof.net import (
    CHOICE,
    FORK,
    INSIDE,
    JOIN,
    MERGE,
    PASS,
    REST,
    RULE,
    STOP,
    THROW,
    THROWN,
    WAIT,
    Edge,
    Handler,
    Net,
    Node,
)
from engine.proof.steps import BEGUN, DONE, EACH
from engine.words import Answer, Register

Place = tuple[str, str]


@dataclass(frozen=True)
class Watched:
    """What a question is about: elements and flows by process and id, and the answers that it asks for. Of the runs for
    rows in the scopes of `alike` it is enough to look into one, with so many at once, that one included.

    `keys` are what is remembered of these answers, `fields` where they stand in the document.
    """

    elements: frozenset[Place] = frozenset()
    flows: frozenset[Place] = frozenset()
    keys: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    alike: Mapping[int, int] = field(default_factory=dict)
    run: Handler | None = None
    """What is done for each row of a list, where the question is about one run of that by itself."""


@dataclass(frozen=True)
class Change:
    """What a step that is done makes us forget, and what it makes us know."""

    forgets: frozenset[str]
    knows: tuple[tuple[str, frozenset[str]], ...]

    def after(self, known: Known) -> Known:
        """What is known then."""
        left = knowledge.forgotten(known, self.forgets)
        for key, values in self.knows:
            left = knowledge.learned(left, key, values)
        return left


@dataclass(eq=False)
class Plan:
    """How the token game plays a net. Lists go by the number of the node or scope."""

    net: Net
    root: int
    heat: list[int] = field(default_factory=list)
    rests: list[bool] = field(default_factory=list)
    handlers: list[tuple[int, ...]] = field(default_factory=list)
    closed: frozenset[int] = frozenset()
    closed_scopes: frozenset[int] = frozenset()
    lingering: frozenset[int] = frozenset()
    """Scopes that may stay open when their flow is done: what runs beside it is left out, and can be interrupted."""
    lenient: bool = False
    formulas: dict[tuple[str, int], Formula] = field(default_factory=dict)
    alphabet: dict[str, frozenset[str]] = field(default_factory=dict)
    tracked: frozenset[str] = frozenset()
    about: dict[str, frozenset[str]] = field(default_factory=dict)
    """What is remembered → the fields that it is about."""
    asked_at: dict[int, frozenset[str]] = field(default_factory=dict)
    answers: dict[tuple[str, str, str], "Change"] = field(default_factory=dict)
    """What happens → what it does to what is known."""
    passed: list[bool] = field(default_factory=list)
    """Whether a token goes on from a node at once."""
    passing: bool = False
    """Whether some nodes are passed at which a token waits."""
    forgets: bool = True
    """Whether answers are forgotten that nothing asks for any more."""
    listed: frozenset[str] = frozenset()
    """The lists of which we look at the runs that belong to their rows."""
    lists: dict[int, frozenset[str]] = field(default_factory=dict)
    """Which of these a step writes, by its node."""
    alike: Mapping[int, int] = field(default_factory=dict)
    """The scopes of runs for rows of which we look into one at most, with how many may run at once."""
    added: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The lists to which people add a row by a message, by the scope that has to be open for that."""
    openings: frozenset[int] = frozenset()
    """The starts of the scopes in which such runs begin."""
    unsaid: Known = knowledge.NOTHING
    """What is known as a case begins: of what only one answer can be, that nobody gave it yet."""

    def opens(self, node: Node) -> bool:
        """Whether we look inside an activity."""
        return node.index not in self.closed

    def closed_handlers(self, scope: int, number: int) -> bool:
        """Whether a handler is one step."""
        return self.net.scopes[scope].handlers[number].scope in self.closed_scopes

    def may_throw(self, node: Node, edge: Edge) -> bool:
        """Whether an activity into which we don't look may throw what this event on its edge catches."""
        if self.opens(node) or node.inside < 0 or edge.event.kind not in THROWN:
            return False
        return any(caught(edge.element, thrown) for thrown in thrown_in(self.net, node.inside))

    def remembered(self, known: Known) -> Known:
        """What of this is remembered."""
        return tuple([pair for pair in known if pair[0] in self.tracked])


def about(atom: Atom) -> frozenset[str]:
    """The fields that a question is about."""
    return atom.names if isinstance(atom, knowledge.Says) else frozenset({atom.key})


def listed(key: str) -> str:
    """How it is remembered that a list was written; no field is called so."""
    return f"{key}[]"


# --- what elements do to answers and to each other --------------------------------------------------------------


def fields_of(net: Net, element: Element) -> frozenset[str]:
    """The fields of the document that a step writes."""
    if element.kind == Kind.BUSINESS_RULE_TASK:
        return frozenset({element.result or element.decision})
    return net.fields.get(element.form, frozenset())


def written(net: Net, node: Node) -> frozenset[str]:
    """The same of a node, with the lists of which it changes rows."""
    fields = fields_of(net, node.element)
    return fields.union(loops_around(net, node.scope), _collection(node.element)) if fields else fields


def conditions(node: Node) -> Iterator[tuple[str, str]]:
    """What a node asks before it goes on: conditions by flow, and under "" that of a loop."""
    if node.kind in (CHOICE, FORK):
        yield from ((flow.id, flow.condition) for flow in node.flows if flow.condition)
    if repeats(node.element) and node.element.loop is not None and node.element.loop.condition:
        yield "", node.element.loop.condition


def repeats(element: Element) -> bool:
    """Whether an activity has a loop sign: once more for as long as something is true."""
    return element.loop is not None and element.loop.kind == LoopKind.STANDARD


def _asks_consent(element: Element) -> bool:
    """Whether what its form computes may follow from whether these answers let the case go on."""
    return element.properties.get("register") == Register.CONSENT


def divides(node: Node) -> bool:
    """Whether more than one token may come of one at a node."""
    together = len(node.flows) > 1 and node.kind not in (CHOICE, WAIT)
    return together or any(not edge.element.interrupting or len(edge.flows) > 1 for edge in node.edges)


def may_be_skipped(element: Element) -> bool:
    """Whether an activity may be done not even once."""
    loop = element.loop
    return loop is not None and (not repeats(element) or (loop.test_first and bool(loop.condition)))


def writes(net: Net, scope: int) -> frozenset[str]:
    """What the steps of one scope write; a step inside a loop changes the list that the loop is about."""
    fields = set(loops_around(net, scope))
    for node in net.scopes[scope].nodes.values():
        fields |= fields_of(net, node.element)
        fields |= set(_collection(node.element))
    return frozenset(fields)


def loops_around(net: Net, scope: int) -> frozenset[str]:
    """The names in the collections of the loops that a scope stands in, and the list to a row of which it belongs."""
    if scope not in net.loops_around:
        names: set[str] = set()
        waiting, seen = [scope], {scope}
        while waiting:
            current = waiting.pop()
            callers = set(net.callers.get(current, []))
            for node in (n for caller in callers for n in net.scopes[caller].nodes.values() if n.inside == current):
                names.update(_collection(node.element))
            handlers = (h for caller in callers for h in net.scopes[caller].handlers if h.scope == current)
            names.update(handler.rows for handler in handlers if handler.rows)
            waiting += callers - seen
            seen |= callers
        net.loops_around[scope] = frozenset(names)
    return net.loops_around[scope]


def _collection(element: Element) -> Iterator[str]:
    if element.loop is not None and element.loop.collection:
        for atom in knowledge.atoms(knowledge.formula(element.loop.collection)):
            yield from atom.names if isinstance(atom, knowledge.Says) else {atom.key}


def caught(listener: Element, thrown: Element) -> bool:
    """Whether an event catches what another throws."""
    if listener.event is None or thrown.event is None or listener.event.kind != thrown.event.kind:
        return False
    return listener.event.kind in THROWN and listener.event.name in ("", thrown.event.name)


def thrown_in(net: Net, scope: int) -> tuple[Element, ...]:
    """The events in all that a scope can open that go to the scopes around it."""
    return tuple(n.element for s in net.below(scope) for n in net.scopes[s].nodes.values() if n.kind == THROW)


def _listeners(net: Net, scopes: Iterable[int]) -> Iterator[Element]:
    for scope in scopes:
        yield from (edge.element for node in net.scopes[scope].nodes.values() for edge in node.edges)
        yield from (handler.start for handler in net.scopes[scope].handlers)


# --- making a plan ---------------------------------------------------------------------------------------------


def whole(net: Net) -> Plan:
    """Look at everything."""
    maker = _Maker(net, Watched(), net.root)
    plan = maker.plan(closed=frozenset(), closed_scopes=frozenset(), dropped=frozenset(), least=1, passing=False)
    plan.forgets = False
    return plan


def reduced(net: Net, watched: Watched, passing: bool = True, strict: Watched | None = None) -> Plan:
    """Look at what one rule is about; `passing` leaves out moments of waiting that it can't see.

    With `strict`, what is watched without what only excuses, no more than that is looked at beside the flow: where a
    rule is broken by a path on which something excuses, it is also broken by the path without it.
    """
    handlers = [h for scope in net.scopes for h in scope.handlers]
    lists: frozenset[str] = frozenset()
    while True:  # where we look at runs for rows, we look at each step that may begin one
        maker = _Maker(net, _writing(net, watched, lists), net.root)
        left = _Maker(net, _writing(net, strict, lists), net.root) if strict is not None else maker
        beside = [h for h in handlers if left.dull(h.scope) and not (h.start.interrupting or left.begin_seen(h))]
        beside = [h for h in beside if h.event.kind not in THROWN]  # what it catches comes no further
        dropped = frozenset(h.scope for h in beside if passing or strict is not None)
        looked_at = frozenset(h.rows for h in handlers if h.rows and h.scope not in dropped)
        if looked_at <= lists:
            break
        lists = looked_at
    closed = frozenset(n.index for n in net.nodes if maker.dull_activity(n))
    closed_scopes = frozenset(h.scope for h in handlers if maker.dull(h.scope)) | dropped
    return maker.plan(closed, closed_scopes, dropped, least=2, passing=passing)


def _writing(net: Net, watched: Watched, lists: frozenset[str]) -> Watched:
    """What is watched, with the steps that write these lists."""
    places = frozenset(net.nodes[index].place for index, written in net.lists.items() if written & lists)
    return replace(watched, elements=watched.elements | places)


def alone(net: Net, scope: int, passing: bool) -> Plan:
    """Look at the flow of one scope, each activity in it as one step; `passing` leaves out steps without a choice."""
    maker = _Maker(net, Watched(), scope)
    every = frozenset(n.index for n in net.nodes if n.kind == INSIDE or n.element.loop is not None)
    scopes = frozenset(h.scope for s in net.scopes for h in s.handlers)
    plan = maker.plan(every, scopes, scopes, least=1, passing=passing)
    plan.lenient = True
    return plan


@dataclass(frozen=True)
class _Asked:
    """What the gateways of a net ask for: by node, what more than one asks, and what says no more than that a step was
    done, since each step that writes it fills in one and the same.
    """

    keys: tuple[frozenset[str], ...]
    shared: frozenset[str]
    certain: frozenset[str]


_ASKED: WeakKeyDictionary[Net, _Asked] = WeakKeyDictionary()
"""Each plan of a net begins with it, and it is the same for all."""


def _asked_in(net: Net) -> _Asked:
    if net not in _ASKED:
        keys = tuple(frozenset(atom.key for atom in _atoms(node)) for node in net.nodes)
        counts = Counter(key for those in keys for key in those)
        shared = frozenset(key for key, places in counts.items() if places > 1)
        _ASKED[net] = _Asked(keys, shared, _certain(net) & counts.keys())
    return _ASKED[net]


def _atoms(node: Node) -> Iterator[Atom]:
    return (atom for _, text in conditions(node) for atom in knowledge.atoms(knowledge.formula(text)))


def _certain(net: Net) -> frozenset[str]:
    """The fields that each step which writes them fills with one and the same."""
    given: dict[str, set[frozenset[str]]] = {}
    for node in net.nodes:
        form = net.definition.forms.get(node.element.form)
        fixed = knowledge.must_be(form, _asks_consent(node.element)) if form is not None else {}
        for key in fields_of(net, node.element):
            given.setdefault(key, set()).add(fixed.get(key, frozenset()))
    return frozenset(key for key, values in given.items() if len(values) == 1 and len(next(iter(values))) == 1)


class _Maker:
    """Makes a plan of a net for what is watched."""

    def __init__(self, net: Net, watched: Watched, root: int) -> None:
        self.net = net
        self.watched = watched
        self.root = root
        self.dullness: dict[int, bool] = {}
        self.asked = _asked_in(net)
        self.own = self._own()

    def seen(self, element: Element) -> bool:
        """Whether the question is about this element."""
        return (element.process, element.id) in self.watched.elements

    def begin_seen(self, handler: Handler) -> bool:
        """Whether the question is about an event sub-process as a whole, or about its beginning."""
        return self.seen(handler.start) or self.seen(handler.element)

    def _seen_flow(self, node: Node) -> bool:
        return any((node.element.process, flow.id) in self.watched.flows for flow in node.flows)

    def dull(self, scope: int) -> bool:
        """Whether nothing inside can be seen from outside, or by the question."""
        if scope not in self.dullness:
            inside = self.net.below(scope)
            outside = set(range(len(self.net.scopes))) - inside
            thrown = thrown_in(self.net, scope)
            listeners = [*_listeners(self.net, outside)] if thrown else []
            self.dullness[scope] = not (
                any(self.seen(e) for s in inside for e in self.net.elements(s))
                or any(self.begin_seen(h) for s in inside for h in self.net.scopes[s].handlers)
                or any(self._seen_flow(n) for s in inside for n in self.net.scopes[s].nodes.values())
                or any(self._asks(n) or self._answers_to(n) for s in inside for n in self.net.scopes[s].nodes.values())
                or any(
                    (e.element.process, f.id) in self.watched.flows
                    for s in inside
                    for n in self.net.scopes[s].nodes.values()
                    for e in n.edges
                    for f in e.flows
                )
                or any(caught(listener, element) for listener in listeners for element in thrown)
            )
        return self.dullness[scope]

    def _asks(self, node: Node) -> bool:
        """Whether this gateway asks for an answer that the question is about."""
        return bool(self.watched.keys & self._asked(node))

    def _answers_to(self, node: Node) -> bool:
        """Whether this step gives an answer that the question is about, or by which it is known that it was done."""
        return bool((self.watched.fields | self.asked.certain) & written(self.net, node))

    def _asked(self, node: Node) -> frozenset[str]:
        return self.asked.keys[node.index]

    def dull_activity(self, node: Node) -> bool:
        """Whether an activity may be taken as one step."""
        if node.kind == INSIDE and not self.dull(node.inside):
            return False
        if node.element.loop is None:
            return node.kind == INSIDE
        if repeats(node.element) and self._asked(node) & self.asked.shared:
            return False
        return not (self.seen(node.element) or self._asks(node) or self._answers_to(node))

    # the plan

    def plan(
        self,
        closed: frozenset[int],
        closed_scopes: frozenset[int],
        dropped: frozenset[int],
        least: int,
        passing: bool,
    ) -> Plan:
        plan = Plan(self.net, self.root, closed=closed, closed_scopes=closed_scopes)
        plan.handlers = [
            tuple(k for k, h in enumerate(scope.handlers) if h.scope not in dropped) for scope in self.net.scopes
        ]
        self.open = self._open(plan)
        left_out = [s for s in self.open if any(h.scope in dropped for h in self.net.scopes[s].handlers)]
        plan.lingering = frozenset(s for s in left_out if not passing or self._around(plan, s)[0])
        self._list(plan)
        self._remember(plan, dropped, least)
        plan.heat = [self._heat(plan, node) for node in self.net.nodes]
        plan.rests = [
            not plan.opens(node) or (node.kind == REST and node.element.loop is None) for node in self.net.nodes
        ]
        plan.passed = [node.kind == RULE and not plan.heat[node.index] for node in self.net.nodes]
        if passing:
            self._pass(plan)
        return plan

    def _list(self, plan: Plan) -> None:
        """Where something that we look at belongs to the rows of a list, and what changes that list."""
        belonging = {
            (scope, self.net.scopes[scope].handlers[number].rows)
            for scope in self.open
            for number in plan.handlers[scope]
            if self.net.scopes[scope].handlers[number].rows
        }
        plan.listed = frozenset(rows for _, rows in belonging)
        plan.added = {scope: lists for scope in self.open if (lists := self._added(plan, scope))}
        plan.alike = {scope: most for scope, most in self.watched.alike.items() if scope in self.open}
        plan.lists = {i: written for i, names in self.net.lists.items() if (written := names & plan.listed)}
        begins = ((self.net.scopes[scope].starts, self.net.scopes[scope].again) for scope, _ in belonging)
        plan.openings = frozenset(start.index for starts, again in begins for start in (*starts, *again))

    def _added(self, plan: Plan, scope: int) -> frozenset[str]:
        """The lists to which people add a row by a message that something in a scope begins by."""
        laid = self.net.scopes[scope]
        starts = (laid.handlers[number].start for number in plan.handlers[scope])
        events = {laid.process.told_rows_at(start): start.event for start in starts if start.event is not None}
        return frozenset(rows for rows, event in events.items() if rows and self.net.told[event.name] == rows)

    def _open(self, plan: Plan) -> frozenset[int]:
        """The scopes that we look into."""
        scopes: set[int] = set()
        waiting = [self.root]
        while waiting:
            current = waiting.pop()
            if current not in scopes:
                scopes.add(current)
                nodes = self.net.scopes[current].nodes.values()
                waiting += [n.inside for n in nodes if n.inside >= 0 and plan.opens(n)]
                handlers = [self.net.scopes[current].handlers[k].scope for k in plan.handlers[current]]
                waiting += [h for h in handlers if h not in plan.closed_scopes]
        return frozenset(scopes)

    def _heat(self, plan: Plan, node: Node) -> int:
        if node.kind in (STOP, THROW) or node.index in plan.openings:
            return 2
        if node.element.loop is not None and plan.opens(node):
            return 2 if self._asks(node) else 1
        moves = node.kind in (CHOICE, FORK)
        if (moves or node.kind == RULE) and (self.seen(node.element) or self._seen_flow(node) or self._asks(node)):
            return 2
        if node.kind in (PASS, JOIN) and self.net.conditional:
            return 2 if self.net.throwing else 1  # what is thrown may end it before it goes on
        return 1 if moves else 0

    # answers

    def _remember(self, plan: Plan, dropped: frozenset[int], least: int) -> None:
        """What answers are remembered, and which steps change them."""
        asked = self._conditions(plan)
        loops = {n.element.loop.variable for n in self.net.nodes if n.element.loop is not None} | {"loopCounter"}
        fleeting = self._fleeting(plan, dropped)
        for formula in plan.formulas.values():
            for atom in knowledge.atoms(formula):
                plan.about[atom.key] = about(atom)
                if isinstance(atom, knowledge.Is):
                    plan.alphabet[atom.key] = plan.alphabet.get(atom.key, frozenset({knowledge.OTHER})) | atom.values
                elif knowledge.changes_by_itself(atom) or atom.names & (loops | fleeting):
                    asked.pop(atom.key, None)
        certain = self.asked.certain & plan.alphabet.keys()
        tracked = frozenset(k for k, n in asked.items() if n >= least or k in self.watched.keys or k in certain)
        tracked -= fleeting
        of_rows = self._of_rows() - self.own
        plan.tracked = frozenset(k for k in tracked if plan.about[k].isdisjoint(of_rows))
        for key in sorted(certain & plan.tracked if self.root == self.net.root else ()):
            plan.unsaid = knowledge.learned(plan.unsaid, key, {knowledge.OTHER})
        plan.about |= {listed(key): frozenset() for key in plan.listed}
        plan.tracked |= {listed(key) for key in plan.listed}
        self._change(plan)

    def _own(self) -> frozenset[str]:
        """The fields of which only the one run writes that the question is about, into its row, and only it asks.

        What it answers is remembered, from its begin on, as of nothing else. What is asked elsewhere under such a name
        is the document's; what is written elsewhere, also as a column of the list, may come in between.
        """
        run = self.watched.run
        if run is None:
            return frozenset()
        below = self.net.below(run.scope)
        inner = [node for node in self.net.nodes if node.scope in below]
        if any(run.rows in _collection(node.element) for node in inner):
            return frozenset()
        outer = [node for node in self.net.nodes if node.scope not in below]
        elsewhere = {name for node in outer for atom in _atoms(node) for name in about(atom)}
        elsewhere.update(key for node in outer for key in fields_of(self.net, node.element))
        return self._inside(run.scope) - elsewhere - self._columns({run.rows}) - {run.rows}

    def _columns(self, lists: Collection[str]) -> frozenset[str]:
        """What forms ask of each row of these lists."""
        forms = self.net.definition.forms.values()
        return frozenset(c.key for form in forms for q in form.input_fields() if q.key in lists for c in q.fields)

    def _of_rows(self) -> frozenset[str]:
        """The fields of rows to which runs belong: inside these an answer is that of one row, and of another beside."""
        bound = [h for scope in self.net.scopes for h in scope.handlers if h.rows]
        written = frozenset(key for h in bound for key in self._inside(h.scope))
        return written | self._columns({h.rows for h in bound})

    def _conditions(self, plan: Plan) -> Counter[str]:
        """What each gateway asks for; gives how many gateways that we look at ask for the same."""
        asked: Counter[str] = Counter()
        for node in self.net.nodes:
            keys = self._asked(node)
            plan.asked_at[node.index] = keys & self.watched.keys
            for flow, text in conditions(node):
                plan.formulas[flow, node.index] = knowledge.formula(text)
            if node.scope in self.open:
                asked.update(keys)
        return asked

    def _change(self, plan: Plan) -> None:
        """Which steps change what is remembered."""
        played = [node for node in self.net.nodes if node.scope in self.open]
        changes = {self._moment(plan, node): self._answers(plan, node) for node in played}
        for scope in self.net.scopes:
            for handler in scope.handlers:
                if handler.scope in plan.closed_scopes:
                    about = self._about(plan, self._inside(handler.scope))
                    changes[DONE, handler.element.process, handler.element.id] = Change(about, ())
        if (run := self.watched.run) is not None:  # of each run all is new, whichever we look into
            changes |= {(what, *run.place): Change(self._about(plan, self.own), ()) for what in (BEGUN, DONE)}
        plan.answers = {what: change for what, change in changes.items() if change.forgets or change.knows}

    @staticmethod
    def _moment(plan: Plan, node: Node) -> tuple[str, str, str]:
        """When a node changes answers: when it is done, or each time that it is."""
        return (EACH if node.element.loop is not None and plan.opens(node) else DONE, *node.place)

    def _fleeting(self, plan: Plan, dropped: frozenset[int]) -> frozenset[str]:
        """Answers that what we leave out may change at any time."""
        left_out = {s for scope in (*dropped, *plan.alike) for s in self.net.below(scope)}
        for node in self.net.nodes:
            if not plan.opens(node) and node.inside >= 0 and self._beside(plan):
                left_out |= self.net.below(node.inside)
        return frozenset().union(*(writes(self.net, scope) for scope in left_out)) - self.own

    def _beside(self, plan: Plan) -> bool:
        """Whether two things can be under way at once in what we look at."""
        return any(self._divides(plan, scope) for scope in self.open)

    def _divides(self, plan: Plan, scope: int) -> bool:
        nodes, handlers = self.net.scopes[scope].nodes, self.net.scopes[scope].handlers
        return any(not handlers[k].start.interrupting for k in plan.handlers[scope]) or any(
            divides(n) or (n.element.loop is not None and plan.opens(n)) for n in nodes.values()
        )

    def _inside(self, scope: int) -> frozenset[str]:
        return frozenset().union(*(writes(self.net, below) for below in self.net.below(scope)))

    def _about(self, plan: Plan, changed: Collection[str]) -> frozenset[str]:
        """What we remember that is about these fields."""
        return frozenset(key for key in plan.tracked if not plan.about[key].isdisjoint(changed))

    def _answers(self, plan: Plan, node: Node) -> Change:
        changed = set(fields_of(self.net, node.element))
        if node.inside >= 0 and not plan.opens(node):
            changed |= self._inside(node.inside)
        in_loop = {*loops_around(self.net, node.scope), *_collection(node.element)}
        if changed:
            changed.update(in_loop)
        run = self.watched.run
        if self.own and run is not None and node.scope in self.net.below(run.scope):
            in_loop.discard(run.rows)  # it is the one that we look into
        form = self.net.definition.forms.get(node.element.form)
        surely = not (in_loop or may_be_skipped(node.element) or node.element.skippable)
        fixed = knowledge.must_be(form, _asks_consent(node.element)) if form is not None and surely else {}
        knows = {key: values for key, values in fixed.items() if key in plan.tracked}
        for key, values in knows.items():
            plan.alphabet[key] = plan.alphabet.get(key, frozenset({knowledge.OTHER})) | values
        filled = {listed(key): frozenset({str(Answer.YES)}) for key in plan.lists.get(node.index, ())}
        return Change(self._about(plan, changed), tuple(sorted((knows | filled).items())))

    # passing steps at once

    def _pass(self, plan: Plan) -> None:
        plan.passing = True
        awaited = self._awaited()
        for scope in sorted(self.open):
            watching, beside = self._around(plan, scope)
            for node in self.net.scopes[scope].nodes.values():
                if node.index in awaited:
                    continue
                if not plan.rests[node.index] or node.edges or self.seen(node.element) or self._seen_flow(node):
                    continue
                if self._moment(plan, node) in plan.answers and beside:
                    continue  # when an answer changes matters to what goes on beside it
                plan.rests[node.index] = False
                if (watching or beside) and not self._comes_to_rest(plan, node, watching):
                    plan.rests[node.index] = True
                plan.passed[node.index] = not plan.rests[node.index]

    def _awaited(self) -> frozenset[int]:
        """The nodes that may not be passed, for how long a token stands there says what an inclusive join waits for.

        Where a token can come to a join by one flow only, the join waits for it, and it does not matter how long.
        """
        awaited: set[int] = set()
        for scope in self.open:
            for near in self.net.merging.get(scope, {}).values():
                spots = {index for (index, _), flows in near.items() if len(flows) > 1}
                awaited |= spots
                for below in (s for index in spots if (s := self.net.nodes[index].inside) >= 0):
                    awaited |= {node.index for s in self.net.below(below) for node in self.net.scopes[s].nodes.values()}
        return frozenset(awaited)

    def _around(self, plan: Plan, scope: int) -> tuple[bool, bool]:
        """Whether something can interrupt this scope from around it, and whether other things run beside it."""
        watching = beside = False
        waiting, seen = [scope], {scope}
        while waiting:
            current = waiting.pop()
            watching = watching or bool(plan.handlers[current])
            beside = beside or self._divides(plan, current)
            for caller in self.net.callers.get(current, []):
                if caller not in self.open:
                    continue
                openers = [n for n in self.net.scopes[caller].nodes.values() if n.inside == current]
                watching = watching or any(n.edges for n in openers)
                if caller not in seen:
                    seen.add(caller)
                    waiting.append(caller)
        return watching, beside

    def _comes_to_rest(self, plan: Plan, node: Node, watching: bool) -> bool:
        """Whether every way on from a node comes to a place to wait before anything that can be seen."""
        at_end = not watching and node.scope == self.root
        return self._rests_ahead(plan, node, at_end)

    def _rests_ahead(self, plan: Plan, node: Node, at_end: bool) -> bool:
        """Whether every way on from a node comes to rest, and none goes round."""
        under_way, looked_at = {node.index}, set()
        trail = [(node, self._ahead(node))]
        while trail:
            target = next(trail[-1][1], None)
            if target is None:
                looked_at.add(trail.pop()[0].index)
                continue
            rests = target.index in looked_at or self._rests_at(plan, target)
            if rests is False or (rests is None and (target.index in under_way or not (target.flows or at_end))):
                return False
            if rests is None:
                under_way.add(target.index)
                trail.append((target, self._ahead(target)))
        return bool(node.flows) or at_end

    def _ahead(self, node: Node) -> Iterator[Node]:
        return (self.net.scopes[node.scope].nodes[flow.target] for flow in node.flows)

    def _rests_at(self, plan: Plan, node: Node) -> bool | None:
        """Whether a token that comes to a node rests there before anything is seen; None where it goes on unseen."""
        if plan.rests[node.index] or node.kind == WAIT:
            return True
        if plan.heat[node.index] == 2 or self._seen_flow(node) or self.seen(node.element):
            return False
        if node.kind == INSIDE and plan.opens(node):
            starts = self.net.scopes[node.inside].starts
            inside = all(
                self._rests_ahead(plan, start, False) if (rests := self._rests_at(plan, start)) is None else rests
                for start in starts
            )
            return inside if not inside or node.element.loop is None else None
        return None if node.kind in (PASS, JOIN, MERGE, CHOICE, FORK, RULE, REST, INSIDE) else False

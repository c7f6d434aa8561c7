"""The token game: which steps a case can take, by the meaning that the engine gives to a diagram.

What a marking, a step and an occurrence are, `steps` says. As in the engine, what needs nobody happens at once, before
anything else; but an event that is thrown or a condition that becomes true goes before that, so where these are drawn
a token stands still for a moment.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.definitions import Element, Event, Flow
from engine.definitions.kinds import AWAITS, EventKind, LoopKind
from engine.proof import knowledge
from engine.proof.knowledge import OTHER, Known
from engine.proof.memory import Memory
from engine.proof.net import (
    CHOICE,
    FORK,
    FREE,
    INSIDE,
    JOIN,
    MERGE,
    PASS,
    STOP,
    THROW,
    THROWN,
    WAIT,
    Edge,
    Near,
    Net,
    Node,
    Spot,
    listens_on,
)
from engine.proof.plan import Plan, may_be_skipped, repeats
from engine.proof.steps import (
    BEGUN,
    BESIDE,
    BETWEEN,
    CLOCK,
    COUNTED,
    DONE,
    EACH,
    HEARD,
    MESSAGE,
    SEVERAL,
    SIGNAL,
    TAKEN,
    THREW,
    Marking,
    Occurrence,
    Path,
    State,
    Step,
)

MOST = 2
"""So many tokens may stand in one place at once, and so many runs of one handler; what goes beyond is left out."""

ITEMS = (0, 1, 2)

MOST_WAYS = 1_024
"""So many sets of flows at most may be taken at one inclusive gateway; beyond that nothing is decided."""

QUIET, LOUD = 1, 2


@dataclass
class _Out:
    """What a scope looks like after a step; `thrown` is an error or escalation that it did not catch itself."""

    marking: Marking
    known: Known
    occurrences: list[Occurrence] = field(default_factory=list)
    thrown: Event | None = None


Act = Callable[[Marking, int, Known], list[_Out]]
Move = tuple[Path, int, Act]
Going = tuple[Node, str, tuple[int, ...]]
"""Where a token goes: the node, by which flow, and the nodes that it passed on its way."""
Coming = tuple[int, Event | None, Path, int, Act]
"""What people, clocks, messages and conditions can do: how deep inside, by which event, where, and what."""


class Game:
    """The moves of one net, played by a plan that says what may be passed at once. Remembers if a bound was met."""

    def __init__(self, net: Net, plan: Plan) -> None:
        self.net = net
        self.plan = plan
        self.memory = Memory(net, plan) if plan.forgets and plan.tracked else None
        self.bounded = False
        self.full: Node | None = None  # a gateway with too many ways to look at each
        self.leads: dict[tuple[int, str], tuple[list[Marking], list[Occurrence]] | None] = {}
        self.meets_join = False
        self.torn = False  # an inclusive join did not wait for a token that could come by one of several flows

    @property
    def blind(self) -> bool:
        """Whether the plan passes a step at which it matters how long a token waits, so that nothing is proved."""
        return self.torn and self.plan.passing

    def begin(self) -> list[tuple[Step, State]]:
        """The one step that starts a case."""
        occurrences: list[Occurrence] = []
        marking = self._opened(self.plan.root, occurrences)
        return [(tuple(occurrences), (marking, knowledge.NOTHING))]

    def moves(self, state: State) -> Iterator[tuple[Step, State]]:
        """All steps from here, each with where it leads. An ended case has the marking ()."""
        marking, known = state
        if not marking:
            return
        for path, position, act in self._possible(marking):
            yield from self._steps(marking, path, position, known, act)

    def moves_of(self, state: State, path: Path, position: int) -> Iterator[tuple[Step, State]]:
        """The steps from here that the token at one place in one scope takes, where nothing moves by itself."""
        scope, comings = state[0], list[Coming]()
        for flow, i, j in path:
            child = scope[1][i][2] if flow else scope[2][i][1]
            scope = child[1][j] if j >= 0 else child
        self._resting_token(scope[1][position], position, path, 0, comings)
        for _, _, _, _, act in comings:
            yield from self._steps(state[0], path, position, state[1], act)

    def _steps(self, marking: Marking, path: Path, i: int, known: Known, act: Act) -> Iterator[tuple[Step, State]]:
        for out in self._at(marking, path, i, known, act):
            if out.thrown is None or out.thrown.kind != EventKind.ERROR or self.plan.lenient:
                yield tuple(out.occurrences), (out.marking, self._known(out))

    def waits(self, state: State) -> bool:
        """Whether nothing moves by itself: somebody, a clock or a message must come."""
        return bool(state[0]) and not self._moving(state[0])

    def _known(self, out: _Out) -> Known:
        """What is known after all that was done in one step, as far as something may still ask for it."""
        known = out.known
        for occurrence in out.occurrences:
            if change := self.plan.answers.get(occurrence):
                known = change.after(known)
        return self.memory.kept(out.marking, known) if self.memory else known

    # --- what can happen -----------------------------------------------------------------------------------------

    def _possible(self, marking: Marking) -> list[Move]:
        comings: list[Coming] = []
        if moving := self._moving(marking):
            if self.net.conditional:  # a condition may become true before what moves by itself has settled
                self._resting(marking, (), 0, comings)
            true = [
                (path, i, act)
                for _, event, path, i, act in comings
                if event is not None and event.kind == EventKind.CONDITIONAL
            ]
            return moving + true
        self._resting(marking, (), 0, comings)
        deepest: dict[str, int] = {}
        for depth, event, *_ in comings:
            if name := _message(event):
                deepest[name] = max(depth, deepest.get(name, 0))
        return [(path, i, act) for depth, event, path, i, act in comings if depth >= deepest.get(_message(event), 0)]

    def _moving(self, marking: Marking) -> list[Move]:
        """What moves by itself. What nobody sees goes first and in any order; joins that wait for all, last."""
        loud: list[Move] = []
        if quiet := self._hot(marking, (), loud):
            return [quiet]
        return loud or [*self._merging(marking, ())]

    def _merging(self, marking: Marking, path: Path) -> Iterator[Move]:
        """Inclusive joins for which no more tokens can come. They are looked at when nothing else moves."""
        if not self.net.merging:
            return
        for index, near in self.net.merging.get(marking[0], {}).items():
            waiting = [i for i, token in enumerate(marking[1]) if token[0] == index]
            if waiting and self._complete(marking[1], index, near):
                yield path, waiting[0], self._merge
        for child, below in self._below(marking, path):
            yield from self._merging(child, below)

    @staticmethod
    def _below(marking: Marking, path: Path) -> Iterator[tuple[Marking, Path]]:
        """What is open inside a scope."""
        for i, (_, _, child) in enumerate(marking[1]):
            if len(child) == 2:
                yield from ((instance, (*path, (True, i, j))) for j, instance in enumerate(child[1]) if instance)
            elif child:
                yield child, (*path, (True, i, -1))
        for i, (_, child) in enumerate(marking[2]):
            if child:
                yield child, (*path, (False, i, -1))

    def _complete(self, tokens: tuple[Any, ...], join: int, near: Near) -> bool:
        """Whether no token can come by a flow that has none, other than one that can come by a flow that has one."""
        arrived = {token[1][0] for token in tokens if token[0] == join}
        complete = True
        for token in tokens:
            for spot in self._spots(token) if token[0] != join else ():
                flows = near.get(spot, frozenset())
                if flows - arrived:
                    self.torn = self.torn or len(flows) > 1
                    complete = complete and bool(flows & arrived)
        return complete

    def _spots(self, token: Marking) -> list[Spot]:
        """Where a token stands: at its node and at each event on the edge that can still come."""
        index, spent, _ = token
        node = self.net.nodes[index]
        if node.kind == WAIT:
            return [(self.net.scopes[node.scope].nodes[flow.target].index, -1) for flow in node.flows]
        return [(index, -1), *((index, k) for k in range(len(node.edges)) if k not in spent)]

    def _hot(self, marking: Marking, path: Path, loud: list[Move]) -> Move | None:
        """Collect the tokens that move by themselves; gives one that nobody sees, if there is one."""
        for i, (index, spent, child) in enumerate(marking[1]):
            if child and child != BETWEEN:
                continue
            if self.plan.heat[index] and (heat := self._heat(self.net.nodes[index], spent)):
                if heat == QUIET:
                    return path, i, self._automatic
                loud.append((path, i, self._automatic))
        for child, below in self._below(marking, path):
            if quiet := self._hot(child, below, loud):
                return quiet
        return None

    def _heat(self, node: Node, spent: tuple[int, ...]) -> int:
        if node.kind == JOIN and spent:
            return 0  # it waits for the others
        return QUIET if node.kind == THROW and spent else self.plan.heat[node.index]

    def _resting(self, marking: Marking, path: Path, depth: int, comings: list[Coming]) -> None:
        """Collect what can come."""
        scope, tokens, handlers, spent, stopped = marking
        kept = self.plan.handlers[scope]
        instead = any(self.net.scopes[scope].handlers[h].start.interrupting for h in kept)
        beside = any(not self.net.scopes[scope].handlers[h].start.interrupting for h in kept)
        inner = depth + instead + beside
        for i, token in enumerate(tokens):
            self._resting_token(token, i, path, inner, comings)
        for i, (number, child) in enumerate(handlers):
            if child:
                below = depth + 1 + (instead and not self.net.scopes[scope].handlers[number].start.interrupting)
                self._resting(child, (*path, (False, i, -1)), below, comings)
            else:
                comings.append((depth, None, path, i, self._handled))
        if stopped:
            return
        running = {number for number, _ in handlers}
        for number in kept:
            start = self.net.scopes[scope].handlers[number].start
            event = self.net.scopes[scope].handlers[number].event
            if event.kind not in FREE or number in spent:
                continue
            if start.interrupting or (tokens and (event.kind != EventKind.MESSAGE or number not in running)):
                level = depth if start.interrupting else depth + instead
                comings.append((level, event, path, number, self._begun))

    def _resting_token(self, token: Marking, i: int, path: Path, depth: int, comings: list[Coming]) -> None:
        index, spent, child = token
        node = self.net.nodes[index]
        if node.kind == WAIT:
            for k, flow in enumerate(node.flows):
                target = self.net.scopes[node.scope].nodes[flow.target]
                comings.append((depth, target.element.event, path, i, self._chosen(k)))
        elif not child and self.plan.rests[index]:
            comings.append((depth, node.element.event, path, i, self._done))
        elif child and node.element.loop is not None:
            for j, instance in enumerate(child[1]):
                if instance:
                    self._resting(instance, (*path, (True, i, j)), depth + 1, comings)
                else:
                    comings.append((depth, node.element.event, path, i, self._each_done(j)))
        elif child:
            self._resting(child, (*path, (True, i, -1)), depth + 1, comings)
        for k, edge in enumerate(node.edges):
            if k not in spent and (edge.event.kind in FREE or self.plan.may_throw(node, edge)):
                comings.append((depth, edge.event, path, i, self._edge(k)))

    # --- doing it, and what that means for the scopes around -----------------------------------------------------

    def _at(self, marking: Marking, path: Path, position: int, known: Known, act: Act) -> list[_Out]:
        if not path:
            return [met for out in act(marking, position, known) for met in self._caught(marking, out, flow=True)]
        flow, i, j = path[0]
        if flow:
            child = marking[1][i][2]
            outs = self._at(child if j < 0 else child[1][j], path[1:], position, known, act)
            return [met for out in outs for met in self._around(marking, i, j, out)]
        number, child = marking[2][i]
        around = []
        for out in self._at(child, path[1:], position, known, act):
            rest = marking[2][:i] + marking[2][i + 1 :]
            if out.marking:
                rest = tuple(sorted((*rest, (number, out.marking))))
            else:
                self._told_handler(marking[0], number, out.occurrences)
            out.marking = (marking[0], marking[1], rest, *marking[3:])
            around += self._caught(marking, out, flow=False)
        return around

    def _around(self, marking: Marking, i: int, j: int, out: _Out) -> list[_Out]:
        """A step inside an activity, seen from the scope that the activity stands in."""
        index, spent, _ = marking[1][i]
        node = self.net.nodes[index]
        if out.thrown is not None:
            for k, edge in enumerate(node.edges):
                if k not in spent and _covers(edge.event, out.thrown):
                    return self._met(marking, i, j, k, out)
        around = []
        for inside in self._inside(marking, i, j, out):
            around += self._caught(marking, inside, flow=True)
        return around

    def _met(self, marking: Marking, i: int, j: int, k: int, out: _Out) -> list[_Out]:
        """What was thrown inside an activity is caught on its edge."""
        edge = self.net.nodes[marking[1][i][0]].edges[k]
        out.thrown = None
        if edge.element.interrupting:
            out.marking = self._without(marking, i)
            return self._closed(self._gone_off(edge, out))
        after, place = self._spend(marking, i, k)
        outs = self._inside(after, place, j, out)
        return [closed for inside in outs for closed in self._closed(self._gone_off(edge, inside))]

    def _inside(self, marking: Marking, i: int, j: int, out: _Out) -> list[_Out]:
        """The scope with its activity as it is after the step."""
        index, spent, _ = marking[1][i]
        if j >= 0:
            return self._instance(marking, i, j, out)
        if out.marking:
            out.marking = self._with(marking, i, [(index, spent, out.marking)])
            return [out]
        return [self._leave(marking, i, self.net.nodes[index], out)]

    def _instance(self, marking: Marking, i: int, j: int, out: _Out) -> list[_Out]:
        """The scope with one instance of a multi-instance activity as it is after the step."""
        index, spent, (later, instances) = marking[1][i]
        node = self.net.nodes[index]
        rest = instances[:j] + instances[j + 1 :]
        if out.marking:
            out.marking = self._with(marking, i, [(index, spent, (later, tuple(sorted((*rest, out.marking)))))])
            return [out]
        if repeats(node.element):
            out.marking = self._with(marking, i, [(index, spent, BETWEEN)])
            return [out]
        outs = []
        if node.element.loop is not None and node.element.loop.condition and (rest or later):
            outs.append(self._all_done(marking, i, node, _Out((), out.known, list(out.occurrences), out.thrown)))
        if later:
            later, rest = later - 1, tuple(sorted((*rest, self._instanced(node, out.occurrences))))
        if rest:
            out.marking = self._with(marking, i, [(index, spent, (later, rest))])
            return [*outs, out]
        return [*outs, self._all_done(marking, i, node, out)]

    def _all_done(self, marking: Marking, i: int, node: Node, out: _Out) -> _Out:
        """The last instance of a multi-instance activity is done. By its answer a condition may become true."""
        if node.kind == INSIDE or not self.net.conditional:
            return self._leave(marking, i, node, out)
        out.marking = self._with(marking, i, [(node.index, marking[1][i][1], BETWEEN)])
        return out

    def _caught(self, before: Marking, out: _Out, flow: bool) -> list[_Out]:
        """What was thrown, by the flow of this scope or by one of its handlers, meets the scope's own handlers."""
        scope = before[0]
        if out.thrown is not None and not before[4]:
            for number in sorted(self.plan.handlers[scope], key=lambda n: self._start(scope, n).interrupting):
                start = self._start(scope, number)
                live = start.interrupting or flow or bool(before[1])
                if live and number not in before[3] and _covers(start.event or Event(EventKind.NONE), out.thrown):
                    out.thrown = None
                    out.marking = self._started(out.marking, number, out.occurrences)
                    break
        return self._closed(out)

    def _closed(self, out: _Out) -> list[_Out]:
        """A scope with nothing left in it is done, unless something runs beside it that we leave out."""
        marking = out.marking
        if not marking or marking[1] or marking[2]:
            return [out]
        out.marking = ()
        if marking[4]:
            return [out]
        if marking[0] not in self.plan.lingering:
            return [out]
        beside = (marking[0], (), ((BESIDE, ()),), *marking[3:])
        return [out, _Out(beside, out.known, [*out.occurrences], out.thrown)]

    def _start(self, scope: int, number: int) -> Element:
        return self.net.scopes[scope].handlers[number].start

    # --- handlers ------------------------------------------------------------------------------------------------

    def _begun(self, marking: Marking, number: int, known: Known) -> list[_Out]:
        occurrences: list[Occurrence] = []
        return [_Out(self._started(marking, number, occurrences), known, occurrences)]

    def _started(self, marking: Marking, number: int, occurrences: list[Occurrence]) -> Marking:
        """A scope in which an event sub-process begins."""
        scope, tokens, handlers, spent, _ = marking
        handler = self.net.scopes[scope].handlers[number]
        occurrences.append((_what(handler.event), handler.start.process, handler.start.id))
        occurrences.append((BEGUN, handler.element.process, handler.element.id))
        child = () if self.plan.closed_handlers(scope, number) else self._opened(handler.scope, occurrences)
        if handler.start.interrupting:
            return (scope, (), ((number, child),), (), True)
        if not listens_on(handler.start):
            spent = tuple(sorted({*spent, number}))
        return (scope, tokens, self._few((*handlers, (number, child))), spent, False)

    def _handled(self, marking: Marking, i: int, known: Known) -> list[_Out]:
        """A handler whose steps nobody needs to see is done."""
        number = marking[2][i][0]
        occurrences: list[Occurrence] = []
        if number != BESIDE:
            self._told_handler(marking[0], number, occurrences)
        rest = marking[2][:i] + marking[2][i + 1 :]
        return [_Out((marking[0], marking[1], rest, *marking[3:]), known, occurrences)]

    def _told_handler(self, scope: int, number: int, occurrences: list[Occurrence]) -> None:
        element = self.net.scopes[scope].handlers[number].element
        occurrences.append((DONE, element.process, element.id))

    # --- steps at rest -------------------------------------------------------------------------------------------

    def _done(self, marking: Marking, i: int, known: Known) -> list[_Out]:
        """Somebody does a task, or what is waited for comes."""
        node = self.net.nodes[marking[1][i][0]]
        event = node.element.event
        occurrences = [] if event is None else [(_what(event), *node.place)]
        return [self._leave(marking, i, node, _Out((), known, occurrences))]

    def _each_done(self, j: int) -> Act:
        def act(marking: Marking, i: int, known: Known) -> list[_Out]:
            node = self.net.nodes[marking[1][i][0]]
            occurrences = [] if node.element.event is None else [(_what(node.element.event), *node.place)]
            return self._instance(marking, i, j, _Out((), known, [*occurrences, (EACH, *node.place)]))

        return act

    def _chosen(self, k: int) -> Act:
        """One of the events behind an event-based gateway comes."""

        def act(marking: Marking, i: int, known: Known) -> list[_Out]:
            node = self.net.nodes[marking[1][i][0]]
            flow = node.flows[k]
            target = self.net.scopes[node.scope].nodes[flow.target]
            occurrences = [(DONE, *node.place), (TAKEN, node.element.process, flow.id)]
            occurrences.append((_what(target.element.event), *target.place))
            return [self._leave(marking, i, target, _Out((), known, occurrences))]

        return act

    def _edge(self, k: int) -> Act:
        def act(marking: Marking, i: int, known: Known) -> list[_Out]:
            edge = self.net.nodes[marking[1][i][0]].edges[k]
            after = self._without(marking, i) if edge.element.interrupting else self._spend(marking, i, k)[0]
            return [self._gone_off(edge, _Out(after, known))]

        return act

    def _without(self, marking: Marking, i: int) -> Marking:
        return (marking[0], marking[1][:i] + marking[1][i + 1 :], *marking[2:])

    def _spend(self, marking: Marking, i: int, k: int) -> tuple[Marking, int]:
        """The scope in which event `k` of activity `i` won't come again, and where that activity now stands."""
        index, spent, child = marking[1][i]
        if self.net.nodes[index].edges[k].again:
            return marking, i
        token = (index, tuple(sorted({*spent, k})), child)
        after = self._with(marking, i, [token])
        return after, after[1].index(token)

    def _gone_off(self, edge: Edge, out: _Out) -> _Out:
        """A boundary event goes off in the scope `out.marking`."""
        place = edge.element.process, edge.element.id
        out.occurrences += [(_what(edge.event), *place), (DONE, *place)]
        tokens = list(out.marking[1])
        for flow in edge.flows:
            out.occurrences.append((TAKEN, edge.element.process, flow.id))
            self._come(tokens, self.net.scopes[out.marking[0]].nodes[flow.target], flow.id, out.occurrences)
        out.marking = (out.marking[0], self._few(tokens), *out.marking[2:])
        return out

    # --- steps that need nobody ----------------------------------------------------------------------------------

    def _automatic(self, marking: Marking, i: int, known: Known) -> list[_Out]:
        node = self.net.nodes[marking[1][i][0]]
        if node.kind in (PASS, JOIN):
            out = _Out((), known, self._landed(node))
            return [self._leave(marking, i, node, out)]
        if node.kind == CHOICE:
            return self._choices(marking, i, node, known)
        if node.kind == FORK:
            return self._ways(marking, i, node, known)
        if node.kind == STOP:
            return [_Out((), known, [(DONE, *node.place)])]
        if node.kind == THROW:
            return [self._threw(marking, i, node, known)]
        if node.element.loop is not None and self.plan.opens(node):
            if repeats(node.element):
                return self._rounds(marking, i, node, known)
            if marking[1][i][2] == BETWEEN:
                return [self._leave(marking, i, node, _Out((), known))]
            return [self._many(marking, i, node, number, known) for number in ITEMS]
        return self._done(marking, i, known)

    def _threw(self, marking: Marking, i: int, node: Node, known: Known) -> _Out:
        """A token throws what stands at its node, and then goes on, unless what it threw ended that."""
        if marking[1][i][1] == THREW:
            tokens = list(marking[1][:i] + marking[1][i + 1 :])
            out = _Out((), known)
            for flow in node.flows:
                self._come(tokens, self.net.scopes[node.scope].nodes[flow.target], flow.id, out.occurrences)
            out.marking = (marking[0], self._few(tokens), *marking[2:])
            return out
        occurrences = [(SIGNAL, *node.place), (DONE, *node.place)]
        occurrences += [(TAKEN, node.element.process, flow.id) for flow in node.flows]
        return _Out(self._with(marking, i, [(node.index, THREW, ())]), known, occurrences, node.element.event)

    @staticmethod
    def _landed(node: Node) -> list[Occurrence]:
        """What is told where a token passes an event to which it jumped."""
        event = node.element.event
        return [(_what(event), *node.place)] if node.element.kind in AWAITS and event is not None else []

    def _choices(self, marking: Marking, i: int, node: Node, known: Known) -> list[_Out]:
        """The flows that an exclusive gateway can take with what is known: the first true one, else the default.

        In a drawing that says of several flows neither when they are taken nor which is the default, it is any of them.
        """
        outs: list[_Out] = []
        undecided = [known]
        last = [f for f in node.flows if f.id == node.element.default or not f.condition]
        for flow in node.flows:
            if flow in last:
                continue
            after: list[Known] = []
            for current in undecided:
                for answer, learned in knowledge.split(
                    self.plan.formulas[flow.id, node.index], current, self.plan.alphabet
                ):
                    if answer:
                        outs.append(self._taken(marking, i, node, (flow,), learned))
                    else:
                        after.append(learned)
            undecided = list(dict.fromkeys(after))
        for flow in last[:1] if node.element.default else last:
            outs += [self._taken(marking, i, node, (flow,), current) for current in undecided]
        return outs

    def _ways(self, marking: Marking, i: int, node: Node, known: Known) -> list[_Out]:
        """The sets of flows that can be taken together: all that are true or have no condition, else the default."""
        ways: dict[tuple[tuple[Flow, ...], Known], None] = {((), known): None}
        for flow in node.flows:
            if flow.id == node.element.default:
                continue
            after: dict[tuple[tuple[Flow, ...], Known], None] = {}
            for taken, current in ways:
                answers = [(True, current)]
                if flow.condition:
                    answers = knowledge.split(self.plan.formulas[flow.id, node.index], current, self.plan.alphabet)
                after |= {((*taken, flow) if true else taken, learned): None for true, learned in answers}
            if len(after) > MOST_WAYS:
                self.full = node
                return []
            ways = after
        otherwise = tuple(flow for flow in node.flows if flow.id == node.element.default)
        known_ways = ((taken or otherwise, current) for taken, current in ways)
        outs = [self._taken(marking, i, node, taken, current) for taken, current in known_ways if taken]
        return list({(tuple(out.occurrences), out.known): out for out in outs}.values())

    def _merge(self, marking: Marking, i: int, known: Known) -> list[_Out]:
        """An inclusive join takes one token of each flow by which some came, and goes on."""
        node = self.net.nodes[marking[1][i][0]]
        took = {token for token in marking[1] if token[0] == node.index}
        tokens = list(marking[1])
        for token in took:
            tokens.remove(token)
        out = _Out((), known, [(DONE, *node.place)])
        self._onward(tokens, node, out.occurrences)
        out.marking = (marking[0], self._few(tokens), *marking[2:])
        return [out]

    def _taken(self, marking: Marking, i: int, node: Node, flows: tuple[Flow, ...], known: Known) -> _Out:
        occurrences = [(DONE, *node.place)] if node.drawn else []
        out = _Out((), self.plan.remembered(known), [*occurrences, *self._heard(node, known)])
        tokens = list(marking[1][:i] + marking[1][i + 1 :])
        out.occurrences += [(TAKEN, node.element.process, flow.id) for flow in flows]
        for flow in flows:
            self._come(tokens, self.net.scopes[marking[0]].nodes[flow.target], flow.id, out.occurrences)
        out.marking = (marking[0], self._few(tokens), *marking[2:])
        return out

    def _many(self, marking: Marking, i: int, node: Node, number: int, known: Known) -> _Out:
        """A multi-instance activity begins, with so many items."""
        occurrences = self._counted(node, str(number))
        out = _Out((), known, occurrences)
        if number == 0:
            return self._on(marking, i, node, out)
        together = node.element.loop is None or node.element.loop.kind == LoopKind.PARALLEL
        self._begins(node, occurrences)
        first = [self._instanced(node, occurrences) for _ in range(number if together else 1)]
        child = (0 if together else number - 1, tuple(sorted(first)))
        out.marking = self._with(marking, i, [(node.index, marking[1][i][1], child)])
        return out

    def _rounds(self, marking: Marking, i: int, node: Node, known: Known) -> list[_Out]:
        """A loop begins or has done a round: once more, or on. Rounds are not counted, so there is no bound to them."""
        first, loop = not marking[1][i][2], node.element.loop
        asks = loop is not None and loop.condition and (may_be_skipped(node.element) or not first)
        answers = [(True, known)]
        if asks:
            answers = knowledge.split(self.plan.formulas["", node.index], known, self.plan.alphabet)
        if not first and loop is not None and loop.cardinality:
            answers += [(False, known)]
        if not first and asks and all(again for again, _ in answers):  # a correction from outside may still end it
            keys = {atom.key for atom in knowledge.atoms(self.plan.formulas["", node.index])}
            answers = [*answers, (False, knowledge.forgotten(known, keys))]
        outs = [self._round(marking, i, node, again, learned, first) for again, learned in dict.fromkeys(answers)]
        return [self._on(marking, i, node, out) if not out.marking else out for out in outs]

    def _round(self, marking: Marking, i: int, node: Node, again: bool, known: Known, first: bool) -> _Out:
        occurrences = self._counted(node, ("ronde" if first else "nog") if again else ("geen" if first else "genoeg"))
        occurrences += self._heard(node, known)
        out = _Out((), self.plan.remembered(known), occurrences)
        if again:
            if first:
                self._begins(node, occurrences)
            out.marking = self._with(
                marking, i, [(node.index, marking[1][i][1], (0, (self._instanced(node, occurrences),)))]
            )
        elif not first:
            occurrences.append((DONE, *node.place))
        return out

    def _heard(self, node: Node, known: Known) -> list[Occurrence]:
        """The answers that the question is about and that are known where a node asks for them."""
        asked = self.plan.asked_at[node.index]
        return [(HEARD, key, SEVERAL.join(values)) for key, values in known if OTHER not in values and key in asked]

    @staticmethod
    def _counted(node: Node, number: str) -> list[Occurrence]:
        return [(COUNTED, node.element.process, f"{node.element.id}:{number}")]

    @staticmethod
    def _begins(node: Node, occurrences: list[Occurrence]) -> None:
        if node.kind == INSIDE:
            occurrences.append((BEGUN, *node.place))

    def _instanced(self, node: Node, occurrences: list[Occurrence]) -> Marking:
        """What runs in one more instance of an activity."""
        return self._opened(node.inside, occurrences) if node.kind == INSIDE else ()

    # --- moving tokens -------------------------------------------------------------------------------------------

    def _leave(self, marking: Marking, i: int, node: Node, out: _Out) -> _Out:
        """What the token at place `i` waited for is done, and it goes on from `node`."""
        out.occurrences.append((DONE, *node.place))
        return self._on(marking, i, node, out)

    def _on(self, marking: Marking, i: int, node: Node, out: _Out) -> _Out:
        """The token at place `i` goes on from `node`."""
        tokens = list(marking[1][:i] + marking[1][i + 1 :])
        self._onward(tokens, node, out.occurrences)
        out.marking = (marking[0], self._few(tokens), *marking[2:])
        return out

    def _onward(self, tokens: list[Marking], node: Node, occurrences: list[Occurrence]) -> None:
        """A token leaves a node."""
        nodes = self.net.scopes[node.scope].nodes
        for flow in node.flows:
            if flow.id:
                occurrences.append((TAKEN, node.element.process, flow.id))
            self._come(tokens, nodes[flow.target], flow.id, occurrences)

    def _come(self, tokens: list[Marking], node: Node, flow: str, occurrences: list[Occurrence]) -> None:
        """A token comes to a node. Where it meets no join that leads to the same each time, and is remembered."""
        if (node.index, flow) not in self.leads:
            new: tuple[list[Marking], list[Occurrence]] = ([], [])
            before, self.meets_join = self.meets_join, False
            self._go(*new, [(node, flow, ())])
            self.leads[node.index, flow] = None if self.meets_join else new
            self.meets_join = before
        if (leads := self.leads[node.index, flow]) is not None:
            tokens += leads[0]
            occurrences += leads[1]
        else:
            self._go(tokens, occurrences, [(node, flow, ())])

    def _go(self, tokens: list[Marking], occurrences: list[Occurrence], going: list[Going]) -> None:
        """Tokens go on as far as they can by themselves without a choice; the last first."""
        while going:
            node, flow, passed = going.pop()
            if passed and flow:
                occurrences.append((TAKEN, node.element.process, flow))
            going += self._arrive(tokens, node, flow, occurrences, passed)

    def _out(self, node: Node, passed: tuple[int, ...]) -> list[Going]:
        """Where tokens that leave a node come, the first of them last."""
        nodes = self.net.scopes[node.scope].nodes
        return [(nodes[flow.target], flow.id, passed) for flow in reversed(node.flows)]

    def _arrive(
        self, tokens: list[Marking], node: Node, flow: str, occurrences: list[Occurrence], passed: tuple[int, ...]
    ) -> list[Going]:
        """A token comes to a node; gives where it goes on to, if it does."""
        if node.kind == MERGE:
            tokens.append((node.index, (node.element.incoming.index(flow),), ()))
            return []
        if node.kind == JOIN and not self._joined(tokens, node, flow, passed):
            return []
        if node.kind == INSIDE and not self.plan.passed[node.index]:
            if not self._entered(tokens, node, occurrences) or node.index in passed:
                return []
        elif self._stands(node) or node.index in passed:
            tokens.append((node.index, (), ()))
            return []
        else:
            occurrences += self._landed(node)
        occurrences.append((DONE, *node.place))
        return self._out(node, (*passed, node.index))

    def _stands(self, node: Node) -> bool:
        """Whether a token stands still at a node, be it for a moment in which a condition may become true."""
        return self.net.conditional if node.kind in (JOIN, PASS) else not self.plan.passed[node.index]

    def _entered(self, tokens: list[Marking], node: Node, occurrences: list[Occurrence]) -> bool:
        """A token comes into an activity; whether that is done at once."""
        if node.element.loop is None or not self.plan.opens(node):
            occurrences.append((BEGUN, *node.place))
        plain = node.element.loop is None and self.plan.opens(node)
        child = self._opened(node.inside, occurrences) if plain else ()
        if child or not plain:
            tokens.append((node.index, (), child))
        return plain and not child

    def _joined(self, tokens: list[Marking], node: Node, flow: str, passed: tuple[int, ...]) -> bool:
        """A parallel join: one token of each incoming flow makes one token that goes on."""
        self.meets_join = True
        tokens.append((node.index, (node.element.incoming.index(flow),), ()))
        needed = [(node.index, (k,), ()) for k in range(self.net.joined(node))]
        if node.index in passed or not all(token in tokens for token in needed):
            return False
        for token in needed:
            tokens.remove(token)
        return True

    def _opened(self, scope: int, occurrences: list[Occurrence]) -> Marking:
        tokens: list[Marking] = []
        for start in self.net.scopes[scope].starts:
            self._come(tokens, start, "", occurrences)
        return (scope, self._few(tokens), (), (), False) if tokens else ()

    def _with(self, marking: Marking, i: int, tokens: list[Marking]) -> Marking:
        return (marking[0], self._few((*marking[1][:i], *tokens, *marking[1][i + 1 :])), *marking[2:])

    def _few(self, entries: Iterable[Any]) -> tuple[Any, ...]:
        """Tokens or handlers in a fixed order, without what stands in one place too often."""
        ordered = tuple(sorted(entries))
        if len(ordered) <= MOST:
            return ordered
        kept: list[Any] = []
        for entry in ordered:
            if len(entry) == 3 and self.net.nodes[entry[0]].kind == PASS:
                kept.append(entry)  # it goes on at once
                continue
            key = entry if len(entry) == 3 and self.net.nodes[entry[0]].kind in (JOIN, MERGE) else entry[0]
            same = sum((other if isinstance(key, tuple) else other[0]) == key for other in kept)
            if same < MOST:
                kept.append(entry)
            else:
                self.bounded = True
        return tuple(kept)


_WHAT = {EventKind.MESSAGE: MESSAGE, EventKind.TIMER: CLOCK}


def _what(event: Event | None) -> str:
    """How an event that comes is told."""
    return _WHAT.get(event.kind, SIGNAL) if event is not None else MESSAGE


def _message(event: Event | None) -> str:
    return event.name if event is not None and event.kind == EventKind.MESSAGE else ""


def _covers(listener: Event, thrown: Event) -> bool:
    if listener.kind != thrown.kind or thrown.kind not in THROWN:
        return False
    return not listener.name or listener.name == thrown.name

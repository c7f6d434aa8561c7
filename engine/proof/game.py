"""The token game: which steps a case can take, by the meaning that the engine gives to a diagram.

What a marking, a step and an occurrence are, `steps` says. As in the engine, what needs nobody happens at once, before
anything else; but an event that is thrown or a condition that becomes true goes before that, so where these are drawn
a token stands still for a moment.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from engine.definitions import Event
from engine.definitions.kinds import EventKind
from engine.proof import knowledge
from engine.proof.knowledge import Known
from engine.proof.memory import Memory
from engine.proof.net import FREE, JOIN, THROW, WAIT, Near, Net, Node, Spot
from engine.proof.nodes import Nodes
from engine.proof.plan import Plan
from engine.proof.rows import Rows, Way
from engine.proof.scopes import Act, Scopes
from engine.proof.steps import BETWEEN, MESSAGE, Marking, Occurrence, Open, Path, Spent, State, Step, Token, inside
from engine.proof.tokens import Bounds, Out, Tokens

QUIET, LOUD = 1, 2

Move = tuple[Path, int, Act]
Coming = tuple[int, Event | None, Path, int, Act]
"""What people, clocks, messages and conditions can do: how deep inside, by which event, where, and what."""


class Game:
    """The moves of one net, played by a plan that says what may be passed at once. Remembers if a bound was met."""

    def __init__(self, net: Net, plan: Plan) -> None:
        self.net = net
        self.plan = plan
        self.bounds = Bounds()
        self.tokens = Tokens(net, plan, self.bounds)
        self.nodes = Nodes(self.tokens)
        self.scopes = Scopes(self.nodes)
        self.rows = Rows(self.scopes)
        self.moved: tuple[Marking, list[Move]] = ((), [])
        self.memory = Memory(net, plan) if plan.forgets and plan.tracked else None

    @property
    def blind(self) -> bool:
        """Whether the plan passes a step at which it matters how long a token waits, so that nothing is proved."""
        return self.bounds.torn and self.plan.passing

    def begin(self) -> list[tuple[Step, State]]:
        """The steps that start a case: by hand, and where it is drawn by the message that it is to go on.

        Of what only one step says, nobody said it yet in a case that begins; in one that goes on it may have been.
        """
        occurrences: list[Occurrence] = []
        marking = self.tokens.opened(self.plan.root, occurrences)
        begins = [(tuple(occurrences), (marking, self._after(marking, self.plan.unsaid, occurrences)))]
        for start in self.net.scopes[self.plan.root].again:
            occurrences = [(MESSAGE, *start.place)]
            marking = self.tokens.opened(self.plan.root, occurrences, again=True)
            begins.append((tuple(occurrences), (marking, self._after(marking, knowledge.NOTHING, occurrences))))
        return begins

    def moves(self, state: State) -> Iterator[tuple[Step, State]]:
        """All steps from here, each with where it leads. An ended case has the marking ()."""
        marking, known = state
        if not marking:
            return
        for path, position, act in self._possible(marking):
            yield from self._steps(marking, path, position, known, act)

    def moves_of(self, state: State, path: Path, position: int) -> Iterator[tuple[Step, State]]:
        """The steps from here that the token at one place in one scope takes, where nothing moves by itself."""
        marking, known = state
        if not marking:
            return
        scope, comings = marking, list[Coming]()
        for turn in path:
            scope = inside(scope, turn)
        self._resting_token(scope[1][position], position, path, 0, comings)
        for _, _, _, _, act in comings:
            yield from self._steps(marking, path, position, known, act)

    def _steps(self, marking: Open, path: Path, i: int, known: Known, act: Act) -> Iterator[tuple[Step, State]]:
        for before, way, occurrences in self._listed(marking, path, i, act):
            for out in self.scopes.at(before, *way, known, act):
                if out.thrown is None or out.thrown.kind != EventKind.ERROR or self.plan.lenient:
                    step = (*out.occurrences[:1], *occurrences, *out.occurrences[1:])
                    yield step, (out.marking, self._known(out, occurrences))

    def _listed(self, marking: Open, path: Path, i: int, act: Act) -> Iterable[tuple[Open, Way, Step]]:
        """What becomes of what runs for rows where an act is that a step which writes a list is done."""
        done = act.func == self.nodes.one_done if isinstance(act, partial) else act == self.nodes.done
        if done and self.plan.lists:
            scope = marking
            for turn in path:
                scope = inside(scope, turn)
            if keys := self.plan.lists.get(scope[1][i][0]):
                return self.rows.written(marking, (path, i), keys)
        return [(marking, (path, i), ())]

    def waits(self, state: State) -> bool:
        """Whether nothing moves by itself: somebody, a clock or a message must come."""
        marking = state[0]
        return not self._moving(marking) if marking else False

    def _known(self, out: Out, before: Step) -> Known:
        """What is known after all that was done in one step."""
        return self._after(out.marking, out.known, (*before, *out.occurrences))

    def _after(self, marking: Marking, known: Known, step: Iterable[Occurrence]) -> Known:
        """What is known after a step, as far as something may still ask for it."""
        for occurrence in step:
            if change := self.plan.answers.get(occurrence):
                known = change.after(known)
        return self.memory.kept(marking, known) if self.memory else known

    def _possible(self, marking: Open) -> list[Move]:
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
        if self.net.told:  # what makes a row is nobody else's to hear
            comings = [coming for coming in comings if _message(coming[1]) not in self.net.told]
        lists = {*self.tellable(marking)} if self.plan.added else ()
        comings += [(0, None, (), 0, partial(self.rows.told, key)) for key in sorted(lists)]
        corrected = sorted(self.plan.listed & self.net.written)
        comings += [(0, None, (), 0, partial(self.rows.corrected, key)) for key in corrected]
        deepest: dict[str, int] = {}
        for depth, event, *_ in comings:
            if name := _message(event):
                deepest[name] = max(depth, deepest.get(name, 0))
        return [(path, i, act) for depth, event, path, i, act in comings if depth >= deepest.get(_message(event), 0)]

    def tellable(self, marking: Open) -> Iterator[str]:
        """The lists to which somebody may add a row by a message: where what begins by it could still begin."""
        scope, tokens, _, _, stopped = marking
        if tokens and not stopped:
            yield from self.plan.added.get(scope, ())
        for below, _ in _below(marking, ()):
            yield from self.tellable(below)

    # --- what moves by itself ------------------------------------------------------------------------------------

    def _moving(self, marking: Open) -> list[Move]:
        """What moves by itself. What nobody sees goes first and in any order; joins that wait for all, last."""
        if self.moved[0] is not marking:  # what waits is asked of one marking more than once
            loud: list[Move] = []
            quiet = self._hot(marking, (), loud)
            self.moved = marking, [quiet] if quiet else loud or [*self._merging(marking, ())]
        return self.moved[1]

    def _hot(self, marking: Open, path: Path, loud: list[Move]) -> Move | None:
        """Collect the tokens that move by themselves; gives one that nobody sees, if there is one."""
        if not (marking[1] or marking[2]):
            return path, 0, self.scopes.emptied
        for i, (index, spent, child) in enumerate(marking[1]):
            if child and child != BETWEEN:
                continue
            if self.plan.heat[index] and (heat := self._heat(self.net.nodes[index], spent)):
                act = self.rows.opened if index in self.plan.openings else self.nodes.automatic
                if heat == QUIET:
                    return path, i, act
                loud.append((path, i, act))
        for below, turned in _below(marking, path):
            if quiet := self._hot(below, turned, loud):
                return quiet
        return None

    def _heat(self, node: Node, spent: Spent) -> int:
        if node.kind == JOIN and spent:
            return 0  # it waits for the others
        return QUIET if node.kind == THROW and spent else self.plan.heat[node.index]

    def _merging(self, marking: Open, path: Path) -> Iterator[Move]:
        """Inclusive joins for which no more tokens can come. They are looked at when nothing else moves."""
        if not self.net.merging:
            return
        for index, near in self.net.merging.get(marking[0], {}).items():
            waiting = [i for i, token in enumerate(marking[1]) if token[0] == index]
            if waiting and self._complete(marking[1], index, near):
                yield path, waiting[0], self.nodes.merge
        for below, turned in _below(marking, path):
            yield from self._merging(below, turned)

    def _complete(self, tokens: tuple[Token, ...], join: int, near: Near) -> bool:
        """Whether no token can come by a flow that has none, other than one that can come by a flow that has one."""
        arrived = {token[1][0] for token in tokens if token[0] == join}
        complete = True
        for token in tokens:
            for spot in self._spots(token) if token[0] != join else ():
                flows = near.get(spot, frozenset())
                if flows - arrived:
                    self.bounds.torn = self.bounds.torn or len(flows) > 1
                    complete = complete and bool(flows & arrived)
        return complete

    def _spots(self, token: Token) -> list[Spot]:
        """Where a token stands: at its node and at each event on the edge that can still come."""
        index, spent, _ = token
        node = self.net.nodes[index]
        if node.kind == WAIT:
            return [(self.net.scopes[node.scope].nodes[flow.target].index, -1) for flow in node.flows]
        return [(index, -1), *((index, k) for k in range(len(node.edges)) if k not in spent)]

    # --- what can come -------------------------------------------------------------------------------------------

    def _resting(self, marking: Open, path: Path, depth: int, comings: list[Coming]) -> None:
        """Collect what can come to a scope and to all that is open inside it."""
        scope, tokens, handlers, _, stopped = marking
        starts = [self.net.scopes[scope].handlers[number].start for number in self.plan.handlers[scope]]
        instead = any(start.interrupting for start in starts)
        inner = depth + instead + any(not start.interrupting for start in starts)
        for i, token in enumerate(tokens):
            self._resting_token(token, i, path, inner, comings)
        for i, (number, child) in enumerate(handlers):
            if child:
                below = depth + 1 + (instead and not self.net.scopes[scope].handlers[number].start.interrupting)
                self._resting(child, (*path, (False, i, -1)), below, comings)
            else:
                comings.append((depth, None, path, i, self.scopes.handled))
        if not stopped:
            self._beginning(marking, path, depth, instead, comings)

    def _beginning(self, marking: Open, path: Path, depth: int, instead: bool, comings: list[Coming]) -> None:
        """Collect the handlers of a scope that can begin; `instead`, if one of these interrupts its flow."""
        scope, tokens, handlers, spent, _ = marking
        running = {number for number, _ in handlers}
        for number in self.plan.handlers[scope]:
            handler = self.net.scopes[scope].handlers[number]
            event, interrupts = handler.event, handler.start.interrupting
            if event.kind not in FREE or number in spent or handler.rows:
                continue
            if interrupts or (tokens and (event.kind != EventKind.MESSAGE or number not in running)):
                level = depth if interrupts else depth + instead
                comings.append((level, event, path, number, self.scopes.begun))

    def _resting_token(self, token: Token, i: int, path: Path, depth: int, comings: list[Coming]) -> None:
        """Collect what can come to a token and to all that is open inside it."""
        index, spent, child = token
        node = self.net.nodes[index]
        event = node.element.event
        if node.kind == WAIT:
            for k, flow in enumerate(node.flows):
                target = self.net.scopes[node.scope].nodes[flow.target]
                comings.append((depth, target.element.event, path, i, partial(self.nodes.chosen, k)))
        elif not child:
            acts = (self.nodes.done, self.nodes.skipped) if node.element.skippable else (self.nodes.done,)
            comings += [(depth, event, path, i, act) for act in acts if self.plan.rests[index]]
        elif len(child) == 2:
            for j, instance in enumerate(child[1]):
                if instance:
                    self._resting(instance, (*path, (True, i, j)), depth + 1, comings)
                else:
                    comings.append((depth, event, path, i, partial(self.nodes.one_done, j)))
        else:
            self._resting(child, (*path, (True, i, -1)), depth + 1, comings)
        for k, edge in enumerate(node.edges):
            if k not in spent and (edge.event.kind in FREE or self.plan.may_throw(node, edge)):
                comings.append((depth, edge.event, path, i, partial(self.scopes.edge, k)))


def _below(marking: Open, path: Path) -> Iterator[tuple[Open, Path]]:
    """What is open inside a scope, and the way there."""
    for i, (_, _, child) in enumerate(marking[1]):
        if len(child) == 2:
            yield from ((instance, (*path, (True, i, j))) for j, instance in enumerate(child[1]) if instance)
        elif child:
            yield child, (*path, (True, i, -1))
    for i, (_, running) in enumerate(marking[2]):
        if running:
            yield running, (*path, (False, i, -1))


def _message(event: Event | None) -> str:
    return event.name if event is not None and event.kind == EventKind.MESSAGE else ""

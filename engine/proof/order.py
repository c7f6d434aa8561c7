"""Which moves of a state are enough to look at, where the order of the others can't matter: partial-order reduction.

Where several things are under way, most of what the token game looks at is one and the same history in another order.
So at a state at rest we look for one *quiet* token: one whose own moves (all of them: being done, what is on its edge,
which event comes first) may be taken before anything else that happens, and nothing is lost. Then only these are taken.
Four things make a token quiet. Be `p` any path from here on which the token moves no sooner than by its move `t`.

1. What else happens on `p` leaves it able to do `t`, or takes away the scope that it stands in, with whatever `t` did.
   Nothing else listens to a message that it listens to, or that something on its way listens to. So `t p` is a path
   too, and leads to where `p t` does; or, where the scope was taken away, to where `p` does.
2. `t` is not seen by the question: nothing that is told of it, up to the next place to wait, is what the rule points
   at. It asks for no answer that anything else gives, and gives none that anything else asks for or gives.
3. `t` ends in a place to wait, at a parallel join, or at an end. At a join or end somebody comes last, and by him what
   lies behind begins. On `p t` that may be our token, on `t p` it is another, whose move `u` stands earlier on `p`.
   Therefore *each* move that comes to such a join or end must be *calm*: its token goes there and nowhere else, unseen,
   and without any answer. Then `u` may be put off to where `t` was, and what lies behind begins at the same moment.
   It is enough that one other token that stands now is calm, and that nobody can be last without it: then that is the
   one to put off. Or it must not matter when that begins: what lies behind a join is itself as quiet as 2 and 3 ask,
   and at the end of the whole case, without handlers, nothing can happen in between.
4. No other token can come to where it stands while it stands there, so that two in one place are still met. A search
   in which there were more in one place than are counted (`Bounds.crowded`) proves nothing when reduced.

By 1 to 3 each path has one that begins with a move of the quiet token, does the same as far as the question can see,
and ends in the same or a later state; so a broken rule stays broken, and a state from which no end can be reached is
still found, as is each step that can be reached. Nothing is put off for ever: no quiet move follows an arrow that
leads back, nor one on the edge of a step by which a token may be made again and again. So each takes a token nearer to
the end of what is drawn, and after finitely many of them one comes to a state at which every move is looked at.

Nothing is quiet where a condition can become true at any moment, or in a scope with an inclusive join, for there it
matters how long a token waits.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.definitions import Element, Flow
from engine.definitions.kinds import AWAITS, LISTENS, EventKind
from engine.proof import knowledge
from engine.proof.net import CHOICE, INSIDE, JOIN, MERGE, STOP, THROW, WAIT, Net, Node, Scope
from engine.proof.plan import Plan, Watched, conditions
from engine.proof.steps import BETWEEN, DONE, Open, Path, Token

Places = frozenset[tuple[int, int]]
"""Where tokens stand: the node, and the flow by which one came that waits at a join, or -1."""

END = -1
"""Stands among the joins of a scope for its end."""


@dataclass
class Ahead:
    """What the moves of a token at one node come to before it waits again."""

    loud: bool = False
    """Whether the question sees something of it, or we can't tell what happens."""
    divides: bool = False
    """Whether it makes more tokens than it takes."""
    returns: bool = False
    """Whether it may go on for ever."""
    stays: bool = False
    """Whether it may wait elsewhere than at a join."""
    ends: bool = False
    joins: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    """The answers that are asked for or given on the way."""


class Order:
    """Finds a quiet token. `watched` is what the question is about, `waits` whether it looks at moments of waiting."""

    def __init__(self, net: Net, plan: Plan, watched: Watched, waits: bool = False) -> None:
        self.net = net
        self.plan = plan
        self.watched = watched
        self.waits = waits
        self.idle = net.conditional
        self.back = frozenset(pair for scope in net.scopes for pair in _back(scope))
        self.rivals = self._rivals()
        self.ahead: dict[int, Ahead] = {}
        self.opens: dict[tuple[int, int], bool] = {}
        self.calms: dict[tuple[int, int], bool] = {}
        self.touched = [self._touched(node) for node in net.nodes]
        for node in net.nodes:
            if node.inside >= 0:
                inner = [n.index for s in net.below(node.inside) for n in net.scopes[s].nodes.values()]
                self.touched[node.index] = self.touched[node.index].union(*(self.touched[index] for index in inner))
        self.reaches: dict[tuple[int, Places], frozenset[int]] = {}

    def quiet(self, marking: Open) -> Iterator[tuple[Path, int]]:
        """The quiet tokens of a state at rest, each by the way to its scope and its place there."""
        return iter(()) if self.idle else self._quiet(marking, ())

    def _quiet(self, marking: Open, path: Path) -> Iterator[tuple[Path, int]]:
        scope, tokens, handlers, *_ = marking
        merging = scope in self.net.merging
        for i, (_, _, child) in enumerate(tokens):
            if not child and not merging and self._is_quiet(marking, i):
                yield path, i
            elif child and child != BETWEEN:
                for j, instance in enumerate(child[1]) if len(child) == 2 else [(-1, child)]:
                    if instance:
                        yield from self._quiet(instance, (*path, (True, i, j)))
        for i, (_, child) in enumerate(handlers):
            if child:
                yield from self._quiet(child, (*path, (False, i, -1)))

    def _is_quiet(self, marking: Open, i: int) -> bool:
        scope, tokens, handlers, *_ = marking
        index = tokens[i][0]
        node = self.net.nodes[index]
        if not (self.plan.rests[index] or node.kind == WAIT):
            return False
        ahead = self._ahead(node)
        if ahead.loud or ahead.returns or (ahead.ends and len(tokens) + len(handlers) < 2):
            return False
        targets = [*ahead.joins, *([END] if ahead.ends else [])]
        if any(target != END and self._completes(tokens, target) for target in targets):
            return False
        if not all(self._open(scope, target) or self._held(marking, i, target) for target in targets):
            return False
        others = self._others(scope, tokens, i)
        if index in others:
            return False
        if not ahead.keys:
            return True
        lone = scope == self.plan.root and not self.plan.handlers[scope]
        return lone and not any(self.touched[other] & ahead.keys for other in others)

    def _others(self, scope: int, tokens: tuple[Token, ...], i: int) -> frozenset[int]:
        """Where the other tokens of a scope stand and may come, as long as this one stands still.

        Too much rather than too little: each token is taken to go every way, a join to open when it may have them all.
        """
        nodes = self.net.nodes
        places = frozenset(
            (token[0], token[1][0] if nodes[token[0]].kind == JOIN else -1) for k, token in enumerate(tokens) if k != i
        )
        if (scope, places) not in self.reaches:
            self.reaches[scope, places] = self._reached(scope, places)
        return self.reaches[scope, places]

    def _reached(self, scope: int, places: Places) -> frozenset[int]:
        came: dict[int, set[int]] = {}
        reached: set[int] = set()
        waiting = []
        for index, number in places:
            if number >= 0:
                came.setdefault(index, set()).add(number)
            else:
                waiting.append(index)
        while waiting:
            index = waiting.pop()
            if index in reached:
                continue
            reached.add(index)
            node = self.net.nodes[index]
            for flow in (*node.flows, *(flow for edge in node.edges for flow in edge.flows)):
                target = self._target(node, flow)
                if target.kind == JOIN:
                    flows = came.setdefault(target.index, set())
                    flows.add(target.element.incoming.index(flow.id))
                    if len(flows) < self.net.joined(target):
                        continue
                waiting.append(target.index)
        return frozenset(reached)

    def _held(self, marking: Open, i: int, target: int) -> bool:
        """Whether a calm token other than `i` goes to a join, or to the END, and nobody comes last without it."""
        scope, tokens, *_ = marking
        for k, (index, _, child) in enumerate(tokens):
            node = self.net.nodes[index]
            if k == i or child or not (self.plan.rests[index] or node.kind == WAIT):
                continue
            ahead = self._ahead(node)
            goes = ahead.ends and not ahead.joins if target == END else ahead.joins == {target} and not ahead.ends
            calm = goes and not (ahead.loud or ahead.divides or ahead.keys or ahead.stays)
            if calm and (target == END or target not in self._others(scope, tokens, k)):
                return True
        return False

    def _completes(self, tokens: Iterable[Token], join: int) -> bool:
        """Whether one token more may be the last that a join waits for."""
        came = {token[1][0] for token in tokens if token[0] == join}
        return self.net.joined(self.net.nodes[join]) - len(came) < 2

    # --- what can be said of a node once and for all -------------------------------------------------------------

    def _seen(self, node: Node) -> bool:
        return node.place in self.watched.elements

    def _rivals(self) -> frozenset[int]:
        """The nodes that listen to a message that something else may listen to at the same time."""
        heard: Counter[str] = Counter()
        for scope in self.net.scopes:
            often = 2 if any(len(self.net.callers.get(above, [])) > 1 for above in self._above(scope.index)) else 1
            for element in self.net.elements(scope.index):
                for name in _messages([element]):
                    heard[name] += often
        rivals = set()
        for node in self.net.nodes:
            events = [node.element, *(edge.element for edge in node.edges)]
            if node.kind == WAIT:
                events += [self._target(node, flow).element for flow in node.flows]
            if any(heard[name] > 1 for name in _messages(events)):
                rivals.add(node.index)
        return frozenset(rivals)

    def _above(self, scope: int) -> set[int]:
        """A scope and all from which it may be opened."""
        above, waiting = set(), [scope]
        while waiting:
            current = waiting.pop()
            if current not in above:
                above.add(current)
                waiting += self.net.callers.get(current, [])
        return above

    def _listens(self, node: Node) -> bool:
        """Whether the question looks for an event that can come while a token stands here."""
        events = [edge.element for edge in node.edges]
        if node.kind == WAIT:
            events += [self._target(node, flow).element for flow in node.flows]
        return any((event.process, event.id) in self.watched.elements for event in events)

    def _target(self, node: Node, flow: Flow) -> Node:
        return self.net.scopes[node.scope].nodes[flow.target]

    def _ahead(self, node: Node) -> Ahead:
        if node.index not in self.ahead:
            self.ahead[node.index] = self._looked_ahead(node)
        return self.ahead[node.index]

    def _looked_ahead(self, node: Node) -> Ahead:
        ahead = Ahead(loud=self._seen(node) or self._listens(node) or node.index in self.rivals)
        left = [self._target(node, flow) for flow in node.flows] if node.kind == WAIT else [node]
        for leaving in left:
            self._leave(leaving, ahead)
        going = [(leaving, flow) for leaving in left for flow in leaving.flows]
        ahead.returns = any(edge.again for edge in node.edges)
        for edge in node.edges:
            ahead.divides = ahead.divides or not edge.element.interrupting or len(edge.flows) > 1
            ahead.ends = ahead.ends or not edge.flows
            going += [(node, flow) for flow in edge.flows]
        if node.kind == WAIT:
            ahead.loud = ahead.loud or any(self._shown(node, flow) for flow in node.flows)
            ahead.returns = ahead.returns or any((node.index, event.index) in self.back for event in left)
        passed: set[int] = set()
        while going:
            source, flow = going.pop()
            target = self._target(source, flow)
            ahead.loud = ahead.loud or self._shown(source, flow)
            ahead.returns = ahead.returns or (source.index, target.index) in self.back
            if self._stops(target, ahead) or target.index in passed:
                continue
            passed.add(target.index)
            self._leave(target, ahead)
            ahead.keys |= self.touched[target.index]
            ahead.loud = ahead.loud or bool(self.plan.asked_at[target.index])
            going += [(target, flow) for flow in target.flows]
        return ahead

    def _leave(self, node: Node, ahead: Ahead) -> None:
        """A token leaves a node: by itself or because it is done."""
        ahead.loud = ahead.loud or self._seen(node) or node.index in self.plan.lists
        ahead.keys |= self.touched[node.index]
        ahead.divides = ahead.divides or (len(node.flows) > 1 and node.kind not in (CHOICE, WAIT))
        ahead.ends = ahead.ends or not node.flows

    def _stops(self, node: Node, ahead: Ahead) -> bool:
        """Whether a token that comes to a node waits there; what may happen in more than one way at once is loud."""
        passed = self.plan.passed[node.index]
        if node.kind == JOIN:
            ahead.joins.add(node.index)
            return True
        if not passed and (self.plan.rests[node.index] or node.kind == WAIT):
            seen = self._seen(node) and (node.kind == INSIDE or self.waits)
            listens = self.waits and self._listens(node)
            ahead.loud = ahead.loud or seen or listens or node.index in self.rivals
            ahead.stays = True
            return True
        stands = not passed and (node.kind == INSIDE or node.element.loop is not None)
        ahead.stays = ahead.stays or stands
        ahead.loud = ahead.loud or stands or node.kind in (STOP, THROW, MERGE) or self.plan.heat[node.index] > 1
        return stands

    def _shown(self, node: Node, flow: Flow) -> bool:
        return (node.element.process, flow.id) in self.watched.flows

    def _open(self, scope: int, target: int) -> bool:
        """Whether it does not matter who comes last to a join of a scope, or to its END."""
        if (scope, target) not in self.opens:
            self.opens[scope, target] = False  # where joins lead round to each other
            self.opens[scope, target] = self._soft(scope, target) or self._calm(scope, target)
        return self.opens[scope, target]

    def _soft(self, scope: int, target: int) -> bool:
        """Whether nothing can tell when it begins what lies behind a join or the END."""
        if target == END:
            return scope == self.plan.root and not self.plan.handlers[scope]
        ahead = self._ahead(self.net.nodes[target])
        further = [*ahead.joins, *([END] if ahead.ends else [])]
        return not (ahead.loud or ahead.keys) and all(self._open(scope, behind) for behind in further)

    def _calm(self, scope: int, target: int) -> bool:
        """Whether each move that comes to a join, or to the END, is calm."""
        if (scope, target) not in self.calms:
            self.calms[scope, target] = False
            self.calms[scope, target] = self._all_calm(scope, target)
        return self.calms[scope, target]

    def _all_calm(self, scope: int, target: int) -> bool:
        handlers = [self.net.scopes[scope].handlers[number] for number in self.plan.handlers[scope]]
        if target == END and not all(handler.start.interrupting for handler in handlers):
            return False
        coming = [(node, self._ahead(node)) for node in self.net.scopes[scope].nodes.values() if self._moved(node)]
        return all(
            not (ahead.loud or ahead.divides or ahead.keys) and (node.kind != JOIN or self._calm(scope, node.index))
            for node, ahead in coming
            if (ahead.ends if target == END else target in ahead.joins)
        )

    def _moved(self, node: Node) -> bool:
        """Whether a token may stand at a node until something moves it on."""
        stands = self.plan.rests[node.index] or node.kind in (WAIT, INSIDE, JOIN) or node.element.loop is not None
        return stands or self.plan.heat[node.index] > 1

    def _touched(self, node: Node) -> frozenset[str]:
        """The answers that a node asks for or gives; nothing asks for an answer of which nothing is remembered."""
        formulas = [self.plan.formulas[flow, node.index] for flow, _ in conditions(node)]
        asked = {atom.key for formula in formulas for atom in knowledge.atoms(formula)} & self.plan.tracked
        change = self.plan.answers.get((DONE, *node.place))
        given = change.forgets | {key for key, _ in change.knows} if change is not None else frozenset()
        return frozenset(asked | given)


def _messages(elements: Iterable[Element]) -> Iterator[str]:
    """The names of the messages that these listen to."""
    for element in elements:
        if element.event_kind == EventKind.MESSAGE and element.event is not None and element.kind in LISTENS | AWAITS:
            yield element.event.name


def _back(scope: Scope) -> Iterator[tuple[int, int]]:
    """The arrows, from node to node, without which nothing in a scope goes round."""
    under_way: set[int] = set()
    done: set[int] = set()
    for first in (*scope.starts, *scope.nodes.values()):
        trail = [] if first.index in done else [(first, _after(scope, first))]
        under_way.add(first.index)
        while trail:
            node, targets = trail[-1]
            target = next(targets, None)
            if target is None:
                trail.pop()
                done.add(node.index)
            elif target.index not in done and target.index in under_way:
                yield node.index, target.index
            elif target.index not in done:
                under_way.add(target.index)
                trail.append((target, _after(scope, target)))


def _after(scope: Scope, node: Node) -> Iterator[Node]:
    flows = (*node.flows, *(flow for edge in node.edges for flow in edge.flows))
    return (scope.nodes[flow.target] for flow in flows)

"""How tokens go on: what they pass by themselves, where they come to stand, and how many may stand there."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.definitions import Event
from engine.definitions.kinds import AWAITS, EventKind
from engine.proof.knowledge import Known
from engine.proof.net import INSIDE, JOIN, MERGE, PASS, Net, Node
from engine.proof.plan import Plan
from engine.proof.steps import BEGUN, CLOCK, DONE, MESSAGE, SIGNAL, TAKEN, Marking, Occurrence, Open, Running, Token

MOST = 2
"""So many tokens may stand in one place at once, and so many runs of one handler; what goes beyond is left out."""

Going = tuple[Node, str, tuple[int, ...]]
"""Where a token goes: the node, by which flow, and the nodes that it passed on its way."""


@dataclass
class Bounds:
    """Why not all was looked at that can happen, as far as that was met."""

    crowded: bool = False
    """Whether more tokens or runs came to one place than are counted."""
    wide: Node | None = None
    """A gateway with too many ways to look at each."""
    torn: bool = False
    """Whether an inclusive join did not wait for a token that could come by one of several flows."""


@dataclass
class Out:
    """What a scope looks like after a step; `thrown` is an error or escalation that it did not catch itself."""

    marking: Marking
    known: Known
    occurrences: list[Occurrence] = field(default_factory=list)
    thrown: Event | None = None


class Tokens:
    """The tokens of one net, moved by a plan that says what may be passed at once."""

    def __init__(self, net: Net, plan: Plan, bounds: Bounds) -> None:
        self.net = net
        self.plan = plan
        self.bounds = bounds
        self.leads: dict[tuple[int, str], tuple[list[Token], list[Occurrence]] | None] = {}
        self.meets_join = False

    def leave(self, marking: Open, i: int, node: Node, out: Out) -> Out:
        """What the token at place `i` waited for is done, and it goes on from `node`."""
        out.occurrences.append((DONE, *node.place))
        return self.go_on(marking, i, node, out)

    def go_on(self, marking: Open, i: int, node: Node, out: Out) -> Out:
        """The token at place `i` goes on from `node`."""
        tokens = list(marking[1][:i] + marking[1][i + 1 :])
        self.onward(tokens, node, out.occurrences)
        out.marking = (marking[0], self.few(tokens), *marking[2:])
        return out

    def onward(self, tokens: list[Token], node: Node, occurrences: list[Occurrence]) -> None:
        """A token leaves a node."""
        nodes = self.net.scopes[node.scope].nodes
        for flow in node.flows:
            if flow.id:
                occurrences.append((TAKEN, node.element.process, flow.id))
            self.come(tokens, nodes[flow.target], flow.id, occurrences)

    def come(self, tokens: list[Token], node: Node, flow: str, occurrences: list[Occurrence]) -> None:
        """A token comes to a node. Where it meets no join that leads to the same each time, and is remembered."""
        if (node.index, flow) not in self.leads:
            new: tuple[list[Token], list[Occurrence]] = ([], [])
            before, self.meets_join = self.meets_join, False
            self._go(*new, [(node, flow, ())])
            self.leads[node.index, flow] = None if self.meets_join else new
            self.meets_join = before
        if (leads := self.leads[node.index, flow]) is not None:
            tokens += leads[0]
            occurrences += leads[1]
        else:
            self._go(tokens, occurrences, [(node, flow, ())])

    def _go(self, tokens: list[Token], occurrences: list[Occurrence], going: list[Going]) -> None:
        """Tokens go on as far as they can by themselves without a choice; the last first."""
        while going:
            node, flow, passed = going.pop()
            if passed and flow:
                occurrences.append((TAKEN, node.element.process, flow))
            going += self._arrive(tokens, node, flow, occurrences, passed)

    def _ahead(self, node: Node, passed: tuple[int, ...]) -> list[Going]:
        """Where tokens that leave a node come, the first of them last."""
        nodes = self.net.scopes[node.scope].nodes
        return [(nodes[flow.target], flow.id, passed) for flow in reversed(node.flows)]

    def _arrive(
        self, tokens: list[Token], node: Node, flow: str, occurrences: list[Occurrence], passed: tuple[int, ...]
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
            occurrences += landed(node)
        occurrences.append((DONE, *node.place))
        return self._ahead(node, (*passed, node.index))

    def _stands(self, node: Node) -> bool:
        """Whether a token stands still at a node, be it for a moment in which a condition may become true or runs
        begin for the rows that stand there already.
        """
        if node.kind in (JOIN, PASS):
            return self.net.conditional or node.index in self.plan.openings
        return not self.plan.passed[node.index]

    def _entered(self, tokens: list[Token], node: Node, occurrences: list[Occurrence]) -> bool:
        """A token comes into an activity; whether that is done at once."""
        if node.element.loop is None or not self.plan.opens(node):
            occurrences.append((BEGUN, *node.place))
        plain = node.element.loop is None and self.plan.opens(node)
        child = self.opened(node.inside, occurrences) if plain else ()
        if child or not plain:
            tokens.append((node.index, (), child))
        return plain and not child

    def _joined(self, tokens: list[Token], node: Node, flow: str, passed: tuple[int, ...]) -> bool:
        """A parallel join: one token of each incoming flow makes one token that goes on."""
        self.meets_join = True
        tokens.append((node.index, (node.element.incoming.index(flow),), ()))
        needed: list[Token] = [(node.index, (k,), ()) for k in range(self.net.joined(node))]
        if node.index in passed or not all(token in tokens for token in needed):
            return False
        for token in needed:
            tokens.remove(token)
        return True

    def opened(self, scope: int, occurrences: list[Occurrence], again: bool = False) -> Marking:
        """A scope that begins, or that begins `again` in a new round; () where it is done at once."""
        tokens: list[Token] = []
        for start in self.net.scopes[scope].again if again else self.net.scopes[scope].starts:
            self.come(tokens, start, "", occurrences)
        return (scope, self.few(tokens), (), (), False) if tokens else ()

    def replaced(self, marking: Open, i: int, token: Token) -> Open:
        """A scope with another token at place `i`; the order of its tokens may become another."""
        return (marking[0], self.few((*marking[1][:i], token, *marking[1][i + 1 :])), *marking[2:])

    def few(self, tokens: Iterable[Token], again: bool = False) -> tuple[Token, ...]:
        """Tokens in a fixed order, without what stands in one place too often.

        What stands at a place to pass goes on at once, so as many as come may stand there; but not where they come
        `again` and again while one waits there.
        """
        ordered = tuple(sorted(tokens))
        if len(ordered) <= MOST:
            return ordered
        kept: list[Token] = []
        for token in ordered:
            kind = self.net.nodes[token[0]].kind
            same = kept.count(token) if kind in (JOIN, MERGE) else sum(other[0] == token[0] for other in kept)
            if same < MOST or (kind == PASS and not again):
                kept.append(token)
            else:
                self.bounds.crowded = True
        return tuple(kept)

    def few_runs(self, runs: Iterable[Running]) -> tuple[Running, ...]:
        """Handlers that run in a fixed order, without those that run too often."""
        ordered = tuple(sorted(runs))
        if len(ordered) <= MOST:
            return ordered
        kept: list[Running] = []
        for run in ordered:
            if sum(other[0] == run[0] for other in kept) < MOST:
                kept.append(run)
            else:
                self.bounds.crowded = True
        return tuple(kept)


def without(marking: Open, i: int) -> Open:
    """A scope without the token at place `i`."""
    return (marking[0], marking[1][:i] + marking[1][i + 1 :], *marking[2:])


def landed(node: Node) -> list[Occurrence]:
    """What is told where a token passes an event to which it jumped."""
    event = node.element.event
    return [(comes(event), *node.place)] if node.element.kind in AWAITS and event is not None else []


_COMES = {EventKind.MESSAGE: MESSAGE, EventKind.TIMER: CLOCK}


def comes(event: Event | None) -> str:
    """How an event that comes is told."""
    return _COMES.get(event.kind, SIGNAL) if event is not None else MESSAGE

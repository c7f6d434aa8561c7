"""Which answers need still be remembered: those that something may yet ask for.

An answer is *live* where a token stands at or before what asks for it, without a step in between that surely gives the
answer anew. Two states that differ only in answers that are not live go on in the same way for ever: the same steps,
told in the same words. So forgetting them merges states and changes no verdict and no path. Liveness is the backward
data-flow analysis of compilers, scope by scope: of what stands around a token the node of the activity that it is in
says what may follow, and a handler counts for as long as its scope is open.
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from engine.proof import knowledge
from engine.proof.knowledge import Known
from engine.proof.net import Net, Node
from engine.proof.plan import Plan, conditions, listed
from engine.proof.steps import DONE, Marking, Open

Keys = int
"""A set of answers, one bit each: quick to put together for every state."""


class Memory:
    """Forgets of a state what nothing asks for any more."""

    def __init__(self, net: Net, plan: Plan) -> None:
        self.net = net
        self.plan = plan
        self.bits = {key: 1 << number for number, key in enumerate(sorted(plan.tracked))}
        self.listed = self._set(listed(key) for key in plan.listed)  # what is asked for whenever a scope opens
        self.asked = [self._asked(node) for node in net.nodes]
        self.below: dict[int, Keys] = {}
        self.at: list[Keys] = [0] * len(net.nodes)
        """What may be asked for from a token that comes to a node, in its scope and inside it."""
        self.beyond: list[Keys] = [0] * len(net.nodes)
        """The same of a token that stands there, for what is open inside it speaks for itself."""
        for scope in net.scopes:
            self._flow([*scope.nodes.values()])
        self.handled = [self._handled(scope) for scope in range(len(net.scopes))]

    def kept(self, marking: Marking, known: Known) -> Known:
        """What is still to be remembered."""
        if not known or not marking:
            return knowledge.NOTHING
        keys = 0
        for key, _ in known:
            keys |= self.bits[key]
        forgotten = self._unasked(marking, keys & ~self.listed)
        return tuple([pair for pair in known if not forgotten & self.bits[pair[0]]]) if forgotten else known

    def _asked(self, node: Node) -> Keys:
        formulas = [self.plan.formulas[flow, node.index] for flow, _ in conditions(node)]
        return self._set({atom.key for formula in formulas for atom in knowledge.atoms(formula)})

    def _set(self, keys: Iterable[str]) -> Keys:
        return union(self.bits.get(key, 0) for key in keys)

    def _below(self, scope: int) -> Keys:
        if scope not in self.below:
            nodes = [node for s in self.net.below(scope) for node in self.net.scopes[s].nodes.values()]
            self.below[scope] = union(self.asked[node.index] for node in nodes)
        return self.below[scope]

    def _inside(self, node: Node) -> Keys:
        """What an activity may ask for while it runs."""
        return self.asked[node.index] | (self._below(node.inside) if node.inside >= 0 else 0)

    def _handled(self, scope: int) -> Keys:
        """What the handlers of a scope may ask for while it is open."""
        return union(self._below(self.net.scopes[scope].handlers[k].scope) for k in self.plan.handlers[scope])

    def _flow(self, nodes: list[Node]) -> None:
        """What may be asked for from each node of a scope: the least that agrees with what follows it."""
        before: dict[int, list[Node]] = {}
        for node in nodes:
            for flow in (*node.flows, *(flow for edge in node.edges for flow in edge.flows)):
                target = self.net.scopes[node.scope].nodes[flow.target]
                before.setdefault(target.index, []).append(node)
        waiting = nodes
        while waiting:
            node = waiting.pop()
            live = self._from(node)
            if live != self.at[node.index]:
                self.at[node.index] = live
                waiting += before.get(node.index, [])

    def _from(self, node: Node) -> Keys:
        targets = self.net.scopes[node.scope].nodes
        done = union(self.at[targets[flow.target].index] for flow in node.flows)
        left = union(self.at[targets[flow.target].index] for edge in node.edges for flow in edge.flows)
        again = self._inside(node) if node.element.loop is not None else 0
        self.beyond[node.index] = done | left | again
        return self._inside(node) | (done & ~self._renewed(node)) | left

    def _renewed(self, node: Node) -> Keys:
        """The answers of which nothing is left when this node is done."""
        change = self.plan.answers.get((DONE, *node.place))
        if change is None or node.element.loop is not None or node.element.skippable:
            return 0
        return self._set(change.forgets.union(key for key, _ in change.knows))

    def _unasked(self, marking: Open, keys: Keys) -> Keys:
        """Which of these answers are not live in a scope with all that is open inside it."""
        scope, tokens, handlers, _, stopped = marking
        if not stopped:
            keys &= ~self.handled[scope]
        for index, _, child in tokens:
            if not keys:
                return 0
            if not child:
                keys &= ~self.at[index]
                continue
            keys &= ~self.beyond[index]
            for inner in child[1] if len(child) == 2 else (child,):
                if inner and keys:
                    keys = self._unasked(inner, keys)
        for _, child in handlers:
            if child and keys:
                keys = self._unasked(child, keys)
        return keys


def union(sets: Iterable[Keys]) -> Keys:
    """All that is in one of these."""
    return reduce(or_, sets, 0)

"""What a token does at one node: which ways a gateway can take, what is thrown, how often an activity is done."""

from collections.abc import Iterable

from engine.definitions import Flow
from engine.definitions.kinds import LoopKind
from engine.proof import knowledge
from engine.proof.knowledge import OTHER, Known
from engine.proof.net import CHOICE, FORK, INSIDE, JOIN, PASS, STOP, THROW, Node
from engine.proof.plan import may_be_skipped, repeats
from engine.proof.steps import (
    BEGUN,
    BETWEEN,
    COUNTED,
    DONE,
    EACH,
    HEARD,
    SEVERAL,
    SIGNAL,
    SKIPPED,
    TAKEN,
    THREW,
    Marking,
    Occurrence,
    Open,
    Token,
    instances,
)
from engine.proof.tokens import Out, Tokens, comes, landed

ITEMS = (0, 1, 2)

MOST_WAYS = 1_024
"""So many sets of flows at most may be taken at one inclusive gateway; beyond that nothing is decided."""

Ways = dict[tuple[tuple[Flow, ...], Known], None]


class Nodes:
    """What happens at nodes, each time in the scope `marking` to the token at place `i`."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.net = tokens.net
        self.plan = tokens.plan

    # --- what comes to a token that waits ------------------------------------------------------------------------

    def done(self, marking: Open, i: int, known: Known) -> list[Out]:
        """Somebody does a task, or what is waited for comes."""
        node = self._at(marking, i)
        return [self.tokens.leave(marking, i, node, Out((), known, self._came(node)))]

    def skipped(self, marking: Open, i: int, known: Known) -> list[Out]:
        """Somebody goes past a task without doing it: it answers nothing."""
        node = self._at(marking, i)
        return [self.tokens.go_on(marking, i, node, Out((), known, [(SKIPPED, *node.place)]))]

    def one_done(self, instance: int, marking: Open, i: int, known: Known) -> list[Out]:
        """Somebody does a task for one of several."""
        node = self._at(marking, i)
        return self.instance(marking, i, instance, Out((), known, [*self._came(node), (EACH, *node.place)]))

    def chosen(self, way: int, marking: Open, i: int, known: Known) -> list[Out]:
        """One of the events behind an event-based gateway comes."""
        node = self._at(marking, i)
        flow = node.flows[way]
        target = self.net.scopes[node.scope].nodes[flow.target]
        occurrences = [(DONE, *node.place), (TAKEN, node.element.process, flow.id)]
        occurrences.append((comes(target.element.event), *target.place))
        return [self.tokens.leave(marking, i, target, Out((), known, occurrences))]

    def _at(self, marking: Open, i: int) -> Node:
        return self.net.nodes[marking[1][i][0]]

    @staticmethod
    def _came(node: Node) -> list[Occurrence]:
        event = node.element.event
        return [] if event is None else [(comes(event), *node.place)]

    # --- what needs nobody ---------------------------------------------------------------------------------------

    def automatic(self, marking: Open, i: int, known: Known) -> list[Out]:
        """A token goes on by itself."""
        node = self._at(marking, i)
        if node.kind in (PASS, JOIN):
            return [self.tokens.leave(marking, i, node, Out((), known, landed(node)))]
        if node.kind == CHOICE:
            return self._choices(marking, i, node, known)
        if node.kind == FORK:
            return self._ways(marking, i, node, known)
        if node.kind == STOP:
            return [Out((), known, [(DONE, *node.place)])]
        if node.kind == THROW:
            return [self._threw(marking, i, node, known)]
        if node.element.loop is not None and self.plan.opens(node):
            if repeats(node.element):
                return self._rounds(marking, i, node, known)
            if marking[1][i][2] == BETWEEN:
                return [self.tokens.leave(marking, i, node, Out((), known))]
            return [self._many(marking, i, node, number, known) for number in ITEMS]
        return self.done(marking, i, known)

    def merge(self, marking: Open, i: int, known: Known) -> list[Out]:
        """An inclusive join takes one token of each flow by which some came, and goes on."""
        node = self._at(marking, i)
        took = {token for token in marking[1] if token[0] == node.index}
        tokens = list(marking[1])
        for token in took:
            tokens.remove(token)
        out = Out((), known, [(DONE, *node.place)])
        self.tokens.onward(tokens, node, out.occurrences)
        out.marking = (marking[0], self.tokens.few(tokens), *marking[2:])
        return [out]

    def _threw(self, marking: Open, i: int, node: Node, known: Known) -> Out:
        """A token throws what stands at its node, and then goes on, unless what it threw ended that."""
        if marking[1][i][1] == THREW:
            out = Out((), known)
            self._sent(marking, i, node.flows, out)
            return out
        occurrences = [(SIGNAL, *node.place), (DONE, *node.place)]
        occurrences += [(TAKEN, node.element.process, flow.id) for flow in node.flows]
        threw: Token = (node.index, THREW, ())
        return Out(self.tokens.replaced(marking, i, threw), known, occurrences, node.element.event)

    def _choices(self, marking: Open, i: int, node: Node, known: Known) -> list[Out]:
        """The flows that an exclusive gateway can take with what is known: the first true one, else the default.

        In a drawing that says of several flows neither when they are taken nor which is the default, it is any of them.
        """
        outs: list[Out] = []
        undecided = [known]
        last = [f for f in node.flows if f.id == node.element.default or not f.condition]
        for flow in node.flows:
            if flow in last:
                continue
            after: list[Known] = []
            for current in undecided:
                for answer, learned in self._answers(node, flow.id, current):
                    if answer:
                        outs.append(self._taken(marking, i, node, (flow,), learned))
                    else:
                        after.append(learned)
            undecided = list(dict.fromkeys(after))
        for flow in last[:1] if node.element.default else last:
            outs += [self._taken(marking, i, node, (flow,), current) for current in undecided]
        return outs

    def _ways(self, marking: Open, i: int, node: Node, known: Known) -> list[Out]:
        """The sets of flows that can be taken together: all that are true or have no condition, else the default."""
        ways: Ways = {((), known): None}
        for flow in node.flows:
            if flow.id == node.element.default:
                continue
            after: Ways = {}
            for taken, current in ways:
                answers = self._answers(node, flow.id, current) if flow.condition else [(True, current)]
                after |= {((*taken, flow) if true else taken, learned): None for true, learned in answers}
            if len(after) > MOST_WAYS:
                self.tokens.bounds.wide = node
                return []
            ways = after
        otherwise = tuple(flow for flow in node.flows if flow.id == node.element.default)
        known_ways = ((taken or otherwise, current) for taken, current in ways)
        outs = [self._taken(marking, i, node, taken, current) for taken, current in known_ways if taken]
        return list({(tuple(out.occurrences), out.known): out for out in outs}.values())

    def _answers(self, node: Node, flow: str, known: Known) -> list[tuple[bool, Known]]:
        """Whether the condition on a flow (or, without one, of a loop) is true, each with what is known then."""
        return knowledge.split(self.plan.formulas[flow, node.index], known, self.plan.alphabet)

    def _taken(self, marking: Open, i: int, node: Node, flows: tuple[Flow, ...], known: Known) -> Out:
        """A gateway takes these flows."""
        occurrences = [(DONE, *node.place)] if node.drawn else []
        out = Out((), self.plan.remembered(known), [*occurrences, *self._heard(node, known)])
        out.occurrences += [(TAKEN, node.element.process, flow.id) for flow in flows]
        self._sent(marking, i, flows, out)
        return out

    def _sent(self, marking: Open, i: int, flows: Iterable[Flow], out: Out) -> None:
        """The token at place `i` goes on by these flows, which were told."""
        tokens = list(marking[1][:i] + marking[1][i + 1 :])
        for flow in flows:
            self.tokens.come(tokens, self.net.scopes[marking[0]].nodes[flow.target], flow.id, out.occurrences)
        out.marking = (marking[0], self.tokens.few(tokens), *marking[2:])

    def _heard(self, node: Node, known: Known) -> list[Occurrence]:
        """The answers that the question is about and that are known where a node asks for them."""
        asked = self.plan.asked_at[node.index]
        return [(HEARD, key, SEVERAL.join(values)) for key, values in known if OTHER not in values and key in asked]

    # --- activities that are done more than once -----------------------------------------------------------------

    def _many(self, marking: Open, i: int, node: Node, number: int, known: Known) -> Out:
        """A multi-instance activity begins, with so many items."""
        occurrences = self._counted(node, str(number))
        out = Out((), known, occurrences)
        if number == 0:
            return self.tokens.go_on(marking, i, node, out)
        together = node.element.loop is None or node.element.loop.kind == LoopKind.PARALLEL
        self._begins(node, occurrences)
        first = [self._instanced(node, occurrences) for _ in range(number if together else 1)]
        child = (0 if together else number - 1, tuple(sorted(first)))
        out.marking = self.tokens.replaced(marking, i, (node.index, marking[1][i][1], child))
        return out

    def _rounds(self, marking: Open, i: int, node: Node, known: Known) -> list[Out]:
        """A loop begins or has done a round: once more, or on. Rounds are not counted, so there is no bound to them."""
        first, loop = not marking[1][i][2], node.element.loop
        asks = loop is not None and loop.condition and (may_be_skipped(node.element) or not first)
        answers = self._answers(node, "", known) if asks else [(True, known)]
        if not first and loop is not None and loop.cardinality:
            answers = [*answers, (False, known)]
        if not first and asks and all(again for again, _ in answers):  # a correction from outside may still end it
            keys = {atom.key for atom in knowledge.atoms(self.plan.formulas["", node.index])}
            answers = [*answers, (False, knowledge.forgotten(known, keys))]
        outs = [self._round(marking, i, node, again, learned, first) for again, learned in dict.fromkeys(answers)]
        return [self.tokens.go_on(marking, i, node, out) if not out.marking else out for out in outs]

    def _round(self, marking: Open, i: int, node: Node, again: bool, known: Known, first: bool) -> Out:
        occurrences = self._counted(node, ("ronde" if first else "nog") if again else ("geen" if first else "genoeg"))
        occurrences += self._heard(node, known)
        out = Out((), self.plan.remembered(known), occurrences)
        if again:
            if first:
                self._begins(node, occurrences)
            child = (0, (self._instanced(node, occurrences),))
            out.marking = self.tokens.replaced(marking, i, (node.index, marking[1][i][1], child))
        elif not first:
            occurrences.append((DONE, *node.place))
        return out

    def instance(self, marking: Open, i: int, instance: int, out: Out) -> list[Out]:
        """The scope with one instance of a multi-instance activity as it is after the step."""
        index, spent, _ = marking[1][i]
        later, running = instances(marking[1][i])
        node = self.net.nodes[index]
        rest = running[:instance] + running[instance + 1 :]
        if out.marking:
            child = (later, tuple(sorted((*rest, out.marking))))
            out.marking = self.tokens.replaced(marking, i, (index, spent, child))
            return [out]
        if repeats(node.element):
            out.marking = self.tokens.replaced(marking, i, (index, spent, BETWEEN))
            return [out]
        outs = []
        if node.element.loop is not None and node.element.loop.condition and (rest or later):
            outs.append(self._all_done(marking, i, node, Out((), out.known, list(out.occurrences), out.thrown)))
        if later:
            later, rest = later - 1, tuple(sorted((*rest, self._instanced(node, out.occurrences))))
        if rest:
            out.marking = self.tokens.replaced(marking, i, (index, spent, (later, rest)))
            return [*outs, out]
        return [*outs, self._all_done(marking, i, node, out)]

    def _all_done(self, marking: Open, i: int, node: Node, out: Out) -> Out:
        """The last instance of a multi-instance activity is done. By its answer a condition may become true."""
        if node.kind == INSIDE or not self.net.conditional:
            return self.tokens.leave(marking, i, node, out)
        out.marking = self.tokens.replaced(marking, i, (node.index, marking[1][i][1], BETWEEN))
        return out

    @staticmethod
    def _counted(node: Node, number: str) -> list[Occurrence]:
        return [(COUNTED, node.element.process, f"{node.element.id}:{number}")]

    @staticmethod
    def _begins(node: Node, occurrences: list[Occurrence]) -> None:
        if node.kind == INSIDE:
            occurrences.append((BEGUN, *node.place))

    def _instanced(self, node: Node, occurrences: list[Occurrence]) -> Marking:
        """What runs in one more instance of an activity."""
        return self.tokens.opened(node.inside, occurrences) if node.kind == INSIDE else ()

"""What a step means for the scopes around it: what is thrown and who catches it, what interrupts, what is done then."""

from collections.abc import Callable

from engine.definitions import Event
from engine.proof.knowledge import Known
from engine.proof.net import THROWN, Edge, listens_on
from engine.proof.nodes import Nodes
from engine.proof.steps import BEGUN, BESIDE, DONE, ELSEWHERE, TAKEN, Occurrence, Open, Path, Running, Token, inside
from engine.proof.tokens import Out, comes, without

Act = Callable[[Open, int, Known], list[Out]]
"""What can happen in a scope at one place, with what is known: all that it may come to."""


class Scopes:
    """Carries what happens in a scope outwards, to the scope where a case began."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.tokens = nodes.tokens
        self.net = nodes.net
        self.plan = nodes.plan

    def at(self, marking: Open, path: Path, position: int, known: Known, act: Act) -> list[Out]:
        """All that comes of an act at the end of a path."""
        if not path:
            return [met for out in act(marking, position, known) for met in self._caught(marking, out, flow=True)]
        flow, i, instance = path[0]
        outs = self.at(inside(marking, path[0]), path[1:], position, known, act)
        if flow:
            return [met for out in outs for met in self._around(marking, i, instance, out)]
        return [met for out in outs for met in self._beside(marking, i, out)]

    def _beside(self, marking: Open, i: int, out: Out) -> list[Out]:
        """A step inside a handler, seen from the scope that it belongs to."""
        number = marking[2][i][0]
        rest = marking[2][:i] + marking[2][i + 1 :]
        if out.marking:
            rest = tuple(sorted((*rest, (number, out.marking))))
        else:
            out.occurrences.append(self._handler_done(marking[0], number))
        out.marking = (marking[0], marking[1], rest, *marking[3:])
        return self._caught(marking, out, flow=False)

    def _around(self, marking: Open, i: int, instance: int, out: Out) -> list[Out]:
        """A step inside an activity, seen from the scope that the activity stands in."""
        index, spent, _ = marking[1][i]
        if out.thrown is not None:
            edges = [*enumerate(self.net.nodes[index].edges)]
            for k, edge in sorted(edges, key=lambda numbered: not numbered[1].event.name):
                if k not in spent and _covers(edge.event, out.thrown):
                    return self._met(marking, i, instance, k, out)
        afterwards = self._activity(marking, i, instance, out)
        return [met for after in afterwards for met in self._caught(marking, after, flow=True)]

    def _met(self, marking: Open, i: int, instance: int, k: int, out: Out) -> list[Out]:
        """What was thrown inside an activity is caught on its edge."""
        edge = self.net.nodes[marking[1][i][0]].edges[k]
        out.thrown = None
        if edge.element.interrupting:
            return self._closed(self._gone_off(edge, without(marking, i), out))
        spent, place = self._spend(marking, i, k)
        outs = self._activity(spent, place, instance, out)
        return [met for out in outs if out.marking for met in self._closed(self._gone_off(edge, out.marking, out))]

    def _activity(self, marking: Open, i: int, instance: int, out: Out) -> list[Out]:
        """The scope with its activity as it is after the step."""
        index, spent, _ = marking[1][i]
        if instance >= 0:
            return self.nodes.instance(marking, i, instance, out)
        if out.marking:
            out.marking = self.tokens.replaced(marking, i, (index, spent, out.marking))
            return [out]
        return [self.tokens.leave(marking, i, self.net.nodes[index], out)]

    def _caught(self, before: Open, out: Out, flow: bool) -> list[Out]:
        """What was thrown, by the flow of this scope or by one of its handlers, meets the scope's own handlers.

        As on an edge, one that names what it catches goes before one that catches all; then one that lets the flow be.
        """
        scope = before[0]
        if out.thrown is not None and out.marking and not before[4]:
            handlers = [(number, self.net.scopes[scope].handlers[number]) for number in self.plan.handlers[scope]]
            for number, handler in sorted(handlers, key=lambda h: (not h[1].event.name, h[1].start.interrupting)):
                live = handler.start.interrupting or flow or bool(before[1])
                if live and number not in before[3] and _covers(handler.event, out.thrown):
                    out.thrown = None
                    out.marking = self._started(out.marking, number, out.occurrences)
                    break
        return self._closed(out)

    def _closed(self, out: Out) -> list[Out]:
        """A scope with nothing left in it is done, unless something runs beside it that we leave out."""
        marking = out.marking
        if not marking or marking[1] or marking[2]:
            return [out]
        out.marking = ()
        if marking[4] or marking[0] not in self.plan.lingering:
            return [out]
        beside = (marking[0], (), ((BESIDE, ()),), *marking[3:])
        return [out, Out(beside, out.known, [*out.occurrences], out.thrown)]

    # --- handlers ------------------------------------------------------------------------------------------------

    def begun(self, marking: Open, number: int, known: Known) -> list[Out]:
        """A handler begins by what comes to it."""
        occurrences: list[Occurrence] = []
        return [Out(self._started(marking, number, occurrences), known, occurrences)]

    def _started(self, marking: Open, number: int, occurrences: list[Occurrence]) -> Open:
        """A scope in which an event sub-process begins."""
        scope, tokens, handlers, spent, _ = marking
        start, run = self.net.scopes[scope].handlers[number].start, self.run(scope, number, occurrences)
        if start.interrupting:
            return (scope, (), (run,), (), True)
        if not listens_on(start):
            spent = tuple(sorted({*spent, number}))
        return (scope, tokens, self.tokens.few_runs((*handlers, run)), spent, False)

    def run(self, scope: int, number: int, occurrences: list[Occurrence], looked_into: bool = True) -> Running:
        """A run of a handler that begins; of one that is not looked into nobody sees the steps."""
        handler = self.net.scopes[scope].handlers[number]
        if looked_into:
            occurrences.append((comes(handler.event), handler.start.process, handler.start.id))
            occurrences.append((BEGUN, *handler.place))
        else:
            occurrences.append((ELSEWHERE, handler.start.process, handler.start.id))
        closed = self.plan.closed_handlers(scope, number) or not looked_into
        return number, () if closed else self.tokens.opened(handler.scope, occurrences)

    def handled(self, marking: Open, i: int, known: Known) -> list[Out]:
        """A handler whose steps nobody needs to see is done. Of one beside that into which we look nothing is told."""
        number = marking[2][i][0]
        seen = number != BESIDE and self.plan.closed_handlers(marking[0], number)
        occurrences = [self._handler_done(marking[0], number)] if seen else []
        rest = marking[2][:i] + marking[2][i + 1 :]
        return [Out((marking[0], marking[1], rest, *marking[3:]), known, occurrences)]

    def emptied(self, marking: Open, _: int, known: Known) -> list[Out]:
        """The last that ran in a scope was broken off: it is done."""
        return [Out(marking, known)]

    def _handler_done(self, scope: int, number: int) -> Occurrence:
        return (DONE, *self.net.scopes[scope].handlers[number].place)

    # --- events on the edge --------------------------------------------------------------------------------------

    def edge(self, k: int, marking: Open, i: int, known: Known) -> list[Out]:
        """What event `k` on the edge of an activity waits for comes."""
        edge = self.net.nodes[marking[1][i][0]].edges[k]
        after = without(marking, i) if edge.element.interrupting else self._spend(marking, i, k)[0]
        return [self._gone_off(edge, after, Out((), known))]

    def _spend(self, marking: Open, i: int, k: int) -> tuple[Open, int]:
        """The scope in which event `k` of activity `i` won't come again, and where that activity now stands."""
        index, spent, child = marking[1][i]
        if self.net.nodes[index].edges[k].again:
            return marking, i
        token: Token = (index, tuple(sorted({*spent, k})), child)
        after = self.tokens.replaced(marking, i, token)
        return after, after[1].index(token)

    def _gone_off(self, edge: Edge, marking: Open, out: Out) -> Out:
        """A boundary event goes off in a scope."""
        place = edge.element.process, edge.element.id
        out.occurrences += [(comes(edge.event), *place), (DONE, *place)]
        tokens = list(marking[1])
        for flow in edge.flows:
            out.occurrences.append((TAKEN, edge.element.process, flow.id))
            self.tokens.come(tokens, self.net.scopes[marking[0]].nodes[flow.target], flow.id, out.occurrences)
        out.marking = (marking[0], self.tokens.few(tokens, again=edge.again), *marking[2:])
        return out


def _covers(listener: Event, thrown: Event) -> bool:
    if listener.kind != thrown.kind or thrown.kind not in THROWN:
        return False
    return not listener.name or listener.name == thrown.name

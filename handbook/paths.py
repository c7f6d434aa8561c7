"""Where the flows of a diagram lead a reader: past everything that has no page, through every choice."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from engine.definitions import Element, Process
from engine.definitions.kinds import CONDITIONAL_SPLITS, EMBEDDED, EventKind, Kind
from handbook import wording

STEP, PHASE, END = "stap", "fase", "einde"
SPLITS = CONDITIONAL_SPLITS | {Kind.EVENT_BASED_GATEWAY}
"""Gateways at which a reader asks what to do: all but the one that takes every way."""


@dataclass(frozen=True)
class Place:
    """Where a reader can go on: `kind` is stap, fase or einde; `waits` says what must happen first."""

    kind: str
    title: str
    process: str
    element: str = ""
    waits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One way out of a choice; `usual` marks the way that is taken when no other answer fits."""

    text: str
    outcomes: tuple["Outcome", ...]
    usual: bool = False


@dataclass(frozen=True)
class Choice:
    """A gateway: its question, what the choice means, and where each answer leads."""

    id: str
    process: str
    question: str
    explanation: str
    answers: tuple[Answer, ...]


Outcome = Place | Choice


def places(outcomes: Iterable[Outcome]) -> Iterator[Place]:
    """Every place that can be reached, whatever is chosen."""
    for outcome in outcomes:
        if isinstance(outcome, Place):
            yield outcome
        else:
            yield from places(inner for answer in outcome.answers for inner in answer.outcomes)


class Paths:
    """Where the flows of one process lead, past everything that has no page of its own."""

    def __init__(self, process: Process, processes: Collection[str]) -> None:
        self.process, self.processes = process, processes

    def onward(
        self, element: Element, seen: frozenset[str] = frozenset(), waits: tuple[str, ...] = ()
    ) -> tuple[Outcome, ...]:
        """What follows an element, each thing once."""
        outcomes: dict[Outcome, None] = {}
        for flow in element.outgoing:
            target = self.process.elements[self.process.flows[flow].target]
            outcomes.update(dict.fromkeys(self._resolve(target, seen, waits)))
        return tuple(outcomes)

    def choice(self, gateway: Element, seen: frozenset[str] = frozenset(), waits: tuple[str, ...] = ()) -> Choice:
        """A gateway with its answers, each followed to where it leads."""
        flows = [self.process.flows[flow] for flow in gateway.outgoing]
        by_event = gateway.kind == Kind.EVENT_BASED_GATEWAY
        return Choice(
            id=gateway.id,
            process=self.process.id,
            question=gateway.name or ("Wat gebeurt het eerst?" if by_event else "Hoe gaat het verder?"),
            explanation=gateway.documentation,
            answers=tuple(
                Answer(
                    text=flow.name or self._title(self.process.elements[flow.target]),
                    outcomes=self._resolve(self.process.elements[flow.target], seen | {gateway.id}, waits),
                    usual=flow.id == gateway.default,
                )
                for flow in flows
            ),
        )

    def _resolve(self, target: Element, seen: frozenset[str], waits: tuple[str, ...]) -> tuple[Outcome, ...]:
        place = self._place(target, waits)
        if place:
            return (place,)
        if target.id in seen:
            return ()
        if target.kind in SPLITS and len(target.outgoing) > 1:
            return (self.choice(target, seen, waits),)
        seen = seen | {target.id}
        if target.kind == Kind.INTERMEDIATE_CATCH_EVENT:
            return self.onward(target, seen, (*waits, self._title(target)))
        if target.kind == Kind.END_EVENT:
            return self.onward(self.process.elements[target.parent], seen, waits)
        if target.kind in EMBEDDED:
            return self._into(target, seen, waits)
        return self.onward(target, seen, waits)

    def _into(self, scope: Element, seen: frozenset[str], waits: tuple[str, ...]) -> tuple[Outcome, ...]:
        starts = [e for e in self.process.elements.values() if e.parent == scope.id and e.kind == Kind.START_EVENT]
        return tuple(outcome for start in starts for outcome in self.onward(start, seen, waits))

    def _place(self, target: Element, waits: tuple[str, ...]) -> Place | None:
        if target.kind == Kind.USER_TASK:
            return Place(STEP, self._title(target), self.process.id, target.id, waits)
        if target.called in self.processes:
            return Place(PHASE, self._title(target), target.called, waits=waits)
        thrown = target.event_kind != EventKind.NONE
        inside = target.parent in self.process.elements
        within_flow = inside and not self.process.elements[target.parent].by_event
        if target.kind == Kind.END_EVENT and (thrown or not within_flow):
            return Place(END, self._title(target), self.process.id, target.id, waits)
        return None

    def _title(self, element: Element) -> str:
        return element.name or ("Einde" if element.kind == Kind.END_EVENT else wording.title(element.id))

    def before(self, task: Element) -> tuple[Place, ...]:
        """The steps and phases that lead to a task without another one in between."""
        leading = (self._place(source, ()) for source in self._leading_to(task))
        return tuple(dict.fromkeys(place for place in leading if place and place.kind != END))

    def waits_for_all(self, task: Element) -> bool:
        """Whether a task begins only when all that leads to it is done."""
        silent = (e for e in self._leading_to(task) if not self._place(e, ()))
        return any(e.kind == Kind.PARALLEL_GATEWAY and len(e.incoming) > 1 for e in silent)

    def tables_before(self, task: Element) -> tuple[str, ...]:
        """The decision tables that advise in a task: those run just before it."""
        tables = dict.fromkeys(source.decision for source in self._leading_to(task) if source.decision)
        return tuple(reversed(tables))

    def _leading_to(self, task: Element) -> Iterator[Element]:
        waiting, seen = [task], {task.id}
        while waiting:
            for source in self._sources(waiting.pop()):
                if source.id not in seen:
                    seen.add(source.id)
                    yield source
                    if not self._place(source, ()):
                        waiting.append(source)
                elif source.id == task.id:
                    yield source

    def _sources(self, element: Element) -> list[Element]:
        scope = self.process.elements.get(element.parent)
        if element.kind == Kind.START_EVENT and scope and not scope.by_event:
            return self._sources(scope)
        sources = [self.process.elements[self.process.flows[flow].source] for flow in element.incoming]
        if element.attached_to:
            sources.append(self.process.elements[element.attached_to])
        return [last for source in sources for last in self._last_of(source)]

    def _last_of(self, source: Element) -> list[Element]:
        """What ends a sub-process; anything else is its own end."""
        if source.kind not in EMBEDDED:
            return [source]
        return [e for e in self.process.elements.values() if e.parent == source.id and e.kind == Kind.END_EVENT]

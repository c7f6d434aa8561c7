"""Watching a path for one spelregel: what is remembered of it, and the moment at which it breaks the rule."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod

from engine.proof import knowledge
from engine.proof.net import Handler, Net
from engine.proof.plan import Place, Watched, conditions, divides, thrown_in, written
from engine.proof.reading import Rule, Selector
from engine.proof.rule_kinds import AFTER, KINDS, START, RuleKind
from engine.proof.selecting import Target, find, moment, unsure
from engine.proof.steps import COUNTED, DONE, EACH, ENDED, HEARD, MISSED, SEVERAL, TAKEN, Occurrence, Step

Watch = tuple[str, frozenset[str]]
"""What is remembered of a path for one rule: the phase that the rule is in, and which answers were asked for."""


Targets = Mapping[str, tuple[Target, ...]]
"""Per part of a rule what its selectors point at."""

MOST_PARTS = 64
"""Into so many rules at most one rule is taken apart, along the longest of its parts if along all gives more."""


@dataclass
class Monitor:
    """Watches one path for one rule, or for a part of what its `targets` are. A watch is the tuple (phase, answers)."""

    net: Net
    rule: Rule
    targets: Targets = field(default_factory=dict)
    run: Handler | None = None
    """What is done for each row of a list, where the rule is about each run of that by itself."""
    kind: RuleKind = field(init=False)

    def __post_init__(self) -> None:
        self.kind = KINDS[self.rule.kind]
        parts = {"a": self.rule.a, "b": self.rule.b, "unless": self.rule.unless, "expires": self.rule.expires}
        if not self.targets:
            self.targets = {part: tuple(find(self.net, s) for s in given) for part, given in parts.items()}
            self.run = self._run() if self.kind.row_by_row else None
        every = [target for targets in self.targets.values() for target in targets]
        self.points: dict[Occurrence, frozenset[str]] = {}
        self.watched = self._with_rivals(replace(_watched(every), alike=dict(self._alike()), run=self.run))
        self.asks: dict[Place, set[str]] = {}
        hears = [heard for target in every for heard in target.hears]
        for place, heard in hears:
            self.asks.setdefault(place, set()).add(heard.key)
        self.writers: dict[Place, set[str]] = {}
        for node in self.net.nodes:
            if keys := {heard.key for _, heard in hears if heard.written in written(self.net, node)}:
                self.writers[node.element.process, node.element.id] = keys
        self.begins = (moment(self.run.start), self.run.start.process, self.run.start.id) if self.run else None
        self._point()

    def _with_rivals(self, watched: Watched) -> Watched:
        """The same with what may hear a message in the place of what must be able to come, so that this can't."""
        if not self.kind.every_wait:
            return watched
        elements = {(e.process, e.id): e for scope in self.net.scopes for e in self.net.elements(scope.index)}
        heard = {place: e.event.name for place, e in elements.items() if e.event is not None and e.event.name}
        names = {name for place, name in heard.items() if place in watched.elements}
        rivals = frozenset(place for place, name in heard.items() if name in names)
        return replace(watched, elements=watched.elements | rivals)

    def _run(self) -> Handler | None:
        """The event sub-process for rows in which, and nowhere else, all is done that the rule speaks of.

        What another run does is then nothing to the rule, so we look into one, whichever it is, and watch it from its
        begin. Nothing that is thrown comes out of the others, and what they write is their own row's. All that they do
        to this one is that the scope around them stays open as long as one of them is: any number is as good as one.
        """
        every = [target for targets in self.targets.values() for target in targets if not target.empty]
        for handler in (handler for scope in self.net.scopes for handler in scope.handlers if handler.rows):
            below = self.net.below(handler.scope) - self._beside(handler)
            begins = frozenset({handler.place, (handler.start.process, handler.start.id)})
            alone = self._once(self.net.callers[handler.scope]) and not thrown_in(self.net, handler.scope)
            if every and alone and all(self._only(target, below, begins) for target in every):
                return handler
        return None

    def _once(self, callers: Collection[int]) -> bool:
        """Whether what one of these scopes opens is open once at a time: there is one, which is itself, and in what
        stands around that no way divides.
        """
        scope = next(iter(callers), -1)
        if len(callers) != 1 or scope == self.net.root:
            return len(callers) == 1
        around = [self.net.scopes[caller] for caller in self.net.callers.get(scope, [])]
        nodes = [node for laid in around for node in laid.nodes.values()]
        opens = any(node.inside == scope and node.element.loop is None for node in nodes)
        return opens and not any(divides(node) for node in nodes) and self._once([laid.index for laid in around])

    def _beside(self, handler: Handler) -> frozenset[int]:
        """The scopes that a case may come to other than by this event sub-process."""
        beside: set[int] = set()
        waiting = [self.net.root]
        while waiting:
            current = waiting.pop()
            if current not in beside:
                beside.add(current)
                waiting += [node.inside for node in self.net.scopes[current].nodes.values() if node.inside >= 0]
                waiting += [other.scope for other in self.net.scopes[current].handlers if other is not handler]
        return frozenset(beside)

    def _only(self, target: Target, scopes: frozenset[int], begins: frozenset[Place]) -> bool:
        """Whether all that a target points at is in one of these scopes or is one of `begins`, and asked for there."""
        inner, outer = self._standing(scopes), self._standing({*range(len(self.net.scopes))} - scopes)
        return not (
            target.end
            or target.none
            or target.places - inner.elements - begins
            or target.flows - inner.flows
            or target.keys & outer.keys
        )

    def _alike(self) -> Iterator[tuple[int, int]]:
        """The scopes of runs for rows of which it is enough to look into one, with how many at once.

        What is done there can only break the rule, by one step at a time, and so in one of them: without what is done
        in another a path that breaks the rule still does, as long as that other is open for as long as it was. Where
        such a step is the last of the path, its own run is open until then, and no other is needed. Nor is it where
        nothing of them is seen: one that stays open for as long as any of them stands for all.
        """
        for handler in (handler for scope in self.net.scopes for handler in scope.handlers if handler.rows):
            below = self.net.below(handler.scope)
            begins = {handler.place, (handler.start.process, handler.start.id)}
            every = [(part, target) for part, targets in self.targets.items() for target in targets]
            parts = {part for part, target in every if self._inside(target, below)}
            if handler is self.run:
                root = self.net.callers[handler.scope] == [self.net.root]
                yield handler.scope, 2 if self.kind.owing and not root else 1
                continue
            seen_once = len(parts) < 2 and parts <= {*self.kind.one_by_one} and not self.kind.every_wait
            begun = any(not target.none and begins & target.places for _, target in every)
            if (seen_once or not parts) and not begun and not thrown_in(self.net, handler.scope):
                counted = any(begins & target.places for _, target in every)
                yield handler.scope, 1 if parts <= {*self.kind.breaking} and not counted else 2

    def _inside(self, target: Target, scopes: frozenset[int]) -> bool:
        """Whether a target points at something that stands in one of these scopes, or is asked for there."""
        standing = self._standing(scopes)
        return not (
            standing.elements.isdisjoint(target.places)
            and standing.flows.isdisjoint(target.flows)
            and standing.keys.isdisjoint(target.keys)
        )

    def _standing(self, scopes: Collection[int]) -> Watched:
        """All that stands in these scopes and is asked for there."""
        elements = {(e.process, e.id) for scope in scopes for e in self.net.elements(scope)}
        nodes = [node for scope in scopes for node in self.net.scopes[scope].nodes.values()]
        flows = {(node.element.process, flow.id) for node in nodes for flow in node.flows}
        flows |= {(node.element.process, flow.id) for node in nodes for edge in node.edges for flow in edge.flows}
        asked = {a.key for n in nodes for _, text in conditions(n) for a in knowledge.atoms(knowledge.formula(text))}
        return Watched(frozenset(elements), frozenset(flows), frozenset(asked))

    @property
    def strict(self) -> Watched:
        """What is watched, without what can only excuse."""
        parts = (targets for part, targets in self.targets.items() if part not in self.kind.excuses)
        return self._with_rivals(_watched(target for targets in parts for target in targets))

    def pieces(self) -> tuple[Targets, ...]:
        """Targets that are together the same, each for less; none where there is only one thing to watch for."""
        return self._apart({part: [(target,) for target in singles] for part, singles in self._every_single()})

    def slices(self) -> tuple[Targets, ...]:
        """The same for what stands in one diagram at a time, for that is open at the same time."""
        grouped: dict[str, list[tuple[Target, ...]]] = {}
        for part, singles in self._every_single():
            diagrams: dict[str, tuple[Target, ...]] = {}
            for target in singles:
                diagram = next((process for process, _ in (*target.places, *target.flows)), "")
                diagrams[diagram] = (*diagrams.get(diagram, ()), target)
            grouped[part] = [*diagrams.values()]
        return self._apart(grouped)

    def _every_single(self) -> Iterator[tuple[str, list[Target]]]:
        return ((part, [*dict.fromkeys(self._singles(self.targets[part]))]) for part in self.kind.one_by_one)

    def _apart(self, groups: Mapping[str, list[tuple[Target, ...]]]) -> tuple[Targets, ...]:
        several = {part: targets for part, targets in groups.items() if len(targets) > 1}
        if len(several) > 1 and prod(map(len, several.values())) > MOST_PARTS:
            several = dict([max(several.items(), key=lambda item: len(item[1]))])
        if not several or prod(map(len, several.values())) > MOST_PARTS:
            return ()
        chosen = product(*several.values())
        return tuple({**self.targets, **dict(zip(several, piece, strict=True))} for piece in chosen)

    @property
    def singled(self) -> tuple[Place, ...]:
        """The elements that are watched for one by one."""
        return tuple(sorted({p for part in self.kind.one_by_one for t in self.targets[part] for p in t.places}))

    def _singles(self, targets: Iterable[Target]) -> Iterator[Target]:
        """What targets point at, piece by piece."""
        for target in targets:
            if target.end:
                yield target
            yield from (Target(flows=frozenset({flow})) for flow in sorted(target.flows))
            for place in sorted(target.places):
                hears = frozenset(heard for heard in target.hears if heard[0] == place)
                if hears or not target.asks:
                    yield replace(target, places=frozenset({place}), flows=frozenset(), end=False, hears=hears)

    def _point(self) -> None:
        """Which parts of the rule each occurrence fits."""
        points: dict[Occurrence, set[str]] = {}
        for part, targets in self.targets.items():
            for target in targets:
                if target.end:
                    points.setdefault((ENDED, self.net.definition.id, ""), set()).add(part)
                if target.asks:
                    continue  # see _told
                for process, id in target.places:
                    element = self.net.definition.element(process, id)
                    happens = (COUNTED, process, f"{id}:0") if target.none else (moment(element), process, id)
                    points.setdefault(happens, set()).add(part)
                for flow in target.flows:
                    points.setdefault((TAKEN, *flow), set()).add(part)
        self.points = {occurrence: frozenset(parts) for occurrence, parts in points.items()}

    @property
    def silent(self) -> tuple[Selector, ...]:
        """What the rule speaks of and the diagrams don't have. What excuses a step may be missing: that is stricter."""
        return tuple(selector for selector, target in self._pairs() if target.empty)

    @property
    def unheard(self) -> tuple[Selector, ...]:
        """The answers that the rule speaks of and that are given, but that no gateway asks for."""
        return tuple(selector for selector, target in self._pairs() if target.empty and target.places)

    def _pairs(self) -> Iterator[tuple[Selector, Target]]:
        for part, given in (("a", self.rule.a), ("b", self.rule.b), ("expires", self.rule.expires)):
            yield from zip(given, self.targets[part], strict=True)

    @property
    def idle(self) -> bool:
        """Whether nothing in the diagrams calls for this rule, so that it can't be broken."""
        parts = self.kind.called_by or self.kind.needs
        return any(all(target.empty for target in self.targets[part]) for part in parts)

    @property
    def every_wait(self) -> bool:
        """Whether each moment at which a case waits matters, so that none may be passed at once."""
        return self.kind.every_wait

    def begin(self) -> Watch:
        """The watch over a path on which nothing happened yet."""
        return (START, frozenset())

    def over(self, watch: Watch) -> bool:
        """Whether whatever comes can't break the rule any more."""
        return watch[0] in self.kind.settled and not self.rule.expires

    def follow(self, watch: Watch, step: Step, ended: bool) -> tuple[Watch, Occurrence | None]:
        """The watch after a step, and the occurrence that breaks the rule, if one does."""
        phase, asked = watch
        end: Occurrence = (ENDED, self.net.definition.id, "")
        for occurrence in (*step, end) if ended else step:
            if occurrence == self.begins:
                phase, asked = START, frozenset()
            parts = self.points.get(occurrence)
            if occurrence[0] in (DONE, EACH) and occurrence[1:] in self.writers:
                asked = self._asked(asked, occurrence[1:])
            elif occurrence[0] == HEARD and occurrence[1] in asked:
                _, key, answers = occurrence
                parts = self._told(key, frozenset(answers.split(SEVERAL)))
                if parts or SEVERAL not in answers:
                    asked -= {key}  # an answer is told once, at the first gateway that knows it
            if parts and self.kind.turn:
                phase, broken = self.kind.turn(phase, parts)
                if broken:
                    return (phase, asked), occurrence
        if ended and phase in self.kind.owing:
            return (phase, asked), end
        return (phase, asked), None

    def missed(self, watch: Watch, ways: Iterable[Step]) -> Occurrence | None:
        """What must be able to come now but can't, where a case waits and these steps can follow."""
        if not self.every_wait or watch[0] != AFTER:
            return None
        comes = (occurrence for step in ways for occurrence in step if "b" in self.points.get(occurrence, ()))
        if any(occurrence[1:] not in self.untold for occurrence in comes):
            return None
        places = sorted(place for target in self.targets["b"] for place in target.places)
        return (MISSED, *places[0]) if places else None

    @cached_property
    def untold(self) -> frozenset[Place]:
        """What the rule asks to be told, and nobody may be there to tell."""
        places = {place for target in self.targets.get("b", ()) for place in target.places}
        return frozenset(place for place in places if unsure(self.net, self.net.definition.element(*place)))

    def _told(self, key: str, answers: frozenset[str]) -> frozenset[str]:
        """Which parts of the rule an answer fits."""
        return frozenset(
            part for part, targets in self.targets.items() if any(target.says(key, answers) for target in targets)
        )

    def _asked(self, asked: frozenset[str], place: Place) -> frozenset[str]:
        """An answer counts where it was given at a step that the rule points at, and not written over since."""
        return (asked - self.writers[place]) | frozenset(self.asks.get(place, ()))


def _watched(targets: Iterable[Target]) -> Watched:
    targets = tuple(targets)
    return Watched(
        frozenset(place for target in targets for place in target.places),
        frozenset(place for target in targets for place in target.flows),
        frozenset(key for target in targets for key in target.keys),
        frozenset(heard.written for target in targets for _, heard in target.hears),
    )

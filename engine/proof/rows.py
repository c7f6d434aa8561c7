"""What a list does to the token game: each new row begins a run of what belongs to its rows, one that goes ends it.

Which row a run belongs to is not told: of all rows at most MOST have one that is looked at, the one that a rule may be
about and one other. Rows may be there when a scope opens if a step before wrote the list; every step that writes it may
add some and take any away; and somebody may add one by a correction. That one is corrected away is left out, as all
other corrections are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, product

from engine.proof import knowledge
from engine.proof.knowledge import TRUE, Known
from engine.proof.net import Handler
from engine.proof.nodes import ITEMS
from engine.proof.plan import listed
from engine.proof.scopes import Scopes
from engine.proof.steps import COUNTED, GONE, Open, Path, Running, Step, Token
from engine.proof.tokens import MOST, Out

Way = tuple[Path, int]
"""The way down to a token: scope by scope, and its place there."""

Runs = tuple[Running, ...]


@dataclass(frozen=True)
class Change:
    """How lists change: how many rows each of them gets; whether some may go, and of which is told that it is empty.

    `counted` says that each row has a run, so that a bound is met where there are more than are looked at.
    """

    adds: Mapping[str, int]
    drops: bool = False
    tells: frozenset[str] = frozenset()
    counted: bool = False


class Rows:
    """What comes of the lists of one game."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.tokens = scopes.tokens
        self.net = scopes.net
        self.plan = scopes.plan
        self.touched: dict[tuple[int, frozenset[str]], bool] = {}
        self.belongs: dict[int, tuple[tuple[int, Handler], ...]] = {}

    def opened(self, marking: Open, i: int, known: Known) -> list[Out]:
        """The flow of a scope begins, and before that a run for each row that stands in its lists already."""
        node = self.net.nodes[marking[1][i][0]]
        keys = frozenset(handler.rows for _, handler in self._belonging(marking[0]))
        filled = keys & _filled(keys, known)
        outs = []
        for numbers in product(*(self._items(key) if key in filled else (0,) for key in sorted(keys))):
            change = Change(dict(zip(sorted(keys), numbers, strict=True)), tells=filled)
            for runs, occurrences in self._here(marking, marking[2], -1, change):
                begun: Open = (marking[0], marking[1], runs, *marking[3:])
                outs.append(self.tokens.leave(begun, i, node, Out((), known, [*occurrences])))
        return outs

    def written(self, marking: Open, way: Way, keys: frozenset[str]) -> Iterator[tuple[Open, Way, Step]]:
        """All that may become of what runs when the step at the end of a way writes these lists, before it goes on."""
        outcomes: dict[tuple[Open, Way, Step], None] = {}
        for numbers in product(*map(self._items, sorted(keys))):
            change = Change(dict(zip(sorted(keys), numbers, strict=True)), drops=True, tells=keys)
            for after, moved, occurrences in self._varied(marking, way, change):
                if moved is not None:
                    outcomes[after, moved, occurrences] = None
        return iter(outcomes)

    def corrected(self, key: str, marking: Open, _: int, known: Known) -> list[Out]:
        """Somebody adds a row to a list that was written before."""
        if not _filled([key], known):
            return []
        varied = self._varied(marking, None, Change({key: 1}))
        return [Out(after, known, [*occurrences]) for after, _, occurrences in varied if occurrences]

    def told(self, key: str, marking: Open, _: int, known: Known) -> list[Out]:
        """Somebody tells of a message for which a list gets a row of its own."""
        varied = self._varied(marking, None, Change({key: 1}, counted=True))
        after = knowledge.learned(known, listed(key), {TRUE}) if listed(key) in self.plan.tracked else known
        return [Out(changed, after, [*occurrences]) for changed, _, occurrences in varied if occurrences]

    def _belonging(self, scope: int) -> tuple[tuple[int, Handler], ...]:
        """The handlers of a scope that we look at and that belong to rows, by number."""
        if scope not in self.belongs:
            handlers = [(number, self.net.scopes[scope].handlers[number]) for number in self.plan.handlers[scope]]
            self.belongs[scope] = tuple((number, handler) for number, handler in handlers if handler.rows)
        return self.belongs[scope]

    def _items(self, key: str) -> tuple[int, ...]:
        """How many rows a list may get at once, as far as more would begin more runs."""
        handlers = (handler for scope in self.net.scopes for _, handler in self._belonging(scope.index))
        most = max((self.plan.alike.get(h.scope, MOST) for h in handlers if h.rows == key), default=0)
        return tuple(number for number in ITEMS if number <= max(most, 1))

    def _touches(self, scope: int, keys: frozenset[str]) -> bool:
        """Whether something in a scope, or in what it can open, belongs to rows of these lists."""
        if (scope, keys) not in self.touched:
            below = (handler for inner in self.net.below(scope) for _, handler in self._belonging(inner))
            self.touched[scope, keys] = any(handler.rows in keys for handler in below)
        return self.touched[scope, keys]

    def _varied(self, marking: Open, way: Way | None, change: Change) -> Iterator[tuple[Open, Way | None, Step]]:
        """What may become of a scope and all that is open inside it, and where the token on the way stands then."""
        if not self._touches(marking[0], frozenset(change.adds)):
            yield marking, way, ()
            return
        flows = [[*self._token(token, _below(way, True, n), change)] for n, token in enumerate(marking[1])]
        besides = [[*self._run(run, _below(way, False, n), change)] for n, run in enumerate(marking[2])]
        for flow, beside in product(product(*flows), product(*besides)):
            inner = tuple(occurrence for _, _, occurrences in (*flow, *beside) for occurrence in occurrences)
            tokens = self.tokens.few(token for token, _, _ in flow)
            mine = way[0][0][1] if way is not None and way[0] and not way[0][0][0] else -1
            for runs, occurrences in self._here(marking, tuple(run for run, _, _ in beside), mine, change):
                moved: Way | None = None
                if way is not None and not way[0]:
                    moved = (), tokens.index(flow[way[1]][0])
                elif way is not None:
                    in_flow, n, instance = way[0][0]
                    place = tokens.index(flow[n][0]) if in_flow else runs.index(beside[n][0])
                    deeper = (flow[n] if in_flow else beside[n])[1] or ((), 0)
                    moved = ((in_flow, place, instance), *deeper[0]), deeper[1]
                yield (marking[0], tokens, runs, *marking[3:]), moved, (*inner, *occurrences)

    def _token(self, token: Token, way: Way | None, change: Change) -> Iterator[tuple[Token, Way | None, Step]]:
        """What may become inside a token; nothing belongs to rows in what is done for several."""
        index, spent, child = token
        if not child or len(child) == 2:
            yield token, way, ()
            return
        for after, moved, occurrences in self._varied(child, way, change):
            yield (index, spent, after), moved, occurrences

    def _run(self, run: Running, way: Way | None, change: Change) -> Iterator[tuple[Running, Way | None, Step]]:
        """The same inside a handler that runs."""
        number, child = run
        if not child:
            yield run, way, ()
            return
        for after, moved, occurrences in self._varied(child, way, change):
            yield (number, after), moved, occurrences

    def _here(self, marking: Open, runs: Runs, mine: int, change: Change) -> Iterator[tuple[Runs, Step]]:
        """What may become of the runs of one scope; that at place `mine` stays."""
        scope, tokens, _, _, stopped = marking
        belonging = {number: handler for number, handler in self._belonging(scope) if handler.rows in change.adds}
        loose = [n for n, run in enumerate(runs) if run[0] in belonging and n != mine] if change.drops else []
        for gone in (gone for size in range(len(loose) + 1) for gone in combinations(loose, size)):
            kept = tuple(run for n, run in enumerate(runs) if n not in gone)
            left = [(GONE, *belonging[runs[n][0]].place) for n in gone]
            empty = [
                handler.place for number, handler in belonging.items() if self._empty(number, handler, kept, change)
            ]
            occurrences = [*left, *((COUNTED, process, f"{id}:0") for process, id in empty)]
            flows = bool(tokens) and not stopped
            choices = [self._new(scope, number, kept, change) if flows else [()] for number in belonging]
            for new in product(*choices):
                begun = [*occurrences]
                more = [self.scopes.run(scope, number, begun, seen) for number, seen in chain.from_iterable(new)]
                yield tuple(sorted((*kept, *more))), tuple(begun)

    @staticmethod
    def _empty(number: int, handler: Handler, runs: Runs, change: Change) -> bool:
        """Whether it is told that no row has a run of a handler."""
        running = change.adds[handler.rows] or any(run[0] == number for run in runs)
        return handler.rows in change.tells and not running

    def _new(self, scope: int, number: int, runs: Runs, change: Change) -> list[tuple[tuple[int, bool], ...]]:
        """Which runs of a handler may begin beside those that there are: each by its number and if we look into it."""
        handler = self.net.scopes[scope].handlers[number]
        standing = [run for run in runs if run[0] == number]
        most = self.plan.alike.get(handler.scope, MOST)
        fits = min(change.adds[handler.rows], most - len(standing))
        if handler.scope not in self.plan.alike or most == 1:
            crowded = change.counted and handler.scope not in self.plan.alike and fits < change.adds[handler.rows]
            self.tokens.bounds.crowded = self.tokens.bounds.crowded or crowded
            return [((number, True),) * fits]
        seen = sum(bool(child) for _, child in standing)
        unseen = len(standing) - seen
        into = range(max(0, fits + unseen - 1), min(fits, 1 - seen) + 1)
        return [((number, True),) * many + ((number, False),) * (fits - many) for many in into]


def _filled(keys: Iterable[str], known: Known) -> frozenset[str]:
    """Which of these lists were written before, so that rows may stand in them."""
    names = {name for name, _ in known}
    return frozenset(key for key in keys if listed(key) in names)


def _below(way: Way | None, in_flow: bool, place: int) -> Way | None:
    """What is left of a way that leads into what stands at this place; None where it leads elsewhere."""
    if way is None or not way[0] or way[0][0][:2] != (in_flow, place):
        return None
    return way[0][1:], way[1]

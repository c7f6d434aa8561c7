"""Looking at every state that a case can come to, for one question at a time."""

from collections import deque
from collections.abc import Hashable, Sized
from dataclasses import dataclass, field

from engine.proof.net import Net, Node
from engine.proof.plan import Plan, reduced
from engine.proof.steps import Occurrence, State, Step
from engine.proof.tokens import Game
from engine.proof.watching import Monitor, Watch

MOST_STATES = 60_000
MOST_EFFORT = 2_500_000
"""What a search may cost at most, some five seconds: the more ways a state has, the more each of them costs."""


@dataclass(frozen=True)
class Found:
    """What a search came to: the path that breaks the rule, or how many states it looked at.

    `full` if it stopped, `wide` the gateway with too many ways where that is why.
    """

    path: tuple[Step, ...] = ()
    broken: Occurrence | None = None
    states: int = 0
    full: bool = False
    bounded: bool = False
    wide: Node | None = None


def search(net: Net, monitor: Monitor, most: int = MOST_STATES, plan: Plan | None = None) -> Found:
    """The shortest path that breaks a rule, if there is one; without a plan it looks only at what the rule sees.

    Where that says too little of what an inclusive join waits for, it looks at every moment of waiting.
    """
    plan = plan or reduced(net, monitor.watched, passing=not monitor.every_wait)
    found = _search(Game(net, plan), monitor, most)
    if found is None:
        found = _search(Game(net, reduced(net, monitor.watched, passing=False)), monitor, most)
    return found or Found(full=True)


def _search(game: Game, monitor: Monitor, most: int) -> Found | None:
    """What a search came to; None where the plan of this game does not do."""
    ((first, state),) = game.begin()
    watch, broken = monitor.follow(monitor.begin(), first, not state[0])
    if broken:
        return Found((first,), broken, 1)
    came: dict[Hashable, tuple[Hashable, Step] | None] = {(state, watch): None}
    waiting, effort = deque([(state, watch)]), 0
    while waiting:
        current = waiting.popleft()
        if monitor.over(current[1]):
            continue
        ways = tuple(game.moves(current[0]))
        effort += _effort(ways)
        if game.blind:
            return None
        if missed := _missed(game, monitor, current, ways):
            return Found((first, *_path(came, current)), missed, len(came), bounded=game.bounded)
        for step, state in ways:
            watch, broken = monitor.follow(current[1], step, not state[0])
            if broken:
                return Found((first, *_path(came, current), step), broken, len(came), bounded=game.bounded)
            after = (state, watch)
            if after not in came:
                came[after] = (current, step)
                if len(came) > most or effort > MOST_EFFORT or game.full:
                    return Found(states=len(came), full=True, bounded=game.bounded, wide=game.full)
                waiting.append(after)
    return Found(states=len(came), full=game.full is not None, bounded=game.bounded, wide=game.full)


def _effort(ways: Sized) -> int:
    return len(ways) * (8 + len(ways))


def _missed(
    game: Game, monitor: Monitor, current: tuple[State, Watch], ways: tuple[tuple[Step, State], ...]
) -> Occurrence | None:
    """What must be able to come where a case waits, and can't."""
    waits = monitor.every_wait and game.waits(current[0])
    return monitor.missed(current[1], (step for step, _ in ways)) if waits else None


def _path(came: dict[Hashable, tuple[Hashable, Step] | None], last: Hashable) -> list[Step]:
    steps: list[Step] = []
    origin = came[last]
    while origin is not None:
        last, step = origin
        steps.append(step)
        origin = came[last]
    return steps[::-1]


@dataclass
class Space:
    """All states of one scope: where each leads, how it was reached, and what was passed."""

    edges: dict[State, list[State]] = field(default_factory=dict)
    came: dict[State, tuple[State, Step] | None] = field(default_factory=dict)
    passed: set[Occurrence] = field(default_factory=set)
    full: bool = False
    bounded: bool = False

    def path(self, state: State) -> tuple[Step, ...]:
        """A shortest way to a state."""
        return tuple(_path(self.came, state))  # type: ignore[arg-type]  # a state is a key here


def explore(net: Net, plan: Plan, most: int = MOST_STATES) -> Space:
    """Every state that a plan can come to."""
    game, space, effort = Game(net, plan), Space(), 0
    waiting: deque[State] = deque()
    for step, state in game.begin():
        space.passed.update(step)
        space.came[state] = None
        waiting.append(state)
    while waiting:
        current = waiting.popleft()
        moves = tuple(game.moves(current))
        effort += _effort(moves)
        ways = space.edges.setdefault(current, [])
        for step, state in moves:
            space.passed.update(step)
            ways.append(state)
            if state not in space.came:
                space.came[state] = (current, step)
                if len(space.came) > most or effort > MOST_EFFORT:
                    space.full = True
                    return space
                waiting.append(state)
    space.full = game.full is not None or game.blind
    space.bounded = game.bounded
    return space

"""Looking at every state that a case can come to, for one question at a time."""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.proof.game import Game
from engine.proof.net import Net, Node
from engine.proof.order import Order
from engine.proof.plan import Plan, reduced
from engine.proof.steps import Occurrence, State, Step
from engine.proof.watching import Monitor, Targets, Watch

MOST_STATES = 60_000
MOST_EFFORT = 2_500_000
"""What a search may cost at most, some five seconds: the more ways a state has, the more each of them costs."""

FEW_STATES = 1_000
"""With so few states we look at every order of what happens, for that gives the shortest path."""

JOINT_STATES = 1_000
"""With more states than this we look for what a rule names diagram by diagram, and then one by one, where we can."""

MANY_STATES = 15_000
"""So many we look at where that does not help, or where each moment of waiting matters, whatever we look for."""

FEWEST_STATES = MOST_STATES // 20
"""A search may cost no less than what so many states may."""

Ways = tuple[tuple[Step, State], ...]
Came = dict[Hashable, tuple[Hashable, Step] | None]


@dataclass(frozen=True)
class Found:
    """What a search came to: the path that breaks the rule, or how many states it looked at.

    `full` if it stopped, `wide` the gateway with too many ways where that is why, `single` the part of the rule that
    could not be decided even by itself; `less` if some orders were left out.
    """

    path: tuple[Step, ...] = ()
    broken: Occurrence | None = None
    states: int = 0
    full: bool = False
    bounded: bool = False
    wide: Node | None = None
    single: Monitor | None = None
    less: bool = False


def search(net: Net, monitor: Monitor, most: int = MOST_STATES, plan: Plan | None = None) -> Found:
    """The shortest path that breaks a rule, if there is one; without a plan it looks only at what the rule sees.

    Where that says too little of what an inclusive join waits for, it looks at every moment of waiting. Where it would
    take too long it looks for less: without what can only excuse, at what the rule names in one diagram after another,
    and at one thing after another of that.
    """
    if plan is not None:
        return _search(Game(net, plan), monitor, most) or Found(full=True)
    slices = monitor.slices() or monitor.pieces() if most > JOINT_STATES else ()
    enough = MANY_STATES if monitor.every_wait else JOINT_STATES
    result = _jointly(net, monitor, min(most, enough) if slices else most)
    if not (slices and result.full):
        return result
    apart = _apart(net, monitor, slices, most)
    joint = _jointly(net, monitor, min(most, MANY_STATES)) if apart.full and enough < MANY_STATES else apart
    return apart if joint.full else joint


def _apart(net: Net, monitor: Monitor, slices: tuple[Targets, ...], most: int) -> Found:
    """What comes of looking for less at a time: for each of these by itself, or where that is too much its parts."""
    share = max(FEWEST_STATES, most // len(slices))
    results = []
    for slice_ in slices:
        single = Monitor(net, monitor.rule, slice_, monitor.run)
        result = _jointly(net, single, share, few=0)
        if result.full and (pieces := single.pieces()):
            result = _apart(net, single, pieces, most)
        if result.full:
            return result if result.single else replace(result, single=single)
        results.append(result)
    broken = [result for result in results if result.broken]
    return replace(
        min(broken, key=lambda result: len(result.path), default=Found()),
        states=sum(result.states for result in results),
        bounded=any(result.bounded for result in results),
    )


def _jointly(net: Net, monitor: Monitor, most: int, few: int = FEW_STATES) -> Found:
    """What comes of looking for all that is watched for at once; with a `few` states, at every order."""
    result: Found | None = None
    for passing in (True, False) if not monitor.every_wait else (False,):
        plan = reduced(net, monitor.watched, passing)
        if monitor.every_wait and (result := _without_beside(net, monitor, most)):
            break
        result = _search(Game(net, plan), monitor, min(most, few))
        if result is not None and result.full and not result.wide and most > few:
            result = unexcused(net, monitor, most, plan) or in_order(net, monitor, most, plan)
        elif result is not None and result.bounded and not result.broken:  # it may hold for any number
            strict = unexcused(net, monitor, most, plan)
            result = strict if strict is not None and not (strict.bounded or strict.broken) else result
        if result is not None:
            break
    return result or Found(full=True)


def _without_beside(net: Net, monitor: Monitor, most: int) -> Found | None:
    """What comes of leaving out what runs unseen beside the flow, where each wait matters; None where it says nothing.

    All that this may do is keep a scope open, and what then can't come counts as missed. Where the rule holds so, it
    holds with it.
    """
    result = _search(Game(net, reduced(net, monitor.watched, False, monitor.watched)), monitor, most)
    return result if result and not (result.full or result.broken) else None


def unexcused(net: Net, monitor: Monitor, most: int, plan: Plan) -> Found | None:
    """What comes of leaving out what can only excuse; None where that says nothing of the plan with it."""
    less = reduced(net, monitor.watched, plan.passing, monitor.strict)
    result = in_order(net, monitor, most, less) if less.handlers != plan.handlers else None
    if result is None or result.full or (result.broken and not breaks(Game(net, plan), monitor, result.path)):
        return None
    return result


def in_order(net: Net, monitor: Monitor, most: int, plan: Plan) -> Found | None:
    """What comes of looking only at orders that matter.

    A path that is found then is not the shortest, so it is cut to the steps that are needed to break the rule. Where
    each wait matters, an order that is left out may be the one in which something can't come: then none is.
    """
    game = Game(net, plan)
    if monitor.every_wait:
        return _search(game, monitor, most)
    result = _search(game, monitor, most, Order(net, plan, monitor.watched))
    if result is None or not result.less:
        return result
    if result.bounded:
        return _search(Game(net, plan), monitor, most)
    if result.broken is not None:
        return replace(result, path=_cut(game, monitor, result.path))
    return result


def _search(game: Game, monitor: Monitor, most: int, order: Order | None = None) -> Found | None:
    """What a search came to; None where the plan of this game does not do."""
    begun, result = _begun(game, monitor)
    if result is not None:
        return result
    came: Came = dict.fromkeys(begun)
    waiting, effort, less = deque(begun), 0, False
    enough = MOST_EFFORT * max(most, FEWEST_STATES) // MOST_STATES
    while waiting:
        current = waiting.popleft()
        if monitor.over(current[1]):
            continue
        ways = _few(game, order, current[0]) if order else ()
        every = tuple(game.moves(current[0])) if monitor.every_wait or not ways else ways
        if missed := _missed(game, monitor, current, every):
            return Found(_whole(came, begun, current), missed, len(came), bounded=game.bounds.crowded, less=less)
        less = less or bool(ways)
        ways = ways or every
        effort += _effort(ways)
        if game.blind:
            return None
        for step, state in ways:
            watch, broken = monitor.follow(current[1], step, not state[0])
            if broken:
                path = (*_whole(came, begun, current), step)
                return Found(path, broken, len(came), bounded=game.bounds.crowded, less=less)
            after, reached = (state, watch), len(came)
            came.setdefault(after, (current, step))
            if len(came) > reached:  # asked so, a state is hashed once
                if len(came) > most or effort > enough or game.bounds.wide:
                    return Found(
                        states=len(came), full=True, bounded=game.bounds.crowded, wide=game.bounds.wide, less=less
                    )
                waiting.append(after)
    wide = game.bounds.wide
    return Found(states=len(came), full=wide is not None, bounded=game.bounds.crowded, wide=wide, less=less)


def _few(game: Game, order: Order, state: State) -> Ways:
    """The steps of one quiet token of a state at rest, if it has one."""
    marking = state[0]
    quiet = next(order.quiet(marking), None) if marking and game.waits(state) else None
    return tuple(game.moves_of(state, *quiet)) if quiet else ()


def _cut(game: Game, monitor: Monitor, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """A path that breaks a rule, without the steps that it can do without."""
    for number in range(len(path) - 2, 0, -1):
        shorter = (*path[:number], *path[number + 1 :])
        if breaks(game, monitor, shorter):
            path = shorter
    return path


def breaks(game: Game, monitor: Monitor, path: tuple[Step, ...]) -> bool:
    """Whether these steps can be taken one after another, and the rule is broken at the last and not before."""
    reached: set[tuple[State, Watch]] = set()
    for first, state in game.begin():
        watch, broken = monitor.follow(monitor.begin(), first, not state[0])
        if broken and first == path[0]:
            return len(path) == 1
        reached |= {(state, watch)} if first == path[0] else set()
    for step in path[1:]:
        before, reached = reached, set()
        for state, watch in before:
            for other, after in game.moves(state) if not monitor.over(watch) else ():
                if other == step:
                    next_watch, broken = monitor.follow(watch, step, not after[0])
                    if broken and step is path[-1]:
                        return True
                    reached |= {(after, next_watch)} if not broken else set()
    return any(_missed(game, monitor, current, tuple(game.moves(current[0]))) for current in reached)


def _effort(ways: Ways) -> int:
    return len(ways) * (8 + len(ways))


def _missed(game: Game, monitor: Monitor, current: tuple[State, Watch], ways: Ways) -> Occurrence | None:
    """What must be able to come where a case waits, and can't."""
    if not monitor.every_wait:
        return None
    steps = [step for step, _ in ways]
    missed = monitor.missed(current[1], _surely(steps) if game.plan.lingering else steps)
    return missed if missed and game.waits(current[0]) else None


def _surely(steps: Iterable[Step]) -> Iterator[Step]:
    """Of each step what is sure to happen in it: where another step stops halfway, that is because something beside
    the flow, which is left out, may keep a scope open, and then nothing comes of what follows it.
    """
    possible = set(steps)
    for step in possible:
        yield next((step[:length] for length in range(1, len(step)) if step[:length] in possible), step)


def _begun(game: Game, monitor: Monitor) -> tuple[dict[tuple[State, Watch], Step], Found | None]:
    """Where a case can begin, with the step that it begins by; or what came of a beginning that breaks the rule."""
    begun: dict[tuple[State, Watch], Step] = {}
    for first, state in game.begin():
        watch, broken = monitor.follow(monitor.begin(), first, not state[0])
        if broken:
            return {}, Found((first,), broken, 1)
        begun.setdefault((state, watch), first)
    return begun, None


def _whole(came: Came, begun: Mapping[tuple[State, Watch], Step], last: tuple[State, Watch]) -> tuple[Step, ...]:
    """How a case came to a state, from the step that it began by."""
    steps, origin = _path(came, last), last
    while (before := came[origin]) is not None:
        origin = before[0]  # type: ignore[assignment]  # what is looked at here are states with a watch
    return begun[origin], *steps


def _path(came: Came, last: Hashable) -> list[Step]:
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
    wide: Node | None = None
    """The gateway with too many ways, where that is why it is full."""

    def path(self, state: State) -> tuple[Step, ...]:
        """A shortest way to a state."""
        return tuple(_path(self.came, state))  # type: ignore[arg-type]  # a state is a key here


def explore(net: Net, plan: Plan, most: int = MOST_STATES, order: Order | None = None) -> Space:
    """Every state that a plan can come to; with an `order` as many as are needed to meet each end and each step."""
    game, space, effort = Game(net, plan), Space(), 0
    waiting: deque[State] = deque()
    for step, state in game.begin():
        space.passed.update(step)
        space.came[state] = None
        waiting.append(state)
    while waiting:
        current = waiting.popleft()
        moves = _few(game, order, current) if order else ()
        moves = moves or tuple(game.moves(current))
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
    space.full, space.wide = game.bounds.wide is not None or game.blind, game.bounds.wide
    space.bounded = game.bounds.crowded
    return space

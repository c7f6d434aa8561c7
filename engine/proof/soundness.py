"""Can every case come to an end, and every step be reached? Looked at scope by scope.

Each process, sub-process and event sub-process is played by itself, with what stands in it as one step. Tokens never
cross the border of a scope other than by beginning and ending it, so what is sound alone is sound together; only
answers that were given outside are free here.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from engine.definitions import Element, Flow
from engine.definitions.kinds import CODED, EventKind, Kind
from engine.proof import story
from engine.proof.net import BEHIND, CHOICE, JOIN, MERGE, PASS, WAIT, Net, Node, Scope
from engine.proof.order import Order
from engine.proof.plan import Watched, alone, caught, thrown_in
from engine.proof.search import Space, explore
from engine.proof.steps import BEGUN, BESIDE, CLOCK, DONE, MESSAGE, SIGNAL, State

FEW_STATES, MANY_STATES = 2_000, 10_000
"""With more states than these, we look at fewer: only at orders that matter, and then only at steps with a choice."""

MOST_NAMES = 6
"""So many of what is open at once are named."""


@dataclass(frozen=True)
class Finding:
    """Something that makes a diagram unsound: which kind, where, in one Dutch sentence, and how a case comes there."""

    rule: str
    process: str
    element: str
    message: str
    story: tuple[str, ...] = ()
    marked: Mapping[str, frozenset[str]] = field(default_factory=dict)


def unsound(net: Net) -> Iterator[Finding]:
    """What is unsound in a definition."""
    reached = net.below(net.root)
    large: dict[int, Space] = {}
    for scope in net.scopes:
        if scope.index in reached and scope.nodes:
            space = _space(net, scope)
            findings = _judged(net, scope, space)
            yield from findings
            if space.full and not findings:
                large[scope.index] = space
    for index, space in large.items():
        yield _too_large(net, net.scopes[index], space, large)
    yield from _uncaught(net, reached)


def _judged(net: Net, scope: Scope, space: Space) -> list[Finding]:
    """What is unsound in a scope, as far as its states say."""
    twice = [*_twice(net, scope, space)] if space.full or space.bounded else []
    return twice if twice or space.full else [*judged_in(net, scope, space)]


def _too_large(net: Net, scope: Scope, space: Space, large: Collection[int]) -> Finding:
    """That a scope has too many states, where that comes from, and what in it is decided by itself."""
    crowd = [space.wide.element] if space.wide is not None else _crowd(net, scope, space)
    names = [f"'{element.title.removesuffix(BEHIND)}'" for element in crowd]
    message = f"'{_title(scope)}' heeft zo veel mogelijke standen dat niet is na te gaan of alles goed eindigt."
    if space.wide is not None:
        message += f" Bij {names[0]} kunnen te veel pijlen samen worden genomen."
    elif len(names) > 1:
        more = f" en nog {len(names) - MOST_NAMES}" if len(names) > MOST_NAMES else ""
        message += f" Te veel kan hier tegelijk openstaan: {', '.join(names[:MOST_NAMES])}{more}."
    inside = [node for node in scope.nodes.values() if node.inside >= 0 and node.inside not in large]
    if inside:
        decided = ", ".join(f"'{node.element.title}'" for node in inside)
        message += f" Wel los nagegaan: {decided}."
    else:
        message += " Zet een deel van de stappen in een deelproces: dat wordt dan los nagegaan."
    marked = {scope.process.id: frozenset(element.id.removesuffix(BEHIND) for element in crowd)}
    return Finding("te_groot", scope.process.id, scope.parent, message, marked=marked)


def _crowd(net: Net, scope: Scope, space: Space) -> list[Element]:
    """What is open at once in the fullest state that was met."""
    markings = [marking for marking, _ in space.came if marking]
    _, tokens, handlers, *_ = max(markings, key=lambda marking: len(marking[1]) + len(marking[2]))
    elements = [net.nodes[token[0]].element for token in tokens]
    elements += [scope.handlers[number].element for number, _ in handlers if number != BESIDE]
    return [*{element.id: element for element in elements}.values()]


def _space(net: Net, scope: Scope) -> Space:
    """The states of a scope: all, or where these are many those that matter, or those at a step with a choice.

    An order that is left out may be the one in which two are in one place at the same time. Where that could be, what
    such a search finds is so, and where it finds nothing nothing is known: it counts as full.
    """
    plan = alone(net, scope.index, passing=False)
    space = explore(net, plan, FEW_STATES)
    if not space.full:
        return space
    space = explore(net, plan, MANY_STATES, Order(net, plan, Watched()))
    if space.full:
        plan = alone(net, scope.index, passing=True)
        space = explore(net, plan, order=Order(net, plan, Watched()))
        if space.bounded:
            space = explore(net, plan)
    if not space.full and may_meet(scope) and not _judged(net, scope, space):
        return replace(space, full=True)
    return space


def may_meet(scope: Scope) -> bool:
    """Whether two of the ways that are taken at once may come together somewhere in a scope that is no join."""
    nodes = scope.nodes
    targets = {id: [flow.target for flow in _ways(node)] for id, node in nodes.items()}
    entered = Counter(target for several in targets.values() for target in several)
    merges = {
        id
        for id, node in nodes.items()
        if entered[id] > 1 and node.kind not in (JOIN, MERGE) and node.element.kind != Kind.END_EVENT
    }
    for id, node in nodes.items():
        together = node.kind not in (CHOICE, WAIT) and len(node.flows) > 1
        if together or any(not edge.element.interrupting for edge in node.edges):
            reached = [_onward(targets, target) for target in targets[id]]
            if any(id in ahead for ahead in reached):
                return True  # round again, while another way is still open
            if any(one & other & merges for one, other in combinations(reached, 2)):
                return True
    return False


def _ways(node: Node) -> list[Flow]:
    return [*node.flows, *(flow for edge in node.edges for flow in edge.flows)]


def _onward(targets: Mapping[str, list[str]], begin: str) -> set[str]:
    """All that can come from a place on, itself included."""
    reached, waiting = {begin}, [begin]
    while waiting:
        fresh = [target for target in targets.get(waiting.pop(), ()) if target not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return reached


def judged_in(net: Net, scope: Scope, space: Space) -> Iterator[Finding]:
    """What is unsound in a scope of which all states are known."""
    yield from _never(net, scope, space)
    yield from _stuck(net, scope, space)
    yield from _twice(net, scope, space)


def _title(scope: Scope) -> str:
    element = scope.process.elements.get(scope.parent)
    return element.title if element is not None else scope.process.name or scope.process.id


def _never(net: Net, scope: Scope, space: Space) -> Iterator[Finding]:
    """Steps that no case ever comes to."""
    places = {(process, id) for what, process, id in space.passed if what in (BEGUN, DONE, MESSAGE, CLOCK)}
    places |= {(process, id) for what, process, id in space.passed if what == SIGNAL}
    waiting = {net.nodes[token[0]].place for marking, _ in space.came if marking for token in marking[1]}
    for element in net.elements(scope.index):
        inside = element.parent == scope.parent
        place = (element.process, element.id)
        joins = element.kind in (Kind.PARALLEL_GATEWAY, Kind.INCLUSIVE_GATEWAY)
        if inside and place not in places and (place not in waiting or joins):
            message = f"'{element.title}' kan nooit aan de beurt komen."
            if joins and place in waiting:
                message = f"De samenvoeging '{element.title}' wacht op pijlen die nooit allemaal komen."
            yield Finding("nooit", *place, message, marked={element.process: frozenset({element.id})})


def _stuck(net: Net, scope: Scope, space: Space) -> Iterator[Finding]:
    """States from which the end can't be reached: nothing moves any more, or it goes round for ever."""
    sources: dict[State, list[State]] = {}
    for state, targets in space.edges.items():
        for target in targets:
            sources.setdefault(target, []).append(state)
    good = {state for state in space.came if not state[0]}
    waiting = list(good)
    while waiting:
        for source in sources.get(waiting.pop(), []):
            if source not in good:
                good.add(source)
                waiting.append(source)
    bad = [state for state in space.came if state not in good]
    dead = next((state for state in bad if not space.edges[state]), None)
    if dead is not None:
        yield _finding(net, scope, space, dead, "vast", "Een casus kan hier vastlopen: er kan niets meer gebeuren")
    elif bad:
        yield _finding(
            net, scope, space, bad[0], "rondje", "Een casus kan hier rond blijven gaan zonder ooit klaar te zijn"
        )


def _finding(net: Net, scope: Scope, space: Space, state: State, rule: str, text: str) -> Finding:
    nodes = [net.nodes[token[0]] for token in state[0][1]] if state[0] else []
    joins = [node for node in nodes if node.kind in (JOIN, MERGE)]
    node = (joins or nodes)[0]
    steps = space.path(state)
    message = f"{text}, bij '{node.element.title}' in '{_title(scope)}'."
    if joins:
        message += " De samenvoeging wacht op een pijl waar niemand meer langs komt."
    marked = dict(story.marks(net, steps))
    marked[scope.process.id] = marked.get(scope.process.id, frozenset()) | {node.element.id}
    return Finding(rule, scope.process.id, node.element.id, message, story.tell(net, steps), marked)


def _twice(net: Net, scope: Scope, space: Space) -> Iterator[Finding]:
    """Steps that can be open twice at once, although nothing in the drawing says that they happen more than once."""
    if any(not edge.element.interrupting for node in scope.nodes.values() for edge in node.edges):
        return
    for state in space.came:
        places = [token[:2] for token in state[0][1] if net.nodes[token[0]].kind != PASS] if state[0] else []
        double = next((place for place in places if places.count(place) > 1), None)
        if double is not None:
            element = net.nodes[double[0]].element
            message = (
                f"'{element.title}' kan twee keer tegelijk openstaan. Voeg de takken eerst samen met een plusteken."
            )
            steps = space.path(state)
            marked = story.marks(net, steps)
            yield Finding("dubbel", scope.process.id, element.id, message, story.tell(net, steps), marked)
            return


def _uncaught(net: Net, reached: Collection[int]) -> Iterator[Finding]:
    """What is thrown and nobody catches, and what is to be caught and nobody throws."""
    for thrown in thrown_in(net, net.root):
        around = [s for s in reached if thrown in thrown_in(net, s)]
        if any(caught(listener, thrown) for scope in around for listener in _listening(net, scope, thrown)):
            continue
        message = f"De melding '{thrown.title}' wordt nergens opgevangen: er gebeurt niets mee."
        if thrown.event_kind == EventKind.ERROR:
            message = f"'{thrown.title}' is een fout die nergens wordt opgevangen: een casus kan hier niet verder."
        yield Finding("fout", thrown.process, thrown.id, message, marked={thrown.process: frozenset({thrown.id})})
    for scope in reached:
        for handler in net.scopes[scope].handlers:
            start = handler.start
            waits = handler.event.kind in CODED
            if waits and not any(caught(start, thrown) for thrown in thrown_in(net, scope)):
                message = f"'{start.title}' kan nooit beginnen: binnen dit deel komt die melding niet voor."
                yield Finding("nooit", start.process, start.id, message, marked={start.process: frozenset({start.id})})


def _listening(net: Net, scope: int, thrown: Element) -> Iterator[Element]:
    """What could catch something thrown inside a scope: its handlers, and the edges of the activities around it."""
    yield from (handler.start for handler in net.scopes[scope].handlers)
    for node in net.scopes[scope].nodes.values():
        if node.inside >= 0 and thrown in thrown_in(net, node.inside):
            yield from (edge.element for edge in node.edges)

"""The engine and the prover side by side on one diagram: every state of both, by the same history.

A *label* is what can be seen of one move: what set it off, the flows that were taken, the elements that were done,
what is open afterwards, which messages are awaited, and whether the case has ended. Both sides are played in moves of
that size: what somebody does, a message, a clock or a condition, with all that follows by itself. They are the same
where after each history of labels both can go on with the same labels.

The prover takes every answer, clock and condition as free. To hold it to no more than the engine can do, the engine
gets them as free here: each task is completed with every combination of answers that some expression reads, each
clock may be the next to go off, and a condition that stands alone in a field of its own may become true at any time.
A list of which rows have runs is answered with any of the rows that stand there and with new ones, and may get one more
by a correction, so that at most MOST stand in it.
"""

import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property, partial
from itertools import combinations, product
from typing import Any, TypeVar

from SpiffWorkflow.util.task import TaskState

from engine import process
from engine.definitions import Definition
from engine.definitions.kinds import Kind
from engine.errors import ProcessError
from engine.forms import Field
from engine.process import Model, Outcome
from engine.process.specs import LIVE
from engine.proof.game import Game
from engine.proof.net import lay_out
from engine.proof.plan import whole
from engine.proof.steps import Open, State, Step
from engine.proof.tokens import MOST
from tests.engine.drawing import MONDAY

FAR = "2999-01-01T00:00:00+01:00"
OTHER = "anders"

T = TypeVar("T")
Place = tuple[str, str]
Look = tuple[tuple[tuple[Place, int], ...], frozenset[str], bool]
"""What is open, how often; the messages that are awaited; whether the case has ended."""
Trigger = tuple[str, ...]
Label = tuple[Trigger, tuple[Place, ...], frozenset[Place], Look]
Move = tuple[Trigger, partial[Outcome]]
"""What sets a move off, and how the engine makes it."""
Kept = tuple[str, str]
"""A case of the engine: its state and its document, as JSON."""


def _look(opened: Iterable[Place], awaited: Iterable[str], ended: bool) -> Look:
    return tuple(sorted(Counter(opened).items())), frozenset(awaited), ended


# --- the engine ------------------------------------------------------------------------------------------------


class Engine:
    """Every move that the engine can make from a state. What no expression reads later is left out of the document."""

    def __init__(self, model: Model, starts: Iterable[Mapping[str, Any]] = ({},), fleeting: bool = False) -> None:
        self.model, self.starts, self.fleeting = model, tuple(starts), fleeting
        self.values = values(model.definition)
        elements = [e for of in model.definition.processes.values() for e in of.elements.values()]
        self.lists = frozenset(e.for_each for e in elements if e.by_event and e.for_each)
        self.becoming = becoming(model.definition) if fleeting else ()
        self.asked = self.lists & {q.key for form in model.definition.forms.values() for q in form.input_fields()}
        names = (e.event.name for e in elements if e.event is not None and e.kind == "startEvent")
        self.told = {rows: name for name in names if (rows := model.definition.told_in_rows(name))}
        self.look = cache(self._look)
        self.moves = cache(self._moves)

    def begin(self) -> dict[Label, set[Kept]]:
        """The ways in which a case can start, and can go on in a new round."""
        ways = [partial(process.start, self.model, start, MONDAY) for start in self.starts]
        if self.model.definition.root.reopening is not None:
            ways += [partial(process.reopen, self.model, "", start, (), {}, MONDAY) for start in self.starts]
        return self._all((("begin",), way) for way in ways)

    def _moves(self, kept: Kept) -> dict[Label, set[Kept]]:
        return self._all(self._possible(kept[0], json.loads(kept[1])))

    def _possible(self, state: str, document: dict[str, Any]) -> Iterator[Move]:
        case, rows = (self.model, state, document), json.loads(state)
        for key, place in self._open(rows):
            for answers in self._answers(place, document):
                yield ("taak", *place), partial(process.complete, *case, key, answers, MONDAY)
            if self.model.definition.element(*place).skippable:
                yield ("over", *place), partial(process.skip, *case, key, MONDAY)
        for key in sorted(self.asked & document.keys()):
            running = [row for row in document[key] if f'"row": "{row["id"]}"' in state]
            for kept in (running, document[key]):
                if len(kept) < MOST:
                    more = {key: _more(key, kept, document[key], 1)}
                    comes = ("bericht", self.told[key]) if key in self.told else ("regel",)
                    yield comes, partial(process.correct, *case, "", more, MONDAY)
        for name in self.look((state, json.dumps(document, sort_keys=True)))[1]:
            yield ("bericht", name), partial(process.message, *case, name, MONDAY)
        for moment, text in self._clocks(rows):
            yield ("klok",), partial(process.tick, self.model, text, document, moment)
        for name in self.becoming:
            yield ("melding",), partial(process.correct, *case, "", {name: True}, MONDAY)

    def _all(self, moves: Iterable[Move]) -> dict[Label, set[Kept]]:
        made: dict[Label, set[Kept]] = {}
        for trigger, move in moves:
            with suppress(ProcessError):  # the host undoes such a move
                outcome = move()
                if outcome.fault or (move.func is process.correct and not outcome.notes):
                    continue
                kept = self._kept(outcome)
                made.setdefault((trigger, *self._told(outcome), self.look(kept)), set()).add(kept)
        return made

    def _told(self, outcome: Outcome) -> tuple[tuple[Place, ...], frozenset[Place]]:
        done = ((note.process, note.element) for note in outcome.notes if note.what == "klaar")
        return told(self.model.definition, outcome.flows, done)

    def _look(self, kept: Kept) -> Look:
        rows, document = json.loads(kept[0]), json.loads(kept[1])
        awaited = process.awaited(self.model, kept[0], document, MONDAY)
        names = (element.event.name for element in awaited if element.event)
        return _look((place for _, place in self._open(rows)), names, not rows["t"])

    # what stands in a stored state

    def _element(self, rows: Any, row: Any) -> Any:
        return getattr(self.model.built.specs[rows["w"][row[0]][1]].task_specs[row[2]], "element", None)

    def _after(self, rows: Any, row: Any) -> list[str]:
        return list(self.model.built.specs[rows["w"][row[0]][1]].task_specs[row[2]]._outputs)

    def nearest(self, kept: Kept, name: str) -> list[Place]:
        """The events innermost in a case that a message could come to: not to those whose own handler still runs. Where
        it is more than one, nobody says which.
        """
        rows = json.loads(kept[0])
        live = {(row[0], row[2]) for row in rows["t"] if row[3] & LIVE}
        inside = {number: rows["t"][row][0] if row >= 0 else -1 for number, (row, _) in enumerate(rows["w"])}
        events: dict[int, list[Place]] = {}
        for row in rows["t"]:
            element, depth, number = self._element(rows, row), 0, row[0]
            while (number := inside[number]) >= 0:
                depth += 1
            if row[3] != TaskState.WAITING or element is None or element.event is None or element.event.name != name:
                continue
            begun = {(row[0], handler) for handler in self._after(rows, row)}
            if element.kind != Kind.START_EVENT or not live & begun:
                events.setdefault(depth, []).append((element.process, element.id))
        return events[max(events)] if events else []

    def _open(self, rows: Any) -> Iterator[tuple[str, Place]]:
        for row in rows["t"]:
            if row[5]:
                element = self._element(rows, row)
                yield row[5], (element.process, element.id)

    def _clocks(self, rows: Any) -> Iterator[tuple[Any, str]]:
        """Each clock that runs: a moment at which it alone goes off, and the state that says so."""
        for row in rows["t"]:
            if (due := row[4].get("due")) is None:
                continue
            if due != FAR:  # a date, which follows the document
                yield datetime.fromisoformat(due), json.dumps(rows)
                continue
            row[4]["due"] = MONDAY.isoformat()
            yield MONDAY, json.dumps(rows)
            row[4]["due"] = FAR

    def _kept(self, outcome: Outcome) -> Kept:
        state, document = self._plain(outcome.state), dict(outcome.document)
        if self.becoming and any(document.get(name) for name in self.becoming):
            quiet = dict.fromkeys(self.becoming, False)
            after = process.correct(self.model, state, document, "", quiet, MONDAY)
            assert not after.notes, "that a condition is no longer true moves nothing"
            state, document = self._plain(after.state), dict(after.document)
        state, document = self._numbered(state, document)
        if self.fleeting:
            lists = {name: [{"id": row["id"]} for row in document[name]] for name in self.lists & document.keys()}
            document = {name: rows for name, value in document.items() if (rows := _running(value, state))} | lists
        return state, json.dumps(document, sort_keys=True)

    def _numbered(self, state: str, document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The same with only rows that have a run in the lists to which people add by a message, and ids in order."""
        for key in self.told.keys() & document.keys():
            for row in document[key]:
                if key not in self.asked and f'"row": "{row["id"]}"' not in state:
                    document = {**document, key: [other for other in document[key] if other is not row]}
            text = json.dumps(document)
            for number, row in enumerate(document[key]):
                state, text = (of.replace(f'"{row["id"]}"', f'"{key}~{number}"') for of in (state, text))
            state, text = (of.replace(f'"{key}~', f'"{key}.') for of in (state, text))
            document = json.loads(text)
        return state, document

    def _plain(self, state: str) -> str:
        """The same state without what differs from case to case: keys, moments, and a count that nobody asks for."""
        rows = json.loads(state)
        for number, row in enumerate(rows["t"]):
            data, element = row[4], self._element(rows, row)
            row[5] = row[5] and f"{number + 1:032x}"
            if data.get("due") is not None and element.event.timer != "date":
                data["due"] = FAR
            if data.get("left", 0) < 0:
                data["left"] = -1
            if "round" in data and not self._counts:
                data["round"] = 1
        return json.dumps(rows)

    @cached_property
    def _counts(self) -> bool:
        """Whether it matters which round of a loop it is."""
        processes = self.model.definition.processes.values()
        loops = (e.loop for of in processes for e in of.elements.values() if e.loop and e.loop.kind == "standard")
        expressions = (text for of in processes for _, text in of.expressions())
        return any(loop.cardinality for loop in loops) or any("loopCounter" in text for text in expressions)

    def _answers(self, place: Place, document: dict[str, Any]) -> list[dict[str, Any]]:
        form = self.model.definition.forms.get(self.model.definition.element(*place).form)
        keys = [item.key for item in form.input_fields()] if form is not None else []
        possible = [_rows(key, document) if key in self.lists else self.values[key] for key in keys]
        given = [dict(zip(keys, chosen, strict=True)) for chosen in product(*possible)]
        return [answers | true for answers in given for true in ({}, *({name: True} for name in self.becoming))]


def _rows(key: str, document: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """What may become of a list: any of its rows stay, and new ones come, so that at most MOST stand there."""
    before = document.get(key, [])
    stay = [kept for size in range(len(before) + 1) for kept in combinations(before, size)]
    return [_more(key, kept, before, number) for kept in stay for number in range(MOST - len(kept) + 1)]


def _more(key: str, kept: Iterable[dict[str, Any]], before: Iterable[dict[str, Any]], number: int) -> list[Any]:
    """Rows with so many new ones, whose ids were not there before."""
    known = {row["id"] for row in before}
    fresh = [id for n in range(2 * MOST) if (id := f"{key}.{n}") not in known]
    return sorted([*kept, *({"id": id} for id in fresh[:number])], key=lambda row: row["id"])


def _running(value: Any, state: str) -> Any:
    """The rows of a list over which something runs, without what was answered about them."""
    rows = value if isinstance(value, list) else []
    return [{"id": row["id"]} for row in rows] if any(f'"{row["id"]}"' in state for row in rows) else []


def values(definition: Definition) -> Mapping[str, tuple[Any, ...]]:
    """What each question can be answered with, as far as some expression could tell the answers apart.

    A key that begins with `rijen` is a list and one with `aantal` a number, each of 0, 1 or 2.
    """
    texts = [text for of in definition.processes.values() for _, text in of.expressions()]
    choices: dict[str, tuple[Any, ...]] = {}
    for item in (item for form in definition.forms.values() for item in form.input_fields()):
        choices[item.key] = _values(item, texts)
    return choices


def _values(item: Field, texts: Iterable[str]) -> tuple[Any, ...]:
    if item.key.startswith("rijen"):
        return tuple([{"id": f"{item.key}.{n}"} for n in range(number)] for number in range(3))
    if item.key.startswith("aantal"):
        return ("0", "1", "2")
    if item.required and item.options:
        return tuple(option.value for option in item.options)
    asked = {word for text in texts for word in re.findall(rf'\b{item.key} !?= "(\w+)"', text)}
    return (*sorted(asked), OTHER)


def becoming(definition: Definition) -> tuple[str, ...]:
    """The fields that are all that some event waits for."""
    elements = [e for of in definition.processes.values() for e in of.elements.values()]
    events = [e.event for e in elements if e.event is not None and e.event.kind == "conditional"]
    return tuple(sorted({event.expression.removeprefix("=").strip() for event in events}))


def told(
    definition: Definition, flows: Iterable[Place], done: Iterable[Place]
) -> tuple[tuple[Place, ...], frozenset[Place]]:
    """What was passed, but for what the two tell at another moment.

    The engine passes a gateway that waits when the waiting begins, the prover when it ends; of a group of steps that
    is done for many the engine tells each, the prover the last.
    """
    elements = [e for of in definition.processes.values() for e in of.elements.values()]
    waits = [e for e in elements if e.kind == "eventBasedGateway"]
    many = [e for e in elements if e.loop is not None and e.kind not in ("userTask", "manualTask", "receiveTask")]
    arrows = {(e.process, id) for e in waits for id in e.outgoing}
    passed = tuple(sorted(flow for flow in flows if flow not in arrows))
    return passed, frozenset(done) - {(e.process, e.id) for e in (*waits, *many)}


# --- the prover ------------------------------------------------------------------------------------------------


_DONE = frozenset({"klaar", "keer", "bericht", "klok", "melding"})


@dataclass(frozen=True)
class _Under:
    """A move of the prover that is under way: its flows, what was done, and the conditions that became true in it.

    `missed` are those that did not, where something else followed by itself.
    """

    flows: tuple[Place, ...] = ()
    done: frozenset[Place] = frozenset()
    true: tuple[Place, ...] = ()
    missed: frozenset[Place] = frozenset()


class Prover:
    """Every move that the prover knows from a state.

    To the prover a condition may become true at any moment. `free` makes that moves of the size of the engine's: one
    becomes true by an answer, before anything follows for which it does not wait to begin, or by itself.
    """

    def __init__(self, definition: Definition, free: bool = False) -> None:
        self.definition, self.free = definition, free
        self.net = lay_out(definition)
        self.game = Game(self.net, whole(self.net))
        self.look = cache(self._look)
        self.moves = cache(self._moves)
        self.bounded: set[State] = set()
        """The states from which it left a move out, since too much would stand in one place."""

    def begin(self) -> dict[Label, set[State]]:
        """The ways in which a case can start."""
        return self._all([(("begin",), *start) for start in self.game.begin()])

    def _moves(self, state: State) -> dict[Label, set[State]]:
        self.game.bounds.crowded = False
        moves = self._all([(self._trigger(step), step, after) for step, after in self.game.moves(state)])
        if self.game.bounds.crowded:
            self.bounded.add(state)
        return moves

    def _all(self, begun: Iterable[tuple[Trigger, Step, State]]) -> dict[Label, set[State]]:
        moves: dict[Label, set[State]] = {}
        for trigger, step, state in begun:
            for under, after in self._settled(trigger, self._under(_Under(), step), state):
                label = (trigger, *told(self.definition, under.flows, under.done), self.look(after))
                moves.setdefault(label, set()).add(after)
        return moves

    def _settled(self, trigger: Trigger, under: _Under, state: State) -> Iterator[tuple[_Under, State]]:
        """All that follows by itself, up to where the case waits."""
        seen, waiting = {(under, state)}, [(under, state)]
        while waiting:
            under, state = waiting.pop()
            rests = not state[0] or self.game.waits(state)
            if rests:
                yield under, state
            crowded = self.game.bounds.crowded
            moves = [(step, self._comes_true(step), after) for step, after in self.game.moves(state)]
            if self.net.told and rests and not any(true for _, true, _ in moves):
                self.game.bounds.crowded = crowded  # the move has come to its end before one more is told
            open_ = frozenset(place for _, true, _ in moves for place in true)
            for step, true, after in moves:
                if not self._comes(trigger, under, true) if true else rests:
                    continue
                missed = under.missed if true or not self.free else under.missed | open_
                then = (replace(self._under(under, step), missed=missed), after)
                if then not in seen:
                    seen.add(then)
                    waiting.append(then)

    def _comes(self, trigger: Trigger, under: _Under, true: list[Place]) -> bool:
        """Whether a condition may become true within a move."""
        if not self.free:
            return under.true.count(true[0]) < 2
        return trigger[0] == "taak" and not under.true and true[0] not in under.missed

    def _under(self, under: _Under, step: Step) -> _Under:
        flows = [(process, id) for what, process, id in step if what == "pijl"]
        done = {(process, id) for what, process, id in step if what in _DONE}
        counted = [(process, id.rpartition(":")) for what, process, id in step if what == "aantal"]
        passed = ((process, id) for process, (id, _, number) in counted if number in ("0", "geen"))
        done |= {place for place in passed if not self.definition.element(*place).by_event}
        true = (*under.true, *self._true(step))
        return _Under(tuple(sorted((*under.flows, *flows))), under.done | done, tuple(sorted(true)))

    def _true(self, step: Step) -> list[Place]:
        return [(process, id) for what, process, id in step if what == "melding" and self._becomes(process, id)]

    def _comes_true(self, step: Step) -> list[Place]:
        """The condition by which a step begins, if it does."""
        return self._true(step[:3]) if self._trigger(step) == ("melding",) else []

    def _becomes(self, process: str, id: str) -> bool:
        event = self.definition.element(process, id).event
        return event is not None and event.kind == "conditional"

    def _trigger(self, step: Step) -> Trigger:
        if not step:
            return ("",)
        comes = next((o for o in step[:3] if o[0] in ("bericht", "klok", "melding")), None)
        what, process, id = comes if comes is not None and self._waits(step[0]) else step[0]
        if what in ("klaar", "keer", "overgeslagen"):
            return ("taak" if what != "overgeslagen" else "over", process, id)
        element = self.definition.element(process, id) if what == "bericht" else None
        if element and self.definition.processes[process].rows_at(element):
            return ("regel",)
        return ("bericht", self._message(process, id)) if what == "bericht" else (what,)

    def _waits(self, first: tuple[str, str, str]) -> bool:
        return first[0] == "klaar" and self.definition.element(*first[1:]).kind == "eventBasedGateway"

    def _message(self, process: str, id: str) -> str:
        event = self.definition.element(process, id).event
        return event.name if event is not None else ""

    def _look(self, state: State) -> Look:
        crowded = self.game.bounds.crowded
        awaited = [self._trigger(step) for step, _ in self.game.moves(state)]
        if state[0] and self.game.waits(state):  # also where more would run than are looked at
            tellable = {*self.game.tellable(state[0])}
            awaited += [("bericht", name) for name, rows in self.net.told.items() if rows in tellable]
        if self.net.told:
            self.game.bounds.crowded = crowded  # that comes of looking one move ahead
        opened = self._open(state[0]) if state[0] else ()
        return _look(opened, (trigger[1] for trigger in awaited if trigger[0] == "bericht"), not state[0])

    def _open(self, marking: Open) -> Iterator[Place]:
        for index, _, child in marking[1]:
            at = self.net.nodes[index]
            if at.element.kind in ("userTask", "manualTask"):
                yield from [at.place] * (len(child[1]) if len(child) == 2 else 1)
            else:
                for inside in child[1] if len(child) == 2 else (child,):
                    yield from self._open(inside) if inside else ()
        for _, inside in marking[2]:
            yield from self._open(inside) if inside else ()


# --- side by side ----------------------------------------------------------------------------------------------


@dataclass
class Compared:
    """What a comparison came to: how many pairs of states and moves were looked at, and the first that differ."""

    pairs: int = 0
    moves: int = 0
    unknown: list[Label] = field(default_factory=list)
    """The history up to a move of the engine that the prover doesn't know."""
    impossible: list[Label] = field(default_factory=list)
    """The history up to a move of the prover that the engine can't make."""
    instead: list[Label] = field(default_factory=list)
    """The moves that the other knows there, with the same cause."""


Pair = tuple[frozenset[Kept], frozenset[State]]


def compare(
    engine: Engine, prover: Prover, most: int = 1_000, excused: Callable[[Label, Pair | None], bool] | None = None
) -> Compared:
    """Go through all pairs of states that a history leads to, at most so many, and hold the moves of both together.

    `excused` says of a move of the prover that the engine need not be able to make it.
    """
    compared = Compared()
    begun = _pairs(engine.begin(), prover.begin())
    came: dict[Pair, tuple[Pair | None, Label]] = {}
    waiting: deque[Pair] = deque()

    def looked(of: dict[Label, Pair], before: Pair | None) -> bool:
        for label, pair in of.items():
            compared.moves += 1
            if not pair[1] or (not pair[0] and not (excused and excused(label, before))):
                history = [*_history(came, before), label]
                compared.unknown, compared.impossible = (history, []) if not pair[1] else ([], history)
                known = 1 if not pair[1] else 0  # which of the two could say what it does instead
                compared.instead = [other for other, those in of.items() if those[known] and other[0] == label[0]]
                return False
            if pair[0] and pair not in came and len(came) < most:
                came[pair] = (before, label)
                waiting.append(pair)
        return True

    if not looked(begun, None):
        return compared
    while waiting:
        pair = waiting.popleft()
        compared.pairs += 1
        if any(number > MOST for kept in pair[0] for _, number in engine.look(kept)[0]):
            continue  # more of one step at once than the prover looks at
        moves = _pairs(_joined(map(engine.moves, pair[0])), _joined(map(prover.moves, pair[1])))
        if not pair[1] & prover.bounded and not looked(moves, pair):
            return compared
    return compared


def _joined(moves: Iterable[Mapping[Label, set[T]]]) -> dict[Label, set[T]]:
    joined: dict[Label, set[T]] = {}
    for side in moves:
        for label, after in side.items():
            joined.setdefault(label, set()).update(after)
    return joined


def _pairs(engine: Mapping[Label, set[Kept]], prover: Mapping[Label, set[State]]) -> dict[Label, Pair]:
    labels = sorted({*engine, *prover}, key=repr)
    return {label: (frozenset(engine.get(label, ())), frozenset(prover.get(label, ()))) for label in labels}


def _history(came: Mapping[Pair, tuple[Pair | None, Label]], pair: Pair | None) -> list[Label]:
    labels: list[Label] = []
    while pair is not None:
        pair, label = came[pair]
        labels.append(label)
    return labels[::-1]


def undecided(engine: Engine) -> Callable[[Label, Pair | None], bool]:
    """Whether a move is that a message goes to one of several that wait for it equally deep: nobody says to which."""

    def excused(label: Label, pair: Pair | None) -> bool:
        if label[0][0] != "bericht" or pair is None:
            return False
        waiting = [engine.nearest(kept, label[0][1]) for kept in pair[0]]
        return any(len(places) > 1 and label[2] & set(places) for places in waiting)

    return excused

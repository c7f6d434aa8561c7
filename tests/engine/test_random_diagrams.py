"""Random sound diagrams from a grammar: the engine runs each to its end, in steps that the prover knows."""

import random
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import proof
from engine.process import Model
from tests.engine import drawing
from tests.engine.drawing import (
    Case,
    boundary,
    choice,
    each,
    end,
    fork,
    handler,
    message,
    on,
    start,
    sub,
    task,
    timer,
    way,
)
from tests.engine.test_process_walks import Walk, kept_alive, trace
from tests.engine.test_proof_engine import FILES, YES, ask, walk

SEEDS = st.integers(0, 2**32 - 1)
ROWS: Mapping[str, Any] = {"rijen": [{"id": "r1"}, {"id": "r2"}]}
MOST_STEPS = 600


class Grammar:
    """Draws a diagram by chance: blocks with one way in and one way out, nested, so that it can always end.

    A block is what it is made of, the element that a flow into it leads to, and the one that its flow out leaves.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a diagram by chance, no secret
        self.made = 0
        self.parts: list[str] = []

    def draw(self) -> tuple[str, ...]:
        """A whole process."""
        first, last = self.block(3)
        return (start(), *self.parts, end(), way("begin", first), way(last, "klaar"))

    def name(self, kind: str) -> str:
        """A new id."""
        self.made += 1
        return f"{kind}{self.made}"

    def block(self, depth: int) -> tuple[str, str]:
        """Add a block to the scope that is being drawn; gives its way in and its way out."""
        kinds = (
            [self.single] if depth == 0 else [self.row, self.either, self.both, self.again, self.inside, self.single]
        )
        return self.chance.choice(kinds)(depth - 1)

    def single(self, _depth: int) -> tuple[str, str]:
        """One step, perhaps once for each row, perhaps with an event on its edge."""
        id = self.name("t")
        self.parts.append(task(id, each("=rijen", "regel") if self.chance.random() < 0.25 else ""))
        return (id, self.edge(id)) if self.chance.random() < 0.4 else (id, id)

    def row(self, depth: int) -> tuple[str, str]:
        """One after the other."""
        first, middle = self.block(depth)
        then, last = self.block(depth)
        self.parts.append(way(middle, then))
        return first, last

    def either(self, depth: int) -> tuple[str, str]:
        """One of two, by an answer."""
        question, split, join = self.name("v"), self.name("k"), self.name("s")
        (one, one_out), (other, other_out) = self.block(depth), self.block(depth)
        self.parts += [ask(question), choice(split, default=one), choice(join), way(question, split, one)]
        self.parts += [way(split, other, when=YES), way(one_out, join), way(other_out, join)]
        return question, join

    def both(self, depth: int) -> tuple[str, str]:
        """Two at the same time."""
        split, join = self.name("f"), self.name("j")
        self.parts += [fork(split), fork(join)]
        for _ in range(2):
            first, last = self.block(depth)
            self.parts.append(way(split, first) + way(last, join))
        return split, join

    def again(self, depth: int) -> tuple[str, str]:
        """As often as the answer is yes."""
        back, question, split, out = self.name("w"), self.name("v"), self.name("k"), self.name("t")
        first, last = self.block(depth)
        self.parts += [choice(back), ask(question), choice(split, default=out), task(out), way(back, first)]
        self.parts += [way(last, question, split, out), way(split, back, when=YES)]
        return back, out

    def inside(self, depth: int) -> tuple[str, str]:
        """A sub-process, with what may interrupt it or run beside it."""
        id, begin, done = self.name("d"), self.name("b"), self.name("e")
        around, self.parts = self.parts, []
        first, last = self.block(depth)
        drawn = [start(begin), *self.parts, end(done), way(begin, first), way(last, done)]
        drawn += [self.event() for _ in range(self.chance.randint(0, 2))]
        self.parts = [*around, sub(id, *drawn)]
        return (id, self.edge(id)) if self.chance.random() < 0.5 else (id, id)

    def event(self) -> str:
        """An event sub-process, set off by a message."""
        id, begin, step, done = self.name("h"), self.name("b"), self.name("t"), self.name("e")
        interrupts = self.chance.random() < 0.5
        begins = on(
            begin, message(self.name("bericht")), interrupts, "" if interrupts else self.chance.choice(["ja", "nee"])
        )
        return handler(id, begins, task(step), end(done), way(begin, step, done))

    def edge(self, at: str) -> str:
        """An event on the edge of an activity: an interrupting one leads around it, the other to an end of its own."""
        event, step = self.name("r"), self.name("t")
        what = message(self.name("bericht")) if self.chance.random() < 0.5 else timer("Duration", "P3D")
        if self.chance.random() < 0.5:
            join = self.name("s")
            self.parts += [boundary(event, at, what), task(step), choice(join), way(event, step, join), way(at, join)]
            return join
        done = self.name("e")
        self.parts += [boundary(event, at, what, False), task(step), end(done), way(event, step, done)]
        return at


@cache
def drawn(seed: int) -> Model:
    return drawing.model(*Grammar(seed).draw(), files=FILES)


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_a_random_diagram_is_run_to_its_end_by_any_choices(seed: int, dice: int) -> None:
    chance = random.Random(dice)  # noqa: S311
    case = Case(drawn(seed), **ROWS)
    for count in range(MOST_STEPS):
        if case.ended:
            return
        told = case.awaits()
        if told and chance.random() < 0.1 and count < 40:
            case.send(chance.choice(told))
        elif case.outcome.due and (chance.random() < 0.1 or not case.outcome.open):
            case.at(max(case.outcome.due, case.now))
        else:
            assert case.outcome.open, f"{seed}: nothing is open, and the case has not ended"
            yes = count < 40 and chance.random() < 0.5
            case.press(chance.choice(case.outcome.open), antwoord="ja" if yes else "nee")
    raise AssertionError(f"{seed}: no end after {MOST_STEPS} steps; open is {case.open}")


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_each_step_of_a_random_diagram_is_one_that_the_prover_knows(seed: int, dice: int) -> None:
    walk(drawn(seed), dice, 25, ROWS)


@given(SEEDS)
@settings(max_examples=40)
def test_the_prover_finds_a_random_diagram_sound(seed: int) -> None:
    found = [one for one in proof.sound(drawn(seed).definition) if one.rule != "te_groot"]
    assert found == []


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_storing_and_restoring_a_random_diagram_anywhere_changes_nothing(seed: int, dice: int) -> None:
    stored = [trace(outcome) for outcome in Walk(drawn(seed), dice).go(30)]
    with pytest.MonkeyPatch.context() as patch:
        kept_alive(patch)
        assert [trace(outcome) for outcome in Walk(drawn(seed), dice).go(30)] == stored

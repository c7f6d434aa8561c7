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
from engine.proof.net import lay_out
from engine.proof.plan import whole
from engine.proof.search import search
from engine.proof.watching import Monitor
from tests.engine import drawing
from tests.engine.drawing import (
    Case,
    again,
    boundary,
    catch,
    choice,
    conditional,
    each,
    end,
    fork,
    handler,
    link,
    message,
    node,
    on,
    some,
    start,
    sub,
    task,
    throw,
    timer,
    way,
)
from tests.engine.test_process_walks import Walk, kept_alive, trace
from tests.engine.test_proof import rule
from tests.engine.test_proof_engine import FILES, YES, ask, walk

SEEDS = st.integers(0, 2**32 - 1)
ROWS: Mapping[str, Any] = {"rijen": [{"id": "r1"}, {"id": "r2"}]}
MOST_STEPS = 600
MOST_ROUNDS = 40
"""From this step on nobody says yes any more, so that every loop ends."""


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
        kinds = [self.row, self.either, self.both, self.several, self.loose, self.again, self.inside, self.first]
        return self.chance.choice([*kinds, self.single] if depth else [self.single])(depth - 1)

    def mark(self) -> str:
        """What says that an activity may be done more than once, or nothing."""
        often = ["", "", "", each("=rijen", "regel"), each("=rijen", "regel", sequential=True), self.loop()]
        return self.chance.choice(often)

    def loop(self) -> str:
        """A loop sign."""
        return again(YES, self.chance.choice(["", "1", "3"]), self.chance.random() < 0.5)

    def event_kind(self) -> str:
        """What may come at some moment."""
        return self.chance.choice([message(self.name("bericht")), conditional(YES), timer("Duration", "P3D")])

    def single(self, _depth: int) -> tuple[str, str]:
        """One step, perhaps more than once, perhaps with an event on its edge."""
        id = self.name("t")
        self.parts.append(self.chance.choice([task, ask])(id, self.mark()))
        return (id, self.edge(id)) if self.chance.random() < 0.4 else (id, id)

    def row(self, depth: int) -> tuple[str, str]:
        """One after the other, perhaps by a jump."""
        first, middle = self.block(depth)
        then, last = self.block(depth)
        if self.chance.random() < 0.3:
            leap, land = self.name("l"), self.name("m")
            self.parts += [throw(leap, link(leap)), catch(land, link(leap)), way(middle, leap), way(land, then)]
        else:
            self.parts.append(way(middle, then))
        return first, last

    def either(self, depth: int) -> tuple[str, str]:
        """One of two, by an answer."""
        question, split, join = self.name("v"), self.name("k"), self.name("s")
        (one, one_out), (other, other_out) = self.block(depth), self.block(depth)
        joins = self.chance.choice([choice, some])
        self.parts += [ask(question), choice(split, default=one), joins(join), way(question, split, one)]
        self.parts += [way(split, other, when=YES), way(one_out, join), way(other_out, join)]
        return question, join

    def both(self, depth: int) -> tuple[str, str]:
        """Two at the same time."""
        split, join = self.name("f"), self.name("j")
        self.parts += [fork(split), self.chance.choice([fork, some])(join)]
        for _ in range(2):
            first, last = self.block(depth)
            self.parts.append(way(split, first) + way(last, join))
        return split, join

    def several(self, depth: int) -> tuple[str, str]:
        """One or more of some, by an answer: at a gateway or out of the question itself."""
        question, join = self.name("v"), self.name("o")
        blocks = [self.block(depth) for _ in range(self.chance.randint(2, 3))]
        split, default = self.name("f"), blocks[0][0]
        gate = some(split, default) + way(question, split)
        if self.chance.random() < 0.3:
            split, gate = question, ""
        asked = node("userTask", question, default=f"{split}_{default}", camunda_formRef="vraag")
        self.parts += [ask(question) if gate else asked, gate, some(join), way(split, default)]
        for first, _ in blocks[1:]:
            self.parts.append(way(split, first, when=self.chance.choice([YES, '=antwoord != "nee"'])))
        self.parts += [way(last, join) for _, last in blocks]
        return question, join

    def loose(self, depth: int) -> tuple[str, str]:
        """Two at the same time, of which one joins the other sooner or later.

        Where it can come to a join by several ways, that does not wait for it, so two tokens may leave: a scope of its
        own takes both.
        """
        around, self.parts = self.parts, []
        id, begin, done = self.name("d"), self.name("b"), self.name("e")
        split, question, gate = self.name("f"), self.name("v"), self.name("k")
        (first, first_out), (second, second_out), (third, third_out) = (self.block(depth) for _ in range(3))
        soon, late = self.name("o"), self.name("o")
        self.parts += [fork(split), ask(question), choice(gate, default=soon), some(soon), some(late)]
        self.parts += [
            way(split, first),
            way(first_out, question, gate, soon, third),
            way(split, second),
            way(second_out, soon),
        ]
        self.parts += [way(gate, late, when=YES), way(third_out, late), way(begin, split), way(late, done)]
        self.parts = [*around, sub(id, start(begin), *self.parts, end(done))]
        return id, id

    def first(self, depth: int) -> tuple[str, str]:
        """What comes first: a clock, or a condition or message."""
        gate, join, begun = self.name("g"), self.name("s"), self.name("t")
        self.parts += [task(begun), node("eventBasedGateway", gate), choice(join), way(begun, gate)]
        for what in (timer("Duration", "P2D"), self.chance.choice([conditional(YES), message(self.name("bericht"))])):
            event, (first, last) = self.name("c"), self.block(depth)
            self.parts += [catch(event, what), way(gate, event, first), way(last, join)]
        return begun, join

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
        drawn = [self.mark(), start(begin), *self.parts, end(done), way(begin, first), way(last, done)]
        drawn += [self.event() for _ in range(self.chance.randint(0, 2))]
        self.parts = [*around, sub(id, *drawn)]
        return (id, self.edge(id)) if self.chance.random() < 0.5 else (id, id)

    def event(self) -> str:
        """An event sub-process."""
        id, begin, step, done = self.name("h"), self.name("b"), self.name("t"), self.name("e")
        interrupts = self.chance.random() < 0.5
        begins = on(begin, self.event_kind(), interrupts, "" if interrupts else self.chance.choice(["ja", "nee"]))
        return handler(id, begins, task(step), end(done), way(begin, step, done))

    def edge(self, at: str) -> str:
        """An event on the edge of an activity: an interrupting one leads around it, the other to an end of its own."""
        event, step = self.name("r"), self.name("t")
        what = self.event_kind()
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
        if count == MOST_ROUNDS:
            case.correct(antwoord="nee")  # what is answered about a row ends no loop that asks the case itself
        if case.ended:
            return
        names = case.awaits()
        if names and chance.random() < 0.1 and count < MOST_ROUNDS:
            case.send(chance.choice(names))
        elif case.outcome.due and (chance.random() < 0.1 or not case.outcome.open):
            case.at(max(case.outcome.due, case.now))
        else:
            assert case.outcome.open, f"{seed}: nothing is open, and the case has not ended"
            yes = count < MOST_ROUNDS and chance.random() < 0.5
            case.press(chance.choice(case.outcome.open), antwoord="ja" if yes else "nee")
    raise AssertionError(f"{seed}: no end after {MOST_STEPS} steps; open is {case.open}")


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_each_step_of_a_random_diagram_is_one_that_the_prover_knows(seed: int, dice: int) -> None:
    walk(drawn(seed), dice, 25, ROWS)


@given(SEEDS)
@settings(max_examples=40)
def test_the_prover_finds_a_random_diagram_sound(seed: int) -> None:
    findings = [finding for finding in proof.sound(drawn(seed).definition) if finding.rule != "te_groot"]
    assert findings == []


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_what_is_left_out_for_a_rule_hides_no_way_to_break_it(seed: int, dice: int) -> None:
    chance = random.Random(dice)  # noqa: S311
    net = lay_out(drawn(seed).definition)
    steps = [e.id for e in net.definition.root.elements.values() if e.kind in ("userTask", "intermediateCatchEvent")]
    kind = chance.choice(["precedence", "response", "not-succession", "existence", "absence"])
    monitor = Monitor(net, rule(kind, chance.choice(steps), chance.choice(steps), chance.choice(["", *steps])))
    everything = search(net, monitor, 3_000, whole(net))
    if everything.broken:
        result = search(net, monitor)
        assert result.broken or result.full


@given(SEEDS, SEEDS)
@settings(max_examples=60)
def test_storing_and_restoring_a_random_diagram_anywhere_changes_nothing(seed: int, dice: int) -> None:
    stored = [trace(outcome) for outcome in Walk(drawn(seed), dice).go(30)]
    with pytest.MonkeyPatch.context() as patch:
        kept_alive(patch)
        assert [trace(outcome) for outcome in Walk(drawn(seed), dice).go(30)] == stored

"""What the prover says of runs for rows: what the engine does, and what holds for each of them."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings

from engine.process import Model
from engine.proof import KINDS, Rule, Selector, Verdict, prove
from engine.proof.game import Game
from engine.proof.net import Net, lay_out
from engine.proof.plan import reduced, whole
from engine.proof.search import breaks, in_order, search, unexcused
from engine.proof.watching import Monitor
from tests.engine import drawing
from tests.engine.both_ways import Engine, Prover, compare
from tests.engine.drawing import (
    boundary,
    call,
    choice,
    end,
    fork,
    handler,
    message,
    node,
    on,
    start,
    sub,
    task,
    terminate,
    timer,
    way,
)
from tests.engine.test_both_ways import agree, any_move
from tests.engine.test_proof import rule
from tests.engine.test_proof_engine import FILES as ASK
from tests.engine.test_proof_engine import YES, ask
from tests.engine.test_proof_order import Sound
from tests.engine.test_random_diagrams import SEEDS


def form(id: str, *components: Mapping[str, object]) -> bytes:
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": components}).encode()


ROW = {"id": "wat", "type": "textfield", "key": "wat", "label": "Wat"}
LIST = {"id": "lijst", "type": "dynamiclist", "path": "rijen", "label": "Rijen", "components": [ROW]}
FILES = {"lijst.form": form("lijst", LIST), **ASK}


def lists(id: str, inside: str = "") -> str:
    """A step that writes the list."""
    return node("userTask", id, inside, camunda_formRef="lijst")


def follow(*parts: str, id: str = "volgen") -> str:
    """A run for each row, of the step `volg` or of these parts."""
    inside = parts or (task("volg"), end("gevolgd"), way("nieuw", "volg", "gevolgd"))
    return handler(id, on("nieuw", message("nieuwe_rij"), interrupting=False), *inside, rows="rijen")


def line(*steps: str) -> tuple[str, ...]:
    """Steps one after another."""
    ids = [step.split('id="')[1].split('"')[0] for step in steps]
    return (start(), *steps, end(), way("begin", *ids, "klaar"))


LOOP = (
    start(),
    choice("weer"),
    lists("kijk"),
    choice("genoeg", default="weer"),
    end(),
    way("begin", "weer", "kijk", "genoeg", "weer"),
    way("genoeg", "klaar", when=YES),
)
STOPS = handler("stopt", on("stop", message("stoppen")), task("sluit"), end("af"), way("stop", "sluit", "af"))
CALLED = {"deel": start("ds") + task("volg") + task("na") + end("de") + way("ds", "volg", "na", "de")}

MODELS: Mapping[str, tuple[str, ...]] = {
    "een stap die rijen maakt": (*line(lists("doe"), task("na")), follow()),
    "de laatste stap maakt rijen": (*line(lists("doe")), follow()),
    "twee stappen per rij": (
        *line(lists("doe"), task("na")),
        follow(task("volg"), task("bel"), end("gevolgd"), way("nieuw", "volg", "bel", "gevolgd")),
    ),
    "de lijst verandert": (*line(lists("doe"), lists("na"), task("slot")), follow()),
    "iets dat onderbreekt": (*line(lists("doe"), lists("na")), follow(), STOPS),
    "een einde dat alles stopt": (
        start(),
        lists("doe"),
        task("na"),
        end("stop", terminate()),
        way("begin", "doe", "na", "stop"),
        follow(),
    ),
    "een einde in een gang": (
        *line(lists("doe"), task("na")),
        follow(fork("f"), task("volg"), task("bel"), end("e1"), end("e2", terminate()), way("nieuw", "f", "volg", "e1"))
        + way("f", "bel", "e2"),
    ),
    "op de rand van een stap": (
        *line(lists("doe"), task("na")),
        follow(
            task("volg"),
            boundary("laat", "volg", timer("Duration", "P3D")),
            task("maan"),
            end("e1"),
            end("e2"),
            way("nieuw", "volg", "e1"),
            way("laat", "maan", "e2"),
        ),
    ),
    "een ander rondje ernaast": (
        *line(lists("doe"), task("na")),
        follow(),
        handler("los", on("hoort", message("bericht"), interrupting=False), lists("meer"), end("e")).replace(
            "</bpmn:subProcess>", way("hoort", "meer", "e") + "</bpmn:subProcess>"
        ),
    ),
    "rijen van voor het vak": (
        *line(lists("doe"), sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), follow()), task("slot")),
    ),
    "rijen van buiten het vak": (
        start(),
        lists("doe"),
        fork("f"),
        sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), follow()),
        lists("meer"),
        fork("j"),
        end(),
        way("begin", "doe", "f", "vak", "j", "klaar"),
        way("f", "meer", "j"),
    ),
    "het vak is leeg": (*line(lists("doe"), sub("vak", start("s"), end("e"), way("s", "e"), follow()), task("slot")),),
    "een ander diagram": (
        *line(lists("doe"), task("na")),
        follow(call("roep", "deel"), end("gevolgd"), way("nieuw", "roep", "gevolgd")),
    ),
    "een keuze in een gang": (
        *line(lists("doe"), task("na")),
        follow(
            ask("volg"),
            choice("k", default="e1"),
            task("bel"),
            end("e1"),
            end("e2"),
            way("nieuw", "volg", "k", "e1"),
            way("k", "bel", when=YES),
            way("bel", "e2"),
        ),
    ),
}
FORWARD = {
    "twee lussen": (*LOOP, follow()),
    "twee van een lijst": (
        *line(lists("doe"), task("na")),
        follow(),
        handler("ook", on("nog", message("nog"), interrupting=False), task("bel"), end("e"), rows="rijen").replace(
            "</bpmn:subProcess>", way("nog", "bel", "e") + "</bpmn:subProcess>"
        ),
    ),
    "twee keuzes in een gang": (
        *line(lists("doe"), task("na")),
        follow(
            ask("volg"),
            choice("k", default="e1"),
            task("bel"),
            choice("l", default="e2"),
            task("nog"),
            end("e1"),
            end("e2"),
            way("nieuw", "volg", "k", "e1"),
            way("k", "bel", when=YES),
            way("bel", "l", "e2"),
            way("l", "nog", when=YES),
            way("nog", "e2"),
        ),
    ),
    "het vak gaat weer open": (
        start(),
        lists("doe"),
        choice("weer"),
        sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), follow()),
        ask("vraag"),
        choice("k", default="weer"),
        end(),
        way("begin", "doe", "weer", "vak", "vraag", "k", "weer"),
        way("k", "klaar", when=YES),
    ),
}
"""Diagrams of which the prover takes more to be possible than the engine can do: it forgets what stands in a list."""


def drawn(parts: tuple[str, ...]) -> Model:
    called = CALLED if any("deel" in part for part in parts) else None
    return drawing.model(*parts, files=FILES, called=called)


@pytest.mark.parametrize("name", [*MODELS, *FORWARD])
def test_both_make_the_same_steps(name: str) -> None:
    model = drawn({**MODELS, **FORWARD}[name])
    compared = compare(Engine(model), Prover(model.definition), 150, any_move if name in FORWARD else None)
    agree(compared)
    assert compared.pairs > 3


# --- rules -----------------------------------------------------------------------------------------------------

EMPTY = Selector({"id": ("volgen",), "lijst": ("leeg",)})


def judged(asked: Rule, *parts: str) -> Verdict:
    (verdict,) = prove(drawn(parts).definition, [asked])
    return verdict


def test_what_is_agreed_is_followed_unless_the_list_is_empty() -> None:
    parts = (*line(lists("doe"), task("na")), follow())
    follows = rule("response", "doe", "volg")
    assert judged(follows, *parts).outcome == "broken"
    assert judged(replace(follows, unless=(EMPTY,)), *parts).outcome == "holds"
    ends = (start(), lists("doe"), task("na"), end("stop", terminate()), way("begin", "doe", "na", "stop"), follow())
    verdict = judged(replace(follows, unless=(EMPTY,)), *ends)
    assert verdict.outcome == "broken"
    assert verdict.story[:2] == ("'doe' wordt afgerond.", "Er komt een regel bij: 'nieuw'.")
    removed = replace(rule("response", "nieuw", "volg"), unless=(EMPTY,))
    assert judged(removed, *line(lists("doe"), lists("meer"), task("na")), follow()).outcome == "holds"
    gone = judged(rule("response", "nieuw", "volg"), *line(lists("doe"), lists("meer"), task("na")), follow())
    assert "Er gaat een regel weg: 'volgen' stopt daarvoor." in gone.story


def test_no_run_begins_before_its_list_was_written() -> None:
    parts = (*line(task("eerst"), lists("doe"), task("na")), follow())
    assert judged(rule("precedence", "doe", "volg"), *parts).outcome == "holds"
    assert judged(rule("precedence", "na", "volg"), *parts).outcome == "broken"


def test_a_row_that_is_added_by_a_correction_has_a_run_at_any_moment_while_the_flow_goes_on() -> None:
    parts = (*line(lists("doe"), task("na"), task("later")), follow())
    verdict = judged(rule("not-succession", "na", "nieuw"), *parts)
    assert verdict.outcome == "broken"
    assert verdict.story[-2] == "Er komt een regel bij: 'nieuw'."


def test_after_what_interrupts_nothing_of_a_run_is_done() -> None:
    parts = (*line(lists("doe"), task("na")), follow(), STOPS)
    assert judged(rule("not-succession", "stop", "volg"), *parts).outcome == "holds"
    beside = STOPS.replace('isInterrupting="true"', 'isInterrupting="false"')
    assert judged(rule("not-succession", "stop", "volg"), *parts[:-1], beside).outcome == "broken"


@pytest.mark.parametrize(
    "parts",
    [
        (*line(sub("eerst", start("s"), lists("doe"), end("e"), way("s", "doe", "e")), task("na")), follow()),
        MODELS["rijen van voor het vak"],
    ],
    ids=["written in a part", "open later"],
)
def test_a_step_that_nothing_is_asked_of_may_begin_runs(parts: tuple[str, ...]) -> None:
    assert judged(rule("absence", "volg"), *parts).outcome == "broken"


TWO_STEPS = follow(task("volg"), task("bel"), end("gevolgd"), way("nieuw", "volg", "bel", "gevolgd"))


def test_a_rule_about_what_is_done_for_a_row_is_about_each_row_by_itself() -> None:
    parts = (*line(lists("doe"), task("na")), TWO_STEPS)
    assert judged(rule("not-succession", "bel", "volg"), *parts).outcome == "holds"
    assert judged(rule("not-succession", "volg", "bel"), *parts).outcome == "broken"
    assert judged(rule("precedence", "volg", "bel"), *parts).outcome == "holds"


def test_what_two_rows_do_one_after_the_other_is_seen_where_a_rule_is_about_more_than_rows() -> None:
    parts = (*line(lists("doe"), task("na")), TWO_STEPS)
    either = replace(rule("not-succession", "bel", "volg"), a=(Selector({"id": ("bel", "na")}),))
    assert judged(either, *parts).outcome == "broken"


def test_a_run_keeps_open_what_may_be_interrupted_then() -> None:
    part = sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), TWO_STEPS)
    edge = (boundary("weg", "vak", message("weg")), task("x"), end("k"), way("weg", "x", "k"))
    parts = (*line(lists("doe"), part, task("na")), *edge)
    assert judged(rule("not-succession", "in", "weg"), *parts).outcome == "broken"
    assert judged(rule("not-succession", "bel", "weg"), *parts).outcome == "broken"
    assert judged(rule("not-succession", "weg", "bel"), *parts).outcome == "holds"


def test_a_rule_that_one_row_can_break_by_itself_looks_into_the_run_of_one() -> None:
    ids = [f"v{number}" for number in range(5)]
    long = follow(*map(task, ids), end("e"), way("nieuw", *ids, "e"))
    steps = [f"n{number}" for number in range(5)]
    net = lay_out(drawn((*line(lists("doe"), *map(task, steps)), long, STOPS)).definition)
    every = tuple(Selector({"id": (id,)}) for id in (*ids, *steps))
    monitor = Monitor(net, replace(rule("not-succession", "stop", "v0"), b=every))
    single = search(net, monitor, plan=reduced(net, monitor.watched))
    double = search(net, monitor, plan=reduced(net, replace(monitor.watched, alike={})))
    assert (single.broken, double.broken, single.full, double.full) == (None, None, False, False)
    assert single.states * 2 < double.states


def test_orders_are_looked_at_in_which_a_list_becomes_empty_later() -> None:
    part = sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), follow())
    branches = (fork("f"), part, lists("meer"), task("y"), fork("j"))
    ways = way("begin", "doe", "f", "vak", "j", "klaar") + way("f", "meer", "j") + way("f", "y", "j")
    parts = (start(), lists("doe"), *branches, end(), ways)
    net = lay_out(drawn(parts).definition)
    monitor = Monitor(net, replace(rule("not-succession", "volg", "x"), b=(EMPTY,)))
    result = in_order(net, monitor, 5_000, reduced(net, monitor.watched))
    assert result is not None
    assert result.broken


# --- any diagram -----------------------------------------------------------------------------------------------


class Listed(Sound):
    """Draws steps that write a list, and what belongs to its rows, wherever a scope has events of its own; with
    `telling` also rows that people add by telling.
    """

    telling = False

    def mark(self) -> str:
        return ""

    def single(self, depth: int) -> tuple[str, str]:
        if self.chance.random() < 0.3:
            id = self.name("t")
            self.parts.append(lists(id))
            return id, id
        return super().single(depth)

    def event(self) -> str:
        if self.chance.random() < 0.4:
            return super().event()
        id, begin, done = self.name("h"), self.name("b"), self.name("e")
        around, self.parts = self.parts, []
        first, last = self.row(0) if self.chance.random() < 0.5 else super().single(0)
        drawn, self.parts = self.parts, around
        tellers, rows = ("maker", "meldingen") if self.telling and self.chance.random() < 0.5 else ("", "rijen")
        begins = on(begin, message(self.name("rij")), interrupting=False, tellers=tellers)
        return handler(id, begins, *drawn, end(done), way(begin, first), way(last, done), rows=rows)

    def draw(self, depth: int = 3) -> tuple[str, ...]:
        first, last = self.block(depth)
        events = [self.event() for _ in range(self.chance.randint(0, 2))]
        return (start(), *self.parts, *events, end(), way("begin", first), way(last, "klaar"))


class Telling(Listed):
    """The same with rows that people add."""

    telling = True


@given(SEEDS)
@settings(max_examples=8)
def test_the_prover_knows_each_step_of_a_random_diagram(seed: int) -> None:
    known_each_step(seed)


@pytest.mark.long
@given(SEEDS)
@settings(max_examples=100)
def test_the_prover_knows_each_step_of_many_random_diagrams(seed: int) -> None:
    known_each_step(seed)


def known_each_step(seed: int) -> None:
    model = drawing.model(*Listed(seed).draw(2), files=FILES)
    agree(compare(Engine(model), Prover(model.definition), 60, any_move))


@given(SEEDS, SEEDS)
@settings(max_examples=8)
def test_what_is_left_out_for_a_rule_changes_no_verdict(seed: int, dice: int) -> None:
    same_verdicts(Listed(seed), dice)


@given(SEEDS, SEEDS)
@settings(max_examples=4)
def test_nor_where_people_add_rows_by_telling(seed: int, dice: int) -> None:
    same_verdicts(Telling(seed), dice)


@pytest.mark.long
@given(SEEDS, SEEDS)
@settings(max_examples=200)
def test_what_is_left_out_for_many_rules_changes_no_verdict(seed: int, dice: int) -> None:
    same_verdicts(Telling(seed), dice)


def same_verdicts(listed: Listed, dice: int) -> None:
    chance = random.Random(dice)  # noqa: S311
    net = lay_out(drawing.model(*listed.draw(), files=FILES).definition)
    elements = net.definition.root.elements.values()
    steps = [e.id for e in elements if e.kind in ("userTask", "boundaryEvent", "endEvent") or net_rows(net, e.id)]
    for kind in KINDS.values():
        if kind.turn is None:
            continue
        asked = rule(kind.name, chance.choice(steps), chance.choice(steps), chance.choice(["", *steps]))
        monitor = Monitor(net, asked)
        looks = whole(net)
        if monitor.run is not None:  # what two runs do is not told apart, so that one is looked into
            looks.alike = monitor.watched.alike
        everything = search(net, monitor, 2_500, looks)
        plan = reduced(net, monitor.watched, passing=not monitor.every_wait)
        every, few = search(net, monitor, 2_500, plan), in_order(net, monitor, 2_500, plan)
        if everything.broken:
            assert every.broken or every.full, asked
        if not every.full:
            assert few is not None
            assert (few.broken is None) == (every.broken is None), asked
            assert not few.broken or breaks(Game(net, plan), monitor, few.path)
            less = unexcused(net, monitor, 2_500, plan)
            assert less is None or (less.broken is None) == (every.broken is None), asked


def net_rows(net: Net, id: str) -> bool:
    """Whether an element is what runs for each row."""
    element = net.definition.root.elements[id]
    return element.by_event and bool(element.for_each)


@given(SEEDS, SEEDS)
@settings(max_examples=4)
def test_a_rule_about_a_run_says_the_same_with_other_runs_beside_it(seed: int, dice: int) -> None:
    same_beside(seed, dice)


@pytest.mark.long
@given(SEEDS, SEEDS)
@settings(max_examples=100)
def test_many_rules_about_a_run_say_the_same_with_other_runs_beside_it(seed: int, dice: int) -> None:
    same_beside(seed, dice)


def same_beside(seed: int, dice: int) -> None:
    chance = random.Random(dice)  # noqa: S311
    net = lay_out(drawing.model(*Telling(seed).draw(2), files=FILES).definition)
    elements = net.definition.root.elements.values()
    for run in (e for e in elements if e.by_event and e.for_each):
        steps = [e.id for e in elements if e.parent == run.id]
        for kind in (kind for kind in KINDS.values() if kind.row_by_row):
            asked = rule(kind.name, chance.choice(steps), chance.choice(steps), chance.choice(["", *steps]))
            monitor = Monitor(net, asked)
            looks = whole(net)
            looks.alike = dict.fromkeys(monitor.watched.alike, 2)
            beside = search(net, monitor, 1_000, looks)
            plan = reduced(net, monitor.watched)
            plain, few = search(net, monitor, 1_000, plan), in_order(net, monitor, 1_000, plan)
            if monitor.run is not None and few is not None and not (beside.full or plain.full):
                assert (plain.broken is None) == (few.broken is None) == (beside.broken is None), asked

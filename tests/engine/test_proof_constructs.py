"""What the prover knows of jumps, conditions, loops and gateways that take some of their ways."""

import time
from collections.abc import Callable

import pytest

from engine import proof
from engine.checks import proven
from engine.checks.rule import Severity
from engine.definitions import Definition
from engine.proof import Rule, Selector
from tests.engine.drawing import (
    again,
    boundary,
    catch,
    choice,
    conditional,
    each,
    end,
    escalation,
    fork,
    handler,
    link,
    message,
    on,
    some,
    start,
    sub,
    task,
    throw,
    times,
    way,
)
from tests.engine.test_proof import YES, drawn, judged, pick, rule
from tests.engine.test_proof_engine import MODELS, ask

NO = '=antwoord = "nee"'


def test_what_runs_beside_a_part_keeps_it_open_for_what_may_interrupt_it() -> None:
    beside = handler("h", on("ook", message("ook"), False), task("c"), end("hk"), way("ook", "c", "hk"))
    inside = sub("d", start("db"), task("a"), end("dk"), way("db", "a", "dk"), beside)
    definition = drawn(
        start(), inside, boundary("weg", "d", message("weg")), task("b"), end(), end("k2"), way("begin", "d", "klaar"),
        way("weg", "b", "k2"),
    )  # fmt: skip
    assert judged(definition, rule("not-succession", "a", "b")).outcome == "broken"


def test_a_jump_goes_on_where_it_lands_and_is_told() -> None:
    definition = drawn(
        start(), task("a"), throw("weg", link("ver")), catch("hier", link("ver")), task("b"), end(),
        way("begin", "a", "weg"), way("hier", "b", "klaar"),
    )  # fmt: skip
    assert proof.sound(definition) == ()
    assert judged(definition, rule("response", "a", "b")).outcome == "holds"
    assert judged(definition, rule("precedence", "hier", "b")).outcome == "holds"
    verdict = judged(definition, rule("absence", "b"))
    assert verdict.story[:3] == ("'a' wordt afgerond.", "De casus springt naar 'hier'.", "'b' wordt afgerond.")


def test_a_condition_may_become_true_at_any_moment() -> None:
    inside = (
        start("db"), task("a"), task("b"), end("dk"), way("db", "a", "b", "dk"),
        handler("h", on("als", conditional(YES)), task("x"), end("hk"), way("als", "x", "hk")),
    )  # fmt: skip
    beside = boundary("ook", "c", conditional("=meer"), False)
    wait = (catch("tot", conditional("=klaar")), task("c"), beside, task("e"))
    definition = drawn(
        start(), sub("d", *inside), *wait, end(), end("k2"), way("begin", "d", "tot", "c", "klaar"),
        way("ook", "e", "k2"),
    )  # fmt: skip
    assert proof.sound(definition) == ()
    assert judged(definition, rule("existence", "b")).outcome == "broken"
    assert judged(definition, rule("existence", "b", unless="x")).outcome == "holds"
    assert judged(definition, rule("precedence", "tot", "c")).outcome == "holds"
    assert judged(definition, rule("absence", "e", unless="ook")).outcome == "holds"
    assert "De voorwaarde klopt nu: 'als'." in judged(definition, rule("absence", "x")).story


# --- again and again -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "kind", "outcome"),
    [
        (again(YES), "existence", "holds"),
        (again(YES, most="3"), "existence", "holds"),
        (again(most="3", first=True), "existence", "holds"),
        (again(YES, first=True), "existence", "broken"),
        (each("=lijst", "regel"), "existence", "broken"),
        (again(YES), "absence", "broken"),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_what_may_be_done_not_even_once_is_known(mark: str, kind: str, outcome: str, inside: bool) -> None:
    body = (mark, start("db"), task("a"), end("dk"), way("db", "a", "dk"))
    step = sub("d", *body) if inside else task("a", mark)
    definition = drawn(start(), step, task("b"), end(), way("begin", "d" if inside else "a", "b", "klaar"))
    assert proof.sound(definition) == ()
    assert judged(definition, rule(kind, "a")).outcome == outcome
    assert judged(definition, rule(kind, "d" if inside else "a")).outcome == outcome
    assert judged(definition, rule("response", "a", "b")).outcome == "holds"


def test_a_loop_goes_round_without_a_bound_and_tells_so() -> None:
    body = (again(NO), start("db"), ask("a"), task("b"), end("dk"), way("db", "a", "b", "dk"))
    definition = drawn(start(), sub("d", *body), end(), way("begin", "d", "klaar"))
    verdict = judged(definition, rule("not-succession", "b", "a"))
    assert verdict.outcome == "broken"
    assert verdict.bounds == ()
    assert verdict.story[1:3] == ("'b' wordt afgerond.", "'d' gebeurt nog een keer.")


def test_when_a_loop_ends_its_condition_is_no_longer_true() -> None:
    middle = (choice("v", default="klaar"), task("b"), end("k2"), way("v", "b", when=NO), way("b", "k2"))
    once = drawn(start(), ask("a", again(NO)), *middle, end(), way("begin", "a", "v", "klaar"))
    assert judged(once, rule("absence", "b")).outcome == "holds"
    mostly = drawn(start(), ask("a", again(NO, most="3")), *middle, end(), way("begin", "a", "v", "klaar"))
    assert judged(mostly, rule("absence", "b")).outcome == "broken"
    changed = drawn(start(), ask("a", again(NO)), ask("c"), *middle, end(), way("begin", "a", "c", "v", "klaar"))
    assert judged(changed, rule("absence", "b")).outcome == "broken"


def test_what_is_known_before_a_loop_is_known_after_each_round() -> None:
    body = (again(NO), start("db"), task("a"), end("dk"), way("db", "a", "dk"))
    parts = (ask("q"), choice("v", default="d"), end("k2"), sub("d", *body), end(), way("v", "k2", when=NO))
    asked = drawn(start(), *parts, way("begin", "q", "v", "d", "klaar"))
    assert judged(asked, rule("not-succession", "a", "a")).outcome == "holds"


def test_more_than_two_in_one_place_are_told_as_a_bound() -> None:
    ways = (way("f", "a", "x"), way("f", "b", "x"), way("f", "c", "x"), way("begin", "f"), way("x", "klaar"))
    crowd = drawn(start(), fork("f"), task("a"), task("b"), task("c"), task("x"), end(), *ways)
    verdict = judged(crowd, rule("response", "a", "x"))
    assert (verdict.outcome, len(verdict.bounds)) == ("holds", 1)
    assert judged(crowd, rule("response", "x", "klaar")).outcome == "holds"


def test_what_is_done_in_a_loop_that_nothing_inside_ends_is_not_overlooked() -> None:
    middle = (choice("v", default="klaar"), task("b"), end("k2"), way("v", "b", when=NO), way("b", "k2"))
    endless = drawn(start(), task("a", again(NO)), *middle, end(), way("begin", "a", "v", "klaar"))
    mark = again(NO, first=True)
    twice = drawn(start(), ask("q"), task("a", mark), *middle, end(), way("begin", "q", "a", "v", "klaar"))
    assert judged(endless, rule("absence", "a")).outcome == "broken"
    assert judged(twice, rule("absence", "a")).outcome == "broken"


def test_a_loop_that_interrupts_itself_can_end() -> None:
    definition = drawn(
        start(), task("a", again("=true")), boundary("weg", "a", message("weg")), task("b"), end(), end("k2"),
        way("begin", "a", "klaar"), way("weg", "b", "k2"),
    )  # fmt: skip
    assert proof.sound(definition) == ()
    assert judged(definition, rule("precedence", "weg", "b")).outcome == "holds"


# --- one or more ways ------------------------------------------------------------------------------------------

SEVERAL = (
    start(), ask("a"), some("f", default="d"), task("b"), task("c"), task("d"), some("j"), task("z"), end(),
    way("begin", "a", "f", "d", "j", "z", "klaar"), way("f", "b", when='=antwoord != "nee"'), way("f", "c", when=YES),
    way("b", "j"), way("c", "j"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (rule("existence", "z"), "holds"),
        (rule("existence", "b"), "broken"),
        (rule("existence", "b", unless="d"), "holds"),
        (rule("not-succession", "b", "d"), "holds"),
        (rule("not-succession", "d", "b"), "holds"),
        (rule("not-succession", "c", "b"), "broken"),
        (rule("precedence", "b", "c"), "broken"),
        (rule("response", "c", "b", unless="b"), "broken"),
        (rule("not-succession", "z", "b"), "holds"),
        (rule("not-succession", "z", "c"), "holds"),
        (rule("response", "c", "z"), "holds"),
    ],
)
def test_one_or_more_ways_are_taken_as_their_conditions_allow_and_waited_for(asked: Rule, outcome: str) -> None:
    assert judged(drawn(*SEVERAL), asked).outcome == outcome


def test_what_is_taken_at_a_gateway_of_several_ways_is_told() -> None:
    verdict = judged(drawn(*SEVERAL), rule("absence", "c"))
    assert verdict.story[:3] == (
        "'a' wordt afgerond.",
        "Bij 'f' gaat de casus langs 'f_b'.",
        "Bij 'f' gaat de casus langs 'f_c'.",
    )


def test_each_way_of_a_gateway_agrees_with_an_answer_known_before() -> None:
    before = (choice("v", default="f"), end("k2"), way("v", "k2", when=YES))
    parts = [part for part in SEVERAL if part != way("begin", "a", "f", "d", "j", "z", "klaar")]
    definition = drawn(*parts, *before, way("begin", "a", "v", "f", "d", "j", "z", "klaar"))
    assert judged(definition, rule("absence", "c")).outcome == "holds"
    assert {finding.element for finding in proof.sound(definition)} == {"c"}


@pytest.mark.parametrize(("split", "join"), [(fork, some), (choice, some), (some, some)])
def test_an_inclusive_join_closes_any_split(split: Callable[..., str], join: Callable[..., str]) -> None:
    first = fork("s") if split is fork else split("s", default="b")
    definition = drawn(
        start(), ask("q"), first, task("a"), task("b"), join("j"), task("z"), end(),
        way("begin", "q", "s", "b", "j", "z", "klaar"), way("s", "a", when="" if split is fork else YES), way("a", "j"),
    )  # fmt: skip
    assert proof.sound(definition) == ()
    assert judged(definition, rule("response", "a", "z")).outcome == "holds"
    assert judged(definition, rule("not-succession", "z", "a")).outcome == "holds"


def test_a_parallel_join_does_not_close_an_inclusive_split() -> None:
    parts = [fork("j") if part == some("j") else part for part in SEVERAL]
    assert {finding.rule for finding in proof.sound(drawn(*parts))} == {"vast", "nooit"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("een of meer in een lus", set()),
        ("een tak die elders uitkomt", set()),
        ("een samenkomst die weer splitst", set()),
        ("een samenkomst waar niet op alles wordt gewacht", {"dubbel"}),
        ("twee die op elkaar wachten", {"vast", "nooit"}),
        ("pijlen met een voorwaarde uit een stap", set()),
        ("een of meer in een deelproces", set()),
    ],
)
def test_what_waits_for_all_that_can_come_is_sound_or_not(name: str, kinds: set[str]) -> None:
    assert {finding.rule for finding in proof.sound(drawn(*MODELS[name]))} == kinds


def test_a_join_that_does_not_wait_for_everything_lets_what_follows_happen_twice() -> None:
    definition = drawn(*MODELS["een samenkomst waar niet op alles wordt gewacht"])
    assert judged(definition, rule("precedence", "b", "c")).outcome == "broken"
    assert judged(definition, rule("not-succession", "c", "d")).outcome == "broken"
    assert judged(definition, rule("precedence", "a", "c")).outcome == "broken"


def test_an_answer_may_be_asked_for_by_a_gateway_of_several_ways_or_by_a_loop() -> None:
    yes = (Selector({"id": ("a",)}, answers=frozenset({"ja"})),)
    asked = Rule("r", "r", "precedence", yes, pick("c"), reason="Daarom.")
    assert judged(drawn(*SEVERAL), asked).outcome == "holds"
    assert judged(drawn(*SEVERAL), Rule("r", "r", "precedence", yes, pick("b"), reason="Daarom.")).outcome == "broken"
    loop = drawn(start(), ask("a", again('=antwoord != "ja"')), task("c"), end(), way("begin", "a", "c", "klaar"))
    assert judged(loop, asked).outcome == "broken"  # what is not unequal to "ja" may be nothing at all


def wide(ways: int) -> Definition:
    """A gateway with so many ways that may be true together, each asking something else."""
    steps = [f"t{number}" for number in range(ways)]
    flows = [way("f", step, when=f"=vraag{number}") + way(step, "j") for number, step in enumerate(steps)]
    return drawn(
        start(), some("f", default="klaar"), *map(task, steps), some("j"), task("z"), end(), way("begin", "f", "klaar"),
        *flows, way("j", "z", "klaar"),
    )  # fmt: skip


def test_a_gateway_with_too_many_ways_is_not_decided() -> None:
    assert judged(wide(3), rule("not-succession", "z", "t1")).outcome == "holds"
    before = time.process_time()
    verdict = judged(wide(16), rule("not-succession", "z", "t1"))
    assert verdict.outcome == "undecided"
    assert "Bij 'f' in 'proef' kunnen te veel pijlen samen worden genomen." in verdict.message
    assert {finding.rule for finding in proof.sound(wide(16))} == {"te_groot"}
    assert [finding.severity for finding in proven.soundness(wide(16))] == [Severity.ERROR]  # so it isn't published
    assert time.process_time() - before < 5


def test_what_is_too_large_to_be_sound_says_where_and_what_in_it_is_decided() -> None:
    (finding,) = proof.sound(wide(16))
    assert "Bij 'f' kunnen te veel pijlen samen worden genomen." in finding.message
    assert finding.message.endswith("Zet een deel van de stappen in een deelproces: dat wordt dan los nagegaan.")
    assert finding.marked == {"proef": frozenset({"f"})}
    branches = [f"t{number}" for number in range(12)]
    inner = sub("deel", start("b2"), task("binnen"), end("k2"), way("b2", "binnen", "k2"))
    ways = [way("f", step, "j") for step in branches]  # this join waits for what may come, so every order counts
    ways += [boundary(f"weg{step}", step, message("weg")) + way(f"weg{step}", "k3") for step in branches]
    drawing = drawn(
        start(), fork("f"), *map(task, branches), some("j"), inner, end(), end("k3"), way("begin", "f"), *ways,
        way("j", "deel", "klaar"),
    )  # fmt: skip
    (finding,) = proof.sound(drawing)
    assert finding.rule == "te_groot"
    assert "Te veel kan hier tegelijk openstaan: 't" in finding.message
    assert finding.message.endswith("Wel los nagegaan: 'deel'.")
    assert finding.marked["proef"] > {"t3"}


# --- large diagrams --------------------------------------------------------------------------------------------


def phase(number: int) -> str:
    """A part of three branches with what may interrupt it or run beside it."""
    drawn_ = [start(f"b{number}"), fork(f"f{number}"), fork(f"j{number}"), end(f"e{number}")]
    drawn_ += [way(f"b{number}", f"f{number}"), way(f"j{number}", f"e{number}")]
    for branch in "abc":
        steps = [f"{branch}{number}_{step}" for step in range(3)]
        drawn_ += [*map(task, steps), way(f"f{number}", *steps, f"j{number}")]
    for id, interrupts in ((f"g{number}", True), (f"h{number}", False)):
        parts = (on(f"{id}_b", message(id), interrupts), task(f"{id}_t"), end(f"{id}_e"))
        drawn_.append(handler(id, *parts, way(f"{id}_b", f"{id}_t", f"{id}_e")))
    return sub(f"d{number}", *drawn_)


def test_a_diagram_of_five_hundred_parts_is_proved_in_seconds() -> None:
    phases = [phase(number) for number in range(23)]
    definition = drawn(start(), *phases, end(), way("begin", *(f"d{number}" for number in range(23)), "klaar"))
    assert len(definition.root.elements) > 500
    before = time.process_time()
    assert proof.sound(definition) == ()
    assert judged(definition, rule("precedence", "a1_0", "a22_2", unless="g1_t")).outcome == "holds"
    assert judged(definition, rule("not-succession", "c9_1", "b2_0")).outcome == "holds"
    assert judged(definition, rule("precedence", "h3_t", "a20_0")).outcome == "broken"
    assert time.process_time() - before < 5


def test_a_row_of_thousands_is_proved() -> None:
    steps = [f"t{number}" for number in range(2_500)]
    definition = drawn(start(), *map(task, steps), end(), way("begin", *steps, "klaar"))
    assert proof.sound(definition) == ()
    assert judged(definition, rule("precedence", "t1", "t2400")).outcome == "holds"


def test_so_much_at_once_that_it_would_take_too_long_is_not_decided() -> None:
    steps = [[f"t_{branch}_{step}" for step in range(12)] for branch in range(40)]
    definition = drawn(
        start(), fork("s"), fork("j"), end(), *(task(id) for row in steps for id in row), way("begin", "s"),
        *(way("s", *row, "j") for row in steps), way("j", "klaar"),
    )  # fmt: skip
    every = Rule("r", "r", "response", tuple(Selector({"id": (id,)}) for row in steps for id in row), pick("klaar"))
    before = time.process_time()
    assert judged(definition, every).outcome == "undecided"
    assert time.process_time() - before < 15  # some five are meant


@pytest.mark.parametrize(("name", "kinds"), [("hoger", set()), ("", set()), ("anders", {"fout", "nooit"})])
@pytest.mark.parametrize("edge", [False, True], ids=["binnen", "rand"])
def test_what_is_thrown_is_caught_by_its_own_name(name: str, kinds: set[str], edge: bool) -> None:
    flow = (start("db"), task("a"), end("op", escalation("hoger")), way("db", "a", "op"))
    inside = handler("h", on("hb", escalation(name)), task("b"), end("he"), way("hb", "b", "he"))
    around = boundary("r", "d", escalation(name)) + task("b") + end("re") + way("r", "b", "re")
    part = sub("d", *flow, "" if edge else inside)
    definition = drawn(start(), part, around if edge else "", end(), way("begin", "d", "klaar"))
    assert {finding.rule for finding in proof.sound(definition)} == kinds


def test_a_condition_that_may_come_again_and_again_is_followed_to_its_end() -> None:
    beside = boundary("r", "a", conditional("=waar"), False) + task("t") + end("k2") + way("r", "t", "k2")
    definition = drawn(
        start(), task("a", times("2")), beside, task("b"), end(), way("begin", "a", "b", "klaar")
    )  # fmt: skip
    verdict = judged(definition, rule("existence", "b"))
    assert (verdict.outcome, verdict.states < 500) == ("holds", True)

"""What the prover knows of jumps, conditions, loops and gateways that take some of their ways."""

import pytest

from engine import proof
from tests.engine.drawing import (
    again,
    boundary,
    catch,
    choice,
    conditional,
    each,
    end,
    handler,
    link,
    message,
    on,
    start,
    sub,
    task,
    throw,
    way,
)
from tests.engine.test_proof import YES, drawn, judged, rule
from tests.engine.test_proof_engine import ask

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


def test_a_loop_that_interrupts_itself_can_end() -> None:
    definition = drawn(
        start(), task("a", again("=true")), boundary("weg", "a", message("weg")), task("b"), end(), end("k2"),
        way("begin", "a", "klaar"), way("weg", "b", "k2"),
    )  # fmt: skip
    assert proof.sound(definition) == ()
    assert judged(definition, rule("precedence", "weg", "b")).outcome == "holds"

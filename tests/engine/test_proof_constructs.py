"""What the prover knows of jumps, conditions, loops and gateways that take some of their ways."""

from engine import proof
from tests.engine.drawing import (
    boundary,
    catch,
    conditional,
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

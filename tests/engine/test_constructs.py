"""One small diagram for each construct that others' tests don't have: it is run as the standard says, or refused."""

from pathlib import Path

import pytest

from engine import checks, definitions, process
from engine.checks import standard
from engine.checks.constructs import CONSTRUCTS, markdown
from engine.errors import ProcessError
from tests.engine.drawing import (
    FORMAL,
    MONDAY,
    Case,
    again,
    boundary,
    cancel,
    catch,
    conditional,
    diagram,
    end,
    error,
    escalation,
    fork,
    handler,
    link,
    message,
    model,
    node,
    on,
    signal,
    start,
    sub,
    task,
    terminate,
    timer,
    times,
    way,
)

DOCS = Path(__file__).parent.parent.parent / "docs" / "constructs.md"


def either(id: str, **attributes: str) -> str:
    return node("inclusiveGateway", id, **attributes)


def throw(id: str, what: str) -> str:
    return node("intermediateThrowEvent", id, what)


def each_done(behaviour: str, thrown: str) -> str:
    """Marks a step as to be done twice; what the event `thrown` says is thrown as one is done."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics behavior="{behaviour}" {behaviour.lower()}BehaviorEventRef="{thrown}">'
        f"<bpmn:loopCardinality {FORMAL}>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )


# --- one or more ways ------------------------------------------------------------------------------------------

BOTH = (
    start(),
    either("f", default="f_c"),
    task("a"),
    task("b"),
    task("c"),
    either("j"),
    task("na"),
    end(),
    way("begin", "f"),
    way("f", "a", when="=x"),
    way("f", "b", when="=y"),
    way("f", "c"),
    way("a", "j", "na", "klaar"),
    way("b", "j"),
    way("c", "j"),
)


@pytest.mark.parametrize(
    ("x", "y", "opened"), [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])]
)
def test_every_way_that_is_true_is_taken_and_waited_for(x: bool, y: bool, opened: list[str]) -> None:
    case = Case(model(*BOTH), x=x, y=y)
    assert case.open == opened
    for step in opened:
        assert "na" not in case.open
        case.do(step)
    assert case.open == ["na"]
    assert case.do("na").ended


def test_no_way_and_no_default_is_said() -> None:
    drawn = model(
        start(),
        either("f"),
        end(),
        end("e2"),
        way("begin", "f"),
        way("f", "klaar", when="=x"),
        way("f", "e2", when="=y"),
    )
    with pytest.raises(ProcessError, match="past geen enkel antwoord"):
        Case(drawn)


def test_one_or_more_ways_in_a_loop_wait_in_each_round() -> None:
    drawn = model(
        start(),
        either("m"),
        either("f"),
        task("a"),
        task("b"),
        either("j"),
        node("exclusiveGateway", "k", default="k_klaar"),
        end(),
        way("begin", "m", "f"),
        way("f", "a", when="=true"),
        way("f", "b", when="=true"),
        way("a", "j", "k"),
        way("b", "j"),
        way("k", "m", when="=nog"),
        way("k", "klaar"),
    )
    case = Case(drawn, nog=True)
    for _ in range(3):
        assert case.do("b").open == ["a"]
        assert case.do("a").open == ["a", "b"]
    case.do("a", nog=False)
    assert case.do("b").ended


def test_a_way_that_ends_elsewhere_is_waited_for_no_longer() -> None:
    drawn = model(
        start(),
        fork("f"),
        task("a"),
        node("exclusiveGateway", "k", default="k_j"),
        end("weg"),
        task("b"),
        either("j"),
        task("na"),
        end(),
        way("begin", "f", "a", "k", "j", "na", "klaar"),
        way("k", "weg", when="=stop"),
        way("f", "b", "j"),
    )
    case = Case(drawn).do("b")
    assert case.open == ["a"]
    assert case.do("a", stop=True).open == ["na"]
    assert case.do("na").ended


def test_flows_out_of_a_step_are_taken_where_their_condition_is_true() -> None:
    drawn = model(
        start(),
        task("s", ""),
        task("a"),
        task("b"),
        end("e1"),
        end("e2"),
        way("begin", "s"),
        way("s", "a", when="=x"),
        way("s", "b"),
        way("a", "e1"),
        way("b", "e2"),
    )
    assert Case(drawn).do("s", x=True).open == ["a", "b"]
    assert Case(drawn).do("s", x=False).open == ["b"]


def test_two_flows_from_a_split_to_one_join_are_two() -> None:
    drawn = model(
        start(),
        fork("f"),
        fork("j"),
        task("na"),
        end(),
        way("begin", "f", "j", "na", "klaar"),
        '<bpmn:sequenceFlow id="nog_een" sourceRef="f" targetRef="j" />',
    )
    case = Case(drawn)
    assert case.open == ["na"]
    assert case.do("na").ended


def enough(when: str) -> tuple[str, ...]:
    """Two steps beside each other that come together when `when` says so."""
    condition = f"<bpmn:activationCondition {FORMAL}>{when}</bpmn:activationCondition>"
    return (
        start(), node("exclusiveGateway", "m"), fork("f"), task("a"), task("b"), node("complexGateway", "j", condition),
        way("begin", "m", "f", "a", "j"), way("f", "b", "j"),
    )  # fmt: skip


def test_the_first_of_two_may_be_enough_and_the_other_is_waited_for_before_it_starts_over() -> None:
    drawn = model(
        *enough("=activationCount &gt;= 1"), task("na"), node("exclusiveGateway", "k", default="k_klaar"), end(),
        way("j", "na", "k", "klaar"), way("k", "m", when="=nog"), hosted=True,
    )  # fmt: skip
    case = Case(drawn, nog=True).do("b")
    assert case.open == ["a", "na"]
    assert case.do("a").open == ["na"]
    assert case.do("na").open == ["a", "b"]
    assert case.do("a").do("b").open == ["na"]
    assert case.do("na", nog=False).ended


def test_what_comes_too_late_may_go_a_way_of_its_own() -> None:
    drawn = model(
        *enough("=activationCount &gt;= 1"), task("na"), task("laat"), end("e1"), end("e2"),
        way("j", "na", when="=waitingForStart"), way("j", "laat", when="=not(waitingForStart)"),
        way("na", "e1"), way("laat", "e2"), hosted=True,
    )  # fmt: skip
    case = Case(drawn).do("a")
    assert case.open == ["b", "na"]
    assert case.do("b").open == ["laat", "na"]
    assert case.do("na").do("laat").ended


def test_as_many_as_are_asked_for_are_waited_for() -> None:
    drawn = model(*enough("=activationCount = 2"), task("na"), end(), way("j", "na", "klaar"), hosted=True)
    assert Case(drawn).do("a").open == ["b"]
    assert Case(drawn).do("a").do("b").open == ["na"]


# --- again and again -------------------------------------------------------------------------------------------


def test_a_loop_sign_asks_after_each_round() -> None:
    case = Case(model(start(), task("s", again("=n < 3")), end(), way("begin", "s", "klaar")), n=0)
    assert case.do("s", n=1).open == ["s"]
    assert case.do("s", n=3).ended


def test_a_loop_sign_may_ask_first_and_stops_at_its_most() -> None:
    drawn = model(start(), task("s", again("=x", most="2", first=True)), end(), way("begin", "s", "klaar"))
    assert Case(drawn, x=False).ended
    case = Case(drawn, x=True).do("s")
    assert case.open == ["s"]
    assert case.do("s").ended


def test_what_listens_on_the_edge_of_a_loop_ends_all_of_it() -> None:
    drawn = model(
        start(),
        task("s", again("=true")),
        end(),
        boundary("r", "s", message("m")),
        end("e2"),
        way("begin", "s", "klaar"),
        way("r", "e2"),
    )
    assert Case(drawn).do("s").send("m").ended


def test_a_step_that_takes_two_tokens_waits_for_them() -> None:
    drawn = model(
        start(),
        task("a", ""),
        node("userTask", "b", startQuantity="2"),
        end(),
        way("begin", "a", "b", "klaar"),
    )
    case = Case(drawn).do("a")
    assert case.open == []
    assert not case.ended


def test_a_step_that_gives_two_tokens_sends_two_on() -> None:
    drawn = model(
        start(),
        node("userTask", "a", completionQuantity="2"),
        node("userTask", "b", startQuantity="2"),
        task("c"),
        end(),
        way("begin", "a", "b", "c", "klaar"),
    )
    assert Case(drawn).do("a").open == ["b"]
    assert Case(drawn).do("a").do("b").do("c").ended


def test_several_times_may_stop_when_enough_are_done() -> None:
    until = f"<bpmn:completionCondition {FORMAL}>=numberOfCompletedInstances = 2</bpmn:completionCondition>"
    many = times("3").replace("</bpmn:multi", f"{until}</bpmn:multi")
    case = Case(model(start(), task("s", many), end(), way("begin", "s", "klaar")))
    assert case.open == ["s", "s", "s"]
    assert case.do("s").open == ["s", "s"]
    assert case.do("s").ended


# --- events ----------------------------------------------------------------------------------------------------


def test_a_jump_goes_on_where_it_lands() -> None:
    drawn = model(
        start(), throw("weg", link("l")), catch("hier", link("l")), task("a"), end(), way("begin", "weg"),
        way("hier", "a", "klaar"),
    )  # fmt: skip
    assert Case(drawn).do("a").ended


def test_a_condition_is_waited_for_until_an_answer_makes_it_true() -> None:
    drawn = model(
        start(), fork("f"), task("a"), end("e1"), catch("w", conditional("=x > 2")), task("b"), end(),
        way("begin", "f", "a", "e1"), way("f", "w", "b", "klaar"),
    )  # fmt: skip
    case = Case(drawn, x=1)
    assert case.open == ["a"]
    assert case.do("a", x=3).open == ["b"]


def test_a_condition_that_interrupts_does_so_before_anybody_works() -> None:
    drawn = model(
        start(),
        task("s"),
        handler("h", on("o", conditional("=x")), task("t"), end("e"), way("o", "t", "e")),
        end(),
        way("begin", "s", "klaar"),
    )
    assert Case(drawn, x=True).open == ["t"]


def test_a_condition_beside_a_step_comes_again_only_after_it_was_false() -> None:
    drawn = model(
        start(), fork("f"), task("s"), task("k", again("=true")), end("e1"), end("e2"),
        boundary("r", "s", conditional("=x"), interrupting=False), task("t"), end("e3"),
        way("begin", "f", "s", "e1"), way("f", "k", "e2"), way("r", "t", "e3"),
    )  # fmt: skip
    case = Case(drawn).do("k", x=True)
    assert case.open == ["k", "s", "t"]
    assert case.do("k", x=True).open == ["k", "s", "t"]
    assert case.do("k", x=False).do("k", x=True).open == ["k", "s", "t", "t"]


def test_a_signal_reaches_all_that_waits_in_the_case_and_leaves_it() -> None:
    drawn = model(
        start(), fork("f"), task("a"), throw("roep", signal("s")), end("e1"), catch("w", signal("s")), task("b"),
        end("e2"), catch("v", signal("s")), task("c"), end("e3"), catch("u", signal("ander")), end("e4"),
        way("begin", "f", "a", "roep", "e1"), way("f", "w", "b", "e2"), way("f", "v", "c", "e3"), way("f", "u", "e4"),
        hosted=True,
    )  # fmt: skip
    case = Case(drawn).do("a")
    assert case.open == ["b", "c"]
    assert case.outcome.sent == (("signal", "s"),)
    before = case.outcome
    heard = process.signal(drawn, before.state, before.document, "ander", MONDAY)
    assert not heard.ended
    assert process.signal(drawn, heard.state, heard.document, "niemand", MONDAY).state == heard.state


def test_a_message_is_sent_for_the_host_to_carry() -> None:
    drawn = model(
        start(), node("sendTask", "s", messageRef="m"), end("klaar", message("m2")), way("begin", "s", "klaar"),
        hosted=True,
    )  # fmt: skip
    assert Case(drawn).outcome.sent == (("message", "m"), ("message", "m2"))


def test_the_first_of_several_events_is_enough_and_all_are_when_all_are_asked() -> None:
    for together, opened in (("false", ["a"]), ("true", [])):
        waits = node("intermediateCatchEvent", "w", message("m") + signal("s"), parallelMultiple=together)
        drawn = model(start(), waits, task("a"), end(), way("begin", "w", "a", "klaar"), hosted=True)
        case = Case(drawn).send("m")
        assert case.open == opened
        heard = process.signal(drawn, case.outcome.state, case.document, "s", MONDAY)
        assert [t.element for t in heard.open] == ["a"]


def test_a_process_begins_at_the_event_that_came() -> None:
    drawn = model(
        start(), task("a"), end("e1"), start("niet").replace("</", message("m") + "</"), task("b"), end("e2"),
        way("begin", "a", "e1"), way("niet", "b", "e2"), hosted=True,
    )  # fmt: skip
    assert Case(drawn).open == ["a"]
    assert [t.element for t in process.start(drawn, {}, MONDAY, "niet").open] == ["b"]


def test_without_a_plain_start_a_process_waits_for_the_first_event() -> None:
    drawn = model(
        node("startEvent", "klok", timer("Duration", "P1D")), task("a"), end("e1"),
        node("startEvent", "bericht", message("m")), task("b"), end("e2"),
        way("klok", "a", "e1"), way("bericht", "b", "e2"), hosted=True,
    )  # fmt: skip
    case = Case(drawn)
    assert case.open == []
    assert case.wait("P1D").open == ["a"]
    assert case.awaits() == []


def test_a_receive_task_may_begin_a_process() -> None:
    drawn = model(
        node("receiveTask", "r", messageRef="m", instantiate="true"), task("a"), way("r", "a"), hosted=True
    )  # fmt: skip
    assert [t.element for t in process.start(drawn, {}, MONDAY, "r").open] == ["a"]
    assert Case(drawn).send("m").do("a").ended


def test_a_gateway_may_begin_a_process_by_whichever_event_comes() -> None:
    drawn = model(
        node("eventBasedGateway", "g", instantiate="true"), catch("x", message("m")), task("a"), end("e1"),
        catch("y", signal("s")), task("b"), end("e2"), way("g", "x", "a", "e1"), way("g", "y", "b", "e2"), hosted=True,
    )  # fmt: skip
    assert [t.element for t in process.start(drawn, {}, MONDAY, "y").open] == ["b"]
    case = Case(drawn)
    assert case.open == []
    assert case.send("m").open == ["a"]


def test_cancelling_a_transaction_ends_what_runs_in_it() -> None:
    inside = (
        start("s") + fork("f") + task("a") + task("b") + end("e", cancel()) + end("e2")
        + way("s", "f", "a", "e") + way("f", "b", "e2")
    )  # fmt: skip
    drawn = model(
        start(), node("transaction", "t", inside), task("goed"), end(), boundary("r", "t", cancel()), task("fout"),
        end("e3"), way("begin", "t", "goed", "klaar"), way("r", "fout", "e3"),
    )  # fmt: skip
    assert Case(drawn).do("a").open == ["fout"]


def test_what_is_interrupted_takes_no_further_step() -> None:
    drawn = model(
        start(), sub("vak", start("s"), throw("op", '<bpmn:escalationEventDefinition escalationRef="x" />'),
                     throw("nog", signal("s")), end("e"), way("s", "op", "nog", "e")),
        end(), boundary("r", "vak", '<bpmn:escalationEventDefinition escalationRef="x" />'), end("e2"),
        way("begin", "vak", "klaar"), way("r", "e2"), hosted=True,
    )  # fmt: skip
    case = Case(drawn)
    assert case.ended
    assert case.outcome.sent == ()


def test_somebody_may_say_that_a_step_went_wrong() -> None:
    drawn = model(
        start(), task("a"), task("b"), end(), boundary("r", "a", error("fout")), task("c"), end("e2"),
        way("begin", "a", "b", "klaar"), way("r", "c", "e2"),
    )  # fmt: skip
    case = Case(drawn)
    before = case.outcome
    failed = process.fail(drawn, before.state, before.document, case.find("a").key, "fout", MONDAY)
    assert [t.element for t in failed.open] == ["c"]
    other = process.fail(drawn, before.state, before.document, case.find("a").key, "iets anders", MONDAY)
    assert other.ended
    assert other.fault == "iets anders"


def test_what_is_thrown_first_interrupts_before_its_neighbour_goes_on() -> None:
    drawn = model(
        start(), sub("vak", start("s"), fork("f"), throw("op", escalation("x")), throw("nog", signal("sein")),
                     end("e"), end("e4"), way("s", "f", "op", "e"), way("f", "nog", "e4")),
        end(), boundary("r", "vak", escalation("x")), end("e2"),
        way("begin", "vak", "klaar"), way("r", "e2"), hosted=True,
    )  # fmt: skip
    assert Case(drawn).outcome.sent == ()


def test_two_that_call_at_once_are_both_heard() -> None:
    inside = start("s") + throw("op", escalation("x")) + task("a") + end("e") + way("s", "op", "a", "e")
    drawn = model(
        start(), sub("vak", times("2"), inside), end(), boundary("r", "vak", escalation("x"), interrupting=False),
        task("b"), end("e2"), way("begin", "vak", "klaar"), way("r", "b", "e2"),
    )  # fmt: skip
    assert Case(drawn).open == ["a", "a", "b", "b"]


def test_an_error_is_caught_where_it_is_named_before_where_all_are_caught() -> None:
    drawn = model(
        start(), task("a"), end(), boundary("r", "a", "<bpmn:errorEventDefinition />"), task("b"), end("e2"),
        boundary("t", "a", error("fout")), task("c"), end("e3"),
        way("begin", "a", "klaar"), way("r", "b", "e2"), way("t", "c", "e3"),
    )  # fmt: skip
    for code, opened in (("fout", ["c"]), ("anders", ["b"])):
        before = Case(drawn)
        state, key = before.outcome.state, before.find("a").key
        assert [t.element for t in process.fail(drawn, state, {}, key, code, MONDAY).open] == opened


def test_an_end_that_throws_more_than_one_thing_stops_all_at_last() -> None:
    drawn = model(
        start(), fork("f"), task("a"), task("b"), end("e", terminate() + signal("s")), end(),
        way("begin", "f", "a", "e"), way("f", "b", "klaar"), hosted=True,
    )  # fmt: skip
    case = Case(drawn).do("a")
    assert case.ended
    assert case.outcome.sent == (("signal", "s"),)


def test_a_clock_among_more_events_is_not_waited_for_twice() -> None:
    waits = node("intermediateCatchEvent", "w", message("m") + timer("Duration", "P1D"), parallelMultiple="true")
    case = Case(model(start(), waits, task("a"), end(), way("begin", "w", "a", "klaar"), hosted=True))
    assert case.wait("P2D").outcome.due is None
    assert case.send("m").open == ["a"]


def test_a_clock_beside_other_events_goes_off_once_and_counts_on_when_they_come() -> None:
    drawn = model(
        start(), task("a"), end(),
        boundary("r", "a", message("m") + timer("Date", "2026-03-05"), interrupting=False), task("b"), end("e"),
        way("begin", "a", "klaar"), way("r", "b", "e"), hosted=True,
    )  # fmt: skip
    case = Case(drawn).wait("P1D").send("m")
    assert case.open == ["a", "b"]
    assert case.wait("P3D").open == ["a", "b", "b"]
    assert case.wait("P9D").send("m").open == ["a", "b", "b", "b"]


def test_a_clock_on_the_way_that_repeats_lets_one_go_on_each_time() -> None:
    drawn = model(start(), catch("w", timer("Cycle", "R3/P1D")), task("a"), end(), way("begin", "w", "a", "klaar"))
    case = Case(drawn)
    assert case.wait("P1D").open == ["a"]
    assert not case.do("a").ended
    assert case.wait("P5D").open == ["a", "a"]
    assert case.do("a").do("a").ended


def test_a_clock_that_interrupts_does_so_the_first_time_that_it_would() -> None:
    drawn = model(
        start(), task("a"), end(), boundary("r", "a", timer("Cycle", "R3/P1D")), task("b"), end("e"),
        way("begin", "a", "klaar"), way("r", "b", "e"),
    )  # fmt: skip
    assert Case(drawn).wait("P5D").open == ["b"]
    assert Case(drawn).wait("P5D").do("b").ended


@pytest.mark.parametrize(("behaviour", "heard"), [("None", ["b", "b"]), ("One", ["b"])])
def test_each_or_the_first_that_is_done_is_heard_on_the_edge(behaviour: str, heard: list[str]) -> None:
    drawn = model(
        start(), task("a", each_done(behaviour, "melding")), task("n"), end(),
        boundary("r", "a", '<bpmn:signalEventDefinition id="melding" signalRef="s" />', interrupting=False),
        task("b"), end("e"), way("begin", "a", "n", "klaar"), way("r", "b", "e"), hosted=True,
    )  # fmt: skip
    case = Case(drawn).do("a")
    assert case.open == ["a", "b"]
    assert case.do("a").open == [*heard, "n"]


def test_a_condition_that_an_answer_makes_true_goes_before_what_comes_next() -> None:
    drawn = model(
        start(), sub("vak", start("s"), task("a"), throw("op", signal("sein")), end("e"), way("s", "a", "op", "e")),
        end(), boundary("r", "vak", conditional("=x")), task("b"), end("e2"),
        way("begin", "vak", "klaar"), way("r", "b", "e2"), hosted=True,
    )  # fmt: skip
    case = Case(drawn, x=False).do("a", x=True)
    assert case.open == ["b"]
    assert case.outcome.sent == ()


def test_a_handler_is_begun_again_at_once_where_the_host_has_a_crowd() -> None:
    drawn = model(
        start(), task("a"), end(), way("begin", "a", "klaar"),
        handler("h", on("o", message("m"), interrupting=False), task("b"), end("e"), way("o", "b", "e")),
    )  # fmt: skip
    before = Case(drawn).send("m").outcome
    again = process.message(drawn, before.state, before.document, "m", MONDAY, crowd=True)
    assert sorted(t.element for t in again.open) == ["a", "b", "b"]


def test_all_that_one_end_throws_is_heard_by_what_hears_it_all() -> None:
    inside = (
        start("s") + throw("op", escalation("x") + escalation("y")) + task("a") + end("e") + way("s", "op", "a", "e")
    )
    drawn = model(
        start(), sub("vak", inside), end(), task("b"), end("e2"), way("begin", "vak", "klaar"), way("r", "b", "e2"),
        boundary("r", "vak", "<bpmn:escalationEventDefinition />", interrupting=False), hosted=True,
    )  # fmt: skip
    assert Case(drawn).open == ["a", "b", "b"]


def test_what_listened_on_a_task_that_sent_listens_no_longer() -> None:
    drawn = model(
        start(), node("sendTask", "s", messageRef="m"), task("a"), end(), boundary("r", "s", timer("Duration", "P1D")),
        task("b"), end("e"), way("begin", "s", "a", "klaar"), way("r", "b", "e"), hosted=True,
    )  # fmt: skip
    case = Case(drawn).wait("P2D")
    assert case.open == ["a"]
    assert case.do("a").ended


def test_a_process_with_what_can_interrupt_it_begins_at_the_event_that_came() -> None:
    drawn = model(
        start(), task("a"), end("e1"), node("startEvent", "brief", message("m")), task("b"), end("e2"),
        way("begin", "a", "e1"), way("brief", "b", "e2"),
        handler("naast", on("o1", signal("s1"), interrupting=False), end("z1"), way("o1", "z1")),
        handler("in_plaats", on("o2", signal("s2")), end("z2"), way("o2", "z2")), hosted=True,
    )  # fmt: skip
    assert Case(drawn).open == ["a"]
    assert [t.element for t in process.start(drawn, {}, MONDAY, "brief").open] == ["b"]


@pytest.mark.parametrize("mark", [times("2"), again(most="2")])
def test_what_is_done_more_than_once_knows_which_time_it_is(mark: str) -> None:
    inside = (
        start("s") + node("exclusiveGateway", "k", default="k_b") + task("a") + task("b") + end("e1") + end("e2")
        + way("s", "k") + way("k", "a", when="=loopCounter = 1") + way("k", "b") + way("a", "e1") + way("b", "e2")
    )  # fmt: skip
    case = Case(model(start(), sub("vak", mark, inside), end(), way("begin", "vak", "klaar")))
    assert case.do("a").open == ["b"]
    assert case.do("b").ended


# --- refused ---------------------------------------------------------------------------------------------------

OF_A_LIST = times("2").replace("</bpmn:m", "<bpmn:loopDataInputRef>d</bpmn:loopDataInputRef></bpmn:m")
MOVED = "<bpmn:dataInputAssociation><bpmn:targetRef>d</bpmn:targetRef>{}</bpmn:dataInputAssociation>"
REFUSED = {
    "an event for each that is done that is not named": task("x", each_done("None", "nergens")),
    "an event for the first that would stop the rest": task("x", each_done("One", "melding"))
    + boundary("s", "x", '<bpmn:signalEventDefinition id="melding" signalRef="m" />')
    + end("e")
    + way("s", "e"),
    "conditions on what is thrown for each": task("x", each_done("Complex", "melding")),
    "several things of which one is not run": node("intermediateThrowEvent", "x", signal("m") + link("l")),
    "less than no times": task("x", times("=-1")),
    "less than one round": task("x", again("=true", most="-1")),
    "a loop without end": task("x", again()),
    "a gateway that waits for all": node("eventBasedGateway", "x", eventGatewayType="Parallel"),
    "a step that undoes": node("userTask", "x", isForCompensation="true"),
    "no tokens to begin": node("userTask", "x", startQuantity="0"),
    "a cancel that nothing catches": node("transaction", "x", start("s") + end("e", cancel()) + way("s", "e")),
    "a default flow beside one that is always taken": node("userTask", "x", default="x_a") + task("a") + task("b")
    + end("e1") + end("e2") + end("e3") + way("x", "a", "e1") + way("x", "b", "e2")
    + way("x", "e3", when="=d = 1"),
    "a day that no calendar has, in FEEL": catch("x", timer("Date", '=date("2026-04-31")')),
    "a time that is none, somewhere in FEEL": catch("x", timer("Date", '=if d = 1 then date("2026-04-31") else d')),
    "a sum of times that gives none": catch("x", timer("Duration", '=duration("P1D") + "dag"')),
    "a clock that says nothing": catch("x", timer("Duration", "straks")),
    "a repeat from a date": task("x") + boundary("s", "x", timer("Cycle", "R3/2026-01-01/P1D"), interrupting=False)
    + end("e") + way("s", "e"),
    "a repeat that does not repeat": task("x") + boundary("s", "x", timer("Cycle", "P1D"), interrupting=False)
    + end("e") + way("s", "e"),
    "a repeat on the way without end": catch("x", timer("Cycle", "R/P1D")),
    "a repeat of no times": task("x") + boundary("s", "x", timer("Cycle", "R0/P1D"), interrupting=False)
    + end("e") + way("s", "e"),
    "a repeat without time between": task("x") + boundary("s", "x", timer("Cycle", "R/PT0S"), interrupting=False)
    + end("e") + way("s", "e"),
    "data that change on their way": node("userTask", "x", MOVED.format("<bpmn:transformation />")),
    "data for what is called": node("callActivity", "x", MOVED.format(""), calledElement="ander"),
    "a list as data": task("x", OF_A_LIST),
    "a sub-process that begins by a message": sub(
        "x", node("startEvent", "s", message("m")), end("e"), way("s", "e")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("hosted", [False, True])
def test_what_can_not_be_run_is_refused(name: str, hosted: bool) -> None:
    content = diagram("proef", start(), REFUSED[name], end(), way("begin", "x", "klaar"))
    drawn, problems = definitions.read_process(content, "proef.bpmn")
    refused = {problem.element for problem in problems}
    refused |= {f.element for f in (*checks.dialect(drawn, hosted), *standard.breaches(content, "proef.bpmn"))}
    assert refused
    after = {"klaar"} if name == "a gateway that waits for all" else set()  # an end is nothing to wait for
    assert refused & {"x", "s", "e"}
    assert refused <= {"x", "s", "e"} | after


HOSTED = {
    "a gateway with a rule of its own": node("complexGateway", "x") + task("y") + end("e") + way("x", "y", "e"),
    "a signal": catch("x", signal("s")),
    "a message that is sent": throw("x", message("m")),
    "a send task": node("sendTask", "x", messageRef="m"),
    "several events": catch("x", message("m") + signal("s")),
}


@pytest.mark.parametrize("name", HOSTED)
def test_what_asks_for_other_processes_is_refused_for_a_case_by_itself(name: str) -> None:
    content = diagram("proef", start(), HOSTED[name], end(), way("begin", "x", "klaar"))
    drawn, problems = definitions.read_process(content, "proef.bpmn")
    assert problems == ()
    assert [problem.element for problem in checks.dialect(drawn)] == ["x"]
    assert checks.dialect(drawn, hosted=True) == ()


def test_the_prover_is_asked_before_what_it_does_not_know_is_published(tmp_path: Path) -> None:
    asks = node("userTask", "x", startQuantity="2")
    drawn = diagram("proef", start(), fork("f"), asks, end(), way("begin", "f", "x", "klaar"))
    findings = checks.examine(definitions.assemble("proef", "", {"proef.bpmn": drawn, "regio.yaml": b"naam: Proef\n"}))
    assert {f.element for f in findings if f.rule.id == "onbewezen"} == {"x"}


# --- the table -------------------------------------------------------------------------------------------------


def test_each_construct_stands_in_the_table_once() -> None:
    keys = [(construct.kind, construct.event) for construct in CONSTRUCTS]
    assert len(set(keys)) == len(keys)
    assert len({construct.name for construct in CONSTRUCTS}) == len(keys)


def test_the_docs_show_the_table() -> None:
    assert "\n".join(markdown()) in DOCS.read_text("utf-8"), (
        "the table is what python -m engine.checks.constructs prints"
    )


def test_a_condition_of_a_formal_kind_only(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    file.write_bytes(diagram("proef", *BOTH).replace(f" {FORMAL}>=x<".encode(), b">x is waar<"))
    assert "geen_feel" in {finding.rule.id for finding in checks.survey(file).findings}

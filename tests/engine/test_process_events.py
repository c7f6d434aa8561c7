"""What can happen to a case while it waits: messages, errors, escalations and event sub-processes."""

import pytest

from engine.errors import ConflictError
from engine.process import Model
from tests.engine.drawing import (
    Case,
    boundary,
    call,
    catch,
    choice,
    conditional,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    message,
    model,
    node,
    on,
    start,
    sub,
    task,
    terminate,
    timer,
    way,
)

# --- on the edge of a step -------------------------------------------------------------------------------------


def edged(what: str, interrupting: bool = True, inner: str = "") -> Model:
    """A step (or `inner`) with an event on its edge that leads to `anders`."""
    host = inner or task("doe")
    return model(
        start(),
        host,
        task("na"),
        end("e1"),
        boundary("rand", "doe", what, interrupting),
        task("anders"),
        end("e2"),
        way("begin", "doe", "na", "e1"),
        way("rand", "anders", "e2"),
    )


def test_a_message_on_the_edge_ends_the_step_and_takes_the_other_way() -> None:
    case = Case(edged(message("stop"))).send("stop")
    assert case.open == ["anders"]
    assert case.ends_of("doe") == ["afgebroken"]
    assert case.do("anders").ended


def test_an_edge_no_longer_listens_when_its_step_is_done() -> None:
    case = Case(edged(message("stop")))
    assert case.awaits() == ["stop"]
    assert case.do("doe").awaits() == []
    with pytest.raises(ConflictError, match="wacht nu niet op dit bericht"):
        case.send("stop")
    assert case.do("na").ended


def test_a_message_that_nobody_knows_is_a_conflict() -> None:
    with pytest.raises(ConflictError):
        Case(edged(message("stop"))).send("anders")


def test_an_edge_that_does_not_interrupt_may_come_again_and_again() -> None:
    case = Case(edged(message("vraag"), interrupting=False)).send("vraag").send("vraag")
    assert case.open == ["anders", "anders", "doe"]
    assert case.do("anders").send("vraag").open == ["anders", "anders", "doe"]
    assert case.do("doe").open == ["anders", "anders", "na"]
    assert not case.do("na").do("anders").ended
    assert case.do("anders").ended


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_message_on_the_edge_of_a_sub_process_reaches_it_at_every_moment(interrupting: bool) -> None:
    vak = sub(
        "doe",
        start("s"),
        task("x"),
        fork("f"),
        task("y"),
        task("z"),
        fork("j"),
        end("e"),
        way("s", "x", "f", "y", "j", "e"),
        way("f", "z", "j"),
    )
    drawn = edged(message("bericht"), interrupting, vak)
    for done in ((), ("x",), ("x", "y"), ("x", "z")):
        case = Case(drawn)
        for step in done:
            case.do(step)
        before = case.open
        case.send("bericht")
        assert case.open == (["anders"] if interrupting else sorted([*before, "anders"]))


def test_an_edge_that_does_not_interrupt_stands_on_a_loop_of_calls_as_a_whole() -> None:
    case = Case(
        model(
            start(),
            call("elk", "deel", each("=rijen", "rij")),
            end("e1"),
            boundary("rand", "elk", message("vraag"), interrupting=False),
            task("anders"),
            end("e2"),
            way("begin", "elk", "e1"),
            way("rand", "anders", "e2"),
            called={"deel": start() + task("binnen") + end() + way("begin", "binnen", "klaar")},
        ),
        rijen=[{"id": "a"}, {"id": "b"}],
    )
    assert case.send("vraag").send("vraag").open == ["anders", "anders", "binnen@a", "binnen@b"]
    case.do("binnen", "a").do("binnen", "b")
    assert case.awaits() == []
    assert case.do("anders").do("anders").ended


def test_two_edges_on_one_step_the_first_to_come_wins() -> None:
    drawn = model(
        start(),
        task("doe"),
        end("e"),
        boundary("een", "doe", message("een_komt")),
        task("na_een"),
        end("e1"),
        boundary("twee", "doe", message("twee_komt")),
        task("na_twee"),
        end("e2"),
        way("begin", "doe", "e"),
        way("een", "na_een", "e1"),
        way("twee", "na_twee", "e2"),
    )
    case = Case(drawn).send("twee_komt")
    assert (case.open, case.awaits()) == (["na_twee"], [])


def test_an_edge_in_a_loop_listens_in_every_round() -> None:
    case = Case(
        model(
            start(),
            choice("weer"),
            task("doe"),
            boundary("rand", "doe", message("opnieuw")),
            end(),
            way("begin", "weer", "doe", "klaar"),
            way("rand", "weer"),
        )
    )
    for _ in range(5):
        assert case.send("opnieuw").open == ["doe"]
    assert case.do("doe").ended


# --- waiting for something -------------------------------------------------------------------------------------


def test_a_case_waits_for_its_message() -> None:
    case = Case(
        model(start(), catch("wacht", message("brief")), task("na"), end(), way("begin", "wacht", "na", "klaar"))
    )
    assert (case.open, case.awaits()) == ([], ["brief"])
    assert case.send("brief").open == ["na"]


def test_a_receive_task_waits_for_its_message_and_may_have_an_edge() -> None:
    drawn = model(
        start(),
        node("receiveTask", "doe", messageRef="brief"),
        task("na"),
        end("e1"),
        boundary("rand", "doe", message("stop")),
        task("anders"),
        end("e2"),
        way("begin", "doe", "na", "e1"),
        way("rand", "anders", "e2"),
    )
    assert Case(drawn).send("brief").awaits() == []
    assert Case(drawn).send("brief").open == ["na"]
    assert Case(drawn).send("stop").open == ["anders"]
    assert Case(drawn).send("stop").awaits() == []


GATE = (
    start(),
    node("eventBasedGateway", "wat_eerst"),
    catch("brief", message("brief_komt")),
    catch("belt", message("telefoon")),
    catch("tijd", timer("Duration", "P14D")),
    task("na_brief"),
    task("na_belt"),
    task("na_tijd"),
    end(),
    way("begin", "wat_eerst", "brief", "na_brief", "klaar"),
    way("wat_eerst", "belt", "na_belt", "klaar"),
    way("wat_eerst", "tijd", "na_tijd", "klaar"),
)


@pytest.mark.parametrize(("sent", "opens"), [("brief_komt", "na_brief"), ("telefoon", "na_belt"), ("", "na_tijd")])
def test_of_several_events_only_the_first_counts(sent: str, opens: str) -> None:
    case = Case(model(*GATE))
    case = case.send(sent) if sent else case.wait("P15D")
    assert (case.open, case.awaits()) == ([opens], [])
    assert case.wait("P30D").do(opens).ended


# --- event sub-processes that interrupt ------------------------------------------------------------------------


def stops(name: str = "stoppen", step: str = "afronden") -> str:
    """An event sub-process that interrupts on a message."""
    return handler(
        f"bij_{name}",
        on(f"{name}_komt", message(name)),
        task(step),
        end(f"{name}_klaar"),
        way(f"{name}_komt", step, f"{name}_klaar"),
    )


def beside(name: str = "seintje", step: str = "kijken", again: str = "ja", last: str = "") -> str:
    """An event sub-process that runs beside the rest, on a message."""
    return handler(
        f"bij_{name}",
        on(f"{name}_komt", message(name), interrupting=False, again=again),
        task(step),
        end(f"{name}_klaar", last),
        way(f"{name}_komt", step, f"{name}_klaar"),
    )


LONG = (
    start(),
    task("een"),
    fork("f"),
    call("fase", "deel"),
    call("elk", "deel2", each("=rijen", "rij")),
    fork("j"),
    sub("vak", start("v0"), task("diep"), end("v1"), way("v0", "diep", "v1")),
    end(),
    way("begin", "een", "f", "fase", "j", "vak", "klaar"),
    way("f", "elk", "j"),
)
CALLED = {
    "deel": start("s") + task("binnen") + task("binnen2") + end("e") + way("s", "binnen", "binnen2", "e"),
    "deel2": start("s")
    + sub("w", start("t"), task("punt"), end("u"), way("t", "punt", "u"))
    + end("e")
    + way("s", "w", "e"),
}
ROUTE = ["een", "binnen", "punt", "binnen2", "punt", "diep"]


@pytest.mark.parametrize("moment", range(len(ROUTE)))
@pytest.mark.parametrize("inside", [False, True])
def test_an_interrupting_event_ends_everything_at_every_moment(moment: int, inside: bool) -> None:
    parts: tuple[str, ...] = (*LONG, stops())
    if inside:
        parts = (start("b"), sub("traject", *parts), task("na"), end("e"), way("b", "traject", "na", "e"))
    case = Case(model(*parts, called=CALLED), rijen=[{"id": "a"}, {"id": "b"}])
    for step in ROUTE[:moment]:
        case.do(step)
    running = len(case.outcome.open)
    case.send("stoppen")
    assert case.open == ["afronden"]
    assert len([n for n in case.notes if n[1] == "afgebroken" and n[0] in ROUTE]) == running
    assert case.awaits() == []
    case.do("afronden")
    assert case.open == (["na"] if inside else [])
    assert case.ended is not inside


def test_the_whole_route_goes_by_itself_when_nothing_interrupts() -> None:
    case = Case(model(*LONG, stops(), called=CALLED), rijen=[{"id": "a"}, {"id": "b"}])
    for step in ROUTE:
        case.do(step)
    assert case.ended


def test_an_interrupting_event_of_a_called_process_ends_that_process_only() -> None:
    inner = start("s") + task("binnen") + end("e") + way("s", "binnen", "e") + stops()
    case = Case(
        model(
            start(),
            fork("f"),
            call("fase", "deel"),
            task("naast"),
            fork("j"),
            task("na"),
            end(),
            way("begin", "f", "fase", "j", "na", "klaar"),
            way("f", "naast", "j"),
            called={"deel": inner},
        )
    )
    assert case.send("stoppen").open == ["afronden", "naast"]
    assert case.do("afronden").do("naast").open == ["na"]


def test_an_interrupting_event_inside_a_loop_ends_one_item() -> None:
    inner = start("s") + task("binnen") + end("e") + way("s", "binnen", "e") + stops()
    case = Case(
        model(
            start(),
            call("elk", "deel", each("=rijen", "rij")),
            task("na"),
            end(),
            way("begin", "elk", "na", "klaar"),
            called={"deel": inner},
        ),
        rijen=[{"id": "a"}, {"id": "b"}],
    )
    case.send("stoppen")
    assert sorted(key.split("@")[0] for key in case.open) == ["afronden", "binnen"]
    assert case.send("stoppen").open == ["afronden@a", "afronden@b"]
    assert case.do("afronden", "a").do("afronden", "b").open == ["na"]


# --- event sub-processes that run beside -----------------------------------------------------------------------

SHORT = (start(), task("een"), task("twee"), end(), way("begin", "een", "twee", "klaar"))


def test_an_event_beside_leaves_the_rest_alone_and_the_case_waits_for_it() -> None:
    case = Case(model(*SHORT, beside())).send("seintje")
    assert case.open == ["een", "kijken"]
    assert not case.do("een").do("twee").ended
    assert case.open == ["kijken"]
    assert case.do("kijken").ended


def test_an_event_beside_may_come_again_once_the_one_before_is_dealt_with() -> None:
    case = Case(model(*SHORT, beside())).send("seintje")
    assert case.awaits() == []
    with pytest.raises(ConflictError):
        case.send("seintje")
    for _ in range(3):
        assert case.do("kijken").awaits() == ["seintje"]
        assert case.send("seintje").open == ["een", "kijken"]


def test_an_event_that_may_come_once_does_not_come_again() -> None:
    case = Case(model(*SHORT, beside(again="nee"))).send("seintje").do("kijken")
    assert case.awaits() == []
    assert case.do("een").do("twee").ended


def test_nothing_new_comes_beside_a_case_whose_own_way_is_done() -> None:
    case = Case(model(*SHORT, beside(), beside("ander", "ook"))).send("seintje").do("een").do("twee")
    assert case.awaits() == []
    assert case.do("kijken").ended


def test_what_runs_beside_is_ended_by_an_event_that_interrupts() -> None:
    case = Case(model(*SHORT, beside(), stops())).send("seintje")
    assert case.send("stoppen").open == ["afronden"]
    assert case.ends_of("kijken") == ["afgebroken"]
    assert case.do("afronden").ended


def test_an_event_that_interrupts_still_comes_while_only_something_beside_runs() -> None:
    case = Case(model(*SHORT, beside(), stops())).send("seintje").do("een").do("twee")
    assert case.awaits() == ["stoppen"]
    assert case.send("stoppen").open == ["afronden"]


def test_an_event_outside_a_sub_process_goes_on_when_that_is_interrupted() -> None:
    case = Case(
        model(
            start("b"),
            sub("traject", *SHORT, stops(), beside()),
            end("e"),
            way("b", "traject", "e"),
            beside("onveilig", "meldcode"),
        )
    )
    case.send("onveilig").send("seintje")
    assert case.open == ["een", "kijken", "meldcode"]
    assert case.send("stoppen").open == ["afronden", "meldcode"]
    assert not case.do("afronden").ended
    assert case.do("meldcode").ended


def test_an_event_outside_still_comes_while_an_interrupted_sub_process_is_rounded_off() -> None:
    case = Case(
        model(
            start("b"),
            sub("traject", *SHORT, stops()),
            end("e"),
            way("b", "traject", "e"),
            beside("onveilig", "meldcode"),
        )
    )
    assert case.send("stoppen").send("onveilig").open == ["afronden", "meldcode"]
    assert case.do("meldcode").send("onveilig").do("afronden").open == ["meldcode"]


def test_an_event_sub_process_may_have_one_of_its_own() -> None:
    nested = handler(
        "bij_seintje",
        on("komt", message("seintje"), interrupting=False),
        task("kijken"),
        end("s1"),
        way("komt", "kijken", "s1"),
        stops("genoeg", "toch_klaar"),
    )
    case = Case(model(*SHORT, nested)).send("seintje")
    assert case.awaits() == ["genoeg"]
    assert case.send("genoeg").open == ["een", "toch_klaar"]
    assert case.do("toch_klaar").awaits() == ["seintje"]


def test_a_terminate_end_drops_what_its_events_started_too() -> None:
    case = Case(
        model(start(), task("een"), end("stop", terminate()), way("begin", "een", "stop"), beside(), stops())
    ).send("seintje")
    assert case.do("een").ended
    assert case.ends_of("kijken") == ["afgebroken"]


def test_a_terminate_end_in_an_event_sub_process_ends_that_one_alone() -> None:
    case = Case(model(*SHORT, beside(last=terminate()))).send("seintje").do("kijken")
    assert case.open == ["een"]


# --- escalations and errors ------------------------------------------------------------------------------------


def throws(what: str) -> str:
    return start("s") + task("binnen") + end("gooi", what) + way("s", "binnen", "gooi")


@pytest.mark.parametrize(("what", "kind"), [(escalation("op"), "op"), (error("op"), "op")])
def test_an_error_or_escalation_of_a_called_process_comes_out_at_its_edge(what: str, kind: str) -> None:
    drawn = model(
        start(),
        call("fase", "deel"),
        task("na"),
        end("e1"),
        boundary("rand", "fase", what),
        task("anders"),
        end("e2"),
        way("begin", "fase", "na", "e1"),
        way("rand", "anders", "e2"),
        called={"deel": throws(what)},
    )
    case = Case(drawn).do("binnen")
    assert case.open == ["anders"]
    assert case.ends_of("fase") == ["afgebroken"]
    assert case.do("anders").ended


def test_an_escalation_that_does_not_interrupt_lets_its_process_end_by_itself() -> None:
    drawn = model(
        start(),
        call("fase", "deel"),
        task("na"),
        end("e1"),
        boundary("rand", "fase", escalation("op"), interrupting=False),
        task("anders"),
        end("e2"),
        way("begin", "fase", "na", "e1"),
        way("rand", "anders", "e2"),
        called={"deel": throws(escalation("op"))},
    )
    assert Case(drawn).do("binnen").open == ["anders", "na"]


def test_an_escalation_halfway_goes_on_when_it_is_let() -> None:
    body = start("s") + node("intermediateThrowEvent", "meld", escalation("op")) + task("verder") + end("e")
    drawn = model(
        start(),
        call("fase", "deel"),
        end("e1"),
        boundary("rand", "fase", escalation("op"), interrupting=False),
        task("anders"),
        end("e2"),
        way("begin", "fase", "e1"),
        way("rand", "anders", "e2"),
        called={"deel": body + way("s", "meld", "verder", "e")},
    )
    assert Case(drawn).open == ["anders", "verder"]


def test_an_error_does_not_reach_a_sibling_that_catches_the_same() -> None:
    drawn = model(
        start(),
        fork("f"),
        call("een", "deel"),
        call("twee", "deel2"),
        end("e1"),
        end("e2"),
        end("e3"),
        end("e4"),
        boundary("rand_een", "een", error("fout")),
        boundary("rand_twee", "twee", error("fout")),
        task("na_een"),
        task("na_twee"),
        way("begin", "f", "een", "e1"),
        way("f", "twee", "e2"),
        way("rand_een", "na_een", "e3"),
        way("rand_twee", "na_twee", "e4"),
        called={"deel": throws(error("fout")), "deel2": start("s") + task("ander") + end("e") + way("s", "ander", "e")},
    )
    assert Case(drawn).do("binnen").open == ["ander", "na_een"]


def test_an_error_with_another_code_passes_an_edge_and_reaches_the_scope_around() -> None:
    inner = sub("vak", throws(error("ernstig")))
    drawn = model(
        start(),
        sub(
            "buiten",
            start("b"),
            inner,
            end("e"),
            boundary("klein", "vak", error("gering")),
            end("e0"),
            way("b", "vak", "e"),
            way("klein", "e0"),
        ),
        end("e1"),
        boundary("groot", "buiten", error("ernstig")),
        task("opvangen"),
        end("e2"),
        way("begin", "buiten", "e1"),
        way("groot", "opvangen", "e2"),
    )
    assert Case(drawn).do("binnen").open == ["opvangen"]


def test_an_edge_without_a_code_catches_every_error() -> None:
    bare = "<bpmn:errorEventDefinition />"
    case = Case(edged(bare, inner=sub("doe", throws(error("wat_dan_ook"))))).do("binnen")
    assert case.open == ["anders"]


@pytest.mark.parametrize("order", [("alles", "genoemd"), ("genoemd", "alles")])
def test_of_two_edges_the_one_that_names_the_error_catches_it(order: tuple[str, str]) -> None:
    bare = "<bpmn:errorEventDefinition />"
    edges = {"alles": boundary("alles", "doe", bare), "genoemd": boundary("genoemd", "doe", error("ernstig"))}
    drawn = model(
        start(),
        sub("doe", throws(error("ernstig"))),
        end("e1"),
        *(edges[name] for name in order),
        task("anders"),
        task("precies"),
        end("e2"),
        end("e3"),
        way("begin", "doe", "e1"),
        way("alles", "anders", "e2"),
        way("genoemd", "precies", "e3"),
    )
    assert Case(drawn).do("binnen").open == ["precies"]


def test_a_condition_on_an_edge_does_not_go_off_again_while_it_stays_true() -> None:
    case = Case(edged(conditional("=aantal > 1"), interrupting=False))
    opened = []
    for number in (2, 3, 1, 2):
        case.correct(aantal=number)
        opened.append(case.open)
    assert opened == [["anders", "doe"], ["anders", "doe"], ["anders", "doe"], ["anders", "anders", "doe"]]


def test_an_error_that_nobody_catches_ends_the_case_and_says_so() -> None:
    drawn = model(
        start(),
        fork("open"),
        sub("vak", throws(error("fout"))),
        task("intussen"),
        end("e1"),
        end("e2"),
        way("begin", "open", "vak", "e1"),
        way("open", "intussen", "e2"),
    )
    case = Case(drawn).do("binnen")
    assert case.outcome.fault == "fout"
    assert case.ended
    assert case.open == []
    assert case.ends_of("intussen") == ["afgebroken"]


def test_an_escalation_that_nobody_catches_is_just_an_end() -> None:
    case = Case(
        model(start(), sub("vak", throws(escalation("op"))), task("na"), end(), way("begin", "vak", "na", "klaar")),
    )
    assert case.do("binnen").open == ["na"]


def test_an_error_out_of_one_item_ends_the_whole_loop() -> None:
    drawn = model(
        start(),
        call("elk", "deel", each("=rijen", "rij")),
        end("e1"),
        boundary("rand", "elk", error("fout")),
        task("anders"),
        end("e2"),
        way("begin", "elk", "e1"),
        way("rand", "anders", "e2"),
        called={"deel": throws(error("fout"))},
    )
    case = Case(drawn, rijen=[{"id": "a"}, {"id": "b"}, {"id": "c"}])
    assert case.do("binnen", "b").open == ["anders"]
    assert case.do("anders").ended


def test_an_escalation_out_of_what_runs_beside_interrupts_the_scope_that_holds_it() -> None:
    caught = handler(
        "bij_op",
        on("op_komt", escalation("op")),
        task("sluiten"),
        end("op_klaar"),
        way("op_komt", "sluiten", "op_klaar"),
    )
    case = Case(
        model(
            start("b"),
            sub("traject", *SHORT, beside(last=escalation("op")), caught),
            end("e"),
            way("b", "traject", "e"),
            beside("onveilig", "meldcode"),
        )
    )
    case.send("onveilig").send("seintje").do("kijken")
    assert case.open == ["meldcode", "sluiten"]
    assert case.ends_of("een") == ["afgebroken"]
    case.do("sluiten")
    assert case.do("meldcode").ended


def test_an_escalation_deep_inside_a_called_phase_reaches_the_event_sub_process_of_the_case() -> None:
    caught = handler(
        "bij_op",
        on("op_komt", escalation("op"), interrupting=False),
        task("helpen"),
        end("op_klaar"),
        way("op_komt", "helpen", "op_klaar"),
    )
    case = Case(
        model(
            start(),
            call("fase", "deel"),
            task("na"),
            end(),
            way("begin", "fase", "na", "klaar"),
            caught,
            called={"deel": throws(escalation("op"))},
        )
    )
    assert case.do("binnen").open == ["helpen", "na"]


def test_an_error_in_an_event_sub_process_is_not_caught_by_its_own_sibling_handler() -> None:
    catcher = handler(
        "bij_fout", on("fout_komt", error("fout")), task("herstel"), end("f1"), way("fout_komt", "herstel", "f1")
    )
    case = Case(model(*SHORT, catcher, stops()))
    assert case.send("stoppen").open == ["afronden"]
    assert case.do("afronden").ended

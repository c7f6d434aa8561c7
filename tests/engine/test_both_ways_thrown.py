"""The engine and the prover agree on who catches what is thrown, and on what goes on then: all states, both ways."""

from itertools import product

import pytest

from engine.process import Model
from tests.engine import drawing
from tests.engine.drawing import (
    Case,
    boundary,
    catch,
    conditional,
    end,
    error,
    escalation,
    fork,
    handler,
    message,
    node,
    on,
    properties,
    start,
    sub,
    task,
    throw,
    timer,
    way,
)
from tests.engine.test_both_ways import held

NAMES = ("hoger", "", "anders")


def listener(id: str, what: str, interrupts: bool, edge: bool) -> str:
    """Something that catches what is thrown in `d`: on its edge or inside it, with a step of its own."""
    if not edge:
        flow = task(f"{id}_t") + end(f"{id}_e") + way(f"{id}_b", f"{id}_t", f"{id}_e")
        return handler(id, on(f"{id}_b", what, interrupts), flow)
    return boundary(id, "d", what, interrupts) + task(f"{id}_t") + end(f"{id}_e") + way(id, f"{id}_t", f"{id}_e")


def throwing(one: tuple[str, bool], other: tuple[str, bool], edge: bool) -> Model:
    """A part in which something is thrown while a step waits, and two who may catch it, in the order of the drawing."""
    flow = (
        start("db"), fork("s"), task("t"), throw("op", escalation("hoger")), task("verder"), task("naast"), end("de"),
        end("ne"), way("db", "s", "t", "op", "verder", "de"), way("s", "naast", "ne"),
    )  # fmt: skip
    listeners = [
        listener(id, escalation(name), stops, edge) for id, (name, stops) in zip("pq", (one, other), strict=True)
    ]
    inside, around = ((), listeners) if edge else (listeners, ())
    return drawing.model(start(), sub("d", *flow, *inside), *around, end(), way("begin", "d", "klaar"))


@pytest.mark.parametrize("edge", [False, True], ids=["binnen", "rand"])
def test_of_two_who_may_catch_it_the_same_one_does(edge: bool) -> None:
    kinds = [*product(NAMES, (True, False))]
    for one, other in product(kinds, kinds):
        held(throwing(one, other, edge), most=40)


@pytest.mark.parametrize("what", [escalation("hoger"), escalation(""), message("m")])
@pytest.mark.parametrize("interrupts", [True, False])
def test_a_part_that_was_stopped_hears_nothing_any_more(what: str, interrupts: bool) -> None:
    stops = handler(
        "stop", on("sb", message("stop")), task("st"), throw("op", escalation("hoger")), task("su"), end("se"),
        way("sb", "st", "op", "su", "se"),
    )  # fmt: skip
    flow = (start("db"), task("t"), end("de"), way("db", "t", "de"))
    part = sub("d", *flow, stops, listener("p", what, interrupts, edge=False))
    around = listener("r", escalation("hoger"), interrupts=False, edge=True)
    held(drawing.model(start(), part, around, end(), way("begin", "d", "klaar")), most=60)


@pytest.mark.parametrize("what", [escalation("hoger"), message("m"), timer("Duration", "P1D"), timer("Cycle", "R/P1D")])
@pytest.mark.parametrize("again", ["", "ja", "nee"])
@pytest.mark.parametrize("edge", [False, True], ids=["binnen", "rand"])
def test_what_comes_once_comes_once(what: str, again: str, edge: bool) -> None:
    flow = (
        start("db"), task("t"), throw("op", escalation("hoger")), task("u"), throw("weer", escalation("hoger")),
        task("v"), end("de"), way("db", "t", "op", "u", "weer", "v", "de"),
    )  # fmt: skip
    begins = on("pb", what, False, again) if not edge else ""
    inside = handler("p", begins, task("pt"), end("pe"), way("pb", "pt", "pe")) if not edge else ""
    marks = properties(vaker=again) if again else ""
    around = node("boundaryEvent", "p", marks + what, attachedToRef="d", cancelActivity="false")
    around += task("pt") + end("pe") + way("p", "pt", "pe")
    parts = (start(), sub("d", *flow, inside), around if edge else "", end(), way("begin", "d", "klaar"))
    held(drawing.model(*parts), most=60)


@pytest.mark.parametrize("interrupts", [True, False])
@pytest.mark.parametrize("edge", [False, True], ids=["binnen", "rand"])
def test_who_throws_goes_on_unless_that_ends_it(interrupts: bool, edge: bool) -> None:
    flow = (
        start("db"), fork("s"), throw("op", escalation("hoger")), task("t"), task("u"), task("v"), end("e1"), end("e2"),
        end("e3"), way("db", "s", "op", "t", "e1"), way("op", "u", "e2"), way("s", "v", "e3"),
    )  # fmt: skip
    caught = listener("p", escalation("hoger"), interrupts, edge)
    inside, around = ("", caught) if edge else (caught, "")
    held(drawing.model(start(), sub("d", *flow, inside), around, end(), way("begin", "d", "klaar")), most=40)


def test_a_fault_is_caught_by_its_own_name() -> None:
    flow = (start("db"), task("t"), end("mis", error("mis")), way("db", "t", "mis"))
    for one, other in product(("mis", "anders", ""), repeat=2):
        names = [listener(id, error(name), interrupts=True, edge=True) for id, name in (("p", one), ("q", other))]
        inner = sub("d", *flow)
        outer = sub("b", start("bb"), inner, *names, end("be"), way("bb", "d", "be"))
        last = boundary("r", "b", error("")) + task("rt") + end("re") + way("r", "rt", "re")
        held(drawing.model(start(), outer, last, end(), way("begin", "b", "klaar")), most=40)


def first(one: str, other: str, *more: str) -> Model:
    """A case that waits for which of two comes first."""
    parts = (
        start(), node("eventBasedGateway", "g"), catch("p", one), catch("q", other), task("pt"), task("qt"), end("pe"),
        end("qe"), way("begin", "g", "p", "pt", "pe"), way("g", "q", "qt", "qe"), *more,
    )  # fmt: skip
    return drawing.model(*parts)


def test_of_two_that_come_at_one_moment_the_first_goes_on() -> None:
    clocks = Case(first(timer("Duration", "P1D"), timer("Duration", "P1D"))).wait("P1D")
    assert clocks.open == ["pt"]
    answers = Case(first(conditional("=een"), conditional("=twee"))).correct(een=True, twee=True)
    assert answers.open == ["pt"]
    held(first(timer("Duration", "P1D"), conditional("=waar")))

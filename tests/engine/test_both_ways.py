"""The engine and the prover make the same steps on small diagrams, no more and no fewer: all states, both ways."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import definitions, process
from engine.checks.unproved import unproved
from engine.definitions import Definition, Process, Settings
from engine.errors import DefinitionError
from engine.process import Model
from tests.conformance.adapter import findings
from tests.conformance.test_conformance import MODELS as CONFORMANCE
from tests.engine import drawing
from tests.engine.both_ways import Compared, Engine, Label, Pair, Prover, compare, undecided
from tests.engine.drawing import (
    again,
    boundary,
    catch,
    each,
    end,
    fork,
    handler,
    message,
    on,
    start,
    sub,
    task,
    times,
    way,
)
from tests.engine.free_diagrams import free
from tests.engine.test_proof_engine import FILES, LIST, MODELS, YES, ask

SEEDS = st.integers(0, 2**32 - 1)
FORWARD = frozenset(
    {
        "een keer per regel",  # the lists are given, and the prover takes any
        "per regel tot het genoeg is",
        "voorwaarden",  # one answer makes several conditions true
        "een laatste stap die een voorwaarde waar maakt",
        "een lusteken",  # rounds are counted
        "een lusteken om een deelproces",
        "een bericht per keer",
    }
)
"""Diagrams of which the prover takes more to be possible than the engine can do."""

COUNTED = frozenset(
    {
        *("Loop_ConditionOnly", "Loop_Maximum", "Loop_NoIteration_TestBeforeFalse", "Loop_NoIteration_TestBeforeTrue"),
        *("Loop_Task", "WCP10_ArbitraryCycles"),  # numbers that are counted up
        "Conditional_StartEvent_EventSubProcess_Interrupting",  # a text that is what somebody waits for
    }
)
"""Conformance models of which the same is so."""


def any_move(_label: Label, _pair: Pair | None) -> bool:
    """Excuses whatever the engine can't do."""
    return True


def agree(compared: Compared) -> None:
    """Both made the same steps."""
    assert compared.unknown == [], f"the engine's last move is unknown to the prover, which has {compared.instead}"
    assert compared.impossible == [], (
        f"the prover's last move can't be made by the engine, which has {compared.instead}"
    )
    assert compared.moves


def held(model: Model, mixed: bool = False, most: int = 150) -> None:
    """The two agree on a diagram of which all that is read is free; with `mixed` the prover may know more."""
    engine, prover = Engine(model, fleeting=True), Prover(model.definition, free=not mixed)
    agree(compare(engine, prover, most, any_move if mixed else undecided(engine)))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("document", [{}, LIST], ids=["leeg", "twee"])
def test_both_make_the_same_steps_in_each_state(name: str, document: dict[str, object]) -> None:
    model = drawing.model(*MODELS[name], files=FILES)
    engine, prover = Engine(model, [document]), Prover(model.definition)
    agree(compare(engine, prover, 400, any_move if name in FORWARD else None))


@given(SEEDS)
@settings(max_examples=30)
def test_both_make_the_same_steps_in_a_random_diagram(seed: int) -> None:
    held(free(seed))


@given(SEEDS)
@example(912)  # the innermost handler still runs, and two outer ones wait
@settings(max_examples=25)
def test_a_message_that_many_wait_for_goes_to_the_same_ones(seed: int) -> None:
    held(free(seed, shared=True))


@given(SEEDS)
@settings(max_examples=15)
def test_no_step_is_unknown_where_what_is_thrown_meets_a_condition(seed: int) -> None:
    held(free(seed, mixed=True), mixed=True)


@pytest.mark.long
@given(SEEDS, st.booleans())
@settings(max_examples=300)
def test_both_make_the_same_steps_in_a_larger_random_diagram(seed: int, shared: bool) -> None:
    held(free(seed, 2, shared), most=500)


@pytest.mark.long
@given(SEEDS)
@settings(max_examples=150)
def test_no_step_of_a_larger_random_diagram_is_unknown(seed: int) -> None:
    held(free(seed, 2, mixed=True), mixed=True, most=300)


# --- who hears a message ---------------------------------------------------------------------------------------

LISTENERS = (
    *("top_stop", "top_naast", "rand_d", "rand_d_naast", "stop", "naast", "naast_2", "in_naast", "in_stop"),
    *("vangst", "rand_a", "stop_i", "naast_i", "in_naast_i", "vangst_i"),
)


def listening(*same: str) -> Model:
    """Events at many depths, each for a message of its own but for these, which wait for one and the same."""

    def told(id: str) -> str:
        return message("m" if id in same else id)

    def hears(id: str, interrupts: bool, inside: str) -> str:
        flow = catch(f"in_{id}", told(inside)) if inside else task(f"in_{id}")
        begins = on(f"{id}_b", told(id), interrupts)
        return handler(f"h_{id}", begins, flow, end(f"{id}_e"), way(f"{id}_b", f"in_{id}", f"{id}_e"))

    inner = sub(
        "i", start("ib"), catch("c_i", told("vangst_i")), end("ie"), way("ib", "c_i", "ie"),
        hears("stop_i", True, ""), hears("naast_i", False, "in_naast_i"),
    )  # fmt: skip
    outer = sub(
        "d", start("db"), fork("s"), inner, catch("c", told("vangst")), task("a"),
        boundary("rand_a", "a", told("rand_a")), end("e1"), end("e2"), end("e3"), end("e4"),
        way("db", "s", "i", "e1"), way("s", "c", "e2"), way("s", "a", "e3"), way("rand_a", "e4"),
        hears("stop", True, "in_stop"), hears("naast", False, "in_naast"),
        hears("naast_2", False, ""),
    )  # fmt: skip
    edges = boundary("rand_d", "d", told("rand_d")) + boundary("rand_d_naast", "d", told("rand_d_naast"), False)
    after = (
        task("t1") + task("t2") + end("k1") + end("k2") + way("rand_d", "t1", "k1") + way("rand_d_naast", "t2", "k2")
    )
    top = hears("top_stop", True, "") + hears("top_naast", False, "")
    return drawing.model(start(), outer, edges, after, top, end(), way("begin", "d", "klaar"))


@pytest.mark.parametrize(
    "one", [pytest.param(one, marks=[pytest.mark.long] if number % 3 else []) for number, one in enumerate(LISTENERS)]
)
def test_the_innermost_of_two_hears_a_message(one: str) -> None:
    for other in LISTENERS[LISTENERS.index(one) + 1 :]:
        held(listening(one, other), most=8)


# --- more than two items ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("until", ["", YES])
@pytest.mark.parametrize("inside", [False, True])
def test_two_items_stand_for_more(sequential: bool, until: str, inside: bool) -> None:
    mark = each("=lijst", "regel", sequential, until.replace("antwoord", "regel.antwoord"))
    activity = ask("a", mark)
    if inside:
        stop = handler("h", on("ho", message("ho")), task("b"), end("hk"), way("ho", "b", "hk"))
        activity = sub("d", mark, start("db"), ask("a"), end("dk"), way("db", "a", "dk"), stop)
    id = "d" if inside else "a"
    beside = boundary("weg", id, message("weg")) + task("w") + end("wk") + way("weg", "w", "wk")
    parts = (start(), activity, beside, end(), way("begin", id, "klaar"))
    model = drawing.model(*parts, files=FILES)
    three = Engine(model, [{"lijst": [{"id": number} for number in "123"]}])
    two = Engine(model, [{"lijst": [{"id": number} for number in "23"]}])
    one_done = {
        kept
        for begun in three.begin().values()
        for state in begun
        for label, after in three.moves(state).items()
        if label[0][0] == "taak" and not any(flow[1] == f"{id}_klaar" for flow in label[1])
        for kept in after
    }
    assert one_done
    states = frozenset(kept for begun in two.begin().values() for kept in begun)
    assert _moves(three, frozenset(one_done), 4) == _moves(two, states, 4)


def _moves(engine: Engine, states: frozenset[tuple[str, str]], deep: int) -> object:
    """All that can follow from some states, so many moves on."""
    moves: dict[Label, set[tuple[str, str]]] = {}
    for kept in states if deep else ():
        for label, after in engine.moves(kept).items():
            moves.setdefault(label, set()).update(after)
    return {label: _moves(engine, frozenset(after), deep - 1) for label, after in moves.items()}


@pytest.mark.parametrize("sequential", [False, True])
def test_a_number_of_times_and_a_loop_are_the_same_inside_each_other(sequential: bool) -> None:
    inner = ask("a", times("2", sequential)) + ask("b", again(YES))
    body = sub("d", times("2", not sequential), start("db"), inner, end("dk"), way("db", "a", "b", "dk"))
    model = drawing.model(start(), body, end(), way("begin", "d", "klaar"), files=FILES)
    agree(compare(Engine(model), Prover(model.definition), 300, any_move))


# --- the conformance models ------------------------------------------------------------------------------------


def conforming() -> list[Path]:
    return sorted([*CONFORMANCE.glob("models/**/*.bpmn"), *CONFORMANCE.glob("models-feel/**/*.bpmn")])


def compiled(processes: tuple[Process, ...], id: str) -> Model | None:
    """One of the processes of a file, ready to run; None where its expressions are not FEEL."""
    own = {diagram.id: diagram for diagram in processes}
    try:
        return process.compile_model(Definition(id, "", Settings("", ""), own, {}, {}, frozenset()))
    except DefinitionError:
        return None


@pytest.mark.skipif(
    not conforming(),
    reason="the conformance models are not beside the repository; set KNOOPPUNT_CONFORMANCE to their folder",
)
def test_both_make_the_same_steps_in_the_conformance_models() -> None:
    starts = [{"test": "".join(letters)} for number in range(4) for letters in combinations("abc", number)]
    count = 0
    for path in conforming():
        if findings(path):
            continue  # not run
        processes, _ = definitions.read_processes(path.read_bytes(), path.name)
        if any(unproved(diagram) for diagram in processes):
            continue  # run, and known not to be proved
        for diagram in processes:
            model = None if diagram.triggers else compiled(processes, diagram.id)
            if model is None:
                continue  # begins by an event that a host carries, of which the prover knows nothing
            compared = compare(
                Engine(model, starts), Prover(model.definition), 300, any_move if diagram.id in COUNTED else None
            )
            assert (diagram.id, compared.unknown, compared.impossible) == (diagram.id, [], [])
            count += 1
    assert count >= 60

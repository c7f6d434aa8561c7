"""What the prover says of rows that a message makes: each telling its own row and run, any number side by side."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from engine import process
from engine.errors import ConflictError
from engine.process import Model, Outcome
from engine.proof import KINDS, Rule, Selector
from engine.proof.rule_kinds import START
from tests.engine.both_ways import Engine, Prover, compare
from tests.engine.drawing import (
    MONDAY,
    boundary,
    choice,
    end,
    fork,
    handler,
    message,
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
from tests.engine.test_proof_engine import YES, ask
from tests.engine.test_proof_rows import STOPS, drawn, follow, judged, line, lists


def told(*parts: str, id: str = "gevaar", rows: str = "meldingen") -> str:
    """A run for each telling, of one step or of these parts."""
    inside = parts or (task("stap"), end("gedaan"), way("knop", "stap", "gedaan"))
    return handler(id, on("knop", message("gevaar"), interrupting=False, tellers="maker"), *inside, rows=rows)


SAFE = told(task("stap"), task("besluit"), end("gedaan"), way("knop", "stap", "besluit", "gedaan"))
CHOOSES = told(
    ask("stap"),
    choice("k", default="e1"),
    task("besluit"),
    end("e1"),
    end("e2"),
    way("knop", "stap", "k", "e1"),
    way("k", "besluit", when=YES),
    way("besluit", "e2"),
)
INNER = sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), told())

MODELS: Mapping[str, tuple[str, ...]] = {
    "een melding": (*line(task("doe"), task("na")), told()),
    "twee stappen": (*line(task("doe"), task("na")), SAFE),
    "in een vak": (*line(task("doe"), INNER, task("slot")),),
    "iets dat onderbreekt": (*line(task("doe"), task("na")), told(), STOPS),
    "een einde dat alles stopt": (
        *(start(), task("doe"), end("stop", terminate()), way("begin", "doe", "stop")),
        told(),
    ),
    "op de rand van een stap": (
        *line(task("doe"), task("na")),
        told(
            *(task("stap"), boundary("laat", "stap", timer("Duration", "P3D")), task("maan"), end("e1"), end("e2")),
            *(way("knop", "stap", "e1"), way("laat", "maan", "e2")),
        ),
    ),
    "een keuze in een gang": (*line(task("doe"), task("na")), CHOOSES),
    "een ander rondje ernaast": (
        *line(task("doe")),
        told(),
        handler(
            "los", on("hoort", message("los"), interrupting=False), task("meer"), end("e"), way("hoort", "meer", "e")
        ),
    ),
    "twee dingen tegelijk": (
        *(start(), fork("f"), INNER, task("y"), fork("j"), end()),
        *(way("begin", "f", "vak", "j", "klaar"), way("f", "y", "j")),
    ),
    "iets anders luistert naar hetzelfde": (
        *line(task("doe"), task("na")),
        boundary("rand", "doe", message("gevaar"), interrupting=False),
        task("x"),
        end("k"),
        way("rand", "x", "k"),
        told(),
    ),
}
FORWARD: Mapping[str, tuple[str, ...]] = {
    "het vak gaat weer open": (
        *(start(), choice("weer"), INNER, ask("vraag"), choice("k", default="weer"), end()),
        *(way("begin", "weer", "vak", "vraag", "k", "weer"), way("k", "klaar", when=YES)),
    ),
    "ook een formulier schrijft de lijst": (*line(lists("doe"), task("na")), told(rows="rijen")),
    "twee rondjes van een lijst": (*line(lists("doe"), task("na")), told(rows="rijen"), follow()),
}
"""Diagrams of which the prover takes more to be possible than the engine can do: it forgets which rows are done."""


@pytest.mark.parametrize("name", [*MODELS, *FORWARD])
def test_both_make_the_same_steps(name: str) -> None:
    model = drawn({**MODELS, **FORWARD}[name])
    compared = compare(Engine(model), Prover(model.definition), 60, any_move if name in FORWARD else None)
    agree(compared)
    assert compared.pairs > 3


# --- rules, held to every history of the engine with up to three tellers ------------------------------------------

TELLERS, MOST_MOVES = 3, 4


def histories(model: Model) -> Iterator[tuple[list[tuple[str, str, str]], bool]]:
    """What is done in each case, in order: what, which element, for which row; and whether the case has ended."""
    waiting: deque[tuple[Outcome, list[tuple[str, str, str]], int, int]] = deque()
    waiting.append((process.start(model, {}, MONDAY), [], 0, 0))
    while waiting:
        outcome, past, tellers, moves = waiting.popleft()
        yield past, outcome.ended
        if outcome.ended or moves > MOST_MOVES:
            continue
        case = (model, outcome.state, outcome.document)
        for opened in outcome.open:
            for answer in ("ja", "nee") if model.definition.element(opened.process, opened.element).form else ("",):
                after = process.complete(*case, opened.key, {"antwoord": answer} if answer else {}, MONDAY)
                waiting.append((after, [*past, *done(after)], tellers, moves + 1))
        for name in ("gevaar", "stoppen"):
            if name != "gevaar" or tellers < TELLERS:
                try:
                    after = process.message(*case, name, MONDAY)
                except ConflictError:
                    continue
                begun = [("begin", "knop", after.document["meldingen"][-1]["id"])] if name == "gevaar" else []
                waiting.append((after, [*past, *begun, *done(after)], tellers + bool(begun), moves + 1))


def done(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(note.what, note.element, note.item) for note in outcome.notes if note.what == "klaar"]


def kept(asked: Rule, past: list[tuple[str, str, str]], ended: bool) -> bool:
    """Whether a history keeps a rule for each row by itself."""
    kind = KINDS[asked.kind]
    points = {part: {id for s in given for id in s.aspects["id"]} for part, given in (("a", asked.a), ("b", asked.b))}
    points["unless"] = {id for s in asked.unless for id in s.aspects["id"]}
    for row in {row for what, _, row in past if what == "begin"}:
        phase = START
        for _, element, item in past:
            parts = {part for part, ids in points.items() if element in ids}
            if item == row and parts and kind.turn:
                phase, broken = kind.turn(phase, parts)
                if broken:
                    return False
        if ended and phase in kind.owing:
            return False
    return True


CASES: Mapping[str, tuple[str, ...]] = {
    "twee stappen": (*line(task("doe")), SAFE),
    "een keuze": (*line(task("doe")), CHOOSES),
    "in een vak dat stopt": (*line(sub("vak", start("s"), task("in"), end("e"), way("s", "in", "e"), CHOOSES, STOPS)),),
    "een einde dat alles stopt": (
        *(start(), task("doe"), end("stop", terminate()), way("begin", "doe", "stop")),
        SAFE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_about_a_run_holds_where_it_holds_in_every_history_of_each_row(name: str) -> None:
    model = drawn(CASES[name])
    every = [*histories(model)]
    for kind in (kind for kind in KINDS.values() if kind.row_by_row):
        for a, b, unless in (
            ("stap", "besluit", ""),
            ("besluit", "stap", ""),
            ("knop", "besluit", ""),
            ("knop", "stap", "besluit"),
        ):
            asked = rule(kind.name, a, b, unless)
            broken = any(not kept(asked, past, ended) for past, ended in every)
            assert judged(asked, *CASES[name]).outcome == ("broken" if broken else "holds"), asked


def test_what_one_teller_did_is_nothing_to_the_file_of_another() -> None:
    parts = (*line(task("doe")), SAFE)
    assert judged(rule("precedence", "stap", "besluit"), *parts).outcome == "holds"
    first = replace(rule("precedence", "stap", "besluit"), expires=(Selector({"id": ("knop",)}),))
    assert judged(first, *parts).outcome == "holds", "that another tells makes nothing undone"
    skips = (*line(task("doe")), CHOOSES)
    assert judged(rule("response", "knop", "besluit"), *skips).outcome == "broken"


def test_each_telling_is_met_at_any_moment_again_and_again() -> None:
    parts = (*line(task("doe"), task("na")), SAFE)
    assert judged(rule("absence", "stap"), *parts).outcome == "broken"
    assert judged(rule("not-succession", "na", "knop"), *parts).outcome == "holds", "then its scope has come to its end"
    assert judged(rule("not-succession", "doe", "knop"), *parts).outcome == "broken"
    again = judged(replace(rule("not-succession", "besluit", "stap"), b=(Selector({"id": ("stap", "na")}),)), *parts)
    assert again.outcome == "broken"


def test_what_stops_the_case_stops_each_run() -> None:
    parts = (*line(task("doe"), task("na")), SAFE, STOPS)
    verdict = judged(rule("response", "knop", "besluit"), *parts)
    assert verdict.outcome == "broken"
    assert "Er komt een bericht: 'knop'." in verdict.story
    assert judged(rule("not-succession", "stop", "stap"), *parts).outcome == "holds"


def test_what_hears_a_message_first_keeps_it_from_what_must_be_able_to_hear_it() -> None:
    part = (start("s"), task("in"), end("e"), way("s", "in", "e"))
    inner = handler(
        "los", on("hoort", message("weg"), False), task("lees"), end("gelezen"), way("hoort", "lees", "gelezen")
    )
    edge = (boundary("rand", "vak", message("weg")), end("k"), way("rand", "k"))
    always = replace(rule("availability", "begin", "rand"), b=(Selector({"id": ("rand",)}),))
    assert judged(always, *line(sub("vak", *part)), *edge).outcome == "holds"
    assert judged(always, *line(sub("vak", *part, inner)), *edge).outcome == "broken"


def test_what_a_run_answers_about_its_row_is_remembered_as_of_that_row_alone() -> None:
    asks = (
        *(ask("stap"), choice("k", default="e1"), task("besluit"), choice("l", default="e2"), task("meld")),
        *(end("e1"), end("e2"), end("e3"), way("knop", "stap", "k", "e1"), way("besluit", "l", "e2")),
        *(way("k", "besluit", when=YES), way("l", "meld", when=YES), way("meld", "e3")),
    )
    follows = rule("response", "besluit", "meld")
    assert judged(follows, *line(task("doe")), told(*asks)).outcome == "holds"
    assert judged(follows, *line(ask("doe")), told(*asks)).outcome == "broken", "what else is called so is the case's"

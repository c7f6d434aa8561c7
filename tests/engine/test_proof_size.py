"""What grows in width is proved in seconds: many questions, branches and handlers are not multiplied by each other.

The bounds are three times what is meant, in processor time, so that a slow machine stays within them.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from engine import definitions, proof
from engine.checks import gates, survey
from engine.checks.proven import by_itself
from engine.checks.unproved import unproved
from engine.definitions import Definition, read_processes
from engine.proof import Rule, Selector
from tests.engine import drawing
from tests.engine.drawing import (
    boundary,
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
from tests.engine.test_proof import drawn, judged, pick, rule


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """So much processor time is meant."""
    before = time.process_time()
    yield
    assert time.process_time() - before < 3 * seconds


def question(id: str, key: str) -> bytes:
    """A form with one question that must be answered with yes or no."""
    values = [{"value": value, "label": value.title()} for value in ("ja", "nee")]
    field: dict[str, object] = {"id": key, "type": "radio", "key": key, "label": "Is dit zo?", "values": values}
    field |= {"validate": {"required": True}}
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": [field]}).encode()


def questions(count: int, *more: str, read_again: int = 0) -> Definition:
    """So many questions in a row, each read by a gateway at once, and some of them once more at the end."""
    parts, files, row = [start(), end(), *more], {"regio.yaml": drawing.SETTINGS}, ["begin"]
    for number in [*range(count), *range(read_again)]:
        again = len(row) > count
        split, join, step = (f"{name}{len(row)}" for name in ("splits", "samen", "stap"))
        if not again:
            files[f"vraag{number}.form"] = question(f"vraag{number}", f"antwoord{number}")
            parts += [node("userTask", f"vraag{number}", camunda_formRef=f"vraag{number}")]
            parts += [way(f"vraag{number}", split), way(row[-1], f"vraag{number}")]
        else:
            parts.append(way(row[-1], split))
        parts += [choice(split, default=join), task(step), choice(join), way(split, join), way(step, join)]
        parts.append(way(split, step, when=f'=antwoord{number} = "ja"'))
        row.append(join)
    parts.append(way(row[-1], "klaar"))
    return definitions.assemble("proef", "", {"proef.bpmn": drawing.diagram("proef", *parts), **files})


def test_answers_are_forgotten_after_their_last_reader() -> None:
    definition = questions(100)
    yes = (Selector({"id": ("vraag50",)}, answers=frozenset({"ja"})),)
    with within(2):
        assert proof.sound(definition) == ()
        assert judged(definition, rule("precedence", "vraag0", "stap100")).outcome == "holds"
        assert judged(definition, Rule("r", "r", "precedence", yes, pick("stap51"), reason="D.")).outcome == "holds"
        assert judged(definition, Rule("r", "r", "precedence", yes, pick("stap52"), reason="D.")).outcome == "broken"


def test_an_answer_that_is_read_again_later_is_not_forgotten() -> None:
    definition = questions(6, read_again=3)
    assert judged(definition, rule("precedence", "stap2", "stap8")).outcome == "holds"
    assert judged(definition, rule("precedence", "stap2", "stap7")).outcome == "broken"


# --- branches ----------------------------------------------------------------------------------------------------

STOP = handler("h", on("stop", message("stop")), task("x"), end("hk"), way("stop", "x", "hk"))


def branches(count: int, *more: str, late: bool = False, join: str = "") -> Definition:
    """So many parallel branches of three steps; of the second a clock may break off the work, where `late`."""
    parts = [start(), fork("s"), join or fork("j"), way("begin", "s"), *more]
    parts += [task("z"), end(), way("j", "z", "klaar")] if "endEvent" not in join else []
    for number in range(count):
        first, second, third = (f"{step}{number}" for step in "abc")
        parts += [task(first), task(second), task(third), way("s", first, second)]
        if late:
            edge, instead, after = f"klok{number}", f"d{number}", f"v{number}"
            parts += [boundary(edge, second, timer("Duration", "P3D")), task(instead), choice(after)]
            parts += [way(edge, instead, after), way(second, after, third, "j")]
        else:
            parts.append(way(second, third, "j"))
    return drawn(*parts)


def each(steps: str, count: int) -> tuple[Selector, ...]:
    return tuple(Selector({"id": (f"{steps}{number}",)}) for number in range(count))


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (rule("precedence", "a0", "b0"), "holds"),
        (rule("precedence", "a0", "c7"), "broken"),
        (rule("response", "a0", "c0", unless="stop"), "holds"),
        (rule("response", "a0", "c0"), "broken"),
        (rule("not-succession", "b3", "a3"), "holds"),
        (Rule("r", "r", "not-succession", pick("klaar"), each("c", 15), reason="D."), "holds"),
        (Rule("r", "r", "precedence", each("a", 15), each("c", 15), reason="D."), "holds"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_fifteen_branches_that_something_may_break_off_are_not_multiplied(
    asked: Rule, outcome: str, late: bool
) -> None:
    definition = branches(15, STOP, late=late)
    with within(1):
        assert judged(definition, asked).outcome == outcome


@pytest.mark.parametrize(
    ("join", "late", "kinds"),
    [
        (fork("j"), False, set()),
        (fork("j"), True, set()),
        (choice("j"), False, {"dubbel"}),
        (end("j", terminate()), True, set()),
    ],
)
def test_fifteen_branches_are_told_sound_or_not(join: str, late: bool, kinds: set[str]) -> None:
    definition = branches(15, late=late, join=join)
    with within(1):
        assert {finding.rule for finding in proof.sound(definition)} == kinds


def test_the_path_that_breaks_a_rule_among_many_branches_holds_only_what_it_needs() -> None:
    verdict = judged(branches(15, STOP, late=True), rule("response", "b4", "c4"))
    assert verdict.outcome == "broken"
    done = {id for step in verdict.path for what, _, id in step if what == "klaar"}
    assert done & {f"{step}{number}" for number in range(15) for step in "bcd"} == {"b4"}


# --- handlers ----------------------------------------------------------------------------------------------------


def handlers(count: int) -> list[str]:
    """So many event sub-processes that let the flow be."""
    return [
        handler(f"h{k}", on(b := f"bij{k}", message(b), False), task(f"x{k}"), end(f"e{k}"), way(b, f"x{k}", f"e{k}"))
        for k in range(count)
    ]


WEG = (Selector({"bericht": ("weg",)}),)


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        (rule("precedence", "a", "b"), "holds"),
        (rule("precedence", "bij3", "x3"), "holds"),
        (Rule("r", "r", "precedence", each("bij", 12), each("x", 12), reason="D."), "holds"),
        (Rule("r", "r", "response", pick("a"), pick("b"), (*pick("w"), *each("x", 12)), reason="D."), "holds"),
        (Rule("r", "r", "response", pick("a"), each("x", 12), reason="D."), "broken"),
        (Rule("r", "r", "not-succession", pick("klaar"), each("bij", 12), reason="D."), "holds"),
        (Rule("r", "r", "availability", pick("a"), WEG, pick("klaar"), reason="D."), "holds"),
        (Rule("r", "r", "availability", pick("a"), WEG, pick("b"), reason="D."), "holds"),
    ],
)  # fmt: skip
def test_twelve_handlers_beside_one_way_are_not_multiplied(asked: Rule, outcome: str) -> None:
    steps = (start("db"), task("a"), task("b"), end("dk"), way("db", "a", "b", "dk"), *handlers(12))
    definition = drawn(
        start(), sub("d", *steps), boundary("weg", "d", message("weg")), task("w"), end("wk"), end(),
        way("begin", "d", "klaar"), way("weg", "w", "wk"),
    )  # fmt: skip
    with within(2):
        assert proof.sound(definition) == ()
        assert judged(definition, asked).outcome == outcome


# --- drawings of others ------------------------------------------------------------------------------------------

ANALYZER = Path(os.environ.get("KNOOPPUNT_ANALYZER", Path(__file__).parents[3] / "shared" / "analyzer"))


UNSOUND = {"vast", "rondje", "nooit", "dubbel", "fout", "te_groot"}


def unsound(content: bytes, file: str) -> set[str]:
    """The ways in which a drawing by itself is unsound, as the check tells it."""
    process, findings = gates.first(content, file)
    assert process is not None
    return {finding.rule.id for finding in gates.alone(process, findings)} & UNSOUND


@pytest.mark.skipif(not ANALYZER.is_dir(), reason="the large drawings of others are not beside the repository")
@pytest.mark.parametrize("name", ["400", "500", "p10x01", "p15x01", "p17x01"])
def test_large_drawings_of_others_are_told_sound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looking = import_module("engine.checks.survey")  # its name in engine.checks is that of its function
    monkeypatch.setattr(looking, "SECONDS_TO_PLAY", 3 * looking.SECONDS_TO_PLAY)
    with within(5):
        rules = {finding.rule.id for finding in survey(ANALYZER / f"{name}.bpmn").findings}
    assert rules & (UNSOUND | {"niet_af"}) == set()


@pytest.mark.parametrize(("join", "kinds"), [(choice("j"), set()), (fork("j"), {"vast", "nooit"})])
def test_a_choice_that_does_not_say_what_it_goes_by_is_taken_every_way(join: str, kinds: set[str]) -> None:
    parts = (start(), choice("k"), task("a"), task("b"), join, end(), way("begin", "k", "a", "j", "klaar"))
    assert unsound(drawing.diagram("proef", *parts, way("k", "b", "j")), "proef.bpmn") == kinds


@pytest.mark.skipif(not ANALYZER.is_dir(), reason="the large drawings of others are not beside the repository")
def test_each_process_of_a_drawing_of_others_is_told_sound() -> None:
    with within(5):
        findings = survey(ANALYZER / "e020.bpmn").findings
    assert {finding.rule.id for finding in findings} & (UNSOUND | {"niet_af"}) == set()
    processes, _ = read_processes((ANALYZER / "e020.bpmn").read_bytes(), "e020.bpmn")
    assert len(processes) == 4
    assert all(unproved(by_itself(process).root) == () for process in processes)


def test_a_process_that_gets_stuck_is_told_among_several_in_a_file(tmp_path: Path) -> None:
    stuck = (start(), choice("k"), task("a"), task("b"), fork("j"), end(), way("begin", "k", "a", "j", "klaar"))
    content = drawing.diagram("proef", *stuck, way("k", "b", "j")).decode()
    other = '<bpmn:process id="ander"><bpmn:startEvent id="b2"/><bpmn:task id="t2"/></bpmn:process>'
    file = tmp_path / "proef.bpmn"
    file.write_text(content.replace("</bpmn:process>", f"</bpmn:process>{other}", 1))
    places = {(finding.rule.id, finding.element) for finding in survey(file).findings}
    assert ("vast", "j") in places


def test_a_definition_that_draws_the_same_is_not_proved_again() -> None:
    rules = [rule("precedence", "a", "b")]

    def proved(*first: str) -> tuple[proof.Verdict, ...]:
        parts = (start(), task("a"), task("b"), end(), way("begin", *first, "klaar"))
        return proof.prove(drawing.model(*parts).definition, rules)

    (holds,), (again,), (broken,) = proved("a", "b"), proved("a", "b"), proved("b", "a")
    assert holds is again
    assert (holds.outcome, broken.outcome) == ("holds", "broken")

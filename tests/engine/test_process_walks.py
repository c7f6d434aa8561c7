"""Random walks through own models and the reference process: no walk crashes, and none notices that it was stored."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import definitions, process
from engine.process import Model, OpenTask, Outcome
from engine.process import state as states
from tests.engine.drawing import MONDAY, boundary, end, escalation, handler, model, on, start, sub, task, timer, way
from tests.engine.test_process_events import CALLED, LONG, beside, stops

WORKFLOWS = Path(__file__).parent.parent.parent / "workflows"
SEEDS = st.integers(0, 2**32 - 1)


# --- what a walk does ------------------------------------------------------------------------------------------


@cache
def reference(root: str, region: str) -> Model:
    return process.compile_model(definitions.load(WORKFLOWS, root, region))


@cache
def own() -> Model:
    """Much of what there is at once: a loop of calls, clocks, an escalation, and events at two levels."""
    caught = handler(
        "bij_op",
        on("op_komt", escalation("op")),
        task("sluiten"),
        end("op_klaar"),
        way("op_komt", "sluiten", "op_klaar"),
    )
    clock = handler(
        "klok",
        on("klok_komt", timer("Duration", "P9D"), interrupting=False),
        task("herinneren"),
        end("klok_klaar"),
        way("klok_komt", "herinneren", "klok_klaar"),
    )
    traject = sub(
        "traject",
        *LONG,
        stops(),
        beside(last=escalation("op")),
        caught,
        clock,
        boundary("haast", "een", timer("Duration", "P3D"), interrupting=False),
        task("porren"),
        end("gepord"),
        way("haast", "porren", "gepord"),
    )
    return model(start("b"), traject, end("e"), way("b", "traject", "e"), beside("onveilig", "meldcode"), called=CALLED)


def values(form: Any, chance: random.Random) -> dict[str, Any]:
    """Answers that a form might give: what it requires, and most of the rest; not each is sensible, as people's are."""
    return {field.key: value(field, chance) for field in form.input_fields() if chance.random() < 0.9 or field.required}


def value(field: Any, chance: random.Random) -> Any:
    options = [option.value for option in field.options] or ["jgz_heuvelkind", "maatjes_samenop"]
    made: dict[str, Any] = {
        "number": chance.randint(0, 42),
        "date": (MONDAY + timedelta(days=chance.randint(-400, 400))).date().isoformat(),
        "checkbox": chance.random() < 0.5,
        "radio": chance.choice(options),
        "select": chance.choice(options),
        "checklist": chance.sample(options, 1),
    }
    if field.kind == "dynamiclist":
        return [{part.key: value(part, chance) for part in field.fields} for _ in range(chance.randint(0, 3))]
    return made.get(field.kind, "tekst")


class Walk:
    """Somebody, or the clock, or a message: whichever the dice say, and the same for the same seed."""

    def __init__(self, of: Model, seed: int) -> None:
        self.model, self.chance, self.now = of, random.Random(seed), MONDAY  # noqa: S311
        document = {"rijen": [{"id": "a"}, {"id": "b"}]} if of.definition.id == "proef" else {}
        self.outcome = process.start(of, document, self.now)

    def step(self) -> Outcome:
        before, dice = self.outcome, self.chance.random()
        messages = sorted(
            e.event.name
            for e in process.awaited(self.model, before.state, before.document, self.now)
            if e.event is not None
        )
        if messages and dice < 0.12:
            name = self.chance.choice(messages)
            self.outcome = process.message(self.model, before.state, before.document, name, self.now)
        elif before.open and dice < 0.8:
            self._complete(self.chance.choice(sorted(before.open, key=self._place)))
        else:
            self.now += timedelta(days=self.chance.choice((1, 7, 40, 200)))
            self.outcome = process.tick(self.model, before.state, before.document, self.now)
        return self.outcome

    def _place(self, opened: OpenTask) -> tuple[str, str, int]:
        """Where an open step stands, without its key and the id of its item: those are drawn anew in every walk."""
        rows = [row for rows in self.outcome.document.values() if isinstance(rows, list) for row in rows]
        ids = [row.get("id") for row in rows if isinstance(row, dict)]
        return opened.process, opened.element, ids.index(opened.item) if opened.item else -1

    def _complete(self, chosen: OpenTask) -> None:
        element = self.model.definition.element(chosen.process, chosen.element)
        form = self.model.definition.forms.get(element.form)
        answers = values(form, self.chance) if form else {"gezien": self.now.isoformat()}
        before = self.outcome
        self.outcome = process.complete(self.model, before.state, before.document, chosen.key, answers, self.now)

    def go(self, steps: int) -> Iterator[Outcome]:
        yield self.outcome
        for _ in range(steps):
            if self.outcome.ended:
                return
            yield self.step()


def trace(outcome: Outcome) -> tuple[object, ...]:
    """What can be seen of an outcome from outside, but for keys, which are drawn at random."""
    opened = sorted((t.process, t.element, bool(t.item), t.organisation) for t in outcome.open)
    notes = sorted((n.process, n.element, n.what) for n in outcome.notes)
    return opened, outcome.due, outcome.ended, sorted(outcome.flows), notes


# --- what must hold --------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(SEEDS)
def test_every_walk_of_the_reference_process_waits_for_something_or_ends(seed: int) -> None:
    for outcome in Walk(reference("casus", "zuid-limburg"), seed).go(60):
        assert outcome.ended != bool(outcome.open or outcome.due), "a case waits for somebody or the clock, or ended"
        assert len(outcome.state) < 8_000


@settings(max_examples=20)
@given(SEEDS, st.sampled_from([("opzetten", "zuid-limburg"), ("casus", "de-waterlanden")]))
def test_walks_of_the_other_definitions_do_not_crash_either(seed: int, which: tuple[str, str]) -> None:
    for outcome in Walk(reference(*which), seed).go(50):
        assert outcome.ended != bool(outcome.open or outcome.due)


@settings(max_examples=60)
@given(SEEDS)
def test_walks_of_a_model_with_all_events_do_not_crash(seed: int) -> None:
    for outcome in Walk(own(), seed).go(40):
        assert outcome.ended == (not outcome.open)


def kept_alive(patch: pytest.MonkeyPatch) -> None:
    """Let the engine go on with the very workflow that it had, instead of storing and restoring it."""
    alive: dict[str, Any] = {}

    def keep(workflow: Any) -> str:
        alive[str(id(workflow))] = workflow
        return str(id(workflow))

    def give(built: object, text: str, run: object) -> Any:
        alive[text].script_engine = run
        return alive[text]

    patch.setattr(states, "dump", keep)
    patch.setattr(states, "load", give)


@settings(max_examples=60)
@given(SEEDS, st.sampled_from(["casus", "proef"]))
def test_storing_and_restoring_between_any_two_actions_changes_nothing(seed: int, which: str) -> None:
    of = own() if which == "proef" else reference("casus", "zuid-limburg")
    stored = [trace(outcome) for outcome in Walk(of, seed).go(40)]
    with pytest.MonkeyPatch.context() as patch:
        kept_alive(patch)
        assert [trace(outcome) for outcome in Walk(of, seed).go(40)] == stored


@settings(max_examples=30)
@given(SEEDS)
def test_a_clock_that_looks_too_early_changes_nothing(seed: int) -> None:
    walk = Walk(own(), seed)
    for outcome in walk.go(30):
        again = process.tick(walk.model, outcome.state, outcome.document, walk.now)
        assert trace(again)[:3] == trace(outcome)[:3]
        assert (again.notes, again.flows, again.document) == ((), (), outcome.document)
        assert {t.key for t in again.open} == {t.key for t in outcome.open}


@settings(max_examples=60)
@given(SEEDS)
def test_every_step_takes_flows_that_are_drawn_and_opens_steps_that_are_drawn(seed: int) -> None:
    of = reference("casus", "zuid-limburg")
    drawn = of.definition.processes
    for outcome in Walk(of, seed).go(40):
        assert all(flow in drawn[id].flows for id, flow in outcome.flows)
        assert all(drawn[t.process].elements[t.element].kind == "userTask" for t in outcome.open)
        assert len({t.key for t in outcome.open}) == len(outcome.open)

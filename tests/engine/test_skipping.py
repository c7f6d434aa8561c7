"""A step that may be skipped: the case goes on past it, it answers nothing, and the proof knows both ways."""

from dataclasses import replace

import pytest

from engine import cases, checks, definitions, process
from engine.access import Appointment
from engine.definitions import Definition
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.proof import Rule, Selector, prove
from engine.words import Happening
from tests.engine.drawing import MONDAY, SETTINGS, Case, diagram, each, end, model, node, properties, start, task, way
from tests.engine.playing import HOME, LEAD, OVERSEER, REPORTER, STRANGER, Play, example

MAY = node("userTask", "bel", properties(overslaan="ja"))
ROW = (start(), MAY, task("bezoek"), end(), way("begin", "bel", "bezoek", "klaar"))


def skipped(case: Case, element: str) -> Case:
    before = case.outcome
    case._took(process.skip(case.model, before.state, before.document, case.find(element).key, MONDAY))
    return case


def test_a_case_goes_on_past_a_step_that_is_skipped_and_knows_no_more() -> None:
    case = skipped(Case(model(*ROW), naam="Ans"), "bel")
    assert (case.open, case.document) == (["bezoek"], {"naam": "Ans"})
    assert case.ends_of("bel") == ["overgeslagen"]
    with pytest.raises(ConflictError, match="mag niet worden overgeslagen"):
        skipped(case, "bezoek")
    assert case.do("bezoek").ended


def drawn(*parts: str) -> Definition:
    return definitions.assemble("proef", "", {"proef.bpmn": diagram("proef", *parts), "regio.yaml": SETTINGS})


@pytest.mark.parametrize(
    ("kind", "outcome"), [("precedence", "broken"), ("existence", "broken"), ("response", "holds")]
)
def test_what_may_be_skipped_counts_as_done_in_no_rule(kind: str, outcome: str) -> None:
    other = () if kind == "existence" else (Selector({"id": ("bezoek",)}),)
    rule = Rule("regel", "Regel", kind, (Selector({"id": ("bel",)}),), other, reason="Daarom.")
    (verdict,) = prove(drawn(*ROW), [rule])
    assert verdict.outcome == outcome
    assert ("'bel' wordt overgeslagen." in verdict.story) == (outcome == "broken")


def test_a_step_that_is_done_for_each_of_a_list_is_not_skipped() -> None:
    many = node("userTask", "bel", properties(overslaan="ja") + each("=lijst", "regel"))
    (finding,) = checks.dialect(drawn(start(), many, end(), way("begin", "bel", "klaar")).root)
    assert finding.rule.id == "overslaan_meer_keer"


def test_who_may_do_a_step_skips_it_with_a_reason_that_only_they_read_back(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    row = play.row("kennismaken")
    with play.as_(STRANGER) as ctx, pytest.raises(NotFoundError):
        cases.skip(ctx, row.id, "Niet nodig")
    with play.as_(LEAD) as ctx, pytest.raises(InvalidDataError):
        cases.skip(ctx, row.id, " ")
    with play.as_(LEAD) as ctx:
        cases.skip(ctx, row.id, "Ik kom er al een jaar.")
    assert play.open() == ["gezinsdoelen_opstellen"]
    (*_, event) = play.view(OVERSEER).history
    assert (event.kind, event.element, event.detail.get("reden")) == (Happening.SKIPPED, "kennismaken", None)
    assert "kennismaken" not in {answered.element.id for answered in play.view(LEAD).answers}
    with play.as_(LEAD) as ctx, pytest.raises(ConflictError):
        cases.skip(ctx, row.id, "Nog eens")


def test_a_step_that_was_skipped_is_open_again_when_that_is_undone(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(LEAD) as ctx:
        cases.skip(ctx, play.row("kennismaken").id, "Ik kom er al een jaar.")
        cases.undo(ctx, play.case_id)
    assert play.open() == ["kennismaken"]


def test_only_what_the_drawing_says_may_be_skipped(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="signaal_bespreken")
    with play.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
        cases.skip(ctx, play.row("signaal_bespreken").id, "Niet nodig")


def test_an_example_skips_a_step_by_who_may_do_it(play: Play) -> None:
    play.play(example("kennen_elkaar_al"))
    assert play.open() == ["gezinsdoelen_opstellen"]
    (past,) = (event for event in play.history() if event.kind == Happening.SKIPPED)
    assert past.element == "kennismaken"


def test_who_gave_a_reason_wrote_and_may_add_what_comes_late(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(OVERSEER) as ctx:
        partner = replace(ctx, actor=replace(ctx.actor, appointments=(Appointment("kernpartner", HOME),)))
        with pytest.raises(NotFoundError):
            cases.noting(partner, play.case_id)
        cases.close(ctx, play.case_id, "Het gezin verhuist.")
        cases.noting(partner, play.case_id)

"""How a case goes from step to step: order, choices, parallel ways, sub-processes, and what is kept of it."""

import json
from typing import Any

import pytest

from engine import definitions, process
from engine.errors import ConflictError, DefinitionError, ProcessError
from tests.engine.drawing import (
    MONDAY,
    Case,
    call,
    choice,
    diagram,
    end,
    fork,
    model,
    node,
    properties,
    start,
    sub,
    task,
    terminate,
    way,
)

ADVICE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="advies" name="Advies"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="e" typeRef="number"><text>weken</text></inputExpression></input>
<output id="o" name="advies" typeRef="string" />
<rule id="r1"><inputEntry id="a"><text>&gt; 30</text></inputEntry>
<outputEntry id="b"><text>"spoed"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text></text></inputEntry>
<outputEntry id="f"><text>"gewoon"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


# --- one after another -----------------------------------------------------------------------------------------


def test_steps_open_one_after_another_and_the_case_ends_after_the_last() -> None:
    case = Case(model(start(), task("een"), task("twee"), end(), way("begin", "een", "twee", "klaar")))
    assert (case.open, case.ended) == (["een"], False)
    assert (case.do("een").open, case.ended) == (["twee"], False)
    assert (case.do("twee").open, case.ended) == ([], True)
    assert case.flows == ["begin_een", "een_twee", "twee_klaar"]


def test_a_process_without_a_person_ends_at_once() -> None:
    assert Case(model(start(), end(), way("begin", "klaar"))).ended


def test_answers_land_in_the_document_and_those_of_before_stay() -> None:
    case = Case(model(start(), task("een"), end(), way("begin", "een", "klaar")), gezin_naam="Proef")
    assert case.do("een", telefoon="06").document == {"gezin_naam": "Proef", "telefoon": "06"}


def test_rows_of_a_list_get_an_id_that_stays() -> None:
    case = Case(model(start(), task("een"), task("twee"), end(), way("begin", "een", "twee", "klaar")))
    case.do("een", doelen=[{"doel": "rust"}, {"doel": "slapen"}])
    first, second = case.document["doelen"]
    assert first["id"] != second["id"]
    case.do("twee", doelen=[{**second, "doel": "goed slapen"}, {"doel": "overzicht"}])
    assert case.document["doelen"][0] == {"id": second["id"], "doel": "goed slapen"}
    assert case.document["doelen"][1]["id"] not in (first["id"], second["id"])


def test_a_step_that_is_done_can_not_be_done_again() -> None:
    case = Case(model(start(), task("een"), task("twee"), end(), way("begin", "een", "twee", "klaar")))
    gone = case.find("een")
    case.do("een")
    with pytest.raises(ConflictError, match="staat niet meer open"):
        case.press(gone)


def test_a_step_that_never_was_is_a_conflict_and_no_crash() -> None:
    case = Case(model(start(), task("een"), end(), way("begin", "een", "klaar")))
    for key in ("0" * 32, "", "geen sleutel"):
        with pytest.raises(ConflictError):
            process.complete(case.model, case.outcome.state, {}, key, {}, MONDAY)


def test_the_key_of_a_step_stays_while_others_are_done() -> None:
    case = Case(
        model(
            start(),
            fork("samen"),
            task("a"),
            task("b"),
            end("klaar_a"),
            end("klaar_b"),
            way("begin", "samen", "a", "klaar_a"),
            way("samen", "b", "klaar_b"),
        )
    )
    key = case.find("b").key
    assert case.do("a").find("b").key == key


def test_ids_that_the_engine_beneath_uses_itself_are_plain_ids() -> None:
    case = Case(
        model(
            start("Start"),
            task("End"),
            task("Root"),
            task("x_y"),
            end("Einde"),
            way("Start", "End", "Root", "x_y", "Einde"),
        )
    )
    assert case.do("End").do("Root").do("x_y").ended


def test_a_model_is_shared_by_cases_that_know_nothing_of_each_other() -> None:
    shared = model(start(), task("een"), task("twee"), end(), way("begin", "een", "twee", "klaar"))
    first, second = Case(shared, naam="a"), Case(shared, naam="b")
    first.do("een", x=1)
    assert second.open == ["een"]
    assert (first.document, second.document) == ({"naam": "a", "x": 1}, {"naam": "b"})


def test_a_move_leaves_the_document_that_it_was_given_alone() -> None:
    case = Case(model(start(), task("een"), end(), way("begin", "een", "klaar")))
    given = {"rijen": [{"id": "r", "n": 1}], "naam": "oud"}
    process.complete(case.model, case.outcome.state, given, case.find("een").key, {"naam": "nieuw"}, MONDAY)
    process.correct(case.model, case.outcome.state, given, "r", {"n": 2}, MONDAY)
    assert given == {"rijen": [{"id": "r", "n": 1}], "naam": "oud"}


# --- choices ---------------------------------------------------------------------------------------------------

CHOICE = (
    start(),
    task("vraag"),
    choice("keuze", default="nee"),
    task("ja"),
    task("spoed"),
    task("nee"),
    end(),
    way("begin", "vraag", "keuze"),
    way("keuze", "ja", when='=antwoord = "ja"'),
    way("keuze", "spoed", when="=weken &gt; 34"),
    way("keuze", "nee"),
    way("ja", "klaar"),
    way("spoed", "klaar"),
    way("nee", "klaar"),
)


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"antwoord": "ja"}, "ja"),
        ({"antwoord": "nee"}, "nee"),
        ({"antwoord": "nee", "weken": 35}, "spoed"),
        ({"antwoord": "ja", "weken": 35}, "ja"),
        ({}, "nee"),
        ({"antwoord": None, "weken": None}, "nee"),
        ({"weken": "vijfendertig"}, "nee"),
    ],
)
def test_a_choice_takes_the_first_answer_that_is_true_and_else_the_default(answers: dict[str, Any], taken: str) -> None:
    case = Case(model(*CHOICE)).do("vraag", **answers)
    assert case.open == [taken]
    assert [flow for flow in case.flows if flow.startswith("keuze_")] == [f"keuze_{taken}"]


def test_a_choice_in_which_nothing_fits_stops_and_names_the_question() -> None:
    case = Case(
        model(
            start(),
            task("vraag"),
            choice("keuze"),
            end("a"),
            end("b"),
            way("begin", "vraag", "keuze"),
            way("keuze", "a", when="=x = 1"),
            way("keuze", "b", when="=x = 2"),
        )
    )
    with pytest.raises(ProcessError, match="past geen enkel antwoord") as caught:
        case.do("vraag", x=3)
    assert caught.value.element == "keuze"


def test_a_choice_whose_answers_meet_again_opens_the_next_step_once() -> None:
    case = Case(
        model(
            start(),
            choice("keuze", default="b"),
            task("a"),
            task("b"),
            choice("samen"),
            task("verder"),
            end(),
            way("begin", "keuze"),
            way("keuze", "a", when="=false"),
            way("keuze", "b"),
            way("a", "samen"),
            way("b", "samen"),
            way("samen", "verder", "klaar"),
        )
    )
    assert case.do("b").open == ["verder"]


# --- at the same time ------------------------------------------------------------------------------------------

BLOCK = (
    fork("splits"),
    task("a"),
    task("b"),
    fork("samen"),
    way("splits", "a", "samen"),
    way("splits", "b", "samen"),
)


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_parallel_steps_are_open_together_and_wait_for_each_other(order: tuple[str, str]) -> None:
    case = Case(model(start(), *BLOCK, task("na"), end(), way("begin", "splits"), way("samen", "na", "klaar")))
    assert case.open == ["a", "b"]
    assert case.do(order[0]).open == [order[1]]
    assert case.do(order[1]).open == ["na"]


def test_parallel_steps_see_and_keep_each_others_answers() -> None:
    case = Case(model(start(), *BLOCK, task("na"), end(), way("begin", "splits"), way("samen", "na", "klaar")))
    case.do("a", van_a=1, gedeeld="a").do("b", van_b=2)
    assert case.document == {"van_a": 1, "van_b": 2, "gedeeld": "a"}


ROUNDS = (
    start(),
    choice("weer"),
    *BLOCK,
    choice("genoeg", default="weer"),
    end(),
    way("begin", "weer", "splits"),
    way("samen", "genoeg", "weer"),
    way("genoeg", "klaar", when='=klaar = "ja"'),
)


def test_a_parallel_block_in_a_loop_waits_for_both_in_every_round() -> None:
    case = Case(model(*ROUNDS))
    for turn in range(6):
        first, second = ("a", "b") if turn % 2 else ("b", "a")
        assert case.open == ["a", "b"]
        assert case.do(first).open == [second]
        case.do(second, klaar="ja" if turn == 5 else "nee")
    assert case.ended
    assert case.flows.count("samen_genoeg") == 6


def test_parallel_blocks_inside_each_other_join_each_at_their_own_end() -> None:
    case = Case(
        model(
            start(),
            fork("buiten"),
            task("c"),
            fork("dicht"),
            *BLOCK,
            end(),
            way("begin", "buiten", "splits"),
            way("buiten", "c", "dicht"),
            way("samen", "dicht", "klaar"),
        )
    )
    assert case.open == ["a", "b", "c"]
    assert case.do("c").do("a").open == ["b"]
    assert case.do("b").ended


def test_a_branch_without_a_step_counts_at_the_join() -> None:
    case = Case(
        model(
            start(),
            fork("splits"),
            task("a"),
            fork("samen"),
            task("na"),
            end(),
            way("begin", "splits", "a", "samen", "na", "klaar"),
            way("splits", "samen"),
        )
    )
    assert case.do("a").open == ["na"]


def test_two_ends_both_have_to_be_reached() -> None:
    case = Case(
        model(
            start(),
            fork("splits"),
            task("a"),
            task("b"),
            end("eind_a"),
            end("eind_b"),
            way("begin", "splits", "a", "eind_a"),
            way("splits", "b", "eind_b"),
        )
    )
    assert not case.do("a").ended
    assert case.do("b").ended


def test_a_terminate_end_drops_what_runs_beside_it_in_its_own_process_only() -> None:
    inner = "".join(
        (
            start(),
            fork("splits"),
            task("a"),
            task("b"),
            end("stop", terminate()),
            end("klaar"),
            way("begin", "splits", "a", "stop"),
            way("splits", "b", "klaar"),
        )
    )
    case = Case(
        model(
            start("s"),
            fork("f"),
            call("fase", "deel"),
            task("na"),
            task("naast"),
            end("e1"),
            end("e2"),
            way("s", "f", "fase", "na", "e1"),
            way("f", "naast", "e2"),
            called={"deel": inner},
        )
    )
    assert case.do("a").open == ["na", "naast"]
    assert case.ends_of("b") == ["afgebroken"]
    assert case.ends_of("fase") == ["klaar"]


# --- one inside another ----------------------------------------------------------------------------------------


def test_sub_processes_inside_each_other_are_done_before_what_follows() -> None:
    inner = sub("diep", start("d0"), task("diep_in"), end("d1"), way("d0", "diep_in", "d1"))
    case = Case(
        model(
            start(),
            sub("vak", start("v0"), inner, task("daarna"), end("v1"), way("v0", "diep", "daarna", "v1")),
            task("na"),
            end(),
            way("begin", "vak", "na", "klaar"),
        )
    )
    assert case.open == ["diep_in"]
    assert case.do("diep_in").open == ["daarna"]
    assert case.do("daarna").open == ["na"]
    assert case.do("na").ended
    assert [n for n in case.notes if n[0] in ("vak", "diep")] == [
        ("vak", "begonnen", ""),
        ("diep", "begonnen", ""),
        ("diep", "klaar", ""),
        ("vak", "klaar", ""),
    ]


def test_a_called_process_shares_the_document_and_names_itself() -> None:
    inner = start() + task("binnen") + end() + way("begin", "binnen", "klaar")
    case = Case(
        model(
            start(),
            call("een", "deel"),
            call("twee", "deel"),
            end(),
            way("begin", "een", "twee", "klaar"),
            called={"deel": inner},
        ),
        naam="Proef",
    )
    assert case.find("binnen").process == "deel"
    assert case.do("binnen", x=1).open == ["binnen"]
    assert case.do("binnen", y=2).document == {"naam": "Proef", "x": 1, "y": 2}
    assert case.ended


def test_a_process_that_calls_itself_without_end_is_stopped_with_a_sentence() -> None:
    endless = model(
        start(),
        call("opnieuw", "deel"),
        end(),
        way("begin", "opnieuw", "klaar"),
        called={"deel": start() + call("weer", "deel") + end() + way("begin", "weer", "klaar")},
    )
    with pytest.raises(ProcessError, match="lus zonder einde"):
        Case(endless)


def test_a_loop_without_a_person_is_stopped_with_a_sentence() -> None:
    endless = model(
        start(),
        choice("rond"),
        choice("keuze", default="rond"),
        end(),
        way("begin", "rond", "keuze", "rond"),
        way("keuze", "klaar", when="=klaar"),
    )
    with pytest.raises(ProcessError, match="lus zonder einde"):
        Case(endless)
    assert Case(endless, klaar=True).ended


# --- decisions -------------------------------------------------------------------------------------------------


def test_a_decision_table_writes_its_advice_into_the_document() -> None:
    asks = node("businessRuleTask", "bepaal", camunda_decisionRef="advies", camunda_resultVariable="uitkomst")
    parts = (start(), asks, task("na"), end(), way("begin", "bepaal", "na", "klaar"))
    advised = model(*parts, files={"advies.dmn": ADVICE})
    assert Case(advised, weken=32).document["uitkomst"] == "spoed"
    assert Case(advised, weken=20).document["uitkomst"] == "gewoon"
    assert Case(advised).document["uitkomst"] == "gewoon"


def test_a_decision_table_that_is_not_there_is_told_before_any_case_starts() -> None:
    asks = node("businessRuleTask", "bepaal", camunda_decisionRef="weg", camunda_resultVariable="x")
    with pytest.raises(DefinitionError, match="beslistabel 'weg'"):
        model(start(), asks, end(), way("begin", "bepaal", "klaar"))


def test_an_expression_that_can_not_be_read_is_told_before_any_case_starts() -> None:
    drawn = diagram(
        "proef",
        start(),
        choice("k", default="a"),
        end("a"),
        end("b"),
        way("begin", "k", "a"),
        way("k", "b", when="=als dan"),
    )
    definition = definitions.assemble("proef", "", {"proef.bpmn": drawn, "regio.yaml": b"naam: x"})
    with pytest.raises(DefinitionError) as caught:
        process.compile_model(definition)
    assert [problem.element for problem in caught.value.problems] == ["k_b"]


def test_a_step_is_for_the_organisation_that_the_document_names() -> None:
    only = task("een", properties(organisatie="=verkenner"))
    shared = model(start(), only, end(), way("begin", "een", "klaar"))
    assert Case(shared, verkenner="jgz").find("een").organisation == "jgz"
    assert Case(shared).find("een").organisation == ""


# --- what is kept of a case ------------------------------------------------------------------------------------


def test_the_state_of_a_case_stays_small_however_long_it_goes_round() -> None:
    case = Case(model(*ROUNDS))
    first = len(case.outcome.state)
    for _ in range(120):
        case.do("a").do("b", klaar="nee")
    assert len(case.outcome.state) <= first + 50


def test_the_state_of_a_case_holds_nothing_of_what_the_case_knows() -> None:
    case = Case(model(*ROUNDS), gezin_naam="Geheimzinnig").do("a", telefoon="0612345678")
    assert "Geheimzinnig" not in case.outcome.state
    assert "0612345678" not in case.outcome.state
    assert json.loads(case.outcome.state)


def test_a_case_that_ended_keeps_no_token() -> None:
    case = Case(model(start(), task("een"), end(), way("begin", "een", "klaar"))).do("een")
    assert json.loads(case.outcome.state)["t"] == []
    assert case.awaits() == []
    assert case.wait("P1Y").ended

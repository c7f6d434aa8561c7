"""A case that ended goes on in a new round: in the process by itself, beside what still runs of the round before."""

import json
from typing import Any

import pytest

from engine import checks, definitions, process
from engine.definitions import Definition
from engine.errors import ConflictError
from engine.process import Model
from engine.proof import Rule, Selector, prove, sound
from engine.words import Message
from tests.engine.drawing import (
    MONDAY,
    SETTINGS,
    Case,
    choice,
    diagram,
    each,
    end,
    fork,
    handler,
    message,
    model,
    node,
    on,
    properties,
    start,
    sub,
    task,
    timer,
    way,
)
from tests.engine.test_process_rows import follow, rows


def again(*, stays: str = "") -> str:
    """The start of a new round."""
    more = properties(blijft=stays) if stays else ""
    return node("startEvent", "weer", more + message(Message.REOPENED))


def rounds(*more: str, stays: str = "") -> Model:
    """A process that begins with `doe`, and again with `hervat`; both go on with `na`."""
    ways = (way("begin", "doe", "na", "klaar"), way("weer", "hervat", "na"))
    return model(start(), again(stays=stays), task("doe"), task("hervat"), task("na"), end(), *ways, *more)


def reopened(case: Case, *standing: str, **noted: Any) -> Case:
    """A case in its next round, in which these open steps of the round before go on."""
    keys = {task.key for task in case.outcome.open if task.element in standing}
    before = case.outcome
    case.outcome = process.reopen(case.model, before.state, before.document, keys, noted, MONDAY)
    return case


def test_a_new_case_begins_by_hand_and_a_new_round_where_the_drawing_says() -> None:
    case = Case(rounds())
    assert case.open == ["doe"]
    assert case.do("doe").do("na").outcome.ended
    assert reopened(case).open == ["hervat"]
    assert case.do("hervat").open == ["na"]
    assert case.do("na").outcome.ended


def test_a_round_can_follow_on_a_round() -> None:
    case = Case(rounds()).do("doe").do("na")
    for _ in range(3):
        assert reopened(case).open == ["hervat"]
        assert case.do("hervat").do("na").outcome.ended


def test_where_no_start_of_a_new_round_is_drawn_nothing_reopens() -> None:
    case = Case(model(start(), task("doe"), end(), way("begin", "doe", "klaar"))).do("doe")
    with pytest.raises(ConflictError, match="niet getekend"):
        reopened(case)


def test_a_new_round_knows_what_its_start_says_to_stay_and_nothing_else() -> None:
    case = Case(rounds(stays="gezin, naam"), gemeente="kerkrade")
    case.do("doe", gezin=rows("ans"), naam="Voorbeeld", toestemming_gegeven="ja").do("na")
    document = reopened(case, heropenen_door="coby").outcome.document
    assert document == {"gemeente": "kerkrade", "gezin": rows("ans"), "naam": "Voorbeeld", "heropenen_door": "coby"}


def test_nothing_begins_anew_for_rows_of_the_round_before() -> None:
    case = Case(rounds(follow(), stays="rijen")).do("doe", rijen=rows("a", "b"))
    assert case.open == ["na", "volg@a", "volg@b"]
    case = reopened(case)
    assert case.open == ["hervat"]
    assert case.do("hervat", rijen=rows("a", "b", "c")).open == ["na", "volg@c"]


def test_also_where_the_part_in_which_they_would_begin_opens_later() -> None:
    inside = sub("deel", start("in"), task("werk"), end("uit"), way("in", "werk", "uit"), follow())
    parts = (start(), again(stays="rijen"), task("doe"), task("hervat"), inside, end())
    ways = (way("begin", "doe", "deel", "klaar"), way("weer", "hervat", "deel"))
    case = Case(model(*parts, *ways)).do("doe", rijen=rows("a"))
    assert case.open == ["volg@a", "werk"]
    assert reopened(case).do("hervat").open == ["werk"]
    assert case.do("werk", rijen=rows("a", "b")).open == ["volg@b"]


SAFETY = handler(
    "onveilig",
    on("gevaar", message("gevaar"), interrupting=False, tellers="begeleider"),
    task("wegen"),
    task("besluiten"),
    end("besloten"),
    way("gevaar", "wegen", "besluiten", "besloten"),
    rows="meldingen",
)


def test_what_goes_on_unseen_goes_on_beside_the_new_round() -> None:
    case = Case(rounds(SAFETY)).do("doe").send("gevaar")
    (row,) = case.outcome.document["meldingen"]
    assert reopened(case, "wegen").open == ["hervat", f"wegen@{row['id']}"]
    assert case.outcome.document["meldingen"] == [row]
    case.do("wegen", item=row["id"], ernst="hoog")
    assert case.open == [f"besluiten@{row['id']}", "hervat"]
    assert case.do("hervat").do("na").outcome.ended is False
    assert case.outcome.besides
    assert case.do("besluiten", item=row["id"]).outcome.ended


def test_a_second_danger_in_the_new_round_is_a_file_of_its_own() -> None:
    case = Case(rounds(SAFETY)).do("doe").send("gevaar")
    case = reopened(case, "wegen").send("gevaar")
    first, second = (row["id"] for row in case.outcome.document["meldingen"])
    assert case.open == ["hervat", *sorted((f"wegen@{first}", f"wegen@{second}"))]


def test_what_goes_on_unseen_survives_more_than_one_new_round() -> None:
    case = Case(rounds(SAFETY)).do("doe").send("gevaar")
    case = reopened(case, "wegen").do("hervat").do("na")
    (row,) = case.outcome.document["meldingen"]
    assert reopened(case, "wegen").open == ["hervat", f"wegen@{row['id']}"]
    assert case.do("wegen", item=row["id"]).do("besluiten", item=row["id"]).open == ["hervat"]
    assert "e" not in json.loads(case.outcome.state)


def test_of_the_round_before_nothing_else_goes_on() -> None:
    late = handler("te_laat", on("klok", timer("Duration", "P1D")), task("bel"), end("op"), way("klok", "bel", "op"))
    case = Case(rounds(SAFETY, late)).do("doe").send("gevaar")
    case = reopened(case, "wegen")
    row = case.outcome.document["meldingen"][0]["id"]
    assert case.do("hervat").open == ["na", f"wegen@{row}"]
    assert case.outcome.due is not None  # the clock of the new round
    assert case.do("na").outcome.due is None


def test_a_clock_in_what_goes_on_still_goes_off() -> None:
    waits = handler(
        "onveilig",
        on("gevaar", message("gevaar"), interrupting=False, tellers="begeleider"),
        node("intermediateCatchEvent", "rust", timer("Duration", "P7D")),
        task("wegen"),
        task("terug"),
        end("besloten"),
        way("gevaar", "wegen", "rust", "terug", "besloten"),
        rows="meldingen",
    )
    case = Case(rounds(waits)).do("doe").send("gevaar")
    row = case.outcome.document["meldingen"][0]["id"]
    case = reopened(case, "wegen").do("wegen", item=row)
    assert case.open == ["hervat"]
    assert case.wait("P7D").open == ["hervat", f"terug@{row}"]


def test_items_of_a_loop_may_be_those_that_stay() -> None:
    loop = node("userTask", "spreek", each("=gezin", "persoon"))
    parts = (start(), again(stays="gezin"), task("doe"), loop, end(), way("begin", "doe", "spreek", "klaar"))
    case = Case(model(*parts, way("weer", "spreek"))).do("doe", gezin=rows("ans", "ben"))
    assert reopened(case).open == ["spreek@ans", "spreek@ben"]


# --- proof -----------------------------------------------------------------------------------------------------

FLAG = {
    "schemaVersion": 16,
    "type": "default",
    "id": "ronde",
    "components": [{"id": "r", "type": "expression", "key": "nieuwe_ronde", "expression": '="ja"'}],
}


def drawn(*parts: str) -> Definition:
    """A process of these parts that can be begun by hand and by reopening."""
    files = {"proef.bpmn": diagram("proef", start(), again(), *parts), "ronde.form": json.dumps(FLAG).encode()}
    return definitions.assemble("proef", "", {**files, "regio.yaml": SETTINGS})


def first(a: str, b: str) -> Rule:
    """That `b` is done only after `a`."""
    return Rule("regel", "Regel", "precedence", (Selector({"id": (a,)}),), (Selector({"id": (b,)}),), reason="Daarom.")


def test_a_rule_must_hold_from_each_beginning() -> None:
    parts = (task("vraag"), task("hervat"), task("deel"), end(), way("begin", "vraag", "deel", "klaar"))
    (verdict,) = prove(drawn(*parts, way("weer", "hervat", "deel")), [first("vraag", "deel")])
    assert verdict.outcome == "broken"
    assert verdict.story[:2] == ("Er komt een bericht: 'weer'.", "'hervat' wordt afgerond.")
    (verdict,) = prove(drawn(*parts, way("weer", "hervat", "vraag")), [first("vraag", "deel")])
    assert verdict.outcome == "holds"


def test_where_a_gateway_asks_whether_it_is_a_new_round_only_that_one_takes_its_way() -> None:
    asks = node("userTask", "hervat", camunda_formRef="ronde")
    parts = (asks, choice("nieuw", default="signaal"), task("signaal"), task("vraag"), end())
    ways = (
        way("begin", "nieuw"),
        way("weer", "hervat", "nieuw", "signaal", "vraag", "klaar"),
        way("nieuw", "vraag", when='=nieuwe_ronde = "ja"'),
    )
    signalled = Rule(
        "regel",
        "Regel",
        "precedence",
        (Selector({"id": ("signaal",)}), Selector({"id": ("hervat",)})),
        (Selector({"id": ("vraag",)}),),
        reason="Daarom.",
    )
    assert [verdict.outcome for verdict in prove(drawn(*parts, *ways), [signalled])] == ["holds"]
    (verdict,) = prove(drawn(*parts, *ways), [first("signaal", "vraag")])
    assert (verdict.outcome, verdict.story[0]) == ("broken", "Er komt een bericht: 'weer'.")


def test_a_new_round_never_takes_the_way_of_a_new_case_also_where_a_phase_says_that_it_is_one() -> None:
    asks = node("userTask", "hervat", camunda_formRef="ronde")
    phase = sub("fase", start("fase_in"), asks, end("fase_uit"), way("fase_in", "hervat", "fase_uit"))
    parts = (phase, choice("nieuw", default="signaal"), task("signaal"), task("vraag"), end())
    ways = (
        way("begin", "nieuw", "signaal", "vraag", "klaar"),
        way("weer", "fase", "nieuw"),
        way("nieuw", "vraag", when='=nieuwe_ronde = "ja"'),
    )
    again_, signalled = (Selector({"bericht": ("heropenen",)}),), (Selector({"id": ("signaal",)}),)
    rule = Rule("regel", "Regel", "not-succession", again_, signalled, reason="Daarom.")
    assert [verdict.outcome for verdict in prove(drawn(*parts, *ways), [rule])] == ["holds"]


def test_what_only_a_new_round_comes_to_can_be_reached_and_must_come_to_an_end() -> None:
    parts = (task("doe"), task("hervat"), end(), way("begin", "doe", "klaar"), way("weer", "hervat"))
    assert sound(drawn(*parts, end("klaar_weer"), way("hervat", "klaar_weer"))) == ()
    joined = (fork("s"), task("los"), end("klaar_weer"), way("hervat", "s", "klaar_weer"), way("los", "s"))
    assert {finding.rule for finding in sound(drawn(*parts, *joined))} >= {"vast"}


# --- checks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ((node("startEvent", "nog_eens", message("heropenen")), way("nog_eens", "hervat")), "begin"),
        ((node("startEvent", "anders", message("iets_anders")), way("anders", "hervat")), "gebeurtenis"),
    ],
)
def test_one_start_of_a_new_round_and_no_other_message_is_let_through(more: tuple[str, ...], rule: str) -> None:
    parts = (task("doe"), task("hervat"), end(), way("begin", "doe", "klaar"), way("weer", "hervat", "klaar"))
    assert checks.dialect(drawn(*parts).root) == ()
    assert [finding.rule.id for finding in checks.dialect(drawn(*parts, *more).root)] == [rule]


def test_a_process_that_only_reopens_has_no_beginning() -> None:
    body = diagram("proef", again(), task("hervat"), end(), way("weer", "hervat", "klaar"))
    alone = definitions.assemble("proef", "", {"proef.bpmn": body, "regio.yaml": SETTINGS})
    assert "begin" in {finding.rule.id for finding in checks.dialect(alone.root)}

"""Steps that are done once for each item of a list: an item is known by its id, and its answers land in it alone."""

from typing import Any

import pytest

from engine.errors import ProcessError
from tests.engine.drawing import (
    Case,
    boundary,
    call,
    choice,
    each,
    end,
    fork,
    message,
    model,
    node,
    start,
    sub,
    task,
    times,
    way,
)
from tests.engine.test_process import ADVICE


def rows(*ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": id, "wat": f"afspraak {id}", **more} for id in ids]


def each_row(sequential: bool = False, until: str = "", collection: str = "=rijen") -> tuple[str, ...]:
    loop = each(collection, "rij", sequential, until)
    return (start(), task("doe", loop), task("na"), end(), way("begin", "doe", "na", "klaar"))


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("nothing", [[], None])
def test_a_list_without_items_is_passed_at_once(nothing: object, sequential: bool) -> None:
    assert Case(model(*each_row(sequential)), rijen=nothing).open == ["na"]


def test_one_item_gives_one_step() -> None:
    case = Case(model(*each_row()), rijen=rows("a"))
    assert case.open == ["doe@a"]
    assert case.do("doe", "a", klaar=True).open == ["na"]


def test_three_items_are_open_together_and_what_follows_waits_for_the_last() -> None:
    case = Case(model(*each_row()), rijen=rows("a", "b", "c"))
    assert case.open == ["doe@a", "doe@b", "doe@c"]
    assert case.do("doe", "c").do("doe", "a").open == ["doe@b"]
    assert case.do("doe", "b").open == ["na"]


def test_in_sequence_the_next_item_opens_when_the_one_before_is_done() -> None:
    case = Case(model(*each_row(sequential=True)), rijen=rows("a", "b", "c"))
    for item in "abc":
        assert case.open == [f"doe@{item}"]
        case.do("doe", item)
    assert case.open == ["na"]


def test_answers_land_in_their_item_only() -> None:
    case = Case(model(*each_row()), rijen=rows("a", "b"), status="van de casus", andere=rows("x"))
    case.do("doe", "b", status="gedaan")
    assert case.document == {
        "rijen": [{"id": "a", "wat": "afspraak a"}, {"id": "b", "wat": "afspraak b", "status": "gedaan"}],
        "status": "van de casus",
        "andere": rows("x"),
    }


def test_the_list_may_change_order_and_content_while_items_are_open() -> None:
    case = Case(model(*each_row()), rijen=rows("a", "b", "c"))
    turned = [{**row, "wat": "anders"} for row in rows("c", "b", "a")]
    assert case.correct(rijen=turned).open == ["doe@a", "doe@b", "doe@c"]
    case.do("doe", "a", status="gedaan")
    assert [row["id"] for row in case.document["rijen"] if row.get("status")] == ["a"]
    assert {row["wat"] for row in case.document["rijen"]} == {"anders"}


def test_an_item_that_is_added_waits_for_the_next_round() -> None:
    case = Case(model(*each_row()), rijen=rows("a"))
    assert case.correct(rijen=rows("a", "b")).open == ["doe@a"]
    assert case.do("doe", "a").open == ["na"]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_item_that_is_taken_away_does_not_hold_up_the_case(sequential: bool) -> None:
    case = Case(model(*each_row(sequential)), rijen=rows("a", "b", "c"))
    case.correct(rijen=rows("b"))
    assert case.open == ["doe@b"]
    assert "afgebroken" in case.ends_of("doe")
    assert case.do("doe", "b", x=1).open == ["na"]


def test_when_all_items_are_taken_away_the_case_goes_on() -> None:
    case = Case(model(*each_row()), rijen=rows("a", "b"))
    assert case.correct(rijen=[]).open == ["na"]


def test_an_item_that_is_taken_away_ends_its_called_process_too() -> None:
    case = Case(
        model(
            start(),
            call("elk", "deel", each("=rijen", "rij")),
            task("na"),
            end(),
            way("begin", "elk", "na", "klaar"),
            called={"deel": start() + task("binnen") + end() + way("begin", "binnen", "klaar")},
        ),
        rijen=rows("a", "b"),
    )
    assert case.correct(rijen=rows("a")).open == ["binnen@a"]
    assert case.do("binnen", "a").open == ["na"]


def test_correcting_an_item_reaches_that_item_only() -> None:
    case = Case(model(*each_row()), rijen=rows("a", "b"))
    case.correct("b", wat="verbeterd")
    assert [row["wat"] for row in case.document["rijen"]] == ["afspraak a", "verbeterd"]


def test_a_filter_says_which_items_take_part_and_a_change_later_does_not_matter() -> None:
    case = Case(
        model(*each_row(collection='=rijen[status = "open"]')),
        rijen=rows("a", status="open") + rows("b", status="gedaan"),
    )
    assert case.open == ["doe@a"]
    assert case.correct("a", status="gedaan").open == ["doe@a"]


def test_a_condition_ends_the_loop_early_and_drops_what_is_open() -> None:
    case = Case(model(*each_row(until="=rij.genoeg = true")), rijen=rows("a", "b", "c"))
    assert case.do("doe", "a").open == ["doe@b", "doe@c"]
    assert case.do("doe", "b", genoeg=True).open == ["na"]
    assert case.ends_of("doe").count("afgebroken") == 1


def test_in_sequence_a_condition_keeps_the_next_item_from_opening() -> None:
    case = Case(model(*each_row(sequential=True, until="=rij.genoeg = true")), rijen=rows("a", "b", "c"))
    assert case.do("doe", "a", genoeg=True).open == ["na"]


def test_two_loops_in_a_row_may_use_the_same_name_for_an_item() -> None:
    case = Case(
        model(
            start(),
            task("eerst", each("=rijen", "rij")),
            task("dan", each("=rijen", "rij")),
            end(),
            way("begin", "eerst", "dan", "klaar"),
        ),
        rijen=rows("a", "b"),
    )
    case.do("eerst", "a", x=1).do("eerst", "b", x=2)
    assert case.open == ["dan@a", "dan@b"]
    case.do("dan", "b", y=2).do("dan", "a", y=1)
    assert case.ended
    assert [(row["x"], row["y"]) for row in case.document["rijen"]] == [(1, 1), (2, 2)]


def test_a_loop_in_a_loop_gives_each_pair_a_step_of_its_own() -> None:
    inner = start("b0") + task("binnen", each("=taken", "taak")) + end("b1") + way("b0", "binnen", "b1")
    case = Case(
        model(
            start(),
            node("subProcess", "elk", each("=gezinnen", "gezin") + inner),
            end(),
            way("begin", "elk", "klaar"),
        ),
        gezinnen=rows("g", "h"),
        taken=rows("t", "u"),
    )
    assert case.open == ["binnen@t", "binnen@t", "binnen@u", "binnen@u"]
    for item in "ttuu":
        assert not case.ended
        case.do("binnen", item, gezien=True)
    assert case.ended
    assert all(row["gezien"] for row in case.document["taken"])
    assert not any("gezien" in row for row in case.document["gezinnen"])


def test_conditions_inside_a_loop_see_their_own_item() -> None:
    body = "".join(
        (
            start("s"),
            task("vraag"),
            choice("keuze", default="e"),
            task("extra"),
            end("e"),
            way("s", "vraag", "keuze", "e"),
            way("keuze", "extra", when='=rij.stand = "wachtend"'),
            way("extra", "e"),
        )
    )
    case = Case(
        model(
            start(),
            call("elk", "deel", each("=rijen", "rij")),
            end(),
            way("begin", "elk", "klaar"),
            called={"deel": body},
        ),
        rijen=rows("a", "b"),
    )
    assert case.do("vraag", "a", stand="wachtend").open == ["extra@a", "vraag@b"]
    assert case.do("vraag", "b", stand="gedaan").open == ["extra@a"]
    assert case.do("extra", "a").ended


def test_a_decision_inside_a_loop_advises_on_its_own_item() -> None:
    asks = node(
        "businessRuleTask",
        "bepaal",
        each("=rijen", "rij"),
        camunda_decisionRef="advies",
        camunda_resultVariable="uitkomst",
    )
    table = ADVICE.replace(b"<text>weken</text>", b"<text>rij.weken</text>")
    case = Case(
        model(start(), asks, task("na"), end(), way("begin", "bepaal", "na", "klaar"), files={"advies.dmn": table}),
        rijen=[{"id": "a", "weken": 35}, {"id": "b", "weken": 12}],
    )
    assert [row["uitkomst"] for row in case.document["rijen"]] == ["spoed", "gewoon"]
    assert "uitkomst" not in case.document


def test_a_parallel_block_inside_an_item_joins_within_that_item() -> None:
    body = "".join(
        (
            start("s"),
            fork("f"),
            task("x"),
            task("y"),
            fork("j"),
            task("z"),
            end("e"),
            way("s", "f", "x", "j", "z", "e"),
            way("f", "y", "j"),
        )
    )
    case = Case(
        model(
            start(),
            call("elk", "deel", each("=rijen", "rij")),
            end(),
            way("begin", "elk", "klaar"),
            called={"deel": body},
        ),
        rijen=rows("a", "b"),
    )
    assert case.do("x", "a").do("y", "b").open == ["x@b", "y@a"]
    assert case.do("y", "a").open == ["x@b", "z@a"]


def test_a_number_of_times_writes_into_the_case_itself() -> None:
    case = Case(model(start(), task("doe", times("3")), task("na"), end(), way("begin", "doe", "na", "klaar")))
    assert case.open == ["doe", "doe", "doe"]
    case.do("doe", x=1).do("doe", x=2).do("doe", x=3)
    assert (case.open, case.document) == (["na"], {"x": 3})


def test_a_number_of_times_may_come_from_the_document() -> None:
    drawn = model(start(), task("doe", times("=aantal")), end(), way("begin", "doe", "klaar"))
    assert len(Case(drawn, aantal=2).open) == 2
    assert Case(drawn, aantal=0).ended
    for wrong in (-1, 5000, "veel", None):
        with pytest.raises(ProcessError, match="geen getal"):
            Case(drawn, aantal=wrong)


@pytest.mark.parametrize("wrong", ["tekst", 3, [1, 2], [{"wat": "zonder id"}]])
def test_a_loop_over_no_list_stops_with_a_sentence(wrong: object) -> None:
    with pytest.raises(ProcessError, match="lijst is er niet") as caught:
        Case(model(*each_row()), rijen=wrong)
    assert caught.value.element == "doe"


def test_a_message_on_the_edge_of_a_loop_of_calls_ends_every_item() -> None:
    case = Case(
        model(
            start(),
            call("elk", "deel", each("=rijen", "rij")),
            boundary("stop", "elk", message("stoppen")),
            task("na"),
            task("gestopt"),
            end("e1"),
            end("e2"),
            way("begin", "elk", "na", "e1"),
            way("stop", "gestopt", "e2"),
            called={
                "deel": start()
                + sub("vak", start("s"), task("binnen"), end("e"), way("s", "binnen", "e"))
                + end()
                + way("begin", "vak", "klaar")
            },
        ),
        rijen=rows("a", "b", "c"),
    )
    case.do("binnen", "b")
    assert case.send("stoppen").open == ["gestopt"]
    assert case.ends_of("binnen") == ["klaar", "afgebroken", "afgebroken"]
    assert case.do("gestopt").ended


def test_a_loop_in_a_round_looks_at_the_list_anew() -> None:
    case = Case(
        model(
            start(),
            choice("weer"),
            task("doe", each('=rijen[status != "gedaan"]', "rij")),
            task("kijk"),
            choice("genoeg", default="weer"),
            end(),
            way("begin", "weer", "doe", "kijk", "genoeg", "weer"),
            way("genoeg", "klaar", when="=goed = true"),
        ),
        rijen=rows("a", "b", status="open"),
    )
    case.do("doe", "a", status="gedaan").do("doe", "b", status="open").do("kijk")
    assert case.open == ["doe@b"]
    assert case.do("doe", "b", status="gedaan").do("kijk").open == ["kijk"]
    assert case.do("kijk", goed=True).ended

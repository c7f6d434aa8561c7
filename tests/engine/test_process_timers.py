"""Clocks in a case: when they go off, in which order, and how they follow what the case knows."""

from datetime import datetime

import pytest

from engine import deadlines
from engine.errors import ProcessError
from engine.process import Model
from tests.engine.drawing import (
    MONDAY,
    Case,
    boundary,
    catch,
    choice,
    each,
    end,
    handler,
    message,
    model,
    node,
    on,
    start,
    sub,
    task,
    timer,
    way,
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=deadlines.ZONE)


def waiting(kind: str, text: str) -> Model:
    return model(start(), catch("wacht", timer(kind, text)), task("na"), end(), way("begin", "wacht", "na", "klaar"))


def edge(kind: str, text: str, interrupting: bool) -> Model:
    return model(
        start(),
        task("doe"),
        end("e1"),
        boundary("klok", "doe", timer(kind, text), interrupting),
        task("nagaan"),
        end("e2"),
        way("begin", "doe", "e1"),
        way("klok", "nagaan", "e2"),
    )


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("P14D", "2026-03-16T09:00"),
        ("PT36H", "2026-03-03T21:00"),
        ("P1M", "2026-04-02T09:00"),
        ("5 werkdagen", "2026-03-09T09:00"),
        ("=regio.termijnen.kort", "2026-03-09T09:00"),
        ("=regio.termijnen.lang", "2026-06-02T09:00"),
        ('=duration("P3D")', "2026-03-05T09:00"),
        ('=if spoed = true then "P1D" else "P7D"', "2026-03-09T09:00"),
    ],
)
def test_a_duration_counts_from_when_the_case_came_there(text: str, due: str) -> None:
    case = Case(waiting("Duration", text))
    assert case.outcome.due == moment(due)
    assert case.at(moment(due).replace(second=0, minute=0)).open == ["na"]


def test_a_clock_does_not_go_off_a_second_early() -> None:
    case = Case(waiting("Duration", "P14D"))
    assert case.at(moment("2026-03-16T08:59:59")).open == []
    assert case.at(moment("2026-03-16T09:00:00")).open == ["na"]
    assert case.outcome.due is None


@pytest.mark.parametrize("text", ["=termijn", "=regio.termijnen.bestaat_niet", '="over een week"'])
def test_a_clock_without_a_duration_stops_with_a_sentence(text: str) -> None:
    with pytest.raises(ProcessError, match="staat geen duur") as caught:
        Case(waiting("Duration", text))
    assert caught.value.element == "wacht"


def test_a_duration_once_set_does_not_move_with_the_document() -> None:
    case = Case(waiting("Duration", "=termijn"), termijn="P7D")
    assert case.correct(termijn="P30D").outcome.due == moment("2026-03-09T09:00")


# --- dates that follow the document ----------------------------------------------------------------------------

BIRTHDAY = '=date(geboortedatum) + duration("P2Y")'


def birthday() -> Model:
    """A traject that stops on the second birthday."""
    return model(
        start(),
        task("een"),
        task("twee"),
        end(),
        way("begin", "een", "twee", "klaar"),
        handler(
            "wordt_twee", on("dag", timer("Date", BIRTHDAY)), task("afronden"), end("e"), way("dag", "afronden", "e")
        ),
    )


def test_a_date_that_is_not_known_arms_no_clock() -> None:
    case = Case(birthday())
    assert case.outcome.due is None
    assert case.wait("P10Y").open == ["een"]


def test_a_date_is_armed_as_soon_as_a_step_tells_it_and_comes_at_the_start_of_that_day() -> None:
    case = Case(birthday()).do("een", geboortedatum="2025-06-01")
    assert case.outcome.due == moment("2027-06-01T00:00")
    assert case.at(moment("2027-05-31T23:59:59")).open == ["twee"]
    assert case.at(moment("2027-06-01T00:00")).open == ["afronden"]


def test_a_date_moves_when_it_is_corrected_and_disarms_when_it_is_taken_back() -> None:
    case = Case(birthday(), geboortedatum="2025-06-01")
    assert case.correct(geboortedatum="2025-09-01").outcome.due == moment("2027-09-01T00:00")
    assert case.correct(geboortedatum=None).outcome.due is None
    assert case.wait("P3Y").open == ["een"]
    assert case.correct(geboortedatum="2029-01-01").outcome.due == moment("2031-01-01T00:00")


def test_a_date_corrected_into_the_past_goes_off_at_once() -> None:
    case = Case(birthday(), geboortedatum="2025-06-01").correct(geboortedatum="2023-06-01")
    assert case.open == ["afronden"]
    assert case.ends_of("een") == ["afgebroken"]


def test_a_date_that_is_no_date_stops_with_a_sentence() -> None:
    with pytest.raises(ProcessError, match="geen datum"):
        Case(waiting("Date", "=aantal"), aantal=3)


def test_each_item_of_a_loop_has_the_clock_of_its_own_date() -> None:
    inner = "".join(
        (
            start("s"),
            task("volgen"),
            end("e1"),
            boundary("dag", "volgen", timer("Date", "=date(rij.voor)"), interrupting=False),
            task("nagaan"),
            end("e2"),
            way("s", "volgen", "e1"),
            way("dag", "nagaan", "e2"),
        )
    )
    loop = node("subProcess", "elk", each("=rijen", "rij") + inner)
    drawn = model(start(), loop, end(), way("begin", "elk", "klaar"))
    case = Case(drawn, rijen=[{"id": "a", "voor": "2026-04-01"}, {"id": "b", "voor": "2026-03-10"}, {"id": "c"}])
    assert case.outcome.due == moment("2026-03-10T00:00")
    assert case.wait("P9D").open == ["nagaan@b", "volgen@a", "volgen@b", "volgen@c"]
    assert case.correct("a", voor="2026-03-05").open == ["nagaan@a", "nagaan@b", "volgen@a", "volgen@b", "volgen@c"]


# --- on the edge, again and again ------------------------------------------------------------------------------


def test_a_clock_on_the_edge_that_interrupts_takes_the_other_way() -> None:
    case = Case(edge("Duration", "P7D", interrupting=True)).wait("P8D")
    assert (case.open, case.ends_of("doe")) == (["nagaan"], ["afgebroken"])


def test_a_clock_on_the_edge_that_does_not_interrupt_comes_once() -> None:
    case = Case(edge("Duration", "P7D", interrupting=False)).wait("P8D")
    assert (case.open, case.outcome.due) == (["doe", "nagaan"], None)
    assert case.wait("P60D").open == ["doe", "nagaan"]


def test_a_clock_stops_when_its_step_is_done() -> None:
    case = Case(edge("Duration", "P7D", interrupting=False)).do("doe")
    assert case.ended
    assert case.outcome.due is None


@pytest.mark.parametrize("text", ["R3/P7D", '="R3/" + "P7D"'])
def test_a_clock_that_repeats_comes_as_often_as_it_says(text: str) -> None:
    case = Case(edge("Cycle", text, interrupting=False))
    for week in range(1, 6):
        assert case.wait("P7D").open == ["doe", *["nagaan"] * min(week, 3)]
    assert case.outcome.due is None


def test_a_clock_that_repeats_without_end_comes_every_time() -> None:
    case = Case(edge("Cycle", "R/5 werkdagen", interrupting=False))
    for week in range(1, 5):
        assert case.wait("P7D").open == ["doe", *["nagaan"] * week]


def test_rounds_that_were_missed_are_not_made_up_for() -> None:
    case = Case(edge("Cycle", "R/P1D", interrupting=False)).wait("P9DT1H")
    assert case.open == ["doe", "nagaan"]
    assert case.outcome.due == moment("2026-03-12T09:00")


@pytest.mark.parametrize("text", ['="elke week"', '="R3"', '="R3/over een week"', '="R/PT0S"'])
def test_a_repetition_that_is_none_stops_with_a_sentence(text: str) -> None:
    with pytest.raises(ProcessError, match="geen herhaling"):
        Case(edge("Cycle", text, interrupting=False))


# --- several at once -------------------------------------------------------------------------------------------


def test_clocks_that_are_late_go_off_in_their_order_each_at_its_own_moment() -> None:
    vak = sub(
        "vak",
        start("s"),
        catch("eerst", timer("Duration", "P2D")),
        catch("dan", timer("Duration", "P3D")),
        task("stap"),
        end("e"),
        way("s", "eerst", "dan", "stap", "e"),
    )
    drawn = model(
        start(),
        vak,
        end("e1"),
        boundary("te_laat", "vak", timer("Duration", "P6D")),
        task("opschalen"),
        end("e2"),
        way("begin", "vak", "e1"),
        way("te_laat", "opschalen", "e2"),
    )
    case = Case(drawn).wait("P20D")
    assert case.open == ["opschalen"]
    assert case.flows == ["begin_vak", "s_eerst", "eerst_dan", "dan_stap", "te_laat_opschalen"]


def test_a_clock_that_was_first_keeps_a_later_one_from_going_off() -> None:
    drawn = model(
        start(),
        task("doe"),
        end("e"),
        boundary("laat", "doe", timer("Duration", "P9D")),
        task("na_laat"),
        end("e1"),
        boundary("vroeg", "doe", timer("Duration", "P2D")),
        task("na_vroeg"),
        end("e2"),
        way("begin", "doe", "e"),
        way("laat", "na_laat", "e1"),
        way("vroeg", "na_vroeg", "e2"),
    )
    assert Case(drawn).wait("P30D").open == ["na_vroeg"]


def test_a_duration_set_by_a_late_clock_counts_from_the_moment_that_clock_was_due() -> None:
    case = Case(
        model(
            start(),
            catch("een", timer("Duration", "P2D")),
            catch("twee", timer("Duration", "P10D")),
            end(),
            way("begin", "een", "twee", "klaar"),
        )
    ).wait("P5D")
    assert case.outcome.due == moment("2026-03-14T09:00")


def test_a_round_by_the_clock_goes_on_until_somebody_ends_it() -> None:
    drawn = model(
        start(),
        choice("weer"),
        node("eventBasedGateway", "wat_eerst"),
        catch("maand", timer("Duration", "P1M")),
        catch("stop", message("genoeg")),
        end(),
        way("begin", "weer", "wat_eerst", "maand", "weer"),
        way("wat_eerst", "stop", "klaar"),
    )
    case = Case(drawn).wait("P2Y")
    assert case.flows.count("maand_weer") == 24
    assert case.send("genoeg").ended
    assert case.outcome.due is None


def test_a_clock_behind_the_start_has_nothing_due_before_it() -> None:
    case = Case(waiting("Duration", "P14D"), MONDAY)
    assert case.at(MONDAY).open == []

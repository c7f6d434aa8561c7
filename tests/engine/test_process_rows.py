"""An event sub-process that belongs to a row: each row of a list has a run of its own, while it stands there."""

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import process
from engine.errors import ConflictError
from engine.process import Model
from tests.engine.drawing import (
    MONDAY,
    Case,
    boundary,
    call,
    choice,
    each,
    end,
    handler,
    message,
    model,
    node,
    on,
    properties,
    start,
    sub,
    task,
    terminate,
    timer,
    way,
)
from tests.engine.test_process import ADVICE


def rows(*ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": id, "wat": f"afspraak {id}", **more} for id in ids]


def follow(*parts: str, key: str = "rijen", id: str = "volgen") -> str:
    """An event sub-process for each row: the step `volg`, or these parts between its start `nieuw` and its ends."""
    inside = parts or (task("volg"), end("gevolgd"), way("nieuw", "volg", "gevolgd"))
    return handler(id, on("nieuw", message("nieuwe_rij"), interrupting=False), *inside, rows=key)


def straight(*more: str) -> Model:
    """A process of two steps, with what stands beside them."""
    return model(start(), task("doe"), task("na"), end(), way("begin", "doe", "na", "klaar"), *more)


# --- which rows have a run -------------------------------------------------------------------------------------


def test_each_row_that_a_step_adds_starts_a_run_of_its_own() -> None:
    case = Case(straight(follow()))
    assert case.open == ["doe"]
    assert case.do("doe", rijen=rows("a", "b")).open == ["na", "volg@a", "volg@b"]


def test_a_correction_and_a_message_that_add_a_row_start_its_run() -> None:
    block = handler(
        "gebeld", on("belt", message("gezin_belt"), interrupting=False), end("klaar_b"), way("belt", "klaar_b")
    )
    case = Case(straight(follow(), block), rijen=rows("a"))
    assert case.correct(rijen=rows("a", "b")).open == ["doe", "volg@a", "volg@b"]
    before = case.outcome
    document = {**before.document, "rijen": [*rows("a", "b"), {"wat": "zonder id"}]}
    after = process.message(case.model, before.state, document, "gezin_belt", MONDAY)
    assert len([t for t in after.open if t.element == "volg"]) == 3
    assert all(t.item for t in after.open if t.element == "volg")


def test_a_row_of_which_somebody_adds_no_id_gets_one_and_a_run() -> None:
    case = Case(straight(follow())).do("doe", rijen=[{"wat": "nieuw"}])
    (row,) = case.document["rijen"]
    assert case.open == ["na", f"volg@{row['id']}"]


def test_what_stands_there_when_the_scope_opens_starts_too() -> None:
    inside = (start("s"), task("binnen"), end("e"), way("s", "binnen", "e"), follow())
    case = Case(
        model(start(), task("eerst"), sub("vak", *inside), end(), way("begin", "eerst", "vak", "klaar")),
        rijen=rows("a"),
    )
    assert case.open == ["eerst"]
    assert case.do("eerst", rijen=rows("a", "b")).open == ["binnen", "volg@a", "volg@b"]


@pytest.mark.parametrize("nothing", [None, [], "tekst", 3, [1], [{"wat": "zonder id"}]])
def test_without_rows_nothing_starts(nothing: object) -> None:
    assert Case(straight(follow()), rijen=nothing).open == ["doe"]


def test_a_row_has_one_run_whatever_becomes_of_the_others_and_of_its_place() -> None:
    case = Case(straight(follow()), rijen=rows("a", "b"))
    case.do("volg", "a", status="gedaan")
    case.correct(rijen=[{**row, "wat": "anders"} for row in rows("c", "b", "a")])
    assert case.open == ["doe", "volg@b", "volg@c"]
    assert case.do("doe", rijen=rows("b", "c", "a")).open == ["na", "volg@b", "volg@c"]


def test_a_row_that_goes_breaks_its_run_off_and_has_one_again_when_it_comes_back() -> None:
    case = Case(straight(follow()), rijen=rows("a", "b"))
    assert case.correct(rijen=rows("b")).open == ["doe", "volg@b"]
    assert ("volg", "afgebroken", "a") in case.notes
    assert ("volgen", "afgebroken", "a") in case.notes
    assert case.correct(rijen=rows("a", "b")).open == ["doe", "volg@a", "volg@b"]


def test_a_row_that_moves_to_another_list_is_not_followed_there() -> None:
    case = Case(straight(follow()), rijen=rows("a"), andere=[])
    assert case.correct(rijen=[], andere=rows("a")).open == ["doe"]


def test_two_event_sub_processes_may_belong_to_rows_of_one_list() -> None:
    also = handler(
        "bellen",
        on("bel", message("bel"), interrupting=False),
        task("belt"),
        end("gebeld"),
        way("bel", "belt", "gebeld"),
        rows="rijen",
    )
    case = Case(straight(follow(), also), rijen=rows("a"))
    assert case.open == ["belt@a", "doe", "volg@a"]
    assert case.correct(rijen=[]).open == ["doe"]


def test_a_scope_that_opens_again_starts_anew_for_the_rows_that_stand_there() -> None:
    inside = (start("s"), task("binnen"), end("e"), way("s", "binnen", "e"), follow())
    case = Case(
        model(
            start(),
            choice("weer"),
            sub("vak", *inside),
            choice("nog_eens", default="weer"),
            end(),
            way("begin", "weer", "vak", "nog_eens", "weer"),
            way("nog_eens", "klaar", when="=goed = true"),
        ),
        rijen=rows("a"),
    )
    case.do("volg", "a").do("binnen")
    assert case.open == ["binnen", "volg@a"]


# --- nobody tells it -------------------------------------------------------------------------------------------


def test_the_message_of_its_start_is_not_waited_for() -> None:
    case = Case(straight(follow()), rijen=rows("a"))
    assert case.awaits() == []
    with pytest.raises(ConflictError):
        case.send("nieuwe_rij")


def test_a_handler_beside_it_hears_a_message_of_that_name() -> None:
    block = handler("los", on("hoort", message("nieuwe_rij"), interrupting=False), task("lees"), end("gelezen"))
    case = Case(straight(follow(), block, way("hoort", "lees", "gelezen")), rijen=rows("a"))
    assert case.awaits() == ["nieuwe_rij"]
    assert case.send("nieuwe_rij").open == ["doe", "lees", "volg@a"]


# --- how long a run lasts --------------------------------------------------------------------------------------


def test_a_run_keeps_its_scope_open_and_what_is_added_then_has_none() -> None:
    case = Case(straight(follow()), rijen=rows("a", "b"))
    assert case.do("doe").do("na").open == ["volg@a", "volg@b"]
    assert case.correct(rijen=rows("a", "b", "c")).do("volg", "a").open == ["volg@b"]
    assert not case.ended
    assert case.do("volg", "b").ended


def test_a_scope_that_waited_for_the_run_of_a_row_goes_on_when_that_row_goes() -> None:
    inside = (start("s"), task("binnen"), end("e"), way("s", "binnen", "e"), follow())
    case = Case(
        model(start(), sub("vak", *inside), task("daarna"), end(), way("begin", "vak", "daarna", "klaar")),
        rijen=rows("a", "b"),
    )
    assert case.do("binnen").correct(rijen=rows("a")).open == ["volg@a"]
    assert case.correct(rijen=[]).open == ["daarna"]
    assert case.do("daarna").ended


def test_a_row_that_the_last_step_of_a_scope_adds_starts_before_the_scope_is_done() -> None:
    case = Case(straight(follow())).do("doe")
    assert case.do("na", rijen=rows("a")).open == ["volg@a"]


@pytest.mark.parametrize("deep", [False, True])
def test_what_interrupts_their_scope_breaks_runs_off(deep: bool) -> None:
    stops = handler(
        "stopt", on("stop", message("stoppen")), task("sluit"), end("gesloten"), way("stop", "sluit", "gesloten")
    )
    binds = follow(call("bel", "deel"), end("gevolgd"), way("nieuw", "bel", "gevolgd")) if deep else follow()
    parts = (start(), task("doe"), end(), way("begin", "doe", "klaar"), binds, stops)
    called = {"deel": start() + task("volg") + end() + way("begin", "volg", "klaar")}
    case = Case(model(*parts, called=called if deep else None), rijen=rows("a", "b"))
    assert case.open == ["doe", "volg@a", "volg@b"]
    assert case.send("stoppen").open == ["sluit"]
    assert case.ends_of("volg") == ["afgebroken", "afgebroken"]
    assert case.correct(rijen=rows("a", "b", "c")).open == ["sluit"]
    assert case.do("sluit").ended


def test_an_end_that_terminates_ends_runs_and_the_case() -> None:
    parts = (start(), task("doe"), end("stop", terminate()), way("begin", "doe", "stop"), follow())
    case = Case(model(*parts), rijen=rows("a", "b"))
    assert case.do("doe").ended
    assert case.ends_of("volg") == ["afgebroken", "afgebroken"]


def test_an_end_that_terminates_inside_a_run_ends_that_run_only() -> None:
    binds = follow(task("volg"), end("stop", terminate()), way("nieuw", "volg", "stop"))
    case = Case(straight(binds), rijen=rows("a", "b"))
    assert case.do("volg", "a").open == ["doe", "volg@b"]


def test_what_hangs_on_a_step_of_a_run_interrupts_that_step_only() -> None:
    binds = follow(
        task("volg"),
        boundary("laat", "volg", timer("Date", "=dag")),
        task("maan"),
        end("gevolgd"),
        end("gemaand"),
        way("nieuw", "volg", "gevolgd"),
        way("laat", "maan", "gemaand"),
    )
    dated = [{"id": "a", "dag": "2026-03-09"}, {"id": "b", "dag": "2026-04-01"}]
    case = Case(straight(binds), rijen=dated)
    assert case.wait("P10D").open == ["doe", "maan@a", "volg@b"]


# --- what a run sees and writes --------------------------------------------------------------------------------


def test_answers_land_in_the_row_and_nowhere_else() -> None:
    case = Case(straight(follow()), rijen=rows("a", "b"), status="van de casus")
    case.do("volg", "b", status="gedaan")
    assert case.document["rijen"] == [*rows("a"), {"id": "b", "wat": "afspraak b", "status": "gedaan"}]
    assert case.document["status"] == "van de casus"


def test_conditions_inside_see_the_fields_of_the_row_over_those_of_the_case() -> None:
    binds = follow(
        task("volg"),
        choice("keuze", default="gevolgd"),
        task("extra"),
        end("gevolgd"),
        way("nieuw", "volg", "keuze", "gevolgd"),
        way("keuze", "extra", when='=stand = "wachtend" and van_casus = 1'),
        way("extra", "gevolgd"),
    )
    case = Case(straight(binds), rijen=rows("a", "b"), stand="wachtend", van_casus=1)
    assert case.do("volg", "a", stand="gedaan").open == ["doe", "volg@b"]
    assert case.do("volg", "b").open == ["doe", "extra@b"]


def test_a_task_inside_is_for_the_organisation_that_its_row_names() -> None:
    binds = follow(task("volg", properties(organisatie="=wie")), end("gevolgd"), way("nieuw", "volg", "gevolgd"))
    case = Case(straight(binds), rijen=[{"id": "a", "wie": "wijkteam"}, {"id": "b", "wie": "jgz"}])
    assert {t.item: t.organisation for t in case.outcome.open if t.element == "volg"} == {"a": "wijkteam", "b": "jgz"}


def test_clocks_inside_follow_the_dates_of_their_row() -> None:
    binds = follow(
        node("intermediateCatchEvent", "wacht", timer("Date", "=dag")),
        task("volg"),
        end("gevolgd"),
        way("nieuw", "wacht", "volg", "gevolgd"),
    )
    case = Case(straight(binds), rijen=[{"id": "a", "dag": "2026-05-01"}, {"id": "b", "dag": "2026-06-01"}])
    assert case.outcome.due is not None
    assert case.outcome.due.date().isoformat() == "2026-05-01"
    case.correct("b", dag="2026-04-01")
    assert case.outcome.due.date().isoformat() == "2026-04-01"
    assert case.wait("P40D").open == ["doe", "volg@b"]


def test_a_table_inside_advises_on_its_row() -> None:
    asks = node("businessRuleTask", "bepaal", camunda_decisionRef="advies", camunda_resultVariable="uitkomst")
    binds = follow(asks, task("volg"), end("gevolgd"), way("nieuw", "bepaal", "volg", "gevolgd"))
    drawn = model(start(), task("doe"), end(), way("begin", "doe", "klaar"), binds, files={"advies.dmn": ADVICE})
    case = Case(drawn, rijen=[{"id": "a", "weken": 35}, {"id": "b", "weken": 12}])
    assert [row["uitkomst"] for row in case.document["rijen"]] == ["spoed", "gewoon"]


def test_a_called_diagram_and_a_loop_inside_keep_to_their_row() -> None:
    inner = start("s") + task("meet", each("=maten", "maat")) + task("volg") + end("e") + way("s", "meet", "volg", "e")
    binds = follow(call("bel", "deel"), end("gevolgd"), way("nieuw", "bel", "gevolgd"))
    drawn = model(start(), task("doe"), end(), way("begin", "doe", "klaar"), binds, called={"deel": inner})
    case = Case(drawn, rijen=rows("a", "b"), maten=rows("x"))
    assert case.open == ["doe", "meet@x", "meet@x"]
    case.do("meet", "x", cm=3).do("meet", "x").do("volg", "b", status="gedaan")
    assert case.document["maten"] == [{"id": "x", "wat": "afspraak x", "cm": 3}]
    assert [row.get("status") for row in case.document["rijen"]] == [None, "gedaan"]


# --- any order of all this -------------------------------------------------------------------------------------


class Kept:
    """What must be open, kept by hand: two steps for each row, a main line that may go round, and a stop."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.steps: dict[str, str] = {}  # of each row that stood there: what its run waits for, "" when it is done
        self.main, self.stands = True, "vak"

    def listed(self, ids: list[str]) -> None:
        """The list holds these rows from now on."""
        self.rows = ids
        if self.stands == "vak":
            self.steps = {id: step for id, step in self.steps.items() if id in ids}
            if self.main:
                self.steps |= {id: "volg" for id in ids if id not in self.steps}
            self.leave()

    def leave(self) -> None:
        """The scope is done when nothing runs in it."""
        if self.stands == "vak" and not self.main and not any(self.steps.values()):
            self.stands = "daarna"

    @property
    def open(self) -> list[str]:
        if self.stands != "vak":
            return [self.stands] if self.stands else []
        return sorted([f"{step}@{id}" for id, step in self.steps.items() if step] + ["kijk"] * self.main)


def crowd() -> Model:
    binds = follow(task("volg"), task("bel_na"), end("gevolgd"), way("nieuw", "volg", "bel_na", "gevolgd"))
    inside = (
        start("s"),
        choice("weer"),
        task("kijk"),
        choice("genoeg", default="weer"),
        end("e"),
        way("s", "weer", "kijk", "genoeg", "weer"),
        way("genoeg", "e", when="=goed = true"),
        binds,
        handler("stopt", on("stop", message("stoppen")), task("gestopt"), end("af"), way("stop", "gestopt", "af")),
    )
    return model(start(), sub("vak", *inside), task("daarna"), end(), way("begin", "vak", "daarna", "klaar"))


CROWD = crowd()


def one_move(case: Case, kept: Kept, chance: random.Random) -> None:
    """Something happens to the case, and the same to what is kept by hand."""
    ids = chance.sample("abcdefgh", chance.randint(0, 6)) if chance.random() < 0.6 else kept.rows
    goes_on = ["kijk", "volg", "bel_na"]
    move = chance.choice([*goes_on, *goes_on, *goes_on, "corrigeer", "stop"])
    waiting = [id for id, step in kept.steps.items() if step == move]
    if move == "corrigeer":
        case.correct(rijen=rows(*ids))
        kept.listed(ids)
    elif kept.stands == "vak" and move == "stop" and chance.random() < 0.3:
        case.send("stoppen")
        kept.stands = "gestopt"
    elif kept.stands == "vak" and move == "kijk" and kept.main:
        enough = chance.random() < 0.2
        case.do("kijk", rijen=rows(*ids), goed=enough)
        kept.listed(ids)
        kept.main = not enough
        kept.leave()
    elif kept.stands == "vak" and waiting:
        item = chance.choice(waiting)
        case.do(move, item, **{move: True})
        kept.steps[item] = {"volg": "bel_na", "bel_na": ""}[move]
        kept.leave()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_in_any_order_each_row_has_the_run_that_it_should_have(seed: int) -> None:
    chance, case, kept = random.Random(seed), Case(CROWD), Kept()  # noqa: S311
    for _ in range(40):
        one_move(case, kept, chance)
        assert case.open == kept.open
        assert [row["id"] for row in case.document.get("rijen", [])] == kept.rows


def test_a_run_costs_a_few_bytes_and_one_that_is_done_no_more_than_its_id() -> None:
    ids = [f"{number:012x}" for number in range(100)]
    case = Case(straight(follow()), rijen=rows(*ids))
    running = len(case.outcome.state)
    assert running < 16_000
    for id in ids:
        case.do("volg", id)
    assert len(case.outcome.state) < 2_000
    assert "volgen" not in json.dumps(json.loads(case.outcome.state)["t"])

"""A plan that lives: looking back, meetings and agreements come when they come, and none waits for another."""

from typing import Any

import pytest

from engine import cases
from engine.errors import ConflictError, InvalidDataError
from tests.engine.playing import COORDINATOR, OVERSEER, Play, example
from tests.engine.test_cases import nothing_written

WALK = "Een maatje zoeken om samen te wandelen"
POST = "Samen de post en de schulden op een rij zetten"
CALLED = {
    "wat": "Elke maandag bellen",
    "wie": "jgz_heuvelkind",
    "voor_wanneer": "2027-03-01",
    "status": "open",
}
pytestmark = pytest.mark.any_database


@pytest.fixture
def waiting(play: Play) -> Play:
    """Support runs, and one agreement waits on a list until October."""
    play.play(example("wachtlijst"), until="wachttijd_overbruggen")
    waits = {"overbrugging": "Elke week een telefoontje.", "voor_wanneer": "2026-10-30"}
    play.do("wachttijd_overbruggen", waits, subject=WALK)
    return play


def tell(play: Play, name: str, by: str = OVERSEER) -> None:
    with play.as_(by) as ctx:
        cases.message(ctx, play.case_id, name, {"van": "zelf", "op": play.now.date().isoformat()})


def plan(play: Play, **more: Any) -> dict[str, Any]:
    """The answers of the plan with its rows as they stand, and one more agreement."""
    given = next(a for a in example("wachtlijst").actions if a.name == "plan_vastleggen").answers
    rows = [{key: row[key] for key in ("id", *given["afspraken"][0])} for row in play.document()["afspraken"]]
    return {**given, "afspraken": [*rows, {**CALLED, **more}]}


def test_looking_back_comes_after_the_term_of_the_region_although_an_agreement_waits(waiting: Play) -> None:
    waiting.wait("P79D")
    assert "evaluatie_voorbereiden" not in waiting.open()
    waiting.wait("P1D")  # three months after the plan
    assert "evaluatie_voorbereiden" in waiting.open()
    assert waiting.row("afspraak_opvolgen", WALK).subject == WALK


def test_a_second_meeting_is_asked_for_while_support_runs(waiting: Play) -> None:
    tell(waiting, "overleg_gevraagd")
    assert "overleg_plannen" in waiting.open()
    assert waiting.row("afspraak_opvolgen", WALK).subject == WALK
    with pytest.raises(ConflictError):  # a meeting is being planned
        tell(waiting, "overleg_gevraagd")


def test_an_agreement_that_a_correction_adds_has_somebody_who_gives_the_order(waiting: Play) -> None:
    waiting.correct("overleg", "plan_vastleggen", plan(waiting), "Aan de telefoon afgesproken")
    waiting.do("opdracht_geven", {"opdracht_wat": "Bellen", "opdracht_grond": "toestemming"}, subject=CALLED["wat"])
    assert waiting.row("afspraak_opvolgen", CALLED["wat"]).organisation == "jgz_heuvelkind"


def test_no_agreement_is_made_with_whom_the_family_did_not_name(waiting: Play) -> None:
    with nothing_written(waiting.database), pytest.raises(InvalidDataError) as error:
        waiting.correct("overleg", "plan_vastleggen", plan(waiting, wie="ggz_binnenweer"), "Aan de telefoon")
    assert set(error.value.fields) == {"afspraken.3.wie"}


def test_two_agreements_by_phone_stand_side_by_side(waiting: Play) -> None:
    tell(waiting, "nieuwe_afspraak")
    tell(waiting, "nieuwe_afspraak", COORDINATOR)
    first, second = (row for row in waiting.rows() if row.element == "afspraak_noteren")
    assert (first.assignee, second.assignee) == (OVERSEER, COORDINATOR), "who had the call writes it down"
    for row, what in ((first, "Elke maandag bellen"), (second, "Elke vrijdag langskomen")):
        with waiting.as_(row.assignee) as ctx:
            cases.complete(ctx, row.id, {**CALLED, "wat": what}, row.revision)
    assert {row.subject for row in waiting.rows() if row.element == "opdracht_geven"} == {
        "Elke maandag bellen",
        "Elke vrijdag langskomen",
    }


def test_a_partner_may_like_another_day_better_and_the_family_is_asked(waiting: Play) -> None:
    waiting.do("afspraak_opvolgen", {"status": "open", "gewenste_dag": "2026-12-10"}, subject=POST)
    waiting.do("andere_dag_afspreken", {"voor_wanneer": "2026-12-10"}, subject=POST)
    assert waiting.row("afspraak_opvolgen", POST).subject == POST
    (row,) = (row for row in waiting.document()["afspraken"] if row["wat"] == POST)
    assert row["voor_wanneer"] == "2026-12-10"


def test_another_child_within_two_years_is_born_into_the_same_case_which_goes_on_till_the_youngest_is_two(
    play: Play,
) -> None:
    play.play(example("geboorte"), until="evaluatie_voorbereiden")
    first = play.document()["geboortedatum"]
    play.wait("P300D")
    tell(play, "kind_geboren")
    (child,) = play.document()["kinderen"]
    born = play.now.date().isoformat()
    children = [{key: child[key] for key in ("id", "naam")}, {"naam": "Tweede"}]
    play.do("geboorte_vastleggen", {"geboortedatum": born, "kinderen": children})
    assert [row["naam"] for row in play.document()["kinderen"]] == [child["naam"], "Tweede"]
    play.wait_until(play.now.replace(year=int(first[:4]) + 2, month=12, day=31))
    assert "eindevaluatie_houden" not in play.open(), "the first is two, the second is not"

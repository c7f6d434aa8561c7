"""A corrected consent: what was wrong ends, and nothing comes back that the family ended since."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine import cases, consent, store
from engine.definitions.registers import Entry
from engine.errors import NotFoundError
from tests.engine.playing import OVERSEER, PARTNER, REPORTER, Play, example

pytestmark = pytest.mark.sqlite_first

STEP = "toestemming", "toestemming_vastleggen"
THEIRS = "schuldhulp_rondkomstig"


@pytest.fixture
def agreed(play: Play) -> Play:
    """A case whose family agreed that the partner joins in."""
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    assert sees(play)
    return play


def sees(play: Play) -> bool:
    try:
        return bool(play.view(PARTNER).parts)
    except NotFoundError:
        return False


def correct(play: Play, **changes: Any) -> None:
    with play.as_(REPORTER, writes=False) as ctx:
        (step,) = (step for step in cases.case(ctx, play.case_id).answers if step.element.id == STEP[1])
    before = {key: value for key, value in step.values.items() if key != "toestemming_gegeven"}
    play.correct(*STEP, {**before, **changes}, "Verkeerd opgeschreven", REPORTER)


def rows(play: Play, organisation: str = THEIRS, **changes: Any) -> list[Mapping[str, Any]]:
    """The answers as they stand, with changes in what is said of one organisation."""
    return [
        {**row, **(changes if row["organisatie"] == organisation else {})} for row in play.document()["toestemmingen"]
    ]


def test_a_correction_after_withdrawal_gives_nobody_sight_again(agreed: Play) -> None:
    with agreed.as_(OVERSEER) as ctx:
        cases.withdraw(ctx, agreed.case_id, cases.Wish(organisation=THEIRS))
    assert not sees(agreed)
    correct(agreed, telefoon="06 12345678")
    assert not sees(agreed)
    correct(agreed, toestemmingen=rows(agreed, antwoord="ja"))
    assert not sees(agreed), "a yes that was taken back comes back only by the person"


def test_a_correction_before_withdrawal_is_withdrawn_with_the_rest(agreed: Play) -> None:
    correct(agreed, telefoon="06 12345678")
    assert sees(agreed)
    agreed.tell("toestemming_ingetrokken")
    assert not sees(agreed)


def test_who_was_named_by_mistake_sees_nothing_any_more(agreed: Play) -> None:
    correct(agreed, toestemmingen=[row for row in rows(agreed) if row["organisatie"] != THEIRS])
    assert not sees(agreed)


def test_a_yes_that_was_none_ends(agreed: Play) -> None:
    correct(agreed, toestemmingen=rows(agreed, antwoord="nee"))
    assert not sees(agreed)


def test_a_later_answer_of_the_same_person_counts_more_than_a_correction_of_an_earlier_one(agreed: Play) -> None:
    given = next(row for row in rows(agreed) if row["organisatie"] == THEIRS)
    values = {"persoon": given["persoon"], "organisatie": THEIRS, "antwoord": "nee"}
    agreed.wait("P1D")
    with agreed.database.writing() as tx:
        settings = agreed.library.current(tx)[0].definition.settings
        later = Entry("toestemming", values, {"doel": "delen"}, source="afsluiten/vervolg_vragen")
        store.registers.record(tx, agreed.case_id, consent.meant([later], settings), PARTNER, agreed.now)
    correct(agreed, toestemmingen=rows(agreed, antwoord="ja"))
    assert not sees(agreed)

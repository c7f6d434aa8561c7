"""A corrected consent: what was wrong ends, and nothing comes back that the family ended since."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine import store
from engine.errors import NotFoundError
from tests.engine.playing import PARTNER, Play, example

STEP = "toestemming", "toestemming_vastleggen"


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
    (done,) = (e for e in play.history() if e.kind == "afgerond" and e.element == STEP[1])
    before = {k: v for k, v in play.document().items() if k in done.detail["velden"] and v is not None}
    play.correct(*STEP, {**before, **changes}, "Verkeerd opgeschreven")


def rows(play: Play, **changes: Any) -> list[Mapping[str, Any]]:
    return [{**row, **changes} for row in play.document()["toestemmingen"]]


def test_a_correction_after_withdrawal_gives_nobody_sight_again(agreed: Play) -> None:
    agreed.tell("toestemming_ingetrokken")
    correct(agreed, ouder_naam="Sanne S. Schijnbaar")
    assert not sees(agreed)
    assert not any(one.in_force(agreed.now) for one in agreed.view("vera_voorbeeld").consents)


def test_a_correction_before_withdrawal_is_withdrawn_with_the_rest(agreed: Play) -> None:
    correct(agreed, ouder_naam="Sanne S. Schijnbaar")
    assert sees(agreed)
    agreed.tell("toestemming_ingetrokken")
    assert not sees(agreed)


def test_who_was_named_by_mistake_sees_nothing_any_more_also_under_a_corrected_name(agreed: Play) -> None:
    correct(agreed, toestemmingen=rows(agreed, persoon="Sanne Anders", organisaties=["jgz_heuvelkind"]))
    assert not sees(agreed)
    (now,) = (one for one in agreed.view("vera_voorbeeld").consents if one.in_force(agreed.now))
    assert (now.person, now.organisations) == ("Sanne Anders", frozenset({"jgz_heuvelkind"}))


def test_a_yes_that_was_none_ends(agreed: Play) -> None:
    correct(agreed, toestemming_gegeven="nee")
    assert not sees(agreed)


def test_a_later_answer_of_the_same_person_counts_more_than_a_correction_of_an_earlier_one(agreed: Play) -> None:
    (given,) = rows(agreed)
    values = {"persoon": given["persoon"], "besluit": "nee"}
    agreed.wait("P1D")
    with agreed.database.writing() as tx:
        later = store.registers.Entry("toestemming", values, {"doel": "delen"}, source="afsluiten/vervolg_vragen")
        store.registers.record(tx, agreed.case_id, [later], PARTNER, agreed.now)
    assert not sees(agreed)
    correct(agreed, ouder_naam="Sanne S. Schijnbaar")
    assert not sees(agreed)

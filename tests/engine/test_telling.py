"""Telling a case that something happened: by whom, when and for whom, and who reads that."""

from collections.abc import Mapping

import pytest

from engine import cases
from engine.errors import InvalidDataError
from tests.engine.playing import OVERSEER, REPORTER, Play, example
from tests.engine.test_cases import SIGNAL, nothing_written

pytestmark = pytest.mark.sqlite_first

AT = "gezin_verhuist"
DAY = "2026-01-05"


def asked(play: Play, by: str, name: str = AT) -> Mapping[str, list[str]]:
    """The questions before a message, each with what may be chosen."""
    with play.as_(by, writes=False) as ctx:
        (option,) = (option for option in cases.case(ctx, play.case_id).messages if option.name == name)
        form = cases.questions(ctx, play.case_id, option)
    return {field.key: [choice.value for choice in field.options] for field in form.fields}


def tell(play: Play, by: str, answers: Mapping[str, object], name: str = AT) -> None:
    with play.as_(by) as ctx:
        cases.message(ctx, play.case_id, name, answers)


def told(play: Play, person: str) -> Mapping[str, object]:
    """What the history tells this person of the message."""
    with play.as_(person, writes=False) as ctx:
        history = cases.case(ctx, play.case_id).history
    return next((event.detail for event in history if event.kind == "bericht"), {})


def test_nothing_begins_before_it_is_said_who_told_it_when_and_for_whom(play: Play) -> None:
    play.start(SIGNAL)
    (mother,) = asked(play, REPORTER)["voor"]
    right = {"van": "zelf", "op": DAY, "voor": [mother]}
    tomorrow = "2099-01-01"
    wrong: list[dict[str, object]] = [
        {},
        {**right, "van": "iemand"},
        {**right, "op": tomorrow},
        {**right, "op": None},
        {**right, "voor": []},
    ]
    for answers in wrong:
        with nothing_written(play.database), pytest.raises(InvalidDataError) as error:
            tell(play, REPORTER, answers)
        assert set(error.value.fields) <= {"van", "op", "voor"}
    tell(play, REPORTER, {**right, "van": mother})
    document = play.document()
    kept = {key: document[f"{AT}_{key}"] for key in ("door", "van", "op", "voor")}
    assert kept == {"door": REPORTER, "van": mother, "op": DAY, "voor": [mother]}


def test_danger_is_told_without_a_question_and_of_a_birth_nobody_is_chosen(play: Play) -> None:
    play.play(example("geboorte"), until="kennismaken")
    assert asked(play, REPORTER, "acute_onveiligheid") == {}
    assert set(asked(play, REPORTER, "kind_geboren")) == {"van", "op"}
    tell(play, REPORTER, {}, "acute_onveiligheid")


def test_who_may_not_know_somebody_is_not_told_that_she_said_it_or_whom_it_is_about(play: Play) -> None:
    play.start(SIGNAL)
    (mother,) = asked(play, REPORTER)["voor"]
    tell(play, REPORTER, {"van": mother, "op": DAY, "voor": [mother]})
    seen = told(play, OVERSEER)  # no consent yet: she knows that it was told, and no more than before
    assert seen["naam"] == AT
    assert not {"van", "op", "voor"} & set(seen)

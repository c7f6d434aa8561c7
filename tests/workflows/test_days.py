"""Days in the forms of the reference process: one that can't be is told at its question, in words."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from engine import definitions, feel, forms
from engine.errors import InvalidDataError
from engine.forms import Field
from tests.conftest import BEGIN
from tests.engine.playing import REGION, WORKFLOWS

CASE = definitions.load(WORKFLOWS, "casus", REGION)
SET_UP = definitions.load(WORKFLOWS, "opzetten", REGION)
TODAY = BEGIN.date()
FREE = {"verhuisdatum", "rouwzorg_datum", "open_sinds"}
"""Days that may be past and to come: a family moved or will, a talk was held before it is written down."""


def day(days: int) -> str:
    return (TODAY + timedelta(days)).isoformat()


def told(form: str, answers: Mapping[str, object], **known: object) -> dict[str, str]:
    """What is told at questions that were answered, of a form of the reference."""
    of = CASE.forms.get(form) or SET_UP.forms[form]
    try:
        forms.validate(of, answers, {"regio": {}, **known, feel.NOW: BEGIN})
    except InvalidDataError as error:
        return {place: sentence for place, sentence in error.fields.items() if place.split(".")[0] in answers}
    return {}


def dated(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield from dated(field.fields)
        if field.type.days:
            yield field


@pytest.mark.parametrize("definition", [CASE, SET_UP], ids=["casus", "opzetten"])
def test_every_day_that_is_asked_was_or_is_still_to_come(definition: definitions.Definition) -> None:
    for form in definition.forms.values():
        for field in dated(form.fields):
            assert bool(field.demands) is (field.key not in FREE), f"{form.id}: {field.key}"


@pytest.mark.parametrize(
    ("form", "answers", "known"),
    [
        ("overleg_plannen", {"overleg_datum": "2020-05-01"}, {}),
        ("overleg_houden", {"overleg_datum": day(300)}, {}),
        ("overleg_houden", {"overleg_datum": day(3)}, {"overleg_datum": day(3)}),  # the day that was planned
        ("signaal_vastleggen", {"signaal_datum": day(1)}, {}),
        ("signaal_vastleggen", {"signaal_datum": "2012-05-01"}, {}),
        ("afspraak_nagaan", {"voor_wanneer": day(-1)}, {"status": "open", "voor_wanneer": day(-1)}),
        ("afspraak_opschalen", {"voor_wanneer": day(-5), "status": "open"}, {}),
        ("geboorte_vastleggen", {"geboortedatum": day(1)}, {}),
        ("steun_starten", {"evaluatie_datum": "2020-01-01"}, {}),
        ("overeenkomst_sluiten", {"overeenkomst_datum": day(-1), "overeenkomst_tot": day(-2)}, {}),
        ("pilot_houden", {"pilot_overleggen": 3, "pilot_ouders_erbij": 4}, {}),
    ],
)
def test_a_day_or_number_that_cannot_be_is_told_at_its_question(
    form: str, answers: dict[str, object], known: dict[str, object]
) -> None:
    sentences = told(form, answers, **known)
    (place,) = sentences
    assert place in answers
    assert len(sentences[place]) > 30, "it says what is wrong and what to do"


def test_a_day_that_has_passed_is_told_at_the_agreement_that_has_it() -> None:
    rows = [{"wat": "bellen", "voor_wanneer": day(7)}, {"wat": "bezoeken", "voor_wanneer": "2020-01-01"}]
    for form in ("plan_vastleggen", "steun_afspreken"):
        assert "afspraken.1.voor_wanneer" in told(form, {"afspraken": rows})
        assert "afspraken.0.voor_wanneer" not in told(form, {"afspraken": rows})


@pytest.mark.parametrize(
    ("weeks", "due", "fits"),
    [
        (20, 140, True),
        (20, 120, True),  # an estimate may be
        (20, None, True),
        (None, 250, True),
        (41, 0, True),
        (20, -2000, False),  # of another year
        (20, 240, False),  # of somebody who is six weeks pregnant
        (36, 140, False),
        (None, 400, False),
        (None, -60, False),
    ],
)
def test_the_day_on_which_a_child_is_expected_fits_the_weeks(weeks: int | None, due: int | None, *, fits: bool) -> None:
    answers: dict[str, object] = {"signaal_datum": day(-3), "zwanger": "ja"}
    answers |= {} if weeks is None else {"zwangerschapsduur_weken": weeks}
    answers |= {} if due is None else {"uitgerekende_datum": day(due)}
    assert ("uitgerekende_datum" not in told("signaal_vastleggen", answers)) is fits

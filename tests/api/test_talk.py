"""How consent is asked on a page: one person at a time, one organisation at a time, and read back."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from api.pages import talk
from api.pages.talk import Talk
from engine import definitions, forms
from engine.definitions import Definition
from engine.forms import Form

WORKFLOWS = Path(__file__).parents[2] / "workflows"
STEP = ("toestemming", "toestemming_vastleggen")
PLACE = "kerkrade"
TEAM, DEBT = "buurtlicht_kerkrade", "schuldhulp_rondkomstig"
ANS, BEN = "ans1", "ben1"
ROWS = "toestemmingen"


@pytest.fixture(scope="module")
def drawn() -> Definition:
    """The reference process."""
    return definitions.load(WORKFLOWS, "casus", "zuid-limburg")


def context(drawn: Definition) -> Mapping[str, Any]:
    """What the form sees: two parents, and the organisations of the region."""
    family = {
        "moeder": [{"value": ANS, "label": "Ans"}],
        "andere_ouder": [{"value": BEN, "label": "Ben"}],
    }
    organisations = [
        {"value": id, "label": organisation.name} for id, organisation in drawn.settings.organisations.items()
    ]
    kinds = [{"value": kind.id, "label": kind.name} for kind in drawn.settings.data_kinds.values()]
    return {
        forms.RELATIVES: family,
        "regio": {"organisaties": organisations, "gegevenssoorten": kinds},
    }


def begin(drawn: Definition, /, *, form: Form | None = None, **posted: str) -> Talk | None:
    """The talk of the step, as a page posted it."""
    element = drawn.element(*STEP)
    said = [(f"_{name}", text) for name, text in posted.items()]
    return talk.begin(element, form or drawn.forms[element.form], context(drawn), drawn.settings, PLACE, said)


def page(drawn: Definition, rows: list[dict[str, Any]], **posted: str) -> dict[str, Any]:
    """What the page shows for these answers."""
    form = drawn.forms[drawn.element(*STEP).form]
    return talk.asked(begin(drawn, form=form, **posted), form, {ROWS: rows}, context(drawn))


def row(person: str, organisation: str, reply: str = "", **more: Any) -> dict[str, Any]:
    """One answer."""
    return {"persoon": person, "organisatie": organisation, **({"antwoord": reply} if reply else {}), **more}


def test_the_team_is_asked_about_first_and_nobody_else_until_named(drawn: Definition) -> None:
    shown = page(drawn, [])["talk"]
    assert [turn.name for turn in shown.turns if turn.now] == ["Ans"]
    assert [(asked.team, asked.said) for asked in shown.asked] == [(True, "")]
    assert shown.asked[0].sentence.startswith("Mag Buurtlicht Kerkrade weten hoe we jullie bereiken, ")
    assert not shown.found


def test_an_organisation_is_found_by_a_part_of_its_name_or_by_what_it_does(drawn: Definition) -> None:
    assert [hit.id for hit in page(drawn, [], organisatie_zoeken="SCHULD")["talk"].found] == [DEBT]
    assert [hit.id for hit in page(drawn, [], organisatie_zoeken="rondk")["talk"].found] == [DEBT]
    assert not page(drawn, [], organisatie_zoeken="r")["talk"].found
    asked = [row(ANS, DEBT)]
    assert not page(drawn, asked, organisatie_zoeken="rondk")["talk"].found, "it is asked about already"


def test_each_parent_answers_apart_and_sees_nothing_of_the_other(drawn: Definition) -> None:
    said = [row(ANS, TEAM, "ja"), row(ANS, DEBT, "anders", soorten=["contact", "geld_wonen"])]
    shown = page(drawn, said, wie=ANS, aan_het_woord=BEN)["talk"]
    assert [turn.name for turn in shown.turns if turn.now] == ["Ben"]
    assert [asked.said for asked in shown.asked] == [""]
    assert (f"{ROWS}.1.soorten", "geld_wonen") in shown.hidden, "what Ans said goes along, unseen"
    assert page(drawn, said, wie=ANS)["talk"].asked[1].said == (
        "Schuldhulp Rondkomstig mag weten hoe we jullie bereiken, en van geld en wonen. De rest niet."
    )


def test_who_said_nothing_yet_is_not_held_to_an_answer(drawn: Definition) -> None:
    conversation = begin(drawn)
    assert conversation
    given = {ROWS: [row(ANS, TEAM, "ja"), row(BEN, TEAM)]}
    assert conversation.heard(given)[ROWS] == given[ROWS][:1]
    assert conversation.heard({ROWS: [row(ANS, TEAM)]})[ROWS], "somebody answers"
    assert len(conversation.heard({ROWS: [row(ANS, DEBT, "ja"), row(ANS, TEAM)]})[ROWS]) == 2, (
        "the gate follows from it"
    )


def test_what_changed_since_it_was_read_back_is_read_back_again(drawn: Definition) -> None:
    said = [row(ANS, TEAM, "ja"), row(BEN, TEAM, "nee")]
    read = page(drawn, said, wie=BEN, teruggelezen=page(drawn, said, wie=ANS)["talk"].read)["talk"].read
    assert pending(drawn, said, read) == ("", "")
    notice, speaker = pending(drawn, [said[0], row(BEN, TEAM, "ja")], read)
    assert speaker == BEN
    assert re.match("Lees eerst terug wat Ben zei", notice)


def pending(drawn: Definition, rows: list[dict[str, Any]], read: str) -> tuple[str, str]:
    """Why the talk isn't over."""
    conversation = begin(drawn, teruggelezen=read)
    assert conversation
    return conversation.pending({ROWS: rows})


def test_what_was_said_another_time_is_not_ticked_now(drawn: Definition) -> None:
    conversation = begin(drawn)
    assert conversation
    before = {ROWS: [row(ANS, DEBT, "anders", soorten=["contact"], id="a1")]}
    assert conversation.begun(before)[ROWS] == [{**before[ROWS][0], "antwoord": None, "soorten": []}]


def test_a_region_that_asks_it_otherwise_gets_its_own_form(drawn: Definition) -> None:
    form = drawn.forms["toestemming_vastleggen"]
    without = tuple(
        forms.Field(field.id, field.key, field.kind, field.label, fields=field.fields[:-1])
        if field.key == ROWS
        else field
        for field in form.fields
    )
    assert begin(drawn, form=Form(form.id, without)) is None
    assert talk.begin(drawn.element("toestemming", "uitleg_geven"), form, {}, drawn.settings, PLACE) is None


def test_where_other_answers_hide_the_list_nobody_is_asked(drawn: Definition) -> None:
    element = drawn.element("afsluiten", "overdracht_toestemming_vragen")
    form = drawn.forms[element.form]
    conversation = talk.begin(element, form, context(drawn), drawn.settings, PLACE)
    assert talk.asked(conversation, form, {}, context(drawn))["talk"] is None
    wanted = {"overdracht_gewenst": "ja"}
    shown = talk.asked(conversation, form, wanted, context(drawn))["talk"]
    assert shown
    assert not shown.asked, "a transfer is to whom they name, not to the team"


def test_the_team_may_be_left_out_where_the_case_goes_on_anyway(drawn: Definition) -> None:
    element = drawn.element("geboorte", "toestemming_kind_vastleggen")
    form = drawn.forms[element.form]
    conversation = talk.begin(element, form, context(drawn), drawn.settings, PLACE)
    assert conversation
    key = conversation.listed.key
    assert conversation.heard({key: [row(ANS, DEBT, "ja"), row(ANS, TEAM)]})[key] == [row(ANS, DEBT, "ja")]

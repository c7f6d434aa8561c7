"""Asking a family anew, at any moment of the traject: what was taken back comes back by the person, and only so."""

from dataclasses import replace
from typing import Any

import pytest

from engine import cases, store
from engine.errors import ConflictError, NotAllowedError, NotFoundError
from engine.words import Message
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, PARTNER, REPORTER, Play, example, moved
from tests.engine.test_unasked import HOW_SHE_IS, take_back, told

pytestmark = pytest.mark.any_database

NURSES, DEBTS, TEAM = "jgz_heuvelkind", "schuldhulp_rondkomstig", "buurtlicht_kerkrade"
STEP = "toestemming_opnieuw_vragen"


def asks(play: Play, person: str) -> None:
    play.tell(Message.ASKED_ANEW, person)
    assert play.row(STEP).assignee == person


def says(play: Play, organisation: str, antwoord: str, **more: Any) -> None:
    row = {"persoon": "@moeder", "organisatie": organisation, "antwoord": antwoord, **more}
    play.do(STEP, {"opnieuw_toestemmingen": [row]})


def reads(play: Play, person: str) -> bool:
    try:
        return bool(play.view(person).parts)
    except NotFoundError:
        return False


def test_what_was_taken_back_comes_back_when_the_person_says_so_and_opens_what_waited_for_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    take_back(play, HOW_SHE_IS)
    assert told(play, OVERSEER) == ["Levensgebieden verkennen"]
    asks(play, REPORTER)
    assert told(play, OVERSEER) == ["Levensgebieden verkennen"], "asking is no answer yet"
    says(play, NURSES, "anders", soorten=["contact", "gezondheid", "welbevinden", "geld_wonen", "doelen_plan"])
    assert told(play, OVERSEER) == []
    assert play.open() == ["levensgebieden_verkennen"], "the traject goes on as it went"


def test_an_organisation_reads_from_the_answer_on_and_what_was_not_asked_stays_as_it_was(play: Play) -> None:
    play.play(example("opnieuw_gevraagd"), until=Message.ASKED_ANEW)
    assert not reads(play, PARTNER)
    asks(play, OVERSEER)
    says(play, DEBTS, "ja")
    assert reads(play, PARTNER)
    assert reads(play, LEAD)
    asks(play, REPORTER)
    says(play, DEBTS, "nee")
    assert not reads(play, PARTNER)


def test_nobody_asks_anew_what_wasn_t_asked_yet_or_for_whom_the_traject_stopped(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="toestemming_vastleggen")
    assert Message.ASKED_ANEW not in {option.name for option in play.view(REPORTER).messages}
    with play.as_(REPORTER) as ctx, pytest.raises((NotAllowedError, ConflictError)):
        cases.message(ctx, play.case_id, Message.ASKED_ANEW)


def test_a_partner_without_a_role_for_it_asks_nothing_anew(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    assert {
        person: Message.ASKED_ANEW in {option.name for option in play.view(person).messages}
        for person in (COORDINATOR, OVERSEER, PARTNER)
    } == {COORDINATOR: True, OVERSEER: True, PARTNER: False}


@pytest.mark.parametrize("story", ["verhuizing", "kind_wordt_twee", "zwangerschap_verloren", "contact_verbroken"])
def test_where_the_traject_stops_nothing_waits_for_a_yes_and_a_family_is_asked_nothing_anew(
    play: Play, story: str
) -> None:
    stops = {"verhuizing", "twee_jaar", "verlies", "contact_verbroken"}
    steps = 0
    for action in moved(example(story), play.began).actions:
        stopped = {row.process for row in play.rows()} & stops if play.case_id else set()
        if stopped:
            steps += 1
            assert not [row.element for row in play.rows() if row.for_nobody or row.needs]
            for person in (OVERSEER, COORDINATOR):
                offered = {option.name for option in play.view(person).messages}
                assert Message.ASKED_ANEW not in offered
                assert play.view(person).may_withdraw
                with play.as_(person) as ctx, pytest.raises(ConflictError):
                    cases.message(ctx, play.case_id, Message.ASKED_ANEW)
        play.act(action)
    assert steps


def test_the_traject_stops_by_its_drawing_when_an_answer_takes_away_the_last_yes_for_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    asks(play, REPORTER)
    says(play, TEAM, "nee")
    assert play.open() == ["delen_stoppen"]
    assert not reads(play, LEAD)
    assert not reads(play, PARTNER)


def test_a_correction_that_takes_away_the_last_yes_stops_it_too(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    rows = [{**row, "antwoord": "nee", "soorten": []} for row in play.document()["toestemmingen"]]
    play.correct("toestemming", "toestemming_vastleggen", {"toestemmingen": rows}, "Verkeerd gehoord", REPORTER)
    assert play.open() == ["delen_stoppen"]


@pytest.fixture
def only_she_may(play: Play) -> Play:
    """A case whose open task one nurse may do and has, and nobody else may."""
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    take_back(play, cases.Wish(organisation=TEAM, kind="welbevinden"))
    with play.as_(LEAD) as ctx:
        cases.claim(ctx, play.row("levensgebieden_verkennen").id)
    assert told(play, OVERSEER) == []
    return play


def test_who_leaves_loses_the_task_and_where_nobody_else_may_the_team_is_told(only_she_may: Play) -> None:
    play = only_she_may
    with play.as_(OVERSEER) as ctx:
        nurse = store.people.one(ctx.tx, LEAD)
        cases.save_people(ctx, [replace(nurse, appointments=())])
    assert play.row("levensgebieden_verkennen").assignee == ""
    assert told(play, OVERSEER) == ["Levensgebieden verkennen"]
    with play.as_(OVERSEER) as ctx:
        cases.save_people(ctx, [replace(nurse, id="nieuw", name="Nieuwe Nurse")])
    assert told(play, OVERSEER) == []


def test_giving_a_task_back_tells_the_team_where_nobody_may_do_it_any_more(only_she_may: Play) -> None:
    play = only_she_may
    with play.database.writing() as tx:  # behind the back of who keeps people
        store.people.save(tx, [replace(store.people.one(tx, LEAD), appointments=())])
    with play.as_(OVERSEER) as ctx:
        cases.release(ctx, play.row("levensgebieden_verkennen").id)
    assert told(play, OVERSEER) == ["Levensgebieden verkennen"]

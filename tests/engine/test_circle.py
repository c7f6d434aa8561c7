"""A circle (kring): what the family lets some people know, nobody else finds a sign of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cases, definitions, store
from engine.cases import Library
from engine.cases.known import Known
from engine.errors import ConflictError, NotAllowedError, NotFoundError
from engine.store import Database
from tests.conftest import BEGIN, SqliteDatabases
from tests.engine.playing import (
    COORDINATOR,
    LEAD,
    OVERSEER,
    PARTNER,
    REGION,
    REPORTER,
    Play,
    definition,
    example,
    publish,
)
from tests.engine.test_access import seen_by

pytestmark = pytest.mark.sqlite_first

LOST = "zwangerschap_verloren"
OTHER_LEAD = "mo_maquette"  # casusregisseur of the team's organisation, whom no family below chose
SIGNS = ("verlies_kring", "berichten_stoppen", "Geen post", LOST, "Gezin heeft een verlies")
OF_IT = ("verlies", "pad_verlies", "berichten_stoppen", "persoonlijk_contact", LOST)
"""What the elements of a loss are called by."""


def told(play: Play, *known: str, story: str = LOST) -> Play:
    """A family that has a loss, as the reporter told it, which lets these people know."""
    play.play(example(story), until=LOST)
    play.tell(LOST, by=REPORTER)
    play.do("verlies_kring_vragen", {"verlies_kring": list(known)}, by=REPORTER)
    play.do("berichten_stoppen", {"verlies_uitnodigingen": True, "verlies_vaste_persoon": "Geen post"}, by=REPORTER)
    return play


def signs(play: Play, person: str) -> set[str]:
    """What of the loss this person comes upon."""
    seen = seen_by(play, person)
    view = play.view(person)
    shown = {id for progress in view.processes for id in progress.done | progress.current}
    return {sign for sign in SIGNS if sign in seen} | {id for id in shown if id.startswith(OF_IT)}


@pytest.mark.parametrize("person", [OVERSEER, COORDINATOR, LEAD, PARTNER])
def test_nobody_finds_a_sign_of_it_whom_the_family_did_not_choose(play: Play, person: str) -> None:
    play.play(example(LOST), until=LOST)
    play.tell(LOST, by=REPORTER)
    for chose in (False, True):
        if chose:
            play.do("verlies_kring_vragen", {"verlies_kring": []}, by=REPORTER)
        view = play.view(person)
        assert (view.status, view.tasks) == ("lopend", ())
        assert not signs(play, person)
        (row,) = play.rows()
        assert row.id not in [line.task_id for line in play.worklist(person).lines]
        with play.as_(person) as ctx, pytest.raises(NotFoundError):
            cases.task(ctx, row.id)
        with play.as_(person) as ctx, pytest.raises((ConflictError, NotAllowedError)) as refused:
            cases.message(ctx, play.case_id, LOST)
        assert "verlies" not in refused.value.message


def test_whom_the_family_chose_knows_and_may_do_the_steps(play: Play) -> None:
    told(play, PARTNER)
    assert not signs(play, OVERSEER)
    for person in (REPORTER, PARTNER):
        view = play.view(person)
        assert [row.element for row, _ in view.tasks] == ["persoonlijk_contact"]
        assert {"verlies"} <= {progress.process.id for progress in view.processes if progress.current}
        assert "Geen post" in seen_by(play, person)
        assert LOST in [event.detail.get("naam") for event in view.history]


def test_who_is_no_longer_chosen_knows_no_more(play: Play) -> None:
    told(play, PARTNER, OVERSEER)
    assert signs(play, OVERSEER)
    play.correct("verlies", "verlies_kring_vragen", {"verlies_kring": [PARTNER]}, "Toch niet", by=REPORTER)
    assert not signs(play, OVERSEER)
    assert signs(play, PARTNER)


def test_closing_the_traject_betrays_nothing_and_cuts_no_support_off(play: Play) -> None:
    told(play)
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Er gebeurt niets meer")
    assert [row.element for row in play.rows()] == ["persoonlijk_contact"]
    assert not signs(play, OVERSEER)
    assert [row.element for row, _ in play.view(REPORTER).tasks] == ["persoonlijk_contact"]
    play.do("persoonlijk_contact", {"rouwzorg_gewenst": "nee"}, by=REPORTER)


def test_a_circle_is_a_door_of_its_own_and_consent_is_none_to_it(play: Play) -> None:
    told(play, PARTNER)
    answers = {"rouwzorg_gewenst": "nee", "verlies_lopende_steun": "Hulp bij geld"}  # a kind that is open to the team
    play.do("persoonlijk_contact", answers, by=REPORTER)
    read = {}
    for person in (PARTNER, OVERSEER):
        with play.as_(person, writes=False) as ctx:
            case = store.case_files.read(ctx.tx, play.case_id, None)
            facts = store.case_files.facts(ctx.tx, case, ctx.sight)
            model = ctx.library.model(ctx.tx, case.version_id)
            known = Known(model.definition, case.document, store.answers.of_case(ctx.tx, case.id))
            read[person] = known.readable(ctx.sight, facts, known.values(("verlies_lopende_steun",)))
    assert read == {PARTNER: {"verlies_lopende_steun": "Hulp bij geld"}, OVERSEER: {}}


def test_it_is_handed_over_within_the_circle_alone(play: Play) -> None:
    told(play, PARTNER)
    (row,) = play.rows()
    with play.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
        cases.reassign(ctx, row.id, OVERSEER)
    with play.as_(REPORTER) as ctx:
        cases.reassign(ctx, row.id, PARTNER)
    play.do("persoonlijk_contact", {"rouwzorg_gewenst": "nee"}, by=PARTNER)


def test_who_stops_the_sharing_after_it_reads_nothing_of_it(play: Play) -> None:
    told(play)
    play.tell("toestemming_ingetrokken", by=REPORTER)
    assert play.open() == ["delen_stoppen"]
    view = play.task(OVERSEER, "delen_stoppen")
    assert not {key for key in view.context if key.startswith(LOST)}
    assert not signs(play, OVERSEER)


def for_the_lead(url: str) -> None:
    """The reference published, in which being there for the parents is first of all for who is casusregisseur."""
    files = definition().files
    before, step, after = files["verlies.bpmn"].partition(b'id="persoonlijk_contact"')
    after = after.replace(b'candidateGroups="', b'candidateGroups="casusregisseur,', 1)
    after = after.replace(b'"toewijzen" value="zwangerschap_verloren_door"', b'"toewijzen" value="casusregisseur"', 1)
    drawn = definitions.assemble("casus", REGION, {**files, "verlies.bpmn": before + step + after})
    database = Database(url)
    publish(database, BEGIN, drawn)
    database.close()


def test_what_a_circle_has_goes_to_nobody_who_is_chosen_outside_it(
    sqlite_databases: SqliteDatabases, opened: Callable[[str], Database], library: Library, tmp_path: Path
) -> None:
    story = "zwangerschap_verloren_geen_hulp"
    play = Play(opened(sqlite_databases.copy(for_the_lead, tmp_path / "kring.sqlite")), library, BEGIN)
    told(play, LEAD, story=story)
    assert play.row("persoonlijk_contact").assignee == LEAD
    held = next(action for action in example(story).actions if action.name == "overleg_houden")
    play.correct("overleg", "overleg_houden", {**held.answers, "casusregisseur": OTHER_LEAD}, "Het werd Mo")
    assert play.row("persoonlijk_contact").assignee == LEAD
    assert not signs(play, OTHER_LEAD)

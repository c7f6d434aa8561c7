"""What somebody would notice only later: who keeps a task or a role, and what becomes of terms and agreements."""

import json
from datetime import timedelta
from typing import Any

import pytest

from engine import access, cases, deadlines, definitions, store
from engine.access import Appointment, CaseFacts, Person, Sight, TaskFacts
from engine.cases import Library
from engine.consent import Opening
from engine.definitions.registers import AgreementRow, Entry, MeetingRow
from engine.errors import ConflictError
from engine.store.case_files import CaseRow
from engine.words import RoleId, TaskStatus
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.drawing import diagram, end, fork, node, properties, start, way
from tests.engine.playing import HOME, LEAD, OVERSEER, REPORTER, Play, example

pytestmark = pytest.mark.sqlite_first

FIRST, SECOND = "eerste", "tweede"
CHOOSE = {
    "type": "select",
    "id": "veld_regie",
    "key": "casusregisseur",
    "label": "Wie houdt de regie?",
    "properties": {"kies_persoon": "casusregisseur"},
}

WHY = {"type": "textfield", "id": "veld_waarom", "key": "waarom", "label": "Waarom meld je dit?"}


def work(id: str, role: str, form: str = "", **given: str) -> str:
    """A step of one role."""
    more = {"camunda_formRef": form} if form else {}
    return node("userTask", id, properties(**given) if given else "", camunda_candidateGroups=role, **more)


@pytest.fixture
def choosing(database_url: str, opened: Any, library: Library) -> Play:
    """A process in which somebody is chosen, after which two steps wait for whom was chosen: one of them for safety."""
    parts = (
        start(), work("melden", "aanmelder", "melden"), work("kiezen", "aanmelder", "kiezen"), fork("s"),
        work("veilig", "casusregisseur", fase="veiligheid"), work("gewoon", "casusregisseur"),
        work("anders", "aanmelder", "kiezen"), fork("j"), end(),
        way("begin", "melden", "kiezen", "s", "veilig", "j", "klaar"), way("s", "gewoon", "j"), way("s", "anders", "j"),
    )  # fmt: skip
    form = {"schemaVersion": 16, "type": "default"}
    roles = {"aanmelder": {"naam": "Aanmelder"}, "casusregisseur": {"naam": "Casusregisseur"}}
    files = {
        "regie.bpmn": diagram("regie", *parts),
        "formulieren/melden.form": json.dumps({**form, "id": "melden", "components": [WHY]}).encode(),
        "formulieren/kiezen.form": json.dumps({**form, "id": "kiezen", "components": [CHOOSE]}).encode(),
        "regio.yaml": json.dumps({"naam": "Proefregio", "gemeenten": {HOME: "Kerkrade"}, "rollen": roles}).encode(),
    }
    staff = [Person(REPORTER, "Mila Modelman", "", "", (Appointment("aanmelder", HOME),))]
    staff += [Person(id, id.title(), "", "", (Appointment("casusregisseur", HOME),)) for id in (FIRST, SECOND)]
    database = opened(database_url)
    playing.publish(database, NOW, definitions.assemble("regie", "proefregio", files), staff=staff)
    return Play(database, library, NOW)


def test_a_step_for_safety_stays_with_who_has_it_when_somebody_else_is_chosen(choosing: Play) -> None:
    choosing.start({}, process="regie")
    with choosing.database.writing() as tx:
        store.case_files.join(tx, choosing.case_id, FIRST, RoleId.SAFETY, choosing.now)
    choosing.do("kiezen", {"casusregisseur": FIRST}, by=REPORTER)
    assert {choosing.row(id).assignee for id in ("veilig", "gewoon")} == {FIRST}
    choosing.do("anders", {"casusregisseur": SECOND}, by=REPORTER)
    assert (choosing.row("gewoon").assignee, choosing.row("veilig").assignee) == (SECOND, FIRST)


def test_who_has_another_role_of_a_task_does_it_also_where_partners_of_one_organisation_may() -> None:
    roles = frozenset({("kernpartner", HOME), ("coordinator", HOME)})
    both = Sight("ik", "jgz", "", frozenset(), frozenset({HOME}), roles)
    partner = Sight("ik", "jgz", "", frozenset(), frozenset({HOME}), frozenset({("kernpartner", HOME)}))
    task = TaskFacts(frozenset({"kernpartner", "coordinator"}), "ggz", "")
    opened = frozenset({Opening("jgz", "delen", "contact", "moeder")})
    case = CaseFacts("casus", HOME, frozenset(), opened, agreed=True)
    assert access.is_candidate(both, case, task)
    assert not access.is_candidate(partner, case, task)


def test_who_gets_one_task_of_a_role_held_everywhere_takes_no_lasting_part(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    before = play.view(OVERSEER).participants
    assert LEAD not in {person.id for person, _ in before}
    with play.as_(OVERSEER) as ctx:
        cases.reassign(ctx, play.row("kennismaken").id, LEAD)
    assert play.view(OVERSEER).participants == before


def test_closing_early_lets_no_agreement_stand_open(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    assert {row.status for row in play.view(OVERSEER).rows(AgreementRow)} == {"open"}
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Verhuisd")
    with play.database.reading() as tx:
        assert {row.status for row in store.registers.rows(tx, play.case_id, AgreementRow)} == {"vervallen"}


def test_a_term_that_haste_makes_shorter_still_counts_from_when_the_task_opened(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_houden")
    before = play.row("overleg_houden")
    play.now += timedelta(days=3)
    asked = {key: play.document().get(key) for key in play.history()[1].detail["velden"]}
    answers = {key: value for key, value in asked.items() if value is not None}
    play.correct("signaleren", "signaal_vastleggen", {**answers, "zwangerschapsduur_weken": 36}, "Verteld", REPORTER)
    after = play.row("overleg_houden")
    term = playing.definition().settings.deadlines["overleg_spoed"]
    assert before.opened_at is not None
    assert after.deadline == deadlines.due(before.opened_at, term.duration) != before.deadline


def meeting(state: str, **values: object) -> Entry:
    """What a step says of a meeting."""
    return Entry("overleg", values, {"soort": "knooppuntoverleg", "stand": state})


def test_a_meeting_that_was_held_keeps_what_was_planned_and_not_said_again(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    planned = meeting("gepland", datum="2026-04-02", tijd="13:30", plaats="Bij het gezin thuis")
    held = meeting("gehouden", datum="2026-04-02", plaats="", aanwezig=["jgz_heuvelkind"])
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, [planned], REPORTER, play.now)
        store.registers.record(tx, play.case_id, [held], REPORTER, play.now)
        again = meeting("gepland", datum="2026-06-02", plaats="Op het consultatiebureau")
        store.registers.record(tx, play.case_id, [again], REPORTER, play.now)
        rows = store.registers.rows(tx, play.case_id, MeetingRow)
    meetings = [(row.status, row.time, row.place, row.present) for row in rows]
    assert meetings == [
        ("gehouden", "13:30", "Bij het gezin thuis", ("jgz_heuvelkind",)),
        ("gepland", "", "Op het consultatiebureau", ()),
    ]


def test_what_somebody_did_while_one_waited_for_the_case_is_seen(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    task, of_task = play.row("aanmelding_beoordelen"), store.case_files.of_task

    def late(tx: store.Transaction, task_id: int, *, locked: bool) -> CaseRow:
        store.tasks.end(tx, [task], TaskStatus.COMPLETED, OVERSEER)  # by who had the case until now
        return of_task(tx, task_id, locked=locked)

    monkeypatch.setattr(store.case_files, "of_task", late)
    with play.as_(playing.COORDINATOR) as ctx, pytest.raises(ConflictError, match="Vera Voorbeeld heeft de taak"):
        cases.claim(ctx, task.id)

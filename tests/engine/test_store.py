"""What lasts: one move at a time, whole or not at all, registers, sessions, versions, and erasing."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from engine import cases, definitions, store
from engine.access import Appointment, Person, Sight
from engine.consent import named_organisations
from engine.definitions.registers import (
    REGISTERS,
    AgreementRow,
    DisclosureRow,
    EvaluationRow,
    MeetingRow,
    RegisterType,
    SafetyRow,
)
from engine.errors import ConflictError, DefinitionError, NotFoundError
from engine.scenarios import Action
from engine.store import Database
from engine.store.tables import metadata, session, task
from tests.engine import playing
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, PARTNER, REPORTER, Play, example

SIGNAL = example("alles_loopt_goed").actions[0].answers


# --- at the same time ------------------------------------------------------------------------------------------


def both(database: Database, *work: Callable[[Database], object]) -> list[object]:
    """Do things at the same moment, each with connections of its own; gives what each gave or raised."""
    gate = threading.Barrier(len(work), timeout=30)

    def run(one: Callable[[Database], object]) -> object:
        own = Database(database.url)
        try:
            gate.wait()
            return one(own)
        except Exception as error:  # noqa: BLE001 - what went wrong is what the test asks
            return error
        finally:
            own.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, one) for one in work]]


def completing(play: Play, task: int, person: str, answers: Mapping[str, object]) -> Callable[[Database], object]:
    def complete(database: Database) -> object:
        with Play(database, play.library, play.now).as_(person) as ctx:
            return cases.complete(ctx, task, answers, 1)

    return complete


@pytest.mark.parametrize("turn", range(3))
def test_of_two_who_complete_one_task_one_succeeds_and_the_other_hears_who(play: Play, turn: int) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    task = play.row("aanmelding_beoordelen").id
    said = {COORDINATOR: "Te ingewikkeld voor één partner.", OVERSEER: "Past goed."}
    people = [COORDINATOR, OVERSEER] if turn % 2 else [OVERSEER, COORDINATOR]
    answers = {
        "past_bij_knooppunt": "ja", "hulpvraag_soort": "meervoudig", "verkenner_organisatie": "jgz_heuvelkind",
    }  # fmt: skip
    outcomes = both(
        play.database, *(completing(play, task, p, {**answers, "intake_toelichting": said[p]}) for p in people)
    )
    won = [p for p, outcome in zip(people, outcomes, strict=True) if isinstance(outcome, cases.Completed)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, ConflictError)]
    assert (len(won), len(lost)) == (1, 1), outcomes
    first = {COORDINATOR: "Coby Concept", OVERSEER: "Vera Voorbeeld"}[won[0]]
    assert f"{first} heeft de taak" in lost[0].message
    assert play.document()["intake_toelichting"] == said[won[0]]
    done = [e for e in play.history() if e.element == "aanmelding_beoordelen" and e.kind == "afgerond"]
    assert [e.actor for e in done] == won
    assert len({row.element for row in play.rows()}) == len(play.rows())


def test_two_who_complete_different_tasks_of_one_case_both_succeed(play: Play) -> None:
    play.start(SIGNAL)
    mine, theirs = play.row("signaal_bespreken").id, play.row("ontvangst_bevestigen").id
    talk = {"besproken_met_gezin": "ja", "gezin_reactie": "Opgelucht", "hulpvraag_helder": "nee"}
    outcomes = both(
        play.database,
        completing(play, mine, REPORTER, talk),
        completing(play, theirs, COORDINATOR, {"ontvangst_bevestigd": True}),
    )
    assert [type(outcome) for outcome in outcomes] == [cases.Completed, cases.Completed], outcomes
    assert play.open() == ["uitleg_geven"]
    assert play.document()["gezin_reactie"] == "Opgelucht"
    assert play.document()["ontvangst_bevestigd"] is True


def test_what_has_no_deadline_stands_last_in_a_list(play: Play) -> None:
    play.start(SIGNAL)
    play.start(SIGNAL)
    first, *others = lines(play)
    with play.database.writing() as tx:
        store.tasks.move_deadline(tx, first, None)
    assert lines(play) == [*others, first]


def lines(play: Play) -> list[int]:
    """The tasks that who oversees reads in the whole list, in its order."""
    with play.as_(OVERSEER) as ctx:
        return [line.task_id for line in cases.worklist(ctx, cases.Filter("alle")).lines]


def test_of_two_who_take_one_task_one_has_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    task = play.row("aanmelding_beoordelen").id

    def claiming(person: str) -> Callable[[Database], object]:
        def claim(database: Database) -> object:
            with Play(database, play.library, play.now).as_(person) as ctx:
                cases.claim(ctx, task)
            return None

        return claim

    outcomes = both(play.database, claiming(COORDINATOR), claiming(OVERSEER))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ConflictError", "NoneType"]
    assert play.row("aanmelding_beoordelen").assignee in (COORDINATOR, OVERSEER)


def test_a_locked_case_waits_on_postgresql_and_reading_does_not(
    postgresql_url: str, opened: Callable[[str], Database], library: cases.Library
) -> None:
    database = opened(postgresql_url)
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    playing.publish(database, now, playing.definition())
    play = Play(database, library, now)
    play.start(SIGNAL)
    with database.writing() as holder, database.writing() as other:
        store.case_files.lock(holder, play.case_id, None)
        other.execute(sa.text("set lock_timeout = '50ms'"))
        assert store.case_files.read(other, play.case_id, None).id == play.case_id
        assert play.task(REPORTER, "signaal_bespreken").case_id == play.case_id
        with pytest.raises(sa.exc.OperationalError), other.begin_nested():
            store.case_files.lock(other, play.case_id, None)
    with database.writing() as holder:
        assert store.case_files.lock(holder, play.case_id, None).id == play.case_id


def test_a_task_that_was_done_while_one_waited_for_its_case_is_seen_to_be_done(
    postgresql_url: str, opened: Callable[[str], Database], library: cases.Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened(postgresql_url)
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    playing.publish(database, now, playing.definition())
    play = Play(database, library, now)
    play.start(SIGNAL)
    row, lock = play.row("ontvangst_bevestigen"), store.case_files.lock

    def lock_after_another(tx: store.Transaction, id: int, seen: Sight | None) -> store.case_files.CaseRow:
        monkeypatch.setattr(store.case_files, "lock", lock)
        play.do("ontvangst_bevestigen", {"ontvangst_bevestigd": True}, by=COORDINATOR)
        return lock(tx, id, seen)

    with play.as_(OVERSEER) as ctx:
        monkeypatch.setattr(store.case_files, "lock", lock_after_another)
        with pytest.raises(ConflictError, match="Coby Concept heeft de taak"):
            cases.complete(ctx, row.id, {"ontvangst_bevestigd": True})


def test_what_goes_wrong_in_a_transaction_leaves_nothing(database: Database) -> None:
    def add_and_fail() -> None:
        with database.writing() as tx:
            store.people.save(tx, [Person("nieuw", "Nieuw Niemand")])
            raise KeyError

    with pytest.raises(KeyError):
        add_and_fail()
    with database.reading() as tx, pytest.raises(NotFoundError):
        store.people.one(tx, "nieuw")


# --- registers -------------------------------------------------------------------------------------------------


def consents(play: Play) -> list[tuple[str, str, bool, frozenset[str], bool]]:
    with play.database.reading() as tx:
        rows = store.registers.consents(tx, play.case_id)
    return [(c.person, c.purpose, c.given, c.organisations, c.in_force(play.now)) for c in rows]


def test_a_consent_names_its_organisations_and_purpose(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    both_named = frozenset({"jgz_heuvelkind", "schuldhulp_rondkomstig"})
    assert consents(play) == [("Sanne Schijnbaar", "delen", True, both_named, True)]
    with play.database.reading() as tx:
        kept = store.registers.consents(tx, play.case_id)[0]
        row = tx.execute(sa.select(metadata.tables["consent"])).one()
    assert kept.categories == {"contactgegevens", "geld_wonen"}
    assert kept.recorded_at == play.now
    assert (row.recorded_by, row.on_behalf_of, row.relation, row.form) == (REPORTER, "ouders", "moeder", "mondeling")


def corrected_consent(play: Play, **changed: object) -> None:
    action = next(a for a in example("alles_loopt_goed").actions if a.name == "toestemming_vastleggen")
    (row,) = play.document()["toestemmingen"]
    play.now += timedelta(hours=1)
    play.correct(
        "toestemming",
        "toestemming_vastleggen",
        {**action.answers, "toestemmingen": [{**row, **changed}]},
        "De moeder dacht er nog eens over na",
        REPORTER,
    )


def test_a_newer_answer_to_the_same_question_replaces_the_older_one(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    corrected_consent(play, organisaties=["schuldhulp_rondkomstig"])
    assert [(given, named, force) for _, _, given, named, force in consents(play)] == [
        (True, frozenset({"jgz_heuvelkind", "schuldhulp_rondkomstig"}), False),
        (True, frozenset({"schuldhulp_rondkomstig"}), True),
    ]
    corrected_consent(play, besluit="nee")
    assert [force for *_, force in consents(play)] == [False, False, False]
    with play.database.reading() as tx:
        assert named_organisations(store.registers.consents(tx, play.case_id), play.now) == frozenset()


def test_another_purpose_stands_beside_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    assert [(purpose, force) for _, purpose, _, _, force in consents(play)] == [("delen", True), ("overleg", True)]


def test_withdrawing_ends_every_consent(play: Play) -> None:
    play.play(example("toestemming_ingetrokken"), until="toestemming_ingetrokken")
    assert [force for *_, force in consents(play)] == [True, True]
    play.now += timedelta(hours=1)
    play.tell("toestemming_ingetrokken", REPORTER)
    assert [force for *_, force in consents(play)] == [False, False]


def test_a_meeting_is_planned_and_then_held_in_one_row(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="genodigden_toestemming_nagaan")
    (planned,) = play.view(OVERSEER).rows(MeetingRow)
    assert (planned.kind, planned.status, planned.date, planned.time) == (
        "knooppuntoverleg", "gepland", date(2026, 4, 2), "13:30",
    )  # fmt: skip
    play.play(replace(example("alles_loopt_goed"), actions=_after("overleg_plannen")), until="plan_vastleggen")
    (held,) = play.view(OVERSEER).rows(MeetingRow)
    assert (held.status, held.parents_present, held.place) == ("gehouden", "ja", "Bij het gezin thuis")
    assert set(held.present) == {"jgz_heuvelkind", "maatjes_samenop", "schuldhulp_rondkomstig"}


def _after(name: str) -> tuple[Action, ...]:
    actions = example("alles_loopt_goed").actions
    return actions[[a.name for a in actions].index(name) + 1 :]


def test_a_meeting_keeps_what_was_planned_and_is_not_said_again_when_it_is_held(play: Play) -> None:
    play.start(SIGNAL)
    planned = {"datum": "2026-04-02", "tijd": "13:30", "plaats": "Bij het gezin thuis", "aanwezig": ["jgz_heuvelkind"]}
    with play.database.writing() as tx:
        for values, state in ((planned, "gepland"), ({"datum": "2026-04-03"}, "gehouden")):
            entry = store.registers.Entry("overleg", values, {"soort": "knooppuntoverleg", "stand": state})
            store.registers.record(tx, play.case_id, [entry], OVERSEER, play.now)
        (row,) = store.registers.rows(tx, play.case_id, MeetingRow)
    assert (row.status, row.date) == ("gehouden", date(2026, 4, 3))
    assert (row.place, row.time, row.present) == ("Bij het gezin thuis", "13:30", ("jgz_heuvelkind",))


def test_a_corrected_meeting_stays_one_meeting_that_was_held(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    held = next(a for a in example("alles_loopt_goed").actions if a.name == "overleg_houden").answers
    play.correct("overleg", "overleg_houden", {**held, "overleg_plaats": "Op het consultatiebureau"}, "Verschreven")
    (only,) = play.view(OVERSEER).rows(MeetingRow)
    assert (only.place, only.status) == ("Op het consultatiebureau", "gehouden")


def test_an_agreement_keeps_its_row_while_its_follow_up_changes_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    before = play.view(OVERSEER).rows(AgreementRow)
    assert [(a.organisation, a.status, a.by_date) for a in before] == [
        ("schuldhulp_rondkomstig", "open", date(2026, 4, 30)),
        ("maatjes_samenop", "open", date(2026, 5, 15)),
        ("jgz_heuvelkind", "open", date(2026, 5, 20)),
    ]
    walk = "Een maatje zoeken om samen te wandelen"
    play.do("afspraak_opvolgen", {"status": "gedaan", "toelichting": "Elke donderdag."}, subject=walk)
    after = play.view(OVERSEER).rows(AgreementRow)
    assert [a.item for a in after] == [a.item for a in before]
    assert [a.status for a in after] == ["open", "gedaan", "open"]
    assert (after[1].remark, after[1].by_date, after[1].what) == ("Elke donderdag.", date(2026, 5, 15), walk)
    assert [a.overdue(date(2026, 5, 16)) for a in after] == [True, False, False]


def test_what_a_follow_up_does_not_ask_stays(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    play.wait("P25D")
    debts = "Samen de post en de schulden op een rij zetten"
    play.do("afspraak_nagaan", {"status": "gedaan", "toelichting": "Gelukt"}, subject=debts)
    (row,) = (a for a in play.view(OVERSEER).rows(AgreementRow) if a.what == debts)
    assert (row.status, row.by_date) == ("gedaan", date(2026, 4, 30))


def test_what_was_shared_is_kept_and_a_correction_takes_its_place(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    (shared,) = play.view(OVERSEER).rows(DisclosureRow)
    assert (list(shared.recipients), shared.ground) == (["schuldhulp_rondkomstig"], "toestemming")
    told = next(a for a in example("alles_loopt_goed").actions if a.name == "verkenning_delen").answers
    play.correct("verkennen", "verkenning_delen", {**told, "verkenning_gedeeld_wat": "Eén zin."}, "Verschreven")
    (shared,) = play.view(OVERSEER).rows(DisclosureRow)
    assert shared.what == "Eén zin."


def test_evaluations_are_kept_with_what_the_parents_found(play: Play) -> None:
    play.play(example("alles_loopt_goed"))
    last, closing = play.view(OVERSEER).rows(EvaluationRow)
    assert (last.outcome, last.goals_met, last.heard) == ("goed", "ja", "helemaal")
    assert closing.outcome == "afgesloten"


def test_each_step_of_the_safety_file_is_a_row(play: Play) -> None:
    play.play(example("onveiligheid_naast_het_traject"))
    acting = next(e.actor for e in play.history() if e.kind == "bericht")
    rows = play.view(acting).rows(SafetyRow)
    assert len(rows) == 6
    assert rows[0].content == "Blauwe plekken, en zij kijkt steeds naar de deur."


SAID: dict[str, Any] = {"text": "Gezegd", "list": ["een", "twee"], "day": "2026-05-01", "yes_no": "ja"}
KEPT = {"text": "Gezegd", "list": ("een", "twee"), "day": date(2026, 5, 1), "yes_no": True}


@pytest.mark.parametrize("register", REGISTERS.values(), ids=lambda register: register.id)
def test_a_register_keeps_all_that_a_form_and_a_step_can_tell_it(play: Play, register: RegisterType) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    of_form = {column.name: SAID[column.kind] for column in register.columns if not column.of_step}
    of_step = {column.name: SAID[column.kind] for column in register.columns if column.of_step}
    entry = store.registers.Entry(register.id, of_form, of_step, item="rij1", source="proces/stap")
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, [entry], REPORTER, play.now)
        columns = [column for column in register.columns if not column.apart]
        table = metadata.tables[register.table]
        row = tx.execute(sa.select(*(table.c[column.field] for column in columns))).one()
    kept = [tuple(value) if isinstance(value, list) else value for value in row]
    assert kept == [KEPT[column.kind] for column in columns]


def test_what_nobody_says_stands_as_it_must_be_read(play: Play) -> None:
    play.start(SIGNAL)
    entries = [
        store.registers.Entry("afspraken", {"wat": "Bellen"}, {}, item="rij1"),
        store.registers.Entry("overleg", {"datum": "2026-04-02"}, {}),
        store.registers.Entry("toestemming", {"persoon": "Moeder", "besluit": "ja"}, {}),
    ]
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, entries, REPORTER, play.now)
        (agreement,) = store.registers.rows(tx, play.case_id, AgreementRow)
        (meeting,) = store.registers.rows(tx, play.case_id, MeetingRow)
        (consent,) = store.registers.consents(tx, play.case_id)
    assert (agreement.status, agreement.by_date, agreement.goal) == ("open", None, "")
    assert (meeting.kind, meeting.status, meeting.present) == ("knooppuntoverleg", "gepland", ())
    assert (consent.purpose, consent.given, consent.organisations) == ("delen", True, frozenset())


# --- people, sessions, versions --------------------------------------------------------------------------------


def test_roles_become_exactly_those_given(database: Database) -> None:
    one = Person("nieuw", "Nieuw Niemand", "jgz_heuvelkind", "", (Appointment("aanmelder", "kerkrade"),))
    with database.writing() as tx:
        store.people.save(tx, [one])
        store.people.save(tx, [replace(one, appointments=(Appointment("kernpartner", "vaals"),))])
        assert store.people.one(tx, "nieuw").appointments == (Appointment("kernpartner", "vaals"),)
        assert "nieuw" not in {person.id for person in store.people.everyone(tx, "kerkrade")}


def test_a_session_ends_by_time_and_by_signing_out_and_its_token_is_not_kept(database: Database) -> None:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with database.writing() as tx:
        token = store.people.open_session(tx, LEAD, now + timedelta(hours=12))
        other = store.people.open_session(tx, PARTNER, now + timedelta(hours=12))
        found = store.people.session_person(tx, token, now)
        assert found is not None
        known = store.people.one(tx, LEAD)
        assert (found.id, found.organisation) == (LEAD, known.organisation)
        assert set(found.appointments) == set(known.appointments)
        assert store.people.session_person(tx, token, now + timedelta(hours=12)) is None
        assert store.people.session_person(tx, token[:-1], now) is None
        assert token not in repr(tx.execute(sa.select(session)).all())
        store.people.close_session(tx, token)
        assert store.people.session_person(tx, token, now) is None
        assert store.people.session_person(tx, other, now) is not None


def test_the_version_published_last_is_the_one_to_start_with(database: Database) -> None:
    now = datetime(2026, 3, 3, tzinfo=UTC)
    one = playing.definition()
    changed = {**one.files, "regio.yaml": one.files["regio.yaml"] + b" "}
    with database.writing() as tx:
        args = (one.id, one.settings.region)
        store.versions.publish(tx, "nieuw", *args, changed, frozenset({"x.form"}), now)
        assert {v.id for v in store.versions.current(tx) if v.process == "casus"} == {"nieuw"}
        assert store.versions.files(tx, "nieuw") == ("casus", playing.REGION, changed, frozenset({"x.form"}))
        store.versions.publish(tx, one.version, *args, one.files, one.overridden, now + timedelta(days=1))
        assert {v.id for v in store.versions.current(tx) if v.process == "casus"} == {one.version}
        with pytest.raises(NotFoundError):
            store.versions.files(tx, "onbekend")


def test_a_running_case_keeps_the_version_that_it_began_with(play: Play) -> None:
    play.start(SIGNAL)
    with play.database.writing() as tx:
        one = playing.small()
        store.versions.publish(tx, "nieuw", "casus", playing.REGION, one.files, one.overridden, play.now)
        store.versions.publish(
            tx, "kapot", "casus", playing.REGION, {"casus.bpmn": b""}, frozenset(), play.now - timedelta(days=9)
        )
        assert store.case_files.lock(tx, play.case_id, None).version_id == playing.definition().version


def test_publishing_refuses_what_fails_a_gate(database: Database) -> None:
    whole = playing.definition("opzetten")
    script = whole.files["borgen.bpmn"].replace(b"bpmn:userTask", b"bpmn:scriptTask")
    drawn = definitions.assemble("opzetten", playing.REGION, {**whole.files, "borgen.bpmn": script})
    small = playing.small()
    with database.writing() as tx:
        with pytest.raises(DefinitionError) as error:
            cases.publish(tx, drawn, datetime(2026, 3, 3, tzinfo=UTC))
        assert {p.element for p in error.value.problems} >= {"resultaten_evalueren"}
        with pytest.raises(DefinitionError, match="heeft geen termijn"):
            cases.publish(tx, small, datetime(2026, 3, 3, tzinfo=UTC))
        assert {v.id for v in store.versions.current(tx)}.isdisjoint({drawn.version, small.version})
        cases.publish(tx, whole, datetime(2026, 3, 3, tzinfo=UTC))
        assert "opzetten" in {v.process for v in store.versions.current(tx)}


def test_a_moment_keeps_its_place_in_time_whatever_its_zone(database: Database) -> None:
    summer = datetime(2026, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.writing() as tx:
        number = store.case_files.add(tx, playing.definition().version, "casus", "kerkrade", summer)
        kept = store.case_files.lock(tx, number, None).started_at
    assert kept == summer
    assert kept.tzinfo is UTC
    with database.writing() as tx, pytest.raises(sa.exc.StatementError, match="zone"):
        store.case_files.add(tx, playing.definition().version, "casus", "kerkrade", summer.replace(tzinfo=None))


# --- searching and erasing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["100%", "a_b", "\\", "'; drop table task; --", "\x00", "é" * 500])
def test_any_text_may_be_searched(play: Play, text: str) -> None:
    play.start({**SIGNAL, "gezin_naam": "Van 100% a_b \\ slag"})
    found = play.worklist(REPORTER, "alle", search=text)
    assert found.total == (1 if text in ("100%", "a_b", "\\") else 0)


def test_searching_finds_by_family_task_and_subject_but_no_name_that_is_hidden(play: Play) -> None:
    play.start(SIGNAL)
    assert play.worklist(REPORTER, search="SCHIJN").total == 1
    assert play.worklist(REPORTER, search="bespreken").total == 1
    assert play.worklist(COORDINATOR, search="Schijn").total == 0, "a search must not confirm a name"
    assert play.worklist(COORDINATOR, search="Signaal").total >= 1


@pytest.mark.parametrize(
    ("family", "sought"),
    [
        ("Éénhoorn-Coöperatie", ("éénhoorn", "EENHOORN", "ÉÉN", "cooperatie", "COÖP")),
        ("d’Angélique", ("D'ANGELIQUE", "d’angé")),
        ("Łukasz Ångström", ("lukasz angstrom", "ŁUKASZ", "ÅNG")),
        ("I\u0307stanbul Stra\u00dfe", ("istanbul", "STRASSE", "straße")),
        ("Jose\u0301", ("josé", "JOSE")),  # the accent as a character of its own
    ],
)
def test_searching_minds_no_capital_and_no_accent_on_any_database(
    play: Play, family: str, sought: tuple[str, ...]
) -> None:
    play.start({**SIGNAL, "gezin_naam": family})
    for text in sought:
        assert play.worklist(REPORTER, "alle", search=text).total == 1, text
        with play.as_(REPORTER, writes=False) as ctx:
            assert [line.title for line in cases.listing(ctx, search=text)] == [family], text
    assert play.worklist(REPORTER, "alle", search="niemand").total == 0


def test_a_corrected_name_is_found_and_the_old_one_no_longer(play: Play) -> None:
    play.start(SIGNAL)
    play.correct("signaleren", "signaal_vastleggen", {**SIGNAL, "gezin_naam": "Zoë"}, "Verkeerd gehoord", REPORTER)
    assert play.worklist(REPORTER, "alle", search="ZOE").total == 1
    assert play.worklist(REPORTER, "alle", search="Schijn").total == 0


def test_what_a_task_was_about_is_kept_for_searching_no_longer_than_it_is_open(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    with play.database.reading() as tx:
        kept = tx.execute(sa.select(task.c.status, task.c.search)).all()
    assert {status == "open" for status, text in kept if text} == {True}


@pytest.mark.parametrize("name", ["onveiligheid_gaat_door_na_intrekking", "kind_wordt_twee"])
def test_erasing_a_case_leaves_no_row_of_it_and_all_of_the_others(play: Play, name: str) -> None:
    play.play(example(name), until="kennismaken" if name == "kind_wordt_twee" else "")
    first = play.case_id
    play.case_id = 0
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    kept = counts(play.database)
    with play.database.writing() as tx:
        before = {t.name: rows_of(tx, t, first) for t in metadata.sorted_tables}
        assert before["event"]
        assert before["task"]
        assert before["consent"]
        store.case_files.erase(tx, first)
    after = counts(play.database)
    assert {name: kept[name] - len(before[name]) for name in kept} == after
    with play.database.reading() as tx:
        assert all(rows_of(tx, table, first) == [] for table in metadata.sorted_tables)
        everything = repr([tx.execute(sa.select(table)).all() for table in metadata.sorted_tables])
    assert "Kwartier" not in everything
    assert play.view(OVERSEER).title == "Schijnbaar"


def counts(database: Database) -> dict[str, int]:
    with database.reading() as tx:
        return {t.name: len(tx.execute(sa.select(t)).all()) for t in metadata.sorted_tables}


def rows_of(tx: store.Transaction, table: sa.Table, case_id: int) -> list[object]:
    """The rows of a table that hang on a case, along its foreign keys, however far."""
    owned = _owned(table, case_id)
    return [] if owned is None else list(tx.execute(sa.select(table).where(owned)).all())


def _owned(table: sa.Table, case_id: int) -> sa.ColumnElement[bool] | None:
    if table.name == "case_file":
        return table.c.id == case_id
    for key in table.foreign_keys:
        above = key.column.table
        if above.name in ("person", "version"):
            continue
        owned = _owned(above, case_id)
        if owned is not None:
            return key.parent.in_(sa.select(key.column).where(owned))
    return None

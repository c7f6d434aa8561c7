"""The life of a case: start, take, give, complete, correct, tell, close; and who did what when."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import cases, deadlines, definitions, process, store
from engine.cases import Library, writing
from engine.consent import Opening
from engine.definitions.registers import AgreementRow
from engine.errors import ConflictError, DefinitionError, InvalidDataError, NotAllowedError, NotFoundError, ProcessError
from engine.store import Database
from engine.store.tables import metadata
from engine.words import RoleId
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.drawing import diagram, end, fork, node, properties, start, way
from tests.engine.playing import (
    COORDINATOR,
    ELSEWHERE,
    HOME,
    LEAD,
    OVERSEER,
    PARTNER,
    REPORTER,
    STRANGER,
    Play,
    example,
)

pytestmark = pytest.mark.sqlite_first

SIGNAL = example("alles_loopt_goed").actions[0].answers
CONSENT = next(a for a in example("alles_loopt_goed").actions if a.name == "toestemming_vastleggen").answers


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables: what must be the same when nothing was written."""
    with database.reading() as tx:
        return {t.name: sorted(map(tuple, tx.execute(sa.select(t))), key=repr) for t in metadata.sorted_tables}


@contextmanager
def nothing_written(database: Database) -> Iterator[None]:
    before = everything(database)
    yield
    assert everything(database) == before


# --- starting --------------------------------------------------------------------------------------------------


def test_a_signal_starts_a_case_with_its_first_step_done(play: Play) -> None:
    play.start(SIGNAL)
    assert play.open() == ["ontvangst_bevestigen", "signaal_bespreken"]
    begun, first = play.history()
    assert (begun.kind, begun.actor, begun.at) == ("gestart", REPORTER, play.now)
    assert (first.kind, first.element, first.actor) == ("afgerond", "signaal_vastleggen", REPORTER)
    view = play.view(REPORTER)
    assert (view.title, view.status, view.municipality) == ("Schijnbaar", "lopend", "kerkrade")
    assert view.started_at == play.now


def test_who_signals_gets_the_next_steps_of_the_own_role_and_the_others_lie_open(play: Play) -> None:
    play.start(SIGNAL)
    assert play.row("signaal_bespreken").assignee == REPORTER
    assert play.row("ontvangst_bevestigen").assignee == ""
    assert [line.element for line in play.worklist(COORDINATOR, "rol").lines] == ["ontvangst_bevestigen"]


def test_wrong_answers_start_nothing_and_say_in_dutch_what_is_wrong(play: Play) -> None:
    wrong = {**SIGNAL, "signaal_datum": "31-02-2026", "zwanger": "misschien", "kleur": "rood"}
    wrong.pop("gezin_naam")
    with nothing_written(play.database), pytest.raises(InvalidDataError) as error:
        play.start(wrong)
    assert set(error.value.fields) == {"signaal_datum", "zwanger", "kleur", "gezin_naam"}
    assert "een datum in die bestaat" in error.value.fields["signaal_datum"]
    assert "Kies bij" in error.value.fields["zwanger"]
    assert "geen vraag met de naam" in error.value.fields["kleur"]


@pytest.mark.parametrize(("who", "where"), [(PARTNER, "kerkrade"), (REPORTER, "vaals"), (ELSEWHERE, "kerkrade")])
def test_only_who_has_a_role_of_the_first_step_in_that_municipality_starts(play: Play, who: str, where: str) -> None:
    with play.as_(who) as ctx, pytest.raises(NotAllowedError):
        cases.start(ctx, "casus", where, SIGNAL)


@pytest.mark.parametrize(
    ("process", "where"), [("casus", "atlantis"), ("onbekend", "kerkrade"), ("intake", "kerkrade")]
)
def test_what_is_not_published_there_can_not_be_started(play: Play, process: str, where: str) -> None:
    with play.as_(REPORTER) as ctx, pytest.raises(NotFoundError):
        cases.start(ctx, process, where, SIGNAL)
    with play.as_(REPORTER) as ctx, pytest.raises(NotFoundError):
        cases.start_form(ctx, process, where)


def test_the_first_form_is_there_before_the_case_is(play: Play) -> None:
    with nothing_written(play.database), play.as_(REPORTER, writes=False) as ctx:
        form = cases.start_form(ctx, "casus", "kerkrade")
    assert form.element.id == "signaal_vastleggen"
    assert "gezin_naam" in {field.key for field in form.form.input_fields()}


# --- taking and giving -----------------------------------------------------------------------------------------


def test_a_task_is_taken_given_back_and_taken_by_another(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    task = play.row("aanmelding_beoordelen")
    with play.as_(COORDINATOR) as ctx:
        cases.claim(ctx, task.id)
    assert [line.element for line in play.worklist(COORDINATOR, "mijn").lines] == ["aanmelding_beoordelen"]
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match="Coby Concept heeft de taak"):
        cases.claim(ctx, task.id)
    with play.as_(COORDINATOR) as ctx:
        cases.release(ctx, task.id)
    assert play.worklist(COORDINATOR, "mijn").lines == ()
    with play.as_(OVERSEER) as ctx:
        cases.claim(ctx, task.id)
    assert play.row("aanmelding_beoordelen").assignee == OVERSEER
    events = [(e.kind, e.actor) for e in play.history()[-3:]]
    assert events == [("opgepakt", COORDINATOR), ("losgelaten", COORDINATOR), ("opgepakt", OVERSEER)]


def test_taking_what_one_already_has_changes_nothing(play: Play) -> None:
    play.start(SIGNAL)
    with nothing_written(play.database), play.as_(REPORTER) as ctx:
        cases.claim(ctx, play.row("signaal_bespreken").id)


def test_who_oversees_gives_a_task_to_a_candidate_and_to_nobody_else(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    task = play.row("kennismaken")
    candidates = {person.id for person in play.task(OVERSEER, "kennismaken").candidates}
    assert candidates == {LEAD}, "only partners of the organisation that explores, and that the consent names"
    for person in (PARTNER, STRANGER, ELSEWHERE, "niemand"):
        with play.as_(OVERSEER) as ctx, pytest.raises(NotAllowedError):
            cases.reassign(ctx, task.id, person)
    with play.as_(LEAD) as ctx, pytest.raises(NotAllowedError):
        cases.reassign(ctx, task.id, LEAD)
    with play.as_(OVERSEER) as ctx:
        cases.reassign(ctx, task.id, LEAD)
    assert play.row("kennismaken").assignee == LEAD
    last = play.history()[-1]
    assert (last.kind, last.actor, last.detail) == ("toegewezen", OVERSEER, {"aan": LEAD})


def test_before_consent_what_somebody_signalled_stays_within_the_own_organisation(play: Play) -> None:
    play.start(SIGNAL)
    with play.as_(OVERSEER) as ctx, pytest.raises(NotAllowedError, match="deze taak niet doen"):
        cases.reassign(ctx, play.row("signaal_bespreken").id, LEAD)
    with pytest.raises(NotFoundError):
        play.view(LEAD)


def test_who_gets_a_task_of_a_role_that_holds_everywhere_does_not_take_part_for_good(play: Play) -> None:
    play.start(SIGNAL)
    with play.as_(OVERSEER) as ctx:
        cases.reassign(ctx, play.row("ontvangst_bevestigen").id, COORDINATOR)
        taking_part = {person for person, _ in store.case_files.participants(ctx.tx, play.case_id)}
    assert taking_part == {REPORTER}


def test_giving_a_procesregisseur_a_task_makes_no_casusregisseur(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="genodigden_toestemming_nagaan")
    with play.as_(OVERSEER) as ctx:
        cases.reassign(ctx, play.row("genodigden_toestemming_nagaan").id, OVERSEER)
    assert (OVERSEER, "casusregisseur") not in {(p.id, role) for p, role in play.view(OVERSEER).participants}


def test_only_who_has_it_or_oversees_gives_a_task_back(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="ouders_voorbereiden")
    task = play.row("ouders_voorbereiden")
    with play.as_(LEAD) as ctx:
        cases.claim(ctx, task.id)
    with play.as_(PARTNER) as ctx, pytest.raises(NotFoundError):  # it is for who explored
        cases.release(ctx, task.id)
    with play.as_(OVERSEER) as ctx:
        cases.release(ctx, task.id)
    assert play.row("ouders_voorbereiden").assignee == ""


# --- completing ------------------------------------------------------------------------------------------------


def test_completing_opens_what_follows_and_keeps_who_did_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    task = play.row("aanmelding_beoordelen")
    answers = {"past_bij_knooppunt": "ja", "hulpvraag_soort": "meervoudig", "verkenner_organisatie": "jgz_heuvelkind"}
    with play.as_(COORDINATOR) as ctx:
        done = cases.complete(ctx, task.id, answers, task.revision)
    assert set(done.opened) == {row.id for row in play.rows()}
    last = play.history()[-1]
    assert (last.kind, last.element, last.actor, last.at) == (
        "afgerond", "aanmelding_beoordelen", COORDINATOR, play.now,
    )  # fmt: skip
    assert last.detail["velden"] == sorted(answers)
    assert play.document()["verkenner_organisatie"] == "jgz_heuvelkind"


def test_wrong_answers_complete_nothing(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    with nothing_written(play.database), pytest.raises(InvalidDataError) as error:
        play.do("aanmelding_beoordelen", {"past_bij_knooppunt": "weet niet", "extra": 1}, by=COORDINATOR)
    assert set(error.value.fields) == {"past_bij_knooppunt", "extra"}
    assert "Kies bij" in error.value.fields["past_bij_knooppunt"]


def test_who_is_on_behalf_of_whom_is_kept(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    (given,) = (e for e in play.history() if e.element == "toestemming_vastleggen")
    assert (given.actor, given.detail["namens"]) == (REPORTER, "ouders")


def test_a_procesregisseur_who_records_for_a_partner_is_named_with_the_role(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    play.do("kennismaken", {"kennismaking_datum": "2026-03-17", "kennismaking_aanwezig": ["moeder"]}, by=OVERSEER)
    last = play.history()[-1]
    assert (last.actor, last.detail["namens"]) == (OVERSEER, "kernpartner")


def test_a_task_that_was_done_says_who_was_first(play: Play) -> None:
    play.start(SIGNAL)
    task = play.row("ontvangst_bevestigen")
    play.do("ontvangst_bevestigen", {"ontvangst_bevestigd": True}, by=COORDINATOR)
    for person, words in ((OVERSEER, "Coby Concept heeft de taak"), (COORDINATOR, "Je hebt de taak")):
        with play.as_(person) as ctx, pytest.raises(ConflictError, match=words):
            cases.complete(ctx, task.id, {"ontvangst_bevestigd": True}, task.revision)
        with play.as_(person) as ctx, pytest.raises(ConflictError, match=words):
            cases.task(ctx, task.id)


def test_a_form_that_was_opened_before_somebody_took_the_task_is_stale(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    task = play.row("aanmelding_beoordelen")
    with play.as_(COORDINATOR) as ctx:
        cases.claim(ctx, task.id)
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match=r"Coby Concept heeft .* opgepakt"):
        cases.complete(ctx, task.id, {"past_bij_knooppunt": "nee"}, task.revision)
    with play.as_(COORDINATOR) as ctx:
        cases.release(ctx, task.id)
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match="is veranderd sinds"):
        cases.complete(ctx, task.id, {"past_bij_knooppunt": "nee"}, task.revision)


def test_a_task_of_another_role_can_not_be_done(play: Play) -> None:
    play.start(SIGNAL)
    for person in (OVERSEER, COORDINATOR):
        with play.as_(person) as ctx, pytest.raises((NotAllowedError, ConflictError)):
            cases.complete(ctx, play.row("signaal_bespreken").id, {}, 1)
    for person in (PARTNER, STRANGER, ELSEWHERE):
        with play.as_(person) as ctx, pytest.raises(NotFoundError):
            cases.complete(ctx, play.row("signaal_bespreken").id, {}, 1)


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**31, 2**63, 10**30])
def test_what_does_not_exist_is_not_found(play: Play, number: int) -> None:
    asked: list[Callable[[cases.Context], object]] = [
        lambda ctx: cases.case(ctx, number),
        lambda ctx: cases.task(ctx, number),
        lambda ctx: cases.claim(ctx, number),
        lambda ctx: cases.release(ctx, number),
        lambda ctx: cases.reassign(ctx, number, LEAD),
        lambda ctx: cases.complete(ctx, number, {}, 1),
        lambda ctx: cases.message(ctx, number, "toestemming_ingetrokken"),
        lambda ctx: cases.close(ctx, number, "Klaar"),
        lambda ctx: cases.correct(ctx, number, "signaleren", "signaal_vastleggen", {}, "Fout"),
    ]
    for act in asked:
        with play.as_(OVERSEER) as ctx, pytest.raises(NotFoundError):
            act(ctx)


def test_an_end_ends_the_case_with_its_clock(play: Play) -> None:
    play.play(example("geen_toestemming"))
    view = play.view(OVERSEER)
    assert (view.status, view.ended_at, view.tasks, view.messages) == ("klaar", play.now, (), ())
    with play.database.reading() as tx:
        assert store.jobs.next_due(tx) is None
        assert tx.execute(sa.text("select state from case_file")).scalar() == ""


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.long), 6])
@pytest.mark.parametrize("name", ["alles_loopt_goed", "onveiligheid_gaat_door_na_intrekking"])
def test_a_restart_between_any_two_steps_changes_nothing(
    play: Play, name: str, every: int, opened: Callable[[str], Database]
) -> None:
    steps = itertools.count()

    def restart() -> None:
        if next(steps) % every == 0:
            play.database.close()
            play.database, play.library = opened(play.database.url), Library()

    play.between = restart
    scenario = example(name)
    play.play(scenario)
    assert tuple(play.open()) == scenario.open_at_end
    assert (play.view(OVERSEER).status == "klaar") is scenario.ends


# --- a step that fails -----------------------------------------------------------------------------------------


def test_a_step_that_the_store_refuses_leaves_nothing_behind(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play.play(example("alles_loopt_goed"), until="toestemming_vastleggen")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store.case_files, "save", broken)
    with nothing_written(play.database), pytest.raises(OSError, match="disk full"):
        play.do("toestemming_vastleggen", CONSENT)
    monkeypatch.undo()
    play.do("toestemming_vastleggen", CONSENT)
    assert play.open() == ["aanmelding_beoordelen"]


def test_a_version_that_may_not_be_published_any_more_still_opens_and_runs(small: Play) -> None:
    with small.database.writing() as tx, pytest.raises(DefinitionError):
        cases.publish(tx, playing.small(), (), NOW)
    small.start({"hoeveel": "1"}, process="klein")
    assert small.view(OVERSEER).status == "lopend"
    small.do("nakijken", {"hoeveel": "1"}, by=OVERSEER)
    assert small.view(OVERSEER).status == "klaar"


def test_a_table_that_can_not_decide_leaves_the_task_open(small: Play) -> None:
    small.start({"hoeveel": "2"}, process="klein")
    with nothing_written(small.database), pytest.raises(ProcessError):
        small.do("nakijken", {"hoeveel": "2"}, by=OVERSEER)
    small.do("nakijken", {"hoeveel": "1"}, by=OVERSEER)
    assert small.document()["geteld"] == "een"
    assert small.view(OVERSEER).status == "klaar"


# --- correcting ------------------------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_there_and_why(play: Play) -> None:
    play.play(example("kind_wordt_twee"), until="toestemming_vastleggen")
    answers = {**play.document(), "geboortedatum": "2024-06-20"}
    kept = {k: v for k, v in answers.items() if k in play.history()[1].detail["velden"]}
    play.correct("signaleren", "signaal_vastleggen", kept, " De moeder las het voor. ", REPORTER)
    assert play.document()["geboortedatum"] == "2024-06-20"
    last = play.history()[-1]
    assert (last.kind, last.actor) == ("gecorrigeerd", REPORTER)
    assert last.detail["reden"] == "De moeder las het voor."
    assert last.detail["was"] == {"geboortedatum": ["2024-05-20", "2024-06-20"]}


def test_a_corrected_birth_date_sets_the_clock_of_the_second_birthday_anew(play: Play) -> None:
    play.play(example("kind_wordt_twee"), until="kennismaken")
    with play.database.reading() as tx:
        due = store.jobs.next_due(tx)
    assert due is not None
    assert due.astimezone(deadlines.ZONE).date() == date(2026, 6, 20), "the example corrected 20 May to 20 June"


INVITED = {
    "uitnodiging_wat": "Dag, tijd en plek.",
    "uitnodiging_kanaal": "beveiligde_mail",
    "uitnodiging_grond": "toestemming",
    "ouders_uitgenodigd": True,
}


def test_nothing_is_shared_by_consent_with_who_no_parent_agreed_to(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    with nothing_written(play.database), pytest.raises(InvalidDataError) as error:
        play.do("uitnodigen", {**INVITED, "uitnodiging_aan": ["jgz_heuvelkind", "ggz_binnenweer"]})
    assert set(error.value.fields) == {"uitnodiging_aan"}
    assert error.value.fields["uitnodiging_aan"].endswith("in het dossier: GGZ Binnenweer.")
    by_law = {**INVITED, "uitnodiging_aan": ["ggz_binnenweer"], "uitnodiging_grond": "wettelijke_taak"}
    play.do("uitnodigen", by_law)
    assert "uitnodigen" not in play.open()


def test_a_meeting_that_no_parent_agrees_to_is_planned_anew(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="genodigden_toestemming_nagaan")
    refused = {"persoon": "@moeder", "organisatie": "jgz_heuvelkind", "antwoord": "nee"}
    play.do("genodigden_toestemming_nagaan", {"overleg_toestemmingen": [refused], "overleg_kan_doorgaan": "ja"})
    assert play.open() == ["overleg_plannen"]


def test_another_casusregisseur_gets_what_waits_for_the_one_before(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="opdracht_geven")
    assert [row.assignee for row in play.rows() if row.element == "opdracht_geven"] == [LEAD] * 3
    (held,) = (e for e in play.history() if e.kind == "afgerond" and e.element == "overleg_houden")
    before = {k: v for k, v in play.document().items() if k in held.detail["velden"] and v is not None}
    play.correct("overleg", "overleg_houden", {**before, "casusregisseur": "mo_maquette"}, "Ander gekozen")
    given = [row for row in play.rows() if row.element == "opdracht_geven"]
    assert [row.assignee for row in given] == ["mo_maquette"] * 3
    assert "afronden" in play.task("mo_maquette", "opdracht_geven", given[0].subject).may


def test_another_casusregisseur_does_not_get_what_the_one_before_does_for_safety(
    database_url: str, opened: Callable[[str], Database], library: Library
) -> None:
    lead = "casusregisseur"
    who = {"type": "select", "id": "wie", "key": lead, "label": "Wie?", "properties": {"kies_persoon": lead}}
    parts = (
        start(), node("userTask", "melden", camunda_candidateGroups="aanmelder"),
        node("userTask", "kiezen", camunda_formRef="kiezen", camunda_candidateGroups="aanmelder"),
        fork("uit"), node("userTask", "gewoon", camunda_candidateGroups=lead),
        node("userTask", "veilig", properties(fase="veiligheid"), camunda_candidateGroups=lead),
        fork("samen"), end(),
        way("begin", "melden", "kiezen", "uit", "gewoon", "samen", "klaar"), way("uit", "veilig", "samen"),
    )  # fmt: skip
    settings = {
        "gemeenten": {HOME: "Kerkrade"},
        "rollen": {"aanmelder": {"naam": "Aanmelder"}, lead: {"naam": "Regie"}},
    }
    files = {
        "proef.bpmn": diagram("proef", *parts),
        "formulieren/kiezen.form": json.dumps({"type": "default", "id": "kiezen", "components": [who]}).encode(),
        "regio.yaml": json.dumps(settings).encode(),
    }
    database = opened(database_url)
    playing.publish(database, NOW, definitions.assemble("proef", "proefregio", files))
    play = Play(database, library, NOW)
    play.start({}, process="proef")
    with database.writing() as tx:
        store.case_files.join(tx, play.case_id, LEAD, RoleId.SAFETY, NOW)
    play.do("kiezen", {lead: LEAD}, by=REPORTER)
    assert {row.element: row.assignee for row in play.rows()} == {"gewoon": LEAD, "veilig": LEAD}
    play.correct("proef", "kiezen", {lead: "mo_maquette"}, "Ander gekozen", REPORTER)
    assert {row.element: row.assignee for row in play.rows()} == {"gewoon": "mo_maquette", "veilig": LEAD}


def test_a_correction_needs_a_reason_right_answers_and_a_step_that_was_done(play: Play) -> None:
    play.start(SIGNAL)
    with nothing_written(play.database):
        with pytest.raises(InvalidDataError) as error:
            play.correct("signaleren", "signaal_vastleggen", SIGNAL, "  ", REPORTER)
        assert set(error.value.fields) == {"reden"}
        with pytest.raises(InvalidDataError) as error:
            play.correct("signaleren", "signaal_vastleggen", {**SIGNAL, "zwanger": "soms"}, "Fout", REPORTER)
        assert set(error.value.fields) == {"zwanger"}
        for process, element in (("signaleren", "niets"), ("nergens", "signaal_vastleggen")):
            with pytest.raises(NotFoundError):
                play.correct(process, element, SIGNAL, "Fout", REPORTER)
        with pytest.raises(NotFoundError):
            play.correct("toestemming", "toestemming_vastleggen", CONSENT, "Nog niet gevraagd", REPORTER)
        with pytest.raises(NotFoundError):
            play.correct("signaleren", "signaal_vastleggen", SIGNAL, "Nieuwsgierig", OVERSEER)


def test_a_correction_may_not_take_away_what_a_task_is_about(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    plan = next(a for a in example("alles_loopt_goed").actions if a.name == "plan_vastleggen").answers
    rows = [{key: row[key] for key in ("id", *plan["afspraken"][0])} for row in play.document()["afspraken"]]
    with nothing_written(play.database), pytest.raises(InvalidDataError, match="Er loopt nog een taak"):
        play.correct("overleg", "plan_vastleggen", {**plan, "afspraken": rows[1:]}, "Vergissing")


def test_a_deadline_that_counts_from_an_answer_moves_with_it(small: Play) -> None:
    small.start({"dag": "2026-03-10", "hoeveel": "1"}, process="klein")
    assert small.row("nakijken").deadline == deadlines.end_of_day(date(2026, 3, 12))
    small.correct("klein", "vragen", {"dag": "2026-04-01", "hoeveel": "1"}, "Verzet", REPORTER)
    assert small.row("nakijken").deadline == deadlines.end_of_day(date(2026, 4, 3))


def test_a_term_that_gets_or_loses_haste_counts_from_when_the_task_opened(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_houden")
    opened = play.row("overleg_houden").opened_at
    terms = play.task(OVERSEER, "overleg_houden").settings.deadlines
    assert play.row("overleg_houden").deadline == deadlines.due(opened, terms["overleg"].duration)
    done = next(e for e in play.history() if e.kind == "afgerond" and "zwangerschapsduur_weken" in e.detail["velden"])
    known = {k: v for k, v in play.document().items() if k in done.detail["velden"] and v is not None}
    for weeks, term in ((36, "overleg_spoed"), (20, "overleg")):
        play.now += timedelta(days=1)
        play.correct(done.process, done.element, {**known, "zwangerschapsduur_weken": weeks}, "Verhoord", REPORTER)
        assert play.row("overleg_houden").deadline == deadlines.due(opened, terms[term].duration)


# --- telling and closing ---------------------------------------------------------------------------------------


def test_withdrawn_consent_takes_away_open_tasks_and_opens_those_of_the_withdrawal(play: Play) -> None:
    play.play(example("toestemming_ingetrokken"), until="toestemming_ingetrokken")
    waiting = play.row("ouders_voorbereiden")
    play.tell("toestemming_ingetrokken", REPORTER)
    assert "delen_stoppen" in play.open()
    assert "ouders_voorbereiden" not in play.open()
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match="niet meer nodig"):
        cases.complete(ctx, waiting.id, {}, waiting.revision)
    (event,) = (e for e in play.history() if e.kind == "bericht")
    assert (event.actor, event.detail["naam"]) == (REPORTER, "toestemming_ingetrokken")
    assert play.document()["toestemming_ingetrokken_door"] == REPORTER


WITHDRAWN = "toestemming_ingetrokken"


def may_tell(play: Play, person: str = REPORTER) -> set[str]:
    case = play.view(person)
    return {option.name for option in case.messages} | ({WITHDRAWN} if case.may_withdraw else set())


def opened(play: Play) -> frozenset[Opening]:
    with play.database.reading() as tx:
        return store.registers.opened(tx, play.case_id)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("toestemming_ingetrokken_bij_verhuizing", "overdracht_doen"),
        ("toestemming_ingetrokken_bij_twee_jaar", "overdracht_voorschools"),
        ("toestemming_ingetrokken_na_verlies", "berichten_stoppen"),
    ],
)
def test_consent_is_withdrawn_while_something_else_broke_off_the_traject(play: Play, name: str, gone: str) -> None:
    play.play(example(name), until=WITHDRAWN)
    assert play.open() == [gone]
    play.tell(WITHDRAWN, REPORTER)
    assert play.open() == ["delen_stoppen"]


def test_a_case_ends_for_everybody_else_while_a_meldcode_goes_on(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    play.tell("acute_onveiligheid", REPORTER)
    rest = example("alles_loopt_goed").actions
    begun = next(i for i, action in enumerate(rest) if action.name == "kennismaken")
    play.play(replace(example("alles_loopt_goed"), actions=rest[begun:]))
    assert play.open() == ["signalen_in_kaart"]
    assert not opened(play)
    assert play.view(OVERSEER).status == "klaar"
    with pytest.raises(NotFoundError):
        play.view(PARTNER)
    assert [row.element for row, _ in play.view(REPORTER).tasks] == ["signalen_in_kaart"]
    seen = {"meldcode_stap_1": "1", "meldcode_signalen": "Blauwe plekken", "meldcode_direct_gevaar": "nee"}
    play.do("signalen_in_kaart", seen, by=REPORTER)
    assert play.open() == ["collega_raadplegen"]


def test_what_a_case_does_not_wait_for_it_does_not_take(play: Play) -> None:
    play.start(SIGNAL)
    with nothing_written(play.database):
        with play.as_(REPORTER) as ctx, pytest.raises(ConflictError, match="wacht nu niet"):
            cases.message(ctx, play.case_id, "iets_anders")
        with play.as_(PARTNER) as ctx, pytest.raises(NotFoundError):
            cases.message(ctx, play.case_id, "toestemming_ingetrokken")


def test_closing_never_cuts_off_a_step_for_safety_and_betrays_none(play: Play) -> None:
    play.start(SIGNAL)
    play.tell("acute_onveiligheid", by=REPORTER)
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Verhuisd")
    assert play.open() == ["signalen_in_kaart"]
    assert not play.view(OVERSEER).tasks
    assert "veiligheid" in play.view(REPORTER).parts
    seen = {"meldcode_stap_1": "1", "meldcode_signalen": "Blauwe plekken", "meldcode_direct_gevaar": "nee"}
    play.do("signalen_in_kaart", seen, by=REPORTER)
    assert play.open() == ["collega_raadplegen"]


def test_closing_early_ends_everything_with_the_reason(play: Play) -> None:
    play.play(example("kind_wordt_twee"), until="kennismaken")
    task = play.row("kennismaken")
    for reason in ("", "   "):
        with nothing_written(play.database), play.as_(OVERSEER) as ctx, pytest.raises(InvalidDataError) as error:
            cases.close(ctx, play.case_id, reason)
        assert set(error.value.fields) == {"reden"}
    for person in (REPORTER, LEAD):
        with play.as_(person) as ctx, pytest.raises(NotAllowedError):
            cases.close(ctx, play.case_id, "Ik wil niet meer")
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, " Dubbel ingevoerd ")
    view = play.view(OVERSEER)
    assert (view.status, view.end_reason, view.ended_at) == ("gesloten", "Dubbel ingevoerd", play.now)
    assert (view.tasks, view.messages, view.may_close) == ((), (), False)
    with play.database.reading() as tx:
        assert store.jobs.next_due(tx) is None
    assert (play.history()[-1].kind, play.history()[-1].actor) == ("gesloten", OVERSEER)
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match="al afgesloten"):
        cases.close(ctx, play.case_id, "Nog eens")
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError, match="al afgesloten"):
        cases.message(ctx, play.case_id, "gezin_verhuist")
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError):
        cases.complete(ctx, task.id, {}, task.revision)
    with pytest.raises(NotAllowedError):
        play.correct("signaleren", "signaal_vastleggen", SIGNAL, "Te laat")


def test_the_second_birthday_interrupts_when_its_day_has_come_and_not_before(play: Play) -> None:
    play.play(example("kind_wordt_twee"), until="kennismaken")
    birthday = datetime(2026, 6, 20, tzinfo=deadlines.ZONE)
    play.now = birthday - timedelta(seconds=1)
    assert not play.step()
    assert "kennismaken" in play.open()
    play.now = birthday
    assert play.step()
    assert play.open() == ["eindevaluatie_houden"]
    last = play.history()[-1]
    assert (last.kind, last.actor, last.at) == ("klok", "", birthday)


def test_closing_early_leaves_no_agreement_open(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het gezin is verhuisd")
    with play.database.reading() as tx:
        assert {row.status for row in store.registers.rows(tx, play.case_id, AgreementRow)} == {"vervallen"}


# --- how much work it is ---------------------------------------------------------------------------------------


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(database.engine, "before_cursor_execute", note)


def test_completing_a_task_takes_a_bounded_number_of_statements(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    for row in play.rows():
        assert row.element == "afspraak_opvolgen"
    row = play.row("afspraak_opvolgen", "Een maatje zoeken om samen te wandelen")
    person = play.who(row)
    with play.as_(person) as ctx, statements(play.database) as sent:
        cases.complete(ctx, row.id, {"status": "gedaan", "toelichting": "Gelukt"}, row.revision)
    assert len(sent) <= 30, "\n".join(sent)


def test_a_worklist_takes_as_many_statements_for_many_cases_as_for_one(play: Play) -> None:
    def sent() -> int:
        with play.as_(COORDINATOR, writes=False) as ctx, statements(play.database) as queries:
            cases.worklist(ctx, cases.Filter("alle"))
        return len(queries)

    play.start(SIGNAL)
    sent()
    number = sent()
    for _ in range(12):
        play.start(SIGNAL)
    assert sent() == number <= 6


def test_a_second_person_who_sees_danger_is_not_sent_away_and_nobody_can_tell_that_it_was_told(play: Play) -> None:
    play.play(example("onveiligheid_naast_het_traject"), until="acute_onveiligheid")

    def offers(person: str) -> set[str]:
        return {option.name for option in play.view(person).messages}

    before = offers(COORDINATOR)
    play.tell("acute_onveiligheid", REPORTER)
    assert offers(COORDINATOR) == before
    play.tell("acute_onveiligheid", OVERSEER)
    assert "veiligheid" in play.view(OVERSEER).parts
    assert "veiligheid" not in play.view(COORDINATOR).parts
    assert play.open().count("signalen_in_kaart") == 2
    for person in (REPORTER, OVERSEER):
        events = [event for event in play.view(person).history if event.kind == "bericht"]
        assert [event.actor for event in events] == [person], "each has a file of the own, and knows of no other"


def test_agreements_that_are_broken_off_no_longer_stand_open_or_late(play: Play) -> None:
    def agreements() -> Mapping[str, AgreementRow]:
        with play.database.reading() as tx:
            return {row.item: row for row in store.registers.rows(tx, play.case_id, AgreementRow)}

    play.play(example("toestemming_ingetrokken_bij_bewaken"), until="toestemming_ingetrokken")
    before = {item: row.status for item, row in agreements().items()}
    assert "open" in before.values()
    play.tell("toestemming_ingetrokken", REPORTER)
    after = {item: row.status for item, row in agreements().items()}
    assert {item: "vervallen" if status in ("open", "wachtend") else status for item, status in before.items()} == after
    assert not any(row.overdue(date(2030, 1, 1)) for row in agreements().values())


def test_an_error_that_nothing_catches_is_told_and_never_closes_a_case(play: Play) -> None:
    case_id = play.start(SIGNAL)
    with play.as_(OVERSEER) as ctx:
        case = store.case_files.lock(ctx.tx, case_id, None)
        model = ctx.library.model(ctx.tx, case.version_id)
        outcome = replace(process.tick(model, case.state, case.document, ctx.now), ended=True, fault="KAPOT")
        with pytest.raises(ProcessError, match="nergens wordt opgevangen"):
            writing.apply(ctx, model, case, (), outcome, {"kind": "klok"}, ())
        assert store.case_files.lock(ctx.tx, case_id, None).status == "lopend"

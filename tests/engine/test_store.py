"""What lasts: one move at a time, whole or not at all, registers, sessions, versions, and erasing."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from engine import cases, definitions, scenarios, store
from engine.access import Appointment, Need, Person
from engine.consent import REMEMBERED, Consent, Opening
from engine.definitions.registers import (
    REGISTERS,
    AgreementRow,
    DisclosureRow,
    Entry,
    EvaluationRow,
    MeetingRow,
    RegisterType,
    SafetyRow,
)
from engine.errors import ConflictError, DefinitionError, NotFoundError
from engine.scenarios import Action
from engine.store import Database, tables
from engine.store.answers import Answered
from engine.store.tables import consent, event, metadata, session, word
from engine.words import TaskStatus
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, PARTNER, REPORTER, Play, example

SIGNAL = example("alles_loopt_goed").actions[0].answers
TEAM, DEBTS = "buurtlicht_kerkrade", "schuldhulp_rondkomstig"


# --- at the same time ------------------------------------------------------------------------------------------


def both(database: Database, *work: Callable[[Database], object]) -> list[object]:
    """Do things at the same moment, each with connections of its own; gives what each gave or raised."""
    gate = threading.Barrier(len(work), timeout=30)

    def run(act: Callable[[Database], object]) -> object:
        own = Database(database.url)
        try:
            gate.wait()
            return act(own)
        except Exception as error:  # noqa: BLE001 - what went wrong is what the test asks
            return error
        finally:
            own.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, act) for act in work]]


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
    talk = {"besproken_met_gezin": "nee", "niet_besproken_reden": "niet_bereikt", "voorkeurstaal": "Pools"}
    outcomes = both(
        play.database,
        completing(play, mine, REPORTER, talk),
        completing(play, theirs, COORDINATOR, {"ontvangst_bevestigd": True}),
    )
    assert [type(outcome) for outcome in outcomes] == [cases.Completed, cases.Completed], outcomes
    assert play.open() == ["raad_vragen"]
    assert play.document()["voorkeurstaal"] == "Pools"
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
    row, of_task = play.row("ontvangst_bevestigen"), store.case_files.of_task

    def lock_after_another(tx: store.Transaction, task_id: int, *, locked: bool) -> store.case_files.CaseRow:
        monkeypatch.setattr(store.case_files, "of_task", of_task)
        play.do("ontvangst_bevestigen", {"ontvangst_bevestigd": True}, by=COORDINATOR)
        return of_task(tx, task_id, locked=locked)

    with play.as_(OVERSEER) as ctx:
        assert store.tasks.open_tasks(ctx.tx, row.case_id), "what was read before the lock"
        monkeypatch.setattr(store.case_files, "of_task", lock_after_another)
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


def said(play: Play) -> list[tuple[str, str, str, frozenset[str]]]:
    """What counts of what the family said, the newest last: purpose, organisation, reply, and to which kinds yes."""
    with play.database.reading() as tx:
        rows = store.registers.said(tx, play.case_id)
    return [(row.consent.purpose, row.consent.organisation, row.reply, row.consent.yes) for row in rows]


def opened_to(play: Play, organisation: str) -> set[tuple[str, str]]:
    """What is open to an organisation: purpose and kind, about whomever."""
    with play.database.reading() as tx:
        return {(cell.purpose, cell.kind) for cell in store.registers.opened(tx, play.case_id, organisation)}


MONEY = frozenset({"contact", "geld_wonen"})


def test_an_answer_is_kept_with_what_it_means_and_how_it_was_asked(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    assert [(purpose, whom, reply) for purpose, whom, reply, _ in said(play)] == [
        ("delen", TEAM, "ja"),
        ("delen", "jgz_heuvelkind", "anders"),
        ("delen", DEBTS, "ja"),
    ]
    with play.database.reading() as tx:
        *_, last = store.registers.said(tx, play.case_id)
        row = tx.execute(sa.select(consent).order_by(consent.c.id.desc())).first()
        (mother,) = store.registers.family(tx, play.case_id)
    assert row is not None
    assert (last.consent.person, last.consent.no) == (mother.id, frozenset())
    assert (last.recorded_at, last.recorded_by) == (play.now, REPORTER)
    assert (row.form, row.alone, row.on_behalf_of, row.date) == ("mondeling", "ja", "ouders", date(2026, 3, 6))


def corrected_consent(play: Play, **changed: object) -> None:
    """The step that asked for consent says something else of the debt counsellors."""
    action = next(a for a in example("alles_loopt_goed").actions if a.name == "toestemming_vastleggen")
    rows = [{**row, **(changed if row["organisatie"] == DEBTS else {})} for row in play.document()["toestemmingen"]]
    play.now += timedelta(hours=1)
    play.correct(
        "toestemming",
        "toestemming_vastleggen",
        {**action.answers, "toestemmingen": rows},
        "De moeder dacht er nog eens over na",
        REPORTER,
    )


def test_a_correction_of_the_same_step_counts_in_the_stead_of_what_it_corrects(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="aanmelding_beoordelen")
    needed = opened_to(play, DEBTS)
    assert needed == {("delen", kind) for kind in MONEY}
    corrected_consent(play, antwoord="anders", soorten=["contact"])
    assert opened_to(play, DEBTS) == {("delen", "contact")}
    assert len(said(play)) == 3, "what was said by mistake doesn't count beside it"
    corrected_consent(play, antwoord="nee", soorten=[])
    assert opened_to(play, DEBTS) == set()
    with play.database.reading() as tx:
        kept = tx.execute(sa.select(sa.func.count()).select_from(consent)).scalar()
    assert kept == 9, "what it corrects is kept, as evidence"


def test_another_purpose_stands_beside_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    assert {purpose for purpose, *_ in said(play)} == {"delen", "overleg"}
    assert {purpose for purpose, _ in opened_to(play, DEBTS)} == {"delen", "overleg"}


def test_withdrawing_is_an_answer_like_any_other_and_closes_all(play: Play) -> None:
    play.play(example("toestemming_ingetrokken"), until="toestemming_ingetrokken")
    before = said(play)
    play.now += timedelta(hours=1)
    play.tell("toestemming_ingetrokken", REPORTER)
    assert said(play)[: len(before)] == before
    assert {(reply, yes) for _, _, reply, yes in said(play)[len(before) :]} == {("nee", frozenset())}
    with play.database.reading() as tx:
        assert store.registers.opened(tx, play.case_id) == frozenset()


def test_the_people_of_a_family_are_kept_once_and_change_in_their_row(play: Play) -> None:
    play.start(SIGNAL)
    with play.database.reading() as tx:
        (mother,) = store.registers.family(tx, play.case_id)
    assert (mother.name, mother.relation, mother.age, mother.authority) == ("Sanne", "moeder", "16_plus", "ja")
    entry = Entry("gezin", {"naam": "Sanne S.", "gezag": "onbekend"}, {}, mother.id)
    child = Entry("gezin", {"relatie": "kind", "leeftijd": "onder_12"}, {}, "kim")
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, [entry, child], REPORTER, play.now)
        changed, kim = store.registers.family(tx, play.case_id)
    assert (changed.id, changed.name, changed.relation, changed.authority) == (
        mother.id, "Sanne S.", "moeder", "onbekend",
    )  # fmt: skip
    assert (kim.id, kim.name, kim.relation, kim.authority) == ("kim", "", "kind", "onbekend")


def test_what_is_remembered_of_a_case_is_not_open_in_it(play: Play) -> None:
    play.start(SIGNAL)
    cells = {Opening(TEAM, purpose, "contact", "ans") for purpose in ("delen", "overleg", REMEMBERED)}
    with play.database.writing() as tx:
        store.registers.open_to(tx, play.case_id, cells)
        assert store.registers.opened(tx, play.case_id) == {cell for cell in cells if cell.purpose != REMEMBERED}
        assert store.registers.opened(tx, play.case_id, DEBTS) == frozenset()
        store.registers.open_to(tx, play.case_id, ())
        assert store.registers.opened(tx, play.case_id) == frozenset(), "this, and nothing else"


# --- what each step answered, and what a task needs ------------------------------------------------------------


def answered(play: Play, element: str) -> Answered:
    with play.database.reading() as tx:
        return next(a for a in store.answers.of_case(tx, play.case_id) if a.element == element)


def test_an_answer_is_kept_as_it_was_given_with_who_gave_it_and_about_whom(play: Play) -> None:
    play.start(SIGNAL)
    kept = answered(play, "signaal_vastleggen")
    (mother,) = play.document()["gezin"]
    assert (kept.actor, kept.corrector, kept.purpose, kept.at) == (REPORTER, "", "delen", play.now)
    assert kept.values["signaal"] == SIGNAL["signaal"]
    assert kept.values["gezin"] == [mother], "with the id that the row got in the case"
    assert kept.about["signaal"] == [mother["id"]]
    assert "woont_in_regio" not in kept.about or kept.about["woont_in_regio"]


def test_a_correction_keeps_who_wrote_it_and_says_who_changed_it(play: Play) -> None:
    play.start(SIGNAL)
    before = answered(play, "signaal_vastleggen")
    with play.database.writing() as tx:
        store.answers.correct(tx, before.id, {"signaal": "Anders"}, {"signaal": ["ans"]}, COORDINATOR)
    after = answered(play, "signaal_vastleggen")
    assert (after.id, after.actor, after.corrector, after.at) == (before.id, REPORTER, COORDINATOR, before.at)
    assert (after.values, after.about) == ({"signaal": "Anders"}, {"signaal": ["ans"]})


def test_no_more_tasks_are_counted_than_anybody_reads(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.tasks, "MOST", 2)
    for _ in range(3):
        play.start(SIGNAL)
    every = len(play.worklist(OVERSEER).lines)
    assert every >= 3
    with play.as_(OVERSEER, writes=False) as ctx:
        first = cases.worklist(ctx, store.tasks.Filter("alle", limit=2))
        last = cases.worklist(ctx, store.tasks.Filter("alle", limit=every, after=first.next))
    assert (first.total, first.counts["alle"], len(first.lines), first.next is None) == (2, 2, 2, False)
    assert (len(last.lines), last.next) == (every - 2, None)


@pytest.mark.any_database
def test_who_pages_through_a_list_sees_each_once_while_others_come_and_go(play: Play) -> None:
    """Tasks that have no deadline and ones that have; of those that stand there all along none is missed."""
    for _ in range(7):
        play.start(SIGNAL)
    lines = play.worklist(OVERSEER).lines
    with play.database.writing() as tx:
        for line in lines[::2]:
            store.tasks.move_deadline(tx, line.task_id, None)
    before = [line.task_id for line in play.worklist(OVERSEER).lines]
    gone, seen, after = before[4], [], None
    for turn in range(20):
        with play.as_(OVERSEER, writes=False) as ctx:
            page = cases.worklist(ctx, store.tasks.Filter("alle", limit=2, after=after))
        seen += [line.task_id for line in page.lines]
        if page.next is None:
            break
        after = cases.Place.read(str(page.next))
        if turn == 0:
            play.start(SIGNAL)  # before, between and after what was shown: its deadline decides
            with play.database.writing() as tx:
                store.tasks.end(tx, [store.tasks.one(tx, id) for id in (before[0], gone)], TaskStatus.LAPSED, None)
    assert len(seen) == len(set(seen))
    assert gone not in seen
    assert [id for id in seen if id in before] == [id for id in before if id != gone]
    with play.as_(OVERSEER, writes=False) as ctx:
        files = cases.listing(ctx, cases.CaseFilter(limit=3)).rows
        rest = cases.listing(ctx, cases.CaseFilter(after=files[-1].place)).rows
        assert [line.id for line in (*files, *rest)] == [line.id for line in cases.listing(ctx).rows]
        assert len(rest) == 8 - 3


@pytest.mark.parametrize("text", ["", "x", "1-", "-1", "1-2-3", "9" * 40 + "-1", "\u0663-1", "1--1"])
def test_what_names_no_place_in_a_list_is_read_as_none(text: str) -> None:
    assert cases.Place.read(text) is None


def test_what_a_case_passed_and_about_whom_was_answered_is_read_as_it_was_kept_by_then_and_before(play: Play) -> None:
    play.start(SIGNAL)
    steps = (
        ("een", "a", "klaar", ""),
        ("een", "b", "klaar", ""),
        ("een", "b", "begonnen", "x"),
        ("een", "c", "klaar", ""),
    )
    about = {"signaal": ["ans"], "zwanger": ["ans"], "reactie": ["ans", "bo"], "anders": []}
    answer = Answered(0, "p", "e", "", NOW, REPORTER, "", "delen", {}, about)
    before = [[place, element, what, *([item] if item else [])] for place, element, what, item in steps]
    with play.database.writing() as tx:
        store.case_files.happened(tx, play.case_id, NOW, [{"kind": "klok", "passed": steps}], None)
        store.answers.add(tx, play.case_id, answer)
    with play.database.writing() as tx:
        kept = store.case_files.history(tx, play.case_id)[-1], store.answers.of_case(tx, play.case_id)[-1]
        tx.execute(sa.update(event).where(event.c.id == kept[0].id).values(detail={"stappen": before}))
        tx.execute(sa.update(tables.answer).where(tables.answer.c.id == kept[1].id).values(about=about))
        old = store.case_files.history(tx, play.case_id)[-1], store.answers.of_case(tx, play.case_id)[-1]
    assert kept == old
    assert (old[0].passed, old[0].detail, old[1].about) == (steps, {}, about)


def test_what_a_task_needs_is_the_last_that_was_said_of_it(play: Play) -> None:
    play.start(SIGNAL)
    task = play.row("ontvangst_bevestigen")
    reach, story = Need("delen", "contact", "ans"), Need("delen", "verhaal", "ans", REPORTER, TEAM)
    with play.database.writing() as tx:
        store.answers.need(tx, task.id, {reach, story})
        assert store.tasks.one(tx, task.id).needs == {reach, story}
        store.answers.need(tx, task.id, {reach})
        assert store.tasks.one(tx, task.id).needs == {reach}
        store.answers.need(tx, task.id, ())
        assert store.tasks.one(tx, task.id).needs == frozenset()


def test_ones_own_words_of_all_cases_are_found_the_last_first_and_nobody_elses(play: Play) -> None:
    play.start(SIGNAL)
    first = play.case_id
    play.start({**SIGNAL, "gezin_naam": "Kwartier"})
    play.do("ontvangst_bevestigen", {"ontvangst_bevestigd": True}, by=COORDINATOR)
    with play.database.reading() as tx:
        own = store.answers.written_by(tx, REPORTER, 10)
        other = store.answers.written_by(tx, COORDINATOR, 10)
        page = store.answers.written_by(tx, REPORTER, 1, own[0].answered.id)
    assert [(w.case_id, w.title) for w in own] == [(play.case_id, "Kwartier"), (first, "Schijnbaar")]
    assert page == own[1:2]
    assert [(w.case_id, w.title, w.answered.element) for w in other] == [(play.case_id, "", "ontvangst_bevestigen")]


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
            entry = Entry("overleg", values, {"soort": "knooppuntoverleg", "stand": state})
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
    answers = next(a for a in example("alles_loopt_goed").actions if a.name == "verkenning_delen").answers
    (done,) = (event for event in play.history() if event.element == "verkenning_delen")
    changed = {**answers, "verkenning_gedeeld_wat": "Eén zin."}
    play.correct("verkennen", "verkenning_delen", changed, "Verschreven", done.actor)
    (shared,) = play.view(OVERSEER).rows(DisclosureRow)
    assert shared.what == "Eén zin."


def test_evaluations_are_kept_with_what_the_parents_found(play: Play) -> None:
    play.play(example("alles_loopt_goed"))
    with play.database.reading() as tx:
        last, closing = store.registers.rows(tx, play.case_id, EvaluationRow)
    assert play.view(OVERSEER).rows(EvaluationRow) == (), "the case has ended"
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
    entry = Entry(register.id, of_form, of_step, item="rij1", source="proces/stap")
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, [entry], REPORTER, play.now)
        columns = [column for column in register.columns if not column.apart]
        table = metadata.tables[register.table]
        newest = sa.select(*(table.c[column.field] for column in columns)).order_by(table.c.id.desc()).limit(1)
        row = tx.execute(newest).one()
    kept = [tuple(value) if isinstance(value, list) else value for value in row]
    assert kept == [KEPT[column.kind] for column in columns]


def test_what_nobody_says_stands_as_it_must_be_read(play: Play) -> None:
    play.start(SIGNAL)
    entries = [
        Entry("afspraken", {"wat": "Bellen"}, {}, item="rij1"),
        Entry("overleg", {"datum": "2026-04-02"}, {}),
        Entry("toestemming", {"persoon": "ans", "organisatie": TEAM, "antwoord": "niet_gevraagd"}, {}),
        Entry("gezin", {"relatie": "andere_ouder"}, {}, item="ben"),
    ]
    with play.database.writing() as tx:
        store.registers.record(tx, play.case_id, entries, REPORTER, play.now)
        (agreement,) = store.registers.rows(tx, play.case_id, AgreementRow)
        (meeting,) = store.registers.rows(tx, play.case_id, MeetingRow)
        (answer,) = store.registers.said(tx, play.case_id)
        *_, ben = store.registers.family(tx, play.case_id)
    assert (agreement.status, agreement.by_date, agreement.goal) == ("open", None, "")
    assert (meeting.kind, meeting.status, meeting.present) == ("knooppuntoverleg", "gepland", ())
    assert answer.consent == Consent("ans", "delen", TEAM), "neither yes nor no"
    assert (ben.id, ben.name, ben.age, ben.authority, ben.over) == ("ben", "", "", "onbekend", frozenset())


# --- people, sessions, versions --------------------------------------------------------------------------------


def test_roles_become_exactly_those_given(database: Database) -> None:
    newcomer = Person("nieuw", "Nieuw Niemand", "jgz_heuvelkind", "", (Appointment("aanmelder", "kerkrade"),))
    with database.writing() as tx:
        store.people.save(tx, [newcomer])
        store.people.save(tx, [replace(newcomer, appointments=(Appointment("kernpartner", "vaals"),))])
        assert store.people.one(tx, "nieuw").appointments == (Appointment("kernpartner", "vaals"),)
        assert "nieuw" not in {person.id for person in store.people.everyone(tx, "kerkrade")}


def test_a_session_ends_by_time_and_by_signing_out_and_its_token_is_not_kept(database: Database) -> None:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with database.writing() as tx:
        token = store.sessions.begin(tx, LEAD, now, now + timedelta(hours=12), "gemeente")
        other = store.sessions.begin(tx, PARTNER, now, now + timedelta(hours=12))
        running = store.sessions.one(tx, token, now)
        assert running is not None
        begun, person = running
        assert (begun.way, begun.hat, begun.begun_at) == ("gemeente", "", now)
        known = store.people.one(tx, LEAD)
        assert (person.id, person.organisation) == (LEAD, known.organisation)
        assert set(person.appointments) == set(known.appointments)
        assert store.sessions.one(tx, token, now + timedelta(hours=12)) is None
        assert store.sessions.one(tx, token[:-1], now) is None
        assert token not in repr(tx.execute(sa.select(session)).all())
        store.sessions.close(tx, token)
        assert store.sessions.one(tx, token, now) is None
        assert store.sessions.one(tx, other, now) is not None


def test_a_session_ends_when_nothing_is_done_and_is_ended_by_whose_it_is(database: Database) -> None:
    now, idle = datetime(2026, 3, 2, 8, tzinfo=UTC), timedelta(minutes=30)
    with database.writing() as tx:
        tokens = [store.sessions.begin(tx, LEAD, now, now + timedelta(hours=12)) for _ in range(3)]
        other = store.sessions.begin(tx, PARTNER, now, now + timedelta(hours=12))
        assert store.sessions.one(tx, tokens[0], now + timedelta(minutes=29), idle) is not None
        assert store.sessions.one(tx, tokens[0], now + idle, idle) is None
        later = now + timedelta(minutes=20)
        store.sessions.seen(tx, tokens[0], later)
        store.sessions.seen(tx, tokens[0], now)  # an answer that was slow takes nothing back
        running = store.sessions.one(tx, tokens[0], later + timedelta(minutes=1), idle)
        assert running is not None
        assert running[0].seen_at == later
        written = [running[0].is_to_be_seen(later + timedelta(seconds=seconds)) for seconds in (59, 60)]
        assert written == [False, True]
        mine = store.sessions.of_person(tx, LEAD, later)
        assert mine[0].id == running[0].id
        (hers,) = store.sessions.of_person(tx, PARTNER, later)
        assert store.sessions.close_of(tx, LEAD, hers.id) == 0
        assert store.sessions.close_of(tx, LEAD, mine[1].id) == 1
        assert store.sessions.close_of(tx, LEAD) == 2
        assert store.sessions.one(tx, other, later, idle) is not None


def test_the_version_published_last_is_the_one_to_start_with(database: Database) -> None:
    now = datetime(2026, 3, 3, tzinfo=UTC)
    definition = playing.definition()
    changed = {**definition.files, "regio.yaml": definition.files["regio.yaml"] + b" "}
    with database.writing() as tx:
        args = (definition.id, definition.settings.region)
        store.versions.publish(tx, "nieuw", *args, changed, frozenset({"x.form"}), now)
        assert {v.id for v in store.versions.current(tx) if v.process == "casus"} == {"nieuw"}
        assert store.versions.files(tx, "nieuw") == ("casus", playing.REGION, changed, frozenset({"x.form"}))
        store.versions.publish(
            tx, definition.version, *args, definition.files, definition.overridden, now + timedelta(days=1)
        )
        assert {v.id for v in store.versions.current(tx) if v.process == "casus"} == {definition.version}
        with pytest.raises(NotFoundError):
            store.versions.files(tx, "onbekend")


def test_a_running_case_keeps_the_version_that_it_began_with(play: Play) -> None:
    play.start(SIGNAL)
    with play.database.writing() as tx:
        definition = playing.small()
        store.versions.publish(tx, "nieuw", "casus", playing.REGION, definition.files, definition.overridden, play.now)
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
            cases.publish(tx, drawn, (), datetime(2026, 3, 3, tzinfo=UTC))
        assert {p.element for p in error.value.problems} >= {"resultaten_evalueren"}
        with pytest.raises(DefinitionError, match="heeft geen termijn"):
            cases.publish(tx, small, (), datetime(2026, 3, 3, tzinfo=UTC))
        assert {v.id for v in store.versions.current(tx)}.isdisjoint({drawn.version, small.version})
        cases.publish(tx, whole, (), datetime(2026, 3, 3, tzinfo=UTC))
        assert "opzetten" in {v.process for v in store.versions.current(tx)}


def test_publishing_plays_the_examples_of_the_own_region(database: Database) -> None:
    whole = playing.definition("opzetten")
    first, *others = scenarios.examples(playing.WORKFLOWS, "opzetten", playing.REGION)
    wrong, later = replace(first, ends=not first.ends), NOW + timedelta(days=1)
    with database.writing() as tx:
        with pytest.raises(DefinitionError, match=f"'{first.name}' loopt niet zoals het er staat"):
            cases.publish(tx, whole, (wrong, *others), later)
        assert later not in {version.published_at for version in store.versions.current(tx)}
        cases.publish(tx, whole, (replace(wrong, municipality="elders"), *others), later)
        assert later in {version.published_at for version in store.versions.current(tx)}


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
    listing = play.worklist(REPORTER, "alle", search=text)
    assert listing.total == (1 if text in ("100%", "a_b") else 0)


def test_searching_finds_by_family_task_and_subject_but_no_name_that_is_hidden(play: Play) -> None:
    play.start(SIGNAL)
    assert play.worklist(REPORTER, search="SCHIJN").total == 1
    assert play.worklist(REPORTER, search="bespreken").total == 1
    assert play.worklist(COORDINATOR, search="Schijn").total == 0, "a search must not confirm a name"
    assert play.worklist(COORDINATOR, search="Signaal").total >= 1


@pytest.mark.any_database
def test_each_word_that_is_sought_begins_a_word_of_the_family_or_the_task_in_any_order(play: Play) -> None:
    play.start({**SIGNAL, "gezin_naam": "Familie De Vries-Bakker"})
    for text in ("bakk vri", "VRIES-B de fam", "bakker bespr", "b"):
        assert play.worklist(REPORTER, search=text).total == 1, text
    for text in ("akker", "vries jansen", "devries", "-", "bakker bespreken niemand"):
        assert play.worklist(REPORTER, search=text).total == 0, text
    assert play.worklist(COORDINATOR, search="bakk").total == 0, "nor does a part of a name that is hidden"
    with play.as_(REPORTER, writes=False) as ctx:
        assert [len(cases.listing(ctx, cases.CaseFilter(search=text)).rows) for text in ("vri fam", "bespr")] == [1, 0]


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
            assert [line.title for line in cases.listing(ctx, cases.CaseFilter(search=text)).rows] == [family], text
    assert play.worklist(REPORTER, "alle", search="niemand").total == 0


def test_a_corrected_name_is_found_and_the_old_one_no_longer(play: Play) -> None:
    play.start(SIGNAL)
    play.correct("signaleren", "signaal_vastleggen", {**SIGNAL, "gezin_naam": "Zoë"}, "Verkeerd gehoord", REPORTER)
    assert play.worklist(REPORTER, "alle", search="ZOE").total == 1
    assert play.worklist(REPORTER, "alle", search="Schijn").total == 0


def test_what_a_task_was_about_is_kept_for_searching_no_longer_than_it_is_open(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    waiting = {row.id: row.subject for row in play.rows() if row.subject}
    assert waiting
    words = sa.select(word.c.task_id).where(word.c.task_id.is_not(None)).distinct()
    with play.database.reading() as tx:
        assert set(tx.execute(words).scalars()) == set(waiting)
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het is goed zo.")
        assert not ctx.tx.execute(words).all()


@pytest.mark.parametrize("name", ["onveiligheid_gaat_door_na_intrekking", "kind_wordt_twee"])
def test_erasing_a_case_leaves_no_row_of_it_and_all_of_the_others(play: Play, name: str) -> None:
    play.play(example(name), until="kennismaken" if name == "kind_wordt_twee" else "")
    first, play.case_id, play.now = play.case_id, 0, NOW
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    kept = counts(play.database)
    with play.database.writing() as tx:
        before = {t.name: rows_of(tx, t, first) for t in metadata.sorted_tables}
        assert before["event"]
        assert before["task"]
        assert before["consent"]
        store.personal.erase(tx, first)
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
    # the case itself before a task of it: a word of its name hangs on no task
    nearest = sorted(table.foreign_keys, key=lambda key: (key.column.table.name != "case_file", key.parent.name))
    for key in nearest:
        above = key.column.table
        if above.name in ("person", "version"):
            continue
        owned = _owned(above, case_id)
        if owned is not None:
            return key.parent.in_(sa.select(key.column).where(owned))
    return None

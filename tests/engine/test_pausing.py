"""Letting things wait: a pause puts off each clock by exactly what it lasted, and a task may be due on another day."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import cases, deadlines, store, worker
from engine.errors import ConflictError, InvalidDataError, NotAllowedError
from engine.store.tables import job
from engine.words import CaseStatus, Happening, Job, Message
from tests.engine.playing import LEAD, OVERSEER, REPORTER, Play, example

FOLLOWED = "afspraak_opvolgen"
NUDGE = "afspraak_nagaan"
DAYS = timedelta(days=1)

pytestmark = pytest.mark.any_database


@pytest.fixture
def followed(play: Play) -> Play:
    """A case in which an agreement is followed, with a clock on its day."""
    return play.play(example("een_duidelijke_vraag"), until=FOLLOWED)


def clock_of(play: Play, kind: Job = Job.CLOCK) -> object:
    with play.database.reading() as tx:
        return tx.execute(sa.select(job.c.due_at).where(job.c.kind == kind)).scalar()


def row_of(play: Play, element: str = FOLLOWED) -> store.tasks.TaskRow:
    return next(row for row in play.rows() if row.element == element)


def pause(play: Play, days: int) -> None:
    with play.as_(OVERSEER) as ctx:
        cases.pause(ctx, play.case_id, ctx.today + days * DAYS, "Het gezin is op reis.")


def resume(play: Play) -> None:
    with play.as_(OVERSEER) as ctx:
        cases.resume(ctx, play.case_id, "Zij zijn eerder terug.")


def work(play: Play) -> None:
    """Do all that is due."""
    for _ in range(20):
        with play.database.writing() as tx:
            if not worker.step(tx, play.library, play.now):
                return


def test_a_clock_goes_off_later_by_exactly_what_two_pauses_lasted(followed: Play) -> None:
    before, due = clock_of(followed), row_of(followed).deadline
    assert isinstance(before, type(followed.now))
    assert due is not None
    for days in (10, 3):
        pause(followed, 30)
        assert clock_of(followed) is None
        followed.now += days * DAYS
        resume(followed)
        followed.now += 2 * DAYS
    assert clock_of(followed) == before + 13 * DAYS
    moved = row_of(followed).deadline
    assert moved is not None
    assert moved.astimezone(deadlines.ZONE).date() == due.astimezone(deadlines.ZONE).date() + 13 * DAYS
    followed.now = before + 13 * DAYS - timedelta(seconds=1)
    work(followed)
    assert NUDGE not in followed.open()
    followed.now += timedelta(seconds=1)
    work(followed)
    assert NUDGE in followed.open()


def test_a_pause_is_over_by_itself_and_a_worker_that_was_away_loses_no_time(followed: Play) -> None:
    before, begun = clock_of(followed), followed.now
    assert isinstance(before, type(followed.now))
    pause(followed, 20)
    ends = clock_of(followed, Job.RESUME)
    assert isinstance(ends, type(followed.now))
    followed.now = ends + 4 * DAYS
    work(followed)
    assert clock_of(followed, Job.RESUME) is None
    assert followed.view(OVERSEER).history[-1].kind in (Happening.RESUMED, Happening.CLOCK)
    if before + (ends - begun) > followed.now:
        assert clock_of(followed) == before + (ends - begun)
    else:
        assert NUDGE in followed.open()


def test_what_opens_during_a_pause_waits_for_its_end_and_another_day_that_is_agreed_counts(followed: Play) -> None:
    item = row_of(followed).item
    pause(followed, 20)
    followed.now += 5 * DAYS
    day = (followed.now + 40 * DAYS).date()
    with followed.as_("sam_sprookje") as ctx:
        cases.complete(ctx, row_of(followed).id, {"status": "open", "gewenste_dag": day.isoformat()})
    asked = next(row for row in followed.rows() if row.element == "andere_dag_afspreken" and row.item == item)
    assert asked.deadline is not None
    assert asked.deadline > followed.now + 15 * DAYS
    assert clock_of(followed) is None
    resume(followed)
    again = row_of(followed, "andere_dag_afspreken").deadline
    assert again is not None
    assert again < followed.now + 15 * DAYS


def test_a_pause_is_undone_and_is_over_when_a_case_is_closed(followed: Play) -> None:
    before, due = clock_of(followed), row_of(followed).deadline
    pause(followed, 20)
    with followed.as_(OVERSEER) as ctx:
        cases.undo(ctx, followed.case_id)
    assert (clock_of(followed), row_of(followed).deadline, clock_of(followed, Job.RESUME)) == (before, due, None)
    pause(followed, 20)
    with followed.as_(OVERSEER) as ctx:
        cases.close(ctx, followed.case_id, "Verhuisd naar het buitenland.")
    assert clock_of(followed, Job.RESUME) is None
    assert followed.view(OVERSEER).status == CaseStatus.CLOSED


def test_the_day_on_which_a_child_is_two_comes_all_the_same(play: Play) -> None:
    play.play(example("kind_wordt_twee"), until="kennismaken")
    before = clock_of(play)
    assert before is not None
    pause(play, 10)
    play.now += 5 * DAYS
    resume(play)
    assert clock_of(play) == before


def test_who_may_pause_says_why_and_until_when(followed: Play) -> None:
    with followed.as_(OVERSEER) as ctx:
        with pytest.raises(InvalidDataError) as refusal:
            cases.pause(ctx, followed.case_id, ctx.today, " ")
        assert set(refusal.value.fields) == {"reden", "tot"}
        with pytest.raises(ConflictError):
            cases.resume(ctx, followed.case_id, "Toch verder.")
    with followed.as_("sam_sprookje") as ctx, pytest.raises(NotAllowedError):
        cases.pause(ctx, followed.case_id, ctx.today + DAYS, "Vakantie.")


def test_a_task_is_due_on_another_day_with_the_reason_and_that_is_undone(followed: Play) -> None:
    before, row = row_of(followed).deadline, row_of(followed)
    with followed.as_(OVERSEER) as ctx:
        day = ctx.today + 60 * DAYS
        cases.postpone(ctx, row.id, day, "De vrijwilliger is ziek.")
    assert row_of(followed).deadline == deadlines.end_of_day(day)
    event = followed.view(OVERSEER).history[-1]
    assert (event.kind, event.detail["tot"]) == (Happening.POSTPONED, day.isoformat())
    pause(followed, 5)  # a move that computes deadlines anew leaves what somebody moved
    resume(followed)
    assert row_of(followed).deadline == deadlines.end_of_day(day)
    with followed.as_(OVERSEER) as ctx:
        cases.postpone(ctx, row.id, day + DAYS, "Toch nog een dag.")
        cases.undo(ctx, followed.case_id)
    assert row_of(followed).deadline == deadlines.end_of_day(day)
    assert before != row_of(followed).deadline


def test_danger_that_is_told_while_a_case_stands_still_keeps_its_own_day(followed: Play) -> None:
    followed.tell(Message.ACUTE_DANGER, by=REPORTER)
    pause(followed, 60)
    followed.tell(Message.ACUTE_DANGER, by=LEAD)
    first, second = (row.deadline for row in followed.rows() if row.circle)
    assert first == second

"""The worker: what is due happens once, in order, and one broken case stops no other."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import cases, deadlines, process, store, worker
from engine.cases import Library
from engine.store import Database
from engine.store.tables import case_file, job
from engine.words import Job
from tests.engine import playing
from tests.engine.playing import ELSEWHERE, OVERSEER, REPORTER, Play

WEEK = timedelta(days=7)


def jobs(database: Database) -> list[tuple[int, datetime, int, str]]:
    """Every job: case, due, attempts, last error."""
    with database.reading() as tx:
        rows = tx.execute(sa.select(job.c.case_id, job.c.due_at, job.c.attempts, job.c.last_error).order_by(job.c.id))
        return [tuple(row) for row in rows]


def ticked(play: Play) -> dict[int, list[datetime]]:
    """When the clock moved which case."""
    moments: dict[int, list[datetime]] = {}
    with play.database.reading() as tx:
        for number in tx.execute(sa.select(case_file.c.id)).scalars().all():
            events = store.case_files.history(tx, number)
            moments[number] = [event.at for event in events if event.kind == "klok"]
    return moments


def begin(play: Play, many: str = "1") -> int:
    return play.start({"hoeveel": many}, process="klein")


def test_a_case_without_a_clock_has_no_job(play: Play) -> None:
    play.start(playing.example("alles_loopt_goed").actions[0].answers)
    assert jobs(play.database) == []


def test_nothing_happens_before_it_is_due(small: Play) -> None:
    number = begin(small)
    assert jobs(small.database) == [(number, small.now + WEEK, 0, "")]
    small.now += WEEK - timedelta(seconds=1)
    assert not small.step()
    small.now += timedelta(seconds=1)
    assert small.step()
    assert small.document()["geteld"] == "een"
    assert not small.step()
    assert jobs(small.database) == []


def test_a_case_in_which_nothing_is_due_costs_the_worker_no_statement_more(small: Play) -> None:
    asked: list[str] = []
    sa.event.listen(small.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    costs = []
    for _ in range(2):
        begin(small)
        asked.clear()
        assert not small.step()
        costs.append([statement for statement in asked if not statement.startswith("BEGIN")])
    assert costs[0] == costs[1]
    (only,) = costs[0]
    assert only.startswith("SELECT"), "nothing is written"


def test_a_job_of_a_case_that_has_ended_is_done_once(small: Play) -> None:
    number = begin(small)
    with small.database.writing() as tx:
        tx.execute(sa.update(case_file).where(case_file.c.id == number).values(status="gesloten"))
    small.now += WEEK
    assert small.step()
    assert jobs(small.database) == []


def test_what_is_longest_due_comes_first(small: Play) -> None:
    first = begin(small)
    small.now += timedelta(days=1)
    second = begin(small)
    small.now += timedelta(days=1)
    third = begin(small)
    small.now += WEEK
    order = []
    for _ in range(3):
        before = ticked(small)
        assert small.step()
        order += [number for number, moments in ticked(small).items() if moments != before[number]]
    assert order == [first, second, third]


@pytest.mark.any_database
@pytest.mark.parametrize(("day", "hour", "due"), [(2, 14, 3), (3, 1, 3), (3, 3, 4)])
def test_what_nobody_should_wait_for_is_done_in_the_coming_night(
    database: Database, day: int, hour: int, due: int
) -> None:
    with database.writing() as tx:
        store.jobs.plan_for_night(tx, Job.SCRUB, datetime(2026, 3, day, hour, tzinfo=deadlines.ZONE))
    assert [moment for _, moment, _, _ in jobs(database)] == [datetime(2026, 3, due, 3, tzinfo=deadlines.ZONE)]


@pytest.mark.any_database
def test_in_the_night_after_somebody_looked_sqlite_counts_what_there_is(database: Database, library: Library) -> None:
    looked = datetime(2026, 3, 2, 14, tzinfo=deadlines.ZONE)
    with database.writing() as tx:
        store.jobs.plan_for_night(tx, Job.TRIM, looked)
    assert not worker._once(database, library, lambda _: looked)
    assert not sa.inspect(database.engine).has_table("sqlite_stat1")
    assert worker._once(database, library, lambda _: looked + timedelta(days=1))
    with database.reading() as tx:
        (counted,) = tx.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE tbl = 'alembic_version'").scalars()
    assert counted == "1 1"


def test_a_case_that_moved_on_takes_its_timer_along(small: Play) -> None:
    begin(small)
    small.do("nakijken", by=OVERSEER)
    assert jobs(small.database) == []


def test_a_job_that_fails_backs_off_and_stops_no_other(small: Play, caplog: pytest.LogCaptureFixture) -> None:
    broken = begin(small, "2")
    small.now += timedelta(hours=1)
    whole = begin(small)
    small.now += WEEK
    with caplog.at_level(logging.DEBUG):
        assert small.step()
    (_, due, attempts, error), (_, other, *_) = jobs(small.database)
    assert (attempts, error) == (1, "ProcessError")
    assert other == small.now
    assert due > small.now
    assert small.step(), "the other case is not held up"
    assert ticked(small) == {broken: [], whole: [small.now]}
    assert "ProcessError" in caplog.text


def fail(play: Play, times: int) -> list[timedelta]:
    """Let the clock of a broken case fail; gives how long it waited each time."""
    waits = []
    for _ in range(times):
        assert play.step()
        due = max(due for _, due, attempts, _ in jobs(play.database) if attempts)
        waits.append(due - play.now)
        play.now = due
    return waits


def test_a_failing_job_waits_ever_longer_but_is_never_given_up(small: Play, caplog: pytest.LogCaptureFixture) -> None:
    begin(small, "2")
    small.now += WEEK
    with caplog.at_level(logging.INFO):
        waits = fail(small, 7)
        assert "stuck" not in caplog.text
        waits += fail(small, 5)
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=1)
    assert waits[6] < timedelta(hours=1)
    assert waits[7:] == [timedelta(days=1)] * 5
    assert f"of case {small.case_id} is stuck after 8 attempts" in caplog.text
    with small.database.reading() as tx:
        assert store.jobs.next_due(tx) == small.now


def test_a_clock_that_is_stuck_goes_on_by_itself_once_it_can(small: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    number = begin(small)
    small.now += WEEK
    with monkeypatch.context() as broken:
        broken.setattr(cases, "tick", _broken)
        fail(small, 9)
    assert small.step()
    assert ticked(small) == {number: [small.now]}
    assert jobs(small.database) == []


def test_who_oversees_sees_whose_clock_is_stuck_and_sets_it_going(small: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    number = begin(small)
    small.now += WEEK
    with monkeypatch.context() as broken:
        broken.setattr(cases, "tick", _broken)
        fail(small, 7)
        assert seen_stuck(small, OVERSEER) == []
        fail(small, 1)
        small.now -= timedelta(hours=1)
        assert not small.step(), "not before its day has passed"
        assert seen_stuck(small, OVERSEER) == [(number, "Klein")]
        assert seen_stuck(small, REPORTER) == []
        assert seen_stuck(small, ELSEWHERE) == []
        with small.as_(REPORTER) as ctx:
            assert cases.try_again(ctx) == 0
        assert not small.step()
        with small.as_(OVERSEER) as ctx:
            assert cases.try_again(ctx) == 1
        assert small.step()
        assert seen_stuck(small, OVERSEER) == [(number, "Klein")], "it failed once more, and is seen at once"
    with small.as_(OVERSEER) as ctx:
        cases.try_again(ctx)
    assert small.step()
    assert seen_stuck(small, OVERSEER) == []
    assert ticked(small) == {number: [small.now]}


def seen_stuck(play: Play, person: str) -> list[tuple[int, str]]:
    with play.as_(person, writes=False) as ctx:
        return list(cases.stuck(ctx))


def _broken(*_: object) -> None:
    raise RuntimeError("Familie Geheim")


def test_a_clock_that_does_not_get_ahead_is_told_and_does_not_hold_up_the_worker(
    small: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(small)
    small.now += WEEK
    monkeypatch.setattr(process, "tick", lambda *given: _due(small, given[1], given[2]))
    assert small.step()
    assert not small.step()
    ((_, due, attempts, error),) = jobs(small.database)
    assert (attempts, error) == (1, "ProcessError")
    assert due > small.now


def _due(play: Play, state: str, document: Mapping[str, object]) -> process.Outcome:
    """A move of the clock after which the same timer is still due."""
    return process.Outcome(state, document, (), play.now, False, (), ())


def test_a_case_that_was_mended_goes_on_by_its_clock(small: Play) -> None:
    begin(small, "2")
    small.now += WEEK
    assert small.step()
    small.correct("klein", "vragen", {"hoeveel": "1"}, "Verkeerd geteld", REPORTER)
    assert small.document()["geteld"] == "een"
    assert jobs(small.database) == []


def test_jobs_and_logs_hold_nothing_that_a_family_told(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    scenario = playing.example("kind_wordt_twee")
    with caplog.at_level(logging.DEBUG):
        play.play(scenario, until="kennismaken")
        with play.database.reading() as tx:
            held = repr([tuple(row) for row in tx.execute(sa.select(job))])
        play.wait("P120D")
    assert held != "[]"
    for word in ("Kwartier", "Kim", "2024-06-20", "peuter", "huur"):
        assert word not in held
        assert word not in caplog.text


def test_what_the_database_refuses_is_logged_without_its_values(
    small: Play, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(small)
    small.now += WEEK

    def refused(tx: store.Transaction, *_: object) -> None:
        tx.execute(sa.text("insert into case_file (title) values (:told)"), {"told": "Familie Geheim"})

    monkeypatch.setattr(cases, "tick", refused)
    with caplog.at_level(logging.DEBUG):
        assert small.step()
    assert "IntegrityError" in caplog.text
    assert "Geheim" not in caplog.text
    assert "Geheim" not in repr(jobs(small.database))


def test_a_database_error_says_nothing_of_the_values(database: Database) -> None:
    with database.writing() as tx, pytest.raises(sa.exc.DBAPIError) as error:
        tx.execute(sa.text("insert into nowhere values (:told)"), {"told": "Familie Geheim"})
    assert "Geheim" not in str(error.value)


def test_two_workers_never_do_one_job_twice(small: Play, opened: Callable[[str], Database]) -> None:
    numbers = [begin(small) for _ in range(8)]
    small.now += WEEK
    gate = threading.Barrier(2, timeout=30)

    def work() -> int:
        own = Play(opened(small.database.url), small.library, small.now)
        gate.wait()
        done = 0
        while own.step():
            done += 1
        return done

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(work) for _ in range(2)]
        done = [future.result(timeout=60) for future in futures]
    rest = 0
    while small.step():  # what one worker skipped because the other held it
        rest += 1
    assert sum(done) + rest == len(numbers)
    assert ticked(small) == {number: [small.now] for number in numbers}


def test_a_worker_skips_what_another_holds(postgresql_url: str, opened: Callable[[str], Database]) -> None:
    play = _small_on(postgresql_url, opened)
    first, second = begin(play), begin(play)
    play.now += WEEK
    with play.database.writing() as tx, play.database.writing() as beside:
        held = store.jobs.take(tx, play.now)
        other = store.jobs.take(beside, play.now)
        assert held is not None
        assert other is not None
        assert (held.case_id, other.case_id) == (first, second)


def test_a_worker_does_not_wait_for_a_person_who_is_at_work(
    postgresql_url: str, opened: Callable[[str], Database]
) -> None:
    """Who has the case plans its job anew; a worker that held the job and waited for the case would never end."""
    play = _small_on(postgresql_url, opened)
    begin(play)
    play.now += WEEK
    with play.as_(OVERSEER) as ctx:
        store.case_files.lock(ctx.tx, play.case_id, None)
        with play.database.writing() as tx:
            tx.execute(sa.text("set lock_timeout = '5s'"))
            assert not worker.step(tx, play.library, play.now)
        row = store.tasks.open_tasks(ctx.tx, play.case_id)[0]
        ctx.tx.execute(sa.text("set lock_timeout = '5s'"))
        cases.complete(ctx, row.id, {}, row.revision)
    assert play.view(OVERSEER).status == "klaar"
    assert not play.step()


def test_the_loop_does_what_is_due_until_it_is_stopped(small: Play) -> None:
    begin(small)
    small.now += WEEK
    stop = threading.Event()
    asked = []

    def now(_: store.Transaction) -> datetime:
        asked.append(small.now)
        if len(asked) == 2:  # once to see whether something is due, once to do it
            stop.set()
        return small.now

    worker.run(small.database, small.library, now, stop)
    assert ticked(small) == {small.case_id: [small.now]}


def test_the_loop_survives_a_database_that_is_away(small: Play, caplog: pytest.LogCaptureFixture) -> None:
    begin(small)
    stop = threading.Event()

    def now(_: store.Transaction) -> datetime:
        stop.set()
        raise OSError("Familie Geheim")

    worker.run(small.database, small.library, now, stop)
    assert "OSError" in caplog.text
    assert "Geheim" not in caplog.text


def _small_on(url: str, opened: Callable[[str], Database]) -> Play:
    database = opened(url)
    now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    playing.publish(database, now, playing.small())
    return Play(database, cases.Library(), now)

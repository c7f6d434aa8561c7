"""Undoing a slip: all of it comes back, by who did it, within the hour, and not once anything else happened."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import cases, store, worker
from engine.errors import ConflictError
from engine.scenarios import ActionKind
from engine.store import Database
from engine.store.tables import metadata
from tests.engine.playing import COORDINATOR, OVERSEER, REPORTER, Play, definition, example

pytestmark = pytest.mark.sqlite_first

MOVED = {"id", "revision"}
"""What tells no more than that rows were written again."""


def everything(database: Database) -> Mapping[str, list[dict[str, object]]]:
    """All rows of all cases, but their history and what is kept to undo."""
    tables = [t for t in metadata.sorted_tables if {"case_id", "task_id"} & set(t.c.keys()) or t.name == "case_file"]
    with database.reading() as tx:
        rows = {t.name: [row._asdict() for row in tx.execute(sa.select(t))] for t in tables}
    plain = {
        name: [{key: value for key, value in row.items() if key not in MOVED} for row in of]
        for name, of in rows.items()
        if name not in ("event", "undo")
    }
    return {name: sorted(of, key=str) for name, of in plain.items()}


def undo(play: Play, by: str) -> None:
    with play.as_(by) as ctx:
        cases.undo(ctx, play.case_id)


def close(play: Play) -> None:
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Verkeerd dossier")


def kept(play: Play) -> int:
    with play.database.reading() as tx:
        return len(tx.execute(sa.select(store.tables.undo)).all())


ACTS: Mapping[str, tuple[str, Callable[[Play], None]]] = {
    "moved": (REPORTER, lambda play: play.tell("gezin_verhuist", by=REPORTER)),
    "danger": (REPORTER, lambda play: play.tell("acute_onveiligheid", by=REPORTER)),
    "closed": (OVERSEER, close),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_was_told_or_closed_comes_back_as_it_was(play: Play, act: str) -> None:
    by, do = ACTS[act]
    play.play(example("alles_loopt_goed"), until="kennismaken")
    before, past = everything(play.database), play.history()
    do(play)
    assert everything(play.database) != before
    undo(play, by)
    assert everything(play.database) == before
    assert play.history()[: len(past)] == past
    (undone,) = play.history()[len(past) :]
    assert (undone.kind, undone.actor) == ("ongedaan", by)
    with pytest.raises(ConflictError):
        undo(play, by)


def test_each_step_comes_back_as_it_was_unless_something_left_the_house(play: Play) -> None:
    lasting = set()
    undone = 0
    for action in example("alles_loopt_goed").actions:
        before, past = everything(play.database), len(play.history()) if play.case_id else 0
        play.act(action)
        if action.kind is not ActionKind.TASK or not past:
            continue
        by = play.history()[past].actor
        try:
            undo(play, by)
        except ConflictError:
            lasting.add(action.name)
            continue
        assert everything(play.database) == before, action.name
        undone += 1
        play.act(action)
    assert undone > 20
    steps = [step for process in definition().processes.values() for step in process.user_tasks]
    leaves = {s.id for s in steps if s.properties.get("deelt") == "ja" or "stuurt" in s.properties}
    shares = {s.id for s in steps if s.properties.get("register") == "verstrekking"}
    played = {action.name for action in example("alles_loopt_goed").actions}
    assert lasting == (leaves | shares) & played
    assert {"uitnodigen", "verslag_delen"} <= lasting


def test_only_who_did_it_and_only_within_the_hour(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    play.tell("gezin_verhuist", by=REPORTER)
    assert play.view(REPORTER).undoable
    assert play.view(OVERSEER).undoable is None
    with pytest.raises(ConflictError):
        undo(play, OVERSEER)
    play.now += timedelta(minutes=59)
    assert play.view(REPORTER).undoable
    play.now += timedelta(minutes=1)
    assert play.view(REPORTER).undoable is None
    with pytest.raises(ConflictError, match="Dit kun je nu niet ongedaan maken"):
        undo(play, REPORTER)


@pytest.mark.parametrize("after", ["claimed", "danger"])
def test_not_once_somebody_else_acted_also_where_nobody_sees_that(play: Play, after: str) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    play.tell("gezin_verhuist", by=REPORTER)
    if after == "claimed":
        row = next(row for row in play.rows() if "procesregisseur" in row.roles)
        with play.as_(OVERSEER) as ctx:
            cases.claim(ctx, row.id)
    else:
        play.tell("acute_onveiligheid", by=COORDINATOR)
    assert play.view(REPORTER).undoable is None
    with pytest.raises(ConflictError):
        undo(play, REPORTER)


def test_also_after_a_task_was_taken_in_hand_by_who_did_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    before = everything(play.database)
    play.tell("gezin_verhuist", by=OVERSEER)
    row = next(row for row in play.rows() if "procesregisseur" in row.roles)
    with play.as_(OVERSEER) as ctx:
        cases.claim(ctx, row.id)
    undo(play, OVERSEER)
    assert everything(play.database) == before


def test_not_once_anything_else_stands_in_the_history(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    play.tell("gezin_verhuist", by=REPORTER)
    with play.database.writing() as tx:
        store.case_files.happened(tx, play.case_id, play.now, [{"kind": "iets_nieuws"}], OVERSEER)
    assert play.view(REPORTER).undoable is None
    with pytest.raises(ConflictError):
        undo(play, REPORTER)


def test_a_yes_that_was_withdrawn_comes_back_only_by_the_person(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(REPORTER) as ctx:
        cases.withdraw(ctx, play.case_id, cases.Wish(organisation="schuldhulp_rondkomstig"))
    assert kept(play) == 0
    play.tell("toestemming_ingetrokken", by=REPORTER)
    assert kept(play) == 0
    with pytest.raises(ConflictError):
        undo(play, REPORTER)


def test_what_stood_there_is_kept_no_longer_than_the_hour_or_the_case(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    play.tell("gezin_verhuist", by=REPORTER)
    assert kept(play) == 1
    worker._once(play.database, play.library, lambda tx: play.now)
    assert kept(play) == 1
    worker._once(play.database, play.library, lambda tx: play.now + timedelta(hours=1))
    assert kept(play) == 0
    play.tell("acute_onveiligheid", by=REPORTER)
    assert kept(play) == 1
    with play.database.writing() as tx:
        store.personal.erase(tx, play.case_id)
    assert kept(play) == 0


def test_no_other_task_gets_the_number_of_one_that_is_gone(play: Play) -> None:
    """Who still has its page would otherwise send it about another family."""
    play.play(example("alles_loopt_goed"), until="toestemming_vastleggen")
    signal = example("alles_loopt_goed").actions[0].answers
    gone = {row.id for row in play.rows()}
    with play.database.writing() as tx:
        store.personal.erase(tx, play.case_id)
    play.start(signal)
    assert not gone & {row.id for row in play.rows()}

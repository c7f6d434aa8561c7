"""A signal that was a mistake goes with all that it says of a family; two dossiers of one family become one."""

import pytest
import sqlalchemy as sa

from engine import cases, store
from engine.errors import ConflictError, NotAllowedError, NotFoundError
from engine.store.tables import answer, case_file, event, metadata, task
from engine.words import CaseStatus, Mistake
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, REPORTER, Play, example

pytestmark = pytest.mark.sqlite_first

SIGNAL = {**example("alles_loopt_goed").actions[0].answers, "gezin_naam": "Zonderling", "signaal": "Ze huilde stil."}


def signalled(play: Play) -> int:
    play.start(SIGNAL)
    return play.case_id


def remove(play: Play, case_id: int, by: str = REPORTER) -> None:
    with play.as_(by) as ctx:
        cases.remove(ctx, case_id, Mistake.SLIP)


def everything(play: Play) -> str:
    """All that stands in the database, but for the diagrams."""
    with play.database.reading() as tx:
        tables = [table for table in metadata.sorted_tables if table.name not in ("version", "file")]
        return "\n".join(str(row) for table in tables for row in tx.execute(sa.select(table)))


def test_a_mistake_is_erased_and_its_number_its_days_and_why_stay(play: Play) -> None:
    id = signalled(play)
    assert "Zonderling" in everything(play)
    assert play.view(REPORTER).may_remove
    remove(play, id)
    left = everything(play)
    assert "Zonderling" not in left
    assert "huilde" not in left
    seen = play.view(OVERSEER)
    assert (seen.title, seen.status, seen.end_reason) == (f"Signaal {id}", CaseStatus.REMOVED, "Per ongeluk ingevoerd")
    assert seen.ended_at is not None
    assert play.open() == []
    with pytest.raises(NotFoundError):
        play.view(REPORTER)
    with play.as_(REPORTER, writes=False) as ctx:
        assert cases.written(ctx, 10).rows == ()


def test_only_who_signalled_removes_it_and_only_until_the_family_was_asked(play: Play) -> None:
    id = signalled(play)
    for other in (OVERSEER, COORDINATOR):
        assert not play.view(other).may_remove
        with pytest.raises(NotAllowedError):
            remove(play, id, other)
    with pytest.raises(NotFoundError):
        remove(play, id, LEAD)
    play.case_id = 0
    play.play(example("geen_toestemming"))
    asked = play.case_id
    with pytest.raises((NotAllowedError, NotFoundError)):
        remove(play, asked)


def test_a_safety_file_goes_on_unseen_and_keeps_its_own_when_the_signal_goes(play: Play) -> None:
    id = signalled(play)
    play.tell("acute_onveiligheid", by=COORDINATOR)
    own = next(row for row in play.rows() if row.circle)
    remove(play, id)
    assert [row.id for row in play.rows()] == [own.id]
    assert play.task(COORDINATOR, own.element).id == own.id
    assert play.view(OVERSEER).tasks == ()
    with play.database.reading() as tx:
        assert tx.execute(sa.select(answer.c.id).where(answer.c.case_id == id)).all() == []
        subjects = tx.execute(sa.select(task.c.subject).where(task.c.case_id == id, task.c.circle == ""))
        assert set(subjects.scalars()) == {""}
    steps = {action.name: action.answers for action in example("onveiligheid_naast_het_traject").actions}
    while play.rows():
        row = play.rows()[0]
        play.do(row.element, steps[row.element], by=COORDINATOR)
    assert "Zonderling" not in everything(play), "what the file still needed went with it"
    with play.as_(COORDINATOR, writes=False) as ctx:
        assert cases.written(ctx, 10).rows, "and its own words stay with who wrote them"


def test_the_team_hears_that_there_may_be_two_and_not_of_whom(play: Play) -> None:
    first, second = signalled(play), signalled(play)
    play.start({**SIGNAL, "gezin_naam": "Iemand anders"})
    play.case_id = first
    assert [(alike.id, alike.title, alike.joins) for alike in play.view(COORDINATOR).alike] == [
        (second, f"Signaal {second}", False)
    ]
    assert play.view(REPORTER).alike == (), "who signals learns of nobody else's signal"


def test_a_name_that_the_team_knows_tells_nothing_of_a_signal_that_it_may_not_know(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    known, name = play.case_id, play.view(OVERSEER).title
    assert name == "Schijnbaar"
    play.start({**SIGNAL, "gezin_naam": name})
    hidden = play.case_id
    assert play.view(OVERSEER).title == f"Signaal {hidden}"
    assert play.view(OVERSEER).alike == ()
    play.case_id = known
    assert play.view(OVERSEER).alike == ()


def test_two_dossiers_that_the_family_lets_go_on_become_one(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    first, play.case_id = play.case_id, 0
    play.play(example("alles_loopt_goed"), until="kennismaken")
    second = play.case_id
    (other,) = play.view(OVERSEER).alike
    assert (other.id, other.title, other.joins) == (first, "Schijnbaar", True)
    with play.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
        cases.join(ctx, second, first)
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError):
        cases.join(ctx, second, second)
    with play.as_(OVERSEER) as ctx:
        cases.join(ctx, second, first)
    ended = play.view(OVERSEER)
    assert (ended.status, ended.end_reason) == (
        CaseStatus.CLOSED, f"Dubbel. Dit gezin gaat verder in dossier {first}.",
    )  # fmt: skip
    assert ended.undoable is None
    play.case_id = first
    going_on = play.view(OVERSEER)
    assert going_on.status == CaseStatus.RUNNING
    assert going_on.alike == ()
    assert going_on.history[-1].detail["met"] == second


def test_a_signal_that_is_not_agreed_to_is_joined_with_nothing(play: Play) -> None:
    first, second = signalled(play), signalled(play)
    with play.as_(OVERSEER) as ctx, pytest.raises(ConflictError):
        cases.join(ctx, second, first)
    with play.database.reading() as tx:
        assert store.case_files.read(tx, second, None).status == CaseStatus.RUNNING
        assert tx.execute(sa.select(sa.func.count()).select_from(event)).scalar_one()
        assert tx.execute(sa.select(sa.func.count()).select_from(case_file)).scalar_one() == 2

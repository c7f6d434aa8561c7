"""A signal that came by phone: who keeps the overview enters it, and another asks the family."""

import pytest

from engine import cases
from engine.errors import ConflictError, InvalidDataError
from engine.words import Mistake
from tests.engine.playing import COORDINATOR, OVERSEER, REPORTER, Play, example

TOLD = "Ze zei drie afspraken af omdat de bus te duur is."
CALL = example("signaal_per_telefoon").actions
SIGNAL = CALL[0].answers
pytestmark = pytest.mark.any_database


@pytest.fixture
def called(play: Play) -> Play:
    play.start(SIGNAL, COORDINATOR)
    return play


def words(view: cases.CaseView) -> str:
    return repr([view.title, [answers.values for answers in view.answers], view.history, view.family])


def test_who_entered_it_rereads_it_and_nobody_else_reads_a_word(called: Play) -> None:
    assert TOLD in words(called.view(COORDINATOR))
    for person in (OVERSEER, REPORTER):
        view = called.view(person)
        assert view.title == f"Signaal {called.case_id}"
        assert TOLD not in words(view)
        assert "Schijnbaar" not in words(view)
        assert "dalwieg" not in words(view)


def test_who_called_gets_the_step_to_discuss_it_and_reads_nothing_there(called: Play) -> None:
    row = called.row("signaal_bespreken")
    assert row.assignee == REPORTER
    view = called.task(REPORTER, "signaal_bespreken")
    assert view.case_title == f"Signaal {called.case_id}"
    assert TOLD not in repr((view.values, view.context))
    with pytest.raises(ConflictError), called.as_(COORDINATOR) as ctx:
        cases.complete(ctx, row.id, {})


def test_who_asked_consent_writes_the_name_anew_without_having_seen_the_first(called: Play) -> None:
    for action in CALL[1:4]:
        called.act(action)
    task = called.task(REPORTER, "toestemming_vastleggen")
    assert "gezin_naam" not in task.values
    answers = {**CALL[4].answers, "toestemmingen": []}
    mother = called.document()["gezin"][0]["id"]
    answers["toestemmingen"] = [{**row, "persoon": mother} for row in CALL[4].answers["toestemmingen"]]
    with called.as_(REPORTER) as ctx:
        cases.complete(ctx, task.id, answers, task.version, shown=task.values)
    assert called.view(OVERSEER).title == "De Vries"
    assert TOLD not in words(called.view(OVERSEER)), "a story is in no standard set"


def test_somebody_must_be_chosen_who_asks_the_family(play: Play) -> None:
    with pytest.raises(InvalidDataError) as error:
        play.start({key: answer for key, answer in SIGNAL.items() if key != "aanmelder"}, COORDINATOR)
    assert set(error.value.fields) == {"aanmelder"}


def test_who_signals_for_herself_is_not_asked_who_asks_the_family(play: Play) -> None:
    play.start(SIGNAL, REPORTER)
    assert "signaal_bron_organisatie" not in play.document()
    assert play.row("signaal_bespreken").assignee == REPORTER


def test_who_entered_it_by_mistake_removes_it(called: Play) -> None:
    assert not called.view(OVERSEER).may_remove
    with called.as_(COORDINATOR) as ctx:
        cases.remove(ctx, called.case_id, Mistake.SLIP)
    assert TOLD not in repr(called.document())

"""Who is away, who stands in, and what that person finds and may take: never more than could be handed over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine import cases, store
from engine.access import Appointment, Person
from engine.cases import Context, absence, staff
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.store.tasks import Filter
from engine.words import TaskList
from tests.engine.conftest import NOW
from tests.engine.playing import COORDINATOR, HOME, OVERSEER, REPORTER, STRANGER, Play, example

ADMIN = "berend_blauwdruk"
TODAY = NOW.date()
WEEK = TODAY + timedelta(days=6)
TEAM = Person("cleo", "Cleo", "buurtlicht_kerkrade", "", (Appointment("coordinator", HOME),))
MIDWIFE = Person("mies", "Mies", "verloskundigen_dalwieg", "", (Appointment("aanmelder", HOME),))
pytestmark = pytest.mark.sqlite_first


def asks(play: Play, tx: store.Transaction, person: str, days: int = 0) -> Context:
    return Context(tx, play.library, store.people.one(tx, person), NOW + timedelta(days=days))


def left(play: Play, who: str, deputy: str = "", by: str = "") -> None:
    with play.database.writing() as tx:
        absence.leave(asks(play, tx, by or who), who, TODAY, WEEK, deputy)


@pytest.fixture
def signalled(play: Play) -> Play:
    """A midwife told of a family; the coordinator took what follows. Both have a colleague with a role of theirs."""
    with play.database.writing() as tx:
        store.people.save(tx, [TEAM, MIDWIFE])
    play.start(example("alles_loopt_goed").actions[0].answers, REPORTER)
    return play


def offered(play: Play, person: str, days: int = 0) -> list[tuple[str, str]]:
    with play.database.reading() as tx:
        return [(offer.task.element, offer.absence.person) for offer in cases.stood_in(asks(play, tx, person, days))]


def held_by(play: Play, person: str) -> str:
    """Let somebody have the task that the coordinator can do; gives its step."""
    row = next(row for row in play.rows() if "coordinator" in row.roles)
    with play.database.writing() as tx:
        store.tasks.assign(tx, row.id, person, play.now)
    return row.element


def test_the_deputy_finds_the_work_and_takes_it_and_it_moves_by_nothing_else(signalled: Play) -> None:
    step = held_by(signalled, COORDINATOR)
    assert offered(signalled, "cleo") == []
    left(signalled, COORDINATOR, "cleo")
    assert offered(signalled, "cleo") == [(step, COORDINATOR)]
    assert offered(signalled, OVERSEER) == []
    assert signalled.row(step).assignee == COORDINATOR, "work isn't moved"
    with signalled.as_("cleo") as ctx:
        cases.claim(ctx, signalled.row(step).id)
    assert signalled.row(step).assignee == "cleo"
    event = signalled.history()[-1]
    assert (event.kind, event.actor, event.detail) == ("opgepakt", "cleo", {"in_plaats_van": COORDINATOR})


def test_it_is_over_by_itself_and_before_that_when_somebody_says_so(signalled: Play) -> None:
    step = held_by(signalled, COORDINATOR)
    left(signalled, COORDINATOR, "cleo")
    assert offered(signalled, "cleo", days=6)
    assert not offered(signalled, "cleo", days=7)
    with signalled.database.writing() as tx:
        ctx = asks(signalled, tx, COORDINATOR, days=2)
        (mine,) = absence.absences(ctx, COORDINATOR)
        absence.back(ctx, COORDINATOR, mine.id)
        assert absence.absences(ctx, COORDINATOR) == ()
        with pytest.raises(NotFoundError):
            absence.back(ctx, COORDINATOR, mine.id)
        kinds = [each.kind for each in staff.changes(asks(signalled, tx, ADMIN), COORDINATOR)]
        assert kinds[:2] == ["weer_aanwezig", "afwezig"]
    assert offered(signalled, "cleo", days=2) == []
    with signalled.database.writing() as tx, pytest.raises(ConflictError):
        cases.claim(asks(signalled, tx, "cleo", days=2), signalled.row(step).id)


def test_standing_in_lets_nobody_know_of_a_family_before_it_is_asked(signalled: Play) -> None:
    left(signalled, REPORTER, "mies")
    mine = [row for row in signalled.rows() if row.assignee == REPORTER]
    assert mine
    assert offered(signalled, "mies") == []
    for row in mine:
        with signalled.as_("mies") as ctx, pytest.raises(NotFoundError):
            cases.claim(ctx, row.id)


def test_a_deputy_gets_into_no_circle(signalled: Play) -> None:
    with signalled.as_(REPORTER) as ctx:
        cases.message(ctx, signalled.case_id, "acute_onveiligheid", {})
    left(signalled, REPORTER, "mies")
    safety = next(row for row in signalled.rows() if row.safety)
    assert safety.element not in dict(offered(signalled, "mies"))
    with signalled.as_("mies") as ctx, pytest.raises(NotFoundError):
        cases.claim(ctx, safety.id)


def test_only_who_shares_organisation_and_role_can_stand_in(signalled: Play) -> None:
    with signalled.database.reading() as tx:
        ctx = asks(signalled, tx, COORDINATOR)
        able = {each.person.id: each.shares for each in absence.deputies(ctx, COORDINATOR)}
        assert able["cleo"] == {("coordinator", HOME)}
        assert able["mo_maquette"] == {("kernpartner", HOME)}
        assert {OVERSEER, "loek_luchtkasteel", COORDINATOR, ADMIN} & able.keys() == set()
        assert absence.uncovered(ctx, COORDINATOR, "cleo") == {("kernpartner", HOME)}
        assert absence.deputies(asks(signalled, tx, STRANGER), STRANGER) == (), "and it says so"
    with pytest.raises(InvalidDataError) as refused:
        left(signalled, COORDINATOR, OVERSEER)
    assert list(refused.value.fields) == ["waarnemer"]


def test_who_is_away_then_too_cant_stand_in(signalled: Play) -> None:
    left(signalled, "cleo")
    with pytest.raises(InvalidDataError, match="Cleo is zelf afwezig"):
        left(signalled, COORDINATOR, "cleo")
    with signalled.database.writing() as tx:
        later = TODAY + timedelta(days=20)
        absence.leave(asks(signalled, tx, COORDINATOR), COORDINATOR, later, later, "cleo")
        assert absence.left_alone(asks(signalled, tx, "cleo"), "cleo") == ()  # away this week, and not then
        absence.leave(asks(signalled, tx, "cleo"), "cleo", later, later, "")
        assert [each.person for each in absence.left_alone(asks(signalled, tx, "cleo"), "cleo")] == [COORDINATOR]


@pytest.mark.parametrize(
    ("first", "last", "field"), [(5, 4, "tot"), (-5, -1, "tot"), (0, 500, "tot"), (3, 9, "van"), (None, 2, "van")]
)
def test_days_that_cant_be_are_told_by_field(signalled: Play, first: int | None, last: int, field: str) -> None:
    left(signalled, COORDINATOR)
    day = None if first is None else TODAY + timedelta(days=first)
    with signalled.database.writing() as tx, pytest.raises(InvalidDataError) as refused:
        absence.leave(asks(signalled, tx, COORDINATOR), COORDINATOR, day, TODAY + timedelta(days=last), "")
    assert list(refused.value.fields) == [field]


def test_a_beheerder_says_it_for_who_is_ill_and_nobody_else_does(signalled: Play) -> None:
    left(signalled, COORDINATOR, "cleo", by=ADMIN)
    for other in (OVERSEER, "cleo"):
        with pytest.raises(NotAllowedError):
            left(signalled, COORDINATOR, by=other)


def test_who_stopped_stands_in_for_nobody(signalled: Play) -> None:
    left(signalled, COORDINATOR, "cleo")
    left(signalled, "cleo")
    with signalled.database.writing() as tx:
        staff.end(asks(signalled, tx, ADMIN), "cleo", "", COORDINATOR, "Werkt hier niet meer.")
    with signalled.database.reading() as tx:
        (away,) = absence.absences(asks(signalled, tx, COORDINATOR), COORDINATOR)
        assert (away.last, away.deputy) == (WEEK, "")
        assert absence.absences(asks(signalled, tx, ADMIN), "cleo") == ()


def test_others_read_until_when_somebody_is_away_and_who_stands_in(signalled: Play) -> None:
    with signalled.database.writing() as tx:
        store.staff.keep(tx, replace(store.staff.one(tx, COORDINATOR), working_days=("maandag", "dinsdag")))
    left(signalled, COORDINATOR, "cleo")
    with signalled.as_(OVERSEER) as ctx:
        days = absence.told(cases.colleagues(ctx, [COORDINATOR])[COORDINATOR])
        listed = cases.worklist(ctx, Filter(TaskList.ALL)).lines
    assert days.startswith("werkt ma, di; afwezig tot en met ")
    assert days.endswith("neemt waar: Cleo")
    assert listed

"""Who works here: changed by a beheerder, approved by a second, and what becomes of the work of who stops."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine import cases, store
from engine.access import Appointment, Person
from engine.cases import Context, staff
from engine.cases.staff import Search, Wanted
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.store.tables import session
from tests.engine.conftest import NOW
from tests.engine.playing import COORDINATOR, HOME, LEAD, PARTNER, REPORTER, Play, example

ADMIN, OVERSIGHT = "berend_blauwdruk", "flora_fictie"
WHY = "Nieuwe collega."
pytestmark = pytest.mark.sqlite_first


def roles(*names: str, place: str = HOME) -> frozenset[Appointment]:
    return frozenset(Appointment(name, place) for name in names)


def asks(play: Play, tx: store.Transaction, person: str = ADMIN) -> Context:
    return Context(tx, play.library, store.people.one(tx, person), NOW)


def test_a_beheerder_adds_and_changes_people_and_their_history_tells_who_and_why(play: Play) -> None:
    wanted = Wanted("Ans Æbel", "jgz_heuvelkind", "arts", "ans@jgz.nl", "045", ("maandag",), roles("kernpartner"))
    with play.database.writing() as tx:
        ctx = asks(play, tx)
        id = staff.add(ctx, wanted, WHY)
        again = staff.add(ctx, wanted, WHY)
        store.sessions.begin(tx, id, NOW, NOW)
        assert (id, again) == ("ans_aebel", "ans_aebel_2")
        changed = replace(wanted, phone="046", appointments=roles("aanmelder"))
        assert staff.change(ctx, id, changed, "Ander werk.") == ()
        employee = staff.employee(ctx, id)
        assert (employee.person.appointments, employee.phone) == ((Appointment("aanmelder", HOME),), "046")
        assert not tx.execute(sa.select(session).where(session.c.person_id == id)).all(), "signs in anew"
        changes = staff.changes(ctx, id)
        kinds = ["rol_weg", "rol_erbij", "gegevens_gewijzigd", "rol_erbij", "in_dienst"]
        assert sorted(each.kind for each in changes) == sorted(kinds)
        assert {each.by for each in changes} == {"Berend Blauwdruk"}
        assert {each.detail["reden"] for each in changes} == {WHY, "Ander werk."}
        listed = [each.person.name for each in staff.employees(ctx, Search("aebel", "aanmelder", "jgz_heuvelkind"))]
        assert listed == ["Ans Æbel"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "naam"),
        ({"organisation": "nergens"}, "organisatie"),
        ({"mail": "geen adres"}, "mail"),
        ({"working_days": ("feestdag",)}, "werkdagen"),
        ({"phone": "0" * 50}, "telefoon"),
        ({"appointments": roles("koning")}, "rol"),
        ({"appointments": roles("kernpartner", place="maastricht")}, "rol"),
        ({"appointments": frozenset()}, "rol"),
    ],
)
def test_what_cant_be_is_told_by_field(play: Play, changes: dict[str, object], field: str) -> None:
    wanted = replace(Wanted("Ans", appointments=roles("kernpartner")), **changes)  # type: ignore[arg-type]
    with play.database.writing() as tx, pytest.raises(InvalidDataError) as refused:
        staff.add(asks(play, tx), wanted, WHY)
    assert list(refused.value.fields) == [field]


def test_only_a_beheerder_changes_people_and_only_of_the_own_municipalities(play: Play) -> None:
    wanted = Wanted("Ans", appointments=roles("kernpartner"))
    attempts: list[Callable[[Context], object]] = [
        lambda ctx: staff.employees(ctx, Search()),
        lambda ctx: staff.employee(ctx, REPORTER),
        lambda ctx: staff.add(ctx, wanted, WHY),
        lambda ctx: staff.change(ctx, REPORTER, wanted, WHY),
        lambda ctx: staff.end(ctx, REPORTER, "", "", WHY),
    ]
    with play.database.writing() as tx:
        for other in (OVERSIGHT, COORDINATOR, LEAD):
            for attempt in attempts:
                with pytest.raises(NotAllowedError):
                    attempt(asks(play, tx, other))
        elsewhere = Person("els", "Els", appointments=(Appointment("kernpartner", "maastricht"),))
        store.people.save(tx, [elsewhere])
        of_her: list[Callable[[Context], object]] = [
            lambda ctx: staff.employee(ctx, "els"),
            lambda ctx: staff.change(ctx, "els", wanted, WHY),
            lambda ctx: staff.end(ctx, "els", "", "", WHY),
        ]
        for attempt in of_her:
            with pytest.raises(NotFoundError):
                attempt(asks(play, tx))


@pytest.mark.parametrize("role", ["procesregisseur", "coordinator", "beheerder", "functionaris"])
def test_who_gets_to_oversee_is_approved_by_a_second_person(play: Play, role: str) -> None:
    with play.database.writing() as tx:
        ctx, other = asks(play, tx), asks(play, tx, OVERSIGHT)
        before = staff.employee(ctx, REPORTER).person
        wanted = Wanted(before.name, before.organisation, before.function, appointments=roles("kernpartner", role))
        assert staff.change(ctx, REPORTER, wanted, WHY) == (Appointment(role, HOME),)
        assert Appointment(role, HOME) not in staff.employee(ctx, REPORTER).person.appointments
        (proposal,) = staff.proposals(other)
        with pytest.raises(NotAllowedError):
            staff.decide(ctx, proposal.id, approves=True)
        with pytest.raises(NotAllowedError):
            staff.decide(asks(play, tx, LEAD), proposal.id, approves=True)
        staff.decide(other, proposal.id, approves=True)
        assert Appointment(role, HOME) in staff.employee(ctx, REPORTER).person.appointments
        with pytest.raises(NotFoundError):
            staff.decide(other, proposal.id, approves=True)


def test_with_two_beheerders_it_is_the_other_one_who_approves(play: Play) -> None:
    with play.database.writing() as tx:
        store.people.save(tx, [Person("tweede", "Tweede", appointments=(Appointment("beheerder", HOME),))])
        ctx = asks(play, tx)
        wanted = Wanted("Ans", appointments=roles("coordinator", "aanmelder"))
        id = staff.add(ctx, wanted, WHY)
        (proposal,) = staff.proposals(ctx)
        with pytest.raises(NotAllowedError):
            staff.decide(asks(play, tx, OVERSIGHT), proposal.id, approves=True)
        staff.decide(asks(play, tx, "tweede"), proposal.id, approves=False)
        assert staff.employee(ctx, id).person.appointments == (Appointment("aanmelder", HOME),)
        assert "voorstel_afgewezen" in {each.kind for each in staff.changes(ctx, id)}


def test_nobody_changes_the_own_roles_and_the_last_beheerder_stays(play: Play) -> None:
    with play.database.writing() as tx:
        ctx = asks(play, tx)
        me = ctx.actor
        wanted = Wanted(me.name, me.organisation, me.function, appointments=frozenset(me.appointments))
        assert staff.change(ctx, ADMIN, replace(wanted, phone="06"), WHY) == ()
        with pytest.raises(NotAllowedError):
            staff.change(ctx, ADMIN, replace(wanted, appointments=wanted.appointments | roles("kernpartner")), WHY)
        with pytest.raises(NotAllowedError):
            staff.end(ctx, ADMIN, "", "", WHY)
        console = replace(ctx, actor=replace(me, id=""))
        with pytest.raises(ConflictError):
            staff.change(console, ADMIN, replace(wanted, appointments=frozenset()), WHY)


COLLEAGUE = Person("mies", "Mies", "verloskundigen_dalwieg", "", tuple(roles("aanmelder", "kernpartner")))


def signalled(play: Play) -> Play:
    """A family about whom a midwife told, with a colleague of hers."""
    with play.database.writing() as tx:
        store.people.save(tx, [COLLEAGUE])
    play.start(example("alles_loopt_goed").actions[0].answers, REPORTER)
    return play


def stops(play: Play, heir: str = "", keeper: str = "mies", who: str = REPORTER) -> staff.Ended:
    with play.database.writing() as tx:
        return staff.end(asks(play, tx), who, heir, keeper, "Ander werk.")


def test_a_colleague_of_the_same_organisation_goes_on_before_the_family_is_asked(play: Play) -> None:
    signalled(play)
    assert stops(play, heir="mies") == staff.Ended(handed=1, waiting=0)
    assert play.row("signaal_bespreken").assignee == "mies"
    assert play.document()["aanmelder"] == "mies", "and gets what comes after it"
    assert play.task("mies", "signaal_bespreken").form.fields
    assert [event.kind for event in play.history()][-1] == "toegewezen"


def test_what_a_colleague_may_not_read_looks_for_somebody(play: Play) -> None:
    signalled(play)
    assert stops(play, heir=PARTNER) == staff.Ended(handed=0, waiting=1)
    assert play.row("signaal_bespreken").assignee == ""
    assert play.document()["aanmelder"] == ""
    assert [line.element for line in play.worklist(PARTNER).lines] == []
    assert "signaal_bespreken" in {line.element for line in play.worklist(COORDINATOR).lines}


def test_who_stopped_is_signed_out_and_comes_back_by_nobodys_slip(play: Play) -> None:
    with play.database.writing() as tx:
        store.sessions.begin(tx, LEAD, NOW, NOW)
    stops(play, keeper="bas_bedenksel", who=LEAD)
    with play.database.writing() as tx:
        ctx = asks(play, tx)
        assert staff.employee(ctx, LEAD).ended_at == NOW
        assert staff.employee(ctx, LEAD).person.appointments == ()
        assert not tx.execute(sa.select(session).where(session.c.person_id == LEAD)).all()
        assert LEAD in {each.person.id for each in staff.employees(ctx, Search(ended=True))}
        assert LEAD not in {each.person.id for each in staff.employees(ctx, Search())}
        assert LEAD not in {person.id for person in store.people.everyone(tx)}
        with pytest.raises(ConflictError):
            staff.change(ctx, LEAD, Wanted("Jet", appointments=roles("kernpartner")), WHY)


def test_who_works_elsewhere_too_goes_on_there(play: Play) -> None:
    with play.database.writing() as tx:
        store.people.save(tx, [Person("hier", "Hier", appointments=tuple(roles("beheerder")))])
        ctx = asks(play, tx, "hier")
        staff.end(ctx, "kiki_krabbel", "", "", "Minder uren.")
        left = staff.employee(asks(play, tx), "kiki_krabbel")
        assert {a.municipality for a in left.person.appointments} == {"landgraaf", "vaals"}
        assert left.ended_at is None
        assert "kiki_krabbel" in {each.person.id for each in staff.employees(ctx, Search(ended=True))}


def test_a_meldcode_goes_to_who_looks_after_safety_at_the_own_organisation_and_nobody_is_told(play: Play) -> None:
    signalled(play)
    with play.as_(REPORTER) as ctx:
        cases.message(ctx, play.case_id, "acute_onveiligheid", {})
    with pytest.raises(InvalidDataError) as refused:
        stops(play, heir=PARTNER, keeper="")
    assert list(refused.value.fields) == ["aandachtsfunctionaris"]
    with play.database.reading() as tx:
        assert staff.waiting_work(asks(play, tx), REPORTER) == 1
    assert stops(play, heir=PARTNER) == staff.Ended(handed=0, waiting=1)
    safety = next(row for row in play.rows() if row.safety)
    assert safety.assignee == "mies"
    with play.database.reading() as tx:
        everybody = dict(store.case_files.participants(tx, play.case_id))
    assert everybody["mies"] == safety.circle
    assert play.task("mies", safety.element).form.fields
    for other in (PARTNER, COORDINATOR):
        assert safety.element not in {line.element for line in play.worklist(other).lines}


def emptied(play: Play) -> Play:
    """A midwife who told of danger stops; nobody else of her practice works here. Then somebody comes there again."""
    play.start(example("alles_loopt_goed").actions[0].answers, REPORTER)
    with play.as_(REPORTER) as ctx:
        cases.message(ctx, play.case_id, "acute_onveiligheid", {})
    assert stops(play, keeper="").handed == 0
    with play.database.writing() as tx:
        (waits,) = staff.vacancies(asks(play, tx, OVERSIGHT))
        assert (waits.municipality, waits.organisation, waits.people) == (HOME, COLLEAGUE.organisation, ())
        store.people.save(tx, [COLLEAGUE])
    return play


PUT = (HOME, COLLEAGUE.organisation, "mies", "Zij kent de praktijk.")


def test_where_nobody_is_left_two_people_appoint_somebody_of_the_same_organisation(play: Play) -> None:
    emptied(play)
    safety = next(row for row in play.rows() if row.safety)
    with play.database.writing() as tx:
        admin, watcher = asks(play, tx), asks(play, tx, OVERSIGHT)
        assert staff.put_forward(admin, *PUT) == "Mies"
        (proposal,) = staff.proposals(watcher)
        with pytest.raises(NotAllowedError):
            staff.decide(admin, proposal.id, approves=True)
        assert "mies" not in dict(store.case_files.participants(tx, play.case_id)), "one person alone changes nothing"
        staff.decide(watcher, proposal.id, approves=True)
        assert staff.vacancies(watcher) == ()
        ((name, change),) = staff.appointed(watcher)
        assert (name, change.by, change.detail["voorgesteld_door"]) == ("Mies", "Flora Fictie", "Berend Blauwdruk")
        assert change.detail["reden"] == PUT[-1]
    assert play.task("mies", safety.element).form.fields
    for other in (PARTNER, COORDINATOR):
        assert safety.element not in {line.element for line in play.worklist(other).lines}


def test_a_functionaris_may_propose_and_a_beheerder_decide(play: Play) -> None:
    emptied(play)
    with play.database.writing() as tx:
        admin, watcher = asks(play, tx), asks(play, tx, OVERSIGHT)
        staff.put_forward(watcher, *PUT)
        (proposal,) = staff.proposals(admin)
        with pytest.raises(NotAllowedError):
            staff.decide(watcher, proposal.id, approves=True)
        staff.decide(admin, proposal.id, approves=False)
        assert [waits.people[0].id for waits in staff.vacancies(admin)] == ["mies"]
        assert staff.appointed(admin) == ()


def test_nobody_appoints_who_works_elsewhere_or_runs_the_house_nor_themselves(play: Play) -> None:
    emptied(play)
    boss = Person("baas", "Baas", COLLEAGUE.organisation, "", tuple(roles("beheerder", "kernpartner")))
    runs = Person("bouwt", "Bouwt", COLLEAGUE.organisation, "", tuple(roles("beheerder")))
    away = Person("weg", "Weg", COLLEAGUE.organisation, "", tuple(roles("kernpartner", place="maastricht")))
    with play.database.writing() as tx:
        store.people.save(tx, [boss, runs, away])
        ctx = asks(play, tx)
        for id in (PARTNER, LEAD, "bouwt", "weg", ADMIN, ""):
            with pytest.raises(InvalidDataError) as refused:
                staff.put_forward(ctx, HOME, COLLEAGUE.organisation, id, WHY)
            assert list(refused.value.fields) == ["persoon"]
        with pytest.raises(InvalidDataError):
            staff.put_forward(ctx, *PUT[:3], "")
        with pytest.raises(InvalidDataError):
            staff.put_forward(asks(play, tx, "baas"), *PUT[:2], "baas", WHY)
        with pytest.raises(NotFoundError):
            staff.put_forward(ctx, HOME, "jgz_heuvelkind", PARTNER, WHY)
        for other in (COORDINATOR, LEAD):
            with pytest.raises(NotAllowedError):
                staff.vacancies(asks(play, tx, other))
            with pytest.raises(NotAllowedError):
                staff.put_forward(asks(play, tx, other), *PUT)
        staff.put_forward(ctx, *PUT[:2], "baas", WHY)
        (proposal,) = staff.proposals(asks(play, tx, "baas"))
        with pytest.raises(NotAllowedError):
            staff.decide(asks(play, tx, "baas"), proposal.id, approves=True)


def test_who_left_for_another_organisation_meanwhile_is_not_appointed(play: Play) -> None:
    emptied(play)
    with play.database.writing() as tx:
        staff.put_forward(asks(play, tx), *PUT)
        store.people.save(tx, [replace(COLLEAGUE, organisation="jgz_heuvelkind")])
        watcher = asks(play, tx, OVERSIGHT)
        (proposal,) = staff.proposals(watcher)
        with pytest.raises(ConflictError):
            staff.decide(watcher, proposal.id, approves=True)
        assert [waits.organisation for waits in staff.vacancies(watcher)] == [COLLEAGUE.organisation]


def test_the_last_role_goes_by_stopping_so_that_work_finds_somebody(play: Play) -> None:
    with play.database.writing() as tx:
        ctx = asks(play, tx)
        before = staff.employee(ctx, REPORTER).person
        with pytest.raises(InvalidDataError, match="laatste rol"):
            staff.change(ctx, REPORTER, Wanted(before.name, before.organisation, before.function), WHY)

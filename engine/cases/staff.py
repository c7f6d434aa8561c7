"""People who work here: the one door for adding and changing them, and what follows for their sessions and their work.

A beheerder arranges it for the own municipalities. Who gets to oversee is put forward by one and approved by another.
Whoever runs the installation does the same from the command line, without a second pair of eyes; the history of each
person tells so.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from engine import access, deadlines, process, store
from engine.access import CIRCLES, Appointment, Person
from engine.cases import inviting
from engine.cases.context import Context, sight_of
from engine.cases.writing import ask_for, take_back
from engine.definitions import Organisation, Role
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.store.case_files import CaseRow
from engine.store.database import folded
from engine.store.staff import Employee, Proposal
from engine.store.tasks import TaskRow
from engine.words import Happening, RoleId, StaffChange

MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = {"naam": 200, "functie": 200, "mail": 254, "telefoon": 40}


@dataclass(frozen=True)
class Wanted:
    """How somebody is to be known, and the roles to have in the municipalities of who asks."""

    name: str
    organisation: str = ""
    function: str = ""
    mail: str = ""
    phone: str = ""
    working_days: tuple[str, ...] = ()
    appointments: frozenset[Appointment] = frozenset()


@dataclass(frozen=True)
class Search:
    """Which people to list: those who work here, or with `ended` who did."""

    words: str = ""
    role: str = ""
    organisation: str = ""
    ended: bool = False


@dataclass(frozen=True)
class Ended:
    """What became of the open tasks of who stopped: how many went to the colleague, and how many look for somebody.
    Of what goes on in a circle it says nothing.
    """

    handed: int = 0
    waiting: int = 0


def places(ctx: Context, *roles: RoleId) -> Mapping[str, str]:
    """The municipalities of which the actor is beheerder (or has one of these roles), with their names."""
    wanted = roles or (RoleId.BEHEERDER,)
    own = {a.municipality for a in ctx.actor.appointments if a.role in wanted}
    known = {id: name for region in ctx.library.regions(ctx.tx) for id, name in region.municipalities.items()}
    return {place: known.get(place, place) for place in sorted(own, key=lambda place: known.get(place, place))}


def own_places(ctx: Context) -> Mapping[str, str]:
    """The municipalities of which the actor is beheerder. Raises NotAllowedError where there is none."""
    own = places(ctx)
    if not own:
        raise NotAllowedError("Alleen een beheerder regelt wie er met Knooppunt werken.")
    return own


def roles_here(ctx: Context) -> Mapping[str, Mapping[str, Role]]:
    """The roles that somebody can have, in each of the own municipalities."""
    roles = ctx.library.roles(ctx.tx, ())
    return {place: roles.get(place, {}) for place in own_places(ctx)}


def organisations_here(ctx: Context) -> Mapping[str, Organisation]:
    """The organisations for which somebody here can come to work, by name."""
    own = own_places(ctx).keys()
    regions = (region for region in ctx.library.regions(ctx.tx) if own & region.municipalities.keys())
    known = {id: each for region in regions for id, each in region.organisations.items() if not each.ended}
    return dict(sorted(known.items(), key=lambda item: folded(item[1].name)))


def employees(ctx: Context, chosen: Search) -> tuple[Employee, ...]:
    """The people of the own municipalities, by name."""
    own = own_places(ctx).keys()
    words = folded(chosen.words).split()
    return tuple(
        employee
        for employee in store.staff.of(ctx.tx, own)
        if _works(employee, own) is not chosen.ended
        and chosen.organisation in ("", employee.person.organisation)
        and (not chosen.role or any(a.role == chosen.role for a in _appointments(employee, own)))
        and all(word in folded(f"{employee.person.name} {employee.person.function}") for word in words)
    )


def _works(employee: Employee, own: Collection[str]) -> bool:
    """Whether somebody works in one of these municipalities, or is to."""
    return employee.ended_at is None and bool(_appointments(employee, own) or not employee.person.appointments)


def _appointments(employee: Employee, own: Collection[str]) -> frozenset[Appointment]:
    return frozenset(a for a in employee.person.appointments if a.municipality in own)


def employee(ctx: Context, id: str) -> Employee:
    """One of the people of the own municipalities. Raises NotFoundError, also for somebody of elsewhere."""
    known = {each.person.id: each for each in store.staff.of(ctx.tx, own_places(ctx).keys())}
    if id not in known:
        raise NotFoundError("Deze persoon is niet bekend in jouw gemeenten.")
    return known[id]


def changes(ctx: Context, id: str) -> tuple[store.staff.Changed, ...]:
    """What was changed about somebody, as far as it is of the own municipalities; the newest first."""
    return store.staff.history(ctx.tx, employee(ctx, id).person.id, own_places(ctx).keys())


def add(ctx: Context, wanted: Wanted, reason: str) -> str:
    """Add somebody; gives the id. Raises InvalidDataError with what is wrong."""
    _check(ctx, wanted, reason)
    if not wanted.appointments:
        raise InvalidDataError("Kies ten minste één rol.", {"rol": "Kies ten minste één rol."})
    id = _new_id(ctx, wanted.name)
    person = Person(id, wanted.name, wanted.organisation, wanted.function)
    store.people.save(ctx.tx, [person])
    before = Employee(person, wanted.mail, wanted.phone, wanted.working_days)
    place = min(a.municipality for a in wanted.appointments)
    _happened(ctx, id, [(StaffChange.ADDED, place, {"reden": reason})])
    _write(ctx, before, wanted, reason)
    return id


def change(ctx: Context, id: str, wanted: Wanted, reason: str) -> tuple[Appointment, ...]:
    """Change somebody; gives for which roles that person was put forward, since somebody else approves those.

    Raises InvalidDataError with what is wrong, NotAllowedError for the own roles, ConflictError where nobody would be
    beheerder any more.
    """
    before = employee(ctx, id)
    _check(ctx, wanted, reason)
    if before.ended_at is not None:
        raise ConflictError(f"{before.person.name} werkt hier niet meer. Voeg wie terugkomt opnieuw toe.")
    return _write(ctx, before, wanted, reason)


def _write(ctx: Context, before: Employee, wanted: Wanted, reason: str) -> tuple[Appointment, ...]:
    own = own_places(ctx).keys()
    held = _appointments(before, own)
    gone, fresh = held - wanted.appointments, wanted.appointments - held
    person = before.person
    if ctx.actor.id == person.id and (gone or fresh):
        raise NotAllowedError("Je eigen rollen verandert een andere beheerder. Zo kijkt er altijd iemand mee.")
    _keep_a_beheerder(ctx, person.id, gone)
    if gone and not wanted.appointments:
        last = f"Dit is de laatste rol van {person.name} hier. Kies 'Stoppen': dan gaat het werk naar anderen."
        raise InvalidDataError(last, {"rol": last})
    proposed = tuple(sorted((a for a in fresh if ctx.actor.id and oversees(ctx, a)), key=_by_place))
    now = (*sorted(set(person.appointments) - gone, key=_by_place), *(fresh - set(proposed)))
    written = Employee(
        Person(person.id, wanted.name, wanted.organisation, wanted.function, now),
        wanted.mail,
        wanted.phone,
        wanted.working_days,
        before.ended_at,
    )
    elsewhere = set(person.appointments) - held
    if elsewhere and not held and _details(written) != _details(before):
        raise NotAllowedError("Deze gegevens regelt de beheerder van de gemeente waar deze persoon nu werkt.")
    for appointment in proposed:
        store.staff.propose(ctx.tx, ctx.now, ctx.actor.id, person.id, appointment, reason)
    _save(ctx, written, lost=bool(gone))
    if written.mail != before.mail:
        inviting.withdraw(ctx.tx, person.id)
    _happened(ctx, person.id, _told(before, written, gone, fresh, proposed, reason))
    _let_in_anew(ctx, person, now)
    return proposed


def _told(
    before: Employee,
    written: Employee,
    gone: Collection[Appointment],
    fresh: Collection[Appointment],
    proposed: Collection[Appointment],
    reason: str,
) -> list[tuple[StaffChange, str, Mapping[str, object]]]:
    """What a change is in the history of somebody."""
    was, now = _details(before), _details(written)
    other = {name: [was[name], now[name]] for name in now if was[name] != now[name]}
    changes: list[tuple[StaffChange, str, Mapping[str, object]]] = []
    if other:
        changes.append((StaffChange.CHANGED, "", {"reden": reason, "wat": other}))
    kinds = [
        *((StaffChange.DISMISSED, a) for a in gone),
        *((StaffChange.PROPOSED if a in proposed else StaffChange.APPOINTED, a) for a in fresh),
    ]
    ordered = sorted(kinds, key=lambda kind: (kind[1].municipality, kind[1].role))
    return changes + [(kind, a.municipality, {"reden": reason, "rol": a.role}) for kind, a in ordered]


def _details(employee: Employee) -> dict[str, str]:
    person = employee.person
    return {
        "naam": person.name,
        "organisatie": person.organisation,
        "functie": person.function,
        "mail": employee.mail,
        "telefoon": employee.phone,
        "werkdagen": ", ".join(employee.working_days),
    }


def _check(ctx: Context, wanted: Wanted, reason: str) -> None:
    """Refuse what can't be. Raises InvalidDataError with all of it."""
    wrong = _wrong_details(ctx, wanted) | _wrong_roles(ctx, wanted)
    if not reason:
        wrong["reden"] = "Schrijf op waarom je dit verandert."
    if wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)


def _wrong_details(ctx: Context, wanted: Wanted) -> dict[str, str]:
    """What is wrong with the details, by field."""
    wrong: dict[str, str] = {}
    written = {"naam": wanted.name, "functie": wanted.function, "mail": wanted.mail, "telefoon": wanted.phone}
    if not wanted.name:
        wrong["naam"] = "Vul een naam in."
    if wanted.organisation and wanted.organisation not in organisations_here(ctx):
        wrong["organisatie"] = f"De organisatie '{wanted.organisation}' is hier niet bekend. Kies er een uit de lijst."
    if wanted.mail and not MAIL.fullmatch(wanted.mail):
        wrong["mail"] = f"'{wanted.mail}' is geen mailadres. Schrijf het zoals naam@organisatie.nl."
    if strange := [day for day in wanted.working_days if day not in deadlines.WEEKDAYS]:
        wrong["werkdagen"] = f"'{strange[0]}' is geen dag. Kies uit: {', '.join(deadlines.WEEKDAYS)}."
    too_long = {name: f"Dit is te lang: hoogstens {LONGEST[name]} tekens." for name in written}
    return wrong | {name: too_long[name] for name, value in written.items() if len(value) > LONGEST[name]}


def _wrong_roles(ctx: Context, wanted: Wanted) -> dict[str, str]:
    """What is wrong with the roles."""
    known = roles_here(ctx)
    for appointment in sorted(wanted.appointments, key=_by_place):
        if appointment.municipality not in known:
            where = ", ".join(known)
            return {"rol": f"De gemeente '{appointment.municipality}' is niet van jou. Kies uit: {where}."}
        if appointment.role not in known[appointment.municipality]:
            choice = ", ".join(known[appointment.municipality])
            return {"rol": f"De rol '{appointment.role}' bestaat daar niet. Kies uit: {choice}."}
    return {}


def _by_place(appointment: Appointment) -> tuple[str, str]:
    return appointment.municipality, appointment.role


def _new_id(ctx: Context, name: str) -> str:
    """A name for the database that nobody has yet."""
    stem = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:60] or "iemand"
    taken = store.staff.ids(ctx.tx)
    return next(id for id in (stem, *(f"{stem}_{n}" for n in range(2, len(taken) + 3))) if id not in taken)


def oversees(ctx: Context, appointment: Appointment) -> bool:
    """Whether a role oversees families or the house, so that two people decide who has it."""
    alone = Person("", "", appointments=(appointment,))
    overseen = access.sight(alone, ctx.library.roles(ctx.tx, ())).overseen
    return appointment.role in access.APART or bool({process for process, _ in overseen} & ctx.library.guarded(ctx.tx))


def _let_in_anew(ctx: Context, before: Person, now: Collection[Appointment]) -> bool:
    """Who begins to oversee comes in by an invitation from then on: one beheerder alone may have made the ways in from
    before, by the mail address that this one chose. Whether there were any.
    """
    if any(oversees(ctx, a) for a in before.appointments) or not any(oversees(ctx, a) for a in now):
        return False
    had = inviting.let_in_anew(ctx.tx, before.id)
    if had:
        _happened(ctx, before.id, [(StaffChange.IN_ANEW, "", {})])
    return had


def _keep_a_beheerder(ctx: Context, person_id: str, gone: Iterable[Appointment]) -> None:
    """Refuse to take the last beheerder of a municipality away: nobody could arrange anything there any more."""
    for place in (appointment.municipality for appointment in gone if appointment.role == RoleId.BEHEERDER):
        if not store.staff.holders(ctx.tx, RoleId.BEHEERDER, place, lock=True) - {person_id}:
            name = places(ctx).get(place, place)
            raise ConflictError(f"{name} zou geen beheerder meer hebben. Zorg eerst voor een andere beheerder.")


def save_people(ctx: Context, people: Sequence[Person]) -> None:
    """Add people, or change them: their work becomes exactly what is given; who has none left does nothing any more.

    Each open task that waits there for somebody is looked at again: who may not do a task any more loses it, and of
    one that nobody may do the Knooppunt team is told. That costs a question for each task that waits there.
    """
    before = store.people.known(ctx.tx, [person.id for person in people])
    store.people.save(ctx.tx, people)
    places = {appointment.municipality for person in (*before, *people) for appointment in person.appointments}
    rows = store.tasks.waiting_in(ctx.tx, places, [person.id for person in people])
    for case_id, of_case in groupby(rows, key=lambda row: row.case_id):
        case, waiting = store.case_files.lock(ctx.tx, case_id, None), tuple(of_case)
        if case.guarded:
            take_back(ctx, case, waiting)
            ask_for(ctx, case, (store.tasks.one(ctx.tx, row.id) for row in waiting))


def _save(ctx: Context, employee: Employee, lost: bool) -> None:
    """Write how somebody is from now on; who `lost` a right signs in anew."""
    save_people(ctx, [employee.person])
    store.staff.keep(ctx.tx, employee)
    if lost:
        store.sessions.close_of(ctx.tx, employee.person.id)


def _happened(ctx: Context, id: str, changes: Iterable[tuple[StaffChange, str, Mapping[str, object]]]) -> None:
    store.staff.happened(ctx.tx, ctx.now, ctx.actor.id, id, changes)


def why_not_invited(ctx: Context, employee: Employee) -> str:
    """Why the actor doesn't invite somebody, and who does; "" where the actor may. One beheerder alone makes no way in
    for somebody who oversees or is put forward for it, works elsewhere too, or is that beheerder: it could be used by
    who made it.
    """
    own, person = own_places(ctx).keys(), employee.person
    if person.id == ctx.actor.id:
        return "Jezelf uitnodigen kan niet. Een sleutel erbij maak je bij Mijn aanmelding."
    if any(a.municipality not in own or oversees(ctx, a) for a in person.appointments):
        return (
            f"{person.name} overziet, beheert of werkt ook elders. Die uitnodiging maakt wie Knooppunt draait, met: "
            f"knooppunt uitnodigen {person.id}."
        )
    if store.staff.proposals(ctx.tx, own, person.id):
        return (
            f"Over een rol van {person.name} beslist nog een tweede persoon. Wacht daarop. Daarna maakt wie Knooppunt "
            f"draait de uitnodiging, met: knooppunt uitnodigen {person.id}."
        )
    return ""


# --- who gets to oversee ---------------------------------------------------------------------------------------


def proposals(ctx: Context) -> tuple[Proposal, ...]:
    """Who is put forward in the municipalities of which the actor is beheerder or functionaris."""
    return store.staff.proposals(ctx.tx, _watched(ctx).keys())


def _watched(ctx: Context) -> Mapping[str, str]:
    watched = places(ctx, RoleId.BEHEERDER, RoleId.FUNCTIONARIS)
    if not watched:
        raise NotAllowedError("Alleen een beheerder of functionaris gegevensbescherming beslist over voorstellen.")
    return watched


def may_decide(ctx: Context, proposal: Proposal) -> bool:
    """Whether the actor may approve or refuse a proposal: another beheerder of that municipality, or the functionaris
    where there is one beheerder only, or who is put forward would act in a circle.
    """
    place = proposal.appointment.municipality
    if ctx.actor.id in (proposal.by, proposal.person):
        return False
    if place in places(ctx) or proposal.circle_of is not None:
        return place in _watched(ctx)
    alone = len(store.staff.holders(ctx.tx, RoleId.BEHEERDER, place)) <= 1
    return alone and place in places(ctx, RoleId.FUNCTIONARIS)


@dataclass(frozen=True)
class Decided:
    """What was decided about a proposal, and whether the ways in of that person ended by it."""

    proposal: Proposal
    in_anew: bool = False


def decide(ctx: Context, id: int, approves: bool) -> Decided:
    """Approve or refuse a proposal; who made it may take it back. An invitation from before an approval counts no more,
    nor does any way in of who begins to oversee: who made it alone could come in by it with the new role. Raises
    NotFoundError, NotAllowedError.
    """
    proposal = store.staff.proposed(ctx.tx, id)
    place = proposal.appointment.municipality
    if place not in _watched(ctx):
        raise NotFoundError("Dit voorstel is er niet meer. Misschien besliste iemand anders er al over.")
    if not may_decide(ctx, proposal) and (approves or ctx.actor.id != proposal.by):
        raise NotAllowedError("Hierover beslist iemand anders dan wie het voorstelde of om wie het gaat.")
    if not store.staff.decided(ctx.tx, id):
        raise NotFoundError("Dit voorstel is er niet meer. Misschien besliste iemand anders er al over.")
    in_anew = False
    if approves:
        inviting.withdraw(ctx.tx, proposal.person)
    if approves and proposal.circle_of is not None:
        _appoint(ctx, proposal)
    elif approves:
        before = store.staff.one(ctx.tx, proposal.person)
        now = {*before.person.appointments, proposal.appointment}
        _save(ctx, replace(before, person=replace(before.person, appointments=tuple(now))), lost=False)
        in_anew = _let_in_anew(ctx, before.person, now)
    fresh = StaffChange.STANDS_IN if proposal.circle_of is not None else StaffChange.APPOINTED
    kind = fresh if approves else StaffChange.REFUSED
    detail = {"reden": proposal.reason, "rol": proposal.appointment.role, "voorgesteld_door": proposal.by_name}
    _happened(ctx, proposal.person, [(kind, place, detail)])
    return Decided(proposal, in_anew)


# --- where nobody is left --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vacancy:
    """That a step waits which nobody may do any more, and of which nobody else may know: no family, no number. Those
    of `people` may be appointed.
    """

    municipality: str
    organisation: str
    people: tuple[Person, ...]


def vacancies(ctx: Context) -> tuple[Vacancy, ...]:
    """Where nobody is left who may act in a circle, in the municipalities of which the actor is beheerder or
    functionaris: an organisation once, however many steps wait there.
    """
    waits = {(place, organisation) for place, organisation, _, _ in store.staff.empty_circles(ctx.tx, _watched(ctx))}
    return tuple(Vacancy(*where, _standing_in(ctx, *where)) for where in sorted(waits))


def _standing_in(ctx: Context, place: str, organisation: str) -> tuple[Person, ...]:
    """Who works with families for an organisation in a municipality."""
    return tuple(
        person
        for person in store.people.everyone(ctx.tx, place)
        if person.organisation == organisation and any(where == place for _, where in _held(ctx, person))
    )


def _held(ctx: Context, person: Person) -> frozenset[tuple[str, str]]:
    return access.held_roles(person, ctx.library.roles(ctx.tx, ()))


def put_forward(ctx: Context, place: str, organisation: str, id: str, reason: str) -> str:
    """Put somebody forward to act where nobody is left; gives the name. Somebody else approves.

    Raises NotFoundError where nothing waits, InvalidDataError with what is wrong.
    """
    vacancy = next(
        (each for each in vacancies(ctx) if (each.municipality, each.organisation) == (place, organisation)), None
    )
    if vacancy is None:
        raise NotFoundError("Hier wacht geen stap meer op iemand. Misschien is er al iemand aangewezen.")
    chosen = next((person for person in vacancy.people if person.id == id != ctx.actor.id), None)
    wrong = {} if chosen else {"persoon": "Kies iemand van deze organisatie, en niet jezelf."}
    if not reason:
        wrong["reden"] = "Schrijf op waarom je deze persoon kiest."
    if chosen is None or wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    store.staff.propose(
        ctx.tx, ctx.now, ctx.actor.id, id, Appointment(f"{RoleId.CIRCLE}:{organisation}", place), reason
    )
    _happened(ctx, id, [(StaffChange.PROPOSED, place, {"reden": reason, "rol": f"{RoleId.CIRCLE}:{organisation}"})])
    return chosen.name


def appointed(ctx: Context) -> tuple[tuple[str, store.staff.Changed], ...]:
    """Who was appointed where nobody was left, for who watches that; the newest first."""
    return store.staff.appointed(ctx.tx, _watched(ctx))


def _appoint(ctx: Context, proposal: Proposal) -> None:
    """Let who was put forward act in each circle of the own organisation in which nobody is left. Raises ConflictError
    where that can't be any more.
    """
    place = proposal.appointment.municipality
    chosen = store.people.one(ctx.tx, proposal.person)
    if chosen not in _standing_in(ctx, place, proposal.circle_of or ""):
        raise ConflictError(f"{chosen.name} werkt hier niet meer voor deze organisatie. Stel iemand anders voor.")
    for _, organisation, case_id, circle in store.staff.empty_circles(ctx.tx, [place]):
        if organisation != proposal.circle_of:
            continue
        case = store.case_files.lock(ctx.tx, case_id, None)
        store.case_files.join(ctx.tx, case_id, chosen.id, circle, ctx.now)
        store.staff.filled(ctx.tx, case_id, circle)
        document = dict(case.document)
        for row in (row for row in store.tasks.open_tasks(ctx.tx, case_id) if row.circle == circle):
            document = _given(ctx, case, row, document, chosen)
        store.case_files.save(ctx.tx, replace(case, document=document))


# --- who stops -------------------------------------------------------------------------------------------------


def colleagues(ctx: Context, id: str) -> tuple[Employee, ...]:
    """Those who may get the work of somebody who stops: all others who work in the own municipalities."""
    own = own_places(ctx).keys()
    everybody = store.staff.of(ctx.tx, own)
    return tuple(each for each in everybody if each.person.id != id and _appointments(each, own))


def waiting_work(ctx: Context, id: str) -> int:
    """How many open tasks somebody has. What goes on in a circle isn't counted: nobody else may know of it."""
    return store.staff.open_tasks(ctx.tx, employee(ctx, id).person.id, own_places(ctx).keys())


def end(ctx: Context, id: str, heir: str, keeper: str, reason: str) -> Ended:
    """Let somebody stop in the own municipalities, and hand over all open work.

    The `heir` gets each task that may be handed over to that person by what the family said; the others look for
    somebody, and who keeps the overview sees that. Safety files go to the `keeper`, the aandachtsfunctionaris of the
    same organisation; whether there are any nobody is told. Whoever has no role elsewhere can't sign in any more.

    Raises InvalidDataError with what is wrong, ConflictError where nobody would be beheerder any more.
    """
    stops = employee(ctx, id)
    others = {each.person.id: each.person for each in colleagues(ctx, id)}
    _check_end(ctx, stops, others, heir, keeper, reason)
    own = own_places(ctx).keys()
    gone = _appointments(stops, own)
    _keep_a_beheerder(ctx, id, gone)
    work = [
        _hand_over(ctx, case_id, stops.person, others.get(heir), others.get(keeper))
        for case_id in store.staff.cases_of(ctx.tx, id, own)
    ]
    left = tuple(a for a in stops.person.appointments if a not in gone)
    ended = None if left else ctx.now
    _save(ctx, replace(stops, person=replace(stops.person, appointments=left), ended_at=ended), lost=True)
    if ended:
        inviting.end(ctx.tx, id)
        store.absences.gone(ctx.tx, id, ctx.today)
    store.staff.withdraw(ctx.tx, id, own)
    where = sorted({a.municipality for a in gone} or own)
    _happened(ctx, id, [(StaffChange.ENDED, place, {"reden": reason}) for place in where])
    return Ended(sum(each.handed for each in work), sum(each.waiting for each in work))


def same_organisation(stops: Person, others: Iterable[Person]) -> tuple[Person, ...]:
    """Of these people, those who work for the same organisation as who stops, for it may look after safety files."""
    return tuple(p for p in others if stops.organisation and p.organisation == stops.organisation)


def _check_end(
    ctx: Context, stops: Employee, others: Mapping[str, Person], heir: str, keeper: str, reason: str
) -> None:
    wrong: dict[str, str] = {}
    if stops.ended_at is not None:
        raise ConflictError(f"{stops.person.name} werkt hier al niet meer.")
    if stops.person.id == ctx.actor.id:
        raise NotAllowedError("Dat jij stopt, regelt een andere beheerder.")
    if heir and heir not in others:
        wrong["collega"] = "Kies een collega uit de lijst."
    keepers = {person.id for person in same_organisation(stops.person, others.values())}
    if (keepers or keeper) and keeper not in keepers:
        wrong["aandachtsfunctionaris"] = "Kies wie veiligheid in de gaten houdt bij de eigen organisatie."
    if not reason:
        wrong["reden"] = "Schrijf op waarom deze persoon stopt."
    if wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)


def _hand_over(ctx: Context, case_id: int, stops: Person, heir: Person | None, keeper: Person | None) -> Ended:
    """Hand over what somebody does in one case."""
    case = store.case_files.lock(ctx.tx, case_id, None)
    held = {role for id, role in store.case_files.participants(ctx.tx, case_id) if id == stops.id}
    rows = [row for row in store.tasks.open_tasks(ctx.tx, case_id) if row.assignee == stops.id]
    signalled = {id for id, role in store.case_files.participants(ctx.tx, case_id) if role == RoleId.AANMELDER}
    starters = frozenset(store.people.one(ctx.tx, id).organisation for id in signalled)
    document = dict(case.document)
    for circle in sorted(role for role in held if role.partition(":")[0] in CIRCLES):
        store.case_files.leave(ctx.tx, case_id, circle, stops.id)
        if keeper and circle.partition(":")[0] == RoleId.SAFETY:
            store.case_files.join(ctx.tx, case_id, keeper.id, circle, ctx.now)
        store.staff.emptied(ctx.tx, case_id, circle, stops.organisation, ctx.now)
    for role in (RoleId.CASUSREGISSEUR, RoleId.AANMELDER):
        if role not in held and document.get(role) != stops.id:
            continue
        follower = heir if heir and _follows(ctx, case, stops, heir, role) else None
        if role == RoleId.CASUSREGISSEUR:
            store.case_files.leave(ctx.tx, case_id, role, stops.id)
        if follower:
            store.case_files.join(ctx.tx, case_id, follower.id, role, ctx.now)
        if document.get(role) == stops.id:
            document[role] = follower.id if follower else ""
    handed = 0
    for row in rows:
        to = keeper if row.safety else heir if _receives(ctx, case, row, heir, starters) else None
        document = _given(ctx, case, row, document, to)
        handed += to is not None and not row.circle
    if document != case.document:
        store.case_files.save(ctx.tx, replace(case, document=document))
    store.undo.forget(ctx.tx, case_id)
    return Ended(handed, sum(not row.circle for row in rows) - handed)


def _given(
    ctx: Context, case: CaseRow, row: TaskRow, document: dict[str, object], to: Person | None
) -> dict[str, object]:
    """Give a task to somebody or let it look for somebody; gives what the case knows then."""
    store.tasks.assign(ctx.tx, row.id, to.id if to else None, ctx.now)
    place = {"process": row.process, "element": row.element, "item": row.item}
    event = {"kind": Happening.REASSIGNED, "detail": {"aan": to.id}} if to else {"kind": Happening.TAKEN_BACK}
    store.case_files.happened(ctx.tx, case.id, ctx.now, [{**event, **place}], (ctx.actor.id or None) if to else None)
    element = ctx.library.model(ctx.tx, case.version_id).definition.element(row.process, row.element)
    key = element.given_to
    if row.safety and key:
        return dict(process.laid_over(document, row.item, {key: to.id if to else ""}))
    return document


def _follows(ctx: Context, case: CaseRow, stops: Person, heir: Person, role: RoleId) -> bool:
    """Whether a colleague may take the place that somebody has in one case: as casusregisseur where the case is open
    to the own organisation, as who signalled within the same organisation.
    """
    seen = sight_of(ctx.tx, ctx.library, heir)
    if (role, case.municipality) not in seen.held:
        return False
    if role == RoleId.AANMELDER:
        return bool(heir.organisation) and heir.organisation == stops.organisation
    return not case.guarded or bool(store.case_files.facts(ctx.tx, case, seen).opened)


def _receives(ctx: Context, case: CaseRow, row: TaskRow, heir: Person | None, starters: frozenset[str]) -> bool:
    if heir is None or row.circle:
        return False
    seen = sight_of(ctx.tx, ctx.library, heir)
    return access.may_receive(seen, store.case_files.facts(ctx.tx, case, seen), row.facts, starters)

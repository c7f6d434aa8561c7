"""Who is away: said by that person or a beheerder, with a colleague who stands in, until it is over by itself.

Standing in opens nothing. The deputy works in the same organisation and shares the roles in question, and finds the
work of who is away as far as it could be handed over (`access.takes_over`). It stays where it is until somebody takes
or gives it. Why somebody is away is not asked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine import access, deadlines, forms, store
from engine.access import Person
from engine.cases import staff
from engine.cases.context import Context
from engine.errors import InvalidDataError, NotFoundError
from engine.store.absences import Absence, Colleague
from engine.store.tasks import TaskRow
from engine.words import Ground, Seen, StaffChange

MOST = 100
"""Of how many tasks of people who are away it is looked at whether a deputy may take them."""

LONGEST = 400
"""For how many days somebody can be away in one go."""


@dataclass(frozen=True)
class Deputy:
    """Who may stand in for somebody, in which roles, each with its municipality."""

    person: Person
    shares: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class StoodIn:
    """A task of somebody who is away, for who stands in; the case with its title as this person sees it."""

    task: TaskRow
    case_title: str
    absence: Absence


def somebody(ctx: Context, id: str) -> Person:
    """Who is to be away, with all appointments: the actor, or one of those whom the actor is beheerder of. Raises
    NotAllowedError, NotFoundError.
    """
    return store.people.one(ctx.tx, id) if id == ctx.actor.id else staff.employee(ctx, id).person


def absences(ctx: Context, id: str) -> tuple[Absence, ...]:
    """When somebody is away from today on."""
    return store.absences.of(ctx.tx, somebody(ctx, id).id, ctx.today)


def deputies(ctx: Context, id: str) -> tuple[Deputy, ...]:
    """Those who may stand in for somebody; who shares most roles first."""
    absent = somebody(ctx, id)
    roles = ctx.library.roles(ctx.tx, [a.municipality for a in absent.appointments])
    able = (Deputy(p, access.shared_roles(absent, p, roles)) for p in store.people.everyone(ctx.tx))
    return tuple(sorted((each for each in able if each.shares), key=lambda each: (-len(each.shares), each.person.name)))


def uncovered(ctx: Context, id: str, deputy: str) -> frozenset[tuple[str, str]]:
    """The roles, each with its municipality, in which nobody stands in for somebody whose deputy this is."""
    absent = somebody(ctx, id)
    roles = ctx.library.roles(ctx.tx, [a.municipality for a in absent.appointments])
    shared = (each.shares for each in deputies(ctx, id) if each.person.id == deputy)
    return access.held_roles(absent, roles) - next(shared, frozenset())


def leave(ctx: Context, id: str, first: date | None, last: date | None, deputy: str) -> None:
    """Keep that somebody is away, and who stands in ("" for nobody). Raises InvalidDataError with what is wrong."""
    absent = somebody(ctx, id)
    if first is None or last is None:
        wrong = {name: "Vul een dag in." for name, day in (("van", first), ("tot", last)) if day is None}
        raise InvalidDataError("Vul in vanaf wanneer en tot wanneer.", wrong)
    wrong = _wrong_days(ctx, absent, first, last) | _wrong_deputy(ctx, absent, first, last, deputy)
    if wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    store.absences.tidy(ctx.tx, absent.id, ctx.today)
    store.absences.add(ctx.tx, absent.id, first, last, deputy)
    names = store.people.names(ctx.tx, [deputy])
    detail = {"van": first.isoformat(), "tot": last.isoformat(), "waarnemer": names.get(deputy, "")}
    _happened(ctx, absent.id, StaffChange.AWAY, detail)


def _wrong_days(ctx: Context, absent: Person, first: date, last: date) -> dict[str, str]:
    if last < first:
        return {"tot": "De laatste dag ligt voor de eerste. Draai ze om."}
    if last < ctx.today:
        return {"tot": "Deze dagen zijn al voorbij. Kies een laatste dag vanaf vandaag."}
    if (last - first).days > LONGEST:
        return {"tot": f"Dit is langer dan {LONGEST} dagen. Wie zo lang weg is, draagt het werk over."}
    for other in store.absences.of(ctx.tx, absent.id, ctx.today):
        if first <= other.last and other.first <= last:
            return {"van": f"In die dagen valt een afwezigheid die er al staat: {span(other)}. Haal die eerst weg."}
    return {}


def _wrong_deputy(ctx: Context, absent: Person, first: date, last: date, deputy: str) -> dict[str, str]:
    if not deputy:
        return {}
    if deputy not in {each.person.id for each in deputies(ctx, absent.id)}:
        return {"waarnemer": "Kies iemand uit de lijst: dezelfde organisatie, en een rol die jullie delen."}
    for other in store.absences.of(ctx.tx, deputy, ctx.today):
        if first <= other.last and other.first <= last:
            return {"waarnemer": f"{other.name} is zelf afwezig: {span(other)}. Kies iemand anders, of andere dagen."}
    return {}


def back(ctx: Context, id: str, absence_id: int) -> None:
    """Let an absence be over from today on, or not begin. Raises NotFoundError where there is no such absence."""
    mine = next((each for each in absences(ctx, id) if each.id == absence_id), None)
    if mine is None:
        raise NotFoundError("Deze afwezigheid staat er niet meer.")
    store.absences.shorten(ctx.tx, mine.id, date.fromordinal(ctx.today.toordinal() - 1))
    _happened(ctx, mine.person, StaffChange.BACK, {"van": mine.first.isoformat(), "tot": mine.last.isoformat()})


def left_alone(ctx: Context, id: str) -> tuple[Absence, ...]:
    """The absences of others for which somebody is to stand in who is away then too."""
    own = absences(ctx, id)
    others = store.absences.with_deputy(ctx.tx, id, ctx.today)
    return tuple(other for other in others if any(o.first <= other.last and other.first <= o.last for o in own))


def _happened(ctx: Context, id: str, kind: StaffChange, detail: Mapping[str, object]) -> None:
    store.staff.happened(ctx.tx, ctx.now, ctx.actor.id, id, [(kind, "", detail)])


# --- what others see of it -------------------------------------------------------------------------------------


def colleagues(ctx: Context, ids: Collection[str]) -> Mapping[str, Colleague]:
    """How these people are reached, and whether they are away today, by id."""
    return store.absences.colleagues(ctx.tx, {id for id in ids if id}, ctx.today)


def stood_in(ctx: Context) -> tuple[StoodIn, ...]:
    """The open tasks of those for whom the actor stands in today, as far as the actor may take them."""
    absent = ctx.stands_in_for
    tasks = []
    for row in store.tasks.of_people(ctx.tx, absent, MOST) if absent else ():
        case = store.case_files.read(ctx.tx, row.case_id, None)
        facts = store.case_files.facts(ctx.tx, case, ctx.sight)
        if access.takes_over(ctx.sight, facts, ctx.task_facts(row)):
            if case.guarded:
                ctx.looks.shows(case.id, case.municipality, Ground.STANDING_IN, {Seen.LISTED})
            hidden = case.guarded and access.lacks(ctx.sight, facts, row.needs)
            title = store.case_files.title(ctx.tx, case.id, ctx.sight)
            tasks.append(StoodIn(replace(row, subject="") if hidden else row, title, absent[row.assignee]))
    return tuple(tasks)


def span(absence: Absence) -> str:
    """From when until when somebody is away, in words."""
    first, last = deadlines.in_words(absence.first), deadlines.in_words(absence.last)
    return first if first == last else f"{first} tot en met {last}"


def told(colleague: Colleague) -> str:
    """What to know of a colleague before asking something: on which days somebody works, and until when away."""
    parts = []
    if colleague.working_days:
        parts.append(f"werkt {', '.join(day[:2] for day in colleague.working_days)}")
    if colleague.away is not None:
        deputy = colleague.away.deputy_name
        until = f"afwezig tot en met {deadlines.in_words(colleague.away.last)}"
        parts.append(f"{until}, neemt waar: {deputy}" if deputy else f"{until}, niemand neemt waar")
    return "; ".join(parts)


def with_days(ctx: Context, context: Mapping[str, Any]) -> dict[str, Any]:
    """What a form lets choose from, with what to know of each colleague in it before choosing."""
    people = context.get(forms.PEOPLE, {})
    known = colleagues(ctx, {option["value"] for options in people.values() for option in options})
    said = {id: about for id, colleague in known.items() if (about := told(colleague))}
    with_them = {
        role: [o | {"label": f"{o['label']}: {said[o['value']]}"} if o["value"] in said else o for o in options]
        for role, options in people.items()
    }
    return {**context, **({forms.PEOPLE: with_them} if people else {})}

"""Who may see, claim and complete what: decided here from plain facts, and by the same rules in queries of the store.

Queries enforce it with a `Sight`; single cases and tasks are asked with `parts` and `may`. The rules (domain C,
"Visibility"; an assumption that a region's privacy officer must confirm):

- who oversees a municipality (procesregisseur, coördinator) sees all its cases, but no safety file, and until the
  family agreed no more than that there is a signal and what the own role did with it;
- who is chosen as casusregisseur sees that case;
- who signalled, or otherwise began a case, sees that case's course and the own answers;
- a partner sees a case as long as a consent in force names the own organisation;
- the safety file is seen by those who act in it, and by nobody else;
- having a task is no right by itself: who has no role in the case any more, has lost its tasks too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.definitions import Role
from engine.words import Part, Register, RoleId, Verb

Roles = Mapping[str, Mapping[str, Role]]
"""The roles of each municipality: those of its region, by id. What one region merges counts in no other."""

OVERSEEN = frozenset({Register.CONSENT, Register.MEETING, Register.AGREEMENT, Register.DISCLOSURE, Register.EVALUATION})
"""What who oversees a case reads once the family agreed; a register that is not named here is nobody's business."""

CHOSEN = (RoleId.CASUSREGISSEUR, RoleId.AANMELDER)
"""The roles that a person has in one case, not in all of a municipality."""

Parts = frozenset[Part | Register]
"""What of a case somebody may see."""

NAMELESS = (RoleId.CORE_PARTNER, RoleId.SAFETY)
"""Taking part in a case as one of these alone opens nothing of the family, and so not its name: consent does that."""


@dataclass(frozen=True)
class Appointment:
    """One role that a person has, in one municipality."""

    role: str
    municipality: str


@dataclass(frozen=True)
class Person:
    """Somebody who signs in. `organisation` is an id on the sociale kaart, or "" ."""

    id: str
    name: str
    organisation: str = ""
    function: str = ""
    appointments: tuple[Appointment, ...] = ()


@dataclass(frozen=True)
class Sight:
    """What one person may see, in the terms of a query.

    `overseen` are (process, municipality) pairs whose cases are seen whole; `partner_in` the municipalities in which
    the person is a partner for `organisation`; `held` all (role, municipality) pairs, merged roles included.
    """

    person: str
    organisation: str
    overseen: frozenset[tuple[str, str]]
    partner_in: frozenset[str]
    held: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class CaseFacts:
    """What access rests on for one case: where it is, as what this person takes part, whether a consent in force
    names the person's organisation, and whether the family ever agreed that others than the aanmelder know of it.
    """

    process: str
    municipality: str
    part_as: frozenset[str] = frozenset()
    consented: bool = False
    shared: bool = False


@dataclass(frozen=True)
class TaskFacts:
    """What access rests on for one task of a case."""

    roles: frozenset[str]
    organisation: str = ""
    assignee: str = ""
    safety: bool = False


def held_roles(person: Person, roles: Roles) -> frozenset[tuple[str, str]]:
    """All roles of a person per municipality, with those that its region merged into them."""
    held: set[tuple[str, str]] = set()
    waiting = [(appointment.role, appointment.municipality) for appointment in person.appointments]
    while waiting:
        role, municipality = waiting.pop()
        if (role, municipality) not in held:
            held.add((role, municipality))
            local = roles.get(municipality, {})
            waiting.extend((merged, municipality) for merged in (local[role].also if role in local else ()))
    return frozenset(held)


def sight(person: Person, roles: Roles) -> Sight:
    """What a person may see."""
    held = held_roles(person, roles)
    described = [(roles[place][role], place) for role, place in held if role in roles.get(place, {})]
    return Sight(
        person=person.id,
        organisation=person.organisation,
        overseen=frozenset((process, place) for role, place in described for process in role.oversees),
        partner_in=frozenset(place for role, place in held if role == RoleId.CORE_PARTNER and person.organisation),
        held=held,
    )


def oversees(seen: Sight, case: CaseFacts) -> bool:
    """Whether this person keeps the overview of cases like this one."""
    return (case.process, case.municipality) in seen.overseen


def parts(seen: Sight, case: CaseFacts) -> Parts:
    """The parts of a case that this person may see; empty means: for this person the case does not exist."""
    visible: set[Part | Register] = set()
    if oversees(seen, case) or RoleId.CASUSREGISSEUR in case.part_as:
        visible |= {Part.COURSE, Part.INVOLVED, Part.ANSWERS, Part.HISTORY}
        if case.shared:
            visible |= {Part.GOALS, *OVERSEEN}
    if case.consented and case.municipality in seen.partner_in:
        visible |= {Part.COURSE, Part.GOALS, Part.INVOLVED, Part.ANSWERS, Register.MEETING, Register.AGREEMENT}
    if case.part_as - {*NAMELESS}:
        visible |= {Part.COURSE, Part.ANSWERS}
    if RoleId.SAFETY in case.part_as:
        visible |= {Part.COURSE, Register.SAFETY}
    return frozenset(visible)


def roles_in(seen: Sight, case: CaseFacts) -> frozenset[str]:
    """The roles that this person has in one case."""
    own = set(case.part_as) - {RoleId.CORE_PARTNER}  # being a partner rests on consent alone
    for role, municipality in seen.held:
        if municipality != case.municipality:
            continue
        if role not in (RoleId.CORE_PARTNER, *CHOSEN):
            own.add(role)
        if role == RoleId.CORE_PARTNER and case.consented:
            own.add(role)
        if role in CHOSEN and oversees(seen, case):
            own.add(role)  # merged roles: who oversees the municipality and is casusregisseur too
    return frozenset(own)


def reads_answers(seen: Sight, case: CaseFacts, roles: frozenset[str], safety: bool) -> bool:
    """Whether this person may read what a step with these roles answered."""
    if safety:
        return RoleId.SAFETY in case.part_as
    whole = oversees(seen, case) and case.shared
    return whole or RoleId.CASUSREGISSEUR in case.part_as or bool(roles_in(seen, case) & roles)


def is_candidate(seen: Sight, case: CaseFacts, task: TaskFacts) -> bool:
    """Whether this person may do this task."""
    if task.safety:
        return RoleId.SAFETY in case.part_as or task.assignee == seen.person
    own = roles_in(seen, case)
    if task.assignee == seen.person:
        return bool(own)
    fitting = own & task.roles
    if fitting == {RoleId.CORE_PARTNER} and task.organisation:
        return seen.organisation == task.organisation
    return bool(fitting)


def may(seen: Sight, case: CaseFacts, task: TaskFacts) -> frozenset[Verb]:
    """What this person may do with an open task.

    Partners and parents without an account count on who keeps the overview to record on their behalf. A task of the
    safety file is handed over by those who act in it: nobody else knows of it.
    """
    allowed: set[Verb] = set()
    if is_candidate(seen, case, task):
        allowed |= {Verb.SEE, Verb.REASSIGN} if task.safety else {Verb.SEE}
        if not task.assignee:
            allowed |= {Verb.CLAIM, Verb.COMPLETE}
        if task.assignee == seen.person:
            allowed |= {Verb.RELEASE, Verb.COMPLETE}
    if oversees(seen, case) and not task.safety:
        allowed |= {Verb.SEE, Verb.REASSIGN}
        if case.shared and not task.assignee:
            allowed |= {Verb.CLAIM, Verb.COMPLETE}
        if case.shared and task.assignee == seen.person:
            allowed |= {Verb.RELEASE, Verb.COMPLETE}
    return frozenset(allowed)


def candidates(
    people: Iterable[Person],
    task: TaskFacts,
    municipality: str,
    consented: frozenset[str],
    roles: Mapping[str, Role],
) -> tuple[Person, ...]:
    """Those to whom a task may be given: they have one of its roles in this municipality, and a partner works for
    an organisation that a consent in force names.
    """
    able = []
    for person in people:
        everywhere = held_roles(person, {municipality: roles})
        held = {role for role, where in everywhere if where == municipality} & task.roles
        if held - {RoleId.CORE_PARTNER} or (
            held and person.organisation in consented and task.organisation in ("", person.organisation)
        ):
            able.append(person)
    return tuple(able)

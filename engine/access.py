"""Who may see, claim and complete what: decided here from plain facts, and by the same rules in queries of the store.

What a person of the family said decides (`engine.consent`): the organisation of who asks reads a kind of data about
somebody where that is open to it. Besides, one rereads the own words, and acts in the safety file that one opened.

- Who oversees a municipality (procesregisseur, coördinator) knows all its cases: until the gate of consent opens no
  more than that there is a signal, after a case has ended its name, its dates and how it ended.
- A partner, and who is chosen as casusregisseur, knows a case as long as something of it is open to the own
  organisation. Who signalled knows the own signal and what became of it.
- A task is done by who has its role and reads all that it shows. Having it is no right by itself: who may not read it
  any more has lost it.
- Where a process asks no consent there is no family to protect: who oversees it or takes part reads all of it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.consent import Opening, opens
from engine.definitions import Role
from engine.words import Ground, Hat, Part, Register, RoleId, Verb

Roles = Mapping[str, Mapping[str, Role]]
"""The roles of each municipality: those of its region, by id. What one region merges counts in no other."""

OVERSEEN = frozenset(
    {
        Register.FAMILY,
        Register.CONSENT,
        Register.MEETING,
        Register.AGREEMENT,
        Register.DISCLOSURE,
        Register.EVALUATION,
    }
)
"""What who oversees a case reads of it, row by row as far as it is open; a register not named here is nobody's."""

CHOSEN = (RoleId.CASUSREGISSEUR, RoleId.AANMELDER)
"""The roles that a person has in one case, not in all of a municipality."""

APART: Mapping[str, Hat] = {RoleId.BEHEERDER: Hat.ADMIN, RoleId.FUNCTIONARIS: Hat.OVERSIGHT}
"""The roles in which somebody sees nothing of any family, not even the own words, each with the hat that goes with it.
"""

NOBODY = "-"
"""Who somebody is to the families in a role apart: no person is called this."""

CIRCLES = (RoleId.SAFETY, RoleId.CIRCLE)
"""What the role begins with in which somebody takes part in a circle."""

Parts = frozenset[Part | Register]
"""What of a case somebody may see."""


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

    `sort` is the kind of the own organisation; `overseen` are (process, municipality) pairs whose cases are known;
    `partner_in` the municipalities in which the person is a partner for `organisation`; `held` all (role,
    municipality) pairs, merged roles included.
    """

    person: str
    organisation: str
    sort: str
    overseen: frozenset[tuple[str, str]]
    partner_in: frozenset[str]
    held: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class CaseFacts:
    """What access rests on for one case: where it is, as what this person takes part in it, what of it is `opened` to
    the person's organisation, whether this person has one of its open tasks, whether what a family says decides
    (`guarded`), whether the gate of its consent is open (`agreed`), whether it runs, and whether what the family lets
    this person know still goes on (`going`), as it may after others closed the case.
    """

    process: str
    municipality: str
    part_as: frozenset[str] = frozenset()
    opened: frozenset[Opening] = frozenset()
    assigned: bool = False
    guarded: bool = True
    agreed: bool = False
    running: bool = True
    going: bool = True

    @property
    def circles(self) -> frozenset[str]:
        """The circles (kring) that this person is in: safety files that nobody else knows of, and what the family lets
        some people know.
        """
        return frozenset(role for role in self.part_as if role.partition(":")[0] in CIRCLES)

    @property
    def free(self) -> bool:
        """Whether others than who signalled may work in it."""
        return self.agreed or not self.guarded


class Need(NamedTuple):
    """One thing that a task shows: a kind of data about a person, as a step of this purpose wrote it. `actor` wrote it
    and `organisation` has agreed to do it: they read it anyway.
    """

    purpose: str
    kind: str
    person: str
    actor: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class TaskFacts:
    """What access rests on for one task of a case. `sorts` are the kinds of organisation whose people may do it; of one
    with a `circle` nobody knows who doesn't take part in the case in that role.
    """

    roles: frozenset[str]
    organisation: str = ""
    assignee: str = ""
    circle: str = ""
    sorts: frozenset[str] = frozenset()
    needs: frozenset[Need] = frozenset()
    stood_in: bool = False
    """Whether who has it is away and this person stands in."""


def hats(person: Person, roles: Roles, guarded: Collection[str]) -> Mapping[Hat, Person]:
    """As whom somebody may act, one at a time: as who keeps the overview of families, as a partner, or in a role apart;
    each with the appointments that go with it. Who is only one of these has that one hat. `guarded` are the processes
    in which a family's consent decides.
    """
    apart: dict[Hat, list[Appointment]] = {}
    for appointment in person.appointments:
        alone = replace(person, appointments=(appointment,))
        overseen = {process for process, _ in sight(alone, roles).overseen}
        works = Hat.PARTNER if overseen.isdisjoint(guarded) else Hat.OVERVIEW
        apart.setdefault(APART.get(appointment.role, works), []).append(appointment)
    return {hat: replace(person, appointments=tuple(apart[hat])) for hat in Hat if hat in apart}


def held_roles(person: Person, roles: Roles) -> frozenset[tuple[str, str]]:
    """All roles of a person per municipality in which one works with families, with those that its region merged into
    them.
    """
    held: set[tuple[str, str]] = set()
    waiting = [(appointment.role, appointment.municipality) for appointment in person.appointments]
    while waiting:
        role, municipality = waiting.pop()
        if (role, municipality) not in held and role not in APART:
            held.add((role, municipality))
            local = roles.get(municipality, {})
            waiting.extend((merged, municipality) for merged in (local[role].also if role in local else ()))
    return frozenset(held)


def shared_roles(absent: Person, other: Person, roles: Roles) -> frozenset[tuple[str, str]]:
    """The roles, each with its municipality, in which somebody can stand in for who is away: those that both have, in
    one organisation. So standing in opens nothing: what a family said to the organisation counts for both.
    """
    if absent.id == other.id or not absent.organisation or absent.organisation != other.organisation:
        return frozenset()
    return held_roles(absent, roles) & held_roles(other, roles)


def sight(person: Person, roles: Roles, sort: str = "") -> Sight:
    """What a person may see; `sort` is the kind of organisation that the person works for. In a role apart it is
    nothing.
    """
    if person.appointments and all(appointment.role in APART for appointment in person.appointments):
        return Sight(NOBODY, "", "", frozenset(), frozenset(), frozenset())
    held = held_roles(person, roles)
    described = [(roles[place][role], place) for role, place in held if role in roles.get(place, {})]
    return Sight(
        person=person.id,
        organisation=person.organisation,
        sort=sort,
        overseen=frozenset((process, place) for role, place in described for process in role.oversees),
        partner_in=frozenset(place for role, place in held if role == RoleId.CORE_PARTNER and person.organisation),
        held=held,
    )


def oversees(seen: Sight, case: CaseFacts) -> bool:
    """Whether this person keeps the overview of cases like this one."""
    return (case.process, case.municipality) in seen.overseen


def always(process: str, roles: Mapping[str, Role]) -> frozenset[str]:
    """The roles in which somebody may act in every case of a process, whatever its family says: those of who oversees
    it, with all that goes with them. Whom a family lets in, or who is chosen in a case, may be nobody.
    """
    held: set[str] = set()
    for role in roles:
        seen = sight(Person("", "", appointments=(Appointment(role, ""),)), {"": roles})
        case = CaseFacts(process, "")
        if oversees(seen, case) and role != RoleId.CORE_PARTNER:
            held |= roles_in(seen, case)
    return frozenset(held)


def may_remove(case: CaseFacts, asked: bool, entered: bool) -> bool:
    """Whether this person may remove the signal that a case began with: the own one, or one that this person `entered`
    for who called, as long as nobody of the family was `asked` anything.
    """
    return case.guarded and case.running and not asked and (entered or RoleId.AANMELDER in case.part_as)


def may_note(seen: Sight, case: CaseFacts, wrote: bool) -> bool:
    """Whether this person may add a letter or note that came late: who `wrote` in the case, and who keeps the overview
    once it has ended.
    """
    return wrote or (oversees(seen, case) and not case.running)


def may_reopen(seen: Sight, case: CaseFacts) -> bool:
    """Whether this person may begin a new round of a case that ended: who keeps the overview, as the Knooppunt team."""
    return oversees(seen, case) and not case.running


def parts(seen: Sight, case: CaseFacts) -> Parts:
    """The parts of a case that this person may see; empty means: for this person the case does not exist. What stands
    in a part is looked at piece by piece, with `reads`.
    """
    visible: set[Part | Register] = set()
    kinds = {role.partition(":")[0] for role in case.circles}
    if RoleId.SAFETY in kinds:
        visible |= {Register.SAFETY}
    if RoleId.CIRCLE in kinds and case.going:
        visible |= {Part.CIRCLE}
    if not case.guarded:
        return frozenset(visible | _unguarded(seen, case))
    if oversees(seen, case):
        visible |= {Part.OUTCOME}
    if not case.running:
        return frozenset(visible)
    if oversees(seen, case):
        visible |= {Part.COURSE, Part.INVOLVED, Part.HISTORY, Part.ANSWERS}
    if case.opened and (oversees(seen, case) or RoleId.CASUSREGISSEUR in case.part_as):
        visible |= {Part.COURSE, Part.INVOLVED, Part.HISTORY, Part.ANSWERS, Part.GOALS, *OVERSEEN}
    if case.opened and case.municipality in seen.partner_in:
        visible |= {Part.COURSE, Part.INVOLVED, Part.ANSWERS, Part.GOALS, Register.MEETING, Register.AGREEMENT}
    if case.assigned or RoleId.AANMELDER in case.part_as:
        visible |= {Part.OUTCOME, Part.ANSWERS} | (set() if case.agreed else {Part.COURSE})
    return frozenset(visible)


def _unguarded(seen: Sight, case: CaseFacts) -> set[Part | Register]:
    if oversees(seen, case):
        return {Part.OUTCOME, Part.COURSE, Part.INVOLVED, Part.HISTORY, Part.ANSWERS, Part.GOALS, *OVERSEEN}
    if case.assigned or case.part_as - case.circles - {RoleId.CORE_PARTNER}:
        return {Part.OUTCOME, Part.COURSE, Part.ANSWERS}
    return set()


def reads(
    seen: Sight, case: CaseFacts, kind: str, about: Collection[str], purpose: str, writers: Collection[str]
) -> bool:
    """Whether this person may read what these writers wrote: this kind of data about these people, for this purpose.
    Without a kind it says nothing of a person, and is read by whomever something is open to.
    """
    if seen.person in writers or not case.guarded:
        return True
    if not case.running:
        return False
    return opens(case.opened, seen.organisation, kind, about, purpose) if kind else bool(case.opened)


def knows_agreement(seen: Sight, case: CaseFacts, organisation: str) -> bool:
    """Whether an agreement is one of this person's own organisation, which knows it as long as it knows the case."""
    return organisation == seen.organisation and bool(case.opened) and case.running


def lacks(seen: Sight, case: CaseFacts, needs: Iterable[Need]) -> frozenset[Need]:
    """What of that which a task shows this person may not read."""
    return frozenset(
        need
        for need in needs
        if not (need.organisation and knows_agreement(seen, case, need.organisation))
        and not reads(seen, case, need.kind, (need.person,), need.purpose, (need.actor,))
    )


def roles_in(seen: Sight, case: CaseFacts) -> frozenset[str]:
    """The roles that this person has in one case."""
    bound = {RoleId.CASUSREGISSEUR} if case.guarded and not case.opened else set()
    own = set(case.part_as) - case.circles - {RoleId.CORE_PARTNER} - bound
    for role, municipality in seen.held:
        if municipality != case.municipality:
            continue
        if role not in (RoleId.CORE_PARTNER, *CHOSEN):
            own.add(role)
        if role == RoleId.CORE_PARTNER and case.opened:
            own.add(role)
        if role in CHOSEN and oversees(seen, case):
            own.add(role)  # merged roles: who oversees the municipality and is casusregisseur too
    return frozenset(own)


def is_candidate(seen: Sight, case: CaseFacts, task: TaskFacts) -> bool:
    """Whether this person may do this task, as far as the role goes and what it shows."""
    if task.circle:
        return task.circle in case.part_as or task.assignee == seen.person
    if lacks(seen, case, task.needs):
        return False
    own = roles_in(seen, case)
    if task.assignee == seen.person:
        return bool(own) or not case.free
    fitting = own & task.roles
    if task.sorts and seen.sort not in task.sorts:
        return False
    if fitting == {RoleId.CORE_PARTNER} and task.organisation:
        return seen.organisation == task.organisation
    return bool(fitting)


def may(seen: Sight, case: CaseFacts, task: TaskFacts) -> frozenset[Verb]:
    """What this person may do with an open task.

    Partners and parents without an account count on who keeps the overview to record on their behalf, where that person
    may read what the task shows. A task of the safety file is handed over by those who act in it: nobody else knows of
    it.
    """
    allowed: set[Verb] = set()
    if is_candidate(seen, case, task):
        allowed |= {Verb.SEE, Verb.REASSIGN} if task.circle else {Verb.SEE}
        allowed |= _done_by(seen, task)
    if oversees(seen, case) and not task.circle:
        allowed |= {Verb.SEE, Verb.REASSIGN}
        if case.free and not lacks(seen, case, task.needs):
            allowed |= _done_by(seen, task)
    if takes_over(seen, case, task):
        allowed |= {Verb.SEE, Verb.CLAIM}
    return frozenset(allowed)


def takes_over(seen: Sight, case: CaseFacts, task: TaskFacts) -> bool:
    """Whether who stands in for who has this task may take it: it could be given to this person, who knows the case
    already. Nobody gets to know of a family, or into a circle, by standing in.
    """
    return task.stood_in and not task.circle and bool(parts(seen, case)) and may_receive(seen, case, task, ())


def case_ground(seen: Sight, case: CaseFacts) -> Ground:
    """Why somebody sees a case, a circle only where nothing else shows it; who wrote in it has the own words."""
    known = case.municipality in seen.partner_in or RoleId.CASUSREGISSEUR in case.part_as
    overview = oversees(seen, case)
    if case.running and case.opened and (known or overview):
        return Ground.CONSENT
    if overview:
        return Ground.OVERVIEW
    if case.assigned:
        return Ground.HAVING
    own = case.running and RoleId.AANMELDER in case.part_as
    return Ground.CIRCLE if case.circles and not own else Ground.OWN


def ground(seen: Sight, case: CaseFacts, task: TaskFacts) -> Ground:
    """Why somebody who sees a task does."""
    if task.circle:
        return Ground.CIRCLE
    if task.assignee == seen.person:
        return Ground.HAVING
    if takes_over(seen, case, task):
        return Ground.STANDING_IN
    return Ground.ROLE if is_candidate(seen, case, task) else Ground.OVERVIEW


def _done_by(seen: Sight, task: TaskFacts) -> set[Verb]:
    """What one may do with a task that one may do: take and complete it, or let go of it again."""
    if not task.assignee:
        return {Verb.CLAIM, Verb.COMPLETE}
    return {Verb.RELEASE, Verb.COMPLETE} if task.assignee == seen.person else set()


def may_receive(seen: Sight, case: CaseFacts, task: TaskFacts, starters: Collection[str]) -> bool:
    """Whether a task may be given to this person, whose facts these are: the role fits and all that it shows is open
    to the organisation. Until the family agreed what somebody signalled stays within the organisation of who did:
    `starters`.
    """
    if task.circle.partition(":")[0] == RoleId.CIRCLE:
        return task.circle in case.part_as
    here = {role for role, municipality in seen.held if municipality == case.municipality}
    fitting = here & task.roles
    if not fitting or (task.sorts and seen.sort not in task.sorts) or lacks(seen, case, task.needs):
        return False
    if task.circle:
        return seen.organisation in starters
    overseeing = oversees(seen, case) and bool(fitting - {RoleId.CORE_PARTNER, *CHOSEN})
    if not case.guarded or overseeing:
        return True
    if not case.agreed:
        return seen.organisation in starters
    if fitting == {RoleId.CORE_PARTNER} and task.organisation not in ("", seen.organisation):
        return False
    return bool(case.opened)

"""Fills a demo with invented cases in every phase, by running the example cases through the engine."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from engine import cases, deadlines, definitions, scenarios, store
from engine.access import Appointment, Person
from engine.cases import Context, Library, choosing, planning, signups, sociale_kaart
from engine.definitions import Organisation, Process
from engine.definitions.sociale_kaart import load as load_kaart
from engine.errors import KnooppuntError, NotAllowedError, NotFoundError
from engine.rehearsal import Rehearsal
from engine.scenarios import ActionKind, Scenario
from engine.store.planning import Proposed
from engine.store.staff import Employee
from engine.store.tasks import TaskRow
from engine.words import Fits, RoleId, SignupBy

ROOTS = ("casus", "opzetten")
# fmt: off
FAMILIES = (
    "Appelgaard", "Bosanemoon", "Citroenvlinder", "Duizendblad", "Eikenblad", "Fluitenkruid", "Goudhaan",
    "Hazelaar", "IJsvogel", "Jeneverbes", "Kamille", "Lavendel", "Madelief", "Nachtegaal", "Ooievaar",
    "Paardenbloem", "Quinoaveld", "Roodborst", "Sleedoorn", "Tureluur", "Uiver", "Vlierbes", "Winterkoning",
    "Zonnehoed", "Zwaluwnest", "Akelei", "Braamstruik", "Dotterbloem", "Ereprijs", "Fazant", "Gentiaan",
    "Honingklaver", "Irisveld", "Kievit", "Lijsterbes", "Meidoorn", "Notenboom",
)
# fmt: on
VOICE = re.compile(rf"'{scenarios.PERSON}(\w+)'")
OVERSEERS = (RoleId.PROCESREGISSEUR, RoleId.COORDINATOR)
SELDOM = 2  # so few examples come where only few families do
STILL = timedelta(days=16)  # long enough for steps and agreements to be late
PLANS = "overleg_plannen"
ASKS = {
    "naam": "Zonnedauw",
    "telefoon": "045 000 00 99",
    "bellen": "dinsdagochtend",
    "situatie": "zwanger",
    "woorden": "Ik slaap slecht door de rekeningen. Wie kan met me meekijken?",
}
"""What an invented family fills in that asks for help itself."""


@dataclass(frozen=True)
class Planned:
    """One demo case: an example, cut off after so many of its actions (None: played to its end) and then left alone."""

    scenario: Scenario
    actions: int | None
    family: str = ""
    municipality: str = ""
    idle: timedelta = timedelta()


def read_people(root: Path, region: str) -> tuple[Person, ...]:
    """The invented people of a region's demo."""
    return tuple(employee.person for employee in _read_employees(root, region))


def _read_employees(root: Path, region: str) -> tuple[Employee, ...]:
    path = root / "regios" / region / "demo.yaml"
    if not path.is_file():
        raise NotFoundError(
            f"De regio '{region}' heeft geen demo.yaml met verzonnen mensen, dus er is niemand voor een demo."
        )
    raw = yaml.safe_load(path.read_bytes())
    return tuple(Employee(_person(entry), phone=entry.get("telefoon", "")) for entry in raw["personen"])


def _person(entry: Mapping[str, Any]) -> Person:
    roles = entry.get("rollen") or {}
    appointments = tuple(Appointment(role, place) for place, names in roles.items() for role in names)
    return Person(entry["id"], entry["naam"], entry.get("organisatie", ""), entry.get("functie", ""), appointments)


def fill(database: store.Database, library: Library, root: Path, region: str, now: datetime) -> int:
    """Publish the processes of a region, add its people, and play cases up to now. Gives the number of cases."""
    employees = _read_employees(root, region)
    people = tuple(employee.person for employee in employees)
    with database.writing() as tx:
        if store.versions.current(tx):
            return 0  # filled before
        store.people.save(tx, people)
        for employee in employees:
            store.staff.keep(tx, employee)
        for process in ROOTS:
            examples = scenarios.examples(root, process, region)
            drawn = definitions.load(root, process, region)
            cases.publish(tx, drawn, examples, now - timedelta(days=400))
        sociale_kaart.begin(tx, drawn.settings, load_kaart(root, region, drawn.settings), now)
    planned = _planned(root, region, people)
    organisations = _organisations(root)
    place = min(case.municipality for case in planned if case.family)
    meetings = {True: 0, False: 0}
    for case in planned:
        with database.writing() as tx:
            family = _Family(tx, library, people, case, now, organisations)
            family.play()
            if case.family and case.municipality == place and not meetings[family.has_to_plan]:
                meetings[family.has_to_plan] += family.plan_meeting()
    with database.writing() as tx:
        code = secrets.token_hex(6).upper()
        asks = signups.Incoming(place, SignupBy.FAMILY, "nl", ASKS, secrets.token_hex(6), code)
        signups.receive(tx, asks, now - timedelta(hours=20))
    return len(planned)


def _planned(root: Path, region: str, people: tuple[Person, ...]) -> tuple[Planned, ...]:
    """The cases of the demo, dealt over the municipalities as its people are; now and then one lies still."""
    places = sorted({a.municipality for p in people for a in p.appointments})
    works = [place for p in people for place in sorted({a.municipality for a in p.appointments})]
    families = [
        replace(
            case,
            family=_name(number),
            municipality=works[number % len(works)],
            idle=STILL if number % 5 == 3 else timedelta(),
        )
        for number, case in enumerate(_families(root, region))
    ]
    set_up = scenarios.examples(root, "opzetten", region)[:2]
    begun = (Planned(example, len(example.actions) // 2, municipality=places[0]) for example in set_up)
    return (*families, *begun)


def _name(number: int) -> str:
    """The name of a family; a region may have more phases and examples than there are names."""
    again, place = divmod(number, len(FAMILIES))
    return f"{FAMILIES[place]} {again + 1}" if again else FAMILIES[place]


def _families(root: Path, region: str) -> Iterator[Planned]:
    """For each phase an example that just came there, for most one that nearly leaves it, some that ended, each in
    which more than one of the family speaks, and each that was just handed over to another Knooppunt.
    """
    examples = scenarios.examples(root, "casus", region)
    phases = definitions.load(root, "casus", region).processes.values()
    for phase in phases:
        passing = [(example, at) for example in examples if (at := _steps_within(phase, example))]
        if passing:
            first, last = passing[0], passing[-1]
            yield Planned(first[0], max(first[1][0], 1))
            if len(passing) > SELDOM:
                yield Planned(last[0], max(last[1][-1], 1))
    for example in [example for example in examples if example.ends][::4]:
        yield Planned(example, None)
    for example in [example for example in examples if len(_voices(example)) > 1]:
        yield Planned(example, None)
    steps = [step for phase in phases for step in phase.user_tasks]
    where = {step.id: step.properties[cases.OPENS] for step in steps if cases.OPENS in step.properties}
    for example in examples:
        for number, action in enumerate(example.actions, 1):
            if action.name in where and _answered(example, where[action.name]):
                yield Planned(example, number)


def _answered(example: Scenario, question: str) -> bool:
    return any(action.answers.get(question) for action in example.actions)


def _voices(example: Scenario) -> set[str]:
    """Who of the family speak in an example."""
    return set(VOICE.findall(repr([action.answers for action in example.actions])))


def _steps_within(phase: Process, example: Scenario) -> list[int]:
    """Which actions of an example are steps of this phase."""
    steps = ((i, action) for i, action in enumerate(example.actions) if action.kind is ActionKind.TASK)
    return [i for i, action in steps if action.name in phase.elements]


def _organisations(root: Path) -> dict[str, Organisation]:
    """All organisations of all regions: an example names those of one region, and is played in others too."""
    organisations: dict[str, Organisation] = {}
    for path in sorted((root / "regios").glob("*/regio.yaml")):
        organisations |= definitions.read_settings(path.read_bytes(), path.parent.name).organisations
    return organisations


class _Family(Rehearsal):
    """One planned case, all of it in one transaction, ending at the hour of filling."""

    def __init__(
        self,
        tx: store.Transaction,
        library: Library,
        people: tuple[Person, ...],
        planned: Planned,
        now: datetime,
        organisations: Mapping[str, Organisation],
    ) -> None:
        self.actions = planned.scenario.actions[: planned.actions]
        midday = now.astimezone(deadlines.ZONE).replace(hour=11, minute=20, second=0, microsecond=0)
        waits = (deadlines.after(now, a.name) - now for a in self.actions if a.kind is ActionKind.WAIT)
        begins = midday - sum(waits, timedelta(days=2)) - planned.idle
        super().__init__(library, begins, "casus" if planned.family else "opzetten", planned.municipality)
        self.tx, self.planned = tx, planned
        local = (p for p in people if planned.municipality in {a.municipality for a in p.appointments})
        self.staff = sorted(local, key=lambda p: sum(a.role in OVERSEERS for a in p.appointments))
        self.shift = begins.date() - planned.scenario.begins.date()
        self.teams = {id for id, organisation in organisations.items() if organisation.team}
        self.team = sorted(id for id in self.teams if planned.municipality in organisations[id].team)
        home = planned.scenario.municipality
        self.at_home = {id for id in self.teams if not home or home in organisations[id].team}
        elsewhere = self._elsewhere(people, organisations)
        self.team_elsewhere = sorted(id for id in self.teams if elsewhere in organisations[id].team)
        self.stand_ins = self._stand_ins(organisations) | {id: id for id in (*self.team, *self.team_elsewhere)}
        places = {place for organisation in organisations.values() for place in organisation.team}
        self.stand_ins |= dict.fromkeys(places - {home}, elsewhere)
        asks = Appointment(RoleId.AANMELDER, planned.municipality)
        reporters = [p.id for p in self.staff if asks in p.appointments and p.organisation not in self.team]
        self.chosen = {RoleId.CASUSREGISSEUR: self.stand_ins[""], RoleId.AANMELDER: next(iter(reporters), "")}

    def _elsewhere(self, people: tuple[Person, ...], organisations: Mapping[str, Organisation]) -> str:
        """Another municipality of this demo that has a Knooppunt team, where a family may move to; rather the one that
        the example names.
        """
        said = repr([action.answers for action in self.actions])
        here = {place for person in people for place in (a.municipality for a in person.appointments)}
        teams = {place for id in self.teams for place in organisations[id].team}
        others = here & teams - {self.planned.municipality}
        return min(others, key=lambda place: (repr(place) not in said, place), default="")

    def _stand_ins(self, organisations: Mapping[str, Organisation]) -> dict[str, str]:
        """For each organisation and person of the examples the one that stands in for it in this municipality."""
        core = Appointment(RoleId.CORE_PARTNER, self.municipality)
        staffed = {person.organisation for person in self.staff if core in person.appointments}
        partners = sorted(staffed & set(organisations))
        lead = next((p.id for p in self.staff if any(a.role == RoleId.CASUSREGISSEUR for a in p.appointments)), "")
        stand_ins = {"": lead}
        for number, (id, organisation) in enumerate(sorted(organisations.items())):
            alike = [other for other in partners if organisations[other].kind == organisation.kind]
            itself = id in partners or not partners
            stand_ins[id] = id if itself else (alike or partners[number % len(partners) :])[0]
        return stand_ins

    @contextmanager
    def transaction(self, writes: bool) -> Iterator[store.Transaction]:
        """A part of the one transaction, undone by itself."""
        with self.tx.begin_nested() if writes else nullcontext():
            yield self.tx

    def people(self, tx: store.Transaction) -> Sequence[Person]:
        """The people of this municipality; who keeps the overview steps in last."""
        return self.staff

    def play(self) -> None:
        """Play all actions; one that a region changed too much ends the case where it stands."""
        for action in self.actions:
            try:
                with self.transaction(writes=True):
                    answers, item = (self._moved(scenarios.moved(p, self.shift)) for p in (action.answers, action.item))
                    self.act(replace(action, answers=answers, item=item))
            except KnooppuntError:
                return
        self.wait_until(self.now + self.planned.idle)

    @property
    def has_to_plan(self) -> bool:
        """Whether the step that plans a meeting is open."""
        return any(row.element == PLANS for row in self.rows())

    def plan_meeting(self) -> bool:
        """Ask who can when, let the first two answer, and choose a moment of next week where that is the step to do;
        whether that could be asked for this family.
        """
        try:
            with self.transaction(writes=True):
                self.somebody(self._plan)
        except KnooppuntError:
            return False
        return True

    def _plan(self, ctx: Context) -> None:
        guests = [
            (each.organisation, person)
            for each in planning.board(ctx, self.case_id).may_ask
            for person, _ in each.people
        ]
        morning = self.now.astimezone(deadlines.ZONE).replace(hour=10, minute=0, second=0, microsecond=0)
        moments = tuple(morning + timedelta(days=days) for days in (5, 6, 7))
        asked = Proposed(moments, (*guests[:3], ("", "")), place="Buurthuis", parents_can=True)
        meeting = planning.propose(ctx, self.case_id, asked)
        said = dict(zip(meeting.slots, (Fits.NO, Fits.YES, Fits.IF_NEEDED), strict=True))
        for guest in meeting.guests[:2]:
            planning.answer_for(ctx, self.case_id, guest.id, said)
        if self.has_to_plan:
            choosing.choose(ctx, self.case_id, list(meeting.slots)[1])

    def start(self, answers: Mapping[str, Any], by: str = "") -> int:
        """Start the case, of a family under its own name."""
        name = {"gezin_naam": f"Gezin {self.planned.family}"} if self.planned.family else {}
        return super().start({**answers, **name}, by)

    def who(self, row: TaskRow) -> str:
        """Where nobody may simply do a task, who keeps the overview gives it to somebody who can."""
        try:
            return super().who(row)
        except NotAllowedError:
            self.somebody(partial(self._hand_over, row))
            return self.row(row.element, row.subject).assignee or ""

    def _hand_over(self, row: TaskRow, ctx: Context) -> None:
        candidates = cases.task(ctx, row.id).candidates
        cases.reassign(ctx, row.id, candidates[0].id if candidates else "")

    def _moved(self, value: Any) -> Any:
        """Answers of the example, with its organisations and people moved to where this case plays."""
        if isinstance(value, Mapping):
            return {key: self.chosen[key] if key in self.chosen else self._moved(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._moved(part) for whole in value for part in self._for_the_team(whole)]
        return self.stand_ins.get(value, value) if isinstance(value, str) and value else value

    def _for_the_team(self, row: Any) -> list[Any]:
        """What somebody of the family says about the Knooppunt team: said about each of its organisations here, and of
        the team elsewhere about that.
        """
        if not isinstance(row, Mapping) or row.get("organisatie") not in self.teams:
            return [row]
        team = self.team if row["organisatie"] in self.at_home else self.team_elsewhere
        return [{**row, "organisatie": id} for id in team]

"""Fills a demo with invented cases in every phase, by running the example cases through the engine."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from engine import cases, deadlines, definitions, scenarios, store, worker
from engine.access import Appointment, Person
from engine.cases import Context, Library
from engine.definitions import Organisation, Process
from engine.errors import ConflictError, KnooppuntError, NotAllowedError, NotFoundError
from engine.scenarios import Action, Scenario
from engine.words import RoleId

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
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SELDOM = 2  # so few examples come where only few families do
STILL = timedelta(days=16)  # long enough for steps and agreements to be late


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
    path = root / "regios" / region / "demo.yaml"
    if not path.is_file():
        raise NotFoundError(
            f"De regio '{region}' heeft geen demo.yaml met verzonnen mensen, dus er is niemand voor een demo."
        )
    raw = yaml.safe_load(path.read_bytes())
    return tuple(_person(entry) for entry in raw["personen"])


def _person(entry: Mapping[str, Any]) -> Person:
    roles = entry.get("rollen") or {}
    appointments = tuple(Appointment(role, place) for place, names in roles.items() for role in names)
    return Person(entry["id"], entry["naam"], entry.get("organisatie", ""), entry.get("functie", ""), appointments)


def fill(database: store.Database, library: Library, root: Path, region: str, now: datetime) -> int:
    """Publish the processes of a region, add its people, and play cases up to now. Gives the number of cases."""
    people = read_people(root, region)
    with database.writing() as tx:
        if store.versions.current(tx):
            return 0  # filled before
        store.people.save(tx, people)
        for process in ROOTS:
            cases.publish(tx, definitions.load(root, process, region), now - timedelta(days=400))
    planned = _planned(root, region, people)
    known = _organisations(root)
    for one in planned:
        with database.writing() as tx:
            _Player(tx, library, people, one, now, known).play()
    return len(planned)


def _planned(root: Path, region: str, people: tuple[Person, ...]) -> tuple[Planned, ...]:
    """The cases of the demo, dealt over the municipalities as its people are; now and then one lies still."""
    places = sorted({a.municipality for p in people for a in p.appointments})
    works = [place for p in people for place in sorted({a.municipality for a in p.appointments})]
    found = [
        replace(
            one,
            family=_name(number),
            municipality=works[number % len(works)],
            idle=STILL if number % 5 == 3 else timedelta(),
        )
        for number, one in enumerate(_families(root, region))
    ]
    set_up = scenarios.examples(root, "opzetten", region)[:2]
    return (*found, *(Planned(one, len(one.actions) // 2, municipality=places[0]) for one in set_up))


def _name(number: int) -> str:
    """The name of a family; a region may have more phases and examples than there are names."""
    again, place = divmod(number, len(FAMILIES))
    return f"{FAMILIES[place]} {again + 1}" if again else FAMILIES[place]


def _families(root: Path, region: str) -> Iterator[Planned]:
    """For each phase an example that just came there, for most one that nearly leaves it, and some that ended."""
    examples = scenarios.examples(root, "casus", region)
    for phase in definitions.load(root, "casus", region).processes.values():
        here = [(one, at) for one in examples if (at := _steps_within(phase, one))]
        if here:
            first, last = here[0], here[-1]
            yield Planned(first[0], max(first[1][0], 1))
            if len(here) > SELDOM:
                yield Planned(last[0], max(last[1][-1], 1))
    for one in [one for one in examples if one.ends][::4]:
        yield Planned(one, None)


def _steps_within(phase: Process, example: Scenario) -> list[int]:
    """Which actions of an example are steps of this phase."""
    return [i for i, one in enumerate(example.actions) if one.kind == "taak" and one.name in phase.elements]


def _organisations(root: Path) -> dict[str, Organisation]:
    """All organisations of all regions: an example names those of one region, and is played in others too."""
    found: dict[str, Organisation] = {}
    for path in sorted((root / "regios").glob("*/regio.yaml")):
        found |= definitions.read_settings(path.read_bytes(), path.parent.name).organisations
    return found


class _Player:
    """Plays one planned case through the use cases, each step by somebody who may do it, on its own day."""

    def __init__(
        self,
        tx: store.Transaction,
        library: Library,
        people: tuple[Person, ...],
        planned: Planned,
        now: datetime,
        organisations: Mapping[str, Organisation],
    ) -> None:
        self.tx, self.library, self.planned = tx, library, planned
        here = (p for p in people if planned.municipality in {a.municipality for a in p.appointments})
        self.people = tuple(
            sorted(here, key=lambda p: sum(a.role in ("procesregisseur", "coordinator") for a in p.appointments))
        )
        actions = planned.scenario.actions[: planned.actions]
        self.actions = actions
        midday = now.astimezone(deadlines.ZONE).replace(hour=11, minute=20, second=0, microsecond=0)
        self.now = midday - self._length(actions, now) - planned.idle
        self.shift = self.now.date() - planned.scenario.begins.date()
        self.case_id = 0
        self.here = self._stand_ins(organisations)

    def _stand_ins(self, organisations: Mapping[str, Organisation]) -> dict[str, str]:
        """For each organisation and person of the examples the one that stands in for it in this municipality."""
        staffed = {p.organisation for p in self.people if any(a.role == RoleId.CORE_PARTNER for a in p.appointments)}
        partners = sorted(staffed & set(organisations))
        lead = next((p.id for p in self.people if any(a.role == "casusregisseur" for a in p.appointments)), "")
        found = {}
        for number, (id, one) in enumerate(sorted(organisations.items())):
            alike = [other for other in partners if organisations[other].kind == one.kind]
            found[id] = id if id in partners or not partners else (alike or partners[number % len(partners) :])[0]
        return {**found, "": lead}

    def _length(self, actions: tuple[Action, ...], now: datetime) -> timedelta:
        waits = (deadlines.after(now, a.name) - now for a in actions if a.kind == "wacht")
        return sum(waits, timedelta(days=2))

    def play(self) -> None:
        """Play all actions; one that a region changed too much ends the case where it stands."""
        for action in self.actions:
            with self.tx.begin_nested() as point:
                try:
                    self._act(replace(action, answers=self._moved(action.answers), item=self._moved(action.item)))
                except KnooppuntError:
                    point.rollback()
                    return
        self._let_time_pass(self.planned.idle)

    def _let_time_pass(self, length: timedelta) -> None:
        self.now += length
        while worker.step(self.tx, self.library, self.now):
            pass

    def _act(self, action: Action) -> None:
        if action.kind == "wacht":
            self._let_time_pass(deadlines.after(self.now, action.name) - self.now)
        elif not self.case_id:
            self._start(action)
        elif action.kind == "bericht":
            self._as_anybody(lambda ctx: cases.message(ctx, self.case_id, action.name))
        elif action.kind == "corrigeer":
            self._correct(action)
        else:
            self._complete(action)

    def _start(self, action: Action) -> None:
        process = "opzetten" if not self.planned.family else "casus"
        answers = {**action.answers, **({"gezin_naam": f"Gezin {self.planned.family}"} if self.planned.family else {})}

        def begin(ctx: Context) -> None:
            self.case_id = cases.start(ctx, process, self.planned.municipality, answers).case_id

        self._as_anybody(begin)

    def _complete(self, action: Action) -> None:
        row = self._open_row(action)
        answers = scenarios.keep_rows(action.answers, self._document())

        def complete(ctx: Context) -> None:
            cases.complete(ctx, row.id, answers)

        if not self._as_anybody(complete, self._suited(row), needed=False):
            self._assign(row)
            self._as_anybody(complete, self._suited(self._open_row(action)))

    def _suited(self, row: store.tasks.TaskRow) -> list[Person]:
        """Everybody, but first who has the task, then who has its role."""
        return sorted(
            self.people,
            key=lambda p: (p.id != row.assignee, not row.roles & {a.role for a in p.appointments}),
        )

    def _open_row(self, action: Action) -> store.tasks.TaskRow:
        rows = [r for r in store.tasks.open_tasks(self.tx, self.case_id) if r.element == action.name]
        wanted = next(iter(action.item.values()), "")
        found = next((r for r in rows if not wanted or r.subject == wanted), None)
        if found is None:
            raise ConflictError(f"'{action.name}' staat niet open.")
        return found

    def _assign(self, row: store.tasks.TaskRow) -> None:
        """Where nobody may simply do it, who keeps the overview gives it to somebody who can."""

        def give(ctx: Context) -> None:
            candidates = cases.task(ctx, row.id).candidates
            cases.reassign(ctx, row.id, candidates[0].id if candidates else "")

        self._as_anybody(give, reversed(self.people))

    def _correct(self, action: Action) -> None:
        keys = set(action.answers)
        for event in reversed(store.case_files.history(self.tx, self.case_id)):
            if event.kind == "afgerond" and keys & set(event.detail.get("velden", ())):
                before = {k: v for k, v in self._document().items() if k in event.detail["velden"] and v is not None}
                answers = {**before, **action.answers}
                self._as_anybody(partial(self._correct_as, event.process, event.element, answers))
                return

    def _correct_as(self, process: str, element: str, answers: Mapping[str, Any], ctx: Context) -> None:
        cases.correct(ctx, self.case_id, process, element, answers, "Het gezin gaf een andere datum door.")

    def _as_anybody(self, do: Callable[[Context], object], people: Iterable[Person] = (), needed: bool = True) -> bool:
        """Do something as the first of these people (all) who may; where it is needed, raises what stopped them."""
        refused: KnooppuntError = NotAllowedError("Niemand in de demo mag dit.")
        for person in people or self.people:
            with self.tx.begin_nested() as point:
                try:
                    do(Context(self.tx, self.library, person, self.now))
                except (NotAllowedError, NotFoundError):
                    point.rollback()
                except KnooppuntError as error:
                    refused = error
                    point.rollback()
                else:
                    return True
        if needed:
            raise refused
        return False

    def _document(self) -> Mapping[str, Any]:
        return store.case_files.lock(self.tx, self.case_id, None).document

    def _moved(self, value: Any) -> Any:
        """Answers of the example, with its dates, organisations and people moved to where and when this case plays."""
        if isinstance(value, Mapping):
            return {key: self.here[""] if key == "casusregisseur" else self._moved(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._moved(one) for one in value]
        if isinstance(value, str) and DATE.fullmatch(value):
            return (date.fromisoformat(value) + self.shift).isoformat()
        return self.here.get(value, value) if isinstance(value, str) and value else value

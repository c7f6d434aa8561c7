"""Fills a demo with invented cases in every phase, by running the example cases through the engine."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from engine import cases, deadlines, definitions, scenarios, store, worker
from engine.access import PARTNER, Appointment, Person
from engine.cases import Context, Library
from engine.definitions import Organisation
from engine.errors import ConflictError, KnooppuntError, NotAllowedError, NotFoundError
from engine.scenarios import Action, Scenario

ROOTS = ("casus", "opzetten")
# fmt: off
FAMILIES = (
    "Appelgaard", "Bosanemoon", "Citroenvlinder", "Duizendblad", "Eikenblad", "Fluitenkruid", "Goudhaan",
    "Hazelaar", "IJsvogel", "Jeneverbes", "Kamille", "Lavendel", "Madelief", "Nachtegaal", "Ooievaar",
    "Paardenbloem", "Quinoaveld", "Roodborst", "Sleedoorn", "Tureluur", "Uiver", "Vlierbes", "Winterkoning",
    "Zonnehoed", "Zwaluwnest", "Akelei", "Braamstruik", "Dotterbloem", "Ereprijs",
)
# fmt: on
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Planned:
    """One demo case: an example, cut off after so many of its actions (None: played to its end)."""

    scenario: Scenario
    actions: int | None
    family: str
    municipality: str


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
    planned = tuple(_plan(root, region, people))
    known = _organisations(root)
    for one in planned:
        with database.writing() as tx:
            _Player(tx, library, people, one, now, known).play()
    return len(planned)


def _plan(root: Path, region: str, people: tuple[Person, ...]) -> Iterator[Planned]:
    """Which examples to play how far: each example at its end once, and the long ones cut off along the way."""
    places = sorted({a.municipality for p in people for a in p.appointments})
    families = iter(FAMILIES)
    examples = {process: scenarios.examples(root, process, region) for process in ROOTS}
    number = 0
    for scenario in examples["casus"]:
        cuts: list[int | None] = [18, None] if scenario.id == "voorbespreking" else [None]
        if scenario.id in ("alles_loopt_goed", "meteen_aan_tafel"):
            cuts = [1, 3, 6, 10, 13, 16, 19, 22, 25, 27, 31, 33, 35, None]  # a case in every phase
        for cut in cuts:
            if number >= len(FAMILIES) or (scenario.ends and cut is None and number % 3 == 2):
                continue
            yield Planned(scenario, cut, next(families), places[number % len(places)])
            number += 1
    for scenario in examples["opzetten"][:2]:
        yield Planned(scenario, len(scenario.actions) // 2, "", places[0])


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
        self.now = midday - self._length(actions, now)
        self.shift = self.now.date() - planned.scenario.begins.date()
        self.case_id = 0
        self.here = self._stand_ins(organisations)

    def _stand_ins(self, organisations: Mapping[str, Organisation]) -> dict[str, str]:
        """For each organisation and person of the examples the one that stands in for it in this municipality."""
        staffed = {p.organisation for p in self.people if any(a.role == PARTNER for a in p.appointments)}
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

    def _act(self, action: Action) -> None:
        if action.kind == "wacht":
            self.now = deadlines.after(self.now, action.name)
            while worker.step(self.tx, self.library, self.now):
                pass
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
        if not row.assignee:
            self._assign(row)
        self._as_anybody(lambda ctx: cases.complete(ctx, row.id, answers))

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
            view = cases.task(ctx, row.id)
            if "afronden" not in view.may:
                cases.reassign(ctx, row.id, view.candidates[0].id if view.candidates else "")

        self._as_anybody(give, needed=False)

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

    def _as_anybody(self, do: Callable[[Context], object], needed: bool = True) -> None:
        """Do something as the first person who may. Raises what stopped somebody who may."""
        refused: KnooppuntError = NotAllowedError("Niemand in de demo mag dit.")
        for person in self.people:
            with self.tx.begin_nested() as point:
                try:
                    do(Context(self.tx, self.library, person, self.now))
                except (NotAllowedError, NotFoundError):
                    point.rollback()
                except KnooppuntError as error:
                    refused = error
                    point.rollback()
                else:
                    return
        if needed:
            raise refused

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


def _keeps_overview(person: Person) -> int:
    """Who keeps the overview may do much; in an example each step is done by whose step it is, where that can be."""
    return sum(a.role in ("procesregisseur", "coordinator") for a in person.appointments)

"""`workflows/beginnen.yaml` → how to begin: places that look like yours, a check of oneself, and what it costs.

A region's own `beginnen.yaml` is laid over it: what has the same name stands in its place.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine import scenarios
from engine.definitions import Role, Settings
from engine.definitions.filling import named
from engine.definitions.settings import mapping
from engine.errors import DefinitionError, Problem
from engine.scenarios import ActionKind
from handbook import effort
from handbook.effort import Planned, Share, Span
from handbook.guide import PARENTS, Guide, Step

FILE = "beginnen.yaml"
PREPARED, SUPPORTED = "opzetten", "casus"


@dataclass(frozen=True)
class Profile:
    """A place to begin from: how to know it, what another place with it did (`source` says where that stands), and the
    steps to do first.
    """

    name: str
    known_by: str
    elsewhere: str
    first: tuple[str, ...]
    tip: str
    source: str


@dataclass(frozen=True)
class Factor:
    """A point on which working together stands or falls: what is so where it is well, and else what to do at which
    step.
    """

    question: str
    otherwise: str
    step: str


@dataclass(frozen=True)
class Known:
    """What somebody in a role must know, and the page of the handbook that tells it, as a file without `.md`."""

    text: str
    page: str


@dataclass(frozen=True)
class Cost:
    """What one example of a process costs, by role, and the example's own name."""

    example: str
    shares: tuple[Share, ...]

    @property
    def total(self) -> Span:
        """All roles together."""
        return effort.total(self.shares)


@dataclass(frozen=True)
class Beginning:
    """What a region tells about beginning. `families` begin each month; a day of work has `hours`; at the step `table`
    others sit too; the plan of set-up is `planned`, in which the first family comes at `first_family`.
    """

    profiles: tuple[Profile, ...]
    factors: tuple[Factor, ...]
    families: int
    hours: int
    costs: Mapping[str, Cost]
    table: Step
    planned: tuple[Planned, ...]
    first_family: Planned
    known: Mapping[str, tuple[Known, ...]]

    def share_of(self, role: Role, process: str) -> Share | None:
        """What one example of a process costs this role; None where it has no step in it."""
        cost = self.costs.get(process)
        return next((share for share in cost.shares if share.role.id == role.id), None) if cost else None


def tells_of_beginning(workflows: Path, region: str) -> bool:
    """Whether a file says how to begin: who keeps other diagrams than ours may have none."""
    return any((folder / FILE).is_file() for folder in (workflows, workflows / "regios" / region))


def read_beginning(workflows: Path, guides: tuple[Guide, ...], day: date) -> Beginning:
    """What a region tells about beginning, with a plan from the first Monday after `day`; DefinitionError where what is
    told isn't there.
    """
    settings = guides[0].definition.settings
    return _Reader(workflows, guides, settings, effort.first_monday(day)).beginning()


class _Reader:
    """One run of `read_beginning`: what the files say, laid over each other, and what they may name."""

    def __init__(self, workflows: Path, guides: tuple[Guide, ...], settings: Settings, start: date) -> None:
        self.workflows, self.settings, self.start = workflows, settings, start
        self.guides = {guide.id: guide for guide in guides}
        self.steps = {guide.key(step): step for guide in guides for step in guide.steps}
        self.raw: dict[str, dict[str, Any]] = {"rekenen": {}, "profielen": {}, "zelfcheck": {}, "rollen": {}}
        for file in (workflows / FILE, workflows / "regios" / settings.region / FILE):
            if file.is_file():
                for section, entries in mapping(file.read_bytes(), FILE).items():
                    self._known(section, self.raw, section)
                    self.raw[section] |= entries or {}

    def beginning(self) -> Beginning:
        counted = self.raw["rekenen"]
        for key in ("uren_per_werkdag", "gezinnen_per_maand", "voorbeelden", "tafel", "eerste_gezin"):
            self._known(key, counted, "rekenen")
        hours = int(counted["uren_per_werkdag"])
        examples = {process: self._example(process, str(id_)) for process, id_ in counted["voorbeelden"].items()}
        for process in (PREPARED, SUPPORTED):
            self._known(process, examples, "rekenen.voorbeelden")
        names = self._names(examples[PREPARED])
        planned = effort.plan(self.guides[PREPARED], names, self.start)
        first = self._step(str(counted["eerste_gezin"]), "rekenen.eerste_gezin")
        first_family = next((each for each in planned if each.step is first), None)
        if first_family is None:
            message = f"'{first.title}' staat niet in het voorbeeld waarlangs wordt gerekend."
            raise _wrong("rekenen.eerste_gezin", message)
        return Beginning(
            profiles=tuple(self._profiles()),
            factors=tuple(self._factors()),
            families=int(counted["gezinnen_per_maand"]),
            hours=hours,
            costs={process: self._cost(process, example, hours) for process, example in examples.items()},
            table=self._step(str(counted["tafel"]), "rekenen.tafel"),
            planned=planned,
            first_family=first_family,
            known={role: tuple(self._to_know(role, entries)) for role, entries in self.raw["rollen"].items()},
        )

    def _example(self, process: str, id_: str) -> scenarios.Scenario:
        name = Path(process, "voorbeelden", f"{id_}.yaml")
        files = [folder / name for folder in (self.workflows / "regios" / self.settings.region, self.workflows)]
        file = next((file for file in files if file.is_file()), None)
        if file is None:
            place = f"rekenen.voorbeelden.{process}"
            raise _wrong(place, f"Bij '{place}' staat '{id_}'. Dat voorbeeld is er niet.")
        return scenarios.read(file)

    def _names(self, example: scenarios.Scenario) -> tuple[str, ...]:
        return tuple(action.name for action in example.actions if action.kind is ActionKind.TASK)

    def _cost(self, process: str, example: scenarios.Scenario, hours: int) -> Cost:
        steps = effort.done(self.guides[process], self._names(example))
        return Cost(example.name, effort.shares(steps, self.settings.roles, hours))

    def _profiles(self) -> Iterator[Profile]:
        for id_, entry in self.raw["profielen"].items():
            place = f"profielen.{id_}"
            for key in ("naam", "herken", "daar", "eerst", "tip", "bron"):
                self._known(key, entry, place)
            for step in entry["eerst"]:
                self._step(str(step), place)
            name, known_by, elsewhere, tip, source = (
                self._said(entry, key) for key in ("naam", "herken", "daar", "tip", "bron")
            )
            yield Profile(name, known_by, elsewhere, tuple(map(str, entry["eerst"])), tip, source)

    def _factors(self) -> Iterator[Factor]:
        for id_, entry in self.raw["zelfcheck"].items():
            for key in ("vraag", "dan", "stap"):
                self._known(key, entry, f"zelfcheck.{id_}")
            self._step(str(entry["stap"]), f"zelfcheck.{id_}")
            yield Factor(*(self._said(entry, key) for key in ("vraag", "dan", "stap")))

    def _to_know(self, role: str, entries: Iterable[Mapping[str, Any]]) -> Iterator[Known]:
        self._known(role, {*self.settings.roles, PARENTS}, "rollen")
        for entry in entries:
            for key in ("weet", "lees"):
                self._known(key, entry, f"rollen.{role}")
            yield Known(self._said(entry, "weet"), str(entry["lees"]))

    def _said(self, entry: Mapping[str, Any], key: str) -> str:
        return named(str(entry[key]), self.settings)

    def _step(self, key: str, place: str) -> Step:
        self._known(key, self.steps, place)
        return self.steps[key]

    def _known(self, key: str, among: Collection[str], place: str) -> None:
        if key not in among:
            raise _wrong(place, f"Bij '{place}' is '{key}' niet bekend, of het ontbreekt.")


def _wrong(place: str, message: str) -> DefinitionError:
    return DefinitionError([Problem(FILE, place, "beginnen", message)])

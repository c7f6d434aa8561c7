"""`workflows/knelpunten.yaml` → what others ran into, each with what to do and the pages that say how.

A region's own `knelpunten.yaml` is laid over it: what has the same code stands in its place.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.definitions import Settings
from engine.definitions.filling import named
from engine.definitions.settings import mapping
from engine.errors import DefinitionError, Problem

FILE = "knelpunten.yaml"
_SAID = ("fase", "punt", "bron", "doe", "lees")


@dataclass(frozen=True)
class Obstacle:
    """A thing that others ran into: what they noticed, and how many times they said so where their source counted it.
    `todo` is what to do, `pages` (`casus/overleg`) say how, `open` is what nothing answers yet, or "".
    """

    code: str
    noticed: str
    times: int
    source: str
    todo: str
    pages: tuple[str, ...]
    open: str


@dataclass(frozen=True)
class Stage:
    """When people ran into them: its name, and the obstacles as the file orders them."""

    name: str
    obstacles: tuple[Obstacle, ...]


def read_obstacles(workflows: Path, settings: Settings) -> tuple[Stage, ...]:
    """What others ran into, by stage; DefinitionError where something lacks."""
    raw: dict[str, dict[str, Any]] = {"fasen": {}, "punten": {}}
    for file in (workflows / FILE, workflows / "regios" / settings.region / FILE):
        if file.is_file():
            for section, entries in mapping(file.read_bytes(), FILE).items():
                if section not in raw:
                    raise wrong(section, f"'{section}' is hier niet bekend. Bekend zijn: {', '.join(raw)}.")
                raw[section] |= entries or {}

    by_stage: dict[str, list[Obstacle]] = {stage: [] for stage in raw["fasen"]}
    for code, entry in raw["punten"].items():
        if lacking := [key for key in _SAID if not entry.get(key)]:
            raise wrong(f"punten.{code}", f"Bij '{code}' ontbreekt '{lacking[0]}'.")
        if entry["fase"] not in by_stage:
            raise wrong(f"punten.{code}", f"Bij '{code}' staat fase '{entry['fase']}'. Die staat niet bij 'fasen'.")
        by_stage[entry["fase"]].append(_obstacle(code, entry, settings))
    return tuple(Stage(str(raw["fasen"][stage]), tuple(obstacles)) for stage, obstacles in by_stage.items())


def _obstacle(code: str, entry: dict[str, Any], settings: Settings) -> Obstacle:
    noticed, source, todo, left = (
        named(str(entry.get(key) or ""), settings) for key in ("punt", "bron", "doe", "nog_niet")
    )
    return Obstacle(code, noticed, int(entry.get("keer") or 0), source, todo, tuple(map(str, entry["lees"])), left)


def wrong(place: str, message: str) -> DefinitionError:
    """What is said of a place in the file that can't be read."""
    return DefinitionError([Problem(FILE, place, "knelpunten", message)])

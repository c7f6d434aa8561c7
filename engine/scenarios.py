"""Example cases: written down beside the diagrams, played through the engine without a database.

They show what a process is meant to do, run as tests, and fill the demo.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from engine import deadlines, forms, process
from engine.errors import InvalidDataError, KnooppuntError
from engine.forms import Form
from engine.process import Model, OpenTask, Outcome


class ScenarioError(KnooppuntError):
    """An example case that does not go as it is written down."""


@dataclass(frozen=True)
class Action:
    """One line of an example: `kind` is taak, wacht, bericht or corrigeer; `name` the step, term or message."""

    kind: str
    name: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    item: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One example case: who and where it is about, what happens, and how it must stand at the end."""

    id: str
    name: str
    begins: datetime
    municipality: str
    actions: tuple[Action, ...]
    ends: bool | None = None
    open_at_end: tuple[str, ...] | None = None

    def is_of(self, municipalities: Collection[str]) -> bool:
        """Whether it plays in one of these municipalities; one that names no place plays anywhere."""
        return not self.municipality or self.municipality in municipalities


@dataclass(frozen=True)
class Played:
    """How an example went: the last outcome, and all that was passed on the way."""

    outcome: Outcome
    elements: frozenset[tuple[str, str]]
    flows: frozenset[tuple[str, str]]


def examples(root: Path, process: str, region: str = "") -> tuple[Scenario, ...]:
    """The examples of a process; those of a region stand in for general ones of the same name."""
    folders = [root / process / "voorbeelden"]
    if region:
        folders.append(root / "regios" / region / process / "voorbeelden")
    found = {path.name: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.yaml"))}
    return tuple(read(found[name]) for name in sorted(found))


def read(path: Path) -> Scenario:
    """Read one example. Raises ScenarioError where the file is not one."""
    try:
        raw = yaml.safe_load(path.read_bytes())
        begins = datetime.fromisoformat(str(raw["begin"]))
        actions = tuple(_action(line) for line in raw["stappen"])
        expected = _mapping(raw.get("verwacht"), "verwacht")
        still_open = expected.get("taken")
        if not isinstance(still_open, list | None):
            raise ValueError("bij 'taken' staat geen lijst")
        return Scenario(
            id=path.stem,
            name=str(raw["naam"]),
            begins=begins if begins.tzinfo else begins.replace(tzinfo=deadlines.ZONE),
            municipality=str(raw.get("gemeente", "")),
            actions=actions,
            ends=expected.get("klaar"),
            open_at_end=tuple(sorted(map(str, still_open))) if still_open is not None else None,
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ScenarioError(f"Het voorbeeld '{path.name}' is niet te lezen: {error}") from error


def _action(line: Any) -> Action:
    line = _mapping(line, "stappen")
    kind = next((kind for kind in ("taak", "wacht", "bericht", "corrigeer") if kind in line), "")
    if not kind:
        raise ValueError(f"een stap is een taak, wacht, bericht of corrigeer, maar hier staat {dict(line)}")
    answers, item = _mapping(line.get("antwoorden"), "antwoorden"), _mapping(line.get("item"), "item")
    return Action(kind, str(line[kind]), answers, item)


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    """What stands under a name, with texts as keys; nothing there is an empty mapping."""
    if not isinstance(value, dict | None):
        raise ValueError(f"bij '{name}' horen regels zoals 'naam: waarde'")
    return {str(key): held for key, held in (value or {}).items()}


def play(model: Model, scenario: Scenario) -> Played:
    """Play an example. Raises ScenarioError naming the step where it goes otherwise than it says."""
    now = scenario.begins
    outcome = process.start(model, {"gemeente": scenario.municipality}, now)
    elements = {(n.process, n.element) for n in outcome.notes}
    flows = set(outcome.flows)
    for number, action in enumerate(scenario.actions, start=1):
        try:
            if action.kind == "wacht":
                now = deadlines.after(now, action.name)
                outcome = process.tick(model, outcome.state, outcome.document, now)
            else:
                outcome = _act(model, outcome, action, now)
        except (KnooppuntError, ValueError, OverflowError) as error:
            told = f"{error.message} {dict(error.fields)}" if isinstance(error, InvalidDataError) else str(error)
            raise ScenarioError(f"{scenario.id}, stap {number} ({action.kind} {action.name}): {told}") from error
        elements |= {(n.process, n.element) for n in outcome.notes}
        flows |= set(outcome.flows)
    _compare(scenario, outcome)
    return Played(outcome, frozenset(elements), frozenset(flows))


def _act(model: Model, outcome: Outcome, action: Action, now: datetime) -> Outcome:
    if action.kind == "bericht":
        document = {**outcome.document, **action.answers, f"{action.name}_door": "voorbeeld"}
        return process.message(model, outcome.state, document, action.name, now)
    if action.kind == "corrigeer":
        return process.correct(model, outcome.state, outcome.document, "", action.answers, now)
    chosen = pick(outcome, action)
    element = model.definition.element(chosen.process, chosen.element)
    form = model.definition.forms.get(element.form) or Form(element.id, ())
    row = process.find_item(outcome.document, chosen.item) if chosen.item else None
    answers = keep_rows(action.answers, outcome.document)
    context = {**outcome.document, **(row or {}), "regio": model.region(outcome.document), **_anybody(form, answers)}
    clean = forms.validate(form, answers, context)
    return process.complete(model, outcome.state, outcome.document, chosen.key, clean, now)


def pick(outcome: Outcome, action: Action) -> OpenTask:
    """The open task that an action means. Raises ScenarioError where there is none, or more than one."""
    found = [task for task in outcome.open if task.element == action.name]
    if action.item:
        found = [task for task in found if _fits(outcome.document, task.item, action.item)]
    if len(found) != 1:
        waiting = ", ".join(sorted(task.element for task in outcome.open)) or "niets"
        raise ScenarioError(f"'{action.name}' staat {len(found)} keer open; open staat: {waiting}")
    return found[0]


def _fits(document: Mapping[str, Any], item: str, wanted: Mapping[str, Any]) -> bool:
    row = process.find_item(document, item) if item else None
    return row is not None and all(row.get(key) == value for key, value in wanted.items())


def keep_rows(answers: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as an example writes them: rows of a list that stood there before keep their id."""
    kept: dict[str, Any] = {}
    for key, value in answers.items():
        before = document.get(key)
        if isinstance(value, list) and isinstance(before, list):
            kept[key] = [_with_known_id(row, before) for row in value]
        else:
            kept[key] = value
    return kept


def _with_known_id(row: Any, before: list[Any]) -> Any:
    if not isinstance(row, dict) or "id" in row:
        return row
    first = next(iter(row.items()), None)
    same = next((r for r in before if isinstance(r, dict) and first and r.get(first[0]) == first[1]), None)
    return {**row, "id": same["id"]} if same else row


def _anybody(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Lets a form choose whom the example chooses: it has no people of its own."""
    asked = {f.properties["kies_persoon"]: f.key for f in form.input_fields() if "kies_persoon" in f.properties}
    return {forms.PEOPLE: {role: [str(answers.get(key) or "")] for role, key in asked.items()}}


def _compare(scenario: Scenario, outcome: Outcome) -> None:
    if scenario.ends is not None and outcome.ended is not scenario.ends:
        told = "is klaar" if outcome.ended else "is niet klaar"
        raise ScenarioError(f"{scenario.id}: de casus {told}; open staat {[t.element for t in outcome.open]}")
    now_open = tuple(sorted(task.element for task in outcome.open))
    if scenario.open_at_end is not None and now_open != scenario.open_at_end:
        raise ScenarioError(f"{scenario.id}: aan het eind staat open {now_open}, verwacht was {scenario.open_at_end}")

"""Example cases: written down beside the diagrams, and played, here without people and without a database.

They show what a process is meant to do, run as tests and before it is published, and fill the demo. Whoever plays one,
wherever, is a `Player`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import Any

from engine import consent, deadlines, forms, process
from engine.definitions import Definition, Element
from engine.definitions.registers import Entry, entries, source_of
from engine.definitions.yaml_text import read_yaml
from engine.errors import DefinitionError, InvalidDataError, KnooppuntError, Problem
from engine.forms import Form
from engine.likeness import likely
from engine.process import Model, OpenTask, Outcome
from engine.words import Message, Noted, Register

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class ScenarioError(KnooppuntError):
    """An example case that does not go as it is written down."""


class ActionKind(StrEnum):
    """What a line of an example does, by the word that it begins with."""

    TASK = "taak"
    WAIT = "wacht"
    MESSAGE = "bericht"
    CORRECTION = "corrigeer"
    REOPENING = "heropen"
    SKIPPING = "sla_over"


@dataclass(frozen=True)
class Action:
    """One line of an example; `name` is the step, the term to wait, the message, or why the case reopens. `item` tells
    steps of the same name apart by what stands in their row, and says which row a correction is about. `by` is the role
    in which somebody begins the case, where that isn't the first of its first step.
    """

    kind: ActionKind
    name: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    item: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""


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
    files = {path.name: path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.yaml"))}
    return tuple(read(files[name]) for name in sorted(files))


def read(path: Path) -> Scenario:
    """Read one example. Raises ScenarioError where the file is not one."""
    try:
        raw = _mapping(read_yaml(path.read_bytes(), path.name), path.name)
        _refuse_strange(raw, _WORDS, "bovenaan")
        begins = datetime.fromisoformat(str(raw["begin"]))
        actions = tuple(_action(line) for line in raw["stappen"])
        expected = _mapping(raw.get("verwacht"), "verwacht")
        _refuse_strange(expected, _EXPECTED, "bij 'verwacht'")
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
    except DefinitionError as error:
        raise ScenarioError(f"Het voorbeeld '{path.name}' is niet te lezen. {error.problems[0].message}") from error
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{error} ontbreekt" if isinstance(error, KeyError) else str(error)
        raise ScenarioError(f"Het voorbeeld '{path.name}' is niet te lezen: {reason}") from error


_WORDS = frozenset({"naam", "begin", "gemeente", "stappen", "verwacht"})
_EXPECTED = frozenset({"klaar", "taken"})
_OF_STEP = frozenset({*ActionKind, "antwoorden", "item", "door"})


def _refuse_strange(given: Mapping[str, Any], known: Collection[str], place: str) -> None:
    """ValueError where a word stands there that nobody reads."""
    for name in given.keys() - known:
        near = likely(name, known)
        meant = f"bedoelde je '{near}'?" if near else f"kies uit {', '.join(sorted(known))}"
        raise ValueError(f"{place} staat '{name}', en dat wordt niet gelezen; {meant}")


def _action(line: Any) -> Action:
    line = _mapping(line, "stappen")
    _refuse_strange(line, _OF_STEP, "bij een stap")
    kind = next((kind for kind in ActionKind if kind in line), None)
    if kind is None:
        raise ValueError(
            f"een stap is een taak, wacht, bericht, corrigeer, heropen of sla_over, maar hier staat {dict(line)}"
        )
    answers, item = _mapping(line.get("antwoorden"), "antwoorden"), _mapping(line.get("item"), "item")
    return Action(kind, str(line[kind]), answers, item, str(line.get("door", "")))


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    """What stands under a name, with texts as keys; nothing there is an empty mapping."""
    if not isinstance(value, dict | None):
        raise ValueError(f"bij '{name}' horen regels zoals 'naam: waarde'")
    return {str(key): held for key, held in (value or {}).items()}


def moved(answers: Any, shift: timedelta) -> Any:
    """Answers of an example with the days in them moved: played at another time, what was to come is still to come."""
    if isinstance(answers, Mapping):
        return {key: moved(part, shift) for key, part in answers.items()}
    if isinstance(answers, list):
        return [moved(part, shift) for part in answers]
    if isinstance(answers, str) and _DAY.fullmatch(answers):
        return (date.fromisoformat(answers) + shift).isoformat()
    return answers


class Player(ABC):
    """Plays an example action by action. Where it is played says how: by the bare process, people, pages."""

    def act(self, action: Action) -> None:
        """Do one action."""
        match action.kind:
            case ActionKind.TASK:
                self.on_task(action)
            case ActionKind.WAIT:
                self.on_wait(action.name)
            case ActionKind.MESSAGE:
                self.on_message(action)
            case ActionKind.CORRECTION:
                self.on_correction(action)
            case ActionKind.REOPENING:
                self.on_reopening(action.name)
            case ActionKind.SKIPPING:
                self.on_skipping(action)

    @abstractmethod
    def on_task(self, action: Action) -> None:
        """Complete the open step that the action means."""

    @abstractmethod
    def on_wait(self, term: str) -> None:
        """Let time pass and all go off that is due by then."""

    @abstractmethod
    def on_message(self, action: Action) -> None:
        """Tell the case that something happened."""

    @abstractmethod
    def on_correction(self, action: Action) -> None:
        """Change what a step answered; what the action does not say stays."""

    @abstractmethod
    def on_skipping(self, action: Action) -> None:
        """Go past the open step that the action means."""

    @abstractmethod
    def on_reopening(self, reason: str) -> None:
        """Begin a new round of the case, which ended."""


def play(model: Model, scenario: Scenario) -> Played:
    """Play an example. Raises ScenarioError naming the step where it goes otherwise than it says."""
    player = _Alone(model, scenario)
    for number, action in enumerate(scenario.actions, start=1):
        try:
            player.act(action)
        except (KnooppuntError, ValueError, OverflowError) as error:
            fields = error.fields if isinstance(error, InvalidDataError) else {}
            asked = " ".join(f"'{key}': {text}" for key, text in fields.items())
            reason = f"{error.message if isinstance(error, KnooppuntError) else error} {asked}".strip()
            raise ScenarioError(f"{scenario.id}, stap {number} ({action.kind} {action.name}): {reason}") from error
    _compare(scenario, player.outcome)
    return Played(player.outcome, frozenset(player.elements), frozenset(player.flows))


def differing(model: Model, examples: Iterable[Scenario]) -> Iterator[tuple[Scenario, str]]:
    """The examples of the region of this model that go otherwise than they are written down, each with how."""
    for example in examples:
        if example.is_of(model.definition.settings.municipalities):
            try:
                play(model, example)
            except KnooppuntError as error:
                yield example, f"Het voorbeeld '{example.name}' loopt niet zoals het er staat. {error.message}"


def demand(model: Model, examples: Iterable[Scenario]) -> None:
    """Raise DefinitionError with every example of its region that goes otherwise than it is written down."""
    problems = [
        Problem(f"voorbeelden/{example.id}.yaml", "", "voorbeeld", f"{how} Pas het voorbeeld of het diagram aan.")
        for example, how in differing(model, examples)
    ]
    if problems:
        raise DefinitionError(problems)


class Told:
    """What a family told in a case that is played without a store, as far as its consent steps compute from it."""

    def __init__(self, definition: Definition, municipality: str) -> None:
        self.definition, self.municipality = definition, municipality
        self.entries: tuple[Entry, ...] = ()

    def relatives(self) -> dict[str, Any]:
        """The people of the family that a form lets choose from, by relation."""
        offered: dict[str, list[dict[str, str]]] = {}
        for relative in consent.family_of(self.entries):
            option = {"value": relative.id, "label": relative.name or relative.relation}
            offered.setdefault(relative.relation, []).append(option)
        return {forms.RELATIVES: offered}

    def elsewhere(self) -> dict[str, Any]:
        """The Knooppunten of the other municipalities of the region, to choose from."""
        return {forms.PLACES: consent.elsewhere([self.definition.settings], self.municipality)}

    def follows(self, element: Element, clean: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """What a step that asks consent computes with these answers."""
        if element.properties.get("register") != Register.CONSENT:
            return {}
        known = (*self.entries, *self._entries(element, clean, clean, ""))
        family, said = consent.family_of(known), consent.consents_of(known)
        gates = consent.gates(family, said, self.definition.settings, self.municipality)
        return forms.computed(_form(self.definition, element).fields, {**context, **clean, **gates})

    def hears(self, element: Element, clean: Mapping[str, Any], document: Mapping[str, Any], item: str) -> None:
        """Keep what a step answered; `document` is what the case knows by then."""
        source = (process.find_item(document, item) or {}) if item else document
        self.entries += self._entries(element, clean, source, item)

    def forgets(self, element: Element) -> None:
        """Drop what a step heard, since it is corrected."""
        self.entries = tuple(entry for entry in self.entries if entry.source != source_of(element))

    def begins_anew(self) -> None:
        """Drop what everybody said: a new round begins, in which it is asked anew."""
        self.entries = tuple(entry for entry in self.entries if entry.register != Register.CONSENT)

    def _entries(
        self, element: Element, clean: Mapping[str, Any], source: Mapping[str, Any], item: str
    ) -> tuple[Entry, ...]:
        given = entries(element, _form(self.definition, element), clean, source, item)
        kept = (entry for entry in given if entry.register in (Register.FAMILY, Register.CONSENT))
        return consent.meant(kept, self.definition.settings)


def _form(definition: Definition, element: Element) -> Form:
    return definition.forms.get(element.form) or Form(element.id, ())


class _Alone(Player):
    """The process by itself: anybody does anything."""

    def __init__(self, model: Model, scenario: Scenario) -> None:
        self.model, self.now = model, scenario.begins
        self.told = Told(model.definition, scenario.municipality)
        self.elements: set[tuple[str, str]] = set()
        self.flows: set[tuple[str, str]] = set()
        begun_as = next((action.by for action in scenario.actions), "")
        self._moved(process.start(model, {"gemeente": scenario.municipality, "begonnen_als": begun_as}, self.now))

    def _moved(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.elements |= {(note.process, note.element) for note in outcome.notes}
        self.flows |= set(outcome.flows)

    def on_task(self, action: Action) -> None:
        task, answers = answered(self.model, self.outcome, action, self.told, self.now)
        before = self.outcome
        self._moved(process.complete(self.model, before.state, before.document, task.key, answers, self.now))
        element = self.model.definition.element(task.process, task.element)
        self.told.hears(element, answers, self.outcome.document, task.item)

    def on_wait(self, term: str) -> None:
        self.now = deadlines.after(self.now, term)
        self._moved(process.tick(self.model, self.outcome.state, self.outcome.document, self.now))

    def on_message(self, action: Action) -> None:
        document = {**self.outcome.document, **action.answers, f"{action.name}_door": "voorbeeld"}
        self._moved(process.message(self.model, self.outcome.state, document, action.name, self.now))

    def on_correction(self, action: Action) -> None:
        before = self.outcome
        item = row_meant(before.document, action.item)
        answers = {
            key: _whole(value, before.document) for key, value in keep_rows(action.answers, before.document).items()
        }
        corrected = [e for p in self.model.definition.processes.values() for e in p.user_tasks if e.id == action.name]
        for element in corrected:
            self.told.forgets(element)
            answers |= self.told.follows(element, answers, {**before.document, **answers})
        self._moved(process.correct(self.model, before.state, before.document, item, answers, self.now))
        for element in corrected:
            keys = _form(self.model.definition, element).keys()
            clean = {key: self.outcome.document[key] for key in keys if key in self.outcome.document}
            self.told.hears(element, clean, self.outcome.document, item)

    def on_skipping(self, action: Action) -> None:
        before, task = self.outcome, _pick(self.outcome, action)
        self._moved(process.skip(self.model, before.state, before.document, task.key, self.now))

    def on_reopening(self, reason: str) -> None:
        if not self.outcome.ended:
            raise ScenarioError("de casus loopt nog")
        name = Message.REOPENED
        noted = {f"{name}{Noted.RECORDER}": "voorbeeld", f"{name}{Noted.DAY}": self.now.date().isoformat()}
        self.told.begins_anew()
        self._moved(process.reopen(self.model, "", self.outcome.document, (), noted, self.now))


def answered(
    model: Model, outcome: Outcome, action: Action, told: Told, now: datetime
) -> tuple[OpenTask, dict[str, Any]]:
    """The open task that an action means, and its answers as the form takes them. Raises ScenarioError where it is not
    one task, InvalidDataError where the form refuses the answers.
    """
    task = _pick(outcome, action)
    element = model.definition.element(task.process, task.element)
    form = _form(model.definition, element)
    row = process.find_item(outcome.document, task.item) if task.item else None
    answers = keep_rows(action.answers, outcome.document)
    context = {**outcome.document, **(row or {}), "regio": model.region(outcome.document), **_anybody(form, answers)}
    context |= told.relatives() | told.elsewhere() | deadlines.clock(now)
    clean = forms.validate(form, answers, context)
    return task, clean | told.follows(element, clean, context)


def _pick(outcome: Outcome, action: Action) -> OpenTask:
    tasks = [task for task in outcome.open if task.element == action.name]
    if action.item:
        tasks = [task for task in tasks if _fits(outcome.document, task.item, action.item)]
    if len(tasks) != 1:
        waiting = ", ".join(sorted(task.element for task in outcome.open)) or "niets"
        raise ScenarioError(f"'{action.name}' staat {len(tasks)} keer open; open staat: {waiting}")
    return tasks[0]


def row_meant(document: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """The id of the row in which all that is wanted stands; "" where nothing is. Raises ScenarioError where there is
    not one such row.
    """
    lists = (rows for rows in document.values() if isinstance(rows, list))
    ids = {row["id"] for rows in lists for row in rows if isinstance(row, dict) and "id" in row}
    fitting = [id for id in ids if wanted and _fits(document, id, wanted)]
    if wanted and len(fitting) != 1:
        raise ScenarioError(f"er staan {len(fitting)} regels met {dict(wanted)} in het dossier")
    return fitting[0] if fitting else ""


def _fits(document: Mapping[str, Any], item: str, wanted: Mapping[str, Any]) -> bool:
    row = process.find_item(document, item) if item else None
    return row is not None and all(row.get(key) == value for key, value in wanted.items())


def keep_rows(answers: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as an example writes them: rows of a list that stood there before keep their id, and `@Sanne` or
    `@moeder` is the id of who has that name or relation in the family.
    """
    kept: dict[str, Any] = {}
    for key, value in answers.items():
        value = _with_people(value, document)
        before = document.get(key)
        if isinstance(value, list) and isinstance(before, list):
            kept[key] = _with_known_ids(value, before)
        else:
            kept[key] = value
    return kept


PERSON = "@"
"""What an example writes before the name or the relation of somebody of the family."""


def _with_people(value: Any, document: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_with_people(part, document) for part in value]
    if isinstance(value, Mapping):
        return {key: _with_people(part, document) for key, part in value.items()}
    if not isinstance(value, str) or not value.startswith(PERSON):
        return value
    wanted = value.removeprefix(PERSON)
    lists = (forms.rows_of(rows) for rows in document.values())
    people = [row for rows in lists for row in rows if "relatie" in row]
    fitting = [str(row["id"]) for row in people if wanted in (row.get("naam"), row["relatie"])]
    if len(fitting) != 1:
        raise ScenarioError(f"er staan {len(fitting)} mensen '{wanted}' bij het gezin in het dossier")
    return fitting[0]


def _with_known_ids(rows: list[Any], before: list[Any]) -> list[Any]:
    """Rows with the id of the row that they were: of those that begin alike the one that goes on alike longest."""
    alike = [
        (_begin_alike(row, old), number, old["id"])
        for number, row in enumerate(rows)
        for old in before
        if isinstance(row, dict) and "id" not in row and isinstance(old, dict)
    ]
    ids: dict[int, str] = {}
    for same, number, id in sorted(alike, key=lambda pair: -pair[0]):
        if same and number not in ids and id not in ids.values():
            ids[number] = id
    return [{**row, "id": ids[number]} if number in ids else row for number, row in enumerate(rows)]


def _begin_alike(row: Mapping[str, Any], old: Mapping[str, Any]) -> int:
    """How many of the first answers of a row are those of another."""
    return len(list(takewhile(lambda item: old.get(item[0]) == item[1], row.items())))


def _whole(value: Any, document: Mapping[str, Any]) -> Any:
    """A list of rows with all that stood in each of them and the example does not say."""
    if not isinstance(value, list):
        return value
    return [{**(process.find_item(document, row["id"]) or {}), **row} if _known(row) else row for row in value]


def _known(row: Any) -> bool:
    return isinstance(row, dict) and "id" in row


def _anybody(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Lets a form choose whom and what the example chooses: it has no people and no sociale kaart of its own."""
    chosen: dict[str, list[str]] = {}
    topics: list[str] = []
    for question in form.input_fields():
        answer = answers.get(question.key)
        for role in question.people:
            chosen.setdefault(role, []).extend(answer if isinstance(answer, list) else [str(answer or "")])
        if forms.CHOOSES_TOPIC in question.properties and isinstance(answer, list):
            topics.extend(answer)
    return {forms.PEOPLE: chosen, forms.TOPICS: topics}


def _compare(scenario: Scenario, outcome: Outcome) -> None:
    if scenario.ends is not None and outcome.ended is not scenario.ends:
        end = "is al klaar" if outcome.ended else "is nog niet klaar"
        left = ", ".join(task.element for task in outcome.open) or "niets"
        raise ScenarioError(f"{scenario.id}: aan het eind {end} de casus; open staat {left}")
    now_open = tuple(sorted(task.element for task in outcome.open))
    if scenario.open_at_end is not None and now_open != scenario.open_at_end:
        now, awaited = (", ".join(names) or "niets" for names in (now_open, scenario.open_at_end))
        raise ScenarioError(f"{scenario.id}: aan het eind staat open {now}, verwacht was {awaited}")

"""What is measured, each as a function that gives numbers."""

import gc
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bare import Bare
from benchmarks.example import Step
from benchmarks.house import PERSON, PLACE, Answer, Client, began, fields, shown
from engine import cases, process, scenarios, store
from engine.access import Person
from engine.cases import Context, Library
from engine.process import Model
from engine.rehearsal import Rehearsal
from engine.scenarios import Action, ActionKind
from engine.store.tasks import TaskRow


@dataclass
class Series:
    """Times of one kind of move, in milliseconds, in the order in which they were taken."""

    times: list[float] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        """One more."""
        self.times.append(seconds * 1000)

    def at(self, share: float) -> float:
        """The time that this share of the moves stayed within."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        """The middle one."""
        return self.at(0.5)

    @contextmanager
    def timing(self) -> Iterator[None]:
        """Add the time that a block takes."""
        begun = time.perf_counter()
        yield
        self.add(time.perf_counter() - begun)


@dataclass
class Played:
    """What playing cases side by side gave: the series by name, statements per request, sizes of states."""

    series: dict[str, Series]
    statements: dict[str, list[int]]
    sizes: dict[str, list[int]]


class Side:
    """Plays our own case, by the pages or by the API. Only the POST that completes is timed."""

    def __init__(self, database: store.Database, client: Client, web: bool) -> None:
        self.database, self.client, self.web = database, client, web
        self.case_id = 0

    def act(self, step: Step) -> Answer:
        """Start a case, or complete a task of it."""
        answer = self._complete(step) if self.case_id else self._start(step)
        if answer.status not in (200, 201, 303) or (self.web and answer.status == 200):
            raise RuntimeError(f"{step.element}: {answer.status} {answer.body[:2000]}")
        return answer

    def _start(self, step: Step) -> Answer:
        if self.web:
            given = [*fields(step.answers), ("_gemeente", PLACE)]
            page = self.client.post_form("/signaal/formulier", given)
            answer = self.client.post_form("/signaal", [*given, ("_getoond", shown(page.body))])
        else:
            answer = self.client.post_json("/v1/cases", {"municipality": PLACE, "answers": step.answers})
        with self.database.reading() as tx:
            self.case_id = max(line.id for line in cases.listing(_context(tx, Library()), limit=1).rows)
        return answer

    def _complete(self, step: Step) -> Answer:
        row, values, answers = self._prepared(step)
        if not self.web:
            body = {"answers": answers, "version": row.revision, "seen": values}
            return self.client.post_json(f"/v1/tasks/{row.id}/complete", body)
        path = f"/taken/{row.id}"
        given = [*fields(answers), ("_versie", str(row.revision)), ("_stap", f"{row.process}/{row.element}")]
        page = self.client.post_form(f"{path}/formulier", given)  # the questions that a browser would show by now
        return self.client.post_form(path, [*given, ("_getoond", shown(page.body)), ("_begon", began(page.body))])

    def _prepared(self, step: Step) -> tuple[TaskRow, dict[str, Any], dict[str, Any]]:
        """The open task of a step, what its form begins with, and its answers over that."""
        with self.database.reading() as tx:
            row = open_row(tx, self.case_id, step)
            values = dict(cases.task(_context(tx, _LIBRARY), row.id).values)
            document = store.case_files.lock(tx, self.case_id, None).document
        return row, values, {**values, **scenarios.keep_rows(step.answers, document)}


_LIBRARY = Library()


def _context(tx: store.Transaction, library: Library) -> Context:
    return Context(tx, library, PERSON, datetime.now(UTC))


def open_row(tx: store.Transaction, case_id: int, step: Step) -> TaskRow:
    """The open task of a case that a step means."""
    rows = store.tasks.open_tasks(tx, case_id)
    return next(row for row in rows if row.element == step.element and (not step.item or row.subject == step.item))


def side_by_side(
    database: store.Database, client: Client, model: Model, steps: tuple[Step, ...], rounds: int, folder: Path
) -> Played:
    """Play cases in step: each step once by the pages, once by the API, once on SpiffWorkflow alone in two ways.

    The first round warms everything up and doesn't count.
    """
    bares = {"bare": Bare(model, folder / "bare.sqlite", False), "lean": Bare(model, folder / "lean.sqlite", True)}
    names = ("web", "json", "bare", "lean")
    series = {f"{name} {move}": Series() for name in names for move in ("start", "complete")}
    played = Played(series, {"web": [], "json": []}, {"bare": [], "lean": [], "own": []})
    for number in range(rounds + 1):
        sides = {"web": Side(database, client, True), "json": Side(database, client, False)}
        ids: dict[str, int] = {}
        gc.collect()
        for step in steps:
            move = "complete" if ids else "start"
            for name, side in sides.items():
                answer = side.act(step)
                if number:
                    series[f"{name} {move}"].add(answer.seconds)
            for name, bare in bares.items():
                into = series[f"{name} {move}"] if number else Series()
                with into.timing():
                    if move == "start":
                        ids[name] = bare.start(step.element, step.answers)
                    else:
                        bare.complete(ids[name], step.element, step.item, step.answers)
                played.sizes[name].append(bare.size(ids[name]))
            _demand_alike(database, sides, bares, ids, step)
    return played


def _demand_alike(
    database: store.Database, sides: Mapping[str, Side], bares: Mapping[str, Bare], ids: Mapping[str, int], step: Step
) -> None:
    """What is compared must be the same: the same tasks are open everywhere."""
    with database.reading() as tx:
        waiting = [[row.element for row in store.tasks.open_tasks(tx, side.case_id)] for side in sides.values()]
    waiting += [bare.waiting(ids[name]) for name, bare in bares.items()]
    if any(sorted(side) != sorted(waiting[0]) for side in waiting):
        raise RuntimeError(f"after {step.element} the sides differ: {waiting}")


def statements(database: store.Database, client: Client, steps: tuple[Step, ...]) -> dict[str, list[int]]:
    """SQL statements of each completion, by the pages and by the API, told by a server that counts."""
    counts: dict[str, list[int]] = {}
    for name, web in (("web", True), ("json", False)):
        side = Side(database, client, web)
        counts[name] = [side.act(step).statements for step in steps][1:]
    return counts


def engine_step(model: Model, steps: tuple[Step, ...], rounds: int) -> tuple[Series, list[int]]:
    """The engine alone, without database: the time of `process.complete`, and the bytes of each state."""
    series, sizes = Series(), []
    for number in range(rounds + 1):
        outcome = process.start(model, {"gemeente": PLACE}, datetime.now(UTC))
        family = scenarios.Told(model.definition, PLACE)
        for step in steps:
            item = {"wat": step.item} if step.item else {}
            action = Action(ActionKind.TASK, step.element, step.answers, item)
            task, clean = scenarios.answered(model, outcome, action, family, datetime.now(UTC))
            into = series if number else Series()
            with into.timing():
                outcome = process.complete(model, outcome.state, outcome.document, task.key, clean, datetime.now(UTC))
            family.hears(model.definition.element(task.process, task.element), clean, outcome.document, task.item)
            sizes.append(len(outcome.state.encode()))
    return series, sizes


class _OneDoesAll(Rehearsal):
    """A case of which one person does every step, each in a transaction of its own."""

    def __init__(self, database: store.Database, library: Library) -> None:
        super().__init__(library, datetime.now(UTC), "casus", PLACE)
        self.database = database

    def transaction(self, writes: bool) -> AbstractContextManager[store.Transaction]:
        """A transaction of its own."""
        return self.database.writing() if writes else self.database.reading()

    def people(self, tx: store.Transaction) -> Sequence[Person]:
        """The one person."""
        return (PERSON,)


def bytes_per_case(database: store.Database, steps: tuple[Step, ...], number: int) -> float:
    """By how much the database grows, compacted, for each case that was played to its end."""
    before = _compacted(database)
    library = Library()
    for _ in range(number):
        case = _OneDoesAll(database, library)
        for step in steps:
            case.act(Action(ActionKind.TASK, step.element, step.answers, {"wat": step.item} if step.item else {}))
    return (_compacted(database) - before) / number


def _compacted(database: store.Database) -> int:
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(database.engine.url.database or "")) as own:
        copy = Path(folder) / "copy.sqlite"
        own.execute("VACUUM INTO ?", (str(copy),))
        return copy.stat().st_size

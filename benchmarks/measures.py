"""What is measured, each as a function that gives numbers."""

import gc
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from benchmarks.bare import Bare
from benchmarks.example import Step
from benchmarks.house import PEOPLE, PLACE, STARTER, Answer, Team, began, fields, shown
from engine import cases, process, scenarios, store
from engine.access import Person
from engine.cases import Library, undoing
from engine.process import Model
from engine.rehearsal import Rehearsal
from engine.scenarios import Action, ActionKind


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
    """Plays our own case, by the pages or by the API, each step by who may do it. Only the POST that completes is
    timed.
    """

    def __init__(self, database: store.Database, team: Team, web: bool) -> None:
        self.played = Staffed(database, _LIBRARY)
        self.team, self.web = team, web

    @property
    def case_id(self) -> int:
        """The case that is played; 0 before it started."""
        return self.played.case_id

    def act(self, step: Step) -> Answer:
        """Start a case, or complete a task of it."""
        answer = self._complete(step) if self.case_id else self._start(step)
        if answer.status not in (200, 201, 303) or (self.web and answer.status == 200):
            raise RuntimeError(f"{step.element}: {answer.status} {answer.body[:2000]}")
        return answer

    def _start(self, step: Step) -> Answer:
        client = self.team.clients[STARTER]
        if self.web:
            given = [*fields(step.answers), ("_gemeente", PLACE)]
            page = client.post_form("/signaal/formulier", given)
            answer = client.post_form("/signaal", [*given, ("_getoond", shown(page.body))])
        else:
            answer = client.post_json("/v1/cases", {"municipality": PLACE, "answers": step.answers})
        with self.played.as_(STARTER, writes=False) as ctx:
            self.played.case_id = max(
                (line.id for line in cases.listing(ctx, cases.CaseFilter(limit=1)).rows), default=0
            )
        return answer

    def _complete(self, step: Step) -> Answer:
        row = self.played.row(step.element, step.item)
        who = self.played.who(row)
        client = self.team.clients[who]
        with self.played.as_(who, writes=False) as ctx:
            values = dict(cases.task(ctx, row.id).values)
        answers = {**values, **scenarios.keep_rows(step.answers, self.played.document())}
        if not self.web:
            body = {"answers": answers, "version": row.revision, "seen": values}
            return client.post_json(f"/v1/tasks/{row.id}/complete", body)
        path = f"/taken/{row.id}"
        given = [*fields(answers), ("_versie", str(row.revision)), ("_stap", f"{row.process}/{row.element}")]
        page = client.post_form(f"{path}/formulier", given)  # the questions that a browser would show by now
        return client.post_form(path, [*given, ("_getoond", shown(page.body)), ("_begon", began(page.body))])


_LIBRARY = Library()
FIRST_WITH_ROWS = "plan_vastleggen"
WATCHED_BY = "vera_voorbeeld"


def side_by_side(
    database: store.Database, team: Team, model: Model, steps: tuple[Step, ...], rounds: int, folder: Path
) -> Played:
    """Play cases in step: each step once by the pages, once by the API, once on SpiffWorkflow alone in two ways.

    The first round warms everything up and doesn't count. They part where each agreement gets a run of its own: of a
    run for each row of a list SpiffWorkflow knows nothing.
    """
    steps = tuple(takewhile(lambda step: step.element != FIRST_WITH_ROWS, steps))
    bares = {"bare": Bare(model, folder / "bare.sqlite", False), "lean": Bare(model, folder / "lean.sqlite", True)}
    names = ("web", "json", "bare", "lean")
    series = {f"{name} {move}": Series() for name in names for move in ("start", "complete")}
    played = Played(series, {"web": [], "json": []}, {"bare": [], "lean": [], "own": []})
    for number in range(rounds + 1):
        sides = {"web": Side(database, team, True), "json": Side(database, team, False)}
        ids: dict[str, int] = {}
        gc.collect()
        for step in steps:
            move = "complete" if ids else "start"
            for name, side in sides.items():
                answer = side.act(step)
                if number:
                    series[f"{name} {move}"].add(answer.seconds)
            answers = _with_computed(model, step, sides["json"].played.document())
            for name, bare in bares.items():
                into = series[f"{name} {move}"] if number else Series()
                with into.timing():
                    if move == "start":
                        ids[name] = bare.start(step.element, answers)
                    else:
                        bare.complete(ids[name], step.element, step.item, answers)
                played.sizes[name].append(bare.size(ids[name]))
            _demand_alike(database, sides, bares, ids, step)
    return played


def _with_computed(model: Model, step: Step, document: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step with what its form computes from them, which only our own forms can."""
    elements = (process.elements.get(step.element) for process in model.definition.processes.values())
    form = next((model.definition.forms.get(element.form) for element in elements if element is not None), None)
    fields = form.input_fields() if form is not None and not step.item else ()
    return step.answers | {f.key: document[f.key] for f in fields if f.key in document and f.key not in step.answers}


def _demand_alike(
    database: store.Database, sides: Mapping[str, Side], bares: Mapping[str, Bare], ids: Mapping[str, int], step: Step
) -> None:
    """What is compared must be the same: the same tasks are open everywhere."""
    with database.reading() as tx:
        waiting = [[row.element for row in store.tasks.open_tasks(tx, side.case_id)] for side in sides.values()]
    waiting += [bare.waiting(ids[name]) for name, bare in bares.items()]
    if any(sorted(side) != sorted(waiting[0]) for side in waiting):
        raise RuntimeError(f"after {step.element} the sides differ: {waiting}")


def statements(database: store.Database, team: Team, steps: tuple[Step, ...]) -> dict[str, list[int]]:
    """SQL statements of each completion, by the pages and by the API, told by a server that counts."""
    counts: dict[str, list[int]] = {}
    for name, web in (("web", True), ("json", False)):
        side = Side(database, team, web)
        counts[name] = [side.act(step).statements for step in steps][1:]
    return counts


def case_pages(
    database: store.Database, looked: Team, blind: Team, steps: tuple[Step, ...], number: int
) -> dict[str, Series]:
    """Opening the page of a case halfway, by turns at a server that writes down that somebody looked and at one that
    doesn't. The first time of each reads the diagrams and doesn't count.
    """
    side = Side(database, looked, False)
    for step in takewhile(lambda step: step.element != FIRST_WITH_ROWS, steps):
        side.act(step)
    series = {"looked": Series(), "blind": Series()}
    for turn in range(number + 1):
        for name, team in (("looked", looked), ("blind", blind)):
            answer = team.clients[WATCHED_BY].get(f"/casus/{side.case_id}")
            if answer.status != 200:
                raise RuntimeError(f"the case page: {answer.status}")
            if turn:
                series[name].add(answer.seconds)
    return series


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


class Staffed(Rehearsal):
    """A case that the people of the measured cases play, each step in a transaction of its own."""

    def __init__(self, database: store.Database, library: Library) -> None:
        super().__init__(library, datetime.now(UTC), "casus", PLACE)
        self.database = database

    def transaction(self, writes: bool) -> AbstractContextManager[store.Transaction]:
        """A transaction of its own."""
        return self.database.writing() if writes else self.database.reading()

    def people(self, tx: store.Transaction) -> Sequence[Person]:
        """All of them."""
        return PEOPLE


def bytes_per_case(database: store.Database, steps: tuple[Step, ...], number: int) -> float:
    """By how much the database grows, compacted, for each case that was played to its end, an hour after it: what could
    be undone until then is gone, as the worker sees to.
    """
    before = _compacted(database)
    library = Library()
    for _ in range(number):
        case = Staffed(database, library)
        signal, *later = steps
        case.start(signal.answers, STARTER)
        for step in later:
            case.act(Action(ActionKind.TASK, step.element, step.answers, {"wat": step.item} if step.item else {}))
    with database.writing() as tx:
        store.undo.clear(tx, datetime.now(UTC) + undoing.WITHIN)
    return (_compacted(database) - before) / number


def _compacted(database: store.Database) -> int:
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(database.engine.url.database or "")) as own:
        copy = Path(folder) / "copy.sqlite"
        own.execute("VACUUM INTO ?", (str(copy),))
        return copy.stat().st_size

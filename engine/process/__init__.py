"""State of a case + event + now → new state: the only place that knows SpiffWorkflow.

Pure: nothing here reads a clock, a database or a file. A `Model` is built once per version of a definition and
shared by all its cases and threads.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import decisions, feel
from engine.decisions import Decision
from engine.definitions import Definition, Element, Settings
from engine.definitions.kinds import EventKind, Kind
from engine.errors import ConflictError, DefinitionError, Problem, ProcessError
from engine.process import events, specs
from engine.process import state as states
from engine.process.build import OWN_FLOW, Built, build
from engine.process.run import Note, Run, find_item, item_of, laid_over
from engine.words import Noted

__all__ = [
    "Model",
    "Note",
    "OpenTask",
    "Outcome",
    "awaited",
    "compile_model",
    "complete",
    "correct",
    "fail",
    "find_item",
    "laid_over",
    "message",
    "reopen",
    "signal",
    "skip",
    "start",
    "tick",
]

PLACE = "gemeente"
"""Under what a case keeps its municipality, from its begin on."""

MAXIMUM_STEPS = 1_000
MAXIMUM_DEPTH = 100


@dataclass(frozen=True)
class Model:
    """A definition made ready to run: the specs, the decision tables, and what expressions see as `regio`."""

    definition: Definition
    built: Built
    tables: Mapping[str, Decision]
    regions: Mapping[str, Mapping[str, Any]]

    def region(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """What expressions see as `regio` in a case, by the municipality that stands in its document."""
        return self.regions.get(str(document.get(PLACE) or ""), self.regions[""])


@dataclass(frozen=True)
class OpenTask:
    """A task that waits for a person. `key` stays the same as long as it is open; `item` is the loop item's id,
    `organisation` the one whose people may do it, or "", `urgent` whether its shorter deadline counts.
    """

    key: str
    process: str
    element: str
    item: str = ""
    organisation: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a move led to. `state` and `document` replace those of the case; `due` is when the next timer goes off.

    `sent` are the messages and signals that left the case, as kind and name, for the host to carry on; `fault` is
    the code of the error that ended the case, where nothing in it caught that; `besides` says that its own flow came
    to its end, and only what was begun beside it still runs.
    """

    state: str
    document: Mapping[str, Any]
    open: tuple[OpenTask, ...]
    due: datetime | None
    ended: bool
    notes: tuple[Note, ...]
    flows: tuple[tuple[str, str], ...]
    sent: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    besides: bool = False


def compile_model(definition: Definition) -> Model:
    """Make a definition ready to run. Raises DefinitionError with every expression or table that can't be read."""
    problems: list[Problem] = []
    tables: dict[str, Decision] = {}
    for name, content in definition.files.items():
        if name.endswith(".dmn"):
            try:
                tables.update({table.id: table for table in decisions.read(content, name)})
            except DefinitionError as error:
                problems.extend(error.problems)
    for process in definition.processes.values():
        for id, text in process.expressions():
            try:
                feel.read(text)
            except feel.FeelError as error:
                problems.append(Problem(process.file, id, "feel", error.message))
        problems.extend(
            Problem(
                process.file,
                e.id,
                "beslistabel",
                f"De beslistabel '{e.decision}' bij '{e.name}' bestaat niet.",
            )
            for e in process.elements.values()
            if e.kind == Kind.BUSINESS_RULE_TASK and e.decision not in tables
        )
    if problems:
        raise DefinitionError(problems)
    return Model(definition, build(definition), tables, _regions(definition))


def with_settings(model: Model, settings: Settings) -> Model:
    """The same model where a house says something else of its region than the files do."""
    definition = replace(model.definition, settings=settings)
    return replace(model, definition=definition, regions=_regions(definition))


def _regions(definition: Definition) -> dict[str, Mapping[str, Any]]:
    return {place: _region(definition, place) for place in ("", *definition.settings.municipalities)}


def _region(definition: Definition, municipality: str) -> Mapping[str, Any]:
    """What a case of one municipality sees of its region: the organisations are those on its own sociale kaart."""
    settings = definition.settings
    asked = {question.options_expression for form in definition.forms.values() for question in form.input_fields()}
    return {
        "naam": settings.name,
        "gemeenten": list(settings.municipalities),
        "termijnen": {id: term.duration for id, term in settings.deadlines.items()},
        "organisaties": [
            {"value": o.id, "label": o.name, "domein": o.domain, "soort": o.kind}
            for o in sorted(settings.organisations.values(), key=lambda o: municipality not in o.team)  # its team first
            if not o.ended and (not municipality or o.works_in(municipality))
        ],
        "gegevenssoorten": [{"value": kind.id, "label": kind.name} for kind in settings.data_kinds.values()],
        "lijsten": {
            id: [{"value": value, "label": label} for value, label in labels.items()]
            for id, labels in settings.lists.items()
            if f"=regio.lijsten.{id}" in asked  # the others only word answers
        },
    }


# --- the moves -------------------------------------------------------------------------------------------------


def start(model: Model, document: Mapping[str, Any], now: datetime, at: str = "") -> Outcome:
    """Start a case: by hand, or at the start `at` whose event came."""
    run = Run(document, now, model.region(document), model.tables, at)
    workflow = states.begin(model.built, run)
    return _settled(workflow, run)


def reopen(
    model: Model,
    state: str,
    document: Mapping[str, Any],
    standing: Collection[str],
    noted: Mapping[str, Any],
    now: datetime,
) -> Outcome:
    """Begin a new round of a case that ended, at the start that its diagram draws for that.

    The document becomes what that start says to stay (`blijft`), with what was `noted` besides; of the rows in it none
    begins anything any more. Of what still runs in `state` only that goes on in which one of these open tasks stands,
    by their keys, with the rows that it is about. Raises ConflictError where no such start is drawn.
    """
    start = model.definition.root.reopening
    if start is None:
        raise ConflictError("In dit proces is niet getekend hoe een dossier weer opengaat.")
    going, rows = _gone_on(model, state, document, standing, now) if standing else ("", frozenset())
    stays = {PLACE, *(name.strip() for name in start.properties.get("blijft", "").split(","))}
    kept = {key: value for key, value in document.items() if key in stays}
    kept |= {
        key: mine
        for key in document.keys() - stays
        if (mine := [row for row in _rows_of(document[key]) if row["id"] in rows])
    }
    run = Run({**kept, **noted}, now, model.region(kept), model.tables, start.id)
    run.old = frozenset(str(row["id"]) for value in kept.values() for row in _rows_of(value))
    workflow = states.begin(model.built, run)
    if going:
        run.earlier = states.rounds(model.built, going, run)
    return _settled(workflow, run)


def complete(
    model: Model, state: str, document: Mapping[str, Any], key: str, answers: Mapping[str, Any], now: datetime
) -> Outcome:
    """Complete the open task `key` with answers that were validated against its form.

    Answers of a task in a loop land in its item only, all others in the document. Raises ConflictError where the
    task is no longer open.
    """
    run, workflow = _restored(model, state, document, now)
    task = _open(workflow, key)
    run.write(item_of(task), {name: _with_ids(value) for name, value in answers.items()})
    task.run()
    return _settled(workflow, run)


def skip(model: Model, state: str, document: Mapping[str, Any], key: str, now: datetime) -> Outcome:
    """Let the case go on past the open task `key`, which nobody does: it answers nothing.

    Raises ConflictError where the task is no longer open, or its drawing doesn't say that it may be skipped.
    """
    run, workflow = _restored(model, state, document, now)
    task = _open(workflow, key)
    if not task.task_spec.element.skippable:
        raise ConflictError("Deze stap mag niet worden overgeslagen.")
    run.skipped = task.id
    task.run()
    return _settled(workflow, run)


def fail(model: Model, state: str, document: Mapping[str, Any], key: str, error: str, now: datetime) -> Outcome:
    """Say that the open task `key` can't be done, with the code of an error that the diagram may catch."""
    run, workflow = _restored(model, state, document, now)
    if not events.take_up(_open(workflow, key), EventKind.ERROR, error):
        events.collapse(workflow, error)
    return _settled(workflow, run)


def correct(
    model: Model,
    state: str,
    document: Mapping[str, Any],
    item: str,
    answers: Mapping[str, Any],
    now: datetime,
) -> Outcome:
    """Change answers that were given before; timers that follow the document are set anew."""
    run, workflow = _restored(model, state, document, now)
    run.write(item, {name: _with_ids(value) for name, value in answers.items()})
    return _settled(workflow, run)


def message(
    model: Model, state: str, document: Mapping[str, Any], name: str, now: datetime, crowd: bool = False
) -> Outcome:
    """Tell a case that a message came. Raises ConflictError where it does not wait for it.

    An event sub-process that still runs is begun once more for a `crowd` only, as the standard has it: in a case two
    of one kind would write over each other's answers. One that belongs to a row begins for a row of its own, in which
    stands who told it and when.
    """
    told_in = model.definition.told_in_rows(name)
    if told_in:
        document = _told(document, told_in, name)
    run, workflow = _restored(model, state, {key: _with_ids(value) for key, value in document.items()}, now)
    if told_in:
        if not any(element.event and element.event.name == name for element in _awaited(workflow)):
            raise ConflictError("Dit dossier wacht nu niet op dit bericht.")
        return _settled(workflow, run)
    waiting = (t for t in _listening(workflow, crowd) if t.task_spec.event_definition.takes(t, EventKind.MESSAGE, name))
    task = next(waiting, None)
    if task is None:
        raise ConflictError("Dit dossier wacht nu niet op dit bericht.")
    events.tell(task, EventKind.MESSAGE, name)
    return _settled(workflow, run)


def signal(model: Model, state: str, document: Mapping[str, Any], name: str, now: datetime) -> Outcome:
    """Let a case hear a signal; where nothing waits for it, nothing happens."""
    run, workflow = _restored(model, state, document, now)
    events.call_out(workflow, EventKind.SIGNAL, name)
    return _settled(workflow, run)


def tick(model: Model, state: str, document: Mapping[str, Any], now: datetime) -> Outcome:
    """Let every timer go off that is due, in their order, each at its own moment."""
    run, workflow = _restored(model, state, document, now)
    for _ in range(MAXIMUM_STEPS):
        due = _earliest(workflow)
        if due is None or due > now:
            break
        run.now = due
        _settle_all(workflow)
    run.now = now
    return _settled(workflow, run)


def put_off(model: Model, state: str, document: Mapping[str, Any], lasted: timedelta, now: datetime) -> Outcome:
    """Let a case go on that stood still for so long, up to now: each clock goes off later by that. A clock that breaks
    off what the root process does isn't put off: the day on which a child is two comes all the same.
    """
    run, workflow = _restored(model, state, document, now)
    for current in _rounds(workflow):
        for task in list(current.event_manager.tasks.values()):
            if task.state == TaskState.WAITING and not _breaks_off(model, task.task_spec.element):
                task.task_spec.event_definition.put_off(task, lasted)
    return _settled(workflow, run)


def _breaks_off(model: Model, element: Element | None) -> bool:
    """Whether what starts here breaks off what the root process does."""
    root = model.definition.root
    if element is None or element.process != root.id or element.parent not in root.elements:
        return False
    return root.elements[element.parent].by_event and element.interrupting


def awaited(model: Model, state: str, document: Mapping[str, Any], now: datetime) -> tuple[Element, ...]:
    """The elements whose message this case would take now."""
    _, workflow = _restored(model, state, document, now)
    return _awaited(workflow)


# --- inside a move ---------------------------------------------------------------------------------------------


def _awaited(workflow: Any) -> tuple[Element, ...]:
    """The elements that listen to a message, those that people begin a row by among them."""
    elements = [t.task_spec.element for t in _listening(workflow) if t.task_spec.event_definition.takes_letters(t)]
    for current in _workflows(workflow):
        waiting = (t.task_spec for t in current.tasks.values() if t.state == TaskState.WAITING)
        starts = (spec.element for spec in waiting if isinstance(spec, events.ForEachRow))
        elements += [start for start in starts if start is not None and "rollen" in start.properties]
    return tuple({(element.process, element.id): element for element in elements}.values())


def _told(document: Mapping[str, Any], rows: str, name: str) -> dict[str, Any]:
    """The document with a row for this telling."""
    row = {key: document[key] for key in (f"{name}{noted}" for noted in Noted) if key in document}
    standing = document.get(rows)
    rest = {key: value for key, value in document.items() if key not in row}
    return {**rest, rows: [*(standing if isinstance(standing, list) else ()), row]}


def _restored(model: Model, state: str, document: Mapping[str, Any], now: datetime) -> tuple[Run, Any]:
    run = Run(document, now, model.region(document), model.tables)
    return run, states.load(model.built, state, run)


def _open(workflow: Any, key: str) -> Any:
    """The open task with this key; ConflictError where it is not open."""
    rounds = (inner for top in _rounds(workflow) for inner in _workflows(top))
    task = next((t for inner in rounds for t in inner.tasks.values() if t.id.hex == key), None)
    if task is None or task.state != TaskState.READY or not isinstance(task.task_spec, specs.Work):
        raise ConflictError("Deze taak staat niet meer open.")
    return task


def _rows_of(value: Any) -> list[dict[str, Any]]:
    """The rows in a value of the document; none where it is no list of these."""
    return [row for row in value if isinstance(row, dict) and row.get("id")] if isinstance(value, list) else []


def _with_ids(value: Any) -> Any:
    if isinstance(value, list) and any(isinstance(row, dict) for row in value):
        return [
            {**row, "id": row.get("id") or uuid.uuid4().hex[:12]} if isinstance(row, dict) else row for row in value
        ]
    return value


def _rounds(workflow: Any) -> list[Any]:
    """The workflow of this round of a case, and those of rounds before of which something still goes on."""
    return [workflow, *workflow.script_engine.earlier]


def _workflows(workflow: Any) -> list[Any]:
    """The top workflow and all sub-workflows that still run, innermost first."""
    inside = [w for w in workflow.subprocesses.values() if not w.completed]
    return [*sorted(inside, key=lambda w: -w.depth), workflow]


def _settle_all(workflow: Any) -> None:
    """Settle each round: all of them know what the case knows."""
    for current in _rounds(workflow):
        workflow.script_engine.changed = True
        _settle(current)


def _settle(workflow: Any) -> None:
    """Take every step that needs no person, until nothing moves. What interrupts goes before what it interrupts."""
    run = workflow.script_engine
    for _ in range(MAXIMUM_STEPS):
        if run.changed:
            run.changed = False
            _refresh(workflow)
        ready = [
            task
            for current in _workflows(workflow)
            for task in list(current.tasks.values())
            if task.state == TaskState.READY and not task.task_spec.manual
        ]
        if workflow.completed or not (ready or _release(workflow)):
            return
        run.alarm = False
        for task in [t for t in ready if isinstance(t.task_spec, events.Boundary)] or ready:
            if task.state == TaskState.READY:
                task.run()
            if run.alarm:
                break
        specs.forget_orphans(workflow)
        if any(inside.depth > MAXIMUM_DEPTH for inside in workflow.subprocesses.values()):
            break
    raise ProcessError("Dit dossier loopt rond zonder dat iemand iets doet. Het diagram heeft een lus zonder einde.")


def _release(workflow: Any) -> bool:
    """Let one inclusive gateway go on for which no more tokens can come; False where there is none."""
    for current in _workflows(workflow):
        waiting = {
            t.task_spec
            for t in current.tasks.values()
            if isinstance(t.task_spec, specs.Merge) and t.state == TaskState.WAITING
        }
        if any(spec.release(current) for spec in waiting):
            return True
    return False


def _drop_lost(workflow: Any) -> None:
    """End what runs for items that are no longer in the case."""
    for current in _workflows(workflow):
        for task in list(current.tasks.values()):
            if isinstance(task.task_spec, specs.ForEach | specs.Scope) and task.state == TaskState.STARTED:
                task.task_spec.drop_lost(task)


def _refresh(workflow: Any) -> None:
    """Look at all clocks and conditions again: their moment may have come, or what they follow may have changed."""
    for task in list(workflow.event_manager.tasks.values()):
        if task.task_spec.event_definition.watches and task.state == TaskState.WAITING:
            task.task_spec._update(task)


def _earliest(workflow: Any) -> datetime | None:
    moments = (
        t.task_spec.event_definition.due(t)
        for current in _rounds(workflow)
        for t in current.event_manager.tasks.values()
        if t.state == TaskState.WAITING
    )
    return min((datetime.fromisoformat(m) for m in moments if m), default=None)


def _listening(workflow: Any, crowd: bool = False) -> list[Any]:
    """The event tasks that would catch a message now, innermost first; of those whose own handler still runs only
    for a `crowd`.
    """
    return [
        task
        for current in _workflows(workflow)
        for task in current.tasks.values()
        if task.id in workflow.event_manager.tasks
        and task.state == TaskState.WAITING
        and (crowd or not (_is_handler(task) and any(_runs(current, name) for name in task.task_spec._outputs)))
    ]


def _is_handler(task: Any) -> bool:
    spec = task.task_spec
    return isinstance(spec, events.Boundary) and spec.element is not None and spec.element.kind == Kind.START_EVENT


def _runs(workflow: Any, name: str) -> bool:
    return any(t.task_spec.name == name and t.has_state(specs.LIVE) for t in workflow.tasks.values())


def _settled(workflow: Any, run: Run) -> Outcome:
    for current in _rounds(workflow):
        _drop_lost(current)
    _settle_all(workflow)
    open_tasks = []
    for current in (inner for top in _rounds(workflow) for inner in reversed(_workflows(top))):
        for task in current.tasks.values():
            if task.state == TaskState.READY and isinstance(task.task_spec, specs.Work):
                open_tasks.append(_open_task(task, run))
    ended = all(current.completed for current in _rounds(workflow))
    return Outcome(
        state=states.dump(workflow),
        document=run.document,
        open=tuple(open_tasks),
        due=_earliest(workflow),
        ended=ended,
        notes=tuple(run.notes),
        flows=tuple(run.flows),
        sent=tuple(run.sent),
        fault=run.fault,
        besides=not ended and (workflow.completed or _flowed(workflow)),
    )


def _gone_on(
    model: Model, state: str, document: Mapping[str, Any], standing: Collection[str], now: datetime
) -> tuple[str, frozenset[str]]:
    """What is left of a state of which only that goes on in which one of these tasks stands, and the rows that it is
    about.
    """
    _, workflow = _restored(model, state, document, now)
    rounds = _rounds(workflow)
    for current in rounds:
        _leave(current, standing)
    left = [task for top in rounds for inner in _workflows(top) for task in inner.tasks.values()]
    live = [task for task in left if task.has_state(specs.LIVE)]
    rows = {str(task.internal_data[name]) for task in live for name in ("row", "item") if name in task.internal_data}
    return states.dump(workflow), frozenset(rows)


def _leave(workflow: Any, standing: Collection[str]) -> None:
    """Let nothing go on in a workflow but what one of these tasks stands in: the event sub-process that was begun for
    it, or else its own scope.
    """
    whole: set[Any] = set()
    around: set[Any] = set()
    for task in [t for w in _workflows(workflow) for t in w.tasks.values() if t.id.hex in standing]:
        chain = _scopes_around(workflow, task)
        begun = [scope for scope in chain if scope.task_spec.element is not None and scope.task_spec.element.by_event]
        outermost = [*chain[:1], *begun][-1] if chain else task
        whole.add(outermost.id)
        around |= {scope.id for scope in chain[chain.index(outermost) :]} if chain else {task.id}
    for current in _workflows(workflow):
        for task in list(current.tasks.values()):
            inside = any(scope.id in whole for scope in _scopes_around(workflow, task))
            if task.has_state(specs.LIVE) and not (inside or task.id in around or task.task_spec is current.spec.end):
                specs.silence(task)
    specs.forget_orphans(workflow)


def _scopes_around(workflow: Any, task: Any) -> list[Any]:
    """The tasks that a task runs in, innermost first."""
    chain: list[Any] = []
    while (scope := events.around(workflow, chain[-1] if chain else task)) is not None:
        chain.append(scope)
    return chain


def _flowed(workflow: Any) -> bool:
    """Whether the own flow of the case, beside which event sub-processes run, has come to its end."""
    flows = (
        t for t in workflow.tasks.values() if isinstance(t.task_spec, specs.Scope) and t.task_spec.name == OWN_FLOW
    )
    return any(t.state == TaskState.COMPLETED for t in flows)


def _open_task(task: Any, run: Run) -> OpenTask:
    element = task.task_spec.element
    given = element.properties
    only = run.evaluate(task, given["organisatie"]) if "organisatie" in given else ""
    urgent = "spoed_als" in given and run.evaluate(task, given["spoed_als"]) is True
    return OpenTask(task.id.hex, element.process, element.id, item_of(task), str(only or ""), urgent)

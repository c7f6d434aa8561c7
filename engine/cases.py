"""The use cases: start, claim, complete, correct, tell, close, read. One call is one transaction of its caller.

Everything that a move leads to (state, worklist, registers, history, timers) is written in the same transaction,
so a step that fails leaves nothing behind.
"""

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engine import access, checks, consent, deadlines, feel, forms, process, store
from engine.access import SAFETY, CaseFacts, Person, Sight
from engine.definitions import Deadline, Definition, Element, Process, Role, Settings, assemble
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.forms import Form
from engine.process import Model, OpenTask, Outcome
from engine.store.cases import CaseLine, CaseRow, EventRow
from engine.store.registers import (
    AgreementRow,
    DisclosureRow,
    Entry,
    EvaluationRow,
    MeetingRow,
    SafetyRow,
)
from engine.store.tasks import Filter, Listing, TaskRow

__all__ = [
    "AgreementRow",
    "AnswerSet",
    "CaseLine",
    "CaseView",
    "Completed",
    "Context",
    "EventRow",
    "Filter",
    "Library",
    "Listing",
    "MessageOption",
    "ProcessView",
    "Step",
    "TaskView",
    "case",
    "claim",
    "close",
    "complete",
    "correct",
    "listing",
    "message",
    "publish",
    "reassign",
    "release",
    "start",
    "start_form",
    "task",
    "tick",
    "worklist",
]

_SHOWN = re.compile(r"\{\{\s*(\w+)\s*\}\}")  # a value that a text of a form shows
WITHDRAWAL = "toestemming_ingetrokken"  # this message ends every consent, whatever a region draws after it (domain C)
UNSAFE = "acute_onveiligheid"  # who sends this message acts in the safety file (RUL-07)


class Library:
    """The published definitions, each read and built once per process and shared by all threads."""

    def __init__(self) -> None:
        self._models: dict[str, Model] = {}
        self._lock = threading.Lock()

    def model(self, tx: store.Transaction, version_id: str) -> Model:
        """The model of one version."""
        found = self._models.get(version_id)
        if found is None:
            name, region, files, overridden = store.versions.files(tx, version_id)
            found = process.compile_model(assemble(name, region, files, overridden))
            with self._lock:
                self._models[version_id] = found
        return found

    def current(self, tx: store.Transaction) -> tuple[Model, ...]:
        """The models that new cases start with, for every process of every region."""
        return tuple(self.model(tx, version.id) for version in store.versions.current(tx))

    def roles(self, tx: store.Transaction) -> Mapping[str, Role]:
        """The roles of all regions here."""
        return {id: role for model in self.current(tx) for id, role in model.definition.settings.roles.items()}


@dataclass(frozen=True)
class Context:
    """Who asks, when, in which transaction."""

    tx: store.Transaction
    library: Library
    actor: Person
    now: datetime

    @cached_property
    def sight(self) -> Sight:
        """What the actor may see."""
        return access.sight(self.actor, self.library.roles(self.tx))


@dataclass(frozen=True)
class Completed:
    """What completing led to: the case and the tasks that are open now and may be done by the same person."""

    case_id: int
    opened: tuple[int, ...]
    ended: bool


@dataclass(frozen=True)
class StartForm:
    """The first step of a process, for the page that starts a case."""

    element: Element
    process: Process
    form: Form
    context: Mapping[str, Any]


@dataclass(frozen=True)
class TaskView:
    """One task with everything that its page shows. `values` fill the form, `context` is what conditions see."""

    id: int
    case_id: int
    case_title: str
    version: int
    root: str
    settings: Settings
    process: Process
    element: Element
    form: Form
    values: Mapping[str, Any]
    context: Mapping[str, Any]
    subject: str
    deadline: datetime | None
    overdue: bool
    assignee: Person | None
    may: frozenset[str]
    candidates: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Step:
    """One element of a diagram in reading order: `state` is klaar, nu or later."""

    element: Element
    state: str


@dataclass(frozen=True)
class ProcessView:
    """One diagram of a case and how far it is."""

    process: Process
    done: frozenset[str]
    current: frozenset[str]


@dataclass(frozen=True)
class AnswerSet:
    """The answers that one step gave, as they stand now."""

    process: str
    element: Element
    at: datetime
    actor: str
    form: Form
    values: Mapping[str, Any]
    context: Mapping[str, Any]
    item: str = ""


@dataclass(frozen=True)
class MessageOption:
    """Something that may happen to a case and that this person may tell it."""

    name: str
    title: str
    explanation: str
    element: Element


@dataclass(frozen=True)
class CaseView:
    """One case as this person may see it; what the person may not see is empty. `parts` names what may be seen."""

    id: int
    title: str
    root: str
    municipality: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    settings: Settings
    parts: frozenset[str]
    processes: tuple[ProcessView, ...]
    tasks: tuple[tuple[TaskRow, frozenset[str]], ...]
    goals: tuple[str, ...]
    participants: tuple[tuple[Person, str], ...]
    consents: tuple[consent.Consent, ...]
    meetings: tuple[MeetingRow, ...]
    agreements: tuple[AgreementRow, ...]
    disclosures: tuple[DisclosureRow, ...]
    evaluations: tuple[EvaluationRow, ...]
    safety: tuple[SafetyRow, ...]
    answers: tuple[AnswerSet, ...]
    history: tuple[EventRow, ...]
    messages: tuple[MessageOption, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    may_close: bool = False


# --- publishing ------------------------------------------------------------------------------------------------


def publish(tx: store.Transaction, definition: Definition, now: datetime) -> None:
    """Make a definition the one that new cases start with. Raises DefinitionError where it can't run."""
    checks.demand(definition)
    process.compile_model(definition)
    store.versions.publish(
        tx,
        definition.version,
        definition.id,
        definition.settings.region,
        definition.files,
        definition.overridden,
        now,
    )


# --- starting --------------------------------------------------------------------------------------------------


def start_form(ctx: Context, process_id: str, municipality: str) -> StartForm:
    """The form that a new case of this process begins with."""
    model = _current(ctx, process_id, municipality)
    first = _first(model, ctx.now)
    element = model.definition.element(first.process, first.element)
    form = _form(model.definition, element)
    context = {"regio": model.regions[municipality], **_people(ctx, form, municipality)}
    return StartForm(element, model.definition.processes[first.process], form, context)


def _first(model: Model, now: datetime) -> OpenTask:
    opened = process.start(model, {}, now).open
    if not opened:
        raise NotFoundError("Dit proces begint niet met een taak.")
    return opened[0]


def _current(ctx: Context, process_id: str, municipality: str) -> Model:
    for model in ctx.library.current(ctx.tx):
        if model.definition.id == process_id and municipality in model.definition.settings.municipalities:
            return model
    raise NotFoundError("In deze gemeente is dit proces niet gepubliceerd.")


def start(ctx: Context, process_id: str, municipality: str, answers: Mapping[str, Any]) -> Completed:
    """Start a case and complete its first task with these answers, by the actor.

    Raises InvalidDataError where the answers don't fit the form; then nothing is started.
    """
    model = _current(ctx, process_id, municipality)
    first = _first(model, ctx.now)
    element = model.definition.element(first.process, first.element)
    held = {role for role, where in ctx.sight.held if where == municipality}
    if not held & set(element.roles):
        raise NotAllowedError("U heeft in deze gemeente geen rol waarmee u dit mag starten.")
    case_id = store.case_files.add(ctx.tx, model.definition.version, process_id, municipality, ctx.now)
    for role in element.roles:
        if role in held:
            store.case_files.join(ctx.tx, case_id, ctx.actor.id, role, ctx.now)
            break
    row = store.case_files.lock(ctx.tx, case_id, None)
    document = {"gemeente": municipality, **dict.fromkeys(element.roles[:1], ctx.actor.id)}
    begun = process.start(model, document, ctx.now)
    store.case_files.happened(ctx.tx, case_id, ctx.now, [{"kind": "gestart"}], ctx.actor.id)
    form = _form(model.definition, element)
    clean = forms.validate(
        form, answers, {**document, "regio": model.region(document), **_people(ctx, form, municipality)}
    )
    done = process.complete(model, begun.state, begun.document, begun.open[0].key, clean, ctx.now)
    done = replace(done, notes=begun.notes + done.notes, flows=begun.flows + done.flows)
    entries = _entries(element, form, clean, done.document, "")
    opened = _apply(ctx, model, row, (), done, _completed_event(element, first.item, clean), entries)
    return Completed(case_id, opened, done.ended)


# --- tasks -----------------------------------------------------------------------------------------------------


def worklist(ctx: Context, chosen: Filter) -> Listing:
    """One page of a worklist."""
    return store.tasks.listing(ctx.tx, ctx.sight, chosen, ctx.now)


@dataclass(frozen=True)
class _Opened:
    """An open task with its case, both as the actor may see them."""

    row: TaskRow
    case: CaseRow
    facts: CaseFacts
    model: Model
    may: frozenset[str]

    @property
    def element(self) -> Element:
        return self.model.definition.element(self.row.process, self.row.element)


def _open(ctx: Context, task_id: int, lock: bool) -> _Opened:
    """The task and its case, locked in that order of reading: the case first, then the task as it is by then."""
    seen = ctx.sight
    row = store.tasks.one(ctx.tx, task_id)
    read = store.case_files.lock if lock else store.case_files.read
    found = read(ctx.tx, row.case_id, None)  # who may see the task is decided below, and may not know the whole case
    if lock:
        row = store.tasks.one(ctx.tx, task_id)
    facts = store.case_files.facts(ctx.tx, found, seen)
    may = access.may(seen, facts, row.facts)
    if "zien" not in may:
        raise NotFoundError("Deze taak bestaat niet, of u mag haar niet zien.")
    if row.status != "open":
        raise ConflictError(_who_was_first(ctx, row))
    return _Opened(row, found, facts, ctx.library.model(ctx.tx, found.version_id), may)


def _who_was_first(ctx: Context, row: TaskRow) -> str:
    if row.status == "klaar" and row.ended_by:
        name = (
            "U"
            if row.ended_by == ctx.actor.id
            else store.people.names(ctx.tx, [row.ended_by]).get(row.ended_by, "Iemand")
        )
        return f"{name} {'hebt' if name == 'U' else 'heeft'} de taak '{row.title}' al afgerond."
    return f"De taak '{row.title}' is niet meer nodig: er is iets anders gebeurd in deze casus."


def task(ctx: Context, task_id: int) -> TaskView:
    """One open task. Raises ConflictError, saying who did it, where it is no longer open."""
    opened = _open(ctx, task_id, lock=False)
    row, found, definition = opened.row, opened.case, opened.model.definition
    form = _form(definition, opened.element)
    document = _told(definition, opened.element, found.document)
    if not opened.may & {"pakken", "afronden"}:
        document = {}  # who may only see that there is a task, learns nothing of the family from it
    context = _context(opened.model, document, row.item, form) | _people(ctx, form, found.municipality)
    source = process.find_item(document, row.item) or {} if row.item else document
    able: tuple[Person, ...] = ()
    if "toewijzen" in opened.may:
        named = consent.named_organisations(store.registers.consents(ctx.tx, found.id), ctx.now)
        people = store.people.everyone(ctx.tx, found.municipality)
        able = access.candidates(people, row.facts, found.municipality, named, definition.settings.roles)
    return TaskView(
        id=row.id,
        case_id=found.id,
        case_title=_shown_title(found, opened.facts),
        version=row.revision,
        root=definition.id,
        settings=definition.settings,
        process=definition.processes[row.process],
        element=opened.element,
        form=form,
        values={key: source[key] for key in _keys(form) if source.get(key) is not None},
        context=context,
        subject=row.subject,
        deadline=row.deadline,
        overdue=row.deadline is not None and row.deadline < ctx.now,
        assignee=store.people.one(ctx.tx, row.assignee) if row.assignee else None,
        may=opened.may,
        candidates=able,
    )


def _told(definition: Definition, element: Element, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document as a step may use it: what the safety file asked is for its own steps only."""
    if _is_safety(element):
        return document
    private = _safety_keys(definition)
    return {key: value for key, value in document.items() if key not in private}


def _safety_keys(definition: Definition) -> frozenset[str]:
    """The keys that steps of the safety file write."""
    steps = (e for place in definition.processes.values() for e in place.user_tasks if _is_safety(e))
    return frozenset(key for element in steps for key in _keys(_form(definition, element)))


def _context(model: Model, document: Mapping[str, Any], item: str, form: Form) -> dict[str, Any]:
    """What a form sees: of the document, and of the loop item's fields over it, only what it asks for or names."""
    row = process.find_item(document, item) if item else None
    known = {**document, **(row or {})}
    return {key: known[key] for key in _named(form.fields) if key in known} | {"regio": model.region(document)}


def _named(fields: Iterable[forms.Field]) -> set[str]:
    """The names that questions write, and that their conditions, options and texts read."""
    found: set[str] = set()
    for one in fields:
        found |= {one.key, *_SHOWN.findall(one.text)} | _named(one.fields)
        options = feel.read(one.options_expression) if one.options_expression else ""
        for expression in (one.hide, options):
            if isinstance(expression, feel.Expression):
                found |= expression.names | expression.item_names
    return found


def claim(ctx: Context, task_id: int) -> None:
    """Take a task. Raises ConflictError where somebody else has it."""
    opened = _open(ctx, task_id, lock=True)
    if opened.row.assignee and opened.row.assignee != ctx.actor.id:
        name = store.people.names(ctx.tx, [opened.row.assignee]).get(opened.row.assignee, "Iemand anders")
        raise ConflictError(f"{name} heeft de taak '{opened.row.title}' al opgepakt.")
    if opened.row.assignee:
        return
    if "pakken" not in opened.may:
        raise NotAllowedError("Deze taak is niet voor uw rol.")
    _give(ctx, opened, ctx.actor.id, "opgepakt")


def release(ctx: Context, task_id: int) -> None:
    """Give a task back to those who may do it."""
    opened = _open(ctx, task_id, lock=True)
    if not opened.may & {"loslaten", "toewijzen"}:
        raise NotAllowedError("U kunt alleen een taak loslaten die u zelf hebt opgepakt.")
    _give(ctx, opened, None, "losgelaten")


def reassign(ctx: Context, task_id: int, person_id: str) -> None:
    """Give a task to somebody else, who must be one of its candidates."""
    opened = _open(ctx, task_id, lock=True)
    if "toewijzen" not in opened.may:
        raise NotAllowedError("Alleen wie het overzicht heeft in deze gemeente, mag een taak toewijzen.")
    named = consent.named_organisations(store.registers.consents(ctx.tx, opened.case.id), ctx.now)
    people = store.people.everyone(ctx.tx, opened.case.municipality)
    roles = opened.model.definition.settings.roles
    able = access.candidates(people, opened.row.facts, opened.case.municipality, named, roles)
    if person_id not in {person.id for person in able}:
        raise NotAllowedError("Deze persoon mag deze taak niet doen: de rol past niet, of de toestemming ontbreekt.")
    _give(ctx, opened, person_id, "toegewezen")
    held = access.held_roles(store.people.one(ctx.tx, person_id), roles)
    fitting = {role for role, place in held if place == opened.case.municipality} & opened.row.roles
    if fitting <= set(access.CHOSEN):  # nothing else gives this person a role in the case
        for role in sorted(fitting):
            store.case_files.join(ctx.tx, opened.case.id, person_id, role, ctx.now)


def _give(ctx: Context, opened: _Opened, person_id: str | None, kind: str) -> None:
    store.tasks.assign(ctx.tx, opened.row.id, person_id)
    event = {
        "kind": kind,
        "process": opened.row.process,
        "element": opened.row.element,
        "item": opened.row.item,
        "detail": {"aan": person_id} if kind == "toegewezen" else {},
    }
    store.case_files.happened(ctx.tx, opened.case.id, ctx.now, [event], ctx.actor.id)


def complete(ctx: Context, task_id: int, answers: Mapping[str, Any], seen_version: int | None = None) -> Completed:
    """Complete a task. `seen_version` is the version of the task that the person had on screen.

    Raises ConflictError where somebody was first, InvalidDataError where answers don't fit the form.
    """
    opened = _open(ctx, task_id, lock=True)
    row, found = opened.row, opened.case
    if "afronden" not in opened.may:
        if row.assignee:
            name = store.people.names(ctx.tx, [row.assignee]).get(row.assignee, "Iemand anders")
            raise ConflictError(f"{name} heeft de taak '{row.title}' intussen opgepakt.")
        raise NotAllowedError("Deze taak is niet voor uw rol.")
    if seen_version is not None and seen_version != row.revision and row.assignee != ctx.actor.id:
        raise ConflictError(f"De taak '{row.title}' is veranderd sinds u haar opende. Kijk nog een keer.")
    definition = opened.model.definition
    form = _form(definition, opened.element)
    told = _told(definition, opened.element, found.document)
    clean = forms.validate(
        form, answers, _context(opened.model, told, row.item, form) | _people(ctx, form, found.municipality)
    )
    outcome = process.complete(opened.model, found.state, found.document, row.key, clean, ctx.now)
    entries = _entries(opened.element, form, clean, outcome.document, row.item)
    store.tasks.end(ctx.tx, [row.id], "klaar", ctx.now, ctx.actor.id)
    _join_chosen(ctx, found.id, form, clean)
    waiting = [t for t in store.tasks.open_tasks(ctx.tx, found.id) if t.id != row.id]
    event = _completed_event(opened.element, row.item, clean)
    if not access.is_candidate(ctx.sight, opened.facts, row.facts):
        event["detail"].setdefault("namens", opened.element.roles[0] if opened.element.roles else "")
    fresh = _apply(ctx, opened.model, found, waiting, outcome, event, entries)
    return Completed(found.id, fresh, outcome.ended)


def _completed_event(element: Element, item: str, clean: Mapping[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = {"velden": sorted(clean)}
    if element.properties.get("namens"):
        detail["namens"] = element.properties["namens"]
    return {
        "kind": "afgerond",
        "process": element.process,
        "element": element.id,
        "item": item,
        "detail": detail,
    }


# --- what else can happen --------------------------------------------------------------------------------------


def correct(
    ctx: Context,
    case_id: int,
    process_id: str,
    element_id: str,
    answers: Mapping[str, Any],
    reason: str,
    item: str = "",
) -> None:
    """Change what an earlier step answered, with the reason. What was there before stays in the history."""
    if not reason.strip():
        raise InvalidDataError("Schrijf op waarom u dit verandert.", {"reden": "Schrijf op waarom u dit verandert."})
    found, facts, seen = _locked(ctx, case_id)
    model = ctx.library.model(ctx.tx, found.version_id)
    element = _known(model.definition, process_id, element_id)
    if not _reads(seen, facts, element) or found.status != "lopend":
        raise NotAllowedError("Deze antwoorden mag u niet veranderen.")
    given = (e for e in store.case_files.history(ctx.tx, case_id) if e.kind == "afgerond")
    if (process_id, element_id, item) not in {(e.process, e.element, e.item) for e in given}:
        raise NotFoundError("Deze stap is in deze casus nog niet gedaan.")
    form = _form(model.definition, element)
    told = _told(model.definition, element, found.document)
    clean = forms.validate(form, answers, _context(model, told, item, form) | _people(ctx, form, found.municipality))
    source = (process.find_item(found.document, item) or {}) if item else found.document
    changed = {key: [source.get(key), value] for key, value in clean.items() if source.get(key) != value}
    outcome = process.correct(model, found.state, found.document, item, clean, ctx.now)
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    if any(row.item and process.find_item(outcome.document, row.item) is None for row in waiting):
        raise InvalidDataError("Er loopt nog een taak over een regel die u weghaalt. Rond die taak eerst af.")
    entries = tuple(replace(entry, correction=True) for entry in _entries(element, form, clean, outcome.document, item))
    _join_chosen(ctx, found.id, form, clean)
    event = {
        "kind": "gecorrigeerd",
        "process": process_id,
        "element": element_id,
        "item": item,
        "detail": {"reden": reason.strip(), "velden": sorted(clean), "was": changed},
    }
    _apply(ctx, model, found, waiting, outcome, event, entries)


def _reads(seen: Sight, facts: CaseFacts, element: Element) -> bool:
    return access.reads_answers(seen, facts, frozenset(element.roles), _is_safety(element))


def message(ctx: Context, case_id: int, name: str) -> None:
    """Tell a case that something happened, such as `toestemming_ingetrokken`.

    Raises ConflictError where the case does not wait for it, NotAllowedError where it is not this person's to tell.
    """
    found, facts, seen = _locked(ctx, case_id)
    model = ctx.library.model(ctx.tx, found.version_id)
    if found.status != "lopend":
        raise ConflictError("Deze casus is al afgesloten.")
    offered = {option.name for option in _messages(model, found, facts, seen, ctx.now)}
    if name not in offered:
        waits = {e.event.name for e in process.awaited(model, found.state, found.document, ctx.now) if e.event}
        if name in waits:
            raise NotAllowedError("Dit mag u in deze casus niet melden.")
        raise ConflictError("Deze casus wacht nu niet op dit bericht.")
    document = {**found.document, f"{name}_door": ctx.actor.id, f"{name}_op": _today(ctx.now)}
    outcome = process.message(model, found.state, document, name, ctx.now)
    if name == WITHDRAWAL:
        store.registers.withdraw_all(ctx.tx, case_id, ctx.now)
    if name == UNSAFE:
        store.case_files.join(ctx.tx, case_id, ctx.actor.id, SAFETY, ctx.now)
    event = {"kind": "bericht", "detail": {"naam": name}}
    _apply(ctx, model, found, store.tasks.open_tasks(ctx.tx, case_id), outcome, event, ())


def close(ctx: Context, case_id: int, reason: str) -> None:
    """Close a case before its process ends, with the reason."""
    if not reason.strip():
        raise InvalidDataError("Schrijf op waarom u de casus sluit.", {"reden": "Schrijf op waarom u de casus sluit."})
    found, facts, seen = _locked(ctx, case_id)
    if not access.oversees(seen, facts):
        raise NotAllowedError("Alleen wie het overzicht heeft in deze gemeente, mag een casus sluiten.")
    if found.status != "lopend":
        raise ConflictError("Deze casus is al afgesloten.")
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    store.tasks.end(ctx.tx, [row.id for row in waiting], "vervallen", ctx.now, ctx.actor.id)
    store.jobs.plan(ctx.tx, "klok", case_id, None)
    store.case_files.happened(
        ctx.tx, case_id, ctx.now, [{"kind": "gesloten", "detail": {"reden": reason.strip()}}], ctx.actor.id
    )
    store.case_files.save(
        ctx.tx,
        case_id,
        found.revision + 1,
        "",
        found.document,
        found.title,
        found.shared,
        "gesloten",
        ctx.now,
        reason.strip(),
    )


def tick(tx: store.Transaction, library: Library, case_id: int, now: datetime) -> None:
    """Let the timers of a case go off that are due; done by the clock, so without an actor."""
    found = store.case_files.lock(tx, case_id, None)
    if found.status != "lopend":
        return
    model = library.model(tx, found.version_id)
    outcome = process.tick(model, found.state, found.document, now)
    clock = Context(tx, library, Person("", "De klok"), now)
    _apply(clock, model, found, store.tasks.open_tasks(tx, case_id), outcome, {"kind": "klok"}, ())


def _locked(ctx: Context, case_id: int) -> tuple[CaseRow, CaseFacts, Sight]:
    seen = ctx.sight
    found = store.case_files.lock(ctx.tx, case_id, seen)
    return found, store.case_files.facts(ctx.tx, found, seen), seen


# --- writing what a move led to --------------------------------------------------------------------------------


def _apply(
    ctx: Context,
    model: Model,
    found: CaseRow,
    waiting: Sequence[TaskRow],
    outcome: Outcome,
    event: Mapping[str, Any],
    entries: Iterable[Entry],
) -> tuple[int, ...]:
    """Write everything that a move led to; gives the ids of the tasks that it opened."""
    actor = ctx.actor.id or None
    entries = tuple(entries)
    still = {task.key for task in outcome.open}
    gone = [row.id for row in waiting if row.key not in still]
    store.tasks.end(ctx.tx, gone, "vervallen", ctx.now, actor)
    known = {row.key for row in waiting}
    fresh = [_task_columns(ctx, model, found, outcome.document, task) for task in outcome.open if task.key not in known]
    ids = store.tasks.add(ctx.tx, fresh)
    _move_deadlines(ctx, model, found, outcome, waiting)
    steps = [[n.process, n.element, n.what, n.item] for n in outcome.notes]
    detail = {**event.get("detail", {}), "stappen": steps, "pijlen": [list(f) for f in outcome.flows]}
    store.case_files.happened(ctx.tx, found.id, ctx.now, [{**event, "detail": detail}], actor)
    store.registers.record(ctx.tx, found.id, entries, actor or "", ctx.now)
    store.jobs.plan(ctx.tx, "klok", found.id, outcome.due)
    store.case_files.save(
        ctx.tx,
        found.id,
        found.revision + 1,
        "" if outcome.ended else outcome.state,
        outcome.document,
        _title(model.definition, outcome.document),
        found.shared or _shares(model.definition, entries),
        "klaar" if outcome.ended else "lopend",
        ctx.now if outcome.ended else None,
    )
    return tuple(ids)


def _shares(definition: Definition, entries: Iterable[Entry]) -> bool:
    """Whether the family agreed by this move that others know of it. A process without consent has no secret."""
    if any(e.register == "toestemming" and e.values.get("besluit") == "ja" for e in entries):
        return True
    asked = {e.properties.get("register") for p in definition.processes.values() for e in p.user_tasks}
    return "toestemming" not in asked


def _title(definition: Definition, document: Mapping[str, Any]) -> str:
    title = document.get(definition.root.properties.get("titel", "gezin_naam"))
    return str(title) if title else definition.root.name or definition.id


def _task_columns(
    ctx: Context, model: Model, found: CaseRow, document: Mapping[str, Any], opened: OpenTask
) -> tuple[dict[str, Any], tuple[str, ...]]:
    element = model.definition.element(opened.process, opened.element)
    item = process.find_item(document, opened.item) if opened.item else None
    values = {
        "case_id": found.id,
        "key": opened.key,
        "root": found.process,
        "process": opened.process,
        "element": opened.element,
        "item": opened.item,
        "title": element.name,
        "subject": _subject(item),
        "municipality": found.municipality,
        "phase": element.properties.get("fase", opened.process),
        "organisation": opened.organisation,
        "safety": _is_safety(element),
        "opened_at": ctx.now,
        "deadline": _deadline(
            _term(model.definition.settings, element, opened.urgent), found.started_at, document, item, ctx.now
        ),
        "assignee": _assignee(element, document),
    }
    return values, element.roles


def _subject(item: Mapping[str, Any] | None) -> str:
    """What the loop item of a task is about, in its own words."""
    texts = (str(value) for key, value in (item or {}).items() if key != "id" and isinstance(value, str) and value)
    return next(texts, "")


def _is_safety(element: Element) -> bool:
    return element.properties.get("fase") == SAFETY


def _assignee(element: Element, document: Mapping[str, Any]) -> str | None:
    """Who gets a task when it opens: whom the diagram says, else who has its first role in this case."""
    key = element.properties.get("toewijzen") or (element.roles[0] if element.roles else "")
    value = document.get(key)
    return value if isinstance(value, str) and value else None


def _term(settings: Settings, element: Element, urgent: bool) -> Deadline | None:
    """The deadline that counts for a task: its own, or the shorter one where its condition for haste holds."""
    name = element.properties.get("termijn_spoed" if urgent else "termijn", "")
    return settings.deadlines.get(name)


def _deadline(
    term: Deadline | None,
    started_at: datetime,
    document: Mapping[str, Any],
    item: Mapping[str, Any] | None,
    opened_at: datetime,
) -> datetime | None:
    if term is None:
        return None
    begin = opened_at if term.counts_from == "taak" else started_at
    if term.counts_from not in ("taak", "casus"):
        value = (item or {}).get(term.counts_from) or document.get(term.counts_from)
        try:
            begin = deadlines.end_of_day(date.fromisoformat(str(value)[:10]))
        except ValueError:
            begin = opened_at
    return deadlines.due(begin, term.duration)


def _move_deadlines(ctx: Context, model: Model, found: CaseRow, outcome: Outcome, waiting: Sequence[TaskRow]) -> None:
    """Deadlines follow the answers that they rest on: the date that they count from, or what makes haste."""
    settings = model.definition.settings
    urgent = {task.key: task.urgent for task in outcome.open}
    for row in waiting:
        element = model.definition.element(row.process, row.element)
        term = _term(settings, element, urgent.get(row.key, False))
        if row.key not in urgent or term is None:
            continue
        if term.counts_from in ("taak", "casus") and "spoed_als" not in element.properties:
            continue
        item = process.find_item(outcome.document, row.item) if row.item else None
        moved = _deadline(term, found.started_at, outcome.document, item, row.opened_at)
        if moved != row.deadline:
            store.tasks.move_deadline(ctx.tx, row.id, moved)


def _entries(
    element: Element, form: Form, answers: Mapping[str, Any], document: Mapping[str, Any], item: str
) -> tuple[Entry, ...]:
    """What a completed form gives its register: a row for each row of its list, else one row."""
    register = element.properties.get("register", "")
    if register not in store.registers.REQUIRED:
        return ()
    single: dict[str, Any] = {}
    rows: list[Entry] = []
    for one in form.input_fields():
        if one.kind == "dynamiclist":
            columns = {f.properties["register"]: f.key for f in one.fields if "register" in f.properties}
            source = (process.find_item(document, item) or {}) if item else document
            for row in source.get(one.key) or () if columns and one.key in answers else ():
                values = {column: row.get(key) for column, key in columns.items()}
                rows.append(Entry(register, values, element.properties, str(row.get("id", ""))))
        elif "register" in one.properties and one.key in answers:  # what was not asked stays as it is
            single[one.properties["register"]] = answers.get(one.key)
    if not rows and any(value not in (None, "", []) for value in single.values()):
        rows = [Entry(register, {}, element.properties, item)]
    step = f"{element.process}/{element.id}"
    return tuple(replace(row, values={**single, **row.values}, source=step) for row in rows)


# --- forms with people in them ---------------------------------------------------------------------------------


def _form(definition: Definition, element: Element) -> Form:
    return definition.forms.get(element.form) or Form(element.id, ())


def _keys(form: Form) -> tuple[str, ...]:
    return form.keys()


def _people(ctx: Context, form: Form, municipality: str) -> dict[str, Any]:
    """The people that a form lets choose from, by the role that it asks for, as its context wants them."""
    asked = {f.properties["kies_persoon"] for f in form.input_fields() if "kies_persoon" in f.properties}
    if not asked:
        return {}
    roles = ctx.library.roles(ctx.tx)
    people = store.people.everyone(ctx.tx, municipality)
    return {
        forms.PEOPLE: {
            role: [
                {"value": p.id, "label": f"{p.name} ({p.function})" if p.function else p.name}
                for p in people
                if (role, municipality) in access.held_roles(p, roles)
            ]
            for role in asked
        }
    }


def _join_chosen(ctx: Context, case_id: int, form: Form, answers: Mapping[str, Any]) -> None:
    """Whom a form chose takes part in the case from now on, in the role that it chose them for."""
    for one in form.input_fields():
        role, chosen = one.properties.get("kies_persoon"), answers.get(one.key)
        if role and isinstance(chosen, str) and chosen:
            store.case_files.leave(ctx.tx, case_id, role)
            store.case_files.join(ctx.tx, case_id, chosen, role, ctx.now)


# --- reading ---------------------------------------------------------------------------------------------------


def listing(ctx: Context, status: str = "", limit: int = 50, offset: int = 0) -> tuple[CaseLine, ...]:
    """The cases that the actor may see, newest first."""
    return store.case_files.listing(ctx.tx, ctx.sight, status, limit, offset)


def case(ctx: Context, case_id: int) -> CaseView:
    """One case, as much of it as the actor may see."""
    seen = ctx.sight
    found = store.case_files.read(ctx.tx, case_id, seen)
    facts = store.case_files.facts(ctx.tx, found, seen)
    parts = access.parts(seen, facts)
    model = ctx.library.model(ctx.tx, found.version_id)
    history = store.case_files.history(ctx.tx, case_id)
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    registers = store.registers
    tx = ctx.tx
    members = store.case_files.participants(tx, case_id)
    people = {p.id: p for p in store.people.everyone(tx, found.municipality)}
    actors = {e.actor for e in history} | {id for id, _ in members} | {row.assignee for row in waiting}
    running = found.status == "lopend"
    return CaseView(
        id=case_id,
        title=_shown_title(found, facts),
        root=model.definition.id,
        municipality=found.municipality,
        status=found.status,
        started_at=found.started_at,
        ended_at=found.ended_at,
        end_reason=found.end_reason,
        settings=model.definition.settings,
        parts=parts,
        processes=_progress(model.definition, history, waiting, "veiligheid" in parts),
        tasks=tuple((row, may) for row in waiting if "zien" in (may := access.may(seen, facts, row.facts))),
        goals=_goals(found.document) if "doelen" in parts else (),
        participants=tuple(
            (people.get(id) or Person(id, ""), role)
            for id, role in members
            if "betrokken" in parts and (role != SAFETY or "veiligheid" in parts)
        ),
        consents=registers.consents(tx, case_id) if "toestemming" in parts else (),
        meetings=registers.meetings(tx, case_id) if "overleg" in parts else (),
        agreements=_agreements(registers.agreements(tx, case_id), seen, facts) if "afspraken" in parts else (),
        disclosures=_disclosures(model.definition, registers.disclosures(tx, case_id), parts),
        evaluations=registers.evaluations(tx, case_id) if "evaluatie" in parts else (),
        safety=registers.safety_file(tx, case_id) if "veiligheid" in parts else (),
        answers=_answers(ctx, model, found, history, facts, seen, parts),
        history=_shown(history, model.definition, facts, seen, parts),
        messages=_messages(model, found, facts, seen, ctx.now) if running else (),
        names=store.people.names(tx, {id for id in actors if id}),
        may_close=running and access.oversees(seen, facts),
    )


def _shown_title(found: CaseRow, facts: CaseFacts) -> str:
    """The family's name only for who takes part or where the family agreed, as in lists."""
    return found.title if found.shared or facts.part_as else f"Signaal {found.id}"


def _goals(document: Mapping[str, Any]) -> tuple[str, ...]:
    rows = document.get("gezinsdoelen")
    return tuple(str(row.get("doel", "")) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _agreements(rows: tuple[AgreementRow, ...], seen: Sight, facts: CaseFacts) -> tuple[AgreementRow, ...]:
    """All agreements for who keeps the overview; a partner sees the own ones."""
    if access.oversees(seen, facts) or "casusregisseur" in facts.part_as:
        return rows
    return tuple(row for row in rows if row.organisation == seen.organisation)


def _disclosures(
    definition: Definition, rows: tuple[DisclosureRow, ...], parts: frozenset[str]
) -> tuple[DisclosureRow, ...]:
    """What was shared; a report that the safety file led to is known to those who act in it."""
    return tuple(
        row
        for row in rows
        if ("veiligheid" if _of_safety(definition, *row.source.split("/")) else "verstrekking") in parts
    )


def _progress(
    definition: Definition, history: Iterable[EventRow], waiting: Sequence[TaskRow], safety: bool
) -> tuple[ProcessView, ...]:
    """How far each diagram is: which steps are done and which are open, with the calls that lead to them."""
    hidden = frozenset() if safety else _hidden_elements(definition)
    waiting = [row for row in waiting if safety or not row.safety]
    done: dict[str, set[str]] = {}
    for event in history:
        for place, element, what, *_ in event.detail.get("stappen", ()):
            if what == "klaar" and (place, element) not in hidden:
                done.setdefault(place, set()).add(element)
    current: dict[str, set[str]] = {}
    for row in waiting:
        current.setdefault(row.process, set()).add(row.element)
    for _ in definition.processes:
        for place in definition.processes.values():
            calls = {e.id for e in place.elements.values() if e.kind == "callActivity" and current.get(e.called)}
            if calls:
                current.setdefault(place.id, set()).update(calls)
    return tuple(
        ProcessView(
            place,
            frozenset(done.get(place.id, ())) - frozenset(current.get(place.id, ())),
            frozenset(current.get(place.id, ())),
        )
        for place in definition.processes.values()
        if safety or place.id != SAFETY
    )


def _hidden_elements(definition: Definition) -> frozenset[tuple[str, str]]:
    """What on the other diagrams would tell that there is a safety file: the call to it and the handler around it."""
    found: set[tuple[str, str]] = set()
    for place in definition.processes.values():
        for call in (e for e in place.elements.values() if e.called == SAFETY):
            found.add((place.id, call.id))
            if call.parent and place.elements[call.parent].by_event:
                inside = (e.id for e in place.elements.values() if e.parent == call.parent)
                found |= {(place.id, id) for id in (call.parent, *inside)}
    return frozenset(found)


def _of_safety(definition: Definition, process_id: str, element_id: str) -> bool:
    """Whether a step belongs to the safety file."""
    if process_id == SAFETY:
        return True
    element = definition.processes[process_id].elements.get(element_id) if process_id in definition.processes else None
    return element is not None and _is_safety(element)


def _answers(
    ctx: Context,
    model: Model,
    found: CaseRow,
    history: Iterable[EventRow],
    facts: CaseFacts,
    seen: Sight,
    parts: frozenset[str],
) -> tuple[AnswerSet, ...]:
    """The answers of the steps that this person may see: those of the own roles; who oversees sees all but safety."""
    latest: dict[tuple[str, str, str], EventRow] = {}
    private: set[str] = set()  # keys that the safety file wrote last
    for event in history:
        if event.kind in ("afgerond", "gecorrigeerd"):
            written = set(event.detail.get("velden", ()))
            private = private | written if event.process == SAFETY else private - written
        if event.kind == "afgerond":
            latest[(event.process, event.element, event.item)] = event
    others = _agreements_of_others(ctx, found, facts, seen)
    shown = []
    for event in latest.values():
        element = model.definition.element(event.process, event.element)
        if not ("antwoorden" in parts or "veiligheid" in parts) or not _reads(seen, facts, element):
            continue
        if event.item in others:
            continue
        form = _form(model.definition, element)
        document = found.document
        if not _is_safety(element):
            document = {key: value for key, value in document.items() if key not in private}
        source = (process.find_item(document, event.item) or {}) if event.item else document
        values = {key: source[key] for key in _keys(form) if source.get(key) not in (None, "", [])}
        context = _context(model, document, event.item, form) | _people(ctx, form, found.municipality)
        shown.append(AnswerSet(event.process, element, event.at, event.actor, form, values, context, event.item))
    return tuple(shown)


def _agreements_of_others(ctx: Context, found: CaseRow, facts: CaseFacts, seen: Sight) -> frozenset[str]:
    """The agreements that this person does not see, and so not what was answered about them either."""
    rows = store.registers.agreements(ctx.tx, found.id)
    return frozenset(row.item for row in rows) - {row.item for row in _agreements(rows, seen, facts)}


def _shown(
    history: Iterable[EventRow], definition: Definition, facts: CaseFacts, seen: Sight, parts: frozenset[str]
) -> tuple[EventRow, ...]:
    """What happened, as far as this person may know: without the safety file, and what was corrected only for who
    may read the answers.
    """
    hidden = _hidden_elements(definition)
    shown = []
    for event in history:
        safe = _of_safety(definition, event.process, event.element) or event.detail.get("naam") == UNSAFE
        if ("veiligheid" if safe else "historie") not in parts:
            continue
        detail = dict(event.detail)
        if "veiligheid" not in parts:
            detail["stappen"] = [s for s in detail.get("stappen", ()) if s[0] != SAFETY and (s[0], s[1]) not in hidden]
        if event.kind == "gecorrigeerd" and not _reads(seen, facts, definition.element(event.process, event.element)):
            detail = {name: value for name, value in detail.items() if name not in ("was", "reden")}
        shown.append(replace(event, detail=detail))
    return tuple(shown)


def _messages(model: Model, found: CaseRow, facts: CaseFacts, seen: Sight, now: datetime) -> tuple[MessageOption, ...]:
    """What this person may tell the case now."""
    own = access.roles_in(seen, facts)
    shown = []
    for element in process.awaited(model, found.state, found.document, now):
        allowed = {role.strip() for role in element.properties.get("rollen", "").split(",") if role.strip()}
        if element.event is not None and (not allowed or own & allowed):
            properties = element.properties
            shown.append(
                MessageOption(
                    element.event.name,
                    properties.get("titel", element.name),
                    properties.get("uitleg", ""),
                    element,
                )
            )
    return tuple(shown)


def _known(definition: Definition, process_id: str, element_id: str) -> Element:
    try:
        return definition.element(process_id, element_id)
    except KeyError as error:
        raise NotFoundError("Deze stap bestaat niet in deze casus.") from error


def _today(now: datetime) -> str:
    return now.astimezone(deadlines.ZONE).date().isoformat()

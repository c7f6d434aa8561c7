"""Writing what a move led to: state, worklist, history, registers and timers, all in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from engine import deadlines, process, store
from engine.cases.asking import is_safety
from engine.cases.context import Context
from engine.definitions import Deadline, Definition, Element, Settings, Since
from engine.definitions.registers import REGISTERS
from engine.errors import ProcessError
from engine.forms import Form, Holds
from engine.process import Model, OpenTask, Outcome
from engine.store.case_files import CaseRow
from engine.store.registers import Entry
from engine.store.tasks import TaskRow
from engine.words import Answer, CaseStatus, Happening, Job, Register, TaskStatus


def apply(
    ctx: Context,
    model: Model,
    case: CaseRow,
    waiting: Sequence[TaskRow],
    outcome: Outcome,
    event: Mapping[str, Any],
    entries: Iterable[Entry],
) -> tuple[int, ...]:
    """Write everything that a move led to; gives the ids of the tasks that it opened.

    Raises ProcessError where an error of the diagram is caught nowhere: no case is cut off without a word.
    """
    if outcome.fault:
        raise ProcessError(f"In het diagram gaat iets mis wat nergens wordt opgevangen: '{outcome.fault}'.")
    actor = ctx.actor.id or None
    entries = tuple(entries)
    still = {task.key for task in outcome.open}
    gone = [row.id for row in waiting if row.key not in still]
    store.tasks.end(ctx.tx, gone, TaskStatus.LAPSED, actor)
    before = {row.key for row in waiting}
    fresh = [task for task in outcome.open if task.key not in before]
    ids = store.tasks.add(ctx.tx, [_task_columns(ctx, model, case, outcome.document, task) for task in fresh])
    _move_deadlines(ctx, model, case, outcome, waiting)
    steps = [[n.process, n.element, n.what, n.item] for n in outcome.notes]
    detail = {**event.get("detail", {}), "stappen": steps, "pijlen": [list(f) for f in outcome.flows]}
    store.case_files.happened(ctx.tx, case.id, ctx.now, [{**event, "detail": detail}], actor)
    store.registers.record(ctx.tx, case.id, entries, actor, ctx.now)
    if any(entry.register == Register.AGREEMENT for entry in entries):
        store.registers.keep(ctx.tx, case.id, _row_ids(outcome.document))
    broken_off = {row.item for row in waiting if row.item and row.id in gone} - {task.item for task in outcome.open}
    if outcome.ended or broken_off:
        store.registers.lapse(ctx.tx, case.id, None if outcome.ended else broken_off)
    store.jobs.plan(ctx.tx, Job.CLOCK, case.id, outcome.due)
    case = replace(
        case,
        state=outcome.state,
        document=outcome.document,
        title=_title(model.definition, outcome.document),
        shared=case.shared or _shares(model.definition, entries),
    )
    if outcome.ended:
        case = replace(case, state="", status=CaseStatus.COMPLETED, ended_at=ctx.now)
    store.case_files.save(ctx.tx, case)
    return tuple(ids)


def _row_ids(document: Mapping[str, Any]) -> set[str]:
    """The ids of all rows of all lists that a case knows."""
    lists = (value for value in document.values() if isinstance(value, list))
    return {str(row["id"]) for rows in lists for row in rows if isinstance(row, dict) and "id" in row}


def _shares(definition: Definition, entries: Iterable[Entry]) -> bool:
    """Whether the family agreed by this move that others know of it. A process without consent has no secret."""
    if any(e.register == Register.CONSENT and e.values.get("besluit") == Answer.YES for e in entries):
        return True
    asked = {e.properties.get("register") for p in definition.processes.values() for e in p.user_tasks}
    return Register.CONSENT not in asked


def _title(definition: Definition, document: Mapping[str, Any]) -> str:
    title = document.get(definition.root.properties.get("titel", "gezin_naam"))
    return str(title) if title else definition.root.title


def _task_columns(
    ctx: Context, model: Model, case: CaseRow, document: Mapping[str, Any], opened: OpenTask
) -> tuple[dict[str, Any], tuple[str, ...]]:
    element = model.definition.element(opened.process, opened.element)
    item = process.find_item(document, opened.item) if opened.item else None
    values = {
        "case_id": case.id,
        "key": opened.key,
        "root": case.process,
        "process": opened.process,
        "element": opened.element,
        "item": opened.item,
        "title": element.name,
        "subject": _subject(item),
        "municipality": case.municipality,
        "phase": element.properties.get("fase", opened.process),
        "organisation": opened.organisation,
        "safety": is_safety(element),
        "opened_at": ctx.now,
        "deadline": _deadline(
            _term(model.definition.settings, element, opened.urgent), case.started_at, document, item, ctx.now
        ),
        "assignee": _assignee(element, document),
    }
    return values, element.roles


def _subject(item: Mapping[str, Any] | None) -> str:
    """What the loop item of a task is about, in its own words."""
    texts = (str(value) for key, value in (item or {}).items() if key != "id" and isinstance(value, str) and value)
    return next(texts, "")


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
    begin = started_at if term.counts_from == Since.CASE else opened_at
    if term.follows_answer:
        value = (item or {}).get(term.counts_from) or document.get(term.counts_from)
        with suppress(ValueError):  # as long as no day was answered, it counts from when the task opened
            begin = deadlines.end_of_day(date.fromisoformat(str(value)[:10]))
    return deadlines.due(begin, term.duration)


def _move_deadlines(ctx: Context, model: Model, case: CaseRow, outcome: Outcome, waiting: Sequence[TaskRow]) -> None:
    """Deadlines follow the answers that they rest on: the date that they count from, or what makes haste."""
    settings = model.definition.settings
    urgent = {task.key: task.urgent for task in outcome.open}
    for row in waiting:
        element = model.definition.element(row.process, row.element)
        term = _term(settings, element, urgent.get(row.key, False))
        if row.key not in urgent or term is None:
            continue
        if not term.follows_answer and "spoed_als" not in element.properties:
            continue
        item = process.find_item(outcome.document, row.item) if row.item else None
        moved = _deadline(term, case.started_at, outcome.document, item, row.opened_at)
        if moved != row.deadline:
            store.tasks.move_deadline(ctx.tx, row.id, moved)


def register_entries(
    element: Element, form: Form, answers: Mapping[str, Any], document: Mapping[str, Any], item: str
) -> tuple[Entry, ...]:
    """What a completed form gives its register: a row for each row of its list, else one row."""
    register = element.properties.get("register", "")
    if register not in REGISTERS:
        return ()
    single: dict[str, Any] = {}
    rows: list[Entry] = []
    for field in form.input_fields():
        if field.type.holds is Holds.ROWS:
            columns = {part.properties["register"]: part.key for part in field.fields if "register" in part.properties}
            source = (process.find_item(document, item) or {}) if item else document
            for row in source.get(field.key) or () if columns and field.key in answers else ():
                values = {column: row.get(key) for column, key in columns.items()}
                rows.append(Entry(register, values, element.properties, str(row.get("id", ""))))
        elif "register" in field.properties and field.key in answers:  # what was not asked stays as it is
            single[field.properties["register"]] = answers.get(field.key)
    if not rows and any(value not in (None, "", []) for value in single.values()):
        rows = [Entry(register, {}, element.properties, item)]
    return tuple(replace(row, values={**single, **row.values}, source=source_of(element)) for row in rows)


def source_of(element: Element) -> str:
    """How a register names the step that it has something from."""
    return f"{element.process}/{element.id}"


def join_chosen(ctx: Context, definition: Definition, case_id: int, form: Form, answers: Mapping[str, Any]) -> None:
    """Whom a form chose takes part in the case from now on, in the role that it chose them for, and gets what waits
    for that role on the name of who had it before.
    """
    for field in form.input_fields():
        role, chosen = field.properties.get("kies_persoon"), answers.get(field.key)
        if role and isinstance(chosen, str) and chosen:
            had = {id for id, held in store.case_files.participants(ctx.tx, case_id) if held == role} - {chosen}
            store.case_files.leave(ctx.tx, case_id, role)
            store.case_files.join(ctx.tx, case_id, chosen, role, ctx.now)
            for row in store.tasks.open_tasks(ctx.tx, case_id) if had else ():
                meant = definition.element(row.process, row.element).roles[:1] == (role,)
                if meant and row.assignee in had and not row.safety:
                    store.tasks.assign(ctx.tx, row.id, chosen)


def completed_event(element: Element, item: str, clean: Mapping[str, Any]) -> dict[str, Any]:
    """The event that a step was completed, with the fields that it answered; never their values."""
    detail: dict[str, Any] = {"velden": sorted(clean)}
    if element.properties.get("namens"):
        detail["namens"] = element.properties["namens"]
    return {
        "kind": Happening.COMPLETED,
        "process": element.process,
        "element": element.id,
        "item": item,
        "detail": detail,
    }

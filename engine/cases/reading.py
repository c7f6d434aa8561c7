"""Worklists, tasks and cases as one person may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import access, consent, process, store
from engine.access import CaseFacts, Parts, Person, Sight
from engine.cases.asking import context_of, form_of, is_safety, keys_of, people_for, shown_document
from engine.cases.context import Context
from engine.cases.locks import may_read, open_task
from engine.cases.views import AnswerSet, CaseView, MessageOption, ProcessView, TaskView
from engine.definitions import Definition, Element
from engine.definitions.kinds import EventKind, Kind
from engine.definitions.registers import REGISTERS, AgreementRow, DisclosureRow
from engine.process import Model
from engine.store.case_files import CaseLine, CaseRow, EventRow
from engine.store.tasks import Filter, Listing, TaskRow
from engine.words import CaseStatus, Happening, Message, Part, Passage, Phase, Register, RoleId, Verb


def worklist(ctx: Context, chosen: Filter) -> Listing:
    """One page of a worklist."""
    return store.tasks.listing(ctx.tx, ctx.sight, chosen, ctx.now)


def task(ctx: Context, task_id: int) -> TaskView:
    """One open task. Raises ConflictError, saying who did it, where it is no longer open."""
    opened = open_task(ctx, task_id, lock=False)
    row, case, definition = opened.row, opened.case, opened.model.definition
    form = form_of(definition, opened.element)
    document = shown_document(definition, opened.element, case.document)
    if not opened.may & {Verb.CLAIM, Verb.COMPLETE}:
        document = {}  # who may only see that there is a task, learns nothing of the family from it
    context = context_of(opened.model, document, row.item, form) | people_for(ctx, form, case.municipality)
    source = process.find_item(document, row.item) or {} if row.item else document
    able: tuple[Person, ...] = ()
    if Verb.REASSIGN in opened.may:
        named = consent.named_organisations(store.registers.consents(ctx.tx, case.id), ctx.now)
        people = store.people.everyone(ctx.tx, case.municipality)
        able = access.candidates(people, row.facts, case.municipality, named, definition.settings.roles)
    return TaskView(
        id=row.id,
        case_id=case.id,
        case_title=store.case_files.title(ctx.tx, case.id, ctx.sight),
        version=row.revision,
        root=definition.id,
        settings=definition.settings,
        process=definition.processes[row.process],
        element=opened.element,
        form=form,
        values={key: source[key] for key in keys_of(form) if source.get(key) is not None},
        context=context,
        subject=row.subject,
        deadline=row.deadline,
        overdue=row.deadline is not None and row.deadline < ctx.now,
        assignee=store.people.one(ctx.tx, row.assignee) if row.assignee else None,
        may=opened.may,
        candidates=able,
    )


def listing(ctx: Context, status: str = "", limit: int = 50, offset: int = 0, search: str = "") -> tuple[CaseLine, ...]:
    """The cases that the actor may see, newest first."""
    return store.case_files.listing(ctx.tx, ctx.sight, status, limit, offset, search)


def case(ctx: Context, case_id: int) -> CaseView:
    """One case, as much of it as the actor may see."""
    seen = ctx.sight
    case = store.case_files.read(ctx.tx, case_id, seen)
    facts = store.case_files.facts(ctx.tx, case, seen)
    parts = access.parts(seen, facts)
    model = ctx.library.model(ctx.tx, case.version_id)
    history = store.case_files.history(ctx.tx, case_id)
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    tx = ctx.tx
    members = store.case_files.participants(tx, case_id)
    people = {p.id: p for p in store.people.everyone(tx, case.municipality)}
    actors = {e.actor for e in history} | {id for id, _ in members} | {row.assignee for row in waiting}
    running = case.status == CaseStatus.RUNNING
    return CaseView(
        id=case_id,
        title=store.case_files.title(tx, case_id, seen),
        root=model.definition.id,
        municipality=case.municipality,
        status=case.status,
        started_at=case.started_at,
        ended_at=case.ended_at,
        end_reason=case.end_reason,
        settings=model.definition.settings,
        parts=parts,
        processes=_progress(model.definition, history, waiting, Register.SAFETY in parts),
        tasks=tuple((row, may) for row in waiting if Verb.SEE in (may := access.may(seen, facts, row.facts))),
        goals=_goals(case.document) if Part.GOALS in parts else (),
        participants=tuple(
            (people.get(id) or Person(id, ""), role)
            for id, role in members
            if Part.INVOLVED in parts and (role != RoleId.SAFETY or Register.SAFETY in parts)
        ),
        consents=store.registers.consents(tx, case_id) if Register.CONSENT in parts else (),
        registers=_registers(ctx, model.definition, case_id, facts, parts),
        answers=_answers(ctx, model, case, history, facts, seen, parts),
        history=_shown(history, model.definition, facts, seen, parts),
        messages=messages_for(ctx, model, case, facts, seen, history) if running else (),
        names=store.people.names(tx, {id for id in actors if id}),
        may_close=running and access.oversees(seen, facts),
    )


def _goals(document: Mapping[str, Any]) -> tuple[str, ...]:
    rows = document.get("gezinsdoelen")
    return tuple(str(row.get("doel", "")) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _registers(
    ctx: Context, definition: Definition, case_id: int, facts: CaseFacts, parts: Parts
) -> dict[type, tuple[Any, ...]]:
    """The rows of each register as far as this person may see them, by their class; consents are read as a whole."""
    apart = {Register.CONSENT, Register.DISCLOSURE}
    shapes = [register.row for register in REGISTERS.values() if register.id in parts - apart]
    rows = {shape: store.registers.rows(ctx.tx, case_id, shape) for shape in shapes}
    if AgreementRow in rows:
        rows[AgreementRow] = _agreements(rows[AgreementRow], ctx.sight, facts)
    disclosures = store.registers.rows(ctx.tx, case_id, DisclosureRow)
    return {**rows, DisclosureRow: _disclosures(definition, disclosures, parts)}


def _agreements(rows: tuple[AgreementRow, ...], seen: Sight, facts: CaseFacts) -> tuple[AgreementRow, ...]:
    """All agreements for who keeps the overview; a partner sees the own ones."""
    if access.oversees(seen, facts) or RoleId.CASUSREGISSEUR in facts.part_as:
        return rows
    return tuple(row for row in rows if row.organisation == seen.organisation)


def _disclosures(definition: Definition, rows: tuple[DisclosureRow, ...], parts: Parts) -> tuple[DisclosureRow, ...]:
    """What was shared; a report that the safety file led to is known to those who act in it."""
    return tuple(
        row
        for row in rows
        if (Register.SAFETY if _of_safety(definition, *row.source.split("/")) else Register.DISCLOSURE) in parts
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
            if what == Passage.COMPLETED and (place, element) not in hidden:
                done.setdefault(place, set()).add(element)
    current: dict[str, set[str]] = {}
    for row in waiting:
        current.setdefault(row.process, set()).add(row.element)
    for _ in definition.processes:
        for place in definition.processes.values():
            calls = {e.id for e in place.elements.values() if e.kind == Kind.CALL_ACTIVITY and current.get(e.called)}
            if calls:
                current.setdefault(place.id, set()).update(calls)
    return tuple(
        ProcessView(
            place,
            frozenset(done.get(place.id, ())) - frozenset(current.get(place.id, ())),
            frozenset(current.get(place.id, ())),
        )
        for place in definition.processes.values()
        if safety or place.id != Phase.SAFETY
    )


def _hidden_elements(definition: Definition) -> frozenset[tuple[str, str]]:
    """What on the other diagrams would tell that there is a safety file: the call to it and the handler around it."""
    hidden: set[tuple[str, str]] = set()
    for place in definition.processes.values():
        for call in (e for e in place.elements.values() if e.called == Phase.SAFETY):
            hidden.add((place.id, call.id))
            if call.parent and place.elements[call.parent].by_event:
                inside = (e.id for e in place.elements.values() if e.parent == call.parent)
                hidden |= {(place.id, id) for id in (call.parent, *inside)}
    return frozenset(hidden)


def _of_safety(definition: Definition, process_id: str, element_id: str) -> bool:
    """Whether a step belongs to the safety file."""
    if process_id == Phase.SAFETY:
        return True
    element = definition.processes[process_id].elements.get(element_id) if process_id in definition.processes else None
    return element is not None and is_safety(element)


def _answers(
    ctx: Context,
    model: Model,
    case: CaseRow,
    history: Iterable[EventRow],
    facts: CaseFacts,
    seen: Sight,
    parts: Parts,
) -> tuple[AnswerSet, ...]:
    """The answers of the steps that this person may see: those of the own roles; who oversees sees all but safety."""
    latest: dict[tuple[str, str, str], EventRow] = {}
    private: set[str] = set()  # keys that the safety file wrote last
    for event in history:
        if event.kind in (Happening.COMPLETED, Happening.CORRECTED):
            written = set(event.detail.get("velden", ()))
            private = (
                private | written if _of_safety(model.definition, event.process, event.element) else private - written
            )
        if event.kind == Happening.COMPLETED:
            latest[(event.process, event.element, event.item)] = event
    others = _agreements_of_others(ctx, case, facts, seen)
    shown = []
    for event in latest.values():
        element = model.definition.element(event.process, event.element)
        if not parts & {Part.ANSWERS, Register.SAFETY} or not may_read(seen, facts, element):
            continue
        if event.item in others:
            continue
        form = form_of(model.definition, element)
        document = case.document
        if not is_safety(element):
            document = {key: value for key, value in document.items() if key not in private}
        source = (process.find_item(document, event.item) or {}) if event.item else document
        values = {key: source[key] for key in keys_of(form) if source.get(key) not in (None, "", [])}
        context = context_of(model, document, event.item, form) | people_for(ctx, form, case.municipality)
        shown.append(AnswerSet(event.process, element, event.at, event.actor, form, values, context, event.item))
    return tuple(shown)


def _agreements_of_others(ctx: Context, case: CaseRow, facts: CaseFacts, seen: Sight) -> frozenset[str]:
    """The agreements that this person does not see, and so not what was answered about them either."""
    rows = store.registers.rows(ctx.tx, case.id, AgreementRow)
    return frozenset(row.item for row in rows) - {row.item for row in _agreements(rows, seen, facts)}


def _shown(
    history: Iterable[EventRow], definition: Definition, facts: CaseFacts, seen: Sight, parts: Parts
) -> tuple[EventRow, ...]:
    """What happened, as far as this person may know: without the safety file, and what was corrected only for who
    may read the answers.
    """
    hidden = _hidden_elements(definition)
    shown = []
    for event in history:
        danger = event.detail.get("naam") == Message.ACUTE_DANGER
        safety = danger or _of_safety(definition, event.process, event.element)
        if (Register.SAFETY if safety else Part.HISTORY) not in parts:
            continue
        detail = dict(event.detail)
        if Register.SAFETY not in parts:
            steps = (step for step in detail.get("stappen", ()) if step[0] != Phase.SAFETY)
            detail["stappen"] = [step for step in steps if (step[0], step[1]) not in hidden]
        corrected = event.kind == Happening.CORRECTED
        if corrected and not may_read(seen, facts, definition.element(event.process, event.element)):
            detail = {name: value for name, value in detail.items() if name not in ("was", "reden")}
        shown.append(replace(event, detail=detail))
    return tuple(shown)


def _tellers(definition: Definition, name: str) -> tuple[Element, ...]:
    """Where the diagrams listen to a message."""
    return tuple(
        element
        for place in definition.processes.values()
        for element in place.elements.values()
        if element.event is not None and (element.event_kind, element.event.name) == (EventKind.MESSAGE, name)
    )


def _to_tell(ctx: Context, model: Model, case: CaseRow, history: Iterable[EventRow]) -> Iterable[Element]:
    """What may be told to the case now, by whomever. Danger may be told at any time: a button that went away would
    tell everybody that somebody told it before. Withdrawing consent is not spoken of before a step asked for it; from
    then on it may be told as long as any consent is in force, also where the diagrams don't wait for it.
    """
    definition = model.definition
    danger, withdrawal = Message.ACUTE_DANGER, Message.CONSENT_WITHDRAWN
    awaited = process.awaited(model, case.state, case.document, ctx.now)
    names = {element.event.name for element in awaited if element.event}
    if danger not in names:
        awaited = (*awaited, *_tellers(definition, danger))
    done = (definition.element(event.process, event.element) for event in history if event.kind == Happening.COMPLETED)
    if not any(step.properties.get("register") == Register.CONSENT for step in done):
        return (element for element in awaited if element.event and element.event.name != withdrawal)
    if withdrawal not in names and any(c.in_force(ctx.now) for c in store.registers.consents(ctx.tx, case.id)):
        return (*awaited, *_tellers(definition, withdrawal))
    return awaited


def messages_for(
    ctx: Context, model: Model, case: CaseRow, facts: CaseFacts, seen: Sight, history: Iterable[EventRow]
) -> tuple[MessageOption, ...]:
    """What this person may tell the case now."""
    own = access.roles_in(seen, facts)
    shown = []
    for element in _to_tell(ctx, model, case, history):
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

"""Writing what a move led to: state, worklist, history, registers and timers, all in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from engine import access, consent, deadlines, forms, process, store
from engine.access import Need
from engine.cases import announcing, retention, telling_back
from engine.cases.asking import circle_of, circle_role, form_of, name_of_row, shown_names, title_key
from engine.cases.context import Context, sight_of
from engine.cases.known import Known, purpose_of
from engine.consent import HANDED
from engine.definitions import Deadline, Definition, Element, Settings, Since
from engine.definitions.registers import Entry
from engine.errors import ProcessError
from engine.forms import Form
from engine.process import Model, OpenTask, Outcome
from engine.store.answers import Answered
from engine.store.case_files import CaseRow
from engine.store.searching import Found
from engine.store.tasks import TaskRow
from engine.words import CaseStatus, Happening, Job, KnownData, Register, TaskStatus, Verb

WHAT = "wat"
"""The column of a register that says what is agreed."""


@dataclass(frozen=True)
class Kept:
    """What a step answered, to be kept: about the row `item` of a list, or in the stead of what it `corrects`."""

    element: Element
    item: str
    clean: Mapping[str, Any]
    corrects: Answered | None = None


def apply(
    ctx: Context,
    model: Model,
    case: CaseRow,
    waiting: Sequence[TaskRow],
    outcome: Outcome,
    event: Mapping[str, Any],
    entries: Iterable[Entry],
    keep: Kept | None = None,
    withdrawn: bool = False,
    timed: bool = True,
) -> tuple[int, ...]:
    """Write everything that a move led to, with what the step answered; gives the ids of the tasks that it opened.
    `withdrawn` says that consent was taken back besides, and `timed` that a clock may run for the case till now.

    Raises ProcessError where an error of the diagram is caught nowhere: no case is cut off without a word.
    """
    if outcome.fault:
        raise ProcessError(f"In het diagram gaat iets mis wat nergens wordt opgevangen: '{outcome.fault}'.")
    actor = ctx.actor.id or None
    entries = tuple(entries)
    over = case.status != CaseStatus.RUNNING
    if over:  # what nobody knows of goes on unseen; of the rest nothing does
        outcome = replace(outcome, open=tuple(task for task in outcome.open if _in_circle(model, task)))
    still = {task.key for task in outcome.open}
    gone = [row for row in waiting if row.key not in still]
    store.tasks.end(ctx.tx, gone, TaskStatus.LAPSED, actor)
    before = {row.key for row in waiting}
    fresh = [task for task in outcome.open if task.key not in before]
    ids = store.tasks.add(ctx.tx, [_task_columns(ctx, model, case, outcome.document, task) for task in fresh])
    _move_deadlines(ctx, model, case, outcome, waiting)
    passed = tuple((n.process, n.element, n.what, n.item) for n in outcome.notes)
    ctx.happened(case.id, {**event, "passed": passed})
    store.registers.record(ctx.tx, case.id, entries, actor, ctx.now)
    answers = store.answers.of_case(ctx.tx, case.id)
    if keep is not None:
        answers = _keep(ctx, model.definition, case.id, keep, outcome.document, answers)
    if any(entry.register == Register.AGREEMENT for entry in entries):
        store.registers.keep(ctx.tx, case.id, _row_ids(outcome.document))
    broken_off = {row.item for row in waiting if row.item and row.key not in still} - {
        task.item for task in outcome.open
    }
    if outcome.ended or broken_off:
        store.registers.lapse(ctx.tx, case.id, None if outcome.ended else broken_off)
    if timed or outcome.due is not None:
        store.jobs.plan(ctx.tx, Job.CLOCK, case.id, None if case.paused_at else outcome.due)
    case = replace(case, state=outcome.state, document=outcome.document)
    unseen = outcome.besides and all(_in_circle(model, task) for task in outcome.open)
    if (outcome.ended or unseen) and not over:  # that a file goes on which nobody knows of must not show
        case = replace(case, status=CaseStatus.COMPLETED, ended_at=ctx.now)
    if outcome.ended or (case.status != CaseStatus.RUNNING and not outcome.open):
        case = replace(case, state="")
        if case.status == CaseStatus.REMOVED:  # what its last safety file still needed of the signal
            case = replace(case, document={process.PLACE: case.municipality})
        store.jobs.plan(ctx.tx, Job.CLOCK, case.id, None)
    spoke = any(entry.register in (Register.FAMILY, Register.CONSENT) for entry in entries)
    agreed = bool(keep and keep.corrects) or any(entry.register == Register.AGREEMENT for entry in entries)
    tells_back = keep is not None and telling_back.arranges(keep.element)
    opened_anew(ctx, model, case, spoke or case.status != CaseStatus.RUNNING or withdrawn, answers, agreed, tells_back)
    return tuple(ids)


def opened_anew(
    ctx: Context,
    model: Model,
    case: CaseRow,
    heard: bool = True,
    answers: tuple[Answered, ...] | None = None,
    agreed: bool = True,
    tells_back: bool = False,
) -> CaseRow:
    """Write the case as it is now, and let what the family said by now decide: what is open to whom, whether the gate
    is, whose name the case bears, and what each open task shows. Who may not read any more what a task shows, has lost
    it. Unless something was `heard` of the family or the case ended, what is open stays as it was. `answers` are all
    that were given by now, where they were read already; `agreed` says that agreements may say something else,
    `tells_back` that who signalled was told how it goes.
    """
    definition = model.definition
    known = Known(definition, case.document, store.answers.of_case(ctx.tx, case.id) if answers is None else answers)
    case = _named(definition, known, case)
    if case.paused_at and case.status != CaseStatus.RUNNING:
        store.jobs.plan(ctx.tx, Job.RESUME, case.id, None)
        case = replace(case, paused_at=None, paused_until=None)
    if heard and case.guarded:
        case = _opened(ctx, definition, case)
        announcing.lapse(ctx, case)
    store.case_files.save(ctx.tx, case)
    if case.guarded and (heard or tells_back):
        telling_back.tell(ctx, case, known)
    if heard or case.name != case.found_by or known.last_is_found:
        store.searching.keep_words(ctx.tx, case.id, _found(known, case))
    if case.status != CaseStatus.RUNNING:
        retention.plan(ctx.tx, ctx.library, case)
    if case.guarded:
        if agreed:
            store.board.need(ctx.tx, case.id, _agreements(known))
        shows_more = _shown_by_tasks(ctx, known, definition, case.id)
        if heard or shows_more:
            take_back(ctx, case, store.tasks.open_tasks(ctx.tx, case.id))
            ask_for(ctx, case, store.tasks.open_tasks(ctx.tx, case.id))
    return case


def _opened(ctx: Context, definition: Definition, case: CaseRow) -> CaseRow:
    """Write what is open to whom by now; gives the case with its gate open or shut."""
    team = consent.team(definition.settings, case.municipality)
    family = store.registers.family(ctx.tx, case.id)
    answers = store.registers.said(ctx.tx, case.id)
    table = definition.settings.authority or consent.STANDARD
    opened = consent.openings(family, (said.consent for said in answers), table)
    agreed = consent.gate(opened, team)
    running = case.status == CaseStatus.RUNNING
    kept = (opened if running else consent.remembered(opened, team)) if agreed else frozenset()
    if not answers:  # nobody was asked in this round yet: the team knows whose case it was
        kept = store.registers.remembered(ctx.tx, case.id)
    if running and any(said.source == HANDED for said in answers):
        kept |= consent.handed(opened, team)
    store.registers.open_to(ctx.tx, case.id, kept)
    return replace(case, agreed=agreed)


def _shown_by_tasks(ctx: Context, known: Known, definition: Definition, case_id: int) -> bool:
    """Write what each open task shows by now; whether any shows something else than before."""
    changed = False
    for row in store.tasks.open_tasks(ctx.tx, case_id):
        needs = _needs(known, definition, definition.element(row.process, row.element), row.item)
        if needs != row.needs:
            store.answers.need(ctx.tx, row.id, needs)
            changed = True
    return changed


def _agreements(known: Known) -> dict[str, frozenset[Need]]:
    """What one must be able to read to know each agreement of the case, by the id of its row: what is agreed."""
    needs: dict[str, frozenset[Need]] = {}
    for item in sorted(_row_ids(known.document)):
        for value in known.row(item):
            source = value.source
            if source is None or source.field.properties.get("register") != WHAT:
                continue
            step = known.definition.element(source.answered.process, source.answered.element)
            if step.properties.get("register") == Register.AGREEMENT:
                needs[item] = known.needs((value,))
    return needs


def _in_circle(model: Model, task: OpenTask) -> bool:
    return bool(circle_of(model.definition.element(task.process, task.element), task.item))


def _needs(known: Known, definition: Definition, element: Element, item: str) -> frozenset[Need]:
    if circle_of(element, item):
        return frozenset()
    form = form_of(definition, element)
    names = shown_names(form, known.document, item)
    if element.properties.get("register") == Register.CONSENT:  # it is asked anew, whatever was said to others before
        names -= set(form.keys())
    needs = known.needs(known.values(names, item))
    return frozenset(need for need in needs if not (element.stops and need.kind == KnownData.CONTACT))


def take_back(ctx: Context, case: CaseRow, rows: Iterable[TaskRow]) -> None:
    """Open tasks of who may not do them any more look for somebody else."""
    for row in rows:
        if not row.assignee or row.circle:
            continue
        seen = sight_of(ctx.tx, ctx.library, store.people.one(ctx.tx, row.assignee))
        facts = store.case_files.facts(ctx.tx, case, seen)
        if Verb.COMPLETE not in access.may(seen, facts, row.facts):
            store.tasks.assign(ctx.tx, row.id, None, ctx.now)
            event = {"kind": Happening.TAKEN_BACK, "process": row.process, "element": row.element, "item": row.item}
            store.case_files.happened(ctx.tx, case.id, ctx.now, [event], None)


def ask_for(ctx: Context, case: CaseRow, rows: Iterable[TaskRow]) -> None:
    """Keep of open tasks whether nobody may do them, since nobody who might may read what they show: then the family
    has to be asked. It is looked at whenever that may change: what is open, what a task shows, who has it, who works
    here.
    """
    for row in rows:
        free = bool(row.needs) and not row.assignee and not row.circle
        asks = free and not _somebody_does(ctx, case, row)
        if asks != row.for_nobody:
            store.tasks.for_nobody(ctx.tx, row.id, asks)


def _somebody_does(ctx: Context, case: CaseRow, row: TaskRow) -> bool:
    """Whether somebody here may do a task that nobody has. Asked first are those in whose role it is."""
    people = store.people.everyone(ctx.tx, case.municipality)
    for person in sorted(people, key=lambda person: row.roles.isdisjoint(a.role for a in person.appointments)):
        seen = sight_of(ctx.tx, ctx.library, person)
        if Verb.COMPLETE in access.may(seen, store.case_files.facts(ctx.tx, case, seen), row.facts):
            return True
    return False


def _named(definition: Definition, known: Known, case: CaseRow) -> CaseRow:
    """The case with its title: whom of the family it names, and who wrote that."""
    title = next(iter(known.values((title_key(definition),))), None)
    if title is None:
        return replace(case, title=definition.root.title, named="", named_by="")
    source = title.source
    about = source.answered.about.get(source.name, ()) if source else ()
    return replace(
        case, title=str(title.answer), named=next(iter(about), ""), named_by=source.answered.actor if source else ""
    )


def _found(known: Known, case: CaseRow) -> Iterator[Found]:
    """By what a case is found: its name, and while it runs how to know and reach those of the family. Of one that was
    reopened or handed over the team may know the name on another ground than a yes of now, and nothing besides: what
    else it holds finds it not before the family is asked, or not at all.
    """
    yield Found(case.title, KnownData.CONTACT, case.named, case.named_by) if case.guarded else Found(case.title)
    handed_over = any(answered.purpose == HANDED for answered in known.answers)
    if case.guarded and case.status == CaseStatus.RUNNING and not handed_over and (case.agreed or not case.reopened):
        yield from known.found()


def _row_ids(document: Mapping[str, Any]) -> set[str]:
    """The ids of all rows of all lists that a case knows."""
    lists = (value for value in document.values() if isinstance(value, list))
    return {str(row["id"]) for rows in lists for row in rows if isinstance(row, dict) and "id" in row}


def _task_columns(
    ctx: Context, model: Model, case: CaseRow, document: Mapping[str, Any], opened: OpenTask
) -> tuple[dict[str, Any], tuple[str, ...]]:
    element = model.definition.element(opened.process, opened.element)
    item = process.find_item(document, opened.item) if opened.item else None
    circle = circle_of(element, opened.item)
    assignee = _assignee(element, {**document, **(item or {})})
    if circle and (assignee, circle) not in store.case_files.participants(ctx.tx, case.id):
        assignee = None  # having a task is no way into a circle
    term = _term(model.definition.settings, element, opened.urgent)
    deadline = _deadline(term, case.begun_at, document, item, ctx.now)
    resumes = None if circle else case.paused_until  # a task of a circle keeps its day
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
        "sorts": element.sorts,
        "circle": circle,
        "opened_at": ctx.now,
        "deadline": put_off(deadline, resumes - ctx.now) if deadline and resumes else deadline,
        "drawn_deadline": deadline if resumes else None,
        "assignee": assignee,
    }
    return values, element.roles


def put_off(deadline: datetime, by: timedelta) -> datetime:
    """A deadline so much later, at the same hour of the Dutch day."""
    local = deadline.astimezone(deadlines.ZONE)
    return (local.replace(tzinfo=None) + by).replace(tzinfo=deadlines.ZONE).astimezone(deadline.tzinfo)


def _subject(item: Mapping[str, Any] | None) -> str:
    """What the loop item of a task is about, in its own words."""
    key = name_of_row(item or {})
    return str((item or {})[key]) if key else ""


def _assignee(element: Element, document: Mapping[str, Any]) -> str | None:
    """Who gets a task when it opens: whom the diagram says, else who has its first role in this case."""
    key = element.given_to or (element.roles[0] if element.roles else "")
    value = document.get(key)
    return value if isinstance(value, str) and value else None


def _term(settings: Settings, element: Element, urgent: bool) -> Deadline | None:
    """The deadline that counts for a task: its own, or the shorter one where its condition for haste holds."""
    name = element.properties.get("termijn_spoed" if urgent else "termijn", "")
    return settings.deadlines.get(name)


def _deadline(
    term: Deadline | None,
    begun_at: datetime,
    document: Mapping[str, Any],
    item: Mapping[str, Any] | None,
    opened_at: datetime,
) -> datetime | None:
    if term is None:
        return None
    begin = begun_at if term.counts_from == Since.CASE else opened_at
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
        moved = _deadline(term, case.begun_at, outcome.document, item, row.opened_at)
        if moved != (row.drawn_deadline or row.deadline):
            store.tasks.move_deadline(ctx.tx, row.id, moved)


def join_chosen(
    ctx: Context,
    definition: Definition,
    case_id: int,
    form: Form,
    answers: Mapping[str, Any],
    item: str = "",
    before: Mapping[str, Any] | None = None,
) -> None:
    """Whom a form chose takes part in the case from now on, in the role that it chose them for, and gets what waits
    for that role on the name of who had it before. Where it chose who is in a circle, that of this row or of none, who
    was chosen `before` leaves.
    """
    for field in form.input_fields():
        role, chosen = next(iter(field.people), ""), answers.get(field.key)
        if role and isinstance(chosen, list):
            circle = circle_role(field.key, item)
            for person in set((before or {}).get(field.key) or ()) - set(chosen):
                store.case_files.leave(ctx.tx, case_id, circle, person)
            for person in chosen:
                store.case_files.join(ctx.tx, case_id, person, circle, ctx.now)
        elif role and isinstance(chosen, str) and chosen:
            had = {id for id, held in store.case_files.participants(ctx.tx, case_id) if held == role} - {chosen}
            store.case_files.leave(ctx.tx, case_id, role)
            store.case_files.join(ctx.tx, case_id, chosen, role, ctx.now)
            for row in store.tasks.open_tasks(ctx.tx, case_id) if had else ():
                meant = definition.element(row.process, row.element).roles[:1] == (role,)
                if meant and row.assignee in had and not row.circle:
                    store.tasks.assign(ctx.tx, row.id, chosen, ctx.now)


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


def _keep(
    ctx: Context,
    definition: Definition,
    case_id: int,
    keep: Kept,
    document: Mapping[str, Any],
    answers: tuple[Answered, ...],
) -> tuple[Answered, ...]:
    """Keep what a step answered, and about whom, beside the `answers` before it; gives all of them. `document` is what
    the case knows with these answers laid over it.
    """
    element, form = keep.element, form_of(definition, keep.element)
    said = dict(keep.corrects.values) if keep.corrects else {}
    values = said | as_kept(form, keep.item, keep.clean, document)
    family = store.registers.family(ctx.tx, case_id)
    before = keep.corrects.about if keep.corrects else None
    about = forms.about(form, values, lambda relation: consent.about(family, relation), before)
    if keep.corrects:
        store.answers.correct(ctx.tx, keep.corrects.id, values, about, ctx.actor.id)
        return store.answers.of_case(ctx.tx, case_id)
    purpose = purpose_of(element)
    said_now = Answered(0, element.process, element.id, keep.item, ctx.now, ctx.actor.id, "", purpose, values, about)
    return (*answers, store.answers.add(ctx.tx, case_id, said_now))


def as_kept(form: Form, item: str, clean: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with the ids that the rows of their lists got in the case."""
    source = (process.find_item(document, item) or {}) if item else document
    parts = {field.key: {part.key for part in forms.inputs(field.fields)} for field in form.input_fields()}
    return {
        key: [{name: row[name] for name in row if name == "id" or name in parts[key]} for row in source.get(key) or ()]
        if parts.get(key)
        else value
        for key, value in clean.items()
    }

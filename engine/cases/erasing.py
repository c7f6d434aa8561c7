"""Erasing what a case holds: all of it, or all but its safety files where these stay longer.

It is done by the clock when the term of the region is over. What stays is a row that says that it was done, when and on
what ground, with how many rows went; and the look-log, which holds no content.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from engine import process, store
from engine.access import Person
from engine.cases import retention
from engine.cases.asking import is_safety
from engine.cases.context import Context
from engine.cases.library import Library
from engine.cases.writing import opened_anew
from engine.definitions import Definition
from engine.store.case_files import CaseRow, EventRow
from engine.store.keeping import Request
from engine.words import CaseStatus, Erased, Happening, Job, Message

UNFINISHED = timedelta(days=7)
"""After so long is looked again whether a safety file that still runs has come to its end."""

WHY = "Gewist"
"""What a case says of its end that holds no more than a safety file."""


def forget(tx: store.Transaction, library: Library, case_id: int, now: datetime) -> None:
    """Erase what of a case has been kept long enough; done by the clock, so without an actor."""
    case = store.case_files.lock(tx, case_id, None)
    due, safety_due = retention.planned(tx, library, case), retention.safety_due(tx, library, case)
    if due is None:  # it runs again, or its region does not say any more how long it is kept
        return
    if due > now:
        store.jobs.plan(tx, Job.FORGET, case_id, due)
        return
    clock = Context(tx, library, Person("", "De klok"), now)
    definition = library.model(tx, case.version_id).definition
    if not _holds_safety(tx, definition, case):
        erase(clock, case)
    elif store.tasks.open_tasks(tx, case_id):  # a meldcode is never cut off
        store.jobs.plan(tx, Job.FORGET, case_id, now + UNFINISHED)
    elif safety_due is not None and safety_due <= now:
        erase(clock, case)
    else:
        if case.status != CaseStatus.REMOVED:
            _erase_all_but_safety(clock, definition, case)
        store.jobs.plan(tx, Job.FORGET, case_id, safety_due)


def erase(ctx: Context, case: CaseRow) -> None:
    """Erase a locked case with all that hangs on it, and let the night wipe it off the disk."""
    asked = _asked(ctx, case)
    rows = store.personal.erase(ctx.tx, case.id)
    store.personal.note(ctx.tx, case, Erased.WHOLE, rows, asked, ctx.now)
    store.jobs.plan_for_night(ctx.tx, Job.SCRUB, ctx.now)


def _asked(ctx: Context, case: CaseRow) -> Request | None:
    """What the family asked, where that and not the term is why a case is erased now."""
    asked, over = store.keeping.request_of(ctx.tx, case.id), retention.due(ctx.tx, ctx.library, case)
    return asked if asked and asked.due_at is not None and (over is None or over > ctx.now) else None


def _erase_all_but_safety(ctx: Context, definition: Definition, case: CaseRow) -> None:
    before, asked = store.personal.counts(ctx.tx, case.id), _asked(ctx, case)
    store.keeping.stop(ctx.tx, case.id)
    store.keeping.lift(ctx.tx, case.id)
    empty(ctx, definition, case)
    store.case_files.leave_all(ctx.tx, case.id)
    bare = replace(
        case, status=CaseStatus.REMOVED, end_reason=WHY, document={process.PLACE: case.municipality}, state=""
    )
    opened_anew(ctx, ctx.library.model(ctx.tx, case.version_id), bare)
    after = store.personal.counts(ctx.tx, case.id)
    gone = {table: number - after[table] for table, number in before.items()}
    store.personal.note(ctx.tx, case, Erased.ALL_BUT_SAFETY, gone, asked, ctx.now)
    store.jobs.plan_for_night(ctx.tx, Job.SCRUB, ctx.now)


def empty(ctx: Context, definition: Definition, case: CaseRow) -> None:
    """Erase what was told in a case, but for what its safety files wrote, and that it began."""
    answers = [
        answered.id
        for answered in store.answers.of_case(ctx.tx, case.id)
        if is_safety(definition.element(answered.process, answered.element))
    ]
    events = [event.id for event in store.case_files.history(ctx.tx, case.id) if _stays(definition, event)]
    store.case_files.empty(ctx.tx, case.id, answers, events)
    store.undo.forget(ctx.tx, case.id)
    store.drafts.forget(ctx.tx, case.id)


def _stays(definition: Definition, event: EventRow) -> bool:
    if event.kind == Happening.STARTED or event.detail.get("naam") == Message.ACUTE_DANGER:
        return True
    return bool(event.element) and is_safety(definition.element(event.process, event.element))


def _holds_safety(tx: store.Transaction, definition: Definition, case: CaseRow) -> bool:
    """Whether a case has a safety file, that runs or that was written."""
    if any(row.circle for row in store.tasks.open_tasks(tx, case.id)):
        return True
    return any(is_safety(definition.element(a.process, a.element)) for a in store.answers.of_case(tx, case.id))

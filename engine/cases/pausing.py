"""Letting things wait, with a reason: one task until another day, or a whole case for a while.

While a case stands still no clock of it goes on: what its drawing waits for comes later by exactly what the pause
lasted, and so do the deadlines of its tasks. What ends the whole case on a day, as two years after birth, and how long
it is kept aren't put off. A task of a circle keeps its day: nobody who pauses a case knows of it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine import access, deadlines, process, store
from engine.access import Person
from engine.cases import undoing
from engine.cases.context import Context
from engine.cases.library import Library
from engine.cases.locks import lock_case, open_task
from engine.cases.writing import apply, put_off
from engine.errors import ConflictError, InvalidDataError, NotAllowedError
from engine.store.case_files import CaseRow
from engine.words import CaseStatus, Happening, Job, Part, Verb

LONGEST = 90
"""For so many days a case can stand still in one go: who waits longer says so again."""


@dataclass(frozen=True)
class Pause:
    """A case as who may pause it sees it, and since and until when it stands still."""

    id: int
    title: str
    since: datetime | None
    until: datetime | None


def pausing(ctx: Context, case_id: int) -> Pause:
    """Whether a case stands still. Raises NotFoundError, or NotAllowedError for who may not decide that."""
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    _demand(ctx, case)
    title = store.case_files.title(ctx.tx, case_id, ctx.sight)
    return Pause(case_id, title, case.paused_at, case.paused_until)


def _demand(ctx: Context, case: CaseRow) -> None:
    facts = ctx.facts(case)
    if Part.HISTORY not in access.parts(ctx.sight, facts) or case.status != CaseStatus.RUNNING:
        raise NotAllowedError("Het Knooppuntteam en de casusregisseur zetten een traject op pauze, zolang het loopt.")


def pause(ctx: Context, case_id: int, until: date | None, reason: str) -> None:
    """Let a case stand still until the morning of a day, or until somebody lets it go on before. Raises as `pausing`
    does, ConflictError where it stands still already, InvalidDataError with what is wrong.
    """
    case, _, _ = lock_case(ctx, case_id)
    _demand(ctx, case)
    if case.paused_at:
        raise ConflictError("Dit traject staat al op pauze.", case_id=case_id)
    wrong = _why(reason)
    if until is None:
        wrong["tot"] = "Vul in op welke dag het weer verdergaat."
    elif not ctx.today < until <= ctx.today + timedelta(days=LONGEST):
        wrong["tot"] = f"Kies een dag na vandaag, hoogstens {LONGEST} dagen verder."
    if wrong or until is None:
        raise InvalidDataError("Deze pauze kan zo niet.", wrong)
    ends = datetime.combine(until, datetime.min.time(), deadlines.ZONE)
    _remember(ctx, case)
    _move_deadlines(ctx, case_id, ends - ctx.now)
    store.jobs.plan(ctx.tx, Job.CLOCK, case_id, None)
    store.jobs.plan(ctx.tx, Job.RESUME, case_id, ends)
    detail = {"tot": until.isoformat(), **_said(ctx, case_id, reason)}
    store.case_files.save(ctx.tx, replace(case, paused_at=ctx.now, paused_until=ends))
    ctx.happened(case_id, {"kind": Happening.PAUSED, "detail": detail})


def resume(ctx: Context, case_id: int, reason: str) -> None:
    """Let a case go on before its pause is over. Raises as `pause` does."""
    case, _, _ = lock_case(ctx, case_id)
    _demand(ctx, case)
    if not case.paused_at or not case.paused_until:
        raise ConflictError("Dit traject staat niet op pauze.", case_id=case_id)
    if wrong := _why(reason):
        raise InvalidDataError(wrong["reden"], wrong)
    _remember(ctx, case)
    _move_deadlines(ctx, case_id, ctx.now - case.paused_until)
    _go_on(ctx, case, (case.paused_at, ctx.now), _said(ctx, case_id, reason))


def resume_by_clock(tx: store.Transaction, library: Library, case_id: int, now: datetime) -> None:
    """Let a case go on since its pause is over, as if the clock had come by at that very moment."""
    case = store.case_files.lock(tx, case_id, None)
    if case.paused_at and case.paused_until:
        store.undo.forget(tx, case_id)
        clock = Context(tx, library, Person("", "De klok"), now)
        _go_on(clock, case, (case.paused_at, case.paused_until), {})


def _go_on(ctx: Context, case: CaseRow, lasted: tuple[datetime, datetime], said: dict[str, object]) -> None:
    """Let a case go on that stood still from one moment to another."""
    model = ctx.library.model(ctx.tx, case.version_id)
    outcome = process.put_off(model, case.state, case.document, lasted[1] - lasted[0], lasted[1])
    store.jobs.plan(ctx.tx, Job.RESUME, case.id, None)
    going = replace(case, paused_at=None, paused_until=None)
    event = {"kind": Happening.RESUMED, "detail": said}
    apply(ctx, model, going, store.tasks.open_tasks(ctx.tx, case.id), outcome, event, ())


def _move_deadlines(ctx: Context, case_id: int, by: timedelta) -> None:
    for row in store.tasks.open_tasks(ctx.tx, case_id):
        if row.deadline and not row.circle:
            moved = put_off(row.deadline, by)
            drawn = row.drawn_deadline or row.deadline
            store.tasks.move_deadline(ctx.tx, row.id, moved, None if moved == drawn else drawn)


def postpone(ctx: Context, task_id: int, until: date | None, reason: str) -> int:
    """Let an open task be due on another day, with the reason; by who may do it or give it to somebody. Gives the case.
    What its drawing does by its own clock goes on. Raises InvalidDataError with what is wrong, NotAllowedError.
    """
    opened = open_task(ctx, task_id, lock=True)
    if not opened.may & {Verb.COMPLETE, Verb.REASSIGN}:
        raise NotAllowedError("Deze taak kun je niet uitstellen.")
    row, case = opened.row, opened.case
    wrong = _why(reason)
    if until is None or until < ctx.today:
        wrong["dag"] = "Kies een dag vanaf vandaag."
    if wrong or until is None:
        raise InvalidDataError("Deze taak kan zo niet worden uitgesteld.", wrong)
    _remember(ctx, case)
    store.tasks.move_deadline(ctx.tx, row.id, deadlines.end_of_day(until), row.drawn_deadline or row.deadline)
    place = {"process": row.process, "element": row.element, "item": row.item}
    detail = {"tot": until.isoformat(), **_said(ctx, case.id, reason)}
    ctx.happened(case.id, {"kind": Happening.POSTPONED, **place, "detail": detail})
    return case.id


def _why(reason: str) -> dict[str, str]:
    return {} if reason.strip() else {"reden": "Schrijf op waarom."}


def _said(ctx: Context, case_id: int, reason: str) -> dict[str, object]:
    family = sorted(relative.id for relative in store.registers.family(ctx.tx, case_id))
    return {"reden": reason.strip(), "over": family}


def _remember(ctx: Context, case: CaseRow) -> None:
    undoing.remember(ctx, case, store.tasks.open_tasks(ctx.tx, case.id), store.undo.EVERYTHING)

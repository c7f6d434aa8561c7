"""The endpoints of the JSON API; `routes` holds all of them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, status

from api.request import IDEMPOTENCY_KEY, LONGEST_KEY, Routes, Visit
from api.v1.shapes import (
    PLACE,
    AgreementOut,
    AlikeOut,
    AssigneeIn,
    CaseDetailOut,
    CaseOut,
    CompleteIn,
    DefinitionOut,
    DoneOut,
    HandedOut,
    JoinIn,
    MessageIn,
    NoteIn,
    NoteOut,
    ReasonIn,
    RemovalIn,
    SearchIn,
    StartIn,
    TaskDetailOut,
    TaskOut,
    TasksOut,
    WithdrawIn,
    in_words_of_v1,
)
from engine import cases, deadlines, forms
from engine.definitions.registers import AgreementRow
from engine.errors import InvalidDataError, NotFoundError
from engine.words import TaskList

routes = Routes(prefix="/v1")
PAGE_SIZE = 50
ONCE = {
    "parameters": [
        {
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": False,
            "description": "A name of your own for this request: sent again within a day it makes nothing more, and is "
            "answered as the first time.",
            "schema": {"type": "string", "maxLength": LONGEST_KEY},
        }
    ]
}
"""What the description says of addresses that make something."""
TOLD = {"van": "toldBy", "op": "day", "voor": "about"}
"""What the questions before a message are called here."""


@routes.get("/tasks", tags=["taken"])
def list_tasks(
    visit: Visit,
    list_: Annotated[str, Query(alias="list")] = TaskList.MINE,
    phase: str = "",
    municipality: str = "",
    after: Annotated[str, PLACE] = "",
) -> TasksOut:
    """The open tasks that this person sees: mijn, rol, te-laat or alle."""
    listed = _tasks(visit, SearchIn(list=list_, phase=phase, municipality=municipality, after=after))
    link_next(visit, listed.next)
    return listed


def link_next(visit: Visit, place: str) -> None:
    """Say where the next page of a list is, with all else that was asked; nothing after the last one."""
    if place:
        address = visit.request.url.include_query_params(after=place)
        visit.headers["Link"] = f'<{address.path}?{address.query}>; rel="next"'


@routes.post("/tasks/search", tags=["taken"])
def search_tasks(visit: Visit, body: SearchIn) -> TasksOut:
    """The same, of those in which these words stand; a name belongs in no address, so they are sent as JSON."""
    return _tasks(visit, body)


def _tasks(visit: Visit, asked: SearchIn) -> TasksOut:
    after = cases.Place.read(asked.after)
    chosen = cases.Filter(asked.kind, asked.search, asked.phase, asked.municipality, PAGE_SIZE, after)
    listing = cases.worklist(visit.ctx, chosen)
    lines = tuple(
        TaskOut(
            id=line.task_id,
            case_id=line.case_id,
            case_title=line.case_title,
            title=line.title,
            subject=line.subject,
            process=line.process,
            element=line.element,
            phase=line.phase,
            roles=line.roles,
            municipality=line.municipality,
            deadline=line.deadline,
            assignee=line.assignee,
            version=line.revision,
            for_nobody=line.for_nobody,
        )
        for line in listing.lines
    )
    place = str(listing.next or "")
    return TasksOut(tasks=lines, more=bool(place), next=place, total=listing.total, counts=listing.counts)


@routes.get("/tasks/{task_id}", tags=["taken"])
def read_task(visit: Visit, task_id: int) -> TaskDetailOut:
    """One open task."""
    task = cases.task(visit.ctx, task_id)
    return TaskDetailOut(
        id=task.id,
        case_id=task.case_id,
        case_title=task.case_title,
        version=task.version,
        process=task.process.id,
        element=task.element.id,
        title=task.element.name,
        deadline=task.deadline,
        overdue=task.overdue,
        assignee=task.assignee.id if task.assignee else "",
        may=tuple(sorted(task.may)),
        form=forms.json_schema(task.form),
        values=task.values,
    )


@routes.post("/tasks/{task_id}/claim", tags=["taken"], status_code=status.HTTP_204_NO_CONTENT)
def claim_task(visit: Visit, task_id: int) -> None:
    """Take a task."""
    cases.claim(visit.ctx, task_id)


@routes.post("/tasks/{task_id}/release", tags=["taken"], status_code=status.HTTP_204_NO_CONTENT)
def release_task(visit: Visit, task_id: int) -> None:
    """Give a task back."""
    cases.release(visit.ctx, task_id)


@routes.post("/tasks/{task_id}/assignee", tags=["taken"], status_code=status.HTTP_204_NO_CONTENT)
def reassign_task(visit: Visit, task_id: int, body: AssigneeIn) -> None:
    """Give a task to somebody who may do it; for who keeps the overview."""
    cases.reassign(visit.ctx, task_id, body.person)


@routes.post("/tasks/{task_id}/complete", tags=["taken"])
def complete_task(visit: Visit, task_id: int, body: CompleteIn) -> DoneOut:
    """Complete a task with answers to its form."""
    done = cases.complete(visit.ctx, task_id, body.answers, body.version, body.seen)
    return DoneOut(case_id=done.case_id, opened=done.opened, ended=done.ended)


@routes.post("/tasks/{task_id}/skip", tags=["taken"])
def skip_task(visit: Visit, task_id: int, body: ReasonIn) -> DoneOut:
    """Go past a task that its drawing lets be skipped: it answers nothing."""
    done = cases.skip(visit.ctx, task_id, body.reason)
    return DoneOut(case_id=done.case_id, opened=done.opened, ended=done.ended)


@routes.get("/cases", tags=["casussen"])
def list_cases(
    visit: Visit,
    state: Annotated[str, Query(alias="status")] = "",
    after: Annotated[str, PLACE] = "",
) -> tuple[CaseOut, ...]:
    """The cases that this person may see, newest first."""
    listed = cases.listing(visit.ctx, cases.CaseFilter(state, limit=PAGE_SIZE, after=cases.Place.read(after)))
    link_next(visit, str(listed.rows[-1].place) if listed.more else "")
    return tuple(CaseOut.model_validate(line, from_attributes=True) for line in listed.rows)


@routes.post("/cases", tags=["casussen"], status_code=status.HTTP_201_CREATED, openapi_extra=ONCE)
def start_case(visit: Visit, body: StartIn) -> DoneOut:
    """Start a case."""
    done = cases.start(visit.ctx, body.process, body.municipality, body.answers)
    return DoneOut(case_id=done.case_id, opened=done.opened, ended=done.ended)


@routes.get("/cases/{case_id}", tags=["casussen"])
def read_case(visit: Visit, case_id: int) -> CaseDetailOut:
    """One case."""
    return _case_out(visit.now, cases.case(visit.ctx, case_id))


def _case_out(now: datetime, case: cases.CaseView) -> CaseDetailOut:
    today = now.astimezone(deadlines.ZONE).date()
    return CaseDetailOut(
        id=case.id,
        title=case.title,
        process=case.root,
        municipality=case.municipality,
        status=case.status,
        started_at=case.started_at,
        ended_at=case.ended_at,
        parts=tuple(sorted(case.parts)),
        goals=case.goals,
        agreements=tuple(
            AgreementOut(
                what=a.what,
                organisation=a.organisation,
                person=a.person,
                by_date=a.by_date,
                status=a.status,
                overdue=a.overdue(today),
            )
            for a in case.rows(AgreementRow)
        ),
        tasks=tuple(row.id for row, _ in case.tasks),
        messages=tuple(option.name for option in case.messages),
        undo_until=case.undoable.until if case.undoable else None,
        handed=tuple(HandedOut(said_at=row.said_at, question=row.question, answer=row.answer) for row in case.handed),
        alike=tuple(AlikeOut.model_validate(other, from_attributes=True) for other in case.alike),
    )


@routes.post("/cases/{case_id}/messages", tags=["casussen"], status_code=204, openapi_extra=ONCE)
def send_message(visit: Visit, case_id: int, body: MessageIn) -> None:
    """Tell a case that something happened, such as `gezin_verhuist`: who told it, on which day it was, and for whom."""
    answers = {"van": body.told_by, "op": body.day and body.day.isoformat(), "voor": list(body.about)}
    try:
        cases.message(visit.ctx, case_id, body.name, {key: value for key, value in answers.items() if value})
    except InvalidDataError as error:
        asked = {TOLD.get(key, key): sentence for key, sentence in error.fields.items()}
        raise InvalidDataError(error.message, asked) from error


@routes.post("/cases/{case_id}/withdrawals", tags=["casussen"], status_code=204, openapi_extra=ONCE)
def withdraw_consent(visit: Visit, case_id: int, body: WithdrawIn) -> None:
    """Record that somebody of the family takes back consent, wholly or in part."""
    cases.withdraw(visit.ctx, case_id, cases.Wish(body.person, body.organisation, body.kind))


@routes.post("/cases/{case_id}/rounds", tags=["casussen"], status_code=status.HTTP_201_CREATED, openapi_extra=ONCE)
def reopen_case(visit: Visit, case_id: int, body: ReasonIn) -> DoneOut:
    """Begin a new round of a case that ended, in the same dossier: consents are asked anew."""
    done = cases.reopen(visit.ctx, case_id, body.reason)
    return DoneOut(case_id=done.case_id, opened=done.opened, ended=done.ended)


@routes.post("/cases/{case_id}/closure", tags=["casussen"], status_code=status.HTTP_204_NO_CONTENT)
def close_case(visit: Visit, case_id: int, body: ReasonIn) -> None:
    """Close a case before its process ends, for who keeps the overview."""
    with in_words_of_v1():
        cases.close(visit.ctx, case_id, body.reason)


@routes.post("/cases/{case_id}/undo", tags=["casussen"], status_code=status.HTTP_204_NO_CONTENT)
def undo_act(visit: Visit, case_id: int) -> None:
    """Undo what this person did in a case last: within the hour, until something left the house or anything else
    happened there (`undoUntil`).
    """
    cases.undo(visit.ctx, case_id)


@routes.post("/cases/{case_id}/removal", tags=["casussen"], status_code=status.HTTP_204_NO_CONTENT)
def remove_signal(visit: Visit, case_id: int, body: RemovalIn) -> None:
    """Remove the own signal, with all that it says of a family, as long as nobody of the family was asked anything."""
    cases.remove(visit.ctx, case_id, body.reason)


@routes.post("/cases/{case_id}/join", tags=["casussen"], status_code=status.HTTP_204_NO_CONTENT)
def join_cases(visit: Visit, case_id: int, body: JoinIn) -> None:
    """End this case, since the family goes on in another one (`alike`). What was said here goes nowhere."""
    cases.join(visit.ctx, case_id, body.into)


@routes.post("/cases/{case_id}/notes", tags=["casussen"], status_code=204, openapi_extra=ONCE)
def add_note(visit: Visit, case_id: int, body: NoteIn) -> None:
    """Add a letter or note that came late, also to a case that ended. Who writes it reads it, and nobody else."""
    cases.add_note(visit.ctx, case_id, body.text)


@routes.get("/notes", tags=["casussen"])
def list_notes(visit: Visit) -> tuple[NoteOut, ...]:
    """What this person added to cases, the last first."""
    return tuple(NoteOut.model_validate(note, from_attributes=True) for note in cases.notes(visit.ctx))


@routes.get("/definitions", tags=["diagrammen"])
def list_definitions(visit: Visit) -> tuple[DefinitionOut, ...]:
    """The processes that are published here."""
    return tuple(_definition_out(model.definition) for model in visit.ctx.library.current(visit.tx))


@routes.get("/definitions/{region}/{process}", tags=["diagrammen"])
def read_definition(visit: Visit, region: str, process: str) -> DefinitionOut:
    """One published process of a region."""
    for model in visit.ctx.library.current(visit.tx):
        if (model.definition.settings.region, model.definition.id) == (region, process):
            return _definition_out(model.definition)
    raise NotFoundError("Dit proces is hier niet gepubliceerd.")


def _definition_out(definition: Any) -> DefinitionOut:
    return DefinitionOut(
        id=definition.id,
        region=definition.settings.region,
        version=definition.version,
        name=definition.root.name,
        processes=tuple(definition.processes),
    )

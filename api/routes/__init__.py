"""The JSON API, version 1: the same use cases as the pages, for other systems. `router` holds all of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.request import SignedIn
from engine import cases, deadlines, forms
from engine.errors import NotFoundError

router = APIRouter(prefix="/v1")
PAGE_SIZE = 50
LONGEST_SEARCH = 100


class Out(BaseModel):
    """An answer; names are camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class TaskOut(Out):
    """One open task in a list."""

    id: int
    case_id: int
    case_title: str
    title: str
    subject: str
    process: str
    element: str
    phase: str
    roles: tuple[str, ...]
    municipality: str
    deadline: datetime | None
    assignee: str
    version: int


class TasksOut(Out):
    """A page of tasks, how many there are in all, and how many each list holds."""

    tasks: tuple[TaskOut, ...]
    total: int
    counts: Mapping[str, int]


class TaskDetailOut(Out):
    """One task with the JSON Schema of its answers and what is known already."""

    id: int
    case_id: int
    case_title: str
    version: int
    process: str
    element: str
    title: str
    deadline: datetime | None
    overdue: bool
    assignee: str
    may: tuple[str, ...]
    form: Mapping[str, Any]
    values: Mapping[str, Any]


class CaseOut(Out):
    """One case in a list."""

    id: int
    title: str
    process: str
    municipality: str
    status: str
    started_at: datetime


class AgreementOut(Out):
    """Who does what, by when."""

    what: str
    organisation: str
    person: str
    by_date: date | None
    status: str
    overdue: bool


class CaseDetailOut(Out):
    """One case, as much of it as this person may see."""

    id: int
    title: str
    process: str
    municipality: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    parts: tuple[str, ...]
    goals: tuple[str, ...]
    agreements: tuple[AgreementOut, ...]
    tasks: tuple[int, ...]
    messages: tuple[str, ...]


class DefinitionOut(Out):
    """A published process."""

    id: str
    region: str
    version: str
    name: str
    processes: tuple[str, ...]


class SearchIn(Out):
    """Which open tasks to list: mijn, rol, te-laat or alle, with these words in family, task or subject."""

    kind: str = Field("mijn", alias="list")
    search: Annotated[str, Field(max_length=LONGEST_SEARCH)] = ""
    phase: str = ""
    municipality: str = ""
    page: int = Field(1, ge=1, le=100_000)


class StartIn(Out):
    """Start a case: of which process, where, with which answers to its first step."""

    process: str = "casus"
    municipality: str
    answers: dict[str, Any] = Field(default_factory=dict)


class CompleteIn(Out):
    """Complete a task; `version` and `seen` are the version and the values of the task as it was read.

    With `seen`, what others wrote since then is kept where the answer is the same as what was read, and answers that
    would overwrite it are refused with 409, which names them. Without it, answers overwrite whatever is there.
    """

    answers: dict[str, Any] = Field(default_factory=dict)
    version: int | None = None
    seen: dict[str, Any] | None = None


class MessageIn(Out):
    """Tell a case that something happened."""

    name: str


class DoneOut(Out):
    """What it led to."""

    case_id: int
    opened: tuple[int, ...] = ()
    ended: bool = False


@router.get("/tasks", tags=["taken"])
def list_tasks(
    page: SignedIn,
    list_: Annotated[str, Query(alias="list")] = "mijn",
    phase: str = "",
    municipality: str = "",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> TasksOut:
    """The open tasks that this person sees: mijn, rol, te-laat or alle."""
    return _tasks(page, SearchIn(list=list_, phase=phase, municipality=municipality, page=number))


@router.post("/tasks/search", tags=["taken"])
def search_tasks(page: SignedIn, body: SearchIn) -> TasksOut:
    """The same, of those in which these words stand; a name belongs in no address, so they are sent as JSON."""
    return _tasks(page, body)


def _tasks(page: SignedIn, asked: SearchIn) -> TasksOut:
    offset = (asked.page - 1) * PAGE_SIZE
    chosen = cases.Filter(asked.kind, asked.search, asked.phase, asked.municipality, PAGE_SIZE, offset)
    found = cases.worklist(page.ctx, chosen)
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
        )
        for line in found.lines
    )
    return TasksOut(tasks=lines, total=found.total, counts=found.counts)


@router.get("/tasks/{task_id}", tags=["taken"])
def read_task(page: SignedIn, task_id: int) -> TaskDetailOut:
    """One open task."""
    task = cases.task(page.ctx, task_id)
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


@router.post("/tasks/{task_id}/claim", tags=["taken"], status_code=status.HTTP_204_NO_CONTENT)
def claim_task(page: SignedIn, task_id: int) -> None:
    """Take a task."""
    cases.claim(page.ctx, task_id)


@router.post("/tasks/{task_id}/release", tags=["taken"], status_code=status.HTTP_204_NO_CONTENT)
def release_task(page: SignedIn, task_id: int) -> None:
    """Give a task back."""
    cases.release(page.ctx, task_id)


@router.post("/tasks/{task_id}/complete", tags=["taken"])
def complete_task(page: SignedIn, task_id: int, body: CompleteIn) -> DoneOut:
    """Complete a task with answers to its form."""
    done = cases.complete(page.ctx, task_id, body.answers, body.version, body.seen)
    return DoneOut(case_id=done.case_id, opened=done.opened, ended=done.ended)


@router.get("/cases", tags=["casussen"])
def list_cases(
    page: SignedIn,
    state: Annotated[str, Query(alias="status")] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> tuple[CaseOut, ...]:
    """The cases that this person may see, newest first."""
    lines = cases.listing(page.ctx, state, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return tuple(CaseOut.model_validate(line, from_attributes=True) for line in lines)


@router.post("/cases", tags=["casussen"], status_code=status.HTTP_201_CREATED)
def start_case(page: SignedIn, body: StartIn) -> DoneOut:
    """Start a case."""
    done = cases.start(page.ctx, body.process, body.municipality, body.answers)
    return DoneOut(case_id=done.case_id, opened=done.opened, ended=done.ended)


@router.get("/cases/{case_id}", tags=["casussen"])
def read_case(page: SignedIn, case_id: int) -> CaseDetailOut:
    """One case."""
    return _case_out(page.now, cases.case(page.ctx, case_id))


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
            for a in case.agreements
        ),
        tasks=tuple(row.id for row, _ in case.tasks),
        messages=tuple(option.name for option in case.messages),
    )


@router.post("/cases/{case_id}/messages", tags=["casussen"], status_code=status.HTTP_204_NO_CONTENT)
def send_message(page: SignedIn, case_id: int, body: MessageIn) -> None:
    """Tell a case that something happened, such as `toestemming_ingetrokken`."""
    cases.message(page.ctx, case_id, body.name)


@router.get("/definitions", tags=["diagrammen"])
def list_definitions(page: SignedIn) -> tuple[DefinitionOut, ...]:
    """The processes that are published here."""
    return tuple(_definition_out(model.definition) for model in page.ctx.library.current(page.tx))


@router.get("/definitions/{region}/{process}", tags=["diagrammen"])
def read_definition(page: SignedIn, region: str, process: str) -> DefinitionOut:
    """One published process of a region."""
    for model in page.ctx.library.current(page.tx):
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

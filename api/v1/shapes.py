"""What goes over the line: the bodies and answers of version 1, in camelCase."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from engine.words import Mistake, TaskList

LONGEST_SEARCH = 100
PLACE = Field(pattern=r"^([0-9]{1,18}-[0-9]{1,9})?$", description="The page that follows this place in the list.")


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
    for_nobody: bool = Field(
        description="Nobody may do it until the family is asked; told only to who keeps the overview."
    )


class TasksOut(Out):
    """A page of tasks, whether more come after it, and how many the list and each list holds: counted up to 100. `next`
    is what to ask as `after` for the page that follows, "" where none does.
    """

    tasks: tuple[TaskOut, ...]
    more: bool
    next: str
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
    by_date: date | None = Field(json_schema_extra={"format": "date"})
    status: str
    overdue: bool


class HandedOut(Out):
    """An answer that another Knooppunt handed over, in the words in which it was asked there."""

    said_at: datetime
    question: str
    answer: Any


class AlikeOut(Out):
    """Another case that may be of the same family; `joins` says that the family lets both go on."""

    id: int
    title: str
    joins: bool


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
    undo_until: datetime | None
    handed: tuple[HandedOut, ...]
    alike: tuple[AlikeOut, ...]


class DefinitionOut(Out):
    """A published process."""

    id: str
    region: str
    version: str
    name: str
    processes: tuple[str, ...]


class SearchIn(Out):
    """Which open tasks to list: mijn, rol, te-laat or alle, with these words in family, task or subject."""

    kind: str = Field(TaskList.MINE, alias="list")
    search: Annotated[str, Field(max_length=LONGEST_SEARCH)] = ""
    phase: str = ""
    municipality: str = ""
    after: Annotated[str, PLACE] = ""


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
    """Tell a case that something happened: who told it (somebody of the family by id, or zelf, organisatie, ander), on
    which day it happened, and for whom of the family. Neither is asked of danger, nor of consent that is taken back.
    """

    name: str
    told_by: str = ""
    day: date | None = None
    about: tuple[str, ...] = ()


class WithdrawIn(Out):
    """What is taken back: of one person of the family, one organisation or kind of data; what is empty means all."""

    person: str = ""
    organisation: str = ""
    kind: str = ""


class ReasonIn(Out):
    """Why: a dossier that ended goes on in a new round, or a task is skipped."""

    reason: str


class RemovalIn(Out):
    """Why the own signal was a mistake."""

    reason: Mistake


class JoinIn(Out):
    """In which other case the family goes on."""

    into: int


class NoteIn(Out):
    """A letter or note that came late."""

    text: str


class NoteOut(Out):
    """What this person added to a case."""

    case_id: int
    at: datetime
    text: str


class DoneOut(Out):
    """What it led to."""

    case_id: int
    opened: tuple[int, ...] = ()
    ended: bool = False

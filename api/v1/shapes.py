"""What goes over the line: the bodies and answers of version 1, in camelCase."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from engine.access import Appointment
from engine.errors import InvalidDataError
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
    """Why: a dossier goes on in a new round, is closed, or a task is skipped."""

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


# --- who works here --------------------------------------------------------------------------------------------

CALLED = {
    "naam": "name", "organisatie": "organisation", "functie": "function", "telefoon": "phone",
    "werkdagen": "workingDays", "rol": "appointments", "reden": "reason", "van": "first", "tot": "last",
    "waarnemer": "deputy", "collega": "heir", "aandachtsfunctionaris": "keeper", "persoon": "person", "over": "about",
    "wie": "asker", "dag": "askedOn", "identiteit": "identity", "uitkomst": "outcome",
}  # fmt: skip
"""What a question of a page is called here."""


@contextmanager
def in_words_of_v1() -> Iterator[None]:
    """Let what is wrong with an answer be told by the member that was sent."""
    try:
        yield
    except InvalidDataError as error:
        fields = {CALLED.get(name, name): sentence for name, sentence in error.fields.items()}
        raise InvalidDataError(error.message, fields) from error


class AppointmentOut(Out):
    """A role in a municipality."""

    role: str
    municipality: str

    @classmethod
    def of(cls, appointment: Appointment) -> "AppointmentOut":
        """An appointment as it goes over the line."""
        return cls(role=appointment.role, municipality=appointment.municipality)


class PersonOut(Out):
    """Somebody who works here, or did until `endedAt`."""

    id: str
    name: str
    organisation: str
    function: str
    mail: str
    phone: str
    working_days: tuple[str, ...]
    appointments: tuple[AppointmentOut, ...]
    ended_at: datetime | None


class ChangeOut(Out):
    """What was changed about somebody: when, by whom ("" for the command line), in which municipality, and why."""

    at: datetime
    by: str
    kind: str
    municipality: str
    detail: Mapping[str, Any]


class PersonDetailOut(PersonOut):
    """The same, with what was changed; the newest first."""

    changes: tuple[ChangeOut, ...]


class PersonIn(Out):
    """How somebody is to be known, with all roles in the own municipalities, and why."""

    name: str
    organisation: str = ""
    function: str = ""
    mail: str = ""
    phone: str = ""
    working_days: tuple[str, ...] = ()
    appointments: tuple[AppointmentOut, ...] = ()
    reason: str


class EndIn(Out):
    """Who stops: which colleague gets the work, who of the same organisation the safety files, and why."""

    heir: str = ""
    keeper: str = ""
    reason: str


class EndedOut(Out):
    """How many tasks went to the colleague, and how many look for somebody."""

    handed: int
    waiting: int


class AbsenceOut(Out):
    """That somebody is away, both days included; `deputy` stands in, where there is one."""

    id: int
    first: date
    last: date
    deputy: str


class AbsenceIn(Out):
    """From when until when somebody is away, both days included, and who stands in."""

    first: date
    last: date
    deputy: str = ""


class ProposalOut(Out):
    """Who put forward whom for what; `mayDecide` says whether this person may approve or refuse it."""

    id: int
    at: datetime
    by: str
    person: str
    appointment: AppointmentOut
    reason: str
    may_decide: bool


class DecisionIn(Out):
    """Whether a proposal is approved."""

    approves: bool


class DecidedOut(Out):
    """Whom it was about; with `inAnew` this person comes in by a new invitation only."""

    person: str
    in_anew: bool


class VacancyOut(Out):
    """An organisation of which a step waits that nobody may do any more, and who of it may be put forward."""

    municipality: str
    organisation: str
    people: tuple[str, ...]


class PutForwardIn(Out):
    """Who is to act where nobody is left, and why."""

    municipality: str
    organisation: str
    person: str
    reason: str


class AssigneeIn(Out):
    """Who gets a task."""

    person: str


# --- what somebody of a family asks to see ---------------------------------------------------------------------


class AccessAskedIn(Out):
    """Of whom of the family it is asked (by relation), by whom, on which day, and how that was checked."""

    about: str
    asker: str
    asked_on: date
    identity: str


class AccessOut(Out):
    """A request: `person` is whom of the family it is about, once that was chosen; `due` when it has to be answered."""

    id: int
    case_id: int
    municipality: str
    about: str
    asker: str
    asked_on: date
    identity: str
    person: str
    due: datetime
    ended_at: datetime | None
    outcome: str


class RelativeOut(Out):
    """Somebody of a family."""

    id: str
    name: str
    relation: str


class PieceOut(Out):
    """What has to be read before it goes along: it is about `others` too, or in words of whoever wrote it; `former`
    was corrected since.
    """

    mark: str
    values: Mapping[str, Any]
    others: bool
    former: bool


class WrittenOut(Out):
    """What one step answered about this person: for certain in `values`, and what has to be read first."""

    process: str
    element: str
    title: str
    at: datetime
    writer: str
    values: Mapping[str, Any]
    pieces: tuple[PieceOut, ...]


class WordsOut(Out):
    """What was written beside the steps; it has to be read first."""

    mark: str
    what: str
    at: datetime | None
    writer: str
    text: str
    recipients: tuple[str, ...]


class SaidOut(Out):
    """What this person said of an organisation: the kinds of data that it may know, and may not."""

    organisation: str
    purpose: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    recorded_at: datetime
    replaced_at: datetime | None


class OpeningOut(Out):
    """An organisation may know one kind of data of this person, for one purpose."""

    organisation: str
    purpose: str
    kind: str


class LookedOut(Out):
    """On which day somebody looked: in which function and role, for which organisation, on what ground, at what."""

    day: date
    function: str
    role: str
    organisation: str
    ground: str
    parts: tuple[str, ...]


class AccessDossierOut(Out):
    """What is kept about one person; empty until somebody chose whom it is about. `unread` pieces are left out of what
    is given.
    """

    request: AccessOut
    family: tuple[RelativeOut, ...]
    written: tuple[WrittenOut, ...]
    words: tuple[WordsOut, ...]
    said: tuple[SaidOut, ...]
    opened: tuple[OpeningOut, ...]
    looked: tuple[LookedOut, ...]
    erased_on: datetime | None
    unread: int


class ChosenIn(Out):
    """Whom of the family it is about, by id."""

    person: str


class PassedIn(Out):
    """The marks of the pieces that go along."""

    marks: tuple[str, ...]


class AccessOutcomeIn(Out):
    """What came of it: verstrekt or niet_verstrekt."""

    outcome: str

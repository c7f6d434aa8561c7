"""What the use cases give back: frozen, and only as much as the person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from engine.access import Parts, Person
from engine.cases.locks import Opened
from engine.consent import Family
from engine.definitions import Element, Process, Settings
from engine.forms import Field as FormField
from engine.forms import Form
from engine.store.answers import Answered
from engine.store.case_files import EventRow
from engine.store.handovers import Handed
from engine.store.registers import Said
from engine.store.tasks import TaskRow
from engine.words import Ground, Verb

R = TypeVar("R")


@dataclass(frozen=True)
class Some(Generic[R]):
    """Rows of one page of a list, and whether there are more after them; `cut` says that there are more than could be
    put in order.
    """

    rows: tuple[R, ...]
    more: bool
    cut: bool = False

    @classmethod
    def of(cls, rows: Sequence[R], limit: int, cut: bool = False) -> "Some[R]":
        """The first of rows that were asked for one beyond the limit."""
        return cls(tuple(rows[:limit]), len(rows) > limit, cut)


@dataclass(frozen=True)
class Completed:
    """What completing led to: the case, the tasks that it opened, and with which of them the same person goes on."""

    case_id: int
    opened: tuple[int, ...]
    ended: bool
    next: int | None = None


@dataclass(frozen=True)
class Filled:
    """A locked task with the answers to complete it by, laid over what others wrote since it was read.

    `clashes` holds by its name what stands now where an answer would overwrite it (see `forms.Merged`); `stale` says
    that somebody took or gave the task since it was read. Either has to be looked at before it can be finished.
    """

    opened: Opened
    form: Form
    context: Mapping[str, Any]
    answers: Mapping[str, Any]
    clashes: Mapping[str, Any]
    stale: bool


@dataclass(frozen=True)
class StartForm:
    """The first step of a process, for the page that starts a case."""

    element: Element
    process: Process
    form: Form
    context: Mapping[str, Any]


@dataclass(frozen=True)
class AtTable:
    """What may be said about one person of the family to who is invited: the kinds of data that `every` one may hear,
    and each other kind with the organisations that may.
    """

    person: str
    every: frozenset[str]
    apart: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class HandsOver:
    """What completing a task hands over: to the Knooppunt of which municipality, and which kinds of data. Both are
    empty where nothing is.
    """

    municipality: str = ""
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AnswerSet:
    """What one step answered, as far as this person may read it; who changed it last, and whether this person may.
    `before` is what stood there before the last correction.
    """

    process: str
    element: Element
    at: datetime
    actor: str
    form: Form
    values: Mapping[str, Any]
    context: Mapping[str, Any]
    item: str = ""
    corrector: str = ""
    correctable: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MayKnow:
    """What an organisation may know now about one person of the family, by the name that one may know ("" for none)."""

    organisation: str
    person: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Beside:
    """What of the case a step needs beside its form, as far as this person may read it: the `signal` while the family's
    `goals` aren't on paper, what who may know, who is `invited`, and `earlier` answers, each by its question.
    """

    signal: AnswerSet | None = None
    goals: tuple[str, ...] = ()
    consents: tuple[MayKnow, ...] = ()
    invited: tuple[str, ...] = ()
    earlier: tuple[tuple[FormField, Any], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.signal or self.goals or self.consents or self.invited or self.earlier)


@dataclass(frozen=True)
class TaskView:
    """One task with everything that its page shows. `values` fill the form, `context` is what conditions see, `lacking`
    the kinds of data that it shows and this person may not read, `ground` why this person sees it. `hands_over` says
    what completing it hands over, where it may; `handed` that the case came from another Knooppunt, with what this
    person may read. `older` is the version that the case keeps to, where new cases start with another; else "".
    `beside` is filled for who asks for it.
    """

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
    may: frozenset[Verb]
    candidates: tuple[Person, ...] = ()
    lacking: frozenset[str] = frozenset()
    ground: Ground = Ground.ROLE
    guarded: bool = True
    older: str = ""
    municipality: str = ""
    table: tuple[AtTable, ...] = ()
    hands_over: HandsOver | None = None
    handed: bool = False
    beside: Beside = Beside()


@dataclass(frozen=True)
class ProcessView:
    """One diagram of a case and how far it is."""

    process: Process
    done: frozenset[str]
    current: frozenset[str]


@dataclass(frozen=True)
class OwnWords:
    """What somebody wrote in one step of a case, whether or not the case may still be read."""

    case_id: int
    case_title: str
    element: Element
    answered: Answered
    form: Form
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Noting:
    """A case to which somebody may add a letter or note, with its title as this person sees it."""

    id: int
    title: str


@dataclass(frozen=True)
class MessageOption:
    """Something that may happen to a case and that this person may tell it."""

    name: str
    title: str
    explanation: str
    element: Element


@dataclass(frozen=True)
class Undoable:
    """The newest act in a case, which who looks did and may undo until a moment."""

    act: EventRow
    until: datetime


@dataclass(frozen=True)
class Alike:
    """Another dossier that may be of the same family, as this person sees its title; `joins` says that the family lets
    both go on, so that they can be joined.
    """

    id: int
    title: str
    joins: bool


@dataclass(frozen=True)
class HandedOver:
    """A case that was handed over to or came from (`came`) the Knooppunt of another municipality; `case_id` is the case
    there, where this person may know that it is of the same family.
    """

    municipality: str
    came: bool
    at: datetime
    case_id: int | None


@dataclass(frozen=True)
class Round:
    """A round of a case that ended before somebody reopened it: from when until when, and how it stood then."""

    began_at: datetime
    ended_at: datetime
    status: str


@dataclass(frozen=True)
class CaseView:
    """One case as this person may see it; what the person may not see is empty. `parts` names what may be seen; `older`
    is the version that it keeps to, where new cases start with another, else "";
    `rounds` are those before this one; `paused_until` is when it goes on, where it
    stands still; `reopening` is the start at which this person may begin a new one;
    `alike` are dossiers that may be of the same family; `handed` is what another Knooppunt handed over;
    `silent_on_child` says that there is a child about whom nothing is shared with this person's organisation.
    """

    id: int
    title: str
    root: str
    municipality: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    settings: Settings
    parts: Parts
    processes: tuple[ProcessView, ...]
    tasks: tuple[tuple[TaskRow, frozenset[Verb]], ...]
    goals: tuple[str, ...]
    participants: tuple[tuple[Person, str], ...]
    consents: tuple[Said, ...]
    family: Family
    registers: Mapping[type, tuple[Any, ...]]
    answers: tuple[AnswerSet, ...]
    history: tuple[EventRow, ...]
    messages: tuple[MessageOption, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    older: str = ""
    silent_on_child: bool = False
    may_close: bool = False
    may_withdraw: bool = False
    may_remove: bool = False
    may_note: bool = False
    may_keep: bool = False
    may_record_access: bool = False
    reopening: Element | None = None
    rounds: tuple[Round, ...] = ()
    paused_until: datetime | None = None
    alike: tuple[Alike, ...] = ()
    handovers: tuple[HandedOver, ...] = ()
    handed: tuple[Handed, ...] = ()
    undoable: Undoable | None = None

    def rows(self, shape: type[R]) -> tuple[R, ...]:
        """The rows of a register, by their class."""
        return self.registers.get(shape, ())

"""What a region drew, as frozen data: processes with their elements, flows and drawing, and the settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from engine.definitions.kinds import EventKind, Kind, LinkKind, LoopKind, NoteKind, TimerKind
from engine.forms import Form
from engine.words import Answer, Certainty, Message


@dataclass(frozen=True)
class Bounds:
    """Where a shape or label stands on the drawing, in BPMN DI units (pixels)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Event:
    """What makes an event happen, or what it throws: `name` is the message, signal, code or link name; `timer` says
    what the text of a clock in `expression` is; `parts` are those of a multiple event.
    """

    kind: EventKind
    name: str = ""
    timer: TimerKind | None = None
    expression: str = ""
    parts: tuple["Event", ...] = ()


@dataclass(frozen=True)
class Loop:
    """How often an activity is repeated.

    `collection` is the FEEL expression that gives the items, `variable` the name of one item inside the step.
    `condition` ends a parallel or sequential one early, and lets a standard one go on; `test_first` says that it
    is asked before the first round too. `behaviour` is which completions throw the event `thrown`: All means none.
    """

    kind: LoopKind
    collection: str = ""
    variable: str = ""
    cardinality: str = ""
    condition: str = ""
    test_first: bool = False
    behaviour: str = "All"
    thrown: Event | None = None


@dataclass(frozen=True)
class Element:
    """A flow node: task, gateway, event, call activity or sub-process.

    `parent` is the id of the sub-process it stands in, or "". `event` is what makes an event happen; None where it is
    no event, or happens by something that BPMN doesn't know, and then the file may not be used.
    `needs` is how many tokens it takes to begin, `gives` how many leave it; `instantiates` says that receiving its
    message starts a process, `together` that an event-based gateway waits for all that follows, `compensates` that
    it only undoes another step, `activation` is when a complex gateway goes on.
    """

    id: str
    kind: Kind
    name: str = ""
    process: str = ""
    parent: str = ""
    lane: str = ""
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    form: str = ""
    decision: str = ""
    result: str = ""
    called: str = ""
    event: Event | None = None
    attached_to: str = ""
    interrupting: bool = True
    by_event: bool = False
    loop: Loop | None = None
    default: str = ""
    needs: int = 1
    gives: int = 1
    instantiates: bool = False
    together: bool = False
    compensates: bool = False
    activation: str = ""
    expanded: bool = True
    horizontal: bool = True
    bounds: Bounds | None = None
    label: Bounds | None = None

    @property
    def tellers(self) -> tuple[str, ...]:
        """The roles that may tell of an event; none says that whoever knows the case may."""
        return tuple(role.strip() for role in self.properties.get("rollen", "").split(",") if role.strip())

    @property
    def stops(self) -> bool:
        """Whether this step stops what was going on after consent was taken back (`stopt_delen`): who does it must know
        whom it is about and how to reach them, until it is done.
        """
        return self.properties.get("stopt_delen") == Answer.YES

    @property
    def skippable(self) -> bool:
        """Whether who may do this step may skip it, with a reason (`overslaan`)."""
        return self.properties.get("overslaan") == Answer.YES

    @property
    def reason(self) -> str:
        """Why a region lets this step mean something else than in the reference (`reden`); "" where it says nothing."""
        return self.properties.get("reden", "")

    def says_why(self, part: str) -> bool:
        """Whether a region says why this part differs from the reference: `anders` names it, and `reden` says why."""
        return explains(self.properties, part)

    @property
    def given_to(self) -> str:
        """The key of the document under which stands who gets this step (`toewijzen`); "" where none is named."""
        return self.properties.get("toewijzen", "")

    @property
    def sorts(self) -> frozenset[str]:
        """The kinds of organisation whose people may do this step (`voor_soort`); empty for all."""
        return frozenset(sort.strip() for sort in self.properties.get("voor_soort", "").split(",")) - {""}

    @property
    def title(self) -> str:
        """What somebody who looks at the drawing would call it: its name, else its id."""
        return self.name or self.id

    @property
    def event_kind(self) -> EventKind:
        """What makes its event happen; none where it is no event, or a plain one."""
        return self.event.kind if self.event is not None else EventKind.NONE

    @property
    def for_each(self) -> str:
        """The key of the list of the document of which each row starts a run of this event sub-process, bound to that
        row; "" where its event starts it.
        """
        return self.properties.get("voor_elke", "")

    @property
    def sections(self) -> Mapping[str, str]:
        """The handbook text by its fixed headings, lower case: resultaat, waarom, nodig, doen, klaar als,
        valkuilen, privacy, bron. Text before the first heading stands under "".
        """
        sections: dict[str, list[str]] = {}
        heading = ""
        for line in self.documentation.splitlines():
            if line.startswith("## "):
                heading = line[3:].strip().lower()
                sections.setdefault(heading, [])
            else:
                sections.setdefault(heading, []).append(line)
        return {name: text for name, lines in sections.items() if (text := "\n".join(lines).strip()) or name}


def explains(properties: Mapping[str, str], part: str) -> bool:
    """Whether `anders` names this part and `reden` says why; what differs later under another name is not excused."""
    named = {name.strip() for name in properties.get("anders", "").split(",")}
    return part in named and bool(properties.get("reden"))


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` is its FEEL text, "" where it has none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    waypoints: tuple[tuple[float, float], ...] = ()
    label: Bounds | None = None


@dataclass(frozen=True)
class Lane:
    """A lane: who does the steps that stand in it. `elements` are the ids of those steps."""

    id: str
    name: str
    elements: tuple[str, ...] = ()
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Note:
    """A text annotation, data object, data store or group."""

    id: str
    kind: NoteKind
    text: str
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Link:
    """An association, data association or message flow between two shapes."""

    id: str
    kind: LinkKind
    source: str
    target: str
    waypoints: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Process:
    """One diagram with its meaning and its drawing."""

    id: str
    file: str
    name: str
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    elements: Mapping[str, Element] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()
    pool: str = ""
    pool_bounds: Bounds | None = None

    @property
    def title(self) -> str:
        """What somebody who looks at the drawing would call it: its name, else its id."""
        return self.name or self.id

    def says_why(self, part: str) -> bool:
        """Whether a region says why this part of a diagram, or the element with this id, differs or is gone."""
        return explains(self.properties, part)

    @cached_property
    def user_tasks(self) -> tuple[Element, ...]:
        """The steps that a person does, in the order of the file."""
        return tuple(e for e in self.elements.values() if e.kind == Kind.USER_TASK)

    @property
    def triggers(self) -> frozenset[str]:
        """The ids of all that starts this process by an event: starts, receive tasks, what a gateway waits for."""
        top = [e for e in self.elements.values() if not e.parent]
        gates = {e.id for e in top if e.kind == Kind.EVENT_BASED_GATEWAY and e.instantiates}
        after = {flow.target for flow in self.flows.values() if flow.source in gates}
        starts = {e.id for e in top if e.kind == Kind.START_EVENT and e.event_kind != EventKind.NONE}
        return frozenset(after | starts | {e.id for e in top if e.kind == Kind.RECEIVE_TASK and e.instantiates})

    @property
    def reopening(self) -> Element | None:
        """The start at which a new round of an ended case begins; None where none is drawn."""
        starts = (self.elements[id] for id in sorted(self.triggers) if self.elements[id].kind == Kind.START_EVENT)
        return next((start for start in starts if start.event == Event(EventKind.MESSAGE, Message.REOPENED)), None)

    def rows_at(self, event: Element) -> str:
        """The key of the list of which each new row sets off this event; "" where what is drawn in it does."""
        return self._rows_begun(event) if "rollen" not in event.properties else ""

    def told_rows_at(self, event: Element) -> str:
        """The key of the list to which people add a row by telling of this event, since it says who may (`rollen`); ""
        where a telling adds none.
        """
        return self._rows_begun(event) if "rollen" in event.properties else ""

    def _rows_begun(self, event: Element) -> str:
        """The key of the list to each row of which a run belongs that this event begins."""
        parent = self.elements.get(event.parent)
        return parent.for_each if parent is not None and parent.by_event and event.kind == Kind.START_EVENT else ""

    def of_rows(self, element: Element) -> Element | None:
        """The event sub-process that runs for each row of a list and that an element stands in, or is; None where it
        stands in none.
        """
        while not (element.by_event and element.for_each):
            if element.parent not in self.elements:
                return None
            element = self.elements[element.parent]
        return element

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Every text of this process that is or may be FEEL, with the id of what it belongs to."""
        for flow in self.flows.values():
            if flow.condition:
                yield flow.id, flow.condition
        for element in self.elements.values():
            loop, event = element.loop, element.event
            texts = [loop.collection, loop.cardinality, loop.condition] if loop else []
            texts += [part.expression for part in (event.parts or (event,))] if event else []
            texts.append(element.activation)
            texts += [element.properties.get(name, "") for name in ("organisatie", "spoed_als")]
            yield from ((element.id, text) for text in texts if text)


@dataclass(frozen=True)
class Role:
    """Who somebody is in a Knooppunt; `summary` is one sentence on what this role does, `also` the roles merged into
    it, `oversees` the processes of which it sees all cases in its municipality. `reason` is why a region says these two
    otherwise than the reference, and `excused` what of them: "overziet", and each role merged into it by its id.
    """

    id: str
    name: str
    summary: str = ""
    also: tuple[str, ...] = ()
    oversees: tuple[str, ...] = ()
    reason: str = ""
    excused: frozenset[str] = frozenset()


class Since(StrEnum):
    """What a term counts from where that is no answer."""

    TASK = "taak"
    CASE = "casus"


@dataclass(frozen=True)
class Deadline:
    """A term: `duration` is an ISO 8601 duration or `N werkdagen`; `counts_from` is a Since or a field name; `source`
    is `Certainty.ASSUMED` or where the term comes from. `reason` is why a region says it otherwise than the reference,
    and `excused` what of it: "duur" or "vanaf".
    """

    id: str
    duration: str
    counts_from: str = Since.TASK
    source: str = Certainty.ASSUMED
    explanation: str = ""
    reason: str = ""
    excused: frozenset[str] = frozenset()

    @property
    def follows_answer(self) -> bool:
        """Whether it counts from an answer, so that it moves when that does."""
        return self.counts_from not in tuple(Since)


@dataclass(frozen=True)
class Organisation:
    """A partner on the sociale kaart; `municipalities` empty means the whole region. `team` are the municipalities
    whose coördinator or procesregisseur works there: it is, or is part of, the Knooppunt team. How it is reached, and
    that it `ended`, a house says and no file.
    """

    id: str
    name: str
    domain: str = ""
    kind: str = ""
    municipalities: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    phone: str = ""
    mail: str = ""
    ended: bool = False

    def works_in(self, municipality: str) -> bool:
        """Whether it stands on the sociale kaart of a municipality."""
        return not self.municipalities or municipality in self.municipalities or municipality in self.team


@dataclass(frozen=True)
class DataKind:
    """A kind of data (gegevenssoort): its name as a family is asked it, what falls under it, and how it sounds after
    “mag weten”.
    """

    id: str
    name: str
    explanation: str = ""
    spoken: str = ""


TEAM = "knooppuntteam"
"""What the Knooppunt team is called among the kinds of organisation that need something."""


@dataclass(frozen=True)
class Need:
    """The kinds of data that the work of a kind of organisation needs for one purpose, and on which ground it has them:
    the ground in words and the article of law, or "aanname". `reason` is why a region says this otherwise than the
    reference, and `excused` what of it: kinds of data by their id, and "grond".
    """

    kinds: tuple[str, ...]
    ground: str = ""
    article: str = ""
    reason: str = ""
    excused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Retention:
    """How long something is kept, as an ISO 8601 duration, and on which ground. One that is an `example` counts in a
    demo alone: nothing real is erased by a term that nobody chose.
    """

    duration: str
    ground: str
    example: bool = False


@dataclass(frozen=True)
class Source:
    """A piece that texts lean on: how a sentence calls it, what it is, from when, its address ("" where none is known)
    and when it was last read.
    """

    name: str
    title: str
    dated: str
    address: str = ""
    read: str = ""


EVERY_PAGE = "alles"
"""Under what name settings say who keeps right what has no page of its own there."""


@dataclass(frozen=True)
class Upkeep:
    """Who keeps a page of the handbook right, where to say that it isn't ("" where nobody arranged that), the day on
    which it was last read through, and the term (`P1Y`) within which that happens again.
    """

    owner: str = ""
    feedback: str = ""
    read_on: date | None = None
    every: str = ""


@dataclass(frozen=True)
class Settings:
    """What a region fills in: regio.yaml over the settings that hold everywhere.

    `authority` says by age class whose yes counts for data of a person: `zelf`, `gezag` or both. `needs` says by kind
    of organisation and purpose what it must know to do its work. `retention` says by `Kept` how long it is kept; what
    is not in it is not erased by itself. `search_words` names by a word that people search with, and that the handbook
    itself doesn't use, the page that tells of it (`rollen/aanmelder`). `sources` are those that
    texts name by a sign, `S1`. `upkeep` says by page of the handbook (`casus/overleg`), and by `EVERY_PAGE` for all
    others, who keeps it right. `reminders` says by `Remind` which term counts.
    """

    region: str
    name: str
    municipalities: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    data_kinds: Mapping[str, DataKind] = field(default_factory=dict)
    authority: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, Need]] = field(default_factory=dict)
    retention: Mapping[str, Retention] = field(default_factory=dict)
    search_words: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    upkeep: Mapping[str, Upkeep] = field(default_factory=dict)
    reminders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Definition:
    """Everything that cases of the root process `id` need, pinned by `version`, the hash of all its files. It is equal
    to itself alone, so that what follows from it may be kept beside it.

    `files` maps the path below the process folder to its content; `overridden` names those that the region changed.
    """

    id: str
    version: str
    settings: Settings
    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    files: Mapping[str, bytes]
    overridden: frozenset[str] = frozenset()

    @property
    def root(self) -> Process:
        """The process that a case starts in."""
        return self.processes[self.id]

    def told_in_rows(self, message: str) -> str:
        """The list in which each telling of a message is a row, for which something begins; "" where none is."""
        events = ((process, e) for process in self.processes.values() for e in process.elements.values())
        named = (process.told_rows_at(e) for process, e in events if e.event is not None and e.event.name == message)
        return next((rows for rows in named if rows), "")

    def element(self, process: str, element: str) -> Element:
        """One element by process id and element id; KeyError where it does not exist."""
        return self.processes[process].elements[element]

"""Definition → Guide: what the handbook tells about one process, in reading order, without any markup.

The writer turns a guide into pages; whoever wants to know what a page says about a step looks here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import deadlines, decisions
from engine.decisions import Decision
from engine.definitions import Deadline, Definition, Element, Process, Role, Settings, assemble
from engine.definitions.filling import filled, named
from engine.definitions.kinds import EventKind, Kind
from engine.forms import Field, Form, Holds
from engine.words import Answer
from handbook import wording
from handbook.diagram import reading_order
from handbook.paths import END, PHASE, SPLITS, STEP, Choice, Outcome, Paths, Place, places

PARENTS = "ouders"


@dataclass(frozen=True)
class Side:
    """What may happen while a step is open: a boundary event and where it leads."""

    title: str
    explanation: str
    happening: str
    interrupting: bool
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Question:
    """A question of a form as a reader meets it; `level` is how deep it stands in groups and lists."""

    label: str
    kind: str
    required: bool
    help: str
    options: tuple[str, ...]
    condition: str
    level: int


@dataclass(frozen=True)
class Step:
    """A user task: everything its page tells; `choices` are those that its outcome decides. `each` says what it is done
    for, such as “elke afspraak”, where it runs for each row of a list; "" elsewhere.
    """

    element: Element
    number: int
    total: int
    title: str
    phase: str
    roles: tuple[Role, ...]
    for_parents: bool
    deadline: Deadline | None
    urgent: Deadline | None  # the shorter one, where the step asks for haste
    sections: Mapping[str, str]
    questions: tuple[Question, ...]
    choices: tuple[Choice, ...]
    sides: tuple[Side, ...]
    tables: tuple[Decision, ...]
    next: tuple[Outcome, ...]
    previous: tuple[Place, ...]
    waits_for_all: bool
    each: str
    differences: tuple[str, ...]
    renamed: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Where this step stands."""
        return Place(STEP, self.title, self.element.process, self.element.id)

    @property
    def ends_phase(self) -> bool:
        """Whether a way on from this step leads out of its phase."""
        return any(place.kind == END for place in places(self.next))


@dataclass(frozen=True)
class Interrupt:
    """What can come in between at any moment: an event sub-process, or a message on the edge of several steps.

    `element` is that sub-process or that message; `start` is the event that begins it. `each` says what it runs for,
    such as “elke afspraak”, where each row of a list begins it and nobody tells it; "" elsewhere.
    """

    element: Element
    start: Element
    title: str
    explanation: str
    happening: str
    interrupting: bool
    again: bool
    each: str
    ends: str
    goes_on: tuple[str, ...]
    stopped_by: tuple[str, ...]
    roles: tuple[Role, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Phase:
    """One diagram: its steps, choices and interrupts; `follows` is where a case goes when it is through."""

    process: Process
    number: int
    steps: tuple[Step, ...]
    choices: tuple[Choice, ...]
    interrupts: tuple[Interrupt, ...]
    follows: tuple[Outcome, ...]
    aside: bool
    overridden: bool

    @property
    def place(self) -> Place:
        """Where this phase stands."""
        return Place(PHASE, self.process.name or wording.title(self.process.id), self.process.id)


@dataclass(frozen=True)
class Term:
    """A deadline with the steps that keep it."""

    deadline: Deadline
    steps: tuple[Step, ...]

    @property
    def urgent(self) -> tuple[Deadline, ...]:
        """The shorter terms that its steps have where there is haste."""
        deadlines = (step.urgent for step in self.steps if step.deadline == self.deadline)
        return tuple(dict.fromkeys(filter(None, deadlines)))


@dataclass(frozen=True)
class Guide:
    """What the handbook tells about one root process, for one region; `own_tables` are those that it changed."""

    definition: Definition
    phases: tuple[Phase, ...]
    decisions: tuple[Decision, ...]
    terms: tuple[Term, ...]
    own_tables: frozenset[str] = frozenset()
    labels: Mapping[str, Field] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The root process, which is also the folder of the pages."""
        return self.definition.id

    @property
    def title(self) -> str:
        """The name of the root process."""
        return self.definition.root.name or wording.title(self.id)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, phase by phase."""
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def interrupts(self) -> tuple[Interrupt, ...]:
        """All that can come in between, phase by phase."""
        return tuple(interrupt for phase in self.phases for interrupt in phase.interrupts)

    def steps_of(self, role: str) -> tuple[Step, ...]:
        """The steps that a role does, in reading order; `ouders` gives what is done for the parents."""
        if role == PARENTS:
            return tuple(step for step in self.steps if step.for_parents)
        return tuple(step for step in self.steps if role in step.element.roles)

    def key(self, step: Step) -> str:
        """How a text outside the diagrams names a step: `casus/overleg/uitnodigen`."""
        return f"{self.id}/{step.element.process}/{step.element.id}"

    def question(self, key: str) -> str:
        """How the forms ask for an answer, by its name in the files."""
        asked = self.labels.get(key)
        return asked.label if asked and asked.label else wording.title(key)

    def wordings(self, looked_at: str) -> Mapping[str, str]:
        """How values are worded in a column of a table: as the questions do whose names stand in `looked_at`, its
        expression. A value that these don't offer reads as all questions that do agree to word it, or as it is written.
        """
        names = re.findall(r"[a-z]\w*", re.sub(r'"[^"]*"', "", looked_at))
        worded: dict[str, set[str]] = {}
        for question in self.labels.values():
            for option in question.options:
                worded.setdefault(option.value, set()).add(option.label)
        agreed = {value: labels.pop() for value, labels in worded.items() if len(labels) == 1}
        asked = (self.labels[name] for name in names if name in self.labels)
        return agreed | {option.value: option.label for question in asked for option in question.options}


def build(definition: Definition, reference: Definition | None = None) -> Guide:
    """Tell a definition; `reference` is the one without a region, to say where the region differs."""
    return _Teller(definition, reference or definition).tell()


class _Teller:
    """One run of `build`: the definition and what was looked up in it once."""

    def __init__(self, definition: Definition, reference: Definition) -> None:
        self.definition, self.reference = definition, reference
        own = {**reference.files, "regio.yaml": definition.files.get("regio.yaml", b"")}
        # what holds everywhere, in the names and terms of this region: those are told as settings, not as other texts
        self.everywhere = reference if reference is definition else assemble(reference.id, "", own)
        self.settings = definition.settings
        self.tables = _tables(definition)
        self.paths = {id_: Paths(p, definition.processes) for id_, p in definition.processes.items()}
        self.labels = self._labels()

    def tell(self) -> Guide:
        ordered = list(self._in_order(self.definition.id, set()))
        aside = self._aside(ordered)
        processes = [p for p in ordered if p.id not in aside] + [p for p in ordered if p.id in aside]
        phases = tuple(self._phase(p, n, p.id in aside) for n, p in enumerate(processes))
        return Guide(
            definition=self.definition,
            phases=phases,
            decisions=tuple(self.tables.values()),
            own_tables=frozenset(self._own_tables()),
            terms=self._terms(phases),
            labels=self.labels,
        )

    def _own_tables(self) -> Iterator[str]:
        """The decision tables that say something else in this region."""
        if self.reference is not self.definition:
            everywhere = {id_: told(table) for id_, table in _tables(self.reference).items()}
            yield from (id_ for id_, table in self.tables.items() if everywhere.get(id_) != told(table))

    def _labels(self) -> dict[str, Field]:
        """The question behind each name, as it is asked first: a later form may word it for its own moment."""
        tasks = [task for process in self._in_order(self.definition.id, set()) for task in reading_order(process)]
        in_order = [form for task in tasks if (form := self.definition.forms.get(task.form))]
        labels: dict[str, Field] = {}
        for form in (*in_order, *self.definition.forms.values()):
            for asked in answered(form):
                labels.setdefault(asked.key, asked)
        return labels

    def _in_order(self, process: str, seen: set[str]) -> Iterator[Process]:
        if process in seen or process not in self.definition.processes:
            return
        seen.add(process)
        yield self.definition.processes[process]
        for element in reading_order(self.definition.processes[process]):
            if element.called:
                yield from self._in_order(element.called, seen)

    def _aside(self, processes: Iterable[Process]) -> frozenset[str]:
        """The processes that are only called when something comes in between."""
        main: set[str] = {self.definition.id}
        for process in processes:
            for element in process.elements.values():
                if element.called and process.id in main and not _in_event(process, element):
                    main.add(element.called)
        return frozenset(p.id for p in processes if p.id not in main)

    def _phase(self, process: Process, number: int, aside: bool) -> Phase:
        tasks = [e for e in reading_order(process) if e.kind == Kind.USER_TASK]
        gateways = [e for e in reading_order(process) if e.kind in SPLITS and len(e.outgoing) > 1]
        paths, follows = self.paths[process.id], self._follows(process)
        return Phase(
            process=process,
            number=number,
            steps=tuple(self._step(process, task, n, len(tasks), follows) for n, task in enumerate(tasks, 1)),
            choices=tuple(paths.choice(gateway) for gateway in gateways),
            interrupts=tuple(self._interrupts(process)),
            follows=follows,
            aside=aside,
            overridden=self._differs(process),
        )

    def _follows(self, process: Process) -> tuple[Outcome, ...]:
        """Where a case goes after a called process: what follows its call activities."""
        outcomes: dict[Outcome, None] = {}
        for caller, paths in self.paths.items():
            for element in self.definition.processes[caller].elements.values():
                if element.called == process.id:
                    outcomes.update(dict.fromkeys(paths.onward(element)))
        return tuple(outcomes)

    def _step(self, process: Process, task: Element, number: int, total: int, follows: tuple[Outcome, ...]) -> Step:
        paths = self.paths[process.id]
        outcomes = paths.onward(task)
        # what a case does after a phase is often decided in its last step
        decided = (*outcomes, *(follows if any(p.kind == END for p in places(outcomes)) else ()))
        return Step(
            element=task,
            number=number,
            total=total,
            title=task.name or wording.title(task.id),
            phase=process.name or wording.title(process.id),
            roles=tuple(self.settings.roles.get(role, Role(role, wording.title(role))) for role in task.roles),
            for_parents=task.properties.get("namens") == PARENTS,
            deadline=self.settings.deadlines.get(task.properties.get("termijn", "")),
            urgent=self.settings.deadlines.get(task.properties.get("termijn_spoed", "")),
            sections={name: filled(text, self.settings) for name, text in task.sections.items() if text},
            questions=tuple(self._questions(self.definition.forms.get(task.form))),
            choices=tuple(o for o in decided if isinstance(o, Choice)),
            sides=tuple(self._sides(process, task)),
            tables=tuple(self.tables[t] for t in paths.tables_before(task) if t in self.tables),
            next=outcomes,
            previous=paths.before(task),
            waits_for_all=paths.waits_for_all(task),
            each=self._each(process, task),
            differences=tuple(self._differences(process, task)),
            renamed=tuple(self._renamed(task)),
        )

    def _each(self, process: Process, element: Element) -> str:
        """What an element runs for, by its own diagram or by the one that calls that; "" where it runs once."""
        passed: set[str] = set()
        while (handler := process.of_rows(element)) is None:
            passed.add(process.id)
            calling = ((p, e) for p in self.definition.processes.values() for e in p.elements.values())
            caller = next(((p, e) for p, e in calling if e.called == process.id and p.id not in passed), None)
            if caller is None:
                return ""
            process, element = caller
        return wording.each(self.labels.get(handler.for_each))

    def _sides(self, process: Process, task: Element) -> Iterator[Side]:
        for event in process.elements.values():
            if event.attached_to == task.id:
                yield Side(
                    title=event.name or wording.title(event.id),
                    explanation=event.documentation,
                    happening=wording.happening(event),
                    interrupting=event.interrupting,
                    outcomes=self.paths[process.id].onward(event),
                )

    def _questions(self, form: Form | None) -> Iterator[Question]:
        if form is not None:
            own = {asked.key: asked for asked in answered(form)}
            yield from self._asked(form.fields, {**self.labels, **own}, 0)

    def _asked(self, fields: Iterable[Field], labels: Mapping[str, Field], level: int) -> Iterator[Question]:
        for asked in fields:
            if asked.type.holds is Holds.NOTHING:
                continue
            yield Question(
                label=asked.label or wording.title(asked.key or asked.id),
                kind=asked.type.name,
                required=asked.required,
                help=asked.description,
                options=tuple(option.label for option in asked.options),
                condition=wording.condition(asked, labels),
                level=level,
            )
            yield from self._asked(asked.fields, labels, level + 1)

    def _interrupts(self, process: Process) -> Iterator[Interrupt]:
        starts = _starts(process)
        for element in reading_order(process):
            if element.id in starts:
                yield self._interrupt(process, element, starts)

    def _interrupt(self, process: Process, element: Element, starts: Mapping[str, Element]) -> Interrupt:
        start = starts[element.id]
        scope = process.elements.get(_ended(element))
        texts = (start.properties.get("uitleg", ""), element.documentation, start.documentation)
        others = [process.elements[id] for id in starts if id != element.id]
        around = [o for o in others if starts[o.id].interrupting and _ended(o) in _scopes(process, element)]
        roles = [role.strip() for role in start.properties.get("rollen", "").split(",") if role.strip()]
        rows = process.rows_at(start)
        each = wording.each(self.labels.get(rows)) if rows else ""
        return Interrupt(
            element=element,
            start=start,
            title=start.properties.get("titel") or element.name or start.name or wording.title(start.id),
            explanation="\n\n".join(dict.fromkeys(text for text in texts if text)),
            happening=f"vanzelf, voor {each} in het dossier" if each else wording.happening(start),
            each=each,
            interrupting=start.interrupting,
            again=not start.interrupting and (bool(element.for_each) or start.properties.get("vaker") == Answer.YES),
            ends=(scope.name or wording.title(scope.id)) if scope else (process.name or wording.title(process.id)),
            goes_on=tuple(_named(o) for o in others if _ended(element) not in _scopes(process, o) and o not in around),
            stopped_by=tuple(
                _named(o)
                for o in around  # of two that stand side by side, the first to come turns the other off
                if not (start.interrupting and o.by_event and _ended(o) == _ended(element))
            ),
            roles=tuple(self.settings.roles.get(role, Role(role, wording.title(role))) for role in roles),
            outcomes=self.paths[process.id].onward(start),
        )

    def _terms(self, phases: Iterable[Phase]) -> tuple[Term, ...]:
        kept: dict[str, list[Step]] = {}
        for phase in phases:
            for step in phase.steps:
                for deadline in filter(None, (step.deadline, step.urgent)):
                    kept.setdefault(deadline.id, []).append(step)
            text = " ".join(e.event.expression for e in phase.process.elements.values() if e.event)
            for name in self.settings.deadlines:
                if f"regio.termijnen.{name}" in text:
                    kept.setdefault(name, [])
        return tuple(Term(self.settings.deadlines[name], tuple(steps)) for name, steps in kept.items())

    def _differs(self, process: Process) -> bool:
        """Whether a region's diagram means something else than the one that holds everywhere, however it is drawn."""
        if self.reference is self.definition:
            return False
        everywhere = self.everywhere.processes.get(process.id)
        return everywhere is None or meaning(process) != meaning(everywhere)

    def _differences(self, process: Process, task: Element) -> Iterator[str]:
        """How this region's step differs from the one that holds everywhere, each as a sentence."""
        if self.reference is self.definition:
            return
        everywhere = self.everywhere.processes.get(process.id)
        base = everywhere.elements.get(task.id) if everywhere else None
        if base is None:
            yield "Deze stap bestaat alleen in deze regio."
            return
        yield from _changed_words(task, base)
        yield from self._changed_term(task, base)
        yield from self._changed_form(task, base)
        if task.reason:
            yield f"Waarom het hier anders is: {task.reason}"

    def _renamed(self, task: Element) -> Iterator[str]:
        """Roles that only have another name in this region: the step itself is the same."""
        before, now = self.reference.settings.roles, self.settings.roles
        for role in task.roles:
            if role in before and role in now and before[role].name != now[role].name:
                yield f"De rol {before[role].name} heet hier {now[role].name}."

    def _changed_term(self, task: Element, base: Element) -> Iterator[str]:
        deadline = self.settings.deadlines.get(task.properties.get("termijn", ""))
        elsewhere = self.reference.settings.deadlines.get(base.properties.get("termijn", ""))
        if deadline and elsewhere and deadline.duration != elsewhere.duration:
            here, usual = deadlines.spoken(deadline.duration), deadlines.spoken(elsewhere.duration)
            why = deadline.reason or deadline.explanation
            yield f"De termijn is hier {here}; elders is dat {usual}. {why}".strip()

    def _changed_form(self, task: Element, base: Element) -> Iterator[str]:
        form, elsewhere = self.definition.forms.get(task.form), self.everywhere.forms.get(base.form)
        labels = {asked.key: asked.label for asked in form.input_fields()} if form else {}
        usual = {asked.key: asked.label for asked in elsewhere.input_fields()} if elsewhere else {}
        added = [f"“{label}”" for key, label in labels.items() if key not in usual]
        left_out = [f"“{label}”" for key, label in usual.items() if key not in labels]
        if added:
            yield f"Het formulier vraagt hier ook: {', '.join(added)}."
        if left_out:
            yield f"Het formulier vraagt hier niet: {', '.join(left_out)}."
        if not added and not left_out and form != elsewhere:
            yield "De vragen van het formulier zijn hier anders verwoord."


def answered(form: Form) -> Iterator[Field]:
    """All that a form takes an answer for, the columns of its lists too."""
    for asked in form.input_fields():
        yield asked
        yield from asked.fields


def meaning(process: Process) -> tuple[object, ...]:
    """A diagram without how it is drawn: two that are the same in this are the same to who works by them."""
    elements = {
        id_: replace(e, bounds=None, label=None, incoming=(), outgoing=(), expanded=True, horizontal=True)
        for id_, e in process.elements.items()
    }
    flows = {id_: replace(flow, waypoints=(), label=None) for id_, flow in process.flows.items()}
    lanes = {lane.name for lane in process.lanes}
    return process.name, process.documentation, dict(process.properties), elements, flows, lanes


def told(table: Decision) -> tuple[Any, ...]:
    """What a table says, whatever its file is like."""
    rows = [
        (
            [test.text for test in rule.tests],
            [result.text if result else "" for result in rule.results],
            rule.description,
        )
        for rule in table.rules
    ]
    looked_at = [(column.label, column.expression.text) for column in table.inputs]
    return table.name, table.documentation, table.hit_policy, looked_at, [c.label for c in table.outputs], rows


def _tables(definition: Definition) -> dict[str, Decision]:
    files = sorted((name, content) for name, content in definition.files.items() if name.endswith(".dmn"))
    read = (table for name, content in files for table in decisions.read(content, name))
    return {table.id: _with_names(table, definition.settings) for table in read}


def _with_names(table: Decision, settings: Settings) -> Decision:
    rules = tuple(replace(rule, description=named(rule.description, settings)) for rule in table.rules)
    return replace(table, documentation=named(table.documentation, settings), rules=rules)


def _changed_words(task: Element, base: Element) -> Iterator[str]:
    if task.name != base.name:
        yield f"De stap heet elders “{base.name}”."
    if task.roles != base.roles:
        yield "Een andere rol doet deze stap."
    changed = [name for name in task.sections if task.sections[name] != base.sections.get(name)]
    if changed:
        yield f"De uitleg is hier aangepast bij: {', '.join(name or 'inleiding' for name in changed)}."


def _starts(process: Process) -> dict[str, Element]:
    """What can come in between, by id: event sub-processes, and messages on the edge of what holds several steps;
    each with the event that begins it.
    """
    starts: dict[str, Element] = {}
    for element in process.elements.values():
        host = process.elements.get(element.attached_to)
        by_message = element.event_kind == EventKind.MESSAGE
        if by_message and host is not None and host.kind != Kind.USER_TASK:
            starts[element.id] = element
        scope = process.elements.get(element.parent)
        if element.kind == Kind.START_EVENT and scope is not None and scope.by_event:
            starts[scope.id] = element
    return starts


def _ended(interrupt: Element) -> str:
    """The scope that an interrupt ends where it interrupts: what it hangs on, or what it stands in."""
    return interrupt.attached_to or interrupt.parent


def _named(element: Element) -> str:
    return element.name or wording.title(element.id)


def _scopes(process: Process, element: Element) -> Iterator[str]:
    while element.parent:
        yield element.parent
        element = process.elements[element.parent]
    yield ""


def _in_event(process: Process, element: Element) -> bool:
    """Whether a case comes to an element only when something comes in between."""
    if any(scope and process.elements[scope].by_event for scope in _scopes(process, element)):
        return True
    before, waiting = {element.id}, [element]
    while waiting:
        current = waiting.pop()
        if not current.incoming and current.kind != Kind.BOUNDARY_EVENT:
            return False
        for source in (process.elements[process.flows[id].source] for id in current.incoming):
            if source.id not in before:
                before.add(source.id)
                waiting.append(source)
    return True

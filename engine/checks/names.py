"""Names in FEEL: what an expression asks for must be written by a form, a table or a message somewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine import feel
from engine.checks.finding import name_of
from engine.checks.rule import Finding, Rule, Topic
from engine.decisions import Decision
from engine.definitions import Definition, Element, Loop, Process
from engine.definitions.kinds import EventKind, Kind
from engine.forms import CHILD_GATE, GATE, Field, Form, Holds
from engine.likeness import likely
from engine.words import Noted, Register

REGION = frozenset({"naam", "gemeenten", "termijnen", "organisaties", "gegevenssoorten", "lijsten"})
"""What an expression may ask of `regio`."""
ALWAYS = frozenset({"regio", "gemeente", "begonnen_als"})
_ROW = frozenset({"id", "value", "label", "domein", "soort"})
"""What the rows of lists have beside what a form asks of them."""
SHOWN = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True)
class Known:
    """Every name that a case of a definition can come to know."""

    fields: frozenset[str]
    inner: frozenset[str]
    rows: Mapping[str, frozenset[str]]
    """The names of loop items, each with what such an item can hold."""
    deadlines: frozenset[str]
    lists: frozenset[str]
    answers: frozenset[str]
    """What can be chosen somewhere."""

    @property
    def names(self) -> frozenset[str]:
        """All that stands in the document or beside it."""
        return self.fields | self.rows.keys() | ALWAYS

    def strange(self, expression: feel.Expression) -> Iterator[str]:
        """Names in an expression that nothing ever writes."""
        yield from sorted(expression.names - self.names - expression.item_names)
        yield from sorted(expression.item_names - self.names - self.inner)
        for path in sorted(expression.paths):
            first, *rest = path.split(".")
            asked_of_region = first == "regio" and rest and not self._of_region(rest)
            if asked_of_region or (first in self.rows and rest and rest[0] not in self.rows[first]):
                yield path

    def _of_region(self, rest: list[str]) -> bool:
        if rest[0] == "termijnen" and len(rest) > 1:
            return rest[1] in self.deadlines
        if rest[0] == "lijsten" and len(rest) > 1:
            return rest[1] in self.lists
        return rest[0] in REGION

    def meant(self, name: str) -> str:
        """The known name that is most like a strange one, or ""."""
        if name.startswith("regio.termijnen."):
            near = likely(name.rsplit(".", 1)[1], self.deadlines, 0.7)
            return f"regio.termijnen.{near}" if near else ""
        return likely(name.rsplit(".", 1)[-1], self.fields | self.inner | self.rows.keys(), 0.75)


UNKNOWN = Rule(
    "naam_onbekend",
    Topic.NAMES,
    "Elke naam in een voorwaarde, tekst of tabel wordt ergens ingevuld: door een vraag, een tabel of een bericht.",
    "Een naam die niemand invult is altijd leeg. De casus neemt dan stil de verkeerde weg.",
    "Gebruik de sleutel van een vraag uit een formulier. Een woord als waarde zet je tussen aanhalingstekens.",
    wrong='begin > bellen > wil_het?\nwil_het >ja [=wilt = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
)


TWO_KINDS = Rule(
    "sleutel_soort",
    Topic.NAMES,
    "Dezelfde sleutel in twee formulieren is dezelfde vraag, en vraagt dus naar hetzelfde soort antwoord.",
    "Een casus bewaart één antwoord onder een sleutel. Het laatste wist het eerste, en een keuze leest iets anders.",
    "Geef een van de vragen een eigen sleutel, of maak er dezelfde soort vraag van.",
    wrong={
        "proef.bpmn": "begin > bellen > bezoeken > klaar\nbezoeken: camunda:formRef=bezoek",
        "formulieren/vragen.form": "- {type: textfield, key: aantal, label: Aantal}",
        "formulieren/bezoek.form": "- {type: number, key: aantal, label: Aantal}",
    },
    right={
        "proef.bpmn": "begin > bellen > bezoeken > klaar\nbezoeken: camunda:formRef=bezoek",
        "formulieren/vragen.form": "- {type: number, key: aantal, label: Aantal}",
        "formulieren/bezoek.form": "- {type: number, key: aantal, label: Aantal}",
    },
)


def forms_in_use(definition: Definition) -> tuple[Form, ...]:
    """The forms that a step asks for; what lies beside them is never asked."""
    used = {task.form for process in definition.processes.values() for task in process.user_tasks}
    return tuple(form for id, form in definition.forms.items() if id in used)


def file_of(form: Form, definition: Definition) -> str:
    """The file that a form was read from."""
    return next((f for f in definition.files if f.endswith(f"{form.id}.form")), f"{form.id}.form")


def questions(form: Form) -> Iterator[Field]:
    """Every question that can be shown, those in the rows of lists too."""
    for question in form.input_fields():
        if not question.never_shown:
            yield question
            yield from (inner for inner in question.fields if not inner.never_shown)


def known(definition: Definition) -> Known:
    """What the cases of a definition know: answers, outcomes of tables, who sent a message, rows of lists."""
    fields: set[str] = set()
    inner: set[str] = set(_ROW)
    for form in forms_in_use(definition):
        top = {question.key for question in form.input_fields() if not question.never_shown}
        fields |= top
        inner.update(question.key for question in questions(form) if question.key not in top)
    for process in definition.processes.values():
        for element in process.elements.values():
            if element.kind == Kind.BUSINESS_RULE_TASK:
                fields.add(element.result or element.decision)
            if element.event is not None and element.event.kind == EventKind.MESSAGE and not process.rows_at(element):
                fields.update(element.event.name + suffix for suffix in Noted)
    if any(loop.variable for _, loop in _loops(definition)):  # a form inside a loop writes to the item
        inner |= fields
    lists = _lists(definition)
    fields |= lists.keys()  # what is told in rows stands in a list that no form asks
    rows = _rows(definition, lists, frozenset(inner))
    answers = frozenset(
        option.value for form in forms_in_use(definition) for asked in questions(form) for option in asked.options
    )
    settings = definition.settings
    terms, lists_of_region = frozenset(settings.deadlines), frozenset(settings.lists)
    return Known(frozenset(fields), frozenset(inner), rows, terms, lists_of_region, answers)


def _lists(definition: Definition) -> Mapping[str, set[str]]:
    """What the rows of each list hold."""
    lists: dict[str, set[str]] = {}
    for form in forms_in_use(definition):
        for question in form.input_fields():
            if question.type.holds is Holds.ROWS:
                lists.setdefault(question.key, set()).update(row.key for row in question.fields)
    for process in definition.processes.values():
        for element in process.elements.values():
            if element.event is not None and (rows := process.told_rows_at(element)):
                lists.setdefault(rows, set()).update(element.event.name + noted for noted in Noted)
    return lists


def _loops(definition: Definition) -> Iterator[tuple[Element, Loop]]:
    for process in definition.processes.values():
        yield from ((e, e.loop) for e in process.elements.values() if e.loop is not None)


def _rows(
    definition: Definition, lists: Mapping[str, set[str]], anything: frozenset[str]
) -> Mapping[str, frozenset[str]]:
    """What the item of each loop can hold, by the name of the item."""
    held: dict[str, frozenset[str]] = {}
    for element, loop in _loops(definition):
        if loop.variable:
            row = _row(definition, element, loop.collection, lists)
            held[loop.variable] = held.get(loop.variable, frozenset()) | (anything if row is None else row)
    return held


def _row(definition: Definition, loop: Element, text: str, lists: Mapping[str, set[str]]) -> frozenset[str] | None:
    """What an item of a loop can hold: its row in the list, and what is asked inside. None where that is not seen."""
    collection = expression_of(text)
    if collection is None or not collection.names or not collection.names <= lists.keys():
        return None
    columns = set(_ROW).union(*(lists[name] for name in collection.names))
    for task in _tasks_in(definition, loop, frozenset()):
        form = definition.forms.get(task.form)
        columns.update(form.keys() if form is not None else ())
    return frozenset(columns)


def _tasks_in(definition: Definition, element: Element, seen: frozenset[str]) -> Iterator[Element]:
    """The steps of people in an activity."""
    return (inner for inner in _in(definition, element, seen) if inner.kind == Kind.USER_TASK)


def _in(definition: Definition, element: Element, seen: frozenset[str]) -> Iterator[Element]:
    """An element, what stands in it, and what it calls."""
    yield element
    called = definition.processes.get(element.called) if element.called not in seen else None
    for inner in called.elements.values() if called is not None else ():
        yield from _in(definition, inner, seen | {element.called})
    for inner in definition.processes[element.process].elements.values() if element.kind == Kind.SUB_PROCESS else ():
        if inner.parent == element.id:
            yield from _in(definition, inner, seen)


Columns = Mapping[tuple[str, str], frozenset[str]]
"""What the fields of a row are called that are seen as those of the document, by diagram and element."""


def _columns(definition: Definition) -> Columns:
    """What each element sees that runs for each row of a list."""
    columns: dict[tuple[str, str], frozenset[str]] = {}
    lists = _lists(definition)
    for process in definition.processes.values():
        for handler in (e for e in process.elements.values() if e.by_event and e.for_each in lists):
            row = _row(definition, handler, f"={handler.for_each}", lists) or frozenset()
            for inner in _in(definition, handler, frozenset()):
                place = (inner.process, inner.id)
                columns[place] = columns.get(place, frozenset()) | row
    return columns


def names(definition: Definition, tables: Mapping[str, tuple[Decision, ...]]) -> tuple[Finding, ...]:
    """Names in diagrams, forms and decision tables (by file) that nothing ever writes."""
    about, columns = known(definition), _columns(definition)
    elements = [e for process in definition.processes.values() for e in process.elements.values()]

    def row(used: Iterable[Element]) -> frozenset[str]:
        return frozenset().union(*(columns.get((e.process, e.id), frozenset()) for e in used))

    findings = [f for process in definition.processes.values() for f in _in_process(process, about, columns)]
    for form in forms_in_use(definition):
        findings += _in_form(form, definition, about, row(e for e in elements if e.form == form.id))
    for file, decisions in tables.items():
        for table in decisions:
            if used := [e for e in elements if e.decision == table.id]:
                findings += _in_table(file, table, about, row(used))
    return (*findings, *_two_kinds(definition))


def _two_kinds(definition: Definition) -> Iterator[Finding]:
    """Keys under which two forms ask for answers of different kinds."""
    first: dict[str, tuple[Form, Field]] = {}
    for form in forms_in_use(definition):
        for question in form.input_fields():
            other, before = first.setdefault(question.key, (form, question))
            if question.type.holds is not before.type.holds:
                kinds = f"'{question.type.form_js}' en in '{other.id}' een '{before.type.form_js}'"
                message = f"De vraag '{question.key}' is hier een {kinds}."
                yield TWO_KINDS.breach(file_of(form, definition), question.id, message, name=question.label)


def _in_process(process: Process, about: Known, columns: Columns) -> Iterator[Finding]:
    for id, text in process.expressions():
        expression = expression_of(text)
        if expression is not None:
            place, row = f"Bij '{_place(process, id)}'", columns.get((process.id, _standing(process, id)), frozenset())
            yield from _findings(process.file, id, name_of(process, id), expression, about, place, row)
    for task in process.user_tasks:
        given = task.given_to
        if given and given not in about.fields:
            place = f"Bij 'toewijzen' van '{task.title}'"
            yield _finding(process.file, task.id, task.name, given, given, about, place)


def _standing(process: Process, id: str) -> str:
    """The id of the element that an expression is read at."""
    return process.flows[id].source if id in process.flows else id


def _place(process: Process, id: str) -> str:
    flow = process.flows.get(id)
    source = process.elements.get(flow.source) if flow else None
    if flow and source:
        return f"{source.title}{f' → {flow.name}' if flow.name else ''}"
    return name_of(process, id) or id


def _in_form(form: Form, definition: Definition, about: Known, columns: frozenset[str]) -> Iterator[Finding]:
    file = file_of(form, definition)
    steps = [t for process in definition.processes.values() for t in process.user_tasks if t.form == form.id]
    asks_consent = any(step.properties.get("register") == Register.CONSENT for step in steps)
    for field, row in _all_fields(form.fields, columns):
        label = field.label or field.key or field.id
        demanded = (demand.condition for demand in field.demands)
        for expression in (field.hide, field.expression, expression_of(field.options_expression), *demanded):
            if expression is not None:
                gate = {GATE, CHILD_GATE} if asks_consent and expression is field.expression else frozenset()
                yield from _findings(file, field.id, label, expression, about, f"Bij de vraag '{label}'", row | gate)
        for shown in SHOWN.findall(field.text):
            if shown not in about.names | about.inner | row:
                yield _finding(file, field.id, label, shown, field.text, about, "In een tekst van dit formulier")


def _all_fields(fields: tuple[Field, ...], row: frozenset[str]) -> Iterator[tuple[Field, frozenset[str]]]:
    """Every field, with the names of those that stand in the same row of a list."""
    for field in fields:
        yield field, row
        inside = frozenset(f.key for f in field.fields) if field.type.holds is Holds.ROWS else frozenset()
        yield from _all_fields(field.fields, row | inside)


def _in_table(file: str, table: Decision, about: Known, row: frozenset[str]) -> Iterator[Finding]:
    place = f"In de tabel '{table.name}'"
    for column in table.inputs:
        yield from _findings(file, table.id, table.name, column.expression, about, place, row)
    for rule in table.rules:
        for cell in rule.tests:
            for strange in sorted(cell.names - about.names - row - {"?"}):
                yield _finding(file, table.id, table.name, strange, cell.text, about, place)
        for result in rule.results:
            if result is not None:
                yield from _findings(file, table.id, table.name, result, about, place, row)


def expression_of(text: str) -> feel.Expression | None:
    """The expression that a text holds; None where it holds none, or one that the first gate refuses."""
    try:
        expression = feel.read(text)
    except feel.FeelError:
        return None
    return expression if isinstance(expression, feel.Expression) else None


def _findings(
    file: str,
    id: str,
    name: str,
    expression: feel.Expression,
    about: Known,
    place: str,
    row: frozenset[str] = frozenset(),
) -> Iterator[Finding]:
    for strange in about.strange(expression):
        if strange not in row:
            yield _finding(file, id, name, strange, expression.text, about, place)


def _finding(file: str, id: str, name: str, strange: str, text: str, about: Known, place: str) -> Finding:
    meant = about.meant(strange)
    shown = text if len(text) <= 80 else text[:80] + " …"
    if strange.startswith("regio."):
        message = f"{place} staat '{shown}'. De regio heeft geen '{strange.removeprefix('regio.')}'."
        advice = "Zet het in regio.yaml, of gebruik een naam die daar staat."
    else:
        message = f"{place} staat '{shown}'. Geen formulier, tabel of bericht vult '{strange}' ooit in."
        advice = (
            "Gebruik de sleutel van een vraag uit een formulier. Een woord als waarde zet je tussen aanhalingstekens."
        )
    if meant:
        advice = f"Bedoelde je '{meant}'? {advice}"
    elif strange in about.answers:
        advice = f'Bedoelde je het antwoord "{strange}"? Zet het dan tussen aanhalingstekens.'
    return UNKNOWN.breach(file, id, message, name=name, advice=advice)

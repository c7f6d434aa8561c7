"""Answers in FEEL: a condition compares with an answer that somebody can give, and can turn out either way."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from engine import deadlines, feel
from engine.checks.finding import name_of
from engine.checks.names import expression_of, file_of, forms_in_use, questions
from engine.checks.records import OPEN_QUESTION
from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.decisions import LISTS, Decision
from engine.definitions import Definition, Flow, Process
from engine.definitions.kinds import Kind
from engine.feel.syntax import Node, parse_expression
from engine.forms import Holds
from engine.likeness import likely
from engine.proof import knowledge
from engine.words import Answer

Answers = Mapping[str, frozenset[str] | None]
"""Per question the texts that it can be answered with; None where anything can be written."""

_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NO_TEXT = frozenset({Holds.NUMBER, Holds.YES_NO})
_OTHERWISE: Mapping[str, str] = {Answer.YES: Answer.NO, Answer.NO: Answer.YES}


_WHY = "Een antwoord dat niet kan, komt nooit. De casus neemt dan stil de verkeerde weg."
_DAY = (
    "- {{type: datetime, subtype: date, key: dag, label: Dag, properties: {{controle: '{}', melding: Kies een dag}}}}"
)
_KEPT = 'begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder'

UNKNOWN = Rule(
    "antwoord_onbekend",
    Topic.NAMES,
    "Een voorwaarde vraagt alleen naar antwoorden die iemand kan geven.",
    _WHY,
    "Kies een antwoord uit het formulier of de tabel.",
    wrong='begin > bellen > wil_het?\nwil_het >ja [=wil = "jazeker"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    right=_KEPT,
)
FIXED = Rule(
    "antwoord_vast",
    Topic.NAMES,
    "Een voorwaarde kan waar zijn en niet waar, en een lijst is niet altijd leeg.",
    _WHY,
    'Vraag naar een antwoord, zoals =besluit = "ja". Of haal weg wat nooit anders is.',
    wrong='begin > bellen > wil_het?\nwil_het >ja [="ja" = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    right=_KEPT,
)
TURNED = Rule(
    "opschrift_omgekeerd",
    Topic.TEXTS,
    "Op een pijl staat het antwoord waarbij hij wordt genomen.",
    "Wie de tekening leest, denkt anders dat het andersom gaat.",
    "Verander het opschrift of de voorwaarde, of stel de vraag bij de ruit andersom.",
    wrong='begin > bellen > wil_het?\nwil_het >ja [=wil = "nee"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    right=_KEPT,
    severity=Severity.WARNING,
)

UNDECIDED = Rule(
    "controle_zegt_niets",
    Topic.NAMES,
    "Een controle bij een vraag zegt ja of nee zodra alles is ingevuld.",
    "Een controle die niets zegt, houdt niets tegen. Dan staat er straks toch een dag die niet kan.",
    "Maak van een dag eerst een datum, zoals =date(dag) >= today(), en vergelijk wat van dezelfde soort is.",
    wrong={"formulieren/vragen.form": _DAY.format("=dag >= today()")},
    right={"formulieren/vragen.form": _DAY.format("=date(dag) >= today()")},
)

_SAMPLES: Mapping[Holds, object] = {
    Holds.DAY: "2026-03-02", Holds.TIME: "09:30", Holds.MOMENT: "2026-03-02T09:30", Holds.NUMBER: 1,
    Holds.YES_NO: True, Holds.CHOICES: [Answer.YES], Holds.ROWS: [],
}  # fmt: skip
_SOME_DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def answers(definition: Definition, tables: Mapping[str, tuple[Decision, ...]]) -> tuple[Finding, ...]:
    """Conditions in diagrams, forms and tables that ask for an answer that nobody can give."""
    given = _given(definition, [table for several in tables.values() for table in several])
    findings: list[Finding] = []
    for process in definition.processes.values():
        findings += _in_process(process, given)
        findings += _skipped(definition, process)
    for form in forms_in_use(definition):
        file = file_of(form, definition)
        for question in questions(form):
            place = f"Bij de vraag '{question.label or question.key or question.id}'"
            demanded = [demand.condition for demand in question.demands]
            for expression in filter(None, (question.hide, question.expression, *demanded)):
                findings += _strange(file, question.id, question.label, place, expression.text, given)
            for condition in demanded:
                if not _decides(definition, condition):
                    message = f"{place} staat de controle '{condition.text}'. Die zegt nooit ja of nee."
                    findings.append(UNDECIDED.breach(file, question.id, message, name=question.label))
    for file, several in tables.items():
        findings += [finding for table in several for finding in _in_table(file, table, given)]
    return tuple(findings)


def _decides(definition: Definition, condition: feel.Expression) -> bool:
    """Whether a demand says yes or no once all that it asks for is answered."""
    asked = (question for form in forms_in_use(definition) for question in questions(form))
    samples = {question.key: _SAMPLES.get(question.type.holds, Answer.YES) for question in asked}
    context = {**samples, "regio": {"termijnen": definition.settings.deadlines}, **deadlines.clock(_SOME_DAY)}
    try:
        return isinstance(condition.evaluate(context), bool)
    except feel.FeelError:
        return False  # it takes too much


def _given(definition: Definition, tables: Iterable[Decision]) -> Answers:
    """What each question, and each outcome of a table, can be."""
    possible: dict[str, frozenset[str] | None] = {"regio": frozenset()}  # holds texts, and is none itself

    def add(key: str, values: frozenset[str] | None) -> None:
        before = possible.get(key, frozenset())
        possible[key] = None if values is None or before is None else before | values

    for form in forms_in_use(definition):
        for question in questions(form):
            fixed = question.options and not question.options_expression
            values = frozenset(option.value for option in question.options) if fixed else None
            add(question.key, frozenset() if question.type.holds in _NO_TEXT else values)
    outcomes = {table.id: _outcomes(table) for table in tables}
    for process in definition.processes.values():
        for element in process.elements.values():
            if element.kind == Kind.BUSINESS_RULE_TASK:
                add(element.result or element.decision, outcomes.get(element.decision))
    return possible


def _outcomes(table: Decision) -> frozenset[str] | None:
    """The texts that a table with one column of outcomes can give."""
    results = [result for rule in table.rules for result in rule.results]
    results += [output.default for output in table.outputs if output.default is not None]
    values = [result.evaluate({}) if result is not None and not result.asks else None for result in results]
    if len(table.outputs) != 1 or table.hit_policy in LISTS or not all(isinstance(v, str) for v in values):
        return None
    return frozenset(map(str, values))


# --- in diagrams -----------------------------------------------------------------------------------------------


def _in_process(process: Process, given: Answers) -> Iterator[Finding]:
    for id, text in process.expressions():
        place = f"Bij '{_title(process, id)}'"
        yield from _strange(process.file, id, name_of(process, id), place, text, given)
    yield from _fixed(process)
    for flow in process.flows.values():
        if flow.condition:
            yield from _labelled(process, flow)


def _title(process: Process, id: str) -> str:
    flow = process.flows.get(id)
    source = process.elements.get(flow.source) if flow else None
    if flow and source:
        return f"{source.title}{f' → {flow.name}' if flow.name else ''}"
    return name_of(process, id) or id


def _strange(file: str, id: str, name: str, place: str, text: str, given: Answers) -> Iterator[Finding]:
    """What is compared with, and what no question offers."""
    try:
        node = parse_expression(text.strip().removeprefix("=").strip())
    except feel.FeelError:
        return  # the first gate tells
    for key, value in dict.fromkeys(_compared(node)):
        choices = given.get(key)
        if choices is not None and value and value not in choices:
            yield _unknown(file, id, name, place, key, value, choices)


def _unknown(file: str, id: str, name: str, place: str, key: str, value: str, choices: frozenset[str]) -> Finding:
    near = likely(value, choices) or next((v for v in choices if v.lower() == value.lower()), "")
    choice = (
        f"Kies uit: {', '.join(sorted(choices))}." if choices else "Vergelijk met een getal, of met waar of niet waar."
    )
    return UNKNOWN.breach(
        file,
        id,
        f"{place} staat het antwoord '{value}' op de vraag '{key}'. Dat antwoord kan niemand geven.",
        name=name,
        advice=f"Bedoelde je '{near}'? {choice}" if near else choice,
    )


def _compared(node: Node) -> Iterator[tuple[str, str]]:
    """The questions that an expression compares with a text, each with that text."""
    if node.kind == "compare" and node.value in ("=", "!="):
        keys = [part.value for part in node.parts if part.kind in ("name", "path")]
        texts = [part.value for part in node.parts if part.kind == "literal" and isinstance(part.value, str)]
        if len(keys) == len(texts) == 1:
            yield str(keys[0]), texts[0]
    if node.kind == "within" and node.parts[0].kind in ("name", "path"):
        tests = node.parts[1].parts if node.parts[1].kind in ("tests", "list") else node.parts[1:]
        for test in tests:
            if test.kind == "literal" and isinstance(test.value, str):
                yield str(node.parts[0].value), test.value
    for part in node.parts:
        yield from _compared(part)


def _fixed(process: Process) -> Iterator[Finding]:
    """Conditions that ask for nothing, so that they always turn out the same, and lists that are always empty."""
    for flow in process.flows.values():
        if outcome := _outcome(flow.condition):
            message = (
                f"De pijl '{_title(process, flow.id)}' wordt {outcome} genomen: zijn voorwaarde vraagt nergens naar."
            )
            yield _same(process, flow.id, flow.name, message)
    for element in process.elements.values():
        name = element.title
        if outcome := _outcome(element.properties.get("spoed_als", "")):
            message = f"Bij '{name}' is er {outcome} spoed: 'spoed_als' vraagt nergens naar."
            yield _same(process, element.id, element.name, message)
        if element.loop is not None and (outcome := _outcome(element.loop.condition)):
            message = f"'{name}' houdt {outcome} eerder op: de voorwaarde daarvoor vraagt nergens naar."
            yield _same(process, element.id, element.name, message)
        if element.loop is not None and _constant(element.loop.collection) in (([],), (None,)):
            message = f"'{name}' gebeurt nooit: de lijst is altijd leeg."
            yield _same(process, element.id, element.name, message)


def _outcome(text: str) -> str:
    """What a condition always comes to, in a word; "" where it asks for something."""
    return "".join("altijd" if value is True else "nooit" for value in _constant(text))


def _constant(text: str) -> tuple[object, ...]:
    """The one value of an expression that asks for nothing; () where it asks for something."""
    read = expression_of(text)
    if read is None or read.asks:
        return ()
    return (read.evaluate({}),)


def _same(process: Process, id: str, name: str, message: str) -> Finding:
    advice = 'Vraag naar een antwoord, zoals =besluit = "ja". Of haal weg wat nooit anders is.'
    return FIXED.breach(process.file, id, message, name=name, advice=advice)


def _labelled(process: Process, flow: Flow) -> Iterator[Finding]:
    """An arrow that says yes and is taken for a no, or the other way around."""
    other = _OTHERWISE.get(flow.name.strip().lower())
    asked = knowledge.formula(flow.condition)
    if other is None or not isinstance(asked, knowledge.Is):
        return
    says = other if not asked.negated else flow.name.strip().lower()
    if asked.values == {says}:
        yield TURNED.breach(
            process.file,
            flow.id,
            f"Op de pijl '{_title(process, flow.id)}' staat '{flow.name}'. Hij wordt genomen bij "
            f"'{other}' op de vraag '{asked.key}'.",
            name=flow.name,
            places=tuple((process.file, id) for id in (flow.source, flow.id)),
        )


def _skipped(definition: Definition, process: Process) -> Iterator[Finding]:
    """Questions that a gateway needs and that people may leave open."""
    optional = {
        question.key: question.label
        for form in forms_in_use(definition)
        for question in form.input_fields()
        if not question.required and question.type.holds is Holds.CHOICE
    }
    for element in process.elements.values():
        flows = [process.flows[id] for id in element.outgoing]
        atoms = [atom for f in flows if f.condition for atom in knowledge.atoms(knowledge.formula(f.condition))]
        for key in dict.fromkeys(atom.key for atom in atoms if isinstance(atom, knowledge.Is)):
            if key in optional:
                usual = next((f.name or f.id for f in flows if f.id == element.default), "")
                goes = f" Dan gaat de casus de weg '{usual}'." if usual else ""
                yield OPEN_QUESTION.breach(
                    process.file,
                    element.id,
                    f"'{element.title}' kijkt naar de vraag '{optional[key]}'. Die mag open blijven.{goes}",
                    name=element.name,
                    severity=Severity.WARNING,
                )


# --- in tables -------------------------------------------------------------------------------------------------


def _in_table(file: str, table: Decision, given: Answers) -> Iterator[Finding]:
    place = f"In de tabel '{table.name}'"
    for number, column in enumerate(table.inputs):
        key = column.expression.text.strip()
        choices = given.get(key)
        if choices is None:
            continue
        cells = " ".join(rule.tests[number].text for rule in table.rules if not rule.tests[number].names)
        for value in dict.fromkeys(_TEXT.findall(cells)):
            if value and value not in choices:
                yield _unknown(file, table.id, table.name, place, key, value, choices)

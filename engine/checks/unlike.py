"""What can be no answer, seen before there is a case: unlike kinds that are compared, and what is always empty.

Each expression is read with the kinds that its questions can have. Where nothing is known of a part, nothing is
told of it; an answer may be open everywhere, and that is no slip.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine import feel
from engine.checks.finding import name_of
from engine.checks.names import file_of, forms_in_use, questions
from engine.checks.rule import Finding, Rule, Topic
from engine.decisions import Decision, Input
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import EventKind, TimerKind
from engine.feel.evaluation import INPUT, named_values
from engine.feel.syntax import Node, parse_expression, parse_tests
from engine.feel.values import kind as kind_of
from engine.forms import Holds

Kinds = frozenset[str] | None
"""The kinds of value that something can be, of those that FEEL has, beside null: none where it is always null; None
where nobody knows.
"""

_KEPT = 'begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder'

UNLIKE = Rule(
    "soort_ongelijk",
    Topic.NAMES,
    "Een voorwaarde of berekening gebruikt waarden die bij elkaar passen.",
    "Waarden van verschillende soort zijn nooit gelijk, groter of kleiner. De casus neemt dan stil de verkeerde weg.",
    "Vergelijk een tekst met een tekst en een getal met een getal. Maak van een dag op een formulier eerst een datum,"
    " zoals date(dag).",
    wrong=_KEPT.replace('wil = "ja"', "wil > 3"),
    right=_KEPT,
    silenced_by=frozenset({"antwoord_onbekend", "controle_zegt_niets"}),
)
EMPTY = Rule(
    "altijd_leeg",
    Topic.NAMES,
    "Wat een voorwaarde, een klok of een tabel gebruikt, kan iets zijn.",
    "Wat altijd leeg is, is nooit waar en gaat nooit af. Een gezin wacht dan op iets dat niet komt.",
    'Schrijf een dag die bestaat, zoals date("2026-03-01"), en een duur als duration("P14D"), ("P3M") of ("PT2H").',
    wrong=_KEPT.replace('=wil = "ja"', '=wil = "ja" and today() > date("2026-02-30")'),
    right=_KEPT.replace('=wil = "ja"', '=wil = "ja" and today() > date("2026-02-28")'),
    silenced_by=frozenset({"klok", "controle_zegt_niets"}),
)

_BOOLEAN, _NUMBER, _TEXT = frozenset({"boolean"}), frozenset({"number"}), frozenset({"string"})
_DAYS = frozenset({"date", "date and time"})
_LENGTH = frozenset({"duration"})
_LIST = frozenset({"list"})
_ASKED: Mapping[Holds, Kinds] = {
    Holds.TEXT: _TEXT, Holds.DAY: _TEXT, Holds.TIME: _TEXT, Holds.MOMENT: _TEXT, Holds.CHOICE: _TEXT,
    Holds.NUMBER: _NUMBER, Holds.YES_NO: _BOOLEAN, Holds.CHOICES: _LIST, Holds.ROWS: _LIST,
}  # fmt: skip
_COLUMNS: Mapping[str, frozenset[str]] = {
    "date": frozenset({"date"}), "time": frozenset({"time"}), "dateTime": frozenset({"date and time"}),
    "dayTimeDuration": _LENGTH, "yearMonthDuration": _LENGTH, "boolean": _BOOLEAN, "string": _TEXT,
    **dict.fromkeys(("number", "integer", "long", "double"), _NUMBER),
}  # fmt: skip
_SAID: Mapping[str, str] = {
    "number": "een getal", "string": "een tekst", "boolean": "waar of niet waar", "date": "een datum",
    "date and time": "een moment", "time": "een tijd", "duration": "een duur", "list": "een lijst",
    "context": "een regel met gegevens", "range": "een bereik",
}  # fmt: skip
_TAKEN: Mapping[str, Kinds] = {
    "day": _DAYS, "whole": _NUMBER, "any": None, "list": None,
}  # fmt: skip
_READ: Mapping[str, frozenset[str]] = {
    "date": _TEXT | _DAYS | _NUMBER, "time": _TEXT | _DAYS | _NUMBER | {"time"}, "date and time": _TEXT | _DAYS,
    "duration": _TEXT | _LENGTH, "number": _TEXT | _NUMBER,
}  # fmt: skip
"""What the functions that make another kind of a value can make it of."""
_SUMS: Mapping[str, tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...]] = {
    "+": ((_NUMBER, _NUMBER, _NUMBER), (_TEXT, _TEXT, _TEXT), (_LENGTH, _LENGTH, _LENGTH)),
    "-": ((_NUMBER, _NUMBER, _NUMBER), (_LENGTH, _LENGTH, _LENGTH), (_DAYS, _DAYS, _LENGTH)),
    "*": ((_NUMBER, _NUMBER, _NUMBER), (_LENGTH, _NUMBER, _LENGTH), (_NUMBER, _LENGTH, _LENGTH)),
    "/": ((_NUMBER, _NUMBER, _NUMBER), (_LENGTH, _NUMBER, _LENGTH), (_LENGTH, _LENGTH, _NUMBER)),
    "**": ((_NUMBER, _NUMBER, _NUMBER),),
}
_MOMENTS = ("date", "date and time", "time")


def unlike(definition: Definition, tables: Mapping[str, tuple[Decision, ...]]) -> tuple[Finding, ...]:
    """Expressions in diagrams, forms and tables of which a part can't be what is asked of it."""
    given = _given(definition)
    findings: list[Finding] = []
    for process in definition.processes.values():
        for id, text, wanted in _in_process(process):
            place = f"Bij '{name_of(process, id) or id}'"
            findings += _told(process.file, id, name_of(process, id), place, _read(text, given, wanted))
    for form in forms_in_use(definition):
        file = file_of(form, definition)
        for question in questions(form):
            name = question.label or question.key or question.id
            conditions = [question.hide, *(demand.condition for demand in question.demands)]
            read = [(asked, _BOOLEAN) for asked in conditions if asked] + [(question.expression, None)]
            for asked, wanted in read:
                slips = _read(f"={asked.text}", given, wanted) if asked else ()
                findings += _told(file, question.id, name, f"Bij de vraag '{name}'", slips)
    for file, several in tables.items():
        for table in several:
            for place, slips in _in_table(table, given):
                findings += _told(file, table.id, table.name, place, slips)
    return tuple(findings)


def _given(definition: Definition) -> Mapping[str, Kinds]:
    """The kinds of each question; what also comes from elsewhere may be anything."""
    given: dict[str, Kinds] = {}
    for form in forms_in_use(definition):
        for question in questions(form):
            kinds = _ASKED.get(question.type.holds)
            before = given.get(question.key, frozenset())
            given[question.key] = None if kinds is None or before is None else before | kinds
    for process in definition.processes.values():
        for element in process.elements.values():
            for name in (element.result or element.decision, element.loop.variable if element.loop else ""):
                if name in given:
                    given[name] = None
    return given


def _in_process(process: Process) -> Iterator[tuple[str, str, Kinds]]:
    """Every text of a diagram that may be FEEL, with the id of what it belongs to and what it should come to."""
    for flow in process.flows.values():
        yield flow.id, flow.condition, _BOOLEAN
    for element in process.elements.values():
        yield from ((element.id, text, wanted) for text, wanted in _at(element))


def _at(element: Element) -> Iterator[tuple[str, Kinds]]:
    if element.loop is not None:
        yield element.loop.collection, None
        yield element.loop.cardinality, _NUMBER | _TEXT
        yield element.loop.condition, _BOOLEAN
    yield element.activation, _BOOLEAN
    yield element.properties.get("spoed_als", ""), _BOOLEAN
    for event in (element.event.parts or (element.event,)) if element.event else ():
        kinds = _BOOLEAN
        if event.kind == EventKind.TIMER:
            kinds = _TEXT | (_DAYS if event.timer == TimerKind.DATE else _LENGTH)
        yield event.expression, kinds


@dataclass
class _Slip:
    """Something that can't be, in the words of a sentence."""

    rule: Rule
    message: str


def _told(file: str, id: str, name: str, place: str, slips: tuple[_Slip, ...]) -> Iterator[Finding]:
    for slip in slips:
        yield slip.rule.breach(file, id, f"{place} {slip.message}", name=name)


def _read(text: str, given: Mapping[str, Kinds], wanted: Kinds) -> tuple[_Slip, ...]:
    if not text.strip().startswith("="):
        return ()
    try:
        node = parse_expression(text.strip()[1:].strip())
    except feel.FeelError:
        return ()  # the first gate tells
    reader = _Reader(given)
    reader.wanted(node, wanted)
    return tuple(reader.slips[:1])  # the rest may follow from it


def _in_table(table: Decision, given: Mapping[str, Kinds]) -> Iterator[tuple[str, tuple[_Slip, ...]]]:
    """What can't be in a table, with where in it that is."""
    for number, column in enumerate(table.inputs):
        reader = _Reader(given)
        kinds = reader.kinds(parse_expression(column.expression.text))
        yield f"In de kolom '{column.label}' van de tabel '{table.name}'", tuple(reader.slips[:1])
        for row, rule in enumerate(table.rules if not reader.slips else (), 1):
            cell = _Reader(given, {INPUT: _as_column(column, kinds)})
            cell.tests(parse_tests(rule.tests[number].text), Node("name", 0, INPUT))
            yield f"In regel {row} van de tabel '{table.name}'", tuple(cell.slips[:1])
    for row, rule in enumerate(table.rules, 1):
        for result in filter(None, rule.results):
            yield f"In regel {row} van de tabel '{table.name}'", _read(f"={result.text}", given, None)


def _as_column(column: Input, kinds: Kinds) -> Kinds:
    """What a column looks at: the text of an answer is taken for what the column says it is."""
    declared = _COLUMNS.get(column.type)
    if kinds is None or declared is None:
        return declared if kinds is None else kinds
    converted = declared if column.type not in ("boolean", "string") else _TEXT
    return (kinds - _TEXT) | (converted if kinds & _TEXT else frozenset())


@dataclass
class _Reader:
    """Reads one expression and notes what can't be."""

    given: Mapping[str, Kinds]
    names: Mapping[str, Kinds] = field(default_factory=dict)
    slips: list[_Slip] = field(default_factory=list)

    def slip(self, rule: Rule, message: str) -> Kinds:
        """Note something; what it is a part of may then be anything."""
        self.slips.append(_Slip(rule, message))
        return None

    def wanted(self, node: Node, kinds: Kinds) -> Kinds:
        """Read a part that should be one of these kinds."""
        has = self.kinds(node)
        if kinds is not None and has is not None and not has & kinds and "list" not in has and not _is_null(node):
            said = " of ".join(dict.fromkeys(_SAID[kind] for kind in sorted(kinds)))
            if kinds == _BOOLEAN:
                said = "een voorwaarde (iets dat waar is of niet)"
            return self.slip(UNLIKE, f"staat {_called(node, has)} waar {said} hoort.")
        return has

    def kinds(self, node: Node) -> Kinds:
        """The kinds that a part can have."""
        if node.kind == "literal":
            return frozenset() if node.value is None else frozenset({kind_of(node.value)})
        if node.kind == "name":
            return self.names.get(node.value, self.given.get(node.value))
        reading = _READINGS.get(node.kind)
        if reading is not None:
            return reading(self, node)
        for part in node.parts:
            self.kinds(part)
        return _GIVES.get(node.kind)

    def path(self, node: Node) -> Kinds:
        self.kinds(node.parts[0])
        return None if _root(node) == "regio" else self.given.get(node.value)

    def compare(self, node: Node) -> Kinds:
        left, right = node.parts
        self.alike(left, self.kinds(left), right, self.kinds(right), ordered=node.value not in ("=", "!="))
        return _BOOLEAN

    def alike(self, left: Node, one: Kinds, right: Node, other: Kinds, *, ordered: bool) -> None:
        """Note two parts that have no kind in common; null is a value of every kind, and a list of one its item."""
        if not one or not other or "list" in one | other or "range" in one | other:
            return
        if not _family(one) & _family(other):
            word = "vergeleken met" if ordered else "gelijkgesteld aan"
            self.slip(UNLIKE, f"wordt {_called(left, one)} {word} {_called(right, other)}.")

    def between(self, node: Node) -> Kinds:
        value, *bounds = node.parts
        has = self.kinds(value)
        for bound in bounds:
            self.alike(value, has, bound, self.kinds(bound), ordered=True)
        return _BOOLEAN

    def within(self, node: Node) -> Kinds:
        value, tests = node.parts
        self.tests(tests, value)
        return _BOOLEAN

    def tests(self, node: Node, value: Node) -> None:
        """Read unary tests of a value: alternatives, bounds and comparisons."""
        if node.kind in {"tests", "list", "interval", "test", "negated"}:
            for part in node.parts:
                self.tests(part, value)
        else:
            inner = _Reader(self.given, {**self.names, INPUT: self.kinds(value)}, self.slips)
            has = inner.kinds(node)
            if not _names_input(node):
                self.alike(value, self.kinds(value), node, has, ordered=False)

    def arithmetic(self, node: Node) -> Kinds:
        left, right = (self.kinds(part) for part in node.parts)
        if not left or not right or "list" in left | right:
            return None
        results = [result for one, other, result in _SUMS[node.value] if left & one and right & other]
        moved = [one & {*_MOMENTS} for one, other in ((left, right), (right, left)) if other & _LENGTH]
        if node.value in "+-":
            results += [kinds for kinds in moved if kinds]
            if node.value == "-" and "time" in left & right:
                results.append(_LENGTH)
        if results:
            return frozenset().union(*results)
        one, other = (_called(part, has) for part, has in zip(node.parts, (left, right), strict=True))
        return self.slip(UNLIKE, f"staat {one} {node.value} {other}. Daar komt niets uit.")

    def conditions(self, node: Node) -> Kinds:
        for part in node.parts:
            self.wanted(part, _BOOLEAN)
        return _BOOLEAN

    def choice(self, node: Node) -> Kinds:
        self.wanted(node.parts[0], _BOOLEAN)
        yes, no = (self.kinds(part) for part in node.parts[1:])
        return None if yes is None or no is None else yes | no

    def negated(self, node: Node) -> Kinds:
        for part in node.parts[0].parts:
            self.wanted(part, _BOOLEAN)
        return _BOOLEAN

    def call(self, node: Node) -> Kinds:
        function = node.value
        if named_values(node) == [None] and function.name not in {"get value", "min", "max"}:
            return self.slip(EMPTY, f"geeft {function.name}({', '.join(map(_written, node.parts))}) nooit iets.")
        for number, part in enumerate(node.parts):
            wanted = function.types[min(number, len(function.types) - 1)].strip("?*")
            kinds = _READ.get(function.name) if number == 0 else None
            self.wanted(part, kinds or _TAKEN.get(wanted, frozenset({wanted})))
        return {"any": None, "day": _DAYS}.get(function.gives, frozenset({function.gives}))

    def loop(self, node: Node) -> Kinds:
        """Read what walks over items, of which nothing is known."""
        names = {part.value: None for part in node.parts if part.kind == "iterator"}
        inner = _Reader(self.given, {**self.names, **names, "partial": None}, self.slips)
        for part in node.parts[:-1]:
            self.kinds(part.parts[0])
        has = inner.kinds(node.parts[-1])
        if node.kind == "loop":
            return _LIST
        if has is not None and has and not has & _BOOLEAN:
            inner.wanted(node.parts[-1], _BOOLEAN)
        return _BOOLEAN

    def filter(self, node: Node) -> Kinds:
        self.kinds(node.parts[0])
        _Reader(self.given, {**self.names, "item": None}, self.slips).wanted(node.parts[1], _BOOLEAN | _NUMBER)
        return None


_READINGS = {
    "path": _Reader.path,
    "compare": _Reader.compare,
    "between": _Reader.between,
    "within": _Reader.within,
    "arithmetic": _Reader.arithmetic,
    "and": _Reader.conditions,
    "or": _Reader.conditions,
    "negated": _Reader.negated,
    "choice": _Reader.choice,
    "call": _Reader.call,
    "loop": _Reader.loop,
    "quantified": _Reader.loop,
    "filter": _Reader.filter,
}
_GIVES: Mapping[str, frozenset[str]] = {
    "list": _LIST, "context": frozenset({"context"}), "interval": frozenset({"range"}), "instance": _BOOLEAN,
}  # fmt: skip


def _family(kinds: frozenset[str]) -> frozenset[str]:
    """The kinds with which these have an order: a day and a moment lie on one line."""
    return kinds | _DAYS if kinds & _DAYS else kinds


def _root(node: Node) -> str:
    while node.kind == "path":
        node = node.parts[0]
    return str(node.value) if node.kind == "name" else ""


def _is_null(node: Node) -> bool:
    return node.kind == "literal" and node.value is None


def _names_input(node: Node) -> bool:
    return (node.kind == "name" and node.value == INPUT) or any(map(_names_input, node.parts))


def _called(node: Node, kinds: frozenset[str]) -> str:
    """A part as who wrote it knows it, with its kind."""
    said = " of ".join(dict.fromkeys(_SAID[kind] for kind in sorted(kinds))) or "iets dat altijd leeg is"
    written = _written(node)
    return f"{written} ({said})" if written != "…" else said


def _written(node: Node) -> str:
    if node.kind in {"name", "path"} and node.value != INPUT:
        return f"'{node.value}'"
    if node.kind == "literal":
        return f'"{node.value}"' if isinstance(node.value, str) else "null" if node.value is None else str(node.value)
    return f"{node.value.name}(…)" if node.kind == "call" else "…"

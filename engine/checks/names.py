"""Names in FEEL: what an expression asks for must be written by a form, a table or a message somewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from engine import feel
from engine.checks.finding import Finding, name_of
from engine.decisions import Decision
from engine.definitions import Definition, Process
from engine.forms import Field, Form

REGION = frozenset({"naam", "gemeenten", "termijnen", "organisaties"})
"""What an expression may ask of `regio`."""
ALWAYS = frozenset({"regio", "gemeente"})
BESIDE_MESSAGE = ("_door", "_op")
"""What the engine notes of a message: who sent it, and on which day."""


@dataclass(frozen=True)
class Known:
    """Every name that a case of a definition can come to know."""

    fields: frozenset[str]
    inner: frozenset[str]
    variables: frozenset[str]
    deadlines: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """All that stands in the document or beside it."""
        return self.fields | self.variables | ALWAYS

    def strange(self, expression: feel.Expression) -> Iterator[str]:
        """Names in an expression that nothing ever writes."""
        yield from sorted(expression.names - self.names - expression.item_names)
        yield from sorted(expression.item_names - self.names - self.inner)
        for path in sorted(expression.paths):
            first, *rest = path.split(".")
            asked_of_region = first == "regio" and rest and not self._of_region(rest)
            if asked_of_region or (first in self.variables and rest and rest[0] not in self.inner):
                yield path

    def _of_region(self, rest: list[str]) -> bool:
        if rest[0] == "termijnen" and len(rest) > 1:
            return rest[1] in self.deadlines
        return rest[0] in REGION

    def meant(self, name: str) -> str:
        """The known name that is most like a strange one, or ""."""
        if name.startswith("regio.termijnen."):
            near = get_close_matches(name.rsplit(".", 1)[1], sorted(self.deadlines), 1, 0.7)
            return f"regio.termijnen.{near[0]}" if near else ""
        near = get_close_matches(name.rsplit(".", 1)[-1], sorted(self.fields | self.inner | self.variables), 1, 0.75)
        return near[0] if near else ""


def known(definition: Definition) -> Known:
    """What the cases of a definition know: answers, outcomes of tables, who sent a message, rows of lists."""
    fields: set[str] = set()
    inner: set[str] = {"id", "value", "label", "domein", "soort"}
    variables: set[str] = set()
    for form in definition.forms.values():
        for one in form.input_fields():
            fields.add(one.key)
            inner.update(row.key for row in one.fields)
    for process in definition.processes.values():
        for element in process.elements.values():
            if element.kind == "businessRuleTask":
                fields.add(element.result or element.decision)
            if element.event is not None and element.event.kind == "message":
                fields.update(element.event.name + suffix for suffix in BESIDE_MESSAGE)
            if element.loop is not None and element.loop.variable:
                variables.add(element.loop.variable)
    if variables:  # a form inside a loop writes to the item
        inner |= fields
    return Known(frozenset(fields), frozenset(inner), frozenset(variables), frozenset(definition.settings.deadlines))


def names(definition: Definition, tables: Mapping[str, tuple[Decision, ...]]) -> tuple[Finding, ...]:
    """Names in diagrams, forms and decision tables (by file) that nothing ever writes."""
    about = known(definition)
    found = [f for process in definition.processes.values() for f in _in_process(process, about)]
    found += [f for form in definition.forms.values() for f in _in_form(form, definition, about)]
    found += [f for file, decisions in tables.items() for one in decisions for f in _in_table(file, one, about)]
    return tuple(found)


def _in_process(process: Process, about: Known) -> Iterator[Finding]:
    for id, text in process.expressions():
        expression = _read(text)
        if expression is not None:
            title = _place(process, id)
            yield from _findings(process.file, id, name_of(process, id), expression, about, f"Bij '{title}'")


def _place(process: Process, id: str) -> str:
    flow = process.flows.get(id)
    source = process.elements.get(flow.source) if flow else None
    if flow and source:
        return f"{source.name or source.id}{f' → {flow.name}' if flow.name else ''}"
    return name_of(process, id) or id


def _in_form(form: Form, definition: Definition, about: Known) -> Iterator[Finding]:
    file = next((f for f in definition.files if f.endswith(f"{form.id}.form")), f"{form.id}.form")
    for one, row in _all_fields(form.fields):
        label = one.label or one.key or one.id
        for expression in (one.hide, _read(one.options_expression)):
            if expression is not None:
                yield from _findings(file, one.id, label, expression, about, f"Bij de vraag '{label}'", row)


def _all_fields(fields: tuple[Field, ...], row: frozenset[str] = frozenset()) -> Iterator[tuple[Field, frozenset[str]]]:
    """Every field, with the names of those that stand in the same row of a list."""
    for one in fields:
        yield one, row
        inside = frozenset(f.key for f in one.fields) if one.kind == "dynamiclist" else frozenset()
        yield from _all_fields(one.fields, row | inside)


def _in_table(file: str, table: Decision, about: Known) -> Iterator[Finding]:
    for column in table.inputs:
        yield from _findings(file, table.id, table.name, column.expression, about, f"In de tabel '{table.name}'")
    for rule in table.rules:
        for cell in rule.tests:
            for strange in sorted(cell.names - about.names - {"?"}):
                yield _finding(file, table.id, table.name, strange, cell.text, about, f"In de tabel '{table.name}'")
        for result in rule.results:
            if result is not None:
                yield from _findings(file, table.id, table.name, result, about, f"In de tabel '{table.name}'")


def _read(text: str) -> feel.Expression | None:
    try:
        found = feel.read(text)
    except feel.FeelError:
        return None  # the first gate tells
    return found if isinstance(found, feel.Expression) else None


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
    return Finding(file, id, "naam_onbekend", message, name=name, advice=advice)

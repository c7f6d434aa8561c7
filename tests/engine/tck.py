"""The models of the DMN Technology Compatibility Kit (dmn-tck/tck, Apache 2.0), asked of our FEEL and tables.

Knooppunt reads expressions and decision tables, and names without spaces. So a model is written for it first: a
name becomes one with `_`, a boxed expression the FEEL that it means, and what a decision needs of others is worked
out before it and given to it as fields. What can't be said so (functions of one's own, imports) is refused.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from engine import decisions, feel
from engine.errors import DefinitionError, ProcessError
from engine.feel import values

TCK = Path(os.environ.get("KNOOPPUNT_TCK", Path(__file__).parents[3] / "shared" / "tck")) / "TestCases"
_PARSER = etree.XMLParser(remove_comments=True)
NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class RefusedError(Exception):
    """What Knooppunt doesn't read, and says so."""


@dataclass(frozen=True)
class Result:
    """One result that the kit asks for: where it stands, what it should be, and what came of it."""

    place: str
    expected: object
    given: object
    refused: str = ""
    crashed: str = ""

    @property
    def right(self) -> bool:
        """Whether value and kind are equal, numbers to 1e-8."""
        return not self.refused and not self.crashed and _same(self.given, self.expected)


def results(level: int) -> Iterator[Result]:
    """Ask all there is at a level."""
    for folder in sorted((TCK / f"compliance-level-{level}").iterdir()):
        models: dict[str, Model] = {}
        for file in sorted(folder.glob("*.xml")):
            root: Any = etree.parse(file, _PARSER).getroot()
            name = root.findtext("{*}modelName").strip()
            model = models.get(name) or models.setdefault(name, Model(folder / name))
            for case in root.iterfind("{*}testCase"):
                yield from _asked(model, case, f"{folder.name}/{case.get('id')}")


def _asked(model: "Model", case: Any, place: str) -> Iterator[Result]:
    inputs = {_plain(node.get("name")): node for node in case.iterfind("{*}inputNode")}
    for node in case.iterfind("{*}resultNode"):
        where = f"{place} {node.get('name')}"
        expected = read_value(node.find("{*}expected"))
        try:
            if case.get("type", "decision") != "decision":
                raise RefusedError("a decision service")
            given = model.ask(node.get("name"), {name: read_value(value) for name, value in inputs.items()})
        except RefusedError as problem:
            yield Result(where, expected, None, refused=str(problem))
        except ProcessError:  # what a table says when its rows contradict each other
            yield Result(where, expected, None)
        except Exception as problem:  # noqa: BLE001  # that none comes is what is tested
            yield Result(where, expected, None, crashed=repr(problem))
        else:
            yield Result(where, expected, given)


def read_value(node: Any) -> object:
    """Read a value of a test: with its kind, a list, or parts by name."""
    if node is None or node.get(NIL) == "true":
        return None
    items, parts, value = node.find("{*}list"), node.findall("{*}component"), node.find("{*}value")
    if items is not None:
        return None if items.get(NIL) == "true" else [read_value(item) for item in items.iterfind("{*}item")]
    if parts:
        return {_plain(part.get("name")): read_value(part) for part in parts}
    if value is None or value.get(NIL) == "true":
        return None
    text = value.text or ""
    kind = (value.get(TYPE) or "").partition(":")[2]
    return _READERS.get(kind, str)(text if kind == "string" else text.strip())


_READERS: dict[str, Callable[[str], object]] = {
    "boolean": lambda text: text in {"true", "1"},
    "date": feel.parse_date,
    "time": feel.parse_time,
    "dateTime": feel.parse_datetime,
    "duration": feel.parse_duration,
    **dict.fromkeys(("decimal", "double", "integer", "int", "float", "long"), Decimal),
}


def _same(given: object, expected: object) -> bool:
    if isinstance(expected, list) and isinstance(given, (list, tuple)):
        return len(given) == len(expected) and all(map(_same, given, expected))
    if isinstance(expected, Mapping) and isinstance(given, Mapping):
        parts = {_plain(key): value for key, value in given.items()}
        return parts.keys() == expected.keys() and all(_same(parts[key], expected[key]) for key in parts)
    first, second = values.number(given), values.number(expected)
    if first is not None and second is not None:
        return abs(first - second) <= Decimal("1e-8") * max(Decimal(1), abs(second))
    return values.kind(given) == values.kind(expected) and values.equal(given, expected) is True


FEEL_NAMES = {"start included", "end included"}
_NAME = re.compile(r"[^\W\d]\w*")


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip())


class Model:
    """A model of the kit, and what its decisions give."""

    def __init__(self, path: Path) -> None:
        self.root: Any = etree.parse(path, _PARSER).getroot()
        self.ids = {node.get("id"): node for node in self.root if node.get("id")}
        self.namespace = etree.QName(self.root).namespace

    @cached_property
    def renaming(self) -> Callable[[str], str]:
        """Write `_` in the names that hold a space or a sign, but not inside a text."""
        names = {" ".join(node.get("name").split()) for node in self.root.iter("{*}*") if node.get("name")}
        odd = sorted((n for n in names if not _NAME.fullmatch(n) and n not in FEEL_NAMES), key=len, reverse=True)
        if not odd:
            return lambda text: text
        pattern = "|".join(r"\s+".join(map(re.escape, name.split(" "))) for name in odd if name)
        either = re.compile(rf'("(?:[^"\\]|\\.)*")|(?<!\w)({pattern})(?!\w)', re.S)
        return lambda text: either.sub(lambda match: match[1] or _plain(match[2]), text)

    def ask(self, name: str, inputs: Mapping[str, object]) -> object:
        """Give what this decision gives."""
        if self.root.find("{*}import") is not None:
            raise RefusedError("an import")
        decision = next((node for node in self.root.iterfind("{*}decision") if node.get("name") == name), None)
        if decision is None:
            raise RefusedError("a decision service")
        return self._decide(decision, dict(inputs))

    def _decide(self, decision: Any, known: dict[str, object]) -> object:
        """Give the outcome of a decision, having worked out those that it leans on; `known` grows by them."""
        for node in decision.iterfind("{*}informationRequirement/*"):
            needed: Any = self.ids[node.get("href").rpartition("#")[2]]
            name = _plain(needed.get("name"))
            if name not in known:
                known[name] = self._decide(needed, known) if etree.QName(needed).localname == "decision" else None
        body = next((node for node in decision if etree.QName(node).localname in _BOXED), None)
        if body is None:
            raise RefusedError("nothing to decide by")
        return self._declared(decision, self._worth(body, decision, known))

    def _worth(self, body: Any, decision: Any, known: Mapping[str, object]) -> object:
        if etree.QName(body).localname == "decisionTable":
            return self._table(body, decision, known)
        try:
            expression = feel.parse(self._written(body))
        except feel.FeelError as problem:
            raise RefusedError(problem.message) from problem
        return expression.evaluate({**known, feel.NOW: NOW})

    def _table(self, body: Any, decision: Any, known: Mapping[str, object]) -> object:
        table = deepcopy(body)
        for node in table.iter("{*}text"):
            node.text = self.renaming(node.text or "")
        for node in table.iterfind("{*}output"):
            node.set("name", _plain(node.get("name", "")))
        root: Any = etree.Element(etree.QName(self.namespace, "definitions"), nsmap={None: self.namespace})  # type: ignore[dict-item]  # what lxml says for no prefix
        alone: Any = etree.SubElement(root, etree.QName(self.namespace, "decision"), id="d", name=decision.get("name"))
        alone.append(table)
        try:
            (read,) = decisions.read(etree.tostring(root), "model.dmn")
        except DefinitionError as problem:
            raise RefusedError(problem.problems[0].message) from problem
        return decisions.decide(read, known)

    def _written(self, node: Any) -> str:
        """Write a boxed expression as text."""
        kind = etree.QName(node).localname
        if kind not in _BOXED:
            raise RefusedError(f"a boxed {kind}")
        return _BOXED[kind](self, node)

    def _literal(self, node: Any) -> str:
        return self.renaming(node.findtext("{*}text") or "null")

    def _context(self, node: Any) -> str:
        entries = [(entry.find("{*}variable"), self._inside(entry)) for entry in node.iterfind("{*}contextEntry")]
        named = [(_plain(variable.get("name")), text) for variable, text in entries if variable is not None]
        results = [text for variable, text in entries if variable is None]
        body = ", ".join(f"{name}: {text}" for name, text in [*named, *(("result_", text) for text in results)])
        return f"{{{body}}}.result_" if results else f"{{{body}}}"

    def _inside(self, node: Any) -> str:
        below = [child for child in node if etree.QName(child).localname in {*_BOXED, *_UNSAID}]
        return f"({self._written(below[0])})" if below else "null"

    def _list(self, node: Any) -> str:
        written = [self._written(child) for child in node if etree.QName(child).localname in {*_BOXED, *_UNSAID}]
        return f"[{', '.join(written)}]"

    def _relation(self, node: Any) -> str:
        names = [_plain(column.get("name")) for column in node.iterfind("{*}column")]
        rows = [[self._written(cell) for cell in row] for row in node.iterfind("{*}row")]
        said = [", ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True)) for row in rows]
        return f"[{', '.join(f'{{{row}}}' for row in said)}]"

    def _conditional(self, node: Any) -> str:
        condition, yes, no = (self._inside(node.find(f"{{*}}{part}")) for part in ("if", "then", "else"))
        return f"if {condition} then {yes} else {no}"

    def _filter(self, node: Any) -> str:
        return f"{self._inside(node.find('{*}in'))}[{self._inside(node.find('{*}match'))}]"

    def _over(self, node: Any) -> str:
        word = etree.QName(node).localname
        part = "return" if word == "for" else "satisfies"
        name, items = _plain(node.get("iteratorVariable")), self._inside(node.find("{*}in"))
        return f"{word} {name} in {items} {part} {self._inside(node.find(f'{{*}}{part}'))}"

    def _declared(self, decision: Any, value: object) -> object:
        """Let a list of one be its item where the decision is declared to give no list."""
        variable = decision.find("{*}variable")
        wanted = "" if variable is None else variable.get("typeRef", "")
        if not isinstance(value, list) or len(value) != 1 or not wanted or wanted.rpartition(":")[2] in {"Any", "list"}:
            return value
        item = next((node for node in self.root.iterfind("{*}itemDefinition") if node.get("name") == wanted), None)
        return value if item is not None and item.get("isCollection") == "true" else value[0]


_BOXED: dict[str, Callable[[Model, Any], str]] = {
    "literalExpression": Model._literal,
    "context": Model._context,
    "list": Model._list,
    "relation": Model._relation,
    "conditional": Model._conditional,
    "filter": Model._filter,
    "for": Model._over,
    "every": Model._over,
    "some": Model._over,
    "decisionTable": lambda model, node: _refuse("a table inside another boxed expression"),
}
_UNSAID = {"invocation", "functionDefinition"}


def _refuse(reason: str) -> str:
    raise RefusedError(reason)

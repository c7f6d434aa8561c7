"""DMN decision tables: read once with every cell parsed, then decided over the document as often as asked.

Tables only, with every hit policy of DMN. Other boxed expressions, other languages than FEEL and tables that
lean on other tables are refused when the file is read. A table never changes anything: what its outcome is
worth is for the next step, and a person, to say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine import feel
from engine.errors import DefinitionError, Problem, ProcessError

MAX_FILE = 1_000_000
MAX_RULES = 2_000
_NAMESPACES = tuple(
    f"https://www.omg.org/spec/DMN/{version}/MODEL/" for version in ("20191111", "20211108", "20230324", "20240513")
)
_OLD_NAMESPACES = ("http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/")
_AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True)
class Input:
    """A column that is looked at; `type` is the typeRef of DMN, `allowed` which values it may have, if it
    says so.
    """

    id: str
    label: str
    expression: feel.Expression
    type: str = ""
    allowed: feel.UnaryTests | None = None


@dataclass(frozen=True)
class Output:
    """A column of the outcome; `default` is what it gives where no row fits, `order` its values, most urgent first."""

    id: str
    name: str
    label: str
    type: str = ""
    allowed: feel.UnaryTests | None = None
    default: feel.Expression | None = None
    order: tuple[object, ...] = ()

    def rank(self, result: object) -> int:
        """The place of a result in that order, from 0; what doesn't stand in it comes last."""
        return self.order.index(result) if result in self.order else len(self.order)


@dataclass(frozen=True)
class Rule:
    """A row: one test for every input, one result for every output (None for an empty cell)."""

    id: str
    tests: tuple[feel.UnaryTests, ...]
    results: tuple[feel.Expression | None, ...]
    description: str = ""


@dataclass(frozen=True)
class Decision:
    """A decision table."""

    id: str
    name: str
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    documentation: str = ""


# Deciding


def decide(decision: Decision, context: Mapping[str, object]) -> object:
    """Give the outcome for this document: a value, or a dict by output name where there are several outputs.

    COLLECT, RULE ORDER and OUTPUT ORDER (what its outputs name first comes first) give a list of them, empty
    where no row fits, or one number with an aggregation. Where no row fits, the others give the default outputs,
    or None. ProcessError where rows that fit contradict the hit policy, or where an expression takes too long.
    """
    try:
        fitting = list(_fitting(decision, context))
        return _POLICIES[decision.hit_policy](decision, fitting, context)
    except feel.FeelError as problem:
        raise ProcessError(f"De tabel “{decision.name}” komt er niet uit. {problem.message}", decision.id) from problem


def _fitting(decision: Decision, context: Mapping[str, object]) -> Iterator[int]:
    values = [_converted(column.expression.evaluate(context), column.type) for column in decision.inputs]
    for index, rule in enumerate(decision.rules):
        if all(test.matches(value, context) for test, value in zip(rule.tests, values, strict=True)):
            yield index


def _converted(value: object, wanted: str) -> object:
    """Take the text of the document for what the column says it is: its dates and times are text there."""
    convert = _CONVERSIONS.get(wanted)
    return convert(value) if convert is not None and isinstance(value, str) else value


_CONVERSIONS: dict[str, Callable[[str], object]] = {
    "date": feel.parse_date,
    "time": feel.parse_time,
    "dateTime": feel.parse_datetime,
    "dayTimeDuration": feel.parse_duration,
    "yearMonthDuration": feel.parse_duration,
    **dict.fromkeys(("number", "integer", "long", "double"), feel.parse_number),
}


def _outcome(decision: Decision, index: int, context: Mapping[str, object]) -> object:
    return _shaped(decision, _results(decision, index, context))


def _results(decision: Decision, index: int, context: Mapping[str, object]) -> list[object]:
    return [None if cell is None else cell.evaluate(context) for cell in decision.rules[index].results]


def _shaped(decision: Decision, results: Sequence[object]) -> object:
    if len(decision.outputs) == 1:
        return results[0]
    return {column.name: result for column, result in zip(decision.outputs, results, strict=True)}


def _default(decision: Decision, context: Mapping[str, object]) -> object:
    defaults = [column.default for column in decision.outputs]
    if not any(defaults):
        return None
    return _shaped(decision, [None if cell is None else cell.evaluate(context) for cell in defaults])


def _unique(decision: Decision, fitting: list[int], context: Mapping[str, object]) -> object:
    if len(fitting) > 1:
        raise ProcessError(
            f"In de tabel “{decision.name}” passen {_rows(fitting)} tegelijk. Er mag er maar één passen:"
            " maak de regels preciezer.",
            decision.id,
        )
    return _first(decision, fitting, context)


def _any(decision: Decision, fitting: list[int], context: Mapping[str, object]) -> object:
    outcomes = [_outcome(decision, index, context) for index in fitting]
    if any(feel.to_json(outcome) != feel.to_json(outcomes[0]) for outcome in outcomes):
        raise ProcessError(
            f"In de tabel “{decision.name}” passen {_rows(fitting)} met een verschillende uitkomst."
            " Geef ze dezelfde uitkomst of maak de regels preciezer.",
            decision.id,
        )
    return outcomes[0] if outcomes else _default(decision, context)


def _first(decision: Decision, fitting: list[int], context: Mapping[str, object]) -> object:
    return _outcome(decision, fitting[0], context) if fitting else _default(decision, context)


def _collect(decision: Decision, fitting: list[int], context: Mapping[str, object]) -> object:
    if decision.aggregation == "COUNT":
        return len(fitting)
    outcomes = [_outcome(decision, index, context) for index in fitting]
    if not outcomes:
        outcomes = [default] if (default := _default(decision, context)) is not None else []
    if not decision.aggregation:
        return outcomes
    number = _AGGREGATES[decision.aggregation].evaluate({"uitkomsten": outcomes})
    if number is None and outcomes:
        raise ProcessError(
            f"De tabel “{decision.name}” telt uitkomsten samen die geen getallen zijn. Kijk de uitkomsten na.",
            decision.id,
        )
    return number


def _output_order(decision: Decision, fitting: list[int], context: Mapping[str, object]) -> list[object]:
    rows = [_results(decision, index, context) for index in fitting]
    rows.sort(key=lambda row: [column.rank(result) for column, result in zip(decision.outputs, row, strict=True)])
    return [_shaped(decision, row) for row in rows]


def _priority(decision: Decision, fitting: list[int], context: Mapping[str, object]) -> object:
    outcomes = _output_order(decision, fitting, context)
    return outcomes[0] if outcomes else _default(decision, context)


_AGGREGATES = {name: feel.parse(f"{name.lower()}(uitkomsten)") for name in ("SUM", "MIN", "MAX")}
_POLICIES: dict[str, Callable[[Decision, list[int], Mapping[str, object]], object]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "COLLECT": _collect,
    "RULE ORDER": _collect,
    "OUTPUT ORDER": _output_order,
}
LISTS = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
"""The hit policies by which all rows that fit count."""
RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})
"""The hit policies for which the values of an output stand in order."""


def _rows(fitting: Sequence[int]) -> str:
    numbers = [str(index + 1) for index in fitting]
    return f"regel {', '.join(numbers[:-1])} en {numbers[-1]}"


# Reading


def read(content: bytes, file: str) -> tuple[Decision, ...]:
    """Read the tables of a DMN file; DefinitionError with every problem."""
    reader = _Reader(file)
    decisions = reader.decisions(content)
    if reader.problems:
        raise DefinitionError(reader.problems)
    return decisions


def _listed(allowed: feel.UnaryTests | None) -> tuple[object, ...]:
    """The values that these tests name one by one; none where they say something else."""
    try:
        values = feel.parse(f"[{allowed.text}]").evaluate({}) if allowed is not None else ()
    except feel.FeelError:
        return ()
    return tuple(values) if isinstance(values, (list, tuple)) else ()


_BOXED = {
    "literalExpression": "een losse expressie",
    "context": "een context",
    "invocation": "een aanroep",
    "relation": "een relatie",
    "list": "een lijst",
    "functionDefinition": "een functie",
    "conditional": "een als-dan",
    "filter": "een filter",
    "for": "een herhaling",
    "every": "een “voor elk”",
    "some": "een “voor een”",
}


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.names: dict[str, str] = {}

    def problem(self, node: Any, rule: str, message: str) -> None:
        element = "" if node is None else str(node.get("id", ""))
        self.problems.append(Problem(self.file, element, rule, message))

    def decisions(self, content: bytes) -> tuple[Decision, ...]:
        root = self._root(content)
        if root is None:
            return ()
        decisions = [self._decision(node) for node in root.findall("dmn:decision", self.names)]
        if not decisions:
            self.problem(None, "tabel", "In dit bestand staat geen beslistabel.")
        ids = [decision.id for decision in decisions if decision is not None]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            self.problem(None, "tabel_id", f"Het id “{name}” komt twee keer voor. Geef elke tabel een eigen id.")
        return tuple(decision for decision in decisions if decision is not None)

    def _root(self, content: bytes) -> Any:
        if len(content) > MAX_FILE:
            self.problem(None, "dmn", "Dit bestand is te groot voor een beslistabel.")
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            message = (
                f"Dit bestand is geen leesbare XML: bij regel {error.lineno} sluit iets niet, of staat er een teken"
            )
            message += " te veel. Open het in Camunda Modeler en sla het op, of neem het laatste bestand dat heel was."
            self.problem(None, "dmn", message)
            return None
        if root.getroottree().docinfo.internalDTD is not None:
            self.problem(None, "dmn", "Bovenaan dit bestand staat een DOCTYPE. Haal die regel weg.")
            return None
        name = etree.QName(root)
        if name.localname != "definitions" or name.namespace not in (*_NAMESPACES, *_OLD_NAMESPACES):
            self.problem(None, "dmn", "Dit is geen DMN-bestand. Maak de beslistabel in Camunda Modeler (DMN 1.3).")
            return None
        self.names = {"dmn": str(name.namespace)}
        return root

    def _decision(self, node: Any) -> Decision | None:
        id, name = node.get("id", ""), " ".join(node.get("name", "").split())
        if not id:
            self.problem(node, "tabel_id", f"De tabel “{name}” heeft geen id.")
        if node.find("dmn:informationRequirement/dmn:requiredDecision", self.names) is not None:
            self.problem(
                node,
                "tabel_los",
                f"De tabel “{name or id}” gebruikt de uitkomst van een andere tabel. Zet die andere tabel als eigen"
                " stap in het diagram en lees haar uitkomst als veld.",
            )
        table = node.find("dmn:decisionTable", self.names)
        if table is None:
            self._refuse_boxed(node, name or id)
            return None
        policy, aggregation = self._policy(node, table, name or id)
        inputs = tuple(self._input(column) for column in table.findall("dmn:input", self.names))
        outputs = self._outputs(table, node)
        if aggregation and len(outputs) != 1:
            self.problem(node, "tabel_uitkomst", f"De tabel “{name or id}” telt samen: geef haar één uitkomst.")
        if policy in RANKED and not any(output.order for output in outputs):
            self.problem(
                node,
                "tabel_regel",
                f"De tabel “{name or id}” kiest met {policy} op volgorde van belang, maar die volgorde ontbreekt. Zet"
                " bij de uitkomst de mogelijke waarden, de belangrijkste vooraan, of kies FIRST.",
            )
        return Decision(
            id=id,
            name=name or id,
            hit_policy=policy,
            aggregation=aggregation,
            inputs=inputs,
            outputs=outputs,
            rules=self._rules(table, inputs, outputs, name or id),
            documentation=self._text(node, "dmn:description"),
        )

    def _refuse_boxed(self, node: Any, name: str) -> None:
        kind = next((_BOXED[tag] for child in node if (tag := etree.QName(child).localname) in _BOXED), "")
        said = f"is {kind}" if kind else "is nog leeg"
        self.problem(node, "tabel_soort", f"De beslissing “{name}” {said}. Maak er een beslistabel van.")

    def _policy(self, node: Any, table: Any, name: str) -> tuple[str, str]:
        policy = table.get("hitPolicy", "UNIQUE")
        aggregation = table.get("aggregation", "")
        if policy not in _POLICIES:
            self.problem(
                node,
                "tabel_regel",
                f"De tabel “{name}” heeft de trefregel “{policy}”, en die bestaat niet. Kies UNIQUE (één regel past), "
                "FIRST (de eerste die past), ANY (alle die passen zeggen hetzelfde) of COLLECT (alle die passen).",
            )
            policy = "UNIQUE"
        if aggregation and (policy != "COLLECT" or aggregation not in _AGGREGATIONS):
            self.problem(node, "tabel_regel", f"De tabel “{name}” telt samen met “{aggregation}”; dat kan zo niet.")
            aggregation = ""
        if table.get("preferredOrientation", "Rule-as-Row") == "CrossTable":
            self.problem(node, "tabel_regel", f"De tabel “{name}” is een kruistabel. Zet elke regel op een eigen rij.")
        return policy, aggregation

    def _input(self, node: Any) -> Input:
        inner = node.find("dmn:inputExpression", self.names)
        label = " ".join(node.get("label", "").split())
        text = "" if inner is None else self._text(inner, "dmn:text")
        expression = self._expression(node if inner is None else inner, text, f"Kolom “{label or text}”")
        return Input(
            id=node.get("id", ""),
            label=label or text,
            expression=expression or feel.parse("null"),
            type="" if inner is None else inner.get("typeRef", ""),
            allowed=self._allowed(node, "dmn:inputValues", label or text),
        )

    def _outputs(self, table: Any, decision: Any) -> tuple[Output, ...]:
        columns = table.findall("dmn:output", self.names)
        outputs = tuple(self._output(column) for column in columns)
        names = [output.name for output in outputs]
        if not outputs:
            self.problem(decision, "tabel_uitkomst", "Deze tabel heeft geen uitkomst. Voeg er een kolom voor toe.")
        if len(outputs) > 1 and (len(set(names)) < len(names) or "" in names):
            message = "Twee uitkomsten van deze tabel heten hetzelfde. Geef elke uitkomst een eigen naam."
            self.problem(decision, "tabel_uitkomst", message)
        return outputs

    def _output(self, node: Any) -> Output:
        name = node.get("name", "")
        label = " ".join(node.get("label", "").split()) or name
        entry = node.find("dmn:defaultOutputEntry", self.names)
        text = "" if entry is None else self._text(entry, "dmn:text")
        allowed = self._allowed(node, "dmn:outputValues", label)
        return Output(
            id=node.get("id", ""),
            name=name,
            label=label,
            type=node.get("typeRef", ""),
            allowed=allowed,
            order=_listed(allowed),
            default=self._expression(entry, text, f"Uitkomst “{label}”") if text else None,
        )

    def _rules(self, table: Any, inputs: Sequence[Input], outputs: Sequence[Output], name: str) -> tuple[Rule, ...]:
        nodes = table.findall("dmn:rule", self.names)
        if not nodes or len(nodes) > MAX_RULES:
            said = "heeft geen regels" if not nodes else f"heeft meer dan {MAX_RULES} regels"
            self.problem(table, "tabel_regels", f"De tabel “{name}” {said}.")
            return ()
        return tuple(self._rule(node, number, inputs, outputs) for number, node in enumerate(nodes, 1))

    def _rule(self, node: Any, number: int, inputs: Sequence[Input], outputs: Sequence[Output]) -> Rule:
        tests = node.findall("dmn:inputEntry", self.names)
        results = node.findall("dmn:outputEntry", self.names)
        if len(tests) != len(inputs) or len(results) != len(outputs):
            self.problem(node, "tabel_regels", f"Regel {number} heeft niet voor elke kolom een cel.")
            return Rule(node.get("id", ""), (), ())
        return Rule(
            id=node.get("id", ""),
            tests=tuple(
                self._tests(cell, f"Regel {number}, kolom “{column.label}”")
                for cell, column in zip(tests, inputs, strict=True)
            ),
            results=tuple(
                self._result(cell, f"Regel {number}, uitkomst “{column.label}”")
                for cell, column in zip(results, outputs, strict=True)
            ),
            description=self._text(node, "dmn:description"),
        )

    def _tests(self, node: Any, place: str) -> feel.UnaryTests:
        text = self._text(node, "dmn:text")
        if self._is_feel(node, place):
            try:
                return feel.parse_unary(text)
            except feel.FeelError as problem:
                self.problem(node, "tabel_cel", f"{place}: {problem.message}")
        return feel.parse_unary("-")

    def _result(self, node: Any, place: str) -> feel.Expression | None:
        text = self._text(node, "dmn:text")
        return self._expression(node, text, place) if text else None

    def _allowed(self, node: Any, path: str, label: str) -> feel.UnaryTests | None:
        inner = node.find(path, self.names)
        return None if inner is None else self._tests(inner, f"Toegestane waarden van “{label}”")

    def _expression(self, node: Any, text: str, place: str) -> feel.Expression | None:
        if not self._is_feel(node, place):
            return None
        try:
            return feel.parse(text)
        except feel.FeelError as problem:
            self.problem(node, "tabel_cel", f"{place}: {problem.message}")
            return None

    def _is_feel(self, node: Any, place: str) -> bool:
        language = node.get("expressionLanguage", "")
        if not language or "feel" in language.lower():
            return True
        self.problem(node, "tabel_taal", f"{place} is geschreven in “{language}”. Schrijf FEEL.")
        return False

    def _text(self, node: Any, path: str) -> str:
        return (node.findtext(path, "", self.names) or "").strip()

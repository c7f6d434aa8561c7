"""Decision tables: answers for which no row fits, and answers for which two rows fit, each with an example.

Rows are compared on sample values: every value that a cell names, one between each two, and those that a form
offers. That is exact for tables of values and ranges. The search is bounded; where it stops, it says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine import feel
from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.decisions import Decision, Input
from engine.forms import Field, Holds

MAXIMUM_STATES = 20_000
MAXIMUM_TOLD = 3
ELSE = "iets anders"
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


_WHY = "Een tabel geeft advies aan wie beslist. Zonder passende regel, of met twee, is er geen advies."
_DRAWING = "begin > bellen > wegen > klaar\nwegen: businessRuleTask camunda:decisionRef=advies"

GAP = Rule(
    "tabel_gat",
    Topic.WAYS,
    "Voor elk antwoord past een regel van de tabel.",
    _WHY,
    "Voeg een regel toe, of zet onderaan een regel met overal een streepje.",
    wrong={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n> 2 => "twee bezoeken"',
    },
    right={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => "twee bezoeken"',
    },
    severity=Severity.WARNING,
)
DOUBLE = Rule(
    "tabel_overlap",
    Topic.WAYS,
    "Voor elk antwoord past maar een regel van de tabel.",
    _WHY,
    "Maak de regels preciezer, of kies FIRST: dan telt de bovenste die past.",
    wrong={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'aantal number => advies\n< 3 => "een bezoek"\n>= 2 => "twee bezoeken"',
    },
    right={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => "twee bezoeken"',
    },
)
LARGE = Rule(
    "tabel_groot",
    Topic.WAYS,
    "Een tabel is klein genoeg om alle mogelijkheden na te kijken.",
    _WHY,
    "Maak er twee kleinere tabellen van als dat kan.",
    wrong="",
    right="",
    severity=Severity.TIP,
)


@dataclass(frozen=True)
class _Column:
    """An input with its sample values, put together where the same rows fit: rows → the first such value."""

    label: str
    groups: Mapping[frozenset[int], object]


def tables(file: str, decision: Decision, fields: Mapping[str, Field]) -> tuple[Finding, ...]:
    """The gaps and overlaps of one decision table; `fields` are the questions of all forms, by key."""
    if any(cell.names - {"?"} for rule in decision.rules for cell in rule.tests):
        return ()  # what a cell compares with is only known in a case
    columns = [_column(number, column, decision, fields) for number, column in enumerate(decision.inputs)]
    gaps: list[tuple[object, ...]] = []
    pairs: dict[tuple[int, int], tuple[object, ...]] = {}
    complete = _search(columns, len(decision.rules), gaps, pairs)
    findings = [*_gaps(file, decision, columns, gaps), *_overlaps(file, decision, columns, pairs)]
    if not complete:
        findings.append(
            LARGE.breach(
                file,
                decision.id,
                f"De tabel '{decision.name}' heeft zoveel mogelijkheden dat niet alles is nagekeken.",
                name=decision.name,
            )
        )
    return tuple(findings)


def _search(
    columns: Sequence[_Column],
    rules: int,
    gaps: list[tuple[object, ...]],
    pairs: dict[tuple[int, int], tuple[object, ...]],
) -> bool:
    """Go through the columns with the rows that still fit; False where there was too much to look at."""
    everything = frozenset(range(rules))
    seen: set[tuple[int, frozenset[int]]] = set()
    waiting: list[tuple[int, frozenset[int], tuple[object, ...]]] = [(0, everything, ())]
    while waiting:
        depth, fitting, example = waiting.pop()
        if (depth, fitting) in seen:
            continue
        seen.add((depth, fitting))
        if len(seen) > MAXIMUM_STATES:
            return False
        if not fitting:
            gaps.append(example)
        elif depth == len(columns):
            ordered = sorted(fitting)
            for other in ordered[1:]:
                pairs.setdefault((ordered[0], other), example)
        else:
            for rows, value in reversed(list(columns[depth].groups.items())):
                waiting.append((depth + 1, fitting & rows, (*example, value)))
    return True


def _gaps(
    file: str, decision: Decision, columns: Sequence[_Column], gaps: Sequence[tuple[object, ...]]
) -> Iterator[Finding]:
    if decision.hit_policy == "COLLECT" or any(output.default is not None for output in decision.outputs):
        return
    for example in gaps[:MAXIMUM_TOLD]:
        yield GAP.breach(
            file,
            decision.id,
            f"In de tabel '{decision.name}' past geen regel als {_told(columns, example)}.",
            name=decision.name,
        )


def _overlaps(
    file: str, decision: Decision, columns: Sequence[_Column], pairs: Mapping[tuple[int, int], tuple[object, ...]]
) -> Iterator[Finding]:
    if decision.hit_policy not in ("UNIQUE", "ANY"):
        return
    count = 0
    for (one, other), example in sorted(pairs.items(), key=lambda item: item[0]):
        same = [_text(r) for r in decision.rules[one].results] == [_text(r) for r in decision.rules[other].results]
        if decision.hit_policy == "ANY" and same:
            continue
        count += 1
        if count > MAXIMUM_TOLD:
            return
        yield DOUBLE.breach(
            file,
            decision.id,
            f"In de tabel '{decision.name}' passen regel {one + 1} en regel {other + 1} allebei als "
            f"{_told(columns, example)}.",
            name=decision.name,
        )


def _text(result: feel.Expression | None) -> str:
    return result.text if result else ""


def _told(columns: Sequence[_Column], example: Sequence[object]) -> str:
    """An example as a reader would say it: what each column is; what does not matter is left out."""
    parts = [
        f"'{column.label.rstrip('?')}' {_value(value)} is"
        for column, value in zip(columns, example, strict=False)
        if len(column.groups) > 1
    ]
    return " en ".join(parts) or "er iets is ingevuld"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "waar" if value else "niet waar"
    if isinstance(value, str) and value == ELSE:
        return ELSE
    return f"“{value}”" if isinstance(value, str) else "leeg" if value is None else str(value)


# --- sample values ---------------------------------------------------------------------------------------------


def _column(number: int, column: Input, decision: Decision, fields: Mapping[str, Field]) -> _Column:
    groups: dict[frozenset[int], object] = {}
    cells = [rule.tests[number] for rule in decision.rules]
    for value in _samples(column, [cell.text for cell in cells], fields.get(column.expression.text.strip())):
        if column.allowed is not None and not column.allowed.matches(value, {}):
            continue
        fits = frozenset(row for row, cell in enumerate(cells) if cell.matches(value, {}))
        groups.setdefault(fits, value)
    return _Column(column.label, groups or {frozenset(range(len(cells))): None})


def _samples(column: Input, cells: Sequence[str], field: Field | None) -> Iterator[object]:
    text = " ".join([*cells, column.allowed.text if column.allowed is not None else ""])
    if column.type == "boolean" or re.search(r"\b(true|false)\b", text):
        yield from (True, False)
    elif field is not None and field.options:
        yield from (option.value for option in field.options)
    elif column.type == "date" or (_DATE.search(text) and not column.type):
        yield from _days(sorted({date.fromisoformat(day) for day in _DATE.findall(text)}))
    elif column.type in ("number", "integer", "long", "double") or (
        field is not None and field.type.holds is Holds.NUMBER
    ):
        yield from _numbers(text, field)
    else:
        yield from dict.fromkeys(_TEXT.findall(text))
        if not _TEXT.search(text):
            yield from _numbers(text, field)
        yield ELSE
    if re.search(r"\bnull\b", text):
        yield None


def _numbers(text: str, field: Field | None) -> Iterator[Any]:
    """Each number that is named, and one on either side of it."""
    named = sorted({Decimal(number) for number in _NUMBER.findall(_TEXT.sub("", text))})
    low = Decimal(str(field.minimum)) if field is not None and field.minimum is not None else None
    high = Decimal(str(field.maximum)) if field is not None and field.maximum is not None else None
    near = sorted({n + step for n in named for step in (Decimal(-1), Decimal(0), Decimal(1))} or {Decimal(0)})
    for value in near:
        if (low is None or value >= low) and (high is None or value <= high):
            yield int(value) if value == value.to_integral_value() else value


def _days(named: Sequence[date]) -> Iterator[date]:
    for day in named or (date(2026, 1, 1),):
        yield from (day - timedelta(days=1), day, day + timedelta(days=1))

"""Decision tables: answers for which no row fits or two rows do, and rows that never count or give no advice.

Rows are compared on sample values: every value that a cell names, what lies between each two and beyond them, and what
a form offers. That is exact for tables of values and ranges. The search is bounded; where it stops, it says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine import feel
from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.decisions import LISTS, Decision, Input
from engine.decisions import Rule as Row
from engine.forms import Field, Holds

MAXIMUM_STATES = 20_000
MAXIMUM_TOLD = 3
ELSE = "iets anders"
ANYTHING = "-"

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
NEVER = Rule(
    "tabel_nooit",
    Topic.WAYS,
    "Elke regel van een tabel kan de regel zijn die telt.",
    "Wie een regel leest die nooit telt, denkt dat hij geldt. Het gezin krijgt het advies van een andere regel.",
    "Zet de regel hoger of maak preciezer wat erboven staat. Een regel met overal een streepje hoort onderaan.",
    wrong={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'FIRST: aantal number => advies\n- => "een bezoek"\n>= 2 => "twee bezoeken"',
    },
    right={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'FIRST: aantal number => advies\n>= 2 => "twee bezoeken"\n- => "een bezoek"',
    },
)
IDLE = Rule(
    "tabel_kolom",
    Topic.WAYS,
    "Elke kolom van een tabel telt in een van de regels.",
    "Wat de kolom vraagt, doet er nu niet toe. Wie de tabel leest, denkt dat het advies ervan afhangt.",
    "Zet de regel terug die naar deze kolom keek, of haal de kolom weg.",
    wrong={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'FIRST: aantal number | wil => advies\n>= 2 | - => "twee bezoeken"\n- | - => "een bezoek"',
    },
    right={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'FIRST: aantal number | wil => advies\n>= 2 | "ja" => "twee bezoeken"\n- | - => "een bezoek"',
    },
)
NOTHING = Rule(
    "tabel_leeg",
    Topic.WAYS,
    "Elke regel van een tabel geeft een uitkomst.",
    "Bij een regel zonder uitkomst krijgt wie beslist geen advies, en gaat de casus stil de weg voor de rest.",
    "Vul de uitkomst in. Is er echt niets te zeggen, schrijf dat dan als tekst.",
    wrong={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => null',
    },
    right={
        "proef.bpmn": _DRAWING,
        "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => "twee bezoeken"',
    },
    severity=Severity.WARNING,
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
    """An input with its sample values, put together where the same rows fit: rows → the first such value.

    `exact`: whatever the input is, a sample stands for it.
    """

    label: str
    groups: Mapping[frozenset[int], object]
    exact: bool


@dataclass
class _Seen:
    """What a search came by: answers that no row fits, pairs of rows that fit both, each with an example, and for
    each row which rows stand above it where it fits; -1 where none does, so that it is the first.
    """

    gaps: list[tuple[object, ...]] = field(default_factory=list)
    pairs: dict[tuple[int, int], tuple[object, ...]] = field(default_factory=dict)
    above: dict[int, set[int]] = field(default_factory=dict)
    complete: bool = True


def tables(file: str, decision: Decision, fields: Mapping[str, Field]) -> tuple[Finding, ...]:
    """What is wrong with one decision table; `fields` are the questions of all forms, by key."""
    findings = [*_nothing(file, decision), *_idle(file, decision)]
    if any(cell.names - {"?"} for rule in decision.rules for cell in rule.tests):
        # what a cell compares with is only known in a case
        return (*findings, *_never(file, decision, _below_everything(decision)))
    try:
        columns = [_column(number, column, decision, fields) for number, column in enumerate(decision.inputs)]
        open_too = [_column(number, column, decision, fields, [None]) for number, column in enumerate(decision.inputs)]
    except feel.FeelError:
        return (*findings, _too_large(file, decision))
    answered, anyhow = _search(columns, len(decision.rules)), _search(open_too, len(decision.rules))
    findings += [
        *_gaps(file, decision, columns, answered.gaps),
        *_overlaps(file, decision, columns, answered.pairs),
    ]
    if not answered.complete or not anyhow.complete:
        findings.append(_too_large(file, decision))
    exact = anyhow.complete and all(column.exact for column in columns)
    findings += _never(file, decision, anyhow.above if exact else _below_everything(decision))
    return tuple(findings)


def _idle(file: str, decision: Decision) -> Iterator[Finding]:
    """The columns at which no rule looks."""
    for number, column in enumerate(decision.inputs if decision.rules else ()):
        if all(rule.tests[number].text == ANYTHING for rule in decision.rules):
            message = f"In de tabel '{decision.name}' kijkt geen enkele regel naar '{column.label or column.id}'."
            yield IDLE.breach(file, decision.id, message, name=decision.name)


def _too_large(file: str, decision: Decision) -> Finding:
    message = f"De tabel '{decision.name}' heeft zoveel mogelijkheden dat niet alles is nagekeken."
    return LARGE.breach(file, decision.id, message, name=decision.name)


def _search(columns: Sequence[_Column], rules: int) -> _Seen:
    """Go through the columns with the rows that still fit."""
    seen = _Seen()
    known: set[tuple[int, frozenset[int]]] = set()
    waiting: list[tuple[int, frozenset[int], tuple[object, ...]]] = [(0, frozenset(range(rules)), ())]
    while waiting:
        depth, fitting, example = waiting.pop()
        if (depth, fitting) in known:
            continue
        known.add((depth, fitting))
        if len(known) > MAXIMUM_STATES:
            seen.complete = False
            break
        if not fitting:
            seen.gaps.append(example)
        elif depth == len(columns):
            first, *others = sorted(fitting)
            seen.above.setdefault(first, set()).add(-1)
            for other in others:
                seen.pairs.setdefault((first, other), example)
                seen.above.setdefault(other, set()).add(first)
        else:
            for rows, value in reversed(list(columns[depth].groups.items())):
                waiting.append((depth + 1, fitting & rows, (*example, value)))
    return seen


def _below_everything(decision: Decision) -> Mapping[int, Set[int]]:
    """For each row what surely stands above it: under a row that fits everything, that row alone; else nothing."""
    fits_all = (n for n, rule in enumerate(decision.rules) if all(cell.text in {"", "-"} for cell in rule.tests))
    catch_all = next(fits_all, len(decision.rules)) if decision.hit_policy == "FIRST" else len(decision.rules)
    return {number: {catch_all} if number > catch_all else {-1} for number in range(len(decision.rules))}


def _never(file: str, decision: Decision, stands_above: Mapping[int, Set[int]]) -> Iterator[Finding]:
    """Rows that fit nothing, and under FIRST those that only fit where a row above them does."""
    count = 0
    for number, rule in enumerate(decision.rules):
        above = stands_above.get(number, set())
        if above if decision.hit_policy != "FIRST" else -1 in above:
            continue
        count += 1
        if count > MAXIMUM_TOLD:
            return
        said, rows = f"In de tabel '{decision.name}' telt regel {number + 1} nooit", sorted(row + 1 for row in above)
        others = " en ".join([", ".join(map(str, rows[:-1])), str(rows[-1])] if len(rows) > 1 else map(str, rows))
        caught = (
            f"wat daar past, past al bij regel {others} erboven" if rows else "er is geen antwoord waarbij hij past"
        )
        same = rows and all(_advice(decision.rules[row - 1]) == _advice(rule) for row in rows)
        yield NEVER.breach(
            file,
            decision.id,
            f"{said}: {caught}.",
            name=decision.name,
            severity=Severity.WARNING if same else None,
        )


def _nothing(file: str, decision: Decision) -> Iterator[Finding]:
    """Rows of which every outcome is empty."""
    empty = [
        str(number) for number, rule in enumerate(decision.rules, 1) if rule.results and all(map(_empty, rule.results))
    ]
    if empty:
        which = f"regel {empty[0]}" if len(empty) == 1 else f"de regels {', '.join(empty[:-1])} en {empty[-1]}"
        verb = "geeft" if len(empty) == 1 else "geven"
        yield NOTHING.breach(
            file, decision.id, f"In de tabel '{decision.name}' {verb} {which} geen uitkomst.", name=decision.name
        )


def _empty(result: feel.Expression | None) -> bool:
    return result is None or (not result.asks and result.evaluate({}) in (None, ""))


def _gaps(
    file: str, decision: Decision, columns: Sequence[_Column], gaps: Sequence[tuple[object, ...]]
) -> Iterator[Finding]:
    if decision.hit_policy in LISTS or any(output.default is not None for output in decision.outputs):
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
        if decision.hit_policy == "ANY" and _advice(decision.rules[one]) == _advice(decision.rules[other]):
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


def _advice(rule: Row) -> list[str]:
    return [result.text if result else "" for result in rule.results]


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
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return f"“{value}”" if isinstance(value, str) else "leeg" if value is None else str(value)


# --- sample values ---------------------------------------------------------------------------------------------


def _column(
    number: int, column: Input, decision: Decision, fields: Mapping[str, Field], more: Iterable[object] = ()
) -> _Column:
    groups: dict[frozenset[int], object] = {}
    cells = [rule.tests[number] for rule in decision.rules]
    question = fields.get(column.expression.text.strip())
    for value in (*_samples(column, cells, question), *more):
        if value is not None and column.allowed is not None and not column.allowed.matches(value, {}):
            continue
        fits = frozenset(row for row, cell in enumerate(cells) if cell.matches(value, {}))
        groups.setdefault(fits, value)
    several = question is not None and question.type.holds is Holds.CHOICES
    exact = not several and all(cell.plain for cell in cells)
    return _Column(column.label, groups or {frozenset(range(len(cells))): None}, exact)


_TYPES: Mapping[str, type] = {
    "boolean": bool, "date": date, "dateTime": datetime, "string": str,
    "dayTimeDuration": feel.Duration, "yearMonthDuration": feel.Duration,
    **dict.fromkeys(("number", "integer", "long", "double"), Decimal),
}  # fmt: skip
_WHOLE = re.compile(r"\b(count|string length)\s*\(")


def _samples(column: Input, cells: Sequence[feel.UnaryTests], question: Field | None) -> Iterator[object]:
    """What the input may be: of each kind that it can have what its cells name, what lies between and beyond."""
    allowed = column.allowed.values if column.allowed is not None else ()
    named = [value for cell in cells for value in cell.values] + [*allowed]
    kinds = {type(value) for value in named if value is not None}
    wanted = _TYPES.get(column.type) or (Decimal if question and question.type.holds is Holds.NUMBER else None)
    if wanted is bool or bool in kinds:
        yield from (True, False)
    elif question is not None and question.options:
        yield from (option.value for option in question.options)
    else:
        kinds = {wanted} if wanted else kinds or {str}
        if Decimal in kinds:
            yield from _numbers({value for value in named if isinstance(value, Decimal)}, column, question)
        for value in dict.fromkeys(named):
            if type(value) in kinds - {Decimal}:
                yield from _around(value)
        if str in kinds:
            yield ELSE
        elif date in kinds and not any(isinstance(value, date) for value in named):
            yield date(2026, 1, 1)
    if None in named:
        yield None


def _numbers(named: Set[Decimal], column: Input, question: Field | None) -> Iterator[Decimal]:
    """Each number that is named, one between each two, and one on either side."""
    whole = column.type in ("integer", "long") or _WHOLE.search(column.expression.text)
    low = Decimal(str(question.minimum)) if question is not None and question.minimum is not None else None
    high = Decimal(str(question.maximum)) if question is not None and question.maximum is not None else None
    near = {number + step for number in named for step in (-1, 0, 1)} or {Decimal(0)}
    between = () if whole else ((first + second) / 2 for first, second in pairwise(sorted(named)))
    for value in sorted({*near, *between}):
        if (low is None or value >= low) and (high is None or value <= high):
            yield value


def _around(value: Any) -> Iterator[object]:
    """A value of an input that isn't a number, with what comes right before and after it."""
    if isinstance(value, feel.Duration):
        step = feel.Duration(1) if value.months else feel.Duration(0, Decimal(1))
        yield from (
            feel.Duration(value.months + sign * step.months, value.seconds + sign * step.seconds) for sign in (-1, 0, 1)
        )
    elif isinstance(value, date):
        step = feel.Duration(0, Decimal(1 if isinstance(value, datetime) else 86_400))
        back = feel.Duration(0, -step.seconds)
        yield from filter(None, (feel.add(value, back), value, feel.add(value, step)))
    else:
        yield value

"""What the prover remembers of a case's answers: enough that two questions about one answer agree, and no more.

An answer is a free choice until a gateway asks for it; from then on it stays, until a step whose form writes it is
done. A condition that can't be taken apart into `field = "value"` is remembered as a whole, by its text.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from engine import feel
from engine.feel.syntax import Node, parse_expression
from engine.forms import CHILD_GATE, GATE, Field, Form, Holds
from engine.words import Answer

OTHER = ""
"""Stands for every value that no condition names, and for no answer at all."""

Known = tuple[tuple[str, tuple[str, ...]], ...]
"""What is known: per field the values that it can still have, sorted; a field that does not stand here is free."""

NOTHING: Known = ()
TRUE, FALSE = str(Answer.YES), str(Answer.NO)
_TRUE, _FALSE = (TRUE,), (FALSE,)


@dataclass(frozen=True)
class Is:
    """The field `key` has one of these values; turned around where `negated`."""

    key: str
    values: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class Says:
    """A condition that is remembered by its text, and the fields that it is about."""

    key: str
    names: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class Rows(Says):
    """Whether some (or `every`) row of a list has one of these values in a column; false where it is not known."""

    listed: str = ""
    column: str = ""
    values: frozenset[str] = frozenset()
    every: bool = False


@dataclass(frozen=True)
class Both:
    """All (or, where `either`, at least one) of the parts are true."""

    parts: tuple["Formula", ...]
    either: bool = False


Atom = Is | Says
Formula = Atom | Both


@lru_cache(maxsize=4096)
def formula(text: str) -> Formula:
    """The parts of a flow's condition, `=…` in FEEL."""
    stripped = text.strip().removeprefix("=").strip()
    try:
        return _formula(parse_expression(stripped), negated=False)
    except feel.FeelError:
        return Says(stripped, frozenset())


def _formula(node: Node, negated: bool) -> Formula:
    if node.kind in ("or", "and"):
        parts = tuple(_formula(part, negated) for part in node.parts)
        return Both(parts, (node.kind == "or") is not negated)
    if node.kind == "negated" and [p.kind for p in node.parts] == ["tests"] and len(node.parts[0].parts) == 1:
        return _formula(node.parts[0].parts[0], not negated)
    about, values, other = _compared(node)
    if about is not None and about.kind == "name":
        return Is(about.value, values, negated is not other)
    if node.kind == "quantified" and len(node.parts) == 2 and node.parts[0].parts[0].kind == "name":
        return _of_rows(node, negated)
    return Says(_text(node), _names(node), negated)


def _compared(node: Node) -> tuple[Node | None, frozenset[str], bool]:
    """What is compared with texts, with which, and whether it is to be none of these; None for all else."""
    parts = node.parts
    if node.kind == "within":
        parts = (parts[0], *(parts[1].parts if parts[1].kind in ("tests", "list") else parts[1:]))
    elif node.kind != "compare" or node.value not in ("=", "!="):
        return None, frozenset(), False
    elif parts[0].kind == "literal":
        parts = parts[::-1]
    if not all(part.kind == "literal" and isinstance(part.value, str) and part.value for part in parts[1:]):
        return None, frozenset(), False
    return parts[0], frozenset(str(part.value) for part in parts[1:]), node.value == "!="


def _of_rows(node: Node, negated: bool) -> Says:
    """`some` or `every` of the rows of a list; one that asks for more than one column is remembered by its text."""
    iterator, body = node.parts
    about, values, other = _compared(body)
    if about is None or about.kind != "path" or other:
        return Says(_text(node), _names(node), negated)
    if (about.parts[0].kind, about.parts[0].value) != ("name", iterator.value):
        return Says(_text(node), _names(node), negated)
    listed, column = str(iterator.parts[0].value), str(about.value)
    text = f"{node.value} {listed}.{column} in {sorted(values)}"
    return Rows(text, frozenset({listed}), negated, listed, column, values, node.value == "every")


@lru_cache(maxsize=4096)
def chosen_by(text: str) -> tuple[Formula | None, tuple[str, ...]]:
    """Of a computation `if … then … else …` its condition and the two texts that it gives; None and () for all else."""
    node = _computation(text)
    if node is None or node.kind != "choice" or not all(p.kind == "literal" for p in node.parts[1:]):
        return None, ()
    return _formula(node.parts[0], negated=False), tuple(str(part.value) for part in node.parts[1:])


def given_by(text: str, gate: bool) -> frozenset[str]:
    """The texts that a computation can give; none where it may give something else. With `gate` that can be asked."""
    node = _computation(text)
    return _given(node, gate) if node is not None else frozenset()


def _given(node: Node, gate: bool) -> frozenset[str]:
    if node.kind == "choice":
        branches = [_given(part, gate) for part in node.parts[1:]]
        return branches[0] | branches[1] if all(branches) else frozenset()
    if gate and node.kind == "name" and node.value in (GATE, CHILD_GATE):
        return frozenset({TRUE, FALSE})
    return frozenset({node.value}) if node.kind == "literal" and isinstance(node.value, str) else frozenset()


@lru_cache(maxsize=4096)
def _computation(text: str) -> Node | None:
    try:
        return parse_expression(text.strip().removeprefix("=").strip())
    except feel.FeelError:
        return None


def _text(node: Node) -> str:
    """A text that is the same for the same expression."""
    value = getattr(node.value, "name", node.value)
    return f"{node.kind}:{value}({','.join(map(_text, node.parts))})"


_FIXED = {_text(parse_expression("true")): True, _text(parse_expression("false")): False}
"""The conditions that are not asked of anybody."""
_NOTHING_CERTAIN: Mapping[str, frozenset[str]] = {}


def _names(node: Node) -> frozenset[str]:
    names = {str(node.value)} if node.kind in ("name", "path") else set()
    return frozenset(names.union(*(_names(part) for part in node.parts)))


def atoms(condition: Formula) -> Iterator[Atom]:
    """The questions that a condition is made of."""
    if isinstance(condition, Both):
        for part in condition.parts:
            yield from atoms(part)
    else:
        yield condition


def alike(one: str, other: str, most: int, certain: Mapping[str, frozenset[str]] = _NOTHING_CERTAIN) -> bool:
    """Whether two conditions are true for the same answers; no where that takes more than `most` looks to say.
    `certain` are the values of the fields that surely have one of these.
    """
    formulas = formula(one), formula(other)
    values: dict[str, set[str]] = {}
    for atom in (*atoms(formulas[0]), *atoms(formulas[1])):
        known = values.setdefault(atom.key, set(certain.get(atom.key, (OTHER,))))
        known |= atom.values if isinstance(atom, Is) else {TRUE, FALSE}
    if prod(map(len, values.values())) > most:
        return False
    answers = (dict(zip(values, given, strict=True)) for given in product(*values.values()))
    return all(_true(formulas[0], given) is _true(formulas[1], given) for given in answers)


def _true(condition: Formula, given: Mapping[str, str]) -> bool:
    if isinstance(condition, Both):
        parts = [_true(part, given) for part in condition.parts]
        return any(parts) if condition.either else all(parts)
    if isinstance(condition, Is):
        return (given[condition.key] in condition.values) is not condition.negated
    fixed = _FIXED.get(condition.key)
    return (given[condition.key] == TRUE if fixed is None else fixed) is not condition.negated


def changes_by_itself(atom: Atom) -> bool:
    """Whether a condition looks at the clock, so that its answer can't be remembered."""
    return isinstance(atom, Says) and ("call:now(" in atom.key or "call:today(" in atom.key)


def split(condition: Formula, known: Known, alphabet: Mapping[str, frozenset[str]]) -> list[tuple[bool, Known]]:
    """The answers that a condition can have, each with what is known afterwards."""
    if isinstance(condition, Both):
        return _split_parts(condition, known, alphabet)
    before = dict(known).get(condition.key)
    if isinstance(condition, Says):
        answers = [before] if before is not None else [_TRUE, _FALSE]
        outcomes = [
            ((answer == _TRUE) is not condition.negated, learned(known, condition.key, answer)) for answer in answers
        ]
        # what is not true may be null, and then its opposite isn't true either
        return outcomes + [(False, after) for answer, after in outcomes if answer and condition.negated]
    values = frozenset(before) if before is not None else alphabet.get(condition.key, condition.values) | {OTHER}
    outcomes = []
    if inside := values & condition.values:
        outcomes.append((not condition.negated, learned(known, condition.key, inside)))
    if outside := values - condition.values:
        outcomes.append((condition.negated, learned(known, condition.key, outside)))
        if condition.negated and OTHER in outside:  # null is neither equal nor, for FEEL, always unequal
            outcomes.append((False, learned(known, condition.key, {OTHER})))
    return outcomes


def _split_parts(condition: Both, known: Known, alphabet: Mapping[str, frozenset[str]]) -> list[tuple[bool, Known]]:
    outcomes: list[tuple[bool, Known]] = []
    waiting = [known]
    for part in condition.parts:
        after: list[Known] = []
        for current in waiting:
            for answer, learned_ in split(part, current, alphabet):
                if answer is condition.either:
                    outcomes.append((answer, learned_))
                else:
                    after.append(learned_)
        waiting = after
    return list(dict.fromkeys([*outcomes, *((not condition.either, current) for current in waiting)]))


def learned(known: Known, key: str, values: Iterable[str]) -> Known:
    """What is known when a field turns out to have one of these values."""
    return tuple(sorted({**dict(known), key: tuple(sorted(values))}.items()))


def forgotten(known: Known, keys: Collection[str]) -> Known:
    """What is left when these fields may have changed."""
    return tuple(pair for pair in known if pair[0] not in keys) if known else known


def certain(forms: Iterable[Form]) -> Mapping[str, frozenset[str]]:
    """The fields that have one of these values whichever of these forms was filled in last."""
    given: dict[str, frozenset[str]] = {}
    free: set[str] = set()
    for form in forms:
        fixed = must_be(form, gate=True)
        free |= {question.key for question in form.input_fields()} - fixed.keys()
        for key, values in fixed.items():
            given[key] = given.get(key, frozenset()) | values
    return {key: values for key, values in given.items() if key not in free}


def must_be(form: Form, gate: bool) -> Mapping[str, frozenset[str]]:
    """The questions of a form that can't be skipped and have fixed answers, and what is computed from answers.

    `gate` says that a step with this form asks consent, so that what is computed may follow the gate: yes or no.
    """
    return dict(_must_be(form.fields, gate))


def _must_be(fields: Iterable[Field], gate: bool) -> Iterator[tuple[str, frozenset[str]]]:
    for item in fields:
        if item.hide is not None:
            continue
        if item.type.holds is Holds.PARTS:
            yield from _must_be(item.fields, gate)
        elif item.expression is not None:
            if values := given_by(item.expression.text, gate):
                yield item.key, values
        elif item.required and item.type.holds is Holds.CHOICE and item.options and not item.options_expression:
            yield item.key, frozenset(option.value for option in item.options)

"""FEEL: the one expression language of diagrams, decision tables and forms.

`parse` reads text once (cached) and gives an Expression that can be evaluated over a document as often as one
likes. An expression has no side effects, sees only the values in the context that it is given (never a Python
object), and is bounded in length, depth and steps. A wrong type or a missing name gives null, as FEEL has it,
and no error.

What differs from the standard, on purpose: names hold no spaces (except those of built-in functions), there
are no functions of one's own (except the order of `sort`), `now()` and `today()` give the time that the
engine passes under the key NOW, and a date compares with a date with time, in its zone. What is outside the
subset is refused by `parse`, so that it is not null without a word. docs/feel.md says the same to who writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.feel import evaluation, syntax
from engine.feel.evaluation import INPUT, NOW
from engine.feel.syntax import FeelError
from engine.feel.values import (
    Duration,
    Range,
    add,
    parse_date,
    parse_datetime,
    parse_duration,
    parse_number,
    parse_time,
    to_json,
)

__all__ = [
    "NOW",
    "Duration",
    "Expression",
    "FeelError",
    "Range",
    "UnaryTests",
    "add",
    "parse",
    "parse_date",
    "parse_datetime",
    "parse_duration",
    "parse_number",
    "parse_time",
    "parse_unary",
    "read",
    "to_json",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read and can be evaluated.

    `names` are the names that it looks up in the context. Inside a filter (`lijst[naam = "x"]`) a name may be
    a field of the item instead: such names stand in `item_names`. `paths` are the names with the fields asked
    of them (`regio.termijnen.intake`), as far as they can be seen in the text. `asks`: what it comes to
    hangs on names, the clock or the items of a list; where it doesn't, it is always the same.
    """

    text: str
    names: frozenset[str]
    item_names: frozenset[str]
    paths: frozenset[str]
    asks: bool
    _run: evaluation.Run

    def evaluate(self, context: Mapping[str, object]) -> object:
        """Compute the value over these names; FeelError only where it takes too many steps."""
        return self._run(evaluation.Scope(context, None, evaluation.Budget()))


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The cell of a decision table: what an input must be.

    `values` are those that it names: alternatives, bounds and what is compared with. `plain`: it says nothing
    else, so that what fits changes at those values alone.
    """

    text: str
    names: frozenset[str]
    values: tuple[object, ...]
    plain: bool
    _run: evaluation.Run

    def matches(self, value: object, context: Mapping[str, object]) -> bool:
        """Say whether this value fits; what has no answer does not."""
        scope = evaluation.Scope(context, None, evaluation.Budget())
        return self._run(scope.inner({INPUT: value})) is True


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Read an expression, written without the leading `=`; FeelError where it is outside the subset."""
    node = syntax.parse_expression(text)
    names = syntax.find_names(node)
    run = evaluation.build(node)
    return Expression(text, names.names, names.item_names, names.paths, evaluation.asks(node), run)


@lru_cache(maxsize=4096)
def parse_unary(text: str) -> UnaryTests:
    """Read the cell of a decision table; FeelError where it is outside the subset."""
    node = syntax.parse_tests(text)
    run = evaluation.build_tests(node)
    values = evaluation.named_values(node)
    return UnaryTests(text, syntax.find_names(node).names, tuple(values or ()), values is not None, run)


def read(text: str) -> Expression | str:
    """Read a field of a diagram: an expression behind `=`, else the text itself."""
    stripped = text.strip()
    return parse(stripped[1:].strip()) if stripped.startswith("=") else text

"""Every function and operator of FEEL over every kind of value: an answer or null, and never an exception.

FeelError comes at reading; at evaluation only where an expression would take too much.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.feel.functions import FUNCTIONS
from engine.feel.syntax import TYPES
from engine.feel.values import kind

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FAR_EAST, FAR_WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
VALUES: dict[str, object] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus": -3,
    "half": 0.5,
    "huge": 10**50,
    "hugest": Decimal("9.9e6144"),
    "smallest": Decimal("1e-6143"),
    "no number": float("nan"),
    "endless": float("-inf"),
    "empty text": "",
    "text": "ja é 👍 2026-03-01",
    "pattern": "(a+)+[",
    "a day as text": "2026-02-30",
    "a duration as text": "P1Y2M",
    "long text": "a" * 5_000,
    "half a character": "\ud83d",
    "day": date(2024, 2, 29),
    "first day": date.min,
    "last day": date.max,
    "moment": datetime(2026, 3, 29, 2, 30),  # noqa: DTZ001  # without a zone, as a form has it
    "moment in UTC": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "moment that isn't": datetime(2026, 3, 29, 2, 30, tzinfo=AMSTERDAM),
    "first moment": datetime.min.replace(tzinfo=FAR_EAST),
    "last moment": datetime.max.replace(tzinfo=FAR_WEST),
    "last moment here": datetime.max.replace(tzinfo=AMSTERDAM),
    "clock": time(23, 59, 59, 999_999),
    "clock in UTC": time(0, tzinfo=UTC),
    "clock here": time(2, 30, tzinfo=AMSTERDAM),
    "no time": feel.Duration(),
    "months": feel.Duration(-14),
    "most months": feel.Duration(12 * 99_999),
    "seconds": feel.Duration(0, Decimal("-90061.5")),
    "most seconds": feel.Duration(0, Decimal(86_400) * 366 * 99_999),
    "both": feel.Duration(1, Decimal(86_400)),
    "range": feel.Range(Decimal(1), Decimal(5)),
    "open range": feel.Range(None, date(2026, 1, 1), high_included=False),
    "days": feel.Range(date(9999, 12, 30), date.max),
    "numberless range": feel.Range("a", "z"),
    "empty list": [],
    "list": [3, None, "a", True, [date.max], {"a": 1}],
    "list of one": [-1],
    "numbers": [0.1, -2, Decimal("1e40")],
    "durations": [feel.Duration(1), feel.Duration(0, Decimal(1))],
    "moments": [date.min, datetime.max.replace(tzinfo=FAR_WEST)],
    "keys": ["a", "b"],
    "empty context": {},
    "context": {"a": {"b": None}, "key": "k", "value": 1, "": []},
    "of Python": object(),
}
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ARGUMENTS = ("a", "b", "c", "d")


def calls() -> Iterator[str]:
    """Each function with each number of arguments that it takes."""
    for function in FUNCTIONS.values():
        most = function.least + 2 if function.most is None else function.most
        for count in filter(function.accepts, range(function.least, most + 1)):
            ordering = function.name == "sort" and count == 2
            yield f"{function.name}({'a, function(x, y) x < y' if ordering else ', '.join(ARGUMENTS[:count])})"


PARTS = ("year", "weekday", "hour", "offset", "timezone", "days", "months", "start", "end", "time offset", "a")
OPERATORS = (
    *(f"a {sign} b" for sign in ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in")),
    *(f"a.{part}" for part in PARTS),
    *(f"a instance of {name}" for name in TYPES),
    "-a",
    "not(a)",
    "[a, b]",
    "{a: a, c: b}.c",
    "a[b]",
    "a[item = b]",
    "a[item > b]",
    "a between b and c",
    "a in [b..c]",
    "a in (b..c)",
    "a in (< b, c)",
    "if a then b else c",
    "for x in a return [x, b]",
    "for x in a return partial",
    "count(for x in a..b return x)",
    "for x in [a..b], y in c return y",
    "some x in a satisfies x = b",
    "every x in a, y in b satisfies x < y",
)
CELLS = ("a", "< a", ">= a", "[a..b]", "not(a)", "a, b", "? = a", "count(?) > a")
EXPRESSIONS = {text: feel.parse(text) for text in (*calls(), *OPERATORS)}
TESTS = {text: feel.parse_unary(text) for text in CELLS}


def holds(text: str, context: Mapping[str, object]) -> None:
    """Hold that this gives a value of FEEL, which can be written as text and as JSON."""
    try:
        value = EXPRESSIONS[text].evaluate({feel.NOW: NOW, **context})
    except feel.FeelError as problem:
        if not problem.message.startswith("Deze expressie"):  # it takes too much
            raise
        return
    if value is not None and VALUES["of Python"] not in context.values():
        assert kind(value), (text, context)
    feel.to_json(value)
    assert EXPRESSIONS["string(a)"].evaluate({"a": value}) is None or value is not None


def names(text: str) -> list[str]:
    return sorted(EXPRESSIONS[text].names)


values = (
    st.sampled_from([*VALUES.values()])
    | st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.times(timezones=st.none() | st.timezones())
    | st.builds(feel.Duration, st.integers(-(10**6), 10**6), st.integers(-(10**12), 10**12).map(Decimal))
)
nested = st.recursive(
    values, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "item"]), inner)
)


@settings(max_examples=150)
@given(st.sampled_from([*EXPRESSIONS]), st.tuples(nested, nested, nested, nested))
def test_any_expression_over_any_values_gives_a_value(text: str, given_values: tuple[object, ...]) -> None:
    holds(text, dict(zip(ARGUMENTS, given_values, strict=True)))


@settings(max_examples=50)
@given(st.sampled_from([*TESTS]), nested, nested, nested)
def test_any_cell_over_any_values_fits_or_not(text: str, tested: object, a: object, b: object) -> None:
    assert TESTS[text].matches(tested, {"a": a, "b": b}) in {True, False}


def test_whatever_asks_for_one_value_takes_each() -> None:
    for text in EXPRESSIONS:
        for value in VALUES.values() if len(names(text)) == 1 else ():
            holds(text, {names(text)[0]: value})


def test_whatever_asks_for_more_takes_a_choice_of_each() -> None:
    chance = Random(1)  # noqa: S311  # repeatable, not secret
    for text in EXPRESSIONS:
        for _ in range(40):
            holds(text, {name: chance.choice([*VALUES.values()]) for name in names(text)})


@pytest.mark.long
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_whatever_asks_for_more_takes_each_of_each(text: str) -> None:
    count = len(names(text))
    values = [*VALUES.values()][:: 1 if count < 3 else 3]
    for chosen in product(values, repeat=min(count, 3)):
        holds(text, dict(zip(names(text), chosen, strict=False)))

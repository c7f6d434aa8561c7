"""Our FEEL beside @bpmn-io/feelin: over thousands of expressions the same, except for what is listed here."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import feel
from tests.engine.feel_expressions import CONTEXT, UNARY_TESTS, WRITTEN, Expressions

HERE = Path(__file__).parent

# What differs on purpose: the expression, and why ours is right.
DIFFERENCES = {
    "0.1 + 0.2 = 0.3": "numbers are decimals, as DMN asks; JavaScript has binary fractions",
    "string(0.1 * 3)": "idem",
    "1e3": "scientific notation is a number, not the number 1",
    "0 ** 0": "has no answer",
    "null in [1..5]": "is null >= 1 and null <= 5, which is null",
    '1 < "a"': "two types have no order: null, not false",
    "true < false": "idem: null, not an error",
    'if "x" then 1 else 2': "a condition that is not true takes else; a text is no truth",
    "if [] then 1 else 2": "idem",
    "every x in [1, null] satisfies x > 0": "one answer is missing: null, as with and",
    "some x in [1, null] satisfies x > 3": "idem, as with or",
    "[] = [1, 2]": "two lists of different length are not equal; false, not null",
    "5 between 9 and 1": "nothing lies between bounds that stand the wrong way round",
    "5 in [9..1]": "idem",
    'min("b", "a")': "texts and dates have an order too",
    'max(date("2026-01-01"), date("2025-01-01"))': "idem",
    "sort([3, 1, 2])": "without a function a list takes the order of its values",
    "5 instance of number": "works",
    '-duration("P1D")': "a duration can be turned round",
    'duration("P1D") * 2': "DMN multiplies durations",
    'duration("P")': "is no duration",
    'string(duration("-P2M"))': "ISO 8601 puts the sign in front",
    'string(date("2026-01-01") - date("2025-01-01"))': "between two dates lie days; how many months is not known",
    'date("2026-01-01") + duration("PT36H")': "a date plus hours is still a date",
    'date("2026-01-31") - years and months duration(date("2025-12-31"), date("2026-03-01"))': "only whole months count",
    'date("2026-01-01") = date and time("2026-01-01T00:00:00")': "a date is its midnight, for = as for <",
    'time("24:00:00")': "is no time of the day",
    "concatenate([1], null)": "null is no list",
    "mode([1, -1])": "numbers are in the order of numbers, not of their text",
    "median([10, 9, 1])": "idem",
    "remove([], 1)": "there is no first item to remove",
    "remove([1, 2, 3], -1)": "a place may count from the end everywhere",
    "insert before([1, 2], -1, 9)": "idem",
    'substring("abc", 0)': "there is no place 0; the text starts at its start",
    "list contains([[1]], [1])": "lists are compared by what is in them",
    "[null, 1][item = null]": "null = null, also in a filter",
    'trim(" a ")': "an addition of later DMN that people ask for",
    'context([{key: "a", value: 1}])': "not in the subset: write {a: 1}",
    "]1..5]": "not in the subset: write (1..5]",
    "function(a) a": "not in the subset: functions of one's own are refused",
}


def _plain(value: object) -> object:
    """Write a value the way feelin.mjs does: it knows no date apart from its midnight in UTC."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    if isinstance(value, time):
        value = datetime.combine(date(1900, 1, 1), value)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        exact = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return {"$moment": exact.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if isinstance(value, feel.Duration):
        return {"$duration": [value.months, float(value.seconds)]}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return repr(value)


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, (int, float)) and not isinstance(theirs, bool):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(ours))
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(item, theirs[key]) for key, item in ours.items())
    return type(ours) is type(theirs) and ours == theirs


def _ours(text: str) -> object:
    try:
        return _plain(feel.parse(text).evaluate(CONTEXT))
    except feel.FeelError as problem:
        return f"refused: {problem.message}"


def _ask(node: str, questions: Sequence[Mapping[str, object]]) -> list[Any]:
    """Put all questions to one node process."""
    asked = "".join(json.dumps({"context": CONTEXT, **question}) + "\n" for question in questions)
    done = subprocess.run(
        [node, str(HERE / "feelin.mjs")],
        input=asked,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": "UTC"},
        timeout=120,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return [answer.get("value", f"error: {answer.get('error')}") for answer in answers]


def _differing(node: str, texts: Sequence[str]) -> dict[str, tuple[object, object]]:
    theirs = _ask(node, [{"text": text} for text in texts])
    pairs = {text: (_ours(text), answer) for text, answer in zip(texts, theirs, strict=True)}
    return {text: (ours, answer) for text, (ours, answer) in pairs.items() if not _same(ours, answer)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_expressions_give_what_feelin_gives(node_path: str, seed: int) -> None:
    expressions = Expressions(seed)
    assert _differing(node_path, [expressions.next() for _ in range(1_000)]) == {}


def test_random_expressions_say_something() -> None:
    """A comparison of nothing but nulls would prove nothing."""
    expressions = Expressions(4)
    answers = [_ours(expressions.next()) for _ in range(1_000)]
    assert sum(answer is not None for answer in answers) > 700
    assert not [answer for answer in answers if isinstance(answer, str) and answer.startswith("refused")]


def test_written_expressions_give_what_feelin_gives(node_path: str) -> None:
    assert _differing(node_path, WRITTEN) == {}


def test_every_listed_difference_still_is_one(node_path: str) -> None:
    assert _differing(node_path, list(DIFFERENCES)).keys() == DIFFERENCES.keys()


def test_unary_tests_decide_as_feelin_does(node_path: str) -> None:
    theirs = _ask(node_path, [{"text": text, "value": value} for text, value in UNARY_TESTS])
    ours = [feel.parse_unary(text).matches(value, CONTEXT) for text, value in UNARY_TESTS]
    assert [cell for cell, mine, its in zip(UNARY_TESTS, ours, theirs, strict=True) if mine is not (its is True)] == []

"""Our FEEL and tables beside the DMN TCK: what is tried is right, but for a written list; nothing crashes."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.engine.tck import TCK, Result, results

pytestmark = pytest.mark.skipif(not TCK.exists(), reason="the models of the DMN TCK are not on this machine")
DIFFERENCES = Path(__file__).with_name("tck_differences.txt")


@cache
def asked(level: int) -> tuple[Result, ...]:
    return tuple(results(level))


@pytest.mark.parametrize(("level", "least"), [(2, 123), (3, 2_650)])
def test_most_is_done_and_of_what_is_tried_nearly_all_is_right(level: int, least: int) -> None:
    right = sum(result.right for result in asked(level))
    tried = sum(not result.refused for result in asked(level))
    assert right >= least
    assert right / tried >= 0.98


def test_nothing_raises_but_what_says_that_it_is_refused() -> None:
    assert [result for level in (2, 3) for result in asked(level) if result.crashed] == []


def test_every_difference_is_listed_with_its_reason() -> None:
    listed = [line for line in DIFFERENCES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    wrong = [result.place for level in (2, 3) for result in asked(level) if not result.refused and not result.right]
    assert Counter(wrong) == Counter(listed)

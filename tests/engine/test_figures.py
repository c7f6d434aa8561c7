"""Figures of a quarter: counted in families, and nothing of fewer than ten can be worked out from what is shown."""

import itertools
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine import store
from engine.cases import figures
from engine.cases.figures import Quarter, grouped
from engine.errors import NotFoundError
from engine.store.figures import Span
from tests.engine.playing import COORDINATOR, ELSEWHERE, HOME, OVERSEER, PARTNER, Play, example

SIGNAL = example("alles_loopt_goed").actions[0].answers


@pytest.mark.parametrize(("parts", "least", "most"), [(1, 4, 12), (2, 10, 30), (3, 4, 11), (4, 3, 7), (5, 2, 4)])
def test_whoever_knows_the_rule_and_what_is_shown_finds_no_small_number(parts: int, least: int, most: int) -> None:
    """Each table that there could be is laid beside what is shown of it: where all that look alike have one number of
    fewer than the least at the same place, subtraction of whatever kind finds it.
    """
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for numbers in itertools.product(range(most + 1), repeat=parts):
        alike[grouped(dict(zip("abcde", numbers, strict=False)), least)].append(numbers)
    wide = [tables for tables in alike.values() if max(map(max, tables)) < most]  # beyond it there are more alike
    certain = [
        (tables[0], place)
        for tables in wide
        for place in range(parts)
        if {table[place] for table in tables} == {tables[0][place]} and tables[0][place] < least
    ]
    assert wide
    assert certain == []


COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), min_size=1)


@given(COUNTS)
def test_what_is_shown_is_true_and_no_group_is_small(counts: Mapping[str, int]) -> None:
    shown = grouped(counts)
    assert all(number >= figures.LEAST and number == sum(counts[part] for part in parts) for parts, number in shown)
    assert not shown or sorted(part for parts, _ in shown for part in parts) == sorted(counts)
    assert all(len(parts) > 1 for parts, _ in shown if any(counts[part] < figures.LEAST for part in parts))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_each_day_is_in_one_quarter(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day < quarter.after
    assert Quarter.of(quarter.first - timedelta(days=1)) == quarter.before
    assert f"{day:%Y-%m}" in quarter.months


def families(play: Play, number: int) -> Quarter:
    """Let families be signalled in the quarter that is over."""
    quarter = Quarter.of(play.now.date()).before
    moment = play.now - (play.now.date() - quarter.first - timedelta(days=40))
    for _ in range(number):
        play.start({**SIGNAL, "signaal_bron": "verloskundige"})
    with play.database.writing() as tx:
        tx.execute(sa.update(store.tables.case_file).values(started_at=moment))
    return quarter


def test_ten_families_are_told_and_nine_are_not(play: Play) -> None:
    quarter = families(play, 9)
    with play.as_(OVERSEER) as ctx:
        assert [each.total for each in figures.figures(ctx, HOME, quarter).figures] == [None] * 6
    families(play, 1)
    with play.as_(COORDINATOR) as ctx:
        shown = figures.figures(ctx, HOME, quarter)
        assert [each.total for each in shown.figures] == [10, 10, None, None, None, None]
        assert len(shown.figures[0].groups) == 1, "how they divide is not told: all others would be nought"
        assert shown.days == dict.fromkeys(shown.days)


def test_what_was_shown_stays_when_a_family_is_erased(play: Play) -> None:
    quarter = families(play, 10)
    with play.as_(OVERSEER) as ctx:
        figures.keep(ctx.tx, figures.figures(ctx, HOME, quarter))
        store.personal.erase(ctx.tx, 1)
    with play.as_(OVERSEER) as ctx:
        assert figures.figures(ctx, HOME, quarter).figures[0].total == 10


def test_meetings_with_parents_agreements_goals_and_days_are_counted_over_the_registers(play: Play) -> None:
    play.play(example("alles_loopt_goed"))
    since, until = play.now - timedelta(days=1000), play.now + timedelta(days=1000)
    span = Span("casus", HOME, since, until, since.date(), until.date())
    with play.database.reading() as tx:
        assert store.figures.by_source(tx, span, figures.SOURCE) == {"": 1}
        assert store.figures.by_consent(tx, span) == {"ja": 1}
        assert store.figures.by_parents(tx, span) == {"ja": 1}
        assert sum(store.figures.by_agreements(tx, span).values()) == 1
        assert sum(store.figures.by_goals(tx, span).values()) == 1
        met, helped = store.figures.to_meeting(tx, span), store.figures.to_support(tx, span, figures.SUPPORT)
    assert (len(met), len(helped)) == (1, 1)
    assert met[0][0].date() <= met[0][1] == helped[0][0] <= helped[0][1].date()


@pytest.mark.any_database
def test_they_are_for_who_keeps_the_overview_there_and_of_quarters_that_are_over(play: Play) -> None:
    now = Quarter.of(play.now.date())
    for person, quarter in ((PARTNER, now.before), (ELSEWHERE, now.before), (OVERSEER, now)):
        with play.as_(person) as ctx, pytest.raises(NotFoundError):
            figures.figures(ctx, HOME, quarter)
    with play.as_(OVERSEER) as ctx:
        figures.figures(ctx, HOME, now.before)
        assert [(shown.case_id, shown.parts) for shown in ctx.looks.shown] == [(0, "aantallen")]

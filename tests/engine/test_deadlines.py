"""Terms of time on the Dutch calendar: workdays, holidays, months, summer time, and the end of the day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import deadlines

WORKDAYS = st.integers(0, 60).map(lambda n: f"{n} werkdagen")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))  # noqa: DTZ001


def dutch(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=deadlines.ZONE)


@pytest.mark.parametrize("text", ["P14D", "PT1H", "P3M", "P1Y6M", "P2W", "5 werkdagen", "1 werkdag", "0 werkdagen"])
def test_a_term_is_a_duration_or_a_number_of_workdays(text: str) -> None:
    assert deadlines.valid(text)


@pytest.mark.parametrize(
    "text", ["", "5", "5 dagen", "P", "P14", "14D", "vijf werkdagen", "-5 werkdagen", "5 werkdagen!", "-P5D", "P5D\n"]
)
def test_anything_else_is_no_term(text: str) -> None:
    assert not deadlines.valid(text)
    with pytest.raises(ValueError, match="no term"):
        deadlines.after(dutch("2026-03-02T09:00"), text)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-02", 1, "2026-03-03"),  # a Monday
        ("2026-03-06", 1, "2026-03-09"),  # a Friday
        ("2026-03-07", 1, "2026-03-09"),  # a Saturday
        ("2026-03-02", 5, "2026-03-09"),
        ("2026-03-02", 10, "2026-03-16"),
        ("2026-04-01", 2, "2026-04-07"),  # Good Friday and Easter Monday
        ("2026-04-24", 1, "2026-04-28"),  # King's Day, on a Monday
        ("2026-05-13", 1, "2026-05-15"),  # Ascension Day
        ("2026-05-22", 1, "2026-05-26"),  # Whit Monday
        ("2026-12-24", 1, "2026-12-28"),  # Christmas, of which one day on a Saturday
        ("2026-12-31", 1, "2027-01-04"),  # New Year's Day, on a Friday
        ("2027-12-30", 2, "2028-01-03"),
        ("2026-05-04", 1, "2026-05-06"),  # Liberation Day, every year by the Algemene termijnenwet
    ],
)
def test_workdays_pass_over_weekends_and_dutch_holidays(start: str, days: int, end: str) -> None:
    assert deadlines.after(dutch(f"{start}T09:30"), f"{days} werkdagen") == dutch(f"{end}T09:30")


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2026-01-31T09:00", "P1M", "2026-02-28T09:00"),
        ("2028-01-31T09:00", "P1M", "2028-02-29T09:00"),
        ("2026-03-31T09:00", "P1M", "2026-04-30T09:00"),
        ("2026-11-30T09:00", "P3M", "2027-02-28T09:00"),
        ("2024-02-29T09:00", "P2Y", "2026-02-28T09:00"),
        ("2026-03-28T09:00", "P1D", "2026-03-29T09:00"),  # the clock goes forward
        ("2026-10-24T09:00", "P1D", "2026-10-25T09:00"),  # the clock goes back
        ("2026-03-27T09:00", "1 werkdagen", "2026-03-30T09:00"),
        ("2026-10-23T09:00", "P14D", "2026-11-06T09:00"),
    ],
)
def test_days_and_months_keep_the_time_on_the_clock(start: str, term: str, end: str) -> None:
    assert deadlines.after(dutch(start), term) == dutch(end)


def test_hours_are_hours_also_in_the_night_that_the_clock_changes() -> None:
    evening = dutch("2026-03-28T22:00")
    assert deadlines.after(evening, "PT24H") - evening.astimezone(UTC) == timedelta(hours=24)
    assert deadlines.after(evening.astimezone(UTC), "PT24H").astimezone(deadlines.ZONE) == dutch("2026-03-29T23:00")


def test_the_answer_comes_in_the_zone_of_the_question() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # already the first of July in the Netherlands
    assert deadlines.after(late, "1 werkdagen") == datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert deadlines.after(late, "1 werkdagen").tzinfo is UTC
    assert deadlines.due(late, "1 werkdagen") == dutch("2026-07-02T23:59:59")


@pytest.mark.parametrize(
    ("term", "end"),
    [
        ("P14D", "2026-03-16T23:59:59"),
        ("3 werkdagen", "2026-03-05T23:59:59"),
        ("P1M", "2026-04-02T23:59:59"),
        ("0 werkdagen", "2026-03-02T23:59:59"),
        ("PT4H", "2026-03-02T13:00:00"),
    ],
)
def test_a_deadline_lasts_until_the_end_of_its_last_day(term: str, end: str) -> None:
    assert deadlines.due(dutch("2026-03-02T09:00"), term) == dutch(end)


def test_the_end_of_a_day_is_a_dutch_one_in_winter_and_summer() -> None:
    assert deadlines.end_of_day(date(2026, 1, 5)).astimezone(UTC) == datetime(2026, 1, 5, 22, 59, 59, tzinfo=UTC)
    assert deadlines.end_of_day(date(2026, 7, 5)).astimezone(UTC) == datetime(2026, 7, 5, 21, 59, 59, tzinfo=UTC)


def test_a_term_beyond_every_calendar_is_refused_and_does_not_crash() -> None:
    with pytest.raises(ValueError, match="term"):
        deadlines.after(dutch("2026-03-02T09:00"), "P9000Y")


@pytest.mark.parametrize(("term", "days"), [("P14D", 14), ("P1Y", 365), ("PT12H", 0.5), ("10 werkdagen", 14)])
def test_how_long_a_term_lasts_is_about_as_long_as_it_is_counted(term: str, days: float) -> None:
    assert deadlines.roughly(term) == timedelta(days=days)
    start = dutch("2026-03-02T09:00")
    assert abs(deadlines.after(start, term) - start - deadlines.roughly(term)) <= timedelta(days=1)


@given(MOMENTS, WORKDAYS)
def test_workdays_end_on_a_workday_and_never_go_back(start: datetime, term: str) -> None:
    end = deadlines.after(start, term)
    assert end >= start
    if not term.startswith("0"):
        assert end.astimezone(deadlines.ZONE).weekday() < 5


@given(MOMENTS, st.integers(0, 30), st.integers(0, 30))
def test_workdays_may_be_counted_in_two_goes(start: datetime, first: int, second: int) -> None:
    start = start.astimezone(deadlines.ZONE).replace(hour=12)
    halfway = deadlines.after(start, f"{first} werkdagen")
    assert deadlines.after(halfway, f"{second} werkdagen") == deadlines.after(start, f"{first + second} werkdagen")


@pytest.mark.parametrize(
    ("term", "bound", "within"),
    [
        ("2 werkdagen", "2 werkdagen", True),
        ("3 werkdagen", "2 werkdagen", False),
        ("P1D", "1 werkdag", True),  # on a Friday sooner, never later
        ("P2D", "1 werkdag", False),
        ("1 werkdag", "P3D", False),  # over Easter
        ("1 werkdag", "P7D", True),
        ("P30D", "P1M", False),  # in February
        ("P28D", "P1M", True),
        ("P6M", "P1Y", True),
        ("PT48H", "P2D", False),  # when the clock goes forward
        ("34 werkdagen", "P55D", False),  # with six holidays in spring
    ],
)
def test_a_term_is_within_a_bound_on_every_day_or_not_at_all(term: str, bound: str, within: bool) -> None:
    assert deadlines.no_later(term, bound) is within


def test_a_term_is_told_in_weeks_where_it_is_whole_weeks() -> None:
    assert [deadlines.spoken(term) for term in ("P7D", "P8D", "P21D")] == ["1 week", "8 dagen", "3 weken"]


@pytest.mark.parametrize("day", [date(2026, 3, 20), date(2026, 3, 31), date(2026, 7, 15)])
def test_a_term_that_is_over_to_the_second_began_in_time(day: date) -> None:
    end = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert deadlines.before(end, "P7D") == end - timedelta(days=7)

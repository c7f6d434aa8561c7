"""The values of FEEL: which there are, how they compare, how text becomes one and how one becomes JSON.

Nothing here raises on a wrong type: where FEEL has no answer, the answer is None.
"""

import calendar
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import total_ordering
from typing import Any
from zoneinfo import ZoneInfo

NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
"""Decimal128, as DMN asks for: 0.1 + 0.2 is 0.3. Nothing traps: what is not finite becomes null."""

FARTHEST_ZONE = 18 * 3600
"""No zone is further from UTC than this, in seconds."""

MAX_STRING = 100_000
"""No expression makes a longer text than this."""

_DAY = 86_400
_LONGEST_TEXT = 60
_LONGEST_MONTHS = 12 * 100_000
_LONGEST_SECONDS = Decimal(_DAY) * 366 * 100_000
_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d*)?)S)?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][\w+\-]*(?:/[\w+\-]+)*)?",
    re.ASCII,
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: calendar months (whose length differs) beside an exact number of seconds.

    FEEL's two kinds are the one with only months and the one with only seconds. A duration with both (`P1M14D`)
    may be added to a date, but has no place in an order.
    """

    months: int = 0
    seconds: Decimal = Decimal(0)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Duration) or not self.comparable(other):
            return NotImplemented
        return (self.months, self.seconds) < (other.months, other.seconds)

    def comparable(self, other: "Duration") -> bool:
        """Say whether the two are of one kind, so that one can be the longer."""
        return not (self.seconds or other.seconds) or not (self.months or other.months)

    def __str__(self) -> str:
        return _duration_text(self)


@dataclass(frozen=True, slots=True)
class Range:
    """Everything between two bounds; a bound of None is open on that side."""

    low: object
    high: object
    low_included: bool = True
    high_included: bool = True


def kind(value: object) -> str:
    """Name the FEEL type of a value: number, string, date …; "" for what FEEL does not know."""
    named = _KINDS.get(type(value))
    if named is not None:
        return named
    return next((name for base, name in _BASES if isinstance(value, base)), "")


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    datetime: "date and time",
    time: "time",
    Duration: "duration",
    Range: "range",
    list: "list",
    tuple: "list",
    dict: "context",
}
_BASES: tuple[tuple[type, str], ...] = ((str, "string"), (int, "number"), (Mapping, "context"))


def number(value: object) -> Decimal | None:
    """Take a number as an exact decimal; None for everything else, NaN and infinity included."""
    if type(value) is Decimal:
        return value if value.is_finite() else None
    if type(value) is float:
        return finite(Decimal(repr(value)))
    if isinstance(value, int) and not isinstance(value, bool):
        return NUMBERS.create_decimal(value) if abs(value) < 10**40 else None
    return None


def finite(value: Decimal) -> Decimal | None:
    """Drop a result that is no number: a division by zero, an overflow."""
    return value if value.is_finite() else None


def whole(value: object) -> int | None:
    """Take a number without fraction as an int; None for everything else."""
    exact = number(value)
    if exact is None or exact != exact.to_integral_value() or abs(exact) > 10**15:
        return None
    return int(exact)


def parse_number(text: str) -> Decimal | None:
    """Read a number as FEEL writes it."""
    return finite(NUMBERS.create_decimal(text)) if _NUMBER.fullmatch(text) else None


def parse_date(text: str) -> date | None:
    """Read YYYY-MM-DD, or the day of a date with a time."""
    day, separator, rest = text.partition("T")
    match = _DATE.fullmatch(day)
    if match is None or (separator and parse_time(rest) is None):
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """Read HH:MM or HH:MM:SS, with an offset or a zone (`@Europe/Amsterdam`) when there is one."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    zone = _zone(match[5])
    if match[5] and zone is None:
        return None
    try:
        micro = int((match[4] or "").ljust(6, "0")[:6])
        return time(int(match[1]), int(match[2]), int(match[3] or 0), micro, tzinfo=zone)
    except ValueError:
        return None


def parse_datetime(text: str) -> datetime | None:
    """Read a date with a time; a date alone is midnight."""
    day, separator, rest = text.partition("T")
    calendar_day = parse_date(day)
    clock = parse_time(rest) if separator else time()
    return None if calendar_day is None or clock is None else datetime.combine(calendar_day, clock)


def parse_duration(text: str) -> Duration | None:
    """Read an ISO 8601 duration: P14D, P1Y6M, PT36H, P2W, P1M14D."""
    match = _DURATION.fullmatch(text)
    if match is None or len(text) > _LONGEST_TEXT:
        return None
    part = {name: Decimal(amount or 0) for name, amount in match.groupdict().items() if name != "sign"}
    sign = -1 if match["sign"] else 1
    months = (part["years"] * 12 + part["months"]) * sign
    days = part["weeks"] * 7 + part["days"]
    seconds = days * _DAY + part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]
    return span(months, seconds * sign)


def span(months: Decimal, seconds: Decimal) -> Duration | None:
    """Make a duration, of whole months; None where it is longer than any calendar."""
    if not abs(months) < _LONGEST_MONTHS or not abs(seconds) < _LONGEST_SECONDS:
        return None
    return Duration(int(months), seconds)


def parse_at(text: str) -> date | datetime | time | Duration | None:
    """Read the text of an `@"…"` literal: whichever of date, time, date with time and duration it is."""
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text:
        return parse_datetime(text)
    return parse_time(text) if ":" in text else parse_date(text)


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    try:
        if text.startswith("@"):
            return ZoneInfo(text[1:])
        hours, minutes, seconds = int(text[1:3]), int(text[4:6]), int(text[7:9] or 0)
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if minutes > 59 or seconds > 59 or offset.total_seconds() > FARTHEST_ZONE:
            return None
        return timezone(-offset if text[0] == "-" else offset)
    except (
        ValueError,
        KeyError,
        OSError,
    ):  # an unknown zone is a KeyError, an impossible name one of the others
        return None


def add(moment: date, duration: Duration) -> date | None:
    """Add a duration to a date or a date with time; None beyond the calendar.

    Months keep the day of the month and stop at its last one: 31 January + P1M = 28 or 29 February. Whole
    days are days on the calendar (the same time of day, summer time or not), what is left are exact hours. A
    date stays a date: the day on which its midnight and the duration end.
    """
    try:
        shifted = _add_months(moment, duration.months)
        days, rest = divmod(duration.seconds, _DAY)
        if not isinstance(shifted, datetime):
            return shifted + timedelta(days=int(days) - (rest < 0))
        shifted = shifted + timedelta(days=int(days))
        return _add_seconds(shifted, rest) if rest else shifted
    except (OverflowError, ValueError):
        return None


def _add_months(moment: date, months: int) -> date:
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, month_length(year, month + 1)))


def month_length(year: int, month: int) -> int:
    """Count the days of a month."""
    return calendar.monthrange(year, month)[1]


def _add_seconds(moment: datetime, seconds: Decimal) -> datetime:
    step = timedelta(microseconds=int(seconds * 1_000_000))
    return moment + step if moment.tzinfo is None else (moment.astimezone(UTC) + step).astimezone(moment.tzinfo)


def months_between(start: date, end: date) -> int:
    """Count the whole months from one day to another; negative when the second comes first.

    Of a date with time only the day counts, as it is where it was written.
    """
    first, last = (date(day.year, day.month, day.day) for day in (start, end))
    if last < first:
        return -months_between(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if _add_months(first, months) <= last else months - 1


def same_line(left: date, right: date) -> tuple[datetime, datetime]:
    """Put two dates (with time or not) on one line of time.

    A date is its midnight; what has no zone is taken to be in the zone of the other.
    """
    first, second = _moment(left), _moment(right)
    if first.tzinfo is None and second.tzinfo is not None:
        return first.replace(tzinfo=second.tzinfo), second
    if second.tzinfo is None and first.tzinfo is not None:
        return first, second.replace(tzinfo=first.tzinfo)
    return first, second


def _moment(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def clock_seconds(value: time) -> Decimal:
    """Seconds since midnight, in UTC where the time says its offset."""
    seconds = Decimal(value.hour * 3600 + value.minute * 60 + value.second) + Decimal(value.microsecond) / 1_000_000
    offset = value.utcoffset()
    return seconds if offset is None else seconds - Decimal(int(offset.total_seconds()))


def equal(left: object, right: object) -> bool | None:
    """Compare as `=` does: None where the two are of different kinds."""
    if left is None or right is None:
        return left is right
    first, second = kind(left), kind(right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return left == right if left.comparable(right) else None
    if first in _EQUAL and first == second:
        return _EQUAL[first](left, right)
    if first in _ORDERED and second in _ORDERED:
        side = order(left, right)
        return None if side is None else side == 0
    return None


def order(left: object, right: object) -> int | None:
    """Say which comes first: -1, 0 or 1; None where the two have no order."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        earlier, later = same_line(left, right)
        return (earlier > later) - (earlier < later)
    if isinstance(left, time) and isinstance(right, time):
        start, end = clock_seconds(left), clock_seconds(right)
        return (start > end) - (start < end)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return (left > right) - (left < right) if left.comparable(right) else None
    low, high = number(left), number(right)
    return None if low is None or high is None else (low > high) - (low < high)


def _equal_lists(left: Sequence[object], right: Sequence[object]) -> bool:
    return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))


def _equal_contexts(left: Mapping[str, object], right: Mapping[str, object]) -> bool:
    return left.keys() == right.keys() and all(equal(value, right[key]) is True for key, value in left.items())


_ORDERED = frozenset({"number", "date", "date and time", "time"})
_EQUAL: dict[str, Callable[[Any, Any], bool]] = {
    "boolean": operator.eq,
    "string": operator.eq,
    "range": operator.eq,
    "list": _equal_lists,
    "context": _equal_contexts,
}


def includes(span: Range, value: object) -> bool | None:
    """Say whether a value lies between the bounds; None where they can't be compared with it."""
    low = 1 if span.low is None else order(value, span.low)
    high = -1 if span.high is None else order(value, span.high)
    if low is None or high is None:
        return None
    return (low > 0 or (low == 0 and span.low_included)) and (high < 0 or (high == 0 and span.high_included))


def text(value: object) -> str | None:
    """Write a value as the function `string` does; None for null."""
    feel_kind = kind(value)
    if feel_kind in {"null", ""}:
        return None
    return value if isinstance(value, str) else _literal(value)


def _literal(value: object) -> str:
    """Write a value the way an expression would."""
    writer = _WRITERS.get(kind(value))
    return "null" if writer is None else writer(value)


def _number_text(value: object) -> str:
    exact = number(value)
    if exact is None:
        return "null"
    return format(exact.normalize(NUMBERS), "f") if exact else "0"


def _moment_text(value: datetime | time) -> str:
    text = value.replace(tzinfo=None).isoformat()
    if value.microsecond:
        text = text.rstrip("0")
    if isinstance(value.tzinfo, ZoneInfo):
        return f"{text}@{value.tzinfo.key}"
    if not value.utcoffset():
        return text if value.tzinfo is None else f"{text}Z"
    return text + value.isoformat()[len(value.replace(tzinfo=None).isoformat()) :]


def _duration_text(value: Duration) -> str:
    if value.months * value.seconds < 0:  # no ISO text can mix signs
        return f"{_duration_text(Duration(value.months))} {_duration_text(Duration(0, value.seconds))}"
    sign = "-" if value.months < 0 or value.seconds < 0 else ""
    years, months = divmod(abs(value.months), 12)
    days, rest = divmod(abs(value.seconds), _DAY)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    day_part = _parts((years, "Y"), (months, "M"), (days, "D"))
    time_part = _parts((hours, "H"), (minutes, "M"), (seconds, "S"))
    return f"{sign}P{day_part}{'T' + time_part if time_part else ''}" if day_part or time_part else "PT0S"


def _parts(*pairs: tuple[int | Decimal, str]) -> str:
    return "".join(f"{_number_text(amount)}{unit}" for amount, unit in pairs if amount)


def _range_text(value: Range) -> str:
    start, end = "[" if value.low_included else "(", "]" if value.high_included else ")"
    return f"{start}{_literal(value.low)}..{_literal(value.high)}{end}"


def _string_literal(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITERS: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "number": _number_text,
    "string": _string_literal,
    "date": date.isoformat,
    "date and time": _moment_text,
    "time": _moment_text,
    "duration": _duration_text,
    "range": _range_text,
    "list": lambda value: f"[{', '.join(map(_literal, value))}]",
    "context": lambda value: "{" + ", ".join(f"{key}: {_literal(item)}" for key, item in value.items()) + "}",
}


def to_json(value: object) -> Any:
    """Turn a value into what JSON can hold: whole numbers as int, dates, times and durations as ISO text."""
    feel_kind = kind(value)
    if feel_kind == "number":
        exact = number(value)
        if exact is None:
            return None
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    return value if feel_kind in {"boolean", "null"} else text(value)

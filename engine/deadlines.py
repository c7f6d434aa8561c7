"""Terms of time: ISO 8601 durations and `N werkdagen`, counted on the Dutch calendar."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine import feel

ZONE = ZoneInfo("Europe/Amsterdam")
MAIL_FROM, MAIL_TILL = time(8), time(18)
"""Between these hours of the Dutch day a mail may leave that can wait."""

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

_SOME_DAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
_TWO_YEARS = 730
_HOLIDAYS, _LEAPS = 12, 4
"""How many holidays a year has at most, and how many days a number of months may be longer or shorter."""
_UNITS = {"Y": ("jaar", "jaar"), "M": ("maand", "maanden"), "W": ("week", "weken"), "D": ("dag", "dagen")}
_CLOCK = {"H": ("uur", "uur"), "M": ("minuut", "minuten"), "S": ("seconde", "seconden")}
_WORKDAYS = re.compile(r"(\d{1,3}) werkdag(?:en)?")


def clock(now: datetime) -> dict[str, datetime]:
    """What expressions see of the time: `now()` and `today()` are those of the Dutch clock."""
    return {feel.NOW: now.astimezone(ZONE)}


def in_words(day: date) -> str:
    """`3 maart 2026`; of a moment the day that it is on the Dutch clock."""
    when = day.astimezone(ZONE) if isinstance(day, datetime) else day
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def mails(now: datetime) -> bool:
    """Whether a mail that can wait may leave now: on a working day, by day."""
    local = now.astimezone(ZONE)
    return is_workday(local.date()) and MAIL_FROM <= local.time() < MAIL_TILL


def next_mail(now: datetime) -> datetime:
    """When such a mail may leave that somebody asks for now."""
    if mails(now):
        return now
    local = now.astimezone(ZONE)
    day = local.date() + timedelta(days=local.time() >= MAIL_TILL)
    while not is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, MAIL_FROM, ZONE)


def valid(text: str) -> bool:
    """Whether `text` is a term that can be counted: `P14D`, `PT1H`, `P3M`, `5 werkdagen`."""
    return _WORKDAYS.fullmatch(text) is not None or _duration(text) is not None


def meant(text: str) -> str:
    """The term that somebody means who writes it in words, as `2 weken`; "" where that is not to be seen."""
    match = re.fullmatch(
        r"(\d{1,3}) ?(dag|week|maand|jaar|uur|minuut|minut)(?:en|s)?|(\d{1,3}) ?(weken)", text.strip().lower()
    )
    if match is None:
        return ""
    number, unit = int(match[1] or match[3]), match[2] or "week"
    days = {"dag": 1, "week": 7}
    if unit in days:
        return f"P{number * days[unit]}D"
    return {"maand": "P{}M", "jaar": "P{}Y", "uur": "PT{}H"}.get(unit, "PT{}M").format(number)


def spoken(duration: str) -> str:
    """A term in words: `P21D` → 3 weken, `1 werkdagen` → 1 werkdag; what is no term stays as it is."""
    workdays = re.fullmatch(r"(\d+) werkdag(?:en)?", duration)
    if workdays:
        return _counted(int(workdays[1]), ("werkdag", "werkdagen"))
    whole = re.fullmatch(
        r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", duration
    )
    if not whole or not any(whole.groups()):
        return duration
    units = [*_UNITS.values(), *_CLOCK.values()]
    parts = [_period(int(n), unit) for n, unit in zip(whole.groups(), units, strict=True) if n]
    return " en ".join(parts)


def _period(number: int, unit: tuple[str, str]) -> str:
    if unit == _UNITS["D"] and number % 7 == 0:
        return _counted(number // 7, _UNITS["W"])
    return _counted(number, unit)


def _counted(number: int, unit: tuple[str, str]) -> str:
    return f"{number} {unit[number != 1]}"


def after(start: datetime, text: str) -> datetime:
    """The moment one term after `start` (an aware datetime), in the zone of `start`.

    Days, workdays and months keep the time on the Dutch clock, over summer time too, and hours are hours; one month
    after 31 January is the last day of February. Raises ValueError where `text` is no term.
    """
    local = start.astimezone(ZONE)
    if match := _WORKDAYS.fullmatch(text):
        day = local.date()
        for _ in range(int(match[1])):
            day = _next_workday(day)
        return datetime.combine(day, local.time(), ZONE).astimezone(start.tzinfo)
    duration = _duration(text)
    counted_from = start.astimezone(UTC) if text.startswith("PT") else local
    moved = feel.add(counted_from, duration) if duration is not None else None
    if not isinstance(moved, datetime):
        raise ValueError(f"no term: {text}")
    return moved.astimezone(start.tzinfo)


def before(end: datetime, text: str) -> datetime:
    """The latest moment after which one term is over by `end`, give or take a day of a month that is shorter."""
    begin = end - (after(end, text) - end)
    while after(begin, text) > end:
        begin -= timedelta(days=1)
    return begin


def roughly(text: str) -> timedelta:
    """About how long a term lasts, told without a calendar: five working days are a week. Raises as `after` does."""
    if match := _WORKDAYS.fullmatch(text):
        return timedelta(days=int(match[1]) * 7 / 5)
    return after(_SOME_DAY, text) - _SOME_DAY


@lru_cache(maxsize=512)
def no_later(text: str, bound: str) -> bool:
    """Whether one term is always over no later than another that begins at the same moment, whichever day that is.
    Raises ValueError as `after` does.
    """
    if text == bound and valid(text):
        return True
    of_both = _WORKDAYS.fullmatch(text), _WORKDAYS.fullmatch(bound)
    if of_both[0] and of_both[1]:
        return int(of_both[0][1]) <= int(of_both[1][1])
    if _longest(text) <= _shortest(bound) or _shortest(text) > _longest(bound):  # no calendar is needed to see it
        return after(_SOME_DAY, text) <= after(_SOME_DAY, bound)
    days = (_SOME_DAY + timedelta(days=number) for number in range(_TWO_YEARS))
    return all(after(day, text) <= after(day, bound) for day in days)


def _shortest(text: str) -> int:
    """No fewer days than this, roughly."""
    match = _WORKDAYS.fullmatch(text)
    return int(match[1]) if match else (after(_SOME_DAY, text) - _SOME_DAY).days - _LEAPS


def _longest(text: str) -> int:
    """No more days than this, roughly: with all holidays of a year in it, and a weekend at both ends."""
    if match := _WORKDAYS.fullmatch(text):
        number = int(match[1])
        return (number + _HOLIDAYS * (1 + number // 250)) * 7 // 5 + 4
    return (after(_SOME_DAY, text) - _SOME_DAY).days + _LEAPS


def _duration(text: str) -> feel.Duration | None:
    return None if text.startswith("-") else feel.parse_duration(text)


def due(start: datetime, text: str) -> datetime:
    """When a deadline of one term after `start` has passed: at the end of its last day, or to the second
    for terms shorter than a day.
    """
    moment = after(start, text)
    if text.startswith("PT"):
        return moment
    return end_of_day(moment.astimezone(ZONE).date()).astimezone(start.tzinfo)


def end_of_day(day: date) -> datetime:
    """The last second of a day in the Netherlands."""
    return datetime.combine(day, time(23, 59, 59), ZONE)


def is_workday(day: date) -> bool:
    """Whether people work on a day in the Netherlands: no weekend and no holiday."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def _next_workday(day: date) -> date:
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    """The days that the Algemene termijnenwet (art. 3) counts as holidays, Good Friday and 5 May among them."""
    import holidays  # noqa: PLC0415 - loading its calendars costs half a second, which only working days need

    return frozenset(holidays.country_holidays("NL", years=year, categories=("public", "optional")))

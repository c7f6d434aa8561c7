"""The built-in functions of FEEL that Knooppunt knows, by name.

Each takes values and gives a value; a wrong type gives None, as FEEL has it. They see nothing but their
arguments. An argument has the name that DMN gives it (`from|year`: the name in either way to call) and a type:
`number?` may be left out, `string?` and `duration?` be null too, `*any` stands for one or more. A single value
is a list of one where a list is asked for, and a list of one is its value where a value is; of a whole number
the fraction is dropped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from functools import cmp_to_key
from typing import TypeVar

from engine.feel import values
from engine.feel.patterns import Pattern, PatternError, compile_pattern
from engine.feel.values import NUMBERS, Duration, equal, finite, kind, number, order, whole

_WRONG = object()
_Body = TypeVar("_Body", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in function: its name, the names and types of its arguments, the type of what it gives, and what it
    does.
    """

    name: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    gives: str
    body: Callable[..., object]

    @property
    def quadratic(self) -> bool:
        """Say whether it compares every item with every other."""
        return self.name in {"distinct values", "union"}

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        return sum(not name.endswith("?") for name in self.types)

    @property
    def most(self) -> int | None:
        """How many arguments it can take; None for any number."""
        return None if self.types and self.types[-1].startswith("*") else len(self.types)

    def accepts(self, count: int) -> bool:
        """Say whether it can take this many arguments: a day or a time isn't made of two numbers."""
        whole = count != 2 or self.name not in {"date", "time"}
        return whole and self.least <= count and (self.most is None or count <= self.most)

    def place(self, name: str) -> int | None:
        """Say which argument has this name, from 0."""
        return next((index for index, names in enumerate(self.names) if name in names.split("|")), None)

    def wants(self) -> str:
        """Say in Dutch how many arguments it takes."""
        if self.name in {"date", "time"}:
            return f"één waarde, of {'minstens ' if self.name == 'time' else ''}3 waarden"
        if self.most is None:
            return f"minstens {_amount(self.least)}"
        return _amount(self.most) if self.least == self.most else f"{self.least} tot {_amount(self.most)}"

    def __call__(self, *arguments: object) -> object:
        """Apply it; None where a type does not fit."""
        taken: list[object] = []
        for index, argument in enumerate(arguments):
            name = self.types[index] if index < len(self.types) else self.types[-1]
            if argument is None and name in {"string?", "duration?"}:
                taken.append(None)
                continue
            value = _take(name.strip("?*"), argument)
            if value is _WRONG:
                return None
            taken.append(value)
        return self.body(*taken)


def _amount(count: int) -> str:
    return {0: "geen waarden", 1: "één waarde"}.get(count, f"{count} waarden")


def _take(wanted: str, value: object) -> object:
    if wanted == "any":
        return value
    feel_kind = kind(value)
    if wanted == "list":
        return value if feel_kind == "list" else _WRONG if value is None else [value]
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
        feel_kind = kind(value)
    if wanted == "number":
        taken = number(value)
        return _WRONG if taken is None else taken
    if wanted == "whole":
        exact = number(value)
        position = None if exact is None else whole(exact.to_integral_value(ROUND_DOWN))
        return _WRONG if position is None else position
    if wanted == "day":
        return value if isinstance(value, date) else _WRONG
    return value if feel_kind == wanted else _WRONG


FUNCTIONS: dict[str, Function] = {}


def _define(name: str, arguments: str, gives: str) -> Callable[[_Body], _Body]:
    pairs = [argument.split(": ") for argument in arguments.split(", ") if argument]
    names, types = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)

    def keep(body: _Body) -> _Body:
        FUNCTIONS[name] = Function(name, names, types, gives, body)
        return body

    return keep


# Conversion


@_define("string", "from: any", "string")
def _string(value: object) -> str | None:
    return values.text(value)


@_define("number", "from: any, grouping separator: string?, decimal separator: string?", "number")
def _number(value: object, grouping: str | None = None, decimal: str | None = None) -> Decimal | None:
    if not isinstance(value, str):
        return number(value) if grouping is decimal is None else None
    grouping, decimal = grouping or "", decimal or "."
    if grouping not in {"", " ", ",", "."} or decimal not in {",", "."} or grouping == decimal:
        return None
    plain = value.replace(grouping, "")
    return None if decimal == "," and "." in plain else values.parse_number(plain.replace(decimal, "."))


@_define("date", "from|year: any, month: whole?, day: whole?", "date")
def _date(value: object, month: int | None = None, day: int | None = None) -> date | None:
    if month is not None or day is not None:
        year = whole(value)
        return None if year is None or month is None or day is None else _day(year, month, day)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return values.parse_date(value)
    return value if isinstance(value, date) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@_define("time", "from|hour: any, minute: whole?, second: number?, offset: duration?", "time")
def _time(
    value: object, minute: int | None = None, second: Decimal | None = None, offset: Duration | None = None
) -> time | None:
    if minute is not None:
        hour = whole(value)
        return None if hour is None else _clock(hour, minute, second or Decimal(0), offset)
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, str):
        return values.parse_time(value)
    return value if isinstance(value, time) else None


def _clock(hour: int, minute: int, second: Decimal, offset: Duration | None) -> time | None:
    if not 0 <= second < 60 or (offset is not None and abs(offset.seconds) > values.FARTHEST_ZONE):
        return None
    try:
        zone = None if offset is None else timezone(timedelta(seconds=int(offset.seconds)))
        micro = int((second % 1) * 1_000_000)
        return time(hour, minute, int(second), micro, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


@_define("date and time", "from|date: any, time: time?", "date and time")
def _date_and_time(value: object, clock: time | None = None) -> datetime | None:
    if isinstance(value, str) and clock is None:
        return values.parse_datetime(value)
    if clock is not None:
        return datetime.combine(value, clock) if isinstance(value, date) else None
    return value if isinstance(value, datetime) else None


@_define("duration", "from: any", "duration")
def _duration(value: object) -> Duration | None:
    if isinstance(value, str):
        return values.parse_duration(value)
    return value if isinstance(value, Duration) else None


@_define("years and months duration", "from: day, to: day", "duration")
def _years_and_months(start: date, end: date) -> Duration:
    return Duration(values.months_between(start, end))


# Text


@_define("string length", "string: string", "number")
def _string_length(text: str) -> Decimal:
    return Decimal(len(text))


@_define("substring", "string: string, start position: whole, length: whole?", "string")
def _substring(text: str, start: int, length: int | None = None) -> str:
    return text[_part(len(text), start, length)]


def _part(size: int, start: int, length: int | None) -> slice:
    first = max(size + start, 0) if start < 0 else max(start - 1, 0)
    return slice(first, size if length is None else first + max(length, 0))


@_define("upper case", "string: string", "string")
def _upper_case(text: str) -> str:
    return text.upper()


@_define("lower case", "string: string", "string")
def _lower_case(text: str) -> str:
    return text.lower()


@_define("trim", "string: string", "string")
def _trim(text: str) -> str:
    return text.strip()


@_define("substring before", "string: string, match: string", "string")
def _substring_before(text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


@_define("substring after", "string: string, match: string", "string")
def _substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@_define("contains", "string: string, match: string", "boolean")
def _contains(text: str, match: str) -> bool:
    return match in text


@_define("starts with", "string: string, match: string", "boolean")
def _starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@_define("ends with", "string: string, match: string", "boolean")
def _ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


def _pattern(pattern: str, flags: str, text: str) -> Pattern | None:
    try:
        compiled = compile_pattern(pattern, flags)
    except PatternError:
        return None
    return compiled if compiled.fits(text) else None


@_define("matches", "input: string, pattern: string, flags: string?", "boolean")
def _matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    safe = _pattern(pattern, flags or "", text)
    return None if safe is None else safe.compiled.search(text) is not None


@_define("replace", "input: string, pattern: string, replacement: string, flags: string?", "string")
def _replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    safe = _pattern(pattern, flags or "", text)
    if safe is None or len(replacement) * len(text) > values.MAX_STRING:
        return None
    return safe.compiled.sub(lambda match: _expand(replacement, match.group, safe.compiled.groups), text)


def _expand(replacement: str, group: Callable[[int], str | None], groups: int) -> str:
    """Fill in $0 to $9; a sign that names no group stays as it is."""
    parts = replacement.split("$")
    return parts[0] + "".join(
        (group(int(part[0])) or "") + part[1:] if part[:1].isdecimal() and int(part[0]) <= groups else f"${part}"
        for part in parts[1:]
    )


@_define("split", "string: string, delimiter: string", "list")
def _split(text: str, delimiter: str) -> list[str] | None:
    safe = _pattern(delimiter, "", text)
    if safe is None:
        return None
    if not delimiter:
        return list(text)
    ends = [(match.start(), match.end()) for match in safe.compiled.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    return [text[start:end] for start, end in zip(starts, [*(start for start, _ in ends), len(text)], strict=True)]


@_define("string join", "list: list, delimiter: string?", "string")
def _string_join(items: Sequence[object], delimiter: str | None = None) -> str | None:
    texts = [item for item in items if item is not None]
    return (delimiter or "").join(map(str, texts)) if all(isinstance(item, str) for item in texts) else None


# Lists


def _flat(arguments: tuple[object, ...]) -> Sequence[object]:
    """Let `sum(1, 2)` and `sum([1, 2])` mean the same."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], (list, tuple)) else arguments


def _numbers(arguments: tuple[object, ...]) -> list[Decimal] | None:
    numbers = [number(item) for item in _flat(arguments)]
    exact = [item for item in numbers if item is not None]
    return exact if exact and len(exact) == len(numbers) else None


@_define("list contains", "list: list, element: any", "boolean")
def _list_contains(items: Sequence[object], wanted: object) -> bool:
    return any(equal(item, wanted) is True for item in items)


@_define("count", "list: list", "number")
def _count(items: Sequence[object]) -> Decimal:
    return Decimal(len(items))


def _extreme(arguments: tuple[object, ...], side: int) -> object:
    items = _flat(arguments)
    if not items:
        return None
    best = items[0]
    for item in items:
        place = order(item, best)
        if place is None:
            return None
        best = item if place == side else best
    return best


@_define("min", "list: *any", "any")
def _min(*arguments: object) -> object:
    return _extreme(arguments, -1)


@_define("max", "list: *any", "any")
def _max(*arguments: object) -> object:
    return _extreme(arguments, 1)


def _total(numbers: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for item in numbers:
        total = NUMBERS.add(total, item)
    return total


@_define("sum", "list: *any", "any")
def _sum(*arguments: object) -> object:
    items = _flat(arguments)
    if items and all(isinstance(item, Duration) for item in items):
        lengths = [item for item in items if isinstance(item, Duration)]
        return values.span(_total(Decimal(item.months) for item in lengths), _total(item.seconds for item in lengths))
    numbers = _numbers(arguments)
    return None if numbers is None else finite(_total(numbers))


@_define("product", "list: *any", "number")
def _product(*arguments: object) -> Decimal | None:
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    total = Decimal(1)
    for item in numbers:
        total = NUMBERS.multiply(total, item)
    return finite(total)


@_define("mean", "list: *any", "number")
def _mean(*arguments: object) -> Decimal | None:
    numbers = _numbers(arguments)
    return None if numbers is None else finite(NUMBERS.divide(_total(numbers), Decimal(len(numbers))))


@_define("median", "list: *any", "number")
def _median(*arguments: object) -> Decimal | None:
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    ordered = sorted(numbers)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return finite(NUMBERS.divide(NUMBERS.add(low, high), Decimal(2)))


@_define("stddev", "list: *any", "number")
def _stddev(*arguments: object) -> Decimal | None:
    numbers = _numbers(arguments)
    if numbers is None or len(numbers) < 2:
        return None
    mean = NUMBERS.divide(_total(numbers), Decimal(len(numbers)))
    squares = _total(NUMBERS.power(NUMBERS.subtract(item, mean), Decimal(2)) for item in numbers)
    return finite(NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(numbers) - 1))))


@_define("mode", "list: *any", "list")
def _mode(*arguments: object) -> list[Decimal] | None:
    if not _flat(arguments):
        return []
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    often: dict[Decimal, int] = {}
    for item in numbers:
        often[item] = often.get(item, 0) + 1
    most = max(often.values())
    return sorted(item for item, times in often.items() if times == most)


@_define("all", "list: *any", "boolean")
def _all(*arguments: object) -> bool | None:
    items = _flat(arguments)
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@_define("any", "list: *any", "boolean")
def _any(*arguments: object) -> bool | None:
    items = _flat(arguments)
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@_define("sublist", "list: list, start position: whole, length: whole?", "list")
def _sublist(items: Sequence[object], start: int, length: int | None = None) -> list[object]:
    return list(items[_part(len(items), start, length)])


@_define("append", "list: list, item: *any", "list")
def _append(items: Sequence[object], *added: object) -> list[object]:
    return [*items, *added]


@_define("concatenate", "list: *list", "list")
def _concatenate(*lists: Sequence[object]) -> list[object]:
    return [item for items in lists for item in items]


@_define("insert before", "list: list, position: whole, newItem: any", "list")
def _insert_before(items: Sequence[object], position: int, added: object) -> list[object] | None:
    index = _index(position, len(items))
    if position == len(items) + 1:
        index = len(items)
    return None if index is None else [*items[:index], added, *items[index:]]


@_define("remove", "list: list, position: whole", "list")
def _remove(items: Sequence[object], position: int) -> list[object] | None:
    index = _index(position, len(items))
    return None if index is None else [*items[:index], *items[index + 1 :]]


def _index(position: int, size: int) -> int | None:
    """Turn a place that counts from 1, or from -1 at the end, into an index."""
    if not 1 <= abs(position) <= size:
        return None
    return position - 1 if position > 0 else size + position


@_define("reverse", "list: list", "list")
def _reverse(items: Sequence[object]) -> list[object]:
    return list(items[::-1])


@_define("index of", "list: list, match: any", "list")
def _index_of(items: Sequence[object], wanted: object) -> list[Decimal]:
    return [Decimal(index) for index, item in enumerate(items, 1) if equal(item, wanted) is True]


def _distinct(items: Iterable[object]) -> list[object]:
    kept: list[object] = []
    for item in items:
        if not any(equal(item, earlier) is True for earlier in kept):
            kept.append(item)
    return kept


@_define("distinct values", "list: list", "list")
def _distinct_values(items: Sequence[object]) -> list[object]:
    return _distinct(items)


@_define("union", "list: *list", "list")
def _union(*lists: Sequence[object]) -> list[object]:
    return _distinct(item for items in lists for item in items)


@_define("flatten", "list: list", "list")
def _flatten(items: Sequence[object]) -> list[object]:
    flat: list[object] = []
    for item in items:
        flat.extend(_flatten(item) if isinstance(item, (list, tuple)) else [item])
    return flat


# Numbers


def _rounder(name: str, types: str, rounding: str) -> None:
    def round_number(value: Decimal, scale: int | None = None) -> Decimal | None:
        scale = scale or 0
        if not -6_111 <= scale <= 6_176:  # what a Decimal128 can be rounded to
            return None
        context = Context(prec=7_000, rounding=rounding, Emin=-20_000, Emax=20_000, traps=[])
        return finite(NUMBERS.plus(value.quantize(Decimal(1).scaleb(-scale), context=context)))

    _define(name, types, "number")(round_number)


_rounder("decimal", "n: number, scale: whole", ROUND_HALF_EVEN)
_rounder("floor", "n: number, scale: whole?", ROUND_FLOOR)
_rounder("ceiling", "n: number, scale: whole?", ROUND_CEILING)
_rounder("round up", "n: number, scale: whole", ROUND_UP)
_rounder("round down", "n: number, scale: whole", ROUND_DOWN)
_rounder("round half up", "n: number, scale: whole", ROUND_HALF_UP)
_rounder("round half down", "n: number, scale: whole", ROUND_HALF_DOWN)


@_define("abs", "n: any", "any")
def _abs(value: object) -> object:
    if isinstance(value, Duration):
        return Duration(abs(value.months), abs(value.seconds))
    exact = number(value)
    return None if exact is None else exact.copy_abs()


@_define("modulo", "dividend: number, divisor: number", "number")
def _modulo(value: Decimal, divisor: Decimal) -> Decimal | None:
    rest = finite(NUMBERS.remainder(value, divisor)) if divisor else None
    if rest is None:
        return None
    return finite(NUMBERS.add(rest, divisor)) if rest and (rest < 0) != (divisor < 0) else rest


@_define("sqrt", "number: number", "number")
def _sqrt(value: Decimal) -> Decimal | None:
    return None if value < 0 else finite(NUMBERS.sqrt(value))


@_define("log", "number: number", "number")
def _log(value: Decimal) -> Decimal | None:
    return None if value <= 0 else finite(NUMBERS.ln(value))


@_define("exp", "number: number", "number")
def _exp(value: Decimal) -> Decimal | None:
    return finite(NUMBERS.exp(value))


@_define("odd", "number: number", "boolean")
def _odd(value: Decimal) -> bool:
    return value == value.to_integral_value() and int(value) % 2 == 1


@_define("even", "number: number", "boolean")
def _even(value: Decimal) -> bool:
    return value == value.to_integral_value() and int(value) % 2 == 0


# Dates

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@_define("day of week", "date: day", "string")
def _day_of_week(value: date) -> str:
    return _DAYS[value.weekday()]


@_define("month of year", "date: day", "string")
def _month_of_year(value: date) -> str:
    return _MONTHS[value.month - 1]


@_define("week of year", "date: day", "number")
def _week_of_year(value: date) -> Decimal:
    return Decimal(value.isocalendar().week)


@_define("day of year", "date: day", "number")
def _day_of_year(value: date) -> Decimal:
    return Decimal(value.timetuple().tm_yday)


@_define("last day of month", "date: day", "day")
def _last_day_of_month(value: date) -> date:
    return value.replace(day=values.month_length(value.year, value.month))


# Contexts, and the rest


@_define("get value", "m: context, key: string", "any")
def _get_value(context: Mapping[str, object], key: str) -> object:
    return context.get(key)


@_define("get entries", "m: context", "list")
def _get_entries(context: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"key": key, "value": value} for key, value in context.items()]


@_define("context put", "context: context, key|keys: any, value: any", "context")
def _context_put(context: Mapping[str, object], key: object, value: object) -> dict[str, object] | None:
    """Give the context with this value at a key, or at the end of a path of keys through contexts that are there."""
    first, *further = key if isinstance(key, (list, tuple)) and key else [key]
    if not isinstance(first, str):
        return None
    if further:
        inner = context.get(first)
        value = _context_put(inner, further, value) if isinstance(inner, Mapping) else None
        if value is None:
            return None
    return {**context, first: value}


@_define("context merge", "contexts: list", "context")
def _context_merge(contexts: Sequence[object]) -> dict[str, object] | None:
    merged: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, Mapping):
            return None
        merged.update(context)
    return merged


@_define("is", "value1: any, value2: any", "boolean")
def _is(left: object, right: object) -> bool:
    """Say whether two values are the same in every way: a moment in another zone is another one."""
    same = kind(left) == kind(right) and equal(left, right) is True
    return same and (not isinstance(left, (datetime, time)) or values.text(left) == values.text(right))


@_define("sort", "list: list, precedes: any?", "list")
def _sort(items: Sequence[object]) -> list[object] | None:
    """The evaluation sorts by an ordering of one's own; this is the order that the values have by themselves."""
    if any(order(item, items[0]) is None for item in items):
        return None
    return sorted(items, key=cmp_to_key(lambda left, right: order(left, right) or 0))


@_define("now", "", "date and time")
def _now() -> None:
    """The evaluation answers this one, from the time that the engine passes in the context."""


@_define("today", "", "date")
def _today() -> None:
    """The evaluation answers this one, from the time that the engine passes in the context."""

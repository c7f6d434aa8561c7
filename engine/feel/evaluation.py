"""Nodes → closures that compute a value from a scope of names; bounded in steps, free of side effects.

A closure per node costs a fraction of walking the tree: a small condition takes a microsecond or two. What
can grow (loops, lists, texts) is charged to the budget of the evaluation, so no expression can run away.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from engine.feel import values
from engine.feel.syntax import PARTIAL, FeelError, Node
from engine.feel.values import NUMBERS, Duration, Range, equal, finite, kind, number, order, whole

if TYPE_CHECKING:
    from engine.feel.functions import Function

MAX_STEPS = 500_000
MAX_NESTING = 60
MAX_ITERATORS = 8
NOW = "now()"
"""The key of the context under which the engine passes the time that `now()` and `today()` give. No field of a
form can be called so; without it they give null.
"""
INPUT = "?"
"""The key under which a unary test finds the value that it tests."""


class Budget:
    """How many steps an evaluation may still take."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Take steps off; FeelError when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise FeelError(
                "Deze expressie vraagt te veel rekenwerk. Maak de lijsten korter of de expressie eenvoudiger."
            )

    def hold(self, value: object) -> None:
        """Pay for a value that an operation makes or looks through: all its items, however deep."""
        level: list[object] = [value]
        for _ in range(MAX_NESTING):
            below: list[object] = []
            for item in level:
                if isinstance(item, str):
                    self._hold_text(item)
                elif isinstance(item, (list, tuple, Mapping)):
                    self.spend(len(item) + 1)
                    below.extend(item.values() if isinstance(item, Mapping) else item)
            if not below:
                return
            level = below
        raise FeelError("Deze expressie maakt lijsten die te diep in elkaar zitten.")

    def _hold_text(self, text: str) -> None:
        if len(text) > values.MAX_STRING:
            raise FeelError("Deze expressie maakt een te lange tekst.")
        self.spend(len(text) // 64)


class Scope:
    """The names that an expression sees: those of this level, then those of the level around it."""

    __slots__ = ("budget", "names", "outer")

    def __init__(self, names: Mapping[str, object], outer: "Scope | None", budget: Budget) -> None:
        self.names = names
        self.outer = outer
        self.budget = budget

    def inner(self, names: Mapping[str, object]) -> "Scope":
        """Open a level inside this one."""
        return Scope(names, self, self.budget)


Run = Callable[[Scope], Any]


def build(node: Node) -> Run:
    """Make the closure of an expression."""
    builder = _BUILDERS.get(node.kind)
    if builder is None:
        raise FeelError(_MISPLACED[node.kind], node.at)
    return builder(node)


_MISPLACED = {
    "test": "Schrijf links van het vergelijkingsteken wat u vergelijkt, bijvoorbeeld leeftijd > 18.",
    "tests": "Een rij met komma's tussen haakjes kan alleen na in. Schrijf een lijst met [ … ].",
    "named": "Een naam met een dubbele punt kan alleen bij de waarden van een functie: substring(string: naam, …).",
    "ordering": "Een function(a, b) … kan alleen als tweede deel van sort(lijst, …).",
}


def build_tests(node: Node) -> Run:
    """Make the closure of unary tests, which finds the value to test under INPUT."""
    if not node.parts:
        return lambda scope: True
    if len(node.parts) == 1 and node.parts[0].kind == "negated":
        inner = _any_of([_test(part) for part in node.parts[0].parts[0].parts])
        return lambda scope: _not(inner(scope))
    return _any_of([_test(part) for part in node.parts])


_OF_VALUES = frozenset({"tests", "test", "negated", "interval", "list", "compare", "between", "within", "and", "or"})


def named_values(node: Node) -> list[object] | None:
    """The values that tests name, one by one; None where they ask or work out something of what they test."""
    if node.kind == "name":
        return [] if node.value == INPUT else None
    if node.kind in _OF_VALUES:
        parts = [named_values(part) for part in node.parts]
        return None if None in parts else [value for part in parts if part is not None for value in part]
    return None if asks(node) else [build(node)(Scope({}, None, Budget()))]


def asks(node: Node) -> bool:
    """Say whether what this comes to hangs on anything: a name, the clock, or the items of a list."""
    clock = node.kind == "call" and node.value.name in {"now", "today"}
    return clock or node.kind in {"name", "loop", "quantified", "filter"} or any(map(asks, node.parts))


def _literal(node: Node) -> Run:
    value = node.value
    return lambda scope: value


def _name(node: Node) -> Run:
    name: str = node.value

    def run(scope: Scope) -> object:
        level: Scope | None = scope
        while level is not None:
            if name in level.names:
                value = level.names[name]
                return number(value) if type(value) is float else value
            level = level.outer
        return None

    return run


def _path(node: Node) -> Run:
    source, key = build(node.parts[0]), node.value

    def run(scope: Scope) -> object:
        value = source(scope)
        if type(value) is dict:
            member = value.get(key)
            return number(member) if type(member) is float else member
        if isinstance(value, (list, tuple)):
            scope.budget.spend(len(value))
            return [step(item, key) for item in value]
        return step(value, key)

    return run


def step(value: object, key: str) -> object:
    """Take one step along a path: into a context, or to a part of a date, time or duration."""
    if isinstance(value, Mapping):
        member = value.get(key)
        return number(member) if type(member) is float else member
    part = _PARTS.get(kind(value), {}).get(key)
    return None if part is None else part(value)


def _offset(value: Any) -> Duration | None:
    offset = value.utcoffset()
    return None if offset is None else Duration(0, Decimal(int(offset.total_seconds())))


def _attribute(name: str) -> Callable[[Any], object]:
    return lambda value: Decimal(getattr(value, name))


def _of_months(part: Callable[[int], int]) -> Callable[[Duration], Decimal | None]:
    """A part that a duration of days and hours alone doesn't have."""
    return lambda value: None if value.seconds and not value.months else Decimal(part(value.months))


def _of_seconds(part: Callable[[Decimal], Decimal]) -> Callable[[Duration], Decimal | None]:
    """A part that a duration of years and months alone doesn't have."""
    return lambda value: None if value.months and not value.seconds else part(value.seconds)


_CALENDAR: dict[str, Callable[[Any], object]] = {
    "year": _attribute("year"),
    "month": _attribute("month"),
    "day": _attribute("day"),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_CLOCK: dict[str, Callable[[Any], object]] = {
    "hour": _attribute("hour"),
    "minute": _attribute("minute"),
    "second": _attribute("second"),
    "offset": _offset,
    "time offset": _offset,
    "timezone": lambda value: getattr(value.tzinfo, "key", None),
}
_PARTS: dict[str, dict[str, Callable[[Any], object]]] = {
    "date": _CALENDAR,
    "time": _CLOCK,
    "date and time": {**_CALENDAR, **_CLOCK},
    "duration": {
        "years": _of_months(lambda months: int(months / 12)),
        "months": _of_months(lambda months: months - int(months / 12) * 12),
        "days": _of_seconds(lambda seconds: seconds // 86400),
        "hours": _of_seconds(lambda seconds: seconds % 86400 // 3600),
        "minutes": _of_seconds(lambda seconds: seconds % 3600 // 60),
        "seconds": _of_seconds(lambda seconds: seconds % 60),
    },
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_included,
        "end included": lambda value: value.high_included,
    },
}


def _filter(node: Node) -> Run:
    source, condition = build(node.parts[0]), build(node.parts[1])
    cost = node.parts[1].size + 1

    def run(scope: Scope) -> object:
        value = source(scope)
        if value is None:
            return None
        items = value if isinstance(value, (list, tuple)) else [value]
        if not items:  # nothing to ask; but a place in an empty list holds null, where a choice from it is empty
            return None if number(condition(scope.inner({"item": None}))) is not None else []
        kept: list[object] = []
        for index, item in enumerate(items):
            scope.budget.spend(cost)
            names = {"item": item, **item} if isinstance(item, Mapping) else {"item": item}
            result = condition(scope.inner(names))
            if result is True:
                kept.append(item)
            elif index == 0 and (position := number(result)) is not None:
                return _at(items, position)
        return kept

    return run


def _at(items: Sequence[object], position: Decimal) -> object:
    index = whole(position)
    if index is None or not 1 <= abs(index) <= len(items):
        return None
    return items[index - 1] if index > 0 else items[index]


def _choice(node: Node) -> Run:
    condition, yes, no = map(build, node.parts)
    return lambda scope: yes(scope) if condition(scope) is True else no(scope)


class _NothingError(Exception):
    """There is no list to walk over: the answer is null."""


def _iterations(iterators: Sequence[Node], cost: int) -> Callable[[Scope], Iterator[Scope]]:
    """Make the walk over every combination of the iterators' items, each in a scope of its own."""
    if len(iterators) > MAX_ITERATORS:
        raise FeelError(f"Loop hoogstens {MAX_ITERATORS} lijsten tegelijk langs.", iterators[0].at)
    name, source = iterators[0].value, _source(iterators[0].parts[0])
    further = _iterations(iterators[1:], cost) if len(iterators) > 1 else None

    def run(scope: Scope) -> Iterator[Scope]:
        items = source(scope)
        if items is None:
            raise _NothingError
        for item in items:
            scope.budget.spend(cost)
            inner = scope.inner({name: item})
            if further is None:
                yield inner
            else:
                yield from further(inner)

    return run


def _source(node: Node) -> Callable[[Scope], Iterable[object] | None]:
    if node.kind == "steps":
        low, high = map(build, node.parts)
        return lambda scope: _span(low(scope), high(scope))
    body = build(node)
    return lambda scope: _items(body(scope))


def _items(value: object) -> Iterable[object] | None:
    if isinstance(value, Range):
        if order(value.low, value.high) == 1:
            return None
        return _span(value.low, value.high, first=not value.low_included, last=not value.high_included)
    if isinstance(value, (list, tuple)):
        return value
    return None if value is None else (value,)


def _span(low: object, high: object, *, first: int = 0, last: int = 0) -> Iterable[object] | None:
    """All whole numbers or days from one to another, in either direction; without so many at its start and end."""
    days = type(low) is date and type(high) is date
    start, end = (low.toordinal(), high.toordinal()) if days else (whole(low), whole(high))  # type: ignore[attr-defined]
    if start is None or end is None:
        return None
    steps = range(start + first, end - last + 1) if start <= end else range(start, end - 1, -1)
    return map(date.fromordinal, steps) if days else steps


def _loop(node: Node) -> Run:
    body = build(node.parts[-1])
    iterations = _iterations(node.parts[:-1], node.parts[-1].size + 1)
    looks_back = names_it(node.parts[-1], PARTIAL)

    def run(scope: Scope) -> list[object] | None:
        results: list[object] = []
        try:
            for inner in iterations(scope):
                if looks_back:
                    scope.budget.spend(len(results))
                    results.append(body(inner.inner({PARTIAL: [*results]})))
                else:
                    results.append(body(inner))
        except _NothingError:
            return None
        scope.budget.hold(results)
        return results

    return run


def _quantified(node: Node) -> Run:
    body = build(node.parts[-1])
    iterations = _iterations(node.parts[:-1], node.parts[-1].size + 1)
    wanted = node.value == "some"

    def run(scope: Scope) -> bool | None:
        try:
            return _either((body(inner) for inner in iterations(scope)), wanted)
        except _NothingError:
            return None

    return run


def _either(results: Iterator[object], wanted: bool) -> bool | None:
    """Say `wanted` as soon as one result does; null where one is no answer; else the opposite."""
    answer: bool | None = not wanted
    for result in results:
        if result is wanted:
            return wanted
        if result is not (not wanted):
            answer = None
    return answer


def _and(node: Node) -> Run:
    return _connect(node, wanted=False)


def _or(node: Node) -> Run:
    return _connect(node, wanted=True)


def _connect(node: Node, *, wanted: bool) -> Run:
    parts = tuple(map(build, node.parts))

    def run(scope: Scope) -> bool | None:
        answer: bool | None = not wanted
        for part in parts:
            result: object = part(scope)
            if result is wanted:
                return wanted
            if type(result) is not bool:
                answer = None
        return answer

    return run


def _not(value: object) -> bool | None:
    return not value if isinstance(value, bool) else None


def _negated(node: Node) -> Run:
    tests = node.parts[0].parts
    if len(tests) != 1:
        raise FeelError("Schrijf één voorwaarde tussen de haakjes van not(…).", node.at)
    inner = build(tests[0])
    return lambda scope: _not(inner(scope))


_ORDER: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(sign: str) -> Callable[[object, object, Budget], bool | None]:
    if sign in _ORDER:
        holds = _ORDER[sign]

        def compare(left: object, right: object, budget: Budget) -> bool | None:
            side = _order(left, right)
            return None if side is None else holds(side, 0)

        return compare
    return _same if sign == "=" else lambda left, right, budget: _not(_same(left, right, budget))


def _same(left: object, right: object, budget: Budget) -> bool | None:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, (list, tuple, dict)):
        budget.hold(left)
    same = equal(left, right)
    return equal(*_singles(left, right)) if same is None else same


def _order(left: object, right: object) -> int | None:
    side = order(left, right)
    return order(*_singles(left, right)) if side is None else side


def _singles(left: object, right: object) -> tuple[object, object]:
    """Let a list of one stand for its item: `afspraken[id = "a1"].status = "open"`."""
    return _single(left), _single(right)


def _single(value: object) -> object:
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def _compare(node: Node) -> Run:
    left, right, compare = build(node.parts[0]), build(node.parts[1]), _compared(node.value)
    return lambda scope: compare(left(scope), right(scope), scope.budget)


def _between(node: Node) -> Run:
    value, low, high = map(build, node.parts)

    def run(scope: Scope) -> bool | None:
        tested = value(scope)
        above, below = _order(tested, low(scope)), _order(tested, high(scope))
        return None if above is None or below is None else above >= 0 >= below

    return run


def _within(node: Node) -> Run:
    value, operand = build(node.parts[0]), node.parts[1]
    if operand.kind not in {"tests", "test"}:
        single = build(operand)
        return lambda scope: None if (wanted := single(scope)) is None else _fits(value(scope), wanted, scope.budget)
    tests = _any_of([_test(part) for part in (operand.parts if operand.kind == "tests" else [operand])])
    return lambda scope: tests(scope.inner({INPUT: value(scope)}))


def _any_of(tests: Sequence[Run]) -> Run:
    if len(tests) == 1:
        return tests[0]
    return lambda scope: _either((test(scope) for test in tests), wanted=True)


def _test(node: Node) -> Run:
    """Make one unary test: a comparison, a range, a list, a value, or a condition that says `?`."""
    if node.kind == "test":
        operand, compare = build(node.parts[0]), _compared(node.value)
        return lambda scope: compare(scope.names[INPUT], operand(scope), scope.budget)
    body = build(node)
    if names_it(node, INPUT):
        return lambda scope: result if isinstance(result := body(scope), bool) else None
    return lambda scope: _fits(scope.names[INPUT], body(scope), scope.budget)


def names_it(node: Node, name: str) -> bool:
    """Say whether this name stands in an expression."""
    return (node.kind == "name" and node.value == name) or any(names_it(part, name) for part in node.parts)


def _fits(value: object, wanted: object, budget: Budget) -> bool | None:
    if isinstance(wanted, Range):
        return values.includes(wanted, _single(value))
    if isinstance(wanted, (list, tuple)):
        budget.hold(wanted)
        budget.hold(value)
        whole_list = isinstance(value, (list, tuple)) and _same(value, wanted, budget) is True
        return whole_list or any(_fits(value, item, budget) is True for item in wanted)
    return _same(value, wanted, budget)


def _interval(node: Node) -> Run:
    low, high = map(build, node.parts)
    low_included, high_included = node.value
    return lambda scope: _range(low(scope), high(scope), low_included, high_included)


def _range(low: object, high: object, low_included: bool, high_included: bool) -> Range | None:
    return None if order(low, high) is None else Range(low, high, low_included, high_included)


def _instance(node: Node) -> Run:
    value = build(node.parts[0])
    wanted: str = node.value

    def run(scope: Scope) -> bool:
        result = value(scope)
        if isinstance(result, Duration) and wanted != "Any":
            return wanted == ("years and months duration" if result.months else "days and time duration")
        return kind(result) == wanted or (wanted == "Any" and result is not None)

    return run


def _negative(node: Node) -> Run:
    value = build(node.parts[0])

    def run(scope: Scope) -> object:
        result = value(scope)
        if isinstance(result, Duration):
            return Duration(-result.months, -result.seconds)
        exact = number(result)
        return None if exact is None else NUMBERS.minus(exact)

    return run


def _arithmetic(node: Node) -> Run:
    left, right, sign = build(node.parts[0]), build(node.parts[1]), node.value
    exact, otherwise = _EXACT[sign], _OTHER.get(sign)

    def run(scope: Scope) -> object:
        left_value, right_value = left(scope), right(scope)
        first, second = number(left_value), number(right_value)
        if first is not None and second is not None:
            return finite(exact(first, second))
        if otherwise is None or left_value is None or right_value is None:
            return None
        if isinstance(left_value, str):
            scope.budget.hold(left_value)
        return otherwise(left_value, right_value)

    return run


_EXACT: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
    "/": NUMBERS.divide,
    "**": NUMBERS.power,
}


def _plus(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > values.MAX_STRING:
            raise FeelError("Deze expressie maakt een te lange tekst.")
        return left + right
    if isinstance(left, Duration) and isinstance(right, Duration):
        return values.span(Decimal(left.months + right.months), left.seconds + right.seconds)
    if isinstance(left, Duration):
        left, right = right, left
    if not isinstance(right, Duration):
        return None
    if isinstance(left, date):
        return values.add(left, right)
    return _turn(left, right) if isinstance(left, time) else None


def _turn(clock: time, duration: Duration) -> time | None:
    if duration.months:
        return None
    moment = datetime.combine(date(2000, 1, 1), clock) + timedelta(seconds=int(duration.seconds % 86400))
    return moment.timetz()


def _minus(left: object, right: object) -> object:
    if isinstance(right, Duration):
        return _plus(left, Duration(-right.months, -right.seconds))
    if isinstance(left, date) and isinstance(right, date):
        later, earlier = values.same_line(left, right)
        return _length(later - earlier)
    if isinstance(left, time) and isinstance(right, time):
        return Duration(0, values.clock_seconds(left) - values.clock_seconds(right))
    return None


def _length(span: timedelta) -> Duration:
    return Duration(0, Decimal(span.days * 86400 + span.seconds) + Decimal(span.microseconds) / 1_000_000)


def _times(left: object, right: object) -> object:
    if isinstance(right, Duration):
        left, right = right, left
    factor = number(right)
    if not isinstance(left, Duration) or factor is None:
        return None
    return values.span(NUMBERS.multiply(Decimal(left.months), factor), NUMBERS.multiply(left.seconds, factor))


def _divide(left: object, right: object) -> object:
    if not isinstance(left, Duration):
        return None
    if isinstance(right, Duration):
        return _ratio(left, right)
    factor = number(right)
    if not factor:
        return None
    return values.span(NUMBERS.divide(Decimal(left.months), factor), NUMBERS.divide(left.seconds, factor))


def _ratio(left: Duration, right: Duration) -> Decimal | None:
    if not left.comparable(right):
        return None
    if right.months:
        return finite(NUMBERS.divide(Decimal(left.months), Decimal(right.months)))
    return finite(NUMBERS.divide(left.seconds, right.seconds))


_OTHER: dict[str, Callable[[object, object], object]] = {"+": _plus, "-": _minus, "*": _times, "/": _divide}


def _call(node: Node) -> Run:
    function: Function = node.value
    if function.name == "sort":
        return _sort(node)
    if function.name in {"now", "today"}:
        return _now if function.name == "now" else _today
    arguments = tuple(map(build, node.parts))

    def run(scope: Scope) -> object:
        taken = [argument(scope) for argument in arguments]
        before = scope.budget.left
        scope.budget.hold(taken)
        if function.quadratic:
            scope.budget.spend((before - scope.budget.left) ** 2 // 16)
        result = function(*taken)
        if isinstance(result, (str, list, dict)):
            scope.budget.hold(result)
        return result

    return run


def _now(scope: Scope) -> object:
    level = scope
    while level.outer is not None:
        level = level.outer
    moment = level.names.get(NOW)
    return moment if isinstance(moment, datetime) else None


def _today(scope: Scope) -> object:
    moment = _now(scope)
    return moment.date() if isinstance(moment, datetime) else None


def _sort(node: Node) -> Run:
    function: Function = node.value
    source = build(node.parts[0])
    if len(node.parts) == 1:
        return lambda scope: function(source(scope))
    if node.parts[1].kind != "ordering":
        raise FeelError("Schrijf de volgorde als function(a, b) a < b.", node.parts[1].at)
    first, second = node.parts[1].value
    precedes = build(node.parts[1].parts[0])
    cost = node.parts[1].size + 1

    def run(scope: Scope) -> list[object] | None:
        def place(left: object, right: object) -> int:
            scope.budget.spend(2 * cost)
            if precedes(scope.inner({first: left, second: right})) is True:
                return -1
            return 1 if precedes(scope.inner({first: right, second: left})) is True else 0

        items = source(scope)
        if items is None or isinstance(items, Range):
            return None
        return sorted(items if isinstance(items, (list, tuple)) else [items], key=cmp_to_key(place))

    return run


def _list(node: Node) -> Run:
    items = tuple(map(build, node.parts))

    def run(scope: Scope) -> list[object]:
        results = [item(scope) for item in items]
        scope.budget.hold(results)
        return results

    return run


def _context(node: Node) -> Run:
    entries = tuple((part.value, build(part.parts[0])) for part in node.parts)

    def run(scope: Scope) -> dict[str, object]:
        context: dict[str, object] = {}
        inner = scope.inner(context)  # an entry sees those before it
        for key, value in entries:
            context[key] = value(inner)
        scope.budget.hold(context)
        return context

    return run


_BUILDERS: dict[str, Callable[[Node], Run]] = {
    "literal": _literal,
    "name": _name,
    "path": _path,
    "filter": _filter,
    "choice": _choice,
    "loop": _loop,
    "quantified": _quantified,
    "and": _and,
    "or": _or,
    "negated": _negated,
    "compare": _compare,
    "between": _between,
    "within": _within,
    "interval": _interval,
    "instance": _instance,
    "negative": _negative,
    "arithmetic": _arithmetic,
    "call": _call,
    "list": _list,
    "context": _context,
}

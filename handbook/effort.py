"""What work costs: added up from the durations and terms that the steps themselves say, along an example that runs.

Nothing is estimated here. What a step's `duur` doesn't say in minutes, hours or days (“zo lang als nodig”) is named
apart.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine import deadlines
from engine.deadlines import ZONE
from engine.definitions import Role
from handbook.guide import Guide, Step

_LASTS = re.compile(r"(\d+)(?: tot (\d+))? (minu(?:ut|ten)|uur|dag(?:en)?)")


@dataclass(frozen=True)
class Span:
    """Minutes of work, from `least` to `most`."""

    least: int = 0
    most: int = 0

    def __add__(self, other: "Span") -> "Span":
        return Span(self.least + other.least, self.most + other.most)

    def __mul__(self, times: int) -> "Span":
        return Span(self.least * times, self.most * times)

    @property
    def hours(self) -> str:
        """In hours, as one says it: “3 tot 4 uur”, “2½ uur”."""
        return self._said(60, "uur", "uur")

    def days(self, hours: int) -> str:
        """In working days of so many hours."""
        return self._said(60 * hours, "werkdag", "werkdagen")

    def _said(self, unit: int, single: str, several: str) -> str:
        least, most = (_halves(minutes, unit) for minutes in (self.least, self.most))
        return (
            f"{most} {single if most in ('½', '1') else several}" if least == most else f"{least} tot {most} {several}"
        )


@dataclass(frozen=True)
class Share:
    """What falls to a role: how much, in how many steps (each time counted), and those that say no number."""

    role: Role
    span: Span
    times: int
    uncounted: tuple[Step, ...]


@dataclass(frozen=True)
class Planned:
    """A step of a plan: from when, until when, where everything takes as long as its term allows."""

    step: Step
    begins: date
    due: date


def lasts(step: Step, hours: int) -> Span | None:
    """How long one doing of a step takes, with days of so many hours; None where it says no number."""
    said = _LASTS.fullmatch(step.element.properties.get("duur", ""))
    if said is None:
        return None
    unit = {"m": 1, "u": 60, "d": 60 * hours}[said[3][0]]
    return Span(int(said[1]) * unit, int(said[2] or said[1]) * unit)


def done(guide: Guide, names: Iterable[str]) -> tuple[Step, ...]:
    """The steps that an example does, each time it does them."""
    steps = {step.element.id: step for step in guide.steps}
    return tuple(steps[name] for name in names if name in steps)


def shares(steps: Iterable[Step], roles: Mapping[str, Role], hours: int) -> tuple[Share, ...]:
    """What steps cost, by the role that does them: the first that a step names, or who does that role's work too."""
    taken_over = {other: role for role in roles.values() for other in role.also}
    by_role: dict[str, list[Step]] = {}
    for step in steps:
        if step.roles:
            by_role.setdefault(taken_over.get(step.roles[0].id, step.roles[0]).id, []).append(step)
    return tuple(_share(roles[id_], by_role[id_], hours) for id_ in roles if id_ in by_role)


def total(shares: Iterable[Share]) -> Span:
    """All of it."""
    return sum((share.span for share in shares), Span())


def plan(guide: Guide, names: Iterable[str], start: date) -> tuple[Planned, ...]:
    """The steps of an example one after another, or beside each other where the drawing has them so, by
    their terms.
    """
    wanted = frozenset(names)
    planned: list[Planned] = []
    begins = datetime.combine(start, time(9), ZONE)
    for phase in guide.phases:
        ends: dict[str, datetime] = {}
        for step in (step for step in phase.steps if step.element.id in wanted):
            from_ = max((ends[id_] for id_ in _before(step, phase.steps, wanted) if id_ in ends), default=begins)
            due = deadlines.after(from_, step.deadline.duration) if step.deadline else from_
            ends[step.element.id] = due
            planned.append(Planned(step, from_.date(), due.date()))
        begins = max(ends.values(), default=begins)
    return tuple(planned)


def _before(step: Step, steps: tuple[Step, ...], wanted: frozenset[str]) -> frozenset[str]:
    """The wanted steps that come right before one, past those that aren't wanted; never a way back."""
    numbers = {each.element.id: each for each in steps}
    before: set[str] = set()
    waiting, seen = [step], {step.element.id}
    while waiting:
        current = waiting.pop()
        for place in current.previous:
            earlier = numbers.get(place.element)
            if earlier is None or earlier.number >= current.number or earlier.element.id in seen:
                continue
            seen.add(earlier.element.id)
            if earlier.element.id in wanted:
                before.add(earlier.element.id)
            else:
                waiting.append(earlier)
    return frozenset(before)


def months(begins: date, ends: date) -> str:
    """How long it is from one day to another, in whole months, rounded up."""
    number = _months(begins, ends) + (ends.day > begins.day)
    return f"{number} maand" if number == 1 else f"{number} maanden"


def month(begins: date, day: date) -> str:
    """In which month of a plan a day falls, counted from one."""
    return f"maand {_months(begins, day) + (day.day >= begins.day)}"


def first_monday(day: date) -> date:
    """The first Monday after a day."""
    return day + timedelta(days=7 - day.weekday())


def _share(role: Role, steps: list[Step], hours: int) -> Share:
    counted = [(step, lasts(step, hours)) for step in steps]
    span = sum((length for _, length in counted if length), Span())
    uncounted = {step.element.id: step for step, length in counted if length is None}
    return Share(role, span, len(steps), tuple(uncounted.values()))


def _months(begins: date, ends: date) -> int:
    return 12 * (ends.year - begins.year) + ends.month - begins.month


def _halves(minutes: int, unit: int) -> str:
    """A number of units, to the half: `2½`."""
    halves = max(1, round(2 * minutes / unit)) if minutes else 0
    whole = halves // 2
    return f"{whole or ''}½" if halves % 2 else str(whole)

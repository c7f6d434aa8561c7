"""Figures of a quarter in a municipality: how many families, how soon, and what came of it; never of whom.

Fewer than ten families are shown nowhere, and can be worked out from nothing that is shown: not from a total, not from
another quarter (a family counts in the quarter in which it happened, and a quarter never changes once it was shown),
not from a part. The rule is `grouped`; a test holds it to every table that could have led to what is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from typing import Any

from engine import deadlines, store
from engine.cases import signups, sociale_kaart
from engine.cases.context import Context
from engine.cases.moves import start_form
from engine.errors import NotFoundError
from engine.store.figures import Span
from engine.words import Answer, Ground, Seen

LEAST = 10
"""Fewer families than this are not shown (regiobeeld.nl/kansrijke-start)."""
QUARTERS = 8
"""So many quarters back one may look."""

SOURCE = "signaal_bron"
"""The question of the first step that says who signalled."""
SUPPORT = "steun_starten"
"""The step that tells that support began."""
OF_GOALS: Mapping[str, str] = {
    Answer.YES: "Gehaald",
    "deels": "Voor een deel gehaald",
    Answer.NO: "Niet gehaald",
    "": "Niet gezegd",
}

Numbers = tuple[tuple[tuple[str, ...], int], ...]
"""Groups of parts, each with how many there are together."""


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that a day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def before(self) -> "Quarter":
        """The quarter before."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The day after its last."""
        return date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, as 2026-01."""
        return tuple(f"{self.year}-{month:02}" for month in range(3 * self.number - 2, 3 * self.number + 1))

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


@dataclass(frozen=True)
class Figure:
    """One thing that is counted: its groups of parts, each with a number; `total` is of all of them, None where
    nothing may be shown.
    """

    title: str
    unit: str
    groups: Numbers

    @property
    def total(self) -> int | None:
        """How many there are in all; it follows from what is shown, and tells nothing more."""
        return sum(number for _, number in self.groups) if self.groups else None


@dataclass(frozen=True)
class Figures:
    """What is shown of a quarter in a municipality. `days` are medians by what they are of; None: too few."""

    municipality: str
    quarter: Quarter
    counted_at: datetime
    figures: tuple[Figure, ...]
    days: Mapping[str, int | None]


def grouped(counts: Mapping[str, int], least: int = LEAST) -> Numbers:
    """What may be shown of these counts, which together make one total; nothing where not even that total may.

    Parts of fewer than `least` go together in one group. Where that group would itself tell how many one of them is,
    all parts go together. Which parts are in a group depends on nothing but on which are small: taking the smallest of
    the others along would tell that it was the smallest.
    """
    small = [part for part, number in counts.items() if number < least]
    apart = sum(counts[part] for part in small)
    most = len(small) * (least - 1)
    if not small:
        return tuple(((part,), number) for part, number in counts.items())
    if len(small) > 1 and least <= apart < most:
        shown = [((part,), number) for part, number in counts.items() if part not in small]
        return (*shown, (tuple(small), apart))
    total = sum(counts.values())
    if total < least or (len(small) == len(counts) and apart == most):
        return ()
    return ((tuple(counts), total),)


def quarters(ctx: Context) -> tuple[Quarter, ...]:
    """The quarters that are over and may be asked for, the newest first."""
    newest = Quarter.of(ctx.today).before
    listed = [newest]
    while len(listed) < QUARTERS:
        listed.append(listed[-1].before)
    return tuple(listed)


def places(ctx: Context) -> frozenset[str]:
    """The municipalities of which the actor may see figures: who keeps the overview there."""
    return signups.places(ctx)


def figures(ctx: Context, municipality: str, quarter: Quarter) -> Figures:
    """What is shown of a quarter that is over. It is counted when first asked for, and stays as it is shown then.

    Raises NotFoundError where the actor doesn't keep the overview, or the quarter isn't over or too long ago.
    """
    if municipality not in places(ctx) or quarter not in quarters(ctx):
        raise NotFoundError("Cijfers zijn er per gemeente waar je het overzicht houdt, van kwartalen die voorbij zijn.")
    ctx.looks.shows(0, municipality, Ground.OVERVIEW, {Seen.FIGURES})
    kept = store.figures.shown(ctx.tx, municipality, str(quarter))
    what, at = kept if kept is not None else (_count(ctx, municipality, quarter), ctx.now)
    shown = tuple(
        Figure(each["title"], each["unit"], tuple((tuple(parts), number) for parts, number in each["groups"]))
        for each in what["figures"]
    )
    return Figures(municipality, quarter, at, shown, what["days"])


def keep(tx: store.Transaction, counted: Figures) -> None:
    """Keep what is shown of a quarter, so that it stays so."""
    what = {
        "figures": [
            {"title": f.title, "unit": f.unit, "groups": [[list(p), n] for p, n in f.groups]} for f in counted.figures
        ],
        "days": dict(counted.days),
    }
    store.figures.keep(tx, counted.municipality, str(counted.quarter), what, counted.counted_at)


def _count(ctx: Context, municipality: str, quarter: Quarter) -> Mapping[str, Any]:
    """Count a quarter, and leave of it what may be shown."""
    span = _span(municipality, quarter)
    families, meetings = "gezinnen", "gezinnen met een overleg"
    here = sociale_kaart.place(ctx.tx, ctx.library, municipality)
    missed = store.figures.gaps(ctx.tx, here.settings.region, municipality, quarter.months)
    parts: tuple[tuple[str, str, Mapping[str, int], Mapping[str, str]], ...] = (
        ("Wie gaf het signaal?", families, store.figures.by_source(ctx.tx, span, SOURCE), _sources(ctx, municipality)),
        (
            "Zei het gezin ja?",
            families,
            store.figures.by_consent(ctx.tx, span),
            {Answer.YES: "Iemand zei ja", Answer.NO: "Nog geen ja"},
        ),
        (
            "Waren er ouders bij het overleg?",
            meetings,
            store.figures.by_parents(ctx.tx, span),
            {Answer.YES: "Bij elk overleg", Answer.NO: "Niet bij elk overleg"},
        ),
        (
            "Zijn de afspraken nagekomen?",
            "gezinnen met een afspraak voor dit kwartaal",
            store.figures.by_agreements(ctx.tx, span),
            {Answer.YES: "Alle afspraken zijn gedaan", Answer.NO: "Niet alle afspraken zijn gedaan"},
        ),
        (
            "Wat zegt het gezin over zijn doelen?",
            "gezinnen die terugkeken",
            store.figures.by_goals(ctx.tx, span),
            OF_GOALS,
        ),
        ("Waarbij was niets te vinden?", "keer", missed, {topic.id: topic.name for topic in here.kaart.topics}),
    )
    listed = [
        {"title": title, "unit": unit, "groups": grouped(_named(counts, names))} for title, unit, counts, names in parts
    ]
    if not all(each["groups"] for each in listed[:2]):  # both are about the same families: one would tell of the other
        for each in listed[:2]:
            each["groups"] = ()
    return {"figures": listed, "days": _days(ctx, span)}


def _named(counts: Mapping[str, int], names: Mapping[str, str]) -> Mapping[str, int]:
    """The counts by the name of what is counted, all of them; what has no name goes with what wasn't told."""
    listed = dict.fromkeys(names.values(), 0)
    for id, number in counts.items():
        name = names.get(id, "Anders of niet gezegd")
        listed[name] = listed.get(name, 0) + number
    return listed


def _sources(ctx: Context, municipality: str) -> Mapping[str, str]:
    """Who may signal, by the answers that the first step of the process offers."""
    fields = {field.key: field for field in start_form(ctx, signups.PROCESS, municipality).form.input_fields()}
    options = fields[SOURCE].options if SOURCE in fields else ()
    return {option.value: option.label for option in options} | {"": "Anders of niet gezegd"}


def _days(ctx: Context, span: Span) -> Mapping[str, int | None]:
    met = store.figures.to_meeting(ctx.tx, span)
    helped = store.figures.to_support(ctx.tx, span, SUPPORT)
    return {
        "Van signaal tot eerste overleg": _median([(day - _day(at)).days for at, day in met]),
        "Van eerste overleg tot eerste steun": _median([(_day(at) - day).days for day, at in helped]),
    }


def _median(days: Sequence[int]) -> int | None:
    return round(median(days)) if len(days) >= LEAST else None


def _day(at: datetime) -> date:
    return at.astimezone(deadlines.ZONE).date()


def _span(municipality: str, quarter: Quarter) -> Span:
    since, until = (datetime.combine(day, time(), deadlines.ZONE) for day in (quarter.first, quarter.after))
    return Span(signups.PROCESS, municipality, since, until, quarter.first, quarter.after)

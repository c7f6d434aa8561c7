"""What somebody's day begins with: what is late and whom to call, what is due, whom one meets, what is new, and what
waits for others. Each is the beginning of a list of its own; nothing here reads a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine import store
from engine.cases.boards import FIRST, AgreementLine, Boards, MeetingLine, lists_of
from engine.cases.context import Context
from engine.cases.reading import note_lines
from engine.cases.views import Some
from engine.store.board import Asking, Led, News
from engine.store.sittings import OFTEN, SITTING
from engine.store.tasks import MOST, Filter, Line, Step
from engine.words import BoardList, MeetingStatus, TaskList

SOME = 5
"""So many of each are shown; the rest is a list of its own."""

NEWEST = 8


@dataclass(frozen=True)
class Waits:
    """Open tasks that are not late, and are one person's, or nobody's yet: then `name` is "". The first of them."""

    assignee: str
    name: str
    lines: tuple[Line, ...]
    number: int


@dataclass(frozen=True)
class Today:
    """The beginning of somebody's day. `first` is the one thing to do, and `mine` what comes after that: of what is on
    the own name, or waits for the own role; `families` are those that one leads. `oversees` says that this is of who
    keeps the overview of families.
    """

    oversees: bool
    first: Line | None
    mine: tuple[Line, ...]
    number: int
    late: tuple[AgreementLine, ...]
    late_number: int
    late_tasks: tuple[Line, ...]
    late_tasks_number: int
    meetings: Some[MeetingLine]
    asking: Some[Asking]
    since: datetime
    news: Some[News]
    families: tuple[tuple[Led, Step | None], ...]
    waits: tuple[Waits, ...]


def today(ctx: Context, boards: Boards) -> Today:
    """What the day of the actor begins with."""
    guarded = ctx.library.guarded(ctx.tx)
    oversees = any(process in guarded for process, _ in ctx.sight.overseen)
    listed = store.tasks.listing(ctx.tx, ctx.sight, Filter(kind=TaskList.ALL, limit=MOST), ctx.now)
    lines = listed.lines
    if listed.next is not None:  # what is one's own may stand after all that
        mine = store.tasks.listing(ctx.tx, ctx.sight, Filter(kind=TaskList.MINE, limit=MOST), ctx.now)
        lines = tuple(dict.fromkeys((*mine.lines, *lines)))
    own = _own(ctx, lines, oversees)
    others = [line for line in listed.lines if line not in own]
    late = [line for line in others if _is_late(line, ctx.now)]
    waits = _waits(ctx, [line for line in others if line not in late]) if oversees else ()
    asked = lists_of(ctx.today)[BoardList.LATE]
    agreements = boards.agreements(asked, SOME)
    counts = boards.counted({BoardList.LATE: asked}) if agreements.more else {BoardList.LATE: len(agreements.rows)}
    shown = [*own[: SOME + 1], *(late[:SOME] if oversees else ()), *(line for each in waits for line in each.lines)]
    note_lines(ctx, shown)
    since = since_when(ctx)
    return Today(
        oversees,
        own[0] if own else None,
        tuple(own[1 : SOME + 1]),
        len(own),
        agreements.rows,
        counts[BoardList.LATE],
        tuple(late[:SOME]) if oversees else (),
        len(late) if oversees else 0,
        boards.meetings(MeetingStatus.PLANNED, 2 * SOME, week=True),
        boards.asking(SOME),
        since,
        boards.news(since, NEWEST),
        boards.families(NEWEST) if not oversees else (),
        waits,
    )


def _own(ctx: Context, lines: Iterable[Line], oversees: bool) -> list[Line]:
    """What the actor can do, most urgent first. What is late comes before the rest, and of that what is on the own
    name; for who oversees first all that is, since the others' work can be taken there as well.
    """
    able = [line for line in lines if line.assignee == ctx.actor.id or line.claimable]

    def urgency(line: Line) -> tuple[bool, bool]:
        order = not _is_late(line, ctx.now), line.assignee != ctx.actor.id
        return order[::-1] if oversees else order

    return sorted(able, key=urgency)


def _is_late(line: Line, now: datetime) -> bool:
    return line.deadline is not None and line.deadline < now


def _waits(ctx: Context, lines: Iterable[Line]) -> tuple[Waits, ...]:
    """What waits for others, by whom it waits for; who has most of it first."""
    by_person: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_person.setdefault((line.assignee, line.assignee_name), []).append(line)
    several = sorted(by_person.items(), key=lambda pair: (pair[0][0] == "", -len(pair[1]), pair[0][1]))
    return tuple(Waits(id, name, tuple(some[:SOME]), len(some)) for (id, name), some in several[:SOME])


def since_when(ctx: Context) -> datetime:
    """Since when the start page tells what is new: since the actor opened it the time before this one."""
    known = store.sittings.last(ctx.tx, ctx.actor.id)
    if known is None:
        return ctx.now - FIRST
    at, since = known
    return at if ctx.now - at > SITTING else since


def sits_down(ctx: Context) -> tuple[datetime, datetime] | None:
    """What to keep of the actor opening the start page now: at which moment, and since when it told what is new; None
    where that was kept a moment ago.
    """
    known = store.sittings.last(ctx.tx, ctx.actor.id)
    if known is not None and known[0] <= ctx.now <= known[0] + OFTEN:
        return None
    return ctx.now, since_when(ctx)

"""The clock of cases where it stands still: seen, and set going again, by who keeps the overview."""

from engine import store
from engine.cases.context import Context
from engine.words import Ground, Seen


def stuck(ctx: Context) -> tuple[tuple[int, str], ...]:
    """The cases that the actor oversees whose clock can't do what is due: number and title."""
    waiting = store.jobs.stuck_cases(ctx.tx, ctx.sight) if ctx.sight.overseen else ()
    for id, _, municipality in waiting:
        ctx.looks.shows(id, municipality, Ground.OVERVIEW, {Seen.LISTED})
    return tuple((id, title) for id, title, _ in waiting)


def try_again(ctx: Context) -> int:
    """Let the clock of those cases try again now; gives how many they are."""
    waiting = stuck(ctx)
    store.jobs.try_again(ctx.tx, [number for number, _ in waiting], ctx.now)
    return len(waiting)

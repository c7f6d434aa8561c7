"""The clock of cases where it stands still: seen, and set going again, by who keeps the overview."""

from engine import store
from engine.cases.context import Context


def stuck(ctx: Context) -> tuple[tuple[int, str], ...]:
    """The cases that the actor oversees whose clock can't do what is due: number and title."""
    return store.jobs.stuck_cases(ctx.tx, ctx.sight) if ctx.sight.overseen else ()


def try_again(ctx: Context) -> int:
    """Let the clock of those cases try again now; gives how many they are."""
    waiting = stuck(ctx)
    store.jobs.try_again(ctx.tx, [number for number, _ in waiting], ctx.now)
    return len(waiting)

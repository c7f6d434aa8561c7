"""Keeping a list under a name: for oneself, or by who keeps the overview for all who have a role there."""

from engine import store
from engine.cases.context import Context
from engine.errors import InvalidDataError, NotAllowedError, NotFoundError
from engine.store.saved_lists import GONE, SavedList

LONGEST = 60
MOST = 50
"""So many lists at most somebody keeps."""

NAMELESS = "Geef deze lijst een naam, van hoogstens 60 tekens. Zo vind je haar terug."
TOO_MANY = "Je bewaart al 50 lijsten. Haal er eerst een weg."
NOT_SHARED = "Alleen wie het overzicht houdt in deze gemeente, bewaart een lijst voor iedereen met een rol."


def saved_lists(ctx: Context) -> tuple[SavedList, ...]:
    """Those that the actor may open: the own ones, and those shared with a role of this person, by name."""
    return tuple(kept for kept in store.saved_lists.of(ctx.tx, ctx.sight.person, ctx.sight.held) if kept.name)


def first_view(ctx: Context, page: str) -> str:
    """What the actor wants to see of a list at first; "" where that is what anybody sees."""
    own = store.saved_lists.of(ctx.tx, ctx.sight.person, ())
    return next((kept.query for kept in own if not kept.name and kept.page == page), "")


def see_first(ctx: Context, page: str, query: str) -> None:
    """Let the actor see this of a list at first."""
    for kept in store.saved_lists.of(ctx.tx, ctx.sight.person, ()):
        if not kept.name and kept.page == page:
            store.saved_lists.drop(ctx.tx, kept.id)
    if query:
        store.saved_lists.add(ctx.tx, SavedList(0, ctx.actor.id, "", "", page, "", query))


def shares_with(ctx: Context) -> frozenset[tuple[str, str]]:
    """The roles, each with its municipality, for which the actor may keep a list."""
    places = {place for _, place in ctx.sight.overseen}
    people = (person for place in sorted(places) for person in store.people.everyone(ctx.tx, place))
    return frozenset(
        (appointment.role, appointment.municipality)
        for person in people
        for appointment in person.appointments
        if appointment.municipality in places
    )


def keep_list(ctx: Context, page: str, query: str, name: str, role: str = "", municipality: str = "") -> None:
    """Keep a list under a name, for the actor or for a role. Raises InvalidDataError where it can't be called so."""
    named = _named(name)
    if len([kept for kept in saved_lists(ctx) if kept.person]) >= MOST:
        raise InvalidDataError(TOO_MANY)
    if role and (role, municipality) not in shares_with(ctx):
        raise NotAllowedError(NOT_SHARED)
    owner = "" if role else ctx.actor.id
    place = municipality if role else ""
    store.saved_lists.add(ctx.tx, SavedList(0, owner, role, place, page, named, query))


def rename_list(ctx: Context, id: int, name: str) -> None:
    """Call a list otherwise that is the actor's to change."""
    store.saved_lists.rename(ctx.tx, _own(ctx, id).id, _named(name))


def drop_list(ctx: Context, id: int) -> None:
    """Keep a list no more that is the actor's to change."""
    store.saved_lists.drop(ctx.tx, _own(ctx, id).id)


def may_change(ctx: Context, kept: SavedList) -> bool:
    """Whether a list is the actor's to change: an own one, or a shared one of where this person keeps the overview."""
    if kept.person:
        return kept.person == ctx.actor.id
    return kept.municipality in {place for _, place in ctx.sight.overseen}


def _own(ctx: Context, id: int) -> SavedList:
    kept = store.saved_lists.one(ctx.tx, id)
    if not may_change(ctx, kept):
        raise NotFoundError(GONE)
    return kept


def _named(name: str) -> str:
    named = " ".join(name.split())
    if not named or len(named) > LONGEST:
        raise InvalidDataError(NAMELESS, {"naam": NAMELESS})
    return named

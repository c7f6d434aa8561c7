"""Watching over how families are dealt with: the look-log of the own municipalities, and nothing of a file."""

from dataclasses import replace

from engine import store
from engine.access import Person
from engine.cases.context import Context
from engine.cases.views import Some
from engine.errors import NotAllowedError
from engine.store.looks import Listed, Wanted
from engine.words import RoleId


def watched(person: Person) -> frozenset[str]:
    """The municipalities that somebody watches over, as functionaris gegevensbescherming."""
    return frozenset(a.municipality for a in person.appointments if a.role == RoleId.FUNCTIONARIS)


def looks(ctx: Context, wanted: Wanted, limit: int) -> Some[Listed]:
    """The looks that are wanted, in the municipalities that the actor watches over, the newest first. Raises
    NotAllowedError where that is none.
    """
    places = watched(ctx.actor)
    if not places:
        raise NotAllowedError("Het inkijklog leest alleen de functionaris gegevensbescherming.")
    return Some.of(store.looks.listing(ctx.tx, replace(wanted, municipalities=places), limit + 1), limit)

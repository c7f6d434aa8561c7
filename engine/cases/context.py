"""Who asks, when, in which transaction, by which published definitions."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from engine import access, store
from engine.access import Person, Sight
from engine.cases.library import Library


@dataclass(frozen=True)
class Context:
    """Who asks, when, in which transaction."""

    tx: store.Transaction
    library: Library
    actor: Person
    now: datetime

    @cached_property
    def sight(self) -> Sight:
        """What the actor may see."""
        return sight_of(self.tx, self.library, self.actor)


def sight_of(tx: store.Transaction, library: Library, person: Person) -> Sight:
    """What a person may see."""
    places = [appointment.municipality for appointment in person.appointments]
    return access.sight(person, library.roles(tx, places), library.sort(tx, person.organisation))

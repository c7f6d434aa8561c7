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
        places = [appointment.municipality for appointment in self.actor.appointments]
        return access.sight(self.actor, self.library.roles(self.tx, places))

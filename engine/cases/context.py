"""Who asks, when, in which transaction, by which published definitions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engine import access, deadlines, store
from engine.access import CaseFacts, Person, Sight, TaskFacts
from engine.cases.library import Library
from engine.cases.looking import Looks
from engine.store.absences import Absence
from engine.store.case_files import CaseRow
from engine.store.tasks import TaskRow
from engine.words import Seen


@dataclass(frozen=True)
class Context:
    """Who asks, when, in which transaction; `looks` notes what of which families that shows."""

    tx: store.Transaction
    library: Library
    actor: Person
    now: datetime
    looks: Looks = field(default_factory=Looks)

    @cached_property
    def sight(self) -> Sight:
        """What the actor may see."""
        return sight_of(self.tx, self.library, self.actor)

    @cached_property
    def today(self) -> date:
        """The day that it is here."""
        return self.now.astimezone(deadlines.ZONE).date()

    @cached_property
    def stands_in_for(self) -> Mapping[str, Absence]:
        """Those for whom the actor stands in today, by id."""
        return {each.person: each for each in store.absences.stood_in_for(self.tx, self.sight.person, self.today)}

    def task_facts(self, row: TaskRow) -> TaskFacts:
        """What access to a task rests on for the actor."""
        another = row.assignee not in ("", self.sight.person) and not row.circle
        return replace(row.facts, stood_in=True) if another and row.assignee in self.stands_in_for else row.facts

    def facts(self, case: CaseRow, task: TaskFacts | None = None) -> CaseFacts:
        """What access to a case or to a task of it rests on for the actor, who is shown something of it by that."""
        facts = store.case_files.facts(self.tx, case, self.sight)
        if not case.guarded:
            return facts
        if task is None:
            self.looks.shows(case.id, case.municipality, access.case_ground(self.sight, facts))
        elif task.circle:
            self.looks.in_circle(case.id, case.municipality, task.circle)
        else:
            self.looks.shows(case.id, case.municipality, access.ground(self.sight, facts, task), {Seen.TASK})
        return facts

    def happened(self, case_id: int, event: Mapping[str, Any]) -> None:
        """Write down what the actor did in a case."""
        self.looks.does(event["kind"])
        store.case_files.happened(self.tx, case_id, self.now, [event], self.actor.id or None)


def sight_of(tx: store.Transaction, library: Library, person: Person) -> Sight:
    """What a person may see."""
    places = [appointment.municipality for appointment in person.appointments]
    return access.sight(person, library.roles(tx, places), library.sort(tx, person.organisation))

"""People who join, do other work or leave, and what that means for the tasks that wait for somebody."""

from collections.abc import Sequence
from itertools import groupby

from engine import store
from engine.access import Person
from engine.cases.context import Context
from engine.cases.writing import ask_for, take_back


def save_people(ctx: Context, people: Sequence[Person]) -> None:
    """Add people, or change them: their work becomes exactly what is given; who has none left does nothing any more.

    Each open task that waits there for somebody is looked at again: who may not do a task any more loses it, and of
    one that nobody may do the Knooppunt team is told. That costs a question for each task that waits there.
    """
    before = store.people.known(ctx.tx, [person.id for person in people])
    store.people.save(ctx.tx, people)
    places = {appointment.municipality for person in (*before, *people) for appointment in person.appointments}
    rows = store.tasks.waiting_in(ctx.tx, places, [person.id for person in people])
    for case_id, of_case in groupby(rows, key=lambda row: row.case_id):
        case, waiting = store.case_files.lock(ctx.tx, case_id, None), tuple(of_case)
        if case.guarded:
            take_back(ctx, case, waiting)
            ask_for(ctx, case, (store.tasks.one(ctx.tx, row.id) for row in waiting))

"""Handing several tasks over to one person at once, for one reason.

All of it is one transaction, as each request is: when a machine fails nothing was handed over, and sent twice it is
done once. Each task is asked for itself, by the same use case as a single one; one that can't be handed over keeps
nothing of the trial and stands in no other one's way.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine import store
from engine.access import Person
from engine.cases.context import Context
from engine.cases.locks import open_task
from engine.cases.moves import reassign
from engine.cases.reading import receivers
from engine.errors import ConflictError, InvalidDataError, NotAllowedError
from engine.words import Verb

MOST = 100
"""So many tasks at most are handed over at once: no page of a list holds more."""

LONGEST = 500
WHY = "Schrijf op waarom je deze taken doorgeeft, in hoogstens 500 tekens."
WHICH = "Kies eerst een of meer taken, hoogstens 100."
NOT_YOURS = "Alleen wie het overzicht heeft in deze gemeente, geeft deze taak door."


@dataclass(frozen=True)
class Chosen:
    """A task that somebody wants to hand over: `to` are the ids of those who may have it; `why_not` says why it can't
    be handed over at all, or why it was not.
    """

    id: int
    title: str = ""
    case_id: int = 0
    case_title: str = ""
    to: frozenset[str] = frozenset()
    why_not: str = ""


def to_hand_out(ctx: Context, ids: Iterable[int]) -> tuple[tuple[Chosen, ...], tuple[Person, ...]]:
    """These tasks, and who may have one of them at least, by name. Raises InvalidDataError where there are none, or too
    many, and NotFoundError where one isn't there for the actor: no list shows such a one.
    """
    people: dict[str, Person] = {}
    rows = []
    for id in _some(ids):
        try:
            opened = open_task(ctx, id, lock=False)
        except ConflictError as error:  # done already
            rows.append(Chosen(id, why_not=error.message))
            continue
        able = receivers(ctx, opened) if Verb.REASSIGN in opened.may else ()
        people |= {person.id: person for person in able}
        title = store.case_files.title(ctx.tx, opened.case.id, ctx.sight)
        why_not = "" if Verb.REASSIGN in opened.may else NOT_YOURS
        able_ids = frozenset(person.id for person in able)
        rows.append(Chosen(id, opened.row.title, opened.case.id, title, able_ids, why_not))
    return tuple(rows), tuple(sorted(people.values(), key=lambda person: (person.name, person.id)))


def hand_out(ctx: Context, ids: Iterable[int], person_id: str, reason: str) -> tuple[Chosen, ...]:
    """Give these tasks to somebody, each where that may be; gives them all, with why of those that were not given."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise InvalidDataError(WHY, {"reden": WHY})
    rows, _ = to_hand_out(ctx, ids)
    # in one order, so that two who hand over the same families at once don't wait for each other's
    return tuple(_give(ctx, row, person_id, reason) for row in sorted(rows, key=lambda row: (row.case_id, row.id)))


def _give(ctx: Context, row: Chosen, person_id: str, reason: str) -> Chosen:
    if row.why_not:
        return row
    try:
        with ctx.tx.begin_nested():
            reassign(ctx, row.id, person_id, reason)
    except (ConflictError, NotAllowedError) as error:
        return Chosen(row.id, row.title, row.case_id, row.case_title, why_not=error.message)
    return row


def _some(ids: Iterable[int]) -> Collection[int]:
    some = list(dict.fromkeys(ids))
    if not 0 < len(some) <= MOST:
        raise InvalidDataError(WHICH)
    return some

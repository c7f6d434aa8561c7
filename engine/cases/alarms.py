"""What stands out in who looked: the rules of an installation over the look-log, and who watches reading it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine import deadlines, store
from engine.cases.context import Context
from engine.cases.watching import watched
from engine.errors import InvalidDataError, NotAllowedError, NotFoundError
from engine.store.alarms import Alarm, Stands
from engine.store.looks import Linked
from engine.words import AlarmKind

LONGEST_NOTE = 500
SHOWN = 50


@dataclass(frozen=True)
class Rules:
    """What stands out: more than so many `families` of one municipality opened by one person in a day, a look before or
    after these hours of the Dutch day, and a look at a family of a municipality in which this person has no role.
    """

    families: int = 40
    begins: int = 6
    ends: int = 23


def watch(tx: store.Transaction, rules: Rules, linked: Collection[Linked]) -> None:
    """Hold looks to the rules, soon after they were made: all of the day of each person who looked."""
    days = {(each.person_id, each.at.astimezone(deadlines.ZONE).date()) for each in linked}
    people = {person.id: person for person in store.people.known(tx, {id for id, _ in days})}
    for id, day in sorted(days):
        places = {appointment.municipality for appointment in people[id].appointments} if id in people else set()
        store.alarms.raise_(tx, _standing(tx, rules, id, day, places))


def _standing(tx: store.Transaction, rules: Rules, person: str, day: date, own: set[str]) -> Iterator[Stands]:
    begin = datetime.combine(day, time(), deadlines.ZONE)
    looks = store.alarms.looks_of(tx, person, begin, begin + timedelta(days=1))
    for place in sorted({look.municipality for look in looks}):
        here = [look for look in looks if look.municipality == place]
        families = len({look.case_id for look in here})
        odd = sum(not rules.begins <= look.at.astimezone(deadlines.ZONE).hour < rules.ends for look in here)
        if families > rules.families:
            yield Stands(AlarmKind.MANY, person, place, day, families)
        if odd:
            yield Stands(AlarmKind.HOURS, person, place, day, odd)
        if place not in own:
            yield Stands(AlarmKind.ELSEWHERE, person, place, day, len(here))


def alarms(ctx: Context) -> tuple[Alarm, ...]:
    """What stood out where the actor watches over, what nobody read first. Raises NotAllowedError where that is
    nowhere.
    """
    places = watched(ctx.actor)
    if not places:
        raise NotAllowedError("Wat opviel leest alleen de functionaris gegevensbescherming.")
    return store.alarms.listing(ctx.tx, places, SHOWN)


def read_alarm(ctx: Context, id: int, note: str) -> None:
    """The actor read it, and says what came of it. Raises NotFoundError where it isn't the actor's."""
    if len(note) > LONGEST_NOTE:
        raise InvalidDataError(f"Schrijf hoogstens {LONGEST_NOTE} tekens.", {"notitie": "Maak de tekst korter."})
    if not store.alarms.read(ctx.tx, id, watched(ctx.actor), ctx.actor.id, note.strip(), ctx.now):
        raise NotFoundError("Dit staat er niet, of is niet voor jou.")

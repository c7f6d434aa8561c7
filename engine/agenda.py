"""A meeting as an entry in somebody's agenda: iCalendar (RFC 5545) as it is sent by mail (iTIP, RFC 5546).

Each change keeps the UID and has a higher SEQUENCE. The hours are those of the Dutch clock, with its time zone written
out, so that they stay what was agreed when the clock changes. An entry names its one receiver and nobody else: who
helps a family is data too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from engine.deadlines import ZONE

SUMMARY = "Overleg Knooppunt"
MORE = "Wat je over dit overleg mag weten, lees je in Knooppunt: {}"
OFF = "Dit overleg gaat niet door, of je hoeft er niet bij te zijn."


class Method(StrEnum):
    """What an entry does: it asks to be put in the agenda or changed there, or to be taken out."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Entry:
    """A meeting for one agenda, in which `uid` names it; `link` leads to more. No word of it is about a family."""

    uid: str
    sequence: int
    begins: datetime
    minutes: int
    place: str
    method: Method = Method.REQUEST
    link: str = ""


def content(entry: Entry, sender: str, receiver: str, at: datetime) -> str:
    """The entry as it goes by mail from one address to another, written at a moment: the same at each attempt."""
    calendar = Calendar()
    calendar.add("prodid", "-//Knooppunt Kansrijke Start//NL")
    calendar.add("version", "2.0")
    calendar.add("method", entry.method.value)
    event = Event()
    begins = entry.begins.astimezone(ZONE)
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", begins)
    event.add("dtend", (entry.begins.astimezone(UTC) + timedelta(minutes=entry.minutes)).astimezone(ZONE))
    event.add("summary", SUMMARY)
    event.add("status", "CANCELLED" if entry.method is Method.CANCEL else "CONFIRMED")
    event.add("description", OFF if entry.method is Method.CANCEL else MORE.format(entry.link))
    if entry.place:
        event.add("location", entry.place)
    event.add("organizer", _person(sender))
    event.add("attendee", _person(receiver))
    calendar.add_component(_zone())
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _zone() -> Timezone:
    """The Dutch clock: by European law summer time begins and ends on the last Sundays of March and October, at one
    o'clock UTC (directive 2000/84/EC). Each onset is told on the clock as it stands just before.
    """
    zone = Timezone()
    zone.add("tzid", ZONE.key)
    winter, summer = timedelta(hours=1), timedelta(hours=2)
    onsets = (
        (TimezoneDaylight(), "CEST", datetime(1981, 3, 29, 2), winter, summer),  # noqa: DTZ001 - on the local clock
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), summer, winter),  # noqa: DTZ001
    )
    for onset, name, first, before, after in onsets:
        onset.add("tzname", name)
        onset.add("dtstart", first)
        onset.add("rrule", {"freq": "yearly", "bymonth": first.month, "byday": "-1SU"})
        onset.add("tzoffsetfrom", before)
        onset.add("tzoffsetto", after)
        zone.add_component(onset)
    return zone


def _person(mail: str) -> vCalAddress:
    return vCalAddress(f"mailto:{mail}")

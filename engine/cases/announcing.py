"""Telling who is asked for a meeting: when can you come, it is then, it is moved, it is off.

What leaves names no family, and each letter its one receiver. A letter holds the number of a guest and of the change;
all else is looked up when it leaves, so that nobody is told what no longer holds.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from engine import store
from engine.agenda import Entry, Method
from engine.cases.context import Context
from engine.store.case_files import CaseRow
from engine.store.letters import Outgoing
from engine.store.planning import Guest, Planning
from engine.words import CaseStatus, Letter, LinkKind, PlanningState, Purpose

GUEST, CHANGE = "gast", "volgnummer"
ABOUT = frozenset({Letter.MOMENTS, Letter.MEETING, Letter.MEETING_OFF})
"""The letters about a meeting."""


@dataclass(frozen=True)
class Told:
    """What a letter about a meeting leads to, and what it puts in an agenda or takes out of it."""

    page: str
    entry: Entry | None = None


def ask(ctx: Context, meeting: Planning) -> None:
    """Ask everybody who has an account when they can come."""
    for guest in meeting.guests:
        _write(ctx, Letter.MOMENTS, guest, meeting.sequence)


def invite(ctx: Context, case_id: int, organisations: Collection[str]) -> None:
    """Invite the people of these organisations to the meeting that is planned."""
    for meeting in _planned(ctx, case_id):
        if meeting.begins is not None:
            _invite(ctx, meeting, [guest for guest in meeting.guests if guest.organisation in organisations])


def moved(ctx: Context, meeting: Planning) -> None:
    """Tell who was invited that the meeting is at another moment."""
    _invite(ctx, meeting, [guest for guest in meeting.guests if guest.invited is not None])


def off(ctx: Context, meeting: Planning) -> None:
    """Call a meeting off, and tell who was invited."""
    store.planning.cancel(ctx.tx, meeting)
    _tell_off(ctx, meeting, meeting.guests)


def lapse(ctx: Context, case: CaseRow) -> None:
    """Let invitations lapse that the family, or the end of its case, took the ground from."""
    for meeting in _planned(ctx, case.id):
        if case.status != CaseStatus.RUNNING or not case.agreed:
            off(ctx, meeting)
            continue
        welcome = spoken_with(ctx.tx, case.id)
        gone = [each for each in meeting.guests if each.organisation and each.organisation not in welcome]
        if any(each.invited is not None for each in gone):
            _tell_off(ctx, meeting, gone)
            store.planning.changed(ctx.tx, meeting)


def spoken_with(tx: store.Transaction, case_id: int) -> frozenset[str]:
    """The organisations that the family lets share or sit at the table."""
    spoken = (Purpose.SHARING, Purpose.MEETING)
    return frozenset(cell.organisation for cell in store.registers.opened(tx, case_id) if cell.purpose in spoken)


def _planned(ctx: Context, case_id: int) -> tuple[Planning, ...]:
    return tuple(each for each in store.planning.of_case(ctx.tx, case_id) if not each.over(ctx.now))


def _invite(ctx: Context, meeting: Planning, guests: Collection[Guest]) -> None:
    store.planning.invited(ctx.tx, [guest.id for guest in guests], meeting.sequence)
    for guest in guests:
        _write(ctx, Letter.MEETING, guest, meeting.sequence)


def _tell_off(ctx: Context, meeting: Planning, guests: Iterable[Guest]) -> None:
    """Tell those of these who were invited that it is off for them."""
    invited = [guest for guest in guests if guest.invited is not None]
    store.planning.invited(ctx.tx, [guest.id for guest in invited], None)
    for guest in invited:
        _write(ctx, Letter.MEETING_OFF, guest, meeting.sequence + 1)


def _write(ctx: Context, letter: Letter, guest: Guest, change: int) -> None:
    if guest.person and store.staff.one(ctx.tx, guest.person).mail:
        fields = {GUEST: str(guest.id), CHANGE: str(change)}
        store.letters.put(ctx.tx, f"{letter}:{guest.id}:{change}", guest.person, letter, fields, ctx.now)


def told(tx: store.Transaction, letter: Outgoing, now: datetime) -> Told | None:
    """What a letter tells, as it is now; None where that no longer holds. A link that it leads to is made here, so that
    no letter that waits holds one.
    """
    meeting = store.planning.of_guest(tx, int(letter.fields[GUEST]))
    if meeting is None:
        return None
    change = int(letter.fields[CHANGE])
    guest = next(each for each in meeting.guests if each.id == int(letter.fields[GUEST]))
    if letter.letter == Letter.MEETING_OFF:
        return Told("", _entry(meeting, change, Method.CANCEL)) if guest.invited is None else None
    if guest.organisation not in spoken_with(tx, meeting.case_id):
        return None
    if letter.letter == Letter.MEETING:
        return Told(page_of(meeting), _entry(meeting, change)) if guest.invited == change else None
    if meeting.state != PlanningState.ASKING or meeting.last <= now:
        return None
    token = store.links.add(tx, LinkKind.MOMENT, str(guest.id), meeting.case_id, guest.person, now, meeting.last)
    return Told(f"/antwoord/{token}")


def page_of(meeting: Planning) -> str:
    """Where who is asked for a meeting reads of it after signing in."""
    return f"/momenten/{meeting.id}"


def _entry(meeting: Planning, sequence: int, method: Method = Method.REQUEST) -> Entry | None:
    place = "" if meeting.at_home else meeting.place
    where = " · ".join(each for each in (place, meeting.video) if each)
    begins = meeting.begins
    return Entry(meeting.uid, sequence, begins, meeting.minutes, where, method) if begins is not None else None

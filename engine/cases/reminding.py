"""Telling people by mail what waits for them: once a working day, by day, and nothing of a family.

Whom it may concern is read from the open tasks when the house is open; what a mail says is read when it leaves, as its
reader may know it then. So work that went to somebody else reminds who has it now, and what isn't needed any more
reminds nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import access, deadlines, store
from engine.access import Person
from engine.cases import links
from engine.cases.absence import stood_in
from engine.cases.asking import form_of
from engine.cases.context import Context
from engine.cases.library import Library
from engine.definitions import Settings
from engine.store.absences import Colleague
from engine.store.tasks import Filter, Line
from engine.words import Letter, LinkKind, Remind, RoleId, TaskList, Verb

TERMS: Mapping[str, str] = {
    Remind.BEFORE: "2 werkdagen",
    Remind.OVERSEER: "1 werkdag",
    Remind.COLLEAGUES: "3 werkdagen",
}
"""What counts where a region says nothing."""

MOST = 100
LINKS = 10
"""So many agreements at most can be answered from one mail."""

ANSWERED_WITHIN = timedelta(days=7)


def gather(tx: store.Transaction, library: Library, now: datetime) -> int:
    """Put a mail for each person whom something that waits may concern and who was not mailed today; gives how many.
    Who is away isn't mailed: who stands in is.
    """
    if not deadlines.mails(now):
        return 0
    regions = library.regions(tx) or (Settings("", ""),)
    soon = max(deadlines.after(now, _term(settings, Remind.BEFORE)) for settings in regions)
    late = max(_late(settings, now, Remind.OVERSEER) for settings in regions)
    local = now.astimezone(deadlines.ZONE)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    ids = store.reminders.concerned(tx, day, soon, late)
    known = store.absences.colleagues(tx, ids, local.date())
    deputies = {each.away.deputy for each in known.values() if each.away and each.away.deputy}
    fresh = {id for id in deputies - ids if (sent := store.reminders.of_person(tx, id).sent_at) is None or sent < day}
    there = {**known, **store.absences.colleagues(tx, fresh, local.date())}
    to = sorted(id for id, each in there.items() if each.mail and _works(each, local))
    for id in to:
        store.letters.put(tx, f"{Letter.REMINDER}:{id}:{local.date()}", id, Letter.REMINDER, {}, now)
    return len(to)


def ask(tx: store.Transaction, ids: Iterable[str], now: datetime) -> frozenset[str]:
    """Let these people be mailed what waits for them, once somebody asked to remind them: now, or when mail may leave
    again. Gives who will be; who has no mail address, is away, or was mailed that day already, won't.
    """
    at = deadlines.next_mail(now)
    day = at.astimezone(deadlines.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    known = store.absences.colleagues(tx, frozenset(ids), day.date())
    to = set()
    for id, each in known.items():
        sent = store.reminders.of_person(tx, id).sent_at
        if each.mail and each.away is None and (sent is None or sent < day):
            store.letters.put(tx, f"{Letter.REMINDER}:{id}:{day.date()}", id, Letter.REMINDER, {}, at)
            to.add(id)
    return frozenset(to)


def _works(colleague: Colleague, local: datetime) -> bool:
    days = colleague.working_days
    return colleague.away is None and (not days or deadlines.WEEKDAYS[local.weekday()] in days)


def _term(settings: Settings, which: Remind) -> str:
    return settings.reminders.get(which, TERMS[which])


def _late(settings: Settings, now: datetime, which: Remind) -> datetime:
    return deadlines.before(now, _term(settings, which))


@dataclass(frozen=True)
class _Waits:
    """What waits for somebody: the own tasks and those that this person may take, and late ones of others."""

    own: Mapping[int, Line]
    others: frozenset[int]
    deputising: int


def composed(tx: store.Transaction, library: Library, to: Person, now: datetime) -> Mapping[str, str] | None:
    """What a mail of today says to somebody; None where nothing waits, or it is no hour for it. Each agreement that can
    be answered by a link gets one, for this person alone.
    """
    if not deadlines.mails(now):
        return None
    settings, _ = library.letters(tx, to)
    reminded = store.reminders.of_person(tx, to.id)
    contexts = [Context(tx, library, worn, now) for worn in library.hats(tx, to).values() or (to,)]
    waits = _waits(contexts, _late(settings, now, Remind.OVERSEER))
    today = now.astimezone(deadlines.ZONE).date()
    soon = deadlines.after(now, _term(settings, Remind.BEFORE))
    timed = [line for line in waits.own.values() if line.deadline is not None]
    late = [line for line in timed if line.deadline is not None and line.deadline < now]
    due = [line for line in timed if line not in late and line.deadline is not None and line.deadline < soon]
    now_due = [line for line in due if line.deadline and line.deadline.astimezone(deadlines.ZONE).date() == today]
    fresh = store.reminders.fresh(tx, waits.own.keys(), reminded.sent_at) - {line.task_id for line in (*late, *due)}
    partner_in = {held.municipality for held in to.appointments if held.role == RoleId.CORE_PARTNER}
    beyond = _late(settings, now, Remind.COLLEAGUES)
    beside = store.reminders.of_colleagues(tx, to.id, to.organisation, partner_in, beyond) if partner_in else 0
    urgent = (
        (len(late), "is te laat", "zijn te laat"),
        (len(waits.others), "van een ander is te laat", "van anderen zijn te laat"),
        (beside, "van een collega is te laat", "van collega’s zijn te laat"),
    )
    calm = (
        (len(now_due), "moet vandaag af", "moeten vandaag af"),
        (len(due) - len(now_due), "moet binnenkort af", "moeten binnenkort af"),
        (len(fresh), "is nieuw", "zijn nieuw"),
        (waits.deputising, "is van iemand voor wie je waarneemt", "zijn van iemand voor wie je waarneemt"),
    )
    lines = [_counted(*each) for each in (urgent if reminded.only_late else (*urgent, *calm)) if each[0]]
    if not lines:
        return None
    answers = _answers(contexts, late if reminded.only_late else (*late, *due), now)
    return {"werk": "\n".join(lines), "antwoordlinks": answers}


def _counted(number: int, single: str, several: str) -> str:
    if number >= MOST:  # no more are read
        return f"- {MOST} of meer taken {several}"
    return f"- {number} taak {single}" if number == 1 else f"- {number} taken {several}"


def _waits(contexts: Iterable[Context], late: datetime) -> _Waits:
    own: dict[int, Line] = {}
    others: dict[int, Line] = {}
    deputising: set[int] = set()
    for ctx in contexts:
        for kind in (TaskList.MINE, TaskList.ROLE):
            own |= {line.task_id: line for line in _lines(ctx, kind)}
        waits = stood_in(ctx)
        still = store.reminders.standing_still(ctx.tx, {each.task.case_id for each in waits})
        deputising |= {each.task.id for each in waits if each.task.circle or each.task.case_id not in still}
        if ctx.sight.overseen:
            others |= {line.task_id: line for line in _lines(ctx, TaskList.LATE)}
    beyond = {id for id, line in others.items() if id not in own and line.deadline and line.deadline < late}
    return _Waits(own, frozenset(beyond), len(deputising - own.keys()))


def _lines(ctx: Context, kind: TaskList) -> Iterable[Line]:
    lines = store.tasks.listing(ctx.tx, ctx.sight, Filter(kind, limit=MOST), ctx.now).lines
    still = store.reminders.standing_still(ctx.tx, {line.case_id for line in lines})
    return (line for line in lines if line.circle or line.case_id not in still)


def _answers(contexts: Iterable[Context], lines: Iterable[Line], now: datetime) -> str:
    """A link for each agreement that can be answered by one, by the day for which it was agreed."""
    made: dict[int, str] = {}
    wanted = {line.task_id: line for line in lines}
    for ctx in contexts:
        for line in wanted.values():
            if line.task_id not in made and len(made) < LINKS and _answerable(ctx, line):
                made[line.task_id] = links.address(_link(ctx, line, now))
    said = (f"- [Antwoord over de afspraak voor {_day(wanted[id])}]({{adres}}{path})" for id, path in made.items())
    return "\n".join(["Antwoord meteen, zonder je aan te melden:", "", *said]) if made else ""


def _day(line: Line) -> str:
    return deadlines.in_words(line.deadline) if line.deadline else "later"


def _link(ctx: Context, line: Line, now: datetime) -> str:
    expires = now + ANSWERED_WITHIN
    return links.make(ctx, LinkKind.AFSPRAAK, str(line.task_id), line.case_id, ctx.actor.id, expires)


def _answerable(ctx: Context, line: Line) -> bool:
    """Whether this person may answer it by a link now."""
    case = store.case_files.read(ctx.tx, line.case_id, None)
    model = ctx.library.model(ctx.tx, case.version_id)
    element = model.definition.element(line.process, line.element)
    if not links.answerable(element, form_of(model.definition, element)):
        return False
    row = store.tasks.one(ctx.tx, line.task_id)
    facts = store.case_files.facts(ctx.tx, case, ctx.sight)
    return Verb.COMPLETE in access.may(ctx.sight, facts, row.facts)

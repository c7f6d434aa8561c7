"""Telling who signalled how it goes with that: what consent allows, on the page of the own words, and by a mail that
says no more than that there is something to read.

Until something is open to the organisation of who signalled, one knows that the signal was received, and at the end
that it is over: whether the family said no is no news.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import access, deadlines, store
from engine.access import CaseFacts
from engine.cases.asking import form_of
from engine.cases.context import Context
from engine.cases.known import Known
from engine.cases.library import Library
from engine.consent import HANDED
from engine.definitions import Element
from engine.forms import Form
from engine.store.case_files import CaseRow
from engine.store.letters import Outgoing
from engine.words import Arranged, CaseStatus, Ground, Letter, News, Part, RoleId

SIGNAL, HEARS, REPLY = "signaal", "nieuws", "antwoord"
MOST = 25


@dataclass(frozen=True)
class Signal:
    """How it goes with a signal of one's own. `title` is one that this person wrote, and `said` what the Knooppunt said
    of it, where consent opens that: a form and its answers.
    """

    case_id: int
    title: str
    at: datetime
    news: News
    known: bool
    said: tuple[Form, Mapping[str, Any]] | None = None


def signals(ctx: Context) -> tuple[Signal, ...]:
    """The newest signals of one's own, and how it goes with each."""
    mine = []
    for id in store.signalled.own(ctx.tx, ctx.sight.person, MOST):
        case = store.case_files.read(ctx.tx, id, None)
        facts = store.case_files.facts(ctx.tx, case, ctx.sight)
        if case.reopened and RoleId.AANMELDER not in facts.part_as and access.oversees(ctx.sight, facts):
            continue  # brought in for who called
        definition = ctx.library.model(ctx.tx, case.version_id).definition
        known = Known(definition, case.document, store.answers.of_case(ctx.tx, id))
        news, said = _news(ctx, case, facts, known)
        title = case.title if case.named_by == ctx.sight.person and case.title else f"Signaal {id}"
        ctx.looks.shows(id, case.municipality, Ground.CONSENT if said else Ground.OWN, {Part.OUTCOME})
        mine.append(Signal(id, title, case.started_at, news, bool(access.parts(ctx.sight, facts)), said))
    return tuple(mine)


def tell(ctx: Context, case: CaseRow, known: Known) -> None:
    """Mail who signalled a case that there is news of it, once for each, unless this person did it."""
    for id, role in store.case_files.participants(ctx.tx, case.id):
        if role != RoleId.AANMELDER:
            continue
        employee = store.staff.one(ctx.tx, id)
        if employee.ended_at is not None:
            continue
        theirs = Context(ctx.tx, ctx.library, employee.person, ctx.now)
        news, _ = _news(theirs, case, store.case_files.facts(ctx.tx, case, theirs.sight), known)
        if (
            store.signalled.hears(ctx.tx, case.id, id, news)
            and employee.mail
            and theirs.sight.person == id != ctx.actor.id
        ):
            fields = {SIGNAL: str(case.id), HEARS: news, REPLY: _replied_by(ctx, case)}
            key, at = f"{Letter.SIGNAL_NEWS}:{case.id}:{id}:{news}", deadlines.next_mail(ctx.now)
            store.letters.put(ctx.tx, key, id, Letter.SIGNAL_NEWS, fields, at)


def told(tx: store.Transaction, library: Library, letter: Outgoing, now: datetime) -> str | None:
    """To which address an answer to this letter goes, "" for none; None where its news no longer holds."""
    id = int(letter.fields[SIGNAL])
    if (letter.to.id, RoleId.AANMELDER) not in store.case_files.participants(tx, id):
        return None
    ctx, case = Context(tx, library, letter.to, now), store.case_files.read(tx, id, None)
    definition = library.model(tx, case.version_id).definition
    known = Known(definition, case.document, store.answers.of_case(tx, id))
    news, _ = _news(ctx, case, store.case_files.facts(tx, case, ctx.sight), known)
    if news != letter.fields[HEARS]:
        return None
    replies = letter.fields[REPLY]
    return store.staff.one(tx, replies).mail if replies else ""


def arranges(element: Element) -> bool:
    """Whether a step lets who signalled know how it goes."""
    return element.properties.get("regelt") == Arranged.SIGNALLER_KNOWS


def _news(
    ctx: Context, case: CaseRow, facts: CaseFacts, known: Known
) -> tuple[News, tuple[Form, Mapping[str, Any]] | None]:
    if case.status != CaseStatus.RUNNING or RoleId.AANMELDER not in facts.part_as:
        return News.ENDED, None
    if not (case.agreed and facts.opened):
        return News.RECEIVED, None
    said = _said(ctx, facts, known, case)
    return (News.TOLD if said else News.GOING), said


def _said(ctx: Context, facts: CaseFacts, known: Known, case: CaseRow) -> tuple[Form, Mapping[str, Any]] | None:
    """What the Knooppunt said last in this round, as far as who signalled may read it; None where that is nothing."""
    for answered in reversed(known.answers):
        element = known.definition.element(answered.process, answered.element)
        if answered.purpose == HANDED or answered.at < case.begun_at or not arranges(element):
            continue
        values = known.of_step(ctx.sight, facts, answered, element)
        return (form_of(known.definition, element), values) if values else None
    return None


def _replied_by(ctx: Context, case: CaseRow) -> str:
    """Who answers what is asked about a signal: who did what there is news of, where that is the Knooppunt team."""
    facts = store.case_files.facts(ctx.tx, case, ctx.sight)
    return ctx.actor.id if ctx.actor.id and access.oversees(ctx.sight, facts) else ""

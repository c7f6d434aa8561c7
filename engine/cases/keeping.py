"""How long a case that ended stays, as who keeps the overview sees and decides it: until its term is over, longer where
the law or a complaint asks it, or shorter where its family does. Two people decide the last, and it can be stopped.
"""

from dataclasses import dataclass
from datetime import date, datetime

from engine import access, deadlines, store
from engine.access import CaseFacts
from engine.cases import retention
from engine.cases.context import Context
from engine.cases.locks import lock_case
from engine.definitions import Retention
from engine.errors import ConflictError, InvalidDataError, NotAllowedError
from engine.store.case_files import CaseRow
from engine.store.keeping import Hold, Request
from engine.words import CaseStatus, Kept

LONGEST_REASON = 500


@dataclass(frozen=True)
class Stay:
    """How long a case stays. `planned` is when it is erased as it stands now; `terms` are those of its region, by
    `Kept`; `may_confirm` says that the reader may, who didn't ask it.
    """

    case: CaseRow
    title: str
    planned: datetime | None
    terms: dict[Kept, Retention | None]
    held: Hold | None
    asked: Request | None
    may_confirm: bool
    names: dict[str, str]


def stay(ctx: Context, case_id: int) -> Stay:
    """How long a case stays. Raises NotFoundError where the actor doesn't know it, NotAllowedError where it is not this
    person's to decide, and as long as it runs.
    """
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    _refuse(ctx, case, ctx.facts(case))
    held, asked = store.keeping.hold_of(ctx.tx, case_id), store.keeping.request_of(ctx.tx, case_id)
    people = {person for person in (held and held.by, asked and asked.by, asked and asked.confirmed_by) if person}
    return Stay(
        case,
        store.case_files.title(ctx.tx, case_id, ctx.sight),
        retention.planned(ctx.tx, ctx.library, case),
        {kept: ctx.library.kept(ctx.tx, case.municipality, kept) for kept in Kept},
        held,
        asked,
        asked is not None and not asked.confirmed_by and asked.by != ctx.actor.id,
        store.people.names(ctx.tx, people),
    )


def _own(ctx: Context, case_id: int) -> CaseRow:
    case, facts, _ = lock_case(ctx, case_id)
    _refuse(ctx, case, facts)
    return case


def _refuse(ctx: Context, case: CaseRow, facts: CaseFacts) -> None:
    if not access.oversees(ctx.sight, facts) or not case.guarded:
        raise NotAllowedError("Hoelang een dossier blijft, beslist wie het overzicht heeft in deze gemeente.")
    if case.status == CaseStatus.RUNNING:
        raise NotAllowedError("Dit dossier loopt nog. Sluit het eerst af: pas daarna kan het worden gewist.")


def hold(ctx: Context, case_id: int, reason: str, until: date | None) -> None:
    """Keep a case that would be erased, with the reason and until which day. Raises InvalidDataError where one of both
    is missing.
    """
    case = _own(ctx, case_id)
    wrong = {}
    if not reason.strip() or len(reason) > LONGEST_REASON:
        wrong["reden"] = f"Schrijf in hoogstens {LONGEST_REASON} tekens waarom dit dossier moet blijven."
    if until is None or until <= ctx.now.astimezone(deadlines.ZONE).date():
        wrong["tot"] = "Kies een dag die nog komt."
    if wrong or until is None:
        raise InvalidDataError("Er ontbreekt nog iets.", wrong)
    store.keeping.put_hold(ctx.tx, case_id, Hold(ctx.actor.id, ctx.now, reason.strip(), deadlines.end_of_day(until)))
    retention.plan(ctx.tx, ctx.library, case)


def lift(ctx: Context, case_id: int) -> None:
    """Let nothing keep a case any longer than its term."""
    case = _own(ctx, case_id)
    store.keeping.lift(ctx.tx, case_id)
    retention.plan(ctx.tx, ctx.library, case)


def ask_erasure(ctx: Context, case_id: int) -> None:
    """Record that the family asks to be erased; nothing happens until somebody else confirms it."""
    _own(ctx, case_id)
    if store.keeping.request_of(ctx.tx, case_id) is not None:
        raise ConflictError("Dit verzoek is al vastgelegd.", case_id=case_id)
    store.keeping.ask(ctx.tx, case_id, ctx.actor.id, ctx.now)


def confirm_erasure(ctx: Context, case_id: int) -> None:
    """Confirm it: the case is erased when the term in which it can be stopped is over. Raises NotAllowedError where who
    confirms asked it, ConflictError where its region did not decide that term.
    """
    case = _own(ctx, case_id)
    asked = store.keeping.request_of(ctx.tx, case_id)
    if asked is None or asked.confirmed_by:
        raise ConflictError("Er is geen verzoek dat op jouw akkoord wacht.", case_id=case_id)
    if asked.by == ctx.actor.id:
        raise NotAllowedError("Je legde dit verzoek zelf vast. Een collega die ook het overzicht heeft, bevestigt het.")
    pause = ctx.library.kept(ctx.tx, case.municipality, Kept.PAUSE)
    if pause is None:
        raise ConflictError(
            "Je regio heeft niet besloten hoelang wissen nog kan worden gestopt ('bedenktijd'). Vraag de functionaris "
            "gegevensbescherming.",
            case_id=case_id,
        )
    store.keeping.confirm(ctx.tx, case_id, ctx.actor.id, deadlines.after(ctx.now, pause.duration))
    retention.plan(ctx.tx, ctx.library, case)


def stop_erasure(ctx: Context, case_id: int) -> None:
    """Stop it: the case stays as long as its term says."""
    case = _own(ctx, case_id)
    store.keeping.stop(ctx.tx, case_id)
    retention.plan(ctx.tx, ctx.library, case)

"""Undoing a slip: by who recorded it, within the hour, until something left the house or somebody else acted.

One mechanism for what is told, completed and closed: what stood there before is kept by `store.undo` and put back
whole. A yes that was withdrawn comes back only by the person who said it, so what withdraws is never kept. Why it can't
be done any more is not told: who acted in between may act in a circle.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from engine import consent, store
from engine.cases import retention
from engine.cases.context import Context
from engine.cases.locks import lock_case
from engine.cases.views import Undoable
from engine.cases.writing import opened_anew
from engine.definitions import Element
from engine.definitions.registers import Entry
from engine.errors import ConflictError
from engine.store.case_files import CaseRow, EventRow
from engine.store.tasks import TaskRow
from engine.words import Answer, Happening, Register

WITHIN = timedelta(hours=1)

ACTS = frozenset(
    {
        *(Happening.COMPLETED, Happening.MESSAGE, Happening.CLOSED, Happening.REOPENED, Happening.SKIPPED),
        *(Happening.POSTPONED, Happening.PAUSED, Happening.RESUMED),
    }
)
"""What may be undone."""

IN_HAND = frozenset({Happening.CLAIMED, Happening.RELEASED})
"""What who acted may have done since then, without it being too late."""

TOO_LATE = (
    "Dit kun je nu niet ongedaan maken. Dat kan een uur lang, door wie het vastlegde, tot er iets de deur uit is of er "
    "weer iets in het dossier gebeurt. Klopt een antwoord niet? Corrigeer het dan."
)


def remember(ctx: Context, case: CaseRow, waiting: Iterable[TaskRow], touched: Collection[str]) -> bool:
    """Keep a locked case as it stands, before an act of the actor that may be undone; gives whether a clock runs."""
    return store.undo.keep(ctx.tx, case, waiting, (ctx.actor.id, ctx.now + WITHIN), touched)


def lasting(ctx: Context, case_id: int, element: Element, entries: Iterable[Entry]) -> bool:
    """Whether completing a step can't be undone: something leaves the house by it, or it takes back a yes."""
    leaves = element.properties.get("deelt") == Answer.YES or not {"stuurt", "opent_bij"}.isdisjoint(element.properties)
    filed = tuple(entries)
    if leaves or any(entry.register == Register.DISCLOSURE for entry in filed):
        return True
    now_said = consent.said(consent.consents_of(filed))
    if False not in now_said.values():
        return False
    before = consent.said(said.consent for said in store.registers.said(ctx.tx, case_id))
    return any(before.get(cell) and not allowed for cell, allowed in now_said.items())


def standing(ctx: Context, case_id: int, history: Sequence[EventRow]) -> Undoable | None:
    """What the actor may undo now."""
    kept = store.undo.of_case(ctx.tx, case_id)
    if kept is None or kept.person != ctx.actor.id or kept.until <= ctx.now:
        return None
    since = [event for event in history if event.id > kept.event and event.kind != Happening.TAKEN_BACK]
    own = all(event.actor == kept.person and event.kind in ACTS | IN_HAND for event in since)
    acts = [event for event in since if event.kind in ACTS]
    return Undoable(acts[0], kept.until) if own and len(acts) == 1 else None


def undo(ctx: Context, case_id: int) -> None:
    """Put a case back as it was before what the actor did in it last. Raises ConflictError where it is too late."""
    case, _, _ = lock_case(ctx, case_id)
    undoable = standing(ctx, case_id, store.case_files.history(ctx.tx, case_id))
    if undoable is None:
        raise ConflictError(TOO_LATE, case_id=case_id)
    before = store.undo.put_back(ctx.tx, case)
    opened_anew(ctx, ctx.library.model(ctx.tx, case.version_id), before)
    retention.plan(ctx.tx, ctx.library, before)
    act = undoable.act
    detail = {"wat": act.kind, **({"naam": act.detail["naam"]} if "naam" in act.detail else {})}
    event = {"process": act.process, "element": act.element, "item": act.item, "detail": detail}
    ctx.happened(case_id, {"kind": Happening.UNDONE, **event})

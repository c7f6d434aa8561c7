"""A signal that was a mistake, and two dossiers of one family.

Who signalled removes the own signal as long as nobody of the family was asked anything: what was told about the family
is erased, the number, the dates and the reason stay. Two dossiers are joined by who keeps the overview of both, once
the family lets both go on: one of them ends. What was said and written there moves nowhere, since a yes was said in one
dossier, to what was read out there.
"""

from collections.abc import Mapping
from dataclasses import replace

from engine import access, process, store
from engine.cases import erasing
from engine.cases.context import Context
from engine.cases.locks import lock_case
from engine.cases.moves import close
from engine.cases.reading import may_remove
from engine.cases.writing import opened_anew
from engine.errors import ConflictError, NotAllowedError
from engine.words import CaseStatus, Happening, Job, Mistake, TaskStatus

MISTAKES: Mapping[str, str] = {
    Mistake.SLIP: "Per ongeluk ingevoerd",
    Mistake.DOUBLE: "Er was al een signaal over dit gezin",
    Mistake.OTHER_FAMILY: "Het ging over een ander gezin",
}
"""Why a signal is removed; chosen and not typed, since a reason in words would say something of the family again."""


def remove(ctx: Context, case_id: int, why: Mistake) -> None:
    """Remove the own signal, with all that it says of a family.

    A safety file that runs goes on, unseen, with what it needs: it keeps what its steps wrote, and the rest goes when
    it ends. Raises NotAllowedError where it is another's signal, or somebody of the family was asked already.
    """
    case, facts, _ = lock_case(ctx, case_id)
    if not may_remove(ctx, case, facts):
        raise NotAllowedError(
            "Dit signaal kun je niet weghalen. Dat kan wie het invoerde, zolang het gezin nog niets is gevraagd."
        )
    model = ctx.library.model(ctx.tx, case.version_id)
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    unseen = any(row.safety for row in waiting)
    store.tasks.end(ctx.tx, [row for row in waiting if not row.safety], TaskStatus.LAPSED, ctx.actor.id)
    if not unseen:
        store.jobs.plan(ctx.tx, Job.CLOCK, case_id, None)
    erasing.empty(ctx, model.definition, case)
    event = {"kind": Happening.REMOVED, "detail": {"reden": MISTAKES[why]}}
    ctx.happened(case_id, event)
    gone = replace(case, status=CaseStatus.REMOVED, ended_at=ctx.now, end_reason=MISTAKES[why])
    if not unseen:
        gone = replace(gone, document={process.PLACE: case.municipality}, state="")
    opened_anew(ctx, model, gone)


def join(ctx: Context, case_id: int, into: int) -> None:
    """End a dossier, since that family goes on in another one.

    Raises NotAllowedError where this person doesn't keep the overview of both, ConflictError where they are not two
    that run and that the family lets go on.
    """
    both = {id: lock_case(ctx, id) for id in sorted({case_id, into})}
    if not all(access.oversees(seen, facts) for _, facts, seen in both.values()):
        raise NotAllowedError("Alleen wie het overzicht heeft in deze gemeente, mag dossiers samenvoegen.")
    cases = [case for case, _, _ in both.values()]
    alike = len({(case.process, case.municipality) for case in cases}) == 1 and len(cases) == 2
    if not alike or not all(case.status == CaseStatus.RUNNING and case.agreed for case in cases):
        raise ConflictError(
            "Samenvoegen kan met twee dossiers in deze gemeente die allebei lopen, en waarin het gezin ja zei tegen "
            "het Knooppuntteam."
        )
    close(ctx, case_id, f"Dubbel. Dit gezin gaat verder in dossier {into}.")
    store.undo.forget(ctx.tx, case_id)
    event = {"kind": Happening.JOINED, "detail": {"met": case_id}}
    ctx.happened(into, event)

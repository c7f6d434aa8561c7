"""Adding a letter or note that came late: kept as the own words of who writes it, and opened to nobody else by it."""

from collections.abc import Sequence

from engine import access, store
from engine.cases.context import Context
from engine.cases.views import Noting
from engine.errors import InvalidDataError, NotFoundError
from engine.store.case_files import CaseRow
from engine.store.notes import Note, Reason
from engine.words import CaseStatus, Ground, Part

NOTE = "tekst"
"""The question of the note."""

MAX_NOTE = 20_000


def noting(ctx: Context, case_id: int) -> Noting:
    """The case to which this person may add something. Raises NotFoundError where that isn't so: who wrote in it may,
    whether or not it still runs, so that nothing is told by it; who keeps the overview once it has ended.
    """
    case = store.case_files.read(ctx.tx, case_id, None)
    facts = ctx.facts(case)
    wrote = store.notes.wrote(ctx.tx, case_id, ctx.sight.person)
    if case.status == CaseStatus.REMOVED or not access.may_note(ctx.sight, facts, wrote):
        raise NotFoundError(store.case_files.UNKNOWN)
    return Noting(case_id, _title(ctx, case))


def _title(ctx: Context, case: CaseRow) -> str:
    return store.case_files.title(ctx.tx, case.id, ctx.sight)


def add_note(ctx: Context, case_id: int, text: str) -> None:
    """Add a note. Raises NotFoundError as `noting` does, InvalidDataError where nothing is written."""
    noting(ctx, case_id)
    store.case_files.lock(ctx.tx, case_id, None)
    wrong = "Schrijf op wat er in de brief of het bericht staat." if not text.strip() else ""
    if len(text) > MAX_NOTE:
        wrong = f"Maak de tekst korter: hoogstens {MAX_NOTE} tekens."
    if wrong:
        raise InvalidDataError(wrong, {NOTE: wrong})
    store.notes.add(ctx.tx, case_id, ctx.actor.id, text.strip(), ctx.now)


def notes(ctx: Context) -> Sequence[Note]:
    """What the actor added to cases, the last first."""
    rows = store.notes.written_by(ctx.tx, ctx.sight.person)
    for row in rows:
        ctx.looks.shows(row.case_id, row.municipality, Ground.OWN, {Part.ANSWERS})
    return rows


def reasons(ctx: Context) -> Sequence[Reason]:
    """Why the actor closed, reopened, skipped or corrected something, the last first: own words too, in cases that may
    be read no more as well.
    """
    rows = store.notes.reasons_of(ctx.tx, ctx.sight.person)
    for row in rows:
        ctx.looks.shows(row.case_id, row.municipality, Ground.OWN, {Part.HISTORY})
    return rows

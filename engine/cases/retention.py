"""When what a case holds is erased: the terms of its region, counted from its end, and what is planned by them."""

from datetime import datetime

from engine import deadlines, store
from engine.cases.library import Library
from engine.store.case_files import CaseRow
from engine.words import CaseStatus, Job, Kept


def due(tx: store.Transaction, library: Library, case: CaseRow) -> datetime | None:
    """When a case is to be erased, but for safety files that stay longer; None as long as it runs, where it is about no
    family, and where its region does not say.
    """
    what = Kept.REMOVED if case.status == CaseStatus.REMOVED else Kept.DOSSIER
    return _after(tx, library, case, what)


def safety_due(tx: store.Transaction, library: Library, case: CaseRow) -> datetime | None:
    """The same of the safety files of a case."""
    return _after(tx, library, case, Kept.SAFETY)


def _after(tx: store.Transaction, library: Library, case: CaseRow, what: Kept) -> datetime | None:
    term = library.kept(tx, case.municipality, what)
    if term is None or not case.guarded or case.ended_at is None or case.status == CaseStatus.RUNNING:
        return None
    return deadlines.after(case.ended_at, term.duration)


def planned(tx: store.Transaction, library: Library, case: CaseRow) -> datetime | None:
    """When something of a case is to be erased: when its term is over, or sooner where its family asked it and two
    people recorded that, and in no case before what keeps it is over.
    """
    if case.status == CaseStatus.RUNNING:
        return None
    asked, held = store.keeping.request_of(tx, case.id), store.keeping.hold_of(tx, case.id)
    moments = [moment for moment in (due(tx, library, case), asked.due_at if asked else None) if moment is not None]
    if not moments:
        return None
    return max(min(moments), held.until) if held else min(moments)


def plan(tx: store.Transaction, library: Library, case: CaseRow) -> None:
    """Let a case be erased when its time comes; as long as it runs it isn't."""
    store.jobs.plan(tx, Job.FORGET, case.id, planned(tx, library, case))


def plan_anew(tx: store.Transaction, library: Library) -> int:
    """Plan it anew for every case that ended, since terms changed; gives how many they are."""
    cases = store.case_files.ended(tx)
    for case in cases:
        plan(tx, library, case)
    return len(cases)


def trim_looks(tx: store.Transaction, library: Library, now: datetime) -> int:
    """Take out of the look-log what every region that it is about kept long enough; gives how many looks went. Where
    several regions share a database the longest term decides, since the log is one chain.
    """
    limits = {}
    for settings in library.regions(tx):
        for place in settings.municipalities:
            term = library.kept(tx, place, Kept.LOOKS)
            if term is not None:
                limits[place] = deadlines.before(now, term.duration)
    return store.looks.trim(tx, limits, now)


def undecided(tx: store.Transaction, library: Library) -> tuple[tuple[str, tuple[Kept, ...]], ...]:
    """By the name of each region here of what it did not decide how long it is kept, so that it is never erased."""
    return tuple(
        (settings.name, missing)
        for settings in library.regions(tx)
        if settings.municipalities
        and (missing := tuple(k for k in Kept if library.kept(tx, next(iter(settings.municipalities)), k) is None))
    )

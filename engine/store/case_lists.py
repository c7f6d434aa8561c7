"""Lists of cases: which somebody may see, in which order, and how each of them stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Sight
from engine.store.case_files import name_begins, of_number, overseen, shown_title, visible, ways
from engine.store.database import Transaction, folded, known_text
from engine.store.searching import FEW, among, beginnings, begins, narrowed
from engine.store.tables import OPEN, Order, Place, case_file, participant, person, task, word
from engine.store.tasks import SORTED, Step, next_steps, seen_by
from engine.words import CaseStatus, Ground, RoleId

NOTHING = Step("", "", None, "", "", ())


@dataclass(frozen=True)
class CaseFilter:
    """Which cases to list, in which order; `lead` is the casusregisseur, and `phase` one in which a step waits that who
    asks may know of.
    """

    status: str = ""
    search: str = ""
    municipality: str = ""
    phase: str = ""
    lead: str = ""
    order: str = Order.DATE
    limit: int = 50
    after: Place | None = None


EVERY_CASE = CaseFilter()


@dataclass(frozen=True)
class CaseLine:
    """One case in a list, and why it stands there; `started_at` is when its newest round began, `step` the most urgent
    one that waits as far as this person may know of it, `lead` the name of the casusregisseur, or of more than one.
    """

    id: int
    title: str
    process: str
    municipality: str
    status: str
    started_at: datetime
    guarded: bool = True
    ground: str = ""
    step: Step = NOTHING
    lead: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.started_at, self.id)

    @property
    def shows_involved(self) -> bool:
        """Whether who takes part may be read: `access.parts` asks the same."""
        overseen = self.ground == Ground.OVERVIEW and (self.status == CaseStatus.RUNNING or not self.guarded)
        return self.ground == Ground.CONSENT or overseen


def listing(tx: Transaction, seen: Sight, chosen: CaseFilter = EVERY_CASE) -> tuple[Sequence[CaseLine], bool]:
    """The cases that a person may see, the newest first or as they are to be ordered, at most `limit`; and whether more
    than `SORTED` were to be put in order, of which the older were left out. What is searched is looked for in the title
    as this person sees it.
    """
    order = case_file.c.began_at.desc(), case_file.c.id.desc()
    page = sa.select(case_file.c.id).where(visible(seen), *_narrowed(tx, seen, chosen)).order_by(*order)
    # first which, then what: whose case it is is asked of those on the page alone
    if chosen.order == Order.DATE:
        if chosen.after:
            page = page.where(sa.tuple_(case_file.c.began_at, case_file.c.id) < chosen.after)
        lines = _lines(tx, seen, tx.execute(page.limit(chosen.limit)).scalars().all())
        return sorted(lines, key=lambda line: line.place, reverse=True), False
    ids = list(tx.execute(page.limit(SORTED + 1)).scalars())
    before = chosen.after.id if chosen.after else 0
    text = _TEXTS[Order(chosen.order)]
    places = {line.id: (not text(line), folded(text(line)), line.id) for line in _lines(tx, seen, [*ids, before])}
    start = places.get(before, (False, "", 0))
    later = sorted((id for id in ids[:SORTED] if places[id] > start), key=lambda id: places[id])[: chosen.limit]
    on_page = sorted(_lines(tx, seen, later), key=lambda line: later.index(line.id))
    return on_page, len(ids) > SORTED


_TEXTS: Mapping[Order, Any] = {
    Order.FAMILY: lambda line: line.title,
    Order.STEP: lambda line: line.step.title,
    Order.PERSON: lambda line: line.lead,
}


def _lines(tx: Transaction, seen: Sight, ids: Collection[int]) -> Sequence[CaseLine]:
    """How these cases stand, in no order."""
    ground = sa.case(*((way, ground) for ground, way in ways(seen)), else_=Ground.OWN)
    columns = (case_file.c[name] for name in ("process", "municipality", "status", "began_at", "guarded"))
    query = sa.select(case_file.c.id, shown_title(seen), *columns, ground).where(among(case_file.c.id, list(ids)))
    lines = [CaseLine(*row) for row in tx.execute(query)]
    steps = next_steps(tx, seen, [line.id for line in lines if line.status == CaseStatus.RUNNING])
    leads = _leads(tx, [line.id for line in lines if line.shows_involved])
    return [replace(line, step=steps.get(line.id, NOTHING), lead=leads.get(line.id, "")) for line in lines]


def _leads(tx: Transaction, ids: Sequence[int]) -> Mapping[int, str]:
    """The names of who is casusregisseur, by case."""
    leads = sa.and_(among(participant.c.case_id, ids), participant.c.role == RoleId.CASUSREGISSEUR)
    query = sa.select(participant.c.case_id, person.c.name).join(person, person.c.id == participant.c.person_id)
    names: dict[int, list[str]] = {}
    for case_id, name in tx.execute(query.where(leads)):
        names.setdefault(case_id, []).append(name)
    return {case_id: ", ".join(sorted(several)) for case_id, several in names.items()}


def _narrowed(tx: Transaction, seen: Sight, chosen: CaseFilter) -> Iterator[sa.ColumnElement[bool]]:
    if chosen.status:
        yield case_file.c.status == known_text(chosen.status)
    if chosen.municipality:
        yield case_file.c.municipality == known_text(chosen.municipality)
    if chosen.lead:
        own = participant.c.person_id == known_text(chosen.lead), participant.c.role == RoleId.CASUSREGISSEUR
        yield case_file.c.id.in_(sa.select(participant.c.case_id).where(*own))
        yield overseen(seen)  # for others who takes part may be hidden
    if chosen.phase:
        yield from _in_phase(tx, seen, chosen.phase)
    if chosen.search:
        yield from _sought(tx, seen, chosen.search)


def _in_phase(tx: Transaction, seen: Sight, phase: str) -> Iterator[sa.ColumnElement[bool]]:
    """Whether a step of this phase waits in a case that this person may know of."""
    waits = sa.and_(OPEN, task.c.phase == known_text(phase), task.c.circle == "")
    some = tx.execute(sa.select(task.c.case_id).where(waits).limit(FEW + 1)).scalars().all()
    if len(some) <= FEW:
        yield among(case_file.c.id, sorted(set(some)))
    known = sa.select(1).where(task.c.case_id == case_file.c.id, waits, seen_by(seen))
    yield sa.exists(known.correlate(case_file))


def _sought(tx: Transaction, seen: Sight, search: str) -> Iterator[sa.ColumnElement[bool]]:
    """What has to hold of a case in whose title somebody searches."""
    typed = beginnings(search)
    few = narrowed(tx, typed, _perhaps)
    yield sa.true() if few is None else among(case_file.c.id, few)
    yield from (name_begins(seen, beginning) for beginning in typed)


def _perhaps(beginning: str) -> Iterator[sa.Select[Any]]:
    """The cases of which a word begins so, whoever may find it."""
    yield sa.select(word.c.case_id).where(begins(word.c.word, beginning), word.c.task_id.is_(None))
    numbered = of_number(case_file.c.id, beginning)
    if numbered is not None:
        yield sa.select(case_file.c.id).where(numbered)

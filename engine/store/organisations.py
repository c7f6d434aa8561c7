"""The organisations of each region, as a house knows them: filled when a region publishes, changed by a beheerder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.access import Sight
from engine.definitions import Organisation
from engine.store import versions
from engine.store.case_files import overseen, shown_title
from engine.store.database import Transaction
from engine.store.tables import appointment, case_file, opening, organisation, person, task
from engine.words import CaseStatus, TaskStatus


@dataclass(frozen=True)
class Known:
    """One organisation: its name here, and the one that its region `published`; how it is reached, since when it does
    nothing here any more, and who changed it last.
    """

    region: str
    id: str
    name: str
    published: str
    sort: str = ""
    phone: str = ""
    mail: str = ""
    ended_at: datetime | None = None
    changed_by: str = ""
    changed_at: datetime | None = None


_opened = opening.alias("opened")


@dataclass(frozen=True)
class Waiting:
    """What waits at an organisation: who works there, and how many open tasks and running cases count on it."""

    people: tuple[str, ...]
    tasks: int
    cases: int


def different(tx: Transaction) -> tuple[Known, ...]:
    """The organisations of which this house says something else or more than their region. Whoever keeps that looks
    again when a version has another mark (`store.versions`).
    """
    says = sa.or_(
        organisation.c.name != organisation.c.published,
        organisation.c.phone != "",
        organisation.c.mail != "",
        organisation.c.ended_at.is_not(None),
    )
    names = ("region", "id", "name", "published", "sort", "phone", "mail", "ended_at")
    query = sa.select(*(organisation.c[name] for name in names)).where(says)
    return tuple(Known(*row) for row in tx.execute(query.order_by(organisation.c.region, organisation.c.id)))


def of_region(tx: Transaction, region: str) -> tuple[Known, ...]:
    """The organisations of a region, by name."""
    query = (
        sa.select(organisation, sa.func.coalesce(person.c.name, "").label("by"))
        .outerjoin(person, person.c.id == organisation.c.changed_by)
        .where(organisation.c.region == region)
        .order_by(organisation.c.name, organisation.c.id)
    )
    return tuple(
        Known(r.region, r.id, r.name, r.published, r.sort, r.phone, r.mail, r.ended_at, r.by, r.changed_at)
        for r in tx.execute(query)
    )


def fill(tx: Transaction, region: str, published: Iterable[Organisation]) -> tuple[Known, ...]:
    """Take over what a region says of its organisations; a name that was changed here stays, and those are given."""
    known = {row.id: row for row in of_region(tx, region)}
    changed = []
    for each in published:
        row = known.get(each.id)
        here = sa.and_(organisation.c.region == region, organisation.c.id == each.id)
        if row is None:
            values = {"region": region, "id": each.id, "name": each.name, "published": each.name, "sort": each.kind}
            tx.execute(sa.insert(organisation).values(values))
            continue
        own = row.name != row.published and row.name != each.name
        values = {"name": row.name if own else each.name, "published": each.name, "sort": each.kind}
        if values != {"name": row.name, "published": row.published, "sort": row.sort}:
            tx.execute(sa.update(organisation).where(here).values(values))
            versions.mark(tx, region)
        if own:
            changed.append(Known(region, each.id, row.name, each.name))
    return tuple(changed)


def keep(tx: Transaction, row: Known, by: str, at: datetime) -> None:
    """Write how an organisation is called and reached, and whether it ended."""
    here = sa.and_(organisation.c.region == row.region, organisation.c.id == row.id)
    values = {"name": row.name, "phone": row.phone, "mail": row.mail, "ended_at": row.ended_at}
    changed = {"changed_by": by or None, "changed_at": at}
    tx.execute(sa.update(organisation).where(here).values(**values, **changed))
    versions.mark(tx, row.region)


def waiting(tx: Transaction, id: str) -> Waiting:
    """What waits at an organisation, and nothing of a circle."""
    works = sa.select(appointment.c.person_id).where(appointment.c.person_id == person.c.id)
    people = sa.select(person.c.name).where(person.c.organisation == id, person.c.ended_at.is_(None), works.exists())
    open_here = sa.and_(task.c.status == TaskStatus.OPEN, task.c.circle == "", task.c.organisation == id)
    cases = sa.select(sa.func.count(sa.distinct(_opened.c.case_id))).join(case_file).where(_counts_on(id))
    return Waiting(
        tuple(tx.execute(people.order_by(person.c.name)).scalars()),
        int(tx.execute(sa.select(sa.func.count()).select_from(task).where(open_here)).scalar_one()),
        int(tx.execute(cases).scalar_one()),
    )


def _counts_on(*ids: str) -> sa.ColumnElement[bool]:
    return sa.and_(_opened.c.organisation.in_(ids), case_file.c.status == CaseStatus.RUNNING)


def left_open(tx: Transaction, seen: Sight, ids: Iterable[str]) -> tuple[tuple[int, str, str, str], ...]:
    """The running cases that this person keeps the overview of and in which something is open to one of these
    organisations: case, title as this person sees it, municipality and organisation.
    """
    query = (
        sa.select(case_file.c.id, shown_title(seen), case_file.c.municipality, _opened.c.organisation)
        .join(_opened, _opened.c.case_id == case_file.c.id)
        .where(_counts_on(*ids), overseen(seen))
        .distinct()
        .order_by(case_file.c.id, _opened.c.organisation)
    )
    return tuple((r.id, r.case_title, r.municipality, r.organisation) for r in tx.execute(query))

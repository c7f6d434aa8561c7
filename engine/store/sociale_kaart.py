"""The sociale kaart of each region, as a house keeps it, and how often its zorgpaden are opened."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.definitions.sociale_kaart import (
    Contact,
    Listing,
    Row,
    Sheet,
    SocialeKaart,
    cells_of,
    contacts_in,
    made,
    sheet_of,
)
from engine.store import versions
from engine.store.database import Transaction
from engine.store.memory import asked_once
from engine.store.tables import gap, intervention, listing, listing_event, organisation, pathway_view, person, topic

_TABLES = {Sheet.TOPICS: topic, Sheet.INTERVENTIONS: intervention, Sheet.ORGANISATIONS: listing}
_APART = {"kind": organisation.c.sort, "name": organisation.c.name}
"""The cells of a listing that stand with the organisation."""


@dataclass(frozen=True)
class Tally:
    """How often something happened with a topic in a municipality."""

    municipality: str
    topic: str
    times: int


@dataclass(frozen=True)
class Change:
    """Cells of a listing that somebody changed: what each was, and what it became; `by` is "" for the command line."""

    at: datetime
    by: str
    cells: Mapping[str, tuple[str, str]]


@asked_once(topic, intervention, listing, organisation)
def of_region(tx: Transaction, region: str) -> SocialeKaart:
    """All of it, but organisations that stopped."""
    organisations = (
        sa.select(listing, *(column.label(name) for name, column in _APART.items()))
        .join(organisation)
        .where(listing.c.region == region, organisation.c.ended_at.is_(None))
        .order_by(listing.c.position, listing.c.id)
    )
    return SocialeKaart(
        *(
            tuple(made(sheet, dict(row)) for row in tx.execute(query).mappings())
            for sheet, query in (
                (Sheet.TOPICS, _rows(topic, region)),
                (Sheet.INTERVENTIONS, _rows(intervention, region)),
                (Sheet.ORGANISATIONS, organisations),
            )
        )
    )


def to_call(tx: Transaction, ids: Collection[str]) -> dict[str, tuple[Contact, ...]]:
    """Whom one may call at these organisations, by id: the number that a beheerder keeps first, then those of the
    sociale kaart.
    """
    if not ids:
        return {}
    joined = organisation.outerjoin(
        listing, sa.and_(listing.c.region == organisation.c.region, listing.c.id == organisation.c.id)
    )
    query = sa.select(organisation.c.id, organisation.c.phone, listing.c.contacts).select_from(joined)
    known: dict[str, tuple[Contact, ...]] = {}
    for row in tx.execute(query.where(organisation.c.id.in_(sorted(ids)))):
        own = (Contact("", row.phone),) if row.phone else ()
        known[row.id] = own + contacts_in(row.contacts or "")
    return known


def _rows(table: sa.Table, region: str) -> sa.Select[tuple[str, ...]]:
    return sa.select(table).where(table.c.region == region).order_by(table.c.position, table.c.id)


def is_begun(tx: Transaction, region: str) -> bool:
    """Whether a region has a sociale kaart here."""
    return tx.execute(sa.select(topic.c.id).where(topic.c.region == region).limit(1)).first() is not None


def keep(tx: Transaction, region: str, rows: Iterable[Row], by: str, at: datetime) -> None:
    """Write the rows of a sheet, each in place of what has the same id; the order is theirs."""
    known = {each.id: each for each in of_region(tx, region).organisations}
    for position, row in enumerate(rows):
        _put(tx, region, row, {"position": position})
        _note(tx, region, known.get(row.id), row, by, at)


def change(tx: Transaction, region: str, before: Listing, after: Listing, by: str, at: datetime) -> None:
    """Write one listing in the place that it has."""
    _put(tx, region, after, {})
    _note(tx, region, before, after, by, at)


def add(tx: Transaction, region: str, row: Row, by: str, at: datetime) -> None:
    """Write a row that is new, after all others of its sheet, and remember who added it."""
    table = _TABLES[sheet_of(row)]
    last = tx.execute(sa.select(sa.func.max(table.c.position)).where(table.c.region == region)).scalar()
    _put(tx, region, row, {"position": 0 if last is None else last + 1})
    _remember(tx, region, row, {name: ["", cell] for name, cell in cells_of(row).items() if cell}, by, at)


def rewrite(tx: Transaction, region: str, row: Row) -> None:
    """Write a topic or intervention in the place that it has."""
    _put(tx, region, row, {})


def end(tx: Transaction, region: str, row: Row, by: str, at: datetime) -> None:
    """Take a row off: an organisation stays known as one that stopped, for what names it elsewhere."""
    if isinstance(row, Listing):
        here = sa.and_(organisation.c.region == region, organisation.c.id == row.id)
        tx.execute(sa.update(organisation).where(here).values(ended_at=at, changed_by=by or None, changed_at=at))
        versions.mark(tx, region)
        return
    table = _TABLES[sheet_of(row)]
    tx.execute(sa.delete(table).where(table.c.region == region, table.c.id == row.id))


def is_taken(tx: Transaction, region: str, sheet: Sheet, id: str) -> bool:
    """Whether something bears an id, also an organisation that stopped."""
    table = organisation if sheet is Sheet.ORGANISATIONS else _TABLES[sheet]
    return tx.execute(sa.select(table.c.id).where(table.c.region == region, table.c.id == id)).first() is not None


def history(tx: Transaction, region: str, id: str) -> tuple[Change, ...]:
    """What was changed of a listing, the newest first."""
    query = (
        sa.select(listing_event, sa.func.coalesce(person.c.name, "").label("by"))
        .outerjoin(person, person.c.id == listing_event.c.actor)
        .where(listing_event.c.region == region, listing_event.c.listing == id)
        .order_by(listing_event.c.id.desc())
    )
    return tuple(Change(row.at, row.by, row.cells) for row in tx.execute(query))


def _put(tx: Transaction, region: str, row: Row, values: Mapping[str, Any]) -> None:
    cells = cells_of(row)
    if isinstance(row, Listing):
        _keep_organisation(tx, region, row)
        cells = {name: cell for name, cell in cells.items() if name not in _APART}
    table = _TABLES[sheet_of(row)]
    here = sa.and_(table.c.region == region, table.c.id == row.id)
    if tx.execute(sa.update(table).where(here).values({**cells, **values})).rowcount == 0:
        tx.execute(sa.insert(table).values({"region": region, **cells, **values}))


def _note(tx: Transaction, region: str, before: Listing | None, after: Row, by: str, at: datetime) -> None:
    """Keep which cells of a listing that was there are others now."""
    if before is None or not isinstance(after, Listing) or before == after:
        return
    old, new = cells_of(before), cells_of(after)
    _remember(tx, region, after, {name: [old[name], new[name]] for name in new if old[name] != new[name]}, by, at)


def _remember(tx: Transaction, region: str, row: Row, cells: Mapping[str, list[str]], by: str, at: datetime) -> None:
    if not isinstance(row, Listing):
        return
    values = {"region": region, "listing": row.id, "at": at, "actor": by or None, "cells": cells}
    tx.execute(sa.insert(listing_event).values(values))


def _keep_organisation(tx: Transaction, region: str, row: Listing) -> None:
    here = sa.and_(organisation.c.region == region, organisation.c.id == row.id)
    known = tx.execute(sa.select(organisation.c.name, organisation.c.sort).where(here)).first()
    if known is None:
        values = {"name": row.name, "published": row.name, "sort": row.kind}
        tx.execute(sa.insert(organisation).values(region=region, id=row.id, **values))
    elif (known.name, known.sort) != (row.name, row.kind):
        tx.execute(sa.update(organisation).where(here).values(name=row.name, sort=row.kind))
        versions.mark(tx, region)


def opened(tx: Transaction, region: str, municipality: str, subject: str, month: str) -> None:
    """Count that somebody opened a zorgpad; `month` as 2026-11."""
    _count(tx, pathway_view.c.views, {"region": region, "municipality": municipality, "topic": subject, "month": month})


def missed(tx: Transaction, region: str, municipality: str, subject: str, month: str) -> None:
    """Count that somebody found nothing that fits."""
    _count(tx, gap.c.times, {"region": region, "municipality": municipality, "topic": subject, "month": month})


def _count(tx: Transaction, column: sa.Column[int], key: Mapping[str, str]) -> None:
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    first = insert(column.table).values({**key, column.name: 1})
    # the first two of a month may come at once
    tx.execute(first.on_conflict_do_update(index_elements=list(key), set_={column.name: column + 1}))


def views(tx: Transaction, region: str, since: str) -> tuple[Tally, ...]:
    """How often each zorgpad of a region was opened since a month."""
    return _counted(tx, pathway_view.c.views, region, since)


def gaps(tx: Transaction, region: str, since: str) -> tuple[Tally, ...]:
    """How often nothing that fits was found in a region since a month."""
    return _counted(tx, gap.c.times, region, since)


def _counted(tx: Transaction, column: sa.Column[int], region: str, since: str) -> tuple[Tally, ...]:
    kept = column.table.c
    names = (kept.municipality, kept.topic)
    query = (
        sa.select(*names, sa.func.sum(column))
        .where(kept.region == region, kept.month >= since)
        .group_by(*names)
        .order_by(*names)
    )
    return tuple(Tally(place, name, int(total)) for place, name, total in tx.execute(query))

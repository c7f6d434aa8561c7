"""The sociale kaart of each region, as a house keeps it, and how often its zorgpaden are opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.definitions.sociale_kaart import Listing, Row, Sheet, SocialeKaart, cells_of, made, sheet_of
from engine.store import versions
from engine.store.database import Transaction
from engine.store.memory import asked_once
from engine.store.tables import intervention, listing, organisation, pathway_view, topic

_TABLES = {Sheet.TOPICS: topic, Sheet.INTERVENTIONS: intervention, Sheet.ORGANISATIONS: listing}
_APART = {"kind": organisation.c.sort, "name": organisation.c.name}
"""The cells of a listing that stand with the organisation."""


@dataclass(frozen=True)
class Views:
    """How often the zorgpad of a topic was opened in a municipality."""

    municipality: str
    topic: str
    views: int


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


def _rows(table: sa.Table, region: str) -> sa.Select[tuple[str, ...]]:
    return sa.select(table).where(table.c.region == region).order_by(table.c.position, table.c.id)


def is_begun(tx: Transaction, region: str) -> bool:
    """Whether a region has a sociale kaart here."""
    return tx.execute(sa.select(topic.c.id).where(topic.c.region == region).limit(1)).first() is not None


def keep(tx: Transaction, region: str, rows: Iterable[Row]) -> None:
    """Write rows, each in place of what has the same id in its sheet; the order is theirs."""
    for position, row in enumerate(rows):
        cells = cells_of(row)
        if isinstance(row, Listing):
            _keep_organisation(tx, region, row)
            cells = {name: cell for name, cell in cells.items() if name not in _APART}
        _put(tx, _TABLES[sheet_of(row)], {"region": region, "id": row.id}, {**cells, "position": position})


def _put(tx: Transaction, table: sa.Table, key: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Change the row of a key, or add it."""
    here = sa.and_(*(table.c[name] == value for name, value in key.items()))
    if tx.execute(sa.update(table).where(here).values(**values)).rowcount == 0:
        tx.execute(sa.insert(table).values({**key, **values}))


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
    key = {"region": region, "municipality": municipality, "topic": subject, "month": month}
    more = {"views": pathway_view.c.views + 1}
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    # the first two of a month may come at once
    tx.execute(insert(pathway_view).values(**key, views=1).on_conflict_do_update(index_elements=list(key), set_=more))


def views(tx: Transaction, region: str, since: str) -> tuple[Views, ...]:
    """How often each zorgpad of a region was opened since a month."""
    count = sa.func.sum(pathway_view.c.views)
    names = (pathway_view.c.municipality, pathway_view.c.topic)
    query = (
        sa.select(*names, count)
        .where(pathway_view.c.region == region, pathway_view.c.month >= since)
        .group_by(*names)
        .order_by(*names)
    )
    return tuple(Views(place, name, int(total)) for place, name, total in tx.execute(query))

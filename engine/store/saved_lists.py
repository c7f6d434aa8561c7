"""Lists that somebody kept under a name: which one, with which filters, order and columns. Never a word of a search."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.store.database import Transaction, known_number
from engine.store.tables import saved_list

GONE = "Deze bewaarde lijst is er niet, of is niet van jou."


@dataclass(frozen=True)
class SavedList:
    """One of them: of one person, or of who has a role in a municipality. `page` is the address of the list, `query`
    what it asks for there. What has no name is how a person wants to see that list at first.
    """

    id: int
    person: str
    role: str
    municipality: str
    page: str
    name: str
    query: str


_COLUMNS = (saved_list.c[name] for name in ("id", "person_id", "role", "municipality", "page", "name", "query"))
_READ = sa.select(*_COLUMNS).order_by(saved_list.c.name, saved_list.c.id)


def of(tx: Transaction, person_id: str, held: Collection[tuple[str, str]]) -> tuple[SavedList, ...]:
    """Those of a person, and those shared with these roles, each in a municipality; by name."""
    shared = (sa.and_(saved_list.c.role == role, saved_list.c.municipality == place) for role, place in sorted(held))
    rows = tx.execute(_READ.where(sa.or_(saved_list.c.person_id == person_id, *shared)))
    return tuple(_saved(row) for row in rows)


def one(tx: Transaction, id: int) -> SavedList:
    """One of them, whosever it is. Raises NotFoundError."""
    row = tx.execute(_READ.where(saved_list.c.id == known_number(id))).first()
    if row is None:
        raise NotFoundError(GONE)
    return _saved(row)


def add(tx: Transaction, kept: SavedList) -> int:
    """Keep a list; gives its id."""
    values = {name: getattr(kept, name) for name in ("role", "municipality", "page", "name", "query")}
    insert = sa.insert(saved_list).values(person_id=kept.person or None, **values)
    return int(tx.execute(insert.returning(saved_list.c.id)).scalar_one())


def rename(tx: Transaction, id: int, name: str) -> None:
    """Call a list otherwise."""
    tx.execute(sa.update(saved_list).where(saved_list.c.id == id).values(name=name))


def drop(tx: Transaction, id: int) -> None:
    """Keep a list no more."""
    tx.execute(sa.delete(saved_list).where(saved_list.c.id == id))


def _saved(row: Any) -> SavedList:
    return SavedList(row.id, row.person_id or "", row.role, row.municipality, row.page, row.name, row.query)

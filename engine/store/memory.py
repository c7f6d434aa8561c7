"""What a transaction read it knows until it writes there: the same is not asked of a database twice.

A reading function says from which tables it reads. What it gave is kept with the connection, and goes when this
transaction changes a row of one of them, locks a case, or ends. So it is never older than a reading anew would be that
the same lock protects; what others commit meanwhile, a transaction sees before its first reading or not at all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

P = ParamSpec("P")
R = TypeVar("R")
Reading = Callable[Concatenate[sa.Connection, P], R]

_KEPT = "knooppunt_read"


def asked_once(*tables: sa.Table) -> Callable[[Reading[P, R]], Reading[P, R]]:
    """Let a function that reads these tables, and no others, be asked once by a transaction; its arguments are
    hashable, and what it gives nobody changes.
    """
    names = frozenset(table.name for table in tables)

    def wrap(read: Reading[P, R]) -> Reading[P, R]:
        @wraps(read)
        def recall(tx: sa.Connection, /, *args: P.args, **kwargs: P.kwargs) -> R:
            asked = (recall, args, tuple(sorted(kwargs.items())))
            kept: dict[Any, tuple[frozenset[str], R]] = tx.info.get(_KEPT, {}) if tx.in_transaction() else {}
            if asked in kept:
                return kept[asked][1]
            answer = read(tx, *args, **kwargs)
            tx.info.setdefault(_KEPT, {})[asked] = (names, answer)
            return answer

        return recall

    return wrap


@contextmanager
def changing(tx: sa.Connection, read: Reading[P, R], *args: P.args, **kwargs: P.kwargs) -> Iterator[list[R]]:
    """Write what is known to change what a function gives that is asked once: whoever writes gets that in a list, empty
    where this transaction did not ask it, and leaves in it what it gives from then on.
    """
    asked = (read, args, tuple(sorted(kwargs.items())))
    names, *answers = tx.info.get(_KEPT, {}).get(asked, (frozenset(),))
    yield answers
    if answers:
        tx.info.setdefault(_KEPT, {})[asked] = (names, *answers)


def forget(tx: sa.Connection, *hanging_on: sa.Table) -> None:
    """Read these tables anew, and what hangs on them, or all: who had a lock that this waited for may have written."""
    if tx.invalidated:  # the server is gone, and all that was known of it with the connection
        return
    names = set[str]().union(*map(_hanging_on, hanging_on))
    kept = tx.info.get(_KEPT, {})
    tx.info[_KEPT] = {asked: known for asked, known in kept.items() if hanging_on and names.isdisjoint(known[0])}


def listen(engine: sa.Engine) -> None:
    """Let what is written on the connections of an engine be forgotten there."""
    sa.event.listen(engine, "before_execute", _written)
    for moment in ("begin", "commit", "rollback"):
        sa.event.listen(engine, moment, lambda tx: forget(tx))
    sa.event.listen(engine, "rollback_savepoint", lambda tx, *_: forget(tx))


def _written(tx: sa.Connection, statement: Any, *_: Any) -> None:
    kept = tx.info.get(_KEPT)
    if not kept or statement.is_select:
        return
    if not statement.is_dml or statement.is_text:
        forget(tx)
        return
    names = _hanging_on(statement.table) if statement.is_delete else {statement.table.name}
    tx.info[_KEPT] = {asked: known for asked, known in kept.items() if names.isdisjoint(known[0])}


@lru_cache
def _hanging_on(table: sa.Table) -> set[str]:
    """A table, and those of which rows go or change with its rows."""
    names, new = set[str](), {table.name}
    while new:
        names |= new
        new = {
            other.name
            for other in table.metadata.tables.values()
            if any(key.column.table.name in new and key.ondelete for key in other.foreign_keys)
        } - names
    return names

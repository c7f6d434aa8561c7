"""Searching by words: each word of the name of a case, and of what its open tasks are about, is one row.

Words are kept as `folded` makes them, in the transaction that writes what they stand in. Whoever searches types
beginnings of words, in any order, and each has to be the beginning of some word there. With the words of a name stands
which kind of data, about whom, they are: who may not know that finds none of them. What a task is about is found by who
may read all that the task shows.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.store.database import Transaction, folded
from engine.store.tables import word
from engine.words import KnownData

FEW = 4_000
"""So many cases or tasks are looked through one by one. A word that more have is so common that whoever goes along a
list meets it soon.
"""

LONGEST = 60
"""So many letters of a word are kept and searched: a family's name has fewer, and an index takes no endless ones."""

_WORD = re.compile(r"[^\W_]+")
_LAST = "\U0010ffff"  # no word holds it, and it comes after all that can follow a beginning


def words_of(text: str) -> frozenset[str]:
    """The words of a text, as they are kept."""
    return frozenset(own[:LONGEST] for own in _WORD.findall(folded(text)))


def beginnings(text: str) -> tuple[str, ...]:
    """The beginnings of words that somebody searches for, the longest first, since few words begin so; without those
    that begin another one. Where there are none in what was typed, nothing is found.
    """
    typed = words_of(text)
    needed = (own for own in typed if not any(other != own and other.startswith(own) for other in typed))
    return tuple(sorted(needed, key=lambda own: (-len(own), own)))


def begins(column: sa.ColumnElement[str], beginning: str) -> sa.ColumnElement[bool]:
    """Whether a word begins so, as an index can tell."""
    return sa.and_(column >= beginning, column < beginning + _LAST)


def narrowed(
    tx: Transaction, typed: Iterable[str], ways: Callable[[str], Iterable[sa.Select[Any]]]
) -> Sequence[int] | None:
    """Where few things can hold all of these beginnings: their ids, to look through. `ways` gives the queries that find
    by one beginning, whoever may find it so. None where all are too common.
    """
    for beginning in typed:
        some = tx.execute(sa.union_all(*ways(beginning)).limit(FEW + 1)).scalars().all()
        if len(some) <= FEW:
            return sorted(set(some))
    return None if typed else ()


def among(column: sa.ColumnElement[int], ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Whether a column holds one of these, written out in the query: that costs less than a parameter for each."""
    return column.in_(sa.bindparam(None, ids, expanding=True, literal_execute=True)) if ids else sa.false()


def keep_name(tx: Transaction, case_id: int, title: str, whose: tuple[str, str] | None) -> None:
    """From now on a case is found by this name: of this person of the family, written by that person; or by everybody
    who knows of the case, where it is nobody's.
    """
    tx.execute(sa.delete(word).where(word.c.case_id == case_id, word.c.task_id.is_(None)))
    person, writer = whose or ("", "")
    if whose is None or person or writer:  # what nobody may know, nobody needs to find
        kind = "" if whose is None else KnownData.CONTACT
        opens = {"kind": kind, "person": person, "writer": writer}
        _keep(tx, ({"case_id": case_id, "word": own, **opens} for own in words_of(title)))


def keep_subjects(tx: Transaction, subjects: Mapping[int, str], case_id: int) -> None:
    """Open tasks of a case, by id, are found by what they are about."""
    _keep(
        tx,
        ({"case_id": case_id, "task_id": id, "word": own} for id, text in subjects.items() for own in words_of(text)),
    )


def _keep(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    fresh = sorted(rows, key=lambda row: (row.get("task_id", 0), row["word"]))
    if fresh:
        tx.execute(sa.insert(word), fresh)


def forget_subjects(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    """These tasks, as part of a query over words, are not found any more by what they were about."""
    tx.execute(sa.delete(word).where(word.c.task_id.is_not(None), which))

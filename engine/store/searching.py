"""Searching by words: each word by which a case is found, and of what its open tasks are about, is one row. A case is
found by its name, and while it runs by how those of the family are called and reached, and by their dates.

Words are kept as `folded` makes them, in the transaction that writes what they stand in. Whoever searches types
beginnings of words, in any order, and each has to be the beginning of some word there. A day and a phone number are one
word, however they are written. With the words of a case stands
which kind of data, about whom, they are: who may not know that finds none of them. What a task is about is found by who
may read all that the task shows.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.store.database import Transaction, folded
from engine.store.tables import word

FEW = 4_000
"""So many cases or tasks are looked through one by one. A word that more have is so common that whoever goes along a
list meets it soon.
"""

LONGEST = 60
"""So many letters of a word are kept and searched: a family's name has fewer, and an index takes no endless ones."""

_WORD = re.compile(r"[^\W_]+")
_LAST = "\U0010ffff"  # no word holds it, and it comes after all that can follow a beginning


_MONTHS = ["jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_DAYS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}}) (?P<m>{'|'.join(_MONTHS)}|mrt)[a-z]* (?P<y>\d{{4}})(?!\d)"),
)
_PHONE = re.compile(r"(?<![\d+])(?:\+|\b)\d(?:[ ().-]{0,2}\d){8,14}(?!\d)")
_ABROAD = re.compile(r"^(?:\+|00)31(?:0(?=\d{9}$))?")


def words_of(text: str) -> frozenset[str]:
    """The words of a text, as they are kept."""
    plain = folded(text)
    for day in _DAYS:
        plain = day.sub(_day, plain)
    return frozenset(own[:LONGEST] for own in _WORD.findall(_PHONE.sub(_number, plain)))


def _day(met: re.Match[str]) -> str:
    month = met["m"] if met["m"].isdecimal() else _MONTHS.index(met["m"].replace("mrt", "maa")) + 1
    return f"dag{met['y']}{int(month):02}{int(met['d']):02}"


def _number(met: re.Match[str]) -> str:
    return _ABROAD.sub("0", re.sub(r"[^\d+]", "", met[0]))


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


class Found(NamedTuple):
    """A text by which a case is found: the kind of data that it is, about whom of the family, and who wrote it; without
    these by everybody who knows of the case.
    """

    text: str
    kind: str = ""
    person: str = ""
    writer: str = ""


_TOLD = ("word", "kind", "person", "writer")
_OF_CASE = sa.and_(word.c.case_id == sa.bindparam("of_case"), word.c.task_id.is_(None))
_KEPT = sa.select(*(word.c[name] for name in _TOLD)).where(_OF_CASE)
_GONE = sa.delete(word).where(_OF_CASE, *(word.c[name] == sa.bindparam(f"gone_{name}") for name in _TOLD))


def keep_words(tx: Transaction, case_id: int, texts: Iterable[Found]) -> None:
    """From now on a case is found by the words of these texts, and by no others; those that it has are left as they
    are. What is open to nobody and of no writer, nobody needs to find.
    """
    mine = {"of_case": case_id}
    words = {(own, *text[1:]) for text in texts if not text.kind or text[2:] != ("", "") for own in words_of(text.text)}
    kept = {tuple(row) for row in tx.execute(_KEPT, mine)}
    if gone := sorted(kept - words):
        tx.execute(_GONE, [mine | {f"gone_{name}": value for name, value in _named(row)} for row in gone])
    _keep(tx, ({"case_id": case_id, **dict(_named(row))} for row in words - kept))


def _named(row: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return zip(_TOLD, row, strict=True)


def keep_subjects(tx: Transaction, subjects: Mapping[int, str], case_id: int) -> None:
    """Open tasks of a case, by id, are found by what they are about."""
    _keep(
        tx,
        ({"case_id": case_id, "task_id": id, "word": own} for id, text in subjects.items() for own in words_of(text)),
    )


def _keep(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    fresh = sorted(rows, key=lambda row: (row.get("task_id", 0), row["word"], row.get("person", "")))
    if fresh:
        tx.execute(sa.insert(word), fresh)


def forget_subjects(tx: Transaction, which: sa.ColumnElement[bool]) -> None:
    """These tasks, as part of a query over words, are not found any more by what they were about."""
    tx.execute(sa.delete(word).where(word.c.task_id.is_not(None), which))

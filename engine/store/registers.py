"""The typed registers: filled by what steps yield, and read by the class of their rows.

A task that names a register fills it by the fields of its form; where in the process it stands does not matter. How a
register is filled, its record says; consents and meetings have rules of their own, below.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.consent import REMEMBERED, Consent, Family, Opening, Relative
from engine.definitions.registers import REGISTERS, ColumnKind, Entry, FamilyRow, Filing
from engine.store.case_files import standing
from engine.store.database import Transaction
from engine.store.memory import asked_once
from engine.store.tables import agreement, case_file, consent, meeting, opening, registers
from engine.words import AgreementStatus, Answer, Authority, MeetingStatus

R = TypeVar("R")


def record(tx: Transaction, case_id: int, entries: Iterable[Entry], actor: str | None, now: datetime) -> None:
    """Write entries into their registers."""
    for entry in entries:
        register = REGISTERS[entry.register]
        stamp = {"recorded_at": now, "recorded_by": actor} if register.evidence else {}
        _FILE[register.filing](tx, case_id, entry, stamp)


def _columns(entry: Entry) -> dict[str, Any]:
    """What an entry gives each column; empty, or what stands otherwise, where nothing was said."""
    columns = {}
    for column in REGISTERS[entry.register].columns:
        said = (entry.properties if column.of_step else entry.values).get(column.name)
        columns[column.field] = _READ[column.kind](said) or column.otherwise or _READ[column.kind](None)
    return columns


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


_READ: Mapping[ColumnKind, Callable[[object], Any]] = {
    ColumnKind.TEXT: _text,
    ColumnKind.LIST: _list,
    ColumnKind.DAY: _day,
    ColumnKind.YES_NO: lambda value: value == Answer.YES,
}


# built once, as the others that each completed task asks
_HERE = sa.select(case_file.c.municipality).where(case_file.c.id == sa.bindparam("of_case")).scalar_subquery()
_INSERT = {registers[id].name: sa.insert(registers[id]) for id, register in REGISTERS.items() if not register.board}
_ADD = {
    registers[id].name: sa.insert(registers[id]).values(municipality=_HERE)
    for id, register in REGISTERS.items()
    if register.board
}


def _items(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.case_id == sa.bindparam("of_case"), table.c.item == sa.bindparam("of_item"))


_BY_ITEM = [registers[id] for id, register in REGISTERS.items() if register.filing is Filing.ITEM]
_CHANGE = {table.name: sa.update(table).where(_items(table)) for table in _BY_ITEM}
_OF_ITEM = {table.name: sa.select(table.c.id).where(_items(table)) for table in _BY_ITEM}
_LAST_RANK = sa.select(sa.func.max(consent.c.rank)).where(consent.c.case_id == sa.bindparam("case"))
_REPLACED = _LAST_RANK.where(consent.c.source == sa.bindparam("source"), consent.c.replaced_at.is_not(None))


def _by_step(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Add a row; a correction changes the last row that the same step gave."""
    table, columns = registers[entry.register], _columns(entry)
    mine = sa.and_(table.c.case_id == case_id, table.c.source == entry.source, table.c.item == entry.item)
    last = tx.execute(sa.select(sa.func.max(table.c.id)).where(mine)).scalar() if entry.corrects else None
    if last is None:
        row = {"case_id": case_id, "source": entry.source, "item": entry.item, **columns, **stamp}
        tx.execute(_INSERT[table.name], row)
    else:
        tx.execute(sa.update(table).where(table.c.id == last).values(columns))


def _by_item(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Change what the entry speaks of in the row of its item; add that row where it is new."""
    table, columns = registers[entry.register], _columns(entry)
    asked = [column for column in REGISTERS[entry.register].columns if column.name in entry.values]
    said = {column.field: _READ[column.kind](entry.values[column.name]) for column in asked}
    mine = {"of_case": case_id, "of_item": entry.item}
    if said:
        known = tx.execute(_CHANGE[table.name], {**mine, **said}).rowcount > 0
    else:
        known = tx.execute(_OF_ITEM[table.name], mine).first() is not None
    if not known:
        _insert(tx, table, case_id, {"item": entry.item, **columns, **stamp})


def _insert(tx: Transaction, table: sa.Table, case_id: int, values: Mapping[str, Any]) -> None:
    """Add a row; one that stands on a board with the municipality of its case."""
    if table.name in _ADD:
        tx.execute(_ADD[table.name], {"case_id": case_id, "of_case": case_id, **values})
    else:
        tx.execute(_INSERT[table.name], {"case_id": case_id, **values})


def _consent(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Keep an answer beside those before it. A correction counts in the place of what it corrects, so that what was
    said since then still counts over it. No clock decides what is newest.
    """
    kinds = {"yes": sorted(entry.yes), "no": sorted(entry.no)}
    asked = {"case": case_id}
    rank = tx.execute(_REPLACED, {**asked, "source": entry.source}).scalar() if entry.corrects else None
    if rank is None:
        rank = (tx.execute(_LAST_RANK, asked).scalar() or 0) + 1
    row = {"case_id": case_id, "source": entry.source, "rank": rank, **_columns(entry), **kinds, **stamp}
    tx.execute(_INSERT[consent.name], row)


def _meeting(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Add a meeting, or go on with the one of its kind that was planned; nothing said takes nothing away."""
    columns = _columns(entry)
    same = sa.select(meeting.c.id).where(meeting.c.case_id == case_id, meeting.c.kind == columns["kind"])
    if entry.corrects:
        columns.pop("status")  # a corrected plan of a meeting that was held since does not undo the meeting
    else:
        same = same.where(meeting.c.status == MeetingStatus.PLANNED)
    last = tx.execute(same.order_by(meeting.c.id.desc()).limit(1)).scalar()
    if last is None:
        _insert(tx, meeting, case_id, {**columns, **stamp})
    else:
        said = {name: value for name, value in columns.items() if value not in ("", [], None)}
        tx.execute(sa.update(meeting).where(meeting.c.id == last).values(said))


_FILE: Mapping[Filing, Callable[[Transaction, int, Entry, Mapping[str, Any]], None]] = {
    Filing.STEP: _by_step,
    Filing.ITEM: _by_item,
    Filing.CONSENT: _consent,
    Filing.MEETING: _meeting,
}


def replace_consents(tx: Transaction, case_id: int, source: str, since: datetime, now: datetime) -> None:
    """What this step recorded the last time that it was done, at `since`, doesn't count any more: a correction comes in
    its stead. What it recorded before that, in an earlier round, counts as it did.
    """
    mine = sa.and_(consent.c.case_id == case_id, consent.c.source == source)
    first = tx.execute(sa.select(sa.func.min(consent.c.rank)).where(mine, consent.c.recorded_at == since)).scalar()
    if first is not None:
        standing = sa.and_(mine, consent.c.replaced_at.is_(None), consent.c.rank >= first)
        tx.execute(sa.update(consent).where(standing).values(replaced_at=now))


def begin_anew(tx: Transaction, case_id: int, now: datetime) -> None:
    """A new round begins: no answer of a family counts any more, since it ended with the case, and what was planned
    then isn't held.
    """
    standing = sa.and_(consent.c.case_id == case_id, consent.c.replaced_at.is_(None))
    tx.execute(sa.update(consent).where(standing).values(replaced_at=now))
    planned = sa.and_(meeting.c.case_id == case_id, meeting.c.status == MeetingStatus.PLANNED)
    tx.execute(sa.delete(meeting).where(planned))


def remembered(tx: Transaction, case_id: int) -> frozenset[Opening]:
    """What the Knooppunt team may know of a case that ended."""
    return frozenset(cell for cell in standing(tx, case_id).cells if cell.purpose == REMEMBERED)


_CLOSE = sa.delete(opening).where(opening.c.case_id == sa.bindparam("case"))
_OPEN = sa.insert(opening)


def open_to(tx: Transaction, case_id: int, opened: Iterable[Opening]) -> None:
    """From now on this, and nothing else, is open to organisations in a case."""
    tx.execute(_CLOSE, {"case": case_id})
    rows = [{"case_id": case_id, **cell._asdict()} for cell in sorted(opened)]
    if rows:
        tx.execute(_OPEN, rows)


def opened(tx: Transaction, case_id: int, organisation: str | None = None) -> frozenset[Opening]:
    """What is open in a case, to all or to one organisation."""
    cells = frozenset(cell for cell in standing(tx, case_id).cells if cell.purpose != REMEMBERED)
    return cells if organisation is None else frozenset(cell for cell in cells if cell.organisation == organisation)


def lapse(tx: Transaction, case_id: int, items: Iterable[str] | None = None) -> None:
    """These agreements are no longer followed, since their path was broken off; None means all that stand open."""
    _lapse(tx, case_id, sa.true() if items is None else agreement.c.item.in_(list(items)))


def keep(tx: Transaction, case_id: int, items: Iterable[str]) -> None:
    """Only these agreements still stand in the case; others that were open lapse."""
    _lapse(tx, case_id, agreement.c.item.not_in(list(items)))


def _lapse(tx: Transaction, case_id: int, which: sa.ColumnElement[bool]) -> None:
    waits = agreement.c.status.in_((AgreementStatus.OPEN, AgreementStatus.WAITING))
    mine = sa.and_(agreement.c.case_id == case_id, waits, which)
    tx.execute(sa.update(agreement).where(mine).values(status=AgreementStatus.LAPSED))


# --- reading ---------------------------------------------------------------------------------------------------


def rows(tx: Transaction, case_id: int, shape: type[R]) -> tuple[R, ...]:
    """The rows of a register in one case, oldest first, by the class that its record names."""
    read: Callable[[Transaction, int], tuple[R, ...]] = _SHAPED[shape]
    return read(tx, case_id)


def _shaped(shape: type[R], table: sa.Table) -> Callable[[Transaction, int], tuple[R, ...]]:
    names = [part.name for part in fields(shape)]  # type: ignore[arg-type]
    query = (
        sa.select(*(table.c[name] for name in names))
        .where(table.c.case_id == sa.bindparam("case"))
        .order_by(table.c.id)
    )

    @asked_once(table)
    def read(tx: Transaction, case_id: int) -> tuple[R, ...]:
        return tuple(shape(*map(_frozen, row)) for row in tx.execute(query, {"case": case_id}))

    return read


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


_SHAPED: Mapping[type, Callable[[Transaction, int], Any]] = {
    register.row: _shaped(register.row, registers[id]) for id, register in REGISTERS.items()
}


def family(tx: Transaction, case_id: int) -> Family:
    """The people of the family in one case, and who has authority over them."""
    return tuple(
        Relative(row.item, row.name, row.relation, row.age, row.authority or Authority.UNKNOWN, frozenset(row.over))
        for row in rows(tx, case_id, FamilyRow)
    )


@dataclass(frozen=True)
class Said:
    """One answer of one person as it was recorded; `recorded_by` is "" where nobody did. From `replaced_at` on it
    didn't count any more: it was corrected, or a new round began.
    """

    consent: Consent
    reply: str
    recorded_at: datetime
    recorded_by: str
    source: str
    replaced_at: datetime | None = None


_EVER = sa.select(consent).where(consent.c.case_id == sa.bindparam("case")).order_by(consent.c.rank, consent.c.id)
_COUNTING = _EVER.where(consent.c.replaced_at.is_(None))


@asked_once(consent)
def said(tx: Transaction, case_id: int) -> tuple[Said, ...]:
    """All answers to requests for consent in one case that count, in the order in which they do."""
    return _said(tx, case_id, _COUNTING)


def ever_said(tx: Transaction, case_id: int) -> tuple[Said, ...]:
    """The same with those that were replaced, each before what came in its stead."""
    return _said(tx, case_id, _EVER)


def _said(tx: Transaction, case_id: int, query: sa.Select[Any]) -> tuple[Said, ...]:
    return tuple(
        Said(
            Consent(row.person, row.purpose, row.organisation, frozenset(row.yes), frozenset(row.no)),
            row.reply,
            row.recorded_at,
            row.recorded_by or "",
            row.source,
            row.replaced_at,
        )
        for row in tx.execute(query, {"case": case_id})
    )

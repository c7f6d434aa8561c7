"""The typed registers: filled by what steps yield, and read by the class of their rows.

A task that names a register fills it by the fields of its form; where in the process it stands does not matter. How a
register is filled, its record says; consents and meetings have rules of their own, below.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from engine.consent import Consent
from engine.definitions.registers import REGISTERS, ColumnKind, Filing
from engine.store.database import Transaction
from engine.store.tables import agreement, consent, consent_organisation, meeting, registers
from engine.words import AgreementStatus, Answer, MeetingStatus

R = TypeVar("R")


@dataclass(frozen=True)
class Entry:
    """One row for a register: `values` by the column names that forms use, `item` the id of the list row it came
    from, `properties` those of the task (doel, soort, stand, namens), `source` the step that it came from. What
    `corrects` an answer of that moment takes the place of what the same step gave before.
    """

    register: str
    values: Mapping[str, Any]
    properties: Mapping[str, str]
    item: str = ""
    source: str = ""
    corrects: datetime | None = None


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


def _by_step(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Add a row; a correction changes the last row that the same step gave."""
    table, columns = registers[entry.register], _columns(entry)
    mine = sa.and_(table.c.case_id == case_id, table.c.source == entry.source)
    last = tx.execute(sa.select(sa.func.max(table.c.id)).where(mine)).scalar() if entry.corrects else None
    if last is None:
        tx.execute(sa.insert(table).values(case_id=case_id, source=entry.source, **columns, **stamp))
    else:
        tx.execute(sa.update(table).where(table.c.id == last).values(columns))


def _by_item(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Change what the entry speaks of in the row of its item; add that row where it is new."""
    table, columns = registers[entry.register], _columns(entry)
    asked = [column for column in REGISTERS[entry.register].columns if column.name in entry.values]
    said = {column.field: _READ[column.kind](entry.values[column.name]) for column in asked}
    mine = sa.and_(table.c.case_id == case_id, table.c.item == entry.item)
    if not tx.execute(sa.select(table.c.id).where(mine)).first():
        tx.execute(sa.insert(table).values(case_id=case_id, item=entry.item, **columns, **stamp))
    elif said:
        tx.execute(sa.update(table).where(mine).values(said))


def _consent(tx: Transaction, case_id: int, entry: Entry, stamp: Mapping[str, Any]) -> None:
    """Keep an answer. It ends the one that the same person gave before to the same purpose."""
    columns, now = _columns(entry), stamp["recorded_at"]
    organisations = columns.pop("organisations")
    asked = sa.and_(consent.c.person == columns["person"], consent.c.purpose == columns["purpose"])
    same = sa.and_(consent.c.case_id == case_id, asked)
    if entry.corrects is not None:
        later = sa.and_(same, consent.c.source != entry.source, consent.c.recorded_at > entry.corrects)
        if tx.execute(sa.select(consent.c.id).where(later)).first() is not None:
            return  # what this person answered since then counts, not a better spelling of what came before
    else:
        tx.execute(sa.update(consent).where(same, consent.c.withdrawn_at.is_(None)).values(withdrawn_at=now))
    ended = None if columns["given"] else now
    row = {"case_id": case_id, "source": entry.source, "withdrawn_at": ended, **columns, **stamp}
    id = tx.execute(sa.insert(consent).values(row).returning(consent.c.id)).scalar_one()
    named = [{"consent_id": id, "organisation": name} for name in sorted(set(organisations))]
    if columns["given"] and named:
        tx.execute(sa.insert(consent_organisation), named)


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
        tx.execute(sa.insert(meeting).values(case_id=case_id, **columns, **stamp))
    else:
        said = {name: value for name, value in columns.items() if value not in ("", [], None)}
        tx.execute(sa.update(meeting).where(meeting.c.id == last).values(said))


_FILE: Mapping[Filing, Callable[[Transaction, int, Entry, Mapping[str, Any]], None]] = {
    Filing.STEP: _by_step,
    Filing.ITEM: _by_item,
    Filing.CONSENT: _consent,
    Filing.MEETING: _meeting,
}


def withdraw(tx: Transaction, case_id: int, now: datetime, source: str = "") -> None:
    """From now on no consent of this case is in force, or none that one step recorded."""
    ended = sa.update(consent).where(consent.c.case_id == case_id, consent.c.withdrawn_at.is_(None))
    if source:
        ended = ended.where(consent.c.source == source)
    tx.execute(ended.values(withdrawn_at=now))


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
    table = next(registers[id] for id, register in REGISTERS.items() if register.row is shape)
    names = [part.name for part in fields(shape)]  # type: ignore[arg-type]
    query = sa.select(*(table.c[name] for name in names)).where(table.c.case_id == case_id).order_by(table.c.id)
    return tuple(shape(*map(_frozen, row)) for row in tx.execute(query))


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def consents(tx: Transaction, case_id: int) -> tuple[Consent, ...]:
    """All answers to requests for consent in one case, oldest first."""
    answers = tx.execute(sa.select(consent).where(consent.c.case_id == case_id).order_by(consent.c.id)).all()
    named: dict[int, set[str]] = {}
    ids = [answer.id for answer in answers]
    if ids:
        for row in tx.execute(sa.select(consent_organisation).where(consent_organisation.c.consent_id.in_(ids))):
            named.setdefault(row.consent_id, set()).add(row.organisation)
    return tuple(
        Consent(
            answer.person,
            answer.purpose,
            answer.given,
            frozenset(named.get(answer.id, ())),
            frozenset(answer.categories),
            answer.recorded_at,
            answer.withdrawn_at,
        )
        for answer in answers
    )

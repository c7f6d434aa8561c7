"""The typed registers: consents, meetings, agreements, disclosures, evaluations and the safety file.

A task that names a register fills it by the fields of its form; where in the process it stands does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.consent import Consent
from engine.definitions.registers import REQUIRED as REQUIRED
from engine.store.database import Transaction
from engine.store.tables import (
    agreement,
    consent,
    consent_organisation,
    disclosure,
    evaluation,
    meeting,
    safety,
)


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


@dataclass(frozen=True)
class MeetingRow:
    """One meeting; `status` is gepland or gehouden."""

    kind: str
    status: str
    date: str
    time: str
    place: str
    present: Sequence[str]
    parents_present: str
    absence_reason: str


@dataclass(frozen=True)
class AgreementRow:
    """One agreement; `status` is open, wachtend, gedaan, niet_gedaan or vervallen (broken off)."""

    item: str
    what: str
    organisation: str
    person: str
    by_date: date | None
    goal: str
    assignment: str
    status: str
    remark: str

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.status in ("open", "wachtend") and self.by_date is not None and self.by_date < today


@dataclass(frozen=True)
class DisclosureRow:
    """What was shared with whom, on which ground; `source` is the process/element that says so."""

    recipients: Sequence[str]
    what: str
    channel: str
    ground: str
    date: str
    source: str = ""


@dataclass(frozen=True)
class EvaluationRow:
    """One evaluation with the family."""

    outcome: str
    date: str
    goals_met: str
    heard: str
    remark: str


@dataclass(frozen=True)
class SafetyRow:
    """One step in the safety file."""

    step: str
    content: str
    decision: str
    consulted: str
    date: str
    informed: str


def record(tx: Transaction, case_id: int, entries: Iterable[Entry], actor: str, now: datetime) -> None:
    """Write entries into their registers."""
    writers = {
        "toestemming": _consent,
        "overleg": _meeting,
        "afspraken": _agreement,
        "verstrekking": _disclosure,
        "evaluatie": _evaluation,
        "veiligheid": _safety,
    }
    for entry in entries:
        writers[entry.register](tx, case_id, entry, actor, now)


def _t(entry: Entry, name: str) -> str:
    value = entry.values.get(name)
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _list(entry: Entry, name: str) -> list[str]:
    value = entry.values.get(name)
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value else []


def _consent(tx: Transaction, case_id: int, entry: Entry, actor: str, now: datetime) -> None:
    purpose = entry.properties.get("doel", "delen")
    same = sa.and_(consent.c.case_id == case_id, consent.c.person == _t(entry, "persoon"), consent.c.purpose == purpose)
    if entry.corrects is not None:
        later = sa.and_(same, consent.c.source != entry.source, consent.c.recorded_at > entry.corrects)
        if tx.execute(sa.select(consent.c.id).where(later)).first() is not None:
            return  # what this person answered since then counts, not a better spelling of what came before
    else:
        tx.execute(sa.update(consent).where(same, consent.c.withdrawn_at.is_(None)).values(withdrawn_at=now))
    given = entry.values.get("besluit") == "ja"
    row = {
        "case_id": case_id,
        "person": _t(entry, "persoon"),
        "relation": _t(entry, "rol"),
        "purpose": purpose,
        "given": given,
        "categories": _list(entry, "categorieen"),
        "ground": _t(entry, "grond"),
        "form": _t(entry, "vorm"),
        "recorded_at": now,
        "recorded_by": actor,
        "on_behalf_of": entry.properties.get("namens", ""),
        "withdrawn_at": None if given else now,
        "source": entry.source,
    }
    id = tx.execute(sa.insert(consent).values(row).returning(consent.c.id)).scalar_one()
    named = [{"consent_id": id, "organisation": name} for name in sorted(set(_list(entry, "organisaties")))]
    if given and named:
        tx.execute(sa.insert(consent_organisation), named)


def withdraw(tx: Transaction, case_id: int, now: datetime, source: str = "") -> None:
    """From now on no consent of this case is in force, or none that one step recorded."""
    ended = sa.update(consent).where(consent.c.case_id == case_id, consent.c.withdrawn_at.is_(None))
    if source:
        ended = ended.where(consent.c.source == source)
    tx.execute(ended.values(withdrawn_at=now))


def _meeting(tx: Transaction, case_id: int, entry: Entry, actor: str, now: datetime) -> None:
    kind = entry.properties.get("soort", "knooppuntoverleg")
    values = {
        "kind": kind,
        "status": entry.properties.get("stand", "gepland"),
        "date": _t(entry, "datum"),
        "time": _t(entry, "tijd"),
        "place": _t(entry, "plaats"),
        "present": _list(entry, "aanwezig"),
        "parents_present": _t(entry, "ouders_aanwezig"),
        "absence_reason": _t(entry, "reden_afwezig"),
    }
    same = sa.select(meeting.c.id).where(meeting.c.case_id == case_id, meeting.c.kind == kind)
    if entry.corrects:
        values.pop("status")  # a corrected plan of a meeting that was held since does not undo the meeting
    else:
        same = same.where(meeting.c.status == "gepland")
    known = tx.execute(same.order_by(meeting.c.id.desc()).limit(1)).scalar()
    if known is None:
        tx.execute(sa.insert(meeting).values(case_id=case_id, **values))
    else:
        kept = {name: value for name, value in values.items() if value not in ("", [])}
        tx.execute(sa.update(meeting).where(meeting.c.id == known).values(kept))


def _agreement(tx: Transaction, case_id: int, entry: Entry, actor: str, now: datetime) -> None:
    names = {
        "wat": "what",
        "wie": "organisation",
        "persoon": "person",
        "doel": "goal",
        "opdracht": "assignment",
        "status": "status",
        "toelichting": "remark",
    }
    values: dict[str, Any] = {column: _t(entry, name) for name, column in names.items() if name in entry.values}
    if "voor_wanneer" in entry.values:
        values["by_date"] = _date(entry.values["voor_wanneer"])
    mine = sa.and_(agreement.c.case_id == case_id, agreement.c.item == entry.item)
    if tx.execute(sa.update(agreement).where(mine).values(changed_at=now, **values)).rowcount == 0:
        fresh = {"status": "open", **{k: v for k, v in values.items() if v != ""}}
        tx.execute(sa.insert(agreement).values(case_id=case_id, item=entry.item, changed_at=now, **fresh))


def lapse(tx: Transaction, case_id: int, now: datetime, items: Iterable[str] | None = None) -> None:
    """These agreements are no longer followed, since their path was broken off; None means all that stand open."""
    _lapse(tx, case_id, now, None if items is None else agreement.c.item.in_(list(items)))


def keep(tx: Transaction, case_id: int, now: datetime, items: Iterable[str]) -> None:
    """Only these agreements still stand in the case; others that were open lapse."""
    _lapse(tx, case_id, now, agreement.c.item.not_in(list(items)))


def _lapse(tx: Transaction, case_id: int, now: datetime, which: sa.ColumnElement[bool] | None) -> None:
    mine = sa.and_(agreement.c.case_id == case_id, agreement.c.status.in_(("open", "wachtend")))
    where = mine if which is None else sa.and_(mine, which)
    tx.execute(sa.update(agreement).where(where).values(status="vervallen", changed_at=now))


def _disclosure(tx: Transaction, case_id: int, entry: Entry, actor: str, now: datetime) -> None:
    values = {
        "recipients": _list(entry, "aan"),
        "what": _t(entry, "wat"),
        "channel": _t(entry, "kanaal"),
        "ground": _t(entry, "grond"),
        "date": _t(entry, "datum"),
    }
    _put(tx, disclosure, case_id, entry, values, {"recorded_at": now, "recorded_by": actor})


def _evaluation(tx: Transaction, case_id: int, entry: Entry, actor: str, now: datetime) -> None:
    values = {
        "outcome": _t(entry, "uitkomst"),
        "date": _t(entry, "datum"),
        "goals_met": _t(entry, "doelen_behaald"),
        "heard": _t(entry, "gehoord"),
        "remark": _t(entry, "toelichting"),
    }
    _put(tx, evaluation, case_id, entry, values, {"recorded_at": now})


def _safety(tx: Transaction, case_id: int, entry: Entry, actor: str, now: datetime) -> None:
    values = {
        "step": _t(entry, "stap"),
        "content": _t(entry, "inhoud"),
        "decision": _t(entry, "besluit"),
        "consulted": _t(entry, "overlegd_met"),
        "date": _t(entry, "datum"),
        "informed": _t(entry, "geinformeerd"),
    }
    _put(tx, safety, case_id, entry, values, {"recorded_at": now, "recorded_by": actor})


def _put(
    tx: Transaction, table: sa.Table, case_id: int, entry: Entry, values: Mapping[str, Any], stamp: Mapping[str, Any]
) -> None:
    """Add a row; a correction changes the last row that the same step gave."""
    mine = sa.and_(table.c.case_id == case_id, table.c.source == entry.source)
    last = tx.execute(sa.select(sa.func.max(table.c.id)).where(mine)).scalar() if entry.corrects else None
    if last is None:
        tx.execute(sa.insert(table).values(case_id=case_id, source=entry.source, **values, **stamp))
    else:
        tx.execute(sa.update(table).where(table.c.id == last).values(values))


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


# --- reading ---------------------------------------------------------------------------------------------------


def consents(tx: Transaction, case_id: int) -> tuple[Consent, ...]:
    """All answers to requests for consent in one case, oldest first."""
    rows = tx.execute(sa.select(consent).where(consent.c.case_id == case_id).order_by(consent.c.id)).all()
    named: dict[int, set[str]] = {}
    ids = [row.id for row in rows]
    if ids:
        for row in tx.execute(sa.select(consent_organisation).where(consent_organisation.c.consent_id.in_(ids))):
            named.setdefault(row.consent_id, set()).add(row.organisation)
    return tuple(
        Consent(
            r.person,
            r.purpose,
            r.given,
            frozenset(named.get(r.id, ())),
            frozenset(r.categories),
            r.recorded_at,
            r.withdrawn_at,
        )
        for r in rows
    )


def meetings(tx: Transaction, case_id: int) -> tuple[MeetingRow, ...]:
    """The meetings of one case, oldest first."""
    c = meeting.c
    query = sa.select(c.kind, c.status, c.date, c.time, c.place, c.present, c.parents_present, c.absence_reason)
    return tuple(MeetingRow(*row) for row in tx.execute(query.where(c.case_id == case_id).order_by(c.id)))


def agreements(tx: Transaction, case_id: int) -> tuple[AgreementRow, ...]:
    """The agreements of one case, in the order in which they were made."""
    c = agreement.c
    query = sa.select(c.item, c.what, c.organisation, c.person, c.by_date, c.goal, c.assignment, c.status, c.remark)
    return tuple(AgreementRow(*row) for row in tx.execute(query.where(c.case_id == case_id).order_by(c.id)))


def disclosures(tx: Transaction, case_id: int) -> tuple[DisclosureRow, ...]:
    """What was shared in one case, oldest first."""
    c = disclosure.c
    query = sa.select(c.recipients, c.what, c.channel, c.ground, c.date, c.source)
    return tuple(DisclosureRow(*row) for row in tx.execute(query.where(c.case_id == case_id).order_by(c.id)))


def evaluations(tx: Transaction, case_id: int) -> tuple[EvaluationRow, ...]:
    """The evaluations of one case, oldest first."""
    c = evaluation.c
    query = sa.select(c.outcome, c.date, c.goals_met, c.heard, c.remark)
    return tuple(EvaluationRow(*row) for row in tx.execute(query.where(c.case_id == case_id).order_by(c.id)))


def safety_file(tx: Transaction, case_id: int) -> tuple[SafetyRow, ...]:
    """The safety file of one case, oldest first. Only for those who act in it."""
    c = safety.c
    query = sa.select(c.step, c.content, c.decision, c.consulted, c.date, c.informed)
    return tuple(SafetyRow(*row) for row in tx.execute(query.where(c.case_id == case_id).order_by(c.id)))

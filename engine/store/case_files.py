"""Cases: their row, who takes part, and what happened."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import NAMELESS, CaseFacts, Sight
from engine.errors import NotFoundError
from engine.store.database import Transaction, contains, folded, known_number, known_text
from engine.store.tables import case_file, consent, consent_organisation, event, participant
from engine.words import CaseStatus, RoleId


@dataclass(frozen=True)
class CaseRow:
    """One case with its state and document, as it was locked or read. `shared` says that the family has agreed at
    some time that others than the aanmelder know of it.
    """

    id: int
    version_id: str
    process: str
    municipality: str
    title: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    shared: bool
    document: Mapping[str, Any]
    state: str


@dataclass(frozen=True)
class CaseLine:
    """One case in a list."""

    id: int
    title: str
    process: str
    municipality: str
    status: str
    started_at: datetime


@dataclass(frozen=True)
class EventRow:
    """Something that happened in a case."""

    id: int
    at: datetime
    actor: str
    kind: str
    process: str
    element: str
    item: str
    detail: Mapping[str, Any]


def consented_cases(organisation: str) -> sa.Select[tuple[int]]:
    """The cases in which a consent in force names this organisation, as part of a query."""
    return (
        sa.select(consent.c.case_id)
        .select_from(consent.join(consent_organisation))
        .where(
            consent.c.given,
            consent.c.withdrawn_at.is_(None),
            consent_organisation.c.organisation == organisation,
        )
    )


def _consented(organisation: str, case_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The same question about one case."""
    return consented_cases(organisation).where(consent.c.case_id == case_id).exists()


def _visible(seen: Sight) -> sa.ColumnElement[bool]:
    mine = sa.exists(
        sa.select(1).where(
            participant.c.case_id == case_file.c.id,
            participant.c.person_id == seen.person,
            participant.c.role != RoleId.CORE_PARTNER,
        )
    )
    ways: list[sa.ColumnElement[bool]] = [mine, overseen(seen)]
    if seen.partner_in:
        ways.append(
            sa.and_(case_file.c.municipality.in_(seen.partner_in), _consented(seen.organisation, case_file.c.id))
        )
    return sa.or_(*ways)


def overseen(seen: Sight) -> sa.ColumnElement[bool]:
    """Whether this person keeps the overview of a case, as part of a query."""
    ways = (
        sa.and_(case_file.c.process == process, case_file.c.municipality == place)
        for process, place in sorted(seen.overseen)
    )
    return sa.or_(sa.false(), *ways)


def add(tx: Transaction, version_id: str, process: str, municipality: str, now: datetime, title: str = "") -> int:
    """Add an empty case and give its id."""
    values = {
        "version_id": version_id,
        "process": process,
        "municipality": municipality,
        "title": title,
        "search": folded(title),
        "status": CaseStatus.RUNNING,
        "shared": False,
        "started_at": now,
        "document": "{}",
        "state": "",
    }
    return int(tx.execute(sa.insert(case_file).values(values).returning(case_file.c.id)).scalar_one())


def lock(tx: Transaction, id: int, seen: Sight | None) -> CaseRow:
    """Lock a case for this transaction and read it. Raises NotFoundError, also where the person may not know it."""
    return _row(tx.execute(_one(id, seen).with_for_update(of=case_file)).first())


def read(tx: Transaction, id: int, seen: Sight | None) -> CaseRow:
    """Read a case without locking it. Raises NotFoundError, also where the person may not know it."""
    return _row(tx.execute(_one(id, seen)).first())


def _one(id: int, seen: Sight | None) -> sa.Select[Any]:
    query = sa.select(case_file).where(case_file.c.id == known_number(id))
    return query if seen is None else query.where(_visible(seen))


def _row(row: Any) -> CaseRow:
    if row is None:
        raise NotFoundError("Dit dossier bestaat niet, of je mag het niet zien.")
    values = row._asdict()
    values.pop("search")
    return CaseRow(**{**values, "document": json.loads(values["document"])})


def save(tx: Transaction, case: CaseRow) -> None:
    """Write what a move led to: the case as it is now."""
    tx.execute(
        sa.update(case_file)
        .where(case_file.c.id == case.id)
        .values(
            state=case.state,
            title=case.title,
            search=folded(case.title),
            shared=case.shared,
            status=case.status,
            ended_at=case.ended_at,
            end_reason=case.end_reason,
            document=json.dumps(case.document, ensure_ascii=False, separators=(",", ":")),
        )
    )


def title(tx: Transaction, id: int, seen: Sight) -> str:
    """The title of one case as this person sees it."""
    return str(tx.execute(sa.select(shown_title(seen)).where(case_file.c.id == id)).scalar_one())


def shown_title(seen: Sight) -> sa.ColumnElement[str]:
    """The title of a case as this person sees it: the family's name only for who takes part or where it agreed."""
    return _as_known(seen, case_file.c.title, "Signaal ").label("case_title")


def title_contains(seen: Sight, text: str) -> sa.ColumnElement[bool]:
    """Whether a text stands in the title as this person sees it: a search must not confirm a name."""
    return contains(_as_known(seen, case_file.c.search, folded("Signaal ")), text)


def _as_known(seen: Sight, name: sa.ColumnElement[str], nameless: str) -> sa.ColumnElement[str]:
    """The one statement that shows or hides a family's name, on every page, in every list and search."""
    part = sa.exists(
        sa.select(1).where(
            participant.c.case_id == case_file.c.id,
            participant.c.person_id == seen.person,
            participant.c.role.not_in(NAMELESS),
        )
    )
    number = sa.literal(nameless) + sa.cast(case_file.c.id, sa.Text)
    return sa.case((sa.or_(case_file.c.shared, part), name), else_=number)


def facts(tx: Transaction, case: CaseRow, seen: Sight) -> CaseFacts:
    """What access to one case rests on, for one person."""
    roles = tx.execute(
        sa.select(participant.c.role).where(participant.c.case_id == case.id, participant.c.person_id == seen.person)
    ).scalars()
    named = bool(seen.partner_in) and bool(
        tx.execute(sa.select(_consented(seen.organisation, sa.literal(case.id)))).scalar()
    )
    return CaseFacts(case.process, case.municipality, frozenset(roles), named, case.shared)


def join(tx: Transaction, id: int, person_id: str, role: str, now: datetime) -> None:
    """Let a person take part in a case, once."""
    same = sa.select(participant.c.role).where(
        participant.c.case_id == id, participant.c.person_id == person_id, participant.c.role == role
    )
    if tx.execute(same).first() is None:
        tx.execute(sa.insert(participant).values(case_id=id, person_id=person_id, role=role, since=now))


def leave(tx: Transaction, id: int, role: str) -> None:
    """Let nobody take part as this role any more."""
    tx.execute(sa.delete(participant).where(participant.c.case_id == id, participant.c.role == role))


def participants(tx: Transaction, id: int) -> tuple[tuple[str, str], ...]:
    """Who takes part: (person id, role)."""
    rows = tx.execute(
        sa.select(participant.c.person_id, participant.c.role)
        .where(participant.c.case_id == id)
        .order_by(participant.c.since)
    )
    return tuple((row.person_id, row.role) for row in rows)


def happened(tx: Transaction, id: int, at: datetime, events: Iterable[Mapping[str, Any]], actor: str | None) -> None:
    """Add to a case's history. Each event has kind, and where they apply process, element, item, detail."""
    rows = [
        {
            "case_id": id,
            "at": at,
            "actor": actor,
            "process": "",
            "element": "",
            "item": "",
            "detail": {},
            **values,
        }
        for values in events
    ]
    if rows:
        tx.execute(sa.insert(event), rows)


def history(tx: Transaction, id: int) -> tuple[EventRow, ...]:
    """All that happened in a case, oldest first."""
    rows = tx.execute(sa.select(event).where(event.c.case_id == id).order_by(event.c.id))
    return tuple(EventRow(r.id, r.at, r.actor or "", r.kind, r.process, r.element, r.item, r.detail) for r in rows)


def listing(
    tx: Transaction, seen: Sight, status: str = "", limit: int = 50, offset: int = 0, search: str = ""
) -> tuple[CaseLine, ...]:
    """The cases that a person may see, newest first. `search` looks in the title as this person sees it."""
    query = (
        sa.select(
            case_file.c.id,
            shown_title(seen),
            case_file.c.process,
            case_file.c.municipality,
            case_file.c.status,
            case_file.c.started_at,
        )
        .where(_visible(seen))
        .order_by(case_file.c.started_at.desc(), case_file.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if status:
        query = query.where(case_file.c.status == known_text(status))
    if search:
        query = query.where(title_contains(seen, search))
    return tuple(CaseLine(*row) for row in tx.execute(query))


def erase(tx: Transaction, id: int) -> None:
    """Erase a case with every row that hangs on it."""
    tx.execute(sa.delete(case_file).where(case_file.c.id == id))

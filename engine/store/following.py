"""What is followed in cases beside their steps, read from what happened in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import event
from engine.words import Happening


@dataclass(frozen=True)
class LastContact:
    """The last time that somebody was in touch: on which day, how, what came of it, and who it was."""

    day: date
    way: str
    reached: str
    by: str


def last_contacts(tx: Transaction, case_ids: Collection[int]) -> Mapping[tuple[int, str], LastContact]:
    """The last time for each case, and each agreement in it by its item."""
    if not case_ids:
        return {}
    asked = sa.and_(event.c.case_id.in_(sorted(case_ids)), event.c.kind == Happening.CONTACTED)
    columns = (event.c.case_id, event.c.item, event.c.actor, event.c.detail)
    last: dict[tuple[int, str], LastContact] = {}
    for row in tx.execute(sa.select(*columns).where(asked).order_by(event.c.id)):
        detail = row.detail
        contact = LastContact(date.fromisoformat(detail["op"]), detail["hoe"], detail["uitkomst"], row.actor or "")
        before = last.get((row.case_id, row.item))
        if before is None or before.day <= contact.day:
            last[row.case_id, row.item] = contact
    return last

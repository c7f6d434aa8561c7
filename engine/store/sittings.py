"""When somebody opened the own start page last, and since when it tells what is new."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import sitting

SITTING = timedelta(hours=1)
"""Who opens the page again within this time, is told the same: a look at it changes nothing."""

OFTEN = timedelta(minutes=10)
"""Who opens the page again within this time, need not be written down anew."""


def last(tx: Transaction, person_id: str) -> tuple[datetime, datetime] | None:
    """When somebody opened the page last, and since when it told what was new then; None who never did."""
    row = tx.execute(sa.select(sitting.c.at, sitting.c.since).where(sitting.c.person_id == person_id)).first()
    return (row.at, row.since) if row else None


def keep(tx: Transaction, person_id: str, at: datetime, since: datetime) -> None:
    """Keep that somebody opened the page."""
    mine = sitting.c.person_id == person_id
    if tx.execute(sa.update(sitting).where(mine).values(at=at, since=since)).rowcount == 0:
        tx.execute(sa.insert(sitting).values(person_id=person_id, at=at, since=since))

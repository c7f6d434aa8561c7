"""Which rows of which list were brought in as a case: of the key in that list only a hash is kept."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction
from engine.store.tables import imported


def there(tx: Transaction, mark: str) -> bool:
    """Whether a row was brought in."""
    return tx.execute(sa.select(imported.c.mark).where(imported.c.mark == mark)).first() is not None


def add(tx: Transaction, mark: str, case_id: int) -> bool:
    """Keep that a row became this case; whether it hadn't become one yet."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = insert(imported).values(mark=mark, case_id=case_id).on_conflict_do_nothing().returning(imported.c.mark)
    return tx.execute(new).first() is not None

"""A copy of a SQLite database while people work in it, and putting one back. PostgreSQL has its own tools for both."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.store import personal
from engine.store.database import Database, Shape, Transaction
from engine.store.tables import case_file, erasure, job
from engine.words import Erased, Job


def save(database: Database, file: Path) -> None:
    """Write the database as it is at one moment to a new file."""
    with database.engine.connect() as connection, closing(sqlite3.connect(file)) as copy:
        driver: Any = connection.connection.dbapi_connection
        driver.backup(copy)


def shape(file: Path) -> Shape | None:
    """The shape of a copy; None where the file is none."""
    if file.is_file():
        with closing(Database(f"sqlite:///{file}")) as copy, suppress(sa.exc.DatabaseError):
            if sa.inspect(copy.engine).has_table(case_file.name):
                return copy.shape()
    return None


def put_back(database: Database, file: Path) -> int:
    """Let the database be what it was when this file was written, but for what was erased since: that is erased again.
    Gives how many erasures were done again.

    Who works in it goes on with what stands there by then. What was erased by its term while the copy lay there, and
    the database that knew of it is lost, the worker erases again by itself: its job stands in the copy.
    """
    with database.writing() as tx:
        since = [dict(row) for row in tx.execute(sa.select(erasure).order_by(erasure.c.id)).mappings()]
    with database.engine.connect() as connection, closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        driver: Any = connection.connection.dbapi_connection
        copy.backup(driver)
    database.migrate()
    with database.writing() as tx:
        return sum(_again(tx, row) for row in since)


def _again(tx: Transaction, row: dict[str, Any]) -> bool:
    """Erase once more what the copy still holds; what it had erased already stays as it is there."""
    same = sa.and_(erasure.c.case_id == row["case_id"], erasure.c.at == row["at"], erasure.c.what == row["what"])
    if tx.execute(sa.select(erasure.c.id).where(same)).first() is not None:
        return False
    if row["what"] == Erased.WHOLE:
        personal.erase(tx, row["case_id"])
        tx.execute(sa.insert(erasure).values({name: value for name, value in row.items() if name != "id"}))
        return True
    now = sa.select(case_file.c.started_at).where(case_file.c.id == row["case_id"]).scalar_subquery()
    mine = sa.and_(job.c.kind == Job.FORGET, job.c.case_id == row["case_id"])
    return tx.execute(sa.update(job).where(mine).values(due_at=now)).rowcount > 0  # its term is over: at once

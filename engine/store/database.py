"""Opening a database, SQLite or PostgreSQL, and its transactions."""

import json
import shutil
import sqlite3
import threading
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store import memory

Transaction = sa.Connection
CONNECTIONS = 8
"""How many connections one process holds at most."""

PATIENCE = 30.0
"""How many seconds a writer waits for its turn in a SQLite file: then something in there is stuck."""

DAY = 86_400
"""So many seconds a connection is kept at most: SQLite reads what `Database.take_stock` wrote when it opens a file."""

SOME = 10_000
"""So many rows of an index are looked through to estimate how many are alike: of fewer, long lists suffer."""

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 20_260_101
"""The number by which processes know that one of them migrates; it means nothing else."""


class Shape(StrEnum):
    """How the tables of a database stand to what this version of the code expects."""

    EMPTY = "empty"
    OLDER = "older"
    NEWEST = "newest"
    NEWER = "newer"


class Trouble(StrEnum):
    """Why a database can't do what it is asked now, whatever that is."""

    AWAY = "away"
    FULL = "full"
    BUSY = "busy"


_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.FULL,  # so it is told of a quota that is used up, and of a disk that fails
    sqlite3.SQLITE_READONLY: Trouble.FULL,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_CORRUPT: Trouble.AWAY,
    sqlite3.SQLITE_NOTADB: Trouble.AWAY,
}
_OF_POSTGRESQL = {
    "08": Trouble.AWAY,  # no connection
    "57P": Trouble.AWAY,  # it stops, or isn't up yet
    "53300": Trouble.BUSY,  # too many connections
    "53": Trouble.FULL,  # no disk or memory left
    "58": Trouble.FULL,  # the disk fails
    "25006": Trouble.FULL,  # it only reads, as it does when its disk is full
    "40": Trouble.BUSY,  # two waited for each other
    "55P03": Trouble.BUSY,  # a lock wasn't free in time
}
"""What the beginning of a status says (postgresql.org, appendix A); the longer ones first where two begin alike."""


def trouble(error: BaseException) -> Trouble | None:
    """What an error says of the database; None where it is about what was asked of it."""
    if isinstance(error, sa.exc.TimeoutError):
        return Trouble.BUSY
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)  # the rest of the number says it in detail
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate is None:  # the connection broke, and nobody is left to say how
        return Trouble.AWAY if isinstance(cause, psycopg.OperationalError) else None
    return next((kind for begin, kind in _OF_POSTGRESQL.items() if cause.sqlstate.startswith(begin)), None)


ANSWERS_WITHIN = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""A PostgreSQL server that says nothing for so long is away: nobody waits for it for longer. Ten seconds to connect,
and half a minute (in milliseconds) for what was sent. While an answer is awaited nothing is sent, so that the machine
is asked after 15 seconds of silence, and thrice more, each after 5. Without this a thread would hang for hours on a
server whose network is gone. A server that is halted on a machine that stands is waited for.
"""


class Database:
    """One database: `sqlite:///path` or `postgresql+psycopg://…`. Safe to share between threads."""

    def __init__(self, url: str, password: str = "") -> None:
        self.url = url
        address = sa.make_url(url).set(password=password) if password else url
        # what a statement carried is no part of its error: that text may reach a log
        self.engine = sa.create_engine(
            address,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_recycle=DAY,
            pool_pre_ping=not url.startswith("sqlite"),
            hide_parameters=True,
            json_serializer=_short_json,
            connect_args={} if url.startswith("sqlite") else dict(ANSWERS_WITHIN),
        )
        memory.listen(self.engine)
        self._door: Door | None = None
        if self.engine.dialect.name == "sqlite":
            self._door = Door()
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def connection(self, writes: bool) -> Iterator[Transaction]:
        """A connection whose transaction its owner commits; what was not committed is rolled back."""
        turn = self._door.turn() if self._door and writes else nullcontext()
        with turn, self.engine.connect().execution_options(knooppunt_writes=writes) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction that may write: commits at the end, rolls back whole on any error."""
        with self.connection(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def again(self, connection: Transaction) -> Iterator[None]:
        """A short transaction that writes, on a connection whose own is over: it commits at the end."""
        connection.rollback()
        waits = self._door is not None and not connection.get_execution_options().get("knooppunt_writes", False)
        turn = self._door.turn() if self._door and waits else nullcontext()
        with turn:
            connection.execution_options(knooppunt_writes=True)
            yield
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One transaction that only reads."""
        with self.connection(writes=False) as connection:
            yield connection

    def migrate(self, folder: Path = MIGRATIONS) -> None:
        """Bring the tables to the newest shape, one process at a time: several may start at once."""
        with self._rebuilding() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATING)))
            command.upgrade(migrations(connection, folder), "head")

    def shape(self, folder: Path = MIGRATIONS) -> Shape:
        """Whether the tables have the shape that this version of the code expects."""
        with self.reading() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        known = [script.revision for script in ScriptDirectory(str(folder)).walk_revisions()]  # the newest first
        if current is None or current not in known:
            return Shape.EMPTY if current is None else Shape.NEWER
        return Shape.NEWEST if current == known[0] else Shape.OLDER

    @contextmanager
    def _rebuilding(self) -> Iterator[Transaction]:
        """One transaction in which tables may be made anew.

        SQLite changes a column by copying its table and dropping the old one. What hangs on the old rows would go with
        them, so it minds that only once all is done.
        """
        sqlite = self.engine.dialect.name == "sqlite"
        with self.connection(writes=True) as connection:
            driver: Any = connection.connection.dbapi_connection  # inside a transaction SQLite would not hear it
            if sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise sa.exc.IntegrityError("a migration left rows of nothing", None, ValueError())
            finally:
                if sqlite:
                    driver.execute("PRAGMA foreign_keys=ON")

    def scrub(self, tables: Iterable[str]) -> bool:
        """Let nothing be left on the disk of what was erased: these tables are written anew. Whoever needs one of them
        waits meanwhile. False where somebody still reads what was there before: then it is to be done again.
        """
        sqlite = self.engine.dialect.name == "sqlite"
        turn = self._door.turn() if self._door else nullcontext()
        with turn, self.engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection  # no transaction may be about it
            if not sqlite:
                driver.autocommit = True
                for name in tables:
                    driver.execute(f'VACUUM FULL "{name}"')
                driver.autocommit = False
                return True
            driver.execute("VACUUM")
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    def take_stock(self) -> None:
        """Let SQLite estimate anew how many rows its tables hold and how many are alike, from some rows of each index:
        without that it takes every table for a small one, and looks through a long list by the wrong index. Numbers are
        kept, and no value of any row. Writers wait for it: a fraction of a second, however much there is. A server sees
        to it by itself.

        Source: sqlite.org/lang_analyze.html. `PRAGMA optimize` is for newer versions: until 3.46 it passes over every
        table that this very connection did not ask.
        """
        if self.engine.dialect.name == "sqlite":
            with self.writing() as tx:
                tx.exec_driver_sql(f"PRAGMA analysis_limit={SOME}")
                tx.exec_driver_sql("ANALYZE")

    def room(self) -> tuple[int, int] | None:
        """How many bytes are free on the disk of a SQLite file, and how many it takes to write that file anew; None for
        a server, which knows its own disk.
        """
        if self.engine.dialect.name != "sqlite":
            return None
        file = Path(self.engine.url.database or "").resolve()
        return shutil.disk_usage(file.parent).free, 2 * file.stat().st_size  # the new file, and the journal of it

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class Door:
    """Lets the writers of a process into a SQLite file one by one, in the order in which they came.

    SQLite itself lets whoever happens to ask at the right moment go first, and turns away who waited for long.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._busy = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, and let in who is next afterwards."""
        called = threading.Event()
        with self._guard:
            if self._busy:
                self._waiting.append(called)
            else:
                self._busy = True
                called.set()
        if not called.wait(PATIENCE) and self._left(called):
            raise sa.exc.TimeoutError(f"no turn to write within {PATIENCE} seconds")
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._busy = False

    def _left(self, called: threading.Event) -> bool:
        """Leave the line; False for who was called in the meantime."""
        with self._guard:
            if called.is_set():
                return False
            self._waiting.remove(called)
            return True


def migrations(connection: Transaction, folder: Path = MIGRATIONS) -> Config:
    """The migrations in a folder, to be run in this transaction."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config


def damage(tx: Transaction) -> str:
    """What is wrong with the file of a SQLite database; "" where nothing is, and for what has no file of ours."""
    if tx.dialect.name != "sqlite":
        return ""
    said = str(tx.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return "" if said == "ok" else said


def clock(tx: Transaction) -> datetime | None:
    """What time it is by the clock of a server; None for a file, which has no clock but ours."""
    if tx.dialect.name == "sqlite":
        return None
    moment: datetime = tx.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment


def known_number(id: int) -> int:
    """A number as it may stand in the column of an id; what is too large for that is the number of nothing."""
    return id if 0 < id < 2**31 else 0


def known_text(text: str) -> str:
    """A text as it may be asked for: PostgreSQL has no NUL, and no database half a character, so nothing is called
    that.
    """
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")


def folded(text: str) -> str:
    """A text as it is searched: without capitals and accents, and so alike on every database."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(_WITHOUT_MARK)


# letters that people type without their mark, and that Unicode takes for letters of their own
_WITHOUT_MARK = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "’": "'"})


def _short_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; we say BEGIN
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # one writer at a time: the others wait at the door, and never find out halfway that they must
    writes = connection.get_execution_options().get("knooppunt_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

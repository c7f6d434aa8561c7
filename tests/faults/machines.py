"""Processes that run side by side on one SQLite file, in one thread and by one seed; any of them may die at any moment.

Each machine has connections of its own, and each thing that it does is a greenlet. Before a statement it may hand over
to another; so what one reads and the other writes meets in every order that the database allows. A machine that dies
does so at a statement, just before a commit, or just after it and before anybody is told: its connections are cut, and
whatever it would still do to the database is not done.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from greenlet import getcurrent, greenlet

from engine.store import Database

HANDS_OVER = 0.3
"""How often a machine lets another go first at a statement."""

STUCK = 100
"""So often may all wait for another, one after the other, before it is clear that they do."""

STATEMENT, BEFORE, AFTER = "a statement", "before a commit", "after a commit"


class Crash(BaseException):
    """The process died."""


@dataclass
class Death:
    """Where a machine is to die: at which of what it does from now on."""

    where: str
    nth: int


class Machine:
    """One process: its database, and what becomes of each statement and commit."""

    def __init__(self, hub: "Hub", url: str) -> None:
        self.hub = hub
        self.database = Database(url)
        self.death: Death | None = None
        self.dead = False
        self.waits = False
        self.commits: list[int] = []
        """Which of all commits were its own since it began what it does."""
        self._cut: list[sqlite3.Connection] = []
        engine: Any = self.database.engine
        sa.event.listen(engine, "connect", self._connected)
        with engine.connect():
            pass  # what a dialect asks of its first connection is no part of a history
        dialect = engine.dialect
        self._commit, self._rollback = dialect.do_commit, dialect.do_rollback
        dialect.do_commit, dialect.do_rollback = self._committing, self._rolling_back
        for name in ("do_execute", "do_executemany"):
            setattr(dialect, name, self._holding(getattr(dialect, name)))

    def _connected(self, connection: sqlite3.Connection, _record: object) -> None:
        for setting in ("busy_timeout=0", "synchronous=OFF"):  # a process that dies takes no page along
            connection.execute(f"PRAGMA {setting}")
        self._cut.append(connection)

    def _holding(self, execute: Callable[..., None]) -> Callable[..., None]:
        """What a statement becomes: it may be the last one, others may go first, and who can't write yet waits."""

        def held(cursor: Any, statement: str, *given: Any) -> None:
            self._meet(STATEMENT)
            if self.hub.random.random() < HANDS_OVER:
                self.hub.hand_over()
            while True:
                try:
                    execute(cursor, statement, *given)
                except sqlite3.OperationalError as error:
                    if statement != "BEGIN IMMEDIATE" or "locked" not in str(error):
                        raise
                    self.waits = True
                    self.hub.hand_over()
                else:
                    self.waits = False
                    return

        return held

    def _committing(self, connection: Any) -> None:
        self._meet(BEFORE)
        self._commit(connection)
        self.hub.commits += 1
        self.commits.append(self.hub.commits)
        self._meet(AFTER)

    def _rolling_back(self, connection: Any) -> None:
        if not self.dead:
            self._rollback(connection)

    def _meet(self, where: str) -> None:
        """Die, where it is time to."""
        if self.dead:
            raise Crash
        if self.death is None or self.death.where != where:
            return
        self.death.nth -= 1
        if self.death.nth == 0:
            self.dead = True
            for connection in self._cut:
                connection.close()
            raise Crash

    def start_anew(self) -> None:
        """Open the database again, as a process that is started does."""
        self.database.engine.dispose()
        self._cut.clear()
        self.dead, self.waits, self.death = False, False, None

    def dies_in(self, work: Callable[[], None]) -> bool:
        """Do something, and start anew where the process dies in it; whether it did."""
        self.commits = []
        try:
            work()
        except Crash:
            return True
        finally:
            self.death, self.waits = None, False
        return False


class Hub:
    """Lets machines do things at the same time, in an order that the seed says."""

    def __init__(self, folder: Path, machines: int) -> None:
        self.random = Random(0)  # noqa: S311 - a history, no secret
        self.commits = 0
        self.file = folder / "history.sqlite"
        self.file.touch()
        self.machines = tuple(Machine(self, f"sqlite:///{self.file}") for _ in range(machines))
        self._main: greenlet | None = None
        self._watch: sqlite3.Connection | None = None
        self.running: Machine | None = None
        """Which machine does something now."""

    def begin(self, content: bytes, seed: int) -> None:
        """Start all machines on a file that holds this."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        self.file.write_bytes(content)
        self._watch = sqlite3.connect(self.file, isolation_level=None)
        self.random, self.commits = Random(seed), 0  # noqa: S311 - a history, no secret

    def close(self) -> None:
        """Stop all machines."""
        for machine in self.machines:
            machine.start_anew()
        if self._watch is not None:
            self._watch.close()

    def rows(self, query: str, *given: object) -> list[Any]:
        """What stands in the file, as none of the machines sees it."""
        assert self._watch is not None
        self._watch.row_factory = sqlite3.Row
        return self._watch.execute(query, given).fetchall()

    def hand_over(self) -> None:
        """Let another machine go first."""
        if self._main is not None and getcurrent() is not self._main:
            self._main.switch()

    def together(self, works: Iterable[tuple[Machine, Callable[[], None]]]) -> None:
        """Do all of this at the same time."""
        self._main = getcurrent()
        running = [(machine, greenlet(work)) for machine, work in works]
        stuck = 0
        while running:
            free = [pair for pair in running if not pair[0].waits]
            self.running, chosen = self.random.choice(free or running)
            chosen.switch()
            running = [pair for pair in running if not pair[1].dead]
            stuck = 0 if free else stuck + 1
            assert stuck < STUCK, "each waits for another"
        self._main, self.running = None, None

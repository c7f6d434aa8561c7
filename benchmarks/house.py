"""A Knooppunt to measure: a database of its own, a server process, and a client that keeps one connection open."""

import hashlib
import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from api.demo.filling import read_people
from benchmarks.server import HEADER
from engine import cases, definitions, store
from engine.process import Model
from engine.words import Answer as YesNo

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = ROOT / "workflows"
REGION = "zuid-limburg"
PLACE = "kerkrade"
PEOPLE = tuple(
    person for person in read_people(WORKFLOWS, REGION) if PLACE in {a.municipality for a in person.appointments}
)
"""Who do the steps of the measured cases: the people of the demo."""

STARTER, LEAD = "mila_modelman", "jet_jansproef"
"""Who signals the measured families, and who gets the lead of them."""


def publish(database: store.Database) -> None:
    """Publish the reference process and add who do the steps of the measured cases."""
    with database.writing() as tx:
        store.people.save(tx, PEOPLE)
        cases.publish(tx, definitions.load(WORKFLOWS, "casus", REGION), (), datetime.now(UTC))


@dataclass(frozen=True)
class Answer:
    """One answer of the server, and how long the client waited for it."""

    status: int
    body: str
    seconds: float
    statements: int


class Client:
    """One signed-in person at one kept-open connection."""

    def __init__(self, database: store.Database, port: int, person: str) -> None:
        with database.writing() as tx:
            self.token = store.sessions.begin(tx, person, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1))
        self.csrf = csrf(self.token)
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.connection.connect()

    def get(self, path: str) -> Answer:
        """Read a page."""
        return self._send("GET", path, b"", {})

    def post_json(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send JSON."""
        return self._send("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def post_form(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form as a browser does."""
        body = urlencode([*fields, ("csrf_token", self.csrf)]).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
        }
        return self._send("POST", path, body, headers)

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        begun = time.perf_counter()
        self.connection.request(method, path, body, {"Cookie": f"__Host-knooppunt={self.token}", **headers})
        response = self.connection.getresponse()
        text = response.read()
        seconds = time.perf_counter() - begun
        return Answer(response.status, text.decode(), seconds, int(response.headers.get(HEADER, 0)))

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()


class Team:
    """The people of the measured cases, each signed in at a connection of their own."""

    def __init__(self, database: store.Database, port: int) -> None:
        self.clients = {person.id: Client(database, port, person.id) for person in PEOPLE}

    def __enter__(self) -> "Team":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self.clients.values():
            client.connection.close()


def csrf(token: str) -> str:
    """What every form of a session sends along."""
    return hashlib.sha256(f"form:{token}".encode()).hexdigest()[:32]


@contextmanager
def serving(url: str, *ways: str) -> Iterator[int]:
    """A server process on this database, in some of the ways that it knows; gives its port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.server", url, str(port), *ways]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own module
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


def fields(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Answers as a browser sends them."""
    sent: list[tuple[str, str]] = []
    for key, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for number, row in enumerate(value):
                sent += [(f"{key}.{number}.{name}", text) for name, text in fields(row)]
        elif isinstance(value, list):
            sent += [(key, str(item)) for item in value]
        elif value is True:
            sent.append((key, YesNo.YES))
        elif value not in (None, False):
            sent.append((key, str(value)))
    return sent


def shown(page: str) -> str:
    """The names of the inputs on a page, as its form sends them along."""
    match = re.search(r'name="_getoond" value="([^"]*)"', page)
    return match[1] if match else ""


def began(page: str) -> str:
    """What the questions on a page began with, as its form sends it along."""
    match = re.search(r'name="_begon" value="([^"]*)"', page)
    return unescape(match[1]) if match else ""


def current(database: store.Database) -> Model:
    """The model of the reference process that is published."""
    with database.reading() as tx:
        return cases.Library().current(tx)[0]

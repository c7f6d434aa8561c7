"""Many requests at once beside the same requests one after another, each on a connection of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.house import PLACE, csrf, fields
from engine import store

HOST = "127.0.0.1"
PATIENCE = 120
"""Seconds after which a server counts as frozen."""


@dataclass(frozen=True)
class Round:
    """How long all requests took together, and how many of them got which status; 0 is no answer at all."""

    seconds: float
    statuses: Counter[int]


def get(path: str, token: str = "") -> bytes:
    """A request for a page of the demo, as it goes over the line."""
    return _request("GET", path, b"", {"Cookie": f"knooppunt={token}"})


def post(path: str, form: Sequence[tuple[str, str]], token: str = "") -> bytes:
    """A form of the demo, as it goes over the line."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"knooppunt={token}"}
    return _request("POST", path, urlencode(form).encode(), headers)


def kinds(database: store.Database, person: str, answers: Mapping[str, Any]) -> dict[str, bytes]:
    """One request of each kind: a page, a form that starts a case with these answers, and signing in to the demo."""
    with database.writing() as tx:
        token = store.sessions.begin(tx, person, datetime.now(UTC), datetime.now(UTC) + timedelta(hours=1))
    form = [*fields(answers), ("_gemeente", PLACE), ("csrf_token", csrf(token))]
    return {
        "page": get("/werk", token),
        "form": post("/signaal", form, token),
        "anonymous": post("/aanmelden", [("persoon", person)]),
    }


def _request(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = {"Host": HOST, "Connection": "close", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def one_by_one(port: int, requests: Sequence[bytes]) -> Round:
    """Send each request when the one before it is answered."""

    async def send() -> list[int]:
        return [await _send(port, request) for request in requests]

    return _timed(send())


def at_once(port: int, requests: Sequence[bytes]) -> Round:
    """Send all requests at the same time."""

    async def send() -> list[int]:
        return list(await asyncio.gather(*(_send(port, request) for request in requests)))

    return _timed(send())


def _timed(sending: Coroutine[object, object, list[int]]) -> Round:
    begun = time.perf_counter()
    statuses = asyncio.run(sending)
    return Round(time.perf_counter() - begun, Counter(statuses))


async def _send(port: int, request: bytes) -> int:
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(request)
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return 0
    return int(answer.split(b" ", 2)[1]) if answer else 0

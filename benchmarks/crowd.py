"""Many requests at once beside the same requests one after another, each on a connection of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "127.0.0.1"
PATIENCE = 120
"""Seconds after which a server counts as frozen."""


@dataclass(frozen=True)
class Round:
    """How long all requests took together, and how many of them got which status; 0 is no answer at all."""

    seconds: float
    statuses: Counter[int]


def get(path: str, token: str = "", cookie: str = "knooppunt") -> bytes:
    """A request for a page, as it goes over the line."""
    return _request("GET", path, b"", {"Cookie": f"{cookie}={token}"} if token else {})


def post(path: str, fields: Sequence[tuple[str, str]], token: str = "", cookie: str = "knooppunt") -> bytes:
    """A form, as it goes over the line."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _request("POST", path, urlencode(fields).encode(), {**headers, "Cookie": f"{cookie}={token}"})


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

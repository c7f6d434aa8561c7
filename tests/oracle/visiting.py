"""Asks the application without a network or a thread of its own, since the oracle asks it ten thousand times."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from fastapi import FastAPI

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    text: str
    location: str = ""

    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.text)


class Desk:
    """The application, asked one question after another."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """Ask no more."""
        self._runner.close()

    def ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[Response, str]:
        """The answer to one request, and what it sets as a cookie."""
        return self._runner.run(self._ask(method, address, headers, body))

    async def _ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> tuple[Response, str]:
        parts = urlsplit(address)
        scope: MutableMapping[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(parts.path), "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
            "root_path": "", "server": ("testserver", 80), "client": ("testclient", 50000), "state": {},
            "headers": [(name.encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()],
        }  # fmt: skip
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        begun = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode(errors="replace")
        return Response(sent[0]["status"], text, begun.get("location", "")), begun.get("set-cookie", "")


class Browser:
    """Somebody who is signed in, and keeps cookies."""

    def __init__(self, desk: Desk, session: str) -> None:
        self.desk, self.session = desk, session
        self.cookies = {"knooppunt": session}

    def get(self, address: str) -> Response:
        """Open a page."""
        return self._ask("GET", address, {})

    def request(self, method: str, address: str, data: Mapping[str, Any] | None = None) -> Response:
        """Ask the API, with JSON where there is some."""
        if data is None:
            return self._ask(method, address, {})
        return self._ask(method, address, {"content-type": "application/json"}, json.dumps(data).encode())

    def post(self, address: str, form: Mapping[str, Any]) -> Response:
        """Send a form of a page."""
        token = hashlib.sha256(f"form:{self.session}".encode()).hexdigest()[:32]
        body = urlencode({**form, "csrf_token": token}, doseq=True).encode()
        return self._ask("POST", address, {"content-type": FORM}, body)

    def _ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Response:
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        length = {"content-length": str(len(body))} if body else {}
        response, cookie = self.desk.ask(method, address, {"cookie": said, **headers, **length}, body)
        self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items() if morsel.value}
        return response

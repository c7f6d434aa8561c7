"""The application: routes of pages, API and demo together, and the headers that keep a browser safe."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, health
from api.demo import clock, door
from api.pages import cases, paper, removing, render, session, signal, tasks, telling, withdrawing, worklist, written
from api.request import Desk, House
from api.v1 import endpoints

VERSION = "1.0.0"
OWN = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
HANDBOOK = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
)
FENCE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MAXIMUM_BODY = 1_000_000


def create_app(house: House, handbook: Path | None = None, queue: int | None = None) -> FastAPI:
    """The application on one database. `handbook` is the folder of the built handreiking, where there is one; `queue`
    is how many requests may be inside at the same time, where that is other than the configuration says.
    """
    app = FastAPI(
        title="Knooppunt Kansrijke Start",
        version=VERSION,
        description="Casussen, taken en berichten van een Knooppunt Kansrijke Start.",
        contact={"name": "Knooppunt Kansrijke Start", "url": "https://knooppunt.example"},
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = Desk(house, errors.refused, queue)
    for module in (
        worklist,
        signal,
        tasks,
        cases,
        telling,
        withdrawing,
        paper,
        removing,
        written,
        session,
        door,
        clock,
        endpoints,
    ):
        app.include_router(module.routes)
    app.mount("/static", StaticFiles(directory=render.STATIC), name="static")
    if handbook is not None and handbook.is_dir():
        app.mount("/handreiking", StaticFiles(directory=handbook, html=True), name="handreiking")
    errors.register(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAXIMUM_BODY)
    app.add_middleware(_Guard)
    health.register(app)
    return app


class _TooLarge(Exception):  # noqa: N818 - no error of ours
    """The body was refused before it was read."""


class _Guard:
    """Gives every answer its headers, and whoever meets a failure of ours a page and no trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        begun = False

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(request, MutableHeaders(scope=message))
            await send(message)

        async def watched(message: Message) -> None:
            nonlocal begun
            if message.get("status") == 413:
                raise _TooLarge  # what the body limit says of it is no page of ours
            begun = True
            await dressed(message)

        try:
            await self.app(scope, receive, watched)
        except _TooLarge:
            await errors.too_large(request)(scope, receive, dressed)
        except Exception as error:  # an edge: whatever goes wrong, the visitor gets a page and no trace
            errors.log_failure(request, error)
            if begun:
                raise
            await errors.unknown(request)(scope, receive, dressed)


def _dress(request: Request, headers: MutableHeaders) -> None:
    path = request.url.path
    in_handbook = path.startswith("/handreiking")
    headers["Content-Security-Policy"] = (HANDBOOK if in_handbook else OWN) + FENCE
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if not in_handbook and not path.startswith("/static"):
        headers.setdefault("Cache-Control", "no-store")
    if path.startswith("/v1/"):
        headers["API-Version"] = VERSION

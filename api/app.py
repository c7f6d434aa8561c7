"""The application: routes of pages, API and demo together, and the headers that keep a browser safe."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, health
from api.demo import clock
from api.demo import door as demo_door
from api.limits import Limit
from api.pages import (
    absence,
    accounting,
    answering,
    asked,
    boards,
    cases,
    dossiers,
    drafts,
    figures,
    following,
    handing_out,
    importing,
    kaart,
    keeping,
    kept,
    organisations,
    overview,
    paper,
    planning,
    removing,
    render,
    reporting,
    session,
    signal,
    signups,
    sitting,
    staff,
    tasks,
    telling,
    today,
    versions,
    watching,
    withdrawing,
    worklist,
    written,
    zorgpaden,
)
from api.request import Desk, House
from api.signing import door, keys, mine
from api.v1 import asked as v1_asked
from api.v1 import description, endpoints, people

VERSION = "1.0.0"
OWN = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
SEARCH = OWN.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Where the handreiking searches: its index is read by WebAssembly, on the page or in a worker of its own."""
SEARCHES = ("/handreiking/zoeken/", "/handreiking/pagefind/")
FENCE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
PERMISSIONS = ", ".join(
    f"{name}=()" for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "serial", "usb")
)
"""What no page of ours asks of a browser, so that nothing that stands in one can."""
HSTS = "max-age=31536000; includeSubDomains"
MAXIMUM_BODY = 1_000_000


def create_app(house: House, handbook: Path | None = None, queue: int | None = None) -> FastAPI:
    """The application on one database. `handbook` is the folder of the built handreiking, where there is one; `queue`
    is how many requests may be inside at the same time, where that is other than the configuration says.
    """
    app = FastAPI(
        title="Knooppunt Kansrijke Start",
        version=VERSION,
        description="Casussen, taken en berichten van een Knooppunt Kansrijke Start.",
        contact={
            "name": "Knooppunt Kansrijke Start",
            "url": "https://knooppunt.example",
            "email": "beheer@knooppunt.example",
        },
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=description.operation_id,
    )
    app.state.desk = Desk(house, errors.refused, queue)
    app.state.readers = Limit(house.configuration.limits.reading)
    app.state.senders = Limit(signups.SENDS)
    for module in (
        worklist,
        signal,
        tasks,
        cases,
        following,
        handing_out,
        dossiers,
        telling,
        withdrawing,
        paper,
        today,
        boards,
        overview,
        planning,
        sitting,
        reporting,
        asked,
        keeping,
        kept,
        removing,
        written,
        staff,
        organisations,
        kaart,
        absence,
        watching,
        accounting,
        zorgpaden,
        versions,
        answering,
        signups,
        figures,
        importing,
        session,
        mine,
        drafts,
        endpoints,
        people,
        v1_asked,
        *((demo_door, clock) if house.demo else (door, keys)),
    ):
        app.include_router(module.routes)
    app.include_router(zorgpaden.staff)
    app.include_router(signups.staff)
    if not house.demo:
        app.include_router(keys.network)  # before the doors of providers, whose addresses begin alike
        app.include_router(door.network)
        door.open_doors(app, house.configuration)
    app.mount("/static", StaticFiles(directory=render.STATIC), name="static")
    if handbook is not None and handbook.is_dir():
        app.mount("/handreiking", StaticFiles(directory=handbook, html=True), name="handreiking")
    errors.register(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAXIMUM_BODY)
    app.add_middleware(_Guard)
    health.register(app)
    description.describe(app, house.cookie)
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


def policy(path: str) -> str:
    """What a browser may do with what stands at an address."""
    return (SEARCH if path.startswith(SEARCHES) else OWN) + FENCE


def _dress(request: Request, headers: MutableHeaders) -> None:
    path = request.url.path
    in_handbook = path.startswith("/handreiking")
    headers["Content-Security-Policy"] = policy(path)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    for isolation in ("Opener-Policy", "Resource-Policy"):
        headers[f"Cross-Origin-{isolation}"] = "same-origin"
    headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    headers["Permissions-Policy"] = PERMISSIONS
    if not request.app.state.desk.house.demo:  # a demo on one's own machine has no https
        headers["Strict-Transport-Security"] = HSTS
    if not in_handbook and not path.startswith("/static"):
        headers.setdefault("Cache-Control", "no-store")
    if path.startswith("/v1/"):
        headers["API-Version"] = VERSION

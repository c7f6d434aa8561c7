"""How the house does, for who runs it: whether it stands, whether it may be sent work, and figures for Prometheus.

Nothing here says anything of a family: addresses count by their pattern, never by what stands in them.
"""

import hmac
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.request import Desk, TurnedAway
from engine import store
from engine.store.database import Shape

LATE = timedelta(minutes=15)
"""A job that nobody took for so long tells that no worker runs."""

STEPS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""The bounds, in seconds, between which it is counted how long answers took."""


class Figures:
    """What is counted of one application while it runs."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self.seconds = Histogram(
            "knooppunt_request_seconds", "How long answers took", labels, buckets=STEPS, registry=registry
        )
        self.full = Counter("knooppunt_turned_away", "Requests that found the queue full", registry=registry)
        self.inside = Gauge("knooppunt_requests_inside", "Requests that are served or wait now", registry=registry)
        self.stuck = Gauge("knooppunt_jobs_stuck", "Jobs that keep failing", registry=registry)
        self.late = Gauge("knooppunt_jobs_late", f"Jobs that nobody took for {LATE}", registry=registry)
        self.mail = Gauge("knooppunt_mail_waiting", "Mail that has yet to leave", registry=registry)
        self.mail_stuck = Gauge("knooppunt_mail_stuck", "Mail that keeps failing", registry=registry)


class Counting:
    """Counts each answer and how long it took."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self.figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begin = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            pattern = getattr(scope.get("route"), "path", "other")
            self.figures.seconds.labels(scope["method"], pattern, status).observe(time.perf_counter() - begin)
            if status == 503:
                self.figures.full.inc()


def register(app: FastAPI) -> None:
    """Add the three addresses, and count what is answered from now on."""
    app.state.figures = Figures()
    for path, endpoint in {"/healthz": stands, "/readyz": ready, "/metrics": metrics}.items():
        app.get(path, include_in_schema=False)(endpoint)
    app.add_middleware(Counting, figures=app.state.figures)


async def stands(request: Request) -> Response:
    """Whether this process stands, and its clock goes. A stopped clock is no reason to take the pages away from people,
    and a database that is away comes back no sooner for a process that is started anew: it answers 200 then too, and
    says `degraded`.
    """

    def look(desk: Desk, tx: store.Transaction) -> Response:
        desk.house.library.current(tx)
        stuck, late = _jobs(desk, tx)
        mail = store.letters.stuck(tx)
        status = "degraded" if stuck or late or mail else "ok"
        return JSONResponse({"status": status, "stuckJobs": stuck, "lateJobs": late, "stuckMail": mail})

    try:
        return await _looked(request, look)
    except TurnedAway as turned:
        return JSONResponse({"status": "degraded", "database": turned.why})


async def ready(request: Request) -> Response:
    """Whether this process may be sent work: 503 where its database can't be read, its tables are of another version or
    nothing is published.
    """

    def look(desk: Desk, tx: store.Transaction) -> Response:
        shape = desk.house.database.shape()
        published = shape is Shape.NEWEST and bool(store.versions.current(tx))
        return JSONResponse({"database": shape, "published": published}, 200 if published else 503)

    try:
        return await _looked(request, look)
    except TurnedAway as turned:
        return JSONResponse({"database": turned.why, "published": None}, 503)


async def metrics(request: Request) -> Response:
    """The figures, for who sends the token of the configuration."""
    figures: Figures = request.app.state.figures

    def look(desk: Desk, tx: store.Transaction) -> Response:
        token = desk.house.configuration.metrics.token
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(sent.encode(), token.encode()):
            return Response(status_code=404)
        stuck, late = _jobs(desk, tx)
        figures.stuck.set(stuck)
        figures.late.set(late)
        figures.mail.set(len(store.letters.waiting(tx)))
        figures.mail_stuck.set(store.letters.stuck(tx))
        figures.inside.set(desk.inside)
        return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)

    return await _looked(request, look)


def _jobs(desk: Desk, tx: store.Transaction) -> tuple[int, int]:
    before = desk.house.now(tx) - LATE
    return store.jobs.stuck(tx), store.jobs.late(tx, before) + store.letters.late(tx, before)


async def _looked(request: Request, look: Callable[[Desk, store.Transaction], Response]) -> Response:
    desk: Desk = request.app.state.desk
    answer: Awaitable[Response] = desk.aside(lambda tx: look(desk, tx))
    return await answer

"""The application: routes and pages together, errors to statuses, headers that keep a browser safe."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from api.pages import cases as case_pages
from api.pages import render, session, signal, tasks, worklist
from api.request import House, Page, SignInNeeded
from api.routes import router
from engine import store
from engine.definitions import Settings
from engine.errors import (
    ConflictError,
    DefinitionError,
    InvalidDataError,
    KnooppuntError,
    NotAllowedError,
    NotFoundError,
    ProcessError,
)

log = logging.getLogger("knooppunt.web")

STATUSES: dict[type[KnooppuntError], int] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
    InvalidDataError: 422,
    DefinitionError: 422,
    ProcessError: 500,
}
TITLES = {
    400: "Dit verzoek klopt niet",
    403: "Dit mag niet",
    404: "Deze pagina is er niet",
    405: "Dit kan hier niet",
    409: "Dit kan nu niet meer",
    413: "Dit is te groot",
    422: "Er klopt iets niet",
    500: "Er ging iets mis bij ons",
}
ADVICE = {
    403: "Denk je dat dit wel bij je werk hoort? Vraag het wie het Knooppunt in je gemeente organiseert.",
    404: "Klopt het adres? Ga terug naar de werklijst en kies opnieuw.",
    409: "Ga terug naar de werklijst om te zien wat er nu openstaat.",
    422: "Ga terug en kijk je antwoorden na.",
    500: "Er is niets opgeslagen. Probeer het zo nog eens.",
}
OWN = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
HANDBOOK = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
)
FENCE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MAXIMUM_BODY = 1_000_000
LATE = timedelta(minutes=15)
"""A job that nobody took for so long tells that no worker runs."""


def create_app(house: House, handbook: Path | None = None) -> FastAPI:
    """The application on one database. `handbook` is the folder of the built handreiking, where there is one."""
    app = FastAPI(
        title="Knooppunt Kansrijke Start",
        version="1.0.0",
        description="Casussen, taken en berichten van een Knooppunt Kansrijke Start.",
        contact={"name": "Knooppunt Kansrijke Start", "url": "https://knooppunt.example"},
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.house = house
    for module in (worklist, signal, tasks, case_pages, session):
        app.include_router(module.router)
    app.include_router(router)
    app.get("/healthz", include_in_schema=False)(_health)
    app.mount("/static", StaticFiles(directory=render.STATIC), name="static")
    if handbook is not None and handbook.is_dir():
        app.mount("/handreiking", StaticFiles(directory=handbook, html=True), name="handreiking")
    app.add_exception_handler(KnooppuntError, _known_error)
    app.add_exception_handler(SignInNeeded, _to_the_door)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MAXIMUM_BODY)
    app.middleware("http")(_headers)
    return app


def _health(request: Request) -> dict[str, str | int]:
    """Whether the house stands, and its clock goes. A stopped clock is no reason to take the pages away from people,
    so it answers 200 too, and says `degraded`.
    """
    house: House = request.app.state.house
    with house.database.reading() as tx:
        now = house.now(tx)
        house.library.current(tx)
        stuck, late = store.jobs.stuck(tx), store.jobs.late(tx, now - LATE)
    return {"status": "degraded" if stuck or late else "ok", "stuckJobs": stuck, "lateJobs": late}


async def _headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        response = await call_next(request)
    except Exception as error:  # noqa: BLE001 - an edge: whatever goes wrong, the visitor gets a page and no trace
        # where it went wrong, but not the error's text, which might hold what a family told
        places = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s: %s\n%s", request.method, type(error).__name__, places)
        response = _unknown_error(request)
    if response.status_code == 413:
        response = _bare_answer(request, 413, "Je stuurt meer dan in één keer past. Kort je tekst in.")
    in_handbook = request.url.path.startswith("/handreiking")
    response.headers["Content-Security-Policy"] = (HANDBOOK if in_handbook else OWN) + FENCE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if not in_handbook and not request.url.path.startswith("/static"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.url.path.startswith("/v1/"):
        response.headers["API-Version"] = "1.0.0"
    return response


def _known_error(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 500)
    message = error.message if isinstance(error, KnooppuntError) else TITLES[500]
    if status == 500:
        # which case it was stands in the address; its text might hold what a family told
        log.error("%s %s: %s", request.method, request.url.path, type(error).__name__)
    fields = dict(error.fields) if isinstance(error, InvalidDataError | ConflictError) else {}
    return _answer(request, status, message, fields, error.case_id if isinstance(error, ConflictError) else None)


def _wrong_request(request: Request, error: Exception) -> Response:
    if not request.url.path.startswith("/v1/"):
        return _answer(request, 404, "Dit adres bestaat niet.")  # our own pages send nothing that can't be read
    places = error.errors() if isinstance(error, RequestValidationError) else []
    fields = {".".join(str(part) for part in e["loc"][1:]): "Deze waarde past hier niet." for e in places}
    return _answer(request, 422, "Het verzoek klopt niet.", fields)


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _answer(request, status, {404: "Dit adres bestaat niet."}.get(status, TITLES.get(status, TITLES[400])))


def _unknown_error(request: Request) -> Response:
    return _bare_answer(request, 500, "Dat had niet mogen gebeuren. Je antwoorden zijn niet opgeslagen.")


def _to_the_door(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/v1/"):
        return _problem(401, "Meld je eerst aan.")
    return RedirectResponse("/aanmelden", 303)


def _answer(
    request: Request, status: int, message: str, fields: dict[str, str] | None = None, case_id: int | None = None
) -> Response:
    """An error, for who is signed in with the header that they know."""
    if request.url.path.startswith("/v1/"):
        return _problem(status, message, fields)
    house: House = request.app.state.house
    with house.database.reading() as tx:
        response = Page(request, house, tx, ()).render("error.html", status, **_told(status, message, fields, case_id))
    response.headers["Cache-Control"] = "no-store"  # it names who is signed in, whatever the address
    return response


def _bare_answer(request: Request, status: int, message: str) -> Response:
    """An error of which nobody knows what still works: without the database."""
    if request.url.path.startswith("/v1/"):
        return _problem(status, message)
    page = render.html(
        "error.html",
        **_told(status, message),
        settings=Settings("", "Kansrijke Start"),
        person=None,
        csrf="",
        demo=False,
        now=None,
        flash="",
        may_signal=False,
        may_set_up=False,
    )
    return HTMLResponse(page, status)


def _problem(status: int, message: str, fields: dict[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "title": _title(status), "status": status, "detail": message}
    return JSONResponse({**body, "fields": fields} if fields else body, status, media_type="application/problem+json")


def _title(status: int) -> str:
    return TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])


def _told(
    status: int, message: str, fields: dict[str, str] | None = None, case_id: int | None = None
) -> dict[str, object]:
    return {
        "title": _title(status),
        "message": message,
        "advice": ADVICE.get(status, ""),
        "details": tuple((fields or {}).values()),
        "case_id": case_id,
        "path": "/werk",
        "here": "",
    }

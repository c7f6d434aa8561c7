"""What goes wrong, told: to a browser as a page that says what to do, to another system as problem+json."""

import logging
import traceback
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from api.pages import drafts, render
from api.pages.page import Page, Reason
from api.request import Desk, Form, House, SignInNeeded, TurnedAway, Visit, is_foreign, read_form
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
    503: "Het is nu heel druk",
}
ADVICE = {
    403: "Denk je dat dit wel bij je werk hoort? Vraag het wie het Knooppunt in je gemeente organiseert.",
    404: "Klopt het adres? Ga terug naar je taken en kies opnieuw.",
    409: "Ga terug naar je taken om te zien wat er nu openstaat.",
    422: "Ga terug en kijk je antwoorden na.",
    500: "Er is niets opgeslagen. Probeer het zo nog eens.",
}
NO_SUCH_ADDRESS = "Dit adres bestaat niet."
METHODS = ("GET", "POST")
"""What is done at any address of ours."""
FILES = ("GET", "HEAD")
"""What is done in a folder of files."""
PATIENCE = 10
"""After how many seconds who was sent away may try again: a full queue is through by then."""


NOTHING_KEPT = "Er is nog niets opgeslagen."
COME_BACK = {
    store.Trouble.BUSY: Reason(
        TITLES[503], "Er willen nu meer mensen tegelijk verder dan Knooppunt aankan.", NOTHING_KEPT
    ),
    store.Trouble.FULL: Reason(
        "Er kan nu niets bij",
        "Knooppunt kan nu niets opslaan: de schijf is vol, of doet het niet. Wat al was opgeslagen, is er nog. Laat "
        "het weten aan wie Knooppunt beheert.",
        NOTHING_KEPT,
    ),
    # whoever is cut off at the last moment doesn't hear whether it was done
    store.Trouble.AWAY: Reason(
        "Knooppunt is er even niet",
        "Knooppunt kan nu niet bij de gegevens. Wat al was opgeslagen, is er nog. Duurt het lang? Laat het dan weten "
        "aan wie Knooppunt beheert.",
        "Misschien is het nog niet opgeslagen. Stuur het straks gerust opnieuw: dubbel wordt het niet.",
    ),
}


def register(app: FastAPI) -> None:
    """Let the application tell what goes wrong before a visit begins; `refused` tells the rest."""
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(TurnedAway, _turned_away)  # type: ignore[arg-type] # it is called with no other


def refused(
    request: Request, house: House, tx: store.Transaction, error: KnooppuntError | SignInNeeded, form: Form = ()
) -> Response:
    """Tell why a visit came to nothing, in a transaction from which all that it wrote is gone."""
    if isinstance(error, SignInNeeded):
        if _is_api(request):
            return _problem(401, "Meld je eerst aan.")
        return drafts.at_the_door(Page(request, house, tx, form))
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 500)
    if status == 500:
        # its text might hold what a family told
        log.error("%s %s: %s", request.method, _numbered(request), type(error).__name__)
    fields = error.fields if isinstance(error, InvalidDataError | ConflictError) else {}
    if _is_api(request):
        return _problem(status, error.message, fields)
    case_id = error.case_id if isinstance(error, ConflictError) else None
    return _page(Page(request, house, tx), status, error.message, fields, case_id)


def _numbered(request: Request) -> str:
    """The address by its pattern, with numbers alone filled in: by which case it was, but not what happened to it."""
    pattern: str = getattr(request.scope.get("route"), "path", "")
    numbers = {name: value for name, value in request.path_params.items() if str(value).isdecimal()}
    return " ".join([pattern, *(f"{name}={value}" for name, value in sorted(numbers.items()))])


def log_failure(request: Request, error: Exception) -> None:
    """Write down where it went wrong, but not the error's text, which might hold what a family told."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s\n%s", request.method, type(error).__name__, places)


def unknown(request: Request) -> Response:
    """Tell of a failure of ours, of which nobody knows what still works."""
    return _bare(request, 500, "Dat had niet mogen gebeuren. Je antwoorden zijn niet opgeslagen.")


def too_large(request: Request) -> Response:
    """Tell that a body was refused before it was read."""
    return _bare(request, 413, "Je stuurt meer dan in één keer past. Kort je tekst in.")


async def _wrong_request(request: Request, error: Exception) -> Response:
    """What can't be read, told to who may know that it can't: the others first meet what they would have met."""
    desk: Desk = request.app.state.desk
    places = error.errors() if isinstance(error, RequestValidationError) else []
    fields = {".".join(str(part) for part in place["loc"][1:]): "Deze waarde past hier niet." for place in places}
    problem = _problem(400, "Dit verzoek kan Knooppunt niet lezen. Kijk na wat je stuurt.", fields)
    try:
        if _is_api(request):
            return await desk.visit(Visit, request, (), lambda _: problem, anybody=False)
        return await desk.visit(Page, request, await read_form(request), _no_such_page, anybody=False)
    except TurnedAway as turned:
        return await _turned_away(request, turned)


def _no_such_page(page: Page) -> Response:
    return _page(page, 404, NO_SUCH_ADDRESS)  # our own pages send nothing that can't be read


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = NO_SUCH_ADDRESS if status == 404 else TITLES.get(status, TITLES[400])
    desk: Desk = request.app.state.desk
    try:
        if _is_api(request):
            response = _problem(status, message)
        else:
            response = await desk.serve(False, lambda tx: _page(Page(request, desk.house, tx), status, message))
    except TurnedAway as turned:
        return await _turned_away(request, turned)
    if status == 405:
        response.headers["Allow"] = ", ".join(_methods(request))
    return response


def _methods(request: Request) -> tuple[str, ...]:
    """What may be done at an address: several routes may stand there, of which the one that refused knows its own."""
    asked = {"type": "http", "path": request.scope["path"], "root_path": "", "headers": []}
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    methods = (m for m in METHODS if any(r.matches({**asked, "method": m})[0] is Match.FULL for r in routes))
    return tuple(methods) or FILES


async def _turned_away(request: Request, turned: TurnedAway) -> Response:
    """Ask to come back; what somebody filled in goes along in the page, so that sending it again is one button."""
    form: Form = turned.form if not is_foreign(request) else ()
    reason = COME_BACK[turned.why]
    if _is_api(request):
        known = f" {reason.known}" if request.method == "POST" else ""
        response = _problem(503, reason.message + known, title=reason.title)
    else:
        again = _again(request, form)
        response = _bare_page("turned_away.html", 503, reason=reason, form=form, again=again)
    response.headers["Retry-After"] = str(PATIENCE)
    return response


def _again(request: Request, form: Form) -> str:
    """Where to try again: what sent nothing that can be kept is no page to go back to."""
    if request.method == "POST" and not form:
        return "/werk"
    path = "/" + request.url.path.lstrip("/\\")  # with two of these it would be the address of another site
    return path + (f"?{request.url.query}" if request.url.query else "")


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/v1/")


def _page(
    page: Page, status: int, message: str, fields: Mapping[str, str] | None = None, case_id: int | None = None
) -> Response:
    """An error, for who is signed in with the header that they know."""
    response = page.render("error.html", status, **_told(status, message, fields, case_id))
    response.headers["Cache-Control"] = "no-store"  # it names who is signed in, whatever the address
    return response


def _bare(request: Request, status: int, message: str) -> Response:
    """An error of which nobody knows what still works: without the database."""
    if _is_api(request):
        return _problem(status, message)
    return _bare_page("error.html", status, **_told(status, message))


def _bare_page(template: str, status: int, **values: object) -> Response:
    """A page for nobody in particular."""
    shared: dict[str, object] = {
        "settings": Settings("", "Kansrijke Start"),
        "person": None,
        "csrf": "",
        "demo": False,
        "now": None,
        "flash": "",
        "path": "/werk",
        "here": "",
        "language": "nl",
        "may_signal": False,
        "may_set_up": False,
        "oversees": False,
        "session_over": None,
        "office": "",
    }
    return HTMLResponse(render.html(template, **{**shared, **values}), status)


def _problem(status: int, message: str, fields: Mapping[str, str] | None = None, title: str = "") -> Response:
    body = {"type": "about:blank", "title": title or _title(status), "status": status, "detail": message}
    content = {**body, "fields": dict(fields)} if fields else body
    return JSONResponse(content, status, media_type="application/problem+json")


def _title(status: int) -> str:
    return TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])


def _told(
    status: int, message: str, fields: Mapping[str, str] | None = None, case_id: int | None = None
) -> dict[str, object]:
    return {
        "title": _title(status),
        "message": message,
        "advice": ADVICE.get(status, ""),
        "details": tuple((fields or {}).values()),
        "case_id": case_id,
        "path": "/werk",
        "here": "",
        "language": "nl",
    }

"""The session of who is signed in: beginning one, signing out; and the colours of the region."""

import re
from collections.abc import Mapping
from datetime import datetime

from fastapi.responses import RedirectResponse, Response

from api.pages import drafts, seeking, trail
from api.pages.page import HATS, START, Page
from api.request import Routes
from engine import store
from engine.access import Person

TOKENS = {
    "accent": "--knooppunt-accent",
    "accent_donker": "--knooppunt-accent-dark",
    "accent_zacht": "--knooppunt-accent-soft",
    "op_accent": "--knooppunt-on-accent",
}

routes = Routes(anybody=True, include_in_schema=False)


def begin(page: Page, person: Person, path: str, way: str = "") -> RedirectResponse:
    """Go on as this person, who came in by this provider, in a session of its own: the one that there was ends, and
    nobody need know what somebody else searched for.
    """
    store.sessions.sweep(page.tx, page.now)
    if page.token:
        store.sessions.close(page.tx, page.token)
    token = store.sessions.begin(page.tx, person.id, page.now, ending(page, page.now), way)
    response = page.redirect(drafts.way_back(page, person.id, path))
    response.delete_cookie(drafts.BACK)
    response.set_cookie(page.house.cookie, token, httponly=True, samesite="lax", secure=not page.demo)
    seeking.forget(page, response)
    trail.forget(page, response)
    return response


def ending(page: Page, now: datetime) -> datetime:
    """When a session ends that begins or goes on now."""
    return now + page.house.configuration.session.absolute


@routes.get("/")
def home(page: Page) -> Response:
    """Everybody begins at the own start page, or at the door. Who is signed in may do so as often as they like: an
    office has one address for all.
    """
    if page.person is not None:
        return page.redirect(START)
    return page.too_often() or page.redirect("/aanmelden")


@routes.post("/afmelden")
def sign_out(page: Page) -> RedirectResponse:
    """End the session."""
    if page.token:
        store.sessions.close(page.tx, page.token)
    return leave(page)


def leave(page: Page) -> RedirectResponse:
    """Go back to the door, and let the browser forget."""
    response = page.redirect("/aanmelden")
    # a browser drops a `__Host-` cookie only when told so in the words that set it
    response.delete_cookie(page.house.cookie, httponly=True, samesite="lax", secure=not page.demo)
    seeking.forget(page, response)
    trail.forget(page, response)
    return response


@routes.post("/werken-als")
def put_on(page: Page) -> RedirectResponse:
    """Act in another appointment from now on: what the one may know, the other need not."""
    hat = dict(page.form).get("als", "")
    if hat in page.hats:
        store.sessions.put_on(page.tx, page.token, hat)
        seeking.forget(page, response := page.redirect(START, f"Je werkt nu voor: {HATS[hat]}."))
        trail.forget(page, response)
        return response
    return page.redirect(START)


@routes.get("/regio.css")
def colours(page: Page) -> Response:
    """The colours of the region over our own tokens; what is no colour is left out."""
    chosen: Mapping[str, str] = page.settings.colours
    lines = [
        f"{token}: {chosen[name]};"
        for name, token in TOKENS.items()
        if re.fullmatch(r"#[0-9a-fA-F]{6}", chosen.get(name, ""))
    ]
    css = ".knooppunt-theme { " + " ".join(lines) + " }\n"
    return Response(css, media_type="text/css", headers={"Cache-Control": "private, max-age=300"})

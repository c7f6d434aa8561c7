"""The door of a house that works in earnest: one signs in with the provider of one's own organisation.

What is asked of a provider is asked before the transaction and beside the threads that serve requests. Who somebody is
follows from issuer and subject alone; what they may, from the appointments that this house keeps.
"""

import hmac
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.configuration import Configuration, ProviderSettings
from api.limits import SPAN, Limit
from api.pages import session
from api.pages.page import START, Page
from api.request import Desk, House, Routes
from api.signing.openid import Doors, Journey, ProviderAwayError, UntrustedError
from engine import store
from engine.errors import NotFoundError

log = logging.getLogger("knooppunt.signing")

BACK = "/aanmelden/terug"
AWAY_FOR = 600
"""Seconds within which somebody comes back from a provider."""

LOST = "Het aanmelden duurde te lang, of begon in een ander venster. Begin opnieuw."
UNTRUSTED = "Wat je organisatie terugstuurde, klopt niet. Begin opnieuw."
DECLINED = "Het aanmelden bij je organisatie is afgebroken."
TOO_OFTEN = "Vanaf jouw internetadres is heel vaak geprobeerd om aan te melden. Wacht een minuut."
AWAY = "De aanmelding van je organisatie geeft geen antwoord. Probeer het over een paar minuten opnieuw."

routes = Routes(anybody=True, include_in_schema=False)
network = APIRouter(include_in_schema=False)


def open_doors(app: FastAPI, configuration: Configuration) -> None:
    """Let an application know its providers, and count who tries."""
    app.state.doors = Doors(configuration.web.address.rstrip("/") + BACK)
    app.state.tries = Limit(configuration.limits.sign_in)
    app.state.codes = Limit(configuration.limits.codes)


@routes.get("/aanmelden")
def choose(page: Page) -> HTMLResponse:
    """The providers by which one may come in."""
    return page.too_often() or page.render("enter.html", providers=page.house.configuration.provider)


@network.get(BACK)
async def come_back(request: Request) -> Response:
    """Somebody comes back from a provider: who is it? All that is kept of it is kept in one transaction."""
    if not may_try(request):
        return await too_often(request)
    desk: Desk = request.app.state.desk
    journey = Journey.read(request.cookies.get(_cookie(desk.house), ""))
    given = request.query_params
    same = journey is not None and hmac.compare_digest(journey.state.encode(), given.get("state", "").encode())
    provider = _provider(desk.house, journey.provider) if journey is not None and same else None
    if journey is None or provider is None:
        return await _refuse(request, "", "state", LOST)
    if given.get("iss", provider.issuer) != provider.issuer:
        return await _refuse(request, provider.id, "issuer", UNTRUSTED)
    if "code" not in given:
        return await _refuse(request, provider.id, "declined", DECLINED)
    try:
        claims = await request.app.state.doors.claims(provider, journey, given["code"])
    except UntrustedError as error:
        return await _refuse(request, provider.id, str(error), UNTRUSTED)
    except ProviderAwayError as error:
        return await _refuse(request, provider.id, str(error), AWAY, 503)
    return await desk.visit(Page, request, (), lambda page: _enter(page, provider, claims), anybody=True, keeps=True)


@network.get("/aanmelden/{id}")
async def leave(request: Request, id: str) -> Response:
    """Leave for a provider."""
    if not may_try(request):
        return await too_often(request)
    desk: Desk = request.app.state.desk
    provider = _provider(desk.house, id)
    if provider is None:
        return await desk.visit(Page, request, (), _unknown, anybody=True)
    journey = Journey.begin(provider.id)
    try:
        way = await request.app.state.doors.way(provider, journey)
    except ProviderAwayError as error:
        return await _refuse(request, provider.id, str(error), AWAY, 503)
    response = RedirectResponse(way, 303)
    response.set_cookie(
        _cookie(desk.house), journey.written(), max_age=AWAY_FOR, httponly=True, samesite="lax", secure=True
    )
    return response


def may_try(request: Request) -> bool:
    """Whether the address of who asks may try now."""
    tries: Limit = request.app.state.tries
    return tries.allows(request.client.host if request.client is not None else "")


async def too_often(request: Request) -> Response:
    """Tell who tries too often to wait."""
    response = await _refuse(request, "", "too often", TOO_OFTEN, 429)
    response.headers["Retry-After"] = str(int(SPAN))
    return response


def _unknown(_: Page) -> Response:
    raise NotFoundError("Deze manier van aanmelden is er niet.")


def _provider(house: House, id: str) -> ProviderSettings | None:
    return next((each for each in house.configuration.provider if each.id == id), None)


def _cookie(house: House) -> str:
    return f"{house.cookie}_weg"


async def _refuse(request: Request, provider: str, reason: str, message: str, status: int = 403) -> Response:
    """Tell who came why they are not signed in, and the log for which reason: never who it was."""
    log.warning("sign-in refused: provider=%s reason=%s", provider, reason)
    desk: Desk = request.app.state.desk
    return await desk.visit(Page, request, (), lambda page: _closed(page, message, (), status), anybody=True)


def _closed(page: Page, message: str, missing: tuple[str, ...], status: int = 403) -> HTMLResponse:
    """The page for who is not signed in: what is missing, and whom to ask."""
    help_ = page.house.configuration.web.help
    response = page.render("refused.html", status, message=message, missing=missing, help=help_)
    response.delete_cookie(_cookie(page.house), httponly=True, samesite="lax", secure=True)
    return response


def _enter(page: Page, provider: ProviderSettings, claims: Mapping[str, Any]) -> Response:
    """Go on as the person whom this provider knows by this subject; the first time, as whom an invitation names."""
    person_id = store.identities.known(page.tx, provider.issuer, str(claims["sub"]))
    mail = claims.get(provider.claims.mail)
    verified = claims.get("email_verified", True) is True
    if not person_id and isinstance(mail, str) and mail and verified:
        person_id = store.identities.bind(page.tx, provider.issuer, str(claims["sub"]), mail, page.now)
    if not person_id:
        log.warning("sign-in refused: provider=%s reason=%s", provider.id, "unknown" if mail else "no mail")
        return _closed(page, "Knooppunt weet niet wie je bent.", _missing(provider, mail, verified))
    response = session.begin(page, store.people.one(page.tx, person_id), START, provider.id)
    response.delete_cookie(_cookie(page.house), httponly=True, samesite="lax", secure=True)
    return response


def _missing(provider: ProviderSettings, mail: object, verified: bool) -> tuple[str, ...]:
    """What must be there before somebody can be known; the same whether or not anybody is known by that address."""
    if not mail:
        return (f"{provider.name} stuurt je e-mailadres niet mee ({provider.claims.mail}). Je ICT kan dat aanzetten.",)
    if not verified:
        return (f"{provider.name} heeft je e-mailadres niet nagekeken. Je ICT kan dat doen.",)
    return ("Er is geen uitnodiging die nog geldt voor het e-mailadres waarmee je je aanmeldde.",)

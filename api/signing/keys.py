"""Ways in for who has no provider: an invitation by link, a passkey, and codes for who lost it.

Who opens a link changes nothing by that, since what scans mail opens links too; sending the form does. Nobody is told
whether a key or a code is anybody's.
"""

import logging
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.limits import Limit
from api.pages import session
from api.pages.page import START, Page
from api.request import Desk, Form, Routes, read_form
from api.signing import door
from api.signing.passkeys import Ceremony, UntrustedKeyError, key_of
from engine import store
from engine.cases import inviting, staff
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.store.identities import Invitation
from engine.words import Letter

log = logging.getLogger("knooppunt.signing")

KEY, CODE = "sleutel", "code"
"""The ways in, as a session names them."""

LONGEST_NAME = 60
SIGNS_IN = "aanmelden"

LOST = "Deze sleutel werkt hier niet, of het duurde te lang. Probeer het nog een keer, of gebruik een code."
COPIED = "Deze sleutel is misschien nagemaakt, en werkt niet meer. Gebruik een andere sleutel of een code."
NO_CODE = "Deze code werkt niet. Kijk of je hem goed overtikte, en of je hem niet al gebruikte."
PAST = "Deze uitnodiging werkt niet meer. Zij is al gebruikt, ingetrokken of verlopen. Vraag een nieuwe."

UNSEALED = (
    "Een uitnodiging met een link kan hier nog niet. Wie Knooppunt draait, stelt eerst een geheim in: web.secret_file."
)

network = APIRouter(include_in_schema=False)
routes = Routes(include_in_schema=False)


def _ceremony(page: Page) -> Ceremony:
    return Ceremony(page.house.configuration.web.address)


def _secret(page: Page) -> str:
    return page.house.configuration.web.secret


async def _visited(request: Request, answer: Callable[[Page], Response], form: Form = ()) -> Response:
    """A visit of whoever comes, not too often from one address."""
    if not door.may_try(request):
        return await door.too_often(request)
    desk: Desk = request.app.state.desk
    return await desk.visit(Page, request, form, answer, anybody=True)


def _tell(page: Page, person_id: str, letter: Letter) -> None:
    """Tell somebody by mail, where the house has a mail server."""
    if page.house.configuration.mail.server is not None:
        inviting.tell(page.tx, person_id, letter, page.now)


# --- what a key is asked ---------------------------------------------------------------------------------------


def _asking(page: Page, purpose: str, asks: Callable[[Ceremony, bytes], str]) -> Response:
    """Ask a key something; what a browser brings along with the answer stands in a cookie for a few minutes."""
    token, challenge = store.keys.ask(page.tx, purpose, page.now)
    response = Response(asks(_ceremony(page), challenge), media_type="application/json")
    response.set_cookie(
        _cookie(page), token, max_age=int(store.keys.ANSWERED_WITHIN.total_seconds()), httponly=True,
        samesite="strict", secure=True,
    )  # fmt: skip
    return response


def _cookie(page: Page) -> str:
    return f"{page.house.cookie}_sleutel"


def _asked(page: Page, purpose: str) -> bytes:
    """What this browser's key was asked, once. Raises UntrustedKeyError."""
    token = page.request.cookies.get(_cookie(page), "")
    challenge = store.keys.asked(page.tx, token, purpose, page.now) if token else None
    if challenge is None:
        raise UntrustedKeyError("no challenge")
    return challenge


def _keep(page: Page, person_id: str, purpose: str) -> None:
    """Keep the key that was made for somebody. Raises UntrustedKeyError."""
    given = dict(page.form)
    made = _ceremony(page).made(given.get("antwoord", ""), _asked(page, purpose))
    name = given.get("naam", "").strip()[:LONGEST_NAME] or "Sleutel"
    if len(made.id) > store.keys.LONGEST_ID or not store.keys.add(
        page.tx, made.id, person_id, made.public_key, made.sign_count, name, page.now
    ):
        raise UntrustedKeyError("known already")
    _tell(page, person_id, Letter.KEY_ADDED)


def _ask_new(page: Page, person_id: str, name: str, purpose: str) -> Response:
    known = [key.id for key in store.keys.of_person(page.tx, person_id)]
    return _asking(page, purpose, lambda ceremony, challenge: ceremony.ask_new(person_id, name, known, challenge))


# --- signing in ------------------------------------------------------------------------------------------------


@network.get("/aanmelden/sleutel")
async def show(request: Request) -> Response:
    """The page to sign in with a key, or with a code."""
    return await _visited(request, lambda page: page.render("key.html", problem="", place=""))


@network.post("/aanmelden/sleutel/begin")
async def begin(request: Request) -> Response:
    """Ask whoever comes for a key."""
    return await _visited(request, lambda page: _asking(page, SIGNS_IN, Ceremony.ask), await read_form(request))


@network.post("/aanmelden/sleutel")
async def sign_in(request: Request) -> Response:
    """Sign in with a key."""
    return await _visited(request, _signed_in, await read_form(request))


def _signed_in(page: Page) -> Response:
    answer = dict(page.form).get("antwoord", "")
    try:
        challenge = _asked(page, SIGNS_IN)
        key = store.keys.one(page.tx, key_of(answer))
        if key is None:
            raise UntrustedKeyError("unknown")
        count = _ceremony(page).signed(answer, challenge, key.public_key)
    except UntrustedKeyError as error:
        log.warning("sign-in refused: way=%s reason=%s", KEY, error)
        return page.render("key.html", 403, problem=LOST, place="sleutel")
    if (count or key.sign_count) and count <= key.sign_count:
        log.warning("sign-in refused: way=%s reason=%s", KEY, "count went back")
        store.keys.remove(page.tx, key.person_id, key.id)
        _tell(page, key.person_id, Letter.KEY_COPIED)
        return page.render("key.html", 403, problem=COPIED, place="sleutel")
    store.keys.signed(page.tx, key.id, count, page.now)
    return _enter(page, key.person_id, START, KEY)


@network.post("/aanmelden/code")
async def use_code(request: Request) -> Response:
    """Sign in with a code."""
    codes: Limit = request.app.state.codes
    if not codes.allows(request.client.host if request.client is not None else ""):
        return await door.too_often(request)
    return await _visited(request, _let_in_by_code, await read_form(request))


def _let_in_by_code(page: Page) -> Response:
    person_id = store.keys.use_code(page.tx, dict(page.form).get("code", "")[:100])
    if not person_id:
        log.warning("sign-in refused: way=%s reason=%s", CODE, "unknown")
        return page.render("key.html", 403, problem=NO_CODE, place="code")
    _tell(page, person_id, Letter.CODE_USED)
    return _enter(page, person_id, "/mijn", CODE)


def _enter(page: Page, person_id: str, path: str, way: str) -> RedirectResponse:
    response = session.begin(page, store.people.one(page.tx, person_id), path, way)
    response.delete_cookie(_cookie(page), httponly=True, samesite="strict", secure=True)
    return response


# --- an invitation ---------------------------------------------------------------------------------------------


@network.get("/uitnodiging/{token}")
async def read_invitation(request: Request, token: str) -> Response:
    """Show an invitation. Nothing changes by that."""

    def answer(page: Page) -> Response:
        return _show(page, _opened(page, token), token)

    return await _visited(request, answer)


@network.post("/uitnodiging/{token}/begin")
async def begin_invitation(request: Request, token: str) -> Response:
    """Ask who was invited to make a key."""

    def answer(page: Page) -> Response:
        invitation = _opened(page, token)
        return _ask_new(page, invitation.person_id, invitation.name, f"uitnodiging:{invitation.id}")

    return await _visited(request, answer, await read_form(request))


@network.post("/uitnodiging/{token}")
async def accept(request: Request, token: str) -> Response:
    """Accept an invitation, with a key or, where a browser can't make one, with codes."""
    return await _visited(request, lambda page: _accept(page, token), await read_form(request))


def _opened(page: Page, token: str) -> Invitation:
    invitation = inviting.opened(page.tx, _secret(page), token, page.now)
    if invitation is None:
        raise NotFoundError(PAST)
    return invitation


def _show(page: Page, invitation: Invitation, token: str, problem: str = "") -> HTMLResponse:
    return page.render(
        "invitation.html", 403 if problem else 200, invitation=invitation, token=token, problem=problem,
        providers=page.house.configuration.provider,
    )  # fmt: skip


def _accept(page: Page, token: str) -> Response:
    invitation = _opened(page, token)
    by_codes = dict(page.form).get("weg") == "codes"
    try:
        if not by_codes:
            _keep(page, invitation.person_id, f"uitnodiging:{invitation.id}")
    except UntrustedKeyError as error:
        log.warning("invitation refused: reason=%s", error)
        return _show(page, invitation, token, "Het maken van de sleutel lukte niet. Probeer het nog een keer.")
    if not store.identities.accept(page.tx, invitation.id, page.now):
        raise ConflictError(PAST)
    store.letters.withdraw(page.tx, invitation.person_id, Letter.INVITATION)
    if not by_codes:
        return _enter(page, invitation.person_id, "/mijn", KEY)
    codes = store.keys.renew_codes(page.tx, invitation.person_id)
    return page.render("codes.html", codes=codes, signed_in=False)


# --- one's own keys and codes ----------------------------------------------------------------------------------


@routes.post("/mijn/sleutels/begin")
def begin_another(page: Page) -> Response:
    """Ask for one more key."""
    return _ask_new(page, page.ctx.actor.id, page.ctx.actor.name, f"mijn:{page.ctx.actor.id}")


@routes.post("/mijn/sleutels")
def look_after(page: Page) -> Response:
    """Add a key, or give one another name or take it away, never the last way in."""
    given, own = dict(page.form), page.ctx.actor.id
    if given.get("antwoord"):
        try:
            _keep(page, own, f"mijn:{own}")
        except UntrustedKeyError as error:
            raise InvalidDataError("Het maken van de sleutel lukte niet. Probeer het nog een keer.") from error
        return page.redirect("/mijn", "Je hebt er een sleutel bij.")
    id = given.get("sleutel", "")
    if given.get("wat") != "weg":
        store.keys.call(page.tx, own, id, given.get("naam", "").strip()[:LONGEST_NAME] or "Sleutel")
        return page.redirect("/mijn", "De sleutel heeft een andere naam.")
    if not store.keys.remove(page.tx, own, id):
        raise NotFoundError("Deze sleutel is er niet meer.")
    left = store.keys.of_person(page.tx, own) or store.keys.codes_left(page.tx, own)
    if not left and not store.keys.known_elsewhere(page.tx, own):
        raise ConflictError("Dit is je laatste weg naar binnen. Maak eerst een andere sleutel, of codes.")
    return page.redirect("/mijn", "De sleutel is weg.")


@routes.post("/mijn/codes")
def renew_codes(page: Page) -> HTMLResponse:
    """Show new codes, this once."""
    return page.render("codes.html", codes=store.keys.renew_codes(page.tx, page.ctx.actor.id), signed_in=True)


# --- who invites -----------------------------------------------------------------------------------------------


@routes.post("/beheer/mensen/{id}/uitnodiging")
def invite(page: Page, id: str) -> Response:
    """Invite somebody, or take that back. Without a mail server who invites brings the link."""
    back = f"/beheer/mensen/{id}"
    employee = staff.employee(page.ctx, id)
    if reason := staff.why_not_invited(page.ctx, employee):
        raise NotAllowedError(reason)
    if dict(page.form).get("wat") == "intrekken":
        inviting.withdraw(page.tx, id)
        return page.redirect(back, "De uitnodiging is ingetrokken. De link werkt niet meer.")
    configuration = page.house.configuration
    mails = configuration.mail.server is not None
    if not configuration.web.secret and not configuration.provider:
        raise ConflictError(UNSEALED)
    invitation = inviting.invite(page.tx, id, page.ctx.actor.id, page.now, mails=mails)
    if mails:
        return page.redirect(back, f"Er gaat een uitnodiging naar {employee.mail}.")
    if not configuration.web.secret:
        sentence = f"{employee.person.name} kan zich nu aanmelden met de inlog van de organisatie en {employee.mail}."
        return page.redirect(back, sentence)
    link = configuration.web.address.rstrip("/") + inviting.page_of(configuration.web.secret, invitation)
    return page.render("invited.html", employee=employee, link=link, until=invitation.expires_at)

"""What somebody types is kept before it is sent, and stands there when they come back: theirs alone.

A form that is kept says so (`data-concept`); with JavaScript it is sent here while one types. Without it, what a
submit brought is kept where that was refused, and where the session was over.
"""

import hmac
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from fastapi.responses import RedirectResponse, Response

from api.pages.page import Page
from api.request import KEY, Form, Routes
from engine import cases, store
from engine.cases import Context
from engine.errors import KnooppuntError, NotFoundError
from engine.store.drafts import Draft
from engine.words import Answer

ADDRESS = "_adres"
BACK = "knooppunt_terug"
"""The cookie that says at which form the session was over; where it leads holds nothing for anybody else."""
AWAY = 3600
"""So many seconds after the session ended one comes back at that form."""

OVER = "Je was niet meer aangemeld. Wat je typte, is bewaard. Meld je opnieuw aan, dan kun je verder."
NOT_SENT = frozenset({ADDRESS, KEY, "csrf_token", "_rij_erbij", "_rij_weg", "_aan_het_woord", "_organisatie_erbij"})
"""What is of this one page or is a button, and not what somebody typed."""

routes = Routes(include_in_schema=False)


@dataclass(frozen=True)
class _Place:
    """A kind of form that is kept: its address, and the use case that keeps it, with the number in that address."""

    address: re.Pattern[str]
    keep: Callable[[Context, int, str, Form], None]


PLACES = (
    _Place(re.compile(r"/taken/(\d{1,9})"), cases.keep_task_draft),
    _Place(re.compile(r"/casus/(\d{1,9})/bericht/\w{1,100}"), cases.keep_telling_draft),
    _Place(
        re.compile(r"/casus/(\d{1,9})/corrigeren/\w{1,100}/\w{1,100}(?:\?item=[\w-]{1,64})?"), cases.keep_telling_draft
    ),
    _Place(re.compile(r"/casus/(\d{1,9})/(?:intrekken|overleg)"), cases.keep_telling_draft),
    _Place(re.compile(r"/wat-ik-schreef/(\d{1,9})/later"), cases.keep_note_draft),
    _Place(re.compile(r"/(?:signaal|opzetten)()"), lambda ctx, _, *typed: cases.keep_new_draft(ctx, *typed)),
)


@routes.post("/concept")
def save(page: Page) -> Response:
    """Keep what was typed so far."""
    keep(page.ctx, dict(page.form).get(ADDRESS, ""), page.form)
    return Response("Bewaard", media_type="text/plain")


@routes.post("/concept/weg")
def start_clean(page: Page) -> RedirectResponse:
    """Forget a draft, and show its form empty."""
    address = dict(page.form).get(ADDRESS, "")
    _place(address)
    store.drafts.drop(page.tx, page.ctx.actor.id, address)
    return page.redirect(address, "Wat je had ingevuld, is weg.")


def keep(ctx: Context, address: str, form: Form) -> None:
    """Keep what the form at an address holds. Raises NotFoundError where no form is kept, and as its use case does."""
    place, number = _place(address)
    typed = tuple((name, value) for name, value in form if name not in NOT_SENT)
    place.keep(ctx, number, address, typed)


def _place(address: str) -> tuple[_Place, int]:
    for place in PLACES:
        if match := place.address.fullmatch(address):
            return place, int(match[1] or 0)
    raise NotFoundError("Hier wordt niets bewaard.")


def _here(page: Page) -> str:
    """The address of the form that a request shows or sends; what was answered for one row is a form of its own."""
    path = page.request.url.path.removesuffix("/formulier").removesuffix("/vooraf")
    item = page.request.query_params.get("item", "")
    return f"{path}?item={item}" if item else path


def take_up(page: Page) -> Draft | None:
    """What this person wrote at this address before, which from here on is what the request brought; None where there
    is nothing.
    """
    draft = store.drafts.of(page.tx, page.ctx.actor.id, _here(page))
    if draft is not None:
        page.form = draft.form
    return draft


def refused(page: Page) -> None:
    """Keep what a submit brought that came to nothing, where it still can."""
    with suppress(KnooppuntError):
        keep(page.ctx, _here(page), page.form)


def done(page: Page) -> None:
    """Forget the draft of what was just sent."""
    store.drafts.drop(page.tx, page.ctx.actor.id, _here(page))


def at_the_door(page: Page) -> Response:
    """Lead who is not signed in to the door; what a session that was over still brought waits for who it was of."""
    saving = page.request.url.path == "/concept"
    address = dict(page.form).get(ADDRESS, "") if saving else _here(page)
    kept = bool(page.form) and _kept_for_owner(page, address)
    if saving:
        return Response(
            "Niet aangemeld", 401, media_type="text/plain", headers={"X-Bewaard": Answer.YES if kept else Answer.NO}
        )
    response = page.redirect("/aanmelden", OVER if kept else "")
    if any(place.address.fullmatch(address) for place in PLACES):
        response.set_cookie(BACK, address, max_age=AWAY, httponly=True, samesite="lax", secure=not page.demo)
    return response


def _kept_for_owner(page: Page, address: str) -> bool:
    owner = store.sessions.owner(page.tx, page.token)
    token = dict(page.form).get("csrf_token", "")
    if owner is None or not hmac.compare_digest(token.encode(), page.csrf.encode()):
        return False
    try:
        keep(Context(page.tx, page.house.library, store.people.one(page.tx, owner), page.now), address, page.form)
        page.tx.commit()
    except KnooppuntError:
        page.rollback()
        return False
    return True


def way_back(page: Page, person_id: str, otherwise: str) -> str:
    """Where somebody who signs in goes on: at the form where their session ended, if they wrote something there."""
    address = page.request.cookies.get(BACK, "")
    known = any(place.address.fullmatch(address) for place in PLACES)
    return address if known and store.drafts.of(page.tx, person_id, address) is not None else otherwise

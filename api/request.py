"""One request = one transaction: who asks, when, in which transaction, and how to answer with a page."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from api.pages import render
from engine import cases, deadlines, store, worker
from engine.access import Person
from engine.cases import Context, Library
from engine.definitions import Settings
from engine.errors import NotAllowedError

SESSION_HOURS = 12
FLASH = "knooppunt_bericht"


class SignInNeeded(Exception):  # noqa: N818 - no error: the visitor is shown the way to the door
    """Nobody is signed in, and this page is not for everybody."""


@dataclass(frozen=True)
class House:
    """What all requests of one running application share."""

    database: store.Database
    library: Library
    demo: bool = False

    @property
    def cookie(self) -> str:
        """The name of the session cookie. A `__Host-` cookie needs https, which a demo on one's own machine lacks."""
        return "knooppunt" if self.demo else "__Host-knooppunt"

    def now(self, tx: store.Transaction) -> datetime:
        """The time. The clock of a demo may run ahead."""
        moment = datetime.now(UTC)
        return moment + timedelta(seconds=store.people.ahead(tx)) if self.demo else moment


class Page:
    """One request by somebody who may be signed in."""

    def __init__(
        self, request: Request, house: House, tx: store.Transaction, form: tuple[tuple[str, str], ...]
    ) -> None:
        self.request = request
        self.house = house
        self.tx = tx
        self.form = form
        self.now = house.now(tx)
        self.token = request.cookies.get(house.cookie, "")
        self.person: Person | None = store.people.session_person(tx, self.token, self.now) if self.token else None

    @property
    def ctx(self) -> Context:
        """The context of the use cases. Raises SignInNeeded where nobody is signed in."""
        if self.person is None:
            raise SignInNeeded
        return Context(self.tx, self.house.library, self.person, self.now)

    @property
    def demo(self) -> bool:
        """Whether this is a demo, with invented families and a clock that can be moved."""
        return self.house.demo

    @property
    def csrf(self) -> str:
        """What every form of this session must send along."""
        return hashlib.sha256(f"form:{self.token}".encode()).hexdigest()[:32]

    @property
    def settings(self) -> Settings:
        """The settings of the region in which this person works, else of the first region here."""
        models = self.house.library.current(self.tx)
        own = {a.municipality for a in self.person.appointments} if self.person else set()
        found = next((m for m in models if own & set(m.definition.settings.municipalities)), None) or next(
            iter(models), None
        )
        return found.definition.settings if found else Settings("", "Kansrijke Start")

    def render(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Answer with a page."""
        flash, _, task = unquote(self.request.cookies.get(FLASH, "")).partition("\n")
        shared: dict[str, object] = {
            "settings": self.settings,
            "person": self.person,
            "csrf": self.csrf,
            "demo": self.demo,
            "now": self.now,
            "flash": flash,
            "flash_task": task if task.isdecimal() else "",
            "path": self.request.url.path,
            "may_signal": self.person is not None and cases.may_start(self.ctx, "casus"),
            "may_set_up": self.person is not None and cases.may_start(self.ctx, "opzetten"),
            "here": self.request.url.path.split("/")[1],
        }
        response = HTMLResponse(render.html(template, **{**shared, **values}), status)
        if FLASH in self.request.cookies:
            response.delete_cookie(FLASH)
        return response

    def redirect(self, path: str, flash: str = "", task: int | None = None) -> RedirectResponse:
        """Go on to another page of ours, which tells what happened, and leads to the `task` that it is about."""
        response = RedirectResponse(path, 303)
        if flash:
            text = flash if task is None else f"{flash}\n{task}"
            response.set_cookie(FLASH, quote(text), max_age=60, httponly=True, samesite="lax", secure=not self.demo)
        return response

    def rollback(self) -> None:
        """Undo what this request wrote; what it shows next is read anew."""
        self.tx.rollback()

    def people(self) -> tuple[Person, ...]:
        """Everybody whom a visitor of the demo may be."""
        self._only_in_demo()
        return store.people.everyone(self.tx)

    def sign_in(self, person_id: str, path: str) -> RedirectResponse:
        """Go on as one of the people of the demo."""
        self._only_in_demo()
        person = store.people.one(self.tx, person_id)
        store.people.sweep_sessions(self.tx, self.now)
        token = store.people.open_session(self.tx, person.id, self.now + timedelta(hours=SESSION_HOURS))
        response = self.redirect(path)
        response.set_cookie(self.house.cookie, token, httponly=True, samesite="lax", secure=not self.demo)
        return response

    def sign_out(self, path: str) -> RedirectResponse:
        """End the session."""
        if self.token:
            store.people.close_session(self.tx, self.token)
        response = self.redirect(path)
        # a browser drops a `__Host-` cookie only when told so in the words that set it
        response.delete_cookie(self.house.cookie, httponly=True, samesite="lax", secure=not self.demo)
        return response

    def advance(self, term: str) -> None:
        """Move the clock of the demo; what falls due meanwhile happens at once."""
        self._only_in_demo()
        later = deadlines.after(self.now, term)
        store.people.move_clock(self.tx, int((later - self.now).total_seconds()))
        if self.person is not None and self.token:
            store.people.prolong_session(self.tx, self.token, later + timedelta(hours=SESSION_HOURS))
        self.now = later
        while worker.step(self.tx, self.house.library, later):
            pass

    def _only_in_demo(self) -> None:
        if not self.demo:
            raise NotAllowedError(
                "Aanmelden gaat via de eigen inlog van je organisatie. Die is hier nog niet ingesteld."
            )


async def _form(request: Request) -> tuple[tuple[str, str], ...]:
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return ()
    form = await request.form(max_files=0, max_fields=2000)
    return tuple((name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile))


def page(request: Request, form: Annotated[tuple[tuple[str, str], ...], Depends(_form)]) -> Iterator[Page]:
    """The page of this request. Commits before the answer leaves; any error rolls everything back."""
    house: House = request.app.state.house
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    with house.database.connection(writes) as tx:
        one = Page(request, house, tx, form)
        if writes:
            _refuse_forgery(one)
        yield one
        tx.commit()


def _refuse_forgery(one: Page) -> None:
    """Refuse what another site lets a browser send: by what the browser says of itself and by the form's token."""
    request = one.request
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        foreign = True
    if request.url.path.startswith("/v1/"):
        # a form of another site can't send JSON without asking first
        foreign = foreign or not request.headers.get("content-type", "application/json").startswith("application/json")
    elif one.person is not None:
        foreign = foreign or not hmac.compare_digest(dict(one.form).get("csrf_token", "").encode(), one.csrf.encode())
    if foreign:
        raise NotAllowedError("Dit formulier is verlopen of komt van een andere site. Open de pagina opnieuw.")


def signed_in(one: Annotated[Page, Depends(page, scope="function")]) -> Page:
    """The page of somebody who is signed in. Raises SignInNeeded."""
    if one.person is None:
        raise SignInNeeded
    return one


AnyVisitor = Annotated[Page, Depends(page, scope="function")]
SignedIn = Annotated[Page, Depends(signed_in, scope="function")]

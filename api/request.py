"""One request = one transaction on one thread: who asks, when, and whether a page of ours sent it (CSRF).

A *house* is what all requests of an application share, a *visit* one request in its transaction, the *desk* where
visits wait, in a queue of bounded length, and are served.
"""

import functools
import hashlib
import hmac
import inspect
import json
import logging
import secrets
from asyncio import get_running_loop
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, status
from fastapi.responses import RedirectResponse, Response
from pydantic import TypeAdapter
from starlette.datastructures import UploadFile
from starlette.routing import Match
from starlette.types import Scope

from api.configuration import Configuration
from engine import store
from engine.access import Person
from engine.cases import Context, Library, Looks
from engine.errors import ConflictError, InvalidDataError, KnooppuntError, NotAllowedError, NotFoundError
from engine.store.looks import Look
from engine.store.sendings import Made, Sending
from engine.store.sessions import Session
from engine.words import Hat

log = logging.getLogger("knooppunt.web")

THREADS = 4
"""Requests that are served at the same time: fewer than the connections, of which the worker needs one too."""

IDEMPOTENCY_KEY = "Idempotency-Key"
"""The header by which another system says that it sends the same once more (draft-ietf-httpapi-idempotency-key)."""

KEY = "_sleutel"
"""The field of a form by which a page says so."""

LONGEST_KEY = 255
MAKES = (201, 204, 303)
"""How it is answered that something was made or told."""

SENT_BEFORE = (
    "Dit formulier is al verstuurd, en daarna heb je iets veranderd. Wat je daarna veranderde, is niet opgeslagen. Ga "
    "terug om het te kopiëren, en corrigeer het in het dossier."
)

ANY = "{"
"""How an address begins of which the first part may be anything."""

Form = tuple[tuple[str, str], ...]


class SignInNeeded(Exception):  # noqa: N818 - no error: the visitor is shown the way to the door
    """Nobody is signed in, and this page is not for everybody."""


class TurnedAway(Exception):  # noqa: N818 - the visitor is asked to come back
    """It can't be served now: more requests wait than the queue holds, or the database can't do what it is asked.
    `form` is what this one brought.
    """

    def __init__(self, why: store.Trouble, form: Form = ()) -> None:
        self.why = why
        self.form = form


@dataclass(frozen=True)
class House:
    """What all requests of one running application share."""

    database: store.Database
    library: Library
    demo: bool = False
    configuration: Configuration = field(default_factory=Configuration)
    _own_secret: str = field(default_factory=secrets.token_urlsafe, repr=False)

    @property
    def seal(self) -> bytes:
        """By which what this house gave out is known to be its own; without a secret of its configuration that holds
        as long as it runs, in this process.
        """
        return (self.configuration.web.secret or self._own_secret).encode()

    @property
    def cookie(self) -> str:
        """The name of the session cookie. A `__Host-` cookie needs https, which a demo on one's own machine lacks."""
        return "knooppunt" if self.demo else "__Host-knooppunt"

    @property
    def idle(self) -> timedelta | None:
        """After how long doing nothing a session is over. The clock of a demo runs ahead by weeks at once: there only
        the other limit counts.
        """
        return None if self.demo else self.configuration.session.idle

    def now(self, tx: store.Transaction) -> datetime:
        """The time. The clock of a demo may run ahead."""
        moment = datetime.now(UTC)
        return moment + timedelta(seconds=store.people.ahead(tx)) if self.demo else moment


class Visit:
    """One request by somebody who may be signed in, in its transaction."""

    def __init__(
        self, request: Request, house: House, tx: store.Transaction, form: Form = (), body: bytes = b""
    ) -> None:
        self.request = request
        self.house = house
        self.tx = tx
        self.form = form
        self.body = body
        self.now = house.now(tx)
        self.looks = Looks()
        self.headers: dict[str, str] = {}  # what goes with the answer
        self.later: list[Callable[[store.Transaction], None]] = []  # what is written once only reading is done
        self.token = request.cookies.get(house.cookie, "")
        self.hats: Mapping[Hat, Person] = {}
        self.session: Session | None = None
        self.person = self._person() if self.token else None

    def _person(self) -> Person | None:
        """Who is signed in, in the one appointment that this person acts in now."""
        running = store.sessions.one(self.tx, self.token, self.now, self.house.idle)
        if running is None:
            return None
        self.session, person = running
        self.hats = self.house.library.hats(self.tx, person)
        if len(self.hats) < 2:
            return person
        chosen = self.session.hat
        return next((worn for hat, worn in self.hats.items() if hat == chosen), next(iter(self.hats.values())))

    @property
    def is_to_be_seen(self) -> bool:
        """Whether it is time to write down that somebody is still there."""
        return self.session is not None and self.session.is_to_be_seen(self.now)

    @property
    def ctx(self) -> Context:
        """The context of the use cases. Raises SignInNeeded where nobody is signed in."""
        if self.person is None:
            raise SignInNeeded
        return Context(self.tx, self.house.library, self.person, self.now, self.looks)

    @property
    def csrf(self) -> str:
        """What every form of this session must send along."""
        return hashlib.sha256(f"form:{self.token}".encode()).hexdigest()[:32]

    @property
    def sending(self) -> Sending | None:
        """What was sent with a key, so that sending it twice makes one. Raises InvalidDataError where that can't be."""
        header = self.request.headers.get(IDEMPOTENCY_KEY, "").strip('"')
        key = header or dict(self.form).get(KEY, "")
        if not key or self.person is None or self.request.method != "POST":
            return None
        if len(key) > LONGEST_KEY:
            raise InvalidDataError(f"De sleutel ({IDEMPOTENCY_KEY}) mag {LONGEST_KEY} tekens zijn. Kort haar in.")
        fields = [(name, value) for name, value in self.form if name not in (KEY, "csrf_token")]
        content = json.dumps(fields).encode() if self.form else self.body
        return Sending(self.person.id, self.request.url.path, key, content)

    def once(self, answer: Callable[[], Response]) -> Response:
        """Answer; what was sent before with the same key is answered as it was then, and nothing is made.

        Only that something was made is kept: what was refused or only looked at may be sent again.
        """
        sent = self.sending
        if sent is None:
            return answer()
        made = store.sendings.begin(self.tx, sent, self.now)
        if made is not None:
            return self._again(made)
        response = answer()
        if response.status_code in MAKES:
            answered = response.headers.get("location") or bytes(response.body).decode()
            store.sendings.keep(self.tx, sent, response.status_code, answered)
        else:
            store.sendings.free(self.tx, sent)
        return response

    def _again(self, made: Made) -> Response:
        if not made.same:
            if self.request.url.path.startswith("/v1/"):
                raise InvalidDataError("Deze sleutel is al gebruikt voor iets anders. Neem een nieuwe.")
            case_id = made.answer.removeprefix("/casus/").partition("/")[0]
            raise ConflictError(SENT_BEFORE, case_id=int(case_id) if case_id.isdecimal() else None)
        if made.status == status.HTTP_303_SEE_OTHER:
            return RedirectResponse(made.answer, made.status)
        return Response(made.answer, made.status, media_type="application/json" if made.answer else None)

    def rollback(self) -> None:
        """Undo what this request wrote; what it shows next is read anew."""
        self.tx.rollback()
        self.looks.undone()

    def commit(self, writes: bool) -> None:
        """Commit. What is done and who saw it is one: where this visit `writes`, neither is there without the other."""
        if writes:
            self.write_down()
        self.tx.commit()

    def write_down(self) -> None:
        """Keep in the look-log what this visit showed, once."""
        look = self.look()
        if look is not None:
            store.looks.add(self.tx, look)
            self.looks = Looks()

    def look(self) -> Look | None:
        """What this visit showed of families and isn't written down yet; None where that is nothing."""
        shown = self.looks.shown
        if self.person is None or not shown:
            return None
        roles = ",".join(sorted({appointment.role for appointment in self.person.appointments}))
        address = f"{self.request.method} {self.request.scope['route'].path}"
        organisation = self.person.organisation
        return Look(self.now, self.person.id, roles, organisation, self.looks.verb, address, shown)

    def refused(self, error: Exception) -> None:
        """This visit came to nothing; that somebody asked for a case and was refused is a look as well."""
        self.looks.undone()
        if isinstance(error, NotFoundError | NotAllowedError) and self.person is not None:
            numbers = self.request.path_params
            names = ("case_id", "task_id", "access_id")
            self.looks.refused(self.tx, self.person, *(numbers.get(name) for name in names))

    def refuse_forgery(self) -> None:
        """Refuse what another site lets a browser send: by what the browser says of itself and by the form's token."""
        foreign = is_foreign(self.request)
        if self.request.url.path.startswith("/v1/"):
            # a form of another site can't send JSON without asking first
            content = self.request.headers.get("content-type", "application/json")
            foreign = foreign or not content.startswith("application/json")
        elif self.person is not None:
            token = dict(self.form).get("csrf_token", "")
            foreign = foreign or not hmac.compare_digest(token.encode(), self.csrf.encode())
        if foreign:
            raise NotAllowedError("Dit formulier is verlopen of komt van een andere site. Open de pagina opnieuw.")


def is_foreign(request: Request) -> bool:
    """Whether the browser itself says that another site sent this."""
    origin = request.headers.get("origin")
    elsewhere = bool(origin) and urlsplit(origin).netloc != request.headers.get("host")
    return elsewhere or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


Refuse = Callable[[Request, House, store.Transaction, KnooppuntError | SignInNeeded, Form], Response]


class Desk:
    """Where requests are served, each in one go on one thread; the others wait in a queue with an end.

    Nothing holds a connection while it waits for a thread, so that however many come, each gets its turn.
    """

    def __init__(self, house: House, refuse: Refuse, queue: int | None = None) -> None:
        self.house = house
        self.refuse = refuse
        self.queue = house.configuration.web.queue if queue is None else queue
        self.inside = 0
        self._threads = ThreadPoolExecutor(THREADS, "request")

    async def serve(
        self, writes: bool, work: Callable[[store.Transaction], Response], after: Callable[[], None] | None = None
    ) -> Response:
        """Do all of the work of a request in a transaction, and then what needs another one. Raises TurnedAway."""
        if self.inside >= self.queue:
            raise TurnedAway(store.Trouble.BUSY)
        self.inside += 1
        try:
            return await get_running_loop().run_in_executor(self._threads, self._connected, writes, work, after)
        finally:
            self.inside -= 1

    async def aside(self, work: Callable[[store.Transaction], Response]) -> Response:
        """Read what no visitor asks for, beside the queue: whether the house stands is asked when it is full too.
        Raises TurnedAway where the database can't be read.
        """
        return await get_running_loop().run_in_executor(None, self._connected, False, work)

    async def visit(
        self,
        kind: type[Visit],
        request: Request,
        form: Form,
        answer: Callable[[Any], Response],
        *,
        anybody: bool,
        body: bytes = b"",
        keeps: bool = False,
    ) -> Response:
        """Serve one visit: who is it, may it be, do it, commit. Any error rolls all of it back and is told.

        `keeps` says that it writes although it sends nothing, as who comes back from a provider does.
        """
        sends = request.method not in ("GET", "HEAD", "OPTIONS")
        writes = sends or keeps
        there: list[Visit] = []  # who only read, and of whom it is time to write down that they are still there

        def work(tx: store.Transaction) -> Response:
            visit: Visit | None = None
            try:
                visit = kind(request, self.house, tx, form, body)
                if sends:
                    visit.refuse_forgery()
                if visit.person is None and not anybody:
                    raise SignInNeeded
                if visit.is_to_be_seen and writes:
                    store.sessions.seen(tx, visit.token, visit.now)
                elif visit.is_to_be_seen:
                    there.append(visit)
                response = visit.once(partial(answer, visit)) if sends else answer(visit)
                visit.commit(writes)
            except (KnooppuntError, SignInNeeded) as error:
                tx.rollback()
                response = self._refused(visit, request, tx, error, form)
            self._afterwards(visit)
            return response

        def after() -> None:
            for visit in there:
                with self.house.database.writing() as tx:
                    store.sessions.seen(tx, visit.token, visit.now)

        try:
            return await self.serve(writes, work, after)
        except TurnedAway as turned:
            raise TurnedAway(turned.why, form) from turned

    def _refused(
        self,
        visit: Visit | None,
        request: Request,
        tx: store.Transaction,
        error: KnooppuntError | SignInNeeded,
        form: Form,
    ) -> Response:
        if visit is not None:
            visit.refused(error)
        return self.refuse(request, self.house, tx, error, form)

    def _afterwards(self, visit: Visit | None) -> None:
        """Write down, in a short transaction of its own, what a visit showed and isn't written down yet, and what else
        it leaves to write. Where that fails the answer doesn't leave.
        """
        if visit is not None and (visit.later or visit.look() is not None):
            with self.house.database.again(visit.tx):
                visit.write_down()
                for write in visit.later:
                    write(visit.tx)

    def _connected(
        self,
        writes: bool,
        work: Callable[[store.Transaction], Response],
        after: Callable[[], None] | None = None,
    ) -> Response:
        try:
            with self.house.database.connection(writes) as tx:
                response = work(tx)
            if after is not None:
                after()
        except Exception as error:  # an edge: what a database says of itself is no failure of ours
            why = store.trouble(error)
            if why is None:
                raise
            log.error("the database is %s: %s", why, type(error).__name__)
            raise TurnedAway(why) from error
        return response


class Routes(APIRouter):
    """Routes of which an endpoint is a plain function: of a Visit (or a kind of it), and of what FastAPI reads.

    It runs on one thread, in one transaction, which is committed before the answer leaves. In the API what is no
    Response becomes JSON. Only where `anybody` may come need nobody be signed in.
    """

    def __init__(self, *, anybody: bool = False, **settings: Any) -> None:
        super().__init__(**settings)
        self.anybody = anybody
        self._begins: set[str] = set()  # with which the addresses here begin

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        """Add an endpoint; the decorators `get` and `post` come here."""
        if not self.include_in_schema:
            settings["response_model"] = None  # it answers with a page, of which FastAPI has nothing to tell
        self._begins.add(_beginning(self.prefix + path))
        super().add_api_route(path, self._in_one_go(endpoint, settings.get("status_code")), **settings)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Look for an address among those here, unless none begins like it: of all there are some two hundred."""
        if self._begins.isdisjoint((_beginning(scope["path"]), ANY)):
            return Match.NONE, {}
        return super().matches(scope)

    def _in_one_go(self, endpoint: Callable[..., Any], status: int | None) -> Callable[..., Any]:
        signature = inspect.signature(endpoint)
        first, *others = signature.parameters.values()
        request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
        adapter: TypeAdapter[Any] | None = TypeAdapter(signature.return_annotation) if self.include_in_schema else None

        @functools.wraps(endpoint)
        async def served(request: Request, **given: Any) -> Response:
            desk: Desk = request.app.state.desk
            form = await read_form(request)
            body = b"" if form or IDEMPOTENCY_KEY not in request.headers else await request.body()

            def answer(visit: Visit) -> Response:
                response = _response(endpoint(visit, **given), status, adapter)
                response.headers.update(visit.headers)
                return response

            return await desk.visit(first.annotation, request, form, answer, anybody=self.anybody, body=body)

        keywords = [other.replace(kind=inspect.Parameter.KEYWORD_ONLY) for other in others]
        served.__signature__ = signature.replace(parameters=[request, *keywords])  # type: ignore[attr-defined]
        return served


def _beginning(path: str) -> str:
    """The first part of an address, `ANY` where that may be anything."""
    first = path.split("/", 2)[1] if "/" in path else path
    return ANY if "{" in first else first


def _response(result: object, status: int | None, adapter: TypeAdapter[Any] | None) -> Response:
    if isinstance(result, Response):
        return result
    if result is None or adapter is None:
        return Response(status_code=status or 204)
    return Response(adapter.dump_json(result, by_alias=True), status or 200, media_type="application/json")


async def read_form(request: Request) -> Form:
    """What a form of a page sent, in its order; nothing where this is no form."""
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or not kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return ()
    form = await request.form(max_files=0, max_fields=2000)
    return tuple((name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile))

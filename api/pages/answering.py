"""Answering by a link, without signing in. GET shows, since what scans mail opens links too; POST answers, once.

The token stands in the address of these pages and nowhere else: they are kept by nobody on the way, send no referrer,
and lead to nothing that would. Each kind of link has its own page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse, Response

from api.pages import answers, wording
from api.pages import planning as moments
from api.pages.page import Page
from api.pages.tasks import ASK_ON
from api.request import Routes
from engine.cases import Context, links, planning
from engine.errors import InvalidDataError
from engine.store.links import Link
from engine.store.planning import Guest, Planning
from engine.words import LinkKind

routes = Routes(anybody=True, include_in_schema=False)


@dataclass(frozen=True)
class Way:
    """How a kind of link is answered: what its page shows, what sending it does, and how its questions are drawn again
    for what is answered so far.
    """

    show: Callable[[Page, Link, str], Response]
    answer: Callable[[Page, Link, str], Response]
    renew: Callable[[Page, Link, str], Response]


def _page(page: Page, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page for who has a link: it shows nothing of who else may be signed in here."""
    nobody: dict[str, object] = {
        "person": None,
        "office": "",
        "hats": {},
        "worn": "",
        "session_over": None,
        "flash": "",
        "path": "/",
    }
    nobody |= {"may_signal": False, "may_set_up": False, "here": ""}
    response = page.render(template, status, **nobody, **values)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# --- an agreement ----------------------------------------------------------------------------------------------


def _asked(page: Page, link: Link) -> tuple[Context, links.Asked]:
    ctx = links.acting(page.tx, page.house.library, link, page.now, page.looks)
    put = links.asked(ctx, link)
    page.person = put.person  # who is looking, as far as can be known: so it is written down
    return ctx, put


def _blank(put: links.Asked) -> dict[str, object]:
    """No answer to any question: what stood there before isn't shown, nor asked on about."""
    return dict.fromkeys(field.key for field in put.form.input_fields())


def _agreement(
    page: Page,
    put: links.Asked,
    token: str,
    given: dict[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    notice: str = "",
) -> HTMLResponse:
    shown = answers.asked(put.form, _blank(put) | given, put.task.context, errors, notice=notice)
    return _page(page, "answer.html", status, put=put, address=links.address(token), **shown)


def _show_agreement(page: Page, link: Link, token: str) -> Response:
    return _agreement(page, _asked(page, link)[1], token, {})


def _renew_agreement(page: Page, link: Link, token: str) -> Response:
    _, put = _asked(page, link)
    given = _blank(put) | answers.decode(put.form, page.form)
    if "hx-request" not in page.request.headers:
        return _agreement(page, put, token, given)
    shown = answers.asked(put.form, given, put.task.context)
    return page.render("renewed.html", renew=f"{links.address(token)}/formulier", **shown)


def _answer_agreement(page: Page, link: Link, token: str) -> Response:
    ctx, put = _asked(page, link)
    given = _blank(put) | answers.decode(put.form, page.form)
    if answers.not_yet_shown(put.form, given, put.task.context, page.form):
        return _agreement(page, put, token, given, notice=ASK_ON)
    try:
        links.answer(ctx, link, {name: value for name, value in given.items() if value is not None})
    except InvalidDataError as error:
        page.rollback()
        return _agreement(page, _asked(page, link)[1], token, given, error.fields, status=422)
    return _page(page, "answered.html", said=answers.said(put.form, given, put.task.context, ()))


# --- when one can come to a meeting ----------------------------------------------------------------------------


def _meeting(page: Page, link: Link) -> tuple[Context, Planning, Guest]:
    ctx = links.acting(page.tx, page.house.library, link, page.now, page.looks)
    meeting, guest = planning.linked(ctx, link)
    page.person = ctx.actor
    return ctx, meeting, guest


def _show_moments(page: Page, link: Link, token: str) -> Response:
    _, meeting, guest = _meeting(page, link)
    place, action, fits = moments.municipality(page, meeting), links.address(token), moments.FITS
    return _page(page, "moments.html", meeting=meeting, answers=guest.answers, fits=fits, place=place, action=action)


def _answer_moments(page: Page, link: Link, token: str) -> Response:
    ctx, meeting, _ = _meeting(page, link)
    given = moments.said(page.form)
    planning.answer_linked(ctx, link, given)
    words = [(wording.moment(meeting.slots[id]), moments.FITS[fits]) for id, fits in sorted(given.items())]
    return _page(page, "answered.html", said=words)


# --- each kind -------------------------------------------------------------------------------------------------

WAYS: Mapping[LinkKind, Way] = {
    LinkKind.AFSPRAAK: Way(_show_agreement, _answer_agreement, _renew_agreement),
    LinkKind.MOMENT: Way(_show_moments, _answer_moments, _show_moments),
}
"""How each kind of link is answered."""


def _by(page: Page, token: str, act: Callable[[Way], Callable[[Page, Link, str], Response]]) -> Response:
    if (wait := page.too_often()) is not None:
        return wait
    link = links.opened(page.tx, token, page.now)
    return act(WAYS[link.kind])(page, link, token)


@routes.get("/antwoord/{token}")
def show(page: Page, token: str) -> Response:
    """What a link asks. Nothing changes by that."""
    return _by(page, token, lambda way: way.show)


@routes.post("/antwoord/{token}/formulier")
def renew(page: Page, token: str) -> Response:
    """The same questions for the answers so far. Saves nothing."""
    return _by(page, token, lambda way: way.renew)


@routes.post("/antwoord/{token}")
def answer(page: Page, token: str) -> Response:
    """Answer, once."""
    return _by(page, token, lambda way: way.answer)

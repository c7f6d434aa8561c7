"""Planning a meeting: propose moments, see who can come when, choose; and the page where who is asked answers."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import wording
from api.pages.page import Page
from api.request import Form, Routes
from engine.cases import choosing, planning, sitting
from engine.cases.planning import Board
from engine.deadlines import ZONE
from engine.errors import InvalidDataError
from engine.store.planning import Planning, Proposed
from engine.words import Fits

FITS: Mapping[str, str] = {Fits.YES: "Ja", Fits.IF_NEEDED: "Als het moet", Fits.NO: "Nee"}
AT_FIRST = 3
"""How many moments stand there at once; the others unfold."""
LENGTHS = (30, 45, 60, 90, 120)
ASKED = "Je vraag is gesteld. Wie is gevraagd, vindt hem onder Overleggen of in de mail."
CHOSEN = "Het moment is gekozen: {}."
STEP_TOO = "Het moment is gekozen: {}. De stap “Overleg plannen” is daarmee ook klaar."

routes = Routes(include_in_schema=False)


class _Given(dict[str, str]):
    """What a form brought; "" for what it didn't."""

    def __missing__(self, name: str) -> str:
        return ""


@routes.get("/casus/{case_id}/overleg/plannen")
def ask(page: Page, case_id: int) -> HTMLResponse:
    """Propose moments, or see what everybody said of those that are proposed."""
    return _board(page, case_id)


@routes.post("/casus/{case_id}/overleg/plannen")
def propose(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Ask who can come when."""
    try:
        planning.propose(page.ctx, case_id, _proposed(page.form))
    except InvalidDataError as error:
        page.rollback()
        return _board(page, case_id, error)
    return page.redirect(f"/casus/{case_id}/overleg/plannen", ASKED)


@routes.post("/casus/{case_id}/overleg/antwoord")
def answer_for(page: Page, case_id: int) -> RedirectResponse:
    """Write down what the parents said, or who phoned."""
    guest = dict(page.form).get("wie", "")
    planning.answer_for(page.ctx, case_id, _number(guest), said(page.form))
    return page.redirect(f"/casus/{case_id}/overleg/plannen", "Het antwoord staat erbij.")


@routes.post("/casus/{case_id}/overleg/kiezen")
def choose(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Choose one of the moments, or another one that was agreed by phone."""
    given = dict(page.form)
    try:
        if slot := given.get("moment", ""):
            done = choosing.choose(page.ctx, case_id, _number(slot))
        else:
            at = next(_moments(given), page.now)
            done = choosing.move(page.ctx, case_id, at)
    except InvalidDataError as error:
        page.rollback()
        return _board(page, case_id, error)
    meeting = planning.planned(page.ctx, case_id)
    sentence = (CHOSEN if done is None else STEP_TOO).format(_day_and_hour(meeting.begins if meeting else None))
    if done is not None and done.next is not None:
        return page.redirect(f"/taken/{done.next}", sentence)
    return page.redirect(f"/casus/{case_id}/overleg/plannen", sentence)


@routes.post("/casus/{case_id}/overleg/uitnodigen")
def invite(page: Page, case_id: int) -> RedirectResponse:
    """Invite who may come."""
    done = choosing.invite(page.ctx, case_id)
    return page.redirect(f"/casus/{case_id}", "De uitnodigingen zijn vastgelegd.", done.next)


@routes.post("/casus/{case_id}/overleg/afzeggen")
def cancel(page: Page, case_id: int) -> RedirectResponse:
    """Call the meeting off."""
    planning.cancel(page.ctx, case_id)
    return page.redirect(f"/casus/{case_id}/overleg/plannen", "Het overleg is afgezegd.")


@routes.get("/momenten/{meeting_id}")
def ask_me(page: Page, meeting_id: int) -> HTMLResponse:
    """When one can come oneself."""
    meeting, guest = planning.mine(page.ctx, meeting_id)
    place = municipality(page, meeting)
    action = f"/momenten/{meeting_id}"
    return page.render("moments.html", meeting=meeting, answers=guest.answers, fits=FITS, place=place, action=action)


@routes.post("/momenten/{meeting_id}")
def answer(page: Page, meeting_id: int) -> RedirectResponse:
    """Say when one can come."""
    planning.answer(page.ctx, meeting_id, said(page.form))
    return page.redirect(f"/momenten/{meeting_id}", "Dank je wel. Je antwoord staat erbij.")


def municipality(page: Page, meeting: Planning) -> str:
    """What the municipality of a meeting is called."""
    regions = page.house.library.regions(page.tx)
    names = {id: name for region in regions for id, name in region.municipalities.items()}
    return names.get(meeting.municipality, "")


def _board(page: Page, case_id: int, error: InvalidDataError | None = None) -> HTMLResponse:
    board = planning.board(page.ctx, case_id)
    may_invite = bool(board.meeting and board.meeting.begins and choosing.may_invite(page.ctx, case_id))
    return page.render(
        "planning.html",
        422 if error else 200,
        board=board,
        may_invite=may_invite,
        welcome=choosing.at_table(page.ctx, board.meeting) if board.meeting else (),
        where=choosing.where(board.meeting) if board.meeting else "",
        fits=FITS,
        given=_Given(page.form if error else ()),
        chosen={value for name, value in page.form if name == "wie"} if error else set(),
        problems=tuple(error.fields.items()) if error else (),
        wrong=error.fields if error else {},
        lacking=_lacking(page, board),
        at_first=AT_FIRST,
        most=planning.MOST,
        lengths=LENGTHS,
    )


def _lacking(page: Page, board: Board) -> tuple[str, ...]:
    """Of which domains nobody is asked for the meeting that is planned."""
    if board.meeting is None:
        return ()
    return sitting.lacking(page.settings, tuple(guest.organisation for guest in board.meeting.guests))


def _proposed(form: Form) -> Proposed:
    given = {name: value.strip() for name, value in form}
    guests = [_guest(value) for name, value in form if name == "wie"]
    return Proposed(
        tuple(_moments(given)),
        (*guests, *([("", "")] if "ouders" in given else ())),
        _number(given.get("minuten", "")),
        given.get("plaats", "")[:120],
        "thuis" in given,
        given.get("video", "")[:300],
        "tolk" in given,
        "ouders_kunnen" in given,
    )


def _guest(value: str) -> tuple[str, str]:
    organisation, _, person = value.partition("/")
    return organisation, person


def _moments(given: Mapping[str, str]) -> Iterator[datetime]:
    """The moments that a form names; one that is half filled in counts as long past, so that it is told."""
    for number in range(1, planning.MOST + 1):
        day, hour = given.get(f"dag_{number}", ""), given.get(f"tijd_{number}", "")
        if day or hour:
            try:
                yield datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)
            except ValueError:
                yield datetime(1970, 1, 1, tzinfo=ZONE)


def said(form: Form) -> dict[int, Fits]:
    """What was ticked, by the number of the moment."""
    ticked = ((name.removeprefix("moment_"), value) for name, value in form if name.startswith("moment_"))
    return {_number(slot): Fits(value) for slot, value in ticked if value in FITS}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def _day_and_hour(at: datetime | None) -> str:
    return wording.moment(at) if at else ""

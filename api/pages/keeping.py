"""How long a dossier that ended stays, and erasing it where its family asks: two people, and a term to stop it."""

from collections.abc import Callable, Mapping
from datetime import date

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.cases import Context
from engine.errors import InvalidDataError, NotFoundError
from engine.words import Kept

ACT, HOLD = "doe", "vasthouden"
DOES: Mapping[str, tuple[Callable[[Context, int], None], str]] = {
    "vragen": (cases.ask_erasure, "Het verzoek is vastgelegd. Een collega bevestigt het."),
    "bevestigen": (cases.confirm_erasure, "Bevestigd. Het dossier wordt gewist als de bedenktijd voorbij is."),
    "stoppen": (cases.stop_erasure, "Het wissen op verzoek gaat niet door."),
    "vrijgeven": (cases.lift, "Het dossier wordt niet langer vastgehouden."),
}
"""What each button does, and what is said then."""

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/vergeten")
def show(page: Page, case_id: int) -> HTMLResponse:
    """How long it stays and why, what goes and what doesn't."""
    return _page(page, case_id)


@routes.post("/casus/{case_id}/vergeten")
def decide(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Keep it longer, or erase it sooner."""
    form = dict(page.form)
    act = form.get(ACT, "")
    if act == HOLD:
        try:
            cases.hold(page.ctx, case_id, form.get("reden", ""), _day(form.get("tot", "")))
        except InvalidDataError as error:
            page.rollback()
            return _page(page, case_id, error.fields)
        said = "Het dossier wordt vastgehouden."
    elif act in DOES:
        do, said = DOES[act]
        do(page.ctx, case_id)
    else:
        raise NotFoundError("Deze knop is er niet.")
    return page.redirect(f"/casus/{case_id}/vergeten", said)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(page: Page, case_id: int, errors: Mapping[str, str] | None = None) -> HTMLResponse:
    form, wrong = dict(page.form), errors or {}
    return page.render(
        "keeping.html",
        422 if wrong else 200,
        stay=cases.stay(page.ctx, case_id),
        Kept=Kept,
        problems=tuple(wrong.items()),
        wrong={name: wrong.get(name, "") for name in ("reden", "tot")},
        typed={name: form.get(name, "") for name in ("reden", "tot")},
    )

"""Following a case beside its steps: who was in touch, how, and what came of it."""

from collections.abc import Mapping
from datetime import date

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import story
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.errors import InvalidDataError

NAMES = ("hoe", "uitkomst", "dag", "afspraak", "opmerking")

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/contact")
def ask(page: Page, case_id: int, afspraak: str = "") -> HTMLResponse:
    """Ask how one was in touch; `afspraak` is the agreement that it was about."""
    return _page(page, case_id, {"dag": page.ctx.today.isoformat(), "afspraak": afspraak})


@routes.post("/casus/{case_id}/contact")
def note(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Write down that one was in touch."""
    form = dict(page.form)
    given = {name: form.get(name, "") for name in NAMES}
    try:
        cases.contacted(
            page.ctx, case_id, given["hoe"], given["uitkomst"], _day(given["dag"]), item=given["afspraak"],
            remark=given["opmerking"],
        )  # fmt: skip
    except InvalidDataError as error:
        page.rollback()
        return _page(page, case_id, given, error.fields)
    return page.redirect(f"/casus/{case_id}", "Je contact staat in het dossier.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(page: Page, case_id: int, typed: Mapping[str, str], wrong: Mapping[str, str] | None = None) -> HTMLResponse:
    errors = wrong or {}
    return page.render(
        "contact.html",
        422 if errors else 200,
        case=cases.followed(page.ctx, case_id),
        ways=story.CONTACTS,
        results=story.REACHED,
        problems=tuple(errors.items()),
        wrong={name: errors.get(name, "") for name in NAMES},
        typed={name: typed.get(name, "") for name in NAMES},
        path=f"/casus/{case_id}/contact",
    )

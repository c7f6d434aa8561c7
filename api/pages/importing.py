"""Bringing in running families from somebody's own list: paste, look at each row, and bring in."""

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.cases import importing, signups
from engine.errors import InvalidDataError, NotAllowedError

ADDRESS = "/invoeren"
TEXT, SURE = "lijst", "zeker"

routes = Routes(include_in_schema=False)


@routes.get(ADDRESS)
def show(page: Page) -> HTMLResponse:
    """Where a list is pasted."""
    _may(page)
    return _render(page)


@routes.get("/invoeren/voorbeeld.csv")
def example(page: Page) -> Response:
    """A list with all columns to begin with, as a Dutch spreadsheet opens it."""
    _may(page)
    headers = {"Content-Disposition": 'attachment; filename="gezinnen-invoeren.csv"'}
    return Response(importing.example().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@routes.post(ADDRESS)
def bring_in(page: Page) -> HTMLResponse | RedirectResponse:
    """Tell of each row what would come of it; where that was seen and is wanted, bring them in."""
    _may(page)
    given = dict(page.form)
    text = given.get(TEXT, "")
    try:
        rows = importing.check(page.ctx, text)
    except InvalidDataError as error:
        return _render(page, text, error=error.message, status=422)
    if any(row.problems for row in rows) or not given.get(SURE):
        return _render(page, text, rows, status=422 if any(row.problems for row in rows) else 200)
    number = importing.bring_in(page.ctx, text)
    said = {0: "Er was niets nieuws.", 1: "1 gezin is ingevoerd."}.get(number, f"{number} gezinnen zijn ingevoerd.")
    return page.redirect(
        "/casus", f"{said} Leg nu bij elk gezin de toestemming vast: tot dan ziet niemand anders iets."
    )


def _may(page: Page) -> None:
    if not cases.may_start(page.ctx, signups.PROCESS):
        raise NotAllowedError("Met jouw rol kun je geen gezinnen invoeren. Vraag iemand die gezinnen aanmeldt.")


def _render(
    page: Page, text: str = "", rows: tuple[importing.Checked, ...] = (), error: str = "", status: int = 200
) -> HTMLResponse:
    return page.render(
        "importing.html",
        status,
        here="signaal",
        text=text,
        rows=rows,
        error=error,
        columns=importing.COLUMNS,
        wrong=sum(1 for row in rows if row.problems),
        new=sum(1 for row in rows if not row.problems and not row.there),
        most=importing.MOST_ROWS,
    )

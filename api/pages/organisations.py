"""Pages of a beheerder: the organisations with which the house works, how they are reached, and which stopped."""

from collections.abc import Mapping

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine.cases import organisations
from engine.errors import InvalidDataError

LIST = "/beheer/organisaties"

routes = Routes(include_in_schema=False)


@routes.get(LIST)
def listed(page: Page) -> HTMLResponse:
    """The organisations of the own municipalities."""
    return page.render(
        "organisations.html",
        rows=organisations.listed(page.ctx),
        sorts=page.settings.lists.get("soorten_organisaties", {}),
    )


@routes.get("/beheer/organisaties/{region}/{id}")
def show(page: Page, region: str, id: str) -> HTMLResponse:
    """One organisation, and what waits there."""
    return _organisation(page, region, id)


@routes.post("/beheer/organisaties/{region}/{id}")
def change(page: Page, region: str, id: str) -> HTMLResponse | RedirectResponse:
    """Change how an organisation is called and reached."""
    given = {name: value.strip() for name, value in page.form}
    fields = tuple(given.get(name, "") for name in ("naam", "telefoon", "mail"))
    try:
        organisations.change(page.ctx, region, id, *fields)
    except InvalidDataError as error:
        page.rollback()
        return _organisation(page, region, id, given, error)
    return page.redirect(LIST, f"Opgeslagen: {fields[0]}.")


@routes.post("/beheer/organisaties/{region}/{id}/stand")
def end(page: Page, region: str, id: str) -> RedirectResponse:
    """Let an organisation stop, or begin again."""
    name = organisations.one(page.ctx, region, id).name
    if dict(page.form).get("stand") == "gestopt":
        organisations.end(page.ctx, region, id)
        return page.redirect(LIST, f"{name} is gestopt. Niemand kan deze organisatie nog kiezen.")
    organisations.begin_again(page.ctx, region, id)
    return page.redirect(LIST, f"{name} doet weer mee.")


def _organisation(
    page: Page,
    region: str,
    id: str,
    given: Mapping[str, str] | None = None,
    error: InvalidDataError | None = None,
) -> HTMLResponse:
    row = organisations.one(page.ctx, region, id)
    problems = tuple(error.fields.items()) if error else ()
    return page.render(
        "organisation.html",
        422 if problems else 200,
        row=row,
        waiting=organisations.waiting(page.ctx, row),
        values={"naam": row.name, "telefoon": row.phone, "mail": row.mail, **(given or {})},
        problems=problems,
        wrong=dict(problems),
    )

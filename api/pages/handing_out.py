"""Handing several tasks of a list over to one person: choosing whom and why, and what came of it."""

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import story, trail
from api.pages.page import Page
from api.request import Routes
from engine.cases import handing_out
from engine.errors import InvalidDataError

WHOM = "Kies aan wie je deze taken geeft."

routes = Routes(include_in_schema=False)


@routes.post("/werk/doorgeven/kiezen")
def choose(page: Page) -> HTMLResponse:
    """Ask to whom the chosen tasks go, and why. Changes nothing."""
    return _ask(page)


@routes.post("/werk/doorgeven")
def hand_out(page: Page) -> HTMLResponse | RedirectResponse:
    """Hand the tasks over; say of each whether that was done, and why not."""
    asked = dict(page.form)
    if not asked.get("aan"):
        return _ask(page, (("aan", WHOM),), 422)
    try:
        rows = handing_out.hand_out(page.ctx, _ids(page), asked["aan"], asked.get("reden", ""))
    except InvalidDataError as error:
        if not error.fields:
            raise
        return _ask(page, tuple(error.fields.items()), 422)
    given = [row for row in rows if not row.why_not]
    if len(given) == len(rows):
        said = "De taak is doorgegeven." if len(rows) == 1 else f"Alle {len(rows)} taken zijn doorgegeven."
        return page.redirect(trail.back(page)[0], said)
    refused = [row for row in rows if row.why_not]
    return page.render("handed_out.html", given=given, refused=refused, back=trail.back(page), here="werk")


def _ids(page: Page) -> list[int]:
    chosen = (value for name, value in page.form if name == "taak")
    return [int(value) for value in chosen if value.isascii() and value.isdecimal() and len(value) < 10]


def _ask(page: Page, problems: tuple[tuple[str, str], ...] = (), status: int = 200) -> HTMLResponse:
    rows, people = handing_out.to_hand_out(page.ctx, _ids(page))
    able = [row for row in rows if not row.why_not]
    names = {
        person.id: f"{person.name} ({sum(person.id in row.to for row in able)} van {len(able)})" for person in people
    }
    asked = dict(page.form)
    return page.render(
        "hand_out.html",
        status,
        rows=able,
        refused=[row for row in rows if row.why_not],
        names=names,
        told=story.colleagues(page, set(names)),
        aan=asked.get("aan", ""),
        reden=asked.get("reden", ""),
        longest=handing_out.LONGEST,
        problems=problems,
        errors=dict(problems),
        back=trail.back(page),
        path="/werk",
        here="werk",
    )

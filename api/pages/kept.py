"""Lists that somebody kept under a name: keeping one, opening it again, calling it otherwise."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import story
from api.pages.page import Page
from api.request import Routes
from engine.cases import saved_lists
from engine.store.saved_lists import SavedList

PAGES = {
    "/werk": ("lijst", "fase", "gemeente", "wie", "organisatie", "volgorde"),
    "/casus": ("stand", "fase", "gemeente", "regie", "volgorde", "kolommen"),
}
"""The lists of which one keeps what one chose, each with what is kept of its address: no word of a search."""

LONGEST = 200
"""So many letters of a choice are kept; none has more."""

TITLES = {"/werk": "Taken", "/casus": "Gezinnen"}

routes = Routes(include_in_schema=False)


def panel(page: Page, address: str) -> Mapping[str, Any]:
    """What the page of a list shows of those that were kept of it."""
    return {
        "kept": [(kept.name, _address(kept)) for kept in saved_lists.saved_lists(page.ctx) if kept.page == address],
        "shared_with": _shared_with(page),
    }


def _address(kept: SavedList) -> str:
    return f"{kept.page}?{kept.query}"


def _shared_with(page: Page) -> Mapping[str, str]:
    """The roles for which this person may keep a list, by how a form calls them."""
    settings = page.settings
    return {
        f"{role}/{place}": f"{story.role_name(settings, role)}, {settings.municipalities.get(place, place)}"
        for role, place in sorted(saved_lists.shares_with(page.ctx))
    }


@routes.get("/lijsten")
def show(page: Page) -> HTMLResponse:
    """The lists that this person may open, with what may be done with each."""
    rows = [
        (kept, _address(kept), TITLES[kept.page], _for_whom(page, kept), saved_lists.may_change(page.ctx, kept))
        for kept in saved_lists.saved_lists(page.ctx)
    ]
    return page.render("kept.html", rows=rows, longest=saved_lists.LONGEST, here="werk")


def _for_whom(page: Page, kept: SavedList) -> str:
    if kept.person:
        return "Alleen voor jou"
    place = page.settings.municipalities.get(kept.municipality, kept.municipality)
    return f"Voor iedereen met de rol {story.role_name(page.settings, kept.role).lower()} in {place}"


@routes.post("/lijsten")
def keep(page: Page) -> RedirectResponse:
    """Keep what somebody chose of a list, but for what was searched for."""
    asked = dict(page.form)
    address = asked.get("pagina", "") if asked.get("pagina", "") in PAGES else "/werk"
    query = urlencode({name: asked[name][:LONGEST] for name in PAGES[address] if asked.get(name)})
    role, _, place = asked.get("voor", "").partition("/")
    saved_lists.keep_list(page.ctx, address, query, asked.get("naam", ""), role, place)
    return page.redirect(f"{address}?{query}", "De lijst is bewaard. Je vindt haar terug bij Bewaarde lijsten.")


@routes.post("/lijsten/{id}")
def rename(page: Page, id: int) -> RedirectResponse:
    """Call a list otherwise."""
    saved_lists.rename_list(page.ctx, id, dict(page.form).get("naam", ""))
    return page.redirect("/lijsten", "De lijst heet nu anders.")


@routes.post("/lijsten/{id}/weg")
def drop(page: Page, id: int) -> RedirectResponse:
    """Keep a list no more."""
    saved_lists.drop_list(page.ctx, id)
    return page.redirect("/lijsten", "De lijst is weg. De taken en dossiers zelf staan er nog.")

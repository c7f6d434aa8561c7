"""The way back: to the list where somebody was, with its tab, filter and page.

The browser keeps it for as long as it is open. What somebody searched for stands in no address, so here neither.
"""

import re
from typing import TypeVar
from urllib.parse import quote, unquote

from fastapi.responses import RedirectResponse, Response

from api.pages.page import Page

COOKIE = "knooppunt_plek"
LISTS = {"/werk": "Terug naar de taken", "/casus": "Terug naar de gezinnen"}
"""The lists that one comes back to, and what the link there says."""

LONGEST = 1_000

R = TypeVar("R", bound=Response)


def remember(page: Page, response: R, address: str, case_id: int | None = None) -> R:
    """Somebody is at this list now; or at a case that was opened from it."""
    if len(address) <= LONGEST:
        value = quote(address if case_id is None else f"{address}\n{case_id}")
        response.set_cookie(COOKIE, value, httponly=True, samesite="lax", secure=not page.demo)
    return response


def at_case(page: Page, response: R, case_id: int) -> R:
    """Somebody is at a case now, which is where they go on once a task of it is done."""
    return remember(page, response, back(page)[0], case_id)


def back(page: Page) -> tuple[str, str]:
    """The list where somebody was, as address and what the link there says."""
    address, _ = _kept(page)
    return address, LISTS[address.partition("?")[0]]


def onward(page: Page, case_id: int, flash: str, task: int | None = None) -> RedirectResponse:
    """Go on where somebody came from: the list, or else the case."""
    address, case = _kept(page)
    return page.redirect(f"/casus/{case_id}" if case else address, flash, task)


def forget(page: Page, response: Response) -> None:
    """Let the browser forget where somebody was."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=not page.demo)


def _kept(page: Page) -> tuple[str, bool]:
    """The list, and whether a case came after it; without one it is as if a case was opened by its address."""
    address, _, case = unquote(page.request.cookies.get(COOKIE, "")).partition("\n")
    if address.partition("?")[0] in LISTS and re.fullmatch(r"[!-~]*", address):
        return address, bool(case)
    return "/werk", True

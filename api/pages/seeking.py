"""What somebody searches for: kept by the browser for as long as it is open, and in no address.

An address stands in the history of a browser and in the logs of every proxy on the way; the name of a family must
not. So a search is sent as a form, the browser keeps its words in a cookie, and the address has no more than a key to
them: going back, paging and another tab of the browser work as they do for any address.
"""

import base64
import json
import re
import secrets
from collections.abc import Callable

from fastapi.responses import RedirectResponse, Response

from api.pages.page import Page

COOKIE = "knooppunt_zoek"
KEPT = 4  # searches at a time, in as many tabs of the browser
LONGEST = 100


def sought(page: Page, key: str) -> str:
    """The words of the search that an address names; "" where this browser doesn't know them any more."""
    return dict(_kept(page)).get(key, "").encode(errors="replace").decode()


def search(page: Page, words: str, address: Callable[[str], str]) -> RedirectResponse:
    """Go on to the address of a search, or of the whole list where nothing is searched for."""
    words = words.strip()[:LONGEST]
    if not words:
        return page.redirect(address(""))
    key = secrets.token_hex(4)
    response = page.redirect(address(key))
    text = json.dumps([*_kept(page), (key, words)][-KEPT:], ensure_ascii=False)
    value = base64.urlsafe_b64encode(text.encode(errors="replace")).decode()
    response.set_cookie(COOKIE, value, httponly=True, samesite="lax", secure=not page.demo)
    return response


def forget(page: Page, response: Response) -> None:
    """Let the browser forget what was searched for."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=not page.demo)


def _kept(page: Page) -> list[tuple[str, str]]:
    """The searches that the browser keeps, as key and words; what is nonsense in it is no search."""
    value = page.request.cookies.get(COOKIE, "")
    try:
        searches = json.loads(base64.urlsafe_b64decode(value.encode()))
    except (ValueError, RecursionError):
        return []
    rows = searches if isinstance(searches, list) else []
    return [(r[0], r[1][:LONGEST]) for r in rows if _is_search(r)][-KEPT:]


def _is_search(row: object) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 2
        and all(isinstance(text, str) for text in row)
        and re.fullmatch(r"[0-9a-f]{8}", row[0]) is not None
    )

"""One request for a web page: the settings of its region, the page as HTML, the way on to another."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from fastapi.responses import HTMLResponse, RedirectResponse

from api.limits import SPAN, Limit
from api.pages import render
from api.request import Visit
from engine import cases
from engine.access import APART
from engine.definitions import Settings
from engine.words import Hat

FLASH = "knooppunt_bericht"


@dataclass(frozen=True)
class Reason:
    """Why somebody is asked to come back, and what is known of what they sent."""

    title: str
    message: str
    known: str = ""


TOO_OFTEN = Reason("Wacht een minuut", "Vanaf jouw internetadres zijn heel veel pagina's geopend.")

HATS: Mapping[str, str] = {
    Hat.OVERVIEW: "Knooppuntteam",
    Hat.PARTNER: "eigen organisatie",
    Hat.ADMIN: "beheer",
    Hat.OVERSIGHT: "toezicht",
}


OFFICES: Mapping[str, str] = {Hat.ADMIN: "/beheer", Hat.OVERSIGHT: "/beheer/voorstellen"}
"""Where those begin who see no family."""

START = "/vandaag"
"""Where everybody begins."""


class Page(Visit):
    """A visit that is answered with a page."""

    @property
    def demo(self) -> bool:
        """Whether this is a demo, with invented families and a clock that can be moved."""
        return self.house.demo

    @property
    def settings(self) -> Settings:
        """The settings of the region in which this person works, else of the first region here."""
        regions = [model.definition.settings for model in self.house.library.current(self.tx)]
        own = {appointment.municipality for appointment in self.person.appointments} if self.person else set()
        theirs = [region for region in regions if own & set(region.municipalities)]
        return next(iter((*theirs, *regions)), Settings("", "Kansrijke Start"))

    @property
    def office(self) -> str:
        """As what this person acts who sees no family: a hat that is apart, else ""."""
        roles = {appointment.role for appointment in self.person.appointments} if self.person else set()
        return next((APART[role] for role in APART if roles == {role}), "")

    def render(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Answer with a page."""
        flash, _, task = unquote(self.request.cookies.get(FLASH, "")).partition("\n")
        shared: dict[str, object] = {
            "settings": self.settings,
            "person": self.person,
            "csrf": self.csrf,
            "key": secrets.token_urlsafe(16),
            "demo": self.demo,
            "now": self.now,
            "flash": flash,
            "flash_task": task if task.isdecimal() else "",
            "path": self.request.url.path,
            "may_signal": self.person is not None and cases.may_start(self.ctx, "casus"),
            "may_set_up": self.person is not None and cases.may_start(self.ctx, "opzetten"),
            "office": self.office,
            "hats": {hat: HATS[hat] for hat in self.hats},
            "worn": next((hat for hat, person in self.hats.items() if person == self.person), ""),
            "session_over": self._session_over,
            "oversees": self.person is not None and bool(self.ctx.sight.overseen),
            "language": "nl",
            "here": self.request.url.path.split("/")[1],
        }
        response = HTMLResponse(render.html(template, **{**shared, **values}), status)
        if FLASH in self.request.cookies:
            response.delete_cookie(FLASH)
        return response

    def too_often(self, limit: Limit | None = None) -> HTMLResponse | None:
        """What who opens too many of the pages that anybody may open is told instead, or who sends too much by the
        `limit` of what is sent.
        """
        readers: Limit = limit or self.request.app.state.readers
        if readers.allows(self.request.client.host if self.request.client is not None else ""):
            return None
        again = self.request.url.path
        response = self.render("turned_away.html", 429, reason=TOO_OFTEN, form=self.form, again=again)
        response.headers["Retry-After"] = str(int(SPAN))
        return response

    @property
    def _session_over(self) -> datetime | None:
        """When somebody who does nothing more is signed out; None where nobody needs to know."""
        idle = self.house.idle
        return min(self.now + idle, self.session.expires_at) if self.session is not None and idle else None

    def redirect(self, path: str, flash: str = "", task: int | None = None) -> RedirectResponse:
        """Go on to another page of ours, which tells what happened, and leads to the `task` that it is about."""
        response = RedirectResponse(path, 303)
        if flash:
            text = flash if task is None else f"{flash}\n{task}"
            response.set_cookie(FLASH, quote(text), max_age=60, httponly=True, samesite="lax", secure=not self.demo)
        return response

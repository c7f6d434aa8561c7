"""The clock of the demo, which a visitor may move ahead."""

from fastapi.responses import RedirectResponse

from api.pages import answers, session
from api.pages.page import Page
from api.request import Routes
from engine import deadlines, store, worker
from engine.errors import InvalidDataError

DURATIONS = {"P1D": "een dag", "P7D": "een week", "P1M": "een maand", "P3M": "drie maanden"}

routes = Routes(include_in_schema=False)


@routes.post("/demo/klok")
def move(page: Page) -> RedirectResponse:
    """Let time pass; what falls due meanwhile happens at once."""
    duration = dict(page.form).get("duur", "")
    if duration not in DURATIONS:
        raise InvalidDataError("Kies hoeveel de klok vooruit moet.")
    later = deadlines.after(page.now, duration)
    store.people.move_clock(page.tx, int((later - page.now).total_seconds()))
    store.sessions.prolong(page.tx, page.token, later, session.ending(page, later))
    while worker.step(page.tx, page.house.library, later):
        pass
    return page.redirect(answers.way_back(page.form, "/werk"), f"De klok staat {DURATIONS[duration]} verder.")

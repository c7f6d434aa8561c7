"""What somebody looks after themselves: where they are signed in, and by which keys."""

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import session
from api.pages.page import Page
from api.request import Routes
from engine import store

ONLY_LATE = "alleen-te-laat"

routes = Routes(include_in_schema=False)


@routes.get("/mijn")
def show(page: Page) -> HTMLResponse:
    """One's own sessions, keys and how many codes are left."""
    idle = page.house.idle
    running = [
        each
        for each in store.sessions.of_person(page.tx, page.ctx.actor.id, page.now)
        if idle is None or each.seen_at > page.now - idle
    ]
    return page.render(
        "mine.html",
        sessions=running,
        own=page.session,
        keys=store.keys.of_person(page.tx, page.ctx.actor.id),
        codes=store.keys.codes_left(page.tx, page.ctx.actor.id),
        only_late=store.reminders.of_person(page.tx, page.ctx.actor.id).only_late,
    )


@routes.post("/mijn/mail")
def choose_mail(page: Page) -> RedirectResponse:
    """Hear by mail of all that waits, or only of what is late."""
    only_late = dict(page.form).get("mail", "") == ONLY_LATE
    store.reminders.choose(page.tx, page.ctx.actor.id, only_late)
    said = "alleen over wat te laat is" if only_late else "over alles wat wacht"
    return page.redirect("/mijn", f"Je krijgt voortaan mail {said}.")


@routes.post("/mijn/sessies")
def end(page: Page) -> RedirectResponse:
    """End one of one's sessions, or all of them, this one too."""
    chosen = dict(page.form).get("sessie", "")
    own = page.session.id if page.session is not None else ""
    if chosen == "overal" or chosen == own:
        store.sessions.close_of(page.tx, page.ctx.actor.id, "" if chosen == "overal" else own)
        return session.leave(page)
    ended = store.sessions.close_of(page.tx, page.ctx.actor.id, chosen or "geen")
    return page.redirect("/mijn", "Daar ben je nu afgemeld." if ended else "Die aanmelding was al voorbij.")

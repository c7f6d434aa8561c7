"""The page that somebody's day begins with."""

from functools import partial

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import boards, story
from api.pages.page import OFFICES, Page
from api.request import Routes
from engine import cases, store
from engine.cases import signups, today
from engine.cases.boards import Boards
from engine.store.board import News
from engine.words import Happening

DONE = {
    Happening.STARTED: "Nieuw signaal",
    Happening.COMPLETED: "Afgerond: {name}",
    Happening.TAKEN_BACK: "Zoekt een andere uitvoerder: {name}",
    Happening.CORRECTED: "Gecorrigeerd: {name}",
    Happening.MESSAGE: "Gemeld: {name}",
    Happening.WITHDRAWN: "Toestemming voor een deel ingetrokken",
    Happening.REOPENED: "Dossier heropend",
    Happening.SKIPPED: "Overgeslagen: {name}",
    Happening.JOINED: "Samengevoegd met een ander dossier",
    Happening.HANDED_OVER: "Overgedragen aan een ander Knooppunt",
}

routes = Routes(include_in_schema=False)


@routes.get("/vandaag")
def show(page: Page) -> HTMLResponse | RedirectResponse:
    """What is late, due, new, and waits; who sees no family goes on to the own pages."""
    if page.office:
        return page.redirect(OFFICES[page.office])
    board = Boards(page.ctx)
    day = today.today(page.ctx, board)
    if (moment := today.sits_down(page.ctx)) is not None:
        at, since = moment
        page.later.append(partial(store.sittings.keep, person_id=page.ctx.actor.id, at=at, since=since))
    waiting = {each.assignee for each in day.waits} | {line.assignee for line in day.late_tasks}
    known = cases.colleagues(page.ctx, waiting | {row.actor for row in day.news.rows})
    return page.render(
        "today.html",
        day=day,
        signups=signups.number_waiting(page.ctx),
        late=boards.rows_of(page, day.late),
        late_number=boards.counted(day.late_number),
        sittings=boards.sittings(day.meetings.rows),
        kinds=story.MEETINGS,
        news=[(row, _said(board, row), known.get(row.actor)) for row in day.news.rows],
        known=known,
        here="vandaag",
    )


def _said(board: Boards, row: News) -> str:
    """What happened, as a sentence."""
    name = board.name_of(row) or "een stap"
    return DONE[Happening(row.kind)].format(name=name)

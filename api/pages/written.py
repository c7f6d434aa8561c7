"""What somebody wrote: the own words, also of cases that may be read no more."""

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, drafts
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.errors import InvalidDataError
from engine.words import Happening, News

PER_PAGE = 25
GAVE = {
    Happening.CLOSED: "Waarom je het dossier eerder afsloot",
    Happening.REOPENED: "Waarom je het dossier heropende",
    Happening.SKIPPED: "Waarom je een stap oversloeg",
    Happening.CORRECTED: "Waarom je een antwoord corrigeerde",
    Happening.REASSIGNED: "Waarom je een taak doorgaf",
    Happening.CONTACTED: "Wat je noteerde bij contact",
    Happening.POSTPONED: "Waarom je een taak uitstelde",
    Happening.PAUSED: "Waarom je een traject op pauze zette",
    Happening.RESUMED: "Waarom je een traject weer verder liet gaan",
}
"""What somebody did with a reason, as the page calls it."""

HOW_IT_GOES = {
    News.RECEIVED: "Het Knooppunt heeft je signaal ontvangen.",
    News.GOING: "Het gezin vindt het goed dat jouw organisatie meedoet. Het Knooppunt is aan de slag.",
    News.TOLD: "Het gezin vindt het goed dat jouw organisatie meedoet. Dit liet het Knooppunt je weten:",
    News.ENDED: "Dit signaal is afgerond.",
}
"""How it goes with a signal, as the page says it."""

routes = Routes(include_in_schema=False)


@routes.get("/wat-ik-schreef")
def show(page: Page, na: str = "") -> HTMLResponse:
    """The own answers, the last first; further on those that came before the answer that the address names."""
    before = int(na) if na.isascii() and na.isdecimal() and len(na) < 10 else None
    words = cases.written(page.ctx, PER_PAGE, before)
    rows = [(own, answers.said(own.form, own.answered.values, own.context)) for own in words.rows]
    first = before is None
    own = cases.signals(page.ctx) if first else ()
    signals = [(each, answers.said(*each.said, {}) if each.said else ()) for each in own]
    return page.render(
        "written.html",
        rows=rows,
        signals=signals,
        how_it_goes=HOW_IT_GOES,
        notes=cases.notes(page.ctx) if first else (),
        reasons=cases.reasons(page.ctx) if first else (),
        gave=GAVE,
        next=words.rows[-1].answered.id if words.more else None,
        first=first,
        here="geschreven",
    )


@routes.get("/wat-ik-schreef/{case_id}/later")
def ask_note(page: Page, case_id: int) -> HTMLResponse:
    """Ask for a letter or note that came late."""
    about, draft = cases.noting(page.ctx, case_id), drafts.take_up(page)
    return page.render("note.html", about=about, text=dict(page.form).get(cases.NOTE, ""), problems=(), draft=draft)


@routes.post("/wat-ik-schreef/{case_id}/later")
def add_note(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Keep it; what can't be kept is shown again."""
    text = dict(page.form).get(cases.NOTE, "")
    try:
        cases.add_note(page.ctx, case_id, text)
    except InvalidDataError as error:
        page.rollback()
        drafts.refused(page)
        about = cases.noting(page.ctx, case_id)
        return page.render("note.html", 422, about=about, text=text, problems=tuple(error.fields.items()), draft=None)
    drafts.done(page)
    return page.redirect("/wat-ik-schreef", "Dit is toegevoegd. Alleen jij leest het terug.")

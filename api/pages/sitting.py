"""In the meeting: one screen with the goals of the family beside what is agreed, that completes its steps."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, drafts, story
from api.pages.page import Page
from api.pages.tasks import LOOK_AGAIN, Htmx
from api.request import Routes
from engine.cases import sitting, sociale_kaart
from engine.cases.sitting import Sitting
from engine.errors import ConflictError, InvalidDataError
from engine.store.drafts import Draft

HELD = "Het overleg is vastgelegd. Geef het plan mee aan wie erbij was."

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/overleg")
def show(page: Page, case_id: int) -> HTMLResponse:
    """The meeting as far as it is known, with what this person typed before."""
    held = sitting.sitting(page.ctx, case_id)
    draft = drafts.take_up(page)
    given = answers.decode(held.form, page.form) if draft else {}
    return _page(page, held, given, draft=draft)


@routes.post("/casus/{case_id}/overleg/formulier")
def renew(page: Page, case_id: int, htmx: Htmx = "") -> HTMLResponse:
    """The same for the answers so far: with other questions, a row more or a row less. Saves nothing."""
    held = sitting.sitting(page.ctx, case_id)
    given = answers.decode(held.form, page.form)
    go = answers.change_rows(given, page.form)
    if htmx:
        asked = _asked(page, held, given, go=go)
        return page.render("renewed.html", renew=f"/casus/{case_id}/overleg/formulier", **asked)
    return _page(page, held, given, go=go)


@routes.post("/casus/{case_id}/overleg")
def hold(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Record the meeting and its plan; what was typed comes back where that can't be done."""
    held = sitting.sitting(page.ctx, case_id)
    given = answers.without_empty_rows(held.form, answers.decode(held.form, page.form))
    try:
        done = sitting.hold(page.ctx, case_id, given, answers.began_with(page.form))
    except InvalidDataError as error:
        page.rollback()
        drafts.refused(page)
        return _page(page, sitting.sitting(page.ctx, case_id), given, error.fields, status=422)
    except ConflictError:
        page.rollback()
        drafts.refused(page)
        return _page(page, sitting.sitting(page.ctx, case_id), given, status=409, notice=LOOK_AGAIN)
    drafts.done(page)
    return page.redirect(f"/casus/{case_id}/verslag", HELD, done.next)


def _asked(
    page: Page,
    held: Sitting,
    given: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    go: str = "",
    notice: str = "",
) -> dict[str, Any]:
    region = held.context["regio"]
    offered = sociale_kaart.open_first(page.tx, held.task.settings, region["organisaties"])
    context = {**held.context, "regio": {**region, "organisaties": offered}}
    values = {**held.filled, **held.known, **given}
    return answers.asked(held.form, values, context, errors, go=go, notice=notice, began=held.known)


def _page(
    page: Page,
    held: Sitting,
    given: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    go: str = "",
    notice: str = "",
    draft: Draft | None = None,
) -> HTMLResponse:
    return page.render(
        "sitting.html",
        status,
        held=held,
        task=held.task,
        table=story.table(held.task),
        topics=sociale_kaart.kaart_of(page.tx, held.task.settings).topics,
        draft=draft,
        **_asked(page, held, given, errors, go=go, notice=notice),
    )

"""One task: its form and what to know beside it; take it, give it back, give it to somebody, complete it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Header
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, drafts, paper, story, talk, trail
from api.pages.page import Page
from api.request import Routes
from engine import cases, store
from engine.cases import absence, choosing, reporting, sitting, sociale_kaart
from engine.errors import ConflictError, InvalidDataError
from engine.forms import Form, Option
from engine.store.drafts import Draft
from engine.words import Register, Verb

ASK_ON = "Door je antwoorden zijn er vragen bijgekomen. Kijk ze na en rond dan de taak af."
LOOK_AGAIN = "Er is intussen iets veranderd aan deze taak. Je antwoorden staan er nog. Kijk ze na en rond opnieuw af."
BOTH_WROTE = (
    "Iemand veranderde intussen iets wat jij ook invulde. Bij de vraag staat wat er nu staat. Jouw antwoord staat er "
    "nog. Kijk het na en rond opnieuw af: dan geldt jouw antwoord."
)

routes = Routes(include_in_schema=False)
Htmx = Annotated[str, Header(alias="HX-Request")]


@routes.get("/taken/{task_id}")
def show(page: Page, task_id: int) -> HTMLResponse:
    """The task as it is now, with what this person filled in before and didn't send."""
    task = _shown(page, task_id)
    draft = drafts.take_up(page) if Verb.COMPLETE in task.may else None
    given = answers.decode(task.form, page.form) if draft else {}
    return _task_page(page, task, _asked(page, task, given, began=answers.began_with(page.form)), draft=draft)


@routes.post("/taken/{task_id}/formulier")
def renew(page: Page, task_id: int, htmx: Htmx = "") -> HTMLResponse:
    """The same form for the answers so far: with other questions, a row more or a row less. Saves nothing."""
    task = cases.task(page.ctx, task_id, with_beside=not htmx)
    given = answers.decode(task.form, page.form)
    go = answers.change_rows(given, page.form)
    asked = _asked(page, task, given, go=go, began=answers.began_with(page.form))
    if htmx:
        return page.render("renewed.html", renew=f"/taken/{task_id}/formulier", **asked)
    return _task_page(page, task, asked)


@routes.post("/taken/{task_id}")
def complete(page: Page, task_id: int) -> HTMLResponse | RedirectResponse:
    """Complete the task; what was typed comes back on the page where that can't be done."""
    try:
        task = cases.task(page.ctx, task_id, to_complete=True)
        given = answers.without_empty_rows(task.form, answers.decode(task.form, page.form))
        began, version = answers.began_with(page.form), answers.seen_version(page.form)
        if talked := _talk(page, task):
            given = talked.heard(given)
            pending, speaker = talked.pending(given)
            if pending:
                asked = _asked(page, task, given, notice=pending, began=began, speaker=speaker)
                return _task_page(page, _shown(page, task_id), asked)
        filled = cases.fill(page.ctx, task_id, given, version, began)
    except ConflictError as error:
        page.rollback()
        return _too_late(page, error, task_id)
    if notice := _notice(page, filled):
        return _once_more(page, task_id, filled, notice)
    try:
        done = cases.finish(page.ctx, filled)
    except InvalidDataError as error:
        page.rollback()
        drafts.refused(page)
        task = _shown(page, task_id)
        return _task_page(page, task, _asked(page, task, filled.answers, error.fields), status=422)
    return _next(page, task, done)


def _shown(page: Page, task_id: int) -> cases.TaskView:
    return cases.task(page.ctx, task_id, with_beside=True)


def _talk(page: Page, task: cases.TaskView) -> talk.Talk | None:
    return talk.begin(task.element, task.form, task.context, task.settings, task.municipality, page.form)


def _asked(
    page: Page,
    task: cases.TaskView,
    given: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    go: str = "",
    notice: str = "",
    began: Mapping[str, object] | None = None,
    speaker: str = "",
) -> dict[str, Any]:
    """The form with what was answered; a question that comes up only now begins with what the case knows. What was
    asked before keeps what it `began` with. In a talk it is the turn of `speaker`.
    """
    context = _offering(page, task)
    first = {**task.values, **{key: value for key, value in (began or {}).items() if key in given}}
    talked = _talk(page, task)
    values = {**(talked.begun(task.values) if talked else task.values), **given}
    if not given:  # what was given by hand needn't be typed again
        values = {**values, **reporting.given_already(page.ctx, task)}
    return talk.asked(talked, task.form, values, context, errors, go=go, notice=notice, began=first, speaker=speaker)


def _offering(page: Page, task: cases.TaskView) -> Mapping[str, Any]:
    """What conditions see, with the organisations from which one chooses who does an agreement in the order in which
    one looks: who is open to everybody first, then who has time.
    """
    if not _agrees(task):
        return task.context
    region = task.context["regio"]
    offered = sociale_kaart.open_first(page.tx, task.settings, region["organisaties"])
    return {**task.context, "regio": {**region, "organisaties": offered}}


def _agrees(task: cases.TaskView) -> bool:
    return task.element.properties.get("register") == Register.AGREEMENT


def _next(page: Page, task: cases.TaskView, done: cases.Completed) -> RedirectResponse:
    said = f"“{task.element.name}” is afgerond."
    if sheet := paper.first(page, task):
        return page.redirect(sheet, f"{said} Geef ieder het eigen afschrift.", done.next)
    if done.ended:
        return page.redirect(f"/casus/{done.case_id}", f"{said} Daarmee is dit dossier gesloten.")
    return trail.onward(page, done.case_id, said, done.next)


@routes.post("/taken/{task_id}/claim")
def claim(page: Page, task_id: int) -> RedirectResponse:
    """Take the task and go on where the button was: in the list, or with the task itself."""
    cases.claim(page.ctx, task_id)
    own = f"/taken/{task_id}"
    path = answers.way_back(page.form, own)
    return page.redirect(path, "De taak staat nu op jouw naam.", task_id if path != own else None)


@routes.post("/taken/{task_id}/release")
def release(page: Page, task_id: int) -> RedirectResponse:
    """Give the task back to the role."""
    cases.release(page.ctx, task_id)
    return page.redirect("/werk?lijst=rol", "De taak is teruggegeven. Een collega kan hem nu oppakken.")


@routes.post("/taken/{task_id}/reassign")
def reassign(page: Page, task_id: int) -> RedirectResponse:
    """Give the task to the person who was chosen."""
    task = cases.task(page.ctx, task_id)
    chosen = dict(page.form).get("aan", "")
    if not chosen:
        raise InvalidDataError("Kies eerst wie dit gaat doen.")
    cases.reassign(page.ctx, task_id, chosen)
    name = next((person.name for person in task.candidates if person.id == chosen), "je collega")
    return trail.onward(page, task.case_id, f"“{task.element.name}” staat nu op naam van {name}.")


@routes.post("/taken/{task_id}/overslaan")
def skip(page: Page, task_id: int) -> RedirectResponse:
    """Go past the task, with the reason."""
    done = cases.skip(page.ctx, task_id, dict(page.form).get("reden", ""))
    return trail.onward(page, done.case_id, "De taak is overgeslagen. De reden staat in het verloop.")


def _task_page(
    page: Page,
    task: cases.TaskView,
    asked: Mapping[str, Any],
    status: int = 200,
    *,
    clashed: bool = False,
    draft: Draft | None = None,
) -> HTMLResponse:
    known = cases.colleagues(page.ctx, {who.id for who in (*task.candidates, task.assignee) if who is not None})
    return page.render(
        "task.html",
        status,
        task=task,
        because=story.because(task, page.ctx.actor),
        lacking=story.lacking(task),
        told={id: absence.told(colleague) for id, colleague in known.items()},
        assignee=known.get(task.assignee.id) if task.assignee else None,
        table=story.table(task),
        beside=story.beside(task),
        plans=choosing.concerns(task.element.properties) and (task.root, task.municipality) in page.ctx.sight.overseen,
        sits=sitting.is_of_sitting(task),
        topics=sociale_kaart.kaart_of(page.tx, task.settings).topics if _agrees(task) else (),
        going=story.going(task),
        guide_link=story.handbook_link(task.root, task.process, task.element, task.older),
        path=f"/taken/{task.id}",
        back=trail.back(page),
        clashed=clashed,
        draft=draft,
        **asked,
    )


def _notice(page: Page, filled: cases.Filled) -> str:
    """Why the form has to be looked at once more before the task can be completed; "" where it hasn't."""
    if filled.clashes:
        return BOTH_WROTE
    if answers.not_yet_shown(filled.form, filled.answers, filled.context, page.form):
        return ASK_ON
    return LOOK_AGAIN if filled.stale else ""


def _once_more(page: Page, task_id: int, filled: cases.Filled, notice: str) -> HTMLResponse:
    """The form with what was typed, and what somebody else wrote there meanwhile; sent again, the typed counts."""
    drafts.refused(page)
    task = _shown(page, task_id)
    clashes = answers.clashing(filled.form, filled.clashes, filled.context)
    asked = _asked(page, task, filled.answers, clashes, notice=notice)
    return _task_page(page, task, asked, 200 if notice == ASK_ON else 409, clashed=bool(clashes))


def _too_late(page: Page, error: ConflictError, task_id: int) -> HTMLResponse:
    """Somebody else did the task or does it now. What was typed is shown, so that nobody has to think of it again."""
    form: Form | None
    case_id: int | None
    try:
        task = cases.task(page.ctx, task_id)
        form, context, case_id = task.form, task.context, task.case_id
    except ConflictError as gone:
        error, form, context, case_id = gone, _known_form(page), {}, gone.case_id
    typed = answers.said(form, answers.decode(form, page.form), context, _names(page)) if form is not None else ()
    return page.render(
        "conflict.html", 409, message=error.message, own=error.own, typed=typed, case_id=case_id, path="/werk"
    )


def _names(page: Page) -> tuple[Option, ...]:
    """Whom one may have chosen in a form: what it offered can't be asked any more once its task is gone."""
    places = {appointment.municipality for appointment in page.ctx.actor.appointments}
    people = [person for place in sorted(places) for person in store.people.everyone(page.tx, place)]
    organisations = page.settings.organisations.items()
    return (
        *(Option(id, organisation.name) for id, organisation in organisations),
        *(Option(person.id, person.name) for person in people),
    )


def _known_form(page: Page) -> Form | None:
    """The form that was on the page, by the step that it names: for its questions, since the task itself is gone."""
    process, _, element = dict(page.form).get(answers.STEP, "").partition("/")
    for model in page.ctx.library.current(page.ctx.tx):
        if process in model.definition.processes:
            step = model.definition.processes[process].elements.get(element)
            return model.definition.forms.get(step.form) if step else None
    return None

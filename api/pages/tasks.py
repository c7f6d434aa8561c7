"""One task: its form and what to know beside it; take it, give it back, give it to somebody, complete it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import answers, story
from api.request import SignedIn
from engine import cases, store
from engine.errors import ConflictError, InvalidDataError
from engine.forms import Form, Option

ASK_ON = "Door je antwoorden zijn er vragen bijgekomen. Kijk ze na en rond dan de taak af."
LOOK_AGAIN = "Er is intussen iets veranderd aan deze taak. Je antwoorden staan er nog. Kijk ze na en rond opnieuw af."
BOTH_WROTE = (
    "Iemand veranderde intussen iets wat jij ook invulde. Bij de vraag staat wat er nu staat. Jouw antwoord staat er "
    "nog. Kijk het na en rond opnieuw af: dan geldt jouw antwoord."
)

router = APIRouter(include_in_schema=False)
Htmx = Annotated[str, Header(alias="HX-Request")]


@router.get("/taken/{task_id}")
def show(page: SignedIn, task_id: int) -> HTMLResponse:
    """The task as it is now."""
    task = cases.task(page.ctx, task_id)
    return _task_page(page, task, _asked(task, {}))


@router.post("/taken/{task_id}/formulier")
def renew(page: SignedIn, task_id: int, htmx: Htmx = "") -> HTMLResponse:
    """The same form for the answers so far: with other questions, a row more or a row less. Saves nothing."""
    task = cases.task(page.ctx, task_id)
    given = answers.decode(task.form, page.form)
    go = answers.change_rows(given, page.form)
    asked = _asked(task, given, go=go, began=answers.began_with(page.form))
    if htmx:
        return page.render("renewed.html", renew=f"/taken/{task_id}/formulier", **asked)
    return _task_page(page, task, asked)


@router.post("/taken/{task_id}", response_model=None)
def complete(page: SignedIn, task_id: int) -> HTMLResponse | RedirectResponse:
    """Complete the task; what was typed comes back on the page where that can't be done."""
    try:
        task = cases.task(page.ctx, task_id)
    except ConflictError as error:
        return _too_late(page, error, _known_form(page), None)
    given = answers.without_empty_rows(task.form, answers.decode(task.form, page.form))
    began = answers.began_with(page.form)
    met = _met(task, given, began)
    if met.clashes:
        return _clash_page(page, task, met)
    if answers.not_yet_shown(task.form, met.answers, task.context, page.form):
        return _task_page(page, task, _asked(task, met.answers, notice=ASK_ON))
    try:
        done = cases.complete(page.ctx, task_id, given, answers.seen_version(page.form), began)
    except InvalidDataError as error:
        page.rollback()
        return _task_page(page, task, _asked(task, met.answers, error.fields), status=422)
    except ConflictError as error:
        page.rollback()
        return _conflict(page, error, task_id, given)
    return _next(page, task, done)


def _met(task: cases.TaskView, given: Mapping[str, object], began: Mapping[str, object] | None) -> cases.Merged:
    """The answers over what others wrote since the page was opened; who may not complete it is not shown that."""
    if began is None or "afronden" not in task.may:
        return cases.Merged(dict(given), {})
    return cases.merge(task.form, given, began, task.values, task.context)


def _asked(
    task: cases.TaskView,
    given: Mapping[str, object],
    errors: Mapping[str, str] | None = None,
    *,
    go: str = "",
    notice: str = "",
    began: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """The form with what was answered; a question that comes up only now begins with what the case knows. What was
    asked before keeps what it `began` with.
    """
    told = {**task.values, **{key: value for key, value in (began or {}).items() if key in given}}
    return answers.asked(
        task.form, {**task.values, **given}, task.context, errors, go=go, notice=notice, began=told
    )  # fmt: skip


def _next(page: SignedIn, task: cases.TaskView, done: cases.Completed) -> RedirectResponse:
    said = f"“{task.element.name}” is afgerond."
    if done.ended:
        return page.redirect(f"/casus/{done.case_id}", f"{said} Daarmee is dit dossier gesloten.")
    return page.redirect(f"/casus/{done.case_id}", said)


@router.post("/taken/{task_id}/claim")
def claim(page: SignedIn, task_id: int) -> RedirectResponse:
    """Take the task and go on where the button was: in the list, or with the task itself."""
    cases.claim(page.ctx, task_id)
    here = f"/taken/{task_id}"
    path = answers.way_back(page.form, here)
    return page.redirect(path, "De taak staat nu op jouw naam.", task_id if path != here else None)


@router.post("/taken/{task_id}/release")
def release(page: SignedIn, task_id: int) -> RedirectResponse:
    """Give the task back to the role."""
    cases.release(page.ctx, task_id)
    return page.redirect("/werk?lijst=rol", "De taak is teruggegeven. Een collega kan hem nu oppakken.")


@router.post("/taken/{task_id}/reassign")
def reassign(page: SignedIn, task_id: int) -> RedirectResponse:
    """Give the task to the person who was chosen."""
    task = cases.task(page.ctx, task_id)
    chosen = dict(page.form).get("aan", "")
    if not chosen:
        raise InvalidDataError("Kies eerst wie dit gaat doen.")
    cases.reassign(page.ctx, task_id, chosen)
    name = next((person.name for person in task.candidates if person.id == chosen), "je collega")
    return page.redirect(f"/casus/{task.case_id}", f"“{task.element.name}” staat nu op naam van {name}.")


def _task_page(
    page: SignedIn, task: cases.TaskView, asked: Mapping[str, Any], status: int = 200, *, clashed: bool = False
) -> HTMLResponse:
    link = story.handbook_link(task.root, task.process, task.element)
    return page.render(
        "task.html", status, task=task, guide_link=link, path=f"/taken/{task.id}", clashed=clashed, **asked
    )


def _clash_page(page: SignedIn, task: cases.TaskView, met: cases.Merged) -> HTMLResponse:
    """The form with what was typed, and what somebody else wrote there meanwhile; sent again, the typed counts."""
    told = answers.clashing(task.form, met.clashes, task.context)
    return _task_page(page, task, _asked(task, met.answers, told, notice=BOTH_WROTE), 409, clashed=True)


def _conflict(page: SignedIn, error: ConflictError, task_id: int, given: Mapping[str, object]) -> HTMLResponse:
    """Somebody was first. Where the task is still this person's to do, the form comes back with what was typed."""
    try:
        task = cases.task(page.ctx, task_id)
    except ConflictError as later:
        return _too_late(page, later, _known_form(page), None)
    if "afronden" not in task.may:
        return _too_late(page, error, task.form, task)
    met = _met(task, given, answers.began_with(page.form))
    if met.clashes:
        return _clash_page(page, task, met)
    return _task_page(page, task, _asked(task, met.answers, notice=LOOK_AGAIN), status=409)


def _too_late(page: SignedIn, error: ConflictError, form: Form | None, task: cases.TaskView | None) -> HTMLResponse:
    given = answers.decode(form, page.form) if form else {}
    typed = answers.said(form, given, task.context if task else {}, _names(page)) if form else ()
    case_id = task.case_id if task else error.case_id
    return page.render(
        "conflict.html", 409, message=error.message, own=error.own, typed=typed, case_id=case_id, path="/werk"
    )


def _names(page: SignedIn) -> tuple[Option, ...]:
    """Whom one may have chosen in a form: what it offered can't be asked any more once its task is gone."""
    places = {one.municipality for one in page.ctx.actor.appointments}
    people = [person for place in sorted(places) for person in store.people.everyone(page.tx, place)]
    organisations = page.settings.organisations.items()
    return (*(Option(id, one.name) for id, one in organisations), *(Option(one.id, one.name) for one in people))


def _known_form(page: SignedIn) -> Form | None:
    """The form that was on the page, by the step that it names: for its questions, since the task itself is gone."""
    process, _, element = dict(page.form).get(answers.STEP, "").partition("/")
    for model in page.ctx.library.current(page.ctx.tx):
        if process in model.definition.processes:
            found = model.definition.processes[process].elements.get(element)
            return model.definition.forms.get(found.form) if found else None
    return None

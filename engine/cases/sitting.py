"""A meeting while it is held, on one screen: the step that records it and the step that makes the plan after it.

They stay two steps, each completed as it is drawn; what is asked and who may do it, they say. What is known by now is
filled in: who was invited, and a row for each goal of the family.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import store
from engine.cases import choosing, planning
from engine.cases.asking import context_of, form_of, keys_of, shown_names
from engine.cases.beside import family_goals
from engine.cases.context import Context
from engine.cases.locks import open_task
from engine.cases.moves import complete
from engine.cases.reading import choices_for, known_at, task
from engine.cases.views import Completed, TaskView
from engine.definitions import Element, Settings
from engine.errors import InvalidDataError, NotFoundError
from engine.forms import Field, Form, Holds, rows_of
from engine.store.tasks import TaskRow
from engine.words import Domain, MeetingStatus, Register, Verb

NO_SITTING = "Er is nu geen overleg dat je kunt vastleggen."
PARENTS_FIRST = "De ouders waren er niet. Praat hen eerst bij. Haal de afspraken hier weg: het plan volgt daarna."


@dataclass(frozen=True)
class Sitting:
    """A meeting that is held: its first open step, all its steps as one form, what the case knows of its answers and
    what is filled in beside that; what the family wants, and of which domains nobody sits at the table.
    """

    task: TaskView
    form: Form
    known: Mapping[str, Any]
    filled: Mapping[str, Any]
    context: Mapping[str, Any]
    goals: tuple[str, ...]
    lacking: tuple[str, ...]


def sitting(ctx: Context, case_id: int) -> Sitting:
    """The meeting of a case that may be recorded now. Raises NotFoundError where there is none for the actor."""
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    steps = tuple(_steps(ctx, case_id))
    views = [task(ctx, row.id) for _, row in steps if row is not None]
    if not views or any(Verb.COMPLETE not in view.may for view in views):
        raise NotFoundError(NO_SITTING)
    first = views[0]
    facts, model = ctx.facts(case), ctx.library.model(ctx.tx, case.version_id)
    known = known_at(ctx, model, case, steps[-1][0])
    goals = family_goals(known, ctx, facts)
    form = Form("", tuple(field for element, _ in steps for field in form_of(model.definition, element).fields))
    document = known.readable(ctx.sight, facts, known.values(shown_names(form, known.document, "")))
    context = context_of(model, document, "", form, ctx.now)
    context = {**context, **first.context}
    context |= choices_for(ctx, open_task(ctx, first.id, lock=False), form)
    values = {key: document[key] for key in keys_of(form) if document.get(key) is not None}
    meeting = planning.latest(ctx, case_id)
    table = choosing.at_table(ctx, meeting) if meeting else ()
    return Sitting(
        first,
        form,
        values,
        dict(_filled(form, goals, table)),
        context,
        goals,
        lacking(first.settings, table) if table else (),
    )


def lacking(settings: Settings, organisations: tuple[str, ...]) -> tuple[str, ...]:
    """Of which domains nobody sits at the table (RUL-04, S1 WIS-07): at least one of the medical and one of the social
    domain makes a meeting. It is told, and forces nothing.
    """
    there = {settings.organisations[id].domain for id in organisations if id in settings.organisations}
    names = settings.lists.get("domeinen", {})
    return tuple(names.get(domain, domain).lower() for domain in (Domain.MEDICAL, Domain.SOCIAL) if domain not in there)


def _steps(ctx: Context, case_id: int) -> Iterator[tuple[Element, TaskRow | None]]:
    """The steps of a meeting that are still to be done, in their order, with the task where that is open."""
    definition = ctx.library.model(ctx.tx, store.case_files.read(ctx.tx, case_id, None).version_id).definition
    rows = {(row.process, row.element): row for row in store.tasks.open_tasks(ctx.tx, case_id) if not row.circle}
    for place in definition.processes.values():
        drawn = [step for step in place.user_tasks if _holds(step) or _plans(step)]
        begun = [number for number, step in enumerate(drawn) if (place.id, step.id) in rows]
        if any(_holds(step) for step in drawn) and begun:
            yield from ((step, rows.get((place.id, step.id))) for step in drawn[begun[0] :])
            return


def _holds(element: Element) -> bool:
    held = element.properties.get("stand") == MeetingStatus.HELD
    return held and element.properties.get("register") == Register.MEETING


def _plans(element: Element) -> bool:
    return element.properties.get("register") == Register.AGREEMENT


def _filled(form: Form, goals: tuple[str, ...], table: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """What follows from what is known: who was invited, and a row for each goal."""
    for field in form.input_fields():
        goal = _part(field, "doel")
        if field.properties.get("register") == "aanwezig":
            yield field.key, list(table)
        elif goal and goals:
            yield field.key, [{goal: each} for each in goals]


def _part(listed: Field, column: str) -> str:
    """The question of a list of rows that fills this column; "" where none does."""
    parts = listed.fields if listed.type.holds is Holds.ROWS else ()
    return next((part.key for part in parts if part.properties.get("register") == column), "")


def hold(ctx: Context, case_id: int, answers: Mapping[str, Any], shown: Mapping[str, Any] | None) -> Completed:
    """Record a meeting and its plan: each step is completed with its own answers. A row that has no more than a goal is
    no agreement. Raises what completing raises, InvalidDataError where there are agreements and the plan has to wait.
    """
    store.case_files.lock(ctx.tx, case_id, ctx.sight)
    definition = ctx.library.model(ctx.tx, store.case_files.read(ctx.tx, case_id, None).version_id).definition
    done: Completed | None = None
    for element, _ in tuple(_steps(ctx, case_id)):
        form = form_of(definition, element)
        mine = {key: answers[key] for key in keys_of(form) if key in answers}
        mine |= {field.key: _agreed(field, mine[field.key]) for field in form.input_fields() if field.key in mine}
        rows = store.tasks.open_tasks(ctx.tx, case_id)
        row = next((r for r in rows if (r.process, r.element, r.circle) == (element.process, element.id, "")), None)
        if row is not None:
            began = None if shown is None else {key: shown[key] for key in mine if key in shown}
            done = complete(ctx, row.id, mine, None, began)
        elif listed := next((f for f in form.input_fields() if _part(f, "wat") and mine.get(f.key)), None):
            raise InvalidDataError("Het plan kan nog niet worden vastgelegd.", {listed.key: PARENTS_FIRST})
    if done is None:
        raise NotFoundError(NO_SITTING)
    return done


def _agreed(field: Field, value: Any) -> Any:
    what = _part(field, "wat")
    return [row for row in rows_of(value) if row.get(what) or row.get("id")] if what else value


def is_of_sitting(view: TaskView) -> bool:
    """Whether a task is done on the screen of a meeting."""
    return _holds(view.element)

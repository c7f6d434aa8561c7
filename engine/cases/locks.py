"""Finding and locking a case or task for somebody who may."""

from dataclasses import dataclass

from engine import access, store
from engine.access import CaseFacts, Sight
from engine.cases.asking import circle_of
from engine.cases.context import Context
from engine.definitions import Element
from engine.errors import ConflictError, NotFoundError
from engine.process import Model
from engine.store.answers import Answered
from engine.store.case_files import CaseRow
from engine.store.tasks import TaskRow
from engine.words import TaskStatus, Verb


@dataclass(frozen=True)
class Opened:
    """An open task with its case, both as the actor may see them."""

    row: TaskRow
    case: CaseRow
    facts: CaseFacts
    model: Model
    may: frozenset[Verb]

    @property
    def element(self) -> Element:
        """The step of the diagram that this task is."""
        return self.model.definition.element(self.row.process, self.row.element)


def open_task(ctx: Context, task_id: int, lock: bool) -> Opened:
    """The task and its case, locked in that order of reading: the case first, then the task as it is by then."""
    seen = ctx.sight
    case = store.case_files.of_task(ctx.tx, task_id, locked=lock)
    row = store.tasks.in_case(ctx.tx, case.id, task_id)
    task = ctx.task_facts(row)
    facts = ctx.facts(case, task)
    may = access.may(seen, facts, task)
    if Verb.SEE not in may:
        raise NotFoundError(store.case_files.NO_TASK)
    if row.status != TaskStatus.OPEN:
        raise ConflictError(_who_was_first(ctx, row), case_id=row.case_id, own=row.ended_by == ctx.actor.id)
    return Opened(row, case, facts, ctx.library.model(ctx.tx, case.version_id), may)


def _who_was_first(ctx: Context, row: TaskRow) -> str:
    if row.status == TaskStatus.COMPLETED and row.ended_by:
        name = (
            "Je"
            if row.ended_by == ctx.actor.id
            else store.people.names(ctx.tx, [row.ended_by]).get(row.ended_by, "Iemand")
        )
        return f"{name} {'hebt' if name == 'Je' else 'heeft'} de taak '{row.title}' al afgerond."
    return f"De taak '{row.title}' is niet meer nodig: er is iets anders gebeurd in dit dossier."


def lock_case(ctx: Context, case_id: int) -> tuple[CaseRow, CaseFacts, Sight]:
    """Lock a case for the actor; with what access to it rests on. Raises NotFoundError."""
    seen = ctx.sight
    case = store.case_files.lock(ctx.tx, case_id, seen)
    return case, ctx.facts(case), seen


def may_correct(seen: Sight, facts: CaseFacts, answered: Answered, element: Element) -> bool:
    """Whether who may read all that a step answered may also correct it: who did that step, or may do it."""
    if circle := circle_of(element, answered.item):
        return circle in facts.circles
    if seen.person == answered.actor:
        return True
    fits = not element.sorts or seen.sort in element.sorts
    return fits and not access.roles_in(seen, facts).isdisjoint(element.roles)

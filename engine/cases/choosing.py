"""Choosing a moment for a meeting, and inviting: what was chosen is no longer typed, since the step is completed by it.

Which step that is, and which of its questions means what, its properties say: a region may draw and name it otherwise.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from engine import store
from engine.cases import announcing, planning
from engine.cases.asking import INVITES, form_of
from engine.cases.context import Context
from engine.cases.locks import Opened, open_task
from engine.cases.moves import BY_CONSENT, complete, correct
from engine.cases.views import Completed
from engine.deadlines import ZONE
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.forms import Form
from engine.store.planning import Planning
from engine.words import Answer, Fits, MeetingStatus, Purpose, Register, Sent, Verb

FOLLOWS = "planning"
"""The property by which a box to tick says that it follows from planning: that the parents chose the moment too
(`ouders`), or that an interpreter is thought of (`tolk`).
"""

WHY_MOVED = "Het overleg is verzet."


def choose(ctx: Context, case_id: int, slot_id: int) -> Completed | None:
    """Let the meeting be at this moment, and complete the step that plans it where that is open: None where it isn't.

    Raises ConflictError where the moment is no longer to be chosen, InvalidDataError where the step asks more.
    """
    planning.plannable(ctx, case_id, locked=True)
    meeting = planning.planned(ctx, case_id)
    if meeting is None or slot_id not in meeting.slots or meeting.slots[slot_id] <= ctx.now:
        raise ConflictError("Dit moment kun je niet meer kiezen.", case_id=case_id)
    if meeting.chosen == slot_id:
        return None
    moved = meeting.chosen is not None
    store.planning.choose(ctx.tx, meeting, slot_id)
    if moved:
        announcing.moved(ctx, planning.existing(ctx, meeting.id))
        planning.happened(ctx, case_id, planning.MOVED)
    task = _open_step(ctx, case_id, _plans)
    if task is None:
        _change_step(ctx, case_id, meeting, slot_id)
        return None
    form, at = form_of(task.model.definition, task.element), meeting.slots[slot_id]
    return complete(ctx, task.row.id, dict(_planned_answers(form, meeting, slot_id, at.astimezone(ZONE))))


def move(ctx: Context, case_id: int, at: datetime) -> Completed | None:
    """Let the meeting be at a moment that nobody was asked about, as agreed by phone."""
    planning.plannable(ctx, case_id, locked=True)
    meeting = planning.planned(ctx, case_id)
    if meeting is None or at <= ctx.now:
        sentence = "Kies een dag en een tijd die nog komen."
        raise InvalidDataError(sentence, {"dag_1": sentence})
    return choose(ctx, case_id, store.planning.add_slot(ctx.tx, meeting, at))


def concerns(properties: Mapping[str, str]) -> bool:
    """Whether a step with these properties is done by planning a meeting, or by inviting to it."""
    return _plans(properties) or _invites(properties)


def invite(ctx: Context, case_id: int) -> Completed:
    """Invite all who are asked and whom the family lets sit at the table, by completing the step that invites.

    Raises ConflictError where no moment is chosen, that step isn't open, or nobody may be invited yet.
    """
    planning.plannable(ctx, case_id, locked=True)
    meeting, task = planning.planned(ctx, case_id), _open_step(ctx, case_id, _invites)
    if meeting is None or meeting.begins is None or task is None:
        raise ConflictError("Uitnodigen kan als er een moment is gekozen en het gezin per genodigde is gevraagd.")
    welcome = at_table(ctx, meeting)
    if not welcome:
        raise ConflictError("Geen van de genodigden heeft een ja van het gezin om aan tafel te zitten.")
    form = form_of(task.model.definition, task.element)
    return complete(ctx, task.row.id, dict(_invited_answers(form, welcome)))


def may_invite(ctx: Context, case_id: int) -> bool:
    """Whether the step that invites is open for the actor."""
    return _open_step(ctx, case_id, _invites) is not None


def at_table(ctx: Context, meeting: Planning) -> tuple[str, ...]:
    """The organisations of a meeting that the family lets sit at the table."""
    cells = store.registers.opened(ctx.tx, meeting.case_id)
    welcome = {cell.organisation for cell in cells if cell.purpose == Purpose.MEETING}
    asked = dict.fromkeys(guest.organisation for guest in meeting.guests if guest.organisation)
    return tuple(organisation for organisation in asked if organisation in welcome)


def _open_step(ctx: Context, case_id: int, wanted: Callable[[Mapping[str, str]], bool]) -> Opened | None:
    """The open task of a kind of step that the actor may complete."""
    definition = ctx.library.model(ctx.tx, store.case_files.read(ctx.tx, case_id, None).version_id).definition
    for row in store.tasks.open_tasks(ctx.tx, case_id):
        if not row.circle and wanted(definition.element(row.process, row.element).properties):
            opened = open_task(ctx, row.id, lock=False)
            if Verb.COMPLETE in opened.may:
                return opened
    return None


def _change_step(ctx: Context, case_id: int, meeting: Planning, slot_id: int) -> None:
    """Let what the step that planned answered in this round be this moment, where the actor may correct it."""
    case = store.case_files.read(ctx.tx, case_id, None)
    definition = ctx.library.model(ctx.tx, case.version_id).definition
    for said in reversed(store.answers.of_case(ctx.tx, case_id)):
        element = definition.element(said.process, said.element)
        if said.at >= case.begun_at and _plans(element.properties):
            at = meeting.slots[slot_id]
            anew = dict(_planned_answers(form_of(definition, element), meeting, slot_id, at.astimezone(ZONE)))
            with suppress(NotAllowedError, NotFoundError):
                correct(ctx, case_id, said.process, said.element, {**said.values, **anew}, WHY_MOVED, said.item)
            return


def _plans(properties: Mapping[str, str]) -> bool:
    planned = properties.get("stand") == MeetingStatus.PLANNED
    return properties.get("register") == Register.MEETING and planned


def _invites(properties: Mapping[str, str]) -> bool:
    return properties.get("register") == Register.DISCLOSURE and properties.get("stuurt") == Sent.INVITATION


def _planned_answers(form: Form, meeting: Planning, slot_id: int, begins: datetime) -> Iterator[tuple[str, object]]:
    said = {guest.answers.get(slot_id) for guest in meeting.guests if guest.parents}
    means = {"datum": begins.date().isoformat(), "tijd": begins.strftime("%H:%M"), "plaats": where(meeting)}
    ticks = {"ouders": said == {Fits.YES}, "tolk": meeting.interpreter}
    for field in form.input_fields():
        if field.properties.get(INVITES) == Answer.YES:
            yield field.key, list(dict.fromkeys(g.organisation for g in meeting.guests if g.organisation))
        elif means.get(field.properties.get("register", "")):
            yield field.key, means[field.properties["register"]]
        elif ticks.get(field.properties.get(FOLLOWS, "")):
            yield field.key, True


def _invited_answers(form: Form, welcome: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    means = {"aan": list(welcome), "wat": "De dag, de tijd en de plek van het overleg.", "grond": BY_CONSENT}
    for field in form.input_fields():
        if field.properties.get("register") in means:
            yield field.key, means[field.properties["register"]]


def where(meeting: Planning) -> str:
    """Where a meeting is, as the family's file says it."""
    return meeting.place or ("Bij het gezin thuis" if meeting.at_home else "Beeldbellen" if meeting.video else "")

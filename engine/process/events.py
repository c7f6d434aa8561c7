"""Events: what is waited for, and the specs that wait for it or throw it.

What a wait remembers stands in its task, so one spec serves all cases.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.definitions import Element
from engine.definitions.kinds import CODED, NAMED, EventKind, TimerKind
from engine.process.run import Run
from engine.process.specs import LIVE, Begin, ForEach, Main, Node, Repeated, Split, forget_orphans, run_of, silence
from engine.words import Answer

# --- what is waited for ----------------------------------------------------------------------------------------


class Awaited(EventDefinition):
    """What a catching event waits for. What it remembers in its task has names that begin with `slot`; `watches` says
    that it may come whenever time passes or the document changes.
    """

    kind = ""
    slot = ""
    watches = False

    def covers(self, kind: str, name: str) -> bool:
        """Whether an event of this kind and name is what is waited for."""
        return False

    def takes(self, my_task: Any, kind: str, name: str) -> bool:
        """Whether it still waits for such an event."""
        return self.covers(kind, name)

    def hear(self, my_task: Any, kind: str, name: str) -> None:
        """Remember that it came."""
        self.happen(my_task)

    def names(self, name: str) -> bool:
        """Whether it waits for an event of this very name."""
        return False

    def happened(self, my_task: Any) -> bool:
        """Whether it was remembered before that it came."""
        return bool(my_task.internal_data.get(f"{self.slot}event_fired"))

    def happen(self, my_task: Any) -> None:
        """Remember that all that is waited for came."""
        my_task.internal_data[f"{self.slot}event_fired"] = True

    def has_fired(self, my_task: Any) -> bool:
        return self.happened(my_task)

    def due(self, my_task: Any) -> str | None:
        """When a clock in it goes off."""
        return None

    def again(self, my_task: Any, skip: bool) -> dict[str, Any]:
        """What it starts over with once it has happened; a clock may `skip` the rounds that it missed."""
        return {}

    def put_off(self, my_task: Any, lasted: timedelta) -> None:
        """Let a clock in it go off later by this, since the case stood still."""

    def takes_letters(self, my_task: Any) -> bool:
        """Whether it waits for a message."""
        return self.kind == EventKind.MESSAGE

    def catches(self, my_task: Any, event: Any) -> bool:
        return False


class Trigger(Awaited):
    """A message, signal, error or escalation, by its name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(name)
        self.kind = kind

    def covers(self, kind: str, name: str) -> bool:
        """An error or escalation without code catches all."""
        return self.kind == kind and (self.name == name or (not self.name and kind in CODED))

    def names(self, name: str) -> bool:
        return bool(self.name == name)


class Timer(Awaited):
    """A clock: a date, which follows the document until it fires, a duration from when it was set, or a cycle."""

    kind = EventKind.TIMER
    watches = True

    def __init__(self, element: Element) -> None:
        super().__init__(element.id)
        self.element = element

    def has_fired(self, my_task: Any) -> bool:
        run = run_of(my_task)
        due = self._due(my_task, run)
        if due is not None and due <= run.now:
            self.happen(my_task)
        return super().has_fired(my_task)

    def due(self, my_task: Any) -> str | None:
        moment: str | None = my_task.internal_data.get(f"{self.slot}due")
        return moment

    def again(self, my_task: Any, skip: bool) -> dict[str, Any]:
        """A cycle has a next round. Any other clock goes off once, and goes on counting where it did not yet."""
        assert self.element.event is not None
        data, key = my_task.internal_data, f"{self.slot}due"
        if self.element.event.timer == TimerKind.CYCLE:
            left, due = run_of(my_task).next_round(my_task, self.element, data.get("left"), skip)
            return {"left": left, key: due}
        if self.happened(my_task) or data.get(f"{self.slot}spent"):
            return {f"{self.slot}spent": True, key: None}
        return {key: data.get(key)}

    def put_off(self, my_task: Any, lasted: timedelta) -> None:
        data, key = my_task.internal_data, f"{self.slot}due"
        if not data.get(key):
            return
        put_off = datetime.fromisoformat(data[key]) + lasted
        if self.element.event is not None and self.element.event.timer == TimerKind.DATE:
            drawn = run_of(my_task).due(my_task, self.element)
            if drawn is None:
                return
            data[f"{self.slot}put_off"] = [drawn.isoformat(), put_off.isoformat()]
        data[key] = put_off.isoformat()

    def _due(self, my_task: Any, run: Run) -> datetime | None:
        data, key = my_task.internal_data, f"{self.slot}due"
        assert self.element.event is not None
        if data.get(f"{self.slot}spent"):
            return None
        if self.element.event.timer == TimerKind.DATE or key not in data:
            due = run.due(my_task, self.element)
            data[key] = due.isoformat() if due is not None else None
            drawn, put_off = data.get(f"{self.slot}put_off", ("", ""))
            if drawn and data[key] == drawn:  # as long as nobody named another day
                data[key] = put_off
        return datetime.fromisoformat(data[key]) if data[key] else None


class Condition(Awaited):
    """A condition on the document: fires when it becomes true, also when it is true as the wait begins."""

    kind = EventKind.CONDITIONAL
    watches = True

    def __init__(self, expression: str) -> None:
        super().__init__(expression)
        self.expression = expression

    def has_fired(self, my_task: Any) -> bool:
        key = f"{self.slot}was"
        before = my_task.internal_data.get(key, False)
        my_task.internal_data[key] = run_of(my_task).evaluate(my_task, self.expression) is True
        if my_task.internal_data[key] and not before:
            self.happen(my_task)
        return super().has_fired(my_task)

    def again(self, my_task: Any, skip: bool) -> dict[str, Any]:
        """It has to become false before it can become true again."""
        return {f"{self.slot}was": my_task.internal_data.get(f"{self.slot}was", False)}


class NewRow(Awaited):
    """Rows that are new in a list; no event comes of it that could be told, or be one of several."""

    watches = True


class Several(Awaited):
    """More than one event: the first of them, or all."""

    watches = True

    def __init__(self, parts: list[Awaited], together: bool) -> None:
        super().__init__()
        self.parts = parts
        self.kind = EventKind.PARALLEL_MULTIPLE if together else EventKind.MULTIPLE
        self.together = together
        for number, part in enumerate(parts):
            part.slot = f"{number}."

    def covers(self, kind: str, name: str) -> bool:
        return any(part.covers(kind, name) for part in self.parts)

    def takes(self, my_task: Any, kind: str, name: str) -> bool:
        return any(part.covers(kind, name) and not part.happened(my_task) for part in self.parts)

    def names(self, name: str) -> bool:
        return any(part.names(name) for part in self.parts)

    def hear(self, my_task: Any, kind: str, name: str) -> None:
        for part in self.parts:
            if part.covers(kind, name):
                part.happen(my_task)

    def happen(self, my_task: Any) -> None:
        for part in self.parts:
            part.happen(my_task)

    def has_fired(self, my_task: Any) -> bool:
        came = [part.has_fired(my_task) for part in self.parts]
        return all(came) if self.together else any(came)

    def due(self, my_task: Any) -> str | None:
        dues = (part.due(my_task) for part in self.parts if not part.happened(my_task))
        return min((due for due in dues if due), default=None)

    def put_off(self, my_task: Any, lasted: timedelta) -> None:
        for part in self.parts:
            part.put_off(my_task, lasted)

    def again(self, my_task: Any, skip: bool) -> dict[str, Any]:
        return {name: value for part in self.parts for name, value in part.again(my_task, skip).items()}

    def takes_letters(self, my_task: Any) -> bool:
        return any(part.kind == EventKind.MESSAGE and not part.happened(my_task) for part in self.parts)


def awaited(element: Element) -> Awaited:
    """What an element waits for."""
    event = element.event
    assert event is not None
    if event.parts:
        parts = [awaited(replace(element, event=part)) for part in event.parts]
        return Several(parts, together=event.kind == EventKind.PARALLEL_MULTIPLE)
    if event.kind == EventKind.TIMER:
        return Timer(element)
    return Condition(event.expression) if event.kind == EventKind.CONDITIONAL else Trigger(event.kind, event.name)


def tell(my_task: Any, kind: str, name: str) -> None:
    """Let a waiting event hear what it waits for."""
    my_task.task_spec.event_definition.hear(my_task, kind, name)
    my_task.task_spec._update(my_task)


def call_out(top: Any, kind: str, name: str) -> None:
    """Let everything in a case hear it that waits for it."""
    for task in list(top.event_manager.tasks.values()):
        if task.state == TaskState.WAITING and task.task_spec.event_definition.covers(kind, name):
            tell(task, kind, name)


def take_up(activity: Any, kind: str, name: str) -> bool:
    """Tell the innermost event around `activity` that catches it: on its edge, or on that of what it stands in.

    Of the events at one place one that names the code goes before one that catches all.
    """
    top = activity.workflow.top_workflow
    catching: list[Any] = []
    while activity is not None:
        while isinstance(activity.parent.task_spec, Repeated):
            activity = activity.parent
        catching += [
            sibling
            for sibling in activity.parent.children
            if isinstance(sibling.task_spec, Boundary)
            and sibling.state == TaskState.WAITING
            and sibling.task_spec.event_definition.takes(sibling, kind, name)
        ]
        inside_frame = activity.task_spec.element is None and activity.workflow.spec.frame
        if catching and not inside_frame:
            break
        activity = around(top, activity)
    if not catching:
        return False
    tell(min(catching, key=lambda task: not task.task_spec.event_definition.names(name)), kind, name)
    return True


def around(top: Any, task: Any) -> Any:
    """The task that the scope of this one runs in; None at the top."""
    above = task.workflow.parent_task_id
    return top.get_task_from_id(above) if above is not None else None


def collapse(top: Any, name: str) -> None:
    """End a case by an error that nothing in it catches."""
    run_of(top.task_tree).fault = name or "fout"
    for task in list(top.tasks.values()):
        if task.has_state(LIVE):
            silence(task)
    forget_orphans(top)
    top.success, top.completed = False, True


# --- what waits ------------------------------------------------------------------------------------------------


class Catch(CatchingEvent, Node):
    """An intermediate event, receive task or start that waits for its message, moment or signal."""

    waits = True

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, event_definition=awaited(element), element=element)

    def _update_hook(self, my_task: Any) -> Any:
        assert self.element is not None
        if isinstance(my_task.parent.task_spec, Begin) and run_of(my_task).begin == self.element.id:
            self.event_definition.happen(my_task)
        return super()._update_hook(my_task)

    def _run_hook(self, my_task: Any) -> bool:
        assert self.element is not None and self.element.event is not None
        if isinstance(my_task.parent.task_spec, Split):  # the first event wins, also of two that come at one moment
            for sibling in my_task.parent.children:
                comes_too = sibling.has_state(LIVE) and not sibling.task_spec.listens
                if sibling is not my_task and (sibling.state == TaskState.WAITING or comes_too):
                    silence(sibling)
        elif self.element.event.timer == TimerKind.CYCLE:
            self._wait_again(my_task, skip=False)
        return True

    def _wait_again(self, my_task: Any, skip: bool) -> None:
        remembered = self.event_definition.again(my_task, skip)
        if remembered.get("left") == 0:
            return
        again = my_task.parent._add_child(self, TaskState.WAITING)
        again.triggered = True
        again.internal_data.update(remembered)
        my_task.workflow.top_workflow.event_manager.add_task(again)


class Boundary(Catch):
    """An event on the edge of an activity, or what starts an event sub-process.

    An interrupting one ends its activity; a non-interrupting one lets it be and listens on from when it fires.
    """

    listens = True

    def _update_hook(self, my_task: Any) -> Any:
        fires = super()._update_hook(my_task)
        if fires:
            run_of(my_task).alarm = True
            if self._listens_on():
                self._wait_again(my_task, skip=True)
        return fires

    def _run_hook(self, my_task: Any) -> bool:
        assert self.element is not None
        if self.element.interrupting:
            for sibling in my_task.parent.children:
                if sibling is not my_task and sibling.has_state(LIVE):
                    silence(sibling)
            forget_orphans(my_task.workflow.top_workflow)
        return True

    def _listens_on(self) -> bool:
        assert self.element is not None and self.element.event is not None
        if self.element.interrupting or self.element.properties.get("vaker") == Answer.NO:
            return False
        return self.element.event.kind != EventKind.TIMER or self.element.event.timer == TimerKind.CYCLE


class ForEachRow(Boundary):
    """What starts an event sub-process for each row of a list of the document, any number side by side.

    It begins for the rows that stand there as its scope opens, but for those of a round before this, and then for each
    that is added. Its task waits on as long as the scope's own flow runs, and remembers which rows it began for: one
    that went and comes back begins anew.
    """

    def __init__(self, wf_spec: Any, name: str, element: Element, rows: str) -> None:
        super().__init__(wf_spec, name, element)
        self.event_definition = NewRow()
        self.rows = rows

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        run = run_of(my_task)
        before, rows = set(my_task.internal_data.get("rows", run.old)), run.rows(self.rows)
        my_task.internal_data["rows"] = rows
        for row in dict.fromkeys(rows):
            if row not in before:
                begins = my_task.parent._add_child(self, TaskState.WAITING)
                begins.triggered = True
                begins.internal_data["row"] = row
                begins._ready()
        return False

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        for child in my_task.children:
            child.internal_data["row"] = my_task.internal_data["row"]


class ForEachTold(ForEach):
    """A multi-instance activity that throws an event as its instances are done: at each, or at the first."""

    def merge_child(self, my_task: Any, child: Any) -> None:
        event = self.loop.thrown
        assert event is not None
        if self.loop.behaviour == "None" or not my_task.internal_data["done"]:
            if event.kind == EventKind.SIGNAL:
                throw(my_task, event.kind, event.name)
            else:
                take_up(my_task, event.kind, event.name)
        super().merge_child(my_task, child)


# --- what throws -----------------------------------------------------------------------------------------------


class Throw(Main):
    """An end or intermediate event, or a send task, that throws what it carries.

    Errors, escalations and cancels go to the scopes around it; a signal to all that waits for it in the case. A
    signal or message also leaves the case, for the host to carry on.
    """

    def _run_hook(self, my_task: Any) -> bool:
        super()._run_hook(my_task)
        assert self.element is not None and self.element.event is not None
        event = self.element.event
        for part in sorted(event.parts or (event,), key=lambda part: part.kind in _ENDING):
            throw(my_task, part.kind, part.name)
        return True


_ENDING = frozenset({EventKind.ERROR, EventKind.CANCEL, EventKind.TERMINATE})
"""What ends the scope goes after what is thrown besides."""


def throw(my_task: Any, kind: str, name: str) -> None:
    """Let what surrounds a task, or all that waits, hear what it throws."""
    top = my_task.workflow.top_workflow
    if kind in NAMED:
        run_of(my_task).sent.append((kind, name))
        if kind == EventKind.SIGNAL:
            call_out(top, kind, name)
    elif kind == EventKind.TERMINATE:
        terminate(my_task)
    else:
        activity = around(top, my_task)
        caught = activity is not None and take_up(activity, kind, name)
        if not caught and kind == EventKind.ERROR:
            collapse(top, name)


def terminate(my_task: Any) -> None:
    """End at once all else in the process or sub-process that a task stands in."""
    top = my_task.workflow.top_workflow
    kept, workflow = my_task, my_task.workflow
    while True:
        for task in list(workflow.tasks.values()):
            structural = task.task_spec is workflow.spec.end
            if task is not kept and task.has_state(LIVE) and not structural:
                silence(task)
        if not workflow.spec.frame:
            break
        kept = top.get_task_from_id(workflow.parent_task_id)
        workflow = kept.workflow
    forget_orphans(top)

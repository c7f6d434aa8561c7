"""Events: what is waited for, and the specs that wait for it or throw it.

What a wait remembers stands in its task, so one spec serves all cases.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.definitions import Element
from engine.process.run import Run
from engine.process.specs import LIVE, Begin, Node, Repeated, Split, forget_orphans, run_of, silence

# --- what is waited for ----------------------------------------------------------------------------------------


class Awaited(EventDefinition):
    """What a catching event waits for. What it remembers in its task has names that begin with `slot`."""

    kind = ""
    slot = ""

    def covers(self, kind: str, name: str) -> bool:
        """Whether an event of this kind and name is what is waited for."""
        return False

    def hear(self, my_task: Any, kind: str, name: str) -> None:
        """Remember that it came."""
        self.happen(my_task)

    def happen(self, my_task: Any) -> None:
        """Remember that all that is waited for came."""
        my_task.internal_data[f"{self.slot}event_fired"] = True

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get(f"{self.slot}event_fired"))

    def due(self, my_task: Any) -> str | None:
        """When a clock in it goes off."""
        return None

    def catches(self, my_task: Any, event: Any) -> bool:
        return False


class Trigger(Awaited):
    """A message, signal, error or escalation, by its name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(name)
        self.kind = kind

    def covers(self, kind: str, name: str) -> bool:
        """An error or escalation without code catches all."""
        return self.kind == kind and (self.name == name or (not self.name and kind in ("error", "escalation")))


class Timer(Awaited):
    """A clock: a date, which follows the document until it fires, a duration from when it was set, or a cycle."""

    kind = "timer"

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

    def _due(self, my_task: Any, run: Run) -> datetime | None:
        data, key = my_task.internal_data, f"{self.slot}due"
        assert self.element.event is not None
        if self.element.event.timer == "date" or key not in data:
            due = run.due(my_task, self.element)
            data[key] = due.isoformat() if due is not None else None
        return datetime.fromisoformat(data[key]) if data[key] else None


class Condition(Awaited):
    """A condition on the document: fires when it becomes true, also when it is true as the wait begins."""

    kind = "conditional"

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


class Several(Awaited):
    """More than one event: the first of them, or all."""

    def __init__(self, parts: list[Awaited], together: bool) -> None:
        super().__init__()
        self.parts = parts
        self.kind = "parallelMultiple" if together else "multiple"
        self.together = together
        for number, part in enumerate(parts):
            part.slot = f"{number}."

    def covers(self, kind: str, name: str) -> bool:
        return any(part.covers(kind, name) for part in self.parts)

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
        return min((due for part in self.parts if (due := part.due(my_task))), default=None)


def awaited(element: Element) -> Awaited:
    """What an element waits for."""
    event = element.event
    assert event is not None
    if event.parts:
        parts = [awaited(replace(element, event=part)) for part in event.parts]
        return Several(parts, together=event.kind == "parallelMultiple")
    if event.kind == "timer":
        return Timer(element)
    return Condition(event.expression) if event.kind == "conditional" else Trigger(event.kind, event.name)


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
    """Tell the innermost event around `activity` that catches it: on its edge, or on that of what it stands in."""
    top = activity.workflow.top_workflow
    while activity is not None:
        while isinstance(activity.parent.task_spec, Repeated):
            activity = activity.parent
        for sibling in activity.parent.children:
            listens = isinstance(sibling.task_spec, Boundary) and sibling.state == TaskState.WAITING
            if listens and sibling.task_spec.event_definition.covers(kind, name):
                tell(sibling, kind, name)
                return True
        activity = around(top, activity)
    return False


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
        if isinstance(my_task.parent.task_spec, Split):
            for sibling in my_task.parent.children:
                if sibling is not my_task and sibling.state == TaskState.WAITING:
                    silence(sibling)
        return True


class Boundary(Catch):
    """An event on the edge of an activity, or what starts an event sub-process.

    An interrupting one ends its activity; a non-interrupting one lets it be and listens on.
    """

    listens = True

    def _run_hook(self, my_task: Any) -> bool:
        assert self.element is not None
        if self.element.interrupting:
            for sibling in my_task.parent.children:
                if sibling is not my_task and sibling.has_state(LIVE):
                    silence(sibling)
            forget_orphans(my_task.workflow.top_workflow)
        elif self._listens_on(my_task):
            again = my_task.parent._add_child(self, TaskState.WAITING)
            again.triggered = True
            again.internal_data.update(run_of(my_task).rearmed(my_task, self.element, my_task.internal_data))
            my_task.workflow.top_workflow.event_manager.add_task(again)
        return True

    def _listens_on(self, my_task: Any) -> bool:
        assert self.element is not None and self.element.event is not None
        if self.element.properties.get("vaker") == "nee":
            return False
        return self.element.event.kind != "timer" or self.element.event.timer == "cycle"


# --- what throws -----------------------------------------------------------------------------------------------


class Throw(Node):
    """An end or intermediate event, or a send task, that throws what it carries.

    Errors, escalations and cancels go to the scopes around it; a signal to all that waits for it in the case. A
    signal or message also leaves the case, for the host to carry on.
    """

    def _run_hook(self, my_task: Any) -> bool:
        super()._run_hook(my_task)
        assert self.element is not None and self.element.event is not None
        event = self.element.event
        for part in event.parts or (event,):
            self._throw(my_task, part.kind, part.name)
        return True

    @staticmethod
    def _throw(my_task: Any, kind: str, name: str) -> None:
        top = my_task.workflow.top_workflow
        if kind in ("message", "signal"):
            run_of(my_task).sent.append((kind, name))
            if kind == "signal":
                call_out(top, kind, name)
            return
        activity = around(top, my_task)
        caught = activity is not None and take_up(activity, kind, name)
        if not caught and kind == "error":
            collapse(top, name)


class Terminate(Node):
    """A terminate end event: everything else in its process or sub-process ends at once."""

    def _run_hook(self, my_task: Any) -> bool:
        super()._run_hook(my_task)
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
        return True

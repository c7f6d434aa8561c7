"""Task specs that give SpiffWorkflow's task tree the meaning that the BPMN standard asks.

SpiffWorkflow moves the tokens; where its own classes run a construct otherwise than the standard says
(parallel joins in loops, boundary events that fire once, errors that reach a sibling scope), the class here takes
its place. No class here evaluates anything itself: expressions go to the `Run` that hangs on the workflow.
"""

from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.definitions import Element, Flow
from engine.errors import ProcessError
from engine.process.run import Run

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def run_of(task: Any) -> Run:
    """The run that this task is part of: it holds the document, the clock and the trace."""
    found: Run = task.workflow.top_workflow.script_engine
    return found


class Node(BpmnTaskSpec):
    """A flow node of the diagram. `flows` are the sequence flows that leave it, with the spec that each leads to."""

    def __init__(self, wf_spec: Any, name: str, element: Element | None = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.element = element
        self.flows: list[tuple[Flow, str]] = []

    def lead(self, flow: Flow, target: Any) -> None:
        """Let a sequence flow leave this node for `target`."""
        self.flows.append((flow, target.name))
        self.connect(target)

    def _predict_hook(self, my_task: Any) -> None:
        """Nothing is foreseen: what comes next is made when a task is done, so a loop may be drawn in any way."""

    def _on_complete(self, my_task: Any) -> None:
        my_task._sync_children(self.next(my_task), TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE)  # only the end of a scope has a sequel to foresee
        super()._on_complete(my_task)

    def next(self, my_task: Any) -> list[Any]:
        """The specs that a token goes to when it leaves."""
        found: list[Any] = self.outputs
        return found

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        run = run_of(my_task)
        if self.element is not None:
            run.note(self.element, "klaar", my_task)
        for flow, _ in self.taken(my_task):
            run.flows.append((self.element.process if self.element else "", flow.id))

    def taken(self, my_task: Any) -> list[tuple[Flow, str]]:
        """The sequence flows that a token takes when it leaves."""
        return self.flows

    def _on_cancel(self, my_task: Any) -> None:
        TaskSpec._on_cancel(self, my_task)
        if self.element is not None:
            run_of(my_task).note(self.element, "afgebroken", my_task)


class Pass(Node):
    """A node that a token passes at once: a none start or end, a diverging parallel gateway, a link."""


class Main(Node):
    """Mixed into an activity that carries boundary events: when it is done, those no longer listen."""

    guarded = False

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if self.guarded:
            for sibling in my_task.parent.children:
                if isinstance(sibling.task_spec, Boundary) and sibling.state == TaskState.WAITING:
                    silence(sibling)


class Work(Main):
    """A task that a person does."""

    def __init__(self, wf_spec: Any, name: str, element: Element) -> None:
        super().__init__(wf_spec, name, element, manual=True)


class Rule(Main):
    """A business rule task: its decision table writes one value into the document."""

    def _run_hook(self, my_task: Any) -> bool:
        super()._run_hook(my_task)
        assert self.element is not None
        run_of(my_task).decide(self.element, my_task)
        return True


class Choice(Node):
    """An exclusive gateway: the first flow whose condition is true, else the default flow."""

    def _run_hook(self, my_task: Any) -> bool:
        my_task.internal_data["flow"] = self._chosen(my_task).id
        return True

    def next(self, my_task: Any) -> list[Any]:
        return [my_task.workflow.spec.get_task_spec_from_name(target) for _, target in self.taken(my_task)]

    def _chosen(self, my_task: Any) -> Flow:
        assert self.element is not None
        run = run_of(my_task)
        for flow, _ in self.flows:
            conditional = flow.condition and flow.id != self.element.default
            if conditional and run.evaluate(my_task, flow.condition) is True:
                return flow
        for flow, _ in self.flows:
            if flow.id == self.element.default or (not flow.condition and not self.element.default):
                return flow
        raise ProcessError(
            f"Bij '{self.element.name or self.element.id}' past geen enkel antwoord, en er is geen standaardpijl.",
            self.element.id,
        )

    def taken(self, my_task: Any) -> list[tuple[Flow, str]]:
        chosen = my_task.internal_data.get("flow")
        return [pair for pair in self.flows if pair[0].id == chosen]


class Join(Node):
    """A parallel gateway: waits for a token on each incoming flow, takes one of each, and goes on.

    Tokens that wait are tasks that wait; none of what happened before counts, so it works in any loop.
    """

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
        arrived = {my_task.internal_data["from"]: my_task}
        for other in my_task.workflow.tasks.values():
            if other.task_spec is self and other is not my_task and other.state == TaskState.WAITING:
                arrived.setdefault(other.internal_data.get("from"), other)
        if any(source.name not in arrived for source in self.inputs):
            my_task._set_state(TaskState.WAITING)
            return False
        for source in self.inputs:
            token = arrived[source.name]
            if token is not my_task:
                token.internal_data["merged"] = True
                token.cancel()
        return True

    def _on_cancel(self, my_task: Any) -> None:
        if not my_task.internal_data.get("merged"):
            super()._on_cancel(my_task)


class Split(Node):
    """Stands before an activity with boundary events, or is an event-based gateway: opens all its children at once."""


class Scope(SubWorkflowTask, Main):
    """A sub-process, a called process, or the frame that the build puts around one; shares the case's document."""

    def __init__(self, wf_spec: Any, name: str, spec: str, element: Element | None = None) -> None:
        super().__init__(wf_spec, name, subworkflow_spec=spec, element=element)

    def start_workflow(self, my_task: Any) -> None:
        if self.element is not None:
            run_of(my_task).note(self.element, "begonnen", my_task)
        super().start_workflow(my_task)

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing to copy: what a case knows is its document."""

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing to copy back."""

    def _on_cancel(self, my_task: Any) -> None:
        Node._on_cancel(self, my_task)
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inside is not None:
            inside.success, inside.completed = False, True
            inside.task_tree.cancel()


class ForEach(Main, LoopTask):
    """A multi-instance activity: once for each item of its collection, together or one after another.

    An instance knows its item by id, so the list may change while it runs.
    """

    def __init__(self, wf_spec: Any, name: str, element: Element, inner: Any) -> None:
        super().__init__(wf_spec, name, element=element)
        self.task_spec = inner.name
        inner._inputs = [name]
        inner.completed_event.connect(self.merge_child)

    def _update_hook(self, my_task: Any) -> bool | None:
        super()._update_hook(my_task)
        assert self.element is not None and self.element.loop is not None
        items = run_of(my_task).items(my_task, self.element)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        together = self.element.loop.kind == "parallel"
        my_task.internal_data["later"] = [] if together else items[1:]
        for item in items if together else items[:1]:
            self.create_child(my_task, item)
        return None

    def create_child(self, my_task: Any, item: str) -> None:
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        child = my_task._add_child(spec, TaskState.WAITING)
        child.triggered = True
        child.internal_data["item"] = item
        spec._update(child)

    def merge_child(self, workflow: Any, child: Any) -> None:
        my_task = child.parent
        if my_task is None or my_task.task_spec is not self or my_task.state != TaskState.STARTED:
            return
        assert self.element is not None and self.element.loop is not None
        condition = self.element.loop.condition
        if condition and run_of(my_task).evaluate(child, condition) is True:
            for other in self._running(my_task):
                if other is not child:
                    other.cancel()
            my_task.internal_data["later"] = []
        self._go_on(my_task, child)

    def drop_lost(self, my_task: Any) -> None:
        """End the instances whose item was taken out of the case: nobody could ever complete them."""
        for child in self._running(my_task):
            if self._is_lost(my_task, child.internal_data["item"]):
                silence(child)
                forget_orphans(my_task.workflow.top_workflow)
                self._go_on(my_task, child)

    def _go_on(self, my_task: Any, done: Any) -> None:
        """After one instance: open the next where they go one after another, or be done when it was the last."""
        later = [item for item in my_task.internal_data["later"] if not self._is_lost(my_task, item)]
        my_task.internal_data["later"] = later[1:]
        if later:
            self.create_child(my_task, later[0])
        elif all(child is done for child in self._running(my_task)):
            my_task._set_state(TaskState.READY)

    def _is_lost(self, my_task: Any, item: str) -> bool:
        assert self.element is not None and self.element.loop is not None
        return bool(self.element.loop.collection) and run_of(my_task).item(item) is None

    @staticmethod
    def _running(my_task: Any) -> list[Any]:
        return [c for c in my_task.children if "item" in c.internal_data and c.has_state(LIVE)]

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)
        forget_orphans(my_task.workflow.top_workflow)


class Trigger(EventDefinition):
    """What a catching event waits for, or a throwing event throws: a kind and a name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(name)
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trigger) and (self.kind, self.name) == (other.kind, other.name)

    def __hash__(self) -> int:
        return hash((self.kind, self.name))

    def covers(self, kind: str, name: str) -> bool:
        """Whether an event of this kind and name is caught; an error or escalation without code catches all."""
        return self.kind == kind and (self.name == name or (not self.name and kind in ("error", "escalation")))


class Timer(EventDefinition):
    """A clock: a date, which follows the document until it fires, a duration from when it was set, or a cycle."""

    def __init__(self, element: Element) -> None:
        super().__init__(element.id)
        self.element = element
        self.kind = "timer"

    def has_fired(self, my_task: Any) -> bool:
        run = run_of(my_task)
        due = self._due(my_task, run)
        if due is not None and due <= run.now:
            my_task.internal_data["event_fired"] = True
        return bool(my_task.internal_data.get("event_fired", False))

    def _due(self, my_task: Any, run: Run) -> datetime | None:
        data = my_task.internal_data
        assert self.element.event is not None
        if self.element.event.timer == "date" or "due" not in data:
            due = run.due(my_task, self.element)
            data["due"] = due.isoformat() if due is not None else None
        return datetime.fromisoformat(data["due"]) if data["due"] else None

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def covers(self, kind: str, name: str) -> bool:
        """No event from outside moves a clock."""
        return False


class Catch(CatchingEvent, Node):
    """An intermediate event or receive task that waits for its message, moment or signal."""

    def __init__(self, wf_spec: Any, name: str, element: Element, definition: EventDefinition) -> None:
        super().__init__(wf_spec, name, event_definition=definition, element=element)

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


class Throw(Node):
    """An end or intermediate event that throws an error or escalation to the scopes around it."""

    def _run_hook(self, my_task: Any) -> bool:
        super()._run_hook(my_task)
        assert self.element is not None and self.element.event is not None
        event = self.element.event
        caught = self._throw(my_task, event.kind, event.name)
        if not caught and event.kind == "error":
            raise ProcessError(
                f"Bij '{self.element.name or self.element.id}' gaat iets mis wat nergens wordt opgevangen.",
                self.element.id,
            )
        return True

    @staticmethod
    def _throw(my_task: Any, kind: str, name: str) -> bool:
        top = my_task.workflow.top_workflow
        workflow = my_task.workflow
        while workflow.parent_task_id is not None:
            activity = top.get_task_from_id(workflow.parent_task_id)
            while isinstance(activity.parent.task_spec, ForEach):
                activity = activity.parent
            for sibling in activity.parent.children:
                spec = sibling.task_spec
                listens = isinstance(spec, Boundary) and sibling.state == TaskState.WAITING
                if listens and spec.event_definition.covers(kind, name):
                    spec.event_definition.catch(sibling)
                    spec._update(sibling)
                    return True
            workflow = activity.workflow
        return False


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


def silence(task: Any) -> None:
    """Cancel a live task with all that runs inside it."""
    task.cancel()
    task.workflow.top_workflow.event_manager.remove_task(task)


def forget_orphans(top: Any) -> None:
    """Drop the sub-workflows whose task no longer stands in any tree, and what they listened to.

    SpiffWorkflow takes the children of a cancelled task from the tree before these can clean up themselves.
    """
    while True:
        standing = {key for workflow in (top, *top.subprocesses.values()) for key in workflow.tasks}
        orphans = [key for key in top.subprocesses if key not in standing]
        if not orphans:
            break
        for key in orphans:
            _note_end(top.subprocesses[key])
            del top.subprocesses[key]
    kept = (top, *top.subprocesses.values())
    for task in list(top.event_manager.tasks.values()):
        if not any(task.workflow is workflow for workflow in kept) or task.id not in task.workflow.tasks:
            top.event_manager.remove_task(task)


def _note_end(workflow: Any) -> None:
    for task in workflow.tasks.values():
        if isinstance(task.task_spec, Node) and task.task_spec.element is not None and task.has_state(LIVE):
            run_of(task).note(task.task_spec.element, "afgebroken", task)

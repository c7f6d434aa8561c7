"""Task specs that give SpiffWorkflow's task tree the meaning that the BPMN standard asks.

SpiffWorkflow moves the tokens; where its own classes run a construct otherwise than the standard says
(parallel joins in loops, boundary events that fire once, errors that reach a sibling scope), the class here takes
its place. No class here evaluates anything itself: expressions go to the `Run` that hangs on the workflow.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.definitions import Element, Flow
from engine.definitions.kinds import LoopKind
from engine.errors import ProcessError
from engine.process.run import Run
from engine.words import Passage

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def run_of(task: Any) -> Run:
    """The run that this task is part of: it holds the document, the clock and the trace."""
    run: Run = task.workflow.top_workflow.script_engine
    return run


class Node(BpmnTaskSpec):
    """A flow node of the diagram. `flows` are the sequence flows that leave it, with the spec that each leads to.

    `waits` says that it is an event that is waited for, `listens` that it does so on the edge of an activity,
    `counts` that the case's history tells when it is done.
    """

    waits = False
    listens = False
    counts = True

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
        outputs: list[Any] = self.outputs
        return outputs

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        run = run_of(my_task)
        if self.element is not None and self.counts:
            run.note(self.element, Passage.SKIPPED if my_task.id == run.skipped else Passage.COMPLETED, my_task)
        for flow, _ in self.taken(my_task):
            run.flows.append((self.element.process if self.element else "", flow.id))

    def taken(self, my_task: Any) -> list[tuple[Flow, str]]:
        """The sequence flows that a token takes when it leaves."""
        return self.flows

    def _on_cancel(self, my_task: Any) -> None:
        TaskSpec._on_cancel(self, my_task)
        if self.element is not None:
            run_of(my_task).note(self.element, Passage.BROKEN_OFF, my_task)


class Pass(Node):
    """A node that a token passes at once: a none start or end, a diverging parallel gateway, a link."""


class Main(Node):
    """Mixed into an activity that carries boundary events: when it is done, those no longer listen."""

    guarded = False

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if self.guarded:
            for sibling in my_task.parent.children:
                if sibling.task_spec.listens and sibling.state == TaskState.WAITING:
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
        raise self._no_way()

    def _no_way(self) -> ProcessError:
        assert self.element is not None
        message = f"Bij '{self.element.title}' past geen enkel antwoord, en er is geen standaardpijl."
        return ProcessError(message, self.element.id)

    def taken(self, my_task: Any) -> list[tuple[Flow, str]]:
        chosen = my_task.internal_data.get("flow")
        return [pair for pair in self.flows if pair[0].id == chosen]


class Fork(Choice):
    """An inclusive gateway that splits, or a step with several flows of which some have a condition: takes every
    flow that is true or has no condition, and the default flow where none is.
    """

    def _run_hook(self, my_task: Any) -> bool:
        my_task.internal_data["flows"] = self._all_chosen(my_task)
        return True

    def _all_chosen(self, my_task: Any) -> list[str]:
        assert self.element is not None
        run = run_of(my_task)
        chosen = [
            flow.id
            for flow, _ in self.flows
            if flow.id != self.element.default and (not flow.condition or run.evaluate(my_task, flow.condition) is True)
        ]
        if chosen or self.element.default:
            return chosen or [self.element.default]
        raise self._no_way()

    def taken(self, my_task: Any) -> list[tuple[Flow, str]]:
        chosen = my_task.internal_data.get("flows", [])
        return [pair for pair in self.flows if pair[0].id in chosen]


class Ways(Fork):
    """The flows that leave a step when some of them have a condition; no part of the drawing itself."""

    counts = False


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
        self._take(my_task, [arrived[source.name] for source in self.inputs])
        return True

    @staticmethod
    def _take(my_task: Any, tokens: list[Any]) -> None:
        """Let the tokens go on as one."""
        for token in tokens:
            if token is not my_task:
                token.internal_data["merged"] = True
                token.cancel()

    def _on_cancel(self, my_task: Any) -> None:
        if not my_task.internal_data.get("merged"):
            super()._on_cancel(my_task)


class Merge(Join):
    """An inclusive gateway: waits for all tokens that can still come, takes one from each flow, and goes on.

    It is asked when nothing else moves: by the standard it goes on when no token elsewhere in its scope can reach
    a flow that has none yet, unless that token can reach one that has, too.
    """

    def _update_hook(self, my_task: Any) -> bool:
        TaskSpec._update_hook(self, my_task)
        my_task.internal_data.setdefault("from", my_task.parent.task_spec.name)
        my_task._set_state(TaskState.WAITING)
        return False

    def release(self, workflow: Any) -> bool:
        """Go on with the tokens that wait here, where nothing more can come; False where it has to wait."""
        live = [task for task in workflow.tasks.values() if task.has_state(LIVE)]
        waiting = [task for task in live if task.task_spec is self and task.state == TaskState.WAITING]
        arrived = {task.internal_data["from"]: task for task in reversed(waiting)}
        for source in {task.task_spec for task in live if task not in waiting}:
            near = self._reached(source)
            if near - arrived.keys() and not near & arrived.keys():
                return False
        first = next(iter(arrived.values()))
        self._take(first, list(arrived.values()))
        first._ready()
        return True

    def _reached(self, source: Any) -> set[str]:
        """From which neighbours a token that is at `source` can come in here, not having passed here before."""
        seen, near, ahead = {self.name}, set(), [source]
        while ahead:
            spec = ahead.pop()
            if spec.name in seen:
                continue
            seen.add(spec.name)
            if self in spec.outputs:
                near.add(spec.name)
            ahead.extend(spec.outputs)
        return near


class Complex(Merge, Fork):
    """A complex gateway: goes on once its condition on the tokens that came is true.

    It then takes the tokens that are there, and waits for those that can still come: it takes them too, and lets
    tokens go on where a condition says so (`waitingForStart` is false then). After that it starts over. While it
    waits for them, a task of its own remembers from where it has had a token.
    """

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        return "had" not in my_task.internal_data and self._starts(my_task)

    def _starts(self, my_task: Any) -> bool:
        assert self.element is not None
        waiting = self._waiting(my_task.workflow)
        if any("had" in task.internal_data for task in waiting):
            return False
        my_task.internal_data["tokens"] = len(waiting)
        if self.element.activation and self._holds(my_task, self.element.activation, starts=True) is not True:
            return False
        arrived = {task.internal_data["from"]: task for task in reversed([*waiting, my_task])}
        arrived[my_task.internal_data["from"]] = my_task
        self._take(my_task, list(arrived.values()))
        if len(self.inputs) > 1:
            rest = my_task.parent._add_child(self, TaskState.WAITING)
            rest.triggered = True
            rest.internal_data.update({"from": "", "had": sorted(arrived)})
        return True

    def _waiting(self, workflow: Any) -> list[Any]:
        return [t for t in workflow.tasks.values() if t.task_spec is self and t.state == TaskState.WAITING]

    def release(self, workflow: Any) -> bool:
        """Start over, where no token can come any more from where there was none."""
        waiting = self._waiting(workflow)
        rest = next((task for task in waiting if "had" in task.internal_data), None)
        if rest is None:
            return False
        had = set(rest.internal_data["had"])
        late = {t.internal_data["from"]: t for t in reversed(waiting) if t.internal_data["from"] not in {"", *had}}
        live = [task for task in workflow.tasks.values() if task.has_state(LIVE) and task not in waiting]
        for source in {task.task_spec for task in live}:
            near = self._reached(source)
            if near - had - late.keys() and not near & (had | late.keys()):
                return False
        self._take(rest, list(late.values()))
        rest._ready()
        return True

    def _holds(self, my_task: Any, condition: str, starts: bool) -> Any:
        names = {"activationCount": my_task.internal_data.get("tokens", 0), "waitingForStart": starts}
        return run_of(my_task).evaluate(my_task, condition, names)

    def _all_chosen(self, my_task: Any) -> list[str]:
        assert self.element is not None
        starts = "had" not in my_task.internal_data
        ways = [flow for flow, _ in self.flows if flow.id != self.element.default]
        chosen = [f.id for f in ways if f.condition and self._holds(my_task, f.condition, starts) is True]
        if not starts:
            return chosen
        chosen += [flow.id for flow in ways if not flow.condition]
        if chosen or self.element.default:
            return chosen or [self.element.default]
        raise self._no_way()

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        if "had" in my_task.internal_data:
            for task in self._waiting(my_task.workflow):
                self._update(task)


class Gather(Join):
    """Before a step that takes several tokens to begin: waits until so many have come, along whichever flow."""

    def _update_hook(self, my_task: Any) -> bool:
        TaskSpec._update_hook(self, my_task)
        assert self.element is not None
        others = [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and task is not my_task and task.state == TaskState.WAITING
        ]
        if len(others) + 1 < self.element.needs:
            my_task._set_state(TaskState.WAITING)
            return False
        self._take(my_task, others[: self.element.needs - 1])
        return True


class Copies(Node):
    """After a step that gives several tokens: sends so many on along each flow."""

    counts = False

    def next(self, my_task: Any) -> list[Any]:
        assert self.element is not None
        return super().next(my_task) * self.element.gives


class Split(Node):
    """Stands before an activity with boundary events, or is an event-based gateway: opens all its children at once."""


class Begin(Split):
    """Stands before the starts of a process of which some wait for an event.

    Started by hand a process begins at its plain starts; without any, it waits for the first event. A host that saw
    the event itself says at which start the process begins.
    """

    def next(self, my_task: Any) -> list[Any]:
        at = run_of(my_task).begin if _is_outermost(my_task.workflow) else ""
        starts = super().next(my_task)
        meant = [spec for spec in starts if spec.element.id == at]
        plain = [spec for spec in starts if not spec.waits]
        return meant or plain or starts


def _is_outermost(workflow: Any) -> bool:
    """Whether a workflow is the case itself, or the frame inside it that holds its flow."""
    top = workflow.top_workflow
    while workflow.spec.frame:
        workflow = top.get_task_from_id(workflow.parent_task_id).workflow
    return bool(workflow is top)


class Scope(SubWorkflowTask, Main):
    """A sub-process, a called process, or the frame that the build puts around one; shares the case's document.

    `rows` is the key of the list to a row of which each of its runs belongs, or "".
    """

    def __init__(self, wf_spec: Any, name: str, spec: str, element: Element | None = None, rows: str = "") -> None:
        super().__init__(wf_spec, name, subworkflow_spec=spec, element=element)
        self.rows = rows

    def start_workflow(self, my_task: Any) -> None:
        if self.element is not None:
            run_of(my_task).note(self.element, Passage.BEGUN, my_task)
        super().start_workflow(my_task)

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing to copy: what a case knows is its document."""

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing to copy back."""

    def drop_lost(self, my_task: Any) -> None:
        """End the run of a row that was taken out of the case."""
        workflow = my_task.workflow
        if self.rows and my_task.internal_data["row"] not in run_of(my_task).rows(self.rows):
            silence(my_task)
            forget_orphans(workflow.top_workflow)
            workflow.update_waiting_tasks()  # what is left of its scope may have waited for nothing else

    def _on_cancel(self, my_task: Any) -> None:
        Node._on_cancel(self, my_task)
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inside is not None:
            inside.success, inside.completed = False, True
            inside.task_tree.cancel()


class Repeated(Main, LoopTask):
    """An activity that is done more than once: opens an instance of `inner` for each time."""

    def __init__(self, wf_spec: Any, name: str, element: Element, inner: Any) -> None:
        super().__init__(wf_spec, name, element=element)
        assert element.loop is not None
        self.loop = element.loop
        self.task_spec = inner.name
        inner._inputs = [name]
        inner.completed_event.connect(self._one_done)

    def create_child(self, my_task: Any, **remembered: Any) -> None:
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        child = my_task._add_child(spec, TaskState.WAITING)
        child.triggered = True
        child.internal_data.update(remembered)
        spec._update(child)

    def _one_done(self, workflow: Any, child: Any) -> None:
        my_task = child.parent
        if my_task is not None and my_task.task_spec is self and my_task.state == TaskState.STARTED:
            self.merge_child(my_task, child)

    def merge_child(self, my_task: Any, child: Any) -> None:
        """After one instance: open the next, or be done."""
        raise NotImplementedError

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)
        forget_orphans(my_task.workflow.top_workflow)


class Again(Repeated):
    """A loop: once more for as long as its condition is true, at most so many times."""

    def _update_hook(self, my_task: Any) -> bool | None:
        super()._update_hook(my_task)
        if self.loop.test_first and not self._goes_on(my_task, 0):
            return True
        my_task._set_state(TaskState.STARTED)
        self.create_child(my_task, round=1)
        return None

    def merge_child(self, my_task: Any, child: Any) -> None:
        done = child.internal_data["round"]
        if self._goes_on(my_task, done):
            self.create_child(my_task, round=done + 1)
        else:
            my_task._set_state(TaskState.READY)

    def _goes_on(self, my_task: Any, done: int) -> bool:
        if self.loop.cardinality and done >= int(self.loop.cardinality):
            return False
        rounds = {"loopCounter": done}
        return not self.loop.condition or run_of(my_task).evaluate(my_task, self.loop.condition, rounds) is True


class ForEach(Repeated):
    """A multi-instance activity: once for each item of its collection, together or one after another.

    An instance knows its item by id, so the list may change while it runs.
    """

    def _update_hook(self, my_task: Any) -> bool | None:
        super()._update_hook(my_task)
        assert self.element is not None
        items = run_of(my_task).items(my_task, self.element)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        together = self.loop.kind == LoopKind.PARALLEL
        my_task.internal_data.update(later=[] if together else items[1:], done=0)
        for item in items if together else items[:1]:
            self.create_child(my_task, item=item)
        return None

    def merge_child(self, my_task: Any, child: Any) -> None:
        condition = self.loop.condition
        my_task.internal_data["done"] = my_task.internal_data.get("done", 0) + 1
        if condition and run_of(my_task).evaluate(child, condition, self._counts(my_task, child)) is True:
            for other in self._running(my_task):
                if other is not child:
                    other.cancel()
            my_task.internal_data["later"] = []
        self._go_on(my_task, child)

    def _counts(self, my_task: Any, child: Any) -> dict[str, int]:
        """How far the instances are, by the names that the standard gives it."""
        done, later = my_task.internal_data["done"], len(my_task.internal_data["later"])
        active = sum(1 for running in self._running(my_task) if running is not child)
        return {
            "loopCounter": done,
            "numberOfInstances": done + active + later,
            "numberOfActiveInstances": active,
            "numberOfCompletedInstances": done,
            "numberOfTerminatedInstances": 0,  # none is, before the condition says so
        }

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
            self.create_child(my_task, item=later[0])
        elif all(child is done for child in self._running(my_task)):
            my_task._set_state(TaskState.READY)

    def _is_lost(self, my_task: Any, item: str) -> bool:
        return bool(self.loop.collection) and run_of(my_task).item(item) is None

    @staticmethod
    def _running(my_task: Any) -> list[Any]:
        return [c for c in my_task.children if "item" in c.internal_data and c.has_state(LIVE)]


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
            run_of(task).note(task.task_spec.element, Passage.BROKEN_OFF, task)

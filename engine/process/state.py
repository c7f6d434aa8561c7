"""A running SpiffWorkflow ↔ a few short rows: only what waits, is open or holds something open.

The spec is never stored (it belongs to the version), nor is history that nothing needs any more (what happened
stands in the case's events), so the state of a long case is as small as that of a new one.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process.build import Built
from engine.process.run import Run
from engine.process.specs import LIVE, Split, Work


def begin(built: Built, run: Run) -> Any:
    """A new workflow, its start taken."""
    return BpmnWorkflow(built.specs[built.root], built.specs, script_engine=run)


def dump(workflow: Any) -> str:
    """The rows of a workflow as JSON: `w` its (sub)workflows as [row of the task they run in, spec],
    `t` its tasks as [workflow, parent row or -1, spec, state, data, key of a person's task].

    Of a case that was reopened also `o`, the rows of lists that are of rounds before, and `e`, these rounds themselves
    as far as something of them still goes on.
    """
    run: Run = workflow.script_engine
    rounds = {"o": sorted(run.old), "e": [_rows(earlier) for earlier in run.earlier if not earlier.completed]}
    raw = _rows(workflow) | {name: kept for name, kept in rounds.items() if kept}
    return json.dumps(raw, separators=(",", ":"))


def _rows(workflow: Any) -> dict[str, Any]:
    rows: list[list[Any]] = []
    places: dict[UUID, int] = {}
    workflows: list[list[Any]] = [[-1, workflow.spec.name]]
    waiting = [(0, workflow)]
    while waiting:
        number, current = waiting.pop(0)
        for task in _kept(current):
            parent = places.get(task._parent, -1)
            places[task.id] = len(rows)
            key = task.id.hex if isinstance(task.task_spec, Work) else ""
            rows.append([number, parent, task.task_spec.name, task.state, task.internal_data, key])
            inside = workflow.subprocesses.get(task.id)
            if inside is not None and task.state == TaskState.STARTED:
                workflows.append([places[task.id], inside.spec.name])
                waiting.append((len(workflows) - 1, inside))
    return {"w": workflows, "t": rows}


def _kept(workflow: Any) -> list[Any]:
    """The live tasks of one workflow and the finished ones that still hold some of them together, parents first."""
    kept: list[Any] = []
    waiting = [workflow.task_tree]
    while waiting:
        task = waiting.pop(0)
        children = task.children
        waiting.extend(children)
        holds = isinstance(task.task_spec, Split) and any(child.has_state(LIVE) for child in children)
        if task is not workflow.task_tree and (task.has_state(LIVE) or (task.state == TaskState.COMPLETED and holds)):
            kept.append(task)
    return kept


def load(built: Built, text: str, run: Run) -> Any:
    """The workflow that these rows stand for; the run gets the rounds before."""
    raw = json.loads(text)
    run.old = frozenset(raw.get("o", ()))
    run.earlier = [_loaded(built, earlier, run) for earlier in raw.get("e", ())]
    return _loaded(built, raw, run)


def rounds(built: Built, text: str, run: Run) -> list[Any]:
    """The workflows of rounds that this state was of, for a run of the round after: of each that still goes on."""
    raw = json.loads(text)
    return [_loaded(built, earlier, run) for earlier in (raw, *raw.pop("e", ())) if earlier["t"]]


def _loaded(built: Built, raw: Mapping[str, Any], run: Run) -> Any:
    top = BpmnWorkflow(built.specs[built.root], built.specs, script_engine=run, deserializing=True)
    top.task_tree = _root(top)
    top.completed = not raw["t"]
    workflows: list[Any] = [top]
    tasks: list[Any] = []
    opened = {place: number for number, (place, _) in enumerate(raw["w"]) if place >= 0}
    for number, parent, name, state, data, key in raw["t"]:
        workflow = workflows[number]
        spec = workflow.spec.task_specs[name]
        above = tasks[parent] if parent >= 0 else workflow.task_tree
        task = Task(workflow, spec, above, state=state, id=UUID(hex=key) if key else None)
        task.internal_data = data
        task.triggered = True
        tasks.append(task)
        if (inner := opened.get(len(tasks) - 1)) is not None:
            workflows.append(_inside(top, task, raw["w"][inner][1]))
        if task.state == TaskState.WAITING and isinstance(spec, CatchingEvent):
            top.event_manager.add_task(task)
    for task in tasks:
        if task.has_state(LIVE):
            task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    return top


def _root(workflow: Any) -> Any:
    return Task(workflow, workflow.spec.start, state=TaskState.COMPLETED)


class _Inside(BpmnSubWorkflow):  # type: ignore[misc]
    """A workflow inside another that was restored: how deep it stands is known, and needn't be looked up."""

    def _calculate_depth(self) -> int:
        return 0


def _inside(top: Any, task: Any, spec: str) -> Any:
    inside = _Inside(top.subprocess_specs[spec], parent_task_id=task.id, top_workflow=top, deserializing=True)
    inside.depth = getattr(task.workflow, "depth", -1) + 1
    inside.task_tree = _root(inside)
    inside.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
    top.subprocesses[task.id] = inside
    return inside

"""Definition → the specs that SpiffWorkflow runs.

Built from our own frozen elements, never from the file: what `definitions` did not read can't reach the engine.
Event sub-processes are put right here: SpiffWorkflow 3.2.0 does not let them interrupt. A scope that has some
becomes up to three frames, one inside the other:

    outer frame    + interrupting starts as interrupting boundary events, their handlers beside the inner frame
      inner frame  + non-interrupting starts as non-interrupting boundary events, their handlers beside the flow
        the normal flow

so an interrupting event ends the flow *and* the handlers that run beside it, as the standard has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from engine.definitions import Definition, Element, Process
from engine.process import specs


@dataclass(frozen=True)
class Built:
    """All specs of a definition by name; `root` is where a case starts."""

    root: str
    specs: Mapping[str, Any]


def build(definition: Definition) -> Built:
    """The specs of all processes of a definition."""
    found: dict[str, Any] = {}
    for process in definition.processes.values():
        _Builder(process, found).scope(process.id, "")
    return Built(definition.id, found)


class _Builder:
    """Builds the specs of one process, with those of its sub-processes, into `found`."""

    def __init__(self, process: Process, found: dict[str, Any]) -> None:
        self.process = process
        self.found = found

    def scope(self, name: str, parent: str) -> None:
        """The spec of a process or sub-process, under `name`."""
        inside = [e for e in self.process.elements.values() if e.parent == parent]
        handlers = [e for e in inside if e.by_event]
        flow = [e for e in inside if not e.by_event]
        beside = [h for h in handlers if not self._start_of(h).interrupting]
        instead = [h for h in handlers if self._start_of(h).interrupting]
        current = name if not handlers else f"{name}~stroom"
        self._flow(current, flow, frame=bool(handlers))
        if beside:
            outer = f"{name}~naast" if instead else name
            self._frame(outer, current, beside, frame=bool(instead))
            current = outer
        if instead:
            self._frame(name, current, instead, frame=False)

    def _start_of(self, handler: Element) -> Element:
        return next(e for e in self.process.elements.values() if e.parent == handler.id and e.kind == "startEvent")

    def _spec(self, name: str, frame: bool) -> Any:
        spec = BpmnProcessSpec(name=name, description=self.process.name)
        spec.frame = frame
        self.found[name] = spec
        return spec

    # a scope with event sub-processes

    def _frame(self, name: str, inner: str, handlers: list[Element], frame: bool) -> None:
        """A spec whose one activity is `inner`, with the starts of the handlers as its boundary events."""
        spec = self._spec(name, frame)
        split = specs.Split(spec, "~open")
        main = specs.Scope(spec, "~binnen", inner)
        main.guarded = True
        spec.start.connect(split)
        split.connect(main)
        main.connect(spec.end)
        for handler in handlers:
            start = self._start_of(handler)
            boundary = specs.Boundary(spec, _name(start), start, _trigger(start))
            activity = specs.Scope(spec, _name(handler), self._inner_name(handler), handler)
            split.connect(boundary)
            boundary.connect(activity)
            activity.connect(spec.end)
            self.scope(self._inner_name(handler), handler.id)

    # the normal flow

    def _flow(self, name: str, elements: list[Element], frame: bool) -> None:
        spec = self._spec(name, frame)
        nodes = {e.id: self._node(spec, e) for e in elements if e.kind != "boundaryEvent"}
        entries = dict(nodes)
        for event in (e for e in elements if e.kind == "boundaryEvent"):
            host = nodes[event.attached_to]
            if entries[event.attached_to] is host:
                entries[event.attached_to] = specs.Split(spec, f"~bij {event.attached_to}")
                entries[event.attached_to].connect(host)
                host.guarded = True
            nodes[event.id] = specs.Boundary(spec, _name(event), event, _trigger(event))
            entries[event.attached_to].connect(nodes[event.id])
        for element in elements:
            node = nodes[element.id]
            for id in element.outgoing:
                flow = self.process.flows[id]
                node.lead(flow, entries[flow.target])
            if not element.outgoing:
                node.connect(spec.end)
            if element.kind == "startEvent" or self._starts_by_itself(element):
                spec.start.connect(entries[element.id])

    def _starts_by_itself(self, element: Element) -> bool:
        """An activity or gateway without incoming flow starts with its scope where no start event says otherwise."""
        scope = [e for e in self.process.elements.values() if e.parent == element.parent]
        return (
            not element.incoming
            and not element.by_event
            and element.kind not in ("boundaryEvent", "startEvent")
            and not any(e.kind == "startEvent" for e in scope)
        )

    def _node(self, spec: Any, element: Element) -> Any:
        if element.loop is None:
            return self._activity(spec, _name(element), element)
        inner = self._activity(spec, f"{_name(element)} per stuk", replace(element, loop=None))
        inner.variable = element.loop.variable if element.loop.collection else ""
        return specs.ForEach(spec, _name(element), element, inner)

    def _activity(self, spec: Any, name: str, element: Element) -> Any:
        if element.kind == "callActivity":
            return specs.Scope(spec, name, element.called, element)
        if element.kind == "subProcess":
            self.scope(self._inner_name(element), element.id)
            return specs.Scope(spec, name, self._inner_name(element), element)
        if element.kind in ("intermediateCatchEvent", "receiveTask"):
            return specs.Catch(spec, name, element, _trigger(element))
        return _plain(element)(spec, name, element)

    def _inner_name(self, element: Element) -> str:
        return f"{self.process.id}/{element.id}"


def _plain(element: Element) -> type[specs.Node]:
    """The spec of an element that needs nothing but itself."""
    if element.kind == "exclusiveGateway" and len(element.outgoing) > 1:
        return specs.Choice
    if element.kind == "parallelGateway" and len(element.incoming) > 1:
        return specs.Join
    if element.kind in ("endEvent", "intermediateThrowEvent") and element.event is not None:
        return _THROWN.get(element.event.kind, specs.Pass)
    return _ALWAYS.get(element.kind, specs.Pass)


_ALWAYS: Mapping[str, type[specs.Node]] = {
    "userTask": specs.Work,
    "manualTask": specs.Work,
    "businessRuleTask": specs.Rule,
    "eventBasedGateway": specs.Split,
}
_THROWN: Mapping[str, type[specs.Node]] = {
    "error": specs.Throw,
    "escalation": specs.Throw,
    "terminate": specs.Terminate,
}


def _name(element: Element) -> str:
    # SpiffWorkflow gives "Start" and "End" a meaning of their own, so an id never stands alone as a name
    return f"#{element.id}"


def _trigger(element: Element) -> Any:
    event = element.event
    if event is None or event.kind == "none":
        return NoneEventDefinition()
    return specs.Timer(element) if event.kind == "timer" else specs.Trigger(event.kind, event.name)

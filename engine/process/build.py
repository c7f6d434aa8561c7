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

from engine.definitions import Definition, Element, Flow, Loop, Process
from engine.definitions.kinds import AWAITS, EMBEDDED, EventKind, Kind, LoopKind
from engine.process import events, specs
from engine.process.run import STEPS

OWN_FLOW = "~binnen"
"""What a scope with event sub-processes calls its own flow, beside which they run."""


@dataclass(frozen=True)
class Built:
    """All specs of a definition by name; `root` is where a case starts."""

    root: str
    specs: Mapping[str, Any]


def build(definition: Definition) -> Built:
    """The specs of all processes of a definition."""
    built: dict[str, Any] = {}
    for process in definition.processes.values():
        _Builder(process, built).scope(process.id, "")
    return Built(definition.id, built)


class _Builder:
    """Builds the specs of one process, with those of its sub-processes, into `built`."""

    def __init__(self, process: Process, built: dict[str, Any]) -> None:
        self.process = process
        self.triggers = process.triggers
        self.built = built

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
        return next(e for e in self.process.elements.values() if e.parent == handler.id and e.kind == Kind.START_EVENT)

    def _spec(self, name: str, frame: bool) -> Any:
        spec = BpmnProcessSpec(name=name, description=self.process.name)
        spec.frame = frame
        self.built[name] = spec
        return spec

    # a scope with event sub-processes

    def _frame(self, name: str, inner: str, handlers: list[Element], frame: bool) -> None:
        """A spec whose one activity is `inner`, with the starts of the handlers as its boundary events."""
        spec = self._spec(name, frame)
        split = specs.Split(spec, "~open")
        main = specs.Scope(spec, OWN_FLOW, inner)
        main.guarded = True
        spec.start.connect(split)
        split.connect(main)
        main.connect(spec.end)
        for handler in handlers:
            start = self._start_of(handler)
            rows = handler.for_each
            boundary = (
                events.ForEachRow(spec, _name(start), start, rows)
                if rows
                else events.Boundary(spec, _name(start), start)
            )
            activity = specs.Scope(spec, _name(handler), self._inner_name(handler), handler, rows)
            split.connect(boundary)
            boundary.connect(activity)
            activity.connect(spec.end)
            self.scope(self._inner_name(handler), handler.id)

    # the normal flow

    def _flow(self, name: str, elements: list[Element], frame: bool) -> None:
        spec = self._spec(name, frame)
        drawn = [e for e in elements if not (e.instantiates and e.kind == Kind.EVENT_BASED_GATEWAY)]
        nodes = {e.id: self._node(spec, e) for e in drawn if e.kind != Kind.BOUNDARY_EVENT}
        events_of = {e.id: [b for b in elements if b.attached_to == e.id] for e in drawn}
        entries = {id: self._entry(spec, id, node, events_of[id], nodes) for id, node in list(nodes.items())}
        for element in drawn:
            out = [self.process.flows[id] for id in element.outgoing]
            self._lead(spec, self._exit(spec, element, nodes[element.id], out), out, entries)
            for landing in self._landings(element, elements):
                nodes[element.id].connect(entries[landing.id])
            if not nodes[element.id].outputs:
                nodes[element.id].connect(spec.end)
        self._begin(spec, elements, nodes, entries)

    def _entry(self, spec: Any, id: str, node: Any, edge: list[Element], nodes: dict[str, Any]) -> Any:
        """Where a token comes in: at the node itself, or before it, where events on its edge begin to listen and
        where it waits for other tokens.
        """
        element, entry = self.process.elements[id], node
        if edge:
            entry, node.guarded = specs.Split(spec, f"~bij {id}"), True
            entry.connect(node)
        for event in edge:
            nodes[event.id] = events.Boundary(spec, _name(event), event)
            entry.connect(nodes[event.id])
        joins = element.kind == Kind.INCLUSIVE_GATEWAY and len(element.incoming) > 1
        if joins or element.needs > 1:
            waits = (specs.Merge if joins else specs.Gather)(spec, f"{_name(element)} samen", element)
            waits.counts = False
            waits.connect(entry)
            entry = waits
        return entry

    def _exit(self, spec: Any, element: Element, node: Any, out: list[Flow]) -> Any:
        """Where the flows leave from: the node itself, or where it is seen which of them are taken."""
        conditional = element.kind in _SPLITTING and (element.default != "" or any(flow.condition for flow in out))
        for wanted, kind, name in ((conditional, specs.Ways, "verder"), (element.gives > 1, specs.Copies, "vaker")):
            if wanted:
                after = kind(spec, f"{_name(element)} {name}", element)
                node.connect(after)
                node = after
        return node

    def _lead(self, spec: Any, source: Any, out: list[Flow], entries: dict[str, Any]) -> None:
        """Let the flows leave `source`; each comes in as one of its own, also where two go to the same place."""
        targets = [flow.target for flow in out]
        for flow in out:
            target = entries[flow.target]
            if targets.count(flow.target) > 1:
                between = specs.Pass(spec, f"~langs {flow.id}")
                between.connect(target)
                target = between
            source.lead(flow, target)

    @staticmethod
    def _landings(element: Element, elements: list[Element]) -> list[Element]:
        """Where a link event jumps to."""
        if element.kind != Kind.INTERMEDIATE_THROW_EVENT or element.event_kind != EventKind.LINK:
            return []
        return [e for e in elements if e.kind == Kind.INTERMEDIATE_CATCH_EVENT and e.event == element.event]

    def _begin(self, spec: Any, elements: list[Element], nodes: dict[str, Any], entries: dict[str, Any]) -> None:
        """Let a scope start where it has to: at its starts, or at all that nothing leads to where it has none."""
        triggered = [e for e in elements if e.id in self.triggers]
        plain = [e for e in elements if e.kind == Kind.START_EVENT and e not in triggered]
        first = spec.start
        if triggered:
            first = specs.Begin(spec, "~begin")
            spec.start.connect(first)
        for element in (*plain, *triggered):
            first.connect(nodes[element.id])
        if not plain and not triggered:
            for element in elements:
                if element.kind != Kind.BOUNDARY_EVENT and not element.incoming and not _is_link_catch(element):
                    first.connect(entries[element.id])

    def _node(self, spec: Any, element: Element) -> Any:
        if element.loop is None:
            return self._activity(spec, _name(element), element)
        inner = self._activity(spec, f"{_name(element)} per stuk", replace(element, loop=None))
        inner.variable = element.loop.variable if element.loop.collection else ""
        return _repeated(element.loop)(spec, _name(element), element, inner)

    def _activity(self, spec: Any, name: str, element: Element) -> Any:
        if element.kind == Kind.CALL_ACTIVITY:
            return specs.Scope(spec, name, element.called, element)
        if element.kind in EMBEDDED:
            self.scope(self._inner_name(element), element.id)
            return specs.Scope(spec, name, self._inner_name(element), element)
        if self._waits(element):
            return events.Catch(spec, name, element)
        return _plain(element)(spec, name, element)

    def _waits(self, element: Element) -> bool:
        if element.event is None or element.event.kind in (EventKind.NONE, EventKind.LINK):
            return False
        return element.kind in AWAITS or element.id in self.triggers

    def _inner_name(self, element: Element) -> str:
        return f"{self.process.id}/{element.id}"


def _repeated(loop: Loop) -> type[specs.Repeated]:
    if loop.kind == LoopKind.STANDARD:
        return specs.Again
    return specs.ForEach if loop.behaviour == "All" else events.ForEachTold


def _plain(element: Element) -> type[specs.Node]:
    """The spec of an element that needs nothing but itself."""
    several = len(element.outgoing) > 1
    if element.kind == Kind.EXCLUSIVE_GATEWAY and several:
        return specs.Choice
    if element.kind == Kind.INCLUSIVE_GATEWAY and several:
        return specs.Fork
    if element.kind == Kind.PARALLEL_GATEWAY and len(element.incoming) > 1:
        return specs.Join
    if element.kind in (Kind.END_EVENT, Kind.INTERMEDIATE_THROW_EVENT, Kind.SEND_TASK) and element.event is not None:
        return events.Throw if element.event.kind in _THROWN else specs.Pass
    return _ALWAYS.get(element.kind, specs.Pass)


_ALWAYS: Mapping[str, type[specs.Node]] = {
    Kind.USER_TASK: specs.Work,
    Kind.MANUAL_TASK: specs.Work,
    Kind.BUSINESS_RULE_TASK: specs.Rule,
    Kind.EVENT_BASED_GATEWAY: specs.Split,
    Kind.COMPLEX_GATEWAY: specs.Complex,
}
_THROWN = frozenset(
    {
        EventKind.ERROR,
        EventKind.ESCALATION,
        EventKind.CANCEL,
        EventKind.MESSAGE,
        EventKind.SIGNAL,
        EventKind.MULTIPLE,
        EventKind.TERMINATE,
    }
)
_SPLITTING = STEPS | {Kind.RECEIVE_TASK, Kind.SEND_TASK}


def _is_link_catch(element: Element) -> bool:
    return (
        element.kind == Kind.INTERMEDIATE_CATCH_EVENT
        and element.event is not None
        and element.event.kind == EventKind.LINK
    )


def _name(element: Element) -> str:
    # SpiffWorkflow gives "Start" and "End" a meaning of their own, so an id never stands alone as a name
    return f"#{element.id}"

"""How far a case is: the whole as a strip of phases, and what is going on now as a drawing and in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from api.pages.story import handbook_link
from engine.cases import CaseView, ProcessView
from engine.definitions import Element, Process
from engine.definitions.kinds import Kind
from engine.words import Register
from handbook import diagram

STEPS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.CALL_ACTIVITY, Kind.BUSINESS_RULE_TASK})
DONE, NOW, LATER = "gedaan", "nu", "later"
TOLD = {DONE: "gedaan", NOW: "hier zijn jullie nu", LATER: "nog niet"}


@dataclass(frozen=True)
class Step:
    """One step or phase: how far it is (`DONE`, `NOW` or `LATER`), and its page in the handreiking."""

    name: str
    state: str
    link: str = ""


@dataclass(frozen=True)
class Drawing:
    """A part of the process that is going on, drawn around where the case is, and the same in words."""

    title: str
    svg: Markup
    steps: tuple[Step, ...]


def strip(case: CaseView) -> tuple[Step, ...]:
    """The phases of the main line in the order in which a case meets them. One that a case went past without it is
    left out, and so is what runs beside the main line.
    """
    whole = next((view for view in case.processes if view.process.id == case.root), None)
    if whole is None:
        return ()
    beside = _beside(whole.process)
    calls = [e for e in diagram.reading_order(whole.process) if e.called and e.called not in beside]
    states = [_state(whole, call) for call in calls]
    far = max((number for number, state in enumerate(states) if state != LATER), default=-1)
    return tuple(
        Step(call.name, state, _link(case, whole.process, call))
        for number, (call, state) in enumerate(zip(calls, states, strict=True))
        if state != LATER or number > far
    )


def drawings(case: CaseView) -> tuple[Drawing, ...]:
    """Each part that is going on now: danger first, then the main line, then what runs beside it."""
    whole = next((view.process for view in case.processes if view.process.id == case.root), None)
    beside = _beside(whole) if whole else frozenset()
    going = [view for view in case.processes if view.current and (view.process.id != case.root or not _calls(view))]
    going.sort(key=lambda view: (not _of_safety(view.process), view.process.id in beside))
    return tuple(_drawing(view, case) for view in going)


def _drawing(view: ProcessView, case: CaseView) -> Drawing:
    title = f"Nu: {view.process.name}"
    svg = diagram.view(view.process, done=view.done, current=view.current, title=title)
    steps = (e for e in diagram.reading_order(view.process) if e.kind in STEPS and e.name)
    worded = tuple(Step(e.name, _state(view, e), _link(case, view.process, e)) for e in steps)
    return Drawing(title, Markup(svg), worded)  # noqa: S704 - drawn by us, every name in it escaped


def _link(case: CaseView, process: Process, element: Element) -> str:
    if element.called:
        return f"/werkwijze/{case.older}" if case.older else f"/handreiking/{case.root}/{element.called}/"
    return handbook_link(case.root, process, element, case.older) if element.kind == Kind.USER_TASK else ""


def _state(view: ProcessView, element: Element) -> str:
    return NOW if element.id in view.current else DONE if element.id in view.done else LATER


def _calls(view: ProcessView) -> bool:
    return any(element.called for element in view.process.elements.values())


def _of_safety(process: Process) -> bool:
    return any(element.properties.get("register") == Register.SAFETY for element in process.user_tasks)


def _beside(process: Process) -> frozenset[str]:
    """The processes that are called where the main line doesn't come: in what an event begins, or behind an edge."""
    edges = {e.id for e in process.elements.values() if e.kind == Kind.BOUNDARY_EVENT}
    behind = {flow.target for flow in process.flows.values() if flow.source in edges}
    calls = (e for e in process.elements.values() if e.called)
    return frozenset(
        call.called for call in calls if any(up.by_event or up.id in behind for up in _around(process, call))
    )


def _around(process: Process, element: Element) -> Iterator[Element]:
    """An element and all that it stands in."""
    place: Element | None = element
    while place is not None:
        yield place
        place = process.elements.get(place.parent)

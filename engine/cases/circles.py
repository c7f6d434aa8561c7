"""What on the diagrams would tell outsiders of a circle (kring): its steps, the ways to them, what is told to begin it.

Of a circle nobody knows who doesn't take part in it: in lists, drawings, history, errors and refusals alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.access import CaseFacts
from engine.cases.asking import circle_of, form_of, keys_of
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import EventKind
from engine.words import Message, Noted, Phase, RoleId


@dataclass(frozen=True)
class Circles:
    """The elements and messages that belong to a circle, each with its role; where it is of a row, as a safety file is,
    it is meant for that row.
    """

    elements: Mapping[tuple[str, str], str]
    messages: Mapping[str, str]

    def hides(self, facts: CaseFacts, place: str, element: str, item: str, message: str = "") -> bool | None:
        """Whether this is hidden from somebody; None where it belongs to no circle."""
        circle = self.elements.get((place, element), "") or self.messages.get(message, "")
        if not circle and place == Phase.SAFETY:
            circle = RoleId.SAFETY
        if not circle:
            return None
        of_row = f"{circle}:{item}" if item else circle
        return of_row not in facts.circles

    def hides_whole(self, facts: CaseFacts, place: Process) -> bool:
        """Whether a diagram is of one circle wholly, in which somebody doesn't take part in any way."""
        circle = _whole(place)
        return bool(circle) and not any(role == circle or role.startswith(f"{circle}:") for role in facts.circles)


@lru_cache(maxsize=64)
def circles(definition: Definition) -> Circles:
    """The circles that the diagrams name."""
    elements: dict[tuple[str, str], str] = {}
    messages: dict[str, str] = {Message.ACUTE_DANGER: RoleId.SAFETY}
    whole = {id: circle for id, place in definition.processes.items() if (circle := _whole(place))}
    for place in definition.processes.values():
        if place.id in whole:
            elements |= dict.fromkeys(((place.id, id) for id in place.elements), whole[place.id])
        for step in place.elements.values():
            if circle := circle_of(step, "") or whole.get(step.called, ""):
                around = tuple(_around(place, step))
                elements |= {(place.id, element.id): circle for element in around}
                messages |= {e.event.name: circle for e in around if e.event and e.event_kind == EventKind.MESSAGE}
    return Circles(elements, messages)


def _whole(place: Process) -> str:
    """The circle that all steps of a diagram belong to; "" where there is no such."""
    named = {circle_of(step, "") for step in place.user_tasks}
    return next(iter(named)) if len(named) == 1 else ""


def _around(place: Process, step: Element) -> Iterator[Element]:
    """A step or call, and the handler around it with all that stands in it."""
    yield step
    if step.parent and place.elements[step.parent].by_event:
        yield place.elements[step.parent]
        yield from (element for element in place.elements.values() if element.parent == step.parent)


def private_keys(definition: Definition, element: Element) -> frozenset[str]:
    """What of the document is no business of a step: what steps of a safety file asked, what those of another circle
    asked and no other step, and what was told to begin that.
    """
    return _private_keys(definition, circle_of(element, ""))


@lru_cache(maxsize=256)
def _private_keys(definition: Definition, own: str) -> frozenset[str]:
    asked: dict[str, set[str]] = {}
    for step in (step for place in definition.processes.values() for step in place.user_tasks):
        asked.setdefault(circle_of(step, ""), set()).update(keys_of(form_of(definition, step)))
    files = asked.pop(RoleId.SAFETY, set()) if own != RoleId.SAFETY else set()
    ours = asked.get("", set()) | asked.get(own, set())
    others = set[str]().union(*(keys for circle, keys in asked.items() if circle not in ("", own)))
    named = (name for name, circle in circles(definition).messages.items() if circle not in (own, RoleId.SAFETY))
    return frozenset(files | (others - ours) | {f"{name}{suffix}" for name in named for suffix in Noted})


def shown_document(definition: Definition, element: Element, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document as a step may use it: what belongs to a circle is for the steps of that circle only."""
    private = private_keys(definition, element)
    return {key: value for key, value in document.items() if key not in private}

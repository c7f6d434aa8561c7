"""A file as the rules of the standard ask about it: what has which id, what flows where, what belongs to which pool."""

from collections.abc import Mapping
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from engine.checks.rule import Mend, Rule
from engine.definitions.kinds import EVENT_KINDS, FLOW_NODES, SUB_PROCESSES, EventKind, Kind, LinkKind, NoteKind
from engine.definitions.markup import NAMES, event_definitions, kind_of, shared_definitions, text_of, title_of

ARTIFACTS = frozenset({NoteKind.TEXT_ANNOTATION, NoteKind.GROUP, LinkKind.ASSOCIATION})
_NOUNS = {"sequenceFlow": "de pijl", LinkKind.MESSAGE_FLOW: "de berichtpijl"}
SCOPES = SUB_PROCESSES | {"process"}
MAXIMUM_QUOTED = 60
"""So much of a text is repeated in a sentence about it."""


class Breach(NamedTuple):
    """A rule, the node that breaks it, what its sentence says beside the node's name, what puts it right, and what to
    do where that can be said more exactly than the rule does.
    """

    rule: Rule
    node: Any
    values: Mapping[str, str] = {}
    mend: Mend | None = None
    advice: str = ""


class Drawing:
    """The nodes of a file, indexed."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.ids = {node.get("id"): node for node in root.iter() if node.get("id") and kind_of(node)}
        self.shared = shared_definitions(root)
        self.flows = list(root.iterfind(".//bpmn:process//bpmn:sequenceFlow", NAMES))

    def all(self, *kinds: str) -> list[Any]:
        """Every node of these kinds, in the order of the file."""
        placed = [entry for kind in set(kinds) for entry in self._by_kind.get(kind, ())]
        return [node for _, node in sorted(placed, key=itemgetter(0))]

    @cached_property
    def _by_kind(self) -> dict[str, list[tuple[int, Any]]]:
        """The nodes of each kind with their places in the file."""
        by_kind: dict[str, list[tuple[int, Any]]] = {}
        for place, node in enumerate(self.root.iter()):
            by_kind.setdefault(kind_of(node), []).append((place, node))
        return by_kind

    @cached_property
    def nodes(self) -> list[Any]:
        """Every flow node."""
        return self.all(*FLOW_NODES)

    @cached_property
    def defaults(self) -> frozenset[str]:
        """The arrows that are taken where no other fits."""
        return frozenset(local(node.get("default", "")) for node in self.nodes) - {""}

    @cached_property
    def held(self) -> frozenset[str]:
        """The ids of what something hangs on the edge of."""
        return frozenset(local(event.get("attachedToRef", "")) for event in self.all(Kind.BOUNDARY_EVENT))

    @cached_property
    def associations(self) -> dict[str, list[str]]:
        """Where the dotted lines from each id go."""
        targets: dict[str, list[str]] = {}
        for line in self.all(LinkKind.ASSOCIATION):
            targets.setdefault(line.get("sourceRef", ""), []).append(local(line.get("targetRef", "")))
        return targets

    def to(self, reference: str | None) -> Any:
        """What a reference leads to; None where there is none."""
        return self.ids.get(local(reference or ""))

    def kind(self, id: str | None) -> str:
        """The kind of what an id stands for, "" where it stands for nothing."""
        node = self.to(id)
        return kind_of(node) if node is not None else ""

    def incoming(self, node: Any) -> list[Any]:
        """The sequence flows that lead to a node."""
        return self._flows_at["targetRef"].get(node.get("id", ""), [])

    def outgoing(self, node: Any) -> list[Any]:
        """The sequence flows that leave a node."""
        return self._flows_at["sourceRef"].get(node.get("id", ""), [])

    @cached_property
    def _flows_at(self) -> dict[str, dict[str, list[Any]]]:
        flows_at: dict[str, dict[str, list[Any]]] = {"sourceRef": {}, "targetRef": {}}
        for flow in self.flows:
            for end, by_node in flows_at.items():
                by_node.setdefault(flow.get(end, ""), []).append(flow)
        return flows_at

    def events(self, node: Any) -> list[EventKind]:
        """What makes an event happen; what BPMN doesn't know is refused by the reader of diagrams."""
        definitions = event_definitions(node, self.shared)
        names = (kind_of(definition).removesuffix("EventDefinition") for definition in definitions)
        return [EventKind(name) for name in names if name in EVENT_KINDS]

    def is_plain(self, node: Any) -> bool:
        """Whether nothing makes an event happen."""
        return not event_definitions(node, self.shared)

    def pool(self, id: str) -> Any:
        """The participant that a node stands in or is, or the process where no participant names it."""
        node = self.ids.get(local(id))
        while node is not None and kind_of(node) not in ("process", "participant"):
            node = node.getparent()
        if node is None or kind_of(node) == "participant":
            return node
        return self._pools.get(node.get("id"), node)

    @cached_property
    def _pools(self) -> dict[str, Any]:
        pools = list(self.all("participant"))
        return {local(pool.get("processRef", "")): pool for pool in reversed(pools)}

    def called(self, node: Any) -> str:
        """What somebody who looks at the drawing calls a node, in quotes; an arrow without a name by its two ends."""
        noun = _NOUNS.get(kind_of(node), "")
        source, target = self.to(node.get("sourceRef")), self.to(node.get("targetRef"))
        if not noun or node.get("name") or source is None or target is None:
            return f"{noun} '{title_of(node)}'".lstrip()
        return f"{noun} van '{title_of(source)}' naar '{title_of(target)}'"


def local(reference: str) -> str:
    """A reference without the prefix of its namespace."""
    return reference.rsplit(":", 1)[-1].strip()


def scope_of(node: Any) -> Any:
    """The process or sub-process that a node stands in."""
    return node.getparent()


def owner_of(node: Any) -> Any:
    """The innermost thing on the drawing that a node stands in; where nothing is drawn, what has an id, or the node."""
    around = [
        holder for holder in (node, *node.iterancestors()) if holder.get("id") and kind_of(holder) != "definitions"
    ]
    drawn = (holder for holder in around if not kind_of(holder).endswith("EventDefinition"))
    return next(drawn, around[0] if around else node)


def holder_of(definition: Any) -> Any:
    """The event that an event definition stands in, or itself where it stands apart to be referred to."""
    parent = definition.getparent()
    return definition if kind_of(parent) == "definitions" else parent


def is_run(node: Any) -> bool:
    """Whether what a node stands in is marked as executable."""
    while kind_of(node) not in ("process", "definitions"):
        node = node.getparent()
    return bool(node.get("isExecutable") == "true")


def is_handler(node: Any) -> bool:
    """Whether a node is an event sub-process."""
    return bool(node.get("triggeredByEvent") == "true" and kind_of(node) in SUB_PROCESSES)


def undoes(node: Any) -> bool:
    """Whether a step is there to undo another."""
    return bool(node.get("isForCompensation") == "true")


def at_least(text: str, least: int) -> bool:
    """Whether a text is a whole number, and this or more."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= 9 and int(text) >= least


def quoted(node: Any) -> str:
    """The text of a node as a sentence repeats it."""
    return text_of(node)[:MAXIMUM_QUOTED]

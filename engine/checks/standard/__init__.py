"""The rules of the BPMN standard that a file may break, whatever Knooppunt runs of it.

Each has a name of our own; `Rule.standard` holds the numbers under which BPMNspector (University of Bamberg) lists it.
"""

from engine.checks.rule import Finding
from engine.checks.standard import (
    activities,
    calls,
    clocks,
    data,
    ends,
    events,
    expressions,
    flows,
    gateways,
    handlers,
    messages,
    operations,
    pools,
    references,
    transfers,
    triggers,
    ways,
)
from engine.checks.standard.drawing import Drawing, owner_of
from engine.definitions.markup import parse

_TOPICS = (
    references,
    flows,
    ways,
    ends,
    handlers,
    events,
    triggers,
    expressions,
    clocks,
    activities,
    gateways,
    messages,
    pools,
    data,
    transfers,
    operations,
    calls,
)


def breaches(content: bytes, file: str) -> tuple[Finding, ...]:
    """Each place where a file breaks a rule of the standard. Raises DefinitionError where it can't be read."""
    drawing = Drawing(parse(content, file))
    findings: dict[Finding, None] = {}
    for check in (check for topic in _TOPICS for check in topic.CHECKS):
        for rule, node, values, mend, advice in check(drawing):
            message = rule.message.format(name=drawing.called(node), **values)
            place = node if node.get("id") else owner_of(node)
            said = f"{message[0].upper()}{message[1:]}"
            name = " ".join(place.get("name", "").split())
            findings[rule.breach(file, place.get("id", ""), said, advice, name=name, mend=mend)] = None
    return tuple(findings)

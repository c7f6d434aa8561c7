"""BPMN as XML: reading a file safely, and the few things that are asked of every node."""

from collections.abc import Mapping
from typing import Any, cast

from lxml import etree

from engine.definitions.foreign import foreign, unreadable
from engine.errors import DefinitionError, Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NAMES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "camunda": CAMUNDA}

MAXIMUM_BYTES = 20_000_000
MAXIMUM_DEPTH = 200


def refuse(file: str, element: str, rule: str, message: str) -> DefinitionError:
    """One finding as an error."""
    return DefinitionError([Problem(file, element, rule, message)])


def parse(content: bytes, file: str) -> Any:
    """The root of the XML, read without entities, DTD or network; DefinitionError on anything else."""
    if not content.strip():
        raise refuse(file, "", "leeg", "Het bestand is leeg.")
    if len(content) > MAXIMUM_BYTES:
        raise refuse(
            file, "", "bestand_groot", "Het bestand is groter dan 20 MB. Een diagram is zelden groter dan 1 MB."
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse(file, "", "xml", unreadable(content, error)) from error
    if root.tag != f"{{{BPMN}}}definitions":
        raise refuse(file, "", "geen_bpmn", foreign(root))
    if cast("Any", root.getroottree().docinfo).doctype:
        raise refuse(file, "", "xml", "Het bestand heeft een DOCTYPE. Dat is niet toegestaan: haal die regel weg.")
    if any(sum(1 for _ in node.iterancestors()) > MAXIMUM_DEPTH for node in root.iter() if len(node) == 0):
        raise refuse(file, "", "bestand_diep", "Het diagram is te diep genest om te lezen.")
    return root


def kind_of(node: Any) -> str:
    """The BPMN name of an XML node, or "" where it stands in another namespace."""
    tag = node.tag
    return tag[len(BPMN) + 2 :] if isinstance(tag, str) and tag.startswith(f"{{{BPMN}}}") else ""


def text_of(node: Any | None) -> str:
    """The text in a node, "" where it is not there."""
    return (node.text or "").strip() if node is not None else ""


def title_of(node: Any) -> str:
    """What somebody who looks at the drawing would call it."""
    return " ".join((node.get("name") or node.get("id") or kind_of(node)).split())


def event_definitions(node: Any, shared: Mapping[str, Any]) -> list[Any]:
    """What makes an event happen: its own definitions and those that it refers to, which stand in `shared` by id."""
    referred = (shared.get(text_of(ref)) for ref in node.iterfind("bpmn:eventDefinitionRef", NAMES))
    own = [child for child in node if kind_of(child).endswith("EventDefinition")]
    return own + [definition for definition in referred if definition is not None]


def shared_definitions(root: Any) -> Mapping[str, Any]:
    """All event definitions of a file that have an id."""
    return {n.get("id"): n for n in root.iter() if kind_of(n).endswith("EventDefinition") and n.get("id")}

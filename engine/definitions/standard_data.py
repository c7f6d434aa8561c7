"""The rules of the BPMN standard on data: what goes in and out of a step, and of what kind it is.

Data of a diagram do nothing here: a case has one document. Who draws them should still draw what can be true.
"""

from typing import TYPE_CHECKING, Any

from engine.definitions.kinds import ACTIVITIES, EVENTS, SUB_PROCESSES
from engine.definitions.markup import NAMES, event_definitions, kind_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.definitions.standard import Breach, Drawing

_HOLDERS = ACTIVITIES | EVENTS | {"process"}
_SETS = (("Input", "EXT084", "EXT085", "EXT086"), ("Output", "EXT088", "EXT089", "EXT090"))


def specifications(drawing: "Drawing") -> "Iterator[Breach]":
    """What goes in and out is in a set, and sets that belong together say so of each other."""
    for spec in drawing.all("ioSpecification"):
        owner = spec.getparent()
        if kind_of(owner) in SUB_PROCESSES:
            yield owner, "EXT079", "bij een deelproces horen geen gegevens."
        for side, *rules in _SETS:
            yield from _io_sets(spec, owner, side, *rules)
        pairs = [(tag, one.get("id"), text_of(ref)) for tag in ("in", "out") for one, ref in _partners(spec, tag)]
        for tag, mine, other in pairs:
            if ("out" if tag == "in" else "in", other, mine) not in pairs:
                yield owner, "EXT085/EXT087", "twee verzamelingen van gegevens horen bij elkaar, of allebei niet."
    for node in drawing.all("property"):
        if kind_of(node.getparent()) not in _HOLDERS:
            yield node, "EXT078", "een eigenschap hoort bij een proces, stap of gebeurtenis."


def _partners(spec: Any, side: str) -> "Iterator[tuple[Any, Any]]":
    other = "out" if side == "in" else "in"
    for one in spec.iterfind(f"bpmn:{side}putSet", NAMES):
        yield from ((one, ref) for ref in one.iterfind(f"bpmn:{other}putSetRefs", NAMES))


def _io_sets(spec: Any, owner: Any, side: str, unused: str, optional: str, executing: str) -> "Iterator[Breach]":
    sets = spec.findall(f"bpmn:{side.lower()}Set", NAMES)
    used = {text_of(ref) for one in sets for ref in one.iterfind(f"bpmn:data{side}Refs", NAMES)}
    for item in spec.iterfind(f"bpmn:data{side}", NAMES):
        if item.get("id") not in used:
            yield owner, unused, f"'{item.get('id')}' wordt nergens gebruikt."
    for one in sets:
        listed = {text_of(ref) for ref in one.iterfind(f"bpmn:data{side}Refs", NAMES)}
        for tag, rule in ((f"optional{side}Refs", optional), (f"whileExecuting{side}Refs", executing)):
            if {text_of(ref) for ref in one.iterfind(f"bpmn:{tag}", NAMES)} - listed:
                yield owner, rule, "wat later of misschien komt, hoort ook in de gewone lijst te staan."


_COLLECTIONS = {"dataObject": "/EXT077", "dataInput": "/EXT081", "dataOutput": "/EXT083"}


def kinds(drawing: "Drawing") -> "Iterator[Breach]":
    """What holds several says so in both places, and is called what it is."""
    for node in drawing.all(*_COLLECTIONS, "dataStore", "property"):
        item = drawing.to(node.get("itemSubjectRef"))
        told = node.get("isCollection", "false")
        if item is not None and kind_of(node) != "property" and told != item.get("isCollection", "false"):
            yield node, "EXT020" + _COLLECTIONS.get(kind_of(node), ""), "een lijst is op beide plekken een lijst."
    for node in drawing.all("dataObjectReference"):
        state, held = node.find("bpmn:dataState", NAMES), drawing.to(node.get("dataObjectRef"))
        if state is not None and held is not None and held.get("name"):
            name = f"{held.get('name')} [{state.get('name', '')}]"
            if node.get("name", name) != name:
                yield node, "EXT076", f"dit heet '{name}'."


def associations(drawing: "Drawing") -> "Iterator[Breach]":
    """Data go from one place to another of the same kind, and not into what comes from outside."""
    for link in drawing.all("dataInputAssociation", "dataOutputAssociation"):
        owner, changed = link.getparent(), link.find("bpmn:transformation", NAMES) is not None
        sources = [drawing.to(text_of(ref)) for ref in link.iterfind("bpmn:sourceRef", NAMES)]
        target = drawing.to(text_of(link.find("bpmn:targetRef", NAMES)))
        if len(sources) > 1 and not changed:
            yield owner, "EXT092", "gegevens komen van een plek, tenzij er staat hoe zij samengaan."
        for end in (*sources, target):
            if end is not None and kind_of(end) not in _DATA:
                yield owner, "REF", f"'{end.get('id')}' heeft geen gegevens."
        if kind_of(link) == "dataOutputAssociation" and target is not None and kind_of(target) == "dataInput":
            yield owner, "EXT080", "wat een proces van buiten krijgt, wordt er niet in geschreven."
        if kind_of(link) == "dataInputAssociation" and any(_is_output(source) for source in sources):
            yield owner, "EXT082", "wat een proces naar buiten geeft, wordt er niet uit gelezen."
        items = [_item(drawing, end) for end in (*sources, target) if end is not None]
        if len(sources) == 1 and not changed and len(items) == 2 and not _same(*items):
            yield owner, "EXT091", "gegevens gaan naar een plek van dezelfde soort."


_DATA = frozenset(["dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput", "property"])


def _is_output(source: Any) -> bool:
    return (
        source is not None and kind_of(source) == "dataOutput" and kind_of(source.getparent().getparent()) == "process"
    )


def _item(drawing: "Drawing", holder: Any) -> Any:
    """The item definition of what holds data, followed through references; None where it says none."""
    held = holder
    for reference in ("dataObjectRef", "dataStoreRef"):
        if holder.get(reference):
            held = drawing.to(holder.get(reference))
    return drawing.to(held.get("itemSubjectRef")) if held is not None else None


def _same(one: Any, other: Any) -> bool:
    """Whether two item definitions are of one kind; what says nothing of its kind fits all."""
    if one is None or other is None or one is other:
        return True
    return bool(one.get("structureRef") and one.get("structureRef") == other.get("structureRef"))


def messages(drawing: "Drawing") -> "Iterator[Breach]":
    """What a step sends, receives or asks of an operation is what it says of its data."""
    for task in drawing.all("serviceTask"):
        operation = drawing.to(task.get("operationRef"))
        for tag, side, rule in (("inMessageRef", "dataInput", "EXT044"), ("outMessageRef", "dataOutput", "EXT045")):
            if operation is not None:
                letter = drawing.to(text_of(operation.find(f"bpmn:{tag}", NAMES)))
                yield from _carried(drawing, task, letter, side, rule)
    for task in drawing.all("sendTask", "receiveTask"):
        side, rule = ("dataInput", "EXT048") if kind_of(task) == "sendTask" else ("dataOutput", "EXT052")
        yield from _carried(drawing, task, drawing.to(task.get("messageRef")), side, rule)


def _carried(drawing: "Drawing", task: Any, letter: Any, side: str, rule: str) -> "Iterator[Breach]":
    item = drawing.to(letter.get("itemRef")) if letter is not None else None
    for data in task.iterfind(f"bpmn:ioSpecification/bpmn:{side}", NAMES):
        mine = _item(drawing, data)
        if item is not None and (mine is None or not _same(mine, item)):
            yield task, rule, "de gegevens van deze stap zijn niet die van het bericht."


def events(drawing: "Drawing") -> "Iterator[Breach]":
    """An event that has data has them for each thing that makes it happen."""
    for event in drawing.all(*EVENTS):
        side = "dataInput" if kind_of(event) in ("endEvent", "intermediateThrowEvent") else "dataOutput"
        data, thrown = event.findall(f"bpmn:{side}", NAMES), event_definitions(event, drawing.shared)
        if data and len(data) < len(thrown):
            yield event, "EXT093", "dit rondje heeft gegevens voor een deel van wat het meldt."
        for one, definition in zip(data, thrown, strict=False):
            item = _thrown_item(drawing, definition)
            if item is not None and not _same(_item(drawing, one), item):
                yield event, "EXT094", "de gegevens van dit rondje zijn niet die van wat het meldt."


def _thrown_item(drawing: "Drawing", definition: Any) -> Any:
    kind = kind_of(definition).removesuffix("EventDefinition")
    thrown = drawing.to(definition.get(f"{kind}Ref"))
    return drawing.to(thrown.get("itemRef") or thrown.get("structureRef")) if thrown is not None else None


def calls(drawing: "Drawing") -> "Iterator[Breach]":
    """What is called gets and gives what the step that calls it says."""
    for call in drawing.all("callActivity"):
        called = drawing.to(call.get("calledElement"))
        if called is None:
            continue
        for side in ("dataInput", "dataOutput"):
            mine, theirs = (node.findall(f"bpmn:ioSpecification/bpmn:{side}", NAMES) for node in (call, called))
            pairs = [(_item(drawing, a), _item(drawing, b)) for a, b in zip(mine, theirs, strict=False)]
            if len(mine) != len(theirs) or not all(_same(*pair) for pair in pairs):
                yield call, "EXT063", "deze stap geeft of krijgt andere gegevens dan wat hij aanroept."
    for node in (n for n in drawing.root if kind_of(n) == "process" or kind_of(n).startswith("global")):
        bindings = node.findall("bpmn:ioBinding", NAMES)
        if node.find("bpmn:supportedInterfaceRef", NAMES) is not None and not bindings:
            yield node, "EXT064", "er staat niet hoe de gegevens bij de aanroep horen."
        for binding in bindings:
            yield from _binding(drawing, node, binding)


def _binding(drawing: "Drawing", node: Any, binding: Any) -> "Iterator[Breach]":
    operation = drawing.to(binding.get("operationRef"))
    for data, tag in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
        held = drawing.to(binding.get(data))
        letter = drawing.to(text_of(operation.find(f"bpmn:{tag}", NAMES))) if operation is not None else None
        item = drawing.to(letter.get("itemRef")) if letter is not None else None
        if operation is None or held is None or not _same(_item(drawing, held), item):
            yield node, "EXT065", "de gegevens horen niet bij de aanroep."


def several(drawing: "Drawing") -> "Iterator[Breach]":
    """A step that is done for each of a list takes and gives one of that list."""
    for loop in drawing.all("multiInstanceLoopCharacteristics"):
        for side, rule in (("Output", "EXT069"), ("Input", "EXT070")):
            whole = drawing.to(text_of(loop.find(f"bpmn:loopData{side}Ref", NAMES)))
            one = loop.find(f"bpmn:{side.lower()}DataItem", NAMES)
            if whole is None or one is None:
                continue
            wholes, ones = _item(drawing, whole), _item(drawing, one)
            listed = one.get("isCollection") == "true" or (ones is not None and ones.get("isCollection") == "true")
            if listed or (ones is not wholes and not _same(ones, wholes)):
                yield loop.getparent(), rule, "een uit de lijst is van een andere soort dan de lijst."


CHECKS = (specifications, kinds, associations, messages, events, calls, several)

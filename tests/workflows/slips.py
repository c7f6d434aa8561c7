"""Slips of somebody who changes the files of the reference process, drawn by lot: small, and each likely to do harm.

Other than the edits beside this they change what is in the files, as an editor of diagrams, forms or tables does. Each
kind of slip is a function from a file to what may be done to it; a seed says which of these are done.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml
from lxml import etree

Tree = Any
"""What lxml reads; it has no types."""
Done = tuple[Any, ...]
"""What is done to what was read of a file: a function, and what it gets besides."""
Drawn = Iterator[tuple[str, str, Done]]
"""The kind of a slip, where it is made, and what is done."""

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"
STEPS = {f"{BPMN}{kind}" for kind in ("userTask", "businessRuleTask", "callActivity")}
NODES = STEPS | {f"{BPMN}{k}" for k in ("exclusiveGateway", "parallelGateway", "eventBasedGateway", "subProcess")}
NODES |= {f"{BPMN}{kind}" for kind in ("endEvent", "intermediateCatchEvent", "startEvent", "boundaryEvent")}
FREE = {"duur", "fase", "titel", "uitleg", "samenvatting"}
"""What a step says that is for reading only."""
MARKS = ("gegevens", "over", "register", "betrokkene", "kies_betrokkene", "controle", "rol")


@dataclass(frozen=True)
class Slip:
    """One slip in one file, by its kind and where it is made."""

    kind: str
    name: str
    file: str
    content: bytes


def slips(files: Mapping[str, bytes], seed: int, each: int, kinds: Sequence[str] = ()) -> Iterator[Slip]:
    """So many slips of each kind (of these kinds only, where given) as there are, at most `each`; a seed gives the
    same ones each time, as long as the files stay the same.
    """
    lot = random.Random(seed)  # noqa: S311 - a lot that is the same each time
    by_kind: dict[str, list[tuple[str, str, Done]]] = {}
    for file in sorted(files):
        for kind, name, done in _possible(file, files, lot):
            by_kind.setdefault(kind, []).append((file, name, done))
    for kind, places in by_kind.items():
        chosen = lot.sample(places, min(each, len(places)))
        for file, name, done in chosen if not kinds or kind in kinds else ():
            yield Slip(kind, f"{file}: {name}", file, _made(file, files[file], done))


def _made(file: str, content: bytes, done: Done) -> bytes:
    does, *given = done
    if file.endswith((".bpmn", ".dmn")):
        root = etree.fromstring(content)
        does(root, *given)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    if file.endswith(".form"):
        form = json.loads(content)
        does(form, *given)
        return json.dumps(form, ensure_ascii=False, indent=2).encode()
    settings = yaml.load(content, yaml.CSafeLoader)
    does(settings, *given)
    return bytes(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=10_000).encode())


def _possible(file: str, files: Mapping[str, bytes], lot: random.Random) -> Drawn:
    if file.endswith(".bpmn"):
        root = etree.fromstring(files[file])
        yield from _in_flow(root, lot)
        yield from _in_choices(root, lot)
        yield from _in_steps(root, _spoken(files), lot)
        yield from _in_events(root, lot)
        yield from _in_calls(root, lot)
    elif file.endswith(".dmn"):
        yield from _in_table(etree.fromstring(files[file]), lot)
    elif file.endswith(".form"):
        yield from _in_form(json.loads(files[file]), lot)
    elif file == "spelregels.yaml":
        yield from _in_rules(yaml.load(files[file], yaml.CSafeLoader), lot)
    elif file == "regio.yaml":
        yield from _in_settings(yaml.load(files[file], yaml.CSafeLoader), lot)
        yield from _in_promises(yaml.load(files[file], yaml.CSafeLoader), lot)


# --- diagrams ----------------------------------------------------------------------------------------------------


def _in_flow(root: Tree, lot: random.Random) -> Drawn:
    """Steps deleted and moved, arrows drawn elsewhere."""
    for node in _all(root, STEPS):
        id = node.get("id")
        if len(_out(root, id)) == 1:
            yield "stap weg", id, (_delete, id)
            after = _at(root, _out(root, id)[0].get("targetRef"))
            if after.tag in STEPS and len(_out(root, after.get("id"))) == len(_into(root, after.get("id"))) == 1:
                yield "twee stappen omgewisseld", id, (_swap, id, after.get("id"))
    flows = _all(root, {f"{BPMN}sequenceFlow"})
    for flow in flows:
        id, source, target = flow.get("id"), flow.get("sourceRef"), flow.get("targetRef")
        near = [n.get("id") for n in _at(root, target).getparent() if n.tag in NODES - {f"{BPMN}startEvent"}]
        others = [n for n in near if n not in (target, source) and _at(root, n).tag != f"{BPMN}boundaryEvent"]
        if others and _at(root, source).tag != f"{BPMN}startEvent":
            yield "pijl elders heen", id, (_redirect, id, lot.choice(others))
        beyond = [f.get("targetRef") for f in _out(root, target)]
        if beyond and _at(root, target).tag in STEPS:
            yield "pijl over een stap heen", id, (_redirect, id, lot.choice(beyond))
        ends = [n for n in others if _at(root, n).tag == f"{BPMN}endEvent"]
        if ends:
            yield "pijl meteen naar een einde", id, (_redirect, id, lot.choice(ends))


def _in_choices(root: Tree, lot: random.Random) -> Drawn:
    """Choices turned, made into something else, or with what another asks."""
    flows = _all(root, {f"{BPMN}sequenceFlow"})
    conditions = [c.text for flow in flows if (c := flow.find(f"{BPMN}conditionExpression")) is not None]
    for flow in flows:
        id = flow.get("id")
        if (condition := flow.find(f"{BPMN}conditionExpression")) is not None:
            text = condition.text
            yield "voorwaarde andersom", id, (_ask, id, f"=not({text.lstrip('=')})")
            yield "voorwaarde altijd waar", id, (_ask, id, "=true")
            if rest := [c for c in conditions if c != text]:
                yield "andere voorwaarde", id, (_ask, id, lot.choice(rest))
    for gateway in _all(root, {f"{BPMN}exclusiveGateway", f"{BPMN}parallelGateway"}):
        id, out = gateway.get("id"), [f.get("id") for f in _out(root, gateway.get("id"))]
        if len(out) > 1:
            a, b = lot.sample(out, 2)
            yield "twee pijlen verwisseld", id, (_cross, a, b)
        other = "parallelGateway" if gateway.tag == f"{BPMN}exclusiveGateway" else "exclusiveGateway"
        yield "ander soort ruit", id, (_becomes, id, other)


def _in_steps(root: Tree, spoken: Mapping[str, Sequence[str]], lot: random.Random) -> Drawn:
    """What a step says of itself: who, by when, with which form, and its marks."""
    for step in _all(root, {f"{BPMN}userTask"}):
        id, roles = step.get("id"), step.get(f"{CAMUNDA}candidateGroups").split(",")
        other = lot.choice([r for r in (*spoken["rol"], "bestuurder") if r not in roles])
        yield "rol anders", id, (_attribute, id, f"{CAMUNDA}candidateGroups", other)
        more = ",".join([*roles, other])
        yield "rol erbij", id, (_attribute, id, f"{CAMUNDA}candidateGroups", more)
        if len(roles) > 1:
            less = lot.choice(roles)
            yield "rol minder", id, (_attribute, id, f"{CAMUNDA}candidateGroups", less)
        form = lot.choice([f for f in spoken["formulieren"] if f != step.get(f"{CAMUNDA}formRef")])
        yield "ander formulier", id, (_attribute, id, f"{CAMUNDA}formRef", form)
    for node in _all(root, NODES):
        id = node.get("id")
        for said in _said(node):
            name, value = said.get("name"), said.get("value")
            if name in FREE:
                continue
            yield f"{name} weg", id, (_say, id, name, None)
            known = [v for v in spoken[name] if v != value] or ["nee"]
            yield f"{name} anders", id, (_say, id, name, lot.choice(known))
        if node.tag == f"{BPMN}userTask":
            absent = [
                n for n in ("register", "deelt", "kring", "stuurt") if n not in {s.get("name") for s in _said(node)}
            ]
            name = lot.choice(absent)
            yield "kenmerk erbij", id, (_say, id, name, lot.choice(spoken[name]))
        if node.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None:
            yield "lus weg", id, (_unloop, id)
            yield "lus over minder", id, (_loop_over, id, '=afspraken[status = "gedaan"]')


def _in_events(root: Tree, lot: random.Random) -> Drawn:
    """Clocks longer or gone, messages unheard, what interrupts and what doesn't, ends that end otherwise."""
    messages = [m.get("id") for m in _all(root, {f"{BPMN}message"})]
    for event in _all(root, {f"{BPMN}{k}" for k in ("startEvent", "boundaryEvent", "intermediateCatchEvent")}):
        id, hears, clock = event.get("id"), event.find(f"{BPMN}messageEventDefinition"), None
        for kind in ("timeDuration", "timeDate", "timeCycle"):
            clock = event.find(f"{BPMN}timerEventDefinition/{BPMN}{kind}") if clock is None else clock
        if clock is not None:
            yield "klok langer", id, (_clock, id, "P3Y")
            yield "klok meteen", id, (_clock, id, "PT1M")
        if hears is not None and len(messages) > 1:
            other = lot.choice([m for m in messages if m != hears.get("messageRef")])
            yield "ander bericht", id, (_hear, id, other)
        if event.tag == f"{BPMN}boundaryEvent":
            yield "onderbreekt anders", id, (_turn, id, "cancelActivity")
            yield "gebeurtenis weg", id, (_remove, id)
        elif event.getparent().get("triggeredByEvent") == "true":
            frame = event.getparent()
            yield "onderbreekt anders", id, (_turn, id, "isInterrupting")
            yield "gebeurtenis weg", frame.get("id"), (_remove, frame.get("id"))
            if frame.getparent().tag == f"{BPMN}subProcess":
                yield "gebeurtenis naar buiten", frame.get("id"), (_lift, frame.get("id"))


def _in_calls(root: Tree, lot: random.Random) -> Drawn:
    """Another phase called, an end that no longer stops what it stopped."""
    calls = [c.get("calledElement") for c in _all(root, {f"{BPMN}callActivity"})]
    for call in _all(root, {f"{BPMN}callActivity"}):
        other = lot.choice([c for c in calls if c != call.get("calledElement")])
        yield "andere fase", call.get("id"), (_attribute, call.get("id"), "calledElement", other)
    for end in _all(root, {f"{BPMN}endEvent"}):
        if (does := end.find(f"{BPMN}terminateEventDefinition")) is not None or (
            does := end.find(f"{BPMN}escalationEventDefinition")
        ) is not None:
            yield "gewoon einde", end.get("id"), (_plain, end.get("id"), does.tag)


def _all(root: Tree, tags: set[str]) -> list[Tree]:
    return [node for node in root.iter() if node.tag in tags]


def _at(root: Tree, id: str) -> Tree:
    return root.xpath("//*[@id=$id]", id=id)[0]


def _out(root: Tree, id: str) -> list[Tree]:
    return [flow for flow in root.iter(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == id]


def _into(root: Tree, id: str) -> list[Tree]:
    return [flow for flow in root.iter(f"{BPMN}sequenceFlow") if flow.get("targetRef") == id]


def _said(node: Tree) -> list[Tree]:
    return list(node.findall(f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"))


def _attribute(root: Tree, id: str, name: str, value: str) -> None:
    _at(root, id).set(name, value)


def _say(root: Tree, id: str, name: str, value: str | None) -> None:
    node = _at(root, id)
    for said in _said(node):
        if said.get("name") == name:
            said.getparent().remove(said)
    if value is not None:
        where = node.find(f"{BPMN}extensionElements/{CAMUNDA}properties")
        etree.SubElement(where, f"{CAMUNDA}property", name=name, value=value)


def _ask(root: Tree, id: str, text: str) -> None:
    _at(root, id).find(f"{BPMN}conditionExpression").text = text


def _redirect(root: Tree, id: str, target: str) -> None:
    flow = _at(root, id)
    for said in _at(root, flow.get("targetRef")).findall(f"{BPMN}incoming"):
        if said.text == id:
            said.getparent().remove(said)
    flow.set("targetRef", target)
    node = _at(root, target)
    said = etree.Element(f"{BPMN}incoming")
    said.text = id
    before = [c for c in node if c.tag.removeprefix(BPMN) in ("documentation", "extensionElements", "incoming")]
    node.insert(len(before), said)


def _cross(root: Tree, one: str, other: str) -> None:
    first, second = _at(root, one).get("targetRef"), _at(root, other).get("targetRef")
    _redirect(root, one, second)
    _redirect(root, other, first)


def _delete(root: Tree, id: str) -> None:
    """Delete a step and draw what came in on to what came after."""
    out = _out(root, id)[0]
    for flow in _into(root, id):
        _redirect(root, flow.get("id"), out.get("targetRef"))
    _drop(
        root,
        {id, out.get("id"), *(e.get("id") for e in root.iter(f"{BPMN}boundaryEvent") if e.get("attachedToRef") == id)},
    )


def _swap(root: Tree, one: str, other: str) -> None:
    """Let two steps that follow each other change places: their arrows stay, and so do their ids."""
    flows = [*_into(root, one), *_out(root, one), *_out(root, other)]
    ids = {one: other, other: one}
    ends = [
        (f, ids.get(f.get("sourceRef"), f.get("sourceRef")), ids.get(f.get("targetRef"), f.get("targetRef")))
        for f in flows
    ]
    for flow, source, target in ends:
        flow.set("sourceRef", source)
        flow.set("targetRef", target)
    for id in (one, other):
        node = _at(root, id)
        for said in [*node.findall(f"{BPMN}incoming"), *node.findall(f"{BPMN}outgoing")]:
            node.remove(said)
        place = len([c for c in node if c.tag.removeprefix(BPMN) in ("documentation", "extensionElements")])
        for tag, near in (("outgoing", _out(root, id)), ("incoming", _into(root, id))):
            for flow in near:
                said = etree.Element(f"{BPMN}{tag}")
                said.text = flow.get("id")
                node.insert(place, said)


def _remove(root: Tree, id: str) -> None:
    """Delete an event and all that only it leads to."""
    ids = {id}
    while True:
        flows = [f for f in root.iter(f"{BPMN}sequenceFlow") if {f.get("sourceRef"), f.get("targetRef")} & ids]
        ids |= {flow.get("id") for flow in flows}
        led = {f.get("targetRef") for f in flows}
        alone = {n for n in led - ids if all(f.get("id") in ids for f in _into(root, n))}
        if not alone:
            break
        ids |= alone
    _drop(root, ids)


def _drop(root: Tree, ids: set[str]) -> None:
    gone = {n.get("id") for id in ids for n in _at(root, id).iter() if isinstance(n.tag, str) and n.get("id")}
    for node in [n for n in root.iter() if isinstance(n.tag, str)]:
        points = node.get("bpmnElement") in gone or {node.get("sourceRef"), node.get("targetRef")} & gone
        says = node.tag.removeprefix(BPMN) in ("incoming", "outgoing", "flowNodeRef") and (node.text or "") in gone
        if (points or says or node.get("id") in ids) and node.getparent() is not None:
            node.getparent().remove(node)
        elif node.get("default") in gone:
            del node.attrib["default"]


def _becomes(root: Tree, id: str, kind: str) -> None:
    node = _at(root, id)
    node.tag = f"{BPMN}{kind}"
    node.attrib.pop("default", None)
    if kind == "parallelGateway":
        for flow in _out(root, id):
            if (condition := flow.find(f"{BPMN}conditionExpression")) is not None:
                flow.remove(condition)


def _clock(root: Tree, id: str, duration: str) -> None:
    definition = _at(root, id).find(f"{BPMN}timerEventDefinition")
    for child in definition:
        definition.remove(child)
    etree.SubElement(definition, f"{BPMN}timeDuration").text = duration


def _hear(root: Tree, id: str, message: str) -> None:
    _at(root, id).find(f"{BPMN}messageEventDefinition").set("messageRef", message)


def _turn(root: Tree, id: str, part: str) -> None:
    node = _at(root, id)
    node.set(part, "true" if node.get(part) == "false" else "false")


def _lift(root: Tree, id: str) -> None:
    """Draw an event sub-process outside the part in which it stood."""
    frame = _at(root, id)
    around = frame.getparent()
    around.remove(frame)
    around.addnext(frame)


def _plain(root: Tree, id: str, tag: str) -> None:
    node = _at(root, id)
    node.remove(node.find(tag))


def _unloop(root: Tree, id: str) -> None:
    node = _at(root, id)
    node.remove(node.find(f"{BPMN}multiInstanceLoopCharacteristics"))


def _loop_over(root: Tree, id: str, collection: str) -> None:
    _at(root, id).find(f"{BPMN}multiInstanceLoopCharacteristics").set(f"{CAMUNDA}collection", collection)


def _spoken(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """What steps say somewhere: the values of each mark, the roles, the forms."""
    spoken: dict[str, set[str]] = {"rol": set(), "formulieren": set()}
    for file in files:
        if file.endswith(".bpmn"):
            for node in etree.fromstring(files[file]).iter(*NODES):
                roles = (node.get(f"{CAMUNDA}candidateGroups") or "coordinator").split(",")
                spoken["rol"] |= {role.strip() for role in roles}
                spoken["formulieren"] |= {node.get(f"{CAMUNDA}formRef") or "contact_zoeken"}
                for said in _said(node):
                    spoken.setdefault(said.get("name"), set()).add(said.get("value"))
    return {name: sorted(values) for name, values in spoken.items()}


# --- forms -------------------------------------------------------------------------------------------------------


def _in_form(form: Any, lot: random.Random) -> Drawn:
    """Questions gone, free to skip, of another kind of data, about another; answers gone, more, or filled in."""
    for path, part in _parts(form):
        name = part.get("key") or part.get("path") or part["id"]
        yield ("tekst weg" if part["type"] == "text" else "vraag weg"), name, (_gone, path)
        if (part.get("validate") or {}).get("required"):
            yield "niet verplicht", name, (_without, path, "validate", "required")
        said = part.get("properties") or {}
        for mark in MARKS:
            if mark in said:
                yield f"vraag zonder {mark}", name, (_without, path, "properties", mark)
        for mark, values in (
            ("over", ("proces", "kind", "moeder", "andere_ouder")),
            ("gegevens", ("contact", "doelen_plan", "opvoeding_kind", "verhaal")),
            ("register", ("opmerking", "naam", "status", "datum")),
        ):
            if mark in said:
                value = lot.choice([v for v in values if v != said[mark]])
                yield f"vraag met ander {mark}", name, (_mark, path, mark, value)
        yield from _in_answers(part, name, path, lot)
        yield from _in_asking(part, name, path)


def _in_answers(part: Any, name: str, path: tuple[int, ...], lot: random.Random) -> Drawn:
    """Answers gone, more, under another's label, or filled in."""
    values = part.get("values") or []
    if len(values) > 1:
        number = lot.randrange(len(values))
        yield "antwoord weg", name, (_less, path, number)
        yield "antwoord erbij", name, (_more, path)
        one, other = lot.sample(range(len(values)), 2)
        yield "labels van antwoorden verwisseld", name, (_relabel, path, one, other)
    if part["type"] in ("radio", "select") and values:
        value = lot.choice(values)["value"]
        yield "al ingevuld", name, (_change, path, "defaultValue", value)
    if part["type"] in ("radio", "select", "checklist") and "key" in part:
        yield "vrije tekst in plaats van keuze", name, (_free, path)


def _in_asking(part: Any, name: str, path: tuple[int, ...]) -> Drawn:
    """Questions asked always, never, in other cases or under another key."""
    if part.get("conditional"):
        yield "altijd gevraagd", name, (_change, path, "conditional", None)
        yield "voorwaarde van een vraag andersom", name, (_unhide, path)
    elif "key" in part:
        yield "nooit gevraagd", name, (_change, path, "conditional", {"hide": "=true"})
    if part["type"] == "expression":
        yield "antwoord vast ja", name, (_change, path, "expression", '="ja"')
    if "key" in part:
        yield "sleutel anders", name, (_change, path, "key", f"{part['key']}_nieuw")


def _parts(form: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    for number, part in enumerate(form.get("components", ())):
        yield (*path, number), part
        yield from _parts(part, (*path, number))


def _around(form: Any, path: tuple[int, ...]) -> Any:
    for number in path[:-1]:
        form = form["components"][number]
    return form["components"]


def _part(form: Any, path: tuple[int, ...]) -> Any:
    return _around(form, path)[path[-1]]


def _gone(form: Any, path: tuple[int, ...]) -> None:
    _around(form, path).pop(path[-1])


def _without(form: Any, path: tuple[int, ...], part: str, name: str) -> None:
    del _part(form, path)[part][name]


def _less(form: Any, path: tuple[int, ...], number: int) -> None:
    del _part(form, path)["values"][number]


def _more(form: Any, path: tuple[int, ...]) -> None:
    _part(form, path)["values"].append({"value": "weet_niet", "label": "Weet ik niet"})


def _change(form: Any, path: tuple[int, ...], name: str, value: Any) -> None:
    part = _part(form, path)
    part.pop(name, None)
    if value is not None:
        part[name] = value


def _mark(form: Any, path: tuple[int, ...], mark: str, value: str) -> None:
    _part(form, path)["properties"][mark] = value


def _relabel(form: Any, path: tuple[int, ...], one: int, other: int) -> None:
    values = _part(form, path)["values"]
    values[one]["label"], values[other]["label"] = values[other]["label"], values[one]["label"]


def _free(form: Any, path: tuple[int, ...]) -> None:
    part = _part(form, path)
    part["type"] = "textfield"
    for name in ("values", "valuesExpression", "valuesKey"):
        part.pop(name, None)


def _unhide(form: Any, path: tuple[int, ...]) -> None:
    condition = _part(form, path)["conditional"]
    condition["hide"] = f"=not({condition['hide'].lstrip('=')})"


# --- tables, spelregels, settings --------------------------------------------------------------------------------


def _in_table(root: Tree, lot: random.Random) -> Drawn:
    rows = [row.get("id") for row in root.iter(f"{DMN}rule")]
    results = sorted({text.text for text in root.iterfind(f".//{DMN}outputEntry/{DMN}text")})
    for id in rows:
        yield "rij weg", id, (_row_gone, id)
        other = lot.choice([text for text in results if text != _at(root, id).findtext(f"{DMN}outputEntry/{DMN}text")])
        yield "ander advies", id, (_cell, id, "outputEntry", 0, other)
        cells = [n for n, c in enumerate(_at(root, id).findall(f"{DMN}inputEntry")) if c.findtext(f"{DMN}text") != "-"]
        if cells:
            yield "cel leeg", id, (_cell, id, "inputEntry", lot.choice(cells), "-")
            yield "cel anders", id, (_cell, id, "inputEntry", lot.choice(cells), '"nee"')
    for one, other in pairwise(rows):
        yield "rijen omgewisseld", one, (_before, one, other)
    for asked in root.iter(f"{DMN}inputExpression"):
        text = asked.findtext(f"{DMN}text")
        if changed := next(
            (text.replace(a, b) for a, b in ((" < ", " > "), (" >= ", " <= "), ("2Y", "9Y")) if a in text), ""
        ):
            yield "kolom anders", asked.get("id"), (_text, asked.get("id"), changed)
    for table in root.iter(f"{DMN}decisionTable"):
        yield "andere telling", table.get("id"), (_attribute, table.get("id"), "hitPolicy", "COLLECT")


def _row_gone(root: Tree, id: str) -> None:
    row = _at(root, id)
    row.getparent().remove(row)


def _before(root: Tree, one: str, other: str) -> None:
    _at(root, one).addprevious(_at(root, other))


def _cell(root: Tree, id: str, kind: str, number: int, text: str) -> None:
    _at(root, id).findall(f"{DMN}{kind}")[number].find(f"{DMN}text").text = text


def _text(root: Tree, id: str, text: str) -> None:
    _at(root, id).find(f"{DMN}text").text = text


def _in_rules(known: Any, lot: random.Random) -> Drawn:
    for number, rule in enumerate(known["spelregels"]):
        name = rule["id"]
        yield "spelregel weg", name, (_take, "spelregels", number)
        yield "spelregel vrijwillig", name, (_put, "spelregels", number, "verplicht", "nee")
        if not rule.get("mag_ontbreken"):
            yield "spelregel mag ontbreken", name, (_put, "spelregels", number, "mag_ontbreken", "ja")
        for part in ("a", "b"):
            if isinstance(rule.get(part), list):
                yield "spelregel wijst minder aan", name, (_take, "spelregels", number, part, -1)
        if "hoogstens" in rule:
            yield "spelregel later", name, (_put, "spelregels", number, "hoogstens", "P2Y")
        excuse = {"fase": lot.choice(["overleg", "intake"])}
        yield "spelregel met een uitzondering", name, (_put, "spelregels", number, "tenzij", excuse)


def _in_settings(known: Any, lot: random.Random) -> Drawn:
    """Roles, terms, whose yes counts, what an organisation needs, kinds of data, texts that a family hears."""
    core = ("aanmelder", "coordinator", "procesregisseur", "casusregisseur", "kernpartner")
    for id in core:
        role = known["rollen"][id]
        other = lot.choice([name for name in core if name != id])
        yield "rol doet ook", id, (_put, "rollen", id, "doet_ook", [other])
        yield "rol weg", id, (_take, "rollen", id)
        if "overziet" in role:
            yield "rol ziet niets meer", id, (_take, "rollen", id, "overziet")
        else:
            yield "rol ziet alles", id, (_put, "rollen", id, "overziet", ["casus"])
    for id, term in known["termijnen"].items():
        if id.startswith("opzet"):
            continue
        if amount := re.search(r"[1-9]\d*", term["duur"]):
            longer = term["duur"].replace(amount[0], str(int(amount[0]) * 4), 1)
            yield "termijn langer", id, (_put, "termijnen", id, "duur", longer)
        yield "termijn weg", id, (_take, "termijnen", id)
        since = "geboortedatum" if term["vanaf"] != "geboortedatum" else "taak"
        yield "termijn telt anders", id, (_put, "termijnen", id, "vanaf", since)


def _in_promises(known: Any, lot: random.Random) -> Drawn:
    """Whose yes counts, what an organisation needs, texts that a family hears."""
    for age, voices in known["zeggenschap"].items():
        yield "zeggenschap minder", age, (_take, "zeggenschap", age, -1)
        turned = ["gezag"] if voices == ["zelf"] else ["zelf"]
        yield "zeggenschap anders", age, (_put, "zeggenschap", age, turned)
    for sort, purposes in known["nodig"].items():
        for purpose, need in purposes.items():
            name = f"{sort}.{purpose}"
            more = lot.choice([k for k in known["gegevenssoorten"] if k not in need["soorten"]])
            yield "nodig ruimer", name, (_put, "nodig", sort, purpose, "soorten", [*need["soorten"], more])
            yield "nodig krapper", name, (_put, "nodig", sort, purpose, "soorten", need["soorten"][:-1])
            yield "nodig andere grond", name, (_put, "nodig", sort, purpose, "grond", "wettelijke_taak")
            yield "nodig weg", name, (_take, "nodig", sort, purpose)
    for kind in known["gegevenssoorten"]:
        yield "gegevenssoort weg", kind, (_take, "gegevenssoorten", kind)
        for part in ("uitleg", "gesproken", "naam"):
            yield f"{part} van een gegevenssoort leeg", kind, (_put, "gegevenssoorten", kind, part, "")
        other = lot.choice([k for k in known["gegevenssoorten"] if k != kind])
        yield (
            "gegevenssoort met de uitleg van een andere",
            kind,
            (_put, "gegevenssoorten", kind, known["gegevenssoorten"][other]),
        )
    for id in known["teksten"]:
        yield "tekst van de regio weg", id, (_take, "teksten", id)
        yield "tekst van de regio leeg", id, (_put, "teksten", id, "")


def _put(settings: Any, *path: Any) -> None:
    """Put the last of these at the place that the others name."""
    *names, last, value = path
    for name in names:
        settings = settings[name]
    settings[last] = value


def _take(settings: Any, *path: Any) -> None:
    """Take away what stands at the place that these name."""
    *names, last = path
    for name in names:
        settings = settings[name]
    del settings[last]

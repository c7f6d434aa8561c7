"""What a region wrote and nobody reads: files in a place or under a name that no diagram asks for, and words in forms
and diagrams that mean nothing. It would count for nothing without a word, so it is not published.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from engine import forms
from engine.checks.rule import Change, Finding, Mend, Rule, Topic
from engine.decisions import Decision
from engine.definitions import Definition, sociale_kaart
from engine.definitions.kinds import Kind
from engine.definitions.letters import FOLDER, file_of, is_opening
from engine.definitions.markup import CAMUNDA, NAMES, parse
from engine.forms.reading import CONDITION, SENTENCE
from engine.likeness import certain, choice, likely, meant
from engine.words import Letter

SUFFIXES = frozenset({".bpmn", ".dmn", ".form", ".yaml", ".yml", ".csv"})
SPELREGELS, EXAMPLES, REGIONS = "spelregels.yaml", "voorbeelden", "regios"
SETTINGS = frozenset({"regio.yaml", "demo.yaml", "beginnen.yaml", "knelpunten.yaml"})
FORM = frozenset(
    {"components", "executionPlatform", "executionPlatformVersion", "exporter", "id", "schemaVersion", "type"}
)
QUESTION = frozenset(
    {"register", forms.KIND, forms.ABOUT, CONDITION, SENTENCE, "kies_persoon", "kies_betrokkene"}
    | {forms.CHOOSES_TOPIC}
    | {"kies_knooppunt", "regel", "ingeklapt"}
    | {"aan_tafel", "planning"}
)
"""The properties of a question that are read somewhere."""
ATTRIBUTES: Mapping[str, str] = {
    "assignee": "Wie de stap doet, staat bij de rollen. Voor één mens is er de eigenschap 'toewijzen'.",
    "candidateUsers": "Wie de stap doet, staat bij de rollen. Voor één mens is er de eigenschap 'toewijzen'.",
    "dueDate": "Kies bij de eigenschap 'termijn' een termijn uit regio.yaml.",
    "followUpDate": "Kies bij de eigenschap 'termijn' een termijn uit regio.yaml.",
    "priority": "Haal het weg: de werklijst staat op termijn.",
    "formKey": "Kies bij 'Form' een formulier ('Camunda Form').",
}
"""What the Modeler offers at a task for Camunda, and Knooppunt does not read, with where it does belong."""

_WHY = "Wat niemand leest, telt niet mee. Wie het schreef, denkt van wel."
UNUSED = Rule(
    "los_bestand",
    Topic.REFERENCES,
    "Elk bestand staat waar het wordt gelezen, onder de naam waar een diagram naar vraagt.",
    _WHY,
    "Geef het de naam en de plek waar ernaar wordt gevraagd, of haal het weg.",
    wrong={"formulieren/vragn.form": "- {type: textfield, key: waarom, label: Waarom}"},
    right="begin > bellen > klaar",
)
UNREAD_WORD = Rule(
    "formulier_ongelezen",
    Topic.REFERENCES,
    "Elk woord in een formulier betekent iets voor Knooppunt.",
    _WHY,
    "Verander de naam, of haal hem weg.",
    wrong={
        "formulieren/vragen.form": "- {type: textfield, key: waarom, label: Waarom, properties: {gegeven: verhaal}}"
    },
    right={"formulieren/vragen.form": "- {type: textfield, key: waarom, label: Waarom}"},
)
UNREAD_FIELD = Rule(
    "veld_ongelezen",
    Topic.REFERENCES,
    "Bij een stap staat alleen wat Knooppunt leest, en elke eigenschap één keer.",
    _WHY,
    "Haal het weg, of zet het bij de eigenschap die wel wordt gelezen.",
    wrong="begin > bellen > klaar\nbellen: camunda:dueDate=2026-03-02",
    right="begin > bellen > klaar",
)


def unread(definition: Definition, tables: Mapping[str, tuple[Decision, ...]]) -> tuple[Finding, ...]:
    """What no case, page or text of this definition reads; `tables` are the decisions in its files."""
    findings = [*_files(definition, tables)]
    for name, content in definition.files.items():
        if name.endswith(".form"):
            findings += _in_form(content, name)
        elif name.removesuffix(".bpmn") in definition.processes:
            findings += _in_diagram(content, name)
    return tuple(findings)


# --- files -----------------------------------------------------------------------------------------------------


def _files(definition: Definition, tables: Mapping[str, tuple[Decision, ...]]) -> Iterator[Finding]:
    """Files beside the diagrams that none of these asks for: often a name that was typed wrong elsewhere."""
    elements = [e for process in definition.processes.values() for e in process.elements.values()]
    asked = {e.form for e in elements if e.kind == Kind.USER_TASK}
    decided = {e.decision for e in elements}
    read: dict[str, str] = {}
    for name in sorted(definition.files):
        path = PurePosixPath(name)
        if path.suffix == ".bpmn" and name.removesuffix(".bpmn") not in definition.processes:
            yield _unused(name, f"Het diagram '{path.stem}' wordt nergens gebruikt.", definition.processes)
        elif path.suffix == ".form" and path.stem not in asked:
            yield _unused(name, f"Het formulier '{path.stem}' wordt nergens gebruikt.", asked)
        elif path.suffix == ".form" and path.stem in read:
            message = (
                f"Het formulier '{path.stem}' staat er twee keer, ook als '{read[path.stem]}'. Er wordt er een gelezen."
            )
            yield UNUSED.breach(name, message=message, advice="Haal er een weg.")
        elif name in tables and not {table.id for table in tables[name]} & decided:
            yield _unused(name, f"De beslistabel in '{name}' wordt nergens gebruikt.", decided)
        read.setdefault(path.stem if path.suffix == ".form" else name, name)


def _unused(name: str, message: str, asked: Iterable[str]) -> Finding:
    return UNUSED.breach(name, message=message, advice=meant(PurePosixPath(name).stem, [*asked], UNUSED.advice))


def strays(root: Path, processes: Collection[str], region: str = "") -> tuple[Finding, ...]:
    """Files in a workflows folder, or in that of one region, which stand where nothing looks for them."""
    top = root / REGIONS / region if region else root
    files = sorted(
        path
        for path in top.rglob("*")
        if (path.suffix.lower() in SUFFIXES or path.parent.name == FOLDER) and path.is_file()
    )
    names = [path.relative_to(top) for path in files]
    known = {PurePosixPath(name).name: PurePosixPath(name) for name in names if _is_read(name, processes)}
    findings = []
    for name in names:
        hidden = any(part.startswith(".") for part in name.parts)
        if hidden or _is_read(name, processes) or (not region and name.parts[0] == REGIONS and len(name.parts) > 2):
            continue
        place = name.as_posix() if not region else f"{REGIONS}/{region}/{name.as_posix()}"
        message = f"Het bestand '{place}' staat op een plek of onder een naam waar niemand het leest."
        near = likely(name.name, known)
        like = f"Het lijkt op '{known[near]}'. " if near else ""
        findings.append(UNUSED.breach(place, message=message, advice=like + UNUSED.advice))
    return tuple(findings)


def _is_read(name: Path, processes: Collection[str]) -> bool:
    """Whether something looks for a file of this name, as it stands below the folder of all or of a region."""
    if len(name.parts) == 1:
        return name.name in SETTINGS
    process, *rest = name.parts
    if process == FOLDER:
        return is_opening(name.as_posix()) or name.as_posix() in {file_of(letter) for letter in Letter}
    if process == sociale_kaart.FOLDER:
        return name.as_posix() in {f"{sociale_kaart.FOLDER}/{sheet}.csv" for sheet in sociale_kaart.Sheet}
    if process not in processes:
        return False
    if name.suffix in (".bpmn", ".dmn", ".form"):
        return True  # whether a diagram asks for it is told with the process
    return rest == [SPELREGELS] or (rest[:-1] == [EXAMPLES] and name.suffix == ".yaml")


# --- words -----------------------------------------------------------------------------------------------------


def _in_form(content: bytes, file: str) -> Iterator[Finding]:
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    form = json.loads(content.decode("utf-8-sig"), object_pairs_hook=once)
    for name in twice:
        message = f"In dit formulier staat '{name}' twee keer op dezelfde plek. De eerste wordt niet gelezen."
        yield UNREAD_WORD.breach(file, message=message, advice="Haal er een weg.")
    for name in sorted(form.keys() - FORM):
        yield _strange(file, "", "", f"In dit formulier staat '{name}'. Dat wordt niet gelezen.", name, FORM)
    yield from _in_parts(form.get("components", []), file)


def _in_parts(parts: Iterable[Mapping[str, Any]], file: str) -> Iterator[Finding]:
    for part in parts:
        title = str(part.get("label") or part.get("dateLabel") or part.get("key") or part["id"])
        for name in sorted(part.get("properties", {}).keys() - QUESTION):
            message = f"Bij de vraag '{title}' staat de eigenschap '{name}'. Die wordt niet gelezen."
            yield _strange(file, part["id"], title, message, name, QUESTION)
        yield from _in_parts(part.get("components", []), file)


def _strange(file: str, id: str, title: str, message: str, name: str, allowed: Collection[str]) -> Finding:
    sure = certain(name, allowed)
    mend = Mend(id, Change.RENAME, name, sure) if sure else None
    return UNREAD_WORD.breach(file, id, message, choice(name, allowed), name=title, mend=mend)


def _in_diagram(content: bytes, file: str) -> Iterator[Finding]:
    root = parse(content, file)
    defaults = {node.get("default") for node in root.iter() if node.get("default")}
    for flow in root.iterfind(".//bpmn:sequenceFlow", NAMES):
        if flow.get("id") in defaults and flow.find("bpmn:conditionExpression", NAMES) is not None:
            name = " ".join((flow.get("name") or flow.get("id")).split())
            message = f"De standaardpijl '{name}' heeft een voorwaarde. Die wordt niet gelezen."
            advice = "Haal de voorwaarde weg: de standaardpijl gaat als geen andere pijl past."
            mend = Mend(flow.get("id"), Change.REMOVE, "conditionExpression")
            yield UNREAD_FIELD.breach(file, flow.get("id"), message, advice, name=flow.get("name", ""), mend=mend)
    for node in root.iter():
        name = " ".join((node.get("name") or node.get("id") or "").split())
        given = [
            row.get("name")
            for row in node.iterfind("bpmn:extensionElements/camunda:properties/camunda:property", NAMES)
        ]
        for twice in (key for key in dict.fromkeys(given) if key and given.count(key) > 1):
            message = f"Bij '{name}' staat de eigenschap '{twice}' twee keer. Alleen de laatste wordt gelezen."
            yield UNREAD_FIELD.breach(file, node.get("id", ""), message, "Haal er een weg.", name=name)
        for attribute, advice in ATTRIBUTES.items():
            if node.get(f"{{{CAMUNDA}}}{attribute}"):
                message = f"Bij '{name}' is '{attribute}' van Camunda ingevuld. Dat wordt niet gelezen."
                mend = Mend(node.get("id", ""), Change.REMOVE, f"camunda:{attribute}")
                yield UNREAD_FIELD.breach(file, node.get("id", ""), message, advice, name=name, mend=mend)

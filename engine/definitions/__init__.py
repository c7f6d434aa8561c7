"""Files of a region → frozen definitions.

A *process* is one `.bpmn` file (file name = process id). A *definition* is everything that cases of one root
process need: that process, the processes it calls, their forms and decision tables, and the region's settings.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from engine import forms
from engine.definitions.diagram import read_process, read_processes
from engine.definitions.filling import form_named, process_named, settings_named
from engine.definitions.kinds import Kind
from engine.definitions.letters import FOLDER
from engine.definitions.markup import refuse
from engine.definitions.model import (
    EVERY_PAGE,
    Bounds,
    DataKind,
    Deadline,
    Definition,
    Element,
    Event,
    Flow,
    Lane,
    Link,
    Loop,
    Need,
    Note,
    Organisation,
    Process,
    Retention,
    Role,
    Settings,
    Since,
    Source,
    Upkeep,
)
from engine.definitions.registers import REGISTERS
from engine.definitions.settings import mapping, read_settings
from engine.errors import DefinitionError, Problem
from engine.likeness import choice, meant

__all__ = [
    "EVERY_PAGE",
    "Bounds",
    "DataKind",
    "Deadline",
    "Definition",
    "Element",
    "Event",
    "Flow",
    "Lane",
    "Link",
    "Loop",
    "Need",
    "Note",
    "Organisation",
    "Process",
    "Retention",
    "Role",
    "Settings",
    "Since",
    "Source",
    "Upkeep",
    "assemble",
    "gather",
    "load",
    "read_process",
    "read_processes",
    "read_settings",
]


def load(root: Path, process: str, region: str | None = None) -> Definition:
    """The definition of the root process `process` for a region, from the workflows folder `root`.

    Files of `regios/<region>/` stand in for the general ones at the same path. Raises DefinitionError with
    everything that is wrong at once.
    """
    return assemble(process, region or "", *gather(root, process, region))


def gather(root: Path, process: str, region: str | None = None) -> tuple[dict[str, bytes], frozenset[str]]:
    """The files of a process, with the texts of the mails, and the paths that the region overrides. `regio.yaml` comes
    merged, as JSON.
    """
    folders = [root] + ([root / "regios" / region] if region else [])
    if region and not folders[-1].is_dir():
        advice = choice(region, [folder.name for folder in root.glob("regios/*") if folder.is_dir()])
        message = f"De regio '{region}' bestaat niet in workflows/regios/. {advice}"
        raise refuse(f"regios/{region}", "", "regio_onbekend", message)
    if not (root / process).is_dir():
        advice = choice(process, {file.parent.name for file in root.glob("*/*.bpmn")})
        message = f"Er is geen map workflows/{process} met diagrammen. {advice}"
        raise refuse(process, "", "proces_onbekend", message)
    files: dict[str, bytes] = {}
    overridden: set[str] = set()
    settings: dict[str, Any] = {}
    for folder in folders:
        if (own := folder / "regio.yaml").is_file():
            settings = _laid_over(settings, mapping(own.read_bytes(), own.relative_to(root).as_posix()))
        for name, content in _own(folder, process):
            if name == "spelregels.yaml" and folder is not root:
                name = "spelregels.regio.yaml"  # beside the rules that hold everywhere, never in their place
            files[name] = content
            if folder is not root:
                overridden.add(name)
    files["regio.yaml"] = json.dumps(settings, ensure_ascii=False, default=str).encode()
    return files, frozenset(overridden)


def _own(folder: Path, process: str) -> Iterator[tuple[str, bytes]]:
    """The files of a process that stand in the folder of all or of a region, and the texts of the mails there."""
    inside = folder / process
    for path in sorted(inside.rglob("*")) if inside.is_dir() else ():
        if path.suffix in (".bpmn", ".dmn", ".form") or path.name == "spelregels.yaml":
            yield path.relative_to(inside).as_posix(), path.read_bytes()
    for path in sorted((folder / FOLDER).glob("*.md")):
        yield f"{FOLDER}/{path.name}", path.read_bytes()


def _laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        merged[key] = _laid_over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def assemble(process: str, region: str, files: Mapping[str, bytes], overridden: Iterable[str] = ()) -> Definition:
    """The definition that these files make; DefinitionError names every file that can't be used."""
    problems: list[Problem] = []
    settings = settings_named(read_settings(files.get("regio.yaml", b""), region))
    processes = {id_: process_named(drawn, settings) for id_, drawn in _reachable(process, files, problems).items()}
    read_forms: dict[str, forms.Form] = {}
    for name in sorted(files):
        if name.endswith(".form"):
            try:
                form = forms.read(files[name], name)
                read_forms[Path(name).stem] = form_named(form, settings)
            except DefinitionError as error:
                problems.extend(error.problems)
    if problems:
        raise DefinitionError(problems)
    digest = hashlib.sha256(f"{region}\0{process}\0".encode())
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return Definition(
        id=process,
        version=digest.hexdigest(),
        settings=settings,
        processes=processes,
        forms=_marked(processes, read_forms),
        files=dict(files),
        overridden=frozenset(overridden),
    )


def _marked(processes: Mapping[str, Process], read_forms: Mapping[str, forms.Form]) -> dict[str, forms.Form]:
    """The forms, with the marks that follow from the register that a step fills or from its whole process."""
    marked = dict(read_forms)
    for process in processes.values():
        whole = {forms.ABOUT: forms.PROCESS} if process.properties.get(forms.ABOUT) == forms.PROCESS else {}
        for step in process.user_tasks:
            form = read_forms.get(step.form)
            if form is None:
                continue
            register = REGISTERS.get(step.properties.get("register", ""))
            implied = register.marks(form) if register else {}
            marked[step.form] = forms.marked(form, implied, whole)
    return marked


def _reachable(process: str, files: Mapping[str, bytes], problems: list[Problem]) -> dict[str, Process]:
    """The root process and all that it calls, in the order in which they are met."""
    processes: dict[str, Process] = {}
    waiting = [(process, "", "")]
    while waiting:
        id, caller, element = waiting.pop(0)
        if id in processes:
            continue
        content = files.get(f"{id}.bpmn")
        if content is None:
            file = f"{caller}.bpmn" if caller else f"{id}.bpmn"
            drawn = [name.removesuffix(".bpmn") for name in files if name.endswith(".bpmn")]
            advice = meant(id, drawn, "Zet het naast de andere diagrammen, of roep een diagram aan dat er wel is.")
            message = f"Het diagram '{id}.bpmn' wordt aangeroepen maar is er niet. {advice}"
            problems.append(Problem(file, element, "verwijzing", message))
            continue
        try:
            processes[id], wrong = read_process(content, f"{id}.bpmn")
        except DefinitionError as error:
            problems.extend(error.problems)
            continue
        problems.extend(wrong)
        calls = (e for e in processes[id].elements.values() if e.kind == Kind.CALL_ACTIVITY and e.called)
        waiting.extend((e.called, id, e.id) for e in calls)
    return processes

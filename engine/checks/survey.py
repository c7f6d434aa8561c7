"""A file, a folder or a region → everything that both gates have to tell about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine import definitions
from engine.checks import gates
from engine.checks.dialect import dialect
from engine.checks.filled import demo, filled, kaart
from engine.checks.finding import by_importance, from_problem
from engine.checks.origin import elsewhere, origin
from engine.checks.patience import TooLongError, at_most
from engine.checks.proven import OF_REGION, RULES
from engine.checks.reading import EMPTY, NO_FILE, SEVERAL, UNFINISHED
from engine.checks.rule import Finding
from engine.checks.terms import terms
from engine.checks.unread import SETTINGS, strays
from engine.definitions import Definition, Process, sociale_kaart
from engine.definitions.letters import FOLDER
from engine.definitions.markup import MAXIMUM_BYTES
from engine.errors import DefinitionError

SUFFIXES = (".bpmn", ".bpmn2", ".bpmn20.xml", ".bpmn.xml", ".form", ".dmn")
SECONDS_TO_READ, SECONDS_TO_PLAY = 1.8, 2.8
MOST_PROCESSES = 10
"""Up to this many processes in one file each is looked at by itself, beside that there should be one."""


@dataclass(frozen=True)
class Home:
    """Where a file belongs: the workflows folder, the process in it, and the region that it is of, or ""."""

    root: Path
    process: str
    region: str = ""


@dataclass(frozen=True)
class Report:
    """What was found, the most important first; `processes` are the diagrams that could be read, by file, and
    `definitions` those of whole processes, with where they come from. `part_of` is the process of which only one file
    was looked at: nothing is said then of its spelregels.
    """

    findings: tuple[Finding, ...]
    processes: Mapping[str, Process] = field(default_factory=dict)
    definitions: tuple[tuple[Home, Definition], ...] = ()
    part_of: Home | None = None


def survey(path: Path, region: str = "") -> Report:
    """Put a file or folder through both gates. Never raises for what a file holds.

    Inside a workflows folder a file is looked at in its place, with the settings of its region; anywhere else
    by itself. Raises DefinitionError where a region is asked for that does not exist.
    """
    if path.is_file():
        beside = path.resolve().parents[path.parent.name == sociale_kaart.FOLDER]
        if (path.name in SETTINGS or path.suffix == ".csv") and (region_of := _region_of(beside)):
            return _settings(path, *region_of)
        home = home_of(path)
        return _in_place(path, home) if home is not None else _loose([(path, path.name)])
    if not path.is_dir():
        message = "Er is geen gewoon bestand en geen map met deze naam."
        return Report((NO_FILE.breach(str(path), message=message, advice="Kijk de naam na."),))
    roots = roots_of(path)
    if roots:
        regions = [region] if region else ["", *_regions(path)]
        made = [_definition(Home(path, process, name)) for name in regions for process in roots]
        return _together([*made, *(_filled(path, name, made, len(roots)) for name in regions)])
    if (path / f"{path.name}.bpmn").is_file() and (path.parent / "regio.yaml").is_file():
        return _definition(Home(path.parent, path.name, region))
    if path.parent.name == "regios" and roots_of(path.parent.parent):
        return survey(path.parent.parent, path.name)  # the folder of a region is looked at as that region
    files = sorted(f for f in path.rglob("*") if f.name.lower().endswith(SUFFIXES) and f.is_file())
    if not files:
        message = "In deze map staan geen diagrammen, formulieren of tabellen."
        return Report((EMPTY.breach(str(path), message=message, advice="Kies een andere map."),))
    return _loose([(file, file.relative_to(path).as_posix()) for file in files])


def roots_of(folder: Path) -> tuple[str, ...]:
    """The root processes in a workflows folder, () where it is none."""
    if not (folder / "regio.yaml").is_file():
        return ()
    return tuple(sorted(f.name for f in folder.iterdir() if (f / f"{f.name}.bpmn").is_file()))


def home_of(file: Path) -> Home | None:
    """The place of a file in a workflows folder, None where it stands by itself."""
    above = file.resolve().parents
    for depth, folder in enumerate(above[:-1]):
        process, root = folder.name, above[depth + 1]
        if (root / process / f"{process}.bpmn").is_file() and (root / "regio.yaml").is_file():
            return Home(root, process)
        workflows = root.parent.parent
        if root.parent.name == "regios" and (workflows / process / f"{process}.bpmn").is_file():
            return Home(workflows, process, root.name)
    return None


def _regions(root: Path) -> list[str]:
    folder = root / "regios"
    return sorted(f.name for f in folder.iterdir() if f.is_dir()) if folder.is_dir() else []


def _definition(home: Home, spelregels_too: bool = True) -> Report:
    """One root process of a region, with the names of files as they stand below the workflows folder."""
    try:
        files, overridden = definitions.gather(home.root, home.process, home.region or None)
    except DefinitionError as error:
        if any(problem.rule != "yaml" for problem in error.problems):
            raise  # there is no such region
        return Report(tuple(from_problem(problem, {}) for problem in error.problems))

    def place(file: str) -> str:
        own = f"regios/{home.region}/" if home.region and (file in overridden or file == "regio.yaml") else ""
        beside = file == "regio.yaml" or file.startswith(f"{FOLDER}/")
        return own + (file if beside else f"{home.process}/{file.replace(OF_REGION, RULES)}")

    made: tuple[tuple[Home, Definition], ...] = ()
    try:
        definition = definitions.assemble(home.process, home.region, files, overridden)
        processes = {p.file: p for p in definition.processes.values()}
        findings, made = gates.examine(definition, spelregels_too), ((home, definition),)
    except DefinitionError as error:
        processes = _readable(files)
        causes = [from_problem(problem, processes) for problem in error.problems]
        for file in processes:
            causes += elsewhere(files[file], file)
        for process in processes.values():
            causes += [*gates.first(files[process.file], process.file)[1], *gates.drawn(process)]
        findings = by_importance(causes)
    return Report(
        tuple(_at(f, place) for f in findings),
        {place(f): p for f, p in processes.items()},
        made,
    )


def _at(finding: Finding, place: Callable[[str], str]) -> Finding:
    """A finding with its files as they stand below the workflows folder."""
    mend = replace(finding.mend, file=place(finding.mend.file)) if finding.mend is not None else None
    places = tuple((place(file), id) for file, id in finding.places)
    return replace(finding, file=place(finding.file), places=places, mend=mend)


def _filled(root: Path, region: str, reports: list[Report], count: int) -> Report:
    """What a region fills in by hand and that counts for nothing; of a process that can't be read nobody knows."""
    made = [definition for report in reports for home, definition in report.definitions if home.region == region]
    return Report(beside(root, region, made) if len(made) == count else ())


def beside(root: Path, region: str, definitions: Sequence[Definition]) -> tuple[Finding, ...]:
    """What is wrong beside the processes of a region, of which these are all: in what it fills in by hand, and files
    that stand where nobody reads them.
    """
    folder = f"regios/{region}/" if region else ""
    settings, people = f"{folder}regio.yaml", f"{folder}demo.yaml"
    findings: list[Finding] = []
    if (root / settings).is_file():
        content, general = (root / settings).read_bytes(), (root / "regio.yaml").read_bytes()
        findings += [*terms(content, general, definitions, settings), *filled(content, general, definitions, settings)]
    if (root / people).is_file():
        findings += demo((root / people).read_bytes(), definitions, people)
    if definitions:
        findings += kaart(root, region, definitions[0].settings)
    roots = roots_of(root)
    return (*findings, *(f for name in dict.fromkeys(("", region)) for f in strays(root, roots, name)))


def _readable(files: Mapping[str, bytes]) -> dict[str, Process]:
    processes = {name: gates.first(content, name)[0] for name, content in files.items() if name.endswith(".bpmn")}
    return {name: process for name, process in processes.items() if process is not None}


def _region_of(folder: Path) -> tuple[Path, str] | None:
    """The workflows folder in which a folder holds the settings of all regions or of one, and that region."""
    if roots_of(folder):
        return folder, ""
    root = folder.parent.parent
    return (root, folder.name) if folder.parent.name == "regios" and roots_of(root) else None


def _settings(path: Path, root: Path, region: str) -> Report:
    """The settings or the people of the demo of a region, looked at with the processes that ask for them."""
    roots = roots_of(root)
    made = [_definition(Home(root, process, region), spelregels_too=False) for process in roots]
    whole = _together([*made, _filled(root, region, made, len(roots))])
    name = path.resolve().relative_to(root).as_posix()
    return Report(tuple(f for f in whole.findings if f.file == name), part_of=Home(root, roots[0], region))


def _in_place(path: Path, home: Home) -> Report:
    """One file of a workflows folder, looked at with all that surrounds it; the spelregels are of the whole."""
    part = path.name != RULES
    whole = _definition(home, spelregels_too=not part)
    name = path.resolve().relative_to(home.root.resolve()).as_posix()
    findings = tuple(finding for finding in whole.findings if finding.file == name)
    processes = {file: process for file, process in whole.processes.items() if file == name}
    return Report(findings, processes, part_of=home if part else None)


def _loose(files: list[tuple[Path, str]]) -> Report:
    """Files without a region around them: what they say by themselves."""
    reports = [_alone(path, name) for path, name in files]
    return _together(reports)


def _alone(path: Path, name: str) -> Report:
    try:
        content = read(path)
    except OSError:
        message = "Dit bestand is niet te openen."
        return Report((NO_FILE.breach(name, message=message, advice="Kijk of je het mag lezen."),))
    return _looked_at(content, name)


def _looked_at(content: bytes, name: str) -> Report:
    """What one file has to tell, in time: a file by somebody else may hold anything."""
    findings: list[Finding] = []
    processes: dict[str, Process] = {}
    try:
        with at_most(SECONDS_TO_READ):
            process, first = gates.first(content, name)
            processes = {name: process} if process is not None else {}
            findings = [*first]
            if any(finding.rule is SEVERAL for finding in first):
                findings += _each(content, name)
            if first and not name.lower().endswith((".form", ".dmn")):
                findings += origin(content, name)
            else:
                findings += elsewhere(content, name)
            if name.lower().endswith(".dmn"):
                findings += gates.tabled(content, name)
        if process is not None:
            with at_most(SECONDS_TO_PLAY):
                findings += gates.alone(process, first)
    except (TooLongError, RecursionError, MemoryError):
        message = "Dit diagram is zo groot of zo ingewikkeld dat het niet helemaal is nagekeken."
        findings.append(UNFINISHED.breach(name, message=message))
    except Exception:  # noqa: BLE001 - whatever else a file does to us, the others of a folder still get their answer
        message = "Bij het nakijken van dit bestand ging iets mis. Het is niet helemaal nagekeken."
        findings.append(
            UNFINISHED.breach(name, message=message, advice="Stuur het bestand naar wie Knooppunt beheert.")
        )
    return Report(by_importance(findings), processes)


def _each(content: bytes, name: str) -> Iterator[Finding]:
    """What keeps each process of a file with several from being run, and its dead ends by itself."""
    processes, problems = definitions.read_processes(content, name)
    if len(processes) <= MOST_PROCESSES:
        broken = gates.by_the_standard(content, name)
        for process in processes:
            owned = {process.id, *process.elements, *process.flows}
            own = [problem for problem in problems if problem.element in owned]
            read = (from_problem(problem, {name: process}) for problem in own)
            findings = (*(f for f in broken if f.element in owned), *read, *dialect(process))
            yield from findings
            yield from gates.played(process, findings)


def read(path: Path) -> bytes:
    """The content of a file; of one that is too large no more than shows that it is."""
    with path.open("rb") as file:
        return file.read(MAXIMUM_BYTES + 1)


def _together(reports: list[Report]) -> Report:
    return Report(
        by_importance(f for report in reports for f in report.findings),
        {file: process for report in reports for file, process in report.processes.items()},
        tuple(made for report in reports for made in report.definitions),
    )

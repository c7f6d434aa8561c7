"""The two gates together: what a file may be run by, and what a definition may be published by."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from engine import decisions, definitions, forms
from engine.checks import standard
from engine.checks.answers import answers
from engine.checks.dialect import dialect
from engine.checks.finding import Finding, by_importance, from_problem
from engine.checks.layout import layout
from engine.checks.names import names
from engine.checks.proven import by_itself, soundness, spelregels
from engine.checks.references import details, recursion, references, whole
from engine.checks.rule import Severity
from engine.checks.tables import tables
from engine.checks.texts import texts
from engine.checks.unproved import unproved
from engine.decisions import Decision
from engine.definitions import Definition, Process
from engine.definitions.kinds import ACTIVITIES, SUB_PROCESSES
from engine.errors import DefinitionError, Problem

REMEMBERED = 32
MAXIMUM_TAGS = 200_000
MAXIMUM_STEPS = 3_000
MAXIMUM_PLAYED = 3_000
"""Above this many elements in one diagram it is not proved, and so not published."""
MAXIMUM_LOOKED_AT = 30_000
"""Above this many tags a file by itself is not held against every rule of the standard: it is far from running."""
_STEP = re.compile(
    rb"<(?:\w{1,40}:)?(?:\w{,20}[tT]ask|callActivity|\w{,6}[sS]ubProcess|transaction|\w{1,20}Gateway|\w{1,20}Event)[\s/>]"
)
_ARROW = re.compile(rb"<(?:\w{1,40}:)?(?:sequenceFlow|messageFlow)[\s/>]")
NOT_PLAYED = frozenset({"formulier", "rol", "termijn", "naam", "uitvoerbaar"})
"""Rules of the first gate that say nothing of the ways through a diagram."""

_judged: dict[tuple[str, str, str], tuple[Problem, ...]] = {}


def first(content: bytes, file: str) -> tuple[Process | None, tuple[Problem, ...]]:
    """The first gate on one file: can it be read, and is all that stands in it run? Never raises for what it holds."""
    try:
        if file.endswith(".form"):
            forms.read(content, file)
            return None, ()
        if file.endswith(".dmn"):
            decisions.read(content, file)
            return None, ()
        if huge := _huge(content, file):
            return None, (huge,)
        process, problems = definitions.read_process(content, file)
        broken = standard.breaches(content, file) if content.count(b"<") <= MAXIMUM_LOOKED_AT else ()
    except DefinitionError as error:
        return None, error.problems
    return process, (*broken, *problems, *dialect(process))


def _huge(content: bytes, file: str) -> Problem | None:
    """A file that would take long to read, and that nobody could read as a drawing either."""
    advice = "Knip het in kleinere diagrammen die elkaar aanroepen."
    tags, values = content.count(b"<"), content.count(b"=")
    if tags > MAXIMUM_TAGS * 10 or values > MAXIMUM_TAGS * 10:
        return Problem(file, "", "te veel", f"Dit bestand heeft te veel onderdelen om te lezen ({tags}). {advice}")
    steps, arrows = len(_STEP.findall(content)), len(_ARROW.findall(content))
    inside = content.count(b"ubProcess ") + content.count(b"ubProcess>")
    few = steps <= MAXIMUM_STEPS and arrows <= MAXIMUM_STEPS * 2
    if few and tags <= MAXIMUM_TAGS and tags * inside <= MAXIMUM_TAGS * 100:
        return None
    told = f"Dit diagram is te groot om te lezen: {steps} stappen, rondjes en ruiten, en {arrows} pijlen."
    return Problem(file, "", "te veel", f"{told} {advice}")


def demand(definition: Definition) -> None:
    """Raise DefinitionError with everything that keeps a definition from being run."""
    found = _unrunnable(definition)
    if found:
        raise DefinitionError(found)


def publishable(definition: Definition) -> None:
    """Raise DefinitionError with everything that keeps a definition from being published.

    A version never changes, so what was found for it is remembered.
    """
    key = (definition.id, definition.settings.region, definition.version)
    if key not in _judged:
        while len(_judged) >= REMEMBERED:
            _judged.pop(next(iter(_judged)))
        _judged[key] = tuple(f.problem for f in examine(definition) if f.severity is Severity.ERROR)
    if _judged[key]:
        raise DefinitionError(_judged[key])


def examine(definition: Definition) -> tuple[Finding, ...]:
    """Both gates on a definition; what rests on running it is left out where it can't run."""
    processes = {process.file: process for process in definition.processes.values()}
    runnable = [from_problem(problem, processes) for problem in _unrunnable(definition)]
    found = list(runnable)
    read, unread = _tables(definition.files)
    found += [from_problem(problem, processes) for problem in unread]
    known = frozenset(table.id for tables in read.values() for table in tables)
    unknown = [finding for process in definition.processes.values() for finding in unproved(process)]
    unknown += [_too_large(p) for p in definition.processes.values() if len(p.elements) > MAXIMUM_PLAYED]
    found += unknown
    for process in definition.processes.values():
        found += [*details(definition, process, known), *drawn(process)]
    fields: dict[str, forms.Field] = {f.key: f for form in definition.forms.values() for f in form.input_fields()}
    for file, several in read.items():
        found += [finding for table in several for finding in tables(file, table, fields)]
    rounds = recursion(definition)
    found += [*whole(definition), *rounds, *names(definition, read), *answers(definition, read)]
    stuck = any(f.severity is Severity.ERROR and f.rule not in NOT_PLAYED for f in runnable)
    if not (rounds or unknown or stuck):
        rules, wrong = spelregels(definition)
        found += [*soundness(definition), *rules, *(from_problem(problem, processes) for problem in wrong)]
    return by_importance(found)


def _too_large(process: Process) -> Finding:
    told = f"'{process.name or process.id}' heeft {len(process.elements)} onderdelen. Zo veel is niet na te gaan."
    advice = "Knip dit diagram in kleinere diagrammen die elkaar aanroepen."
    return Finding(process.file, process.id, "te veel", told, name=process.name, advice=advice)


def alone(process: Process, problems: tuple[Problem, ...]) -> tuple[Finding, ...]:
    """What a diagram by itself has to tell beside the problems of the first gate: drawing, texts, and dead ends."""
    found = drawn(process)
    others = {problem.element for problem in problems if problem.rule not in NOT_PLAYED}
    plain = all(process.elements[id].kind in ACTIVITIES - SUB_PROCESSES for id in others if id in process.elements)
    if others <= process.elements.keys() and plain and 0 < len(process.elements) <= MAXIMUM_PLAYED:
        single = by_itself(process)
        found += () if unproved(single.root) else soundness(single)
    return found


def drawn(process: Process) -> tuple[Finding, ...]:
    """What a diagram says of itself without being played: its drawing and its texts."""
    return (*layout(process), *texts(process))


def _unrunnable(definition: Definition) -> list[Problem]:
    found: list[Problem] = []
    for process in definition.processes.values():
        found += standard.breaches(definition.files[process.file], process.file)
        found += [*dialect(process), *references(definition, process)]
    return found


def _tables(files: Mapping[str, bytes]) -> tuple[dict[str, tuple[Decision, ...]], list[Problem]]:
    read: dict[str, tuple[Decision, ...]] = {}
    problems: list[Problem] = []
    for name, content in files.items():
        if PurePosixPath(name).suffix == ".dmn":
            try:
                read[name] = decisions.read(content, name)
            except DefinitionError as error:
                problems.extend(error.problems)
    return read, problems

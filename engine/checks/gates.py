"""The two gates together: what a file may be run by, and what a definition may be published by."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from engine import decisions, definitions, forms
from engine.checks import acting, standard
from engine.checks.answers import answers
from engine.checks.dialect import CHOICE, dialect
from engine.checks.finding import by_importance, from_problem
from engine.checks.kept import kept
from engine.checks.layout import layout
from engine.checks.letters import letters
from engine.checks.names import names
from engine.checks.origin import elsewhere
from engine.checks.privacy import privacy
from engine.checks.promised import promised
from engine.checks.proven import by_itself, soundness, spelregels
from engine.checks.reading import EMPTY, MANY
from engine.checks.references import details, recursion, references, whole
from engine.checks.rule import Finding, Severity
from engine.checks.signs import signs
from engine.checks.tables import tables
from engine.checks.texts import texts
from engine.checks.unlike import unlike
from engine.checks.unproved import unproved
from engine.checks.unread import unread
from engine.decisions import Decision
from engine.definitions import Definition, Process
from engine.definitions.kinds import ACTIVITIES, SUB_PROCESSES, Kind
from engine.definitions.yaml_text import read_yaml
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

_BY_ITSELF = "Dit bestand met instellingen is op zichzelf niet na te kijken."
_IN_ITS_FOLDER = "Zet het in de map met de diagrammen waar het bij hoort, en kijk die map na."

_judged: dict[tuple[str, str, str], tuple[Problem, ...]] = {}


def first(content: bytes, file: str) -> tuple[Process | None, tuple[Finding, ...]]:
    """The first gate on one file: can it be read, and is all that stands in it run? Never raises for what it holds."""
    try:
        if file.endswith(".form"):
            forms.read(content, file)
            return None, ()
        if file.endswith(".dmn"):
            decisions.read(content, file)
            return None, ()
        if file.endswith((".yaml", ".yml")):
            read_yaml(content, file)
            return None, (EMPTY.breach(file, message=_BY_ITSELF, advice=_IN_ITS_FOLDER),)
        if huge := _huge(content, file):
            return None, (huge,)
        process, problems = definitions.read_process(content, file)
        broken = by_the_standard(content, file)
    except DefinitionError as error:
        return None, tuple(from_problem(problem, {}) for problem in error.problems)
    read = (from_problem(problem, {file: process}) for problem in problems)
    return process, (*broken, *read, *dialect(process))


def by_the_standard(content: bytes, file: str) -> tuple[Finding, ...]:
    """Where a file breaks the BPMN standard; nothing of one by itself that is far from running."""
    return standard.breaches(content, file) if content.count(b"<") <= MAXIMUM_LOOKED_AT else ()


def _huge(content: bytes, file: str) -> Finding | None:
    """A file that would take long to read, and that nobody could read as a drawing either."""
    tags, values = content.count(b"<"), content.count(b"=")
    if tags > MAXIMUM_TAGS * 10 or values > MAXIMUM_TAGS * 10:
        return MANY.breach(file, message=f"Dit bestand heeft te veel onderdelen om te lezen ({tags}).")
    steps, arrows = len(_STEP.findall(content)), len(_ARROW.findall(content))
    inside = content.count(b"ubProcess ") + content.count(b"ubProcess>")
    few = steps <= MAXIMUM_STEPS and arrows <= MAXIMUM_STEPS * 2
    if few and tags <= MAXIMUM_TAGS and tags * inside <= MAXIMUM_TAGS * 100:
        return None
    message = f"Dit diagram is te groot om te lezen: {steps} stappen, rondjes en ruiten, en {arrows} pijlen."
    return MANY.breach(file, message=message)


def demand(definition: Definition) -> None:
    """Raise DefinitionError with everything that keeps a definition from being run."""
    if findings := _unrunnable(definition):
        raise DefinitionError([finding.problem for finding in findings])


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


def examine(definition: Definition, spelregels_too: bool = True) -> tuple[Finding, ...]:
    """Both gates on a definition; nothing is proved of one in which a rule is broken that makes that impossible.

    The spelregels cost most, and say something of all diagrams together: who asks for one may leave them.
    """
    processes = {process.file: process for process in definition.processes.values()}
    read, problems = _tables(definition.files)
    findings = [*_unrunnable(definition), *(from_problem(problem, processes) for problem in problems)]
    table_ids = frozenset(table.id for tables in read.values() for table in tables)
    for process in definition.processes.values():
        findings += [
            *elsewhere(definition.files[process.file], process.file),
            *unproved(process),
            *_too_large(process),
            *details(definition, process, table_ids),
            *drawn(process),
        ]
    fields: dict[str, forms.Field] = {f.key: f for form in definition.forms.values() for f in form.input_fields()}
    for file, several in read.items():
        findings += [finding for table in several for finding in tables(file, table, fields)]
    findings += [*whole(definition), *recursion(definition), *names(definition, read), *answers(definition, read)]
    findings += [*unlike(definition, read), *acting.beside(definition, read), *promised(definition, read)]
    findings += [*letters(definition), *signs(definition, read)]
    findings += [*privacy(definition), *(kept(definition) if spelregels_too else ()), *unread(definition, read)]
    if not any(finding.rule.unprovable for finding in findings):
        findings += [*soundness(definition), *(spelregels(definition) if spelregels_too else ())]
    return by_importance(findings)


def _too_large(process: Process) -> Iterator[Finding]:
    if (count := len(process.elements)) > MAXIMUM_PLAYED:
        message = f"'{process.title}' heeft {count} onderdelen. Zo veel is niet na te gaan."
        yield MANY.breach(process.file, process.id, message, name=process.name)


def alone(process: Process, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What a diagram by itself has to tell beside the findings of the first gate: drawing, texts, and dead ends."""
    return (*drawn(process), *played(process, findings))


def tabled(content: bytes, file: str) -> tuple[Finding, ...]:
    """What the tables of a file by itself have to tell, whatever the questions of forms are."""
    read, _ = _tables({file: content})
    return tuple(finding for table in read.get(file, ()) for finding in tables(file, table, {}))


def played(process: Process, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The dead ends of a diagram by itself, where what it broke so far does not keep it from being played."""
    open_choices = {id for id, element in process.elements.items() if element.kind == Kind.EXCLUSIVE_GATEWAY}
    others = {
        finding.element
        for finding in findings
        if finding.rule.unprovable and not (finding.rule is CHOICE and finding.element in open_choices)
    }  # where nothing says which way is taken, we look at each
    plain = {id for id, element in process.elements.items() if element.kind in ACTIVITIES - SUB_PROCESSES}
    if not others <= plain | process.triggers or not 0 < len(process.elements) <= MAXIMUM_PLAYED:
        return ()
    single = by_itself(process)
    return () if unproved(single.root) else soundness(single)


def drawn(process: Process) -> tuple[Finding, ...]:
    """What a diagram says of itself without being played: its drawing and its texts."""
    return (*layout(process), *texts(process), *acting.in_process(process))


def _unrunnable(definition: Definition) -> list[Finding]:
    findings: list[Finding] = []
    for process in definition.processes.values():
        findings += standard.breaches(definition.files[process.file], process.file)
        findings += [*dialect(process), *references(definition, process)]
    return findings


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

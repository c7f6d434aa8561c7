"""May a file be run, and may it be published? The gates between what a region draws and its cases."""

from pathlib import Path

from engine import decisions, definitions, forms
from engine.checks.dialect import dialect
from engine.checks.references import references
from engine.definitions import Definition
from engine.errors import DefinitionError, Problem

__all__ = ["check", "demand", "dialect", "references"]


def check(path: Path) -> tuple[Problem, ...]:
    """All findings of the first gate, reading and dialect, for one file or all files in a folder.

    Never raises for what a file holds: a file that can't be read at all is a finding too.
    """
    if path.is_dir():
        files = sorted(f for f in path.rglob("*") if f.suffix in (".bpmn", ".form", ".dmn") and f.is_file())
        if not files:
            return (Problem(str(path), "", "leeg", "In deze map staan geen diagrammen, formulieren of tabellen."),)
        return tuple(p for f in files for p in _check_file(f, f.relative_to(path).as_posix()))
    if not path.is_file():
        return (Problem(str(path), "", "bestand", "Dit bestand bestaat niet."),)
    return tuple(_check_file(path, path.name))


def _check_file(path: Path, name: str) -> list[Problem]:
    content = path.read_bytes()
    try:
        if path.suffix == ".form":
            forms.read(content, name)
            return []
        if path.suffix == ".dmn":
            decisions.read(content, name)
            return []
        process, problems = definitions.read_process(content, name)
    except DefinitionError as error:
        return list(error.problems)
    return [*problems, *dialect(process)]


def demand(definition: Definition) -> None:
    """Raise DefinitionError with everything that keeps a definition from being run."""
    found = [
        p for process in definition.processes.values() for p in (*dialect(process), *references(definition, process))
    ]
    if found:
        raise DefinitionError(found)

"""May a file be run, and may it be published? The gates between what a region draws and its cases.

The first gate, reading and dialect, decides whether a file can run at all. The second decides whether it may be
published: its drawing, what it refers to, the names in its expressions, its tables, its texts, and what can be
proved of it. A finding says where, what is wrong, why it matters and what to do.
"""

from pathlib import Path

from engine.checks.dialect import dialect
from engine.checks.finding import Finding, Told, by_importance, grouped
from engine.checks.gates import demand, examine, first, publishable
from engine.checks.references import references
from engine.checks.rule import Severity
from engine.checks.survey import Home, Report, home_of, read, survey
from engine.errors import Problem

__all__ = [
    "Finding",
    "Home",
    "Report",
    "Severity",
    "Told",
    "by_importance",
    "check",
    "demand",
    "dialect",
    "examine",
    "first",
    "grouped",
    "home_of",
    "publishable",
    "references",
    "survey",
]


def check(path: Path) -> tuple[Problem, ...]:
    """All findings of the first gate, reading and dialect, for one file or all files in a folder.

    Never raises for what a file holds: a file that can't be read at all is a finding too.
    """
    if path.is_dir():
        files = sorted(f for f in path.rglob("*") if f.suffix in (".bpmn", ".form", ".dmn") and f.is_file())
        if not files:
            return (Problem(str(path), "", "leeg", "In deze map staan geen diagrammen, formulieren of tabellen."),)
        return tuple(p for f in files for p in first(read(f), f.relative_to(path).as_posix())[1])
    if not path.is_file():
        return (Problem(str(path), "", "bestand", "Dit bestand bestaat niet."),)
    return first(read(path), path.name)[1]

"""What the gates have to tell, in order: the most important first, and what is the matter in many places once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.checks.reading import RUNNABLE
from engine.checks.rule import Change, Finding, Mend, Rule, rule_of
from engine.definitions import Process
from engine.errors import Problem


@dataclass(frozen=True)
class Told:
    """A finding, and the places where the same is the matter."""

    finding: Finding
    others: tuple[Finding, ...] = ()

    @property
    def elsewhere(self) -> str:
        """A sentence on the other places, "" where there are none."""
        if not self.others:
            return ""
        names = list(dict.fromkeys(other.name or other.element or other.file for other in self.others))
        shown = [f"'{name}'" for name in names[:2]]
        count = len(self.others)
        places = "nog 1 plek" if count == 1 else f"nog {count} plekken"
        return f"Dit geldt ook voor {places}, {'zoals ' if len(names) > 2 else ''}bij {' en '.join(shown)}."


_QUOTED = re.compile(r"'[^']*'|“[^”]*”")


def from_problem(problem: Problem, processes: Mapping[str, Process]) -> Finding:
    """What a reader of files could not accept, as a breach of the rule that it names."""
    name, rule = name_of(processes.get(problem.file), problem.element), rule_of(problem.rule)
    mend = Mend(problem.element, Change.SET, "isExecutable", "true") if rule is RUNNABLE else None
    return from_text(rule, problem.file, problem.element, problem.message, name, mend)


def from_text(rule: Rule, file: str, element: str, text: str, name: str, mend: Mend | None = None) -> Finding:
    """A breach of which the first sentence says what is wrong, and the rest what to do."""
    wrong, advice = _split(text, name or element)
    return rule.breach(file, element, wrong, name=name, advice=advice, mend=mend)


def _split(message: str, name: str) -> tuple[str, str]:
    """The first sentence and the rest; a full stop in a name ends no sentence."""
    masked = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), message.replace(f"'{name}'", "x" * (len(name) + 2)))
    match = re.search(r"[.!?…] (?=[A-ZÉ])", masked)
    return (message[: match.start() + 1], message[match.end() :]) if match else (message, "")


def name_of(process: Process | None, id: str) -> str:
    """What an element or flow is called on the drawing, "" where it has no name."""
    if process is None:
        return ""
    if id in process.elements:
        return process.elements[id].name
    return process.flows[id].name if id in process.flows else process.name if id == process.id else ""


def by_importance(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: errors before warnings before tips, and what a family would notice first before the rest.

    What has the same cause as another finding at the same place comes after the others.
    """
    unique = list(dict.fromkeys(findings))
    silent = _silenced(unique)
    return tuple(sorted(unique, key=lambda finding: (finding.urgency, finding in silent, finding.rule.rank)))


def _silenced(findings: Iterable[Finding]) -> frozenset[Finding]:
    broken: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        broken.setdefault((finding.file, finding.element), set()).add(finding.rule.id)
    return frozenset(f for f in findings if f.rule.silenced_by & broken[f.file, f.element])


def grouped(findings: Iterable[Finding]) -> tuple[Told, ...]:
    """What is the matter in many places told once, and each cause once, in the order of importance."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    ordered = by_importance(findings)
    silent = _silenced(ordered)
    for finding in (finding for finding in ordered if finding not in silent):
        groups.setdefault((finding.severity, finding.rule.id, _pattern(finding)), []).append(finding)
    gathered = [Told(first, tuple(others)) for first, *others in groups.values()]
    return tuple(sorted(gathered, key=lambda t: (t.finding.urgency, t.finding.rule.rank, -len(t.others))))


def _pattern(finding: Finding) -> str:
    """A message without the names, numbers and asides in it."""
    plain = finding.message.replace(f"'{finding.name or finding.element}'", "…")
    return re.sub(rf"{_QUOTED.pattern}|\([^)]*\)|\d+", "…", plain)

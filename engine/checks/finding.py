"""What a gate has to tell: where, what is wrong, why it matters and what to do; the most important first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.definitions import Process
from engine.errors import Problem


class Severity(StrEnum):
    """How bad it is: a `fout` keeps a diagram from being published, a `tip` may be left as it is."""

    ERROR = "fout"
    WARNING = "waarschuwing"
    TIP = "tip"


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `name` is what the element is called on the drawing, `advice` what to do about it;
    `places` are all that is to be marked on drawings (file and id), where that is more than the element itself;
    `story` is how a case gets there, a sentence a step.
    """

    file: str
    element: str
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    name: str = ""
    advice: str = ""
    places: tuple[tuple[str, str], ...] = ()
    story: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why it matters, for somebody who draws and doesn't program."""
        return _subject(self.rule).why

    @property
    def told(self) -> str:
        """What is wrong and what to do, as one text."""
        return f"{self.message} {self.advice}".strip()

    @property
    def problem(self) -> Problem:
        """The same as the engine's errors carry it."""
        return Problem(self.file, self.element, self.rule, self.told)


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
        many = len(self.others)
        places = "nog 1 plek" if many == 1 else f"nog {many} plekken"
        return f"Dit geldt ook voor {places}, {'zoals ' if len(names) > 2 else ''}bij {' en '.join(shown)}."


@dataclass(frozen=True)
class _Subject:
    """What a rule is about; `rank` puts the worst first."""

    rank: int
    why: str
    rules: frozenset[str]


_SUBJECTS = (
    _Subject(
        0,
        "Zonder leesbaar bestand is er niets om na te kijken of te draaien.",
        frozenset({"bestand", "leeg", "xml", "geen bpmn", "geen proces", "meer processen", "te groot", "te diep"})
        | {"te veel", "yaml", "dmn", "json"},
    ),
    _Subject(
        1,
        "Spelregels beschermen gezinnen. Ze gelden op elke weg door het diagram, ook op een weg die je zelden neemt.",
        frozenset({"spelregel", "spelregels"}),
    ),
    _Subject(
        1,
        "Een ja telt alleen als iemand ook nee kon zeggen, en zelf koos.",
        frozenset({"vrije_keuze"}),
    ),
    _Subject(
        1,
        "Een diagram uit een ander programma is vaak een tekening om te lezen. Om te draaien is er meer nodig.",
        frozenset({"herkomst"}),
    ),
    _Subject(
        2,
        "Een casus die vastloopt, blijft liggen zonder dat iemand iets te doen krijgt. Dan wacht een gezin voor niets.",
        frozenset({"vast", "rondje", "nooit", "dubbel", "fout", "te_groot", "aanroep_rond"}),
    ),
    _Subject(
        4,
        "Wat een stap nodig heeft, moet er zijn. Anders stopt een casus juist daar.",
        frozenset(["verwijzing", "formulier", "rol", "termijn", "beslistabel", "register", "eigenschap", "fase"]),
    ),
    _Subject(
        5,
        "Een naam die niemand invult is altijd leeg. De casus neemt dan stil de verkeerde weg.",
        frozenset({"naam_onbekend", "antwoord_onbekend", "antwoord_vast", "antwoord_leeg"}),
    ),
    _Subject(
        6,
        "Een tabel geeft advies aan wie beslist. Zonder passende regel, of met twee, is er geen advies.",
        frozenset({"tabel_gat", "tabel_overlap", "tabel_groot"}),
    ),
    _Subject(
        7,
        "Voorbeelden laten zien wat het proces hoort te doen. Klopt er een niet, dan klopt de tekening of "
        "het voorbeeld niet.",
        frozenset({"voorbeeld"}),
    ),
    _Subject(
        8,
        "De tekening staat in de handreiking en bij elke casus. Wat er niet op staat, of op de verkeerde plek, leest "
        "niemand goed.",
        frozenset(["tekening", "pijl_tekening", "overlap", "baan", "buiten", "kruising", "los_bestand"]),
    ),
    _Subject(
        9,
        "Deze tekst is wat mensen lezen: in de handreiking en bij hun taak. Zonder tekst weten zij niet wat ze doen "
        "en waarom.",
        frozenset(["tekst", "tekst_kop", "tekst_volgorde", "tekst_leeg", "tekst_lang", "opschrift"]),
    ),
    _Subject(
        10,
        "Aan de naam en aan 'uitvoerbaar' ziet de computer welk diagram hij mag draaien.",
        frozenset({"uitvoerbaar", "naam"}),
    ),
)
_DIALECT = _Subject(
    3, "Wat niet precies vastligt, voert de computer niet uit: liever geen casus dan een verkeerde.", frozenset()
)
_BY_RULE = {rule: subject for subject in _SUBJECTS for rule in subject.rules}
_SEVERITIES = list(Severity)


def _subject(rule: str) -> _Subject:
    return _BY_RULE.get(rule, _DIALECT)


def from_problem(problem: Problem, processes: Mapping[str, Process]) -> Finding:
    """A problem of the first gate as a finding; its first sentence says what is wrong, the rest what to do."""
    wrong, _, advice = _split(problem.message)
    process = processes.get(problem.file)
    return Finding(
        problem.file, problem.element, problem.rule, wrong, Severity.ERROR, name_of(process, problem.element), advice
    )


def _split(message: str) -> tuple[str, str, str]:
    match = re.search(r"[.!?…] (?=[A-ZÉ])", message)
    return (message[: match.start() + 1], "", message[match.end() :]) if match else (message, "", "")


def name_of(process: Process | None, id: str) -> str:
    """What an element or flow is called on the drawing, "" where it has no name."""
    if process is None:
        return ""
    if id in process.elements:
        return process.elements[id].name
    return process.flows[id].name if id in process.flows else process.name if id == process.id else ""


def by_importance(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once: errors before warnings before tips, and what a family would notice first before the rest."""
    unique = list(dict.fromkeys(findings))
    return tuple(sorted(unique, key=_importance))


def _importance(finding: Finding) -> tuple[int, int]:
    return _SEVERITIES.index(finding.severity), _subject(finding.rule).rank


def grouped(findings: Iterable[Finding]) -> tuple[Told, ...]:
    """What is the matter in many places told once, in the order of importance."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in by_importance(findings):
        groups.setdefault((finding.severity, finding.rule, _pattern(finding.message)), []).append(finding)
    told = [Told(first, tuple(others)) for first, *others in groups.values()]
    return tuple(sorted(told, key=lambda t: (*_importance(t.finding), -len(t.others))))


def _pattern(message: str) -> str:
    """A message without the names, numbers and asides in it."""
    return re.sub(r"'[^']*'|“[^”]*”|\([^)]*\)|\d+", "…", message)

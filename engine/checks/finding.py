"""What a gate has to tell: where, what is wrong, why it matters and what to do; the most important first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.checks.rule import Severity, rule_of
from engine.definitions import Process
from engine.errors import Problem

ORIGIN = "herkomst"
"""Where a file comes from: no fault by itself, but why there are others."""


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
    def urgency(self) -> int:
        """What comes first: errors before warnings before tips, and before all what explains the rest."""
        return 0 if self.rule == ORIGIN else list(Severity).index(self.severity)

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
    """What a rule is about; `rank` puts causes before what follows from them, and then the worst first."""

    rank: int
    why: str
    rules: frozenset[str]


_SUBJECTS = (
    _Subject(
        0,
        "Zonder leesbaar bestand is er niets om na te kijken of te draaien.",
        frozenset({"bestand", "leeg", "xml", "geen bpmn", "geen proces", "meer processen", "te groot", "te diep"})
        | {"te veel", "niet_af", "yaml", "dmn", "json"},
    ),
    _Subject(
        6,
        "Spelregels beschermen gezinnen. Ze gelden op elke weg door het diagram, ook op een weg die je zelden neemt.",
        frozenset({"spelregel"}),
    ),
    _Subject(
        1,
        "Spelregels beschermen gezinnen. Wat niet te lezen is, beschermt niemand.",
        frozenset({"spelregels"}),
    ),
    _Subject(
        1,
        "Een ja telt alleen als iemand ook nee kon zeggen, en zelf koos.",
        frozenset({"vrije_keuze"}),
    ),
    _Subject(
        1,
        "Een diagram uit een ander programma is vaak een tekening om te lezen. Om te draaien is er meer nodig.",
        frozenset({ORIGIN}),
    ),
    _Subject(
        7,
        "Een casus die vastloopt, blijft liggen zonder dat iemand iets te doen krijgt. Dan wacht een gezin voor niets.",
        frozenset({"vast", "rondje", "nooit", "dubbel", "fout", "te_groot", "aanroep_rond"}),
    ),
    _Subject(2, "Zonder een duidelijk begin weet niemand waar een casus start.", frozenset({"begin"})),
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
        7,
        "Een tabel geeft advies aan wie beslist. Zonder passende regel, of met twee, is er geen advies.",
        frozenset({"tabel_gat", "tabel_overlap", "tabel_groot"}),
    ),
    _Subject(
        8,
        "Voorbeelden laten zien wat het proces hoort te doen. Klopt er een niet, dan klopt de tekening of "
        "het voorbeeld niet.",
        frozenset({"voorbeeld"}),
    ),
    _Subject(
        9,
        "De tekening staat in de handreiking en bij elke casus. Wat er niet op staat, of op de verkeerde plek, leest "
        "niemand goed.",
        frozenset(["tekening", "pijl_tekening", "overlap", "baan", "buiten", "kruising", "los_bestand"]),
    ),
    _Subject(
        10,
        "Deze tekst is wat mensen lezen: in de handreiking en bij hun taak. Zonder tekst weten zij niet wat ze doen "
        "en waarom.",
        frozenset(["tekst", "tekst_kop", "tekst_volgorde", "tekst_leeg", "tekst_lang", "opschrift"]),
    ),
    _Subject(
        4,
        "Een naam die niet bestaat, telt niet mee, en dat merkt niemand.",
        frozenset({"regio"}),
    ),
    _Subject(
        8,
        "De demo laat zien hoe het werkt. Dat lukt alleen als er voor elke stap iemand is.",
        frozenset({"demo"}),
    ),
    _Subject(
        4,
        "Alleen een diagram dat op 'uitvoerbaar' staat, is bedoeld om te draaien.",
        frozenset({"uitvoerbaar"}),
    ),
    _Subject(11, "Aan de naam ziet de computer welk diagram wordt aangeroepen.", frozenset({"naam"})),
)
_DIALECT = _Subject(
    3, "Wat niet precies vastligt, voert de computer niet uit: liever geen casus dan een verkeerde.", frozenset()
)
_BY_RULE = {rule: subject for subject in _SUBJECTS for rule in subject.rules}
_QUOTED = re.compile(r"'[^']*'|“[^”]*”")


def _subject(rule: str) -> _Subject:
    try:
        record = rule_of(rule)
    except KeyError:
        return _BY_RULE.get(_cause(rule), _DIALECT)
    return _Subject(record.rank, record.why, frozenset())


def from_problem(problem: Problem, processes: Mapping[str, Process]) -> Finding:
    """A problem of the first gate as a finding; its first sentence says what is wrong, the rest what to do."""
    name = name_of(processes.get(problem.file), problem.element)
    wrong, advice = _split(problem.message, name or problem.element)
    return Finding(problem.file, problem.element, problem.rule, wrong, Severity.ERROR, name, advice)


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
    echoes = _echoes(unique)
    return tuple(sorted(unique, key=lambda f: (f.urgency, f in echoes, _subject(f.rule).rank)))


def _echoes(findings: Iterable[Finding]) -> frozenset[Finding]:
    told: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        told.setdefault((finding.file, finding.element), set()).add(_cause(finding.rule))
    return frozenset(f for f in findings if _silenced_by(f.rule) & told[f.file, f.element])


def _silenced_by(rule: str) -> frozenset[str]:
    try:
        return rule_of(rule).silenced_by
    except KeyError:
        return _ECHOES.get(_cause(rule), frozenset())


_NEW_KIND = frozenset({"soort"})
_CLOCKS = frozenset({"klok_zonder_datum", "klok_zonder_herhaling", "klok_zonder_duur"})
_ECHOES: Mapping[str, frozenset[str]] = {
    # what is to be drawn as another kind of step, takes along what is the matter inside
    **dict.fromkeys(("code", "gebeurtenis", "verwijzing", "lus", "gegevens", "feel", "meervoud"), _NEW_KIND),
    "taal": frozenset({"soort", "feel", "leeg_gelaten"}),
    # the same said by the standard and by the dialect
    "klok": frozenset({"taal"}) | _CLOCKS,
    "nooit": frozenset({"los"}),
    "rand": frozenset({"verwijst_nergens"}),
}
"""What is not told apart where the same place has a finding of one of these rules: it has the same cause."""


def _cause(rule: str) -> str:
    """The rule that a finding is of; a breach of two rules of the standard goes by the first."""
    return rule.split("/", 1)[0]


def _importance(finding: Finding) -> tuple[int, int]:
    return finding.urgency, _subject(finding.rule).rank


def grouped(findings: Iterable[Finding]) -> tuple[Told, ...]:
    """What is the matter in many places told once, and each cause once, in the order of importance."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    ordered = by_importance(findings)
    echoes = _echoes(ordered)
    for finding in (f for f in ordered if f not in echoes):
        groups.setdefault((finding.severity, _cause(finding.rule), _pattern(finding)), []).append(finding)
    told = [Told(first, tuple(others)) for first, *others in groups.values()]
    return tuple(sorted(told, key=lambda t: (*_importance(t.finding), -len(t.others))))


def _pattern(finding: Finding) -> str:
    """A message without the names, numbers and asides in it."""
    plain = finding.message.replace(f"'{finding.name or finding.element}'", "…")
    return re.sub(rf"{_QUOTED.pattern}|\([^)]*\)|\d+", "…", plain)

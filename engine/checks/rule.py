"""A rule of the check and a breach of it: the record stands beside what finds its breaches.

Whoever makes a Rule makes it known: from all that are known come their one test, what `--uitleg` tells, the page
"Alle regels" of the handreiking, and what the JSON says of a finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.definitions import Element, Process
from engine.errors import Problem

Example = str | Mapping[str, str]
"""A sketch of one diagram, or small files by their path beside what engine.checks.sketch puts around them."""


class Severity(StrEnum):
    """How bad it is: a `fout` keeps a diagram from being published, a `tip` may be left as it is."""

    ERROR = "fout"
    WARNING = "waarschuwing"
    TIP = "tip"


class Topic(StrEnum):
    """What a rule is about, as the page calls it: causes before what follows from them, and then the worst first."""

    READING = "Bestanden die te lezen zijn"
    GIVEN = "Spelregels en vrije keuze"
    BEGIN = "Begin"
    DIALECT = "Wat er draait"
    REFERENCES = "Wat een stap nodig heeft"
    NAMES = "Vragen en antwoorden"
    PRIVACY = "Wie wat mag weten"
    SPELREGELS = "Bewijs van de spelregels"
    WAYS = "Wegen door het diagram"
    EXAMPLES = "Voorbeelden en demo"
    DRAWING = "De tekening"
    TEXTS = "De teksten"
    FILE = "Naam van het bestand"
    STANDARD = "De BPMN-standaard"


class Change(StrEnum):
    """What a mend does."""

    SET = "zet"
    RENAME = "hernoem"
    REMOVE = "haal_weg"


@dataclass(frozen=True)
class Mend:
    """What puts a fault right beyond doubt, for a page to offer: one change of one `part` of one element.

    `element` is an id in a diagram or form, or the path in YAML of what holds the part, "" at the top. `part` is the
    name of an attribute (`camunda:formRef`), of a property of a step or a question, of what stands inside an arrow
    (`conditionExpression`), or a name in YAML or a form. It is set to `value`, gets that as its name, or goes.
    """

    element: str
    change: Change
    part: str
    value: str = ""
    file: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Rule:
    """One thing that is asked of what a region draws.

    `sentence` says what it asks, `why` for whom that matters, `advice` what to do where it is broken: sentences in
    Dutch. `message` is what a breach says, with the names of values in braces; "" where each detector words its own.
    `wrong` is an example that breaks it and `right` the same put right, "" for what is too large to show.
    `unprovable`: where it is broken nothing can be said of the ways through a diagram; `explains`: it is why there
    are others, and told first. A breach is not told where the same element breaks a rule of `silenced_by`: it has
    the same cause. `standard` are the numbers under which BPMNspector lists it; nobody is shown them.
    """

    id: str
    topic: Topic
    sentence: str
    why: str
    advice: str
    wrong: Example
    right: Example
    message: str = ""
    severity: Severity = Severity.ERROR
    unprovable: bool = False
    explains: bool = False
    silenced_by: frozenset[str] = frozenset()
    standard: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the rule known; ValueError where its id is taken."""
        if self.id in _KNOWN:
            raise ValueError(f"two rules are called {self.id}")
        _KNOWN[self.id] = self

    def __repr__(self) -> str:
        return f"Rule({self.id!r})"

    @property
    def rank(self) -> int:
        """What comes first: what causes other breaches before those."""
        return list(Topic).index(self.topic)

    def breach(
        self,
        file: str,
        element: str = "",
        message: str = "",
        advice: str = "",
        *,
        name: str = "",
        severity: Severity | None = None,
        places: tuple[tuple[str, str], ...] = (),
        story: tuple[str, ...] = (),
        mend: Mend | None = None,
    ) -> "Finding":
        """Where this rule is broken; what is not said more exactly is as the rule has it."""
        said = message or self.message.format(name=name or element)
        put = replace(mend, file=file) if mend is not None else None
        return Finding(
            file, element, self, said, severity or self.severity, name, advice or self.advice, places, story, put
        )

    def at(
        self,
        process: Process,
        element: Element,
        message: str,
        advice: str = "",
        severity: Severity | None = None,
        mend: Mend | None = None,
    ) -> "Finding":
        """Where an element of a diagram breaks this rule."""
        return self.breach(process.file, element.id, message, advice, name=element.name, severity=severity, mend=mend)


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `name` is what the element is called on the drawing, `advice` what to do about it;
    `places` are all that is to be marked on drawings (file and id), where that is more than the element itself;
    `story` is how a case gets there, a sentence a step; `mend` is what puts it right, where there is no doubt.
    """

    file: str
    element: str
    rule: Rule
    message: str
    severity: Severity
    name: str = ""
    advice: str = ""
    places: tuple[tuple[str, str], ...] = ()
    story: tuple[str, ...] = ()
    mend: Mend | None = None

    @property
    def urgency(self) -> int:
        """What comes first: errors before warnings before tips, and before all what explains the rest."""
        return 0 if self.rule.explains else list(Severity).index(self.severity)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, as one text."""
        return f"{self.message} {self.advice}".strip()

    @property
    def problem(self) -> Problem:
        """The same as the engine's errors carry it."""
        return Problem(self.file, self.element, self.rule.id, self.sentence)


_KNOWN: dict[str, Rule] = {}


def rules() -> tuple[Rule, ...]:
    """Every rule of what is imported, those that cause others first."""
    return tuple(sorted(_KNOWN.values(), key=lambda rule: (rule.rank, rule.id)))


def rule_of(id: str) -> Rule:
    """The rule with this id; KeyError where there is none."""
    return _KNOWN[id]

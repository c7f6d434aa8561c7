"""The texts that people read: every step under its fixed headings, names on choices, sentences that are short."""

import re
from collections.abc import Iterator

from engine.checks.rule import Finding, Rule, Severity, Topic
from engine.definitions import Element, Process
from engine.definitions.kinds import CONDITIONAL_SPLITS, TASKS, Kind

HEADINGS = ("resultaat", "waarom", "nodig", "doen", "klaar als", "valkuilen", "privacy", "bron")
LONG = 30
"""Words in a sentence above which a reader at B1 loses the thread."""


_WHY = (
    "Deze tekst is wat mensen lezen: in de handreiking en bij hun taak. Zonder tekst weten zij niet wat ze doen en "
    "waarom."
)
_KEPT = "begin > bellen > klaar"

TEXT = Rule(
    "tekst",
    Topic.TEXTS,
    "Bij elk proces, elke stap, elk aangeroepen diagram en elke beslistabel staat een tekst.",
    _WHY,
    "Schrijf er één of twee zinnen bij.",
    wrong='begin > bellen > klaar\nbellen: text=""',
    right=_KEPT,
    severity=Severity.WARNING,
)
HEADING = Rule(
    "tekst_kop",
    Topic.TEXTS,
    "De tekst bij een stap staat onder de vaste koppen: " + ", ".join(HEADINGS) + ".",
    _WHY,
    "Zet elke kop op een eigen regel, met twee hekjes ervoor.",
    wrong='begin > bellen > klaar\nbellen: text="## Resultaat|Er is gebeld."',
    right=_KEPT,
    severity=Severity.WARNING,
)
EMPTY = Rule(
    "tekst_leeg",
    Topic.TEXTS,
    "Onder elke kop staat tekst.",
    _WHY,
    "Vul de tekst in. Is er niets te zeggen, schrijf dat dan op.",
    wrong='begin > bellen > klaar\nbellen: text="' + "|".join(f"## {heading}" for heading in HEADINGS) + '"',
    right=_KEPT,
)
ORDER = Rule(
    "tekst_volgorde",
    Topic.TEXTS,
    "De koppen staan bij elke stap in dezelfde volgorde: " + ", ".join(HEADINGS) + ".",
    _WHY,
    "Zet de koppen in de vaste volgorde.",
    wrong='begin > bellen > klaar\nbellen: text="'
    + "|".join(f"## {heading}|Dit staat er." for heading in reversed(HEADINGS))
    + '"',
    right=_KEPT,
    severity=Severity.WARNING,
)
SENTENCE = Rule(
    "tekst_lang",
    Topic.TEXTS,
    f"Een zin heeft niet meer dan {LONG} woorden.",
    "Wie vlug leest, of niet zo makkelijk leest, raakt in een lange zin de draad kwijt.",
    "Knip lange zinnen in tweeën.",
    wrong="begin > bellen > volgen > klaar\n"
    'volgen: manualTask text="Bel het gezin en vraag hoe het gaat en of het gelukt is en of er nog iets nodig is en of '
    'iemand van ons nog iets kan doen voor moeder of voor het kind of voor vader."',
    right='begin > bellen > volgen > klaar\nvolgen: manualTask text="Bel het gezin. Vraag hoe het gaat."',
    severity=Severity.TIP,
)
LABEL = Rule(
    "opschrift",
    Topic.TEXTS,
    "Elke stap heeft een naam, elke keuze een vraag, en elke pijl uit een keuze een antwoord.",
    _WHY,
    "Geef de stap een naam, zet de vraag bij de ruit en het antwoord op de pijl.",
    wrong='begin > bellen > wil_het?\nwil_het >[=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    severity=Severity.WARNING,
)


def texts(process: Process) -> tuple[Finding, ...]:
    """What a reader of the handbook or of a task would miss."""
    return (*_whole(process), *(f for e in process.elements.values() for f in _element(process, e)))


def _whole(process: Process) -> Iterator[Finding]:
    if process.elements and not process.documentation:
        yield TEXT.breach(
            process.file,
            process.id,
            f"Bij het proces '{process.name or process.id}' staat geen inleiding.",
            name=process.name,
            advice="Schrijf bij 'Element documentation' in een paar zinnen waar dit deel over gaat.",
        )


def _element(process: Process, element: Element) -> Iterator[Finding]:
    if element.kind == Kind.USER_TASK:
        yield from _task(process, element)
    elif element.kind in (Kind.CALL_ACTIVITY, Kind.BUSINESS_RULE_TASK) and not element.documentation:
        yield TEXT.at(
            process,
            element,
            f"Bij '{element.title}' staat geen uitleg.",
            "Schrijf er één of twee zinnen bij.",
        )
    yield from _labels(process, element)
    longest = max(_sentences(element.documentation), key=len, default=())
    if len(longest) > LONG:
        yield SENTENCE.at(
            process,
            element,
            f"In de tekst bij '{element.title}' staat een zin van {len(longest)} woorden: “{' '.join(longest[:8])} …”.",
            "Knip lange zinnen in tweeën.",
            Severity.TIP,
        )


def _task(process: Process, task: Element) -> Iterator[Finding]:
    name = task.title
    if not task.documentation.strip():
        advice = "Schrijf de tekst onder de vaste koppen: " + ", ".join(_heading(h) for h in HEADINGS) + "."
        yield TEXT.at(process, task, f"Bij de stap '{name}' ontbreekt de tekst.", advice, Severity.ERROR)
        return
    sections = task.sections
    headings = [heading for heading in sections if heading]
    for missing in (h for h in HEADINGS if h not in sections):
        message = f"Bij de stap '{name}' ontbreekt de kop '{_heading(missing)}'."
        yield HEADING.at(
            process,
            task,
            message,
            f"Zet '## {_heading(missing)}' op een eigen regel, met de tekst eronder.",
            Severity.ERROR,
        )
    for empty in (h for h in headings if h in HEADINGS and not sections[h]):
        message = f"Bij de stap '{name}' staat niets onder de kop '{_heading(empty)}'."
        advice = "Vul de tekst in. Is er niets te zeggen, schrijf dat dan op."
        yield EMPTY.at(process, task, message, advice, Severity.ERROR)
    for strange in (h for h in headings if h not in HEADINGS):
        message = f"Bij de stap '{name}' staat een kop die de handreiking niet kent: '{_heading(strange)}'."
        yield HEADING.at(process, task, message, "Zet die tekst onder een van de vaste koppen.")
    fixed = [h for h in headings if h in HEADINGS]
    if fixed != sorted(fixed, key=HEADINGS.index):
        right = ", ".join(_heading(h) for h in HEADINGS)
        message = f"Bij de stap '{name}' staan de koppen niet in de vaste volgorde."
        yield ORDER.at(process, task, message, f"De volgorde is: {right}.")


def _labels(process: Process, element: Element) -> Iterator[Finding]:
    """Names on what a reader has to tell apart."""
    if not element.name and element.kind in TASKS | {Kind.CALL_ACTIVITY, Kind.SUB_PROCESS} and not element.by_event:
        yield LABEL.at(process, element, f"Een stap heeft geen naam ('{element.id}').", "Geef de stap een naam.")
    if element.kind not in CONDITIONAL_SPLITS or len(element.outgoing) < 2:
        return
    if not element.name:
        yield LABEL.at(process, element, f"Een keuze heeft geen vraag ('{element.id}').", "Zet de vraag bij de ruit.")
    nameless = [id for id in element.outgoing if id in process.flows and not process.flows[id].name]
    if nameless:
        yield LABEL.breach(
            process.file,
            element.id,
            f"Bij de keuze '{element.title}' staat niet op elke pijl een antwoord.",
            name=element.name,
            advice="Zet op elke pijl het antwoord dat erbij hoort.",
            places=tuple((process.file, id) for id in (element.id, *nameless)),
        )


def _sentences(text: str) -> Iterator[tuple[str, ...]]:
    """The sentences of a Markdown text; every line of a list is one of its own."""
    for line in text.splitlines():
        if not line.startswith("#"):
            for sentence in re.split(r"(?<=[.!?:;])[\"”’)]*\s", line):
                yield tuple(sentence.split())


def _heading(name: str) -> str:
    return name[:1].upper() + name[1:]

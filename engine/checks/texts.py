"""The texts that people read: every step under its fixed headings, names on choices, sentences that are short."""

import re
from collections.abc import Iterator

from engine.checks.finding import Finding
from engine.checks.rule import Severity
from engine.definitions import Element, Process
from engine.definitions.kinds import CONDITIONAL_SPLITS, Kind

HEADINGS = ("resultaat", "waarom", "nodig", "doen", "klaar als", "valkuilen", "privacy", "bron")
LONG = 30
"""Words in a sentence above which a reader at B1 loses the thread."""
_SPLITS = CONDITIONAL_SPLITS


def texts(process: Process) -> tuple[Finding, ...]:
    """What a reader of the handbook or of a task would miss."""
    return (*_whole(process), *(f for e in process.elements.values() for f in _element(process, e)))


def _whole(process: Process) -> Iterator[Finding]:
    if process.elements and not process.documentation:
        yield Finding(
            process.file,
            process.id,
            "tekst",
            f"Bij het proces '{process.name or process.id}' staat geen inleiding.",
            Severity.WARNING,
            process.name,
            "Schrijf bij 'Element documentation' in een paar zinnen waar dit deel over gaat.",
        )


def _element(process: Process, element: Element) -> Iterator[Finding]:
    if element.kind == Kind.USER_TASK:
        yield from _task(process, element)
    elif element.kind in (Kind.CALL_ACTIVITY, Kind.BUSINESS_RULE_TASK) and not element.documentation:
        yield _told(
            process,
            element,
            "tekst",
            f"Bij '{_title(element)}' staat geen uitleg.",
            "Schrijf er één of twee zinnen bij.",
        )
    yield from _labels(process, element)
    longest = max(_sentences(element.documentation), key=len, default=())
    if len(longest) > LONG:
        yield _told(
            process,
            element,
            "tekst_lang",
            f"In de tekst bij '{_title(element)}' staat een zin van {len(longest)} woorden: "
            f"“{' '.join(longest[:8])} …”.",
            "Knip lange zinnen in tweeën.",
            Severity.TIP,
        )


def _task(process: Process, task: Element) -> Iterator[Finding]:
    name = _title(task)
    if not task.documentation.strip():
        advice = "Schrijf de tekst onder de vaste koppen: " + ", ".join(_heading(h) for h in HEADINGS) + "."
        yield _told(process, task, "tekst", f"Bij de stap '{name}' ontbreekt de tekst.", advice, Severity.ERROR)
        return
    sections = task.sections
    found = [heading for heading in sections if heading]
    for missing in (h for h in HEADINGS if h not in sections):
        message = f"Bij de stap '{name}' ontbreekt de kop '{_heading(missing)}'."
        yield _told(
            process,
            task,
            "tekst_kop",
            message,
            f"Zet '## {_heading(missing)}' op een eigen regel, met de tekst eronder.",
            Severity.ERROR,
        )
    for empty in (h for h in found if h in HEADINGS and not sections[h]):
        message = f"Bij de stap '{name}' staat niets onder de kop '{_heading(empty)}'."
        advice = "Vul de tekst in. Is er niets te zeggen, schrijf dat dan op."
        yield _told(process, task, "tekst_leeg", message, advice, Severity.ERROR)
    for strange in (h for h in found if h not in HEADINGS):
        message = f"Bij de stap '{name}' staat een kop die de handreiking niet kent: '{_heading(strange)}'."
        yield _told(process, task, "tekst_kop", message, "Zet die tekst onder een van de vaste koppen.")
    known = [h for h in found if h in HEADINGS]
    if known != sorted(known, key=HEADINGS.index):
        right = ", ".join(_heading(h) for h in HEADINGS)
        message = f"Bij de stap '{name}' staan de koppen niet in de vaste volgorde."
        yield _told(process, task, "tekst_volgorde", message, f"De volgorde is: {right}.")


def _labels(process: Process, element: Element) -> Iterator[Finding]:
    """Names on what a reader has to tell apart."""
    if (
        not element.name
        and element.kind.endswith(("Task", "task", Kind.CALL_ACTIVITY, Kind.SUB_PROCESS))
        and not element.by_event
    ):
        yield _told(
            process, element, "opschrift", f"Een stap heeft geen naam ('{element.id}').", "Geef de stap een naam."
        )
    if element.kind not in _SPLITS or len(element.outgoing) < 2:
        return
    if not element.name:
        yield _told(
            process, element, "opschrift", f"Een keuze heeft geen vraag ('{element.id}').", "Zet de vraag bij de ruit."
        )
    nameless = [id for id in element.outgoing if id in process.flows and not process.flows[id].name]
    if nameless:
        yield Finding(
            process.file,
            element.id,
            "opschrift",
            f"Bij de keuze '{_title(element)}' staat niet op elke pijl een antwoord.",
            Severity.WARNING,
            element.name,
            "Zet op elke pijl het antwoord dat erbij hoort.",
            tuple((process.file, id) for id in (element.id, *nameless)),
        )


def _sentences(text: str) -> Iterator[tuple[str, ...]]:
    """The sentences of a Markdown text; every line of a list is one of its own."""
    for line in text.splitlines():
        if not line.startswith("#"):
            for sentence in re.split(r"(?<=[.!?:;])[\"”’)]*\s", line):
                yield tuple(sentence.split())


def _heading(name: str) -> str:
    return name[:1].upper() + name[1:]


def _told(
    process: Process,
    element: Element,
    rule: str,
    message: str,
    advice: str,
    severity: Severity = Severity.WARNING,
) -> Finding:
    return Finding(process.file, element.id, rule, message, severity, element.name, advice)


def _title(element: Element) -> str:
    return element.name or element.id

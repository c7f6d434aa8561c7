"""Where a file comes from: what was drawn in another program, or for another engine, is told so before all else."""

import re
from collections.abc import Sequence

from engine.checks.rule import Finding, Rule, Severity, Topic

HEAD = 4_000
_EXPORTER = re.compile(rb"\bexporter\s{,9}=\s{,9}[\"']([^\"']{1,60})")
_ZEEBE = re.compile(rb"camunda\.org/schema/zeebe|[\"']Camunda Cloud[\"']")
"""The marks of Camunda 8, which stand where its Modeler puts them: at the top, or at the first step."""
_OURS = ("camunda modeler", "camunda web modeler", "bpmn-js", "bpmn.io", "http://bpmn.io", "knooppunt", "demo")
_ENGINES: Sequence[tuple[bytes, str]] = (
    (b"flowable.org/bpmn", "Flowable"),
    (b"activiti.org/bpmn", "Activiti"),
    (b"jboss.org/drools", "jBPM"),
    (b"bonitasoft.org", "Bonita"),
    (b"bizagi.com", "Bizagi"),
    (b"spiffworkflow.org", "SpiffWorkflow"),
    (b"oracle.com/bpm", "Oracle BPM"),
)
"""What stands at the top of a file that was made for another engine."""

ORIGIN = Rule(
    "herkomst",
    Topic.GIVEN,
    "Het diagram is gemaakt in Camunda Modeler, voor Camunda 7.",
    "Een diagram uit een ander programma is vaak een tekening om te lezen. Om te draaien is er meer nodig.",
    "Open het in Camunda Modeler, geef elke taak een soort en elke keuze haar voorwaarden, en kijk het opnieuw na.",
    wrong='<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" exporter="Visio" targetNamespace="x">'
    '<process id="proef"><task id="bellen" name="Bellen" /></process></definitions>',
    right="begin > bellen > klaar",
    severity=Severity.WARNING,
    explains=True,
)

_NEW = "Maak het in Camunda Modeler opnieuw, als bestand voor Camunda 7, en neem de stappen over."


def origin(content: bytes, file: str) -> tuple[Finding, ...]:
    """What a file says of its maker, where that explains why it can't be run."""
    head = content[:HEAD]
    match = _EXPORTER.search(head)
    name = match[1].decode("utf-8", "replace").strip() if match else ""
    by_us = name.lower().startswith(_OURS)
    if for_other := elsewhere(content, file):
        return for_other
    if not name or by_us:
        return ()
    program = re.split(r",? +\(?https?:", name)[0]
    message = (
        f"Dit diagram komt uit het programma '{program}'. Zo'n diagram is vaak bedoeld om te lezen, niet om te draaien."
    )
    return (ORIGIN.breach(file, "", message),)


def elsewhere(content: bytes, file: str) -> tuple[Finding, ...]:
    """What a file says of the engine that it was made for, where that is another."""
    head = content[:HEAD]
    engine = next((engine for mark, engine in _ENGINES if mark in head), "")
    if _ZEEBE.search(content):
        engine = "Camunda 8"
    match = _EXPORTER.search(head)
    if not engine or (engine == "Activiti" and match and match[1].decode("utf-8", "replace").lower().startswith(_OURS)):
        return ()  # Activiti is an old name of Camunda's own properties
    what = "Dit formulier" if file.endswith(".form") else "Deze tabel" if file.endswith(".dmn") else "Dit diagram"
    message = f"{what} is gemaakt voor {engine}. Hier draaien diagrammen voor Camunda 7."
    return (ORIGIN.breach(file, "", message, advice=_NEW),)

"""Where a file comes from: what was drawn in another program, or for another engine, is told so before all else."""

import re
from collections.abc import Sequence

from engine.checks.rule import Finding, Rule, Severity, Topic

HEAD = 4_000
_EXPORTER = re.compile(rb"\bexporter\s{,9}=\s{,9}[\"']([^\"']{1,60})")
_OURS = ("camunda modeler", "camunda web modeler", "bpmn-js", "bpmn.io", "http://bpmn.io", "knooppunt", "demo")
_ENGINES: Sequence[tuple[bytes, str]] = (
    (b'executionPlatform="Camunda Cloud"', "Camunda 8"),
    (b"executionPlatform='Camunda Cloud'", "Camunda 8"),
    (b"camunda.org/schema/zeebe", "Camunda 8"),
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

_NEW = "Maak in Camunda Modeler een nieuw diagram voor Camunda 7 en teken de stappen daarin over."


def origin(content: bytes, file: str) -> tuple[Finding, ...]:
    """What a file says of its maker, where that explains why it can't be run."""
    head = content[:HEAD]
    match = _EXPORTER.search(head)
    name = match[1].decode("utf-8", "replace").strip() if match else ""
    engine = next((engine for mark, engine in _ENGINES if mark in head), "")
    by_us = name.lower().startswith(_OURS)
    if engine and not (by_us and engine == "Activiti"):  # an old name of Camunda's own properties
        message = f"Dit diagram is gemaakt voor {engine}. Hier draaien diagrammen voor Camunda 7."
        return (ORIGIN.breach(file, "", message, advice=_NEW),)
    if not name or by_us:
        return ()
    program = re.split(r",? +\(?https?:", name)[0]
    message = (
        f"Dit diagram komt uit het programma '{program}'. Zo'n diagram is vaak bedoeld om te lezen, niet om te draaien."
    )
    return (ORIGIN.breach(file, "", message),)

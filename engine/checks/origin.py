"""Where a file comes from: what was drawn in another program, or for another engine, is told so before all else."""

import re

from engine.checks.finding import Finding

HEAD = 4_000
_EXPORTER = re.compile(rb"\bexporter\s*=\s*[\"']([^\"']{1,60})")
_OURS = ("camunda modeler", "bpmn-js", "bpmn.io", "knooppunt")
_CAMUNDA_8 = (b'executionPlatform="Camunda Cloud"', b"executionPlatform='Camunda Cloud'", b"camunda.org/schema/zeebe")


def origin(content: bytes, file: str) -> tuple[Finding, ...]:
    """What a file says of its maker, where that explains why it can't be run."""
    head = content[:HEAD]
    if any(mark in head for mark in _CAMUNDA_8):
        message = "Dit diagram is gemaakt voor Camunda 8. Hier draaien diagrammen voor Camunda 7."
        advice = "Maak in Camunda Modeler een nieuw diagram voor Camunda 7 en teken de stappen daarin over."
        return (Finding(file, "", "herkomst", message, advice=advice),)
    match = _EXPORTER.search(head)
    name = match[1].decode("utf-8", "replace").strip() if match else ""
    if not name or name.lower().startswith(_OURS):
        return ()
    message = (
        f"Dit diagram komt uit het programma '{name}'. Zo'n diagram is vaak bedoeld om te lezen, niet om te draaien."
    )
    advice = (
        "Open het in Camunda Modeler, geef elke taak een soort en elke keuze haar voorwaarden, en kijk het opnieuw na."
    )
    return (Finding(file, "", "herkomst", message, advice=advice),)

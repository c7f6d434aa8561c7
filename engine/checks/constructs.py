"""What of BPMN is run, and what is refused with what to draw instead: one table, which docs/constructs.md shows.

What does not stand here is refused. A construct that is run has the meaning that the BPMN standard gives it.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Construct:
    """One thing that can be drawn: a kind of element with a kind of event, or a mark on an element.

    `instead` is what to draw where it is refused. `host` is the same where the engine runs it, but only for a host
    that carries events between processes: Knooppunt runs each case by itself, and refuses it.
    """

    name: str
    kind: str
    event: str = ""
    instead: str = ""
    host: str = ""

    @property
    def runs(self) -> bool:
        """Whether the engine runs it."""
        return not self.instead


HANDLER = "handler"  # the start of an event sub-process, apart from that of a process
_PERSON = "Maak er een gebruikerstaak van"
_ALL_CASES = "Een signaal gaat naar alle casussen tegelijk. Gebruik een bericht."
_SENT = "Een bericht wordt alleen ontvangen, niet verstuurd. Maak er een gebruikerstaak van."
_BY_HAND = "Een casus begint altijd doordat iemand hem start. Gebruik een gewoon begin."
_ONE = "Dit rondje heeft meer dan een soort gebeurtenis. Kies er een."
_UNDO = "Terugdraaien wordt niet gedraaid. Teken wat er moet gebeuren als eigen stappen."

CONSTRUCTS: tuple[Construct, ...] = (
    Construct("Gebruikerstaak", "userTask"),
    Construct("Handmatige taak", "manualTask"),
    Construct("Beslistabel", "businessRuleTask"),
    Construct("Aangeroepen diagram", "callActivity"),
    Construct("Deelproces", "subProcess"),
    Construct("Transactie", "transaction"),
    Construct("Ontvangtaak", "receiveTask", "message"),
    Construct("Verzendtaak", "sendTask", "message", host=f"Een verzendtaak verstuurt zelf iets. {_PERSON}."),
    Construct("Taak zonder soort", "task", instead=f"Deze taak heeft geen soort. {_PERSON} ('User task')."),
    Construct(
        "Scripttaak", "scriptTask", instead=f"Een scripttaak draait een programma. {_PERSON} of een beslistabel."
    ),
    Construct("Servicetaak", "serviceTask", instead=f"Een servicetaak roept een ander systeem aan. {_PERSON}."),
    Construct(
        "Deelproces zonder volgorde",
        "adHocSubProcess",
        instead="Een deelproces zonder vaste volgorde wordt niet gedraaid. Teken de volgorde.",
    ),
    Construct("Keuze", "exclusiveGateway"),
    Construct("Splitsing en samenkomst", "parallelGateway"),
    Construct("Een of meer", "inclusiveGateway"),
    Construct("Keuze door wat er het eerst gebeurt", "eventBasedGateway"),
    Construct(
        "Complexe keuze",
        "complexGateway",
        host="Een complexe keuze is voor lezers niet te volgen. Gebruik een keuze of een splitsing.",
    ),
    Construct("Begin", "startEvent", "none"),
    *(
        Construct(f"Begin door {name}", "startEvent", event, host=_BY_HAND)
        for event, name in (
            ("message", "een bericht"),
            ("timer", "een klok"),
            ("conditional", "een voorwaarde"),
            ("multiple", "een van meer gebeurtenissen"),
            ("parallelMultiple", "meer gebeurtenissen samen"),
        )
    ),
    Construct("Begin door een signaal", "startEvent", "signal", host=_ALL_CASES),
    Construct("Onderbreking door een bericht", HANDLER, "message"),
    Construct("Onderbreking door een klok", HANDLER, "timer"),
    Construct("Onderbreking door een voorwaarde", HANDLER, "conditional"),
    Construct("Onderbreking door een fout", HANDLER, "error"),
    Construct("Onderbreking door een escalatie", HANDLER, "escalation"),
    Construct("Onderbreking door een signaal", HANDLER, "signal", host=_ALL_CASES),
    Construct("Onderbreking door een van meer gebeurtenissen", HANDLER, "multiple", host=_ONE),
    Construct("Onderbreking door meer gebeurtenissen samen", HANDLER, "parallelMultiple", host=_ONE),
    Construct("Einde", "endEvent", "none"),
    Construct("Einde dat alles stopt", "endEvent", "terminate"),
    Construct("Einde met een fout", "endEvent", "error"),
    Construct("Einde met een escalatie", "endEvent", "escalation"),
    Construct("Einde dat een transactie annuleert", "endEvent", "cancel"),
    Construct("Einde met een bericht", "endEvent", "message", host=_SENT),
    Construct("Einde met een signaal", "endEvent", "signal", host=_ALL_CASES),
    Construct("Einde met meer gebeurtenissen", "endEvent", "multiple", host=_ONE),
    Construct("Tussenstand", "intermediateThrowEvent", "none"),
    Construct("Escalatie onderweg", "intermediateThrowEvent", "escalation"),
    Construct("Sprong, vertrek", "intermediateThrowEvent", "link"),
    Construct("Bericht versturen", "intermediateThrowEvent", "message", host=_SENT),
    Construct("Signaal versturen", "intermediateThrowEvent", "signal", host=_ALL_CASES),
    Construct("Meer gebeurtenissen versturen", "intermediateThrowEvent", "multiple", host=_ONE),
    Construct("Wachten op een bericht", "intermediateCatchEvent", "message"),
    Construct("Wachten op een klok", "intermediateCatchEvent", "timer"),
    Construct("Wachten op een voorwaarde", "intermediateCatchEvent", "conditional"),
    Construct("Sprong, aankomst", "intermediateCatchEvent", "link"),
    Construct("Wachten op een signaal", "intermediateCatchEvent", "signal", host=_ALL_CASES),
    Construct("Wachten op een van meer gebeurtenissen", "intermediateCatchEvent", "multiple", host=_ONE),
    Construct("Wachten op meer gebeurtenissen samen", "intermediateCatchEvent", "parallelMultiple", host=_ONE),
    Construct("Bericht op de rand", "boundaryEvent", "message"),
    Construct("Klok op de rand", "boundaryEvent", "timer"),
    Construct("Voorwaarde op de rand", "boundaryEvent", "conditional"),
    Construct("Fout op de rand", "boundaryEvent", "error"),
    Construct("Escalatie op de rand", "boundaryEvent", "escalation"),
    Construct("Annulering op de rand van een transactie", "boundaryEvent", "cancel"),
    Construct("Signaal op de rand", "boundaryEvent", "signal", host=_ALL_CASES),
    Construct("Een van meer gebeurtenissen op de rand", "boundaryEvent", "multiple", host=_ONE),
    Construct("Meer gebeurtenissen samen op de rand", "boundaryEvent", "parallelMultiple", host=_ONE),
    *(
        Construct(f"{name} dat terugdraait", kind, "compensate", instead=_UNDO)
        for kind, name in (
            (HANDLER, "Onderbreking"),
            ("endEvent", "Einde"),
            ("intermediateThrowEvent", "Rondje onderweg"),
            ("boundaryEvent", "Rondje op de rand"),
        )
    ),
    Construct("Stap die een andere stap terugdraait", "mark", "compensation", instead=_UNDO),
    Construct("Lusteken", "mark", "standard"),
    Construct("Meer keer, tegelijk", "mark", "parallel"),
    Construct("Meer keer, na elkaar", "mark", "sequential"),
    Construct(
        "Meer keer, met een gebeurtenis als er een klaar is",
        "mark",
        "behaviour",
        host="Dat er iets gebeurt als een van meer keren klaar is, wordt niet gedraaid. Teken het na de stap.",
    ),
    Construct("Voorwaarde op een pijl uit een stap", "mark", "conditional flow"),
    Construct("Meer dan een teken nodig om te beginnen", "mark", "needs"),
    Construct("Meer dan een teken na afloop", "mark", "gives"),
    Construct(
        "Keuze die een proces begint als alles gebeurd is",
        "mark",
        "parallel events",
        instead="Een begin dat op meer dingen samen wacht, wordt niet gedraaid. Gebruik een gewoon begin.",
    ),
    Construct("Stap of keuze die een proces begint door een bericht", "mark", "instantiates", host=_BY_HAND),
)


@cache
def _table() -> dict[tuple[str, str], Construct]:
    return {(one.kind, one.event): one for one in CONSTRUCTS}


def construct(kind: str, event: str = "") -> Construct | None:
    """The row of a kind of element with a kind of event; None where there is none."""
    return _table().get((kind, event))


def runs_kind(kind: str) -> bool:
    """Whether elements of this kind are run, with some event or without."""
    return any(one.kind == kind and one.runs for one in CONSTRUCTS)


def told(kind: str, event: str = "") -> str:
    """The sentence that refuses it."""
    found = construct(kind, event)
    return (found.instead or found.host) if found is not None else "Dit wordt niet gedraaid. Teken het anders."


def markdown() -> Iterator[str]:
    """The table as the docs show it, line by line."""
    yield "| Construct | BPMN | Engine | Knooppunt | Said when refused |"
    yield "|---|---|---|---|---|"
    for one in CONSTRUCTS:
        what = f"{one.kind}, {one.event}" if one.event else one.kind
        engine, product = ("runs" if good else "refuses" for good in (one.runs, one.runs and not one.host))
        yield f"| {one.name} | {what} | {engine} | {product} | {one.instead or one.host} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(markdown()) + "\n")

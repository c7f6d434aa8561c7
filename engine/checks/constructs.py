"""What of BPMN is run, and what is refused with what to draw instead: one table, which docs/constructs.md shows.

What does not stand here is refused. A construct that is run has the meaning that the BPMN standard gives it.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from engine.definitions.kinds import EventKind, Kind, LoopKind


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
MARK = "mark"  # what is drawn or filled in at an element, apart from its kind
_PERSON = "Maak er een gebruikerstaak van"
_ALL_CASES = "Een signaal gaat naar alle casussen tegelijk, en dat wordt niet gedraaid. Gebruik een bericht."
_SENT = "Knooppunt ontvangt berichten, maar verstuurt er zelf geen. Maak er een gebruikerstaak van."
_BY_HAND = "Zo begint een casus niet: iemand start hem altijd zelf. Gebruik een gewoon begin."
REOPENING = "reopening"  # the mark of the one start by a message that needs no host
_ONE = "Dit rondje heeft meer dan een soort gebeurtenis, en dat wordt niet gedraaid. Kies er een."
_UNDO = "Terugdraaien wordt niet gedraaid. Teken wat er moet gebeuren als eigen stappen."

CONSTRUCTS: tuple[Construct, ...] = (
    Construct("Gebruikerstaak", Kind.USER_TASK),
    Construct("Handmatige taak", Kind.MANUAL_TASK),
    Construct("Beslistabel", Kind.BUSINESS_RULE_TASK),
    Construct("Aangeroepen diagram", Kind.CALL_ACTIVITY),
    Construct("Deelproces", Kind.SUB_PROCESS),
    Construct("Transactie", Kind.TRANSACTION),
    Construct("Ontvangtaak", Kind.RECEIVE_TASK, EventKind.MESSAGE),
    Construct(
        "Verzendtaak",
        Kind.SEND_TASK,
        EventKind.MESSAGE,
        host=f"Een verzendtaak verstuurt zelf iets, en dat doet Knooppunt niet. {_PERSON}.",
    ),
    Construct(
        "Taak zonder soort",
        Kind.TASK,
        instead=f"Deze taak heeft geen soort, dus is niet te zien wie hem doet. {_PERSON} ('User task').",
    ),
    Construct(
        "Scripttaak",
        Kind.SCRIPT_TASK,
        instead=f"Een scripttaak draait een programma, en dat doet Knooppunt niet. {_PERSON} of een beslistabel.",
    ),
    Construct(
        "Servicetaak",
        Kind.SERVICE_TASK,
        instead=f"Een servicetaak roept een ander systeem aan, en dat doet Knooppunt niet. {_PERSON}.",
    ),
    Construct(
        "Deelproces zonder volgorde",
        Kind.AD_HOC_SUB_PROCESS,
        instead="Een deelproces zonder vaste volgorde wordt niet gedraaid. Teken de volgorde.",
    ),
    Construct("Keuze", Kind.EXCLUSIVE_GATEWAY),
    Construct("Splitsing en samenkomst", Kind.PARALLEL_GATEWAY),
    Construct("Een of meer", Kind.INCLUSIVE_GATEWAY),
    Construct("Keuze door wat er het eerst gebeurt", Kind.EVENT_BASED_GATEWAY),
    Construct(
        "Complexe keuze",
        Kind.COMPLEX_GATEWAY,
        host="Een complexe keuze is voor lezers niet te volgen, dus draait zij niet. Gebruik een keuze of splitsing.",
    ),
    Construct("Begin", Kind.START_EVENT, EventKind.NONE),
    *(
        Construct(f"Begin door {name}", Kind.START_EVENT, event, host=_BY_HAND)
        for event, name in (
            (EventKind.MESSAGE, "een bericht"),
            (EventKind.TIMER, "een klok"),
            (EventKind.CONDITIONAL, "een voorwaarde"),
            (EventKind.MULTIPLE, "een van meer gebeurtenissen"),
            (EventKind.PARALLEL_MULTIPLE, "meer gebeurtenissen samen"),
        )
    ),
    Construct("Begin waar een afgesloten dossier weer opengaat", MARK, REOPENING),
    Construct("Begin door een signaal", Kind.START_EVENT, EventKind.SIGNAL, host=_ALL_CASES),
    Construct("Onderbreking door een bericht", HANDLER, EventKind.MESSAGE),
    Construct("Onderbreking door een klok", HANDLER, EventKind.TIMER),
    Construct("Onderbreking door een voorwaarde", HANDLER, EventKind.CONDITIONAL),
    Construct("Onderbreking door een fout", HANDLER, EventKind.ERROR),
    Construct("Onderbreking door een escalatie", HANDLER, EventKind.ESCALATION),
    Construct("Onderbreking door een signaal", HANDLER, EventKind.SIGNAL, host=_ALL_CASES),
    Construct("Onderbreking door een van meer gebeurtenissen", HANDLER, EventKind.MULTIPLE, host=_ONE),
    Construct("Onderbreking door meer gebeurtenissen samen", HANDLER, EventKind.PARALLEL_MULTIPLE, host=_ONE),
    Construct("Einde", Kind.END_EVENT, EventKind.NONE),
    Construct("Einde dat alles stopt", Kind.END_EVENT, EventKind.TERMINATE),
    Construct("Einde met een fout", Kind.END_EVENT, EventKind.ERROR),
    Construct("Einde met een escalatie", Kind.END_EVENT, EventKind.ESCALATION),
    Construct("Einde dat een transactie annuleert", Kind.END_EVENT, EventKind.CANCEL),
    Construct("Einde met een bericht", Kind.END_EVENT, EventKind.MESSAGE, host=_SENT),
    Construct("Einde met een signaal", Kind.END_EVENT, EventKind.SIGNAL, host=_ALL_CASES),
    Construct("Einde met meer gebeurtenissen", Kind.END_EVENT, EventKind.MULTIPLE, host=_ONE),
    Construct("Tussenstand", Kind.INTERMEDIATE_THROW_EVENT, EventKind.NONE),
    Construct("Escalatie onderweg", Kind.INTERMEDIATE_THROW_EVENT, EventKind.ESCALATION),
    Construct("Sprong, vertrek", Kind.INTERMEDIATE_THROW_EVENT, EventKind.LINK),
    Construct("Bericht versturen", Kind.INTERMEDIATE_THROW_EVENT, EventKind.MESSAGE, host=_SENT),
    Construct("Signaal versturen", Kind.INTERMEDIATE_THROW_EVENT, EventKind.SIGNAL, host=_ALL_CASES),
    Construct("Meer gebeurtenissen versturen", Kind.INTERMEDIATE_THROW_EVENT, EventKind.MULTIPLE, host=_ONE),
    Construct("Wachten op een bericht", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.MESSAGE),
    Construct("Wachten op een klok", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.TIMER),
    Construct("Wachten op een voorwaarde", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.CONDITIONAL),
    Construct("Sprong, aankomst", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.LINK),
    Construct("Wachten op een signaal", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.SIGNAL, host=_ALL_CASES),
    Construct("Wachten op een van meer gebeurtenissen", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.MULTIPLE, host=_ONE),
    Construct(
        "Wachten op meer gebeurtenissen samen", Kind.INTERMEDIATE_CATCH_EVENT, EventKind.PARALLEL_MULTIPLE, host=_ONE
    ),
    Construct("Bericht op de rand", Kind.BOUNDARY_EVENT, EventKind.MESSAGE),
    Construct("Klok op de rand", Kind.BOUNDARY_EVENT, EventKind.TIMER),
    Construct("Voorwaarde op de rand", Kind.BOUNDARY_EVENT, EventKind.CONDITIONAL),
    Construct("Fout op de rand", Kind.BOUNDARY_EVENT, EventKind.ERROR),
    Construct("Escalatie op de rand", Kind.BOUNDARY_EVENT, EventKind.ESCALATION),
    Construct("Annulering op de rand van een transactie", Kind.BOUNDARY_EVENT, EventKind.CANCEL),
    Construct("Signaal op de rand", Kind.BOUNDARY_EVENT, EventKind.SIGNAL, host=_ALL_CASES),
    Construct("Een van meer gebeurtenissen op de rand", Kind.BOUNDARY_EVENT, EventKind.MULTIPLE, host=_ONE),
    Construct("Meer gebeurtenissen samen op de rand", Kind.BOUNDARY_EVENT, EventKind.PARALLEL_MULTIPLE, host=_ONE),
    *(
        Construct(f"{name} dat terugdraait", kind, EventKind.COMPENSATE, instead=_UNDO)
        for kind, name in (
            (HANDLER, "Onderbreking"),
            (Kind.END_EVENT, "Einde"),
            (Kind.INTERMEDIATE_THROW_EVENT, "Rondje onderweg"),
            (Kind.BOUNDARY_EVENT, "Rondje op de rand"),
        )
    ),
    Construct("Stap die een andere stap terugdraait", MARK, "compensation", instead=_UNDO),
    Construct("Lusteken", MARK, LoopKind.STANDARD),
    Construct("Meer keer, tegelijk", MARK, LoopKind.PARALLEL),
    Construct("Meer keer, na elkaar", MARK, LoopKind.SEQUENTIAL),
    Construct(
        "Meer keer, met een gebeurtenis als er een klaar is",
        MARK,
        "behaviour",
        host="Dat er iets gebeurt als een van meer keren klaar is, wordt niet gedraaid. Teken het na de stap.",
    ),
    Construct("Onderbreking voor elke regel van een lijst", MARK, "rows"),
    Construct("Voorwaarde op een pijl uit een stap", MARK, "conditional flow"),
    Construct("Meer dan een teken nodig om te beginnen", MARK, "needs"),
    Construct("Meer dan een teken na afloop", MARK, "gives"),
    Construct(
        "Keuze die een proces begint als alles gebeurd is",
        MARK,
        "parallel events",
        instead="Een begin dat op meer dingen samen wacht, wordt niet gedraaid. Gebruik een gewoon begin.",
    ),
    Construct("Stap of keuze die een proces begint door een bericht", MARK, "instantiates", host=_BY_HAND),
)


@cache
def _table() -> dict[tuple[str, str], Construct]:
    return {(row.kind, row.event): row for row in CONSTRUCTS}


def construct(kind: str, event: str = "") -> Construct | None:
    """The row of a kind of element with a kind of event; None where there is none."""
    return _table().get((kind, event))


def runs_kind(kind: str) -> bool:
    """Whether elements of this kind are run, with some event or without."""
    return any(row.kind == kind and row.runs for row in CONSTRUCTS)


def refusal(kind: str, event: str = "") -> str:
    """The sentence that refuses it."""
    row = construct(kind, event)
    return (row.instead or row.host) if row is not None else "Dit wordt niet gedraaid. Teken het anders."


def markdown() -> Iterator[str]:
    """The table as the docs show it, line by line."""
    yield "| Construct | BPMN | Engine | Knooppunt | Said when refused |"
    yield "|---|---|---|---|---|"
    for row in CONSTRUCTS:
        what = f"{row.kind}, {row.event}" if row.event else row.kind
        engine, product = ("runs" if good else "refuses" for good in (row.runs, row.runs and not row.host))
        yield f"| {row.name} | {what} | {engine} | {product} | {row.instead or row.host} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(markdown()) + "\n")

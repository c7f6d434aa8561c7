"""The first gate: what is run, and what is refused with a sentence that says what to draw instead."""

from collections.abc import Iterator, Mapping

from engine import feel
from engine.definitions import Element, Flow, Process
from engine.errors import Problem

# Kind of element → kinds of event that it may carry. What does not stand here is refused.
RUNS: Mapping[str, frozenset[str]] = {
    "userTask": frozenset(),
    "manualTask": frozenset(),
    "businessRuleTask": frozenset(),
    "callActivity": frozenset(),
    "subProcess": frozenset(),
    "exclusiveGateway": frozenset(),
    "parallelGateway": frozenset(),
    "eventBasedGateway": frozenset(),
    "startEvent": frozenset({"none"}),
    "endEvent": frozenset({"none", "terminate", "error", "escalation"}),
    "intermediateThrowEvent": frozenset({"none", "escalation"}),
    "intermediateCatchEvent": frozenset({"message", "timer"}),
    "receiveTask": frozenset({"message"}),
    "boundaryEvent": frozenset({"message", "timer", "error", "escalation"}),
}
EVENT_STARTS = frozenset({"message", "timer", "error", "escalation"})

INSTEAD: Mapping[str, str] = {
    "scriptTask": "Een scripttaak draait een programma. Maak er een gebruikerstaak of een beslistabel van.",
    "serviceTask": "Een servicetaak roept een ander systeem aan. Maak er een gebruikerstaak van: iemand doet dit.",
    "sendTask": "Een verzendtaak verstuurt zelf iets. Maak er een gebruikerstaak van: iemand verstuurt dit.",
    "task": "Deze taak heeft geen soort. Maak er in de modeler een gebruikerstaak ('User task') van.",
    "complexGateway": "Een complexe keuze heeft geen vaste betekenis. Gebruik een keuze of een splitsing.",
    "inclusiveGateway": "Een 'een of meer'-keuze wordt niet gedraaid. Gebruik een splitsing met in elke tak een keuze.",
    "transaction": "Een transactie wordt niet gedraaid. Gebruik een gewoon deelproces.",
    "adHocSubProcess": "Een deelproces zonder vaste volgorde wordt niet gedraaid. Teken de volgorde.",
}
EVENT_INSTEAD: Mapping[str, str] = {
    "signal": "Een signaal gaat naar alle casussen tegelijk. Gebruik een bericht.",
    "conditional": "Een gebeurtenis op een voorwaarde wordt niet gedraaid. Gebruik een keuze of een klok op een datum.",
    "link": "Een sprong naar een andere plek wordt niet gedraaid. Teken de pijl helemaal.",
    "compensation": "Terugdraaien wordt niet gedraaid. Teken wat er moet gebeuren als eigen stappen.",
    "cancel": "Annuleren van een transactie wordt niet gedraaid. Gebruik een gewoon einde.",
    "message": "Een bericht wordt alleen ontvangen, niet verstuurd. Maak er een gebruikerstaak van.",
}


def dialect(process: Process) -> tuple[Problem, ...]:
    """What in one process is not run, or is not drawn so that it can be run."""
    found = [*_scopes(process), *_flows(process), *_expressions(process)]
    for element in process.elements.values():
        found.extend(Problem(process.file, element.id, rule, text) for rule, text in _element(process, element))
    return tuple(sorted(set(found)))


def _element(process: Process, element: Element) -> Iterator[tuple[str, str]]:
    name = element.name or element.id
    if element.kind not in RUNS:
        yield "soort", f"'{name}': {INSTEAD.get(element.kind, 'Dit onderdeel wordt niet gedraaid.')}"
        return
    if element.event is not None:
        yield from _event(process, element, name)
    if element.loop is not None:
        yield from _loop(element, name)
        if element.by_event or element.kind not in _HOSTS:
            yield "meervoud", f"'{name}' kan niet meer dan een keer tegelijk gebeuren. Haal de streepjes weg."
    if element.kind == "callActivity" and not element.called:
        yield "verwijzing", f"'{name}' roept een diagram aan, maar er staat niet welk. Vul 'Called element' in."
    if element.kind == "businessRuleTask" and not element.decision:
        yield "verwijzing", f"'{name}' gebruikt een beslistabel, maar er staat niet welke."
    yield from _gateway(process, element, name)


def _event(process: Process, element: Element, name: str) -> Iterator[tuple[str, str]]:
    event = element.event
    if event is None:
        return
    allowed = RUNS[element.kind]
    parent = process.elements.get(element.parent)
    if element.kind == "startEvent" and parent is not None and parent.by_event:
        allowed = EVENT_STARTS
        if event.kind == "none":
            yield "gebeurtenis", f"'{name}' start een onderbreking, maar er staat niet waardoor. Kies bericht of klok."
            return
    if event.kind not in allowed:
        told = EVENT_INSTEAD.get(event.kind, "Deze soort gebeurtenis wordt hier niet gedraaid.")
        if element.kind == "startEvent" and event.kind in EVENT_STARTS:
            told = "Een casus begint altijd doordat iemand hem start. Gebruik een gewoon begin."
        yield "gebeurtenis", f"'{name}': {told}"
    catches_all = element.kind == "boundaryEvent" and event.kind != "message"
    if event.kind in ("message", "escalation", "error") and not event.name and not catches_all:
        yield "gebeurtenis", f"'{name}' heeft geen naam van het bericht of de melding."
    if event.kind == "error" and not element.interrupting:
        yield "gebeurtenis", f"'{name}': een fout onderbreekt altijd."
    if event.kind == "timer" and event.timer == "cycle" and (element.kind != "boundaryEvent" or element.interrupting):
        yield "klok", f"'{name}': een herhaling kan alleen bij een klok op de rand die niet onderbreekt."


def _loop(element: Element, name: str) -> Iterator[tuple[str, str]]:
    loop = element.loop
    if loop is None:
        return
    if loop.kind == "standard":
        yield "lus", f"'{name}' heeft een lusteken. Teken de lus met een keuze en een pijl terug."
    elif bool(loop.collection) == bool(loop.cardinality):
        yield "meervoud", f"'{name}' gebeurt meer dan een keer. Vul in over welke lijst, met een = ervoor."
    elif loop.collection and not loop.variable:
        yield "meervoud", f"'{name}' gaat over een lijst. Vul in hoe een regel daaruit heet ('Element variable')."


def _gateway(process: Process, element: Element, name: str) -> Iterator[tuple[str, str]]:
    flows = [process.flows[id] for id in element.outgoing]
    if element.kind == "exclusiveGateway" and len(flows) > 1:
        open_ways = [f for f in flows if not f.condition and f.id != element.default]
        if open_ways and (element.default or len(open_ways) > 1):
            yield "keuze", f"Bij '{name}' heeft een pijl geen voorwaarde. Schrijf haar op, of maak die pijl standaard."
        if element.default and element.default not in element.outgoing:
            yield "keuze", f"Bij '{name}' is een standaardpijl gekozen die daar niet vertrekt."
    elif element.kind == "exclusiveGateway" and flows and flows[0].condition and not element.default:
        yield "keuze", f"'{name}' heeft maar een pijl, met een voorwaarde. Teken ook waar het anders heen gaat."
    elif element.kind != "exclusiveGateway" and any(f.condition for f in flows):
        yield "keuze", f"'{name}' heeft een pijl met een voorwaarde. Zet er een keuze (ruit) tussen."
    if element.kind == "parallelGateway":
        sources = [process.flows[id].source for id in element.incoming]
        if len(set(sources)) < len(sources):
            yield "splitsing", f"Naar '{name}' gaan twee pijlen vanaf dezelfde plek. Laat er een weg."
    if element.kind == "eventBasedGateway":
        yield from _first_event(process, flows, name)


def _first_event(process: Process, flows: list[Flow], name: str) -> Iterator[tuple[str, str]]:
    """What may come after an event-based gateway."""
    edged = {e.attached_to for e in process.elements.values() if e.kind == "boundaryEvent"}
    for flow in flows:
        target = process.elements.get(flow.target)
        if target is not None and target.kind not in ("intermediateCatchEvent", "receiveTask"):
            yield "keuze", f"Na '{name}' mag alleen een wachtend bericht of een klok komen."
        if flow.target in edged:
            yield "keuze", f"Na '{name}' mag een stap geen gebeurtenis op de rand hebben."


def _scopes(process: Process) -> Iterator[Problem]:
    """Each process and sub-process has a way in; what may not stand alone does not."""
    parts: dict[str, list[Element]] = {"": []}
    parts |= {e.id: [] for e in process.elements.values() if e.kind == "subProcess"}
    for element in process.elements.values():
        if not element.by_event and element.parent in parts:
            parts[element.parent].append(element)
    for scope, inside in parts.items():
        starts = [e for e in inside if e.kind == "startEvent"]
        owner = process.elements.get(scope)
        name = owner.name or scope if owner else process.name or process.id
        if len(starts) != 1:
            yield Problem(
                process.file,
                scope or process.id,
                "begin",
                f"'{name}' heeft {len(starts) or 'geen'} begin. Teken precies een rond begin.",
            )
        for element in inside:
            if not element.incoming and element.kind not in ("startEvent", "boundaryEvent"):
                yield Problem(
                    process.file,
                    element.id,
                    "los",
                    f"Naar '{element.name or element.id}' gaat geen pijl. Verbind deze stap of haal hem weg.",
                )
    for element in process.elements.values():
        host = process.elements.get(element.attached_to)
        if element.kind == "boundaryEvent" and (
            host is None or host.kind not in _HOSTS or host.parent != element.parent
        ):
            yield Problem(
                process.file, element.id, "rand", f"'{element.name or element.id}' hangt niet aan een stap op de rand."
            )
        if element.by_event and (element.incoming or element.outgoing):
            yield Problem(
                process.file,
                element.id,
                "onderbreking",
                f"Aan '{element.name or element.id}' zit een pijl. Een onderbreking staat los.",
            )


_HOSTS = frozenset({"userTask", "manualTask", "businessRuleTask", "callActivity", "subProcess", "receiveTask"})


def _flows(process: Process) -> Iterator[Problem]:
    for flow in process.flows.values():
        source, target = process.elements.get(flow.source), process.elements.get(flow.target)
        if source is None or target is None:
            yield Problem(process.file, flow.id, "pijl", f"De pijl '{flow.name or flow.id}' komt nergens uit of aan.")
        elif source.parent != target.parent:
            yield Problem(
                process.file,
                flow.id,
                "pijl",
                f"De pijl van '{source.name or source.id}' gaat door de rand van een deelproces. Dat kan niet.",
            )
        elif target.kind in ("startEvent", "boundaryEvent") or source.kind == "endEvent":
            yield Problem(
                process.file,
                flow.id,
                "pijl",
                f"De pijl '{flow.name or flow.id}' gaat naar een begin of komt uit een einde. Dat kan niet.",
            )


def _expressions(process: Process) -> Iterator[Problem]:
    for id, text in process.expressions():
        if not text.startswith("=") and _needs_feel(process, id, text):
            yield Problem(
                process.file,
                id,
                "feel",
                f"Hier staat '{text[:60]}'. Schrijf een voorwaarde in FEEL, met een = ervoor, zoals =besluit = \"ja\".",
            )
            continue
        try:
            feel.read(text)
        except feel.FeelError as error:
            yield Problem(process.file, id, "feel", error.message)


def _needs_feel(process: Process, id: str, text: str) -> bool:
    """A flow's condition must be FEEL; a time may be written out, and so may a number of times."""
    return id in process.flows or (
        id in process.elements and process.elements[id].loop is not None and not text.isdigit()
    )

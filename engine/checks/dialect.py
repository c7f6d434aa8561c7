"""The first gate: what is run, and what is refused with a sentence that says what to draw instead."""

import re
from collections.abc import Iterator

from engine import deadlines, feel
from engine.checks.constructs import HANDLER, construct, runs_kind, told
from engine.definitions import Element, Event, Flow, Loop, Process
from engine.definitions.kinds import ACTIVITIES, AWAITS, EMBEDDED, EventKind, Kind, LoopKind, TimerKind
from engine.errors import Problem

Told = tuple[str, str]

_NUMBER = re.compile(r"-?[0-9.]{1,20}|\"[^\"]*\"|true|false|null")
_TIMES = "Schrijf een duur (P14D), een datum (2026-03-02) of een herhaling (R3/P7D)."
_NAMELESS = "er staat niet welk bericht of welke melding het is. Kies er een in de modeler."

_STEPS = frozenset(
    {
        Kind.USER_TASK,
        Kind.MANUAL_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.CALL_ACTIVITY,
        Kind.SUB_PROCESS,
        Kind.TRANSACTION,
        Kind.RECEIVE_TASK,
        Kind.SEND_TASK,
    }
)


def dialect(process: Process, hosted: bool = False) -> tuple[Problem, ...]:
    """What in one process is not run, or is not drawn so that it can be run.

    `hosted` says that something starts processes by events and carries messages and signals between them.
    Knooppunt itself runs each case on its own.
    """
    found = [*_scopes(process), *_edges(process), *_flows(process), *_expressions(process)]
    for element in process.elements.values():
        found.extend(Problem(process.file, element.id, rule, text) for rule, text in _element(process, element, hosted))
    return tuple(sorted(set(found)))


def _element(process: Process, element: Element, hosted: bool) -> Iterator[Told]:
    name = element.name or element.id
    if not runs_kind(element.kind):
        yield "soort", f"'{name}': {told(element.kind)}"
        return
    yield from ((rule, f"'{name}'{text}") for rule, text in _marks(process, element, hosted))
    if element.kind == Kind.COMPLEX_GATEWAY:
        yield from _complex(process, element, name, hosted)
    if element.event is not None:
        yield from _event(process, element, name, hosted)
    if element.loop is not None:
        yield from _loop(element, element.loop, name)
        yield from _each_done(process, element, element.loop, name, hosted)
    if element.kind == Kind.CALL_ACTIVITY and not element.called:
        yield "verwijzing", f"'{name}' roept een diagram aan, maar er staat niet welk. Vul 'Called element' in."
    if element.kind == Kind.BUSINESS_RULE_TASK and not element.decision:
        yield "verwijzing", f"'{name}' gebruikt een beslistabel, maar er staat niet welke. Vul 'Decision reference' in."
    yield from _gateway(process, element, name)


def _marks(process: Process, element: Element, hosted: bool) -> Iterator[Told]:
    """What a mark or number on an element asks that is not run."""
    if element.compensates:
        yield "soort", f": {told('mark', 'compensation')}"
    if element.together:
        yield "keuze", f": {told('mark', 'parallel events')}"
    if element.instantiates and not hosted:
        yield "begin", f": {told('mark', 'instantiates')}"
    if element.instantiates and any(e.attached_to == element.id for e in process.elements.values()):
        yield "rand", " begint een proces, en heeft dus niets op de rand."


def _event(process: Process, element: Element, name: str, hosted: bool) -> Iterator[Told]:
    event = element.event or Event(EventKind.NONE)
    parent = process.elements.get(element.parent)
    handler = element.kind == Kind.START_EVENT and parent is not None and parent.by_event
    if element.kind == Kind.START_EVENT and parent is not None and not handler and event.kind != EventKind.NONE:
        yield "gebeurtenis", f"'{name}' staat in een deelproces. Dat begint gewoon, zonder bericht of klok."
        return
    if handler and event.kind == EventKind.NONE:
        yield "gebeurtenis", f"'{name}' start een onderbreking, maar er staat niet waardoor. Kies bericht of klok."
        return
    kind = HANDLER if handler else element.kind
    row = construct(kind, event.kind)
    if element.kind == Kind.SEND_TASK and not hosted:
        yield "soort", f"'{name}': {told(kind, 'message')}"
    elif element.kind in (Kind.SEND_TASK, Kind.RECEIVE_TASK) and event.kind == EventKind.NONE:
        yield "gebeurtenis", f"'{name}': {_NAMELESS}"
        return
    elif row is None or not row.runs or (row.host and not hosted):
        yield "gebeurtenis", f"'{name}': {told(kind, event.kind)}"
        return  # what the event lacks does not matter any more
    for part in event.parts:
        row = construct(kind, part.kind)
        if row is None or not row.runs or part.kind == EventKind.LINK:
            yield "gebeurtenis", f"'{name}': {told(kind, part.kind)}"
    for part in event.parts or (event,):
        yield from _part(process, element, part, name)


def _part(process: Process, element: Element, event: Event, name: str) -> Iterator[Told]:
    """What one event has to say of itself."""
    catches_all = element.kind in (Kind.BOUNDARY_EVENT, Kind.START_EVENT) and event.kind in (
        EventKind.ERROR,
        EventKind.ESCALATION,
    )
    if (
        event.kind in (EventKind.MESSAGE, EventKind.SIGNAL, EventKind.ESCALATION, EventKind.ERROR)
        and not event.name
        and not catches_all
    ):
        yield "gebeurtenis", f"'{name}': {_NAMELESS}"
    if event.kind == EventKind.ERROR and not element.interrupting:
        yield "gebeurtenis", f"'{name}': een fout onderbreekt altijd. Zet 'onderbreekt' aan."
    if event.kind == EventKind.CONDITIONAL and not event.expression:
        yield "gebeurtenis", f"'{name}' wacht op een voorwaarde, maar die staat er niet. Schrijf haar op."
    if event.kind == EventKind.TIMER and not _counts(event):
        yield "klok", f"'{name}': '{event.expression[:60]}' is geen tijd die telt. {_TIMES}"
    if event.timer == TimerKind.CYCLE and not _may_repeat(process, element, event):
        yield "klok", f"'{name}': een herhaling kan hier niet, of alleen een vast aantal keren. Gebruik een duur."
    if event.kind == EventKind.LINK and element.kind == Kind.INTERMEDIATE_THROW_EVENT:
        landings = [
            e for e in process.elements.values() if e.kind == Kind.INTERMEDIATE_CATCH_EVENT and e.event == event
        ]
        if [e.parent for e in landings] != [element.parent]:
            yield "gebeurtenis", f"'{name}' springt nergens heen, of naar meer dan een plek. Teken de pijl helemaal."
    if event.kind == EventKind.CANCEL and element.kind == Kind.END_EVENT:
        caught = (e for e in process.elements.values() if e.attached_to == element.parent and e.event == event)
        if next(caught, None) is None:
            yield "gebeurtenis", f"'{name}' annuleert, maar op de rand van de transactie staat niet wat er dan gebeurt."


def _may_repeat(process: Process, element: Element, event: Event) -> bool:
    """Whether a clock may go off more than once: on an edge, or on the way a fixed number of times."""
    if event is not element.event:
        return False
    if element.kind == Kind.INTERMEDIATE_CATCH_EVENT:
        sources = (process.elements.get(process.flows[id].source) for id in element.incoming)
        raced = any(one is not None and one.kind == Kind.EVENT_BASED_GATEWAY for one in sources)
        return not raced and re.match(r"R[1-9]", event.expression) is not None
    return bool(element.attached_to) or element.id not in process.triggers


def _counts(event: Event) -> bool:
    """Whether the text of a clock is a time that can be counted; what FEEL gives is only known in a case."""
    text = event.expression
    if not text or text.startswith("="):
        return True
    if event.timer == TimerKind.DATE:
        return (feel.parse_datetime(text) or feel.parse_date(text)) is not None
    if event.timer == TimerKind.CYCLE:
        times, _, text = text.partition("/")
        return (
            re.fullmatch(r"R([1-9]\d*)?", times) is not None
            and deadlines.valid(text)
            and re.search("[1-9]", text) is not None
        )
    return deadlines.valid(text)


def _loop(element: Element, loop: Loop, name: str) -> Iterator[Told]:
    if element.by_event or element.kind not in _STEPS:
        yield "meervoud", f"'{name}' kan niet meer dan een keer tegelijk gebeuren. Haal de streepjes weg."
    if loop.kind == LoopKind.STANDARD:
        if not loop.condition and not loop.cardinality:
            yield "lus", f"'{name}' heeft een lusteken. Vul in zolang wat waar is, of hoe vaak hoogstens."
        if loop.cardinality and not re.fullmatch(r"0*[1-9][0-9]{0,8}", loop.cardinality):
            yield "lus", f"'{name}': het hoogste aantal rondes is 1 of meer. Vul een aantal in."
    elif bool(loop.collection) == bool(loop.cardinality):
        yield "meervoud", f"'{name}' gebeurt meer dan een keer. Vul in over welke lijst, met een = ervoor."
    elif loop.collection and not loop.variable:
        yield "meervoud", f"'{name}' gaat over een lijst. Vul in hoe een regel daaruit heet ('Element variable')."
    elif loop.cardinality and not _may_count(loop.cardinality):
        yield "meervoud", f"'{name}' gebeurt '{loop.cardinality[:60]}' keer. Dat moet een aantal zijn, 0 of meer."


def _each_done(process: Process, element: Element, loop: Loop, name: str, hosted: bool) -> Iterator[Told]:
    """What is thrown as one of several is done.

    By the standard an event on the edge that interrupts would end all others, and few mean that who draw it.
    """
    if loop.behaviour == "All":
        return
    thrown = loop.thrown
    if not hosted or loop.behaviour not in ("None", "One") or thrown is None or thrown.kind not in _EACH:
        yield "meervoud", f"'{name}': {told('mark', 'behaviour')}"
        return
    for edge in process.elements.values():
        hears = edge.event is not None and thrown.kind in {part.kind for part in (edge.event.parts or (edge.event,))}
        if edge.attached_to == element.id and edge.interrupting and hears:
            yield "meervoud", f"'{name}': wat er gebeurt als een klaar is, stopt de rest. Laat dat niet onderbreken."


_EACH = frozenset({"signal", "escalation"})


def _may_count(text: str) -> bool:
    """Whether this can be a number of times, as far as that is seen before there is a case."""
    try:
        read = feel.read(text)
    except feel.FeelError:
        return True  # told with the expressions
    if isinstance(read, str) or read.names or not _NUMBER.fullmatch(read.text.strip()):
        return True  # only known in a case; a sum could take a long time to work out
    number = feel.to_json(read.evaluate({}))
    return isinstance(number, int) and number >= 0


def _gateway(process: Process, element: Element, name: str) -> Iterator[Told]:
    flows = [process.flows[id] for id in element.outgoing]
    if element.default and element.default not in element.outgoing:
        yield "keuze", f"Bij '{name}' is een standaardpijl gekozen die daar niet vertrekt."
    if element.kind == Kind.EXCLUSIVE_GATEWAY and len(flows) > 1:
        open_ways = [f for f in flows if not f.condition and f.id != element.default]
        if open_ways and (element.default or len(open_ways) > 1):
            yield "keuze", f"Bij '{name}' heeft een pijl geen voorwaarde. Schrijf haar op, of maak die pijl standaard."
    elif element.kind in (Kind.EXCLUSIVE_GATEWAY, Kind.INCLUSIVE_GATEWAY) and len(flows) == 1 and flows[0].condition:
        if not element.default:
            yield "keuze", f"'{name}' heeft maar een pijl, met een voorwaarde. Teken ook waar het anders heen gaat."
    elif any(f.condition for f in flows) and not _chooses(element, flows):
        yield "keuze", f"'{name}' heeft een pijl met een voorwaarde. Zet er een keuze (ruit) tussen."
    if element.kind == Kind.EVENT_BASED_GATEWAY:
        yield from _first_event(process, flows, name)


def _complex(process: Process, element: Element, name: str, hosted: bool) -> Iterator[Told]:
    """What a complex gateway has to say of itself."""
    if not hosted:
        yield "soort", f"'{name}': {told(element.kind)}"
    elif not element.activation and len(element.incoming) > 1:
        yield "keuze", f"'{name}' voegt samen, maar er staat niet wanneer het verder gaat."
    elif any(re.search(rf"\b{re.escape(id)}\b", element.activation) for id in element.incoming):
        yield "keuze", f"'{name}' kijkt naar een pijl. Tel wat er binnenkomt, met activationCount."


def _chooses(element: Element, flows: list[Flow]) -> bool:
    """Whether conditions on the flows out of an element have a meaning; on those out of a split they have none."""
    splits = element.kind in (Kind.INCLUSIVE_GATEWAY, Kind.PARALLEL_GATEWAY, Kind.COMPLEX_GATEWAY)
    return splits or (element.kind in _STEPS and len(flows) > 1)


def _first_event(process: Process, flows: list[Flow], name: str) -> Iterator[Told]:
    """What may come after an event-based gateway."""
    edged = {e.attached_to for e in process.elements.values() if e.kind == Kind.BOUNDARY_EVENT}
    for flow in flows:
        target = process.elements.get(flow.target)
        if target is not None and target.kind not in AWAITS:
            yield "keuze", f"Na '{name}' mag alleen een wachtend bericht of een klok komen."
        if flow.target in edged:
            yield "keuze", f"Na '{name}' mag een stap geen gebeurtenis op de rand hebben."


def _scopes(process: Process) -> Iterator[Problem]:
    """Each process and sub-process has a way in; what may not stand alone does not."""
    parts: dict[str, list[Element]] = {"": []}
    parts |= {e.id: [] for e in process.elements.values() if e.kind in EMBEDDED}
    for element in process.elements.values():
        if not element.by_event and element.parent in parts:
            parts[element.parent].append(element)
    triggers = process.triggers
    for scope, inside in parts.items():
        owner = process.elements.get(scope)
        name = owner.name or scope if owner else process.name or process.id
        starts = [e for e in inside if e.kind == Kind.START_EVENT]
        plain = [e for e in starts if e.id not in triggers]
        begins = starts or [e for e in inside if e.id in triggers]
        ends = any(e.kind == Kind.END_EVENT for e in inside)
        if len(plain) > 1 or not (begins or (inside and not ends and any(map(_is_first, inside)))):
            told = f"'{name}' heeft {len(plain) or 'geen'} begin. Teken precies een rond begin."
            yield Problem(process.file, scope or process.id, "begin", told)
        for element in inside if begins else ():
            if _is_first(element) and element.kind != Kind.START_EVENT and element.id not in triggers:
                if element.instantiates:
                    continue
                told = f"Naar '{element.name or element.id}' gaat geen pijl. Verbind deze stap of haal hem weg."
                yield Problem(process.file, element.id, "los", told)


def _is_first(element: Element) -> bool:
    """Whether nothing leads to an element, and nothing needs to."""
    lands = (
        element.kind == Kind.INTERMEDIATE_CATCH_EVENT
        and element.event is not None
        and element.event.kind == EventKind.LINK
    )
    return not element.incoming and element.kind != Kind.BOUNDARY_EVENT and not lands


def _edges(process: Process) -> Iterator[Problem]:
    """What hangs on the edge of a step hangs there, and what stands apart does."""
    for element in process.elements.values():
        host = process.elements.get(element.attached_to)
        if element.kind == Kind.BOUNDARY_EVENT and (
            host is None or host.kind not in ACTIVITIES or host.parent != element.parent
        ):
            told = f"'{element.name or element.id}' hangt niet aan een stap. Zet dit rondje op de rand van een stap."
            yield Problem(process.file, element.id, "rand", told)
        if element.by_event and (element.incoming or element.outgoing):
            yield Problem(
                process.file,
                element.id,
                "onderbreking",
                f"Aan '{element.name or element.id}' zit een pijl. Een onderbreking staat los.",
            )


def _flows(process: Process) -> Iterator[Problem]:
    for flow in process.flows.values():
        source, target = process.elements.get(flow.source), process.elements.get(flow.target)
        if source is None or target is None:
            yield Problem(process.file, flow.id, "pijl", _loose(flow, source, target))
        elif source.parent != target.parent:
            yield Problem(
                process.file,
                flow.id,
                "pijl",
                f"De pijl van '{source.name or source.id}' gaat door de rand van een deelproces. Dat kan niet.",
            )
        elif target.kind in (Kind.START_EVENT, Kind.BOUNDARY_EVENT) or source.kind == Kind.END_EVENT:
            yield Problem(
                process.file,
                flow.id,
                "pijl",
                f"De pijl '{flow.name or flow.id}' gaat naar een begin of komt uit een einde. Dat kan niet.",
            )


def _loose(flow: Flow, source: Element | None, target: Element | None) -> str:
    if source is not None:
        told = f"De pijl uit '{source.name or source.id}' gaat nergens naartoe."
    elif target is not None:
        told = f"De pijl naar '{target.name or target.id}' komt nergens vandaan."
    else:
        told = f"De pijl '{flow.name or flow.id}' zit nergens aan vast."
    return f"{told} Verbind hem met een stap, of haal hem weg."


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
    """A condition must be FEEL; a time may be written out, and so may a number of times."""
    if id in process.flows:
        return True
    element = process.elements[id]
    event = element.event or Event(EventKind.NONE)
    conditions = {part.expression for part in (event.parts or (event,)) if part.kind == EventKind.CONDITIONAL}
    conditions |= {element.activation} - {""}
    return text in conditions or (element.loop is not None and not re.fullmatch(r"[0-9]{1,9}", text))

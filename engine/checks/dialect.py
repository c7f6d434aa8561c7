"""The first gate: what is run, and what is refused with a sentence that says what to draw instead.

What the BPMN standard itself forbids is no matter of ours, and told by engine.checks.standard.
"""

import re
from collections.abc import Iterator
from datetime import date, time

from engine import deadlines, feel
from engine.checks.constructs import HANDLER, MARK, construct, refusal, runs_kind
from engine.checks.finding import from_text, name_of
from engine.checks.reading import EXACT
from engine.checks.rows import misplaced
from engine.checks.rule import Change, Finding, Mend, Rule, Topic
from engine.definitions import Element, Event, Flow, Loop, Process
from engine.definitions.kinds import ACTIVITIES, CODED, EMBEDDED, NAMED, EventKind, Kind, LoopKind, TimerKind
from engine.likeness import meant
from engine.words import Message

Breach = tuple[Rule, str]
"""What is broken, and what to say of it: first what is wrong, then what to do."""

_NUMBER = re.compile(r"-?[0-9.]{1,20}|\"[^\"]*\"|true|false|null")
_TIMES = "Schrijf een duur (P14D), een datum (2026-03-02) of een herhaling (R3/P7D)."
_WRITTEN = re.compile(r"(?:\b(?:date|time|date and time|duration)\s*\(\s*|@)\"[^\"]*\"\s*\)?")
"""A time that is written out in FEEL."""
_ONCE = "is het begin van een nieuwe ronde. Teken er een, naast het gewone begin."
_NAMELESS = "er staat niet welk bericht of welke melding het is. Kies er een in de modeler."

_KIND = frozenset({"soort"})
"""What is to be drawn as another kind of step takes along what is the matter inside."""

KIND = Rule(
    "soort",
    Topic.DIALECT,
    "Elke stap, ruit en pijl is van een soort die Knooppunt kan draaien.",
    EXACT,
    "Teken het met een soort die wel wordt gedraaid. Welke dat zijn, staat in het hoofdstuk 'Wat mag ik tekenen?'.",
    wrong="begin > bellen > klaar\nbellen: task",
    right="begin > bellen > klaar\nbellen: userTask",
    unprovable=True,
)
CHOICE = Rule(
    "keuze",
    Topic.DIALECT,
    "Bij elke keuze ligt vast welke weg een casus neemt: elke pijl heeft een voorwaarde, of een is de standaardpijl.",
    EXACT,
    "Schrijf bij elke pijl een voorwaarde, of maak een pijl de standaardpijl.",
    wrong="begin > bellen > wil_het?\nwil_het >ja> helpen > klaar\nwil_het >nee> klaar_zonder",
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    unprovable=True,
)
DEFAULT_NEVER = Rule(
    "standaardpijl_nooit",
    Topic.DIALECT,
    "Naast een standaardpijl heeft elke andere pijl een voorwaarde.",
    "Een pijl zonder voorwaarde gaat altijd. Dan gaat de standaardpijl nooit, en de stap daarachter gebeurt niet.",
    "Schrijf bij die pijl een voorwaarde, of maak van de standaardpijl een gewone pijl.",
    wrong='begin > bellen >ja [=wil = "ja"]> helpen > klaar\nbellen >*> bezoeken > klaar_bezoek\n'
    "bellen > mailen > klaar_mail",
    right='begin > bellen >ja [=wil = "ja"]> helpen > klaar\nbellen >*> bezoeken > klaar_bezoek',
    unprovable=True,
)
EVENT = Rule(
    "gebeurtenis",
    Topic.DIALECT,
    "Van elk rondje is duidelijk wat er gebeurt, en dat kan ook worden gedraaid.",
    EXACT,
    "Kies een bericht of een klok, en vul in welk bericht of welke tijd.",
    wrong="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent <messageEventDefinition />",
    right="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent message=gezin_belt",
    unprovable=True,
    silenced_by=_KIND,
)
CLOCK = Rule(
    "klok",
    Topic.DIALECT,
    "Bij een klok staat een tijd die te tellen is: een duur, een datum of een herhaling.",
    "Een klok die niet te lezen is, gaat nooit af. Dan wacht een gezin voor niets.",
    "Schrijf een duur (P14D), een datum (2026-03-02) of een herhaling (R3/P7D).",
    wrong="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent cycle=R/P7D",
    right="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent duration=P14D",
    unprovable=True,
    silenced_by=frozenset({"taal", "klok_zonder_datum", "klok_zonder_herhaling", "klok_zonder_duur"}),
)
BEGIN = Rule(
    "begin",
    Topic.BEGIN,
    "Elk proces en elk deelproces heeft precies een begin.",
    "Zonder een duidelijk begin weet niemand waar een casus start.",
    "Teken precies een rond begin.",
    wrong="begin > bellen > klaar\nbegin_ook > bellen",
    right="begin > bellen > klaar",
    unprovable=True,
)
EDGE = Rule(
    "rand",
    Topic.DIALECT,
    "Een rondje dat een stap kan onderbreken, hangt op de rand van die stap.",
    EXACT,
    "Zet dit rondje op de rand van een stap.",
    wrong="begin > helpen > klaar\nhelpen: subProcess\n[helpen]\nbegin_hulp > bellen > klaar_hulp\n[]\n"
    "te_laat: boundaryEvent attachedToRef=bellen duration=P7D\nte_laat > klaar_laat",
    right="begin > helpen > klaar\nhelpen: subProcess\n[helpen]\nbegin_hulp > bellen > klaar_hulp\n[]\n"
    "te_laat: boundaryEvent attachedToRef=helpen duration=P7D\nte_laat > klaar_laat",
    unprovable=True,
    silenced_by=frozenset({"verwijst_nergens"}),
)
ARROW = Rule(
    "pijl",
    Topic.DIALECT,
    "Elke pijl gaat van een stap naar een stap.",
    EXACT,
    "Verbind hem met een stap, of haal hem weg.",
    wrong='begin > bellen > klaar\n<sequenceFlow id="los_eind" sourceRef="bellen" />',
    right="begin > bellen > klaar",
    unprovable=True,
)
FEEL = Rule(
    "feel",
    Topic.DIALECT,
    "Een voorwaarde, een lijst en een berekening staan in FEEL, met een = ervoor.",
    "Alleen wat in FEEL staat, rekent de computer uit. De rest is voor hem gewone tekst.",
    'Schrijf een voorwaarde met een = ervoor, zoals =besluit = "ja".',
    wrong="begin > bellen > wil_het?\nwil_het >ja [wil is ja]> helpen > klaar\nwil_het >nee*> klaar_zonder",
    right='begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het >nee*> klaar_zonder',
    unprovable=True,
    silenced_by=_KIND,
)
MULTIPLE = Rule(
    "meervoud",
    Topic.DIALECT,
    "Bij een stap die meer keer gebeurt, staat over welke lijst, of hoe vaak.",
    EXACT,
    "Vul in over welke lijst, met een = ervoor, en hoe een regel daaruit heet.",
    wrong="begin > bellen > klaar\nbellen: <multiInstanceLoopCharacteristics />",
    right='begin > tellen > bellen > klaar\nbellen: each="=kinderen"',
    unprovable=True,
    silenced_by=_KIND,
)
LOOP = Rule(
    "lus",
    Topic.DIALECT,
    "Bij een lusteken staat hoe lang of hoe vaak.",
    "Een lus zonder einde houdt nooit op.",
    "Vul in zolang wat waar is, of hoe vaak hoogstens.",
    wrong="begin > bellen > klaar\nbellen: <standardLoopCharacteristics />",
    right="begin > bellen > klaar\nbellen: while='=wil = \"nee\"'",
    unprovable=True,
    silenced_by=_KIND,
)
SKIPPED = Rule(
    "overslaan_meer_keer",
    Topic.DIALECT,
    "Een stap die mag worden overgeslagen, gebeurt niet meer keer.",
    "Bij een stap die voor elke regel apart gebeurt, is niet te zien welke regel wordt overgeslagen.",
    "Haal 'overslaan' weg, of zet de stap in een deelproces dat meer keer gebeurt.",
    wrong='begin > tellen > bellen > klaar\nbellen: each="=kinderen" $overslaan=ja',
    right="begin > bellen > bezoeken > klaar\nbellen: $overslaan=ja",
    unprovable=True,
)
CALLED = Rule(
    "verwijzing",
    Topic.REFERENCES,
    "Een stap die een diagram of een beslistabel gebruikt, zegt welke, en die bestaat.",
    "Wat een stap nodig heeft, moet er zijn. Anders stopt een casus juist daar.",
    "Kies het diagram of de tabel die erbij hoort.",
    wrong="begin > bellen > volgen > klaar\nvolgen: callActivity",
    right={
        "proef.bpmn": "begin > bellen > volgen > klaar\nvolgen: callActivity calledElement=volgen",
        "volgen.bpmn": "begin > bezoeken > klaar\nbezoeken: $fase=volgen",
    },
    unprovable=True,
    silenced_by=_KIND,
)


def dialect(process: Process, hosted: bool = False) -> tuple[Finding, ...]:
    """What in one process is not run, or is not drawn so that it can be run.

    `hosted` says that something starts processes by events and carries messages and signals between them.
    Knooppunt itself runs each case on its own.
    """
    breaches = [*_scopes(process), *_edges(process), *_flows(process), *_expressions(process)]
    for element in process.elements.values():
        breaches += [(element.id, *breach) for breach in _element(process, element, hosted)]
    ordered = sorted(set(breaches), key=lambda breach: (breach[0], breach[1].id, breach[2]))
    return tuple(
        from_text(rule, process.file, id, text, name_of(process, id), _mend(process, id) if rule is FEEL else None)
        for id, rule, text in ordered
    )


def _mend(process: Process, id: str) -> Mend | None:
    """What puts the condition of an arrow right that lacks no more than the sign before it."""
    text = process.flows[id].condition if id in process.flows else "="
    try:
        read = None if text.startswith("=") else feel.parse(text)
    except feel.FeelError:
        return None
    compares = read is not None and read.names and re.search(r"[=<>]|\b(and|or|in|not)\b", text)
    return Mend(id, Change.SET, "conditionExpression", f"={text}") if compares else None


def _element(process: Process, element: Element, hosted: bool) -> Iterator[Breach]:
    name = element.title
    if not runs_kind(element.kind):
        yield KIND, f"'{name}': {refusal(element.kind)}"
        return
    yield from ((rule, f"'{name}'{text}") for rule, text in _marks(process, element, hosted))
    yield from misplaced(process, element)
    if element.kind == Kind.COMPLEX_GATEWAY:
        yield from _complex(process, element, name, hosted)
    if element.event is not None:
        yield from _event(process, element, name, hosted)
    if element.loop is not None:
        yield from _loop(element, element.loop, name)
        yield from _each_done(process, element, element.loop, name, hosted)
    if element.skippable and element.loop is not None:
        yield SKIPPED, f"'{name}' mag worden overgeslagen, maar gebeurt meer keer. {SKIPPED.advice}"
    if element.kind == Kind.CALL_ACTIVITY and not element.called:
        yield CALLED, f"'{name}' roept een diagram aan, maar er staat niet welk. Vul 'Called element' in."
    if element.kind == Kind.BUSINESS_RULE_TASK and not element.decision:
        yield CALLED, f"'{name}' gebruikt een beslistabel, maar er staat niet welke. Vul 'Decision reference' in."
    yield from _gateway(process, element, name)


def _marks(process: Process, element: Element, hosted: bool) -> Iterator[Breach]:
    """What a mark or number on an element asks that is not run."""
    if element.compensates:
        yield KIND, f": {refusal(MARK, 'compensation')}"
    if element.together:
        yield CHOICE, f": {refusal(MARK, 'parallel events')}"
    if element.instantiates and not hosted:
        yield BEGIN, f": {refusal(MARK, 'instantiates')}"
    if element.instantiates and any(e.attached_to == element.id for e in process.elements.values()):
        yield EDGE, " begint een proces, en heeft dus niets op de rand."


def _event(process: Process, element: Element, name: str, hosted: bool) -> Iterator[Breach]:
    event = element.event or Event(EventKind.NONE)
    parent = process.elements.get(element.parent)
    handler = element.kind == Kind.START_EVENT and parent is not None and parent.by_event
    if element.kind == Kind.START_EVENT and parent is not None and handler is (event.kind == EventKind.NONE):
        return  # the standard itself forbids it: engine.checks.standard tells
    kind = HANDLER if handler else element.kind
    row = construct(kind, event.kind)
    if element.kind == Kind.SEND_TASK and not hosted:
        yield KIND, f"'{name}': {refusal(kind, EventKind.MESSAGE)}"
    elif element.kind in (Kind.SEND_TASK, Kind.RECEIVE_TASK) and event.kind == EventKind.NONE:
        yield EVENT, f"'{name}': {_NAMELESS}"
        return
    elif row is None or not row.runs or (row.host and not hosted and not _goes_on(element)):
        yield EVENT, f"'{name}': {refusal(kind, event.kind)}"
        return  # what the event lacks does not matter any more
    for part in event.parts:
        row = construct(kind, part.kind)
        if row is None or not row.runs or part.kind == EventKind.LINK:
            yield EVENT, f"'{name}': {refusal(kind, part.kind)}"
    for part in event.parts or (event,):
        yield from _part(process, element, part, name)


def _goes_on(element: Element) -> bool:
    """Whether a new round of a case that ended begins here."""
    begins = not element.parent and element.kind == Kind.START_EVENT
    return begins and element.event == Event(EventKind.MESSAGE, Message.REOPENED)


def _part(process: Process, element: Element, event: Event, name: str) -> Iterator[Breach]:
    """What one event has to say of itself."""
    catches_all = element.kind in (Kind.BOUNDARY_EVENT, Kind.START_EVENT) and event.kind in CODED
    if event.kind in NAMED | CODED and not event.name and not catches_all:
        yield EVENT, f"'{name}': {_NAMELESS}"
    if event.kind == EventKind.CONDITIONAL and not event.expression:
        yield EVENT, f"'{name}' wacht op een voorwaarde, maar die staat er niet. Schrijf haar op."
    if event.kind == EventKind.TIMER and not _counts(event):
        yield CLOCK, f"'{name}': '{event.expression[:60]}' is geen tijd die telt. {_TIMES}"
    if event.timer == TimerKind.CYCLE and not _may_repeat(process, element, event):
        yield CLOCK, f"'{name}': een herhaling kan hier niet, of alleen een vast aantal keren. Gebruik een duur."
    if event.kind == EventKind.LINK and element.kind == Kind.INTERMEDIATE_THROW_EVENT:
        landings = [
            e for e in process.elements.values() if e.kind == Kind.INTERMEDIATE_CATCH_EVENT and e.event == event
        ]
        if [e.parent for e in landings] != [element.parent]:
            yield EVENT, f"'{name}' springt nergens heen, of naar meer dan een plek. Teken de pijl helemaal."
    if event.kind == EventKind.CANCEL and element.kind == Kind.END_EVENT:
        caught = (e for e in process.elements.values() if e.attached_to == element.parent and e.event == event)
        if next(caught, None) is None:
            yield EVENT, f"'{name}' annuleert, maar op de rand van de transactie staat niet wat er dan gebeurt."


def _may_repeat(process: Process, element: Element, event: Event) -> bool:
    """Whether a clock may go off more than once: on an edge, or on the way a fixed number of times."""
    if event is not element.event:
        return False
    if element.kind == Kind.INTERMEDIATE_CATCH_EVENT:
        sources = (process.elements.get(process.flows[id].source) for id in element.incoming)
        raced = any(source is not None and source.kind == Kind.EVENT_BASED_GATEWAY for source in sources)
        return not raced and re.match(r"R[1-9]", event.expression) is not None
    return bool(element.attached_to) or element.id not in process.triggers


def _counts(event: Event) -> bool:
    """Whether the text of a clock is a time that can be counted; what FEEL makes of answers is only known in a case."""
    text = event.expression
    if not text or text.startswith("="):
        return all(_is_time(f"={written}") for written in _WRITTEN.findall(text)) and _is_time(text)
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


def _is_time(text: str) -> bool:
    """Whether FEEL gives a time, as far as that is seen before there is a case."""
    try:
        read = feel.read(text)
    except feel.FeelError:
        return True  # told with the expressions
    if isinstance(read, str) or read.asks:
        return True
    return isinstance(read.evaluate({}), str | date | time | feel.Duration)


def _loop(element: Element, loop: Loop, name: str) -> Iterator[Breach]:
    if element.by_event or element.kind not in ACTIVITIES:
        yield MULTIPLE, f"'{name}' kan niet meer dan een keer tegelijk gebeuren. Haal de streepjes weg."
    if loop.kind == LoopKind.STANDARD:
        if not loop.condition and not loop.cardinality:
            message = f"'{name}' heeft een lusteken, maar er staat niet hoe lang of hoe vaak."
            yield LOOP, f"{message} Vul in zolang wat waar is, of hoe vaak hoogstens."
        if loop.cardinality and not re.fullmatch(r"0*[1-9][0-9]{0,8}", loop.cardinality):
            yield LOOP, f"'{name}': het hoogste aantal rondes is 1 of meer. Vul een aantal in."
    elif bool(loop.collection) == bool(loop.cardinality):
        message = f"'{name}' gebeurt meer dan een keer, maar er staat niet over welke lijst het gaat."
        yield MULTIPLE, f"{message} Vul die in, met een = ervoor."
    elif loop.collection and not loop.variable:
        message = f"'{name}' gaat over een lijst, maar er staat niet hoe een regel daaruit heet."
        yield MULTIPLE, f"{message} Vul dat in bij 'Element variable'."
    elif loop.cardinality and not _may_count(loop.cardinality):
        yield MULTIPLE, f"'{name}' gebeurt '{loop.cardinality[:60]}' keer. Dat moet een aantal zijn, 0 of meer."


def _each_done(process: Process, element: Element, loop: Loop, name: str, hosted: bool) -> Iterator[Breach]:
    """What is thrown as one of several is done.

    By the standard an event on the edge that interrupts would end all others, and few mean that who draw it.
    """
    if loop.behaviour == "All":
        return
    thrown = loop.thrown
    if not hosted or loop.behaviour not in ("None", "One") or thrown is None or thrown.kind not in _EACH:
        yield MULTIPLE, f"'{name}': {refusal(MARK, 'behaviour')}"
        return
    for edge in process.elements.values():
        hears = edge.event is not None and thrown.kind in {part.kind for part in (edge.event.parts or (edge.event,))}
        if edge.attached_to == element.id and edge.interrupting and hears:
            message = f"'{edge.title}' op de rand van '{name}' stopt de andere keren zodra er een klaar is."
            yield MULTIPLE, f"{message} Laat dit rondje niet onderbreken."


_EACH = frozenset({EventKind.SIGNAL, EventKind.ESCALATION})


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


def _gateway(process: Process, element: Element, name: str) -> Iterator[Breach]:
    flows = [process.flows[id] for id in element.outgoing]
    if element.kind == Kind.EXCLUSIVE_GATEWAY and len(flows) > 1:
        open_ways = [f for f in flows if not f.condition and f.id != element.default]
        if open_ways and (element.default or len(open_ways) > 1):
            targets = [process.elements[f.target].title for f in open_ways if f.target in process.elements]
            listed = " en ".join(f"'{target}'" for target in targets[:2])
            bare = f"de pijl naar {listed}" if len(targets) == 1 else f"meer dan een pijl (naar {listed})"
            message = f"Bij '{name}' heeft {bare} geen voorwaarde."
            yield CHOICE, f"{message} Schrijf bij elke pijl een voorwaarde, of maak er een de standaardpijl."
    elif element.kind in (Kind.EXCLUSIVE_GATEWAY, Kind.INCLUSIVE_GATEWAY) and len(flows) == 1 and flows[0].condition:
        if not element.default:
            yield CHOICE, f"'{name}' heeft maar een pijl, met een voorwaarde. Teken ook waar het anders heen gaat."
    elif element.default in element.outgoing and any(not f.condition and f.id != element.default for f in flows):
        message = f"De standaardpijl van '{name}' wordt nooit genomen, want een andere pijl daar heeft geen voorwaarde."
        yield DEFAULT_NEVER, f"{message} {DEFAULT_NEVER.advice}"
    elif any(f.condition for f in flows) and not _chooses(element, flows):
        yield CHOICE, f"'{name}' heeft een pijl met een voorwaarde. Zet er een keuze (ruit) tussen."


def _complex(process: Process, element: Element, name: str, hosted: bool) -> Iterator[Breach]:
    """What a complex gateway has to say of itself."""
    if not hosted:
        yield KIND, f"'{name}': {refusal(element.kind)}"
    elif not element.activation and len(element.incoming) > 1:
        yield CHOICE, f"'{name}' voegt samen, maar er staat niet wanneer het verder gaat."
    elif any(re.search(rf"\b{re.escape(id)}\b", element.activation) for id in element.incoming):
        yield CHOICE, f"'{name}' kijkt naar een pijl. Tel wat er binnenkomt, met activationCount."


def _chooses(element: Element, flows: list[Flow]) -> bool:
    """Whether conditions on the flows out of an element have a meaning; on those out of a split they have none."""
    splits = element.kind in (Kind.INCLUSIVE_GATEWAY, Kind.PARALLEL_GATEWAY, Kind.COMPLEX_GATEWAY)
    return splits or (element.kind in ACTIVITIES and len(flows) > 1)


def _scopes(process: Process) -> Iterator[tuple[str, Rule, str]]:
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
        again = [e for e in starts if _goes_on(e)]
        if again and (len(again) > 1 or not plain):
            yield again[-1].id, BEGIN, f"'{again[-1].title}' {_ONCE}"
        if len(plain) > 1 or not (begins or (inside and not ends and any(map(_is_first, inside)))):
            message = f"'{name}' heeft {len(plain) or 'geen'} begin. Teken precies een rond begin."
            if owner is not None and not inside:
                message = f"In het deelproces '{name}' staat niets. Teken de stappen erin, of maak er een taak van."
            yield scope or process.id, BEGIN, message


def _is_first(element: Element) -> bool:
    """Whether nothing leads to an element, and nothing needs to."""
    lands = (
        element.kind == Kind.INTERMEDIATE_CATCH_EVENT
        and element.event is not None
        and element.event.kind == EventKind.LINK
    )
    return not (element.incoming or element.kind == Kind.BOUNDARY_EVENT or element.compensates or lands)


def _edges(process: Process) -> Iterator[tuple[str, Rule, str]]:
    """What hangs on the edge of a step hangs there."""
    for element in process.elements.values():
        host = process.elements.get(element.attached_to)
        if element.kind == Kind.BOUNDARY_EVENT and (
            host is None or host.kind not in ACTIVITIES or host.parent != element.parent
        ):
            message = f"Het rondje '{element.title}' hangt nergens aan. Zet dit rondje op de rand van een stap."
            yield element.id, EDGE, message


def _flows(process: Process) -> Iterator[tuple[str, Rule, str]]:
    for flow in process.flows.values():
        source, target = process.elements.get(flow.source), process.elements.get(flow.target)
        if source is None or target is None:
            yield flow.id, ARROW, _loose(process, flow, source, target)


def _loose(process: Process, flow: Flow, source: Element | None, target: Element | None) -> str:
    if source is not None:
        message = f"De pijl uit '{source.title}' gaat nergens naartoe"
    elif target is not None:
        message = f"De pijl naar '{target.title}' komt nergens vandaan"
    else:
        message = f"De pijl '{flow.name or flow.id}' zit nergens aan vast"
    lost = flow.target if source is not None else flow.source
    where = f": in het bestand staat daar '{lost}', en dat is er niet." if lost else "."
    return f"{message}{where} {meant(lost, process.elements, 'Verbind hem met een stap, of haal hem weg.')}"


def _expressions(process: Process) -> Iterator[tuple[str, Rule, str]]:
    for id, text in process.expressions():
        if "${" in text or "#{" in text:
            continue  # told as another language
        if not text.startswith("=") and _needs_feel(process, id, text):
            message = f"Hier staat '{text[:60]}', en dat is geen FEEL. Schrijf een voorwaarde met een = ervoor, zoals "
            if mend := _mend(process, id):
                yield (
                    id,
                    FEEL,
                    f"Voor '{text[:60]}' ontbreekt het teken = waarmee FEEL begint. Schrijf {mend.value[:60]}.",
                )
                continue
            yield id, FEEL, f'{message}=besluit = "ja".'
            continue
        try:
            feel.read(text)
        except feel.FeelError as error:
            wrong = f"{error.message[0].lower()}{error.message[1:]}"
            yield id, FEEL, f"In “{text[:60]}” gaat het mis: {wrong}"


def _needs_feel(process: Process, id: str, text: str) -> bool:
    """A condition must be FEEL; a time may be written out, and so may a number of times."""
    if id in process.flows:
        return True
    element = process.elements[id]
    event = element.event or Event(EventKind.NONE)
    conditions = {part.expression for part in (event.parts or (event,)) if part.kind == EventKind.CONDITIONAL}
    conditions |= {element.activation} - {""}
    return text in conditions or (element.loop is not None and not re.fullmatch(r"[0-9]{1,9}", text))

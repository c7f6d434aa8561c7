"""How a process and a sub-process begin and end."""

from collections.abc import Iterator

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import SCOPES, Breach, Drawing, is_handler, scope_of
from engine.definitions.kinds import FLOW_NODES, HAPPENS, SUB_PROCESSES, EventKind, Kind
from engine.definitions.markup import NAMES, kind_of

_BEGIN = "Zonder een duidelijk begin weet niemand waar een casus start."
_END = "Zonder een duidelijk einde weet niemand wanneer een casus klaar is."
_PLAIN = "Gebruik een gewoon begin."
_PROCESS = "begin > a > klaar\n"
_INSIDE = "begin > x > klaar\nx: subProcess\n[x]\ns > a > einde\ns: startEvent "
_LOOSE = "begin > x > klaar\nx: adHocSubProcess "
_CALLS = "begin > x > klaar\nx: callActivity calledElement=ander\n"
_CALLED = """
    <process id="ander">
      <startEvent id="s">{}</startEvent><endEvent id="e" /><sequenceFlow id="f" sourceRef="s" targetRef="e" />
    </process>
"""

NO_START = Rule(
    "einde_zonder_begin",
    Topic.BEGIN,
    "Waar een einde is, is een begin.",
    why=_BEGIN,
    advice="Teken een rond begin.",
    message="In {name} is een einde, maar geen begin.",
    wrong="a > klaar",
    right=_PROCESS,
    silenced_by=frozenset({"begin"}),
    unprovable=True,
    standard=("EXT097",),
)
NO_END = Rule(
    "begin_zonder_einde",
    Topic.DIALECT,
    "Waar een begin is, is een einde.",
    why=_END,
    advice="Teken een einde, en een pijl ernaartoe.",
    message="In {name} is een begin, maar geen einde.",
    wrong="begin > a",
    right=_PROCESS,
    unprovable=True,
    standard=("EXT105",),
)
CALLED_WITHOUT_START = Rule(
    "aanroep_zonder_begin",
    Topic.DIALECT,
    "Een diagram dat wordt aangeroepen, heeft een gewoon begin.",
    why=_BEGIN,
    advice="Geef dat diagram een gewoon begin.",
    message="{name} roept een diagram aan dat geen gewoon begin heeft.",
    wrong=_CALLS + _CALLED.format('<messageEventDefinition messageRef="m" />') + '<message id="m" />',
    right=_CALLS + _CALLED.format(""),
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT099",),
)
INTO_START = Rule(
    "pijl_naar_begin",
    Topic.DIALECT,
    "Naar een begin gaat geen pijl.",
    why=_BEGIN,
    advice="Laat de pijl naar de eerste stap gaan.",
    message="Naar het begin {name} gaat een pijl.",
    wrong=_PROCESS + "a > begin",
    right=_PROCESS,
    unprovable=True,
    standard=("EXT096",),
)
STARTS_OTHERWISE = Rule(
    "proces_begint_anders",
    Topic.DIALECT,
    "Een proces begint gewoon, of door een bericht, klok, voorwaarde of signaal.",
    why=_BEGIN,
    advice=_PLAIN,
    message="Het proces begint bij {name} door iets dat geen bericht, klok, voorwaarde of signaal is.",
    wrong=_PROCESS + "begin: startEvent does=error",
    right=_PROCESS,
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT098",),
)
STARTS_BY_UNDOING = Rule(
    "proces_begint_met_herstel",
    Topic.DIALECT,
    "Een proces begint niet met herstel.",
    why="Aan het begin is er nog niets om terug te draaien.",
    advice=_PLAIN,
    message="Het proces begint bij {name} met herstel.",
    wrong=_PROCESS + "begin: startEvent does=compensate",
    right=_PROCESS,
    silenced_by=frozenset({"gebeurtenis"}),
    unprovable=True,
    standard=("EXT098", "EXT121"),
)
INNER_STARTS_OTHERWISE = Rule(
    "deelproces_begint_anders",
    Topic.DIALECT,
    "Een deelproces begint gewoon: het begint als de casus er aankomt.",
    why=_BEGIN,
    advice=_PLAIN,
    message="Het deelproces begint bij {name} door een bericht, een klok of iets anders dat gebeurt.",
    wrong=_INSIDE + "message=m",
    right=_INSIDE,
    unprovable=True,
    standard=("EXT100",),
)
IN_NO_ORDER = Rule(
    "begin_of_einde_zonder_volgorde",
    Topic.DIALECT,
    "Een deelproces zonder vaste volgorde heeft geen begin en geen einde.",
    why="Wie zelf kiest wat eerst gaat, begint niet op een vaste plek.",
    advice="Haal het rondje weg.",
    message="{name} is een begin of einde in een deelproces zonder vaste volgorde.",
    wrong=_LOOSE + '<userTask id="a" /><startEvent id="s" name="S" />',
    right=_LOOSE + '<userTask id="a" />',
    unprovable=True,
    standard=("EXT062",),
)


def processes(drawing: Drawing) -> Iterator[Breach]:
    """A process that ends begins, and the other way round."""
    for scope in drawing.all(*SCOPES):
        if kind_of(scope) == Kind.AD_HOC_SUB_PROCESS:
            continue
        inside = [node for node in scope if kind_of(node) in FLOW_NODES]
        kinds = {kind_of(node) for node in inside}
        begins = Kind.START_EVENT in kinds or any(node.get("instantiate") == "true" for node in inside)
        if Kind.END_EVENT in kinds and not begins:
            yield Breach(NO_START, scope)
        if Kind.START_EVENT in kinds and Kind.END_EVENT not in kinds:
            yield Breach(NO_END, scope)
    for call in drawing.all(Kind.CALL_ACTIVITY):
        called = drawing.to(call.get("calledElement"))
        starts = called.findall("bpmn:startEvent", NAMES) if called is not None and kind_of(called) == "process" else []
        if starts and all(drawing.events(start) for start in starts):
            yield Breach(CALLED_WITHOUT_START, call)


def starts(drawing: Drawing) -> Iterator[Breach]:
    """What may start what."""
    for start in drawing.all(Kind.START_EVENT):
        scope, kinds = scope_of(start), drawing.events(start)
        if drawing.incoming(start):
            yield Breach(INTO_START, start)
        if kind_of(scope) == "process" and set(kinds) - HAPPENS:
            yield Breach(STARTS_BY_UNDOING if EventKind.COMPENSATE in kinds else STARTS_OTHERWISE, start)
        if kind_of(scope) in SUB_PROCESSES and not is_handler(scope) and kinds:
            yield Breach(INNER_STARTS_OTHERWISE, start)
        if kind_of(scope) == Kind.AD_HOC_SUB_PROCESS:
            yield Breach(IN_NO_ORDER, start)


# --- ends ------------------------------------------------------------------------------------------------------

OUT_OF_END = Rule(
    "pijl_uit_einde",
    Topic.DIALECT,
    "Uit een einde gaat geen pijl.",
    why=_END,
    advice="Gebruik een rondje onderweg in plaats van een einde.",
    message="Uit het einde {name} gaat een pijl.",
    wrong="begin > a > klaar > b > einde",
    right="begin > a > b > einde",
    unprovable=True,
    standard=("EXT104",),
)
ENDS_OTHERWISE = Rule(
    "einde_van_andere_soort",
    Topic.DIALECT,
    "Een einde is gewoon, of stuurt of stopt iets.",
    why=_END,
    advice="Kies een gewoon einde.",
    message="Het einde {name} is van een soort die niet bestaat.",
    wrong="begin > klaar\nklaar: endEvent duration=P1D",
    right=_PROCESS,
    unprovable=True,
    standard=("EXT146",),
)
CANCELS_NOTHING = Rule(
    "annuleren_buiten_transactie",
    Topic.DIALECT,
    "Annuleren kan alleen in een transactie.",
    why="Buiten een transactie is er niets om te annuleren.",
    advice="Kies een ander einde.",
    message="Het einde {name} annuleert, maar staat niet in een transactie.",
    wrong="begin > x > klaar\nx: subProcess\n[x]\nbegin2 > einde\neinde: endEvent does=cancel",
    right="begin > x > klaar\nx: transaction\n[x]\nbegin2 > einde\neinde: endEvent does=cancel",
    unprovable=True,
    standard=("EXT106",),
)
_MAY_END = frozenset(EventKind) - {EventKind.TIMER, EventKind.CONDITIONAL, EventKind.LINK}


def ends(drawing: Drawing) -> Iterator[Breach]:
    """What an end may do."""
    for end in drawing.all(Kind.END_EVENT):
        kinds = set(drawing.events(end))
        if drawing.outgoing(end):
            yield Breach(OUT_OF_END, end)
        if kinds - _MAY_END:
            yield Breach(ENDS_OTHERWISE, end)
        if EventKind.CANCEL in kinds and kind_of(scope_of(end)) != Kind.TRANSACTION:
            yield Breach(CANCELS_NOTHING, end)
        if kind_of(scope_of(end)) == Kind.AD_HOC_SUB_PROCESS:
            yield Breach(IN_NO_ORDER, end)


CHECKS = (processes, starts, ends)

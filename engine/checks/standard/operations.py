"""What a step asks of another, sends or receives: of the kind that it says, and no more than fits."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.data import DATA_WHY, EACH, INPUT, OUTPUT, group, with_data
from engine.checks.standard.drawing import Breach, Drawing
from engine.checks.standard.transfers import item_of, same
from engine.definitions.kinds import Kind, NoteKind
from engine.definitions.markup import NAMES, kind_of, text_of

_ONE = "Zorg dat er één groep is: teken haar, of haal weg wat te veel is."
DESK = """
    <message id="brief_in" itemRef="tekst" />
    <message id="brief_uit" itemRef="tekst" />
    <interface id="loket"><operation id="vraag">
      <inMessageRef>brief_in</inMessageRef><outMessageRef>brief_uit</outMessageRef>
    </operation></interface>
"""
_NUMBER_IN, _NUMBER_OUT = INPUT.replace("tekst", "getal"), OUTPUT.replace("tekst", "getal")


def _asks(groups: str, items: str = "") -> str:
    return with_data(groups, items, "serviceTask operationRef=vraag") + DESK


def _sends(groups: str, items: str) -> str:
    return with_data(groups, items, "sendTask messageRef=brief_in") + DESK


def _receives(groups: str, items: str) -> str:
    return with_data(groups, items, "receiveTask messageRef=brief_in") + DESK


_IN, _OUT, _NOTHING_IN = group("Input", "d"), group("Output", "u"), group("Input")

NOT_ONE_INPUT = Rule(
    "aanroep_zonder_groep_invoer",
    Topic.DIALECT,
    "Bij een aanroep hoort precies één groep gegevens die erin gaan.",
    why=DATA_WHY,
    advice=_ONE,
    message="Bij de aanroep {name} staat niet één groep gegevens die erin gaan, maar {count}.",
    wrong=_asks(_IN + EACH),
    right=_asks(EACH),
    silenced_by=frozenset({"soort"}),
    unprovable=True,
    standard=("EXT042",),
)
MORE_OUTPUT = Rule(
    "aanroep_met_meer_uitvoer",
    Topic.DIALECT,
    "Bij een aanroep hoort hoogstens één groep gegevens die eruit gaan.",
    why=DATA_WHY,
    advice=_ONE,
    message="Bij de aanroep {name} staat meer dan één groep gegevens die eruit gaan.",
    wrong=_asks(EACH + _OUT),
    right=_asks(EACH),
    silenced_by=frozenset({"soort"}),
    unprovable=True,
    standard=("EXT043",),
)
ASKS_OTHER = Rule(
    "aanroep_vraagt_iets_anders",
    Topic.DIALECT,
    "Wat een stap aan een aanroep meegeeft, is van de soort die de aanroep vraagt.",
    why=DATA_WHY,
    advice="Geef mee wat de aanroep vraagt.",
    message="Wat {name} meegeeft, is van een andere soort dan de aanroep vraagt.",
    wrong=_asks(EACH, _NUMBER_IN + OUTPUT),
    right=_asks(EACH),
    silenced_by=frozenset({"soort"}),
    unprovable=True,
    standard=("EXT044",),
)
GETS_OTHER = Rule(
    "aanroep_geeft_iets_anders",
    Topic.DIALECT,
    "Wat een stap van een aanroep krijgt, is van de soort die de aanroep geeft.",
    why=DATA_WHY,
    advice="Kies de soort die de aanroep geeft.",
    message="Wat {name} terugkrijgt, is van een andere soort dan de aanroep geeft.",
    wrong=_asks(EACH, INPUT + _NUMBER_OUT),
    right=_asks(EACH),
    silenced_by=frozenset({"soort"}),
    unprovable=True,
    standard=("EXT045",),
)


def _more(id: str, verb: str, code: str, wrong: str, right: str, thing: str = "groep gegevens") -> Rule:
    """The rule for a send or receive task that holds more than a message can carry."""
    return Rule(
        id,
        Topic.DIALECT,
        f"Bij een stap die een bericht {verb}, hoort hoogstens één {thing}.",
        why=DATA_WHY,
        advice="Laat er één van over.",
        message=f"{{name}} {verb} een bericht, en heeft meer dan één {thing}.",
        wrong=wrong,
        right=right,
        silenced_by=frozenset({"soort"}),
        unprovable=True,
        standard=(code,),
    )


_ITEM = "gegeven"
_TEXT_OUT = OUTPUT.replace('"u"', '"d"')
_SENT = _sends(_IN + group("Output"), INPUT)
_GOT = _receives(_NOTHING_IN + group("Output", "d"), _TEXT_OUT)
_LIMITS = {
    Kind.SEND_TASK: {
        "inputSet": _more("verstuurt_meer_groepen", "verstuurt", "EXT046", _sends(_IN + _IN, INPUT), _SENT),
        NoteKind.DATA_INPUT: _more(
            "verstuurt_meer_gegevens",
            "verstuurt",
            "EXT047",
            _sends(group("Input", "d", "d2"), INPUT + INPUT.replace('"d"', '"d2"')),
            _SENT,
            _ITEM,
        ),
    },
    Kind.RECEIVE_TASK: {
        "outputSet": _more(
            "ontvangt_meer_groepen",
            "ontvangt",
            "EXT050",
            _receives(group("Output", "d") + group("Output", "d"), _TEXT_OUT),
            _GOT,
        ),
        NoteKind.DATA_OUTPUT: _more(
            "ontvangt_meer_gegevens",
            "ontvangt",
            "EXT051",
            _receives(group("Output", "d", "u"), _TEXT_OUT + OUTPUT),
            _GOT,
            _ITEM,
        ),
    },
}
SENDS_OTHER = Rule(
    "verstuurt_iets_anders",
    Topic.DIALECT,
    "Wat een stap verstuurt, is van de soort van het bericht.",
    why=DATA_WHY,
    advice="Kies de soort van het bericht.",
    message="Wat {name} verstuurt, is van een andere soort dan het bericht.",
    wrong=_sends(_IN, _NUMBER_IN),
    right=_SENT,
    unprovable=True,
    standard=("EXT048",),
)
RECEIVES_OTHER = Rule(
    "ontvangt_iets_anders",
    Topic.DIALECT,
    "Wat een stap ontvangt, is van de soort van het bericht.",
    why=DATA_WHY,
    advice="Kies de soort van het bericht.",
    message="Wat {name} ontvangt, is van een andere soort dan het bericht.",
    wrong=_receives(_OUT, '<dataOutput id="u" />'),
    right=_GOT,
    unprovable=True,
    standard=("EXT052",),
)
INTO_BEGIN = Rule(
    "ontvangtaak_als_begin",
    Topic.DIALECT,
    "Naar een stap die een proces begint, gaat geen pijl.",
    why="Zo is niet te zien waar een casus begint.",
    advice="Haal de pijl weg.",
    message="Naar {name} gaat een pijl, maar deze stap begint het proces.",
    wrong='begin > x > klaar\nx: receiveTask messageRef=m instantiate=true\n<message id="m" />',
    right='x > klaar\nx: receiveTask messageRef=m instantiate=true\n<message id="m" />',
    unprovable=True,
    standard=("EXT049",),
)


def tasks(drawing: Drawing) -> Iterator[Breach]:
    """What a step asks, sends or receives fits what it says of its data."""
    for task in drawing.all(Kind.SERVICE_TASK):
        if task.get("operationRef"):
            sets = {tag: task.findall(f"bpmn:ioSpecification/bpmn:{tag}", NAMES) for tag in ("inputSet", "outputSet")}
            if len(sets["inputSet"]) != 1:
                yield Breach(NOT_ONE_INPUT, task, {"count": str(len(sets["inputSet"]))})
            if len(sets["outputSet"]) > 1:
                yield Breach(MORE_OUTPUT, task)
        asked, answered = messages_of(drawing, drawing.to(task.get("operationRef")))
        yield from _carried(drawing, task, asked, NoteKind.DATA_INPUT, ASKS_OTHER)
        yield from _carried(drawing, task, answered, NoteKind.DATA_OUTPUT, GETS_OTHER)
    for task in drawing.all(*_LIMITS):
        for tag, rule in _LIMITS[Kind(kind_of(task))].items():
            if task.get("messageRef") and len(task.findall(f"bpmn:ioSpecification/bpmn:{tag}", NAMES)) > 1:
                yield Breach(rule, task)
        message = drawing.to(task.get("messageRef"))
        if kind_of(task) == Kind.SEND_TASK:
            yield from _carried(drawing, task, message, NoteKind.DATA_INPUT, SENDS_OTHER)
        else:
            yield from _carried(drawing, task, message, NoteKind.DATA_OUTPUT, RECEIVES_OTHER)
        if task.get("instantiate") == "true" and drawing.incoming(task):
            yield Breach(INTO_BEGIN, task)


def messages_of(drawing: Drawing, operation: Any) -> tuple[Any, Any]:
    """The messages that go into an operation and come out of it; None for what is not there."""
    if operation is None:
        return None, None
    inward, outward = (operation.find(f"bpmn:{tag}", NAMES) for tag in ("inMessageRef", "outMessageRef"))
    return drawing.to(text_of(inward)), drawing.to(text_of(outward))


def _carried(drawing: Drawing, task: Any, message: Any, side: str, rule: Rule) -> Iterator[Breach]:
    carried = drawing.to(message.get("itemRef")) if message is not None else None
    for data in task.iterfind(f"bpmn:ioSpecification/bpmn:{side}", NAMES):
        item = item_of(drawing, data)
        if carried is not None and (item is None or not same(item, carried)):
            yield Breach(rule, task)


CHECKS = (tasks,)

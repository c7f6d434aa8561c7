"""Who takes part, and what kind of process each runs."""

from collections.abc import Iterator

from engine.checks.rule import Rule, Topic
from engine.checks.standard.activities import is_choreography
from engine.checks.standard.drawing import Breach, Drawing, at_least, owner_of
from engine.definitions.kinds import LinkKind, NoteKind
from engine.definitions.markup import NAMES, kind_of, text_of

_PARTIES = "Wie de tekening leest, moet zien wie er meedoen en met hoeveel."
_TALK = "Wij voeren alleen uit wat in een proces staat. Wat ernaast is getekend, moet wel kloppen."
_STRAIGHT = "begin > a > klaar\n"
_MANY = (
    '<collaboration id="samen"><participant id="zij"><participantMultiplicity minimum="{}" maximum="{}" />'
    "</participant></collaboration>"
)
_PUBLIC = '<process id="ander" processType="Public" isExecutable="{}" />'
_CHOREOGRAPHY = '<choreography id="dans" isClosed="true" />\n'
_REFERS = '<{0} id="praat" isClosed="{1}"><choreographyRef>dans</choreographyRef></{0}>'
_TALKING = '<globalConversation id="praat"><{} id="c" /></globalConversation>'

NEGATIVE = Rule(
    "deelnemers_minder_dan_nul",
    Topic.DIALECT,
    "Van een deelnemer zijn er nul of meer.",
    why=_PARTIES,
    advice="Vul als kleinste aantal 0 of meer in.",
    message="Het kleinste aantal deelnemers bij {name} is niet 0 of meer.",
    wrong=_STRAIGHT + _MANY.format(-1, 2),
    right=_STRAIGHT + _MANY.format(0, 2),
    unprovable=True,
    standard=("EXT029",),
)
TOO_FEW = Rule(
    "deelnemers_grootste_aantal",
    Topic.DIALECT,
    "Het grootste aantal deelnemers is 1 of meer, en minstens het kleinste aantal.",
    why=_PARTIES,
    advice="Vul als grootste aantal 1 of meer in, en minstens het kleinste aantal.",
    message="Het grootste aantal deelnemers bij {name} is niet 1 of meer, of minder dan het kleinste aantal.",
    wrong=_STRAIGHT + _MANY.format(3, 2),
    right=_STRAIGHT + _MANY.format(2, 2),
    unprovable=True,
    standard=("EXT030",),
)
PUBLIC_RUNS = Rule(
    "openbaar_proces_draait",
    Topic.STANDARD,
    "Een openbaar proces is om te lezen, niet om te draaien.",
    why="Een openbaar proces laat zien wat anderen van ons zien, niet alles wat wij doen.",
    advice="Zet het soort proces op privé, of laat het leeg.",
    message="Het proces {name} is openbaar en staat ook op 'uitvoerbaar'.",
    wrong=_STRAIGHT + _PUBLIC.format("true"),
    right=_STRAIGHT + _PUBLIC.format("false"),
    unprovable=True,
    standard=("EXT035",),
)
CHOREOGRAPHY_INSIDE = Rule(
    "choreografie_in_proces",
    Topic.DIALECT,
    "In een proces staat geen choreografie.",
    why=_TALK,
    advice="Haal de choreografie weg.",
    message="In het proces {name} staat een choreografie.",
    wrong=_STRAIGHT + '<choreographyTask id="c" />',
    right=_STRAIGHT,
    unprovable=True,
    standard=("EXT036",),
)
MORE_THAN_PARTIES = Rule(
    "gesprek_met_meer",
    Topic.DIALECT,
    "Een algemeen gesprek bevat alleen deelnemers.",
    why=_TALK,
    advice="Haal weg wat er verder in staat.",
    message="In het algemene gesprek {name} staat meer dan deelnemers.",
    wrong=_STRAIGHT + _TALKING.format("conversation"),
    right=_STRAIGHT + _TALKING.format("participant"),
    unprovable=True,
    standard=("EXT032",),
)
NOT_TO_CHOREOGRAPHY = Rule(
    "verwijst_naar_choreografie",
    Topic.DIALECT,
    "Alleen een samenwerking verwijst naar een choreografie.",
    why=_TALK,
    advice="Haal de verwijzing weg.",
    message="{name} verwijst naar een choreografie, en dat kan alleen een samenwerking.",
    wrong=_STRAIGHT + _CHOREOGRAPHY + _REFERS.format("globalConversation", "true"),
    right=_STRAIGHT + _CHOREOGRAPHY + _REFERS.format("collaboration", "true"),
    unprovable=True,
    standard=("EXT027",),
)
OPEN_AND_CLOSED = Rule(
    "choreografie_open_of_gesloten",
    Topic.DIALECT,
    "Een samenwerking en haar choreografie zijn allebei open of allebei gesloten.",
    why=_TALK,
    advice="Maak ze allebei open of allebei gesloten.",
    message="Van {name} en de choreografie is er één open en één gesloten.",
    wrong=_STRAIGHT + _CHOREOGRAPHY + _REFERS.format("collaboration", "false"),
    right=_STRAIGHT + _CHOREOGRAPHY + _REFERS.format("collaboration", "true"),
    unprovable=True,
    standard=("EXT033",),
)


def participants(drawing: Drawing) -> Iterator[Breach]:
    """How many of a participant there are."""
    for multiplicity in drawing.all("participantMultiplicity"):
        least, most = multiplicity.get("minimum", "0"), multiplicity.get("maximum", "1")
        if not at_least(least, 0):
            yield Breach(NEGATIVE, owner_of(multiplicity))
        elif not at_least(most, 1) or int(most) < int(least):
            yield Breach(TOO_FEW, owner_of(multiplicity))


_BESIDE_PARTIES = frozenset({"conversation", "participantAssociation", LinkKind.MESSAGE_FLOW, LinkKind.ASSOCIATION})
_BESIDE_PARTIES |= {NoteKind.GROUP, NoteKind.TEXT_ANNOTATION}


def processes(drawing: Drawing) -> Iterator[Breach]:
    """What kind of process it is, and what stands in a process and in a conversation."""
    for process in drawing.all("process"):
        if process.get("processType") == "Public" and process.get("isExecutable") == "true":
            yield Breach(PUBLIC_RUNS, process)
        if any(is_choreography(child) for child in process):
            yield Breach(CHOREOGRAPHY_INSIDE, process)
    for talk in drawing.all("globalConversation"):
        if _BESIDE_PARTIES & {kind_of(child) for child in talk}:
            yield Breach(MORE_THAN_PARTIES, talk)


def choreographies(drawing: Drawing) -> Iterator[Breach]:
    """Only a collaboration refers to a choreography, and is open or closed as that is."""
    for node in drawing.all("collaboration", "choreography", "globalChoreographyTask", "globalConversation"):
        for reference in node.iterfind("bpmn:choreographyRef", NAMES):
            if kind_of(node) != "collaboration":
                yield Breach(NOT_TO_CHOREOGRAPHY, node)
            choreography = drawing.to(text_of(reference))
            if choreography is not None and choreography.get("isClosed", "false") != node.get("isClosed", "false"):
                yield Breach(OPEN_AND_CLOSED, node)


CHECKS = (participants, processes, choreographies)

"""Marks and numbers on a step, and what may stand in a sub-process."""

import re
from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing, at_least, local
from engine.definitions.kinds import ACTIVITIES, Kind, NoteKind
from engine.definitions.markup import CAMUNDA, NAMES, kind_of, text_of

_TIMES = "De computer telt hoe vaak een stap gebeurt. Dat moet een aantal zijn dat kan."
_STEP = "begin > x > klaar\nx: userTask "
_OVER = "<multiInstanceLoopCharacteristics><loopDataInputRef>o</loopDataInputRef></multiInstanceLoopCharacteristics>"
_LIST = '\n<dataObject id="o" itemSubjectRef="lijst" isCollection="true" />'
_LIST += '\n<itemDefinition id="lijst" structureRef="string" isCollection="true" />'

FEW_AT_START = Rule(
    "aantal_bij_begin",
    Topic.DIALECT,
    "Een stap begint als er één of meer keer een pijl is gevolgd.",
    why=_TIMES,
    advice="Teken deze stap opnieuw: dit aantal staat alleen in het bestand, niet op de tekening.",
    message="Bij {name} staat hoe vaak er een pijl moet zijn gevolgd voor de stap begint, en dat is niet 1 of meer.",
    wrong=_STEP + "startQuantity=0",
    right=_STEP + "startQuantity=2",
    unprovable=True,
    standard=("EXT037",),
)
FEW_AT_END = Rule(
    "aantal_bij_einde",
    Topic.DIALECT,
    "Een stap die klaar is, gaat één of meer keer verder.",
    why=_TIMES,
    advice="Teken deze stap opnieuw: dit aantal staat alleen in het bestand, niet op de tekening.",
    message="Bij {name} staat hoe vaak het na de stap verdergaat, en dat is niet 1 of meer.",
    wrong=_STEP + "completionQuantity=0",
    right=_STEP + "completionQuantity=2",
    unprovable=True,
    standard=("EXT038",),
)
TWO_MARKS = Rule(
    "twee_lustekens",
    Topic.DIALECT,
    "Een stap heeft één lusteken.",
    why="Met twee lustekens is niet te zeggen hoe vaak de stap gebeurt.",
    advice="Kies er één.",
    message="{name} heeft twee lustekens.",
    wrong=_STEP + "while==y times=3",
    right=_STEP + "while==y",
    unprovable=True,
    standard=("EXT054", "EXT055"),
)
NO_ROUNDS = Rule(
    "lus_zonder_rondes",
    Topic.DIALECT,
    "Het hoogste aantal rondes van een lus is 1 of meer.",
    why=_TIMES,
    advice="Vul een aantal in, 1 of meer.",
    message="Het hoogste aantal rondes van {name} is niet 1 of meer.",
    wrong=_STEP + '<standardLoopCharacteristics loopMaximum="0" />',
    right=_STEP + '<standardLoopCharacteristics loopMaximum="3" />',
    silenced_by=frozenset({"lus", "soort"}),
)
NEITHER_LIST_NOR_NUMBER = Rule(
    "meer_keer_zonder_lijst",
    Topic.DIALECT,
    "Bij een stap die meer keer gebeurt, staat hoe vaak, of over welke lijst.",
    why=_TIMES,
    advice="Vul de lijst in, met een = ervoor.",
    message="Bij {name} staat niet hoe vaak of over welke lijst deze stap gaat.",
    wrong=_STEP + "<multiInstanceLoopCharacteristics />",
    right=_STEP + "times=3",
    silenced_by=frozenset({"meervoud", "soort"}),
    unprovable=True,
    standard=("EXT067",),
)
NO_LIST = Rule(
    "lijst_ontbreekt",
    Topic.DIALECT,
    "De lijst waar een stap over gaat, is er.",
    why=_TIMES,
    advice="Kies een lijst die er wel is.",
    message="De lijst '{other}' van {name} is er niet.",
    wrong=_STEP + _OVER,
    right=_STEP + _OVER + _LIST,
    unprovable=True,
    standard=("EXT068",),
)
BELOW_ZERO = Rule(
    "minder_dan_nul_keer",
    Topic.DIALECT,
    "Een stap gebeurt nul of meer keer.",
    why=_TIMES,
    advice="Vul een aantal in, 0 of meer.",
    message="{name} gebeurt minder dan nul keer.",
    wrong=_STEP + "times=-1",
    right=_STEP + "times=3",
    silenced_by=frozenset({"meervoud", "soort"}),
)
_LISTS = frozenset({NoteKind.DATA_INPUT, NoteKind.DATA_OBJECT, "dataObject", "property"})


def activities(drawing: Drawing) -> Iterator[Breach]:
    """Marks and numbers on a step."""
    for node in (node for node in drawing.nodes if kind_of(node) in ACTIVITIES):
        if not at_least(node.get("startQuantity", "1"), 1):
            yield Breach(FEW_AT_START, node)
        if not at_least(node.get("completionQuantity", "1"), 1):
            yield Breach(FEW_AT_END, node)
        loop = node.find("bpmn:standardLoopCharacteristics", NAMES)
        several = node.find("bpmn:multiInstanceLoopCharacteristics", NAMES)
        if loop is not None and several is not None:
            yield Breach(TWO_MARKS, node)
        if loop is not None and not at_least(loop.get("loopMaximum", "1"), 1):
            yield Breach(NO_ROUNDS, node)
        if several is not None:
            yield from _several(drawing, node, several)


def _several(drawing: Drawing, node: Any, several: Any) -> Iterator[Breach]:
    collection = text_of(several.find("bpmn:loopDataInputRef", NAMES))
    cardinality = several.find("bpmn:loopCardinality", NAMES)
    if not collection and cardinality is None and not several.get(f"{{{CAMUNDA}}}collection"):
        yield Breach(NEITHER_LIST_NOR_NUMBER, node)
    if collection and drawing.kind(collection) not in _LISTS:
        yield Breach(NO_LIST, node, {"other": local(collection)})
    if re.fullmatch(r"-[0-9]+", text_of(cardinality)):
        yield Breach(BELOW_ZERO, node)


# --- what stands in a sub-process ------------------------------------------------------------------------------

_ONLY_STEPS = "Wie met wie praat, hoort naast het proces te staan. In een deelproces voert niemand het uit."
_LOOSE = "begin > x > klaar\nx: adHocSubProcess "
_INSIDE = '<userTask id="a" name="A" />'

CHOREOGRAPHY_INSIDE = Rule(
    "choreografie_in_deelproces",
    Topic.DIALECT,
    "In een deelproces staat geen choreografie.",
    why=_ONLY_STEPS,
    advice="Haal de choreografie weg.",
    message="In {name} staat een choreografie.",
    wrong='begin > x > klaar\nx: subProcess <choreographyTask id="c" />\n[x]\nbegin2 > einde',
    right="begin > x > klaar\nx: subProcess\n[x]\nbegin2 > einde",
    unprovable=True,
    standard=("EXT056",),
)
CONVERSATION_INSIDE = Rule(
    "gesprek_in_deelproces",
    Topic.DIALECT,
    "In een deelproces zonder vaste volgorde staat geen gesprek of choreografie.",
    why=_ONLY_STEPS,
    advice="Haal het gesprek of de choreografie weg.",
    message="In {name} staat een gesprek of een choreografie.",
    wrong=_LOOSE + _INSIDE + '<choreographyTask id="c" />',
    right=_LOOSE + _INSIDE,
    unprovable=True,
    standard=("EXT062",),
)
NOTHING_INSIDE = Rule(
    "deelproces_zonder_stap",
    Topic.DIALECT,
    "In een deelproces zonder vaste volgorde staat een stap.",
    why="Waar niets in staat, is niets te doen.",
    advice="Teken de stappen erin.",
    message="In {name} staat geen stap.",
    wrong=_LOOSE,
    right=_LOOSE + _INSIDE,
    silenced_by=frozenset({"soort"}),
    unprovable=True,
    standard=("EXT061",),
)


def insides(drawing: Drawing) -> Iterator[Breach]:
    """What stands in a sub-process, and in one without order."""
    for node in drawing.all(*ACTIVITIES):
        if any(is_choreography(child) for child in node):
            yield Breach(CHOREOGRAPHY_INSIDE, node)
    for node in drawing.all(Kind.AD_HOC_SUB_PROCESS):
        if any(is_choreography(child) or "onversation" in kind_of(child) for child in node):
            yield Breach(CONVERSATION_INSIDE, node)
        if not any(kind_of(child) in ACTIVITIES for child in node):
            yield Breach(NOTHING_INSIDE, node)


def is_choreography(node: Any) -> bool:
    """Whether a node says how partners exchange messages, and not what one of them does."""
    return "horeography" in kind_of(node)


CHECKS = (activities, insides)

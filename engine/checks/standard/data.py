"""What goes in and out of a step: in groups that name it, and of what kind it is.

Data of a diagram do nothing here: a case has one document. Who draws them should still draw what can be true.
"""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing
from engine.definitions.kinds import ACTIVITIES, EVENTS, SUB_PROCESSES, Kind, NoteKind
from engine.definitions.markup import NAMES, kind_of, text_of

DATA_WHY = "Getekende gegevens laten zien wat waar nodig is. Klopt dat niet, dan snapt wie leest het verkeerd."
ITEMS = """
    <itemDefinition id="tekst" structureRef="string" />
    <itemDefinition id="getal" structureRef="int" />
    <itemDefinition id="lijst" structureRef="string" isCollection="true" />
"""
INPUT = '<dataInput id="d" itemSubjectRef="tekst" />'
OUTPUT = '<dataOutput id="u" itemSubjectRef="tekst" />'
_REMOVE = "Haal het weg als niemand het nodig heeft."
_LIST = "Zet 'lijst' op beide plekken aan of uit."


def group(side: str, *names: str, more: str = "") -> str:
    """A group of data of one side, Input or Output."""
    references = "".join(f"<data{side}Refs>{name}</data{side}Refs>" for name in names)
    return f"<{side.lower()}Set>{references}{more}</{side.lower()}Set>"


EACH = group("Input", "d") + group("Output", "u")


def with_data(groups: str, items: str = "", kind: str = Kind.USER_TASK) -> str:
    """A drawing with a step that has data, by default one thing in and one out."""
    specification = f"<ioSpecification>{items or INPUT + OUTPUT}{groups}</ioSpecification>"
    return f"begin > x > klaar\nx: {kind} {specification}\n{ITEMS}"


# --- groups ----------------------------------------------------------------------------------------------------

IN_SUB_PROCESS = Rule(
    "gegevens_bij_deelproces",
    Topic.STANDARD,
    "Bij een deelproces staan geen gegevens die erin of eruit gaan: die staan bij de stappen erin.",
    why=DATA_WHY,
    advice="Haal de gegevens bij het deelproces weg, en teken ze bij de stappen erin.",
    message="Bij het deelproces {name} staan gegevens die erin of eruit gaan.",
    wrong=with_data(EACH, kind=Kind.SUB_PROCESS) + "[x]\nbegin2 > einde",
    right=with_data(EACH),
    unprovable=True,
    standard=("EXT079",),
)
INPUT_UNUSED = Rule(
    "invoer_ongebruikt",
    Topic.STANDARD,
    "Alles wat een stap in gaat, staat in een groep.",
    why=DATA_WHY,
    advice=_REMOVE,
    message="Bij {name} gaat '{other}' erin, maar dat wordt nergens gebruikt.",
    wrong=with_data(group("Input") + group("Output", "u")),
    right=with_data(EACH),
    unprovable=True,
    standard=("EXT084",),
)
OUTPUT_UNUSED = Rule(
    "uitvoer_ongebruikt",
    Topic.STANDARD,
    "Alles wat een stap uit gaat, staat in een groep.",
    why=DATA_WHY,
    advice=_REMOVE,
    message="Bij {name} gaat '{other}' eruit, maar dat wordt nergens gebruikt.",
    wrong=with_data(group("Input", "d") + group("Output")),
    right=with_data(EACH),
    unprovable=True,
    standard=("EXT088",),
)
_TWICE = "Zet wat misschien of later komt ook in de gewone lijst van die groep."


def _partly(id: str, tag: str, word: str, code: str) -> Rule:
    """The rule for what goes in or out perhaps or at another moment: it is in the plain list as well."""
    side, name = ("Input", "d") if tag.endswith("InputRefs") else ("Output", "u")
    plain, marked = group(side, name), f"<{tag}>{name}</{tag}>"
    return Rule(
        id,
        Topic.STANDARD,
        f"Wat {word} gaat, staat ook in de gewone lijst van die groep.",
        why=DATA_WHY,
        advice=_TWICE,
        message=f"Bij {{name}} staat iets dat {word} gaat, en dat staat niet in de gewone lijst.",
        wrong=with_data(EACH.replace(plain, plain + group(side, more=marked))),
        right=with_data(EACH.replace(plain, group(side, name, more=marked))),
        unprovable=True,
        standard=(code,),
    )


_PARTS = {
    "Input": {
        "optionalInputRefs": _partly("invoer_misschien", "optionalInputRefs", "er misschien in", "EXT085"),
        "whileExecutingInputRefs": _partly("invoer_later", "whileExecutingInputRefs", "er later in", "EXT086"),
    },
    "Output": {
        "optionalOutputRefs": _partly("uitvoer_misschien", "optionalOutputRefs", "er misschien uit", "EXT089"),
        "whileExecutingOutputRefs": _partly("uitvoer_eerder", "whileExecutingOutputRefs", "er eerder uit", "EXT090"),
    },
}
_PAIR = '<inputSet id="i"><dataInputRefs>d</dataInputRefs>{}</inputSet>'
_PAIR += '<outputSet id="j"><dataOutputRefs>u</dataOutputRefs><inputSetRefs>i</inputSetRefs></outputSet>'
ONE_SIDED = Rule(
    "groepen_horen_bij_elkaar",
    Topic.STANDARD,
    "Horen een groep die erin gaat en een groep die eruit gaat bij elkaar, dan staat dat bij allebei.",
    why=DATA_WHY,
    advice="Laat de groepen naar elkaar verwijzen, of allebei niet.",
    message="Bij {name} hoort een groep gegevens bij een andere, maar die andere zegt dat niet.",
    wrong=with_data(_PAIR.format("")),
    right=with_data(_PAIR.format("<outputSetRefs>j</outputSetRefs>")),
    unprovable=True,
    standard=("EXT085", "EXT087"),
)
OF_NOTHING = Rule(
    "eigenschap_van_niets",
    Topic.DIALECT,
    "Een eigenschap is van een proces, een stap of een rondje.",
    why=DATA_WHY,
    advice="Haal de eigenschap weg, of zet haar bij een stap.",
    message="De eigenschap {name} hoort niet bij een proces, stap of rondje.",
    wrong='begin > k > a > klaar\nk > klaar2\nk: exclusiveGateway <property id="p" />',
    right='begin > a > klaar\n<property id="p" />',
    unprovable=True,
    standard=("EXT078",),
)
_HOLDERS = ACTIVITIES | EVENTS | {"process"}


def specifications(drawing: Drawing) -> Iterator[Breach]:
    """What goes in and out is in a group, and groups that belong together say so of each other."""
    for specification in drawing.all("ioSpecification"):
        owner = specification.getparent()
        if kind_of(owner) in SUB_PROCESSES:
            yield Breach(IN_SUB_PROCESS, owner)
        yield from _unused(specification, owner)
        for side, rules in _PARTS.items():
            for data_set in specification.iterfind(f"bpmn:{side.lower()}Set", NAMES):
                listed = _referred(data_set, f"data{side}Refs")
                yield from (Breach(rule, owner) for tag, rule in rules.items() if _referred(data_set, tag) - listed)
        inward, outward = _partners(specification, "input", "output"), _partners(specification, "output", "input")
        yield from (Breach(ONE_SIDED, owner) for mine, other in inward if (other, mine) not in outward)
        yield from (Breach(ONE_SIDED, owner) for mine, other in outward if (other, mine) not in inward)
    for node in drawing.all("property"):
        if kind_of(node.getparent()) not in _HOLDERS:
            yield Breach(OF_NOTHING, node)


def _unused(specification: Any, owner: Any) -> Iterator[Breach]:
    for side, rule in (("Input", INPUT_UNUSED), ("Output", OUTPUT_UNUSED)):
        sets = specification.iterfind(f"bpmn:{side.lower()}Set", NAMES)
        used = {name for data_set in sets for name in _referred(data_set, f"data{side}Refs")}
        for item in specification.iterfind(f"bpmn:data{side}", NAMES):
            if item.get("id") not in used:
                yield Breach(rule, owner, {"other": item.get("id", "")})


def _referred(data_set: Any, tag: str) -> set[str]:
    return {text_of(reference) for reference in data_set.iterfind(f"bpmn:{tag}", NAMES)}


def _partners(specification: Any, side: str, other: str) -> list[tuple[str, str]]:
    """Each group of a side with a group of the other side to which it says it belongs, by id."""
    sets = specification.iterfind(f"bpmn:{side}Set", NAMES)
    return [(data_set.get("id"), name) for data_set in sets for name in _referred(data_set, f"{other}SetRefs")]


# --- lists and names -------------------------------------------------------------------------------------------


def _listed(id: str, noun: str, drawn: str, *codes: str) -> Rule:
    """The rule that what holds a list and its kind both say so; `drawn` is a sketch, with a place for that word."""
    return Rule(
        id,
        Topic.DIALECT,
        f"{noun} is een lijst als de soort ervan een lijst is, en anders niet.",
        why=DATA_WHY,
        advice=_LIST,
        message=f"{noun} {{name}} is op de ene plek een lijst en op de andere niet.",
        wrong=drawn.replace("LIST", ""),
        right=drawn.replace("LIST", 'isCollection="true"'),
        unprovable=True,
        standard=("EXT020", *codes),
    )


def _item(side: str) -> str:
    return with_data(group(side, "l"), f'<data{side} id="l" itemSubjectRef="lijst" LIST />')


_HELD = f'begin > a > klaar\n<{{}} id="l" itemSubjectRef="lijst" LIST />\n{ITEMS}'
_COLLECTIONS: dict[str, Rule] = {
    "dataObject": _listed("gegeven_is_lijst", "Het gegeven", _HELD.format("dataObject"), "EXT077"),
    NoteKind.DATA_INPUT: _listed("invoer_is_lijst", "De invoer", _item("Input"), "EXT081"),
    NoteKind.DATA_OUTPUT: _listed("uitvoer_is_lijst", "De uitvoer", _item("Output"), "EXT083"),
    "dataStore": _listed("opslag_is_lijst", "De opslag", _HELD.format("dataStore")),
}
NOT_ITS_NAME = Rule(
    "gegeven_met_andere_naam",
    Topic.DIALECT,
    "Een gegeven in een bepaalde staat heet naar dat gegeven, met de staat erachter.",
    why=DATA_WHY,
    advice="Noem het zo, of haal de staat weg.",
    message="{name} is een gegeven dat '{other}' hoort te heten.",
    wrong='begin > a > klaar\n<dataObject id="o" name="plan" />\n'
    '<dataObjectReference id="r" dataObjectRef="o" name="iets"><dataState name="af" /></dataObjectReference>',
    right='begin > a > klaar\n<dataObject id="o" name="plan" />\n'
    '<dataObjectReference id="r" dataObjectRef="o" name="plan [af]"><dataState name="af" /></dataObjectReference>',
    unprovable=True,
    standard=("EXT076",),
)


def kinds(drawing: Drawing) -> Iterator[Breach]:
    """What holds several says so in both places, and is called what it is."""
    for node in drawing.all(*_COLLECTIONS):
        item = drawing.to(node.get("itemSubjectRef"))
        if item is not None and node.get("isCollection", "false") != item.get("isCollection", "false"):
            yield Breach(_COLLECTIONS[kind_of(node)], node)
    for node in drawing.all(NoteKind.DATA_OBJECT):
        state, held = node.find("bpmn:dataState", NAMES), drawing.to(node.get("dataObjectRef"))
        if state is not None and held is not None and held.get("name"):
            name = f"{held.get('name')} [{state.get('name', '')}]"
            if node.get("name", name) != name:
                yield Breach(NOT_ITS_NAME, node, {"other": name})


CHECKS = (specifications, kinds)

"""Where data go: from one place to another, along with an event, and from a list to each of it."""

from collections.abc import Iterator
from typing import Any

from engine.checks.rule import Rule, Topic
from engine.checks.standard.data import DATA_WHY, INPUT, ITEMS, OUTPUT, group
from engine.checks.standard.drawing import Breach, Drawing
from engine.definitions.kinds import EVENTS, THROWS, Kind, LinkKind, NoteKind
from engine.definitions.markup import NAMES, event_definitions, kind_of, text_of


def item_of(drawing: Drawing, holder: Any) -> Any:
    """The item definition of what holds data, followed through references; None where it says none."""
    held = holder
    for reference in ("dataObjectRef", "dataStoreRef"):
        if holder.get(reference):
            held = drawing.to(holder.get(reference))
    return drawing.to(held.get("itemSubjectRef")) if held is not None else None


def same(item: Any, other: Any) -> bool:
    """Whether two item definitions are of one kind; what says nothing of its kind fits all."""
    if item is None or other is None or item is other:
        return True
    return bool(item.get("structureRef") and item.get("structureRef") == other.get("structureRef"))


# --- from one place to another ---------------------------------------------------------------------------------

_KIND = "Laat de gegevens gaan naar iets van dezelfde soort."


def _moved(side: str, source: str, target: str, more: str = "", item: str = "tekst") -> str:
    """A drawing in which data go to a step (Input) or leave it (Output)."""
    data = f'<data{side} id="d" itemSubjectRef="{item}" />{group(side, "d")}'
    ends = f"<sourceRef>{source}</sourceRef>{more}<targetRef>{target}</targetRef>"
    association = f'<data{side}Association id="gaat">{ends}</data{side}Association>'
    around = INPUT.replace('"d"', '"van"') + OUTPUT.replace('"u"', '"naar"')
    around = f"<ioSpecification>{around}{group('Input', 'van')}{group('Output', 'naar')}</ioSpecification>"
    objects = "".join(f'\n<dataObject id="{name}" itemSubjectRef="tekst" />' for name in ("o", "o2"))
    step = f"x: userTask <ioSpecification>{data}</ioSpecification>{association}"
    return f"begin > x > klaar\n{around}\n{step}{objects}\n{ITEMS}"


MORE_SOURCES = Rule(
    "gegevens_van_meer_plekken",
    Topic.DIALECT,
    "Gegevens komen van één plek, tenzij er staat hoe zij samengaan.",
    why=DATA_WHY,
    advice="Laat ze van één plek komen, of schrijf op hoe ze samengaan.",
    message="De gegevens van {name} komen van meer dan één plek.",
    wrong=_moved("Input", "o", "d", "<sourceRef>o2</sourceRef>"),
    right=_moved("Input", "o", "d"),
    unprovable=True,
    standard=("EXT092",),
)
NO_DATA = Rule(
    "lijn_naar_geen_gegevens",
    Topic.STANDARD,
    "Gegevens gaan van en naar iets dat gegevens bevat.",
    why=DATA_WHY,
    advice="Laat de stippellijn naar een gegeven gaan, of haal haar weg.",
    message="Een stippellijn van {name} gaat van of naar '{other}', en dat bevat geen gegevens.",
    wrong=_moved("Input", "begin", "d"),
    right=_moved("Input", "o", "d"),
    unprovable=True,
    standard=("REF",),
)
WRITES_INPUT = Rule(
    "schrijft_invoer_van_proces",
    Topic.DIALECT,
    "Wat een proces van buiten krijgt, wordt er niet in geschreven.",
    why=DATA_WHY,
    advice="Schrijf het ergens anders.",
    message="{name} schrijft in iets dat het proces van buiten krijgt.",
    wrong=_moved("Output", "d", "van"),
    right=_moved("Output", "d", "naar"),
    unprovable=True,
    standard=("EXT080",),
)
READS_OUTPUT = Rule(
    "leest_uitvoer_van_proces",
    Topic.DIALECT,
    "Wat een proces naar buiten geeft, wordt er niet uit gelezen.",
    why=DATA_WHY,
    advice="Lees het van een andere plek.",
    message="{name} leest iets dat het proces naar buiten geeft.",
    wrong=_moved("Input", "naar", "d"),
    right=_moved("Input", "van", "d"),
    unprovable=True,
    standard=("EXT082",),
)
OTHER_KIND = Rule(
    "gegevens_van_andere_soort",
    Topic.DIALECT,
    "Gegevens gaan naar een plek van dezelfde soort.",
    why=DATA_WHY,
    advice=_KIND,
    message="De gegevens van {name} gaan naar een plek van een andere soort.",
    wrong=_moved("Input", "o", "d", item="getal"),
    right=_moved("Input", "o", "d"),
    unprovable=True,
    standard=("EXT091",),
)
_DATA: frozenset[str] = frozenset(
    {NoteKind.DATA_OBJECT, NoteKind.DATA_STORE, NoteKind.DATA_INPUT, NoteKind.DATA_OUTPUT, "dataObject", "property"}
)


def associations(drawing: Drawing) -> Iterator[Breach]:
    """Data go from one place to another of the same kind, and not into what comes from outside."""
    for association in drawing.all(LinkKind.DATA_INPUT_ASSOCIATION, LinkKind.DATA_OUTPUT_ASSOCIATION):
        owner = association.getparent()
        inward = kind_of(association) == LinkKind.DATA_INPUT_ASSOCIATION
        sources = [drawing.to(text_of(reference)) for reference in association.iterfind("bpmn:sourceRef", NAMES)]
        target = drawing.to(text_of(association.find("bpmn:targetRef", NAMES)))
        ends = [end for end in (*sources, target) if end is not None]
        for end in ends:
            if kind_of(end) not in _DATA:
                yield Breach(NO_DATA, owner, {"other": end.get("id")})
        if not inward and target is not None and kind_of(target) == NoteKind.DATA_INPUT:
            yield Breach(WRITES_INPUT, owner)
        if inward and any(_leaves_process(source) for source in sources if source is not None):
            yield Breach(READS_OUTPUT, owner)
        if association.find("bpmn:transformation", NAMES) is not None:
            continue
        if len(sources) > 1:
            yield Breach(MORE_SOURCES, owner)
        elif len(sources) == 1 and len(ends) == 2 and not same(*(item_of(drawing, end) for end in ends)):
            yield Breach(OTHER_KIND, owner)


def _leaves_process(source: Any) -> bool:
    return kind_of(source) == NoteKind.DATA_OUTPUT and kind_of(source.getparent().getparent()) == "process"


# --- with an event, and from a list ----------------------------------------------------------------------------


def _carried(*items: str) -> str:
    """A drawing with an event that has these data, and waits for a message and a signal."""
    data = "".join(f'<dataOutput id="d{n}" itemSubjectRef="{item}" />' for n, item in enumerate(items))
    events = '<messageEventDefinition messageRef="m" /><signalEventDefinition signalRef="z" />'
    declared = '<message id="m" itemRef="tekst" />\n<signal id="z" />'
    return f"begin > x > klaar\nx: {Kind.INTERMEDIATE_CATCH_EVENT} {data}{events}\n{declared}\n{ITEMS}"


PARTLY = Rule(
    "rondje_met_deel_van_gegevens",
    Topic.DIALECT,
    "Een rondje met gegevens heeft ze voor alles wat het meldt.",
    why=DATA_WHY,
    advice="Vul de gegevens aan, of haal ze weg.",
    message="Het rondje {name} heeft gegevens voor een deel van wat het meldt.",
    wrong=_carried("tekst"),
    right=_carried("tekst", "tekst"),
    unprovable=True,
    standard=("EXT093",),
)
EVENT_OF_OTHER_KIND = Rule(
    "rondje_met_andere_gegevens",
    Topic.DIALECT,
    "De gegevens van een rondje zijn die van wat het meldt.",
    why=DATA_WHY,
    advice=_KIND,
    message="De gegevens van het rondje {name} zijn van een andere soort dan die van wat het meldt.",
    wrong=_carried("getal", "tekst"),
    right=_carried("tekst", "tekst"),
    unprovable=True,
    standard=("EXT094",),
)


def events(drawing: Drawing) -> Iterator[Breach]:
    """An event that has data has them for each thing that makes it happen."""
    for event in drawing.all(*EVENTS):
        side = NoteKind.DATA_INPUT if kind_of(event) in THROWS else NoteKind.DATA_OUTPUT
        holders, definitions = event.findall(f"bpmn:{side}", NAMES), event_definitions(event, drawing.shared)
        if holders and len(holders) < len(definitions):
            yield Breach(PARTLY, event)
        for holder, definition in zip(holders, definitions, strict=False):
            item = _thrown(drawing, definition)
            if item is not None and not same(item_of(drawing, holder), item):
                yield Breach(EVENT_OF_OTHER_KIND, event)


def _thrown(drawing: Drawing, definition: Any) -> Any:
    """The item definition of what makes an event happen."""
    kind = kind_of(definition).removesuffix("EventDefinition")
    thrown = drawing.to(definition.get(f"{kind}Ref"))
    return drawing.to(thrown.get("itemRef") or thrown.get("structureRef")) if thrown is not None else None


def _several(side: str, item: str) -> str:
    """A drawing with a step that takes (Input) or gives (Output) one of a list of texts each time."""
    times = "<loopCardinality>=3</loopCardinality>" if side == "Output" else ""
    single = f'<{side.lower()}DataItem id="een" itemSubjectRef="{item}" />'
    loop = f"{times}<loopData{side}Ref>o</loopData{side}Ref>{single}"
    step = f"x: userTask <multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics>"
    return f'begin > x > klaar\n{step}\n<dataObject id="o" itemSubjectRef="lijst" isCollection="true" />\n{ITEMS}'


GIVES_OTHER_KIND = Rule(
    "lijst_krijgt_andere_soort",
    Topic.DIALECT,
    "Wat een stap elke keer aan een lijst geeft, is van de soort van die lijst.",
    why=DATA_WHY,
    advice=_KIND,
    message="Wat {name} elke keer aan de lijst geeft, is van een andere soort dan de lijst.",
    wrong=_several("Output", "getal"),
    right=_several("Output", "tekst"),
    unprovable=True,
    standard=("EXT069",),
)
TAKES_OTHER_KIND = Rule(
    "lijst_geeft_andere_soort",
    Topic.DIALECT,
    "Wat een stap elke keer uit een lijst krijgt, is van de soort van die lijst.",
    why=DATA_WHY,
    advice=_KIND,
    message="Wat {name} elke keer uit de lijst krijgt, is van een andere soort dan de lijst.",
    wrong=_several("Input", "getal"),
    right=_several("Input", "tekst"),
    unprovable=True,
    standard=("EXT070",),
)


def several(drawing: Drawing) -> Iterator[Breach]:
    """A step that is done for each of a list takes and gives one of that list."""
    for loop in drawing.all("multiInstanceLoopCharacteristics"):
        for side, rule in (("Output", GIVES_OTHER_KIND), ("Input", TAKES_OTHER_KIND)):
            whole = drawing.to(text_of(loop.find(f"bpmn:loopData{side}Ref", NAMES)))
            single = loop.find(f"bpmn:{side.lower()}DataItem", NAMES)
            if whole is not None and single is not None and not _is_one_of(drawing, single, whole):
                yield Breach(rule, loop.getparent())


def _is_one_of(drawing: Drawing, single: Any, whole: Any) -> bool:
    item, items = item_of(drawing, single), item_of(drawing, whole)
    if single.get("isCollection") == "true" or (item is not None and item.get("isCollection") == "true"):
        return False
    return item is items or same(item, items)


CHECKS = (associations, events, several)

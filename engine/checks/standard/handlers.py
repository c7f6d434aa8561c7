"""How an event sub-process begins: what stands apart, and interrupts the rest or runs beside it."""

from collections.abc import Iterator

from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing, is_handler
from engine.definitions.kinds import SUB_PROCESSES, EventKind
from engine.definitions.markup import NAMES


def _interrupted(starts: str, more: str = "") -> str:
    """A drawing with an event sub-process that begins so."""
    inside = f"h: subProcess triggeredByEvent=true\n[h]\ns > einde\ns: startEvent {starts}\n{more}\n"
    return f"begin > a > klaar\n{inside}"


NOT_ONE_START = Rule(
    "onderbreking_met_een_begin",
    Topic.DIALECT,
    "Een onderbreking heeft precies één begin.",
    why="Zonder een duidelijk begin weet niemand wanneer de onderbreking begint.",
    advice="Teken er precies één.",
    message="De onderbreking {name} heeft niet één begin, maar {count}.",
    wrong=_interrupted("message=m", "s2 > einde\ns2: startEvent message=m"),
    right=_interrupted("message=m"),
    unprovable=True,
    standard=("EXT058",),
)
NO_CAUSE = Rule(
    "onderbreking_zonder_oorzaak",
    Topic.DIALECT,
    "Bij een onderbreking staat waardoor zij begint.",
    why="Anders begint zij nooit.",
    advice="Kies een bericht of een klok.",
    message="Bij {name} staat niet waardoor de onderbreking begint, of het is iets dat niet kan.",
    wrong=_interrupted(""),
    right=_interrupted("message=m"),
    unprovable=True,
    standard=("EXT059",),
)
FAULT_BESIDE = Rule(
    "fout_onderbreekt_niet",
    Topic.DIALECT,
    "Een fout of herstel onderbreekt altijd.",
    why="Na een fout kan wat er liep niet gewoon doorlopen.",
    advice="Zet bij dit rondje 'onderbreekt' aan, of kies een bericht of een klok.",
    message="De fout of het herstel bij {name} onderbreekt niet.",
    wrong=_interrupted("isInterrupting=false error=f"),
    right=_interrupted("error=f"),
    unprovable=True,
    standard=("EXT059",),
)


def handlers(drawing: Drawing) -> Iterator[Breach]:
    """What begins an event sub-process."""
    for handler in filter(is_handler, drawing.all(*SUB_PROCESSES)):
        starts = handler.findall("bpmn:startEvent", NAMES)
        if len(starts) != 1:
            yield Breach(NOT_ONE_START, handler, {"count": str(len(starts))})
        for start in starts:
            kinds = set(drawing.events(start))
            if drawing.is_plain(start) or kinds & {EventKind.LINK, EventKind.CANCEL, EventKind.TERMINATE}:
                yield Breach(NO_CAUSE, start)
            elif start.get("isInterrupting") == "false" and kinds & {EventKind.ERROR, EventKind.COMPENSATE}:
                yield Breach(FAULT_BESIDE, start)


CHECKS = (handlers,)

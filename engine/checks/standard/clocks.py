"""A clock says one thing, in the box where it belongs."""

import re
from collections.abc import Callable, Iterator

from engine import deadlines, feel
from engine.checks.rule import Rule, Topic
from engine.checks.standard.drawing import Breach, Drawing, holder_of, owner_of, quoted
from engine.definitions.markup import kind_of, text_of

_CLOCK = "Een klok die niet te tellen is, gaat nooit af. Dan blijft een gezin wachten."


def _clock(*times: str) -> str:
    """A drawing with a clock that says these times, each as `Date 2026-03-02`."""
    boxes = "".join(f"<time{kind}>{text}</time{kind}>" for kind, text in map(str.split, times))
    return f"begin > x > klaar\nx: intermediateCatchEvent <timerEventDefinition>{boxes}</timerEventDefinition>"


MORE_TIMES = Rule(
    "klok_met_meer_tijden",
    Topic.DIALECT,
    "Een klok heeft één tijd.",
    why=_CLOCK,
    advice="Kies er één.",
    message="De klok {name} heeft meer dan één tijd.",
    wrong=_clock("Date 2026-03-02", "Duration P1D"),
    right=_clock("Date 2026-03-02"),
    unprovable=True,
    standard=("EXT129", "EXT130", "EXT131"),
)
NO_DATE = Rule(
    "klok_zonder_datum",
    Topic.DIALECT,
    "Als een klok op een datum staat, is een datum ingevuld.",
    why=_CLOCK,
    advice="Kies bij de klok 'duur' of 'herhaling' als je dat bedoelt, of vul een datum in, zoals 2026-03-02.",
    message="Bij {name} staat {got} in het vakje voor een datum: '{text}'.",
    wrong=_clock("Date PT10M"),
    right=_clock("Date 2026-03-02T09:00:00"),
    silenced_by=frozenset({"taal"}),
    unprovable=True,
    standard=("EXT132",),
)
NO_CYCLE = Rule(
    "klok_zonder_herhaling",
    Topic.DIALECT,
    "Als een klok op een herhaling staat, is een herhaling ingevuld.",
    why=_CLOCK,
    advice="Kies bij de klok 'datum' of 'duur' als je dat bedoelt, of vul een herhaling in, zoals R3/P7D.",
    message="Bij {name} staat {got} in het vakje voor een herhaling: '{text}'.",
    wrong=_clock("Cycle vaak"),
    right=_clock("Cycle R3/P1D"),
    silenced_by=frozenset({"taal"}),
    unprovable=True,
    standard=("EXT133",),
)
NO_DURATION = Rule(
    "klok_zonder_duur",
    Topic.DIALECT,
    "Als een klok op een duur staat, is een duur ingevuld.",
    why=_CLOCK,
    advice="Kies bij de klok 'datum' of 'herhaling' als je dat bedoelt, of vul een duur in, zoals P14D.",
    message="Bij {name} staat {got} in het vakje voor een duur: '{text}'.",
    wrong=_clock("Duration lang"),
    right=_clock("Duration PT1H"),
    silenced_by=frozenset({"taal"}),
    unprovable=True,
    standard=("EXT134",),
)


def clocks(drawing: Drawing) -> Iterator[Breach]:
    """A clock says one thing, in a form that can be counted."""
    for definition in drawing.all("timerEventDefinition"):
        if sum(kind_of(child) in _BOXES for child in definition) > 1:
            yield Breach(MORE_TIMES, holder_of(definition))
    for node in drawing.all(*_BOXES):
        rule, fits = _BOXES[kind_of(node)]
        text = text_of(node)
        if text and not text.startswith("=") and not fits(text):
            yield Breach(rule, owner_of(node), {"text": quoted(node), "got": _kind(text)})


def _kind(text: str) -> str:
    """What a text on a clock is, in words."""
    names = {"een datum": _is_moment, "een duur": _is_term, "een herhaling": _is_cycle}
    if _is_name(text):
        return "een uitdrukking zonder = ervoor"
    near = deadlines.meant(text)
    other = f"iets dat geen tijd is (bedoel je {near}?)" if near else "iets dat geen tijd is"
    return next((name for name, fits in names.items() if fits(text)), other)


def _is_name(text: str) -> bool:
    """Whether somebody means what stands under this name."""
    return re.fullmatch(r"[a-z_]\w*(\.\w+)*", text) is not None and ("." in text or "_" in text)


def _is_moment(text: str) -> bool:
    return feel.parse_datetime(text) is not None  # a date is one too


def _is_term(text: str) -> bool:
    return feel.parse_duration(text) is not None or re.fullmatch(r"\d+ werkdag(en)?", text) is not None


def _is_cycle(text: str) -> bool:
    times, _, rest = text.partition("/")
    return re.fullmatch(r"R\d*", times) is not None and all(_is_term(p) or _is_moment(p) for p in rest.split("/"))


_BOXES: dict[str, tuple[Rule, Callable[[str], bool]]] = {
    "timeDate": (NO_DATE, _is_moment),
    "timeCycle": (NO_CYCLE, _is_cycle),
    "timeDuration": (NO_DURATION, _is_term),
}

CHECKS = (clocks,)

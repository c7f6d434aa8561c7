"""Is what a region drew safe? Proves spelregels on a definition, and finds dead ends, before any case runs.

The prover plays the token game of all called diagrams together and looks at every state that a case can come to:
every answer at every gateway, every message, clock and condition at every moment, multi-instance steps with 0, 1 and
2 items, loops with any number of rounds, runs for 0, 1 and 2 rows of a list that may get and lose rows.
Before that it leaves out what the rule at hand can't see (`plan`), so it stays quick.

What free choice means: answers, decision tables and clocks can turn out any way, other than that two gateways agree
on one answer and that a required question has one of its own answers. So a rule that says that something never
happens, or never too soon, is proved: where it holds here, it holds in every case. A rule that says that something
follows is proved up to this: people do what is open to them, and what they wait for comes. That a case *can* take a
certain path is not proved. Outside the proof are corrections of answers afterwards, other than one that adds a row for
which something runs, cases that somebody closes by hand, and what people write in free text. Bounds, told in the
verdict where they are met: at most two items, two tokens in one place and two runs of one handler at once, MOST_STATES
states, and what a search may cost.
"""

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.definitions import Definition, Element
from engine.proof import story
from engine.proof.knowledge import alike, certain
from engine.proof.net import Net, lay_out
from engine.proof.reading import Rule, Selector, read_rules
from engine.proof.rule_kinds import KINDS
from engine.proof.search import MOST_STATES, search
from engine.proof.selecting import lacking, meant, several_asked
from engine.proof.soundness import Finding, unsound
from engine.proof.steps import Occurrence, Step
from engine.proof.watching import Monitor

__all__ = [
    "KINDS",
    "MOST_STATES",
    "Finding",
    "Occurrence",
    "Rule",
    "Selector",
    "Step",
    "Verdict",
    "alike",
    "certain",
    "prove",
    "read_rules",
    "sound",
    "vague",
]

REMEMBERED = 4
"""Of so many definitions we remember what was proved."""

HOLDS, BROKEN, UNDECIDED, NOWHERE = "holds", "broken", "undecided", "nowhere"


@dataclass(frozen=True)
class Verdict:
    """What became of one rule: `outcome` is holds, broken, undecided or nowhere (the rule points at nothing).

    `path` is a shortest path that breaks it, `story` that path in Dutch, `marked` per process what to mark on its
    drawing; `message` is one sentence; `states` how many states were looked at; `bounds` what was left out.
    """

    rule: Rule
    outcome: str
    message: str
    path: tuple[Step, ...] = ()
    story: tuple[str, ...] = ()
    marked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    states: int = 0
    bounds: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a definition with this verdict can't be published."""
        return self.rule.mandatory and self.outcome != HOLDS


def prove(definition: Definition, rules: Iterable[Rule], most: int = MOST_STATES) -> tuple[Verdict, ...]:
    """The verdict on each rule, in the order of the rules."""
    net = lay_out(definition)
    known = _known(definition) if most == MOST_STATES else []
    with _no_sweeping():
        return tuple(
            _remembered(net, rule, most, known) if KINDS[rule.kind].turn else _drawing(net, rule) for rule in rules
        )


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """A search makes millions of tuples of which none is part of a circle, so Python need not look for circles."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()


_Known = list[tuple[Rule, Verdict]]

_proved: deque[tuple[Definition, _Known]] = deque(maxlen=REMEMBERED)


def _known(definition: Definition) -> _Known:
    """What was proved of the paths of these very diagrams, forms and roles: most regions share those of the reference,
    and a rule that was read once is one and the same.
    """
    for other, known in tuple(_proved):  # another thread may prove beside this one
        same = other.id == definition.id and other.settings.roles == definition.settings.roles
        if same and other.forms == definition.forms and other.processes == definition.processes:
            return known
    _proved.append((definition, []))
    return _proved[-1][1]


def _remembered(net: Net, rule: Rule, most: int, known: _Known) -> Verdict:
    verdict = next((verdict for other, verdict in known if other is rule), None)
    if verdict is None:
        verdict = _paths(net, rule, most)
        known.append((rule, verdict))
    return verdict


def vague(definition: Definition, rules: Iterable[Rule]) -> Mapping[str, Element]:
    """The rules, by id, that don't say which question an answer is to, each with a step that asks more than one."""
    net = lay_out(definition)
    return {rule.id: step for rule in rules if (step := several_asked(net, rule)) is not None}


def sound(definition: Definition) -> tuple[Finding, ...]:
    """What keeps cases of a definition from coming to an end, or steps from ever being reached."""
    return tuple(unsound(lay_out(definition)))


def _drawing(net: Net, rule: Rule) -> Verdict:
    missing = list(lacking(net, rule))
    if not meant(net, rule) and not rule.may_be_absent:
        return Verdict(rule, NOWHERE, _nowhere(rule, rule.a))
    if not missing:
        return Verdict(rule, HOLDS, f"{rule.name}: dit klopt voor elke stap.")
    sentences = tuple(
        f"{story.place_of(net, (element.process, element.id))} heeft geen {what}." for element, what in missing
    )
    marked: dict[str, frozenset[str]] = {}
    for element, _ in missing:
        marked[element.process] = marked.get(element.process, frozenset()) | {element.id}
    return Verdict(rule, BROKEN, f"{rule.name}: dit klopt niet. {sentences[0]}", story=sentences, marked=marked)


def _paths(net: Net, rule: Rule, most: int) -> Verdict:
    if (call := net.endless) is not None:
        message = (
            f"{rule.name}: niet te beslissen. Bij {story.place_of(net, call.place)} roept een diagram zichzelf aan."
        )
        return Verdict(rule, UNDECIDED, message)
    monitor = Monitor(net, rule)
    if monitor.idle and rule.may_be_absent:
        return Verdict(rule, HOLDS, f"{rule.name}: dit komt in dit diagram niet voor.")
    result = search(net, monitor, most)
    bounds = (_BOUNDED,) if result.bounded else ()
    if result.full:
        message = f"{rule.name}: niet te beslissen. Na {result.states} standen is gestopt met zoeken."
        if result.single is not None:
            message += (
                f" Bij {story.listed(net, result.single.singled)} lukt het ook niet als de regel alleen daarover gaat."
            )
        if result.wide is not None:
            place = story.place_of(net, result.wide.origin)
            message = f"{rule.name}: niet te beslissen. Bij {place} kunnen te veel pijlen samen worden genomen."
        return Verdict(rule, UNDECIDED, message, states=result.states, bounds=bounds)
    if result.broken is None and monitor.silent and not rule.may_be_absent:
        message = _unheard(rule, monitor.unheard) if monitor.unheard else _nowhere(rule, monitor.silent)
        return Verdict(rule, NOWHERE, message, states=result.states, bounds=bounds)
    if result.broken is None:
        return Verdict(rule, HOLDS, f"{rule.name}: dit geldt op elk pad.", states=result.states, bounds=bounds)
    return Verdict(
        rule,
        BROKEN,
        f"{rule.name}: dit geldt niet op elk pad.",
        result.path,
        (*story.tell(net, result.path), story.broken(net, rule.reason, result.broken)),
        story.marks(net, result.path, result.broken),
        result.states,
        bounds,
    )


def _nowhere(rule: Rule, silent: tuple[Selector, ...]) -> str:
    steps = " en ".join(f"'{selector.told}'" for selector in silent)
    return f"{rule.name}: deze regel wijst nergens naar. Een stap met {steps} komt in de diagrammen niet voor."


def _unheard(rule: Rule, unheard: tuple[Selector, ...]) -> str:
    answers = " en ".join(f"'{selector.told}'" for selector in unheard)
    return f"{rule.name}: deze regel wijst nergens naar. Geen keuze in de diagrammen hangt af van {answers}."


_BOUNDED = "Wat vaker dan twee keer tegelijk op één plek kan gebeuren, is hoogstens twee keer meegenomen."

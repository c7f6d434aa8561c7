"""The kinds of spelregels, one record each: what it says, what it needs, and the automaton that watches a path for it.

A kind is a constraint as DECLARE has it. A path is watched occurrence by occurrence: where one fits a part of the rule
(`a`, `b`, `unless`, `expires`), `turn` gives the next phase and whether the rule is broken by it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

START, MET, OWING, PAID, AFTER = "start", "met", "owing", "paid", "after"

Turn = Callable[[str, Collection[str]], tuple[str, bool]]
"""From a phase and the parts of the rule that an occurrence fits to the next phase, and whether that breaks it."""


@dataclass(frozen=True)
class RuleKind:
    """One kind. `sentence` says in Dutch what it asks, `mend` what to do where it is broken.

    `needs` are the fields that such a rule must have, `one_of` those of which it must have one, `may_have` those that
    no other kind has. Without a step that fits each of `called_by` (`needs`, if not given) nothing can break it.
    Without a `turn` it looks at the drawing and not at paths. A path may not end in a phase of `owing`, and in one of
    `settled` nothing can break the rule any more. `every_wait` says that it looks at what can come wherever a case
    waits, in phase AFTER; its `b` is then a message where it `tells` one.

    Where all that such a rule speaks of is done for one row of a list, it is about each row `row_by_row`: what is done
    for another row neither breaks it nor keeps it.

    An occurrence that fits only parts of `excuses` never breaks a rule that would hold without it. A rule holds where
    it holds for each step of a part of `one_by_one` by itself; it is broken at the moment of a step of `breaking`.
    """

    name: str
    sentence: str
    mend: str
    needs: tuple[str, ...] = ("a", "b")
    one_of: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    called_by: tuple[str, ...] = ()
    turn: Turn | None = None
    owing: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    every_wait: bool = False
    tells: bool = False
    row_by_row: bool = False
    excuses: tuple[str, ...] = ("unless",)
    one_by_one: tuple[str, ...] = ()
    breaking: tuple[str, ...] = ()


def _existence(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    return (MET if "a" in parts or "unless" in parts else phase), False


def _absence(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return MET, False
    return phase, "a" in parts and phase != MET


def _precedence(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "expires" in parts:
        phase = START
    if "b" in parts and phase != MET:
        return phase, True
    return (MET if "a" in parts or "unless" in parts else phase), False


def _response(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "b" in parts or "unless" in parts:
        phase = START
    return (OWING if "a" in parts else phase), False


def _succession(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return PAID, False
    if "b" in parts:
        if phase == START:
            return phase, True
        phase = PAID
    return (OWING if "a" in parts else phase), False


def _not_succession(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return START, False
    if "b" in parts and phase == AFTER:
        return phase, True
    return (AFTER if "a" in parts else phase), False


def _availability(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "b" in parts or "unless" in parts:
        return START, False
    return (AFTER if "a" in parts else phase), False


def _persistence(phase: str, parts: Collection[str]) -> tuple[str, bool]:
    if "unless" in parts:
        return START, False
    return (AFTER if "a" in parts else phase), False


EXISTENCE = RuleKind(
    name="existence",
    sentence="a gebeurt altijd, voor het einde",
    mend="Teken deze stap op elke weg naar het einde.",
    needs=("a",),
    turn=_existence,
    excuses=("a", "unless"),
    owing=frozenset({START}),
    settled=frozenset({MET}),
)
ABSENCE = RuleKind(
    name="absence",
    sentence="a gebeurt nooit (tenzij eerst …)",
    mend="Haal deze stap weg, of leid de weg eromheen.",
    needs=("a",),
    turn=_absence,
    one_by_one=("a",),
    breaking=("a",),
    settled=frozenset({MET}),
)
PRECEDENCE = RuleKind(
    name="precedence",
    sentence="b gebeurt pas na a (of na tenzij); 'vervalt' maakt een eerdere a ongedaan",
    mend="Zet hiervoor de stap die eerst moet, of leid de weg hieromheen.",
    may_have=("vervalt",),
    called_by=("b",),
    turn=_precedence,
    row_by_row=True,
    excuses=("a", "unless"),
    one_by_one=("b",),
    breaking=("b",),
    settled=frozenset({MET}),
)
RESPONSE = RuleKind(
    name="response",
    sentence="na a volgt altijd b",
    mend="Teken hierna een weg naar de stap die moet volgen.",
    called_by=("a",),
    turn=_response,
    row_by_row=True,
    excuses=("b", "unless"),
    one_by_one=("a",),
    owing=frozenset({OWING}),
)
SUCCESSION = RuleKind(
    name="succession",
    sentence="precedence en response samen",
    mend="Zet hiervoor de stap die eerst moet, en hierna de stap die moet volgen.",
    turn=_succession,
    row_by_row=True,
    owing=frozenset({OWING}),
)
NOT_SUCCESSION = RuleKind(
    name="not-succession",
    sentence="na a gebeurt b niet meer (tenzij eerst …)",
    mend="Laat de weg hierheen niet meer open als dat eerdere is gebeurd.",
    turn=_not_succession,
    row_by_row=True,
    one_by_one=("a", "b"),
    breaking=("b",),
)
AVAILABILITY = RuleKind(
    name="availability",
    sentence="na a kan b op elk moment gebeuren, tot b er is (tenzij eerst …)",
    mend="Zet de gebeurtenis op de rand van het hele deel, zodat zij op elk moment kan.",
    turn=_availability,
    every_wait=True,
    tells=True,
    one_by_one=("a",),
)
PERSISTENCE = RuleKind(
    name="persistence",
    sentence="na a is overal waar de casus wacht, b een van de dingen die nu kunnen komen (tot tenzij)",
    mend="Leid elke weg hierheen terug naar een plek waar dat kan komen.",
    turn=_persistence,
    every_wait=True,
)
EVERY = RuleKind(
    name="every",
    sentence=(
        "elke stap die past, heeft wat bij 'heeft' staat (rol, termijn of een andere eigenschap), "
        "zijn formulier vult de kolommen die bij 'vult' staan, en zijn termijn of klok duurt hoogstens en minstens zo "
        "lang als daar staat"
    ),
    mend="Vul bij deze stap in wat ontbreekt.",
    needs=("a",),
    one_of=("heeft", "vult", "hoogstens", "minstens"),
    may_have=("heeft", "vult", "hoogstens", "minstens"),
)

KINDS: Mapping[str, RuleKind] = {
    kind.name: kind
    for kind in (EXISTENCE, ABSENCE, PRECEDENCE, RESPONSE, SUCCESSION, NOT_SUCCESSION, AVAILABILITY, PERSISTENCE, EVERY)
}

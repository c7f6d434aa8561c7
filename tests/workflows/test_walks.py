"""What is said to hold of the reference process, no walk of the engine breaks.

Each spelregel is held against what happened in a case, by what its kind means (the head of spelregels.yaml), and not by
the prover: which steps it points at is read here once more. Looked at are the rules that speak of steps, messages and
ends by what these say of themselves, not of answers, columns or rows.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from engine import process, proof
from engine.definitions import Definition, Element
from engine.process import Model
from engine.proof import Rule, Selector
from engine.words import Passage
from tests.engine.test_process_walks import Walk, reference
from tests.workflows import mutants

STEPS = 80
PLAIN = {"id", "proces", "type", "fase", "register", "doel", "soort", "stand", "deelt", "stuurt", "regelt", "bericht"}
"""The aspects that are read here: a rule with another one is not looked at."""
KINDS = {"existence", "absence", "precedence", "response", "not-succession"}
GROUPS = {"callActivity", "subProcess"}
"""What has happened when it begins; all else when it is done."""


def plain(selector: Selector) -> bool:
    """Whether a selector is read here in full."""
    more = selector.answers or selector.questions or selector.fills
    return not more and selector.aspects.keys() <= PLAIN and all(map(plain, selector.excluded))


def value(element: Element, name: str) -> str:
    """What an element says under the name of an aspect."""
    match name:
        case "id":
            return element.id
        case "proces":
            return element.process
        case "type":
            return str(element.kind)
        case "fase":
            return element.properties.get("fase") or element.process
        case "bericht":
            return element.event.name if element.event is not None and element.event_kind == "message" else ""
        case _:
            return element.properties.get(name, "") if element.kind == "userTask" else ""


def fits(selector: Selector, element: Element) -> bool:
    """Whether a selector points at an element: properties at steps, messages at events, ends by their id or type."""
    if element.kind != "userTask" and not {"id", "type", "bericht"} & selector.aspects.keys():
        return False
    said = ((value(element, name), wanted) for name, wanted in selector.aspects.items())
    right = all(text in wanted or (text and "*" in wanted) for text, wanted in said)
    return right and not any(fits(other, element) for other in selector.excluded)


def holds(rule: Rule, trace: Sequence[Element], ended: bool) -> bool:
    """Whether a case, as far as it came, keeps a rule."""
    due, before, undone = False, False, False
    for element in trace:
        a, b, unless, expires = (
            any(fits(s, element) for s in part) for part in (rule.a, rule.b, rule.unless, rule.expires)
        )
        match rule.kind:
            case "absence" if a and not before:
                return False
            case "not-succession" if b and due and not unless:
                return False
            case "precedence" if b and not (before and not expires):
                return False
        undone = rule.kind in ("response", "not-succession") and (unless or (rule.kind == "response" and b))
        due = a or (due and not undone)
        before = (before and not expires) or unless or (a and rule.kind != "absence")
    if not ended:
        return True
    return before if rule.kind == "existence" else rule.kind != "response" or not due


@cache
def rules(root: str, region: str) -> tuple[Rule, ...]:
    """The rules that are looked at, each of which is said to hold."""
    definition = reference(root, region).definition
    every = proof.read_rules(definition.files["spelregels.yaml"], "spelregels.yaml")
    parts = ((rule, (*rule.a, *rule.b, *rule.unless, *rule.expires)) for rule in every if rule.kind in KINDS)
    return tuple(rule for rule, selectors in parts if all(map(plain, selectors)))


def trace(definition: Definition, walk: Walk) -> Iterator[Element]:
    """What happens in a walk, in its order."""
    for outcome in walk.go(STEPS):
        for note in outcome.notes:
            element = definition.element(note.process, note.element)
            if note.what is (Passage.BEGUN if element.kind in GROUPS else Passage.COMPLETED):
                yield element


def broken(model: Model, seed: int) -> list[str]:
    """The rules that one walk breaks."""
    walk = Walk(model, seed)
    happened = [*trace(model.definition, walk)]
    return [rule.id for rule in rules("casus", "") if not holds(rule, happened, walk.outcome.ended)]


def test_there_are_rules_to_hold() -> None:
    assert len(rules("casus", "")) >= 20


@pytest.mark.parametrize("seed", range(5))
def test_a_walk_keeps_what_is_said_to_hold(seed: int) -> None:
    assert broken(reference("casus", "zuid-limburg"), seed) == []


@pytest.mark.long
@pytest.mark.parametrize("region", ["", "zuid-limburg", "de-waterlanden"])
@pytest.mark.parametrize("seed", range(300))
def test_each_of_many_walks_keeps_what_is_said_to_hold(region: str, seed: int) -> None:
    assert broken(reference("casus", region), seed) == []


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        (("intrekking", "delen_stoppen"), "na_intrekken_stoppen"),
        (("intrekking", "eigen_zorg_borgen"), "na_intrekken_eigen_zorg"),
        (("toestemming", "uitleg_geven"), "uitleg_voor_toestemming"),
    ],
)
def test_a_walk_without_a_step_that_a_rule_asks_for_breaks_it(step: tuple[str, str], rule: str) -> None:
    model = process.compile_model(mutants.without(*step)(mutants.reference()))
    assert any(rule in broken(model, seed) for seed in range(12))

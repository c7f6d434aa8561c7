"""What is said to hold of the reference process, no walk of the engine breaks.

Each spelregel is held against what happened in a case, by what its kind means (the head of spelregels.yaml), and not by
the prover: which steps it points at, and what is answered there, is read here once more. An answer is taken to count as
it is given, where the prover waits for a gateway that hears it; so rules are looked at in which one can only excuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from engine import process, proof
from engine.definitions import Definition, Element
from engine.definitions.kinds import AWAITS, LISTENS
from engine.process import Model
from engine.proof import Rule, Selector
from engine.words import Passage
from tests.engine.test_process_walks import Walk, reference
from tests.workflows import mutants

STEPS = 80
OF_EVENTS = {"id", "type", "bericht", "klok", "onderbreking"}
"""The aspects by which something is pointed at that is no step; all others are properties of steps."""
NOT_READ = {"pijl", "lijst", "einde", "melding"}
EXCUSES = {
    "existence": ("unless",), "absence": ("unless",), "precedence": ("a", "unless"), "response": ("b", "unless"),
    "not-succession": ("unless",), "availability": ("unless",), "persistence": ("unless",),
}  # fmt: skip
"""The kinds that are looked at, with the parts of each in which an answer may count too soon: as it is given, and not
when a gateway hears it."""
GROUPS = {"callActivity", "subProcess"}
"""What has happened when it begins; all else when it is done."""


@dataclass(frozen=True)
class Happened:
    """Something that was done or came, and what the case then knew: its document, and the row that it was about."""

    element: Element
    document: Mapping[str, Any]
    row: Mapping[str, Any]

    def value(self, key: str) -> object:
        """An answer, as it stands in the row or else in the document."""
        return self.row.get(key, self.document.get(key))


@dataclass(frozen=True)
class Rest:
    """What happened until a case waited again, and what could come then."""

    happened: tuple[Happened, ...]
    possible: tuple[Element, ...]
    ended: bool


def parts(rule: Rule) -> dict[str, tuple[Selector, ...]]:
    return {"a": rule.a, "b": rule.b, "unless": rule.unless, "expires": rule.expires}


def read_in_full(rule: Rule) -> bool:
    """Whether a rule is looked at here: of a clock that may come nothing is told, and rows are not told apart."""
    if rule.kind not in EXCUSES or (rule.kind == "persistence" and any("klok" in s.aspects for s in rule.b)):
        return False
    every = [(part, s) for part, selectors in parts(rule).items() for s in selectors]
    named = {name for _, s in every for inner in (s, *s.excluded) for name in inner.aspects}
    late = any(s.answers and part not in EXCUSES[rule.kind] for part, s in every)
    return not (named & NOT_READ or late or any(inner.answers for _, s in every for inner in s.excluded))


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
        case "klok":
            waits = element.kind in LISTENS | AWAITS and element.event_kind == "timer"
            return "ja" if waits else ""
        case "onderbreking":
            starts = element.kind in ("startEvent", "boundaryEvent") and element.event_kind != "none"
            return ("ja" if element.interrupting else "nee") if starts else ""
        case _:
            return element.properties.get(name, "")


def fits(selector: Selector, element: Element, definition: Definition) -> bool:
    """Whether a selector points at an element, whatever is answered there."""
    if element.kind != "userTask" and not OF_EVENTS & selector.aspects.keys():
        return False
    for name, wanted in selector.aspects.items():
        said = element.roles if name == "rol" else (value(element, name),)
        if not said or not all(text in wanted or (text and "*" in wanted) for text in said):
            return False
    asked = _asked(definition, element)
    fills = all(
        any(field.properties.get("register") == column and ("*" in of or str(field.default) in of) for field in asked)
        for column, of in selector.fills.items()
    )
    keys = {field.key for field in asked}
    excluded = any(fits(other, element, definition) for other in selector.excluded)
    return fills and (not selector.questions or bool(keys & {*selector.questions})) and not excluded


def _asked(definition: Definition, element: Element) -> list[Any]:
    form = definition.forms.get(element.form)
    fields = [] if form is None else [*form.input_fields(), *(i for f in form.input_fields() for i in f.fields)]
    return [field for field in fields if not field.never_shown]


def answered(selector: Selector, event: Happened, definition: Definition) -> bool:
    """Whether what a selector points at was answered as it says; in a list by some row, or by every row."""
    if not fits(selector, event.element, definition):
        return False
    if not selector.answers:
        return True
    form = definition.forms.get(event.element.form)
    for field in form.input_fields() if form is not None else ():
        for part in (field, *field.fields):
            if part.key in selector.questions or part.properties.get("register") in selector.fills:
                rows = event.value(field.key) if part is not field else [{part.key: event.value(part.key)}]
                listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
                right = [row.get(part.key) in selector.answers for row in listed]
                if right and (all(right) if selector.every_row else any(right)):
                    return True
    return False


def holds(rule: Rule, course: Sequence[Rest], definition: Definition) -> bool:
    """Whether a case, as far as it came, keeps a rule."""
    due, before, undone = False, False, False
    for rest in course:
        for event in rest.happened:
            a, b, unless, expires = (
                any(answered(s, event, definition) for s in selectors) for selectors in parts(rule).values()
            )
            match rule.kind:
                case "absence" if a and not before:
                    return False
                case "not-succession" if b and due and not unless:
                    return False
                case "precedence" if b and not (before and not expires):
                    return False
            excused = unless or (rule.kind in ("response", "availability") and b)
            undone = rule.kind in ("response", "not-succession", "availability", "persistence") and excused
            due = (a and not (undone and rule.kind in ("availability", "persistence"))) or (due and not undone)
            before = (before and not expires) or unless or (a and rule.kind != "absence")
        waits = rule.kind in ("availability", "persistence") and due and not rest.ended
        if waits and not any(fits(s, element, definition) for s in rule.b for element in rest.possible):
            return False
    if not course[-1].ended:
        return True
    return before if rule.kind == "existence" else rule.kind != "response" or not due


@cache
def rules(root: str, region: str) -> tuple[Rule, ...]:
    """The rules that are looked at, each of which is said to hold."""
    definition = reference(root, region).definition
    every = proof.read_rules(definition.files["spelregels.yaml"], "spelregels.yaml")
    return tuple(rule for rule in every if read_in_full(rule))


def course(model: Model, walk: Walk) -> Iterator[Rest]:
    """What happens in a walk, in its order."""
    definition = model.definition
    for outcome in walk.go(STEPS):
        happened = []
        for note in outcome.notes:
            element = definition.element(note.process, note.element)
            if note.what is (Passage.BEGUN if element.kind in GROUPS else Passage.COMPLETED):
                happened.append(Happened(element, outcome.document, _row(outcome.document, note.item)))
        open_ = [definition.element(task.process, task.element) for task in outcome.open]
        heard = [] if outcome.ended else process.awaited(model, outcome.state, outcome.document, walk.now)
        yield Rest(tuple(happened), (*open_, *heard), outcome.ended)


def _row(document: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    rows = (row for rows in document.values() if isinstance(rows, list) for row in rows if isinstance(row, dict))
    return next((row for row in rows if id and row.get("id") == id), {})


def broken(model: Model, seed: int) -> list[str]:
    """The rules that one walk breaks."""
    whole = [*course(model, Walk(model, seed))]
    ids = {event.row["id"] for rest in whole for event in rest.happened if event.row} or {""}
    by_row = [[of_row(rest, id) for rest in whole] for id in sorted(ids)]
    doubtful = [rule for rule in rules("casus", "") if not holds(rule, whole, model.definition)]
    return [rule.id for rule in doubtful if not all(holds(rule, row, model.definition) for row in by_row)]


def of_row(rest: Rest, id: str) -> Rest:
    """What happened of no row or of this one: of rules about rows, each is about one row at a time."""
    return replace(rest, happened=tuple(event for event in rest.happened if event.row.get("id", id) == id))


def test_there_are_rules_to_hold() -> None:
    assert len(rules("casus", "")) >= 65
    assert {rule.kind for rule in rules("casus", "")} == EXCUSES.keys()


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

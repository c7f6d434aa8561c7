"""What the prover says of a rule is so on the engine: held against a search through every state of small diagrams."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings

from engine import proof
from engine.definitions import Definition, Element
from engine.definitions.kinds import AWAITS, LISTENS
from engine.process import Model
from engine.proof import Rule
from tests.engine.both_ways import Engine, Kept, Label
from tests.engine.free_diagrams import free
from tests.engine.test_both_ways import SEEDS
from tests.engine.test_proof import rule

MOST_STATES = 150
MOST_PAIRS = 12
BROKEN, BEFORE, AFTER = "broken", "before", "after"

Moves = list[tuple[frozenset[str], Kept, bool]]
"""What can happen next: of what is watched, where that leads, and whether the case has then ended."""


@dataclass
class Cases:
    """All that cases of one diagram can do on the engine: how they begin, and what can happen in each state."""

    begun: Moves = field(default_factory=list)
    moves: dict[Kept, Moves] = field(default_factory=dict)
    full: bool = False
    """Whether there is more than was looked at."""

    def breaks(self, asked: Rule) -> bool:
        """Whether some case breaks a rule."""
        waiting: deque[tuple[str, Moves]] = deque([(BEFORE, self.begun)])
        seen: set[tuple[Kept, str]] = set()
        while waiting:
            phase, moves = waiting.popleft()
            for happened, state, ended in moves:
                after = turned(asked, phase, happened, ended)
                if after == BROKEN:
                    return True
                if (state, after) not in seen:
                    seen.add((state, after))
                    waiting.append((after, [] if ended else self.moves.get(state, [])))
        return False


def turned(asked: Rule, phase: str, happened: frozenset[str], ended: bool) -> str:
    """Where a case is with a rule after what happened, by what its kind means: what came, what is owed, or broken."""
    first = asked.a[0].aspects["id"][0] in happened
    then = bool(asked.b) and asked.b[0].aspects["id"][0] in happened
    after = AFTER if first else phase
    match asked.kind:
        case "existence":
            return BROKEN if ended and after == BEFORE else after
        case "absence":
            return BROKEN if first else phase
        case "precedence":
            return BROKEN if then and phase == BEFORE else after
        case "response":
            after = AFTER if first else BEFORE if then else phase
            return BROKEN if ended and after == AFTER else after
        case _:
            return BROKEN if then and phase == AFTER else after


def cases_of(model: Model, watched: frozenset[str]) -> Cases:
    """Every state of the engine, as far as it is not too many, and what happens of what is watched."""
    engine, cases = Engine(model, fleeting=True), Cases()

    def told(moves: Mapping[Label, set[Kept]]) -> Moves:
        return [
            (frozenset(id for _, id in done) & watched, state, look[2])
            for (_, _, done, look), states in moves.items()
            for state in states
        ]

    cases.begun = told(engine.begin())
    waiting = deque(state for _, state, _ in cases.begun)
    while waiting:
        state = waiting.popleft()
        if state in cases.moves:
            continue
        if len(cases.moves) >= MOST_STATES:
            cases.full = True
            break
        cases.moves[state] = told(engine.moves(state))
        waiting.extend(after for _, after, _ in cases.moves[state])
    return cases


def subjects(definition: Definition) -> list[str]:
    """What a rule may speak of here: steps that somebody does once each time, and messages that come."""

    def fits(element: Element) -> bool:
        comes = element.event_kind == "message" and element.kind in LISTENS | AWAITS
        return element.loop is None and (element.kind == "userTask" or comes)

    return sorted(e.id for of in definition.processes.values() for e in of.elements.values() if fits(e))


def asked_of(model: Model, seed: int) -> list[Rule]:
    """Rules of each kind about some of what can happen in a diagram."""
    ids = subjects(model.definition)
    pairs = [*permutations(ids, 2)]
    pairs = Random(seed).sample(pairs, min(MOST_PAIRS, len(pairs)))  # noqa: S311 - rules by chance, no secret
    rules = [rule(kind, id) for kind in ("existence", "absence") for id in ids]
    return rules + [rule(kind, *pair) for kind in ("precedence", "response", "not-succession") for pair in pairs]


def held(seed: int, depth: int = 1) -> None:
    """The verdicts on one diagram are what the engine does."""
    model = free(seed, depth)
    rules = asked_of(model, seed)
    cases = cases_of(model, frozenset(subjects(model.definition)))
    for asked, verdict in zip(rules, proof.prove(model.definition, rules), strict=True):
        about = f"{asked.kind} {[selector.told for selector in (*asked.a, *asked.b)]}"
        if cases.breaks(asked):
            assert verdict.outcome == "broken" or verdict.bounds, f"a case breaks {about}, {verdict.message}"
        elif not cases.full:
            assert verdict.outcome == "holds", f"no case breaks {about}: {verdict.story}"


@given(SEEDS)
@settings(max_examples=12)
def test_a_verdict_is_what_cases_do(seed: int) -> None:
    held(seed)


@pytest.mark.long
@given(SEEDS)
@settings(max_examples=300)
def test_a_verdict_is_what_cases_do_in_larger_diagrams(seed: int) -> None:
    held(seed, 2)

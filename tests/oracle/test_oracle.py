"""What everybody finds at every address, in cases at random, beside what the rules say that they may know."""

from collections.abc import Callable, Sequence

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.request import House
from engine.cases import Library
from tests.conftest import CopyOf
from tests.oracle import generate, survey
from tests.oracle.conftest import Make, published
from tests.oracle.generate import World
from tests.oracle.survey import ROUTES, Survey

LOOKED_AT = ("on the way", "ended", "no consent")
"""The moments of a sample; a full run looks around at each."""

ALL = range(100, 140)


def test_every_address_has_an_expectation(make: Make) -> None:
    app: FastAPI = make(0).app
    assert survey.addresses(app) == set(ROUTES)


def test_a_house_in_earnest_has_another_door_and_no_other_address(make: Make) -> None:
    app = create_app(House(make(0).database, Library()))
    assert survey.addresses(app) == set(ROUTES) - survey.DEMO | survey.EARNEST


def held(world: World, acts: int, moments: Sequence[str] = (), rounds: int = 1) -> tuple[int, list[str]]:
    """Play a case and look around in it, at each moment or at some; how many cells were looked at, all that is wrong.

    What is wrong once is looked at no further: the rest follows from it.
    """
    cells = 0
    wrong: list[str] = []
    for moment in generate.play(world, acts, rounds):
        if moments and moment not in moments:
            continue
        looked = Survey(world, moment)
        looked.run()
        survey.attempts(looked)
        cells += looked.cells
        wrong += looked.wrong
        if wrong:
            break
    return cells, wrong


def said(world: World, wrong: list[str]) -> str:
    return "\n".join([*wrong[:40], f"({len(wrong)} in all)", "what happened:", *world.story])


def test_nobody_reads_more_or_less_than_the_rules_say(make: Make) -> None:
    world = make(1)
    cells, wrong = held(world, 8, LOOKED_AT)
    assert not wrong, said(world, wrong)
    assert cells > 1_000


def test_what_the_rules_say_holds_in_the_other_database(
    postgresql_copy: CopyOf, world_on: Callable[[str, int], World]
) -> None:
    world = world_on(postgresql_copy(published), 5)
    _, wrong = held(world, 4, ("on the way",))
    assert not wrong, said(world, wrong)


def test_of_a_case_in_a_new_round_nobody_reads_more_or_less_than_is_said_anew(make: Make) -> None:
    world = make(7)
    _, wrong = held(world, 4, ("reopened",), rounds=2)
    assert not wrong, said(world, wrong)


@pytest.mark.long
@pytest.mark.parametrize("seed", ALL)
def test_nobody_reads_more_or_less_than_the_rules_say_in_many_cases(make: Make, seed: int) -> None:
    world = make(seed)
    cells, wrong = held(world, 16, rounds=1 + seed % 2)
    assert not wrong, said(world, wrong)
    assert cells > 1_000

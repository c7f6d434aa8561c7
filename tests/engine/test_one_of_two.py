"""One of two children is lost: who is there keeps the traject; of the loss only those know whom the family chose."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine import cases
from engine.errors import NotAllowedError, NotFoundError
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, PARTNER, REPORTER, Play, example
from tests.engine.test_access import seen_by

LOST = "kind_verloren"
SIGNS = ("kind_kring_vragen", "kind_berichten_stoppen", "Praat gerust", f"{LOST}_", "Voor wie gaat het traject door")
WISHES = "Praat gerust over allebei."
pytestmark = pytest.mark.any_database


@pytest.fixture
def twins(play: Play) -> Play:
    """A pregnancy of two, with an agreement that is followed."""
    return play.play(example("een_van_twee_verloren"), until=LOST)


def tell(play: Play, by: str, *known: str, **stops: Any) -> str:
    """Somebody tells it, and writes down whom the family lets know; gives the row."""
    play.tell(LOST, by=by)
    item = next(row.item for row in play.rows() if row.element == "kind_kring_vragen")
    complete(play, by, item, "kind_kring_vragen", {"verlies_kind_kring": list(known)})
    complete(play, by, item, "kind_berichten_stoppen", {"kind_uitnodigingen": True, **(stops or CARRIED)})
    return item


CARRIED = {"verder_met": "zwangerschap"}


def complete(play: Play, by: str, item: str, element: str, answers: Mapping[str, Any]) -> None:
    (row,) = (row for row in play.rows() if (row.element, row.item) == (element, item))
    with play.as_(by) as ctx:
        cases.complete(ctx, row.id, answers, row.revision)


def signs(play: Play, person: str) -> set[str]:
    seen = seen_by(play, person)
    view = play.view(person)
    shown = {id for progress in view.processes for id in progress.done | progress.current}
    reports = {LOST for event in view.history if event.detail.get("naam") == LOST}
    return (
        reports
        | {sign for sign in SIGNS if sign in seen}
        | {id for id in shown if id.startswith(("kind_", "pad_verlies"))}
    )


def test_the_traject_goes_on_and_nobody_else_finds_a_sign_of_it(twins: Play) -> None:
    before = twins.open()
    others = (OVERSEER, COORDINATOR, LEAD, PARTNER)
    buttons = [[option.name for option in twins.view(person).messages] for person in others]
    item = tell(twins, REPORTER)
    assert twins.open() == sorted([*before, "kind_persoonlijk_contact"])
    complete(twins, REPORTER, item, "kind_persoonlijk_contact", {"verlies_wensen": WISHES, "rouwzorg_gewenst": "ja"})
    row = twins.row("kind_rouwzorg_regelen")
    for person, offered in zip(others, buttons, strict=True):
        assert not signs(twins, person)
        assert [option.name for option in twins.view(person).messages] == offered, "one that goes away tells of it"
        assert row.id not in [line.task_id for line in twins.worklist(person).lines]
        with twins.as_(person) as ctx, pytest.raises(NotFoundError):
            cases.task(ctx, row.id)


def test_whom_the_family_chose_knows_and_each_telling_has_a_circle_of_its_own(twins: Play) -> None:
    first = tell(twins, REPORTER, PARTNER)
    complete(twins, REPORTER, first, "kind_persoonlijk_contact", {"verlies_wensen": WISHES, "rouwzorg_gewenst": "ja"})
    second = tell(twins, OVERSEER)
    assert WISHES in seen_by(twins, REPORTER)
    assert "Praat gerust" not in seen_by(twins, OVERSEER)
    assert [row.item for row, _ in twins.view(OVERSEER).tasks if row.circle] == [second]
    assert {row.item for row, _ in twins.view(PARTNER).tasks if row.circle} == {first}
    with twins.as_(REPORTER) as ctx, pytest.raises(NotAllowedError):
        cases.reassign(ctx, twins.row("kind_rouwzorg_regelen").id, OVERSEER)


def test_closing_the_traject_leaves_the_support_to_who_gives_it(twins: Play) -> None:
    item = tell(twins, REPORTER)
    with twins.as_(OVERSEER) as ctx:
        cases.close(ctx, twins.case_id, "Het gezin wil stoppen")
    assert twins.open() == ["kind_persoonlijk_contact"]
    assert not signs(twins, OVERSEER)
    complete(twins, REPORTER, item, "kind_persoonlijk_contact", {"rouwzorg_gewenst": "nee"})


@pytest.mark.parametrize(
    ("stops", "birthday"),
    [
        (CARRIED, False),
        ({"verder_met": "kind", "jongste_geboren_op": "2025-06-01"}, True),
    ],
)
def test_the_second_birthday_is_that_of_the_child_who_is_there(
    play: Play, stops: dict[str, str], birthday: bool
) -> None:
    play.play(example("een_van_twee_overleden"), until=LOST)
    born = play.document()["geboortedatum"]
    play.wait("P1D")
    tell(play, REPORTER, **stops)
    child = date.fromisoformat(stops.get("jongste_geboren_op", born))
    play.wait_until(datetime(child.year + 2, child.month, child.day, 23, tzinfo=UTC))
    assert ("eindevaluatie_houden" in play.open()) is birthday

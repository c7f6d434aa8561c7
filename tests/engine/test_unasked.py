"""A task that nobody may do, since nobody who might may read what it shows: the Knooppunt team is told to ask."""

import pytest

from engine import access, cases, scenarios, store
from engine.words import Verb
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, PARTNER, REPORTER, Play, example, moved

pytestmark = pytest.mark.any_database


def told(play: Play, person: str) -> list[str]:
    """The tasks for which this person is told that the family has to be asked."""
    with play.as_(person, writes=False) as ctx:
        return [task.title for task in cases.unasked(ctx) if task.case_id == play.case_id]


def stuck(play: Play) -> set[str]:
    """The open tasks that nobody at home may do, each looked at by itself."""
    able = set()
    with play.database.reading() as tx:
        case = store.case_files.read(tx, play.case_id, None)
        for person in store.people.everyone(tx, case.municipality):
            seen = cases.Context(tx, play.library, person, play.now).sight
            facts = store.case_files.facts(tx, case, seen)
            able |= {row.title for row in play.rows() if Verb.COMPLETE in access.may(seen, facts, row.facts)}
    return {row.title for row in play.rows()} - able


def take_back(play: Play, wish: cases.Wish) -> None:
    with play.as_(REPORTER) as ctx:
        cases.withdraw(ctx, play.case_id, wish)


HOW_SHE_IS = cases.Wish(kind="welbevinden")


def test_the_team_is_told_as_soon_as_nobody_may_read_it_and_no_longer_than_that(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    assert told(play, OVERSEER) == []
    take_back(play, HOW_SHE_IS)
    assert told(play, OVERSEER) == told(play, COORDINATOR) == ["Levensgebieden verkennen"] == sorted(stuck(play))
    assert told(play, PARTNER) == told(play, REPORTER) == told(play, LEAD) == []
    signal = {**moved(example("alles_loopt_goed"), play.began).actions[0].answers, "onderwerpen": ["schulden"]}
    said = scenarios.keep_rows(signal, play.document())
    play.correct("signaleren", "signaal_vastleggen", said, "Dat speelt toch niet", by=REPORTER)
    assert stuck(play) == set(told(play, OVERSEER)) == set()


def test_what_is_told_is_what_nobody_may_do_all_along(play: Play) -> None:
    play.between = lambda: _holds(play)
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")


def _holds(play: Play) -> None:
    assert set(told(play, OVERSEER)) == stuck(play)


def test_it_is_told_no_more_when_the_case_ends(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="levensgebieden_verkennen")
    take_back(play, HOW_SHE_IS)
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het gezin wil stoppen")
    assert told(play, OVERSEER) == []

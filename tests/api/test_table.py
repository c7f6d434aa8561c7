"""What may be said at the table with who is invited, person by person: for who plans it (line 14 of the examples)."""

import re
from html import unescape

import pytest

from engine import consent
from engine.consent import Opening
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, Play, example

DEBTS, MINDS = "schuldhulp_rondkomstig", "ggz_binnenweer"


def test_at_a_table_all_hear_everything_so_only_what_all_may_know_is_said() -> None:
    opened = {
        Opening(DEBTS, "delen", "contact", "ans"), Opening(MINDS, "overleg", "contact", "ans"),
        Opening(DEBTS, "delen", "geld_wonen", "ans"), Opening(MINDS, "overdracht", "geld_wonen", "ans"),
        Opening(DEBTS, "delen", "contact", "ben"), Opening("jgz", "delen", "welbevinden", "ans"),
    }  # fmt: skip

    def said(person: str, *invited: str) -> tuple[set[str], dict[str, set[str]]]:
        every, apart = consent.at_table(opened, invited, person)
        return set(every), {kind: set(who) for kind, who in apart.items()}

    assert said("ans", DEBTS, MINDS) == ({"contact"}, {"geld_wonen": {DEBTS}})
    assert said("ben", DEBTS, MINDS) == (set(), {"contact": {DEBTS}})
    assert said("ans", DEBTS) == ({"contact", "geld_wonen"}, {})
    assert said("cas", DEBTS) == (set(), {})


@pytest.mark.any_database
def test_who_plans_a_meeting_reads_what_may_be_said_and_nobody_else_does(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    assert play.task(OVERSEER, "overleg_plannen").table == (), "nobody is invited yet"
    play.case_id = 0
    play.now = play.began
    play.play(example("alles_loopt_goed"), until="uitnodigen")
    seats = play.task(OVERSEER, "uitnodigen").table
    plan = next(a for a in example("alles_loopt_goed").actions if a.name == "overleg_plannen")
    for seat in seats:
        assert all(set(who) < set(plan.answers["overleg_genodigden"]) for who in seat.apart.values())
    assert any("contact" in seat.every for seat in seats), "the mother said yes to all three"
    address = f"/taken/{play.row('uitnodigen').id}"
    page = unescape(visit(OVERSEER).get(address).text)
    assert "Wat mag er aan tafel worden gezegd?" in page
    assert "Iedereen mag horen: " in page
    assert re.search(r"\. [A-Z][\w ,]+: alleen ", page)
    assert not re.search(r"\. [a-z][\w ,]+: alleen ", page), "each is a sentence"
    assert "Wat mag er aan tafel" not in unescape(visit(LEAD).get(address).text)

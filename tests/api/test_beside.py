"""What stands beside the form of a task: what its step needs of the case, as far as who does it may read it now."""

from html import unescape

import pytest
import sqlalchemy as sa

from engine import cases
from engine.words import Part, Register, Seen
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, REPORTER, Play, example

pytestmark = pytest.mark.any_database


def test_until_the_family_says_what_it_wants_the_signal_stands_there(play: Play, visit: Visit) -> None:
    play.play(example("alles_loopt_goed"), until="uitleg_geven")
    page = unescape(visit(REPORTER).get(f"/taken/{play.row('uitleg_geven').id}").text)
    assert "Dit weet je al" in page
    assert '<h3 class="utrecht-heading-4">Het signaal</h3>' in page
    assert "Wie wat mag weten" not in page, "nobody said anything yet"


def test_who_plans_reads_goals_and_who_may_know_what(play: Play, visit: Visit) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    page = unescape(visit(OVERSEER).get(f"/taken/{play.row('overleg_plannen').id}").text)
    known = page.split('id="bekend"')[1].split("</section>")[0]
    assert "Ik wil mijn post durven openmaken." in known
    assert "Schuldhulp Rondkomstig mag weten" in known
    assert "Het signaal" not in known
    with play.database.reading() as tx:
        look = tx.execute(sa.text("select parts from look_case order by look_id desc limit 1")).scalar_one()
    assert {Part.GOALS, Register.CONSENT, Seen.TASK} <= set(look.split(",")), "the look-log says what was read"


def test_about_an_agreement_one_reads_what_was_agreed_and_not_twice(play: Play, visit: Visit) -> None:
    play.play(example("alles_loopt_goed"), until="opdracht_geven")
    row = next(row for row in play.rows() if row.element == "opdracht_geven")
    known = visit(LEAD).get(f"/taken/{row.id}")
    said = unescape(known.text).split('id="bekend"')[1].split("</section>")[0]
    assert "Wat hier eerder over is gezegd" in said
    assert row.subject not in said, "the page is called by it"


def test_what_is_closed_to_who_does_a_step_stands_not_beside_it(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="ouders_voorbereiden")
    row = play.row("ouders_voorbereiden")
    with play.as_(LEAD) as ctx:
        shown = cases.task(ctx, row.id, with_beside=True).beside
        assert shown.goals
        assert shown.invited
        assert not cases.task(ctx, row.id).beside, "asked for by the page alone"
    with play.database.writing() as tx:
        tx.execute(sa.text("delete from opening"))
    with play.as_(OVERSEER) as ctx:
        left = cases.task(ctx, row.id, with_beside=True).beside
        assert (left.signal, left.goals, left.consents) == (None, (), ())

"""Organisations as a house knows them: renamed, ended, not overwritten by publishing, and followed by all that runs."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import cases, store
from engine.cases import Context, Library, organisations, staff
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.store.tables import appointment
from tests.engine import playing
from tests.engine.conftest import NOW
from tests.engine.playing import COORDINATOR, HOME, OVERSEER, PARTNER, REGION, Play, example

ADMIN = "berend_blauwdruk"
DEBT = "schuldhulp_rondkomstig"
pytestmark = pytest.mark.sqlite_first


def asks(play: Play, tx: store.Transaction, person: str = ADMIN) -> Context:
    return Context(tx, play.library, store.people.one(tx, person), NOW)


def renamed(play: Play, name: str = "Rondkomen") -> None:
    with play.database.writing() as tx:
        organisations.change(asks(play, tx), REGION, DEBT, name, "045", "hulp@rondkomen.nl")


def offered(play: Play, library: Library) -> dict[str, str]:
    """What a form lets choose from, as a process reads it that has run all along."""
    with play.database.reading() as tx:
        model = next(m for m in library.current(tx) if m.definition.id == "casus")
        return {o["value"]: o["label"] for o in model.regions[HOME]["organisaties"]}


def emptied(play: Play) -> None:
    with play.database.writing() as tx:
        works = sa.select(sa.table("person", sa.column("id"), sa.column("organisation")).c.id)
        gone = works.where(sa.column("organisation") == DEBT)
        tx.execute(sa.delete(appointment).where(appointment.c.person_id.in_(gone)))
        organisations.end(asks(play, tx), REGION, DEBT)


def test_a_new_name_is_followed_everywhere_and_stays_when_the_region_publishes_again(play: Play) -> None:
    other = Library()
    before = offered(play, other)
    renamed(play)
    assert offered(play, other) == before | {DEBT: "Rondkomen"}
    with play.database.writing() as tx:
        drawn = playing.definition()
        (kept,) = cases.publish(tx, drawn, (), NOW + timedelta(days=1))
        assert (kept.name, kept.published) == ("Rondkomen", before[DEBT])
        row = organisations.one(asks(play, tx), REGION, DEBT)
        assert (row.phone, row.changed_by, row.changed_at) == ("045", "Berend Blauwdruk", NOW)
        assert staff.organisations_here(asks(play, tx))[DEBT].name == "Rondkomen"
    assert offered(play, other)[DEBT] == "Rondkomen"


def test_what_nobody_changed_follows_the_region(play: Play) -> None:
    with play.database.writing() as tx:
        (region,) = {row.region for row in organisations.listed(asks(play, tx))}
        new = [playing.definition().settings.organisations[DEBT]]
        store.organisations.fill(tx, region, new)
        assert store.organisations.fill(tx, region, [replace(new[0], name="Nieuw")]) == ()
        assert organisations.one(asks(play, tx), REGION, DEBT).name == "Nieuw"


def test_one_that_stopped_is_chosen_by_nobody_and_keeps_its_name(play: Play) -> None:
    with play.database.writing() as tx, pytest.raises(ConflictError, match="Hier werken nog mensen"):
        organisations.end(asks(play, tx), REGION, DEBT)
    emptied(play)
    assert DEBT not in offered(play, play.library)
    with play.database.writing() as tx:
        ctx = asks(play, tx)
        assert DEBT not in staff.organisations_here(ctx)
        model = next(m for m in play.library.current(tx) if m.definition.id == "casus")
        assert model.definition.settings.organisations[DEBT].name
        organisations.begin_again(ctx, REGION, DEBT)
    assert DEBT in offered(play, play.library)


def test_who_keeps_the_overview_is_told_where_a_family_still_counts_on_one_that_stopped(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    with play.database.reading() as tx:
        assert organisations.waiting(asks(play, tx), organisations.one(asks(play, tx), REGION, DEBT)).cases == 1
        assert cases.left_open(asks(play, tx, OVERSEER)) == ()
    emptied(play)
    with play.database.reading() as tx:
        (left,) = cases.left_open(asks(play, tx, OVERSEER))
        assert (left.case_id, left.title) == (play.case_id, "Schijnbaar")
        for other in (PARTNER, ADMIN):
            assert cases.left_open(asks(play, tx, other)) == ()


def test_only_a_beheerder_changes_one_and_never_the_team_away(play: Play) -> None:
    with play.database.writing() as tx:
        for other in (OVERSEER, COORDINATOR):
            with pytest.raises(NotAllowedError):
                organisations.change(asks(play, tx, other), REGION, DEBT, "Anders", "", "")
        with pytest.raises(NotFoundError):
            organisations.change(asks(play, tx), REGION, "nergens", "Anders", "", "")
        with pytest.raises(ConflictError, match="Knooppuntteam"):
            organisations.end(asks(play, tx), REGION, "buurtlicht_kerkrade")


@pytest.mark.parametrize(
    ("values", "field"), [(("", "", ""), "naam"), (("A", "", "geen"), "mail"), (("A", "0" * 50, ""), "telefoon")]
)
def test_what_cant_be_is_told_by_field(play: Play, values: tuple[str, str, str], field: str) -> None:
    with play.database.writing() as tx, pytest.raises(InvalidDataError) as refused:
        organisations.change(asks(play, tx), REGION, DEBT, *values)
    assert list(refused.value.fields) == [field]


def test_two_organisations_of_one_name_would_mix_up_a_family(play: Play) -> None:
    taken = playing.definition().settings.organisations["buurtlicht_kerkrade"].name
    with pytest.raises(InvalidDataError, match="Er is al een organisatie"):
        renamed(play, taken)

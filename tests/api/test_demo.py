"""The demo: a worklist of invented families in every phase, made by running the engine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from api.demo import filling
from engine import definitions
from engine.cases import Library
from engine.store import Database
from tests import proved
from tests.conftest import BEGIN, SqliteDatabases, migrate

WORKFLOWS = Path(__file__).parents[2] / "workflows"
STANDING = """
    SELECT c.id, t.phase, t.deadline < :now AS late FROM case_file c JOIN task t ON t.case_id = c.id
    WHERE t.root = 'casus' AND c.status = 'lopend' AND t.status = 'open'
"""


SEVEN = filling.FAMILIES[:7]


@pytest.fixture
def full(filled: Path, tmp_path: Path) -> Iterator[Database]:
    """The demo of Zuid-Limburg, for one test alone."""
    database = Database(f"sqlite:///{shutil.copy(filled, tmp_path / 'full.sqlite')}")
    yield database
    database.close()


@pytest.fixture(scope="module")
def few_names(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> Iterator[Database]:
    """The demo of the other region, which has far more examples than there are names. Tests only read it."""
    database = Database(sqlite_databases.copy(migrate, tmp_path_factory.mktemp("demo") / "few_names.sqlite"))
    with pytest.MonkeyPatch.context() as patched, proved.remembering():
        patched.setattr(filling, "FAMILIES", SEVEN)
        filling.fill(database, library, WORKFLOWS, "de-waterlanden", BEGIN)
    yield database
    database.close()


@pytest.mark.parametrize(("region", "demo_of"), [("zuid-limburg", "full"), ("de-waterlanden", "few_names")])
def test_families_stand_in_every_phase_and_some_steps_are_late(
    region: str, demo_of: str, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue(demo_of)
    with database.reading() as tx:
        standing = tx.execute(text(STANDING), {"now": BEGIN.isoformat(" ")}).all()
    phases = {p.id for p in definitions.load(WORKFLOWS, "casus", region).processes.values() if p.user_tasks}
    assert {line.phase for line in standing} == phases
    assert len({line.id for line in standing}) >= 25
    assert any(line.late for line in standing)


def test_a_region_with_more_examples_than_there_are_names_has_a_demo_too(few_names: Database) -> None:
    with few_names.reading() as tx:
        begun_here = "SELECT title FROM case_file WHERE process = 'casus' AND id NOT IN (SELECT case_id FROM handover)"
        titles = tx.execute(text(begun_here)).scalars().all()
    assert len(titles) > 30
    assert len(set(titles)) == len(titles)


def test_a_filled_demo_is_not_filled_again(full: Database, library: Library) -> None:
    assert filling.fill(full, library, WORKFLOWS, "zuid-limburg", BEGIN) == 0


ASKED = """
    SELECT c.id, c.municipality, c.agreed, a.organisation, a.person, a.reply FROM consent a
    JOIN case_file c ON c.id = a.case_id WHERE a.purpose = 'delen'
"""


def test_the_demo_shows_who_says_no_who_was_not_asked_and_whom_two_must_speak_for(full: Database) -> None:
    with full.reading() as tx:
        asked = tx.execute(text(ASKED)).all()
        young = set(
            tx.execute(text("SELECT case_id FROM relative WHERE relation = 'moeder' AND age = '12_15'")).scalars()
        )
        born = set(tx.execute(text("SELECT case_id FROM relative WHERE relation = 'kind'")).scalars())
    voices = {line.id: {other.person for other in asked if other.id == line.id} for line in asked}
    replies = {line.id: {other.reply for other in asked if other.id == line.id} for line in asked}
    agreed = {line.id for line in asked if line.agreed}
    several = {case for case, people in voices.items() if len(people) > 1}
    assert [case for case in several & agreed if "nee" in replies[case]], "a no of one is no veto"
    assert [case for case in several & agreed & born if "niet_gevraagd" in replies[case]]
    assert several & agreed & young
    assert several & young - agreed


def test_in_each_municipality_its_own_knooppunt_team_is_asked_for(full: Database) -> None:
    with full.reading() as tx:
        asked = tx.execute(text(ASKED)).all()
    landgraaf = {line.organisation for line in asked if line.municipality == "landgraaf"}
    assert {"buurtlicht_kerkrade", "buurtlicht_landgraaf"} <= landgraaf
    assert not [line for line in asked if line.municipality == "vaals" and line.organisation == "buurtlicht_kerkrade"]


HANDED_OVER = """
    SELECT was.municipality AS came_from, here.municipality AS went_to, here.status FROM handover h
    JOIN case_file was ON was.id = h.origin JOIN case_file here ON here.id = h.case_id
"""


@pytest.mark.parametrize("demo_of", ["full", "few_names"])
def test_a_family_was_just_handed_over_to_the_knooppunt_where_it_goes(
    demo_of: str, request: pytest.FixtureRequest
) -> None:
    with request.getfixturevalue(demo_of).reading() as tx:
        (over,) = tx.execute(text(HANDED_OVER)).all()
    assert over.came_from != over.went_to
    assert over.status == "lopend"


@pytest.mark.parametrize("region", ["zuid-limburg", "de-waterlanden"])
def test_who_oversees_a_municipality_is_no_partner_there_but_for_one(region: str) -> None:
    both = {
        person.id
        for person in filling.read_people(WORKFLOWS, region)
        for place in {a.municipality for a in person.appointments}
        if {a.role for a in person.appointments if a.municipality == place} >= {"kernpartner"}
        and {a.role for a in person.appointments if a.municipality == place} & {"coordinator", "procesregisseur"}
    }
    assert both == ({"coby_concept"} if region == "zuid-limburg" else set())

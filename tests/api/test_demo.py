"""The demo: a worklist of invented families in every phase, made by running the engine."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from api.demo import filling
from engine import definitions, store
from engine.cases import Library

WORKFLOWS = Path(__file__).parents[2] / "workflows"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STANDING = """
    SELECT c.id, t.phase, t.deadline < :now AS late FROM case_file c JOIN task t ON t.case_id = c.id
    WHERE t.root = 'casus' AND c.status = 'lopend' AND t.status = 'open'
"""


@pytest.mark.parametrize("region", ["zuid-limburg", "de-waterlanden"])
def test_families_stand_in_every_phase_and_some_steps_are_late(region: str, sqlite_url: str) -> None:
    database = store.Database(sqlite_url)
    filling.fill(database, Library(), WORKFLOWS, region, NOW)
    with database.reading() as tx:
        standing = tx.execute(text(STANDING), {"now": NOW.isoformat(" ")}).all()
    database.close()
    phases = {p.id for p in definitions.load(WORKFLOWS, "casus", region).processes.values() if p.user_tasks}
    assert {line.phase for line in standing} == phases
    assert len({line.id for line in standing}) >= 25
    assert any(line.late for line in standing)


def test_a_region_with_more_examples_than_there_are_names_has_a_demo_too(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "FAMILIES", filling.FAMILIES[:7])
    database = store.Database(sqlite_url)
    assert filling.fill(database, Library(), WORKFLOWS, "zuid-limburg", NOW) > 30
    with database.reading() as tx:
        titles = tx.execute(text("SELECT title FROM case_file WHERE process = 'casus'")).scalars().all()
    database.close()
    assert len(set(titles)) == len(titles)


def test_a_filled_demo_is_not_filled_again(sqlite_url: str) -> None:
    database = store.Database(sqlite_url)
    assert filling.fill(database, Library(), WORKFLOWS, "zuid-limburg", NOW) > 0
    assert filling.fill(database, Library(), WORKFLOWS, "zuid-limburg", NOW) == 0
    database.close()

"""The chain of the look-log: whoever changes, deletes or moves a row breaks it, and one is told where."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import store, worker
from engine.cases import Library
from engine.store import Database
from engine.store.looks import BEFORE_ALL, Look, Shown
from tests.conftest import CopyOf, migrate

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TAMPERED = {
    "changed": "update look set person_id = 'iemand_anders' where number = 3",
    "changed case": "update look_case set ground = 'toestemming' where case_id = 103",
    "case taken away": "delete from look_case where case_id = 103",
    "deleted": "delete from look where number = 3",
    "first deleted": "delete from look where number = 1",
    "moved": "update look set number = case number when 3 then 40 else number end",
    "added": "insert into look (at, person_id, role, organisation, verb, address, case_count, number, previous, chain) "
    "select at, person_id, role, organisation, verb, address, 1, 6, chain, previous from look where number = 5",
}
BROKEN = {"first deleted": 1, "added": 6}


@pytest.fixture
def chained(copy_of: CopyOf) -> Iterator[Database]:
    """Five looks in the chain, put there in two goes, and one that waits."""
    database = Database(copy_of(migrate))
    for numbers in (range(1, 3), range(3, 6), (6,)):
        with database.writing() as tx:
            if store.looks.unchained(tx):
                store.looks.link(tx)
            for number in numbers:
                shown = (Shown(100 + number, "hier", "rol", "vermelding"), Shown(200, "hier", "kring", "veiligheid"))
                seen = Look(AT + timedelta(minutes=number), "jet", "kernpartner", "a", "gelezen", "GET /werk", shown)
                store.looks.add(tx, seen)
    yield database
    database.close()


def test_a_chain_that_nobody_touched_holds_and_tells_its_last_link(chained: Database) -> None:
    with chained.reading() as tx:
        whole = store.looks.verify(tx)
        head = tx.execute(sa.text("select chain from look where number = 5")).scalar_one()
        assert (whole.links, whole.head, whole.waiting, whole.broken) == (5, head, 1, None)
        assert store.looks.verify(tx, whole.head).known
        assert not store.looks.verify(tx, BEFORE_ALL).known


@pytest.mark.parametrize("how", TAMPERED)
def test_who_changes_a_row_by_another_way_is_noticed(chained: Database, how: str) -> None:
    with chained.writing() as tx:
        tx.execute(sa.text(TAMPERED[how]))
    with chained.reading() as tx:
        broken = store.looks.verify(tx).broken
    assert broken is not None
    assert broken[0] == BROKEN.get(how, 3)


def test_who_takes_away_the_end_is_noticed_by_a_link_that_was_noted(chained: Database) -> None:
    with chained.writing() as tx:
        noted = store.looks.verify(tx).head
        tx.execute(sa.text("delete from look where number = 5"))
    with chained.reading() as tx:
        assert store.looks.verify(tx).broken is None
        assert not store.looks.verify(tx, noted).known


def test_the_worker_puts_what_waits_in_the_chain_though_nothing_is_due(chained: Database, library: Library) -> None:
    stop = threading.Event()

    def now(tx: store.Transaction) -> datetime:
        stop.set()  # once round, and no more
        return AT

    worker.run(chained, library, now, stop)
    with chained.reading() as tx:
        assert store.looks.verify(tx).links == 6


FORGED = {
    "row taken away behind it": "delete from look where number = 5",
    "row changed behind it": "update look set person_id = 'iemand_anders' where number = 5",
    "its hash changed": "update look_anchor set chain = previous_chain",
    "moved on by hand": "insert into look_anchor select number, chain, 2, at, at, at from look where number = 5",
    "nothing says that it went": "delete from look where verb = 'log_opgeschoond'",
}


@pytest.fixture
def trimmed(chained: Database) -> Database:
    """The chain of which the first three looks went."""
    with chained.writing() as tx:
        assert store.looks.trim(tx, {"elders": AT + timedelta(days=9)}, AT + timedelta(days=9)) == 0
        assert store.looks.trim(tx, {"hier": AT + timedelta(minutes=3, seconds=30)}, AT + timedelta(days=9)) == 3
        store.looks.link(tx)
    return chained


def test_old_looks_go_and_the_chain_holds_from_there(trimmed: Database) -> None:
    with trimmed.writing() as tx:
        whole = store.looks.verify(tx)
        assert (whole.links, whole.broken, whole.waiting) == (4, None, 0)
        assert whole.since is not None
        assert (whole.since.number, whole.since.removed) == (3, 3)
        assert (whole.since.first_at, whole.since.last_at) == (AT + timedelta(minutes=1), AT + timedelta(minutes=3))
        assert store.looks.verify(tx, whole.since.chain).known
        left = tx.execute(sa.text("select count(*) from look_case where case_id < 104")).scalar_one()
        assert left == 0
        assert store.looks.trim(tx, {"hier": AT + timedelta(days=99)}, AT + timedelta(days=99)) == 4
        store.looks.link(tx)
        again = store.looks.verify(tx)
        assert (again.links, again.broken, again.since and again.since.number) == (1, None, 7)


@pytest.mark.parametrize("how", FORGED)
def test_who_tampers_before_or_behind_the_anchor_is_noticed(trimmed: Database, how: str) -> None:
    with trimmed.writing() as tx:
        if how == "moved on by hand":
            tx.execute(sa.text(FORGED[how]))
            tx.execute(sa.text("delete from look where number <= 5"))
        else:
            tx.execute(sa.text(FORGED[how].replace("previous_chain", "'" + "f" * 64 + "'")))
    with trimmed.reading() as tx:
        assert store.looks.verify(tx).broken is not None


def test_a_look_stays_as_long_as_one_before_it_and_where_no_region_decided(chained: Database) -> None:
    with chained.writing() as tx:
        tx.execute(sa.text("update look_case set municipality = 'elders' where look_id = 2"))
        late = AT + timedelta(days=99)
        assert store.looks.trim(tx, {"hier": late}, late) == 1
        assert store.looks.trim(tx, {"hier": late, "elders": AT}, late) == 0
        assert store.looks.trim(tx, {"hier": late, "elders": late}, late) == 4

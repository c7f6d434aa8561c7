"""Short histories in which processes die: nothing that was acknowledged is lost, and nothing is doubled.

A history that breaks says its seed; `REPLAY=seed pytest tests/faults -k replay -m long` plays it again and tells it.
"""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import process, store
from engine.definitions import Definition
from engine.process import Model
from engine.store import Database
from engine.store.tables import session
from tests.conftest import SqliteDatabases
from tests.faults import drawing, invariants, mutants
from tests.faults.history import BEGIN, SESSION, Ledger, Street

SAMPLE, ALL, MOMENTS = 120, 10_000, 10
SOON = 300
"""Within so many histories what is broken must be seen."""

LONG = timedelta(days=50_000)
BATCHES = 20


def published(url: str) -> None:
    """The process published as it is drawn."""
    published_with(url, drawing.definition())


def published_with(url: str, drawn: Definition) -> None:
    """A process published, its people, and a session of each that outlasts any clock."""
    database = Database(url)
    with database.writing() as tx:
        store.people.save(tx, drawing.PEOPLE)
        region = drawn.settings.region
        store.versions.publish(tx, drawn.version, drawn.id, region, drawn.files, drawn.overridden, BEGIN)
        for person, token in SESSION.items():
            times = {"begun_at": BEGIN, "seen_at": BEGIN + LONG, "expires_at": BEGIN + LONG}
            tx.execute(sa.insert(session).values(id=store.sessions._hash(token), person_id=person, **times))
    database.close()


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with Street(tmp_path_factory.mktemp("street")).open() as opened:
        yield opened


@pytest.fixture(scope="module")
def beginnings(street: Street, sqlite_databases: SqliteDatabases) -> list[tuple[bytes, Ledger]]:
    """What histories begin with: nobody signed up yet, and a family that is at its plan."""
    return street.beginnings(sqlite_databases.template(published).read_bytes())


@pytest.fixture(scope="module")
def model() -> Model:
    return process.compile_model(drawing.definition())


def hold(street: Street, model: Model, beginnings: list[tuple[bytes, Ledger]], seed: int) -> None:
    """Play the history of a seed, and hold it to what must be so."""
    street.play(*beginnings[seed % 4 > 0], seed, MOMENTS)
    faults = list(invariants.broken(street, model))
    if faults:
        acts = "\n".join(f"  {act.order:>3} {act}" for act in sorted(street.ledger.acts, key=lambda act: act.order))
        pytest.fail(f"seed {seed} (REPLAY={seed} pytest tests/faults -k replay -m long):\n{acts}\n" + "\n".join(faults))


def test_no_history_loses_or_doubles_anything(
    street: Street, model: Model, beginnings: list[tuple[bytes, Ledger]]
) -> None:
    for seed in range(SAMPLE):
        hold(street, model, beginnings, seed)


@pytest.mark.long
@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_history_at_all_does(
    street: Street, model: Model, beginnings: list[tuple[bytes, Ledger]], batch: int
) -> None:
    for seed in range(batch, ALL, BATCHES):
        hold(street, model, beginnings, seed)


@pytest.mark.long
@pytest.mark.parametrize("name", mutants.ALL)
def test_what_is_broken_is_seen(
    street: Street, model: Model, beginnings: list[tuple[bytes, Ledger]], name: str
) -> None:
    def histories() -> None:
        for seed in range(SOON):
            hold(street, model, beginnings, seed)

    with mutants.broken(name), pytest.raises(pytest.fail.Exception, match="seed"):
        histories()


@pytest.mark.long
@pytest.mark.skipif("REPLAY" not in os.environ, reason="plays one history: REPLAY=seed")
def test_replay(street: Street, model: Model, beginnings: list[tuple[bytes, Ledger]]) -> None:
    hold(street, model, beginnings, int(os.environ["REPLAY"]))

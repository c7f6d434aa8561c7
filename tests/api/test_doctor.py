"""The doctor says of each thing that is wrong what to do, and of what isn't wrong nothing."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from api.command import doctor, main
from engine import store
from engine.access import Person
from engine.store import Database
from engine.store.looks import Look
from engine.store.tables import job, letter, look
from engine.words import Job, Letter

NOW = datetime.now(UTC)


def a_look(database: Database, at: datetime, *, linked: bool = True) -> None:
    with database.writing() as tx:
        store.looks.add(tx, Look(at, "jet", "kernpartner", "a", "gelezen", "GET /werk", ()))
        if linked:
            store.looks.link(tx)


def late_job(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(sa.insert(job).values(kind=Job.SCRUB, unique_key=Job.SCRUB, due_at=NOW - timedelta(hours=3)))


def failing_letter(database: Database) -> None:
    with database.writing() as tx:
        store.people.save(tx, [Person("jet", "Jet", "a", "", ())])
        store.letters.put(tx, "een", "jet", Letter.CODE_USED, {}, NOW)
        tx.execute(sa.update(letter).values(attempts=store.letters.STUCK, last_error="SMTPRecipientRefused"))


def changed_look(database: Database) -> None:
    for minutes in range(3):
        a_look(database, NOW - timedelta(minutes=minutes))
    with database.writing() as tx:
        tx.execute(sa.update(look).where(look.c.number == 2).values(person_id="iemand_anders"))


WRONG: dict[str, Callable[[Database], None]] = {
    "blijft er werk liggen (klussen: 1, mails: 0). Er draait geen worker. Start die": late_job,
    "blijft er werk liggen (klussen: 0, mails: 0)": lambda db: a_look(db, NOW - timedelta(hours=1), linked=False),
    "1 mails komen niet aan (SMTPRecipientRefused)": failing_letter,
    "Het inkijklog klopt niet bij schakel 2": changed_look,
    "De klok van deze machine loopt achter": lambda db: a_look(db, NOW + timedelta(days=365)),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_is_wrong_is_told_with_what_to_do(
    sentence: str, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Database(database_url)) as database:
        a_look(database, NOW - timedelta(days=1))
        main(["doctor", "--database", database_url])
        said = capsys.readouterr().out
        assert not [part for part in WRONG if part in said]
        WRONG[sentence](database)
    assert main(["doctor", "--database", database_url]) == 1
    said = capsys.readouterr().out
    assert [part for part in WRONG if part in said] == [sentence]


@pytest.mark.any_database
def test_a_disk_that_is_nearly_full_is_told_before_it_is(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["doctor", "--database", database_url])
    assert "raakt vol" not in capsys.readouterr().out
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=150_000_000))
    main(["doctor", "--database", database_url])
    assert "raakt vol: er is nog 150 MB vrij, en 200 MB is nodig" in capsys.readouterr().out


def test_two_machines_of_which_the_clocks_differ_are_told(
    postgresql_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "datetime", SimpleNamespace(now=lambda zone: datetime.now(zone) - timedelta(hours=1)))
    main(["doctor", "--database", postgresql_url])
    assert "schelen 3600 seconden" in capsys.readouterr().out


@pytest.mark.any_database
def test_only_the_last_links_are_read(database_url: str) -> None:
    with closing(Database(database_url)) as database:
        changed_look(database)
        with database.reading() as tx:
            assert store.looks.verify(tx, last=1).broken is None
            assert store.looks.verify(tx, last=2).broken == (2, 2)

"""Migrations make exactly the tables that the code expects, and can be taken back."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine import store
from engine.errors import NotFoundError
from engine.store import Database, database
from engine.store.database import MIGRATIONS, folded
from engine.store.migrations import __main__ as migrations
from engine.store.tables import appointment, case_file, meeting, metadata, person, task, word
from tests.conftest import ROOT
from tests.engine.playing import OVERSEER, PARTNER, Play, example


def differences(connection: sa.Connection) -> list[object]:
    defaults = connection.dialect.name == "postgresql"  # SQLite tells them in other words than they were given
    options = {"compare_type": True, "compare_server_default": defaults, "render_as_batch": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


@pytest.fixture
def migrated(database_url: str, opened: Callable[[str], Database]) -> Database:
    return opened(database_url)


def test_upgrading_from_nothing_gives_what_the_code_expects(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        assert differences(connection) == []


def test_a_difference_would_be_seen(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        connection.execute(sa.text("alter table person add column shoe_size integer"))
        connection.commit()
        assert differences(connection) != []


def test_the_verb_writes_what_leads_from_the_newest_migration_to_the_tables(tmp_path: Path) -> None:
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    newest = max(folder.glob("versions/[0-9]*.py"))
    newest.unlink()
    assert migrations.write("Bring it back", folder).name == f"{newest.name[:4]}_bring_it_back.py"
    again = migrations.write("Nothing more to do", folder)
    assert "    pass" in again.read_text("utf-8").partition("def upgrade")[2].partition("def downgrade")[0]


def test_a_table_that_is_made_anew_keeps_what_hangs_on_it(migrated: Database, tmp_path: Path) -> None:
    with migrated.writing() as connection:
        connection.execute(sa.insert(person).values(id="saar", name="Saar"))
        connection.execute(sa.insert(appointment).values(person_id="saar", role="kernpartner", municipality="heerlen"))
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    newest = max(file.name[:4] for file in folder.glob("versions/[0-9]*.py"))
    (folder / "versions" / "9999_shorter.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{newest}', None, None\n"
        "def upgrade():\n    with op.batch_alter_table('person') as batch:\n"
        "        batch.alter_column('name', type_=sa.String(200))\n"
    )
    migrated.migrate(folder)
    with migrated.reading() as connection:
        assert connection.execute(sa.select(appointment.c.role)).scalars().all() == ["kernpartner"]
    with pytest.raises(sa.exc.IntegrityError), migrated.writing() as connection:  # and it is minded again
        connection.execute(sa.insert(appointment).values(person_id="nobody", role="x", municipality="heerlen"))


def test_days_that_were_texts_become_days_and_go_back(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        command.downgrade(database.migrations(connection), "0003")
        connection.commit()
        connection.execute(sa.text("insert into version values ('v', 'p', 'r', '2026-01-01', '')"))
        connection.execute(
            sa.text(
                "insert into case_file (id, version_id, process, municipality, status, started_at, shared, revision, "
                "document, state) values (1, 'v', 'p', 'm', 'lopend', '2026-01-01', false, 1, '{}', '')"
            )
        )
        for number, written in enumerate(("2026-03-02", "", "gisteren")):
            row = {"id": number + 1, "date": written}
            statement = "insert into meeting (id, case_id, date, present) values (:id, 1, :date, '[]')"
            connection.execute(sa.text(statement), row)
        command.upgrade(database.migrations(connection), "head")
        connection.commit()
        days = connection.execute(sa.select(meeting.c.date).order_by(meeting.c.id)).scalars().all()
        assert days == [date(2026, 3, 2), None, None]
        command.downgrade(database.migrations(connection), "0003")
        texts = connection.execute(sa.text("select date from meeting order by id")).scalars().all()
        assert texts == ["2026-03-02", "", ""]


def test_upgrading_again_changes_nothing(migrated: Database) -> None:
    migrated.migrate()
    with migrated.engine.connect() as connection:
        assert differences(connection) == []


def test_downgrading_takes_every_table_away_and_upgrading_brings_them_back(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        command.downgrade(database.migrations(connection), "base")
        connection.commit()
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrated.migrate()
    with migrated.engine.connect() as connection:
        assert differences(connection) == []


def test_upgrading_keeps_what_is_there(play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers)
    play.database.migrate()
    assert play.open() == ["ontvangst_bevestigen", "signaal_bespreken"]


ANEW = {"answer", "consent", "opening", "relative", "task_need", "undo"}
"""What later migrations make anew: nothing of it is carried over, there or back."""


NEWER = {
    "absence",
    "agreement_need",
    "access_request",
    "alarm",
    "answer_link",
    "challenge",
    "clock",
    "draft",
    "empty_circle",
    "erasure",
    "erasure_request",
    "gap",
    "handed",
    "handover",
    "guest",
    "figure",
    "hold",
    "identity",
    "imported",
    "intervention",
    "invitation",
    "letter",
    "listing",
    "listing_event",
    "look",
    "look_anchor",
    "look_case",
    "note",
    "organisation",
    "passkey",
    "pathway_view",
    "person_event",
    "planning",
    "proposal",
    "recovery_code",
    "reminder",
    "saved_list",
    "sending",
    "slot",
    "slot_answer",
    "signup",
    "sitting",
    "topic",
    "word",
}
"""Tables that the first version doesn't have."""


def numbers(connection: sa.Connection) -> dict[str, int]:
    """How many rows stand in each table that every version has."""
    there = set(sa.inspect(connection).get_table_names())
    tables = [sa.table(name) for name in there & metadata.tables.keys() - ANEW - NEWER]
    return {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in tables}


def test_going_back_one_version_takes_away_nothing_else_that_hangs_on_a_case(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    with play.database.engine.connect() as connection:
        before = numbers(connection)
        command.downgrade(database.migrations(connection), "0001")
        connection.commit()
        after = numbers(connection)
    assert before["task_role"]
    assert after == before


def test_a_case_of_before_consent_was_kept_for_each_person_stays_and_is_closed(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    for who in (OVERSEER, PARTNER):
        assert play.view(who).title == "Schijnbaar"
    with play.database.engine.connect() as connection:
        command.downgrade(database.migrations(connection), "0004")
        consents = sa.select(sa.func.count()).select_from(sa.table("consent"))
        assert connection.execute(consents).scalar() == 0, "an older house would let all of them read everything"
        connection.commit()
    play.database.migrate()
    assert play.view(OVERSEER).title == f"Signaal {play.case_id}"
    assert play.view(OVERSEER).answers == ()
    with pytest.raises(NotFoundError):
        play.view(PARTNER)
    with play.database.reading() as tx:
        assert {row.sorts for row in store.tasks.open_tasks(tx, play.case_id)} == {frozenset()}


def test_upgrading_makes_what_is_there_searchable(play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="afspraak_opvolgen")
    kept = sa.select(word).order_by(word.c.case_id, word.c.task_id, word.c.word)
    order = sa.select(task.c.id).order_by(task.c.due_at, task.c.id)
    with play.database.engine.connect() as connection:
        before = [connection.execute(query).all() for query in (kept, order)]
        command.downgrade(database.migrations(connection), "0030")
        opened = connection.exec_driver_sql("SELECT search FROM task WHERE status = 'open' AND subject <> ''")
        assert all("afspraak" in text or "opdracht" in text for text in opened.scalars())
        connection.commit()
    play.database.migrate()
    with play.database.reading() as tx:
        after = [tx.execute(query).all() for query in (kept, order)]
    assert after[1] == before[1]
    of_tasks, of_cases = (
        [[row for row in rows if bool(row.task_id) is wanted] for rows in (before[0], after[0])]
        for wanted in (True, False)
    )
    assert of_tasks[0] == of_tasks[1] != []
    assert {(row.word, row.kind, bool(row.writer)) for row in of_cases[1]} == {
        ("schijnbaar", "contact", True), ("sanne", "contact", False),
    }, "who wrote a name, numbers and days follow with the next step"  # fmt: skip
    assert {(row.word, row.person) for row in of_cases[1]} <= {(row.word, row.person) for row in of_cases[0]}
    with play.database.engine.connect() as connection:
        command.downgrade(database.migrations(connection), "0002")
        connection.commit()
    play.database.migrate()
    with play.database.reading() as tx:
        ((title, search),) = tx.execute(sa.select(case_file.c.title, case_file.c.search))
    assert search == folded(title)


def test_all_migrations_together_are_one_transaction(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        command.downgrade(database.migrations(connection), "0001")
        connection.commit()
    commits: list[sa.Connection] = []
    sa.event.listen(migrated.engine, "commit", commits.append)
    migrated.migrate()
    assert len(commits) == 1, "between two of them another process could begin with what the first goes on with"


def test_processes_that_start_at_once_migrate_one_after_the_other(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        command.downgrade(database.migrations(connection), "base")
        connection.execute(sa.text("drop table alembic_version"))
        connection.commit()
    url = migrated.engine.url.render_as_string(hide_password=False)
    program = "import sys; from engine.store import Database; Database(sys.argv[1]).migrate()"
    started = [subprocess.Popen([sys.executable, "-c", program, url], cwd=ROOT) for _ in range(4)]
    assert [each.wait(600) for each in started] == [0] * 4

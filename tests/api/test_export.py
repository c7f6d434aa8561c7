"""Leaving: everything of a region as files, and nothing of another."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.command import main
from engine import store
from engine.cases import Library
from engine.store import Database
from engine.store.leaving import TABLES, WORKING
from engine.store.personal import NOTHING, PLACES
from engine.words import Look
from tests.engine import playing
from tests.engine.playing import HOME, Play, example


@pytest.fixture
def play(database: Database, library: Library) -> Play:
    other = playing.definition(region="de-waterlanden")
    playing.publish(database, datetime.now(UTC), other, staff=playing.people("de-waterlanden"))
    play = Play(database, library, datetime.now(UTC))
    play.play(example("alles_loopt_goed"), until="kennismaken")
    return play


def export(play: Play, *more: object) -> int:
    url = play.database.engine.url.render_as_string(hide_password=False)
    return main(["export", "--database", url, *map(str, more)])


def test_everything_of_a_region_is_read_back(play: Play, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with play.database.writing() as tx:
        elsewhere = store.case_files.add(tx, _version(tx, "de-waterlanden"), "casus", "rietwoude", datetime.now(UTC))
    folder = tmp_path / "weg"
    assert export(play, "zuid-limburg", folder) == 0
    assert "meest vertrouwelijke" in capsys.readouterr().out
    cases = json.loads((folder / "case_file.json").read_text("utf-8"))
    assert [case["id"] for case in cases] == [play.case_id]
    assert elsewhere != play.case_id
    with play.database.reading() as tx:
        for place in PLACES:
            name = place.table.name
            if name in WORKING:
                assert not (folder / f"{name}.csv").exists()
                continue
            number = tx.execute(
                sa.select(sa.func.count()).select_from(place.table).where(place.rows_of(play.case_id))
            ).scalar_one()
            assert len(json.loads((folder / f"{name}.json").read_text("utf-8"))) == number, name
            text = (folder / f"{name}.csv").read_text("utf-8-sig")
            assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == number + 1, name
        looked = tx.execute(sa.text("select verb from look")).scalars().all()
    assert Look.EXPORTED in looked
    people = {row["id"] for row in json.loads((folder / "person.json").read_text("utf-8"))}
    assert playing.OVERSEER in people
    places = {row["municipality"] for row in json.loads((folder / "appointment.json").read_text("utf-8"))}
    assert HOME in places
    assert "rietwoude" not in places
    assert (folder / "LEESMIJ.md").read_text("utf-8").count("\n## ") == len(TABLES)
    assert list((folder / "bestanden").rglob("casus.bpmn"))
    assert folder.stat().st_mode & 0o077 == 0
    assert export(play, "zuid-limburg", folder) == 1
    assert "staat al iets" in capsys.readouterr().err


def _version(tx: store.Transaction, region: str) -> str:
    return next(version.id for version in store.versions.current(tx) if version.region == region)


def test_every_table_of_the_house_goes_along_or_is_said_not_to(play: Play, tmp_path: Path) -> None:
    keys = {"session", "identity", "invitation", "passkey", "recovery_code", "challenge"}
    house = keys | {"letter", "sending", "look_anchor", "clock", "reminder", "sitting"}
    assert TABLES.keys() | house == NOTHING.keys() | {place.table.name for place in PLACES} - {*WORKING}
    assert export(play, "nergens", tmp_path / "x") == 1
    assert not (tmp_path / "x").exists()

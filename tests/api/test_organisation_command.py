"""Organisations by command: out as CSV and in again changes nothing; a slip changes nothing and is told."""

from pathlib import Path

import pytest

from api.command import main
from engine.store import Database

DEBT = "schuldhulp_rondkomstig"
pytestmark = pytest.mark.any_database


def test_organisations_go_out_as_csv_and_come_in_changed_or_not_at_all(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str, code: int = 0) -> str:
        assert main(["organisation", *arguments, "--database", database.url]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    file = tmp_path / "organisaties.csv"
    before = run("export")
    file.write_text(before)
    run("import", str(file))
    assert run("export") == before
    line = next(line for line in before.splitlines() if f",{DEBT}," in line)
    region, id, name, sort, _, _, state = line.split(",")
    for slip, sentence in {
        ",".join((region, id, "", sort, "", "", state)): "Regel 2, kolom naam: Vul een naam in.",
        ",".join((region, id, name, "ander", "", "", state)): "Regel 2, kolom soort: De soort is",
        ",".join((region, id, name, sort, "", "geen", state)): "Regel 2, kolom mail: 'geen' is geen mailadres",
        ",".join((region, id, name, sort, "", "", "weg")): "Regel 2, kolom stand: 'weg' is geen stand",
        ",".join((region, id, name, sort, "", "", "gestopt")): "Regel 2: Hier werken nog mensen",
        ",".join((region, "niets", name, sort, "", "", state)): "Regel 2: Deze organisatie is niet bekend",
    }.items():
        file.write_text(f"{before.splitlines()[0]}\n{slip}\n")
        assert sentence in run("import", str(file), code=1)
    file.write_text(f"{before.splitlines()[0]}\n{region},{id},Rondkomen,{sort},045-1,hulp@rondkomen.nl,{state}\n")
    assert "Dit was een proef" in run("import", str(file), "--proef")
    assert run("export") == before
    run("import", str(file))
    assert f"{region}\t{DEBT}\tRondkomen\t{sort}\t045-1\thulp@rondkomen.nl\t{state}" in run("list")

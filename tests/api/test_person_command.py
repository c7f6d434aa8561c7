"""Who works here by command: out as CSV, changed, and in again; a slip changes nothing and is told with its place."""

from pathlib import Path

import pytest

from api.command import main
from engine.store import Database
from tests.engine.playing import LEAD, REPORTER

pytestmark = pytest.mark.any_database


@pytest.fixture(name="database_url")
def where(database: Database) -> str:
    """The database that the command is told."""
    return database.url


def test_people_go_out_as_csv_and_come_in_changed(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> str:
        assert main(["person", *arguments, "--database", database_url]) == 0
        return capsys.readouterr().out

    lines = run("export").splitlines()
    mine = next(line for line in lines if line.startswith(REPORTER))
    changed = mine.replace("Mila Modelman", "Mila Anders")
    file = tmp_path / "mensen.csv"
    new = ",Ans Achterdoek,jgz_heuvelkind,arts,ans@jgz.example,,maandag,kerkrade/coordinator"
    file.write_text("\n".join([lines[0], changed, new]))
    assert "Nieuw: 1. Nagelopen: 1. Dit was een proef" in run("import", str(file), "--reden", "Nieuw jaar", "--proef")
    assert run("export").splitlines() == lines
    run("import", str(file), "--reden", "Nieuw jaar")
    after = run("list")
    assert "Mila Anders" in after
    assert "ans_achterdoek\tAns Achterdoek\tkerkrade/coordinator" in after
    output = run("end", "ans_achterdoek", "--aandachtsfunctionaris", LEAD, "--reden", "Verhuisd")
    assert "is gestopt. Naar de collega: 0." in output
    assert "ans_achterdoek" not in run("list")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",,,,,,,kerkrade/kernpartner", "Regel 2, kolom naam: Vul een naam in."),
        (",Ans,,,geen,,,kerkrade/kernpartner", "Regel 2, kolom mail: 'geen' is geen mailadres."),
        (",Ans,nergens,,,,,kerkrade/kernpartner", "Regel 2, kolom organisatie: De organisatie 'nergens'"),
        (",Ans,,,,,,kerkrade/koning", "Regel 2, kolom rollen: De rol 'koning' bestaat daar niet."),
        (",Ans,,,,,feest,kerkrade/kernpartner", "Regel 2, kolom werkdagen: 'feest' is geen dag."),
        ("wie,Ans,,,,,,kerkrade/kernpartner", "Regel 2: Deze persoon is niet bekend"),
        (",Ans,,,,", "Regel 2: er staan niet 8 kolommen."),
        (",Ans,,,,,,kerkrade/kernpartner,erbij", "Regel 2: er staan niet 8 kolommen."),
    ],
)
def test_a_slip_is_told_with_its_line_and_column(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, sentence: str
) -> None:
    file = tmp_path / "mensen.csv"
    file.write_text(f"kenmerk,naam,organisatie,functie,mail,telefoon,werkdagen,rollen\n{line}\n")
    assert main(["person", "import", str(file), "--reden", "Nieuw", "--database", database_url]) == 1
    assert sentence in capsys.readouterr().err

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
    tried = run("import", str(file), "--reden", "Nieuw jaar", "--proef")
    assert f"Mila Anders ({REPORTER}): veranderd: naam\nAns Achterdoek: nieuw\nNagelopen: 2. Dit was een proef" in tried
    assert run("export").splitlines() == lines
    run("import", str(file), "--reden", "Nieuw jaar")
    after = run("list")
    assert "Mila Anders" in after
    assert "ans_achterdoek\tAns Achterdoek\tkerkrade/coordinator" in after
    again = run("import", str(file), "--reden", "Nieuw jaar")
    assert "Ans Achterdoek (ans_achterdoek): bleef gelijk" in again, "the mail address says who it is"
    assert run("list") == after
    output = run("end", "ans_achterdoek", "--aandachtsfunctionaris", LEAD, "--reden", "Verhuisd")
    assert "is gestopt. Naar de collega: 0." in output
    assert "ans_achterdoek" not in run("list")


def test_somebody_is_added_and_changed_by_what_the_options_name(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["person", *arguments, "--database", database_url])
        return code, *capsys.readouterr()

    who = ("--naam", "Ans Achterdoek", "--mail", "ans@jgz.example", "--reden", "Nieuw")
    code, _, error = run("add", *who, "--rollen", "kerkrade/koning")
    assert (code, error.startswith("--rollen: De rol 'koning' bestaat daar niet.")) == (1, True)
    assert run("add", *who, "--rollen", "kerkrade/aanmelder")[1] == "Ans Achterdoek (ans_achterdoek) is toegevoegd.\n"
    code, _, error = run("add", *who, "--rollen", "kerkrade/aanmelder")
    assert (code, "werkt hier al" in error) == (1, True)
    assert run("change", "ans_achterdoek", "--telefoon", "043 123", "--reden", "Nieuw nummer")[0] == 0
    row = next(line for line in run("export")[1].splitlines() if line.startswith("ans_achterdoek"))
    assert row == "ans_achterdoek,Ans Achterdoek,,,ans@jgz.example,043 123,,kerkrade/aanmelder"
    assert run("change", "niemand", "--telefoon", "043", "--reden", "Zo")[0] == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",Mila Modelman,verloskundigen_dalwieg,,,,,kerkrade/aanmelder", "Regel 2, kolom naam: Zo iemand werkt hier"),
        (
            ",Ans,,,a@b.example,,,kerkrade/aanmelder\n,An,,,A@b.example,,,kerkrade/aanmelder",
            "Regel 3: Ans (ans) staat al eerder in dit bestand.",
        ),
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

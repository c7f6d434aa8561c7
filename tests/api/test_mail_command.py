"""Who runs a house sees on the command line whether mail leaves."""

from pathlib import Path

import pytest

from api.command import main
from tests.receiving import receiving

pytestmark = pytest.mark.any_database


def settings(folder: Path, port: int) -> str:
    file = folder / "knooppunt.toml"
    file.write_text(
        f"[mail]\nhost = 'localhost'\nport = {port}\nsecurity = 'none'\nsender = 'Knooppunt <k@gemeente.example>'\n"
    )
    return str(file)


def test_one_mail_is_tried_and_the_doctor_sends_none(
    tmp_path: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving(tmp_path, starttls=False) as box:
        chosen = ["--config", settings(tmp_path, box.port), "--database", sqlite_url]
        assert main(["mail", "try", "bo@gemeente.example", *chosen]) == 0
        assert box.to == ["bo@gemeente.example"]
        main(["doctor", *chosen])
        assert len(box.letters) == 1
    said = capsys.readouterr().out
    assert "mailserver localhost" not in said
    assert "Niemand kan zich aanmelden" in said


def test_a_mail_server_that_is_away_is_told(
    tmp_path: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["--config", settings(tmp_path, 9), "--database", sqlite_url]
    assert main(["mail", "try", "bo@gemeente.example", *chosen]) == 1
    assert "niet verstuurd (ConnectionRefusedError)" in capsys.readouterr().err
    assert main(["doctor", *chosen]) == 1
    assert "De mailserver localhost:9 doet het niet (ConnectionRefusedError)" in capsys.readouterr().out
    assert main(["mail", "try", "bo@gemeente.example", "--database", sqlite_url]) == 1
    assert "nog geen mailserver" in capsys.readouterr().err

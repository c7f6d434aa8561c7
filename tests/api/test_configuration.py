"""What an installation is told: read, checked, and explained."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from api import configuration
from api.command import main
from api.configuration import Configuration, name_in_file
from engine.errors import InvalidDataError

EXPLAINED = Path(__file__).parents[2] / "docs/instellingen.md"


def loaded(folder: Path, text: str) -> Configuration:
    file = folder / "knooppunt.toml"
    file.write_text(text, "utf-8")
    return configuration.load(file)


def test_what_the_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    read = loaded(tmp_path, '[session]\nabsolute = "PT90M"\n')
    assert read.session.absolute == timedelta(minutes=90)
    assert (read.database, read.web) == (Configuration().database, Configuration().web)
    assert configuration.load(None) == Configuration()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[databas]\nurl = ''", "databas: deze instelling bestaat niet. Bedoelde je 'database'?"),
        ("[web]\nrij = 3", "web.rij: deze instelling bestaat niet. Er zijn: "),
        ("[web]\nqueue = 10", "web.queue: moet 200 zijn of meer."),
        ("[web]\nqueue = true", "web.queue: moet een heel getal zijn."),
        ("[database]\nurl = 3", "database.url: moet een tekst zijn, tussen aanhalingstekens."),
        ("[session]\nabsolute = 'een dag'", 'session.absolute: moet een duur zijn, zoals "PT30M"'),
        ("[session]\nabsolute = 'PT0H'", "session.absolute: moet langer duren dan niets."),
        ("web = 3", "web: dit is een groep. Schrijf [web]"),
        ("[web]\naddress = 'http://knooppunt.example'", "web.address: moet met https:// beginnen"),
        ("[provider]\nid = 'x'", "provider: hiervan kunnen er meer zijn. Schrijf [[provider]]"),
        ("[[provider]]\nid = 'terug'", "provider.id: moet uit kleine letters"),
        ("[[provider]]\nid = 'x'", "provider.issuer: deze instelling is nodig."),
        ("[[provider]]\nclient_secret_file = 'weg'", "staat geen geheim"),
        ("[mail]\nhost = 'mail.gemeente.example'", "mail.sender: deze instelling is nodig, want er is een mailserver."),
        ("[[provider]]\nid = 'sleutel'", "provider.id: moet uit kleine letters"),
        ("[mail]\nsecurity = 'ssl'", "mail.security: moet een van deze zijn: starttls, tls, none."),
        ("[mail]\nsender = 'Knooppunt'", "mail.sender: moet een mailadres zijn"),
        ("[limits]\nsign_in = 0", "limits.sign_in: moet 1 zijn of meer."),
        ("[web", "klopt de schrijfwijze niet"),
        ("[web]\nqueue = 'x'\n[session]\nabsolute = 'x'", "session.absolute"),
    ],
)
def test_a_slip_is_told_with_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidDataError) as error:
        loaded(tmp_path, text)
    assert message in error.value.message


def test_a_secret_that_could_be_guessed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kort").write_text("geheim", "utf-8")
    with pytest.raises(InvalidDataError) as error:
        loaded(tmp_path, "[web]\nsecret_file = 'kort'")
    assert "ten minste 32 tekens" in error.value.message


def test_a_command_tells_what_is_wrong_and_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "knooppunt.toml"
    file.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/een.sqlite"\n[sesion]\n')
    assert main(["migrate", "--config", str(file)]) == 1
    assert "Bedoelde je 'session'?" in capsys.readouterr().err
    assert not (tmp_path / "een.sqlite").exists()
    assert main(["migrate", "--config", str(tmp_path / "weg.toml")]) == 1


def test_a_database_on_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "knooppunt.toml"
    file.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/een.sqlite"\n')
    assert main(["migrate", "--config", str(file), "--database", f"sqlite:///{tmp_path}/twee.sqlite"]) == 0
    assert ((tmp_path / "een.sqlite").exists(), (tmp_path / "twee.sqlite").exists()) == (False, True)
    assert main(["migrate", "--config", str(file)]) == 0
    assert (tmp_path / "een.sqlite").exists()


def names(kind: Any, place: str = "") -> Iterator[str]:
    """Each setting as one writes it in the file."""
    types = get_type_hints(kind)
    for each in fields(kind):
        (section, *_) = get_args(types[each.name]) or (types[each.name],)
        if hasattr(section, "__dataclass_fields__"):
            yield from names(section, f"{place}{each.name}.")
        else:
            yield place + name_in_file(each)


def test_every_setting_is_explained_and_nothing_that_is_none() -> None:
    explained = re.findall(r"^\| `([a-z_.]+)` \|", EXPLAINED.read_text("utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(names(Configuration))

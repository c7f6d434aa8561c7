"""The zorgpaden: public, without a cookie, counted without saying of whom."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.command import main
from api.limits import Limit
from engine.cases import sociale_kaart
from engine.definitions.sociale_kaart import Sheet, load
from engine.store import Database
from tests.api.conftest import Visit
from tests.engine.playing import REGION, WORKFLOWS, definition

SETTINGS = definition().settings


@pytest.fixture
def anybody(visit: Visit, database: Database) -> TestClient:
    """Somebody who isn't signed in, where the sociale kaart has begun."""
    with database.writing() as tx:
        sociale_kaart.begin(tx, SETTINGS, load(WORKFLOWS, REGION, SETTINGS), datetime.now(UTC))
    return visit("")


def links(text: str) -> list[str]:
    return re.findall(r'href="(/zorgpaden[^"]*)"', text)


def test_from_municipality_to_topic_to_who_helps_how_and_how_soon(anybody: TestClient) -> None:
    assert "/zorgpaden/heerlen" in links(anybody.get("/zorgpaden").text)
    assert "/zorgpaden/heerlen/geld" in links(anybody.get("/zorgpaden/heerlen").text)
    page = anybody.get("/zorgpaden/heerlen/geld")
    assert page.status_code == 200
    for word in ("Schuldhulp Rondkomstig", "Binnen ongeveer 2 weken", "Buurtlicht Heerlen", "Bel 112", "tel:045000"):
        assert word in page.text
    assert "Buurtlicht Kerkrade" not in page.text


@pytest.mark.any_database
@pytest.mark.parametrize("address", ["/zorgpaden", "/zorgpaden/heerlen", "/zorgpaden/heerlen/geld"])
def test_a_zorgpad_leaves_nothing_with_who_looks_and_asks_nothing_of_a_third_party(
    anybody: TestClient, address: str
) -> None:
    page = anybody.get(address)
    assert "set-cookie" not in page.headers
    assert "<form" not in page.text
    assert re.findall(r'(?:src|action)="(?!/)', page.text) == []


@pytest.mark.any_database
def test_the_questions_show_who_helps_without_sending_an_answer(anybody: TestClient, database: Database) -> None:
    page = anybody.get("/zorgpaden/heerlen")
    assert page.text.count("<summary>") == len(load(WORKFLOWS, REGION, SETTINGS).topics)
    assert "Veilig Thuis" in page.text.partition("Ben je thuis bang")[2].partition("</details>")[0]
    with database.reading() as tx:
        assert sociale_kaart.counted(tx, REGION, "2000-01") == ()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("address", "sentence"),
    [("/zorgpaden/nergens", "Deze gemeente kennen we hier niet."), ("/zorgpaden/heerlen/x", "Dit onderwerp kennen we")],
)
def test_what_is_not_there_is_told_with_the_way_on(anybody: TestClient, address: str, sentence: str) -> None:
    page = anybody.get(address)
    assert page.status_code == 404
    assert sentence in page.text
    assert "/zorgpaden/heerlen" in links(page.text)


def test_opening_is_counted_by_place_and_topic_and_small_numbers_are_hidden(anybody: TestClient, app: FastAPI) -> None:
    app.state.readers = Limit(1000)
    for _ in range(10):
        anybody.get("/zorgpaden/heerlen/geld")
    anybody.get("/zorgpaden/vaals/wonen")
    anybody.get("/zorgpaden/vaals/niets")
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", anybody.get("/zorgpaden/cijfers").text)
    assert cells == ["Heerlen", "Geld en schulden", "10", "Vaals", "Wonen", "minder dan 10"]


@pytest.mark.any_database
def test_who_opens_very_many_pages_is_asked_to_wait(anybody: TestClient, app: FastAPI) -> None:
    app.state.readers = Limit(2)
    statuses = [anybody.get("/zorgpaden/heerlen/geld").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    wait = anybody.get("/zorgpaden/heerlen")
    assert (wait.status_code, wait.headers["Retry-After"]) == (429, "60")
    assert "Wacht een minuut" in wait.text


@pytest.mark.any_database
def test_where_the_sociale_kaart_is_empty_that_is_said(visit: Visit) -> None:
    assert "nog leeg" in visit("").get("/zorgpaden/heerlen").text


@pytest.mark.any_database
@pytest.mark.usefixtures("anybody")
def test_the_sociale_kaart_goes_out_as_csv_and_comes_in_changed_or_not_at_all(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(what: str, folder: Path, *more: str, code: int = 0) -> str:
        assert main(["kaart", what, REGION, str(folder), *more, "--database", database.url]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    out, again = tmp_path / "out", tmp_path / "again"
    run("export", out)
    file = out / "organisaties.csv"
    text = file.read_text()
    file.write_text(text.replace("GGD Mergelrand", "GGD Anders").replace(",hallo@ggz-binnenweer.example,", ",hallo,"))
    line = run("import", out, code=1)
    assert re.fullmatch(r"organisaties.csv, regel \d+, kolom mail: 'hallo' is geen mailadres\..*\n", line)
    file.write_text(text.replace("GGD Mergelrand", "GGD Anders"))
    assert "Dit was een proef" in run("import", out, "--proef")
    run("export", again)
    assert (again / "organisaties.csv").read_text() == text
    run("import", out)
    run("export", again)
    assert [(again / f"{sheet}.csv").read_text() for sheet in Sheet] == [
        (out / f"{sheet}.csv").read_text() for sheet in Sheet
    ]
    assert "staat geen blad" in run("import", tmp_path, code=1)


@pytest.mark.parametrize("address", ["/hulp-vragen", "/hulp-vragen/zelf", "/hulp-vragen/voor-gezin"])
def test_who_would_rather_call_finds_the_number_of_the_own_municipality(anybody: TestClient, address: str) -> None:
    every, own = anybody.get(address).text, anybody.get(f"{address}?gemeente=kerkrade").text
    assert "<summary>Liever bellen?</summary>" in every
    assert own.count('href="tel:04') == 1 < every.count('href="tel:04'), "the number of that municipality alone"
    assert "<strong>Liever bellen?</strong>" in own

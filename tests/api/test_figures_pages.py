"""Figures as a page, CSV and a sheet of A4."""

import io
import re
from types import SimpleNamespace

import docx
import pytest

from api.pages import figures as pages
from engine.cases import figures
from engine.cases.figures import Figure, Figures, Quarter
from handbook import document
from tests.api.conftest import Visit
from tests.engine.playing import HOME, OVERSEER, PARTNER, Play
from tests.engine.test_figures import families

pytestmark = pytest.mark.any_database


def test_the_same_numbers_stand_in_page_csv_and_sheet(visit: Visit, play: Play) -> None:
    quarter = families(play, 10)
    client = visit(OVERSEER)
    page = client.get(f"/cijfers?kwartaal={quarter}").text
    assert "10 gezinnen" in page
    assert "De verdeling is te klein om te tonen" in page
    chosen = re.search(r'/cijfers/cijfers\.csv\?([^"]*)"', page)
    assert chosen
    address = chosen[1].replace("&amp;", "&")
    rows = client.get(f"/cijfers/cijfers.csv?{address}").content.decode("utf-8-sig").splitlines()
    assert rows[1].split(";")[2:] == ["Wie gaf het signaal?", "totaal", "10"]
    assert client.get(f"/cijfers/cijfers.pdf?{address}").content.startswith(b"%PDF")
    sheet = docx.Document(io.BytesIO(client.get(f"/cijfers/cijfers.docx?{address}").content))
    assert "Wie gaf het signaal? 10 gezinnen" in [
        cell.text for table in sheet.tables for row in table.rows for cell in row.cells
    ]


def test_they_are_not_for_a_partner_nor_of_another_municipality(visit: Visit) -> None:
    assert visit(PARTNER).get("/cijfers").status_code == 404
    assert visit(OVERSEER).get("/cijfers?gemeente=vaals").status_code == 404
    assert visit(OVERSEER).get("/cijfers/iets.exe").status_code == 404


def test_the_sheet_is_one_a4_where_every_part_may_be_shown(play: Play) -> None:
    with play.as_(OVERSEER) as ctx:
        sources = tuple(figures._sources(ctx, HOME).values())
        topics = tuple(f"Onderwerp nummer {number}" for number in range(10))
        shown = [Figure(title, "gezinnen", tuple(((part,), 120) for part in parts)) for title, parts in (
            ("Wie gaf het signaal?", sources), ("Zijn de afspraken nagekomen?", ("Alle zijn gedaan", "Niet alle")),
            ("Zei het gezin ja?", ("Iemand zei ja", "Nog geen ja")), ("Wat zegt het gezin over doelen?", sources[:4]),
            ("Waren er ouders bij?", ("Bij elk overleg", "Niet bij elk")), ("Waarbij was niets te vinden?", topics),
        )]  # fmt: skip
        days = {"Van signaal tot eerste overleg": 20, "Van eerste overleg tot eerste steun": None}
        counted = Figures(HOME, Quarter(2026, 3), play.now, tuple(shown), days)
        page = SimpleNamespace(settings=ctx.library.regions(ctx.tx)[0])
        sheet = document.pdf(pages._paper(page, counted))  # type: ignore[arg-type]
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1

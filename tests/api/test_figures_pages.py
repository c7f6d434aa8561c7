"""Figures as a page, CSV and a sheet of A4."""

import io
import re

import docx
import pytest

from tests.api.conftest import Visit
from tests.engine.playing import OVERSEER, PARTNER, Play
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
    assert "10 gezinnen" in [cell.text for table in sheet.tables for row in table.rows for cell in row.cells]


def test_they_are_not_for_a_partner_nor_of_another_municipality(visit: Visit) -> None:
    assert visit(PARTNER).get("/cijfers").status_code == 404
    assert visit(OVERSEER).get("/cijfers?gemeente=vaals").status_code == 404
    assert visit(OVERSEER).get("/cijfers/iets.exe").status_code == 404

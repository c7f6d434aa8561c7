"""A page of the handbook while somebody draws: it follows what is saved, and says what is wrong with it."""

import shutil
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from handbook.preview import STATE, THEME, Preview, serve

ROOT = Path(__file__).parents[2]
STEP = "/casus/overleg/overleg_plannen/"


class Reader:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, address: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", address)
        response = connection.getresponse()
        return response.status, response.read().decode()


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "workflows", tmp_path / "workflows"))


@pytest.fixture
def reader(workflows: Path) -> Iterator[Reader]:
    preview = Preview(workflows, "zuid-limburg", ROOT / "handbook/content", lambda: date(2026, 3, 2))
    with serve(preview, 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Reader(server.server_port)
        server.shutdown()


def test_what_is_saved_is_what_the_page_says(workflows: Path, reader: Reader) -> None:
    status, before = reader.get(STEP)
    assert (status, "Kies een dag binnen 3 weken" in before) == (200, True)
    assert 'href="/rollen/procesregisseur/"' in before
    assert "<svg" in before
    assert reader.get("/rollen/procesregisseur/")[0] == reader.get("/")[0] == reader.get(THEME)[0] == 200
    assert reader.get("/rollen/procesregisseur")[0] == 302
    assert reader.get("/rollen/niemand/")[0] == 404
    state = reader.get(STATE)
    assert reader.get(STATE) == state
    drawing = workflows / "casus/overleg.bpmn"
    drawing.write_text(drawing.read_text("utf-8").replace("Kies een dag binnen", "Prik een dag binnen"), "utf-8")
    assert reader.get(STATE) != state
    assert "Prik een dag binnen 3 weken" in reader.get(STEP)[1]


def test_a_file_with_a_fault_is_told_on_the_page_until_it_is_mended(workflows: Path, reader: Reader) -> None:
    drawing = workflows / "casus/overleg.bpmn"
    whole = drawing.read_text("utf-8")
    drawing.write_text(whole[:2000], "utf-8")
    status, page = reader.get(STEP)
    assert (status, "Dit klopt nog niet" in page, "overleg.bpmn" in page) == (200, True, True)
    drawing.write_text(whole, "utf-8")
    assert "Kies een dag" in reader.get(STEP)[1]

"""Signing in with the provider of one's own organisation, in a real browser, in a house that works in earnest."""

import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from api.app import create_app
from api.configuration import Configuration, ProviderSettings, WebSettings
from api.request import House
from engine import store
from engine.cases import Library
from engine.store import Database

PROVIDER = Path(__file__).parents[1] / "api/provider.mjs"
MAIL = "vera@gemeente.example"


@pytest.fixture
def address(published: Path, library: Library, node_path: str, tmp_path: Path) -> Iterator[str]:
    """A house in earnest, with a provider and one invitation."""
    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{door.getsockname()[1]}"
    command = [node_path, str(PROVIDER), f"{address}/aanmelden/terug"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as provider:
        assert provider.stdout is not None
        assert select.select([provider.stdout], [], [], 30)[0], "the provider does not start"
        issuer = provider.stdout.readline().strip()
        gemeente = ProviderSettings("gemeente", "Gemeente Voorbeelddam", issuer, "knooppunt", "geheim")
        database = Database(f"sqlite:///{shutil.copy(published, tmp_path / 'earnest.sqlite')}")
        with database.writing() as tx:
            now = datetime.now(UTC)
            store.identities.invite(tx, "vera_voorbeeld", MAIL, now, now + timedelta(days=1))
        configuration = Configuration(web=WebSettings(address=address), provider=(gemeente,))
        house = House(database, library, configuration=configuration)
        server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        yield address
        server.should_exit = True
        thread.join()
        provider.kill()
        database.close()


def test_somebody_signs_in_with_their_own_organisation_and_out_everywhere(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(f"{address}/werk")
    page.get_by_role("link", name="Gemeente Voorbeelddam").click()
    page.locator("[name=login]").fill(MAIL)
    page.locator("[name=password]").fill("x")
    page.locator("[type=submit]").click()
    page.locator("[type=submit]").click()  # the provider asks whether Knooppunt may know
    expect(page).to_have_url(f"{address}/werk")
    expect(page.get_by_role("banner")).to_contain_text("Doe je niets, dan word je om")
    (kept,) = [cookie for cookie in context.cookies() if cookie["name"] == "__Host-knooppunt"]
    assert (kept["secure"], kept["httpOnly"]) == (True, True)
    page.get_by_role("link", name="Mijn aanmelding").click()
    page.get_by_role("button", name="Overal afmelden").click()
    expect(page.get_by_role("heading", name="Aanmelden")).to_be_visible()
    page.goto(f"{address}/werk")
    expect(page).to_have_url(f"{address}/aanmelden")
    context.close()

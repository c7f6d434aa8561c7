"""Signing in, in a real browser, in a house that works in earnest: with the provider of one's own organisation, and
with a key by who has none.
"""

import re
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from api.app import create_app
from api.command import WORKFLOWS
from api.configuration import Configuration, MailSettings, ProviderSettings, WebSettings
from api.request import House
from engine import store
from engine.cases import Library, inviting
from engine.definitions.letters import read_folder
from engine.mail import Sender
from engine.store import Database
from engine.worker import Post
from tests.receiving import USER, WORD, Mailbox, receiving

PROVIDER = Path(__file__).parents[1] / "api/provider.mjs"
MIDWIFE = "mila_modelman"
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
        with serving(House(database, library, configuration=configuration), door):
            yield address
        provider.kill()
        database.close()


@contextmanager
def serving(house: House, door: socket.socket) -> Iterator[None]:
    """The house answers at this door meanwhile."""
    server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    yield
    server.should_exit = True
    thread.join()


def test_somebody_signs_in_with_their_own_organisation_and_out_everywhere(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(f"{address}/werk")
    page.get_by_role("link", name="Gemeente Voorbeelddam").click()
    page.locator("[name=login]").fill(MAIL)
    page.locator("[name=password]").fill("x")
    page.locator("[type=submit]").click()
    page.locator("[type=submit]").click()  # the provider asks whether Knooppunt may know
    expect(page).to_have_url(f"{address}/vandaag")
    expect(page.get_by_role("banner")).to_contain_text("Doe je niets, dan word je om")
    (kept,) = [cookie for cookie in context.cookies() if cookie["name"] == "__Host-knooppunt"]
    assert (kept["secure"], kept["httpOnly"]) == (True, True)
    page.get_by_role("link", name="Mijn aanmelding").click()
    page.get_by_role("button", name="Overal afmelden").click()
    expect(page.get_by_role("heading", name="Aanmelden")).to_be_visible()
    page.goto(f"{address}/werk")
    expect(page).to_have_url(f"{address}/aanmelden")
    context.close()


SECRET = "een-geheim-dat-in-een-bestand-staat"  # noqa: S105 - invented


@dataclass
class Practice:
    """A house without any provider, with a mail server, and an invitation that waits in the outbox."""

    house: House
    address: str
    box: Mailbox

    def link(self) -> str:
        """Let the mail leave; gives the link in it."""
        server = self.house.configuration.mail.server
        assert server is not None
        post = Post(Sender(server, self.address, str, self.box.tls), read_folder(WORKFLOWS), SECRET)
        while post.once(self.house.database, self.house.library, self.house.now):
            pass
        plain = self.box.letters[-1].get_body(("plain",))
        assert plain is not None
        links = re.findall(r"http://\S+", plain.get_content())
        return str(links[0])


@pytest.fixture
def practice(published: Path, library: Library, tmp_path: Path) -> Iterator[Practice]:
    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{door.getsockname()[1]}"
    database = Database(f"sqlite:///{shutil.copy(published, tmp_path / 'practice.sqlite')}")
    with receiving(tmp_path) as box:
        mail = MailSettings("localhost", box.port, "starttls", USER, WORD, "knooppunt@gemeente.example")
        house = House(
            database, library, configuration=Configuration(web=WebSettings(address=address, secret=SECRET), mail=mail)
        )
        with database.writing() as tx:
            inviting.reach_at(tx, MIDWIFE, "mila@praktijk.example", "", datetime.now(UTC))
            inviting.invite(tx, MIDWIFE, "", datetime.now(UTC), mails=True)
        with serving(house, door):
            yield Practice(house, address, box)
    database.close()


def test_a_midwife_without_a_provider_comes_in_by_mail_by_key_and_when_that_is_lost_by_code(
    browser: Browser, practice: Practice
) -> None:
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    page.goto(practice.link())
    expect(page.get_by_role("heading", name="Welkom bij Knooppunt, Mila Modelman")).to_be_visible()
    page.get_by_label("Hoe noem je dit apparaat?").fill("Telefoon")
    page.get_by_role("button", name="Sleutel maken en beginnen").click()
    expect(page).to_have_url(f"{practice.address}/mijn")
    expect(page.get_by_label("Naam van sleutel 1")).to_have_value("Telefoon")
    page.get_by_role("button", name="Codes maken").click()
    codes = page.locator("main code").all_inner_texts()
    assert len(codes) == 10

    page.get_by_role("button", name="Afmelden").click()
    page.get_by_role("link", name="Met een toegangssleutel of een code").click()
    page.get_by_role("button", name="Aanmelden met mijn sleutel").click()
    expect(page).to_have_url(f"{practice.address}/vandaag")

    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key["authenticatorId"]})
    page.get_by_role("button", name="Afmelden").click()
    page.goto(f"{practice.address}/aanmelden/sleutel")
    page.get_by_label("Een van je codes").fill(codes[3].lower())
    page.get_by_role("button", name="Aanmelden met een code").click()
    expect(page.get_by_text("Je hebt nog 9 codes.")).to_be_visible()
    practice.link()
    subjects = [letter["Subject"] for letter in practice.box.letters]
    assert subjects[-1] == "Er is een code gebruikt om je aan te melden"
    assert len(subjects) == 3
    context.close()


def test_without_javascript_a_midwife_begins_with_codes(browser: Browser, practice: Practice) -> None:
    context = browser.new_context(locale="nl-NL", java_script_enabled=False)
    page = context.new_page()
    page.goto(practice.link())
    expect(page.get_by_text("daar is JavaScript voor nodig")).to_be_visible()
    expect(page.get_by_role("button", name="Sleutel maken en beginnen")).to_be_hidden()
    page.get_by_role("button", name="Beginnen met codes").click()
    code = page.locator("main code").first.inner_text()
    page.get_by_role("link", name="Ik heb de codes").click()
    page.get_by_label("Een van je codes").fill(code)
    page.get_by_role("button", name="Aanmelden met een code").click()
    expect(page).to_have_url(f"{practice.address}/mijn")
    context.close()

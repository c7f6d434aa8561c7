"""Signing up without an account, on a phone: a mother herself, and a midwife in one sitting; until it is a signal."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from api.pages import signups
from tests.journeys.screen import Screen, Site
from tests.journeys.test_accessibility import Inspection

PHONE: ViewportSize = {"width": 375, "height": 667}
COORDINATOR, ASKS = "coby_concept", "mila_modelman"
MOST_OF_MOTHER, MOST_OF_MIDWIFE, MOST_OF_TEAM = 7, 10, 6


class Thumb:
    """Taps and types on one page after another, and counts the taps: also to choose the field that one types in."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, what: Locator) -> None:
        """Tap once."""
        what.click()
        self.taps += 1

    def type(self, label: str, text: str) -> None:
        """Type an answer."""
        self.page.get_by_label(label).fill(text)
        self.taps += 1

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.page.get_by_label(label).select_option(label=option)
        self.taps += 1


@pytest.fixture
def door(
    site: Site, open_browser: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Thumb]:
    """Opens the page where one asks for help, on a phone without JavaScript."""
    monkeypatch.setattr(signups, "SOONEST", timedelta(0))

    def open_() -> Thumb:
        page = open_browser(site, java_script_enabled=False, viewport=PHONE).new_page()
        page.goto(f"{site.url}/hulp-vragen")
        return Thumb(page)

    return open_


def ask(thumb: Thumb) -> str:
    """A mother asks for help; gives her code."""
    thumb.tap(thumb.page.get_by_role("link", name="Ik vraag hulp voor mezelf"))
    thumb.choose("In welke gemeente woon je?", "Kerkrade")
    thumb.type("Hoe mogen we je noemen?", "Zonnebloem")
    thumb.type("Op welk nummer kunnen we je bellen?", "06 1234 5678")
    thumb.tap(thumb.page.get_by_label("Ik ben zwanger", exact=True))
    thumb.type("Waar wil je hulp bij?", "Ik slaap niet van de rekeningen.")
    thumb.tap(thumb.page.get_by_role("button", name="Versturen"))
    expect(thumb.page.get_by_role("heading", name="We hebben je aanmelding")).to_be_visible()
    return thumb.page.locator(".kp-code").inner_text()


def test_a_mother_asks_for_help_herself_and_it_becomes_a_signal(
    door: Callable[[], Thumb], sit_down: Callable[[str], Screen]
) -> None:
    mother = door()
    code = ask(mother)
    assert mother.taps <= MOST_OF_MOTHER

    team = Thumb(sit_down(COORDINATOR).page)
    team.tap(team.page.get_by_role("link", name="1 aanmelding wacht"))
    team.tap(team.page.get_by_role("button", name="Oppakken"))
    expect(team.page.get_by_role("link", name="Bel 06 1234 5678")).to_be_visible()
    team.tap(team.page.get_by_role("link", name="Maak er een signaal van"))
    expect(team.page.get_by_label("Naam of werknaam van het gezin")).to_have_value("Zonnebloem")
    team.choose("Hoe oud is deze persoon?", "16 jaar of ouder")
    asks = team.page.get_by_label("Wie bespreekt dit met het gezin en vraagt om toestemming?")
    asks.select_option(value=ASKS)
    team.tap(team.page.get_by_role("button", name="Signaal opslaan").last)
    expect(team.page.get_by_role("status")).to_contain_text("Je signaal is opgeslagen")
    assert team.taps + 1 <= MOST_OF_TEAM

    mother.page.goto(f"{mother.page.url.partition('/hulp')[0]}/hulp-vragen/status")
    mother.type("Jouw code", code)
    mother.tap(mother.page.get_by_role("button", name="Hoe staat het ervoor?"))
    expect(mother.page.get_by_role("status")).to_contain_text("Afgerond")
    expect(mother.page.get_by_text("Zonnebloem")).to_have_count(0)


def test_a_midwife_signs_up_a_mother_in_one_sitting(door: Callable[[], Thumb]) -> None:
    midwife = door()
    midwife.tap(midwife.page.get_by_role("link", name="Ik meld een gezin aan"))
    midwife.choose("In welke gemeente woont het gezin?", "Kerkrade")
    midwife.tap(midwife.page.get_by_label("Ja, zij weten dat ik dit doorgeef"))
    midwife.type("Jouw naam", "Mies Anders")
    midwife.choose("Waar werk je?", "Verloskundige")
    midwife.type("Op welk nummer kunnen we jou bellen?", "045 123 4567")
    midwife.type("Hoe heet de moeder, of het gezin?", "Zonnebloem")
    midwife.tap(midwife.page.get_by_label("Ja", exact=True))
    midwife.type("Waar wil het gezin hulp bij?", "Zij wil hulp met geld.")
    midwife.tap(midwife.page.get_by_role("button", name="Aanmelding versturen"))
    expect(midwife.page.get_by_role("heading", name="We hebben je aanmelding")).to_be_visible()
    assert midwife.taps <= MOST_OF_MIDWIFE


def test_axe_finds_nothing_on_its_pages_and_none_scrolls_sideways(
    site: Site, open_browser: Callable[..., BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signups, "SOONEST", timedelta(0))
    inspection = Inspection()
    page = open_browser(site, bypass_csp=True).new_page()
    for path in ("/hulp-vragen", "/hulp-vragen/voor-gezin?taal=en", "/hulp-vragen/status?taal=en", "/hulp-vragen/zelf"):
        page.goto(site.url + path)
        inspection.look(page, path)
    page.get_by_role("button", name="Versturen").click()
    inspection.look(page, "refused")
    page.goto(f"{site.url}/hulp-vragen")
    ask(Thumb(page))
    inspection.look(page, "sent")
    screen = Screen(site, open_browser(site, bypass_csp=True), site.people[COORDINATOR])
    screen.sign_in()
    inspection.visit(screen, ("/aanmeldingen", "/cijfers", "/invoeren"))
    screen.page.goto(f"{site.url}/aanmeldingen")
    screen.page.get_by_role("button", name="Oppakken").click()
    inspection.look(screen.page, "one")
    assert inspection.found == []

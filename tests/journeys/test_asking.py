"""Asking consent at the kitchen table, on a phone: how many times one taps, and how far one scrolls."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from tests.journeys.screen import Journey, Screen

MIDWIFE = "mila_modelman"
PHONE: ViewportSize = {"width": 375, "height": 667}
MOST_TAPS, MOST_SCREENS = 15, 3
CONSENT = "Toestemming vastleggen"


class Thumb:
    """Taps, and counts."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.taps = screen, 0

    def tap(self, what: Locator) -> None:
        """Tap once, and wait until the page has answered."""
        what.click()
        self.taps += 1
        if self.screen.script:
            expect(self.screen.page.locator(".htmx-request")).to_have_count(0)

    def ask_about(self, word: str, organisation: str) -> Locator:
        """Look for an organisation by a word that the mother would say, and choose it."""
        page = self.screen.page
        search = page.get_by_label("Wie noemt deze persoon nog meer?")
        self.tap(search)
        search.press_sequentially(word)
        self.tap(page.locator("#gevonden").get_by_role("button", name=organisation))
        return self.about(organisation)

    def about(self, organisation: str) -> Locator:
        """The question about one organisation."""
        return self.screen.page.locator(".kp-talk__one").filter(has_text=organisation)


@pytest.fixture
def asking(journey: Callable[..., Journey]) -> Screen:
    """The midwife at the step that asks consent of one mother, on her phone."""
    case = journey("alles_loopt_goed")
    case.play(until="toestemming_vastleggen")
    screen = case.sit_down(MIDWIFE)
    screen.page.set_viewport_size(PHONE)
    assert screen.open_task(case.case, CONSENT)
    return screen


def test_three_organisations_and_one_exception_cost_fifteen_taps_and_three_screens(asking: Screen) -> None:
    page, thumb = asking.page, Thumb(asking)
    expect(page.locator(".kp-talk").get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Heuvelkind")).to_have_count(0)

    thumb.tap(thumb.about("Buurtlicht").get_by_label("Ja", exact=True))
    thumb.tap(thumb.ask_about("schuld", "Rondkomstig").get_by_label("Ja", exact=True))
    nurse = thumb.ask_about("jeugd", "Heuvelkind")
    thumb.tap(nurse.get_by_label("Anders", exact=True))
    expect(nurse.get_by_role("checkbox", checked=True)).to_have_count(0)
    for kind in ("Hoe we jullie bereiken", "Zwangerschap en gezondheid", "Je kind en opvoeden"):
        thumb.tap(nurse.get_by_label(kind))

    said = page.locator(".kp-talk")
    expect(said).to_contain_text(
        "Je zei: Schuldhulp Rondkomstig mag weten hoe we jullie bereiken, en van geld en wonen."
    )
    expect(said).to_contain_text("van je zwangerschap en gezondheid, en van je kind en het opvoeden. De rest niet.")
    expect(said).to_contain_text("uitdrukkelijke toestemming (AVG artikel 9)")
    expect(said).to_contain_text("tot het traject eindigt, of tot je het intrekt")
    demo = page.locator(".kp-demo").bounding_box()
    height = page.evaluate("document.documentElement.scrollHeight") - (demo["height"] if demo else 0)
    assert height / PHONE["height"] <= MOST_SCREENS, height

    thumb.tap(page.get_by_role("button", name="Taak afronden", exact=True))
    asking.said(f"“{CONSENT}” is afgerond.")
    assert thumb.taps <= MOST_TAPS, thumb.taps


@pytest.mark.parametrize("script", [False])
def test_without_javascript_what_was_said_is_read_back_before_it_is_kept(asking: Screen) -> None:
    page = asking.page
    Thumb(asking).about("Buurtlicht").get_by_label("Ja", exact=True).check()
    asking.press("Taak afronden")
    expect(page.get_by_role("alert")).to_contain_text("Lees eerst terug wat Sanne zei")
    expect(page.locator(".kp-talk")).to_contain_text("Je zei: Buurtlicht Kerkrade mag weten hoe we jullie bereiken")
    asking.press("Taak afronden")
    asking.said(f"“{CONSENT}” is afgerond.")

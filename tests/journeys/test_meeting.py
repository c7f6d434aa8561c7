"""A meeting of three organisations and the parents, from the proposal to the plan, in no more than twelve clicks."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pypdf
from playwright.sync_api import Locator, Page, expect

from engine import store
from engine.deadlines import ZONE
from tests.journeys.screen import Journey
from tests.journeys.test_accessibility import Inspection, inspection

__all__ = ["inspection"]

OVERSEER, NURSE = "vera_voorbeeld", "jet_jansproef"


class Mouse:
    """Counts what somebody has to click."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        """Click, and count it."""
        self.clicks += 1
        what.click()

    def button(self, name: str) -> None:
        """Click a button."""
        self.click(self.page.get_by_role("button", name=name).first)

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.clicks += 1
        self.page.get_by_label(label).first.check()


def today(case: Journey) -> datetime:
    database = store.Database(f"sqlite:///{case.site.file}")
    with database.reading() as tx:
        now = datetime.now(ZONE) + timedelta(seconds=store.people.ahead(tx))
    database.close()
    return now


def test_a_meeting_is_planned_held_and_agreed_on_in_twelve_clicks(
    journey: Callable[..., Journey], inspection: Inspection
) -> None:
    case = journey("alles_loopt_goed", at="uitnodigen")
    place = case.address.removeprefix(case.site.url)
    screen = case.sit_down(OVERSEER)
    page, mouse = screen.page, Mouse(screen.page)
    day = today(case)

    screen.goto(f"{place}/overleg/plannen")
    inspection.look(page, "propose")
    for number in (1, 2, 3):
        page.get_by_label(f"Dag {number}").fill((day + timedelta(days=number + 1)).date().isoformat())
        page.get_by_label(f"Tijd {number}").fill("10:00")
    page.get_by_label("Plek").fill("Buurthuis")
    for who in ("Jet Jansproef", "Ravi Rollenspel", "Maatjes"):
        mouse.tick(who)
    mouse.tick("De ouders kunnen op al deze momenten")
    mouse.button("Vraag wie wanneer kan")
    screen.said("Je vraag is gesteld.")

    nurse = case.sit_down(NURSE)
    nurse.goto("/momenten/1")
    nurse.page.get_by_label("Ja").nth(1).check()
    nurse.page.get_by_label("Nee").nth(0).check()
    nurse.page.get_by_role("button", name="Verstuur").click()
    nurse.said("Dank je wel.")

    screen.goto(f"{place}/overleg/plannen")
    inspection.look(page, "choose")
    best = page.get_by_role("article").filter(has_text="Past het best")
    expect(best).to_contain_text("Jet Jansproef")
    mouse.click(best.get_by_role("button", name="Kies dit moment"))
    screen.said("Het moment is gekozen")
    mouse.button("Nodig uit wie een ja heeft")
    screen.said("De uitnodigingen zijn vastgelegd.")

    screen.wait(4)
    screen.goto("/werk")
    mouse.click(page.get_by_role("link", name="Overleg houden").first)
    mouse.click(page.get_by_role("link", name="Open het scherm voor in het overleg"))
    inspection.look(page, "meeting")
    page.get_by_label("Op welke dag was het overleg?").fill(today(case).date().isoformat())
    page.get_by_label("Wat is de vraag van het gezin?").fill("Overzicht in geld en rust in het hoofd.")
    page.get_by_label("Wie wordt Casusregisseur?").select_option(index=1)
    for number, (what, who) in enumerate((("De post samen openen", "Schuldhulp"), ("Samen wandelen", "Maatjes"))):
        page.get_by_label("Wat gaat er gebeuren?").nth(number).fill(what)
        choice = page.get_by_label("Welke organisatie doet dit?").nth(number)
        choice.select_option(label=next(name for name in choice.locator("option").all_text_contents() if who in name))
        by = (today(case) + timedelta(days=20)).date().isoformat()
        page.get_by_label("Voor welke dag?").nth(number).fill(by)
    page.get_by_label("Op welke dag is dit plan gemaakt?").fill(today(case).date().isoformat())
    mouse.tick("Bij elke afspraak is eerst gekeken")
    mouse.tick("De ouders vinden dit plan goed")
    mouse.button("Rond het overleg af")
    screen.said("Het overleg is vastgelegd.")
    assert mouse.clicks <= 12

    page.get_by_role("link", name="Het gezin").click()
    inspection.look(page, "report")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Maak een pdf").click()
    said = " ".join(sheet.extract_text() for sheet in pypdf.PdfReader(kept.value.path()).pages)
    assert "De post samen openen" in said
    assert "Ik wil mijn post durven openmaken." in said
    assert inspection.found == []

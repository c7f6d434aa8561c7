"""A family of which one says yes to some and the other no to all, on the pages of those who work with them."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.screen import Journey, Screen

PARTNER, NURSE, OVERVIEW, REPORTER = "ravi_rollenspel", "jet_jansproef", "vera_voorbeeld", "mila_modelman"
OF_BEN = "Hij liep de kamer uit toen het over geld ging."
MONEY, SOMBRE = "Geld en schulden", "Stress of somber zijn"


def text(screen: Screen, address: str) -> str:
    """All that the page of a case holds, folded parts too."""
    screen.worklist()  # where a session ended meanwhile one signs in again
    screen.page.goto(address)
    return screen.page.get_by_role("main").text_content() or ""


def withdraw(screen: Screen, address: str, organisation: str) -> None:
    """Take back what was agreed to with one organisation, from the page of the case."""
    page = screen.page
    screen.worklist()
    page.goto(address)
    screen.unfold("Is er iets veranderd?").get_by_role("link", name="Toestemming intrekken").click()
    page.get_by_label("Voor welke organisatie?").select_option(label=organisation)
    page.get_by_role("button", name="Laat zien wat er dan vervalt").click()
    expect(page.get_by_role("main")).to_contain_text(organisation)
    page.get_by_role("button", name="Ja, trek dit in").click()
    screen.said("Dit is vastgelegd en geldt vanaf nu.")


def test_each_partner_reads_what_was_agreed_to_and_nothing_of_who_said_no(journey: Callable[..., Journey]) -> None:
    case = journey("partner_zegt_nee", at="toestemming_vastleggen")
    case.play(until="overleg_plannen")
    partner, nurse, overview = case.sit_down(PARTNER), case.sit_down(NURSE), case.sit_down(OVERVIEW)
    reporter = case.sit_down(REPORTER)

    read = text(partner, case.address)
    assert MONEY in read
    assert SOMBRE not in read
    assert SOMBRE in text(nurse, case.address)
    for screen in (partner, nurse, overview):
        assert OF_BEN not in text(screen, case.address)
    assert OF_BEN in text(reporter, case.address), "one rereads the own words"

    assert "Over Schuldhulp Rondkomstig denken zij verschillend." in text(overview, case.address)

    withdraw(overview, case.address, "Schuldhulp Rondkomstig")
    partner.worklist()
    partner.page.goto(case.address)
    expect(partner.heading("Deze pagina is er niet")).to_be_visible()
    assert SOMBRE in text(nurse, case.address), "the others read on"


def test_after_the_end_nobody_reads_on_but_the_own_words(journey: Callable[..., Journey]) -> None:
    case = journey("partner_zegt_nee", at="levensgebieden_verkennen")
    case.play(until="overleg_plannen")
    overview, nurse = case.sit_down(OVERVIEW), case.sit_down(NURSE)
    overview.worklist()
    overview.page.goto(case.address)
    overview.unfold("Is er iets veranderd?").get_by_role("link", name="Eerder afsluiten").click()
    overview.page.get_by_label("Waarom?").fill("Het gezin redt het zelf.")
    overview.page.get_by_role("button", name="Ja, sluit het dossier").click()

    nurse.worklist()
    nurse.page.goto(case.address)
    expect(nurse.heading("Deze pagina is er niet")).to_be_visible()
    nurse.page.get_by_role("link", name="Wat ik schreef").click()
    expect(nurse.page.get_by_role("main")).to_contain_text("Levensgebieden verkennen")
    kept = text(overview, case.address)
    assert "Het gezin redt het zelf." in kept
    assert MONEY not in kept

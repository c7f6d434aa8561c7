"""What breaks into a case halfway: consent withdrawn, and acute unsafety that goes on whatever else happens."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.screen import Journey

UNSAFE = re.compile("[Mm]eldcode|[Oo]nveilig|niet veilig|Signalen in kaart|Collega of Veilig Thuis")
SEEN = "Blauwe plekken, en zij kijkt steeds naar de deur."


def test_after_withdrawal_partners_see_nothing_and_the_case_ends_well(journey: Callable[..., Journey]) -> None:
    case = journey("toestemming_ingetrokken", at="toestemming_ingetrokken")
    partner = case.look("jet_jansproef")
    expect(partner.section("Wat het gezin wil")).to_be_visible()
    expect(partner.section("Nu aan de beurt").get_by_role("link", name="Ouders voorbereiden")).to_be_visible()

    case.step()  # in the middle of preparing the meeting
    overview = case.look("vera_voorbeeld")
    now = overview.section("Nu aan de beurt").get_by_role("listitem")
    expect(now).to_have_count(1)
    expect(now).to_contain_text("Delen stoppen")
    expect(overview.section("Toestemming")).to_have_count(0)
    sees_nothing_of(case, "jet_jansproef")
    sees_nothing_of(case, "ravi_rollenspel")

    case.play()
    overview = case.look("vera_voorbeeld")
    expect(overview.page.get_by_role("main")).to_contain_text("Dit dossier is afgesloten.")
    for name in ("Evaluatie", "Wat er gebeurde", "Antwoorden"):  # reading ends with the case
        expect(overview.section(name)).to_have_count(0)


def test_consent_is_withdrawn_just_before_a_handover_that_then_does_not_come(journey: Callable[..., Journey]) -> None:
    case = journey("toestemming_ingetrokken_bij_verhuizing", at="toestemming_vastleggen")
    offered = case.look("mila_modelman").unfold("Is er iets veranderd?")
    expect(offered.get_by_role("link", name="Gezin verhuist")).to_be_visible()
    expect(offered.get_by_role("link", name="Toestemming intrekken")).to_have_count(0)

    case.play(until="toestemming_ingetrokken")
    now = case.look("vera_voorbeeld").section("Nu aan de beurt").get_by_role("listitem")
    expect(now).to_contain_text("Warm overdragen")
    case.step()
    now = case.look("vera_voorbeeld").section("Nu aan de beurt").get_by_role("listitem")
    expect(now).to_have_count(1)
    expect(now).to_contain_text("Delen stoppen")
    sees_nothing_of(case, "jet_jansproef")

    case.play()
    overview = case.look("vera_voorbeeld")
    expect(overview.page.get_by_role("main")).to_contain_text("Dit dossier is afgesloten.")
    expect(overview.section("Wat is gedeeld")).to_have_count(0)


def test_the_number_to_call_in_danger_is_seen_first_on_a_phone(journey: Callable[..., Journey]) -> None:
    case = journey("onveiligheid_gaat_door_na_intrekking", at="uitleg_geven")
    page = case.look("mila_modelman").page
    page.set_viewport_size({"width": 390, "height": 844})
    call = page.get_by_role("main").get_by_role("link", name="112")
    expect(call).to_be_in_viewport()
    page.get_by_role("link", name="Meld het daarna hier").click()
    expect(page.get_by_role("heading", name="Iemand is niet veilig")).to_be_visible()
    expect(call).to_be_in_viewport()
    expect(page.get_by_role("main").get_by_role("link", name="0800 2000")).to_be_in_viewport()


def test_safety_goes_on_after_withdrawal_seen_by_who_acts_in_it_alone(journey: Callable[..., Journey]) -> None:
    case = journey("onveiligheid_gaat_door_na_intrekking", at="acute_onveiligheid")
    case.tell("jet_jansproef", case.left.pop(0).name)
    case.play(until="toestemming_ingetrokken")
    acting = case.look("jet_jansproef")
    expect(acting.section("Veiligheid")).to_contain_text(SEEN)
    knows_nothing_of_the_unsafety(case, "vera_voorbeeld")
    knows_nothing_of_the_unsafety(case, "coby_concept")
    knows_nothing_of_the_unsafety(case, "ravi_rollenspel")

    case.play(until="onveiligheid_wegen")  # withdrawn, and all steps that follow from it
    sees_nothing_of(case, "ravi_rollenspel")
    knows_nothing_of_the_unsafety(case, "vera_voorbeeld")
    acting = case.look("jet_jansproef")
    expect(acting.section("Nu aan de beurt")).to_contain_text("4 Onveiligheid wegen")
    expect(acting.section("Veiligheid")).to_contain_text(SEEN)
    expect(acting.section("Wat het gezin wil")).to_have_count(0)

    case.play()
    acting = case.look("jet_jansproef")
    expect(acting.section("Veiligheid")).to_contain_text("Veilig Thuis neemt het over.")
    expect(acting.page.get_by_role("main")).to_contain_text("Dit dossier is afgesloten.")
    knows_nothing_of_the_unsafety(case, "vera_voorbeeld")


def sees_nothing_of(case: Journey, person: str) -> None:
    screen = case.sit_down(person)
    screen.worklist()
    expect(screen.page.get_by_role("main")).not_to_contain_text("Schijnbaar")
    screen.page.goto(case.address)
    expect(screen.heading("Deze pagina is er niet")).to_be_visible()
    expect(screen.page.get_by_role("main")).not_to_contain_text("Schijnbaar")


def knows_nothing_of_the_unsafety(case: Journey, person: str) -> None:
    screen = case.look(person)
    page = screen.page.get_by_role("main")
    expect(screen.section("Veiligheid")).to_have_count(0)
    expect(page).not_to_contain_text(SEEN)
    expect(page).not_to_contain_text("Nu: Meldcode")
    expect(page.locator("[aria-current=step]").filter(has_text=UNSAFE)).to_have_count(0)
    expect(screen.section("Nu aan de beurt").filter(has_text=UNSAFE)).to_have_count(0)
    expect(screen.section("Wat er gebeurde").filter(has_text=UNSAFE)).to_have_count(0)
    expect(screen.section("Verloop").filter(has_text=UNSAFE)).to_have_count(0)
    screen.worklist()
    expect(screen.page.get_by_role("link", name=UNSAFE)).to_have_count(0)


LOSS = re.compile("Steunen bij verlies|Vragen wie het mag weten|Er zijn voor de ouders|heeft een verlies")


def test_of_a_loss_only_those_know_whom_the_family_chose(journey: Callable[..., Journey]) -> None:
    case = journey("zwangerschap_verloren", at="zwangerschap_verloren")
    case.tell("mila_modelman", case.left.pop(0).name)
    case.play(until="persoonlijk_contact")
    for person in ("mila_modelman", "jet_jansproef"):  # who told it, and whom the family chose
        screen = case.look(person)
        expect(screen.section("Nu aan de beurt")).to_contain_text("Er zijn voor de ouders")
        expect(screen.page.get_by_role("heading", name="Nu: Steunen bij verlies")).to_be_visible()
    for person in ("vera_voorbeeld", "coby_concept", "ravi_rollenspel"):
        screen = case.look(person)
        expect(screen.section("Nu aan de beurt").get_by_role("listitem")).to_have_count(0)
        expect(screen.page.get_by_role("heading", name="Nu:")).to_have_count(0)
        expect(screen.page.locator("[aria-current=step]")).to_have_count(0)
        expect(screen.section("Wat er gebeurde").filter(has_text=LOSS)).to_have_count(0)
        expect(screen.section("Verloop").filter(has_text=LOSS)).to_have_count(0)
        screen.worklist()
        expect(screen.page.get_by_role("link", name=LOSS)).to_have_count(0)

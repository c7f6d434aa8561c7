"""A plan that lives, on the pages: an agreement by phone, and a second meeting while help waits for its day."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.screen import Journey


def test_what_is_agreed_by_phone_is_followed_and_a_meeting_is_asked_for_meanwhile(
    journey: Callable[..., Journey],
) -> None:
    case = journey("zware_hulp_meteen", at="nieuwe_afspraak")
    case.play(until="overleg_plannen")
    screen = case.look("vera_voorbeeld")
    rows = screen.section("Afspraken").get_by_role("row")
    expect(rows.filter(has_text="Elke dag iemand aan de lijn")).to_contain_text("Gedaan")
    expect(rows.filter(has_text="Behandeling thuis beginnen")).to_contain_text("30 maart 2026")
    expect(screen.section("Nu aan de beurt")).to_contain_text("Overleg plannen")
    expect(screen.section("Nu aan de beurt")).to_contain_text("Navragen hoe het staat")

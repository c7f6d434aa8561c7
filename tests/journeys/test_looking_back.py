"""Looking back after three months, on the clock of the demo."""

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import expect

from tests.journeys.screen import Journey

ASKED_AGAIN = "“Wil je dat dezelfde mensen blijven meedenken, en met dezelfde dingen?”"


def test_after_three_months_who_is_beside_the_family_looks_back_and_asks_again(journey: Callable[..., Journey]) -> None:
    case = journey("bijstellen", at="P85D")
    overview = case.look("vera_voorbeeld")
    expect(overview.section("Nu aan de beurt").get_by_role("listitem")).to_have_count(0)
    overview.worklist()
    overview.press("3 maanden")
    overview.said("De klok staat")

    case.left.pop(0)
    prepares = case.site.element("evaluatie_voorbereiden").name
    beside, partner = case.sit_down("jet_jansproef"), case.sit_down("ravi_rollenspel")
    beside.worklist("")
    expect(beside.row(case.case, prepares)).to_have_count(1)
    partner.worklist()
    expect(partner.row(case.case, prepares)).to_have_count(0)

    case.left[0] = replace(case.left[0], answers={"evaluatie_gesprek_datum": "2026-07-20", "evaluatie_plaats": "Thuis"})
    case.play(until="evaluatie_houden")
    action = case.left.pop(0)
    step = case.site.element(action.name)
    screen = case.take(step)
    asked = screen.page.get_by_role("group", name="Klopt nog wat ieder goedvond?")
    expect(asked).to_contain_text(ASKED_AGAIN)
    expect(asked.get_by_role("radio", checked=True)).to_have_count(0)
    screen.submit(case.site.form(step), {**action.answers, "toestemming_klopt": "ja"})

    overview = case.look("vera_voorbeeld")
    expect(overview.section("Nu aan de beurt")).to_contain_text(case.site.element("steun_afspreken").name)
    expect(overview.section("Afspraken")).to_contain_text("Samen de post en de schulden op een rij zetten")

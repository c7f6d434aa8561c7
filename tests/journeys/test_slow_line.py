"""Going on with a form while an answer from the server is still on its way."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.journeys.screen import Screen


def test_what_is_typed_while_questions_are_renewed_stays(sit_down: Callable[[str], Screen]) -> None:
    screen = sit_down("mila_modelman")
    page = screen.page
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Nieuw signaal").click()
    expect(screen.heading("Nieuw signaal")).to_be_visible()
    under_way: list[Route] = []
    page.route("**/formulier", lambda route: under_way.append(route), times=1)
    seen, name = page.get_by_label("Wat zag of hoorde je?"), page.get_by_label("Naam of werknaam van het gezin")
    seen.fill("Ze slaapt")
    name.fill("Gezin")
    with page.expect_request("**/formulier"):
        page.get_by_role("group", name="Is de moeder zwanger?").get_by_label("Ja", exact=True).check()

    seen.fill("Ze slaapt slecht en maakt haar post niet open.")
    name.fill("Gezin Schijnbaar")
    name.blur()
    under_way[0].continue_()

    expect(page.get_by_label("Hoeveel weken is zij zwanger?")).to_be_visible()
    expect(seen).to_have_value("Ze slaapt slecht en maakt haar post niet open.")
    expect(name).to_have_value("Gezin Schijnbaar")

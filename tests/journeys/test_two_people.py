"""Two people with the same task on their screen."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.screen import Journey


def test_the_second_one_hears_who_was_first_and_keeps_what_was_typed(journey: Callable[..., Journey]) -> None:
    case = journey("een_duidelijke_vraag")
    case.play(until="aanmelder_terugkoppelen")
    action = case.left[0]
    element = case.site.element(action.name)
    form = case.site.form(element)
    first, second = case.sit_down("coby_concept"), case.sit_down("vera_voorbeeld")
    for screen in (first, second):
        assert screen.open_task(case.case, element.name)
        assert screen.can_complete()
    first.fill(form, action.answers)
    second.fill(form, {**action.answers, "terugkoppeling_inhoud": "Ik belde net en sprak het antwoordapparaat in."})

    first.press("Taak afronden")
    first.said(f"“{element.name}” is afgerond.")
    with second.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        second.press("Taak afronden")
    assert answer.value.status == 409
    expect(second.heading("Iemand was je voor")).to_be_visible()
    expect(second.page.get_by_role("alert")).to_contain_text("Coby Concept")
    expect(second.page.get_by_role("main")).to_contain_text("Ik belde net en sprak het antwoordapparaat in.")
    expect(second.page.get_by_role("main")).to_contain_text("Telefoon")

    second.page.get_by_role("link", name="Naar de werklijst").click()
    expect(second.row(case.case, element.name)).to_have_count(0)

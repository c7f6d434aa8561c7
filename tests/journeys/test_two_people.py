"""Two people with the same task on their screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Watch
from tests.journeys.screen import Journey, Screen


def test_the_second_one_hears_who_was_first_and_keeps_what_was_typed(journey: Callable[..., Journey]) -> None:
    case = journey("een_duidelijke_vraag", at="aanmelder_terugkoppelen")
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

    second.page.get_by_role("link", name="Naar de taken").click()
    expect(second.row(case.case, element.name)).to_have_count(0)


def test_who_answers_on_after_the_task_was_completed_keeps_what_was_typed(journey: Callable[..., Journey]) -> None:
    case = journey("een_duidelijke_vraag", at="aanmelding_beoordelen")
    action = case.left[0]
    element = case.site.element(action.name)
    form = case.site.form(element)
    first, second = case.sit_down("coby_concept"), case.sit_down("vera_voorbeeld")
    for screen in (first, second):
        assert screen.open_task(case.case, element.name)
        assert screen.can_complete()
    typed = {
        "past_bij_knooppunt": "ja",
        "hulpvraag_soort": "meervoudig",
        "verkenner_organisatie": "maatjes_samenop",
        "intake_toelichting": "Het gezin vraagt om nog iets.",
    }
    second.fill(form, typed)
    first.submit(form, action.answers)
    first.said(f"“{element.name}” is afgerond.")

    with second.page.expect_response("**/formulier") as answer:
        second.fill(form, {"hulpvraag_soort": "enkelvoudig"})
    assert answer.value.status == 409
    expect(second.heading(element.name)).to_be_visible()
    expect(second.page.get_by_label("Wat moet wie verder gaat beslist weten?")).to_have_value(
        typed["intake_toelichting"]
    )
    second.press("Taak afronden")
    expect(second.heading("Iemand was je voor")).to_be_visible()
    main = second.page.get_by_role("main")
    expect(main).to_contain_text(typed["intake_toelichting"])
    expect(main).to_contain_text(case.site.definition.settings.organisations["maatjes_samenop"].name)
    second.page.get_by_role("link", name="Bekijk het dossier").click()
    expect(second.page.get_by_role("heading", name=case.case)).to_be_visible()


@pytest.mark.parametrize("lost", ["line", "session"])
def test_questions_that_can_not_be_renewed_stay_with_what_was_typed(
    sit_down: Callable[[str], Screen], watch: Watch, lost: str
) -> None:
    screen = sit_down("mila_modelman")
    page = screen.page
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Nieuw signaal").click()
    seen, pregnant = page.get_by_label("Wat zag of hoorde je?"), page.get_by_role("group", name="Is de moeder zwanger?")
    seen.fill("Ze slaapt slecht.")
    if lost == "line":
        page.context.set_offline(True)
    else:
        page.context.clear_cookies()
    with page.expect_event("requestfailed" if lost == "line" else "requestfinished"):
        pregnant.get_by_label("Ja", exact=True).check()
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(seen).to_have_value("Ze slaapt slecht.")
    expect(pregnant.get_by_label("Ja", exact=True)).to_be_checked()
    if lost == "line":
        page.context.set_offline(False)
        pregnant.get_by_label("Nee", exact=True).check()
        pregnant.get_by_label("Ja", exact=True).check()
        expect(page.get_by_label("Hoeveel weken is zij zwanger?")).to_be_visible()
        (error,) = watch.seen
        assert "Failed to fetch" in error
        watch.seen.clear()

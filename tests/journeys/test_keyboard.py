"""Signing in, opening a task and completing it without ever touching a mouse."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, expect

from tests.journeys.screen import Journey, Screen, Site

FOCUS = """wanted => {
    const now = document.activeElement, style = getComputedStyle(now);
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return [now === wanted, seen || now === document.body, now.outerHTML.slice(0, 120)];
}"""


def tab_to(screen: Screen, wanted: Locator) -> None:
    """Press Tab until the focus is there; on the way it must be visible on every element that it comes to.

    Inside a date the browser itself marks the part that has the focus.
    """
    expect(wanted).to_be_visible()
    before = ""
    for _ in range(120):
        screen.page.keyboard.press("Tab")
        there, seen, where = wanted.evaluate(FOCUS)
        assert seen or where == before, f"no focus to be seen on {where}"
        before = where
        if there:
            return
    raise AssertionError("Tab never comes here")


def test_sign_in_open_and_complete_a_task_by_keyboard(
    site: Site, journey: Callable[..., Journey], open_browser: Callable[..., BrowserContext]
) -> None:
    case = journey("alles_loopt_goed")
    case.step()
    screen = Screen(site, open_browser(site), site.people["mila_modelman"])
    page = screen.page
    page.goto(site.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(screen, page.get_by_role("button", name="Mila Modelman"))
    page.keyboard.press("Enter")

    expect(screen.heading("Vandaag")).to_be_visible()
    task = "Signaal met het gezin bespreken"
    tab_to(screen, page.get_by_role("link", name="Taken", exact=True))
    page.keyboard.press("Enter")
    tab_to(screen, screen.row(case.case, task).get_by_role("link", name=task))
    page.keyboard.press("Enter")

    expect(screen.heading(task)).to_be_visible()
    form = case.site.form(case.site.element("signaal_bespreken"))
    named = {field.key: field for field in form.input_fields()}
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # over the menu, to the content
    tab_to(screen, page.get_by_role("group", name=named["besproken_met_gezin"].label).get_by_label("Ja", exact=True))
    page.keyboard.press("Space")
    tab_to(screen, page.get_by_label(named["gezin_reactie"].label))
    page.keyboard.type("Ze is opgelucht.")
    tab_to(screen, page.get_by_role("group", name=named["hulpvraag_helder"].label).get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    tab_to(screen, page.get_by_role("button", name="Taak afronden", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    screen.said(f"“{task}” is afgerond.")
    expect(page).to_have_url(re.compile(r"/werk\?lijst="))
    page.goto(case.address)
    given = screen.unfold("Antwoorden")
    given.get_by_text(task).first.click()
    expect(given).to_contain_text("Ze is opgelucht.")

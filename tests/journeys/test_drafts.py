"""What one types stays: through closing the page, a line that fails, and a session that ends."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Route, expect

from engine import store
from engine.store.tables import session
from tests.conftest import BEGIN
from tests.journeys.screen import Journey

TYPED = "Ze is opgelucht dat iemand het vraagt."
MIDWIFE = "mila_modelman"


@pytest.mark.any_database
def test_what_is_typed_outlives_the_page_the_line_and_the_session(journey: Callable[..., Journey]) -> None:
    case = journey("alles_loopt_goed", at="signaal_bespreken")
    screen = case.take(case.site.element("signaal_bespreken"))
    page, address = screen.page, screen.page.url
    page.get_by_label("Ja", exact=True).first.check()
    field = page.get_by_label("Wat vindt het gezin ervan?").or_(page.locator("[name=gezin_reactie]")).first
    field.fill(TYPED)
    expect(page.get_by_text("Alleen jij ziet dit.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Je was hier gebleven")).to_be_visible()
    expect(field).to_have_value(TYPED)

    def broken(route: Route) -> None:
        route.abort()

    page.route("**/concept", broken)
    field.press("End")
    field.press_sequentially(" En")
    expect(page.get_by_role("alert").filter(has_text="wordt nu niet bewaard")).to_be_visible()
    page.unroute("**/concept")
    field.press_sequentially(" ze wil graag hulp.")
    expect(page.get_by_text("Alleen jij ziet dit.").last).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="wordt nu niet bewaard")).to_have_count(0)

    database = store.Database(f"sqlite:///{case.site.file}")
    with database.writing() as tx:
        tx.execute(sa.update(session).values(expires_at=BEGIN))
    database.close()
    screen.press("Taak afronden")
    expect(page.get_by_text("Wat je typte, is bewaard.")).to_be_visible()
    page.get_by_role("button", name=screen.person.name).click()
    expect(page).to_have_url(address)
    expect(field).to_have_value(f"{TYPED} En ze wil graag hulp.")
    page.get_by_role("button", name="Begin opnieuw").click()
    expect(page.get_by_text("Je was hier gebleven")).to_have_count(0)

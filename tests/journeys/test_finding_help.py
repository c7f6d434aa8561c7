"""Who sits with a family finds who helps with its debts in three taps, without an account or JavaScript."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, expect

from engine import store
from engine.cases import sociale_kaart
from engine.definitions import sociale_kaart as files
from tests.journeys.conftest import REGION, WORKFLOWS
from tests.journeys.screen import Site


@pytest.mark.parametrize("width", [1280, 375])
def test_a_midwife_finds_in_three_taps_who_helps_with_debts_in_heerlen(
    site: Site, open_browser: Callable[..., BrowserContext], width: int
) -> None:
    database = store.Database(f"sqlite:///{site.file}")
    settings = site.definition.settings
    with database.writing() as tx:
        sociale_kaart.begin(tx, settings, files.load(WORKFLOWS, REGION, settings), datetime.now(UTC))
    database.close()
    page = open_browser(site, java_script_enabled=False, viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{site.url}/hulp-vragen")
    for tapped in ("Zorgpaden", "Heerlen", "Geld en schulden"):
        page.get_by_role("link", name=tapped, exact=True).first.click()
    helper = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Schuldhulp Rondkomstig"))
    expect(helper.get_by_role("definition").filter(has_text="Binnen ongeveer 2 weken")).to_be_visible()
    expect(helper.get_by_role("link", name="045 000 00 10")).to_have_attribute("href", "tel:0450000010")
    assert page.evaluate("document.documentElement.scrollWidth") <= width

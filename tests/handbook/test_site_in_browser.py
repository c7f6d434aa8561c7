"""The handbook as mkdocs builds it, opened in a real browser."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from api.app import policy

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
KINDS_OF_PAGE = [
    "",
    "casus/",
    "casus/overleg/",
    "casus/overleg/overleg_houden/",
    "casus/bewaken/afspraak_opvolgen/",
    "opzetten/",
    "rollen/",
    "rollen/procesregisseur/",
    "rollen/ouders/",
    "beslissingen/",
    "termijnen/",
    "onderbrekingen/",
    "begrippen/",
    "downloads/",
    "over-deze-handreiking/",
    "zoeken/?q=toestemming",
]

SMALLEST_LETTERS = """Math.min(99, ...[...document.querySelectorAll(".drawing text, .example text")].map(text => {
  const scale = text.getScreenCTM();
  return Math.hypot(scale.a, scale.b) * parseFloat(text.getAttribute("font-size"));
}))"""
"""The size of the smallest letters in the drawings of a page, in CSS pixels."""

UNSEEN_STOPS = """[...document.querySelectorAll(".md-nav a, .md-nav label[tabindex], .md-nav input, .md-nav button")]
  .filter(part => part.tabIndex >= 0 && part.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}))
  .filter(part => {
    part.focus({preventScroll: true});
    const box = part.getBoundingClientRect();
    const shown = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2).includes(part);
    return document.activeElement === part && !shown && box.top < innerHeight && box.top >= 0;
  })
  .map(part => part.outerHTML.slice(0, 120))"""
"""What in the menus can be reached with the keyboard and not be seen there."""


@pytest.fixture(scope="module")
def folder(handbook_build: Path) -> Path:
    """Where the site stands."""
    return handbook_build / "site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a site as the application does: with what a browser may do with it."""

    def log_message(self, *_: object) -> None:
        """A test's output is for what went wrong."""

    def end_headers(self) -> None:
        """Say what a browser may do."""
        self.send_header("Content-Security-Policy", policy("/handreiking" + self.path.partition("?")[0]))
        super().end_headers()


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that notes what it asks from anybody else, and what goes wrong in it."""
    opened = browser.new_page()
    trouble: list[str] = []

    def noted(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            trouble.append(request.url)

    opened.on("request", noted)
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    yield opened
    opened.close()
    assert not trouble


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", KINDS_OF_PAGE)
def test_no_kind_of_page_shuts_anybody_out(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + path, wait_until="load")
    if "?" in path:
        page.locator(".pagefind-ui__result").first.wait_for()
    page.evaluate(AXE.read_text("utf-8"))  # a tag with it would be refused: it stands in the page
    violations = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    assert violations == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "no page scrolls sideways"
    assert page.evaluate(SMALLEST_LETTERS) >= 11


def test_searching_knows_that_words_have_more_than_one_form(page: Page, address: str, folder: Path) -> None:
    page.goto(address)
    page.get_by_role("searchbox", name="Zoek in de handreiking").fill("aanmeldingen")
    page.get_by_role("button", name="Zoek").click()
    page.locator(".pagefind-ui__result").first.wait_for()
    while (more := page.locator(".pagefind-ui__button")).count():
        shown = page.locator(".pagefind-ui__result").count()
        more.click()
        page.wait_for_function(f"document.querySelectorAll('.pagefind-ui__result').length > {shown}")
    links = page.locator(".pagefind-ui__result-link").evaluate_all("all => all.map(a => a.href)")
    texts = {link: (folder / urlsplit(link).path[1:] / "index.html").read_text("utf-8").lower() for link in links}
    assert [link for link, text in texts.items() if "aanmelding" in text and "aanmeldingen" not in text]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_closed_takes_no_keyboard(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + "casus/overleg/overleg_houden/")
    stops = page.evaluate(UNSEEN_STOPS)
    assert stops == []


def test_a_step_in_a_diagram_opens_its_page_by_keyboard(page: Page, address: str) -> None:
    page.goto(address + "casus/overleg/")
    page.locator("a[data-element=overleg_houden]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/casus/overleg/overleg_houden/")
    assert page.locator("h1").inner_text() == "Overleg houden"


def test_on_a_narrow_screen_the_drawing_starts_where_the_reader_is(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address + "casus/overleg/verslag_delen/")
    box = page.locator(".drawing--part [data-element=verslag_delen]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_on_paper_only_the_text_and_the_drawing_are_left(page: Page, address: str) -> None:
    page.goto(address + "casus/overleg/overleg_houden/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    for left_out in (".find", ".md-tabs", ".md-sidebar--primary", ".colophon"):
        assert not page.locator(left_out).first.is_visible(), left_out
    drawing = page.locator(".drawing").bounding_box()
    assert drawing is not None
    assert page.locator("h1").is_visible()
    assert drawing["x"] + drawing["width"] <= 680

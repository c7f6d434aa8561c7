"""The handbook as mkdocs builds it, opened in a real browser."""

import functools
import http.server
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from pypdf import PdfReader

from api.app import policy

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
KINDS_OF_PAGE = [
    "",
    "beginnen/",
    "zelfcheck/",
    "kosten/",
    "knelpunten/",
    "voor-ouders-english/",
    "privacyverklaring/",
    "documenten/",
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
    "voor-ouders/",
    "bronnen/",
    "anders/",
    "sociale-kaart/geld/",
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


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("path", KINDS_OF_PAGE)
def test_no_kind_of_page_shuts_anybody_out(
    page: Page, address: str, path: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(address + path, wait_until="load")
    if "?" in path:
        page.locator(".pagefind-ui__result").first.wait_for()
    page.evaluate(AXE.read_text("utf-8"))  # a tag with it would be refused: it stands in the page
    violations = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    assert violations == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "no page scrolls sideways"
    assert page.evaluate(SMALLEST_LETTERS) >= 11
    assert page.context.cookies() == [], "what the page on privacy promises"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


SEARCHED = {
    "cookies": "privacyverklaring/",
    "rto": "andere-overleggen/",
    "privacyverklaring": "privacyverklaring/",
    "WCAG": "toegankelijkheid/",
    "knelpunten": "knelpunten/",
    "open source": "van-handreiking-naar-systeem/",
    "english": "voor-ouders-english/",
    "budget": "geld-en-ondersteuning/",
    "sjabloon": "documenten/",
    "vroedvrouw": "rollen/aanmelder/",
    "convenant": "opzetten/voorbereiden/overeenkomst_sluiten/",
    "LVB": "casus/toestemming/uitleg_geven/",
    "multidisciplinair overleg": "casus/overleg/",
    "knoopunt": "casus/",
    "miskraam": "casus/verlies/",
    "kindermishandeling": "casus/veiligheid/",
    "tienermoeder": "casus/toestemming/toestemming_vastleggen/",
    "toestemmingsformulier": "casus/toestemming/toestemming_vastleggen/",
    "verslaafd": "casus/verkennen/levensgebieden_verkennen/",
    "overlijden": "casus/verlies/",
    "geheimhouding": "wie-mag-wat-weten/",
    "klacht": "voor-ouders/",
    "huisarts": "rollen/aanmelder/",
    "consultatiebureau": "rollen/aanmelder/",
    "wachtlijst": "casus/bewaken/wachttijd_overbruggen/",
    "wethouder": "rollen/bestuurder/",
    "subsidie": "geld-en-ondersteuning/",
    "kosten": "geld-en-ondersteuning/",
    "folder": "opzetten/inrichten/flyer_maken/",
    "flyer": "opzetten/inrichten/flyer_maken/",
    "training": "opzetten/inrichten/scholing_geven/",
    "scholing": "opzetten/inrichten/scholing_geven/",
    "notulen": "casus/overleg/verslag_delen/",
    "verslag": "casus/overleg/verslag_delen/",
    "uitnodiging": "casus/overleg/uitnodigen/",
    "tolk": "casus/toestemming/uitleg_geven/",
    "laaggeletterd": "casus/toestemming/uitleg_geven/",
    "mishandeling": "casus/veiligheid/",
    "huiselijk geweld": "casus/veiligheid/",
    "meldcode": "casus/veiligheid/",
    "Veilig Thuis": "casus/veiligheid/",
    "stilgeboren": "casus/verlies/",
    "rouw": "casus/verlies/rouwzorg_regelen/",
    "verhuisd": "casus/verhuizing/",
    "verhuizing": "casus/verhuizing/",
    "kraamzorg": "casus/geboorte/kraamzorg_overdragen/",
    "geboorte": "casus/geboorte/",
    "sociale kaart": "opzetten/inrichten/sociale_kaart_maken/",
    "zelf aanmelden": "voor-ouders/",
    "rechten van ouders": "voor-ouders/",
    "privacy": "opzetten/inrichten/privacy_regelen/",
    "AVG": "opzetten/inrichten/privacy_regelen/",
    "DPIA": "opzetten/inrichten/privacy_regelen/",
    "evaluatie": "casus/evalueren/evaluatie_houden/",
    "pilot": "opzetten/proefdraaien/pilot_houden/",
    "cijfers": "opzetten/voorbereiden/cijfers_verzamelen/",
    "draagvlak": "opzetten/voorbereiden/draagvlak_verkennen/",
    "coalitie": "opzetten/voorbereiden/coalitie_vormen/",
    "procesregiseur": "rollen/procesregisseur/",
    "casusregisseur": "rollen/casusregisseur/",
    "aanmeldingen": "casus/intake/aanmelding_beoordelen/",
    "toesteming": "casus/toestemming/",
    "intrekken": "casus/intrekking/",
    "schulden": "sociale-kaart/geld/",
    "huisvesting": "sociale-kaart/wonen/",
    "middelengebruik": "sociale-kaart/middelen/",
    "nu niet zwanger": "sociale-kaart/kinderwens/",
    "maatje": "sociale-kaart/alleen/",
}
"""Words that people search with, each with the page that they look for."""
AT_ONCE = (
    "vroedvrouw",
    "schulden",
    "knoopunt",
    "miskraam",
    "multidisciplinair overleg",
    "klacht",
    "kosten",
    "procesregiseur",
)


@pytest.mark.parametrize(
    "words", [pytest.param(words, marks=() if words in AT_ONCE else pytest.mark.long) for words in SEARCHED]
)
def test_a_word_that_people_use_finds_its_page_among_the_first_three(page: Page, address: str, words: str) -> None:
    page.goto(f"{address}zoeken/?q={quote(words)}", wait_until="load")
    page.locator(".pagefind-ui__result-link").first.wait_for()
    expect(page.locator(".pagefind-ui__result:not(:has(.pagefind-ui__result-link))")).to_have_count(0)
    links = page.locator(".pagefind-ui__result-link").evaluate_all("all => all.map(a => new URL(a.href).pathname)")
    assert f"/{SEARCHED[words]}" in links[:3]


def test_a_word_that_no_page_knows_finds_nothing_and_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}zoeken/?q=kwantumfysica", wait_until="load")
    page.get_by_text("Geen resultaten", exact=False).wait_for()
    assert page.locator(".pagefind-ui__result").count() == 0


def test_searching_knows_that_words_have_more_than_one_form(page: Page, address: str, folder: Path) -> None:
    page.goto(address)
    page.get_by_role("searchbox", name="Zoek in de handreiking").fill("aanmeldingen")
    page.get_by_role("button", name="Zoek").click()
    page.locator(".pagefind-ui__result").first.wait_for()
    while (more := page.locator(".pagefind-ui__button")).count():
        shown = page.locator(".pagefind-ui__result").count()
        more.click()
        page.locator(".pagefind-ui__result").nth(shown).wait_for()
    links = page.locator(".pagefind-ui__result-link").evaluate_all("all => all.map(a => a.href)")
    texts = {link: (folder / urlsplit(link).path[1:] / "index.html").read_text("utf-8").lower() for link in links}
    assert [link for link, text in texts.items() if "aanmelding" in text and "aanmeldingen" not in text]


@pytest.mark.parametrize("width", [1280, 375])
def test_who_wants_to_begin_finds_how_what_it_costs_and_the_agreement(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    article = page.get_by_role("article")
    article.get_by_role("link", name="Zoek een plek die op jullie lijkt").click()
    assert article.get_by_role("heading", name="Ouders eerst").is_visible()
    page.go_back()
    article.get_by_role("link", name="Opgeteld uit de stappen").click()
    assert article.get_by_role("row", name="Projectleider").first.inner_text().split()[1:3] == ["22", "werkdagen"]
    page.go_back()
    article.get_by_role("link", name="documenten").first.click()
    with page.expect_download() as downloaded:
        article.get_by_role("link", name="Samenwerkingsovereenkomst als docx").click()
    assert downloaded.value.suggested_filename == "samenwerkingsovereenkomst.docx"
    assert downloaded.value.path().read_bytes().startswith(b"PK")


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


def test_on_paper_no_table_is_cut_off_and_a_wide_drawing_has_a_sheet_on_its_side(page: Page, address: str) -> None:
    page.goto(address + "termijnen/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    tables = page.locator("article table")
    assert tables.count() > 1
    for table in tables.all():
        box = table.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 680
    page.goto(address + "casus/overleg/")
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert [sheet.mediabox.width > sheet.mediabox.height for sheet in sheets[:3]] == [False, True, False]
    assert sheets[1].extract_text().startswith("In beeld")

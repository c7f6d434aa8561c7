"""Every kind of page, wide and narrow: nothing for axe to find, and nothing that must be scrolled to sideways."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from engine.forms import Form
from tests.journeys.screen import Screen, Site

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text("utf-8")
WIDE, NARROW = 1280, 320
RUN = """async () => {
    document.querySelectorAll("details").forEach(one => { one.open = true; });
    const found = await axe.run(document, {resultTypes: ["violations"]});
    return found.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(" ")).slice(0, 3)}`);
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"
UNREADABLE = """() => [...document.querySelectorAll("svg.diagram")].flatMap(drawing => {
    const texts = [...drawing.querySelectorAll("text")];
    const scale = ({ a, b }) => Math.hypot(a, b);
    const words = texts.map(text => text.getAttribute("font-size") * scale(text.getScreenCTM()));
    const seen = drawing.getBoundingClientRect(), now = drawing.querySelector('[stroke*="current"]');
    const place = now && now.getBoundingClientRect(), middle = place && place.left + place.width / 2;
    return [
        ...(Math.min(...words) < 10.99 ? [`words of ${Math.min(...words)} px`] : []),
        ...(now && (middle < seen.left || middle > seen.right) ? ["where the case is can't be seen"] : []),
    ];
})"""


class Inspection:
    """Collects what is wrong on the pages that it is shown."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Inspect the page that is open, in both widths."""
        page.evaluate(AXE)
        for width in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": 900})
            self.found += [f"{name} at {width}: {problem}" for problem in page.evaluate(RUN)]
            self.found += [f"{name} at {width}: {problem}" for problem in page.evaluate(UNREADABLE)]
            if width == NARROW and page.evaluate(SIDEWAYS):
                self.found.append(f"{name}: scrolls sideways")

    def visit(self, screen: Screen, paths: Iterable[str]) -> None:
        """Open these addresses and inspect each."""
        for path in paths:
            screen.page.goto(screen.site.url + path)
            self.look(screen.page, f"{screen.person.id} {path}")


@pytest.fixture
def inspection() -> Inspection:
    return Inspection()


@pytest.fixture
def sit(full_site: Site, open_browser: Callable[..., BrowserContext]) -> Callable[[str], Screen]:
    """Signs somebody in where axe may be put into the page."""

    def sit_(person: str) -> Screen:
        context = open_browser(full_site, bypass_csp=True)
        screen = Screen(full_site, context, full_site.people[person])
        screen.sign_in()
        return screen

    return sit_


def links(page: Page, path: str) -> dict[str, str]:
    """The links in the content of the page to addresses like this: what they say, and the last place they lead to."""
    anchors = page.get_by_role("main").locator(f'a[href*="{path}"]').all()
    return {link.inner_text(): link.get_attribute("href") or "" for link in anchors}


def kinds(forms: Iterable[Form]) -> set[str]:
    """All kinds of questions in these forms, those in the rows of lists included."""
    field_kinds: set[str] = set()
    for form in forms:
        for field in form.input_fields():
            field_kinds |= {field.kind} | kinds([Form("", field.fields)] if field.fields else [])
    return field_kinds


def test_door_worklists_and_refusals(
    full_site: Site,
    sit: Callable[[str], Screen],
    open_browser: Callable[..., BrowserContext],
    inspection: Inspection,
) -> None:
    door = open_browser(full_site, bypass_csp=True).new_page()
    door.goto(full_site.url)
    inspection.look(door, "sign-in")
    lists = [f"/werk?lijst={name}" for name in ("mijn", "rol", "te-laat", "alle")]
    overview = sit("vera_voorbeeld")
    boards = ["/vandaag", "/afspraken", "/afspraken?groep=organisatie", "/overleggen"]
    inspection.visit(overview, [*boards, *lists, "/casus/999999", "/bestaat-niet"])
    overview.worklist()
    overview.page.get_by_label("Zoek op gezin of taak").fill("zoiets-is-er-niet")
    overview.press("Zoeken")
    assert "zoiets" not in overview.page.url
    expect(overview.page.get_by_role("link", name=re.compile("^Gezin "))).to_have_count(0)
    inspection.look(overview.page, "nothing found")
    empty = sit("bea_bordkarton")
    inspection.visit(empty, [*boards, *lists, "/signaal"])
    expect(empty.heading("Dit mag niet")).to_be_visible()
    assert inspection.found == []


def test_tasks_in_every_shape(full_site: Site, sit: Callable[[str], Screen], inspection: Inspection) -> None:
    """Each task that waits somewhere in the demo, once, whatever its form asks."""
    seen: set[str] = set()
    for person in ("vera_voorbeeld", "pim_proefstuk", "mila_modelman", "jet_jansproef", "toon_theorie"):
        screen = sit(person)
        screen.worklist()
        tasks = {title: path for title, path in links(screen.page, "/taken/").items() if title not in seen}
        seen |= set(tasks)
        inspection.visit(screen, tasks.values())
    inspection.visit(sit("mila_modelman"), ["/signaal"])
    forms = full_site.definition.forms
    asked = {
        task.form
        for process in full_site.definition.processes.values()
        for task in process.user_tasks
        if task.name in seen
    }
    assert kinds(forms[name] for name in {*asked, "signaal_vastleggen"}) == kinds(forms.values())
    assert inspection.found == []


def test_refused_forms(sit: Callable[[str], Screen], inspection: Inspection) -> None:
    first = sit("mila_modelman")
    page = first.page
    inspection.visit(first, ["/signaal"])
    first.press("Signaal opslaan")
    expect(page.get_by_role("alert")).to_be_focused()
    inspection.look(page, "new signal, refused")
    first.worklist()
    processes = first.site.definition.processes.values()
    tasks = {task.name: first.site.form(task) for process in processes for task in process.user_tasks}
    asking = {name for name, form in tasks.items() if any(field.required for field in form.input_fields())}
    path = next(path for title, path in links(page, "/taken/").items() if title in asking)
    page.goto(first.site.url + path)
    assert first.can_complete()
    first.press("Taak afronden")
    expect(page.get_by_role("alert")).to_be_focused()
    inspection.look(page, "task, refused")
    assert inspection.found == []


def test_done_in_another_window(sit: Callable[[str], Screen], inspection: Inspection) -> None:
    first, second = sit("vera_voorbeeld"), sit("loek_luchtkasteel")
    second.worklist()
    second.page.get_by_label("Zoek op gezin of taak").fill("Ontvangst bevestigen")
    second.press("Zoeken")
    path = links(second.page, "/taken/")["Ontvangst bevestigen"]
    for screen in (first, second):
        screen.page.goto(screen.site.url + path)
    assert second.can_complete()
    form = second.site.form(second.site.element("ontvangst_bevestigen"))
    other = second.page.context.new_page()
    other.goto(second.site.url + path)
    second.submit(form, {"ontvangst_bevestigd": True})
    with other.expect_navigation():
        other.get_by_role("button", name="Taak afronden", exact=True).click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Deze taak is al afgerond")
    inspection.look(other, "conflict")
    assert inspection.found == []


def in_each_phase(screen: Screen) -> dict[str, str]:
    """A case in each phase, from all pages of the worklist that is open: the phase, and where the case stands."""
    addresses: dict[str, str] = {}
    page = screen.page
    while True:
        for row in page.get_by_role("row").filter(has=page.locator('a[href^="/casus/"]')).all():
            phase = row.get_by_role("cell").nth(2).inner_text()
            addresses.setdefault(phase, row.locator('a[href^="/casus/"]').get_attribute("href") or "")
        more = page.get_by_role("link", name="Volgende", exact=True)
        if not more.count():
            return addresses
        with page.expect_navigation():
            more.click()


def test_cases_in_every_state(sit: Callable[[str], Screen], inspection: Inspection) -> None:
    """A case in each phase, those that ended, and the pages on which something is told, corrected or closed."""
    screen = sit("vera_voorbeeld")
    page = screen.page
    screen.worklist()
    phases = in_each_phase(screen)
    assert len(phases) > 12
    inspection.visit(screen, phases.values())
    ended = page.request.get(f"{screen.site.url}/v1/cases?status=klaar").json()
    assert ended
    inspection.visit(screen, [f"/casus/{case['id']}" for case in ended[:2]])

    page.goto(screen.site.url + phases["Evalueren"])
    page.evaluate('() => document.querySelectorAll("details").forEach(one => { one.open = true; })')
    addresses = list(links(page, "/bericht/").values())[:2]
    corrected = list(links(page, "/corrigeren/").values())[:2]
    assert addresses
    assert corrected
    inspection.visit(screen, [*addresses, *corrected, *links(page, "/sluiten").values()])
    screen.press("Ja, sluit het dossier")
    expect(page.get_by_role("alert")).to_be_focused()
    inspection.look(page, "closing, refused")
    page.goto(screen.site.url + corrected[0])
    screen.press("Correctie opslaan")
    inspection.look(page, "correcting, refused")
    assert inspection.found == []
    assert re.search("/corrigeren/", page.url)

"""The handbook as a reader gets it: built by mkdocs from a copy of the repository."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
import yaml
from lxml import etree

from engine.definitions import sociale_kaart
from engine.errors import DefinitionError
from handbook import write
from handbook.pages import dialled
from handbook.write import Edition
from tests.conftest import build_handbook

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 2)
HEADINGS = [
    "Waarom",
    "Dit heb je nodig",
    "Wat je doet",
    "Checklist",
    "Beslispunt",
    "Valkuilen",
    "Privacy en grondslag",
    "Formulier",
    "Downloads",
    "Klaar als",
    "Volgende en vorige stap",
    "Anders in Zuid-Limburg",
    "Bron",
]


class Reader(HTMLParser):
    """Collects what a page links to, what it loads, its headings and the ids that can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.drawn: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.headings: list[str] = []
        self.drawings = 0
        self.marked = 0
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "svg" and given.get("class") == "diagram":
            self.drawings += 1
        self.marked += "aangewezen" in given.get("aria-label", "")
        if tag == "a" and "href" in given:
            (self.drawn if "data-element" in given else self.links).append(given["href"])
        if tag in ("link", "script", "img", "iframe", "source", "object"):
            self.loads += [given[name] for name in ("src", "href", "data") if name in given]
        if tag == "h2":
            self.headings.append("")
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.headings[-1] += data


@dataclass(frozen=True)
class Site:
    folder: Path
    pages: dict[str, Reader]


@pytest.fixture(scope="module")
def site(handbook_build: Path) -> Site:
    return Site(handbook_build / "site", pages_in(handbook_build / "site"))


def pages_in(folder: Path) -> dict[str, Reader]:
    """What stands on each page of a site, by its address."""
    pages = {}
    for file in sorted(folder.rglob("*.html")):
        reader = Reader()
        reader.feed(file.read_text("utf-8"))
        pages[file.relative_to(folder).as_posix().removesuffix("index.html")] = reader
    return pages


def page_of(edition: Edition, name: str) -> str:
    return edition.pages[name].decode()


def test_the_successor_of_the_theme_makes_the_same_pages_of_the_same_files(
    handbook_build: Path, site: Site, edition: Edition, tmp_path: Path
) -> None:
    """Mkdocs-material ends in May 2027. Zensical reads its configuration but calls no hook: title and menu, which
    ours tells mkdocs, are written down for it.
    """
    ours = yaml.safe_load((handbook_build / "mkdocs.yml").read_text("utf-8"))
    settings = {name: ours[name] for name in ("extra", "extra_css", "extra_javascript", "markdown_extensions")}
    settings |= {"theme": ours["theme"] | {"custom_dir": str(handbook_build / ours["theme"]["custom_dir"])}}
    settings |= {"site_name": edition.title, "nav": edition.nav, "docs_dir": "docs", "site_dir": "site"}
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
    shutil.copytree(handbook_build / "handbook/build", tmp_path / "docs")
    build = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    theirs = pages_in(tmp_path / "site")
    assert theirs.keys() == site.pages.keys()
    for name, page in site.pages.items():
        assert theirs[name].headings == page.headings, name
        assert theirs[name].drawings == page.drawings, name
    subprocess.run([sys.executable, "-m", "pagefind", "--site", tmp_path / "site", "--quiet"], check=True)
    counts = [
        json.loads((folder / "pagefind/pagefind-entry.json").read_text())["languages"]["nl"]["page_count"]
        for folder in (tmp_path / "site", site.folder)
    ]
    assert counts[0] == counts[1] > 100


def test_every_step_has_a_page_with_all_headings_in_order(site: Site, edition: Edition) -> None:
    for each in edition.guides:
        assert each.steps
        for step in each.steps:
            page = site.pages[f"{each.id}/{step.element.process}/{step.element.id}/"]
            assert page.headings == HEADINGS, step.element.id
            assert page.marked == 1, step.element.id


def test_every_diagram_has_a_page_where_each_step_links_to_its_own(site: Site, edition: Edition) -> None:
    for each in edition.guides:
        for phase in each.phases:
            path = f"{each.id}/{phase.process.id}/" if phase.number else f"{each.id}/"
            page = site.pages[path]
            reached = {urljoin(f"/{path}", link) for link in page.drawn}
            for step in phase.steps:
                assert f"/{each.id}/{phase.process.id}/{step.element.id}/" in reached
            called = {e.called for e in phase.process.elements.values() if e.called}
            assert {f"/{each.id}/{name}/" for name in called} <= reached
            assert {link.strip("/") + "/" for link in reached} <= set(site.pages), path
            text = page_of(edition, f"{path}index.md")
            assert "## In woorden" in text
            assert all(step.title in text for step in phase.steps)


def test_every_link_leads_to_a_page_or_file_that_is_there(site: Site) -> None:
    broken = []
    for path, page in site.pages.items():
        if path == "404.html":
            continue  # shown at any address, so its links are not relative to one
        for link in page.links + page.drawn:
            target, anchor = urldefrag(urljoin(f"http://here/{path}", link))
            parts = urlsplit(target)
            if parts.hostname != "here":
                continue
            name = unquote(parts.path.removeprefix("/"))
            linked = site.pages.get(name)
            if (linked is None and not (site.folder / name).is_file()) or (
                linked is not None and anchor and anchor not in linked.ids
            ):
                broken.append(f"{path} → {link}")
    assert not broken


def test_no_page_loads_anything_from_elsewhere(site: Site) -> None:
    outside = {(path, load) for path, page in site.pages.items() for load in page.loads if urlsplit(load).netloc}
    assert not outside
    for style in site.folder.rglob("*.css"):
        assert "url(http" not in style.read_text("utf-8"), style


def test_what_can_be_downloaded_is_what_cases_run_on(site: Site, edition: Edition) -> None:
    for each in edition.guides:
        for name, content in each.definition.files.items():
            if name.endswith((".bpmn", ".form", ".dmn")):
                assert (site.folder / "downloads" / each.id / name).read_bytes() == content


def test_each_document_can_be_downloaded_where_it_is_used(site: Site, edition: Edition) -> None:
    """That each link leads to a file that is there, another test says."""
    assert len(edition.papers) > 10
    for paper in edition.papers:
        for path in ("documenten/", *(f"{key}/" for key in paper.steps)):
            reached = {urljoin(f"/{path}", link) for link in site.pages[path].links}
            assert {f"/{file}" for file in paper.files.values()} <= reached, (paper.id, path)


def test_the_documents_stand_under_the_phase_in_which_one_first_needs_them(edition: Edition) -> None:
    phase = ""
    phases: dict[str, str] = {}
    for level, name in re.findall(r"^(###|####) .*\{: #([\w-]+) \}$", page_of(edition, "documenten.md"), re.MULTILINE):
        if level == "###":
            phase = name
        else:
            phases[name] = phase
    first = {paper.id: "-".join(paper.steps[0].split("/")[:2]) for paper in edition.papers if paper.steps}
    assert phases == first


def test_a_number_on_the_sociale_kaart_is_called_by_a_tap(site: Site, edition: Edition) -> None:
    kaart = sociale_kaart.load(ROOT / "workflows", "zuid-limburg", edition.settings)
    for topic in kaart.topics:
        helping = {each for place in edition.settings.municipalities for each in kaart.helping(place, topic.id)}
        numbers = {f"tel:{re.sub(r'[^0-9]', '', c.phone)}" for each in helping for c in each.contacts}
        assert {link for link in site.pages[f"sociale-kaart/{topic.id}/"].links if link.startswith("tel:")} == numbers
    assert dialled("+31 (0)45 000 00 10") == "0031450000010"


def test_a_topic_of_the_sociale_kaart_has_a_page_with_who_helps_in_each_municipality(edition: Edition) -> None:
    kaart = sociale_kaart.load(ROOT / "workflows", "zuid-limburg", edition.settings)
    for topic in kaart.topics:
        page = page_of(edition, f"sociale-kaart/{topic.id}.md")
        everywhere, *places = re.split(r"^### ", page.partition("## Wat kan er passen")[0], flags=re.MULTILINE)
        assert [text.partition("\n")[0] for text in places] == list(edition.settings.municipalities.values())
        for place, text in zip(edition.settings.municipalities, places, strict=True):
            helping = [f"**{each.name}**" for each in kaart.helping(place, topic.id)]
            assert sorted(re.findall(r"\*\*[^*]+\*\*", everywhere + text)) == sorted(helping)
        for each in kaart.fitting(topic.id):
            assert f"### {each.name} {{: #{each.id} }}\n" in page
            assert each.window.lower() in page.lower()
    assert (
        edition.pages["downloads/sociale-kaart/interventies.csv"]
        == (ROOT / "workflows/sociale-kaart/interventies.csv").read_bytes()
    )


def test_a_step_that_names_the_sociale_kaart_leads_to_it(site: Site, edition: Edition) -> None:
    named = [
        f"{guide.id}/{step.place.process}/{step.place.element}/"
        for guide in edition.guides
        for step in guide.steps
        if "sociale kaart" in " ".join(step.sections.values()).lower()
    ]
    assert len(named) > 10
    assert [path for path in named if "../../../sociale-kaart/" not in site.pages[path].links] == []


def test_a_page_says_which_version_it_tells_and_of_which_day(edition: Edition) -> None:
    text = page_of(edition, "casus/overleg/overleg_houden.md")
    assert "Editie Zuid-Limburg, 2 maart 2026." in text
    assert edition.guides[0].definition.version[:8] in text


def test_a_missing_page_says_so_in_dutch_and_finds_its_styles_at_any_depth(site: Site) -> None:
    text = (site.folder / "404.html").read_text("utf-8")
    assert "Deze bladzijde is er niet" in text
    assert "Not found" not in text
    assert 'href="/handreiking/assets/handbook.css"' in text


def test_each_role_finds_its_own_steps(edition: Edition) -> None:
    for each in edition.guides:
        for step in each.steps:
            for role in step.element.roles:
                assert f"/{step.element.process}/{step.element.id}.md" in page_of(edition, f"rollen/{role}.md")
            if step.for_parents:
                assert f"/{step.element.process}/{step.element.id}.md" in page_of(edition, "rollen/ouders.md")


def test_each_deadline_is_marked_as_sourced_or_assumed(edition: Edition) -> None:
    text = page_of(edition, "termijnen.md")
    for each in edition.guides:
        assert each.terms
        for term in each.terms:
            (row,) = (line for line in text.splitlines() if f'id="{each.id}-{term.deadline.id}"' in line)
            expected = "Aanname" if term.deadline.source == "aanname" else "Bron"
            assert f">{expected}<" in row


def test_the_shorter_term_where_there_is_haste_stands_with_the_step_and_with_the_terms(edition: Edition) -> None:
    terms = page_of(edition, "termijnen.md").splitlines()
    (usual,) = (line for line in terms if 'id="casus-overleg"' in line)
    (urgent,) = (line for line in terms if 'id="casus-overleg_spoed"' in line)
    assert "3 weken, vanaf de dag dat de stap openstaat; bij spoed [binnen 1 week]" in usual
    assert "[Overleg houden]" in urgent
    step = page_of(edition, "casus/overleg/overleg_houden.md")
    assert "; bij spoed [binnen 1 week](../../termijnen.md#casus-overleg_spoed). Is de moeder meer dan 34 weken" in step
    assert "binnen 3 weken, bij spoed binnen 1 week" in page_of(edition, "rollen/procesregisseur.md")


def test_a_term_that_counts_from_an_answer_names_the_question_as_it_is_asked_first(edition: Edition) -> None:
    (row,) = (line for line in page_of(edition, "termijnen.md").splitlines() if 'id="casus-afspraak"' in line)
    assert "| op de dag zelf: de datum bij “Voor welke dag?” |" in row


def test_each_table_and_choice_can_be_looked_up(edition: Edition) -> None:
    text = page_of(edition, "beslissingen.md")
    for each in edition.guides:
        for table in each.decisions:
            start = text.index(f"#{each.id}-{table.id} ")
            rows = [line for line in text[start:].split("\n###")[0].splitlines() if line.startswith("|")]
            assert len(rows) == len(table.rules) + 2, table.id
        for phase in each.phases:
            for choice in phase.choices:
                assert f"**{choice.question}**" in text


def test_a_cell_of_a_table_says_what_its_own_question_offers(edition: Edition) -> None:
    """Each cell of the tables that looks at one question, read from the table's XML and the form's JSON themselves."""
    text, folder = page_of(edition, "beslissingen.md"), ROOT / "workflows/casus"
    asked = [
        component
        for file in sorted(folder.glob("formulieren/*.form"))
        for component in _components(json.loads(file.read_text("utf-8")))
    ]
    cells = 0
    for file in sorted(folder.glob("*.dmn")):
        (table,) = etree.parse(file).findall(".//{*}decision")
        start = text.index(f"#casus-{table.get('id')} ")
        rows = [line.split(" | ") for line in text[start:].split("\n###")[0].splitlines() if line.startswith("|")][2:]
        for column, looked_at in enumerate(table.findall(".//{*}input/{*}inputExpression/{*}text")):
            offered = [c["values"] for c in asked if c.get("key") == looked_at.text and c.get("values")]
            for row, rule in zip(rows, table.findall(".//{*}rule"), strict=True):
                literal = rule.findall("{*}inputEntry/{*}text")[column].text or ""
                if offered and literal.startswith('"'):
                    labels = {f'"{answer["value"]}"': answer["label"] for answer in offered[0]}
                    assert row[column].strip("| ") == labels[literal], (table.get("id"), looked_at.text, literal)
                    cells += 1
    assert cells >= 5


def _components(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for component in part.get("components", []):
        yield component
        yield from _components(component)


def test_a_source_is_named_and_no_code_is_read(site: Site, edition: Edition) -> None:
    text = page_of(edition, "casus/bewaken/wachttijd_overbruggen.md")
    assert "[Factsheet Kerkrade (2021)](../../bronnen.md#s1): " in text.partition("## Bron")[2]
    assert {"s0", "s1", "s2", "s3", "s4"} <= site.pages["bronnen/"].ids
    for name, page in edition.pages.items():
        if name.endswith(".md"):
            said = re.sub(r"<svg.*?</svg>|\(\S+\)", "", page.decode(), flags=re.DOTALL)
            assert not re.findall(r"\bS[0-9]\b|\b[A-Z]{3}-\d\d\b", said), name


def test_what_a_region_means_otherwise_is_gathered_and_what_it_only_draws_otherwise_is_not(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    usual, own = tmp_path / "workflows/casus", tmp_path / "workflows/regios/zuid-limburg/casus"
    own.mkdir(exist_ok=True)
    shutil.copy(usual / "toestemming.bpmn", own)
    drawn = (usual / "signaleren.bpmn").read_text("utf-8")
    (own / "signaleren.bpmn").write_text(re.sub(r'<dc:Bounds x="(\d+)"', r'<dc:Bounds x="1\1"', drawn))
    renamed = (usual / "afsluiten.bpmn").read_text("utf-8").replace("Afsluitbrief sturen", "Een brief meegeven")
    (own / "afsluiten.bpmn").write_text(renamed)
    table = (usual / "hulpvraag_soort.dmn").read_text("utf-8")
    (own / "hulpvraag_soort.dmn").write_text(table.replace("&gt;= 2", "&gt;= 3"))
    shutil.copy(usual / "intake_toelating.dmn", own)
    theirs = write.edition(tmp_path / "workflows", "zuid-limburg", ROOT / "handbook/content", DAY)
    changes = page_of(theirs, "anders.md")
    assert "De tekening van [Afsluiten](casus/afsluiten/index.md) is van deze regio." in changes
    assert "[Een brief meegeven](casus/afsluiten/afsluitbrief_sturen.md): De stap heet elders “Afsluitbrief" in changes
    assert "](beslissingen.md#casus-hulpvraag_soort) zegt hier iets anders." in changes
    assert changes.count("\n- ") == 3
    assert page_of(theirs, "beslissingen.md").count("heeft deze tabel aangepast") == 1
    assert "aangepast" not in page_of(theirs, "casus/signaleren/index.md")
    assert "Hierin is niets anders." in changes.partition("## Een Knooppunt opzetten")[2]


def test_each_thing_that_others_ran_into_is_answered_by_a_page_that_says_how(edition: Edition, tmp_path: Path) -> None:
    file = ROOT / "workflows/knelpunten.yaml"
    assert set(yaml.safe_load(file.read_text())["punten"]) == {f"PAI-{number:02}" for number in range(1, 37)}
    answers = re.findall(r"^\*\*.+\n:   (.+)$", page_of(edition, "knelpunten.md"), re.MULTILINE)
    assert len(answers) == 36
    for answer in answers:
        todo, _, ways = answer.partition(" Lees [")
        assert len(todo) > 40, answer
        leads = re.findall(r"\]\(([^)]+)\)", ways)
        assert leads, answer
        assert set(leads) <= set(edition.pages), answer
    assert sum("**Nog niet:**" in answer for answer in answers) == file.read_text().count("    nog_niet: ")

    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    own = tmp_path / "workflows/regios/zuid-limburg/knelpunten.yaml"
    theirs = {"fase": "begin", "punt": "De brug is dicht", "bron": "aanname", "doe": "Vaar om.", "lees": ["begrippen"]}
    own.write_text(yaml.safe_dump({"punten": {"eigen": theirs}}))
    pages = write.pages(tmp_path / "workflows", "zuid-limburg", ROOT / "handbook/content", DAY)
    assert "**De brug is dicht**\n:   Vaar om. Lees [Begrippen](begrippen.md)." in pages["knelpunten.md"]().decode()
    for wrong, said in (({"lees": ["bruggen"]}, "'eigen' staat 'bruggen'"), ({"doe": ""}, "'eigen' ontbreekt 'doe'")):
        own.write_text(yaml.safe_dump({"punten": {"eigen": theirs | wrong}}))
        with pytest.raises(DefinitionError, match=said):
            write.pages(tmp_path / "workflows", "zuid-limburg", ROOT / "handbook/content", DAY)


def test_a_page_for_parents_in_another_language_says_which_to_who_hears_it(site: Site) -> None:
    english = (site.folder / "voor-ouders-english/index.html").read_text("utf-8")
    page = english.partition('<div lang="en">')[2]
    assert "For parents</h1>" in page.replace('<h1 id="for-parents">', "")
    assert "Vragen?" not in page.partition("</div>")[0], "what is Dutch again stands behind"
    dutch = (site.folder / "voor-ouders/index.html").read_text("utf-8")
    assert '<a href="../voor-ouders-english/" lang="en">' in dutch
    assert '<a href="../voor-ouders-kort/">' in dutch


def test_what_is_told_of_the_licence_and_the_source_is_what_publiccode_tells(edition: Edition) -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    page = page_of(edition, "van-handreiking-naar-systeem.md")
    assert f"`{described['url']}`" in page
    assert f"**{described['legal']['license']}**" in page


def test_a_word_to_search_with_that_leads_nowhere_is_refused_by_name(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    settings = tmp_path / "workflows/regios/zuid-limburg/regio.yaml"
    settings.write_text(
        settings.read_text("utf-8") + "\nzoekwoorden: {buurtteam: rollen/kernpartner, kosten: rollen/x}\n"
    )
    with pytest.raises(DefinitionError, match="leidt 'kosten' naar 'rollen/x'"):
        write.edition(tmp_path / "workflows", "zuid-limburg", ROOT / "handbook/content", DAY)
    settings.write_text(settings.read_text("utf-8").replace("rollen/x", "voor-ouders"))
    theirs = write.edition(tmp_path / "workflows", "zuid-limburg", ROOT / "handbook/content", DAY)
    assert "Ook gezocht als: buurtteam." in page_of(theirs, "rollen/kernpartner.md")
    assert "kosten" in page_of(theirs, "voor-ouders.md").partition("Ook gezocht als")[2]


def test_a_page_says_who_keeps_it_right_and_when_it_is_read_again(edition: Edition, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    settings = tmp_path / "workflows/regios/de-waterlanden/regio.yaml"
    old = "{eigenaar: Noor, nagelezen: 2020-02-29, elke: P1Y, reacties: 'mailto:noor@dorp.example'}"
    settings.write_text(f"{settings.read_text()}\nhandreiking: {{voor-ouders: {old}}}\n")
    theirs = write.edition(tmp_path / "workflows", "de-waterlanden", ROOT / "handbook/content", DAY)
    parents = page_of(theirs, "voor-ouders.md")
    assert "wordt bijgehouden door: Noor. Nagelezen op 29 februari 2020. Had uiterlijk op 28 februari 2021" in parents
    assert "[Laat het weten](mailto:noor@dorp.example?subject=Handreiking%3A%20voor-ouders)" in parents
    assert "is in deze regio nog niet afgesproken" in page_of(theirs, "begrippen.md")
    assert "Vragen? Vraag het de coördinator" in page_of(edition, "begrippen.md")
    assert "Uiterlijk op 1 november 2027 opnieuw." in page_of(edition, "casus/overleg/index.md")
    settings.write_text(settings.read_text().replace("voor-ouders", "voor-oudres"))
    with pytest.raises(DefinitionError, match="'voor-oudres'"):
        write.edition(tmp_path / "workflows", "de-waterlanden", ROOT / "handbook/content", DAY)


def test_a_region_marks_what_it_changed(edition: Edition) -> None:
    theirs = write.edition(ROOT / "workflows", "de-waterlanden", ROOT / "handbook/content", DAY)
    changed = page_of(theirs, "casus/voorbespreking/index.md")
    assert "De Waterlanden heeft deze fase aangepast." in changed
    assert "Anders in deze regio" in changed
    assert "aangepast" not in page_of(theirs, "casus/signaleren/index.md")
    assert "De termijn is hier 3 werkdagen; elders is dat 5 werkdagen." in page_of(
        theirs, "casus/intake/aanmelding_beoordelen.md"
    )
    assert "Deze regio doet deze stap zoals hij overal is." in page_of(edition, "casus/intake/aanmelding_beoordelen.md")
    assert "#1b4f8f" in page_of(theirs, "assets/regio.css")


def test_saving_touches_only_what_differs(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / ".gitkeep").touch()
    (tmp_path / "oud").mkdir()
    (tmp_path / "oud/weg.md").write_text("Deze pagina is er niet meer.")
    write.save(edition, tmp_path)
    assert not (tmp_path / "oud").exists()
    assert (tmp_path / ".gitkeep").exists()
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*") if file.is_file()}
    write.save(edition, tmp_path)
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_text_from_a_file_can_bring_in_no_script(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    file = tmp_path / "workflows/casus/signaleren.bpmn"
    hostile = "## Waarom\n&lt;script src=&quot;https://x.example/a.js&quot;&gt;&lt;/script&gt;\n"
    file.write_text(file.read_text("utf-8").replace("## Waarom\n", hostile, 1), "utf-8")
    theirs = write.edition(tmp_path / "workflows", "zuid-limburg", ROOT / "handbook/content", DAY)
    page = page_of(theirs, "casus/signaleren/signaal_vastleggen.md")
    assert "x.example" in page
    assert "<script" not in page


def test_a_broken_file_stops_the_build_with_a_sentence(handbook_build: Path, tmp_path: Path) -> None:
    shutil.copytree(handbook_build, tmp_path / "copy", ignore=shutil.ignore_patterns("site"))
    (tmp_path / "copy/workflows/casus/overleg.bpmn").write_text("<geen xml")
    done = build_handbook(tmp_path / "copy")
    assert done.returncode != 0
    assert "De handreiking kan niet gemaakt worden" in done.stderr
    assert "overleg.bpmn" in done.stderr
    assert "Traceback" not in done.stderr

"""The papers of a region, read back as their readers' software does: the docx by its styles, the PDF by its tags."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree
from pypdf import PdfReader

from engine import definitions
from engine.errors import DefinitionError
from handbook import guide
from handbook.beginning import Beginning, read_beginning
from handbook.document import Boxes, Document, FillIn, Heading, Items, Note, Paragraph, Run, Table, docx, pdf, read
from handbook.guide import Guide
from handbook.papers import KINDS, Paper, read_papers

WORKFLOWS = Path(__file__).parents[2] / "workflows"
DAY = date(2026, 3, 2)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADINGS = {"/H1": 1, "/H2": 2}
CALLED = {
    r"toestemmingsformulier": "toestemmingsformulier",
    r"flyer|folder": "flyer-ouders",
    r"rolkaart": "rolkaarten",
    r"voorbeeldbrief|afsluitbrief": "afsluitbrief",
    r"voorbeeldtekst": "brief-bij-geen-contact",
    r"dpia": "dpia",
    r"onderlinge regeling": "privacy-afspraken",
    r"overeenkomst": "samenwerkingsovereenkomst",
    r"dezelfde uitnodiging": "uitnodiging-ouders",
}
"""How texts call a paper, and the paper that they mean."""
NAMED = re.compile(r"\b\w{3,}(?:formulier|brief|leidraad|sjabloon|draaiboek|overeenkomst|voorbeeldtekst)\w*")
"""Words that name a paper, whether it is there or not."""


@cache
def guides(region: str) -> tuple[Guide, ...]:
    return tuple(guide.build(definitions.load(WORKFLOWS, root, region)) for root in ("casus", "opzetten"))


@cache
def beginning(region: str) -> Beginning:
    return read_beginning(WORKFLOWS, guides(region), DAY)


@pytest.fixture(scope="module")
def papers() -> dict[str, Paper]:
    return {paper.id: paper for paper in read_papers(WORKFLOWS, guides("zuid-limburg"), beginning("zuid-limburg"), DAY)}


def written(text: str) -> Document:
    return Document("Een blad", read(text), "Knooppunt Oeverdam", DAY)


def structure(node: Any) -> Iterator[Any]:
    """The elements of a tagged PDF, in the order in which they are read out."""
    node = node.get_object()
    for child in node if isinstance(node, list) else [node]:
        if "/S" in (element := child.get_object()):
            yield element
        inside = element.get("/K")
        if inside is not None and not isinstance(inside, int):
            yield from (
                e
                for k in (inside if isinstance(inside, list) else [inside])
                if not isinstance(k, int)
                for e in structure(k)
            )


def word_of(document: Document) -> Any:
    with ZipFile(BytesIO(docx(document))) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def styled(word: Any, start: str) -> list[tuple[str, str]]:
    """The paragraphs of a docx whose style begins so, with their words."""
    paragraphs = ((p.find(f"{W}pPr/{W}pStyle"), "".join(p.itertext())) for p in word.iter(f"{W}p"))
    return [
        (style.get(f"{W}val"), text)
        for style, text in paragraphs
        if style is not None and style.get(f"{W}val").startswith(start)
    ]


def test_a_text_means_what_can_be_filled_in_ticked_and_read() -> None:
    blocks = read(
        "## Kop\n\nEen **vet** woord.\n\n> Let op.\n\n1. Eerst\n\n- [ ] Ja\n\nNaam: ____\n\n____\n\n"
        "|A|B|\n|-|-|\n|c||\n"
    )
    assert blocks == (
        Heading(1, "Kop"),
        Paragraph((Run("Een "), Run("vet", bold=True), Run(" woord."))),
        Note((Run("Let op."),)),
        Items(((Run("Eerst"),),), ordered=True),
        Boxes(((Run("Ja"),),)),
        FillIn("Naam:"),
        FillIn(),
        Table(("A", "B"), (((Run("c"),), (Run(""),)),)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "![kaart](kaart.png)",
        "```\ncode\n```",
        "- een\n    - twee",
        "[hier](//elders.nl)",
    ],
)
def test_what_no_paper_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Dit kan niet op papier|Hierheen mag een document niet leiden"):
        read(text)


def test_a_pdf_is_tagged_in_dutch_and_read_out_in_order(papers: dict[str, Paper]) -> None:
    for paper in papers.values():
        reader = PdfReader(BytesIO(KINDS["pdf"](paper.document)))
        root: Any = reader.trailer["/Root"]
        assert root["/Lang"] == "nl-NL"
        assert root["/MarkInfo"]["/Marked"]
        assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
        assert reader.metadata is not None
        assert reader.metadata.title == paper.document.title
        kinds = [element["/S"] for element in structure(root["/StructTreeRoot"]["/K"])]
        headings = [block.level for block in paper.document.blocks if isinstance(block, Heading)]
        assert [HEADINGS[kind] for kind in kinds if kind in HEADINGS] == headings
        tables = [block for block in paper.document.blocks if isinstance(block, Table)]
        assert kinds.count("/TH") == sum(len(table.header) for table in tables)
        text = " ".join(page.extract_text() for page in reader.pages)
        places = [text.find(block.text.split()[0]) for block in paper.document.blocks if isinstance(block, Heading)]
        assert -1 not in places


def test_a_docx_has_its_language_headings_and_marked_tables(papers: dict[str, Paper]) -> None:
    for paper in papers.values():
        with ZipFile(BytesIO(KINDS["docx"](paper.document))) as archive:
            word = etree.fromstring(archive.read("word/document.xml"))
            styles = archive.read("word/styles.xml").decode()
            footer = archive.read("word/footer1.xml").decode()
        assert 'w:lang w:val="nl-NL"' in styles
        assert styled(word, "Title") == [("Title", paper.document.title)]
        headings = [(f"Heading{b.level}", b.text) for b in paper.document.blocks if isinstance(b, Heading)]
        assert styled(word, "Heading") == headings
        assert len(list(word.iter(f"{W}tblHeader"))) == sum(isinstance(b, Table) for b in paper.document.blocks)
        assert f"versie {paper.document.version} · 2 maart 2026" in footer


def test_what_is_said_of_a_paragraph_or_cell_stands_in_the_order_of_the_standard(papers: dict[str, Paper]) -> None:
    """Word opens no file in which it stands in another: ISO/IEC 29500-1, 17.3.1.26 and 17.4.69."""
    order = "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs spacing ind jc outlineLvl rPr"
    ranks = {f"{W}{name}": rank for rank, name in enumerate(order.split())}
    for paper in papers.values():
        for properties in word_of(paper.document).iter(f"{W}pPr"):
            places = [ranks[child.tag] for child in properties]
            assert places == sorted(places), etree.tostring(properties)
        for properties in word_of(paper.document).iter(f"{W}tcPr"):
            assert [child.tag for child in properties] in ([f"{W}tcW"], [f"{W}tcW", f"{W}shd"])


def test_each_numbered_list_begins_at_one() -> None:
    word = word_of(written("1. a\n2. b\n\ntussen\n\n1. c\n"))
    numbers = [number.get(f"{W}val") for number in word.iter(f"{W}numId")]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_paper_says_the_same_each_time_it_is_made_and_its_version_when_it_says_something_else() -> None:
    document = written("Een zin.")
    again = (docx(document), pdf(document))
    assert (docx(document), pdf(document)) == again
    assert written("Een andere zin.").version != document.version


def test_words_are_never_read_as_markup() -> None:
    text = "Typ #include, $x$ of *sterretjes @ mij* <b>niet</b>"
    document = Document("Blad", (Paragraph((Run(text),)),), "Knooppunt #1", DAY)
    assert text in "".join(word_of(document).itertext())
    assert text in " ".join(PdfReader(BytesIO(pdf(document))).pages[0].extract_text().split())


def test_each_paper_that_a_step_names_is_there_and_leads_back_to_the_step(papers: dict[str, Paper]) -> None:
    for book in guides("zuid-limburg"):
        for step in book.steps:
            text = f"{step.sections.get('nodig', '')}\n{step.sections.get('doen', '')}".lower()
            for words, id_ in CALLED.items():
                if re.search(words, text):
                    assert book.key(step) in papers[id_].steps, (step.title, words)
            for name in NAMED.findall(text):
                assert any(re.search(words, name) for words in CALLED), (step.title, name)


def test_the_consent_form_asks_one_person_and_never_shows_that_somebody_was_passed_over(
    papers: dict[str, Paper],
) -> None:
    text = "\n".join(
        page.extract_text() for page in PdfReader(BytesIO(KINDS["pdf"](papers["toestemmingsformulier"].document))).pages
    )
    assert "Mag deze organisatie weten wat zij" in text.replace("\n", " ")
    assert "☐ Ja" in text
    assert "Bewust niet gevraagd" not in text
    assert "partner of tweede ouder" not in text


def test_a_card_says_what_a_role_must_know_and_the_time_it_takes(papers: dict[str, Paper]) -> None:
    blocks = papers["rolkaarten"].document.blocks
    start = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "Kernpartner")
    known = next(block for block in blocks[start:] if isinstance(block, Items))
    assert (Run("Kijk eerst naar hulp die voor iedereen open is."),) in known.items
    assert Paragraph((Run("Tijd per gezin: ", bold=True), Run("5½ uur"))) in blocks[start:]
    assert blocks[start] == Heading(1, "Kernpartner", new_page=True)


def test_a_region_says_a_paper_in_its_own_words_and_adds_one(tmp_path: Path) -> None:
    own = tmp_path / "regios/de-waterlanden/documenten"
    own.mkdir(parents=True)
    (tmp_path / "documenten").mkdir()
    head = "---\nkort: Kort.\nbij: []\n---\n"
    (tmp_path / "documenten/agenda.md").write_text(f"{head}# Agenda\n\nVoor {{regio}}.", "utf-8")
    (tmp_path / "documenten/plan.md").write_text(f"{head}# Plan\n\nBel de {{rol:procesregisseur}}.", "utf-8")
    (own / "agenda.md").write_text(f"{head}# Onze agenda\n\nBinnen {{termijn:overleg}}.", "utf-8")
    (own / "kaartje.md").write_text(f"{head}# Kaartje\n", "utf-8")
    theirs = {
        paper.id: paper for paper in read_papers(tmp_path, guides("de-waterlanden"), beginning("de-waterlanden"), DAY)
    }
    assert {id_: (paper.document.title, paper.own) for id_, paper in theirs.items()} == {
        "agenda": ("Onze agenda", True),
        "kaartje": ("Kaartje", True),
        "plan": ("Plan", False),
    }
    assert theirs["agenda"].document.blocks == (Paragraph((Run("Binnen 2 weken."),)),)
    assert theirs["plan"].document.blocks == (Paragraph((Run("Bel de knooppuntregisseur."),)),)
    assert theirs["agenda"].document.house == "Knooppunt De Waterlanden"
    assert theirs["agenda"].document.accent == "#123763"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Zonder kop.", ""),
        ("---\nkort: Kort.\nbij: [casus/overleg/weg]\n---\n# Blad\n", "casus/overleg/weg"),
        ("---\nkort: Kort.\n---\n# Blad\n\n{termijn:weg}\n", "{termijn:weg}"),
        ("---\nkort: Kort.\n---\n# Blad\n\n{formulier:casus/overleg/weg}\n", "{formulier:casus/overleg/weg}"),
        ("---\nkort: Kort.\n---\n# Blad\n\n![kaart](kaart.png)\n", ""),
    ],
)
def test_a_paper_that_cannot_be_made_says_which_and_where(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "documenten").mkdir()
    (tmp_path / "documenten/blad.md").write_text(text, "utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_papers(tmp_path, guides("zuid-limburg"), beginning("zuid-limburg"), DAY)
    assert [(problem.file, problem.element) for problem in refused.value.problems] == [("documenten/blad.md", place)]

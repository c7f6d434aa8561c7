"""What one takes along of a handreiking: read back as a PDF's own reader does, and as files without a server."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from pypdf import PdfReader

from handbook import book, links, offline, write
from handbook.document import Document, Heading, Items, Paragraph, Part, Picture, Run, pdf
from handbook.write import Edition
from tests.handbook.test_papers import structure

DAY = date(2026, 3, 2)


def outline(inside: Any) -> list[str]:
    """The titles of the bookmarks of a PDF, in order."""
    return [title for each in inside for title in (outline(each) if isinstance(each, list) else [each.title])]


def test_a_process_as_pdf_is_tagged_and_has_each_step_in_order_of_reading(edition: Edition) -> None:
    guide = edition.guides[1]
    reader = PdfReader(BytesIO(pdf(book.of_process(edition, guide, DAY))))
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("nl-NL", True)
    assert reader.metadata is not None
    assert guide.title in str(reader.metadata.title)
    bookmarks = outline(reader.outline)
    steps = [step.title for phase in guide.phases for step in phase.steps]
    assert [title for title in bookmarks if title in steps] == steps
    figures = [each for each in structure(root["/StructTreeRoot"]["/K"]) if each["/S"] == "/Figure"]
    assert len(figures) == len(guide.phases)
    assert all("in woorden" in each["/Alt"] for each in figures)
    contents = "".join(page.extract_text() for page in reader.pages[:3])
    assert all(title in " ".join(contents.split()) for title in steps[:5])


def test_the_whole_has_each_page_but_what_serves_a_screen_and_leads_within_itself(edition: Edition) -> None:
    document = book.whole(edition, DAY)
    blocks = [inner for block in document.blocks for inner in (block.blocks if isinstance(block, Part) else (block,))]
    pages = {block.name for block in blocks if isinstance(block, Heading) and block.is_listed and block.name}
    files = {file for file in edition.pages if file.endswith(".md")} - book.LEFT_OUT - {"zoeken.md"}
    assert pages == files
    names = {block.name for block in blocks if isinstance(block, Heading)}
    leads = {
        run.link for block in blocks if isinstance(block, Items) for text in block.items for run in text if run.link
    }
    assert {link[1:] for link in leads if link.startswith("#")} <= names
    assert not {link for link in leads if not link.startswith(("#", "http", "mailto:", "tel:"))}
    assert {part.language for part in document.blocks if isinstance(part, Part)} == {"", "en"}
    assert all("var(" not in block.drawing for block in blocks if isinstance(block, Picture))
    assert not any(block == Heading(3, "Downloads") for block in blocks)
    lines = [block.text[0].text for block in blocks if isinstance(block, Paragraph)]
    assert "\u00a0" * 4 + "rto: Rondetafeloverleg (RTO)" in lines
    assert not [line for line in lines if "```" in line]


def test_a_list_in_a_list_stays_one_and_a_large_drawing_has_a_sheet_of_its_own_with_its_heading() -> None:
    large = '<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="500"/>'
    inner = Items(((Run("peren"),),))
    fruit = Items(((Run("fruit"),),), below=(inner,))
    sheet = Part((Heading(1, "In beeld"), Picture(large, "Een tekening")), on_side=True)
    reader = PdfReader(BytesIO(pdf(Document("Blad", (fruit, sheet), "Oeverdam", DAY))))
    root: Any = reader.trailer["/Root"]
    kinds = [each["/S"] for each in structure(root["/StructTreeRoot"]["/K"])]
    assert kinds.count("/L") == 2
    upright, side = (page.mediabox for page in reader.pages)
    assert (upright.width < upright.height, side.width > side.height) == (True, True)
    assert "In beeld" in reader.pages[1].extract_text()


def test_unpacked_each_link_is_a_file_and_one_is_told_that_searching_needs_the_site(
    handbook_build: Path,
) -> None:
    site = handbook_build / "site"
    names = {each.relative_to(site).as_posix() for each in site.rglob("*") if each.is_file()}
    for name in ("index.html", "casus/overleg/index.html", "casus/overleg/uitnodigen/index.html", "zoeken/index.html"):
        text = offline.page(name, (site / name).read_text("utf-8"), names)
        for link in re.findall(r'href="([^"]*)"', text):
            target = urlsplit(urljoin(f"file:///{name}", urldefrag(link)[0]))
            assert target.scheme != "file" or target.path.lstrip("/") in names | {write.WHOLE}, link
        assert "<form" not in text
    assert "pagefind" not in text
    assert "Zoeken kan alleen op de site" in text


def test_each_address_outside_is_asked_once_and_told_with_the_pages_that_lead_there() -> None:
    pages = {
        "een.md": b"[Hier](https://weg.nl/pagina#kop) en [daar](https://er.nl/) en [nergens](https://huis.example/x)",
        "twee.md": b"[Ook hier](https://weg.nl/pagina), <https://er.nl/>",
        "plaat.svg": b'<a href="https://elders.nl">',
    }
    addresses = links.outside(pages)
    assert addresses == {"https://er.nl/": ("een.md", "twee.md"), "https://weg.nl/pagina": ("een.md", "twee.md")}
    gone = links.broken(addresses, lambda address: "weg" if "weg" in address else "")
    assert list(gone) == [links.Broken("https://weg.nl/pagina", "weg", ("een.md", "twee.md"))]

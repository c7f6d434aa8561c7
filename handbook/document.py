"""One block model → docx and PDF: papers that a region prints, fills in by hand or changes in a word processor.

A paper is read from Markdown, in which three things mean more: a line of `____` is a line to write on, `Naam: ____` the
same behind a label, and an item `[ ] …` has a box to tick. Both files carry language, title, headings and marked rows
above tables; the PDF is PDF/UA-1. Neither says when it was made but by its own day, so that a build can be repeated.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx as word_files
import typst
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from engine.deadlines import in_words
from engine.definitions import Settings
from engine.markdown import may_link

LANGUAGE = "nl-NL"
TEMPLATE = Path(__file__).parent / "templates" / "document.typ"
CONTENTS = "Inhoud"
WIDTH = Cm(16.5)
"""What a line may fill on a page of A4 with our margins."""
_WRITTEN = re.compile(r"[ \t]*_{3,}[ \t]*$")
_BOX = "☐ "
_UPRIGHT = (800, 600)
"""How large a drawing may be to be read well among text."""
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True)
class Run:
    """A piece of text that looks the same; `link` is where it leads: an address, # and the name of a heading, or ""."""

    text: str
    bold: bool = False
    link: str = ""


Text = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading below the title; it may begin a page of its own, have a name by which a link leads to it, and stand in
    the contents or not.
    """

    level: int
    text: str
    new_page: bool = False
    name: str = ""
    is_listed: bool = True


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: Text


@dataclass(frozen=True)
class Items:
    """A list, with numbers where the order counts; `below` has what stands below each item, where anything does."""

    items: tuple[Text, ...]
    ordered: bool = False
    below: tuple["Items | None", ...] = ()


@dataclass(frozen=True)
class Boxes:
    """Boxes to tick, one a line."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Table:
    """A table: its row of headings, and its rows; an empty cell is room to write in."""

    header: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """How wide each column is beside the others: by its longest words, within reason; one to write in gets room."""
        columns = [[plain(row[n]) for row in self.rows] for n in range(len(self.header))]
        longest = [max(map(len, column), default=0) or 20 for column in columns]
        return tuple(
            min(max(length, len(head) // 2, 10), 40) for length, head in zip(longest, self.header, strict=True)
        )


@dataclass(frozen=True)
class FillIn:
    """A line to write on, behind a label or without one."""

    label: str = ""


@dataclass(frozen=True)
class Note:
    """A paragraph that stands apart: a warning, or how to use what is below."""

    text: Text


@dataclass(frozen=True)
class Picture:
    """A drawing (SVG), with what it shows in words."""

    drawing: str
    said: str

    @property
    def is_wide(self) -> bool:
        """Whether its words can be read better on a sheet on its side."""
        width, height = self.size
        return width > _UPRIGHT[0] and width > height

    @property
    def is_large(self) -> bool:
        """Whether it takes a sheet of its own."""
        width, height = self.size
        return width > _UPRIGHT[0] or height > _UPRIGHT[1]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in the pixels that it was drawn in."""
        size = _SIZE.search(self.drawing)
        return (float(size[1]), float(size[2])) if size else (0, 0)


@dataclass(frozen=True)
class Part:
    """Blocks in another language than that of the paper (`language` is its code, such as en), or on a sheet of
    their own, upright or `on_side`.
    """

    blocks: tuple["Block", ...]
    language: str = ""
    on_side: bool = False


Block = Heading | Paragraph | Items | Boxes | Table | FillIn | Note | Picture | Part


@dataclass(frozen=True)
class Document:
    """A paper: whose it is (`house`), its title and blocks, the colours of the house (#rrggbb) and the day it shows.
    What is read rather than filled in may begin with its contents.
    """

    title: str
    blocks: tuple[Block, ...]
    house: str
    day: date
    accent: str = "#1d3c6e"
    soft: str = "#eef2f8"
    has_contents: bool = False

    @classmethod
    def of(
        cls, settings: Settings, title: str, blocks: Iterable[Block], day: date, has_contents: bool = False
    ) -> "Document":
        """A paper of the Knooppunt of a region: in its name and its colours."""
        house = settings.texts.get("naam_knooppunt", settings.name)
        accent = six(settings.colours.get("accent_donker", ""), cls.accent)
        soft = six(settings.colours.get("accent_zacht", ""), cls.soft)
        return cls(title, tuple(blocks), house, day, accent, soft, has_contents)

    @property
    def version(self) -> str:
        """What changes when the paper says something else, and only then."""
        return hashlib.sha256(repr((self.title, self.blocks, self.house)).encode()).hexdigest()[:8]

    @property
    def footer(self) -> str:
        """What stands below each page, before its number."""
        whose = "" if self.house in self.title else f"{self.house} · "
        return f"{whose}{self.title} · versie {self.version} · {in_words(self.day)}"


def read(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text; ValueError, in Dutch, where a text holds what no paper can show."""
    root = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown))
    return tuple(block for node in root.children for block in _blocks(node))


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield Heading(max(1, min(int(node.tag[1]) - 1, 2)), plain(_inline(node)))
    elif node.type == "hr":
        yield FillIn()
    elif node.type == "paragraph":
        yield _paragraph(_inline(node))
    elif node.type == "blockquote":
        yield from (Note(_inline(child)) for child in node.children)
    elif node.type in ("bullet_list", "ordered_list"):
        yield _list(node)
    elif node.type == "table":
        head, *bodies = node.children
        cells = [[_inline(cell) for cell in row.children] for body in bodies for row in body.children]
        header = tuple(plain(_inline(cell)) for cell in head.children[0].children)
        yield Table(header, tuple(tuple(row) for row in cells))
    else:
        raise ValueError(f"Dit kan niet op papier: {node.type}. Gebruik koppen, alinea's, lijsten en tabellen.")


def _paragraph(text: Text) -> Block:
    *before, last = text
    if _WRITTEN.search(last.text):
        return FillIn(plain((*before, Run(_WRITTEN.sub("", last.text)))))
    return Paragraph(text)


def _list(node: SyntaxTreeNode) -> Items | Boxes:
    items = [_inline(item.children[0]) for item in node.children]
    if any(len(item.children) > 1 for item in node.children):
        raise ValueError("Dit kan niet op papier: een lijst in een lijst. Maak er een kop en een lijst van.")
    if all(item[0].text.startswith("[ ] ") for item in items):
        return Boxes(tuple((Run(first.text[4:], first.bold, first.link), *rest) for first, *rest in items))
    return Items(tuple(items), node.type == "ordered_list")


def _inline(node: SyntaxTreeNode) -> Text:
    pieces = [run for child in node.children for run in _runs(child, bold=False, link="")]
    return tuple(pieces) or (Run(""),)


def _runs(node: SyntaxTreeNode, *, bold: bool, link: str) -> Iterator[Run]:
    if node.type in ("text", "code_inline"):
        yield Run(node.content, bold, link)
    elif node.type in ("softbreak", "hardbreak"):
        yield Run(" ", bold, link)
    elif node.type == "image":
        raise ValueError("Dit kan niet op papier: een plaatje. Laat het weg.")
    else:
        leads = str(node.attrs.get("href", link))
        if not may_link(leads):
            raise ValueError(f"Hierheen mag een document niet leiden: {leads}. Gebruik een adres dat begint met https.")
        for child in node.children:
            yield from _runs(child, bold=bold or node.type == "strong", link=leads)


def six(colour: str, otherwise: str) -> str:
    """A colour as #rrggbb; what is none becomes the other."""
    return colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else otherwise


def plain(text: Text) -> str:
    """A text without how it looks."""
    return "".join(run.text for run in text)


def pdf(document: Document) -> bytes:
    """A paper as PDF/UA-1, with the fonts that typst brings."""
    blocks = [_given(block) for block in document.blocks]
    look = {"title": document.title, "house": document.house, "footer": document.footer}
    look |= {"contents": CONTENTS if document.has_contents else ""}
    colours = {"accent": document.accent, "soft": document.soft}
    day = [document.day.year, document.day.month, document.day.day]
    given = json.dumps({**look, **colours, "day": day, "blocks": blocks}, ensure_ascii=False)
    made: Any = typst.compile(
        str(TEMPLATE),
        format="pdf",
        sys_inputs={"document": given},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=_noon(document.day),
    )
    return bytes(made)


def _given(block: Block) -> dict[str, Any]:
    """A block as the template takes it."""
    more: dict[str, Any] = {}
    if isinstance(block, Table):
        more = {"widths": block.widths}
    elif isinstance(block, Picture):
        more = {"large": block.is_large}
    elif isinstance(block, Part):
        more = {"blocks": [_given(each) for each in block.blocks]}
    return {"block": type(block).__name__, **asdict(block), **more}


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def docx(document: Document) -> bytes:
    """A paper as a file for a word processor, to be filled in or changed."""
    word = word_files.Document()
    _settle(word, document)
    _add(word, "Subtitle", document.house)
    _add(word, "Title", document.title)
    for block in document.blocks:
        _write(word, block, document)
    _footer(word, document)
    stream = BytesIO()
    word.save(stream)
    return _repeatable(stream)


@dataclass(frozen=True)
class FileKind:
    """A kind of file that a paper is given as: how a browser knows it, and what writes it."""

    media_type: str
    write: Callable[[Document], bytes]


FILES: Mapping[str, FileKind] = {
    "pdf": FileKind("application/pdf", pdf),
    "docx": FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
}
"""By its ending."""


def _settle(word: WordDocument, document: Document) -> None:
    """Page, language, fonts and colours; what a reader's software says of the file."""
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.25)
    section.top_margin = section.bottom_margin = Cm(2)
    about, moment = word.core_properties, _noon(document.day).replace(tzinfo=None)
    about.title, about.author, about.language, about.comments = document.title, document.house, LANGUAGE, ""
    about.created = about.modified = moment
    about.version, about.last_modified_by = document.version, document.house
    accent = RGBColor.from_string(document.accent.removeprefix("#"))
    for name, size in (("Normal", 11.5), ("Title", 22), ("Heading 1", 15), ("Heading 2", 12.5), ("Subtitle", 11)):
        style: Any = word.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{kind}"), "Calibri")
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.font.size, style.font.italic = Pt(size), False
        if name != "Normal":
            style.font.color.rgb = accent
    word.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").set(qn("w:val"), LANGUAGE)


def _write(word: WordDocument, block: Block, document: Document) -> None:
    if isinstance(block, Heading):
        head = _add(word, f"Heading{block.level}", block.text)
        head.paragraph_format.page_break_before = block.new_page or None
    elif isinstance(block, Items):
        _listed(word, block, document)
    elif isinstance(block, Boxes):
        _to_tick(word, block)
    elif isinstance(block, Table):
        _table(word, block, document)
    elif isinstance(block, FillIn):
        written = word.add_paragraph(f"{block.label}\t" if block.label else "\t")
        written.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)
    elif isinstance(block, Note):
        apart = _put(word.add_paragraph(), block.text)
        _shade(apart._p.get_or_add_pPr(), document.soft)  # before the indent: the order of these is the standard's
        apart.paragraph_format.left_indent = Cm(0.3)
    elif isinstance(block, Part):
        for inside in block.blocks:
            _write(word, inside, document)
    else:
        _put(word.add_paragraph(), (Run(block.said),) if isinstance(block, Picture) else block.text)


def _to_tick(word: WordDocument, block: Boxes) -> None:
    for text in block.items:
        ticked = _put(word.add_paragraph(_BOX), text)
        ticked.paragraph_format.left_indent, ticked.paragraph_format.first_line_indent = Cm(0.7), Cm(-0.7)
        ticked.paragraph_format.space_after = Pt(4)


def _listed(word: WordDocument, block: Items, document: Document) -> None:
    counted = _counting(word) if block.ordered else None
    for text, below in zip_longest(block.items, block.below):
        item = _put(_add(word, "ListNumber" if block.ordered else "ListBullet"), text)
        if counted is not None:
            properties: Any = item._p.get_or_add_pPr()
            properties.get_or_add_numPr().get_or_add_numId().val = counted
        if below is not None:
            _write(word, below, document)


def _add(word: WordDocument, style: str, text: str = "") -> WordParagraph:
    """A paragraph in a style by its id; looked up by name, each would cost as much as all the rest of it."""
    added = word.add_paragraph(text)
    added._p.style = style
    return added


def _counting(word: WordDocument) -> int:
    """A numbering that begins at one: else each list would go on where the one before it ended."""
    style: Any = word.styles["List Number"]
    numbering: Any = word.part.numbering_part.element
    used = numbering.num_having_numId(style.element.pPr.numPr.numId.val)
    anew = numbering.add_num(used.abstractNumId.val)
    anew.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(anew.numId)


def _put(paragraph: WordParagraph, text: Text) -> WordParagraph:
    for run in text:
        piece = paragraph.add_run(run.text)
        piece.bold = run.bold or None
        if run.link:
            link: Any = OxmlElement("w:hyperlink")
            link.set(qn("r:id"), paragraph.part.relate_to(run.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
            piece.underline = True
            link.append(piece._r)
            paragraph._p.append(link)
    return paragraph


def _shade(properties: Any, colour: str) -> None:
    shade: Any = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour.removeprefix("#"))):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)


def _table(word: WordDocument, block: Table, document: Document) -> None:
    table = word.add_table(rows=1, cols=len(block.header), style="Table Grid")
    above: Any = table.rows[0]._tr.get_or_add_trPr()
    above.append(OxmlElement("w:tblHeader"))
    for cell, words in zip(table.rows[0].cells, block.header, strict=True):
        cell.paragraphs[0].add_run(words).bold = True
        _shade(cell._tc.get_or_add_tcPr(), document.soft)
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = WIDTH * width // sum(block.widths)
    for row in block.rows:
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(added.cells, row, strict=True):
            _put(cell.paragraphs[0], text)
    word.add_paragraph()


def _footer(word: WordDocument, document: Document) -> None:
    line = word.sections[0].footer.paragraphs[0]
    line.add_run(f"{document.footer} · bladzijde ").font.size = Pt(8.5)
    for name, after in (("PAGE", " van "), ("NUMPAGES", "")):
        number: Any = OxmlElement("w:fldSimple")
        number.set(qn("w:instr"), name)
        shown = line.add_run("1")
        shown.font.size = Pt(8.5)
        number.append(shown._r)
        line._p.append(number)
        line.add_run(after).font.size = Pt(8.5)


def _repeatable(stream: BytesIO) -> bytes:
    """The same archive without the moment at which its parts were written."""
    again = BytesIO()
    with ZipFile(stream) as given, ZipFile(again, "w", ZIP_DEFLATED) as archive:
        for name in given.namelist():
            archive.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), given.read(name), ZIP_DEFLATED)
    return again.getvalue()

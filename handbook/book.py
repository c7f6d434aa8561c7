"""The pages of an edition → one document to print or to read without the site: the whole handreiking, or one process.

The pages follow one another as the menu has them, each with its headings below those of the part that it stands in.
Links between pages lead to them within the document. The drawing of a phase stands before its text, which tells the
same in order. What is only of use on a screen (files to download, the part of a drawing around a step) is left out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from html import unescape
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import markdown
from lxml import html

from handbook.checked import EXTENSIONS
from handbook.document import (
    Block,
    Document,
    Heading,
    Items,
    Note,
    Paragraph,
    Part,
    Picture,
    Run,
    Table,
    Text,
    pdf,
    plain,
)
from handbook.guide import Guide
from handbook.pages import download_of, file_of
from handbook.write import WHOLE, Edition, volume

LEFT_OUT = frozenset({"regels.md", "downloads.md"})
"""Pages that only say something beside a screen: what one draws with, and files to draw with."""
FIRST = frozenset({"Overzicht", "De fase"})
"""What the menu calls the page that tells about the part that it stands in."""
_DRAWN = re.compile(r'(<div class="drawing[^>]*>).*?</svg></div>', re.DOTALL)
_COLOUR = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")


def volumes(edition: Edition, day: date) -> dict[str, bytes]:
    """By file of a site, all that can be read of it as PDF: the whole, and each process."""
    parts = {volume(guide): of_process(edition, guide, day) for guide in edition.guides}
    documents = {WHOLE: whole(edition, day), **parts}
    return {file: pdf(document) for file, document in documents.items()}


def whole(edition: Edition, day: date) -> Document:
    """All of a handreiking but what only serves on a screen."""
    return _Book(edition).document(edition.title, edition.nav, day)


def of_process(edition: Edition, guide: Guide, day: date) -> Document:
    """One process of it: its phases and steps."""
    home = f"{guide.id}/index.md"
    (inside,) = (inside for entry in edition.nav for inside in entry.values() if _first(inside) == home)
    return _Book(edition).document(f"{edition.title}: {guide.title}", inside, day)


def _first(inside: Any) -> str:
    """The page that a part of the menu begins with."""
    return next(iter(inside[0].values())) if isinstance(inside, list) else str(inside)


class _Book:
    """One document in the making: which pages it has, and what each says."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.drawings = {
            file_of(guide, phase.place): edition.pages[download_of(guide, f"{phase.process.id}.svg")].decode()
            for guide in edition.guides
            for phase in guide.phases
        }
        self.pages: dict[str, Any] = {}

    def document(self, title: str, nav: Any, day: date) -> Document:
        """The pages of a part of the menu."""
        places = tuple(self._places(nav, 1))
        self.pages = {file: _read(self.edition.pages[file].decode()) for file, _, _ in places if file}
        targets = {f"#{file}" for file in self.pages}
        headings = "|".join(f".//h{depth}/@id" for depth in range(2, 7))
        targets |= {f"#{file}#{each}" for file, page in self.pages.items() for each in page.xpath(headings)}
        blocks = [block for place in places for block in self._page(*place, targets)]
        return Document.of(self.edition.settings, unescape(title), blocks, day, has_contents=True)

    def _places(self, nav: Any, level: int) -> Iterator[tuple[str, str, int]]:
        """By page its file, how the menu calls it, and how deep it stands; "" as file of a part without a page."""
        for title, inside in (item for entry in nav for item in entry.items()):
            if isinstance(inside, str):
                if inside not in LEFT_OUT:
                    yield inside, title, level
                continue
            begins = next(iter(inside[0]))
            if begins in FIRST:
                yield _first(inside), title, level
            else:
                yield "", title, level
            yield from self._places(inside[begins in FIRST :], level + 1)

    def _page(self, file: str, title: str, level: int, targets: set[str]) -> Iterator[Block]:
        if not file:
            yield Heading(level, unescape(title), new_page=level == 1)
            return
        reader = _Reader(file, level, targets, self.drawings.get(file, ""))
        yield from reader.blocks(self.pages[file])


def _read(text: str) -> Any:
    """The source of a page as HTML, without its drawings."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    made = markdown.markdown(_DRAWN.sub(r"\1</div>", body), extensions=[*EXTENSIONS])
    return html.fragment_fromstring(made, create_parent="div")


class _Reader:
    """Reads one page as blocks; `level` is how deep its title stands."""

    def __init__(self, file: str, level: int, targets: set[str], drawing: str) -> None:
        self.file, self.level, self.targets, self.drawing = file, level, targets, drawing
        self.left_out = False  # between the heading of downloads and the next
        self.kinds: dict[str, Callable[[Any], Iterator[Block]]] = {
            "p": self._paragraph,
            "ul": self._list,
            "ol": self._list,
            "dl": self._facts,
            "pre": self._typed,
            "blockquote": lambda node: iter([Note(self._text(node))]),
            "table": self._table,
            "div": self._apart,
            **{f"h{depth}": partial(self._heading, depth) for depth in range(1, 7)},
        }

    def blocks(self, parent: Any) -> Iterator[Block]:
        """What stands in a part of a page."""
        before: Block | None = None
        for block in (block for node in parent if node.tag in self.kinds for block in self.kinds[node.tag](node)):
            if self.left_out:
                continue
            if isinstance(block, Picture) and block.is_large:  # with what is above it: no page has only that
                yield Part((before, block) if before else (block,), on_side=block.is_wide)
                before = None
                continue
            if before:
                yield before
            before = block
        if before:
            yield before

    def _heading(self, depth: int, node: Any) -> Iterator[Block]:
        if depth <= 2:
            self.left_out = depth == 2 and node.text_content() == "Downloads"
        level = self.level + depth - 1
        name = self.file if depth == 1 else f"{self.file}#{node.get('id', '')}"
        yield Heading(level, " ".join(node.text_content().split()), level == 1, name, is_listed=depth == 1)

    def _paragraph(self, node: Any) -> Iterator[Block]:
        text = self._text(node)
        beside = "".join(node.xpath("./text()")).strip(" ·\n")
        leads_nowhere = node.xpath("./a") and not beside and not any(run.bold or run.link for run in text)
        if node.get("class") != "words" and plain(text) and not leads_nowhere:
            yield Paragraph(text)

    def _typed(self, node: Any) -> Iterator[Block]:
        """What one copies letter by letter: a paragraph for each line, which keeps how far it is indented."""
        for line in node.text_content().strip("\n").split("\n"):
            inside = line.lstrip()
            yield Paragraph((Run("\u00a0" * (len(line) - len(inside)) + inside),))

    def _list(self, node: Any) -> Iterator[Block]:
        yield self._items(node)

    def _items(self, node: Any) -> Items:
        inner = [item.xpath("./ul|./ol") for item in node]
        below = tuple(self._items(lists[0]) if lists else None for lists in inner)
        return Items(tuple(map(self._text, node)), node.tag == "ol", below if any(below) else ())

    def _facts(self, node: Any) -> Iterator[Block]:
        """A list of terms, each with what it is."""
        lines: list[Text] = []
        for part in node:
            if part.tag == "dt":
                lines.append((Run(f"{plain(self._text(part))}: ", bold=True),))
            else:
                lines[-1] += self._text(part)
        yield Items(tuple(lines))

    def _table(self, node: Any) -> Iterator[Block]:
        header = tuple(plain(self._text(cell)) for cell in node.xpath("./thead/tr/th"))
        rows = tuple(tuple(map(self._text, row)) for row in node.xpath("./tbody/tr"))
        if rows:
            yield Table(header, rows)

    def _apart(self, node: Any) -> Iterator[Block]:
        kinds = node.get("class", "").split()
        if "drawing" in kinds:
            if self.drawing:
                drawing = _COLOUR.sub(r"\1", self.drawing)
                (said,) = re.findall(r'aria-label="([^"]*)"', drawing)
                yield Picture(drawing, f"Diagram: {said}. De stappen staan hieronder in woorden.")
        elif not {"edition", "where"} & set(kinds):
            inside = tuple(self.blocks(node))
            yield from [Part(inside, node.get("lang"))] if node.get("lang") else inside

    def _text(self, node: Any) -> Text:
        """What stands in one block, without a list inside it."""
        runs = [run for run in self._runs(node, Run("")) if run.text]
        if runs:
            runs[0], runs[-1] = replace(runs[0], text=runs[0].text.lstrip()), runs[-1]
            runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip())
        return tuple(runs) or (Run(""),)

    def _runs(self, node: Any, look: Run) -> Iterator[Run]:
        yield replace(look, text=_spaced(node.text))
        for child in node:
            if not isinstance(child.tag, str) or child.tag in ("ul", "ol"):
                pass
            elif child.tag == "br":
                yield replace(look, text=" ")
            elif child.tag == "a":
                yield from self._runs(child, replace(look, link=self._leads(child.get("href", ""))))
            else:
                yield from self._runs(child, replace(look, bold=look.bold or child.tag == "strong"))
            yield replace(look, text=_spaced(child.tail))

    def _leads(self, address: str) -> str:
        """Where a link leads: outside, or to a page or heading of this document; "" where that isn't in it."""
        parts = urlsplit(address)
        if parts.scheme:
            return address
        file = normpath(join(dirname(self.file), unquote(parts.path))) if parts.path else self.file
        target = f"#{file}#{parts.fragment}" if parts.fragment else f"#{file}"
        return target if target in self.targets else f"#{file}" if f"#{file}" in self.targets else ""


def _spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")

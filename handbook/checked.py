"""The last step from Markdown to a page: whatever a text says, only links and attributes that can do nothing remain.

An extension of Python-Markdown, named in mkdocs.yml. Texts of a region come here without HTML (`pages.prose`); what
their Markdown makes of links, pictures and attributes is looked at as a browser would.
"""

import re
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from engine.markdown import may_link

EXTENSIONS = ("attr_list", "def_list", "md_in_html", "tables", "fenced_code", "handbook.checked", "toc")
"""How a page is read where mkdocs isn't there to do it: as mkdocs.yml says."""
ATTRIBUTES = frozenset(
    {"href", "src", "alt", "title", "id", "class", "lang", "start", "colspan", "rowspan", "data-pagefind-ignore"}
)
ALIGNED = re.compile(r"text-align: (?:left|center|right);")
LAST = -10
"""After all that reads or changes a link."""
_ESCAPED = re.compile("\x02(\\d+)\x03")


class Checked(Treeprocessor):
    """Takes away attributes that may do something, links to where one may not go, and pictures of others."""

    def run(self, root: Any) -> None:
        """Look at every element of one page."""
        for element in root.iter():
            for name, value in list(element.items()):
                aligned = name == "style" and ALIGNED.fullmatch(value)
                if (name not in ATTRIBUTES and not aligned) or (name in ("href", "src") and not _may(name, value)):
                    del element.attrib[name]


def _may(name: str, value: str) -> bool:
    plain = _ESCAPED.sub(lambda match: chr(int(match[1])), value.replace("\x02amp\x03", "&"))
    return may_link(plain) and (name == "href" or "//" not in plain)


class CheckedExtension(Extension):
    """What mkdocs.yml names."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Python-Markdown calls
        """Look at what all others made of a page."""
        md.treeprocessors.register(Checked(md), "checked", LAST)


def makeExtension(**settings: object) -> CheckedExtension:  # noqa: N802 - the name that Python-Markdown calls
    """The extension, for its name in mkdocs.yml."""
    return CheckedExtension(**settings)

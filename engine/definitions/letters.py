"""The texts of the mails that the house sends: Markdown that a region may say in its own words, with fixed places for
what differs from mail to mail. No place can hold anything of a family.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.words import Letter

FOLDER = "berichten"
"""Where these texts stand, in the workflows folder and in that of a region."""

PLACES: Mapping[str, str] = {
    "naam": "de naam van wie de mail krijgt",
    "regio": "de naam van de regio",
    "link": "de pagina waar het verdergaat",
    "tot": "de dag tot wanneer de link werkt",
    "dag": "de dag waarop het gebeurt of gebeurde",
    "werk": "hoeveel er wacht, in regels",
    "antwoordlinks": "links om meteen te antwoorden, in regels",
}
"""What a text may leave open, by name: no more than these can be filled in."""

IN_EACH = frozenset({"naam", "regio"})
FILLED: Mapping[Letter, frozenset[str]] = {
    Letter.INVITATION: IN_EACH | {"link", "tot"},
    Letter.KEY_ADDED: IN_EACH | {"link", "dag"},
    Letter.KEY_COPIED: IN_EACH | {"link", "dag"},
    Letter.REMINDER: IN_EACH | {"link", "werk", "antwoordlinks"},
    Letter.CODE_USED: IN_EACH | {"link", "dag"},
    Letter.MOMENTS: IN_EACH | {"link"},
    Letter.MEETING: IN_EACH | {"link", "dag"},
    Letter.MEETING_OFF: IN_EACH | {"dag"},
    Letter.IN_ANEW: IN_EACH | {"dag"},
    Letter.SIGNAL_NEWS: IN_EACH | {"link"},
}
"""Which of these a text must be able to use."""

LINES = frozenset({"werk", "antwoordlinks"})
"""Places that the house fills with lines of Markdown of its own."""

PLACE = re.compile(r"\{([^{}\n]*)\}")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_OPENING = re.compile(rf"{FOLDER}/plan_([a-z]{{2}})\.md")
_SIGNS = re.compile(r"([\\`*_\[\]<>#&!])")


@dataclass(frozen=True)
class Text:
    """The text of one mail: its subject, and what it says in Markdown."""

    subject: str
    body: str

    def places(self) -> tuple[str, ...]:
        """The places that it leaves open, in their order."""
        return tuple(dict.fromkeys(PLACE.findall(f"{self.subject}\n{self.body}")))


def read_text(content: bytes) -> Text:
    """A text as its file holds it: the first line is the subject, with a `#` before it."""
    first, _, rest = content.decode("utf-8-sig", "replace").strip().partition("\n")
    return Text(first.removeprefix("#").strip(), rest.strip())


def file_of(letter: Letter) -> str:
    """Where the text of a mail stands, below the folder of all or of a region."""
    return f"{FOLDER}/{letter}.md"


def texts_of(files: Mapping[str, bytes]) -> Mapping[Letter, Text]:
    """The texts among the files of a definition."""
    return {letter: read_text(files[file_of(letter)]) for letter in Letter if file_of(letter) in files}


def is_opening(file: str) -> bool:
    """Whether a file holds opening lines of a family's plan in another language: `berichten/plan_pl.md` in Polish. Its
    first line is how that language calls itself.
    """
    return _OPENING.fullmatch(file) is not None


def openings_of(files: Mapping[str, bytes]) -> Mapping[str, Text]:
    """The opening lines among the files of a definition, by the code of the language (ISO 639-1)."""
    there = ((_OPENING.fullmatch(file), content) for file, content in sorted(files.items()))
    return {match[1]: read_text(content) for match, content in there if match}


def read_folder(root: Path) -> Mapping[Letter, Text]:
    """The texts that hold in every region, from the workflows folder."""
    files = {letter: root / file_of(letter) for letter in Letter}
    return {letter: read_text(file.read_bytes()) for letter, file in files.items() if file.is_file()}


def filled(text: str, values: Mapping[str, str], *, markdown: bool) -> str:
    """A text with its places filled in; in `markdown` what is filled in stays what it is, and makes no link or heading.
    A place that nobody fills stays as it is written.
    """

    def value(place: re.Match[str]) -> str:
        given = values.get(place[1])
        if given is None:
            return place[0]
        if place[1] in LINES:
            return given if markdown else plain(given)
        return _SIGNS.sub(r"\\\1", given) if markdown and place[1] != "link" else given

    return PLACE.sub(value, text)


def plain(body: str) -> str:
    """What a text says to who reads no HTML: each link as its words and then its address."""
    return _LINK.sub(r"\1: \2", body).replace("**", "")

"""The texts in `workflows/documenten` → papers: each filled in with what the region, its steps and its forms say.

A region says a paper in its own words by a file of the same name below its own folder, and adds papers by new ones.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from engine import deadlines
from engine.definitions import Role, Settings
from engine.definitions.filling import filled, named
from engine.errors import DefinitionError, Problem
from engine.forms import Control, Field, Holds
from engine.words import Kept, Reply
from handbook import wording
from handbook.beginning import PREPARED, SUPPORTED, Beginning
from handbook.document import (
    Block,
    Boxes,
    Document,
    FillIn,
    Heading,
    Items,
    Paragraph,
    Run,
    Table,
    Text,
    docx,
    pdf,
    read,
)
from handbook.guide import Guide

FOLDER = "documenten"
KINDS: Mapping[str, Callable[[Document], bytes]] = {"docx": lru_cache(256)(docx), "pdf": lru_cache(256)(pdf)}
"""What writes a paper as which kind of file, remembered: editions of one house share most of theirs."""
_SIGN = re.compile(r"\{([a-z_]+)(?::([^{}\n]+))?\}")
_ALONE = re.compile(rf"^{_SIGN.pattern}$", re.MULTILINE)
_HEAD = re.compile(r"---\n(.*?)\n---\n\s*# ([^\n]+)\n", re.DOTALL)
_ROOM = 5
"""How many rows a table to be filled in by hand has."""
_WIDE = 5
"""How many questions a row can ask side by side; where there are more, each row is a few lines of its own."""
_SHORT = 40
"""How many letters answers may have together to stand behind their question."""
_KEPT: Mapping[str, str] = {
    Kept.DOSSIER: "Het dossier",
    Kept.SAFETY: "Een veiligheidsdossier",
    Kept.REMOVED: "Wat van een weggehaalde aanmelding over is",
    Kept.LOOKS: "Wie keek wanneer",
    Kept.PAUSE: "Hoelang wissen op verzoek nog kan worden gestopt",
}


@dataclass(frozen=True)
class Paper:
    """A document of an edition: how the handbook calls it, what it is for, the steps that use it
    (`casus/overleg/uitnodigen`), and what it says. `own` is whether the region wrote it.
    """

    id: str
    name: str
    about: str
    steps: tuple[str, ...]
    document: Document
    own: bool

    @property
    def files(self) -> Mapping[str, str]:
        """Where it is put for downloading, by kind of file."""
        return {kind: f"{FOLDER}/{self.id}.{kind}" for kind in KINDS}


def read_papers(
    workflows: Path, guides: tuple[Guide, ...], beginning: Beginning | None, day: date
) -> tuple[Paper, ...]:
    """All papers of a region, by name; DefinitionError where a text can't be put on paper."""
    settings = guides[0].definition.settings
    general = {file.stem: file for file in sorted((workflows / FOLDER).glob("*.md"))}
    own = {file.stem: file for file in sorted((workflows / "regios" / settings.region / FOLDER).glob("*.md"))}
    filler = _Filler(guides, beginning, settings)
    texts = {name: file.read_text("utf-8") for name, file in {**general, **own}.items()}
    made = (filler.paper(name, text, day, name in own) for name, text in texts.items())
    return tuple(sorted(made, key=lambda paper: paper.name))


class _Filler:
    """One run of `read_papers`: what the signs in a text stand for."""

    def __init__(self, guides: tuple[Guide, ...], beginning: Beginning | None, settings: Settings) -> None:
        self.guides, self.beginning, self.settings = guides, beginning, settings
        self.steps = {guide.key(step): (guide, step) for guide in guides for step in guide.steps}
        self.blocks: Mapping[str, Callable[[str], Iterator[Block]]] = {
            "formulier": self._form,
            "soorten": self._kinds,
            "nodig": self._needs,
            "bewaartermijnen": self._retention,
            "rolkaarten": self._cards,
        }

    def paper(self, name: str, text: str, day: date, own: bool) -> Paper:
        head = _HEAD.match(text)
        if head is None:
            raise _wrong(
                name, "", "Dit document begint niet met 'kort:' en 'bij:' tussen --- en daarna een titel met #."
            )
        about = yaml.safe_load(head[1])
        strange = [key for key in about.get("bij", ()) if key not in self.steps]
        if strange:
            raise _wrong(name, strange[0], f"Bij 'bij' staat '{strange[0]}'. Die stap is er niet.")
        try:
            blocks = tuple(self._blocks(name, text[head.end() :]))
        except ValueError as error:
            raise _wrong(name, "", str(error)) from error
        document = Document.of(self.settings, self._inline(name, head[2]), blocks, day)
        return Paper(
            name, str(about.get("naam", document.title)), str(about["kort"]), tuple(about.get("bij", ())), document, own
        )

    def _blocks(self, name: str, text: str) -> Iterator[Block]:
        start = 0
        for sign in _ALONE.finditer(text):
            if sign[1] in self.blocks:
                yield from read(self._inline(name, text[start : sign.start()]))
                try:
                    yield from self.blocks[sign[1]](sign[2] or "")
                except KeyError as error:
                    raise _wrong(name, sign[0], f"Waar '{sign[0]}' naar verwijst, is er niet.") from error
                start = sign.end()
        yield from read(self._inline(name, text[start:]))

    def _inline(self, name: str, text: str) -> str:
        """A text with what this region says in place of its signs."""
        said = named(filled(text, self.settings), self.settings).replace("{regio}", self.settings.name)
        if strange := _SIGN.search(said):
            raise _wrong(name, strange[0], f"'{strange[0]}' is geen plek die Knooppunt kan invullen.")
        return said

    def _form(self, said: str) -> Iterator[Block]:
        """The questions that a step asks, to be answered by hand: `casus/overleg/uitnodigen zonder dag plek`."""
        key, _, left_out = said.partition(" zonder ")
        guide, step = self.steps[key]
        for asked in _without(guide.definition.forms[step.element.form].fields, frozenset(left_out.split())):
            yield from self._question(asked)

    def _question(self, asked: Field) -> Iterator[Block]:
        holds, label = asked.type.holds, asked.label
        if holds is Holds.PARTS:
            if label:
                yield Heading(2, label)
            for part in asked.fields:
                yield from self._question(part)
        elif holds is Holds.ROWS:
            yield from self._rows(asked)
        elif holds is Holds.YES_NO:
            yield Boxes(((Run(label),),))
        elif options := (_options(asked) or self._listed(asked)):
            yield from _chosen(asked, options)
        elif asked.type.control is Control.AREA:
            yield from (_lead(asked), FillIn(), FillIn())
        else:
            yield FillIn(label if label.endswith("?") else f"{label}:")

    def _rows(self, asked: Field) -> Iterator[Block]:
        if asked.label:
            yield _lead(asked)
        if len(asked.fields) <= _WIDE:
            row = tuple((Run(_ticked(_options(part)).strip()),) for part in asked.fields)
            yield Table(tuple(part.label for part in asked.fields), (row,) * _ROOM)
            return
        for number in range(1, _ROOM - 1):
            yield Heading(2, f"{asked.properties.get('regel') or 'Regel'} {number}")
            for part in asked.fields:
                yield from self._question(part)

    def _listed(self, asked: Field) -> tuple[str, ...]:
        """The kinds of data, where a question offers them; a list of organisations is too long for paper."""
        kinds = "gegevenssoorten" in asked.options_expression
        return tuple(kind.name for kind in self.settings.data_kinds.values()) if kinds else ()

    def _kinds(self, _: str) -> Iterator[Block]:
        """The kinds of data, as a parent is asked them."""
        rows = [(kind.name, kind.explanation) for kind in self.settings.data_kinds.values()]
        yield _table(("Soort", "Wat eronder valt"), rows)

    def _needs(self, purpose: str) -> Iterator[Block]:
        """What each kind of organisation needs for a purpose, and on which ground."""
        named = {kind.id: kind.name for kind in self.settings.data_kinds.values()}
        called = self.settings.lists.get("soorten_organisaties", {})
        needs = {kind: purposes[purpose] for kind, purposes in self.settings.needs.items()}
        rows = [
            (
                called.get(kind) or wording.title(kind),
                ", ".join(named[id_] for id_ in need.kinds),
                f"{wording.capital(need.ground)}: {need.article}",
                "",
            )
            for kind, need in needs.items()
        ]
        yield _table(("Soort organisatie", "Wat zij nodig heeft", "Grond", "Besluit van jullie FG"), rows)

    def _retention(self, _: str) -> Iterator[Block]:
        """How long things are kept, and on which ground; empty room where the region chose nothing."""
        terms = self.settings.retention.items()
        rows = [(_KEPT.get(what, what), deadlines.spoken(term.duration), term.ground) for what, term in terms]
        yield _table(("Wat", "Hoelang", "Waarom"), rows or [("", "", "")] * _ROOM)

    def _cards(self, _: str) -> Iterator[Block]:
        """A page for each role: what it does in which step, how long that takes, and what can come in between."""
        cards = [role for role in self.settings.roles.values() if any(g.steps_of(role.id) for g in self.guides)]
        for role in cards:
            yield Heading(1, role.name, new_page=True)
            yield Paragraph((Run(role.summary),))
            yield from self._to_know(role)
            for guide in (g for g in self.guides if g.steps_of(role.id)):
                yield Heading(2, guide.title)
                aside = {phase.process.id for phase in guide.phases if phase.aside}
                usual = [step for step in guide.steps_of(role.id) if step.element.process not in aside]
                rows = [
                    (
                        step.title,
                        wording.within(step.deadline, step.urgent) if step.deadline else "",
                        step.element.properties.get("duur", ""),
                    )
                    for step in usual
                ]
                yield _table(("Stap", "Uiterlijk", "Duur"), rows)
                between = dict.fromkeys(s.phase for s in guide.steps_of(role.id) if s.element.process in aside)
                if between:
                    yield Paragraph((Run("Als er iets tussenkomt, kun jij ook aan zet zijn bij:"),))
                    yield Items(tuple((Run(title),) for title in between))

    def _to_know(self, role: Role) -> Iterator[Block]:
        """What a role must know, and what it takes of somebody's time."""
        if self.beginning is None:
            return
        if known := self.beginning.known.get(role.id):
            yield Heading(2, "Wat je moet weten")
            yield Items(tuple((Run(each.text),) for each in known))
        family, set_up = (self.beginning.share_of(role, process) for process in (SUPPORTED, PREPARED))
        if family:
            yield Paragraph((Run("Tijd per gezin: ", bold=True), Run(family.span.hours)))
        if set_up:
            yield Paragraph((Run("Tijd om op te zetten: ", bold=True), Run(set_up.span.days(self.beginning.hours))))


def _without(fields: tuple[Field, ...], left_out: frozenset[str]) -> Iterator[Field]:
    """What a form asks on paper: all that somebody answers, but for what is left out."""
    for asked in fields:
        silent = asked.type.holds in (Holds.NOTHING, Holds.COMPUTED) or asked.never_shown
        if not silent and asked.key not in left_out:
            yield replace(asked, fields=tuple(_without(asked.fields, left_out)))


def _lead(asked: Field) -> Paragraph:
    description = f" {asked.description}" if asked.description else ""
    return Paragraph((Run(asked.label, bold=True), Run(description)))


def _chosen(asked: Field, options: tuple[str, ...]) -> Iterator[Block]:
    lead = _lead(asked)
    if sum(map(len, options)) <= _SHORT:
        yield Paragraph((*lead.text, Run(_ticked(options))))
    else:
        yield from (lead, Boxes(tuple((Run(option),) for option in options)))


def _options(asked: Field) -> tuple[str, ...]:
    """What may be ticked on paper. That somebody was not asked on purpose stands on none: others may read it."""
    return tuple(option.label for option in asked.options if option.value != Reply.NOT_ASKED)


def _ticked(options: tuple[str, ...]) -> str:
    return "".join(f"   ☐ {option}" for option in options)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    def cell(text: str) -> Text:
        return (Run(text),)

    return Table(header, tuple(tuple(map(cell, row)) for row in rows))


def _wrong(name: str, place: str, message: str) -> DefinitionError:
    return DefinitionError([Problem(f"{FOLDER}/{name}.md", place, "document", message)])

"""Guides → the folder that mkdocs builds: Markdown pages, drawings, downloads and the order of the menu.

All pages are made first and written then, and only where they differ: `mkdocs serve` watches the folder.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine import definitions
from engine.deadlines import ZONE, after, in_words
from engine.definitions import EVERY_PAGE, Process, Role, Settings, Upkeep, sociale_kaart
from engine.definitions.filling import filled, named
from engine.definitions.sociale_kaart import Sheet, SocialeKaart, Subject
from engine.errors import DefinitionError, Problem
from handbook import effort, obstacles, plan, rules, samples, wording
from handbook.beginning import Beginning, read_beginning, tells_of_beginning
from handbook.diagram import svg
from handbook.document import Document, six
from handbook.guide import PARENTS, Guide, Phase, build
from handbook.obstacles import Stage, read_obstacles
from handbook.pages import SOURCES, Page, dialled, download_of, file_of, first_sentence, items, plain, prose
from handbook.papers import KINDS, Paper, read_papers
from handbook.paths import Place

HERE = Path(__file__).parent
KEEP = ".gitkeep"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}")
HIT_POLICIES = {
    "UNIQUE": "Er past altijd één regel.",
    "FIRST": "De eerste regel die past, telt.",
    "ANY": "Passen er meer regels, dan zeggen ze hetzelfde.",
    "PRIORITY": "De regel met de belangrijkste uitkomst telt.",
    "COLLECT": "Alle regels die passen, tellen mee.",
    "RULE ORDER": "Alle regels die passen, tellen mee, van boven naar beneden.",
    "OUTPUT ORDER": "Alle regels die passen, tellen mee, de belangrijkste uitkomst eerst.",
}

INDEX = "index.md"
RUN_INTO = "knelpunten.md"
PARENTS_PAGE = "voor-ouders"
"""What the names of the chapters for parents begin with: the same in fewer words, or another language."""
STARTS = {
    INDEX: "Begin hier",
    "beginnen.md": "Een plek die op jullie lijkt",
    "zelfcheck.md": "Zelfcheck",
    RUN_INTO: "Waar anderen tegenaan liepen",
    "kosten.md": "Wat het kost",
}
"""The pages for who begins, in order, as the menu calls them."""
PLANS = {"xlsx": "downloads/plan-opzetten.xlsx", "ics": "downloads/plan-opzetten.ics"}
WHOLE = "downloads/handreiking.pdf"
OFFLINE = "downloads/handreiking.zip"
KAART = "sociale-kaart/index.md"
LOOKED_UP = frozenset(
    (
        *STARTS,
        "documenten.md",
        "beslissingen.md",
        "termijnen.md",
        "onderbrekingen.md",
        "downloads.md",
        "anders.md",
        SOURCES,
    )
)

Nav = list[dict[str, object]]


@dataclass(frozen=True)
class Edition:
    """The handbook of one region: its guides, its settings and the menu that its pages have."""

    settings: Settings
    guides: tuple[Guide, ...]
    pages: Mapping[str, bytes]
    nav: Nav
    papers: tuple[Paper, ...] = ()

    @property
    def title(self) -> str:
        """What the site is called."""
        return f"Handreiking {escape(self.settings.texts.get('naam_knooppunt', 'Knooppunt'), quote=False)}"


Making = Callable[[], bytes]


def edition(workflows: Path, region: str | None, content: Path, day: date, *, to_take_along: bool = False) -> Edition:
    """Make every page of a region's handbook from the workflows folder and the hand-written chapters.

    `to_take_along` is whether its site has the whole as PDF and zip as well, to which a page then leads.
    """
    return _writer(workflows, region, content, day).edition(to_take_along)


def pages(workflows: Path, region: str | None, content: Path, day: date) -> Mapping[str, Making]:
    """Every page of a region's handbook, but no documents and no drawings of rules, each made only when asked for."""
    return _writer(workflows, region, content, day).making()


def _writer(workflows: Path, region: str | None, content: Path, day: date) -> "_Writer":
    roots = sorted(f.name for f in workflows.iterdir() if (f / f"{f.name}.bpmn").is_file())
    guides = []
    for root in roots:
        definition = definitions.load(workflows, root, region)
        reference = definitions.load(workflows, root, None) if region else None
        guides.append(build(definition, reference))
    begins = tells_of_beginning(workflows, region or "")
    beginning = read_beginning(workflows, tuple(guides), day) if begins else None
    papers = read_papers(workflows, tuple(guides), beginning, day)
    kaart = sociale_kaart.load(workflows, region or "", guides[0].definition.settings)
    stages = read_obstacles(workflows, guides[0].definition.settings)
    return _Writer(tuple(guides), papers, beginning, stages, kaart, _chapters(content), day)


def volume(guide: Guide) -> str:
    """Where a site keeps one process as PDF."""
    return f"downloads/{guide.id}.pdf"


def save(edition: Edition, target: Path) -> None:
    """Bring a folder in line with an edition: write what differs, remove what is no longer there."""
    written = {file: KINDS[kind](paper.document) for paper in edition.papers for kind, file in paper.files.items()}
    contents = {**edition.pages, **written}
    for name, content in contents.items():
        file = target / name
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for file in sorted(target.rglob("*"), reverse=True):
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif file.name != KEEP and file.relative_to(target).as_posix() not in contents:
            file.unlink()


@dataclass(frozen=True)
class _Chapter:
    name: str
    title: str
    text: str


def _chapters(content: Path) -> tuple[_Chapter, ...]:
    """The hand-written chapters: plain Markdown with `title:` in front."""
    chapters = []
    for file in sorted(content.glob("*.md")):
        text = file.read_text("utf-8")
        head = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        meta = yaml.safe_load(head[1]) if head else {}
        title = str((meta or {}).get("title", wording.title(file.stem)))
        chapters.append(_Chapter(file.stem, title, text[head.end() :] if head else text))
    return tuple(chapters)


class _Writer:
    """One run of `edition`: the guides, and the pages made so far."""

    def __init__(
        self,
        guides: tuple[Guide, ...],
        papers: tuple[Paper, ...],
        beginning: Beginning | None,
        stages: tuple[Stage, ...],
        kaart: SocialeKaart,
        chapters: tuple[_Chapter, ...],
        day: date,
    ) -> None:
        self.guides, self.papers, self.beginning, self.day = guides, papers, beginning, day
        self.kaart, self.to_take_along = kaart, False
        self.homes = {process: guide for guide in guides for process in guide.definition.processes}
        self.looked_up = (LOOKED_UP if beginning else LOOKED_UP - {*STARTS} | {INDEX}) - {RUN_INTO}
        self.looked_up |= {RUN_INTO} if stages else set()
        self.placed = {guide.key(step): (guide, step) for guide in guides for step in guide.steps}
        self.used = {key: [p for p in papers if key in p.steps] for paper in papers for key in paper.steps}
        self.settings = guides[0].definition.settings
        self.chapters = {c.name: replace(c, text=named(filled(c.text, self.settings), self.settings)) for c in chapters}
        self.files = {f"{name}.md" for name in self.chapters} | {f"rollen/{role.id}.md" for role in self.roles}
        self.guided = {file_of(guide, place) for guide in guides for place in _places(guide)}
        self.files |= {KAART, "rollen/index.md", *(_topic_file(topic) for topic in kaart.topics)}
        self.words, self.upkeep = self._words(), self._kept_right()
        self.stages, self.said_at = stages, dict(self._said_at(stages))
        self.made: dict[str, Making] = {}
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=False,  # noqa: S701  Markdown, not HTML; `plain` escapes what comes from files
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self.templates.filters.update(
            plain=plain,
            prose=prose,
            dialled=dialled,
            items=items,
            yaml=lambda title: json.dumps(escape(title, quote=False)),  # the theme writes titles as they are
            first=first_sentence,
            within=wording.within,
            capital=wording.capital,
            months=effort.months,
            month=effort.month,
            named=lambda text: named(text, self.settings),
            title=wording.title,
            addresses=wording.addresses,
            in_words=in_words,
            again=_again,
            quoted=quote,
        )

    def edition(self, to_take_along: bool) -> Edition:
        self.to_take_along = to_take_along
        pages = {file: make() for file, make in self.making().items()}
        pages |= {file: drawing.encode() for file, drawing in rules.drawings().items()}
        pages["assets/woorden.json"] = json.dumps(_vocabulary(pages), ensure_ascii=False).encode()
        return Edition(self.settings, self.guides, pages, [_safe(entry) for entry in self._nav()], self.papers)

    def making(self) -> Mapping[str, Making]:
        """By file, what makes it."""
        for guide in self.guides:
            self._process(guide)
        self._roles()
        self._plans()
        for file in (*self.looked_up, "zoeken.md"):
            self._page(file, f"{file}.j2")
        self.made["regels.md"] = lambda: self._rendered("regels.md", "regels.md.j2", {"chapters": rules.chapters()})
        for chapter in self.chapters.values():
            self._page(f"{chapter.name}.md", "chapter.md.j2", chapter=chapter)
        self._sociale_kaart()
        self._assets()
        return self.made

    def _words(self) -> dict[str, list[str]]:
        """By file, what people search with who look for it; DefinitionError where no page is called so."""
        words: dict[str, list[str]] = {}
        for word, page in self.settings.search_words.items():
            file = self._file(page)
            if file is None:
                message = f"Bij 'zoekwoorden' leidt '{word}' naar '{page}'. Zo heet geen pagina van de handreiking."
                raise DefinitionError([Problem("regio.yaml", f"zoekwoorden.{word}", "zoekwoord", message)])
            words.setdefault(file, []).append(word)
        for topic in self.kaart.topics:  # what leads elsewhere stays the word of that page
            own = [word for word in topic.words if word not in self.settings.search_words]
            words.setdefault(_topic_file(topic), []).extend(own)
        return words

    def _kept_right(self) -> dict[str, Upkeep]:
        """By file, who keeps it right, where that is another than for all pages."""
        kept: dict[str, Upkeep] = {}
        for page, upkeep in self.settings.upkeep.items():
            file = EVERY_PAGE if page == EVERY_PAGE else self._file(page)
            if file is None:
                message = f"Onder 'handreiking' staat '{page}'. Zo heet geen pagina van de handreiking."
                raise DefinitionError([Problem("regio.yaml", f"handreiking.{page}", "handreiking", message)])
            kept[file] = upkeep
        return kept

    def _said_at(self, stages: Iterable[Stage]) -> Iterator[tuple[str, str]]:
        """By page that says how to meet an obstacle, its file; DefinitionError where no page is called so."""
        for obstacle in (obstacle for stage in stages for obstacle in stage.obstacles):
            for page in obstacle.pages:
                file = self._file(page)
                if file is None:
                    message = f"Bij '{obstacle.code}' staat '{page}'. Zo heet geen pagina van de handreiking."
                    raise obstacles.wrong(f"punten.{obstacle.code}", message)
                yield page, file

    def _file(self, page: str) -> str | None:
        files = (f"{page}.md", f"{page}/index.md")
        return next((file for file in files if file in self.guided | self.files | self.looked_up), None)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """By file, how a page is called where another leads to it."""
        places = {file_of(guide, place): place.title for guide in self.guides for place in _places(guide)}
        overviews = {KAART: "Wie helpt waarbij", "rollen/index.md": "Rollen"}
        return {**dict(_entries(self._nav())), **places, **overviews}

    def _page(self, file: str, template: str, **values: object) -> None:
        self.made[file] = lambda: self._rendered(file, template, values)

    def _rendered(self, file: str, template: str, values: Mapping[str, object]) -> bytes:
        page = Page(file, self.files)
        text = self.templates.get_template(template).render(
            page=page,
            guides=self.guides,
            papers=self.papers,
            used=self.used,
            placed=self.placed,
            homes=self.homes,
            beginning=self.beginning,
            stages=self.stages,
            said_at=self.said_at,
            titles=self.titles,
            plans=PLANS,
            settings=self.settings,
            day=in_words(self.day),
            today=self.day,
            upkeep=self.upkeep.get(file) or self.upkeep.get(EVERY_PAGE) or Upkeep(),
            versions=[(g.title, g.definition.version[:8]) for g in self.guides],
            words=self.words.get(file, ()),
            hit_policies=HIT_POLICIES,
            kaart_page=KAART,
            volumes=self._volumes(),
            **values,
        )
        text = page.cited(text, self.settings.sources)
        return re.sub(r"\n{3,}", "\n\n", text).encode()

    def _volumes(self) -> tuple[tuple[str, str], ...]:
        """What there is to take along, with where it stands."""
        if not self.to_take_along:
            return ()
        parts = ((f"{guide.title} als pdf", volume(guide)) for guide in self.guides)
        return (("De hele handreiking als pdf", WHOLE), *parts, ("De site als zip", OFFLINE))

    def _process(self, guide: Guide) -> None:
        for phase in guide.phases:
            template = "phase.md.j2" if phase.number else "process.md.j2"
            self._page(file_of(guide, phase.place), template, guide=guide, phase=phase)
            for step in phase.steps:
                self._page(file_of(guide, step.place), "step.md.j2", guide=guide, phase=phase, step=step)
            title = f"{guide.title}: {phase.place.title}"
            self.made[download_of(guide, f"{phase.process.id}.svg")] = partial(_drawn, phase.process, title)
        for name, content in guide.definition.files.items():
            if name.endswith((".bpmn", ".form", ".dmn")):
                self.made[download_of(guide, name)] = partial(bytes, content)

    def _sociale_kaart(self) -> None:
        """Who helps with what: a page for each topic, and the sheets themselves."""
        self._page(KAART, "kaart.md.j2", kaart=self.kaart, file_of_topic=_topic_file, sheets=tuple(Sheet))
        names = sociale_kaart.kinds(self.settings)
        for topic in self.kaart.topics:
            helping = {place: self.kaart.helping(place, topic.id) for place in self.settings.municipalities}
            everywhere = [each for each in next(iter(helping.values()), ()) if not each.municipalities]
            values = {"topic": topic, "helping": helping, "everywhere": everywhere, "kinds": names}
            self._page(_topic_file(topic), "onderwerp.md.j2", kaart=self.kaart, **values)
        for sheet in Sheet:
            text = sociale_kaart.write(sheet, self.kaart.rows(sheet))
            self.made[f"downloads/sociale-kaart/{sheet}.csv"] = text.encode

    def _roles(self) -> None:
        self._page("rollen/index.md", "roles.md.j2", roles=self.roles)
        for role in self.roles:
            self._page(f"rollen/{role.id}.md", "role.md.j2", role=role)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that have steps, and the parents, whose steps others write down for them."""
        roles = [role for role in self.settings.roles.values() if any(g.steps_of(role.id) for g in self.guides)]
        if any(g.steps_of(PARENTS) for g in self.guides):
            summary = "Beslissen mee over hun gezin. Een ander legt vast wat zij zeggen en willen."
            roles.append(Role(PARENTS, "Ouders", summary))
        return tuple(roles)

    def _plans(self) -> None:
        if self.beginning is None:
            return
        planned, house = self.beginning.planned, self.settings.texts.get("naam_knooppunt", self.settings.name)
        title = f"{house} opzetten"
        colour = six(self.settings.colours.get("accent_donker", ""), Document.accent)
        self.made[PLANS["xlsx"]] = partial(plan.xlsx, title, planned, colour)
        self.made[PLANS["ics"]] = partial(plan.ics, title, planned, self.day)

    def _assets(self) -> None:
        self.made |= {f"tekeningen/{name}.svg": drawing.encode for name, drawing in samples.drawings().items()}
        for file in sorted((HERE / "assets").iterdir()):
            self.made[f"assets/{file.name}"] = file.read_bytes
        colours = {name: value for name, value in self.settings.colours.items() if COLOUR.fullmatch(value)}
        lines = "".join(f"  --regio-{name.replace('_', '-')}: {value};\n" for name, value in colours.items())
        self.made["assets/regio.css"] = f":root {{\n{lines}}}\n".encode

    def _nav(self) -> Nav:
        parents = {name: self.chapters[name] for name in sorted(self.chapters) if name.startswith(PARENTS_PAGE)}
        own = {"begrippen", *parents}  # these stand elsewhere in the menu
        background = [{c.title: f"{c.name}.md"} for c in self.chapters.values() if c.name not in own]
        nav: Nav = [{"Begin hier": [{title: file} for file, title in STARTS.items() if file in self.looked_up]}]
        if parents:
            nav.append({"Voor ouders": [{chapter.title: f"{name}.md"} for name, chapter in parents.items()]})
        nav += [{guide.title: _process_nav(guide)} for guide in self.guides]
        nav.append({"Rollen": [{"Overzicht": "rollen/index.md"}, *({r.name: f"rollen/{r.id}.md"} for r in self.roles)]})
        looked_up: Nav = [
            {"Beslissingen": "beslissingen.md"},
            {"Termijnen": "termijnen.md"},
            {"Als er iets tussenkomt": "onderbrekingen.md"},
            {"Begrippen": "begrippen.md"},
            {"Wat is bij ons anders": "anders.md"},
            {"Bronnen": SOURCES},
            {"Alle regels": "regels.md"},
            {"Documenten": "documenten.md"},
            {"Downloads": "downloads.md"},
        ]
        if self.kaart.topics:
            topics = ({topic.name: _topic_file(topic)} for topic in self.kaart.topics)
            nav.append({"Wie helpt waarbij": [{"Overzicht": KAART}, *topics]})
        nav.append({"Opzoeken": looked_up})
        return [*nav, {"Achtergrond": background}] if background else nav


def _drawn(process: Process, title: str) -> bytes:
    return svg(process, title=title).encode()


def _topic_file(topic: Subject) -> str:
    return f"sociale-kaart/{topic.id}.md"


def _again(upkeep: Upkeep) -> date | None:
    """The day by which a page is read through again; None where nobody set one."""
    if upkeep.read_on is None or not upkeep.every:
        return None
    return after(datetime.combine(upkeep.read_on, time(12), ZONE), upkeep.every).date()


def _entries(entry: Any) -> Iterator[tuple[str, str]]:
    """Every page of a part of the menu with how the menu calls it."""
    for inner in entry:
        if isinstance(inner, dict):
            for title, inside in inner.items():
                yield from [(inside, title)] if isinstance(inside, str) else _entries(inside)


def _safe(entry: Any) -> Any:
    """An entry of the menu with its titles as HTML, as the theme takes them."""
    if isinstance(entry, list):
        return [_safe(inner) for inner in entry]
    if isinstance(entry, dict):
        return {escape(title, quote=False): _safe(inner) for title, inner in entry.items()}
    return entry


def _vocabulary(pages: Mapping[str, bytes]) -> list[str]:
    """Every word that a page says, so that the search page knows a slip of typing from a word that is there."""
    texts = (page.decode() for file, page in pages.items() if file.endswith(".md"))
    said = (re.sub(r"<[^>]*>|\]\([^)]*\)", " ", text).lower() for text in texts)
    return sorted({word for text in said for word in re.findall(r"[^\W\d_]{3,}", text)})


def _places(guide: Guide) -> Iterator[Place]:
    for phase in guide.phases:
        yield phase.place
        yield from (step.place for step in phase.steps)


def _process_nav(guide: Guide) -> list[object]:
    def steps(phase: Phase) -> list[object]:
        return [{step.title: file_of(guide, step.place)} for step in phase.steps]

    def entry(phase: Phase) -> dict[str, object]:
        file = file_of(guide, phase.place)
        return {phase.place.title: [{"De fase": file}, *steps(phase)] if phase.steps else file}

    whole, *parts = guide.phases
    nav: list[object] = [{"Overzicht": file_of(guide, whole.place)}, *steps(whole)]
    nav += [entry(phase) for phase in parts if not phase.aside]
    aside = [entry(phase) for phase in parts if phase.aside]
    return [*nav, {"Als er iets tussenkomt": aside}] if aside else nav

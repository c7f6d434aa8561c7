"""Guides → the folder that mkdocs builds: Markdown pages, drawings, downloads and the order of the menu.

All pages are made first and written then, and only where they differ: `mkdocs serve` watches the folder.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from os.path import relpath
from pathlib import Path, PurePosixPath

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine import definitions
from engine.decisions import Decision
from engine.definitions import Deadline, Element, Role, Settings
from handbook import guide, wording
from handbook.diagram import reading_order, svg
from handbook.guide import Answer, Choice, Guide, Interrupt, Outcome, Phase, Place, Question, Step

HERE = Path(__file__).parent
KEEP = ".gitkeep"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}")
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
HIT_POLICIES = {
    "UNIQUE": "Er past altijd één regel.",
    "FIRST": "De eerste regel die past, telt.",
    "ANY": "Passen er meer regels, dan zeggen ze hetzelfde.",
    "COLLECT": "Alle regels die passen, tellen mee.",
    "RULE ORDER": "Alle regels die passen, tellen mee, in deze volgorde.",
}

Nav = list[dict[str, object]]


@dataclass(frozen=True)
class Edition:
    """The handbook of one region: its guides, its settings and the menu that its pages have."""

    settings: Settings
    guides: tuple[Guide, ...]
    pages: Mapping[str, bytes]
    nav: Nav

    @property
    def title(self) -> str:
        """What the site is called."""
        return f"Handreiking {self.settings.texts.get('naam_knooppunt', 'Knooppunt')}"


def edition(workflows: Path, region: str | None, content: Path, day: date) -> Edition:
    """Make every page of a region's handbook from the workflows folder and the hand-written chapters."""
    roots = sorted(f.name for f in workflows.iterdir() if (f / f"{f.name}.bpmn").is_file())
    guides = []
    for root in roots:
        definition = definitions.load(workflows, root, region)
        reference = definitions.load(workflows, root, None) if region else None
        guides.append(guide.build(definition, reference))
    return _Writer(tuple(guides), _chapters(content), day).edition()


def save(edition: Edition, target: Path) -> None:
    """Bring a folder in line with an edition: write what differs, remove what is no longer there."""
    for name, content in edition.pages.items():
        file = target / name
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for file in sorted(target.rglob("*"), reverse=True):
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif file.name != KEEP and file.relative_to(target).as_posix() not in edition.pages:
            file.unlink()


@dataclass(frozen=True)
class _Chapter:
    name: str
    title: str
    text: str


def _chapters(content: Path) -> tuple[_Chapter, ...]:
    """The hand-written chapters: plain Markdown with `title:` in front."""
    found = []
    for file in sorted(content.glob("*.md")):
        text = file.read_text("utf-8")
        head = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        meta = yaml.safe_load(head[1]) if head else {}
        title = str((meta or {}).get("title", wording.title(file.stem)))
        found.append(_Chapter(file.stem, title, text[head.end() :] if head else text))
    return tuple(found)


class _Writer:
    """One run of `edition`: the guides, and the pages made so far."""

    def __init__(self, guides: tuple[Guide, ...], chapters: tuple[_Chapter, ...], day: date) -> None:
        self.guides, self.day = guides, day
        self.chapters = {chapter.name: chapter for chapter in chapters}
        self.settings = guides[0].definition.settings
        self.pages: dict[str, bytes] = {}
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=False,  # noqa: S701  Markdown, not HTML; `plain` escapes what comes from files
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self.templates.filters.update(
            plain=_plain,
            prose=_prose,
            items=_items,
            yaml=json.dumps,
            first=_first_sentence,
            term=wording.term,
            capital=wording.capital,
            title=wording.title,
            addresses=wording.addresses,
        )

    def edition(self) -> Edition:
        for each in self.guides:
            self._process(each)
        self._roles()
        for name in ("beslissingen", "termijnen", "onderbrekingen", "downloads", "zoeken"):
            self._page(f"{name}.md", f"{name}.md.j2")
        if "begrippen" not in self.chapters:
            self._page("begrippen.md", "begrippen.md.j2")
        if "index" not in self.chapters:
            self._page("index.md", "index.md.j2")
        for chapter in self.chapters.values():
            self._page(f"{chapter.name}.md", "chapter.md.j2", chapter=chapter)
        self._assets()
        return Edition(self.settings, self.guides, self.pages, self._nav())

    def _page(self, file: str, template: str, **values: object) -> None:
        page = _Page(file, self)
        text = self.templates.get_template(template).render(
            page=page,
            guides=self.guides,
            settings=self.settings,
            day=_day(self.day),
            versions=[(g.title, g.definition.version[:8]) for g in self.guides],
            chapters=self.chapters,
            hit_policies=HIT_POLICIES,
            **values,
        )
        self.pages[file] = re.sub(r"\n{3,}", "\n\n", text).encode()

    def _process(self, each: Guide) -> None:
        self._page(f"{each.id}/index.md", "process.md.j2", guide=each)
        for phase in each.phases:
            self._page(_file(each, phase.place), "phase.md.j2", guide=each, phase=phase)
            for step in phase.steps:
                self._page(_file(each, step.place), "step.md.j2", guide=each, phase=phase, step=step)
            drawing = svg(phase.process, title=f"{each.title}: {phase.place.title}")
            self.pages[_download(each, f"{phase.process.id}.svg")] = drawing.encode()
        for name, content in each.definition.files.items():
            if name.endswith((".bpmn", ".form", ".dmn")):
                self.pages[_download(each, name)] = content

    def _roles(self) -> None:
        self._page("rollen/index.md", "roles.md.j2", roles=self.roles)
        for role in self.roles:
            self._page(f"rollen/{role.id}.md", "role.md.j2", role=role)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that have steps, and the parents, whose steps others write down for them."""
        known = [
            role for role in self.settings.roles.values() if any(g.steps_of(role.id) for g in self.guides)
        ]
        if any(g.steps_of(guide.PARENTS) for g in self.guides):
            summary = "Beslissen mee over hun gezin. Een ander legt vast wat zij zeggen en willen."
            known.append(Role(guide.PARENTS, "Ouders", summary))
        return tuple(known)

    def _assets(self) -> None:
        for file in sorted((HERE / "assets").iterdir()):
            self.pages[f"assets/{file.name}"] = file.read_bytes()
        colours = {name: value for name, value in self.settings.colours.items() if COLOUR.fullmatch(value)}
        rules = "".join(f"  --regio-{name.replace('_', '-')}: {value};\n" for name, value in colours.items())
        self.pages["assets/regio.css"] = f":root {{\n{rules}}}\n".encode()

    def _nav(self) -> Nav:
        own = {"index", "begrippen"}
        background = [{c.title: f"{c.name}.md"} for c in self.chapters.values() if c.name not in own]
        nav: Nav = [{"Begin hier": "index.md"}]
        nav += [{each.title: _process_nav(each)} for each in self.guides]
        nav.append({"Rollen": ["rollen/index.md", *({r.name: f"rollen/{r.id}.md"} for r in self.roles)]})
        looked_up: Nav = [
            {"Beslissingen": "beslissingen.md"},
            {"Termijnen": "termijnen.md"},
            {"Als er iets tussenkomt": "onderbrekingen.md"},
            {"Begrippen": "begrippen.md"},
            {"Downloads": "downloads.md"},
        ]
        nav.append({"Opzoeken": looked_up})
        return [*nav, {"Achtergrond": background}] if background else nav


class _Page:
    """What a template may ask while one page is made: links from here, drawings, lists of ways on."""

    def __init__(self, file: str, writer: _Writer) -> None:
        self.file, self.writer = file, writer

    def to(self, file: str) -> str:
        """The address of another file of the handbook, seen from this page's source."""
        return relpath(file, PurePosixPath(self.file).parent).replace("\\", "/")

    def link(self, each: Guide, place: Place) -> str:
        """A link to a step or phase."""
        return f"[{_plain(place.title)}]({self.to(_file(each, place))})"

    def roles(self, roles: Sequence[Role], for_parents: bool = False) -> str:
        """Who does it, each with a link."""
        known = {role.id for role in self.writer.roles}
        names = [
            f"[{_plain(r.name)}]({self.to(f'rollen/{r.id}.md')})" if r.id in known else _plain(r.name)
            for r in roles
        ]
        text = _one_of(names)
        return f"{text}, namens de [ouders]({self.to('rollen/ouders.md')})" if for_parents else text

    def overview(self, each: Guide, phase: Phase) -> str:
        """The drawing of a phase; each step links to its page."""
        root = PurePosixPath(self.file).parent

        def address(element: Element) -> str | None:
            place = _place_of(each, element)
            return (
                relpath(_file(each, place).removesuffix("index.md").removesuffix(".md"), root) + "/"
                if place
                else None
            )

        drawing = svg(phase.process, links=address, title=f"Diagram: {phase.place.title}")
        return f'<div class="drawing">{drawing}</div>'

    def small(self, phase: Phase, step: Step) -> str:
        """The drawing of a phase with one step marked, to see where you are."""
        title = (
            f"Diagram: {phase.place.title}. Stap {step.number} van {step.total} is aangewezen: {step.title}"
        )
        drawing = svg(phase.process, marked={step.element.id}, title=title)
        return (
            '<div class="drawing drawing--small" tabindex="0" role="region"'
            f' aria-label="Waar je bent, als diagram" data-show="{escape(step.element.id)}">{drawing}</div>'
        )

    def answers(self, each: Guide, choice: Choice) -> str:
        """The answers of a choice as a list, each linking on."""
        return "\n".join(self._answer_lines(each, choice.answers, 0))

    def _answer_lines(self, each: Guide, answers: Iterable[Answer], depth: int) -> Iterator[str]:
        for answer in answers:
            usual = " (als niets anders past)" if answer.usual and len(answer.text) > 4 else ""
            text = f"{'    ' * depth}- **{_plain(answer.text)}**{usual}"
            places = [o for o in answer.outcomes if isinstance(o, Place)]
            yield f"{text}: {self.ways(each, places)}" if places else f"{text}:"
            for choice in (o for o in answer.outcomes if isinstance(o, Choice)):
                yield f"{'    ' * (depth + 1)}- {_plain(choice.question)}"
                yield from self._answer_lines(each, choice.answers, depth + 2)

    def ways(self, each: Guide, places: Sequence[Place]) -> str:
        """Places to go on to, in one sentence."""
        return " en tegelijk ".join(self._way(each, place) for place in places)

    def _way(self, each: Guide, place: Place) -> str:
        waits = f"na “{_plain(' en '.join(place.waits))}” " if place.waits else ""
        if place.kind == guide.END:
            return f"{waits}einde van deze fase: {_plain(place.title)}"
        kind = "fase " if place.kind == guide.PHASE else ""
        return f"{waits}{kind}{self.link(each, place)}"

    def onward(self, each: Guide, outcomes: Sequence[Outcome]) -> str:
        """All that can follow, as a list; choices keep their question."""
        lines = []
        for outcome in outcomes:
            if isinstance(outcome, Place):
                lines.append(f"- {wording.capital(self._way(each, outcome))}")
            else:
                lines += [f"- {_plain(outcome.question)}", *self._answer_lines(each, outcome.answers, 1)]
        return "\n".join(lines)

    def ordered(self, each: Guide, phase: Phase) -> str:
        """A diagram as ordered text: every step, choice and event that a reader sees in the drawing."""
        lines = (self._told(each, phase, element) for element in reading_order(phase.process))
        return "\n".join(f"1. {line}" for line in lines if line)

    def _told(self, each: Guide, phase: Phase, element: Element) -> str:
        name = _plain(element.name)
        step = next((s for s in phase.steps if s.element.id == element.id), None)
        if step:
            result = _plain(_first_sentence(step.sections.get("resultaat", "")))
            who = _one_of([_plain(role.name) for role in step.roles])
            return f"{self.link(each, step.place)} ({who}). {result}"
        choice = next((c for c in phase.choices if c.id == element.id), None)
        if choice:
            answers = "; ".join(f"{_plain(a.text)} → {self._short(each, a)}" for a in choice.answers)
            return f"Keuze: {_plain(choice.question)} {answers}."
        if element.called:
            place = _place_of(each, element)
            again = ", voor elk onderdeel van de lijst" if element.loop else ""
            return f"Fase {self.link(each, place)}{again}." if place else f"Fase {name}."
        return self._told_event(element, name)

    def _told_event(self, element: Element, name: str) -> str:
        if element.by_event:
            return f"Kan tussendoor komen: {name or wording.title(element.id)}."
        if element.kind == "boundaryEvent":
            stops = "die stap stopt dan" if element.interrupting else "die stap loopt door"
            return f"Tijdens een stap kan gebeuren: {name} ({stops})."
        if element.kind == "businessRuleTask":
            return f"Een beslistabel geeft advies: {name}."
        known = {
            "startEvent": "Begin",
            "endEvent": "Einde",
            "intermediateCatchEvent": "Wachten",
            "intermediateThrowEvent": "Gebeurtenis",
            "subProcess": "Onderdeel",
        }
        return f"{known[element.kind]}: {name}." if element.kind in known and name else ""

    def _short(self, each: Guide, answer: Answer) -> str:
        found = [self._way(each, o) if isinstance(o, Place) else _plain(o.question) for o in answer.outcomes]
        return " en tegelijk ".join(found) or "verder"

    def reached(self, each: Guide, outcomes: Sequence[Outcome]) -> str:
        """Every place that can follow, whatever is chosen, as a list."""
        return "\n".join(
            f"- {wording.capital(self._way(each, place))}" for place in dict.fromkeys(_places(outcomes))
        )

    def ends_phase(self, step: Step) -> bool:
        """Whether a way on from this step leads out of its phase."""
        return not step.next or any(place.kind == guide.END for place in _places(step.next))

    def counts_from(self, each: Guide, deadline: Deadline) -> str:
        """What a term counts from."""
        return _plain(wording.counts_from(deadline, each.question))

    def form(self, questions: Sequence[Question]) -> str:
        """The questions of a form as a list; what stands in a group or list is indented."""
        return "\n".join(f"{'    ' * question.level}- {_asked(question)}" for question in questions)

    def download(self, each: Guide, name: str) -> str:
        """The address of a file to download."""
        return self.to(_download(each, name))

    def table(self, each: Guide, table: Decision) -> list[list[str]]:
        """The rules of a decision table in words, a row each."""
        return [
            [_plain(wording.cell(text, each.wording)) for text in (*rule.inputs, *rule.outputs)]
            for rule in table.rules
        ]

    def explain(self, each: Guide, interrupt: Interrupt) -> str:
        """What an interrupt ends, and what goes on beside it."""
        if not interrupt.interrupting:
            return "Nee. Al het andere loopt gewoon door."
        ends = f"Ja. Alles wat nog openstaat in “{_plain(interrupt.ends)}” stopt."
        if interrupt.goes_on:
            ends += f" Wat hierbuiten loopt, gaat door: {_plain(_one_of(interrupt.goes_on, 'en'))}."
        return ends


def _asked(question: Question) -> str:
    kind = question.kind + (f": {', '.join(question.options)}" if question.options else "")
    told = [f"**{_plain(question.label)}** ({_plain(kind)})" + (", verplicht" if question.required else "")]
    return ". ".join(filter(None, (*told, _plain(question.help.rstrip(".")), _plain(question.condition))))


def _places(outcomes: Iterable[Outcome]) -> Iterator[Place]:
    for outcome in outcomes:
        if isinstance(outcome, Place):
            yield outcome
        else:
            yield from _places(inner for answer in outcome.answers for inner in answer.outcomes)


def _process_nav(each: Guide) -> list[object]:
    def entry(phase: Phase) -> dict[str, object]:
        pages = [_file(each, phase.place), *({s.title: _file(each, s.place)} for s in phase.steps)]
        return {phase.place.title if phase.number else "Het hele proces": pages if phase.steps else pages[0]}

    nav: list[object] = [f"{each.id}/index.md"]
    nav += [entry(phase) for phase in each.phases if not phase.aside]
    aside = [entry(phase) for phase in each.phases if phase.aside]
    return [*nav, {"Als er iets tussenkomt": aside}] if aside else nav


def _file(each: Guide, place: Place) -> str:
    if place.kind == guide.STEP:
        return f"{each.id}/{place.process}/{place.element}.md"
    return f"{each.id}/{place.process}/index.md"


def _place_of(each: Guide, element: Element) -> Place | None:
    if element.kind == "userTask":
        return Place(guide.STEP, element.name, element.process, element.id)
    if element.called in each.definition.processes:
        return Place(guide.PHASE, element.name, element.called)
    return None


def _download(each: Guide, name: str) -> str:
    return f"downloads/{each.id}/{name}"


def _plain(text: str) -> str:
    """Text from a file that is no Markdown, safe inside a line of Markdown."""
    return re.sub(r"([\\`*_\[\]|{}])", r"\\\1", escape(" ".join(text.split()), quote=False))


def _prose(text: str) -> str:
    """Markdown from a file, with headings below ours and without HTML: a text may not bring in a script."""
    text = re.sub(r"<(?!(?:https?|mailto):)", "&lt;", text)
    return re.sub(r"^(#{1,4}) ", r"##\1 ", text, flags=re.MULTILINE).strip()


def _items(text: str) -> list[str]:
    """The items of a Markdown list; a text without one is a single item."""
    found = re.findall(r"^\s*(?:[-*+]|\d+[.)])\s+(.*(?:\n(?!\s*(?:[-*+]|\d+[.)])\s).+)*)", text, re.MULTILINE)
    return [" ".join(item.split()) for item in found] or ([text.strip()] if text.strip() else [])


def _first_sentence(text: str) -> str:
    found = re.match(r".+?[.!?](?=\s|$)", " ".join(text.split()))
    return found[0] if found else text


def _one_of(names: Sequence[str], word: str = "of") -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

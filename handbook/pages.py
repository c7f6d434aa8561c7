"""What a template may ask while one page is made: links from here, drawings, lists of ways on, safe text."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from html import escape
from os.path import relpath
from pathlib import PurePosixPath

from engine import deadlines
from engine.decisions import Decision
from engine.definitions import Deadline, Element, Role, Source
from engine.definitions.kinds import Kind
from engine.markdown import AUTOLINK
from handbook import wording
from handbook.diagram import reading_order, svg
from handbook.guide import Guide, Interrupt, Phase, Question, Step
from handbook.paths import END, PHASE, STEP, Answer, Choice, Outcome, Place, places

OWN = '<span class="mark mark--region">Anders in deze regio</span>'
SOURCES = "bronnen.md"
_CODE = r"(?:SYS|ROL|ORG|RUL|PAI|WIS|PHA|CTX|FAC)-\d\d(?:\.\.\d\d)?"
"""A fact in the list of facts that the texts were written from: it says nothing to a reader."""


class Page:
    """What a template may ask while one page is made: links from here, drawings, lists of ways on."""

    def __init__(self, file: str, files: Collection[str]) -> None:
        self.file, self.files = file, files

    def to(self, file: str) -> str:
        """The address of another file of the handbook, seen from this page's source."""
        return relpath(file, PurePosixPath(self.file).parent).replace("\\", "/")

    def link(self, guide: Guide, place: Place) -> str:
        """A link to a step or phase."""
        return f"[{plain(place.title)}]({self.to(file_of(guide, place))})"

    def roles(self, roles: Sequence[Role], for_parents: bool = False) -> str:
        """Who does it, each with a link."""
        names = [self._role(role) for role in roles]
        text = _one_of(names)
        return f"{text}, namens de [ouders]({self.to('rollen/ouders.md')})" if for_parents else text

    def _role(self, role: Role) -> str:
        file = f"rollen/{role.id}.md"
        return f"[{plain(role.name)}]({self.to(file)})" if file in self.files else plain(role.name)

    def cited(self, markdown: str, sources: Mapping[str, Source]) -> str:
        """A page with the name of each source in place of its sign, linked; codes of facts are left out."""
        sign = "|".join(map(re.escape, sources))
        cite = rf"\b(?:{sign})\b(?: {_CODE}(?:(?:, | en ){_CODE})*)?"

        def named(run: re.Match[str]) -> str:
            names = [
                f"[{plain(sources[id_].name)}]({self.to(SOURCES)}#{id_.lower()})"
                for id_ in dict.fromkeys(re.findall(rf"\b(?:{sign})\b", run[0]))
            ]
            return _one_of(names, "en")

        return re.sub(rf"{cite}(?:(?:, | en |; ){cite})*", named, markdown) if sources else markdown

    def overview(self, guide: Guide, phase: Phase) -> str:
        """The drawing of a phase at the size in which its words can be read; each step links to its page."""
        title = f"Diagram: {phase.place.title}"
        return _framed(svg(phase.process, links=self._addresses(guide), title=title), title)

    def small(self, guide: Guide, phase: Phase, step: Step) -> str:
        """The part of a phase's drawing around one step, which is marked: where you are, and what is near."""
        title = f"Diagram: {phase.place.title}. Stap {step.number} van {step.total} is aangewezen: {step.title}"
        id_ = step.element.id
        drawing = svg(phase.process, marked={id_}, around=id_, links=self._addresses(guide), title=title)
        return _framed(drawing, "Waar je bent, als diagram", id_)

    def _addresses(self, guide: Guide) -> Callable[[Element], str | None]:
        """What leads from a drawing on this page to the page of a step or phase; nothing leads to this page itself."""
        root = (
            PurePosixPath(self.file).parent
            if self.file.endswith("index.md")
            else PurePosixPath(self.file.removesuffix(".md"))
        )

        def address(element: Element) -> str | None:
            place = _place_of(guide, element)
            if place is None or file_of(guide, place) == self.file:
                return None
            return relpath(file_of(guide, place).removesuffix("index.md").removesuffix(".md"), root) + "/"

        return address

    def answers(self, guide: Guide, choice: Choice) -> str:
        """The answers of a choice as a list, each linking on."""
        return "\n".join(self._answer_lines(guide, choice.answers, 0))

    def _answer_lines(self, guide: Guide, answers: Iterable[Answer], depth: int) -> Iterator[str]:
        for answer in answers:
            usual = " (als niets anders past)" if answer.usual and len(answer.text) > 4 else ""
            text = f"{'    ' * depth}- **{plain(answer.text)}**{usual}"
            places = [o for o in answer.outcomes if isinstance(o, Place)]
            yield f"{text}: {self.ways(guide, places)}" if places else f"{text}:"
            for choice in (o for o in answer.outcomes if isinstance(o, Choice)):
                yield f"{'    ' * (depth + 1)}- {plain(choice.question)}"
                yield from self._answer_lines(guide, choice.answers, depth + 2)

    def ways(self, guide: Guide, places: Sequence[Place]) -> str:
        """Places to go on to, in one sentence."""
        return " en tegelijk ".join(self._way(guide, place) for place in places)

    def _way(self, guide: Guide, place: Place) -> str:
        waits = f"na “{plain(' en '.join(place.waits))}” " if place.waits else ""
        if place.kind == END:
            return f"{waits}einde van deze fase: {plain(place.title)}"
        kind = "fase " if place.kind == PHASE else ""
        return f"{waits}{kind}{self.link(guide, place)}"

    def onward(self, guide: Guide, outcomes: Sequence[Outcome]) -> str:
        """All that can follow, as a list; choices keep their question."""
        lines = []
        for outcome in outcomes:
            if isinstance(outcome, Place):
                lines.append(f"- {wording.capital(self._way(guide, outcome))}")
            else:
                lines += [f"- {plain(outcome.question)}", *self._answer_lines(guide, outcome.answers, 1)]
        return "\n".join(lines)

    def ordered(self, guide: Guide, phase: Phase) -> str:
        """A diagram as ordered text: every step, choice and event that a reader sees in the drawing."""
        lines = (self._line(guide, phase, element) for element in reading_order(phase.process))
        return "\n".join(f"1. {line}" for line in lines if line)

    def _line(self, guide: Guide, phase: Phase, element: Element) -> str:
        name = plain(element.name)
        step = next((s for s in phase.steps if s.element.id == element.id), None)
        if step:
            result = plain(first_sentence(step.sections.get("resultaat", "")))
            who = _one_of([plain(role.name) for role in step.roles])
            by = f", {wording.within(step.deadline, step.urgent)}" if step.deadline else ""
            own = f" {OWN}" if step.differences else ""
            return f"{self.link(guide, step.place)} ({who}{by}). {result}{own}"
        choice = next((c for c in phase.choices if c.id == element.id), None)
        if choice:
            answers = "; ".join(f"{plain(a.text)} → {self._short(guide, a)}" for a in choice.answers)
            return f"Keuze: {plain(choice.question)} {answers}."
        if element.called:
            place = _place_of(guide, element)
            again = ", voor elk onderdeel van de lijst" if element.loop else ""
            return f"Fase {self.link(guide, place)}{again}." if place else f"Fase {name}."
        interrupt = next((i for i in phase.interrupts if i.element.id == element.id), None)
        if interrupt:
            when = f"Voor {plain(interrupt.each)}" if interrupt.each else "Kan tussendoor komen"
            return f"{when}: {name or wording.title(element.id)}."
        return self._event_line(element, name)

    def _event_line(self, element: Element, name: str) -> str:
        if element.kind == Kind.BOUNDARY_EVENT:
            stops = "die stap stopt dan" if element.interrupting else "die stap loopt door"
            return f"Tijdens een stap kan gebeuren: {name} ({stops})."
        if element.kind == Kind.BUSINESS_RULE_TASK:
            return f"Een beslistabel geeft advies: {name}."
        words = {
            Kind.START_EVENT: "Begin",
            Kind.END_EVENT: "Einde",
            Kind.INTERMEDIATE_CATCH_EVENT: "Wachten",
            Kind.INTERMEDIATE_THROW_EVENT: "Gebeurtenis",
            Kind.SUB_PROCESS: "Onderdeel",
        }
        if element.kind not in words or not name:
            return ""
        word = words[element.kind]
        return f"{name}." if name.startswith(word) else f"{word}: {name}."

    def _short(self, guide: Guide, answer: Answer) -> str:
        ways = [self._way(guide, o) if isinstance(o, Place) else plain(o.question) for o in answer.outcomes]
        return " en tegelijk ".join(ways) or "verder"

    def reached(self, guide: Guide, outcomes: Sequence[Outcome]) -> str:
        """Every place that can follow, whatever is chosen, as a list."""
        return "\n".join(f"- {wording.capital(self._way(guide, place))}" for place in dict.fromkeys(places(outcomes)))

    def limit(self, guide: Guide, deadline: Deadline, file: str = "") -> str:
        """A term, with what it counts from; the term leads to where `file` tells about it."""
        start = plain(wording.counts_from(deadline, guide.question))
        long = deadlines.spoken(deadline.duration) if wording.lasts(deadline) else start
        text = f"[{long}]({self.to(file)}#{guide.id}-{deadline.id})" if file else long
        return f"{text}, {start}" if wording.lasts(deadline) else text

    def urgent(self, guide: Guide, deadline: Deadline, file: str) -> str:
        """The shorter term that counts where there is haste."""
        return f"bij spoed [{plain(wording.within(deadline))}]({self.to(file)}#{guide.id}-{deadline.id})"

    def form(self, questions: Sequence[Question]) -> str:
        """The questions of a form as a list; what stands in a group or list is indented."""
        return "\n".join(f"{'    ' * question.level}- {_asked(question)}" for question in questions)

    def download(self, guide: Guide, name: str) -> str:
        """The address of a file to download."""
        return self.to(download_of(guide, name))

    def columns(self, table: Decision) -> list[str]:
        """The headings above a decision table: what is looked at, what is advised, and why."""
        advised = [column.label or wording.title(column.name) for column in table.outputs]
        return [plain(name) for name in (*(c.label or c.expression.text for c in table.inputs), *advised, "Waarom")]

    def rows(self, guide: Guide, table: Decision) -> list[list[str]]:
        """The rules of a decision table in words: each cell as the question of its column words it."""
        looked_at = [guide.wordings(column.expression.text) for column in table.inputs]
        advised = [guide.wordings(column.name) for column in table.outputs]
        return [
            [
                *(plain(wording.cell(test.text, words)) for test, words in zip(rule.tests, looked_at, strict=True)),
                *(
                    plain(wording.cell(result.text, words)) if result else ""
                    for result, words in zip(rule.results, advised, strict=True)
                ),
                plain(rule.description),
            ]
            for rule in table.rules
        ]

    def survives(self, interrupt: Interrupt) -> str:
        """Whether what an interrupt started goes on when something else stops the rest."""
        if not interrupt.stopped_by:
            return "Ja. Wat er ook gebeurt, dit gaat door."
        return f"Nee. Dit stopt ook bij: {plain(_one_of(interrupt.stopped_by, 'en'))}."

    def explain(self, guide: Guide, interrupt: Interrupt) -> str:
        """What an interrupt ends, and what goes on beside it."""
        if not interrupt.interrupting:
            return "Nee. Al het andere loopt gewoon door."
        ends = f"Ja. Alles wat nog openstaat in “{plain(interrupt.ends)}” stopt."
        if interrupt.goes_on:
            ends += f" Wat hierbuiten loopt, gaat door: {plain(_one_of(interrupt.goes_on, 'en'))}."
        return ends


def _shape(drawing: str) -> str:
    """A drawing that is wide gets a sheet of its own on its side; one that isn't has an upright one."""
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', drawing)
    return " drawing--wide" if size and float(size[1]) > float(size[2]) else ""


def _framed(drawing: str, title: str, shown: str = "") -> str:
    """A drawing in a frame that can be scrolled, by keyboard too; `shown` is the step that it begins at."""
    where = f' drawing--part" data-show="{escape(shown)}' if shown else _shape(drawing)
    return f'<div class="drawing{where}" tabindex="0" role="region" aria-label="{escape(title)}">{drawing}</div>'


def _asked(question: Question) -> str:
    kind = question.kind + (f": {', '.join(question.options)}" if question.options else "")
    parts = [f"**{plain(question.label)}** ({plain(kind)})" + (", verplicht" if question.required else "")]
    return ". ".join(filter(None, (*parts, plain(question.help.rstrip(".")), plain(question.condition))))


def file_of(guide: Guide, place: Place) -> str:
    """The file that tells about a step or phase; what holds all phases is told on the first page of its process."""
    if place.process == guide.id and place.kind == PHASE:
        return f"{guide.id}/index.md"
    if place.kind == STEP:
        return f"{guide.id}/{place.process}/{place.element}.md"
    return f"{guide.id}/{place.process}/index.md"


def _place_of(guide: Guide, element: Element) -> Place | None:
    if element.kind == Kind.USER_TASK:
        return Place(STEP, element.name, element.process, element.id)
    if element.called in guide.definition.processes:
        return Place(PHASE, element.name, element.called)
    return None


def download_of(guide: Guide, name: str) -> str:
    """Where a file of the process is put for downloading."""
    return f"downloads/{guide.id}/{name}"


def plain(text: str) -> str:
    """Text from a file that is no Markdown, safe inside a line of Markdown."""
    return re.sub(r"([\\`*_\[\]|{}])", r"\\\1", escape(" ".join(text.split()), quote=False))


def dialled(phone: str) -> str:
    """The digits that a phone calls for a number as people write it: `+31 (0)45 123` → `003145123`."""
    abroad = phone.lstrip().startswith("+")
    return f"{'00' if abroad else ''}{re.sub(r'[^0-9]', '', phone.replace('(0)', '') if abroad else phone)}"


def prose(text: str) -> str:
    """Markdown from a file, with headings below ours and without HTML: a text may not bring in a script."""
    text = re.sub(rf"<(?!{AUTOLINK})", "&lt;", text)
    text = text.replace("{", "&#123;").replace("![", "&#33;[")  # no list of attributes, and no picture of somebody else
    return re.sub(r"^(#{1,4}) ", r"##\1 ", text, flags=re.MULTILINE).strip()


def items(text: str) -> list[str]:
    """The items of a Markdown list; a text without one is a single item."""
    points = re.findall(r"^\s*(?:[-*+]|\d+[.)])\s+(.*(?:\n(?!\s*(?:[-*+]|\d+[.)])\s).+)*)", text, re.MULTILINE)
    return [" ".join(item.split()) for item in points] or ([text.strip()] if text.strip() else [])


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    sentence = re.match(r".+?[.!?](?=\s|$)", " ".join(text.split()))
    return sentence[0] if sentence else text


def _one_of(names: Sequence[str], word: str = "of") -> str:
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))

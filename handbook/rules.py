"""The rules of the check as a chapter: what each asks, and its two examples, drawn as far as they can be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from engine import definitions
from engine.checks import Rule, Topic, rules, sketch
from engine.checks.examples import breach
from engine.definitions import Process
from engine.errors import DefinitionError
from handbook.diagram import svg

FOLDER = "tekeningen/regels"


@dataclass(frozen=True)
class Picture:
    """One example: its drawing as SVG and the file for it, "" where it can't be drawn; what is filled in beside it; and
    all of it in words, for who can't see it.
    """

    drawing: str
    file: str
    filled: str
    words: str


@dataclass(frozen=True)
class Shown:
    """A rule with its examples, and what the check says of the wrong one; None and "" for what is too large to show."""

    rule: Rule
    wrong: Picture | None = None
    right: Picture | None = None
    message: str = ""


def chapters() -> Mapping[Topic, tuple[Shown, ...]]:
    """All rules, by what they are about."""
    shown = _shown()
    return {topic: tuple(rule for rule in shown if rule.rule.topic is topic) for topic in Topic}


def drawings() -> Mapping[str, str]:
    """The drawings of all examples, by their file."""
    pictures = (picture for rule in _shown() for picture in (rule.wrong, rule.right) if picture is not None)
    return {picture.file: picture.drawing for picture in pictures if picture.file}


@cache
def _shown() -> tuple[Shown, ...]:
    return tuple(_show(rule) for rule in rules())


def _show(rule: Rule) -> Shown:
    finding = breach(rule)
    if finding is None:
        return Shown(rule)
    marked = frozenset({finding.element, *(id for _, id in finding.places)})
    return Shown(rule, _picture(rule, "fout", marked), _picture(rule, "goed", frozenset()), finding.message)


def _picture(rule: Rule, kind: str, marked: frozenset[str]) -> Picture:
    example = rule.wrong if kind == "fout" else rule.right
    words = sketch.as_text(example)
    process = _process(sketch.files(example)[f"{sketch.PROCESS}/{sketch.PROCESS}.bpmn"])
    drawn_too = isinstance(example, str) or f"{sketch.PROCESS}.bpmn" in example
    if process is None or not drawn_too or not any(element.bounds for element in process.elements.values()):
        return Picture("", "", words, words)
    title = f"{'Fout' if kind == 'fout' else 'Goed'}: {rule.sentence}"
    drawing = svg(process, marked=marked, title=title)
    return Picture(drawing, f"{FOLDER}/{rule.id}-{kind}.svg", sketch.as_text(example, ways=False), words)


def _process(content: str) -> Process | None:
    """The diagram of an example, None where that is what is wrong with it."""
    try:
        processes, _ = definitions.read_processes(content.encode(), f"{sketch.PROCESS}.bpmn")
    except DefinitionError:
        return None
    return next(iter(process for process in processes if process.elements), None)

"""What is processed of families, why and for how long, as the definitions and settings have it: what a functionaris
accounts for (AVG 30). Nothing of a family is read for it but how many dossiers there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from engine import forms, store
from engine.cases.asking import form_of
from engine.cases.context import Context
from engine.cases.library import guarded
from engine.cases.watching import watched
from engine.definitions import Definition, Element, Retention, Settings
from engine.errors import NotAllowedError
from engine.forms import Field
from engine.store.keeping import Erased, Held, Planned
from engine.store.looks import Anchor
from engine.words import Kept

AHEAD = timedelta(days=30)
"""How far ahead is told what will be erased."""


@dataclass(frozen=True)
class Processed:
    """One kind of data: which steps ask it, about whom (relations), and which registers it lands in."""

    kind: str
    about: frozenset[str]
    steps: tuple[Element, ...]
    registers: frozenset[str]


@dataclass(frozen=True)
class Keeping:
    """How long what is kept in one region, "" where it has no name: what will be erased, was erased, and is held; up to
    where the look-log went."""

    settings: Settings
    terms: dict[Kept, Retention | None]
    planned: tuple[Planned, ...]
    erased: tuple[Erased, ...]
    held: tuple[Held, ...]
    trimmed: Anchor | None


def watched_processes(ctx: Context) -> tuple[Definition, ...]:
    """The processes by which families are helped where the actor watches over. Raises NotAllowedError where that is
    nowhere.
    """
    places = watched(ctx.actor)
    if not places:
        raise NotAllowedError("Dit leest de functionaris gegevensbescherming.")
    definitions = (model.definition for model in ctx.library.current(ctx.tx))
    return tuple(d for d in definitions if guarded(d) and places & d.settings.municipalities.keys())


def processed(definition: Definition) -> tuple[Processed, ...]:
    """Each kind of data that a process asks, in the order of the region's list."""
    asked = [(step, *mark) for step in _steps(definition) for mark in _marks(step, definition)]
    kinds = dict.fromkeys((*definition.settings.data_kinds, *sorted({kind for _, kind, _ in asked})))
    return tuple(
        Processed(
            kind,
            frozenset(whom for _, each, about in asked if each == kind for whom in about),
            tuple({(step.process, step.id): step for step, each, _ in asked if each == kind}.values()),
            frozenset(step.properties.get("register", "") for step, each, _ in asked if each == kind) - {""},
        )
        for kind in kinds
        if any(each == kind for _, each, _ in asked)
    )


def _steps(definition: Definition) -> Iterator[Element]:
    return (step for place in definition.processes.values() for step in place.user_tasks)


def _marks(step: Element, definition: Definition) -> Iterator[tuple[str, frozenset[str]]]:
    """Which kinds of data a step asks, and about whom; a word that is no relation is whoever a question chooses."""
    for question in _questions(form_of(definition, step).fields):
        words = frozenset(word.strip() for word in question.properties.get(forms.ABOUT, "").split(","))
        kinds = {question.properties.get(forms.KIND, ""), *(option.data_kind for option in question.options)} - {""}
        if forms.PROCESS not in words:
            yield from ((kind, words - {""}) for kind in kinds)


def _questions(fields: tuple[Field, ...]) -> Iterator[Field]:
    for question in fields:
        yield question
        yield from _questions(question.fields)


def retained(ctx: Context) -> tuple[Keeping, ...]:
    """How long what is kept in the municipalities that the actor watches over, a part for each region."""
    parts = []
    for definition in watched_processes(ctx):
        settings = definition.settings
        places = sorted(watched(ctx.actor) & settings.municipalities.keys())
        terms = {kept: ctx.library.kept(ctx.tx, places[0], kept) for kept in Kept}
        planned = store.keeping.planned(ctx.tx, places, ctx.now + AHEAD)
        erased, held = store.keeping.erased(ctx.tx, places), store.keeping.held(ctx.tx, places, ctx.now)
        parts.append(Keeping(settings, terms, planned, erased, held, store.looks.anchor(ctx.tx)))
    return tuple(parts)

"""What is different in one version of a process from an earlier one, in words that say it to who works by it.

Compared is what each version means, and not its files: the same drawing moved about, or saved again, is no change.
Steps, questions and terms are the same by their names in the files: another title is a new name and no new step. What
is called otherwise is told once, and not again at each text that names it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import deadlines
from engine.definitions import Settings, assemble
from engine.errors import DefinitionError
from engine.forms import Field, Form
from handbook import wording
from handbook.guide import Guide, Phase, Step, answered, build, told

PARTS: Mapping[str, str] = {
    "": "inleiding",
    "resultaat": "resultaat",
    "waarom": "waarom",
    "nodig": "dit heb je nodig",
    "doen": "wat je doet",
    "klaar als": "checklist",
    "valkuilen": "valkuilen",
    "privacy": "privacy en grondslag",
    "bron": "bron",
}
"""The parts of the text of a step, as its page calls them."""


@dataclass(frozen=True)
class Change:
    """What is different in one place: its title, and a sentence for each difference. `step` is that place where it is a
    step that is there now: the process that it is drawn in, and its id.
    """

    title: str
    sentences: tuple[str, ...]
    step: tuple[str, str] | None = None


def changes(before: Guide, after: Guide) -> tuple[Change, ...]:
    """What is different, in the order of reading; nothing where both mean the same."""
    worded = _worded(before, after)
    parts = (_phases(worded, after), _steps(before, worded, after), _tables(worded, after), _agreed(before, after))
    return tuple(change for part in parts for change in part if change.sentences)


def _worded(before: Guide, after: Guide) -> Guide:
    """What was told, in the names and terms of now; as it was where its files don't go with these."""
    own = before.definition
    files = {**own.files, "regio.yaml": after.definition.files.get("regio.yaml", b"")}
    try:
        return build(assemble(own.id, own.settings.region, files, own.overridden))
    except DefinitionError:
        return before


def _phases(before: Guide, after: Guide) -> Iterator[Change]:
    old, new = ({phase.process.id: phase for phase in guide.phases} for guide in (before, after))
    gone = tuple(f"“{old[id].place.title}” is er niet meer." for id in old if id not in new)
    added = tuple(f"“{new[id].place.title}” is nieuw." for id in new if id not in old)
    yield Change("Fasen", (*added, *gone))
    for id, phase in new.items():
        if id in old:
            yield Change(f"Fase {phase.place.title}", tuple(_phase(old[id], phase)))


def _phase(before: Phase, after: Phase) -> Iterator[str]:
    if before.place.title != after.place.title:
        yield f"Deze fase heette “{before.place.title}”."
    old, new = ({step.element.id: step for step in phase.steps} for phase in (before, after))
    yield from (f"De stap “{step.title}” is nieuw." for id, step in new.items() if id not in old)
    yield from (f"De stap “{step.title}” is er niet meer." for id, step in old.items() if id not in new)
    if before.process.documentation != after.process.documentation:
        yield "De uitleg bij deze fase is aangepast."
    if _way(before) != _way(after):
        yield "De weg door deze fase is anders: kijk naar de tekening."
    beside = _beside(before)
    said = [f"“{name}”" for name, text in _beside(after).items() if beside.get(name, text) != text]
    if said:
        yield f"De uitleg is aangepast bij: {', '.join(said)}."


def _way(phase: Phase) -> tuple[Any, ...]:
    """How one comes from one part of a phase to the next, whatever its parts are called and say."""
    kinds = {
        id: (each.kind, each.parent, each.attached_to, each.event, each.interrupting, each.called, each.loop)
        for id, each in phase.process.elements.items()
    }
    flows = phase.process.flows.values()
    return kinds, {flow.id: (flow.source, flow.target, flow.condition, flow.name) for flow in flows}


def _beside(phase: Phase) -> dict[str, tuple[str, ...]]:
    """What a drawing says where there is no step, by its name."""
    steps = {step.element.id for step in phase.steps}
    others = (each for each in phase.process.elements.values() if each.id not in steps)
    return {
        each.name or wording.title(each.id): (each.documentation, *map(str, each.properties.items())) for each in others
    }


def _steps(before: Guide, worded: Guide, after: Guide) -> Iterator[Change]:
    old, said = ({guide.key(step): step for step in guide.steps} for guide in (before, worded))
    for step in after.steps:
        key = after.key(step)
        if key in old and key in said:
            sentences = (*_facts(old[key], step), *_said(said[key], step), *_form(worded, after, said[key], step))
            yield Change(step.title, sentences, (step.element.process, step.element.id))


def _facts(before: Step, after: Step) -> Iterator[str]:
    if before.element.roles != after.element.roles:
        now, was = (", ".join(role.name for role in step.roles) or "niemand" for step in (after, before))
        yield f"Wie: nu {now}; eerst {was}."
    facts: Mapping[str, Callable[[Step], str]] = {
        "Uiterlijk": lambda step: wording.within(step.deadline, step.urgent) if step.deadline else "",
        "Duur": lambda step: step.element.properties.get("duur", ""),
    }
    for name, fact in facts.items():
        if fact(before) != fact(after):
            yield f"{name}: nu {fact(after) or 'niet vastgelegd'}; eerst {fact(before) or 'niet vastgelegd'}."
    if before.element.skippable != after.element.skippable:
        yield f"Deze stap mag je {'nu' if after.element.skippable else 'niet meer'} overslaan."


def _said(before: Step, after: Step) -> Iterator[str]:
    if before.title != after.title:
        yield f"Deze stap heette “{before.title}”."
    names = dict.fromkeys((*PARTS, *after.sections, *before.sections))
    differing = [name for name in names if before.sections.get(name, "") != after.sections.get(name, "")]
    if differing:
        yield f"De tekst is aangepast bij: {', '.join(PARTS.get(name, name) for name in differing)}."


def _form(before: Guide, after: Guide, was: Step, step: Step) -> Iterator[str]:
    old, new = (
        _asked(before.definition.forms.get(was.element.form)),
        _asked(after.definition.forms.get(step.element.form)),
    )
    yield from (f"Het formulier vraagt nu ook: “{asked.label}”." for key, asked in new.items() if key not in old)
    yield from (f"Het formulier vraagt niet meer: “{asked.label}”." for key, asked in old.items() if key not in new)
    for key in (key for key in new if key in old):
        yield from _question(old[key], new[key])


def _asked(form: Form | None) -> dict[str, Field]:
    return {asked.key: asked for asked in answered(form) if not asked.type.computed} if form else {}


def _question(before: Field, after: Field) -> Iterator[str]:
    if before == after:
        return
    name = f"“{after.label}”"
    if before.label != after.label:
        yield f"De vraag “{before.label}” is nu: {name}."
    if before.required != after.required:
        yield f"{name} moet je {'nu' if after.required else 'niet meer'} invullen."
    old, new = ({option.value: option.label for option in asked.options} for asked in (before, after))
    added = [f"“{label}”" for value, label in new.items() if value not in old]
    gone = [f"“{label}”" for value, label in old.items() if value not in new]
    if added:
        yield f"Bij {name} kun je nu ook kiezen: {', '.join(added)}."
    if gone:
        yield f"Bij {name} kun je niet meer kiezen: {', '.join(gone)}."
    marks = ("gegevens", "over")
    if [before.properties.get(mark) for mark in marks] != [after.properties.get(mark) for mark in marks]:
        yield f"Wie het antwoord op {name} mag lezen, is anders."


def _tables(before: Guide, after: Guide) -> Iterator[Change]:
    old, new = ({table.id: table for table in guide.decisions} for guide in (before, after))
    yield Change(
        "Beslistabellen",
        (
            *(f"“{table.name or id}” is nieuw." for id, table in new.items() if id not in old),
            *(f"“{table.name or id}” is er niet meer." for id, table in old.items() if id not in new),
        ),
    )
    for id, table in new.items():
        if id in old and told(old[id]) != told(table):
            was, now = ([repr(row) for row in told(each)[-1]] for each in (old[id], table))
            added, gone = (len([row for row in one if row not in other]) for one, other in ((now, was), (was, now)))
            rows = f"Regels die er nu staan en eerst niet: {added}. Regels die er niet meer staan: {gone}."
            other = "De vragen, de uitleg of de volgorde van de tabel zijn anders."
            yield Change(f"Beslistabel {table.name or id}", (rows if added or gone else other,))


def _agreed(before: Guide, after: Guide) -> Iterator[Change]:
    """What the region agreed on, whichever step it is for."""
    old, new = before.definition.settings, after.definition.settings
    sorts = new.lists.get("soorten_organisaties", {})
    kinds = {kind.id: kind.name for kind in (*old.data_kinds.values(), *new.data_kinds.values())}
    needed = "Wat een organisatie nodig heeft"
    yield Change("Termijnen", tuple(_told_apart(_terms(old), _terms(new))))
    yield Change("Rollen", tuple(_told_apart(_roles(old), _roles(new))))
    yield Change("Soorten gegevens", tuple(_told_apart(_kinds(old), _kinds(new))))
    yield Change(needed, tuple(_told_apart(_needs(old, sorts, kinds), _needs(new, sorts, kinds))))
    yield Change("Hoelang iets blijft", tuple(_told_apart(_kept(old), _kept(new))))
    if old.authority != new.authority:
        yield Change("Wie meebeslist", ("Wiens ja telt, is anders voor een of meer leeftijden.",))


def _told_apart(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    """By name what each was and is."""
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield f"{name}: nu {after.get(name) or 'niets meer'}; eerst {before.get(name) or 'niets'}."


def _terms(settings: Settings) -> dict[str, str]:
    return {wording.title(id): deadlines.spoken(term.duration) for id, term in settings.deadlines.items()}


def _roles(settings: Settings) -> dict[str, str]:
    return {wording.title(id): role.name for id, role in settings.roles.items()}


def _kinds(settings: Settings) -> dict[str, str]:
    return {wording.title(id): f"{kind.name} ({kind.explanation})" for id, kind in settings.data_kinds.items()}


def _kept(settings: Settings) -> dict[str, str]:
    return {wording.title(what): deadlines.spoken(term.duration) for what, term in settings.retention.items()}


def _needs(settings: Settings, sorts: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{sorts.get(sort) or wording.title(sort)}, voor {purpose}": ", ".join(kinds.get(id, id) for id in need.kinds)
        for sort, purposes in settings.needs.items()
        for purpose, need in purposes.items()
    }

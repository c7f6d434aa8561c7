"""Every slip of some kinds that somebody can make in the reference process, generated from it.

Who changes the reference gets other edits by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine import consent, proof
from engine.checks.kept import kept
from engine.checks.privacy import privacy
from engine.checks.rule import Severity
from engine.definitions import Definition, Element, Process
from engine.definitions.kinds import Kind
from engine.words import RoleId, Voice
from tests.workflows import mutants
from tests.workflows.mutants import Change, element, flow, gone, prop, question, term, without

MARKS = ("register", "doel", "deelt", "stuurt", "regelt", "kring", "toewijzen", "stopt_delen")
"""What a step says of itself, on which access, registers and spelregels rest."""
AT_ONCE = 20
"""So many rules are proved before we look whether one refuses."""


@dataclass(frozen=True)
class Edit:
    """One slip: its name, and what somebody did."""

    name: str
    change: Change


def edits(reference: Definition) -> tuple[Edit, ...]:
    """All slips, in a fixed order."""
    drawn = [edit for process in reference.processes.values() for edit in _in_diagram(process)]
    return (*drawn, *_in_forms(reference), *_in_settings(reference))


def _in_diagram(process: Process) -> Iterator[Edit]:
    for step in process.user_tasks:
        yield from _at_step(process.id, step)
    for way in process.flows.values():
        if way.condition:
            turned = f"=not({way.condition.removeprefix('=')})"
            yield Edit(f"{process.id}.{way.id}: andersom", flow(process.id, way.id, condition=turned))
    for event in process.elements.values():
        name = f"{process.id}.{event.id}"
        if event.by_event or event.kind == Kind.BOUNDARY_EVENT:
            yield Edit(f"{name}: weg", gone(process.id, event.id))
        if event.tellers:
            yield Edit(f"{name}: alleen een partner meldt", prop(process.id, event.id, rollen=RoleId.CORE_PARTNER))
        if event.tellers and event.kind in (Kind.BOUNDARY_EVENT, Kind.START_EVENT):
            changed = element(process.id, event.id, interrupting=not event.interrupting)
            yield Edit(f"{name}: onderbreekt anders", changed)


def _at_step(process: str, step: Element) -> Iterator[Edit]:
    name = f"{process}.{step.id}"
    if len(step.outgoing) == 1:
        yield Edit(f"{name}: weg", without(process, step.id))
    yield Edit(f"{name}: zonder termijn", prop(process, step.id, termijn=None))
    if step.roles != (RoleId.CORE_PARTNER,):
        yield Edit(f"{name}: alleen een partner", element(process, step.id, roles=(RoleId.CORE_PARTNER,)))
    for mark in MARKS:
        if step.properties.get(mark, "nee") != "nee":
            yield Edit(f"{name}: zonder {mark}", prop(process, step.id, **{mark: None}))


def _in_forms(reference: Definition) -> Iterator[Edit]:
    """A question that no longer fills the column it filled."""
    steps = [step for process in reference.processes.values() for step in process.user_tasks]
    for form in dict.fromkeys(step.form for step in steps if step.properties.get("register")):
        for asked in reference.forms[form].input_fields():
            if asked.properties.get("register"):
                yield Edit(f"{form}.{asked.key}: vult niets", question(form, asked.key, properties={}))


def _in_settings(reference: Definition) -> Iterator[Edit]:
    steps = [step for process in reference.processes.values() for step in process.user_tasks]
    for id in sorted({step.properties["termijn"] for step in steps} - {"afspraak"}):
        yield Edit(f"termijn {id}: een half jaar", term(id, "P6M"))
    for age, voices in consent.STANDARD.items():
        for voice in voices:
            yield Edit(f"zeggenschap {age}: zonder {voice}", _without_voice(age, voice))


def _without_voice(age: str, voice: str) -> Change:
    """A region in which somebody's yes no longer counts for an age, and anybody else's does."""

    def change(definition: Definition) -> Definition:
        others = tuple(other for other in Voice if other != voice)
        authority = {**definition.settings.authority, age: others}
        return replace(definition, settings=replace(definition.settings, authority=authority))

    return change


def noticed(definition: Definition) -> str:
    """The first thing that refuses a definition: a spelregel, a kind of finding, or "" where nothing does. What only
    looks at the drawing goes first, for it costs little.
    """
    definition = mutants.read(definition)
    rules = proof.read_rules(definition.files["spelregels.yaml"], "spelregels.yaml")
    drawing = [rule for rule in rules if rule.kind == "every"]
    if id := _refusing(definition, drawing):
        return id
    for finding in (*mutants.findings(definition), *privacy(definition), *kept(definition)):
        if finding.severity is Severity.ERROR:
            return f"check:{finding.rule.id}"
    others = [rule for rule in rules if rule not in drawing]
    for start in range(0, len(others), AT_ONCE):
        if id := _refusing(definition, others[start : start + AT_ONCE]):
            return id
    return next((f"soundness:{finding.rule}" for finding in proof.sound(definition)), "")


def _refusing(definition: Definition, rules: list[proof.Rule]) -> str:
    return next((verdict.rule.id for verdict in proof.prove(definition, rules) if verdict.refused), "")

"""What of a case a step needs beside its form, as far as who does it may read that now: told by the drawing, by no list
of steps.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import access, forms, store
from engine.access import CaseFacts
from engine.cases.asking import INVITES, context_of, form_of, named, named_in_texts
from engine.cases.context import Context
from engine.cases.known import Known, Value, purpose_of
from engine.cases.locks import Opened
from engine.cases.views import AnswerSet, Beside, MayKnow
from engine.consent import HANDED
from engine.definitions import Definition, Process
from engine.forms import Form
from engine.words import Answer, Part, Purpose, Register, Verb

TELLING = frozenset({Register.CONSENT, Register.DISCLOSURE, Register.MEETING, Register.AGREEMENT})
"""Who fills one of these has to know what may be said to whom."""


def beside(ctx: Context, opened: Opened, known: Known, facts: CaseFacts, names: Mapping[str, str]) -> Beside:
    """What stands beside the form of a task, for who may do it; `names` are those of the family that one may know. In a
    circle it is no more than what the form reads: the rest of the case is not what is done there.
    """
    if not opened.may & {Verb.CLAIM, Verb.COMPLETE}:
        return Beside()
    form = form_of(known.definition, opened.element)
    earlier = tuple(_earlier(ctx, opened, known, facts, form))
    if opened.row.circle or not opened.case.guarded:
        return Beside(earlier=earlier)
    parts = access.parts(ctx.sight, facts)
    goals = family_goals(known, ctx, facts) if Part.GOALS in parts else ()
    signal = None if goals or opened.row.item else _signal(ctx, opened, known, facts)
    invited = _invited(known, ctx, facts, known.definition.processes[opened.row.process])
    tells = opened.element.properties.get("deelt") == Answer.YES or opened.element.properties.get("register") in TELLING
    consents = _consents(ctx, opened, names) if tells and Register.CONSENT in parts else ()
    shows = {Part.GOALS: goals, Part.ANSWERS: earlier or signal, Register.CONSENT: consents, Register.MEETING: invited}
    ground = access.ground(ctx.sight, facts, ctx.task_facts(opened.row))
    ctx.looks.shows(opened.case.id, opened.case.municipality, ground, {part for part, shown in shows.items() if shown})
    return Beside(signal, goals, consents, invited, earlier)


def family_goals(known: Known, ctx: Context, facts: CaseFacts) -> tuple[str, ...]:
    """What the family wants, in the order in which it stands on paper."""
    rows = known.readable(ctx.sight, facts, known.values(("gezinsdoelen",))).get("gezinsdoelen")
    return tuple(str(row.get("doel", "")) for row in forms.rows_of(rows) if row.get("doel"))


def _earlier(
    ctx: Context, opened: Opened, known: Known, facts: CaseFacts, form: Form
) -> Iterator[tuple[forms.Field, Any]]:
    """What the form reads of the case and neither asks nor shows, and what the row says that it is about; each by its
    question.
    """
    item, shown = opened.row.item, {field.key for field in form.input_fields()} | named_in_texts(form.fields)
    read = (value for value in known.values(named(form.fields) - shown, item) if not value.row or value.row == item)
    row = known.row(item) if item else ()
    for value in {(value.key, value.part): value for value in (*row, *read)}.values():
        if value.source is None or not value.source.field.label or (value.part or value.key) in shown:
            continue
        if value.answer != opened.row.subject and (answer := _readable(known, ctx, facts, value)) is not None:
            yield value.source.field, answer


def _readable(known: Known, ctx: Context, facts: CaseFacts, value: Value) -> Any:
    shown = known.readable(ctx.sight, facts, [value]).get(value.key)
    return shown[0][value.part] if shown and value.part else shown


def _signal(ctx: Context, opened: Opened, known: Known, facts: CaseFacts) -> AnswerSet | None:
    """What the first step of the case answered: what it is all about until the family says what it wants."""
    first = next((answered for answered in known.answers if answered.purpose != HANDED), None)
    if first is None or (first.process, first.element) == (opened.row.process, opened.row.element):
        return None
    element = known.definition.element(first.process, first.element)
    values = known.of_step(ctx.sight, facts, first, element)
    form = form_of(known.definition, element)
    context = context_of(opened.model, values, "", form, ctx.now)
    return AnswerSet(first.process, element, first.at, first.actor, form, values, context) if values else None


def _invited(known: Known, ctx: Context, facts: CaseFacts, process: Process) -> tuple[str, ...]:
    """The organisations that a step of this phase invites."""
    keys = invitations(known.definition, process)
    shown = known.readable(ctx.sight, facts, known.values(sorted(keys)))
    return tuple(dict.fromkeys(id for several in shown.values() for id in several))


def invitations(definition: Definition, process: Process) -> frozenset[str]:
    """The questions of a phase that say who is invited."""
    asked = (form_of(definition, step).input_fields() for step in process.user_tasks)
    return frozenset(field.key for fields in asked for field in fields if field.properties.get(INVITES) == Answer.YES)


def _consents(ctx: Context, opened: Opened, names: Mapping[str, str]) -> tuple[MayKnow, ...]:
    """What each organisation may know now about whom, for the purpose of the step or for working together."""
    purposes = {Purpose.SHARING, purpose_of(opened.element)}
    kinds: dict[tuple[str, str], set[str]] = {}
    for cell in store.registers.opened(ctx.tx, opened.case.id):
        if cell.purpose in purposes:
            kinds.setdefault((cell.organisation, cell.person), set()).add(cell.kind)
    return tuple(_by_organisation(kinds, names))


def _by_organisation(kinds: Mapping[tuple[str, str], Iterable[str]], names: Mapping[str, str]) -> Iterator[MayKnow]:
    for (organisation, person), known in sorted(kinds.items()):
        yield MayKnow(organisation, names.get(person, ""), frozenset(known))

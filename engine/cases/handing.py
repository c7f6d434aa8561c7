"""Handing a case over to the Knooppunt of the municipality that a family moves to, where it runs in this database.

Completing a step with `opent_bij` begins a case there, in the same transaction. It takes along what the family agreed
to for that purpose (`overdracht`) with the team there, and nothing else: those who may be named, and as much of what
the case knows as that yes opens. Where nobody said yes nothing begins, and nobody there learns of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import access, consent, forms, process, store
from engine.access import CaseFacts, Person
from engine.cases.asking import BEGUN_AS, context_of, form_of, people_for, relatives_for, title_key
from engine.cases.context import Context
from engine.cases.known import Known, Source
from engine.cases.library import guarded
from engine.cases.locks import Opened
from engine.cases.views import HandedOver
from engine.cases.writing import apply
from engine.consent import HANDED, Family, Opening
from engine.definitions import Definition, Element
from engine.definitions.registers import Entry
from engine.forms import Field, Form, Holds
from engine.process import Model
from engine.store.answers import Answered
from engine.store.case_files import CaseRow
from engine.store.handovers import Handed
from engine.words import Ground, Happening, KnownData, Purpose, Register, Seen

OPENS = "opent_bij"
"""The property by which a step names the question that chose the municipality whose Knooppunt takes over."""

HOUSE = Person("", "")
"""Who begins a case that nobody there began."""


@dataclass(frozen=True)
class Plan:
    """What completing a step hands over: to which municipality, by which of its diagrams, who of the family goes along
    and what is open to the team there.
    """

    model: Model
    municipality: str
    people: Family
    opened: frozenset[Opening]

    @property
    def name(self) -> str:
        """The municipality, as people call it."""
        return self.model.definition.settings.municipalities[self.municipality]

    @property
    def team(self) -> frozenset[str]:
        """The organisations that take it over."""
        return consent.team(self.model.definition.settings, self.municipality)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of data that go along."""
        return frozenset(cell.kind for cell in self.opened)


def planned(ctx: Context, case: CaseRow, element: Element, document: Mapping[str, Any]) -> Plan | None:
    """What completing this step hands over; None where nothing: no Knooppunt was chosen that runs here, nobody of the
    family agreed to it, or it was done before.
    """
    place = document.get(element.properties.get(OPENS, ""))
    if not isinstance(place, str) or place == case.municipality or not case.agreed:
        return None
    current = (model for model in ctx.library.current(ctx.tx) if model.definition.id == case.process)
    there = next((model for model in current if place in model.definition.settings.municipalities), None)
    if there is None or not guarded(there.definition):
        return None
    if any(over.origin == case.id and over.went_to == place for over in store.handovers.of_case(ctx.tx, case.id)):
        return None
    table = ctx.library.model(ctx.tx, case.version_id).definition.settings.authority or consent.STANDARD
    family = store.registers.family(ctx.tx, case.id)
    answers = (said.consent for said in store.registers.said(ctx.tx, case.id))
    team = consent.team(there.definition.settings, place)
    opened = {
        cell
        for cell in consent.openings(family, answers, table)
        if cell.purpose == Purpose.TRANSFER and cell.organisation in team
    }
    along = consent.goes_along(family, opened, team, table)
    people = tuple(replace(r, over=r.over & along) for r in family if r.id in along)
    return Plan(there, place, people, frozenset(cell for cell in opened if cell.person in along)) if people else None


def hand_over(ctx: Context, opened: Opened, document: Mapping[str, Any]) -> None:
    """Begin the case that completing this step hands over, if any; `document` is what the case knows by now."""
    plan = planned(ctx, opened.case, opened.element, document)
    if plan is None:
        return
    definition = opened.model.definition
    known = Known(definition, document, store.answers.of_case(ctx.tx, opened.case.id))
    case_id = store.case_files.add(
        ctx.tx, plan.model.definition.version, opened.case.process, plan.municipality, ctx.now
    )
    rows = tuple(_along(ctx, opened, known, plan))
    store.handovers.add(ctx.tx, case_id, opened.case.id, opened.case.municipality, ctx.now, rows)
    people = [relative.id for relative in plan.people]
    store.handovers.carry_consents(ctx.tx, case_id, opened.case.id, people, plan.team)
    _begin(ctx, plan, case_id, opened.case)
    event = {"kind": Happening.HANDED_OVER, "process": opened.row.process, "element": opened.row.element}
    ctx.happened(opened.case.id, event)


def _begin(ctx: Context, plan: Plan, case_id: int, origin: CaseRow) -> None:
    """Let the new case begin with its first step, filled in as far as who goes along may be named there."""
    house = Context(ctx.tx, ctx.library, HOUSE, ctx.now)
    definition = plan.model.definition
    begun = process.start(plan.model, {process.PLACE: plan.municipality}, ctx.now)
    first = begun.open[0]
    element = definition.element(first.process, first.element)
    team = [role.id for role in definition.settings.roles.values() if definition.id in role.oversees]
    begun_as = next((role for role in element.roles if role in team), "")
    form = form_of(definition, element)
    said = _filled_in(definition, element, form, plan.people, origin)
    about = forms.about(form, said, lambda relation: consent.about(plan.people, relation))
    ids = {relative.id for relative in plan.people}
    said = {key: answer for key, answer in said.items() if set(about.get(key, ids)) <= ids}
    step = Answered(0, first.process, first.element, first.item, ctx.now, "", "", HANDED, said, about)
    store.answers.add(ctx.tx, case_id, step)
    row = store.case_files.lock(ctx.tx, case_id, None)
    begun = replace(begun, document={**begun.document, BEGUN_AS: begun_as, **said})
    (task, *_) = apply(house, plan.model, row, (), begun, {"kind": Happening.STARTED}, _registered(plan.people))
    store.tasks.let_do(ctx.tx, task, team)


def _filled_in(definition: Definition, element: Element, form: Form, people: Family, origin: CaseRow) -> dict[str, Any]:
    """What the first step of a case asks and is known of who goes along: its list of the family, and its name."""
    said: dict[str, Any] = {}
    title = title_key(definition)
    if title in set(form.keys()) and origin.named in {relative.id for relative in people}:
        said[title] = origin.title
    for listed in form.input_fields() if element.properties.get("register") == Register.FAMILY else ():
        if listed.type.holds is Holds.ROWS:
            columns = {part.properties.get("register", ""): part.key for part in listed.fields}
            rows = ({"id": entry.item, **_by_question(columns, entry.values)} for entry in _registered(people))
            said[listed.key] = list(rows)
    return said


def _by_question(columns: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {columns[name]: value for name, value in values.items() if name in columns and value}


def _registered(people: Family) -> tuple[Entry, ...]:
    """Those who go along, for the register of the family."""
    return tuple(
        Entry(
            Register.FAMILY,
            {
                "naam": relative.name,
                "relatie": relative.relation,
                "leeftijd": relative.age,
                "gezag": relative.authority,
                "gezag_over": sorted(relative.over),
            },
            {},
            relative.id,
        )
        for relative in people
    )


def _along(ctx: Context, opened: Opened, known: Known, plan: Plan) -> Iterator[Handed]:
    """What the case knows and goes along: what steps wrote to work together or for handing over, in no circle."""
    people = relatives_for(plan.people, {relative.id: relative.name for relative in plan.people if relative.name})
    here: dict[tuple[str, str], dict[str, Any]] = {}
    for value in known.values(known.document):
        source = value.source
        if source is None or source.circle or source.answered.purpose not in (Purpose.SHARING, Purpose.TRANSFER):
            continue
        element = known.definition.element(source.answered.process, source.answered.element)
        if _stays(known.definition, element, value.key, source.field, opened.element):
            continue
        form = form_of(known.definition, element)
        step = (element.process, element.id)
        if step not in here:
            here[step] = people_for(ctx, form, opened.case.municipality) | people
        context = context_of(opened.model, known.document, value.row, form, ctx.now) | here[step]
        labels = {option.value: option.label for option in forms.options(source.field, context)}
        yield from _in_kinds(source, value.answer, labels, plan)


def _stays(definition: Definition, element: Element, key: str, field: Field, handing_over: Element) -> bool:
    """Whether this isn't told there as an answer: who belongs to the family and what it agreed to go along by
    themselves, and who works on it here and what was shared with whom is this Knooppunt's to account for.
    """
    register = element.properties.get("register", "") if "register" in field.properties else ""
    apart = register in (Register.FAMILY, Register.CONSENT) or key == title_key(definition)
    ours = bool(field.people) or (register == Register.DISCLOSURE and element != handing_over)
    return apart or ours or not field.label


def _in_kinds(source: Source, answer: Any, labels: Mapping[str, str], plan: Plan) -> Iterator[Handed]:
    """As much of an answer as is open to the team, by the kind of data that it says."""
    about = source.answered.about.get(source.name, ())
    several = isinstance(answer, list)
    by_kind: dict[str, list[Any]] = {}
    for choice in answer if several else [answer]:
        mark = forms.mark(source.field, about, choice)
        if mark.kind and _goes(plan, mark):
            by_kind.setdefault(mark.kind, []).append(labels.get(choice, choice) if isinstance(choice, str) else choice)
    for kind, said in by_kind.items():
        yield Handed(source.answered.at, source.field.label, said if several else said[0], kind, sorted(about))


def _goes(plan: Plan, mark: forms.Mark) -> bool:
    return any(consent.opens(plan.opened, id, mark.kind, mark.about, Purpose.TRANSFER) for id in plan.team)


# --- what is told of it ----------------------------------------------------------------------------------------


def handed(ctx: Context, case: CaseRow, facts: CaseFacts) -> tuple[Handed, ...]:
    """What was handed over with a case, as far as this person may read it."""
    if not any(cell.purpose == HANDED for cell in facts.opened):
        return ()
    rows = store.handovers.rows(ctx.tx, case.id)
    return tuple(row for row in rows if access.reads(ctx.sight, facts, row.kind, row.about, HANDED, ()))


def handovers(ctx: Context, case: CaseRow, facts: CaseFacts, names: Iterable[str]) -> Iterator[HandedOver]:
    """The handovers that a case had a part in, for who may know where the family went or came from: who keeps the
    overview or leads, and reads how somebody of the family is reached. The other case is named to who knows of both
    whose they are.
    """
    if not access.oversees(ctx.sight, facts) or not any(_reaches(ctx, facts, person) for person in names):
        return
    for over in store.handovers.of_case(ctx.tx, case.id):
        came = over.case_id == case.id
        other = over.origin if came else over.case_id
        known = other is not None and store.case_files.knows_name(ctx.tx, other, ctx.sight)
        place = over.came_from if came else over.went_to
        named = (settings.municipalities.get(place) for settings in ctx.library.regions(ctx.tx))
        if other is not None and known:
            ctx.looks.shows(other, place, Ground.OVERVIEW, {Seen.LISTED})
        yield HandedOver(next(filter(None, named), place), came, over.at, other if known else None)


def _reaches(ctx: Context, facts: CaseFacts, person: str) -> bool:
    return any(
        access.reads(ctx.sight, facts, KnownData.CONTACT, (person,), purpose, ())
        for purpose in (Purpose.SHARING, HANDED)
    )

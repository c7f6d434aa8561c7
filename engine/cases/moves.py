"""The use cases that change a case. One call is one transaction of its caller."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import access, checks, consent, deadlines, forms, process, scenarios, store
from engine.access import CaseFacts, Person
from engine.cases import announcing, handing, sociale_kaart, telling, undoing, withdrawing
from engine.cases.absence import with_days
from engine.cases.asking import (
    BEGUN_AS,
    circle_of,
    context_of,
    form_of,
    is_safety,
    keys_of,
    known_element,
    people_for,
    relatives_for,
    safety_role,
)
from engine.cases.circles import shown_document
from engine.cases.context import Context
from engine.cases.known import Known
from engine.cases.library import Library, guarded
from engine.cases.locks import Opened, lock_case, may_correct, open_task
from engine.cases.reading import choices_for, known_at, messages_for, of_round, receivers, reopening
from engine.cases.views import Completed, Filled, StartForm
from engine.cases.writing import Kept, apply, ask_for, completed_event, join_chosen, opened_anew
from engine.definitions import Definition, Element, registers
from engine.definitions.registers import AgreementRow, Entry
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError, ProcessError
from engine.forms import Form, Holds
from engine.process import Model, OpenTask, Outcome
from engine.scenarios import Scenario
from engine.store.answers import Answered
from engine.store.case_files import CaseRow
from engine.store.tasks import TaskRow
from engine.words import (
    AgreementStatus,
    CaseStatus,
    Ground,
    Happening,
    Job,
    Message,
    Noted,
    Register,
    Reply,
    RoleId,
    Sent,
    TaskStatus,
    Verb,
)

EVERYTHING = withdrawing.Wish()

WHY_SKIPPED = "Schrijf op waarom je deze stap overslaat."

BY_CONSENT = "toestemming"
"""The ground, of those that a region lists, which is a matter of consent."""


def publish(
    tx: store.Transaction, definition: Definition, examples: Iterable[Scenario], now: datetime
) -> tuple[store.organisations.Known, ...]:
    """Make a definition the one that new cases start with; gives the organisations that are called otherwise here than
    their region says, since somebody changed that. Raises DefinitionError where it fails a gate, and where one of the
    `examples` of its region goes otherwise than it is written down.
    """
    checks.publishable(definition)
    scenarios.demand(process.compile_model(definition), examples)
    store.versions.publish(
        tx,
        definition.version,
        definition.id,
        definition.settings.region,
        definition.files,
        definition.overridden,
        now,
    )
    return store.organisations.fill(tx, definition.settings.region, definition.settings.organisations.values())


def _first(model: Model, now: datetime) -> OpenTask:
    opened = process.start(model, {}, now).open
    if not opened:
        raise NotFoundError("Dit proces begint niet met een taak.")
    return opened[0]


def _current(ctx: Context, process_id: str, municipality: str) -> Model:
    for model in ctx.library.current(ctx.tx):
        if model.definition.id == process_id and municipality in model.definition.settings.municipalities:
            return model
    raise NotFoundError("In deze gemeente is dit proces niet gepubliceerd.")


def may_start(ctx: Context, process_id: str) -> bool:
    """Whether the actor may start this process in any municipality."""
    for model in ctx.library.current(ctx.tx):
        if model.definition.id == process_id:
            begins = ctx.library.starters(model, ctx.now)
            places = model.definition.settings.municipalities
            if any(role in begins and place in places for role, place in ctx.sight.held):
                return True
    return False


def start_form(ctx: Context, process_id: str, municipality: str) -> StartForm:
    """The form that a new case of this process begins with."""
    model = _current(ctx, process_id, municipality)
    first = _first(model, ctx.now)
    element = model.definition.element(first.process, first.element)
    form = form_of(model.definition, element)
    document = _at_begin(ctx, element, municipality)
    people = with_days(ctx, people_for(ctx, form, municipality))
    context = context_of(model, document, "", form, ctx.now) | people
    return StartForm(element, model.definition.processes[first.process], form, context)


def _at_begin(ctx: Context, element: Element, municipality: str) -> dict[str, str]:
    """What a case knows before its first step: where it plays, in which of the roles of that step the actor begins it,
    and who has the first of them, where that is the actor.
    """
    role = next((role for role in element.roles if (role, municipality) in ctx.sight.held), "")
    first = {role: ctx.actor.id} if role and role == element.roles[0] else {}
    return {process.PLACE: municipality, BEGUN_AS: role, **first}


def start(ctx: Context, process_id: str, municipality: str, answers: Mapping[str, Any]) -> Completed:
    """Start a case and complete its first task with these answers, by the actor.

    Raises InvalidDataError where the answers don't fit the form; then nothing is started.
    """
    model = _current(ctx, process_id, municipality)
    first = _first(model, ctx.now)
    element = model.definition.element(first.process, first.element)
    document = _at_begin(ctx, element, municipality)
    if not document[BEGUN_AS]:
        raise NotAllowedError("Je hebt in deze gemeente geen rol waarmee je dit mag starten.")
    secret = guarded(model.definition)
    case_id = store.case_files.add(ctx.tx, model.definition.version, process_id, municipality, ctx.now, secret)
    store.case_files.join(ctx.tx, case_id, ctx.actor.id, document[BEGUN_AS], ctx.now)
    row = store.case_files.lock(ctx.tx, case_id, None)
    if secret:
        ctx.looks.shows(case_id, municipality, Ground.OWN)
    begun = process.start(model, document, ctx.now)
    ctx.happened(case_id, {"kind": Happening.STARTED})
    form = form_of(model.definition, element)
    context = context_of(model, document, "", form, ctx.now) | people_for(ctx, form, municipality)
    clean = forms.validate(form, answers, context)
    done = process.complete(model, begun.state, begun.document, begun.open[0].key, clean, ctx.now)
    done = replace(done, notes=begun.notes + done.notes, flows=begun.flows + done.flows)
    entries = _entries(ctx, model, element, form, clean, done.document, "")
    join_chosen(ctx, model.definition, case_id, form, clean)
    keep = Kept(element, first.item, clean)
    opened = apply(ctx, model, row, (), done, completed_event(element, first.item, clean), entries, keep)
    return Completed(case_id, opened, done.ended, _next(ctx, opened))


def claim(ctx: Context, task_id: int) -> None:
    """Take a task, also one of somebody for whom the actor stands in. Raises ConflictError where somebody else has
    it.
    """
    opened = open_task(ctx, task_id, lock=True)
    if opened.row.assignee == ctx.actor.id:
        return
    if opened.row.assignee and Verb.CLAIM not in opened.may:
        name = store.people.names(ctx.tx, [opened.row.assignee]).get(opened.row.assignee, "Iemand anders")
        raise ConflictError(f"{name} heeft de taak '{opened.row.title}' al opgepakt.", case_id=opened.case.id)
    if Verb.CLAIM not in opened.may:
        raise NotAllowedError("Deze taak is niet voor jouw rol.")
    _give(ctx, opened, ctx.actor.id, Happening.CLAIMED)


def release(ctx: Context, task_id: int) -> None:
    """Give a task back to those who may do it."""
    opened = open_task(ctx, task_id, lock=True)
    if not opened.may & {Verb.RELEASE, Verb.REASSIGN}:
        raise NotAllowedError("Je kunt alleen een taak loslaten die je zelf hebt opgepakt.")
    _give(ctx, opened, None, Happening.RELEASED)


def reassign(ctx: Context, task_id: int, person_id: str, reason: str = "") -> None:
    """Give a task to somebody else, who must be one of its candidates, and keep why where that was said."""
    opened = open_task(ctx, task_id, lock=True)
    if Verb.REASSIGN not in opened.may:
        raise NotAllowedError("Alleen wie het overzicht heeft in deze gemeente, mag een taak toewijzen.")
    if person_id not in {person.id for person in receivers(ctx, opened)}:
        raise NotAllowedError(
            "Deze persoon mag deze taak niet doen: de rol past niet, of het gezin zei daar geen ja op."
        )
    _give(ctx, opened, person_id, Happening.REASSIGNED, reason)
    if opened.row.safety:
        _hand_over_safety(ctx, opened, person_id)


def _hand_over_safety(ctx: Context, opened: Opened, person_id: str) -> None:
    """Who gets a task of the safety file acts in it from now on, and gets the steps after it too."""
    store.case_files.join(ctx.tx, opened.case.id, person_id, opened.row.circle, ctx.now)
    key = opened.element.given_to
    if key:
        document = process.laid_over(opened.case.document, opened.row.item, {key: person_id})
        store.case_files.save(ctx.tx, replace(opened.case, document=document))


def _give(ctx: Context, opened: Opened, person_id: str | None, kind: Happening, reason: str = "") -> None:
    store.tasks.assign(ctx.tx, opened.row.id, person_id, ctx.now)
    ask_for(ctx, opened.case, (store.tasks.one(ctx.tx, opened.row.id),))
    store.undo.forget(ctx.tx, opened.case.id, unless=ctx.actor.id)
    event = {
        "kind": kind,
        "process": opened.row.process,
        "element": opened.row.element,
        "item": opened.row.item,
        "detail": _given_to(person_id, reason) if kind is Happening.REASSIGNED else _in_whose_place(opened, kind),
    }
    ctx.happened(opened.case.id, event)


def _given_to(person_id: str | None, reason: str) -> dict[str, str | None]:
    return {"aan": person_id, **({"reden": reason} if reason else {})}


def _in_whose_place(opened: Opened, kind: Happening) -> dict[str, str]:
    """For whom somebody stands in who takes a task."""
    return {"in_plaats_van": opened.row.assignee} if kind is Happening.CLAIMED and opened.row.assignee else {}


def complete(
    ctx: Context,
    task_id: int,
    answers: Mapping[str, Any],
    seen_version: int | None = None,
    shown: Mapping[str, Any] | None = None,
) -> Completed:
    """Complete a task with these answers, in one go; `fill` says what the arguments are, `finish` what it raises."""
    return finish(ctx, fill(ctx, task_id, answers, seen_version, shown))


def fill(
    ctx: Context,
    task_id: int,
    answers: Mapping[str, Any],
    seen_version: int | None = None,
    shown: Mapping[str, Any] | None = None,
) -> Filled:
    """Lock a task and lay answers over what others wrote since the person read it: `seen_version` is the version that
    was on screen, `shown` the values that its form began with. Without `shown` the answers count whatever stands now.

    Raises ConflictError where somebody was first, NotAllowedError where the task is not for the actor.
    """
    opened = open_task(ctx, task_id, lock=True)
    row = opened.row
    if Verb.COMPLETE not in opened.may:
        if row.assignee:
            name = store.people.names(ctx.tx, [row.assignee]).get(row.assignee, "Iemand anders")
            raise ConflictError(f"{name} heeft de taak '{row.title}' intussen opgepakt.")
        raise NotAllowedError("Deze taak is niet voor jouw rol.")
    stale = seen_version is not None and seen_version != row.revision and row.assignee != ctx.actor.id
    definition = opened.model.definition
    form = form_of(definition, opened.element)
    document = shown_document(definition, opened.element, opened.case.document)
    context = context_of(opened.model, document, row.item, form, ctx.now) | choices_for(ctx, opened, form)
    if shown is None:
        return Filled(opened, form, context, dict(answers), {}, stale)
    now = (process.find_item(document, row.item) or {}) if row.item else document
    if opened.element.properties.get("register") == Register.CONSENT:  # asked anew: what others wrote wasn't shown
        known = known_at(ctx, opened.model, opened.case, opened.element)
        now = known.readable(ctx.sight, opened.facts, known.values(keys_of(form), row.item))
    merged = forms.merge(form, answers, shown, now, context)
    return Filled(opened, form, context, merged.answers, merged.clashes, stale)


def finish(ctx: Context, filled: Filled) -> Completed:
    """Complete a task that was filled in by the same transaction.

    Raises ConflictError where an answer would overwrite what somebody else wrote, or the task went from hand to hand
    since it was read; InvalidDataError where answers don't fit the form.
    """
    opened, form = filled.opened, filled.form
    row, case = opened.row, _signed_up(ctx, opened)
    if filled.stale:
        raise ConflictError(f"De taak '{row.title}' is veranderd sinds je haar opende. Kijk nog een keer.")
    if filled.clashes:
        fields = dict.fromkeys(filled.clashes, "Dit is intussen door iemand anders veranderd.")
        raise ConflictError(
            "Iemand veranderde intussen iets wat jij ook invulde. Kijk het na en rond opnieuw af.", fields
        )
    definition = opened.model.definition
    clean = forms.validate(form, filled.answers, filled.context)
    clean |= follows(ctx, opened.model, case, opened.element, clean, filled.context)
    outcome = process.complete(opened.model, case.state, case.document, row.key, clean, case.clock(ctx.now))
    entries = _entries(ctx, opened.model, opened.element, form, clean, outcome.document, row.item)
    _well_asked(ctx, case.id, form, entries)
    _within_consent(ctx, case.id, definition, form, entries)
    _known_to_organisations(ctx, case.id, opened.facts, form, entries)
    before = store.tasks.open_tasks(ctx.tx, case.id)
    waiting = [task for task in before if task.id != row.id]
    timed = True
    if undoing.lasting(ctx, case.id, opened.element, entries):
        store.undo.forget(ctx.tx, case.id)
    else:
        timed = undoing.remember(ctx, case, before, _touched(form, entries, waiting, outcome))
    store.tasks.end(ctx.tx, [row], TaskStatus.COMPLETED, ctx.actor.id)
    join_chosen(ctx, definition, case.id, form, clean, row.item)
    sociale_kaart.missed_in(ctx, case.municipality, form, clean)
    event = completed_event(opened.element, row.item, clean)
    if not access.is_candidate(ctx.sight, opened.facts, row.facts):
        event["detail"].setdefault("namens", opened.element.roles[0] if opened.element.roles else "")
    keep = Kept(opened.element, row.item, clean)
    fresh = apply(ctx, opened.model, case, waiting, outcome, event, entries, keep, timed=timed)
    if opened.element.properties.get("stuurt") == Sent.INVITATION:
        announcing.invite(ctx, case.id, [id for entry in entries for id in entry.values.get("aan") or ()])
    if handing.OPENS in opened.element.properties:
        handing.hand_over(ctx, opened, outcome.document)
    stopped = _stopped(ctx, opened.model, case, entries)
    return Completed(case.id, fresh if stopped is None else stopped, outcome.ended, _next(ctx, stopped or fresh))


def _signed_up(ctx: Context, opened: Opened) -> CaseRow:
    """The case, with who does its first step as who begins it, where nobody did: another Knooppunt handed it over."""
    case, element = opened.case, opened.element
    if RoleId.AANMELDER in case.document or element.roles[:1] != (RoleId.AANMELDER,):
        return case
    begun = _at_begin(ctx, element, case.municipality)
    if not begun[BEGUN_AS]:  # here this step knows nobody but who signs up a family
        begun |= {BEGUN_AS: RoleId.AANMELDER, RoleId.AANMELDER: ctx.actor.id}
    store.case_files.join(ctx.tx, case.id, ctx.actor.id, begun[BEGUN_AS], ctx.now)
    return replace(case, document={**case.document, **begun})


def _next(ctx: Context, opened: Iterable[int]) -> int | None:
    """Which of these tasks is on the name of the actor."""
    return next((id for id in opened if store.tasks.one(ctx.tx, id).assignee == ctx.actor.id), None)


def _touched(form: Form, entries: Iterable[Entry], waiting: Iterable[TaskRow], outcome: Outcome) -> frozenset[str]:
    """What completing a step may change in place: the registers that it fills, agreements that are followed no more,
    and who takes part, with what who signalled has heard.
    """
    filled = {entry.register for entry in entries}
    followed = {Register.AGREEMENT} if outcome.ended or any(row.item for row in waiting) else set()
    chooses = any(field.people for field in form.input_fields())
    is_news = outcome.ended or bool(filled & {Register.FAMILY, Register.CONSENT})
    return frozenset({*filled, *followed, *([store.undo.PEOPLE] if chooses or is_news else ())})


def _entries(
    ctx: Context,
    model: Model,
    element: Element,
    form: Form,
    clean: Mapping[str, Any],
    document: Mapping[str, Any],
    item: str,
) -> tuple[Entry, ...]:
    """What answers give a register, and mean there."""
    source = (process.find_item(document, item) or {}) if item else document
    given = registers.entries(element, form, clean, source, item)
    if all(entry.register != Register.CONSENT for entry in given):
        return given
    return consent.meant(given, ctx.library.settings(ctx.tx, model))


def follows(
    ctx: Context,
    model: Model,
    case: CaseRow,
    element: Element,
    clean: Mapping[str, Any],
    context: Mapping[str, Any],
) -> dict[str, Any]:
    """What a step that asks consent computes from the gate: whether it is open with these answers."""
    if element.properties.get("register") != Register.CONSENT:
        return {}
    form = form_of(model.definition, element)
    now_said = consent.consents_of(_entries(ctx, model, element, form, clean, clean, ""))
    said = [said.consent for said in store.registers.said(ctx.tx, case.id)]
    family = store.registers.family(ctx.tx, case.id)
    gates = consent.gates(family, [*said, *now_said], model.definition.settings, case.municipality)
    return forms.computed(form.fields, {**context, **clean, **gates})


def _well_asked(ctx: Context, case_id: int, form: Form, entries: Iterable[Entry]) -> None:
    """Refuse an answer that names kinds of data and then none, and one that is recorded by whom it lets in."""
    entries = tuple(entry for entry in entries if entry.register == Register.CONSENT)
    if not entries:
        return
    said = [said.consent for said in store.registers.said(ctx.tx, case_id)]
    mine = (answer for answer in said if answer.organisation == ctx.actor.organisation)
    known = {(answer.person, kind) for answer in mine for kind in answer.yes}
    listed = next((field for field in form.input_fields() if field.type.holds is Holds.ROWS), None)
    keys = {part.properties.get("register"): part.key for part in listed.fields} if listed else {}
    wrong: dict[str, str] = {}
    for number, entry in enumerate(entries):
        place = f"{listed.key}.{number}." if listed else ""
        if entry.values.get("antwoord") == Reply.OTHERWISE and not entry.yes:
            wrong[f"{place}{keys.get('soorten', '')}"] = "Kruis aan waarop deze persoon ja zegt, of kies “nee”."
        own = ctx.actor.organisation and entry.values.get("organisatie") == ctx.actor.organisation
        if own and any((entry.values.get("persoon"), kind) not in known for kind in entry.yes):
            wrong[f"{place}{keys.get('organisatie', '')}"] = (
                "Dit is je eigen organisatie. Laat iemand van een andere organisatie dit ja vragen en vastleggen."
            )
    if wrong:
        raise InvalidDataError("Deze toestemming kan zo niet worden vastgelegd.", wrong)


def _within_consent(ctx: Context, case_id: int, definition: Definition, form: Form, entries: Iterable[Entry]) -> None:
    """Refuse to share by consent with an organisation that no consent in force names (domain C; RUL-06).

    Another ground isn't a matter of consent, and who isn't an organisation of the region can't be looked up.
    """
    organisations = definition.settings.organisations
    disclosures = (entry.values for entry in entries if entry.register == Register.DISCLOSURE)
    chosen = [values["aan"] for values in disclosures if values.get("grond") == BY_CONSENT]
    recipients = [id for ids in chosen if isinstance(ids, list) for id in ids if id in organisations]
    if not recipients:
        return
    open_to = {opening.organisation for opening in store.registers.opened(ctx.tx, case_id)}
    unnamed = ", ".join(organisations[id].name for id in recipients if id not in open_to)
    if unnamed:
        key = next((f.key for f in form.input_fields() if f.properties.get("register") == "aan"), "")
        raise InvalidDataError(
            "Delen mag hier nog niet.",
            {key: f"Hiervoor staat nog geen toestemming van de ouders in het dossier: {unnamed}."},
        )


def _known_to_organisations(ctx: Context, case_id: int, facts: CaseFacts, form: Form, entries: Iterable[Entry]) -> None:
    """Refuse a new agreement with an organisation to which nothing of the case is open: its people couldn't even find
    what they are asked to do. Raises InvalidDataError at the question where it was chosen.
    """
    made = [e for e in entries if e.register == Register.AGREEMENT and e.values.get("wie")]
    if not made or not facts.guarded:
        return
    known = {cell.organisation for cell in store.registers.opened(ctx.tx, case_id)}
    stood = {row.item: row.organisation for row in store.registers.rows(ctx.tx, case_id, AgreementRow)}
    asked = [q for q in form.input_fields() if any(f.properties.get("register") == "wie" for f in (q, *q.fields))]
    sentence = "Het gezin zei hier nog geen ja tegen. Vraag dat eerst, of kies een andere organisatie."
    wrong = {}
    for number, entry in enumerate(made):
        over = entry.values.get("status") not in (None, AgreementStatus.OPEN, AgreementStatus.WAITING)
        if over or entry.values["wie"] in known or stood.get(entry.item) == entry.values["wie"]:
            continue
        for question in asked:
            inner = next((f.key for f in question.fields if f.properties.get("register") == "wie"), "")
            wrong[f"{question.key}.{number}.{inner}" if inner else question.key] = sentence
    if wrong:
        raise InvalidDataError("Met deze organisatie kun je nog niets afspreken.", wrong)


def skip(ctx: Context, task_id: int, reason: str) -> Completed:
    """Let a case go on past a task that its drawing lets be skipped, with the reason; by who may do it. It answers
    nothing, and fills no register. Raises ConflictError where somebody was first, NotAllowedError where it may not be.
    """
    opened = open_task(ctx, task_id, lock=True)
    row, case = opened.row, opened.case
    if Verb.COMPLETE not in opened.may or not opened.element.skippable:
        raise NotAllowedError("Deze taak kun je niet overslaan.")
    if not reason.strip():
        raise InvalidDataError(WHY_SKIPPED, {"reden": WHY_SKIPPED})
    before = store.tasks.open_tasks(ctx.tx, case.id)
    waiting = [task for task in before if task.id != row.id]
    outcome = process.skip(opened.model, case.state, case.document, row.key, case.clock(ctx.now))
    undoing.remember(ctx, case, before, store.undo.EVERYTHING)
    store.tasks.end(ctx.tx, [row], TaskStatus.LAPSED, ctx.actor.id)
    family = sorted(relative.id for relative in store.registers.family(ctx.tx, case.id))
    place = {"process": row.process, "element": row.element, "item": row.item}
    event = {"kind": Happening.SKIPPED, **place, "detail": {"reden": reason.strip(), "over": family}}
    fresh = apply(ctx, opened.model, case, waiting, outcome, event, ())
    return Completed(case.id, fresh, outcome.ended, _next(ctx, fresh))


def correct(
    ctx: Context,
    case_id: int,
    process_id: str,
    element_id: str,
    answers: Mapping[str, Any],
    reason: str,
    item: str = "",
) -> None:
    """Change what an earlier step answered, with the reason. What was there before stays in the history."""
    if not reason.strip():
        raise InvalidDataError("Schrijf op waarom je dit verandert.", {"reden": "Schrijf op waarom je dit verandert."})
    case, facts, _ = lock_case(ctx, case_id)
    model = ctx.library.model(ctx.tx, case.version_id)
    element = known_element(model.definition, process_id, element_id)
    if circle := circle_of(element, item):
        ctx.looks.in_circle(case_id, case.municipality, circle)
    if case.status != CaseStatus.RUNNING:
        raise NotAllowedError("Deze antwoorden mag je niet veranderen.")
    answered = _answered(ctx, model, case, facts, element, item)
    form = form_of(model.definition, element)
    document = shown_document(model.definition, element, case.document)
    context = context_of(model, document, item, form, ctx.now) | people_for(ctx, form, case.municipality)
    context |= relatives_for(store.registers.family(ctx.tx, case_id), {})
    clean = forms.validate(form, answers, context, answered.values)
    clean |= follows(ctx, model, case, element, clean, context)
    changed = {key: [was, now] for key, now in clean.items() if (was := answered.values.get(key)) != now}
    outcome = process.correct(model, case.state, case.document, item, clean, case.clock(ctx.now))
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    if any(row.item and process.find_item(outcome.document, row.item) is None for row in waiting):
        raise InvalidDataError("Er loopt nog een taak over een regel die je weghaalt. Rond die taak eerst af.")
    given = _entries(ctx, model, element, form, clean, outcome.document, item)
    entries = tuple(replace(entry, corrects=answered.at) for entry in given)
    _well_asked(ctx, case_id, form, entries)
    _known_to_organisations(ctx, case_id, facts, form, entries)
    store.undo.forget(ctx.tx, case_id)
    if element.properties.get("register") == Register.CONSENT and _says_anew(form, answers, context):
        store.registers.replace_consents(ctx.tx, case_id, registers.source_of(element), answered.at, ctx.now)
    join_chosen(ctx, model.definition, case.id, form, clean, item, answered.values)
    event = {
        "kind": Happening.CORRECTED,
        "process": process_id,
        "element": element_id,
        "item": item,
        "detail": {"reden": reason.strip(), "velden": sorted(clean), "was": changed},
    }
    apply(ctx, model, case, waiting, outcome, event, entries, Kept(element, item, clean, answered))
    _stopped(ctx, model, case, entries)


def _answered(ctx: Context, model: Model, case: CaseRow, facts: CaseFacts, element: Element, item: str) -> Answered:
    """What a step answered last, for who may correct it: who did it or may do it, and may read all of it now."""
    known = Known(model.definition, case.document, store.answers.of_case(ctx.tx, case.id))
    answered = known.last(element, item)
    if answered is None or not known.of_step(ctx.sight, facts, answered, element):
        raise NotFoundError("Deze antwoorden zijn er niet, of je mag ze niet zien.")
    whole = known.reads_whole(ctx.sight, facts, answered, element) and answered.at >= case.begun_at
    if not whole or not may_correct(ctx.sight, facts, answered, element):
        raise NotAllowedError("Deze antwoorden mag je niet veranderen.")
    return answered


def _says_anew(form: Form, answers: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    """Whether answers speak of what a form gives its register, or leave nothing of it to be asked."""
    asked = Form(form.id, forms.visible(form, {**context, **answers})).input_fields()
    keys = {field.key for field in asked if field.type.holds is Holds.ROWS or "register" in field.properties}
    return not keys or not keys.isdisjoint(answers)


def message(
    ctx: Context,
    case_id: int,
    name: str,
    answers: Mapping[str, Any] | None = None,
    wish: withdrawing.Wish = EVERYTHING,
) -> int | None:
    """Tell a case that something happened, such as `toestemming_ingetrokken`, with the answers to what `telling` asks
    before it; `wish` says what was taken back. Gives the task that the teller goes on with, if any.

    Raises ConflictError where the case does not wait for it, NotAllowedError where it is not this person's to tell,
    InvalidDataError where it isn't said who told it, when it happened, or for whom.
    """
    case, facts, seen = lock_case(ctx, case_id)
    model = ctx.library.model(ctx.tx, case.version_id)
    if case.status != CaseStatus.RUNNING:
        raise ConflictError("Dit dossier is al afgesloten.")
    history = of_round(store.case_files.history(ctx.tx, case_id))
    offered = {option.name: option for option in messages_for(ctx, model, case, facts, seen, history)}
    if name not in offered:
        if name in _awaited(ctx, model, case):
            raise NotAllowedError("Dit mag je in dit dossier niet melden.")
        raise ConflictError("Dit dossier wacht nu niet op dit bericht.")
    said = telling.answered(ctx, telling.asked(ctx, case_id, facts, offered[name]), answers or {})
    if name == Message.CONSENT_WITHDRAWN:  # it comes back only by the person
        store.undo.forget(ctx.tx, case_id)
        withdrawing.record(ctx, case_id, wish)
    else:
        undoing.remember(ctx, case, store.tasks.open_tasks(ctx.tx, case_id), store.undo.EVERYTHING)
    return _next(ctx, _tell(ctx, model, case, name, said))


def _tell(ctx: Context, model: Model, case: CaseRow, name: str, said: Mapping[str, Any]) -> tuple[int, ...]:
    """Let a locked case know of a message, whether or not a diagram waits for it; the ids of the tasks that it opened.
    Consent that is withdrawn is in force nowhere, also when only the meldcode still goes on.
    """
    withdrawn = name == Message.CONSENT_WITHDRAWN
    if withdrawn:
        store.registers.lapse(ctx.tx, case.id)
    noted = {Noted.RECORDER: ctx.actor.id, Noted.DAY: _today(ctx.now)} | {Noted(f"_{key}"): said[key] for key in said}
    document = {**case.document, **{f"{name}{suffix}": value for suffix, value in noted.items()}}
    waiting = store.tasks.open_tasks(ctx.tx, case.id)
    event: dict[str, Any] = {"kind": Happening.MESSAGE, "detail": {"naam": name, **said}}
    if name not in _awaited(ctx, model, case):
        if name == Message.ACUTE_DANGER:  # nobody who sees danger is sent away, also where one file runs for all
            store.case_files.join(ctx.tx, case.id, ctx.actor.id, safety_role(""), ctx.now)
        ctx.happened(case.id, event)
        _unseen(ctx, case, name, ())
        opened_anew(ctx, model, case)
        return ()
    outcome = process.message(model, case.state, document, name, case.clock(ctx.now))
    if told_in := model.definition.told_in_rows(name):
        event["item"] = forms.rows_of(outcome.document[told_in])[-1]["id"]
    if name == Message.ACUTE_DANGER:  # nobody else knows of the file that begins by it
        role = safety_role(event.get("item", ""))
        store.case_files.join(ctx.tx, case.id, ctx.actor.id, role, ctx.now)
    circles = _begun(model, waiting, outcome)
    for circle in circles:  # who told it knows, and from then on whom the family lets know
        store.case_files.join(ctx.tx, case.id, ctx.actor.id, circle, ctx.now)
    opened = apply(ctx, model, case, waiting, outcome, event, (), withdrawn=withdrawn)
    _unseen(ctx, case, name, circles)
    return opened


def _unseen(ctx: Context, case: CaseRow, name: str, circles: Iterable[str]) -> None:
    """Where a circle began by what was told, the look-log tells no more of it than that somebody was in a circle."""
    for circle in (*circles, *((RoleId.SAFETY,) if name == Message.ACUTE_DANGER else ())):
        ctx.looks.in_circle(case.id, case.municipality, circle)


def _awaited(ctx: Context, model: Model, case: CaseRow) -> set[str]:
    awaited = process.awaited(model, case.state, case.document, case.clock(ctx.now))
    return {element.event.name for element in awaited if element.event}


def _stopped(ctx: Context, model: Model, before: CaseRow, entries: Iterable[Entry]) -> tuple[int, ...] | None:
    """Stop the traject by its drawing where an answer took away the last yes that let it go on; the ids of the tasks
    that this opened, or None where a yes stands.
    """
    if not any(entry.register in (Register.CONSENT, Register.FAMILY) for entry in entries):
        return None
    case = store.case_files.lock(ctx.tx, before.id, None)
    if not before.agreed or case.agreed or case.status != CaseStatus.RUNNING:
        return None
    return _tell(ctx, model, case, Message.CONSENT_WITHDRAWN, {})


def _begun(model: Model, waiting: Iterable[TaskRow], outcome: Outcome) -> set[str]:
    """The circles, beside those of safety files, of the steps that a move opened."""
    before = {row.key for row in waiting}
    fresh = (task for task in outcome.open if task.key not in before)
    steps = ((model.definition.element(task.process, task.element), task.item) for task in fresh)
    return {circle for step, item in steps if not is_safety(step) and (circle := circle_of(step, item))}


def withdraw(ctx: Context, case_id: int, wish: withdrawing.Wish) -> None:
    """Record that somebody takes back what was agreed to, wholly or in part. Where the last yes that let the case go on
    is gone by it, the case is told so, as if it were withdrawn wholly.

    Raises NotAllowedError where this person may not record it, ConflictError where there is nothing to take back; who
    doesn't read what others were said yes to isn't told so.
    """
    case, facts = withdrawing.lock(ctx, case_id)
    model = ctx.library.model(ctx.tx, case.version_id)
    if not may_withdraw(ctx, model, case, facts):
        raise NotAllowedError("Dit mag je in dit dossier niet vastleggen.")
    lapsing = withdrawing.lapse(ctx, case, model.definition.settings, wish)
    if not lapsing.stands and withdrawing.reads_all(ctx, facts):
        raise ConflictError("Hiervoor staat geen ja in het dossier dat nu geldt.")
    if lapsing.stops:
        message(ctx, case_id, Message.CONSENT_WITHDRAWN, wish=wish)
        return
    store.undo.forget(ctx.tx, case_id)
    withdrawing.record(ctx, case_id, wish)
    detail = {"wie": wish.person, "organisatie": wish.organisation, "soort": wish.kind}
    event = {"kind": Happening.WITHDRAWN, "detail": detail}
    ctx.happened(case_id, event)
    opened_anew(ctx, model, case)


def may_withdraw(ctx: Context, model: Model, case: CaseRow, facts: CaseFacts) -> bool:
    """Whether this person may record that something was taken back: who may be told that all of it is."""
    history = of_round(store.case_files.history(ctx.tx, case.id))
    offered = messages_for(ctx, model, case, facts, ctx.sight, history)
    return any(option.name == Message.CONSENT_WITHDRAWN for option in offered)


def lapses(ctx: Context, case_id: int, wish: withdrawing.Wish) -> withdrawing.Lapse:
    """What would lapse if it were taken back, to tell it before it happens, as far as this person may know."""
    case, facts = withdrawing.lock(ctx, case_id)
    model = ctx.library.model(ctx.tx, case.version_id)
    if not may_withdraw(ctx, model, case, facts):
        raise NotAllowedError("Dit mag je in dit dossier niet vastleggen.")
    lapsing = withdrawing.lapse(ctx, case, model.definition.settings, wish)
    return withdrawing.told(ctx, case_id, facts, lapsing, wish)


def close(ctx: Context, case_id: int, reason: str) -> None:
    """Close a case before its process ends, with the reason."""
    if not reason.strip():
        raise InvalidDataError(
            "Schrijf op waarom je het dossier sluit.", {"reden": "Schrijf op waarom je het dossier sluit."}
        )
    case, facts, seen = lock_case(ctx, case_id)
    if not access.oversees(seen, facts):
        raise NotAllowedError("Alleen wie het overzicht heeft in deze gemeente, mag een dossier sluiten.")
    if case.status != CaseStatus.RUNNING:
        raise ConflictError("Dit dossier is al afgesloten.")
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    undoing.remember(ctx, case, waiting, store.undo.EVERYTHING)
    unseen = any(row.circle for row in waiting)  # a meldcode is never cut off by somebody who does not know of it
    store.tasks.end(ctx.tx, [row for row in waiting if not row.circle], TaskStatus.LAPSED, ctx.actor.id)
    store.registers.lapse(ctx.tx, case_id)
    if not unseen:
        store.jobs.plan(ctx.tx, Job.CLOCK, case_id, None)
    ctx.happened(case_id, {"kind": Happening.CLOSED, "detail": {"reden": reason.strip()}})
    state = case.state if unseen else ""
    closed = replace(case, state=state, status=CaseStatus.CLOSED, ended_at=ctx.now, end_reason=reason.strip())
    opened_anew(ctx, ctx.library.model(ctx.tx, case.version_id), closed)


def reopen(ctx: Context, case_id: int, reason: str) -> Completed:
    """Begin a new round of a case that ended, in the same dossier, with the reason.

    Nobody takes part any more, and no answer of the family counts: it is asked anew, and content opens by that. What
    goes on unseen goes on. Raises NotAllowedError where this is not this person's to do or no diagram draws it,
    ConflictError where the case didn't end.
    """
    case, facts, _ = lock_case(ctx, case_id)
    if case.status == CaseStatus.RUNNING:
        raise ConflictError("Dit dossier loopt al.")
    model = ctx.library.model(ctx.tx, case.version_id)
    start = reopening(ctx, model, case, facts)
    if start is None or start.event is None:
        raise NotAllowedError("Dit dossier kun je niet heropenen. Dat kan het Knooppuntteam, waar het is getekend.")
    if not reason.strip():
        sentence = "Schrijf op waarom je het dossier heropent."
        raise InvalidDataError(sentence, {"reden": sentence})
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    undoing.remember(ctx, case, waiting, store.undo.EVERYTHING)
    store.registers.begin_anew(ctx.tx, case_id, ctx.now)
    store.case_files.leave_all(ctx.tx, case_id)
    name = start.event.name
    noted = {f"{name}{Noted.RECORDER}": ctx.actor.id, f"{name}{Noted.DAY}": _today(ctx.now)}
    outcome = process.reopen(model, case.state, case.document, {row.key for row in waiting}, noted, ctx.now)
    store.jobs.plan(ctx.tx, Job.FORGET, case_id, None)
    begun = replace(case, status=CaseStatus.RUNNING, round_at=ctx.now, ended_at=None, end_reason="")
    ended_at = case.ended_at or ctx.now
    detail = {"reden": reason.strip(), "was": case.status, "tot": ended_at.isoformat()}
    event = {"kind": Happening.REOPENED, "detail": detail}
    fresh = apply(ctx, model, begun, waiting, outcome, event, (), withdrawn=True)
    return Completed(case_id, fresh, outcome.ended, _next(ctx, fresh))


def tick(tx: store.Transaction, library: Library, case_id: int, now: datetime) -> None:
    """Let the timers of a case go off that are due; done by the clock, so without an actor."""
    case = store.case_files.lock(tx, case_id, None)
    if not case.state or case.paused_at:
        return
    model = library.model(tx, case.version_id)
    outcome = process.tick(model, case.state, case.document, now)
    if outcome.due is not None and outcome.due <= now:  # else the worker would do this and nothing else for ever
        raise ProcessError("De klok van dit dossier komt niet vooruit.")
    store.undo.forget(tx, case_id)
    clock = Context(tx, library, Person("", "De klok"), now)
    apply(clock, model, case, store.tasks.open_tasks(tx, case_id), outcome, {"kind": Happening.CLOCK}, ())


def _today(now: datetime) -> str:
    return now.astimezone(deadlines.ZONE).date().isoformat()

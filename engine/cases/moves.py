"""The use cases that change a case. One call is one transaction of its caller."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import access, checks, consent, deadlines, forms, process, store
from engine.access import Person
from engine.cases.asking import context_of, form_of, known_element, people_for, shown_document
from engine.cases.context import Context
from engine.cases.library import Library
from engine.cases.locks import Opened, lock_case, may_read, open_task
from engine.cases.reading import messages_for
from engine.cases.views import Completed, Filled, StartForm
from engine.cases.writing import apply, completed_event, join_chosen, register_entries, source_of
from engine.definitions import Definition
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError, ProcessError
from engine.forms import Form, Holds
from engine.process import Model, OpenTask
from engine.store.registers import Entry
from engine.words import CaseStatus, Happening, Job, Message, Register, RoleId, TaskStatus, Verb

BY_CONSENT = "toestemming"
"""The ground, of those that a region lists, which is a matter of consent."""


def publish(tx: store.Transaction, definition: Definition, now: datetime) -> None:
    """Make a definition the one that new cases start with. Raises DefinitionError where it fails a gate."""
    checks.publishable(definition)
    process.compile_model(definition)
    store.versions.publish(
        tx,
        definition.version,
        definition.id,
        definition.settings.region,
        definition.files,
        definition.overridden,
        now,
    )


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
    context = {"regio": model.regions[municipality], **people_for(ctx, form, municipality)}
    return StartForm(element, model.definition.processes[first.process], form, context)


def start(ctx: Context, process_id: str, municipality: str, answers: Mapping[str, Any]) -> Completed:
    """Start a case and complete its first task with these answers, by the actor.

    Raises InvalidDataError where the answers don't fit the form; then nothing is started.
    """
    model = _current(ctx, process_id, municipality)
    first = _first(model, ctx.now)
    element = model.definition.element(first.process, first.element)
    held = {role for role, where in ctx.sight.held if where == municipality}
    if not held & set(element.roles):
        raise NotAllowedError("Je hebt in deze gemeente geen rol waarmee je dit mag starten.")
    case_id = store.case_files.add(ctx.tx, model.definition.version, process_id, municipality, ctx.now)
    for role in element.roles:
        if role in held:
            store.case_files.join(ctx.tx, case_id, ctx.actor.id, role, ctx.now)
            break
    row = store.case_files.lock(ctx.tx, case_id, None)
    document = {"gemeente": municipality, **dict.fromkeys(element.roles[:1], ctx.actor.id)}
    begun = process.start(model, document, ctx.now)
    store.case_files.happened(ctx.tx, case_id, ctx.now, [{"kind": Happening.STARTED}], ctx.actor.id)
    form = form_of(model.definition, element)
    clean = forms.validate(
        form, answers, {**document, "regio": model.region(document), **people_for(ctx, form, municipality)}
    )
    done = process.complete(model, begun.state, begun.document, begun.open[0].key, clean, ctx.now)
    done = replace(done, notes=begun.notes + done.notes, flows=begun.flows + done.flows)
    entries = register_entries(element, form, clean, done.document, "")
    opened = apply(ctx, model, row, (), done, completed_event(element, first.item, clean), entries)
    return Completed(case_id, opened, done.ended)


def claim(ctx: Context, task_id: int) -> None:
    """Take a task. Raises ConflictError where somebody else has it."""
    opened = open_task(ctx, task_id, lock=True)
    if opened.row.assignee and opened.row.assignee != ctx.actor.id:
        name = store.people.names(ctx.tx, [opened.row.assignee]).get(opened.row.assignee, "Iemand anders")
        raise ConflictError(f"{name} heeft de taak '{opened.row.title}' al opgepakt.", case_id=opened.case.id)
    if opened.row.assignee:
        return
    if Verb.CLAIM not in opened.may:
        raise NotAllowedError("Deze taak is niet voor jouw rol.")
    _give(ctx, opened, ctx.actor.id, Happening.CLAIMED)


def release(ctx: Context, task_id: int) -> None:
    """Give a task back to those who may do it."""
    opened = open_task(ctx, task_id, lock=True)
    if not opened.may & {Verb.RELEASE, Verb.REASSIGN}:
        raise NotAllowedError("Je kunt alleen een taak loslaten die je zelf hebt opgepakt.")
    _give(ctx, opened, None, Happening.RELEASED)


def reassign(ctx: Context, task_id: int, person_id: str) -> None:
    """Give a task to somebody else, who must be one of its candidates."""
    opened = open_task(ctx, task_id, lock=True)
    if Verb.REASSIGN not in opened.may:
        raise NotAllowedError("Alleen wie het overzicht heeft in deze gemeente, mag een taak toewijzen.")
    place = opened.case.municipality
    named = consent.named_organisations(store.registers.consents(ctx.tx, opened.case.id), ctx.now)
    roles = opened.model.definition.settings.roles
    able = access.candidates(store.people.everyone(ctx.tx, place), opened.row.facts, place, named, roles)
    chosen = next((person for person in able if person.id == person_id), None)
    if chosen is None:
        raise NotAllowedError("Deze persoon mag deze taak niet doen: de rol past niet, of de toestemming ontbreekt.")
    _give(ctx, opened, person_id, Happening.REASSIGNED)
    if opened.row.safety:
        _hand_over_safety(ctx, opened, person_id)
        return
    fitting = {role for role, _ in access.held_roles(chosen, {place: roles}) if role in opened.row.roles}
    if fitting <= set(access.CHOSEN):  # nothing else gives this person a role in the case
        for role in sorted(fitting):
            store.case_files.join(ctx.tx, opened.case.id, person_id, role, ctx.now)


def _hand_over_safety(ctx: Context, opened: Opened, person_id: str) -> None:
    """Who gets a task of the safety file acts in it from now on, and gets the steps after it too."""
    store.case_files.join(ctx.tx, opened.case.id, person_id, RoleId.SAFETY, ctx.now)
    key = opened.element.properties.get("toewijzen")
    if key:
        document = {**opened.case.document, key: person_id}
        store.case_files.save(ctx.tx, replace(opened.case, document=document))


def _give(ctx: Context, opened: Opened, person_id: str | None, kind: Happening) -> None:
    store.tasks.assign(ctx.tx, opened.row.id, person_id)
    event = {
        "kind": kind,
        "process": opened.row.process,
        "element": opened.row.element,
        "item": opened.row.item,
        "detail": {"aan": person_id} if kind is Happening.REASSIGNED else {},
    }
    store.case_files.happened(ctx.tx, opened.case.id, ctx.now, [event], ctx.actor.id)


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
    context = context_of(opened.model, document, row.item, form) | people_for(ctx, form, opened.case.municipality)
    if shown is None:
        return Filled(opened, form, context, dict(answers), {}, stale)
    now = (process.find_item(document, row.item) or {}) if row.item else document
    merged = forms.merge(form, answers, shown, now, context)
    return Filled(opened, form, context, merged.answers, merged.clashes, stale)


def finish(ctx: Context, filled: Filled) -> Completed:
    """Complete a task that was filled in by the same transaction.

    Raises ConflictError where an answer would overwrite what somebody else wrote, or the task went from hand to hand
    since it was read; InvalidDataError where answers don't fit the form.
    """
    opened, form = filled.opened, filled.form
    row, case = opened.row, opened.case
    if filled.stale:
        raise ConflictError(f"De taak '{row.title}' is veranderd sinds je haar opende. Kijk nog een keer.")
    if filled.clashes:
        fields = dict.fromkeys(filled.clashes, "Dit is intussen door iemand anders veranderd.")
        raise ConflictError(
            "Iemand veranderde intussen iets wat jij ook invulde. Kijk het na en rond opnieuw af.", fields
        )
    definition = opened.model.definition
    clean = forms.validate(form, filled.answers, filled.context)
    outcome = process.complete(opened.model, case.state, case.document, row.key, clean, ctx.now)
    entries = register_entries(opened.element, form, clean, outcome.document, row.item)
    _within_consent(ctx, case.id, definition, form, entries)
    store.tasks.end(ctx.tx, [row.id], TaskStatus.COMPLETED, ctx.actor.id)
    join_chosen(ctx, definition, case.id, form, clean)
    waiting = [task for task in store.tasks.open_tasks(ctx.tx, case.id) if task.id != row.id]
    event = completed_event(opened.element, row.item, clean)
    if not access.is_candidate(ctx.sight, opened.facts, row.facts):
        event["detail"].setdefault("namens", opened.element.roles[0] if opened.element.roles else "")
    fresh = apply(ctx, opened.model, case, waiting, outcome, event, entries)
    return Completed(case.id, fresh, outcome.ended)


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
    named = consent.named_organisations(store.registers.consents(ctx.tx, case_id), ctx.now)
    unnamed = ", ".join(organisations[id].name for id in recipients if id not in named)
    if unnamed:
        key = next((f.key for f in form.input_fields() if f.properties.get("register") == "aan"), "")
        raise InvalidDataError(
            "Delen mag hier nog niet.",
            {key: f"Hiervoor staat nog geen toestemming van de ouders in het dossier: {unnamed}."},
        )


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
    case, facts, seen = lock_case(ctx, case_id)
    model = ctx.library.model(ctx.tx, case.version_id)
    element = known_element(model.definition, process_id, element_id)
    if not may_read(seen, facts, element) or case.status != CaseStatus.RUNNING:
        raise NotAllowedError("Deze antwoorden mag je niet veranderen.")
    history = store.case_files.history(ctx.tx, case_id)
    step = (Happening.COMPLETED, process_id, element_id, item)
    done = next((e for e in reversed(history) if (e.kind, e.process, e.element, e.item) == step), None)
    if done is None:
        raise NotFoundError("Deze stap is in dit dossier nog niet gedaan.")
    form = form_of(model.definition, element)
    document = shown_document(model.definition, element, case.document)
    context = context_of(model, document, item, form) | people_for(ctx, form, case.municipality)
    clean = forms.validate(form, answers, context)
    before = (process.find_item(case.document, item) or {}) if item else case.document
    changed = {key: [before.get(key), value] for key, value in clean.items() if before.get(key) != value}
    outcome = process.correct(model, case.state, case.document, item, clean, ctx.now)
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    if any(row.item and process.find_item(outcome.document, row.item) is None for row in waiting):
        raise InvalidDataError("Er loopt nog een taak over een regel die je weghaalt. Rond die taak eerst af.")
    entries = tuple(
        replace(entry, corrects=done.at) for entry in register_entries(element, form, clean, outcome.document, item)
    )
    source = source_of(element)
    if element.properties.get("register") == Register.CONSENT and _says_anew(form, answers, context):
        store.registers.withdraw(ctx.tx, case_id, ctx.now, source)  # those that are right come back with the entries
    join_chosen(ctx, model.definition, case.id, form, clean)
    event = {
        "kind": Happening.CORRECTED,
        "process": process_id,
        "element": element_id,
        "item": item,
        "detail": {"reden": reason.strip(), "velden": sorted(clean), "was": changed},
    }
    apply(ctx, model, case, waiting, outcome, event, entries)
    since = (event for event in history if event.id > done.id and event.kind == Happening.MESSAGE)
    if any(event.detail.get("naam") == Message.CONSENT_WITHDRAWN for event in since):
        store.registers.withdraw(ctx.tx, case_id, ctx.now, source)  # a correction gives nothing back to who lost it


def _says_anew(form: Form, answers: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    """Whether answers speak of what a form gives its register, or leave nothing of it to be asked."""
    asked = Form(form.id, forms.visible(form, {**context, **answers})).input_fields()
    keys = {field.key for field in asked if field.type.holds is Holds.ROWS or "register" in field.properties}
    return not keys or not keys.isdisjoint(answers)


def message(ctx: Context, case_id: int, name: str) -> None:
    """Tell a case that something happened, such as `toestemming_ingetrokken`.

    Raises ConflictError where the case does not wait for it, NotAllowedError where it is not this person's to tell.
    """
    case, facts, seen = lock_case(ctx, case_id)
    model = ctx.library.model(ctx.tx, case.version_id)
    if case.status != CaseStatus.RUNNING:
        raise ConflictError("Dit dossier is al afgesloten.")
    history = store.case_files.history(ctx.tx, case_id)
    offered = {option.name for option in messages_for(ctx, model, case, facts, seen, history)}
    waits = {e.event.name for e in process.awaited(model, case.state, case.document, ctx.now) if e.event}
    if name not in offered:
        if name in waits:
            raise NotAllowedError("Dit mag je in dit dossier niet melden.")
        raise ConflictError("Dit dossier wacht nu niet op dit bericht.")
    event = {"kind": Happening.MESSAGE, "detail": {"naam": name}}
    _whatever_is_drawn(ctx, case_id, name)
    if name not in waits:
        store.case_files.happened(ctx.tx, case_id, ctx.now, [event], ctx.actor.id)
        return
    document = {**case.document, f"{name}_door": ctx.actor.id, f"{name}_op": _today(ctx.now)}
    outcome = process.message(model, case.state, document, name, ctx.now)
    apply(ctx, model, case, store.tasks.open_tasks(ctx.tx, case_id), outcome, event, ())


def _whatever_is_drawn(ctx: Context, case_id: int, name: str) -> None:
    """What a message does whether or not a diagram waits for it. Consent that is withdrawn is in force nowhere, also
    when only the meldcode still goes on. Nobody who sees danger is sent away, also not while the meldcode is followed
    already: they act in it too from now on, and who began it reads that in the history.
    """
    if name == Message.CONSENT_WITHDRAWN:
        store.registers.withdraw(ctx.tx, case_id, ctx.now)
        store.registers.lapse(ctx.tx, case_id)
    if name == Message.ACUTE_DANGER:
        store.case_files.join(ctx.tx, case_id, ctx.actor.id, RoleId.SAFETY, ctx.now)


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
    if any(row.safety for row in waiting):  # a meldcode is never cut off by somebody who does not know of it
        raise ConflictError("In dit dossier loopt nog een stap die niet mag vervallen. Wacht tot die is afgerond.")
    store.tasks.end(ctx.tx, [row.id for row in waiting], TaskStatus.LAPSED, ctx.actor.id)
    store.registers.lapse(ctx.tx, case_id)
    store.jobs.plan(ctx.tx, Job.CLOCK, case_id, None)
    store.case_files.happened(
        ctx.tx, case_id, ctx.now, [{"kind": Happening.CLOSED, "detail": {"reden": reason.strip()}}], ctx.actor.id
    )
    closed = replace(case, state="", status=CaseStatus.CLOSED, ended_at=ctx.now, end_reason=reason.strip())
    store.case_files.save(ctx.tx, closed)


def tick(tx: store.Transaction, library: Library, case_id: int, now: datetime) -> None:
    """Let the timers of a case go off that are due; done by the clock, so without an actor."""
    case = store.case_files.lock(tx, case_id, None)
    if case.status != CaseStatus.RUNNING:
        return
    model = library.model(tx, case.version_id)
    outcome = process.tick(model, case.state, case.document, now)
    if outcome.due is not None and outcome.due <= now:  # else the worker would do this and nothing else for ever
        raise ProcessError("De klok van dit dossier komt niet vooruit.")
    clock = Context(tx, library, Person("", "De klok"), now)
    apply(clock, model, case, store.tasks.open_tasks(tx, case_id), outcome, {"kind": Happening.CLOCK}, ())


def _today(now: datetime) -> str:
    return now.astimezone(deadlines.ZONE).date().isoformat()

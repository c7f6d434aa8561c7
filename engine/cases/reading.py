"""Worklists, tasks and cases as one person may see them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import access, consent, forms, process, store
from engine.access import CaseFacts, Parts, Person, Sight
from engine.cases import beside, handing, undoing
from engine.cases.absence import with_days
from engine.cases.asking import (
    ABOUT,
    BEGUN_AS,
    DAY,
    TELLER,
    circle_of,
    context_of,
    form_of,
    keys_of,
    people_for,
    relatives_for,
    safety_role,
    shown_names,
)
from engine.cases.circles import Circles, circles, shown_document
from engine.cases.context import Context, sight_of
from engine.cases.known import Known, purpose_of
from engine.cases.library import guarded
from engine.cases.locks import Opened, may_correct, open_task
from engine.cases.looking import kind_of
from engine.cases.views import (
    Alike,
    AnswerSet,
    AtTable,
    Beside,
    CaseView,
    HandsOver,
    MessageOption,
    OwnWords,
    ProcessView,
    Round,
    Some,
    TaskView,
)
from engine.consent import HANDED, Family, Opening
from engine.definitions import Definition, Element
from engine.definitions.kinds import EventKind, Kind
from engine.definitions.registers import REGISTERS, AgreementRow, DisclosureRow, EvaluationRow, MeetingRow, SafetyRow
from engine.forms import Form
from engine.process import Model
from engine.store.answers import Answered
from engine.store.case_files import CaseRow, EventRow
from engine.store.case_lists import EVERY_CASE, CaseFilter, CaseLine
from engine.store.tasks import Filter, Line, Listing, TaskRow, Unasked
from engine.words import (
    CaseStatus,
    Ground,
    Happening,
    KnownData,
    Message,
    Part,
    Passage,
    Purpose,
    Register,
    Relation,
    RoleId,
    Seen,
    Teller,
    Verb,
)

STORIES = frozenset({Happening.SKIPPED, Happening.CONTACTED, Happening.POSTPONED, Happening.PAUSED, Happening.RESUMED})
"""What somebody did with words of the own beside it, which are a story about the whole family."""


def worklist(ctx: Context, chosen: Filter) -> Listing:
    """One page of a worklist."""
    listed = store.tasks.listing(ctx.tx, ctx.sight, chosen, ctx.now)
    note_lines(ctx, listed.lines)
    return listed


def note_lines(ctx: Context, lines: Iterable[Line]) -> None:
    """Note that these lines of a worklist are shown."""
    for line in lines:
        if line.circle:
            ctx.looks.shows(line.case_id, line.municipality, Ground.CIRCLE, {kind_of(line.circle)})
        elif line.guarded:
            ctx.looks.shows(line.case_id, line.municipality, _ground_of(ctx, line), {Seen.LISTED})


def workers(ctx: Context) -> tuple[Person, ...]:
    """Who works where the actor keeps the overview, by name: those who may have the tasks that one sees there."""
    places = sorted({place for _, place in ctx.sight.overseen})
    people = {each.id: each for place in places for each in store.people.everyone(ctx.tx, place)}
    return tuple(sorted(people.values(), key=lambda each: (each.name, each.id)))


def _ground_of(ctx: Context, line: Line) -> Ground:
    """Why somebody sees a line of a worklist."""
    if line.assignee == ctx.actor.id:
        return Ground.HAVING
    overseen = line.municipality in {place for _, place in ctx.sight.overseen}
    return Ground.OVERVIEW if overseen and not line.claimable else Ground.ROLE


def unasked(ctx: Context) -> tuple[Unasked, ...]:
    """The tasks that nobody may do until the family is asked, in the cases that the actor keeps the overview of."""
    waiting = store.tasks.unasked(ctx.tx, ctx.sight)
    for line in waiting:
        ctx.looks.shows(line.case_id, line.municipality, Ground.OVERVIEW, {Seen.LISTED})
    return waiting


def task(ctx: Context, task_id: int, *, to_complete: bool = False, with_beside: bool = False) -> TaskView:
    """One open task, where asked for with what stands beside its form; for who is about to complete it, it is locked,
    and who has it or could is not looked up, nor how its case is called. Raises ConflictError, saying who did it, where
    it is no longer open.
    """
    opened = open_task(ctx, task_id, lock=to_complete)
    row, case, definition = opened.row, opened.case, opened.model.definition
    form = form_of(definition, opened.element)
    known = known_at(ctx, opened.model, case, opened.element)
    values = tuple(known.values(shown_names(form, known.document, row.item), row.item))
    stops = opened.element.stops and Verb.COMPLETE in opened.may
    facts = _reached(ctx, opened) if stops else opened.facts
    readable = {**engine_facts(known), **known.readable(ctx.sight, facts, values)}
    document = readable if opened.may & {Verb.CLAIM, Verb.COMPLETE} else {}
    choices = choices_for(ctx, opened, form)
    context = context_of(opened.model, document, row.item, form, ctx.now) | with_days(ctx, choices)
    source = process.find_item(document, row.item) or {} if row.item else document
    lacking = access.lacks(ctx.sight, opened.facts, row.needs)
    return TaskView(
        id=row.id,
        case_id=case.id,
        case_title=_case_title(ctx, case, stops) if not to_complete else "",
        version=row.revision,
        root=definition.id,
        settings=ctx.library.settings(ctx.tx, opened.model),
        process=definition.processes[row.process],
        element=opened.element,
        form=form,
        values={key: source[key] for key in keys_of(form) if source.get(key) is not None},
        context=context,
        subject="" if lacking and case.guarded else row.subject,
        deadline=row.deadline,
        overdue=row.deadline is not None and row.deadline < ctx.now,
        assignee=_assignee(ctx, opened) if not to_complete else None,
        may=opened.may,
        candidates=receivers(ctx, opened) if Verb.REASSIGN in opened.may and not to_complete else (),
        lacking=frozenset(need.kind for need in lacking),
        ground=access.ground(ctx.sight, opened.facts, ctx.task_facts(row)),
        guarded=case.guarded,
        table=_at_table(ctx, opened, known),
        hands_over=_hands_over(ctx, opened),
        handed=bool(handing.handed(ctx, case, opened.facts)),
        municipality=case.municipality,
        older=_older(ctx, opened.model),
        beside=beside.beside(ctx, opened, known, facts, _labels(choices)) if with_beside else Beside(),
    )


def _older(ctx: Context, model: Model) -> str:
    """The version that a case keeps to, where new cases of its process start with another; else ""."""
    return "" if ctx.library.is_newest(ctx.tx, model) else model.definition.version


def _labels(choices: Mapping[str, Any]) -> dict[str, str]:
    """The people of the family by the names that one may know, by id."""
    return {person["value"]: person["label"] for several in choices[forms.RELATIVES].values() for person in several}


def _case_title(ctx: Context, case: CaseRow, stops: bool) -> str:
    return case.title if stops else store.case_files.title(ctx.tx, case.id, ctx.sight)


def _assignee(ctx: Context, opened: Opened) -> Person | None:
    """Who has a task; found among those who may get it, where these are asked for anyway."""
    id = opened.row.assignee
    others = store.people.everyone(ctx.tx, opened.case.municipality) if Verb.REASSIGN in opened.may else ()
    if not id:
        return None
    return next((person for person in others if person.id == id), None) or store.people.one(ctx.tx, id)


def _at_table(ctx: Context, opened: Opened, known: Known) -> tuple[AtTable, ...]:
    """What may be said at the table that this step prepares, for who keeps the overview and so reads who said what to
    whom; nothing where nobody is invited yet.
    """
    place = known.definition.processes[opened.row.process]
    invited = {id for key in beside.invitations(known.definition, place) for id in known.document.get(key) or ()}
    if not invited or not opened.facts.agreed or not access.oversees(ctx.sight, opened.facts):
        return ()
    cells = store.registers.opened(ctx.tx, opened.case.id)
    relatives = relatives_known(ctx, opened.case.id, opened.facts)[forms.RELATIVES]
    people = (person for several in relatives.values() for person in several)
    return tuple(AtTable(p["label"], *consent.at_table(cells, invited, p["value"])) for p in people)


def _hands_over(ctx: Context, opened: Opened) -> HandsOver | None:
    """What completing a task hands over, for who may complete it."""
    if handing.OPENS not in opened.element.properties or Verb.COMPLETE not in opened.may:
        return None
    plan = handing.planned(ctx, opened.case, opened.element, opened.case.document)
    return HandsOver(plan.name, plan.kinds) if plan else HandsOver()


def _reached(ctx: Context, opened: Opened) -> CaseFacts:
    """What access rests on for who stops what was going on: whom it is about and how to reach them is open to her."""
    family = store.registers.family(ctx.tx, opened.case.id)
    reach = {Opening(ctx.sight.organisation, Purpose.SHARING, KnownData.CONTACT, relative.id) for relative in family}
    return replace(opened.facts, opened=opened.facts.opened | reach)


def known_at(ctx: Context, model: Model, case: CaseRow, element: Element) -> Known:
    """What a case knows, as a step may use it."""
    document = shown_document(model.definition, element, case.document)
    return Known(model.definition, document, store.answers.of_case(ctx.tx, case.id))


def engine_facts(known: Known) -> dict[str, Any]:
    """What no step answered and expressions need: where the case is."""
    return {key: known.document[key] for key in (process.PLACE, BEGUN_AS) if key in known.document}


def choices_for(ctx: Context, opened: Opened, form: Form) -> dict[str, Any]:
    """Whom the form of a task lets choose: people who work here, and the family by the names that one may know."""
    return people_for(ctx, form, opened.case.municipality) | relatives_known(ctx, opened.case.id, opened.facts)


def relatives_known(ctx: Context, case_id: int, facts: CaseFacts) -> dict[str, Any]:
    """The people of the family to choose from, by the names that one may know or wrote down."""
    family = store.registers.family(ctx.tx, case_id)
    return relatives_for(family, names_known(ctx, family, case_id, facts))


def names_known(ctx: Context, family: Family, case_id: int, facts: CaseFacts) -> dict[str, str]:
    """The names of the family that one may know or wrote down, by id."""
    names = {r.id: r.name for r in family if r.name and _reachable(ctx.sight, facts, r.id)}
    return names | {id: name for id, name in _own_names(ctx, case_id).items() if name}


def _own_names(ctx: Context, case_id: int) -> dict[str, str]:
    """The names of the family that this person wrote down."""
    own = (a for a in store.answers.of_case(ctx.tx, case_id) if a.actor == ctx.actor.id)
    rows = (row for answered in own for value in answered.values.values() for row in forms.rows_of(value))
    return {str(row["id"]): str(row.get("naam") or "") for row in rows if "id" in row}


def receivers(ctx: Context, opened: Opened) -> tuple[Person, ...]:
    """Those to whom a task may be given."""
    case = opened.case
    starters = starters_of(ctx, case.id)
    able = []
    for person in store.people.everyone(ctx.tx, case.municipality):
        seen = sight_of(ctx.tx, ctx.library, person)
        facts = store.case_files.facts(ctx.tx, case, seen)
        if access.may_receive(seen, facts, opened.row.facts, starters):
            able.append(person)
    return tuple(able)


def starters_of(ctx: Context, case_id: int) -> frozenset[str]:
    """The organisations of who signalled a case, or of who acts in its safety file as this person does."""
    members = store.case_files.participants(ctx.tx, case_id)
    ids = [id for id, role in members if role == RoleId.AANMELDER]
    return frozenset(store.people.one(ctx.tx, id).organisation for id in ids) | {ctx.actor.organisation}


def listing(ctx: Context, chosen: CaseFilter = EVERY_CASE) -> Some[CaseLine]:
    """The cases that the actor may see, newest first or as they are to be ordered."""
    one_more = replace(chosen, limit=chosen.limit + 1)
    rows, cut = store.case_lists.listing(ctx.tx, ctx.sight, one_more)
    lines = Some.of(rows, chosen.limit, cut)
    for line in lines.rows:
        if line.guarded:
            ctx.looks.shows(line.id, line.municipality, line.ground, {Seen.LISTED})
    return lines


def written(ctx: Context, limit: int, before: int | None = None) -> Some[OwnWords]:
    """What the actor wrote, the last first, or what came before the answer of that id: one's own words one may always
    reread, in cases that may be read no more too, also what became of a case that one signalled.
    """
    answers = Some.of(store.answers.written_by(ctx.tx, ctx.sight.person, limit + 1, before), limit)
    words = []
    for own in answers.rows:
        model, answered = ctx.library.model(ctx.tx, own.version_id), own.answered
        element = model.definition.element(answered.process, answered.element)
        _reread(ctx, own.case_id, own.municipality, model.definition, circle_of(element, answered.item))
        form = form_of(model.definition, element)
        context = context_of(model, {process.PLACE: own.municipality, **answered.values}, "", form, ctx.now)
        context |= people_for(ctx, form, own.municipality) | relatives_for(
            store.registers.family(ctx.tx, own.case_id), {}
        )
        words.append(OwnWords(own.case_id, own.title or f"Signaal {own.case_id}", element, answered, form, context))
    return Some(tuple(words), answers.more)


def _reread(ctx: Context, case_id: int, municipality: str, definition: Definition, circle: str) -> None:
    if circle:
        ctx.looks.shows(case_id, municipality, Ground.CIRCLE, {kind_of(circle)})
    elif guarded(definition):
        ctx.looks.shows(case_id, municipality, Ground.OWN, {Part.ANSWERS})


def case(ctx: Context, case_id: int) -> CaseView:
    """One case, as much of it as the actor may see."""
    seen = ctx.sight
    case = store.case_files.read(ctx.tx, case_id, seen)
    facts = ctx.facts(case)
    parts = access.parts(seen, facts)
    if case.guarded:
        ctx.looks.shows_file(case_id, facts, access.case_ground(seen, facts), parts)
    model = ctx.library.model(ctx.tx, case.version_id)
    known = Known(model.definition, case.document, store.answers.of_case(ctx.tx, case_id))
    history = store.case_files.history(ctx.tx, case_id)
    waiting = store.tasks.open_tasks(ctx.tx, case_id)
    tx = ctx.tx
    members = store.case_files.participants(tx, case_id)
    people = {p.id: p for p in store.people.everyone(tx, case.municipality)}
    named = {e.detail[key] for e in history for key in ("aan", "in_plaats_van") if key in e.detail}
    actors = named | {e.actor for e in history} | {id for id, _ in members} | {row.assignee for row in waiting}
    running = case.status == CaseStatus.RUNNING
    this_round = of_round(history)
    offered = messages_for(ctx, model, case, facts, seen, this_round) if running else ()
    return CaseView(
        id=case_id,
        title=store.case_files.title(tx, case_id, seen),
        root=model.definition.id,
        older=_older(ctx, model),
        municipality=case.municipality,
        status=case.status,
        started_at=case.begun_at,
        ended_at=case.ended_at,
        end_reason=case.end_reason if access.oversees(seen, facts) else "",
        settings=ctx.library.settings(tx, model),
        parts=parts,
        processes=_progress(model.definition, this_round, waiting, facts, parts),
        tasks=tuple(_tasks(ctx, facts, waiting)),
        goals=beside.family_goals(known, ctx, facts) if Part.GOALS in parts else (),
        participants=tuple(
            (people.get(id) or Person(id, ""), role)
            for id, role in members
            if (Part.INVOLVED in parts if role.partition(":")[0] not in access.CIRCLES else role in facts.circles)
        ),
        consents=store.registers.said(tx, case_id) if Register.CONSENT in parts else (),
        family=_family(ctx, case_id, facts, parts),
        registers=_registers(ctx, known, case_id, facts, parts),
        answers=_answers(ctx, model, case, known, history, facts, parts),
        history=_shown(_told_by_now(case, history, facts), model.definition, known.answers, seen, facts, parts),
        messages=tuple(option for option in offered if option.name != Message.CONSENT_WITHDRAWN),
        names=_names(ctx, {id for id in actors if id}, people),
        silent_on_child=_silent_on_child(ctx, case_id, facts),
        may_close=running and access.oversees(seen, facts),
        may_withdraw=any(option.name == Message.CONSENT_WITHDRAWN for option in offered),
        may_remove=may_remove(ctx, case, facts),
        reopening=reopening(ctx, model, case, facts),
        paused_until=case.paused_until,
        rounds=tuple(_rounds(case, history)) if access.oversees(seen, facts) else (),
        may_note=not running and case.status != CaseStatus.REMOVED and access.may_note(seen, facts, wrote=False),
        may_keep=not running and case.guarded and access.oversees(seen, facts),
        may_record_access=case.guarded and case.status != CaseStatus.REMOVED and access.oversees(seen, facts),
        alike=_alike(ctx, case, facts),
        handovers=tuple(handing.handovers(ctx, case, facts, (r.id for r in store.registers.family(tx, case_id)))),
        handed=handing.handed(ctx, case, facts),
        undoable=undoing.standing(ctx, case_id, history),
    )


def may_remove(ctx: Context, case: CaseRow, facts: CaseFacts) -> bool:
    """Whether this person may remove the signal that a case began with."""
    asked = case.reopened or bool(store.registers.said(ctx.tx, case.id))
    begun = next((e for e in store.case_files.history(ctx.tx, case.id) if e.kind == Happening.STARTED), None)
    return access.may_remove(facts, asked, entered=begun is not None and begun.actor == ctx.actor.id)


def reopening(ctx: Context, model: Model, case: CaseRow, facts: CaseFacts) -> Element | None:
    """The start at which this person may begin a new round of a case; None where that can't be."""
    removed = case.status == CaseStatus.REMOVED
    return model.definition.root.reopening if access.may_reopen(ctx.sight, facts) and not removed else None


def _rounds(case: CaseRow, history: Iterable[EventRow]) -> Iterator[Round]:
    """The rounds of a case before its newest."""
    began = case.started_at
    for event in history:
        if event.kind == Happening.REOPENED:
            yield Round(began, datetime.fromisoformat(event.detail["tot"]), event.detail["was"])
            began = event.at


def of_round(history: Iterable[EventRow]) -> tuple[EventRow, ...]:
    """What happened since the newest round of a case began."""
    events = tuple(history)
    begins = [number for number, event in enumerate(events) if event.kind == Happening.REOPENED]
    return events[begins[-1] :] if begins else events


def _names(ctx: Context, ids: set[str], people: Mapping[str, Person]) -> dict[str, str]:
    """The names of these people; those who work here are known already."""
    elsewhere = ids - people.keys()
    known = {id: people[id].name for id in ids & people.keys()}
    return known | store.people.names(ctx.tx, elsewhere) if elsewhere else known


def _told_by_now(case: CaseRow, history: Sequence[EventRow], facts: CaseFacts) -> Sequence[EventRow]:
    """What happened, for whom it may be told: until the family said yes anew, of rounds before this only that they
    began and ended.
    """
    if not facts.guarded or facts.opened or not case.reopened:
        return history
    ends = (Happening.STARTED, Happening.REOPENED, Happening.CLOSED)
    own = {event.id for event in of_round(history)}
    return [event for event in history if event.id in own or event.kind in ends]


def _alike(ctx: Context, case: CaseRow, facts: CaseFacts) -> tuple[Alike, ...]:
    """The other dossiers here that may be of the same family, for who keeps the overview of both."""
    if not facts.guarded or not facts.running or not access.oversees(ctx.sight, facts):
        return ()
    others = tuple(Alike(*row) for row in store.case_files.alike(ctx.tx, case, ctx.sight))
    for other in others:
        ctx.looks.shows(other.id, case.municipality, Ground.OVERVIEW, {Seen.LISTED})
    return others


def _tasks(ctx: Context, facts: CaseFacts, waiting: Iterable[TaskRow]) -> Iterator[tuple[TaskRow, frozenset[Verb]]]:
    """The open tasks that this person may see; of one that shows more than this person may read only its name."""
    for row in waiting:
        may = access.may(ctx.sight, facts, ctx.task_facts(row))
        if Verb.SEE in may:
            hidden = facts.guarded and access.lacks(ctx.sight, facts, row.needs)
            yield (replace(row, subject="") if hidden else row), may


def _family(ctx: Context, case_id: int, facts: CaseFacts, parts: Parts) -> Family:
    """The people of the family: to who may not know how to reach one of them, that person has no name."""
    if Register.FAMILY not in parts:
        return ()
    family = store.registers.family(ctx.tx, case_id)
    return tuple(r if _reachable(ctx.sight, facts, r.id) else replace(r, name="") for r in family)


def _silent_on_child(ctx: Context, case_id: int, facts: CaseFacts) -> bool:
    """Whether there is a child of whom nothing is open to this person's organisation, which does know the case."""
    children = {r.id for r in store.registers.family(ctx.tx, case_id) if r.relation == Relation.CHILD}
    return bool(children and facts.opened) and not any(cell.person in children for cell in facts.opened)


def _reachable(seen: Sight, facts: CaseFacts, relative: str) -> bool:
    """Whether this person may know how somebody of the family is called and reached."""
    return any(
        access.reads(seen, facts, KnownData.CONTACT, (relative,), purpose, ()) for purpose in (Purpose.SHARING, HANDED)
    )


def _registers(ctx: Context, known: Known, case_id: int, facts: CaseFacts, parts: Parts) -> dict[type, tuple[Any, ...]]:
    """The rows of each register as far as this person may see them, by their class; who belongs to the family and what
    it agreed to are read as a whole.
    """
    apart = {Register.CONSENT, Register.DISCLOSURE, Register.FAMILY}
    shapes = [register.row for register in REGISTERS.values() if register.id in parts - apart]
    rows = {shape: store.registers.rows(ctx.tx, case_id, shape) for shape in shapes}
    if SafetyRow in rows:
        rows[SafetyRow] = tuple(row for row in rows[SafetyRow] if safety_role(row.item) in facts.circles)
    plan = knows_plan(ctx.sight, facts)
    if AgreementRow in rows:
        rows[AgreementRow] = agreements_known(known, rows[AgreementRow], ctx.sight, facts)
    for shape in rows.keys() & {MeetingRow, EvaluationRow}:
        rows[shape] = rows[shape] if plan else ()
    disclosures = store.registers.rows(ctx.tx, case_id, DisclosureRow)
    drawn = circles(known.definition)
    return {**rows, DisclosureRow: _disclosures(drawn, disclosures, facts, Register.DISCLOSURE in parts and plan)}


def knows_plan(seen: Sight, facts: CaseFacts) -> bool:
    """Whether something of the plan is open: who helps and when they meet is data too."""
    return not facts.guarded or any(opening.kind == KnownData.PLAN for opening in facts.opened)


def agreements_known(
    known: Known, rows: tuple[AgreementRow, ...], seen: Sight, facts: CaseFacts
) -> tuple[AgreementRow, ...]:
    """The own agreements of an organisation, and those of others of which the plan is open to it."""
    shown = []
    for row in rows:
        what = (value for value in known.row(row.item) if value.answer == row.what)
        if access.knows_agreement(seen, facts, row.organisation) or known.readable(seen, facts, what):
            shown.append(row)
    return tuple(shown)


def _disclosures(
    drawn: Circles, rows: tuple[DisclosureRow, ...], facts: CaseFacts, ordinary: bool
) -> tuple[DisclosureRow, ...]:
    """What was shared; a report that a safety file led to is known to those who act in that file."""
    shown = []
    for row in rows:
        place, _, element = row.source.partition("/")
        hidden = drawn.hides(facts, place, element, row.item)
        if ordinary if hidden is None else not hidden:
            shown.append(row)
    return tuple(shown)


def _progress(
    definition: Definition, history: Iterable[EventRow], waiting: Sequence[TaskRow], facts: CaseFacts, parts: Parts
) -> tuple[ProcessView, ...]:
    """How far each diagram is: which steps are done and which are open, with the calls that lead to them."""
    drawn = circles(definition)
    known = [row for row in waiting if (row.circle in facts.circles if row.circle else Part.COURSE in parts)]
    done: dict[str, set[str]] = {}
    for event in history:
        for within, element, what, item in event.passed:
            hidden = drawn.hides(facts, within, element, item)
            allowed = Part.COURSE in parts if hidden is None else not hidden
            if what == Passage.COMPLETED and allowed:
                done.setdefault(within, set()).add(element)
    current: dict[str, set[str]] = {}
    for row in known:
        current.setdefault(row.process, set()).add(row.element)
    for _ in definition.processes:
        for place in definition.processes.values():
            calls = {e.id for e in place.elements.values() if e.kind == Kind.CALL_ACTIVITY and current.get(e.called)}
            if calls:
                current.setdefault(place.id, set()).update(calls)
    return tuple(
        ProcessView(
            place,
            frozenset(done.get(place.id, ())) - frozenset(current.get(place.id, ())),
            frozenset(current.get(place.id, ())),
        )
        for place in definition.processes.values()
        if not drawn.hides_whole(facts, place)
    )


def _answers(
    ctx: Context,
    model: Model,
    case: CaseRow,
    known: Known,
    history: Sequence[EventRow],
    facts: CaseFacts,
    parts: Parts,
) -> tuple[AnswerSet, ...]:
    """What the steps answered, as far as this person may read it: as the step answered it, whatever stands in the case
    by now.
    """
    if not parts & {Part.ANSWERS, Part.CIRCLE, Register.SAFETY}:
        return ()
    names = relatives_for(_family(ctx, case.id, facts, parts | {Register.FAMILY}), {})
    document = known.readable(ctx.sight, facts, known.values(case.document))
    sets = []
    for answered in (answered for answered in known.answers if answered.purpose != HANDED):
        element = model.definition.element(answered.process, answered.element)
        values = known.of_step(ctx.sight, facts, answered, element)
        if not values:
            continue
        form = form_of(model.definition, element)
        around = shown_document(model.definition, element, document)
        context = context_of(model, {**around, **values}, answered.item, form, ctx.now)
        context |= people_for(ctx, form, case.municipality) | names
        whole = known.reads_whole(ctx.sight, facts, answered, element)
        correctable = (
            whole
            and case.status == CaseStatus.RUNNING
            and answered.at >= case.begun_at
            and known.last(element, answered.item) is answered
            and may_correct(ctx.sight, facts, answered, element)
        )
        before = _before(history, answered) if whole and answered.corrector else {}
        sets.append(
            AnswerSet(
                answered.process,
                element,
                answered.at,
                answered.actor,
                form,
                values,
                context,
                answered.item,
                answered.corrector,
                correctable,
                before,
            )
        )
    return tuple(sets)


def _before(history: Sequence[EventRow], answered: Answered) -> dict[str, Any]:
    """What stood in the answers of a step before they were corrected last."""
    step = (Happening.CORRECTED, answered.process, answered.element, answered.item)
    last = next((e for e in reversed(history) if (e.kind, e.process, e.element, e.item) == step), None)
    return {key: was for key, (was, _) in last.detail.get("was", {}).items()} if last else {}


def _shown(
    history: Iterable[EventRow],
    definition: Definition,
    answers: Sequence[Answered],
    seen: Sight,
    facts: CaseFacts,
    parts: Parts,
) -> tuple[EventRow, ...]:
    """What happened, as far as this person may know: without circles of others, what a correction changed only for
    who wrote that or changed it, and the words of `STORIES` only for whom a story about the whole family opens.
    """
    drawn = circles(definition)
    shown = []
    for event in history:
        hidden = drawn.hides(facts, event.process, event.element, event.item, event.detail.get("naam", ""))
        if hidden or (hidden is None and Part.HISTORY not in parts):
            continue
        if event.kind in (Happening.ACCESS_ASKED, Happening.ACCESS_ENDED) and not access.oversees(seen, facts):
            continue
        detail = _told(event, seen, facts)
        passed = tuple(
            (place, element, what, item)
            for place, element, what, item in event.passed
            if not drawn.hides(facts, place, element, item)
        )
        writers = {
            a.actor for a in answers if (a.process, a.element, a.item) == (event.process, event.element, event.item)
        }
        if event.kind == Happening.CORRECTED and seen.person not in {event.actor, *writers}:
            detail = {name: value for name, value in detail.items() if name not in ("was", "reden")}
        if event.kind in STORIES and "reden" in detail and hidden is None:
            element = definition.element(event.process, event.element) if event.element else None
            purpose = purpose_of(element) if element else Purpose.SHARING
            if not access.reads(seen, facts, KnownData.STORY, detail["over"], purpose, (event.actor,)):
                del detail["reden"]
        shown.append(replace(event, detail=detail, passed=passed))
    return tuple(shown)


def _told(event: EventRow, seen: Sight, facts: CaseFacts) -> dict[str, Any]:
    """The detail of an event, without who told it, when it was and for whom to who may not know these people."""
    detail = dict(event.detail)
    if TELLER not in detail:
        return detail
    people = {*detail.get(ABOUT, ()), detail[TELLER]} - set(Teller)
    kind = KnownData.CONTACT if people else ""
    if access.reads(seen, facts, kind, sorted(people), Purpose.SHARING, (event.actor,)):
        return detail
    return {name: value for name, value in detail.items() if name not in (TELLER, DAY, ABOUT)}


def _tellers(definition: Definition, name: str) -> tuple[Element, ...]:
    """Where the diagrams listen to a message."""
    return tuple(
        element
        for place in definition.processes.values()
        for element in place.elements.values()
        if element.event is not None and (element.event_kind, element.event.name) == (EventKind.MESSAGE, name)
    )


def _to_tell(ctx: Context, model: Model, case: CaseRow, history: Iterable[EventRow]) -> Iterable[Element]:
    """What may be told to the case now, by whomever. Danger may be told at any time: a button that went away would
    tell everybody that somebody told it before. Withdrawing consent is not spoken of before a step asked for it; from
    then on it may be told as long as any consent is in force, also where the diagrams don't wait for it. Somebody is
    asked anew only while the family lets the case go on: before it there is the step that asks it first.
    """
    definition = model.definition
    danger, withdrawal = Message.ACUTE_DANGER, Message.CONSENT_WITHDRAWN
    awaited = process.awaited(model, case.state, case.document, case.clock(ctx.now))
    if not case.agreed:
        awaited = tuple(e for e in awaited if e.event is None or e.event.name != Message.ASKED_ANEW)
    names = {element.event.name for element in awaited if element.event}
    if danger not in names:
        awaited = (*awaited, *_tellers(definition, danger))
    done = (definition.element(event.process, event.element) for event in history if event.kind == Happening.COMPLETED)
    asked = any(step.properties.get("register") == Register.CONSENT for step in done)
    if not asked and not store.registers.opened(ctx.tx, case.id):  # what was handed over may be taken back before
        return (element for element in awaited if element.event and element.event.name != withdrawal)
    if withdrawal not in names and store.registers.opened(ctx.tx, case.id):
        return (*awaited, *_tellers(definition, withdrawal))
    return awaited


def messages_for(
    ctx: Context, model: Model, case: CaseRow, facts: CaseFacts, seen: Sight, history: Iterable[EventRow]
) -> tuple[MessageOption, ...]:
    """What this person may tell the case now."""
    own = access.roles_in(seen, facts)
    shown = []
    for element in _to_tell(ctx, model, case, history):
        if element.event is not None and (not element.tellers or not own.isdisjoint(element.tellers)):
            properties = element.properties
            shown.append(
                MessageOption(
                    element.event.name,
                    properties.get("titel", element.name),
                    properties.get("uitleg", ""),
                    element,
                )
            )
    return tuple(shown)

"""What a case page tells: registers, progress and history of a case in Dutch words, ready to be laid out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from api.pages import answers, wording
from api.pages.page import Page
from engine import cases, consent
from engine.access import Parts, Person
from engine.cases import CaseView, Context, EventRow, TaskView, absence
from engine.definitions import Element, Process, Settings
from engine.definitions.kinds import LISTENS, EventKind
from engine.definitions.registers import AgreementRow, DisclosureRow, EvaluationRow, MeetingRow, SafetyRow
from engine.store.absences import Colleague
from engine.store.tasks import TaskRow
from engine.words import (
    AgeClass,
    AgreementStatus,
    Answer,
    Authority,
    Contact,
    Ground,
    Happening,
    MeetingStatus,
    Message,
    Part,
    Passage,
    Purpose,
    Reached,
    Register,
    Relation,
    RoleId,
    Verb,
)
from handbook import diagram

PURPOSES: Mapping[str, str] = {
    Purpose.SHARING: "Samenwerken",
    Purpose.PRELIMINARY: "Voorbespreking zonder het gezin",
    Purpose.MEETING: "Knooppuntoverleg",
    Purpose.TRANSFER: "Overdracht",
}
AGES: Mapping[str, str] = {
    AgeClass.UNDER_12: "jonger dan 12 jaar",
    AgeClass.FROM_12: "12 tot 16 jaar",
    AgeClass.FROM_16: "16 jaar of ouder",
}
AUTHORITY: Mapping[str, str] = {
    Authority.YES: "heeft gezag",
    Authority.NO: "heeft geen gezag",
    Authority.UNKNOWN: "gezag niet bekend",
}
MEETINGS = {"voorbespreking": "Voorbespreking", "knooppuntoverleg": "Knooppuntoverleg"}
AGREEMENT_STATES: Mapping[str, tuple[str, str]] = {
    AgreementStatus.OPEN: ("Open", "now"),
    AgreementStatus.WAITING: ("Wachtlijst", "soon"),
    AgreementStatus.DONE: ("Gedaan", "good"),
    AgreementStatus.NOT_DONE: ("Niet gedaan", "plain"),
    AgreementStatus.PASSED_ON: ("Overgedragen", "plain"),
    AgreementStatus.LAPSED: ("Vervallen", "plain"),
}
OUTCOMES = {
    "goed": "Het gaat goed",
    "bijstellen": "Het plan is bijgesteld",
    "opschalen": "Er is meer steun nodig",
    "afgesloten": "Afgesloten",
}
PARENTS: Mapping[str, str] = {Answer.YES: "De ouders waren erbij", Answer.NO: "De ouders waren er niet bij"}
CONTACTS: Mapping[str, str] = {
    Contact.CALLED: "Gebeld",
    Contact.MAILED: "Gemaild",
    Contact.TEXTED: "Bericht gestuurd",
    Contact.MET: "Langsgegaan",
}
REACHED: Mapping[str, str] = {
    Reached.SPOKEN: "gesproken",
    Reached.VOICEMAIL: "voicemail ingesproken",
    Reached.NO_ANSWER: "niet bereikt",
    Reached.CALLS_BACK: "belt terug",
    Reached.SENT: "verstuurd",
}
LAST = datetime.max.replace(tzinfo=UTC)
CALLED: Mapping[str, int] = {
    RoleId.CASUSREGISSEUR: 0,
    RoleId.PROCESREGISSEUR: 1,
    RoleId.COORDINATOR: 2,
    RoleId.CORE_PARTNER: 3,
}
"""In which order one calls: who signalled, after those who work on it."""
FEW = 8
"""So many agreements are read at a glance; where there are more, those that can wait are folded."""


@dataclass(frozen=True)
class Line:
    """One line of a list on the page: what it is, its state with a mood for the colour, and more about it."""

    title: str
    about: str = ""
    state: str = ""
    mood: str = "plain"


@dataclass(frozen=True)
class Agreement:
    """Who does what, by when, and how that goes."""

    what: str
    who: str
    due: object
    state: str
    mood: str
    overdue: bool
    goal: str
    note: str


@dataclass(frozen=True)
class Agreements:
    """The agreements of a case: those to look at `first`, what else runs, and what has `ended`."""

    first: tuple[Agreement, ...]
    running: tuple[Agreement, ...] = ()
    ended: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class Callee:
    """Somebody to call: in which role and where, the number ("" where none is known), and what to know before."""

    name: str
    about: str
    phone: str
    away: str = ""


@dataclass(frozen=True)
class Given:
    """What one step answered, in words, where to correct it ("" where this person may not), who else changed it, and
    what stood there before.
    """

    title: str
    when: datetime
    by: str
    lines: tuple[tuple[str, str], ...]
    correct: str
    corrector: str = ""
    before: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Happened:
    """One event in the history."""

    at: datetime
    text: str
    by: str


# --- names -----------------------------------------------------------------------------------------------------


def municipalities(page: Page) -> Mapping[str, str]:
    """The municipalities that this person works in, by name."""
    own = {appointment.municipality for appointment in page.person.appointments} if page.person else set()
    return {id_: name for id_, name in page.settings.municipalities.items() if id_ in own}


def colleagues(page: Page, ids: Iterable[str]) -> Mapping[str, str]:
    """What to know of these people, by id: on which days they work, until when they are away and who stands in."""
    return {id: absence.told(colleague) for id, colleague in cases.colleagues(page.ctx, set(ids)).items()}


def because(task: TaskView, person: Person) -> str:
    """Why this person sees a task, as the page says it."""
    match task.ground:
        case Ground.CIRCLE:
            if "kring" in task.element.properties:
                return "jij dit mag weten. Alleen wie het gezin koos en wie het meldde, weten ervan."
            return "je in deze meldcode handelt. Niemand daarbuiten weet ervan."
        case Ground.HAVING:
            return "deze taak op jouw naam staat."
        case Ground.STANDING_IN:
            return f"je waarneemt voor {task.assignee.name if task.assignee else 'een collega'}."
        case Ground.OVERVIEW:
            return "je het overzicht houdt in deze gemeente."
        case _:
            role = ", ".join(role_name(task.settings, role).lower() for role in task.element.roles)
            agreed = f" en het gezin ja zei tegen {organisations(task.settings, [person.organisation])}"
            shared = task.guarded and RoleId.CORE_PARTNER in task.element.roles
            return f"dit werk is voor de {role}{agreed if shared and person.organisation else ''}."


def lacking(task: TaskView) -> str:
    """The kinds of data for which a yes is missing before this person may do the task; "" where none is."""
    kinds = [kind for kind in task.settings.data_kinds if kind in task.lacking]
    return _kinds(task.settings, kinds) or ("wat hier staat" if task.lacking else "")


def going(task: TaskView) -> str:
    """The kinds of data that go along where completing the task hands over to another Knooppunt."""
    kinds = task.hands_over.kinds if task.hands_over else ()
    return _kinds(task.settings, [kind for kind in task.settings.data_kinds if kind in kinds])


def table(task: TaskView) -> tuple[Line, ...]:
    """What may be said at the table, person by person."""
    lines = []
    for seat in task.table:
        every = _kinds(task.settings, [kind for kind in task.settings.data_kinds if kind in seat.every])
        said = [f"Iedereen mag horen: {every}." if every else "Niets waar iedereen bij is."]
        for kind in (kind for kind in task.settings.data_kinds if kind in seat.apart):
            name = _kinds(task.settings, [kind])
            said.append(f"{name[:1].upper()}{name[1:]}: alleen {organisations(task.settings, seat.apart[kind])}.")
        lines.append(Line(seat.person, " ".join(said)))
    return tuple(lines)


@dataclass(frozen=True)
class Beside:
    """What stands beside the form of a task, in words: `goals`, each other thing a question or name with its answer."""

    goals: tuple[str, ...]
    consents: tuple[Line, ...]
    invited: tuple[str, ...]
    earlier: tuple[tuple[str, str], ...]
    signal: tuple[tuple[str, str], ...]


def beside(task: TaskView) -> Beside | None:
    """What of the case the step of a task needs; None where that is nothing."""
    known = task.beside
    if not known:
        return None
    by_organisation: dict[str, list[str]] = {}
    for may in known.consents:
        kinds = _kinds(task.settings, [kind for kind in task.settings.data_kinds if kind in may.kinds])
        by_organisation.setdefault(may.organisation, []).append(f"over {may.person or 'iemand uit het gezin'}: {kinds}")
    names = {id: organisations(task.settings, [id]) for id in (*by_organisation, *known.invited)}
    return Beside(
        known.goals,
        tuple(Line(f"{names[id]} mag weten", f"{'; '.join(about)}.") for id, about in by_organisation.items()),
        tuple(names[id] for id in known.invited),
        tuple((field.label, answers.worded(field, value, task.context)) for field, value in known.earlier),
        answers.said(known.signal.form, known.signal.values, known.signal.context) if known.signal else (),
    )


def phases(ctx: Context) -> Mapping[str, str]:
    """The phases of all processes here, in the order in which a case meets them."""
    names: dict[str, str] = {}
    for model in ctx.library.current(ctx.tx):
        definition = model.definition
        called = [element.called for element in diagram.reading_order(definition.root) if element.called]
        for process in (*called, *definition.processes):
            if process != definition.id and process in definition.processes:
                names.setdefault(process, definition.processes[process].name)
    return names


def handbook_link(root: str, process: Process, element: Element, older: str = "") -> str:
    """The page of a step in the handbook, or what an older version said of it: the one that its case keeps to."""
    if older:
        return f"/werkwijze/{older}/{process.id}/{element.id}"
    return f"/handreiking/{root}/{process.id}/{element.id}/"


def employers(settings: Settings, people: Iterable[Person]) -> Mapping[str, str]:
    """The organisations for which these people work, by name."""
    own = {person.organisation for person in people}
    return {id_: organisation.name for id_, organisation in settings.organisations.items() if id_ in own}


def organisations(settings: Settings, ids: Iterable[str]) -> str:
    """Organisations by name."""
    names = {id_: organisation.name for id_, organisation in settings.organisations.items()}
    return ", ".join(names.get(id_, id_) for id_ in ids)


def listed(settings: Settings, name: str, key: str) -> str:
    """A value of one of the region's lists as the region calls it."""
    return settings.lists.get(name, {}).get(key, key.replace("_", " ").capitalize())


def listed_or_said(settings: Settings, name: str, text: str) -> str:
    """A text that may be a choice from one of the region's lists, or free."""
    return settings.lists.get(name, {}).get(text, text)


def role_name(settings: Settings, role: str) -> str:
    """A role as the region calls it."""
    return settings.roles[role].name if role in settings.roles else role.replace("_", " ").capitalize()


def parts(case: CaseView) -> Parts:
    """What the page shows: the parts that this person may see, without registers that this process never fills."""
    filled = {element.properties.get("register", "") for view in case.processes for element in view.process.user_tasks}
    family = {Part.GOALS} if Register.CONSENT not in filled else set()
    around = {Part.COURSE, Part.INVOLVED, Part.ANSWERS, Part.HISTORY} if Part.CIRCLE in case.parts else set()
    return (case.parts | around) - {id for id in Register if id not in filled} - family


# --- registers -------------------------------------------------------------------------------------------------


def consents(case: CaseView) -> tuple[Line, ...]:
    """What each person of the family said of each organisation, as it counts now. That they disagree is ordinary."""
    settings = case.settings
    replies = [said.consent for said in case.consents]
    cells = consent.said(replies)
    asked = dict.fromkeys((reply.person, reply.purpose, reply.organisation) for reply in replies)
    table = settings.authority or consent.STANDARD
    opened = consent.openings(case.family, replies, table)
    lines = []
    for person, purpose, organisation in asked:
        mine = {cell: allowed for (who, cell), allowed in cells.items() if who == person}
        of_this = {cell.kind: allowed for cell, allowed in mine.items() if cell[:2] == (organisation, purpose)}
        yes = [kind for kind in settings.data_kinds if of_this.get(kind)]
        own = any(consent.opens(opened, organisation, kind, (person,), purpose) for kind in yes)
        where = f"{organisations(settings, [organisation])}, {PURPOSES.get(purpose, purpose).lower()}"
        about = f"{where}: {_kinds(settings, yes)}" if yes else where
        missing = consent.holders(case.family, person, table) - {person}
        if not of_this:
            state, mood = "Niet gevraagd", "plain"
        elif not yes:
            state, mood = "Nee", "late"
        elif own:
            state, mood = "Geldt", "good"
        else:
            state, mood = f"Wacht op {_who(case, missing)}", "soon"
        lines.append(Line(relative_name(case, person), about, state, mood))
    return tuple(sorted(lines, key=lambda line: line.title))


def differing(case: CaseView) -> tuple[str, ...]:
    """The organisations of which one person says yes and another no, as sentences: an ordinary state, no fault."""
    replies: dict[tuple[str, str], dict[str, bool]] = {}
    for (person, cell), allowed in consent.said(said.consent for said in case.consents).items():
        by_person = replies.setdefault((cell.organisation, cell.purpose), {})
        by_person[person] = by_person.get(person, False) or allowed
    differ = dict.fromkeys(who for who, said in replies.items() if len(set(said.values())) > 1)
    names = dict.fromkeys(organisations(case.settings, [organisation]) for organisation, _ in differ)
    return tuple(
        f"Over {name} denken zij verschillend. Ieder beslist over de eigen gegevens." for name in sorted(names)
    )


def closing(case: CaseView, lapse: cases.Lapse) -> tuple[Line, ...]:
    """What closes, for each organisation and person: the kinds of data that are read no more."""
    cells: dict[tuple[str, str], set[str]] = {}
    for cell in lapse.closes:
        cells.setdefault((cell.organisation, cell.person), set()).add(cell.kind)
    return tuple(
        Line(
            organisations(case.settings, [organisation]),
            f"Leest niet meer: {_kinds(case.settings, [kind for kind in case.settings.data_kinds if kind in kinds])}. "
            f"Over wie: {relative_name(case, person)}.",
        )
        for (organisation, person), kinds in sorted(cells.items())
    )


def family(case: CaseView) -> tuple[Line, ...]:
    """The people of the family, each with what decides whose yes counts."""
    lines = []
    for relative in case.family:
        facts = [cases.RELATIONS.get(relative.relation, relative.relation), AGES.get(relative.age, "")]
        if relative.relation != Relation.CHILD:
            facts.append(AUTHORITY.get(relative.authority, ""))
        lines.append(Line(relative_name(case, relative.id), ", ".join(fact for fact in facts if fact)))
    return tuple(lines)


def _kinds(settings: Settings, kinds: Iterable[str]) -> str:
    """Kinds of data as a sentence names them."""
    names = [settings.data_kinds[kind].name.lower() if kind in settings.data_kinds else kind for kind in kinds]
    return f"{', '.join(names[:-1])}, en {names[-1]}" if len(names) > 1 else "".join(names)


def _who(case: CaseView, people: Iterable[str]) -> str:
    names = [relative_name(case, person) for person in sorted(people)]
    return f"het ja van {' en '.join(names)}" if names else "wie gezag heeft"


def relative_name(case: CaseView, person: str) -> str:
    """Somebody of the family as this person may know them: by name, or by what they are to the child."""
    relative = next((relative for relative in case.family if relative.id == person), None)
    if relative is None:
        return "Iemand uit het gezin"
    return relative.name or cases.RELATIONS.get(relative.relation, relative.relation)


def meetings(case: CaseView) -> tuple[Line, ...]:
    """The meetings, planned and held."""
    lines = []
    for meeting in case.rows(MeetingRow):
        held = meeting.status == MeetingStatus.HELD
        moment = (wording.day(meeting.date), meeting.time and f"{meeting.time} uur", meeting.place)
        when = ", ".join(part for part in moment if part)
        parents = PARENTS.get(meeting.parents_present, "")
        if parents and meeting.absence_reason:
            parents += f": {meeting.absence_reason}"
        about = f"{when}. {parents}." if held and parents else when
        title = MEETINGS.get(meeting.kind, meeting.kind.capitalize())
        lines.append(Line(title, about, "Gehouden" if held else "Gepland", "good" if held else "now"))
    return tuple(lines)


def next_meeting(case: CaseView, now: datetime) -> tuple[str, str] | None:
    """The first meeting that is planned, with when and where; one of which the day has passed only where no other is
    planned. None where none is.
    """
    today = now.astimezone(wording.ZONE).date()
    planned = [(row.date, row) for row in case.rows(MeetingRow) if row.status == MeetingStatus.PLANNED and row.date]
    if not planned:
        return None
    _, row = min(planned, key=lambda dated: (dated[0] < today, dated[0]))
    when = (wording.day(row.date), row.time and f"{row.time} uur", row.place)
    return MEETINGS.get(row.kind, row.kind.capitalize()), ", ".join(part for part in when if part)


def agreements(case: CaseView, now: datetime) -> Agreements:
    """The agreements, those too late first, then by the day on which they are due; what has ended last."""
    today = now.astimezone(wording.ZONE).date()
    late: list[Agreement] = []
    running: list[Agreement] = []
    ended: list[Agreement] = []
    for made in sorted(case.rows(AgreementRow), key=lambda row: row.by_date or date.max):
        is_late = made.overdue(today)
        state, mood = ("Te laat", "late") if is_late else AGREEMENT_STATES.get(made.status, (made.status, "plain"))
        who = ", ".join(part for part in (organisations(case.settings, [made.organisation]), made.person) if part)
        row = Agreement(made.what, who, made.by_date, state, mood, is_late, made.goal, made.remark)
        (late if is_late else running if _runs(made) else ended).append(row)
    shown = (*late, *running)
    if len(shown) + len(ended) <= FEW:
        return Agreements((*shown, *ended))
    first = max(FEW, len(late))
    return Agreements(shown[:first], shown[first:], tuple(ended))


def _runs(made: AgreementRow) -> bool:
    return made.status in (AgreementStatus.OPEN, AgreementStatus.WAITING)


def waiting(case: CaseView) -> tuple[tuple[TaskRow, frozenset[Verb]], ...]:
    """What is to be done: danger first, then by the day on which it is due."""
    return tuple(sorted(case.tasks, key=lambda task: (not task[0].safety, task[0].deadline or LAST, task[0].id)))


def messages(case: CaseView) -> tuple[cases.MessageOption, ...]:
    """What may be told to the case, safety before all else."""
    return tuple(sorted(case.messages, key=lambda option: option.name != Message.ACUTE_DANGER))


def callees(case: CaseView, reached: Mapping[str, Colleague]) -> tuple[Callee, ...]:
    """Who is involved, each person once with all roles, in the order in which one calls them; then the organisations
    that agreed to something and of which nobody takes part.
    """
    roles: dict[str, dict[str, int]] = {}
    people = {person.id: person for person, _ in case.participants}
    for person, role in case.participants:
        kind = role.partition(":")[0]  # each safety file has a role of its own
        name = "weet hiervan" if kind == RoleId.CIRCLE else role_name(case.settings, kind)
        roles.setdefault(person.id, {})[name] = CALLED.get(kind, len(CALLED))
    called = []
    for id in sorted(people, key=lambda id: min(roles[id].values())):
        person, colleague = people[id], reached.get(id)
        where = organisations(case.settings, [person.organisation]) if person.organisation else ""
        about = ", ".join(part for part in (*roles[id], where) if part)
        phone = colleague.phone if colleague else ""
        phone = phone or _phone(case.settings, person.organisation)
        away = absence.told(colleague) if colleague else ""
        called.append(Callee(person.name or case.names.get(id, "Onbekend"), about, phone, away))
    taking_part = {person.organisation for person in people.values()}
    agreed = dict.fromkeys(made.organisation for made in case.rows(AgreementRow) if _runs(made))
    others = (id for id in agreed if id not in taking_part and id in case.settings.organisations)
    return (
        *called,
        *(Callee(organisations(case.settings, [id]), "doet een afspraak", _phone(case.settings, id)) for id in others),
    )


def _phone(settings: Settings, organisation: str) -> str:
    return settings.organisations[organisation].phone if organisation in settings.organisations else ""


def disclosures(case: CaseView) -> tuple[Line, ...]:
    """What was shared, with whom and when."""
    return tuple(
        Line(shared.what, ", ".join(part for part in (
            f"Aan {organisations(case.settings, shared.recipients)}", wording.day(shared.date),
            shared.ground and f"grond: {listed(case.settings, 'gronden', shared.ground).lower()}",
        ) if part))
        for shared in case.rows(DisclosureRow)
    )  # fmt: skip


def evaluations(case: CaseView) -> tuple[Line, ...]:
    """What the evaluations came to."""
    return tuple(
        Line(
            OUTCOMES.get(evaluation.outcome, evaluation.outcome),
            ". ".join(
                part
                for part in (
                    wording.day(evaluation.date),
                    listed_or_said(case.settings, "redenen_afsluiten", evaluation.remark),
                )
                if part
            ),
        )
        for evaluation in case.rows(EvaluationRow)
    )


def safety(case: CaseView) -> tuple[Line, ...]:
    """The safety file; empty for who does not act in it."""
    return tuple(
        Line(act.step, ". ".join(part for part in (wording.day(act.date), act.content, act.decision) if part))
        for act in case.rows(SafetyRow)
    )


# --- answers and history ---------------------------------------------------------------------------------------


def given(case: CaseView) -> tuple[Given, ...]:
    """The answers of all steps that this person may see, the last step first."""
    rows = []
    for step in sorted(case.answers, key=lambda step: step.at, reverse=True):
        lines = answers.said(step.form, step.values, step.context)
        subject = next((text for _, text in lines), "") if step.item else ""
        title = f"{step.element.name}: {subject}" if subject else step.element.name
        where = correction(case, step) if step.correctable else ""
        corrector = _name(case, step.corrector) if step.corrector != step.actor else ""
        before = answers.said(step.form, step.before, step.context) if step.before else ()
        rows.append(Given(title, step.at, _name(case, step.actor), lines, where, corrector, tuple(before)))
    return tuple(rows)


def correction(case: CaseView, step: cases.AnswerSet, tail: str = "") -> str:
    """The address at which the answers of a step are corrected."""
    item = f"?item={step.item}" if step.item else ""
    return f"/casus/{case.id}/corrigeren/{step.process}/{step.element.id}{tail}{item}"


def _name(case: CaseView, person: str) -> str:
    return case.names.get(person, "") if person else ""


def history(case: CaseView) -> tuple[Happened, ...]:
    """What happened, the last first; what only moved tokens is left out."""
    processes = {view.process.id: view.process for view in case.processes}
    sentences = ((event, _sentence(event, case, processes)) for event in reversed(case.history))
    return tuple(Happened(event.at, text, _name(case, event.actor)) for event, text in sentences if text)


def handed(case: CaseView) -> tuple[Line, ...]:
    """What another Knooppunt handed over: each answer with its question, about whom, and when it was said there."""
    kinds = case.settings.data_kinds
    return tuple(
        Line(
            row.question,
            f"{wording.plain(row.answer)}",
            f"{kinds[row.kind].name if row.kind in kinds else row.kind}, opgeschreven op {wording.day(row.said_at)}",
        )
        for row in case.handed
    )


def undoable(case: CaseView) -> tuple[str, datetime] | None:
    """What this person did last and may undo, as a sentence, and until when."""
    if case.undoable is None:
        return None
    processes = {view.process.id: view.process for view in case.processes}
    sentence = _sentence(case.undoable.act, case, processes)
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.", case.undoable.until


PLAIN: Mapping[str, str] = {
    Happening.STARTED: "Dossier geopend",
    Happening.RELEASED: "Teruggegeven: {name}",
    Happening.TAKEN_BACK: "Zoekt een andere uitvoerder: {name}",
    Happening.WITHDRAWN: "Toestemming voor een deel ingetrokken",
    Happening.ACCESS_ASKED: "Inzage gevraagd",
    Happening.ACCESS_ENDED: "Inzage afgehandeld",
    Happening.HANDED_OVER: "Dossier begonnen bij het Knooppunt van de nieuwe gemeente",
    Happening.PLANNED: "Overleg {what}",
}
"""The events of which a sentence needs no more than the name of the step, or what was done."""


_ENDS: Mapping[str, str] = {
    Happening.CLOSED: "Eerder afgesloten",
    Happening.REOPENED: "Heropend",
    Happening.REMOVED: "Signaal weggehaald",
}
"""What somebody did with a dossier as a whole, with a reason."""


def _sentence(event: EventRow, case: CaseView, processes: Mapping[str, Process]) -> str:
    name = _element_name(processes, event.process, event.element)
    detail = event.detail
    if event.kind in PLAIN:
        return PLAIN[event.kind].format(name=name, what=detail.get("wat", ""))
    if event.kind in BESIDE:
        return BESIDE[event.kind](case, event)
    match event.kind:
        case Happening.COMPLETED:
            return f"Afgerond: {name}" + _on_behalf(case.settings, str(detail.get("namens") or ""))
        case Happening.CLAIMED:
            absent = _name(case, str(detail.get("in_plaats_van", "")))
            return f"Opgepakt: {name}" + (f", in plaats van {absent}" if absent else "")
        case Happening.REASSIGNED:
            return f"Gegeven aan {_name(case, str(detail.get('aan', '')))}: {name}" + _reason(detail)
        case Happening.CORRECTED | Happening.SKIPPED:
            return f"{event.kind.capitalize()}: {name}" + _reason(detail)
        case Happening.CLOSED | Happening.REOPENED | Happening.REMOVED:
            return _ENDS[event.kind] + _reason(detail)
        case Happening.UNDONE:
            return f"Ongedaan gemaakt: {_sentence(replace(event, kind=str(detail['wat'])), case, processes)}"
        case Happening.MESSAGE:
            return f"Gemeld: {_message(processes, str(detail.get('naam', '')))}" + _told(case, detail)
        case _:
            return _by_itself(event, processes)


def contact(way: str, reached: str, day: object) -> str:
    """How somebody was in touch, what came of it, and when."""
    return f"{CONTACTS[way]} op {wording.day(day)}: {REACHED[reached]}"


def _contacted(case: CaseView, event: EventRow) -> str:
    """Also about which agreement it was, and what was noted, as far as this person may know."""
    detail = event.detail
    about = next((row.what for row in case.rows(AgreementRow) if row.item == event.item), "")
    remark = f". {detail['reden']}" if "reden" in detail else ""
    said = contact(detail["hoe"], detail["uitkomst"], detail["op"])
    return said + (f", over de afspraak “{about}”" if about else "") + remark


def _joined(_: CaseView, event: EventRow) -> str:
    return f"Dossier {event.detail['met']} ging over hetzelfde gezin, en is daarom gestopt"


def _waits(case: CaseView, event: EventRow) -> str:
    """What was made to wait, or goes on."""
    if event.kind == Happening.RESUMED:
        return "Weer verdergegaan" + _reason(event.detail)
    until = wording.day(event.detail["tot"])
    if event.kind == Happening.PAUSED:
        return f"Op pauze gezet tot {until}" + _reason(event.detail)
    name = _element_name({view.process.id: view.process for view in case.processes}, event.process, event.element)
    return f"Uitgesteld tot {until}: {name}" + _reason(event.detail)


BESIDE: Mapping[str, Callable[[CaseView, EventRow], str]] = {
    Happening.POSTPONED: _waits,
    Happening.PAUSED: _waits,
    Happening.RESUMED: _waits,
    Happening.CONTACTED: _contacted,
    Happening.JOINED: _joined,
}
"""What happened beside the steps of the drawing."""


def _told(case: CaseView, detail: Mapping[str, Any]) -> str:
    """When it happened, for whom and who told it, as far as this person may know."""
    if "van" not in detail:
        return ""
    whom = " en ".join(relative_name(case, person) for person in detail.get("voor", ()))
    teller = detail["van"]
    by = cases.TELLERS.get(teller) or relative_name(case, teller)
    return f". Gebeurd op {wording.day(detail['op'])}.{f' Voor: {whom}.' if whom else ''} Verteld door: {by}"


def _on_behalf(settings: Settings, whom: str) -> str:
    if not whom:
        return ""
    return ", namens de ouders" if whom == "ouders" else f", namens de {role_name(settings, whom).lower()}"


def _reason(detail: Mapping[str, object]) -> str:
    """The reason that was given; who may not read the answers of this case does not get it."""
    reason = detail.get("reden")
    return f". Reden: {reason}" if reason else ""


def _element_name(processes: Mapping[str, Process], process: str, element: str) -> str:
    step = processes[process].elements.get(element) if process in processes else None
    return step.name if step and step.name else element.replace("_", " ")


def _message(processes: Mapping[str, Process], name: str) -> str:
    for process in processes.values():
        for element in process.elements.values():
            if element.event is not None and element.event.name == name and element.properties.get("titel"):
                return element.properties["titel"]
    return name.replace("_", " ")


def _by_itself(event: EventRow, processes: Mapping[str, Process]) -> str:
    """What a timer led to."""
    names = []
    for process, element, what, _ in event.passed:
        left = processes[process].elements.get(element) if process in processes else None
        if left and what == Passage.COMPLETED and left.kind in LISTENS and left.event_kind == EventKind.TIMER:
            names.append(left.name)
    return "Vanzelf: " + ", ".join(name for name in names if name) if any(names) else ""


def find(case: CaseView, process: str, element: str, item: str) -> cases.AnswerSet | None:
    """What a step answered last, where this person may see it."""
    wanted = (process, element, item)
    done = (step for step in reversed(case.answers) if (step.process, step.element.id, step.item) == wanted)
    return next(done, None)

"""What a case page tells: registers, progress and history of a case in Dutch words, ready to be laid out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from api.pages import answers, wording
from api.pages.page import Page
from engine import cases
from engine.access import Parts
from engine.cases import CaseView, Context, EventRow, ProcessView
from engine.consent import Consent
from engine.definitions import Element, Process, Settings
from engine.definitions.kinds import LISTENS, EventKind, Kind
from engine.definitions.registers import AgreementRow, DisclosureRow, EvaluationRow, MeetingRow, SafetyRow
from engine.words import AgreementStatus, Answer, CaseStatus, Happening, MeetingStatus, Message, Part, Passage, Register
from handbook import diagram

PURPOSES = {"delen": "Delen", "voorbespreking": "Voorbespreking zonder het gezin", "overleg": "Knooppuntoverleg",
            "kind": "Gegevens van het kind", "overdracht": "Overdracht"}  # fmt: skip
MEETINGS = {"voorbespreking": "Voorbespreking", "knooppuntoverleg": "Knooppuntoverleg"}
AGREEMENT_STATES: Mapping[str, tuple[str, str]] = {
    AgreementStatus.OPEN: ("Open", "now"),
    AgreementStatus.WAITING: ("Wachtlijst", "soon"),
    AgreementStatus.DONE: ("Gedaan", "good"),
    AgreementStatus.NOT_DONE: ("Niet gedaan", "plain"),
    AgreementStatus.LAPSED: ("Vervallen", "plain"),
}
OUTCOMES = {
    "goed": "Het gaat goed",
    "bijstellen": "Het plan is bijgesteld",
    "opschalen": "Er is meer steun nodig",
    "afgesloten": "Afgesloten",
}
PARENTS: Mapping[str, str] = {Answer.YES: "De ouders waren erbij", Answer.NO: "De ouders waren er niet bij"}
STEPS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.CALL_ACTIVITY, Kind.BUSINESS_RULE_TASK})


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
class Step:
    """One step of a drawing as text: `state` is gedaan, nu or later."""

    name: str
    state: str


@dataclass(frozen=True)
class Drawing:
    """A diagram with how far the case is, and the same in words."""

    title: str
    svg: Markup
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Given:
    """What one step answered, in words, and where to correct it ("" where this person may not)."""

    title: str
    when: datetime
    by: str
    lines: tuple[tuple[str, str], ...]
    correct: str


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


def handbook_link(root: str, process: Process, element: Element) -> str:
    """The page of a step in the handbook."""
    return f"/handreiking/{root}/{process.id}/{element.id}/"


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
    return case.parts - {id for id in Register if id not in filled} - family


# --- registers -------------------------------------------------------------------------------------------------


def consents(case: CaseView, now: datetime) -> tuple[Line, ...]:
    """For each person and purpose the answer that counts now, those in force first."""
    latest: dict[tuple[str, str], Consent] = {(consent.person, consent.purpose): consent for consent in case.consents}
    ordered = sorted(latest.values(), key=lambda consent: not consent.in_force(now))
    return tuple(_consent(consent, case.settings, now) for consent in ordered)


def _consent(consent: Consent, settings: Settings, now: datetime) -> Line:
    about = PURPOSES.get(consent.purpose, consent.purpose.capitalize())
    if not consent.given:
        return Line(consent.person, about, "Niet gegeven", "late")
    if named := organisations(settings, sorted(consent.organisations)):
        about = f"{about} met {named}"
    if not consent.in_force(now):
        return Line(consent.person, f"{about}, tot {wording.day(consent.withdrawn_at)}", "Ingetrokken", "late")
    return Line(consent.person, f"{about}, sinds {wording.day(consent.recorded_at)}", "Geldt", "good")


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


def agreements(case: CaseView, now: datetime) -> tuple[Agreement, ...]:
    """The agreements, those too late first."""
    today = now.astimezone(wording.ZONE).date()
    rows = []
    for made in case.rows(AgreementRow):
        late = made.overdue(today)
        state, mood = ("Te laat", "late") if late else AGREEMENT_STATES.get(made.status, (made.status, "plain"))
        who = ", ".join(part for part in (organisations(case.settings, [made.organisation]), made.person) if part)
        rows.append(Agreement(made.what, who, made.by_date, state, mood, late, made.goal, made.remark))
    return tuple(sorted(rows, key=lambda agreement: not agreement.overdue))


def messages(case: CaseView) -> tuple[cases.MessageOption, ...]:
    """What may be told to the case, safety before all else."""
    return tuple(sorted(case.messages, key=lambda option: option.name != Message.ACUTE_DANGER))


def participants(case: CaseView) -> tuple[Line, ...]:
    """Who is involved, each person once with all roles."""
    roles: dict[str, list[str]] = {}
    people = {person.id: person for person, _ in case.participants}
    for person, role in case.participants:
        roles.setdefault(person.id, []).append(role_name(case.settings, role))
    lines = []
    for id_, person in people.items():
        where = organisations(case.settings, [person.organisation]) if person.organisation else ""
        about = ", ".join(part for part in (*roles[id_], where) if part)
        lines.append(Line(person.name or case.names.get(id_, "Onbekend"), about))
    return tuple(lines)


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


# --- progress --------------------------------------------------------------------------------------------------


def drawings(case: CaseView) -> tuple[Drawing, ...]:
    """Each part that is going on now, then the whole course."""
    now = [view for view in case.processes if view.current and view.process.id != case.root]
    whole = [view for view in case.processes if view.process.id == case.root]
    return (
        *(_drawing(view, f"Nu: {view.process.name}", case.root) for view in now),
        *(_drawing(view, "Het hele traject", case.root) for view in whole),
    )


def _drawing(view: ProcessView, title: str, root: str) -> Drawing:
    def link(element: Element) -> str | None:
        if element.called:
            return f"/handreiking/{root}/{element.called}/"
        return handbook_link(root, view.process, element) if element.kind == Kind.USER_TASK else None

    svg = diagram.svg(view.process, done=view.done, current=view.current, links=link, title=title)
    steps = tuple(
        Step(element.name, "nu" if element.id in view.current else "gedaan" if element.id in view.done else "later")
        for element in diagram.reading_order(view.process)
        if element.kind in STEPS and element.name
    )
    return Drawing(title, Markup(svg), steps)  # noqa: S704 - drawn by us, every name in it escaped


# --- answers and history ---------------------------------------------------------------------------------------


def given(case: CaseView) -> tuple[Given, ...]:
    """The answers of all steps that this person may see, the last step first."""
    rows = []
    for step in sorted(case.answers, key=lambda step: step.at, reverse=True):
        lines = answers.said(step.form, step.values, step.context)
        subject = next((text for _, text in lines), "") if step.item else ""
        title = f"{step.element.name}: {subject}" if subject else step.element.name
        where = correction(case, step) if case.status == CaseStatus.RUNNING else ""
        rows.append(Given(title, step.at, _name(case, step.actor), lines, where))
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


def _sentence(event: EventRow, case: CaseView, processes: Mapping[str, Process]) -> str:
    name = _element_name(processes, event.process, event.element)
    detail = event.detail
    match event.kind:
        case Happening.STARTED:
            return "Dossier geopend"
        case Happening.COMPLETED:
            return f"Afgerond: {name}" + _on_behalf(case.settings, str(detail.get("namens") or ""))
        case Happening.CLAIMED:
            return f"Opgepakt: {name}"
        case Happening.RELEASED:
            return f"Teruggegeven: {name}"
        case Happening.REASSIGNED:
            return f"Gegeven aan {_name(case, str(detail.get('aan', '')))}: {name}"
        case Happening.CORRECTED:
            return f"Gecorrigeerd: {name}" + _reason(detail)
        case Happening.CLOSED:
            return "Eerder afgesloten" + _reason(detail)
        case Happening.MESSAGE:
            return f"Gemeld: {_message(processes, str(detail.get('naam', '')))}"
        case _:
            return _by_itself(event, processes)


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
    for process, element, what, *_ in event.detail.get("stappen", ()):
        left = processes[process].elements.get(element) if process in processes else None
        if left and what == Passage.COMPLETED and left.kind in LISTENS and left.event_kind == EventKind.TIMER:
            names.append(left.name)
    return "Vanzelf: " + ", ".join(name for name in names if name) if any(names) else ""


def find(case: CaseView, process: str, element: str, item: str) -> cases.AnswerSet | None:
    """The answers of one step, where this person may see them."""
    wanted = (process, element, item)
    return next((step for step in case.answers if (step.process, step.element.id, step.item) == wanted), None)

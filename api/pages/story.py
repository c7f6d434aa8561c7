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
from engine.words import MeetingStatus, Part, Register
from handbook import diagram

PURPOSES = {"delen": "Delen", "voorbespreking": "Voorbespreking zonder het gezin", "overleg": "Knooppuntoverleg",
            "kind": "Gegevens van het kind", "overdracht": "Overdracht"}  # fmt: skip
MEETINGS = {"voorbespreking": "Voorbespreking", "knooppuntoverleg": "Knooppuntoverleg"}
AGREEMENT_STATES = {
    "open": ("Open", "now"),
    "wachtend": ("Wachtlijst", "soon"),
    "gedaan": ("Gedaan", "good"),
    "niet_gedaan": ("Niet gedaan", "plain"),
    "vervallen": ("Vervallen", "plain"),
}
OUTCOMES = {
    "goed": "Het gaat goed",
    "bijstellen": "Het plan is bijgesteld",
    "opschalen": "Er is meer steun nodig",
    "afgesloten": "Afgesloten",
}
UNSAFE = "acute_onveiligheid"
STEPS = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK, Kind.CALL_ACTIVITY, Kind.BUSINESS_RULE_TASK})
WAITS = LISTENS


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
    found: dict[str, str] = {}
    for model in ctx.library.current(ctx.tx):
        definition = model.definition
        called = [element.called for element in diagram.reading_order(definition.root) if element.called]
        for process in (*called, *definition.processes):
            if process != definition.id and process in definition.processes:
                found.setdefault(process, definition.processes[process].name)
    return found


def handbook_link(root: str, process: Process, element: Element) -> str:
    """The page of a step in the handbook."""
    return f"/handreiking/{root}/{process.id}/{element.id}/"


def organisations(settings: Settings, ids: Iterable[str]) -> str:
    """Organisations by name."""
    known = settings.organisations
    return ", ".join(known[id_].name if id_ in known else id_ for id_ in ids)


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
    latest: dict[tuple[str, str], Consent] = {(one.person, one.purpose): one for one in case.consents}
    ordered = sorted(latest.values(), key=lambda one: not one.in_force(now))
    return tuple(_consent(one, case.settings, now) for one in ordered)


def _consent(one: Consent, settings: Settings, now: datetime) -> Line:
    about = PURPOSES.get(one.purpose, one.purpose.capitalize())
    if not one.given:
        return Line(one.person, about, "Niet gegeven", "late")
    if named := organisations(settings, sorted(one.organisations)):
        about = f"{about} met {named}"
    if not one.in_force(now):
        return Line(one.person, f"{about}, tot {wording.day(one.withdrawn_at)}", "Ingetrokken", "late")
    return Line(one.person, f"{about}, sinds {wording.day(one.recorded_at)}", "Geldt", "good")


def meetings(case: CaseView) -> tuple[Line, ...]:
    """The meetings, planned and held."""
    found = []
    for one in case.rows(MeetingRow):
        held = one.status == MeetingStatus.HELD
        when = ", ".join(part for part in (wording.day(one.date), one.time and f"{one.time} uur", one.place) if part)
        parents = {"ja": "De ouders waren erbij", "nee": "De ouders waren er niet bij"}.get(one.parents_present, "")
        if parents and one.absence_reason:
            parents += f": {one.absence_reason}"
        about = f"{when}. {parents}." if held and parents else when
        title = MEETINGS.get(one.kind, one.kind.capitalize())
        found.append(Line(title, about, "Gehouden" if held else "Gepland", "good" if held else "now"))
    return tuple(found)


def agreements(case: CaseView, now: datetime) -> tuple[Agreement, ...]:
    """The agreements, those too late first."""
    today = now.astimezone(wording.ZONE).date()
    found = []
    for one in case.rows(AgreementRow):
        late = one.overdue(today)
        state, mood = ("Te laat", "late") if late else AGREEMENT_STATES.get(one.status, (one.status, "plain"))
        who = ", ".join(part for part in (organisations(case.settings, [one.organisation]), one.person) if part)
        found.append(Agreement(one.what, who, one.by_date, state, mood, late, one.goal, one.remark))
    return tuple(sorted(found, key=lambda one: not one.overdue))


def messages(case: CaseView) -> tuple[cases.MessageOption, ...]:
    """What may be told to the case, safety before all else."""
    return tuple(sorted(case.messages, key=lambda one: one.name != UNSAFE))


def participants(case: CaseView) -> tuple[Line, ...]:
    """Who is involved, each person once with all roles."""
    roles: dict[str, list[str]] = {}
    people = {person.id: person for person, _ in case.participants}
    for person, role in case.participants:
        roles.setdefault(person.id, []).append(role_name(case.settings, role))
    found = []
    for id_, person in people.items():
        where = organisations(case.settings, [person.organisation]) if person.organisation else ""
        about = ", ".join(part for part in (*roles[id_], where) if part)
        found.append(Line(person.name or case.names.get(id_, "Onbekend"), about))
    return tuple(found)


def disclosures(case: CaseView) -> tuple[Line, ...]:
    """What was shared, with whom and when."""
    return tuple(
        Line(one.what, ", ".join(part for part in (
            f"Aan {organisations(case.settings, one.recipients)}", wording.day(one.date),
            one.ground and f"grond: {listed(case.settings, 'gronden', one.ground).lower()}",
        ) if part))
        for one in case.rows(DisclosureRow)
    )  # fmt: skip


def evaluations(case: CaseView) -> tuple[Line, ...]:
    """What the evaluations came to."""
    return tuple(
        Line(
            OUTCOMES.get(one.outcome, one.outcome),
            ". ".join(
                part
                for part in (wording.day(one.date), listed_or_said(case.settings, "redenen_afsluiten", one.remark))
                if part
            ),
        )
        for one in case.rows(EvaluationRow)
    )


def safety(case: CaseView) -> tuple[Line, ...]:
    """The safety file; empty for who does not act in it."""
    return tuple(
        Line(one.step, ". ".join(part for part in (wording.day(one.date), one.content, one.decision) if part))
        for one in case.rows(SafetyRow)
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
    found = []
    for one in sorted(case.answers, key=lambda one: one.at, reverse=True):
        lines = answers.said(one.form, one.values, one.context)
        address = f"/casus/{case.id}/corrigeren/{one.process}/{one.element.id}" + (
            f"?item={one.item}" if one.item else ""
        )
        subject = next((text for _, text in lines), "") if one.item else ""
        title = f"{one.element.name}: {subject}" if subject else one.element.name
        found.append(Given(title, one.at, _name(case, one.actor), lines, address if case.status == "lopend" else ""))
    return tuple(found)


def _name(case: CaseView, person: str) -> str:
    return case.names.get(person, "") if person else ""


def history(case: CaseView) -> tuple[Happened, ...]:
    """What happened, the last first; what only moved tokens is left out."""
    processes = {view.process.id: view.process for view in case.processes}
    told = ((event, _told(event, case, processes)) for event in reversed(case.history))
    return tuple(Happened(event.at, text, _name(case, event.actor)) for event, text in told if text)


def _told(event: EventRow, case: CaseView, processes: Mapping[str, Process]) -> str:
    name = _element_name(processes, event.process, event.element)
    detail = event.detail
    match event.kind:
        case "gestart":
            return "Dossier geopend"
        case "afgerond":
            return f"Afgerond: {name}" + _on_behalf(case.settings, str(detail.get("namens") or ""))
        case "opgepakt":
            return f"Opgepakt: {name}"
        case "losgelaten":
            return f"Teruggegeven: {name}"
        case "toegewezen":
            return f"Gegeven aan {_name(case, str(detail.get('aan', '')))}: {name}"
        case "gecorrigeerd":
            return f"Gecorrigeerd: {name}" + _reason(detail)
        case "gesloten":
            return "Eerder afgesloten" + _reason(detail)
        case "bericht":
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
    found = processes[process].elements.get(element) if process in processes else None
    return found.name if found and found.name else element.replace("_", " ")


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
        found = processes[process].elements.get(element) if process in processes else None
        if found and what == "klaar" and found.kind in WAITS and found.event and found.event.kind == EventKind.TIMER:
            names.append(found.name)
    return "Vanzelf: " + ", ".join(name for name in names if name) if any(names) else ""


def find(case: CaseView, process: str, element: str, item: str) -> cases.AnswerSet | None:
    """The answers of one step, where this person may see them."""
    wanted = (process, element, item)
    return next((one for one in case.answers if (one.process, one.element.id, one.item) == wanted), None)

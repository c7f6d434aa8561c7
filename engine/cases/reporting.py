"""What came of a meeting, to take along: the plan for the parents, and for each partner as much as the family lets it
read.

What a partner gets is what somebody of that organisation would find in the case who wrote nothing in it, and of that no
more than who gives it may read. Giving it is recorded as a disclosure: to whom, what, when and by whom.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import access, store
from engine.access import Appointment, Person
from engine.cases import announcing
from engine.cases.context import Context
from engine.cases.moves import BY_CONSENT
from engine.cases.reading import case as read_case
from engine.cases.reading import knows_plan
from engine.cases.views import CaseView, TaskView
from engine.deadlines import ZONE
from engine.definitions import Settings
from engine.definitions.letters import Text, openings_of
from engine.definitions.registers import AgreementRow, DisclosureRow, Entry
from engine.errors import NotAllowedError, NotFoundError
from engine.words import AgreementStatus, Look, Register, RoleId, Sent, Verb

FAMILY = Register.FAMILY
"""For whom the plan is, beside the organisations."""

SOURCE = Sent.REPORT
"""What the register names as the source of what was given by hand: no step of a diagram."""

PLAN, EXTRACT = "Het plan van het gezin", "Een uittreksel van het plan"
PAPER = "papier"


@dataclass(frozen=True)
class Receiver:
    """Somebody who may get something: an organisation, or the family. `given` is when that was, the last first."""

    id: str
    name: str
    given: tuple[date, ...] = ()


@dataclass(frozen=True)
class Reports:
    """The reports of a case: who may get one."""

    case_id: int
    title: str
    receivers: tuple[Receiver, ...]


@dataclass(frozen=True)
class Report:
    """One report: how the family is called there, what it wants, the agreements of the receiver itself (of the family:
    all) and those of others, who leads with a phone number, and opening lines by language.
    """

    case_id: int
    receiver: Receiver
    settings: Settings
    title: str
    goals: tuple[str, ...]
    own: tuple[AgreementRow, ...]
    others: tuple[AgreementRow, ...]
    lead: tuple[str, str]
    openings: Mapping[str, Text]
    giver: str
    day: date

    @property
    def is_plan(self) -> bool:
        """Whether it is the plan for the family."""
        return self.receiver.id == FAMILY


def reports(ctx: Context, case_id: int) -> Reports:
    """Who may get a report of a case. Raises NotFoundError, or NotAllowedError where the actor gives none."""
    view = _given_by(ctx, case_id)
    return Reports(case_id, view.title, _receivers(ctx, view))


def report(ctx: Context, case_id: int, receiver: str) -> Report:
    """One report as it would be given now. Raises NotFoundError where that receiver may get nothing."""
    mine = _given_by(ctx, case_id)
    whose = next((each for each in _receivers(ctx, mine) if each.id == receiver), None)
    if whose is None:
        raise NotFoundError("Deze organisatie mag hiervan niets krijgen. Vraag het eerst het gezin.")
    theirs = mine if receiver == FAMILY else read_case(_as_partner(ctx, mine, receiver), case_id)
    rows = [row for row in _agreements(theirs) if row in _agreements(mine)]
    own = [row for row in rows if receiver in (FAMILY, row.organisation)]
    lead = next((p for p, role in theirs.participants if role == RoleId.CASUSREGISSEUR), None)
    definition = ctx.library.model(ctx.tx, store.case_files.read(ctx.tx, case_id, None).version_id).definition
    return Report(
        case_id,
        whose,
        mine.settings,
        theirs.title if theirs.title == mine.title else f"dossier {case_id}",
        tuple(goal for goal in theirs.goals if goal in mine.goals),
        tuple(own),
        tuple(row for row in rows if row not in own),
        (lead.name, store.staff.one(ctx.tx, lead.id).phone) if lead is not None and lead.name else ("", ""),
        openings_of(definition.files),
        ctx.actor.name,
        ctx.today,
    )


def give(ctx: Context, case_id: int, receiver: str) -> Report:
    """Give a report, and record it: once a day, however often it is printed."""
    store.case_files.lock(ctx.tx, case_id, ctx.sight)
    given = report(ctx, case_id, receiver)
    ctx.looks.does(Look.EXPORTED)
    if ctx.today in given.receiver.given:
        return given
    whom, what = (_FAMILY_SAID, PLAN) if given.is_plan else (receiver, EXTRACT)
    said = {"aan": [whom], "wat": what, "grond": BY_CONSENT, "kanaal": PAPER, "datum": ctx.today.isoformat()}
    entry = Entry(Register.DISCLOSURE, said, {}, source=SOURCE)
    store.registers.record(ctx.tx, case_id, [entry], ctx.actor.id, ctx.now)
    store.undo.forget(ctx.tx, case_id)
    return given


_FAMILY_SAID = "het gezin"


def given_already(ctx: Context, task: TaskView) -> Mapping[str, Any]:
    """What the step that shares a report may begin with, by its questions: to which organisations a report was given
    since it was done last in this round. Nothing for another step, or for who may not read what was shared.
    """
    if task.element.properties.get("stuurt") != Sent.REPORT or Verb.COMPLETE not in task.may:
        return {}
    case = store.case_files.read(ctx.tx, task.case_id, None)
    facts = store.case_files.facts(ctx.tx, case, ctx.sight)
    if Register.DISCLOSURE not in access.parts(ctx.sight, facts) or not knows_plan(ctx.sight, facts):
        return {}
    step = (task.element.process, task.element.id)
    done = (a.at for a in store.answers.of_case(ctx.tx, case.id) if (a.process, a.element) == step)
    since = max((case.begun_at, *done)).astimezone(ZONE).date()
    shared = store.registers.rows(ctx.tx, case.id, DisclosureRow)
    rows = [row for row in shared if row.source == SOURCE and row.date is not None and row.date >= since]
    receivers = list(dict.fromkeys(id for row in rows for id in row.recipients if id != _FAMILY_SAID))
    if not receivers:
        return {}
    ctx.looks.shows(case.id, case.municipality, task.ground, {Register.DISCLOSURE})
    last = max(row.date for row in rows if row.date is not None)
    said = {"aan": receivers, "wat": EXTRACT, "grond": BY_CONSENT, "kanaal": PAPER, "datum": last.isoformat()}
    asked = ((field.key, field.properties.get("register")) for field in task.form.input_fields())
    return {key: said[column] for key, column in asked if column in said}


def _given_by(ctx: Context, case_id: int) -> CaseView:
    """A case of which the actor may give reports: who reads what was shared of it, and its plan."""
    view = read_case(ctx, case_id)
    if not {Register.DISCLOSURE, Register.AGREEMENT} <= view.parts:
        raise NotAllowedError("Een verslag geven kan wie het overzicht heeft of casusregisseur is.")
    return view


def _receivers(ctx: Context, view: CaseView) -> tuple[Receiver, ...]:
    shared = [row for row in view.rows(DisclosureRow) if row.source == SOURCE]

    def given(whom: str) -> tuple[date, ...]:
        days = (row.date for row in shared if whom in row.recipients)
        return tuple(sorted((day for day in days if day is not None), reverse=True))

    names = {id: organisation.name for id, organisation in view.settings.organisations.items()}
    open_to = announcing.spoken_with(ctx.tx, view.id) & names.keys()
    organisations = [Receiver(id, names[id], given(id)) for id in sorted(open_to, key=names.__getitem__)]
    return (Receiver(FAMILY, "Het gezin", given(_FAMILY_SAID)), *organisations)


def _as_partner(ctx: Context, view: CaseView, organisation: str) -> Context:
    """The context of somebody of an organisation who wrote nothing; what that shows is no look of anybody's."""
    partner = Appointment(RoleId.CORE_PARTNER, view.municipality)
    return Context(ctx.tx, ctx.library, Person(access.NOBODY, "", organisation, appointments=(partner,)), ctx.now)


def _agreements(view: CaseView) -> tuple[AgreementRow, ...]:
    goes = (AgreementStatus.OPEN, AgreementStatus.WAITING, AgreementStatus.DONE)
    return tuple(row for row in view.rows(AgreementRow) if row.status in goes)

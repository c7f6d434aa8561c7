"""What one person of a family may be told of the own dossier, on paper: who looked, who was told what, to whom this
person said yes and what was taken back.

It goes home with somebody, and may be read there by somebody else. So it holds nothing of a circle, no verb and no hour
(that something was told, and when, can betray who told it), and nothing that follows from what another of the family
said: who looked only because of somebody else's yes saw nothing of this person, and doesn't stand here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from engine import access, consent, deadlines, store
from engine.access import CaseFacts
from engine.cases.circles import circles
from engine.cases.context import Context
from engine.cases.reading import knows_plan, names_known
from engine.consent import Relative
from engine.definitions import Settings
from engine.definitions.registers import DisclosureRow
from engine.errors import NotFoundError
from engine.store.case_files import CaseRow
from engine.store.looks import Glance
from engine.store.registers import Said
from engine.store.subject_access import AccessRequest
from engine.words import AgeClass, Ground, Register, Relation, RoleId


@dataclass(frozen=True)
class Looked:
    """On this day somebody of this function, in this role, looked for this organisation ("" where that is none), on
    this ground, at these parts.
    """

    day: date
    function: str
    role: str
    organisation: str
    ground: str
    parts: frozenset[str]


@dataclass(frozen=True)
class Overview:
    """What one person may be told. `said` is in the order in which it counts. `worded` says that what was told stands
    there in the words of who told it: words about a family with another adult may be about that one.
    """

    case_id: int
    settings: Settings
    relative: Relative
    looked: tuple[Looked, ...]
    told: tuple[DisclosureRow, ...]
    said: tuple[Said, ...]
    worded: bool


def overviews(ctx: Context, case_id: int) -> tuple[Relative, ...]:
    """Those of a family who said something to a request, for whom there is an overview. Empty for who doesn't read all
    that the family agreed to. Raises NotFoundError where the reader doesn't know the case.
    """
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    facts = ctx.facts(case)
    if not case.guarded or Register.CONSENT not in access.parts(ctx.sight, facts):
        return ()
    family = store.registers.family(ctx.tx, case_id)
    names = names_known(ctx, family, case_id, facts)
    spoke = {said.consent.person for said in store.registers.said(ctx.tx, case_id) if _answered(said)}
    return tuple(replace(each, name=names.get(each.id, "")) for each in family if each.id in spoke)


def overview(ctx: Context, case_id: int, person: str) -> Overview:
    """What one person of a family may be told. Raises NotFoundError where there is nothing for this reader."""
    relative = next((each for each in overviews(ctx, case_id) if each.id == person), None)
    if relative is None:
        raise NotFoundError("Hiervan is geen overzicht, of je mag het niet zien.")
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    facts = ctx.facts(case)
    ctx.looks.shows_file(case_id, facts, access.case_ground(ctx.sight, facts), {Register.CONSENT, Register.DISCLOSURE})
    settings = ctx.library.settings(ctx.tx, ctx.library.model(ctx.tx, case.version_id))
    mine = [said for said in store.registers.ever_said(ctx.tx, case_id) if said.consent.person == person]
    family = store.registers.family(ctx.tx, case_id)
    return Overview(
        case_id,
        settings,
        relative,
        who_looked(ctx, case_id, settings, person, mine),
        tuple(_told(ctx, case, facts, mine)),
        tuple(said for said in mine if said.replaced_at is None and _answered(said)),
        all(each.id == person or _is_young(each) for each in family),
    )


def _answered(said: Said) -> bool:
    return bool(said.consent.yes or said.consent.no)


def _is_young(relative: Relative) -> bool:
    """Whether this is a child who is asked nothing and tells nothing that is kept from its parents."""
    return relative.relation == Relation.CHILD and relative.age in ("", AgeClass.UNDER_12)


def _stood(mine: Iterable[Said], organisation: str, at: datetime) -> bool:
    """Whether a yes of this person to an organisation stood at a moment."""
    standing = (said.consent for said in mine if said.recorded_at <= at and not _replaced(said, at))
    return any(yes for (_, cell), yes in consent.said(standing).items() if cell.organisation == organisation)


def _replaced(said: Said, at: datetime) -> bool:
    return said.replaced_at is not None and said.replaced_at <= at


def who_looked(ctx: Context, case_id: int, settings: Settings, person: str, mine: Sequence[Said]) -> tuple[Looked, ...]:
    """Who looked at one person of a family, who said what is `mine`, a line for each day: from the look-log, in its
    order.
    """
    asked = [asked for asked in store.subject_access.of_case(ctx.tx, case_id) if asked.person == person]
    glances = store.looks.glances(ctx.tx, case_id)
    members = store.case_files.participants(ctx.tx, case_id)
    began = {id for id, role in members if role == RoleId.AANMELDER}
    people = {each.id: each for each in store.people.known(ctx.tx, began | {glance.person_id for glance in glances})}
    home = {people[id].organisation for id in began if id in people} - {""}
    lines: dict[Looked, set[str]] = {}
    for glance in glances:
        made = glance.ground == Ground.ACCESS and any(asked_by(each, glance.at) for each in asked)
        if made or _tells_of(glance, settings, home, mine):
            known = people.get(glance.person_id)
            day = glance.at.astimezone(deadlines.ZONE).date()
            who = (known.function if known else "", glance.role, glance.organisation, glance.ground)
            lines.setdefault(Looked(day, *who, frozenset()), set()).update(glance.parts.split(","))
    return tuple(replace(line, parts=frozenset(parts)) for line, parts in lines.items())


def asked_by(asked: AccessRequest, at: datetime) -> bool:
    """Whether somebody had asked to see it at a moment, and did not have it yet."""
    return asked.recorded_at <= at and (asked.ended_at is None or at <= asked.ended_at)


def _tells_of(glance: Glance, settings: Settings, home: set[str], mine: Sequence[Said]) -> bool:
    """Whether a look was one at this person: by a yes of this person that stood then; at own words, which outlive that
    yes; or as it may be without any yes, by who keeps the overview and where the signal came from.
    """
    if _stood(mine, glance.organisation, glance.at):
        return True
    if glance.ground in (Ground.CONSENT, Ground.ACCESS):
        return False
    if glance.ground == Ground.LEAVING:
        return True
    earlier = (said for said in mine if said.recorded_at <= glance.at and said.consent.yes)
    if glance.ground == Ground.OWN and any(said.consent.organisation == glance.organisation for said in earlier):
        return True
    keeps = any(settings.roles[role].oversees for role in glance.role.split(",") if role in settings.roles)
    return keeps or glance.ground == Ground.OVERVIEW or glance.organisation in home


def _told(ctx: Context, case: CaseRow, facts: CaseFacts, mine: Sequence[Said]) -> Iterator[DisclosureRow]:
    """What was shared with whom this person said yes to by then, and never what a safety file led to."""
    if not knows_plan(ctx.sight, facts):
        return
    drawn = circles(ctx.library.model(ctx.tx, case.version_id).definition)
    for row in store.registers.rows(ctx.tx, case.id, DisclosureRow):
        place, _, element = row.source.partition("/")
        circle = drawn.hides(facts, place, element, row.item) is not None
        if circle or row.ground == Register.SAFETY:
            continue
        moments = _moments(row.date, mine)
        to = tuple(id for id in row.recipients if any(_stood(mine, id, at) for at in moments))
        if to:
            yield replace(row, recipients=to)


def _moments(day: date | None, mine: Iterable[Said]) -> set[datetime]:
    """The moments of a day at which what this person said may have come to stand otherwise, and its ends; of all days
    where it isn't known which.
    """
    if day is None:
        return {said.recorded_at for said in mine}
    begin = datetime.combine(day, time(), deadlines.ZONE)
    end = deadlines.end_of_day(day)
    return {begin, end} | {said.recorded_at for said in mine if begin <= said.recorded_at <= end}

"""Who may know what about whom, stated once more from the lines of the design, for tests to hold the product against.

Nothing here looks at how the product decides. Each rule quotes the sentence that it is. Where a sentence leaves room, a
sight is `MAY`: the product is then held to neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

SHARING, TRANSFER = "delen", "overdracht"
CONTACT, PLAN = "contact", "doelen_plan"
TEAM_NEEDS = "knooppuntteam"
TEAM = frozenset({"coordinator", "procesregisseur"})
PARTNER, REPORTER = "kernpartner", "aanmelder"
ADMIN, OVERSIGHT = "beheerder", "functionaris"
APART = frozenset({ADMIN, OVERSIGHT})


class Sight(IntEnum):
    """Whether somebody gets to see something: never, possibly, certainly."""

    NEVER = 0
    MAY = 1
    MUST = 2


class Phase(StrEnum):
    """How far a case is."""

    BEFORE = "before the gate"
    RUNNING = "behind the gate"
    STOPPING = "the last yes for the gate is gone"
    CLOSED = "closed"


@dataclass(frozen=True)
class Staff:
    """Somebody who works with the product, in one organisation and one municipality. “One acts in one appointment at a
    time”: who has two is two of these, each of which is the same `person`.
    """

    id: str
    organisation: str
    roles: frozenset[str]
    home: str
    hat: str = ""
    person: str = ""

    @property
    def who(self) -> str:
        """The person."""
        return self.person or self.id


@dataclass(frozen=True)
class Relative:
    """A person of the family, or who holds authority from outside it. `over` names whom, where that isn't natural."""

    id: str
    relation: str
    age: str
    authority: str = ""
    over: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What one person said to one organisation: ja, nee, anders (`kinds`), niet_gevraagd or ingetrokken."""

    person: str
    purpose: str
    organisation: str
    answer: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Token:
    """A word that stands in one answer and nowhere else.

    `about` is whom of the family it is about, as it was when it was written; empty with `process` where it says nothing
    of a person. `meant_for` is the organisation of an agreement. `replaced` says that a correction put another in its
    place, `first` who did the step that was corrected, `aside` that it stands beside the answers, where nobody is
    promised to find it. `secret` is of a meldcode, `chosen` for whom the family chose.
    """

    text: str
    step: str
    writer: str
    kind: str
    about: frozenset[str]
    purpose: str = SHARING
    process: bool = False
    meant_for: str = ""
    replaced: bool = False
    first: str = ""
    aside: bool = False
    secret: bool = False
    chosen: bool = False
    title: bool = False
    past: bool = False
    """Whether it is of a round before."""


@dataclass
class File:
    """All that was said and written in one case, in its order, and what the region says of kinds and organisations."""

    staff: Mapping[str, Staff]
    sorts: Mapping[str, str]
    needs: Mapping[str, Mapping[str, tuple[str, ...]]]
    kinds: frozenset[str]
    home: str
    reporter: str
    family: dict[str, Relative] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    phase: Phase = Phase.BEFORE
    name_was_open: bool = False
    name_stays: bool = False
    """Whether the name of the family was open to the team until the end."""
    circles: set[str] = field(default_factory=set)
    """Who began a meldcode of their own."""
    recorders: dict[str, set[str]] = field(default_factory=dict)
    """By person of the family who wrote down a yes or no of theirs."""
    lost: set[str] = field(default_factory=set)
    """Who know of a loss: who told it, and whom the family chose."""
    helped: set[str] = field(default_factory=set)
    """Who holds a task that was handed over before consent."""
    again: bool = False
    """Whether this is a new round of a case that was closed."""
    name_kept: bool = False
    """Whether the team knew the name at the end of a round before."""
    lost_before: set[str] = field(default_factory=set)
    """Who knew of a loss in a round before."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Who is away, each with who stands in."""

    @property
    def team(self) -> frozenset[str]:
        """“the Knooppunt team (the organisations of coördinator and procesregisseur …)”."""
        return frozenset(p.organisation for p in self.staff.values() if p.roles & TEAM and p.home == self.home)


# --- whose yes counts ------------------------------------------------------------------------------------------

_CHARGES = {"kind": ("moeder", "andere_ouder", "voogd"), "moeder": ("ouder_van_moeder",)}
"""Over whom somebody holds authority by nature: parents and guardian over a child, her parent over a young mother."""


def _has_authority(relative: Relative, over: Relative) -> bool:
    """“Gezag onbekend counts as gezag: that yes is needed too. A holder may stand outside the family (voogd).”"""
    if relative.id == over.id or relative.authority == "nee":
        return False
    if relative.over:
        return over.id in relative.over
    return relative.relation in _CHARGES.get(over.relation, ())


def holders(file: File, person: str) -> frozenset[str]:
    """“16+ the person; 12–15 the person and who has gezag over that person, also for a pregnant girl; under 12 all who
    have gezag over the child.” Empty where nobody can say yes, which closes: a girl of 15 of whom nobody with gezag is
    known can't open her own case (“A 15-year-old's yes alone … not in force”).
    """
    one = file.family[person]
    if one.age == "16_plus":
        return frozenset({person})
    others = frozenset(other.id for other in file.family.values() if _has_authority(other, one))
    if not others:
        return frozenset()
    return others | {person} if one.age == "12_15" else others


def _speaks(file: File, row: Said, kind: str) -> bool | None:
    """What a row says of one kind; None where it says nothing of it."""
    if row.answer in ("nee", "ingetrokken"):
        return False if not row.kinds or kind in row.kinds else None
    if row.answer == "anders":
        return kind in row.kinds
    if row.answer == "ja":
        sorts = {file.sorts[row.organisation]} | ({TEAM_NEEDS} if row.organisation in file.team else set())
        asked = {kind for sort in sorts for kind in file.needs.get(sort, {}).get(row.purpose, ())}
        return True if kind in asked else None
    return None  # “niet gevraagd” is no answer of this person: it opens nothing, and takes no answer back


def cell(file: File, person: str, purpose: str, organisation: str, kind: str) -> bool:
    """“The newest answer of the same person for the same cell counts; nobody's yes stands in for another's.”"""
    for row in reversed(file.said):
        if (row.person, row.purpose, row.organisation) == (person, purpose, organisation):
            answer = _speaks(file, row, kind)
            if answer is not None:
                return answer
    return False


def opens(file: File, organisation: str, kind: str, about: Iterable[str], purpose: str = SHARING) -> bool:
    """“everyone with zeggenschap over each of `about` said yes to that organisation and kind under doel `delen`; what a
    step of another doel wrote … opens under that doel only”; it “ends when the case ends”. About nobody whom the file
    knows nobody can have said yes.
    """
    people = frozenset(about)
    if not people or file.phase is Phase.CLOSED:
        return False
    return all(
        bool(needed := holders(file, person))
        and all(cell(file, holder, purpose, organisation, kind) for holder in needed)
        for person in people
    )


def gate(file: File) -> bool:
    """“the case goes on when somebody says yes about herself to the Knooppunt team … for contact and plan”."""
    return any(
        opens(file, organisation, CONTACT, {person}) and opens(file, organisation, PLAN, {person})
        for person in file.family
        for organisation in file.team
    )


def has_opening(file: File, organisation: str) -> bool:
    """Whether somebody's data of some kind, for some purpose, are open to this organisation."""
    purposes = {row.purpose for row in file.said}
    return any(
        opens(file, organisation, kind, {person}, purpose)
        for purpose in purposes
        for kind in file.kinds
        for person in file.family
    )


# --- who knows -------------------------------------------------------------------------------------------------


def is_team(file: File, person: Staff) -> bool:
    """Who convenes: coördinator and procesregisseur of this municipality."""
    return person.home == file.home and bool(person.roles & TEAM)


def is_partner(file: File, person: Staff) -> Sight:
    """Who works with the family for an organisation. A beheerder does not, whatever the organisation."""
    if person.home != file.home:
        return Sight.NEVER
    if PARTNER in person.roles:
        return Sight.MUST
    return Sight.MAY if REPORTER in person.roles else Sight.NEVER


def is_apart(person: Staff) -> bool:
    """“a *beheerder* (a role that sees no family)”; “a *functionaris* role that reads the log and not the file”. Since
    “one acts in one appointment at a time”, not even the own words.
    """
    return bool(person.roles & APART)


def runs(person: Staff) -> Sight:
    """Who arranges who works here: “pages for a *beheerder*”, and for nobody else."""
    return Sight.MUST if ADMIN in person.roles else Sight.NEVER


def runs_here(file: File, person: Staff) -> Sight:
    """Who arranges for people of this municipality: “people of the own municipalities”."""
    return runs(person) if person.home == file.home else Sight.NEVER


def runs_region(places: frozenset[str], person: Staff) -> Sight:
    """Who arranges how an organisation is called: a beheerder in a municipality of the region that it belongs to, of
    which these are the `places`; “several regions in one database, none seeing another”.
    """
    return runs(person) if person.home in places else Sight.NEVER


def approves(person: Staff) -> Sight:
    """Who looks at who is put forward: “four eyes for who gets to oversee”, of which the second pair may be the
    functionaris'.
    """
    return Sight.MUST if person.roles & APART else Sight.NEVER


def knows(file: File, person: Staff) -> Sight:
    """Who gets to know that the case exists, from the page of the case and from lists.

    Who acts in a circle finds the own file, and on which page is not said: “closing refuses nothing and betrays
    nothing”, whatever else became of the case.
    """
    if is_apart(person):
        return Sight.NEVER
    circle = Sight.MAY if person.who in file.circles else Sight.NEVER
    return max(takes_part(file, person), circle, _knows_loss(file, person))


def _knows_loss(file: File, person: Staff) -> Sight:
    """“loss is for whom the family chose”: “they know”, as long as the case runs."""
    if person.who not in file.lost:
        return Sight.MAY if person.who in file.lost_before else Sight.NEVER
    return Sight.MAY if file.phase is Phase.CLOSED or person.hat else Sight.MUST


def takes_part(file: File, person: Staff) -> Sight:
    """Who knows of the case otherwise than by a circle.

    Before consent: “Mila rereads her signal. Coby sees "Signaal 41", a municipality, a date. Nobody else knows that it
    exists.” Behind the gate a partner knows iff its organisation has an opening. At the end “partners get nothing … the
    Knooppunt team keeps name, dates and how it ended”. Who signed up keeps “own signal and what became of it”, on which
    page is not said.
    """
    if is_team(file, person):
        return Sight.MUST
    if person.id == file.reporter:
        return Sight.MUST if file.phase is Phase.BEFORE else Sight.MAY
    if person.id in file.helped:
        return Sight.MAY
    if file.phase is Phase.CLOSED or not has_opening(file, person.organisation):
        return Sight.NEVER
    # a yes to a partner while the gate is shut: the design doesn't say whether that partner hears of it already
    return is_partner(file, person) if file.phase is Phase.RUNNING else min(Sight.MAY, is_partner(file, person))


# --- who reads -------------------------------------------------------------------------------------------------


def reads(file: File, person: Staff, token: Token) -> Sight:
    """“Three doors open a page, and no fourth: one's own words …, opens (consent), and kring.”"""
    if is_apart(person):
        return Sight.NEVER
    if token.writer == person.id:
        reason = token.step in ("heropenen", "sluiten", "overslaan")  # these are own words as any
        return Sight.MAY if (token.replaced or token.aside) and not reason else Sight.MUST
    if person.who in {file.staff[token.writer].who, token.first}:
        return Sight.MAY  # in another appointment; or “the first writer is told”, and of what, is not said
    if token.secret:
        return Sight.NEVER  # “each meldcode is its actor's alone”
    if token.chosen:
        return _knows_loss(file, person)
    known = takes_part(file, person)
    if known is Sight.NEVER:
        return Sight.NEVER
    if token.process or person.id in file.helped:
        return Sight.MAY  # says nothing of a person; or “what came with a task goes with it”
    if is_team(file, person) and file.phase in (Phase.STOPPING, Phase.CLOSED) and token.kind == CONTACT:
        return _at_the_end(file, token)
    if is_team(file, person) and token.title and token.past and file.name_kept and not file.said:
        return Sight.MAY  # the team keeps the name, until the family is asked anew
    return min(known, _by_consent(file, person, token), Sight.MAY if token.replaced or token.aside else Sight.MUST)


def _at_the_end(file: File, token: Token) -> Sight:
    """What the team keeps: “only the stopping steps still show name and organisations, until done”, and after that
    “name, dates and how it ended”. What it was never told it can't keep.
    """
    if not file.name_was_open:
        return Sight.MAY if token.title and file.name_kept else Sight.NEVER
    if token.title:
        return Sight.MUST if file.name_stays else Sight.MAY
    return Sight.MAY if file.phase is Phase.STOPPING else Sight.NEVER


def _by_consent(file: File, person: Staff, token: Token) -> Sight:
    """By consent; and “partners see their own agreements”."""
    mine = token.meant_for == person.organisation and file.phase is not Phase.CLOSED
    if not opens(file, person.organisation, token.kind, token.about, token.purpose):
        if not mine:
            return Sight.NEVER
        if token.past:
            return Sight.MAY  # whether what was agreed in a round before is still one's own, is not said
    if file.phase is Phase.BEFORE:
        return Sight.MAY  # what was said opens it, and the gate is shut: the design doesn't say
    return Sight.MUST if is_team(file, person) else is_partner(file, person)


# --- who reads what was handed over ----------------------------------------------------------------------------


def team_of(people: Iterable[Staff], place: str) -> frozenset[str]:
    """The organisations of coördinator and procesregisseur of a municipality."""
    return frozenset(person.organisation for person in people if person.home == place and person.roles & TEAM)


def goes_along(file: File, team: Iterable[str]) -> frozenset[str]:
    """Who may be named to the team of another municipality: “naming somebody is processing them”. Somebody for whom
    others have to agree goes along only with all of these, or a yes would count there that doesn't count here.
    """
    people = frozenset(id for id in file.family if any(opens(file, o, CONTACT, {id}, TRANSFER) for o in team))
    while strays := {id for id in people if not holders(file, id) <= people}:
        people -= strays
    return people


def handed(file: File, person: Staff, token: Token, team: frozenset[str]) -> Sight:
    """What a case that was handed over carries: “only what the yes under `overdracht` opens”, to the team of that
    municipality by organisation, of what stands in the case now. “What a step of another doel wrote opens under that
    doel only”; a circle is nobody else's.
    """
    along = goes_along(file, team)
    if person.organisation not in team or not person.roles & TEAM or not along:
        return Sight.NEVER
    if token.process:
        return Sight.MAY  # says nothing of a person
    if token.secret or token.chosen or token.replaced or token.purpose not in (SHARING, TRANSFER):
        return Sight.NEVER
    if not token.about or not token.about <= along:
        return Sight.NEVER
    if not opens(file, person.organisation, token.kind, token.about, TRANSFER):
        return Sight.NEVER
    newest = [other for other in file.tokens if other.step == token.step]
    stands = newest[-1] == token or token.step == "gezin"
    return Sight.MUST if stands else Sight.MAY  # asked again since, and put in its place


# --- who does what ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """An open task, or a step that was done: by which roles and kinds of organisation, and what its form shows."""

    roles: frozenset[str]
    sorts: frozenset[str] = frozenset()
    shows: tuple[Token, ...] = ()
    assignee: str = ""
    secret: bool = False
    chosen: bool = False
    teller: str = ""


def does(file: File, person: Staff, work: Work) -> Sight:
    """A task is done by whom its role and kind of organisation fits, who knows the case, and who may “read all that it
    shows”. A task of the aanmelder is that of who signed up, or of whom it was handed to.

    That people of the family are chosen in it keeps nobody from it: “it is no veto on somebody else's support”, so who
    may not be known by name stands there by another word.
    """
    if is_apart(person):
        return Sight.NEVER
    if work.secret:
        mine = bool(work.teller) and person.who == file.staff[work.teller].who
        return Sight.MUST if person.id == work.teller else Sight.MAY if mine else Sight.NEVER
    if work.chosen:
        return Sight.NEVER if work.assignee not in ("", person.who) else _knows_loss(file, person)
    known = takes_part(file, person)
    if known is Sight.NEVER or file.phase is Phase.CLOSED:
        return Sight.NEVER
    if work.assignee and work.assignee != person.who:
        return Sight.NEVER
    if person.id in file.helped:
        return Sight.MUST if work.assignee == person.who else Sight.NEVER
    seen = min((reads(file, person, token) for token in work.shows if not token.process), default=Sight.MUST)
    fits = bool(work.roles & person.roles)
    if not fits and is_team(file, person):
        return min(Sight.MAY, seen)  # who keeps the overview records for others: the design doesn't say where that ends
    if fits and work.roles == {REPORTER}:
        fits = person.id == file.reporter
        known = Sight.MUST if fits else Sight.NEVER
    if not fits or (work.sorts and file.sorts[person.organisation] not in work.sorts):
        return Sight.NEVER
    return min(known, seen)


def takes_over(file: File, person: Staff, work: Work) -> Sight:
    """Standing in: “what the deputy may do follows from the own appointment and access rules (a deputy never gets into
    a kring of the absent one)”. So of a case that the deputy knows, what could be handed over to the deputy.
    """
    if work.secret or work.chosen or file.absent.get(work.assignee) != person.who or is_apart(person):
        return Sight.NEVER
    return min(takes_part(file, person), receives(file, person, work))


def corrects(file: File, person: Staff, work: Work, by: str, answers: Iterable[Token]) -> Sight:
    """“who did the step or may do it, and may read it now”; `by` did it."""
    given = tuple(answers)
    if is_apart(person):
        return Sight.NEVER
    if file.phase is Phase.CLOSED or takes_part(file, person) is Sight.NEVER:
        # “who wrote … may not lose the duty to keep an own record”: the design doesn't say that a page lets one do so
        wrote = {file.staff[writer].who for writer in (by, *(token.writer for token in given))}
        return Sight.MAY if person.who in wrote else Sight.NEVER
    able = does(file, person, Work(work.roles, work.sorts))
    if by == person.id and all(token.writer == person.id for token in given):
        return max(takes_part(file, person), able)
    if person.who == file.staff[by].who:
        able = max(able, Sight.MAY)  # in another appointment
    seen = min((reads(file, person, token) for token in given if not token.process), default=Sight.MUST)
    return min(able, seen)


def tells(file: File, person: Staff, roles: frozenset[str]) -> Sight:
    """Telling that something happened: whose role the drawing names and who knows the case."""
    if not roles & person.roles or file.phase is Phase.CLOSED:
        return Sight.NEVER
    return takes_part(file, person)


def takes_back(file: File, person: Staff) -> Sight:
    """Recording that a yes is taken back: “by anybody who may record it”, certainly who signed up the family."""
    if takes_part(file, person) is Sight.NEVER:
        return Sight.NEVER
    return Sight.MUST if person.id == file.reporter and file.phase is Phase.RUNNING else Sight.MAY


def copies(file: File, person: Staff, relative: str) -> Sight:
    """The sheet of paper of one of the family, on which stands to whom that person said yes and no: of who recorded it,
    as long as she certainly knows the case. Who keeps the overview or leads for the family may read it too; no partner
    does, who reads no more than what opens.
    """
    if takes_part(file, person) is Sight.NEVER:
        return Sight.NEVER
    wrote = {file.staff[id].who for id in file.recorders.get(relative, ())}
    if person.id in file.recorders.get(relative, ()):
        return takes_part(file, person)
    leads = is_team(file, person) or "casusregisseur" in person.roles or person.who in wrote
    return Sight.MAY if leads else Sight.NEVER


def overview(file: File, person: Staff) -> Sight:
    """“The family's overview in plain words: who looked, who was told what, with whom they agreed”: given by the
    Knooppunt team and by who leads for the family, who read all that it agreed to; no partner does, and nobody does
    once the case has ended.
    """
    if takes_part(file, person) is Sight.NEVER or file.phase in (Phase.BEFORE, Phase.CLOSED):
        return Sight.NEVER
    return Sight.MAY if is_team(file, person) or "casusregisseur" in person.roles else Sight.NEVER


def plans(file: File, person: Staff) -> Sight:
    """“De poort … enough to convene”: planning a meeting is of the Knooppunt team, as long as the gate is open and
    something of the plan is open to the own organisation, since “who helps is data too”.
    """
    if not is_team(file, person) or file.phase is Phase.CLOSED or not gate(file):
        return Sight.NEVER
    if any(opens(file, person.organisation, PLAN, {relative}) for relative in file.family):
        return Sight.MUST
    return Sight.MAY if has_opening(file, person.organisation) else Sight.NEVER


def given_to(file: File, organisation: str, token: Token) -> Sight:
    """What may stand on paper for an organisation: “only what consent opens for that organisation”, and its own
    agreements; nothing of a circle.
    """
    if token.secret or token.chosen:
        return Sight.NEVER
    if token.process or token.meant_for == organisation:
        return Sight.MAY
    return Sight.MAY if opens(file, organisation, token.kind, token.about, token.purpose) else Sight.NEVER


def closes(file: File, person: Staff) -> Sight:
    """Closing is of the Knooppunt team: it is no partner's to end a traject (C13)."""
    return Sight.MUST if is_team(file, person) and file.phase is not Phase.CLOSED else Sight.NEVER


def follows(file: File, person: Staff) -> Sight:
    """Writing down that one was in touch, beside any step: of who reads what happened, the Knooppunt team and who leads
    for the family, as long as it runs; a partner tells of the own agreement.
    """
    if takes_part(file, person) is Sight.NEVER or file.phase is Phase.CLOSED:
        return Sight.NEVER
    if is_team(file, person):
        return Sight.MUST
    return Sight.MAY if "casusregisseur" in person.roles else Sight.NEVER


def reopens(file: File, person: Staff) -> Sight:
    """“Coby and Vera keep name, dates and how it ended, can add a late letter and reopen”: nobody else does."""
    return Sight.MUST if is_team(file, person) and file.phase is Phase.CLOSED else Sight.NEVER


def removes(file: File, person: Staff) -> Sight:
    """A mistaken signal is removed by who made it, before consent: “they know only ‘Signaal 41’”. Once somebody of the
    family was asked it is no mistake any more.
    """
    if is_apart(person) or file.phase is not Phase.BEFORE or file.said or file.again:
        return Sight.NEVER
    if person.who != file.staff[file.reporter].who:
        return Sight.NEVER
    return Sight.MUST if person.id == file.reporter else Sight.MAY


def receives(file: File, person: Staff, work: Work) -> Sight:
    """Handing over: “to somebody for whom every kind and person that the step shows opens (before consent: the same
    organisation)”.
    """
    if person.home != file.home or not work.roles & person.roles:
        return Sight.NEVER
    if file.phase is Phase.BEFORE and REPORTER in work.roles:
        same = file.reporter != "" and person.organisation == file.staff[file.reporter].organisation
        return Sight.MUST if same else Sight.NEVER
    if work.roles == {REPORTER}:
        return Sight.MAY if has_opening(file, person.organisation) else Sight.NEVER
    return does(file, person, Work(work.roles, work.sorts, work.shows))


def close(file: File) -> None:
    """“Reading ends with the case”; only the name stays with the team, where it was open."""
    people = frozenset(about for token in file.tokens if token.title for about in token.about)
    file.name_stays = any(opens(file, organisation, CONTACT, people) for organisation in file.team)
    file.phase = Phase.CLOSED


def reopen(file: File) -> None:
    """“a new round in the same dossier …, consents asked anew”; “content opens again by a new round with new consents”.
    Nobody takes part by what was before; who asks the family is chosen next.
    """
    file.name_kept, file.name_was_open, file.name_stays = file.name_kept or file.name_stays, False, False
    file.lost_before |= file.lost
    file.lost, file.helped, file.recorders, file.said, file.reporter = set(), set(), {}, [], ""
    file.tokens = [replace(token, past=True) for token in file.tokens]
    file.again, file.phase = True, Phase.BEFORE


def settle(file: File) -> None:
    """After something was said: “The traject stops when the last yes for the gate is gone.”"""
    people = frozenset(about for token in file.tokens if token.title for about in token.about)
    if any(opens(file, organisation, CONTACT, people) for organisation in file.team):
        file.name_was_open = True
    if file.phase is Phase.RUNNING and not gate(file):
        file.phase = Phase.STOPPING

"""What a family says opens: who may know what of whom, computed from the answers of each person for herself.

`openings` is the one place that decides it. The store keeps what it gives in rows beside the case, written by the
transaction that changed an answer or the family, and every query asks those rows.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.definitions import Need, Settings
from engine.definitions.model import TEAM
from engine.definitions.registers import Entry
from engine.forms import CHILD_GATE, CHOOSES_PLACE, CHOOSES_TEAM, GATE
from engine.words import AgeClass, Answer, Authority, KnownData, Purpose, Register, Relation, Reply, Voice

Authorities = Mapping[str, tuple[str, ...]]
"""By age class whose yes counts: `zelf`, `gezag` or both (the region's table; Wgbo and AVG for 12 and 16)."""

STANDARD: Authorities = {
    AgeClass.UNDER_12: (Voice.HOLDERS,),
    AgeClass.FROM_12: (Voice.OWN, Voice.HOLDERS),
    AgeClass.FROM_16: (Voice.OWN,),
}


@dataclass(frozen=True)
class Relative:
    """A person of the family in one case, or who has authority over one. `over` are those whom this person has, or may
    have, authority over; where it is empty that follows from the relation.
    """

    id: str
    name: str = ""
    relation: str = ""
    age: str = AgeClass.FROM_16
    authority: str = Authority.UNKNOWN
    over: frozenset[str] = frozenset()


Family = tuple[Relative, ...]


@dataclass(frozen=True)
class Consent:
    """What one person said about one organisation for one purpose: the kinds of data that it may know, and those that
    it may not. Answers stand in the order in which they count; what neither names, this answer leaves as it was.
    """

    person: str
    purpose: str
    organisation: str
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()


REMEMBERED = "afloop"
"""The purpose under which the Knooppunt team keeps a name when a case has ended: how it ended, and whose it was."""


HANDED = "overgedragen"
"""The purpose under which a Knooppunt team reads what another team handed over to it, by what was said there, before
anybody of the family is asked anything here. No partner knows of it.
"""


class Opening(NamedTuple):
    """An organisation may know one kind of data of one person, for one purpose."""

    organisation: str
    purpose: str
    kind: str
    person: str


def authority_over(family: Family, person: str) -> frozenset[str]:
    """Who has, or may have, authority over this person."""
    return frozenset(
        holder.id
        for holder in family
        if holder.id != person
        and holder.authority != Authority.NO
        and (person in holder.over if holder.over else _by_nature(family, holder, person))
    )


def _by_nature(family: Family, holder: Relative, person: str) -> bool:
    subject = next((relative for relative in family if relative.id == person), None)
    if subject is None:
        return False
    if subject.relation == Relation.CHILD:
        return holder.relation in (Relation.MOTHER, Relation.OTHER_PARENT, Relation.GUARDIAN)
    return (subject.relation, holder.relation) == (Relation.MOTHER, Relation.PARENT_OF_MOTHER)


def holders(family: Family, person: str, table: Authorities = STANDARD) -> frozenset[str]:
    """Whose yes is needed for data of this person (zeggenschap). Empty where nobody can say it: then nothing opens."""
    subject = next((relative for relative in family if relative.id == person), None)
    if subject is None:
        return frozenset()
    age = subject.age or (AgeClass.UNDER_12 if subject.relation == Relation.CHILD else AgeClass.FROM_12)
    wanted = table.get(age) or STANDARD[AgeClass.FROM_12]
    needed = {person} if Voice.OWN in wanted else set()
    if Voice.HOLDERS in wanted:
        others = authority_over(family, person)
        if not others:
            return frozenset()
        needed |= others
    return frozenset(needed)


def said(consents: Iterable[Consent]) -> dict[tuple[str, Opening], bool]:
    """For each person who said it and each cell the newest answer; the cell is about no one yet."""
    cells: dict[tuple[str, Opening], bool] = {}
    for consent in consents:
        for kinds, allowed in ((consent.yes, True), (consent.no, False)):
            for kind in kinds:
                cells[(consent.person, Opening(consent.organisation, consent.purpose, kind, ""))] = allowed
    return cells


def openings(family: Family, consents: Iterable[Consent], table: Authorities = STANDARD) -> frozenset[Opening]:
    """All that the answers of a family open. Everyone whose yes counts for a person must have said it; a no protects
    the own data, and a child's where that person has authority, and is no veto on anybody else's.
    """
    cells = said(consents)
    asked = {cell for (_, cell), allowed in cells.items() if allowed}
    opened: set[Opening] = set()
    for relative in family:
        needed = holders(family, relative.id, table)
        if needed:
            opened |= {
                cell._replace(person=relative.id)
                for cell in asked
                if all(cells.get((holder, cell), False) for holder in needed)
            }
    return frozenset(opened)


def at_table(
    opened: Collection[Opening], organisations: Collection[str], person: str
) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """What may be said about one person where these organisations sit at a table, since there all hear everything: the
    kinds of data that all of them may know, and each other kind with those that may.
    """
    spoken = (Purpose.SHARING, Purpose.MEETING)
    hear: dict[str, set[str]] = {}
    for cell in opened:
        if cell.person == person and cell.purpose in spoken and cell.organisation in organisations:
            hear.setdefault(cell.kind, set()).add(cell.organisation)
    every = frozenset(kind for kind, who in hear.items() if who == set(organisations))
    return every, {kind: frozenset(who) for kind, who in hear.items() if kind not in every}


def opens(
    opened: Collection[Opening], organisation: str, kind: str, about: Collection[str], purpose: str = Purpose.SHARING
) -> bool:
    """Whether an organisation may know this kind of data about all of these people. About nobody known: no."""
    return bool(about) and all(Opening(organisation, purpose, kind, person) in opened for person in about)


def gate(opened: Collection[Opening], team: Collection[str]) -> bool:
    """Whether the case may go on: somebody's own yes lets the Knooppunt team know how to reach her, and the plan."""
    people = {opening.person for opening in opened}
    return any(
        opens(opened, organisation, KnownData.CONTACT, (person,))
        and opens(opened, organisation, KnownData.PLAN, (person,))
        for organisation in team
        for person in people
    )


def child_gate(opened: Collection[Opening], family: Family, team: Collection[str]) -> bool:
    """Whether a partner, other than the Knooppunt team, may know how a child does."""
    children = {relative.id for relative in family if relative.relation == Relation.CHILD}
    partners = {opening.organisation for opening in opened} - set(team)
    return any(opens(opened, partner, KnownData.CHILD, (child,)) for partner in partners for child in children)


def gates(family: Family, consents: Iterable[Consent], settings: Settings, municipality: str) -> dict[str, str]:
    """What a step that asks consent may compute from, by the names that its form knows it by: yes or no."""
    knooppunt = team(settings, municipality)
    opened = openings(family, consents, settings.authority or STANDARD)
    return {
        GATE: Answer.YES if gate(opened, knooppunt) else Answer.NO,
        CHILD_GATE: Answer.YES if child_gate(opened, family, knooppunt) else Answer.NO,
    }


def remembered(opened: Collection[Opening], team: Collection[str]) -> frozenset[Opening]:
    """What stays open when a case ends: nothing, but to the Knooppunt team whose case it was."""
    return frozenset(
        cell._replace(purpose=REMEMBERED)
        for cell in opened
        if cell.organisation in team and cell.kind == KnownData.CONTACT and cell.purpose == Purpose.SHARING
    )


def handed(opened: Collection[Opening], team: Collection[str]) -> frozenset[Opening]:
    """What this team may read of what was handed over to it: whatever the own gate says, as long as that yes stands."""
    return frozenset(
        cell._replace(purpose=HANDED)
        for cell in opened
        if cell.purpose == Purpose.TRANSFER and cell.organisation in team
    )


def goes_along(
    family: Family, opened: Collection[Opening], team: Collection[str], table: Authorities = STANDARD
) -> frozenset[str]:
    """Who of the family may be named to the team of another municipality: to whom it is open how they are reached, and
    for whom nobody else has to agree that doesn't go along: else there a yes would suffice that doesn't suffice here.
    """
    transfer = {(c.kind, c.person) for c in opened if c.purpose == Purpose.TRANSFER and c.organisation in team}
    people = {relative.id for relative in family if (KnownData.CONTACT, relative.id) in transfer}
    while strays := {person for person in people if not holders(family, person, table) <= people}:
        people -= strays
    return frozenset(people)


def elsewhere(regions: Iterable[Settings], municipality: str) -> dict[str, list[dict[str, str]]]:
    """The Knooppunten of other municipalities, to choose from (`kies_knooppunt`): each municipality that has a team,
    and the organisations of these teams.
    """
    places: dict[str, str] = {}
    teams: dict[str, str] = {}
    for settings in regions:
        for place, name in settings.municipalities.items():
            for id in team(settings, place) if place != municipality else ():
                places[place] = f"{name} ({settings.name})"
                teams.setdefault(id, f"{settings.organisations[id].name} (Knooppunt {name})")
    return {CHOOSES_PLACE: _choices(places), CHOOSES_TEAM: _choices(teams)}


def _choices(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": id, "label": label} for id, label in sorted(labels.items(), key=lambda item: item[1])]


def meant(entries: Iterable[Entry], settings: Settings) -> tuple[Entry, ...]:
    """Entries, with what each reply in the register of consent means in kinds of data."""
    return tuple(_meant(entry, settings) if entry.register == Register.CONSENT else entry for entry in entries)


def _meant(entry: Entry, settings: Settings) -> Entry:
    purpose, organisation = entry.properties.get("doel", Purpose.SHARING), str(entry.values.get("organisatie"))
    kinds = entry.values.get("soorten") or ()
    yes, no = replied(settings, organisation, purpose, str(entry.values.get("antwoord")), kinds)
    return replace(entry, yes=yes, no=no)


def replied(
    settings: Settings, organisation: str, purpose: str, reply: str, kinds: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds of data to which a reply says yes, and no. Yes is to what the work of that organisation needs, no to
    every kind. Who says it otherwise names the `kinds`, and says no to the others; who wasn't asked said neither.
    """
    every = frozenset(settings.data_kinds)
    match reply:
        case Reply.YES:
            return needed(settings, organisation, purpose), frozenset()
        case Reply.NO:
            return frozenset(), every
        case Reply.OTHERWISE:
            return every.intersection(kinds), every.difference(kinds)
        case _:
            return frozenset(), frozenset()


def needed(settings: Settings, organisation: str, purpose: str) -> frozenset[str]:
    """The kinds of data without which an organisation can't do its part of this purpose."""
    return frozenset(kind for need in _needs(settings, organisation, purpose) for kind in need.kinds)


def articles(settings: Settings, organisation: str, purpose: str) -> tuple[str, ...]:
    """The articles of law on which an organisation knows what it needs for this purpose."""
    return tuple(dict.fromkeys(need.article for need in _needs(settings, organisation, purpose)))


def _needs(settings: Settings, organisation: str, purpose: str) -> tuple[Need, ...]:
    described = settings.organisations.get(organisation)
    if described is None:
        return ()
    sorts = (described.kind, TEAM) if described.team else (described.kind,)
    needs = (settings.needs.get(sort, {}).get(purpose) for sort in sorts)
    return tuple(need for need in needs if need)


def team(settings: Settings, municipality: str) -> frozenset[str]:
    """The organisations of coördinator and procesregisseur: the Knooppunt team of a municipality."""
    return frozenset(
        organisation.id for organisation in settings.organisations.values() if municipality in organisation.team
    )


def consents_of(entries: Iterable[Entry]) -> tuple[Consent, ...]:
    """The answers among entries, in their order."""
    return tuple(
        Consent(
            str(entry.values.get("persoon", "")),
            entry.properties.get("doel", Purpose.SHARING),
            str(entry.values.get("organisatie", "")),
            entry.yes,
            entry.no,
        )
        for entry in entries
        if entry.register == Register.CONSENT
    )


def family_of(entries: Iterable[Entry]) -> Family:
    """The people of the family among entries; of one who comes twice what was said last."""
    people = {entry.item: _relative(entry) for entry in entries if entry.register == Register.FAMILY and entry.item}
    return tuple(people.values())


def _relative(entry: Entry) -> Relative:
    said = entry.values
    return Relative(
        entry.item,
        str(said.get("naam") or ""),
        str(said.get("relatie") or ""),
        str(said.get("leeftijd") or ""),
        str(said.get("gezag") or Authority.UNKNOWN),
        frozenset(said.get("gezag_over") or ()),
    )


def about(family: Family, over: str) -> frozenset[str]:
    """Who is meant by a relation. What is said of a child that isn't born yet is its mother's data."""
    meant = frozenset(relative.id for relative in family if relative.relation == over)
    if over == Relation.CHILD and not meant:
        return about(family, Relation.MOTHER)
    return meant

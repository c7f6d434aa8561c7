"""Taking back what was agreed to: by one person, for one organisation, for one kind of data, or all of it.

A no is an answer like any other, and the newest counts. What lapses by it lapses in the same transaction: access, and
the tasks of who may not read any more what they show.
"""

from dataclasses import dataclass

from engine import access, consent, store
from engine.access import CaseFacts
from engine.cases.context import Context
from engine.cases.locks import lock_case
from engine.consent import Consent, Opening
from engine.definitions import Settings
from engine.definitions.registers import Entry
from engine.errors import ConflictError, NotAllowedError
from engine.store.case_files import CaseRow
from engine.words import CaseStatus, Register, Reply

SOURCE = "ingetrokken"
"""What the register names as the source of an answer that was taken back: no step of a diagram."""


@dataclass(frozen=True)
class Wish:
    """What is taken back: of one person, organisation or kind of data, or of all where it is ""."""

    person: str = ""
    organisation: str = ""
    kind: str = ""

    def meets(self, person: str, cell: Opening) -> bool:
        """Whether what this person said of a cell is taken back by it."""
        asked = ((self.person, person), (self.organisation, cell.organisation), (self.kind, cell.kind))
        return all(wished in ("", said) for wished, said in asked)


@dataclass(frozen=True)
class Lapse:
    """What lapses when something is taken back: the cells that close, whether the case has to stop, and whether any yes
    is taken back at all. A yes may stand that opens nothing yet: somebody else's is needed beside it. With `more` what
    others lose isn't told, nor whether they do.
    """

    closes: frozenset[Opening]
    stops: bool
    stands: bool
    more: bool = False


def withdrawn(answers: tuple[Consent, ...], wish: Wish) -> tuple[Consent, ...]:
    """The answers that take it back: a no to what was a yes."""
    noes: dict[tuple[str, str, str], set[str]] = {}
    for (person, cell), allowed in consent.said(answers).items():
        if allowed and wish.meets(person, cell):
            noes.setdefault((person, cell.purpose, cell.organisation), set()).add(cell.kind)
    return tuple(Consent(*said, no=frozenset(kinds)) for said, kinds in sorted(noes.items()))


def lapse(ctx: Context, case: CaseRow, settings: Settings, wish: Wish) -> Lapse:
    """What would lapse; nothing is written."""
    table = settings.authority or consent.STANDARD
    family = store.registers.family(ctx.tx, case.id)
    answers = tuple(said.consent for said in store.registers.said(ctx.tx, case.id))
    noes = withdrawn(answers, wish)
    before = consent.openings(family, answers, table)
    after = consent.openings(family, (*answers, *noes), table)
    team = consent.team(settings, case.municipality)
    return Lapse(before - after, consent.gate(before, team) and not consent.gate(after, team), bool(noes))


def reads_all(ctx: Context, facts: CaseFacts) -> bool:
    """Whether this person reads what the family agreed to with others than the own organisation."""
    return Register.CONSENT in access.parts(ctx.sight, facts)


def told(ctx: Context, case_id: int, facts: CaseFacts, lapsing: Lapse, wish: Wish) -> Lapse:
    """What of it this person is told before it happens. Who doesn't read what the family agreed to with others is told
    what the own organisation loses, and what of this was the own record: to whom else somebody said yes is data too,
    and no answer, of whatever is asked, may tell it.
    """
    if reads_all(ctx, facts):
        return lapsing
    wrote = {
        (said.consent.organisation, said.consent.purpose, kind)
        for said in store.registers.said(ctx.tx, case_id)
        if said.recorded_by == ctx.actor.id
        for kind in said.consent.yes
    }
    closes = (cell for cell in lapsing.closes if cell.organisation == ctx.sight.organisation or cell[:3] in wrote)
    return Lapse(frozenset(closes), stops=wish == Wish(), stands=True, more=True)


def record(ctx: Context, case_id: int, wish: Wish) -> None:
    """Write down that it is taken back."""
    answers = tuple(said.consent for said in store.registers.said(ctx.tx, case_id))
    noes = [
        Entry(
            Register.CONSENT,
            {"persoon": no.person, "organisatie": no.organisation, "antwoord": Reply.NO},
            {"doel": no.purpose},
            source=SOURCE,
            no=no.no,
        )
        for no in withdrawn(answers, wish)
    ]
    store.registers.record(ctx.tx, case_id, noes, ctx.actor.id or None, ctx.now)


def lock(ctx: Context, case_id: int) -> tuple[CaseRow, CaseFacts]:
    """Lock a case of which something may be taken back."""
    case, facts, _ = lock_case(ctx, case_id)
    if case.status != CaseStatus.RUNNING:
        raise ConflictError("Dit dossier is al afgesloten. Er kan niemand meer lezen op grond van een ja.")
    if not case.guarded:
        raise NotAllowedError("In dit dossier is geen toestemming gevraagd.")
    return case, facts

"""Following what goes on in a case beside its steps: who was in touch about it, and what came of that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from engine import access, store
from engine.access import CaseFacts
from engine.cases.context import Context
from engine.cases.known import Known
from engine.cases.locks import lock_case
from engine.cases.reading import agreements_known
from engine.definitions.registers import AgreementRow
from engine.errors import InvalidDataError, NotAllowedError, NotFoundError
from engine.store.case_files import CaseRow
from engine.store.following import LastContact
from engine.words import Contact, Happening, Part, Reached

LONGEST = 600
"""So many letters a remark may have: what was said in full belongs in nobody's file."""


@dataclass(frozen=True)
class Followed:
    """A case as who follows it sees it: its title, and its agreements that this person knows."""

    id: int
    title: str
    agreements: tuple[AgreementRow, ...]
    organisations: Mapping[str, str]


def followed(ctx: Context, case_id: int) -> Followed:
    """The case to follow. Raises NotFoundError, or NotAllowedError for who doesn't read what happened in it."""
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    facts = ctx.facts(case)
    _demand(ctx, facts)
    settings = ctx.library.settings(ctx.tx, ctx.library.model(ctx.tx, case.version_id))
    names = {id: organisation.name for id, organisation in settings.organisations.items()}
    return Followed(case_id, store.case_files.title(ctx.tx, case_id, ctx.sight), _agreements(ctx, case, facts), names)


def _demand(ctx: Context, facts: CaseFacts) -> None:
    if Part.HISTORY not in access.parts(ctx.sight, facts) or not facts.running:
        raise NotAllowedError("Dit houden het Knooppuntteam en de casusregisseur bij, zolang het dossier loopt.")


def _agreements(ctx: Context, case: CaseRow, facts: CaseFacts) -> tuple[AgreementRow, ...]:
    model = ctx.library.model(ctx.tx, case.version_id)
    known = Known(model.definition, case.document, store.answers.of_case(ctx.tx, case.id))
    return agreements_known(known, store.registers.rows(ctx.tx, case.id, AgreementRow), ctx.sight, facts)


def contacted(
    ctx: Context, case_id: int, way: str, reached: str, day: date | None, *, item: str = "", remark: str = ""
) -> None:
    """Write down that the actor was in touch about a case, or about one of its agreements (`item`): how, what came of
    it, and on which day, which isn't in the future. How and when says nothing of a family; a remark is a story of it.

    Raises NotFoundError and NotAllowedError as `followed` does, InvalidDataError with what is wrong.
    """
    case, facts, _ = lock_case(ctx, case_id)
    _demand(ctx, facts)
    if item and item not in {row.item for row in _agreements(ctx, case, facts)}:
        raise NotFoundError("Deze afspraak staat niet in dit dossier.")
    wrong = {}
    if way not in set(Contact):
        wrong["hoe"] = "Kies hoe je contact zocht."
    if reached not in set(Reached):
        wrong["uitkomst"] = "Kies wat eruit kwam."
    if day is None:
        wrong["dag"] = "Vul in op welke dag dit was."
    elif day > ctx.today:
        wrong["dag"] = "Deze dag moet nog komen. Vul in wanneer je contact had."
    if len(remark) > LONGEST:
        wrong["opmerking"] = f"Maak dit korter: hoogstens {LONGEST} tekens."
    if wrong or day is None:
        raise InvalidDataError("Dit kan zo niet worden vastgelegd.", wrong)
    detail: dict[str, object] = {"hoe": Contact(way), "uitkomst": Reached(reached), "op": day.isoformat()}
    if remark.strip():
        family = sorted(relative.id for relative in store.registers.family(ctx.tx, case_id))
        detail |= {"reden": remark.strip(), "over": family}
    ctx.happened(case_id, {"kind": Happening.CONTACTED, "item": item, "detail": detail})


def last_contacts(tx: store.Transaction, case_ids: Collection[int]) -> Mapping[tuple[int, str], LastContact]:
    """When somebody was last in touch, by case and agreement; the agreement "" is the case as a whole. Whether who asks
    may know of these cases is for the caller to see to.
    """
    return store.following.last_contacts(tx, case_ids)

"""What one person of a family said, to be given on paper: to whom yes and no was said, and until when it holds."""

from dataclasses import dataclass, replace
from datetime import datetime

from engine import access, store
from engine.cases import withdrawing
from engine.cases.context import Context
from engine.cases.reading import names_known
from engine.consent import Relative
from engine.definitions import Settings
from engine.errors import NotFoundError
from engine.store.case_files import CaseRow
from engine.store.registers import Said
from engine.words import Register


@dataclass(frozen=True)
class Copy:
    """What one person said, in the order in which it counts. `whole` says that it is all that this person said; else it
    is what the reader wrote down, and what was said later to somebody else isn't among it.
    """

    settings: Settings
    relative: Relative
    said: tuple[Said, ...]
    whole: bool
    ended_at: datetime | None


def copies(ctx: Context, case_id: int) -> tuple[Copy, ...]:
    """What each person of a family said yes or no to. Who may read what a family agreed to has all of it; who wrote
    some of it down has that, as own words are. Raises NotFoundError where the reader doesn't know the case.
    """
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    facts = ctx.facts(case)
    whole = Register.CONSENT in access.parts(ctx.sight, facts)
    if case.guarded:
        ctx.looks.shows(case_id, case.municipality, access.case_ground(ctx.sight, facts), {Register.CONSENT})
    said: dict[str, list[Said]] = {}
    for reply in store.registers.said(ctx.tx, case_id):
        mine = reply.recorded_by == ctx.actor.id and reply.source != withdrawing.SOURCE
        if (reply.consent.yes or reply.consent.no) and (whole or mine):
            said.setdefault(reply.consent.person, []).append(reply)
    family = store.registers.family(ctx.tx, case_id)
    names = names_known(ctx, family, case_id, facts)
    return tuple(
        _copy(ctx, case, replace(relative, name=names.get(relative.id, "")), tuple(said[relative.id]), whole)
        for relative in family
        if relative.id in said
    )


def copy(ctx: Context, case_id: int, person: str) -> Copy:
    """What one person said. Raises NotFoundError where there is nothing for this reader."""
    for each in copies(ctx, case_id):
        if each.relative.id == person:
            return each
    raise NotFoundError("Hiervan is geen afschrift, of je mag het niet zien.")


def recorders(ctx: Context, copy: Copy) -> list[str]:
    """The names of who wrote down what somebody said, in order."""
    return sorted(store.people.names(ctx.tx, {reply.recorded_by for reply in copy.said if reply.recorded_by}).values())


def _copy(ctx: Context, case: CaseRow, relative: Relative, said: tuple[Said, ...], whole: bool) -> Copy:
    settings = ctx.library.settings(ctx.tx, ctx.library.model(ctx.tx, case.version_id))
    return Copy(settings, relative, said, whole, case.ended_at)

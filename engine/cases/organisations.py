"""The organisations with which a house works: how they are called and reached, and which stopped.

A region's files say which there are; a beheerder of a municipality in which one works says the rest. All that runs
reads it from the library: forms of consent, handing over, lists. What refers to an organisation does so by its id, so
that a new name changes nothing else.
"""

from dataclasses import dataclass, replace

from engine import store
from engine.cases import staff
from engine.cases.context import Context
from engine.definitions import Organisation
from engine.errors import ConflictError, InvalidDataError, NotFoundError
from engine.store.database import folded
from engine.store.organisations import Known, Waiting
from engine.words import Ground, Seen


@dataclass(frozen=True)
class LeftOpen:
    """A case in which something is open to an organisation that stopped, with its title as this person sees it."""

    case_id: int
    title: str
    organisation: str


def listed(ctx: Context) -> tuple[Known, ...]:
    """The organisations of which the actor arranges how they are called and reached, by name. Raises NotAllowedError
    where the actor is no beheerder.
    """
    own = staff.own_places(ctx).keys()
    rows: list[Known] = []
    for region in ctx.library.regions(ctx.tx):
        known = {row.id: row for row in store.organisations.of_region(ctx.tx, region.region)}
        for id, each in region.organisations.items():
            if any(each.works_in(place) for place in own & region.municipalities.keys()):
                rows.append(known.get(id) or Known(region.region, id, each.name, each.name, each.kind))
    return tuple(sorted(rows, key=lambda row: folded(row.name)))


def one(ctx: Context, region: str, id: str) -> Known:
    """One of these. Raises NotFoundError."""
    row = next((row for row in listed(ctx) if (row.region, row.id) == (region, id)), None)
    if row is None:
        raise NotFoundError("Deze organisatie is niet bekend in jouw gemeenten.")
    return row


def waiting(ctx: Context, row: Known) -> Waiting:
    """What still waits at an organisation."""
    return store.organisations.waiting(ctx.tx, row.id)


def change(ctx: Context, region: str, id: str, name: str, phone: str, mail: str) -> None:
    """Change how an organisation is called and reached. Raises InvalidDataError with what is wrong."""
    before = one(ctx, region, id)
    wrong = {} if name else {"naam": "Vul een naam in."}
    if mail and not staff.MAIL.fullmatch(mail):
        wrong["mail"] = f"'{mail}' is geen mailadres. Schrijf het zoals naam@organisatie.nl."
    written = {"naam": name, "mail": mail, "telefoon": phone}
    wrong |= {
        field: f"Dit is te lang: hoogstens {staff.LONGEST[field]} tekens."
        for field, value in written.items()
        if len(value) > staff.LONGEST[field]
    }
    if any(row.name == name and row.id != id for row in listed(ctx)):
        wrong["naam"] = f"Er is al een organisatie die '{name}' heet. Kies een naam die een gezin uit elkaar houdt."
    if wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    after = replace(before, name=name, phone=phone, mail=mail)
    if after != before:
        _keep(ctx, after)


def end(ctx: Context, region: str, id: str) -> None:
    """Let an organisation stop: nobody chooses it any more, and who keeps the overview is told where a family still
    counts on it. Raises ConflictError while people work there, or where it is the Knooppunt team.
    """
    row = one(ctx, region, id)
    if _organisation(ctx, row).team:
        raise ConflictError("Dit is de organisatie van een Knooppuntteam. Wijs eerst een ander team aan in regio.yaml.")
    if people := waiting(ctx, row).people:
        raise ConflictError(f"Hier werken nog mensen: {', '.join(people)}. Laat hen eerst stoppen of overstappen.")
    if row.ended_at is None:
        _keep(ctx, replace(row, ended_at=ctx.now))


def begin_again(ctx: Context, region: str, id: str) -> None:
    """Let an organisation that stopped be chosen again."""
    row = one(ctx, region, id)
    if row.ended_at is not None:
        _keep(ctx, replace(row, ended_at=None))


def _organisation(ctx: Context, row: Known) -> Organisation:
    return next(r.organisations[row.id] for r in ctx.library.regions(ctx.tx) if r.region == row.region)


def _keep(ctx: Context, row: Known) -> None:
    store.organisations.fill(ctx.tx, row.region, [replace(_organisation(ctx, row), name=row.published)])
    store.organisations.keep(ctx.tx, row, ctx.actor.id, ctx.now)


def left_open(ctx: Context) -> tuple[LeftOpen, ...]:
    """The cases of which the actor keeps the overview and in which something is still open to an organisation that
    stopped: the family is asked who helps instead.
    """
    regions = ctx.library.regions(ctx.tx)
    gone = {id: each.name for region in regions for id, each in region.organisations.items() if each.ended}
    if not gone or not ctx.sight.overseen:
        return ()
    rows = store.organisations.left_open(ctx.tx, ctx.sight, gone)
    for case_id, _, municipality, _ in rows:
        ctx.looks.shows(case_id, municipality, Ground.OVERVIEW, {Seen.LISTED})
    return tuple(LeftOpen(case_id, title, gone[id]) for case_id, title, _, id in rows)

"""The sociale kaart of a house: who helps with what in each municipality, for whoever looks, and how often they do.

It begins with the files of the region and is the house's own from then on: it changes without a new version.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from itertools import count
from typing import Any

from engine import deadlines, forms, store
from engine.cases import staff
from engine.cases.context import Context
from engine.cases.library import Library
from engine.definitions import Settings
from engine.definitions.sociale_kaart import (
    BETWEEN,
    WAIT,
    Listing,
    Row,
    Sheet,
    SocialeKaart,
    Subject,
    cells_of,
    made,
    read,
    unknown,
    write,
)
from engine.errors import ConflictError, InvalidDataError, NotAllowedError, NotFoundError
from engine.forms import Form
from engine.store.database import folded
from engine.store.sociale_kaart import Change, Tally

HIDDEN_BELOW = 10
"""Smaller numbers are not shown: with a few visits in a small place one might guess who it was."""

PAGE = "sociale-kaart"
"""What the region calls the page of the handreiking of which it says how often it is read through again."""

NEW = "nieuw"
"""In the address of a page, what has no id yet; so nothing is called so."""

AGAIN = "P6M"
"""After which term a listing is looked at again where a region said nothing: an assumption."""


@dataclass(frozen=True)
class Place:
    """The sociale kaart as somebody in one municipality sees it."""

    settings: Settings
    municipality: str
    kaart: SocialeKaart

    @property
    def name(self) -> str:
        """What the municipality is called."""
        return self.settings.municipalities[self.municipality]

    def subject(self, topic: str) -> Subject:
        """A topic. Raises NotFoundError."""
        subject = next((each for each in self.kaart.topics if each.id == topic), None)
        if subject is None:
            raise NotFoundError("Dit onderwerp kennen we hier niet. Kies je gemeente, en dan een onderwerp.")
        return subject


@dataclass(frozen=True)
class Counted:
    """How often something happened in a municipality, by topic; None hides a small number."""

    municipality: str
    topics: Mapping[str, int | None]


@dataclass(frozen=True)
class Kept:
    """A listing that the actor keeps right; `is_due` where it is time to look whether it still is."""

    settings: Settings
    listing: Listing
    is_due: bool


def begin(tx: store.Transaction, settings: Settings, kaart: SocialeKaart, now: datetime) -> bool:
    """Begin the sociale kaart of a region with what its files say, where it has none yet. Gives whether it did."""
    if store.sociale_kaart.is_begun(tx, settings.region):
        return False
    _keep(tx, settings.region, kaart, "", now)
    return True


def _keep(tx: store.Transaction, region: str, kaart: SocialeKaart, by: str, at: datetime) -> None:
    for sheet in Sheet:
        store.sociale_kaart.keep(tx, region, kaart.rows(sheet), by, at)


def places(tx: store.Transaction, library: Library) -> tuple[Settings, ...]:
    """The regions here whose municipalities have zorgpaden."""
    return library.regions(tx)


def kaart_of(tx: store.Transaction, settings: Settings) -> SocialeKaart:
    """The sociale kaart of a region."""
    return store.sociale_kaart.of_region(tx, settings.region)


def place(tx: store.Transaction, library: Library, municipality: str) -> Place:
    """The sociale kaart of one municipality. Raises NotFoundError."""
    for settings in places(tx, library):
        if municipality in settings.municipalities:
            return Place(settings, municipality, kaart_of(tx, settings))
    raise NotFoundError("Deze gemeente kennen we hier niet. Kies een gemeente uit de lijst.")


def opened(tx: store.Transaction, here: Place, topic: str, now: datetime) -> None:
    """Count that a zorgpad was opened: where, of what, in which month, and nothing of who did."""
    store.sociale_kaart.opened(tx, here.settings.region, here.municipality, topic, _month(now))


def counted(tx: store.Transaction, region: str, since: str) -> tuple[Counted, ...]:
    """How often zorgpaden were opened since a month (2026-11), by municipality. Small numbers are hidden, and there is
    no total from which one might work them out.
    """
    return _shown(store.sociale_kaart.views(tx, region, since))


def missed(ctx: Context, here: Place, topic: str) -> None:
    """Count that the actor found nothing that fits with a topic: where and in which month, of no family and nobody."""
    subject = here.subject(topic)
    store.sociale_kaart.missed(ctx.tx, here.settings.region, here.municipality, subject.id, _month(ctx.now))


def missed_in(ctx: Context, municipality: str, form: Form, answers: Mapping[str, Any]) -> None:
    """Count in the same way what a step answered where it asks with which topics nothing that fits was found."""
    for question in form.input_fields():
        if forms.CHOOSES_TOPIC in question.properties:
            for topic in answers.get(question.key) or ():
                missed(ctx, place(ctx.tx, ctx.library, municipality), topic)


def gaps(ctx: Context, region: str, since: str) -> tuple[Counted, ...]:
    """How often nothing that fits was found since a month, in the municipalities that the actor keeps right; small
    numbers are hidden.
    """
    own = staff.own_places(ctx).keys()
    return _shown(each for each in store.sociale_kaart.gaps(ctx.tx, region, since) if each.municipality in own)


def _shown(tallies: Iterable[Tally]) -> tuple[Counted, ...]:
    by_place: dict[str, dict[str, int | None]] = {}
    for each in tallies:
        by_place.setdefault(each.municipality, {})[each.topic] = each.times if each.times >= HIDDEN_BELOW else None
    return tuple(Counted(name, topics) for name, topics in by_place.items())


def _month(now: datetime) -> str:
    return now.astimezone(deadlines.ZONE).date().isoformat()[:7]


def open_first(tx: store.Transaction, settings: Settings, offered: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Organisations from which one chooses who does something: who is open to everybody first, then who has time
    soonest, each with how soon. Where the sociale kaart says nothing, they stay as they are.
    """
    listings = {each.id: each for each in kaart_of(tx, settings).organisations}
    return [_with_wait(each, listings.get(each["value"])) for each in sorted(offered, key=partial(_rank, listings))]


def _rank(listings: Mapping[str, Listing], choice: Mapping[str, Any]) -> tuple[bool, bool, int]:
    listing = listings.get(choice["value"])
    if listing is None:
        return (bool(listings), False, 0)
    return (False, not listing.is_first, WAIT if listing.waiting is None else listing.waiting)


def _with_wait(choice: Mapping[str, Any], listing: Listing | None) -> dict[str, Any]:
    if listing is None:
        return dict(choice)
    way = "" if listing.is_first else ", met verwijzing of besluit"
    return {**choice, "label": f"{choice['label']} ({listing.soon.rstrip('.').lower()}{way})"}


def take_in(ctx: Context, region: str, files: Mapping[Sheet, tuple[str, bytes]]) -> SocialeKaart:
    """Take over sheets, all of them or nothing; a row that they don't name stays. Raises DefinitionError with a
    sentence for each cell that is wrong, NotAllowedError where the actor doesn't keep this sociale kaart.
    """
    settings = kept_by(ctx, region)
    whole = read(files, settings, store.sociale_kaart.of_region(ctx.tx, region))
    _keep(ctx.tx, region, whole, ctx.actor.id, ctx.now)
    return whole


def sheets(ctx: Context, region: str) -> dict[Sheet, str]:
    """The sociale kaart as CSV, by sheet."""
    kept_by(ctx, region)
    kaart = store.sociale_kaart.of_region(ctx.tx, region)
    return {sheet: write(sheet, kaart.rows(sheet)) for sheet in Sheet}


def kept_by(ctx: Context, region: str) -> Settings:
    """The settings of a region of which the actor keeps the sociale kaart. Raises NotFoundError, NotAllowedError."""
    settings = next((each for each in ctx.library.regions(ctx.tx) if each.region == region), None)
    if settings is None:
        raise NotFoundError("Deze regio is hier niet gepubliceerd.")
    if not staff.own_places(ctx).keys() & settings.municipalities.keys():
        raise NotAllowedError("De sociale kaart van deze regio houdt een ander bij.")
    return settings


def regions_kept(ctx: Context) -> tuple[Settings, ...]:
    """The regions whose sociale kaart the actor keeps. Raises NotAllowedError where the actor is no beheerder."""
    own = staff.own_places(ctx).keys()
    return tuple(each for each in ctx.library.regions(ctx.tx) if own & each.municipalities.keys())


def kept(ctx: Context) -> tuple[Kept, ...]:
    """The listings that the actor keeps right, what is due first: of who works in the own municipalities. Raises
    NotAllowedError where the actor is no beheerder.
    """
    own = staff.own_places(ctx).keys()
    rows = [
        Kept(settings, each, _is_due(ctx, settings, each))
        for settings in ctx.library.regions(ctx.tx)
        for each in kaart_of(ctx.tx, settings).organisations
        if any(each.works_in(place) for place in own & settings.municipalities.keys())
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_due, folded(row.listing.name))))


def _is_due(ctx: Context, settings: Settings, listing: Listing) -> bool:
    if listing.checked_on is None:
        return True
    checked = datetime.combine(listing.checked_on, time(12), deadlines.ZONE)
    return deadlines.after(checked, again_after(settings)).date() < ctx.today


def again_after(settings: Settings) -> str:
    """After which term a listing is looked at again, as the region says of the page “sociale-kaart”."""
    upkeep = settings.upkeep.get(PAGE)
    return (upkeep.every if upkeep is not None else "") or AGAIN


def one(ctx: Context, region: str, id: str) -> Kept:
    """One of these. Raises NotFoundError."""
    row = next((row for row in kept(ctx) if (row.settings.region, row.listing.id) == (region, id)), None)
    if row is None:
        raise NotFoundError("Deze organisatie staat niet op de sociale kaart van jouw gemeenten.")
    return row


def change(ctx: Context, region: str, id: str, cells: Mapping[str, str]) -> None:
    """Change cells of a listing, by field. Raises InvalidDataError with a sentence for each column that is wrong."""
    row = one(ctx, region, id)
    fixed = {"id", "kind"} | ({"name", "domain"} if id in row.settings.organisations else set())
    given = {name: cell for name, cell in cells.items() if name not in fixed}
    after = made(Sheet.ORGANISATIONS, {**cells_of(row.listing), **given})
    if wrong := unknown(after, kaart_of(ctx.tx, row.settings), row.settings):
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    if after != row.listing:
        store.sociale_kaart.change(ctx.tx, region, row.listing, after, ctx.actor.id, ctx.now)


def checked(ctx: Context, region: str, id: str) -> None:
    """Say that a listing was looked at today and is right."""
    change(ctx, region, id, {"checked_on": ctx.today.isoformat()})


def row_of(ctx: Context, region: str, sheet: Sheet, id: str) -> Row:
    """A topic, intervention or organisation of a region whose sociale kaart the actor keeps. Raises NotFoundError."""
    row = next((each for each in kaart_of(ctx.tx, kept_by(ctx, region)).rows(sheet) if each.id == id), None)
    if row is None:
        raise NotFoundError("Dit staat niet op deze sociale kaart.")
    return row


def add(ctx: Context, region: str, sheet: Sheet, cells: Mapping[str, str]) -> Row:
    """Put something new on the sociale kaart; its id follows from its name. Raises InvalidDataError with a sentence for
    each column that is wrong.
    """
    settings = kept_by(ctx, region)
    name = cells.get("name", "").strip()
    kaart = kaart_of(ctx.tx, settings)
    row: Row = made(sheet, {**cells, "id": _id_for(ctx, region, sheet, name)})
    wrong = unknown(row, kaart, settings)
    if any(folded(each.name) == folded(name) for each in kaart.rows(sheet)):
        wrong["naam"] = f"'{name}' staat er al. Verander wat er staat, of kies een naam die ervan verschilt."
    if wrong:
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    store.sociale_kaart.add(ctx.tx, region, row, ctx.actor.id, ctx.now)
    return row


def _id_for(ctx: Context, region: str, sheet: Sheet, name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:60] or str(sheet)
    numbered = (plain if number == 1 else f"{plain}_{number}" for number in count(1))
    return next(id for id in numbered if id != NEW and not store.sociale_kaart.is_taken(ctx.tx, region, sheet, id))


def rewrite(ctx: Context, region: str, sheet: Sheet, id: str, cells: Mapping[str, str]) -> None:
    """Change a topic or intervention. Raises InvalidDataError with a sentence for each column that is wrong."""
    before = row_of(ctx, region, sheet, id)
    after = made(sheet, {**cells_of(before), **cells, "id": id})
    settings = kept_by(ctx, region)
    if wrong := unknown(after, kaart_of(ctx.tx, settings), settings):
        raise InvalidDataError(next(iter(wrong.values())), wrong)
    store.sociale_kaart.rewrite(ctx.tx, region, after)


def end(ctx: Context, region: str, sheet: Sheet, id: str) -> Row:
    """Take something off the sociale kaart. Raises ConflictError where it is a partner of the region, which ends at
    Organisaties, or where something still names it.
    """
    settings, row = kept_by(ctx, region), row_of(ctx, region, sheet, id)
    if sheet is Sheet.ORGANISATIONS and one(ctx, region, id).listing.id in settings.organisations:
        raise ConflictError(f"{row.name} is een partner van het Knooppunt. Laat haar stoppen bij Organisaties.")
    kaart = kaart_of(ctx.tx, settings)
    others: tuple[Row, ...] = (*kaart.interventions, *kaart.organisations)
    named = [each.name for each in others if id in cells_of(each).get(_NAMED_IN.get(sheet, ""), "").split(BETWEEN)]
    if named:
        raise ConflictError(f"{row.name} staat nog bij: {BETWEEN.join(named)}. Haal het daar eerst weg.")
    store.sociale_kaart.end(ctx.tx, region, row, ctx.actor.id, ctx.now)
    return row


_NAMED_IN = {Sheet.TOPICS: "topics", Sheet.INTERVENTIONS: "interventions"}
"""In which cell others name a row of a sheet."""


def history(ctx: Context, row: Kept) -> tuple[Change, ...]:
    """What was changed of a listing, the newest first."""
    return store.sociale_kaart.history(ctx.tx, row.settings.region, row.listing.id)

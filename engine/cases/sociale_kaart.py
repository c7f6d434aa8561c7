"""The sociale kaart of a house: who helps with what in each municipality, for whoever looks, and how often they do.

It begins with the files of the region and is the house's own from then on: it changes without a new version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import deadlines, store
from engine.cases import staff
from engine.cases.context import Context
from engine.cases.library import Library
from engine.definitions import Settings
from engine.definitions.sociale_kaart import Row, Sheet, SocialeKaart, Subject, read, write
from engine.errors import NotAllowedError, NotFoundError

HIDDEN_BELOW = 10
"""Smaller numbers are not shown: with a few visits in a small place one might guess who it was."""


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
    """How often the zorgpaden of a municipality were opened, by topic; None hides a small number."""

    municipality: str
    topics: Mapping[str, int | None]


def begin(tx: store.Transaction, settings: Settings, kaart: SocialeKaart) -> bool:
    """Begin the sociale kaart of a region with what its files say, where it has none yet. Gives whether it did."""
    if store.sociale_kaart.is_begun(tx, settings.region):
        return False
    keep(tx, settings.region, kaart)
    return True


def keep(tx: store.Transaction, region: str, kaart: SocialeKaart) -> None:
    """Write a whole sociale kaart."""
    for rows in (kaart.topics, kaart.interventions, kaart.organisations):
        store.sociale_kaart.keep(tx, region, rows)


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
    month = now.astimezone(deadlines.ZONE).date().isoformat()[:7]
    store.sociale_kaart.opened(tx, here.settings.region, here.municipality, topic, month)


def counted(tx: store.Transaction, region: str, since: str) -> tuple[Counted, ...]:
    """How often zorgpaden were opened since a month (2026-11), by municipality. Small numbers are hidden, and there is
    no total from which one might work them out.
    """
    by_place: dict[str, dict[str, int | None]] = {}
    for each in store.sociale_kaart.views(tx, region, since):
        shown = each.views if each.views >= HIDDEN_BELOW else None
        by_place.setdefault(each.municipality, {})[each.topic] = shown
    return tuple(Counted(name, topics) for name, topics in by_place.items())


def take_in(ctx: Context, region: str, files: Mapping[Sheet, tuple[str, bytes]]) -> SocialeKaart:
    """Take over sheets, all of them or nothing; a row that they don't name stays. Raises DefinitionError with a
    sentence for each cell that is wrong, NotAllowedError where the actor doesn't keep this sociale kaart.
    """
    settings = kept_by(ctx, region)
    whole = read(files, settings, store.sociale_kaart.of_region(ctx.tx, region))
    keep(ctx.tx, region, whole)
    return whole


def sheets(ctx: Context, region: str) -> dict[Sheet, str]:
    """The sociale kaart as CSV, by sheet."""
    kept_by(ctx, region)
    kaart = store.sociale_kaart.of_region(ctx.tx, region)
    rows: Mapping[Sheet, tuple[Row, ...]] = {
        Sheet.TOPICS: kaart.topics,
        Sheet.INTERVENTIONS: kaart.interventions,
        Sheet.ORGANISATIONS: kaart.organisations,
    }
    return {sheet: write(sheet, rows[sheet]) for sheet in Sheet}


def kept_by(ctx: Context, region: str) -> Settings:
    """The settings of a region of which the actor keeps the sociale kaart. Raises NotFoundError, NotAllowedError."""
    settings = next((each for each in ctx.library.regions(ctx.tx) if each.region == region), None)
    if settings is None:
        raise NotFoundError("Deze regio is hier niet gepubliceerd.")
    if not staff.own_places(ctx).keys() & settings.municipalities.keys():
        raise NotAllowedError("De sociale kaart van deze regio houdt een ander bij.")
    return settings

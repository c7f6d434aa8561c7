"""All that stands here of one region, table by table, for leaving: its own municipalities and no other's."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.looks import Look, Shown, add
from engine.store.personal import PLACES
from engine.store.tables import (
    absence,
    alarm,
    answer,
    appointment,
    case_file,
    erasure,
    figure,
    gap,
    intervention,
    listing,
    listing_event,
    look,
    look_case,
    organisation,
    pathway_view,
    person,
    person_event,
    proposal,
    saved_list,
    signup,
    task,
    topic,
    version,
)
from engine.words import Ground, Seen
from engine.words import Look as Trail

LEFT_OUT = ("files",)
"""The columns that aren't text: the published files of a region go along as a folder of their own."""

WORKING = ("draft", "undo", "job", "word", "answer_link", "imported")
"""The tables with what somebody didn't send, and with copies and moments by which this house works: no part of it."""

BY = "opdrachtregel"
"""Who the look-log says did it."""


TABLES: Mapping[str, str] = {
    "version": "De gepubliceerde versies van de diagrammen. De bestanden zelf staan in de map bestanden.",
    "organisation": "De organisaties van de regio.",
    "listing": "Wat elke organisatie doet, voor wie en hoe snel: de sociale kaart.",
    "listing_event": "Wat er veranderde op de sociale kaart.",
    "gap": "Hoe vaak bij een onderwerp niets te vinden was, per maand.",
    "topic": "De onderwerpen van de sociale kaart.",
    "intervention": "De interventies van de sociale kaart.",
    "pathway_view": "Hoe vaak een zorgpad is geopend, per maand.",
    "person": "Wie hier werkt of werkte.",
    "appointment": "Welke rol iemand in welke gemeente heeft.",
    "absence": "Wanneer iemand er niet is, en wie dan waarneemt.",
    "person_event": "Wat er is veranderd aan wie hier werkt, door wie en waarom.",
    "proposal": "Wie is voorgesteld voor een rol.",
    "erasure": "Wat er is gewist: nummers, dagen en aantallen.",
    "alarm": "Wat opviel bij wie er keek.",
    "case_file": "De dossiers. document is wat het dossier nu weet, state waar het in het diagram staat.",
    "participant": "Wie aan een dossier meedoet, en als wat.",
    task.name: "De taken van elk dossier.",
    "task_role": "Welke rol een taak mag doen.",
    "task_need": "Wat iemand moet mogen lezen om een taak te doen.",
    "event": "Wat er in een dossier gebeurde. In detail staat bij langs waar het zo langs kwam in de diagrammen.",
    "answer": "Wat elke stap antwoordde (values), en over wie elk antwoord gaat (about).",
    "note": "Brieven en berichten die later binnenkwamen.",
    "opening": "Wie nu welke soort gegevens over wie mag weten.",
    "handover": "Welk dossier verderging bij een ander Knooppunt.",
    "handed": "Wat er toen is overgedragen.",
    "empty_circle": "Besloten kringen waarin niemand meer kan handelen.",
    "hold": "Welk dossier langer blijft, en waarom.",
    "erasure_request": "Welk gezin vroeg om wissen.",
    "access_request": "Wie om inzage vroeg.",
    "relative": "Het gezin: wie het zijn, en wie gezag heeft.",
    "agreement": "De afspraken.",
    "meeting": "De overleggen.",
    "disclosure": "Wat met wie is gedeeld, en op welke grond.",
    "evaluation": "De evaluaties.",
    "agreement_need": "Wat iemand moet mogen lezen om een afspraak te zien.",
    "planning": "Welk overleg wordt gepland, en waar.",
    "slot": "De momenten die daarvoor zijn voorgesteld.",
    "guest": "Wie ervoor is gevraagd.",
    "slot_answer": "Wie wanneer kan.",
    "signup": "Wie zich aanmeldde of een gezin aanmeldde, en wat daarvan kwam.",
    "figure": "Welke cijfers van een kwartaal zijn getoond: aantallen van tien gezinnen of meer.",
    "saved_list": "Welke filters en kolommen iemand bewaarde.",
    "consent": "Wie waar ja en nee op zei (yes en no zijn soorten gegevens), met het bewijs ervan.",
    "safety": "De veiligheidsdossiers. Alleen wie erin werkt, mag ze lezen.",
    "look": "Wie keek, wanneer en in welke rol.",
    "look_case": "In welk dossier, waarom en naar welk deel.",
}
"""What stands in each table."""


@dataclass(frozen=True)
class Table:
    """The rows of one table that are of a region, each as a value for each of its columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def of_region(tx: Transaction, region: str, municipalities: Collection[str]) -> Iterator[Table]:
    """Every table of which rows belong to a region, with those rows."""
    here = sorted(municipalities)
    yield _table(tx, version, version.c.region == region)
    for table in (organisation, listing, listing_event, topic, intervention, pathway_view, gap):
        yield _table(tx, table, table.c.region == region)
    mine = sa.select(case_file.c.id).where(case_file.c.municipality.in_(here))
    people = sa.union(
        sa.select(appointment.c.person_id).where(appointment.c.municipality.in_(here)),
        sa.select(person_event.c.person_id).where(person_event.c.municipality.in_(here)),
        sa.select(answer.c.actor).where(answer.c.case_id.in_(mine)),
    ).subquery()
    who = sa.select(people.c[0])
    yield _table(tx, person, person.c.id.in_(who))
    yield _table(tx, appointment, appointment.c.municipality.in_(here))
    yield _table(tx, absence, absence.c.person_id.in_(who))
    for table in (person_event, proposal, erasure, alarm):
        yield _table(tx, table, table.c.municipality.in_(here))
    for place in PLACES:
        if place.table is signup:  # some belong to no dossier yet
            yield _table(tx, signup, signup.c.municipality.in_(here))
        elif place.table.name not in WORKING:
            yield _table(tx, place.table, place.rows_among(mine))
    yield _table(tx, figure, figure.c.municipality.in_(here))
    yield _table(tx, saved_list, saved_list.c.municipality.in_(here) | saved_list.c.person_id.in_(who))
    yield _table(tx, look, look.c.id.in_(sa.select(look_case.c.look_id).where(look_case.c.municipality.in_(here))))
    yield _table(tx, look_case, look_case.c.municipality.in_(here))


def _table(tx: Transaction, table: sa.Table, which: sa.ColumnElement[bool]) -> Table:
    columns = [column for column in table.c if column.name not in LEFT_OUT]
    rows = tx.execute(sa.select(*columns).where(which).order_by(*table.primary_key.columns))
    return Table(table.name, tuple(column.name for column in columns), tuple(tuple(row) for row in rows))


def note(tx: Transaction, municipalities: Collection[str], address: str, now: datetime) -> int:
    """Keep in the look-log that all of these families were taken along; gives how many."""
    query = sa.select(case_file.c.id, case_file.c.municipality).where(
        case_file.c.municipality.in_(sorted(municipalities)), case_file.c.guarded
    )
    shown = [Shown(row.id, row.municipality, Ground.LEAVING, Seen.FILE) for row in tx.execute(query)]
    add(tx, Look(now, BY, "", "", Trail.EXPORTED, address, shown))
    return len(shown)

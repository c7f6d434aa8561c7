"""`knooppunt audit verify`: whether the look-log is as it was written."""

import argparse
from contextlib import closing

from api.command.migrate import configured, opened
from engine import deadlines, store


def run(chosen: argparse.Namespace) -> int:
    """Read the whole chain; 1 where it is broken, or lacks a link that somebody noted."""
    with closing(opened(configured(chosen))) as database, database.reading() as tx:
        read = store.looks.verify(tx, chosen.bekend)
    if read.since is not None:
        gone, zone = read.since, deadlines.ZONE
        days = (moment.astimezone(zone).strftime("%d-%m-%Y") for moment in (gone.first_at, gone.last_at))
        print(
            f"De keten gaat verder na schakel {gone.number}. Het laatst zijn {gone.removed} regels gewist waarvan de "
            f"termijn voorbij was, van {' tot en met '.join(days)}. Schakel {gone.number} was: {gone.chain}"
        )
    waiting = f" Nog niet vastgeklonken: {read.waiting}." if read.waiting else ""
    if read.broken and not read.broken[1]:
        print(
            f"Het inkijklog klopt niet: er staat dat alles tot en met schakel {read.broken[0]} is gewist, maar de "
            "keten zelf weet daar niet van. Zet een reservekopie ernaast en meld het bij de functionaris "
            "gegevensbescherming."
        )
        return 1
    if read.broken:
        number, row = read.broken
        print(
            f"Het inkijklog klopt niet bij schakel {number} (rij {row}): daar is iets veranderd, verwijderd of "
            f"toegevoegd. De {read.links} schakels ervoor kloppen. Zet een reservekopie ernaast en meld het bij de "
            "functionaris gegevensbescherming."
        )
        return 1
    if not read.known:
        print(
            f"De schakel die je opschreef, staat niet in het inkijklog: het einde ervan is weg, of dit is een andere "
            f"database. De {read.links} schakels die er staan, kloppen."
        )
        return 1
    print(f"Het inkijklog klopt: {read.links} schakels.{waiting}")
    print(f"Laatste schakel, om op te schrijven en later mee te geven aan --bekend: {read.head}")
    return 0

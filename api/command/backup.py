"""`knooppunt backup` and `restore`: a copy of a SQLite database while people work in it, and putting one back."""

import argparse
from contextlib import closing

from api.command.migrate import configured, opened
from engine.errors import ConflictError, InvalidDataError
from engine.store import Database, backup
from engine.store.database import Shape

OTHER = (
    "Dit is een PostgreSQL-database. Maak daarvan een kopie met pg_dump en zet die terug met pg_restore. Wis daarna "
    "opnieuw wat sindsdien op verzoek is gewist: dat staat in de tabel 'erasure' van de database van nu."
)
THERE = "Het bestand '{0}' bestaat al. Kies een andere naam: een kopie overschrijft niets."
NONE = "'{0}' is geen kopie van een database van Knooppunt. Er is niets veranderd."

NEWER = "'{0}' is gemaakt door een nieuwere versie van Knooppunt. Installeer die eerst. Er is niets veranderd."


def run(chosen: argparse.Namespace) -> int:
    """Save a copy. Raises ConflictError where that file is there already."""
    if chosen.file.exists():
        raise ConflictError(THERE.format(chosen.file))
    with closing(_sqlite(chosen)) as database:
        backup.save(database, chosen.file)
    print(
        f"De kopie staat in {chosen.file}. Er staan gegevens van gezinnen in: bewaar haar even veilig, en niet langer."
    )
    return 0


def restore(chosen: argparse.Namespace) -> int:
    """Put a copy back, and erase again what was erased since. Raises InvalidDataError where it is no copy, and
    ConflictError where a newer version of the code made it.
    """
    shape = backup.shape(chosen.file)
    if shape is None:
        raise InvalidDataError(NONE.format(chosen.file))
    if shape is Shape.NEWER:
        raise ConflictError(NEWER.format(chosen.file))
    with closing(_sqlite(chosen)) as database:
        again = backup.put_back(database, chosen.file)
    print(f"De kopie is teruggezet. Wat sindsdien was gewist, is opnieuw gewist: {again} keer.")
    return 0


def _sqlite(chosen: argparse.Namespace) -> Database:
    database = opened(configured(chosen))
    if database.engine.dialect.name != "sqlite":
        database.close()
        raise ConflictError(OTHER)
    return database

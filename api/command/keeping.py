"""Telling who runs the house what no region decided: how long a dossier is kept."""

import sys

from engine import cases, store


def warn(database: store.Database) -> None:
    """Say it, before anybody works, where something is never erased."""
    for sentence in sentences(database):
        print(sentence, file=sys.stderr)


def sentences(database: store.Database) -> tuple[str, ...]:
    """One sentence for each region that did not decide."""
    with database.reading() as tx:
        undecided = cases.undecided(tx, cases.Library())
    return tuple(
        f"LET OP: {region} heeft niet besloten hoelang dit blijft: {', '.join(missing)}. Daarvan wordt niets vanzelf "
        "gewist. Vul het in regio.yaml in onder 'bewaren', zonder 'voorbeeld', en publiceer opnieuw."
        for region, missing in undecided
    )

"""`knooppunt organisation`: how organisations are called and reached, listed, as CSV and from it."""

import argparse
import csv
import sys
from contextlib import closing

from api.command.migrate import configured, opened
from api.command.person import at_the_console, carried_out
from engine.cases import Context, organisations
from engine.errors import InvalidDataError

COLUMNS = ("regio", "kenmerk", "naam", "soort", "telefoon", "mail", "stand")
STATES = ("doet_mee", "gestopt")


def run(chosen: argparse.Namespace) -> int:
    """Do what the verb says; 1 where a file holds something that can't be, and then nothing is changed."""
    with (
        closing(opened(configured(chosen))) as database,
        database.connection(writes=chosen.what == "import") as tx,
    ):
        ctx = at_the_console(tx)
        if chosen.what == "import":
            return _import(ctx, chosen)
        lines = [
            (row.region, row.id, row.name, row.sort, row.phone, row.mail, STATES[row.ended_at is not None])
            for row in organisations.listed(ctx)
        ]
        if chosen.what == "list":
            print("\n".join("\t".join(line) for line in lines))
            return 0
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(lines)
    return 0


def _import(ctx: Context, chosen: argparse.Namespace) -> int:
    """Change the organisations of a file, all or none; what it doesn't name stays as it is."""
    if not chosen.subject:
        raise InvalidDataError("Noem een bestand.")
    names: list[str] = []

    def write(row: dict[str, str]) -> None:
        _write(ctx, row)
        names.append(row["kenmerk"])

    return carried_out(ctx, chosen, COLUMNS, write, lambda: f"Nagelopen: {len(names)}.")


def _write(ctx: Context, row: dict[str, str]) -> None:
    before = organisations.one(ctx, row["regio"], row["kenmerk"])
    if row["stand"] not in STATES:
        choice = " of ".join(STATES)
        raise InvalidDataError("stand", {"stand": f"'{row['stand']}' is geen stand. Schrijf {choice}."})
    if row["soort"] != before.sort:
        sentence = (
            f"De soort is '{before.sort}'. Die verandert alleen in regio.yaml, want zij bepaalt wat iemand leest."
        )
        raise InvalidDataError("soort", {"soort": sentence})
    organisations.change(ctx, row["regio"], row["kenmerk"], row["naam"], row["telefoon"], row["mail"])
    if row["stand"] == STATES[1] and before.ended_at is None:
        organisations.end(ctx, row["regio"], row["kenmerk"])
    elif row["stand"] == STATES[0]:
        organisations.begin_again(ctx, row["regio"], row["kenmerk"])

"""`knooppunt kaart`: the sociale kaart of a region as CSV, out of a house and into it."""

import argparse
from contextlib import closing
from pathlib import Path

from api.command.migrate import configured, opened
from api.command.person import at_the_console, content
from engine.cases import Context, sociale_kaart
from engine.definitions.sociale_kaart import Sheet
from engine.errors import InvalidDataError


def run(chosen: argparse.Namespace) -> int:
    """Write the sheets of a region to a folder, or take those of a folder over, all or nothing."""
    with (
        closing(opened(configured(chosen))) as database,
        database.connection(writes=chosen.what == "import") as tx,
    ):
        ctx = at_the_console(tx)
        if chosen.what == "export":
            return _export(ctx, chosen.region, chosen.folder)
        return _import(ctx, chosen)


def _export(ctx: Context, region: str, folder: Path) -> int:
    sheets = sociale_kaart.sheets(ctx, region)
    folder.mkdir(parents=True, exist_ok=True)
    for sheet, text in sheets.items():
        (folder / f"{sheet}.csv").write_text(text, encoding="utf-8", newline="")
    print(f"Geschreven in {folder}: {', '.join(f'{sheet}.csv' for sheet in sheets)}.")
    return 0


def _import(ctx: Context, chosen: argparse.Namespace) -> int:
    paths = {sheet: path for sheet in Sheet if (path := chosen.folder / f"{sheet}.csv").is_file()}
    if not paths:
        names = ", ".join(f"{sheet}.csv" for sheet in Sheet)
        raise InvalidDataError(f"In {chosen.folder} staat geen blad van een sociale kaart. Ze heten: {names}.")
    files = {sheet: (path.name, content(path)) for sheet, path in paths.items()}
    whole = sociale_kaart.take_in(ctx, chosen.region, files)
    counts = f"{len(whole.topics)} onderwerpen, {len(whole.interventions)} interventies en {len(whole.organisations)}"
    if chosen.proef:
        ctx.tx.rollback()
        print(f"De sociale kaart zou dan hebben: {counts} organisaties. Dit was een proef: er is niets veranderd.")
        return 0
    ctx.tx.commit()
    print(f"De sociale kaart heeft nu {counts} organisaties.")
    return 0

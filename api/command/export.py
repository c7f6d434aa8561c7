"""`knooppunt export REGIO MAP`: everything of one region as CSV and JSON, for leaving."""

import argparse
import csv
import io
import json
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api.command.migrate import configured, opened
from engine import store
from engine.cases import Library
from engine.errors import ConflictError, InvalidDataError
from engine.store.leaving import TABLES, WORKING, Table

FULL = "In de map '{0}' staat al iets. Kies een lege map, of een die er nog niet is."
UNKNOWN = "De regio '{0}' is hier niet gepubliceerd. Er zijn: {1}."
FILES = "bestanden"


def run(chosen: argparse.Namespace) -> int:
    """Write it. Raises ConflictError where the folder holds something, InvalidDataError where the region isn't here."""
    folder: Path = chosen.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConflictError(FULL.format(folder))
    with closing(opened(configured(chosen))) as database, database.writing() as tx:
        models = Library().current(tx)
        mine = [model.definition for model in models if model.definition.settings.region == chosen.region]
        if not mine:
            known = sorted({model.definition.settings.region for model in models})
            raise InvalidDataError(UNKNOWN.format(chosen.region, ", ".join(known) or "geen"))
        places = {place for definition in mine for place in definition.settings.municipalities}
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        number = store.leaving.note(tx, places, "knooppunt export", datetime.now(UTC))
        tables = list(store.leaving.of_region(tx, chosen.region, places))
        _write(folder, tables)
        for id in _versions(tables):
            _write_files(folder / FILES / id, tx, id)
    (folder / "LEESMIJ.md").write_text(_readme(chosen.region, tables), "utf-8")
    print(
        f"Alles van {chosen.region} staat in {folder}: {number} dossiers van gezinnen. Dit is het meest vertrouwelijke "
        "dat er is: ook veiligheidsdossiers en wat mensen alleen elkaar vertelden. Versleutel het, geef het aan één "
        "persoon, en wis het als het is overgezet. In het inkijklog staat dat dit is gebeurd."
    )
    return 0


def _versions(tables: Iterable[Table]) -> list[str]:
    return [str(row[table.columns.index("id")]) for table in tables if table.name == "version" for row in table.rows]


def _write(folder: Path, tables: Iterable[Table]) -> None:
    for table in tables:
        rows = [dict(zip(table.columns, map(_plain, row), strict=True)) for row in table.rows]
        text = json.dumps(rows, ensure_ascii=False, indent=1)
        (folder / f"{table.name}.json").write_text(text, "utf-8")
        sheet = io.StringIO()
        writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([_cell(row[column]) for column in table.columns] for row in rows)
        (folder / f"{table.name}.csv").write_text("\ufeff" + sheet.getvalue(), "utf-8", newline="")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date too


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _write_files(folder: Path, tx: store.Transaction, id: str) -> None:
    _, _, files, _ = store.versions.files(tx, id)
    for name, content in files.items():
        file = (folder / name).resolve()
        if folder.resolve() in file.parents:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def _readme(region: str, tables: Iterable[Table]) -> str:
    lines = [
        f"# Alles van {region}",
        "",
        "**Dit is het meest vertrouwelijke dat er is.** Er staat in wat gezinnen vertelden, ook wat anderen niet mogen "
        "weten: veiligheidsdossiers en besloten kringen. Versleutel het, geef het aan één persoon, en wis het als het "
        "is overgezet.",
        "",
        "Elke tabel staat er als CSV (puntkomma's, UTF-8) en als JSON. Dagen en tijden zijn ISO 8601, tijden in UTC. "
        "Wat in een CSV-cel met `{` of `[` begint, is JSON. `case_id` is het nummer van een dossier, `person_id`, "
        "`actor` en `writer` een persoon in `person`, `item` een rij in een lijst van het dossier.",
        "",
        f"Niet mee gaan: wie is aangemeld en waarmee, uitnodigingen, mail die nog weg moet, en {', '.join(WORKING)} "
        "(wat iemand niet verstuurde, en kopieën en tijden waarmee Knooppunt zelf werkt).",
        "",
    ]
    for table in tables:
        lines += [f"## {table.name}", "", f"{TABLES[table.name]} {len(table.rows)} rijen.", ""]
        lines += [f"Kolommen: {', '.join(f'`{column}`' for column in table.columns)}", ""]
    return "\n".join(lines)

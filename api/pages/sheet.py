"""What a page shows as a sheet that a spreadsheet opens, within the same rights: the one writer of CSV of the pages."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from fastapi.responses import Response

from api.pages.page import Page
from engine.deadlines import ZONE
from engine.words import Look

MOST = 1_000
"""So many rows at most stand in a sheet."""

CUT = f"De lijst is langer. Dit zijn de eerste {MOST} regels: kies een filter voor de andere."
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what a cell begins that a spreadsheet would carry out."""


def exported(page: Page) -> None:
    """Let the look-log tell that what follows leaves the house."""
    page.looks.does(Look.EXPORTED)


def of_list(page: Page, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], cut: bool) -> Response:
    """Answer with a list as it stands today; with a last row that says so where it was longer."""
    last = ((CUT,),) if cut else ()
    return answer(f"{name}-{page.ctx.today.isoformat()}", columns, (*rows, *last))


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """Answer with these rows as the file `name`.csv: semicolons and a mark at the beginning, as a Dutch spreadsheet
    reads it, and no cell that it would take for a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv", headers=headers)


def day(moment: datetime | None) -> str:
    """The day of a moment, as a spreadsheet knows it; "" for none."""
    return moment.astimezone(ZONE).date().isoformat() if moment else ""


def _harmless(cell: str) -> str:
    """A text as it stands in a cell: one that begins as a formula does stays a text."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell

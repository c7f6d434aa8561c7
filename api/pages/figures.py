"""Figures of a quarter: as a page, as CSV and as a sheet of A4 for coalition and half-year report."""

from collections.abc import Iterator

from fastapi.responses import HTMLResponse, Response

from api.pages import sheet
from api.pages.page import Page
from api.request import Routes
from engine.cases import figures
from engine.cases.figures import LEAST, Figures, Quarter
from engine.errors import NotFoundError
from handbook import document
from handbook.document import Block, Document, Heading, Note, Paragraph, Run, Table

routes = Routes(include_in_schema=False)

CSV = "csv"
COLUMNS = ("gemeente", "kwartaal", "cijfer", "deel", "aantal")
NOTHING = f"minder dan {LEAST}, of te herleiden"
UNDIVIDED = "Te klein om te tonen"
TITLE = "Cijfers van het Knooppunt"
LINES = (
    f"Geteld is in gezinnen, in het kwartaal waarin het gebeurde. Minder dan {LEAST} tonen we niet. Wat daardoor te "
    "herleiden zou zijn, staat samen in één regel of staat er niet.",
    "Wat eenmaal is getoond, verandert niet meer, ook niet als een dossier later is gewist.",
    "Het bereik is het aantal gezinnen gedeeld door het geschatte aantal kwetsbare zwangerschappen in de gemeente. Die "
    "schatting heeft Knooppunt niet: vraag haar aan de GGD.",
)
"""How the figures are to be read."""


@routes.get("/cijfers")
def show(page: Page) -> HTMLResponse:
    """The figures of a quarter in a municipality."""
    counted = _counted(page)
    return page.render(
        "figures.html",
        here="cijfers",
        counted=counted,
        lines=tuple(_lines(counted)),
        days=counted.days,
        title=TITLE,
        about=LINES,
        least=LEAST,
        nothing=NOTHING,
        places={place: _name(page, place) for place in sorted(figures.places(page.ctx))},
        quarters=[(str(quarter), _said(quarter)) for quarter in figures.quarters(page.ctx)],
        said=_said(counted.quarter),
        place=_name(page, counted.municipality),
    )


@routes.get("/cijfers/{name}")
def download(page: Page, name: str) -> Response:
    """The same as a file: CSV, PDF or docx."""
    kind = name.removeprefix("cijfers.")
    if kind == name or kind not in (CSV, *document.FILES):
        raise NotFoundError("Dit bestand is er niet. De cijfers zijn er als CSV, PDF en docx.")
    counted = _counted(page)
    file = f"cijfers-{counted.municipality}-{counted.quarter}"
    if kind == CSV:
        return sheet.answer(file, COLUMNS, _rows(page, counted))
    written = document.FILES[kind]
    headers = {"Content-Disposition": f'attachment; filename="{file}.{kind}"'}
    return Response(written.write(_paper(page, counted)), media_type=written.media_type, headers=headers)


def _counted(page: Page) -> Figures:
    """The figures that are asked for; what is counted now stays as it is shown, in a short transaction of its own."""
    asked = page.request.query_params
    offered = sorted(figures.places(page.ctx))
    place = asked.get("gemeente", "") or next(iter(offered), "")
    quarter = {str(each): each for each in figures.quarters(page.ctx)}
    chosen = quarter.get(asked.get("kwartaal", ""), figures.quarters(page.ctx)[0])
    counted = figures.figures(page.ctx, place, chosen)
    if counted.counted_at == page.now:
        with page.house.database.again(page.tx):
            figures.keep(page.tx, counted)
            counted = figures.figures(page.ctx, place, chosen)
    return counted


def _lines(counted: Figures) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Each figure: its title, how many in all, and its parts, in words."""
    for figure in counted.figures:
        total = (
            f"{figure.total} {figure.unit}" if figure.total is not None else f"{NOTHING.capitalize()} ({figure.unit})"
        )
        split = len(figure.groups) > 1
        parts = tuple((_parts(names), str(number)) for names, number in figure.groups) if split else ()
        yield figure.title, total, parts


def _parts(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names)} (samen)"


def _name(page: Page, place: str) -> str:
    return page.settings.municipalities.get(place, place)


def _said(quarter: Quarter) -> str:
    return f"{quarter.number}e kwartaal {quarter.year}"


def _rows(page: Page, counted: Figures) -> Iterator[tuple[str, ...]]:
    begin = (_name(page, counted.municipality), str(counted.quarter))
    for figure in counted.figures:
        yield *begin, figure.title, "totaal", NOTHING if figure.total is None else str(figure.total)
        if len(figure.groups) > 1:
            yield from ((*begin, figure.title, _parts(names), str(number)) for names, number in figure.groups)
    for title, days in counted.days.items():
        yield *begin, title, "mediaan in dagen", NOTHING if days is None else str(days)


def _paper(page: Page, counted: Figures) -> Document:
    title = f"{TITLE}: {_name(page, counted.municipality)}, {_said(counted.quarter)}"
    return Document.of(page.settings, title, _blocks(counted), counted.counted_at.date())


def _blocks(counted: Figures) -> Iterator[Block]:
    """One row for each figure, so that all of it stays on one sheet, however many parts are shown."""
    rows = []
    for title, total, parts in _lines(counted):
        divided = ", ".join(f"{part}: {number}" for part, number in parts) or UNDIVIDED
        rows.append(((Run(f"{title} ", bold=True), Run(total)), (Run(divided),)))
    yield Heading(1, "Hoeveel gezinnen?")
    yield Table(("Wat, en hoeveel samen", "Verdeeld"), tuple(rows))
    yield Heading(1, "Hoe snel?")
    days = tuple(((Run(title),), (Run(_in_days(d)),)) for title, d in counted.days.items())
    yield Table(("Mediaan", "Dagen"), days)
    yield Note((Run(LINES[0]),))
    yield from (Paragraph((Run(line),)) for line in LINES[1:])


def _in_days(days: int | None) -> str:
    return "Te weinig gezinnen" if days is None else f"{days} dagen"

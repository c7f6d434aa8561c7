"""Pages of a beheerder: who helps with what, kept right, and what it is time to look at again."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine import deadlines
from engine.cases import sociale_kaart
from engine.cases.sociale_kaart import Kept
from engine.definitions.sociale_kaart import AUDIENCES, BETWEEN, CELLS, Cell, Sheet, cells_of
from engine.errors import InvalidDataError
from engine.words import Answer

LIST = "/beheer/kaart"
LONG = ("contacts", "does", "does_not", "way_in")
LABELS: Mapping[str, tuple[str, str]] = {
    "name": ("Naam", ""),
    "domain": ("Domein", ""),
    "municipalities": ("Gemeenten", "Geen enkele = de hele regio."),
    "topics": ("Onderwerpen", ""),
    "interventions": ("Interventies", ""),
    "audience": ("Voor wie", ""),
    "contacts": ("Bellen", "functie; telefoonnummer; wanneer. Zet | tussen twee. Geen namen van mensen."),
    "mail": ("Mailadres", ""),
    "website": ("Site", "Zoals https://organisatie.nl."),
    "does": ("Wat doen zij?", ""),
    "does_not": ("Let op: wat doen zij niet?", ""),
    "is_first": ("Open voor iedereen (voorliggend)", ""),
    "way_in": ("Hoe kom je er?", ""),
    "waiting": ("Wachttijd in weken", "0 = meteen. Leeg = dat weet niemand."),
    "costs": ("Kosten", ""),
    "languages": ("Talen", "Met komma's ertussen."),
    "source": ("Bron", "Waar komt dit vandaan?"),
    "checked_on": ("Nagekeken op", "Jaar-maand-dag, zoals 2026-11-01."),
}
"""What a page calls a column, with a hint."""

routes = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Question:
    """One cell to fill in: one line, several, or a choice of `options`, of which `many` may be chosen."""

    field: str
    label: str
    hint: str
    value: str
    options: Mapping[str, str]
    is_long: bool
    wrong: str

    @property
    def chosen(self) -> tuple[str, ...]:
        """Which options are chosen."""
        return tuple(part.strip() for part in self.value.split(","))


@routes.get(LIST)
def listed(page: Page) -> HTMLResponse:
    """Who helps with what in the own municipalities; what is due first."""
    rows = sociale_kaart.kept(page.ctx)
    today = page.ctx.today
    since = today.replace(year=today.year - 1, day=1)
    regions = {row.settings.region: row.settings for row in rows}
    missed = [
        (settings.municipalities.get(each.municipality, each.municipality), topics, each.topics)
        for settings in regions.values()
        for topics in [{t.id: t.name for t in sociale_kaart.kaart_of(page.tx, settings).topics}]
        for each in sociale_kaart.gaps(page.ctx, settings.region, since.isoformat()[:7])
    ]
    return page.render(
        "kaart.html",
        missed=missed,
        since=since,
        least=sociale_kaart.HIDDEN_BELOW,
        here="kaart",
        rows=[(row, _names(row.listing.municipalities, row.settings.municipalities)) for row in rows],
        due=sum(row.is_due for row in rows),
        terms={row.settings.region: deadlines.spoken(sociale_kaart.again_after(row.settings)) for row in rows},
    )


@routes.get("/beheer/kaart/{region}/{id}")
def show(page: Page, region: str, id: str) -> HTMLResponse:
    """One listing, to change it, with what was changed before."""
    return _listing(page, sociale_kaart.one(page.ctx, region, id))


@routes.post("/beheer/kaart/{region}/{id}")
def change(page: Page, region: str, id: str) -> HTMLResponse | RedirectResponse:
    """Change a listing."""
    row = sociale_kaart.one(page.ctx, region, id)
    given: dict[str, list[str]] = {question.field: [] for question in _questions(page, row, {}, {})}
    for name, value in page.form:
        if name in given and value.strip():
            given[name].append(value.strip())
    cells = {field: BETWEEN.join(values) for field, values in given.items()}
    try:
        sociale_kaart.change(page.ctx, region, id, cells)
    except InvalidDataError as error:
        page.rollback()
        return _listing(page, sociale_kaart.one(page.ctx, region, id), cells, error.fields)
    return page.redirect(LIST, f"Opgeslagen: {row.listing.name}.")


@routes.post("/beheer/kaart/{region}/{id}/nagekeken")
def checked(page: Page, region: str, id: str) -> RedirectResponse:
    """Say that a listing is right today."""
    name = sociale_kaart.one(page.ctx, region, id).listing.name
    sociale_kaart.checked(page.ctx, region, id)
    return page.redirect(LIST, f"{name} is vandaag nagekeken.")


def _listing(
    page: Page, row: Kept, cells: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> HTMLResponse:
    questions = _questions(page, row, cells or {}, wrong or {})
    labels = {cell.field: LABELS.get(cell.field, (cell.name, ""))[0] for cell in CELLS[Sheet.ORGANISATIONS]}
    return page.render(
        "kaart_listing.html",
        422 if wrong else 200,
        here="kaart",
        row=row,
        questions=questions,
        problems=[(question.field, question.wrong) for question in questions if question.wrong],
        history=sociale_kaart.history(page.ctx, row),
        labels=labels,
    )


def _questions(page: Page, row: Kept, cells: Mapping[str, str], wrong: Mapping[str, str]) -> list[Question]:
    kaart = sociale_kaart.kaart_of(page.tx, row.settings)
    options: dict[str, Mapping[str, str]] = {
        "municipalities": row.settings.municipalities,
        "topics": {each.id: each.name for each in kaart.topics},
        "interventions": {each.id: each.name for each in kaart.interventions},
        "audience": {word.value: name for word, name in AUDIENCES.items()},
        "is_first": {Answer.YES: "Ja", Answer.NO: "Nee, je hebt een verwijzing of besluit nodig"},
    }
    known = {**cells_of(row.listing), **cells}
    partner = row.listing.id in row.settings.organisations
    fixed = ("name", "domain") if partner else ()  # what regio.yaml and the page Organisaties say

    def question(cell: Cell) -> Question:
        label, hint = LABELS[cell.field]
        chosen = options.get(cell.field) or {word: word for word in cell.words}
        return Question(
            cell.field, label, hint, known[cell.field], chosen, cell.field in LONG, wrong.get(cell.name, "")
        )

    return [question(cell) for cell in CELLS[Sheet.ORGANISATIONS] if cell.field in LABELS and cell.field not in fixed]


def _names(ids: tuple[str, ...], known: Mapping[str, str]) -> str:
    return BETWEEN.join(known.get(id, id) for id in ids) or "hele regio"

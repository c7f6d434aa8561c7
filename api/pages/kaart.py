"""Pages of a beheerder: who helps with what, kept right, and what it is time to look at again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine import deadlines
from engine.cases import sociale_kaart
from engine.cases.sociale_kaart import NEW, Kept
from engine.definitions import Settings
from engine.definitions.sociale_kaart import AUDIENCES, BETWEEN, CELLS, Cell, Sheet, cells_of, kinds
from engine.errors import InvalidDataError
from engine.words import Answer

LIST = "/beheer/kaart"
LONG = ("contacts", "does", "does_not", "way_in", "means", "terms")
ONE = ("is_first", "domain", "kind", "certainty")
"""Questions to which there is one answer."""
SINGULAR = {
    Sheet.TOPICS: "onderwerp",
    Sheet.INTERVENTIONS: "interventie",
    Sheet.ORGANISATIONS: "organisatie",
}
LABELS: Mapping[str, tuple[str, str]] = {
    "name": ("Naam", ""),
    "kind": ("Soort organisatie", ""),
    "question": ("Vraag", "Wat iemand zich kan afvragen, zoals: Heb je geldzorgen?"),
    "means": ("Uitleg", ""),
    "words": ("Zoekwoorden", "Hoe mensen het nog meer noemen, met komma's ertussen."),
    "weeks": ("Weken zwanger", "Van en tot en met, zoals 16-28. Leeg = niet tijdens de zwangerschap."),
    "months": ("Maanden van het kind", "Van en tot en met, zoals 0-24. Leeg = niet na de geboorte."),
    "terms": ("Voorwaarden", ""),
    "address": ("Adres van de bron", "Zoals https://organisatie.nl."),
    "read_on": ("Gelezen", "Zoals november 2026."),
    "certainty": ("Hoe zeker is het?", ""),
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
    is_one: bool
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
        sheets=[
            (settings, SINGULAR[sheet], sheet, sociale_kaart.kaart_of(page.tx, settings).rows(sheet))
            for settings in sociale_kaart.regions_kept(page.ctx)
            for sheet in (Sheet.TOPICS, Sheet.INTERVENTIONS)
        ],
        kept=sociale_kaart.regions_kept(page.ctx),
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
    cells = _sent(page, _of_listing(page, row, {}, {}))
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


@routes.get("/beheer/kaart/{region}/blad/{sheet}/{id}")
def row(page: Page, region: str, sheet: Sheet, id: str) -> HTMLResponse:
    """A topic or intervention, to change it, or with `nieuw` one of these or an organisation, to add it."""
    return _row(page, region, sheet, id)


@routes.post("/beheer/kaart/{region}/blad/{sheet}/{id}")
def keep(page: Page, region: str, sheet: Sheet, id: str) -> HTMLResponse | RedirectResponse:
    """Change or add it."""
    settings = sociale_kaart.kept_by(page.ctx, region)
    cells = _sent(page, _questions(page, settings, sheet, {}, {}))
    try:
        if id == NEW:
            sociale_kaart.add(page.ctx, region, sheet, cells)
        else:
            sociale_kaart.rewrite(page.ctx, region, sheet, id, cells)
    except InvalidDataError as error:
        page.rollback()
        return _row(page, region, sheet, id, cells, error.fields)
    return page.redirect(LIST, f"Opgeslagen: {cells['name']}.")


@routes.post("/beheer/kaart/{region}/blad/{sheet}/{id}/stoppen")
def end(page: Page, region: str, sheet: Sheet, id: str) -> RedirectResponse:
    """Take something off the sociale kaart."""
    name = sociale_kaart.end(page.ctx, region, sheet, id).name
    return page.redirect(LIST, f"{name} staat niet meer op de sociale kaart.")


def _row(
    page: Page,
    region: str,
    sheet: Sheet,
    id: str,
    cells: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> HTMLResponse:
    settings = sociale_kaart.kept_by(page.ctx, region)
    known = None if id == NEW else sociale_kaart.row_of(page.ctx, region, sheet, id)
    questions = _questions(page, settings, sheet, cells or (cells_of(known) if known else {}), wrong or {})
    return page.render(
        "kaart_row.html",
        422 if wrong else 200,
        here="kaart",
        title=known.name if known else f"{'Een nieuw' if sheet is Sheet.TOPICS else 'Een nieuwe'} {SINGULAR[sheet]}",
        end=f"/beheer/kaart/{quote(region)}/blad/{sheet}/{quote(id)}/stoppen" if known else "",
        questions=questions,
        problems=[(question.field, question.wrong) for question in questions if question.wrong],
    )


def _sent(page: Page, questions: Iterable[Question]) -> dict[str, str]:
    """What was filled in, by field, as a cell says it."""
    given: dict[str, list[str]] = {question.field: [] for question in questions}
    for name, value in page.form:
        if name in given and value.strip():
            given[name].append(value.strip())
    return {field: BETWEEN.join(values) for field, values in given.items()}


def _listing(
    page: Page, row: Kept, cells: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> HTMLResponse:
    questions = _of_listing(page, row, cells or {}, wrong or {})
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


def _of_listing(page: Page, row: Kept, cells: Mapping[str, str], wrong: Mapping[str, str]) -> list[Question]:
    partner = row.listing.id in row.settings.organisations
    fixed = ("kind", *(("name", "domain") if partner else ()))  # what regio.yaml and the page Organisaties say
    questions = _questions(page, row.settings, Sheet.ORGANISATIONS, {**cells_of(row.listing), **cells}, wrong)
    return [question for question in questions if question.field not in fixed]


def _questions(
    page: Page, settings: Settings, sheet: Sheet, known: Mapping[str, str], wrong: Mapping[str, str]
) -> list[Question]:
    kaart = sociale_kaart.kaart_of(page.tx, settings)
    options: dict[str, Mapping[str, str]] = {
        "kind": kinds(settings),
        "municipalities": settings.municipalities,
        "topics": {each.id: each.name for each in kaart.topics},
        "interventions": {each.id: each.name for each in kaart.interventions},
        "audience": {word.value: name for word, name in AUDIENCES.items()},
        "is_first": {Answer.YES: "Ja", Answer.NO: "Nee, je hebt een verwijzing of besluit nodig"},
    }

    def question(cell: Cell) -> Question:
        label, hint = LABELS[cell.field]
        chosen = options.get(cell.field) or {word: word for word in cell.words}
        value = known.get(cell.field, "")
        is_long, is_one = cell.field in LONG, cell.field in ONE
        return Question(cell.field, label, hint, value, chosen, is_long, is_one, wrong.get(cell.name, ""))

    return [question(cell) for cell in CELLS[sheet] if cell.field in LABELS]


def _names(ids: tuple[str, ...], known: Mapping[str, str]) -> str:
    return BETWEEN.join(known.get(id, id) for id in ids) or "hele regio"

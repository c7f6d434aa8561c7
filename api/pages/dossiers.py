"""The list of dossiers: all that somebody may see, also those that are closed, and how each of them stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages import kept, seeking, sheet, story, trail
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.cases import saved_lists
from engine.store.tables import Order
from engine.words import CaseStatus, RoleId

EVERY = "alle"
STATES = {
    CaseStatus.RUNNING: "Lopend",
    CaseStatus.COMPLETED: "Afgerond",
    CaseStatus.CLOSED: "Eerder gesloten",
    CaseStatus.REMOVED: "Weggehaald",
    EVERY: "Alle",
}
ORDERS = {
    Order.DATE: "Nieuwste eerst",
    Order.FAMILY: "Gezin",
    Order.STEP: "Volgende stap",
    Order.PERSON: "Casusregisseur",
}
COLUMNS = {
    "gemeente": "Gemeente",
    "fase": "Fase",
    "stap": "Volgende stap",
    "wacht": "Wacht op",
    "regie": "Casusregisseur",
    "begonnen": "Begonnen",
    "stand": "Stand",
}
"""What may stand beside the name of a dossier, as an address names it."""

FIRST = ("gemeente", "fase", "stap", "wacht", "regie")
"""What stands there of what runs, for who chose nothing."""

ENDED = ("gemeente", "begonnen", "stand")
"""The same of what runs no more: no step waits there."""

OWN = "kolommen"
"""Under what the columns are kept that somebody wants to see."""

PER_PAGE = 25

routes = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Chosen:
    """What the address asks for. Nonsense in it is read as no choice."""

    stand: str = ""
    zoek: str = ""
    gemeente: str = ""
    fase: str = ""
    regie: str = ""
    volgorde: str = ""
    kolommen: str = ""
    na: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Chosen":
        """What an address asks for, or a form."""
        return cls(**{field.name: asked[field.name] for field in fields(cls) if field.name in asked})

    @property
    def state(self) -> str:
        """One of those in which a dossier may be, or all."""
        return self.stand if self.stand in STATES else CaseStatus.RUNNING

    @property
    def order(self) -> Order:
        """One of the orders that exist."""
        return Order(self.volgorde) if self.volgorde in ORDERS else Order.DATE

    @property
    def columns(self) -> tuple[str, ...]:
        """What stands beside the name, in the order in which it always does."""
        chosen = self.kolommen.split("-")
        own = tuple(column for column in COLUMNS if column in chosen)
        first = {CaseStatus.RUNNING: FIRST, EVERY: (*FIRST, "stand")}
        return own or first.get(self.state, ENDED)

    @property
    def after(self) -> cases.Place | None:
        """After which dossier the page goes on."""
        return cases.Place.read(self.na)

    @property
    def filtered(self) -> bool:
        """Whether something narrows the list down."""
        return bool(self.zoek or self.gemeente or self.fase or self.regie)

    @property
    def asked(self) -> cases.CaseFilter:
        """The same as the use case asks it, but for what is searched for."""
        status = "" if self.state == EVERY else self.state
        return cases.CaseFilter(
            status, "", self.gemeente, self.fase, self.regie, self.order, limit=PER_PAGE, after=self.after
        )

    def address(self, **changes: object) -> str:
        """The address of this page with other choices."""
        asked: Mapping[str, object] = {**asdict(self), "stand": self.state}
        kept = {name: value for name, value in {**asked, **changes}.items() if value}
        return f"/casus?{urlencode(kept)}"


@routes.get("/casus")
def overview(page: Page) -> HTMLResponse:
    """One page of the dossiers that this person may see. `zoek` is the key of a search."""
    chosen, words = _asked(page)
    listed = cases.listing(page.ctx, replace(chosen.asked, search=words))
    people = [who for who in cases.workers(page.ctx) if RoleId.CASUSREGISSEUR in {a.role for a in who.appointments}]
    response = page.render(
        "cases.html",
        lines=listed.rows,
        cut=listed.cut,
        choices={**asdict(chosen), "kolommen": "-".join(chosen.columns)},
        **kept.panel(page, "/casus"),
        next=listed.rows[-1].place if listed.more else None,
        states=STATES,
        chosen=chosen,
        words=words,
        address=chosen.address,
        orders=ORDERS,
        columns=COLUMNS,
        phases=story.phases(page.ctx),
        municipalities=story.municipalities(page),
        leads={person.id: person.name for person in people},
        here="casus",
    )
    return trail.remember(page, response, chosen.address())


def _asked(page: Page) -> tuple[Chosen, str]:
    """What an address asks for, with the words of its search."""
    chosen = Chosen.read(page.request.query_params)
    words = seeking.sought(page, chosen.zoek)
    if not chosen.kolommen:
        chosen = replace(chosen, kolommen=saved_lists.first_view(page.ctx, OWN))
    return (chosen if words else replace(chosen, zoek="")), words


@routes.get("/casus.csv")
def export(page: Page) -> Response:
    """The same list as a sheet, with the same columns, from its first dossier on."""
    chosen, words = _asked(page)
    sheet.exported(page)
    asked = replace(chosen.asked, search=words, limit=sheet.MOST, after=None)
    listed = cases.listing(page.ctx, asked)
    phases = story.phases(page.ctx)
    rows = ((line.title, str(line.id), *_cells(page, line, chosen.columns, phases)) for line in listed.rows)
    names = ("Dossier", "Nummer", *(COLUMNS[column] for column in chosen.columns))
    return sheet.of_list(page, "dossiers", names, rows, listed.more or listed.cut)


def _cells(page: Page, line: cases.CaseLine, columns: Iterable[str], phases: Mapping[str, str]) -> Iterator[str]:
    """What stands of a dossier in these columns."""
    step, settings = line.step, page.settings
    due = f" ({sheet.day(step.deadline)})" if step.deadline else ""
    roles = ", ".join(story.role_name(settings, role) for role in step.roles)
    texts = {
        "gemeente": settings.municipalities.get(line.municipality, line.municipality),
        "fase": phases.get(step.phase, step.phase),
        "stap": step.title + due,
        "wacht": step.assignee_name or roles,
        "regie": line.lead,
        "begonnen": sheet.day(line.started_at),
        "stand": STATES.get(line.status, line.status),
    }
    yield from (texts[column] for column in columns)


@routes.post("/casus")
def search(page: Page) -> RedirectResponse:
    """Look for a dossier by words that stand in no address, or choose what the list shows."""
    chosen = Chosen.read(dict(page.form))
    ticked = [value for name, value in page.form if name == "kolom"]
    columns = tuple(column for column in COLUMNS if column in ticked)
    own = "" if columns == replace(chosen, kolommen="").columns else "-".join(columns)
    saved_lists.see_first(page.ctx, OWN, own)
    chosen = replace(chosen, kolommen="")
    return seeking.search(page, chosen.zoek, lambda key: chosen.address(zoek=key))

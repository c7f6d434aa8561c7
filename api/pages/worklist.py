"""The worklist: what waits for me, for my role, too late, or all that I may see."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages import kept, seeking, sheet, story, trail
from api.pages.page import OFFICES, Page
from api.request import Routes
from engine import cases
from engine.cases import signups
from engine.store.tables import Order
from engine.store.tasks import MOST, NOBODY
from engine.words import TaskList

LISTS = {
    TaskList.MINE: "Mijn taken",
    TaskList.ROLE: "Voor mijn rol",
    TaskList.LATE: "Te laat",
    TaskList.ALL: "Alle taken",
}
NOTHING = {
    TaskList.MINE: ("Je hebt nu geen taken op je naam", "Kijk bij de taken van je rol of je iets kunt oppakken."),
    TaskList.ROLE: ("Voor jouw rol ligt er nu niets", "Nieuwe taken komen hier vanzelf in beeld."),
    TaskList.LATE: ("Niets is te laat", "Mooi. Alles loopt binnen de termijn."),
    TaskList.ALL: ("Er zijn nu geen taken", "Maak je je zorgen over een gezin? Begin met een signaal."),
}
ORDERS = {
    Order.DATE: "Termijn",
    Order.FAMILY: "Gezin",
    Order.STEP: "Taak",
    Order.PERSON: "Wie",
}
COLUMNS = ("Taak", "Waarover", "Dossier", "Nummer", "Gemeente", "Fase", "Uiterlijk", "Wie", "Rol")
"""What stands in the sheet of a list."""

PER_PAGE = 25
routes = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Chosen:
    """What the address asks for. Nonsense in it is read as no choice: an old bookmark still opens a worklist."""

    lijst: str = ""
    zoek: str = ""
    fase: str = ""
    gemeente: str = ""
    wie: str = ""
    organisatie: str = ""
    volgorde: str = ""
    na: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Chosen":
        """What an address asks for, or a form."""
        return cls(**{field.name: asked[field.name] for field in fields(cls) if field.name in asked})

    @property
    def list(self) -> TaskList:
        """One of the lists that exist."""
        return TaskList(self.lijst) if self.lijst in LISTS else TaskList.MINE

    @property
    def after(self) -> cases.Place | None:
        """After which task the page goes on."""
        return cases.Place.read(self.na)

    @property
    def filtered(self) -> bool:
        """Whether something narrows the list down."""
        return bool(self.zoek or self.fase or self.gemeente or self.wie or self.organisatie)

    @property
    def order(self) -> Order:
        """One of the orders that exist."""
        return Order(self.volgorde) if self.volgorde in ORDERS else Order.DATE

    def address(self, **changes: object) -> str:
        """The address of this page with other choices."""
        asked: Mapping[str, object] = {**asdict(self), "lijst": self.list}
        kept = {name: value for name, value in {**asked, **changes}.items() if value}
        return f"/werk?{urlencode(kept)}"


@routes.get("/werk")
def worklist(page: Page) -> HTMLResponse | RedirectResponse:
    """One page of one list. Who has nothing on their name and chose no list, sees what waits for their role; who sees
    no family goes on to the own pages.
    """
    if page.office:
        return page.redirect(OFFICES[page.office])
    chosen, words = _asked(page)
    listing = _listing(page, chosen, words)
    if not chosen.lijst and not listing.counts.get(TaskList.MINE):
        chosen = replace(chosen, lijst=TaskList.ROLE)
        listing = _listing(page, chosen, words)
    if not listing.lines:  # nothing is there any more
        chosen = replace(chosen, na="")
        listing = _listing(page, chosen, words)
    address: Callable[..., str] = chosen.address
    others = {line.assignee for line in listing.lines} - {page.ctx.actor.id}
    people = cases.workers(page.ctx)
    response = page.render(
        "worklist.html",
        lists=LISTS,
        nothing=NOTHING[chosen.list],
        signups=signups.number_waiting(page.ctx),
        chosen=chosen,
        words=words,
        lines=listing.lines,
        total=listing.total,
        counts=listing.counts,
        next=listing.next,
        counted=_counted,
        address=address,
        path=address(),
        phases=story.phases(page.ctx),
        municipalities=story.municipalities(page),
        stuck=cases.stuck(page.ctx),
        unasked=cases.unasked(page.ctx),
        stood_in=cases.stood_in(page.ctx),
        left_open=cases.left_open(page.ctx),
        told=story.colleagues(page, others),
        orders=ORDERS,
        cut=listing.cut,
        common=listing.common,
        choices=asdict(chosen),
        **kept.panel(page, "/werk"),
        people={NOBODY: "Nog niemand", **{person.id: person.name for person in people}} if people else {},
        organisations=story.employers(page.settings, people),
    )
    return trail.remember(page, response, address())


@routes.get("/werk.csv")
def export(page: Page) -> Response:
    """The same list as a sheet, from its first task on."""
    if page.office:
        return page.redirect(OFFICES[page.office])
    chosen, words = _asked(page)
    sheet.exported(page)
    listing = cases.worklist(page.ctx, replace(_filter(chosen, words), limit=sheet.MOST, after=None))
    phases, places = story.phases(page.ctx), page.settings.municipalities
    rows = (
        (
            line.title,
            line.subject,
            line.case_title,
            str(line.case_id),
            places.get(line.municipality, line.municipality),
            phases.get(line.phase, line.phase),
            sheet.day(line.deadline),
            line.assignee_name,
            ", ".join(story.role_name(page.settings, role) for role in line.roles),
        )
        for line in listing.lines
    )
    return sheet.of_list(page, "taken", COLUMNS, rows, listing.cut or listing.common or listing.next is not None)


@routes.post("/werk")
def search(page: Page) -> RedirectResponse:
    """Narrow the list down: by what stands in the address from then on, and by words that don't."""
    chosen = Chosen.read(dict(page.form))
    return seeking.search(page, chosen.zoek, lambda key: chosen.address(zoek=key))


@routes.post("/werk/klok")
def try_again(page: Page) -> RedirectResponse:
    """Let the clock try again what it could not do."""
    cases.try_again(page.ctx)
    return page.redirect("/werk", "De herinneringen worden nu opnieuw geprobeerd. Kijk over een minuut nog eens.")


def _counted(number: int) -> str:
    """How many there are; of many it is enough that they are many."""
    return str(number) if number < MOST else f"{MOST - 1}+"


def _asked(page: Page) -> tuple[Chosen, str]:
    """What an address asks for, with the words of its search."""
    chosen = Chosen.read(page.request.query_params)
    words = seeking.sought(page, chosen.zoek)
    return (chosen if words else replace(chosen, zoek="")), words


def _listing(page: Page, chosen: Chosen, words: str) -> cases.Listing:
    return cases.worklist(page.ctx, _filter(chosen, words))


def _filter(chosen: Chosen, words: str) -> cases.Filter:
    return cases.Filter(
        kind=chosen.list,
        search=words,
        phase=chosen.fase,
        municipality=chosen.gemeente,
        limit=PER_PAGE,
        after=chosen.after,
        assignee=chosen.wie,
        organisation=chosen.organisatie,
        order=chosen.order,
    )

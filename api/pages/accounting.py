"""What a functionaris accounts for: what is processed of families, why, by whom and how long (AVG 30), generated from
what runs here; and what was and will be erased. Nothing on it is of a family.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse, Response

from api.pages import sheet, story, wording
from api.pages.page import Page
from api.request import Routes
from engine import cases, deadlines, store
from engine.cases import RELATIONS, Keeping
from engine.definitions import Definition, Settings
from engine.definitions.registers import REGISTERS
from engine.words import Answer, Basis, Kept, Purpose, Register, Relation

KEPT: Mapping[Kept, str] = {
    Kept.DOSSIER: "Het dossier, na het einde",
    Kept.SAFETY: "Een veiligheidsdossier, na het einde",
    Kept.REMOVED: "Wat van een weggehaald signaal nog over is",
    Kept.LOOKS: "Het inkijklog",
    Kept.PAUSE: "Hoelang wissen op verzoek nog kan worden gestopt",
}
"""What is kept, as the page calls it."""
PURPOSES: Mapping[str, str] = {
    Purpose.SHARING: "samenwerken",
    Purpose.PRELIMINARY: "voorbespreken",
    Purpose.MEETING: "overleggen",
    Purpose.TRANSFER: "overdragen aan een ander Knooppunt",
}
BASES: Mapping[str, str] = {Basis.TERM: "de bewaartermijn was voorbij", Basis.REQUEST: "het gezin vroeg erom"}
UNDECIDED = "nog niet besloten: dit wordt nooit vanzelf gewist"

routes = Routes(include_in_schema=False)


@dataclass(frozen=True)
class Section:
    """One part of the account: a table with what it is about."""

    title: str
    intro: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@routes.get("/toezicht/verwerkingen")
def processing(page: Page) -> HTMLResponse:
    """What is processed, as a page that prints well."""
    drawn = cases.watched_processes(page.ctx)
    parts = [(definition.settings.name, tuple(_sections(page, definition))) for definition in drawn]
    return page.render("processing.html", accounts=parts)


@routes.get("/toezicht/verwerkingen/csv")
def as_file(page: Page) -> Response:
    """The same as a file: a row for each cell that has a name."""
    rows = (
        (definition.settings.name, section.title, what, column, cell)
        for definition in cases.watched_processes(page.ctx)
        for section in _sections(page, definition)
        for what, *cells in section.rows
        for column, cell in zip(section.columns[1:], cells, strict=True)
    )
    return sheet.answer("verwerkingen", ("regio", "onderdeel", "wat", "kenmerk", "waarde"), rows)


def _sections(page: Page, definition: Definition) -> Iterable[Section]:
    settings = definition.settings
    yield Section(
        "Wat er van een gezin wordt verwerkt",
        "Elke vraag in een formulier zegt welke soort gegevens zij vraagt en over wie. Wat over het proces gaat, en "
        "niet over een persoon, staat hier niet.",
        ("Soort gegevens", "Wat eronder valt", "Over wie", "Gevraagd bij", "Register"),
        tuple(_kinds(definition)),
    )
    yield Section(
        "Waarom, en wie het krijgt",
        "Een organisatie leest een soort gegevens pas als ieder die daarover beslist, daar ja op zei.",
        ("Wie het krijgt", "Waarvoor", "Soorten gegevens", "Grond", "Artikel"),
        tuple(_needs(settings)),
    )
    yield Section(
        "Wie ermee werkt",
        "De rollen in Knooppunt. Beheerder en functionaris zien van geen gezin een dossier; de functionaris leest wat "
        "over één persoon is bewaard als die om inzage vroeg.",
        ("Rol", "Houdt het overzicht over dossiers"),
        tuple(
            (role.name, Answer.YES if definition.id in role.oversees else Answer.NO) for role in settings.roles.values()
        ),
    )
    yield Section(
        "Hoelang het blijft",
        "Een regio besluit dit met de functionaris. Een voorbeeld telt alleen in de demo.",
        ("Wat", "Duur", "Grond"),
        tuple(_terms(settings)),
    )
    yield Section("Hoe het is beveiligd", "Wat dit Knooppunt nu doet.", ("Maatregel", "Hoe"), tuple(_measures(page)))


def _kinds(definition: Definition) -> Iterable[tuple[str, ...]]:
    settings = definition.settings
    for each in cases.processed(definition):
        kind = settings.data_kinds.get(each.kind)
        about = [name for relation, name in RELATIONS.items() if relation in each.about]
        if each.about - set(Relation):
            about.append("Wie bij de vraag is gekozen")
        steps = dict.fromkeys(step.title for step in each.steps)
        registers = [REGISTERS[Register(id)].title for id in sorted(each.registers)]
        yield (
            kind.name if kind else each.kind, kind.explanation if kind else "",
            ", ".join(about), ", ".join(steps), ", ".join(registers),
        )  # fmt: skip


def _needs(settings: Settings) -> Iterable[tuple[str, ...]]:
    for sort, purposes in settings.needs.items():
        for purpose, need in purposes.items():
            kinds = ", ".join(settings.data_kinds[kind].name for kind in need.kinds if kind in settings.data_kinds)
            whose = story.listed(settings, "soorten_organisaties", sort)
            yield whose, PURPOSES.get(purpose, purpose), kinds, need.ground, need.article


def _terms(settings: Settings) -> Iterable[tuple[str, ...]]:
    for kept, name in KEPT.items():
        term = settings.retention.get(kept)
        example = " (een voorbeeld)" if term and term.example else ""
        yield (
            name,
            f"{deadlines.spoken(term.duration)}{example}" if term else UNDECIDED,
            term.ground if term else "ontbreekt",
        )


def _measures(page: Page) -> Iterable[tuple[str, str]]:
    """What protects a family here: what the code does, and what this house was told."""
    session = page.house.configuration.session
    yield "Toestemming", "Per persoon, doel, organisatie en soort gegevens; wie ja terugneemt, sluit het meteen."
    yield "Besloten kring", "Een veiligheidsdossier kent alleen wie erin werkt, ook in lijsten, fouten en zoeken."
    yield "Inkijklog", "Elke blik op een gezin is een regel; zonder regel geen antwoord. De regels zijn een keten."
    yield "Wissen", "Na de termijn van de regio, ook uit wacht- en zoeklijsten en van de schijf; op verzoek door twee."
    yield (
        "Rechten",
        "Wie toezicht houdt of beheert, wordt door twee mensen benoemd. Niemand werkt tegelijk in twee rollen.",
    )
    if page.demo:
        yield "Aanmelden", "Dit is een demo: iedereen kiest wie hij is. Gebruik haar niet voor echte gezinnen."
    else:
        number = len(page.house.configuration.provider)
        yield (
            "Aanmelden",
            f"Met de inlog van de eigen organisatie ({number} ingesteld), zonder wachtwoord.",
        )
        yield (
            "Afmelden",
            (f"Na {wording.span(session.idle)} niets doen, en in elk geval na {wording.span(session.absolute)}."),
        )


@routes.get("/toezicht/bewaren")
def keeping(page: Page) -> HTMLResponse:
    """How long what is kept, what will be erased and what was."""
    parts = [(part.settings.name, _told(part), part) for part in cases.retained(page.ctx)]
    held = {each.by for _, _, part in parts for each in part.held}
    return page.render("retention.html", accounts=parts, names=store.people.names(page.tx, held), bases=BASES)


def _told(part: Keeping) -> list[tuple[str, str, str]]:
    """Each term as it counts here; an example that counts nowhere is not decided."""
    return [
        (name, deadlines.spoken(term.duration) if term else UNDECIDED, term.ground if term else "")
        for kept, name in KEPT.items()
        for term in [part.terms[kept]]
    ]

"""What came of a meeting, to print or keep as a file: the plan for the parents, an extract for each partner."""

from collections.abc import Iterator

from fastapi.responses import HTMLResponse, Response

from api.pages import story, wording
from api.pages.page import Page
from api.request import Routes
from engine.cases import reporting
from engine.cases.reporting import Report
from engine.definitions.registers import AgreementRow
from engine.errors import NotFoundError
from handbook import document
from handbook.document import Block, Document, Heading, Items, Note, Paragraph, Part, Run, Table, Text

KEPT_APART = "Hierin staat alleen wat het gezin goedvindt dat {} leest. Geef het niet door aan anderen."
DANGER = "Is iemand in gevaar? Bel 112. Advies over veiligheid: Veilig Thuis, 0800 2000."

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/verslag")
def choose(page: Page, case_id: int) -> HTMLResponse:
    """For whom a report can be made, and who got one when."""
    return page.render("reports.html", reports=reporting.reports(page.ctx, case_id))


@routes.get("/casus/{case_id}/verslag/{receiver}")
def show(page: Page, case_id: int, receiver: str) -> HTMLResponse:
    """What will stand in a report, before it is given."""
    report = reporting.report(page.ctx, case_id, receiver)
    return page.render("report.html", report=report, paper=_paper(report, ""))


@routes.post("/casus/{case_id}/verslag/{receiver}")
def give(page: Page, case_id: int, receiver: str) -> Response:
    """Give the report as a file: from now on it counts as shared."""
    given = dict(page.form)
    kind = given.get("soort", "")
    if kind not in document.FILES:
        raise NotFoundError("Kies een pdf, of een bestand voor een tekstverwerker.")
    report = reporting.give(page.ctx, case_id, receiver)
    paper = _paper(report, given.get("taal", ""))
    written = document.FILES[kind]
    name = "plan" if report.is_plan else "uittreksel"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(written.write(paper), media_type=written.media_type, headers=headers)


def _paper(report: Report, language: str) -> Document:
    title, blocks = (
        ("Ons plan", _plan(report, language)) if report.is_plan else ("Uittreksel uit het plan", _extract(report))
    )
    return Document.of(report.settings, title, blocks, report.day)


def _plan(report: Report, language: str) -> Iterator[Block]:
    if language in report.openings:
        yield Part(document.read(report.openings[language].body), language)
    yield Paragraph(_said("Dit plan is van jullie. Jullie maakten het samen met wie jullie helpt."))
    yield from _goals(report, "Wat jullie willen")
    yield Heading(1, "Wat we afspreken")
    if report.own:
        header = ("Wat gaat er gebeuren?", "Wie doet dat?", "Voor welke dag?")
        yield Table(header, tuple((_said(r.what), _said(_who(report, r)), _day(r)) for r in report.own))
    else:
        yield Paragraph(_said("Er zijn nog geen afspraken."))
    yield Heading(1, "Loopt het anders?")
    yield Paragraph(_said("Lukt iets niet, of willen jullie iets anders? Zeg het. Dan zoeken we samen een andere weg."))
    yield from _lead(report, "Jullie vaste contact")
    yield Note(_said(DANGER))


def _extract(report: Report) -> Iterator[Block]:
    name = report.receiver.name
    yield Paragraph(_said(f"Voor {name}. Over {report.title}. Gegeven door {report.giver}."))
    yield Note(_said(KEPT_APART.format(name)))
    yield from _goals(report, "Wat het gezin wil")
    yield Heading(1, "Wat jullie doen")
    for row in report.own:
        yield Heading(2, row.what)
        said = (("Voor welke dag", wording.day(row.by_date)), ("Wie", row.person), ("Doel van het gezin", row.goal),
                ("Opdracht", row.assignment))  # fmt: skip
        yield Items(tuple((Run(f"{label}: ", bold=True), Run(text)) for label, text in said if text))
    if not report.own:
        yield Paragraph(_said("Met jullie is niets afgesproken."))
    if report.others:
        yield Heading(1, "Wat anderen doen")
        rows = tuple((_said(r.what), _said(_who(report, r)), _day(r)) for r in report.others)
        yield Table(("Wat", "Wie", "Voor welke dag"), rows)
    yield from _lead(report, "Vragen?")


def _goals(report: Report, title: str) -> Iterator[Block]:
    if report.goals:
        yield Heading(1, title)
        yield Items(tuple(_said(goal) for goal in report.goals))


def _lead(report: Report, title: str) -> Iterator[Block]:
    name, phone = report.lead
    if name:
        yield Heading(1, title)
        yield Paragraph(_said(f"{name}, {phone}" if phone else name))


def _who(report: Report, row: AgreementRow) -> str:
    organisation = story.organisations(report.settings, [row.organisation])
    return f"{row.person}, {organisation}" if row.person and report.is_plan else organisation


def _day(row: AgreementRow) -> Text:
    return _said(wording.day(row.by_date) if row.by_date else "")


def _said(text: str) -> Text:
    return (Run(text),)

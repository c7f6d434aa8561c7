"""What one person of a family said, on a sheet of paper of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from api.pages import spoken, story, wording
from api.pages.page import Page
from api.request import Routes
from engine import cases, consent
from engine.cases import Copy
from engine.words import AgeClass, Register, Relation

routes = Routes(include_in_schema=False)

YOUNG = "Je bent jonger dan 16. Daarom geldt jouw ja pas als ook wie gezag over jou heeft, ja zegt."
FOR_CHILD = "Over een kind delen we pas iets als ieder die daarover beslist, daar ja op zei."


@dataclass(frozen=True)
class Sheet:
    """The sentences of one sheet: what was agreed to, what was refused, and on which articles of law it rests."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    articles: tuple[str, ...]


@routes.get("/casus/{case_id}/afschrift/{person}")
def show(page: Page, case_id: int, person: str) -> HTMLResponse:
    """The sheet of one person, to be printed and given."""
    copy = cases.copy(page.ctx, case_id, person)
    return page.render(
        "paper.html",
        copy=copy,
        recorders=cases.recorders(page.ctx, copy),
        sheet=_sheet(copy),
        days=_days(copy),
        caveats=tuple(_caveats(copy)),
        name=called(copy.relative),
        others=[sheet for sheet in sheets(page, case_id) if sheet[0] != person],
        case_id=case_id,
    )


def sheets(page: Page, case_id: int) -> tuple[tuple[str, str], ...]:
    """The sheets that this reader has of a case: of whom of the family, by id and by what that person is called."""
    return tuple((copy.relative.id, called(copy.relative)) for copy in cases.copies(page.ctx, case_id))


def first(page: Page, task: cases.TaskView) -> str:
    """The sheet to go on to after a step that asked consent; "" where nobody said yes or no, or it asked none."""
    if task.element.properties.get("register") != Register.CONSENT:
        return ""
    return next((f"/casus/{task.case_id}/afschrift/{person}" for person, _ in sheets(page, task.case_id)), "")


def called(relative: consent.Relative) -> str:
    """What the sheet of somebody is called by: the name where it may be known, else who it is to the child."""
    return relative.name or cases.RELATIONS.get(relative.relation, relative.relation)


def _sheet(copy: Copy) -> Sheet:
    settings = copy.settings
    cells: dict[tuple[str, str], dict[str, bool]] = {}
    for (_, cell), allowed in consent.said(said.consent for said in copy.said).items():
        cells.setdefault((cell.purpose, cell.organisation), {})[cell.kind] = allowed
    sentences: Mapping[bool, list[str]] = {True: [], False: []}
    articles = dict[str, None]()
    for (purpose, organisation), kinds in cells.items():
        yes = [kind for kind, allowed in kinds.items() if allowed]
        no = [kind for kind, allowed in kinds.items() if not allowed]
        name = story.organisations(settings, [organisation])
        sentences[bool(yes)].append(spoken.answer(settings, name, yes, no, purpose))
        if yes:
            articles |= dict.fromkeys(consent.articles(settings, organisation, purpose))
    return Sheet(tuple(sentences[True]), tuple(sentences[False]), tuple(articles))


def _days(copy: Copy) -> str:
    return " en ".join(dict.fromkeys(wording.day(said.recorded_at) for said in copy.said))


def _caveats(copy: Copy) -> Iterator[str]:
    """What has to be so besides, before a yes opens anything."""
    if copy.relative.age == AgeClass.FROM_12:
        yield YOUNG
    if copy.relative.relation != Relation.CHILD:
        yield FOR_CHILD

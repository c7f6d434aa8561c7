"""What one person of a family may be told of the own dossier, on paper: who looked, who was told what, who may know."""

from collections.abc import Mapping, Sequence

from fastapi.responses import HTMLResponse

from api.pages import paper, spoken, story, wording
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.cases import TAKEN_BACK, Looked, Overview
from engine.definitions import Settings
from engine.words import Ground, Part, Register, Seen

GROUNDS: Mapping[str, str] = {
    Ground.CONSENT: "Jij zei dat dit mocht.",
    Ground.OVERVIEW: "Houdt voor het Knooppunt het overzicht.",
    Ground.HAVING: "Doet hierin een taak.",
    Ground.STANDING_IN: "Neemt waar voor een collega die er niet is.",
    Ground.ROLE: "Kan hierin een taak doen.",
    Ground.LEAVING: "Nam alles van deze regio mee naar een ander systeem.",
    Ground.ACCESS: "Maakte klaar wat jij wilde inzien.",
    Ground.OWN: "Las de eigen woorden terug.",
}
PARTS: Mapping[str, str] = {
    Register.FAMILY: "wie er bij het gezin horen",
    Register.CONSENT: "waar ja en nee op is gezegd",
    Register.MEETING: "het overleg",
    Register.AGREEMENT: "de afspraken",
    Register.DISCLOSURE: "wat er is gedeeld",
    Register.EVALUATION: "hoe er is teruggekeken",
    Part.COURSE: "hoe ver het is",
    Part.GOALS: "wat het gezin wil",
    Part.INVOLVED: "wie er helpt",
    Part.ANSWERS: "wat er is opgeschreven",
    Part.HISTORY: "wat er gebeurde",
    Part.OUTCOME: "de naam en hoe het afliep",
    Seen.FILE: "het dossier",
    Seen.LISTED: "dat het dossier er is, in een lijst",
    Seen.TASK: "een taak",
}
"""What of a dossier is looked at, as a family is told it, in the order in which it is."""

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/overzicht-gezin/{person}")
def show(page: Page, case_id: int, person: str) -> HTMLResponse:
    """The overview of one person, to be printed and given."""
    overview = cases.overview(page.ctx, case_id, person)
    return page.render(
        "overview.html",
        overview=overview,
        name=paper.called(overview.relative),
        others=[(each.id, paper.called(each)) for each in cases.overviews(page.ctx, case_id) if each.id != person],
        looked=[(wording.day(line.day), *looked(overview.settings, line)) for line in overview.looked],
        told=[(wording.day(row.date), _to(overview, row.recipients), row.what) for row in overview.told],
        said=_said(overview),
    )


def looked(settings: Settings, line: Looked) -> tuple[str, str, str]:
    """Who looked, why, and at what."""
    roles = ", ".join(story.role_name(settings, role) for role in line.role.split(",") if role)
    place = story.organisations(settings, [line.organisation] if line.organisation else [])
    who = ", ".join(part for part in (line.function or roles, place) if part)
    parts = ", ".join(text for part, text in PARTS.items() if part in line.parts)
    return who, GROUNDS.get(line.ground, ""), parts


def _to(overview: Overview, recipients: Sequence[str]) -> str:
    return story.organisations(overview.settings, recipients)


def _said(overview: Overview) -> list[tuple[str, str]]:
    """On which day this person said what, or took it back, the first first."""
    settings, lines = overview.settings, []
    for said in overview.said:
        answer = said.consent
        name = story.organisations(settings, [answer.organisation])
        if said.source == TAKEN_BACK:
            text = f"Je nam je ja terug. {name} mag niet meer weten {spoken.knowing(settings, answer.no)}."
        else:
            text = spoken.answer(settings, name, sorted(answer.yes), sorted(answer.no), answer.purpose)
        lines.append((wording.day(said.recorded_at), text))
    return lines

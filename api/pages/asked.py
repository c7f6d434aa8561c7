"""What somebody of a family asks to see of what is kept about that person: recorded by who keeps the overview, made
ready and given by the functionaris (inzage, AVG 15).
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages import answers, overview, paper, spoken, story, wording
from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.cases import RELATIONS, TAKEN_BACK, Dossier
from engine.consent import HANDED
from engine.errors import InvalidDataError, NotFoundError
from engine.words import AccessOutcome, Happening, Register

ACT = "doe"
WORDS: Mapping[str, str] = {
    "note": "Brief of bericht dat later binnenkwam",
    Happening.CLOSED: "Waarom het dossier eerder is afgesloten",
    Happening.REOPENED: "Waarom het dossier is heropend",
    Happening.SKIPPED: "Waarom een stap is overgeslagen",
    Happening.CORRECTED: "Waarom een antwoord is gecorrigeerd",
    Happening.CONTACTED: "Wat er is genoteerd bij contact",
    Happening.POSTPONED: "Waarom een taak is uitgesteld",
    Happening.PAUSED: "Waarom het traject op pauze ging",
    Happening.RESUMED: "Waarom het traject weer verderging",
    Register.DISCLOSURE: "Wat er met anderen is gedeeld",
    HANDED: "Overgenomen van het Knooppunt waar je woonde",
}
"""What was written beside the steps, as the page calls it."""
OUTCOMES: Mapping[str, str] = {
    AccessOutcome.GIVEN: "Gegeven",
    AccessOutcome.NOT_GIVEN: "Niet gegeven",
}

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/inzage")
def ask(page: Page, case_id: int) -> HTMLResponse:
    """Ask who wants to see it."""
    return _asking(page, case_id)


@routes.post("/casus/{case_id}/inzage")
def record(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Record it; what can't be recorded is shown again."""
    form = dict(page.form)
    over, asker, identity = (form.get(name, "") for name in ("over", "wie", "identiteit"))
    try:
        cases.record_access(page.ctx, case_id, over, asker, _day(form.get("dag", "")), identity)
    except InvalidDataError as error:
        page.rollback()
        return _asking(page, case_id, error.fields)
    notice = "De vraag is vastgelegd. De functionaris gegevensbescherming maakt de inzage klaar."
    return page.redirect(f"/casus/{case_id}/inzage", notice)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _asking(page: Page, case_id: int, errors: Mapping[str, str] | None = None) -> HTMLResponse:
    form, wrong = dict(page.form), errors or {}
    recording = cases.recording(page.ctx, case_id)
    fields = ("over", "wie", "dag", "identiteit")
    return page.render(
        "asked.html",
        422 if wrong else 200,
        recording=recording,
        relations=RELATIONS,
        asked=[(each, cases.due(each), OUTCOMES.get(each.outcome, "")) for each in recording.asked],
        problems=tuple(wrong.items()),
        wrong={name: wrong.get(name, "") for name in fields},
        typed={name: form.get(name, "") for name in fields},
    )


@routes.get("/toezicht/inzage")
def listed(page: Page) -> HTMLResponse:
    """What was asked where the functionaris watches over."""
    asked = cases.access_requests(page.ctx)
    rows = [
        (each, cases.due(each), OUTCOMES.get(each.outcome, ""), cases.open_until(each) > page.now)
        for each in reversed(asked)
    ]
    return page.render("access_list.html", rows=rows, relations=RELATIONS)


@routes.get("/toezicht/inzage/{access_id}")
def prepare(page: Page, access_id: int) -> HTMLResponse:
    """All that is about that person, with what has to be read first."""
    dossier = cases.prepared(page.ctx, access_id)
    return page.render(
        "access.html",
        dossier=dossier,
        people=[(each.id, paper.called(each)) for each in dossier.family],
        relations=RELATIONS,
        written=_written(dossier),
        words=_words(dossier),
        outcomes=OUTCOMES,
        due=cases.due(dossier.request),
    )


@routes.post("/toezicht/inzage/{access_id}")
def decide(page: Page, access_id: int) -> RedirectResponse:
    """Choose whom it is about, say what was read, or end it."""
    form = dict(page.form)
    match form.get(ACT, ""):
        case "kiezen":
            cases.choose_person(page.ctx, access_id, form.get("persoon", ""))
            return page.redirect(f"/toezicht/inzage/{access_id}", "Je ziet nu wat over deze persoon is bewaard.")
        case "nagelezen":
            cases.pass_pieces(page.ctx, access_id, [value for name, value in page.form if name == "mee"])
            return page.redirect(f"/toezicht/inzage/{access_id}", "Bewaard. Wat je aanvinkte, gaat mee.")
        case "sluiten":
            cases.end_access(page.ctx, access_id, form.get("uitkomst", ""))
            return page.redirect("/toezicht/inzage", "De inzage is afgehandeld. Niemand kan haar nu nog openen.")
        case _:
            raise NotFoundError("Deze knop is er niet.")


@routes.get("/toezicht/inzage/{access_id}/blad")
def sheet(page: Page, access_id: int) -> HTMLResponse:
    """What is given, to be printed."""
    dossier = _chosen(page, access_id)
    return page.render("access_sheet.html", **_given(page, dossier), dossier=dossier)


@routes.get("/toezicht/inzage/{access_id}/json")
def as_json(page: Page, access_id: int) -> Response:
    """The same for a machine, so that somebody can take it along (AVG 20)."""
    given = _given(page, _chosen(page, access_id))
    text = json.dumps({NAMES[name]: value for name, value in given.items()}, ensure_ascii=False, indent=2, default=str)
    headers = {"Content-Disposition": f'attachment; filename="inzage-{access_id}.json"'}
    return Response(text, media_type="application/json", headers=headers)


NAMES: Mapping[str, str] = {
    "name": "over",
    "facts": "hetDossier",
    "written": "opgeschreven",
    "words": "daarnaast",
    "said": "jaEnNee",
    "opened": "wieMagWatWeten",
    "looked": "wieKeek",
    "unread": "weggelaten",
}
"""What the parts of a sheet are called in JSON."""


def _chosen(page: Page, access_id: int) -> Dossier:
    dossier = cases.prepared(page.ctx, access_id)
    if dossier.relative is None:
        raise NotFoundError("Kies eerst over wie deze inzage gaat.")
    return dossier


def _given(page: Page, dossier: Dossier) -> dict[str, Any]:
    """What stands on a sheet, in words."""
    given, settings, relative = dossier.given(), dossier.settings, dossier.relative
    return {
        "name": paper.called(relative) if relative else "",
        "facts": _facts(dossier),
        "written": [(title, who, [*lines, *former]) for title, who, lines, former in _written(given, certain=True)],
        "words": [(title, who, text) for _, title, who, text in _words(given)],
        "said": [_said(dossier, said) for said in dossier.said if said.consent.yes or said.consent.no],
        "opened": _opened(dossier),
        "looked": [(wording.day(line.day), *overview.looked(settings, line)) for line in dossier.looked],
        "unread": dossier.unread,
    }


def _facts(dossier: Dossier) -> list[tuple[str, str]]:
    """The days of a dossier, and of the person who it is about."""
    case, relative, settings = dossier.case, dossier.relative, dossier.settings
    facts = [
        ("Nummer van het dossier", str(case.id)),
        ("Gemeente", settings.municipalities.get(case.municipality, case.municipality)),
        ("Begonnen", wording.day(case.started_at)),
        ("Geëindigd", wording.day(case.ended_at) if case.ended_at else "Het loopt nog"),
        ("Wordt gewist", wording.day(dossier.planned) if dossier.planned else "Daar is nu geen dag voor"),
    ]
    if relative is not None:
        facts += [
            ("Naam", relative.name or "niet opgeschreven"),
            ("Relatie", RELATIONS.get(relative.relation, relative.relation)),
        ]
    return facts


def _by(dossier: Dossier, writer: str, at: object) -> str:
    """Who wrote something, by function and organisation, and when."""
    person = dossier.people.get(writer)
    place = story.organisations(dossier.settings, [person.organisation] if person and person.organisation else [])
    who = ", ".join(part for part in (person.function if person else "", place) if part)
    return " · ".join(part for part in (who, wording.day(at) if at else "") if part)


def _written(dossier: Dossier, *, certain: bool = False) -> list[tuple[str, str, list[Any], list[Any]]]:
    """Each step with what it answered for certain, and the pieces that have to be read: as lines where they are
    `certain` by now, else each with its mark and why.
    """
    steps = []
    for each in dossier.written:
        pieces: list[Any] = []
        for piece in each.pieces:
            said = answers.said(each.form, piece.values, each.context)
            said = tuple((f"{question} (eerder antwoord)" if piece.former else question, t) for question, t in said)
            pieces += said if certain else [(piece.mark, piece.others, said)]
        sure: list[Any] = list(answers.said(each.form, each.values, each.context))
        steps.append((each.element.title, _by(dossier, each.writer, each.at), sure, pieces))
    return steps


def _words(dossier: Dossier) -> list[tuple[str, str, str, str]]:
    """What was written beside the steps: its mark, what it is, by whom and when, and the text."""
    return [
        (
            each.mark,
            WORDS.get(each.what, each.what),
            " ".join(
                part
                for part in (
                    _by(dossier, each.writer, each.at),
                    f"aan {story.organisations(dossier.settings, each.recipients)}" if each.recipients else "",
                )
                if part
            ),
            each.text,
        )
        for each in dossier.words
    ]


def _said(dossier: Dossier, said: Any) -> tuple[str, str]:
    """On which day this person said what, took it back, or until when it counted."""
    settings, answer = dossier.settings, said.consent
    name = story.organisations(settings, [answer.organisation])
    if said.source == TAKEN_BACK:
        text = f"Je nam je ja terug. {name} mag niet meer weten {spoken.knowing(settings, answer.no)}."
    else:
        text = spoken.answer(settings, name, sorted(answer.yes), sorted(answer.no), answer.purpose)
    if said.replaced_at is not None:
        text = f"{text} Dit telt niet meer sinds {wording.day(said.replaced_at)}."
    return wording.day(said.recorded_at), text


def _opened(dossier: Dossier) -> list[tuple[str, str]]:
    """Which organisation may know what now."""
    kinds: dict[str, set[str]] = {}
    for cell in dossier.opened:
        kinds.setdefault(cell.organisation, set()).add(cell.kind)
    settings = dossier.settings
    return [
        (story.organisations(settings, [id]), spoken.knowing(settings, sorted(several)))
        for id, several in sorted(kinds.items())
    ]

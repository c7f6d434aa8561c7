"""The look-log for the functionaris gegevensbescherming: who looked, when, why and at which part; never the file."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages import sheet, wording
from api.pages.cases import TITLES
from api.pages.page import Page
from api.request import Routes
from engine import cases, store
from engine.store.alarms import Alarm
from engine.store.looks import Listed, Shown, Wanted
from engine.words import AlarmKind, Ground, Happening, Kept, Look, Part, Register, Seen

VERBS: Mapping[str, str] = {
    Look.READ: "Bekeken",
    Look.REFUSED: "Geweigerd",
    Look.EXPORTED: "Uitgevoerd naar bestanden",
    Happening.STARTED: "Dossier begonnen",
    Happening.COMPLETED: "Taak afgerond",
    Happening.CLAIMED: "Taak opgepakt",
    Happening.RELEASED: "Taak teruggegeven",
    Happening.REASSIGNED: "Taak toegewezen",
    Happening.SKIPPED: "Taak overgeslagen",
    Happening.CORRECTED: "Antwoord gecorrigeerd",
    Happening.MESSAGE: "Iets gemeld",
    Happening.WITHDRAWN: "Intrekking vastgelegd",
    Happening.UNDONE: "Iets ongedaan gemaakt",
    Happening.CLOSED: "Dossier eerder gesloten",
    Happening.REOPENED: "Dossier heropend",
    Happening.REMOVED: "Signaal weggehaald",
    Happening.JOINED: "Dossiers samengevoegd",
    Happening.HANDED_OVER: "Overgedragen",
    Happening.ACCESS_ASKED: "Vraag om inzage vastgelegd",
    Happening.ACCESS_ENDED: "Inzage afgehandeld",
    Happening.PLANNED: "Overleg gepland",
    Happening.CONTACTED: "Contact genoteerd",
    Happening.POSTPONED: "Taak uitgesteld",
    Happening.PAUSED: "Traject op pauze gezet",
    Happening.RESUMED: "Traject verder laten gaan",
}
GROUNDS: Mapping[str, str] = {
    Ground.CONSENT: "het gezin zei ja",
    Ground.OVERVIEW: "houdt het overzicht",
    Ground.HAVING: "heeft de taak",
    Ground.STANDING_IN: "neemt waar voor een collega",
    Ground.ROLE: "taak voor de rol",
    Ground.OWN: "eigen woorden",
    Ground.CIRCLE: "besloten kring",
    Ground.LEAVING: "alles van de regio meegenomen",
    Ground.ACCESS: "maakte een inzage klaar",
}
PARTS: Mapping[str, str] = {
    **TITLES,
    Part.OUTCOME: "Naam en afloop",
    Part.CIRCLE: "Besloten kring",
    Register.SAFETY: "Veiligheid",
    Seen.FILE: "Het dossier",
    Seen.LISTED: "In een lijst",
    Seen.TASK: "Een taak",
    Seen.SIGNUP: "Een aanmelding",
    Seen.FIGURES: "Cijfers, zonder gezinnen",
}
ODD: Mapping[str, str] = {
    AlarmKind.MANY: "{number} gezinnen geopend op één dag",
    AlarmKind.HOURS: "{number} keer gekeken buiten de gewone uren",
    AlarmKind.ELSEWHERE: "{number} keer gekeken, zonder rol in deze gemeente",
}
"""What stands out, as the page says it."""
COLUMNS = "moment;wie;rol;organisatie;wat;dossier;gemeente;grond;deel;adres"
PER_PAGE = 50
MOST = 20_000
"""So many looks go in one file; who wants more asks for a shorter time."""

routes = Routes(include_in_schema=False)


@routes.get("/toezicht")
def show(page: Page) -> HTMLResponse:
    """One page of the look-log, the newest first."""
    asked = dict(page.request.query_params)
    wanted = _wanted(asked)
    listed = cases.looks(page.ctx, wanted, PER_PAGE)
    noticed = cases.alarms(page.ctx)
    names = _names(page, listed.rows, noticed)
    kept = {name: asked[name] for name in ("van", "tot", "wie", "nummer", "wat") if asked.get(name)}
    places = sorted(cases.watched(page.ctx.actor))
    people = {person.id: person.name for place in places for person in store.people.everyone(page.tx, place)}
    return page.render(
        "watching.html",
        rows=[(row.look, tuple(_described(page, shown) for shown in row.look.shown)) for row in listed.rows],
        names=names,
        roles=page.settings.roles,
        verbs=VERBS,
        asked=kept,
        people=dict(sorted(people.items(), key=lambda person: person[1])),
        places=", ".join(page.settings.municipalities.get(place, place) for place in places),
        older=urlencode({**kept, "voor": listed.rows[-1].id}) if listed.more else "",
        file=urlencode(kept),
        first=not wanted.before,
        odd=[] if wanted.before else [(each, _odd(each)) for each in noticed],
    )


def _odd(alarm: Alarm) -> str:
    """What stood out, in words."""
    return ODD.get(alarm.stands.kind, alarm.stands.kind).format(number=alarm.stands.number)


@routes.post("/toezicht/opgevallen/{id}")
def read(page: Page, id: int) -> RedirectResponse:
    """It was read."""
    cases.read_alarm(page.ctx, id, dict(page.form).get("notitie", ""))
    return page.redirect("/toezicht", "Dit staat nu als bekeken.")


@routes.get("/toezicht/csv")
def as_file(page: Page) -> Response:
    """The same as a file: a row for each case that a look was at."""
    listed = cases.looks(page.ctx, _wanted(dict(page.request.query_params)), MOST)
    names = _names(page, listed.rows)
    rows = []
    for row in listed.rows:
        look = row.look
        who = (look.at.astimezone(wording.ZONE).isoformat(" ", "seconds"), names.get(look.person_id, look.person_id))
        for shown in look.shown:
            case, place, ground, parts = _described(page, shown)
            cells = (*who, look.role, look.organisation, VERBS.get(look.verb, look.verb), case, place, ground, parts)
            rows.append((*cells, look.address))
    return sheet.answer(Kept.LOOKS, COLUMNS.split(";"), rows)


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """What an address asks for; nonsense in it is read as no choice."""
    until = _day(asked.get("tot", ""))
    return Wanted(
        frozenset(),
        since=_day(asked.get("van", "")),
        until=until + timedelta(days=1) if until else None,
        person=asked.get("wie", ""),
        case_id=_number(asked.get("nummer", "")),
        verb=asked.get("wat", ""),
        before=_number(asked.get("voor", "")),
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), wording.ZONE)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _names(page: Page, rows: tuple[Listed, ...], noticed: tuple[Alarm, ...] = ()) -> Mapping[str, str]:
    """The names of who looked; of who isn't known any more nothing but the sign stands there."""
    odd = {person for each in noticed for person in (each.stands.person_id, each.seen_by) if person}
    return store.people.names(page.tx, {row.look.person_id for row in rows} | odd)


def _described(page: Page, shown: Shown) -> tuple[str, str, str, str]:
    """The number of a case, where it is, why it was looked at and which parts, in words; a word that nobody knows any
    more stands there as it is.
    """
    parts = ", ".join(PARTS.get(part, part) for part in shown.parts.split(",") if part)
    place = page.settings.municipalities.get(shown.municipality, shown.municipality)
    return str(shown.case_id or ""), place, GROUNDS.get(shown.ground, shown.ground), parts

"""Signing in to the demo, signing out, moving the demo's clock, and the colours of the region."""

import re
from collections import Counter
from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages import answers, seeking, story, wording
from api.request import AnyVisitor, SignedIn
from engine.access import Person
from engine.definitions import Role, Settings
from engine.errors import InvalidDataError

DURATIONS = {"P1D": "een dag", "P7D": "een week", "P1M": "een maand", "P3M": "drie maanden"}
TOKENS = {
    "accent": "--knooppunt-accent",
    "accent_donker": "--knooppunt-accent-dark",
    "accent_zacht": "--knooppunt-accent-soft",
    "op_accent": "--knooppunt-on-accent",
}

router = APIRouter(include_in_schema=False)


@router.get("/aanmelden")
def choose(page: AnyVisitor) -> HTMLResponse:
    """Everybody who can be chosen in the demo, by role."""
    return page.render("sign_in.html", groups=_by_role(page.people(), page.settings))


@router.post("/aanmelden")
def sign_in(page: AnyVisitor) -> RedirectResponse:
    """Go on as the person who was chosen, who need not know what somebody else searched for."""
    response = page.sign_in(dict(page.form).get("persoon", ""), "/werk")
    seeking.forget(page, response)
    return response


@router.post("/afmelden")
def sign_out(page: AnyVisitor) -> RedirectResponse:
    """End the session."""
    response = page.sign_out("/aanmelden")
    seeking.forget(page, response)
    return response


@router.post("/demo/klok")
def move_clock(page: SignedIn) -> RedirectResponse:
    """Let time pass in the demo; what falls due happens at once."""
    duration = dict(page.form).get("duur", "")
    if duration not in DURATIONS:
        raise InvalidDataError("Kies hoeveel de klok vooruit moet.")
    page.advance(duration)
    return page.redirect(answers.way_back(page.form, "/werk"), f"De klok staat {DURATIONS[duration]} verder.")


@router.get("/regio.css")
def colours(page: AnyVisitor) -> Response:
    """The colours of the region over our own tokens; what is no colour is left out."""
    chosen: Mapping[str, str] = page.settings.colours
    lines = [
        f"{token}: {chosen[name]};"
        for name, token in TOKENS.items()
        if re.fullmatch(r"#[0-9a-fA-F]{6}", chosen.get(name, ""))
    ]
    css = ".knooppunt-theme { " + " ".join(lines) + " }\n"
    return Response(css, media_type="text/css", headers={"Cache-Control": "private, max-age=300"})


def _by_role(people: tuple[Person, ...], settings: Settings) -> list[tuple[Role, list[dict[str, str]]]]:
    """Each person once, under the role that tells them apart most: the one that the fewest people have."""
    holders = Counter(role for person in people for role in _roles(person))
    groups: dict[str, list[dict[str, str]]] = {}
    for person in people:
        role = min(_roles(person), key=lambda one: (holders[one], one), default="")
        groups.setdefault(role, []).append({"id": person.id, "name": person.name, "about": _about(person, settings)})
    return [(role, groups[id_]) for id_, role in settings.roles.items() if id_ in groups]


def _roles(person: Person) -> set[str]:
    return {appointment.role for appointment in person.appointments}


def _about(person: Person, settings: Settings) -> str:
    places = list(dict.fromkeys(appointment.municipality for appointment in person.appointments))
    where = ", ".join(settings.municipalities.get(place, place) for place in places[:3])
    if len(places) > 3:
        where = f"{len(places)} gemeenten"
    who = person.function or (story.organisations(settings, [person.organisation]) if person.organisation else "")
    return ", ".join(part for part in (wording.sentence(who), where) if part)

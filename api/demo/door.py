"""The door of the demo: who comes in chooses who to be."""

from collections import Counter

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import session, story, wording
from api.pages.page import START, Page
from api.request import Routes
from engine import store
from engine.access import Person
from engine.definitions import Role, Settings

routes = Routes(anybody=True, include_in_schema=False)


@routes.get("/aanmelden")
def choose(page: Page) -> HTMLResponse:
    """Everybody who can be chosen, by role."""
    return page.render("sign_in.html", groups=_by_role(store.people.everyone(page.tx), page.settings))


@routes.post("/aanmelden")
def sign_in(page: Page) -> RedirectResponse:
    """Go on as the person who was chosen."""
    return session.begin(page, store.people.one(page.tx, dict(page.form).get("persoon", "")), START)


def _by_role(people: tuple[Person, ...], settings: Settings) -> list[tuple[Role, list[dict[str, str]]]]:
    """Each person once, under the role that tells them apart most: the one that the fewest people have."""
    holders = Counter(role for person in people for role in _roles(person))
    groups: dict[str, list[dict[str, str]]] = {}
    for person in people:
        own = min(_roles(person), key=lambda role: (holders[role], role), default="")
        groups.setdefault(own, []).append({"id": person.id, "name": person.name, "about": _about(person, settings)})
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

"""Pages on which somebody, or a beheerder for that person, says from when until when to be away, and who stands in."""

from collections.abc import Mapping
from datetime import date

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine.cases import absence, staff
from engine.errors import InvalidDataError

OWN = "/mijn/afwezig"

routes = Routes(include_in_schema=False)


@routes.get(OWN)
def ask_me(page: Page) -> HTMLResponse:
    """When one is away oneself."""
    return _absences(page, page.ctx.actor.id)


@routes.post(OWN)
def tell_of_me(page: Page) -> HTMLResponse | RedirectResponse:
    """Say that one is away, or back."""
    return _told(page, page.ctx.actor.id)


@routes.get("/beheer/mensen/{id}/afwezig")
def ask(page: Page, id: str) -> HTMLResponse:
    """When somebody is away."""
    staff.own_places(page.ctx)
    return _absences(page, id)


@routes.post("/beheer/mensen/{id}/afwezig")
def tell(page: Page, id: str) -> HTMLResponse | RedirectResponse:
    """Say that somebody is away, or back."""
    staff.own_places(page.ctx)
    return _told(page, id)


def _told(page: Page, id: str) -> HTMLResponse | RedirectResponse:
    given = {name: value.strip() for name, value in page.form}
    name = absence.somebody(page.ctx, id).name
    if over := given.get("terug", ""):
        absence.back(page.ctx, id, int(over) if over.isdecimal() and len(over) < 10 else 0)
        return page.redirect(page.request.url.path, f"{name} is er weer.")
    try:
        absence.leave(page.ctx, id, _day(given, "van"), _day(given, "tot"), given.get("waarnemer", ""))
    except InvalidDataError as error:
        page.rollback()
        return _absences(page, id, given, error)
    return page.redirect(page.request.url.path, "De afwezigheid staat er. Zij gaat vanzelf voorbij.")


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None


def _absences(
    page: Page, id: str, given: Mapping[str, str] | None = None, error: InvalidDataError | None = None
) -> HTMLResponse:
    who = absence.somebody(page.ctx, id)
    roles = page.ctx.library.roles(page.tx, [appointment.municipality for appointment in who.appointments])
    places = {id: name for region in page.ctx.library.regions(page.tx) for id, name in region.municipalities.items()}

    def named(pairs: frozenset[tuple[str, str]]) -> str:
        by_place: dict[str, list[str]] = {}
        for role, place in sorted(pairs):
            known = roles.get(place, {})
            by_place.setdefault(place, []).append(known[role].name.lower() if role in known else role)
        return "; ".join(f"{', '.join(names)} in {places.get(place, place)}" for place, names in by_place.items())

    problems = tuple(error.fields.items()) if error else ()
    return page.render(
        "absence.html",
        422 if problems else 200,
        who=who,
        mine=id == page.ctx.actor.id,
        today=page.ctx.today,
        absences=[
            (each, absence.span(each), named(absence.uncovered(page.ctx, id, each.deputy)))
            for each in absence.absences(page.ctx, id)
        ],
        left_alone=[(each.name, absence.span(each)) for each in absence.left_alone(page.ctx, id)],
        deputies=[(each.person, named(each.shares)) for each in absence.deputies(page.ctx, id)],
        given={"van": "", "tot": "", "waarnemer": "", **(given or {})},
        problems=problems,
        wrong=dict(problems),
    )

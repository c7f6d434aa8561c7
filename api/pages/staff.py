"""Pages of a beheerder: who works here, in which roles, who stops; and who is put forward to oversee.

No family stands on any of them.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages import wording
from api.pages.page import Page
from api.request import Routes
from engine import deadlines, store
from engine.access import Appointment
from engine.cases import inviting, staff
from engine.errors import InvalidDataError
from engine.store.staff import Changed, Employee
from engine.words import Letter, RoleId, StaffChange

PER_PAGE = 25
TOLD: Mapping[str, str] = {
    StaffChange.ADDED: "Toegevoegd",
    StaffChange.CHANGED: "Gegevens veranderd",
    StaffChange.APPOINTED: "Rol erbij: {rol}",
    StaffChange.DISMISSED: "Rol weg: {rol}",
    StaffChange.PROPOSED: "Voorgesteld als {rol}",
    StaffChange.REFUSED: "Voorstel afgewezen: {rol}",
    StaffChange.ENDED: "Gestopt",
    StaffChange.INVITED: "Uitgenodigd",
    StaffChange.AWAY: "Afwezig van {van} tot en met {tot}. Neemt waar: {waarnemer}",
    StaffChange.BACK: "Niet meer afwezig van {van} tot en met {tot}",
    StaffChange.IN_ANEW: "Sleutels, codes en inlog van daarvoor werken niet meer: een nieuwe uitnodiging is nodig",
    StaffChange.STANDS_IN: "Aangewezen om een stap op te pakken die op iemand wachtte",
}
"""What happened to somebody, in words."""
IN_ANEW = (
    " Hoe deze persoon tot nu binnenkwam, werkt niet meer. Wie Knooppunt draait, maakt een nieuwe uitnodiging, met: "
    "knooppunt uitnodigen {}."
)
STANDING_IN = "wie een stap oppakt die op iemand wacht"

routes = Routes(include_in_schema=False)


@routes.get("/beheer")
def people(page: Page) -> HTMLResponse:
    """One page of the people of the own municipalities."""
    asked = page.request.query_params
    chosen = staff.Search(
        asked.get("zoek", "")[:100], asked.get("rol", ""), asked.get("organisatie", ""), asked.get("stand") == "gestopt"
    )
    everybody = staff.employees(page.ctx, chosen)
    number = min(_number(asked.get("pagina", "")), max(1, -(-len(everybody) // PER_PAGE)))
    kept = {
        "zoek": chosen.words, "rol": chosen.role, "organisatie": chosen.organisation,
        "stand": "gestopt" if chosen.ended else "",
    }  # fmt: skip

    def address(to: int = 1, **changes: str) -> str:
        values = {**kept, **changes, "pagina": str(to) if to > 1 else ""}
        return "/beheer?" + urlencode({name: value for name, value in values.items() if value})

    return page.render(
        "staff.html",
        chosen=chosen,
        lines=everybody[(number - 1) * PER_PAGE : number * PER_PAGE],
        total=len(everybody),
        number=number,
        pages=max(1, -(-len(everybody) // PER_PAGE)),
        address=address,
        waiting=len(staff.proposals(page.ctx)),
        **_choices(page),
    )


@routes.get("/beheer/mensen/nieuw")
def ask_whom(page: Page) -> HTMLResponse:
    """Ask who comes."""
    return _form(page, None, {"naam": "", "functie": "", "mail": "", "telefoon": "", "organisatie": ""}, (), ())


@routes.post("/beheer/mensen/nieuw")
def add(page: Page) -> HTMLResponse | RedirectResponse:
    """Add somebody."""
    wanted, reason = _wanted(page)
    try:
        id = staff.add(page.ctx, wanted, reason)
    except InvalidDataError as error:
        page.rollback()
        return _again(page, None, error)
    return page.redirect(f"/beheer/mensen/{id}", f"{wanted.name} is toegevoegd.{_put_forward(page, id)}")


@routes.get("/beheer/mensen/{id}")
def person(page: Page, id: str) -> HTMLResponse:
    """Somebody's details, roles and history."""
    return _form(page, staff.employee(page.ctx, id))


@routes.post("/beheer/mensen/{id}")
def change(page: Page, id: str) -> HTMLResponse | RedirectResponse:
    """Change somebody."""
    wanted, reason = _wanted(page)
    employee = staff.employee(page.ctx, id)
    try:
        staff.change(page.ctx, id, wanted, reason)
    except InvalidDataError as error:
        page.rollback()
        return _again(page, employee, error)
    return page.redirect(f"/beheer/mensen/{id}", f"Opgeslagen.{_put_forward(page, id)}")


@routes.get("/beheer/mensen/{id}/stoppen")
def ask_who_takes_over(page: Page, id: str) -> HTMLResponse:
    """Say what stopping does, and ask who takes over."""
    return _stopping(page, id)


@routes.post("/beheer/mensen/{id}/stoppen")
def end(page: Page, id: str) -> HTMLResponse | RedirectResponse:
    """Let somebody stop."""
    given = dict(page.form)
    name = staff.employee(page.ctx, id).person.name
    try:
        ended = staff.end(
            page.ctx,
            id,
            given.get("collega", ""),
            given.get("aandachtsfunctionaris", ""),
            given.get("reden", "").strip(),
        )
    except InvalidDataError as error:
        page.rollback()
        return _stopping(page, id, given, error)
    handed, waiting = _tasks(ended.handed), _tasks(ended.waiting)
    sentence = f"{name} is gestopt. Naar de collega: {handed}. Zoekt een uitvoerder: {waiting}."
    return page.redirect(f"/beheer/mensen/{id}", sentence)


@routes.get("/beheer/voorstellen")
def proposals(page: Page) -> HTMLResponse:
    """Who is put forward to oversee."""
    return _proposals(page)


@routes.post("/beheer/voorstellen")
def put_forward(page: Page) -> HTMLResponse | RedirectResponse:
    """Put somebody forward to act where nobody is left who may."""
    given = {name: value.strip() for name, value in page.form}
    asked = tuple(given.get(name, "") for name in ("gemeente", "organisatie", "persoon", "reden"))
    try:
        name = staff.put_forward(page.ctx, *asked)
    except InvalidDataError as error:
        page.rollback()
        return _proposals(page, given, error)
    return page.redirect("/beheer/voorstellen", f"{name} is voorgesteld. Een tweede persoon beslist.")


@routes.post("/beheer/voorstellen/{id}")
def decide(page: Page, id: int) -> RedirectResponse:
    """Approve or refuse a proposal."""
    approves = dict(page.form).get("besluit") == "goed"
    decided = staff.decide(page.ctx, id, approves)
    proposal = decided.proposal
    if decided.in_anew and page.house.configuration.mail.server is not None:
        inviting.tell(page.tx, proposal.person, Letter.IN_ANEW, page.now)
    if proposal.circle_of is not None:
        outcome = "pakt de stap op" if approves else "pakt de stap niet op"
    else:
        outcome = "heeft nu deze rol" if approves else "krijgt deze rol niet"
    way_in = IN_ANEW.format(proposal.person) if decided.in_anew else ""
    return page.redirect("/beheer/voorstellen", f"{proposal.person_name} {outcome}.{way_in}")


def _proposals(
    page: Page, given: Mapping[str, str] | None = None, error: InvalidDataError | None = None
) -> HTMLResponse:
    problems = tuple(error.fields.items()) if error else ()
    return page.render(
        "proposals.html",
        422 if problems else 200,
        proposals=[
            (each, staff.may_decide(page.ctx, each), store.staff.one(page.tx, each.person).mail)
            for each in staff.proposals(page.ctx)
        ],
        vacancies=staff.vacancies(page.ctx),
        appointed=staff.appointed(page.ctx),
        places=staff.places(page.ctx, RoleId.BEHEERDER, RoleId.FUNCTIONARIS),
        standing_in=STANDING_IN,
        role_names={id: role.name for id, role in page.settings.roles.items()},
        given={"gemeente": "", "organisatie": "", "persoon": "", "reden": "", **(given or {})},
        problems=problems,
        wrong=dict(problems),
    )


def _tasks(count: int) -> str:
    return f"{count} {'taak' if count == 1 else 'taken'}"


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _choices(page: Page) -> dict[str, Any]:
    """What every page of people lets choose from."""
    roles = staff.roles_here(page.ctx)
    return {
        "places": staff.places(page.ctx),
        "roles": roles,
        "role_names": {id: role.name for local in roles.values() for id, role in local.items()},
        "organisations": {id: each.name for id, each in staff.organisations_here(page.ctx).items()},
        "days": deadlines.WEEKDAYS,
    }


def _wanted(page: Page) -> tuple[staff.Wanted, str]:
    """What a form asks, and why."""
    given = dict(page.form)
    text = {
        name: given.get(name, "").strip() for name in ("naam", "organisatie", "functie", "mail", "telefoon", "reden")
    }
    pairs = [value.partition("/") for name, value in page.form if name == "rol"]
    wanted = staff.Wanted(
        text["naam"],
        text["organisatie"],
        text["functie"],
        text["mail"],
        text["telefoon"],
        tuple(day for day in deadlines.WEEKDAYS if ("werkdagen", day) in page.form),
        frozenset(Appointment(role, place) for place, _, role in pairs),
    )
    return wanted, text["reden"]


def _again(page: Page, employee: Employee | None, error: InvalidDataError) -> HTMLResponse:
    """The form as it was sent, with what is wrong."""
    wanted, reason = _wanted(page)
    values = {
        "naam": wanted.name, "organisatie": wanted.organisation, "functie": wanted.function, "mail": wanted.mail,
        "telefoon": wanted.phone, "reden": reason,
    }  # fmt: skip
    held = [(a.municipality, a.role) for a in wanted.appointments]
    return _form(page, employee, values, held, wanted.working_days, tuple(error.fields.items()))


def _form(
    page: Page,
    employee: Employee | None,
    values: Mapping[str, str] | None = None,
    held: object = None,
    days: object = None,
    problems: tuple[tuple[str, str], ...] = (),
) -> HTMLResponse:
    if employee is not None and values is None:
        who = employee.person
        values = {
            "naam": who.name, "organisatie": who.organisation, "functie": who.function, "mail": employee.mail,
            "telefoon": employee.phone,
        }  # fmt: skip
        held = [(a.municipality, a.role) for a in who.appointments]
        days = employee.working_days
    own = staff.own_places(page.ctx)
    return page.render(
        "employee.html",
        422 if problems else 200,
        employee=employee,
        myself=employee is not None and page.person is not None and employee.person.id == page.person.id,
        values={"reden": "", **(values or {})},
        held=held,
        working=days,
        problems=problems,
        wrong=dict(problems),
        standing_in=STANDING_IN,
        put_forward=store.staff.proposals(page.tx, own.keys(), employee.person.id) if employee else (),
        invitation=store.identities.invited(page.tx, page.now, person_id=employee.person.id) if employee else None,
        not_invited=staff.why_not_invited(page.ctx, employee) if employee else "",
        letters=store.letters.waiting(page.tx, employee.person.id) if employee else (),
        history=[_line(page, each) for each in staff.changes(page.ctx, employee.person.id)] if employee else [],
        **_choices(page),
    )


def _line(page: Page, changed: Changed) -> dict[str, object]:
    """One change, as it is told."""
    roles = {id: role.name for local in staff.roles_here(page.ctx).values() for id, role in local.items()}
    role = changed.detail.get("rol", "")
    name = STANDING_IN if role.partition(":")[0] == RoleId.CIRCLE else roles.get(role, role)
    said = {key: wording.day(changed.detail.get(key, "")) for key in ("van", "tot")}
    deputy = changed.detail.get("waarnemer") or "niemand"
    text = TOLD.get(changed.kind, changed.kind).format(rol=name, waarnemer=deputy, **said)
    what = [f"{name}: {was or 'leeg'} → {now or 'leeg'}" for name, (was, now) in changed.detail.get("wat", {}).items()]
    place = staff.places(page.ctx).get(changed.municipality, "")
    return {
        "at": changed.at,
        "text": text + (f" in {place}" if place else "") + (f" ({'; '.join(what)})" if what else ""),
        "by": changed.by or "de opdrachtregel",
        "reason": changed.detail.get("reden", ""),
    }


def _put_forward(page: Page, id: str) -> str:
    """That somebody else has to approve something, where that is so."""
    waits = store.staff.proposals(page.tx, staff.own_places(page.ctx).keys(), id)
    return (
        " Over een rol die meekijkt of beheert, beslist een tweede persoon. Dat voorstel staat klaar." if waits else ""
    )


def _stopping(
    page: Page, id: str, given: Mapping[str, str] | None = None, error: InvalidDataError | None = None
) -> HTMLResponse:
    employee = staff.employee(page.ctx, id)
    others = staff.colleagues(page.ctx, id)
    problems = tuple(error.fields.items()) if error else ()
    return page.render(
        "stopping.html",
        422 if problems else 200,
        employee=employee,
        colleagues=[each.person for each in others],
        keepers=staff.same_organisation(employee.person, [each.person for each in others]),
        tasks=_tasks(staff.waiting_work(page.ctx, id)),
        given={"collega": "", "aandachtsfunctionaris": "", "reden": "", **(given or {})},
        problems=problems,
        wrong=dict(problems),
        **_choices(page),
    )

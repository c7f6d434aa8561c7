"""A signal that was a mistake is removed by who entered it; two dossiers of one family become one."""

from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.page import Page
from api.request import Routes
from engine import cases
from engine.errors import NotAllowedError, NotFoundError
from engine.words import Mistake

CHOOSE = "Kies waarom je dit signaal weghaalt."
JOINING = (
    "Gaan deze twee dossiers over hetzelfde gezin? Dan houd je er één. Dit gebeurt er:\n\n"
    "- Dit dossier stopt meteen, en alle open taken vervallen.\n"
    "- Het gezin gaat verder in **{other}**.\n"
    "- Wat hier is gezegd en geschreven, gaat niet mee. Een ja geldt alleen waar het gezin het zei. Vraag daar opnieuw "
    "wat nog nodig is.\n\n"
    "Twijfel je? Vraag het eerst aan het gezin. Dit kan niet terug."
)

routes = Routes(include_in_schema=False)


@routes.get("/casus/{case_id}/verwijderen")
def ask_why(page: Page, case_id: int) -> HTMLResponse:
    """Say what removing does, and ask why."""
    return _page(page, case_id)


@routes.post("/casus/{case_id}/verwijderen")
def remove(page: Page, case_id: int) -> HTMLResponse | RedirectResponse:
    """Remove the signal."""
    chosen = dict(page.form).get("reden", "")
    if chosen not in cases.MISTAKES:
        return _page(page, case_id, CHOOSE)
    cases.remove(page.ctx, case_id, Mistake(chosen))
    return page.redirect("/werk", f"Signaal {case_id} is weggehaald. Wat je over het gezin schreef, is gewist.")


def _page(page: Page, case_id: int, problem: str = "") -> HTMLResponse:
    case = cases.case(page.ctx, case_id)
    if not case.may_remove:
        raise NotAllowedError("Dit signaal kun je niet weghalen. Vraag het Knooppuntteam wat er nog kan.")
    problems = (("reden", problem),) if problem else ()
    return page.render("remove.html", 422 if problem else 200, case=case, mistakes=cases.MISTAKES, problems=problems)


@routes.get("/casus/{case_id}/samenvoegen/{other_id}")
def ask_whether(page: Page, case_id: int, other_id: int) -> HTMLResponse:
    """Say what joining does."""
    case = cases.case(page.ctx, case_id)
    other = next((alike for alike in case.alike if alike.id == other_id and alike.joins), None)
    if other is None:
        raise NotFoundError("Deze twee dossiers kun je niet samenvoegen.")
    return page.render(
        "confirm.html",
        case=case,
        title="Twee dossiers van één gezin",
        explanation=JOINING.format(other=f"dossier {other_id}, {other.title}"),
        action=f"/casus/{case_id}/samenvoegen/{other_id}",
        button=f"Ja, ga verder in dossier {other_id}",
        ask_reason=False,
        problems=(),
    )


@routes.post("/casus/{case_id}/samenvoegen/{other_id}")
def join(page: Page, case_id: int, other_id: int) -> RedirectResponse:
    """End this dossier, since the family goes on in the other."""
    cases.join(page.ctx, case_id, other_id)
    return page.redirect(f"/casus/{other_id}", f"Dossier {case_id} is gestopt. Het gezin gaat hier verder.")

"""What somebody wrote: the own words, also of cases that may be read no more."""

from fastapi.responses import HTMLResponse

from api.pages import answers
from api.pages.page import Page
from api.request import Routes
from engine import cases

PER_PAGE = 25

routes = Routes(include_in_schema=False)


@routes.get("/wat-ik-schreef")
def show(page: Page, pagina: str = "1") -> HTMLResponse:
    """The own answers, the last first."""
    number = max(1, int(pagina)) if pagina.isdecimal() and len(pagina) < 6 else 1
    words = cases.written(page.ctx, PER_PAGE + 1, (number - 1) * PER_PAGE)
    rows = [(own, answers.said(own.form, own.answered.values, own.context)) for own in words[:PER_PAGE]]
    return page.render("written.html", rows=rows, more=len(words) > PER_PAGE, number=number, here="geschreven")

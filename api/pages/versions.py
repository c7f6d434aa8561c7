"""Pages that tell which versions of a process the own region published, what is different in each, and what each says:
a case keeps to the version that it began with, and so do those who work on it.
"""

from functools import lru_cache

from fastapi.responses import HTMLResponse

from api.pages.page import Page
from api.request import Routes
from engine.definitions import Definition
from engine.errors import NotFoundError
from engine.store.versions import Version
from handbook import wording
from handbook.changes import PARTS, changes
from handbook.guide import Guide, build

LIST = "/werkwijze"
LEFT_OUT = ("", "bron")
"""Parts of a text that only a page of the handreiking can show: it knows the sources by their signs."""

routes = Routes(include_in_schema=False)


@routes.get(LIST)
def listed(page: Page) -> HTMLResponse:
    """What the own region published, the newest first."""
    versions = _versions(page)
    newest = {version.process: version.id for version in reversed(versions)}
    return page.render(
        "versions.html",
        here="handreiking",
        versions=[
            (version, _guide(page, version).title, newest[version.process] == version.id) for version in versions
        ],
    )


@routes.get("/werkwijze/{version}")
def show(page: Page, version: str) -> HTMLResponse:
    """What is different in a version from the one before it, and what there is to read in it."""
    versions = _versions(page)
    own = _one(versions, version)
    rows = [each for each in versions if each.process == own.process]
    place = rows.index(own)
    before = rows[place + 1] if place + 1 < len(rows) else None
    guide = _guide(page, own)
    return page.render(
        "version.html",
        here="handreiking",
        version=own,
        guide=guide,
        is_newest=place == 0,
        newest=rows[0],
        before=before,
        changes=changes(_guide(page, before), guide) if before else (),
        since=changes(guide, _guide(page, rows[0])) if place else (),
    )


@routes.get("/werkwijze/{version}/{process}/{element}")
def step(page: Page, version: str, process: str, element: str) -> HTMLResponse:
    """What a version says of one step."""
    own = _one(_versions(page), version)
    guide = _guide(page, own)
    drawn = next((each for each in guide.steps if (each.element.process, each.element.id) == (process, element)), None)
    if drawn is None:
        raise NotFoundError("Deze stap staat niet in deze versie van de werkwijze.")
    parts = [
        (wording.capital(PARTS.get(name, name)), text) for name, text in drawn.sections.items() if name not in LEFT_OUT
    ]
    return page.render(
        "version_step.html",
        here="handreiking",
        version=own,
        step=drawn,
        said=parts,
        by=wording.within(drawn.deadline, drawn.urgent) if drawn.deadline else "",
        own=guide.definition.settings,
    )


def _versions(page: Page) -> tuple[Version, ...]:
    return page.house.library.versions(page.tx, page.settings.region)


def _one(versions: tuple[Version, ...], id: str) -> Version:
    own = next((each for each in versions if each.id == id), None)
    if own is None:
        raise NotFoundError("Deze versie van de werkwijze is er niet in jouw regio.")
    return own


def _guide(page: Page, version: Version) -> Guide:
    return _built(page.house.library.model(page.tx, version.id).definition)


@lru_cache(maxsize=16)
def _built(definition: Definition) -> Guide:
    return build(definition)

"""What journeys share: the real application behind a real socket, and a real browser for everybody who sits down."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

from api.app import create_app
from api.demo import filling
from api.request import House
from engine import cases, definitions, scenarios, store, worker
from engine.access import Person
from engine.cases import Library
from engine.definitions import Definition
from engine.scenarios import Scenario
from tests import proved
from tests.conftest import BEGIN, SqliteDatabases, migrate, once
from tests.engine.playing import Play
from tests.journeys.screen import Journey, Screen, Site

WORKFLOWS = Path(__file__).parents[2] / "workflows"
REGION = "zuid-limburg"
OVERVIEW = "vera_voorbeeld"
PATIENCE = 30_000  # milliseconds: a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
CAST = {
    "aanmelder": ("mila_modelman",),
    "coordinator": ("coby_concept",),
    "procesregisseur": (OVERVIEW,),
    "casusregisseur": ("jet_jansproef",),
    "kernpartner": ("jet_jansproef", "ravi_rollenspel"),
}


# --- the application -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def definition() -> Definition:
    """The process that cases run on."""
    return definitions.load(WORKFLOWS, "casus", REGION)


@pytest.fixture(scope="session")
def published(sqlite_databases: SqliteDatabases, definition: Definition) -> Path:
    """A database in which the processes are published and the people of the demo are known. To copy, not to change."""

    def publish(folder: Path) -> None:
        database = store.Database(sqlite_databases.copy(migrate, folder / "published.sqlite"))
        with database.writing() as tx:
            store.people.save(tx, filling.read_people(WORKFLOWS, REGION))
            for process in (definition, definitions.load(WORKFLOWS, "opzetten", REGION)):
                with proved.remembering():
                    cases.publish(tx, process, (), BEGIN - timedelta(days=1))
        database.close()

    return once("published", publish) / "published.sqlite"


class Behind(Play):
    """Plays a case through the use cases, behind the screens, by those who would sit at them."""

    def people(self, tx: store.Transaction) -> Sequence[Person]:
        """The cast, before others."""
        cast = [person for people in CAST.values() for person in people]
        return sorted(super().people(tx), key=lambda p: cast.index(p.id) if p.id in cast else len(cast))


@contextmanager
def serving(file: Path, library: Library, handbook: Path) -> Iterator[str]:
    """Serve a database as the demo does, worker included, with the clock at BEGIN; gives the address."""
    house = House(store.Database(f"sqlite:///{file}"), library, demo=True)
    with house.database.writing() as tx:
        store.people.move_clock(tx, int((BEGIN - datetime.now(UTC)).total_seconds()))
    stop = threading.Event()
    door = socket.create_server(("127.0.0.1", 0))
    settings = uvicorn.Config(create_app(house, handbook), log_level="warning", ws="none")
    server = uvicorn.Server(settings)
    threads = [
        threading.Thread(target=server.run, kwargs={"sockets": [door]}),
        threading.Thread(target=worker.run, args=(house.database, library, house.now, stop)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        stop.set()
        for thread in threads:
            thread.join()
        house.database.close()


@pytest.fixture
def site(
    published: Path, library: Library, handbook_build: Path, definition: Definition, tmp_path: Path
) -> Iterator[Site]:
    """The application without a case yet."""
    people = {person.id: person for person in filling.read_people(WORKFLOWS, REGION)}
    file = Path(shutil.copy(published, tmp_path / "journey.sqlite"))
    with serving(file, library, handbook_build / "site") as url:
        yield Site(url, people, definition, file)


@pytest.fixture
def full_site(
    filled: Path, library: Library, handbook_build: Path, definition: Definition, tmp_path: Path
) -> Iterator[Site]:
    """The application with the cases of the demo."""
    people = {person.id: person for person in filling.read_people(WORKFLOWS, REGION)}
    file = Path(shutil.copy(filled, tmp_path / "full.sqlite"))
    with serving(file, library, handbook_build / "site") as url:
        yield Site(url, people, definition, file)


# --- the browser -----------------------------------------------------------------------------------------------


class Watch:
    """Notes what no page of ours may do: ask a third party for anything, miss a file, or fail in its script."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def follow(self, context: BrowserContext, own: str) -> None:
        """Watch all pages of a browser context."""

        def asked(request: Request) -> None:
            if not request.url.startswith((own, "data:", "blob:", "about:")):
                self.seen.append(f"asked elsewhere: {request.url}")

        def answered(response: Response) -> None:
            # 409: questions were asked for by the page of a task that was completed meanwhile
            if response.status >= 400 and response.status != 409 and response.request.resource_type != "document":
                self.seen.append(f"{response.status}: {response.url}")

        def told(message: ConsoleMessage) -> None:
            # a refused form is no failure of the page; a missing file is noted above
            if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
                self.seen.append(f"console: {message.text} ({urlsplit(message.location['url']).path})")

        def opened(page: Page) -> None:
            page.on("pageerror", lambda error: self.seen.append(f"script: {error}"))

        context.on("request", asked)
        context.on("response", answered)
        context.on("console", told)
        context.on("page", opened)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test afterwards where a page did what no page may."""
    watching = Watch()
    yield watching
    assert watching.seen == []


@pytest.fixture
def open_browser(browser: Browser, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser context that is watched, and closes it after the test."""
    with ExitStack() as stack:

        def open_(site: Site, **options: object) -> BrowserContext:
            context = browser.new_context(locale="nl-NL", **options)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            watch.follow(context, site.url)
            return context

        yield open_


@pytest.fixture
def script() -> bool:
    """Whether JavaScript works. A test without it parametrizes this."""
    return True


@pytest.fixture
def sit_down(site: Site, open_browser: Callable[..., BrowserContext], script: bool) -> Callable[[str], Screen]:
    """Lets a person of the demo sign in, each in a browser of their own, once."""
    screens: dict[str, Screen] = {}

    def sit(person: str) -> Screen:
        if person not in screens:
            context = open_browser(site, java_script_enabled=script)
            screens[person] = Screen(site, context, site.people[person], script=script)
            screens[person].sign_in()
        return screens[person]

    return sit


@pytest.fixture
def journey(site: Site, library: Library, sit_down: Callable[[str], Screen]) -> Callable[..., Journey]:
    """A case to be played from an example of the reference process; some roles may be played by others than usual.

    What comes before `at` is no part of the journey and was done before anybody sat down.
    """

    def plan(example: str, at: str = "", **roles: tuple[str, ...]) -> Journey:
        scenario = scenarios.read(WORKFLOWS / f"casus/voorbeelden/{example}.yaml")
        case = Journey(site, sit_down, scenario.actions, {**CAST, **roles}, OVERVIEW)
        if at:
            before = list(takewhile(lambda action: action.name != at, scenario.actions))
            case.join(played_before(site, library, replace(scenario, actions=tuple(before))), len(before))
        return case

    return plan


def played_before(site: Site, library: Library, scenario: Scenario) -> int:
    """Play actions behind the screens, and move the clock as far; gives the id of the case."""
    database = store.Database(f"sqlite:///{site.file}")
    behind = Behind(database, library, BEGIN)
    behind.play(scenario)
    with database.writing() as tx:
        store.people.move_clock(tx, int((behind.now - BEGIN).total_seconds()))
    database.close()
    return behind.case_id

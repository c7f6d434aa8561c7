"""The worklist at 20,000 open cases beside 200: the cases of the demo, their rows copied."""

import itertools
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from api.demo import filling
from benchmarks.house import REGION, WORKFLOWS, Answer, Client, serving
from benchmarks.measures import Series
from engine import store
from engine.cases import Library
from engine.words import TaskList

LISTS = tuple(TaskList)
SEARCH = "alle, searched"
ROWS = (
    "case_file",
    "participant",
    "task",
    "agreement",
    "opening",
    "word",
)  # what hangs on a case by its id and is listed
SPREAD = ("deadline", "due_at", "started_at", "began_at")
BELOW = {"task_role": "task", "task_need": "task"}  # what hangs on one of those


def databases(folder: Path, sizes: tuple[int, ...]) -> dict[int, store.Database]:
    """For each number a database with so many open cases: those of the demo, and copies of them."""
    source = folder / "demo.sqlite"
    database = _opened(source)
    filling.fill(database, Library(), WORKFLOWS, REGION, datetime.now(UTC))
    database.close()
    opened = {}
    for size in sizes:
        path = folder / f"worklist-{size}.sqlite"
        shutil.copy(source, path)
        _copy_cases(path, size)
        opened[size] = _opened(path)
        opened[size].take_stock()  # as each night, where people work
    return opened


def _opened(path: Path) -> store.Database:
    database = store.Database(f"sqlite:///{path}")
    database.migrate()
    return database


def _copy_cases(path: Path, size: int) -> None:
    """Copy whole rounds of the open cases of the process, until there are at least `size`."""
    with closing(sqlite3.connect(path)) as own:
        ids = "SELECT id FROM case_file WHERE status = 'lopend' AND process = 'casus'"
        standing = len(own.execute(ids).fetchall())
        steps = {name: own.execute(f"SELECT max(id) + 1 FROM {name}").fetchone()[0] or 1 for name in (*ROWS, *BELOW) if _has_id(own, name)}  # fmt: skip # noqa: S608, E501
        rounds = range(1, -(-size // standing))
        own.execute("PRAGMA journal_mode = OFF")  # nobody needs this file who would not make it anew
        own.execute("PRAGMA synchronous = OFF")
        own.execute("PRAGMA secure_delete = OFF")
        indexes = own.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        for index, _ in indexes:
            own.execute(f"DROP INDEX {index}")
        own.execute("CREATE TEMP TABLE round (n INTEGER)")
        own.executemany("INSERT INTO round VALUES (?)", ((n,) for n in rounds))
        own.execute(f"CREATE TEMP TABLE chosen AS {ids}")
        for name in ROWS:
            _copy(own, name, "id" if name == "case_file" else "case_id", steps, "chosen")
        for name, parent in BELOW.items():
            own.execute(f"CREATE TEMP TABLE {name}_of AS SELECT id FROM main.{parent} WHERE id < {steps[parent]} AND case_id IN chosen")  # fmt: skip # noqa: S608, E501
            _copy(own, name, f"{parent}_id", {**steps, "case_file": steps[parent]}, f"{name}_of")
        for _, made in indexes:
            own.execute(made)
        own.commit()


def _has_id(own: sqlite3.Connection, name: str) -> bool:
    return "id" in _columns(own, name)


def _columns(own: sqlite3.Connection, name: str) -> list[str]:
    return [row[1] for row in own.execute(f"PRAGMA table_info({name})")]


def _copy(own: sqlite3.Connection, name: str, key: str, steps: dict[str, int], chosen: str) -> None:
    """Copy the rows of a table whose `key` was chosen, once for each round, with ids moved by a step a round."""
    columns = _columns(own, name)
    moved = {"id": steps.get(name, 0), "task_id": steps["task"], key: steps["case_file"]}
    if key == "id":
        moved = {"id": steps["case_file"]}
    # as in a real house: tasks fall due within weeks of each other, and most families have a name of their own
    spread = "coalesce(strftime('%Y-%m-%d %H:%M:%f000', {0}, (n * 7919 % 80640 - 40320) || ' minutes'), {0})"
    made = {c: f'"{c}" + {step} * n' for c, step in moved.items()} | {c: spread.format(c) for c in SPREAD}
    made["word"] = "CASE WHEN kind <> '' AND word <> 'gezin' AND n % 5 > 0 THEN word || n ELSE word END"
    values = ", ".join(made.get(c, f'"{c}"') for c in columns)
    names = ", ".join(f'"{c}"' for c in columns)
    own.execute(f"INSERT INTO {name} ({names}) SELECT {values} FROM {name}, round WHERE {name}.{key} IN {chosen}")  # noqa: S608


def pages(database: store.Database, person: str, number: int) -> dict[str, Series]:
    """The time of each list of one person's worklist, and of a search in all of it, over the socket."""
    times = {name: Series() for name in (*LISTS, SEARCH)}
    with serving(database.url) as port, Client(database, port, person) as client:
        for name in times:
            _open(client, name)
        for name in itertools.chain.from_iterable(itertools.repeat(times, number)):
            times[name].add(_open(client, name).seconds)
    return times


def _open(client: Client, name: str) -> Answer:
    """One list; a search finds nothing, so that it looks at everything."""
    sought = {"list": TaskList.ALL, "search": "Niemand"}
    answer = client.post_json("/v1/tasks/search", sought) if name == SEARCH else client.get(f"/werk?lijst={name}")
    if answer.status != 200:
        raise RuntimeError(f"worklist {name}: {answer.status}")
    return answer

"""Runs all measures and prints them beside their targets: `python -m benchmarks`. Writes nothing outside a
temporary folder.
"""

import argparse
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import crowd, measures, worklist
from benchmarks.example import steps
from benchmarks.house import STARTER, Team, current, publish, serving
from benchmarks.measures import Series
from engine import store

OVERSEER = "vera_voorbeeld"
PARTNER = "jet_jansproef"
FEW, MANY = 200, 20_000
AT_ONCE = 200
PAGES = 40


@dataclass(frozen=True)
class Line:
    """One line of the table; `met` is "" where there is no target."""

    what: str
    value: str
    target: str = ""
    met: str = ""


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=8, help="cases played side by side")
    parser.add_argument("--finished", type=int, default=80, help="cases finished to weigh one")
    parser.add_argument("--pages", type=int, default=7, help="times that each list is opened")
    chosen = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="knooppunt-bench-") as folder:
        lines = [
            *_moves(Path(folder), chosen.rounds, chosen.finished),
            *_worklist(Path(folder), chosen.pages),
            *_crowd(Path(folder)),
        ]
    _print(lines, time.monotonic() - begun)


def _moves(folder: Path, rounds: int, finished: int) -> list[Line]:
    database = store.Database(f"sqlite:///{folder}/knooppunt.sqlite")
    database.migrate()
    publish(database)
    model, played_steps = current(database), steps()
    weight = measures.bytes_per_case(database, played_steps, finished)
    with serving(database.url) as port, Team(database, port) as team:
        played = measures.side_by_side(database, team, model, played_steps, rounds, folder)
    with serving(database.url, "count") as port, Team(database, port) as team:
        counted = measures.statements(database, team, played_steps)
    with (
        serving(database.url) as port,
        serving(database.url, "blind") as unlogged,
        Team(database, port) as team,
        Team(database, unlogged) as blind,
    ):
        opened = measures.case_pages(database, team, blind, played_steps, PAGES)
    own, sizes = measures.engine_step(model, played_steps, rounds)
    database.close()
    series = played.series
    bare = series["bare complete"].median
    lean = series["lean complete"].median
    lines = []
    for name, title, asked in (("web", "page", 1.1), ("json", "API", 0.95)):
        mine = series[f"{name} complete"]
        lines += [
            Line(f"complete a task, POST of the {title}", _time(mine)),
            _target(f"  … beside bare SpiffWorkflow, {title}", mine.median / bare, 2, "×"),
            _target(f"  … beside bare with its specs left out, {title}", mine.median / lean, asked, "×"),
            Line(f"  … SQL statements, {title}", _counts(counted[name])),
        ]
    lines += [
        Line("bare SpiffWorkflow round trip, plain serializer", _time(series["bare complete"])),
        Line("bare round trip, specs left out of the state", _time(series["lean complete"])),
        Line("start a case, POST of the page", _time(series["web start"])),
        Line("start a case, POST of the API", _time(series["json start"])),
        Line("start a case, bare SpiffWorkflow", _time(series["bare start"])),
        Line("engine step alone (process.complete)", _time(own)),
        Line("state of a case, ours", _sizes(sizes)),
        Line("state of a case, bare", _sizes(played.sizes["bare"])),
        Line("state of a case, bare with specs left out", _sizes(played.sizes["lean"])),
        _target("kB per finished case, compacted", weight / 1000, 30, "kB"),
        Line("open the page of a case", _time(opened["looked"])),
        _target("  … beside without its look", opened["looked"].median / opened["blind"].median, 1.15, "×"),
    ]
    return lines


def _worklist(folder: Path, number: int) -> list[Line]:
    databases = worklist.databases(folder, (FEW, MANY))
    lines = []
    for person, title in ((OVERSEER, "overseer"), (PARTNER, "partner")):
        few, many = (worklist.pages(databases[size], person, number) for size in (FEW, MANY))
        for name in (*worklist.LISTS, worklist.SEARCH):
            ratio = many[name].median / few[name].median
            lines.append(
                Line(
                    f"worklist of {MANY:,} open cases, {title}, {name}",
                    f"{_time(many[name])}; of {FEW}: {few[name].median:.1f} ms; {ratio:.1f} ×",
                )
            )
    return lines


def _crowd(folder: Path) -> list[Line]:
    """Many at once beside as many one after another; answers of another kind than the first are told too."""
    database = store.Database(f"sqlite:///{folder}/crowd.sqlite")
    database.migrate()
    publish(database)
    lines = []
    with serving(database.url, "demo") as port:
        for title, request in crowd.kinds(database, STARTER, steps()[0].answers).items():
            crowd.one_by_one(port, [request])
            alone, together = (send(port, [request] * AT_ONCE) for send in (crowd.one_by_one, crowd.at_once))
            statuses = ", ".join(f"{number} × {status}" for status, number in together.statuses.items())
            lines += [
                Line(f"{AT_ONCE} at once, {title}", f"{together.seconds:.1f} s: {statuses}"),
                _target("  … beside one after another", together.seconds / alone.seconds, 1.5, "×"),
            ]
    database.close()
    return lines


def _time(series: Series) -> str:
    return f"median {series.median:.1f} ms, p95 {series.at(0.95):.1f} ms (n={len(series.times)})"


def _counts(numbers: Sequence[int]) -> str:
    return f"median {statistics.median(numbers):.0f}, most {max(numbers)}"


def _sizes(numbers: Sequence[int]) -> str:
    return f"median {statistics.median(numbers) / 1000:.1f} kB, most {max(numbers) / 1000:.1f} kB"


def _target(what: str, value: float, most: float, unit: str) -> Line:
    return Line(what, f"{value:.2f} {unit}", f"≤ {most:g} {unit}", "met" if value <= most else "NOT MET")


def _print(lines: Sequence[Line], seconds: float) -> None:
    print(
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    width = max(len(line.what) for line in lines)
    for line in lines:
        tail = f"   target {line.target}: {line.met}" if line.target else ""
        print(f"{line.what:{width}}  {line.value}{tail}")
    print(f"All of it took {seconds:.0f} seconds.")


if __name__ == "__main__":
    main()

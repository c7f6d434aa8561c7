"""The command `knooppunt`: serve, worker, demo, publish, migrate, check and try."""

import argparse
import io
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import uvicorn

from api import checking, trying
from api.app import create_app
from api.demo import fill
from api.request import House
from engine import cases, deadlines, definitions, process, store, worker
from engine.cases import Library
from engine.checks import Severity
from engine.errors import DefinitionError, InvalidDataError, KnooppuntError, NotFoundError

ROOT = Path(__file__).parent.parent
WORKFLOWS = ROOT / "workflows"
SITE = ROOT / "site"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Gives the exit code: 0 fine, 1 findings or a known error, 2 wrong use."""
    chosen = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a file may hold letters that a terminal can't show
    try:
        code: int = chosen.run(chosen)
    except DefinitionError as error:
        _tell(error, sys.stderr)
        return 1
    except KnooppuntError as error:
        print(error.message, file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="knooppunt", description="Knooppunt Kansrijke Start")
    commands = parser.add_subparsers(required=True, metavar="opdracht")
    database = os.environ.get("KNOOPPUNT_DATABASE", "sqlite:///knooppunt.sqlite")

    serve = commands.add_parser("serve", help="de webpagina's en de API")
    serve.set_defaults(run=_serve)
    work = commands.add_parser("worker", help="laat termijnen en herinneringen afgaan")
    work.set_defaults(run=_worker)
    for sub in (serve, work):
        sub.add_argument("--database", default=database, help="sqlite:///pad of postgresql+psycopg://…")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    demo = commands.add_parser("demo", help="een demo met verzonnen gezinnen")
    demo.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    demo.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    demo.add_argument("--region", default=os.environ.get("REGIO") or "zuid-limburg")
    demo.add_argument("--database", default="", help="standaard een nieuwe, tijdelijke database")
    demo.set_defaults(run=_demo)

    publish = commands.add_parser("publish", help="maak de diagrammen van een regio de geldende")
    publish.add_argument("region")
    publish.add_argument("--database", default=database)
    publish.add_argument("--workflows", type=Path, default=WORKFLOWS)
    publish.set_defaults(run=_publish)

    migrate = commands.add_parser("migrate", help="breng de database op de nieuwste vorm")
    migrate.add_argument("--database", default=database)
    migrate.set_defaults(run=_migrate)

    check = commands.add_parser("check", help="kijk na of diagrammen te draaien zijn en gepubliceerd mogen worden")
    check.add_argument("path", type=Path, help="een bestand of een map")
    check.add_argument("--region", default="", help="alleen de bestanden van deze regio, in de map workflows")
    check.add_argument("--alles", action="store_true", help="alle bevindingen, niet alleen de belangrijkste")
    check.add_argument("--json", action="store_true", help="alle bevindingen als JSON")
    check.add_argument("--svg", type=Path, metavar="MAP", help="teken de diagrammen met de plekken aangewezen")
    check.set_defaults(run=_check)

    attempt = commands.add_parser("try", help="loop door een diagram, zonder database")
    attempt.add_argument("target", metavar="diagram", help="een bestand, of de naam van een proces")
    attempt.add_argument("--region", default=os.environ.get("REGIO", ""), help="met de instellingen van deze regio")
    attempt.add_argument("--gemeente", default="", help="standaard de eerste gemeente van de regio")
    attempt.add_argument("--begin", default="", metavar="MOMENT", help="zoals 2026-03-02T09:00; standaard nu")
    attempt.add_argument(
        "--scenario", nargs="?", const="", metavar="NAAM", help="speel dit voorbeeld, of zonder naam alle voorbeelden"
    )
    attempt.add_argument("--workflows", type=Path, default=WORKFLOWS)
    attempt.set_defaults(run=_try)
    return parser


def _open(url: str) -> store.Database:
    database = store.Database(url)
    database.migrate()
    return database


def _serve(chosen: argparse.Namespace) -> int:
    house = House(_open(chosen.database), Library())
    _listen(house, chosen)
    return 0


def _listen(house: House, chosen: argparse.Namespace) -> None:
    # no log of who asked what: a proxy keeps one where that is wanted, and no address of ours holds a name
    uvicorn.run(
        create_app(house, SITE), host=chosen.host, port=chosen.port, log_level="warning", access_log=False
    )  # fmt: skip


def _worker(chosen: argparse.Namespace) -> int:
    house = House(_open(chosen.database), Library())
    stop = threading.Event()
    try:
        worker.run(house.database, house.library, house.now, stop)
    except KeyboardInterrupt:
        stop.set()
    return 0


def _demo(chosen: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="knooppunt-demo-") as folder:
        url = chosen.database or f"sqlite:///{folder}/demo.sqlite"
        house = House(_open(url), Library(), demo=True)
        print(f"De demo van {chosen.region} wordt gevuld met verzonnen gezinnen …", flush=True)
        fill(house.database, house.library, WORKFLOWS, chosen.region, datetime.now(UTC))
        stop = threading.Event()
        clock = threading.Thread(target=worker.run, args=(house.database, house.library, house.now, stop), daemon=True)
        clock.start()
        print(f"De demo staat op http://{chosen.host}:{chosen.port}/", flush=True)
        try:
            _listen(house, chosen)
        finally:
            stop.set()
            clock.join()
            house.database.close()
    return 0


def _publish(chosen: argparse.Namespace) -> int:
    database = _open(chosen.database)
    with database.writing() as tx:
        for root in ("casus", "opzetten"):
            definition = definitions.load(chosen.workflows, root, chosen.region)
            cases.publish(tx, definition, datetime.now(UTC))
            print(f"{root}: versie {definition.version[:12]} geldt nu in {definition.settings.name}.")
    return 0


def _migrate(chosen: argparse.Namespace) -> int:
    _open(chosen.database).close()
    return 0


def _check(chosen: argparse.Namespace) -> int:
    report = checking.look(chosen.path, chosen.region)
    print(checking.as_json(report) if chosen.json else checking.as_text(report, chosen.alles))
    if chosen.svg:
        try:
            made = checking.draw(report, chosen.svg)
        except OSError as error:
            raise InvalidDataError(f"In de map {chosen.svg} kan niet worden getekend. Kies een andere map.") from error
        if not chosen.json:
            print(f"{len(made)} tekeningen met de plekken staan in {chosen.svg}.")
    return 1 if any(finding.severity is Severity.ERROR for finding in report.findings) else 0


def _try(chosen: argparse.Namespace) -> int:
    definition, home = trying.find(chosen.target, chosen.workflows, chosen.region)
    if chosen.scenario is not None:
        if home is None:
            raise NotFoundError("Bij dit bestand horen geen voorbeelden.")
        return 0 if trying.play(definition, home, chosen.scenario, print) else 1
    municipality = chosen.gemeente or next(iter(definition.settings.municipalities), "")
    trying.Trial(process.compile_model(definition), _moment(chosen.begin), municipality, _ask, print).run()
    return 0


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(deadlines.ZONE)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidDataError(f"'{text}' is geen moment. Schrijf bijvoorbeeld 2026-03-02T09:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=deadlines.ZONE)


def _ask(prompt: str) -> str:
    """The next line of whoever or whatever types; Stopped where there is none."""
    try:
        return input(prompt)
    except (EOFError, KeyboardInterrupt) as error:
        raise trying.Stopped from error


def _tell(error: DefinitionError, stream: TextIO) -> None:
    for problem in error.problems:
        place = f"{problem.file}, {problem.element}" if problem.element else problem.file
        print(f"{place}: {problem.message} [{problem.rule}]", file=stream)

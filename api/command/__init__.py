"""The command `knooppunt`: serve, worker, demo, publish, migrate, backup, restore, doctor, uitnodigen, begin, person,
organisation, kaart, mail, audit, check, handbook and try.

Each verb has a module of its own with `run`, and what one verb needs no other waits for: the words and options stand
here, and `part` imports a module once its verb is chosen.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TextIO

from api import SMALLEST_QUEUE
from engine.errors import DefinitionError, KnooppuntError

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "workflows"
SITE = ROOT / "site"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Gives the exit code: 0 fine, 1 findings or a known error, 2 wrong use."""
    chosen = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a file may hold letters that a terminal can't show
    try:
        code: int = part(chosen.module).run(chosen)
    except DefinitionError as error:
        _tell(error, sys.stderr)
        return 1
    except KnooppuntError as error:
        print(error.message, file=sys.stderr)
        return 1
    except Exception as error:  # an edge: who gave a command can do something about a database that is away
        sentence = part("unreached").sentence(error)
        if not sentence:
            raise
        print(sentence, file=sys.stderr)
        return 1
    return code


def part(name: str) -> ModuleType:
    """A module of this package, imported only now: no verb waits for what another, or a rare case of its own, needs."""
    return importlib.import_module(f"api.command.{name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="knooppunt", description="Knooppunt Kansrijke Start")
    commands = parser.add_subparsers(required=True, metavar="opdracht")

    serve = commands.add_parser("serve", help="de webpagina's en de API")
    serve.set_defaults(module="serve")
    work = commands.add_parser("worker", help="laat termijnen en herinneringen afgaan")
    work.set_defaults(module="worker")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    serve.add_argument(
        "--queue", type=_queue, default=os.environ.get("KNOOPPUNT_QUEUE"), metavar="AANTAL",
        help=f"hoeveel verzoeken tegelijk binnen mogen zijn, ten minste {SMALLEST_QUEUE}",
    )  # fmt: skip

    demo = commands.add_parser("demo", help="een demo met verzonnen gezinnen")
    demo.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    demo.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    demo.add_argument("--region", default=os.environ.get("REGIO") or "zuid-limburg")
    demo.add_argument("--database", default="", help="standaard een nieuwe, tijdelijke database")
    demo.set_defaults(module="demo")

    publish = commands.add_parser("publish", help="maak de diagrammen van een regio de geldende")
    publish.add_argument("region")
    publish.add_argument("--workflows", type=Path, default=WORKFLOWS)
    publish.set_defaults(module="publish")

    migrate = commands.add_parser("migrate", help="breng de database op de nieuwste vorm")
    migrate.set_defaults(module="migrate")
    save = commands.add_parser("backup", help="bewaar een kopie van de database, terwijl iedereen doorwerkt")
    save.add_argument("file", type=Path, metavar="BESTAND")
    save.set_defaults(module="backup")
    restore = commands.add_parser("restore", help="zet een kopie terug, en wis opnieuw wat sindsdien is gewist")
    restore.add_argument("file", type=Path, metavar="BESTAND")
    restore.set_defaults(module="restore")
    doctor = commands.add_parser("doctor", help="kijk na of er iets mis is met deze installatie")
    doctor.set_defaults(module="doctor")
    invite = commands.add_parser("uitnodigen", help="laat iemand zich voor het eerst aanmelden")
    invite.add_argument("person", metavar="PERSOON", help="het kenmerk van een persoon die Knooppunt kent")
    begin = commands.add_parser("begin", help="maak de eerste beheerder; doet niets als er al een is")
    begin.add_argument("--name", required=True, metavar="NAAM")
    begin.add_argument("--municipality", required=True, metavar="GEMEENTE", help="zoals in regio.yaml")
    for sub in (invite, begin):
        sub.add_argument(
            "--mail", required=sub is begin, default="", metavar="ADRES",
            help="het adres waarmee iemand zich aanmeldt, waar dat niet al bekend is",
        )  # fmt: skip
        sub.set_defaults(module="invite", begins=sub is begin)
    person = commands.add_parser(
        "person", help="wie hier werkt: lijst, erbij, veranderd, CSV eruit en erin, en wie stopt"
    )
    verbs = ("list", "add", "change", "export", "import", "end")
    person.add_argument("what", choices=verbs, metavar="|".join(verbs))
    person.add_argument("subject", nargs="?", default="", metavar="BESTAND|PERSOON", help="bij import, change en end")
    person.add_argument("--reden", default="", help="waarom je iets verandert; dit komt in ieders geschiedenis")
    for name, help_ in (
        ("naam", "bij add en change"),
        ("organisatie", "het kenmerk, zoals in: knooppunt organisation list"),
        ("functie", "bij add en change"),
        ("mail", "het adres van het werk"),
        ("telefoon", "bij add en change"),
        ("werkdagen", "met spaties, zoals 'maandag dinsdag'"),
        ("rollen", "met spaties, zoals 'kerkrade/coordinator'; bij change alle rollen die iemand dan heeft"),
    ):
        person.add_argument(f"--{name}", metavar=name.upper(), help=help_)
    person.add_argument("--proef", action="store_true", help="kijk bij import alleen na wat er zou gebeuren")
    person.add_argument("--collega", default="", metavar="PERSOON", help="wie bij end het werk overneemt")
    person.add_argument(
        "--aandachtsfunctionaris", default="", metavar="PERSOON", help="wie bij end een meldcode krijgt"
    )
    person.set_defaults(module="person")
    organisation = commands.add_parser("organisation", help="hoe organisaties heten en te bereiken zijn, als CSV")
    organisation.add_argument("what", choices=["list", "export", "import"], metavar="list|export|import")
    organisation.add_argument("subject", nargs="?", default="", metavar="BESTAND", help="bij import")
    organisation.add_argument("--proef", action="store_true", help="kijk bij import alleen na wat er zou gebeuren")
    organisation.set_defaults(module="organisation")
    kaart = commands.add_parser("kaart", help="de sociale kaart van een regio, als CSV eruit en erin")
    kaart.add_argument("what", choices=["export", "import"], metavar="export|import")
    kaart.add_argument("region", metavar="REGIO")
    kaart.add_argument("folder", type=Path, metavar="MAP", help="met de bladen van de sociale kaart")
    kaart.add_argument("--proef", action="store_true", help="kijk bij import alleen na wat er zou gebeuren")
    kaart.set_defaults(module="kaart")
    mail = commands.add_parser("mail", help="stuur één mail, om te zien of mail aankomt")
    mail.add_argument("what", choices=["try"], metavar="try")
    mail.add_argument("mail", metavar="ADRES")
    mail.set_defaults(module="mail")
    audit = commands.add_parser("audit", help="kijk na of niemand iets veranderde in wie er keek")
    audit.add_argument("what", choices=["verify"], metavar="verify")
    audit.add_argument("--bekend", default="", metavar="SCHAKEL", help="een schakel die je eerder opschreef")
    audit.set_defaults(module="audit")

    leave = commands.add_parser("export", help="schrijf alles van een regio naar bestanden, om te vertrekken")
    leave.add_argument("region", metavar="REGIO")
    leave.add_argument("folder", type=Path, metavar="MAP", help="een map die er nog niet is, of leeg is")
    leave.set_defaults(module="export")

    installed = (serve, work, publish, migrate, save, restore, doctor, invite, begin, person, organisation, kaart, mail)
    for sub in (*installed, audit, leave):
        _add_installation(sub)

    check = commands.add_parser("check", help="kijk na of diagrammen te draaien zijn en gepubliceerd mogen worden")
    check.add_argument("path", type=Path, nargs="?", help="een bestand of een map")
    check.add_argument("--uitleg", default="", metavar="REGEL", help="leg een regel uit, zoals overlap of tekst_kop")
    check.add_argument("--region", default="", help="alleen de bestanden van deze regio, in de map workflows")
    check.add_argument("--alles", action="store_true", help="alle bevindingen, niet alleen de belangrijkste")
    check.add_argument("--json", action="store_true", help="alle bevindingen als JSON")
    check.add_argument("--svg", type=Path, metavar="MAP", help="teken de diagrammen met de plekken aangewezen")
    check.set_defaults(module="check")

    book = commands.add_parser("handbook", help="de handreiking bekijken terwijl je tekent, of nakijken")
    ways = book.add_subparsers(required=True, metavar="wat")
    preview = ways.add_parser(
        "preview", help="laat een bladzijde zien zoals zij wordt, opnieuw zodra je een bestand bewaart"
    )
    preview.add_argument("--region", default=os.environ.get("REGIO", ""), help="met de bestanden van deze regio")
    preview.add_argument("--port", type=int, default=8001)
    preview.add_argument("--workflows", type=Path, default=WORKFLOWS)
    preview.set_defaults(module="handbook")
    links = ways.add_parser("links", help="vraag elk adres buiten de handreiking of er nog iets staat")
    links.add_argument("--region", default=os.environ.get("REGIO", ""), help="met de bestanden van deze regio")
    links.add_argument("--workflows", type=Path, default=WORKFLOWS)
    links.set_defaults(module="links")

    attempt = commands.add_parser("try", help="loop door een diagram, zonder database")
    attempt.add_argument("target", metavar="diagram", help="een bestand, of de naam van een proces")
    attempt.add_argument("--region", default=os.environ.get("REGIO", ""), help="met de instellingen van deze regio")
    attempt.add_argument("--gemeente", default="", help="standaard de eerste gemeente van de regio")
    attempt.add_argument("--begin", default="", metavar="MOMENT", help="zoals 2026-03-02T09:00; standaard nu")
    attempt.add_argument(
        "--scenario", nargs="?", const="", metavar="NAAM", help="speel dit voorbeeld, of zonder naam alle voorbeelden"
    )
    attempt.add_argument("--workflows", type=Path, default=WORKFLOWS)
    attempt.set_defaults(module="attempt")
    return parser


def _add_installation(parser: argparse.ArgumentParser) -> None:
    """What says in which installation a verb works."""
    parser.add_argument(
        "--config", type=Path, default=os.environ.get("KNOOPPUNT_CONFIG"), metavar="BESTAND",
        help="de instellingen, zoals knooppunt.toml",
    )  # fmt: skip
    parser.add_argument(
        "--database", default=os.environ.get("KNOOPPUNT_DATABASE", ""),
        help="sqlite:///pad of postgresql+psycopg://…, in plaats van die in de instellingen",
    )  # fmt: skip


def _queue(text: str) -> int:
    if not text.isdecimal() or int(text) < SMALLEST_QUEUE:
        raise argparse.ArgumentTypeError(f"'{text}' is te weinig. Kies een getal van {SMALLEST_QUEUE} of hoger.")
    return int(text)


def _tell(error: DefinitionError, stream: TextIO) -> None:
    for problem in error.problems:
        place = f"{problem.file}, {problem.element}" if problem.element else problem.file
        print(f"{place}: {problem.message} [{problem.rule}]", file=stream)

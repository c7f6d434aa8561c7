"""`knooppunt demo`: a Knooppunt with invented families, its clock and its pages in one process."""

import argparse
import tempfile
import threading
from datetime import UTC, datetime

from api.command import WORKFLOWS
from api.command.migrate import migrated
from api.command.serve import listen
from api.configuration import Configuration, DatabaseSettings
from api.demo.filling import fill
from api.request import House
from engine import worker
from engine.cases import Library


def run(chosen: argparse.Namespace) -> int:
    """Fill a database, a new one where none is named, and serve it until somebody stops it."""
    with tempfile.TemporaryDirectory(prefix="knooppunt-demo-") as folder:
        configuration = Configuration(DatabaseSettings(chosen.database or f"sqlite:///{folder}/demo.sqlite"))
        house = House(migrated(configuration), Library(examples=True), demo=True)
        print(f"De demo van {chosen.region} wordt gevuld met verzonnen gezinnen …", flush=True)
        fill(house.database, house.library, WORKFLOWS, chosen.region, datetime.now(UTC))
        stop = threading.Event()
        clock = threading.Thread(target=worker.run, args=(house.database, house.library, house.now, stop), daemon=True)
        clock.start()
        print(f"De demo staat op http://{chosen.host}:{chosen.port}/", flush=True)
        try:
            listen(house, chosen.host, chosen.port)
        finally:
            stop.set()
            clock.join()
            house.database.close()
    return 0

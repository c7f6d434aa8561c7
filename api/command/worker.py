"""`knooppunt worker`: terms and reminders go off."""

import argparse
import threading

from api.command.migrate import migrated
from api.request import House
from engine import worker
from engine.cases import Library


def run(chosen: argparse.Namespace) -> int:
    """Do what is due until somebody stops it."""
    house = House(migrated(chosen.database), Library())
    stop = threading.Event()
    try:
        worker.run(house.database, house.library, house.now, stop)
    except KeyboardInterrupt:
        stop.set()
    return 0

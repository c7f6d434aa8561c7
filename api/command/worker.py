"""`knooppunt worker`: terms and reminders go off, and mail leaves."""

import argparse
import threading
from contextlib import closing

from api.command import keeping, logs, mail
from api.command.migrate import configured, opened
from api.request import House
from engine import worker
from engine.cases import Library, Rules


def run(chosen: argparse.Namespace) -> int:
    """Do what is due until somebody stops it."""
    stop = threading.Event()
    configuration = configured(chosen)
    logs.write()
    with closing(opened(configuration)) as database:
        keeping.warn(database)
        house = House(database, Library(), configuration=configuration)
        try:
            odd = configuration.alarms
            rules = Rules(odd.families, odd.begins, odd.ends)
            worker.run(database, house.library, house.now, stop, mail.post_of(configuration), rules)
        except KeyboardInterrupt:
            stop.set()
    return 0

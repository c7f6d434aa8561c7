"""`knooppunt serve`: the web pages and the API."""

import argparse
from contextlib import closing

import uvicorn

from api.app import create_app
from api.command import SITE, keeping, logs
from api.command.migrate import configured, opened
from api.request import House
from engine.cases import Library


def run(chosen: argparse.Namespace) -> int:
    """Serve until somebody stops it."""
    configuration = configured(chosen)
    logs.write()
    with closing(opened(configuration)) as database:
        keeping.warn(database)
        listen(House(database, Library(), configuration=configuration), chosen.host, chosen.port, chosen.queue)
    return 0


def listen(house: House, host: str, port: int, queue: int | None = None) -> None:
    """Answer requests until somebody stops it."""
    # no log of who asked what: a proxy keeps one where that is wanted, and no address of ours holds a name
    uvicorn.run(
        create_app(house, SITE, queue), host=host, port=port, log_config=None, log_level="warning", access_log=False,
        forwarded_allow_ips=house.configuration.web.proxies,
    )  # fmt: skip

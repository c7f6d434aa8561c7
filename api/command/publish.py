"""`knooppunt publish`: the diagrams of a region become the ones in force."""

import argparse
from contextlib import closing
from datetime import UTC, datetime

from api.command.migrate import migrated
from engine import cases, definitions, scenarios


def run(chosen: argparse.Namespace) -> int:
    """Publish both processes of a region in one transaction."""
    with closing(migrated(chosen.database)) as database, database.writing() as tx:
        for root in ("casus", "opzetten"):
            definition = definitions.load(chosen.workflows, root, chosen.region)
            examples = scenarios.examples(chosen.workflows, root, chosen.region)
            cases.publish(tx, definition, examples, datetime.now(UTC))
            print(f"{root}: versie {definition.version[:12]} geldt nu in {definition.settings.name}.")
    return 0

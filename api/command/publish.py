"""`knooppunt publish`: the diagrams of a region become the ones in force."""

import argparse
from contextlib import closing
from datetime import UTC, datetime

from api.command.migrate import configured, opened
from engine import cases, checks, definitions, scenarios
from engine.cases import sociale_kaart
from engine.definitions.sociale_kaart import load
from engine.errors import DefinitionError


def run(chosen: argparse.Namespace) -> int:
    """Publish both processes of a region in one transaction. Raises DefinitionError where anything keeps it from that,
    also what stands beside the processes and is read by nobody.
    """
    made = {root: definitions.load(chosen.workflows, root, chosen.region) for root in ("casus", "opzetten")}
    unread = checks.beside(chosen.workflows, chosen.region, list(made.values()))
    if problems := [finding.problem for finding in unread if finding.severity is checks.Severity.ERROR]:
        raise DefinitionError(problems)
    with closing(opened(configured(chosen))) as database, database.writing() as tx:
        for root, definition in made.items():
            examples = scenarios.examples(chosen.workflows, root, chosen.region)
            different = cases.publish(tx, definition, examples, datetime.now(UTC))
            print(f"{root}: versie {definition.version[:12]} geldt nu in {definition.settings.name}.")
        settings = made["casus"].settings
        if sociale_kaart.begin(tx, settings, load(chosen.workflows, chosen.region, settings), datetime.now(UTC)):
            print(f"De sociale kaart van {settings.name} is begonnen met de bestanden van de regio.")
        for each in different:
            print(f"'{each.published}' heet hier '{each.name}': een beheerder veranderde dat, en het blijft zo.")
        cases.plan_anew(tx, cases.Library())  # terms of keeping count for what ended before, too
    return 0

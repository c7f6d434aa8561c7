"""The example cases of a region, played: those that go otherwise than they are written down are findings."""

from collections.abc import Iterator

from engine import process, scenarios
from engine.checks import Finding, Home, demand, rule_of
from engine.definitions import Definition
from engine.errors import DefinitionError, KnooppuntError


def differing(home: Home, definition: Definition) -> Iterator[Finding]:
    """The examples of this region that go otherwise; what can't run is told already."""
    try:
        demand(definition)
        model = process.compile_model(definition)
    except DefinitionError:
        return
    try:
        examples = scenarios.examples(home.root, home.process, home.region)
    except KnooppuntError as error:
        yield rule_of("voorbeeld").breach(f"{home.process}/voorbeelden", message=error.message)
        return
    for example, how in scenarios.differing(model, examples):
        own = home.root / "regios" / home.region / home.process / "voorbeelden" / f"{example.id}.yaml"
        folder = f"regios/{home.region}/" if own.is_file() else ""
        yield rule_of("voorbeeld").breach(
            f"{folder}{home.process}/voorbeelden/{example.id}.yaml", message=how, name=example.name
        )

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
        yield _finding(f"{home.process}/voorbeelden", error.message)
        return
    for example in examples:
        if not example.is_of(definition.settings.municipalities):
            continue
        own = home.root / "regios" / home.region / home.process / "voorbeelden" / f"{example.id}.yaml"
        folder = f"regios/{home.region}/" if own.is_file() else ""
        try:
            scenarios.play(model, example)
        except KnooppuntError as error:
            yield _finding(f"{folder}{home.process}/voorbeelden/{example.id}.yaml", error.message, example.name)


def _finding(file: str, reason: str, name: str = "") -> Finding:
    message = f"Het voorbeeld '{name or file}' loopt niet zoals het er staat. {reason}"
    return rule_of("voorbeeld").breach(file, message=message, name=name)

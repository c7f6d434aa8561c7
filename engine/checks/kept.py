"""The spelregels of the reference process, which hold in every region: none may go, and none may ask less.

What each asks is noted beside this, in `kept.txt`, so that a file of diagrams can't say otherwise about itself.
`make spelregels` notes what the reference asks by now.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

from engine import proof
from engine.checks.proven import RULES
from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition
from engine.errors import DefinitionError

NOTED = Path(__file__).with_name("kept.txt")
SHOWN = 3

KEPT = Rule(
    "spelregel_weg",
    Topic.SPELREGELS,
    "Elke spelregel van het voorbeeldproces staat er nog, en vraagt hetzelfde.",
    "Deze regels beschermen gezinnen in elke regio. Zonder zo'n regel wordt niet meer nagegaan of een gezin veilig is.",
    "Zet de regel terug zoals in het voorbeeldproces. Een strengere regel kan erbij, in de map van je regio.",
    wrong="",
    right="",
)


def kept(definition: Definition) -> Iterator[Finding]:
    """The rules of the reference that are gone here or ask something else. Of rules that can't be read it is told
    elsewhere.
    """
    noted = _noted().get(definition.id, {})
    try:
        rules = proof.read_rules(definition.files[RULES], RULES) if RULES in definition.files else ()
    except DefinitionError:
        return
    here = {rule.id: rule for rule in rules}
    if gone := sorted(noted.keys() - here.keys()):
        ids = ", ".join(f"'{id}'" for id in gone[:SHOWN])
        more = f" en nog {len(gone) - SHOWN}" if len(gone) > SHOWN else ""
        lacks = "ontbreekt een spelregel" if len(gone) == 1 else f"ontbreken {len(gone)} spelregels"
        yield KEPT.breach(RULES, gone[0], f"Hier {lacks} van het voorbeeldproces: {ids}{more}.")
    for id in sorted(noted.keys() & here.keys()):
        if noted[id] != mark(here[id]):
            message = f"De spelregel '{here[id].name}' vraagt iets anders dan in het voorbeeldproces."
            yield KEPT.breach(RULES, id, message, name=here[id].name)


def mark(rule: proof.Rule) -> str:
    """What a rule asks, as a few signs: two rules with the same mark differ in their words only."""
    asked = asdict(replace(rule, name="", reason="", source=""))
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=sorted).encode()).hexdigest()[:16]


@cache
def _noted() -> dict[str, dict[str, str]]:
    noted: dict[str, dict[str, str]] = {}
    for line in NOTED.read_text("utf-8").splitlines():
        process, id, sign = line.split()
        noted.setdefault(process, {})[id] = sign
    return noted


def noting(root: Path) -> str:
    """What is to be noted of the spelregels in a workflows folder: a line for each rule, with its mark."""
    files = sorted(root.glob(f"*/{RULES}"))
    rules = [(file.parent.name, rule) for file in files for rule in proof.read_rules(file.read_bytes(), RULES)]
    return "".join(f"{process} {rule.id} {mark(rule)}\n" for process, rule in rules)

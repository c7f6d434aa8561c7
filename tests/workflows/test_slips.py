"""What is likely to do harm in a file of the reference is noticed by a spelregel or a check, whatever the lot."""

from collections.abc import Mapping

import pytest

from engine import definitions
from engine.errors import DefinitionError
from tests.workflows import edits
from tests.workflows.mutants import WORKFLOWS
from tests.workflows.slips import Slip, slips

SEED = 8
FILES, OVERRIDDEN = definitions.gather(WORKFLOWS, "casus", None)
FREE = {
    "antwoord erbij": "A region may offer more to choose from.",
    "termijn anders": "A term may become shorter.",
    "deelt weg": "Half of them say no, which saying nothing does too.",
    "vaker weg": "Saying nothing lets it come more often too.",
    "overslaan weg": "A step may be made one that is always done.",
    "overslaan anders": "The same.",
    "klok meteen": "A clock may go off sooner, where no spelregel bounds it.",
}
"""Kinds of slips of which many do no harm, each with why."""
SAMPLE = (
    *("stap weg", "pijl over een stap heen", "voorwaarde andersom", "rol minder"),
    *("vraag weg", "labels van antwoorden verwisseld", "tekst van de regio leeg", "rij weg"),
)
"""Kinds that are told without a proof, so quickly."""


def noticed(slip: Slip) -> str:
    """What refuses the reference with this slip; "" where nothing does."""
    try:
        return edits.noticed(definitions.assemble("casus", "", changed(FILES, slip), OVERRIDDEN))
    except DefinitionError as error:
        return f"lezen:{error.problems[0].rule}"


def changed(files: Mapping[str, bytes], slip: Slip) -> dict[str, bytes]:
    return {**files, slip.file: slip.content}


def test_slips_drawn_by_lot_are_noticed() -> None:
    """In one test, for what may be done to all files is looked up once."""
    drawn = list(slips(FILES, SEED, 1, SAMPLE))
    assert {slip.kind for slip in drawn} == {*SAMPLE}
    assert [slip.name for slip in drawn if not noticed(slip)] == []


@pytest.mark.long
def test_of_many_slips_nearly_all_are_noticed() -> None:
    drawn = [slip for slip in slips(FILES, SEED, 3) if slip.kind not in FREE]
    unnoticed = [(slip.kind, slip.name) for slip in drawn if not noticed(slip)]
    assert len(drawn) >= 300
    assert len(unnoticed) <= len(drawn) * 0.05, unnoticed

"""A slip in the reference process is noticed by a spelregel or a check, and not only by an example."""

import pytest

from engine.definitions import Definition
from tests.workflows import edits, mutants

SAMPLE = {
    "signaleren.ontvangst_bevestigen: weg": "ontvangst_bekend",
    "verkennen.kennismaken: weg": "eerst_kennismaken",
    "voorbespreking.voorbespreking_houden: weg": "voorbespreking_gebeurt",
    "evalueren.evaluatie_voorbereiden: weg": "evaluatie_voorbereid",
    "bewaken.opdracht_geven: weg": "opdracht_eerst",
    "intrekking.delen_stoppen: alleen een partner": "niet_alleen_een_partner",
    "verlies.persoonlijk_contact: zonder kring": "verlies_in_kring",
    "bewaken.opschalen_besluit_afgerond: andersom": "afgerond_is_klaar",
    "casus.hulpvraag_meteen: andersom": "verkennen_als_nodig",
    "geen_contact.andere_weg_ja: andersom": "geen_weg_meer",
    "geen_contact.pogingen_op_ja: andersom": "vaker_geprobeerd",
    "afsluiten.overdracht_mogelijk_nee: andersom": "overdracht_gevraagd",
    "bewaken.eerst_noteren: andersom": "check:keuze_anders",
    "bewaken.niets_nodig: andersom": "check:keuze_anders",
    "toestemming_vastleggen.toestemmingen_datum: vult niets": "check:vraag_minder",
    "zeggenschap 16_plus: zonder zelf": "check:zeggenschap_minder",
}
"""Slips of each kind, and what must notice them."""

UNNOTICED: dict[str, str] = {}
"""Slips that nothing refuses, each with why that may be."""


@pytest.fixture(scope="module")
def reference() -> Definition:
    return mutants.reference()


@pytest.fixture(scope="module")
def made(reference: Definition) -> dict[str, mutants.Change]:
    return {edit.name: edit.change for edit in edits.edits(reference)}


def test_there_are_enough_edits(reference: Definition, made: dict[str, mutants.Change]) -> None:
    assert len(made) == len(edits.edits(reference)) >= 150
    assert {*SAMPLE, *UNNOTICED} <= made.keys()


@pytest.mark.parametrize(("name", "noticed_by"), SAMPLE.items())
def test_a_slip_is_noticed(name: str, noticed_by: str, reference: Definition, made: dict[str, mutants.Change]) -> None:
    assert mutants.refusals(made[name](reference), frozenset({noticed_by})) == {noticed_by}


@pytest.mark.long
@pytest.mark.parametrize("edit", edits.edits(mutants.reference()), ids=lambda edit: edit.name)
def test_every_slip_is_noticed_or_listed(edit: edits.Edit, reference: Definition) -> None:
    assert bool(edits.noticed(edit.change(reference))) is (edit.name not in UNNOTICED)

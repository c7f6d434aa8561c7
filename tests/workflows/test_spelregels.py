"""The reference process keeps its own rules, and a region that breaks one by accident is told."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine import definitions, proof
from engine.checks import Severity
from engine.checks.kept import NOTED, kept, noting
from engine.definitions import Definition
from tests.workflows import mutants
from tests.workflows.mutants import EQUIVALENT, HARMLESS, MUTANTS, Mutant

WORKFLOWS = Path(__file__).parents[2] / "workflows"


@pytest.fixture(scope="module")
def reference() -> Definition:
    return mutants.reference()


@pytest.mark.parametrize("root", ["casus", "opzetten"])
@pytest.mark.parametrize("region", [None, "zuid-limburg", "de-waterlanden"])
def test_every_rule_holds_in_every_region_within_seconds(
    root: str, region: str | None, request: pytest.FixtureRequest
) -> None:
    if region:
        request.getfixturevalue("proved_once")  # how long a region may take is held where it is checked whole
    definition = definitions.load(WORKFLOWS, root, region)
    rules = proof.read_rules(definition.files["spelregels.yaml"], "spelregels.yaml")
    before = time.process_time()
    verdicts = proof.prove(definition, rules)
    took = time.process_time() - before
    assert {v.rule.id: v.story for v in verdicts if v.outcome != "holds"} == {}
    assert proof.sound(definition) == ()
    assert took < 10  # 5 is asked for, now that each agreement has a run of its own; a slow machine gets twice that


def test_every_rule_says_why_and_where_it_comes_from(reference: Definition) -> None:
    rules = proof.read_rules(reference.files["spelregels.yaml"], "spelregels.yaml")
    assert [r.id for r in rules if not (r.name and r.reason and r.source)] == []


def test_what_the_reference_asks_is_noted() -> None:
    assert noting(WORKFLOWS) == NOTED.read_text("utf-8"), "spelregels changed: run `make spelregels`"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("", None, "spelregels van het voorbeeldproces: 'aanmelder_hoort_besluit'"),
        ("id: eerst_toestemming", "id: iets_anders", "ontbreekt een spelregel van het voorbeeldproces: 'eerst_"),
        ("    soort: existence\n", "    soort: existence\n    verplicht: nee\n", "Elk traject eindigt"),
        ("    soort: response\n", "    soort: response\n    mag_ontbreken: ja\n", "Na elk overleg"),
        ("    tenzij: {id: casus_klaar}\n", "    tenzij: {register: toestemming}\n", "Intrekken kan"),
        ("vult: [persoon, organisatie, antwoord, soorten, besluit]", "vult: [persoon]", "Bij elk ja staat wie"),
    ],
)
def test_a_reference_rule_can_not_go_or_ask_less(
    before: str, after: str | None, sentence: str, reference: Definition
) -> None:
    text = reference.files["spelregels.yaml"].decode()
    assert before in text
    changed = "spelregels: []" if after is None else text.replace(before, after, 1)
    files = {**reference.files, "spelregels.yaml": changed.encode(), "spelregels.regio.yaml": text.encode()}
    (finding,) = kept(replace(reference, files=files))
    assert finding.severity is Severity.ERROR
    assert sentence in finding.message


def test_other_words_and_another_order_are_nothing_to_a_rule(reference: Definition) -> None:
    head, *rules = reference.files["spelregels.yaml"].decode().split("\n  - ")
    turned = "\n  - ".join([head, *(rule.strip("\n") + "\n" for rule in reversed(rules))])
    other = turned.replace("bron: S1", "bron: Anders").replace("naam: Niets delen", "naam: Deel niets")
    assert [*kept(replace(reference, files={**reference.files, "spelregels.yaml": other.encode()}))] == []


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 60
    assert len(HARMLESS) >= 20
    names = [mutant.name for mutant in (*MUTANTS, *HARMLESS, *(mutant for mutant, _ in EQUIVALENT))]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_slip_that_breaks_a_rule_is_caught(mutant: Mutant, reference: Definition) -> None:
    expected = mutant.caught_by
    assert mutants.refusals(mutant.change(reference), expected) & expected


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(mutant, marks=[] if number % 10 == 0 else [pytest.mark.long])  # each proves the whole reference
        for number, mutant in enumerate([*HARMLESS, *(mutant for mutant, _ in EQUIVALENT)])
    ],
    ids=lambda mutant: mutant.name,
)
def test_a_change_that_does_no_harm_is_not_refused(mutant: Mutant, reference: Definition) -> None:
    assert mutants.refusals(mutant.change(reference)) == frozenset()


SETTING_UP: tuple[tuple[mutants.Change, frozenset[str]], ...] = (
    (mutants.renamed("inrichten", "privacy_regelen", "privacy"), frozenset()),
    (mutants.renamed("proefdraaien", "pilot_houden", "proef"), frozenset()),
    (mutants.without("opzetten", "fase_inrichten"), frozenset({"privacy_voor_de_proef"})),
    (
        mutants.prop("proefdraaien", "pilot_houden", regelt=None),
        frozenset({"privacy_voor_de_proef", "check:stap_anders"}),
    ),
    (
        mutants.flow("inrichten", "privacy_akkoord_ja", condition='=fg_advies != "ja"'),
        frozenset({"privacy_voor_de_proef", "check:keuze_anders"}),
    ),
)


@pytest.mark.parametrize(("change", "refused"), SETTING_UP)
def test_setting_up_guards_privacy_by_what_steps_do_and_not_by_their_ids(
    change: mutants.Change, refused: frozenset[str]
) -> None:
    assert mutants.refusals(change(definitions.load(WORKFLOWS, "opzetten"))) == refused


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            mutants.flow("intake", "knooppunt_besluit_ja", condition='=past_bij_knooppunt = "nee"'),
            "opschrift_omgekeerd",
        ),
        (mutants.question("signaal_bespreken", "besproken_met_gezin", required=False), "antwoord_leeg"),
        (mutants.element("casus", "fase_voorbespreking", called="intrekking"), "fase"),
    ],
)
def test_what_may_be_meant_so_is_told_and_not_refused(change: mutants.Change, rule: str, reference: Definition) -> None:
    findings = [finding for finding in mutants.findings(change(reference)) if finding.severity is Severity.WARNING]
    assert rule in {finding.rule.id for finding in findings}


def test_a_path_that_breaks_a_rule_is_told_and_marked(reference: Definition) -> None:
    broken = next(mutant for mutant in MUTANTS if mutant.name == "een pijl van signaleren rechtstreeks naar de steun")
    rules = proof.read_rules(reference.files["spelregels.yaml"], "spelregels.yaml")
    changed = broken.change(reference)
    (verdict,) = proof.prove(changed, [rule for rule in rules if rule.id == "overleg_eigen_toestemming"])
    assert verdict.outcome == "holds"  # the meeting still asks for consent of its own
    (verdict,) = proof.prove(changed, [rule for rule in rules if rule.id == "eerst_toestemming"])
    assert verdict.refused
    assert "De casusregisseur rondt 'Opdracht geven aan de uitvoerder' af." in verdict.story
    assert verdict.story[-1].startswith("Nu is 'Opdracht geven aan de uitvoerder' gebeurd, en dat mag hier niet.")
    assert {"naar_fase_toestemming", "hulpvraag_meteen"} <= verdict.marked["casus"]
    assert "opdracht_geven" in verdict.marked["bewaken"]

"""What is called as in the reference process means what it means there, or the check tells."""

from dataclasses import replace

import pytest

from engine import decisions
from engine.checks.noting import promises
from engine.checks.promised import NOTED, promised
from engine.definitions import Definition
from tests.workflows import mutants
from tests.workflows.mutants import WORKFLOWS, Change, question, role, row_gone

CONSENT = "toestemming_vastleggen"


def told(definition: Definition) -> list[tuple[str, str]]:
    """The rules that a definition breaks, with where."""
    read = {f: decisions.read(content, f) for f, content in definition.files.items() if f.endswith(".dmn")}
    return [(finding.rule.id, finding.element) for finding in promised(definition, read)]


@pytest.fixture(scope="module")
def reference() -> Definition:
    return mutants.reference()


def needs(organisation: str, purpose: str, **values: object) -> Change:
    """A region that says otherwise what a kind of organisation needs."""

    def change(definition: Definition) -> Definition:
        known = definition.settings.needs
        need = replace(known[organisation][purpose], **values)  # type: ignore[arg-type]
        changed = {**known, organisation: {**known[organisation], purpose: need}}
        return replace(definition, settings=replace(definition.settings, needs=changed))

    return change


def test_what_the_reference_promises_is_noted() -> None:
    assert promises(WORKFLOWS) == NOTED.read_text("utf-8"), "the reference changed: run `make spelregels`"


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        (
            question("kennismaken", "kennismaking_aanwezig", properties={"gegevens": "verhaal", "over": "moeder"}),
            ("vraag_anders", "veld_kennismaking_aanwezig"),
        ),
        (question(CONSENT, "antwoord", required=False), ("vraag_minder", "veld_toestemmingen_antwoord")),
        (question(CONSENT, "antwoord", key=""), ("vraag_minder", "antwoord")),
        (question("afspraak_opvolgen", "status", options=()), None),
        (
            question("afspraak_opvolgen", "status", options=mutants.choices("gedaan", "niet_gedaan")),
            ("vraag_minder", "veld_status"),
        ),
        (question("kennismaken", "kennismaking_aanwezig", key=""), None),
        (row_gone("hulpvraag_soort.dmn", "hulpvraag_soort_regel_2"), ("tabel_anders", "hulpvraag_soort")),
        (needs("kraamzorg", "delen", kinds=("contact", "welbevinden")), ("nodig_ruimer", "nodig.kraamzorg.delen")),
        (needs("kraamzorg", "delen", kinds=("contact", "welbevinden"), reason="Dat vraagt ons protocol."), None),
        (needs("kraamzorg", "delen", kinds=("contact",)), None),
        (needs("ggz", "overleg", ground="wet"), ("nodig_ruimer", "nodig.ggz.overleg")),
        (role("aanmelder", oversees=("casus",)), ("overzicht_anders", "rollen.aanmelder")),
        (role("coordinator", oversees=()), ("overzicht_anders", "rollen.coordinator")),
    ],
    ids=range(13),
)
def test_what_means_something_else_is_told(
    change: Change, breach: tuple[str, str] | None, reference: Definition
) -> None:
    assert told(change(reference)) == ([breach] if breach else [])


def test_who_gave_a_question_another_key_hears_what_it_is_called(reference: Definition) -> None:
    changed = question(CONSENT, "organisatie", key="organistie")(reference)
    read = {f: decisions.read(content, f) for f, content in changed.files.items() if f.endswith(".dmn")}
    (finding,) = promised(changed, read)
    assert "geen vraag met de sleutel 'organisatie'" in finding.message
    assert finding.advice == "Heet zij hier 'organistie'? Noem haar weer 'organisatie'."

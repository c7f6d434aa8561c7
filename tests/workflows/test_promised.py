"""What is called as in the reference process means what it means there, or the check tells."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine import decisions, feel
from engine.checks import kept
from engine.checks.noting import promises
from engine.checks.promised import NOTED, promised
from engine.checks.proven import RULES
from engine.checks.steps import SAID, step_promises, steps
from engine.definitions import Definition, Element, Event
from engine.definitions.kinds import EventKind, Kind
from engine.forms import FieldKind, Option
from tests.workflows import mutants
from tests.workflows.mutants import (
    WORKFLOWS,
    Change,
    chain,
    clock,
    element,
    flow,
    gone,
    prop,
    put,
    question,
    renamed,
    reroute,
    role,
    row_gone,
    swap,
    term,
    without,
)

CONSENT = "toestemming_vastleggen"
BIRTH = ("contact", "gezondheid", "opvoeding_kind")
"""What maternity care needs to know in the reference."""
WHY = "Zo werkt het hier beter."
REFERENCE = mutants.reference()


def told(definition: Definition) -> list[tuple[str, str]]:
    """The rules that a definition breaks, with where."""
    read = {f: decisions.read(content, f) for f, content in definition.files.items() if f.endswith(".dmn")}
    return [(finding.rule.id, finding.element) for finding in promised(definition, read)]


def without_tables(definition: Definition) -> list[tuple[str, str]]:
    """The same where no table changed, for they are slow to read."""
    return [(finding.rule.id, finding.element) for finding in promised(definition, {})]


@pytest.fixture(scope="module")
def reference() -> Definition:
    return REFERENCE


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
        (question("kennismaken", "kennismaking_aanwezig", key=""), ("vraag_minder", "kennismaking_aanwezig")),
        (row_gone("hulpvraag_soort.dmn", "hulpvraag_soort_regel_2"), ("tabel_anders", "hulpvraag_soort")),
        (needs("kraamzorg", "delen", kinds=(*BIRTH, "welbevinden")), ("nodig_ruimer", "nodig.kraamzorg.delen")),
        (needs("kraamzorg", "delen", kinds=("contact", "welbevinden"), excused={"welbevinden", *BIRTH}), None),
        (
            needs("kraamzorg", "delen", kinds=(*BIRTH, "welbevinden"), excused={"grond", *BIRTH}),
            ("nodig_ruimer", "nodig.kraamzorg.delen"),
        ),
        (needs("kraamzorg", "delen", kinds=BIRTH[:2]), ("nodig_krapper", "nodig.kraamzorg.delen")),
        (needs("kraamzorg", "delen", kinds=BIRTH[:2], excused={BIRTH[2]}), None),
        (needs("kraamzorg", "delen", kinds=BIRTH[:1], excused={BIRTH[2]}), ("nodig_krapper", "nodig.kraamzorg.delen")),
        (needs("ggz", "overleg", ground="wet"), ("nodig_ruimer", "nodig.ggz.overleg")),
        (needs("ggz", "overleg", ground="wet", excused={"grond"}), None),
        (term("overleg", "P35D", "casus", excused={"duur"}), None),
        (term("overleg", "P35D", excused={"vanaf"}), ("termijn_langer", "termijnen.overleg")),
        (term("overleg", "P14D", "overleg_datum", excused={"duur"}), ("termijn_langer", "termijnen.overleg")),
        (role("coordinator", also=("kernpartner",), excused={"kernpartner"}), None),
        (role("coordinator", also=("kernpartner",), excused={"overziet"}), ("rollen_samen", "rollen.coordinator")),
        (role("aanmelder", oversees=("casus",), excused={"kernpartner"}), ("overzicht_anders", "rollen.aanmelder")),
        (role("coordinator", oversees=(), excused={"overziet"}), None),
        (role("aanmelder", oversees=("casus",)), ("overzicht_anders", "rollen.aanmelder")),
        (role("coordinator", oversees=()), ("overzicht_anders", "rollen.coordinator")),
    ],
    ids=range(24),
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


def slips(of: str, step: Element) -> Iterator[tuple[str, str, str, Change]]:
    """What somebody may do to a step under its own id: what it is called, the rule that must tell, the part that a
    region has to name to be excused, and the slip.
    """
    if step.kind == Kind.USER_TASK:
        for roles in {("bestuurder",), (*step.roles, "bestuurder"), step.roles[1:]} - {()}:
            yield f"voor {roles}", "stap_wie_anders", "rollen", element(of, step.id, roles=roles)
        if step.properties["termijn"] != "evaluatie_vervolg":
            yield "later klaar", "stap_later", "termijn", prop(of, step.id, termijn="evaluatie_vervolg")
        if not step.skippable:
            yield "mag worden overgeslagen", "stap_anders", "overslaan", prop(of, step.id, overslaan="ja")
        yield "voor een soort", "stap_anders", "voor_soort", prop(of, step.id, voor_soort="bibliotheek")
    if step.tellers:
        yield "een ander meldt", "stap_wie_anders", "rollen", prop(of, step.id, rollen="bestuurder")
    for part in SAID:
        if step.properties.get(part, "nee") != "nee" and part != "overslaan":
            yield f"zonder {part}", "stap_anders", part, prop(of, step.id, **{part: None})
    if step.kind == Kind.BOUNDARY_EVENT:
        changed = element(of, step.id, interrupting=not step.interrupting)
        yield "onderbreekt anders", "stap_anders", "onderbreekt", changed


STEPS_NOTED = step_promises(REFERENCE)
SLIPS = [
    (process.id, step.id, rule, part, slip, f"{process.id}.{step.id}: {name}")
    for process in REFERENCE.processes.values()
    for step in process.elements.values()
    for name, rule, part, slip in slips(process.id, step)
]


def test_every_slip_in_a_step_is_told_and_with_a_reason_that_names_it_it_is_not() -> None:
    """All of them, without pytest's own bookkeeping for each: a few hundred look-ups of a file that is read once."""
    for of, id, rule, part, change, name in SLIPS:
        alone = replace(REFERENCE, processes={of: REFERENCE.processes[of]}, forms={})
        changed = prop(of, id, reden=WHY, anders="duur")(change(alone))
        told_here = [(finding.rule.id, finding.element) for finding in steps(changed, STEPS_NOTED)]
        assert (rule, id) in told_here, name
        assert list(steps(prop(of, id, anders=f"duur, {part}")(changed), STEPS_NOTED)) == [], name


def test_what_followed_an_event_may_not_go_without_a_reason(reference: Definition) -> None:
    boundaries = [
        (process.id, event)
        for process in reference.processes.values()
        for event in process.elements.values()
        if event.kind == Kind.BOUNDARY_EVENT
    ]
    assert boundaries
    for of, event in boundaries:
        changed = gone(of, event.id)(reference)
        assert ("reactie_weg", event.attached_to) in told(changed), event.id
        assert ("reactie_weg", event.attached_to) in told(prop(of, event.attached_to, reden=WHY)(changed))
        assert ("reactie_weg", event.attached_to) not in told(
            prop(of, event.attached_to, reden=WHY, anders=event.id)(changed)
        )


@pytest.mark.parametrize(
    ("change", "reasoned", "breach"),
    [
        (term("overleg", "P6M"), term("overleg", "P6M", excused={"duur"}), ("termijn_langer", "termijnen.overleg")),
        (
            role("casusregisseur", also=("procesregisseur",)),
            role("casusregisseur", also=("procesregisseur",), excused={"procesregisseur"}),
            ("rollen_samen", "rollen.casusregisseur"),
        ),
        (
            role("aanmelder", oversees=("casus",)),
            role("aanmelder", oversees=("casus",), excused={"overziet"}),
            ("overzicht_anders", "rollen.aanmelder"),
        ),
    ],
    ids=("langer", "samengevoegd", "overziet"),
)
def test_a_setting_may_differ_with_a_reason(
    change: Change, reasoned: Change, breach: tuple[str, str], reference: Definition
) -> None:
    assert told(change(reference)) == [breach]
    assert told(reasoned(reference)) == []
    assert told(chain(term("overleg", "P7D"), term("intake", "P1D"))(reference)) == []


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        (swap("intake", "aanmelding_beoordelen", "toelating_toetsen"), ("volgorde_anders", "aanmelding_beoordelen")),
        (reroute("toestemming", "naar_uitleg_geven", "toestemming_vastleggen"), ("volgorde_anders", CONSENT)),
        (without("intrekking", "delen_stoppen"), ("stap_weg", "intrekking")),
        (flow("bewaken", "niets_nodig", condition='=status = "open"'), ("keuze_anders", "wat_moet_nog")),
        (flow("geen_contact", "pogingen_op_ja", condition="=true"), ("keuze_anders", "pogingen_op")),
        (element("casus", "hulpvraag", kind=Kind.PARALLEL_GATEWAY), ("keuze_anders", "hulpvraag")),
        (element("casus", "traject_klaar", event=Event(EventKind.NONE)), ("stap_anders", "traject_klaar")),
        (element("casus", "afspraak_volgen", parent=""), ("stap_anders", "afspraak_volgen")),
        (element("casus", "fase_afronden", loop=None), ("stap_anders", "fase_afronden")),
        (clock("verlies", "tijd_en_rust", "P3Y"), ("stap_later", "tijd_en_rust")),
        (element("intake", "elders_verwijzen", form=CONSENT), ("stap_anders", "elders_verwijzen")),
    ],
    ids=range(11),
)
def test_a_case_goes_the_way_of_the_reference(change: Change, breach: tuple[str, str], reference: Definition) -> None:
    assert breach in without_tables(change(reference))


@pytest.mark.parametrize(
    "change",
    [
        put("toestemming", mutants.task("folder_geven"), "naar_uitleg_geven"),
        flow("casus", "toestemming_besluit_ja", condition='=not(toestemming_gegeven != "ja")'),
        clock("geen_contact", "even_wachten", "P5D"),
        renamed("casus", "toestemming_besluit", "mag_het"),
        renamed("overleg", "plan_vastleggen", "afspraken_noteren"),
        question(CONSENT, "toestemmingen_taal", label="Welke taal?"),
    ],
    ids=range(6),
)
def test_what_goes_the_same_way_in_other_words_is_free(change: Change, reference: Definition) -> None:
    assert without_tables(change(reference)) == []


@pytest.mark.parametrize(
    "values",
    [
        {"kind": FieldKind.TEXTFIELD, "options": ()},
        {"options": (*mutants.choices("ja", "nee"),)},
        {"options": (Option("ja", "Nee, dat wilden zij niet"), Option("nee", "Ja"))},
        {"default": "ja"},
        {"hide": feel.parse("toestemmingen_tolk = null")},
        {"key": ""},
    ],
    ids=range(6),
)
def test_a_question_asks_what_it_asks_in_the_reference(values: dict[str, object], reference: Definition) -> None:
    changed = question(CONSENT, "toestemmingen_afschrift", **values)(reference)
    known = values.get("options") == (*mutants.choices("ja", "nee"),)
    assert bool(without_tables(changed)) is not known
    why = prop("toestemming", CONSENT, reden=WHY, anders="toestemmingen_afschrift")
    again = prop("opnieuw_vragen", "toestemming_opnieuw_vragen", reden=WHY, anders="toestemmingen_afschrift")
    assert without_tables(chain(why, again)(changed)) == []


def test_spelregels_that_a_region_drops_and_texts_that_it_empties_are_told(reference: Definition) -> None:
    without_rules = replace(reference, files={n: c for n, c in reference.files.items() if n != RULES})
    assert [finding.rule.id for finding in kept.kept(without_rules)] == ["spelregel_weg"]
    (text, *_) = reference.settings.texts
    emptied = replace(reference, settings=replace(reference.settings, texts={**reference.settings.texts, text: " "}))
    assert without_tables(emptied) == [("regiotekst_leeg", f"teksten.{text}")]

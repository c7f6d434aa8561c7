"""The processes that are shipped: every step can be done, explained and registered, and every way is taken."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine import checks, definitions, process, scenarios
from engine.definitions import Definition, Element
from engine.definitions.registers import REGISTERS
from engine.forms import Field, Form
from engine.process import Model
from engine.scenarios import Played, Scenario

WORKFLOWS = Path(__file__).parent.parent.parent / "workflows"
ROOTS = ("casus", "opzetten")
REGIONS = tuple(sorted(path.parent.name for path in WORKFLOWS.glob("regios/*/regio.yaml")))
EDITIONS = [(root, region) for root in ROOTS for region in ("", *REGIONS)]
HEADINGS = ["resultaat", "waarom", "nodig", "doen", "klaar als", "valkuilen", "privacy", "bron"]
INTERRUPTS = {
    "acute_onveiligheid",
    "toestemming_ingetrokken",
    "toestemming_opnieuw",
    "gezin_verhuist",
    "kind_geboren",
    "kind_verloren",
    "zwangerschap_verloren",
    "contact_kwijt",
}
AWAITED = {"nu_terugkijken", "overleg_gevraagd"}
"""What may be told while the case waits for what comes first."""
FOLLOWED = "nieuwe_afspraak"
"""What adds an agreement that is followed, any number side by side."""


@cache
def edition(root: str, region: str) -> Definition:
    return definitions.load(WORKFLOWS, root, region or None)


@cache
def model(root: str, region: str) -> Model:
    return process.compile_model(edition(root, region))


def tasks(of: Definition) -> Iterator[Element]:
    for diagram in of.processes.values():
        yield from diagram.user_tasks


# --- every step ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_every_edition_may_be_run(root: str, region: str) -> None:
    checks.demand(edition(root, region))
    assert model(root, region).definition is edition(root, region)


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_every_step_has_a_form_a_role_a_deadline_and_a_phase_that_exist(root: str, region: str) -> None:
    definition = edition(root, region)
    settings = definition.settings
    assert list(tasks(definition))
    assert [
        f"{task.process}/{task.id}"
        for task in tasks(definition)
        if task.form not in definition.forms
        or not task.roles
        or not set(task.roles) <= set(settings.roles)
        or task.properties.get("termijn") not in settings.deadlines
        or task.properties.get("fase") not in definition.processes
        or not task.properties.get("duur")
        or not task.name
    ] == []


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_every_step_is_explained_under_all_headings_in_their_order(root: str, region: str) -> None:
    for task in tasks(edition(root, region)):
        sections = task.sections
        assert list(sections) == HEADINGS, f"{task.process}/{task.id}"
        assert all(text.strip() for text in sections.values()), f"{task.process}/{task.id}"
        assert "1. " in sections["doen"], f"{task.process}/{task.id}"
        for heading in ("nodig", "klaar als", "valkuilen", "bron"):
            assert sections[heading].startswith("- "), f"{task.process}/{task.id}: {heading}"


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_the_texts_of_a_step_are_written_in_one_way(root: str, region: str) -> None:
    for task in tasks(edition(root, region)):
        name = f"{task.process}/{task.id}"
        whole = "\n".join(text for heading, text in task.sections.items() if heading != "bron")
        assert not re.search(r"\b(S\d|[A-Z]{3}-\d\d)\b", whole), f"{name}: a source outside Bron"
        assert not re.search('[„‘’"]', whole), f"{name}: quotes are “…”"
        assert "vooroverleg" not in whole.lower(), f"{name}: the phase is called voorbespreking"
        assert [line for line in task.sections["klaar als"].splitlines() if line and line[-1] != "."] == [], name


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_everything_else_that_a_reader_sees_is_explained_too(root: str, region: str) -> None:
    definition = edition(root, region)
    assert [id for id, diagram in definition.processes.items() if not diagram.documentation or not diagram.name] == []
    assert [
        f"{e.process}/{e.id}"
        for diagram in definition.processes.values()
        for e in diagram.elements.values()
        if not e.documentation
    ] == []


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_a_phase_has_one_name_wherever_it_is_read(root: str, region: str) -> None:
    definition = edition(root, region)
    for diagram in definition.processes.values():
        assert diagram.pool in ("", diagram.name), diagram.id
        called = {e.called: e.name for e in diagram.elements.values() if e.called}
        assert called == {id: definition.processes[id].name for id in called}


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_every_form_is_used_and_lets_people_answer(root: str, region: str) -> None:
    definition = edition(root, region)
    assert set(definition.forms) == {task.form for task in tasks(definition)}
    assert [id for id, form in definition.forms.items() if not form.input_fields()] == []


# --- choices and events ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_every_choice_is_a_question_with_named_answers_and_a_default(root: str, region: str) -> None:
    for diagram in edition(root, region).processes.values():
        for choice in (e for e in diagram.elements.values() if e.kind == "exclusiveGateway" and len(e.outgoing) > 1):
            assert choice.name.endswith("?"), f"{diagram.id}/{choice.id}"
            assert choice.default in choice.outgoing, f"{diagram.id}/{choice.id}"
            assert all(diagram.flows[id].name for id in choice.outgoing), f"{diagram.id}/{choice.id}"
            assert {id for id in choice.outgoing if not diagram.flows[id].condition} == {choice.default}


@pytest.mark.parametrize("region", ["", *REGIONS])
def test_every_message_says_on_its_button_what_it_is_and_who_may_send_it(region: str) -> None:
    definition = edition("casus", region)
    starts = [
        e
        for e in definition.root.elements.values()
        if e.kind in ("startEvent", "boundaryEvent") and e.event_kind == "message" and e != definition.root.reopening
    ]
    caught = [
        e for e in definition.root.elements.values() if e.kind == "intermediateCatchEvent" and e.event_kind == "message"
    ]
    assert {e.event.name for e in starts if e.event} == {*INTERRUPTS, FOLLOWED}
    assert {e.event.name for e in caught if e.event} == AWAITED
    for event in (*starts, *caught):
        properties = event.properties
        assert properties["titel"], event.id
        assert properties["uitleg"].endswith("."), event.id
        assert set(properties["rollen"].split(",")) <= set(definition.settings.roles), event.id
    for event in (e for e in starts if e.event and e.event.name != FOLLOWED):
        properties = event.properties
        assert properties["vaker"] in ("ja", "nee"), event.id
        assert (properties["vaker"] == "nee") or not event.interrupting, event.id


@pytest.mark.parametrize("region", ["", *REGIONS])
def test_a_case_that_ended_can_be_reopened_and_keeps_who_belongs_to_the_family(region: str) -> None:
    start = edition("casus", region).root.reopening
    assert start is not None
    assert "gezin" in start.properties["blijft"].split(",")
    assert start.properties["uitleg"].endswith(".")


def test_what_nobody_cuts_off_stands_outside_the_traject_withdrawal_on_its_edge_and_all_else_inside() -> None:
    elements = edition("casus", "").root.elements
    handlers = {e.id: e.parent for e in elements.values() if e.by_event}
    assert (handlers.pop("onveiligheid"), handlers.pop("kind_verloren")) == ("", "")
    assert handlers.pop("afspraak_volgen") == "samen"
    assert set(handlers.values()) == {"traject"}
    assert {e.id: e.attached_to for e in elements.values() if e.kind == "boundaryEvent"} == {
        "toestemming_ingetrokken": "traject"
    }


# --- registers -------------------------------------------------------------------------------------------------


def columns(form: Form) -> Iterator[dict[str, Field]]:
    """What one completion of a form writes: its own columns, or those of each list in it."""
    single: dict[str, Field] = {}
    for field in form.input_fields():
        if field.kind == "dynamiclist":
            inner = {f.properties["register"]: f for f in field.fields if "register" in f.properties}
            if inner:
                yield inner
        elif "register" in field.properties:
            single[field.properties["register"]] = field
    if single:
        yield single


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_every_step_with_a_register_fills_the_columns_that_it_needs(root: str, region: str) -> None:
    definition = edition(root, region)
    for task in tasks(definition):
        register = task.properties.get("register")
        if register is None or task.id in ON_THEIR_ITEM:
            continue
        needed = set(REGISTERS[register].required)
        filled = [set(keys) for keys in columns(definition.forms[task.form])]
        assert any(needed <= keys for keys in filled), f"{task.process}/{task.id}: {register} needs {needed}"


# What is done for each agreement: the agreement itself holds the rest.
ON_THEIR_ITEM = {
    "afspraak_noteren",
    "afspraak_opvolgen",
    "andere_dag_afspreken",
    "wachttijd_overbruggen",
    "afspraak_nagaan",
    "afspraak_opschalen",
    "afspraak_afronden",
}
COLUMNS_OF_AN_AGREEMENT = {
    "wat",
    "wie",
    "persoon",
    "voor_wanneer",
    "doel",
    "opdracht",
    "status",
    "toelichting",
    "overbrugging",
}


@pytest.mark.parametrize("region", ["", *REGIONS])
def test_steps_for_each_agreement_write_to_columns_of_agreements(region: str) -> None:
    definition = edition("casus", region)
    steps = [task for id in ("bewaken", "afronden") for task in definition.processes[id].user_tasks]
    assert {task.id for task in steps if task.properties.get("register") == "afspraken"} == ON_THEIR_ITEM
    for task in (task for task in steps if task.id in ON_THEIR_ITEM):
        for keys in columns(definition.forms[task.form]):
            assert set(keys) <= COLUMNS_OF_AN_AGREEMENT


@pytest.mark.parametrize("region", ["", *REGIONS])
def test_what_is_shared_is_registered_and_says_for_what(region: str) -> None:
    for task in tasks(edition("casus", region)):
        properties = task.properties
        if properties.get("register") == "verstrekking":
            assert properties.get("deelt") == "ja", task.id
        if properties.get("register") == "toestemming":
            assert properties.get("doel") in ("delen", "voorbespreking", "overleg", "kind", "overdracht"), task.id
        if properties.get("register") == "overleg":
            assert properties.get("soort") in ("voorbespreking", "knooppuntoverleg"), task.id
            assert properties.get("stand") in ("gepland", "gehouden"), task.id


LISTED = {
    "onderwerpen": "onderwerpen",
    "categorieen": "categorieen",
    "kanaal": "kanalen",
    "grond": "gronden",
    "vorm": "vormen",
    "reden_afsluiten": "redenen_afsluiten",
}


def fields(form: Form) -> Iterator[Field]:
    for field in form.input_fields():
        yield field
        yield from field.fields


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_answers_to_choose_from_have_a_name_in_the_settings(root: str, region: str) -> None:
    definition = edition(root, region)
    for id, form in definition.forms.items():
        for field in fields(form):
            named = LISTED.get(field.properties.get("register", "")) or LISTED.get(field.key)
            if named and field.options:
                values = set(definition.settings.lists[named])
                assert {option.value for option in field.options} <= values, f"{id}: {field.key}"


@pytest.mark.parametrize("region", ["", *REGIONS])
def test_every_form_that_closes_a_dossier_offers_the_same_reasons(region: str) -> None:
    definition = edition("casus", region)
    asked = {
        id: field for id, form in definition.forms.items() for field in fields(form) if field.key == "reden_afsluiten"
    }
    reasons = definition.settings.lists["redenen_afsluiten"]
    assert {
        id: {option.value: option.label for option in field.options} for id, field in asked.items()
    } == dict.fromkeys(asked, reasons)
    assert len(asked) > 1


@pytest.mark.parametrize(("root", "region"), EDITIONS)
def test_a_choice_in_a_form_has_answers_and_no_two_the_same(root: str, region: str) -> None:
    for id, form in edition(root, region).forms.items():
        for field in fields(form):
            values = [option.value for option in field.options]
            assert len(values) == len(set(values)), f"{id}: {field.key}"
            if field.kind in ("radio", "checklist", "select"):
                chooses = [name for name in field.properties if name.startswith("kies_")]
                assert values or field.options_expression or chooses, f"{id}: {field.key}"


# --- the examples ----------------------------------------------------------------------------------------------


def meant(root: str, region: str) -> list[Scenario]:
    """The examples of a family name organisations of one region; another region plays those of its own folder."""
    places = edition(root, region).settings.municipalities
    return [example for example in scenarios.examples(WORKFLOWS, root, region) if example.is_of(places)]


def test_every_example_is_meant_for_a_region() -> None:
    for root in ROOTS:
        everything = {e.id for region in REGIONS for e in scenarios.examples(WORKFLOWS, root, region)}
        assert everything == {e.id for region in REGIONS for e in meant(root, region)}
    assert len(meant("casus", "de-waterlanden")) == 2
    assert all(meant(root, region) for root in ROOTS for region in REGIONS)


PLAYED = [(root, region, example) for root in ROOTS for region in REGIONS for example in meant(root, region)]


@cache
def played(root: str, region: str, id: str) -> Played:
    return scenarios.play(model(root, region), next(example for example in meant(root, region) if example.id == id))


@pytest.mark.parametrize(
    ("root", "region", "example"), PLAYED, ids=[f"{region}-{example.id}" for _, region, example in PLAYED]
)
def test_every_example_goes_as_it_is_written_down(root: str, region: str, example: Scenario) -> None:
    assert played(root, region, example.id).flows
    assert example.ends is not None, "an example says how it ends"
    assert root == "opzetten" or example.municipality, "an example of a family says where it lives"


def left(root: str, region: str, only: set[str]) -> tuple[set[str], set[str]]:
    """The flows and elements of these diagrams that no example passes."""
    definition = edition(root, region)
    drawn = {(id, flow) for id in only for flow in definition.processes[id].flows}
    standing = {(id, e.id) for id in only for e in definition.processes[id].elements.values()}
    for example in meant(root, region):
        drawn -= played(root, region, example.id).flows
        standing -= played(root, region, example.id).elements
    return {"/".join(pair) for pair in drawn}, {"/".join(pair) for pair in standing}


@pytest.mark.parametrize("root", ROOTS)
def test_together_the_examples_take_every_flow_and_pass_every_element(root: str) -> None:
    assert left(root, "zuid-limburg", set(edition(root, "zuid-limburg").processes)) == (set(), set())


@pytest.mark.parametrize("region", [region for region in REGIONS if region != "zuid-limburg"])
def test_the_examples_of_a_region_take_every_flow_of_the_diagrams_that_it_changed(region: str) -> None:
    for root in ROOTS:
        changed = {Path(name).stem for name in edition(root, region).overridden if name.endswith(".bpmn")}
        assert left(root, region, changed) == (set(), set())


def test_the_examples_show_every_event_that_can_come_in_between() -> None:
    sent = {
        action.name
        for example in meant("casus", "zuid-limburg")
        for action in example.actions
        if action.kind == "bericht"
    }
    assert sent == {*INTERRUPTS, *AWAITED, FOLLOWED}


# --- who may do it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
def test_no_step_is_offered_to_partners_of_every_kind_alike(region: str) -> None:
    """Else a birth or the preparing of parents stands on the worklist of the debt counsellor."""
    for_all = [
        task.id
        for task in tasks(edition("casus", region))
        if "kernpartner" in task.roles and not task.properties.keys() & {"organisatie", "voor_soort", "toewijzen"}
    ]
    assert set(for_all) <= {"contact_zoeken", "contact_afspreken"}, "whoever knows the family may look for contact"

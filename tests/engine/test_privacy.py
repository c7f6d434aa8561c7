"""A process that asks a family for consent says of every question what it asks and about whom, or is not published."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import checks, definitions
from engine.checks import Finding
from engine.checks.privacy import privacy
from engine.definitions import Definition

pytestmark = pytest.mark.sqlite_first

WORKFLOWS = Path(__file__).parents[2] / "workflows"


@cache
def shipped(process: str) -> tuple[dict[str, bytes], frozenset[str]]:
    return definitions.gather(WORKFLOWS, process, "de-waterlanden")


def with_form(name: str, edit: Callable[[dict[str, Any]], None], process: str = "casus") -> Definition:
    """The shipped process with one form edited."""
    files, overridden = shipped(process)
    file = f"formulieren/{name}.form"
    form = json.loads(files[file])
    edit(form)
    return definitions.assemble(process, "de-waterlanden", {**files, file: json.dumps(form).encode()}, overridden)


def with_settings(**more: Any) -> Definition:
    """The shipped process with something else in regio.yaml."""
    files, overridden = shipped("casus")
    settings = yaml.safe_load(files["regio.yaml"])
    for part, held in more.items():
        settings[part] = {**settings[part], **held}
    regio = json.dumps(settings).encode()
    return definitions.assemble("casus", "de-waterlanden", {**files, "regio.yaml": regio}, overridden)


def question(form: dict[str, Any], key: str) -> dict[str, Any]:
    """A question of a form as its file has it, also in a group or a list."""
    parts = list(form["components"])
    for part in parts:
        parts += part.get("components", [])
    return next(part for part in parts if part.get("key", part.get("path")) == key)


def marks(key: str, **properties: str | None) -> Callable[[dict[str, Any]], None]:
    """An edit that gives a question other properties; None takes one away."""

    def edit(form: dict[str, Any]) -> None:
        asked = question(form, key)
        given = {**asked.get("properties", {}), **properties}
        asked["properties"] = {name: value for name, value in given.items() if value is not None}

    return edit


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(finding.rule.id, finding.file, finding.element) for finding in findings]


@pytest.mark.parametrize(
    ("form", "key", "given", "rule"),
    [
        ("kennismaken", "tolk_nodig", {"gegevens": None, "over": None}, "soort_ontbreekt"),
        ("kennismaken", "beste_contact", {"over": None}, "soort_ontbreekt"),
        ("plan_vastleggen", "opdracht", {"gegevens": None}, "soort_ontbreekt"),
        ("kennismaken", "beste_contact", {"gegevens": "adres"}, "soort_onbekend"),
        ("kennismaken", "beste_contact", {"over": "gezin"}, "over_onbekend"),
        ("kennismaken", "beste_contact", {"over": "moeder,vader"}, "over_onbekend"),
        ("kennismaken", "beste_contact", {"over": "kennismaking_aanwezig"}, "over_onbekend"),
        ("kennismaken", "beste_contact", {"over": "proces"}, "over_proces"),
        ("kennismaken", "kennismaking_datum", {"over": "proces,moeder"}, "over_proces"),
        ("evaluatie_houden", "gehoord", {"over": "andere_ouder"}, "soort_verschilt"),
        ("evaluatie_houden", "gehoord", {"gegevens": "verhaal"}, "soort_verschilt"),
    ],
    ids=str,
)
def test_a_slip_in_a_mark_is_told_at_its_question(form: str, key: str, given: dict[str, str | None], rule: str) -> None:
    findings = privacy(with_form(form, marks(key, **given)))
    assert [finding.rule.id for finding in findings] == [rule]
    assert findings[0].file.endswith(".form")
    assert findings[0].severity is checks.Severity.ERROR


def test_an_option_may_bear_the_kind_for_its_question() -> None:
    topics = "levensgebieden_verkennen"
    assert privacy(with_form(topics, marks("verkenning_andere_ouder"))) == ()

    def one_without(form: dict[str, Any]) -> None:
        marks("onderwerpen", gegevens=None)(form)
        del question(form, "onderwerpen")["values"][0]["properties"]

    rules = [rule for rule, _, _ in told(privacy(with_form(topics, one_without)))]
    assert rules == ["soort_ontbreekt", "soort_verschilt"] or rules == ["soort_verschilt", "soort_ontbreekt"]


def test_a_question_may_be_about_who_is_chosen_beside_it() -> None:
    who = {"id": "v", "type": "select", "key": "wie_dan", "label": "Over wie?",
           "properties": {"kies_betrokkene": "moeder,andere_ouder", "over": "proces"}}  # fmt: skip

    def in_the_row(form: dict[str, Any]) -> None:
        question(form, "afspraken")["components"].append(who)
        marks("opdracht", over="wie_dan")(form)

    def beside_the_list(form: dict[str, Any]) -> None:
        form["components"].append(who)
        marks("opdracht", over="wie_dan")(form)
        marks("voorliggend_bekeken", gegevens="doelen_plan", over="wie_dan")(form)

    def from_the_list(form: dict[str, Any]) -> None:
        question(form, "afspraken")["components"].append(who)
        marks("voorliggend_bekeken", gegevens="doelen_plan", over="afspraken.wie_dan")(form)

    def outside_the_row(form: dict[str, Any]) -> None:
        question(form, "afspraken")["components"].append(who)
        marks("voorliggend_bekeken", gegevens="doelen_plan", over="wie_dan")(form)

    for edit in (in_the_row, beside_the_list, from_the_list):
        assert told(privacy(with_form("plan_vastleggen", edit))) == [], edit.__name__
    assert [rule for rule, _, _ in told(privacy(with_form("plan_vastleggen", outside_the_row)))] == ["over_onbekend"]


def test_a_diagram_that_holds_nothing_of_a_family_needs_no_marks() -> None:
    files, overridden = shipped("opzetten")
    assert privacy(definitions.assemble("opzetten", "de-waterlanden", files, overridden)) == ()
    files, overridden = shipped("casus")
    edited = {**files, "formulieren/kennismaken.form": files["formulieren/kennismaken.form"].replace(b'"over"', b'"o"')}
    spared = edited["verkennen.bpmn"].replace(
        b"</bpmn:documentation>",
        b'</bpmn:documentation><bpmn:extensionElements><camunda:properties><camunda:property name="over" '
        b'value="proces" /></camunda:properties></bpmn:extensionElements>', 1,
    )  # fmt: skip
    bare = definitions.assemble("casus", "de-waterlanden", edited, overridden)
    whole = definitions.assemble("casus", "de-waterlanden", {**edited, "verkennen.bpmn": spared}, overridden)
    assert {rule for rule, _, _ in told(privacy(bare))} == {"soort_ontbreekt"}
    assert privacy(whole) == ()


def test_what_the_signal_says_is_not_shown_to_somebody_else_before_the_family_is_asked() -> None:
    def shows(text: str) -> Callable[[dict[str, Any]], None]:
        return lambda form: form["components"].append({"id": "toon", "type": "text", "text": text})

    (finding,) = privacy(with_form("ontvangst_bevestigen", shows("Over {{zwangerschapsduur_weken}} weken.")))
    assert (finding.rule.id, finding.element) == ("zonder_toestemming", "ontvangst_bevestigen")
    assert "Hoeveel weken is zij zwanger?" in finding.message
    assert privacy(with_form("ontvangst_bevestigen", shows("Sinds {{signaal_datum}}."))) == (), "that is of nobody"
    assert privacy(with_form("aanmelding_beoordelen", shows("{{zwangerschapsduur_weken}}"))) == (), (
        "the family was asked"
    )
    assert privacy(with_form("uitleg_geven", shows("{{gezin_reactie}}"))) == (), "who wrote it reads it again"
    (finding,) = privacy(with_form("uitleg_geven", shows("{{zwangerschapsduur_weken}}")))
    assert finding.element == "uitleg_geven", "another may have entered the signal, for who called"


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ({"kernpartner": {"naam": "Kernpartner", "overziet": ["casus"]}}, "rollen.kernpartner"),
        ({"kernpartner": {"naam": "Kernpartner", "doet_ook": ["coordinator"]}}, "rollen.kernpartner"),
        ({"kernpartner": {"naam": "Kernpartner", "doet_ook": ["procesregisseur"]}}, "rollen.kernpartner"),
        ({"bezoeker": {"naam": "Bezoeker", "doet_ook": ["kernpartner"], "overziet": ["casus"]}}, "rollen.bezoeker"),
        (
            {
                "kernpartner": {"naam": "Kernpartner", "doet_ook": ["hulp"]},
                "hulp": {"naam": "Hulp", "doet_ook": ["coordinator", "kernpartner"]},
            },
            "rollen.kernpartner",
        ),
    ],
)
def test_a_partner_who_would_see_what_only_the_team_may_is_refused(roles: dict[str, Any], place: str) -> None:
    findings = [finding for finding in privacy(with_settings(rollen=roles)) if finding.element == place]
    assert [(finding.rule.id, finding.file) for finding in findings] == [("kernpartner_met_overzicht", "regio.yaml")]


def test_a_partner_may_keep_the_overview_of_what_holds_no_family() -> None:
    roles = {"kernpartner": {"naam": "Kernpartner", "doet_ook": ["casusregisseur"], "overziet": ["opzetten"]}}
    assert privacy(with_settings(rollen=roles)) == ()


def test_only_where_consent_is_asked_does_anything_follow_from_the_gate() -> None:
    follows = {"id": "b", "type": "expression", "key": "poort_open", "expression": '=poort = "ja"',
               "properties": {"over": "proces"}}  # fmt: skip
    asks = with_form("toestemming_vastleggen", lambda form: form["components"].append(follows))
    elsewhere = with_form("kennismaken", lambda form: form["components"].append(follows))
    assert "naam_onbekend" not in {f.rule.id for f in checks.examine(asks, spelregels_too=False)}
    (finding,) = [f for f in checks.examine(elsewhere, spelregels_too=False) if f.rule.id == "naam_onbekend"]
    assert "'poort'" in finding.message


@pytest.mark.parametrize("purpose", ["kind", "zorg"])
def test_a_step_uses_what_it_asks_for_a_purpose_that_a_family_is_asked_about(purpose: str) -> None:
    files, overridden = shipped("casus")
    drawn = files["bewaken.bpmn"].replace(b'name="doel" value="delen"', f'name="doel" value="{purpose}"'.encode(), 1)
    assert drawn != files["bewaken.bpmn"]
    definition = definitions.assemble("casus", "de-waterlanden", {**files, "bewaken.bpmn": drawn}, overridden)
    findings = {finding.rule.id: finding for finding in checks.examine(definition, spelregels_too=False)}
    assert len(findings) == 2
    finding = next(finding for id, finding in findings.items() if id != "stap_anders")  # the reference asks another
    assert (finding.severity, finding.file) == (checks.Severity.ERROR, "bewaken.bpmn")
    assert f"'{purpose}'" in finding.message

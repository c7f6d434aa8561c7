"""Every rule of the check: its two examples are played, and what it tells is said so that a reader can go on."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from api.command import main
from engine import definitions, forms
from engine.checks import Rule, gates, grouped, rules, sketch
from engine.checks.examples import played
from engine.errors import DefinitionError
from engine.forms import reading
from tests.engine.test_gates_any_file import nested

ROOT = Path(__file__).parent.parent.parent
UNSHOWN = {"bestand", "regio_onbekend", "proces_onbekend", "niet_af", "voorbeeld"}
UNSHOWN |= {"vraag_anders", "vraag_minder", "tabel_anders", "nodig_ruimer", "overzicht_anders"}
UNSHOWN |= {"stap_wie_anders", "stap_later", "stap_anders", "reactie_weg", "nodig_krapper", "termijn_langer"}
UNSHOWN |= {"rollen_samen", "stap_weg", "volgorde_anders", "keuze_anders", "regiotekst_leeg"}
UNSHOWN |= {"spelregel_weg", "bestand_diep", "bestand_groot", "formulier_groot", "tabel_groot", "te_groot", "te_veel"}
"""Rules about what is too large to write down, or about what is not there: other tests play them."""

SHOWN = [rule for rule in rules() if rule.wrong]
TO_DO = re.compile(
    r"('[^']*': )?(Bel|Breng|Geef|Gebruik|Haal|Houd|Kies|Kijk|Knip|Laat|Let|Loop|Maak|Open|Schrijf|Sla|Sleep|Stuur"
    r"|Teken|Trek|Vang|Verander|Verbind|Verdeel|Verwijs|Voeg|Vraag|Vul|Zet)\b"
)
"""How a sentence begins that says what to do."""
CODE = re.compile(r"EXT\d|BPMNspector|\bREF\b")
READERS = ("engine/definitions", "engine/forms", "engine/decisions.py", "engine/proof", "engine/process/__init__.py")


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_a_rule_is_found_where_it_is_broken_and_nowhere_else(rule: Rule) -> None:
    broken = played(rule).findings
    breaches = [finding for finding in broken if finding.rule is rule]
    assert breaches, [(finding.rule.id, finding.message) for finding in broken]
    ids = {group.finding.rule for group in grouped(broken)}
    assert rule in ids or rule.silenced_by & {finding.rule.id for finding in broken}
    for finding in breaches:
        assert finding.message.endswith((".", "”", '"'))
        assert finding.advice, "what is told says what to do"
        assert not TO_DO.match(finding.message), "what is wrong comes before what to do"
        assert not CODE.search(finding.sentence)
    kept = played(rule, right=True).findings
    others = [] if rule.standard else [(finding.rule.id, finding.message) for finding in kept]
    assert others == [], "the example that is right shows no other fault either"
    assert rule not in {finding.rule for finding in kept}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_says_what_it_asks_and_why_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", rule.id)
    for text in (rule.sentence, rule.why, rule.advice):
        assert text.endswith((".", '"ja".', "?'."))
        assert text[0].isupper() or text[0] == "'"
        assert not CODE.search(text)
    assert not TO_DO.match(rule.sentence)
    assert (rule.id in UNSHOWN) is (not rule.wrong)
    assert bool(rule.wrong) is bool(rule.right)


TOO_MUCH: Mapping[str, Callable[[], object]] = {
    "bestand_groot": lambda: definitions.read_process(b" " * 20_000_001 + b"<", "a.bpmn"),
    "bestand_diep": lambda: definitions.read_process(nested(240), "a.bpmn"),
    "formulier_groot": lambda: forms.read(b" " * (reading.MAX_FILE + 1), "a.form"),
}


@pytest.mark.parametrize("rule", TOO_MUCH)
def test_what_is_too_large_to_write_down_is_told(rule: str) -> None:
    with pytest.raises(DefinitionError) as error:
        TOO_MUCH[rule]()
    assert [problem.rule for problem in error.value.problems] == [rule]


def test_a_diagram_of_more_parts_than_can_be_played_is_told() -> None:
    (process, *_) = definitions.read_process(sketch.bpmn("begin > bellen > klaar").encode(), "a.bpmn")
    (element, *_) = process.elements.values()
    many = replace(process, elements={str(n): element for n in range(gates.MAXIMUM_PLAYED + 1)})
    assert [finding.rule.id for finding in gates._too_large(many)] == ["te_veel"]
    assert not list(gates._too_large(process))


def test_what_silences_a_rule_is_a_rule() -> None:
    known = {rule.id for rule in rules()}
    assert {(rule.id, other) for rule in rules() for other in rule.silenced_by - known} == set()


def test_what_reads_files_names_rules_that_have_a_record() -> None:
    """A reader stands below the rules and can't hold their records."""
    place = {"Problem": 2, "refuse": 2, "problem": 1, "Finding": 0}
    named: set[str] = set()
    for reader in READERS:
        files = [ROOT / reader] if reader.endswith(".py") else sorted((ROOT / reader).rglob("*.py"))
        for node in (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                rule = node.args[place[name]] if name in place and len(node.args) > place[name] else None
                named |= {rule.value} if isinstance(rule, ast.Constant) and isinstance(rule.value, str) else set()
    assert len(named) > 30
    assert named - {rule.id for rule in rules()} == set()


@pytest.mark.parametrize("rule", [rule for rule in SHOWN if not rule.standard], ids=lambda rule: rule.id)
def test_the_command_explains_a_rule(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--uitleg", rule.id]) == 0
    text = capsys.readouterr().out
    assert all(part in text for part in (rule.sentence, rule.why, rule.advice, "Zo gaat het mis:", "Zo is het goed:"))
    assert not CODE.search(text)


def test_the_command_knows_which_rule_is_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--uitleg", "overlapp"]) == 1
    assert capsys.readouterr().err == "Er is geen regel 'overlapp'. Bedoelde je overlap of tabel_overlap?\n"
    assert main(["check"]) == 1
    assert "welk bestand" in capsys.readouterr().err

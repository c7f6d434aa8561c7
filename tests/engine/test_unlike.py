"""What can be no answer is told before there is a case: unlike kinds that are compared, and what is always empty."""

import json
from xml.sax.saxutils import escape

import pytest

from engine import decisions, definitions
from engine.checks import Finding
from engine.checks.rule import rules
from engine.checks.unlike import unlike
from engine.definitions import Definition
from engine.feel.functions import FUNCTIONS
from tests.engine.drawing import catch, choice, diagram, each, end, node, start, task, timer, way
from tests.engine.test_decisions import table

SETTINGS = {"naam": "Proef", "rollen": {"maker": {"naam": "Maker"}}, "termijnen": {"kort": {"duur": "5 werkdagen"}}}
CHOICES = [{"label": "Ja", "value": "ja"}, {"label": "Nee", "value": "nee"}]
QUESTIONS = (
    {"key": "naam", "type": "textfield"},
    {"key": "leeftijd", "type": "number"},
    {"key": "akkoord", "type": "checkbox"},
    {"key": "dag", "type": "datetime", "subtype": "date", "dateLabel": "Dag"},
    {"key": "besluit", "type": "radio", "values": CHOICES},
    {"key": "onderwerpen", "type": "checklist", "values": CHOICES},
)


def form(**more: object) -> bytes:
    parts: list[dict[str, object]] = [
        {"id": f"vraag_{part['key']}", "label": part["key"], **part} for part in QUESTIONS
    ]
    parts[0].update(more)
    rows = {"id": "l", "type": "dynamiclist", "path": "afspraken", "label": "Afspraken"}
    inside = [{"id": "punten", "key": "punten", "type": "number", "label": "Punten"}]
    parts.append({**rows, "components": inside})
    return json.dumps({"schemaVersion": 16, "type": "default", "id": "vragen", "components": parts}).encode()


def drawn(*parts: str, questions: bytes | None = None, **files: bytes) -> Definition:
    given = {"regio.yaml": json.dumps(SETTINGS).encode(), "vragen.form": questions or form()}
    asks = node("userTask", "vragen", camunda_formRef="vragen")
    tables = {f"{name}.dmn": content for name, content in files.items()}
    return definitions.assemble("proef", "", {"proef.bpmn": diagram("proef", asks, *parts), **given, **tables})


def told(definition: Definition) -> list[Finding]:
    tables = {name: decisions.read(content, name) for name, content in definition.files.items() if name[-4:] == ".dmn"}
    return list(unlike(definition, tables))


def of(condition: str) -> list[Finding]:
    """What is told of a drawing with this condition on an arrow."""
    arrows = way("begin", "vragen", "keuze", "klaar", when="") + way("keuze", "bellen", when=escape(f"={condition}"))
    return told(drawn(start(), choice("keuze"), task("bellen"), end(), arrows + way("bellen", "klaar")))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ('leeftijd > "18"', "'leeftijd' (een getal) vergeleken met \"18\" (een tekst)"),
        ("naam = 3", "'naam' (een tekst) gelijkgesteld aan 3 (een getal)"),
        ('akkoord = "ja"', "'akkoord' (waar of niet waar) gelijkgesteld aan"),
        ("besluit = true", "'besluit' (een tekst) gelijkgesteld aan"),
        ("dag < today()", "'dag' (een tekst) vergeleken met today(…) (een datum)"),
        ("date(dag) < naam", "date(…) (een datum) vergeleken met 'naam'"),
        ("besluit", "staat 'besluit' (een tekst) waar een voorwaarde"),
        ("not(besluit)", "waar een voorwaarde"),
        ('besluit = "ja" and leeftijd', "'leeftijd' (een getal) waar een voorwaarde"),
        ('if besluit then akkoord else akkoord', "'besluit' (een tekst) waar een voorwaarde"),
        ("naam + leeftijd = 3", "'naam' (een tekst) + 'leeftijd' (een getal)"),
        ("today() - 3 > date(dag)", "today(…) (een datum) - 3 (een getal)"),
        ("naam in [1, 2]", "'naam' (een tekst) gelijkgesteld aan 1"),
        ("naam in [1..5]", "'naam' (een tekst) gelijkgesteld aan 1"),
        ('leeftijd in ("12", "13")', "'leeftijd' (een getal) gelijkgesteld aan"),
        ('leeftijd between "1" and 5', "'leeftijd' (een getal) vergeleken met"),
        ("some a in afspraken satisfies a.punten = \"veel\"", "'punten' (een getal) gelijkgesteld aan"),
        ('count(afspraken[punten > "3"]) > 0', "'punten' (een getal) vergeleken met"),
        ("some a in afspraken satisfies a.punten", "waar een voorwaarde"),
        ("contains(leeftijd, \"1\")", "'leeftijd' (een getal) waar een tekst hoort"),
        ("date(akkoord) > today()", "'akkoord' (waar of niet waar) waar"),
        ("day of week(dag) = \"Monday\"", "'dag' (een tekst) waar een datum of een moment hoort"),
        ('count(onderwerpen) = "2"', "count(…) (een getal) gelijkgesteld aan"),
        ('today() > date("2026-02-30")', 'geeft date("2026-02-30") nooit iets'),
        ('date(dag) + duration("14 dagen") > today()', 'geeft duration("14 dagen") nooit iets'),
    ],
)  # fmt: skip
def test_what_can_be_no_answer_is_told(condition: str, said: str) -> None:
    (finding,) = of(condition)
    assert said in finding.message


@pytest.mark.parametrize(
    "condition",
    [
        'leeftijd > 18 and besluit != "nee"',
        "akkoord and not(leeftijd < 3)",
        "akkoord = true or naam = null or leeftijd = null",
        "date(dag) <= now() and date(dag) > date(\"2026-02-28\") + duration(\"P1M\")",
        "today() - date(dag) > duration(\"P14D\")",
        "onbekend > 3 or onbekend = \"ja\"",
        "onderwerpen = \"ja\" or \"ja\" in onderwerpen",
        'count(afspraken[punten > 3]) > 0 and afspraken[1].punten = 3',
        "some a in afspraken satisfies a.punten > 1",
        "(if akkoord then leeftijd else null) = 3",
        "leeftijd in (< 3, [12..18], 20) and besluit in (\"ja\", \"nee\")",
        "regio.termijnen.leeftijd = \"5 werkdagen\"",
        "today().year - 18 > leeftijd * 2 ** 2",
        'time("09:00:00") + duration("PT1H") > time(now())',
        "number(naam) > 3 and string(leeftijd) = naam",
        "sort([1, 2], function(a, b) a < b)[1] = leeftijd",
        "min(leeftijd, 3) = 2 and get value({a: 1}, \"b\") = null",
    ],
)  # fmt: skip
def test_what_can_be_an_answer_is_not_told(condition: str) -> None:
    assert [finding.message for finding in of(condition)] == []


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("Date", "=date(dag)", 0),
        ("Date", "=dag", 0),
        ("Date", '=duration("P1D")', 1),
        ("Date", "=leeftijd", 1),
        ("Duration", "=regio.termijnen.kort", 0),
        ("Duration", '=if akkoord then "P1D" else "P2D"', 0),
        ("Duration", "=date(dag)", 1),
        ("Duration", "P3D", 0),
    ],
)
def test_a_clock_counts_to_a_moment_or_for_a_while(kind: str, text: str, number: int) -> None:
    wait = catch("wachten", timer(kind, text))
    assert len(told(drawn(start(), wait, end(), way("begin", "vragen", "wachten", "klaar")))) == number


def test_a_loop_and_what_is_urgent_are_read_too() -> None:
    loop = node("userTask", "bellen", each("afspraken", "afspraak", until="=leeftijd"))
    (finding,) = told(drawn(start(), loop, end(), way("begin", "vragen", "bellen", "klaar")))
    assert finding.element == "bellen"


def test_of_what_a_table_gives_too_nothing_is_known() -> None:
    advise = node("businessRuleTask", "advies", camunda_decisionRef="keuze", camunda_resultVariable="leeftijd")
    arrows = way("begin", "vragen", "advies", "keuze", "klaar") + way("keuze", "bellen", when='=leeftijd = "oud"')
    parts = (start(), advise, choice("keuze"), task("bellen"), end(), arrows, way("bellen", "klaar"))
    assert told(drawn(*parts)) == []


def test_a_question_with_a_slip_is_told_at_that_question() -> None:
    slip = form(conditional={"hide": '=leeftijd > "18"'})
    (finding,) = told(drawn(start(), end(), way("begin", "vragen", "klaar"), questions=slip))
    assert (finding.file, finding.element) == ("vragen.form", "vraag_naam")


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (("leeftijd", "number"), "12", ""),
        (
            ("leeftijd", "number"),
            '"12"',
            "In regel 1 van de tabel 'Keuze' wordt een getal gelijkgesteld aan \"12\" (een tekst).",
        ),
        (("akkoord", "boolean"), '"ja"', "regel 1"),
        (("besluit", "string"), "true", "regel 1"),
        (("besluit", "boolean"), "true", "regel 1"),
        (("dag", "date"), 'date("2026-03-01")', ""),
        (("dag", "string"), 'date("2026-03-01")', "regel 1"),
        (("dag", "date"), '< date("2026-02-30")', "nooit iets"),
        (("leeftijd", "string"), '"12"', "regel 1"),
        (("naam", "number"), "[1..5]", ""),
        (("naam", "string"), 'not("a", null)', ""),
        (("onbekend", ""), "3", ""),
        (('leeftijd > "3"', "boolean"), "true", "'leeftijd' (een getal) vergeleken met"),
    ],
)
def test_a_cell_of_another_kind_than_its_column_is_told(column: tuple[str, str], cell: str, said: str) -> None:
    advice = table([(cell, '"advies"'), ("-", '"anders"')], inputs=[column])
    findings = told(drawn(start(), end(), way("begin", "vragen", "klaar"), keuze=advice))
    assert len(findings) == bool(said)
    assert all(said in finding.message for finding in findings)


def test_every_function_says_what_it_gives() -> None:
    kinds = {
        "any",
        "day",
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "duration",
        "list",
        "context",
    }
    assert {function.gives for function in FUNCTIONS.values()} <= kinds
    assert {rule.id for rule in rules()} >= {"soort_ongelijk", "altijd_leeg"}

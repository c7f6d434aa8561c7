"""The second gate: what is shipped passes it, and each slip that a region may make is told where it was made."""

import json
import re
import shutil
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from api.command import check
from engine import checks, definitions
from engine.checks import Finding, Severity
from engine.definitions import Definition
from engine.errors import DefinitionError
from tests.engine.drawing import diagram, end, message, node, properties, start, task, timer, way

WORKFLOWS = Path(__file__).parents[2] / "workflows"
REGIONS = ("zuid-limburg", "de-waterlanden")
SETTINGS = {"naam": "Proef", "rollen": {"maker": {"naam": "Maker"}}, "termijnen": {"kort": {"duur": "5 werkdagen"}}}


@cache
def shipped(process: str) -> tuple[dict[str, bytes], frozenset[str]]:
    return definitions.gather(WORKFLOWS, process, "zuid-limburg")


def changed(old: str, new: str, file: str = "borgen.bpmn", process: str = "opzetten") -> Definition:
    """The shipped process with one slip in it."""
    files, overridden = shipped(process)
    text = files[file].decode()
    assert old in text, f"{file} no longer holds {old}"
    return definitions.assemble(
        process, "zuid-limburg", {**files, file: text.replace(old, new, 1).encode()}, overridden
    )


def form(*components: dict[str, object]) -> bytes:
    form = {"schemaVersion": 16, "type": "default", "id": "vragen", "components": list(components)}
    return json.dumps(form).encode()


def question(key: str, **more: object) -> dict[str, object]:
    return {"id": f"vraag_{key}", "key": key, "type": "textfield", "label": key, **more}


def small(*parts: str, files: dict[str, bytes] | None = None, settings: dict[str, object] | None = None) -> Definition:
    """A process of our own, without drawing or texts."""
    given = json.dumps({**SETTINGS, **(settings or {})}).encode()
    return definitions.assemble(
        "proef", "", {"proef.bpmn": diagram("proef", *parts), "regio.yaml": given, **(files or {})}
    )


def rules(findings: tuple[Finding, ...], severity: Severity | None = None) -> set[tuple[str, str]]:
    return {(f.rule.id, f.element) for f in findings if severity in (None, f.severity)}


def only(findings: tuple[Finding, ...], rule: str) -> Finding:
    of_rule = [f for f in findings if f.rule.id == rule]
    assert len(of_rule) == 1, [f.sentence for f in findings]
    return of_rule[0]


# --- what is shipped -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("proved_once")
@pytest.mark.parametrize("region", ["", *REGIONS])
@pytest.mark.parametrize("process", ["casus", "opzetten"])
def test_everything_shipped_passes_both_gates(process: str, region: str) -> None:
    findings = checks.examine(definitions.load(WORKFLOWS, process, region or None))
    assert [f.sentence for f in findings if f.severity is not Severity.TIP] == []


def test_a_region_is_checked_whole_and_quickly() -> None:
    before = time.process_time()
    report = checks.survey(WORKFLOWS, "de-waterlanden")
    assert time.process_time() - before < 8  # 92 spelregels, some four seconds of it
    assert report.findings == ()
    assert {definition.id for _, definition in report.definitions} == {"casus", "opzetten"}
    assert "regios/de-waterlanden/casus/voorbespreking.bpmn" in report.processes


# --- each slip is told where it was made -----------------------------------------------------------------------

LAYOUT = [
    ('bpmnElement="samenwerking_borgen"', 'bpmnElement="een_ander"', "tekening", "samenwerking_borgen", "fout"),
    ('x="1070" y="340"', 'x="772" y="222"', "overlap", "samenwerking_borgen", "fout"),
    ('x="620" y="100"', 'x="770" y="230"', "overlap", "kwartaal_reflecteren", "fout"),
    ('x="1070" y="340"', 'x="1070" y="100"', "baan", "samenwerking_borgen", "waarschuwing"),
    ('x="1070" y="340"', 'x="1070" y="900"', "baan", "samenwerking_borgen", "waarschuwing"),
    ("<bpmn:flowNodeRef>samenwerking_borgen</bpmn:flowNodeRef>", "", "baan", "samenwerking_borgen", "waarschuwing"),
]
TEXTS = [
    ("## Waarom\nSamenwerken", "Samenwerken", "tekst_kop", "fout"),
    ("## Waarom\nSamenwerken tussen", "## Waarom\n## Nodig\nSamenwerken tussen", "tekst_leeg", "fout"),
    ("## Waarom\nSamenwerken", "## Vooraf\nX.\n## Waarom\nSamenwerken", "tekst_kop", "waarschuwing"),
    ("## Resultaat\nHet kernteam", "## Bron\nX.\n## Resultaat\nHet kernteam", "tekst_volgorde", "waarschuwing"),
    ("Wie regelmatig stilstaat", "Wie " + "heel " * 30 + "regelmatig stilstaat", "tekst_lang", "tip"),
]
REFERENCES = [
    ('camunda:formRef="kwartaal_reflecteren"', 'camunda:formRef="kwartaal"', "formulier", "fout"),
    ('camunda:candidateGroups="procesregisseur"', 'camunda:candidateGroups="regiseur"', "rol", "fout"),
    ('name="termijn" value="opzet_reflectie"', 'name="termijn" value="opzet_refleksie"', "termijn", "fout"),
    ('<camunda:property name="termijn" value="opzet_reflectie" />', "", "termijn", "fout"),
    ('<camunda:property name="fase" value="borgen" />', "", "fase", "waarschuwing"),
    ('name="deelt" value="nee"', 'name="deelt" value="misschien"', "eigenschap", "fout"),
    ('name="duur" value="1 uur"', 'name="duurt" value="1 uur"', "eigenschap", "fout"),
    ('name="deelt" value="nee"', 'name="register" value="overlegen"', "eigenschap", "fout"),
]


@pytest.mark.parametrize(("old", "new", "rule", "element", "severity"), LAYOUT)
def test_a_drawing_that_misleads(old: str, new: str, rule: str, element: str, severity: str) -> None:
    findings = checks.examine(changed(old, new))
    assert (rule, element) in rules(findings, Severity(severity))


def test_an_arrow_that_is_not_drawn() -> None:
    findings = checks.examine(changed('bpmnElement="naar_kwartaal_reflecteren"', 'bpmnElement="weg"'))
    finding = only(findings, "pijl_tekening")
    assert finding.element == "naar_kwartaal_reflecteren"
    assert "'Een kwartaal later' naar 'Elk kwartaal terugkijken'" in finding.message


@pytest.mark.parametrize(("old", "new", "rule", "severity"), TEXTS)
def test_a_text_that_a_reader_would_miss(old: str, new: str, rule: str, severity: str) -> None:
    findings = checks.examine(changed(old, new))
    assert (rule, "kwartaal_reflecteren") in rules(findings, Severity(severity))


@pytest.mark.parametrize(("old", "new", "rule", "severity"), REFERENCES)
def test_a_reference_that_leads_nowhere(old: str, new: str, rule: str, severity: str) -> None:
    findings = checks.examine(changed(old, new))
    assert (rule, "kwartaal_reflecteren") in rules(findings, Severity(severity))


def test_a_property_with_a_typing_error_is_guessed() -> None:
    finding = only(checks.examine(changed('name="duur" value="1 uur"', 'name="duurr" value="1 uur"')), "eigenschap")
    assert "Bedoelde je 'duur'?" in finding.advice


@pytest.mark.parametrize(
    ("old", "new", "strange", "meant"),
    [
        ('=evaluatie_nu = "ja"', '=evaluatie_nou = "ja"', "evaluatie_nou", "evaluatie_nu"),
        (
            "=regio.termijnen.opzet_kwartaal",
            "=regio.termijnen.opzet_kwartal",
            "termijnen.opzet_kwartal",
            "opzet_kwartaal",
        ),
        ("=regio.termijnen.opzet_kwartaal", "=regio.termijn.opzet_kwartaal", "termijn.opzet_kwartaal", ""),
    ],
)
def test_a_name_that_nothing_ever_writes(old: str, new: str, strange: str, meant: str) -> None:
    finding = only(checks.examine(changed(old, new)), "naam_onbekend")
    assert f"'{strange}'" in finding.message
    assert meant in finding.advice


def test_a_form_that_asks_for_an_unknown_name() -> None:
    hidden = form(question("soort"), question("uitleg", conditional={"hide": '=sort = "anders"'}))
    findings = checks.examine(
        small(start(), step(), end(), way("begin", "vragen", "klaar"), files={"vragen.form": hidden})
    )
    finding = only(findings, "naam_onbekend")
    assert (finding.file, finding.element) == ("vragen.form", "vraag_uitleg")
    assert "'soort'" in finding.advice


def step(**more: str) -> str:
    """A step `vragen` with its form, role and deadline."""
    given = {"termijn": "kort", "fase": "proef", **more}
    return node("userTask", "vragen", properties(**given), camunda_formRef="vragen", camunda_candidateGroups="maker")


@pytest.mark.parametrize(
    ("columns", "missing"),
    [(("kanaal",), "'aan' en 'wat' en 'grond'"), (("aan", "wat"), "'grond'"), (("aan", "wat", "grond", "kanaal"), "")],
)
def test_a_register_needs_its_columns(columns: tuple[str, ...], missing: str) -> None:
    asked = [question(column, properties={"register": column}) for column in columns]
    drawn = small(
        start(),
        step(register="verstrekking"),
        end(),
        way("begin", "vragen", "klaar"),
        files={"vragen.form": form(*asked)},
    )
    findings = [f for f in checks.examine(drawn) if f.rule.id == "register"]
    assert bool(findings) is bool(missing)
    assert all(f.message.endswith(f"vraagt niet naar {missing}.") for f in findings)


def test_a_column_that_a_register_does_not_have() -> None:
    asked = [question(column, properties={"register": column}) for column in ("aan", "wat", "grond", "kleur")]
    drawn = small(
        start(),
        step(register="verstrekking"),
        end(),
        way("begin", "vragen", "klaar"),
        files={"vragen.form": form(*asked)},
    )
    assert "'kleur'" in only(checks.examine(drawn), "register").message


def test_a_deadline_that_counts_from_nothing() -> None:
    settings: dict[str, object] = {"termijnen": {"kort": {"duur": "P2D", "vanaf": "geboorte"}}}
    files = {"vragen.form": form(question("iets"))}
    drawn = small(start(), step(), end(), way("begin", "vragen", "klaar"), files=files, settings=settings)
    assert only(checks.examine(drawn), "termijn_duur").element == "termijnen.kort"


ABOUT_TIME = {
    "=waarom": True,
    "=date(waarom)": True,
    '=waarom + duration("P1D")': True,
    "=date(dag)": False,
    '=dag + duration("P1D")': False,
    "=regio.termijnen.kort": False,
    "=keuze_zonder_tijd": True,
    "=keuze_met_tijd": False,
    '="2026-04-31"': True,
    '="morgen"': True,
    '="2026-04-30"': False,
    '="2026-04-30T09:00:00"': False,
    '=if true then date("2026-04-30") else null': False,
}


@pytest.mark.parametrize(("text", "never"), ABOUT_TIME.items())
def test_a_clock_that_counts_from_an_answer_that_is_no_time(text: str, never: bool) -> None:
    asked = form(
        question("waarom"),
        question("dag", type="datetime", subtype="date", dateLabel="Welke dag"),
        question("keuze_zonder_tijd", type="select", values=[{"label": v, "value": v} for v in ("vroeg", "laat")]),
        question("keuze_met_tijd", type="select", values=[{"label": v, "value": v} for v in ("2026-04-30", "laat")]),
    )
    clock = node("intermediateCatchEvent", "klok", timer("Date", text))
    drawn = small(start(), step(), clock, end(), way("begin", "vragen", "klok", "klaar"), files={"vragen.form": asked})
    assert (("klok_nooit", "klok") in rules(checks.examine(drawn))) is never


ASSIGNED = {"wie": False, "melding_door": False, "waarom": True, "wie_allen": True, "melding_op": True}


@pytest.mark.parametrize(("named", "wrong"), ASSIGNED.items())
def test_a_step_is_put_on_the_name_of_a_person(named: str, wrong: bool) -> None:
    choosing: dict[str, object] = {"properties": {"kies_persoon": "maker"}}
    asked = form(
        question("waarom"),
        question("wie", type="select", **choosing),
        question("wie_allen", type="checklist", **choosing),
    )
    event = node("intermediateCatchEvent", "wachten", message("melding"))
    drawn = small(
        start(), event, step(toewijzen=named), end(), way("begin", "wachten", "vragen", "klaar"),
        files={"vragen.form": asked},
    )  # fmt: skip
    assert (("op_naam_van", "vragen") in rules(checks.examine(drawn))) is wrong


def test_a_step_for_an_organisation_that_nobody_chooses() -> None:
    files = {"vragen.form": form(question("waarom"))}
    drawn = small(start(), step(organisatie="=waarom"), end(), way("begin", "vragen", "klaar"), files=files)
    assert ("rol_niemand", "vragen") in rules(checks.examine(drawn))


def test_a_field_that_the_modeler_leaves_empty_counts_as_absent() -> None:
    template = json.loads((WORKFLOWS / ".camunda/element-templates/taak.json").read_text("utf-8"))
    bound = (field["binding"] for field in template["properties"] if not field.get("value"))
    empty = {binding["name"]: "" for binding in bound if binding["type"] == "camunda:property"}
    files = {"vragen.form": form(question("iets"))}
    drawn = small(
        start(),
        step(**{**empty, "termijn": "kort", "fase": "proef"}),
        end(),
        way("begin", "vragen", "klaar"),
        files=files,
    )
    plain = small(start(), step(), end(), way("begin", "vragen", "klaar"), files=files)
    assert len(empty) > 5
    assert rules(checks.examine(drawn)) == rules(checks.examine(plain))


def test_a_diagram_that_calls_itself() -> None:
    again = node("callActivity", "nog_eens", calledElement="proef")
    finding = only(checks.examine(small(start(), again, end(), way("begin", "nog_eens", "klaar"))), "aanroep_rond")
    assert finding.element == "nog_eens"


# --- decision tables -------------------------------------------------------------------------------------------

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="advies" name="Advies"><decisionTable id="t" hitPolicy="{policy}">
    <input label="Leeftijd"><inputExpression id="e1" typeRef="{kind}"><text>leeftijd</text></inputExpression></input>
    <input label="Soort"><inputExpression id="e2" typeRef="string"><text>soort</text></inputExpression></input>
    <output id="o" name="uitkomst" typeRef="string" />{rows}</decisionTable></decision></definitions>"""


def test_a_sign_in_a_table_is_told_where_nothing_is_filled_in() -> None:
    row = '<rule id="r"><inputEntry id="a"><text>-</text></inputEntry><inputEntry id="b"><text>-</text></inputEntry>'
    row += '<outputEntry id="c"><text>"Vraag de {rol:maker}"</text></outputEntry></rule>'
    row = row.replace("<input", "<description>De {rol:maker} of de {rol:smid} vraagt na.</description><input", 1)
    decide = node("businessRuleTask", "advies", camunda_decisionRef="advies", camunda_resultVariable="uitkomst")
    files = {"advies.dmn": TABLE.format(policy="UNIQUE", kind="number", rows=row).encode()}
    drawn = small(start(), decide, end(), way("begin", "advies", "klaar"), files=files)
    findings = [finding for finding in checks.examine(drawn) if finding.rule.id == "tekst_teken"]
    assert {finding.file for finding in findings} == {"advies.dmn"}
    signs = [re.findall(r"{.*?}", finding.message) for finding in findings]
    assert signs == [["{rol:smid}"], ["{rol:maker}"]], (
        "an explanation is filled in for the handreiking, an advice isn't"
    )


def table(*rows: tuple[str, str, str], policy: str = "UNIQUE", kind: str = "number") -> list[Finding]:
    """What is told of a table over an age from 0 to 99 and a kind that is a or b. That no row of it may look at one of
    both is not what it is about.
    """
    lines = "".join(
        f'<rule id="r{number}"><inputEntry id="a{number}"><text>{age}</text></inputEntry>'
        f'<inputEntry id="b{number}"><text>{kind}</text></inputEntry>'
        f'<outputEntry id="c{number}"><text>"{outcome}"</text></outputEntry></rule>'
        for number, (age, kind, outcome) in enumerate(rows)
    ).replace("<text><", "<text>&lt;")
    values = [{"label": v, "value": v} for v in ("a", "b")]
    asked = form(
        {"id": "l", "key": "leeftijd", "type": "number", "label": "Leeftijd", "validate": {"min": 0, "max": 99}},
        {"id": "s", "key": "soort", "type": "radio", "label": "Soort", "values": values},
    )
    decide = node("businessRuleTask", "advies", camunda_decisionRef="advies", camunda_resultVariable="uitkomst")
    files = {"vragen.form": asked, "advies.dmn": TABLE.format(policy=policy, kind=kind, rows=lines).encode()}
    drawn = small(start(), step(), decide, end(), way("begin", "vragen", "advies", "klaar"), files=files)
    findings = [f for f in checks.examine(drawn) if f.rule.id.startswith("tabel")]
    return [f for f in findings if f.rule.id != "tabel_kolom"]


def test_a_table_without_gap_or_overlap_says_nothing() -> None:
    assert table(("&lt; 18", "-", "jong"), ("&gt;= 18", '"a"', "a"), ("&gt;= 18", '"b"', "b")) == []


def test_a_gap_is_told_with_an_example() -> None:
    (finding,) = table(("&lt; 18", "-", "jong"), ("&gt; 18", '"a"', "a"), ("&gt; 18", '"b"', "b"))
    assert finding.message == "In de tabel 'Advies' past geen regel als 'Leeftijd' 18 is."
    (finding,) = table(("&lt; 18", "-", "jong"), ("&gt;= 18", '"a"', "a"))
    assert "'Soort' “b” is" in finding.message
    assert table(("&lt; 18", "-", "jong"), policy="COLLECT") == []


def test_an_overlap_is_told_with_an_example() -> None:
    rows = (("&lt;= 18", "-", "jong"), ("&gt;= 18", "-", "oud"))
    (finding,) = table(*rows)
    assert (finding.rule.id, finding.severity) == ("tabel_overlap", Severity.ERROR)
    assert "regel 1 en regel 2" in finding.message
    assert "'Leeftijd' 18 is" in finding.message
    assert table(*rows, policy="FIRST") == []
    assert [f.rule.id for f in table(*rows, policy="ANY")] == ["tabel_overlap"]


def test_two_rows_for_an_answer_that_nobody_gave_overlap() -> None:
    (finding,) = table(("null", "-", "vraag"), ("-", "-", "oud"))
    assert (finding.rule.id, finding.message.endswith("als 'Leeftijd' leeg is.")) == ("tabel_overlap", True)


def test_an_upper_bound_that_nothing_follows_is_a_gap() -> None:
    (finding,) = table(("&lt; 12", "-", "jong"), ("[12..18)", "-", "ouder"))
    assert finding.message == "In de tabel 'Advies' past geen regel als 'Leeftijd' 18 is."


def test_a_table_by_itself_is_looked_over_too(tmp_path: Path) -> None:
    row = '<rule id="r"><inputEntry><text>{}</text></inputEntry><inputEntry><text>-</text></inputEntry>{}</rule>'
    result = '<outputEntry id="u"><text>"een"</text></outputEntry>'
    rows = row.format("&lt; 12", result) + row.format("[12..18)", result)
    (tmp_path / "advies.dmn").write_text(TABLE.format(policy="UNIQUE", kind="number", rows=rows))
    finding = only(checks.survey(tmp_path / "advies.dmn").findings, "tabel_gat")
    assert "'Leeftijd' 18 is" in finding.message


def test_a_table_that_takes_too_much_is_told_and_nothing_breaks() -> None:
    assert "tabel_groot" in [f.rule.id for f in table(("count(for x in 1..1000000 return x) = ?", "-", "veel"))]


def test_between_two_whole_numbers_lies_a_number() -> None:
    rows = (("&lt;= 17", "-", "jong"), ("&gt;= 18", "-", "oud"))
    (finding,) = table(*rows)
    assert "'Leeftijd' 17,5 is" in finding.message
    assert table(*rows, kind="integer") == []


def test_a_row_that_never_counts_is_told_with_what_hides_it() -> None:
    hidden = table(("-", "-", "altijd"), ("&lt; 18", "-", "jong"), ("-", '"a"', "a"), policy="FIRST")
    assert [f.message for f in hidden] == [
        "In de tabel 'Advies' telt regel 2 nooit: wat daar past, past al bij regel 1 erboven.",
        "In de tabel 'Advies' telt regel 3 nooit: wat daar past, past al bij regel 1 erboven.",
    ]
    assert {f.severity for f in hidden} == {Severity.ERROR}
    (finding,) = table(("&lt; 18", "-", "jong"), ("&gt;= 18", "-", "oud"), ("20", "-", "x"), policy="FIRST")
    assert "telt regel 3 nooit: wat daar past, past al bij regel 2" in finding.message
    (finding,) = table(("&lt; 18", "-", "jong"), ("[1..5]", "-", "jong"), ("-", "-", "oud"), policy="FIRST")
    assert finding.severity is Severity.WARNING  # it says what the row above says
    rows = (("&lt; 18", "-", "jong"), ("&gt;= 18", "-", "oud"), ("[10..20]", "-", "x"))
    assert "bij regel 1 en 2 erboven" in table(*rows, policy="FIRST")[0].message
    (finding,) = table(("&lt; 18", "-", "jong"), ("&gt;= 18", "-", "oud"), ("120", "-", "x"))
    assert "telt regel 3 nooit: er is geen antwoord waarbij hij past" in finding.message


def test_a_row_that_counts_where_something_is_left_open_counts() -> None:
    rows = (("&lt; 18", "-", "jong"), ("&gt;= 18", "-", "oud"), ("-", "-", "onbekend"))
    assert table(*rows, policy="FIRST") == []
    asking = (("-", "string length(?) > 3", "lang"), ("-", "-", "kort"))
    assert table(*asking, policy="FIRST") == []  # what it works out of an answer is not sampled


@pytest.mark.parametrize("cell", ["string length(?) &gt; 3", "&gt; grens"])
def test_a_row_below_one_that_fits_everything_never_counts_whatever_it_asks(cell: str) -> None:
    (finding,) = table(("-", "-", "altijd"), ("-", cell, "lang"), policy="FIRST")
    assert "telt regel 2 nooit: wat daar past, past al bij regel 1 erboven" in finding.message


def test_a_row_without_advice_is_told() -> None:
    findings = table(("&lt; 18", "-", "jong"), ("&gt;= 18", "-", '" + null + "'))
    assert [f.message for f in findings] == ["In de tabel 'Advies' geeft regel 2 geen uitkomst."]
    findings = table(("&lt; 18", "-", ""), ("&gt;= 18", "-", ""))
    assert [f.message for f in findings] == ["In de tabel 'Advies' geven de regels 1 en 2 geen uitkomst."]


def test_a_table_with_very_many_ways_is_answered_in_time() -> None:
    rows = [(f"[{n}..{n + 50}]", '"a"' if n % 2 else '"b"', str(n)) for n in range(90)]
    before = time.process_time()
    assert {f.rule.id for f in table(*rows)} >= {"tabel_overlap", "tabel_gat"}
    assert time.process_time() - before < 8  # 92 spelregels, some four seconds of it


# --- proof -----------------------------------------------------------------------------------------------------


def test_a_case_that_gets_stuck_is_told_as_a_story(tmp_path: Path) -> None:
    fork = node("parallelGateway", "samen")
    choice = node("exclusiveGateway", "keuze", default="keuze_een")
    body = [start(), choice, task("een"), task("twee"), fork, end()]
    arrows = (
        way("begin", "keuze", "een", "samen", "klaar") + way("keuze", "twee", when='=x = "ja"') + way("twee", "samen")
    )
    (tmp_path / "los.bpmn").write_bytes(diagram("los", *body, arrows))
    stuck = only(checks.survey(tmp_path / "los.bpmn").findings, "vast")  # played, whatever its steps lack
    assert stuck.element == "samen"
    assert stuck.severity is Severity.ERROR
    assert stuck.story


@pytest.mark.usefixtures("proved_once")
def test_a_broken_spelregel_is_refused_with_the_way_there() -> None:
    sharing = '<camunda:property name="fase" value="signaleren" />'
    drawn = changed(
        sharing,
        f'{sharing}<camunda:property name="deelt" value="ja" /><camunda:property name="reden" value="Zo." />',
        "signaleren.bpmn",
        "casus",
    )
    findings = [f for f in checks.examine(drawn) if f.rule.id == "spelregel" and f.severity is Severity.ERROR]
    assert any(f.file == "signaleren.bpmn" and f.story and f.places for f in findings)
    with pytest.raises(DefinitionError) as error:
        checks.publishable(drawn)
    assert "spelregel" in {problem.rule for problem in error.value.problems}


@pytest.mark.usefixtures("proved_once")
def test_a_region_adds_rules_and_never_drops_them(tmp_path: Path) -> None:
    shutil.copytree(WORKFLOWS, tmp_path / "workflows")
    own = tmp_path / "workflows/regios/de-waterlanden/casus/spelregels.yaml"
    own.write_text(
        "spelregels:\n"
        "  - {id: eigen, naam: Niemand houdt overleg, soort: absence, a: {register: overleg}, reden: Proef.}\n"
    )
    report = checks.survey(tmp_path / "workflows/casus", "de-waterlanden")
    assert [f.message for f in report.findings if f.rule.id == "spelregel"] == [
        "Niemand houdt overleg: dit geldt niet op elk pad."
    ]
    files, _ = definitions.gather(tmp_path / "workflows", "casus", "de-waterlanden")
    assert files["spelregels.yaml"] == (WORKFLOWS / "casus/spelregels.yaml").read_bytes()


# --- where and how it is told ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("proved_once")
def test_a_file_of_a_region_is_looked_at_in_its_place(tmp_path: Path) -> None:
    shutil.copytree(WORKFLOWS, tmp_path / "workflows")
    file = tmp_path / "workflows/regios/de-waterlanden/casus/voorbespreking.bpmn"
    file.write_text(
        file.read_text("utf-8").replace('camunda:candidateGroups="', 'camunda:candidateGroups="buurvrouw,', 1)
    )
    (finding,) = checks.survey(file).findings
    assert (finding.rule.id, finding.file) == ("rol", "regios/de-waterlanden/casus/voorbespreking.bpmn")
    whole = checks.survey(tmp_path / "workflows/casus", "de-waterlanden")
    assert {f.file for f in whole.findings} == {finding.file}


@pytest.mark.usefixtures("proved_once")
def test_one_file_is_not_held_to_the_spelregels_of_the_whole_and_says_so(tmp_path: Path) -> None:
    shutil.copytree(WORKFLOWS, tmp_path / "workflows")
    file = tmp_path / "workflows/casus/signaleren.bpmn"
    sharing = '<camunda:property name="fase" value="signaleren" />'
    marked = f'{sharing}<camunda:property name="deelt" value="ja" /><camunda:property name="anders" value="deelt" />'
    marked += '<camunda:property name="reden" value="Zo." />'
    file.write_text(file.read_text().replace(sharing, marked, 1))
    report = check.look(file, "")
    assert report.findings == ()
    assert check.as_text(report, everything=False).splitlines() == [
        "Geen bevindingen.",
        "De spelregels gaan over alle diagrammen samen en zijn niet nagegaan: knooppunt check "
        f"{tmp_path / 'workflows/casus'}",
    ]
    whole = checks.survey(tmp_path / "workflows/casus")
    assert "spelregel" in {finding.rule.id for finding in whole.findings}
    assert whole.part_of is None


def test_what_is_the_matter_in_many_places_is_told_once() -> None:
    drawn = small(
        start(), *(task(f"stap{n}") for n in range(14)), end(), way("begin", *(f"stap{n}" for n in range(14)), "klaar")
    )
    groups = [t for t in checks.grouped(checks.examine(drawn)) if t.finding.rule.id == "tekst" and t.others]
    assert [len(t.others) for t in groups] == [13]
    assert groups[0].elsewhere == "Dit geldt ook voor nog 13 plekken, zoals bij 'stap1' en 'stap2'."


def test_every_finding_says_why_and_what_to_do_in_the_order_of_importance() -> None:
    drawn = small(start(), task("stap"), node("userTask", "los"), end(), way("begin", "stap", "klaar"))
    findings = checks.examine(drawn)
    assert all(f.rule.why.endswith(".") and f.message.endswith(".") for f in findings)
    order = [Severity.ERROR, Severity.WARNING, Severity.TIP]
    assert [order.index(f.severity) for f in findings] == sorted(order.index(f.severity) for f in findings)
    assert findings[0].rule.id in ("geen_pijl_erin", "geen_pijl_eruit")
    assert {f.rule.id for f in findings[-2:]} <= {"tekst", "opschrift", "fase"}


def test_a_version_is_judged_by_itself_whatever_an_earlier_one_was() -> None:
    parts = (start(), task("stap"), end(), way("begin", "stap", "klaar"))
    with suppress(DefinitionError):
        checks.publishable(small(*parts))
    with pytest.raises(DefinitionError) as refused:
        checks.publishable(small(*parts, node("userTask", "los")))
    assert "los" in {problem.element for problem in refused.value.problems}


@pytest.mark.usefixtures("proved_once")
def test_judging_a_version_again_costs_nothing() -> None:
    definition = definitions.load(WORKFLOWS, "casus", "zuid-limburg")
    checks.publishable(definition)
    before = time.process_time()
    checks.publishable(definition)
    assert time.process_time() - before < 0.05


@pytest.mark.parametrize(
    ("old", "new", "file", "first", "advice"),
    [
        ("=toestemming_gegeven =", "=toestemming_gegven =", "casus.bpmn", "naam_onbekend", "toestemming_gegeven"),
        *(
            pytest.param(old, new, "toestemming.bpmn", rule, advice, marks=pytest.mark.long)  # proves the whole again
            for old, new, rule, advice in (
                ('candidateGroups="aanmelder"', 'candidateGroups="aanmeldr"', "rol", "aanmelder"),
                ('"termijn" value="toestemming"', '"termijn" value="toesteming"', "termijn", "toestemming"),
                ('name="fase" value="', 'name="fase" value="x', "fase", ""),
            )
        ),
    ],
)
def test_a_cause_comes_before_what_follows_from_it(old: str, new: str, file: str, first: str, advice: str) -> None:
    groups = checks.grouped(checks.examine(changed(old, new, file, "casus")))
    assert groups[0].finding.rule.id == first
    assert advice in groups[0].finding.advice
    assert groups[0].finding.advice


def test_a_message_that_nothing_listens_to_is_told_on_the_diagram_and_once() -> None:
    """Each rule that rests on the message breaks, for the one reason that its event is gone."""
    files, overridden = shipped("casus")
    text = files["casus.bpmn"].decode()
    for gone in (
        r'<bpmn:boundaryEvent id="toestemming_ingetrokken".*?</bpmn:boundaryEvent>',
        r'<bpmn:callActivity id="pad_intrekking".*?</bpmn:callActivity>',
        r'<bpmn:endEvent id="delen_gestopt".*?</bpmn:endEvent>',
        r'<bpmn:sequenceFlow [^>]*"(pad_intrekking|delen_gestopt)"[^>]*/>',
        r'<bpmndi:BPMNShape id="(toestemming_ingetrokken|pad_intrekking|delen_gestopt)_di".*?</bpmndi:BPMNShape>',
        r'<bpmndi:BPMNEdge id="naar_(pad_intrekking|delen_gestopt)_di".*?</bpmndi:BPMNEdge>',
    ):
        text, times = re.subn(gone, "", text, flags=re.DOTALL)
        assert times, gone
    drawn = definitions.assemble("casus", "zuid-limburg", {**files, "casus.bpmn": text.encode()}, overridden)
    findings = [f for f in checks.examine(drawn) if f.rule.id == "spelregel"]
    assert {f.file for f in findings} == {"casus.bpmn"}
    (finding,) = (f for f in findings if "toestemming_ingetrokken" in f.message)
    assert finding.message == "In dit proces luistert niets meer naar het bericht 'toestemming_ingetrokken'."
    assert finding.advice.startswith("Zet de gebeurtenis terug, zoals in het voorbeeldproces.")
    assert finding.severity is Severity.ERROR

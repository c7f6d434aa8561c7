"""What a slip of somebody who draws is told: what is wrong, where, and what was meant."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import checks, deadlines
from engine.checks import Finding, sketch

KEPT = "begin > bellen > klaar"
CHOICE = "begin > bellen > wil_het?\nwil_het >ja [{0}]> helpen > klaar\nwil_het >nee*> klaar_zonder"
BPMN = sketch.files(KEPT)["proef/proef.bpmn"]
PLACES = "gemeenten: {dorp: Dorp}\n"


def first(root: Path, files: Mapping[str, str]) -> Finding:
    """What is told before all else of a small region with these files."""
    for name, text in {**sketch.files(KEPT), **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return checks.grouped(checks.survey(root).findings)[0].finding


def drawn(condition: str) -> dict[str, str]:
    return {"proef/proef.bpmn": sketch.bpmn(CHOICE.format(condition), "proef")}


def _ruled(kind: str, id: str, a: str = "") -> dict[str, str]:
    """A region with one spelregel, which begins with a step of its own."""
    said = f"soort: {kind}, a: {a or f'{{id: {id}}}'}, b: {{id: klaar}}"
    return {"proef/spelregels.yaml": f"spelregels: [{{id: r, naam: Eerst bellen, {said}, reden: Daarom.}}]"}


SAID: dict[str, tuple[dict[str, str], tuple[str, ...], str]] = {
    "a condition without its sign": (drawn('wil = "ja"'), ("wil = ", "ontbreekt het teken ="), '=wil = "ja"'),
    "a fault in a condition": (drawn('=wil == "ja"'), ('=wil == "ja"', "teken"), "Schrijf = om te vergelijken"),
    "another language": (drawn("${wil}"), ("${ }",), "FEEL"),
    "an answer without its quotes": (drawn("=wil = nee"), ("'nee'",), 'het antwoord "nee"'),
    "a list that is not named": (
        {"proef/proef.bpmn": sketch.bpmn(f"{KEPT}\nbellen: <multiInstanceLoopCharacteristics />", "proef")},
        ("'Bellen'", "niet over welke lijst"),
        "Vul die in",
    ),
    "a clock in words": (
        {"proef/proef.bpmn": sketch.bpmn("begin > x > bellen > klaar\nx: intermediateCatchEvent duration='3 maanden'")},
        ("'3 maanden'", "bedoel je P3M?"),
        "duur",
    ),
    "a clock without its sign": (
        {"proef/proef.bpmn": sketch.bpmn(
            "begin > x > bellen > klaar\nx: intermediateCatchEvent duration=regio.termijnen.kort"
        )},
        ("zonder = ervoor", "'regio.termijnen.kort'"),
        "duur",
    ),
    "a term in words": (
        {"regio.yaml": sketch.files({"regio.yaml": PLACES})["regio.yaml"].replace("P14D", "2 weken")},
        ("'kort'", "'2 weken', en dat is geen tijd die telt"),
        "Bedoelde je 'P14D'?",
    ),
    "a word whose list is then missing": (
        {"regio.yaml": sketch.files({
            "regio.yaml": "gemeentes: {dorp: Dorp}\norganisaties: {b: {naam: B, gemeenten: [dorp]}}"
        })["regio.yaml"]},
        ("'gemeentes'",),
        "Bedoelde je 'gemeenten'?",
    ),
    "a kind of organisation that the region does not know": (
        {"regio.yaml": sketch.files({
            "regio.yaml": "lijsten: {soorten_organisaties: {ggz: GGZ}}\norganisaties: {b: {naam: B, soort: gzz}}"
        })["regio.yaml"]},
        ("'gzz'",),
        "Bedoelde je 'ggz'?",
    ),
    "an end that closes another beginning": (
        {"proef/proef.bpmn": BPMN.replace("</userTask>", "</serviceTask>")},
        ("regel", "</serviceTask>", "<userTask>"),
        "gelijk",
    ),
    "a loose sign": ({"proef/proef.bpmn": BPMN.replace("Een proef", "Een & proef")}, ("regel 1", "losse &"), "&amp;"),
    "a file that breaks off": ({"proef/proef.bpmn": BPMN[: BPMN.index("</process>")]}, ("houdt het op",), "</"),
    "a prefix that is not explained": (
        {"proef/proef.bpmn": BPMN.replace("<userTask", '<userTask zeep:x="1"', 1)},
        ("'zeep:'", "xmlns:zeep"),
        "Modeler",
    ),
    "a sub-process that is empty": (
        {"proef/proef.bpmn": sketch.bpmn("begin > bellen > x > klaar\nx: subProcess", "proef")},
        ("In het deelproces 'X' staat niets",),
        "Teken de stappen erin",
    ),
    "a choice of which one arrow says nothing": (
        {"proef/proef.bpmn": sketch.bpmn(
            'begin > bellen > wil_het?\nwil_het >ja [=wil = "ja"]> helpen > klaar\nwil_het > bezoeken > klaar_b\n'
            "wil_het > mailen > klaar_m", "proef"
        )},
        ("'Wil het?'", "'Bezoeken' en 'Mailen'"),
        "standaardpijl",
    ),
    "a quote that its line doesn't close": (
        {"regio.yaml": sketch.REGION.replace("naam: Proefregio", 'naam: "Proefregio') + '# de "kern"\n'},
        ("Op regel 1 begint een tekst met een aanhalingsteken",),
        "Zet er een achter",
    ),
    "a table that is not there": (
        {**sketch.files({
            "proef.bpmn": "begin > bellen > wegen > klaar\nwegen: businessRuleTask camunda:decisionRef=advis",
            "advies.dmn": 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => "twee bezoeken"',
        })},
        ("'advis'", "'Wegen'", "bestaat niet"),
        "Bedoelde je 'advies'?",
    ),
    "a process that nobody can see": (
        {"regio.yaml": sketch.REGION.replace("[proef]", "[proef, prof]")},
        ("'begeleider' overziet 'prof'",),
        "Bedoelde je 'proef'?",
    ),
    "a policy that DMN doesn't know": (
        sketch.files({"advies.dmn": "EERSTE: aantal number => advies\n- => 1"}),
        ("“EERSTE”, en die bestaat niet",),
        "FIRST (de eerste die past)",
    ),
    "a rule of a kind that there isn't": (_ruled("precedense", "bellen"), ("bestaat niet",), "'precedence'?"),
    "a rule about a step that isn't there": (_ruled("precedence", "belen"), ("niet op elk pad",), "je 'bellen'?"),
    "a rule that points at nothing": (
        _ruled("response", "", a="{id: belen}"),
        ("wijst nergens naar",),
        "De regel zegt 'belen', en dat is er niet. Bedoelde je 'bellen'?",
    ),
    "a key of a question that can't be": (
        {"proef/formulieren/vragen.form": sketch.files({
            "formulieren/vragen.form": "- {type: textfield, key: Mijn vraag, label: A, id: a}"
        })["proef/formulieren/vragen.form"]},
        ("“Mijn vraag”",),
        "kleine letters",
    ),
    "a slip in a word of a question": (
        {"proef/formulieren/vragen.form": sketch.files({
            "formulieren/vragen.form": "- {type: textfield, key: a, label: A, descripton: b}"
        })["proef/formulieren/vragen.form"]},
        ("“descripton”",),
        "Bedoelde je “description”?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_slip_is_told_what_where_and_what_was_meant(name: str, tmp_path: Path) -> None:
    files, parts, advice = SAID[name]
    finding = first(tmp_path, files)
    assert all(part in finding.message for part in parts), finding.message
    assert advice in finding.advice


def test_an_arrow_from_what_is_not_there_says_what_stands_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    file.write_text(BPMN.replace('sourceRef="bellen"', 'sourceRef="belen"'), "utf-8")
    (finding,) = (finding for finding in checks.survey(file).findings if finding.rule.id == "pijl")
    assert finding.message.endswith("komt nergens vandaan: in het bestand staat daar 'belen', en dat is er niet.")
    assert finding.advice == "Bedoelde je 'bellen'? Verbind hem met een stap, of haal hem weg."


OTHERS = {
    "at the top": BPMN.replace("<definitions", '<definitions modeler:executionPlatform="Camunda Cloud" '
                               'xmlns:modeler="http://camunda.org/schema/modeler/1.0"', 1),
    "at the first step": BPMN.replace("<userTask", '<userTask xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"', 1),
}  # fmt: skip


@pytest.mark.parametrize("mark", OTHERS)
@pytest.mark.parametrize("place", ["proef/proef.bpmn", "los.bpmn"])
def test_a_diagram_for_camunda_8_is_told_so_before_all_else(mark: str, place: str, tmp_path: Path) -> None:
    file = tmp_path / place
    if place == "los.bpmn":
        file.write_text(OTHERS[mark].replace('id="proef"', 'id="los"'), "utf-8")
        finding = checks.grouped(checks.survey(file).findings)[0].finding
    else:
        finding = first(tmp_path, {place: OTHERS[mark]})
    assert (finding.rule.id, finding.file) == ("herkomst", place)
    assert "Camunda 8" in finding.message


def test_what_a_drawing_program_calls_its_own_is_no_code(tmp_path: Path) -> None:
    own = '<extensionElements><a:connector xmlns:a="http://www.boc-group.com" id="c" /></extensionElements>'
    (tmp_path / "proef.bpmn").write_text(BPMN.replace("<extensionElements>", f"{own[:-20]}", 1), "utf-8")
    findings = checks.survey(tmp_path / "proef.bpmn").findings
    assert [finding.rule.id for finding in findings] == []


def test_a_form_for_camunda_8_is_told_so(tmp_path: Path) -> None:
    text = sketch.files(KEPT)["proef/formulieren/vragen.form"]
    (tmp_path / "vragen.form").write_text(text.replace("{", '{"executionPlatform": "Camunda Cloud", ', 1), "utf-8")
    (finding,) = checks.survey(tmp_path / "vragen.form").findings
    assert "Dit formulier is gemaakt voor Camunda 8" in finding.message


@pytest.mark.parametrize(
    ("text", "term"),
    [("2 weken", "P14D"), ("1 week", "P7D"), ("10 dagen", "P10D"), ("3 maanden", "P3M"), ("2 jaar", "P2Y"),
     ("4 uur", "PT4H"), ("30 minuten", "PT30M"), ("twee weken", ""), ("P14D", ""), ("2 werkdagen", "")],
)  # fmt: skip
def test_a_term_in_words_is_understood(text: str, term: str) -> None:
    assert deadlines.meant(text) == term
    assert not term or deadlines.valid(term)

"""The command line as somebody who draws uses it: check, and try with answers from a pipe."""

import io
import json
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.command import main

WORKFLOWS = Path(__file__).parents[2] / "workflows"
pytestmark = pytest.mark.usefixtures("proved_once")


@pytest.fixture(name="copy")
def a_copy(tmp_path: Path) -> Path:
    """The workflows folder, to break."""
    return Path(shutil.copytree(WORKFLOWS, tmp_path / "workflows"))


def slip(copy: Path, file: str, old: str, new: str) -> Path:
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    return copy / file


def test_a_region_without_findings_may_be_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(WORKFLOWS), "--region", "zuid-limburg"]) == 0
    assert capsys.readouterr().out == "Geen bevindingen.\n"


def test_only_the_three_most_important_are_told(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = slip(copy, "opzetten/borgen.bpmn", "## Waarom", "Waarom")
    slip(copy, "opzetten/borgen.bpmn", 'candidateGroups="bestuurder"', 'candidateGroups="burgemeester"')
    slip(copy, "opzetten/borgen.bpmn", 'x="1070" y="340"', 'x="1070" y="100"')
    slip(copy, "opzetten/borgen.bpmn", 'name="duur"', 'name="duurt"')
    assert main(["check", str(file)]) == 1
    output = capsys.readouterr().out
    assert output.index("burgemeester") < output.index("\n3. ")
    assert "\n3. " in output
    assert "\n4. " not in output
    assert "bekijk alles met --alles" in output
    assert "Dit kan niet worden gepubliceerd." in output
    assert main(["check", str(file), "--alles"]) == 1
    assert "\n4. " in capsys.readouterr().out


def test_json_holds_every_finding_with_its_place(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = slip(copy, "opzetten/borgen.bpmn", 'candidateGroups="bestuurder"', 'candidateGroups="burgemeester"')
    assert main(["check", str(file), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {(f["file"], f["element"]) for f in problems} == {("opzetten/borgen.bpmn", "samenwerking_borgen")}
    (problem,) = (f for f in problems if f["rule"] == "rol")
    assert (problem["name"], problem["severity"]) == ("Samenwerking borgen", "fout")
    assert "burgemeester" in problem["message"]


def test_warnings_alone_are_no_reason_to_refuse(copy: Path) -> None:
    file = slip(copy, "opzetten/borgen.bpmn", 'x="1070" y="340"', 'x="1070" y="100"')
    assert main(["check", str(file)]) == 0


def test_the_places_are_drawn(copy: Path, tmp_path: Path) -> None:
    file = slip(copy, "opzetten/borgen.bpmn", 'candidateGroups="bestuurder"', 'candidateGroups="burgemeester"')
    assert main(["check", str(file), "--svg", str(tmp_path / "beeld")]) == 1
    drawn = (tmp_path / "beeld/opzetten_borgen.svg").read_text("utf-8")
    assert "Samenwerking borgen (aangewezen)" in drawn
    assert "Resultaten evalueren (aangewezen)" not in drawn
    number, *legend = re.findall("<text[^>]*>([^<]*)</text>", drawn.partition('class="legend"')[2])
    assert number == "1"
    assert " ".join(legend).startswith("1. De rol 'burgemeester' bij 'Samenwerking borgen' bestaat niet in regio.yaml.")


def test_an_example_that_goes_otherwise_is_a_finding(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = copy / "opzetten/voorbeelden/in_een_keer_goed.yaml"
    example.write_text(example.read_text("utf-8").replace("klaar: true", "klaar: false"))
    assert main(["check", str(copy / "opzetten"), "--region", "zuid-limburg", "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["rule"], problem["file"]) == ("voorbeeld", "opzetten/voorbeelden/in_een_keer_goed.yaml")


@pytest.mark.usefixtures("unproved")
@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "casus/overleg.bpmn",
            'sourceRef="opnieuw_plannen" targetRef="overleg_plannen"',
            'sourceRef="opnieuw_plannen" targetRef="overleg_hoden"',
            "gaat nergens naartoe",
        ),
        ("opzetten/opzetten.bpmn", 'calledElement="borgen"', 'calledElement=""', "er staat niet welk"),
        ("opzetten/voorbeelden/in_een_keer_goed.yaml", "antwoorden:", "antwoorden: [a]\n    x:", "niet te lezen"),
        ("regios/zuid-limburg/regio.yaml", "naam: Zuid-Limburg", "naam: &a {x: *a}", "iets in zichzelf"),
        ("regios/zuid-limburg/regio.yaml", "naam: Zuid-Limburg", "naam: 2026-99-99", "die dag bestaat niet"),
        ("regios/zuid-limburg/regio.yaml", "naam: Zuid-Limburg", "2026-01-01: x", "is een datum een naam"),
    ],
)
def test_a_slip_is_told_and_never_a_trace(
    file: str, old: str, new: str, message: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slip(copy, file, old, new)
    assert main(["check", str(copy), "--region", "zuid-limburg", "--alles"]) == 1
    assert message in capsys.readouterr().out


DEMO, REGIO = "regios/de-waterlanden/demo.yaml", "regios/de-waterlanden/regio.yaml"


@pytest.mark.usefixtures("unproved")
@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (REGIO, "rollen:", "rolen:", "Bedoelde je 'rollen'?"),
        (REGIO, "gemeenten:\n  oeverdam", "gemeenten: [a]\nlijsten:\n  oeverdam", "geen lijst van namen met waarden"),
        (REGIO, "domein: medisch", "domein: medich", "Bedoelde je 'medisch'?"),
        (REGIO, "gemeenten: [oeverdam]", "gemeenten: [oeverdm]", "Bedoelde je 'oeverdam'?"),
        (REGIO, "doet_ook: [coordinator]", "doet_ook: [cordinator]", "Bedoelde je 'coordinator'?"),
        (REGIO, "  casusregisseur:", "  casusregiseur:", "Geen stap gebruikt de rol 'casusregiseur'"),
        (REGIO, "    kort: Staat", "    kortt: Staat", "Bedoelde je 'kort'?"),
        (DEMO, "[procesregisseur]", "[kernpartner]", "Niemand in de demo heeft de rol 'procesregisseur'"),
        (DEMO, "oeverdam: [procesregisseur]", "oeverdm: [procesregisseur]", "Bedoelde je 'oeverdam'?"),
        (DEMO, "oeverdam: [procesregisseur]", "oeverdam: [procesregiseur]", "Bedoelde je 'procesregisseur'?"),
        (DEMO, "oeverdam: [procesregisseur]", "oeverdam: procesregisseur", "geen lijst"),
        (DEMO, "organisatie: wijkteam_oeverdam", "organisatie: wijkteam_overdam", "Bedoelde je 'wijkteam_oeverdam'?"),
        (DEMO, "naam: Oda Oefening", "nam: Oda Oefening", "ontbreekt 'id' of 'naam'"),
        (DEMO, "personen:", "mensen:", "geen mensen"),
    ],
)
def test_what_a_region_fills_in_must_be_there(
    file: str, old: str, new: str, message: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slip(copy, file, old, new)
    main(["check", str(copy), "--region", "de-waterlanden", "--alles", "--json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert any(message in problem["message"] and problem["file"] == file for problem in problems), problems


def test_the_region_in_the_guide_needs_nothing_more(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = (WORKFLOWS.parent / "docs/een-regio-toevoegen.md").read_text("utf-8")
    settings, people = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    region = copy / "regios/mijn-regio"
    region.mkdir()
    (region / "regio.yaml").write_text(settings)
    (region / "demo.yaml").write_text(people)
    assert main(["check", str(copy), "--region", "mijn-regio"]) == 0
    assert capsys.readouterr().out == "Geen bevindingen.\n"


def test_a_region_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(WORKFLOWS), "--region", "atlantis"]) == 1
    assert "De regio 'atlantis' bestaat niet" in capsys.readouterr().err


def test_all_examples_play(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "opzetten", "--region", "zuid-limburg", "--scenario"]) == 0
    assert capsys.readouterr().out.count("GOED") == 4
    assert main(["try", "opzetten", "--region", "zuid-limburg", "--scenario", "nergens"]) == 1
    assert "Er is geen voorbeeld 'nergens'" in capsys.readouterr().err


def test_a_region_plays_the_examples_of_its_own_municipalities(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "casus", "--region", "de-waterlanden", "--scenario"]) == 0
    output = capsys.readouterr().out
    assert output.count("GOED") == 2
    assert "meteen_aan_tafel" in output
    assert main(["try", "opzetten", "--scenario", "--region", ""]) == 0
    assert capsys.readouterr().out.count("GOED") == 4
    assert main(["try", "casus", "--scenario", "--region", ""]) == 1
    assert "Kies met --region een regio" in capsys.readouterr().err


def attempt(
    lines: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], target: str
) -> tuple[int, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    code = main(["try", target, "--region", "zuid-limburg", "--begin", "2026-03-02T09:00"])
    return code, capsys.readouterr().out


def test_a_diagram_is_walked_by_hand(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = attempt(["k", "k P1M", "x", "9", "o 1", "b onzin", "s"], monkeypatch, capsys, "borgen")
    assert code == 0
    assert "maandag 2-3-2026 09:00" in output
    assert "1. Elk kwartaal terugkijken (Procesregisseur)" in output
    assert "'x' ken ik niet." in output
    assert "Er is geen stap 9." in output
    assert "Deze stap mag niet worden overgeslagen." in output
    assert "Op 'onzin' wacht de casus niet." in output
    route = output.split("De route:")[1]
    assert "Begin: Knooppunt is open" in route
    assert "De klok gaat naar" in route


def test_answers_that_are_wrong_are_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, output = attempt(["1", "Familie Proef", "gisteren"], monkeypatch, capsys, "signaleren")
    assert code == 0
    assert "Signaal vastleggen (Aanmelder, Coördinator, Procesregisseur)" in output
    assert "Gestopt. De casus is nog niet klaar." in output


LOOSE = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="tekening" targetNamespace="x">
<bpmn:process id="los" name="Los" isExecutable="true">
<bpmn:startEvent id="begin" name="Start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
<bpmn:userTask id="vraag" name="Vragen"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:userTask>
<bpmn:exclusiveGateway id="keuze" name="Mag het?" default="d"><bpmn:incoming>b</bpmn:incoming>
<bpmn:outgoing>c</bpmn:outgoing><bpmn:outgoing>d</bpmn:outgoing></bpmn:exclusiveGateway>
<bpmn:endEvent id="goed" name="Het mag"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
<bpmn:endEvent id="fout" name="Het mag niet"><bpmn:incoming>d</bpmn:incoming></bpmn:endEvent>
<bpmn:sequenceFlow id="a" sourceRef="begin" targetRef="vraag" />
<bpmn:sequenceFlow id="b" sourceRef="vraag" targetRef="keuze" />
<bpmn:sequenceFlow id="c" name="ja" sourceRef="keuze" targetRef="goed">
<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=besluit = "ja"</bpmn:conditionExpression>
</bpmn:sequenceFlow>
<bpmn:sequenceFlow id="d" name="nee" sourceRef="keuze" targetRef="fout" />
</bpmn:process></bpmn:definitions>"""


@pytest.mark.parametrize(("answer", "ending"), [("ja", "Einde: Het mag"), ("nee", "Einde: Het mag niet")])
def test_a_file_without_forms_takes_names_with_values(
    answer: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "los.bpmn").write_text(LOOSE)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"1\nonzin\nbesluit = {answer}\n\n"))
    assert main(["try", str(tmp_path / "los.bpmn")]) == 0
    output = capsys.readouterr().out
    assert "Het diagram vraagt naar: besluit." in output
    assert "Schrijf een naam, een = en een waarde" in output
    assert "De casus is klaar." in output
    assert output.rstrip().splitlines()[-1].endswith(f"Mag het? {answer}")
    assert f". {ending}\n" in output


def test_what_can_not_run_can_not_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "los.bpmn").write_text(LOOSE.replace("userTask", "scriptTask"))
    assert main(["try", str(tmp_path / "los.bpmn")]) == 1
    assert "scripttaak" in capsys.readouterr().err
    assert main(["try", "bestaat_niet"]) == 1
    assert "Er is geen bestand en geen proces" in capsys.readouterr().err


HEAVY = {
    "SpiffWorkflow", "fastapi", "holidays", "jinja2", "lark", "lxml", "mkdocs", "sqlalchemy", "starlette", "uvicorn",
    "yaml",
}  # fmt: skip


def needed(*arguments: str) -> tuple[set[str], float]:
    """The packages that a command imports, and the processor time that it takes in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    script = f"from api.command import main; main({list(arguments)!r})"
    command = [sys.executable, "-X", "importtime", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=WORKFLOWS.parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    modules = re.findall(r"^import time: .*\| +([\w.]+)$", ran.stderr, re.MULTILINE)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {module.partition(".")[0] for module in modules}, spent


def test_help_waits_for_nothing_that_it_does_not_need() -> None:
    packages, spent = needed("--help")
    assert "argparse" in packages
    assert not packages & HEAVY
    assert spent < 2, "a bare Python takes a tenth of this"


def test_check_waits_for_no_web_server_and_no_database() -> None:
    packages, _ = needed("check", "workflows/opzetten/borgen.bpmn")
    assert "lxml" in packages
    assert not packages & (HEAVY - {"lark", "lxml", "yaml"})

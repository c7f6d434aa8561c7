"""The first gate: every construct is run or refused, in plain Dutch, whatever a file holds."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from api.command import main
from engine import checks
from engine.checks import Finding
from tests.engine.drawing import (
    NAMESPACES,
    again,
    boundary,
    call,
    catch,
    choice,
    conditional,
    diagram,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    link,
    message,
    node,
    on,
    properties,
    start,
    sub,
    task,
    terminate,
    timer,
    times,
    way,
)
from tests.engine.test_rules import TO_DO

ROOT = Path(__file__).parent.parent.parent
OTHERS = Path(os.environ.get("KNOOPPUNT_CORPUS", ROOT.parent / "shared" / "corpus")) / "miwg"


def check(content: bytes, name: str = "proef.bpmn") -> tuple[Finding, ...]:
    """What the first gate says of a file."""
    _, findings = checks.first(content, name)
    for finding in findings:
        assert finding.file == name
        assert finding.sentence.endswith((".", ").", '"ja".')), finding.sentence
        assert not TO_DO.match(finding.message), "what is wrong comes before what to do"
        assert finding.advice
        assert not any(word in finding.sentence for word in ("Traceback", "Error", "None", "engine."))
    return findings


def straight(step: str, more: str = "", to: str = "klaar") -> bytes:
    """A diagram with one element `x` between begin and end."""
    return diagram("proef", start(), step, end(), way("begin", "x", to), more)


def signal(id: str = "s") -> str:
    return f'<bpmn:signalEventDefinition id="{id}" />'


SCRIPTED_FLOW = (
    '<bpmn:sequenceFlow id="f" sourceRef="begin" targetRef="klaar"><bpmn:extensionElements>'
    '<camunda:executionListener event="take"><camunda:script scriptFormat="groovy">x</camunda:script>'
    "</camunda:executionListener></bpmn:extensionElements></bpmn:sequenceFlow>"
)
NOTE = '<bpmn:textAnnotation id="n"><bpmn:text>Let op ${</bpmn:text></bpmn:textAnnotation>'

RUN = {
    "a user task": straight(task("x")),
    "a manual task": straight(node("manualTask", "x")),
    "a decision": straight(node("businessRuleTask", "x", camunda_decisionRef="tabel")),
    "a call": straight(call("x", "deel")),
    "a sub-process": straight(sub("x", start("s"), end("e"), way("s", "e"))),
    "an exclusive choice": straight(choice("x", default="klaar"), end("anders") + way("x", "anders", when='=a = "ja"')),
    "a parallel split and join": diagram(
        "proef",
        start(),
        fork("f"),
        task("a"),
        task("b"),
        fork("j"),
        end(),
        way("begin", "f", "a", "j", "klaar"),
        way("f", "b", "j"),
    ),
    "the first of several events": diagram(
        "proef",
        start(),
        node("eventBasedGateway", "g"),
        catch("a", message("m")),
        catch("b", timer("Duration", "P1D")),
        end(),
        way("begin", "g", "a", "klaar"),
        way("g", "b", "klaar"),
    ),
    "the first of several receive tasks": diagram(
        "proef",
        start(),
        node("eventBasedGateway", "g"),
        node("receiveTask", "a", messageRef="m"),
        node("receiveTask", "b", messageRef="m2"),
        end(),
        way("begin", "g", "a", "klaar"),
        way("g", "b", "klaar"),
    ),
    "one or more ways": diagram(
        "proef",
        start(),
        node("inclusiveGateway", "f"),
        task("a"),
        task("b"),
        node("inclusiveGateway", "j"),
        end(),
        way("begin", "f"),
        way("f", "a", when="=x"),
        way("f", "b", when="=y"),
        way("a", "j", "klaar"),
        way("b", "j"),
    ),
    "two ways at once into one join": diagram(
        "proef",
        start(),
        fork("f"),
        fork("j"),
        end(),
        way("begin", "f", "j", "klaar"),
        '<bpmn:sequenceFlow id="nog_een" sourceRef="f" targetRef="j" />',
    ),
    "a transaction": straight(node("transaction", "x", start("s") + end("e") + way("s", "e"))),
    "a sub-process without a start": straight(sub("x", task("t"))),
    "waiting for a condition": straight(catch("x", conditional("=a > 1"))),
    "a loop sign": straight(task("x", again("=a", most="3"))),
    "a jump": diagram(
        "proef",
        start(),
        node("intermediateThrowEvent", "x", link("l")),
        catch("y", link("l")),
        end(),
        way("begin", "x"),
        way("y", "klaar"),
    ),
    "waiting for a message": straight(catch("x", message("m"))),
    "waiting for a date": straight(catch("x", timer("Date", "=date(d)"))),
    "a pause without meaning": straight(node("intermediateThrowEvent", "x")),
    "an escalation halfway": straight(node("intermediateThrowEvent", "x", escalation("op"))),
    "an error end": diagram("proef", start(), end("x", error("fout")), way("begin", "x")),
    "an escalation end": diagram("proef", start(), end("x", escalation("op")), way("begin", "x")),
    "a terminate end": diagram("proef", start(), end("x", terminate()), way("begin", "x")),
    "a message on the edge": straight(task("x"), boundary("r", "x", message("m")) + end("e") + way("r", "e")),
    "a repeating clock on the edge": straight(
        task("x"), boundary("r", "x", timer("Cycle", "R/P1D"), interrupting=False) + end("e") + way("r", "e")
    ),
    "any error on the edge": straight(
        call("x", "deel"), boundary("r", "x", "<bpmn:errorEventDefinition />") + end("e") + way("r", "e")
    ),
    "an event sub-process": straight(task("x"), handler("h", on("o", message("m")), end("e"), way("o", "e"))),
    "a clock that starts an event sub-process": straight(
        task("x"), handler("h", on("o", timer("Date", "=d"), interrupting=False), end("e"), way("o", "e"))
    ),
    "a step for each item": straight(task("x", each("=rijen", "rij"))),
    "a step a number of times": straight(task("x", times("3"))),
    "a text annotation": straight(task("x"), NOTE),
}

REFUSED = {
    "a task without a kind": (straight(node("task", "x")), "x", "soort"),
    "a script": (straight(node("scriptTask", "x", "<bpmn:script>import os</bpmn:script>")), "x", "code"),
    "a service": (straight(node("serviceTask", "x", camunda_class="org.example.Run")), "x", "code"),
    "a delegate": (straight(node("serviceTask", "x", camunda_delegateExpression="${bean}")), "x", "code"),
    "a send task": (straight(node("sendTask", "x")), "x", "soort"),
    "a complex gateway": (straight(node("complexGateway", "x")), "x", "soort"),
    "an ad-hoc sub-process": (straight(node("adHocSubProcess", "x")), "x", "soort"),
    "a listener on a step": (
        straight(
            task(
                "x",
                '<bpmn:extensionElements><camunda:taskListener class="a.B" event="create" /></bpmn:extensionElements>',
            )
        ),
        "x",
        "code",
    ),
    "a listener on a process": (
        diagram(
            "proef",
            '<bpmn:extensionElements><camunda:executionListener event="end" expression="${x}" />'
            "</bpmn:extensionElements>",
            start(),
            end(),
            way("begin", "klaar"),
        ),
        "",
        "code",
    ),
    "a script on a flow": (diagram("proef", start(), end(), SCRIPTED_FLOW), "f", "code"),
    "a connector": (
        straight(task("x", "<bpmn:extensionElements><camunda:connector /></bpmn:extensionElements>")),
        "x",
        "code",
    ),
    "input and output": (
        straight(
            task(
                "x",
                "<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name='a'>b"
                "</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>",
            )
        ),
        "x",
        "code",
    ),
    "a listener inside a sub-process": (
        straight(
            sub(
                "x",
                start("s"),
                task("diep", '<bpmn:extensionElements><camunda:taskListener class="a.B" /></bpmn:extensionElements>'),
                end("e"),
                way("s", "diep", "e"),
            )
        ),
        "diep",
        "code",
    ),
    "a condition in JUEL": (
        straight(choice("x", default="klaar"), end("a") + way("x", "a", when="${besluit == 'ja'}")),
        "x_a",
        "taal",
    ),
    "a clock in JUEL": (straight(catch("x", timer("Duration", "${termijn}"))), "x", "taal"),
    "a list in JUEL": (straight(task("x", each("${rijen}", "rij"))), "x", "taal"),
    "a property in JUEL": (straight(task("x", properties(organisatie="${wie}"))), "x", "taal"),
    "a call in JUEL": (straight(call("x", "${deel}")), "x", "taal"),
    "a condition without =": (
        straight(choice("x", default="klaar"), end("a") + way("x", "a", when="besluit")),
        "x_a",
        "feel",
    ),
    "a condition that is no FEEL": (
        straight(choice("x", default="klaar"), end("a") + way("x", "a", when="=als dan")),
        "x_a",
        "feel",
    ),
    "a signal": (straight(catch("x", signal())), "x", "gebeurtenis"),
    "a condition that is not there": (
        straight(catch("x", "<bpmn:conditionalEventDefinition />")),
        "x",
        "gebeurtenis",
    ),
    "a jump to nowhere": (
        diagram("proef", start(), node("intermediateThrowEvent", "x", link("l")), way("begin", "x")),
        "x",
        "gebeurtenis",
    ),
    "compensation": (
        straight(node("intermediateThrowEvent", "x", "<bpmn:compensateEventDefinition />")),
        "x",
        "gebeurtenis",
    ),
    "sending a message": (straight(node("intermediateThrowEvent", "x", message("m"))), "x", "gebeurtenis"),
    "two events in one": (straight(catch("x", message("m") + timer("Duration", "P1D"))), "x", "gebeurtenis"),
    "a message without a name": (straight(catch("x", "<bpmn:messageEventDefinition />")), "x", "gebeurtenis"),
    "a message without a name on the edge": (
        straight(task("x"), boundary("r", "x", "<bpmn:messageEventDefinition />")),
        "r",
        "gebeurtenis",
    ),
    "a start by a message": (
        diagram("proef", node("startEvent", "x", message("m")), end(), way("x", "klaar")),
        "x",
        "gebeurtenis",
    ),
    "an event sub-process without an event": (
        straight(task("x"), handler("h", start("o"), end("e"), way("o", "e"))),
        "o",
        "onderbreking_zonder_oorzaak",
    ),
    "an error that does not interrupt": (
        straight(call("x", "d"), boundary("r", "x", error("f"), interrupting=False)),
        "r",
        "rand_van_andere_soort",
    ),
    "a repeating clock in the flow without end": (straight(catch("x", timer("Cycle", "R/P1D"))), "x", "klok"),
    "a clock without a time": (straight(catch("x", "<bpmn:timerEventDefinition />")), "x", "klok"),
    "a loop sign": (straight(task("x", "<bpmn:standardLoopCharacteristics />")), "x", "lus"),
    "several without a list": (straight(task("x", "<bpmn:multiInstanceLoopCharacteristics />")), "x", "meervoud"),
    "several without a name for one": (
        straight(task("x", '<bpmn:multiInstanceLoopCharacteristics camunda:collection="=rijen" />')),
        "x",
        "meervoud",
    ),
    "an event sub-process for each item": (
        straight(task("x"), handler("h", each("=rijen", "rij"), on("o", message("m")), end("e"), way("o", "e"))),
        "h",
        "meervoud",
    ),
    "a call to nothing": (straight(node("callActivity", "x")), "x", "verwijzing"),
    "a decision without a table": (straight(node("businessRuleTask", "x")), "x", "verwijzing"),
    "a choice with an open way": (
        straight(choice("x", default="klaar"), end("a") + way("x", "a")),
        "x",
        "keuze",
    ),
    "a choice of one": (
        diagram("proef", start(), choice("x"), end(), way("begin", "x"), way("x", "klaar", when="=a")),
        "x",
        "keuze",
    ),
    "a condition after a step": (
        diagram("proef", start(), task("x"), end(), way("begin", "x"), way("x", "klaar", when="=a")),
        "x",
        "keuze",
    ),
    "a step right after events": (
        straight(node("eventBasedGateway", "x"), task("t") + way("x", "t")),
        "t",
        "wachtende_keuze_naar_stap",
    ),
    "two starts": (
        diagram("proef", start(), start("b2"), end(), way("begin", "klaar"), way("b2", "klaar")),
        "proef",
        "begin",
    ),
    "nothing at all": (diagram("proef"), "proef", "begin"),
    "a step that nothing leads to": (straight(task("x"), task("los")), "los", "geen_pijl_erin"),
    "an edge on nothing": (straight(task("x"), boundary("r", "weg", message("m"))), "r", "rand"),
    "a flow into nothing": (
        straight(task("x"), '<bpmn:sequenceFlow id="f" sourceRef="x" targetRef="weg" />'),
        "f",
        "pijl",
    ),
    "a flow through a border": (
        straight(
            sub("x", start("s"), end("e"), way("s", "e")),
            '<bpmn:sequenceFlow id="f" sourceRef="begin" targetRef="e" />',
        ),
        "f",
        "pijl_door_rand",
    ),
    "a flow into a start": (straight(task("x"), way("x", "begin")), "begin", "pijl_naar_begin"),
    "a flow to an event sub-process": (
        straight(task("x"), handler("h", on("o", message("m")), end("e"), way("o", "e")) + way("x", "h")),
        "x_h",
        "pijl_naar_onderbreking",
    ),
    "an id that comes twice": (straight(task("x"), task("x")), "x", "id"),
    "a process that is not executable": (
        straight(task("x")).replace(b'isExecutable="true"', b'isExecutable="false"'),
        "proef",
        "uitvoerbaar",
    ),
    "a process of another name": (
        straight(task("x")).replace(b'process id="proef"', b'process id="anders"'),
        "anders",
        "naam",
    ),
}


@pytest.mark.parametrize("name", RUN)
def test_what_is_run_is_let_through(name: str) -> None:
    assert check(RUN[name]) == ()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_run_is_refused_and_named(name: str) -> None:
    content, element, rule = REFUSED[name]
    assert (element, rule) in [(finding.element, finding.rule.id) for finding in check(content)]


BOMB = (
    b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><b>&j;</b>"
)
UNREADABLE = {
    "nothing": b"",
    "white space": b" \n\t ",
    "text": b"Dit is een brief.",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "half a file": straight(task("x"))[:300],
    "an XML bomb": BOMB,
    "an entity of a file": b'<!DOCTYPE b [<!ENTITY f SYSTEM "file:///etc/hostname">]><b>&f;</b>',
    "an entity inside a diagram": b'<!DOCTYPE b [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    + straight(task("x")).replace(b'name="x"', b'name="&f;"'),
    "another DTD": b'<!DOCTYPE b SYSTEM "http://example.org/x.dtd">' + straight(task("x")),
    "other XML": b"<html><body/></html>",
    "no process": f"<bpmn:definitions {NAMESPACES} />".encode(),
    "a wrong encoding": b'<?xml version="1.0" encoding="UTF-8"?><a>\xff\xfe</a>',
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_can_not_be_read_is_one_finding(name: str) -> None:
    assert len(check(UNREADABLE[name])) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_an_encoding_that_the_file_declares_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + straight(task("x")).decode().replace(
        'name="x"', 'name="één"'
    )
    assert check(text.encode(encoding)) == ()


@pytest.mark.parametrize("suffix", ["form", "dmn"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"<a/>", b"\xff", BOMB])
def test_a_form_or_table_that_is_none_is_a_finding(suffix: str, content: bytes) -> None:
    assert check(content, f"proef.{suffix}")


# --- much, and deep --------------------------------------------------------------------------------------------


def deep(levels: int) -> bytes:
    inner = task("t")
    for level in range(levels):
        inner = sub(f"s{level}", start(f"b{level}"), inner)
    return diagram("proef", inner)


HUGE = {
    "flat": diagram("proef", *(task(f"t{n}") for n in range(150_000))),
    "many sub-processes": diagram("proef", *(sub(f"s{n}") for n in range(40_000))),
    "many events": diagram("proef", task("x"), *(boundary(f"r{n}", "x", message("m")) for n in range(30_000))),
    "deep and wide": diagram(
        "proef",
        *(f'<bpmn:subProcess id="s{n}">' + "".join(task(f"t{n}_{m}") for m in range(150)) for n in range(180)),
        "</bpmn:subProcess>" * 180,
    ),
    "very deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "deep sub-processes": deep(240),
    "more than we read": b"<!-- " + b"x" * 20_000_000 + b" -->",
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_file_is_answered_within_a_bounded_time(name: str) -> None:
    before = time.process_time()
    assert check(HUGE[name])
    assert time.process_time() - before < 30


# --- folders, and the command ----------------------------------------------------------------------------------


def test_a_folder_gives_the_findings_of_all_its_files_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "formulieren").mkdir()
    (tmp_path / "proef.bpmn").write_bytes(straight(node("scriptTask", "x")))
    (tmp_path / "formulieren" / "stuk.form").write_bytes(b"{")
    (tmp_path / "lees_mij.txt").write_text("geen diagram", encoding="utf-8")
    assert {finding.file for finding in checks.survey(tmp_path).findings} == {"proef.bpmn", "formulieren/stuk.form"}


def test_a_folder_without_diagrams_and_a_file_that_is_not_there_are_findings(tmp_path: Path) -> None:
    assert [finding.rule.id for finding in checks.survey(tmp_path).findings] == ["leeg"]
    assert [finding.rule.id for finding in checks.survey(tmp_path / "weg.bpmn").findings] == ["bestand"]


def test_a_deadline_that_a_region_typed_wrong_is_told_with_the_one_that_is_meant(tmp_path: Path) -> None:
    copy = tmp_path / "workflows"
    shutil.copytree(ROOT / "workflows", copy)
    settings = copy / "regios/de-waterlanden/regio.yaml"
    written = settings.read_text("utf-8").replace("  overleg:\n    duur", "  overlegg:\n    duur", 1)
    settings.write_text(written.replace("uitleg: Het Knooppunt komt", "uitlegg: Het Knooppunt komt", 1))
    findings = checks.survey(copy, "de-waterlanden").findings
    lines = {(finding.file, finding.element, finding.message, finding.advice) for finding in findings}
    assert {finding.rule.id for finding in findings} == {"termijn_ongebruikt"}
    assert {(element, advice) for _, element, _, advice in lines} == {
        ("termijnen.overlegg", "Bedoelde je 'overleg'? Verander de naam, of haal hem weg."),
        ("termijnen.overlegg", "Bedoelde je 'uitleg'? Verander de naam, of haal hem weg."),
    }
    assert {file for file, *_ in lines} == {"regios/de-waterlanden/regio.yaml"}


@pytest.mark.parametrize("folder", ["casus", "opzetten", "regios"])
def test_our_own_files_pass(folder: str) -> None:
    files = [f for f in (ROOT / "workflows" / folder).rglob("*") if f.suffix in (".bpmn", ".form", ".dmn")]
    assert files
    assert [finding for file in files for finding in check(file.read_bytes(), file.name)] == []


@pytest.mark.skipif(not OTHERS.is_dir(), reason="the reference models of the MIWG are not on this machine")
def test_files_of_other_people_get_findings_and_no_trace() -> None:
    files = sorted(OTHERS.rglob("*.bpmn"))
    assert files
    for file in files:
        assert check(file.read_bytes(), file.name), file.name


def test_the_command_prints_findings_as_json_and_says_so_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "proef.bpmn").write_bytes(straight(node("scriptTask", "x")))
    assert main(["check", str(tmp_path / "proef.bpmn"), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert "problems" in report
    assert all({"file", "element", "rule", "message"} <= set(row) for row in report["problems"])
    for row in report["problems"]:
        rule = checks.rule_of(row["rule"])
        assert row["why"] == rule.why
        assert row["advice"]
    assert report["problems"][0]["file"] == "proef.bpmn"
    assert report["problems"][0]["element"] == "x"


@pytest.mark.usefixtures("proved_once")
def test_the_command_is_content_with_our_own_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(ROOT / "workflows" / "casus"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_command_never_shows_a_trace(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "proef.bpmn").write_bytes(UNREADABLE[name])
    assert main(["check", str(tmp_path)]) == 1
    output = capsys.readouterr()
    assert "proef.bpmn" in output.out
    assert "Traceback" not in output.out + output.err

"""Whatever file somebody offers gets an answer within five seconds that is worth reading, and never a crash."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from api.command import check
from engine import checks
from engine.checks import Severity, sketch
from tests.engine.drawing import NAMESPACES, choice, diagram, end, node, start, task, way

OTHERS = Path(os.environ.get("KNOOPPUNT_CORPUS", Path(__file__).parents[3] / "shared" / "corpus")) / "miwg"
SECONDS = 5


def definitions(inside: str, more: str = "") -> bytes:
    return f"<bpmn:definitions {NAMESPACES} {more} targetNamespace='x'>{inside}</bpmn:definitions>".encode()


def chain(length: int) -> bytes:
    steps = [f"stap{number}" for number in range(length)]
    return diagram("proef", start(), *(task(step) for step in steps), end(), way("begin", *steps, "klaar"))


def nested(depth: int, inside: str = "") -> bytes:
    opened = "".join(f'<bpmn:subProcess id="deel{n}"><bpmn:startEvent id="b{n}" />' for n in range(depth))
    return diagram("proef", opened, inside, "</bpmn:subProcess>" * depth)


def pools(count: int) -> bytes:
    processes = "".join(f'<bpmn:process id="p{n}"><bpmn:task id="t{n}" /></bpmn:process>' for n in range(count))
    members = "".join(f'<bpmn:participant id="d{n}" processRef="p{n}" />' for n in range(count))
    return definitions(f'<bpmn:collaboration id="c">{members}</bpmn:collaboration>{processes}')


def branches(count: int) -> bytes:
    """So many steps in parallel, of which the ways through are past counting."""
    split, join = node("parallelGateway", "uit"), node("parallelGateway", "samen")
    steps = [f"stap{number}_{turn}" for number in range(count) for turn in range(4)]
    ways = "".join(way("uit", *steps[n * 4 : n * 4 + 4], "samen") for n in range(count))
    return diagram(
        "proef",
        start(),
        split,
        *(task(s) for s in steps),
        join,
        end(),
        way("begin", "uit"),
        ways,
        way("samen", "klaar"),
    )


def heap(count: int) -> bytes:
    """So many shapes on one spot, of a size that is no number."""
    shapes = "".join(
        f'<di:BPMNShape bpmnElement="stap{n}"><dc:Bounds x="1" y="nan" width="100" height="inf" /></di:BPMNShape>'
        for n in range(count)
    )
    drawn = f'<di:BPMNDiagram><di:BPMNPlane bpmnElement="proef">{shapes}</di:BPMNPlane></di:BPMNDiagram>'
    spaces = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    process = "".join(task(f"stap{n}") for n in range(count))
    return definitions(f'<bpmn:process id="proef" isExecutable="true">{process}</bpmn:process>{drawn}', spaces)


def prose() -> bytes:
    flows = way("keuze", "klaar", when="als het gezin het wil") + way("keuze", "anders", when="(" * 3_000)
    return diagram("proef", start(), choice("keuze"), end(), end("anders"), way("begin", "keuze"), flows)


def itself() -> bytes:
    again = node("callActivity", "nog_eens", calledElement="proef")
    return diagram("proef", start(), again, end(), way("begin", "nog_eens", "klaar"))


def hanging() -> bytes:
    arrow = '<bpmn:sequenceFlow id="f" sourceRef="f" targetRef="f" />'
    return diagram("proef", '<bpmn:boundaryEvent id="b" attachedToRef="b" />', arrow)


def wordy() -> bytes:
    documentation = b"<bpmn:documentation>" + b"x" * 9_000_000 + b"</bpmn:documentation>"
    return chain(3).replace(b"<bpmn:startEvent", documentation + b"<bpmn:startEvent", 1)


def jumps(count: int) -> bytes:
    """So many jumps, each with a place of its own to land."""
    jump = '<bpmn:linkEventDefinition name="{}" />'
    leave = "".join(node("intermediateThrowEvent", f"weg{n}", jump.format(n)) for n in range(count))
    land = "".join(node("intermediateCatchEvent", f"aan{n}", jump.format(n)) for n in range(count))
    return diagram("proef", start(), leave, land)


def arrows(count: int) -> bytes:
    many = "".join(f'<bpmn:sequenceFlow id="f{n}" sourceRef="begin" targetRef="klaar" />' for n in range(count))
    return diagram("proef", start(), end(), many)


def numbers(digits: str) -> bytes:
    """A step with numbers of so many digits, or that only look like digits."""
    several = f"<bpmn:loopCardinality>{digits}</bpmn:loopCardinality>"
    first = task("een", f"<bpmn:multiInstanceLoopCharacteristics>{several}</bpmn:multiInstanceLoopCharacteristics>")
    second = task("twee", f'<bpmn:standardLoopCharacteristics loopMaximum="{digits}" />')
    third = node("userTask", "drie", startQuantity=digits)
    return diagram("proef", start(), first, second, third, end(), way("begin", "een", "twee", "drie", "klaar"))


def endless_sum() -> bytes:
    return numbers("=count(for a in 1..10000, b in 1..10000 return a * b)")


FILES: Mapping[str, Callable[[], bytes]] = {
    "leeg": lambda: b"",
    "geen xml": lambda: bytes(range(256)) * 50,
    "json": lambda: b'{"a": 1}',
    "afgebroken": lambda: chain(5)[:-40],
    "groter dan 20 MB": lambda: b"<" + b"a" * 21_000_000,
    "negen miljoen letters": wordy,
    "bijna 20 MB stappen": lambda: chain(45_000),
    "3000 stappen": lambda: chain(2_990),
    "diep": lambda: nested(150),
    "te diep": lambda: nested(2_000),
    "diep en breed": lambda: nested(140, "".join(task(f"stap{n}") for n in range(60_000))),
    "14 takken": lambda: branches(14),
    "50 pools": lambda: pools(50),
    "op een hoop": lambda: heap(2_500),
    "proza": prose,
    "geen begin": lambda: diagram("proef", task("stap")),
    "geen proces": lambda: definitions(""),
    "zichzelf": itself,
    "aan zichzelf": hanging,
    "entiteiten": lambda: b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + chain(2),
    "duizend sprongen": lambda: jumps(1_000),
    "honderdduizend pijlen": lambda: arrows(100_000),
    "lange getallen": lambda: numbers("9" * 5_000),
    "cijfers die er geen zijn": lambda: numbers("²"),
    "een som zonder einde": endless_sum,
    "miljoenen haken": lambda: b"<" * 19_000_000,
    "lange naam": lambda: diagram("proef", task("stap").replace('name="stap"', f'name="{"x" * 9_000_000}"')),
    "utf-16": lambda: chain(2).decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", FILES)
def test_any_file_is_answered_in_time(name: str, tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    file.write_bytes(FILES[name]())
    before = time.process_time()
    report = check.look(file, "")
    text = check.as_text(report, everything=False)
    assert time.process_time() - before < SECONDS
    assert report.findings
    assert report.findings[0].severity is Severity.ERROR
    assert len(text) < 4_000
    assert len(check.as_json(report)) < 3_000_000
    assert all(f.message.endswith((".", "…")) and f.rule.why for f in report.findings[:50])


def test_a_file_that_can_not_be_read_says_so_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "proef.bpmn").write_bytes(pools(50))
    (finding,) = checks.survey(tmp_path / "proef.bpmn").findings
    assert finding.rule.id == "meer_processen"
    assert "50 processen" in finding.message
    assert finding.advice == "Maak van elk proces een eigen bestand."


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('exporter="Signavio Process Editor, http://www.signavio.com"', "'Signavio Process Editor"),
        ('exporter="Microsoft Visio"', "'Microsoft Visio'"),
        ('xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" exporter="Camunda Modeler"', "Camunda 8"),
        ('exporter="Camunda Modeler"', ""),
    ],
)
def test_a_drawing_of_another_program_is_known_as_such(head: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    file.write_bytes(
        chain(1).replace(b"userTask", b"task").replace(b"<bpmn:definitions", f"<bpmn:definitions {head}".encode())
    )
    first = checks.survey(file).findings[0]
    assert (first.rule.id == "herkomst") is bool(sentence)
    assert sentence in first.message


def test_a_lot_of_the_same_is_no_lot_to_read(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    file.write_bytes(chain(400).replace(b"userTask", b"scriptTask"))
    report = check.look(file, "")
    assert len(report.findings) > 400
    text = check.as_text(report, everything=False)
    assert "nog 399 plekken" in text
    assert len(text.splitlines()) < 30
    assert len(check.as_text(report, everything=True).splitlines()) < 60


@pytest.mark.parametrize(
    ("content", "rule", "sentence"),
    [
        (b"PK\x03\x04" + bytes(40), "xml", "een zip-bestand"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "xml", "een plaatje (PNG)"),
        (b"<!DOCTYPE html><html><br></html>", "xml", "een webpagina"),
        (b"Beste collega, hierbij het proces.", "xml", "gewone tekst"),
        (b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' />", "geen_bpmn", "een beslistabel"),
        (b"<Package xmlns='http://www.wfmc.org/2008/XPDL2.1' />", "geen_bpmn", "een XPDL-diagram"),
        (b"<definitions><process /></definitions>", "geen_bpmn", "het adres van BPMN"),
        (chain(1).replace(b'name="stap0"', b'name="caf\xe9"'), "xml", "codering"),
    ],
)
def test_what_is_no_diagram_is_called_by_its_name(content: bytes, rule: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "proef.bpmn").write_bytes(content)
    (finding,) = checks.survey(tmp_path / "proef.bpmn").findings
    assert finding.rule.id == rule
    assert sentence in finding.message
    assert finding.advice


def test_each_cause_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    script = '<bpmn:script>${los("op")}</bpmn:script>'
    file.write_bytes(
        diagram(
            "proef", start(), node("scriptTask", "reken", script), task("los"), end(), way("begin", "reken", "klaar")
        )
    )
    report = check.look(file, "")
    places = [(group.finding.element, group.finding.rule.id) for group in checks.grouped(report.findings)]
    assert [rule for element, rule in places if element == "reken" and not rule.startswith("t")] == ["soort"]
    assert [rule for element, rule in places if element == "los" and not rule.startswith("t")] == ["geen_pijl_erin"]
    assert {"code", "soort"} <= {finding.rule.id for finding in report.findings}, "a machine may still read them all"
    first = [finding.rule.id for finding in report.findings[:2]]
    assert sorted(first) == ["geen_pijl_erin", "soort"]


STRANGE = "<raarEventDefinition />"


@pytest.mark.parametrize(
    "drawn",
    [
        f"begin > bellen > klaar\nbegin: startEvent {STRANGE}",
        f"begin > bellen > klaar\nklaar: endEvent {STRANGE}",
        f"begin > op_weg > klaar\nop_weg: intermediateCatchEvent {STRANGE}",
        f"begin > op_weg > klaar\nop_weg: intermediateThrowEvent {STRANGE}",
        f"begin > op_weg > klaar\nop_weg: intermediateCatchEvent message=m {STRANGE}",
        f"begin > bellen > klaar\nrand > klaar_rand\nrand: boundaryEvent attachedToRef=bellen {STRANGE}",
        f"begin > deel > klaar\ndeel: subProcess\n[deel]\nbegin_ook > bellen > klaar_deel\n"
        f"begin_ook: startEvent {STRANGE}",
        "begin > bellen > klaar\ndeel: subProcess triggeredByEvent=true\n[deel]\n"
        f"begin_ook > mailen > klaar_deel\nbegin_ook: startEvent {STRANGE}",
    ],
)
def test_an_event_that_bpmn_does_not_know_is_refused_once(drawn: str) -> None:
    _, findings = checks.first(sketch.bpmn(drawn).encode(), "proef.bpmn")
    assert [finding.message.partition(": ")[2] for finding in findings] == ["BPMN kent geen gebeurtenis 'raar'."]


def test_a_full_stop_in_a_name_ends_no_sentence(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    named = node("scriptTask", "reken").replace('name="reken"', 'name="Bel o.a. Jan. Zie \'t plan"')
    file.write_bytes(diagram("proef", start(), named, end(), way("begin", "reken", "klaar")))
    finding = next(finding for finding in checks.survey(file).findings if finding.rule.id == "soort")
    assert (
        finding.message
        == "'Bel o.a. Jan. Zie 't plan': Een scripttaak draait een programma, en dat doet Knooppunt niet."
    )


def test_several_processes_are_each_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    file.write_bytes(pools(2))
    rules = [finding.rule.id for finding in checks.survey(file).findings]
    assert rules == ["meer_processen", "soort", "soort"]


def test_an_arrow_without_an_id_is_an_arrow(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    arrow = '<bpmn:sequenceFlow sourceRef="begin" targetRef="stap" />'
    file.write_bytes(diagram("proef", start(), task("stap"), end(), arrow, way("stap", "klaar")))
    rules = {finding.rule.id for finding in checks.survey(file).findings}
    assert "id" in rules
    assert not rules & {"geen_pijl_erin", "begin"}


def test_an_event_on_the_edge_of_a_step_that_is_not_run_still_hangs_on_it(tmp_path: Path) -> None:
    file = tmp_path / "proef.bpmn"
    clock = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    edge = node("boundaryEvent", "klok", clock, attachedToRef="reken")
    steps = (node("serviceTask", "reken"), edge, task("later"), end())
    file.write_bytes(diagram("proef", start(), *steps, way("begin", "reken", "klaar"), way("klok", "later", "klaar")))
    assert "rand" not in {finding.rule.id for finding in checks.survey(file).findings}


def test_a_folder_takes_diagrams_under_any_ending(tmp_path: Path) -> None:
    for name in ("a.BPMN", "b.bpmn20.xml", "c.bpmn2", "d.txt"):
        (tmp_path / name).write_bytes(b"{}")
    assert [finding.file for finding in checks.survey(tmp_path).findings] == ["a.BPMN", "b.bpmn20.xml", "c.bpmn2"]


@pytest.mark.skipif(not OTHERS.is_dir(), reason="the reference models of other tools are not here")
def test_the_reference_models_of_other_tools_are_answered() -> None:
    for file in sorted(OTHERS.glob("*.bpmn")):
        before = time.process_time()
        report = check.look(file, "")
        assert time.process_time() - before < SECONDS
        assert report.findings, file.name
        assert all(not f.element or f.file == file.name for f in report.findings)


def test_a_drawing_of_a_file_with_a_long_name_finds_a_place(tmp_path: Path) -> None:
    folder = tmp_path / ("map" * 60)
    folder.mkdir()
    (folder / f"{'x' * 200}.bpmn").write_bytes(chain(1))
    (drawing,) = check.draw(check.look(tmp_path, ""), tmp_path / "tekeningen")
    assert drawing.is_file()

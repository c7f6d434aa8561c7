"""What the adapter asks of a model beside what Knooppunt asks; the models themselves need not be there."""

from pathlib import Path

from engine.checks import sketch
from tests.conformance.adapter import codes, findings

FLOW = '<sequenceFlow id="begin_klaar" name="" sourceRef="begin" targetRef="klaar" />'
LISTED = (
    '<startEvent id="begin"><outgoing>begin_klaar</outgoing></startEvent>'
    f'<endEvent id="klaar"><incoming>begin_klaar</incoming></endEvent>{FLOW}'
)


def told(tmp_path: Path, drawn: str) -> set[tuple[str, str]]:
    """The numbers of the rules that a diagram breaks, each with the element."""
    file = tmp_path / "proef.bpmn"
    file.write_text(sketch.bpmn(drawn))
    return {(code, problem.element) for problem in findings(file) for code in codes(problem)}


def test_what_an_element_says_of_its_own_arrows_is_what_the_arrows_say(tmp_path: Path) -> None:
    assert told(tmp_path, LISTED) == set()
    other = LISTED.replace("<incoming>begin_klaar", "<incoming>begin_anders")
    assert ("EXT023", "klaar") in told(tmp_path, other)
    nothing = LISTED.replace("<incoming>begin_klaar</incoming>", "").replace("<outgoing>begin_klaar</outgoing>", "")
    expected = {("EXT023", "begin"), ("EXT101", "begin"), ("EXT023", "klaar"), ("EXT107", "klaar")}
    assert told(tmp_path, nothing) == expected


def test_a_time_is_marked_as_an_expression(tmp_path: Path) -> None:
    clock = "begin > x > klaar\nx: intermediateCatchEvent <timerEventDefinition>{}</timerEventDefinition>"
    plain = "<timeDuration>P1D</timeDuration>"
    marked = '<timeDuration xsi:type="tFormalExpression">P1D</timeDuration>'
    assert ("EXT012", "x") in told(tmp_path, clock.format(plain))
    assert ("EXT012", "x") not in told(tmp_path, clock.format(marked))


def test_a_rule_goes_by_the_numbers_of_the_list_too(tmp_path: Path) -> None:
    numbers = told(tmp_path, "begin > a > klaar > b > einde")
    assert {("EXT104", "klaar"), ("pijl_uit_einde", "klaar")} <= numbers

"""The rules of the standard: each with its own two drawings, and what is more than those can show."""

import re
from itertools import pairwise

import pytest

from engine import checks
from engine.checks import gates, sketch, standard
from engine.checks.rule import Rule, rules
from engine.errors import Problem

RULES = [rule for rule in rules() if rule.standard]
NOT_ASKED = {1, 2, 3, 4, 5, 15, 16, 28, 34, 66, 71, 72, 73, 74, 75, 128}
"""The list has no such number, or it asks what files import, what a choreography holds, or what no modeler writes."""
ASKED_BY_THE_SUITE = {23}
"""What an element says of its own arrows changes nothing for us: only tests/conformance asks it."""
MACHINE_WORDS = re.compile(r"EXT\d|[a-z][A-Z]|##|\b(?:REF|BPMN|input|output|item|ref|scope|flow|event|gateway)\b")


def broken_by(drawn: str) -> list[Problem]:
    """What a sketch of a diagram breaks."""
    return [finding.problem for finding in standard.breaches(sketch.bpmn(drawn).encode(), "proef.bpmn")]


def names(problems: list[Problem]) -> set[str]:
    return {problem.rule for problem in problems}


def message_of(drawn: str, rule: str) -> str:
    return next(problem.message for problem in broken_by(drawn) if problem.rule == rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_drawing_beside_a_rule_breaks_it_and_the_one_put_right_breaks_none(rule: Rule) -> None:
    assert isinstance(rule.wrong, str)
    assert isinstance(rule.right, str)
    assert rule.id in names(broken_by(rule.wrong))
    assert names(broken_by(rule.right)) == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_it_without_words_of_the_machine(rule: Rule) -> None:
    texts = [rule.sentence, rule.why, rule.advice, rule.message]
    assert [text for text in texts if MACHINE_WORDS.search(text.replace("FEEL", ""))] == []


def test_each_number_of_the_list_is_asked_by_a_rule() -> None:
    asked = {number for rule in RULES for number in rule.standard}
    wanted = {f"EXT{number:03}" for number in set(range(1, 153)) - NOT_ASKED - ASKED_BY_THE_SUITE} | {"REF"}
    assert asked == wanted


# --- what more than one drawing shows --------------------------------------------------------------------------

CLOCK = "begin > x > klaar\nx: intermediateCatchEvent <timerEventDefinition>{}</timerEventDefinition>"
BOXES = {"Date": "2026-03-02", "Duration": "P14D", "Cycle": "R3/P7D"}
CALLED = {"Date": "een datum", "Duration": "een duur", "Cycle": "een herhaling"}
NAMED = {"Date": "klok_zonder_datum", "Duration": "klok_zonder_duur", "Cycle": "klok_zonder_herhaling"}


def clock(box: str, text: str) -> str:
    return CLOCK.format(f"<time{box}>{text}</time{box}>")


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("other", BOXES)
def test_a_time_in_the_box_of_another_is_called_what_it_is(box: str, other: str) -> None:
    drawn = clock(box, BOXES[other])
    if box == other:
        assert broken_by(drawn) == []
        return
    message = message_of(drawn, NAMED[box])
    assert f"staat {CALLED[other]} in het vakje voor {CALLED[box]}: '{BOXES[other]}'." in message
    assert f"'{CALLED[other].removeprefix('een ')}'" in message, "which to choose instead"


@pytest.mark.parametrize(("box", "other"), list(pairwise([*BOXES, "Date"])))
def test_a_clock_says_one_thing(box: str, other: str) -> None:
    both = "".join(f"<time{kind}>{BOXES[kind]}</time{kind}>" for kind in (box, other))
    assert names(broken_by(CLOCK.format(both))) == {"klok_met_meer_tijden"}


def test_a_clock_that_events_share_is_told_too() -> None:
    shared = '<timerEventDefinition id="wekker"><timeDate>straks</timeDate></timerEventDefinition>'
    drawn = f"begin > x > klaar\nx: intermediateCatchEvent <eventDefinitionRef>wekker</eventDefinitionRef>\n{shared}"
    assert [(problem.rule, problem.element) for problem in broken_by(drawn)] == [("klok_zonder_datum", "wekker")]


def test_a_date_that_is_on_no_calendar_is_no_date() -> None:
    assert "iets dat geen tijd is in het vakje voor een datum: '2026-04-31'" in message_of(
        clock("Date", "2026-04-31"), "klok_zonder_datum"
    )


@pytest.mark.parametrize(
    ("single", "wrong"),
    [
        ('itemSubjectRef="tekst"', False),
        ('itemSubjectRef="lijst"', True),
        ('itemSubjectRef="tekst" isCollection="true"', True),
        ("", False),
    ],
)
def test_one_of_a_list_is_no_list(single: str, wrong: bool) -> None:
    loop = f'<loopDataInputRef>o</loopDataInputRef><inputDataItem id="een" {single} />'
    drawn = f"""
        begin > x > klaar
        x: userTask <multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics>
        <dataObject id="o" itemSubjectRef="lijst" isCollection="true" />
        <itemDefinition id="tekst" structureRef="string" />
        <itemDefinition id="lijst" structureRef="string" isCollection="true" />
    """
    assert ("lijst_geeft_andere_soort" in names(broken_by(drawn))) is wrong


@pytest.mark.parametrize("kind", ["link=l", "does=cancel", "does=terminate"])
def test_some_things_never_begin_an_event_sub_process(kind: str) -> None:
    drawn = f"begin > a > klaar\nh: subProcess triggeredByEvent=true\n[h]\ns > einde\ns: startEvent {kind}"
    assert "onderbreking_zonder_oorzaak" in names(broken_by(drawn))


@pytest.mark.parametrize("kind", ["error=f", "does=cancel", "does=compensate"])
def test_some_things_on_an_edge_always_interrupt(kind: str) -> None:
    drawn = "begin > a > klaar\na: transaction\ns > einde\ns: boundaryEvent attachedToRef=a "
    assert "rand_van_andere_soort" in names(broken_by(f"{drawn}cancelActivity=false {kind}"))
    assert "rand_van_andere_soort" not in names(broken_by(f"{drawn}{kind}"))


@pytest.mark.parametrize("inside", ['<startEvent id="s" />', '<endEvent id="e" />'])
def test_what_has_no_order_neither_begins_nor_ends(inside: str) -> None:
    drawn = f'begin > x > klaar\nx: adHocSubProcess <userTask id="a" />{inside}'
    assert "begin_of_einde_zonder_volgorde" in names(broken_by(drawn))


@pytest.mark.parametrize(("source", "target"), [("x", "zij"), ("zij", "y")])
def test_a_message_flow_goes_the_way_of_its_event(source: str, target: str) -> None:
    events = "begin > x > y > klaar\nx: intermediateCatchEvent message=m\ny: intermediateThrowEvent message=m"
    pools = '<participant id="wij" processRef="proef" /><participant id="zij" />'
    for ends, wrong in (((source, target), True), ((target, source), False)):
        flow = f'<messageFlow id="brief" sourceRef="{ends[0]}" targetRef="{ends[1]}" />'
        drawn = f'{events}\n<collaboration id="samen">{pools}{flow}</collaboration>'
        assert ("berichtpijl_verkeerd_om" in names(broken_by(drawn))) is wrong


def test_a_jump_lands_at_what_it_names() -> None:
    drawn = """
        begin > weg
        weg: intermediateThrowEvent <linkEventDefinition id="w"><target>h</target></linkEventDefinition>
        hier: intermediateCatchEvent <linkEventDefinition id="h"><source>w</source></linkEventDefinition>
        hier > klaar
    """
    assert broken_by(drawn) == []


def test_an_arrow_without_a_name_goes_by_its_ends() -> None:
    drawn = "begin > a > klaar > b > einde"
    assert message_of(drawn.replace("a >", "a >weg [=ja]>"), "enige_pijl_met_voorwaarde").startswith("De pijl 'weg' is")
    drawn = drawn.replace("a >", "a >[=ja]>")
    assert message_of(drawn, "enige_pijl_met_voorwaarde").startswith("De pijl van 'A' naar 'Klaar' is")


def test_what_stands_in_an_event_is_told_at_the_event() -> None:
    drawn = 'begin > x > klaar\nx: intermediateCatchEvent <messageEventDefinition id="d" messageRef="begin" />'
    assert [(problem.rule, problem.element) for problem in broken_by(drawn)] == [("verwijst_nergens", "x")]


def test_a_time_or_a_number_of_times_needs_no_mark() -> None:
    unmarked = "begin > x > y > klaar\nx: intermediateCatchEvent <timerEventDefinition><timeDuration>P1D</timeDuration>"
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    assert broken_by(f"{unmarked}</timerEventDefinition>\ny: userTask {loop}") == []


# --- told once -----------------------------------------------------------------------------------------------------

FORBIDDEN = {
    "pijl_uit_einde": "begin > a > klaar > b > einde",
    "pijl_naar_begin": "begin > a > klaar\na > begin",
    "pijl_door_rand": "begin > x > klaar\nx: subProcess\n[x]\nbegin2 > a > einde\na > klaar",
    "geen_pijl_erin": "begin > a > klaar\nb > klaar",
    "geen_pijl_naar_einde": "begin > a > klaar\neinde: endEvent",
    "standaardpijl_elders": "begin > k\nk: exclusiveGateway default=a_e\nk >[=x]> a > e\nk >[=y]> b > e\ne > klaar",
    "deelproces_begint_anders": "begin > x > klaar\nx: subProcess\n[x]\ns > a > einde\ns: startEvent message=m",
    "onderbreking_zonder_oorzaak": "begin > a > klaar\nh: subProcess triggeredByEvent=true\n[h]\nbegin2 > einde",
    "fout_onderbreekt_niet": "begin > a > klaar\nh: subProcess triggeredByEvent=true\n[h]\ns > einde\n"
    "s: startEvent isInterrupting=false error=f",
    "wachtende_keuze_naar_stap": "begin > g > a > klaar\ng: eventBasedGateway\ng > x > klaar\n"
    "x: intermediateCatchEvent message=m",
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_what_the_standard_forbids_is_told_once(rule: str) -> None:
    content = sketch.bpmn(FORBIDDEN[rule]).encode()
    process, findings = gates.first(content, "proef.bpmn")
    assert process is not None
    (finding,) = [finding for finding in findings if finding.rule.id == rule]
    assert [f.rule.id for f in findings if f.element == finding.element and f.rule.silenced_by.isdisjoint({rule})] == [
        rule
    ]
    assert checks.dialect(process) == ()

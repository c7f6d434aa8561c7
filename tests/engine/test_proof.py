"""The prover says what holds on every path, tells the shortest path where it doesn't, and stays quick."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from engine import definitions, forms, proof
from engine.definitions import Deadline, Definition, Role
from engine.errors import DefinitionError
from engine.proof import KINDS, Rule, Selector, Verdict
from engine.proof.knowledge import must_be
from engine.proof.net import lay_out
from engine.proof.plan import whole
from engine.proof.search import search
from engine.proof.selecting import find
from engine.proof.watching import Monitor
from tests.engine import drawing
from tests.engine.drawing import (
    boundary,
    call,
    catch,
    choice,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    message,
    node,
    on,
    properties,
    start,
    sub,
    task,
    terminate,
    timer,
    way,
)
from tests.engine.test_proof_engine import FILES, MODELS, WORKFLOWS, ask

YES = '=antwoord = "ja"'


def drawn(*parts: str) -> Definition:
    """A definition of one diagram."""
    files = {"proef.bpmn": drawing.diagram("proef", *parts), "regio.yaml": drawing.SETTINGS, **FILES}
    return definitions.assemble("proef", "", files)


def pick(id: str, **aspects: str) -> tuple[Selector, ...]:
    return (Selector({"id": (id,), **{k: (v,) for k, v in aspects.items()}}),)


def rule(kind: str, a: str, b: str = "", unless: str = "") -> Rule:
    return Rule(kind, kind, kind, pick(a), pick(b) if b else (), pick(unless) if unless else (), reason="Daarom.")


def judged(definition: Definition, asked: Rule) -> Verdict:
    (verdict,) = proof.prove(definition, [asked])
    return verdict


ROW = (start(), task("a"), task("b"), task("c"), end(), way("begin", "a", "b", "c", "klaar"))
FORK = (
    start(), fork("s"), task("a"), task("b"), fork("j"), end(), way("begin", "s", "a", "j", "klaar"),
    way("s", "b", "j"),
)  # fmt: skip
SKIP = (
    start(), ask("a"), choice("v", default="j"), task("b"), choice("j"), end(), way("begin", "a", "v", "j", "klaar"),
    way("v", "b", when=YES), way("b", "j"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "asked", "outcome"),
    [
        (ROW, rule("existence", "b"), "holds"),
        (SKIP, rule("existence", "b"), "broken"),
        (SKIP, rule("existence", "b", unless="a"), "holds"),
        (SKIP, rule("absence", "b"), "broken"),
        (SKIP, rule("absence", "b", unless="a"), "holds"),
        (ROW, rule("precedence", "a", "b"), "holds"),
        (ROW, rule("precedence", "b", "a"), "broken"),
        (FORK, rule("precedence", "a", "b"), "broken"),
        (ROW, rule("precedence", "c", "b", unless="a"), "holds"),
        (ROW, rule("response", "a", "b"), "holds"),
        (FORK, rule("response", "a", "b"), "broken"),
        (SKIP, rule("response", "a", "b"), "broken"),
        (ROW, rule("succession", "a", "c"), "holds"),
        (SKIP, rule("succession", "a", "b"), "broken"),
        (ROW, rule("not-succession", "b", "a"), "holds"),
        (FORK, rule("not-succession", "b", "a"), "broken"),
        (ROW, rule("not-succession", "a", "c", unless="b"), "holds"),
        (ROW, rule("precedence", "nergens", "a"), "broken"),
        (ROW, rule("precedence", "a", "nergens"), "nowhere"),
    ],
)
def test_a_rule_holds_or_not(parts: tuple[str, ...], asked: Rule, outcome: str) -> None:
    assert judged(drawn(*parts), asked).outcome == outcome


def test_two_gateways_agree_on_one_answer_until_it_is_asked_again() -> None:
    middle = [ask("a"), choice("v", default="n"), task("b"), task("n"), choice("j"), choice("w", default="k")]
    last = [task("c"), end("k"), end("l"), way("v", "b", when=YES), way("b", "j"), way("w", "c", when=YES)]
    arrows = [way("begin", "a", "v", "n", "j"), way("w", "k"), way("c", "l")]
    once = drawn(start(), *middle, *last, *arrows, way("j", "w"))
    again = drawn(start(), *middle, *last, *arrows, ask("d"), way("j", "d", "w"))
    assert judged(once, rule("precedence", "b", "c")).outcome == "holds"
    assert judged(again, rule("precedence", "b", "c")).outcome == "broken"


def test_the_shortest_path_is_told_in_dutch_and_marked() -> None:
    verdict = judged(drawn(*SKIP), rule("existence", "b"))
    assert verdict.story == (
        "'a' wordt afgerond.",
        "Op de vraag 'v' is het antwoord 'v_j'.",
        "De casus is klaar: 'klaar'.",
        "Nu is de casus klaar, en dat mag zo niet. Daarom.",
    )
    assert verdict.marked == {"proef": frozenset({"begin", "begin_a", "a", "a_v", "v", "v_j", "j", "j_klaar", "klaar"})}


def test_an_event_may_come_at_any_moment() -> None:
    inside = (
        start("db"), task("a"), task("b"), task("c"), end("dk"), way("db", "a", "b", "c", "dk"),
        handler("h", on("stop", message("stop")), task("x"), end("hk"), way("stop", "x", "hk")),
    )  # fmt: skip
    definition = drawn(start(), sub("d", *inside), end(), way("begin", "d", "klaar"))
    assert judged(definition, rule("existence", "c")).outcome == "broken"
    assert judged(definition, rule("existence", "c", unless="x")).outcome == "holds"
    assert judged(definition, rule("not-succession", "stop", "c")).outcome == "holds"
    assert judged(definition, rule("precedence", "a", "x")).outcome == "broken"


def interrupted(*stop: str, inside: tuple[str, ...] = ()) -> Definition:
    """Two steps that a move breaks off, in a frame that stopping may hang on (`stop`) or stand in (`inside`)."""
    moving = handler("h", on("weg", message("weg")), task("x"), end("hk"), way("weg", "x", "hk"))
    steps = (start("db"), task("a"), task("b"), end("dk"), way("db", "a", "b", "dk"), moving, *inside)
    return drawn(start(), sub("d", *steps), end(), way("begin", "d", "klaar"), *stop)


def test_what_must_be_able_to_come_at_any_moment_is_told_where_it_cannot() -> None:
    asked = Rule(
        "stop", "Stop", "availability", pick("a"), (Selector({"bericht": ("stop",)}),), pick("klaar"), reason="Altijd."
    )
    steps = (task("y"), end("k"), way("y", "k"))
    on_edge = interrupted(boundary("stop", "d", message("stop")), *steps, way("stop", "y"))
    assert judged(on_edge, asked).outcome == "holds"

    beside = handler("s", on("stop", message("stop")), *steps, way("stop", "y"))
    assert judged(interrupted(inside=(beside,)), asked).story == (
        "'a' wordt afgerond.",
        "Er komt een bericht: 'weg'.",
        "Nu kan 'stop' niet gebeuren, en dat moet hier wel kunnen. Altijd.",
    )
    on_step = (boundary("stop", "b", message("stop")), *steps, way("stop", "y"))
    assert judged(interrupted(inside=on_step), asked).outcome == "broken"
    after = replace(asked, a=pick("b"))
    assert judged(interrupted(inside=on_step), after).outcome == "holds"  # what comes after `b` is the end at once
    assert judged(interrupted(), asked).outcome == "nowhere"


def test_what_would_take_too_long_is_not_decided() -> None:
    (verdict,) = proof.prove(branches(8), [rule("existence", "t_0_3", unless="nergens")], most=1)
    assert verdict.outcome == "undecided"
    assert "standen" in verdict.message


def test_a_diagram_that_calls_itself_has_no_end_to_look_at() -> None:
    definition = drawn(start(), task("a"), call("weer", "proef"), end(), way("begin", "a", "weer", "klaar"))
    assert judged(definition, rule("existence", "a")).outcome == "undecided"
    assert proof.sound(definition) == ()


def branches(count: int, *more: str) -> Definition:
    """So many parallel branches of four steps."""
    steps = [[f"t_{i}_{j}" for j in range(4)] for i in range(count)]
    return drawn(
        start(), fork("s"), fork("j"), end(), *more, *(task(id) for row in steps for id in row),
        way("begin", "s"), *(way("s", *row, "j") for row in steps), way("j", "klaar"),
    )  # fmt: skip


@pytest.mark.parametrize("asked", [rule("precedence", "t_0_1", "t_5_2"), rule("response", "t_0_1", "t_5_2")])
@pytest.mark.parametrize("interrupted", [False, True])
def test_eight_branches_of_which_a_rule_names_two_steps_take_seconds(asked: Rule, interrupted: bool) -> None:
    stop = handler("h", on("stop", message("stop")), task("x"), end("hk"), way("stop", "x", "hk"))
    definition = branches(8, *([stop] if interrupted else []))
    before = time.process_time()
    verdict = judged(definition, asked)
    findings = proof.sound(definition)
    assert time.process_time() - before < 20  # 10 is asked for
    assert verdict.outcome == "broken"
    assert findings == ()


def pairs() -> Iterator[tuple[str, Rule]]:
    """Each small model with each kind of rule over each pair of its steps."""
    for name, parts in MODELS.items():
        steps = [e.id for e in drawn(*parts).root.elements.values() if e.kind in ("userTask", "receiveTask")]
        for a, b in permutations(steps, 2):
            for kind in ("precedence", "response", "not-succession", "availability"):
                yield name, rule(kind, a, b)


def test_looking_away_from_what_a_rule_does_not_see_changes_no_verdict() -> None:
    laid = {name: lay_out(drawn(*parts)) for name, parts in MODELS.items()}
    different = []
    for name, asked in pairs():
        monitor = Monitor(laid[name], asked)
        less, more = search(laid[name], monitor), search(laid[name], monitor, plan=whole(laid[name]))
        if (less.broken is None) is not (more.broken is None):
            different.append((name, asked.kind, asked.a[0].aspects, asked.b[0].aspects))
    assert different == []


@pytest.mark.parametrize(
    ("parts", "kinds"),
    [
        (ROW, set()),
        (FORK, set()),
        ((start(), fork("s"), task("a"), task("b"), choice("j"), task("c"), end(), way("begin", "s", "a", "j", "c"),
          way("s", "b", "j"), way("c", "klaar")), {"dubbel"}),
        ((*FORK[:4], choice("j"), *FORK[5:]), set()),
        (
            (start(), choice("s", default="a"), task("a"), task("b"), fork("j"), end(),
             way("begin", "s", "a", "j", "klaar"), way("s", "b", when=YES), way("b", "j")),
            {"vast", "nooit"},
        ),
        (
            (start(), choice("w"), ask("q"), choice("v", default="w"), task("a"), choice("z", default="a"), end(),
             choice("m"), way("begin", "w", "q", "v", "w"), way("v", "m", when=YES), way("m", "a", "z", "m"),
             way("z", "klaar", when='=vast = "ja"')),
            {"rondje"},
        ),
        ((start(), sub("d", start("db"), task("a"), end("mis", error("mis")), way("db", "a", "mis")), end(),
          way("begin", "d", "klaar")), {"fout"}),
        ((start(), task("a"), boundary("e", "a", escalation("x")), task("b"), end(), end("k"),
          way("begin", "a", "klaar"), way("e", "b", "k")), {"nooit"}),
        ((start(), fork("s"), task("a"), task("b"), end("stop", terminate()), end(), way("begin", "s", "a", "stop"),
          way("s", "b", "klaar")), set()),
    ],
)  # fmt: skip
def test_what_keeps_a_case_from_ending_is_found(parts: tuple[str, ...], kinds: set[str]) -> None:
    assert {finding.rule for finding in proof.sound(drawn(*parts))} == kinds


@pytest.mark.parametrize(
    ("tellers", "roles", "holds"),
    [
        ("", {}, True),  # whoever knows the case
        ("coordinator", {"coordinator": {"oversees": ("proef",)}}, True),
        ("coordinator", {"coordinator": {"oversees": ("iets_anders",)}}, False),
        ("casusregisseur,kernpartner", {"coordinator": {"oversees": ("proef",)}}, False),
        ("casusregisseur", {"coordinator": {"oversees": ("proef",), "also": ("casusregisseur",)}}, True),
        (
            "casusregisseur",
            {"coordinator": {"oversees": ("proef",), "also": ("regie",)}, "regie": {"also": ("casusregisseur",)}},
            True,
        ),
        ("kernpartner", {"coordinator": {"oversees": ("proef",), "also": ("kernpartner",)}}, False),
        ("bestuurder", {"coordinator": {"oversees": ("proef",)}, "bestuurder": {}}, False),
    ],
)
def test_what_can_be_told_at_any_moment_has_somebody_who_may(
    tellers: str, roles: dict[str, dict[str, tuple[str, ...]]], holds: bool
) -> None:
    more = properties(rollen=tellers) if tellers else ""
    definition = interrupted(boundary("stop", "d", more + message("stop")), task("y"), end("k"), way("stop", "y", "k"))
    known = {"kernpartner": {}, "casusregisseur": {}, **roles}
    described = {
        id: Role(id, id.title(), also=given.get("also", ()), oversees=given.get("oversees", ()))
        for id, given in known.items()
    }
    definition = replace(definition, settings=replace(definition.settings, roles=described))
    asked = Rule("stop", "Stop", "availability", pick("a"), (Selector({"bericht": ("stop",)}),), pick("klaar"))
    verdict = judged(definition, asked)
    assert verdict.outcome == ("holds" if holds else "broken")
    if tellers == "casusregisseur,kernpartner":
        assert verdict.story[-1].startswith("Nu mag alleen de casusregisseur of de kernpartner 'stop' melden, en die")


def test_a_step_lacks_an_owner_or_a_deadline() -> None:
    lone = node("userTask", "a", properties(termijn="kort"))
    asked = Rule("elk", "Elk", "every", (Selector({"type": ("userTask",)}),), has=("rol", "termijn"))
    verdict = judged(drawn(start(), lone, end(), way("begin", "a", "klaar")), asked)
    assert verdict.story == ("'a' in 'proef' heeft geen rol.",)


def test_a_step_lacks_a_property_or_a_question() -> None:
    lone = node("userTask", "a", properties(doel="delen"), camunda_formRef="a")
    asked = Rule("elk", "Elk", "every", (Selector({"type": ("userTask",)}),), has=("doel", "register"), fills=("wat",))
    verdict = judged(drawn(start(), lone, end(), way("begin", "a", "klaar")), asked)
    assert verdict.story == ("'a' in 'proef' heeft geen register.", "'a' in 'proef' heeft geen vraag die 'wat' vult.")


@pytest.mark.parametrize(
    ("term", "at_most", "at_least", "holds"),
    [
        ("P2D", "P2D", "", True),
        ("P3D", "P2D", "", False),
        ("P3D", "lang", "", True),
        ("P3D", "weg", "", False),  # nobody knows how long that is
        ("P3D", "", "P4D", False),
        ("P3D", "P3D", "P3D", True),
        ("ooit", "P2D", "", False),
        ("P9000Y", "", "P2D", False),
        ("=regio.termijnen.lang", "P7D", "P7D", True),
        ("=if x then duration(regio.termijnen.lang) else duration(regio.termijnen.kort)", "P2D", "", False),
        ('=date(x) + duration("P2D")', "P2D", "", True),
        ("=duration(x)", "P2D", "", False),
    ],
)
def test_a_term_and_a_clock_last_no_longer_and_no_shorter_than_they_may(
    term: str, at_most: str, at_least: str, holds: bool
) -> None:
    step = node("userTask", "a", properties(termijn="de_termijn"))
    definition = drawn(start(), step, catch("b", timer("Duration", term)), end(), way("begin", "a", "b", "klaar"))
    known = {id: Deadline(id, text) for id, text in (("de_termijn", term), ("kort", "P1D"), ("lang", "P7D"))}
    definition = replace(definition, settings=replace(definition.settings, deadlines=known))
    for step_id in ("b",) if term.startswith("=") else ("a", "b"):
        verdict = judged(definition, Rule("duur", "Duur", "every", pick(step_id), at_most=at_most, at_least=at_least))
        assert verdict.outcome == ("holds" if holds else "broken")


def test_a_term_that_counts_from_an_answer_may_end_at_any_moment() -> None:
    definition = drawn(start(), node("userTask", "a", properties(termijn="kort")), end(), way("begin", "a", "klaar"))
    asked = Rule("duur", "Duur", "every", pick("a"), at_most="P7D")
    for since, outcome in (("taak", "holds"), ("casus", "holds"), ("geboortedatum", "broken")):
        known = {"kort": Deadline("kort", "P1D", since)}
        verdict = judged(replace(definition, settings=replace(definition.settings, deadlines=known)), asked)
        assert verdict.outcome == outcome
    assert verdict.story == ("'a' in 'proef' heeft geen termijn van hoogstens P7D.",)


@pytest.mark.parametrize(
    ("asked", "silent"),
    [
        (rule("existence", "a"), ""),
        (replace(rule("existence", "a"), a=(*pick("a"), *pick("weg"))), "'id: weg'"),
        (replace(rule("precedence", "a", "b"), b=(*pick("b"), *pick("weg", doel="x"))), "'id: weg, doel: x'"),
        (replace(rule("precedence", "a", "b"), expires=pick("weg")), "'id: weg'"),
        (replace(rule("precedence", "a", "b"), unless=pick("weg")), ""),
        (Rule("elk", "Elk", "every", pick("weg"), has=("rol",)), "'id: weg'"),
        (replace(rule("existence", "a"), a=(*pick("a"), *pick("weg")), may_be_absent=True), ""),
    ],
)
def test_a_rule_of_which_a_part_points_at_nothing_is_told(asked: Rule, silent: str) -> None:
    verdict = judged(drawn(*ROW), asked)
    assert verdict.outcome == ("nowhere" if silent else "holds")
    assert silent in verdict.message


def test_what_expires_has_to_come_again() -> None:
    steps = ("a", "weg", "b")
    parts = (start(), *map(task, steps), end(), way("begin", *steps, "klaar"))
    assert judged(drawn(*parts), rule("precedence", "a", "b")).outcome == "holds"
    assert judged(drawn(*parts), replace(rule("precedence", "a", "b"), expires=pick("weg"))).outcome == "broken"


def test_a_role_points_at_a_step_that_nobody_else_may_do() -> None:
    steps = [
        node("userTask", "a", camunda_candidateGroups="maker"),
        node("userTask", "b", camunda_candidateGroups="maker,ander"),
    ]
    laid = lay_out(drawn(start(), *steps, end(), way("begin", "a", "b", "klaar")))
    assert find(laid, Selector({"rol": ("maker",)})).places == {("proef", "a")}


def test_a_step_without_a_phase_belongs_to_the_phase_of_its_diagram() -> None:
    steps = [node("userTask", "a"), node("userTask", "b", properties(fase="later"))]
    laid = lay_out(drawn(start(), *steps, end(), way("begin", "a", "b", "klaar")))
    assert find(laid, Selector({"fase": ("proef",), "type": ("userTask",)})).places == {("proef", "a")}


def test_a_step_for_each_of_a_list_may_be_excused_where_the_list_is_empty() -> None:
    loop = sub("d", each("=lijst", "regel"), start("db"), task("b"), end("dk"), way("db", "b", "dk"))
    laid = drawn(start(), task("a"), loop, end(), way("begin", "a", "d", "klaar"))
    asked = Rule("volgt", "Volgt", "response", pick("a"), (Selector({"type": ("subProcess",), "lijst": ("ja",)}),))
    empty = (Selector({"type": ("subProcess",), "lijst": ("leeg",)}),)
    assert judged(laid, asked).outcome == "broken"
    assert judged(laid, replace(asked, unless=empty)).outcome == "holds"


def test_only_a_step_with_a_form_gives_something_to_a_register() -> None:
    steps = [
        node("manualTask", "a", properties(register="overleg")),
        node("userTask", "b", properties(register="overleg")),
    ]
    laid = lay_out(drawn(start(), *steps, end(), way("begin", "a", "b", "klaar")))
    assert find(laid, Selector({"register": ("overleg",)})).places == {("proef", "b")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("spelregels: 3", "lijst met regels"),
        ("- {id: x, naam: X, soort: soms, a: {id: a}, reden: R}", "soort 'soms' bestaat niet"),
        ("- {id: x, naam: X, soort: precedence, a: {id: a}, reden: R}", "hoort ook 'b'"),
        ("- {id: x, naam: X, soort: availability, a: {id: a}, b: {id: b}, reden: R}", "wijst 'b' een bericht aan"),
        ("- {id: x, naam: X, soort: [existence], a: {id: a}, reden: R}", "bestaat niet"),
        ("- {id: x, naam: X, soort: existence, a: {id: a}, vervalt: {id: b}, reden: R}", "alleen bij soort precedence"),
        ("- {id: x, naam: X, soort: existence, a: {}, reden: R}", "hoort ook 'a'"),
        ("- {id: x, naam: X, soort: existence, a: {id: a}}", "'reden' ontbreekt"),
        ("- {id: x, naam: X, soort: existence, a: {id: a}, reden: R, kleur: rood}", "staat 'kleur', en dat"),
        ("- {id: x, naam: X, soort: every, a: {id: a}, reden: R}", "hoort 'heeft'"),
        ("- {id: x, naam: X, soort: every, a: {id: a}, hoogstens: 3 weken, reden: R}", "'hoogstens' is een termijn"),
        (
            "- {id: x, naam: X, soort: absence, a: {id: a}, heeft: rol, reden: R}",
            "'heeft' hoort alleen bij soort every",
        ),
        ("- {id: x, naam: X, soort: existence, a: {id: a}, reden: R, verplicht: soms}", "is ja of nee"),
        ("- geen regel", "dit is geen regel"),
        ("a: [", "Wat op regel 1 met [ begint, sluit niet goed"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        proof.read_rules(text.encode(), "spelregels.yaml")
    assert any(sentence in problem.message for problem in raised.value.problems)


def test_the_spelregels_of_the_reference_say_at_their_head_what_each_kind_asks() -> None:
    head = (WORKFLOWS / "casus" / "spelregels.yaml").read_text(encoding="utf-8").partition("spelregels:\n")[0]
    text = " ".join(head.replace("#", " ").split())
    assert [kind.name for kind in KINDS.values() if f"{kind.name} {kind.sentence} " not in text] == []


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ('=if waarom = null then "nee" else "ja"', {"ja", "nee"}),
        ('=if waarom = null then "nee" else if waarom = "x" then "ja" else "straks"', {"ja", "nee", "straks"}),
        ("=poort", {"ja", "nee"}),
        ("=poort_kind", {"ja", "nee"}),
        ("=waarom", None),
        ('=if waarom = null then "nee" else waarom', None),
        ('=if waarom = null then "nee" else null', None),
        ("=if waarom = null then 1 else 2", None),
    ],
)
def test_what_a_form_computes_is_one_of_the_texts_that_it_can_come_to(expression: str, values: set[str] | None) -> None:
    fields = [
        {"type": "textfield", "id": "w", "key": "waarom", "label": "Waarom"},
        {"type": "expression", "id": "b", "key": "besluit", "expression": expression, "computeOn": "change"},
    ]
    form = {"schemaVersion": 16, "type": "default", "id": "besluiten", "components": fields}
    assert must_be(forms.read(json.dumps(form).encode(), "besluiten.form"), gate=True).get("besluit") == values

"""A spelregel about an answer means that of one question, and no other: what gateways hear of it, and what not."""

import json
from typing import Any

import pytest

from engine import checks, definitions, proof
from engine.definitions import Definition
from engine.errors import DefinitionError
from engine.proof import Rule, Selector, read_rules
from tests.engine import drawing
from tests.engine.drawing import boundary, choice, each, end, message, node, properties, start, sub, task, way

SOME_YES = '=some t in rijen satisfies t.antwoord = "ja"'


def question(key: str, *values: str, column: str = "", required: bool = True, **more: Any) -> dict[str, Any]:
    """A question of a form; with values one of these is chosen."""
    kind = {"type": "radio", "values": [{"value": value, "label": value} for value in values]} if values else {}
    filled = {"properties": {"register": column}} if column else {}
    return {"type": "textfield", "id": f"veld_{key}", "key": key, "label": key, **kind, **filled} | {
        "validate": {"required": required}, **more
    }  # fmt: skip


def rows(*inside: dict[str, Any], required: bool = True, **more: Any) -> dict[str, Any]:
    """A list of which each row asks the same."""
    listed = {"type": "dynamiclist", "id": "lijst", "path": "rijen", "label": "Rijen", "components": [*inside]}
    return {**listed, "validate": {"required": required}, **more}


def computed(key: str, expression: str, column: str = "") -> dict[str, Any]:
    """What follows from the other answers."""
    filled = {"properties": {"register": column}} if column else {}
    return {
        "type": "expression",
        "id": f"veld_{key}",
        "key": key,
        "expression": expression,
        "computeOn": "change",
    } | filled


def asked(
    *fields: dict[str, Any],
    when: str,
    otherwise: str = "",
    register: str = "toestemming",
    before: str = "",
    **forms: Any,
) -> Definition:
    """A process in which `vragen` asks these, after which `delen` follows where a condition is true, or `anders`.

    `before` stands between the two, with the fields of its `forms`.
    """
    parts = (
        start(), node("userTask", "vragen", properties(register=register), camunda_formRef="vragen"), task("delen"),
        choice("mag", default="klaar"), end(), end("weg"), before or way("vragen", "mag"), way("begin", "vragen"),
        way("mag", "klaar"), way("mag", "delen", when=when), way("delen", "weg"),
        task("anders") + way("mag", "anders", when=otherwise) + way("anders", "weg") if otherwise else "",
    )  # fmt: skip
    files = {"proef.bpmn": drawing.diagram("proef", *parts), "regio.yaml": drawing.SETTINGS}
    for id, inside in {"vragen": fields, **forms}.items():
        form = {"schemaVersion": 16, "type": "default", "id": id, "components": [*inside]}
        files[f"{id}.form"] = json.dumps(form).encode()
    return definitions.assemble("proef", "", files)


def outcome(definition: Definition, *answers: str, column: str = "besluit", **more: Any) -> str:
    """Whether nobody shares before an answer in a column."""
    fills = {column: ("*",)} if column else {}
    yes = Selector({"id": ("vragen",)}, fills, answers=frozenset(answers or ("ja",)), **more)
    rule = Rule("r", "Eerst ja", "precedence", (yes,), (Selector({"id": ("delen",)}),), reason="Daarom.")
    (verdict,) = proof.prove(definition, [rule])
    return verdict.outcome


DECISION = question("melden", "ja", "nee", column="besluit")
OTHER = question("hulp", "ja", "nee")


@pytest.mark.parametrize(
    ("when", "verdict"),
    [
        ('=melden = "ja"', "holds"),
        ('=melden != "nee"', "holds"),
        ('=not(melden = "nee")', "holds"),
        ('=melden in ["ja"]', "holds"),
        ('=melden = "ja" and hulp = "nee"', "holds"),
        ('=melden = "ja" or hulp = "ja"', "broken"),
        ('=hulp = "ja"', "broken"),
        ('=melden = "nee"', "broken"),
    ],
)
def test_an_answer_is_that_of_the_question_which_fills_the_column(when: str, verdict: str) -> None:
    assert outcome(asked(DECISION, OTHER, when=when)) == verdict


def test_a_question_without_a_column_goes_by_its_key() -> None:
    definition = asked(DECISION, OTHER, when='=hulp = "ja"')
    assert outcome(definition, column="", questions=("hulp",)) == "holds"
    assert outcome(definition, column="", questions=("melden",)) == "broken"
    assert outcome(definition, column="", questions=("hulp", "anders")) == "holds"


ANSWER = question("antwoord", "ja", "nee", "anders", column="antwoord")
WHO = question("wie", column="persoon")


@pytest.mark.parametrize(
    ("when", "answers", "every", "verdict"),
    [
        (SOME_YES, "ja", False, "holds"),
        ('=some t in rijen satisfies t.antwoord in ["ja", "anders"]', "ja", False, "broken"),
        ('=some t in rijen satisfies t.antwoord in ["ja", "anders"]', "ja anders", False, "holds"),
        ('=some t in rijen satisfies t.wie = "ja"', "ja", False, "broken"),
        ('=some t in andere satisfies t.antwoord = "ja"', "ja", False, "broken"),
        ('=not(some t in rijen satisfies t.antwoord in ["nee", "anders"])', "ja", False, "holds"),
        ('=not(every t in rijen satisfies t.antwoord in ["nee", "anders"])', "ja", False, "holds"),
        ('=not(every t in rijen satisfies t.antwoord = "nee")', "ja", False, "broken"),
        ('=every t in rijen satisfies t.antwoord = "ja"', "ja", False, "holds"),
        ('=every t in rijen satisfies t.antwoord = "ja"', "ja", True, "holds"),
        ('=not(some t in rijen satisfies t.antwoord in ["nee", "anders"])', "ja", True, "holds"),
        (SOME_YES, "ja", True, "broken"),
        ("=count(rijen) > 0", "ja", False, "broken"),
        ('=some t in rijen satisfies t.antwoord != "ja"', "ja", False, "broken"),
        ('=some t in rijen satisfies rij.antwoord = "ja"', "ja", False, "broken"),
    ],
)  # fmt: skip
def test_over_a_list_an_answer_is_that_of_some_row_or_of_every_row(
    when: str, answers: str, every: bool, verdict: str
) -> None:
    definition = asked(rows(WHO, ANSWER), when=when)
    assert outcome(definition, *answers.split(), column="antwoord", every_row=every) == verdict


def test_of_a_list_that_may_be_empty_or_an_answer_that_may_lack_no_more_is_known_than_was_asked() -> None:
    every = '=every t in rijen satisfies t.antwoord = "ja"'
    none = '=not(some t in rijen satisfies t.antwoord in ["nee", "anders"])'
    loose = question("antwoord", "ja", "nee", "anders", column="antwoord", required=False)
    for listed in (rows(WHO, ANSWER, required=False), rows(WHO, ANSWER, conditional={"hide": '=weg = "ja"'})):
        assert outcome(asked(listed, when=every), column="antwoord") == "broken"
        assert outcome(asked(listed, when=none), column="antwoord") == "broken"
        assert outcome(asked(listed, when=SOME_YES), column="antwoord") == "holds"
    assert outcome(asked(rows(WHO, loose), when=none), column="antwoord") == "broken"


def test_an_answer_in_a_list_that_was_written_anew_no_longer_counts() -> None:
    over = node("userTask", "over", camunda_formRef="vragen") + way("vragen", "over", "mag")
    assert outcome(asked(rows(WHO, ANSWER), when=SOME_YES, before=over), column="antwoord") == "broken"
    beside = task("over") + way("vragen", "over", "mag")
    assert outcome(asked(rows(WHO, ANSWER), when=SOME_YES, before=beside), column="antwoord") == "holds"
    row = sub("elk", each("=rijen", "rij"), start("b"), node("userTask", "over", camunda_formRef="vragen"), end("e"))
    row = row.replace("</bpmn:subProcess>", f"{way('b', 'over', 'e')}</bpmn:subProcess>") + way("vragen", "elk", "mag")
    assert outcome(asked(rows(WHO, ANSWER), when=SOME_YES, before=row), column="antwoord") == "broken"


@pytest.mark.parametrize("inside", [True, False])
def test_an_answer_counts_no_longer_once_a_row_of_its_list_was_written(inside: bool) -> None:
    mark = each("=rijen", "rij")
    step = node("userTask", "over", "" if inside else mark, camunda_formRef="rij")
    part = sub("elk", mark, start("b"), step, end("e"), way("b", "over", "e")) if inside else step
    id = "elk" if inside else "over"
    before = part + boundary("stop", id, message("stop")) + way("vragen", id, "weg") + way("stop", "mag")
    definition = asked(rows(WHO, ANSWER), when=SOME_YES, before=before, rij=[ANSWER])
    assert outcome(definition, column="antwoord") == "broken"


def test_where_two_steps_ask_the_same_no_more_is_known_than_is_sure_of_both() -> None:
    loose = node("userTask", "los", properties(register="toestemming"), camunda_formRef="los")
    before = loose + way("vragen", "los", "mag")
    never_no = question("antwoord", "ja", "anders", column="antwoord")
    when = '=not(some t in rijen satisfies t.antwoord = "anders")'
    definition = asked(rows(never_no), when=when, before=before, los=[rows(ANSWER)])
    yes = Selector({"register": ("toestemming",)}, {"antwoord": ("*",)}, answers=frozenset({"ja", "anders"}))
    rule = Rule("r", "Eerst ja", "precedence", (yes,), (Selector({"id": ("delen",)}),), reason="Daarom.")
    assert proof.prove(definition, [rule])[0].outcome == "broken"


IF_SOME = '=if some t in rijen satisfies t.antwoord in ["ja", "anders"] then "ja" else "nee"'


@pytest.mark.parametrize(
    ("expression", "column", "answers", "verdict"),
    [
        ("=poort", "besluit", "ja", "holds"),
        (IF_SOME, "besluit", "ja", "holds"),
        (IF_SOME, "antwoord", "ja anders", "holds"),
        (IF_SOME, "antwoord", "ja", "broken"),
        ('="ja"', "antwoord", "ja anders", "broken"),
        ('=if hulp = "ja" then "ja" else "nee"', "antwoord", "ja anders", "broken"),
        ('=if not(some t in rijen satisfies t.antwoord = "nee") then "ja" else "x"', "antwoord", "ja anders", "holds"),
        ('=if every t in rijen satisfies t.antwoord = "ja" then "nee" else "ja"', "antwoord", "ja", "broken"),
    ],
)  # fmt: skip
def test_what_a_form_computes_says_what_it_follows_from(
    expression: str, column: str, answers: str, verdict: str
) -> None:
    definition = asked(rows(WHO, ANSWER), OTHER, computed("mag_het", expression, "besluit"), when='=mag_het = "ja"')
    assert outcome(definition, *answers.split(), column=column) == verdict


@pytest.mark.parametrize(
    ("expression", "register", "never"),
    [
        ("=poort", "toestemming", {"klaar"}),
        ("=poort", "overleg", set()),
        (IF_SOME, "overleg", {"klaar"}),
        ('=if hulp = "ja" then "ja" else if hulp = "nee" then "nee" else "ja"', "overleg", {"klaar"}),
        ('=if hulp = "ja" then "ja" else "misschien"', "overleg", {"anders"}),
        ('="nee"', "overleg", {"delen", "klaar"}),
        ('=if hulp = "ja" then hulp else "nee"', "overleg", set()),
    ],
)
def test_what_a_form_computes_has_the_values_that_its_expression_gives(
    expression: str, register: str, never: set[str]
) -> None:
    fields = (OTHER, computed("mag_het", expression))
    definition = asked(*fields, when='=mag_het = "ja"', otherwise='=mag_het = "nee"', register=register)
    assert {finding.element for finding in proof.sound(definition)} == never


# --- what is remembered ----------------------------------------------------------------------------------------


def never(definition: Definition, of: str, unless: str = "", after: str = "") -> str:
    """What is said of a rule that something never happens, of an arrow after another where one is given."""
    what, before, excused = ((Selector({"id": (id,)}),) if id else () for id in (of, after, unless))
    kind, parts = ("not-succession", (before, what)) if after else ("absence", (what, ()))
    rule = Rule("r", "Nooit", kind, *parts, excused, reason="Daarom.")
    return proof.prove(definition, [rule])[0].outcome


def test_where_a_condition_is_not_true_its_opposite_need_not_be_either() -> None:
    """An answer that nobody gave is neither more than three nor not more than three."""
    before = choice("eerst", default="eerst_mag") + way("vragen", "eerst", "mag")
    before += way("eerst", "weg", when="=not(bedrag > 3)")
    asking = asked(question("bedrag", required=False), when="=bedrag > 3", before=before)
    assert never(asking, "klaar") == "broken"


def test_an_answer_is_told_once_where_it_is_first_asked_for() -> None:
    before = choice("eerst", default="eerst_weg") + way("vragen", "eerst", "weg")
    before += task("tussen") + way("eerst", "tussen", "mag", when='=hulp = "ja"')
    yes = Selector({"id": ("vragen",)}, questions=("hulp",), answers=frozenset({"ja"}))
    rule = Rule("r", "Na ja", "response", (yes,), (Selector({"id": ("tussen",)}),), reason="Daarom.")
    (verdict,) = proof.prove(asked(OTHER, when='=hulp = "ja"', before=before), [rule])
    assert verdict.outcome == "holds"


def test_who_skips_a_step_that_asks_again_leaves_the_answer_as_it_was() -> None:
    over = node("userTask", "over", properties(overslaan="ja"), camunda_formRef="vragen")
    before = choice("eerst", default="eerst_weg") + over + way("vragen", "eerst", "weg")
    before += way("eerst", "over", when='=hulp = "ja"') + way("over", "mag")
    asking = asked(OTHER, when='=hulp = "ja"', before=before)
    assert never(asking, "klaar") == "broken"
    assert never(asking, "klaar", unless="over") == "holds"


def test_what_may_begin_at_any_moment_knows_the_answer_too() -> None:
    parts = (choice("ook", default="ook_goed"), end("goed"), end("niet_goed"), way("vraag", "ook", "goed"))
    messages = drawing.on("vraag", message("vraag"), interrupting=False)
    beside = drawing.handler("beside", messages, *parts, way("ook", "niet_goed", when='=hulp = "nee"'))
    asking = asked(OTHER, when='=hulp = "ja"', before=beside + way("vragen", "mag"))
    assert never(asking, "niet_goed") == "broken"
    before = choice("eerst", default="eerst_weg") + way("vragen", "eerst", "weg")
    before += task("wachten") + way("eerst", "wachten", "mag", when='=hulp = "ja"')
    asking = asked(OTHER, when='=hulp = "ja"', before=beside + before)
    assert never(asking, "niet_goed", after="wachten") == "holds"


# --- the rules themselves --------------------------------------------------------------------------------------


def rule_file(a: str) -> bytes:
    return f"spelregels: [{{id: r, naam: R, soort: precedence, a: {a}, b: {{id: delen}}, reden: Daarom.}}]".encode()


@pytest.mark.parametrize(
    ("a", "vague", "broken"),
    [
        ("{id: vragen, antwoord: ja}", True, False),
        ("{id: vragen, vult: besluit, antwoord: ja}", False, False),
        ("{id: vragen, vult: [besluit, inhoud], antwoord: ja}", True, False),
        ("{id: vragen, vult: {besluit: '*'}, antwoord: ja}", False, False),
        ("{id: vragen, vraag: hulp, antwoord: ja}", False, True),
        ("{id: vragen, vraag: [hulp, melden], antwoord: ja}", True, False),
    ],
)
def test_a_rule_that_does_not_say_which_question_is_told_so(a: str, vague: bool, broken: bool) -> None:
    story = question("waarom", column="inhoud")
    definition = asked(DECISION, story, OTHER, when='=melden = "ja"')
    rules = read_rules(rule_file(a), "spelregels.yaml")
    assert ("r" in proof.vague(definition, rules)) is vague
    findings = checks.proven.spelregels(
        definitions.assemble("proef", "", {**definition.files, "spelregels.yaml": rule_file(a)})
    )
    assert [finding.rule.id for finding in findings if finding.rule.id == "spelregel_vraag"] == [
        "spelregel_vraag"
    ] * vague
    assert not (vague and [finding for finding in findings if finding.rule.id == "spelregel"])


def test_a_rule_that_does_not_say_which_question_hears_none() -> None:
    assert outcome(asked(DECISION, OTHER, when='=melden = "ja"'), column="") == "broken"


def test_a_form_with_one_question_needs_no_name() -> None:
    assert outcome(asked(OTHER, when='=hulp = "ja"'), column="") == "holds"


@pytest.mark.parametrize(
    ("yes", "sentence"),
    [
        (
            Selector({"id": ("vragen",)}, {"besluit": ("*",)}, answers=frozenset({"ja"})),
            "Geen keuze in de diagrammen hangt af van 'id: vragen, vult besluit, antwoord: ja'.",
        ),
        (
            Selector({"id": ("vragen",)}, questions=("geld",), answers=frozenset({"ja"})),
            "Een stap met 'id: vragen, vraag geld, antwoord: ja' komt in de diagrammen niet voor.",
        ),
    ],
    ids=["keuze", "vraag"],
)
def test_a_rule_about_an_answer_that_is_heard_nowhere_says_why(yes: Selector, sentence: str) -> None:
    rule = Rule("r", "Wie ja zegt, deelt", "response", (yes,), (Selector({"id": ("delen",)}),), reason="Daarom.")
    (verdict,) = proof.prove(asked(DECISION, OTHER, when='=hulp = "ja"'), [rule])
    assert verdict.outcome == "nowhere"
    assert verdict.message == f"Wie ja zegt, deelt: deze regel wijst nergens naar. {sentence}"


@pytest.mark.parametrize(
    ("a", "sentence"),
    [
        ("{id: vragen, vraag: hulp}", "'vraag' en 'regels' horen bij een 'antwoord'."),
        ("{id: vragen, regels: some}", "'vraag' en 'regels' horen bij een 'antwoord'."),
        ("{id: vragen, antwoord: ja, regels: alle}", "'regels' is some,"),
    ],
)
def test_a_rule_that_asks_for_an_answer_in_the_wrong_words_is_told_so(a: str, sentence: str) -> None:
    with pytest.raises(DefinitionError) as error:
        read_rules(rule_file(a), "spelregels.yaml")
    assert sentence in error.value.problems[0].message


def test_a_rule_says_of_which_rows_it_means_an_answer() -> None:
    some, every = (
        read_rules(rule_file(f"{{id: vragen, vult: antwoord, antwoord: ja{rows_}}}"), "spelregels.yaml")[0].a[0]
        for rows_ in ("", ", regels: every")
    )
    assert (some.every_row, every.every_row) == (False, True)

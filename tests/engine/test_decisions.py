"""Decision tables: how each hit policy decides, and what is refused."""

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import decisions
from engine.errors import DefinitionError, Problem, ProcessError

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def cell(tag: str, id: str, text: str, more: str = "") -> str:
    return f"<{tag} id={quoteattr(id)}{more}><text>{escape(text)}</text></{tag}>"


def table(
    rows: Sequence[Sequence[str]],
    *,
    inputs: Sequence[tuple[str, str]] = (("aantal", "number"),),
    outputs: Sequence[str] = ("advies",),
    attributes: str = "",
    defaults: Sequence[str] = (),
) -> bytes:
    columns = "".join(
        f'<input id="in{i}" label={quoteattr(text)}>'
        + cell("inputExpression", f"ex{i}", text, f" typeRef={quoteattr(kind)}")
        + "</input>"
        for i, (text, kind) in enumerate(inputs)
    )
    results = "".join(
        f'<output id="uit{i}" name="{name}">'
        + (cell("defaultOutputEntry", f"std{i}", defaults[i]) if defaults else "")
        + "</output>"
        for i, name in enumerate(outputs)
    )
    rules = "".join(
        f'<rule id="regel{n}">'
        + "".join(cell("inputEntry", f"r{n}c{i}", text) for i, text in enumerate(row[: len(inputs)]))
        + "".join(cell("outputEntry", f"r{n}u{i}", text) for i, text in enumerate(row[len(inputs) :]))
        + "</rule>"
        for n, row in enumerate(rows, 1)
    )
    return file(f"<decisionTable {attributes}>{columns}{results}{rules}</decisionTable>")


def file(inside: str, before: str = "") -> bytes:
    decision = f'<decision id="keuze" name="Keuze"><description>Waarom.</description>{inside}</decision>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<definitions xmlns="{DMN}">{decision}</definitions>'.encode()


def decide(content: bytes, **document: object) -> object:
    (decision,) = decisions.read(content, "keuze.dmn")
    return decisions.decide(decision, document)


def problems(content: bytes) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        decisions.read(content, "keuze.dmn")
    return caught.value.problems


OVERLAPPING = [("< 5", '"weinig"'), (">= 3", '"veel"'), ("4", '"weinig"')]


def test_unique_gives_the_row_that_fits_and_stops_where_two_do() -> None:
    content = table(OVERLAPPING)
    assert decide(content, aantal=1) == "weinig"
    assert decide(content, aantal=9) == "veel"
    with pytest.raises(ProcessError, match="regel 1 en 2 tegelijk") as caught:
        decide(content, aantal=3)
    assert caught.value.element == "keuze"
    with pytest.raises(ProcessError, match="regel 1, 2 en 3"):
        decide(content, aantal=4)


def test_first_gives_the_first_row_that_fits() -> None:
    assert decide(table(OVERLAPPING, attributes='hitPolicy="FIRST"'), aantal=4) == "weinig"


def test_any_wants_the_rows_to_agree() -> None:
    agreeing = table([("< 5", "1"), ("> 3", "1.0"), ("> 7", "2")], attributes='hitPolicy="ANY"')
    assert decide(agreeing, aantal=4) == 1
    with pytest.raises(ProcessError, match="regel 2 en 3 met een verschillende uitkomst"):
        decide(agreeing, aantal=8)


def test_collect_gives_all_rows_or_one_number_of_them() -> None:
    rows = [("> 1", "10"), ("> 2", "30"), ("> 3", "20"), ("> 9", "99")]
    expected = {"": [10, 30, 20], "SUM": 60, "MIN": 10, "MAX": 30, "COUNT": 3}
    for aggregation, outcome in expected.items():
        more = f' aggregation="{aggregation}"' if aggregation else ""
        content = table(rows, attributes=f'hitPolicy="COLLECT"{more}')
        assert decide(content, aantal=4) == outcome
        assert decide(content, aantal=0) == {"": [], "COUNT": 0}.get(aggregation)
    with pytest.raises(ProcessError, match="geen getallen"):
        decide(table([("-", '"a"')], attributes='hitPolicy="COLLECT" aggregation="SUM"'), aantal=0)


def test_by_priority_the_outcome_that_is_named_first_counts() -> None:
    plain = b'<output id="uit0" name="advies"></output>'
    urgency = b'<output name="advies"><outputValues><text>"spoed", "snel", "gewoon"</text></outputValues></output>'
    rows = [("> 1", '"gewoon"'), ("> 2", '"spoed"'), ("> 3", '"snel"'), ("> 9", '"onbekend"')]

    def chosen(policy: str, number: int) -> object:
        content = table(rows, attributes=f'hitPolicy="{policy}"')
        return decide(content.replace(plain, urgency), aantal=number)

    assert [chosen("PRIORITY", number) for number in (0, 2, 3, 4)] == [None, "gewoon", "spoed", "spoed"]
    assert chosen("OUTPUT ORDER", 10) == ["spoed", "snel", "gewoon", "onbekend"]
    assert chosen("OUTPUT ORDER", 0) == []
    assert chosen("RULE ORDER", 4) == ["gewoon", "spoed", "snel"]
    assert decide(table(rows, attributes='hitPolicy="RULE ORDER"'), aantal=4) == ["gewoon", "spoed", "snel"]


def test_several_outputs_give_a_dict_and_an_empty_cell_gives_nothing() -> None:
    content = table([("1", '"ja"', "aantal * 2"), ("2", "", "null")], outputs=("past", "dubbel"))
    assert decide(content, aantal=1) == {"past": "ja", "dubbel": 2}
    assert decide(content, aantal=2) == {"past": None, "dubbel": None}
    assert decide(content, aantal=3) is None


def test_where_no_row_fits_the_default_holds() -> None:
    assert decide(table([("1", '"een"')], defaults=('"anders"',)), aantal=2) == "anders"
    assert decide(table([("1", '"een"')]), aantal=2) is None
    assert decide(table([("1", '"een"')])) is None
    ranked = table([("1", '"een"')], attributes='hitPolicy="PRIORITY"', defaults=('"anders"',))
    order = b'<outputValues><text>"een", "anders"</text></outputValues><defaultOutputEntry'
    assert decide(ranked.replace(b"<defaultOutputEntry", order), aantal=2) == "anders"


def test_text_of_the_document_is_taken_for_the_type_of_the_column() -> None:
    content = table(
        [('< date("2024-03-01")', '"ouder"'), ('>= date("2024-03-01")', '"jonger"')], inputs=[("geboortedatum", "date")]
    )
    assert decide(content, geboortedatum="2023-05-06") == "ouder"
    assert decide(content, geboortedatum="2026-05-06") == "jonger"
    assert decide(content, geboortedatum="gisteren") is None
    assert decide(table([("> 3", '"veel"')]), aantal="12") == "veel"


def test_the_reading_keeps_what_a_reader_is_told() -> None:
    (decision,) = decisions.read(table(OVERLAPPING), "keuze.dmn")
    assert (decision.id, decision.name, decision.documentation) == ("keuze", "Keuze", "Waarom.")
    assert [rule.tests[0].text for rule in decision.rules] == ["< 5", ">= 3", "4"]
    assert [column.label for column in decision.inputs] == ["aantal"]


@given(st.integers(-50, 50), st.lists(st.integers(-50, 50), min_size=1, max_size=6, unique=True))
def test_a_table_that_covers_every_number_once_always_decides(number: int, bounds: list[int]) -> None:
    edges = sorted(bounds)
    rows = [(f"< {edges[0]}", "0")]
    rows += [(f"[{low}..{high})", str(n)) for n, (low, high) in enumerate(pairwise(edges), 1)]
    rows.append((f">= {edges[-1]}", str(len(edges))))
    assert decide(table(rows), aantal=number) == sum(number >= edge for edge in edges)


@pytest.mark.parametrize(
    ("content", "rule", "element", "said"),
    [
        (table([("1", "1")], attributes='hitPolicy="PRIORITY"'), "tabel_regel", "keuze", "de belangrijkste vooraan"),
        (table([("1", "1")], attributes='hitPolicy="LAST"'), "tabel_regel", "keuze", "Kies UNIQUE"),
        (table([("1", "1")], attributes='hitPolicy="COLLECT" aggregation="AVG"'), "tabel_regel", "keuze", "“AVG”"),
        (table([("1", "1")], attributes='hitPolicy="FIRST" aggregation="SUM"'), "tabel_regel", "keuze", "“SUM”"),
        (table([("1", "1", "2")], outputs=("a", "b"), attributes='hitPolicy="COLLECT" aggregation="SUM"'),
         "tabel_uitkomst", "keuze", "één uitkomst"),
        (table([("1", "1", "2")], outputs=("a", "a")), "tabel_uitkomst", "keuze", "eigen naam"),
        (table([("1", "1"), (">> 3", "1")]), "tabel_cel", "r2c0", "Regel 2, kolom “aantal”"),
        (table([("1", "'ja'")]), "tabel_cel", "r1u0", "dubbele aanhalingstekens"),
        (table([("1", "1")], inputs=[("leeftijd kind", "number")]), "tabel_cel", "ex0", "zonder spaties"),
        (table([]), "tabel_regels", "", "geen regels"),
        (table([("1",)]), "tabel_regels", "regel1", "niet voor elke kolom"),
        (file("<literalExpression><text>1</text></literalExpression>"), "tabel_soort", "keuze", "een losse expressie"),
        (file("<context/>"), "tabel_soort", "keuze", "Maak er een beslistabel van"),
        (file(""), "tabel_soort", "keuze", "nog leeg"),
        (file("<informationRequirement><requiredDecision href='#x'/></informationRequirement>"), "tabel_los", "keuze",
         "eigen stap"),
        (table([("1", "1")]).replace(b'<inputEntry id="r1c0"', b'<inputEntry expressionLanguage="juel" id="r1c0"'),
         "tabel_taal", "r1c0", "“juel”"),
        (f'<definitions xmlns="{DMN}"/>'.encode(), "tabel", "", "geen beslistabel"),
        (b"<html/>", "dmn", "", "geen DMN-bestand"),
        (b"geen xml", "dmn", "", "geen leesbare XML"),
        (file("", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "dmn", "", "DOCTYPE"),
        (b" " * 2_000_000, "dmn", "", "te groot"),
    ],
)  # fmt: skip
def test_what_is_outside_the_subset_is_refused_with_what_to_do(
    content: bytes, rule: str, element: str, said: str
) -> None:
    breaches = [problem for problem in problems(content) if problem.rule == rule]
    assert (element, True) in [(problem.element, said in problem.message) for problem in breaches]


def test_an_expression_that_takes_too_long_stops_the_case_with_a_sentence() -> None:
    content = table([("-", "count(for a in 1..1000, b in 1..1000 return 1)")])
    with pytest.raises(ProcessError, match="te veel rekenwerk"):
        decide(content)

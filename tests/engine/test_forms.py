"""Forms: what a file may hold, what is shown, and which answers are right."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import feel, forms
from engine.errors import DefinitionError, InvalidDataError, Problem
from engine.forms import FieldKind, FieldType, Holds
from engine.forms.kinds import FIELD_TYPES


def component(kind: str, key: str = "veld", **more: Any) -> dict[str, Any]:
    place = {} if kind in ("text", "group") else {"path" if kind == "dynamiclist" else "key": key}
    named = {} if kind == "text" else {"label": more.pop("label", key.capitalize())}
    return {"id": more.pop("id", f"veld_{key}"), "type": kind, **place, **named, **more}


def content(*components: object, **more: object) -> bytes:
    form = {"schemaVersion": 16, "type": "default", "id": "proef", "components": list(components), **more}
    return json.dumps(form).encode()


def form(*components: dict[str, Any]) -> forms.Form:
    return forms.read(content(*components), "casus/formulieren/proef.form")


def problems(*components: object) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as caught:
        forms.read(content(*components), "proef.form")
    return caught.value.problems


def errors(of: forms.Form, answers: dict[str, object], context: Mapping[str, object] | None = None) -> dict[str, str]:
    with pytest.raises(InvalidDataError) as caught:
        forms.validate(of, answers, context or {})
    return dict(caught.value.fields)


JA_NEE = [{"value": "ja", "label": "Ja"}, {"value": "nee", "label": "Nee"}]
MEETING = form(
    component("text", id="uitleg", text="Vertel {{gezin_naam}} wat er komt."),
    component(
        "datetime", "overleg_datum", subtype="date", label="Wanneer is het overleg?", validate={"required": True}
    ),
    component("datetime", "overleg_tijd", subtype="time", label="Hoe laat?"),
    component("radio", "ouders_aanwezig", label="Zijn de ouders erbij?", values=JA_NEE, validate={"required": True}),
    component(
        "textarea",
        "reden_afwezig",
        label="Waarom niet?",
        validate={"required": True, "maxLength": 20},
        conditional={"hide": '=ouders_aanwezig != "nee"'},
    ),
    component("number", "weken", label="Hoeveel weken zwanger?", validate={"min": 0, "max": 42}),
    component(
        "group",
        "meer",
        components=[
            component("checklist", "partners", label="Wie komen er?", valuesExpression="=regio.organisaties"),
            component("checkbox", "verteld", label="Ik heb het verteld", validate={"required": True}),
        ],
    ),
    component(
        "dynamiclist",
        "afspraken",
        label="Afspraken",
        components=[
            component("textfield", "wat", label="Wat spreken jullie af?", validate={"required": True}),
            component("radio", "gelukt", label="Is het gelukt?", values=JA_NEE),
            component("textfield", "waarom", label="Waarom niet?", validate={"required": True},
                      conditional={"hide": '=gelukt != "nee"'}),
        ],
    ),
)  # fmt: skip
REGION = {"regio": {"organisaties": [{"value": "jgz", "label": "JGZ"}, {"value": "wijk", "label": "Wijkteam"}]}}
GOOD: dict[str, object] = {"overleg_datum": "2026-03-31", "ouders_aanwezig": "ja", "verteld": True}


def test_good_answers_come_back_clean() -> None:
    given_answers = {
        **GOOD,
        "overleg_datum": " 31-3-2026 ",
        "overleg_tijd": "9.30",
        "weken": "12,5",
        "partners": ["wijk", "jgz", ""],
        "verteld": "on",
        "afspraken": [{"wat": " Bellen \r\n"}, {"wat": "", "gelukt": ""}],
    }
    assert forms.validate(MEETING, given_answers, REGION) == {
        "overleg_datum": "2026-03-31",
        "overleg_tijd": "09:30",
        "ouders_aanwezig": "ja",
        "weken": 12.5,
        "partners": ["jgz", "wijk"],
        "verteld": True,
        "afspraken": [{"wat": "Bellen"}],
    }


def test_all_errors_come_at_once_each_as_a_sentence_about_its_question() -> None:
    sentences = errors(
        MEETING,
        {
            "overleg_datum": "2026-02-30",
            "ouders_aanwezig": "nee",
            "weken": 50,
            "partners": ["politie"],
            "verteld": "",
            "afspraken": [{"wat": "Bellen"}, {"gelukt": "nee"}],
        },
        REGION,
    )
    assert sentences == {
        "overleg_datum": "Vul bij “Wanneer is het overleg?” een datum in die bestaat, bijvoorbeeld 31-3-2026.",
        "reden_afwezig": "Geef antwoord op de vraag “Waarom niet?”.",
        "weken": "Vul bij “Hoeveel weken zwanger?” een getal van 42 of lager in.",
        "partners": "Kruis bij “Wie komen er?” alleen antwoorden aan die er staan.",
        "verteld": "Kruis aan: “Ik heb het verteld”.",
        "afspraken.1.wat": "Geef antwoord op de vraag “Wat spreken jullie af?”.",
        "afspraken.1.waarom": "Geef antwoord op de vraag “Waarom niet?”.",
    }


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("overleg_datum", "1-1-1899"),
        ("overleg_datum", "31-3-20266"),
        ("overleg_datum", "31-3-2206"),
        ("overleg_tijd", "24:00"),
        ("overleg_tijd", "9.60"),
    ],
)
def test_a_day_or_an_hour_that_nobody_meant_is_refused(key: str, answer: str) -> None:
    assert errors(MEETING, {**GOOD, key: answer}).keys() == {key}


def test_an_unknown_answer_is_refused() -> None:
    sentences = errors(MEETING, {**GOOD, "status": "x", "afspraken": [{"wat": "a", "geheim": 1}]})
    assert sentences.keys() == {"status", "afspraken.0.geheim"}


def test_the_answer_to_a_hidden_question_is_left_out() -> None:
    clean = forms.validate(MEETING, {**GOOD, "reden_afwezig": "ziek"}, {})
    assert "reden_afwezig" not in clean


def test_a_question_that_is_not_asked_is_left_alone_and_an_emptied_one_is_emptied() -> None:
    clean = forms.validate(MEETING, {**GOOD, "weken": " ", "partners": ""}, REGION)
    assert clean["weken"] is None
    assert clean["partners"] == []
    assert "overleg_tijd" not in clean
    assert "afspraken" not in clean


def test_what_depends_on_a_hidden_question_is_hidden_too() -> None:
    chain = form(
        component("radio", "past", values=JA_NEE),
        component("radio", "soort", values=JA_NEE, conditional={"hide": '=past != "ja"'}),
        component("textfield", "uitleg", validate={"required": True}, conditional={"hide": '=soort != "ja"'}),
    )
    left_over: dict[str, object] = {"past": "nee", "soort": "ja", "uitleg": "oud"}
    assert [field.key for field in forms.visible(chain, left_over)] == ["past"]
    assert forms.validate(chain, left_over, {}) == {"past": "nee"}
    assert [field.key for field in forms.visible(chain, {"past": "ja", "soort": "ja"})] == ["past", "soort", "uitleg"]


def test_a_hidden_group_hides_what_is_in_it() -> None:
    grouped = form(
        component("radio", "zwanger", values=JA_NEE),
        component(
            "group",
            "over",
            conditional={"hide": '=zwanger != "ja"'},
            components=[component("textfield", "weken", validate={"required": True})],
        ),
    )
    assert forms.validate(grouped, {"zwanger": "nee", "weken": "3"}, {}) == {"zwanger": "nee"}
    assert errors(grouped, {"zwanger": "ja"}).keys() == {"weken"}


def test_a_row_keeps_its_name_and_what_other_forms_wrote_in_it() -> None:
    before = {"afspraken": [{"id": "a1", "wat": "oud", "status": "open"}, {"id": "a2", "wat": "weg"}]}
    clean = forms.validate(MEETING, {**GOOD, "afspraken": [{"id": "a1", "wat": "nieuw"}, {"wat": "erbij"}]}, before)
    assert clean["afspraken"] == [{"id": "a1", "wat": "nieuw", "status": "open"}, {"wat": "erbij"}]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([{"id": "a1", "wat": "x"}, {"id": "a1", "wat": "y"}], "afspraken.1.id"),
        ([{"id": "doel1", "wat": "x"}], "afspraken.0.id"),
        ([{"id": "<script>", "wat": "x"}], "afspraken.0.id"),
        ([{"id": {"a": 1}, "wat": "x"}], "afspraken.0.id"),
        (["x"], "afspraken"),
        ("x", "afspraken"),
        ([{"wat": "x"}] * 201, "afspraken"),
    ],
)
def test_rows_that_cannot_be_are_refused(rows: object, place: str) -> None:
    known = {"afspraken": [{"id": "a1", "wat": "oud"}], "gezinsdoelen": [{"id": "doel1"}]}
    assert errors(MEETING, {**GOOD, "afspraken": rows}, known).keys() == {place}


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("overleg_datum", 20260331),
        ("overleg_datum", "0206-03-31"),
        ("overleg_datum", ["2026-03-31"]),
        ("overleg_tijd", "25:00"),
        ("weken", True),
        ("weken", "twaalf"),
        ("weken", float("nan")),
        ("weken", 10**400),
        ("weken", "9" * 400),
        ("ouders_aanwezig", ["ja"]),
        ("ouders_aanwezig", {"value": "ja"}),
        ("partners", [["jgz"]]),
        ("verteld", "misschien"),
    ],
)
def test_answers_of_the_wrong_kind_are_refused_and_never_crash(key: str, answer: object) -> None:
    assert key in errors(MEETING, {**GOOD, key: answer}, REGION)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*MEETING.keys(), "anders"]), JSON))
def test_any_answers_are_taken_or_refused_in_sentences(answers: dict[str, object]) -> None:
    try:
        clean = forms.validate(MEETING, answers, REGION)
    except InvalidDataError as problem:
        error = problem
    else:
        jsonschema.Draft202012Validator(forms.json_schema(MEETING)).validate(clean)
        assert forms.validate(MEETING, clean, REGION) == clean
        return
    assert error.fields
    for sentence in (error.message, *error.fields.values()):
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence.endswith(".")


def test_texts_are_bounded_cleaned_and_held_against_their_pattern() -> None:
    texts = form(
        component(
            "textfield", "postcode", validate={"pattern": "^[1-9][0-9]{3} ?[A-Z]{2}$"}, description="Zoals 6461 AB."
        ),
        component("textfield", "naam", validate={"minLength": 2}),
        component("textarea", "verhaal", validate={"maxLength": 10}),
    )
    clean = forms.validate(texts, {"postcode": "6461 AB", "naam": "A\x00b", "verhaal": "een\r\ntwee"}, {})
    assert clean == {"postcode": "6461 AB", "naam": "Ab", "verhaal": "een\ntwee"}
    sentences = errors(texts, {"postcode": "Kerkrade", "naam": "a\nb", "verhaal": "x" * 11})
    assert sentences["postcode"].endswith("niet de goede vorm. Zoals 6461 AB.")
    assert "één regel" in sentences["naam"]
    assert "minstens 2 tekens" in errors(texts, {"naam": "A"})["naam"]
    assert "11 tekens en mag er 10 zijn" in sentences["verhaal"]


def test_a_person_can_only_be_chosen_among_the_people_of_the_role() -> None:
    chosen = form(component("select", "casusregisseur", properties={"kies_persoon": "casusregisseur"}))
    people = {forms.PEOPLE: {"casusregisseur": [{"value": "p1", "label": "Persoon een"}]}}
    assert [option.value for option in forms.options(chosen.fields[0], people)] == ["p1"]
    assert forms.validate(chosen, {"casusregisseur": "p1"}, people) == {"casusregisseur": "p1"}
    assert errors(chosen, {"casusregisseur": "p2"}, people).keys() == {"casusregisseur"}
    assert errors(chosen, {"casusregisseur": "p1"}).keys() == {"casusregisseur"}


def test_an_answer_may_say_another_kind_of_data_than_its_question() -> None:
    debts = {"value": "schulden", "label": "Schulden", "properties": {"gegevens": "geld_wonen"}}
    topics = form(
        component("checklist", "onderwerpen", values=[debts, *JA_NEE], properties={"gegevens": "doelen_plan"})
    )
    assert [option.data_kind for option in topics.fields[0].options] == ["geld_wonen", "", ""]
    assert forms.validate(topics, {"onderwerpen": ["schulden"]}, {}) == {"onderwerpen": ["schulden"]}


FAMILY = {forms.RELATIVES: {
    "moeder": [{"value": "1", "label": "Ans"}], "andere_ouder": [{"value": "2", "label": "Ben"}],
    "kind": [{"value": "3", "label": "Kim"}, {"value": "4", "label": "Noor"}],
}}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("alle", ["1", "2", "3", "4"]), ("kind", ["3", "4"]), ("kind, moeder", ["3", "4", "1"]), ("voogd", [])],
)
def test_somebody_of_the_family_is_chosen_among_those_who_stand_in_the_relation(asked: str, offered: list[str]) -> None:
    chosen = form(component("checklist", "wie", properties={"kies_betrokkene": asked}))
    assert [option.value for option in forms.options(chosen.fields[0], FAMILY)] == offered
    assert forms.options(chosen.fields[0], {}) == ()
    if offered:
        assert forms.validate(chosen, {"wie": offered}, FAMILY) == {"wie": offered}
    assert set(errors(chosen, {"wie": ["5"]}, FAMILY)) == {"wie"}


def test_the_parts_of_a_form() -> None:
    assert MEETING.id == "proef"
    assert MEETING.keys() == (
        "overleg_datum", "overleg_tijd", "ouders_aanwezig", "reden_afwezig",
        "weken", "partners", "verteld", "afspraken",
    )  # fmt: skip
    assert [field.kind for field in MEETING.fields][:3] == ["text", "date", "time"]
    row = {"gelukt": "nee"}
    assert [field.key for field in forms.visible_in_row(MEETING.fields[-1], row, {})] == ["wat", "gelukt", "waarom"]
    assert [field.key for field in forms.visible_in_row(MEETING.fields[-1], {}, row)] == ["wat", "gelukt", "waarom"]
    assert [field.key for field in forms.visible_in_row(MEETING.fields[-1], {}, {})] == ["wat", "gelukt"]


def test_json_schema_describes_the_answers() -> None:
    schema = forms.json_schema(MEETING)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    assert check.is_valid(GOOD)
    assert not check.is_valid({**GOOD, "anders": 1})
    assert not check.is_valid({**GOOD, "weken": 50})
    assert not check.is_valid({**GOOD, "ouders_aanwezig": "soms"})
    assert not check.is_valid({**GOOD, "afspraken": [{"gelukt": "ja"}]})
    assert "reden_afwezig" not in schema["required"]


@pytest.mark.parametrize(
    ("wrong", "rule", "said"),
    [
        (component("button"), "onderdeel_soort", "“button”"),
        (component("html"), "onderdeel_soort", "“html”"),
        (component("expression"), "berekening", "“expression”"),
        (component("expression", expression="ja"), "berekening", "Zet een = "),
        (component("expression", expression="=wil == 1"), "berekening", "Schrijf = om te vergelijken"),
        (component("expression", expression="=1", computeOn="presentation"), "berekening", "steeds opnieuw"),
        (component("expression", expression="=1", validate={"required": True}), "onderdeel_eigenschap", "“validate”"),
        (component("textfield", readonly=True), "onderdeel_eigenschap", "“readonly”"),
        (component("textfield", validate={"validationType": "email"}), "controle", "“validationType”"),
        (component("textfield", validate={"pattern": "(a+)+"}), "controle", "kan te lang duren"),
        (component("textfield", validate={"required": "ja"}), "controle", "true of false"),
        (component("textfield", "Gezin.Naam"), "veldnaam", "kleine letters"),
        (component("textfield", "regio"), "veldnaam", "al een andere betekenis"),
        (component("textfield", label=""), "formulier_tekst", "geen vraag"),
        (component("textfield", label="=naam"), "formulier_tekst", "gewone tekst"),
        (component("textfield", conditional={"hide": "zwanger"}), "voorwaarde", "Zet een = "),
        (component("textfield", conditional={"hide": "=zwanger == 1"}), "voorwaarde", "Schrijf = om te vergelijken"),
        (component("textfield", conditional={"show": "=a"}), "voorwaarde", "alleen “hide”"),
        (component("radio"), "antwoorden", "op één manier"),
        (component("radio", values=[{"value": 1, "label": "Een"}]), "antwoorden", "eigen “value”"),
        (component("radio", values=[*JA_NEE, JA_NEE[0]]), "antwoorden", "eigen “value”"),
        (component("radio", values=[{**JA_NEE[0], "properties": {"over": "kind"}}]), "eigenschappen", "“gegevens”"),
        (component("radio", values=[{**JA_NEE[0], "properties": ["kind"]}]), "eigenschappen", "“gegevens”"),
        (component("select", valuesExpression="=regio.("), "antwoorden", "klopt niet"),
        (component("radio", properties={"kies_persoon": "x"}), "antwoorden", "“select”"),
        (component("textfield", properties={"kies_betrokkene": "alle"}), "antwoorden", "“checklist”"),
        (component("select", properties={"kies_onderwerp": "gemist"}), "antwoorden", "“checklist”"),
        (component("checklist", properties={"kies_onderwerp": "anders"}), "antwoorden", "“gemist”"),
        (component("checkbox", defaultValue="ja"), "beginwaarde", "past niet"),
        (component("datetime", subtype="week"), "onderdeel_soort", "date, time of datetime"),
        (component("dynamiclist", components=[component("textfield", "id")]), "veldnaam", "al een andere betekenis"),
        (component("text", text="{{upper case(naam)}}"), "formulier_tekst", "alleen een veldnaam"),
        (component("text", text="{{#if a}}x{{/if}}"), "formulier_tekst", "alleen een veldnaam"),
        (component("text", text='="Hallo"'), "formulier_tekst", "gewone tekst"),
        (component("text", text="<script>alert(1)</script>"), "formulier_tekst", "zonder HTML"),
        (component("text", text="[klik](javascript:alert(1))"), "formulier_tekst", "zonder HTML"),
        ({"type": "textfield", "key": "a", "label": "A"}, "onderdeel_id", "eigen id"),
        ("tekst", "onderdeel_id", "eigen id"),
    ],
)
def test_what_is_outside_the_profile_is_refused_with_what_to_do(wrong: object, rule: str, said: str) -> None:
    refused = [problem for problem in problems(component("textfield", "goed"), wrong) if problem.rule == rule]
    assert refused
    assert said in " ".join(problem.message for problem in refused)
    if isinstance(wrong, dict) and "id" in wrong:
        assert {problem.element for problem in refused} == {
            wrong["components"][0]["id"] if "components" in wrong else wrong["id"]
        }


SAMPLES: dict[Holds, object] = {
    Holds.TEXT: "Iets", Holds.NUMBER: 12, Holds.DAY: "2026-03-31", Holds.TIME: "09:30",
    Holds.MOMENT: "2026-03-31T09:30", Holds.CHOICE: "ja", Holds.CHOICES: ["ja"], Holds.YES_NO: True,
    Holds.ROWS: [{"inhoud": "Iets"}],
}  # fmt: skip


def question(record: FieldType, **more: Any) -> dict[str, Any]:
    """One question of a kind, as form-js writes it."""
    if record.chosen:
        more["values"] = [{"value": "ja", "label": "Ja"}, {"value": "nee", "label": "Nee"}]
    if record.holds is Holds.ROWS:
        more["components"] = [component("textfield", "inhoud")]
    if record.form_js != record.kind or record.kind is FieldKind.DATETIME:
        more["subtype"] = str(record.kind)
    return component(record.form_js, **more)


ASKED = [record for record in FIELD_TYPES.values() if record.asks and not record.computed]


@pytest.mark.parametrize("record", ASKED, ids=lambda record: record.kind)
def test_every_kind_of_question_is_read_answered_described_and_named(record: FieldType) -> None:
    (field,) = (read := form(question(record, validate={"required": True}))).fields
    assert field.kind is record.kind
    answers = {"veld": SAMPLES[record.holds]}
    assert forms.validate(read, answers, {}) == answers
    described = jsonschema.Draft202012Validator(forms.json_schema(read))
    assert described.is_valid(answers)
    assert not described.is_valid({})
    assert "“Veld”" in errors(read, {})["veld"]
    assert record.name, "the handbook calls it something"


def expression(key: str, text: str, **more: Any) -> dict[str, Any]:
    return component("expression", key, label=more.pop("label", ""), expression=text, computeOn="change", **more)


DECIDED = form(
    component("radio", "wil", values=JA_NEE, validate={"required": True}),
    component("number", "aantal"),
    component("textfield", "waarom", conditional={"hide": '=besluit = "ja"'}, validate={"required": True}),
    expression("besluit", '=if wil = "ja" and aantal > 1 then "ja" else "nee"'),
    expression("vervolg", '=if besluit = "ja" then "verder" else "stop"', label="Zo gaat het verder"),
    component("dynamiclist", "kinderen", components=[
        component("number", "leeftijd"), expression("klasse", '=if leeftijd < 12 then "onder_12" else "12_15"'),
    ]),
)  # fmt: skip


def test_what_follows_from_the_answers_is_computed_from_the_clean_ones() -> None:
    clean = forms.validate(DECIDED, {"wil": "ja", "aantal": 2, "besluit": "nee", "vervolg": 3}, {"besluit": "nee"})
    assert clean == {"wil": "ja", "aantal": 2, "besluit": "ja", "vervolg": "verder"}
    assert forms.validate(DECIDED, {"wil": "ja", "waarom": "Zo"}, {"aantal": 1})["besluit"] == "nee"
    day = form(component("datetime", "dag", subtype="date"), expression("jaar", "=date(dag).year"))
    assert forms.validate(day, {"dag": "31-3-2026"}, {})["jaar"] == 2026
    assert set(DECIDED.keys()) == {"wil", "aantal", "waarom", "besluit", "vervolg", "kinderen"}


def test_what_follows_decides_whether_a_question_is_asked() -> None:
    assert set(errors(DECIDED, {"wil": "nee", "besluit": "ja"})) == {"waarom"}
    left_out = forms.validate(DECIDED, {"wil": "ja", "aantal": 2, "waarom": "Zo"}, {})
    assert "waarom" not in left_out


def test_what_would_follow_from_a_hidden_question_follows_from_none() -> None:
    hidden = form(
        component("radio", "wil", values=JA_NEE),
        component("textfield", "reden", conditional={"hide": '=wil = "ja"'}),
        expression("gezegd", "=reden", conditional={"hide": '=wil = "nee"'}),
    )
    assert forms.validate(hidden, {"wil": "ja"}, {"reden": "Van eerder"})["gezegd"] is None
    assert "gezegd" not in forms.validate(hidden, {"wil": "nee"}, {})


def test_each_row_has_what_follows_from_it_and_an_empty_one_is_no_row() -> None:
    rows = [{"leeftijd": 3, "klasse": "16_plus"}, {"leeftijd": "", "klasse": "12_15"}, {"leeftijd": 13}]
    clean = forms.validate(DECIDED, {"wil": "ja", "aantal": 2, "kinderen": rows}, {})
    assert clean["kinderen"] == [{"leeftijd": 3, "klasse": "onder_12"}, {"leeftijd": 13, "klasse": "12_15"}]


def test_the_schema_says_that_nobody_sends_what_follows() -> None:
    schema = forms.json_schema(DECIDED)
    assert schema["properties"]["vervolg"] == {"title": "Zo gaat het verder", "readOnly": True}
    assert "besluit" not in schema["required"]


def test_every_problem_of_a_file_is_told_at_once() -> None:
    twice = component("textfield", "naam", id="een")
    refused = problems(twice, {**twice, "id": "twee"}, component("button", id="twee"))
    assert [(problem.element, problem.rule) for problem in refused] == [
        ("twee", "veldnaam"), ("twee", "onderdeel_id"), ("twee", "onderdeel_soort"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": "proef"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * 400_000,
        content(id="anders"),
        content(),
    ],
)
def test_a_file_that_is_no_form_is_refused_and_never_crashes(file: bytes) -> None:
    with pytest.raises(DefinitionError) as caught:
        forms.read(file, "proef.form")
    assert all(problem.file == "proef.form" for problem in caught.value.problems)


TODAY = {feel.NOW: datetime(2026, 3, 2, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Amsterdam"))}  # 3 March there
HELD = "Dit moet nog komen. Kies de dag waarop het was."
LATER = "Kijk later terug dan de hulp begon."
DATED = form(
    component("datetime", "gehouden", subtype="date", properties={
        "controle": "=date(gehouden) <= today()", "melding": HELD}),
    component("datetime", "terug", subtype="date", disallowPassedDates=True, properties={
        "controle": "=date(terug) > date(gehouden)", "melding": LATER}),
    component("datetime", "moment", subtype="datetime", disallowPassedDates=True),
    component("dynamiclist", "afspraken", components=[
        component("textfield", "wat"),
        component("datetime", "dag", id="dag_van_regel", subtype="date", disallowPassedDates=True, properties={
            "controle": "=date(dag) >= date(gehouden)", "melding": "Een afspraak komt na het overleg."}),
    ]),
)  # fmt: skip


def refused(
    answers: Mapping[str, object], context: Mapping[str, object] | None = None, **stood: object
) -> dict[str, str]:
    try:
        forms.validate(DATED, answers, {**TODAY, **(context or {})}, stood or None)
    except InvalidDataError as error:
        return dict(error.fields)
    return {}


def test_a_day_that_may_not_be_is_told_at_its_question_by_the_clock_that_people_live_by() -> None:
    assert refused({"gehouden": "2026-03-03"}) == {}
    assert refused({"gehouden": "4-3-2026"}) == {"gehouden": HELD}
    assert refused({"terug": "2026-03-03", "moment": "2026-03-03T00:10"}) == {}
    passed = refused({"terug": "2026-03-02", "moment": "2026-03-02T23:50"})
    assert set(passed) == {"terug", "moment"}
    assert passed["terug"] == "Deze dag is al voorbij. Kies bij “Terug” vandaag of een dag die nog komt."


def test_a_day_is_held_beside_another_answer_of_the_form_or_of_the_case() -> None:
    assert refused({"gehouden": "2026-03-03", "terug": "2026-03-03"}) == {"terug": LATER}
    assert refused({"terug": "2026-03-03"}, {"gehouden": "2026-03-03"}) == {"terug": LATER}
    assert refused({"terug": "2026-03-03"}) == {}, "what can't be told yet refuses nothing"
    wrong = refused({"gehouden": "2026-04-31", "terug": "2026-03-03"}, {"gehouden": "2026-03-03"})
    assert set(wrong) == {"gehouden"}, "beside an answer that is wrong itself nothing is told"


def test_a_day_in_a_row_is_told_at_that_row_and_one_that_stood_there_already_is_not() -> None:
    rows = [{"wat": ""}, {"wat": "bellen", "dag": "2026-03-05"}, {"wat": "bezoeken", "dag": "2026-03-01"}]
    assert set(refused({"afspraken": rows})) == {"afspraken.2.dag"}
    before = {"afspraken": [{"id": "a1", "wat": "bellen", "dag": "2026-02-01"}], "gehouden": "2026-01-01"}
    assert refused({"afspraken": [{"id": "a1", "wat": "bellen met haar", "dag": "2026-02-01"}]}, before) == {}
    moved = [{"id": "a1", "wat": "bellen", "dag": "2026-02-02"}]
    assert set(refused({"afspraken": moved}, before)) == {"afspraken.0.dag"}
    new = {"gehouden": "2026-03-02", "afspraken": before["afspraken"]}
    sentence = "Een afspraak komt na het overleg."
    assert refused(new, before) == {"afspraken.0.dag": sentence}, "an answer beside it changed"


def test_a_correction_is_asked_no_more_than_what_it_changes() -> None:
    answered = {"gehouden": "2026-01-01", "terug": "2026-02-01"}
    assert refused(answered, answered, **answered) == {}, "what was to come then may have passed by now"
    assert set(refused({**answered, "terug": "2026-02-02"}, answered, **answered)) == {"terug"}
    assert refused({**answered, "gehouden": "2026-02-01"}, answered, **answered) == {"terug": LATER}
    assert set(refused({"terug": "2026-02-01"}, answered)) == {"terug"}, "a step that is done now counts as a whole"


@pytest.mark.parametrize(
    "more",
    [
        {"properties": {"controle": "=date(veld) <= today()"}},
        {"properties": {"melding": "Kies een andere dag."}},
        {"properties": {"controle": "date(veld) <= today()", "melding": "Kies een andere dag."}},
        {"properties": {"controle": "=date(veld <= today()", "melding": "Kies een andere dag."}},
        {"disallowPassedDates": "ja"},
        {"disallowPassedDates": True, "subtype": "time"},
    ],
)
def test_a_demand_without_a_sentence_or_that_does_not_read_is_refused(more: dict[str, Any]) -> None:
    (problem,) = problems({**component("datetime", subtype="date"), **more})
    assert (problem.element, problem.rule) == ("veld_veld", "controle")


def test_the_schema_tells_who_sends_answers_what_is_demanded() -> None:
    assert forms.json_schema(DATED)["properties"]["gehouden"]["description"] == HELD


@pytest.mark.parametrize("number", [0, 42])
def test_the_least_and_the_most_that_a_number_may_be_may_be_answered(number: int) -> None:
    many = component("number", "weken", label="Hoeveel weken?", validate={"min": 0, "max": 42})
    assert forms.validate(form(many), {"weken": number}, {})["weken"] == number

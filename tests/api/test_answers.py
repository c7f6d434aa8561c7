"""Between what a browser posts and what the engine takes: nothing typed gets lost on the way."""

import json
import re
from pathlib import Path

import pytest

from api.pages import answers, render
from engine import forms
from engine.forms import Control, Form

REGION = {"regio": {"naam": "Ergens", "organisaties": [{"value": "jgz", "label": "JGZ Ergens"}]}}
PLAN = {
    "schemaVersion": 16,
    "type": "default",
    "id": "plan",
    "components": [
        {"id": "uitleg", "type": "text", "text": "Plan van {{gezin_naam}}"},
        {
            "id": "over",
            "type": "group",
            "label": "Het overleg",
            "components": [
                {"id": "d", "type": "datetime", "subtype": "date", "key": "datum", "label": "Datum"},
                {"id": "n", "type": "number", "key": "weken", "label": "Weken"},
                {
                    "id": "o",
                    "type": "radio",
                    "key": "ouders_erbij",
                    "label": "Waren de ouders erbij?",
                    "values": [{"value": "ja", "label": "Ja"}, {"value": "nee", "label": "Nee"}],
                },
            ],
        },
        {
            "id": "r",
            "type": "textarea",
            "key": "reden",
            "label": "Waarom niet?",
            "validate": {"required": True},
            "conditional": {"hide": '=ouders_erbij != "nee"'},
        },
        {
            "id": "k",
            "type": "checklist",
            "key": "onderwerpen",
            "label": "Onderwerpen",
            "values": [{"value": "a", "label": "Geld"}, {"value": "b", "label": "Wonen"}],
        },
        {"id": "b", "type": "checkbox", "key": "besproken", "label": "Ik heb dit besproken"},
        {
            "id": "l",
            "type": "dynamiclist",
            "path": "afspraken",
            "label": "Afspraken",
            "components": [
                {"id": "w", "type": "textfield", "key": "wat", "label": "Wat?", "validate": {"required": True}},
                {
                    "id": "i",
                    "type": "select",
                    "key": "wie",
                    "label": "Wie?",
                    "valuesExpression": "=regio.organisaties",
                },
                {
                    "id": "s",
                    "type": "select",
                    "key": "status",
                    "label": "Stand",
                    "defaultValue": "open",
                    "values": [{"value": "open", "label": "Open"}, {"value": "gedaan", "label": "Gedaan"}],
                },
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def plan() -> Form:
    return forms.read(json.dumps(PLAN).encode(), "plan.form")


def test_values_of_every_kind_arrive_as_the_form_asks(plan: Form) -> None:
    posted = [
        ("datum", "2026-03-03"), ("weken", "12,5"), ("ouders_erbij", "ja"), ("onderwerpen", "a"),
        ("onderwerpen", "b"), ("besproken", "ja"), ("csrf_token", "x"), ("_versie", "3"),
    ]  # fmt: skip
    assert answers.decode(plan, posted) == {
        "datum": "2026-03-03",
        "weken": 12.5,
        "ouders_erbij": "ja",
        "onderwerpen": ["a", "b"],
        "besproken": True,
    }


def test_what_is_no_number_stays_as_typed_and_is_shown_again(plan: Form) -> None:
    given = answers.decode(plan, [("weken", "twaalf")])
    shown = {control.name: control for control in answers.controls(plan, given, REGION)[1].controls}
    assert shown["weken"].typed == "twaalf"


def test_lines_of_a_text_keep_their_ends_but_not_those_of_windows(plan: Form) -> None:
    assert answers.decode(plan, [("reden", "een\r\ntwee\r\n")])["reden"] == "een\ntwee"


def test_a_box_that_was_shown_and_left_empty_is_an_answer_and_one_that_was_not_shown_is_none(plan: Form) -> None:
    assert answers.decode(plan, [("_getoond", "besproken")]) == {"besproken": False}
    assert answers.decode(plan, []) == {}


def test_rows_arrive_in_order_with_their_id(plan: Form) -> None:
    posted = [("afspraken.2.wat", "Bellen"), ("afspraken.10.wat", "Gaan"), ("afspraken.2.id", "x1")]
    assert answers.decode(plan, posted) == {"afspraken": [{"id": "x1", "wat": "Bellen"}, {"wat": "Gaan"}]}


def test_a_question_that_the_form_does_not_have_is_left_for_the_engine_to_refuse(plan: Form) -> None:
    assert answers.decode(plan, [("rekening", "1")]) == {"rekening": "1"}


def test_a_button_adds_a_row_and_another_drops_the_one_that_it_stands_in(plan: Form) -> None:
    given = answers.decode(plan, [("afspraken.0.wat", "Bellen")])
    assert answers.change_rows(given, [("_rij_erbij", "afspraken")]) == "afspraken.1"
    assert given == {"afspraken": [{"wat": "Bellen"}, {}]}
    assert answers.change_rows(given, [("_rij_weg", "afspraken.0")]) == "afspraken"
    assert given == {"afspraken": [{}]}


@pytest.mark.parametrize("name", ["afspraken.7", "reden.0", "nergens.0", "afspraken.x", ""])
def test_a_row_that_is_not_there_cannot_be_dropped(plan: Form, name: str) -> None:
    given: dict[str, object] = {"afspraken": [{"wat": "Bellen"}], "reden": "Ziek"}
    assert answers.change_rows(given, [("_rij_weg", name)]) == ""
    assert given == {"afspraken": [{"wat": "Bellen"}], "reden": "Ziek"}


def test_an_empty_row_is_offered_and_not_sent_when_nobody_used_it(plan: Form) -> None:
    (offered,) = answers.controls(plan, {}, REGION)[-1].rows
    assert [control.name for control in offered.controls] == [
        "afspraken.0.wat",
        "afspraken.0.wie",
        "afspraken.0.status",
    ]
    given = answers.decode(plan, [("afspraken.0.wat", ""), ("afspraken.0.status", "open")])
    assert answers.without_empty_rows(plan, given) == {"afspraken": []}


def test_a_condition_decides_what_is_shown(plan: Form) -> None:
    assert "reden" not in answers.names(answers.controls(plan, {"ouders_erbij": "ja"}, REGION))
    assert "reden" in answers.names(answers.controls(plan, {"ouders_erbij": "nee"}, REGION))


def test_without_javascript_a_question_that_just_opened_counts_as_not_yet_shown(plan: Form) -> None:
    before = " ".join(answers.names(answers.controls(plan, {}, REGION)))
    posted = [("_getoond", before)]
    assert answers.not_yet_shown(plan, {"ouders_erbij": "nee"}, REGION, posted)
    assert not answers.not_yet_shown(plan, {"ouders_erbij": "ja"}, REGION, posted)


def test_errors_are_listed_in_the_order_of_the_page_and_point_at_the_input(plan: Form) -> None:
    errors = {"afspraken.0.wat": "Vul in wat.", "datum": "Dat is geen datum.", "rekening": "Onbekend."}
    shown = answers.controls(plan, {"afspraken": [{"wat": ""}]}, REGION, errors)
    assert answers.summary(shown, errors) == (
        ("veld-datum", "Dat is geen datum."),
        ("veld-afspraken-0-wat", "Vul in wat."),
        ("", "Onbekend."),
    )


def test_answers_are_told_in_words(plan: Form) -> None:
    given = {
        "datum": "2026-03-03",
        "onderwerpen": ["a", "b"],
        "besproken": False,
        "weken": 12.5,
        "afspraken": [{"wat": "Bellen", "wie": "jgz", "status": "open"}],
    }
    assert answers.said(plan, given, REGION) == (
        ("Datum", "3 maart 2026"),
        ("Weken", "12,5"),
        ("Onderwerpen", "Geld, Wonen"),
        ("Ik heb dit besproken", "Nee"),
        ("Afspraken 1", "Wat: Bellen\nWie: JGZ Ergens\nStand: Open"),
    )


def test_a_value_in_a_help_text_cannot_become_markup(plan: Form) -> None:
    shown = answers.controls(plan, {}, {**REGION, "gezin_naam": "**De Boer** [x](https://elders.example)"})
    assert shown[0].text == r"Plan van \*\*De Boer\*\* \[x\]\(https://elders\.example\)"


@pytest.mark.parametrize(
    ("path", "goes_to"),
    [
        ("/werk?lijst=rol&zoek=De%20Boer", "/werk?lijst=rol&zoek=De%20Boer"),
        ("//elders.example/", "/werk"),
        ("/\\elders.example", "/werk"),
        ("https://elders.example", "/werk"),
        ("/werk\r\nSet-Cookie: x", "/werk"),
        ("", "/werk"),
    ],
)
def test_the_way_back_never_leads_away_from_here(path: str, goes_to: str) -> None:
    assert answers.way_back([("_terug", path)], "/werk") == goes_to


@pytest.mark.parametrize("text", ["1e999999999999", "1e99999", "9" * 5000, "٣", "Infinity", "1_000"])
def test_a_number_that_nobody_writes_so_stays_text_and_costs_nothing(plan: Form, text: str) -> None:
    assert answers.decode(plan, [("weken", text)]) == {"weken": text}


def test_what_follows_from_the_answers_is_shown_and_never_taken_from_the_page() -> None:
    answered = {
        "id": "w",
        "type": "radio",
        "key": "wil",
        "label": "Wil je?",
        "values": [{"value": "ja", "label": "Ja"}],
    }
    follows = {"type": "expression", "expression": '=if wil = "ja" then "We gaan verder" else "We stoppen"'}
    decided = json.dumps({
        "type": "default", "id": "plan",
        "components": [answered, {"id": "b", "key": "besluit", "label": "Besluit", **follows}, {
            "id": "r", "type": "dynamiclist", "path": "rijen", "label": "Rijen",
            "components": [{**answered, "id": "w2"}, {"id": "c", "key": "dan", **follows}],
        }],
    })  # fmt: skip
    plan = forms.read(decided.encode(), "plan.form")
    posted = [("wil", "ja"), ("besluit", "Anders"), ("rijen.0.wil", "ja"), ("rijen.0.dan", "Anders")]
    assert answers.decode(plan, posted) == {"wil": "ja", "rijen": [{"wil": "ja"}]}
    asked = answers.asked(plan, {"wil": "ja", "rijen": [{}, {"wil": "ja"}]}, {"besluit": "Iets van eerder"})
    assert asked["shown"][1].text == "We gaan verder"
    assert [row.controls[1].text for row in asked["shown"][2].rows] == ["We stoppen", "We gaan verder"]
    assert asked["conditional"], "another answer may say something else"
    page = render.html("renewed.html", renew="/taken/1/formulier", **asked)
    assert re.findall(r"<output[^>]*>(.*?)</output>", page) == ["We gaan verder"], "what has no label is not shown"
    assert 'name="besluit"' not in page
    assert "besluit" not in asked["names"]
    answered_so = {"wil": "ja", "besluit": "We gaan verder", "rijen": [{"wil": "ja", "dan": "Zo"}]}
    assert answers.said(plan, answered_so, {}) == (
        ("Wil je?", "Ja"), ("Besluit", "We gaan verder"), ("Rijen 1", "Wil je: Ja"),
    )  # fmt: skip


def test_a_page_knows_how_to_ask_each_kind_of_question() -> None:
    template = Path(answers.__file__).with_name("templates") / "fields.html"
    asked = set(re.findall(r'(?:kind|control) == "(\w+)"', template.read_text("utf-8")))
    assert asked == set(Control) - {Control.LINE}, "a line is what it asks where it is told nothing else"

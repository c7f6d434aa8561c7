"""What each answer says and about whom, and how much of a form somebody may read by that."""

from collections.abc import Collection
from typing import Any

from engine import forms
from engine.forms import Form, Mark
from tests.engine.test_forms import component, form

FAMILY = {"moeder": {"ans"}, "andere_ouder": {"ben"}, "kind": {"kim", "tim"}}


def asked(key: str, kind: str = "textfield", **marks: str) -> dict[str, Any]:
    return component(kind, key, properties=marks)


def meant(relation: str) -> Collection[str]:
    return FAMILY.get(relation, set())


def about(of: Form, answers: dict[str, Any], **before: list[str]) -> dict[str, list[str]]:
    return forms.about(of, answers, meant, before)


TOPICS = component(
    "checklist",
    "onderwerpen",
    properties={"gegevens": "welbevinden", "over": "moeder"},
    values=[
        {"value": "stress", "label": "Stress"},
        {"value": "schulden", "label": "Schulden", "properties": {"gegevens": "geld_wonen"}},
    ],
)
ROWS = component(
    "dynamiclist",
    "verhalen",
    components=[
        asked("wie", "textfield", gegevens="contact", over="wie"),
        asked("wat", "textarea", gegevens="verhaal", over="wie"),
        asked("waar", "textfield", over="proces"),
    ],
)


def reads_of(*allowed: Mark) -> forms.Reads:
    return lambda mark: mark == forms.OF_PROCESS or mark in allowed


# --- about whom ------------------------------------------------------------------------------------------------


def test_a_relation_means_who_stands_in_it_and_several_words_mean_all_of_them() -> None:
    both = form(asked("geld", gegevens="geld_wonen", over="moeder, andere_ouder"), asked("kind", over="kind"))
    assert about(both, {"geld": "Krap", "kind": "Kim"}) == {"geld": ["ans", "ben"], "kind": ["kim", "tim"]}


def test_what_was_not_answered_or_says_nothing_of_a_person_is_about_nobody() -> None:
    some = form(asked("geld", gegevens="geld_wonen", over="moeder"), asked("datum", over="proces"))
    assert about(some, {"datum": "2026-03-02"}) == {}


def test_a_question_without_a_word_for_whom_is_about_nobody_known() -> None:
    assert about(form(asked("geld", gegevens="geld_wonen")), {"geld": "Krap"}) == {"geld": []}


def test_whom_nobody_knows_yet_is_somebody_for_whom_no_yes_can_be_said() -> None:
    unknown = form(asked("geld", gegevens="geld_wonen", over="moeder,voogd"))
    (whom,) = about(unknown, {"geld": "Krap"}).values()
    assert whom == ["", "ans"], "the yes of the mother alone doesn't open it"


def test_a_question_may_choose_whom_others_are_about_one_or_several() -> None:
    chosen = form(
        component("checklist", "over_wie", properties={"kies_betrokkene": "alle", "over": "over_wie"}),
        asked("geld", gegevens="geld_wonen", over="over_wie"),
    )
    assert about(chosen, {"over_wie": ["ben", "ans"], "geld": "Krap"})["geld"] == ["ans", "ben"]
    assert about(chosen, {"over_wie": [], "geld": "Krap"})["geld"] == []
    single = form(
        component("select", "over_wie", properties={"kies_betrokkene": "alle", "over": "over_wie"}),
        asked("geld", gegevens="geld_wonen", over="over_wie"),
    )
    assert about(single, {"over_wie": "kim", "geld": "Krap"})["geld"] == ["kim"]
    assert about(single, {"over_wie": "", "geld": "Krap"})["geld"] == []


def test_in_a_list_the_question_of_the_own_row_chooses() -> None:
    rows = [
        {"id": "r1", "wie": "ans", "wat": "Slaapt slecht", "waar": "Thuis"},
        {"id": "r2", "wie": "ben", "wat": "Werkt"},
    ]
    assert about(form(ROWS), {"verhalen": rows}) == {
        "verhalen.r1.wie": ["ans"],
        "verhalen.r1.wat": ["ans"],
        "verhalen.r2.wie": ["ben"],
        "verhalen.r2.wat": ["ben"],
    }


def test_a_row_of_the_family_is_about_the_person_that_it_is() -> None:
    family = form(component("dynamiclist", "gezin", components=[asked("naam", gegevens="contact", over=forms.ROW)]))
    rows = [{"id": "ans", "naam": "Ans"}, {"id": "kim", "naam": "Kim"}]
    assert about(family, {"gezin": rows}) == {"gezin.ans.naam": ["ans"], "gezin.kim.naam": ["kim"]}


def test_what_is_said_of_a_list_as_a_whole_is_about_all_whom_its_rows_name() -> None:
    whole = form(ROWS, asked("samen", gegevens="verhaal", over="verhalen.wie"))
    rows = [{"id": "r1", "wie": "ans"}, {"id": "r2", "wie": "ben"}, {"id": "r3", "wie": ""}]
    assert about(whole, {"verhalen": rows, "samen": "Ze praten weer"})["samen"] == ["ans", "ben"]


def test_what_was_said_before_a_birth_stays_about_whom_it_was_then() -> None:
    of_child = form(
        asked("groei", gegevens="gezondheid", over="kind"), asked("slaap", gegevens="gezondheid", over="kind")
    )
    answers = {"groei": "Goed", "slaap": "Onrustig"}
    assert about(of_child, answers, groei=["ans"]) == {"groei": ["ans"], "slaap": ["kim", "tim"]}


def test_a_correction_that_chooses_somebody_else_is_about_that_person() -> None:
    chosen = form(
        component("select", "over_wie", properties={"kies_betrokkene": "alle", "over": "over_wie"}),
        asked("geld", gegevens="geld_wonen", over="over_wie"),
    )
    assert about(chosen, {"over_wie": "ben", "geld": "Krap"}, geld=["ans"])["geld"] == ["ben"]


# --- how much may be read --------------------------------------------------------------------------------------

OF_ANS = Mark("welbevinden", frozenset({"ans"}))
MONEY_OF_ANS = Mark("geld_wonen", frozenset({"ans"}))
NAME_OF_ANS, STORY_OF_ANS = (Mark(kind, frozenset({"ans"})) for kind in ("contact", "verhaal"))
STORY_OF_BEN = Mark("verhaal", frozenset({"ben"}))


def readable(of: Form, answers: dict[str, Any], *allowed: Mark) -> dict[str, Any]:
    return forms.readable(of, answers, about(of, answers), reads_of(*allowed))


def test_of_what_was_ticked_one_reads_the_kinds_that_one_may_and_no_sign_of_the_others() -> None:
    answers = {"onderwerpen": ["stress", "schulden"]}
    assert readable(form(TOPICS), answers, OF_ANS, MONEY_OF_ANS) == answers
    assert readable(form(TOPICS), answers, MONEY_OF_ANS) == {"onderwerpen": ["schulden"]}
    assert readable(form(TOPICS), answers, OF_ANS) == {"onderwerpen": ["stress"]}
    assert readable(form(TOPICS), answers) == {}


def test_one_answer_out_of_several_may_bear_a_kind_of_its_own() -> None:
    asked = form({**TOPICS, "type": "radio"})
    assert readable(asked, {"onderwerpen": "schulden"}, MONEY_OF_ANS) == {"onderwerpen": "schulden"}
    assert readable(asked, {"onderwerpen": "schulden"}, OF_ANS) == {}


def test_of_a_list_one_reads_the_parts_that_one_may_and_no_row_of_which_nothing_is_left() -> None:
    rows = [{"id": "r1", "wie": "ans", "wat": "Slaapt slecht"}, {"id": "r2", "wie": "ben", "wat": "Werkt"}]
    answers = {"verhalen": rows}
    assert readable(form(ROWS), answers, STORY_OF_ANS) == {"verhalen": [{"id": "r1", "wat": "Slaapt slecht"}]}
    assert readable(form(ROWS), answers, NAME_OF_ANS, STORY_OF_ANS, STORY_OF_BEN) == {
        "verhalen": [{"id": "r1", "wie": "ans", "wat": "Slaapt slecht"}, {"id": "r2", "wat": "Werkt"}]
    }
    assert readable(form(ROWS), answers) == {}


def test_what_says_nothing_of_a_person_is_read_as_such() -> None:
    place = {"verhalen": [{"id": "r1", "waar": "Thuis"}]}
    assert readable(form(ROWS), place) == place
    assert forms.mark(form(asked("dag", over="proces")).fields[0], ()) == forms.OF_PROCESS


def test_a_question_without_marks_is_read_by_nobody_but_who_is_let_read_all() -> None:
    bare = form(component("textfield", "vrij"))
    assert readable(bare, {"vrij": "Iets"}) == {}
    assert readable(bare, {"vrij": "Iets"}, OF_ANS, STORY_OF_ANS) == {}
    assert forms.readable(bare, {"vrij": "Iets"}, {}, lambda _: True) == {"vrij": "Iets"}


def test_marks_that_follow_from_a_register_are_given_to_questions_that_bear_none() -> None:
    given = form(
        component("dynamiclist", "gezin", components=[component("textfield", "naam", properties={"register": "naam"})]),
        asked("eigen", gegevens="verhaal", over="moeder"),
        component("textfield", "rest"),
        component("text", "uitleg", text="Lees dit."),
    )
    marked = forms.marked(given, {"naam": {"gegevens": "contact", "over": forms.ROW}}, {"over": "proces"})
    listed, own, rest, text = marked.fields
    assert listed.fields[0].properties == {"register": "naam", "gegevens": "contact", "over": forms.ROW}
    assert own.properties == {"gegevens": "verhaal", "over": "moeder"}
    assert rest.properties == {"over": "proces"}
    assert text.properties == {}

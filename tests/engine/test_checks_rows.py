"""What may run for each row of a list, and what is read there: told where it is drawn otherwise."""

import json

import pytest

from engine import checks, definitions
from engine.definitions import Definition
from tests.engine.drawing import (
    call,
    choice,
    diagram,
    each,
    end,
    handler,
    message,
    node,
    on,
    properties,
    start,
    sub,
    timer,
    way,
)

SETTINGS = b"naam: Proef\nrollen: {maker: {naam: Maker}}\ntermijnen: {kort: {duur: 5 werkdagen}}"


def question(key: str, **more: object) -> dict[str, object]:
    return {"id": f"vraag_{key}", "key": key, "type": "textfield", "label": key, **more}


def form(id: str, *components: dict[str, object]) -> bytes:
    return json.dumps({"schemaVersion": 16, "type": "default", "id": id, "components": components}).encode()


def listed(*components: dict[str, object], key: str = "rijen", id: str = "vragen") -> bytes:
    return form(id, {"id": "lijst", "type": "dynamiclist", "path": key, "label": "Rijen", "components": components})


def step(id: str, of: str, inside: str = "") -> str:
    return node("userTask", id, inside, camunda_formRef=of)


def follow(*parts: str, rows: str = "rijen", starts: str = "") -> str:
    begins = starts or on("nieuw", message("nieuwe_rij"), interrupting=False)
    inside = parts or (step("volg", "verslag"), end("gevolgd"), way("nieuw", "volg", "gevolgd"))
    return handler("volgen", begins, *inside, rows=rows)


def small(*more: str, files: dict[str, bytes] | None = None) -> Definition:
    """A process of which the step `doe` makes rows with `wat`; the form of `volg` asks `hoe`."""
    body = (start(), step("doe", "vragen"), end(), way("begin", "doe", "klaar"), *more)
    made = {"proef.bpmn": diagram("proef", *body), "regio.yaml": SETTINGS, "vragen.form": listed(question("wat"))}
    return definitions.assemble(
        "proef", "", {**made, "verslag.form": form("verslag", question("hoe")), **(files or {})}
    )


def told(definition: Definition, *of: str) -> list[tuple[str, str]]:
    """The rules of these that are broken, with where."""
    findings = checks.examine(definition)
    return [(finding.rule.id, finding.element) for finding in findings if finding.rule.id in of]


ABOUT = ("voor_elke", "voor_elke_in_meer_keer", "voor_elke_lijst", "naam_onbekend")


def test_a_run_for_each_row_of_a_list_is_let_through() -> None:
    assert told(small(follow()), *ABOUT) == []


@pytest.mark.parametrize(
    "drawn",
    [
        follow(starts=on("nieuw", message("nieuwe_rij"))),
        follow(starts=on("nieuw", timer("Duration", "P9D"), interrupting=False)),
        follow(starts=on("nieuw", message("nieuwe_rij"), interrupting=False) + start("ook")),
    ],
    ids=["interrupts", "clock", "two starts"],
)
def test_only_a_message_that_does_not_interrupt_can_stand_for_new_rows(drawn: str) -> None:
    assert told(small(drawn), "voor_elke") == [("voor_elke", "volgen")]


def test_what_is_no_event_sub_process_can_not_run_for_each_row() -> None:
    bound = properties(voor_elke="rijen")
    drawn = small(
        step("bel", "verslag", bound), sub("vak", bound, start("s"), end("e"), way("s", "e")), way("doe", "bel", "vak")
    )
    assert told(drawn, "voor_elke", "eigenschap") == [("voor_elke", "bel"), ("voor_elke", "vak")]


@pytest.mark.parametrize("rows", ["riijen", "wat", "hoe"])
def test_the_list_is_one_that_a_form_fills_in_for_the_case(rows: str) -> None:
    assert told(small(follow(rows=rows)), *ABOUT) == [("voor_elke_lijst", "volgen")]


def test_a_list_that_no_form_fills_has_a_row_for_each_telling_where_the_start_says_who_may() -> None:
    begins = on("nieuw", message("gevaar"), interrupting=False, tellers="maker")
    for name, wrong in (("gevaar_door", []), ("gevaar_wie", [("naam_onbekend", "volg")])):
        step_of_teller = step("volg", "verslag", properties(toewijzen=name))
        told_of = follow(
            step_of_teller, end("gevolgd"), way("nieuw", "volg", "gevolgd"), rows="meldingen", starts=begins
        )
        assert told(small(told_of), *ABOUT, "eigenschap") == wrong


def test_a_list_that_is_only_filled_in_inside_a_row_is_none_of_the_case() -> None:
    files = {"verslag.form": listed(question("wie"), key="mensen", id="verslag")}
    assert told(small(follow(rows="mensen"), files=files), "voor_elke_lijst") == [("voor_elke_lijst", "volgen")]


def test_a_row_has_questions_of_its_own() -> None:
    hidden = question("wat", conditional={"hide": "=true"})
    places = told(small(follow(), files={"vragen.form": listed(hidden)}), "voor_elke_lijst")
    assert places == [("voor_elke_lijst", "volgen")]


def test_a_run_does_not_stand_in_what_is_done_more_than_once() -> None:
    inside = (start("s"), step("bel", "verslag"), end("e"), way("s", "bel", "e"), follow())
    loop = node("subProcess", "elk", each("=rijen", "rij") + "".join(inside))
    assert told(small(loop), "voor_elke_in_meer_keer") == [("voor_elke_in_meer_keer", "volgen")]
    inner = handler("ook", on("weer", message("weer"), interrupting=False), end("e2"), way("weer", "e2"), rows="rijen")
    within = follow(inner, step("volg", "verslag"), end("gevolgd"), way("nieuw", "volg", "gevolgd"))
    assert told(small(within), "voor_elke_in_meer_keer") == [("voor_elke_in_meer_keer", "ook")]


@pytest.mark.parametrize("loop", ["loop", "row"])
def test_a_run_does_not_stand_in_a_diagram_that_is_called_more_than_once(loop: str) -> None:
    called = {"deel.bpmn": diagram("deel", start("s"), end("e"), way("s", "e"), follow())}
    each_row = handler(
        "elk",
        on("k", message("k"), interrupting=False),
        call("bel", "deel"),
        end("e"),
        way("k", "bel", "e"),
        rows="rijen",
    )
    drawn = call("elk", "deel", each("=rijen", "rij")) if loop == "loop" else each_row
    assert ("voor_elke_in_meer_keer", "volgen") in told(small(drawn, files=called), *ABOUT)


def test_conditions_and_forms_of_a_run_may_name_the_fields_of_its_row() -> None:
    chooses = follow(
        step("volg", "verslag"),
        choice("keuze", default="gevolgd"),
        step("extra", "verslag"),
        end("gevolgd"),
        way("nieuw", "volg", "keuze", "gevolgd"),
        way("keuze", "extra", when='=wat = "bellen"'),
        way("extra", "gevolgd"),
    )
    files = {"verslag.form": form("verslag", question("hoe", conditional={"hide": '=wat = "niets"'}))}
    assert told(small(chooses, files=files), *ABOUT) == []


def test_conditions_outside_a_run_do_not_see_the_fields_of_a_row() -> None:
    outside = way("doe", "k") + choice("k", default="e") + end("e") + way("k", "e") + end("f")
    places = told(small(follow(), outside, way("k", "f", when='=wat = "bellen"')), "naam_onbekend")
    assert places == [("naam_onbekend", "k_f")]


def test_nobody_tells_the_message_of_a_row_so_nothing_is_noted_of_it() -> None:
    reads = follow(
        step("volg", "verslag"),
        choice("keuze", default="gevolgd"),
        end("gevolgd"),
        end("anders"),
        way("nieuw", "volg", "keuze", "gevolgd"),
        way("keuze", "anders", when='=nieuwe_rij_door = "vera"'),
    )
    assert told(small(reads), "naam_onbekend") == [("naam_onbekend", "keuze_anders")]


def test_what_only_a_button_has_is_read_by_nobody_where_rows_begin() -> None:
    begins = on("nieuw", message("nieuwe_rij"), interrupting=False, again="nee")
    assert told(small(follow(starts=begins)), "eigenschap") == [("eigenschap", "nieuw")]


def test_agreements_are_followed_where_each_has_a_run() -> None:
    asks = (
        question(column, properties={"register": column}, validate={"required": True})
        for column in ("wat", "wie", "voor_wanneer", "status")
    )
    makes = node("userTask", "spreek_af", properties(register="afspraken"), camunda_formRef="vragen")
    drawn = (makes, way("doe", "spreek_af"))
    states = question("status", properties={"register": "status"}, validate={"required": True})
    files = {"vragen.form": listed(*asks), "stand.form": form("stand", states)}
    follows = node("userTask", "volg", properties(register="afspraken"), camunda_formRef="stand")
    followed = follow(follows, end("gevolgd"), way("nieuw", "volg", "gevolgd"))
    assert told(small(*drawn, followed, files=files), "afspraak_gevolgd") == []
    assert told(small(*drawn, follow(), files=files), "afspraak_gevolgd") == [("afspraak_gevolgd", "spreek_af")]
    assert told(small(*drawn, files=files), "afspraak_gevolgd") == [("afspraak_gevolgd", "spreek_af")]


def test_what_has_no_begin_of_its_own_can_not_be_proved_to_begin_runs() -> None:
    inside = (step("bel", "verslag"), follow())
    assert told(small(sub("vak", *inside), way("doe", "vak")), "onbewezen") == [("onbewezen", "volgen")]
    assert told(small(follow()), "onbewezen") == []

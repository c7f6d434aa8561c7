"""Bringing in families from somebody's own list: each row looked at in words, nothing half, nothing twice."""

import re

import pytest
from fastapi.testclient import TestClient

from engine.cases import importing
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, ELSEWHERE, LEAD, OVERSEER, PARTNER, REPORTER, Play

NAMES = [column.name for column in importing.COLUMNS]
FAMILY = {
    "sleutel": "1",
    "gemeente": "Kerkrade",
    "fase": "nieuw signaal",
    "naam": "Gezin Zonnebloem",
    "leeftijd moeder": "16 jaar of ouder",
    "datum signaal": "5-1-2026",
    "wie gaf het signaal": "Kraamzorg",
    "zwanger": "Ja",
    "weken zwanger": "20",
    "signaal": "Zij vraagt hulp met geld.",
}
pytestmark = pytest.mark.any_database


def pasted(*rows: dict[str, str], names: list[str] | None = None) -> str:
    """Rows as a spreadsheet copies them."""
    columns = names or NAMES
    return "\n".join("\t".join(line) for line in (columns, *([row.get(n, "") for n in columns] for row in rows)))


def sent(client: TestClient, text: str, sure: bool = False) -> tuple[int, str]:
    token = re.search(r'name="csrf_token" value="(\w+)"', client.get("/werk").text)
    assert token
    page = client.post("/invoeren", data={"csrf_token": token[1], "lijst": text, **({"zeker": "ja"} if sure else {})})
    return page.status_code, page.text


def number_of_cases(client: TestClient) -> int:
    return len(client.get("/v1/cases").json())


def test_it_is_told_first_and_brought_in_once(visit: Visit, play: Play) -> None:
    client = visit(REPORTER)
    text = pasted(FAMILY, {**FAMILY, "sleutel": "2", "naam": "Gezin Madelief", "fase": "toestemming op papier"})
    status, page = sent(client, text)
    assert (status, "Alles klopt: 2 nieuwe gezinnen" in page) == (200, True)
    assert number_of_cases(client) == 0
    assert sent(client, text, sure=True)[0] == 303
    assert number_of_cases(client) == 2
    assert "Deze gezinnen zijn er al" in sent(client, text)[1]
    assert sent(client, text, sure=True)[0] == 303
    assert number_of_cases(client) == 2
    tasks = {(row["caseId"], row["element"]) for row in client.get("/v1/tasks?list=alle").json()["tasks"]}
    steps = [{element for case, element in tasks if case == id} for id in (1, 2)]
    assert "signaal_bespreken" in steps[0]
    assert "signaal_bespreken" not in steps[1]
    assert steps[1] & {"uitleg_geven", "toestemming_vastleggen"}, "what is on paper is recorded there"


def test_nothing_of_it_opens_to_anybody_before_the_family_said_yes(visit: Visit, play: Play) -> None:
    sent(visit(REPORTER), pasted({**FAMILY, "fase": "toestemming op papier"}), sure=True)
    for person in (PARTNER, COORDINATOR, OVERSEER):
        pages = [visit(person).get(address).text for address in ("/werk?lijst=alle", "/casus", "/casus/1", "/v1/cases")]
        assert "Zonnebloem" not in "".join(pages)
        assert "hulp met geld" not in "".join(pages)


def test_who_keeps_the_overview_names_who_asks_the_family(visit: Visit, play: Play) -> None:
    client = visit(COORDINATOR)
    status, page = sent(client, pasted(FAMILY))
    assert (status, "<strong>Wie vraagt toestemming:</strong>" in page) == (422, True)
    with play.as_(REPORTER) as ctx:
        name = ctx.actor.name
    assert sent(client, pasted({**FAMILY, "wie vraagt toestemming": name}), sure=True)[0] == 303
    play.case_id = 1
    assert play.row("signaal_bespreken").assignee == REPORTER


@pytest.mark.parametrize(
    ("changed", "column", "sentence"),
    [
        ({"gemeente": "Nergens"}, "Gemeente", "kennen we hier niet"),
        ({"gemeente": "Vaals"}, "Gemeente", "heb jij geen rol"),
        ({"fase": "lopend plan"}, "Fase", "kan niet uit een lijst komen"),
        ({"fase": "klaar"}, "Fase", "Kies “nieuw signaal”"),
        ({"naam": ""}, "Naam", "Vul dit in."),
        ({"signaal": "=HYPERLINK(1)"}, "Signaal", "Dit lijkt een formule"),
        ({"sleutel": "111222333"}, "Sleutel", "burgerservicenummer"),
        ({"datum signaal": "morgen"}, "Datum signaal", ""),
        ({"weken zwanger": "veel"}, "Weken zwanger", ""),
        ({"leeftijd moeder": "oud"}, "Leeftijd moeder", ""),
        ({"signaal": "x" * 2001}, "Signaal", "Maak dit korter"),
    ],
)
def test_a_row_that_is_wrong_is_told_by_its_column_and_nothing_comes_in(
    visit: Visit, play: Play, changed: dict[str, str], column: str, sentence: str
) -> None:
    client = visit(REPORTER)
    status, page = sent(client, pasted({**FAMILY, "sleutel": "9"}, {**FAMILY, **changed}), sure=True)
    assert status == 422
    line = re.search(rf"<li><strong>{column}:</strong> ([^<]*)", page)
    assert line, page
    assert sentence in line[1]
    assert number_of_cases(client) == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "ontbreken"),
        (pasted(FAMILY, names=[*NAMES, "bsn"]), "kennen we niet: bsn"),
        (pasted(), "Zet er één tot 100"),
        (pasted(*[FAMILY] * 101), "Zet er één tot 100"),
    ],
)
def test_what_is_no_such_list_is_told(visit: Visit, text: str, sentence: str) -> None:
    status, page = sent(visit(REPORTER), text)
    assert (status, sentence in page) == (422, True)


def test_a_number_that_stands_there_twice_is_told(visit: Visit, play: Play) -> None:
    assert "staat twee keer" in sent(visit(REPORTER), pasted(FAMILY, FAMILY))[1]


def test_the_example_comes_in_as_it_is(visit: Visit, play: Play) -> None:
    client = visit(REPORTER)
    text = client.get("/invoeren/voorbeeld.csv").content.decode()
    assert "Alles klopt: 1 nieuw gezin" in sent(client, text)[1]


def test_it_is_for_who_may_enter_a_signal_there(visit: Visit) -> None:
    assert visit(PARTNER).get("/invoeren").status_code == 403
    assert "heb jij geen rol" in sent(visit(ELSEWHERE), pasted(FAMILY))[1]


def test_who_numbers_the_own_list_alike_loses_nothing_and_learns_nothing(visit: Visit, play: Play) -> None:
    sent(visit(REPORTER), pasted(FAMILY), sure=True)
    other = pasted({**FAMILY, "naam": "Gezin Madelief"})
    assert "Alles klopt: 1 nieuw gezin" in sent(visit(LEAD), other)[1]
    assert sent(visit(LEAD), other, sure=True)[0] == 303
    assert number_of_cases(visit(LEAD)) == 1

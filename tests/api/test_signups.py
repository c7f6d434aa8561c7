"""Asking for help without an account: public, without a cookie, kept for one person of the team and then forgotten."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.limits import Limit
from api.pages import signups
from engine import store
from engine.cases import signups as use_cases
from engine.store import Database
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, OVERSEER, PARTNER, REPORTER, Play

FAMILY = {
    "gemeente": "kerkrade",
    "naam": "Zonnebloem",
    "telefoon": "06 1234 5678",
    "bellen": "dinsdagochtend",
    "situatie": "zwanger",
    "woorden": "Ik slaap niet van de rekeningen.",
}
PROFESSIONAL = {
    "gemeente": "kerkrade",
    "weet_het": "ja",
    "melder": "Mies Anders",
    "werk": "verloskundige",
    "eigen_telefoon": "045 123 4567",
    "naam": "Zonnebloem",
    "zwanger": "ja",
    "woorden": "Zij wil hulp met geld.",
}
OWN, OTHER = "/hulp-vragen/zelf", "/hulp-vragen/voor-gezin"
pytestmark = pytest.mark.any_database


@pytest.fixture
def anybody(visit: Visit, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Somebody who isn't signed in, and fills in as quickly as a test does."""
    app.state.senders = Limit(1000)
    monkeypatch.setattr(signups, "SOONEST", timedelta(0))
    return visit("")


def opened(client: TestClient, address: str = OWN) -> dict[str, str]:
    """What a form that was just opened sends beside the answers."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', client.get(address).text))
    return {**fields, "_leeg": ""}


def sent(client: TestClient, answers: dict[str, str], address: str = OWN) -> str:
    """The code for what was sent."""
    page = client.post(address, data={**opened(client, address), **answers})
    code = re.search(r'kp-code"><strong>([A-Z0-9-]+)<', page.text)
    assert code, page.text
    return code[1]


def state(client: TestClient, code: str) -> str:
    page = client.post("/hulp-vragen/status", data={"code": code})
    return next((word for word in ("Ontvangen.", "ermee bezig", "Afgerond.") if word in page.text), "")


def csrf(client: TestClient) -> dict[str, str]:
    field = re.search(r'name="csrf_token" value="(\w+)"', client.get("/werk").text)
    assert field
    return {"csrf_token": field[1]}


def taken(client: TestClient) -> str:
    """The address of the first that waits, once this person took it."""
    number = re.search(r'action="(/aanmeldingen/\d+)/pakken"', client.get("/aanmeldingen").text)
    assert number
    assert client.post(f"{number[1]}/pakken", data=csrf(client)).status_code == 303
    return number[1]


@pytest.mark.parametrize("address", ["/hulp-vragen", OWN, OTHER, "/hulp-vragen/status"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_is_for_anybody_and_leaves_nothing_with_who_looks(
    anybody: TestClient, address: str, language: str
) -> None:
    page = anybody.get(f"{address}?taal={language}")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "set-cookie" not in page.headers
    assert re.findall(r'(?:src|action)="(?!/)', page.text) == []
    assert "112" in page.text.partition("<form")[0]


def test_one_of_the_team_reads_it_and_calls_and_nobody_else(
    anybody: TestClient, visit: Visit, database: Database
) -> None:
    code = sent(anybody, FAMILY)
    assert state(anybody, code) == "Ontvangen."
    coordinator, overseer = visit(COORDINATOR), visit(OVERSEER)
    listed = overseer.get("/aanmeldingen").text
    assert re.search(r'Uiterlijk bellen">\s*<time', listed), "by when it is to be answered"
    assert "Een gezin zelf" in listed
    assert "1 aanmelding wacht" in coordinator.get("/werk").text
    address = taken(coordinator)
    assert "Zonnebloem" not in listed + overseer.get("/aanmeldingen").text
    page = coordinator.get(address).text
    with database.reading() as tx:
        looks = tx.execute(sa.text("select l.person_id, c.case_id from look l join look_case c on c.look_id = l.id"))
        assert (COORDINATOR, 0) in [tuple(row) for row in looks]
    assert 'href="tel:0612345678"' in page
    assert "dinsdagochtend" in page
    assert state(anybody, code) == "ermee bezig"
    for person in (OVERSEER, REPORTER, PARTNER):
        assert visit(person).get(address).status_code == 404
    for person in (REPORTER, PARTNER):
        assert visit(person).post(f"{address}/pakken", data=csrf(visit(person))).status_code in (403, 404)


def test_a_signal_begins_with_what_was_told_which_is_then_forgotten(
    anybody: TestClient, visit: Visit, play: Play, database: Database
) -> None:
    code = sent(anybody, PROFESSIONAL, OTHER)
    coordinator = visit(COORDINATOR)
    address = taken(coordinator)
    number = address.rpartition("/")[2]
    page = coordinator.get(f"/signaal?van={number}").text
    assert 'value="Zonnebloem"' in page
    assert "Zij wil hulp met geld." in page
    assert "Mies Anders, 045 123 4567" in page
    form = {
        **dict(re.findall(r'<input type="hidden" name="(_?\w+)" value="([^"]*)"', page)),
        "gezin_naam": "Zonnebloem",
        "gezin.0.relatie": "moeder",
        "gezin.0.leeftijd": "16_plus",
        "signaal_datum": "2026-01-05",
        "signaal_bron": "verloskundige",
        "aanmelder": REPORTER,
        "zwanger": "ja",
        "signaal": "Zij wil hulp met geld.",
        "_getoond": "",
    }
    begun = coordinator.post("/signaal", data=form)
    assert begun.headers.get("location", "").startswith("/casus/"), begun.text
    assert state(anybody, code) == "Afgerond."
    with database.reading() as tx:
        assert "Zonnebloem" not in str(tx.execute(sa.text("select * from signup")).all())
    assert coordinator.get(address).status_code == 404


def test_it_is_settled_without_a_signal_and_forgotten(anybody: TestClient, visit: Visit, database: Database) -> None:
    code = sent(anybody, FAMILY)
    coordinator = visit(COORDINATOR)
    address = taken(coordinator)
    assert coordinator.post(f"{address}/afronden", data={**csrf(coordinator), "uitkomst": "x"}).status_code == 422
    done = coordinator.post(f"{address}/afronden", data={**csrf(coordinator), "uitkomst": "naar_elders"})
    assert done.status_code == 303
    assert state(anybody, code) == "Afgerond."
    with database.writing() as tx:
        rows = tx.execute(sa.text("select * from signup")).mappings().all()
        assert "rekeningen" not in str(rows)
        later = store.signups.of_code(tx, code.replace("-", ""))
        assert later is not None
        assert later.settled_at is not None
        store.signups.clear(tx, later.settled_at + store.signups.TOLD_FOR)
    assert state(anybody, code) == ""


def test_sending_the_same_form_twice_makes_one_with_one_code(anybody: TestClient, visit: Visit) -> None:
    form = {**opened(anybody), **FAMILY}
    first, second = (anybody.post(OWN, data=form).text for _ in range(2))
    codes = re.findall(r"<strong>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})</strong>", first + second)
    assert len(codes) == 2
    assert codes[0] == codes[1]
    assert visit(COORDINATOR).get("/aanmeldingen").text.count("/pakken") == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"telefoon": "nee"}, "Vul een telefoonnummer met alle cijfers in"),
        ({"woorden": "x" * 1001}, "tot 1000 tekens"),
        ({"naam": " "}, "Vul dit in"),
        ({"situatie": "x"}, "Kies een van de antwoorden"),
        ({"gemeente": "nergens"}, "Kies de gemeente."),
        ({"_leeg": "koop nu"}, "een vak dat leeg moet blijven"),
        ({"_formulier": "1.x.y"}, "stond lang open"),
        ({"_formulier": ""}, "stond lang open"),
        ({"_formulier": "1764000000.é.é"}, "stond lang open"),
        ({"naam": "", "taal_pagina": "en"}, "Answer this"),
    ],
)
def test_what_does_not_fit_or_looks_like_a_machine_is_told_and_nothing_typed_is_lost(
    anybody: TestClient, visit: Visit, changed: dict[str, str], sentence: str
) -> None:
    page = anybody.post(OWN, data={**opened(anybody), **FAMILY, **changed})
    assert sentence in page.text
    assert FAMILY["bellen"] in page.text
    assert "/pakken" not in visit(COORDINATOR).get("/aanmeldingen").text


def test_who_sends_at_once_is_asked_to_look_again(
    anybody: TestClient, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signups, "SOONEST", timedelta(minutes=1))
    form = {**opened(anybody), **FAMILY}
    assert "heel snel" in anybody.post(OWN, data=form).text
    monkeypatch.setattr(signups, "SOONEST", timedelta(0))
    page = anybody.post(OWN, data=form).text
    assert "binnen 2 werkdagen" in page
    assert "We hebben je aanmelding" in page, "the same form, sent a little later"


def test_who_does_not_know_that_the_family_agrees_sends_nothing(anybody: TestClient) -> None:
    answers = {key: answer for key, answer in PROFESSIONAL.items() if key != "weet_het"}
    page = anybody.post(OTHER, data={**opened(anybody, OTHER), **answers})
    assert page.status_code == 422
    assert "Weet het gezin hiervan?" in page.text


def test_codes_can_not_be_tried_out_and_what_was_typed_waits(anybody: TestClient, app: FastAPI) -> None:
    app.state.senders = Limit(2)
    tried = [anybody.post("/hulp-vragen/status", data={"code": "AAAA-AAAA-AAAA"}).status_code for _ in range(3)]
    assert tried == [404, 404, 429]
    page = anybody.post(OWN, data={**opened(anybody), **FAMILY})
    assert (page.status_code, FAMILY["woorden"] in page.text) == (429, True)


def test_too_many_that_wait_are_told_to_call(anybody: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_cases, "MOST_WAITING", 1)
    sent(anybody, FAMILY)
    assert "Bel ons" in anybody.post(OWN, data={**opened(anybody), **FAMILY}).text


def test_no_municipality_is_chosen_for_somebody(anybody: TestClient) -> None:
    form = anybody.get(OWN).text
    assert "selected" not in form[form.index('id="gemeente"') : form.index("</select>")]

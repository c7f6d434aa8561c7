"""Pages of a beheerder for the sociale kaart: what is due first, each cell held to its sheet, what was changed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from lxml import html

from engine.cases import sociale_kaart
from engine.definitions.sociale_kaart import load
from engine.store import Database, tables
from tests.api.conftest import Visit
from tests.api.test_staff_pages import ADMIN, OVERSIGHT
from tests.engine.playing import COORDINATOR, OVERSEER, REGION, WORKFLOWS, Play, definition, example

LIST = "/beheer/kaart"
DEBT = f"{LIST}/{REGION}/schuldhulp_rondkomstig"
SETTINGS = definition().settings
pytestmark = pytest.mark.any_database


@pytest.fixture
def admin(visit: Visit, database: Database) -> TestClient:
    """The beheerder, where all of the sociale kaart was looked at today but the help with debts."""
    today = datetime.now(UTC).date()
    kaart = load(WORKFLOWS, REGION, SETTINGS)
    old = {"schuldhulp_rondkomstig": today - timedelta(days=190), "ggd_mergelrand": None}
    rows = tuple(replace(each, checked_on=old.get(each.id, today)) for each in kaart.organisations)
    with database.writing() as tx:
        sociale_kaart.begin(tx, SETTINGS, replace(kaart, organisations=rows), datetime.now(UTC))
    return visit(ADMIN)


def parsed(page: str) -> Any:
    return html.fromstring(page)


def filled(page: str, **cells: str) -> dict[str, list[str]]:
    """What the form of a listing sends, with other cells."""
    (form,) = parsed(page).xpath("//form[contains(@class, 'kp-form')]")
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return {**sent, **{name: [cell] for name, cell in cells.items()}}


def worker_token(worker: TestClient) -> str:
    token = re.search(r'name="csrf_token" value="(\w+)"', worker.get("/werk").text)
    assert token
    return token[1]


def names(page: str) -> Iterator[str]:
    return (link.text for link in parsed(page).xpath("//td/a"))


def test_what_is_due_comes_first_and_is_done_with_by_one_button(admin: TestClient) -> None:
    page = admin.get(LIST).text
    assert "2 organisaties moeten" in page
    assert list(names(page))[:2] == ["GGD Mergelrand", "Schuldhulp Rondkomstig"]
    assert "Buurtlicht Heerlen" not in list(names(page))
    token = filled(admin.get(DEBT).text)["csrf_token"]
    admin.post(f"{DEBT}/nagekeken", data={"csrf_token": token})
    assert "1 organisatie moet" in admin.get(LIST).text


def test_saving_without_change_changes_nothing_and_a_change_is_public_at_once_and_remembered(
    admin: TestClient, visit: Visit
) -> None:
    page = admin.get(DEBT).text
    assert admin.post(DEBT, data=filled(page)).status_code == 303
    assert "Wat er veranderde" not in admin.get(DEBT).text
    assert admin.post(DEBT, data=filled(page, waiting="7", _sleutel="anders")).status_code == 303
    assert "Binnen ongeveer 7 weken" in visit("").get("/zorgpaden/vaals/geld").text
    changed = parsed(admin.get(DEBT).text).xpath("//ul[@class='kp-history']")[0].text_content()
    assert "Wachttijd in weken: van “2” naar “7”" in changed
    assert "Berend Blauwdruk" in changed


def test_a_cell_that_can_not_be_is_told_beside_it_and_what_was_typed_stays(admin: TestClient) -> None:
    refused = admin.post(DEBT, data=filled(admin.get(DEBT).text, waiting="lang", mail="kas", does="Anders."))
    assert refused.status_code == 422
    assert re.findall(r'href="#(\w+)"', refused.text)[1:] == ["mail", "waiting"]
    assert filled(refused.text)["does"] == ["Anders."]
    assert "Anders." not in admin.get("/zorgpaden/vaals/geld").text
    odd = admin.post(DEBT, data=filled(admin.get(DEBT).text, topics="niets"))
    assert (odd.status_code, "Dit onderwerp is er niet" in odd.text) == (422, True)


def test_a_name_and_kind_of_a_partner_stay_what_the_region_says(admin: TestClient) -> None:
    admin.post(DEBT, data=filled(admin.get(DEBT).text, name="Anders", kind="ggz", domain="medisch"))
    assert "Schuldhulp Rondkomstig" in admin.get("/zorgpaden/vaals/geld").text


def test_another_municipality_is_kept_by_another(admin: TestClient, visit: Visit) -> None:
    assert admin.get(f"{LIST}/{REGION}/buurtlicht_heerlen").status_code == 404
    assert {visit(person).get(LIST).status_code for person in (COORDINATOR, OVERSIGHT)} == {403}


def test_that_nothing_was_found_is_counted_by_topic_of_no_family_by_who_works_here(
    admin: TestClient, visit: Visit, database: Database
) -> None:
    pathway = "/zorgpaden/vaals/wonen"
    worker, anybody = visit(COORDINATOR), visit("")
    assert "Niets gevonden" not in anybody.get(pathway).text
    assert anybody.post(f"{pathway}/niets").status_code == 303
    token = worker_token(worker)
    assert "Niets gevonden" in worker.get(pathway).text
    for _ in range(10):
        assert worker.post(f"{pathway}/niets", data={"csrf_token": token}).headers["location"] == pathway
    worker.post("/zorgpaden/heerlen/wonen/niets", data={"csrf_token": token})
    worker.post("/zorgpaden/vaals/geld/niets", data={"csrf_token": token})
    lines = [each.text.strip() for each in parsed(admin.get(LIST).text).xpath("//section[@aria-labelledby='mist']//li")]
    assert lines == ["Geld en schulden in Vaals: minder dan 10 keer", "Wonen in Vaals: 10 keer"]
    with database.reading() as tx:
        assert set(tx.execute(sa.select(tables.gap)).mappings().first() or ()) == {
            "region", "municipality", "topic", "month", "times",
        }  # fmt: skip


def test_who_makes_an_agreement_chooses_first_from_who_is_open_to_everybody_and_has_time(
    admin: TestClient, visit: Visit, play: Play
) -> None:
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    address = f"/taken/{play.row('plan_vastleggen').id}"
    worker = visit(OVERSEER)
    worker.post(f"{address}/claim", data={"csrf_token": worker_token(worker)})
    page = worker.get(address)
    doc = parsed(page.text)
    options = [each.text for each in doc.xpath("//select[contains(@name, 'wie')]")[0].xpath("option")][1:]
    waits = [re.search(r"\(([^)]*)\)", option) for option in options]
    assert all(waits)
    closed = ["verwijzing" in option for option in options]
    assert closed == sorted(closed)
    assert options.index("Bibliotheek Bladerland (meteen)") < options.index(
        "Schuldhulp Rondkomstig (binnen ongeveer 2 weken)"
    )
    assert "/zorgpaden/kerkrade/geld" in doc.xpath("//details//a/@href")


def test_who_closes_a_dossier_chooses_what_was_not_found_and_it_is_counted_where_the_family_lives(
    admin: TestClient, visit: Visit, play: Play, database: Database
) -> None:
    play.play(example("alles_loopt_goed"), until="dossier_afsluiten")
    address = f"/taken/{play.row('dossier_afsluiten').id}"
    worker = visit(OVERSEER)
    worker.post(f"{address}/claim", data={"csrf_token": worker_token(worker)})
    page = worker.get(address).text
    offered = {each.get("value") for each in parsed(page).xpath("//input[@name='wat_miste']")}
    assert {"geld", "wonen"} < offered
    (form,) = parsed(page).xpath("//form[.//input[@name='wat_miste']]")
    sent = {**dict(form.form_values()), "reden_afsluiten": "doelen_behaald", "wat_miste": ["geld", "wonen"]}
    assert worker.post(address, data=sent).status_code == 303
    with database.reading() as tx:
        counted = [(row.municipality, row.topic, row.times) for row in tx.execute(sa.select(tables.gap))]
    assert sorted(counted) == [("kerkrade", "geld", 1), ("kerkrade", "wonen", 1)]


def test_an_organisation_is_added_on_a_page_found_on_the_zorgpad_and_taken_off_again(
    admin: TestClient, visit: Visit
) -> None:
    new = f"{LIST}/{REGION}/blad/organisaties/nieuw"
    page = admin.get(new).text
    refused = admin.post(new, data=filled(page, name="Maatjes in de Wijk"))
    assert refused.status_code == 422
    assert {"kind", "domain", "topics", "audience", "does"} <= set(re.findall(r'href="#(\w+)"', refused.text))
    cells = {"kind": "vrijwilligers", "domain": "sociaal", "topics": "alleen", "audience": "ouder", "does": "Gaat mee."}
    kind = parsed(page).xpath("//input[@name='kind']/@value")[0]
    sent = filled(page, name="Maatjes in de Wijk", **{**cells, "kind": kind})
    assert admin.post(new, data=sent).headers["location"] == LIST
    anybody = visit("")
    assert "Maatjes in de Wijk" in anybody.get("/zorgpaden/vaals/alleen").text
    again = admin.post(new, data={**sent, "_sleutel": "anders", "name": "maatjes in de wijk"})
    assert (again.status_code, "staat er al" in again.text) == (422, True)
    own = f"{LIST}/{REGION}/maatjes_in_de_wijk"
    assert "Berend Blauwdruk" in parsed(admin.get(own).text).xpath("//ul[@class='kp-history']")[0].text_content()
    (end,) = parsed(admin.get(own).text).xpath("//form[contains(@action, 'stoppen')]")
    admin.post(end.get("action"), data=dict(end.form_values()))
    assert "Maatjes in de Wijk" not in anybody.get("/zorgpaden/vaals/alleen").text
    assert admin.get(own).status_code == 404


def test_a_topic_is_added_and_changed_and_stays_while_something_names_it(admin: TestClient, visit: Visit) -> None:
    new = f"{LIST}/{REGION}/blad/onderwerpen/nieuw"
    admin.post(new, data=filled(admin.get(new).text, name="Vervoer", question="Kun je er niet komen?"))
    assert "Vervoer" in visit("").get("/zorgpaden/vaals").text
    own = f"{LIST}/{REGION}/blad/onderwerpen/vervoer"
    admin.post(own, data=filled(admin.get(own).text, name="Reizen"))
    assert "Reizen" in admin.get(LIST).text
    token = filled(admin.get(DEBT).text)["csrf_token"]
    named = admin.post(f"{LIST}/{REGION}/blad/onderwerpen/geld/stoppen", data={"csrf_token": token})
    assert (named.status_code, "staat nog bij" in named.text) == (409, True)
    admin.post(f"{own}/stoppen", data={"csrf_token": token})
    assert "Reizen" not in visit("").get("/zorgpaden/vaals").text


def test_a_partner_stops_at_organisations_and_nowhere_else(admin: TestClient) -> None:
    token = filled(admin.get(DEBT).text)["csrf_token"]
    refused = admin.post(
        f"{LIST}/{REGION}/blad/organisaties/schuldhulp_rondkomstig/stoppen", data={"csrf_token": token}
    )
    assert refused.status_code == 409
    assert "Schuldhulp Rondkomstig" in admin.get("/zorgpaden/vaals/geld").text

"""The pages of a beheerder, without JavaScript: somebody comes, gets to oversee, and stops."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine import store
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, HOME, REPORTER, Play, example
from tests.engine.test_staff import COLLEAGUE, emptied

ADMIN, OVERSIGHT = "berend_blauwdruk", "flora_fictie"
pytestmark = pytest.mark.any_database


def form(page: str, **values: object) -> dict[str, object]:
    token = re.search(r'name="csrf_token" value="(\w+)"', page)
    assert token
    return {"csrf_token": token[1], **values}


def test_who_runs_the_house_begins_at_its_people_and_sees_no_way_to_families(visit: Visit) -> None:
    admin, watcher = visit(ADMIN), visit(OVERSIGHT)
    assert admin.get("/werk").headers["location"] == "/beheer"
    assert watcher.get("/werk").headers["location"] == "/beheer/voorstellen"
    page = admin.get("/beheer").text
    assert "Coby Concept" in page
    assert 'href="/casus"' not in page
    assert 'href="/signaal"' not in page
    assert "Pim Proefstuk" not in admin.get("/beheer?rol=coordinator").text
    assert "Coby Concept" in admin.get("/beheer?zoek=COBY&rol=coordinator").text
    for other in (COORDINATOR, OVERSIGHT):
        assert visit(other).get("/beheer").status_code == 403


def test_somebody_comes_gets_to_oversee_and_stops(visit: Visit) -> None:
    admin, watcher = visit(ADMIN), visit(OVERSIGHT)
    empty = admin.get("/beheer/mensen/nieuw").text
    refused = admin.post("/beheer/mensen/nieuw", data=form(empty, naam="Ans Achterdoek", mail="ans", reden="Nieuw."))
    assert refused.status_code == 422
    assert 'href="#mail"' in refused.text
    assert 'value="Ans Achterdoek"' in refused.text
    roles = ["kerkrade/coordinator", "kerkrade/kernpartner"]
    sent = form(empty, naam="Ans Achterdoek", organisatie="jgz_heuvelkind", rol=roles, reden="Nieuw.")
    page = admin.get(admin.post("/beheer/mensen/nieuw", data=sent).headers["location"]).text
    assert "Een tweede persoon beslist" in page
    waiting = admin.get("/beheer/voorstellen").text
    assert "Goedkeuren" not in waiting
    assert "Intrekken" in waiting
    asked = watcher.get("/beheer/voorstellen").text
    address = re.search(r'action="(/beheer/voorstellen/\d+)"', asked)
    assert address
    assert watcher.post(address[1], data=form(asked, besluit="goed")).status_code == 303
    page = admin.get("/beheer/mensen/ans_achterdoek").text
    assert re.search(r'value="kerkrade/coordinator" checked', page)
    stopping = admin.get("/beheer/mensen/ans_achterdoek/stoppen").text
    assert "0 taken" in stopping
    sent = form(stopping, collega=REPORTER, aandachtsfunctionaris="jet_jansproef", reden="Verhuisd.")
    assert admin.post("/beheer/mensen/ans_achterdoek/stoppen", data=sent).status_code == 303
    page = admin.get("/beheer/mensen/ans_achterdoek").text
    assert "Aanmelden kan niet meer" in page
    assert "door Flora Fictie" in page


def test_where_nobody_is_left_a_step_waits_of_which_the_page_names_the_organisation_only(
    visit: Visit, play: Play
) -> None:
    emptied(play)
    admin, watcher = visit(ADMIN), visit(OVERSIGHT)
    page = admin.get("/beheer/voorstellen").text
    assert "Bij Verloskundigen Dalwieg in" in page
    for sign in (
        "veiligheid",
        "meldcode",
        "acute",
        "Vera Voorbeeld",
        f"/casus/{play.case_id}",
        play.view(REPORTER).title,
    ):
        assert sign.lower() not in page.partition("<main")[2].partition("</main>")[0].lower(), sign
    chosen = {"gemeente": HOME, "organisatie": COLLEAGUE.organisation, "persoon": "mies"}
    refused = admin.post("/beheer/voorstellen", data=form(page, **chosen))
    assert (refused.status_code, 'href="#reden"' in refused.text) == (422, True)
    assert admin.post("/beheer/voorstellen", data=form(page, **chosen, reden="Kent het werk.")).status_code == 303
    assert "Goedkeuren" not in admin.get("/beheer/voorstellen").text
    asked = watcher.get("/beheer/voorstellen").text
    address = re.search(r'action="(/beheer/voorstellen/\d+)"', asked)
    assert address
    assert watcher.post(address[1], data=form(asked, besluit="goed")).status_code == 303
    page = watcher.get("/beheer/voorstellen").text
    assert "wacht een stap" not in page
    assert "Voorgesteld door Berend Blauwdruk, goedgekeurd door Flora Fictie: Kent het werk." in page
    assert "Aangewezen om een stap op te pakken" in admin.get("/beheer/mensen/mies").text
    assert visit(COORDINATOR).get("/beheer/voorstellen").status_code == 403


def test_who_is_away_names_a_deputy_and_colleagues_read_until_when_and_how_to_reach(visit: Visit, play: Play) -> None:
    play.start(example("alles_loopt_goed").actions[0].answers, REPORTER)
    task = play.row("signaal_bespreken")
    with play.database.writing() as tx:
        store.tasks.assign(tx, task.id, COORDINATOR, play.now)
        store.staff.keep(tx, replace(store.staff.one(tx, COORDINATOR), phone="045 123", working_days=("maandag",)))
    mine = visit(COORDINATOR)
    page = mine.get("/mijn/afwezig").text
    assert "Mo Maquette" in page
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    wrong = mine.post("/mijn/afwezig", data=form(page, van="", tot=day))
    assert (wrong.status_code, 'href="#van"' in wrong.text) == (422, True)
    today = datetime.now(UTC).date().isoformat()
    assert mine.post("/mijn/afwezig", data=form(page, van=today, tot=day, waarnemer="mo_maquette")).status_code == 303
    page = visit("vera_voorbeeld").get(f"/taken/{task.id}").text
    assert "Werkt ma; afwezig tot en met" in page
    assert "neemt waar: Mo Maquette" in page
    assert 'href="tel:045123"' in page
    assert "afwezig tot en met" in visit("vera_voorbeeld").get("/werk?lijst=alle").text.lower()


def test_a_beheerder_renames_an_organisation_and_reads_who_still_works_there(visit: Visit) -> None:
    admin = visit(ADMIN)
    address = "/beheer/organisaties/zuid-limburg/schuldhulp_rondkomstig"
    assert address in admin.get("/beheer/organisaties").text
    page = admin.get(address).text
    assert "Hier werken nog: " in page
    assert admin.post(f"{address}/stand", data=form(page, stand="gestopt")).status_code == 409
    assert admin.post(address, data=form(page, naam="")).status_code == 422
    sent = form(page, naam="Rondkomen", telefoon="045 9", mail="hulp@rondkomen.example")
    assert admin.post(address, data=sent).headers["location"] == "/beheer/organisaties"
    assert "Rondkomen" in admin.get("/beheer/organisaties").text
    assert "Rondkomen" in admin.get("/beheer/mensen/nieuw").text

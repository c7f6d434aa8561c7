"""A letter or note that comes late: added without opening a dossier, and read by who wrote it alone."""

import re

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from engine import cases, store
from engine.store.tables import note, person
from engine.words import RoleId
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, LEAD, OVERSEER, REPORTER, STRANGER, Play, example

pytestmark = pytest.mark.sqlite_first

LETTER = "Het ziekenhuis schreef dat\nalles goed is."


def add(client: TestClient, play: Play, text: str = LETTER) -> int:
    address = f"/wat-ik-schreef/{play.case_id}/later"
    page = client.get(address)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    sent = {"csrf_token": token[1] if token else "", "tekst": text}
    return client.post(address, data=sent).status_code if page.status_code == 200 else page.status_code


def test_who_wrote_adds_a_letter_after_the_end_and_reads_it_back(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"))
    lead = visit(LEAD)
    assert lead.get(f"/casus/{play.case_id}").status_code == 404, "reading ended with the case"
    assert f"/wat-ik-schreef/{play.case_id}/later" in lead.get("/wat-ik-schreef").text
    assert add(lead, play) == 303
    assert "Het ziekenhuis schreef dat" in lead.get("/wat-ik-schreef").text
    for other in (OVERSEER, COORDINATOR, REPORTER):
        client = visit(other)
        read = client.get("/wat-ik-schreef").text + client.get(f"/casus/{play.case_id}").text
        assert "Het ziekenhuis" not in read
    assert play.view(OVERSEER).status != "lopend"


def test_the_team_adds_one_to_a_dossier_that_ended_and_no_sooner(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    team = next(p for p in (OVERSEER, COORDINATOR) if not _wrote(play, p))
    client = visit(team)
    assert add(client, play) == 404
    with play.as_(team) as ctx:
        cases.close(ctx, play.case_id, "Het gezin is verhuisd.")
    assert f"/wat-ik-schreef/{play.case_id}/later" in client.get(f"/casus/{play.case_id}").text
    assert add(client, play) == 303
    assert "Het ziekenhuis" in client.get("/wat-ik-schreef").text


@pytest.mark.any_database
def test_who_has_nothing_to_do_with_it_is_told_nothing_and_an_empty_note_is_asked_again(
    visit: Visit, play: Play
) -> None:
    play.play(example("alles_loopt_goed"))
    assert add(visit(STRANGER), play) == 404
    assert add(visit(LEAD), play, "  ") == 422
    with play.database.reading() as tx:
        assert tx.execute(sa.select(note)).all() == []


@pytest.mark.any_database
def test_the_api_adds_a_note_too_and_gives_it_back_to_who_wrote_it(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"))
    address = f"/v1/cases/{play.case_id}/notes"
    assert visit(STRANGER).post(address, json={"text": LETTER}).status_code == 404
    assert visit(LEAD).post(address, json={"text": " "}).status_code == 422
    assert visit(LEAD).post(address, json={"text": LETTER}).status_code == 204
    (kept,) = visit(LEAD).get("/v1/notes").json()
    assert (kept["caseId"], kept["text"]) == (play.case_id, LETTER)
    assert visit(OVERSEER).get("/v1/notes").json() == []


@pytest.mark.any_database
def test_who_closed_and_reopened_a_dossier_rereads_why_after_it_is_closed_again(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.as_(OVERSEER) as ctx:
        cases.close(ctx, play.case_id, "Het gezin wil rust.")
    undo = re.search(r"kp-undo.*?</form>", visit(OVERSEER).get(f"/casus/{play.case_id}").text, re.DOTALL)
    assert undo
    assert "Het gezin wil rust.</strong>" in undo[0], "one full stop is enough"
    with play.as_(OVERSEER) as ctx:
        cases.reopen(ctx, play.case_id, "Ze belde zelf")
        cases.close(ctx, play.case_id, "Toch niet")
    own = visit(OVERSEER).get("/wat-ik-schreef").text
    assert {"Het gezin wil rust.", "Ze belde zelf", "Toch niet"} <= set(re.findall(r"<dd>([^<]+)</dd>", own))
    assert "Ze belde zelf" not in visit(COORDINATOR).get("/wat-ik-schreef").text


@pytest.mark.any_database
def test_the_api_removes_the_own_signal_and_joins_two_dossiers_as_the_page_does(visit: Visit, play: Play) -> None:
    signal = example("alles_loopt_goed").actions[0].answers
    first = play.start(signal)
    assert visit(OVERSEER).post(f"/v1/cases/{first}/removal", json={"reason": "vergissing"}).status_code == 403
    assert visit(REPORTER).post(f"/v1/cases/{first}/removal", json={"reason": "zomaar"}).status_code == 400
    assert visit(REPORTER).post(f"/v1/cases/{first}/removal", json={"reason": "vergissing"}).status_code == 204
    assert play.view(OVERSEER).status == "verwijderd"
    numbers = []
    for _ in range(2):
        play.case_id = 0
        play.play(example("alles_loopt_goed"), until="kennismaken")
        numbers.append(play.case_id)
    stops, goes_on = numbers
    (other,) = visit(OVERSEER).get(f"/v1/cases/{stops}").json()["alike"]
    assert (other["id"], other["joins"]) == (goes_on, True)
    assert visit(STRANGER).post(f"/v1/cases/{stops}/join", json={"into": goes_on}).status_code == 404
    assert visit(OVERSEER).post(f"/v1/cases/{stops}/join", json={"into": goes_on}).status_code == 204
    assert visit(OVERSEER).get(f"/v1/cases/{stops}").json()["status"] == "gesloten"


def test_a_note_goes_when_its_case_is_erased(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"))
    add(visit(LEAD), play)
    with play.database.writing() as tx:
        store.personal.erase(tx, play.case_id)
    with play.database.reading() as tx:
        assert tx.execute(sa.select(note)).all() == []


def _wrote(play: Play, person: str) -> bool:
    with play.database.reading() as tx:
        return store.notes.wrote(tx, play.case_id, person)


def test_who_signalled_reads_what_the_knooppunt_said_of_it_where_the_family_lets_that(visit: Visit, play: Play) -> None:
    play.play(example("een_duidelijke_vraag"), until="steun_afspreken")
    with play.database.writing() as tx:
        members = store.case_files.participants(tx, play.case_id)
        (who,) = (id for id, role in members if role == RoleId.AANMELDER)
    answer = "Het Knooppunt denkt mee; het gezin weet wie er belt."
    for organisation, said in (("jgz_heuvelkind", True), ("kraamzorg_zachtland", False)):
        with play.database.writing() as tx:
            tx.execute(sa.update(person).where(person.c.id == who).values(organisation=organisation))
        page = visit(who).get("/wat-ik-schreef").text
        assert (answer in page) is said
        assert ("Telefoon" in page) is said
        assert ("Het Knooppunt heeft je signaal ontvangen." in page) is not said

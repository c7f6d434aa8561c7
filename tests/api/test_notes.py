"""A letter or note that comes late: added without opening a dossier, and read by who wrote it alone."""

import re

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from engine import cases, store
from engine.store.tables import note
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

"""Following a case beside its steps: that somebody was in touch, who reads what of it, and how lists ask it."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import cases, deadlines
from engine.errors import NotAllowedError
from engine.words import Contact, Reached
from tests.api.conftest import Visit
from tests.api.test_answering import MAATJE, followed, row_of, token_in
from tests.engine.playing import COORDINATOR, OVERSEER, Play

__all__ = ["followed"]
pytestmark = pytest.mark.any_database


def test_contact_is_noted_without_a_task_and_stands_in_the_history(followed: Play, visit: Visit) -> None:
    client, address = visit(OVERSEER), f"/casus/{followed.case_id}/contact"
    page = client.get(address, params={"afspraak": row_of(followed).item}).text
    form = {"csrf_token": token_in(page), "hoe": "gebeld", "uitkomst": "voicemail", "opmerking": "Belt maandag terug."}
    wrong = client.post(address, data={**form, "dag": "2999-01-01"})
    assert (wrong.status_code, "Deze dag moet nog komen" in wrong.text) == (422, True)
    day = datetime.now(UTC).date().isoformat()
    assert client.post(address, data={**form, "dag": day, "afspraak": row_of(followed).item}).status_code == 303
    read = client.get(f"/casus/{followed.case_id}").text
    assert "Gebeld op" in read
    assert "voicemail ingesproken" in read
    assert "over de afspraak “Weten waar babyspullen" in read


def test_one_chooses_to_be_mailed_only_what_is_late(followed: Play, visit: Visit) -> None:
    client = visit(OVERSEER)
    form = {"csrf_token": token_in(client.get("/mijn").text), "mail": "alleen-te-laat"}
    assert client.post("/mijn/mail", data=form).status_code == 303
    assert 'value="alleen-te-laat" checked' in client.get("/mijn").text


def test_a_traject_is_paused_from_its_page_and_goes_on_again(followed: Play, visit: Visit) -> None:
    client, address = visit(OVERSEER), f"/casus/{followed.case_id}/pauze"
    form = {"csrf_token": token_in(client.get(address).text), "reden": "Het gezin is op reis."}
    assert client.post(address, data=form).status_code == 422
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    assert client.post(address, data={**form, "tot": day}).status_code == 303
    assert "Dit traject staat op pauze tot" in client.get(f"/casus/{followed.case_id}").text
    assert client.post(address, data={**form, "doe": "verder"}).status_code == 303
    read = client.get(f"/casus/{followed.case_id}").text
    assert "Dit traject staat op pauze tot" not in read
    assert "Weer verdergegaan" in read


def test_a_task_gets_another_day_from_its_page(followed: Play, visit: Visit) -> None:
    row, client = row_of(followed), visit(OVERSEER)
    address = f"/taken/{row.id}/uitstellen"
    form = {"csrf_token": token_in(client.get(address).text), "reden": "De vrijwilliger is ziek."}
    assert client.post(address, data={**form, "dag": "2020-01-01"}).status_code == 422
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    assert client.post(address, data={**form, "dag": day.isoformat()}).status_code == 303
    assert row_of(followed).deadline == deadlines.end_of_day(day)


def test_what_was_said_is_a_story_and_how_and_when_is_not(followed: Play) -> None:
    with followed.as_(COORDINATOR) as ctx:
        cases.contacted(ctx, followed.case_id, Contact.CALLED, Reached.SPOKEN, ctx.today, remark="Zij huilde.")
    seen = {who: followed.view(who).history[-1].detail for who in (COORDINATOR, OVERSEER)}
    assert [("reden" in detail, detail["hoe"]) for detail in seen.values()] == [(True, "gebeld"), (False, "gebeld")]


def test_lists_ask_when_somebody_was_last_in_touch(followed: Play) -> None:
    item = row_of(followed).item
    with followed.as_(OVERSEER) as ctx:
        cases.contacted(ctx, followed.case_id, Contact.CALLED, Reached.VOICEMAIL, ctx.today, item=item)
        cases.contacted(ctx, followed.case_id, Contact.MAILED, Reached.SPOKEN, ctx.today - timedelta(3), item=item)
        cases.contacted(ctx, followed.case_id, Contact.MET, Reached.SPOKEN, ctx.today)
        last = cases.last_contacts(ctx.tx, [followed.case_id])
    assert {key: contact.way for key, contact in last.items()} == {
        (followed.case_id, item): Contact.CALLED,
        (followed.case_id, ""): Contact.MET,
    }
    with followed.as_(MAATJE) as ctx, pytest.raises(NotAllowedError):
        cases.contacted(ctx, followed.case_id, Contact.CALLED, Reached.SPOKEN, ctx.today)

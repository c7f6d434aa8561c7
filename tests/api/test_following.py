"""Following a case beside its steps: that somebody was in touch, who reads what of it, and how lists ask it."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import cases
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

"""Answering an agreement by a link: what its page shows, what sending it does, and what is kept of the link."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import store
from engine.cases import Context, links
from engine.definitions.registers import AgreementRow
from engine.store.tables import look, metadata, person
from engine.words import AgreementStatus, LinkKind
from tests.api.conftest import Visit
from tests.engine.playing import OVERSEER, STRANGER, Play, example

pytestmark = pytest.mark.any_database

FOLLOWED = "afspraak_opvolgen"
MAATJE = "sam_sprookje"  # works for the organisation whose agreement it is


@pytest.fixture
def followed(play: Play) -> Play:
    """A case in which an agreement with an organisation is followed."""
    return play.play(example("een_duidelijke_vraag"), until=FOLLOWED)


def row_of(play: Play) -> store.tasks.TaskRow:
    return next(row for row in play.rows() if row.element == FOLLOWED)


def make(play: Play, *, by: str = "", days: int = 7) -> str:
    """A link for somebody about the agreement that is followed."""
    row, now = row_of(play), datetime.now(UTC)
    with play.database.writing() as tx:
        ctx = Context(tx, play.library, store.people.one(tx, by or MAATJE), now)
        expires = now + timedelta(days=days)
        return links.make(ctx, LinkKind.AFSPRAAK, str(row.id), play.case_id, by or MAATJE, expires)


def agreement(play: Play) -> AgreementRow:
    return play.view(OVERSEER).rows(AgreementRow)[0]


def token_in(page: str) -> str:
    given = re.search(r'name="csrf_token" value="([^"]*)"', page)
    return given[1] if given else ""


def test_an_agreement_is_answered_by_a_link_once_and_opening_it_changes_nothing(followed: Play, visit: Visit) -> None:
    address = links.address(make(followed))
    client = visit("")
    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    assert "Weten waar babyspullen goedkoop te krijgen zijn" in page.text
    assert "Welke dag past jou beter?" not in page.text
    assert "Klaarwens" not in page.text
    assert "Alles klaar hebben" not in page.text  # the family's goal
    sent = client.post(address, data={"status": "gedaan", "toelichting": "", "_getoond": "status toelichting"})
    assert (sent.status_code, "je antwoord is doorgegeven" in sent.text) == (200, True)
    assert agreement(followed).status == AgreementStatus.DONE
    for again in (client.get(address), client.post(address, data={"status": "niet_gedaan"})):
        assert (again.status_code, links.PAST in again.text) == (404, True)
    assert agreement(followed).status == AgreementStatus.DONE


def test_another_day_is_asked_on_the_same_page_and_a_wrong_one_is_told(followed: Play, visit: Visit) -> None:
    address, client = links.address(make(followed)), visit("")
    asked = client.post(address, data={"status": "open", "_getoond": "status toelichting"})
    assert "Welke dag past jou beter?" in asked.text
    shown = {"status": "open", "_getoond": "status gewenste_dag toelichting"}
    wrong = client.post(address, data={**shown, "gewenste_dag": "2020-01-01"})
    assert wrong.status_code == 422
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    assert client.post(address, data={**shown, "gewenste_dag": day}).status_code == 200
    assert "andere_dag_afspreken" in followed.open()


def test_a_link_is_worth_what_its_person_may_now(followed: Play, visit: Visit) -> None:
    client = visit("")
    stranger = links.address(make(followed, by=STRANGER))
    assert client.get(stranger).status_code == 404
    own = links.address(make(followed))
    assert client.get(own).status_code == 200
    with followed.database.writing() as tx:
        tx.execute(sa.update(person).where(person.c.id == MAATJE).values(organisation="ergens_anders"))
    assert client.get(own).status_code == 404
    assert client.post(own, data={"status": "gedaan"}).status_code == 404
    assert agreement(followed).status == AgreementStatus.OPEN


def test_unknown_used_and_old_links_are_refused_in_the_same_words(followed: Play, visit: Visit) -> None:
    client = visit("")
    old = links.address(make(followed, days=-1))
    assert {client.get(path).text for path in (old, "/antwoord/onbekend")} == {client.get(old).text}


def test_the_page_names_nobody_whatever_was_agreed(followed: Play, visit: Visit) -> None:
    with followed.database.writing() as tx:
        said = "Kira Klaarwens bellen op 06-12345678 over Zo"
        tx.execute(sa.update(metadata.tables["agreement"]).values(what=said))
    page = visit("").get(links.address(make(followed))).text
    assert "… … bellen op … over Zo" in page


def test_what_a_link_shows_is_a_look_by_its_person_whoever_is_signed_in(followed: Play, visit: Visit) -> None:
    client = visit(OVERSEER)
    address = links.address(make(followed))
    page = client.get(address)
    assert "Vera" not in page.text
    assert client.post(address, data={"status": "gedaan"}).status_code == 403  # sent by another site
    form = {"status": "gedaan", "csrf_token": token_in(page.text), "_getoond": "status toelichting"}
    sent = client.post(address, data=form)
    assert sent.status_code == 200
    with followed.database.reading() as tx:
        looks = tx.execute(sa.select(look).where(look.c.address.contains("/antwoord/")).order_by(look.c.id)).all()
    assert [(row.person_id, row.address) for row in looks] == [
        (MAATJE, "GET /antwoord/{token}"),
        (MAATJE, "POST /antwoord/{token}"),
    ]
    event = followed.view(OVERSEER).history[-1]
    assert event.actor == MAATJE


def test_of_a_link_nothing_is_kept_that_opens_it(
    followed: Play, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = make(followed)
    client = visit("")
    client.get(links.address(token))
    client.post(links.address(token), data={"status": "open"})
    client.post(links.address(token), data={"status": "gedaan", "_getoond": "status toelichting"})
    own = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert not [line for line in own if token in line]
    with followed.database.reading() as tx:
        for table in metadata.sorted_tables:
            assert token not in str(tx.execute(sa.select(table)).all()), table.name

"""What is given after a meeting: the plan for the parents, and to each partner only what the family opens to it."""

import re
from io import BytesIO

import docx
import pypdf
import pytest
from fastapi.testclient import TestClient

from engine.cases import Wish, withdraw
from engine.definitions.registers import AgreementRow, DisclosureRow
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, PARTNER, STRANGER, Play, example

pytestmark = pytest.mark.any_database

PARTNERS = "schuldhulp_rondkomstig"


def file(client: TestClient, address: str, **form: str) -> bytes:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert token is not None
    answer = client.post(address, data={"csrf_token": token[1], **form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def written(content: bytes) -> str:
    """All that a file for a word processor says."""
    paper = docx.Document(BytesIO(content))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def printed(content: bytes) -> str:
    """All that a PDF says, on one line."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


@pytest.fixture
def planned(play: Play) -> Play:
    """A case of which the plan was made."""
    return play.play(example("alles_loopt_goed"), until="verslag_delen")


def test_a_partner_gets_the_own_agreements_and_no_word_that_is_not_opened_to_it(visit: Visit, planned: Play) -> None:
    rows = planned.view(OVERSEER).rows(AgreementRow)
    own = [row for row in rows if row.organisation == PARTNERS]
    others = [row for row in rows if row.organisation != PARTNERS]
    assert own
    assert others
    with planned.as_(OVERSEER) as ctx:
        withdraw(ctx, planned.case_id, Wish(organisation=PARTNERS, kind="doelen_plan"))
    client, address = visit(OVERSEER), f"/casus/{planned.case_id}/verslag/{PARTNERS}"
    for said in (written(file(client, address, soort="docx")), printed(file(client, address, soort="pdf"))):
        for row in own:
            assert row.what in said
            assert row.assignment in said
        mine = {row.goal for row in own}
        secret = [*(goal for goal in planned.view(OVERSEER).goals if goal not in mine), *(row.what for row in others)]
        assert [word for word in secret if word in said] == []


def test_where_the_plan_is_open_a_partner_reads_of_others_what_and_who_and_no_assignment(
    visit: Visit, planned: Play
) -> None:
    rows = planned.view(PARTNER).rows(AgreementRow)
    others = [row for row in rows if row.organisation != PARTNERS]
    said = written(file(visit(OVERSEER), f"/casus/{planned.case_id}/verslag/{PARTNERS}", soort="docx"))
    assert all(row.what in said for row in rows)
    assert not [row.assignment for row in others if row.assignment and row.assignment in said]
    assert all(goal in said for goal in planned.view(PARTNER).goals)


def test_the_parents_get_the_whole_plan_on_one_sheet_with_a_beginning_in_their_own_language(
    visit: Visit, planned: Play
) -> None:
    client, address = visit(OVERSEER), f"/casus/{planned.case_id}/verslag/gezin"
    content = file(client, address, soort="pdf", taal="pl")
    pdf = pypdf.PdfReader(BytesIO(content))
    assert len(pdf.pages) == 1
    assert b"pdfuaid" in content
    said = printed(content)
    view = planned.view(OVERSEER)
    assert all(goal in said for goal in view.goals)
    assert all(row.what in said for row in view.rows(AgreementRow))
    assert "To jest Twój plan." in said
    assert "To jest" not in printed(file(client, address, soort="pdf"))


def test_what_is_given_is_recorded_once_a_day_with_who_and_when(visit: Visit, planned: Play) -> None:
    client, place = visit(OVERSEER), f"/casus/{planned.case_id}/verslag"
    before = len(planned.view(OVERSEER).rows(DisclosureRow))
    for kind in ("pdf", "docx"):
        file(client, f"{place}/{PARTNERS}", soort=kind)
    file(client, f"{place}/gezin", soort="pdf")
    given = planned.view(OVERSEER).rows(DisclosureRow)[before:]
    assert [(row.recipients, row.ground) for row in given] == [
        ((PARTNERS,), "toestemming"),
        (("het gezin",), "toestemming"),
    ]
    page = client.get(place).text
    assert page.count("Gegeven op") == 2
    assert client.get(f"/casus/{planned.case_id}").status_code == 200


def test_only_who_keeps_the_overview_or_leads_gives_and_only_to_whom_consent_names(visit: Visit, planned: Play) -> None:
    place = f"/casus/{planned.case_id}/verslag"
    assert visit(LEAD).get(place).status_code == 200, "who leads for the family"
    assert visit(PARTNER).get(place).status_code == 403
    assert visit(STRANGER).get(place).status_code == 404
    client = visit(OVERSEER)
    assert client.get(f"{place}/niemand").status_code == 404
    with planned.as_(OVERSEER) as ctx:
        withdraw(ctx, planned.case_id, Wish(organisation=PARTNERS))
    assert client.get(f"{place}/{PARTNERS}").status_code == 404
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{place}/gezin").text)
    assert token is not None
    answer = client.post(f"{place}/{PARTNERS}", data={"csrf_token": token[1], "soort": "pdf"})
    assert answer.status_code == 404


def test_what_was_given_already_stands_in_the_step_that_shares_it(visit: Visit, planned: Play) -> None:
    client, step = visit(OVERSEER), f"/taken/{planned.row('verslag_delen').id}"
    ticked = rf'<input[^>]*value="{PARTNERS}"[^>]*\bchecked\b'
    assert re.search(ticked, client.get(step).text) is None
    file(client, f"/casus/{planned.case_id}/verslag/{PARTNERS}", soort="docx")
    page = client.get(step).text
    assert re.search(ticked, page)
    assert "Een uittreksel van het plan</textarea>" in page
    assert len(re.findall(r'<input[^>]*name="verslag_aan"[^>]*\bchecked\b', page)) == 1

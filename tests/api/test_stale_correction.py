"""A correction on a page that is old by now: nobody's work is lost without a word."""

import re

import pytest

from tests.api.conftest import Visit
from tests.engine.playing import OVERSEER, Play, example

pytestmark = pytest.mark.sqlite_first


def hidden(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert match
    return match[1]


def test_a_correction_on_a_page_that_is_old_by_now_loses_no_agreement(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="verslag_delen")
    client = visit(OVERSEER)
    address = f"/casus/{play.case_id}/corrigeren/overleg/plan_vastleggen"
    page = client.get(address).text
    (done,) = (e for e in play.history() if e.kind == "afgerond" and e.element == "plan_vastleggen")
    before = {k: v for k, v in play.document().items() if k in done.detail["velden"] and v is not None}
    first = {k: v for k, v in before["afspraken"][0].items() if k != "id"}
    more = [*before["afspraken"], {**first, "wat": "Later bedacht"}]
    play.correct("overleg", "plan_vastleggen", {**before, "afspraken": more}, "Vergeten")
    sent = {"_reden": "Typfout", "eigen_kracht": "Haar zus", "csrf_token": hidden(page, "csrf_token")}
    response = client.post(address, data={**sent, "_basis": hidden(page, "_basis")})
    assert response.status_code == 409
    assert "Haar zus" in response.text
    assert play.document()["afspraken"][-1]["wat"] == "Later bedacht"
    assert hidden(client.get(address).text, "_basis") != hidden(page, "_basis")

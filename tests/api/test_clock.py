"""A clock that stands still is told to who keeps the house and to who keeps the overview, and is set going again."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from engine import cases, store, worker
from engine.store.tables import job
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, Play, example


def health(visit: Visit) -> dict[str, object]:
    response = visit("").get("/healthz")
    assert response.status_code == 200, "people can work: no reason to take the pages away"
    return dict(response.json())


@pytest.fixture
def stuck(play: Play, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A case of a family that agreed, whose clock failed eight times."""
    due(play, play.now)
    with monkeypatch.context() as broken:
        broken.setattr(cases, "tick", _broken)
        for _ in range(8):
            with play.database.writing() as tx:
                tx.execute(sa.update(job).values(due_at=play.now))
                assert worker.step(tx, play.library, play.now)
    return play


def due(play: Play, moment: datetime) -> None:
    """A case of a family that agreed, with work for its clock at this moment."""
    if not play.case_id:
        play.play(example("alles_loopt_goed"), until="kennismaken")
    with play.database.writing() as tx:
        store.jobs.plan(tx, "klok", play.case_id, moment)


def _broken(*_: object) -> None:
    raise RuntimeError("Familie Geheim")


def test_a_clock_that_goes_is_healthy(visit: Visit, play: Play) -> None:
    due(play, datetime.now(UTC) + timedelta(days=1))
    assert health(visit) == {"status": "ok", "stuckJobs": 0, "lateJobs": 0, "stuckMail": 0}


def test_a_stuck_clock_is_counted_for_who_keeps_the_house_without_a_name(visit: Visit, stuck: Play) -> None:
    assert health(visit) == {"status": "degraded", "stuckJobs": 1, "lateJobs": 0, "stuckMail": 0}


def test_work_that_nobody_takes_tells_that_no_worker_runs(visit: Visit, play: Play) -> None:
    due(play, datetime.now(UTC) - timedelta(minutes=14))
    assert health(visit)["status"] == "ok"
    due(play, datetime.now(UTC) - timedelta(minutes=30))
    assert health(visit) == {"status": "degraded", "stuckJobs": 0, "lateJobs": 1, "stuckMail": 0}


def test_who_oversees_finds_it_on_the_worklist_and_sets_it_going(visit: Visit, stuck: Play) -> None:
    assert "niet worden verwerkt" not in visit(LEAD).get("/werk").text
    client = visit(OVERSEER)
    page = client.get("/werk").text
    assert "1 herinnering kon niet worden verwerkt" in unescape(page)
    assert re.search(rf'<li><a [^>]*href="/casus/{stuck.case_id}">Schijnbaar</a></li>', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert client.post("/werk/klok", data={}).status_code == 403
    assert client.post("/werk/klok", data={"csrf_token": token[1]}).status_code == 303
    with stuck.database.writing() as tx:
        assert worker.step(tx, stuck.library, stuck.now + timedelta(minutes=5))
    assert "niet worden verwerkt" not in client.get("/werk").text
    assert health(visit)["stuckJobs"] == 0

"""Whatever is sent to the API, no answer is a failure of ours, and each is what the description says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_asgi
from schemathesis.specs.openapi import checks

from engine import cases, store
from engine.store import Database
from tests.engine.playing import LEAD, OVERSEER, REPORTER, Play, example

pytestmark = pytest.mark.any_database

SAMPLE, ALL = 24, 240
"""How many requests for each operation: a thousand in all, and ten thousand."""
PATIENCE = 120
"""Within so many seconds an answer comes, however busy the machine is: how quick it is, is measured elsewhere."""

HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
PEOPLE = (REPORTER, LEAD, OVERSEER, "berend_blauwdruk", "flora_fictie")
NUMBERS = {"case_id", "task_id", "access_id", "proposal_id", "absence_id"}


@pytest.fixture
def tokens(play: Play, database: Database) -> list[str]:
    """A case that is at its plan and two that were just begun, one of which somebody of the family wants to see, and a
    session of each who may know them and of who runs the house.
    """
    play.play(example("alles_loopt_goed"), until="plan_vastleggen")
    for _ in range(2):
        play.start(example("alles_loopt_goed").actions[0].answers)
    now = datetime.now(UTC)
    with play.as_(OVERSEER) as ctx:
        cases.record_access(ctx, play.case_id, "moeder", "Zij", now.date(), "Ik ken haar.")
    with database.writing() as tx:
        return [store.sessions.begin(tx, person, now, now + timedelta(hours=9)) for person in PEOPLE]


def hold(app: FastAPI, tokens: list[str], many: int) -> int:
    """Send so many requests to each operation; gives to how many operations."""
    described = from_asgi("/v1/openapi.json", app)
    operations: list[Any] = [result.ok() for result in described.get_all_operations()]  # type: ignore[union-attr]
    there = st.one_of(st.integers(1, 16), st.just(None))
    for operation in operations:

        @settings(
            max_examples=many,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(sent=operation.as_strategy(), number=there, token=st.sampled_from(tokens), who=st.sampled_from(PEOPLE))
        def send(sent: Any, number: int | None, token: str, who: str) -> None:
            for name in NUMBERS & set(sent.path_parameters or ()):
                if number is not None:
                    sent.path_parameters[name] = number
            if number is not None and "person_id" in (sent.path_parameters or ()):
                sent.path_parameters["person_id"] = who
            cookies: dict[str, Any] = {"knooppunt": token}
            sent.call_and_validate(cookies=cookies, checks=HELD, timeout=PATIENCE)

        send()
    return len(operations)


def test_no_request_breaks_the_api(app: FastAPI, tokens: list[str]) -> None:
    assert hold(app, tokens, SAMPLE) >= 20


@pytest.mark.long
def test_no_request_at_all_does(app: FastAPI, tokens: list[str]) -> None:
    assert hold(app, tokens, ALL) >= 20

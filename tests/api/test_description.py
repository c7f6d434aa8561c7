"""What /v1/openapi.json says holds to the NL API Design Rules, and the API does what it says."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.request import House
from api.v1 import endpoints
from engine.cases import Library
from engine.store import Database
from tests.api.conftest import Visit
from tests.engine.playing import OVERSEER, REPORTER, Play, example

ROOT = Path(__file__).parents[2]
RULES = (
    Path(os.environ.get("KNOOPPUNT_STANDARDS", ROOT.parent / "shared" / "standards")) / "api-design-rules-linter.yaml"
)
SPECTRAL = ROOT / "node_modules" / ".bin" / "spectral"
SIGNAL = example("alles_loopt_goed").actions[0].answers

pytestmark = pytest.mark.any_database


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


@pytest.mark.skipif(not RULES.exists(), reason=f"the rules of the linter are not at {RULES}")
def test_the_linter_of_the_design_rules_finds_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(document), encoding="utf-8")
    node = shutil.which("node") or str(ROOT / ".tools" / "bin" / "node")
    command = [node, str(SPECTRAL.resolve()), "lint", "--fail-severity", "warn", "-r", str(RULES), str(description)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def operations(document: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_a_name_a_version_and_problems_as_refusals(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert {"listTasks", "startCase", "readDefinition"} <= set(names)
    assert len(names) == len(set(names))
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "cookie", "knooppunt")
    assert document["security"] == [{"session": []}]
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert {"401", "503"} <= set(responses), (path, method)
        may_miss = "{" in path or (method == "post" and path in ("/cases", "/proposals"))  # no such process or step
        assert ("404" in responses) is may_miss
        for status, response in responses.items():
            if status < "400":
                assert "API-Version" in response["headers"]
            else:
                problem = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
                assert set(problem["content"]) == {"application/problem+json"}


def test_a_list_names_its_next_page_with_all_that_was_asked(
    visit: Visit, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "PAGE_SIZE", 1)
    play.start(SIGNAL)
    play.start(SIGNAL)
    client = visit(OVERSEER)
    for asked in ("/v1/tasks?list=alle&municipality=kerkrade", "/v1/cases?status=lopend"):
        address, numbers = asked, []
        while address:
            answer = client.get(address)
            rows = answer.json()["tasks"] if "tasks" in asked else answer.json()
            numbers += [row["id"] for row in rows]
            link = answer.headers.get("link", "")
            assert link == "" or link.startswith(f"<{asked}&after=")
            address = link.partition("<")[2].partition(">")[0]
        assert len(numbers) == len(set(numbers)) >= 2


@pytest.mark.parametrize(
    ("person", "method", "path", "sent", "status"),
    [
        ("", "get", "/tasks", {}, 401),
        (OVERSEER, "get", "/cases", {"params": {"after": "0"}}, 400),
        (OVERSEER, "get", "/cases/{case_id}", {"number": "987654"}, 404),
        (OVERSEER, "post", "/cases/{case_id}/messages", {"json": {"name": "onbekend"}}, 409),
        (OVERSEER, "post", "/cases/{case_id}/notes", {"json": {}}, 400),
        (REPORTER, "post", "/cases/{case_id}/notes", {"json": {"text": " "}}, 422),
        (REPORTER, "post", "/tasks/search", {"json": {}, "headers": {"origin": "https://elders.example"}}, 403),
        (REPORTER, "post", "/cases", {"json": {"municipality": "x" * 1_000_001}}, 413),
    ],
)
def test_a_refusal_is_as_it_is_described(
    visit: Visit,
    play: Play,
    document: dict[str, Any],
    person: str,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
) -> None:
    play.start(SIGNAL)
    number = sent.pop("number", play.case_id)
    response = visit(person).request(method, "/v1" + path.format(case_id=number), **sent)
    assert response.status_code == status
    assert str(status) in document["paths"][path][method]["responses"]
    problem = response.json()
    schema = document["components"]["schemas"]["Problem"]
    assert set(schema["required"]) <= set(problem) <= set(schema["properties"])
    assert response.headers["api-version"] == document["info"]["version"]


def test_a_full_queue_is_as_it_is_described(database: Database, library: Library, document: dict[str, Any]) -> None:
    response = TestClient(create_app(House(database, library, demo=True), queue=0)).get("/v1/tasks")
    assert (response.status_code, response.headers["content-type"]) == (503, "application/problem+json")
    assert set(document["components"]["responses"]["Problem503"]["headers"]) == {"API-Version", "Retry-After"}
    assert {"api-version", "retry-after"} <= set(response.headers)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/cases", "GET, POST"),
        ("PUT", "/v1/cases/1", "GET"),
        ("GET", "/v1/tasks/1/claim", "POST"),
        ("PUT", "/werk", "GET, POST"),
        ("POST", "/static/app.css", "GET, HEAD"),
    ],
)
def test_what_may_not_be_done_says_what_may(visit: Visit, method: str, path: str, allowed: str) -> None:
    response = visit(OVERSEER).request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed

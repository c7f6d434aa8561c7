"""The description of the API at /v1/openapi.json, after the NL API Design Rules 2.x: what is sent, what comes back."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

BASE = "/v1"
PROBLEM = "application/problem+json"
REFUSALS: Mapping[int, str] = {
    400: "What was sent can't be read: no JSON, a missing member, another kind of value.",
    401: "Nobody is signed in.",
    403: "This person may not do this, or another site sent it.",
    404: "There is no such thing, or not for this person.",
    409: "It can't be any more: somebody was first, or the case went on.",
    413: "The body is larger than the house takes.",
    422: "It can be read, and breaks a rule; `fields` says which answer.",
    503: "The queue is full or the database can't do it now; `Retry-After` says in how many seconds to try again.",
}
APART = ("/people", "/proposals", "/vacancies", "/access-requests")
"""What who has no such role isn't answered at all."""
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "What went wrong, after RFC 9457; in Dutch, to show to who sent it.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, why, and what to do."},
        "fields": {
            "type": "object",
            "description": "What is wrong with each member that was sent.",
            "additionalProperties": {"type": "string"},
        },
    },
}


def operation_id(route: APIRoute) -> str:
    """The name of an operation, such as listTasks."""
    return to_camel(route.name)


def describe(app: FastAPI, cookie: str) -> None:
    """Let the application describe its API so; `cookie` is the name of the session's."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _description(app, cookie)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign] # so FastAPI says that it is done


def _description(app: FastAPI, cookie: str) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        contact=app.contact,
        routes=app.routes,
        servers=[{"url": BASE, "description": "This installation"}],
    )
    document["paths"] = {path.removeprefix(BASE): methods for path, methods in document["paths"].items()}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, set(_refusals(path, method, operation)))
    parts = document["components"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which is not how it is told here
        parts["schemas"].pop(name, None)
    parts["schemas"]["Problem"] = dict(SCHEMA)
    parts["responses"] = {f"Problem{status}": _problem(status) for status in REFUSALS}
    parts["headers"] = {
        "API-Version": {"description": "The full version of this API.", "schema": {"type": "string"}, "required": True}
    }
    parts["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "The session of who signed in."}
    }
    document["security"] = [{"session": []}]
    return document


def _refusals(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[int]:
    """With which statuses an operation may refuse."""
    yield from (401, 503)
    if "{" in path or (path, method) in (("/cases", "post"), ("/proposals", "post")):  # no such process or step here
        yield 404
    if "{task_id}" in path or "{access_id}" in path or ("{" in path and method == "post"):
        yield 409
    if path.startswith(APART):
        yield 403
    if method == "post":
        yield from (400, 403, 413, 422)
    elif operation.get("parameters"):
        yield 400


def _complete(operation: dict[str, Any], refusals: set[int]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for response in responses.values():
        response["headers"] = _version() | (_next() if _pages(operation) else {})
    responses |= {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(refusals)}


def _pages(operation: Mapping[str, Any]) -> bool:
    """Whether an operation gives a list page by page."""
    return any(parameter["name"] == "after" for parameter in operation.get("parameters", ()))


def _next() -> dict[str, Any]:
    return {"Link": {"description": 'Where the next page is, as rel="next".', "schema": {"type": "string"}}}


def _problem(status: int) -> dict[str, Any]:
    headers = _version()
    if status == 503:
        headers["Retry-After"] = {"description": "In seconds.", "schema": {"type": "integer"}}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": REFUSALS[status], "headers": headers, "content": {PROBLEM: {"schema": schema}}}


def _version() -> dict[str, Any]:
    return {"API-Version": {"$ref": "#/components/headers/API-Version"}}

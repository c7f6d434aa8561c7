"""The application in a process of its own, as `knooppunt serve` runs it.

`python -m benchmarks.server URL PORT [count] [demo] [blind]`. With `count` every answer tells how many SQL statements
it took, which the measured runs do without; with `demo` one may choose who one is; `blind` writes no look down, which
shows what that costs.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
import uvicorn
from fastapi import Request, Response

from api.app import create_app
from api.request import House, Visit
from engine import store
from engine.cases import Library

HEADER = "X-Statements"


def main(url: str, port: int, count: bool, demo: bool, blind: bool) -> None:
    """Serve until stopped."""
    if blind:
        setattr(Visit, Visit.look.__name__, lambda _visit: None)
    database = store.Database(url)
    app = create_app(House(database, Library(), demo))
    if count:
        _count(app, database)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def _count(app: Any, database: store.Database) -> None:
    seen: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", executed)

    async def tell(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        seen.clear()
        response = await call_next(request)
        response.headers[HEADER] = str(len(seen))
        return response

    app.middleware("http")(tell)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *(way in sys.argv[3:] for way in ("count", "demo", "blind")))

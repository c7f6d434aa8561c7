"""What a running house writes down: a line of JSON for each thing that went wrong, and nothing of a family in it."""

import json
import logging
from datetime import UTC, datetime


class Lines(logging.Formatter):
    """One record as one line of JSON. Of an error no more than its kind: its text might hold what a family told."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            said["fault"] = record.exc_info[0].__name__
        return json.dumps(said, ensure_ascii=False)


def write() -> None:
    """From now on, write to the error stream, as systemd and containers expect."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)

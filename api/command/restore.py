"""`knooppunt restore`: see `api.command.backup`."""

from api.command.backup import restore as run

__all__ = ["run"]

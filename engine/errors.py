"""Every error that the engine raises on purpose.

KnooppuntError
├── NotFoundError          it does not exist, or this person may not know that it does
├── NotAllowedError        this person may not do this
├── ConflictError          somebody was first, or the step is no longer open
├── InvalidDataError       answers or arguments are wrong; says what, per field
├── DefinitionError        a file that a region drew can't be used; carries the problems found
└── ProcessError           a case can't take this step; the cause is in the diagram, not in the answers

Each message is one sentence in Dutch that may be shown to a user: no trace, no personal data.
The engine knows no HTTP; the table from error to status stands in api/errors.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class KnooppuntError(Exception):
    """The base of all errors that the engine raises on purpose."""

    @property
    def message(self) -> str:
        """The sentence in Dutch that a user may read."""
        return str(self.args[0]) if self.args else "Er ging iets mis."


class NotFoundError(KnooppuntError):
    """What was asked for does not exist, or this person may not know that it does."""


class NotAllowedError(KnooppuntError):
    """This person may not do this."""


class ConflictError(KnooppuntError):
    """Somebody else was first, or the step is no longer open.

    `fields` maps the key of a field that somebody else changed meanwhile to a sentence in Dutch; `case_id` is the case
    in which to see what happened, `own` whether it was this very person who was first.
    """

    def __init__(
        self,
        message: str,
        fields: Mapping[str, str] | None = None,
        *,
        case_id: int | None = None,
        own: bool = False,
    ) -> None:
        super().__init__(message)
        self.fields: Mapping[str, str] = dict(fields or {})
        self.case_id = case_id
        self.own = own


class InvalidDataError(KnooppuntError):
    """Answers or arguments that can't be accepted.

    `fields` maps the key of a field (`afspraken.0.wat` for a row of a list) to a sentence in Dutch.
    """

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: Mapping[str, str] = dict(fields or {})


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file: where (file, element id), which rule, and what to do, in Dutch."""

    file: str
    element: str
    rule: str
    message: str


class DefinitionError(KnooppuntError):
    """Files that can't be used; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0].message if problems else "De bestanden zijn niet bruikbaar."
        super().__init__(first)
        self.problems: tuple[Problem, ...] = tuple(problems)


class ProcessError(KnooppuntError):
    """A case can't take this step; `element` is the id of the diagram element where it stopped."""

    def __init__(self, message: str, element: str = "") -> None:
        super().__init__(message)
        self.element = element

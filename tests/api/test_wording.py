"""Terms on a page, in words, and texts of a case in a help text."""

from datetime import UTC, date, datetime

import pytest

from api.pages import wording

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # in the Netherlands already 3 March


@pytest.mark.parametrize(
    ("day", "term", "soon"),
    [
        (1, "2 dagen te laat", False),
        (2, "1 dag te laat", False),
        (3, "vandaag", True),
        (4, "morgen", True),
        (5, "nog 2 dagen", False),
    ],
)
def test_how_far_off_a_day_is(day: int, term: str, soon: bool) -> None:
    assert wording.term(date(2026, 3, day), NOW) == term
    assert wording.soon(date(2026, 3, day), NOW) is soon


def test_what_somebody_typed_makes_no_markup_in_a_help_text() -> None:
    assert wording.filled("Vraag {{ wie }} of {{niets}}.", {"wie": "*Bo*\n# _x_"}) == r"Vraag \*Bo\* \# \_x\_ of …."

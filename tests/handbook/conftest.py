"""What tests of the handbook share."""

from datetime import date
from pathlib import Path

import pytest

from handbook import write
from handbook.write import Edition

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def edition() -> Edition:
    """The handbook of a region, on a fixed day."""
    return write.edition(ROOT / "workflows", "zuid-limburg", ROOT / "handbook/content", date(2026, 3, 2))

"""The chapter on what may be drawn shows each sample, and its advice is what the gates hold to."""

import re
from datetime import date
from pathlib import Path

from handbook import samples, write

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / "handbook/content/wat-mag-ik-tekenen.md"


def test_every_sample_is_shown_and_described_and_every_picture_exists() -> None:
    shown = dict(re.findall(r"!\[([^\]]+)\]\(tekeningen/(\w+)\.svg\)", CHAPTER.read_text("utf-8")))
    assert sorted(shown.values()) == sorted(samples.drawings())
    assert all(len(text) > 20 for text in shown)
    edition = write.edition(ROOT / "workflows", "zuid-limburg", ROOT / "handbook/content", date(2026, 3, 2))
    assert {f"tekeningen/{name}.svg" for name in shown.values()} <= edition.pages.keys()


def test_the_mistake_is_pointed_out() -> None:
    drawn = samples.drawings()
    assert "aangewezen" in drawn["vastlopen"]
    assert not any("aangewezen" in drawing for name, drawing in drawn.items() if name != "vastlopen")

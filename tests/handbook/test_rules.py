"""The chapter with all rules: each has its place, its sentences and its two examples."""

import re
from datetime import date
from pathlib import Path

import pytest

from engine.checks import rules
from handbook import write
from handbook.write import Edition

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return write.edition(ROOT / "workflows", "zuid-limburg", ROOT / "handbook" / "content", date(2026, 11, 27))


def test_each_rule_stands_on_the_page_under_its_own_name(edition: Edition) -> None:
    text = edition.pages["regels.md"].decode()
    assert re.findall(r"^### .*\{: #(\w+) \}$", text, re.MULTILINE) == [rule.id for rule in rules()]
    shown = [rule for rule in rules() if rule.wrong]
    assert text.count("**Zo gaat het mis**: ") == text.count("**Zo is het goed**") == len(shown) > 200
    assert not re.search(r"EXT\d|BPMNspector", text)


def test_each_drawing_that_the_page_shows_is_there_and_is_told_in_words(edition: Edition) -> None:
    pictures = re.findall(
        r"^!\[([^\n]+)\]\((tekeningen/regels/\w+-(?:fout|goed)\.svg)\)", edition.pages["regels.md"].decode(), re.M
    )
    assert len(pictures) > 300
    assert {file for _, file in pictures} <= edition.pages.keys()
    assert all(words.strip() for words, _ in pictures)


def test_what_is_wrong_is_marked_on_the_drawing_and_what_is_right_is_not(edition: Edition) -> None:
    wrong, right = (edition.pages[f"tekeningen/regels/vast-{kind}.svg"].decode() for kind in ("fout", "goed"))
    assert wrong != right
    assert "--diagram-marked" in wrong
    assert "--diagram-marked" not in right

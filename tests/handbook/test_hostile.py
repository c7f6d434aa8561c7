"""A region whose names and texts try to run something in the browser of a colleague: none of it does."""

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser

from api.pages.render import markdown as on_a_page
from engine import checks
from engine.checks import sketch
from engine.markdown import acting, may_link
from tests.conftest import build_handbook, once

ROOT = Path(__file__).parents[2]
RUN = "window.ran = (window.ran || 0) + 1"
NAME = f"x</title><script>{RUN}</script><img src=x onerror='{RUN}'>"
TEXTS = (
    f"[klik](javascript:{RUN})",
    f"[klik](java\\script\\:{RUN})",
    f"[klik](&#106;avascript:{RUN})",
    f"[klik](<jav&#x09;ascript:{RUN}>)",
    f"[klik][1]\n\n[1]: JavaScript:{RUN}",
    "[klik](data:text/html,<script>1</script>)",
    "[klik](//elders.example)",
    "[bel](tel:*21#)",
    f'[klik](https://knooppunt.example){{: onclick="{RUN}" }}',
    f'Een kop {{onclick="{RUN}" .x}}',
    f'<https:/x onclick="{RUN}">klik</https:/x>',
    f'<mailto:x@y.example" onclick="{RUN}">',
    f"<javascript:{RUN}>",
    f"<svg onload='{RUN}'></svg>",
    "![foto](https://elders.example/x.png)",
    f"<!-- x --><script>{RUN}</script>",
)
HARMLESS = (
    "Een kind < 2 jaar, of a<3. Zie [de wet](https://wetten.overheid.nl/x?a=1:2) en [hier](../termijnen.md#a:b).",
    "Mail <mailto:knooppunt@kerkrade.example> of kijk op <https://knooppunt.example/a>. Bel binnen {termijn:overleg}.",
    "Toon {{gezin_naam}} en **vet**, [boven](#begin) en [mail](mailto:a@b.example) of [bel](tel:112).",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_does_something_is_told_and_does_nothing(text: str) -> None:
    assert acting(text)
    shown = str(on_a_page(text))
    tags = re.findall(r"<[^>]*>", shown)
    assert not [tag for tag in tags if re.search(r'script|onload|onclick|data:|="//|<img', tag)], shown


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_to_read_is_let_be(text: str) -> None:
    assert acting(text) == ()


def test_a_link_is_read_as_a_browser_reads_it() -> None:
    own = (
        "",
        "#a",
        "a/b.md",
        "../c?d=e:f",
        "/werk",
        "HTTPS://x.example",
        "mailto:a@b.example",
        "tel:112",
        "TEL:0450000001",
    )
    assert [link for link in own if not may_link(link)] == []
    others = (
        " javascript:x",
        "java\nscript:x",
        "\x01javascript:x",
        "vbscript:x",
        "data:x",
        "//x.example",
        "/\\x.example",
    )
    commands = ("tel:1", "tel:*21#", "tel:%2A21%23", "tel:112;ext=1", "tel:112,1", "tel://112", "tel:112?x", "tel:١١٢")
    assert [link for link in (*others, *commands, "file:///x", "\\\\x.example", "blob:x") if may_link(link)] == []


def test_every_text_of_a_region_is_held_to_it(tmp_path: Path) -> None:
    _write(tmp_path)
    report = checks.survey(tmp_path / "workflows", "zuid-limburg")
    places = {(finding.file, finding.element) for finding in report.findings if finding.rule.id == "tekst_doet_iets"}
    steps = {("proef/proef.bpmn", f"stap_{number}") for number in range(len(TEXTS))}
    assert steps | {("proef/proef.bpmn", "proef"), ("proef/proef.bpmn", "wil_het_klaar")} <= places
    assert {("proef/formulieren/vragen.form", "wil"), ("regios/zuid-limburg/regio.yaml", "rollen")} <= places
    assert {element for file, element in places if file.endswith("regio.yaml")} == {
        "naam",
        "teksten",
        "rollen",
        "termijnen",
    }


def _write(folder: Path) -> None:
    """The workflows of a tiny region of which every text is hostile."""
    way = " > ".join(f"stap_{number}" for number in range(len(TEXTS)))
    steps = "\n".join(f"stap_{number}: text='## Waarom|TEKST_{number}_'" for number in range(len(TEXTS)))
    sketched = f"begin > {way} > wil_het?\nwil_het >ja> klaar\nwil_het >nee*> klaar_zonder\n{steps}"
    for name, text in sketch.files({"proef.bpmn": sketched}).items():
        file = folder / "workflows" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_spoilt(text) if name.endswith(".bpmn") else text.replace("Wil het gezin", NAME), "utf-8")
    settings = {
        "naam": NAME,
        "teksten": {"naam_knooppunt": NAME},
        "rollen": {"begeleider": {"naam": NAME, "kort": TEXTS[0]}},
        "termijnen": {"kort": {"duur": "P14D", "bron": NAME, "uitleg": TEXTS[0]}},
    }
    own = folder / "workflows/regios/zuid-limburg/regio.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(yaml.safe_dump(settings), "utf-8")


def _spoilt(bpmn: str) -> str:
    named = r'(<(?:userTask|process|sequenceFlow|exclusiveGateway) [^>]*?name=")[^"]*'
    bpmn = re.sub(named, lambda match: match[1] + escape(NAME), bpmn)
    for number, text in enumerate(TEXTS):
        bpmn = bpmn.replace(f"TEKST_{number}_", escape(text))
    return bpmn


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the handreiking of that region is shown, by a house that forbids a browser nothing."""

    def make(folder: Path) -> None:
        _write(folder)
        shutil.copytree(
            ROOT / "handbook", folder / "handbook", ignore=shutil.ignore_patterns("content", "build", "__*")
        )
        for name in ("content/index.md", "content/begrippen.md", "build/.gitkeep"):
            (folder / "handbook" / name).parent.mkdir(exist_ok=True)
            (folder / "handbook" / name).write_text("# Begin" if name.endswith(".md") else "")
        shutil.copy(ROOT / "mkdocs.yml", folder)
        done = build_handbook(folder, strict=False)
        assert done.returncode == 0, done.stdout + done.stderr

    handler = functools.partial(Silent, directory=str(once("hostile", make) / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """A test's output is for what went wrong."""


LOOKED_AT = """() => [
  ...[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].filter((a) =>
    a.name.startsWith("on") || (["href", "src", "xlink:href"].includes(a.name) &&
    !["http:", "https:", "mailto:"].includes(new URL(a.value, location).protocol))).map((a) => e.outerHTML)),
  ...[...document.scripts].filter((s) => !s.src && s.type !== "application/json").map((s) => s.outerHTML),
  ...(window.ran ? ["something ran"] : []),
]"""


def test_nothing_of_it_runs_in_the_handreiking(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ways = ["", "proef/", "rollen/", "rollen/begeleider/", "termijnen/", "beslissingen/", "downloads/"]
    ways += [f"proef/proef/stap_{number}/" for number in range(len(TEXTS))]
    for path in [*ways, "zoeken/?q=klik", "downloads/proef/proef.svg"]:
        page.goto(address + path, wait_until="load")
        if "?" in path:
            page.locator(".pagefind-ui__result").first.wait_for()
        assert page.evaluate(LOOKED_AT) == [], path
    assert "x</title><script>" in page.title() or page.locator("text=x</title><script>").count(), "it is shown as text"
    page.close()
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []

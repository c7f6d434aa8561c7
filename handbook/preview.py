"""What a page of the handbook will read like, made anew as soon as a file is saved: for who draws, on one machine.

It has the words, drawings and colours of the page, in the theme's letters, and neither its menu nor its search.
"""

import re
from collections.abc import Callable
from datetime import date
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any
from urllib.parse import unquote, urlsplit

import markdown
import yaml
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from engine.errors import DefinitionError
from handbook import write
from handbook.checked import EXTENSIONS

STATE = "/stand"
"""The address that says which state of the files a page was made from."""
THEME = "/thema.css"

_RELOAD = """
let seen = null;
setInterval(async () => {
  const now = await (await fetch("/stand")).text();
  if (seen !== null && seen !== now) location.reload();
  seen = now;
}, 500);
"""
_WHOLE = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/thema.css"><link rel="stylesheet" href="/assets/regio.css">
<link rel="stylesheet" href="/assets/handbook.css"></head>
<body data-md-color-scheme="default"><div class="md-container"><main class="md-main"><div class="md-grid">
<article class="md-content__inner md-typeset"><p><a href="/">Begin</a></p>{body}</article></div></main></div>
<script>{script}</script></body></html>"""


class Preview:
    """The pages of one region, as the files are now."""

    def __init__(self, workflows: Path, region: str | None, content: Path, today: Callable[[], date]) -> None:
        self.workflows, self.region, self.content, self.today = workflows, region, content, today
        self._made: tuple[str, dict[str, write.Making]] = ("", {})

    def state(self) -> str:
        """Changes when a file is saved, added or taken away."""
        kept = [f for folder in (self.workflows, self.content) for f in folder.rglob("*") if f.is_file()]
        return str(hash(tuple(sorted((str(file), file.stat().st_mtime_ns) for file in kept))))

    def file(self, address: str) -> tuple[str, bytes] | None:
        """What stands at an address, with its kind; None where nothing does. DefinitionError for files with a fault."""
        state = self.state()
        if self._made[0] != state:
            made = write.pages(self.workflows, self.region, self.content, self.today())
            self._made = (state, dict(made))
        pages, path = self._made[1], normpath(unquote(urlsplit(address).path)).strip("/.")
        for name in (path, f"{path}.md", f"{path}/index.md".lstrip("/")):
            if name in pages:
                content = pages[name]()
                return _page(name, content.decode()) if name.endswith(".md") else (_kind(name), content)
        return None


def serve(preview: Preview, port: int) -> ThreadingHTTPServer:
    """A server for this machine alone, not yet running."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == STATE:
                return self._answer(HTTPStatus.OK, "text/plain", preview.state().encode())
            if self.path == THEME:
                return self._answer(HTTPStatus.OK, "text/css", _theme())
            if "." not in self.path and not self.path.endswith("/"):
                return self._answer(HTTPStatus.FOUND, "text/plain", b"", self.path + "/")
            try:
                there = preview.file(self.path)
            except DefinitionError as error:
                wrong = "\n".join(f"- {p.file} {p.element}: {p.message}" for p in error.problems)
                return self._answer(HTTPStatus.OK, *_page("", f"# Dit klopt nog niet\n\n{escape(wrong, quote=False)}"))
            if there is None:
                return self._answer(HTTPStatus.NOT_FOUND, *_page("", "# Deze bladzijde is er niet"))
            return self._answer(HTTPStatus.OK, *there)

        def _answer(self, status: HTTPStatus, kind: str, content: bytes, elsewhere: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            if elsewhere:
                self.send_header("Location", elsewhere)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: a page that asks twice a second whether a file was saved would fill the terminal."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def _page(name: str, text: str) -> tuple[str, bytes]:
    head, _, body = text.removeprefix("---\n").partition("\n---\n") if text.startswith("---\n") else ("", "", text)
    title = (yaml.safe_load(head) or {}).get("title", name) if head else name
    html = markdown.markdown(body, extensions=[*EXTENSIONS, _Addresses(name)])
    return "text/html", _WHOLE.format(title=title, body=html, script=_RELOAD).encode()


class _Addresses(Extension):
    """Writes where links lead as the site will have it: texts name the file, and a page stands in a folder."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802  the name that Markdown asks for
        md.treeprocessors.register(_Links(self.name), "addresses", 0)


class _Links(Treeprocessor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.folder = PurePosixPath(name).parent

    def run(self, root: Any) -> None:
        for node in root.iter():
            for attribute in ("href", "src"):
                if node.get(attribute):
                    node.set(attribute, self._address(node.get(attribute)))

    def _address(self, link: str) -> str:
        parts = urlsplit(link)
        if parts.scheme or not parts.path:
            return link
        path = normpath((self.folder / parts.path).as_posix())
        if path.endswith(".md"):
            path = path.removesuffix(".md").removesuffix("index").rstrip("/") + "/"
        return f"/{path.lstrip('/')}" + (f"#{parts.fragment}" if parts.fragment else "")


def _kind(name: str) -> str:
    return guess_type(name)[0] or "text/plain"


def _theme() -> bytes:
    styles = files("material") / "templates/assets/stylesheets"
    return next(style.read_bytes() for style in styles.iterdir() if re.fullmatch(r"main\..*\.css", style.name))

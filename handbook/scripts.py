"""Scripts in the pages of a built site → files beside them, so that a page runs nothing that stands in it itself."""

import re
from hashlib import sha256
from pathlib import Path
from posixpath import relpath

FOLDER = "assets/inline"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
"""The theme's own: with neither address nor type. What is data (`type="application/json"`) is never run."""


def take_out(site: Path, root: str) -> None:
    """Give each inline script of the theme a file that is named by what it holds, and let its pages load that.

    `root` is the address of the site, for the page of a missing address, which is shown at any depth.
    """
    files: dict[str, str] = {}
    for page in sorted(site.rglob("*.html")):
        here = page.relative_to(site).parent.as_posix()

        def moved(script: re.Match[str], page: Path = page, here: str = here) -> str:
            name = f"{FOLDER}/{sha256(script[1].encode()).hexdigest()[:16]}.js"
            files[name] = script[1]
            address = root + name if page.name == "404.html" else relpath(name, here)
            return f'<script src="{address}"></script>'

        text = page.read_text("utf-8")
        changed = _INLINE.sub(moved, text)
        if changed != text:
            page.write_text(changed, "utf-8")
    for name, script in files.items():
        file = site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script, "utf-8")

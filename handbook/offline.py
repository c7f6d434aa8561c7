"""A built site → one file to unpack and read without a server or the internet: a page is then a file, and no address.

Pagefind needs a server; where one would search, the copy says so and where to look instead.
"""

import re
from collections.abc import Collection
from functools import partial
from pathlib import Path
from posixpath import join, normpath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from handbook.write import OFFLINE, WHOLE

LEFT_OUT = ("pagefind/", "sitemap.xml", "404.html", OFFLINE)
_FORM = re.compile(r'<form class="find".*?action="([^"]*)".*?</form>', re.DOTALL)
_SEARCH = re.compile(r'<p><link rel="stylesheet" href="[^"]*pagefind.*(?=</article>)', re.DOTALL)
_NO_SEARCH = (
    "<p>Zoeken kan alleen op de site. Deze bladzijden staan op je eigen computer. Vind wat je zoekt in het menu, of "
    f'zoek in de <a href="../{WHOLE}">hele handreiking als pdf</a>.</p>'
)
_ITSELF = re.compile(rf'<li><a href="[^"]*{re.escape(OFFLINE)}">[^<]*</a></li>\n?')
_LINK = re.compile(r'(?<=[ "])((?:xlink:)?href)="([^"]*)"')


def pack(site: Path, file: Path) -> None:
    """Write all that can be read of a site as a zip, in a folder `handreiking`; built twice, it is the same file."""
    names = {each.relative_to(site).as_posix(): each for each in sorted(site.rglob("*")) if each.is_file()}
    kept = {name: each for name, each in names.items() if not name.startswith(LEFT_OUT)}
    file.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, each in kept.items():
            content = each.read_bytes()
            if name.endswith(".html"):
                content = page(name, content.decode(), names.keys()).encode()
            archive.writestr(ZipInfo(f"handreiking/{name}", (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)


def page(name: str, text: str, names: Collection[str]) -> str:
    """A page of the site as a file: what leads to a folder leads to the page in it."""
    text = _ITSELF.sub("", _FORM.sub(r'<a class="find" href="\1">Zoeken</a>', text))
    if name == "zoeken/index.html":
        text = _SEARCH.sub(_NO_SEARCH, text)
    return _LINK.sub(partial(_led, name.rpartition("/")[0], names), text)


def _led(folder: str, names: Collection[str], link: re.Match[str]) -> str:
    address, sign, anchor = link[2].partition("#")
    if address.endswith(("/", ".")) and "://" not in address:  # .. is a folder too
        inside = normpath(join(folder, address, "index.html"))
        if inside in names:
            return f'{link[1]}="{address.rstrip("/")}/index.html{sign}{anchor}"'
    return link[0]

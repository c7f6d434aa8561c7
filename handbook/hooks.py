"""Tells mkdocs what to do before and after a build; all the work is in write.py and in Pagefind."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.utils.templates import TemplateContext

from engine.errors import DefinitionError
from handbook import book, offline, scripts, write

REGION = "zuid-limburg"
MOUNTED = "/handreiking"  # where the application shows it


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Write the pages of the region in KNOOPPUNT_REGIO (or REGIO, as make has it), and take their menu and title."""
    root = Path(config.config_file_path).parent
    region = os.environ.get("KNOOPPUNT_REGIO") or os.environ.get("REGIO") or REGION
    try:
        edition = write.edition(
            root / "workflows", region, root / "handbook" / "content", _today(), to_take_along=_to_take_along()
        )
    except DefinitionError as error:
        problems = "\n".join(f"  {p.file} {p.element}: {p.message}" for p in error.problems)
        raise PluginError(f"De handreiking kan niet gemaakt worden:\n{problems}") from error
    if _to_take_along():
        edition = replace(edition, pages={**edition.pages, **book.volumes(edition, _today())})
    write.save(edition, Path(config.docs_dir))
    config.nav = edition.nav
    config.site_name = edition.title
    return config


def on_template_context(context: TemplateContext, *, template_name: str, config: MkDocsConfig) -> TemplateContext:
    """Let the page for a missing address find its styles: it is shown at any depth, so it can't be relative."""
    if template_name == "404.html" and not config.site_url:
        context["base_url"] = MOUNTED
    return context


def on_post_build(config: MkDocsConfig) -> None:
    """Let no page run a script that stands in it, and index the site, so that readers can search it."""
    site = Path(config.site_dir)
    scripts.take_out(site, config.site_url or f"{MOUNTED}/")
    command = [sys.executable, "-m", "pagefind", "--site", config.site_dir, "--quiet"]
    subprocess.run(command, check=True)  # noqa: S603  our own interpreter and a fixed command
    if _to_take_along():
        offline.pack(site, site / write.OFFLINE)


def _to_take_along() -> bool:
    """Whether the whole is made as PDF and zip too, which takes as long again as a third of the pages."""
    return os.environ.get("KNOOPPUNT_MEENEMEN") == "1"


def _today() -> date:
    """The day that pages show; SOURCE_DATE_EPOCH makes a build repeatable."""
    moment = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(moment), UTC) if moment else datetime.now(UTC)).date()

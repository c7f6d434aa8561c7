"""Notes what the reference processes promise (`make spelregels`), which no region may go below."""

import sys
from pathlib import Path

from engine import decisions, definitions
from engine.checks import kept, promised
from engine.checks.survey import roots_of


def promises(root: Path) -> str:
    """What is to be noted of the questions, tables and needs in a workflows folder."""
    return promised.noting(_with_tables(definitions.load(root, process)) for process in roots_of(root))


def _with_tables(definition: definitions.Definition) -> promised.Tabled:
    read = {f: decisions.read(content, f) for f, content in definition.files.items() if f.endswith(".dmn")}
    return definition, read


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    kept.NOTED.write_text(kept.noting(folder), "utf-8")
    promised.NOTED.write_text(promises(folder), "utf-8")

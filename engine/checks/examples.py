"""The two examples of a rule, looked at as the files of a region are: what is told of them, and what they look like."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.checks import standard
from engine.checks.rule import Finding, Rule
from engine.checks.sketch import PROCESS, files
from engine.checks.survey import Report, survey

DIAGRAM = f"{PROCESS}.bpmn"


@cache
def played(rule: Rule, right: bool = False) -> Report:
    """What is told of the wrong example of a rule, or of the right one.

    Where a file comes from, and what breaks the standard, is told of a file that stands by itself.
    """
    written = files(rule.right if right else rule.wrong)
    diagram = written[f"{PROCESS}/{DIAGRAM}"]
    if rule.standard:
        return Report(standard.breaches(diagram.encode(), DIAGRAM))
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in {DIAGRAM: diagram}.items() if rule.explains else written.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        return survey(root / DIAGRAM if rule.explains else root)


def breach(rule: Rule) -> Finding | None:
    """What the wrong example of a rule is told; None where a rule has none."""
    return next((finding for finding in played(rule).findings if finding.rule is rule), None) if rule.wrong else None

"""`knooppunt check`: what both gates say about a file, a folder or a region, as text, JSON and drawings."""

import argparse
import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from difflib import get_close_matches
from html import escape
from pathlib import Path

from api.command import part
from engine.checks import Home, Report, Severity, Told, by_importance, grouped, home_of, rules, sketch, survey
from engine.checks.examples import breach
from engine.definitions import Process, load
from engine.errors import InvalidDataError, NotFoundError
from handbook.diagram import svg

SHOWN = 3
"""How many findings are told before the rest is only counted."""
LISTED = 2_000
"""How many findings stand in the JSON at most."""
WIDEST = 2_000
"""How wide a line below a drawing is at most."""
LINE = 18
"""How far apart the lines below a drawing stand."""
PLURALS = {Severity.ERROR: "fouten", Severity.WARNING: "waarschuwingen", Severity.TIP: "tips"}
LONGEST_NAME = 60
LONGEST = 500
"""How many letters of a text are shown; a name may hold millions."""


def run(chosen: argparse.Namespace) -> int:
    """Tell what is the matter, and draw where it is where a folder is named for that. Gives 1 where an error is."""
    if chosen.uitleg:
        print(explained(chosen.uitleg))
        return 0
    if chosen.path is None:
        raise InvalidDataError("Zeg welk bestand of welke map moet worden nagekeken.")
    report = look(chosen.path, chosen.region)
    print(as_json(report) if chosen.json else as_text(report, chosen.alles))
    if chosen.svg:
        try:
            made = draw(report, chosen.svg)
        except OSError as error:
            raise InvalidDataError(f"In de map {chosen.svg} kan niet worden getekend. Kies een andere map.") from error
        if not chosen.json:
            print(f"{len(made)} tekeningen met de plekken staan in {chosen.svg}.")
    return 1 if any(finding.severity is Severity.ERROR for finding in report.findings) else 0


def explained(id: str) -> str:
    """What a rule asks, why, what to do, and its two examples. Raises NotFoundError with the ids that are like it."""
    known = {rule.id: rule for rule in rules()}
    if id not in known:
        near = get_close_matches(id, known, 3, 0.6)
        meant = f"Bedoelde je {' of '.join(near)}?" if near else "Alle regels staan in de handreiking, bij Opzoeken."
        raise NotFoundError(f"Er is geen regel '{id}'. {meant}")
    rule = known[id]
    parts = [f"{rule.id} ({rule.severity.value})\n{rule.sentence}"]
    parts.append(f"Waarom telt dit? {rule.why}\nWat kun je doen? {rule.advice}")
    if (finding := breach(rule)) is not None:
        parts.append(f"Zo gaat het mis:\n{textwrap.indent(sketch.as_text(rule.wrong), '   ')}\n   » {finding.message}")
        parts.append(f"Zo is het goed:\n{textwrap.indent(sketch.as_text(rule.right), '   ')}")
    return "\n\n".join(parts)


def look(path: Path, region: str) -> Report:
    """Both gates, and for a region its example cases played; of one example no more than how it goes."""
    home = home_of(path) if path.parent.name == "voorbeelden" and path.is_file() else None
    if home is not None:
        return _example(path, home, region)
    report = survey(path, region)
    of_region = [(home, definition) for home, definition in report.definitions if home.region]
    if not of_region:
        return report
    differing = part("examples").differing  # playing takes the engine, which nothing else here waits for
    played = [finding for home, definition in of_region for finding in differing(home, definition)]
    return replace(report, findings=by_importance([*report.findings, *played]))


def _example(path: Path, home: Home, region: str) -> Report:
    """How one example goes, in each region that it may be of."""
    root = home.root.resolve()
    regions = (
        [home.region or region] if home.region or region else [f.name for f in sorted((root / "regios").iterdir())]
    )
    differing = part("examples").differing
    played = [
        finding
        for name in regions
        for finding in differing(Home(root, home.process, name), load(root, home.process, name))
    ]
    places = {file.relative_to(root).as_posix() for file in (path.resolve(), path.resolve().parent)}
    return Report(tuple(finding for finding in dict.fromkeys(played) if finding.file in places))


def as_json(report: Report) -> str:
    """The findings and how many there are of each severity: what is told once first, then where else it holds."""
    heads = [cause.finding for cause in grouped(report.findings)]
    order = list(dict.fromkeys([*heads, *report.findings]))
    rows = [
        {
            "file": f.file,
            "element": _short(f.element),
            "name": _short(f.name),
            "rule": f.rule.id,
            "severity": f.severity.value,
            "message": _short(f.sentence),
            "why": f.rule.why,
            "advice": f.advice,
            "story": f.story,
            "mend": asdict(f.mend) if f.mend is not None else None,
        }
        for f in sorted(order, key=lambda f: f.urgency)[:LISTED]
    ]
    return json.dumps({"problems": rows, "counts": _counts(report)}, ensure_ascii=False, indent=2)


def as_text(report: Report, everything: bool) -> str:
    """The most important findings in full and the rest as a number, or all of them."""
    causes = grouped(report.findings)
    if not causes:
        return "\n".join(["Geen bevindingen.", *_left(report)])
    shown = causes if everything else causes[:SHOWN]
    parts = [_told(number, cause) for number, cause in enumerate(shown, 1)]
    left = len(causes) - len(shown)
    if left:
        parts.append(f"En nog {left}, bekijk alles met --alles.")
    return "\n\n".join([*parts, "\n".join([_sum(report), *_left(report)])])


def _left(report: Report) -> Iterator[str]:
    """What was not looked at, where one asks for a single file of a process."""
    if home := report.part_of:
        region = f" --region {home.region}" if home.region else ""
        rest = "De spelregels gaan over alle diagrammen samen en zijn niet nagegaan:"
        yield f"{rest} knooppunt check {home.root / home.process}{region}"


def _told(number: int, told: Told) -> str:
    finding = told.finding
    place = f"{finding.file}, {_short(finding.element)}" if finding.element else finding.file
    head = f"{number}. {finding.severity.value.upper()} in {place} [{finding.rule.id}]"
    lines = [head, f"   {_short(finding.message)}"]
    lines += [f"   {_short(told.elsewhere)}"] if told.others else []
    if finding.story:
        lines.append("   Zo kan het gaan:")
        lines += [f"     {number}. {sentence}" for number, sentence in enumerate(_cut(finding.story), 1)]
    lines.append(f"   Waarom telt dit? {finding.rule.why}")
    lines.append(f"   Wat kun je doen? {finding.advice}")
    return "\n".join(lines)


def _short(text: str) -> str:
    """A text with the names in it cut to what fits on a line."""
    cut = re.sub(r"'([^']{80})[^']+'", r"'\1…'", text)
    return cut if len(cut) <= LONGEST else f"{cut[:LONGEST]}…"


def _cut(story: tuple[str, ...]) -> tuple[str, ...]:
    """A story of at most a screen: how it begins, and the steps that lead to where it goes wrong."""
    return story if len(story) <= 12 else (*story[:2], f"… nog {len(story) - 10} stappen …", *story[-8:])


def _counts(report: Report) -> dict[str, int]:
    return {s.value: sum(1 for f in report.findings if f.severity is s) for s in Severity}


def _sum(report: Report) -> str:
    counts = _counts(report)
    sums = ", ".join(f"{counts[s]} {s.value if counts[s] == 1 else plural}" for s, plural in PLURALS.items())
    allowed = "Dit mag worden gepubliceerd." if report.part_of is None else "Dit bestand is op zichzelf in orde."
    verdict = "Dit kan niet worden gepubliceerd." if counts[Severity.ERROR] else allowed
    return f"{sums}. {verdict}"


def draw(report: Report, folder: Path) -> list[Path]:
    """A drawing of every diagram in which something is the matter, with those places marked and numbered, and below
    what each number says.
    """
    marked: dict[str, set[str]] = {}
    said: dict[str, dict[str, list[str]]] = {}
    for finding in report.findings:
        all_places = [(finding.file, finding.element), *finding.places]
        for file, id in all_places if finding.severity is not Severity.TIP else ():
            if file in report.processes:
                marked.setdefault(file, set()).add(id)
        if finding.severity is not Severity.TIP and finding.file in report.processes:
            said.setdefault(finding.file, {}).setdefault(finding.element, []).append(_short(finding.message))
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for file, places in sorted(marked.items()):
        name = file.removesuffix(".bpmn").replace("/", "_")
        target = folder / f"{name[-LONGEST_NAME:]}.svg"
        process = report.processes[file]
        target.write_text(_numbered(svg(process, marked=places), process, said.get(file, {})), "utf-8")
        made.append(target)
    return made


def _numbered(drawing: str, process: Process, said: Mapping[str, list[str]]) -> str:
    """A drawing with a number at each place of which something is said, and those sentences below it."""
    head = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)" width="\S+" height="\S+"', drawing)
    if head is None or not said:
        return drawing
    left, top, width, height = map(float, head.groups())
    parts, bottom = [], top + height
    for number, (id, messages) in enumerate(said.items(), 1):
        if (place := _place(process, id)) is not None:
            x, y = place
            parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="#0b4f9e"/>')
            parts.append(f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle" fill="#ffffff">{number}</text>')
        for line in textwrap.wrap(
            f"{number}. {' '.join(dict.fromkeys(messages))}", max(30, int(min(WIDEST, width) / 6.5))
        ):
            bottom += LINE
            parts.append(f'<text x="{left + LINE:g}" y="{bottom:g}" fill="#1f2933">{escape(line, quote=False)}</text>')
    tall = bottom + LINE - top
    paper = f'<rect x="{left:g}" y="{top + height:g}" width="{width:g}" height="{tall - height:g}" fill="#ffffff"/>'
    size = f'viewBox="{left:g} {top:g} {width:g} {tall:g}" width="{width:g}" height="{tall:g}"'
    legend = f'<g class="legend" stroke="none">{paper}{"".join(parts)}</g></svg>'
    return drawing.replace(head[0], size, 1).removesuffix("</svg>") + legend


def _place(process: Process, id: str) -> tuple[float, float] | None:
    """Where the number of an element or arrow is drawn; None for what is not on the drawing."""
    if id in process.elements:
        bounds = process.elements[id].bounds
        return (bounds.x, bounds.y) if bounds is not None else None
    points = process.flows[id].waypoints if id in process.flows else ()
    return points[len(points) // 2] if points else None

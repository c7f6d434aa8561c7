"""What a file is that is no BPMN diagram, so that whoever offers it knows which file to bring instead."""

import re
from typing import Any

_BYTES = (
    (b"PK\x03\x04", "een zip-bestand, zoals Visio, Bizagi en Word die maken"),
    (b"\xd0\xcf\x11\xe0", "een bestand van Office of een oude Visio"),
    (b"\x89PNG", "een plaatje (PNG)"),
    (b"\xff\xd8\xff", "een foto (JPEG)"),
    (b"GIF8", "een plaatje (GIF)"),
    (b"%PDF", "een PDF"),
    (b"\x1f\x8b", "een ingepakt bestand (gzip)"),
    (b"SQLite format", "een database"),
    (b"{", "JSON"),
    (b"version https://git-lfs", "een verwijzing naar een bestand dat ergens anders staat (Git LFS)"),
)
_ROOTS = (
    ("omg.org/spec/DMN", "een beslistabel (DMN)"),
    ("omg.org/spec/CMMN", "een CMMN-diagram"),
    ("wfmc.org", "een XPDL-diagram"),
    ("schema.omg.org/spec/BPMN", "BPMN in een ouder formaat, van voor versie 2.0"),
    ("stp.eclipse.org/bpmn", "BPMN 1 van Eclipse"),
    ("omg.org/spec/BPMN/20100524", "een los stuk van een BPMN-diagram"),
    ("omg.org/spec/BPMN", "BPMN met een adres dat niet klopt"),
    ("www.w3.org/1999/xhtml", "een webpagina"),
    ("www.w3.org/2000/svg", "een plaatje (SVG)"),
    ("epml.de", "een EPC-diagram (EPML)"),
    ("pnml.org", "een petrinet (PNML)"),
)
_NAMES = {
    "html": "een webpagina",
    "mxfile": "een tekening van draw.io",
    "mxgraphmodel": "een tekening van draw.io",
    "aml": "een export van ARIS (AML)",
    "pnml": "een petrinet (PNML)",
    "epml": "een EPC-diagram (EPML)",
    "package": "een XPDL-diagram",
    "bpmndiagram": "BPMN 1",
}
_FAULTS = tuple(
    (re.compile(sign), sentence)
    for sign, sentence in (
        (
            r"tag mismatch: ([\w:.-]+) line (\d+) and ([\w:.-]+)",
            "sluit </{2}>, maar wat op regel {1} begon, is <{0}>. Maak de namen van begin en einde gelijk.",
        ),
        (r"Premature end of data in tag ([\w:.-]+) line (\d+)", "houdt het op, en <{0}> van regel {1} is niet "
         "gesloten. Zet </{0}> op zijn plek, of neem het laatste bestand dat heel was."),
        (r"EntityRef|xmlParseEntityRef", "staat een losse &. Schrijf daarvoor &amp;."),
        (r"Entity '(\S+)' not defined", "staat &{0};, en dat teken bestaat niet. Schrijf het teken zelf."),
        (r"StartTag: invalid element name", "staat een losse <. Schrijf daarvoor &lt;."),
        (r"Attribute (\S+) redefined", "staat '{0}' twee keer bij hetzelfde onderdeel. Haal er een weg."),
        (r"AttValue|attributes construct error|Specification mandates value", "staat een waarde zonder aanhalingstekens"
         ', of een aanhalingsteken te veel. Schrijf elke waarde tussen twee keer ".'),
        (r"Namespace prefix (\S+) .*is not defined", "staat het voorvoegsel '{0}:', maar bovenaan ontbreekt waar "
         "dat voor staat (xmlns:{0}). Sla het bestand op met Camunda Modeler."),
        (r"Extra content at the end", "staat iets achter het einde van het bestand. Haal het weg."),
    )
)  # fmt: skip
"""What the parser says of XML → what is told, from the line on."""
_EXPORT = "Sla het diagram in het programma waar het uit komt op als BPMN 2.0."
_ENCODING_ERRORS = frozenset({9, 31, 32, 81, 6003})


def unreadable(content: bytes, error: Exception) -> str:
    """What to say of a file that is no XML: what it is instead, or where it breaks off."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:400]
    for mark, name in _BYTES:
        if start.startswith(mark):
            return f"Dit is geen BPMN-diagram maar {name}. {_EXPORT}"
    if start.lower().startswith((b"<!doctype html", b"<html")):
        return f"Dit is geen BPMN-diagram maar een webpagina. {_EXPORT}"
    if not any(mark in content[:2_000] for mark in (b"<", b"\x00<", b"<\x00", b"\x4c")):
        return f"Dit is geen BPMN-diagram maar gewone tekst of iets onleesbaars. {_EXPORT}"
    line = getattr(error, "lineno", None)
    where = f" (bij regel {line})" if line else ""
    if getattr(error, "code", 0) in _ENCODING_ERRORS:
        sentence = f"Dit bestand is geen leesbare XML{where}: er staan letters in die niet kloppen met de codering."
        return f"{sentence} Sla het opnieuw op als UTF-8."
    said = next((fault.format(*m.groups()) for sign, fault in _FAULTS if (m := sign.search(str(error)))), "")
    if not said:
        return f"Dit bestand is geen leesbare XML{where}. Open het in de modeler en sla het opnieuw op."
    return f"Dit bestand is geen leesbare XML: op regel {line} {said}"


def foreign(root: Any) -> str:
    """What to say of XML that is no BPMN 2.0."""
    space, _, name = str(root.tag).rpartition("}")
    what = next((text for mark, text in _ROOTS if mark in space), "") or _NAMES.get(name.lower(), "")
    if not what and name == "definitions":
        return f"Dit is geen BPMN 2.0: bovenaan ontbreekt het adres van BPMN (xmlns). {_EXPORT}"
    return f"Dit is geen BPMN-diagram{f' maar {what}' if what else ''}. {_EXPORT}"

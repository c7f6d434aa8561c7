"""What stands in files → what a reader understands: terms, cells, conditions, kinds of answers."""

import re
from collections.abc import Callable, Mapping

from engine import deadlines
from engine.definitions import Deadline, Element, Since
from engine.definitions.kinds import EventKind
from engine.forms import Field

_COMPARED = {"<": "minder dan {}", "<=": "hoogstens {}", ">": "meer dan {}", ">=": "{} of meer"}
_ADDRESS = re.compile(r"(?<![\w/@.])((?:[a-z0-9-]+\.)+(?:nl|nu|com|org|net|eu)/[^\s,;)\]]*[^\s,;.)\]:])")


def within(deadline: Deadline, urgent: Deadline | None = None) -> str:
    """How long a step may take, after its name: “binnen 3 weken, bij spoed binnen 1 week”."""
    text = f"binnen {deadlines.spoken(deadline.duration)}" if lasts(deadline) else "op de dag zelf"
    return f"{text}, bij spoed {within(urgent)}" if urgent else text


def lasts(deadline: Deadline) -> bool:
    """Whether a term gives any time after the moment that it counts from: `P0D` is that day itself."""
    return re.search(r"[1-9]", deadline.duration) is not None


def counts_from(deadline: Deadline, label: Callable[[str], str]) -> str:
    """What a term counts from, in words; `label` gives the question behind the name of an answer."""
    starts: Mapping[str, str] = {Since.TASK: "de dag dat de stap openstaat", Since.CASE: "het begin van het dossier"}
    start = starts.get(deadline.counts_from) or f"de datum bij “{label(deadline.counts_from)}”"
    return f"vanaf {start}" if lasts(deadline) else f"op de dag zelf: {start}"


def title(name: str) -> str:
    """A name from a file as a heading: `signaal_bespreken` → Signaal bespreken."""
    return capital(name.replace("_", " ").strip())


def capital(text: str) -> str:
    """A text with its first letter large."""
    return text[:1].upper() + text[1:]


def addresses(markdown: str) -> str:
    """Make the web addresses in a list of sources into links."""
    return _ADDRESS.sub(r"[\1](https://\1)", markdown)


def condition(field: Field, labels: Mapping[str, Field]) -> str:
    """When a question is asked, or "" where it always is."""
    if field.hide is None:
        return ""
    text = field.hide.text.strip()
    shown = re.fullmatch(r'(\w+)\s*!=\s*"([^"]*)"|not\(\s*(\w+)\s*=\s*"([^"]*)"\s*\)', text)
    if shown:
        return f"Alleen als {_answered(shown[1] or shown[3], shown[2] or shown[4], labels)}."
    hidden = re.fullmatch(r'(\w+)\s*=\s*"([^"]*)"', text)
    if hidden:
        return f"Niet als {_answered(hidden[1], hidden[2], labels)}."
    return "Alleen als eerdere antwoorden daar aanleiding toe geven."


def _answered(key: str, value: str, labels: Mapping[str, Field]) -> str:
    field = labels.get(key)
    answer = next((o.label for o in field.options if o.value == value), value) if field else value
    return f"het antwoord op “{field.label if field else title(key)}” “{answer}” is"


def cell(text: str, words: Mapping[str, str]) -> str:
    """One cell of a decision table as a reader says it; `words` is how its column words a value."""
    text = text.strip()
    if text in ("", "-"):
        return "maakt niet uit"
    negated = re.fullmatch(r"not\((.*)\)", text)
    if negated:
        return f"iets anders dan {cell(negated[1], words)}"
    between = re.fullmatch(r"([\[\]()])\s*(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)\s*([\[\]()])", text)
    if between:
        ends = "tot en met" if between[4] == "]" else "tot"
        start = "vanaf" if between[1] == "[" else "meer dan"
        return f"{start} {between[2]} {ends} {between[3]}"
    compared = re.fullmatch(r"(<=|>=|<|>)\s*(.+)", text)
    if compared:
        return _COMPARED[compared[1]].format(cell(compared[2], words))
    quoted = re.findall(r'"([^"]*)"', text)
    if quoted and re.fullmatch(r'"[^"]*"(\s*,\s*"[^"]*")*', text):
        return " of ".join(words.get(value, value.replace("_", " ")) for value in quoted)
    return {"true": "ja", "false": "nee", "null": "niet ingevuld"}.get(text, text)


_NEUTER = ("kind", "doel", "gezin", "gesprek", "overleg", "bericht", "signaal", "besluit", "advies", "plan", "je")
"""How words end that take “elk” and not “elke”."""


def each(rows: Field | None) -> str:
    """What something is done for that is done for each row of a list: “elke afspraak”, by what the form calls a row. A
    list that no form asks gets its rows by what people tell.
    """
    if rows is None:
        return "elke melding"
    row = rows.properties.get("regel", "")
    if not row:
        return f"elke regel van “{rows.label}”" if rows.label else "elke regel van de lijst"
    noun = row[:1].lower() + row[1:]
    return f"{'elk' if noun.endswith(_NEUTER) else 'elke'} {noun}"


def happening(element: Element) -> str:
    """What sets an event off, in words."""
    return {
        EventKind.MESSAGE: "iemand geeft het door",
        EventKind.TIMER: "vanzelf, zodra de datum of termijn er is",
        EventKind.ESCALATION: "een andere stap geeft het door",
        EventKind.ERROR: "er gaat iets mis in een stap",
        EventKind.CONDITIONAL: "vanzelf, zodra een antwoord daar aanleiding toe geeft",
        EventKind.SIGNAL: "een ander dossier geeft het door",
    }.get(element.event_kind, "vanzelf")

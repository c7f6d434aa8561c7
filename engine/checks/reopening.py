"""The start at which a case that ended goes on in a new round: where it may stand, and what stays of what was known."""

from collections.abc import Iterator

from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition
from engine.likeness import meant

REOPENING = Rule(
    "nieuwe_ronde",
    Topic.DIALECT,
    "Een dossier gaat weer open in het diagram waarin het begon, en wat van vroeger blijft staan, is ergens ingevuld.",
    "Elders begint niemand eraan. En een naam die niemand invult, laat niets staan.",
    "Zet het begin 'heropenen' naast het begin van een nieuw dossier, met bij 'blijft' sleutels van vragen.",
    wrong="begin > bellen > klaar\nbegin_weer > bellen\nbegin_weer: message=heropenen $blijft=kindren",
    right="begin > bellen > klaar\nbegin_weer > bellen\nbegin_weer: message=heropenen $blijft=kinderen",
)


def reopening(definition: Definition) -> Iterator[Finding]:
    """A new round that begins in a diagram that only others call, or keeps what nothing fills."""
    asked = {field.key for form in definition.forms.values() for field in form.input_fields()}
    asked |= {e.for_each for process in definition.processes.values() for e in process.elements.values() if e.for_each}
    for process in definition.processes.values():
        start = process.reopening
        if start is None:
            continue
        if process.id != definition.id:
            yield REOPENING.at(process, start, f"'{start.title}' staat in een diagram dat alleen wordt aangeroepen.")
        for name in start.properties.get("blijft", "").split(","):
            if name.strip() and name.strip() not in asked:
                message = f"Bij '{start.title}' blijft '{name.strip()}' staan, maar dat vult niets in."
                yield REOPENING.at(
                    process, start, message, meant(name.strip(), asked, "Gebruik de sleutel van een vraag.")
                )

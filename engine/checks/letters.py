"""The texts of mails: a subject, words below it, and only the places that can be filled in."""

from collections.abc import Iterator

from engine.checks.rule import Finding, Rule, Topic
from engine.definitions import Definition
from engine.definitions.letters import FILLED, IN_EACH, PLACES, file_of, read_text
from engine.likeness import choice
from engine.words import Letter

_TEXT = "# Uitnodiging\n\nDag {naam},\n\n[Uitnodiging openen]({link})\n"

PLACE = Rule(
    "bericht_plek",
    Topic.TEXTS,
    "In de tekst van een mail staan tussen accolades alleen de namen die Knooppunt invult.",
    "Wat niemand invult, staat met accolades en al in de mail. Iets over een gezin kan er nooit in: een mail is open.",
    "Kies een van de plekken die er zijn.",
    wrong={file_of(Letter.INVITATION): _TEXT.replace("{naam}", "{gezin}")},
    right={file_of(Letter.INVITATION): _TEXT},
)
WHOLE = Rule(
    "bericht_heel",
    Topic.TEXTS,
    "Een mail heeft een onderwerp, met een hekje ervoor op de eerste regel, en daaronder een tekst.",
    "Een mail zonder onderwerp of tekst wordt niet gelezen, of belandt bij het ongewenste.",
    "Zet op de eerste regel '# ' en het onderwerp, en schrijf eronder wat de mail zegt.",
    wrong={file_of(Letter.INVITATION): _TEXT.replace("# ", "")},
    right={file_of(Letter.INVITATION): _TEXT},
)
LINK = Rule(
    "bericht_link",
    Topic.TEXTS,
    "In een mail die ergens naartoe leidt, staat de link.",
    "Zonder link kan wie de mail krijgt er niets mee.",
    "Schrijf ergens: [Openen]({link}).",
    wrong={file_of(Letter.INVITATION): _TEXT.replace("[Uitnodiging openen]({link})", "Kom erbij.")},
    right={file_of(Letter.INVITATION): _TEXT},
)


def letters(definition: Definition) -> Iterator[Finding]:
    """What is wrong with the texts of mails. One under a name that no mail has is told as a file that nobody reads."""
    for letter in Letter:
        file = file_of(letter)
        if file not in definition.files:
            continue
        text, content = read_text(definition.files[file]), definition.files[file]
        known = IN_EACH | FILLED[letter]
        for place in (place for place in text.places() if place not in known):
            message = f"In deze mail staat '{{{place}}}'. Dat vult Knooppunt hier niet in."
            yield PLACE.breach(file, message=message, advice=choice(place, [n for n in PLACES if n in known]))
        if not content.decode("utf-8-sig", "replace").lstrip().startswith("# ") or not (text.subject and text.body):
            yield WHOLE.breach(file, message="Deze mail heeft geen onderwerp of geen tekst.")
        if "link" in known and "link" not in text.places():
            yield LINK.breach(file, message="In deze mail staat nergens de link.")

"""What stands in files reads as plain Dutch."""

import pytest

from engine import deadlines
from engine.definitions import Deadline
from engine.feel import parse
from engine.forms import Field, FieldKind, Option
from handbook import wording


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("5 werkdagen", "5 werkdagen"),
        ("1 werkdagen", "1 werkdag"),
        ("P21D", "3 weken"),
        ("P7D", "1 week"),
        ("P10D", "10 dagen"),
        ("P1M", "1 maand"),
        ("P3M", "3 maanden"),
        ("P1Y6M", "1 jaar en 6 maanden"),
        ("PT36H", "36 uur"),
        ("P", "P"),
        ("ooit", "ooit"),
    ],
)
def test_a_term_reads_as_words(term: str, words: str) -> None:
    assert deadlines.spoken(term) == words


@pytest.mark.parametrize(
    ("counts_from", "words"),
    [
        ("taak", "vanaf de dag dat de stap openstaat"),
        ("casus", "vanaf het begin van het dossier"),
        ("signaal_datum", "vanaf de datum bij “Wanneer zag je dit?”"),
    ],
)
def test_a_term_says_what_it_counts_from(counts_from: str, words: str) -> None:
    assert wording.counts_from(Deadline("x", "P1D", counts_from), lambda _: "Wanneer zag je dit?") == words


def test_a_term_without_any_days_is_the_day_itself() -> None:
    assert wording.counts_from(Deadline("x", "P0D", "voor_wanneer"), lambda _: "Voor welke dag?") == (
        "op de dag zelf: de datum bij “Voor welke dag?”"
    )
    assert wording.within(Deadline("x", "P0D", "voor_wanneer")) == "op de dag zelf"


def test_a_step_tells_how_long_it_may_take_and_how_long_when_there_is_haste() -> None:
    assert wording.within(Deadline("x", "P21D")) == "binnen 3 weken"
    assert wording.within(Deadline("x", "P21D"), Deadline("y", "P7D")) == "binnen 3 weken, bij spoed binnen 1 week"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("-", "maakt niet uit"),
        ("", "maakt niet uit"),
        ('"ja"', "Ja"),
        ('"ja", "nee"', "Ja of Nee"),
        ('not("nee")', "iets anders dan Nee"),
        ('"past_niet"', "past niet"),
        ("< 12", "minder dan 12"),
        ("<= 12", "hoogstens 12"),
        ("> 12", "meer dan 12"),
        (">= 28", "28 of meer"),
        ("[12..16)", "vanaf 12 tot 16"),
        ("[12..16]", "vanaf 12 tot en met 16"),
        ("(12..16]", "meer dan 12 tot en met 16"),
        ("true", "ja"),
        ("false", "nee"),
        ("null", "niet ingevuld"),
        ("12", "12"),
        ("x + 1", "x + 1"),
    ],
)
def test_a_cell_of_a_table_reads_as_words(cell: str, words: str) -> None:
    assert wording.cell(cell, {"ja": "Ja", "nee": "Nee"}) == words


def asked(hide: str | None = None) -> Field:
    return Field("f", "reden", FieldKind.TEXTAREA, "Waarom niet?", hide=parse(hide) if hide else None)


KNOWN = {"mag": Field("mag", "mag", FieldKind.RADIO, "Mag het?", options=(Option("ja", "Ja, dat mag"),))}


@pytest.mark.parametrize(
    ("hide", "words"),
    [
        (None, ""),
        ('mag != "ja"', "Alleen als het antwoord op “Mag het?” “Ja, dat mag” is."),
        ('not(mag = "ja")', "Alleen als het antwoord op “Mag het?” “Ja, dat mag” is."),
        ('mag = "ja"', "Niet als het antwoord op “Mag het?” “Ja, dat mag” is."),
        ('andere_vraag != "x"', "Alleen als het antwoord op “Andere vraag” “x” is."),
        ('mag != "ja" or leeftijd < 18', "Alleen als eerdere antwoorden daar aanleiding toe geven."),
    ],
)
def test_a_question_says_when_it_is_asked(hide: str | None, words: str) -> None:
    assert wording.condition(asked(hide), KNOWN) == words


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        (
            "nvo.nl/vraag/leeftijd.aspx, en meer",
            "[nvo.nl/vraag/leeftijd.aspx](https://nvo.nl/vraag/leeftijd.aspx), en meer",
        ),
        ("zie meldcode.nu/triage/: vijf dagen", "zie [meldcode.nu/triage/](https://meldcode.nu/triage/): vijf dagen"),
        ("S1 RUL-06 en/of iets anders", "S1 RUL-06 en/of iets anders"),
    ],
)
def test_the_address_of_a_source_becomes_a_link(text: str, linked: str) -> None:
    assert wording.addresses(text) == linked

"""The sociale kaart: its sheets read and written, and kept by a house."""

from dataclasses import replace

import pytest

from engine import store
from engine.cases import sociale_kaart
from engine.definitions.sociale_kaart import (
    CELLS,
    Contact,
    Sheet,
    SocialeKaart,
    Span,
    load,
    read,
    write,
)
from engine.errors import DefinitionError
from engine.store import Database
from tests.engine.conftest import NOW
from tests.engine.playing import REGION, WORKFLOWS, definition

SETTINGS = definition().settings
SHIPPED = load(WORKFLOWS, REGION, SETTINGS)
TOPICS = b"kenmerk,naam,vraag,uitleg,zoekwoorden\ngeld,Geld en schulden,Heb je geldzorgen?,,schulden\n"
COLUMNS = ",".join(column.name for column in CELLS[Sheet.ORGANISATIONS])


def organisations(**cells: str) -> bytes:
    """A sheet with one organisation, of which these cells are other than right."""
    right = {
        "kenmerk": "kas", "naam": "De Kas", "soort": "ggd", "domein": "sociaal", "onderwerpen": "geld",
        "voor_wie": "ouder", "bellen": "Balie; 045 000 00 01; ma 9-12", "doet": "Helpt.", "wachttijd_weken": "2",
    }  # fmt: skip
    row = (f'"{ {**right, **cells}.get(column.name, "") }"' for column in CELLS[Sheet.ORGANISATIONS])
    return f"{COLUMNS}\n{','.join(row)}\n".encode()


def told(content: bytes) -> list[str]:
    """What is said of a sheet of organisations beside one topic, with the place."""
    try:
        read({Sheet.TOPICS: ("t.csv", TOPICS), Sheet.ORGANISATIONS: ("o.csv", content)}, SETTINGS)
    except DefinitionError as error:
        return [f"{problem.file}, {problem.element}: {problem.message}" for problem in error.problems]
    return []


def test_in_every_municipality_somebody_helps_with_every_topic_without_a_referral() -> None:
    lonely = [
        (place, topic.id)
        for place in SETTINGS.municipalities
        for topic in SHIPPED.topics
        if len(helping := SHIPPED.helping(place, topic.id)) < 2 or not helping[0].is_first
    ]
    assert lonely == []


def test_a_fact_says_where_it_was_read() -> None:
    assert [each.id for each in SHIPPED.interventions if each.certainty == "feit" and not each.source] == []
    voorzorg = next(each for each in SHIPPED.interventions if each.id == "voorzorg")
    assert (voorzorg.weeks, voorzorg.months) == (Span(0, 27), Span(0, 24))


def test_a_partner_is_called_what_the_region_calls_it_and_is_no_second_organisation() -> None:
    rows = {each.id: each for each in SHIPPED.organisations}
    partners = SETTINGS.organisations
    assert partners.keys() <= rows.keys()
    assert {id: rows[id].name for id in partners} == {id: each.name for id, each in partners.items()}


def test_who_is_open_to_everybody_comes_first_and_then_who_has_time() -> None:
    kas = read({Sheet.TOPICS: ("t", TOPICS), Sheet.ORGANISATIONS: ("o", organisations())}, SETTINGS).organisations[0]
    slow, quick, closed = (
        replace(kas, id="slow", is_first=True, waiting=8),
        replace(kas, id="quick", is_first=True, waiting=1),
        replace(kas, id="closed", is_first=False, waiting=0),
    )
    order = SocialeKaart(organisations=(closed, slow, quick)).helping("heerlen", "geld")
    assert [each.id for each in order] == ["quick", "slow", "closed"]


def test_a_cell_says_who_to_call_and_when() -> None:
    (kas,) = read(
        {
            Sheet.TOPICS: ("t", TOPICS),
            Sheet.ORGANISATIONS: ("o", organisations(bellen="Balie; 045 000 00 01; ma 9-12 | Nacht; 112")),
        },
        SETTINGS,
    ).organisations
    assert kas.contacts == (Contact("Balie", "045 000 00 01", "ma 9-12"), Contact("Nacht", "112"))


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"kenmerk": "De Kas"}, "kolom kenmerk: 'De Kas' is geen kenmerk."),
        ({"naam": ""}, "kolom naam: Deze cel is leeg."),
        ({"soort": "winkel"}, "kolom soort: Deze soort is er niet: 'winkel'."),
        ({"domein": "markt"}, "kolom domein: Dit woord is er niet: 'markt'."),
        ({"gemeenten": "heerlen, heerlem"}, "kolom gemeenten: Deze gemeente is er niet: 'heerlem'."),
        ({"onderwerpen": "geld, gelt"}, "kolom onderwerpen: Dit onderwerp is er niet: 'gelt'."),
        ({"interventies": "zorgvoor"}, "kolom interventies: Deze interventie is er niet: 'zorgvoor'."),
        ({"voor_wie": "opa"}, "kolom voor_wie: Dit woord is er niet: 'opa'."),
        ({"bellen": "Balie"}, "kolom bellen: 'Balie' zegt niet wie je belt."),
        ({"mail": "kas"}, "kolom mail: 'kas' is geen mailadres."),
        ({"site": "javascript:alert(1)"}, "kolom site: 'javascript:alert(1)' is geen adres van een site."),
        ({"voorliggend": "soms"}, "kolom voorliggend: 'soms' is geen antwoord."),
        ({"wachttijd_weken": "lang"}, "kolom wachttijd_weken: 'lang' is geen aantal weken."),
        ({"nagekeken": "1-11-2026"}, "kolom nagekeken: '1-11-2026' is geen datum."),
        ({"doet": "x" * 1001}, "kolom doet: Dit zijn 1001 tekens."),
        ({"kenmerk": "schuldhulp_rondkomstig", "soort": "ggz"}, "kolom soort: De soort is 'schuldhulp'."),
    ],
)
def test_a_wrong_cell_is_told_by_its_line_and_column(cells: dict[str, str], sentence: str) -> None:
    (line,) = told(organisations(**cells))
    assert line.startswith(f"o.csv, regel 2, {sentence}")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff", "o.csv, regel 1: Dit bestand is geen tekst in UTF-8."),
        (b"kenmerk,naam\n", "o.csv, regel 1: De eerste regel moet deze kolommen noemen: kenmerk, naam,"),
        (organisations() + b"a,b\n", "o.csv, regel 3: Hier staan 2 cellen. Het moeten er 20 zijn."),
        (organisations() + b'"a', "o.csv, regel 3: Hier klopt een aanhalingsteken niet."),
        (
            organisations() + organisations().splitlines()[1],
            "o.csv, regel 3, kolom kenmerk: 'kas' staat ook op regel 2.",
        ),
    ],
)
def test_a_wrong_file_is_told_by_its_line(content: bytes, sentence: str) -> None:
    (line,) = told(content)
    assert line.startswith(sentence)


def test_the_line_is_that_where_a_row_begins_and_all_that_is_wrong_is_told() -> None:
    many = organisations(doet="Helpt.\nOok thuis.") + organisations(kenmerk="b", mail="b", talen="x").splitlines()[1]
    assert told(many) == ["o.csv, regel 4, kolom mail: 'b' is geen mailadres. Schrijf het zoals naam@organisatie.nl."]


def begun(database: Database) -> None:
    with database.writing() as tx:
        sociale_kaart.begin(tx, SETTINGS, SHIPPED, NOW)


def test_what_a_database_gives_back_makes_another_database_the_same(database: Database) -> None:
    begun(database)
    with database.reading() as tx:
        kept = sociale_kaart.kaart_of(tx, SETTINGS)
    assert kept == SHIPPED
    written = {
        Sheet.TOPICS: ("t", write(Sheet.TOPICS, kept.topics).encode()),
        Sheet.INTERVENTIONS: ("i", write(Sheet.INTERVENTIONS, kept.interventions).encode()),
        Sheet.ORGANISATIONS: ("o", write(Sheet.ORGANISATIONS, kept.organisations).encode()),
    }
    assert read(written, SETTINGS) == SHIPPED


def test_a_house_begins_once_and_then_keeps_its_own(database: Database) -> None:
    begun(database)
    with database.writing() as tx:
        changed = replace(SHIPPED.organisations[0], waiting=9)
        store.sociale_kaart.change(tx, REGION, SHIPPED.organisations[0], changed, "", NOW)
        assert not sociale_kaart.begin(tx, SETTINGS, SHIPPED, NOW)
        assert changed in sociale_kaart.kaart_of(tx, SETTINGS).organisations


def test_an_organisation_that_stopped_is_not_shown(database: Database) -> None:
    begun(database)
    with database.writing() as tx:
        ended = next(row for row in store.organisations.of_region(tx, REGION) if row.id == "ggz_binnenweer")
        store.organisations.keep(tx, replace(ended, ended_at=NOW), "", NOW)
        assert "ggz_binnenweer" not in {each.id for each in sociale_kaart.kaart_of(tx, SETTINGS).organisations}

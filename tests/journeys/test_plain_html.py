"""A whole case in browsers that run no JavaScript at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.journeys.screen import Journey

SECOND = {
    "wat": "Samen naar het taalcafé",
    "wie": "bibliotheek_bladerland",
    "voor_wanneer": "2026-04-17",
    "doel": "Alles klaar hebben voor de baby.",
    "opdracht": "Een keer samen gaan kijken.",
    "status": "gedaan",
}


@pytest.mark.parametrize("script", [False])
def test_a_whole_case_without_javascript(journey: Callable[..., Journey]) -> None:
    case = journey("een_duidelijke_vraag", casusregisseur=("mo_maquette",))
    case.step()  # its number of weeks is asked for only after "zwanger: ja"
    screen = case.look("mila_modelman")
    answers = screen.unfold("Antwoorden")
    answers.get_by_text("Signaal vastleggen").first.click()
    expect(answers).to_contain_text("Hoeveel weken is zij zwanger?")
    expect(answers).to_contain_text("22")

    case.play(until="steun_afspreken")
    planned = case.left[0]
    rows = [*planned.answers["afspraken"], SECOND]
    case.left[0] = replace(planned, answers={**planned.answers, "afspraken": rows})
    case.step()
    agreements = case.look("vera_voorbeeld").section("Afspraken").get_by_role("row")
    expect(agreements).to_have_count(3)
    expect(agreements.filter(has_text="Samen naar het taalcafé")).to_contain_text("Gedaan")
    expect(agreements.filter(has_text="Weten waar babyspullen")).to_contain_text("Maatjes Samenop")

    case.play()
    closed = case.look("vera_voorbeeld").page.get_by_role("main")
    expect(closed).to_contain_text("Dit dossier is afgesloten.")
    expect(closed).to_contain_text("Afgerond")

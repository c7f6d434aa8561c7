"""Two people who see danger at the same time, each in a meldcode of their own."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.screen import Journey
from tests.journeys.test_interruptions import knows_nothing_of_the_unsafety

DANGER = "acute_onveiligheid"
SAW = {"jet_jansproef": "Jet zag blauwe plekken.", "vera_voorbeeld": "Vera hoorde geschreeuw aan de telefoon."}


def test_each_sees_the_own_alone_and_closing_the_traject_betrays_nothing(journey: Callable[..., Journey]) -> None:
    case = journey("onveiligheid_naast_het_traject", at=DANGER)
    for person in SAW:
        case.tell(person, DANGER)
    step = case.site.element("signalen_in_kaart")
    screens = {person: case.look(person) for person in SAW}
    for person, screen in screens.items():
        now = screen.section("Nu aan de beurt").get_by_role("link", name=step.name)
        expect(now).to_have_count(1)
        now.click()
        assert screen.can_complete()
        answers = {"meldcode_stap_1": "1", "meldcode_signalen": SAW[person], "meldcode_direct_gevaar": "nee"}
        screen.submit(case.site.form(step), answers)
    only_the_own(case)

    overview = case.look("vera_voorbeeld")
    overview.unfold("Is er iets veranderd?").get_by_role("link", name="Eerder afsluiten").click()
    overview.page.get_by_label("Waarom?").fill("Het gezin wil stoppen.")
    overview.press("Ja, sluit het dossier")
    only_the_own(case)
    knows_nothing_of_the_unsafety(case, "coby_concept")


def only_the_own(case: Journey) -> None:
    """Each reads what they wrote themselves, and nothing of the other."""
    for person, own in SAW.items():
        (other,) = (words for words in SAW.values() if words != own)
        screen = case.look(person)
        main = screen.page.get_by_role("main")
        expect(main).to_contain_text(own)
        expect(main).not_to_contain_text(other)
        expect(screen.section("Nu aan de beurt").get_by_role("link", name="2 Collega")).to_have_count(1)

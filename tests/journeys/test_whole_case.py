"""One case from new signal to closed evaluation, with the parents at the table and one agreement that is late."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.screen import Journey

LATE = "Samen de post en de schulden op een rij zetten"
NAMELESS = re.compile(r"^Signaal \d+$")


def test_from_signal_to_closed_evaluation(journey: Callable[..., Journey]) -> None:
    case = journey("alles_loopt_goed")
    case.play(until="aanmelding_beoordelen")
    consent_is_shown(case)
    case.play(until="overleg_houden")
    meeting_is_planned(case)
    handbook_explains_the_task(case)
    case.play(until="steun_starten")
    parents_were_there(case)
    case.play(until="afspraak_opvolgen")
    case.step()
    case.step()  # 25 days go by
    case.wait("P7D")
    one_agreement_is_late(case)
    case.play()
    case_is_closed(case)


def test_nobody_reads_the_name_of_a_family_that_has_not_agreed_yet(journey: Callable[..., Journey]) -> None:
    case = journey("alles_loopt_goed")
    case.step()
    screen = case.look("coby_concept")
    expect(screen.page.get_by_role("heading", level=1)).to_have_text(NAMELESS)
    expect(screen.page.get_by_role("main")).not_to_contain_text("Schijnbaar")
    expect(screen.page.get_by_role("main")).not_to_contain_text("Ze slaapt slecht")


def consent_is_shown(case: Journey) -> None:
    screen = case.look("vera_voorbeeld")
    consent = screen.section("Toestemming")
    expect(consent).to_contain_text("Sanne")
    expect(consent).to_contain_text("Geldt")
    for organisation in ("Buurtlicht Kerkrade", "Jeugdgezondheidszorg Heuvelkind", "Schuldhulp Rondkomstig"):
        expect(consent).to_contain_text(f"{organisation}, samenwerken")
    expect(screen.section("Wie je belt")).to_contain_text("Mila Modelman")
    expect(screen.section("Wat er gebeurde")).to_contain_text("Toestemming vastleggen, namens de ouders")


def meeting_is_planned(case: Journey) -> None:
    screen = case.look("vera_voorbeeld")
    goals = screen.section("Wat het gezin wil").get_by_role("listitem")
    expect(goals).to_have_text(["Ik wil mijn post durven openmaken.", "Ik wil rustig kunnen slapen voor de baby komt."])
    expect(screen.section("Overleg")).to_contain_text("Gepland")
    expect(screen.section("Overleg")).to_contain_text("2 april 2026, 13:30 uur, Bij het gezin thuis")
    course = screen.section("Verloop")
    expect(course.get_by_role("listitem").and_(course.locator("[aria-current=step]"))).to_contain_text(
        "Knooppuntoverleg"
    )
    drawn = course.get_by_role("img", name="Nu: Knooppuntoverleg")
    expect(drawn).to_contain_text("Overleg houden (nu bezig)")
    expect(drawn).to_contain_text("Overleg plannen (gedaan)")
    expect(screen.section("Nu aan de beurt")).to_contain_text("Overleg houden")


def handbook_explains_the_task(case: Journey) -> None:
    screen = case.sit_down("vera_voorbeeld")
    assert screen.open_task(case.case, "Overleg houden")
    screen.page.get_by_role("link", name="Lees meer in de handreiking").click()
    expect(screen.page.get_by_role("heading", level=1)).to_contain_text("Overleg houden")
    expect(screen.heading("Dit heb je nodig")).to_be_visible()


def parents_were_there(case: Journey) -> None:
    screen = case.look("jet_jansproef")
    expect(screen.section("Overleg")).to_contain_text("Gehouden")
    expect(screen.section("Overleg")).to_contain_text("De ouders waren erbij")
    expect(screen.section("Wie je belt")).to_contain_text("Jet Jansproef")
    rows = screen.section("Afspraken").get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text=LATE)).to_contain_text("Schuldhulp Rondkomstig")
    expect(rows.filter(has_text=LATE)).to_contain_text("30 april 2026")
    expect(rows.filter(has_text=LATE)).to_contain_text("Open")


def one_agreement_is_late(case: Journey) -> None:
    screen = case.look("vera_voorbeeld")
    rows = screen.section("Afspraken").get_by_role("row")
    expect(rows.filter(has_text=LATE)).to_contain_text("Te laat")
    expect(rows.filter(has_text="Een maatje zoeken")).to_contain_text("Gedaan")
    expect(rows.filter(has_text="Extra huisbezoek")).to_contain_text("Open")
    screen.worklist("Te laat")
    expect(screen.row(case.case, "Navragen hoe het staat", LATE)).to_contain_text("te laat")


def case_is_closed(case: Journey) -> None:
    screen = case.look("vera_voorbeeld")
    page = screen.page.get_by_role("main")
    expect(page).to_contain_text("Dit dossier is afgesloten. Er hoeft niets meer te gebeuren.")
    expect(page).to_contain_text("Afgerond")
    for name in ("Evaluatie", "Wat is gedeeld", "Wat er gebeurde", "Antwoorden"):  # reading ends with the case
        expect(screen.section(name)).to_have_count(0)
    screen.worklist()
    expect(screen.page.get_by_role("main")).to_contain_text("Er zijn nu geen taken")

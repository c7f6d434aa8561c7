"""What a case page shows first, and what it folds."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from api.pages import course, story
from engine import store
from engine.definitions.registers import AgreementRow, MeetingRow
from engine.words import AgreementStatus, MeetingStatus
from tests.api.conftest import Visit
from tests.engine.playing import LEAD, OVERSEER, Play, example

pytestmark = pytest.mark.any_database
TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_thirty_agreements_stay_usable_and_the_next_meeting_stands_out(play: Play) -> None:
    view = play.play(example("alles_loopt_goed"), until="evaluatie_voorbereiden").view(OVERSEER)
    (first, *_) = view.rows(AgreementRow)

    def agreed(number: int, status: str, days: int) -> AgreementRow:
        return replace(first, what=f"Afspraak {number}", status=status, by_date=TODAY + timedelta(days))

    rows = [
        *(agreed(n, AgreementStatus.DONE, -n) for n in range(10)),
        *(agreed(n, AgreementStatus.OPEN, 30 - n) for n in range(10, 29)),
        agreed(29, AgreementStatus.WAITING, -3),
    ]
    shown = story.agreements(replace(view, registers={AgreementRow: tuple(rows)}), NOW)
    assert [row.what for row in shown.first] == ["Afspraak 29", *(f"Afspraak {n}" for n in range(28, 21, -1))]
    assert [row.overdue for row in shown.first] == [True, *[False] * 7]
    assert [row.what for row in shown.running] == [f"Afspraak {n}" for n in range(21, 9, -1)]
    assert len(shown.ended) == 10
    few = story.agreements(replace(view, registers={AgreementRow: (rows[0], rows[-1], rows[20])}), NOW)
    assert ([row.state for row in few.first], few.running, few.ended) == (["Te laat", "Open", "Gedaan"], (), ())

    def planned(days: int, status: str = MeetingStatus.PLANNED) -> MeetingRow:
        return MeetingRow(TODAY + timedelta(days), "9:30", "Thuis", (), "", "", "knooppuntoverleg", status)

    def following(*meetings: MeetingRow) -> tuple[str, str] | None:
        return story.next_meeting(replace(view, registers={MeetingRow: meetings}), NOW)

    assert following(planned(1, MeetingStatus.HELD)) is None
    soon = ("Knooppuntoverleg", "30 november 2026, 9:30 uur, Thuis")
    assert following(planned(9), planned(2), planned(-1), planned(1, MeetingStatus.HELD)) == soon
    assert following(planned(-9), planned(-8)) == ("Knooppuntoverleg", "19 november 2026, 9:30 uur, Thuis")


def test_a_page_begins_with_the_family_whom_to_call_and_what_comes_next(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="evaluatie_voorbereiden")
    with play.database.writing() as tx:
        store.staff.keep(tx, replace(store.staff.one(tx, LEAD), phone="045 000 01 08"))
    page = unescape(visit(OVERSEER).get(f"/casus/{play.case_id}").text)
    parts = re.findall(r"<h2[^>]*>([^<]*)</h2>", page)
    begins = ["Wat het gezin wil", "Volgend overleg", "Wie je belt", "Nu aan de beurt", "Afspraken", "Verloop"]
    assert parts[: len(begins)] == begins
    called = page.split('id="betrokken"')[1].split("</section>")[0]
    assert called.index("Casusregisseur") < called.index("Aanmelder")
    assert 'href="tel:0450000108"' in called
    folded = {title: body for body, title in re.findall(r"<details>\s*<summary>(<h2[^>]*>([^<]*))</h2>", page)}
    assert {"Toestemming", "Antwoorden", "Wat er gebeurde", "Is er iets veranderd?"} <= folded.keys()


def test_the_whole_course_is_a_strip_of_phases(play: Play) -> None:
    view = play.play(example("alles_loopt_goed"), until="overleg_houden").view(OVERSEER)
    strip = course.strip(view)
    states = {step.name: step.state for step in strip}
    assert [step.name for step in strip][:4] == ["Signaleren", "Toestemming vragen", "Intake", "Verkennen"]
    assert states["Knooppuntoverleg"] == course.NOW
    assert states["Afsluiten"] == course.LATER
    assert "Voorbespreking" not in states, "this case went past it"
    assert not {"Meldcode volgen", "Steunen bij verlies", "Stoppen met delen"} & states.keys()
    (drawing,) = course.drawings(view)
    assert drawing.title == "Nu: Knooppuntoverleg"
    assert [step.name for step in drawing.steps if step.state == course.NOW] == ["Overleg houden"]


def test_on_paper_a_case_and_its_plan_are_documents_with_nothing_folded(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="evaluatie_voorbereiden")
    address = f"/casus/{play.case_id}/afdruk"
    whole, plan = (unescape(visit(OVERSEER).get(address + part).text) for part in ("", "?alleen=plan"))
    for page in (whole, plan):
        document = page.split("<article")[1].split("</article>")[0]
        assert re.search(
            r"Afgedrukt op \w+ \d+ \w+ \d{4}, \d+\.\d\d uur door Vera Voorbeeld, Buurtlicht Kerkrade\.", document
        )
        assert not re.search("<(details|button|form|input|nav)", document)
        assert document.index("Wat het gezin wil") < document.index("Afspraken") < document.index("Wie je belt")
    assert "Wat er gebeurde" in whole
    assert "Ik wil mijn post durven openmaken." in whole
    assert "Wat er gebeurde" not in plan
    assert "Toestemming" not in plan
    assert visit("bo_bladwijzer").get(address).status_code == 404

"""What is told of how to begin: hours and days that are those of the steps, and a plan that other software opens."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from shutil import copytree

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from engine import definitions
from engine.errors import DefinitionError
from handbook import effort, guide, plan
from handbook.beginning import Beginning, read_beginning
from handbook.effort import Span
from handbook.guide import Guide

WORKFLOWS = Path(__file__).parents[2] / "workflows"
DAY = date(2026, 11, 28)
OWN = "regios/zuid-limburg/beginnen.yaml"


@pytest.fixture(scope="module")
def guides() -> tuple[Guide, ...]:
    return tuple(guide.build(definitions.load(WORKFLOWS, root, "zuid-limburg")) for root in ("casus", "opzetten"))


@pytest.fixture(scope="module")
def beginning(guides: tuple[Guide, ...]) -> Beginning:
    return read_beginning(WORKFLOWS, guides, DAY)


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    copytree(WORKFLOWS, tmp_path / "workflows")
    return tmp_path / "workflows"


def test_the_hours_of_a_role_are_those_that_its_steps_say(guides: tuple[Guide, ...], beginning: Beginning) -> None:
    (share,) = (share for share in beginning.costs["casus"].shares if share.role.id == "aanmelder")
    steps = ("signaal_vastleggen", "signaal_bespreken", "uitleg_geven", "toestemming_vastleggen")
    said = {step.element.id: step.element.properties["duur"] for step in guides[0].steps if step.element.id in steps}
    assert said == dict(zip(steps, ("5 tot 10 minuten", "30 minuten", "20 minuten", "20 minuten"), strict=True))
    assert share.span == Span(75, 80)
    assert share.span.hours == "1 tot 1½ uur"
    assert share.times == 4


def test_a_step_done_more_often_counts_more_often_and_one_without_a_number_is_named(beginning: Beginning) -> None:
    (followed,) = (share for share in beginning.costs["casus"].shares if share.role.id == "casusregisseur")
    assert followed.times == 11  # three agreements, each with an assignment and a start
    (runs_it,) = (share for share in beginning.costs["opzetten"].shares if share.role.id == "procesregisseur")
    assert [step.element.id for step in runs_it.uncounted] == ["pilot_houden"]
    assert beginning.costs["casus"].total == sum((s.span for s in beginning.costs["casus"].shares), Span())


def test_who_does_the_work_of_another_role_too_gets_its_hours() -> None:
    theirs = tuple(guide.build(definitions.load(WORKFLOWS, root, "de-waterlanden")) for root in ("casus", "opzetten"))
    roles = {share.role.id for share in read_beginning(WORKFLOWS, theirs, DAY).costs["casus"].shares}
    assert "procesregisseur" in roles
    assert "coordinator" not in roles


@pytest.mark.parametrize(
    ("span", "hours", "days"),
    [
        (Span(60, 60), "1 uur", "½ werkdag"),
        (Span(480, 480), "8 uur", "1 werkdag"),
        (Span(0, 0), "0 uur", "0 werkdagen"),
        (Span(10, 10), "½ uur", "½ werkdag"),
        (Span(960, 1200), "16 tot 20 uur", "2 tot 2½ werkdagen"),
    ],
)
def test_work_is_said_in_halves_and_no_work_is_ever_nothing(span: Span, hours: str, days: str) -> None:
    assert (span.hours, span.days(8)) == (hours, days)


def test_a_plan_lets_no_step_begin_before_what_leads_to_it_is_due(beginning: Beginning) -> None:
    when = {each.step.element.id: each for each in beginning.planned}
    assert beginning.planned[0].begins == date(2026, 11, 30)
    assert when["draagvlak_verkennen"].begins == when["initiatief_nemen"].due == date(2026, 12, 14)
    assert when["ouders_horen"].begins == when["cijfers_verzamelen"].begins  # side by side in the drawing
    assert when["coalitie_vormen"].begins == max(when[s].due for s in ("ouders_horen", "cijfers_verzamelen"))
    assert when["doelen_en_geld_bepalen"].begins == when["overeenkomst_sluiten"].due  # the next phase
    assert beginning.first_family.step.element.id == "pilot_houden"
    assert effort.months(date(2026, 11, 30), date(2028, 6, 14)) == "19 maanden"
    assert effort.month(date(2026, 11, 30), date(2027, 2, 14)) == "maand 3"


def test_the_plan_opens_as_a_spreadsheet_that_moves_along_with_its_first_day(beginning: Beginning) -> None:
    content = plan.xlsx("Knooppunt opzetten", beginning.planned, "#07403c")
    assert content == plan.xlsx("Knooppunt opzetten", beginning.planned, "#07403c")
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert sheet["B2"].value.date() == date(2026, 11, 30)
    rows = list(sheet.iter_rows(min_row=5, max_col=8, values_only=True))
    assert [row[1] for row in rows] == [each.step.title for each in beginning.planned]
    assert rows[1][:5] == ("Voorbereiden", "Draagvlak verkennen", "Initiatiefnemer", "=$B$2+14", "=$B$2+76")


def test_what_a_region_calls_a_step_is_no_formula(beginning: Beginning) -> None:
    first = beginning.planned[0]
    named = effort.Planned(replace(first.step, title="=1+1"), first.begins, first.due)
    sheet = load_workbook(BytesIO(plan.xlsx("Plan", (named,), "#07403c"))).worksheets[0]
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("=1+1", "s")


def test_the_plan_opens_in_an_agenda_with_a_day_to_begin_and_one_that_is_the_last(beginning: Beginning) -> None:
    calendar = Calendar.from_ical(plan.ics("Knooppunt opzetten", beginning.planned, DAY))
    days = {str(event["summary"]): (event.start, event.end) for event in calendar.events}
    assert len(days) == 2 * len(beginning.planned)
    assert days["Begin: Draagvlak verkennen"][0] == date(2026, 12, 14)
    assert days["Uiterlijk klaar: Draagvlak verkennen"] == (date(2027, 2, 14), date(2027, 2, 14) + timedelta(days=1))
    assert len({str(event["uid"]) for event in calendar.events}) == len(calendar.events)


def test_a_region_lays_its_own_over_what_holds_everywhere(workflows: Path, guides: tuple[Guide, ...]) -> None:
    point = "vraag: 'Bel de {rol:aanmelder}.', dan: Kies., stap: opzetten/inrichten/flyer_maken"
    (workflows / OWN).write_text(f"rekenen: {{gezinnen_per_maand: 5}}\nzelfcheck: {{klein: {{{point}}}}}\n", "utf-8")
    theirs = read_beginning(workflows, guides, DAY)
    everywhere = read_beginning(WORKFLOWS, guides, DAY)
    assert theirs.families == 5
    assert len(theirs.factors) == len(everywhere.factors)
    assert "Bel de aanmelder." in [factor.question for factor in theirs.factors]
    assert theirs.profiles == everywhere.profiles


@pytest.mark.parametrize(
    ("own", "place"),
    [
        ("rekenen: {tafel: casus/overleg/weg}", "rekenen.tafel"),
        ("rekenen: {voorbeelden: {casus: weg, opzetten: in_een_keer_goed}}", "rekenen.voorbeelden.casus"),
        ("rekenen: {eerste_gezin: opzetten/voorbereiden/draagvlak_versterken}", "rekenen.eerste_gezin"),
        ("profiel: {}", "profiel"),
        ("rollen: {weg: []}", "rollen"),
        ("profielen: {nieuw: {naam: Nieuw}}", "profielen.nieuw"),
    ],
)
def test_what_is_not_there_is_told_with_its_place(
    workflows: Path, guides: tuple[Guide, ...], own: str, place: str
) -> None:
    (workflows / OWN).write_text(own, "utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_beginning(workflows, guides, DAY)
    assert [(problem.file, problem.element) for problem in refused.value.problems] == [("beginnen.yaml", place)]

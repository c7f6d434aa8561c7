"""The overview that one person of a family takes home: all of the look-log that is about that person, and no more."""

import re
from datetime import timedelta

import pytest

from api.pages import overview, watching
from engine import cases, store
from engine.store.looks import Look as Row
from engine.store.looks import Shown
from engine.words import Ground, Look, Part, Register, RoleId, Seen
from tests.api.conftest import Visit
from tests.engine.playing import COORDINATOR, HOME, LEAD, OVERSEER, PARTNER, REPORTER, STRANGER, Play, example

TEAM, YOUTH, DEBT, MIDWIVES = (
    "buurtlicht_kerkrade",
    "jgz_heuvelkind",
    "schuldhulp_rondkomstig",
    "verloskundigen_dalwieg",
)
CIRCLES = (Register.SAFETY, Part.CIRCLE)
WITHOUT_FILE = (Seen.SIGNUP, Seen.FIGURES)
"""What is looked at before there is a file, and beside all files."""


def test_a_family_and_who_watches_read_a_word_for_all_that_may_be_looked_at() -> None:
    kinds = {*Register, *Part, *Seen, *Ground}
    assert kinds - {*overview.PARTS, *overview.GROUNDS} == {*CIRCLES, *WITHOUT_FILE, Ground.CIRCLE}, (
        "what no family reads of"
    )
    assert kinds - {*watching.PARTS, *watching.GROUNDS} == set()


def look(play: Play, person: str, organisation: str, ground: str, parts: str, verb: str = Look.READ) -> None:
    """A look at the case, now."""
    role = RoleId.PROCESREGISSEUR if organisation == TEAM else RoleId.CORE_PARTNER
    shown = [Shown(play.case_id, HOME, ground, parts)]
    with play.database.writing() as tx:
        store.looks.add(tx, Row(play.now, person, role, organisation, verb, "GET /casus/{case_id}", shown))


def sheets(visit: Visit, play: Play) -> list[str]:
    """The overviews that the case page of who keeps the overview leads to, as text."""
    overseer = visit(OVERSEER)
    page = overseer.get(f"/casus/{play.case_id}").text
    addresses = re.findall(rf'href="(/casus/{play.case_id}/overzicht-gezin/\w+)"', page)
    return [overseer.get(address).text for address in dict.fromkeys(addresses)]


def lines(sheet: str) -> list[tuple[str, ...]]:
    """The lines of who looked: who, day, why, what."""
    body = sheet.partition("<tbody")[2].partition("</tbody>")[0]
    return [tuple(re.findall(r"<td[^>]*>([^<]*)<", row)) for row in body.split("</tr>")[:-1]]


@pytest.mark.any_database
def test_who_looked_stands_there_as_the_log_has_it_and_no_circle_does(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    look(play, COORDINATOR, TEAM, Ground.OVERVIEW, Part.COURSE)
    look(play, LEAD, YOUTH, Ground.CONSENT, f"{Part.GOALS},{Register.AGREEMENT}")
    look(play, LEAD, YOUTH, Ground.CONSENT, Part.ANSWERS)
    look(play, PARTNER, DEBT, Ground.HAVING, Seen.TASK)
    look(play, REPORTER, MIDWIVES, Ground.OWN, Part.ANSWERS)
    for part in CIRCLES:
        look(play, REPORTER, MIDWIVES, Ground.CIRCLE, part, verb="bericht")
        look(play, "nour_naamloos", "clientondersteuning_naastje", Ground.CIRCLE, part)
    look(play, STRANGER, "ggz_binnenweer", "", "", verb=Look.REFUSED)
    (sheet,) = sheets(visit, play)
    assert [(row[0].partition(",")[0], row[2:]) for row in lines(sheet)] == [
        ("schoolmaatschappelijk werker", ("Houdt voor het Knooppunt het overzicht.", "hoe ver het is")),
        ("jeugdverpleegkundige", ("Jij zei dat dit mocht.", "de afspraken, wat het gezin wil, wat er is opgeschreven")),
        ("schuldhulpverlener", ("Doet hierin een taak.", "een taak")),
        ("verloskundige", ("Las de eigen woorden terug.", "wat er is opgeschreven")),
    ]
    for word in ("veiligheid", "meldcode", "Naastje", "cliëntondersteuner", "psycholoog", "gemeld", "09.00"):
        assert word.lower() not in sheet.partition("<article")[2].partition("</article>")[0].lower(), word
    assert sheet.count("verloskundige") == 1, "what she did in a circle adds no line"
    with play.database.reading() as tx:
        rest = [glance for glance in store.looks.glances(tx, play.case_id) if glance.person_id != OVERSEER]
    assert [glance.person_id for glance in rest] == [COORDINATOR, LEAD, LEAD, PARTNER, REPORTER]


def test_what_was_agreed_shared_and_taken_back_stands_there_by_day(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    with play.as_(OVERSEER) as ctx:
        cases.withdraw(ctx, play.case_id, cases.Wish(organisation=DEBT))
    (sheet,) = sheets(visit, play)
    assert "Je nam je ja terug. Schuldhulp Rondkomstig mag niet meer weten" in sheet
    assert "De samenvatting die de moeder goedkeurde." in sheet
    assert "mag weten" in sheet


def test_looks_after_a_yes_was_taken_back_are_not_told_as_looks_at_this_person(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="overleg_plannen")
    look(play, PARTNER, DEBT, Ground.CONSENT, Part.COURSE)
    play.now += timedelta(days=1)
    with play.as_(OVERSEER) as ctx:
        cases.withdraw(ctx, play.case_id, cases.Wish(organisation=DEBT))
    play.now += timedelta(days=30)
    look(play, PARTNER, DEBT, Ground.CONSENT, Part.GOALS)
    (sheet,) = sheets(visit, play)
    assert [row[3] for row in lines(sheet) if "Rondkomstig" in row[0]] == ["hoe ver het is"]


def test_a_parent_does_not_learn_from_the_sheet_what_the_other_said(visit: Visit, play: Play) -> None:
    play.play(example("partner_zegt_nee"), until="aanmelding_beoordelen")
    look(play, OVERSEER, TEAM, Ground.OVERVIEW, Part.COURSE)
    for organisation, person in ((YOUTH, LEAD), (DEBT, PARTNER)):
        for ground in (Ground.CONSENT, Ground.HAVING, Ground.ROLE, Ground.OWN):
            look(play, person, organisation, ground, Part.GOALS)
    mother, father = sheets(visit, play)
    article = father.partition("<article")[2]
    assert "overzicht" in article
    assert "mag niets weten" in article
    for name in ("Heuvelkind", "Rondkomstig"):
        assert not [row for row in lines(father) if name in row[0]], name
    assert [row for row in lines(mother) if "Heuvelkind" in row[0]]


def test_only_who_reads_what_the_family_agreed_to_gives_it(visit: Visit, play: Play) -> None:
    play.play(example("alles_loopt_goed"), until="kennismaken")
    address = f"/casus/{play.case_id}/overzicht-gezin/"
    overseer = visit(OVERSEER)
    link = re.search(rf"{address}\w+", overseer.get(f"/casus/{play.case_id}").text)
    assert link is not None
    assert overseer.get(link[0]).status_code == 200
    for person in (PARTNER, STRANGER, REPORTER):
        assert visit(person).get(link[0]).status_code == 404, person
    assert overseer.get(f"{address}niemand").status_code == 404
